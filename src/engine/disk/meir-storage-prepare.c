/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "disk/meir-storage.h"

#include "base/meir-error.h"
#include "base/meir-text.h"
#include "disk/meir-beneath.h"
#include "disk/meir-disk-faults.h"
#include "disk/meir-storage-private.h"
#include "meir-config.h"

#include <glib/gi18n-lib.h>
#include <stdlib.h>
#include <string.h>

/* What a walk over the files knows. */
typedef struct {
  MeirStoragePlan plan;
  GArray *found;     /* FoundFile */
  GHashTable *known; /* (element-type filename): folders that exist */
} Preparation;

/* Where a file of the torrent was found. */
typedef struct {
  dev_t device;
  ino_t inode;
  guint file;
} FoundFile;

static int
compare_found (const void *a, const void *b)
{
  const FoundFile *x = a;
  const FoundFile *y = b;

  if (x->device != y->device)
    return x->device < y->device ? -1 : 1;
  if (x->inode != y->inode)
    return x->inode < y->inode ? -1 : 1;
  return x->file < y->file ? -1 : x->file > y->file;
}

static gboolean
is_on_disk (const MeirMetainfoFile *file)
{
  return !file->is_pad && !file->is_symlink;
}

static char *
dup_display_path (MeirStorage *storage, const char *path)
{
  g_autofree char *full = g_build_filename (storage->folder, path, NULL);

  return meir_text_dup_safe (full, strlen (full), 4200);
}

/* Two names for one file would overwrite each other: folders that do not tell "A" from "a" (ext4 +F, VFAT),
 * or hard links. */
static gboolean
check_aliases (MeirStorage *storage, GArray *found, GError **error)
{
  if (found->len > 1)
    qsort (found->data, found->len, sizeof (FoundFile), compare_found);
  for (guint i = 1; i < found->len; i++) {
    const FoundFile *a = &g_array_index (found, FoundFile, i - 1);
    const FoundFile *b = &g_array_index (found, FoundFile, i);
    g_autofree char *name_a = NULL;
    g_autofree char *name_b = NULL;

    if (a->device != b->device || a->inode != b->inode)
      continue;
    name_a = dup_display_path (storage, meir_metainfo_get_file (storage->metainfo, a->file)->path);
    name_b = dup_display_path (storage, meir_metainfo_get_file (storage->metainfo, b->file)->path);
    g_set_error (error, MEIR_ERROR, MEIR_ERROR_INVALID,
                 _ ("“%s” and “%s” are one file on this disk; choose another folder"), name_a, name_b);
    errno = EEXIST;
    return FALSE;
  }
  return TRUE;
}

/* What is there already, looked at and left alone. FALSE with @error when it stands in the way. */
static gboolean
check_file (MeirStorage *storage, int folder, guint index, GArray *found, GError **error)
{
  const MeirMetainfoFile *file = meir_metainfo_get_file (storage->metainfo, index);
  FoundFile entry = { .file = index };
  struct stat status;
  gboolean is_part;

  if (meir_storage_locate (storage, folder, index, &status, &is_part) != 0) {
    if (errno == ENOENT)
      return TRUE;
    meir_storage_set_error (storage, error, errno, MEIR_STORAGE_LOOK, file->path);
    return FALSE;
  }
  if (!meir_storage_check_status (storage, file->path, &status, (guint64) status.st_size != file->length,
                                  error))
    return FALSE;
  if ((guint64) status.st_size > file->length) {
    g_autofree char *name = dup_display_path (storage, file->path);

    g_set_error (
        error, MEIR_ERROR, MEIR_ERROR_EXISTS,
        _ ("“%s” is longer than the torrent says and is not cut; move it away or choose another folder"),
        name);
    errno = EEXIST;
    return FALSE;
  }
  entry.device = status.st_dev;
  entry.inode = status.st_ino;
  g_array_append_val (found, entry);
  return TRUE;
}

/* A skipped file of which nothing is needed is not even looked at. */
static gboolean
is_touched (MeirStorage *storage, const Preparation *preparation, guint index)
{
  return is_on_disk (meir_metainfo_get_file (storage->metainfo, index)) &&
         (meir_storage_plan_wants (&preparation->plan, index) ||
          meir_storage_plan_needs (storage, &preparation->plan, index) > 0);
}

static gboolean
check_files (MeirStorage *storage, const Preparation *preparation, GError **error)
{
  MeirOpenFile *folder = meir_storage_acquire_folder (storage, error);
  guint n_files = meir_metainfo_get_n_files (storage->metainfo);
  gboolean is_good = folder != NULL;

  for (guint i = 0; i < n_files && is_good; i++)
    is_good = !is_touched (storage, preparation, i) ||
              check_file (storage, folder->fd, i, preparation->found, error);
  if (folder != NULL)
    meir_open_file_release (folder, FALSE);
  return is_good && check_aliases (storage, preparation->found, error);
}

/* Makes the folders above @path; @known (element-type filename) are those that exist. */
static gboolean
make_folders (MeirStorage *storage, const char *path, GHashTable *known, GError **error)
{
  for (const char *slash = strchr (path, '/'); slash != NULL; slash = strchr (slash + 1, '/')) {
    g_autofree char *name = g_strndup (path, (gsize) (slash - path));
    MeirOpenFile *folder;
    int result;
    int error_number;

    if (g_hash_table_contains (known, name))
      continue;
    folder = meir_storage_acquire_folder (storage, error);
    if (folder == NULL)
      return FALSE;
    result = meir_beneath_make_folder (folder->fd, name);
    error_number = errno;
    meir_open_file_release (folder, FALSE);
    if (result == 0) {
      meir_storage_mark_grown (storage, name);
    } else if (error_number != EEXIST) {
      meir_storage_set_error (storage, error, error_number, MEIR_STORAGE_MAKE_FOLDER, name);
      return FALSE;
    }
    g_hash_table_add (known, g_steal_pointer (&name));
  }
  return TRUE;
}

/* 0 or an errno. Where the file system cannot reserve, a file is left with holes. */
static int
allocate (int fd, guint64 length)
{
  int result;

  do
    result = meir_disk_fallocate (fd, 0, 0, (off_t) length);
  while (result != 0 && errno == EINTR);
  return result == 0 || errno == EOPNOTSUPP || errno == ENOSYS ? 0 : errno;
}

/* Gives an open file its length; 0 or an errno. */
static int
grow_file (MeirStorage *storage, int fd, guint64 length, const struct stat *status)
{
  gboolean has_holes = (guint64) status->st_blocks * 512 < length;

  if (storage->allocation == MEIR_ALLOCATE_FULL && length > 0 && has_holes) {
    int error_number = allocate (fd, length);

    if (error_number != 0)
      return error_number;
  }
  /* fallocate () may have done it; a longer file cannot be here, see check_file (). */
  if ((guint64) status->st_size < length && ftruncate (fd, (off_t) length) != 0)
    return errno;
  return 0;
}

/* Where a file is kept, if it is there. FALSE with @error when the folder is not. */
static gboolean
find_file (MeirStorage *storage, guint index, struct stat *status, gboolean *is_there, gboolean *is_part,
           GError **error)
{
  MeirOpenFile *folder = meir_storage_acquire_folder (storage, error);

  if (folder == NULL)
    return FALSE;
  *is_there = meir_storage_locate (storage, folder->fd, index, status, is_part) == 0;
  meir_open_file_release (folder, FALSE);
  return TRUE;
}

/* A place for the bytes that pieces hold of a file that is skipped. */
static gboolean
prepare_part (MeirStorage *storage, guint index, GError **error)
{
  struct stat status;
  gboolean is_there, is_part;

  return find_file (storage, index, &status, &is_there, &is_part, error) &&
         (is_there || meir_storage_make_part (storage, index, error));
}

static gboolean
prepare_file (MeirStorage *storage, guint index, GHashTable *known, GError **error)
{
  const MeirMetainfoFile *file = meir_metainfo_get_file (storage->metainfo, index);
  struct stat status;
  gboolean is_there, is_part;
  int error_number = 0;
  int fd;

  if (!make_folders (storage, file->path, known, error) ||
      !find_file (storage, index, &status, &is_there, &is_part, error) ||
      (is_part && !meir_storage_show_part (storage, index, error)))
    return FALSE;
  /* A file that needs nothing is not opened: it may be one that we may only read. */
  if (is_there && (guint64) status.st_size == file->length &&
      (storage->allocation == MEIR_ALLOCATE_SPARSE || (guint64) status.st_blocks * 512 >= file->length))
    return TRUE;

  fd = meir_storage_open (storage, file->path,
                          is_there ? O_RDWR | O_NONBLOCK : O_RDWR | O_NONBLOCK | O_CREAT | O_EXCL, 0666,
                          error);
  if (fd < 0)
    return FALSE;
  if (!is_there)
    meir_storage_mark_grown (storage, file->path);
  if (fstat (fd, &status) != 0) {
    error_number = errno;
  } else if (!meir_storage_check_status (storage, file->path, &status, TRUE, error)) {
    error_number = errno;
    close (fd);
    errno = error_number;
    return FALSE;
  } else if ((guint64) status.st_size <= file->length) {
    error_number = grow_file (storage, fd, file->length, &status);
  }
  close (fd);
  meir_file_table_mark_dirty (&storage->files, index);
  if (error_number != 0) {
    meir_storage_set_error (storage, error, error_number, MEIR_STORAGE_MAKE, file->path);
    return FALSE;
  }
  return TRUE;
}

static gboolean
prepare_files (MeirStorage *storage, const Preparation *preparation, GError **error)
{
  guint n_files = meir_metainfo_get_n_files (storage->metainfo);
  gboolean is_good = check_files (storage, preparation, error);

  for (guint i = 0; i < n_files && is_good; i++) {
    if (!is_touched (storage, preparation, i))
      continue;
    is_good = meir_storage_plan_wants (&preparation->plan, i)
                  ? prepare_file (storage, i, preparation->known, error)
                  : prepare_part (storage, i, error);
  }
  return is_good;
}

gboolean
meir_storage_prepare (MeirStorage *storage, GError **error)
{
  g_autoptr (GHashTable) known = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (GArray) found = g_array_new (FALSE, FALSE, sizeof (FoundFile));
  Preparation preparation = { .known = known, .found = found };
  gboolean is_good;
  int error_number;

  meir_storage_take_plan (storage, &preparation.plan);
  is_good = prepare_files (storage, &preparation, error);
  error_number = errno;
  meir_storage_plan_clear (&preparation.plan);
  if (is_good)
    meir_storage_tidy_parts (storage);
  errno = error_number;
  return is_good;
}
