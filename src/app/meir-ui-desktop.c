/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/meir-ui-desktop.h"

#include "app/meir-ui-activity.h"
#include "app/meir-ui-application.h"
#include "app/meir-ui-awake.h"
#include "app/meir-ui-background.h"
#include "app/meir-ui-folder.h"
#include "app/meir-ui-notifier.h"
#include "app/meir-ui-preferences.h"
#include "app/meir-ui-rules.h"
#include "app/meir-ui-settings.h"
#include "app/meir-ui-tracker-page.h"
#include "app/meir-ui-window.h"
#include "meir-config.h"

#include <glib/gi18n.h>

/* How often figures that are told by no signal are looked at. */
#define LOOK_SEC 5
/* While things happen all the time, so long is waited between two looks. */
#define LOOK_GAP_MSEC 500
/* At so many torrents a turn of the main loop. */
#define LOOK_AT_ONCE  500u
#define KEY_NOTE_SEEN "background-note-seen"

struct _MeirUiDesktop {
  GObject parent_instance;

  MeirUiApplication *application; /* owns us */
  MeirUiBackground *background;
  MeirUiAwake *awake;
  MeirUiRules *rules;       /* (nullable): of the engine that runs */
  MeirUiNotifier *notifier; /* likewise */
  GPtrArray *later;         /* Errand: what waits for the torrents on record */
  guint timer;

  guint look; /* source, while one is under way: */
  guint look_next;
  MeirUiActivity seen;
  gboolean look_again; /* something has changed behind it */
};

G_DEFINE_FINAL_TYPE (MeirUiDesktop, meir_ui_desktop, G_TYPE_OBJECT)

/* What goes on. */

static GListModel *
get_torrents (MeirUiDesktop *self)
{
  return (GListModel *) meir_ui_application_get_session (self->application);
}

static gboolean
has_window (MeirUiDesktop *self)
{
  return gtk_application_get_windows (GTK_APPLICATION (self->application)) != NULL;
}

static void
take_activity (MeirUiDesktop *self, const MeirUiActivity *activity)
{
  meir_ui_awake_set_downloading (self->awake, activity->n_downloading > 0);
  if (!has_window (self)) {
    g_autofree char *status = meir_ui_activity_dup_text (activity);

    meir_ui_background_set_status (self->background, status);
  }
  /* Last: it may end the program. */
  meir_ui_background_set_active (
      self->background, activity->n_active > 0 || meir_ui_application_is_restoring (self->application) ||
                            meir_ui_sharer_is_busy (meir_ui_application_get_sharer (self->application)) ||
                            meir_ui_tracker_get_active (meir_ui_application_get_tracker (self->application)));
}

/* All at once. */
static void
look (MeirUiDesktop *self)
{
  MeirUiActivity activity;

  meir_ui_activity_measure (get_torrents (self), !has_window (self), &activity);
  take_activity (self, &activity);
}

static gboolean on_look (gpointer user_data);

static gboolean
on_gap_over (gpointer user_data)
{
  MeirUiDesktop *self = user_data;

  self->look = g_idle_add (on_look, self);
  return G_SOURCE_REMOVE;
}

static gboolean
on_look (gpointer user_data)
{
  MeirUiDesktop *self = user_data;
  gboolean again = self->look_again;

  if (!meir_ui_activity_measure_some (get_torrents (self), !has_window (self), LOOK_AT_ONCE, &self->look_next,
                                      &self->seen))
    return G_SOURCE_CONTINUE;
  self->look_next = 0;
  self->look_again = FALSE;
  /* What has changed on the way may be in it or not: that nothing goes on is only believed of what stood
   * still. */
  self->look = again ? g_timeout_add (LOOK_GAP_MSEC, on_gap_over, self) : 0;
  if (!again || self->seen.n_active > 0)
    take_activity (self, &self->seen);
  return G_SOURCE_REMOVE;
}

/* Many things change at once when thousands of torrents are restored: they are looked at together. */
static void
queue_look (MeirUiDesktop *self)
{
  if (self->look == 0)
    self->look = g_idle_add (on_look, self);
  else
    self->look_again = self->look_next > 0;
}

static gboolean
on_timer (gpointer user_data)
{
  queue_look (user_data);
  return G_SOURCE_CONTINUE;
}

static void
on_event (MeirUiDesktop *self, const MeirEvent *event)
{
  if (event->kind == MEIR_EVENT_STATE)
    queue_look (self);
}

/* There is another engine, or none. */
static void
on_session_changed (MeirUiDesktop *self)
{
  MeirSession *session = meir_ui_application_get_session (self->application);

  g_clear_object (&self->rules);
  g_clear_object (&self->notifier);
  if (session == NULL)
    return;
  self->rules = meir_ui_rules_new (session, meir_ui_network_get_default ());
  self->notifier = meir_ui_notifier_new (GTK_APPLICATION (self->application), session);
  g_signal_connect_object (session, "event", G_CALLBACK (on_event), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (session, "items-changed", G_CALLBACK (queue_look), self, G_CONNECT_SWAPPED);
  queue_look (self);
}

gboolean
meir_ui_desktop_window_closed (MeirUiDesktop *desktop)
{
  GSettings *settings = meir_ui_settings_get ();

  look (desktop);
  if (!meir_ui_background_is_held (desktop->background))
    return FALSE;
  meir_ui_background_enter (desktop->background);
  /* Once: who has read it knows. */
  if (desktop->notifier != NULL && !g_settings_get_boolean (settings, KEY_NOTE_SEEN)) {
    meir_ui_notifier_tell_background (desktop->notifier, _ ("Still sharing in the background"));
    g_settings_set_boolean (settings, KEY_NOTE_SEEN, TRUE);
  }
  return TRUE;
}

/* What is asked for about one torrent, by a notification perhaps that has started the program. */

typedef struct {
  MeirInfoHash info_hash;
  void (*run) (MeirUiDesktop *self, MeirTorrent *torrent);
} Errand;

/* To who has clicked, and waits. */
static void
answer (MeirUiApplication *application, const char *text)
{
  if (meir_ui_application_is_closing (application))
    return;
  meir_ui_application_present (application);
  meir_ui_application_tell (application, text);
}

static void
on_shown (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (MeirUiApplication) application = user_data;
  g_autoptr (GError) error = NULL;

  if (!meir_ui_folder_show_finish (result, &error))
    answer (application, error->message);
  meir_ui_application_end_load (application);
}

static void
on_opened (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (MeirUiApplication) application = user_data;
  g_autoptr (GError) error = NULL;

  if (!meir_ui_folder_open_finish (result, &error))
    answer (application, error->message);
  meir_ui_application_end_load (application);
}

/* The file or folder that a torrent is of; the folder it goes to, while that is not known. */
static char *
dup_path (MeirTorrent *torrent)
{
  g_autoptr (MeirMetainfo) metainfo = meir_torrent_ref_metainfo (torrent);
  const char *folder = meir_torrent_get_folder (torrent);

  return metainfo != NULL ? g_build_filename (folder, meir_metainfo_get_name (metainfo), NULL)
                          : g_strdup (folder);
}

static void
show_folder (MeirUiDesktop *self, MeirTorrent *torrent)
{
  g_autofree char *path = dup_path (torrent);

  meir_ui_folder_show_async (path, meir_ui_application_begin_load (self->application), on_shown,
                             g_object_ref (self->application));
}

static void
open_torrent (MeirUiDesktop *self, MeirTorrent *torrent)
{
  g_autofree char *path = dup_path (torrent);

  meir_ui_folder_open_async (path, meir_ui_application_begin_load (self->application), on_opened,
                             g_object_ref (self->application));
}

static void
show_torrent (MeirUiDesktop *self, MeirTorrent *torrent)
{
  meir_ui_window_show_torrent (MEIR_UI_WINDOW (meir_ui_application_present (self->application)), torrent,
                               NULL);
}

static void
run_errand (MeirUiDesktop *self, const Errand *errand)
{
  g_autoptr (MeirTorrent) torrent =
      get_torrents (self) != NULL ? meir_ui_application_find (self->application, &errand->info_hash) : NULL;

  if (torrent != NULL)
    errand->run (self, torrent);
  else
    answer (self->application, _ ("This torrent is not in the list any more"));
}

static void
on_restoring_changed (MeirUiDesktop *self)
{
  if (meir_ui_application_is_restoring (self->application))
    return;
  for (guint i = 0; i < self->later->len; i++)
    run_errand (self, g_ptr_array_index (self->later, i));
  g_ptr_array_set_size (self->later, 0);
  queue_look (self);
}

static void
take_errand (MeirUiDesktop *self, GVariant *info_hash,
             void (*run) (MeirUiDesktop *self, MeirTorrent *torrent))
{
  Errand errand = { .run = run };

  if (!meir_info_hash_parse (&errand.info_hash, g_variant_get_string (info_hash, NULL)))
    return;
  if (meir_ui_application_is_restoring (self->application))
    g_ptr_array_add (self->later, g_memdup2 (&errand, sizeof errand));
  else
    run_errand (self, &errand);
}

/* Actions. */

static void
on_open_folder (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  take_errand (user_data, parameter, show_folder);
}

static void
on_open_torrent (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  take_errand (user_data, parameter, open_torrent);
}

static void
on_show_torrent (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  MeirUiDesktop *self = user_data;

  meir_ui_application_present (self->application);
  take_errand (self, parameter, show_torrent);
}

static void
on_tracker (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  MeirUiDesktop *self = user_data;

  meir_ui_tracker_page_present (meir_ui_application_present (self->application),
                                meir_ui_application_get_tracker (self->application),
                                meir_ui_application_get_session (self->application));
}

static void
on_preferences (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  MeirUiDesktop *self = user_data;

  meir_ui_preferences_present (meir_ui_application_present (self->application),
                               meir_ui_application_get_session (self->application));
}

static void
on_use_anyway (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  meir_ui_network_use_anyway (meir_ui_network_get_default ());
}

static const GActionEntry actions[] = {
  { .name = "open-folder", .activate = on_open_folder, .parameter_type = "s" },
  { .name = "open-torrent", .activate = on_open_torrent, .parameter_type = "s" },
  { .name = "preferences", .activate = on_preferences },
  { .name = "show-torrent", .activate = on_show_torrent, .parameter_type = "s" },
  { .name = "tracker", .activate = on_tracker },
  { .name = "use-anyway", .activate = on_use_anyway },
};

static void
meir_ui_desktop_finalize (GObject *object)
{
  MeirUiDesktop *self = MEIR_UI_DESKTOP (object);

  g_clear_handle_id (&self->timer, g_source_remove);
  g_clear_handle_id (&self->look, g_source_remove);
  g_clear_object (&self->rules);
  g_clear_object (&self->notifier);
  g_clear_object (&self->awake);
  g_clear_object (&self->background);
  g_ptr_array_unref (self->later);
  G_OBJECT_CLASS (meir_ui_desktop_parent_class)->finalize (object);
}

static void
meir_ui_desktop_class_init (MeirUiDesktopClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = meir_ui_desktop_finalize;
}

static void
meir_ui_desktop_init (MeirUiDesktop *self)
{
  self->later = g_ptr_array_new_with_free_func (g_free);
}

MeirUiDesktop *
meir_ui_desktop_new (MeirUiApplication *application)
{
  MeirUiDesktop *self = g_object_new (MEIR_UI_TYPE_DESKTOP, NULL);

  self->application = application;
  self->background = meir_ui_background_new (GTK_APPLICATION (application));
  self->awake = meir_ui_awake_new (GTK_APPLICATION (application), meir_ui_network_get_default ());
  self->timer = g_timeout_add_seconds (LOOK_SEC, on_timer, self);
  gtk_window_set_default_icon_name (MEIR_APP_ID);
  g_action_map_add_action_entries (G_ACTION_MAP (application), actions, G_N_ELEMENTS (actions), self);
  g_object_bind_property (meir_ui_network_get_default (), "slowed",
                          g_action_map_lookup_action (G_ACTION_MAP (application), "use-anyway"), "enabled",
                          G_BINDING_SYNC_CREATE);
  g_signal_connect_object (self->background, "failed", G_CALLBACK (meir_ui_application_tell), application,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (application, "notify::session", G_CALLBACK (on_session_changed), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (application, "notify::restoring", G_CALLBACK (on_restoring_changed), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (meir_ui_application_get_tracker (application), "notify::active",
                           G_CALLBACK (queue_look), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (meir_ui_application_get_sharer (application), "notify::busy",
                           G_CALLBACK (queue_look), self, G_CONNECT_SWAPPED);
  return self;
}
