/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/meir-ui-metainfo.h"

static void
unref_metainfo (gpointer metainfo)
{
  meir_metainfo_unref (metainfo);
}

static void
return_metainfo (GTask *task, MeirMetainfo *metainfo, GError *error)
{
  if (metainfo != NULL)
    g_task_return_pointer (task, metainfo, unref_metainfo);
  else
    g_task_return_error (task, error);
}

static void
load_worker (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  GError *error = NULL;
  MeirMetainfo *metainfo = meir_metainfo_load (task_data, FALSE, cancellable, &error);

  return_metainfo (task, metainfo, error);
}

static void
parse_worker (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  GError *error = NULL;
  MeirMetainfo *metainfo = meir_metainfo_parse (task_data, &error);

  return_metainfo (task, metainfo, error);
}

static void
unref_bytes (gpointer bytes)
{
  g_bytes_unref (bytes);
}

void
meir_ui_metainfo_load_async (GFile *file, GCancellable *cancellable, GAsyncReadyCallback callback,
                             gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);

  g_task_set_task_data (task, g_object_ref (file), g_object_unref);
  g_task_run_in_thread (task, load_worker);
}

void
meir_ui_metainfo_parse_async (GBytes *bytes, GCancellable *cancellable, GAsyncReadyCallback callback,
                              gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);

  g_task_set_task_data (task, g_bytes_ref (bytes), unref_bytes);
  g_task_run_in_thread (task, parse_worker);
}

MeirMetainfo *
meir_ui_metainfo_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}
