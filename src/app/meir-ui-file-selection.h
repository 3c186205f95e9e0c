/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/meir-ui-file-tree.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * MeirUiFileSelection:
 *
 * The rows of a MeirUiFileTree, any number of which are selected. Unlike GtkMultiSelection it remembers where
 * they are and nothing of what they hold: to select all of 100,000 files makes none of their rows. A row that
 * leaves the list is no longer selected.
 *
 * Implements GListModel and GtkSelectionModel. Main thread.
 */
#define MEIR_UI_TYPE_FILE_SELECTION (meir_ui_file_selection_get_type ())
G_DECLARE_FINAL_TYPE (MeirUiFileSelection, meir_ui_file_selection, MEIR_UI, FILE_SELECTION, GObject)

MeirUiFileSelection *meir_ui_file_selection_new (void);
/* Selects nothing of it. @model: (nullable) */
void meir_ui_file_selection_set_model (MeirUiFileSelection *selection, GListModel *model);
/* How many are selected. */
guint meir_ui_file_selection_get_size (MeirUiFileSelection *selection);
/* The first that is selected; GTK_INVALID_LIST_POSITION when none is. */
guint meir_ui_file_selection_get_first (MeirUiFileSelection *selection);
/* The files that are selected of @tree, whose rows these are, and folders for all that is in them. (transfer
 * full) (element-type guint) */
GArray *meir_ui_file_selection_dup_nodes (MeirUiFileSelection *selection, MeirUiFileTree *tree);
/* The priority that all of them have; -1 when they differ, are none, or are too many to look. */
int meir_ui_file_selection_get_priority (MeirUiFileSelection *selection, MeirUiFileTree *tree);

G_END_DECLS
