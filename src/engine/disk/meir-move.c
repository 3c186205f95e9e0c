/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "disk/meir-move.h"

#include "base/meir-error.h"
#include "base/meir-text.h"
#include "disk/meir-beneath.h"
#include "disk/meir-move-copy.h"
#include "disk/meir-storage.h"
#include "meir-config.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <string.h>
#include <sys/statvfs.h>
#include <unistd.h>

#define PATH_CHARS_MAX 4200u

typedef enum {
  FILE_ABSENT, /* not there to be moved */
  FILE_HERE,   /* to be moved */
  FILE_TWIN,   /* its bytes are there already, in a file that was there before */
  FILE_RENAMED,
  FILE_COPIED,
} FileState;

typedef struct {
  MeirMetainfo *metainfo;
  MeirMoveWatch *watch;
  const char *from_path, *to_path;
  int from, to;        /* descriptors of the two folders */
  GPtrArray *paths;    /* of files, relative */
  guint8 *states;      /* a FileState per path */
  GPtrArray *made;     /* folders made beneath @to, the outer ones first */
  GPtrArray *folders;  /* all folders of the torrent, relative, the outer ones first */
  guint64 total_bytes; /* that have to go through, */
  guint64 done_bytes;  /* and that have */
  gboolean across;     /* of two file systems */
} Move;

static const char *
get_path (Move *move, guint file)
{
  return g_ptr_array_index (move->paths, file);
}

/* Where files of the torrent may lie: at their names, or apart while they are skipped. */
static void
list_paths (Move *move)
{
  g_autofree char *parts = meir_storage_dup_parts_folder (meir_metainfo_get_info_hash (move->metainfo));
  guint n_files = meir_metainfo_get_n_files (move->metainfo);
  struct stat status;

  for (guint i = 0; i < n_files; i++) {
    const MeirMetainfoFile *file = meir_metainfo_get_file (move->metainfo, i);

    if (!file->is_pad && !file->is_symlink)
      g_ptr_array_add (move->paths, g_strdup (file->path));
  }
  if (meir_beneath_stat (move->from, parts, &status) != 0)
    return;
  for (guint i = 0; i < n_files; i++)
    g_ptr_array_add (move->paths, g_strdup_printf ("%s/%u", parts, i));
}

/* Safe to show. */
static char *
dup_shown (const char *folder, const char *path)
{
  g_autofree char *full = path != NULL ? g_build_filename (folder, path, NULL) : g_strdup (folder);

  return meir_text_dup_safe (full, strlen (full), PATH_CHARS_MAX);
}

static gboolean
is_cancelled (Move *move)
{
  return (move->watch->cancelled != NULL && g_atomic_int_get (move->watch->cancelled) != 0) ||
         g_cancellable_is_cancelled (move->watch->cancellable);
}

static gboolean
on_step (gpointer user_data, guint64 bytes)
{
  Move *move = user_data;

  move->done_bytes += bytes;
  if (move->watch->progress != NULL && move->total_bytes > 0)
    g_atomic_int_set (move->watch->progress,
                      (gint) (MIN (move->done_bytes, move->total_bytes) * 1000 / move->total_bytes));
  return !is_cancelled (move);
}

/* What could not be done. */
typedef enum {
  TO_LOOK,
  TO_READ,
  TO_WRITE,
  TO_MAKE,
  TO_MAKE_FOLDER,
  TO_MOVE,
  TO_SYNC,
} Trouble;

/* Sets @error about @path (nullable) below @folder; FALSE. */
static gboolean
fail (GError **error, int error_number, Trouble trouble, const char *folder, const char *path)
{
  g_autofree char *full = path != NULL ? g_build_filename (folder, path, NULL) : g_strdup (folder);

  if (error_number == ELOOP || error_number == ENOTDIR) {
    g_autofree char *shown = dup_shown (folder, path);

    g_set_error (error, MEIR_ERROR, MEIR_ERROR_INVALID,
                 _ ("“%s” leads through a symbolic link, or through something that is no folder; move that "
                    "away or choose another folder"),
                 shown);
    return FALSE;
  }
  if (error_number == ECANCELED) {
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_CANCELLED, _ ("Moving was cancelled"));
    return FALSE;
  }
  switch (trouble) {
  case TO_LOOK:
    meir_set_error_from_errno (error, error_number, _ ("Cannot look at “%s”"), full);
    break;
  case TO_READ:
    meir_set_error_from_errno (error, error_number, _ ("Cannot read “%s”"), full);
    break;
  case TO_WRITE:
    meir_set_error_from_errno (error, error_number, _ ("Cannot write “%s”"), full);
    break;
  case TO_MAKE:
    meir_set_error_from_errno (error, error_number, _ ("Cannot make “%s”"), full);
    break;
  case TO_MAKE_FOLDER:
    meir_set_error_from_errno (error, error_number, _ ("Cannot make the folder “%s”"), full);
    break;
  case TO_MOVE:
    meir_set_error_from_errno (error, error_number, _ ("Cannot move “%s”"), full);
    break;
  case TO_SYNC:
    meir_set_error_from_errno (error, error_number, _ ("Cannot write “%s” through to the disk"), full);
    break;
  }
  return FALSE;
}

static int
open_folder (const char *path, GError **error)
{
  int fd = open (path, O_PATH | O_DIRECTORY | O_CLOEXEC);

  if (fd < 0)
    meir_set_error_from_errno (error, errno, _ ("Cannot use the folder “%s”"), path);
  return fd;
}

/* Whether the file that is in the way holds what this one does. */
static gboolean
check_twin (Move *move, guint file, const struct stat *ours, const struct stat *theirs, GError **error)
{
  int from = -1, to = -1;
  int error_number = EEXIST;

  if (S_ISREG (theirs->st_mode) && ours->st_size == theirs->st_size) {
    from = meir_beneath_open (move->from, get_path (move, file), O_RDONLY | O_NONBLOCK, 0);
    to = from < 0 ? -1 : meir_beneath_open (move->to, get_path (move, file), O_RDONLY | O_NONBLOCK, 0);
    error_number = to < 0 ? errno : meir_move_compare (from, to, on_step, move);
  }
  if (from >= 0)
    close (from);
  if (to >= 0)
    close (to);
  if (error_number == EEXIST) {
    g_autofree char *shown = dup_shown (move->to_path, get_path (move, file));

    g_set_error (error, MEIR_ERROR, MEIR_ERROR_EXISTS,
                 _ ("“%s” is there already, and is another file; move it away or choose another folder"),
                 shown);
    return FALSE;
  }
  if (error_number != 0)
    return fail (error, error_number, TO_READ, move->to_path, get_path (move, file));
  move->states[file] = FILE_TWIN;
  return TRUE;
}

/* Looks at a file on both sides; touches nothing. */
static gboolean
survey_file (Move *move, guint file, GError **error)
{
  struct stat ours, theirs;

  if (meir_beneath_stat (move->from, get_path (move, file), &ours) != 0)
    return errno == ENOENT ? TRUE : fail (error, errno, TO_LOOK, move->from_path, get_path (move, file));
  if (!S_ISREG (ours.st_mode)) {
    g_autofree char *shown = dup_shown (move->from_path, get_path (move, file));

    g_set_error (error, MEIR_ERROR, MEIR_ERROR_INVALID, _ ("“%s” is not a regular file; move it away"),
                 shown);
    return FALSE;
  }
  if (is_cancelled (move))
    return fail (error, ECANCELED, TO_MOVE, move->from_path, NULL);
  if (meir_beneath_stat (move->to, get_path (move, file), &theirs) == 0)
    return check_twin (move, file, &ours, &theirs, error);
  if (errno != ENOENT)
    return fail (error, errno, TO_LOOK, move->to_path, get_path (move, file));
  move->states[file] = FILE_HERE;
  return TRUE;
}

/* What is to go through, so that progress means something: the bytes, where they have to be copied or
 * compared. */
static void
count_bytes (Move *move)
{
  struct stat from, to;

  move->across = fstat (move->from, &from) == 0 && fstat (move->to, &to) == 0 && from.st_dev != to.st_dev;
  for (guint i = 0; i < move->paths->len; i++) {
    struct stat status;

    if (meir_beneath_stat (move->from, get_path (move, i), &status) == 0)
      move->total_bytes += (guint64) status.st_size;
  }
}

static gboolean
check_space (Move *move, GError **error)
{
  g_autofree char *shown = NULL;
  g_autofree char *size = NULL;
  g_autofree char *room = NULL;
  struct statvfs space;
  guint64 needed = 0;
  guint64 free_bytes;

  if (!move->across || fstatvfs (move->to, &space) != 0)
    return TRUE;
  for (guint i = 0; i < move->paths->len; i++) {
    struct stat status;

    if (move->states[i] == FILE_HERE && meir_beneath_stat (move->from, get_path (move, i), &status) == 0)
      needed += (guint64) status.st_blocks * 512;
  }
  free_bytes = (guint64) space.f_bavail * space.f_frsize;
  if (needed <= free_bytes)
    return TRUE;
  shown = dup_shown (move->to_path, NULL);
  size = g_format_size_full (needed - free_bytes, G_FORMAT_SIZE_IEC_UNITS);
  room = g_format_size_full (free_bytes, G_FORMAT_SIZE_IEC_UNITS);
  g_set_error (error, MEIR_ERROR, MEIR_ERROR_NO_SPACE,
               _ ("The disk is full; “%s” needs %s more and has %s free"), shown, size, room);
  return FALSE;
}

/* Every folder of the torrent, each once, the outer ones before the inner. */
static void
list_folders (Move *move)
{
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint i = 0; i < move->paths->len; i++) {
    const char *path = get_path (move, i);

    if (move->states[i] == FILE_ABSENT)
      continue;
    for (const char *slash = strchr (path, '/'); slash != NULL; slash = strchr (slash + 1, '/')) {
      g_autofree char *folder = g_strndup (path, (gsize) (slash - path));

      if (g_hash_table_contains (seen, folder))
        continue;
      g_hash_table_add (seen, folder);
      g_ptr_array_add (move->folders, g_steal_pointer (&folder));
    }
  }
}

static gboolean
make_folders (Move *move, GError **error)
{
  for (guint i = 0; i < move->folders->len; i++) {
    const char *folder = g_ptr_array_index (move->folders, i);

    if (meir_beneath_make_folder (move->to, folder) == 0)
      g_ptr_array_add (move->made, g_strdup (folder));
    else if (errno != EEXIST)
      return fail (error, errno, TO_MAKE_FOLDER, move->to_path, folder);
  }
  return TRUE;
}

static gboolean
copy_file (Move *move, guint file, GError **error)
{
  const char *path = get_path (move, file);
  int from = meir_beneath_open (move->from, path, O_RDONLY | O_NONBLOCK, 0);
  int error_number;
  int to;

  if (from < 0)
    return fail (error, errno, TO_READ, move->from_path, path);
  to = meir_beneath_open (move->to, path, O_RDWR | O_CREAT | O_EXCL | O_NONBLOCK, 0666);
  if (to < 0) {
    error_number = errno;
    close (from);
    return fail (error, error_number, TO_MAKE, move->to_path, path);
  }
  move->states[file] = FILE_COPIED;
  error_number = meir_move_copy (from, to, on_step, move);
  close (from);
  if (close (to) != 0 && error_number == 0)
    error_number = errno;
  return error_number == 0 || fail (error, error_number, TO_WRITE, move->to_path, path);
}

static gboolean
move_file (Move *move, guint file, GError **error)
{
  const char *path = get_path (move, file);
  struct stat status;

  if (is_cancelled (move))
    return fail (error, ECANCELED, TO_MOVE, move->from_path, NULL);
  if (meir_beneath_rename (move->from, path, move->to, path) == 0) {
    move->states[file] = FILE_RENAMED;
    if (meir_beneath_stat (move->to, path, &status) == 0)
      on_step (move, (guint64) status.st_size);
    return TRUE;
  }
  if (errno == EXDEV)
    return copy_file (move, file, error);
  return fail (error, errno, TO_MOVE, move->from_path, path);
}

/* New names are safe on the disk before old ones go. */
static gboolean
sync_folders (Move *move, GError **error)
{
  for (guint i = 0; i <= move->folders->len; i++) {
    const char *folder = i < move->folders->len ? g_ptr_array_index (move->folders, i) : NULL;
    int fd = folder != NULL ? meir_beneath_open (move->to, folder, O_RDONLY | O_DIRECTORY, 0)
                            : open (move->to_path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    int error_number = fd < 0 ? errno : 0;

    /* EINVAL: a file system whose folders cannot be synced one by one, and need not be. */
    if (fd >= 0 && fsync (fd) != 0 && errno != EINVAL)
      error_number = errno;
    if (fd >= 0)
      close (fd);
    if (error_number != 0)
      return fail (error, error_number, TO_SYNC, move->to_path, folder);
  }
  return TRUE;
}

static void
remove_sources (Move *move)
{
  for (guint i = 0; i < move->paths->len; i++) {
    if ((move->states[i] == FILE_COPIED || move->states[i] == FILE_TWIN) &&
        meir_beneath_remove (move->from, get_path (move, i), FALSE) != 0)
      move->watch->n_left++;
  }
  /* Those in which something else lies stay. */
  for (guint i = move->folders->len; i > 0; i--)
    meir_beneath_remove (move->from, g_ptr_array_index (move->folders, i - 1), TRUE);
}

static void
go_back (Move *move)
{
  for (guint i = 0; i < move->paths->len; i++) {
    const char *path = get_path (move, i);

    if (move->states[i] == FILE_RENAMED)
      meir_beneath_rename (move->to, path, move->from, path);
    else if (move->states[i] == FILE_COPIED)
      meir_beneath_remove (move->to, path, FALSE);
  }
  for (guint i = move->made->len; i > 0; i--)
    meir_beneath_remove (move->to, g_ptr_array_index (move->made, i - 1), TRUE);
}

static gboolean
survey (Move *move, GError **error)
{
  if (is_cancelled (move))
    return fail (error, ECANCELED, TO_MOVE, move->from_path, NULL);
  for (guint i = 0; i < move->paths->len; i++) {
    if (!survey_file (move, i, error))
      return FALSE;
  }
  list_folders (move);
  return check_space (move, error);
}

static gboolean
move_all (Move *move, GError **error)
{
  if (!make_folders (move, error))
    return FALSE;
  for (guint i = 0; i < move->paths->len; i++) {
    if (move->states[i] == FILE_HERE && !move_file (move, i, error))
      return FALSE;
  }
  return sync_folders (move, error);
}

static gboolean
is_same_folder (Move *move)
{
  struct stat from, to;

  return fstat (move->from, &from) == 0 && fstat (move->to, &to) == 0 && from.st_dev == to.st_dev &&
         from.st_ino == to.st_ino;
}

gboolean
meir_move_files (MeirMetainfo *metainfo, const char *from, const char *to, MeirMoveWatch *watch,
                 GError **error)
{
  Move move = { metainfo, watch, from, to, -1, -1 };
  gboolean is_good;

  watch->n_left = 0;
  move.from = open_folder (from, error);
  move.to = move.from < 0 ? -1 : open_folder (to, error);
  move.paths = g_ptr_array_new_with_free_func (g_free);
  move.made = g_ptr_array_new_with_free_func (g_free);
  move.folders = g_ptr_array_new_with_free_func (g_free);
  is_good = move.to >= 0;
  if (is_good && !is_same_folder (&move)) {
    list_paths (&move);
    move.states = g_new0 (guint8, move.paths->len);
    count_bytes (&move);
    is_good = survey (&move, error);
    if (is_good) {
      is_good = move_all (&move, error);
      if (is_good)
        remove_sources (&move);
      else
        go_back (&move);
    }
  }
  if (move.from >= 0)
    close (move.from);
  if (move.to >= 0)
    close (move.to);
  g_free (move.states);
  g_ptr_array_unref (move.paths);
  g_ptr_array_unref (move.made);
  g_ptr_array_unref (move.folders);
  return is_good;
}
