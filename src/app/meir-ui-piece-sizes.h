/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * meir_ui_piece_sizes_new:
 * @bytes: of what a torrent is to be made of
 *
 * The piece sizes to choose from, automatic first, each with the number of pieces it would make.
 *
 * Returns: (transfer full)
 */
GtkStringList *meir_ui_piece_sizes_new (guint64 bytes);
/* The length that a choice stands for, as meir_create_options_set_piece_length () takes it; 0 for automatic,
 * and for GTK_INVALID_LIST_POSITION. */
guint32 meir_ui_piece_sizes_get_length (guint choice);

G_END_DECLS
