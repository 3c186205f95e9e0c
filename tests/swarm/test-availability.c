/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "swarm-check.h"
#include "swarm/meir-availability.h"

#define PIECES 200u
#define PEERS  12u

static void
have_pieces (MeirBitfield *have, const guint32 *pieces, guint n)
{
  for (guint i = 0; i < n; i++)
    meir_bitfield_set (have, pieces[i]);
}

/* A peer's set of pieces as the swarm keeps it: counted one by one, or as a seed. */
static void
change_peer (MeirAvailability *availability, MeirBitfield *have, guint32 piece)
{
  if (meir_bitfield_get (have, piece)) {
    if (meir_bitfield_is_full (have))
      meir_availability_demote_seed (availability);
    meir_bitfield_unset (have, piece);
    meir_availability_remove (availability, piece);
  } else {
    meir_bitfield_set (have, piece);
    meir_availability_add (availability, piece);
    if (meir_bitfield_is_full (have))
      meir_availability_promote_to_seed (availability);
  }
}

static void
replace_peer (MeirAvailability *availability, MeirBitfield *have, MeirPrng *prng)
{
  guint kind = meir_prng_below (prng, 4);

  if (meir_bitfield_is_full (have))
    meir_availability_remove_seed (availability);
  else
    meir_availability_remove_field (availability, have);
  meir_bitfield_unset_all (have);
  if (kind == 0) {
    meir_bitfield_set_all (have);
    meir_availability_add_seed (availability);
    return;
  }
  for (guint32 piece = 0; piece < PIECES; piece++) {
    if (meir_prng_below (prng, kind == 1 ? 2 : 40) == 0)
      meir_bitfield_set (have, piece);
  }
  meir_availability_add_field (availability, have);
}

/* The pick is the rarest of the most wanted of what may be picked of the peer's pieces, by a plain scan. */
static void
check_pick (MeirAvailability *availability, const MeirBitfield *have, MeirPrng *prng)
{
  guint32 picked = meir_availability_pick (availability, have, prng, MEIR_PRIORITY_SKIP, FALSE);
  guint highest = MEIR_PRIORITY_SKIP;
  guint rarest = G_MAXUINT;

  for (guint32 piece = 0; piece < PIECES; piece++) {
    if (meir_bitfield_get (have, piece) && meir_availability_is_fresh (availability, piece))
      highest = MAX (highest, meir_availability_get_priority (availability, piece));
  }
  for (guint32 piece = 0; piece < PIECES; piece++) {
    if (meir_bitfield_get (have, piece) && meir_availability_is_fresh (availability, piece) &&
        meir_availability_get_priority (availability, piece) == highest)
      rarest = MIN (rarest, availability->counts[piece]);
  }
  if (rarest == G_MAXUINT) {
    g_assert_cmpuint (picked, ==, MEIR_PIECE_NONE);
    return;
  }
  g_assert_cmpuint (picked, <, PIECES);
  g_assert_true (meir_bitfield_get (have, picked));
  g_assert_true (meir_availability_is_fresh (availability, picked));
  g_assert_cmpuint (availability->counts[picked], ==, rarest);
  g_assert_cmpuint (meir_availability_get_priority (availability, picked), ==, highest);
}

static void
check_counts (const MeirAvailability *availability, const MeirBitfield *haves)
{
  for (guint32 piece = 0; piece < PIECES; piece++) {
    guint n = 0;

    for (guint i = 0; i < PEERS; i++)
      n += meir_bitfield_get (&haves[i], piece);
    g_assert_cmpuint (n, ==, availability->counts[piece]);
  }
}

/* Every piece gets another priority, or the normal one; perhaps all but what @have holds may be picked then.
 */
static void
change_priorities (MeirAvailability *availability, const MeirBitfield *have, MeirPrng *prng)
{
  guint8 priorities[PIECES];

  for (guint32 piece = 0; piece < PIECES; piece++)
    priorities[piece] = (guint8) meir_prng_below (prng, MEIR_PRIORITY_HIGH + 1);
  meir_availability_set_priorities (availability, meir_prng_below (prng, 4) == 0 ? NULL : priorities);
  g_assert_cmpuint (availability->n_fresh, ==, 0);
  if (meir_prng_below (prng, 2) == 0)
    return;
  meir_availability_include_missing (availability, have);
  for (guint32 piece = 0; piece < PIECES; piece++)
    g_assert_cmpint (meir_availability_is_fresh (availability, piece), ==,
                     meir_availability_get_priority (availability, piece) != MEIR_PRIORITY_SKIP &&
                         !meir_bitfield_get (have, piece));
}

static void
test_random_operations (void)
{
  MeirAvailability availability;
  MeirBitfield haves[PEERS];
  MeirPrng prng;

  meir_prng_init (&prng, 1);
  meir_availability_init (&availability, PIECES);
  for (guint i = 0; i < PEERS; i++)
    meir_bitfield_init (&haves[i], PIECES);
  for (guint32 piece = 0; piece < PIECES; piece++)
    meir_availability_include (&availability, piece);
  for (guint step = 0; step < 100000; step++) {
    MeirBitfield *have = &haves[meir_prng_below (&prng, PEERS)];
    guint32 piece = meir_prng_below (&prng, PIECES);
    guint what = meir_prng_below (&prng, 1000);

    if (what < 10)
      replace_peer (&availability, have, &prng);
    else if (what < 700)
      change_peer (&availability, have, piece);
    else if (what < 800)
      meir_availability_include (&availability, piece);
    else if (what < 900)
      meir_availability_exclude (&availability, piece);
    else if (what < 905)
      change_priorities (&availability, have, &prng);
    else
      check_pick (&availability, have, &prng);
    if (step % 50 == 0) {
      swarm_check_availability (&availability);
      check_counts (&availability, haves);
    }
  }
  for (guint i = 0; i < PEERS; i++)
    meir_bitfield_clear (&haves[i]);
  meir_availability_clear (&availability);
}

/* The last have makes a seed, the first dont-have unmakes it: with a single piece, too. */
static void
test_seeds_come_and_go (void)
{
  MeirAvailability availability;
  MeirBitfield have;
  MeirPrng prng;

  meir_prng_init (&prng, 2);
  meir_availability_init (&availability, 1);
  meir_bitfield_init (&have, 1);
  meir_availability_include (&availability, 0);
  g_assert_cmpuint (meir_availability_pick (&availability, &have, &prng, MEIR_PRIORITY_SKIP, FALSE), ==,
                    MEIR_PIECE_NONE);
  for (guint i = 0; i < 5; i++) {
    change_peer (&availability, &have, 0);
    g_assert_cmpuint (availability.n_seeds, ==, 1);
    g_assert_cmpuint (meir_availability_pick (&availability, &have, &prng, MEIR_PRIORITY_SKIP, i & 1), ==, 0);
    swarm_check_availability (&availability);
    change_peer (&availability, &have, 0);
    g_assert_cmpuint (availability.n_seeds, ==, 0);
    swarm_check_availability (&availability);
  }
  meir_bitfield_clear (&have);
  meir_availability_clear (&availability);
}

/* Ties fall at random, and evenly. */
static void
test_ties_are_random (void)
{
  MeirAvailability availability;
  MeirBitfield have;
  MeirPrng prng;
  guint n_picked[10] = { 0 };

  meir_prng_init (&prng, 3);
  meir_availability_init (&availability, 10);
  meir_bitfield_init (&have, 10);
  meir_bitfield_set_all (&have);
  for (guint32 piece = 0; piece < 10; piece++)
    meir_availability_include (&availability, piece);
  meir_availability_add_seed (&availability);
  meir_availability_add (&availability, 9);
  for (guint i = 0; i < 9000; i++)
    n_picked[meir_availability_pick (&availability, &have, &prng, MEIR_PRIORITY_SKIP, FALSE)]++;
  g_assert_cmpuint (n_picked[9], ==, 0);
  for (guint i = 0; i < 9; i++) {
    g_assert_cmpuint (n_picked[i], >, 800);
    g_assert_cmpuint (n_picked[i], <, 1200);
  }
  /* The first pieces of a download are picked whatever their rarity. */
  for (guint i = 0; i < 1000; i++)
    n_picked[meir_availability_pick (&availability, &have, &prng, MEIR_PRIORITY_SKIP, TRUE)]++;
  g_assert_cmpuint (n_picked[9], >, 50);
  meir_bitfield_clear (&have);
  meir_availability_clear (&availability);
}

/* A peer with three pieces out of a million that everybody lacks: found all the same. */
static void
test_needles (void)
{
  MeirAvailability availability;
  MeirBitfield have, other;
  MeirPrng prng;
  const guint32 pieces[] = { 7, 500000, 999999 };

  meir_prng_init (&prng, 4);
  meir_availability_init (&availability, 1000000);
  meir_bitfield_init (&have, 1000000);
  meir_bitfield_init (&other, 1000000);
  meir_availability_include_missing (&availability, &other);
  for (guint32 piece = 0; piece < 1000000; piece += 2)
    meir_bitfield_set (&other, piece);
  have_pieces (&have, pieces, G_N_ELEMENTS (pieces));
  meir_availability_add_field (&availability, &other);
  meir_availability_add_field (&availability, &have);
  for (guint i = 0; i < G_N_ELEMENTS (pieces); i++) {
    guint32 piece = meir_availability_pick (&availability, &have, &prng, MEIR_PRIORITY_SKIP, FALSE);

    g_assert_true (piece == 7 || piece == 500000 || piece == 999999);
    meir_availability_exclude (&availability, piece);
  }
  g_assert_cmpuint (meir_availability_pick (&availability, &have, &prng, MEIR_PRIORITY_SKIP, FALSE), ==,
                    MEIR_PIECE_NONE);
  meir_bitfield_clear (&have);
  meir_bitfield_clear (&other);
  meir_availability_clear (&availability);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/availability/random-operations", test_random_operations);
  g_test_add_func ("/availability/seeds-come-and-go", test_seeds_come_and_go);
  g_test_add_func ("/availability/ties-are-random", test_ties_are_random);
  g_test_add_func ("/availability/needles", test_needles);
  return g_test_run ();
}
