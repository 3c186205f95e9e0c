/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/meir-bitfield.h"
#include "meta/meir-metainfo.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * MeirVerifyProgress:
 *
 * How far a check is, for a timer of the caller's to look at. Zeroed by the caller, stays until the callback.
 */
typedef struct {
  gint pieces_done; /* atomic */
} MeirVerifyProgress;

/**
 * meir_verify_async:
 * @folder: the parent of the torrent's file or folder
 * @progress: (nullable)
 *
 * Hashes what lies on disk against @metainfo, on all cores, changing nothing. The callback runs in the
 * caller's thread-default main context.
 */
void meir_verify_async (MeirMetainfo *metainfo, const char *folder, MeirVerifyProgress *progress,
                        GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);

/**
 * meir_verify_finish:
 * @whole: (out): pieces that are whole; clear with meir_bitfield_clear ()
 *
 * Returns: FALSE with MEIR_ERROR_NOT_FOUND or _PERMISSION for the folder, or G_IO_ERROR_CANCELLED. Missing or
 * short files are no error: their pieces are not whole.
 */
gboolean meir_verify_finish (GAsyncResult *result, MeirBitfield *whole, GError **error);

G_END_DECLS
