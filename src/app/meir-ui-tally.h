/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/meir-ui-content.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * MeirUiTally:
 * @n_files: regular files that would be shared
 * @bytes: their size
 * @n_hidden: files among what begins with a dot, which are not in @n_files
 * @hidden_bytes: their size
 * @content: what the file is, or most of the bytes in the folder are
 * @is_folder: whether it is a folder
 * @is_there: whether it is there at all
 * @is_cut: there is more: counting stopped at the most files that a torrent may have
 *
 * What there is to share.
 */
typedef struct {
  guint n_files;
  guint64 bytes;
  guint n_hidden;
  guint64 hidden_bytes;
  MeirUiContent content;
  gboolean is_folder;
  gboolean is_there;
  gboolean is_cut;
} MeirUiTally;

/**
 * meir_ui_tally_async:
 * @path: of a file or folder, in the file system's encoding
 * @cancellable: (nullable)
 *
 * Counts on a worker. Follows no symbolic link but @path itself, as making a torrent does.
 */
void meir_ui_tally_async (const char *path, GCancellable *cancellable, GAsyncReadyCallback callback,
                          gpointer user_data);
/* FALSE with G_IO_ERROR_CANCELLED. */
gboolean meir_ui_tally_finish (GAsyncResult *result, MeirUiTally *tally, GError **error);

/* "Folder · 214 files · 1.8 GB", with the hidden ones or without. (transfer full) */
char *meir_ui_tally_dup_text (const MeirUiTally *tally, gboolean with_hidden);

G_END_DECLS
