/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/meir-random.h"
#include "swarm-driver.h"
#include "swarm-rig.h"

/* Random events by the ten thousand: nothing may count wrong. */
static void
test_random_events (gconstpointer data)
{
  MeirPrng prng;
  g_autofree guint64 *words = g_new (guint64, 12500);

  meir_prng_init (&prng, GPOINTER_TO_UINT (data));
  for (guint i = 0; i < 12500; i++)
    words[i] = meir_prng_next (&prng);
  swarm_drive ((const guint8 *) words, 12500 * sizeof (guint64), 1);
}

static void
test_nothing_to_do (void)
{
  g_autoptr (Rig) rig = rig_new (3, FALSE);

  for (guint i = 0; i < 3; i++) {
    rig_run (rig);
    g_assert_cmpuint (rig->effects->len, ==, 0);
  }
  rig_wait (rig, 40);
  g_assert_cmpuint (rig->effects->len, ==, 0);
  g_assert_cmpuint (meir_swarm_get_left (rig->swarm), ==, 2 * RIG_PIECE_LENGTH + 2 * MEIR_BLOCK_LENGTH + 100);
  g_assert_cmpuint (meir_swarm_get_wasted (rig->swarm), ==, 0);
  g_assert_false (meir_swarm_in_endgame (rig->swarm));
}

/* Effects are handed out once, in order, and gather until somebody runs the swarm. */
static void
test_effects_gather (void)
{
  g_autoptr (Rig) rig = rig_new (3, FALSE);
  MeirPeerSlot a = rig_add (rig, 1), b = rig_add (rig, 2);

  meir_swarm_on_have (rig->swarm, b, 0, rig->now_usec);
  meir_swarm_on_have (rig->swarm, a, 1, rig->now_usec);
  rig_run (rig);
  g_assert_cmpuint (rig->effects->len, ==, 2);
  g_assert_cmpuint (g_array_index (rig->effects, MeirEffect, 0).peer, ==, b);
  g_assert_cmpuint (g_array_index (rig->effects, MeirEffect, 1).peer, ==, a);
  rig_run (rig);
  g_assert_cmpuint (rig->effects->len, ==, 0);
}

/* Slots are few and used again; whoever comes after starts with nothing of who was there before. */
static void
test_slots (void)
{
  g_autoptr (Rig) rig = rig_new (3, FALSE);
  MeirPeerSlot a = rig_add_seed (rig, 1), b = rig_add (rig, 2), c;
  MeirSwarmPeerState state;

  meir_swarm_on_interested (rig->swarm, a, rig->now_usec);
  rig_run (rig);
  g_assert_cmpuint (a, ==, 0);
  g_assert_cmpuint (b, ==, 1);
  g_assert_true (rig_block (rig, a, rig_find (rig, MEIR_EFFECT_REQUEST, a, 0)->piece, 0));
  meir_swarm_remove_peer (rig->swarm, a, rig->now_usec);
  g_assert_cmpuint (meir_swarm_get_availability (rig->swarm)[0], ==, 0);
  c = rig_add (rig, 3);
  g_assert_cmpuint (c, ==, a);
  meir_swarm_get_peer_state (rig->swarm, c, &state, rig->now_usec);
  g_assert_true (state.am_choking && state.peer_choking);
  g_assert_false (state.am_interested || state.peer_interested || state.snubbed || state.seed);
  g_assert_cmpuint (state.n_pieces + state.requests_out, ==, 0);
  g_assert_cmpuint (state.downloaded + state.uploaded, ==, 0);
  for (guint i = 0; i < 1000; i++) {
    meir_swarm_remove_peer (rig->swarm, c, rig->now_usec);
    c = rig_add_seed (rig, (guint8) i);
    g_assert_cmpuint (c, <=, 1);
    rig_run (rig);
  }
}

static void
test_peer_state (void)
{
  g_autoptr (Rig) rig = rig_new (1000, FALSE);
  MeirPeerSlot peer = rig_add_seed (rig, 1);
  guint64 missing = meir_swarm_get_left (rig->swarm);
  MeirSwarmPeerState state;

  rig_run (rig);
  for (guint i = 0; i < 4; i++) {
    rig->now_usec += RIG_SECOND / 2;
    rig_answer_all (rig);
    rig_run (rig);
  }
  meir_swarm_get_peer_state (rig->swarm, peer, &state, rig->now_usec);
  /* What is verified, and the blocks of pieces that are not whole yet. */
  missing -= meir_swarm_get_left (rig->swarm);
  g_assert_cmpuint (state.downloaded, >=, missing);
  g_assert_cmpuint (state.downloaded, <=, missing + meir_swarm_get_n_partial (rig->swarm) * RIG_PIECE_LENGTH);
  g_assert_cmpuint (state.down_per_sec, >, state.downloaded / 4);
  g_assert_true (state.am_interested && state.seed);
  g_assert_cmpuint (state.n_pieces, ==, 1000);
  g_assert_cmpuint (state.requests_out, <=, state.request_depth);
}

static void
test_reasons (void)
{
  for (guint a = MEIR_DROP_NONE; a <= MEIR_DROP_MAX; a++) {
    g_assert_cmpuint (strlen (meir_drop_reason_to_string (a)), >, 5);
    for (guint b = MEIR_DROP_NONE; b < a; b++)
      g_assert_cmpstr (meir_drop_reason_to_string (a), !=, meir_drop_reason_to_string (b));
  }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/swarm/nothing-to-do", test_nothing_to_do);
  g_test_add_func ("/swarm/effects-gather", test_effects_gather);
  g_test_add_func ("/swarm/slots", test_slots);
  g_test_add_func ("/swarm/peer-state", test_peer_state);
  g_test_add_func ("/swarm/reasons", test_reasons);
  for (guint seed = 1; seed <= 8; seed++) {
    g_autofree char *path = g_strdup_printf ("/swarm/random-events/%u", seed);

    g_test_add_data_func (path, GUINT_TO_POINTER (seed), test_random_events);
  }
  return g_test_run ();
}
