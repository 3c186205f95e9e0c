/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/meir-ui-details.h"

#include "app/meir-ui-tabs.h"

#include "app-support.h"
#include "details-support.h"
#include "fake-snapshot.h"
#include "page-support.h"
#include "widget-support.h"

#include <adwaita.h>

/* All there is to see of one torrent. */

static void
set_up (PageFixture *fixture, gconstpointer user_data)
{
  page_fixture_set_up (fixture, meir_ui_details_new ());
  widget_settle (fixture->window);
}

static const char *
shown (PageFixture *fixture)
{
  return gtk_stack_get_visible_child_name (widget_find (fixture->page, "states"));
}

static const char *
sentence (PageFixture *fixture)
{
  return gtk_label_get_text (widget_find (fixture->page, "sentence"));
}

static void
test_nothing (PageFixture *fixture, gconstpointer user_data)
{
  g_assert_cmpstr (shown (fixture), ==, "empty");
  g_assert_false (gtk_widget_get_visible (widget_find (fixture->page, "pause")));
  g_assert_false (gtk_widget_get_visible (widget_find (fixture->page, "menu_button")));
  meir_ui_details_refresh (fixture->page);
  meir_ui_details_set_torrent (fixture->page, fixture->torrent);
  g_assert_cmpstr (shown (fixture), ==, "torrent");
  g_assert_true (meir_ui_details_get_torrent (fixture->page) == fixture->torrent);
  g_assert_cmpstr (sentence (fixture), ==, "Downloading from 14 of 38 people · 4 minutes left");
  meir_ui_details_set_torrent (fixture->page, NULL);
  g_assert_cmpstr (shown (fixture), ==, "empty");
}

/* Nothing needs to be told: it looks by itself. */
static void
test_looks (PageFixture *fixture, gconstpointer user_data)
{
  const MeirTorrentSnapshot paused = { .state = MEIR_TORRENT_PAUSED, .has_metainfo = TRUE };
  GtkWidget *pause = widget_find (fixture->page, "pause");

  meir_ui_details_set_torrent (fixture->page, fixture->torrent);
  g_assert_cmpstr (gtk_widget_get_tooltip_text (pause), ==, "Pause");
  fake_snapshot_set (DETAILS_NAME, &paused, NULL);
  app_wait_until (g_str_equal (gtk_widget_get_tooltip_text (pause), "Resume"));
  g_assert_cmpstr (sentence (fixture), ==, "Paused");
  gtk_test_accessible_assert_property (pause, GTK_ACCESSIBLE_PROPERTY_LABEL, "Resume");
}

/* The map is looked at oftener than what else there is, and for nothing else. */
static void
test_parts (PageFixture *fixture, gconstpointer user_data)
{
  meir_ui_details_set_torrent (fixture->page, fixture->torrent);
  g_assert_true (fake_snapshot_get_last_parts () & MEIR_SNAPSHOT_TRACKERS);
  app_wait_until (fake_snapshot_get_last_parts () == (MEIR_SNAPSHOT_CELLS | MEIR_SNAPSHOT_AVAILABILITY));
  app_wait_until (fake_snapshot_get_last_parts () & MEIR_SNAPSHOT_TRACKERS);
}

/* What is not on the screen asks for nothing. */
static void
test_unmapped (PageFixture *fixture, gconstpointer user_data)
{
  const MeirTorrentSnapshot paused = { .state = MEIR_TORRENT_PAUSED, .has_metainfo = TRUE };

  meir_ui_details_set_torrent (fixture->page, fixture->torrent);
  gtk_widget_set_visible (fixture->page, FALSE);
  fake_snapshot_set (DETAILS_NAME, &paused, NULL);
  meir_ui_details_refresh (fixture->page);
  g_assert_cmpstr (sentence (fixture), !=, "Paused");
  gtk_widget_set_visible (fixture->page, TRUE);
  app_wait_until (g_str_equal (sentence (fixture), "Paused"));
}

static void
test_pages (PageFixture *fixture, gconstpointer user_data)
{
  static const char *const pages[] = { "files", "people", "trackers", "overview" };

  meir_ui_details_set_torrent (fixture->page, fixture->torrent);
  g_assert_cmpstr (meir_ui_details_get_page (fixture->page), ==, "overview");
  for (guint i = 0; i < G_N_ELEMENTS (pages); i++) {
    meir_ui_details_show_page (fixture->page, pages[i]);
    g_assert_cmpstr (meir_ui_details_get_page (fixture->page), ==, pages[i]);
    widget_settle (fixture->window);
  }
  g_assert_true (adw_action_row_get_subtitle (widget_find (fixture->page, "folder_row")) != NULL);
}

/* A piece leads to its file. */
static void
test_piece (PageFixture *fixture, gconstpointer user_data)
{
  meir_ui_details_set_torrent (fixture->page, fixture->torrent);
  g_signal_emit_by_name (widget_find (fixture->page, "map"), "activated", 700u);
  g_assert_cmpstr (meir_ui_details_get_page (fixture->page), ==, "files");
}

static void
on_pause (MeirUiDetails *details, gboolean paused, MeirTorrent *torrent)
{
  if (paused)
    meir_torrent_pause (torrent);
  else
    meir_torrent_resume (torrent);
}

static void
test_pause (PageFixture *fixture, gconstpointer user_data)
{
  fake_snapshot_clear ();
  g_signal_connect (fixture->page, "pause", G_CALLBACK (on_pause), fixture->torrent);
  meir_ui_details_set_torrent (fixture->page, fixture->torrent);
  app_wait_until (app_state (fixture->torrent) == MEIR_TORRENT_PAUSED);
  meir_ui_details_refresh (fixture->page);
  g_signal_emit_by_name (widget_find (fixture->page, "pause"), "clicked");
  app_wait_until (app_state (fixture->torrent) == MEIR_TORRENT_DOWNLOADING);
  meir_ui_details_refresh (fixture->page);
  g_signal_emit_by_name (widget_find (fixture->page, "pause"), "clicked");
  app_wait_until (app_state (fixture->torrent) == MEIR_TORRENT_PAUSED);
}

static void
on_back (MeirUiDetails *details, gpointer user_data)
{
  (*(guint *) user_data)++;
}

static void
test_collapsed (PageFixture *fixture, gconstpointer user_data)
{
  GtkWidget *back = widget_find (fixture->page, "back");
  guint n_back = 0;

  g_signal_connect (fixture->page, "back", G_CALLBACK (on_back), &n_back);
  g_assert_false (gtk_widget_get_visible (back));
  g_object_set (fixture->page, "collapsed", TRUE, NULL);
  g_assert_true (gtk_widget_get_visible (back));
  g_signal_emit_by_name (back, "clicked");
  g_assert_cmpuint (n_back, ==, 1);
}

/* In a narrow window the tabs are at the bottom, while there is a torrent. */
static void
test_narrow (PageFixture *fixture, gconstpointer user_data)
{
  AdwViewSwitcherBar *bar = widget_find (fixture->page, "bar");

  meir_ui_details_set_torrent (fixture->page, fixture->torrent);
  g_assert_false (adw_view_switcher_bar_get_reveal (bar));
  gtk_window_set_default_size (GTK_WINDOW (fixture->window), 360, 600);
  app_wait_until (adw_view_switcher_bar_get_reveal (bar));
  meir_ui_details_set_torrent (fixture->page, NULL);
  g_assert_false (adw_view_switcher_bar_get_reveal (bar));
}

static void
add (const char *path, void (*test) (PageFixture *, gconstpointer))
{
  g_test_add (path, PageFixture, NULL, set_up, test, page_fixture_tear_down);
}

static void
add_tests (void)
{
  add ("/app/details/nothing", test_nothing);
  add ("/app/details/looks", test_looks);
  add ("/app/details/parts", test_parts);
  add ("/app/details/unmapped", test_unmapped);
  add ("/app/details/pages", test_pages);
  add ("/app/details/piece", test_piece);
  add ("/app/details/pause", test_pause);
  add ("/app/details/collapsed", test_collapsed);
  add ("/app/details/narrow", test_narrow);
}

int
main (int argc, char **argv)
{
  return page_run (argc, argv, add_tests);
}
