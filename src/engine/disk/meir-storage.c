/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "disk/meir-storage.h"

#include "base/meir-error.h"
#include "base/meir-text.h"
#include "disk/meir-beneath.h"
#include "disk/meir-disk-faults.h"
#include "disk/meir-storage-private.h"
#include "meir-config.h"

#include <glib/gi18n-lib.h>
#include <string.h>
#include <sys/statvfs.h>

/* How often, a millisecond apart, a full table of descriptors is tried again before it is an error. */
#define DESCRIPTOR_TRIES 100u
#define PATH_CHARS_MAX   4200u

MeirStorage *
meir_storage_new (MeirMetainfo *metainfo, const char *folder, MeirAllocation allocation, GError **error)
{
  struct stat status;
  MeirStorage *storage;
  int fd = open (folder, O_PATH | O_DIRECTORY | O_CLOEXEC);
  gboolean may_enter = fd >= 0 && fstat (fd, &status) == 0 && faccessat (fd, ".", X_OK, AT_EACCESS) == 0;
  int error_number = errno;

  if (fd >= 0)
    close (fd);
  if (!may_enter && error_number == ENOENT) {
    g_autofree char *display = meir_text_dup_safe (folder, strlen (folder), PATH_CHARS_MAX);

    g_set_error (error, MEIR_ERROR, MEIR_ERROR_NOT_FOUND,
                 _ ("The folder “%s” is not there; connect its disk or choose another folder"), display);
    errno = error_number;
    return NULL;
  }
  if (!may_enter && error_number == ENOTDIR) {
    g_autofree char *display = meir_text_dup_safe (folder, strlen (folder), PATH_CHARS_MAX);

    g_set_error (error, MEIR_ERROR, MEIR_ERROR_INVALID, _ ("“%s” is not a folder"), display);
    errno = error_number;
    return NULL;
  }
  if (!may_enter) {
    meir_set_error_from_errno (error, error_number, _ ("Cannot use the folder “%s”"), folder);
    errno = error_number;
    return NULL;
  }
  storage = g_new0 (MeirStorage, 1);
  g_atomic_ref_count_init (&storage->ref_count);
  storage->metainfo = meir_metainfo_ref (metainfo);
  storage->folder = g_strdup (folder);
  storage->display_folder = meir_text_dup_safe (folder, strlen (folder), PATH_CHARS_MAX);
  storage->parts_folder = meir_storage_dup_parts_folder (meir_metainfo_get_info_hash (metainfo));
  storage->allocation = allocation;
  storage->device = status.st_dev;
  storage->inode = status.st_ino;
  meir_file_table_init (&storage->files, meir_metainfo_get_n_files (metainfo));
  g_mutex_init (&storage->lock);
  g_mutex_init (&storage->sync_lock);
  storage->grown_folders = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  return storage;
}

MeirStorage *
meir_storage_ref (MeirStorage *storage)
{
  g_atomic_ref_count_inc (&storage->ref_count);
  return storage;
}

void
meir_storage_unref (MeirStorage *storage)
{
  if (!g_atomic_ref_count_dec (&storage->ref_count))
    return;
  meir_file_table_clear (&storage->files);
  g_hash_table_unref (storage->grown_folders);
  g_mutex_clear (&storage->lock);
  g_mutex_clear (&storage->sync_lock);
  g_clear_pointer (&storage->wanted, g_bytes_unref);
  g_free (storage->parts_folder);
  g_free (storage->display_folder);
  g_free (storage->folder);
  meir_metainfo_unref (storage->metainfo);
  g_free (storage);
}

MeirMetainfo *
meir_storage_get_metainfo (MeirStorage *storage)
{
  return storage->metainfo;
}

const char *
meir_storage_get_folder (MeirStorage *storage)
{
  return storage->folder;
}

static void
set_no_space (MeirStorage *storage, GError **error, gboolean is_quota)
{
  const char *folder = storage->display_folder;
  g_autofree char *needed = NULL;
  g_autofree char *room = NULL;
  g_autofree char *sentence = NULL;
  guint64 free_bytes, needed_bytes;
  struct statvfs space;

  if (statvfs (storage->folder, &space) == 0 && space.f_files > 0 && space.f_favail == 0) {
    sentence = g_strdup_printf (_ ("The disk is full; “%s” has no room for more files (inodes)"), folder);
  } else if (!meir_storage_get_space (storage, &free_bytes, &needed_bytes, NULL)) {
    sentence = g_strdup_printf (is_quota ? _ ("The disk quota is used up; “%s” takes no more")
                                         : _ ("The disk is full; “%s” takes no more"),
                                folder);
  } else {
    needed = g_format_size_full (needed_bytes, G_FORMAT_SIZE_IEC_UNITS);
    room = g_format_size_full (free_bytes, G_FORMAT_SIZE_IEC_UNITS);
    /* Translators: a folder and two sizes, such as "3.0 MiB" */
    sentence = g_strdup_printf (is_quota ? _ ("The disk quota is used up; “%s” needs %s more and has %s free")
                                         : _ ("The disk is full; “%s” needs %s more and has %s free"),
                                folder, needed, room);
  }
  g_set_error_literal (error, MEIR_ERROR, MEIR_ERROR_NO_SPACE, sentence);
}

/* "What was tried: what the system says". @path: in the file system's encoding. */
static void
set_system_error (GError **error, int error_number, MeirStorageAttempt attempt, const char *path)
{
  switch (attempt) {
  case MEIR_STORAGE_OPEN:
    meir_set_error_from_errno (error, error_number, _ ("Cannot open “%s”"), path);
    break;
  case MEIR_STORAGE_LOOK:
    meir_set_error_from_errno (error, error_number, _ ("Cannot look at “%s”"), path);
    break;
  case MEIR_STORAGE_READ:
    meir_set_error_from_errno (error, error_number, _ ("Cannot read “%s”"), path);
    break;
  case MEIR_STORAGE_WRITE:
    meir_set_error_from_errno (error, error_number, _ ("Cannot write “%s”"), path);
    break;
  case MEIR_STORAGE_MAKE:
    meir_set_error_from_errno (error, error_number, _ ("Cannot make “%s”"), path);
    break;
  case MEIR_STORAGE_MAKE_FOLDER:
    meir_set_error_from_errno (error, error_number, _ ("Cannot make the folder “%s”"), path);
    break;
  case MEIR_STORAGE_SYNC:
    meir_set_error_from_errno (error, error_number, _ ("Cannot write “%s” through to the disk"), path);
    break;
  case MEIR_STORAGE_ASK_SPACE:
    meir_set_error_from_errno (error, error_number, _ ("Cannot tell how much room “%s” has"), path);
    break;
  }
}

void
meir_storage_set_error (MeirStorage *storage, GError **error, int error_number, MeirStorageAttempt attempt,
                        const char *path)
{
  g_autofree char *full = NULL;
  g_autofree char *display = NULL;

  if (error == NULL) {
    errno = error_number;
    return;
  }
  full = g_build_filename (storage->folder, path, NULL);
  display = meir_text_dup_safe (full, strlen (full), PATH_CHARS_MAX);
  switch (error_number) {
  case ENOSPC:
  case EDQUOT:
    set_no_space (storage, error, error_number == EDQUOT);
    break;
  case EFBIG:
    g_set_error (
        error, MEIR_ERROR, MEIR_ERROR_NO_SPACE,
        _ ("“%s” cannot grow: the file system, or a limit of this process, allows no file that large"),
        display);
    break;
  case ELOOP:
  case ENOTDIR:
  case EXDEV:
    g_set_error (error, MEIR_ERROR, MEIR_ERROR_INVALID,
                 _ ("“%s” leads through a symbolic link, or through something that is no folder; move that "
                    "away or choose another folder"),
                 display);
    break;
  case ENODATA:
    g_set_error (error, MEIR_ERROR, MEIR_ERROR_INCOMPLETE, _ ("“%s” is shorter than the torrent says"),
                 display);
    break;
  case ENOENT:
    g_set_error (error, MEIR_ERROR, MEIR_ERROR_NOT_FOUND, _ ("“%s” is not there"), display);
    break;
  case EMFILE:
  case ENFILE:
    g_set_error (error, MEIR_ERROR, MEIR_ERROR_FAILED,
                 _ ("“%s” cannot be opened: Too many files are open; raise the limit (ulimit -n)"), display);
    break;
  default:
    set_system_error (error, error_number, attempt, full);
    break;
  }
  errno = error_number;
}

gboolean
meir_storage_check_status (MeirStorage *storage, const char *path, const struct stat *status,
                           gboolean for_writing, GError **error)
{
  g_autofree char *full = NULL;
  g_autofree char *display = NULL;

  if (S_ISREG (status->st_mode) && (!for_writing || status->st_nlink <= 1))
    return TRUE;
  full = g_build_filename (storage->folder, path, NULL);
  display = meir_text_dup_safe (full, strlen (full), PATH_CHARS_MAX);
  if (!S_ISREG (status->st_mode)) {
    g_set_error (error, MEIR_ERROR, MEIR_ERROR_INVALID,
                 _ ("“%s” is not a regular file; move it away or choose another folder"), display);
    errno = EISDIR;
  } else {
    g_set_error (error, MEIR_ERROR, MEIR_ERROR_INVALID,
                 _ ("“%s” has other names (hard links), so writing would change those too; move it away or "
                    "choose another folder"),
                 display);
    errno = EMLINK;
  }
  return FALSE;
}

void
meir_storage_mark_grown (MeirStorage *storage, const char *path)
{
  const char *slash = strrchr (path, '/');

  g_mutex_lock (&storage->lock);
  g_hash_table_add (storage->grown_folders,
                    slash != NULL ? g_strndup (path, (gsize) (slash - path)) : g_strdup (""));
  g_mutex_unlock (&storage->lock);
}

/* Whether it is worth trying again to open something after @error_number. */
static gboolean
make_room_for_descriptor (int error_number, guint *n_tries)
{
  if ((error_number != EMFILE && error_number != ENFILE) || ++*n_tries > DESCRIPTOR_TRIES)
    return FALSE;
  if (meir_file_cache_shrink () == 0)
    g_usleep (1000); /* all are in use: their users are done in a moment */
  return TRUE;
}

MeirOpenFile *
meir_storage_acquire_folder (MeirStorage *storage, GError **error)
{
  MeirOpenFile *folder = meir_file_table_acquire (&storage->files, MEIR_FILE_FOLDER, FALSE);
  struct stat status;
  guint n_tries = 0;
  int error_number;
  int fd;

  if (folder != NULL)
    return folder;
  do {
    fd = open (storage->folder, O_PATH | O_DIRECTORY | O_CLOEXEC);
    error_number = errno;
  } while (fd < 0 && make_room_for_descriptor (error_number, &n_tries));
  if (fd < 0) {
    meir_storage_set_error (storage, error, error_number, MEIR_STORAGE_OPEN, NULL);
    return NULL;
  }
  if (fstat (fd, &status) != 0 || status.st_dev != storage->device || status.st_ino != storage->inode) {
    close (fd);
    g_set_error (error, MEIR_ERROR, MEIR_ERROR_NOT_FOUND,
                 _ ("“%s” is not the folder it was: its disk is gone, or another one is mounted there"),
                 storage->display_folder);
    errno = ESTALE;
    return NULL;
  }
  return meir_file_table_insert (&storage->files, MEIR_FILE_FOLDER, fd, FALSE);
}

int
meir_storage_open (MeirStorage *storage, const char *path, int flags, mode_t mode, GError **error)
{
  MeirOpenFile *folder = meir_storage_acquire_folder (storage, error);
  guint n_tries = 0;
  int error_number;
  int fd;

  if (folder == NULL)
    return -1;
  do {
    fd = meir_beneath_open (folder->fd, path, flags, mode);
    error_number = errno;
  } while (fd < 0 && make_room_for_descriptor (error_number, &n_tries));
  meir_open_file_release (folder, FALSE);
  if (fd < 0)
    meir_storage_set_error (storage, error, error_number,
                            (flags & O_ACCMODE) == O_RDONLY ? MEIR_STORAGE_OPEN : MEIR_STORAGE_WRITE, path);
  return fd;
}

/* Whether the open file may be used; if not, it is closed, with @error and errno. */
static gboolean
check_open (MeirStorage *storage, const char *path, int fd, gboolean for_writing, GError **error)
{
  struct stat status;
  int error_number;

  if (fstat (fd, &status) != 0)
    meir_storage_set_error (storage, error, errno, MEIR_STORAGE_LOOK, path);
  else if (meir_storage_check_status (storage, path, &status, for_writing, error))
    return TRUE;
  error_number = errno;
  close (fd);
  errno = error_number;
  return FALSE;
}

/* The file at @path, or -1 with @error and errno. */
static int
open_checked (MeirStorage *storage, const char *path, gboolean for_writing, GError **error)
{
  /* Looked at first: opening a device or a FIFO can already do something. Looked at again once it is open. */
  int fd = meir_storage_open (storage, path, O_PATH, 0, error);

  if (fd < 0 || !check_open (storage, path, fd, for_writing, error))
    return -1;
  close (fd);
  fd = meir_storage_open (storage, path, (for_writing ? O_RDWR : O_RDONLY) | O_NONBLOCK, 0, error);
  return fd >= 0 && check_open (storage, path, fd, for_writing, error) ? fd : -1;
}

MeirOpenFile *
meir_storage_acquire (MeirStorage *storage, guint file, gboolean for_writing, GError **error)
{
  MeirOpenFile *open_file = meir_file_table_acquire (&storage->files, file, for_writing);
  const char *path = meir_metainfo_get_file (storage->metainfo, file)->path;
  g_autofree char *part = NULL;
  int fd;

  if (open_file != NULL)
    return open_file;
  fd = open_checked (storage, path, for_writing, NULL);
  if (fd < 0 && errno == ENOENT) {
    part = meir_storage_dup_part_path (storage, file);
    fd = open_checked (storage, part, for_writing, NULL);
  }
  /* Once more: for the error, or because the part has got its own name between the two looks. */
  if (fd < 0)
    fd = open_checked (storage, path, for_writing, error);
  return fd >= 0 ? meir_file_table_insert (&storage->files, file, fd, for_writing) : NULL;
}
