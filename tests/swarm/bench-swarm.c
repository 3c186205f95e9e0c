/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a block costs in decisions: block-start, bytes, block, its share of the piece, of run () and of the
 * next request. Not part of the tests: ninja tests/swarm/bench-swarm, and run it. */
#include "swarm/meir-swarm.h"

#define BATCH 16u

typedef struct {
  MeirSwarm *swarm;
  gint64 now_usec;
  GArray *asked; /* MeirEffect */
  guint first;
  MeirPeerSlot *slots;
} Bench;

static void
run (Bench *bench)
{
  guint n;
  const MeirEffect *effects = meir_swarm_run (bench->swarm, bench->now_usec, &n);

  for (guint i = 0; i < n; i++) {
    if (effects[i].kind == MEIR_EFFECT_REQUEST)
      g_array_append_val (bench->asked, effects[i]);
  }
}

static void
deliver (Bench *bench, const MeirEffect *request)
{
  MeirSwarm *swarm = bench->swarm;

  meir_swarm_on_block_start (swarm, request->peer, request->piece, request->begin, request->length,
                             bench->now_usec);
  meir_swarm_on_bytes (swarm, request->peer, request->length, bench->now_usec);
  meir_swarm_on_block (swarm, request->peer, request->piece, request->begin, request->length,
                       bench->now_usec);
  if (meir_swarm_piece_is_complete (swarm, request->piece))
    meir_swarm_on_piece_good (swarm, request->piece, NULL, bench->now_usec);
}

static void
measure (guint n_peers, guint32 n_pieces, guint32 piece_length, guint64 blocks_max)
{
  MeirSwarmConfig config = { .n_pieces = n_pieces,
                             .piece_length = piece_length,
                             .total_length = (guint64) n_pieces * piece_length,
                             .seed = 1,
                             .upload_slots = 4 };
  Bench bench = { .now_usec = G_USEC_PER_SEC };
  guint64 n_blocks = 0;
  gint64 start_usec, idle_usec, spent_usec;
  guint n;

  bench.swarm = meir_swarm_new (&config, bench.now_usec);
  bench.asked = g_array_new (FALSE, FALSE, sizeof (MeirEffect));
  for (guint i = 0; i < n_peers; i++) {
    MeirSwarmPeer peer = { .fast = TRUE, .request_limit = 2048 };
    MeirPeerSlot slot;

    peer.address.family = 4;
    peer.address.bytes[3] = (guint8) i;
    slot = meir_swarm_add_peer (bench.swarm, &peer, bench.now_usec);
    meir_swarm_on_have_all (bench.swarm, slot, bench.now_usec);
    meir_swarm_on_unchoke (bench.swarm, slot, bench.now_usec);
  }
  start_usec = g_get_monotonic_time ();
  run (&bench);
  while (meir_swarm_get_left (bench.swarm) > 0 && n_blocks < blocks_max) {
    for (guint i = 0; i < BATCH && bench.first < bench.asked->len; i++, n_blocks++) {
      MeirEffect request = g_array_index (bench.asked, MeirEffect, bench.first++);

      deliver (&bench, &request);
    }
    if (bench.first > 4096 && bench.first * 2 > bench.asked->len) {
      g_array_remove_range (bench.asked, 0, bench.first);
      bench.first = 0;
    }
    bench.now_usec += 200;
    run (&bench);
  }
  spent_usec = g_get_monotonic_time () - start_usec;
  start_usec = g_get_monotonic_time ();
  for (guint i = 0; i < 1000000; i++)
    meir_swarm_run (bench.swarm, bench.now_usec, &n);
  idle_usec = g_get_monotonic_time () - start_usec;
  g_print ("%3u peers, %8u pieces of %5u KiB: %6.1f ns per block, %4.1f ns per run without work; wasted "
           "%" G_GUINT64_FORMAT "\n",
           n_peers, n_pieces, piece_length >> 10, (double) spent_usec * 1000 / (double) n_blocks,
           (double) idle_usec * 1000 / 1e6, meir_swarm_get_wasted (bench.swarm));
  g_array_unref (bench.asked);
  meir_swarm_free (bench.swarm);
}

int
main (void)
{
  measure (1, 16384, 256 << 10, G_MAXUINT64);
  measure (8, 16384, 256 << 10, G_MAXUINT64);
  measure (80, 16384, 256 << 10, G_MAXUINT64);
  measure (1, 200, 16 << 20, G_MAXUINT64);
  measure (80, 200, 16 << 20, G_MAXUINT64);
  measure (80, 10000000, 16 << 10, 1000000);
  return 0;
}
