/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/meir-bitfield.h"

#include <glib.h>

G_BEGIN_DECLS

/*
 * The open descriptors of all storages of the process, least recently used first out: descriptors are a
 * resource of the process, so their limit is too. One lock guards all of it and is never held during a system
 * call that may block.
 */

/**
 * MeirFileTable:
 * @open: (element-type guint MeirOpenFile): by index of the file
 * @dirty: files written, or marked, since the last meir_file_table_take_dirty ()
 * @is_syncing: between meir_file_table_take_dirty () and meir_file_table_take_sync_error ()
 * @n_closing: descriptors that are being synced and closed because others needed room
 * @sync_error: errno of a sync that failed at such a closing, ENOENT where the file was deleted; 0 for none
 * @sync_error_file: which file that was
 *
 * The part of one storage in it. All fields are guarded by the cache's lock.
 */
typedef struct {
  GHashTable *open;
  MeirBitfield dirty;
  gboolean is_syncing;
  guint n_closing;
  int sync_error;
  guint sync_error_file;
} MeirFileTable;

/**
 * MeirOpenFile:
 * @fd: open as long as the caller holds the file
 * @is_writable: immutable
 * @has_no_nowait: the file system knows no RWF_NOWAIT; atomic
 */
typedef struct {
  int fd;
  gboolean is_writable;
  gint has_no_nowait;
  /*< private >*/
  MeirFileTable *table; /* NULL once it is no longer in there */
  guint file;
  guint n_users;
  gboolean is_in_table;
  GList link; /* in the list of all, most recently used first, while in a table */
} MeirOpenFile;

/* In a table, in place of a file's index: the storage's folder itself. */
#define MEIR_FILE_FOLDER G_MAXUINT

void meir_file_table_init (MeirFileTable *table, guint n_files);
/* Closes everything; nothing may be in use. */
void meir_file_table_clear (MeirFileTable *table);

/* The open file, held until meir_open_file_release (), or NULL when it is not open, or not for writing though
 * that is wanted. Never blocks. */
MeirOpenFile *meir_file_table_acquire (MeirFileTable *table, guint file, gboolean for_writing);
/* Takes over @fd and returns it held; when another thread was faster, @fd is closed and the other's returned.
 */
MeirOpenFile *meir_file_table_insert (MeirFileTable *table, guint file, int fd, gboolean is_writable);
/* @has_written: the next sync has to include the file. */
void meir_open_file_release (MeirOpenFile *open_file, gboolean has_written);

void meir_file_table_mark_dirty (MeirFileTable *table, guint file);
/* Begins a sync, of which there is one at a time in a table: moves the dirty files into @files (an
 * initialised bitfield of as many bits). FALSE, and nothing is begun, when there are none and nothing failed.
 */
gboolean meir_file_table_take_dirty (MeirFileTable *table, MeirBitfield *files);
/* Ends it: waits until no descriptor of the table is being closed elsewhere; returns, and forgets, the errno
 * of those closings, 0 for none. @file: (out): which file that was. */
int meir_file_table_take_sync_error (MeirFileTable *table, guint *file);
/* Gives up a file that was deleted while it was open: closes its descriptor as soon as nobody uses it. What
 * it took since the last sync is lost: the next sync fails with ENOENT. */
void meir_file_table_drop_deleted (MeirFileTable *table, guint file);
/* A deleted file can be read and written as long as it is open, but is nobody's any more. */
gboolean meir_file_is_deleted (int fd);

/* Closes descriptors of any storage that nobody uses; returns how many. For when the process has no more to
 * give. */
guint meir_file_cache_shrink (void);

G_END_DECLS
