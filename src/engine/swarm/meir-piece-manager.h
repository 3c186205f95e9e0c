/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "swarm/meir-availability.h"
#include "swarm/meir-play-order.h"
#include "swarm/meir-scores.h"
#include "swarm/meir-swarm.h"

G_BEGIN_DECLS

/**
 * MeirBlock:
 * @n_asked: peers that are asked for it now
 * @received: it is here
 * @arriving: a peer's copy is being received straight into the piece's buffer
 * @source: who sent it, while @received
 *
 * A block is free, and may be asked for, while it is neither received nor asked for anywhere. It may be free
 * and arriving: then the peer that sends it was found too slow to wait for.
 */
typedef struct {
  guint8 n_asked;
  guint8 received : 1;
  guint8 arriving : 1;
  guint32 source;
} MeirBlock;

static inline gboolean
meir_block_is_free (const MeirBlock *block)
{
  return block->n_asked == 0 && !block->received;
}

/**
 * MeirPartial:
 * @piece: its index; MEIR_PIECE_NONE while the structure waits for reuse
 * @n_free: blocks that are free
 * @owner: the peer that fills it now, or MEIR_PEER_NONE
 * @alone: only its owner may fill it for a while, so that a bad piece has one culprit
 * @owned_usec: when its last owner began to fill it
 * @awaits_verdict: all of it is here, and the scores count it as unjudged
 *
 * A piece that was begun.
 */
typedef struct {
  guint32 piece;
  guint32 n_blocks;
  guint32 n_received;
  guint32 n_free;
  guint32 n_arriving;
  MeirPeerSlot owner;
  gboolean alone;
  gint64 owned_usec;
  gboolean awaits_verdict;
  /*< private >*/
  guint32 index;      /* among the partials */
  guint32 open_index; /* among those with free blocks, or MEIR_PIECE_NONE */
  MeirBlock *blocks;
} MeirPartial;

/**
 * MeirSeat:
 *
 * Where a peer is filling: its piece, and the block after the last one it was given. Zeroed to begin with.
 */
typedef struct {
  MeirPartial *partial; /* (nullable); counts only while its piece is still @piece */
  guint32 piece;
  guint32 block;
} MeirSeat;

/**
 * MeirPickFor:
 * @peer: who will be asked
 * @have: what it has
 * @only: (nullable): the pieces it grants while it chokes us (BEP 6)
 * @suggested: pieces it would like to be asked for (BEP 6): they win ties of rarity
 * @alone: give it only pieces that nobody else fills
 * @n_peers: how many peers are downloaded from now: bounds the pieces begun at once
 */
typedef struct {
  MeirPeerSlot peer;
  const MeirBitfield *have;
  const guint32 *only;
  guint n_only;
  const guint32 *suggested;
  guint n_suggested;
  gboolean alone;
  guint n_peers;
  gint64 now_usec;
} MeirPickFor;

/**
 * MeirPieceManager:
 * @left: bytes not verified
 * @wanted: bytes of the pieces that are not skipped
 * @wanted_left: bytes of those not verified
 * @have: verified pieces
 * @missing: pieces that are neither verified nor skipped
 * @partials: (element-type MeirPartial): pieces begun, in no order
 * @play_order: fresh pieces are picked in the order of @files, not by rarity
 * @files: (nullable) (element-type MeirPieceRange): see meir_play_order_pick ()
 *
 * What is here, what is on its way, and what to ask for next: what has the highest priority; of that, blocks
 * of begun pieces first, one peer to a piece where there are pieces enough, a few random pieces to start with
 * and the rarest after them. Nothing is asked for of a piece that is skipped, though it may have begun.
 */
typedef struct {
  guint32 n_pieces;
  guint32 piece_length;
  guint64 total_length;
  guint64 left;
  guint64 wanted;
  guint64 wanted_left;
  MeirBitfield have;
  MeirBitfield missing;
  MeirAvailability availability;
  GPtrArray *partials;
  gboolean play_order;
  GArray *files;
  /*< private >*/
  GPtrArray *open;      /* partials with free blocks that are not skipped */
  GPtrArray *spare;     /* partials for reuse */
  GHashTable *by_piece; /* piece -> its partial */
  MeirPartial
      *last_found;    /* (nullable): what was looked up last; partials are never freed before the manager */
  GHashTable *failed; /* pieces that failed their check and are not verified since */
  guint32 n_begun_fresh; /* pieces picked so far, for the random first ones */
  MeirPrng *prng;
} MeirPieceManager;

/* @prng is borrowed. */
MeirPieceManager *meir_piece_manager_new (guint32 n_pieces, guint32 piece_length, guint64 total_length,
                                          const MeirBitfield *have, MeirPrng *prng);
void meir_piece_manager_free (MeirPieceManager *manager);

/**
 * meir_piece_manager_set_priorities:
 * @priorities: (nullable): a MeirPriority per piece, copied; NULL: all normal
 *
 * Takes over what is wanted, in one pass over the pieces. What peers were asked for stays: the caller cancels
 * what is not wanted any more.
 */
void meir_piece_manager_set_priorities (MeirPieceManager *manager, const guint8 *priorities);
static inline gboolean
meir_piece_manager_is_skipped (const MeirPieceManager *manager, guint32 piece)
{
  return meir_availability_get_priority (&manager->availability, piece) == MEIR_PRIORITY_SKIP;
}

/* Lengths in bytes; the last piece, and the last block of a piece, may be shorter. */
guint32 meir_piece_manager_piece_bytes (const MeirPieceManager *manager, guint32 piece);
guint32 meir_piece_manager_block_bytes (const MeirPieceManager *manager, guint32 piece, guint32 block);
guint32 meir_piece_manager_n_blocks (const MeirPieceManager *manager, guint32 piece);

/* The begun piece, or NULL; (transfer none), valid until the piece is verified, abandoned or let go. */
MeirPartial *meir_piece_manager_lookup (MeirPieceManager *manager, guint32 piece);
/* The same, begun if it was not; NULL if it is verified. */
MeirPartial *meir_piece_manager_begin (MeirPieceManager *manager, guint32 piece);

/* Picks the next block for a peer and counts it as asked for. FALSE if there is none for it. */
gboolean meir_piece_manager_pick (MeirPieceManager *manager, MeirSeat *seat, const MeirPickFor *pick_for,
                                  guint32 *piece, guint32 *block);
/* Whether a piece is kept for its owner alone, who has just asked for all of it perhaps, and not for @peer.
 */
gboolean meir_partial_is_reserved (const MeirPartial *partial, MeirPeerSlot peer, gint64 now_usec);
/* The peer stops filling its piece: another may take it over. */
void meir_piece_manager_stand_up (MeirPieceManager *manager, MeirSeat *seat, MeirPeerSlot peer);

/* One more peer, one peer less, is asked for a block that is not here. The second lets a piece go of which
 * nothing is here or asked for; returns whether the block is free now. */
void meir_piece_manager_ask (MeirPieceManager *manager, MeirPartial *partial, guint32 block);
gboolean meir_piece_manager_unask (MeirPieceManager *manager, guint32 piece, guint32 block);
void meir_piece_manager_set_arriving (MeirPieceManager *manager, MeirPartial *partial, guint32 block,
                                      gboolean arriving);
/* A block is here. FALSE if it already was. */
gboolean meir_piece_manager_receive (MeirPieceManager *manager, MeirPartial *partial, guint32 block,
                                     guint32 source);

/* A begun piece is skipped, and none of its blocks is asked for or arriving: keeps only the blocks of whole
 * segments (of MEIR_SEGMENT_BLOCKS), so that no memory has to be kept for it; a piece without any is no
 * longer begun. Returns how many bytes were here and go. */
guint32 meir_piece_manager_shelve (MeirPieceManager *manager, MeirPartial *partial);

/* A piece is verified: FALSE if it already was. It is no longer begun. */
gboolean meir_piece_manager_verify (MeirPieceManager *manager, guint32 piece);
/* A begun piece failed its check: all its blocks are free again. With @alone, and whenever it fails a second
 * time, one peer alone shall fill it, so that it has one culprit. */
void meir_piece_manager_fail (MeirPieceManager *manager, MeirPartial *partial, gboolean alone);
/* The blocks of a begun piece are given up: all of it is to be asked for anew. It is let go, unless some of
 * it is asked for now. */
void meir_piece_manager_clear (MeirPieceManager *manager, MeirPartial *partial);
gboolean meir_piece_manager_has_failed (MeirPieceManager *manager, guint32 piece);
/* A verified piece is wanted again: FALSE if it was not verified. */
gboolean meir_piece_manager_lose (MeirPieceManager *manager, guint32 piece);

/* Whether every missing block that is wanted is asked for. */
gboolean meir_piece_manager_in_endgame (const MeirPieceManager *manager);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MeirPieceManager, meir_piece_manager_free)

G_END_DECLS
