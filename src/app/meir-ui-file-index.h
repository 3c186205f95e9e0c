/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "session/meir.h"

#include <glib.h>

G_BEGIN_DECLS

/* The node that holds all others, and what stands for "no file" in a folder's node. */
#define MEIR_UI_FILE_ROOT 0u
#define MEIR_UI_FILE_NONE G_MAXUINT

/**
 * MeirUiFileNode:
 * @name: safe to show
 * @parent: node it lies in; a node's parent comes before it
 * @file: index in the metainfo; MEIR_UI_FILE_NONE for a folder
 * @n_files: files at or below it
 * @bytes: their size
 * @offset: of the first of their bytes in the torrent
 * @end: one past the last of them; @bytes less than @end - @offset when others lie between
 * @children: (array length=n_children): nodes, folders first, then by name as people sort
 *
 * A file or a folder of a torrent.
 */
typedef struct {
  const char *name;
  guint parent;
  guint file;
  guint n_files;
  guint n_children;
  guint64 bytes;
  guint64 offset;
  guint64 end;
  const guint *children;
} MeirUiFileNode;

/**
 * MeirUiFileIndex:
 *
 * The files of a metainfo as a tree of folders: immutable, atomically ref-counted, usable from any thread.
 * What is never made on disk (padding and symbolic links, BEP 47) is left out, and so is the torrent's own
 * folder.
 */
typedef struct _MeirUiFileIndex MeirUiFileIndex;

/* Sorts all names; tens of milliseconds for 100,000 files. @metainfo is referenced. (transfer full) */
MeirUiFileIndex *meir_ui_file_index_new (MeirMetainfo *metainfo);
MeirUiFileIndex *meir_ui_file_index_ref (MeirUiFileIndex *index);
void meir_ui_file_index_unref (MeirUiFileIndex *index);

MeirMetainfo *meir_ui_file_index_get_metainfo (MeirUiFileIndex *index);
guint meir_ui_file_index_get_n_nodes (MeirUiFileIndex *index);
/* (transfer none); @node is below n_nodes. */
const MeirUiFileNode *meir_ui_file_index_get (MeirUiFileIndex *index, guint node);
/* The node of a file of the metainfo; MEIR_UI_FILE_NONE for one that is left out. */
guint meir_ui_file_index_find (MeirUiFileIndex *index, guint file);
/* Its way from the top of the tree: "Season 1/02.mkv". (transfer none) */
const char *meir_ui_file_index_get_path (MeirUiFileIndex *index, guint node);

/**
 * meir_ui_file_index_match:
 * @pattern: a part of the path; with '*' or '?' a pattern of the whole name, or of the whole path if it has a
 * '/'. Capitals do not matter
 *
 * Returns: (transfer full) (element-type guint): nodes of the files that fit, in the order of the torrent
 */
GArray *meir_ui_file_index_match (MeirUiFileIndex *index, const char *pattern);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MeirUiFileIndex, meir_ui_file_index_unref)

G_END_DECLS
