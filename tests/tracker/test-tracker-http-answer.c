/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tracker/meir-tracker-http-answer.h"

#include "tracker-test.h"
#include "wire/meir-tracker-http.h"

#define A "aaaaaaaaaaaaaaaaaaaa"
#define B "bbbbbbbbbbbbbbbbbbbb"
#define P "&peer_id=pppppppppppppppppppp"

typedef struct {
  MeirTrackerCore core;
  MeirEndpoint source;
  guint8 response[MEIR_TRACKER_HTTP_ANSWER_MAX];
  gsize length;
  const char *body;
  gsize body_length;
  guint status;
  gboolean keep_open;
} Fixture;

static Fixture *
set_up (void)
{
  Fixture *fixture = g_new0 (Fixture, 1);

  fixture->core = test_core ();
  fixture->source = test_endpoint ("9.8.7.6:5000");
  return fixture;
}

static void
tear_down (Fixture *fixture)
{
  test_core_clear (&fixture->core);
  g_free (fixture);
}

/* Takes the response apart, and checks that its header tells the truth. */
static void
take_apart (Fixture *fixture)
{
  const char *text = (const char *) fixture->response;
  const char *end = g_strstr_len (text, (gssize) fixture->length, "\r\n\r\n");
  const char *length = g_strstr_len (text, (gssize) fixture->length, "Content-Length: ");

  g_assert_cmpuint (fixture->length, <=, sizeof fixture->response);
  g_assert_true (g_str_has_prefix (text, "HTTP/1.1 "));
  g_assert_nonnull (end);
  g_assert_true (length != NULL && length < end);
  fixture->status = (guint) g_ascii_strtoull (text + 9, NULL, 10);
  fixture->body = end + 4;
  fixture->body_length = fixture->length - (gsize) (fixture->body - text);
  g_assert_cmpuint (g_ascii_strtoull (length + 16, NULL, 10), ==, fixture->body_length);
  g_assert_cmpint (fixture->keep_open, ==, g_strstr_len (text, end - text, "Connection: close") == NULL);
}

static void
get (Fixture *fixture, const char *target)
{
  g_autofree char *text =
      g_strdup_printf ("GET %s HTTP/1.1\r\nHost: h\r\nX-Forwarded-For: 6.6.6.6\r\n\r\n", target);
  MeirTrackerHttpRequest request;
  gsize scanned = 0;

  g_assert_cmpint (meir_tracker_http_parse_request (text, strlen (text), &scanned, &request), ==,
                   MEIR_TRACKER_HTTP_COMPLETE);
  fixture->length = meir_tracker_http_answer (&fixture->core, &request, &fixture->source, FALSE, SECOND,
                                              fixture->response, &fixture->keep_open);
  take_apart (fixture);
}

static gboolean
body_has (const Fixture *fixture, const char *text)
{
  return memmem (fixture->body, fixture->body_length, text, strlen (text)) != NULL;
}

static void
expect_failure (Fixture *fixture, guint status, const char *reason)
{
  g_autofree char *body = g_strdup_printf ("d14:failure reason%u:%se", (guint) strlen (reason), reason);

  g_assert_cmpmem (fixture->body, fixture->body_length, body, strlen (body));
  g_assert_cmpuint (fixture->status, ==, status);
  g_assert_cmpint (fixture->keep_open, ==, status == 200);
}

static void
decode (Fixture *fixture, MeirAnnounceReply *reply)
{
  g_autoptr (GError) error = NULL;

  g_assert_cmpuint (fixture->status, ==, 200);
  meir_tracker_http_decode_announce_reply (reply, (const guint8 *) fixture->body, fixture->body_length,
                                           &error);
  g_assert_no_error (error);
  g_assert_null (reply->failure);
}

static void
test_announce (void)
{
  Fixture *f = set_up ();
  static const char first[] = "d8:completei0e10:downloadedi0e11:external ip4:\x09\x08\x07\x06"
                              "10:incompletei1e8:intervali1800e12:min intervali60e5:peers0:e";
  g_auto (MeirAnnounceReply) reply;

  get (f, "/announce?info_hash=" A P "&port=1000&uploaded=0&downloaded=0&left=5&event=started");
  g_assert_cmpuint (f->status, ==, 200);
  g_assert_true (f->keep_open);
  g_assert_cmpmem (f->body, f->body_length, first, sizeof first - 1);
  get (f, "/announce?info_hash=%61" A "&port=1");
  get (f, "/announce?info_hash=%61%61%61%61%61%61%61%61%61%61%61%61%61%61%61%61%61%61%61%61" P
          "&port=1001&left=0");
  decode (f, &reply);
  g_assert_cmpuint (reply.complete, ==, 1);
  g_assert_cmpuint (reply.incomplete, ==, 1);
  g_assert_cmpuint (reply.interval_sec, ==, 1800);
  g_assert_cmpuint (reply.min_interval_sec, ==, 60);
  g_assert_cmpuint (reply.n_peers, ==, 1);
  g_assert_cmpuint (reply.peers[0].port, ==, 1000);
  g_assert_true (meir_endpoint_same_address (&reply.peers[0], &f->source));
  /* BEP 24 */
  g_assert_true (meir_endpoint_same_address (&reply.external, &f->source));
  get (f, "/announce?info_hash=" A P "&port=1000&left=0&event=completed");
  get (f, "/announce?info_hash=" A P "&port=1000&left=0&event=stopped");
  decode (f, &reply);
  g_assert_cmpuint (reply.downloaded, ==, 1);
  g_assert_cmpuint (reply.complete, ==, 1);
  g_assert_cmpuint (reply.n_peers, ==, 0);
  g_assert_cmpuint (meir_tracker_tally_get (&f->core.tally.announces_http), ==, 4);
  tear_down (f);
}

/* R01 */
static void
test_bad (void)
{
  static const struct {
    const char *query;
    const char *reason;
  } cases[] = {
    { "", "info_hash is missing" },
    { "?", "info_hash is missing" },
    { "?port=1", "info_hash is missing" },
    { "?info_hash=", "info_hash is not 20 bytes" },
    { "?info_hash" P "&port=1", "info_hash is not 20 bytes" },
    { "?info_hash=aaaaaaaaaaaaaaaaaaa" P "&port=1", "info_hash is not 20 bytes" },
    { "?info_hash=" A "a" P "&port=1", "info_hash is not 20 bytes" },
    { "?info_hash=aaaaaaaaaaaaaaaaaaa%" P "&port=1", "info_hash is not 20 bytes" },
    { "?info_hash=aaaaaaaaaaaaaaaaaaa%6" P "&port=1", "info_hash is not 20 bytes" },
    { "?info_hash=aaaaaaaaaaaaaaaaaaa%zz" P "&port=1", "info_hash is not 20 bytes" },
    { "?info_hash=" A "&port=1", "peer_id is missing" },
    { "?info_hash=" A "&peer_id=short&port=1", "peer_id is not 20 bytes" },
    { "?info_hash=" A P, "port is missing" },
    { "?info_hash=" A P "&port=", "port is not a number from 0 to 65535" },
    { "?info_hash=" A P "&port=65536", "port is not a number from 0 to 65535" },
    { "?info_hash=" A P "&port=-1", "port is not a number from 0 to 65535" },
    { "?info_hash=" A P "&port=99999999999999999999999", "port is not a number from 0 to 65535" },
  };
  Fixture *f = set_up ();

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *target = g_strconcat ("/announce", cases[i].query, NULL);

    g_test_message ("%s", target);
    get (f, target);
    expect_failure (f, 400, cases[i].reason);
  }
  g_assert_cmpuint (meir_tracker_store_get_torrents (f->core.store), ==, 0);
  g_assert_cmpuint (meir_tracker_tally_get (&f->core.tally.errors), ==, G_N_ELEMENTS (cases));
  tear_down (f);
}

/* R02: the first counts; past 64 nothing does. */
static void
test_duplicates (void)
{
  Fixture *f = set_up ();
  g_autoptr (GString) many = g_string_new ("/announce?info_hash=" A P "&port=7&left=5");
  g_autoptr (GString) late = g_string_new ("/announce?info_hash=" A P "&left=5");
  g_auto (MeirAnnounceReply) reply;

  get (f, "/announce?info_hash=" A "&info_hash=x" P
          "&peer_id=&port=1000&port=0&left=5&left=0&event=&event=stopped");
  decode (f, &reply);
  g_assert_cmpuint (reply.incomplete, ==, 1);
  for (guint i = 0; i < 1000; i++) {
    g_string_append (many, "&a=b");
    g_string_append (late, "&a=b");
  }
  get (f, many->str);
  decode (f, &reply);
  g_assert_cmpuint (reply.incomplete, ==, 2);
  g_string_append (late, "&port=7");
  get (f, late->str);
  expect_failure (f, 400, "port is missing");
  tear_down (f);
}

/* R10, R15: nobody can announce another. */
static void
test_address_is_the_source (void)
{
  Fixture *f = set_up ();
  g_auto (MeirAnnounceReply) reply;

  get (f, "/announce?info_hash=" A P "&port=1000&left=5&ip=6.6.6.6&ipv4=6.6.6.6&ipv6=2001:db8::6");
  f->source = test_endpoint ("7.7.7.7:1");
  get (f, "/announce?info_hash=" A P "&port=1001&left=5");
  decode (f, &reply);
  g_assert_cmpuint (reply.n_peers, ==, 1);
  g_assert_cmpuint (reply.peers[0].bytes[0], ==, 9);
  tear_down (f);
}

/* R12 */
static void
test_numwant_and_forms (void)
{
  static const struct {
    const char *numwant;
    guint expected;
  } cases[] = { { "-1", 50 }, { "1000000000", 200 }, { "0", 0 }, { "x", 50 }, { "", 50 }, { "7", 7 } };
  Fixture *f = set_up ();
  g_auto (MeirAnnounceReply) reply;

  for (guint i = 0; i < 250; i++) {
    g_autofree char *target =
        g_strdup_printf ("/announce?info_hash=" A "&peer_id=-XX0001-%012u&port=1000&left=5", i);

    f->source = i < 220 ? test_peer_4 (i) : test_peer_6 (i);
    get (f, target);
  }
  f->source = test_peer_4 (5);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    for (guint form = 0; form < 4; form++) {
      static const char *const forms[] = { "&compact=1", "&compact=0", "&compact=0&no_peer_id=1", "" };
      g_autofree char *target = g_strdup_printf ("/announce?info_hash=" A P "&port=1000&left=5&numwant=%s%s",
                                                 cases[i].numwant, forms[form]);

      get (f, target);
      decode (f, &reply);
      g_assert_cmpuint (reply.n_peers, ==, cases[i].expected);
      if (cases[i].expected > 0)
        g_assert_cmpint (body_has (f, "7:peer id20:"), ==, form == 1);
      for (guint n = 0; n < reply.n_peers; n++)
        g_assert_false (meir_endpoint_same_address (&reply.peers[n], &f->source));
    }
  }
  tear_down (f);
}

/* BEP 7: the other family comes along, and its asker's address in BEP 24. */
static void
test_families (void)
{
  Fixture *f = set_up ();
  g_auto (MeirAnnounceReply) reply;

  get (f, "/announce?info_hash=" A P "&port=1000&left=5");
  f->source = test_endpoint ("[2001:db8::7]:1");
  for (guint compact = 0; compact < 2; compact++) {
    g_autofree char *target =
        g_strdup_printf ("/announce?info_hash=" A P "&port=1001&left=5&compact=%u", compact);

    get (f, target);
    decode (f, &reply);
    g_assert_cmpuint (reply.n_peers, ==, 1);
    g_assert_cmpuint (reply.peers[0].family, ==, 4);
    g_assert_true (meir_endpoint_same_address (&reply.external, &f->source));
  }
  f->source = test_endpoint ("[2001:db8::8]:1");
  get (f, "/announce?info_hash=" A P "&port=1001&left=5");
  g_assert_true (body_has (f, "6:peers618:"));
  decode (f, &reply);
  g_assert_cmpuint (reply.n_peers, ==, 2);
  g_assert_cmpuint (reply.incomplete, ==, 3);
  tear_down (f);
}

/* K13 over HTTP; a key in hexadecimal is the number that UDP carries. */
static void
test_key (void)
{
  Fixture *f = set_up ();
  g_auto (MeirAnnounceReply) reply;
  MeirInfoHash info_hash;
  MeirTrackerSelection selection;
  MeirTrackerAnnounce stop = { .info_hash = &info_hash,
                               .endpoint = f->source,
                               .identity.key = 0x1234abcd,
                               .event = MEIR_ANNOUNCE_EVENT_STOPPED };

  get (f, "/announce?info_hash=" A P "&port=1000&left=5&key=1234ABCD");
  get (f, "/announce?info_hash=" A P "&port=1000&left=5&event=stopped&key=wrong-and-long");
  get (f, "/announce?info_hash=" A P "&port=1000&left=5&event=stopped");
  decode (f, &reply);
  g_assert_cmpuint (reply.incomplete, ==, 1);
  memset (info_hash.bytes, 'a', 20);
  stop.endpoint.port = 1000;
  meir_tracker_store_announce (f->core.store, &stop, meir_tracker_store_hash (f->core.store, &info_hash),
                               SECOND, &selection);
  g_assert_cmpuint (selection.leechers, ==, 0);
  get (f, "/announce?info_hash=" A P "&port=1000&left=5&key=any%20text%20at%20all");
  get (f, "/announce?info_hash=" A P "&port=1000&left=5&event=stopped&key=any%20text%20at%20al");
  get (f, "/announce?info_hash=" A P "&port=1000&left=5&event=stopped&key=any%20text%20at%20all");
  decode (f, &reply);
  g_assert_cmpuint (reply.incomplete, ==, 0);
  tear_down (f);
}

static void
test_scrape (void)
{
  Fixture *f = set_up ();
  g_autoptr (GString) many = g_string_new ("/scrape?");
  static const char both[] = "d5:filesd20:" A "d8:completei1e10:downloadedi0e10:incompletei0ee"
                             "20:" B "d8:completei0e10:downloadedi0e10:incompletei0eeee";

  get (f, "/announce?info_hash=" A P "&port=1000&left=0");
  get (f, "/scrape?info_hash=" B "&info_hash=" A "&info_hash=" B);
  g_assert_cmpuint (f->status, ==, 200);
  g_assert_cmpmem (f->body, f->body_length, both, sizeof both - 1);
  /* R13 */
  get (f, "/scrape");
  expect_failure (f, 200, "A scrape has to name torrents with info_hash");
  get (f, "/scrape?info_hash=x");
  expect_failure (f, 400, "info_hash is not 20 bytes");
  for (guint i = 0; i < 200; i++)
    g_string_append_printf (many, "info_hash=aaaaaaaaaaaaaaaaa%03u&", i);
  get (f, many->str);
  g_assert_cmpuint (f->status, ==, 200);
  g_assert_cmpuint (meir_tracker_tally_get (&f->core.tally.scrapes), ==, 2);
  tear_down (f);
}

/* R11 */
static void
test_paths (void)
{
  static const char *const paths[] = {
    "/",          "//announce",        "/announce/",    "/announce/../x", "/announce%00",
    "/Announce",  "/../../etc/passwd", "/announce.php", "/stats",         "/scrape/",
    "/%61nnounce"
  };
  Fixture *f = set_up ();

  for (guint i = 0; i < G_N_ELEMENTS (paths); i++) {
    get (f, paths[i]);
    expect_failure (f, 404, "There is nothing here but /announce and /scrape");
  }
  tear_down (f);
}

static void
test_refused (void)
{
  static const guint statuses[] = { 400, 405, 414, 431 };
  Fixture *f = set_up ();

  for (guint i = 0; i < G_N_ELEMENTS (statuses); i++) {
    f->length = meir_tracker_http_answer_refused (&f->core, statuses[i], f->response);
    f->keep_open = FALSE;
    take_apart (f);
    g_assert_cmpuint (f->status, ==, statuses[i]);
    g_assert_true (g_str_has_prefix (f->body, "d14:failure reason"));
    g_assert_cmpint (g_strstr_len ((char *) f->response, (gssize) f->length, "Allow: GET\r\n") != NULL, ==,
                     statuses[i] == 405);
  }
  tear_down (f);
}

/* The longest response there can be: 200 dictionaries with the longest addresses and ports. */
static void
test_longest (void)
{
  Fixture *f = set_up ();
  g_auto (MeirAnnounceReply) reply;

  for (guint i = 0; i < 210; i++) {
    f->source = (MeirEndpoint){ .family = 6, .port = 1 };
    memset (f->source.bytes, 0xfd, 16);
    f->source.bytes[5] = (guint8) i;
    get (f, "/announce?info_hash=" A P "&port=65535&left=5");
  }
  get (f, "/announce?info_hash=" A P "&port=65535&left=5&compact=0&numwant=200");
  decode (f, &reply);
  g_assert_cmpuint (reply.n_peers, ==, 200);
  tear_down (f);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/tracker/http-answer/announce", test_announce);
  g_test_add_func ("/tracker/http-answer/r01-bad", test_bad);
  g_test_add_func ("/tracker/http-answer/r02-duplicates", test_duplicates);
  g_test_add_func ("/tracker/http-answer/r10-r15-address-is-the-source", test_address_is_the_source);
  g_test_add_func ("/tracker/http-answer/r12-numwant-and-forms", test_numwant_and_forms);
  g_test_add_func ("/tracker/http-answer/families", test_families);
  g_test_add_func ("/tracker/http-answer/k13-key", test_key);
  g_test_add_func ("/tracker/http-answer/r13-scrape", test_scrape);
  g_test_add_func ("/tracker/http-answer/r11-paths", test_paths);
  g_test_add_func ("/tracker/http-answer/refused", test_refused);
  g_test_add_func ("/tracker/http-answer/longest", test_longest);
  return g_test_run ();
}
