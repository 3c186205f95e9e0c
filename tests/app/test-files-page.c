/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/meir-ui-files-page.h"

#include "app/meir-ui-file-view.h"
#include "app/meir-ui-lazy-rows.h"

#include "app-support.h"
#include "details-support.h"
#include "fake-snapshot.h"
#include "files-support.h"
#include "page-support.h"
#include "widget-support.h"

#include <adwaita.h>
#include <string.h>

/* More rows than the window has room for. */
#define N_IN_SIGHT 40u

/* The files of a torrent of the list. */

static MeirUiFileView *
get_view (PageFixture *fixture)
{
  return widget_find (fixture->page, "view");
}

static void
look (PageFixture *fixture)
{
  g_autoptr (MeirTorrentSnapshot) snapshot = page_fixture_snapshot (fixture);

  meir_ui_files_page_refresh (fixture->page, snapshot);
}

static const char *
sums (PageFixture *fixture)
{
  return gtk_label_get_text (widget_find (fixture->page, "sums"));
}

static void
set_up (PageFixture *fixture, gconstpointer user_data)
{
  page_fixture_set_up (fixture, g_object_new (MEIR_UI_TYPE_FILES_PAGE, NULL));
  meir_ui_files_page_set_torrent (fixture->page, fixture->torrent);
  look (fixture);
  app_wait_until (g_str_has_prefix (sums (fixture), "7 of 7"));
}

static const char *
shown (PageFixture *fixture)
{
  return gtk_stack_get_visible_child_name (widget_find_type (fixture->page, GTK_TYPE_STACK));
}

/* A tick counts for the engine, and what the engine says shows. */
static void
test_ticks (PageFixture *fixture, gconstpointer user_data)
{
  g_autoptr (GBytes) priorities = NULL;
  const guint8 wanted[] = { 2, 0, 2, 2, 2, 2, 2 };

  meir_ui_files_page_show_file (fixture->page, 1);
  gtk_widget_activate_action (GTK_WIDGET (get_view (fixture)), "files.priority", "i",
                              (int) MEIR_PRIORITY_SKIP);
  priorities = meir_torrent_ref_file_priorities (fixture->torrent);
  g_assert_nonnull (priorities);
  g_assert_cmpmem (g_bytes_get_data (priorities, NULL), g_bytes_get_size (priorities), wanted, sizeof wanted);
  g_assert_true (g_str_has_prefix (sums (fixture), "6 of 7"));
  meir_torrent_set_file_priorities (fixture->torrent, NULL);
  look (fixture);
  g_assert_true (g_str_has_prefix (sums (fixture), "7 of 7"));
}

static void
test_play_order (PageFixture *fixture, gconstpointer user_data)
{
  gtk_widget_activate_action (fixture->page, "page.play-order", NULL);
  g_assert_true (meir_torrent_get_play_order (fixture->torrent));
  meir_torrent_set_play_order (fixture->torrent, FALSE);
  look (fixture);
  gtk_widget_activate_action (fixture->page, "page.play-order", NULL);
  g_assert_true (meir_torrent_get_play_order (fixture->torrent));
}

/* What a drag would carry out. (transfer full) (nullable) */
static char *
dragged (PageFixture *fixture, guint file)
{
  GdkContentProvider *content = NULL;
  GValue value = G_VALUE_INIT;
  char *name;
  guint node;

  meir_ui_files_page_show_file (fixture->page, file);
  node = meir_ui_file_view_get_selected (get_view (fixture));
  g_signal_emit_by_name (get_view (fixture), "drag-prepare", node, &content);
  if (content == NULL)
    return NULL;
  g_value_init (&value, G_TYPE_FILE);
  g_assert_true (gdk_content_provider_get_value (content, &value, NULL));
  name = g_file_get_path (g_value_get_object (&value));
  g_value_unset (&value);
  g_object_unref (content);
  return name;
}

/* Only what is finished can be taken out; it is where the torrent lies. */
static void
test_drag (PageFixture *fixture, gconstpointer user_data)
{
  g_autofree char *finished = dragged (fixture, 0);
  g_autofree char *unfinished = dragged (fixture, 1);

  g_assert_true (g_str_has_prefix (finished, fixture->folder));
  g_assert_true (g_str_has_suffix (finished, "Series/Season 1/01 Pilot.mkv"));
  g_assert_null (unfinished);
}

/* A file asked for before the names are sorted is selected when they are. */
static void
test_show_early (PageFixture *fixture, gconstpointer user_data)
{
  meir_ui_files_page_set_torrent (fixture->page, NULL);
  g_assert_cmpstr (shown (fixture), ==, "waiting");
  meir_ui_files_page_set_torrent (fixture->page, fixture->torrent);
  meir_ui_files_page_show_file (fixture->page, 4);
  g_assert_cmpuint (meir_ui_file_view_get_selected (get_view (fixture)), ==, MEIR_UI_FILE_NONE);
  app_wait_until (meir_ui_file_view_get_selected (get_view (fixture)) != MEIR_UI_FILE_NONE);
}

static void
test_magnet (PageFixture *fixture, gconstpointer user_data)
{
  g_autoptr (MeirMagnet) magnet =
      meir_magnet_parse ("magnet:?xt=urn:btih:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", NULL);
  MeirAddOptions options = { .magnet = magnet, .folder = fixture->folder, .paused = TRUE };
  MeirTorrent *torrent = meir_session_add (fixture->session, &options, NULL);
  g_autoptr (MeirTorrentSnapshot) snapshot = NULL;

  meir_ui_files_page_set_torrent (fixture->page, torrent);
  snapshot = meir_torrent_ref_snapshot (torrent, MEIR_SNAPSHOT_CELLS);
  meir_ui_files_page_refresh (fixture->page, snapshot);
  g_assert_cmpstr (shown (fixture), ==, "waiting");
}

/* The files of a hundred thousand come without a pause: they are read elsewhere, and of the rows a turn of
 * the main loop fills a few; as many as can be seen, and a page before and after them, are ever made. */
static void
test_many (PageFixture *fixture, gconstpointer user_data)
{
  g_autoptr (MeirMetainfo) metainfo = files_metainfo_many (100000, 10);
  MeirAddOptions options = { .metainfo = metainfo, .folder = fixture->folder, .paused = TRUE };
  MeirTorrent *torrent = meir_session_add (fixture->session, &options, NULL);
  g_autoptr (MeirTorrentSnapshot) snapshot = meir_torrent_ref_snapshot (torrent, MEIR_SNAPSHOT_CELLS);
  MeirUiLazyRows *rows = meir_ui_lazy_rows_of (widget_find (fixture->page, "list"));
  GtkAdjustment *adjustment;
  guint n_fills = 0, n_turns = 0;
  double worst = 0, start;

  meir_ui_files_page_set_torrent (fixture->page, torrent);
  meir_ui_files_page_refresh (fixture->page, snapshot);
  for (; !g_str_has_prefix (sums (fixture), "100000 of 100000"); n_turns++) {
    start = app_cpu_msec ();
    app_iterate ();
    worst = MAX (worst, app_cpu_msec () - start);
    g_assert_cmpuint (meir_ui_lazy_rows_get_n_fills (rows) - n_fills, <=, N_IN_SIGHT);
    n_fills = meir_ui_lazy_rows_get_n_fills (rows);
  }
  g_assert_cmpuint (n_turns, >, 1);
  start = app_cpu_msec ();
  meir_ui_files_page_show_file (fixture->page, 99999);
  gtk_widget_activate_action (GTK_WIDGET (get_view (fixture)), "files.priority", "i",
                              (int) MEIR_PRIORITY_SKIP);
  g_test_message ("worst turn of the main loop %.1f ms; to show and skip the last file %.1f ms", worst,
                  app_cpu_msec () - start);
  g_assert_true (g_str_has_prefix (sums (fixture), "99999 of 100000"));
  /* Asked for as soon as it is there, before the list was ever laid out, it is in sight all the same. */
  app_wait_until (meir_ui_lazy_rows_get_n_created (rows) > 1);
  adjustment = gtk_scrollable_get_vadjustment (GTK_SCROLLABLE (widget_find (fixture->page, "list")));
  app_wait_until (gtk_adjustment_get_value (adjustment) > 0);
  widget_settle (fixture->window);
  g_assert_cmpuint (meir_ui_lazy_rows_get_n_created (rows), <=, 3 * N_IN_SIGHT);
}

static void
add (const char *path, void (*test) (PageFixture *, gconstpointer))
{
  g_test_add (path, PageFixture, NULL, set_up, test, page_fixture_tear_down);
}

static void
add_tests (void)
{
  add ("/app/files-page/ticks", test_ticks);
  add ("/app/files-page/play-order", test_play_order);
  add ("/app/files-page/drag", test_drag);
  add ("/app/files-page/show-early", test_show_early);
  add ("/app/files-page/magnet", test_magnet);
  add ("/app/files-page/many", test_many);
}

int
main (int argc, char **argv)
{
  return page_run (argc, argv, add_tests);
}
