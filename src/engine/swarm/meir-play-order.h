/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "swarm/meir-availability.h"

G_BEGIN_DECLS

/**
 * MeirPieceRange:
 *
 * The pieces under one file, both ends included.
 */
typedef struct {
  guint32 first;
  guint32 last;
} MeirPieceRange;

/**
 * meir_play_order_pick:
 * @files: (array length=n_files) (nullable): ascending by @first, and by @last
 * @have: the pieces of the peer that will be asked
 * @above: only pieces of a higher priority
 *
 * The next piece for somebody who plays the files while they come: the first fresh one of the highest
 * priority, but of a file that was begun its last piece before the ones between, for many formats keep their
 * index there.
 *
 * Returns: a piece of @have, or MEIR_PIECE_NONE
 */
guint32 meir_play_order_pick (const MeirAvailability *availability, const MeirPieceRange *files,
                              guint n_files, const MeirBitfield *have, MeirPriority above);

G_END_DECLS
