/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tracker/meir-tracker-udp-answer.h"

#include "base/meir-byte-cursor.h"
#include "tracker-test.h"

#define START (1000 * SECOND)

typedef struct {
  MeirTrackerCore core;
  MeirEndpoint source;
  gint64 now_usec;
  guint8 reply[MEIR_TRACKER_UDP_ANSWER_MAX + MEIR_TRACKER_COMPACT_SLACK];
  gsize bytes_in;
  gsize bytes_out;
} Fixture;

static Fixture
set_up (void)
{
  return (Fixture){ .core = test_core (), .source = test_endpoint ("9.8.7.6:5000"), .now_usec = START };
}

static gsize
ask (Fixture *fixture, const void *bytes, gsize length)
{
  MeirTrackerUdpDatagram datagram = { .length = length, .source = fixture->source };
  g_autofree guint8 *exact = g_memdup2 (bytes, length); /* so that a byte too many is seen */
  gsize n;

  datagram.bytes = exact;
  meir_tracker_udp_prepare (&fixture->core, &datagram, 1, fixture->now_usec);
  n = meir_tracker_udp_answer (&fixture->core, &datagram, fixture->now_usec, fixture->reply);
  fixture->bytes_in += length;
  fixture->bytes_out += n;
  g_assert_cmpuint (n, <=, MEIR_TRACKER_UDP_ANSWER_MAX);
  return n;
}

static void
make_connect (guint8 packet[16], guint64 magic)
{
  meir_store_u64 (packet, magic);
  meir_store_u32 (packet + 8, 0);
  meir_store_u32 (packet + 12, 0xabad1dea);
}

static guint64
connect_id (Fixture *fixture)
{
  guint8 packet[16];

  make_connect (packet, MEIR_TRACKER_UDP_MAGIC);
  g_assert_cmpuint (ask (fixture, packet, sizeof packet), ==, 16);
  g_assert_cmpuint (meir_load_u32 (fixture->reply), ==, 0);
  g_assert_cmpuint (meir_load_u32 (fixture->reply + 4), ==, 0xabad1dea);
  return meir_load_u64 (fixture->reply + 8);
}

static void
make_announce (guint8 packet[98], guint64 id, guint32 torrent, guint64 left, guint32 event, guint32 want,
               guint16 port)
{
  MeirInfoHash info_hash = test_info_hash (torrent);

  memset (packet, 0, 98);
  meir_store_u64 (packet, id);
  meir_store_u32 (packet + 8, 1);
  meir_store_u32 (packet + 12, 0xcafe);
  memcpy (packet + 16, info_hash.bytes, 20);
  memset (packet + 36, 'p', 20);
  meir_store_u64 (packet + 64, left);
  meir_store_u32 (packet + 80, event);
  meir_store_u32 (packet + 84, 0x01020304); /* "IP address": a victim's */
  meir_store_u32 (packet + 92, want);
  meir_store_u16 (packet + 96, port);
}

static gsize
announce (Fixture *fixture, guint32 torrent, guint64 left, guint32 want, guint16 port)
{
  guint8 packet[98];

  make_announce (packet, meir_tracker_udp_connection_id (&fixture->core, &fixture->source, fixture->now_usec),
                 torrent, left, 0, want, port);
  return ask (fixture, packet, sizeof packet);
}

static void
test_announce (void)
{
  Fixture f = set_up ();
  guint8 packet[98];
  MeirEndpoint peer;

  make_announce (packet, connect_id (&f), 1, 5, 2, (guint32) -1, 1000);
  g_assert_cmpuint (ask (&f, packet, sizeof packet), ==, 20);
  g_assert_cmpuint (meir_load_u32 (f.reply), ==, 1);
  g_assert_cmpuint (meir_load_u32 (f.reply + 4), ==, 0xcafe);
  g_assert_cmpuint (meir_load_u32 (f.reply + 8), ==, 1800);
  g_assert_cmpuint (meir_load_u32 (f.reply + 12), ==, 1);
  g_assert_cmpuint (meir_load_u32 (f.reply + 16), ==, 0);
  g_assert_cmpuint (announce (&f, 1, 0, 50, 1001), ==, 26);
  g_assert_cmpuint (meir_load_u32 (f.reply + 16), ==, 1);
  /* K08: the source's address, not the one in the packet. */
  meir_endpoint_from_compact (&peer, f.reply + 20, 4);
  g_assert_true (meir_endpoint_same_address (&peer, &f.source));
  g_assert_cmpuint (peer.port, ==, 1000);
  make_announce (packet, connect_id (&f), 1, 5, 3, 50, 1000);
  g_assert_cmpuint (ask (&f, packet, sizeof packet), ==, 20);
  g_assert_cmpuint (meir_load_u32 (f.reply + 12), ==, 0);
  g_assert_cmpuint (meir_tracker_tally_get (&f.core.tally.announces_udp), ==, 3);
  test_core_clear (&f.core);
}

/* K01, K02, K06 and every other length: nothing comes back for what is malformed. */
static void
test_malformed (void)
{
  Fixture f = set_up ();
  guint64 id = connect_id (&f);
  guint8 packet[1600];

  for (gsize length = 0; length < sizeof packet; length++) {
    for (guint32 action = 0; action < 6; action++) {
      gsize n;

      memset (packet, 0, sizeof packet);
      meir_store_u64 (packet, action == 0 ? MEIR_TRACKER_UDP_MAGIC : id);
      meir_store_u32 (packet + 8, action);
      n = ask (&f, packet, length);
      if ((action == 0 && length >= 16) || (action == 1 && length >= 98))
        g_assert_cmpuint (n, >, 0);
      else if (action != 2)
        g_assert_cmpuint (n, ==, 0);
    }
  }
  make_connect (packet, MEIR_TRACKER_UDP_MAGIC + 1);
  g_assert_cmpuint (ask (&f, packet, 16), ==, 0);
  make_announce (packet, id, 1, 5, 0, 50, 1000);
  g_assert_cmpuint (ask (&f, packet, 97), ==, 0);
  g_assert_cmpuint (meir_tracker_store_get_peers (f.core.store), ==, 0);
  test_core_clear (&f.core);
}

/* K03, K04: an id is good for its address, at any port, from one to two minutes. */
static void
test_connection_id (void)
{
  Fixture f = set_up ();
  guint64 id = connect_id (&f);
  guint8 packet[98];

  make_announce (packet, id, 1, 5, 0, 50, 1000);
  f.source.port++;
  g_assert_cmpuint (ask (&f, packet, sizeof packet), >, 0);
  f.source.bytes[3]++;
  g_assert_cmpuint (ask (&f, packet, sizeof packet), ==, 0);
  f.source.bytes[3]--;
  make_announce (packet, id ^ 1, 1, 5, 0, 50, 1000);
  g_assert_cmpuint (ask (&f, packet, sizeof packet), ==, 0);
  make_announce (packet, 0, 1, 5, 0, 50, 1000);
  g_assert_cmpuint (ask (&f, packet, sizeof packet), ==, 0);

  for (gint64 issued = 0; issued < 60; issued += 7) {
    f.now_usec = START + issued * SECOND;
    id = connect_id (&f);
    make_announce (packet, id, 1, 5, 0, 50, 1000);
    f.now_usec += 60 * SECOND;
    g_assert_cmpuint (ask (&f, packet, sizeof packet), >, 0);
    f.now_usec += 60 * SECOND;
    g_assert_cmpuint (ask (&f, packet, sizeof packet), ==, 0);
  }
  /* IPv6: the whole address counts. */
  f.source = test_endpoint ("[2001:db8::1]:5");
  id = connect_id (&f);
  make_announce (packet, id, 1, 5, 0, 50, 1000);
  g_assert_cmpuint (ask (&f, packet, sizeof packet), >, 0);
  f.source.bytes[15]++;
  g_assert_cmpuint (ask (&f, packet, sizeof packet), ==, 0);
  /* Another tracker's ids are not ours. */
  f.source.bytes[15]--;
  f.core.connection_key.words[0]++;
  g_assert_cmpuint (ask (&f, packet, sizeof packet), ==, 0);
  test_core_clear (&f.core);
}

/* K03, K05: whatever an unproven source sends, it gets no more bytes than it sent, packet by packet; and
 * nothing is remembered of it. */
static void
test_amplification (void)
{
  Fixture f = set_up ();
  guint8 packet[1600];
  MeirPrng prng;

  /* Something to be had, were the doors open. */
  for (guint i = 0; i < 300; i++) {
    f.source = test_peer_4 (i);
    announce (&f, 1, 5, 0, 1000);
  }
  f.bytes_in = f.bytes_out = 0;
  meir_prng_init (&prng, 1);
  for (guint i = 0; i < 200000; i++) {
    gsize length = meir_prng_below (&prng, i % 2 ? 120 : sizeof packet), n;
    guint64 id = i % 5 == 0 ? MEIR_TRACKER_UDP_MAGIC : meir_prng_next (&prng);

    for (gsize at = 0; at < length; at += 8) {
      guint64 word = meir_prng_next (&prng);

      memcpy (packet + at, &word, MIN (8, length - at));
    }
    if (i % 3 == 0)
      make_announce (packet, id, 1, 5, 0, 200, 1000);
    meir_store_u64 (packet, id);
    meir_store_u32 (packet + 8, (guint32) i % 4);
    f.source = i % 7 ? test_peer_4 (i) : test_peer_6 (i);
    n = ask (&f, packet, length);
    g_assert_cmpuint (n, <=, length);
    g_assert_true (n == 0 || n == 16);
  }
  g_test_message ("%" G_GSIZE_FORMAT " bytes in, %" G_GSIZE_FORMAT " out", f.bytes_in, f.bytes_out);
  g_assert_cmpuint (f.bytes_out, <=, f.bytes_in);
  g_assert_cmpuint (meir_tracker_store_get_peers (f.core.store), ==, 300);
  g_assert_cmpuint (meir_tracker_store_get_torrents (f.core.store), ==, 1);
  test_core_clear (&f.core);
}

/* K07, and that no reply is longer than a packet. */
static void
test_num_want (void)
{
  static const struct {
    guint32 want;
    guint expected_4;
    guint expected_6;
  } cases[] = { { (guint32) -1, 50, 50 }, { 0x80000000, 50, 50 }, { 0, 0, 0 },
                { 10, 10, 10 },           { 200, 200, 76 },       { 201, 200, 76 },
                { 0x7fffffff, 200, 76 } };
  Fixture f = set_up ();

  for (guint i = 0; i < 600; i++) {
    f.source = i % 2 ? test_peer_4 (i) : test_peer_6 (i);
    announce (&f, 1, 5, 0, 1000);
  }
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    f.source = test_peer_4 (1);
    g_assert_cmpuint (announce (&f, 1, 5, cases[i].want, 1000), ==, 20 + 6 * cases[i].expected_4);
    f.source = test_peer_6 (2);
    g_assert_cmpuint (announce (&f, 1, 5, cases[i].want, 1000), ==, 20 + 18 * cases[i].expected_6);
  }
  test_core_clear (&f.core);
}

/* K09 */
static void
test_port_0 (void)
{
  Fixture f = set_up ();

  g_assert_cmpuint (announce (&f, 1, 5, 50, 0), ==, 20);
  g_assert_cmpuint (meir_tracker_store_get_peers (f.core.store), ==, 0);
  test_core_clear (&f.core);
}

/* K10 */
static void
test_scrape (void)
{
  Fixture f = set_up ();
  guint64 id = connect_id (&f);
  guint8 packet[16 + 80 * 20];

  announce (&f, 3, 0, 0, 1000);
  announce (&f, 3, 5, 0, 1001);
  memset (packet, 0, sizeof packet);
  meir_store_u64 (packet, id);
  meir_store_u32 (packet + 8, 2);
  meir_store_u32 (packet + 12, 5);
  for (guint i = 0; i < 80; i++) {
    MeirInfoHash info_hash = test_info_hash (i);

    memcpy (packet + 16 + i * 20, info_hash.bytes, 20);
  }
  g_assert_cmpuint (ask (&f, packet, 16 + 5 * 20), ==, 8 + 5 * 12);
  g_assert_cmpuint (meir_load_u32 (f.reply), ==, 2);
  g_assert_cmpuint (meir_load_u32 (f.reply + 4), ==, 5);
  for (guint i = 0; i < 5; i++) {
    g_assert_cmpuint (meir_load_u32 (f.reply + 8 + i * 12), ==, i == 3);
    g_assert_cmpuint (meir_load_u32 (f.reply + 12 + i * 12), ==, 0);
    g_assert_cmpuint (meir_load_u32 (f.reply + 16 + i * 12), ==, i == 3);
  }
  g_assert_cmpuint (ask (&f, packet, 16 + 74 * 20), ==, 8 + 74 * 12);
  g_assert_cmpuint (ask (&f, packet, 16 + 75 * 20), <=, 8 + 74 * 12);
  g_assert_cmpuint (ask (&f, packet, 16), <=, 16);
  g_assert_cmpuint (ask (&f, packet, 16 + 30), ==, 0);
  meir_store_u64 (packet, id + 1);
  g_assert_cmpuint (ask (&f, packet, 16 + 74 * 20), ==, 0);
  test_core_clear (&f.core);
}

/* K14: options after an announce (BEP 41), right or wrong, change nothing. */
static void
test_options (void)
{
  static const guint8 options[][8] = { { 0 },           { 1, 1, 1 }, { 2, 5, '/', 'a', 'n', 'n', 'o', 0 },
                                       { 2, 255, 'x' }, { 2 },       { 99, 3, 1, 2, 3 } };
  Fixture f = set_up ();
  guint8 packet[98 + 8];

  for (guint i = 0; i < G_N_ELEMENTS (options); i++) {
    make_announce (packet, connect_id (&f), 1, 5, 0, 50, 1000);
    memcpy (packet + 98, options[i], 8);
    for (guint length = 98; length <= sizeof packet; length++)
      g_assert_cmpuint (ask (&f, packet, length), ==, 20);
  }
  test_core_clear (&f.core);
}

static gboolean
nothing_allowed (const MeirInfoHash *info_hash, gpointer user_data)
{
  return FALSE;
}

static void
test_not_allowed (void)
{
  Fixture f = set_up ();
  MeirTrackerStoreLimits limits = { 1800, 10, 10, 1 << 20 };
  guint8 secret[32] = { 1 };
  gsize n;

  test_core_clear (&f.core);
  f.core.store = meir_tracker_store_new (&limits, secret, nothing_allowed, NULL);
  n = announce (&f, 1, 5, 50, 1000);
  g_assert_cmpuint (meir_load_u32 (f.reply), ==, 3);
  g_assert_cmpmem (f.reply + 8, n - 8, "This tracker does not serve this torrent", 40);
  g_assert_cmpuint (n, <=, 98);
  test_core_clear (&f.core);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/tracker/udp-answer/k08-announce", test_announce);
  g_test_add_func ("/tracker/udp-answer/k01-k02-k06-malformed", test_malformed);
  g_test_add_func ("/tracker/udp-answer/k03-k04-connection-id", test_connection_id);
  g_test_add_func ("/tracker/udp-answer/k03-k05-amplification", test_amplification);
  g_test_add_func ("/tracker/udp-answer/k07-num-want", test_num_want);
  g_test_add_func ("/tracker/udp-answer/k09-port-0", test_port_0);
  g_test_add_func ("/tracker/udp-answer/k10-scrape", test_scrape);
  g_test_add_func ("/tracker/udp-answer/k14-options", test_options);
  g_test_add_func ("/tracker/udp-answer/not-allowed", test_not_allowed);
  return g_test_run ();
}
