/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/meir-ui-notifier.h"

#include "app/meir-ui-application.h"
#include "app/meir-ui-settings.h"
#include "app/meir-ui-text.h"

#include <glib/gi18n.h>
#include <string.h>

#define MERGE_USEC    (10 * G_TIME_SPAN_SECOND)
#define ID_MERGED     "done"
#define ID_TROUBLE    "failed"
#define ID_BACKGROUND "background"

/* Something that happened to a torrent. */
typedef struct {
  char hex[2 * MEIR_SHA1_LENGTH + 1];
  gint64 at_usec;
} Note;

struct _MeirUiNotifier {
  GObject parent_instance;

  GtkApplication *application; /* not owned */
  MeirSession *session;
  GArray *recent;     /* Note: what was done within ten seconds */
  GArray *troubles;   /* Note: what has failed within ten seconds */
  GHashTable *failed; /* hex: those that are known to have failed */
  GHashTable *sent;   /* ids: a set */
};

G_DEFINE_FINAL_TYPE (MeirUiNotifier, meir_ui_notifier, G_TYPE_OBJECT)

static gboolean
is_looked_at (MeirUiNotifier *self)
{
  GtkWindow *window = gtk_application_get_active_window (self->application);

  return window != NULL && gtk_window_is_active (window);
}

static void
tell (MeirUiNotifier *self, const char *id, GNotification *notification)
{
  g_hash_table_add (self->sent, g_strdup (id));
  g_application_send_notification (G_APPLICATION (self->application), id, notification);
}

static void
withdraw (MeirUiNotifier *self, const char *id)
{
  if (g_hash_table_contains (self->sent, id))
    g_application_withdraw_notification (G_APPLICATION (self->application), id);
  g_hash_table_remove (self->sent, id);
}

static void
withdraw_all (MeirUiNotifier *self)
{
  GHashTableIter iter;
  gpointer id;

  g_hash_table_iter_init (&iter, self->sent);
  while (g_hash_table_iter_next (&iter, &id, NULL)) {
    g_application_withdraw_notification (G_APPLICATION (self->application), id);
    g_hash_table_iter_remove (&iter);
  }
  g_array_set_size (self->recent, 0);
  g_array_set_size (self->troubles, 0);
}

static char *
dup_id (const char *kind, const char *hex)
{
  return g_strconcat (kind, "-", hex, NULL);
}

static char *
dup_name (MeirUiNotifier *self, MeirTorrent *torrent)
{
  g_autofree char *name =
      MEIR_UI_IS_APPLICATION (self->application)
          ? meir_ui_application_dup_name (MEIR_UI_APPLICATION (self->application), torrent)
          : meir_torrent_dup_name (torrent);

  return meir_ui_text_dup_isolated (name);
}

static void
tell_done (MeirUiNotifier *self, MeirTorrent *torrent, const char *hex)
{
  g_autoptr (GNotification) notification = g_notification_new (_ ("Download is done"));
  g_autofree char *name = dup_name (self, torrent);
  g_autofree char *id = dup_id ("done", hex);

  g_notification_set_body (notification, name);
  g_notification_set_category (notification, "transfer.complete");
  g_notification_set_default_action_and_target (notification, "app.open-folder", "s", hex);
  g_notification_add_button_with_target (notification, _ ("Open"), "app.open-torrent", "s", hex);
  g_notification_add_button_with_target (notification, _ ("Show"), "app.show-torrent", "s", hex);
  tell (self, id, notification);
}

/* What was told of one by one. */
static void
withdraw_notes (MeirUiNotifier *self, const char *kind, GArray *notes)
{
  for (guint i = 0; i < notes->len; i++) {
    g_autofree char *id = dup_id (kind, g_array_index (notes, Note, i).hex);

    withdraw (self, id);
  }
}

static void
tell_merged (MeirUiNotifier *self)
{
  g_autofree char *text = g_strdup_printf (
      ngettext ("%u download is done", "%u downloads are done", self->recent->len), self->recent->len);
  g_autoptr (GNotification) notification = g_notification_new (text);

  withdraw_notes (self, "done", self->recent);
  g_notification_set_category (notification, "transfer.complete");
  tell (self, ID_MERGED, notification);
}

/* Adds to @notes what happened now; those that are too old to be told of together with it go. */
static void
add_note (GArray *notes, const char *hex)
{
  Note note = { .at_usec = g_get_monotonic_time () };
  guint n = 0;

  while (n < notes->len && note.at_usec - g_array_index (notes, Note, n).at_usec > MERGE_USEC)
    n++;
  g_array_remove_range (notes, 0, n);
  g_strlcpy (note.hex, hex, sizeof note.hex);
  g_array_append_val (notes, note);
}

static void
on_done (MeirUiNotifier *self, MeirTorrent *torrent)
{
  char hex[2 * MEIR_SHA1_LENGTH + 1];

  if (is_looked_at (self) || !g_settings_get_boolean (meir_ui_settings_get (), "notify"))
    return;
  meir_info_hash_to_hex (meir_torrent_get_info_hash (torrent), hex);
  add_note (self->recent, hex);
  if (self->recent->len == 1)
    tell_done (self, torrent, hex);
  else
    tell_merged (self);
}

static void
tell_failed (MeirUiNotifier *self, MeirTorrent *torrent, const char *hex, const MeirTorrentSnapshot *snapshot)
{
  g_autofree char *name = dup_name (self, torrent);
  g_autofree char *id = dup_id ("failed", hex);
  g_autoptr (GNotification) notification = g_notification_new (
      snapshot->state == MEIR_TORRENT_DISK_FULL ? _ ("The disk is full") : _ ("A torrent cannot go on"));
  g_autofree char *body = snapshot->error != NULL ? g_strconcat (name, "\n", snapshot->error, NULL) : NULL;

  g_notification_set_body (notification, body != NULL ? body : name);
  g_notification_set_priority (notification, G_NOTIFICATION_PRIORITY_HIGH);
  g_notification_set_category (notification, "transfer.error");
  g_notification_set_default_action_and_target (notification, "app.show-torrent", "s", hex);
  tell (self, id, notification);
}

/* A disk that goes takes many with it: they need attention, and so are the first in the list. */
static void
tell_trouble (MeirUiNotifier *self)
{
  g_autofree char *text =
      g_strdup_printf (ngettext ("%u torrent cannot go on", "%u torrents cannot go on", self->troubles->len),
                       self->troubles->len);
  g_autoptr (GNotification) notification = g_notification_new (text);

  withdraw_notes (self, "failed", self->troubles);
  g_notification_set_priority (notification, G_NOTIFICATION_PRIORITY_HIGH);
  g_notification_set_category (notification, "transfer.error");
  tell (self, ID_TROUBLE, notification);
}

/* It goes on: nothing is left to be told of it, nor of all of them when it was the last. */
static void
on_recovered (MeirUiNotifier *self, const char *hex)
{
  g_autofree char *id = dup_id ("failed", hex);

  withdraw (self, id);
  for (guint i = 0; i < self->troubles->len; i++)
    if (strcmp (g_array_index (self->troubles, Note, i).hex, hex) == 0)
      g_array_remove_index (self->troubles, i--);
  if (g_hash_table_size (self->failed) == 0)
    withdraw (self, ID_TROUBLE);
}

static void
on_state (MeirUiNotifier *self, MeirTorrent *torrent)
{
  g_autoptr (MeirTorrentSnapshot) snapshot = meir_torrent_peek_snapshot (torrent);
  gboolean failed = snapshot->state == MEIR_TORRENT_FAILED || snapshot->state == MEIR_TORRENT_DISK_FULL;
  char hex[2 * MEIR_SHA1_LENGTH + 1];

  meir_info_hash_to_hex (meir_torrent_get_info_hash (torrent), hex);
  if (!failed) {
    if (g_hash_table_remove (self->failed, hex))
      on_recovered (self, hex);
  } else if (g_hash_table_add (self->failed, g_strdup (hex)) && !is_looked_at (self)) {
    add_note (self->troubles, hex);
    if (self->troubles->len == 1)
      tell_failed (self, torrent, hex, snapshot);
    else
      tell_trouble (self);
  }
}

static void
on_event (MeirSession *session, const MeirEvent *event, gpointer user_data)
{
  MeirUiNotifier *self = user_data;

  switch (event->kind) {
  case MEIR_EVENT_COMPLETE:
    on_done (self, event->torrent);
    break;
  case MEIR_EVENT_STATE:
    on_state (self, event->torrent);
    break;
  case MEIR_EVENT_METADATA:
  case MEIR_EVENT_PEER:
  case MEIR_EVENT_BAD_PIECE:
  case MEIR_EVENT_TRACKER:
  case MEIR_EVENT_WARNING:
    break;
  }
}

static void
on_looked_at (MeirUiNotifier *self)
{
  if (is_looked_at (self))
    withdraw_all (self);
}

static void
on_window_added (MeirUiNotifier *self, GtkWindow *window)
{
  g_signal_connect_object (window, "notify::is-active", G_CALLBACK (on_looked_at), self, G_CONNECT_SWAPPED);
}

static void
meir_ui_notifier_finalize (GObject *object)
{
  MeirUiNotifier *self = MEIR_UI_NOTIFIER (object);

  g_clear_object (&self->session);
  g_array_unref (self->recent);
  g_array_unref (self->troubles);
  g_hash_table_unref (self->failed);
  g_hash_table_unref (self->sent);
  G_OBJECT_CLASS (meir_ui_notifier_parent_class)->finalize (object);
}

static void
meir_ui_notifier_class_init (MeirUiNotifierClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = meir_ui_notifier_finalize;
}

static void
meir_ui_notifier_init (MeirUiNotifier *self)
{
  self->recent = g_array_new (FALSE, FALSE, sizeof (Note));
  self->troubles = g_array_new (FALSE, FALSE, sizeof (Note));
  self->failed = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->sent = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
}

MeirUiNotifier *
meir_ui_notifier_new (GtkApplication *application, MeirSession *session)
{
  MeirUiNotifier *self = g_object_new (MEIR_UI_TYPE_NOTIFIER, NULL);

  self->application = application;
  self->session = g_object_ref (session);
  g_signal_connect_object (session, "event", G_CALLBACK (on_event), self, 0);
  g_signal_connect_object (application, "window-added", G_CALLBACK (on_window_added), self,
                           G_CONNECT_SWAPPED);
  for (GList *l = gtk_application_get_windows (application); l != NULL; l = l->next)
    on_window_added (self, l->data);
  return self;
}

void
meir_ui_notifier_tell_background (MeirUiNotifier *notifier, const char *text)
{
  g_autoptr (GNotification) notification = g_notification_new (text);

  g_notification_set_body (notification, _ ("Open MeirTorrent to see how it goes"));
  g_notification_add_button (notification, _ ("Quit"), "app.quit");
  tell (notifier, ID_BACKGROUND, notification);
}
