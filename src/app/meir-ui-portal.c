/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/meir-ui-portal.h"

#include <errno.h>
#include <fcntl.h>
#include <gio/gunixfdlist.h>
#include <string.h>
#include <unistd.h>

#define BUS_NAME    "org.freedesktop.portal.Desktop"
#define OBJECT_PATH "/org/freedesktop/portal/desktop"
/* The first to ask may have to wait until the portal is started. */
#define TIMEOUT_MSEC 25000

/* The version of an interface. */

static void
on_version (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &error);
  g_autoptr (GVariant) version = NULL;

  if (reply != NULL)
    g_variant_get (reply, "(v)", &version);
  if (g_task_return_error_if_cancelled (task))
    return;
  g_task_return_int (task, version != NULL && g_variant_is_of_type (version, G_VARIANT_TYPE_UINT32)
                               ? (gssize) g_variant_get_uint32 (version)
                               : 0);
}

static void
on_bus_for_version (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GDBusConnection) bus = g_bus_get_finish (result, NULL);

  if (g_task_return_error_if_cancelled (task))
    return;
  if (bus == NULL) {
    g_task_return_int (task, 0);
    return;
  }
  g_dbus_connection_call (bus, BUS_NAME, OBJECT_PATH, "org.freedesktop.DBus.Properties", "Get",
                          g_variant_new ("(ss)", g_task_get_task_data (task), "version"),
                          G_VARIANT_TYPE ("(v)"), G_DBUS_CALL_FLAGS_NONE, TIMEOUT_MSEC,
                          g_task_get_cancellable (task), on_version, g_object_ref (task));
}

void
meir_ui_portal_query_version_async (const char *interface, GCancellable *cancellable,
                                    GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = g_task_new (NULL, cancellable, callback, user_data);

  g_task_set_task_data (task, g_strdup (interface), g_free);
  g_bus_get (G_BUS_TYPE_SESSION, cancellable, on_bus_for_version, task);
}

guint
meir_ui_portal_query_version_finish (GAsyncResult *result, GError **error)
{
  gssize version = g_task_propagate_int (G_TASK (result), error);

  return (guint) MAX (version, 0);
}

/* Requests: the portal answers with a signal, from an object whose path can be known before. */

typedef struct {
  char *reason;
  gboolean autostart;
  guint subscription;
  GDBusConnection *bus; /* while subscribed */
} Request;

static void
request_end (Request *request)
{
  if (request->subscription != 0)
    g_dbus_connection_signal_unsubscribe (request->bus, request->subscription);
  request->subscription = 0;
}

static void
request_free (gpointer data)
{
  Request *request = data;

  g_clear_object (&request->bus);
  g_free (request->reason);
  g_free (request);
}

static void
on_response (GDBusConnection *bus, const char *sender, const char *path, const char *interface,
             const char *signal, GVariant *parameters, gpointer user_data)
{
  g_autoptr (GTask) task = g_object_ref (user_data);
  Request *request = g_task_get_task_data (task);
  g_autoptr (GVariant) results = NULL;
  gboolean background = FALSE, autostart = FALSE;
  guint32 code;

  if (!g_variant_is_of_type (parameters, G_VARIANT_TYPE ("(ua{sv})")))
    return;
  g_variant_get (parameters, "(u@a{sv})", &code, &results);
  g_variant_lookup (results, "background", "b", &background);
  g_variant_lookup (results, "autostart", "b", &autostart);
  request_end (request);
  if (code == 0 && background && autostart == request->autostart)
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED, "the desktop does not allow it");
}

static void
on_requested (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;
  g_autoptr (GVariant) reply = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &error);

  if (reply != NULL)
    return;
  request_end (g_task_get_task_data (task));
  g_task_return_error (task, error);
}

static void
unref_task (gpointer task)
{
  g_object_unref (task);
}

/* (transfer full): where the answer to a request with this token will come from */
static char *
dup_request_path (GDBusConnection *bus, const char *token)
{
  g_autofree char *sender = g_strdup (g_dbus_connection_get_unique_name (bus) + 1);

  return g_strdup_printf (OBJECT_PATH "/request/%s/%s", g_strdelimit (sender, ".", '_'), token);
}

static void
on_bus_for_request (GObject *source, GAsyncResult *result, gpointer user_data)
{
  static const char *const command[] = { "meirtorrent", "--gapplication-service", NULL };
  static guint n_requests;
  g_autoptr (GTask) task = user_data;
  Request *request = g_task_get_task_data (task);
  g_autofree char *token = g_strdup_printf ("meirtorrent%u", n_requests++);
  g_autofree char *path = NULL;
  GError *error = NULL;
  GVariantDict options;

  request->bus = g_bus_get_finish (result, &error);
  if (request->bus == NULL) {
    g_task_return_error (task, error);
    return;
  }
  path = dup_request_path (request->bus, token);
  request->subscription = g_dbus_connection_signal_subscribe (
      request->bus, BUS_NAME, "org.freedesktop.portal.Request", "Response", path, NULL,
      G_DBUS_SIGNAL_FLAGS_NONE, on_response, g_object_ref (task), unref_task);
  g_variant_dict_init (&options, NULL);
  g_variant_dict_insert (&options, "handle_token", "s", token);
  g_variant_dict_insert (&options, "reason", "s", request->reason);
  g_variant_dict_insert (&options, "autostart", "b", request->autostart);
  g_variant_dict_insert (&options, "commandline", "^as", command);
  g_dbus_connection_call (request->bus, BUS_NAME, OBJECT_PATH, MEIR_UI_PORTAL_BACKGROUND, "RequestBackground",
                          g_variant_new ("(s@a{sv})", "", g_variant_dict_end (&options)),
                          G_VARIANT_TYPE ("(o)"), G_DBUS_CALL_FLAGS_NONE, TIMEOUT_MSEC,
                          g_task_get_cancellable (task), on_requested, g_object_ref (task));
}

void
meir_ui_portal_request_background_async (const char *reason, gboolean autostart, GCancellable *cancellable,
                                         GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = g_task_new (NULL, cancellable, callback, user_data);
  Request *request = g_new0 (Request, 1);

  request->reason = g_strdup (reason);
  request->autostart = autostart;
  g_task_set_task_data (task, request, request_free);
  g_bus_get (G_BUS_TYPE_SESSION, cancellable, on_bus_for_request, task);
}

gboolean
meir_ui_portal_request_background_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
on_bus_for_status (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autofree char *status = user_data;
  g_autoptr (GDBusConnection) bus = g_bus_get_finish (result, NULL);
  GVariantDict options;

  if (bus == NULL)
    return;
  g_variant_dict_init (&options, NULL);
  g_variant_dict_insert (&options, "message", "s", status);
  /* An older portal does not know it; nobody misses the answer. */
  g_dbus_connection_call (bus, BUS_NAME, OBJECT_PATH, MEIR_UI_PORTAL_BACKGROUND, "SetStatus",
                          g_variant_new ("(@a{sv})", g_variant_dict_end (&options)), NULL,
                          G_DBUS_CALL_FLAGS_NO_AUTO_START, TIMEOUT_MSEC, NULL, NULL, NULL);
}

void
meir_ui_portal_set_status (const char *status)
{
  g_bus_get (G_BUS_TYPE_SESSION, NULL, on_bus_for_status,
             g_utf8_substring (status, 0, MIN (g_utf8_strlen (status, -1), MEIR_UI_PORTAL_STATUS_CHARS_MAX)));
}

/* Showing a file in its folder. */

static void
on_opened (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;
  g_autoptr (GVariant) reply =
      g_dbus_connection_call_with_unix_fd_list_finish (G_DBUS_CONNECTION (source), NULL, result, &error);

  if (reply != NULL)
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
on_bus_for_directory (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;
  g_autoptr (GDBusConnection) bus = g_bus_get_finish (result, &error);
  const char *path = g_task_get_task_data (task);
  g_autoptr (GUnixFDList) fds = NULL;
  GVariantDict options;
  int fd;

  if (bus == NULL) {
    g_task_return_error (task, error);
    return;
  }
  fd = open (path, O_PATH | O_CLOEXEC);
  if (fd < 0) {
    g_task_return_new_error (task, G_IO_ERROR, (gint) g_io_error_from_errno (errno), "%s",
                             g_strerror (errno));
    return;
  }
  fds = g_unix_fd_list_new_from_array (&fd, 1);
  g_variant_dict_init (&options, NULL);
  g_dbus_connection_call_with_unix_fd_list (
      bus, BUS_NAME, OBJECT_PATH, MEIR_UI_PORTAL_OPEN_URI, "OpenDirectory",
      g_variant_new ("(sh@a{sv})", "", 0, g_variant_dict_end (&options)), G_VARIANT_TYPE ("(o)"),
      G_DBUS_CALL_FLAGS_NONE, TIMEOUT_MSEC, fds, g_task_get_cancellable (task), on_opened,
      g_object_ref (task));
}

void
meir_ui_portal_open_directory_async (const char *path, GCancellable *cancellable,
                                     GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = g_task_new (NULL, cancellable, callback, user_data);

  g_task_set_task_data (task, g_strdup (path), g_free);
  g_bus_get (G_BUS_TYPE_SESSION, cancellable, on_bus_for_directory, task);
}

gboolean
meir_ui_portal_open_directory_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}
