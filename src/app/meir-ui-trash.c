/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/meir-ui-trash.h"

#include "app/meir-ui-patience.h"

#include <glib/gi18n.h>
#include <string.h>

/* A folder is not looked into deeper than this; what is deeper is somebody else's. */
#define DEPTH_MAX 64

typedef struct {
  MeirMetainfo *metainfo;
  char *folder;
  gint n_steps; /* atomic: what has been looked at or moved */
} MeirUiTrash;

static void
trash_free (gpointer data)
{
  MeirUiTrash *trash = data;

  meir_metainfo_unref (trash->metainfo);
  g_free (trash->folder);
  g_free (trash);
}

static GFile *
file_at (const MeirUiTrash *trash, const char *path)
{
  g_autofree char *full = g_build_filename (trash->folder, path, NULL);

  return g_file_new_for_path (full);
}

/* Whether all that lies in the folder at @path, below the download folder, is one of @own. */
static gboolean
holds_nothing_else (MeirUiTrash *trash, const char *path, GHashTable *own, guint depth)
{
  g_autoptr (GFile) folder = file_at (trash, path);
  g_autoptr (GFileEnumerator) children =
      g_file_enumerate_children (folder, G_FILE_ATTRIBUTE_STANDARD_NAME "," G_FILE_ATTRIBUTE_STANDARD_TYPE,
                                 G_FILE_QUERY_INFO_NOFOLLOW_SYMLINKS, NULL, NULL);
  GFileInfo *info = NULL;

  if (children == NULL || depth > DEPTH_MAX)
    return FALSE;
  while (g_file_enumerator_iterate (children, &info, NULL, NULL, NULL) && info != NULL) {
    g_autofree char *child = g_strconcat (path, "/", g_file_info_get_name (info), NULL);

    g_atomic_int_inc (&trash->n_steps);
    if (g_file_info_get_file_type (info) == G_FILE_TYPE_DIRECTORY
            ? !holds_nothing_else (trash, child, own, depth + 1)
            : !g_hash_table_contains (own, child))
      return FALSE;
  }
  return TRUE;
}

/* Of the problems, @error is the first. */
static void
trash_one (MeirUiTrash *trash, const char *path, GError **error)
{
  g_autoptr (GFile) file = file_at (trash, path);
  g_autoptr (GError) problem = NULL;
  gboolean moved =
      g_file_trash (file, NULL, &problem) || g_error_matches (problem, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);

  g_atomic_int_inc (&trash->n_steps);
  if (!moved && *error == NULL)
    g_propagate_error (error, g_steal_pointer (&problem));
}

static gboolean
is_folder (const MeirUiTrash *trash, const char *path)
{
  g_autoptr (GFile) file = file_at (trash, path);

  return g_file_query_file_type (file, G_FILE_QUERY_INFO_NOFOLLOW_SYMLINKS, NULL) == G_FILE_TYPE_DIRECTORY;
}

static void
trash_worker (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  MeirUiTrash *trash = task_data;
  const char *name = meir_metainfo_get_name (trash->metainfo);
  guint n = meir_metainfo_get_n_files (trash->metainfo);
  g_autoptr (GHashTable) own = g_hash_table_new (g_str_hash, g_str_equal);
  GError *error = NULL;

  for (guint i = 0; i < n; i++)
    g_hash_table_add (own, (gpointer) meir_metainfo_get_file (trash->metainfo, i)->path);
  if (meir_metainfo_is_folder (trash->metainfo) && is_folder (trash, name) &&
      holds_nothing_else (trash, name, own, 0)) {
    trash_one (trash, name, &error);
  } else {
    for (guint i = 0; i < n && !g_cancellable_is_cancelled (cancellable); i++) {
      const MeirMetainfoFile *file = meir_metainfo_get_file (trash->metainfo, i);

      /* These are never made on disk: what has such a name there is not ours. */
      if (!file->is_pad && !file->is_symlink)
        trash_one (trash, file->path, &error);
    }
  }
  if (error != NULL)
    g_task_return_error (task, error);
  else
    g_task_return_boolean (task, TRUE);
}

void
meir_ui_trash_async (MeirMetainfo *metainfo, const char *folder, GCancellable *quitting,
                     GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GCancellable) given_up = g_cancellable_new ();
  g_autoptr (GTask) task = g_task_new (NULL, given_up, callback, user_data);
  MeirUiTrash *trash = g_new0 (MeirUiTrash, 1);

  trash->metainfo = meir_metainfo_ref (metainfo);
  trash->folder = g_strdup (folder);
  g_task_set_task_data (task, trash, trash_free);
  g_task_set_return_on_cancel (task, TRUE);
  g_task_run_in_thread (task, trash_worker);
  /* The trash may be another program. */
  meir_ui_patience_watch (task, &trash->n_steps, quitting);
}

gboolean
meir_ui_trash_finish (GAsyncResult *result, GError **error)
{
  return meir_ui_patience_finish (result, _ ("The trash does not answer"), error);
}
