/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/meir-buffer-pool.h"
#include "disk/meir-disk.h"

#include <glib.h>

G_BEGIN_DECLS

/**
 * MeirPieceStoreHooks:
 * @verdict: all of @piece is written and its digest compared. @marks: one per block, only when they were
 * wanted
 * @written: a segment of a piece that is not complete is on disk (for the journal)
 * @failed: a write failed. Nothing is lost: the bytes are kept, and meir_piece_store_retry () writes them
 * again
 * @relieved: a job is done and its buffers are back. May close the store
 *
 * All from within meir_disk_dispatch (), on the engine thread.
 */
typedef struct {
  void (*verdict) (gpointer user_data, guint32 piece, gboolean good, const guint64 *marks);
  gboolean (*wants_marks) (gpointer user_data, guint32 piece);
  void (*written) (gpointer user_data, guint32 piece, guint32 begin, guint32 length);
  void (*failed) (gpointer user_data, const GError *error);
  void (*relieved) (gpointer user_data);
} MeirPieceStoreHooks;

/**
 * MeirPieceStore:
 *
 * The bytes of a torrent's pieces between the socket and the disk. Blocks are received straight into leased
 * segments; a full segment goes to a worker, which hashes it while it is warm and writes it; the last one
 * brings the verdict. Engine thread only.
 */
typedef struct _MeirPieceStore MeirPieceStore;

MeirPieceStore *meir_piece_store_new (MeirDisk *disk, MeirStorage *storage, MeirBufferPool *buffers,
                                      const MeirPieceStoreHooks *hooks, gpointer user_data);
/* No hook runs afterwards. Memory goes when the last job is done. */
void meir_piece_store_close (MeirPieceStore *store);

/* Where the bytes of the block at @begin belong; stays valid until meir_piece_store_block_done () of it, or
 * meir_piece_store_abandon () or meir_piece_store_shelve () of the piece. */
guint8 *meir_piece_store_get_sink (MeirPieceStore *store, guint32 piece, guint32 begin);
/* The block is whole: its bytes lie in its sink. Once per block. */
void meir_piece_store_block_done (MeirPieceStore *store, guint32 piece, guint32 begin);
/* Forgets what is here of a piece; all of it will come anew. */
void meir_piece_store_abandon (MeirPieceStore *store, guint32 piece);
/* Forgets segments that are not whole: the piece may not be wanted again for long. */
void meir_piece_store_shelve (MeirPieceStore *store, guint32 piece);
/* This segment lies on disk already (resume). */
void meir_piece_store_declare_written (MeirPieceStore *store, guint32 piece, guint32 begin, guint32 length);

/* Writes again what could not be written. */
void meir_piece_store_retry (MeirPieceStore *store);
/* Bytes in segments, buffered or being written. */
gsize meir_piece_store_get_bytes (MeirPieceStore *store);
/* No job is under way. */
gboolean meir_piece_store_is_idle (MeirPieceStore *store);

G_END_DECLS
