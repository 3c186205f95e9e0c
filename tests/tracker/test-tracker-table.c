/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tracker/meir-tracker-table.h"

#include "tracker-test.h"

static const MeirTrackerSipKey key = { { 21, 22 } };

static guint32
find (const MeirTrackerTable *table, guint32 n)
{
  MeirInfoHash info_hash = test_info_hash (n);

  return meir_tracker_table_find (table, &info_hash, meir_tracker_table_hash (table, &info_hash));
}

static guint32
add (MeirTrackerTable *table, guint32 n)
{
  MeirInfoHash info_hash = test_info_hash (n);
  guint64 before = table->n_bytes, growth = meir_tracker_table_get_growth (table);
  guint32 index = meir_tracker_table_add (table, &info_hash, meir_tracker_table_hash (table, &info_hash));

  g_assert_cmpuint (table->n_bytes, ==, before + growth);
  return index;
}

static void
test_empty (void)
{
  MeirTrackerTable table;

  meir_tracker_table_init (&table, &key);
  g_assert_cmpuint (find (&table, 1), ==, MEIR_TRACKER_TORRENT_NONE);
  g_assert_cmpuint (table.n, ==, 0);
  meir_tracker_table_clear (&table);
}

/* Adding and removing in any order, over several chunks and sizes of the table, against an array. */
static void
test_model (void)
{
  gboolean known[6000] = { FALSE };
  MeirTrackerTable table;
  MeirPrng prng;
  guint n = 0;

  meir_tracker_table_init (&table, &key);
  meir_prng_init (&prng, 8);
  for (guint step = 0; step < 120000; step++) {
    guint i = meir_prng_below (&prng, G_N_ELEMENTS (known));
    guint32 index = find (&table, i);

    g_assert_cmpint (index != MEIR_TRACKER_TORRENT_NONE, ==, known[i]);
    if (known[i])
      g_assert_cmpuint (meir_tracker_table_get (&table, index)->downloaded, ==, i);
    if (!known[i] && step % 60000 < 40000) {
      index = add (&table, i);
      g_assert_cmpuint (index, ==, n);
      meir_tracker_table_get (&table, index)->downloaded = i;
      known[i] = TRUE;
      n++;
    } else if (known[i]) {
      guint32 keep = n - 1, other = meir_tracker_table_get (&table, keep)->downloaded;

      meir_tracker_table_remove (&table, index, &keep);
      known[i] = FALSE;
      n--;
      if (other != i)
        g_assert_cmpuint (find (&table, other), ==, keep);
    }
    g_assert_cmpuint (table.n, ==, n);
  }
  for (guint i = 0; i < G_N_ELEMENTS (known); i++)
    g_assert_cmpint (find (&table, i) != MEIR_TRACKER_TORRENT_NONE, ==, known[i]);
  meir_tracker_table_clear (&table);
}

static void
test_gives_back (void)
{
  MeirTrackerTable table;
  guint64 full;

  meir_tracker_table_init (&table, &key);
  for (guint i = 0; i < 10000; i++)
    add (&table, i);
  full = table.n_bytes;
  while (table.n > 0)
    meir_tracker_table_remove (&table, 0, NULL);
  g_assert_cmpuint (table.n_bytes, <, full / 2);
  g_assert_cmpuint (find (&table, 5), ==, MEIR_TRACKER_TORRENT_NONE);
  meir_tracker_table_clear (&table);
}

/* Peers go with their torrent, and stay with it when it moves. */
static void
test_peers (void)
{
  const MeirTrackerPeerIdentity nobody = { .key = 0 };
  MeirEndpoint peer = test_peer_4 (1), peer_6 = test_peer_6 (1);
  MeirTrackerTable table;

  meir_tracker_table_init (&table, &key);
  for (guint i = 0; i < 3; i++) {
    MeirTrackerTorrent *torrent = meir_tracker_table_get (&table, add (&table, i));

    meir_tracker_peers_insert (&torrent->peers_4, &peer, i % 2, &nobody, 0, 1);
    meir_tracker_peers_insert (&torrent->peers_6, &peer_6, i % 2, &nobody, 0, 1);
  }
  meir_tracker_table_remove (&table, 0, NULL);
  g_assert_cmpuint (find (&table, 2), ==, 0);
  g_assert_cmpuint (meir_tracker_peers_find (&meir_tracker_table_get (&table, 0)->peers_6, &peer_6, 1), ==,
                    0);
  meir_tracker_table_clear (&table); /* the leak checker sees what is left */
}

/* Prefetching changes nothing, for what is there and for what is not. */
static void
test_prefetch (void)
{
  MeirTrackerTable table;

  meir_tracker_table_init (&table, &key);
  for (guint i = 0; i < 2000; i++) {
    MeirInfoHash info_hash = test_info_hash (i);
    guint64 hash = meir_tracker_table_hash (&table, &info_hash);

    if (i % 2 == 0)
      add (&table, i);
    meir_tracker_table_prefetch_slot (&table, hash);
    meir_tracker_table_prefetch_torrent (&table, hash);
    meir_tracker_table_prefetch_peers (&table, hash, 4);
    meir_tracker_table_prefetch_peers (&table, hash, 6);
    g_assert_cmpint (find (&table, i) == MEIR_TRACKER_TORRENT_NONE, ==, i % 2);
  }
  meir_tracker_table_clear (&table);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/tracker/table/empty", test_empty);
  g_test_add_func ("/tracker/table/model", test_model);
  g_test_add_func ("/tracker/table/gives-back", test_gives_back);
  g_test_add_func ("/tracker/table/peers", test_peers);
  g_test_add_func ("/tracker/table/prefetch", test_prefetch);
  return g_test_run ();
}
