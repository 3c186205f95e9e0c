/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What we ask of peers, and what they do about it. The W numbers are cases every client should stand. */
#include "swarm-rig.h"

#include "swarm/meir-swarm-private.h"

static MeirSwarmPeerState
state_of (Rig *rig, MeirPeerSlot peer)
{
  MeirSwarmPeerState state;

  meir_swarm_get_peer_state (rig->swarm, peer, &state, rig->now_usec);
  return state;
}

static void
reject (Rig *rig, MeirPeerSlot peer, const MeirEffect *request)
{
  meir_swarm_on_reject (rig->swarm, peer, request->piece, request->begin, request->length, rig->now_usec);
}

static void
test_asks_when_unchoked (void)
{
  g_autoptr (Rig) rig = rig_new (100, FALSE);
  MeirPeerSlot peer = rig_add (rig, 1);

  meir_swarm_on_have_all (rig->swarm, peer, rig->now_usec);
  rig_run (rig);
  g_assert_cmpuint (rig->effects->len, ==, 1);
  g_assert_cmpuint (rig_count (rig, MEIR_EFFECT_INTERESTED, peer), ==, 1);
  meir_swarm_on_unchoke (rig->swarm, peer, rig->now_usec);
  rig_run (rig);
  g_assert_cmpuint (rig_count (rig, MEIR_EFFECT_REQUEST, peer), ==, 16);
  /* Whole pieces, block after block. */
  for (guint i = 0; i < 16; i++) {
    const MeirEffect *request = rig_find (rig, MEIR_EFFECT_REQUEST, peer, i);
    const MeirEffect *first = rig_find (rig, MEIR_EFFECT_REQUEST, peer, i / 4 * 4);

    g_assert_cmpuint (request->piece, ==, first->piece);
    g_assert_cmpuint (request->begin, ==, first->begin + i % 4 * MEIR_BLOCK_LENGTH);
  }
  /* Once blocks flow, and are good, the pipe is 64 deep, or what the peer takes. */
  for (guint i = 0; i < 2; i++) {
    rig->now_usec += 1000;
    rig_answer_all (rig);
    rig_run (rig);
  }
  g_assert_cmpuint (state_of (rig, peer).requests_out, >=, 64);
  meir_swarm_set_request_limit (rig->swarm, peer, 20);
  while (state_of (rig, peer).requests_out > 20) {
    rig_answer_all (rig);
    rig_run (rig);
  }
  g_assert_cmpuint (state_of (rig, peer).requests_out, <=, 20);
}

static void
test_direct_aside_discard (void)
{
  g_autoptr (Rig) rig = rig_new (1, FALSE);
  MeirPeerSlot a = rig_add_seed (rig, 1), b = rig_add_seed (rig, 2);

  rig_run (rig);
  g_assert_cmpuint (rig_count (rig, MEIR_EFFECT_REQUEST, a), ==, 3);
  /* Three blocks, two peers: endgame at once. */
  g_assert_true (meir_swarm_in_endgame (rig->swarm));
  g_assert_cmpuint (rig_count (rig, MEIR_EFFECT_REQUEST, b), ==, 3);
  g_assert_cmpint (meir_swarm_on_block_start (rig->swarm, a, 0, 0, MEIR_BLOCK_LENGTH, rig->now_usec), ==,
                   MEIR_BLOCK_DIRECT);
  g_assert_cmpint (meir_swarm_on_block_start (rig->swarm, b, 0, 0, MEIR_BLOCK_LENGTH, rig->now_usec), ==,
                   MEIR_BLOCK_ASIDE);
  g_assert_true (meir_swarm_block_is_missing (rig->swarm, 0, 0));
  /* The later copy comes first; the earlier one is told so, and cancelled. */
  g_assert_true (meir_swarm_on_block (rig->swarm, b, 0, 0, MEIR_BLOCK_LENGTH, rig->now_usec));
  g_assert_false (meir_swarm_block_is_missing (rig->swarm, 0, 0));
  rig_run (rig);
  g_assert_cmpuint (rig_count (rig, MEIR_EFFECT_CANCEL, a), ==, 1);
  g_assert_false (meir_swarm_on_block (rig->swarm, a, 0, 0, MEIR_BLOCK_LENGTH, rig->now_usec));
  g_assert_cmpuint (meir_swarm_get_wasted (rig->swarm), ==, MEIR_BLOCK_LENGTH);
  g_assert_cmpint (meir_swarm_on_block_start (rig->swarm, a, 0, 0, MEIR_BLOCK_LENGTH, rig->now_usec), ==,
                   MEIR_BLOCK_DISCARD);
  rig_run (rig);
  g_assert_cmpint (rig_dropped (rig, a), ==, MEIR_DROP_NONE);
}

/* The endgame asks an idle peer again for what others owe, and at most three for one block. */
static void
test_endgame_is_moderate (void)
{
  g_autoptr (Rig) rig = rig_new (10, FALSE);
  MeirPeerSlot peers[6];
  guint n_requests = 0;

  for (guint8 i = 0; i < 6; i++)
    peers[i] = rig_add_seed (rig, (guint8) (i + 1));
  rig_run (rig);
  for (guint i = 0; i < 6; i++)
    n_requests += rig_count (rig, MEIR_EFFECT_REQUEST, peers[i]);
  g_assert_true (meir_swarm_in_endgame (rig->swarm));
  /* 39 blocks; whoever had nothing to do took eight more. */
  g_assert_cmpuint (n_requests, >=, 39 + 8);
  g_assert_cmpuint (n_requests, <=, 39 + 6 * 8);
  for (guint32 piece = 0; piece < 10; piece++) {
    for (guint32 block = 0; block < 4; block++) {
      guint n = 0;

      for (guint i = 0; i < rig->effects->len; i++) {
        const MeirEffect *effect = &g_array_index (rig->effects, MeirEffect, i);

        n += effect->kind == MEIR_EFFECT_REQUEST && effect->piece == piece &&
             effect->begin == block * MEIR_BLOCK_LENGTH;
      }
      g_assert_cmpuint (n, <=, 3);
    }
  }
  /* A block that comes free ends the endgame. */
  meir_swarm_on_have_none (rig->swarm, peers[0], rig->now_usec);
  for (guint i = 0; i < 6; i++)
    meir_swarm_remove_peer (rig->swarm, peers[i], rig->now_usec);
  rig_run (rig);
  g_assert_false (meir_swarm_in_endgame (rig->swarm));
}

/* Without BEP 6 a choke takes the requests back at once; with it they are answered or rejected. */
static void
test_choke (void)
{
  for (guint fast = 0; fast < 2; fast++) {
    g_autoptr (Rig) rig = rig_new (5, FALSE);
    MeirPeerSlot peer = fast ? rig_add (rig, 1) : rig_add_plain (rig, 1);
    const MeirEffect request;

    meir_swarm_on_have_all (rig->swarm, peer, rig->now_usec);
    meir_swarm_on_unchoke (rig->swarm, peer, rig->now_usec);
    rig_run (rig);
    memcpy ((gpointer) &request, rig_find (rig, MEIR_EFFECT_REQUEST, peer, 0), sizeof request);
    meir_swarm_on_choke (rig->swarm, peer, rig->now_usec);
    g_assert_cmpuint (state_of (rig, peer).requests_out, ==, fast ? 16 : 0);
    rig_run (rig);
    g_assert_cmpuint (rig->effects->len, ==, 0);
    /* A block that was on its way is welcome. */
    g_assert_true (rig_block (rig, peer, request.piece, request.begin / MEIR_BLOCK_LENGTH));
    meir_swarm_on_unchoke (rig->swarm, peer, rig->now_usec);
    rig_run (rig);
    g_assert_cmpuint (rig_count (rig, MEIR_EFFECT_REQUEST, peer), >=, fast ? 1 : 16);
  }
}

/* W46: two hundred chokes in ten seconds; until then no request is lost. */
static void
test_choke_flood (void)
{
  g_autoptr (Rig) rig = rig_new (5, FALSE);
  MeirPeerSlot peer = rig_add_plain (rig, 1), other;

  meir_swarm_on_have_all (rig->swarm, peer, rig->now_usec);
  for (guint i = 0; i < 100; i++) {
    meir_swarm_on_unchoke (rig->swarm, peer, rig->now_usec);
    rig_run (rig);
    meir_swarm_on_choke (rig->swarm, peer, rig->now_usec);
    rig_run (rig);
    g_assert_cmpint (rig_dropped (rig, peer), ==, MEIR_DROP_NONE);
  }
  meir_swarm_on_unchoke (rig->swarm, peer, rig->now_usec);
  rig_run (rig);
  g_assert_cmpint (rig_dropped (rig, peer), ==, MEIR_DROP_FLOOD);
  g_assert_cmpuint (meir_swarm_get_n_partial (rig->swarm), ==, 0);
  other = rig_add_seed (rig, 2);
  rig_run (rig);
  g_assert_cmpuint (rig_count (rig, MEIR_EFFECT_REQUEST, other), ==, 16);
}

/* W37, W39: blocks nobody asked for, or that are no blocks, are wasted and counted. */
static void
test_unsolicited (void)
{
  g_autoptr (Rig) rig = rig_new (5, FALSE);
  MeirPeerSlot peer = rig_add (rig, 1);

  meir_swarm_on_have_all (rig->swarm, peer, rig->now_usec);
  for (guint32 i = 0; i < 20; i++) {
    guint32 begin = i % 3 == 1 ? 1 : i % 3 == 2 ? 4 * MEIR_BLOCK_LENGTH : 0;

    g_assert_cmpint (
        meir_swarm_on_block_start (rig->swarm, peer, i % 3 == 2 ? 4 : 1, begin, 1000, rig->now_usec), ==,
        MEIR_BLOCK_DISCARD);
    g_assert_false (meir_swarm_on_block (rig->swarm, peer, i % 3 == 2 ? 4 : 1, begin, 1000, rig->now_usec));
  }
  rig_run (rig);
  g_assert_cmpint (rig_dropped (rig, peer), ==, MEIR_DROP_NONE);
  g_assert_cmpuint (meir_swarm_get_wasted (rig->swarm), ==, 20000);
  g_assert_cmpuint (state_of (rig, peer).downloaded, ==, 0);
  meir_swarm_on_block_start (rig->swarm, peer, 1000000, 0, 100, rig->now_usec);
  rig_run (rig);
  g_assert_cmpint (rig_dropped (rig, peer), ==, MEIR_DROP_UNSOLICITED);
}

/* W38: a block longer than its place. */
static void
test_overlong (void)
{
  g_autoptr (Rig) rig = rig_new (1, FALSE);
  MeirPeerSlot peer = rig_add_seed (rig, 1);

  rig_run (rig);
  g_assert_cmpint (meir_swarm_on_block_start (rig->swarm, peer, 0, 2 * MEIR_BLOCK_LENGTH, 101, rig->now_usec),
                   ==, MEIR_BLOCK_DISCARD);
  rig_run (rig);
  g_assert_cmpint (rig_dropped (rig, peer), ==, MEIR_DROP_UNSOLICITED);
  g_assert_false (meir_swarm_on_block (rig->swarm, peer, 0, 2 * MEIR_BLOCK_LENGTH, 101, rig->now_usec));
}

/* W40: a block of a piece that is verified. */
static void
test_verified_piece (void)
{
  g_autoptr (Rig) rig = rig_new (5, FALSE);
  MeirPeerSlot peer = rig_add_seed (rig, 1);

  rig_run (rig);
  meir_swarm_on_piece_found (rig->swarm, 2, rig->now_usec);
  g_assert_false (rig_block (rig, peer, 2, 1));
  g_assert_false (meir_swarm_block_is_missing (rig->swarm, 2, MEIR_BLOCK_LENGTH));
  rig_run (rig);
  g_assert_cmpint (rig_dropped (rig, peer), ==, MEIR_DROP_NONE);
}

/* A peer that goes silent first gives back what it hoards, then is snubbed, and is forgiven when it sends. */
static void
test_snub (void)
{
  g_autoptr (Rig) rig = rig_new (4, FALSE);
  MeirPeerSlot silent = rig_add_seed (rig, 1), other;
  MeirEffect owed;

  rig_run (rig);
  g_assert_cmpuint (rig_count (rig, MEIR_EFFECT_REQUEST, silent), ==, 15);
  owed = *rig_find (rig, MEIR_EFFECT_REQUEST, silent, 1);
  rig_wait (rig, 9);
  g_assert_cmpuint (rig->effects->len, ==, 0);
  rig_wait (rig, 15);
  g_assert_cmpuint (rig_count (rig, MEIR_EFFECT_CANCEL, silent), ==, 13);
  g_assert_false (state_of (rig, silent).snubbed);
  rig_wait (rig, 2);
  g_assert_true (state_of (rig, silent).snubbed);
  g_assert_cmpuint (state_of (rig, silent).requests_out, ==, 0);
  other = rig_add_seed (rig, 2);
  rig_run (rig);
  g_assert_cmpuint (rig_count (rig, MEIR_EFFECT_REQUEST, other), ==, 15);
  /* It owes us two blocks: nothing more is asked of it until they are given up, and then one now and then. */
  rig_wait (rig, 20);
  g_assert_cmpuint (rig_count (rig, MEIR_EFFECT_REQUEST, silent), ==, 0);
  rig_wait (rig, 40);
  g_assert_cmpuint (rig_count (rig, MEIR_EFFECT_CANCEL, silent), ==, 2);
  g_assert_cmpuint (rig_count (rig, MEIR_EFFECT_REQUEST, silent), ==, 1);
  /* A late block counts, and it is trusted again. */
  g_assert_true (rig_block (rig, silent, owed.piece, owed.begin / MEIR_BLOCK_LENGTH));
  g_assert_false (state_of (rig, silent).snubbed);
}

/* What a peer owed counts again when it goes on, and is cancelled where somebody else was asked. */
static void
test_unsnub (void)
{
  for (guint alone = 0; alone < 2; alone++) {
    g_autoptr (Rig) rig = rig_new (4, FALSE);
    MeirPeerSlot peer = rig_add_seed (rig, 1);
    MeirEffect first;

    rig_run (rig);
    first = *rig_find (rig, MEIR_EFFECT_REQUEST, peer, 0);
    rig_wait (rig, 26);
    g_assert_true (state_of (rig, peer).snubbed);
    if (!alone)
      rig_add_seed (rig, 2);
    rig_run (rig);
    g_assert_true (rig_block (rig, peer, first.piece, 0));
    g_assert_false (state_of (rig, peer).snubbed);
    g_assert_cmpuint (state_of (rig, peer).requests_out, ==, alone);
    rig_run (rig);
    g_assert_cmpuint (rig_count (rig, MEIR_EFFECT_CANCEL, peer), ==, !alone);
    /* It starts again carefully. */
    g_assert_cmpuint (state_of (rig, peer).request_depth, <=, 16);
    g_assert_cmpuint (state_of (rig, peer).requests_out, >=, 2);
  }
}

/* W44: one byte a second is no progress. */
static void
test_trickle (void)
{
  g_autoptr (Rig) rig = rig_new (1, FALSE);
  MeirPeerSlot slow = rig_add_seed (rig, 1), other;

  rig_run (rig);
  g_assert_cmpint (meir_swarm_on_block_start (rig->swarm, slow, 0, 0, MEIR_BLOCK_LENGTH, rig->now_usec), ==,
                   MEIR_BLOCK_DIRECT);
  for (guint i = 0; i < 28; i++) {
    rig_wait (rig, 1);
    meir_swarm_on_bytes (rig->swarm, slow, 1, rig->now_usec);
  }
  g_assert_true (state_of (rig, slow).snubbed);
  other = rig_add_seed (rig, 2);
  rig_run (rig);
  g_assert_cmpuint (rig_count (rig, MEIR_EFFECT_REQUEST, other), ==, 3);
  /* The other copy is received aside, and wins. */
  g_assert_cmpint (meir_swarm_on_block_start (rig->swarm, other, 0, 0, MEIR_BLOCK_LENGTH, rig->now_usec), ==,
                   MEIR_BLOCK_ASIDE);
  g_assert_true (meir_swarm_on_block (rig->swarm, other, 0, 0, MEIR_BLOCK_LENGTH, rig->now_usec));
  g_assert_false (meir_swarm_block_is_missing (rig->swarm, 0, 0));
}

/* W53: it unchokes, and rejects everything. */
static void
test_rejects_everything (void)
{
  g_autoptr (Rig) rig = rig_new (100, FALSE);
  MeirPeerSlot peer = rig_add_seed (rig, 1);
  guint n_requests = 0;

  rig_run (rig);
  for (guint second = 0; second < 60; second++) {
    for (guint i = 0; i < rig->effects->len; i++) {
      MeirEffect effect = g_array_index (rig->effects, MeirEffect, i);

      if (effect.kind != MEIR_EFFECT_REQUEST)
        continue;
      n_requests++;
      reject (rig, peer, &effect);
    }
    rig_wait (rig, 1);
  }
  g_assert_true (state_of (rig, peer).snubbed);
  g_assert_cmpuint (n_requests, <=, 16 + 16 + 7);
  g_assert_cmpuint (state_of (rig, peer).requests_out, <=, 1);
}

/* W52: rejects of what was never asked. */
static void
test_stray_rejects (void)
{
  g_autoptr (Rig) rig = rig_new (5, FALSE);
  MeirPeerSlot peer = rig_add (rig, 1);

  for (guint i = 0; i < 51; i++) {
    rig_run (rig);
    g_assert_cmpint (rig_dropped (rig, peer), ==, MEIR_DROP_NONE);
    meir_swarm_on_reject (rig->swarm, peer, i % 7, i, 100, rig->now_usec);
  }
  rig_run (rig);
  g_assert_cmpint (rig_dropped (rig, peer), ==, MEIR_DROP_FLOOD);
}

/* BEP 6: granted pieces may be asked for while choked; a reject takes the grant back. W50: a hundred at most.
 */
static void
test_allowed_fast (void)
{
  g_autoptr (Rig) rig = rig_new (300, FALSE);
  MeirPeerSlot peer = rig_add (rig, 1);
  MeirMember *member;

  meir_swarm_on_have (rig->swarm, peer, 7, rig->now_usec);
  meir_swarm_on_allowed_fast (rig->swarm, peer, 8, rig->now_usec);
  rig_run (rig);
  g_assert_cmpuint (rig_count (rig, MEIR_EFFECT_REQUEST, peer), ==, 0); /* it has not got it */
  meir_swarm_on_allowed_fast (rig->swarm, peer, 7, rig->now_usec);
  rig_run (rig);
  g_assert_cmpuint (rig_count (rig, MEIR_EFFECT_REQUEST, peer), ==, 4);
  for (guint i = 0; i < 4; i++) {
    MeirEffect request = *rig_find (rig, MEIR_EFFECT_REQUEST, peer, i);

    g_assert_cmpuint (request.piece, ==, 7);
    reject (rig, peer, &request);
  }
  rig_wait (rig, 5);
  g_assert_cmpuint (rig_count (rig, MEIR_EFFECT_REQUEST, peer), ==, 0);
  for (guint32 i = 0; i < 100000; i++)
    meir_swarm_on_allowed_fast (rig->swarm, peer, i % 400, rig->now_usec);
  member = g_ptr_array_index (rig->swarm->members, peer);
  g_assert_cmpuint (member->n_allowed_fast, ==, MEIR_ALLOWED_FAST_MAX);
}

/* W49: sixteen suggestions are kept. */
static void
test_suggestions (void)
{
  g_autoptr (Rig) rig = rig_new (300, FALSE);
  MeirPeerSlot peer = rig_add (rig, 1);
  MeirMember *member = g_ptr_array_index (rig->swarm->members, peer);

  for (guint32 i = 0; i < 100000; i++)
    meir_swarm_on_suggest (rig->swarm, peer, i, rig->now_usec);
  g_assert_cmpuint (member->n_suggested, ==, MEIR_SUGGESTED_MAX);
  /* The latest of those that there are. */
  for (guint32 i = 0; i < MEIR_SUGGESTED_MAX; i++)
    g_assert_cmpuint (member->suggested[i], ==, 300 - MEIR_SUGGESTED_MAX + i);
}

/* W57, W58: a connection that breaks off in the middle loses nothing. */
static void
test_peer_leaves (void)
{
  g_autoptr (Rig) rig = rig_new (2, FALSE);
  MeirPeerSlot peer = rig_add_seed (rig, 1), other;

  rig_run (rig);
  g_assert_cmpuint (rig_count (rig, MEIR_EFFECT_REQUEST, peer), ==, 7);
  rig_block (rig, peer, 0, 0);
  meir_swarm_on_block_start (rig->swarm, peer, 0, MEIR_BLOCK_LENGTH, MEIR_BLOCK_LENGTH, rig->now_usec);
  meir_swarm_remove_peer (rig->swarm, peer, rig->now_usec);
  g_assert_cmpuint (meir_swarm_get_n_partial (rig->swarm), ==, 1);
  other = rig_add_seed (rig, 2);
  g_assert_cmpuint (other, ==, peer); /* the slot is used again */
  rig_run (rig);
  g_assert_cmpuint (rig_count (rig, MEIR_EFFECT_REQUEST, other), ==, 6);
  g_assert_cmpint (
      meir_swarm_on_block_start (rig->swarm, other, 0, MEIR_BLOCK_LENGTH, MEIR_BLOCK_LENGTH, rig->now_usec),
      ==, MEIR_BLOCK_DIRECT);
}

static void
test_paused (void)
{
  g_autoptr (Rig) rig = rig_new (100, FALSE);
  MeirPeerSlot peer;

  meir_swarm_set_paused (rig->swarm, TRUE);
  peer = rig_add_seed (rig, 1);
  rig_wait (rig, 100);
  g_assert_cmpuint (rig_count (rig, MEIR_EFFECT_REQUEST, peer), ==, 0);
  meir_swarm_set_paused (rig->swarm, FALSE);
  rig_run (rig);
  g_assert_cmpuint (rig_count (rig, MEIR_EFFECT_REQUEST, peer), ==, 16);
  /* While we do not read, nobody is too slow. */
  meir_swarm_set_paused (rig->swarm, TRUE);
  rig_wait (rig, 100);
  meir_swarm_set_paused (rig->swarm, FALSE);
  rig_wait (rig, 5);
  g_assert_false (state_of (rig, peer).snubbed);
  g_assert_cmpuint (state_of (rig, peer).requests_out, ==, 16);
}

/* A peer that turns out slow gives back what it could not send in time. */
static void
test_hoard_is_cancelled (void)
{
  g_autoptr (Rig) rig = rig_new (100, FALSE);
  MeirPeerSlot peer = rig_add_seed (rig, 1);
  guint n_cancels = 0;

  rig_run (rig);
  for (guint i = 0; i < 3; i++) {
    MeirEffect request = *rig_find (rig, MEIR_EFFECT_REQUEST, peer, 0);

    rig_block (rig, peer, request.piece, request.begin / MEIR_BLOCK_LENGTH);
    g_array_remove_index (rig->effects, 0);
    if (i == 2)
      break;
    for (guint second = 0; second < 12; second++) {
      rig->now_usec += RIG_SECOND;
      meir_swarm_on_tick (rig->swarm, rig->now_usec);
    }
  }
  rig_wait (rig, 1);
  n_cancels = rig_count (rig, MEIR_EFFECT_CANCEL, peer);
  g_assert_cmpuint (state_of (rig, peer).requests_out, <=, 4);
  g_assert_cmpuint (n_cancels, <=, 14);
  g_assert_cmpuint (state_of (rig, peer).request_depth, ==, 2);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/swarm-download/asks-when-unchoked", test_asks_when_unchoked);
  g_test_add_func ("/swarm-download/direct-aside-discard", test_direct_aside_discard);
  g_test_add_func ("/swarm-download/endgame-is-moderate", test_endgame_is_moderate);
  g_test_add_func ("/swarm-download/choke", test_choke);
  g_test_add_func ("/swarm-download/choke-flood", test_choke_flood);
  g_test_add_func ("/swarm-download/unsolicited", test_unsolicited);
  g_test_add_func ("/swarm-download/overlong", test_overlong);
  g_test_add_func ("/swarm-download/verified-piece", test_verified_piece);
  g_test_add_func ("/swarm-download/snub", test_snub);
  g_test_add_func ("/swarm-download/unsnub", test_unsnub);
  g_test_add_func ("/swarm-download/trickle", test_trickle);
  g_test_add_func ("/swarm-download/rejects-everything", test_rejects_everything);
  g_test_add_func ("/swarm-download/stray-rejects", test_stray_rejects);
  g_test_add_func ("/swarm-download/allowed-fast", test_allowed_fast);
  g_test_add_func ("/swarm-download/suggestions", test_suggestions);
  g_test_add_func ("/swarm-download/peer-leaves", test_peer_leaves);
  g_test_add_func ("/swarm-download/paused", test_paused);
  g_test_add_func ("/swarm-download/hoard-is-cancelled", test_hoard_is_cancelled);
  return g_test_run ();
}
