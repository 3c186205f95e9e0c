/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "session/meir.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * MeirUiBelongings:
 * @folder: that the files lie in, in the file system's encoding
 * @priorities: (nullable): a MeirPriority byte per file; NULL: all are wanted
 *
 * What a torrent has on the disk, or may have. Immutable.
 */
typedef struct {
  MeirMetainfo *metainfo;
  char *folder;
  GBytes *priorities;
} MeirUiBelongings;

/* (transfer full) (nullable): NULL while a magnet's metadata is missing. Main thread. */
MeirUiBelongings *meir_ui_belongings_new_for (MeirTorrent *torrent);
/* (transfer full); @priorities: (nullable) */
MeirUiBelongings *meir_ui_belongings_new (MeirMetainfo *metainfo, const char *folder, GBytes *priorities);
void meir_ui_belongings_free (MeirUiBelongings *belongings);

/**
 * MeirUiDeleted:
 * @n_shared: files that stay, since another torrent has them
 * @n_foreign: what stays in the place of files since it is none of the torrent's
 */
typedef struct {
  guint n_shared, n_foreign;
} MeirUiDeleted;

/**
 * meir_ui_delete_async:
 * @gone: (element-type MeirUiBelongings): whose files; neither array changes any more
 * @kept: (element-type MeirUiBelongings): the other torrents, whose files stay
 * @quitting: (nullable): once it is cancelled, a disk that does not answer for a second is given up on
 *
 * Deletes torrents' own files for good, on a worker, and then those of their folders that are empty. Anything
 * else stays: files of others, what is a symbolic link or a folder where a file of the torrent, or a folder
 * of it, should be, and a file that is too long to be the torrent's, or that is skipped and has another
 * length; no link is followed. What is not there is passed over, except the download folder. Main thread.
 */
void meir_ui_delete_async (GPtrArray *gone, GPtrArray *kept, GCancellable *quitting,
                           GAsyncReadyCallback callback, gpointer user_data);
/* FALSE with a GIOError, which names it, of the first file that could not be deleted; the others were, unless
 * it is G_IO_ERROR_TIMED_OUT. */
gboolean meir_ui_delete_finish (GAsyncResult *result, MeirUiDeleted *deleted, GError **error);

G_END_DECLS
