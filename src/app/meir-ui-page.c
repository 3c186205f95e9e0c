/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/meir-ui-page.h"

#include "app/meir-ui-status.h"
#include "app/meir-ui-text.h"

#include <string.h>

#define FOLDER_CHARS_MAX 100

MeirUiApplication *
meir_ui_page_get_application (gpointer widget)
{
  GtkRoot *root = gtk_widget_get_root (widget);
  GtkWindow *window = GTK_IS_WINDOW (root) ? GTK_WINDOW (root) : NULL;
  GtkApplication *application = NULL;

  for (; window != NULL && application == NULL; window = gtk_window_get_transient_for (window))
    application = gtk_window_get_application (window);
  return MEIR_UI_IS_APPLICATION (application) ? MEIR_UI_APPLICATION (application) : NULL;
}

char *
meir_ui_page_dup_name (gpointer widget, MeirTorrent *torrent)
{
  MeirUiApplication *application = meir_ui_page_get_application (widget);

  return application != NULL ? meir_ui_application_dup_name (application, torrent)
                             : meir_torrent_dup_name (torrent);
}

void
meir_ui_page_keep (MeirTorrent *torrent)
{
  GApplication *application = g_application_get_default ();

  if (MEIR_UI_IS_APPLICATION (application))
    meir_ui_library_update (meir_ui_application_get_library (MEIR_UI_APPLICATION (application)), torrent);
}

void
meir_ui_page_tell (gpointer widget, const char *text)
{
  MeirUiApplication *application = meir_ui_page_get_application (widget);

  if (application != NULL)
    meir_ui_application_tell (application, text);
}

void
meir_ui_page_offer_undo (gpointer widget, const char *text, MeirUiUndoFunc take_back, MeirUiUndoFunc commit,
                         gpointer data, GDestroyNotify destroy)
{
  MeirUiApplication *application = meir_ui_page_get_application (widget);

  if (application != NULL) {
    meir_ui_undo_offer (meir_ui_application_get_undo (application), text, take_back, commit, data, destroy);
    return;
  }
  if (commit != NULL)
    commit (data);
  if (destroy != NULL)
    destroy (data);
}

void
meir_ui_page_copy (gpointer widget, const char *text, const char *message)
{
  gdk_clipboard_set_text (gtk_widget_get_clipboard (widget), text);
  meir_ui_page_tell (widget, message);
}

static void
on_launched (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GtkWidget) widget = user_data;
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;

  if (g_app_info_launch_default_for_uri_finish (result, &error))
    return;
  text = meir_ui_text_dup_error (error);
  meir_ui_page_tell (widget, text);
}

void
meir_ui_page_launch (gpointer widget, GFile *file)
{
  g_autofree char *uri = g_file_get_uri (file);
  g_autoptr (GdkAppLaunchContext) context =
      gdk_display_get_app_launch_context (gtk_widget_get_display (widget));

  g_app_info_launch_default_for_uri_async (uri, G_APP_LAUNCH_CONTEXT (context), NULL, on_launched,
                                           g_object_ref (widget));
}

char *
meir_ui_page_dup_sentence (gpointer widget, MeirTorrent *torrent, const MeirTorrentSnapshot *snapshot)
{
  MeirUiApplication *application = meir_ui_page_get_application (widget);
  g_autofree char *name = g_path_get_basename (meir_torrent_get_folder (torrent));
  g_autofree char *folder = meir_text_dup_safe (name, strlen (name), FOLDER_CHARS_MAX);
  MeirUiEnvironment environment = { FALSE, FALSE, NULL };
  MeirUiStatus status;

  if (application != NULL)
    environment = *meir_ui_items_get_environment (meir_ui_application_get_items (application));
  environment.folder = folder;
  meir_ui_status_read (&status, snapshot, &environment);
  return meir_ui_status_dup_sentence (&status);
}
