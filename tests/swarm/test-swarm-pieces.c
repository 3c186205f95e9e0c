/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What peers have, what we want of them, and the verdicts of the disk. */
#include "swarm-rig.h"

static void
test_interest (void)
{
  g_autoptr (Rig) rig = rig_new (4, FALSE);
  MeirPeerSlot peer = rig_add (rig, 1);

  rig_run (rig);
  g_assert_cmpuint (rig->effects->len, ==, 0);
  meir_swarm_on_have (rig->swarm, peer, 2, rig->now_usec);
  meir_swarm_on_have (rig->swarm, peer, 2, rig->now_usec);
  meir_swarm_on_have (rig->swarm, peer, 99, rig->now_usec);
  rig_run (rig);
  g_assert_cmpuint (rig_count (rig, MEIR_EFFECT_INTERESTED, peer), ==, 1);
  g_assert_cmpuint (meir_swarm_get_availability (rig->swarm)[2], ==, 1);
  /* Lost interest is not said at every turn, but it is said. */
  meir_swarm_on_dont_have (rig->swarm, peer, 2, rig->now_usec);
  meir_swarm_on_dont_have (rig->swarm, peer, 2, rig->now_usec);
  rig_run (rig);
  g_assert_cmpuint (rig->effects->len, ==, 0);
  meir_swarm_on_have (rig->swarm, peer, 1, rig->now_usec);
  rig_wait (rig, 3);
  g_assert_cmpuint (rig->effects->len, ==, 0);
  meir_swarm_on_dont_have (rig->swarm, peer, 1, rig->now_usec);
  rig_wait (rig, 3);
  g_assert_cmpuint (rig_count (rig, MEIR_EFFECT_NOT_INTERESTED, peer), ==, 1);
  g_assert_cmpuint (rig->effects->len, ==, 1);
  meir_swarm_on_have (rig->swarm, peer, 0, rig->now_usec);
  rig_run (rig);
  g_assert_cmpuint (rig_count (rig, MEIR_EFFECT_INTERESTED, peer), ==, 1);
}

/* W23: a second bitfield replaces the first; W25: sixteen flips are enough. */
static void
test_fields_replace (void)
{
  g_autoptr (Rig) rig = rig_new (10, FALSE);
  MeirPeerSlot peer = rig_add (rig, 1), other = rig_add (rig, 2);
  const guint8 first[] = { 0xf0, 0x40 }, second[] = { 0x0f, 0x00 };
  const guint16 *availability = meir_swarm_get_availability (rig->swarm);

  meir_swarm_on_have_all (rig->swarm, other, rig->now_usec);
  meir_swarm_on_bitfield (rig->swarm, peer, first, 2, rig->now_usec);
  g_assert_cmpuint (availability[0], ==, 2);
  g_assert_cmpuint (availability[9], ==, 2);
  meir_swarm_on_bitfield (rig->swarm, peer, second, 2, rig->now_usec);
  g_assert_cmpuint (availability[0], ==, 1);
  g_assert_cmpuint (availability[4], ==, 2);
  g_assert_cmpuint (meir_swarm_get_peer_have (rig->swarm, peer)->n_set, ==, 4);
  for (guint i = 0; i < 7; i++) {
    meir_swarm_on_have_all (rig->swarm, peer, rig->now_usec);
    rig_run (rig);
    g_assert_cmpuint (availability[5], ==, 2);
    meir_swarm_on_have_none (rig->swarm, peer, rig->now_usec);
    rig_run (rig);
    g_assert_cmpuint (availability[5], ==, 1);
    g_assert_cmpint (rig_dropped (rig, peer), ==, MEIR_DROP_NONE);
  }
  meir_swarm_on_have_all (rig->swarm, peer, rig->now_usec);
  rig_run (rig);
  g_assert_cmpint (rig_dropped (rig, peer), ==, MEIR_DROP_NONE);
  meir_swarm_on_have_none (rig->swarm, peer, rig->now_usec);
  rig_run (rig);
  g_assert_cmpint (rig_dropped (rig, peer), ==, MEIR_DROP_FLOOD);
  g_assert_cmpuint (availability[5], ==, 1);
}

/* What a peer takes back is asked of others at once, and of it no more. */
static void
test_field_shrinks (gconstpointer takes_all)
{
  g_autoptr (Rig) rig = rig_new (4, FALSE);
  MeirPeerSlot peer = rig_add_seed (rig, 1), other;
  const MeirEffect *request;
  guint8 field[1];
  guint32 kept;
  guint n;

  rig_run (rig);
  /* All that it may be asked for at first: two pieces. */
  g_assert_cmpuint (n = rig_count (rig, MEIR_EFFECT_REQUEST, peer), >=, 8);
  kept = rig_find (rig, MEIR_EFFECT_REQUEST, peer, n - 1)->piece;
  field[0] = takes_all != NULL ? 0 : (guint8) (0x80 >> kept);
  if (takes_all != NULL)
    meir_swarm_on_have_none (rig->swarm, peer, rig->now_usec);
  else
    meir_swarm_on_bitfield (rig->swarm, peer, field, sizeof field, rig->now_usec);
  rig_run (rig);
  for (guint i = 0; (request = rig_find (rig, MEIR_EFFECT_REQUEST, peer, i)) != NULL; i++)
    g_assert_true (takes_all == NULL && request->piece == kept);

  other = rig_add_seed (rig, 2);
  rig_run (rig);
  n = 0;
  for (guint i = 0; (request = rig_find (rig, MEIR_EFFECT_REQUEST, other, i)) != NULL; i++)
    n += takes_all != NULL || request->piece != kept;
  g_assert_cmpuint (n, ==, takes_all != NULL ? 15 : kept == 3 ? 12 : 11);
}

/* A field that only grows stands for a run of haves: for hours, but not by the hundred in a moment. */
static void
test_fields_grow (void)
{
  g_autoptr (Rig) rig = rig_new (400, FALSE);
  MeirPeerSlot peer = rig_add (rig, 1);
  guint8 bytes[50] = { 0 };

  for (guint i = 0; i < 250; i++) {
    bytes[i / 8] |= 0x80 >> i % 8;
    meir_swarm_on_bitfield (rig->swarm, peer, bytes, sizeof bytes, rig->now_usec);
    rig_wait (rig, 1);
    g_assert_cmpint (rig_dropped (rig, peer), ==, MEIR_DROP_NONE);
    g_assert_cmpuint (meir_swarm_get_peer_have (rig->swarm, peer)->n_set, ==, i + 1);
  }
  rig_wait (rig, 10);
  for (guint i = 250; i < 400; i++) {
    bytes[i / 8] |= 0x80 >> i % 8;
    meir_swarm_on_bitfield (rig->swarm, peer, bytes, sizeof bytes, rig->now_usec);
  }
  rig_run (rig);
  g_assert_cmpint (rig_dropped (rig, peer), ==, MEIR_DROP_FLOOD);
}

/* The last have makes a seed, and a seed may lose a piece again (BEP 54). */
static void
test_becomes_seed (void)
{
  g_autoptr (Rig) rig = rig_new (9, FALSE);
  MeirPeerSlot peer = rig_add (rig, 1);
  MeirSwarmPeerState state;

  for (guint32 piece = 0; piece < 9; piece++) {
    meir_swarm_get_peer_state (rig->swarm, peer, &state, rig->now_usec);
    g_assert_false (state.seed);
    meir_swarm_on_have (rig->swarm, peer, piece, rig->now_usec);
    rig_run (rig);
  }
  meir_swarm_get_peer_state (rig->swarm, peer, &state, rig->now_usec);
  g_assert_true (state.seed);
  meir_swarm_on_dont_have (rig->swarm, peer, 4, rig->now_usec);
  rig_run (rig);
  meir_swarm_get_peer_state (rig->swarm, peer, &state, rig->now_usec);
  g_assert_false (state.seed);
  g_assert_cmpuint (state.n_pieces, ==, 8);
}

static void
test_have_suppression (void)
{
  g_autoptr (Rig) rig = rig_new (4, FALSE);
  MeirPeerSlot seed = rig_add (rig, 1), empty = rig_add (rig, 2);

  meir_swarm_on_have_all (rig->swarm, seed, rig->now_usec);
  meir_swarm_on_piece_found (rig->swarm, 3, rig->now_usec);
  meir_swarm_on_piece_found (rig->swarm, 3, rig->now_usec);
  rig_run (rig);
  g_assert_cmpuint (rig_count (rig, MEIR_EFFECT_HAVE, seed), ==, 0);
  g_assert_cmpuint (rig_count (rig, MEIR_EFFECT_HAVE, empty), ==, 1);
  g_assert_cmpuint (rig_find (rig, MEIR_EFFECT_HAVE, empty, 0)->piece, ==, 3);
}

static void
test_complete_once (void)
{
  g_autoptr (Rig) rig = rig_new (3, FALSE);
  MeirPeerSlot seed = rig_add_seed (rig, 1), leecher = rig_add (rig, 2);
  guint n_complete = 0;

  meir_swarm_on_have (rig->swarm, leecher, 1, rig->now_usec);
  for (guint i = 0; i < 20; i++) {
    rig_run (rig);
    n_complete += rig_count (rig, MEIR_EFFECT_COMPLETE, MEIR_PEER_NONE);
    if (rig_count (rig, MEIR_EFFECT_COMPLETE, MEIR_PEER_NONE) > 0) {
      g_assert_cmpuint (rig_count (rig, MEIR_EFFECT_NOT_INTERESTED, leecher), ==, 1);
      g_assert_cmpint (rig_dropped (rig, seed), ==, MEIR_DROP_USELESS);
      g_assert_cmpint (rig_dropped (rig, leecher), ==, MEIR_DROP_NONE);
    }
    rig_answer_all (rig);
  }
  g_assert_cmpuint (n_complete, ==, 1);
  g_assert_cmpuint (meir_swarm_get_left (rig->swarm), ==, 0);
  g_assert_cmpuint (meir_swarm_get_n_partial (rig->swarm), ==, 0);
  /* The peer that gets there after us is of no use any more, either. */
  meir_swarm_on_have (rig->swarm, leecher, 0, rig->now_usec);
  meir_swarm_on_have (rig->swarm, leecher, 2, rig->now_usec);
  rig_run (rig);
  g_assert_cmpint (rig_dropped (rig, leecher), ==, MEIR_DROP_USELESS);
}

/* A piece that cannot be read any more is fetched again, and completes again. */
static void
test_lost_and_found (void)
{
  g_autoptr (Rig) rig = rig_new (3, TRUE);
  MeirPeerSlot peer = rig_add (rig, 1);

  meir_swarm_on_unchoke (rig->swarm, peer, rig->now_usec);
  meir_swarm_on_have (rig->swarm, peer, 1, rig->now_usec);
  rig_run (rig);
  g_assert_cmpuint (rig->effects->len, ==, 0);
  meir_swarm_on_piece_lost (rig->swarm, 1, rig->now_usec);
  meir_swarm_on_piece_lost (rig->swarm, 1, rig->now_usec);
  g_assert_cmpuint (meir_swarm_get_left (rig->swarm), ==, RIG_PIECE_LENGTH);
  rig_run (rig);
  g_assert_cmpuint (rig_count (rig, MEIR_EFFECT_INTERESTED, peer), ==, 1);
  g_assert_cmpuint (rig_count (rig, MEIR_EFFECT_REQUEST, peer), ==, 4);
  /* It turns up on the disk after all: what was asked for is cancelled. */
  meir_swarm_on_piece_found (rig->swarm, 1, rig->now_usec);
  rig_run (rig);
  g_assert_cmpuint (rig_count (rig, MEIR_EFFECT_CANCEL, peer), ==, 4);
  g_assert_cmpuint (rig_count (rig, MEIR_EFFECT_NOT_INTERESTED, peer), ==, 1);
  g_assert_cmpuint (rig_count (rig, MEIR_EFFECT_COMPLETE, MEIR_PEER_NONE), ==, 1);
  /* The cancelled blocks may come all the same: waste, but no offence. */
  for (guint32 block = 0; block < 4; block++)
    g_assert_false (rig_block (rig, peer, 1, block));
  rig_run (rig);
  g_assert_cmpuint (rig->effects->len, ==, 0);
  g_assert_cmpuint (meir_swarm_get_wasted (rig->swarm), ==, RIG_PIECE_LENGTH);
}

/* Resumed work is not asked for: whole blocks, the short last one among them. */
static void
test_declared_blocks (void)
{
  g_autoptr (Rig) rig = rig_new (2, FALSE);
  MeirPeerSlot peer = rig_add_seed (rig, 1);

  meir_swarm_declare_written (rig->swarm, 0, 100, 2 * MEIR_BLOCK_LENGTH); /* only block 1 wholly */
  meir_swarm_declare_written (rig->swarm, 1, MEIR_BLOCK_LENGTH, 999999);  /* block 1, and 2 of 100 bytes */
  meir_swarm_declare_written (rig->swarm, 0, 0, 100);
  meir_swarm_declare_written (rig->swarm, 0, RIG_PIECE_LENGTH, 100);
  meir_swarm_declare_written (rig->swarm, 1, G_MAXUINT32, G_MAXUINT32);
  g_assert_cmpuint (meir_swarm_get_n_partial (rig->swarm), ==, 2);
  g_assert_false (meir_swarm_block_is_missing (rig->swarm, 0, MEIR_BLOCK_LENGTH));
  g_assert_true (meir_swarm_block_is_missing (rig->swarm, 0, 0));
  rig_run (rig);
  g_assert_cmpuint (rig_count (rig, MEIR_EFFECT_REQUEST, peer), ==, 3 + 1);
  for (guint i = 0; i < 4; i++) {
    const MeirEffect *request = rig_find (rig, MEIR_EFFECT_REQUEST, peer, i);

    g_assert_true (request->piece == 0 ? request->begin != MEIR_BLOCK_LENGTH : request->begin == 0);
  }
  g_assert_true (rig_block (rig, peer, 1, 0));
  g_assert_true (meir_swarm_piece_is_complete (rig->swarm, 1));
  g_assert_false (meir_swarm_piece_is_complete (rig->swarm, 0));
  meir_swarm_on_piece_good (rig->swarm, 1, NULL, rig->now_usec);
  meir_swarm_declare_written (rig->swarm, 1, 0, 999999);
  g_assert_cmpuint (meir_swarm_get_n_partial (rig->swarm), ==, 1);
}

/* All of a bad piece from one peer: it is banned, the piece is given to another. */
static void
test_bad_piece_of_one (void)
{
  g_autoptr (Rig) rig = rig_new (1, FALSE);
  MeirPeerSlot bad = rig_add_seed (rig, 1), again, good;

  rig_run (rig);
  for (guint32 block = 0; block < 3; block++)
    rig_block (rig, bad, 0, block);
  g_assert_true (meir_swarm_piece_is_complete (rig->swarm, 0));
  g_assert_false (meir_swarm_wants_marks (rig->swarm, 0));
  meir_swarm_on_piece_bad (rig->swarm, 0, NULL, rig->now_usec);
  rig_run (rig);
  g_assert_cmpuint (rig_count (rig, MEIR_EFFECT_ABANDON, MEIR_PEER_NONE), ==, 1);
  g_assert_cmpint (rig_dropped (rig, bad), ==, MEIR_DROP_BAD_DATA);
  g_assert_cmpuint (rig_find (rig, MEIR_EFFECT_BAN, MEIR_PEER_NONE, 0)->address.bytes[3], ==, 1);
  g_assert_true (meir_swarm_wants_marks (rig->swarm, 0));
  g_assert_cmpuint (meir_swarm_get_wasted (rig->swarm), ==, 2 * MEIR_BLOCK_LENGTH + 100);
  meir_swarm_remove_peer (rig->swarm, bad, rig->now_usec);
  /* W43: back from the same address, from another port or not. */
  again = rig_add (rig, 1);
  good = rig_add_seed (rig, 2);
  rig_run (rig);
  g_assert_cmpint (rig_dropped (rig, again), ==, MEIR_DROP_BAD_DATA);
  g_assert_cmpuint (rig_count (rig, MEIR_EFFECT_REQUEST, good), ==, 3);
  rig_answer_all (rig);
  g_assert_cmpuint (meir_swarm_get_left (rig->swarm), ==, 0);
}

/* What a convict sent of other pieces is given up with it, unless they are whole: those are judged. */
static void
test_work_of_convict (void)
{
  g_autoptr (Rig) rig = rig_new (20, FALSE);
  MeirPeerSlot bad = rig_add_seed (rig, 1), good;
  guint32 pieces[3], own = MEIR_PEER_NONE;
  guint64 wasted;

  rig_run (rig);
  g_assert_cmpuint (rig_count (rig, MEIR_EFFECT_REQUEST, bad), ==, 16);
  for (guint i = 0; i < 3; i++)
    pieces[i] = rig_find (rig, MEIR_EFFECT_REQUEST, bad, 4 * i)->piece;
  good = rig_add_seed (rig, 2);
  rig_run (rig);
  own = rig_find (rig, MEIR_EFFECT_REQUEST, good, 0)->piece;
  for (guint32 block = 0; block < 4; block++) {
    rig_block (rig, bad, pieces[0], block);
    rig_block (rig, bad, pieces[1], block);
  }
  rig_block (rig, bad, pieces[2], 0);
  rig_block (rig, bad, pieces[2], 1);
  g_assert_true (rig_block (rig, good, own, 0));
  rig_run (rig);

  meir_swarm_on_piece_bad (rig->swarm, pieces[0], NULL, rig->now_usec);
  rig_run (rig);
  g_assert_cmpint (rig_dropped (rig, bad), ==, MEIR_DROP_BAD_DATA);
  g_assert_cmpuint (rig_count (rig, MEIR_EFFECT_ABANDON, MEIR_PEER_NONE), ==, 2);
  g_assert_cmpuint (rig_find (rig, MEIR_EFFECT_ABANDON, MEIR_PEER_NONE, 1)->piece, ==, pieces[2]);
  g_assert_true (meir_swarm_block_is_missing (rig->swarm, pieces[2], 0));
  g_assert_true (meir_swarm_piece_is_complete (rig->swarm, pieces[1]));
  g_assert_false (meir_swarm_block_is_missing (rig->swarm, own, 0));
  wasted = meir_swarm_get_wasted (rig->swarm);
  g_assert_cmpuint (wasted, ==, 6 * MEIR_BLOCK_LENGTH);
  /* It did not fail: nobody is asked to fill it alone, and no marks are wanted of it. */
  g_assert_false (meir_swarm_wants_marks (rig->swarm, pieces[2]));
  meir_swarm_on_piece_bad (rig->swarm, pieces[1], NULL, rig->now_usec);
  meir_swarm_remove_peer (rig->swarm, bad, rig->now_usec);
  meir_swarm_remove_peer (rig->swarm, good, rig->now_usec);
  rig_add_seed (rig, 3);
  for (guint i = 0; i < 20; i++) {
    rig->now_usec += 1000;
    rig_run (rig);
    rig_answer_all (rig);
  }
  g_assert_cmpuint (meir_swarm_get_left (rig->swarm), ==, 0);
}

/* A newcomer is asked for no more than a little until some of it has proved good, however fast it sends. */
static void
test_trial (void)
{
  g_autoptr (Rig) rig = rig_new (100, FALSE);
  MeirPeerSlot peer = rig_add_seed (rig, 1);
  guint32 pieces[4];

  rig_run (rig);
  g_assert_cmpuint (rig_count (rig, MEIR_EFFECT_REQUEST, peer), ==, 16);
  for (guint i = 0; i < 4; i++)
    pieces[i] = rig_find (rig, MEIR_EFFECT_REQUEST, peer, 4 * i)->piece;
  rig->now_usec += 1000;
  for (guint i = 0; i < 16; i++)
    rig_block (rig, peer, pieces[i / 4], i % 4);
  rig_run (rig);
  g_assert_cmpuint (rig_count (rig, MEIR_EFFECT_REQUEST, peer), ==, 0);
  rig_wait (rig, 3);
  g_assert_cmpuint (rig_count (rig, MEIR_EFFECT_REQUEST, peer), ==, 0);
  /* Each verdict sets it free a little more. */
  meir_swarm_on_piece_good (rig->swarm, pieces[0], NULL, rig->now_usec);
  rig_run (rig);
  g_assert_cmpuint (rig_count (rig, MEIR_EFFECT_REQUEST, peer), ==, 4);
  for (guint i = 1; i < 4; i++)
    meir_swarm_on_piece_good (rig->swarm, pieces[i], NULL, rig->now_usec);
  rig_run (rig);
  g_assert_cmpuint (rig_count (rig, MEIR_EFFECT_REQUEST, peer), >=, 16);
  /* One that leaves while it waits is no longer waited for. */
  rig_answer_all (rig);
  meir_swarm_remove_peer (rig->swarm, peer, rig->now_usec);
  rig_run (rig);
}

/* Many connections from one place, as an IPv6 network has addresses for, are no more than three newcomers. */
static void
test_trial_together (void)
{
  g_autoptr (Rig) rig = rig_new (100, FALSE);
  MeirPeerSlot peers[6], stranger;
  guint n = 0, n_idle = 0;

  for (guint i = 0; i < G_N_ELEMENTS (peers); i++)
    peers[i] = rig_add_seed (rig, 1);
  stranger = rig_add_seed (rig, 2);
  rig_run (rig);
  for (guint i = 0; i < G_N_ELEMENTS (peers); i++) {
    guint n_asked = rig_count (rig, MEIR_EFFECT_REQUEST, peers[i]);

    g_assert_true (n_asked == 0 || n_asked == 16);
    n += n_asked;
    n_idle += n_asked == 0;
  }
  g_assert_cmpuint (n, ==, 48);
  g_assert_cmpuint (n_idle, ==, 3);
  g_assert_cmpuint (rig_count (rig, MEIR_EFFECT_REQUEST, stranger), ==, 16);
  /* What one of them leaves behind another may have. */
  meir_swarm_remove_peer (rig->swarm, peers[0], rig->now_usec);
  rig_wait (rig, 1);
  n = 0;
  for (guint i = 1; i < G_N_ELEMENTS (peers); i++)
    n += rig_count (rig, MEIR_EFFECT_REQUEST, peers[i]);
  g_assert_cmpuint (n, ==, 16);
}

/* Two filled it, and the marks of the good copy say who lied. All peers of the address go. */
static void
test_bad_block_of_many (void)
{
  g_autoptr (Rig) rig = rig_new (1, FALSE);
  MeirPeerSlot a = rig_add_seed (rig, 1), liar, twin;
  const guint64 bad[] = { 1, 666, 3 }, good[] = { 1, 2, 3 };

  rig_run (rig);
  rig_block (rig, a, 0, 0);
  meir_swarm_on_choke (rig->swarm, a, rig->now_usec);
  for (guint32 block = 1; block < 3; block++)
    meir_swarm_on_reject (rig->swarm, a, 0, block * MEIR_BLOCK_LENGTH, rig_block_length (rig, 0, block),
                          rig->now_usec);
  liar = rig_add_seed (rig, 2);
  twin = rig_add (rig, 2);
  rig_run (rig);
  g_assert_cmpuint (rig_count (rig, MEIR_EFFECT_REQUEST, liar), ==, 2);
  rig_block (rig, liar, 0, 1);
  rig_block (rig, liar, 0, 2);
  meir_swarm_on_piece_bad (rig->swarm, 0, bad, rig->now_usec);
  rig_run (rig);
  g_assert_cmpuint (rig_count (rig, MEIR_EFFECT_BAN, MEIR_PEER_NONE), ==, 0);
  meir_swarm_on_choke (rig->swarm, liar, rig->now_usec);
  for (guint32 block = 0; block < 3; block++)
    meir_swarm_on_reject (rig->swarm, liar, 0, block * MEIR_BLOCK_LENGTH, rig_block_length (rig, 0, block),
                          rig->now_usec);
  meir_swarm_on_unchoke (rig->swarm, a, rig->now_usec);
  rig_run (rig);
  for (guint32 block = 0; block < 3; block++)
    g_assert_true (rig_block (rig, a, 0, block));
  g_assert_true (meir_swarm_wants_marks (rig->swarm, 0));
  meir_swarm_on_piece_good (rig->swarm, 0, good, rig->now_usec);
  rig_run (rig);
  g_assert_cmpuint (rig_count (rig, MEIR_EFFECT_BAN, MEIR_PEER_NONE), ==, 1);
  g_assert_cmpint (rig_dropped (rig, twin), ==, MEIR_DROP_BAD_DATA);
  g_assert_true (rig_dropped (rig, liar) != MEIR_DROP_NONE);
  g_assert_cmpint (rig_dropped (rig, a), ==, MEIR_DROP_USELESS);
}

static void
test_verdicts_out_of_place (void)
{
  g_autoptr (Rig) rig = rig_new (2, FALSE);

  meir_swarm_on_piece_bad (rig->swarm, 0, NULL, rig->now_usec);
  rig_run (rig);
  g_assert_cmpuint (rig->effects->len, ==, 0);
  meir_swarm_on_piece_good (rig->swarm, 0, NULL, rig->now_usec);
  meir_swarm_on_piece_good (rig->swarm, 0, NULL, rig->now_usec);
  meir_swarm_on_piece_bad (rig->swarm, 0, NULL, rig->now_usec);
  g_assert_true (meir_bitfield_get (meir_swarm_get_have (rig->swarm), 0));
  meir_swarm_on_piece_good (rig->swarm, 1, NULL, rig->now_usec);
  rig_run (rig);
  g_assert_cmpuint (rig_count (rig, MEIR_EFFECT_COMPLETE, MEIR_PEER_NONE), ==, 1);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/swarm-pieces/interest", test_interest);
  g_test_add_func ("/swarm-pieces/fields-replace", test_fields_replace);
  g_test_add_func ("/swarm-pieces/fields-grow", test_fields_grow);
  g_test_add_data_func ("/swarm-pieces/field-shrinks", NULL, test_field_shrinks);
  g_test_add_data_func ("/swarm-pieces/field-vanishes", "all", test_field_shrinks);
  g_test_add_func ("/swarm-pieces/becomes-seed", test_becomes_seed);
  g_test_add_func ("/swarm-pieces/have-suppression", test_have_suppression);
  g_test_add_func ("/swarm-pieces/complete-once", test_complete_once);
  g_test_add_func ("/swarm-pieces/lost-and-found", test_lost_and_found);
  g_test_add_func ("/swarm-pieces/declared-blocks", test_declared_blocks);
  g_test_add_func ("/swarm-pieces/bad-piece-of-one", test_bad_piece_of_one);
  g_test_add_func ("/swarm-pieces/bad-block-of-many", test_bad_block_of_many);
  g_test_add_func ("/swarm-pieces/verdicts-out-of-place", test_verdicts_out_of_place);
  g_test_add_func ("/swarm-pieces/work-of-convict", test_work_of_convict);
  g_test_add_func ("/swarm-pieces/trial", test_trial);
  g_test_add_func ("/swarm-pieces/trial-together", test_trial_together);
  return g_test_run ();
}
