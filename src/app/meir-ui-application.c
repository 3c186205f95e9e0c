/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/meir-ui-application.h"

#include "app/meir-ui-library.h"
#include "app/meir-ui-window.h"
#include "meir-config.h"

#include <glib/gi18n.h>

/* Where we listen when it is free. */
#define PREFERRED_PORT 51413

struct _MeirUiApplication {
  AdwApplication parent_instance;

  MeirSession *session;
  MeirUiLibrary *library;
  MeirUiTracker *tracker;
  MeirUiSharer *sharer;
  char *problem;
};

G_DEFINE_FINAL_TYPE (MeirUiApplication, meir_ui_application, ADW_TYPE_APPLICATION)

static MeirUiWindow *
get_window (MeirUiApplication *self)
{
  GtkWindow *window = gtk_application_get_active_window (GTK_APPLICATION (self));

  if (window == NULL)
    window = GTK_WINDOW (meir_ui_window_new (self));
  return MEIR_UI_WINDOW (window);
}

static void
tell (MeirUiApplication *self, const char *text)
{
  meir_ui_window_show_message (get_window (self), text);
}

static const char *
download_folder (void)
{
  const char *folder = g_get_user_special_dir (G_USER_DIRECTORY_DOWNLOAD);

  return folder != NULL ? folder : g_get_home_dir ();
}

/* Every torrent in the list is on record and may use the tracker here. */
static gboolean
keep (MeirUiApplication *self, MeirTorrent *torrent, const char *link, GError **error)
{
  meir_ui_tracker_allow (self->tracker, meir_torrent_get_info_hash (torrent));
  return meir_ui_library_add (self->library, torrent, link, error);
}

static gboolean
add (MeirUiApplication *self, const MeirAddOptions *options, const char *link, GError **error)
{
  MeirTorrent *torrent;

  if (self->session == NULL) {
    g_set_error_literal (error, MEIR_ERROR, MEIR_ERROR_FAILED, self->problem);
    return FALSE;
  }
  torrent = meir_session_add (self->session, options, error);
  return torrent != NULL && keep (self, torrent, link, error);
}

gboolean
meir_ui_application_add_link (MeirUiApplication *application, const char *link, GError **error)
{
  g_autoptr (MeirMagnet) magnet = meir_magnet_parse (link, error);
  MeirAddOptions options = { .magnet = magnet, .folder = download_folder () };

  return magnet != NULL && add (application, &options, link, error);
}

gboolean
meir_ui_application_add_file (MeirUiApplication *application, GFile *file, GError **error)
{
  g_autofree char *name = g_file_get_parse_name (file);
  g_autoptr (GFileInfo) info = NULL;
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (MeirMetainfo) metainfo = NULL;
  MeirAddOptions options = { .folder = download_folder () };

  info = g_file_query_info (file, G_FILE_ATTRIBUTE_STANDARD_SIZE, G_FILE_QUERY_INFO_NONE, NULL, error);
  if (info == NULL)
    return FALSE;
  if (g_file_info_get_size (info) > MEIR_METAINFO_FILE_MAX) {
    g_set_error (error, MEIR_ERROR, MEIR_ERROR_INVALID, _ ("%s is too large for a torrent"), name);
    return FALSE;
  }
  bytes = g_file_load_bytes (file, NULL, NULL, error);
  if (bytes == NULL)
    return FALSE;
  metainfo = meir_metainfo_parse (bytes, error);
  if (metainfo == NULL) {
    g_prefix_error (error, "%s: ", name);
    return FALSE;
  }
  options.metainfo = metainfo;
  return add (application, &options, NULL, error);
}

static void
on_share_ready (MeirUiSharer *sharer, MeirMetainfo *metainfo, const char *folder, gpointer user_data)
{
  MeirUiApplication *self = user_data;
  MeirAddOptions options = { .metainfo = metainfo, .folder = folder };
  g_autoptr (MeirMagnet) magnet = meir_magnet_new_from_metainfo (metainfo);
  g_autofree char *link = meir_magnet_to_string (magnet);
  g_autoptr (GError) error = NULL;

  if (add (self, &options, NULL, &error) || g_error_matches (error, MEIR_ERROR, MEIR_ERROR_EXISTS))
    meir_ui_window_show_shared (get_window (self), meir_metainfo_get_display_name (metainfo), link);
  else
    tell (self, error->message);
}

static void
on_share_failed (MeirUiSharer *sharer, const char *message, gpointer user_data)
{
  tell (user_data, message);
}

void
meir_ui_application_share (MeirUiApplication *application, GFile *file)
{
  meir_ui_sharer_add (application->sharer, file, meir_ui_tracker_get_address (application->tracker));
}

void
meir_ui_application_set_paused (MeirUiApplication *application, MeirTorrent *torrent, gboolean paused)
{
  g_autoptr (GError) error = NULL;

  if (paused)
    meir_torrent_pause (torrent);
  else
    meir_torrent_resume (torrent);
  if (!meir_ui_library_set_paused (application->library, torrent, paused, &error))
    tell (application, error->message);
}

void
meir_ui_application_remove (MeirUiApplication *application, MeirTorrent *torrent)
{
  g_autofree char *name = meir_torrent_dup_name (torrent);
  g_autofree char *text = g_strdup_printf (_ ("Removed “%s”; its files are still there"), name);
  g_autoptr (GError) error = NULL;

  meir_ui_tracker_disallow (application->tracker, meir_torrent_get_info_hash (torrent));
  if (!meir_ui_library_remove (application->library, torrent, &error))
    tell (application, error->message);
  meir_session_remove_async (application->session, torrent, NULL, NULL);
  tell (application, text);
}

char *
meir_ui_application_dup_link (MeirTorrent *torrent)
{
  g_autoptr (MeirMetainfo) metainfo = meir_torrent_ref_metainfo (torrent);
  g_autoptr (MeirMagnet) magnet = NULL;
  char hex[2 * MEIR_SHA1_LENGTH + 1];

  if (metainfo == NULL)
    return g_strconcat (
        "magnet:?xt=urn:btih:", meir_info_hash_to_hex (meir_torrent_get_info_hash (torrent), hex), NULL);
  magnet = meir_magnet_new_from_metainfo (metainfo);
  return meir_magnet_to_string (magnet);
}

/* A magnet's metadata has come: from now on its .torrent is on record. */
static void
on_session_event (MeirSession *session, const MeirEvent *event, gpointer user_data)
{
  MeirUiApplication *self = user_data;
  g_autoptr (GError) error = NULL;

  if (event->kind == MEIR_EVENT_METADATA &&
      !meir_ui_library_add (self->library, event->torrent, NULL, &error))
    tell (self, error->message);
}

static void
start_session (MeirUiApplication *self)
{
  MeirSessionConfig config = { .port = PREFERRED_PORT };
  g_autoptr (GError) error = NULL;

  self->session = meir_session_new (&config, &error);
  if (self->session == NULL && g_error_matches (error, MEIR_ERROR, MEIR_ERROR_BUSY)) {
    g_clear_error (&error);
    config.port = 0;
    self->session = meir_session_new (&config, &error);
  }
  if (self->session == NULL) {
    self->problem = g_strdup (error->message);
    return;
  }
  g_signal_connect (self->session, "event", G_CALLBACK (on_session_event), self);
}

static void
on_about (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  gtk_show_about_dialog (gtk_application_get_active_window (user_data), "program-name", "MeirTorrent",
                         "version", MEIR_VERSION, "comments", _ ("Share and download files"), "license-type",
                         GTK_LICENSE_GPL_3_0, NULL);
}

static void
on_quit (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  g_application_quit (user_data);
}

static const GActionEntry app_actions[] = {
  { .name = "about", .activate = on_about },
  { .name = "quit", .activate = on_quit },
};

static void
meir_ui_application_startup (GApplication *application)
{
  MeirUiApplication *self = MEIR_UI_APPLICATION (application);
  g_autofree char *state = NULL;

  G_APPLICATION_CLASS (meir_ui_application_parent_class)->startup (application);
  g_action_map_add_action_entries (G_ACTION_MAP (self), app_actions, G_N_ELEMENTS (app_actions), self);
  gtk_application_set_accels_for_action (GTK_APPLICATION (self), "app.quit",
                                         (const char *[]){ "<Control>q", NULL });
  gtk_application_set_accels_for_action (GTK_APPLICATION (self), "win.add",
                                         (const char *[]){ "<Control>o", NULL });
  gtk_application_set_accels_for_action (GTK_APPLICATION (self), "win.share-folder",
                                         (const char *[]){ "<Control>n", NULL });
  gtk_application_set_accels_for_action (GTK_APPLICATION (self), "win.paste",
                                         (const char *[]){ "<Control>v", NULL });
  gtk_application_set_accels_for_action (GTK_APPLICATION (self), "win.copy-link",
                                         (const char *[]){ "<Control>c", NULL });
  gtk_application_set_accels_for_action (GTK_APPLICATION (self), "win.remove",
                                         (const char *[]){ "Delete", NULL });

  state = g_build_filename (g_get_user_state_dir (), "meirtorrent", "library", NULL);
  self->library = meir_ui_library_new (state);
  self->tracker = meir_ui_tracker_new ();
  self->sharer = meir_ui_sharer_new ();
  g_signal_connect (self->sharer, "ready", G_CALLBACK (on_share_ready), self);
  g_signal_connect (self->sharer, "failed", G_CALLBACK (on_share_failed), self);
  start_session (self);
  if (self->session == NULL)
    return;
  meir_ui_library_restore (self->library, self->session);
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->session)); i++) {
    g_autoptr (MeirTorrent) torrent = g_list_model_get_item (G_LIST_MODEL (self->session), i);

    meir_ui_tracker_allow (self->tracker, meir_torrent_get_info_hash (torrent));
  }
}

static void
meir_ui_application_activate (GApplication *application)
{
  gtk_window_present (GTK_WINDOW (get_window (MEIR_UI_APPLICATION (application))));
}

static void
meir_ui_application_open (GApplication *application, GFile **files, int n_files, const char *hint)
{
  MeirUiApplication *self = MEIR_UI_APPLICATION (application);

  g_application_activate (application);
  for (int i = 0; i < n_files; i++) {
    g_autofree char *uri = g_file_get_uri (files[i]);
    g_autoptr (GError) error = NULL;
    gboolean added = meir_magnet_is_link (uri) ? meir_ui_application_add_link (self, uri, &error)
                                               : meir_ui_application_add_file (self, files[i], &error);

    if (!added)
      tell (self, error->message);
  }
}

static void
on_session_closed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  gboolean *closed = user_data;

  meir_session_close_finish (MEIR_SESSION (source), result, NULL);
  *closed = TRUE;
}

static void
meir_ui_application_shutdown (GApplication *application)
{
  MeirUiApplication *self = MEIR_UI_APPLICATION (application);
  gboolean closed = self->session == NULL;

  if (self->sharer != NULL)
    meir_ui_sharer_cancel (self->sharer);
  if (self->session != NULL)
    meir_session_close_async (self->session, on_session_closed, &closed);
  while (!closed)
    g_main_context_iteration (NULL, TRUE);
  G_APPLICATION_CLASS (meir_ui_application_parent_class)->shutdown (application);
}

static void
meir_ui_application_finalize (GObject *object)
{
  MeirUiApplication *self = MEIR_UI_APPLICATION (object);

  g_clear_object (&self->session);
  g_clear_object (&self->tracker);
  g_clear_object (&self->sharer);
  g_clear_pointer (&self->library, meir_ui_library_free);
  g_free (self->problem);
  G_OBJECT_CLASS (meir_ui_application_parent_class)->finalize (object);
}

static void
meir_ui_application_class_init (MeirUiApplicationClass *klass)
{
  GApplicationClass *application_class = G_APPLICATION_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = meir_ui_application_finalize;
  application_class->startup = meir_ui_application_startup;
  application_class->activate = meir_ui_application_activate;
  application_class->open = meir_ui_application_open;
  application_class->shutdown = meir_ui_application_shutdown;
}

static void
meir_ui_application_init (MeirUiApplication *self)
{
}

MeirUiApplication *
meir_ui_application_new (void)
{
  return g_object_new (MEIR_UI_TYPE_APPLICATION, "application-id", MEIR_APP_ID, "flags",
                       G_APPLICATION_HANDLES_OPEN, "resource-base-path", "/io/github/meirtorrent/MeirTorrent",
                       NULL);
}

MeirSession *
meir_ui_application_get_session (MeirUiApplication *application)
{
  return application->session;
}

const char *
meir_ui_application_get_problem (MeirUiApplication *application)
{
  return application->problem;
}

MeirUiTracker *
meir_ui_application_get_tracker (MeirUiApplication *application)
{
  return application->tracker;
}

MeirUiSharer *
meir_ui_application_get_sharer (MeirUiApplication *application)
{
  return application->sharer;
}
