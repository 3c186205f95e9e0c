/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "wire/meir-tracker-http.h"

#include "base/meir-error.h"

#include <string.h>

static MeirAnnounceRequest
make_request (void)
{
  MeirAnnounceRequest request = {
    .uploaded = 1, .downloaded = 2, .left = G_MAXUINT64, .key = 0xdeadbeef, .num_want = -1, .port = 6881
  };

  /* Every kind of byte: digits, letters, the four signs, a space, the reserved, NUL and the high ones. */
  memcpy (request.info_hash.bytes, "09azAZ-._~ \0\xff%&=+?/#", 20);
  memcpy (request.peer_id, "-MT0100-abcdefghijkl", 20);
  return request;
}

#define INFO_HASH "info_hash=09azAZ-._~%20%00%FF%25%26%3D%2B%3F%2F%23"
#define FIXED                                                                                                \
  "&peer_id=-MT0100-abcdefghijkl&port=6881&uploaded=1&downloaded=2&left=18446744073709551615"                \
  "&compact=1&no_peer_id=1&key=DEADBEEF"

static void
assert_url (const char *announce_url, const MeirAnnounceRequest *request, const char *tracker_id,
            const char *expected)
{
  g_autofree char *url = meir_tracker_http_dup_announce_url (
      announce_url, request, (const guint8 *) tracker_id, tracker_id != NULL ? strlen (tracker_id) : 0);

  g_assert_cmpstr (url, ==, expected);
}

static void
test_announce_url (void)
{
  MeirAnnounceRequest request = make_request ();

  assert_url ("http://t.example/announce", &request, NULL, "http://t.example/announce?" INFO_HASH FIXED);
  assert_url ("http://t.example/a?passkey=x", &request, NULL,
              "http://t.example/a?passkey=x&" INFO_HASH FIXED);
  assert_url ("http://t.example/a?", &request, NULL, "http://t.example/a?" INFO_HASH FIXED);
  assert_url ("http://t.example/a?b&", &request, NULL, "http://t.example/a?b&" INFO_HASH FIXED);
  assert_url ("http://t.example/a#frag?x", &request, NULL, "http://t.example/a?" INFO_HASH FIXED);
  request.event = MEIR_ANNOUNCE_EVENT_STARTED;
  request.num_want = 0;
  assert_url ("http://t/a", &request, "i d",
              "http://t/a?" INFO_HASH FIXED "&numwant=0&event=started&trackerid=i%20d");
  request.event = MEIR_ANNOUNCE_EVENT_STOPPED;
  request.num_want = 200;
  assert_url ("http://t/a", &request, "", "http://t/a?" INFO_HASH FIXED "&numwant=200&event=stopped");
  request.event = MEIR_ANNOUNCE_EVENT_COMPLETED;
  request.num_want = -1;
  assert_url ("http://t/a", &request, NULL, "http://t/a?" INFO_HASH FIXED "&event=completed");
  /* BEP 21 */
  request.event = MEIR_ANNOUNCE_EVENT_PAUSED;
  assert_url ("http://t/a", &request, NULL, "http://t/a?" INFO_HASH FIXED "&event=paused");
}

/* BEP 48's own examples, and what else there is. */
static void
test_scrape_url (void)
{
  static const struct {
    const char *announce_url;
    const char *scrape_url; /* before the info-hashes; NULL: none */
  } cases[] = {
    { "http://example.com/announce", "http://example.com/scrape?" },
    { "http://example.com/x/announce", "http://example.com/x/scrape?" },
    { "http://example.com/announce.php", "http://example.com/scrape.php?" },
    { "http://example.com/announce?x2%0644", "http://example.com/scrape?x2%0644&" },
    { "http://example.com/announce?x=2/4", "http://example.com/scrape?x=2/4&" },
    { "http://example.com/announce#x", "http://example.com/scrape?" },
    { "http://example.com/announce/announce", "http://example.com/announce/scrape?" },
    { "http://example.com/a", NULL },
    { "http://example.com/x%064announce", NULL },
    { "http://example.com/announce/", NULL },
    { "http://example.com/?a=/announce", NULL },
    { "http://announce", NULL },
    { "http://announce.example.com", NULL },
    { "announce", NULL },
    { "", NULL },
  };
  MeirAnnounceRequest request = make_request ();
  MeirInfoHash hashes[2] = { request.info_hash, request.info_hash };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *url = meir_tracker_http_dup_scrape_url (cases[i].announce_url, hashes, 2);
    g_autofree char *expected =
        g_strconcat (cases[i].scrape_url != NULL ? cases[i].scrape_url : "", INFO_HASH "&" INFO_HASH, NULL);

    g_assert_cmpstr (url, ==, cases[i].scrape_url != NULL ? expected : NULL);
  }
}

static void
decode (MeirAnnounceReply *reply, const char *body, gsize length)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (meir_tracker_http_decode_announce_reply (reply, (const guint8 *) body, length, &error));
  g_assert_no_error (error);
}

static void
test_decode_compact (void)
{
  static const char body[] = "d8:completei5e10:downloadedi50e11:external ip4:\x09\x08\x07\x06"
                             "10:incompletei7e8:intervali900e12:min intervali300e"
                             "5:peers13:\1\2\3\4\x1a\xe1\5\6\7\x8\0\x50!6:peers618:"
                             "\x20\1\xd\xb8\0\0\0\0\0\0\0\0\0\0\0\1\x1a\xe1"
                             "10:tracker id3:a\0b15:warning message6:old\nv2e";
  g_auto (MeirAnnounceReply) reply;
  char text[MEIR_ENDPOINT_TEXT_MAX];

  decode (&reply, body, sizeof body - 1);
  g_assert_null (reply.failure);
  g_assert_cmpstr (reply.warning, ==,
                   "old\xef\xbf\xbd"
                   "v2"); /* H33: one line */
  g_assert_cmpuint (reply.complete, ==, 5);
  g_assert_cmpuint (reply.incomplete, ==, 7);
  g_assert_cmpuint (reply.downloaded, ==, 50);
  g_assert_cmpuint (reply.interval_sec, ==, 900);
  g_assert_cmpuint (reply.min_interval_sec, ==, 300);
  g_assert_cmpmem (reply.tracker_id, reply.tracker_id_length, "a\0b", 3);
  g_assert_cmpstr (meir_endpoint_format (&reply.external, text), ==, "9.8.7.6:0");
  g_assert_cmpuint (reply.n_peers, ==, 3);
  g_assert_cmpstr (meir_endpoint_format (&reply.peers[0], text), ==, "1.2.3.4:6881");
  g_assert_cmpstr (meir_endpoint_format (&reply.peers[1], text), ==, "5.6.7.8:80");
  g_assert_cmpstr (meir_endpoint_format (&reply.peers[2], text), ==, "[2001:db8::1]:6881");
}

/* H11 to H14: only what is an address and a port is taken. */
static void
test_decode_dictionaries (void)
{
  static const char body[] = "d8:intervali1800e5:peersl"
                             "d2:ip7:1.2.3.47:peer id20:-MT0100-abcdefghijkl4:porti6881ee" /* good */
                             "d4:porti80ee"
                             "d2:ip7:1.2.3.4e"
                             "d2:ip7:1.2.3.44:porti0ee"
                             "d2:ip7:1.2.3.44:porti-1ee"
                             "d2:ip7:1.2.3.44:porti70000ee"
                             "d2:ip7:1.2.3.44:port2:80e"
                             "d2:ip11:javascript:4:porti80ee"
                             "d2:ip9:localhost4:porti80ee"
                             "d2:ip11:example.org4:porti80ee"
                             "d2:ip10:21307064334:porti80ee"
                             "d2:ip7:0.0.0.04:porti80ee"
                             "d2:ip15:255.255.255.2554:porti80ee"
                             "d2:ip9:224.0.0.14:porti80ee"
                             "d2:ip0:4:porti80ee"
                             "d2:ip7:1\0002.3.44:porti80ee"
                             "d2:ip60:1111111111111111111111111111111111111111111111111111111111114:porti80ee"
                             "d2:ipi5e4:porti80ee"
                             "i5e3:abclede"
                             "d2:ip11:2001:db8::24:porti80ee"    /* good */
                             "d2:ip14:::ffff:1.2.3.54:porti80ee" /* good, IPv4 */
                             "ee";
  g_auto (MeirAnnounceReply) reply;
  char text[MEIR_ENDPOINT_TEXT_MAX];

  decode (&reply, body, sizeof body - 1);
  g_assert_cmpuint (reply.n_peers, ==, 3);
  g_assert_cmpstr (meir_endpoint_format (&reply.peers[0], text), ==, "1.2.3.4:6881");
  g_assert_cmpstr (meir_endpoint_format (&reply.peers[1], text), ==, "[2001:db8::2]:80");
  g_assert_cmpstr (meir_endpoint_format (&reply.peers[2], text), ==, "1.2.3.5:80");
}

/* H06, H15, H16, H31, H32 */
static void
test_decode_odd_values (void)
{
  static const struct {
    const char *body;
    guint32 interval_sec, min_interval_sec, complete;
  } cases[] = {
    { "de", 1800, 0, MEIR_COUNT_UNKNOWN },
    { "d8:intervali0ee", 1800, 0, MEIR_COUNT_UNKNOWN },
    { "d8:intervali-1ee", 1800, 0, MEIR_COUNT_UNKNOWN },
    { "d8:intervali5ee", 60, 0, MEIR_COUNT_UNKNOWN },
    { "d8:intervali9223372036854775807ee", 86400, 0, MEIR_COUNT_UNKNOWN },
    { "d8:intervali99999999999999999999999ee", 86400, 0, MEIR_COUNT_UNKNOWN },
    { "d8:interval4:1800e", 1800, 0, MEIR_COUNT_UNKNOWN },
    { "d12:min intervali7200e8:intervali600ee", 7200, 7200, MEIR_COUNT_UNKNOWN }, /* unsorted too */
    { "d12:min intervali99999999e8:intervali600ee", 86400, 86400, MEIR_COUNT_UNKNOWN },
    { "d8:intervali0600ee", 600, 0, MEIR_COUNT_UNKNOWN },
    { "d8:completei-0ee", 1800, 0, 0 },
    { "d8:completei-5ee", 1800, 0, 0 },
    { "d8:completei9223372036854775808ee", 1800, 0, G_MAXINT32 },
    { "d8:completelee", 1800, 0, MEIR_COUNT_UNKNOWN },
    { "d8:completei3e8:completei4ee", 1800, 0, 3 },
    { "d8:completei3eeTRAILING", 1800, 0, 3 },
    { "d5:peersi5e6:peers6dee", 1800, 0, MEIR_COUNT_UNKNOWN },
    { "d11:external ip3:abce", 1800, 0, MEIR_COUNT_UNKNOWN },
    { "d11:external ipi1ee", 1800, 0, MEIR_COUNT_UNKNOWN },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_auto (MeirAnnounceReply) reply;

    g_test_message ("%s", cases[i].body);
    decode (&reply, cases[i].body, strlen (cases[i].body));
    g_assert_cmpuint (reply.interval_sec, ==, cases[i].interval_sec);
    g_assert_cmpuint (reply.min_interval_sec, ==, cases[i].min_interval_sec);
    g_assert_cmpuint (reply.complete, ==, cases[i].complete);
    g_assert_cmpuint (reply.external.family, ==, 0);
    g_assert_cmpuint (reply.n_peers, ==, 0);
    g_assert_null (reply.failure);
  }
}

static void
test_decode_large_values (void)
{
  g_autoptr (GString) body = g_string_new ("d10:tracker id257:");
  g_auto (MeirAnnounceReply) reply = { 0 };
  g_autofree char *fill = g_strnfill (1 << 20, '\033');
  g_autofree char *peers = g_strnfill (6 * 100000, '\1');

  g_string_append_len (body, fill, 257);
  g_string_append (body, "e");
  decode (&reply, body->str, body->len);
  g_assert_cmpuint (reply.tracker_id_length, ==, 0); /* H16: a part of an id is none */

  g_string_assign (body, "d14:failure reason1048576:");
  g_string_append_len (body, fill, 1 << 20);
  g_string_append (body, "e");
  decode (&reply, body->str, body->len); /* H04 */
  g_assert_cmpint (g_utf8_strlen (reply.failure, -1), ==, MEIR_TRACKER_TEXT_MAX);
  g_assert_null (strchr (reply.failure, '\033'));
  meir_announce_reply_clear (&reply);

  g_string_assign (body, "d5:peers600000:");
  g_string_append_len (body, peers, 600000);
  g_string_append (body, "e");
  decode (&reply, body->str, body->len); /* H10 */
  g_assert_cmpuint (reply.n_peers, ==, MEIR_TRACKER_PEERS_MAX);

  g_string_assign (body, "d5:peersl");
  for (guint i = 0; i < 1000; i++)
    g_string_append_printf (body, "d2:ip7:1.2.3.44:porti%uee", i + 1);
  g_string_append (body, "ee");
  decode (&reply, body->str, body->len);
  g_assert_cmpuint (reply.n_peers, ==, MEIR_TRACKER_PEERS_MAX);
}

/* H05, H08 */
static void
test_decode_failure (void)
{
  static const struct {
    const char *body;
    const char *failure;
    guint32 retry_sec;
  } cases[] = {
    { "d14:failure reason11:not allowede", "not allowed", 0 },
    { "d8:intervali900e14:failure reason2:no5:peers6:\1\2\3\4\1\1e", "no", 0 },
    { "d14:failure reason0:e", "It gave no reason", 0 },
    { "d14:failure reasoni5ee", "It gave no reason", 0 },
    { "d14:failure reason1:x8:retry in5:nevere", "x", MEIR_RETRY_NEVER },
    { "d14:failure reason1:x8:retry ini5ee", "x", 300 },
    { "d14:failure reason1:x8:retry ini-5ee", "x", 0 },
    { "d14:failure reason1:x8:retry ini999999999999ee", "x", 86400 },
    { "d14:failure reason1:x8:retry in3:abce", "x", 0 },
    { "d14:failure reason6:<b>\033[me", "<b>\xef\xbf\xbd[m", 0 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_auto (MeirAnnounceReply) reply;

    decode (&reply, cases[i].body, strlen (cases[i].body));
    g_assert_cmpstr (reply.failure, ==, cases[i].failure);
    g_assert_cmpuint (reply.retry_sec, ==, cases[i].retry_sec);
    g_assert_cmpuint (reply.n_peers, ==, 0);
  }
}

/* H01 to H03 */
static void
test_decode_refuses (void)
{
  static const struct {
    const char *body;
    const char *message;
  } cases[] = {
    { "", "The answer is empty" },
    { "<html>\n<b>x</b>", "The answer is not that of a tracker: “<html>\xef\xbf\xbd<b>x</b>”" },
    { "i5e", "The answer is not that of a tracker: “i5e”" },
    { "le", "The answer is not that of a tracker: “le”" },
    { "data base error", "The answer is not that of a tracker: “data base error”" },
    { "d8:intervali900e5:peers60:\1\2",
      "The answer is damaged: The string at byte 23 is longer than the data that follows it" },
    { "d8:interval", "The answer is damaged: The data breaks off at byte 11" },
    { "d8:intervali1x", "The answer is damaged: The number at byte 11 holds something that is not a digit" },
  };
  g_autofree char *page = g_strnfill (5000, '\033');
  g_autofree char *huge = g_malloc0 (MEIR_TRACKER_REPLY_MAX + 1);
  g_autoptr (GError) error = NULL;
  MeirAnnounceReply reply;

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) case_error = NULL;

    g_assert_false (meir_tracker_http_decode_announce_reply (&reply, (const guint8 *) cases[i].body,
                                                             strlen (cases[i].body), &case_error));
    g_assert_error (case_error, MEIR_ERROR, MEIR_ERROR_PROTOCOL);
    g_assert_cmpstr (case_error->message, ==, cases[i].message);
    g_assert_null (reply.failure);
  }
  g_assert_false (meir_tracker_http_decode_announce_reply (&reply, (const guint8 *) page, 5000, &error));
  g_assert_cmpint (g_utf8_strlen (error->message, -1), <, 120);
  g_clear_error (&error);
  g_assert_false (meir_tracker_http_decode_announce_reply (&reply, (const guint8 *) huge,
                                                           MEIR_TRACKER_REPLY_MAX + 1, &error));
  g_assert_cmpstr (error->message, ==, "The answer is larger than 2 MiB");
}

#define HASH_A "AAAAAAAAAAAAAAAAAAAA"
#define HASH_B "BBBB\0BBBBBBBBBBBBBBB"

static void
make_entries (MeirScrapeEntry entries[2])
{
  memset (entries, 0, 2 * sizeof entries[0]);
  memcpy (entries[0].info_hash.bytes, HASH_B, 20);
  memcpy (entries[1].info_hash.bytes, HASH_A, 20);
}

static void
test_decode_scrape (void)
{
  static const char body[] = "d5:filesd"
                             "20:" HASH_A "d8:completei5e10:downloadedi-1e10:incompletei9223372036854775808ee"
                             "20:CCCCCCCCCCCCCCCCCCCCd8:completei9ee" /* H32: nobody asked */
                             "19:AAAAAAAAAAAAAAAAAAAd8:completei9ee"
                             "20:" HASH_B "d8:completei7ee"
                             "ee";
  MeirScrapeEntry entries[2];
  g_autoptr (GError) error = NULL;

  make_entries (entries);
  g_assert_true (
      meir_tracker_http_decode_scrape_reply ((const guint8 *) body, sizeof body - 1, entries, 2, &error));
  g_assert_no_error (error);
  g_assert_true (entries[0].found && entries[1].found);
  g_assert_cmpuint (entries[0].complete, ==, 7);
  g_assert_cmpuint (entries[0].incomplete, ==, MEIR_COUNT_UNKNOWN);
  g_assert_cmpuint (entries[1].complete, ==, 5);
  g_assert_cmpuint (entries[1].downloaded, ==, 0);
  g_assert_cmpuint (entries[1].incomplete, ==, G_MAXINT32);
}

static void
test_decode_scrape_odd (void)
{
  static const char *nothing[] = { "de",
                                   "d5:filesdee",
                                   "d5:filesi5ee",
                                   "d5:filesleee",
                                   "d5:filesd20:" HASH_A "i5eee",
                                   "d5:filesd20:" HASH_A "leee" };
  MeirScrapeEntry entries[2];
  g_autoptr (GError) error = NULL;

  for (gsize i = 0; i < G_N_ELEMENTS (nothing); i++) {
    make_entries (entries);
    entries[1].found = TRUE; /* of an earlier scrape */
    g_assert_true (meir_tracker_http_decode_scrape_reply ((const guint8 *) nothing[i], strlen (nothing[i]),
                                                          entries, 2, &error));
    g_assert_no_error (error);
    g_assert_false (entries[0].found || entries[1].found);
    g_assert_cmpuint (entries[1].complete, ==, MEIR_COUNT_UNKNOWN);
  }
  g_assert_false (meir_tracker_http_decode_scrape_reply ((const guint8 *) "d14:failure reason2:noe", 23,
                                                         entries, 2, &error));
  g_assert_error (error, MEIR_ERROR, MEIR_ERROR_REFUSED);
  g_assert_cmpstr (error->message, ==, "no");
  g_clear_error (&error);
  g_assert_false (meir_tracker_http_decode_scrape_reply ((const guint8 *) "404", 3, entries, 2, &error));
  g_assert_error (error, MEIR_ERROR, MEIR_ERROR_PROTOCOL);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/tracker-http/announce-url", test_announce_url);
  g_test_add_func ("/tracker-http/scrape-url", test_scrape_url);
  g_test_add_func ("/tracker-http/decode-compact", test_decode_compact);
  g_test_add_func ("/tracker-http/decode-dictionaries", test_decode_dictionaries);
  g_test_add_func ("/tracker-http/decode-odd-values", test_decode_odd_values);
  g_test_add_func ("/tracker-http/decode-large-values", test_decode_large_values);
  g_test_add_func ("/tracker-http/decode-failure", test_decode_failure);
  g_test_add_func ("/tracker-http/decode-refuses", test_decode_refuses);
  g_test_add_func ("/tracker-http/decode-scrape", test_decode_scrape);
  g_test_add_func ("/tracker-http/decode-scrape-odd", test_decode_scrape_odd);
  return g_test_run ();
}
