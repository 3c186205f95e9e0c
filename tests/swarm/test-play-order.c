/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "swarm/meir-play-order.h"

/* Three files: pieces 0 to 4, 4 to 4, and 5 to 9, which shares none. */
static const MeirPieceRange files[] = { { 0, 4 }, { 4, 4 }, { 5, 9 } };

typedef struct {
  MeirAvailability availability;
  MeirBitfield have;
  MeirBitfield got;
} Fixture;

static void
set_up (Fixture *fixture)
{
  meir_availability_init (&fixture->availability, 10);
  meir_bitfield_init (&fixture->have, 10);
  meir_bitfield_set_all (&fixture->have);
  meir_bitfield_init (&fixture->got, 10);
  meir_availability_include_missing (&fixture->availability, &fixture->got);
}

static void
tear_down (Fixture *fixture)
{
  meir_availability_clear (&fixture->availability);
  meir_bitfield_clear (&fixture->have);
  meir_bitfield_clear (&fixture->got);
}

/* Picks until there is nothing more; the pieces as text. */
static char *
pick_all (Fixture *fixture, MeirPriority above)
{
  GString *picked = g_string_new (NULL);

  for (;;) {
    guint32 piece =
        meir_play_order_pick (&fixture->availability, files, G_N_ELEMENTS (files), &fixture->have, above);

    if (piece == MEIR_PIECE_NONE)
      return g_string_free (picked, FALSE);
    g_assert_true (meir_availability_is_fresh (&fixture->availability, piece));
    meir_availability_exclude (&fixture->availability, piece);
    g_string_append_printf (picked, "%u", piece);
  }
}

/* The first piece of a file, its last, and then those between. */
static void
test_order (void)
{
  Fixture fixture;
  g_autofree char *picked = NULL;

  set_up (&fixture);
  picked = pick_all (&fixture, MEIR_PRIORITY_SKIP);
  g_assert_cmpstr (picked, ==, "0412359678");
  tear_down (&fixture);
}

static void
test_priorities (void)
{
  static const guint8 priorities[] = { 2, 2, 2, 2, 0, 3, 3, 1, 1, 1 };
  Fixture fixture;
  g_autofree char *high = NULL;
  g_autofree char *picked = NULL;

  set_up (&fixture);
  meir_availability_set_priorities (&fixture.availability, priorities);
  meir_availability_include_missing (&fixture.availability, &fixture.got);
  high = pick_all (&fixture, MEIR_PRIORITY_NORMAL);
  g_assert_cmpstr (high, ==, "56");
  picked = pick_all (&fixture, MEIR_PRIORITY_SKIP);
  g_assert_cmpstr (picked, ==, "0123978");
  tear_down (&fixture);
}

/* A peer that lacks the last piece of a file, or the first, or has nothing. */
static void
test_what_the_peer_has (void)
{
  Fixture fixture;
  g_autofree char *picked = NULL;
  g_autofree char *none = NULL;

  set_up (&fixture);
  meir_bitfield_unset (&fixture.have, 4);
  meir_bitfield_unset (&fixture.have, 5);
  picked = pick_all (&fixture, MEIR_PRIORITY_SKIP);
  g_assert_cmpstr (picked, ==, "01239678");
  meir_bitfield_unset_all (&fixture.have);
  none = pick_all (&fixture, MEIR_PRIORITY_SKIP);
  g_assert_cmpstr (none, ==, "");
  tear_down (&fixture);
}

/* Without files it is the order of the pieces. */
static void
test_no_files (void)
{
  Fixture fixture;

  set_up (&fixture);
  meir_availability_exclude (&fixture.availability, 0);
  g_assert_cmpuint (meir_play_order_pick (&fixture.availability, NULL, 0, &fixture.have, MEIR_PRIORITY_SKIP),
                    ==, 1);
  g_assert_cmpuint (
      meir_play_order_pick (&fixture.availability, files + 2, 1, &fixture.have, MEIR_PRIORITY_SKIP), ==, 1);
  tear_down (&fixture);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/play-order/order", test_order);
  g_test_add_func ("/play-order/priorities", test_priorities);
  g_test_add_func ("/play-order/what-the-peer-has", test_what_the_peer_has);
  g_test_add_func ("/play-order/no-files", test_no_files);
  return g_test_run ();
}
