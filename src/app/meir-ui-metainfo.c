/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/meir-ui-metainfo.h"

#include "app/meir-ui-text.h"

#include <glib/gi18n.h>
#include <string.h>

#define NAME_CHARS_MAX 120

static void
unref_metainfo (gpointer metainfo)
{
  meir_metainfo_unref (metainfo);
}

static char *
dup_name (GFile *file)
{
  g_autofree char *name = g_file_get_parse_name (file);

  return meir_text_dup_safe (name, strlen (name), NAME_CHARS_MAX);
}

static GBytes *
too_large (GFile *file, GError **error)
{
  g_autofree char *name = dup_name (file);

  g_set_error (error, MEIR_ERROR, MEIR_ERROR_INVALID, _ ("%s is too large for a torrent"), name);
  return NULL;
}

/* Refuses what is no regular file before it is opened: opening a pipe waits for its other end. */
static gboolean
is_readable (GFile *file, GCancellable *cancellable, GError **error)
{
  g_autoptr (GFileInfo) info = NULL;
  g_autofree char *name = NULL;

  info = g_file_query_info (file, G_FILE_ATTRIBUTE_STANDARD_TYPE, G_FILE_QUERY_INFO_NONE, cancellable, error);
  if (info == NULL)
    return FALSE;
  if (g_file_info_get_file_type (info) == G_FILE_TYPE_REGULAR)
    return TRUE;
  name = dup_name (file);
  g_set_error (error, MEIR_ERROR, MEIR_ERROR_INVALID, _ ("%s is not a file"), name);
  return FALSE;
}

static GBytes *
load (GFile *file, GCancellable *cancellable, GError **error)
{
  g_autoptr (GFileInputStream) input = NULL;
  g_autoptr (GByteArray) data = g_byte_array_new ();
  g_autofree guint8 *buffer = NULL;
  const gsize step = 1u << 20;
  gsize got;

  if (!is_readable (file, cancellable, error))
    return NULL;
  input = g_file_read (file, cancellable, error);
  if (input == NULL)
    return NULL;
  buffer = g_malloc (step);
  do {
    if (!g_input_stream_read_all (G_INPUT_STREAM (input), buffer, step, &got, cancellable, error))
      return NULL;
    if (data->len + got > MEIR_METAINFO_FILE_MAX)
      return too_large (file, error);
    g_byte_array_append (data, buffer, (guint) got);
  } while (got == step);
  return g_byte_array_free_to_bytes (g_steal_pointer (&data));
}

/* What GIO says becomes a sentence for people: safe to show, with a code of ours. */
static GError *
as_our_error (GError *error)
{
  g_autoptr (GError) old = error;
  g_autofree char *message = NULL;
  int code = g_error_matches (old, G_IO_ERROR, G_IO_ERROR_NOT_FOUND) ? MEIR_ERROR_NOT_FOUND : MEIR_ERROR_IO;

  if (old->domain == MEIR_ERROR || g_error_matches (old, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return g_steal_pointer (&old);
  message = meir_ui_text_dup_error (old);
  return g_error_new_literal (MEIR_ERROR, code, message);
}

static void
return_parsed (GTask *task, GBytes *bytes, const char *name)
{
  GError *error = NULL;
  MeirMetainfo *metainfo = meir_metainfo_parse (bytes, &error);

  if (metainfo != NULL) {
    g_task_return_pointer (task, metainfo, unref_metainfo);
    return;
  }
  if (name != NULL)
    g_prefix_error (&error, "%s: ", name);
  g_task_return_error (task, error);
}

static void
load_worker (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  GFile *file = task_data;
  g_autofree char *name = dup_name (file);
  GError *error = NULL;
  g_autoptr (GBytes) bytes = load (file, cancellable, &error);

  if (bytes == NULL)
    g_task_return_error (task, as_our_error (error));
  else
    return_parsed (task, bytes, name);
}

static void
parse_worker (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  return_parsed (task, task_data, NULL);
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
