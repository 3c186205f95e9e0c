/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "session/meir.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/* The temporary folder of `meir demo`: what it shares, what it downloads, and whether the two are equal. */

/* Makes an empty folder that only we can enter. (transfer full) */
char *meir_cli_workspace_new (GError **error);
/* Removes the folder and everything in it; follows no link out of it. */
void meir_cli_workspace_remove (const char *workspace);
/* FALSE with MEIR_ERROR_NO_SPACE, in a sentence that says what to do. */
gboolean meir_cli_workspace_check_room (const char *workspace, guint64 bytes, GError **error);

/* Fills a folder below @workspace with files of several sizes, among them an empty one, one in a subfolder
 * and one that ends inside a piece. Returns its path, (transfer full). */
char *meir_cli_workspace_make_sample (const char *workspace, GError **error);

/**
 * meir_cli_workspace_compare_async:
 * @shared: the folder that holds the original
 * @downloaded: the folder that holds the copy
 *
 * Compares every file of @metainfo byte for byte, on a thread of its own. The task's result is a boolean:
 * g_task_propagate_boolean (); FALSE with MEIR_ERROR_FAILED, which names the first file that differs.
 */
void meir_cli_workspace_compare_async (MeirMetainfo *metainfo, const char *shared, const char *downloaded,
                                       GCancellable *cancellable, GAsyncReadyCallback callback,
                                       gpointer user_data);

G_END_DECLS
