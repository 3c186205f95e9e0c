/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "disk/meir-create-list.h"

G_BEGIN_DECLS

/* Most threads that hash. */
#define MEIR_CREATE_THREADS_MAX 64u

/**
 * meir_create_hash:
 * @piece_length: bytes
 * @options: of them, the threads, never more than there is work for, nor than MEIR_CREATE_THREADS_MAX; and
 *   the pause
 * @progress: (nullable)
 * @digests: (out): MEIR_SHA1_LENGTH bytes for every piece
 *
 * Reads every byte of the files once and hashes it while it is in the processor's cache. Blocks until all
 * threads have ended. What is paused does not end, either.
 *
 * Returns: FALSE with a MEIR_ERROR that names the file, or G_IO_ERROR_CANCELLED.
 */
gboolean meir_create_hash (MeirCreateList *list, guint32 piece_length, const MeirCreateOptions *options,
                           MeirCreateProgress *progress, GCancellable *cancellable, guint8 *digests,
                           GError **error);

G_END_DECLS
