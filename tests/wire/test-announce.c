/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "wire/meir-announce.h"

#include "base/meir-byte-cursor.h"

#include <string.h>

static void
test_init_and_clear (void)
{
  g_auto (MeirAnnounceReply) reply;

  meir_announce_reply_init (&reply);
  g_assert_cmpuint (reply.interval_sec, ==, 1800);
  g_assert_cmpuint (reply.min_interval_sec, ==, 0);
  g_assert_cmpuint (reply.complete, ==, MEIR_COUNT_UNKNOWN);
  g_assert_cmpuint (reply.incomplete, ==, MEIR_COUNT_UNKNOWN);
  g_assert_cmpuint (reply.downloaded, ==, MEIR_COUNT_UNKNOWN);
  g_assert_cmpuint (reply.n_peers, ==, 0);
  reply.failure = g_strdup ("no");
  reply.warning = g_strdup ("careful");
  meir_announce_reply_clear (&reply);
  g_assert_null (reply.failure);
  g_assert_null (reply.warning);
}

/* H06, H07, J08 */
static void
test_intervals (void)
{
  static const struct {
    gint64 interval, min_interval;
    guint32 expected, expected_min;
  } cases[] = {
    { 0, 0, 1800, 0 },
    { -1, -1, 1800, 0 },
    { G_MININT64, G_MININT64, 1800, 0 },
    { 1, 0, 60, 0 },
    { 59, 0, 60, 0 },
    { 60, 0, 60, 0 },
    { 900, 300, 900, 300 },
    { 900, 1000, 1000, 1000 },
    { 86400, 0, 86400, 0 },
    { 86401, 0, 86400, 0 },
    { G_MAXINT64, G_MAXINT64, 86400, 86400 },
    { 100, G_MAXINT64, 86400, 86400 },
    { 0, 3600, 3600, 3600 },
    { 10, 5, 60, 5 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    MeirAnnounceReply reply;

    meir_announce_reply_init (&reply);
    meir_announce_reply_set_intervals (&reply, cases[i].interval, cases[i].min_interval);
    g_assert_cmpuint (reply.interval_sec, ==, cases[i].expected);
    g_assert_cmpuint (reply.min_interval_sec, ==, cases[i].expected_min);
  }
}

/* H09, H12 */
static void
test_compact (void)
{
  static const guint8 v4[] = "\1\2\3\4\0\x50"         /* good */
                             "\0\0\0\0\0\x50"         /* unspecified */
                             "\xff\xff\xff\xff\0\x50" /* broadcast */
                             "\xe0\0\0\1\0\x50"       /* multicast */
                             "\1\2\3\4\0\0"           /* port 0 */
                             "\5\6\7\x8\x1a\xe1"      /* good */
                             "\x9\x9\x9\x9\0";        /* broken */
  static const guint8 v6[] = "\x20\1\xd\xb8\0\0\0\0\0\0\0\0\0\0\0\1\0\x50"
                             "\xff\2\0\0\0\0\0\0\0\0\0\0\0\0\0\1\0\x50"
                             "\0\0\0\0\0\0\0\0\0\0\xff\xff\1\2\3\5\0\x51"
                             "\x20";
  MeirAnnounceReply reply;
  char text[MEIR_ENDPOINT_TEXT_MAX];

  meir_announce_reply_init (&reply);
  meir_announce_reply_add_compact (&reply, v4, sizeof v4 - 1, 4);
  g_assert_cmpuint (reply.n_peers, ==, 2);
  g_assert_cmpstr (meir_endpoint_format (&reply.peers[0], text), ==, "1.2.3.4:80");
  g_assert_cmpstr (meir_endpoint_format (&reply.peers[1], text), ==, "5.6.7.8:6881");
  meir_announce_reply_add_compact (&reply, v6, sizeof v6 - 1, 6);
  g_assert_cmpuint (reply.n_peers, ==, 4);
  g_assert_cmpstr (meir_endpoint_format (&reply.peers[2], text), ==, "[2001:db8::1]:80");
  g_assert_cmpstr (meir_endpoint_format (&reply.peers[3], text), ==, "1.2.3.5:81");
  meir_announce_reply_add_compact (&reply, v4, 0, 4);
  meir_announce_reply_add_compact (&reply, v4, 5, 4);
  meir_announce_reply_add_compact (&reply, v6, 17, 6);
  g_assert_cmpuint (reply.n_peers, ==, 4);
}

/* H10, J07 */
static void
test_peer_cap (void)
{
  g_autofree guint8 *compact = g_malloc0 (10000 * 6);
  MeirAnnounceReply reply;
  MeirEndpoint one_more = { { 9, 9, 9, 9 }, 9, 4 };

  for (guint i = 0; i < 10000; i++) {
    meir_store_u32 (compact + 6 * i, 0x01000000 + i);
    meir_store_u16 (compact + 6 * i + 4, 80);
  }
  meir_announce_reply_init (&reply);
  meir_announce_reply_add_compact (&reply, compact, 10000 * 6, 4);
  g_assert_cmpuint (reply.n_peers, ==, MEIR_TRACKER_PEERS_MAX);
  meir_announce_reply_add_peer (&reply, &one_more);
  g_assert_cmpuint (reply.n_peers, ==, MEIR_TRACKER_PEERS_MAX);
}

static void
test_counts (void)
{
  g_assert_cmpuint (meir_announce_clamp_count (-1), ==, 0);
  g_assert_cmpuint (meir_announce_clamp_count (G_MININT64), ==, 0);
  g_assert_cmpuint (meir_announce_clamp_count (5), ==, 5);
  g_assert_cmpuint (meir_announce_clamp_count (G_MAXINT32), ==, G_MAXINT32);
  g_assert_cmpuint (meir_announce_clamp_count (G_MAXINT64), ==, G_MAXINT32); /* never the unknown count */
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/announce/init-and-clear", test_init_and_clear);
  g_test_add_func ("/announce/intervals", test_intervals);
  g_test_add_func ("/announce/compact", test_compact);
  g_test_add_func ("/announce/peer-cap", test_peer_cap);
  g_test_add_func ("/announce/counts", test_counts);
  return g_test_run ();
}
