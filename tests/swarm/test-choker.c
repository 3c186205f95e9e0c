/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "swarm/meir-choker.h"

#define SECOND ((gint64) G_USEC_PER_SEC)
#define START  (1000 * SECOND)

typedef struct {
  MeirPrng prng;
  MeirChoker choker;
  gint64 now_usec;
  guint n_unchokes[32];
} Fixture;

static void
set_up (Fixture *fixture, guint slots, guint n_peers)
{
  *fixture = (Fixture){ .now_usec = START };
  meir_prng_init (&fixture->prng, 5);
  meir_choker_init (&fixture->choker, slots, &fixture->prng, fixture->now_usec);
  for (guint i = 0; i < n_peers; i++) {
    meir_choker_add (&fixture->choker, i, fixture->now_usec);
    meir_choker_get (&fixture->choker, i)->interested = TRUE;
  }
}

static guint
apply (Fixture *fixture, const MeirPeerSlot *changed, guint n)
{
  gboolean unchoking = FALSE;

  for (guint i = 0; i < n; i++) {
    gboolean unchoked = meir_choker_get (&fixture->choker, changed[i])->unchoked;

    /* Chokes come first. */
    g_assert_false (unchoking && !unchoked);
    unchoking = unchoked;
    fixture->n_unchokes[changed[i]] += unchoked;
  }
  return n;
}

static guint
fill (Fixture *fixture)
{
  guint n;
  const MeirPeerSlot *changed = meir_choker_fill (&fixture->choker, fixture->now_usec, &n);

  return apply (fixture, changed, n);
}

static guint
next_round (Fixture *fixture)
{
  guint n;
  const MeirPeerSlot *changed;

  fixture->now_usec += MEIR_CHOKE_ROUND_USEC;
  g_assert_true (meir_choker_is_due (&fixture->choker, fixture->now_usec));
  changed = meir_choker_round (&fixture->choker, fixture->now_usec, &n);
  g_assert_false (meir_choker_is_due (&fixture->choker, fixture->now_usec));
  return apply (fixture, changed, n);
}

static guint
count_unchoked (Fixture *fixture)
{
  guint n = 0;

  for (guint i = 0; i < fixture->choker.peers->len; i++)
    n += meir_choker_get (&fixture->choker, i)->unchoked;
  return n;
}

static void
set_down (Fixture *fixture, MeirPeerSlot peer, guint64 rate)
{
  meir_choker_get (&fixture->choker, peer)->down_per_sec = rate;
}

static gboolean
is_regular (Fixture *fixture, MeirPeerSlot peer)
{
  const MeirChokerPeer *state = meir_choker_get (&fixture->choker, peer);

  return state->unchoked && !state->optimistic;
}

static void
test_fills_at_once (void)
{
  Fixture fixture;

  set_up (&fixture, 2, 0);
  g_assert_cmpuint (fill (&fixture), ==, 0);
  for (guint i = 0; i < 5; i++) {
    meir_choker_add (&fixture.choker, i, fixture.now_usec);
    g_assert_cmpuint (fill (&fixture), ==, 0); /* not interested */
    meir_choker_get (&fixture.choker, i)->interested = TRUE;
    g_assert_cmpuint (fill (&fixture), ==, i < 3 ? 1 : 0); /* two, and the optimistic one */
  }
  meir_choker_remove (&fixture.choker, 1);
  g_assert_cmpuint (fill (&fixture), ==, 1);
  g_assert_cmpuint (count_unchoked (&fixture), ==, 3);
  meir_choker_clear (&fixture.choker);
}

static void
test_tit_for_tat (void)
{
  Fixture fixture;

  set_up (&fixture, 3, 10);
  for (guint i = 0; i < 10; i++)
    set_down (&fixture, i, 1000 * i);
  next_round (&fixture);
  for (guint i = 7; i < 10; i++)
    g_assert_true (is_regular (&fixture, i));
  g_assert_cmpuint (count_unchoked (&fixture), ==, 4);
  /* A newcomer that gives more takes the least one's place, but not for a little more. */
  set_down (&fixture, 2, 7500);
  next_round (&fixture);
  g_assert_true (is_regular (&fixture, 7));
  set_down (&fixture, 2, 20000);
  next_round (&fixture);
  next_round (&fixture);
  g_assert_true (is_regular (&fixture, 2));
  g_assert_false (is_regular (&fixture, 7));
  /* Who snubs us gets nothing for what he gave before. */
  meir_choker_get (&fixture.choker, 9)->snubbed = TRUE;
  next_round (&fixture);
  g_assert_false (is_regular (&fixture, 9));
  meir_choker_clear (&fixture.choker);
}

/* Everybody gets the optimistic slot in time, and keeps it for three rounds. */
static void
test_optimistic_goes_round (void)
{
  Fixture fixture;
  guint n_turns[10] = { 0 };
  MeirPeerSlot before = MEIR_PEER_NONE;
  guint n_rounds_held = 0;

  set_up (&fixture, 2, 10);
  set_down (&fixture, 0, 50000);
  set_down (&fixture, 1, 50000);
  fixture.now_usec += 120 * SECOND; /* nobody is a newcomer any more */
  for (guint round = 0; round < 600; round++) {
    MeirPeerSlot now = MEIR_PEER_NONE;

    next_round (&fixture);
    for (guint i = 0; i < 10; i++) {
      if (meir_choker_get (&fixture.choker, i)->optimistic)
        now = i;
    }
    g_assert_cmpuint (now, !=, MEIR_PEER_NONE);
    n_turns[now]++;
    if (now != before && before != MEIR_PEER_NONE)
      g_assert_cmpuint (n_rounds_held, ==, 3);
    n_rounds_held = now == before ? n_rounds_held + 1 : 1;
    before = now;
  }
  g_assert_cmpuint (n_turns[0] + n_turns[1], ==, 0);
  for (guint i = 2; i < 10; i++)
    g_assert_cmpuint (n_turns[i], >, 30);
  meir_choker_clear (&fixture.choker);
}

static void
test_newcomers_first (void)
{
  guint n_newcomer = 0;

  for (guint64 seed = 0; seed < 400; seed++) {
    Fixture fixture;

    set_up (&fixture, 1, 5);
    meir_prng_init (&fixture.prng, seed);
    set_down (&fixture, 0, 9999);
    fixture.now_usec += 100 * SECOND;
    meir_choker_add (&fixture.choker, 5, fixture.now_usec);
    meir_choker_get (&fixture.choker, 5)->interested = TRUE;
    next_round (&fixture);
    n_newcomer += meir_choker_get (&fixture.choker, 5)->optimistic;
    meir_choker_clear (&fixture.choker);
  }
  /* Three lots of seven. */
  g_assert_cmpuint (n_newcomer, >, 130);
  g_assert_cmpuint (n_newcomer, <, 220);
}

/* Seeding: slots go round, so that all are served alike, and a turn lasts. */
static void
test_seeding_is_fair (void)
{
  Fixture fixture;
  guint n_rounds[12] = { 0 };

  set_up (&fixture, 3, 12);
  fixture.choker.seeding = TRUE;
  for (guint round = 0; round < 720; round++) {
    for (guint i = 0; i < 12; i++)
      meir_choker_get (&fixture.choker, i)->up_per_sec = is_regular (&fixture, i) ? 1000 * (i + 1) : 0;
    next_round (&fixture);
    for (guint i = 0; i < 12; i++)
      n_rounds[i] += meir_choker_get (&fixture.choker, i)->unchoked;
  }
  /* 720 rounds of four slots for twelve: 240 each. */
  for (guint i = 0; i < 12; i++) {
    g_assert_cmpuint (n_rounds[i], >, 180);
    g_assert_cmpuint (n_rounds[i], <, 320);
    g_assert_cmpuint (n_rounds[i] / fixture.n_unchokes[i], >=, 3);
  }
  meir_choker_clear (&fixture.choker);
}

/* Without others waiting nobody loses a slot. */
static void
test_no_churn_without_need (void)
{
  Fixture fixture;

  set_up (&fixture, 4, 5);
  fixture.choker.seeding = TRUE;
  fill (&fixture);
  g_assert_cmpuint (count_unchoked (&fixture), ==, 5);
  for (guint round = 0; round < 50; round++)
    g_assert_cmpuint (next_round (&fixture), ==, 0);
  fixture.choker.seeding = FALSE;
  for (guint round = 0; round < 50; round++) {
    for (guint i = 0; i < 5; i++)
      set_down (&fixture, i, meir_prng_below (&fixture.prng, 100000));
    g_assert_cmpuint (next_round (&fixture), ==, 0);
  }
  meir_choker_clear (&fixture.choker);
}

/* W47: interest that flaps gets at most one unchoke in ten seconds. */
static void
test_flapping_gains_nothing (void)
{
  Fixture fixture;

  set_up (&fixture, 1, 6);
  for (guint ms = 0; ms < 60000; ms += 50) {
    MeirChokerPeer *flapper = meir_choker_get (&fixture.choker, 3);

    fixture.now_usec = START + (gint64) ms * 1000;
    flapper->interested = !flapper->interested;
    fill (&fixture);
    if (ms % 10000 == 0 && ms > 0) {
      guint n;
      const MeirPeerSlot *changed = meir_choker_round (&fixture.choker, fixture.now_usec, &n);

      apply (&fixture, changed, n);
    }
    g_assert_cmpuint (count_unchoked (&fixture), <=, 3);
  }
  g_assert_cmpuint (fixture.n_unchokes[3], <=, 6);
  meir_choker_clear (&fixture.choker);
}

/* A peer that loses interest keeps its slot until somebody needs it. */
static void
test_idle_peers_yield (void)
{
  Fixture fixture;

  set_up (&fixture, 1, 2);
  fill (&fixture);
  g_assert_cmpuint (count_unchoked (&fixture), ==, 2);
  meir_choker_get (&fixture.choker, 0)->interested = FALSE;
  g_assert_cmpuint (fill (&fixture), ==, 0);
  meir_choker_add (&fixture.choker, 2, fixture.now_usec);
  meir_choker_get (&fixture.choker, 2)->interested = TRUE;
  g_assert_cmpuint (fill (&fixture), ==, 2);
  g_assert_false (meir_choker_get (&fixture.choker, 0)->unchoked);
  g_assert_true (meir_choker_get (&fixture.choker, 2)->unchoked);
  meir_choker_clear (&fixture.choker);
}

static void
test_excluded (void)
{
  Fixture fixture;

  set_up (&fixture, 4, 2);
  meir_choker_get (&fixture.choker, 1)->excluded = TRUE;
  fill (&fixture);
  g_assert_true (meir_choker_get (&fixture.choker, 0)->unchoked);
  g_assert_false (meir_choker_get (&fixture.choker, 1)->unchoked);
  meir_choker_get (&fixture.choker, 0)->excluded = TRUE;
  g_assert_cmpuint (fill (&fixture), ==, 1);
  g_assert_cmpuint (count_unchoked (&fixture), ==, 0);
  next_round (&fixture);
  g_assert_cmpuint (count_unchoked (&fixture), ==, 0);
  meir_choker_clear (&fixture.choker);
}

/* Never more than the slots and one, whatever happens. */
static void
test_random_events (void)
{
  Fixture fixture;

  set_up (&fixture, 3, 20);
  for (guint step = 0; step < 20000; step++) {
    guint peer = meir_prng_below (&fixture.prng, 20);
    MeirChokerPeer *state = meir_choker_get (&fixture.choker, peer);

    switch (meir_prng_below (&fixture.prng, 6)) {
    case 0:
      meir_choker_remove (&fixture.choker, peer);
      meir_choker_add (&fixture.choker, peer, fixture.now_usec);
      break;
    case 1:
      state->excluded = meir_prng_below (&fixture.prng, 5) == 0;
      break;
    case 2:
      state->down_per_sec = meir_prng_below (&fixture.prng, 1000);
      state->snubbed = meir_prng_below (&fixture.prng, 5) == 0;
      break;
    case 3:
      fixture.choker.seeding = !fixture.choker.seeding;
      break;
    case 4:
      next_round (&fixture);
      g_assert_cmpuint (count_unchoked (&fixture), <=, 4);
      break;
    default:
      state->interested = !state->interested;
      break;
    }
    fixture.now_usec += meir_prng_below (&fixture.prng, 1000000);
    fill (&fixture);
    for (guint i = 0; i < 20; i++) {
      const MeirChokerPeer *other = meir_choker_get (&fixture.choker, i);

      g_assert_false (other->unchoked && other->excluded);
      g_assert_false (other->optimistic && !other->unchoked);
    }
  }
  meir_choker_clear (&fixture.choker);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/choker/fills-at-once", test_fills_at_once);
  g_test_add_func ("/choker/tit-for-tat", test_tit_for_tat);
  g_test_add_func ("/choker/optimistic-goes-round", test_optimistic_goes_round);
  g_test_add_func ("/choker/newcomers-first", test_newcomers_first);
  g_test_add_func ("/choker/seeding-is-fair", test_seeding_is_fair);
  g_test_add_func ("/choker/no-churn-without-need", test_no_churn_without_need);
  g_test_add_func ("/choker/flapping-gains-nothing", test_flapping_gains_nothing);
  g_test_add_func ("/choker/idle-peers-yield", test_idle_peers_yield);
  g_test_add_func ("/choker/excluded", test_excluded);
  g_test_add_func ("/choker/random-events", test_random_events);
  return g_test_run ();
}
