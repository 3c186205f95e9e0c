/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/meir-ui-file-tree.h"

G_BEGIN_DECLS

/**
 * MeirUiFileView:
 *
 * The files of a torrent to look at, to tick, and to filter: in the Add dialog, and in the Files page. Any
 * number of them may be selected: Space on one of those, and the menu of one, act on all of them in one
 * change.
 *
 * ::selection-changed (MeirUiFileView *)
 * ::activated (MeirUiFileView *, guint node): a file was double-clicked, or Return pressed on it.
 * ::drag-prepare (MeirUiFileView *, guint node): GdkContentProvider * (transfer full) (nullable): what a drag
 * of its row carries out; without a handler it carries nothing.
 */
#define MEIR_UI_TYPE_FILE_VIEW (meir_ui_file_view_get_type ())
G_DECLARE_FINAL_TYPE (MeirUiFileView, meir_ui_file_view, MEIR_UI, FILE_VIEW, GtkWidget)

GtkWidget *meir_ui_file_view_new (void);
/* @tree: (nullable) */
void meir_ui_file_view_set_tree (MeirUiFileView *view, MeirUiFileTree *tree);
/* (transfer none) (nullable) */
MeirUiFileTree *meir_ui_file_view_get_tree (MeirUiFileView *view);
/* Shows the pieces of each file that is in sight. @cells: (nullable): a MeirCell byte per piece; NULL shows
 * none. */
void meir_ui_file_view_set_cells (MeirUiFileView *view, GBytes *cells);
/* Opens the folders above the node, selects it and scrolls to it; drops the filter. */
void meir_ui_file_view_show_node (MeirUiFileView *view, guint node);
/* The node that is selected, when it is one; else MEIR_UI_FILE_NONE. */
guint meir_ui_file_view_get_selected (MeirUiFileView *view);
/* Puts @widget beside the filter. */
void meir_ui_file_view_add_tool (MeirUiFileView *view, GtkWidget *widget);
/* Puts @section, whose actions belong to an ancestor, above the priorities in the menu of a row. */
void meir_ui_file_view_add_menu (MeirUiFileView *view, GMenuModel *section);
G_END_DECLS
