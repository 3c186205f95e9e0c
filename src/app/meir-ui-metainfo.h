/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "session/meir.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Metainfo read and parsed on a worker: a .torrent may take many megabytes and lie on a slow disk. Called on
 * the main thread, as are their callbacks. */

/**
 * meir_ui_metainfo_load_async:
 * @file: a .torrent file
 * @folder_name: (nullable): what its folder is called on disk, as of meir_metainfo_new_in_folder (); NULL:
 * like the torrent
 * @cancellable: (nullable)
 *
 * Reads a regular file of at most MEIR_METAINFO_FILE_MAX bytes, whatever it says of its size.
 */
void meir_ui_metainfo_load_async (GFile *file, const char *folder_name, GCancellable *cancellable,
                                  GAsyncReadyCallback callback, gpointer user_data);

/* The same for @bytes of a .torrent that are here already. */
void meir_ui_metainfo_parse_async (GBytes *bytes, const char *folder_name, GCancellable *cancellable,
                                   GAsyncReadyCallback callback, gpointer user_data);

/**
 * meir_ui_metainfo_finish:
 *
 * Returns: (transfer full) (nullable): NULL with MEIR_ERROR_INVALID (not a torrent; the message names the
 * file and field), MEIR_ERROR_NOT_FOUND, MEIR_ERROR_IO, or G_IO_ERROR_CANCELLED.
 */
MeirMetainfo *meir_ui_metainfo_finish (GAsyncResult *result, GError **error);

/**
 * meir_ui_metainfo_save_async:
 * @parent: the window that the question belongs to
 *
 * Lets the user choose where a .torrent of @metainfo goes, and writes it there on a worker: all of it or
 * nothing.
 */
void meir_ui_metainfo_save_async (GtkWindow *parent, MeirMetainfo *metainfo, GAsyncReadyCallback callback,
                                  gpointer user_data);

/**
 * meir_ui_metainfo_save_finish:
 *
 * Returns: whether it is saved: FALSE without an error when the user thought better of it, or with those of
 * meir_create_write_atomic ()
 */
gboolean meir_ui_metainfo_save_finish (GAsyncResult *result, GError **error);

G_END_DECLS
