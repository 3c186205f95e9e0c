/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "disk/meir-create.h"

G_BEGIN_DECLS

/**
 * MeirCreateFile:
 * @path: (nullable): bytes, relative to the folder, components joined with '/'; NULL when the torrent is one
 * file
 * @offset: of its first byte in the torrent, bytes
 * @length: bytes
 * @device: with @inode and @mtime_nsec: what tells that it is still the file that was listed
 */
typedef struct {
  char *path;
  guint64 offset;
  guint64 length;
  guint64 device;
  guint64 inode;
  gint64 mtime_nsec;
} MeirCreateFile;

/**
 * MeirCreateList:
 * @path: absolute, of the file or folder
 * @name: bytes: of the torrent
 * @folder_fd: the folder; -1 when the torrent is one file
 * @files: (element-type MeirCreateFile): sorted component by component by the bytes of their names
 *
 * The files of a torrent in the making, as they were found. Used by any number of threads once made.
 */
typedef struct {
  char *path;
  char *name;
  int folder_fd;
  GArray *files;
  guint64 total_bytes;
  guint n_hidden;
  guint n_excluded;
  guint n_skipped;
  GPtrArray *skipped;
} MeirCreateList;

/**
 * meir_create_list_new:
 *
 * Walks the folder. Blocks.
 *
 * Returns: (transfer full) (nullable): with at least one byte in its files. NULL with a MEIR_ERROR that names
 * the path, or G_IO_ERROR_CANCELLED.
 */
MeirCreateList *meir_create_list_new (const MeirCreateOptions *options, GCancellable *cancellable,
                                      GError **error);
void meir_create_list_free (MeirCreateList *list);

/* A descriptor to read the file from, or -1 with an error that names it. Fails when it is not the file, or
 * has not the length, that was listed. */
int meir_create_list_open (MeirCreateList *list, guint file, GError **error);
/* Whether the file is still as it was listed, as far as its length and time of modification tell. */
gboolean meir_create_list_is_unchanged (MeirCreateList *list, guint file, int fd, GError **error);
/* MEIR_ERROR_INVALID: it is not the file any more that was listed. */
void meir_create_list_set_changed (MeirCreateList *list, guint file, GError **error);
/* MEIR_ERROR for a failed read. */
void meir_create_list_set_unreadable (MeirCreateList *list, guint file, int error_number, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MeirCreateList, meir_create_list_free)

G_END_DECLS
