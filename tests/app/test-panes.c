/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/meir-ui-panes.h"

#include "app/meir-ui-details.h"
#include "app-support.h"
#include "harness.h"
#include "widget-support.h"

/* The list and the details: where the keyboard goes from one to the other, and that it gets around in both.
 */

static Harness harness;

static GtkWidget *
get_focus (void)
{
  return gtk_root_get_focus (GTK_ROOT (harness.window));
}

static gboolean
has_focus_in (gpointer widget)
{
  GtkWidget *focus = get_focus ();

  return focus != NULL && gtk_widget_is_ancestor (focus, widget);
}

static void
activate (const char *action)
{
  gtk_widget_activate_action (GTK_WIDGET (harness.window), action, NULL);
  widget_settle (harness.window);
}

static void
show_page (const char *page)
{
  gtk_widget_activate_action (GTK_WIDGET (harness.window), "win.page", "s", page);
  widget_settle (harness.window);
}

static void
set_width (int width)
{
  MeirUiSplit *split = meir_ui_window_get_split (harness.window);

  gtk_window_set_default_size (GTK_WINDOW (harness.window), width, 600);
  app_wait_until (meir_ui_split_get_collapsed (split) == (width < MEIR_UI_SPLIT_WIDTH));
  widget_settle (harness.window);
}

/* A torrent in the list, selected. (transfer none) */
static MeirTorrent *
add (void)
{
  g_autoptr (MeirMagnet) magnet =
      meir_magnet_parse ("magnet:?xt=urn:btih:bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb&dn=Night+Train", NULL);
  MeirAddOptions options = { .magnet = magnet, .folder = harness.downloads };
  MeirTorrent *torrent = meir_ui_application_add (harness.application, &options, NULL, NULL);

  g_assert_nonnull (torrent);
  app_wait_until (meir_ui_list_select (meir_ui_window_get_list (harness.window), torrent));
  widget_settle (harness.window);
  return torrent;
}

/* How many widgets Tab goes through until it is where it began. */
static guint
count_stops (GtkDirectionType direction)
{
  GtkRoot *root = GTK_ROOT (harness.window);
  GtkWidget *first, *at;
  guint n = 0;

  gtk_root_set_focus (root, NULL);
  gtk_widget_child_focus (GTK_WIDGET (root), direction);
  first = at = get_focus ();
  do {
    GtkWidget *before = at;

    gtk_widget_child_focus (GTK_WIDGET (root), direction);
    at = get_focus ();
    if (at == before || ++n > 200)
      g_error ("Tab is caught at a %s", G_OBJECT_TYPE_NAME (at));
  } while (at != first);
  return n;
}

static void
assert_stops (guint n)
{
  widget_settle (harness.window);
  g_assert_cmpuint (count_stops (GTK_DIR_TAB_FORWARD), >=, n);
  g_assert_cmpuint (count_stops (GTK_DIR_TAB_BACKWARD), >=, n);
}

/* No page catches the keyboard, beside the list or in its place. */
static void
script_tab (Harness *unused)
{
  static const char *const pages[] = { "overview", "files", "people", "trackers" };
  static const int widths[] = { MEIR_UI_SPLIT_WIDTH - 200, MEIR_UI_SPLIT_WIDTH + 100 };
  MeirTorrent *torrent;

  assert_stops (3);
  torrent = add ();
  assert_stops (5);
  for (guint w = 0; w < G_N_ELEMENTS (widths); w++) {
    set_width (widths[w]);
    for (guint i = 0; i < G_N_ELEMENTS (pages); i++) {
      g_test_message ("%s at %d", pages[i], widths[w]);
      show_page (pages[i]);
      assert_stops (3);
    }
  }
  meir_ui_application_remove (harness.application, torrent);
}

/* In a narrow window the focus follows to what is shown: to the row, and to the page below its header bar. */
static void
script_focus (Harness *unused)
{
  MeirUiList *list = meir_ui_window_get_list (harness.window);
  MeirTorrent *torrent = add ();
  GtkWidget *details = widget_find_type (harness.window, MEIR_UI_TYPE_DETAILS);
  GtkWidget *pages = widget_find (details, "pages");

  set_width (MEIR_UI_SPLIT_WIDTH - 200);
  meir_ui_list_focus (list);
  g_assert_true (has_focus_in (list));
  activate ("win.details-pane");
  g_assert_true (has_focus_in (pages));
  activate ("win.details-pane");
  g_assert_true (has_focus_in (list));
  activate ("win.details");
  g_assert_true (has_focus_in (pages));
  show_page ("trackers");
  g_assert_true (has_focus_in (pages));
  activate ("win.back");
  g_assert_true (has_focus_in (list));
  /* Beside each other each keeps it, until it goes. */
  set_width (MEIR_UI_SPLIT_WIDTH + 100);
  meir_ui_list_focus (list);
  activate ("win.details-pane");
  activate ("win.details-pane");
  g_assert_true (has_focus_in (list));
  show_page ("overview");
  g_assert_true (has_focus_in (pages));
  activate ("win.details-pane");
  g_assert_true (has_focus_in (list));
  meir_ui_application_remove (harness.application, torrent);
}

static void
add_tests (void)
{
  harness_add_test ("/app/panes/tab", script_tab);
  harness_add_test ("/app/panes/focus", script_focus);
}

int
main (int argc, char **argv)
{
  return harness_main (&harness, argc, argv, add_tests);
}
