/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/meir-ui-delete.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

typedef struct {
  MeirMetainfo *metainfo;
  char *folder;
} MeirUiDelete;

static void
delete_free (gpointer data)
{
  MeirUiDelete *deletion = data;

  meir_metainfo_unref (deletion->metainfo);
  g_free (deletion->folder);
  g_free (deletion);
}

/* Padding and links (BEP 47) are never made on disk: what has such a name there is not the torrent's. */
static gboolean
is_made (const MeirMetainfoFile *file)
{
  return !file->is_pad && !file->is_symlink;
}

/* Of the problems, @error is the first. What is not there, or is not what the torrent has there, is none. */
static void
keep_problem (GError **error, const char *shown_path)
{
  int problem = errno;

  if (*error != NULL || problem == ENOENT || problem == ENOTDIR || problem == ELOOP || problem == EISDIR)
    return;
  g_set_error (error, G_IO_ERROR, (gint) g_io_error_from_errno (problem), "%s: %s", shown_path,
               g_strerror (problem));
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

static void
delete_file (int top, const MeirMetainfoFile *file, GError **error)
{
  int parent = open_parent (top, file->path);
  struct stat info;

  if (parent < 0) {
    keep_problem (error, file->display_path);
    return;
  }
  if (fstatat (parent, get_last (file->path), &info, AT_SYMLINK_NOFOLLOW) != 0 ||
      (S_ISREG (info.st_mode) && unlinkat (parent, get_last (file->path), 0) != 0))
    keep_problem (error, file->display_path);
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

static void
delete_worker (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  MeirUiDelete *deletion = task_data;
  g_autoptr (GPtrArray) folders = dup_folders (deletion->metainfo);
  int top = open (deletion->folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  GError *error = NULL;

  if (top < 0) {
    g_autofree char *shown = g_filename_display_name (deletion->folder);

    keep_problem (&error, shown);
  }
  for (guint i = 0; top >= 0 && i < meir_metainfo_get_n_files (deletion->metainfo); i++) {
    const MeirMetainfoFile *file = meir_metainfo_get_file (deletion->metainfo, i);

    if (is_made (file))
      delete_file (top, file, &error);
  }
  for (guint i = 0; top >= 0 && i < folders->len; i++)
    delete_folder (top, g_ptr_array_index (folders, i));
  if (top >= 0)
    close (top);
  if (error != NULL)
    g_task_return_error (task, error);
  else
    g_task_return_boolean (task, TRUE);
}

void
meir_ui_delete_async (MeirMetainfo *metainfo, const char *folder, GAsyncReadyCallback callback,
                      gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, NULL, callback, user_data);
  MeirUiDelete *deletion = g_new (MeirUiDelete, 1);

  deletion->metainfo = meir_metainfo_ref (metainfo);
  deletion->folder = g_strdup (folder);
  g_task_set_task_data (task, deletion, delete_free);
  g_task_run_in_thread (task, delete_worker);
}

gboolean
meir_ui_delete_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}
