/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/meir-ui-list.h"

#include "app-support.h"
#include "app/meir-ui-lazy-rows.h"
#include "fake-snapshot.h"
#include "widget-support.h"

#include <adwaita.h>

/* The rows, and which of them are selected. */

typedef struct {
  char *folder;
  MeirSession *session;
  MeirUiItems *items;
  GtkWidget *window;
  MeirUiList *list;
  guint n_changes;
} Fixture;

static void
on_selection_changed (MeirUiList *list, gpointer user_data)
{
  Fixture *fixture = user_data;

  fixture->n_changes++;
}

static void
set_up (Fixture *fixture, gconstpointer user_data)
{
  fixture->folder = app_make_folder ();
  fixture->session = app_session_new (fixture->folder);
  fixture->items = meir_ui_items_new (NULL);
  meir_ui_items_set_torrents (fixture->items, G_LIST_MODEL (fixture->session));
  fixture->window = gtk_window_new ();
  fixture->list = g_object_new (MEIR_UI_TYPE_LIST, NULL);
  meir_ui_list_set_items (fixture->list, fixture->items);
  g_signal_connect (fixture->list, "selection-changed", G_CALLBACK (on_selection_changed), fixture);
  gtk_window_set_child (GTK_WINDOW (fixture->window), GTK_WIDGET (fixture->list));
  gtk_window_set_default_size (GTK_WINDOW (fixture->window), 600, 500);
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

static const MeirTorrentSnapshot downloading = { .state = MEIR_TORRENT_DOWNLOADING,
                                                 .has_metainfo = TRUE,
                                                 .n_peers = 2,
                                                 .n_sending = 1,
                                                 .left_sec = -1,
                                                 .down_per_sec = 1000 };

static MeirTorrent *
add (Fixture *fixture, const char *name)
{
  fake_snapshot_set (name, &downloading, "#+..");
  return app_add (fixture->session, fixture->folder, name, 1);
}

static guint
n_shown (Fixture *fixture)
{
  return g_list_model_get_n_items (G_LIST_MODEL (fixture->items));
}

static void
test_select (Fixture *fixture, gconstpointer user_data)
{
  MeirTorrent *first = add (fixture, "a");
  MeirTorrent *second = add (fixture, "b");
  MeirTorrent *third = add (fixture, "c");
  g_autoptr (GPtrArray) selected = NULL;

  app_wait_until (n_shown (fixture) == 3);
  widget_settle (fixture->window);
  g_assert_cmpuint (meir_ui_list_get_n_selected (fixture->list), ==, 0);
  g_assert_cmpuint (meir_ui_list_get_position (fixture->list), ==, GTK_INVALID_LIST_POSITION);
  fixture->n_changes = 0;
  g_assert_true (meir_ui_list_select (fixture->list, second));
  g_assert_cmpuint (fixture->n_changes, >, 0);
  g_assert_cmpuint (meir_ui_list_get_position (fixture->list), ==, 1);
  g_assert_true (meir_ui_item_get_torrent (meir_ui_list_get_single (fixture->list)) == second);
  meir_ui_list_select_all (fixture->list, TRUE);
  g_assert_null (meir_ui_list_get_single (fixture->list));
  selected = meir_ui_list_dup_selected (fixture->list);
  g_assert_cmpuint (selected->len, ==, 3);
  g_assert_true (selected->pdata[0] == first && selected->pdata[2] == third);
  meir_ui_list_select_all (fixture->list, FALSE);
  g_assert_cmpuint (meir_ui_list_get_n_selected (fixture->list), ==, 0);
  meir_ui_list_select_near (fixture->list, 100);
  g_assert_true (meir_ui_item_get_torrent (meir_ui_list_get_single (fixture->list)) == third);
  meir_ui_items_set_parked (fixture->items, second, TRUE);
  app_wait_until (n_shown (fixture) == 2);
  g_assert_false (meir_ui_list_select (fixture->list, second));
}

/* What is selected stays so when it moves, and when others come and go. */
static void
test_selection_stays (Fixture *fixture, gconstpointer user_data)
{
  MeirTorrent *first = add (fixture, "a");
  MeirTorrent *third;

  add (fixture, "b");
  third = add (fixture, "c");
  app_wait_until (n_shown (fixture) == 3);
  meir_ui_list_select (fixture->list, third);
  meir_session_move_in_queue (fixture->session, third, 0);
  app_wait_until (meir_ui_list_get_position (fixture->list) == 0);
  g_assert_true (meir_ui_item_get_torrent (meir_ui_list_get_single (fixture->list)) == third);
  meir_ui_items_set_parked (fixture->items, first, TRUE);
  app_wait_until (n_shown (fixture) == 2);
  g_assert_true (meir_ui_item_get_torrent (meir_ui_list_get_single (fixture->list)) == third);
}

/* A new state shows without anybody asking for it. */
static void
test_refreshed (Fixture *fixture, gconstpointer user_data)
{
  const MeirTorrentSnapshot paused = { .state = MEIR_TORRENT_PAUSED };
  MeirTorrent *torrent = add (fixture, "a");

  app_wait_until (n_shown (fixture) == 1);
  widget_settle (fixture->window);
  app_wait_until (widget_has_text (fixture->list, "Downloading from 1 of 2 people"));
  fake_snapshot_set ("a", &paused, NULL);
  meir_ui_items_refresh (fixture->items, torrent);
  g_assert_true (widget_has_text (fixture->list, "Paused"));
}

#define MANY          10000
#define ROUNDS        10
#define LOOKED_AT_MAX 500 /* a few screens */

/* Ten thousand rows: only those that can be seen, and those just beside them, are looked at. */
static void
test_many (Fixture *fixture, gconstpointer user_data)
{
  MeirUiLazyRows *rows = meir_ui_lazy_rows_of (widget_find (fixture->list, "view"));
  gint64 best_usec = G_MAXINT64;

  for (guint i = 0; i < MANY; i++) {
    g_autofree char *link = g_strdup_printf ("magnet:?xt=urn:btih:%040x&dn=torrent", i + 1);
    g_autoptr (MeirMagnet) magnet = meir_magnet_parse (link, NULL);
    MeirAddOptions options = { .magnet = magnet, .folder = fixture->folder, .paused = TRUE };

    g_assert_nonnull (meir_session_add (fixture->session, &options, NULL));
  }
  app_wait_until (n_shown (fixture) == MANY);
  app_wait_until (meir_ui_lazy_rows_get_filled (rows)->len > 0);
  widget_settle (fixture->window);
  for (guint i = 0; i < ROUNDS; i++) {
    gint64 began_usec;
    guint n_looks;

    fake_snapshot_set ("torrent", &downloading, "#+..");
    fake_snapshot_take_n_looks ();
    began_usec = g_get_monotonic_time ();
    meir_ui_list_refresh (fixture->list);
    best_usec = MIN (best_usec, g_get_monotonic_time () - began_usec);
    n_looks = fake_snapshot_take_n_looks ();
    g_assert_cmpuint (n_looks, >, 0);
    g_assert_cmpuint (n_looks, <=, LOOKED_AT_MAX);
    widget_settle (fixture->window);
  }
  g_test_message ("looking at the rows in sight takes %" G_GINT64_FORMAT " usec", best_usec);
  g_assert_true (meir_ui_list_get_n_selected (fixture->list) == 0);
}

static gboolean
is_focus (Fixture *fixture, GtkWidget *widget)
{
  return gtk_root_get_focus (GTK_ROOT (fixture->window)) == widget;
}

static GtkWidget *
find_frame (Fixture *fixture, MeirTorrent *torrent)
{
  GtkListView *view = widget_find (fixture->list, "view");

  return meir_ui_lazy_rows_find_frame (meir_ui_lazy_rows_of (view),
                                       meir_ui_items_find (fixture->items, torrent));
}

static gboolean
tab (Fixture *fixture, GtkDirectionType direction)
{
  gboolean stayed = gtk_widget_child_focus (GTK_WIDGET (fixture->list), direction);

  widget_settle (fixture->window);
  return stayed;
}

/* A row, its button, the next row; and back the same way. */
static void
test_tab (Fixture *fixture, gconstpointer user_data)
{
  MeirTorrent *torrents[] = { add (fixture, "a"), add (fixture, "b") };
  GtkWidget *stops[4];

  app_wait_until (n_shown (fixture) == 2);
  widget_settle (fixture->window);
  for (guint i = 0; i < 2; i++) {
    stops[2 * i] = find_frame (fixture, torrents[i]);
    stops[2 * i + 1] = widget_find (stops[2 * i], "button");
  }
  gtk_root_set_focus (GTK_ROOT (fixture->window), NULL); /* the list had it while it was empty */
  for (guint i = 0; i < G_N_ELEMENTS (stops); i++) {
    g_assert_true (tab (fixture, GTK_DIR_TAB_FORWARD));
    g_test_message ("stop %u", i);
    g_assert_true (is_focus (fixture, stops[i]));
  }
  g_assert_false (tab (fixture, GTK_DIR_TAB_FORWARD));
  for (guint i = G_N_ELEMENTS (stops) - 1; i-- > 0;) {
    g_assert_true (tab (fixture, GTK_DIR_TAB_BACKWARD));
    g_test_message ("back at stop %u", i);
    g_assert_true (is_focus (fixture, stops[i]));
  }
  g_assert_false (tab (fixture, GTK_DIR_TAB_BACKWARD));
}

/* The list takes the focus with what is selected, or else with a row. */
static void
test_focus (Fixture *fixture, gconstpointer user_data)
{
  MeirTorrent *torrents[] = { add (fixture, "a"), add (fixture, "b") };

  app_wait_until (n_shown (fixture) == 2);
  widget_settle (fixture->window);
  meir_ui_list_focus (fixture->list);
  g_assert_true (is_focus (fixture, find_frame (fixture, torrents[0])));
  meir_ui_list_select (fixture->list, torrents[1]);
  meir_ui_list_focus (fixture->list);
  g_assert_true (is_focus (fixture, find_frame (fixture, torrents[1])));
}

static void
add_test (const char *path, void (*test) (Fixture *, gconstpointer))
{
  g_test_add (path, Fixture, NULL, set_up, test, tear_down);
}

int
main (int argc, char **argv)
{
  meir_init ();
  g_test_init (&argc, &argv, NULL);
  adw_init ();
  add_test ("/app/list/select", test_select);
  add_test ("/app/list/selection-stays", test_selection_stays);
  add_test ("/app/list/refreshed", test_refreshed);
  add_test ("/app/list/tab", test_tab);
  add_test ("/app/list/focus", test_focus);
  add_test ("/app/list/many", test_many);
  return g_test_run ();
}
