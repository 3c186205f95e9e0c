/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "block-store.h"

#include "base/meir-limits.h"

typedef struct {
  guint64 *marks; /* 0: not here */
  guint *senders;
} Piece;

struct _BlockStore {
  guint32 n_pieces;
  guint32 piece_length;
  guint64 total_length;
  Piece *pieces;
};

BlockStore *
block_store_new (guint32 n_pieces, guint32 piece_length, guint64 total_length)
{
  BlockStore *store = g_new0 (BlockStore, 1);

  store->n_pieces = n_pieces;
  store->piece_length = piece_length;
  store->total_length = total_length;
  store->pieces = g_new0 (Piece, n_pieces);
  return store;
}

void
block_store_free (BlockStore *store)
{
  for (guint32 piece = 0; piece < store->n_pieces; piece++)
    block_store_forget (store, piece);
  g_free (store->pieces);
  g_free (store);
}

guint64
block_store_true_mark (guint32 piece, guint32 block)
{
  return ((guint64) piece << 20 | block) * G_GUINT64_CONSTANT (0x9e3779b97f4a7c15) + 1;
}

static guint32
n_blocks (const BlockStore *store, guint32 piece)
{
  guint64 left = store->total_length - (guint64) piece * store->piece_length;

  return (guint32) ((MIN (left, store->piece_length) - 1) / MEIR_BLOCK_LENGTH + 1);
}

void
block_store_put (BlockStore *store, guint32 piece, guint32 block, guint64 mark, guint sender)
{
  Piece *here = &store->pieces[piece];

  if (here->marks == NULL) {
    here->marks = g_new0 (guint64, n_blocks (store, piece));
    here->senders = g_new0 (guint, n_blocks (store, piece));
  }
  g_assert_cmpuint (here->marks[block], ==, 0);
  here->marks[block] = mark;
  here->senders[block] = sender;
}

void
block_store_forget (BlockStore *store, guint32 piece)
{
  g_clear_pointer (&store->pieces[piece].marks, g_free);
  g_clear_pointer (&store->pieces[piece].senders, g_free);
}

void
block_store_shelve (BlockStore *store, guint32 piece)
{
  Piece *here = &store->pieces[piece];

  for (guint32 first = 0; here->marks != NULL && first < n_blocks (store, piece);
       first += MEIR_SEGMENT_BLOCKS) {
    guint32 end = MIN (first + MEIR_SEGMENT_BLOCKS, n_blocks (store, piece));
    gboolean whole = TRUE;

    for (guint32 block = first; block < end; block++)
      whole &= here->marks[block] != 0;
    for (guint32 block = first; block < end && !whole; block++)
      here->marks[block] = 0;
  }
}

const guint64 *
block_store_get_marks (const BlockStore *store, guint32 piece)
{
  return store->pieces[piece].marks;
}

gboolean
block_store_is_good (const BlockStore *store, guint32 piece)
{
  for (guint32 block = 0; block < n_blocks (store, piece); block++) {
    if (store->pieces[piece].marks[block] != block_store_true_mark (piece, block))
      return FALSE;
  }
  return TRUE;
}

gboolean
block_store_is_spoiled_by (const BlockStore *store, guint32 piece, guint sender)
{
  for (guint32 block = 0; block < n_blocks (store, piece); block++) {
    if (store->pieces[piece].senders[block] == sender &&
        store->pieces[piece].marks[block] != block_store_true_mark (piece, block))
      return TRUE;
  }
  return FALSE;
}
