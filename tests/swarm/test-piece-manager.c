/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "swarm/meir-piece-manager.h"

#define BLOCKS       32u
#define PIECE_LENGTH (BLOCKS * MEIR_BLOCK_LENGTH)

typedef struct {
  MeirPrng prng;
  MeirPieceManager *manager;
  MeirBitfield all;
  MeirSeat seats[8];
} Fixture;

static void
set_up (Fixture *fixture, guint32 n_pieces)
{
  *fixture = (Fixture){ 0 };
  meir_prng_init (&fixture->prng, 11);
  fixture->manager = meir_piece_manager_new (n_pieces, PIECE_LENGTH,
                                             (guint64) n_pieces * PIECE_LENGTH - 20000, NULL, &fixture->prng);
  meir_bitfield_init (&fixture->all, n_pieces);
  meir_bitfield_set_all (&fixture->all);
  meir_availability_add_seed (&fixture->manager->availability);
}

static void
tear_down (Fixture *fixture)
{
  meir_bitfield_clear (&fixture->all);
  meir_piece_manager_free (fixture->manager);
}

static MeirPickFor
pick_for (Fixture *fixture, MeirPeerSlot peer)
{
  return (MeirPickFor){ .peer = peer, .have = &fixture->all, .n_peers = 4 };
}

/* The piece picked for a peer, or MEIR_PIECE_NONE; @block (nullable) gets the block. */
static guint32
pick (Fixture *fixture, const MeirPickFor *who, guint32 *block)
{
  guint32 piece, ignored;

  if (!meir_piece_manager_pick (fixture->manager, &fixture->seats[who->peer], who, &piece,
                                block != NULL ? block : &ignored))
    return MEIR_PIECE_NONE;
  return piece;
}

static void
receive_all (Fixture *fixture, guint32 piece)
{
  MeirPartial *partial = meir_piece_manager_begin (fixture->manager, piece);

  for (guint32 block = 0; block < partial->n_blocks; block++) {
    meir_piece_manager_receive (fixture->manager, partial, block, 1);
    while (partial->blocks[block].n_asked > 0)
      meir_piece_manager_unask (fixture->manager, piece, block);
  }
}

static void
test_lengths (void)
{
  Fixture fixture;
  g_autoptr (MeirPieceManager) small = NULL;

  set_up (&fixture, 3);
  g_assert_cmpuint (meir_piece_manager_piece_bytes (fixture.manager, 0), ==, PIECE_LENGTH);
  g_assert_cmpuint (meir_piece_manager_piece_bytes (fixture.manager, 2), ==, PIECE_LENGTH - 20000);
  g_assert_cmpuint (meir_piece_manager_n_blocks (fixture.manager, 0), ==, 32);
  g_assert_cmpuint (meir_piece_manager_n_blocks (fixture.manager, 2), ==, 31);
  g_assert_cmpuint (meir_piece_manager_block_bytes (fixture.manager, 2, 30), ==,
                    2 * MEIR_BLOCK_LENGTH - 20000);
  g_assert_cmpuint (meir_piece_manager_block_bytes (fixture.manager, 1, 31), ==, MEIR_BLOCK_LENGTH);
  /* Pieces that are not whole blocks, and one of a single byte. */
  small = meir_piece_manager_new (2, 20001, 20002, NULL, &fixture.prng);
  g_assert_cmpuint (meir_piece_manager_n_blocks (small, 0), ==, 2);
  g_assert_cmpuint (meir_piece_manager_block_bytes (small, 0, 1), ==, 20001 - MEIR_BLOCK_LENGTH);
  g_assert_cmpuint (meir_piece_manager_piece_bytes (small, 1), ==, 1);
  g_assert_cmpuint (meir_piece_manager_n_blocks (small, 1), ==, 1);
  tear_down (&fixture);
}

static void
test_left (void)
{
  Fixture fixture;
  g_autoptr (MeirPieceManager) manager = NULL;
  MeirBitfield have;

  set_up (&fixture, 3);
  meir_bitfield_init (&have, 3);
  meir_bitfield_set (&have, 2);
  manager = meir_piece_manager_new (3, PIECE_LENGTH, 3 * PIECE_LENGTH - 20000, &have, &fixture.prng);
  g_assert_cmpuint (manager->left, ==, 2 * PIECE_LENGTH);
  g_assert_true (meir_piece_manager_verify (manager, 0));
  g_assert_false (meir_piece_manager_verify (manager, 0));
  g_assert_cmpuint (manager->left, ==, PIECE_LENGTH);
  g_assert_true (meir_piece_manager_lose (manager, 2));
  g_assert_false (meir_piece_manager_lose (manager, 2));
  g_assert_cmpuint (manager->left, ==, 2 * PIECE_LENGTH - 20000);
  meir_bitfield_clear (&have);
  tear_down (&fixture);
}

/* A peer gets the blocks of its piece in order, and then those of another. */
static void
test_sequential (void)
{
  Fixture fixture;
  MeirPickFor who;
  guint32 first, block;

  set_up (&fixture, 10);
  who = pick_for (&fixture, 0);
  first = pick (&fixture, &who, &block);
  g_assert_cmpuint (block, ==, 0);
  for (guint32 i = 1; i < meir_piece_manager_n_blocks (fixture.manager, first); i++) {
    g_assert_cmpuint (pick (&fixture, &who, &block), ==, first);
    g_assert_cmpuint (block, ==, i);
  }
  g_assert_cmpuint (pick (&fixture, &who, &block), !=, first);
  g_assert_cmpuint (block, ==, 0);
  tear_down (&fixture);
}

/* Peers keep apart while there are pieces enough, and share at the end, segment by segment. */
static void
test_apart_then_together (void)
{
  Fixture fixture;
  MeirPickFor who[3];
  guint32 pieces[3], block;

  set_up (&fixture, 3);
  for (guint i = 0; i < 3; i++) {
    who[i] = pick_for (&fixture, i);
    pieces[i] = pick (&fixture, &who[i], NULL);
    for (guint j = 0; j < i; j++)
      g_assert_cmpuint (pieces[i], !=, pieces[j]);
  }
  /* The first peer is fast: it finishes its own, then helps where most is left, from a whole segment on. */
  receive_all (&fixture, pieces[0]);
  for (guint i = 0; i < 5; i++)
    pick (&fixture, &who[1], NULL);
  g_assert_cmpuint (pick (&fixture, &who[0], &block), ==, pieces[2]);
  g_assert_cmpuint (block, ==, MEIR_SEGMENT_BLOCKS);
  g_assert_cmpuint (pick (&fixture, &who[0], &block), ==, pieces[2]);
  g_assert_cmpuint (block, ==, MEIR_SEGMENT_BLOCKS + 1);
  /* The owner goes on where it was. */
  g_assert_cmpuint (pick (&fixture, &who[2], &block), ==, pieces[2]);
  g_assert_cmpuint (block, ==, 1);
  tear_down (&fixture);
}

/* Begun pieces come before new ones, and the one nearest to its end first. */
static void
test_strict_completion (void)
{
  Fixture fixture;
  MeirPickFor who[3];
  guint32 little, much, block;

  set_up (&fixture, 50);
  for (guint i = 0; i < 3; i++)
    who[i] = pick_for (&fixture, i);
  little = pick (&fixture, &who[0], NULL);
  much = pick (&fixture, &who[1], NULL);
  for (guint i = 0; i < 20; i++)
    pick (&fixture, &who[1], NULL);
  meir_piece_manager_stand_up (fixture.manager, &fixture.seats[0], 0);
  meir_piece_manager_stand_up (fixture.manager, &fixture.seats[1], 1);
  g_assert_cmpuint (pick (&fixture, &who[2], &block), ==, much);
  g_assert_cmpuint (block, ==, 21);
  g_assert_cmpuint (pick (&fixture, &who[0], &block), ==, little);
  g_assert_cmpuint (block, ==, 1);
  g_assert_cmpuint (pick (&fixture, &who[1], NULL), !=, little);
  tear_down (&fixture);
}

/* How many pieces are begun at once: with slow peers no more than about one and a half for each. */
static void
test_begun_bound (void)
{
  Fixture fixture;

  set_up (&fixture, 100);
  for (guint round = 0; round < 200; round++) {
    MeirPickFor who = pick_for (&fixture, round % 8);

    if (round % 3 == 0)
      meir_piece_manager_stand_up (fixture.manager, &fixture.seats[who.peer], who.peer);
    pick (&fixture, &who, NULL);
    g_assert_cmpuint (fixture.manager->open->len, <=, 8);
  }
  tear_down (&fixture);
}

/* Large pieces are shared before the begun ones pass 64 MiB. */
static void
test_begun_bytes_bound (void)
{
  MeirPrng prng;
  g_autoptr (MeirPieceManager) manager = NULL;
  MeirBitfield all;
  MeirSeat seats[40] = { 0 };

  meir_prng_init (&prng, 1);
  manager = meir_piece_manager_new (100, 16u << 20, (guint64) 100 * (16u << 20), NULL, &prng);
  meir_bitfield_init (&all, 100);
  meir_bitfield_set_all (&all);
  meir_availability_add_seed (&manager->availability);
  for (guint round = 0; round < 10; round++) {
    for (guint peer = 0; peer < 40; peer++) {
      MeirPickFor who = { .peer = peer, .have = &all, .n_peers = 40 };
      guint32 piece, block;

      g_assert_true (meir_piece_manager_pick (manager, &seats[peer], &who, &piece, &block));
    }
  }
  g_assert_cmpuint (manager->open->len, ==, 4);
  meir_bitfield_clear (&all);
}

/* Four pieces at random, then rarest first. */
static void
test_random_first_then_rarest (void)
{
  guint n_rarest = 0;

  for (guint64 seed = 0; seed < 50; seed++) {
    Fixture fixture;
    MeirBitfield common;

    set_up (&fixture, 40);
    meir_prng_init (&fixture.prng, seed);
    meir_bitfield_init (&common, 40);
    for (guint32 piece = 8; piece < 40; piece++)
      meir_bitfield_set (&common, piece);
    meir_availability_add_field (&fixture.manager->availability, &common);
    for (guint i = 0; i < 8; i++) {
      MeirPickFor who = pick_for (&fixture, i);
      guint32 piece;

      who.n_peers = 8;
      piece = pick (&fixture, &who, NULL);
      if (i < 4)
        n_rarest += piece < 8;
      else
        g_assert_cmpuint (piece, <, 8);
    }
    meir_bitfield_clear (&common);
    tear_down (&fixture);
  }
  /* 8 of 40 are rare: a fifth of 200 random picks. */
  g_assert_cmpuint (n_rarest, >, 20);
  g_assert_cmpuint (n_rarest, <, 65);
}

static void
test_granted_and_suggested (void)
{
  Fixture fixture;
  MeirPickFor who;
  const guint32 granted[] = { 17, 3 }, suggested[] = { 29, 11 };

  set_up (&fixture, 40);
  fixture.manager->n_begun_fresh = 4;
  who = pick_for (&fixture, 0);
  who.only = granted;
  who.n_only = 2;
  meir_availability_add (&fixture.manager->availability, 17);
  g_assert_cmpuint (pick (&fixture, &who, NULL), ==, 3); /* the rarer one */
  receive_all (&fixture, 3);
  g_assert_cmpuint (pick (&fixture, &who, NULL), ==, 17);
  receive_all (&fixture, 17);
  g_assert_cmpuint (pick (&fixture, &who, NULL), ==, MEIR_PIECE_NONE);
  /* A suggestion wins among equals, not against a rarer piece. */
  who = pick_for (&fixture, 1);
  who.suggested = suggested;
  who.n_suggested = 2;
  meir_availability_add (&fixture.manager->availability, 29);
  g_assert_cmpuint (pick (&fixture, &who, NULL), ==, 11);
  receive_all (&fixture, 11);
  g_assert_cmpuint (pick (&fixture, &who, NULL), !=, 29);
  tear_down (&fixture);
}

/* A failed piece is filled by one peer alone, at once; a struck peer only fills what nobody else touched. */
static void
test_alone (void)
{
  Fixture fixture;
  MeirPickFor who[3];
  guint32 failed, other;

  set_up (&fixture, 10);
  for (guint i = 0; i < 3; i++)
    who[i] = pick_for (&fixture, i);
  failed = pick (&fixture, &who[0], NULL);
  receive_all (&fixture, failed);
  g_assert_false (meir_piece_manager_has_failed (fixture.manager, failed));
  meir_piece_manager_fail (fixture.manager, meir_piece_manager_lookup (fixture.manager, failed), TRUE);
  g_assert_true (meir_piece_manager_has_failed (fixture.manager, failed));
  g_assert_cmpuint (pick (&fixture, &who[1], NULL), ==, failed);
  g_assert_cmpuint (pick (&fixture, &who[0], NULL), !=, failed);
  /* A struck peer does not take over what another began, while there is something else. */
  other = pick (&fixture, &who[2], NULL);
  meir_piece_manager_stand_up (fixture.manager, &fixture.seats[2], 2);
  meir_piece_manager_stand_up (fixture.manager, &fixture.seats[1], 1);
  who[2].alone = TRUE;
  g_assert_cmpuint (pick (&fixture, &who[2], NULL), !=, other);
  g_assert_cmpuint (fixture.seats[2].piece, !=, failed);
  g_assert_true (fixture.seats[2].partial->alone);
  /* Verified: forgiven. */
  g_assert_true (meir_piece_manager_verify (fixture.manager, failed));
  g_assert_false (meir_piece_manager_has_failed (fixture.manager, failed));
  tear_down (&fixture);
}

/* Rather several culprits than an idle peer: with nothing else left, a piece that its owner does not finish
 * is shared after all. */
static void
test_reserved_is_shared_last (void)
{
  Fixture fixture;
  MeirPickFor who[2];

  set_up (&fixture, 1);
  for (guint i = 0; i < 2; i++)
    who[i] = pick_for (&fixture, i);
  receive_all (&fixture, 0);
  meir_piece_manager_fail (fixture.manager, meir_piece_manager_lookup (fixture.manager, 0), TRUE);
  g_assert_cmpuint (pick (&fixture, &who[0], NULL), ==, 0);
  who[1].now_usec = 9 * G_USEC_PER_SEC;
  g_assert_cmpuint (pick (&fixture, &who[1], NULL), ==, MEIR_PIECE_NONE);
  g_assert_true (meir_partial_is_reserved (meir_piece_manager_lookup (fixture.manager, 0), 1, 0));
  g_assert_false (meir_partial_is_reserved (meir_piece_manager_lookup (fixture.manager, 0), 0, 0));
  who[1].now_usec = 10 * G_USEC_PER_SEC;
  g_assert_cmpuint (pick (&fixture, &who[1], NULL), ==, 0);
  g_assert_cmpuint (pick (&fixture, &who[0], NULL), ==, 0);
  tear_down (&fixture);
}

/* A piece whose requests were all given back is not begun any more, and may be picked anew. */
static void
test_let_go (void)
{
  Fixture fixture;
  MeirPickFor who;
  guint32 piece, block;

  set_up (&fixture, 5);
  who = pick_for (&fixture, 0);
  piece = pick (&fixture, &who, &block);
  g_assert_cmpuint (fixture.manager->partials->len, ==, 1);
  g_assert_true (meir_piece_manager_unask (fixture.manager, piece, block));
  g_assert_cmpuint (fixture.manager->partials->len, ==, 0);
  g_assert_null (meir_piece_manager_lookup (fixture.manager, piece));
  g_assert_true (meir_availability_is_fresh (&fixture.manager->availability, piece));
  g_assert_false (meir_piece_manager_unask (fixture.manager, piece, block));
  /* Not while a block of it arrives. */
  g_assert_cmpuint (pick (&fixture, &who, &block), !=, MEIR_PIECE_NONE);
  piece = fixture.seats[0].piece;
  meir_piece_manager_set_arriving (fixture.manager, fixture.seats[0].partial, block, TRUE);
  meir_piece_manager_unask (fixture.manager, piece, block);
  g_assert_nonnull (meir_piece_manager_lookup (fixture.manager, piece));
  meir_piece_manager_set_arriving (fixture.manager, fixture.seats[0].partial, block, FALSE);
  g_assert_null (meir_piece_manager_lookup (fixture.manager, piece));
  tear_down (&fixture);
}

/* Where marks tell the culprits a failed piece is shared like any other, once. */
static void
test_failed_and_shared (void)
{
  Fixture fixture;
  MeirPickFor who[2];
  MeirPartial *partial;

  set_up (&fixture, 1);
  for (guint i = 0; i < 2; i++)
    who[i] = pick_for (&fixture, i);
  receive_all (&fixture, 0);
  partial = meir_piece_manager_lookup (fixture.manager, 0);
  meir_piece_manager_fail (fixture.manager, partial, FALSE);
  g_assert_cmpuint (pick (&fixture, &who[0], NULL), ==, 0);
  g_assert_cmpuint (pick (&fixture, &who[1], NULL), ==, 0);
  receive_all (&fixture, 0);
  meir_piece_manager_fail (fixture.manager, partial, FALSE);
  g_assert_cmpuint (pick (&fixture, &who[1], NULL), ==, 0);
  g_assert_cmpuint (pick (&fixture, &who[0], NULL), ==, MEIR_PIECE_NONE);
  tear_down (&fixture);
}

static void
test_endgame (void)
{
  Fixture fixture;
  MeirPickFor who;
  guint n = 0;

  set_up (&fixture, 2);
  who = pick_for (&fixture, 0);
  g_assert_false (meir_piece_manager_in_endgame (fixture.manager));
  while (pick (&fixture, &who, NULL) != MEIR_PIECE_NONE)
    n++;
  g_assert_cmpuint (n, ==, 63);
  g_assert_true (meir_piece_manager_in_endgame (fixture.manager));
  meir_piece_manager_unask (fixture.manager, 0, 5);
  g_assert_false (meir_piece_manager_in_endgame (fixture.manager));
  for (guint32 piece = 0; piece < 2; piece++) {
    receive_all (&fixture, piece);
    meir_piece_manager_verify (fixture.manager, piece);
  }
  g_assert_false (meir_piece_manager_in_endgame (fixture.manager));
  g_assert_cmpuint (fixture.manager->left, ==, 0);
  tear_down (&fixture);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/piece-manager/lengths", test_lengths);
  g_test_add_func ("/piece-manager/left", test_left);
  g_test_add_func ("/piece-manager/sequential", test_sequential);
  g_test_add_func ("/piece-manager/apart-then-together", test_apart_then_together);
  g_test_add_func ("/piece-manager/strict-completion", test_strict_completion);
  g_test_add_func ("/piece-manager/begun-bound", test_begun_bound);
  g_test_add_func ("/piece-manager/begun-bytes-bound", test_begun_bytes_bound);
  g_test_add_func ("/piece-manager/random-first-then-rarest", test_random_first_then_rarest);
  g_test_add_func ("/piece-manager/granted-and-suggested", test_granted_and_suggested);
  g_test_add_func ("/piece-manager/alone", test_alone);
  g_test_add_func ("/piece-manager/reserved-is-shared-last", test_reserved_is_shared_last);
  g_test_add_func ("/piece-manager/failed-and-shared", test_failed_and_shared);
  g_test_add_func ("/piece-manager/let-go", test_let_go);
  g_test_add_func ("/piece-manager/endgame", test_endgame);
  return g_test_run ();
}
