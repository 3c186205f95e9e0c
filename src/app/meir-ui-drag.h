/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "session/meir.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * meir_ui_drag_write:
 *
 * Writes the .torrent of @torrent into the cache, under the name that people know it by.
 *
 * Returns: (transfer full) (nullable): NULL while a magnet's metadata is missing, or with @error
 */
GFile *meir_ui_drag_write (MeirTorrent *torrent, GError **error);

typedef MeirTorrent *(*MeirUiDragFunc) (GtkWidget *widget);

/* Makes a torrent's .torrent file what is dragged from @widget. @get_torrent: (nullable) result: which, now.
 */
void meir_ui_drag_attach (GtkWidget *widget, MeirUiDragFunc get_torrent);

/* The name of its .torrent file: no name that would lead elsewhere, or hide. (transfer full) */
char *meir_ui_drag_dup_name (MeirMetainfo *metainfo);

G_END_DECLS
