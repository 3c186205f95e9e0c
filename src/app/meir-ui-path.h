/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * meir_ui_path_dup_shown:
 * @path: of a file or folder, in the file system's encoding
 *
 * What people know it by: its path on the host where the sandbox sees it through the document portal
 * (/run/user/…/doc/…), below the home folder without the home folder's own path, made safe to show. Of a path
 * of the portal it says what has been learned; until then it leaves out what is the portal's own. Any thread.
 *
 * Returns: (transfer full)
 */
char *meir_ui_path_dup_shown (const char *path);
/* Has a worker ask the portal for what meir_ui_path_dup_shown () says of @path from then on. A path that is
 * not the portal's needs nothing: @callback comes all the same. It does not fail. */
void meir_ui_path_learn_async (const char *path, GAsyncReadyCallback callback, gpointer user_data);

/**
 * MeirUiSpace:
 * @is_known: whether @free_bytes says anything: the document portal does not tell
 * @free_bytes: on the file system the folder is on, or would be made on
 * @bytes_there: that the files asked about take there already
 * @problem: (nullable): a sentence for people: why nothing can be written there
 *
 * What a folder has to offer to who wants to write into it.
 */
typedef struct {
  gboolean is_known;
  guint64 free_bytes;
  guint64 bytes_there;
  char *problem;
} MeirUiSpace;

void meir_ui_space_free (MeirUiSpace *space);

/**
 * meir_ui_path_query_space_async:
 * @folder: need not be there yet
 * @metainfos: (nullable) (element-type MeirMetainfo): whose files are looked for there
 * @cancellable: (nullable)
 *
 * Asks on a worker: a network share may take its time.
 */
void meir_ui_path_query_space_async (const char *folder, GPtrArray *metainfos, GCancellable *cancellable,
                                     GAsyncReadyCallback callback, gpointer user_data);
/* (transfer full) (nullable): NULL with G_IO_ERROR_CANCELLED. */
MeirUiSpace *meir_ui_path_query_space_finish (GAsyncResult *result, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MeirUiSpace, meir_ui_space_free)

G_END_DECLS
