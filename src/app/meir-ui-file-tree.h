/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/meir-ui-file-index.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * MeirUiFileItem:
 *
 * What the rows of a MeirUiFileTree hold: the number of a node. Made when a row looks at it.
 */
#define MEIR_UI_TYPE_FILE_ITEM (meir_ui_file_item_get_type ())
G_DECLARE_FINAL_TYPE (MeirUiFileItem, meir_ui_file_item, MEIR_UI, FILE_ITEM, GObject)

guint meir_ui_file_item_get_node (MeirUiFileItem *item);

/**
 * MeirUiFileTree:
 *
 * The files of a torrent with what is wanted of them: what the Add dialog and the Files page show.
 *
 * Properties: :rows (GListModel), another one whenever the filter comes or goes
 *
 * ::changed (MeirUiFileTree *): something is wanted more or less than before.
 */
#define MEIR_UI_TYPE_FILE_TREE (meir_ui_file_tree_get_type ())
G_DECLARE_FINAL_TYPE (MeirUiFileTree, meir_ui_file_tree, MEIR_UI, FILE_TREE, GObject)

typedef enum {
  MEIR_UI_TICK_NONE,
  MEIR_UI_TICK_SOME,
  MEIR_UI_TICK_ALL,
} MeirUiTick;

/**
 * meir_ui_file_tree_new:
 * @priorities: (nullable): a MeirPriority byte per file of @metainfo; NULL: all normal
 *
 * Names are sorted in a thread: there are no rows, and no node but the root, until notify::rows.
 *
 * Returns: (transfer full)
 */
MeirUiFileTree *meir_ui_file_tree_new (MeirMetainfo *metainfo, GBytes *priorities);

/* (transfer none) (nullable) (element-type GtkTreeListRow): of MeirUiFileItem: the tree, or the files that
 * fit the filter, without folders; NULL before the names are sorted. */
GtkTreeListModel *meir_ui_file_tree_get_rows (MeirUiFileTree *tree);
/* (transfer none) (nullable): NULL before the names are sorted. */
MeirUiFileIndex *meir_ui_file_tree_get_index (MeirUiFileTree *tree);
/* The node in a row; MEIR_UI_FILE_NONE where there is none. */
guint meir_ui_file_tree_get_node (MeirUiFileTree *tree, guint position);
/* See meir_ui_file_index_match (); the empty text shows the tree. The rows follow a little later. */
void meir_ui_file_tree_set_filter (MeirUiFileTree *tree, const char *text);
/* Whether the rows are what a filter found. */
gboolean meir_ui_file_tree_is_filtered (MeirUiFileTree *tree);

/* A file's priority; of a folder the one that all files in it have, or -1. */
int meir_ui_file_tree_get_priority (MeirUiFileTree *tree, guint node);
MeirUiTick meir_ui_file_tree_get_tick (MeirUiFileTree *tree, guint node);
/* Bytes of the wanted files at or below @node, and how many they are. */
guint64 meir_ui_file_tree_get_chosen_bytes (MeirUiFileTree *tree, guint node);
guint meir_ui_file_tree_get_n_chosen (MeirUiFileTree *tree, guint node);

/* Of the file, or of all files in the folder. */
void meir_ui_file_tree_set_priority (MeirUiFileTree *tree, guint node, MeirPriority priority);
/* Skips the file, or all in the folder; or has what was skipped wanted as usual. */
void meir_ui_file_tree_set_ticked (MeirUiFileTree *tree, guint node, gboolean ticked);
/* The same for several, in one change. @nodes: (element-type guint) */
void meir_ui_file_tree_set_priority_of (MeirUiFileTree *tree, GArray *nodes, MeirPriority priority);
void meir_ui_file_tree_set_ticked_of (MeirUiFileTree *tree, GArray *nodes, gboolean ticked);
/* The same for all that fit the filter. */
void meir_ui_file_tree_set_shown_ticked (MeirUiFileTree *tree, gboolean ticked);

/* As meir_torrent_set_file_priorities () takes it: NULL when all are normal. (transfer full) (nullable) */
GBytes *meir_ui_file_tree_ref_priorities (MeirUiFileTree *tree);
void meir_ui_file_tree_set_priorities (MeirUiFileTree *tree, GBytes *priorities);
/* Those there are to choose from. */
guint meir_ui_file_tree_get_n_files (MeirUiFileTree *tree);
/* "2 of 3 chosen · 263 MB". (transfer full) */
char *meir_ui_file_tree_dup_sums (MeirUiFileTree *tree);

G_END_DECLS
