/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/meir-ui-application.h"

#include "app/meir-ui-actions.h"
#include "app/meir-ui-app-commands.h"
#include "app/meir-ui-desktop.h"
#include "app/meir-ui-entrance.h"
#include "app/meir-ui-intake.h"
#include "app/meir-ui-link.h"
#include "app/meir-ui-removal.h"
#include "app/meir-ui-rules.h"
#include "app/meir-ui-settings.h"
#include "app/meir-ui-unfinished.h"
#include "app/meir-ui-window.h"
#include "meir-config.h"

#include <glib-unix.h>
#include <glib/gi18n.h>
#include <string.h>

/* A name that the user gives. */
#define SHOWN_CHARS_MAX 120

/* How often, and of how many torrents at a time, the totals are written down. */
#define KEEP_SEC     20
#define KEEP_AT_ONCE 200

/* What began a trouble is of more use than what followed. */
#define UNTOLD_MAX 5

struct _MeirUiApplication {
  AdwApplication parent_instance;

  MeirSession *session;
  MeirUiLibrary *library;
  MeirUiTracker *tracker;
  MeirUiSharer *sharer;
  MeirUiUndo *undo;
  MeirUiItems *items;
  MeirUiDesktop *desktop;
  MeirUiUnfinished *unfinished;
  MeirUiWindow *window; /* (nullable): GTK owns it until it is destroyed */
  GPtrArray *untold;    /* what there was to tell while there was no window */
  char *problem;
  GPtrArray *given;          /* GFile: to open once the torrents on record are here */
  GCancellable *cancellable; /* of what is read in the background */
  guint n_loads;             /* files that are being read */
  guint on_terminate, on_interrupt;
  guint keeping, keep_next; /* source; whose totals it writes down next */
  gboolean restoring, closing;
};

G_DEFINE_FINAL_TYPE (MeirUiApplication, meir_ui_application, ADW_TYPE_APPLICATION)

enum {
  PROP_SESSION = 1,
  PROP_RESTORING,
  N_PROPS,
};

static GParamSpec *properties[N_PROPS];

/* Where nothing goes on the program ends with its window: from now on nothing opens another. */
static void
on_window_destroyed (MeirUiApplication *self)
{
  self->window = NULL;
  if (!self->closing)
    self->closing = !meir_ui_desktop_window_closed (self->desktop);
}

static MeirUiWindow *
get_window (MeirUiApplication *self)
{
  if (self->window == NULL) {
    self->window = meir_ui_window_new (self);
    g_signal_connect_object (self->window, "destroy", G_CALLBACK (on_window_destroyed), self,
                             G_CONNECT_SWAPPED);
    for (guint i = 0; i < self->untold->len; i++)
      meir_ui_window_show_message (self->window, g_ptr_array_index (self->untold, i));
    g_ptr_array_set_size (self->untold, 0);
  }
  return self->window;
}

GtkWindow *
meir_ui_application_present (MeirUiApplication *application)
{
  GtkWindow *window = GTK_WINDOW (get_window (application));

  gtk_window_present (window);
  return window;
}

void
meir_ui_application_tell (MeirUiApplication *application, const char *text)
{
  if (application->closing)
    return;
  if (application->window != NULL)
    meir_ui_window_show_message (application->window, text);
  else if (application->untold->len < UNTOLD_MAX &&
           !g_ptr_array_find_with_equal_func (application->untold, text, g_str_equal, NULL))
    g_ptr_array_add (application->untold, g_strdup (text));
}

GCancellable *
meir_ui_application_begin_load (MeirUiApplication *application)
{
  application->n_loads++;
  return application->cancellable;
}

void
meir_ui_application_end_load (MeirUiApplication *application)
{
  application->n_loads--;
}

/* Adding. */

/* What was removed just now, and is still parked, comes back instead. (transfer none) (nullable) */
static MeirTorrent *
keep_removed (MeirUiApplication *self, const MeirAddOptions *options)
{
  const MeirInfoHash *info_hash = options->metainfo != NULL ? meir_metainfo_get_info_hash (options->metainfo)
                                                            : &options->magnet->info_hash;
  g_autoptr (MeirTorrent) torrent = meir_ui_application_find (self, info_hash);

  if (torrent == NULL || !meir_ui_removal_keep (self, torrent))
    return NULL;
  return torrent; /* the session holds it */
}

MeirTorrent *
meir_ui_application_add (MeirUiApplication *application, const MeirAddOptions *options, const char *link,
                         GError **error)
{
  g_autoptr (GError) problem = NULL;
  MeirAddOptions begin = *options;
  g_autofree char *folder = NULL;
  MeirTorrent *torrent;

  if (application->session == NULL || application->closing) {
    g_set_error_literal (error, MEIR_ERROR, MEIR_ERROR_FAILED,
                         application->problem != NULL ? application->problem : _ ("MeirTorrent is closing"));
    return NULL;
  }
  folder = meir_ui_unfinished_dup_folder (application->unfinished, options);
  if (folder != NULL)
    begin.folder = folder;
  torrent = meir_session_add (application->session, &begin, &problem);
  if (torrent != NULL) {
    meir_ui_library_add (application->library, torrent, link);
    if (options->paused)
      meir_ui_library_set_paused (application->library, torrent, TRUE);
    if (folder != NULL)
      meir_ui_unfinished_note (application->unfinished, torrent, options->folder);
  } else if ((torrent = keep_removed (application, options)) == NULL) {
    g_propagate_error (error, g_steal_pointer (&problem));
  }
  return torrent;
}

MeirTorrent *
meir_ui_application_find (MeirUiApplication *application, const MeirInfoHash *info_hash)
{
  return application->session != NULL ? meir_session_find (application->session, info_hash) : NULL;
}

static void
on_share_ready (MeirUiSharer *sharer, MeirMetainfo *metainfo, const char *folder, guint n_left_out,
                GArray *made_of, gpointer user_data)
{
  MeirUiApplication *self = user_data;
  MeirAddOptions options = { .metainfo = metainfo, .folder = folder, .made_of = made_of };
  g_autoptr (MeirTorrent) torrent = NULL;
  g_autofree char *link = NULL;
  g_autoptr (GError) error = NULL;
  guint n_waiting;

  if (self->closing)
    return;
  if (meir_ui_application_add (self, &options, NULL, &error) == NULL &&
      !g_error_matches (error, MEIR_ERROR, MEIR_ERROR_EXISTS)) {
    meir_ui_application_tell (self, error->message);
    return;
  }
  torrent = meir_ui_application_find (self, meir_metainfo_get_info_hash (metainfo));
  link = meir_ui_application_dup_link (self, torrent);
  if (self->window == NULL)
    return;
  meir_ui_window_show_shared (self->window, meir_metainfo_get_display_name (metainfo), n_left_out, link);
  g_object_get (sharer, "waiting", &n_waiting, NULL);
  /* Its details say how to send it: to who is still there, and looks or waits for nothing else. */
  if (n_waiting == 0 && meir_ui_window_waits (self->window))
    meir_ui_window_show_torrent (self->window, torrent, "overview");
}

/* What is done with a torrent of the list. */

void
meir_ui_application_set_paused (MeirUiApplication *application, MeirTorrent *torrent, gboolean paused)
{
  if (paused)
    meir_torrent_pause (torrent);
  else
    meir_torrent_resume (torrent);
  meir_ui_library_set_paused (application->library, torrent, paused);
}

void
meir_ui_application_set_play_order (MeirUiApplication *application, MeirTorrent *torrent, gboolean play_order)
{
  meir_torrent_set_play_order (torrent, play_order);
  meir_ui_library_update (application->library, torrent);
}

void
meir_ui_application_remove_async (MeirUiApplication *application, MeirTorrent *torrent,
                                  GAsyncReadyCallback callback, gpointer user_data)
{
  meir_ui_tracker_disallow (application->tracker, meir_torrent_get_info_hash (torrent));
  meir_ui_library_remove (application->library, torrent);
  meir_session_remove_async (application->session, torrent, callback, user_data);
}

void
meir_ui_application_remove (MeirUiApplication *application, MeirTorrent *torrent)
{
  meir_ui_application_remove_async (application, torrent, NULL, NULL);
}

void
meir_ui_application_rename (MeirUiApplication *application, MeirTorrent *torrent, const char *name)
{
  g_autofree char *own = meir_torrent_dup_name (torrent);
  g_autofree char *safe = meir_text_dup_safe (name, strlen (name), SHOWN_CHARS_MAX);
  const char *kept = *safe == '\0' || strcmp (safe, own) == 0 ? NULL : safe;
  MeirUiItem *item = meir_ui_items_find (application->items, torrent);

  meir_ui_library_set_name (application->library, torrent, kept);
  if (item == NULL)
    return;
  meir_ui_item_set_name (item, kept);
  meir_ui_items_refresh (application->items, torrent);
}

char *
meir_ui_application_dup_name (MeirUiApplication *application, MeirTorrent *torrent)
{
  char *name = meir_ui_library_dup_name (application->library, torrent);

  return name != NULL ? name : meir_torrent_dup_name (torrent);
}

void
meir_ui_application_save_order (MeirUiApplication *application)
{
  meir_ui_library_set_order (application->library, G_LIST_MODEL (application->session));
}

char *
meir_ui_application_dup_link (MeirUiApplication *application, MeirTorrent *torrent)
{
  g_autofree char *origin = meir_ui_library_dup_link (application->library, torrent);
  g_autofree char *host = meir_ui_link_dup_local_host ();

  return meir_ui_link_dup_for_torrent (torrent, origin, host, meir_session_get_port (application->session));
}

/* The engine. */

/* A magnet's metadata has come: from now on its .torrent is on record. */
static void
on_session_event (MeirSession *session, const MeirEvent *event, gpointer user_data)
{
  MeirUiApplication *self = user_data;

  if (event->kind == MEIR_EVENT_STATE || event->kind == MEIR_EVENT_METADATA)
    meir_ui_items_refresh (self->items, event->torrent);
  if (event->kind == MEIR_EVENT_STATE)
    meir_ui_unfinished_look (self->unfinished, event->torrent);
  if (event->kind == MEIR_EVENT_METADATA && meir_ui_library_has (self->library, event->torrent))
    meir_ui_library_add (self->library, event->torrent, NULL);
}

static void
on_moved (MeirUiApplication *self, MeirTorrent *torrent)
{
  meir_ui_library_update (self->library, torrent);
}

static void
open_given (MeirUiApplication *self)
{
  g_autoptr (MeirUiIntake) intake = meir_ui_intake_new (self);

  for (guint i = 0; i < self->given->len; i++)
    meir_ui_intake_add (intake, g_ptr_array_index (self->given, i));
  g_ptr_array_set_size (self->given, 0);
}

static void
on_restored (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (MeirUiApplication) self = user_data;
  g_autoptr (GError) error = NULL;
  gboolean complete = meir_ui_library_restore_finish (MEIR_UI_LIBRARY (source), result, &error);

  meir_ui_application_end_load (self);
  self->restoring = FALSE;
  if (self->closing)
    return;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_RESTORING]);
  if (!complete)
    meir_ui_application_tell (self, error->message);
  open_given (self);
}

/* Every torrent in the list may use the tracker here. */
static void
on_torrents_changed (GListModel *torrents, guint position, guint removed, guint added, gpointer user_data)
{
  MeirUiApplication *self = user_data;

  for (guint i = position; i < position + added; i++) {
    g_autoptr (MeirTorrent) torrent = g_list_model_get_item (torrents, i);

    meir_ui_tracker_allow (self->tracker, meir_torrent_get_info_hash (torrent));
  }
}

static void
start_session (MeirUiApplication *self)
{
  g_autoptr (GError) error = NULL;
  MeirSessionConfig config;
  guint16 port;

  meir_ui_rules_init_config (&config);
  port = config.port;
  self->session = meir_session_new (&config, &error);
  if (self->session == NULL && g_error_matches (error, MEIR_ERROR, MEIR_ERROR_BUSY)) {
    g_clear_error (&error);
    config.port = 0;
    self->session = meir_session_new (&config, &error);
    /* Asked for once more, so that the preferences can say why it is another. */
    if (self->session != NULL)
      meir_session_set_port (self->session, port);
  }
  g_free (self->problem);
  self->problem = error != NULL ? g_strdup (error->message) : NULL;
  if (self->session == NULL)
    return;
  g_signal_connect_object (self->session, "event", G_CALLBACK (on_session_event), self, 0);
  g_signal_connect_object (self->session, "items-changed", G_CALLBACK (on_torrents_changed), self, 0);
  meir_ui_items_set_torrents (self->items, G_LIST_MODEL (self->session));
  self->restoring = TRUE;
  meir_ui_library_restore_async (self->library, self->session, meir_ui_application_begin_load (self),
                                 on_restored, g_object_ref (self));
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_SESSION]);
}

void
meir_ui_application_try_again (MeirUiApplication *application)
{
  if (application->session == NULL)
    start_session (application);
  /* What could not be started may have another reason now. */
  if (application->session == NULL)
    g_object_notify_by_pspec (G_OBJECT (application), properties[PROP_SESSION]);
}

/* What has been given and taken is on record now and then: of some torrents at a time. */
static gboolean
on_keep (gpointer user_data)
{
  MeirUiApplication *self = user_data;

  for (guint i = 0; i < KEEP_AT_ONCE && self->session != NULL; i++) {
    g_autoptr (MeirTorrent) torrent = g_list_model_get_item (G_LIST_MODEL (self->session), self->keep_next);

    if (torrent == NULL) {
      self->keep_next = 0;
      break;
    }
    meir_ui_library_update (self->library, torrent);
    self->keep_next++;
  }
  return G_SOURCE_CONTINUE;
}

static void
keep_all (MeirUiApplication *self)
{
  for (guint i = 0; self->session != NULL && i < g_list_model_get_n_items (G_LIST_MODEL (self->session));
       i++) {
    g_autoptr (MeirTorrent) torrent = g_list_model_get_item (G_LIST_MODEL (self->session), i);

    meir_ui_library_update (self->library, torrent);
  }
}

/* Logging out and Ctrl-C end it as cleanly as closing the window does. */
static gboolean
on_signal (gpointer user_data)
{
  g_application_quit (user_data);
  return G_SOURCE_CONTINUE;
}

static void
meir_ui_application_startup (GApplication *application)
{
  MeirUiApplication *self = MEIR_UI_APPLICATION (application);
  g_autofree char *folder = g_build_filename (g_get_user_state_dir (), "meirtorrent", "library", NULL);
  g_autofree char *unfinished = g_build_filename (folder, "unfinished.ini", NULL);

  G_APPLICATION_CLASS (meir_ui_application_parent_class)->startup (application);
  meir_ui_entrance_add_actions (self);
  self->on_terminate = g_unix_signal_add (SIGTERM, on_signal, self);
  self->on_interrupt = g_unix_signal_add (SIGINT, on_signal, self);

  self->library = meir_ui_library_new (folder);
  self->unfinished = meir_ui_unfinished_new (self, unfinished);
  self->tracker = meir_ui_tracker_new ();
  self->sharer = meir_ui_sharer_new ();
  self->undo = meir_ui_undo_new ();
  self->items = meir_ui_items_new (self->library);
  meir_ui_app_commands_attach (self);
  self->keeping = g_timeout_add_seconds (KEEP_SEC, on_keep, self);
  g_signal_connect_object (self->library, "failed", G_CALLBACK (meir_ui_application_tell), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->unfinished, "moved", G_CALLBACK (on_moved), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->sharer, "ready", G_CALLBACK (on_share_ready), self, 0);
  g_signal_connect_object (self->sharer, "failed", G_CALLBACK (meir_ui_application_tell), self,
                           G_CONNECT_SWAPPED);
  self->desktop = meir_ui_desktop_new (self);
  meir_ui_actions_set_accels (GTK_APPLICATION (self));
  meir_ui_tracker_restore (self->tracker);
  start_session (self);
}

static void
meir_ui_application_activate (GApplication *application)
{
  meir_ui_application_present (MEIR_UI_APPLICATION (application));
}

/* What is on record comes first: it may be the same torrent, in a folder of its own. */
static void
meir_ui_application_open (GApplication *application, GFile **files, int n_files, const char *hint)
{
  MeirUiApplication *self = MEIR_UI_APPLICATION (application);

  g_application_activate (application);
  for (int i = 0; i < n_files; i++)
    g_ptr_array_add (self->given, g_object_ref (files[i]));
  if (!self->restoring)
    open_given (self);
}

static void
on_session_closed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  gboolean *closed = user_data;

  meir_session_close_finish (MEIR_SESSION (source), result, NULL);
  *closed = TRUE;
}

/* The window goes at once; then trackers are told, and what is not on disk yet is written. */
static void
meir_ui_application_shutdown (GApplication *application)
{
  MeirUiApplication *self = MEIR_UI_APPLICATION (application);
  gboolean closed = self->session == NULL;

  meir_ui_undo_commit (self->undo);
  self->closing = TRUE;
  if (self->window != NULL)
    gtk_window_destroy (GTK_WINDOW (self->window));
  g_clear_object (&self->desktop);
  g_cancellable_cancel (self->cancellable);
  meir_ui_sharer_stop (self->sharer);
  keep_all (self);
  meir_ui_library_flush (self->library);
  if (self->session != NULL)
    meir_session_close_async (self->session, on_session_closed, &closed);
  while (!closed || self->n_loads > 0 || meir_ui_sharer_is_busy (self->sharer) ||
         meir_ui_library_is_saving (self->library))
    g_main_context_iteration (NULL, TRUE);
  g_clear_handle_id (&self->keeping, g_source_remove);
  g_clear_handle_id (&self->on_terminate, g_source_remove);
  g_clear_handle_id (&self->on_interrupt, g_source_remove);
  G_APPLICATION_CLASS (meir_ui_application_parent_class)->shutdown (application);
}

static int
meir_ui_application_handle_local_options (GApplication *application, GVariantDict *options)
{
  if (!g_variant_dict_contains (options, "version"))
    return -1;
  g_print ("meirtorrent %s\n", MEIR_VERSION);
  return 0;
}

static void
meir_ui_application_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  MeirUiApplication *self = MEIR_UI_APPLICATION (object);

  switch (id) {
  case PROP_SESSION:
    g_value_set_object (value, self->session);
    break;
  case PROP_RESTORING:
    g_value_set_boolean (value, self->restoring);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

static void
meir_ui_application_finalize (GObject *object)
{
  MeirUiApplication *self = MEIR_UI_APPLICATION (object);

  g_clear_object (&self->session);
  g_clear_object (&self->tracker);
  g_clear_object (&self->sharer);
  g_clear_object (&self->undo);
  g_clear_object (&self->items);
  g_clear_object (&self->desktop);
  g_clear_object (&self->unfinished);
  g_clear_object (&self->library);
  g_clear_object (&self->cancellable);
  g_ptr_array_unref (self->given);
  g_ptr_array_unref (self->untold);
  g_free (self->problem);
  G_OBJECT_CLASS (meir_ui_application_parent_class)->finalize (object);
}

static void
meir_ui_application_class_init (MeirUiApplicationClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GApplicationClass *application_class = G_APPLICATION_CLASS (klass);

  object_class->get_property = meir_ui_application_get_property;
  object_class->finalize = meir_ui_application_finalize;
  properties[PROP_SESSION] = g_param_spec_object ("session", NULL, NULL, MEIR_TYPE_SESSION,
                                                  G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  properties[PROP_RESTORING] =
      g_param_spec_boolean ("restoring", NULL, NULL, FALSE, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);
  application_class->startup = meir_ui_application_startup;
  application_class->activate = meir_ui_application_activate;
  application_class->open = meir_ui_application_open;
  application_class->shutdown = meir_ui_application_shutdown;
  application_class->handle_local_options = meir_ui_application_handle_local_options;
}

static const GOptionEntry options[] = {
  { "version", 0, 0, G_OPTION_ARG_NONE, NULL, N_ ("Show the version"), NULL },
  { NULL },
};

static void
meir_ui_application_init (MeirUiApplication *self)
{
  self->cancellable = g_cancellable_new ();
  self->given = g_ptr_array_new_with_free_func (g_object_unref);
  self->untold = g_ptr_array_new_with_free_func (g_free);
  g_application_add_main_option_entries (G_APPLICATION (self), options);
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

gboolean
meir_ui_application_is_restoring (MeirUiApplication *application)
{
  return application->restoring;
}

gboolean
meir_ui_application_is_closing (MeirUiApplication *application)
{
  return application->closing;
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

MeirUiUndo *
meir_ui_application_get_undo (MeirUiApplication *application)
{
  return application->undo;
}

MeirUiItems *
meir_ui_application_get_items (MeirUiApplication *application)
{
  return application->items;
}

MeirUiLibrary *
meir_ui_application_get_library (MeirUiApplication *application)
{
  return application->library;
}
