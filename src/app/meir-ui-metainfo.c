/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/meir-ui-metainfo.h"

#include "app/compat/meir-ui-compat.h"
#include "app/meir-ui-drag.h"

#include <glib/gi18n.h>

/* What a worker parses: one or the other. */
typedef struct {
  GFile *file;
  GBytes *bytes;
  char *folder_name; /* (nullable) */
} Reading;

static void
reading_free (gpointer data)
{
  Reading *reading = data;

  g_clear_object (&reading->file);
  g_clear_pointer (&reading->bytes, g_bytes_unref);
  g_free (reading->folder_name);
  g_free (reading);
}

static void
unref_metainfo (gpointer metainfo)
{
  meir_metainfo_unref (metainfo);
}

static MeirMetainfo *
read_metainfo (const Reading *reading, GCancellable *cancellable, GError **error)
{
  g_autoptr (MeirMetainfo) metainfo = NULL;

  if (reading->file != NULL)
    metainfo = meir_metainfo_load (reading->file, FALSE, cancellable, error);
  else
    metainfo = meir_metainfo_parse (reading->bytes, error);
  if (metainfo == NULL || reading->folder_name == NULL)
    return g_steal_pointer (&metainfo);
  return meir_metainfo_new_in_folder (metainfo, reading->folder_name, error);
}

static void
read_worker (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  GError *error = NULL;
  MeirMetainfo *metainfo = read_metainfo (task_data, cancellable, &error);

  if (metainfo != NULL)
    g_task_return_pointer (task, metainfo, unref_metainfo);
  else
    g_task_return_error (task, error);
}

/* @reading: copied */
static void
read_async (const Reading *reading, GCancellable *cancellable, GAsyncReadyCallback callback,
            gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);
  Reading *copy = g_new0 (Reading, 1);

  g_set_object (&copy->file, reading->file);
  copy->bytes = reading->bytes != NULL ? g_bytes_ref (reading->bytes) : NULL;
  copy->folder_name = g_strdup (reading->folder_name);
  g_task_set_task_data (task, copy, reading_free);
  g_task_run_in_thread (task, read_worker);
}

void
meir_ui_metainfo_load_async (GFile *file, const char *folder_name, GCancellable *cancellable,
                             GAsyncReadyCallback callback, gpointer user_data)
{
  read_async (&(Reading){ .file = file, .folder_name = (char *) folder_name }, cancellable, callback,
              user_data);
}

void
meir_ui_metainfo_parse_async (GBytes *bytes, const char *folder_name, GCancellable *cancellable,
                              GAsyncReadyCallback callback, gpointer user_data)
{
  read_async (&(Reading){ .bytes = bytes, .folder_name = (char *) folder_name }, cancellable, callback,
              user_data);
}

MeirMetainfo *
meir_ui_metainfo_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
on_saved (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;

  if (meir_create_write_finish (result, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
on_chosen (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;
  g_autoptr (GListModel) files = meir_ui_choose_finish (result, &error);
  g_autoptr (GFile) file = files != NULL ? g_list_model_get_item (files, 0) : NULL;
  g_autoptr (GBytes) bytes = NULL;

  if (error != NULL) {
    g_task_return_error (task, error);
    return;
  }
  if (file == NULL || g_file_peek_path (file) == NULL) {
    g_task_return_boolean (task, FALSE);
    return;
  }
  bytes = meir_metainfo_dup_torrent_bytes (g_task_get_task_data (task));
  meir_create_write_async (g_file_peek_path (file), bytes, NULL, on_saved, g_object_ref (task));
}

void
meir_ui_metainfo_save_async (GtkWindow *parent, MeirMetainfo *metainfo, GAsyncReadyCallback callback,
                             gpointer user_data)
{
  GTask *task = g_task_new (parent, NULL, callback, user_data);
  g_autofree char *name = meir_ui_drag_dup_name (metainfo);

  g_task_set_task_data (task, meir_metainfo_ref (metainfo), unref_metainfo);
  meir_ui_choose_save_async (parent, _ ("Save the Torrent File"), name, on_chosen, task);
}

gboolean
meir_ui_metainfo_save_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}
