/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/meir-ui-drag.h"

#include "app/meir-ui-application.h"
#include "app/meir-ui-text.h"

#include <errno.h>
#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <string.h>

#define NAME_BYTES_MAX 120
#define KEEP_SEC       (24 * 60 * 60)

char *
meir_ui_drag_dup_name (MeirMetainfo *metainfo)
{
  const char *shown = meir_metainfo_get_display_name (metainfo);
  g_autofree char *name = g_utf8_substring (shown, 0, MIN (g_utf8_strlen (shown, -1), NAME_BYTES_MAX));

  /* A name to show is free of control characters, and so are its first characters; it may hold a slash in
   * place of one that the file system has not. */
  g_strdelimit (name, "/\\", '_');
  if (name[0] == '.' || name[0] == '\0') {
    g_autofree char *hidden = g_steal_pointer (&name);

    name = g_strconcat ("_", hidden, NULL);
  }
  return g_strconcat (name, ".torrent", NULL);
}

/* A mail program may read the file when the mail goes out, and not when it is dropped. */
static gboolean
is_old (const char *path)
{
  GStatBuf status;

  return g_stat (path, &status) == 0 && status.st_mtime + KEEP_SEC < g_get_real_time () / G_USEC_PER_SEC;
}

static void
remove_folder (const char *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL) {
    g_autofree char *path = g_build_filename (folder, name, NULL);

    g_unlink (path);
  }
  g_rmdir (folder);
}

/* Worker. */
static void
sweep (const char *root)
{
  g_autoptr (GDir) dir = g_dir_open (root, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL) {
    g_autofree char *folder = g_build_filename (root, name, NULL);

    if (is_old (folder))
      remove_folder (folder);
  }
}

typedef struct {
  MeirMetainfo *metainfo;
  char *root, *folder, *path; /* folder: a fresh one in root, with path in it */
} MeirUiDraggedFile;

static void
dragged_file_free (gpointer data)
{
  MeirUiDraggedFile *file = data;

  meir_metainfo_unref (file->metainfo);
  g_free (file->root);
  g_free (file->folder);
  g_free (file->path);
  g_free (file);
}

static void
write_worker (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  const MeirUiDraggedFile *file = task_data;
  g_autoptr (GBytes) bytes = meir_metainfo_dup_torrent_bytes (file->metainfo);
  GError *error = NULL;

  sweep (file->root);
  if (g_mkdir_with_parents (file->folder, 0700) != 0)
    meir_set_error_from_errno (&error, errno, "%s", file->folder);
  else
    g_file_set_contents (file->path, g_bytes_get_data (bytes, NULL), (gssize) g_bytes_get_size (bytes),
                         &error);
  if (error != NULL)
    g_task_return_error (task, error);
  else
    g_task_return_boolean (task, TRUE);
}

/* A file that is dragged while a worker writes it: who takes it waits for that. */

#define MEIR_UI_TYPE_DRAGGED (meir_ui_dragged_get_type ())
G_DECLARE_FINAL_TYPE (MeirUiDragged, meir_ui_dragged, MEIR_UI, DRAGGED, GdkContentProvider)

struct _MeirUiDragged {
  GdkContentProvider parent_instance;

  GFile *file;
  gboolean written;
  GError *error;      /* (nullable): once it is written */
  GPtrArray *waiting; /* (element-type GTask) */
};

G_DEFINE_FINAL_TYPE (MeirUiDragged, meir_ui_dragged, GDK_TYPE_CONTENT_PROVIDER)

typedef struct {
  char *mime_type;
  GOutputStream *stream;
  int priority;
} MeirUiDelivery;

static void
delivery_free (gpointer data)
{
  MeirUiDelivery *delivery = data;

  g_free (delivery->mime_type);
  g_object_unref (delivery->stream);
  g_free (delivery);
}

static void
take_list (MeirUiDragged *self, GValue *value)
{
  GSList files = { .data = self->file };

  g_value_take_boxed (value, gdk_file_list_new_from_list (&files));
}

static void
on_delivered (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;

  if (gdk_content_serialize_finish (result, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

/* @task: (transfer full) */
static void
deliver (MeirUiDragged *self, GTask *task)
{
  const MeirUiDelivery *delivery = g_task_get_task_data (task);
  g_auto (GValue) value = G_VALUE_INIT;

  if (self->error != NULL) {
    g_task_return_error (task, g_error_copy (self->error));
    g_object_unref (task);
    return;
  }
  g_value_init (&value, GDK_TYPE_FILE_LIST);
  take_list (self, &value);
  gdk_content_serialize_async (delivery->stream, delivery->mime_type, &value, delivery->priority,
                               g_task_get_cancellable (task), on_delivered, task);
}

/* Who takes it may not say why nothing came. */
static void
tell_unwritten (const GError *error)
{
  GApplication *application = g_application_get_default ();
  g_autofree char *reason = meir_ui_text_dup_error (error);
  g_autofree char *text = g_strdup_printf (_ ("The .torrent file cannot be dragged: %s"), reason);

  if (MEIR_UI_IS_APPLICATION (application))
    meir_ui_application_tell (MEIR_UI_APPLICATION (application), text);
}

static void
on_written (GObject *source, GAsyncResult *result, gpointer user_data)
{
  MeirUiDragged *self = MEIR_UI_DRAGGED (source);

  if (!g_task_propagate_boolean (G_TASK (result), &self->error))
    tell_unwritten (self->error);
  self->written = TRUE;
  for (guint i = 0; i < self->waiting->len; i++)
    deliver (self, g_object_ref (g_ptr_array_index (self->waiting, i)));
  g_ptr_array_set_size (self->waiting, 0);
}

static void
meir_ui_dragged_write_mime_type_async (GdkContentProvider *provider, const char *mime_type,
                                       GOutputStream *stream, int priority, GCancellable *cancellable,
                                       GAsyncReadyCallback callback, gpointer user_data)
{
  MeirUiDragged *self = MEIR_UI_DRAGGED (provider);
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  MeirUiDelivery *delivery = g_new0 (MeirUiDelivery, 1);

  delivery->mime_type = g_strdup (mime_type);
  delivery->stream = g_object_ref (stream);
  delivery->priority = priority;
  g_task_set_task_data (task, delivery, delivery_free);
  if (self->written)
    deliver (self, g_steal_pointer (&task));
  else
    g_ptr_array_add (self->waiting, g_steal_pointer (&task));
}

static gboolean
meir_ui_dragged_write_mime_type_finish (GdkContentProvider *provider, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

static GdkContentFormats *
meir_ui_dragged_ref_formats (GdkContentProvider *provider)
{
  return gdk_content_formats_union_serialize_mime_types (
      gdk_content_formats_new_for_gtype (GDK_TYPE_FILE_LIST));
}

static gboolean
meir_ui_dragged_get_value (GdkContentProvider *provider, GValue *value, GError **error)
{
  if (!G_VALUE_HOLDS (value, GDK_TYPE_FILE_LIST))
    return GDK_CONTENT_PROVIDER_CLASS (meir_ui_dragged_parent_class)->get_value (provider, value, error);
  take_list (MEIR_UI_DRAGGED (provider), value);
  return TRUE;
}

static void
meir_ui_dragged_finalize (GObject *object)
{
  MeirUiDragged *self = MEIR_UI_DRAGGED (object);

  g_object_unref (self->file);
  g_clear_error (&self->error);
  g_ptr_array_unref (self->waiting);
  G_OBJECT_CLASS (meir_ui_dragged_parent_class)->finalize (object);
}

static void
meir_ui_dragged_class_init (MeirUiDraggedClass *klass)
{
  GdkContentProviderClass *provider_class = GDK_CONTENT_PROVIDER_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = meir_ui_dragged_finalize;
  provider_class->ref_formats = meir_ui_dragged_ref_formats;
  provider_class->get_value = meir_ui_dragged_get_value;
  provider_class->write_mime_type_async = meir_ui_dragged_write_mime_type_async;
  provider_class->write_mime_type_finish = meir_ui_dragged_write_mime_type_finish;
}

static void
meir_ui_dragged_init (MeirUiDragged *self)
{
  self->waiting = g_ptr_array_new_with_free_func (g_object_unref);
}

GdkContentProvider *
meir_ui_drag_new_content (MeirTorrent *torrent)
{
  g_autoptr (MeirMetainfo) metainfo = meir_torrent_ref_metainfo (torrent);
  g_autoptr (GTask) task = NULL;
  g_autofree char *name = NULL;
  g_autofree char *unique = NULL;
  MeirUiDraggedFile *file;
  MeirUiDragged *self;

  if (metainfo == NULL)
    return NULL;
  name = meir_ui_drag_dup_name (metainfo);
  unique = g_uuid_string_random ();
  file = g_new0 (MeirUiDraggedFile, 1);
  file->metainfo = g_steal_pointer (&metainfo);
  file->root = g_build_filename (g_get_user_cache_dir (), "meirtorrent", "drag", NULL);
  /* A folder each: two torrents may have one name. */
  file->folder = g_build_filename (file->root, unique, NULL);
  file->path = g_build_filename (file->folder, name, NULL);
  self = g_object_new (MEIR_UI_TYPE_DRAGGED, NULL);
  self->file = g_file_new_for_path (file->path);
  task = g_task_new (self, NULL, on_written, NULL);
  g_task_set_task_data (task, file, dragged_file_free);
  g_task_run_in_thread (task, write_worker);
  return GDK_CONTENT_PROVIDER (self);
}

static GdkContentProvider *
on_prepare (GtkDragSource *source, double x, double y, gpointer user_data)
{
  MeirUiDragFunc get_torrent = (MeirUiDragFunc) (gpointer) user_data;
  MeirTorrent *torrent = get_torrent (gtk_event_controller_get_widget (GTK_EVENT_CONTROLLER (source)));

  /* What there is not cannot be dragged: the pointer shows that at once. */
  return torrent != NULL ? meir_ui_drag_new_content (torrent) : NULL;
}

void
meir_ui_drag_attach (GtkWidget *widget, MeirUiDragFunc get_torrent)
{
  GtkDragSource *source = gtk_drag_source_new ();

  gtk_drag_source_set_actions (source, GDK_ACTION_COPY);
  g_signal_connect (source, "prepare", G_CALLBACK (on_prepare), (gpointer) get_torrent);
  gtk_widget_add_controller (widget, GTK_EVENT_CONTROLLER (source));
}
