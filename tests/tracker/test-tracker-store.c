/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tracker/meir-tracker-store.h"

#include "tracker-test.h"

#define NEVER_FULL ((guint64) 256 << 20)

typedef struct {
  MeirTrackerStore *store;
  gint64 now_usec;
  MeirTrackerSelection selection;
} Fixture;

static Fixture
set_up (guint interval_sec)
{
  return (Fixture){ .store = test_store (interval_sec, 100000, 100000, NEVER_FULL),
                    .now_usec = 1000 * SECOND };
}

static MeirTrackerVerdict
announce (Fixture *fixture, guint32 torrent, MeirEndpoint endpoint, guint64 left, MeirAnnounceEvent event)
{
  MeirInfoHash info_hash = test_info_hash (torrent);
  MeirTrackerAnnounce request = { .info_hash = &info_hash,
                                  .endpoint = endpoint,
                                  .left = left,
                                  .event = event,
                                  .wanted = 50,
                                  .other_family = TRUE };

  return meir_tracker_store_announce (fixture->store, &request,
                                      meir_tracker_store_hash (fixture->store, &info_hash), fixture->now_usec,
                                      &fixture->selection);
}

static void
expect (const Fixture *fixture, guint seeds, guint leechers, guint downloaded)
{
  g_assert_cmpuint (fixture->selection.seeds, ==, seeds);
  g_assert_cmpuint (fixture->selection.leechers, ==, leechers);
  g_assert_cmpuint (fixture->selection.downloaded, ==, downloaded);
}

static void
scrape (Fixture *fixture, guint32 torrent)
{
  MeirInfoHash info_hash = test_info_hash (torrent);

  meir_tracker_store_scrape (fixture->store, &info_hash, fixture->now_usec, &fixture->selection);
}

static void
test_life (void)
{
  Fixture f = set_up (1800);
  MeirEndpoint a = test_peer_4 (1), b = test_peer_4 (2);

  g_assert_cmpint (announce (&f, 1, a, 100, MEIR_ANNOUNCE_EVENT_STARTED), ==, MEIR_TRACKER_ACCEPTED);
  expect (&f, 0, 1, 0);
  g_assert_cmpuint (f.selection.n_4, ==, 0); /* not itself */
  announce (&f, 1, b, 0, MEIR_ANNOUNCE_EVENT_STARTED);
  expect (&f, 1, 1, 0);
  g_assert_cmpuint (f.selection.n_4, ==, 1); /* the seed is told of the leecher */
  announce (&f, 1, a, 50, MEIR_ANNOUNCE_EVENT_NONE);
  expect (&f, 1, 1, 0);
  g_assert_cmpuint (f.selection.n_4, ==, 1);
  announce (&f, 1, a, 0, MEIR_ANNOUNCE_EVENT_COMPLETED);
  expect (&f, 2, 0, 1);
  g_assert_cmpuint (f.selection.n_4, ==, 0);        /* seeds have nothing to say to each other */
  announce (&f, 1, a, 7, MEIR_ANNOUNCE_EVENT_NONE); /* lost a file: a leecher again */
  expect (&f, 1, 1, 1);
  announce (&f, 1, b, 0, MEIR_ANNOUNCE_EVENT_STOPPED);
  expect (&f, 0, 1, 1);
  g_assert_cmpuint (f.selection.n_4, ==, 0); /* who leaves wants nobody */
  g_assert_cmpuint (meir_tracker_store_get_torrents (f.store), ==, 1);
  g_assert_cmpuint (meir_tracker_store_get_peers (f.store), ==, 1);
  g_assert_cmpuint (meir_tracker_store_get_seeds (f.store), ==, 0);
  meir_tracker_store_free (f.store);
}

static void
test_completed_once (void)
{
  Fixture f = set_up (1800);
  MeirEndpoint a = test_peer_4 (1);

  announce (&f, 1, a, 5, MEIR_ANNOUNCE_EVENT_COMPLETED); /* with something left it is none */
  expect (&f, 0, 1, 0);
  for (guint i = 0; i < 5; i++)
    announce (&f, 1, a, 0, MEIR_ANNOUNCE_EVENT_COMPLETED);
  expect (&f, 1, 0, 1);
  announce (&f, 1, a, 5, MEIR_ANNOUNCE_EVENT_NONE);
  announce (&f, 1, a, 0, MEIR_ANNOUNCE_EVENT_COMPLETED);
  expect (&f, 1, 0, 1);
  announce (&f, 1, test_peer_4 (2), 0, MEIR_ANNOUNCE_EVENT_COMPLETED);
  expect (&f, 2, 0, 2);
  /* It belongs to the torrent, not to who is there. */
  announce (&f, 1, a, 0, MEIR_ANNOUNCE_EVENT_STOPPED);
  announce (&f, 1, test_peer_4 (2), 0, MEIR_ANNOUNCE_EVENT_STOPPED);
  expect (&f, 0, 0, 2);
  scrape (&f, 1);
  expect (&f, 0, 0, 2);
  scrape (&f, 2);
  expect (&f, 0, 0, 0);
  meir_tracker_store_free (f.store);
}

static void
test_unknown_left (void)
{
  Fixture f = set_up (1800);

  announce (&f, 1, test_peer_4 (1), MEIR_TRACKER_LEFT_UNKNOWN, MEIR_ANNOUNCE_EVENT_NONE);
  expect (&f, 0, 1, 0);
  meir_tracker_store_free (f.store);
}

/* K09, and good-byes to what was never known. */
static void
test_port_0 (void)
{
  Fixture f = set_up (1800);
  MeirEndpoint a = test_peer_4 (1);

  a.port = 0;
  g_assert_cmpint (announce (&f, 1, a, 0, MEIR_ANNOUNCE_EVENT_STARTED), ==, MEIR_TRACKER_ACCEPTED);
  g_assert_cmpint (announce (&f, 2, test_peer_4 (1), 0, MEIR_ANNOUNCE_EVENT_STOPPED), ==,
                   MEIR_TRACKER_ACCEPTED);
  g_assert_cmpuint (meir_tracker_store_get_torrents (f.store), ==, 0);
  announce (&f, 1, test_peer_4 (2), 5, MEIR_ANNOUNCE_EVENT_STARTED);
  announce (&f, 1, a, 5, MEIR_ANNOUNCE_EVENT_NONE);
  expect (&f, 0, 1, 0);
  g_assert_cmpuint (f.selection.n_4, ==, 1); /* it may ask all the same */
  meir_tracker_store_free (f.store);
}

/* K13. */
static void
test_stopped_key (void)
{
  Fixture f = set_up (1800);
  MeirInfoHash info_hash = test_info_hash (1);
  MeirTrackerAnnounce request = {
    .info_hash = &info_hash, .endpoint = test_peer_4 (1), .identity.key = 77, .left = 5, .wanted = 50
  };
  guint64 hash = meir_tracker_store_hash (f.store, &info_hash);

  meir_tracker_store_announce (f.store, &request, hash, f.now_usec, &f.selection);
  request.event = MEIR_ANNOUNCE_EVENT_STOPPED;
  request.identity.key = 78;
  meir_tracker_store_announce (f.store, &request, hash, f.now_usec, &f.selection);
  expect (&f, 0, 1, 0);
  request.identity.key = 0;
  meir_tracker_store_announce (f.store, &request, hash, f.now_usec, &f.selection);
  expect (&f, 0, 1, 0);
  request.identity.key = 77;
  request.endpoint.port++;
  meir_tracker_store_announce (f.store, &request, hash, f.now_usec, &f.selection);
  expect (&f, 0, 1, 0);
  request.endpoint.port--;
  request.endpoint.bytes[3]++;
  meir_tracker_store_announce (f.store, &request, hash, f.now_usec, &f.selection);
  expect (&f, 0, 1, 0);
  request.endpoint.bytes[3]--;
  /* A neighbour cannot put his own key in place of the first. */
  request.event = MEIR_ANNOUNCE_EVENT_STARTED;
  request.identity.key = 99;
  meir_tracker_store_announce (f.store, &request, hash, f.now_usec, &f.selection);
  request.event = MEIR_ANNOUNCE_EVENT_STOPPED;
  meir_tracker_store_announce (f.store, &request, hash, f.now_usec, &f.selection);
  expect (&f, 0, 1, 0);
  request.identity.key = 77;
  meir_tracker_store_announce (f.store, &request, hash, f.now_usec, &f.selection);
  expect (&f, 0, 0, 0);
  meir_tracker_store_free (f.store);
}

/* K12: eight of one address, the one longest silent gives way; loopback as many as come. */
static void
test_peers_per_address (void)
{
  Fixture f = set_up (1800);
  MeirEndpoint a = test_endpoint ("9.9.9.9:1"), b = test_endpoint ("[2001:db8::1]:1");

  for (guint port = 1; port <= 65535; port += 13) {
    a.port = b.port = (guint16) port;
    b.bytes[15] = (guint8) port; /* the whole /64 is one */
    announce (&f, 1, a, 5, MEIR_ANNOUNCE_EVENT_STARTED);
    announce (&f, 1, b, 5, MEIR_ANNOUNCE_EVENT_STARTED);
    f.now_usec += SECOND / 16;
  }
  expect (&f, 0, 16, 0);
  announce (&f, 1, test_peer_4 (1), 5, MEIR_ANNOUNCE_EVENT_STARTED);
  for (guint i = 0; i < f.selection.n_4; i++) {
    MeirEndpoint kept;

    meir_tracker_peers_get_endpoint (f.selection.peers_4, 4, f.selection.positions_4[i], &kept);
    g_assert_cmpuint (kept.port, >, 65535 - 13 * 400); /* of the last eight time stamps or so */
  }
  a = test_endpoint ("127.0.0.1:1");
  b = test_endpoint ("[::1]:1");
  for (guint port = 1; port <= 3000; port++) {
    a.port = b.port = (guint16) port;
    announce (&f, 2, a, 5, MEIR_ANNOUNCE_EVENT_STARTED);
    announce (&f, 2, b, 0, MEIR_ANNOUNCE_EVENT_STARTED);
  }
  expect (&f, 3000, 3000, 0);
  meir_tracker_store_free (f.store);
}

static void
test_families (void)
{
  Fixture f = set_up (1800);
  MeirInfoHash info_hash = test_info_hash (1);
  MeirTrackerAnnounce request = { .info_hash = &info_hash, .left = 5, .wanted = 20 };
  guint64 hash = meir_tracker_store_hash (f.store, &info_hash);

  for (guint i = 0; i < 15; i++) {
    announce (&f, 1, test_peer_4 (i), 5, MEIR_ANNOUNCE_EVENT_NONE);
    announce (&f, 1, test_peer_6 (i), i % 3, MEIR_ANNOUNCE_EVENT_NONE);
  }
  request.endpoint = test_peer_4 (3);
  meir_tracker_store_announce (f.store, &request, hash, f.now_usec, &f.selection);
  g_assert_cmpuint (f.selection.n_4, ==, 14);
  g_assert_cmpuint (f.selection.n_6, ==, 0); /* BEP 15: one family */
  expect (&f, 5, 25, 0);
  request.other_family = TRUE;
  meir_tracker_store_announce (f.store, &request, hash, f.now_usec, &f.selection);
  g_assert_cmpuint (f.selection.n_4, ==, 14);
  g_assert_cmpuint (f.selection.n_6, ==, 6); /* BEP 7: filled up with the other */
  request.endpoint = test_peer_6 (4);
  meir_tracker_store_announce (f.store, &request, hash, f.now_usec, &f.selection);
  g_assert_cmpuint (f.selection.n_6, ==, 14);
  g_assert_cmpuint (f.selection.n_4, ==, 6);
  request.wanted = 0;
  meir_tracker_store_announce (f.store, &request, hash, f.now_usec, &f.selection);
  g_assert_cmpuint (f.selection.n_4 + f.selection.n_6, ==, 0);
  meir_tracker_store_free (f.store);
}

/* A peer that keeps its appointments stays; one that is silent for twice the interval goes, tick or no tick.
 */
static void
test_expiry (void)
{
  for (guint ticking = 0; ticking < 2; ticking++) {
    Fixture f = set_up (1800);
    gint64 start_usec = f.now_usec, gone_usec = 0;

    announce (&f, 1, test_peer_4 (1), 0, MEIR_ANNOUNCE_EVENT_STARTED);
    announce (&f, 1, test_peer_6 (1), 5, MEIR_ANNOUNCE_EVENT_STARTED);
    while (gone_usec == 0 && f.now_usec < start_usec + 10000 * SECOND) {
      f.now_usec += 30 * SECOND;
      if (ticking)
        meir_tracker_store_tick (f.store, f.now_usec);
      if ((f.now_usec - start_usec) % (1800 * SECOND) == 0)
        announce (&f, 1, test_peer_4 (2), 5, MEIR_ANNOUNCE_EVENT_NONE);
      else
        scrape (&f, 1);
      if (f.selection.leechers + f.selection.seeds == 1)
        gone_usec = f.now_usec - start_usec;
      if (f.now_usec - start_usec >= 1800 * SECOND)
        g_assert_cmpuint (f.selection.leechers, >=, 1); /* the one that comes back */
    }
    g_assert_cmpint (gone_usec, >, 3600 * SECOND);
    g_assert_cmpint (gone_usec, <=, (3600 + 450) * SECOND);
    g_assert_cmpuint (meir_tracker_store_get_peers (f.store), ==, 1);
    g_assert_cmpuint (meir_tracker_store_get_seeds (f.store), ==, 0);
    meir_tracker_store_free (f.store);
  }
}

/* Everything silent is gone in the end, with its memory, though nobody asks for it. */
static void
test_tick_empties (void)
{
  Fixture f = set_up (60);
  guint64 full_bytes;

  for (guint i = 0; i < 20000; i++)
    announce (&f, i, test_endpoint ("127.0.0.1:5"), i % 2, MEIR_ANNOUNCE_EVENT_STARTED);
  full_bytes = meir_tracker_store_get_bytes (f.store);
  g_assert_cmpuint (meir_tracker_store_get_torrents (f.store), ==, 20000);
  for (guint i = 0; i < 120; i++) {
    f.now_usec += SECOND;
    meir_tracker_store_tick (f.store, f.now_usec);
  }
  g_assert_cmpuint (meir_tracker_store_get_torrents (f.store), ==, 20000);
  for (guint i = 0; i < 180; i++) {
    f.now_usec += SECOND;
    meir_tracker_store_tick (f.store, f.now_usec);
  }
  g_assert_cmpuint (meir_tracker_store_get_torrents (f.store), ==, 0);
  g_assert_cmpuint (meir_tracker_store_get_peers (f.store), ==, 0);
  g_assert_cmpuint (meir_tracker_store_get_bytes (f.store), <, full_bytes / 4);
  meir_tracker_store_free (f.store);
}

/* K11 by number: the newest is always taken, living swarms outlast made-up info-hashes. */
static void
test_torrents_cap (void)
{
  Fixture f = { .store = test_store (1800, 1000, 1000, NEVER_FULL), .now_usec = 0 };
  guint alive = 0;

  for (guint i = 0; i < 100; i++)
    for (guint peer = 0; peer < 3; peer++)
      announce (&f, i, test_peer_4 (peer), peer, MEIR_ANNOUNCE_EVENT_STARTED);
  for (guint i = 1000; i < 51000; i++) {
    MeirEndpoint liar = test_peer_4 (1000 + i % 5000);

    f.now_usec += SECOND / 50;
    g_assert_cmpint (announce (&f, i, liar, 5, MEIR_ANNOUNCE_EVENT_STARTED), ==, MEIR_TRACKER_ACCEPTED);
    expect (&f, 0, 1, 0);
    g_assert_cmpuint (meir_tracker_store_get_torrents (f.store), <=, 1000);
  }
  for (guint i = 0; i < 100; i++) {
    scrape (&f, i);
    alive += f.selection.leechers + f.selection.seeds == 3;
  }
  g_assert_cmpuint (alive, >=, 95);
  meir_tracker_store_free (f.store);
}

/* K11 by source: one address cannot even try; loopback is the user's own. */
static void
test_torrents_per_source (void)
{
  Fixture f = { .store = test_store (1800, 8000, 1000, NEVER_FULL), .now_usec = 0 };
  MeirEndpoint flood = test_endpoint ("9.9.9.9:1000"), flood_6 = test_endpoint ("[2001:db8::1]:1000");
  guint taken = 0, taken_6 = 0;

  for (guint i = 0; i < 3000; i++) {
    taken += announce (&f, i, flood, 5, MEIR_ANNOUNCE_EVENT_STARTED) == MEIR_TRACKER_ACCEPTED;
    flood_6.bytes[12] = (guint8) i;
    taken_6 += announce (&f, 100000 + i, flood_6, 5, MEIR_ANNOUNCE_EVENT_STARTED) == MEIR_TRACKER_ACCEPTED;
  }
  g_assert_cmpuint (taken, ==, 1000);
  g_assert_cmpuint (taken_6, ==, 1000);
  /* What exists it may join, others may go on, and after an interval so may it. */
  g_assert_cmpint (announce (&f, 1, flood, 5, MEIR_ANNOUNCE_EVENT_NONE), ==, MEIR_TRACKER_ACCEPTED);
  g_assert_cmpint (announce (&f, 5000, flood, 5, MEIR_ANNOUNCE_EVENT_NONE), ==, MEIR_TRACKER_TOO_MANY);
  g_assert_cmpint (announce (&f, 5000, test_peer_4 (9), 5, MEIR_ANNOUNCE_EVENT_NONE), ==,
                   MEIR_TRACKER_ACCEPTED);
  for (guint i = 0; i < 3000; i++)
    g_assert_cmpint (announce (&f, 10000 + i, test_endpoint ("127.0.0.1:9"), 5, MEIR_ANNOUNCE_EVENT_NONE), ==,
                     MEIR_TRACKER_ACCEPTED);
  f.now_usec += 1801 * SECOND;
  g_assert_cmpint (announce (&f, 5001, flood, 5, MEIR_ANNOUNCE_EVENT_NONE), ==, MEIR_TRACKER_ACCEPTED);
  meir_tracker_store_free (f.store);
}

/* K11 by memory: a million info-hashes stay within what is allowed, and so does one torrent with a crowd. */
static void
test_memory_cap (void)
{
  const guint64 most = 2 << 20;
  Fixture f = { .store = test_store (1800, 10000000, 10000000, most), .now_usec = 0 };

  for (guint i = 0; i < 1000000; i++) {
    announce (&f, i, test_endpoint ("127.0.0.1:9"), 5, MEIR_ANNOUNCE_EVENT_STARTED);
    if (i % 1000 == 0)
      g_assert_cmpuint (meir_tracker_store_get_bytes (f.store), <=, most);
  }
  g_assert_cmpuint (meir_tracker_store_get_torrents (f.store), >, 1000);
  for (guint i = 0; i < 200000; i++)
    announce (&f, 7, test_peer_4 (i), 5, MEIR_ANNOUNCE_EVENT_STARTED);
  g_assert_cmpuint (meir_tracker_store_get_bytes (f.store), <=, most);
  g_assert_cmpuint (meir_tracker_store_get_peers (f.store), >, 10000);
  meir_tracker_store_free (f.store);
}

static void
test_peers_cap (void)
{
  Fixture f = { .store = test_store (1800, 1000, 100, NEVER_FULL), .now_usec = 0 };

  for (guint i = 0; i < 5000; i++) {
    f.now_usec += SECOND;
    announce (&f, 1, test_peer_4 (i), i % 2, MEIR_ANNOUNCE_EVENT_STARTED);
    g_assert_cmpuint (f.selection.leechers + f.selection.seeds, ==, MIN (i + 1, 100));
    /* The newest is there. */
    announce (&f, 1, test_peer_4 (i), i % 2, MEIR_ANNOUNCE_EVENT_NONE);
    g_assert_cmpuint (f.selection.leechers + f.selection.seeds, ==, MIN (i + 1, 100));
  }
  g_assert_cmpuint (meir_tracker_store_get_peers (f.store), ==, 100);
  meir_tracker_store_free (f.store);
}

static gboolean
only_even (const MeirInfoHash *info_hash, gpointer user_data)
{
  guint32 n;

  memcpy (&n, info_hash->bytes, sizeof n);
  return n % *(guint *) user_data == 0;
}

static void
test_allowed (void)
{
  static const guint8 secret[32] = { 9 };
  MeirTrackerStoreLimits limits = { 1800, 1000, 100, NEVER_FULL };
  guint divisor = 2;
  Fixture f = { .store = meir_tracker_store_new (&limits, secret, only_even, &divisor) };
  MeirInfoHash four = test_info_hash (4);

  for (guint i = 0; i < 100; i++) {
    MeirTrackerVerdict expected = i % 2 == 0 ? MEIR_TRACKER_ACCEPTED : MEIR_TRACKER_NOT_ALLOWED;

    g_assert_cmpint (announce (&f, i, test_peer_4 (1), 5, MEIR_ANNOUNCE_EVENT_STOPPED), ==, expected);
    g_assert_cmpint (announce (&f, i, test_peer_4 (1), 5, MEIR_ANNOUNCE_EVENT_STARTED), ==, expected);
  }
  g_assert_cmpuint (meir_tracker_store_get_torrents (f.store), ==, 50);
  meir_tracker_store_forget (f.store, &four);
  meir_tracker_store_forget (f.store, &four);
  g_assert_cmpuint (meir_tracker_store_get_torrents (f.store), ==, 49);
  divisor = 10;
  meir_tracker_store_recheck_allowed (f.store);
  g_assert_cmpuint (meir_tracker_store_get_torrents (f.store), ==, 10);
  g_assert_cmpuint (meir_tracker_store_get_peers (f.store), ==, 10);
  scrape (&f, 20);
  expect (&f, 0, 1, 0);
  scrape (&f, 22);
  expect (&f, 0, 0, 0);
  meir_tracker_store_free (f.store);
}

/* Those with the most peers first; what does not fit in is left out. */
static void
test_list (void)
{
  Fixture f = set_up (1800);
  MeirTrackerListed list[4];

  g_assert_cmpuint (meir_tracker_store_list (f.store, 100, list, 4), ==, 0);
  for (guint torrent = 1; torrent <= 6; torrent++)
    for (guint peer = 0; peer < (torrent * 3) % 7; peer++)
      announce (&f, torrent, test_peer_4 (torrent * 10 + peer), peer == 0 ? 0 : 5,
                peer == 0 ? MEIR_ANNOUNCE_EVENT_COMPLETED : MEIR_ANNOUNCE_EVENT_STARTED);
  /* 3, 6, 2, 5, 1 and 4 of them. */
  g_assert_cmpuint (meir_tracker_store_list (f.store, 100, list, 4), ==, 4);
  for (guint i = 0; i < 4; i++) {
    g_assert_cmpuint (list[i].seeds, ==, 1);
    g_assert_cmpuint (list[i].leechers, ==, 5 - i);
  }
  g_assert_cmpuint (meir_tracker_store_list (f.store, 100, list, 1), ==, 1);
  g_assert_cmpuint (list[0].leechers, ==, 5);
  /* Of the first two that came, the second has more. */
  g_assert_cmpuint (meir_tracker_store_list (f.store, 2, list, 4), ==, 2);
  g_assert_cmpuint (list[0].leechers, ==, 5);
  g_assert_cmpuint (list[1].leechers, ==, 2);
  g_assert_cmpuint (meir_tracker_store_list (f.store, 100, list, 0), ==, 0);
  meir_tracker_store_free (f.store);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/tracker/store/life", test_life);
  g_test_add_func ("/tracker/store/completed-once", test_completed_once);
  g_test_add_func ("/tracker/store/unknown-left", test_unknown_left);
  g_test_add_func ("/tracker/store/k09-port-0", test_port_0);
  g_test_add_func ("/tracker/store/k13-stopped-key", test_stopped_key);
  g_test_add_func ("/tracker/store/k12-peers-per-address", test_peers_per_address);
  g_test_add_func ("/tracker/store/families", test_families);
  g_test_add_func ("/tracker/store/expiry", test_expiry);
  g_test_add_func ("/tracker/store/tick-empties", test_tick_empties);
  g_test_add_func ("/tracker/store/k11-torrents-cap", test_torrents_cap);
  g_test_add_func ("/tracker/store/k11-torrents-per-source", test_torrents_per_source);
  g_test_add_func ("/tracker/store/k11-memory-cap", test_memory_cap);
  g_test_add_func ("/tracker/store/peers-cap", test_peers_cap);
  g_test_add_func ("/tracker/store/allowed", test_allowed);
  g_test_add_func ("/tracker/store/list", test_list);
  return g_test_run ();
}
