/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Opening what is on the disk with other programs. Main thread. */

/**
 * meir_ui_folder_show_async:
 * @path: of a file or folder, in the file system's encoding
 *
 * Shows it in the file manager, marked in the folder that it lies in where the file manager can: through
 * org.freedesktop.FileManager1, the portal, or whatever opens folders.
 */
void meir_ui_folder_show_async (const char *path, GCancellable *cancellable, GAsyncReadyCallback callback,
                                gpointer user_data);
/* FALSE with a sentence for people: MEIR_ERROR_NOT_FOUND when it is not there, MEIR_ERROR_FAILED. */
gboolean meir_ui_folder_show_finish (GAsyncResult *result, GError **error);

/* Opens a file, or a folder, with the program for it. Whoever cancels is answered, even if the program that
 * was asked for never is. */
void meir_ui_folder_open_async (const char *path, GCancellable *cancellable, GAsyncReadyCallback callback,
                                gpointer user_data);
gboolean meir_ui_folder_open_finish (GAsyncResult *result, GError **error);

G_END_DECLS
