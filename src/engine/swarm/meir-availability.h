/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/meir-bitfield.h"
#include "base/meir-random.h"

#include <glib.h>

G_BEGIN_DECLS

#define MEIR_PIECE_NONE G_MAXUINT32

/**
 * MeirAvailability:
 * @counts: how many peers have each piece
 * @n_seeds: how many of them have every piece
 * @fresh: the pieces that may be picked: wanted, and not begun
 *
 * How rare each piece is among the connected peers, and the fresh pieces in that order. A step of one piece
 * (a have, a pick) is O(1); so is a seed for the order, for it changes no piece's rank. Large bitfields make
 * the order stale, and it is sorted anew (linear) only when the next pick needs it: a seed never does.
 *
 * The order is one array cut into buckets: bucket k holds the pieces that k peers besides the seeds have.
 */
typedef struct {
  guint16 *counts;
  guint32 n_pieces;
  guint32 n_seeds;
  MeirBitfield fresh;
  /*< private >*/
  guint32 *order;    /* fresh pieces by rank; NULL until the first pick */
  guint32 *position; /* of each piece in @order, or MEIR_PIECE_NONE */
  GArray *starts;    /* guint32: first index of bucket k; the last element is the end of the order */
  gboolean stale;    /* @order, @position and @starts do not count */
} MeirAvailability;

/* All pieces start without copies and not fresh. */
void meir_availability_init (MeirAvailability *availability, guint32 n_pieces);
void meir_availability_clear (MeirAvailability *availability);

/* A piece becomes (or ceases to be) one that may be picked. Without effect if it already is (is not). */
void meir_availability_include (MeirAvailability *availability, guint32 piece);
void meir_availability_exclude (MeirAvailability *availability, guint32 piece);
/* The fresh pieces are the ones @have lacks. */
void meir_availability_include_missing (MeirAvailability *availability, const MeirBitfield *have);

/* A peer that is not a seed has, or no longer has, one piece or all pieces of a field. */
void meir_availability_add (MeirAvailability *availability, guint32 piece);
void meir_availability_remove (MeirAvailability *availability, guint32 piece);
void meir_availability_add_field (MeirAvailability *availability, const MeirBitfield *field);
void meir_availability_remove_field (MeirAvailability *availability, const MeirBitfield *field);
/* A seed came or left. */
void meir_availability_add_seed (MeirAvailability *availability);
void meir_availability_remove_seed (MeirAvailability *availability);
/* A peer whose pieces were counted one by one now has them all; and the reverse. */
void meir_availability_promote_to_seed (MeirAvailability *availability);
void meir_availability_demote_seed (MeirAvailability *availability);

/**
 * meir_availability_pick:
 * @have: the pieces of the peer that will be asked
 * @any_rarity: pick at random among all, as for the first pieces of a download
 *
 * Returns: the rarest fresh piece of @have, ties broken at random, or MEIR_PIECE_NONE. Where a peer has next
 * to nothing of what is rare the search gives up after a few hundred looks and takes the rarest of a sample
 * of what the peer has.
 */
guint32 meir_availability_pick (MeirAvailability *availability, const MeirBitfield *have, MeirPrng *prng,
                                gboolean any_rarity);

G_END_DECLS
