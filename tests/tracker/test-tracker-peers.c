/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tracker/meir-tracker-peers.h"

#include "tracker-test.h"

#define SEED G_GUINT64_CONSTANT (0x1234567890abcdef)

static const MeirTrackerPeerIdentity nobody = { .key = 0 };

static guint32
insert (MeirTrackerPeers *peers, MeirEndpoint endpoint, gboolean is_seed, guint16 unit)
{
  guint32 position;

  g_assert_cmpuint (meir_tracker_peers_find (peers, &endpoint, SEED), ==, MEIR_TRACKER_PEER_NONE);
  position = meir_tracker_peers_insert (peers, &endpoint, is_seed, &nobody, unit, SEED);
  g_assert_cmpuint (position, !=, MEIR_TRACKER_PEER_NONE);
  return position;
}

/* What the set must be equal to after every step. */
typedef struct {
  MeirEndpoint endpoint;
  gboolean is_seed;
  gboolean completed;
  guint16 unit;
  guint32 key;
} Model;

static void
check_against (const MeirTrackerPeers *peers, guint family, GArray *model)
{
  guint seeds = 0;

  g_assert_cmpuint (peers->n, ==, model->len);
  for (guint i = 0; i < model->len; i++) {
    const Model *expected = &g_array_index (model, Model, i);
    guint32 position = meir_tracker_peers_find (peers, &expected->endpoint, SEED);
    MeirEndpoint endpoint;

    g_assert_cmpuint (position, <, peers->n);
    g_assert_cmpint (position >= peers->n_leechers, ==, expected->is_seed);
    meir_tracker_peers_get_endpoint (peers, family, position, &endpoint);
    g_assert_true (meir_endpoint_equal (&endpoint, &expected->endpoint));
    g_assert_cmpuint (meir_tracker_peers_get_identity (peers, family, position)->key, ==, expected->key);
    g_assert_cmpuint (meir_tracker_peers_get_age (peers, family, position, expected->unit), ==, 0);
    g_assert_cmpint (meir_tracker_peers_get_completed (peers, family, position), ==, expected->completed);
    seeds += expected->is_seed;
  }
  g_assert_cmpuint (peers->n - peers->n_leechers, ==, seeds);
}

/* Thousands of random steps, compared with a list each time the set is small or now and then when it is
 * large. */
static void
run_model (guint family, gboolean loopback)
{
  MeirTrackerPeers peers = { NULL };
  g_autoptr (GArray) model = g_array_new (FALSE, FALSE, sizeof (Model));
  MeirPrng prng;

  meir_prng_init (&prng, family);
  for (guint step = 0; step < 6000; step++) {
    guint n = meir_prng_below (&prng, 400), choice = meir_prng_below (&prng, 10);
    MeirEndpoint endpoint = family == 4 ? test_peer_4 (n) : test_peer_6 (n);
    guint32 position;
    guint found = model->len;

    if (loopback)
      endpoint = family == 4 ? test_endpoint ("127.0.0.1:1") : test_endpoint ("[::1]:1");
    endpoint.port = (guint16) (n + 1);
    for (guint i = 0; i < model->len; i++)
      if (meir_endpoint_equal (&g_array_index (model, Model, i).endpoint, &endpoint))
        found = i;
    position = meir_tracker_peers_find (&peers, &endpoint, SEED);
    g_assert_cmpint (position == MEIR_TRACKER_PEER_NONE, ==, found == model->len);

    if (found == model->len) {
      Model added = { endpoint, choice % 2, FALSE, (guint16) (step & MEIR_TRACKER_UNIT_MASK), n };

      meir_tracker_peers_insert (&peers, &endpoint, added.is_seed, &(MeirTrackerPeerIdentity){ .key = n },
                                 added.unit, SEED);
      g_array_append_val (model, added);
    } else if (choice < (step < 3000 ? 2 : 6)) {
      meir_tracker_peers_remove (&peers, family, position, SEED);
      g_array_remove_index_fast (model, found);
    } else if (choice < 8) {
      Model *changed = &g_array_index (model, Model, found);

      changed->is_seed = !changed->is_seed;
      position = meir_tracker_peers_set_seed (&peers, family, position, changed->is_seed, SEED);
      g_assert_cmpuint (position, ==, meir_tracker_peers_find (&peers, &endpoint, SEED));
    } else {
      Model *changed = &g_array_index (model, Model, found);

      changed->unit = (guint16) (step & MEIR_TRACKER_UNIT_MASK);
      changed->completed = TRUE;
      meir_tracker_peers_set_completed (&peers, family, position);
      meir_tracker_peers_touch (&peers, family, position, changed->unit);
    }
    if (model->len < 40 || step % 97 == 0)
      check_against (&peers, family, model);
  }
  check_against (&peers, family, model);
  meir_tracker_peers_clear (&peers);
  g_assert_cmpuint (meir_tracker_peers_get_bytes (&peers, family), ==, 0);
}

static void
test_model (void)
{
  run_model (4, FALSE);
  run_model (6, FALSE);
  run_model (4, TRUE);
  run_model (6, TRUE);
}

static void
test_growth (void)
{
  MeirTrackerPeers peers = { NULL };
  gsize bytes = 0;

  for (guint i = 0; i < 1000; i++) {
    gsize growth = meir_tracker_peers_get_growth (&peers, 4);

    insert (&peers, test_peer_4 (i), FALSE, 0);
    bytes += growth;
    g_assert_cmpuint (meir_tracker_peers_get_bytes (&peers, 4), ==, bytes);
  }
  /* All but ten expire: most of the memory goes back. */
  for (guint i = 0; i < 10; i++) {
    MeirEndpoint endpoint = test_peer_4 (i * 7);

    meir_tracker_peers_touch (&peers, 4, meir_tracker_peers_find (&peers, &endpoint, SEED), 100);
  }
  g_assert_cmpuint (meir_tracker_peers_expire (&peers, 4, 100, 50, SEED), ==, 990);
  g_assert_cmpuint (peers.n, ==, 10);
  g_assert_cmpuint (meir_tracker_peers_get_bytes (&peers, 4), <, bytes / 16);
  for (guint i = 0; i < 10; i++) {
    MeirEndpoint endpoint = test_peer_4 (i * 7);

    g_assert_cmpuint (meir_tracker_peers_find (&peers, &endpoint, SEED), <, 10);
  }
  g_assert_cmpuint (meir_tracker_peers_expire (&peers, 4, 200, 50, SEED), ==, 10);
  g_assert_null (peers.block);
}

/* Stamps wrap round after 72 hours; ages do not notice. */
static void
test_age_wraps (void)
{
  MeirTrackerPeers peers = { NULL };
  guint32 position = insert (&peers, test_peer_4 (1), TRUE, MEIR_TRACKER_UNIT_MASK - 1);

  g_assert_cmpuint (meir_tracker_peers_get_age (&peers, 4, position, 3), ==, 5);
  g_assert_cmpuint (meir_tracker_peers_expire (&peers, 4, 3, 5, SEED), ==, 0);
  g_assert_cmpuint (meir_tracker_peers_expire (&peers, 4, 4, 5, SEED), ==, 1);
}

/* K12 counts by address, or by /64, whatever else is there, small set or indexed one. */
static void
test_count_address (void)
{
  for (guint crowd = 0; crowd <= 500; crowd += 500) {
    MeirTrackerPeers peers_4 = { NULL }, peers_6 = { NULL };
    MeirEndpoint host_4 = test_endpoint ("9.8.7.6:1"), host_6 = test_endpoint ("[2001:db8::1]:1");
    guint32 oldest;

    for (guint i = 0; i < crowd; i++) {
      insert (&peers_4, test_peer_4 (i), i % 2, 1);
      insert (&peers_6, test_peer_6 (i), i % 2, 1);
    }
    for (guint i = 0; i < 5; i++) {
      host_4.port = host_6.port = (guint16) (100 + i);
      host_6.bytes[15] = (guint8) i; /* another host of the same network */
      insert (&peers_4, host_4, FALSE, (guint16) (i == 3 ? 2 : 9));
      insert (&peers_6, host_6, FALSE, (guint16) (i == 2 ? 2 : 9));
    }
    g_assert_cmpuint (meir_tracker_peers_count_address (&peers_4, &host_4, 10, SEED, &oldest), ==, 5);
    host_4.port = 103;
    g_assert_cmpuint (oldest, ==, meir_tracker_peers_find (&peers_4, &host_4, SEED));
    g_assert_cmpuint (meir_tracker_peers_count_address (&peers_6, &host_6, 10, SEED, &oldest), ==, 5);
    host_6.port = 102;
    host_6.bytes[15] = 2;
    g_assert_cmpuint (oldest, ==, meir_tracker_peers_find (&peers_6, &host_6, SEED));
    host_4.bytes[3]++;
    g_assert_cmpuint (meir_tracker_peers_count_address (&peers_4, &host_4, 10, SEED, &oldest), ==, 0);
    g_assert_cmpuint (oldest, ==, MEIR_TRACKER_PEER_NONE);
    meir_tracker_peers_clear (&peers_4);
    meir_tracker_peers_clear (&peers_6);
  }
}

/* Without repetition, without the asker, within the range; and everybody about as often. */
static void
test_sample (void)
{
  MeirTrackerPeers peers = { NULL };
  guint32 positions[MEIR_TRACKER_PEERS_MAX], times[300] = { 0 };
  MeirPrng prng;

  meir_prng_init (&prng, 5);
  for (guint i = 0; i < 300; i++)
    insert (&peers, test_peer_4 (i), i >= 200, 0);
  for (guint wanted = 0; wanted <= 200; wanted += 8) {
    for (guint round = 0; round < 400; round++) {
      guint32 asker = round % 3 == 0 ? MEIR_TRACKER_PEER_NONE : meir_prng_below (&prng, 300);
      gboolean leechers_only = round % 2;
      guint32 range = leechers_only ? 200 : 300;
      guint n = meir_tracker_peers_sample (&peers, wanted, asker, leechers_only, &prng, positions);
      gboolean seen[300] = { FALSE };

      g_assert_cmpuint (n, ==, MIN (wanted, asker < range ? range - 1 : range));
      for (guint i = 0; i < n; i++) {
        g_assert_cmpuint (positions[i], <, range);
        g_assert_cmpuint (positions[i], !=, asker);
        g_assert_false (seen[positions[i]]);
        seen[positions[i]] = TRUE;
      }
    }
  }
  for (guint round = 0; round < 30000; round++) {
    meir_tracker_peers_sample (&peers, 7, 42, FALSE, &prng, positions);
    for (guint i = 0; i < 7; i++)
      times[positions[i]]++;
  }
  /* 30000 * 7 / 299 = 702 each; six standard deviations are 159. */
  for (guint i = 0; i < 300; i++) {
    if (i == 42)
      g_assert_cmpuint (times[i], ==, 0);
    else
      g_assert_cmpuint (times[i], >, 543);
    g_assert_cmpuint (times[i], <, 861);
  }
  meir_tracker_peers_clear (&peers);
  g_assert_cmpuint (meir_tracker_peers_sample (&peers, 7, MEIR_TRACKER_PEER_NONE, FALSE, &prng, positions),
                    ==, 0);
}

static void
test_write (void)
{
  MeirTrackerPeers peers_4 = { NULL }, peers_6 = { NULL };
  guint8 compact[3 * MEIR_TRACKER_COMPACT_6 + MEIR_TRACKER_COMPACT_SLACK];
  const guint32 positions[] = { 2, 0 };
  MeirEndpoint back;

  for (guint i = 0; i < 3; i++) {
    insert (&peers_4, test_peer_4 (i), FALSE, 99);
    insert (&peers_6, test_peer_6 (i), FALSE, 99);
  }
  for (guint i = 0; i < 2; i++) {
    MeirEndpoint expected_4 = test_peer_4 (positions[i]), expected_6 = test_peer_6 (positions[i]);

    g_assert_cmpuint (meir_tracker_peers_write (&peers_4, 4, positions, 2, compact), ==, 12);
    meir_endpoint_from_compact (&back, compact + i * 6, 4);
    g_assert_true (meir_endpoint_equal (&back, &expected_4));
    g_assert_cmpuint (meir_tracker_peers_write (&peers_6, 6, positions, 2, compact), ==, 36);
    meir_endpoint_from_compact (&back, compact + i * 18, 6);
    g_assert_true (meir_endpoint_equal (&back, &expected_6));
  }
  g_assert_cmpuint (meir_tracker_peers_write (NULL, 4, NULL, 0, compact), ==, 0);
  meir_tracker_peers_clear (&peers_4);
  meir_tracker_peers_clear (&peers_6);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/tracker/peers/model", test_model);
  g_test_add_func ("/tracker/peers/growth", test_growth);
  g_test_add_func ("/tracker/peers/age-wraps", test_age_wraps);
  g_test_add_func ("/tracker/peers/count-address", test_count_address);
  g_test_add_func ("/tracker/peers/sample", test_sample);
  g_test_add_func ("/tracker/peers/write", test_write);
  return g_test_run ();
}
