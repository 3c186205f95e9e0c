/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/meir-ui-sight.h"

#include "app/meir-ui-details.h"

#include "app-support.h"
#include "details-support.h"
#include "fake-snapshot.h"
#include "page-support.h"
#include "widget-support.h"

/* Nobody looks for who cannot see. A display without a window manager minimises nothing: that is made up. */

GdkToplevelState __real_gdk_toplevel_get_state (GdkToplevel *toplevel);
GdkToplevelState __wrap_gdk_toplevel_get_state (GdkToplevel *toplevel);

static GdkToplevelState made_up;
static guint n_changes;

GdkToplevelState
__wrap_gdk_toplevel_get_state (GdkToplevel *toplevel)
{
  return __real_gdk_toplevel_get_state (toplevel) | made_up;
}

static void
set_minimised (GtkWidget *window, gboolean minimised)
{
  made_up = minimised ? GDK_TOPLEVEL_STATE_MINIMIZED : 0;
  g_object_notify (G_OBJECT (gtk_native_get_surface (GTK_NATIVE (window))), "state");
}

static void
on_changed (gpointer widget)
{
  n_changes++;
  g_object_set_data (widget, "seen", GINT_TO_POINTER (meir_ui_sight_has (widget)));
}

static void
assert_seen (GtkWidget *widget, gboolean seen, guint changes)
{
  g_assert_true (meir_ui_sight_has (widget) == seen);
  g_assert_true ((g_object_get_data (G_OBJECT (widget), "seen") != NULL) == seen);
  g_assert_cmpuint (n_changes, ==, changes);
}

static void
test_watch (void)
{
  GtkWidget *window = gtk_window_new ();
  GtkWidget *label = gtk_label_new ("Seen");

  n_changes = 0;
  meir_ui_sight_watch (label, on_changed);
  gtk_window_set_child (GTK_WINDOW (window), label);
  assert_seen (label, FALSE, 0);
  gtk_window_present (GTK_WINDOW (window));
  app_wait_until (gtk_widget_get_mapped (label));
  assert_seen (label, TRUE, 1);
  set_minimised (window, TRUE);
  assert_seen (label, FALSE, 2);
  /* Hidden while nobody sees it: nothing new. */
  gtk_widget_set_visible (label, FALSE);
  assert_seen (label, FALSE, 2);
  set_minimised (window, FALSE);
  assert_seen (label, FALSE, 2);
  gtk_widget_set_visible (label, TRUE);
  app_wait_until (gtk_widget_get_mapped (label));
  assert_seen (label, TRUE, 3);
  /* What else changes about a window is no news. */
  set_minimised (window, FALSE);
  assert_seen (label, TRUE, 3);
  gtk_window_destroy (GTK_WINDOW (window));
}

/* It goes into another window, and what becomes of the first no longer counts. */
static void
test_moved (void)
{
  GtkWidget *first = gtk_window_new ();
  GtkWidget *second = gtk_window_new ();
  GtkWidget *label = g_object_ref_sink (gtk_label_new ("Seen"));

  n_changes = 0;
  meir_ui_sight_watch (label, on_changed);
  gtk_window_set_child (GTK_WINDOW (first), label);
  gtk_window_present (GTK_WINDOW (first));
  app_wait_until (gtk_widget_get_mapped (label));
  gtk_window_set_child (GTK_WINDOW (first), NULL);
  assert_seen (label, FALSE, 2);
  gtk_window_set_child (GTK_WINDOW (second), label);
  gtk_window_present (GTK_WINDOW (second));
  app_wait_until (gtk_widget_get_mapped (label));
  assert_seen (label, TRUE, 3);
  gtk_window_destroy (GTK_WINDOW (first));
  assert_seen (label, TRUE, 3);
  set_minimised (second, TRUE);
  assert_seen (label, FALSE, 4);
  set_minimised (second, FALSE);
  gtk_window_destroy (GTK_WINDOW (second));
  assert_seen (label, FALSE, 6);
  g_object_unref (label);
}

/* The details of a minimised window ask for nothing; they are right at once when it comes back. */
static void
test_details (PageFixture *fixture, gconstpointer user_data)
{
  const MeirTorrentSnapshot paused = { .state = MEIR_TORRENT_PAUSED, .has_metainfo = TRUE };
  GtkLabel *sentence = widget_find (fixture->page, "sentence");

  widget_settle (fixture->window);
  meir_ui_details_set_torrent (fixture->page, fixture->torrent);
  g_assert_nonnull (g_main_context_find_source_by_user_data (NULL, fixture->page));
  set_minimised (fixture->window, TRUE);
  g_assert_null (g_main_context_find_source_by_user_data (NULL, fixture->page));
  fake_snapshot_take_n_looks ();
  fake_snapshot_set (DETAILS_NAME, &paused, NULL);
  meir_ui_details_refresh (fixture->page);
  g_assert_cmpuint (fake_snapshot_take_n_looks (), ==, 0);
  set_minimised (fixture->window, FALSE);
  g_assert_cmpstr (gtk_label_get_text (sentence), ==, "Paused");
  g_assert_nonnull (g_main_context_find_source_by_user_data (NULL, fixture->page));
}

static void
set_up (PageFixture *fixture, gconstpointer user_data)
{
  page_fixture_set_up (fixture, meir_ui_details_new ());
}

static void
add_tests (void)
{
  g_test_add_func ("/app/sight/watch", test_watch);
  g_test_add_func ("/app/sight/moved", test_moved);
  g_test_add ("/app/sight/details", PageFixture, NULL, set_up, test_details, page_fixture_tear_down);
}

int
main (int argc, char **argv)
{
  return page_run (argc, argv, add_tests);
}
