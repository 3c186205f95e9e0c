/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is wanted: skipped pieces, what comes first, and changes of both in the middle of a download. */
#include "swarm-check.h"
#include "swarm-rig.h"

static void
set_priorities (Rig *rig, const char *priorities)
{
  guint8 values[32];

  g_assert_cmpuint (strlen (priorities), ==, rig->n_pieces);
  for (guint i = 0; i < rig->n_pieces; i++)
    values[i] = (guint8) (priorities[i] - '0');
  meir_swarm_set_priorities (rig->swarm, values, rig->now_usec);
}

/* Which pieces the requests of the last run are for, in their order, each once. */
static char *
requested (const Rig *rig)
{
  GString *pieces = g_string_new (NULL);
  guint32 before = MEIR_PIECE_NONE;

  for (guint i = 0; i < rig->effects->len; i++) {
    const MeirEffect *effect = &g_array_index (rig->effects, MeirEffect, i);

    if (effect->kind != MEIR_EFFECT_REQUEST || effect->piece == before)
      continue;
    before = effect->piece;
    g_string_append_printf (pieces, "%u", before);
  }
  return g_string_free (pieces, FALSE);
}

/* Runs and answers until nothing more is asked for; which pieces were. */
static char *
fetch (Rig *rig)
{
  g_autoptr (GString) all = g_string_new (NULL);

  for (;;) {
    g_autofree char *pieces = NULL;

    rig_run (rig);
    pieces = requested (rig);
    if (pieces[0] == '\0')
      return g_string_free (g_steal_pointer (&all), FALSE);
    /* The rest of a piece may come in the next run. */
    g_string_append (all, pieces + (all->len > 0 && all->str[all->len - 1] == pieces[0]));
    rig_answer_all (rig);
  }
}

static gboolean
has (Rig *rig, guint32 piece)
{
  return meir_bitfield_get (meir_swarm_get_have (rig->swarm), piece);
}

/* Skipped pieces are never asked for, and all else is; COMPLETE comes once, with bytes missing. */
static void
test_skip (void)
{
  g_autoptr (Rig) rig = rig_new (6, FALSE);
  g_autofree char *pieces = NULL;
  guint n_complete = 0;

  set_priorities (rig, "200220");
  g_assert_cmpuint (meir_swarm_get_wanted (rig->swarm), ==, 3 * RIG_PIECE_LENGTH);
  rig_add_seed (rig, 1);
  for (guint i = 0; i < 10; i++) {
    rig_run (rig);
    n_complete += rig_count (rig, MEIR_EFFECT_COMPLETE, MEIR_PEER_NONE);
    rig_answer_all (rig);
  }
  g_assert_cmpuint (n_complete, ==, 1);
  g_assert_true (meir_swarm_is_finished (rig->swarm));
  g_assert_cmpuint (meir_swarm_get_wanted_left (rig->swarm), ==, 0);
  g_assert_cmpuint (meir_swarm_get_left (rig->swarm), ==, 2 * RIG_PIECE_LENGTH + 2 * MEIR_BLOCK_LENGTH + 100);
  g_assert_true (has (rig, 0) && has (rig, 3) && has (rig, 4));
  g_assert_cmpuint (meir_swarm_get_have (rig->swarm)->n_set, ==, 3);
}

/* Nothing wanted: finished, nothing asked for, nobody of interest, and no word of completion. */
static void
test_skip_all (void)
{
  g_autoptr (Rig) rig = rig_new (4, FALSE);
  MeirPeerSlot peer = rig_add (rig, 1);

  set_priorities (rig, "0000");
  g_assert_true (meir_swarm_is_finished (rig->swarm));
  meir_swarm_on_have (rig->swarm, peer, 1, rig->now_usec);
  meir_swarm_on_unchoke (rig->swarm, peer, rig->now_usec);
  rig_wait (rig, 3);
  g_assert_cmpuint (rig->effects->len, ==, 0);
  meir_swarm_set_priorities (rig->swarm, NULL, rig->now_usec);
  rig_run (rig);
  g_assert_cmpuint (rig_count (rig, MEIR_EFFECT_INTERESTED, peer), ==, 1);
  g_assert_cmpuint (rig_count (rig, MEIR_EFFECT_REQUEST, peer), >, 0);
  g_assert_false (meir_swarm_is_finished (rig->swarm));
}

/* High before normal before low, whatever is rare. */
static void
test_order (void)
{
  g_autoptr (Rig) rig = rig_new (6, FALSE);
  MeirPeerSlot other = rig_add (rig, 2);
  g_autofree char *pieces = NULL;

  set_priorities (rig, "123012");
  for (guint i = 0; i < 6; i++) {
    if (i != 0 && i != 4)
      meir_swarm_on_have (rig->swarm, other, i, rig->now_usec);
  }
  rig_add_seed (rig, 1);
  pieces = fetch (rig);
  g_assert_cmpuint (strlen (pieces), ==, 5);
  g_assert_cmpint (pieces[0], ==, '2');
  g_assert_true (strspn (pieces + 1, "15") == 2);
  g_assert_true (strspn (pieces + 3, "04") == 2);
}

/* A peer in the middle of a piece goes on to what has become more urgent; then it comes back. */
static void
test_urgent (void)
{
  g_autoptr (Rig) rig = rig_new (8, FALSE);
  MeirPeerSlot seed = rig_add_seed (rig, 1);
  guint32 begun;
  g_autofree char *pieces = NULL;
  char priorities[] = "22222222";

  meir_swarm_set_request_limit (rig->swarm, seed, 2);
  rig_run (rig);
  begun = rig_find (rig, MEIR_EFFECT_REQUEST, seed, 0)->piece;
  priorities[(begun + 1) % 8] = '3';
  set_priorities (rig, priorities);
  g_assert_true (rig_block (rig, seed, begun, 0));
  rig_run (rig);
  g_assert_cmpuint (rig_find (rig, MEIR_EFFECT_REQUEST, seed, 0)->piece, ==, (begun + 1) % 8);
  g_assert_cmpuint (rig_count (rig, MEIR_EFFECT_CANCEL, seed), ==, 0);
}

static void
test_play_order (void)
{
  static const MeirPieceRange files[] = { { 0, 3 }, { 4, 7 } };
  g_autoptr (Rig) rig = rig_new (8, FALSE);
  g_autofree char *pieces = NULL;

  meir_swarm_set_play_order (rig->swarm, files, G_N_ELEMENTS (files));
  set_priorities (rig, "22223333");
  rig_add_seed (rig, 1);
  pieces = fetch (rig);
  g_assert_cmpstr (pieces, ==, "47560312");
}

/* Skipped in the middle: what was asked for is cancelled at once, blocks that are on their way are thrown
 * away, and of what is here whole segments stay. */
static void
test_skip_begun (void)
{
  g_autoptr (Rig) rig = rig_new (3, FALSE);
  MeirPeerSlot seed = rig_add_seed (rig, 1);
  guint32 begun;
  char priorities[] = "222";

  meir_swarm_set_request_limit (rig->swarm, seed, 3);
  rig_run (rig);
  begun = rig_find (rig, MEIR_EFFECT_REQUEST, seed, 0)->piece;
  g_assert_true (rig_block (rig, seed, begun, 0));
  g_assert_cmpint (meir_swarm_on_block_start (rig->swarm, seed, begun, MEIR_BLOCK_LENGTH,
                                              rig_block_length (rig, begun, 1), rig->now_usec),
                   ==, MEIR_BLOCK_DIRECT);
  priorities[begun] = '0';
  set_priorities (rig, priorities);
  rig_run (rig);
  g_assert_cmpuint (rig_count (rig, MEIR_EFFECT_CANCEL, seed), ==, 2);
  g_assert_cmpuint (rig_count (rig, MEIR_EFFECT_SHELVE, MEIR_PEER_NONE), >=, 1);
  g_assert_cmpuint (rig_find (rig, MEIR_EFFECT_SHELVE, MEIR_PEER_NONE, 0)->piece, ==, begun);
  g_assert_cmpuint (rig_find (rig, MEIR_EFFECT_REQUEST, seed, 0)->piece, !=, begun);
  g_assert_cmpuint (meir_swarm_get_wasted (rig->swarm), ==, rig_block_length (rig, begun, 0));
  /* The cancelled ones come all the same: no offence, and nothing begins. */
  g_assert_false (rig_block (rig, seed, begun, 1));
  g_assert_false (rig_block (rig, seed, begun, 2));
  g_assert_cmpint (rig_dropped (rig, seed), ==, MEIR_DROP_NONE);
  swarm_check (rig->swarm);
  g_assert_false (meir_swarm_piece_is_complete (rig->swarm, begun));
}

/* Pieces of two segments: the one that is whole counts when the piece is wanted again. */
static void
test_segments_stay (void)
{
  MeirSwarmConfig config = { .n_pieces = 2,
                             .piece_length = 2 * MEIR_SEGMENT_LENGTH,
                             .total_length = 4 * MEIR_SEGMENT_LENGTH,
                             .seed = 1,
                             .upload_slots = 1 };
  Rig rig = { .now_usec = RIG_SECOND, .n_pieces = 2 };
  MeirPeerSlot peer;

  rig.effects = g_array_new (FALSE, FALSE, sizeof (MeirEffect));
  rig.swarm = meir_swarm_new (&config, rig.now_usec);
  peer = rig_add (&rig, 1);
  meir_swarm_on_have (rig.swarm, peer, 0, rig.now_usec);
  meir_swarm_on_unchoke (rig.swarm, peer, rig.now_usec);
  rig_run (&rig);
  for (guint32 block = 0; block <= MEIR_SEGMENT_BLOCKS; block++) {
    g_assert_true (rig_block (&rig, peer, 0, block));
    rig_run (&rig);
  }
  set_priorities (&rig, "02");
  rig_run (&rig);
  g_assert_cmpuint (rig_count (&rig, MEIR_EFFECT_SHELVE, MEIR_PEER_NONE), ==, 1);
  g_assert_cmpuint (meir_swarm_get_wasted (rig.swarm), ==, MEIR_BLOCK_LENGTH);
  g_assert_cmpuint (meir_swarm_get_n_partial (rig.swarm), ==, 1);
  set_priorities (&rig, "12");
  rig_run (&rig);
  g_assert_cmpuint (rig_find (&rig, MEIR_EFFECT_REQUEST, peer, 0)->begin, ==, MEIR_SEGMENT_LENGTH);
  for (guint32 block = MEIR_SEGMENT_BLOCKS; block < 2 * MEIR_SEGMENT_BLOCKS; block++) {
    g_assert_true (rig_block (&rig, peer, 0, block));
    rig_run (&rig);
  }
  g_assert_true (meir_swarm_piece_is_complete (rig.swarm, 0));
  meir_swarm_on_piece_good (rig.swarm, 0, NULL, rig.now_usec);
  g_assert_true (has (&rig, 0));
  meir_swarm_free (rig.swarm);
  g_array_unref (rig.effects);
}

/* All its blocks are here and only the verdict is missing: it is not taken back, and counts. */
static void
test_verdict_of_skipped (void)
{
  g_autoptr (Rig) rig = rig_new (2, FALSE);
  MeirPeerSlot seed = rig_add_seed (rig, 1);

  rig_run (rig);
  for (guint32 block = 0; block < 4; block++)
    g_assert_true (rig_block (rig, seed, 0, block));
  set_priorities (rig, "02");
  rig_run (rig);
  /* A segment of this piece is all of it. */
  g_assert_true (meir_swarm_piece_is_complete (rig->swarm, 0));
  meir_swarm_on_piece_good (rig->swarm, 0, NULL, rig->now_usec);
  g_assert_true (has (rig, 0));
  g_assert_cmpuint (meir_swarm_get_wanted_left (rig->swarm), ==, 2 * MEIR_BLOCK_LENGTH + 100);
  /* Had and skipped, then lost: nothing is wanted that was not. */
  meir_swarm_on_piece_lost (rig->swarm, 0, rig->now_usec);
  g_assert_cmpuint (meir_swarm_get_wanted_left (rig->swarm), ==, 2 * MEIR_BLOCK_LENGTH + 100);
  swarm_check (rig->swarm);
}

/* One that fails its check while it is skipped is left alone until it is wanted. */
static void
test_bad_while_skipped (void)
{
  g_autoptr (Rig) rig = rig_new (2, FALSE);
  MeirPeerSlot seed = rig_add_seed (rig, 1);

  rig_run (rig);
  for (guint32 block = 0; block < 4; block++)
    rig_block (rig, seed, 0, block);
  set_priorities (rig, "02");
  meir_swarm_on_piece_bad (rig->swarm, 0, NULL, rig->now_usec);
  rig_run (rig);
  rig_add_seed (rig, 2);
  rig_run (rig);
  for (guint i = 0; i < rig->effects->len; i++) {
    const MeirEffect *effect = &g_array_index (rig->effects, MeirEffect, i);

    if (effect->kind == MEIR_EFFECT_REQUEST)
      g_assert_cmpuint (effect->piece, ==, 1);
  }
}

/* Only somebody with something wanted is of interest. */
static void
test_interest (void)
{
  g_autoptr (Rig) rig = rig_new (4, FALSE);
  MeirPeerSlot peer = rig_add (rig, 1);

  set_priorities (rig, "2022");
  meir_swarm_on_have (rig->swarm, peer, 1, rig->now_usec);
  rig_wait (rig, 3);
  g_assert_cmpuint (rig->effects->len, ==, 0);
  set_priorities (rig, "2122");
  rig_run (rig);
  g_assert_cmpuint (rig_count (rig, MEIR_EFFECT_INTERESTED, peer), ==, 1);
  set_priorities (rig, "2022");
  rig_wait (rig, 3);
  g_assert_cmpuint (rig_count (rig, MEIR_EFFECT_NOT_INTERESTED, peer), ==, 1);
  meir_swarm_on_have (rig->swarm, peer, 3, rig->now_usec);
  rig_run (rig);
  g_assert_cmpuint (rig_count (rig, MEIR_EFFECT_INTERESTED, peer), ==, 1);
}

/* The last wanted piece was here already: skipping the rest finishes the download; a seed is let go then. */
static void
test_finish_by_skipping (void)
{
  g_autoptr (Rig) rig = rig_new (3, FALSE);
  MeirPeerSlot seed = rig_add_seed (rig, 1);
  MeirPeerSlot leecher = rig_add (rig, 2);

  meir_swarm_on_piece_found (rig->swarm, 1, rig->now_usec);
  rig_run (rig);
  g_assert_cmpuint (rig_count (rig, MEIR_EFFECT_HAVE, leecher), ==, 1);
  set_priorities (rig, "020");
  rig_run (rig);
  g_assert_cmpuint (rig_count (rig, MEIR_EFFECT_COMPLETE, MEIR_PEER_NONE), ==, 1);
  g_assert_cmpint (rig_dropped (rig, seed), ==, MEIR_DROP_USELESS);
  g_assert_cmpint (rig_dropped (rig, leecher), ==, MEIR_DROP_NONE);
  /* The same once more says nothing. */
  set_priorities (rig, "010");
  rig_run (rig);
  g_assert_cmpuint (rig->effects->len, ==, 0);
}

/* Endgame is when all that is wanted is asked for, though much is missing. */
static void
test_endgame (void)
{
  g_autoptr (Rig) rig = rig_new (20, FALSE);
  MeirPeerSlot slow, fast;

  set_priorities (rig, "00000000000000000020");
  slow = rig_add_seed (rig, 1);
  rig_run (rig);
  g_assert_cmpuint (rig_count (rig, MEIR_EFFECT_REQUEST, slow), ==, 4);
  g_assert_true (meir_swarm_in_endgame (rig->swarm));
  fast = rig_add_seed (rig, 2);
  rig_run (rig);
  g_assert_cmpuint (rig_count (rig, MEIR_EFFECT_REQUEST, fast), ==, 4);
  g_assert_cmpuint (rig_find (rig, MEIR_EFFECT_REQUEST, fast, 0)->piece, ==, 18);
}

/* BEP 6: what a peer grants while it chokes us is asked for only where it is wanted, the most wanted first.
 */
static void
test_allowed_fast (void)
{
  g_autoptr (Rig) rig = rig_new (5, FALSE);
  MeirPeerSlot peer = rig_add (rig, 1);
  g_autofree char *pieces = NULL;

  set_priorities (rig, "01302");
  meir_swarm_on_have_all (rig->swarm, peer, rig->now_usec);
  for (guint32 piece = 0; piece < 4; piece++)
    meir_swarm_on_allowed_fast (rig->swarm, peer, piece, rig->now_usec);
  rig_run (rig);
  pieces = requested (rig);
  g_assert_cmpstr (pieces, ==, "21");
}

/* 100,000 pieces and a hundred peers: a change of one of them is a pass over the pieces, not a pass over the
 * pieces for each. Counted in changes, for a clock would be a coin: a hundred changes of quadratic cost would
 * not end within the time a test has. */
static void
test_large (void)
{
  MeirSwarmConfig config = { .n_pieces = 100000,
                             .piece_length = MEIR_BLOCK_LENGTH,
                             .total_length = 100000 * (guint64) MEIR_BLOCK_LENGTH,
                             .seed = 1,
                             .upload_slots = 4 };
  g_autoptr (MeirSwarm) swarm = meir_swarm_new (&config, RIG_SECOND);
  g_autofree guint8 *priorities = g_malloc (config.n_pieces);
  guint n;

  memset (priorities, MEIR_PRIORITY_NORMAL, config.n_pieces);
  for (guint8 i = 0; i < 100; i++) {
    MeirSwarmPeer peer = { .fast = TRUE, .request_limit = 500 };
    MeirPeerSlot slot;

    peer.address.family = 4;
    peer.address.bytes[3] = i;
    slot = meir_swarm_add_peer (swarm, &peer, RIG_SECOND);
    meir_swarm_on_have_all (swarm, slot, RIG_SECOND);
    meir_swarm_on_unchoke (swarm, slot, RIG_SECOND);
  }
  for (guint i = 0; i < 100; i++) {
    priorities[i * 1000] = (guint8) (i % 4);
    meir_swarm_set_priorities (swarm, priorities, RIG_SECOND + i);
    meir_swarm_run (swarm, RIG_SECOND + i, &n);
  }
  g_assert_cmpuint (meir_swarm_get_wanted (swarm), ==, (100000 - 25) * (guint64) MEIR_BLOCK_LENGTH);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/swarm/priorities/skip", test_skip);
  g_test_add_func ("/swarm/priorities/skip-all", test_skip_all);
  g_test_add_func ("/swarm/priorities/order", test_order);
  g_test_add_func ("/swarm/priorities/urgent", test_urgent);
  g_test_add_func ("/swarm/priorities/play-order", test_play_order);
  g_test_add_func ("/swarm/priorities/skip-begun", test_skip_begun);
  g_test_add_func ("/swarm/priorities/segments-stay", test_segments_stay);
  g_test_add_func ("/swarm/priorities/verdict-of-skipped", test_verdict_of_skipped);
  g_test_add_func ("/swarm/priorities/bad-while-skipped", test_bad_while_skipped);
  g_test_add_func ("/swarm/priorities/interest", test_interest);
  g_test_add_func ("/swarm/priorities/finish-by-skipping", test_finish_by_skipping);
  g_test_add_func ("/swarm/priorities/endgame", test_endgame);
  g_test_add_func ("/swarm/priorities/allowed-fast", test_allowed_fast);
  g_test_add_func ("/swarm/priorities/large", test_large);
  return g_test_run ();
}
