/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "wire/meir-tracker-http.h"

#include "base/meir-limits.h"
#include "wire/meir-bencode.h"

#include <string.h>

static void
add_peer (MeirAnnounceReply *reply, const char *text)
{
  MeirEndpoint peer;

  g_assert_true (meir_endpoint_parse (&peer, text, NULL));
  meir_announce_reply_add_peer (reply, &peer);
}

/* Canonical, and nothing else. */
static void
assert_canonical (const guint8 *bytes, gsize length)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MeirBencode) document =
      meir_bencode_parse (bytes, length, MEIR_BENCODE_STRICT, MEIR_BENCODE_DEPTH_WIRE, NULL, &error);

  g_assert_no_error (error);
  g_assert_true (meir_bencode_is_sorted (document));
}

static void
test_compact (void)
{
  static const char expected[] =
      "d8:completei1e10:downloadedi3e10:incompletei2e8:intervali900e12:min intervali60e"
      "5:peers12:\1\2\3\4\x1a\xe1\5\6\7\x8\0\x50"
      "6:peers618:\x20\1\xd\xb8\0\0\0\0\0\0\0\0\0\0\0\1\0\x50"
      "e";
  guint8 buffer[MEIR_TRACKER_HTTP_REPLY_MAX];
  MeirAnnounceReply reply;

  meir_announce_reply_init (&reply);
  meir_announce_reply_set_intervals (&reply, 900, 60);
  reply.complete = 1;
  reply.incomplete = 2;
  reply.downloaded = 3;
  add_peer (&reply, "1.2.3.4:6881");
  add_peer (&reply, "[2001:db8::1]:80");
  add_peer (&reply, "5.6.7.8:80");
  g_assert_cmpmem (buffer,
                   meir_tracker_http_encode_announce_reply (&reply, TRUE, NULL, buffer, sizeof buffer),
                   expected, sizeof expected - 1);
}

static void
test_dictionaries (void)
{
  static const guint8 peer_ids[2][MEIR_PEER_ID_LENGTH] = { "-MT0100-aaaaaaaaaaa", "-MT0100-bbbbbbbbbbb" };
  static const char expected[] = "d8:intervali900e5:peersl"
                                 "d2:ip7:1.2.3.47:peer id20:-MT0100-aaaaaaaaaaa\0"
                                 "4:porti6881ee"
                                 "d2:ip11:2001:db8::17:peer id20:-MT0100-bbbbbbbbbbb\0"
                                 "4:porti80ee"
                                 "ee";
  static const char no_peer_id[] = "d8:intervali900e5:peersl"
                                   "d2:ip7:1.2.3.44:porti6881ee"
                                   "d2:ip11:2001:db8::14:porti80ee"
                                   "ee";
  guint8 buffer[MEIR_TRACKER_HTTP_REPLY_MAX];
  MeirAnnounceReply reply;

  meir_announce_reply_init (&reply);
  meir_announce_reply_set_intervals (&reply, 900, 0);
  add_peer (&reply, "1.2.3.4:6881");
  add_peer (&reply, "[2001:db8::1]:80");
  g_assert_cmpmem (buffer,
                   meir_tracker_http_encode_announce_reply (&reply, FALSE, peer_ids, buffer, sizeof buffer),
                   expected, sizeof expected - 1);
  g_assert_cmpmem (buffer,
                   meir_tracker_http_encode_announce_reply (&reply, FALSE, NULL, buffer, sizeof buffer),
                   no_peer_id, sizeof no_peer_id - 1);
}

static void
test_empty (void)
{
  guint8 buffer[64];
  MeirAnnounceReply reply;

  meir_announce_reply_init (&reply);
  g_assert_cmpmem (buffer,
                   meir_tracker_http_encode_announce_reply (&reply, TRUE, NULL, buffer, sizeof buffer),
                   "d8:intervali1800e5:peers0:e", 27);
  g_assert_cmpmem (buffer,
                   meir_tracker_http_encode_announce_reply (&reply, FALSE, NULL, buffer, sizeof buffer),
                   "d8:intervali1800e5:peerslee", 27);
}

static void
test_failure (void)
{
  guint8 buffer[64];
  g_auto (MeirAnnounceReply) reply;

  g_assert_cmpmem (buffer, meir_tracker_http_encode_failure ("not here", buffer, sizeof buffer),
                   "d14:failure reason8:not heree", 29);
  g_assert_cmpuint (meir_tracker_http_encode_failure ("not here", buffer, 28), ==, 0);
  meir_announce_reply_init (&reply);
  reply.failure = g_strdup ("no");
  reply.retry_sec = 61;
  add_peer (&reply, "1.2.3.4:6881"); /* the failure wins here too */
  g_assert_cmpmem (buffer,
                   meir_tracker_http_encode_announce_reply (&reply, TRUE, NULL, buffer, sizeof buffer),
                   "d14:failure reason2:no8:retry ini2ee", 36);
  reply.retry_sec = MEIR_RETRY_NEVER;
  g_assert_cmpmem (buffer,
                   meir_tracker_http_encode_announce_reply (&reply, TRUE, NULL, buffer, sizeof buffer),
                   "d14:failure reason2:no8:retry in5:nevere", 40);
}

/* What our tracker says our client understands; both forms, with the most peers there can be. */
static void
test_round_trip (void)
{
  static guint8 peer_ids[MEIR_TRACKER_PEERS_MAX][MEIR_PEER_ID_LENGTH];
  guint8 buffer[MEIR_TRACKER_HTTP_REPLY_MAX];

  for (guint form = 0; form < 2; form++) {
    g_auto (MeirAnnounceReply) reply, back;
    g_autoptr (GError) error = NULL;
    gsize length;

    meir_announce_reply_init (&reply);
    meir_announce_reply_set_intervals (&reply, 3600, 1800);
    reply.complete = G_MAXINT32;
    reply.warning = g_strdup ("full");
    reply.external = (MeirEndpoint){ { 0xfd, 1, [15] = 9 }, 0, 6 };
    reply.tracker_id_length = MEIR_TRACKER_ID_MAX;
    memset (reply.tracker_id, 0xee, MEIR_TRACKER_ID_MAX);
    for (guint i = 0; i < MEIR_TRACKER_PEERS_MAX; i++) {
      MeirEndpoint peer = { { 0xfd, 0xff }, (guint16) (65535 - i), 6 };

      memset (peer.bytes + 2, 0xee, 14); /* the longest text of an address */
      meir_announce_reply_add_peer (&reply, &peer);
    }
    length = meir_tracker_http_encode_announce_reply (&reply, form == 0, peer_ids, buffer, sizeof buffer);
    g_assert_cmpuint (length, >, 0);
    assert_canonical (buffer, length);
    g_assert_true (meir_tracker_http_decode_announce_reply (&back, buffer, length, &error));
    g_assert_no_error (error);
    g_assert_cmpuint (back.n_peers, ==, MEIR_TRACKER_PEERS_MAX);
    for (guint i = 0; i < back.n_peers; i++)
      g_assert_true (meir_endpoint_equal (&back.peers[i], &reply.peers[i]));
    g_assert_cmpuint (back.interval_sec, ==, 3600);
    g_assert_cmpuint (back.min_interval_sec, ==, 1800);
    g_assert_cmpuint (back.complete, ==, G_MAXINT32);
    g_assert_cmpuint (back.incomplete, ==, MEIR_COUNT_UNKNOWN);
    g_assert_cmpstr (back.warning, ==, "full");
    g_assert_true (meir_endpoint_equal (&back.external, &reply.external));
    g_assert_cmpmem (back.tracker_id, back.tracker_id_length, reply.tracker_id, MEIR_TRACKER_ID_MAX);
  }
}

/* With too little room there is no reply, and nothing past the room is touched. */
static void
test_capacity (void)
{
  MeirAnnounceReply reply;
  guint8 whole[256];
  gsize length;

  meir_announce_reply_init (&reply);
  add_peer (&reply, "1.2.3.4:6881");
  add_peer (&reply, "[2001:db8::1]:80");
  length = meir_tracker_http_encode_announce_reply (&reply, TRUE, NULL, whole, sizeof whole);
  for (gsize capacity = 0; capacity <= length; capacity++) {
    g_autofree guint8 *buffer = g_malloc (MAX (capacity, 1));

    g_assert_cmpuint (meir_tracker_http_encode_announce_reply (&reply, TRUE, NULL, buffer, capacity), ==,
                      capacity == length ? length : 0);
  }
}

static MeirScrapeEntry
make_entry (char fill, gboolean found, guint32 complete)
{
  MeirScrapeEntry entry = { .found = found, .complete = complete, .downloaded = 2, .incomplete = 3 };

  memset (entry.info_hash.bytes, fill, sizeof entry.info_hash.bytes);
  return entry;
}

static void
test_scrape (void)
{
  static const char expected[] = "d5:filesd"
                                 "20:AAAAAAAAAAAAAAAAAAAAd8:completei1e10:downloadedi2e10:incompletei3ee"
                                 "20:CCCCCCCCCCCCCCCCCCCCd10:downloadedi2e10:incompletei3ee"
                                 "ee";
  MeirScrapeEntry entries[] = {
    make_entry ('C', TRUE, MEIR_COUNT_UNKNOWN), make_entry ('B', FALSE, 9), make_entry ('A', TRUE, 1),
    make_entry ('A', TRUE, 1), /* asked for twice, answered once: a key may not come twice */
  };
  guint8 buffer[64 + 4 * MEIR_TRACKER_HTTP_SCRAPE_ENTRY_MAX];
  gsize length =
      meir_tracker_http_encode_scrape_reply (entries, G_N_ELEMENTS (entries), buffer, sizeof buffer);

  g_assert_cmpmem (buffer, length, expected, sizeof expected - 1);
  assert_canonical (buffer, length);
  g_assert_cmpuint (
      meir_tracker_http_encode_scrape_reply (entries, G_N_ELEMENTS (entries), buffer, length - 1), ==, 0);
  g_assert_cmpmem (buffer, meir_tracker_http_encode_scrape_reply (entries, 0, buffer, sizeof buffer),
                   "d5:filesdee", 11);
}

/* The room that the header promises is enough for the largest counts. */
static void
test_scrape_round_trip (void)
{
  MeirScrapeEntry entries[74], back[74];
  guint8 buffer[64 + 74 * MEIR_TRACKER_HTTP_SCRAPE_ENTRY_MAX];
  gsize length;

  for (guint i = 0; i < 74; i++) {
    entries[i] = make_entry ((char) (200 - i), TRUE, G_MAXINT32);
    entries[i].downloaded = entries[i].incomplete = G_MAXINT32;
    back[i] = make_entry ((char) (200 - i), FALSE, 0);
  }
  length = meir_tracker_http_encode_scrape_reply (entries, 74, buffer, sizeof buffer);
  g_assert_cmpuint (length, >, 0);
  g_assert_true (meir_tracker_http_decode_scrape_reply (buffer, length, back, 74, NULL));
  for (guint i = 0; i < 74; i++) {
    g_assert_true (back[i].found);
    g_assert_cmpuint (back[i].incomplete, ==, G_MAXINT32);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/tracker-http-reply/compact", test_compact);
  g_test_add_func ("/tracker-http-reply/dictionaries", test_dictionaries);
  g_test_add_func ("/tracker-http-reply/empty", test_empty);
  g_test_add_func ("/tracker-http-reply/failure", test_failure);
  g_test_add_func ("/tracker-http-reply/round-trip", test_round_trip);
  g_test_add_func ("/tracker-http-reply/capacity", test_capacity);
  g_test_add_func ("/tracker-http-reply/scrape", test_scrape);
  g_test_add_func ("/tracker-http-reply/scrape-round-trip", test_scrape_round_trip);
  return g_test_run ();
}
