/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "meta/meir-metainfo.h"
#include "meta/meir-priority.h"

#include <glib.h>
#include <sys/uio.h>

G_BEGIN_DECLS

/**
 * MeirStorage:
 *
 * The files of one torrent beneath one folder. Ref-counted; thread-safe; every file is opened with openat2 ()
 * RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS from a descriptor of the root folder
 * (component by component with O_NOFOLLOW where the kernel has no openat2), must be a regular file, and is
 * opened O_NONBLOCK. Pad files (BEP 47) are never made: they read as zeros and swallow writes. Descriptors
 * are cached, least recently used first out.
 *
 * A program that uses it ignores SIGXFSZ: where a process may not make files that large, the write then fails
 * with EFBIG, which is told as MEIR_ERROR_NO_SPACE.
 */
typedef struct _MeirStorage MeirStorage;

typedef enum {
  MEIR_ALLOCATE_SPARSE,
  MEIR_ALLOCATE_FULL, /* fallocate; falls back to sparse where the file system cannot */
} MeirAllocation;

/* @folder: where the torrent's file, or its folder, lies (the parent). Opens nothing but the folder.
 * MEIR_ERROR_NOT_FOUND, _PERMISSION, _INVALID (not a folder). */
MeirStorage *meir_storage_new (MeirMetainfo *metainfo, const char *folder, MeirAllocation allocation,
                               GError **error);
MeirStorage *meir_storage_ref (MeirStorage *storage);
void meir_storage_unref (MeirStorage *storage);
MeirMetainfo *meir_storage_get_metainfo (MeirStorage *storage); /* (transfer none) */
const char *meir_storage_get_folder (MeirStorage *storage);

/**
 * meir_storage_set_wanted:
 * @priorities: (nullable): a MeirPriority byte per file; NULL: all are wanted, as to begin with
 *
 * Which files the next meir_storage_prepare () makes, and whose bytes count as needed. A skipped file is not
 * made; what a piece that is wanted holds of one lies in a hidden folder, see meir-storage-parts.c, until the
 * file is wanted. Any thread.
 */
void meir_storage_set_wanted (MeirStorage *storage, GBytes *priorities);
/* Whether bytes of files that are, or were, skipped are kept apart. */
gboolean meir_storage_has_parts (MeirStorage *storage);
/* Whether that is so of this file: then only its first and its last piece can be there. */
gboolean meir_storage_is_part (MeirStorage *storage, guint file);
/* Name of the hidden folder beside the torrent's file or folder; one who moves the torrent takes it along. */
char *meir_storage_dup_parts_folder (const MeirInfoHash *info_hash);
/* Deletes what is kept apart of a torrent in @folder that nobody has open; as far as it can be. Worker. */
void meir_storage_delete_parts (const char *folder, const MeirInfoHash *info_hash);

/* Worker. Offsets are bytes from the start of the torrent. TRUE only when every byte was moved. Neither makes
 * a file: meir_storage_prepare () does, so that a file that was deleted is noticed. On FALSE errno says why
 * too: ENODATA for a file that is too short. */
gboolean meir_storage_write (MeirStorage *storage, guint64 offset, const struct iovec *vectors,
                             guint n_vectors, GError **error);
gboolean meir_storage_read (MeirStorage *storage, guint64 offset, const struct iovec *vectors,
                            guint n_vectors, GError **error);
/* Engine thread: reads only what is in the page cache (preadv2 RWF_NOWAIT). FALSE with errno EAGAIN: give it
 * to a worker. Never blocks, opens nothing that is not open already. */
gboolean meir_storage_read_cached (MeirStorage *storage, guint64 offset, guint8 *bytes, gsize length);

/**
 * meir_storage_prepare:
 *
 * Makes the folders and files that are missing and wanted, and gives them their lengths; afterwards all of
 * them exist, and so do the parts of skipped files that pieces need. Before anything is made, everything that
 * is there already of those is looked at: something that is no regular file, a file that is longer than the
 * torrent says (it is never cut), a hard link that would have to grow, and two names that lead to one file
 * are refused. Worker.
 *
 * Returns: FALSE with MEIR_ERROR_EXISTS, _INVALID, _NO_SPACE, _PERMISSION, _NOT_FOUND (the folder) or _IO.
 */
gboolean meir_storage_prepare (MeirStorage *storage, GError **error);

/**
 * meir_storage_sync:
 *
 * fdatasync of every file written, or marked, since the last call, and fsync of the folders that got new
 * entries. Fails too when a file was deleted under us or the folder was moved, deleted or unmounted
 * (MEIR_ERROR_NOT_FOUND). After a failure the caller drops every piece since the last success: the kernel
 * reports a lost write once. Worker.
 */
gboolean meir_storage_sync (MeirStorage *storage, GError **error);
/* Whether the folder is still the one it was: not moved, deleted or unmounted. MEIR_ERROR_NOT_FOUND. Worker.
 */
gboolean meir_storage_check_folder (MeirStorage *storage, GError **error);
/* How many syncs have failed: pieces begun at one generation and ended at another may be lost. Any thread. */
guint meir_storage_get_generation (MeirStorage *storage);
/* The next sync includes the files under these bytes, though this process may not have written them: for
 * pieces found whole by reading, which may still be in the page cache only. Any thread. */
void meir_storage_mark_unsynced (MeirStorage *storage, guint64 offset, guint64 length);

/* Any thread, but looks at every file: bytes free to us on the folder's file system, and bytes this torrent
 * still has to allocate for what is wanted of it. */
gboolean meir_storage_get_space (MeirStorage *storage, guint64 *free_bytes, guint64 *needed_bytes,
                                 GError **error);

/* Worker: a file's length and modification time (nanoseconds), wherever it is kept; FALSE where it is not
 * there. */
gboolean meir_storage_stat_file (MeirStorage *storage, guint file, guint64 *length, gint64 *mtime_nsec);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MeirStorage, meir_storage_unref)

G_END_DECLS
