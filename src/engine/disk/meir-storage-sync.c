/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "disk/meir-storage.h"

#include "base/meir-error.h"
#include "disk/meir-beneath.h"
#include "disk/meir-disk-faults.h"
#include "disk/meir-storage-private.h"
#include "meir-config.h"

#include <glib/gi18n-lib.h>
#include <string.h>
#include <sys/statvfs.h>

/*
 * What makes a failed sync final: the kernel reports lost bytes once, to descriptors that were open, and
 * forgets. So a descriptor is never closed over unsynced bytes without asking (meir-file-cache.c), every file
 * that was written is asked here, and one failure anywhere moves the generation on, which spoils all that was
 * verified before it.
 */

guint
meir_storage_get_generation (MeirStorage *storage)
{
  return (guint) g_atomic_int_get (&storage->generation);
}

void
meir_storage_mark_unsynced (MeirStorage *storage, guint64 offset, guint64 length)
{
  MeirFileSpanIter iter;
  MeirFileSpan span;

  meir_metainfo_map (storage->metainfo, offset, length, &iter);
  while (meir_file_span_iter_next (&iter, &span)) {
    if (!meir_metainfo_get_file (storage->metainfo, span.file)->is_pad)
      meir_file_table_mark_dirty (&storage->files, span.file);
  }
}

/* An open descriptor would let us write on into a folder that nobody can see any more. */
gboolean
meir_storage_check_folder (MeirStorage *storage, GError **error)
{
  struct stat status;

  if (stat (storage->folder, &status) == 0 && status.st_dev == storage->device &&
      status.st_ino == storage->inode)
    return TRUE;
  g_set_error (error, MEIR_ERROR, MEIR_ERROR_NOT_FOUND,
               _ ("“%s” is not the folder it was: it was moved or deleted, or its disk is gone"),
               storage->display_folder);
  errno = ENOENT;
  return FALSE;
}

static gboolean
sync_file (MeirStorage *storage, guint file, GError **error)
{
  MeirOpenFile *open_file = meir_storage_acquire (storage, file, FALSE, error);
  int error_number = 0;

  if (open_file == NULL)
    return FALSE;
  if (meir_disk_fdatasync (open_file->fd) != 0)
    error_number = errno;
  else if (meir_file_is_deleted (open_file->fd)) /* what went in can never be read back */
    error_number = ENOENT;
  meir_open_file_release (open_file, FALSE);
  if (error_number == 0)
    return TRUE;
  if (error_number == ENOENT)
    meir_file_table_drop_deleted (&storage->files, file);
  meir_storage_set_error (storage, error, error_number, MEIR_STORAGE_SYNC,
                          meir_metainfo_get_file (storage->metainfo, file)->path);
  return FALSE;
}

/* Calls @each with every file of @files that can be opened, until the process is out of descriptors. */
static void
for_each_file (MeirStorage *storage, const MeirBitfield *files, void (*each) (int fd))
{
  for (guint32 file = meir_bitfield_next_set (files, 0); file < files->n_bits;
       file = meir_bitfield_next_set (files, file + 1)) {
    MeirOpenFile *open_file = meir_storage_acquire (storage, file, FALSE, NULL);

    if (open_file != NULL) {
      each (open_file->fd);
      meir_open_file_release (open_file, FALSE);
    } else if (errno == EMFILE || errno == ENFILE) {
      return;
    }
  }
}

/* All files are on their way before the first is waited for: a third of the time where there are many small
 * ones. Errors show in the fdatasync that follows. */
static void
start_writing (int fd)
{
  sync_file_range (fd, 0, 0, SYNC_FILE_RANGE_WRITE);
}

/* The kernel keeps pages that it failed to write, as if they were on the disk: reading them back would prove
 * nothing. */
static void
drop_cached_pages (int fd)
{
  posix_fadvise (fd, 0, 0, POSIX_FADV_DONTNEED);
}

/* The first error is kept, but all are tried: every file that can be is on stable storage afterwards. */
static gboolean
sync_dirty_files (MeirStorage *storage, const MeirBitfield *files, GError **error)
{
  gboolean is_good = TRUE;
  int error_number = 0;
  int closing_error;
  guint closing_file;

  if (files->n_set > 1)
    for_each_file (storage, files, start_writing);
  for (guint32 file = meir_bitfield_next_set (files, 0); file < files->n_bits;
       file = meir_bitfield_next_set (files, file + 1)) {
    if (sync_file (storage, file, is_good ? error : NULL))
      continue;
    error_number = is_good ? errno : error_number;
    is_good = FALSE;
    if (errno == EMFILE || errno == ENFILE)
      break;
  }
  closing_error = meir_file_table_take_sync_error (&storage->files, &closing_file);
  if (closing_error != 0 && is_good) {
    meir_storage_set_error (storage, error, closing_error, MEIR_STORAGE_SYNC,
                            meir_metainfo_get_file (storage->metainfo, closing_file)->path);
    error_number = closing_error;
    is_good = FALSE;
  }
  if (!is_good)
    for_each_file (storage, files, drop_cached_pages);
  errno = error_number;
  return is_good;
}

static gboolean
sync_files (MeirStorage *storage, GError **error)
{
  MeirBitfield files;
  gboolean is_good = TRUE;
  int error_number;

  meir_bitfield_init (&files, meir_metainfo_get_n_files (storage->metainfo));
  if (meir_file_table_take_dirty (&storage->files, &files))
    is_good = sync_dirty_files (storage, &files, error);
  error_number = errno;
  meir_bitfield_clear (&files);
  errno = error_number;
  return is_good;
}

static gboolean
sync_folder (MeirStorage *storage, const char *path, GError **error)
{
  int fd = path[0] != '\0' ? meir_storage_open (storage, path, O_RDONLY | O_DIRECTORY, 0, error)
                           : open (storage->folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  int error_number = 0;

  if (fd < 0 && path[0] != '\0') {
    /* Gone with the last part in it, perhaps just now. */
    if (errno != ENOENT || strcmp (path, storage->parts_folder) != 0)
      return FALSE;
    g_clear_error (error);
    return TRUE;
  }
  /* EINVAL: a file system whose folders cannot be synced one by one, and need not be. */
  if (fd < 0 || (fsync (fd) != 0 && errno != EINVAL))
    error_number = errno;
  if (fd >= 0)
    close (fd);
  if (error_number != 0)
    meir_storage_set_error (storage, error, error_number, MEIR_STORAGE_SYNC, path);
  return error_number == 0;
}

static gboolean
sync_folders (MeirStorage *storage, GError **error)
{
  g_autoptr (GHashTable) folders = NULL;
  GHashTableIter iter;
  gpointer path;

  g_mutex_lock (&storage->lock);
  if (g_hash_table_size (storage->grown_folders) > 0) {
    folders = g_steal_pointer (&storage->grown_folders);
    storage->grown_folders = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  }
  g_mutex_unlock (&storage->lock);
  if (folders == NULL)
    return TRUE;
  g_hash_table_iter_init (&iter, folders);
  while (g_hash_table_iter_next (&iter, &path, NULL)) {
    if (!sync_folder (storage, path, error)) {
      g_mutex_lock (&storage->lock);
      do
        g_hash_table_add (storage->grown_folders, g_strdup (path));
      while (g_hash_table_iter_next (&iter, &path, NULL));
      g_mutex_unlock (&storage->lock);
      return FALSE;
    }
  }
  return TRUE;
}

gboolean
meir_storage_sync (MeirStorage *storage, GError **error)
{
  gboolean is_good;
  int error_number;

  g_mutex_lock (&storage->sync_lock);
  is_good = sync_files (storage, error) && meir_storage_check_folder (storage, error) &&
            sync_folders (storage, error);
  error_number = errno;
  if (!is_good)
    g_atomic_int_inc (&storage->generation);
  g_mutex_unlock (&storage->sync_lock);
  errno = error_number;
  return is_good;
}

gboolean
meir_storage_get_space (MeirStorage *storage, guint64 *free_bytes, guint64 *needed_bytes, GError **error)
{
  MeirOpenFile *folder = meir_storage_acquire_folder (storage, error);
  guint n_files = meir_metainfo_get_n_files (storage->metainfo);
  MeirStoragePlan plan;
  struct statvfs space;
  struct stat status;
  gboolean is_part;

  if (folder == NULL)
    return FALSE;
  if (fstatvfs (folder->fd, &space) != 0) {
    int error_number = errno;

    meir_open_file_release (folder, FALSE);
    meir_storage_set_error (storage, error, error_number, MEIR_STORAGE_ASK_SPACE, "");
    return FALSE;
  }
  *free_bytes = (guint64) space.f_bavail * space.f_frsize;
  *needed_bytes = 0;
  meir_storage_take_plan (storage, &plan);
  for (guint i = 0; i < n_files; i++) {
    guint64 needed = meir_storage_plan_needs (storage, &plan, i);
    guint64 allocated = 0;

    if (meir_metainfo_get_file (storage->metainfo, i)->is_pad || needed == 0)
      continue;
    if (meir_storage_locate (storage, folder->fd, i, &status, &is_part) == 0 && S_ISREG (status.st_mode))
      allocated = (guint64) status.st_blocks * 512; /* POSIX leaves the unit open; Linux has 512 everywhere */
    *needed_bytes += needed - MIN (needed, allocated);
  }
  meir_storage_plan_clear (&plan);
  meir_open_file_release (folder, FALSE);
  return TRUE;
}

gboolean
meir_storage_stat_file (MeirStorage *storage, guint file, guint64 *length, gint64 *mtime_nsec)
{
  MeirOpenFile *folder = meir_storage_acquire_folder (storage, NULL);
  struct stat status;
  gboolean is_there, is_part;

  if (folder == NULL)
    return FALSE;
  is_there = !meir_metainfo_get_file (storage->metainfo, file)->is_pad &&
             meir_storage_locate (storage, folder->fd, file, &status, &is_part) == 0 &&
             S_ISREG (status.st_mode);
  meir_open_file_release (folder, FALSE);
  if (!is_there)
    return FALSE;
  *length = (guint64) status.st_size;
  *mtime_nsec = (gint64) status.st_mtim.tv_sec * G_GINT64_CONSTANT (1000000000) + status.st_mtim.tv_nsec;
  return TRUE;
}
