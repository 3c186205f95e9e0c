/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "session/meir.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * meir_ui_drag_new_content:
 *
 * The .torrent of @torrent, as a list of one file under the name that people know it by. A worker writes it
 * into the cache meanwhile; who asks for it in a MIME type gets it when it is written, or the reason why it
 * is not, which is also told in the window. What was written more than a day ago is deleted.
 *
 * Returns: (transfer full) (nullable): NULL while a magnet's metadata is missing
 */
GdkContentProvider *meir_ui_drag_new_content (MeirTorrent *torrent);

typedef MeirTorrent *(*MeirUiDragFunc) (GtkWidget *widget);

/* Makes a torrent's .torrent file what is dragged from @widget. @get_torrent: (nullable) result: which, now.
 */
void meir_ui_drag_attach (GtkWidget *widget, MeirUiDragFunc get_torrent);

/* The name of its .torrent file: no name that would lead elsewhere, or hide. (transfer full) */
char *meir_ui_drag_dup_name (MeirMetainfo *metainfo);

G_END_DECLS
