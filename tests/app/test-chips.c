/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/meir-ui-chips.h"

#include "app-support.h"
#include "fake-snapshot.h"
#include "widget-support.h"

#include <adwaita.h>

/* The buttons that filter the list. */

typedef struct {
  char *folder;
  MeirSession *session;
  MeirUiItems *items;
  GtkWidget *window;
  MeirUiChips *chips;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer user_data)
{
  fixture->folder = app_make_folder ();
  fixture->session = app_session_new (fixture->folder);
  fixture->items = meir_ui_items_new (NULL);
  meir_ui_items_set_torrents (fixture->items, G_LIST_MODEL (fixture->session));
  fixture->window = gtk_window_new ();
  fixture->chips = g_object_new (MEIR_UI_TYPE_CHIPS, NULL);
  meir_ui_chips_set_items (fixture->chips, fixture->items);
  gtk_window_set_child (GTK_WINDOW (fixture->window), GTK_WIDGET (fixture->chips));
  gtk_window_present (GTK_WINDOW (fixture->window));
}

static void
tear_down (Fixture *fixture, gconstpointer user_data)
{
  gtk_window_destroy (GTK_WINDOW (fixture->window));
  g_assert_finalize_object (fixture->items);
  app_session_close (fixture->session);
  fake_snapshot_clear ();
  app_remove_folder (fixture->folder);
  g_free (fixture->folder);
}

static void
add_some (Fixture *fixture, const char *prefix, guint n, const MeirTorrentSnapshot *state)
{
  for (guint i = 0; i < n; i++) {
    g_autofree char *name = g_strdup_printf ("%s %u", prefix, i);

    fake_snapshot_set (name, state, NULL);
    app_add (fixture->session, fixture->folder, name, 1);
  }
}

static gboolean
is_revealed (Fixture *fixture)
{
  return gtk_revealer_get_reveal_child (widget_find_type (fixture->chips, GTK_TYPE_REVEALER));
}

static void
on_round (MeirUiItems *items, gpointer user_data)
{
  gboolean *done = user_data;

  *done = TRUE;
}

static void
run_round (Fixture *fixture)
{
  gboolean done = FALSE;
  gulong id = g_signal_connect (fixture->items, "round", G_CALLBACK (on_round), &done);

  meir_ui_items_begin_round (fixture->items);
  app_wait_until (done);
  g_signal_handler_disconnect (fixture->items, id);
  meir_ui_chips_update (fixture->chips);
}

static void
test_filter (Fixture *fixture, gconstpointer user_data)
{
  const MeirTorrentSnapshot downloading = { .state = MEIR_TORRENT_METADATA, .n_peers = 1 };
  const MeirTorrentSnapshot failed = { .state = MEIR_TORRENT_FAILED };

  add_some (fixture, "d", MEIR_UI_CHIPS_MIN - 1, &downloading);
  run_round (fixture);
  g_assert_false (is_revealed (fixture));
  add_some (fixture, "f", 2, &failed);
  run_round (fixture);
  g_assert_true (is_revealed (fixture));
  g_assert_nonnull (widget_find_button (fixture->chips, "All 11"));
  g_assert_nonnull (widget_find_button (fixture->chips, "Downloading 9"));
  g_assert_nonnull (widget_find_button (fixture->chips, "Sharing 0"));
  gtk_toggle_button_set_active (widget_find_button (fixture->chips, "Attention 2"), TRUE);
  g_assert_cmpint (meir_ui_items_get_filter (fixture->items), ==, MEIR_UI_FILTER_ATTENTION);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (fixture->items)), ==, 2);
  /* One is always pressed; it does not go while it filters. */
  g_assert_false (gtk_toggle_button_get_active (widget_find_button (fixture->chips, "All 11")));
  meir_ui_chips_reset (fixture->chips);
  g_assert_cmpint (meir_ui_items_get_filter (fixture->items), ==, MEIR_UI_FILTER_ALL);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (fixture->items)), ==, 11);
}

/* With text of twice the size they scroll; the window is no wider for it. */
static void
test_narrow (Fixture *fixture, gconstpointer user_data)
{
  int minimum;

  g_object_set (gtk_settings_get_default (), "gtk-xft-dpi", 2 * 96 * 1024, NULL);
  gtk_widget_measure (GTK_WIDGET (fixture->chips), GTK_ORIENTATION_HORIZONTAL, -1, &minimum, NULL, NULL,
                      NULL);
  g_assert_cmpint (minimum, <=, 360);
  g_object_set (gtk_settings_get_default (), "gtk-xft-dpi", 96 * 1024, NULL);
}

int
main (int argc, char **argv)
{
  meir_init ();
  g_test_init (&argc, &argv, NULL);
  adw_init ();
  g_test_add ("/app/chips/filter", Fixture, NULL, set_up, test_filter, tear_down);
  g_test_add ("/app/chips/narrow", Fixture, NULL, set_up, test_narrow, tear_down);
  return g_test_run ();
}
