/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/meir-ui-notifier.h"

#include "app/meir-ui-settings.h"
#include "app/meir-ui-text.h"

#include <glib/gi18n.h>

#define MERGE_USEC    (10 * G_TIME_SPAN_SECOND)
#define ID_MERGED     "done"
#define ID_BACKGROUND "background"

typedef struct {
  char hex[2 * MEIR_SHA1_LENGTH + 1];
  gint64 at_usec;
} Done;

struct _MeirUiNotifier {
  GObject parent_instance;

  GtkApplication *application; /* not owned */
  MeirSession *session;
  GArray *recent;     /* Done: of the last ten seconds */
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
}

static char *
dup_id (const char *kind, const char *hex)
{
  return g_strconcat (kind, "-", hex, NULL);
}

static char *
dup_name (MeirTorrent *torrent)
{
  g_autofree char *name = meir_torrent_dup_name (torrent);

  return meir_ui_text_dup_isolated (name);
}

static void
tell_done (MeirUiNotifier *self, MeirTorrent *torrent, const char *hex)
{
  g_autoptr (GNotification) notification = g_notification_new (_ ("Download is done"));
  g_autofree char *name = dup_name (torrent);
  g_autofree char *id = dup_id ("done", hex);

  g_notification_set_body (notification, name);
  g_notification_set_category (notification, "transfer.complete");
  g_notification_set_default_action_and_target (notification, "app.open-folder", "s", hex);
  g_notification_add_button_with_target (notification, _ ("Open"), "app.open-torrent", "s", hex);
  g_notification_add_button_with_target (notification, _ ("Show"), "app.show-torrent", "s", hex);
  tell (self, id, notification);
}

/* In place of those that were told of one by one. */
static void
tell_merged (MeirUiNotifier *self)
{
  g_autofree char *text = g_strdup_printf (
      ngettext ("%u download is done", "%u downloads are done", self->recent->len), self->recent->len);
  g_autoptr (GNotification) notification = g_notification_new (text);

  for (guint i = 0; i < self->recent->len; i++) {
    g_autofree char *id = dup_id ("done", g_array_index (self->recent, Done, i).hex);

    withdraw (self, id);
  }
  g_notification_set_category (notification, "transfer.complete");
  tell (self, ID_MERGED, notification);
}

static void
forget_old (MeirUiNotifier *self, gint64 now_usec)
{
  guint n = 0;

  while (n < self->recent->len && now_usec - g_array_index (self->recent, Done, n).at_usec > MERGE_USEC)
    n++;
  g_array_remove_range (self->recent, 0, n);
}

static void
on_done (MeirUiNotifier *self, MeirTorrent *torrent)
{
  Done done = { .at_usec = g_get_monotonic_time () };

  if (is_looked_at (self) || !g_settings_get_boolean (meir_ui_settings_get (), "notify"))
    return;
  meir_info_hash_to_hex (meir_torrent_get_info_hash (torrent), done.hex);
  forget_old (self, done.at_usec);
  g_array_append_val (self->recent, done);
  if (self->recent->len == 1)
    tell_done (self, torrent, done.hex);
  else
    tell_merged (self);
}

static void
tell_failed (MeirUiNotifier *self, MeirTorrent *torrent, const char *hex, const MeirTorrentSnapshot *snapshot)
{
  g_autofree char *name = dup_name (torrent);
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

static void
on_state (MeirUiNotifier *self, MeirTorrent *torrent)
{
  g_autoptr (MeirTorrentSnapshot) snapshot = meir_torrent_peek_snapshot (torrent);
  gboolean failed = snapshot->state == MEIR_TORRENT_FAILED || snapshot->state == MEIR_TORRENT_DISK_FULL;
  char hex[2 * MEIR_SHA1_LENGTH + 1];

  meir_info_hash_to_hex (meir_torrent_get_info_hash (torrent), hex);
  if (!failed) {
    g_autofree char *id = dup_id ("failed", hex);

    /* It goes on: nothing is left to be told. */
    if (g_hash_table_remove (self->failed, hex))
      withdraw (self, id);
  } else if (g_hash_table_add (self->failed, g_strdup (hex)) && !is_looked_at (self)) {
    tell_failed (self, torrent, hex, snapshot);
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
  self->recent = g_array_new (FALSE, FALSE, sizeof (Done));
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
