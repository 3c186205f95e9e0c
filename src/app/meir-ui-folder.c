/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/meir-ui-folder.h"

#include "app/meir-ui-path.h"
#include "app/meir-ui-portal.h"
#include "app/meir-ui-text.h"
#include "session/meir.h"

#include <glib/gi18n.h>

/* A file manager that is to be started takes its time. */
#define TIMEOUT_MSEC 25000

/* What a task is about. */
typedef struct {
  char *path;
  GSource *cancelled; /* (nullable): while another program is waited for; it holds the task */
} MeirUiErrand;

static void
errand_free (gpointer data)
{
  MeirUiErrand *errand = data;

  g_free (errand->path);
  g_free (errand);
}

static const char *
get_path (GTask *task)
{
  return ((MeirUiErrand *) g_task_get_task_data (task))->path;
}

static void
return_failure (GTask *task, const GError *cause)
{
  g_autofree char *shown = meir_ui_path_dup_shown (get_path (task));
  g_autofree char *isolated = meir_ui_text_dup_isolated (shown);
  g_autofree char *reason = meir_ui_text_dup_error (cause);

  g_task_return_new_error (task, MEIR_ERROR, MEIR_ERROR_FAILED, _ ("“%s” cannot be opened: %s"), isolated,
                           reason);
}

static gboolean
on_cancelled (GCancellable *cancellable, gpointer user_data)
{
  GTask *task = user_data;

  ((MeirUiErrand *) g_task_get_task_data (task))->cancelled = NULL;
  g_task_return_error_if_cancelled (task);
  return G_SOURCE_REMOVE;
}

static void
on_launched (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  MeirUiErrand *errand = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  gboolean launched = g_app_info_launch_default_for_uri_finish (result, &error);

  /* Cancelled: on_cancelled () has told, or is about to. */
  if (g_task_had_error (task))
    return;
  g_clear_pointer (&errand->cancelled, g_source_destroy);
  if (launched)
    g_task_return_boolean (task, TRUE);
  else
    return_failure (task, error);
}

/* A portal asks the user which program it shall be: it answers after that, perhaps never, and GIO does not
 * give up on it when the call is cancelled. */
static void
watch_cancelled (GTask *task)
{
  MeirUiErrand *errand = g_task_get_task_data (task);

  if (g_task_get_cancellable (task) == NULL)
    return;
  errand->cancelled = g_cancellable_source_new (g_task_get_cancellable (task));
  g_task_attach_source (task, errand->cancelled, G_SOURCE_FUNC (on_cancelled));
  g_source_unref (errand->cancelled); /* the context holds it */
}

/* @task: (transfer full) */
static void
launch (GTask *task, const char *path)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *uri = g_filename_to_uri (path, NULL, &error);

  if (g_task_return_error_if_cancelled (task)) {
    g_object_unref (task);
    return;
  }
  if (uri == NULL) {
    return_failure (task, error);
    g_object_unref (task);
    return;
  }
  watch_cancelled (task);
  g_app_info_launch_default_for_uri_async (uri, NULL, g_task_get_cancellable (task), on_launched, task);
}

/* The last way: the folder it lies in, with nothing marked in it. @task: (transfer full) */
static void
launch_folder (GTask *task)
{
  g_autofree char *folder = g_path_get_dirname (get_path (task));

  launch (task, folder);
}

static void
on_portal_opened (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GTask *task = user_data;

  if (!meir_ui_portal_open_directory_finish (result, NULL)) {
    launch_folder (task);
    return;
  }
  g_task_return_boolean (task, TRUE);
  g_object_unref (task);
}

/* @task: (transfer full) */
static void
ask_portal (GTask *task)
{
  meir_ui_portal_open_directory_async (get_path (task), g_task_get_cancellable (task), on_portal_opened,
                                       task);
}

static void
on_items_shown (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GTask *task = user_data;
  g_autoptr (GVariant) reply = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, NULL);

  if (reply == NULL) {
    ask_portal (task);
    return;
  }
  g_task_return_boolean (task, TRUE);
  g_object_unref (task);
}

static void
on_bus (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GTask *task = user_data;
  g_autoptr (GDBusConnection) bus = g_bus_get_finish (result, NULL);
  g_autofree char *uri = g_filename_to_uri (get_path (task), NULL, NULL);
  const char *uris[] = { uri, NULL };

  if (bus == NULL) {
    launch_folder (task);
    return;
  }
  g_dbus_connection_call (bus, "org.freedesktop.FileManager1", "/org/freedesktop/FileManager1",
                          "org.freedesktop.FileManager1", "ShowItems", g_variant_new ("(^ass)", uris, ""),
                          NULL, G_DBUS_CALL_FLAGS_NONE, TIMEOUT_MSEC, g_task_get_cancellable (task),
                          on_items_shown, task);
}

static void
open_itself (GTask *task)
{
  launch (task, get_path (task));
}

/* @task: (transfer full) */
typedef void (*MeirUiErrandFunc) (GTask *task);

static void
exists_worker (GTask *check, gpointer source, gpointer task, GCancellable *cancellable)
{
  g_task_return_boolean (check, g_file_test (get_path (task), G_FILE_TEST_EXISTS));
}

static void
on_looked (GObject *source, GAsyncResult *result, gpointer user_data)
{
  MeirUiErrandFunc go_on = (MeirUiErrandFunc) user_data;
  g_autoptr (GTask) task = g_object_ref (g_task_get_task_data (G_TASK (result)));
  gboolean exists = g_task_propagate_boolean (G_TASK (result), NULL);
  g_autofree char *shown = NULL;
  g_autofree char *isolated = NULL;

  if (g_task_return_error_if_cancelled (task))
    return;
  if (exists) {
    go_on (g_steal_pointer (&task));
    return;
  }
  shown = meir_ui_path_dup_shown (get_path (task));
  isolated = meir_ui_text_dup_isolated (shown);
  g_task_return_new_error (task, MEIR_ERROR, MEIR_ERROR_NOT_FOUND, _ ("“%s” is not there"), isolated);
}

/* Goes on when there is something at @path. A disk that hangs is waited for until it is cancelled. */
static void
begin (const char *path, MeirUiErrandFunc go_on, GCancellable *cancellable, GAsyncReadyCallback callback,
       gpointer user_data)
{
  GTask *task = g_task_new (NULL, cancellable, callback, user_data);
  g_autoptr (GTask) check = g_task_new (NULL, cancellable, on_looked, (gpointer) go_on);
  MeirUiErrand *errand = g_new0 (MeirUiErrand, 1);

  errand->path = g_strdup (path);
  g_task_set_task_data (task, errand, errand_free);
  g_task_set_task_data (check, task, g_object_unref);
  g_task_set_return_on_cancel (check, TRUE);
  g_task_run_in_thread (check, exists_worker);
}

static void
show (GTask *task)
{
  /* In a sandbox the file manager knows nothing of the path, and is not ours to talk to. */
  if (g_file_test ("/.flatpak-info", G_FILE_TEST_EXISTS))
    ask_portal (task);
  else
    g_bus_get (G_BUS_TYPE_SESSION, g_task_get_cancellable (task), on_bus, task);
}

void
meir_ui_folder_show_async (const char *path, GCancellable *cancellable, GAsyncReadyCallback callback,
                           gpointer user_data)
{
  begin (path, show, cancellable, callback, user_data);
}

gboolean
meir_ui_folder_show_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

void
meir_ui_folder_open_async (const char *path, GCancellable *cancellable, GAsyncReadyCallback callback,
                           gpointer user_data)
{
  begin (path, open_itself, cancellable, callback, user_data);
}

gboolean
meir_ui_folder_open_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}
