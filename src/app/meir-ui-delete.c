/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/meir-ui-delete.h"

#include "app/meir-ui-patience.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

typedef struct {
  GPtrArray *gone, *kept; /* (element-type MeirUiBelongings) */
  gint n_steps;           /* atomic: files that have been looked at */
  MeirUiDeleted deleted;  /* the worker's, until it is done */
} MeirUiDelete;

/* The torrent that is at it. */
typedef struct {
  MeirUiDelete *deletion;
  const MeirUiBelongings *belongings;
  GHashTable *shared; /* (element-type utf8): paths of its files that other torrents have, too */
  int top;            /* its download folder */
  GError **error;
} MeirUiDeleting;

static void
delete_free (gpointer data)
{
  MeirUiDelete *deletion = data;

  g_ptr_array_unref (deletion->gone);
  g_ptr_array_unref (deletion->kept);
  g_free (deletion);
}

MeirUiBelongings *
meir_ui_belongings_new (MeirMetainfo *metainfo, const char *folder, GBytes *priorities)
{
  MeirUiBelongings *belongings = g_new (MeirUiBelongings, 1);

  belongings->metainfo = meir_metainfo_ref (metainfo);
  belongings->folder = g_strdup (folder);
  belongings->priorities = priorities != NULL ? g_bytes_ref (priorities) : NULL;
  return belongings;
}

MeirUiBelongings *
meir_ui_belongings_new_for (MeirTorrent *torrent)
{
  g_autoptr (MeirMetainfo) metainfo = meir_torrent_ref_metainfo (torrent);
  g_autoptr (GBytes) priorities = meir_torrent_ref_file_priorities (torrent);

  return metainfo != NULL ? meir_ui_belongings_new (metainfo, meir_torrent_get_folder (torrent), priorities)
                          : NULL;
}

void
meir_ui_belongings_free (MeirUiBelongings *belongings)
{
  meir_metainfo_unref (belongings->metainfo);
  g_free (belongings->folder);
  g_clear_pointer (&belongings->priorities, g_bytes_unref);
  g_free (belongings);
}

/* Padding and links (BEP 47) are never made on disk: what has such a name there is not the torrent's. */
static gboolean
is_made (const MeirMetainfoFile *file)
{
  return !file->is_pad && !file->is_symlink;
}

static gboolean
is_skipped (const MeirUiBelongings *belongings, guint index)
{
  gsize n = 0;
  const guint8 *priorities =
      belongings->priorities != NULL ? g_bytes_get_data (belongings->priorities, &n) : NULL;

  return priorities != NULL && index < n && priorities[index] == MEIR_PRIORITY_SKIP;
}

/* Of the problems, the first is told. */
static void
keep_problem (GError **error, int problem, const char *shown_path)
{
  if (*error == NULL)
    g_set_error (error, G_IO_ERROR, (gint) g_io_error_from_errno (problem), "%s: %s", shown_path,
                 g_strerror (problem));
}

/* Below the download folder: what is not there is no problem, and what leads elsewhere is somebody else's. */
static void
keep_file_problem (MeirUiDeleting *deleting, const char *shown_path)
{
  int problem = errno;

  if (problem == ENOTDIR || problem == ELOOP || problem == EISDIR)
    deleting->deletion->deleted.n_foreign++;
  else if (problem != ENOENT)
    keep_problem (deleting->error, problem, shown_path);
}

/* The folder that @path lies in, from @top on without a link on the way, or -1 with errno. To be closed. */
static int
open_parent (int top, const char *path)
{
  int fd = fcntl (top, F_DUPFD_CLOEXEC, 0);

  for (const char *slash = strchr (path, '/'); fd >= 0 && slash != NULL; slash = strchr (path, '/')) {
    g_autofree char *name = g_strndup (path, (gsize) (slash - path));
    int below = openat (fd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    int problem = errno;

    close (fd);
    fd = below;
    errno = problem;
    path = slash + 1;
  }
  return fd;
}

static const char *
get_last (const char *path)
{
  const char *slash = strrchr (path, '/');

  return slash != NULL ? slash + 1 : path;
}

/* A file that is skipped may be made where a piece of its neighbour reaches into it. One that the user has
 * put there is longer, or of any length. */
static gboolean
is_own (MeirUiDeleting *deleting, guint index, const struct stat *info)
{
  guint64 length = meir_metainfo_get_file (deleting->belongings->metainfo, index)->length;
  guint64 length_there = (guint64) info->st_size;

  return S_ISREG (info->st_mode) && length_there <= length &&
         (length_there == length || !is_skipped (deleting->belongings, index));
}

static void
delete_file (MeirUiDeleting *deleting, guint index)
{
  const MeirMetainfoFile *file = meir_metainfo_get_file (deleting->belongings->metainfo, index);
  int parent = open_parent (deleting->top, file->path);
  struct stat info;

  if (parent < 0) {
    keep_file_problem (deleting, file->display_path);
    return;
  }
  if (fstatat (parent, get_last (file->path), &info, AT_SYMLINK_NOFOLLOW) != 0)
    keep_file_problem (deleting, file->display_path);
  else if (!is_own (deleting, index, &info))
    deleting->deletion->deleted.n_foreign++;
  else if (g_hash_table_contains (deleting->shared, file->path))
    deleting->deletion->deleted.n_shared++;
  else if (unlinkat (parent, get_last (file->path), 0) != 0)
    keep_file_problem (deleting, file->display_path);
  close (parent);
}

/* One that has something in it is somebody's, and that it stays no problem. */
static void
delete_folder (int top, const char *path)
{
  int parent = open_parent (top, path);

  if (parent < 0)
    return;
  unlinkat (parent, get_last (path), AT_REMOVEDIR);
  close (parent);
}

/* What is below comes before what is above. */
static int
compare_depth (gconstpointer one, gconstpointer other)
{
  gsize one_length = strlen (*(const char *const *) one);
  gsize other_length = strlen (*(const char *const *) other);

  return (one_length < other_length) - (one_length > other_length);
}

/* The folders that the torrent has made, the longest path first. (transfer full) */
static GPtrArray *
dup_folders (MeirMetainfo *metainfo)
{
  g_autoptr (GHashTable) known = g_hash_table_new (g_str_hash, g_str_equal);
  GPtrArray *folders = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; i < meir_metainfo_get_n_files (metainfo); i++) {
    const MeirMetainfoFile *file = meir_metainfo_get_file (metainfo, i);
    const char *path = file->path;

    if (!is_made (file))
      continue;
    for (const char *slash = strrchr (path, '/'); slash != NULL;
         slash = g_strrstr_len (path, slash - path, "/")) {
      g_autofree char *folder = g_strndup (path, (gsize) (slash - path));

      /* Then those above it are known, too. */
      if (g_hash_table_contains (known, folder))
        break;
      g_hash_table_add (known, folder);
      g_ptr_array_add (folders, g_steal_pointer (&folder));
    }
  }
  g_ptr_array_sort (folders, compare_depth);
  return folders;
}

/* Two ways to one folder are one folder. (transfer full) */
static char *
dup_real_path (const char *folder)
{
  char *path = realpath (folder, NULL); /* g_free () is free () */

  return path != NULL ? path : g_canonicalize_filename (folder, "/");
}

/* Of the files that are the torrent's @own those that @other has, too, go into @shared, by their paths. */
static void
find_shared (GHashTable *shared, GHashTable *own, const char *real_folder, const MeirUiBelongings *other)
{
  g_autofree char *other_folder = dup_real_path (other->folder);
  g_autofree char *prefix =
      g_str_has_suffix (real_folder, "/") ? g_strdup (real_folder) : g_strconcat (real_folder, "/", NULL);
  gboolean is_same = strcmp (real_folder, other_folder) == 0;

  for (guint i = 0; i < meir_metainfo_get_n_files (other->metainfo); i++) {
    const MeirMetainfoFile *file = meir_metainfo_get_file (other->metainfo, i);
    g_autofree char *full = is_same ? NULL : g_build_filename (other_folder, file->path, NULL);
    const char *path = is_same ? file->path : g_str_has_prefix (full, prefix) ? full + strlen (prefix) : NULL;
    gpointer known;

    if (is_made (file) && path != NULL && g_hash_table_lookup_extended (own, path, &known, NULL))
      g_hash_table_add (shared, known);
  }
}

/* (transfer full): a set of paths, which are the metainfo's */
static GHashTable *
dup_shared (const MeirUiBelongings *belongings, GPtrArray *kept)
{
  g_autoptr (GHashTable) own = g_hash_table_new (g_str_hash, g_str_equal);
  g_autofree char *real_folder = dup_real_path (belongings->folder);
  GHashTable *shared = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint i = 0; i < meir_metainfo_get_n_files (belongings->metainfo); i++)
    g_hash_table_add (own, (gpointer) meir_metainfo_get_file (belongings->metainfo, i)->path);
  for (guint i = 0; i < kept->len; i++)
    find_shared (shared, own, real_folder, g_ptr_array_index (kept, i));
  return shared;
}

static void
delete_one (MeirUiDelete *deletion, const MeirUiBelongings *belongings, GCancellable *cancellable,
            GError **error)
{
  g_autoptr (GHashTable) shared = dup_shared (belongings, deletion->kept);
  g_autoptr (GPtrArray) folders = dup_folders (belongings->metainfo);
  int top = open (belongings->folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  MeirUiDeleting deleting = { deletion, belongings, shared, top, error };

  /* A disk that has been taken out still has its files. */
  if (top < 0) {
    int problem = errno;
    g_autofree char *shown = g_filename_display_name (belongings->folder);

    keep_problem (error, problem, shown);
    return;
  }
  for (guint i = 0; i < meir_metainfo_get_n_files (belongings->metainfo); i++) {
    if (g_cancellable_is_cancelled (cancellable))
      break;
    if (is_made (meir_metainfo_get_file (belongings->metainfo, i)))
      delete_file (&deleting, i);
    g_atomic_int_inc (&deletion->n_steps);
  }
  for (guint i = 0; i < folders->len && !g_cancellable_is_cancelled (cancellable); i++) {
    delete_folder (top, g_ptr_array_index (folders, i));
    g_atomic_int_inc (&deletion->n_steps);
  }
  close (top);
}

static void
delete_worker (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  MeirUiDelete *deletion = task_data;
  GError *error = NULL;

  for (guint i = 0; i < deletion->gone->len && !g_cancellable_is_cancelled (cancellable); i++)
    delete_one (deletion, g_ptr_array_index (deletion->gone, i), cancellable, &error);
  if (error != NULL)
    g_task_return_error (task, error);
  else
    g_task_return_boolean (task, TRUE);
}

void
meir_ui_delete_async (GPtrArray *gone, GPtrArray *kept, GCancellable *quitting, GAsyncReadyCallback callback,
                      gpointer user_data)
{
  g_autoptr (GCancellable) given_up = g_cancellable_new ();
  g_autoptr (GTask) task = g_task_new (NULL, given_up, callback, user_data);
  MeirUiDelete *deletion = g_new0 (MeirUiDelete, 1);

  deletion->gone = g_ptr_array_ref (gone);
  deletion->kept = g_ptr_array_ref (kept);
  g_task_set_task_data (task, deletion, delete_free);
  g_task_set_return_on_cancel (task, TRUE);
  g_task_run_in_thread (task, delete_worker);
  meir_ui_patience_watch (task, &deletion->n_steps, quitting);
}

gboolean
meir_ui_delete_finish (GAsyncResult *result, MeirUiDeleted *deleted, GError **error)
{
  const MeirUiDelete *deletion = g_task_get_task_data (G_TASK (result));
  gboolean done = meir_ui_patience_finish (result, _ ("The disk does not answer"), error);

  /* Otherwise its worker may still be at it. */
  *deleted = done ? deletion->deleted : (MeirUiDeleted){ 0, 0 };
  return done;
}
