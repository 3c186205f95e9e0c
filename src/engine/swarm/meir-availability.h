/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/meir-bitfield.h"
#include "base/meir-random.h"
#include "meta/meir-priority.h"

#include <glib.h>

G_BEGIN_DECLS

#define MEIR_PIECE_NONE G_MAXUINT32

/* The priorities above MEIR_PRIORITY_SKIP. */
#define MEIR_RARITY_CLASSES 3u

/**
 * MeirRarityClass:
 * @fresh: the pieces of one priority that may be picked
 * @order: the same by rank; NULL until the first pick
 * @starts: (element-type guint32): first index of bucket k, which holds the pieces that k peers besides the
 * seeds have; the last element is the end of the order
 */
typedef struct {
  MeirBitfield fresh;
  guint32 *order;
  GArray *starts;
} MeirRarityClass;

/**
 * MeirAvailability:
 * @counts: how many peers have each piece
 * @n_seeds: how many of them have every piece
 * @priorities: (nullable): a MeirPriority per piece; NULL: all normal
 * @n_fresh: how many pieces may be picked: not skipped, not here and not begun
 *
 * How rare each piece is among the connected peers, and the fresh pieces in that order, by priority. A step
 * of one piece (a have, a pick) is O(1); so is a seed for the order, for it changes no piece's rank. Large
 * bitfields make the order stale, and it is sorted anew (linear) only when the next pick needs it: a seed
 * never does.
 */
typedef struct {
  guint16 *counts;
  guint8 *priorities;
  guint32 n_pieces;
  guint32 n_seeds;
  guint32 n_fresh;
  /*< private >*/
  MeirRarityClass classes[MEIR_RARITY_CLASSES]; /* by priority, from MEIR_PRIORITY_LOW */
  guint32
      *position;  /* of each fresh piece in the order of its class, or MEIR_PIECE_NONE; NULL until a pick */
  gboolean stale; /* @position, and the orders and starts of all classes, do not count */
} MeirAvailability;

/* All pieces start without copies, not fresh, and of normal priority. */
void meir_availability_init (MeirAvailability *availability, guint32 n_pieces);
void meir_availability_clear (MeirAvailability *availability);

/* A piece becomes (or ceases to be) one that may be picked. Without effect if it already is (is not), or is
 * skipped. */
void meir_availability_include (MeirAvailability *availability, guint32 piece);
void meir_availability_exclude (MeirAvailability *availability, guint32 piece);
/* The fresh pieces are the ones @have lacks and that are not skipped. */
void meir_availability_include_missing (MeirAvailability *availability, const MeirBitfield *have);
/* @priorities: (nullable): a MeirPriority per piece, copied; NULL: all normal. Nothing is fresh afterwards.
 */
void meir_availability_set_priorities (MeirAvailability *availability, const guint8 *priorities);

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
 * @above: only pieces of a higher priority; MEIR_PRIORITY_SKIP: of any
 * @any_rarity: pick at random among all of a priority, as for the first pieces of a download
 *
 * Returns: the rarest fresh piece of the highest priority of @have, ties broken at random, or
 * MEIR_PIECE_NONE. Where a peer has next to nothing of what is rare the search gives up after a few hundred
 * looks and takes the rarest of a sample of what the peer has.
 */
guint32 meir_availability_pick (MeirAvailability *availability, const MeirBitfield *have, MeirPrng *prng,
                                MeirPriority above, gboolean any_rarity);

static inline MeirPriority
meir_availability_get_priority (const MeirAvailability *availability, guint32 piece)
{
  return availability->priorities != NULL ? (MeirPriority) availability->priorities[piece]
                                          : MEIR_PRIORITY_NORMAL;
}

static inline gboolean
meir_availability_is_fresh (const MeirAvailability *availability, guint32 piece)
{
  MeirPriority priority = meir_availability_get_priority (availability, piece);

  return priority != MEIR_PRIORITY_SKIP &&
         meir_bitfield_get (&availability->classes[priority - MEIR_PRIORITY_LOW].fresh, piece);
}

G_END_DECLS
