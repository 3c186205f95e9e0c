/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What peers ask of us. The W numbers are cases every client should stand. */
#include "swarm-rig.h"

static MeirPeerSlot
add_unchoked (Rig *rig, guint8 host, gboolean fast)
{
  MeirPeerSlot peer = fast ? rig_add (rig, host) : rig_add_plain (rig, host);

  meir_swarm_on_interested (rig->swarm, peer, rig->now_usec);
  rig_run (rig);
  g_assert_cmpuint (rig_count (rig, MEIR_EFFECT_UNCHOKE, peer), ==, 1);
  return peer;
}

static void
ask (Rig *rig, MeirPeerSlot peer, guint32 piece, guint32 begin, guint32 length)
{
  meir_swarm_on_request (rig->swarm, peer, piece, begin, length, rig->now_usec);
}

static void
test_serve (void)
{
  g_autoptr (Rig) rig = rig_new (4, TRUE);
  MeirPeerSlot peer = add_unchoked (rig, 1, TRUE);
  const MeirEffect *serve;
  MeirSwarmPeerState state;

  ask (rig, peer, 2, MEIR_BLOCK_LENGTH, MEIR_BLOCK_LENGTH);
  ask (rig, peer, 3, 2 * MEIR_BLOCK_LENGTH, 100);
  ask (rig, peer, 0, 0, 4 * MEIR_BLOCK_LENGTH); /* large ones are served up to 128 KiB */
  rig_run (rig);
  g_assert_cmpuint (rig->effects->len, ==, 3);
  serve = rig_find (rig, MEIR_EFFECT_SERVE, peer, 0);
  g_assert_cmpuint (serve->piece, ==, 2);
  g_assert_cmpuint (serve->begin, ==, MEIR_BLOCK_LENGTH);
  g_assert_cmpuint (serve->length, ==, MEIR_BLOCK_LENGTH);
  meir_swarm_on_sent (rig->swarm, peer, 500, rig->now_usec);
  meir_swarm_get_peer_state (rig->swarm, peer, &state, rig->now_usec);
  g_assert_cmpuint (state.uploaded, ==, 500);
  g_assert_false (state.am_choking);
  g_assert_true (state.peer_interested);
}

/* Two lengths from one beginning are two requests: each is served, and cancelled, by itself. */
static void
test_two_lengths (void)
{
  for (guint fast = 0; fast < 2; fast++) {
    g_autoptr (Rig) rig = rig_new (4, TRUE);
    MeirPeerSlot peer = add_unchoked (rig, 1, fast);

    ask (rig, peer, 2, 0, MEIR_BLOCK_LENGTH);
    ask (rig, peer, 2, 0, 100);
    ask (rig, peer, 2, 0, 100);
    rig_run (rig);
    g_assert_cmpuint (rig_count (rig, MEIR_EFFECT_SERVE, peer), ==, 2);
    g_assert_cmpuint (rig_find (rig, MEIR_EFFECT_SERVE, peer, 0)->length, ==, MEIR_BLOCK_LENGTH);
    g_assert_cmpuint (rig_find (rig, MEIR_EFFECT_SERVE, peer, 1)->length, ==, 100);
    meir_swarm_on_cancel (rig->swarm, peer, 2, 0, 100, rig->now_usec);
    meir_swarm_on_cancel (rig->swarm, peer, 2, 0, 100, rig->now_usec);
    rig_run (rig);
    g_assert_cmpuint (rig->effects->len, ==, 1);
    g_assert_cmpuint (rig_find (rig, MEIR_EFFECT_UNSERVE, peer, 0)->length, ==, 100);
    meir_swarm_on_served (rig->swarm, peer, 2, 0, MEIR_BLOCK_LENGTH, rig->now_usec);
    ask (rig, peer, 2, 0, MEIR_BLOCK_LENGTH);
    rig_run (rig);
    g_assert_cmpuint (rig_count (rig, MEIR_EFFECT_SERVE, peer), ==, 1);
  }
}

/* W27 to W30: what cannot be asked for. */
static void
test_impossible_requests (void)
{
  const guint32 cases[][3] = {
    { 4, 0, 100 },                                       /* no such piece */
    { 0, 4 * MEIR_BLOCK_LENGTH, 1 },                     /* past the piece */
    { 0, 3 * MEIR_BLOCK_LENGTH, MEIR_BLOCK_LENGTH + 1 }, /* over its end */
    { 3, 2 * MEIR_BLOCK_LENGTH, 101 },                   /* over the end of the last */
    { 0, 0xffffffff, 2 },                                /* wraps */
    { 0, 0xfffffff0, 0x20 },                             /* wraps */
    { 0, 0, 0 },                                         /* nothing */
    { 0, 0, (128 << 10) + 1 },                           /* too much */
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (Rig) rig = rig_new (4, TRUE);
    MeirPeerSlot peer = add_unchoked (rig, 1, TRUE);

    ask (rig, peer, cases[i][0], cases[i][1], cases[i][2]);
    rig_run (rig);
    g_assert_cmpuint (rig->effects->len, ==, 1);
    g_assert_cmpint (rig_dropped (rig, peer), ==, MEIR_DROP_BAD_REQUEST);
    /* Nothing of a peer that is being dropped is heard. */
    ask (rig, peer, 0, 0, 100);
    rig_run (rig);
    g_assert_cmpuint (rig->effects->len, ==, 0);
    meir_swarm_remove_peer (rig->swarm, peer, rig->now_usec);
  }
}

/* W31: asking while choked is rejected where that is known, ignored where not, and ends the connection. */
static void
test_choked_requests (void)
{
  for (guint fast = 0; fast < 2; fast++) {
    g_autoptr (Rig) rig = rig_new (4, TRUE);
    MeirPeerSlot peer = fast ? rig_add (rig, 1) : rig_add_plain (rig, 1);

    for (guint i = 0; i < 300; i++)
      ask (rig, peer, 0, 0, 100);
    rig_run (rig);
    g_assert_cmpint (rig_dropped (rig, peer), ==, MEIR_DROP_NONE);
    g_assert_cmpuint (rig_count (rig, MEIR_EFFECT_REJECT, peer), ==, fast ? 300 : 0);
    g_assert_cmpuint (rig_count (rig, MEIR_EFFECT_SERVE, peer), ==, 0);
    ask (rig, peer, 0, 0, 100);
    rig_run (rig);
    g_assert_cmpint (rig_dropped (rig, peer), ==, MEIR_DROP_FLOOD);
  }
}

/* Requests that cross a choke on the way are no offence, however many: an honest pipe holds 2,048. */
static void
test_crossing_requests (void)
{
  g_autoptr (Rig) rig = rig_new (4, TRUE);
  MeirPeerSlot peer = add_unchoked (rig, 1, TRUE);
  guint n_waited = 0;

  for (guint8 host = 2; host < 8; host++) {
    MeirPeerSlot other = rig_add (rig, host);

    meir_swarm_on_interested (rig->swarm, other, rig->now_usec);
  }
  do {
    rig_wait (rig, 1);
    g_assert_cmpuint (++n_waited, <, 200);
  } while (rig_count (rig, MEIR_EFFECT_CHOKE, peer) == 0);
  for (guint i = 0; i < 2048; i++)
    ask (rig, peer, 0, 0, 100);
  rig_run (rig);
  g_assert_cmpint (rig_dropped (rig, peer), ==, MEIR_DROP_NONE);
  g_assert_cmpuint (rig_count (rig, MEIR_EFFECT_REJECT, peer), ==, 2048);
  rig->now_usec += 6 * RIG_SECOND;
  for (guint i = 0; i < 301; i++)
    ask (rig, peer, 0, 0, 100);
  rig_run (rig);
  g_assert_cmpint (rig_dropped (rig, peer), ==, MEIR_DROP_FLOOD);
}

/* W32: 10,000 requests at once: the queue holds what we said it holds, the rest is rejected. */
static void
test_queue_is_capped (void)
{
  g_autoptr (Rig) rig = rig_new (1000, TRUE);
  MeirPeerSlot peer = add_unchoked (rig, 1, TRUE);

  for (guint32 i = 0; i < 10000; i++)
    ask (rig, peer, i % 999, i / 999 * 1000, 1000);
  rig_run (rig);
  g_assert_cmpuint (rig_count (rig, MEIR_EFFECT_SERVE, peer), ==, MEIR_REQUEST_QUEUE_MAX);
  g_assert_cmpuint (rig_count (rig, MEIR_EFFECT_REJECT, peer), ==, 10000 - MEIR_REQUEST_QUEUE_MAX);
  g_assert_cmpint (rig_dropped (rig, peer), ==, MEIR_DROP_NONE);
  /* As blocks leave, there is room again. */
  meir_swarm_on_served (rig->swarm, peer, 5, 0, 1000, rig->now_usec);
  meir_swarm_on_served (rig->swarm, peer, 5, 0, 1000, rig->now_usec);
  ask (rig, peer, 998, 30000, 1000);
  ask (rig, peer, 998, 40000, 1000);
  rig_run (rig);
  g_assert_cmpuint (rig_count (rig, MEIR_EFFECT_SERVE, peer), ==, 1);
  g_assert_cmpuint (rig_count (rig, MEIR_EFFECT_REJECT, peer), ==, 1);
}

/* W33: one request a thousand times is served once while it waits. */
static void
test_duplicates (void)
{
  g_autoptr (Rig) rig = rig_new (4, TRUE);
  MeirPeerSlot peer = add_unchoked (rig, 1, TRUE);

  for (guint i = 0; i < 1000; i++)
    ask (rig, peer, 1, 0, MEIR_BLOCK_LENGTH);
  rig_run (rig);
  g_assert_cmpuint (rig->effects->len, ==, 1);
  meir_swarm_on_served (rig->swarm, peer, 1, 0, MEIR_BLOCK_LENGTH, rig->now_usec);
  ask (rig, peer, 1, 0, MEIR_BLOCK_LENGTH);
  rig_run (rig);
  g_assert_cmpuint (rig_count (rig, MEIR_EFFECT_SERVE, peer), ==, 1);
}

/* W34: what we lack. */
static void
test_missing_piece (void)
{
  g_autoptr (Rig) rig = rig_new (4, TRUE);
  MeirPeerSlot peer = add_unchoked (rig, 1, TRUE), plain = add_unchoked (rig, 2, FALSE);

  meir_swarm_on_piece_lost (rig->swarm, 2, rig->now_usec);
  ask (rig, peer, 2, 0, 100);
  ask (rig, plain, 2, 0, 100);
  rig_run (rig);
  g_assert_cmpuint (rig->effects->len, ==, 1);
  g_assert_cmpuint (rig_count (rig, MEIR_EFFECT_REJECT, peer), ==, 1);
}

/* W35, W36: cancels take back what waits, ignore what does not, and cost the connection by the thousand. */
static void
test_cancels (void)
{
  g_autoptr (Rig) rig = rig_new (4, TRUE);
  MeirPeerSlot peer = add_unchoked (rig, 1, TRUE);

  meir_swarm_on_cancel (rig->swarm, peer, 1, 0, 100, rig->now_usec);
  ask (rig, peer, 1, 0, 100);
  meir_swarm_on_cancel (rig->swarm, peer, 1, 0, 101, rig->now_usec);
  meir_swarm_on_cancel (rig->swarm, peer, 1, 0, 100, rig->now_usec);
  meir_swarm_on_cancel (rig->swarm, peer, 1, 0, 100, rig->now_usec);
  rig_run (rig);
  g_assert_cmpuint (rig->effects->len, ==, 2);
  g_assert_cmpuint (rig_count (rig, MEIR_EFFECT_UNSERVE, peer), ==, 1);
  ask (rig, peer, 1, 0, 100);
  rig_run (rig);
  g_assert_cmpuint (rig_count (rig, MEIR_EFFECT_SERVE, peer), ==, 1);
  for (guint i = 0; i < 5001; i++)
    meir_swarm_on_cancel (rig->swarm, peer, 3, 0, 100, rig->now_usec);
  rig_run (rig);
  g_assert_cmpint (rig_dropped (rig, peer), ==, MEIR_DROP_FLOOD);
}

/* Cancels in the numbers an endgame brings, for hours. */
static void
test_honest_cancels (void)
{
  g_autoptr (Rig) rig = rig_new (4, TRUE);
  MeirPeerSlot peer = add_unchoked (rig, 1, TRUE);

  for (guint i = 0; i < 60; i++) {
    for (guint j = 0; j < 2000; j++)
      meir_swarm_on_cancel (rig->swarm, peer, 3, 0, 100, rig->now_usec);
    rig_wait (rig, 10);
    g_assert_cmpint (rig_dropped (rig, peer), ==, MEIR_DROP_NONE);
  }
}

/* A choke empties the queue: what was asked for before is not served after the next unchoke. */
static void
test_choke_empties (void)
{
  g_autoptr (Rig) rig = rig_new (4, FALSE);
  MeirPeerSlot peer;

  meir_swarm_on_piece_found (rig->swarm, 1, rig->now_usec);
  peer = add_unchoked (rig, 1, TRUE);
  ask (rig, peer, 1, 0, 100);
  meir_swarm_set_upload_only (rig->swarm, peer, TRUE);
  rig_run (rig);
  g_assert_cmpuint (rig_count (rig, MEIR_EFFECT_CHOKE, peer), ==, 1);
  meir_swarm_on_cancel (rig->swarm, peer, 1, 0, 100, rig->now_usec);
  rig_run (rig);
  g_assert_cmpuint (rig->effects->len, ==, 0);
}

/* BEP 21: two that want nothing part, whichever of them found out last; one that lacks something stays. */
static void
test_upload_only (void)
{
  g_autoptr (Rig) rig = rig_new (4, FALSE);
  MeirPeerSlot early = rig_add (rig, 1), late = rig_add (rig, 2), leecher = rig_add (rig, 3);

  meir_swarm_on_have (rig->swarm, early, 1, rig->now_usec);
  meir_swarm_set_upload_only (rig->swarm, early, TRUE);
  rig_run (rig);
  g_assert_cmpint (rig_dropped (rig, early), ==, MEIR_DROP_NONE);
  for (guint32 piece = 0; piece < 4; piece++)
    meir_swarm_on_piece_found (rig->swarm, piece, rig->now_usec);
  rig_run (rig);
  g_assert_cmpint (rig_dropped (rig, early), ==, MEIR_DROP_USELESS);
  meir_swarm_set_upload_only (rig->swarm, late, TRUE);
  rig_run (rig);
  g_assert_cmpint (rig_dropped (rig, late), ==, MEIR_DROP_USELESS);
  g_assert_cmpint (rig_dropped (rig, leecher), ==, MEIR_DROP_NONE);
}

/* W60: a seed that is interested is a leecher that lies; it has a slot while it asks, and loses it when not.
 */
static void
test_interested_seed (void)
{
  g_autoptr (Rig) rig = rig_new (4, FALSE);
  MeirPeerSlot peer = rig_add (rig, 1);

  meir_swarm_on_piece_found (rig->swarm, 0, rig->now_usec);
  meir_swarm_on_have_all (rig->swarm, peer, rig->now_usec);
  meir_swarm_on_interested (rig->swarm, peer, rig->now_usec);
  rig_run (rig);
  g_assert_cmpuint (rig_count (rig, MEIR_EFFECT_UNCHOKE, peer), ==, 1);
  rig_wait (rig, 55);
  ask (rig, peer, 0, 0, 100);
  rig_wait (rig, 55);
  g_assert_cmpuint (rig_count (rig, MEIR_EFFECT_CHOKE, peer), ==, 0);
  rig_wait (rig, 15);
  g_assert_cmpuint (rig_count (rig, MEIR_EFFECT_CHOKE, peer), ==, 1);
  rig_wait (rig, 60);
  g_assert_cmpuint (rig_count (rig, MEIR_EFFECT_UNCHOKE, peer), ==, 0);
}

/* W47: flapping interest gains no unchokes, and costs the connection in the end. */
static void
test_interest_flapping (void)
{
  g_autoptr (Rig) rig = rig_new (4, TRUE);
  MeirPeerSlot peer = rig_add (rig, 1);
  guint n_unchokes = 0;

  for (guint8 host = 2; host < 6; host++)
    meir_swarm_on_interested (rig->swarm, rig_add (rig, host), rig->now_usec);
  for (guint second = 0; second < 60; second++) {
    for (guint i = 0; i < 9; i++) {
      meir_swarm_on_interested (rig->swarm, peer, rig->now_usec);
      rig_run (rig);
      n_unchokes += rig_count (rig, MEIR_EFFECT_UNCHOKE, peer);
      meir_swarm_on_not_interested (rig->swarm, peer, rig->now_usec);
      rig_run (rig);
    }
    rig_wait (rig, 1);
    n_unchokes += rig_count (rig, MEIR_EFFECT_UNCHOKE, peer);
  }
  g_assert_cmpuint (n_unchokes, <=, 6);
  for (guint i = 0; i < 201; i++)
    meir_swarm_on_interested (rig->swarm, peer, rig->now_usec);
  rig_run (rig);
  g_assert_cmpint (rig_dropped (rig, peer), ==, MEIR_DROP_FLOOD);
}

/* A slot that is left is filled at once. */
static void
test_slot_is_filled (void)
{
  g_autoptr (Rig) rig = rig_new (4, TRUE);
  MeirPeerSlot peers[4];

  for (guint i = 0; i < 4; i++) {
    peers[i] = rig_add (rig, (guint8) (i + 1));
    meir_swarm_on_interested (rig->swarm, peers[i], rig->now_usec);
    rig_run (rig);
    g_assert_cmpuint (rig_count (rig, MEIR_EFFECT_UNCHOKE, peers[i]), ==, i < 3);
  }
  meir_swarm_remove_peer (rig->swarm, peers[0], rig->now_usec);
  rig_run (rig);
  g_assert_cmpuint (rig_count (rig, MEIR_EFFECT_UNCHOKE, peers[3]), ==, 1);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/swarm-upload/two-lengths", test_two_lengths);
  g_test_add_func ("/swarm-upload/serve", test_serve);
  g_test_add_func ("/swarm-upload/impossible-requests", test_impossible_requests);
  g_test_add_func ("/swarm-upload/choked-requests", test_choked_requests);
  g_test_add_func ("/swarm-upload/crossing-requests", test_crossing_requests);
  g_test_add_func ("/swarm-upload/queue-is-capped", test_queue_is_capped);
  g_test_add_func ("/swarm-upload/duplicates", test_duplicates);
  g_test_add_func ("/swarm-upload/missing-piece", test_missing_piece);
  g_test_add_func ("/swarm-upload/cancels", test_cancels);
  g_test_add_func ("/swarm-upload/honest-cancels", test_honest_cancels);
  g_test_add_func ("/swarm-upload/choke-empties", test_choke_empties);
  g_test_add_func ("/swarm-upload/upload-only", test_upload_only);
  g_test_add_func ("/swarm-upload/interested-seed", test_interested_seed);
  g_test_add_func ("/swarm-upload/interest-flapping", test_interest_flapping);
  g_test_add_func ("/swarm-upload/slot-is-filled", test_slot_is_filled);
  return g_test_run ();
}
