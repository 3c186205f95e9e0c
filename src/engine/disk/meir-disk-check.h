/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "disk/meir-disk.h"
#include "disk/meir-hasher.h"

#include <glib.h>

G_BEGIN_DECLS

/**
 * MeirDiskCheck:
 * @next_piece: the first that no worker has taken
 * @n_units: how many units workers are at
 * @is_exhausted: nothing is left to take
 *
 * How far a CHECK job is, which many workers share. Guarded by the pool's lock.
 */
typedef struct _MeirDiskCheck {
  guint32 next_piece;
  guint n_units;
  gboolean is_exhausted;
} MeirDiskCheck;

/* Pieces that one worker hashes side by side. */
typedef struct {
  guint32 pieces[MEIR_HASHER_WIDTH_MAX];
  gboolean is_whole[MEIR_HASHER_WIDTH_MAX];
  guint n_pieces;
} MeirDiskCheckUnit;

/* Lanes and buffers of one worker. */
typedef struct _MeirDiskCheckBench MeirDiskCheckBench;

MeirDiskCheckBench *meir_disk_check_bench_new (void);
void meir_disk_check_bench_free (MeirDiskCheckBench *bench);

/* Pool's lock held: takes up to @width pieces of the job; FALSE when there are none left. */
gboolean meir_disk_check_take_locked (MeirDiskJob *job, guint width, MeirDiskCheckUnit *unit);
/* Pool's lock held: writes the results of a unit into the job. Returns whether the job is done. */
gboolean meir_disk_check_settle_locked (MeirDiskJob *job, const MeirDiskCheckUnit *unit, GError *error,
                                        int error_number);

/**
 * meir_disk_check_hash_worker:
 * @pause: called every some hundred KiB, so that a worker at a large piece can do what is more urgent
 * @error_number: (out): 0, or the errno of @error
 *
 * Reads and hashes the pieces of @unit. Worker.
 *
 * Returns: (transfer full) (nullable): the first failure to read that is not a missing or short file
 */
GError *meir_disk_check_hash_worker (MeirDiskJob *job, MeirDiskCheckUnit *unit, MeirDiskCheckBench *bench,
                                     void (*pause) (gpointer user_data), gpointer user_data,
                                     int *error_number);

G_END_DECLS
