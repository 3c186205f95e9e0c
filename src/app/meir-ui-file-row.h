/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/meir-ui-file-tree.h"

G_BEGIN_DECLS

/**
 * MeirUiFileRow:
 *
 * A file or folder of a torrent: whether it is wanted, its name and size and, where cells were given, its
 * pieces and how much of it is here.
 */
#define MEIR_UI_TYPE_FILE_ROW (meir_ui_file_row_get_type ())
G_DECLARE_FINAL_TYPE (MeirUiFileRow, meir_ui_file_row, MEIR_UI, FILE_ROW, GtkWidget)

GtkWidget *meir_ui_file_row_new (void);
/* Shows @node of @tree; NULL and MEIR_UI_FILE_NONE let go of it. */
void meir_ui_file_row_set_node (MeirUiFileRow *row, MeirUiFileTree *tree, guint node);
/* Has the name on a line of its own. */
void meir_ui_file_row_set_narrow (MeirUiFileRow *row, gboolean narrow);
guint meir_ui_file_row_get_node (MeirUiFileRow *row);
/**
 * meir_ui_file_row_refresh:
 * @cells: (nullable): a MeirCell byte per piece of the torrent; NULL shows no pieces
 *
 * Shows what is wanted and what is here now.
 */
void meir_ui_file_row_refresh (MeirUiFileRow *row, GBytes *cells);
/* What a screen reader says of it. (transfer full) */
char *meir_ui_file_row_dup_description (MeirUiFileRow *row);

/**
 * meir_ui_file_fraction:
 * @cells: a MeirCell byte per piece of @metainfo
 * @offset: of the first byte, in the torrent
 * @end: one past the last
 *
 * Returns: how much of the bytes lies in pieces that are here, 0 to 1; 1 of no bytes.
 */
double meir_ui_file_fraction (MeirMetainfo *metainfo, GBytes *cells, guint64 offset, guint64 end);

G_END_DECLS
