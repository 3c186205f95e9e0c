/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "disk/meir-beneath.h"
#include "disk/meir-storage-private.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

/*
 * A piece does not end where a file does: the first and the last piece of a file that is wanted hold bytes of
 * its neighbours, which may be skipped. Those bytes have to be kept, for the piece could not be checked, nor
 * shared, without them. They lie in a file of their own, as long as what was written and with holes where
 * nothing was, beneath a hidden folder beside the torrent's:
 *
 *     .INFO-HASH.parts/INDEX
 *
 * so that nothing shows that was not asked for. A file that is wanted later is renamed to its own name, which
 * is one step that a crash leaves done or undone, copies nothing and spoils no open descriptor. Where a file
 * lies follows from what is there: at its own name if there is anything, or else among the parts; so no
 * record has to be kept, and a file that the user puts in place counts. One that was wanted once keeps its
 * name when it is skipped.
 */

char *
meir_storage_dup_parts_folder (const MeirInfoHash *info_hash)
{
  char hex[2 * MEIR_SHA1_LENGTH + 1];

  return g_strdup_printf (".%s.parts", meir_info_hash_to_hex (info_hash, hex));
}

char *
meir_storage_dup_part_path (MeirStorage *storage, guint file)
{
  return g_strdup_printf ("%s/%u", storage->parts_folder, file);
}

int
meir_storage_locate (MeirStorage *storage, int folder, guint file, struct stat *status, gboolean *is_part)
{
  g_autofree char *part = NULL;

  *is_part = FALSE;
  if (meir_beneath_stat (folder, meir_metainfo_get_file (storage->metainfo, file)->path, status) == 0)
    return 0;
  if (errno != ENOENT)
    return -1;
  part = meir_storage_dup_part_path (storage, file);
  if (meir_beneath_stat (folder, part, status) != 0) {
    errno = ENOENT;
    return -1;
  }
  *is_part = TRUE;
  return 0;
}

void
meir_storage_set_wanted (MeirStorage *storage, GBytes *priorities)
{
  g_return_if_fail (priorities == NULL ||
                    g_bytes_get_size (priorities) == meir_metainfo_get_n_files (storage->metainfo));

  g_mutex_lock (&storage->lock);
  g_clear_pointer (&storage->wanted, g_bytes_unref);
  storage->wanted = priorities != NULL ? g_bytes_ref (priorities) : NULL;
  g_mutex_unlock (&storage->lock);
}

void
meir_storage_take_plan (MeirStorage *storage, MeirStoragePlan *plan)
{
  g_mutex_lock (&storage->lock);
  *plan = (MeirStoragePlan){ .files = storage->wanted != NULL ? g_bytes_ref (storage->wanted) : NULL };
  g_mutex_unlock (&storage->lock);
  if (plan->files == NULL)
    return;
  plan->pieces = g_malloc (meir_metainfo_get_n_pieces (storage->metainfo));
  meir_priorities_spread (storage->metainfo, plan->files, plan->pieces);
}

void
meir_storage_plan_clear (MeirStoragePlan *plan)
{
  g_clear_pointer (&plan->files, g_bytes_unref);
  g_clear_pointer (&plan->pieces, g_free);
}

gboolean
meir_storage_plan_wants (const MeirStoragePlan *plan, guint file)
{
  return plan->files == NULL ||
         ((const guint8 *) g_bytes_get_data (plan->files, NULL))[file] != MEIR_PRIORITY_SKIP;
}

guint64
meir_storage_plan_needs (MeirStorage *storage, const MeirStoragePlan *plan, guint index)
{
  const MeirMetainfoFile *file = meir_metainfo_get_file (storage->metainfo, index);
  guint32 piece_length = meir_metainfo_get_piece_length (storage->metainfo);
  guint64 end = file->offset + file->length;
  guint64 needed = 0;
  guint32 first, last;

  if (meir_storage_plan_wants (plan, index) || file->length == 0)
    return file->length;
  first = (guint32) (file->offset / piece_length);
  last = (guint32) ((end - 1) / piece_length);
  /* The pieces between are of this file alone, and skipped with it. */
  if (plan->pieces[first] != MEIR_PRIORITY_SKIP)
    needed += MIN (end, (guint64) (first + 1) * piece_length) - file->offset;
  if (last > first && plan->pieces[last] != MEIR_PRIORITY_SKIP)
    needed += end - (guint64) last * piece_length;
  return needed;
}

gboolean
meir_storage_has_parts (MeirStorage *storage)
{
  MeirOpenFile *folder = meir_storage_acquire_folder (storage, NULL);
  struct stat status;
  gboolean has_parts;

  if (folder == NULL)
    return FALSE;
  has_parts = meir_beneath_stat (folder->fd, storage->parts_folder, &status) == 0;
  meir_open_file_release (folder, FALSE);
  return has_parts;
}

gboolean
meir_storage_is_part (MeirStorage *storage, guint file)
{
  MeirOpenFile *folder = meir_storage_acquire_folder (storage, NULL);
  struct stat status;
  gboolean is_part;

  if (folder == NULL)
    return FALSE;
  is_part = meir_storage_locate (storage, folder->fd, file, &status, &is_part) == 0 && is_part;
  meir_open_file_release (folder, FALSE);
  return is_part;
}

gboolean
meir_storage_make_part (MeirStorage *storage, guint file, GError **error)
{
  g_autofree char *path = meir_storage_dup_part_path (storage, file);
  MeirOpenFile *folder = meir_storage_acquire_folder (storage, error);
  int error_number = 0;
  int fd;

  if (folder == NULL)
    return FALSE;
  if (meir_beneath_make_folder (folder->fd, storage->parts_folder) == 0)
    meir_storage_mark_grown (storage, storage->parts_folder);
  else if (errno != EEXIST)
    error_number = errno;
  meir_open_file_release (folder, FALSE);
  if (error_number != 0) {
    meir_storage_set_error (storage, error, error_number, MEIR_STORAGE_MAKE_FOLDER, storage->parts_folder);
    return FALSE;
  }
  fd = meir_storage_open (storage, path, O_RDWR | O_NONBLOCK | O_CREAT | O_EXCL, 0666, error);
  if (fd < 0)
    return FALSE;
  close (fd);
  meir_storage_mark_grown (storage, path);
  return TRUE;
}

gboolean
meir_storage_show_part (MeirStorage *storage, guint file, GError **error)
{
  const char *path = meir_metainfo_get_file (storage->metainfo, file)->path;
  g_autofree char *part = meir_storage_dup_part_path (storage, file);
  MeirOpenFile *folder = meir_storage_acquire_folder (storage, error);
  int error_number = 0;

  if (folder == NULL)
    return FALSE;
  if (meir_beneath_rename (folder->fd, part, folder->fd, path) != 0)
    error_number = errno;
  meir_open_file_release (folder, FALSE);
  if (error_number != 0) {
    meir_storage_set_error (storage, error, error_number, MEIR_STORAGE_MAKE, path);
    return FALSE;
  }
  meir_storage_mark_grown (storage, path);
  meir_storage_mark_grown (storage, part);
  return TRUE;
}

void
meir_storage_tidy_parts (MeirStorage *storage)
{
  MeirOpenFile *folder = meir_storage_acquire_folder (storage, NULL);

  if (folder == NULL)
    return;
  if (meir_beneath_remove (folder->fd, storage->parts_folder, TRUE) == 0)
    meir_storage_mark_grown (storage, storage->parts_folder);
  meir_open_file_release (folder, FALSE);
}

void
meir_storage_delete_parts (const char *folder, const MeirInfoHash *info_hash)
{
  g_autofree char *parts = meir_storage_dup_parts_folder (info_hash);
  int root = open (folder, O_PATH | O_DIRECTORY | O_CLOEXEC);
  int fd = root >= 0 ? meir_beneath_open (root, parts, O_RDONLY | O_DIRECTORY, 0) : -1;
  DIR *listing = fd >= 0 ? fdopendir (fd) : NULL;
  const struct dirent *entry;

  while (listing != NULL && (entry = readdir (listing)) != NULL) {
    /* Nothing but what was made here. */
    if (entry->d_name[strspn (entry->d_name, "0123456789")] == '\0')
      unlinkat (fd, entry->d_name, 0);
  }
  if (listing != NULL)
    closedir (listing);
  else if (fd >= 0)
    close (fd);
  if (root >= 0) {
    meir_beneath_remove (root, parts, TRUE);
    close (root);
  }
}
