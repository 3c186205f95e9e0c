/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "session/meir.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * meir_ui_trash_async:
 * @metainfo: whose files
 * @folder: they lie in, in the file system's encoding
 * @quitting: (nullable): once it is cancelled, the trash is given up on when it has not answered for a second
 *
 * Moves a torrent's files to the trash, on a worker: its folder as a whole where nothing else is in it, else
 * only its own files, one by one. What is not there is passed over; nothing is deleted for good. Main thread.
 */
void meir_ui_trash_async (MeirMetainfo *metainfo, const char *folder, GCancellable *quitting,
                          GAsyncReadyCallback callback, gpointer user_data);
/* FALSE with a GIOError of the first file that could not be moved; the others were, unless it is
 * G_IO_ERROR_TIMED_OUT. */
gboolean meir_ui_trash_finish (GAsyncResult *result, GError **error);

G_END_DECLS
