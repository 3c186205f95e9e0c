/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/meir-ui-notifier.h"

#include "app-support.h"
#include "app/meir-ui-settings.h"
#include "fake-snapshot.h"

/* What is told of, when, and when it is taken back. What a notification says is looked at in tests/ui. */

static const char *const names[] = { "one", "two", "three" };
static GPtrArray *told; /* "+id" told, "-id" taken back */
static GtkWindow *window;
static gboolean looked_at;
static gint64 now_usec = G_TIME_SPAN_HOUR;

void __wrap_g_application_send_notification (GApplication *application, const char *id,
                                             GNotification *notification);
void __wrap_g_application_withdraw_notification (GApplication *application, const char *id);
gboolean __wrap_gtk_window_is_active (GtkWindow *unused);
GtkWindow *__wrap_gtk_application_get_active_window (GtkApplication *application);
GList *__wrap_gtk_application_get_windows (GtkApplication *application);
gint64 __wrap_g_get_monotonic_time (void);

void
__wrap_g_application_send_notification (GApplication *application, const char *id,
                                        GNotification *notification)
{
  g_assert_true (G_IS_NOTIFICATION (notification));
  g_ptr_array_add (told, g_strconcat ("+", id, NULL));
}

void
__wrap_g_application_withdraw_notification (GApplication *application, const char *id)
{
  g_ptr_array_add (told, g_strconcat ("-", id, NULL));
}

GtkWindow *
__wrap_gtk_application_get_active_window (GtkApplication *application)
{
  return looked_at ? window : NULL;
}

GList *
__wrap_gtk_application_get_windows (GtkApplication *application)
{
  static GList windows;

  windows.data = window;
  return &windows;
}

gboolean
__wrap_gtk_window_is_active (GtkWindow *unused)
{
  return looked_at;
}

gint64
__wrap_g_get_monotonic_time (void)
{
  return now_usec;
}

typedef struct {
  char *folder;
  MeirSession *session;
  GtkApplication *application;
  MeirUiNotifier *notifier;
  MeirTorrent *torrents[3];
  char hex[3][2 * MEIR_SHA1_LENGTH + 1];
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer unused)
{
  told = g_ptr_array_new_with_free_func (g_free);
  window = GTK_WINDOW (gtk_window_new ());
  looked_at = FALSE;
  fixture->folder = app_make_folder ();
  fixture->session = app_session_new (fixture->folder);
  fixture->application = gtk_application_new (NULL, G_APPLICATION_NON_UNIQUE);
  fixture->notifier = meir_ui_notifier_new (fixture->application, fixture->session);
  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    fixture->torrents[i] = app_add (fixture->session, fixture->folder, names[i], 2);
    meir_info_hash_to_hex (meir_torrent_get_info_hash (fixture->torrents[i]), fixture->hex[i]);
    fake_snapshot_set (names[i], &(MeirTorrentSnapshot){ .state = MEIR_TORRENT_DOWNLOADING }, NULL);
  }
}

static void
tear_down (Fixture *fixture, gconstpointer unused)
{
  g_settings_reset (meir_ui_settings_get (), "notify");
  g_assert_finalize_object (fixture->notifier);
  g_assert_finalize_object (fixture->application);
  gtk_window_destroy (window);
  fake_snapshot_clear ();
  app_session_close (fixture->session);
  app_remove_folder (fixture->folder);
  g_free (fixture->folder);
  g_ptr_array_unref (told);
}

static void
emit (Fixture *fixture, guint i, MeirEventKind kind)
{
  MeirEvent event = { .kind = kind, .torrent = fixture->torrents[i] };

  g_signal_emit_by_name (fixture->session, "event", &event);
}

static void
set_state (Fixture *fixture, guint i, MeirTorrentState state)
{
  fake_snapshot_set (names[i], &(MeirTorrentSnapshot){ .state = state }, NULL);
  emit (fixture, i, MEIR_EVENT_STATE);
}

/* One entry of the log, which is then empty again. */
static void
assert_told (const char *sign, const char *kind, const char *hex)
{
  g_autofree char *expected = g_strconcat (sign, kind, hex != NULL ? "-" : NULL, hex, NULL);

  g_assert_cmpuint (told->len, >, 0);
  g_assert_cmpstr (told->pdata[0], ==, expected);
  g_ptr_array_remove_index (told, 0);
}

static void
look_at_window (void)
{
  looked_at = TRUE;
  g_object_notify (G_OBJECT (window), "is-active");
}

static void
test_done (Fixture *fixture, gconstpointer unused)
{
  emit (fixture, 0, MEIR_EVENT_COMPLETE);
  assert_told ("+", "done", fixture->hex[0]);
  emit (fixture, 0, MEIR_EVENT_PEER);
  emit (fixture, 0, MEIR_EVENT_STATE);
  g_assert_cmpuint (told->len, ==, 0);
  look_at_window ();
  assert_told ("-", "done", fixture->hex[0]);
  g_assert_cmpuint (told->len, ==, 0);
  /* Who looks sees it. */
  emit (fixture, 1, MEIR_EVENT_COMPLETE);
  g_assert_cmpuint (told->len, ==, 0);
}

/* Those within ten seconds are one; later ones begin anew. */
static void
test_merged (Fixture *fixture, gconstpointer unused)
{
  emit (fixture, 0, MEIR_EVENT_COMPLETE);
  assert_told ("+", "done", fixture->hex[0]);
  now_usec += 9 * G_TIME_SPAN_SECOND;
  emit (fixture, 1, MEIR_EVENT_COMPLETE);
  assert_told ("-", "done", fixture->hex[0]);
  assert_told ("+", "done", NULL);
  now_usec += 500 * G_TIME_SPAN_MILLISECOND;
  emit (fixture, 2, MEIR_EVENT_COMPLETE);
  assert_told ("+", "done", NULL);
  now_usec += 11 * G_TIME_SPAN_SECOND;
  emit (fixture, 0, MEIR_EVENT_COMPLETE);
  assert_told ("+", "done", fixture->hex[0]);
  g_assert_cmpuint (told->len, ==, 0);
}

static void
test_setting (Fixture *fixture, gconstpointer unused)
{
  g_settings_set_boolean (meir_ui_settings_get (), "notify", FALSE);
  emit (fixture, 0, MEIR_EVENT_COMPLETE);
  g_assert_cmpuint (told->len, ==, 0);
  /* A failure is told of all the same: nothing goes on without the user. */
  set_state (fixture, 0, MEIR_TORRENT_FAILED);
  assert_told ("+", "failed", fixture->hex[0]);
}

/* Once a failure, and not any more when it goes on. */
static void
test_failed (Fixture *fixture, gconstpointer unused)
{
  set_state (fixture, 0, MEIR_TORRENT_DISK_FULL);
  assert_told ("+", "failed", fixture->hex[0]);
  emit (fixture, 0, MEIR_EVENT_STATE);
  g_assert_cmpuint (told->len, ==, 0);
  set_state (fixture, 0, MEIR_TORRENT_DOWNLOADING);
  assert_told ("-", "failed", fixture->hex[0]);
  set_state (fixture, 0, MEIR_TORRENT_FAILED);
  assert_told ("+", "failed", fixture->hex[0]);
  /* One that was seen when it failed is not told of later. */
  looked_at = TRUE;
  set_state (fixture, 1, MEIR_TORRENT_FAILED);
  looked_at = FALSE;
  emit (fixture, 1, MEIR_EVENT_STATE);
  g_assert_cmpuint (told->len, ==, 0);
}

/* A disk that goes takes many torrents with it: that is one thing to tell of, for as long as any of them has
 * not come back. */
static void
test_many_failed (Fixture *fixture, gconstpointer unused)
{
  set_state (fixture, 0, MEIR_TORRENT_FAILED);
  assert_told ("+", "failed", fixture->hex[0]);
  set_state (fixture, 1, MEIR_TORRENT_FAILED);
  assert_told ("-", "failed", fixture->hex[0]);
  assert_told ("+", "failed", NULL);
  set_state (fixture, 2, MEIR_TORRENT_DISK_FULL);
  assert_told ("+", "failed", NULL);
  set_state (fixture, 1, MEIR_TORRENT_DOWNLOADING);
  set_state (fixture, 0, MEIR_TORRENT_DOWNLOADING);
  g_assert_cmpuint (told->len, ==, 0);
  set_state (fixture, 2, MEIR_TORRENT_DOWNLOADING);
  assert_told ("-", "failed", NULL);
  /* What comes later is another thing. */
  set_state (fixture, 0, MEIR_TORRENT_FAILED);
  assert_told ("+", "failed", fixture->hex[0]);
  now_usec += 11 * G_TIME_SPAN_SECOND;
  set_state (fixture, 1, MEIR_TORRENT_FAILED);
  assert_told ("+", "failed", fixture->hex[1]);
  g_assert_cmpuint (told->len, ==, 0);
}

static void
test_background (Fixture *fixture, gconstpointer unused)
{
  meir_ui_notifier_tell_background (fixture->notifier, "Still sharing");
  assert_told ("+", "background", NULL);
  look_at_window ();
  assert_told ("-", "background", NULL);
}

int
main (int argc, char **argv)
{
  meir_init ();
  g_test_init (&argc, &argv, NULL);
  gtk_init ();
  g_test_add ("/app/notifier/done", Fixture, NULL, set_up, test_done, tear_down);
  g_test_add ("/app/notifier/merged", Fixture, NULL, set_up, test_merged, tear_down);
  g_test_add ("/app/notifier/setting", Fixture, NULL, set_up, test_setting, tear_down);
  g_test_add ("/app/notifier/failed", Fixture, NULL, set_up, test_failed, tear_down);
  g_test_add ("/app/notifier/many-failed", Fixture, NULL, set_up, test_many_failed, tear_down);
  g_test_add ("/app/notifier/background", Fixture, NULL, set_up, test_background, tear_down);
  return g_test_run ();
}
