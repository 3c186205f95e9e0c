/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/meir-ui-people-page.h"

#include "app/meir-ui-gradual.h"
#include "app/meir-ui-lazy-rows.h"
#include "app/meir-ui-people-line.h"
#include "app/meir-ui-people.h"

#include "app-support.h"
#include "details-support.h"
#include "fake-snapshot.h"
#include "page-support.h"
#include "widget-support.h"

#include <adwaita.h>
#include <string.h>

/* Who is connected. */

#define N_PEOPLE 38u

static void
look (PageFixture *fixture)
{
  g_autoptr (MeirTorrentSnapshot) snapshot = page_fixture_snapshot (fixture);

  meir_ui_people_page_refresh (fixture->page, snapshot);
}

static GtkSingleSelection *
get_selection (PageFixture *fixture)
{
  return GTK_SINGLE_SELECTION (gtk_list_view_get_model (widget_find (fixture->page, "view")));
}

static guint
count_people (PageFixture *fixture)
{
  return g_list_model_get_n_items (G_LIST_MODEL (get_selection (fixture)));
}

static void
set_up (PageFixture *fixture, gconstpointer user_data)
{
  page_fixture_set_up (fixture, g_object_new (MEIR_UI_TYPE_PEOPLE_PAGE, NULL));
  meir_ui_people_page_set_torrent (fixture->page, fixture->torrent);
  look (fixture);
  /* They come some at a time. */
  app_wait_until (count_people (fixture) == N_PEOPLE);
  widget_settle (fixture->window);
}

static MeirUiPerson *
person_at (PageFixture *fixture, guint i)
{
  g_autoptr (MeirUiPerson) person = g_list_model_get_item (G_LIST_MODEL (get_selection (fixture)), i);

  return person;
}

static GtkWidget *
find_label (GtkWidget *root, const char *text)
{
  GtkWidget *found = NULL;

  if (GTK_IS_LABEL (root) && strcmp (gtk_label_get_text (GTK_LABEL (root)), text) == 0 &&
      gtk_widget_get_mapped (root))
    return root;
  for (GtkWidget *w = gtk_widget_get_first_child (root); w != NULL && found == NULL;
       w = gtk_widget_get_next_sibling (w))
    found = find_label (w, text);
  return found;
}

static const char *
shown (PageFixture *fixture)
{
  return gtk_stack_get_visible_child_name (widget_find_type (fixture->page, GTK_TYPE_STACK));
}

/* The fastest come first. */
static void
test_sorted (PageFixture *fixture, gconstpointer user_data)
{
  guint n = count_people (fixture);

  g_assert_cmpstr (shown (fixture), ==, "people");
  g_assert_cmpuint (n, ==, N_PEOPLE);
  for (guint i = 1; i < n; i++)
    g_assert_cmpuint (meir_ui_person_get_peer (person_at (fixture, i - 1))->down_per_sec, >=,
                      meir_ui_person_get_peer (person_at (fixture, i))->down_per_sec);
}

static void
click_head (PageFixture *fixture, MeirUiPeopleColumn column)
{
  g_signal_emit_by_name (meir_ui_people_line_get_cell (widget_find (fixture->page, "heads"), column),
                         "clicked");
}

/* The head of a column sorts by it, and turns the order around when it did already. */
static void
test_heads (PageFixture *fixture, gconstpointer user_data)
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (get_selection (fixture)));

  click_head (fixture, MEIR_UI_PEOPLE_HAVE);
  for (guint i = 1; i < n; i++)
    g_assert_cmpfloat (meir_ui_person_get_peer (person_at (fixture, i - 1))->progress, >=,
                       meir_ui_person_get_peer (person_at (fixture, i))->progress);
  click_head (fixture, MEIR_UI_PEOPLE_HAVE);
  for (guint i = 1; i < n; i++)
    g_assert_cmpfloat (meir_ui_person_get_peer (person_at (fixture, i - 1))->progress, <=,
                       meir_ui_person_get_peer (person_at (fixture, i))->progress);
  click_head (fixture, MEIR_UI_PEOPLE_CLIENT);
  for (guint i = 1; i < n; i++)
    g_assert_cmpint (strcmp (meir_ui_person_get_peer (person_at (fixture, i - 1))->client,
                             meir_ui_person_get_peer (person_at (fixture, i))->client),
                     <=, 0);
}

/* Figures change in their place; the order does not, so soon. */
static void
test_figures (PageFixture *fixture, gconstpointer user_data)
{
  MeirUiPerson *first = person_at (fixture, 0);
  MeirTorrentSnapshot state;

  details_snapshot_init (&state);
  for (guint i = 0; i < state.peers->len; i++) {
    g_array_index (state.peers, MeirPeerSnapshot, i).down_per_sec = 1000 * (i + 1);
    g_array_index (state.peers, MeirPeerSnapshot, i).progress = 0.42;
  }
  fake_snapshot_set (DETAILS_NAME, &state, NULL);
  details_snapshot_clear (&state);
  g_assert_null (find_label (fixture->page, "42 %"));
  look (fixture);
  g_assert_nonnull (find_label (fixture->page, "42 %"));
  g_assert_true (person_at (fixture, 0) == first);
  g_assert_cmpfloat (meir_ui_person_get_peer (first)->progress, ==, 0.42);
}

static void
test_nobody (PageFixture *fixture, gconstpointer user_data)
{
  const MeirTorrentSnapshot nobody = { .state = MEIR_TORRENT_DOWNLOADING, .has_metainfo = TRUE };
  const MeirTorrentSnapshot unknown = { .state = MEIR_TORRENT_DOWNLOADING,
                                        .has_metainfo = TRUE,
                                        .n_peers = 3 };

  /* Who they are is not known in a snapshot that was made before somebody asked. */
  fake_snapshot_set (DETAILS_NAME, &unknown, NULL);
  look (fixture);
  g_assert_cmpstr (shown (fixture), ==, "people");
  fake_snapshot_set (DETAILS_NAME, &nobody, NULL);
  look (fixture);
  g_assert_cmpstr (shown (fixture), ==, "nobody");
}

static void
test_lock (PageFixture *fixture, gconstpointer user_data)
{
  for (guint i = 0; i < 10; i++) {
    MeirUiPerson *person = person_at (fixture, i);
    GtkWidget *label = find_label (fixture->page, meir_ui_person_get_address (person));
    GtkWidget *lock = gtk_widget_get_next_sibling (label);

    g_assert_nonnull (label);
    g_assert_cmpint (gtk_widget_get_visible (lock), ==, meir_ui_person_get_peer (person)->encrypted);
    gtk_test_accessible_assert_property (lock, GTK_ACCESSIBLE_PROPERTY_LABEL, "Encrypted");
  }
}

static void
test_menu (PageFixture *fixture, gconstpointer user_data)
{
  GdkClipboard *clipboard = gtk_widget_get_clipboard (fixture->window);

  /* Nobody is selected: nothing is copied. */
  gtk_widget_activate_action (fixture->page, "people.copy", NULL);
  g_assert_null (gdk_clipboard_get_content (clipboard));
  gtk_single_selection_set_selected (get_selection (fixture), 3);
  gtk_widget_activate_action (fixture->page, "people.copy", NULL);
  g_assert_nonnull (gdk_clipboard_get_content (clipboard));
  gtk_widget_activate_action (fixture->page, "people.ban", NULL);
}

/* As many columns as there is room for. */
static void
test_narrow (PageFixture *fixture, gconstpointer user_data)
{
  int minimum;

  g_assert_nonnull (find_label (fixture->page, "Program"));
  gtk_window_set_default_size (GTK_WINDOW (fixture->window), 360, 600);
  app_wait_until (find_label (fixture->page, "Program") == NULL);
  g_assert_nonnull (find_label (fixture->page, "Address"));
  gtk_widget_measure (fixture->page, GTK_ORIENTATION_HORIZONTAL, -1, &minimum, NULL, NULL, NULL);
  g_assert_cmpint (minimum, <=, 360);
  gtk_window_set_default_size (GTK_WINDOW (fixture->window), 900, 600);
  app_wait_until (find_label (fixture->page, "Program") != NULL);
}

static int
top_of (PageFixture *fixture, const char *text)
{
  graphene_rect_t bounds;

  g_assert_true (gtk_widget_compute_bounds (find_label (fixture->page, text), fixture->page, &bounds));
  return (int) bounds.origin.y;
}

/* Where an address takes the whole line, the figures lie below it. */
static void
test_folded (PageFixture *fixture, gconstpointer user_data)
{
  gtk_window_set_default_size (GTK_WINDOW (fixture->window), 360, 600);
  app_wait_until (find_label (fixture->page, "Program") == NULL);
  g_assert_cmpint (top_of (fixture, "Address"), ==, top_of (fixture, "They Have"));
  g_object_set (gtk_settings_get_default (), "gtk-xft-dpi", 2 * 96 * 1024, NULL);
  app_wait_until (top_of (fixture, "Address") < top_of (fixture, "They Have"));
  g_assert_cmpint (top_of (fixture, "Download"), ==, top_of (fixture, "They Have"));
  g_object_set (gtk_settings_get_default (), "gtk-xft-dpi", 96 * 1024, NULL);
  app_wait_until (top_of (fixture, "Address") == top_of (fixture, "They Have"));
}

static void
count_changes (GListModel *model, guint position, guint removed, guint added, gpointer user_data)
{
  *(guint *) user_data += removed + added;
}

/* A tick costs who came and who went, and the rows in sight; sorting goes in slices. */
static void
test_many (PageFixture *fixture, gconstpointer user_data)
{
  MeirUiLazyRows *rows = meir_ui_lazy_rows_of (widget_find (fixture->page, "view"));
  GListModel *gradual = gtk_single_selection_get_model (get_selection (fixture));
  GtkSortListModel *sorted = GTK_SORT_LIST_MODEL (meir_ui_gradual_get_model (MEIR_UI_GRADUAL (gradual)));
  guint n_changes = 0, n_fills;
  MeirTorrentSnapshot state;
  double start, first, tick;

  details_snapshot_init (&state);
  g_array_unref (state.peers);
  state.peers = details_peers (10000);
  state.n_peers = 10000;
  fake_snapshot_set (DETAILS_NAME, &state, NULL);
  start = app_cpu_msec ();
  look (fixture);
  first = app_cpu_msec () - start;
  app_wait_until (count_people (fixture) == 10000);
  widget_settle (fixture->window);
  for (guint i = 0; i < state.peers->len; i++)
    g_array_index (state.peers, MeirPeerSnapshot, i).progress = 0.5;
  g_array_remove_range (state.peers, 700, 5);
  fake_snapshot_set (DETAILS_NAME, &state, NULL);
  details_snapshot_clear (&state);
  g_assert_true (gtk_sort_list_model_get_incremental (sorted));
  g_signal_connect (gtk_sort_list_model_get_model (sorted), "items-changed", G_CALLBACK (count_changes),
                    &n_changes);
  n_fills = meir_ui_lazy_rows_get_n_fills (rows);
  start = app_cpu_msec ();
  look (fixture);
  tick = app_cpu_msec () - start;
  g_test_message ("10,000 peers: %.1f ms at first, %.1f ms a tick", first, tick);
  g_assert_cmpuint (n_changes, ==, 5);
  g_assert_cmpuint (meir_ui_lazy_rows_get_n_fills (rows), ==, n_fills);
  g_signal_handlers_disconnect_by_data (gtk_sort_list_model_get_model (sorted), &n_changes);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (get_selection (fixture))), ==, 9995);
}

/* With the page go its lists, that are sorted by what it says. */
static void
test_gone (PageFixture *fixture, gconstpointer user_data)
{
  GtkWidget *page = g_object_ref_sink (g_object_new (MEIR_UI_TYPE_PEOPLE_PAGE, NULL));
  GtkSelectionModel *selection = gtk_list_view_get_model (GTK_LIST_VIEW (widget_find (page, "view")));
  GListModel *gradual = gtk_single_selection_get_model (GTK_SINGLE_SELECTION (selection));
  GListModel *sorted = meir_ui_gradual_get_model (MEIR_UI_GRADUAL (gradual));

  g_object_add_weak_pointer (G_OBJECT (sorted), (gpointer *) &sorted);
  g_object_unref (page);
  g_assert_null (sorted);
}

static void
add (const char *path, void (*test) (PageFixture *, gconstpointer))
{
  g_test_add (path, PageFixture, NULL, set_up, test, page_fixture_tear_down);
}

static void
add_tests (void)
{
  add ("/app/people-page/sorted", test_sorted);
  add ("/app/people-page/heads", test_heads);
  add ("/app/people-page/figures", test_figures);
  add ("/app/people-page/nobody", test_nobody);
  add ("/app/people-page/lock", test_lock);
  add ("/app/people-page/menu", test_menu);
  add ("/app/people-page/narrow", test_narrow);
  add ("/app/people-page/folded", test_folded);
  add ("/app/people-page/many", test_many);
  add ("/app/people-page/gone", test_gone);
}

int
main (int argc, char **argv)
{
  return page_run (argc, argv, add_tests);
}
