/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "wire/meir-tracker-udp.h"

#include "base/meir-byte-cursor.h"

#include <string.h>

#define CONNECTION  G_GUINT64_CONSTANT (0x0123456789abcdef)
#define TRANSACTION 0xcafef00du

static MeirAnnounceRequest
make_request (void)
{
  MeirAnnounceRequest request = { .uploaded = 1,
                                  .downloaded = 2,
                                  .left = 3,
                                  .event = MEIR_ANNOUNCE_EVENT_STARTED,
                                  .key = 0x01020304,
                                  .num_want = -1,
                                  .port = 6881 };

  memset (request.info_hash.bytes, 'H', 20);
  memset (request.peer_id, 'P', 20);
  return request;
}

static void
test_client_requests (void)
{
  static const char connect[] = "\0\0\4\x17\x27\x10\x19\x80\0\0\0\0\xca\xfe\xf0\x0d";
  static const char announce[] = "\x01\x23\x45\x67\x89\xab\xcd\xef\0\0\0\1\xca\xfe\xf0\x0d"
                                 "HHHHHHHHHHHHHHHHHHHHPPPPPPPPPPPPPPPPPPPP"
                                 "\0\0\0\0\0\0\0\2\0\0\0\0\0\0\0\3\0\0\0\0\0\0\0\1\0\0\0\2\0\0\0\0\1\2\3\4"
                                 "\xff\xff\xff\xff\x1a\xe1";
  guint8 buffer[MEIR_TRACKER_UDP_REQUEST_MAX];
  MeirAnnounceRequest request = make_request ();
  MeirScrapeEntry entries[80] = { 0 };

  g_assert_cmpmem (buffer, meir_tracker_udp_encode_connect (buffer, TRANSACTION), connect, 16);
  g_assert_cmpmem (buffer, meir_tracker_udp_encode_announce (buffer, CONNECTION, TRANSACTION, &request, NULL),
                   announce, 98);
  g_assert_cmpuint (meir_tracker_udp_encode_announce (buffer, CONNECTION, TRANSACTION, &request, ""), ==, 98);
  g_assert_cmpuint (meir_tracker_udp_encode_announce (buffer, CONNECTION, TRANSACTION, &request, "/announce"),
                    ==, 98);
  /* What has no number here is not said. */
  request.event = MEIR_ANNOUNCE_EVENT_PAUSED;
  meir_tracker_udp_encode_announce (buffer, CONNECTION, TRANSACTION, &request, NULL);
  g_assert_cmpmem (buffer + 80, 4, "\0\0\0\0", 4);
  memset (entries[0].info_hash.bytes, 'S', 20);
  g_assert_cmpuint (meir_tracker_udp_encode_scrape (buffer, CONNECTION, TRANSACTION, entries, 2), ==, 56);
  g_assert_cmpmem (buffer + 8, 29, "\0\0\0\2\xca\xfe\xf0\x0dSSSSSSSSSSSSSSSSSSSS\0", 29);
  g_assert_cmpuint (meir_tracker_udp_encode_scrape (buffer, CONNECTION, TRANSACTION, entries, 80), ==,
                    MEIR_TRACKER_UDP_REQUEST_MAX);
}

/* BEP 41 */
static void
test_url_data (void)
{
  guint8 buffer[MEIR_TRACKER_UDP_REQUEST_MAX];
  MeirAnnounceRequest request = make_request ();
  g_autofree char *path = g_strnfill (300, 'u');
  g_autofree char *huge = g_strnfill (100000, 'u');
  gsize length;

  length = meir_tracker_udp_encode_announce (buffer, CONNECTION, TRANSACTION, &request, "/x?passkey=1");
  g_assert_cmpmem (buffer + 98, length - 98, "\2\x0c/x?passkey=1", 14);
  length = meir_tracker_udp_encode_announce (buffer, CONNECTION, TRANSACTION, &request, path);
  g_assert_cmpuint (length, ==, 98 + 2 + 255 + 2 + 45);
  g_assert_cmpuint (buffer[98 + 1], ==, 255);
  g_assert_cmpuint (buffer[98 + 2 + 255], ==, 2);
  g_assert_cmpuint (buffer[98 + 2 + 255 + 1], ==, 45);
  length = meir_tracker_udp_encode_announce (buffer, CONNECTION, TRANSACTION, &request, huge);
  g_assert_cmpuint (length, ==, 98 + 1020 + 8);
}

static void
test_connect_reply (void)
{
  guint8 buffer[17];
  guint64 connection_id = 5;
  guint32 transaction_id;
  char *refusal = NULL;

  g_assert_cmpuint (meir_tracker_udp_encode_connect_reply (buffer, 16, TRANSACTION, CONNECTION), ==, 16);
  g_assert_cmpmem (buffer, 16, "\0\0\0\0\xca\xfe\xf0\x0d\x01\x23\x45\x67\x89\xab\xcd\xef", 16);
  g_assert_cmpuint (meir_tracker_udp_encode_connect_reply (buffer, 15, TRANSACTION, CONNECTION), ==, 0);
  for (gsize length = 0; length < 16; length++) { /* J03 */
    g_autofree guint8 *cut = g_memdup2 (buffer, length);

    g_assert_cmpint (
        meir_tracker_udp_decode_connect_reply (cut, length, TRANSACTION, &connection_id, &refusal), ==,
        MEIR_TRACKER_UDP_DROP);
  }
  g_assert_cmpint (
      meir_tracker_udp_decode_connect_reply (buffer, 16, TRANSACTION + 1, &connection_id, &refusal), ==,
      MEIR_TRACKER_UDP_DROP); /* J01 */
  g_assert_cmpuint (connection_id, ==, 5);
  g_assert_cmpint (meir_tracker_udp_decode_connect_reply (buffer, 16, TRANSACTION, &connection_id, &refusal),
                   ==, MEIR_TRACKER_UDP_OK);
  g_assert_cmpuint (connection_id, ==, CONNECTION);
  g_assert_true (meir_tracker_udp_peek_transaction (buffer, 8, &transaction_id));
  g_assert_cmphex (transaction_id, ==, TRANSACTION);
  g_assert_false (meir_tracker_udp_peek_transaction (buffer, 7, &transaction_id));

  buffer[3] = MEIR_TRACKER_UDP_ANNOUNCE; /* J06 */
  g_assert_cmpint (meir_tracker_udp_decode_connect_reply (buffer, 16, TRANSACTION, &connection_id, &refusal),
                   ==, MEIR_TRACKER_UDP_DROP);
  g_assert_null (refusal);
}

/* J05 */
static void
test_refusals (void)
{
  g_autofree guint8 *datagram = g_malloc (65507);
  guint64 connection_id;
  MeirAnnounceReply reply;
  MeirScrapeEntry entry = { .found = TRUE };
  g_autofree char *refusal = NULL;

  memset (datagram, '\033', 65507);
  meir_store_u32 (datagram, MEIR_TRACKER_UDP_ERROR);
  meir_store_u32 (datagram + 4, TRANSACTION);
  g_assert_cmpint (
      meir_tracker_udp_decode_connect_reply (datagram, 65507, TRANSACTION, &connection_id, &refusal), ==,
      MEIR_TRACKER_UDP_REFUSED);
  g_assert_cmpint (g_utf8_strlen (refusal, -1), ==, MEIR_TRACKER_TEXT_MAX);
  g_assert_null (strchr (refusal, '\033'));
  g_clear_pointer (&refusal, g_free);

  memcpy (datagram + 8, "torrent unknown\0", 16);
  g_assert_cmpint (meir_tracker_udp_decode_announce_reply (datagram, 24, TRANSACTION, 4, &reply, &refusal),
                   ==, MEIR_TRACKER_UDP_REFUSED);
  g_assert_cmpstr (refusal, ==, "torrent unknown"); /* with or without its NUL */
  g_assert_cmpuint (reply.n_peers, ==, 0);
  g_clear_pointer (&refusal, g_free);

  g_assert_cmpint (meir_tracker_udp_decode_scrape_reply (datagram, 8, TRANSACTION, &entry, 1, &refusal), ==,
                   MEIR_TRACKER_UDP_REFUSED);
  g_assert_cmpstr (refusal, ==, "It gave no reason");
  g_assert_false (entry.found);
  g_clear_pointer (&refusal, g_free);

  g_assert_cmpint (
      meir_tracker_udp_decode_connect_reply (datagram, 65507, TRANSACTION ^ 1, &connection_id, &refusal), ==,
      MEIR_TRACKER_UDP_DROP); /* a forged error stops nothing */
  g_assert_null (refusal);
}

static void
test_announce_reply (void)
{
  static const guint8 datagram[] = "\0\0\0\1\xca\xfe\xf0\x0d\0\0\3\x84\0\0\0\7\0\0\0\5"
                                   "\1\2\3\4\x1a\xe1"
                                   "\0\0\0\0\0\x50"
                                   "\5\6\7\x8\0\x50"
                                   "\x9\x9\x9\x9\0";
  gsize length = sizeof datagram - 1;
  MeirAnnounceReply reply;
  char text[MEIR_ENDPOINT_TEXT_MAX];
  char *refusal;

  for (gsize cut_length = 0; cut_length < 20; cut_length++) { /* J04 */
    g_autofree guint8 *cut = g_memdup2 (datagram, cut_length);

    g_assert_cmpint (
        meir_tracker_udp_decode_announce_reply (cut, cut_length, TRANSACTION, 4, &reply, &refusal), ==,
        MEIR_TRACKER_UDP_DROP);
  }
  g_assert_cmpint (
      meir_tracker_udp_decode_announce_reply (datagram, length, TRANSACTION, 4, &reply, &refusal), ==,
      MEIR_TRACKER_UDP_OK);
  g_assert_cmpuint (reply.interval_sec, ==, 900);
  g_assert_cmpuint (reply.incomplete, ==, 7);
  g_assert_cmpuint (reply.complete, ==, 5);
  g_assert_cmpuint (reply.downloaded, ==, MEIR_COUNT_UNKNOWN);
  g_assert_cmpuint (reply.n_peers, ==, 2); /* J04: 20 + 5; H12 */
  g_assert_cmpstr (meir_endpoint_format (&reply.peers[1], text), ==, "5.6.7.8:80");
  g_assert_cmpint (
      meir_tracker_udp_decode_announce_reply (datagram, length, TRANSACTION, 6, &reply, &refusal), ==,
      MEIR_TRACKER_UDP_OK);
  g_assert_cmpuint (reply.n_peers, ==, 1); /* the same bytes read as IPv6 */
  g_assert_cmpuint (reply.peers[0].family, ==, 6);
  g_assert_cmpint (meir_tracker_udp_decode_announce_reply (datagram, length, 1, 4, &reply, &refusal), ==,
                   MEIR_TRACKER_UDP_DROP);
}

/* J07, J08 */
static void
test_announce_reply_extremes (void)
{
  static const struct {
    guint32 interval;
    guint32 expected_sec;
  } cases[] = { { 0, 1800 }, { 0xffffffff, 1800 }, { 0x80000000, 1800 }, { 0x7fffffff, 86400 }, { 1, 60 } };
  g_autofree guint8 *datagram = g_malloc (65507);
  MeirAnnounceReply reply;
  char *refusal;

  memset (datagram, 1, 65507);
  meir_store_u32 (datagram, MEIR_TRACKER_UDP_ANNOUNCE);
  meir_store_u32 (datagram + 4, TRANSACTION);
  meir_store_u32 (datagram + 12, G_MAXUINT32);
  meir_store_u32 (datagram + 16, 0x80000000);
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    meir_store_u32 (datagram + 8, cases[i].interval);
    g_assert_cmpint (
        meir_tracker_udp_decode_announce_reply (datagram, 65507, TRANSACTION, 4, &reply, &refusal), ==,
        MEIR_TRACKER_UDP_OK);
    g_assert_cmpuint (reply.interval_sec, ==, cases[i].expected_sec);
    g_assert_cmpuint (reply.n_peers, ==, MEIR_TRACKER_PEERS_MAX);
    g_assert_cmpuint (reply.incomplete, ==, 0);
    g_assert_cmpuint (reply.complete, ==, 0);
  }
}

static void
test_announce_reply_round_trip (void)
{
  MeirEndpoint v4 = { { 1, 2, 3, 4 }, 6881, 4 };
  MeirEndpoint v6 = { { 0x20, 1, 0x0d, 0xb8, [15] = 1 }, 6882, 6 };
  guint8 buffer[MEIR_TRACKER_UDP_REPLY_MAX];
  MeirAnnounceReply reply, back;
  char *refusal;
  gsize length;

  meir_announce_reply_init (&reply);
  for (guint i = 0; i < 10; i++) {
    meir_announce_reply_add_peer (&reply, &v4);
    meir_announce_reply_add_peer (&reply, &v6);
  }
  length = meir_tracker_udp_encode_announce_reply (buffer, sizeof buffer, TRANSACTION, &reply, 4);
  g_assert_cmpuint (length, ==, 20 + 10 * 6);
  g_assert_cmpint (meir_tracker_udp_decode_announce_reply (buffer, length, TRANSACTION, 4, &back, &refusal),
                   ==, MEIR_TRACKER_UDP_OK);
  g_assert_cmpuint (back.n_peers, ==, 10);
  g_assert_cmpuint (back.complete, ==, 0); /* unknown, which this wire cannot say */
  g_assert_true (meir_endpoint_equal (&back.peers[9], &v4));
  length = meir_tracker_udp_encode_announce_reply (buffer, sizeof buffer, TRANSACTION, &reply, 6);
  g_assert_cmpuint (length, ==, 20 + 10 * 18);
  g_assert_cmpint (meir_tracker_udp_decode_announce_reply (buffer, length, TRANSACTION, 6, &back, &refusal),
                   ==, MEIR_TRACKER_UDP_OK);
  g_assert_true (meir_endpoint_equal (&back.peers[9], &v6));
  /* K03, K05: cut to the room that the request's size leaves. */
  g_assert_cmpuint (meir_tracker_udp_encode_announce_reply (buffer, 98, TRANSACTION, &reply, 4), ==,
                    20 + 10 * 6);
  g_assert_cmpuint (meir_tracker_udp_encode_announce_reply (buffer, 98, TRANSACTION, &reply, 6), ==,
                    20 + 4 * 18);
  g_assert_cmpuint (meir_tracker_udp_encode_announce_reply (buffer, 25, TRANSACTION, &reply, 4), ==, 20);
  g_assert_cmpuint (meir_tracker_udp_encode_announce_reply (buffer, 19, TRANSACTION, &reply, 4), ==, 0);
}

static void
test_scrape_reply (void)
{
  guint8 buffer[8 + 3 * 12];
  MeirScrapeEntry entries[3] = {
    { .found = TRUE, .complete = 1, .downloaded = 2, .incomplete = 3 },
    { .found = FALSE, .complete = 9, .downloaded = 9, .incomplete = 9 },
    { .found = TRUE, .complete = MEIR_COUNT_UNKNOWN, .downloaded = G_MAXINT32, .incomplete = 0 },
  };
  MeirScrapeEntry back[3] = { 0 };
  char *refusal;
  gsize length = meir_tracker_udp_encode_scrape_reply (buffer, sizeof buffer, TRANSACTION, entries, 3);

  g_assert_cmpuint (length, ==, sizeof buffer);
  g_assert_cmpint (meir_tracker_udp_decode_scrape_reply (buffer, length, TRANSACTION, back, 3, &refusal), ==,
                   MEIR_TRACKER_UDP_OK);
  g_assert_cmpuint (back[0].complete, ==, 1);
  g_assert_cmpuint (back[0].downloaded, ==, 2);
  g_assert_cmpuint (back[0].incomplete, ==, 3);
  g_assert_cmpuint (back[1].complete, ==, 0);
  g_assert_cmpuint (back[2].downloaded, ==, G_MAXINT32);

  meir_store_u32 (buffer + 8, G_MAXUINT32); /* H32: a negative count */
  g_assert_cmpint (meir_tracker_udp_decode_scrape_reply (buffer, length - 1, TRANSACTION, back, 3, &refusal),
                   ==, MEIR_TRACKER_UDP_OK);
  g_assert_cmpuint (back[0].complete, ==, 0);
  g_assert_true (back[0].found && back[1].found);
  g_assert_false (back[2].found); /* one byte short */
  g_assert_cmpuint (back[2].complete, ==, MEIR_COUNT_UNKNOWN);
  g_assert_cmpint (meir_tracker_udp_decode_scrape_reply (buffer, length, TRANSACTION + 1, back, 3, &refusal),
                   ==, MEIR_TRACKER_UDP_DROP);
  g_assert_false (back[0].found);
  g_assert_cmpuint (meir_tracker_udp_encode_scrape_reply (buffer, 31, TRANSACTION, entries, 3), ==, 20);
  g_assert_cmpuint (meir_tracker_udp_encode_scrape_reply (buffer, 7, TRANSACTION, entries, 3), ==, 0);
}

static void
test_error (void)
{
  guint8 buffer[16];

  g_assert_cmpmem (buffer, meir_tracker_udp_encode_error (buffer, sizeof buffer, TRANSACTION, "bad id"),
                   "\0\0\0\3\xca\xfe\xf0\x0d"
                   "bad id",
                   14);
  g_assert_cmpuint (meir_tracker_udp_encode_error (buffer, 16, TRANSACTION, "much longer than that"), ==, 16);
  g_assert_cmpuint (meir_tracker_udp_encode_error (buffer, 8, TRANSACTION, "x"), ==, 8);
  g_assert_cmpuint (meir_tracker_udp_encode_error (buffer, 7, TRANSACTION, "x"), ==, 0);
}

static void
test_server_requests (void)
{
  guint8 buffer[MEIR_TRACKER_UDP_REQUEST_MAX + 20];
  MeirAnnounceRequest announce = make_request ();
  MeirScrapeEntry entries[74] = { 0 };
  MeirTrackerUdpRequest request;
  gsize length;

  length = meir_tracker_udp_encode_connect (buffer, TRANSACTION);
  g_assert_true (meir_tracker_udp_decode_request (buffer, length, &request));
  g_assert_cmpint (request.action, ==, MEIR_TRACKER_UDP_CONNECT);
  g_assert_cmphex (request.transaction_id, ==, TRANSACTION);

  length = meir_tracker_udp_encode_announce (buffer, CONNECTION, TRANSACTION, &announce, "/x?y");
  g_assert_true (meir_tracker_udp_decode_request (buffer, length, &request));
  g_assert_cmpint (request.action, ==, MEIR_TRACKER_UDP_ANNOUNCE);
  g_assert_cmphex (request.connection_id, ==, CONNECTION);
  g_assert_true (meir_info_hash_equal (&request.announce.info_hash, &announce.info_hash));
  g_assert_cmpmem (request.announce.peer_id, 20, announce.peer_id, 20);
  g_assert_cmpuint (request.announce.uploaded, ==, 1);
  g_assert_cmpuint (request.announce.downloaded, ==, 2);
  g_assert_cmpuint (request.announce.left, ==, 3);
  g_assert_cmpint (request.announce.event, ==, MEIR_ANNOUNCE_EVENT_STARTED);
  g_assert_cmphex (request.announce.key, ==, 0x01020304);
  g_assert_cmpint (request.announce.num_want, ==, -1);
  g_assert_cmpuint (request.announce.port, ==, 6881);

  memset (entries[1].info_hash.bytes, 'S', 20);
  length = meir_tracker_udp_encode_scrape (buffer, CONNECTION, TRANSACTION, entries, 2);
  g_assert_true (meir_tracker_udp_decode_request (buffer, length, &request));
  g_assert_cmpuint (request.n_hashes, ==, 2);
  g_assert_cmpmem (request.hashes + 20, 20, "SSSSSSSSSSSSSSSSSSSS", 20);
  g_assert_true (meir_tracker_udp_decode_request (buffer, 16, &request)); /* K10: none */
  g_assert_cmpuint (request.n_hashes, ==, 0);
  g_assert_false (meir_tracker_udp_decode_request (buffer, length - 1, &request)); /* K10: not whole */
  length = meir_tracker_udp_encode_scrape (buffer, CONNECTION, TRANSACTION, entries, 74);
  memset (buffer + length, 0, 20);
  g_assert_true (meir_tracker_udp_decode_request (buffer, length + 20, &request)); /* K10: 75 */
  g_assert_cmpuint (request.n_hashes, ==, 74);
}

/* K01, K02, K06, K14 */
static void
test_server_refuses (void)
{
  guint8 buffer[MEIR_TRACKER_UDP_REQUEST_MAX];
  MeirAnnounceRequest announce = make_request ();
  MeirTrackerUdpRequest request;

  meir_tracker_udp_encode_announce (buffer, CONNECTION, TRANSACTION, &announce, NULL);
  for (gsize length = 0; length < 98; length++) {
    g_autofree guint8 *cut = g_memdup2 (buffer, length);

    g_assert_false (meir_tracker_udp_decode_request (cut, length, &request));
  }
  for (guint option = 0; option < 256; option++) { /* whatever follows is not read */
    buffer[98] = (guint8) option;
    buffer[99] = 0xff;
    g_assert_true (meir_tracker_udp_decode_request (buffer, 98 + 1 + option % 2, &request));
  }
  meir_store_u32 (buffer + 80, 17); /* an event there is not counts as none */
  g_assert_true (meir_tracker_udp_decode_request (buffer, 98, &request));
  g_assert_cmpint (request.announce.event, ==, MEIR_ANNOUNCE_EVENT_NONE);
  for (guint32 action = 3; action < 300; action++) {
    meir_store_u32 (buffer + 8, action);
    g_assert_false (meir_tracker_udp_decode_request (buffer, 98, &request));
  }
  meir_tracker_udp_encode_connect (buffer, TRANSACTION);
  buffer[7] ^= 1;
  g_assert_false (meir_tracker_udp_decode_request (buffer, 16, &request));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/tracker-udp/client-requests", test_client_requests);
  g_test_add_func ("/tracker-udp/url-data", test_url_data);
  g_test_add_func ("/tracker-udp/connect-reply", test_connect_reply);
  g_test_add_func ("/tracker-udp/refusals", test_refusals);
  g_test_add_func ("/tracker-udp/announce-reply", test_announce_reply);
  g_test_add_func ("/tracker-udp/announce-reply-extremes", test_announce_reply_extremes);
  g_test_add_func ("/tracker-udp/announce-reply-round-trip", test_announce_reply_round_trip);
  g_test_add_func ("/tracker-udp/scrape-reply", test_scrape_reply);
  g_test_add_func ("/tracker-udp/error", test_error);
  g_test_add_func ("/tracker-udp/server-requests", test_server_requests);
  g_test_add_func ("/tracker-udp/server-refuses", test_server_refuses);
  return g_test_run ();
}
