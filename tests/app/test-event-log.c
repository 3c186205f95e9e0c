/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/meir-ui-event-log.h"

#include "app-support.h"
#include "fake-snapshot.h"
#include "page-support.h"
#include "widget-support.h"

#include <string.h>

/* What happened to a torrent. */

static void
happen (PageFixture *fixture, MeirEventKind kind, const char *text)
{
  MeirEvent event = { .kind = kind, .torrent = fixture->torrent, .text = text, .piece = 6 };

  g_signal_emit_by_name (fixture->session, "event", &event);
}

static void
set_up (PageFixture *fixture, gconstpointer user_data)
{
  page_fixture_set_up (fixture, gtk_label_new (""));
  meir_ui_event_log_watch (fixture->session);
  meir_ui_event_log_watch (fixture->session);
}

static guint
count (const char *text, const char *part)
{
  guint n = 0;

  for (const char *p = text; (p = strstr (p, part)) != NULL; p += strlen (part))
    n++;
  return n;
}

static void
test_lines (PageFixture *fixture, gconstpointer user_data)
{
  g_autofree char *lines = NULL;
  const char *last = 0;
  static const char *const wanted[] = { "The list of files has come",
                                        "198.51.100.7:1 is here",
                                        "Piece 7 failed its check",
                                        "Complete",
                                        "It works",
                                        "Mind this" };

  happen (fixture, MEIR_EVENT_METADATA, NULL);
  happen (fixture, MEIR_EVENT_PEER, "198.51.100.7:1 is here");
  happen (fixture, MEIR_EVENT_BAD_PIECE, NULL);
  happen (fixture, MEIR_EVENT_COMPLETE, NULL);
  happen (fixture, MEIR_EVENT_TRACKER, "It works");
  happen (fixture, MEIR_EVENT_WARNING, "Mind this");
  happen (fixture, MEIR_EVENT_STATE, NULL);
  lines = meir_ui_event_log_dup_lines (fixture->torrent);
  last = lines;
  for (guint i = 0; i < G_N_ELEMENTS (wanted); i++) {
    last = strstr (last, wanted[i]);
    g_assert_nonnull (last);
    g_assert_cmpuint (count (lines, wanted[i]), ==, 1);
  }
  g_assert_nonnull (strstr (last, "Downloading"));
}

/* Every state has words of its own, and none of them is the engine's. */
static void
test_states (PageFixture *fixture, gconstpointer user_data)
{
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autofree char *name = meir_torrent_dup_name (fixture->torrent);

  for (guint state = MEIR_TORRENT_LOADING; state <= MEIR_TORRENT_STOPPED; state++) {
    const MeirTorrentSnapshot snapshot = { .state = (MeirTorrentState) state };
    g_autofree char *lines = NULL;
    g_auto (GStrv) split = NULL;
    const char *words;

    fake_snapshot_set (name, &snapshot, NULL);
    happen (fixture, MEIR_EVENT_STATE, NULL);
    lines = meir_ui_event_log_dup_lines (fixture->torrent);
    split = g_strsplit (g_strchomp (lines), "\n", -1);
    words = strstr (split[g_strv_length (split) - 1], "  ") + 2;
    g_assert_true (g_ascii_isupper (*words));
    g_assert_true (g_hash_table_add (seen, g_strdup (words)));
  }
}

static void
test_ring (PageFixture *fixture, gconstpointer user_data)
{
  g_autofree char *lines = NULL;

  for (guint i = 0; i < MEIR_UI_EVENT_LOG_MAX + 10; i++) {
    g_autofree char *text = g_strdup_printf ("<%u>", i);

    happen (fixture, MEIR_EVENT_WARNING, text);
  }
  lines = meir_ui_event_log_dup_lines (fixture->torrent);
  g_assert_cmpuint (count (lines, "\n"), ==, MEIR_UI_EVENT_LOG_MAX);
  g_assert_null (strstr (lines, "<9>"));
  g_assert_nonnull (strstr (lines, "<509>"));
}

static void
test_window (PageFixture *fixture, gconstpointer user_data)
{
  GtkWindow *window;
  g_autofree char *report = NULL;
  gpointer button;

  happen (fixture, MEIR_EVENT_WARNING, "Mind this");
  window = meir_ui_event_log_present (GTK_WINDOW (fixture->window), fixture->torrent);
  widget_settle (window);
  button = widget_find_button (window, "_Copy for a Bug Report");
  g_signal_emit_by_name (button, "clicked");
  g_assert_cmpstr (gtk_button_get_label (button), ==, "Copied");
  g_assert_nonnull (gdk_clipboard_get_content (gtk_widget_get_clipboard (fixture->window)));
  gtk_window_destroy (window);
  report = meir_ui_event_log_dup_report (fixture->torrent);
  g_assert_true (g_str_has_prefix (report, "MeirTorrent "));
  g_assert_nonnull (strstr (report, "State: downloading, 1175 of 2000 pieces"));
  g_assert_nonnull (strstr (report, "Files: 7, pieces of 16384 bytes\n"));
  g_assert_nonnull (strstr (report, "Mind this\n"));
}

static void
add (const char *path, void (*test) (PageFixture *, gconstpointer))
{
  g_test_add (path, PageFixture, NULL, set_up, test, page_fixture_tear_down);
}

static void
add_tests (void)
{
  add ("/app/event-log/lines", test_lines);
  add ("/app/event-log/states", test_states);
  add ("/app/event-log/ring", test_ring);
  add ("/app/event-log/window", test_window);
}

int
main (int argc, char **argv)
{
  return page_run (argc, argv, add_tests);
}
