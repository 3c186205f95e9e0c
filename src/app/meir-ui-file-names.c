/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/meir-ui-file-names.h"

typedef struct {
  MeirUiItem *item; /* touched by the main thread alone */
  MeirMetainfo *metainfo;
  char *names;
} MeirUiGathered;

static void
gathered_clear (gpointer data)
{
  MeirUiGathered *gathered = data;

  g_object_unref (gathered->item);
  meir_metainfo_unref (gathered->metainfo);
  g_free (gathered->names);
}

static char *
dup_names (MeirMetainfo *metainfo)
{
  GString *names = g_string_new (NULL);

  for (guint i = 0; i < meir_metainfo_get_n_files (metainfo); i++) {
    const MeirMetainfoFile *file = meir_metainfo_get_file (metainfo, i);

    if (!file->is_pad)
      g_string_append_printf (names, "%s\n", file->display_path);
  }
  return g_string_free (names, FALSE);
}

static void
gather_worker (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  GArray *all = task_data;

  for (guint i = 0; i < all->len && !g_cancellable_is_cancelled (cancellable); i++) {
    MeirUiGathered *gathered = &g_array_index (all, MeirUiGathered, i);
    g_autofree char *names = dup_names (gathered->metainfo);

    gathered->names = meir_ui_item_fold (names);
  }
  if (!g_task_return_error_if_cancelled (task))
    g_task_return_boolean (task, TRUE);
}

void
meir_ui_file_names_gather_async (GPtrArray *items, GCancellable *cancellable, GAsyncReadyCallback callback,
                                 gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);
  GArray *all = g_array_new (FALSE, TRUE, sizeof (MeirUiGathered));

  g_array_set_clear_func (all, gathered_clear);
  for (guint i = 0; i < items->len; i++) {
    MeirUiItem *item = g_ptr_array_index (items, i);
    MeirUiGathered gathered = { .item = item };

    if (meir_ui_item_has_file_names (item))
      continue;
    gathered.metainfo = meir_torrent_ref_metainfo (meir_ui_item_get_torrent (item));
    if (gathered.metainfo == NULL)
      continue;
    g_object_ref (item);
    g_array_append_val (all, gathered);
  }
  g_task_set_task_data (task, all, (GDestroyNotify) g_array_unref);
  g_task_run_in_thread (task, gather_worker);
}

gboolean
meir_ui_file_names_gather_finish (GAsyncResult *result, GError **error)
{
  GArray *all = g_task_get_task_data (G_TASK (result));

  if (!g_task_propagate_boolean (G_TASK (result), error))
    return FALSE;
  for (guint i = 0; i < all->len; i++) {
    MeirUiGathered *gathered = &g_array_index (all, MeirUiGathered, i);

    meir_ui_item_take_file_names (gathered->item, g_steal_pointer (&gathered->names));
  }
  return TRUE;
}
