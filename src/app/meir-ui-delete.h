/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "session/meir.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * meir_ui_delete_async:
 * @metainfo: whose files
 * @folder: they lie in, in the file system's encoding
 *
 * Deletes a torrent's own files for good, on a worker, and then those of its folders that are empty. Anything
 * else stays: files of others, and what is a symbolic link or a folder where a file of the torrent, or a
 * folder of it, should be; no link is followed. What is not there is passed over. Main thread.
 */
void meir_ui_delete_async (MeirMetainfo *metainfo, const char *folder, GAsyncReadyCallback callback,
                           gpointer user_data);
/* FALSE with a GIOError, which names it, of the first file that could not be deleted; the others were. */
gboolean meir_ui_delete_finish (GAsyncResult *result, GError **error);

G_END_DECLS
