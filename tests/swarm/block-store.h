/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

/* The disk of a simulated peer: of every block that is here its mark, which stands for its bytes, and its
 * sender. */
typedef struct _BlockStore BlockStore;

BlockStore *block_store_new (guint32 n_pieces, guint32 piece_length, guint64 total_length);
void block_store_free (BlockStore *store);
/* What the right bytes of a block are marked. */
guint64 block_store_true_mark (guint32 piece, guint32 block);
/* Asserts that the block was not here. */
void block_store_put (BlockStore *store, guint32 piece, guint32 block, guint64 mark, guint sender);
void block_store_forget (BlockStore *store, guint32 piece);
/* The same, but for segments of MEIR_SEGMENT_BLOCKS that are whole. */
void block_store_shelve (BlockStore *store, guint32 piece);
/* (transfer none): of all blocks of a piece of which something is here. */
const guint64 *block_store_get_marks (const BlockStore *store, guint32 piece);
gboolean block_store_is_good (const BlockStore *store, guint32 piece);
/* Whether one of the blocks that @sender sent is wrong. */
gboolean block_store_is_spoiled_by (const BlockStore *store, guint32 piece, guint sender);
