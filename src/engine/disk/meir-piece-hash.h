/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "disk/meir-disk-queue.h"
#include "disk/meir-disk.h"
#include "disk/meir-hasher.h"

#include <glib.h>

G_BEGIN_DECLS

/**
 * MeirPieceHash:
 * @storage: holds a reference
 * @size: bytes of the piece
 * @generation: of the storage, as the engine thread knew it when the piece began
 * @lane: has been fed the first @hashed bytes
 * @written: bytes on disk at or after @hashed that the lane has not been fed
 * @is_judged: the verdict was given; what comes later came twice
 * @is_running: a job of it is queued as runnable, or runs; guarded by the pool's lock
 * @waiting: further jobs, in order; guarded by the pool's lock
 *
 * All but the last two belong to the job that runs; the pool lets one run at a time.
 */
struct _MeirPieceHash {
  MeirStorage *storage;
  guint32 piece;
  guint32 size;
  guint generation;
  MeirHashLane *lane;
  guint32 hashed;
  MeirIntervalSet *written;
  gboolean is_judged;
  gboolean is_running;
  MeirDiskQueue waiting;
};

/* Worker: runs WRITE jobs, each of another piece or without a hash, feeding their digests side by side. */
void meir_piece_hash_run_worker (MeirDiskJob *const *jobs, guint n_jobs);

G_END_DECLS
