/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/meir-ui-files-page.h"
#include "app/meir-ui-overview.h"
#include "app/meir-ui-trackers-page.h"

#include "app-support.h"
#include "details-support.h"
#include "harness.h"
#include "widget-support.h"

#include <string.h>

/* What is changed in the details is on record at once, and so is taking it back: whatever comes in between.
 */

static Harness harness;

static gpointer
find_page (GType type)
{
  gpointer page = widget_find_type (harness.window, type);

  g_assert_nonnull (page);
  return page;
}

/* Nothing is being written, and nothing waits for it. */
static MeirUiLibrary *
rest (void)
{
  MeirUiLibrary *library = meir_ui_application_get_library (harness.application);

  app_wait_until (!meir_ui_library_is_saving (library));
  return library;
}

/* Whether the record, which is being written now, has @words in the end. */
static void
assert_kept (const char *words, gboolean expected)
{
  g_autofree char *path = g_build_filename (harness.state, "meirtorrent", "library", "library.ini", NULL);
  g_autofree char *record = NULL;

  g_assert_true (meir_ui_library_is_saving (meir_ui_application_get_library (harness.application)));
  rest ();
  g_assert_true (g_file_get_contents (path, &record, NULL, NULL));
  g_assert_cmpint (strstr (record, words) != NULL, ==, expected);
}

static void
take_back (void)
{
  rest ();
  g_assert_true (meir_ui_undo_take_back (meir_ui_application_get_undo (harness.application)));
}

static void
untick (MeirTorrent *torrent)
{
  MeirUiFilesPage *page = find_page (MEIR_UI_TYPE_FILES_PAGE);
  gpointer sums = widget_find (page, "sums");
  g_autoptr (MeirTorrentSnapshot) snapshot = meir_torrent_ref_snapshot (torrent, MEIR_SNAPSHOT_CELLS);

  meir_ui_files_page_set_torrent (page, torrent);
  meir_ui_files_page_refresh (page, snapshot);
  app_wait_until (g_str_has_prefix (gtk_label_get_text (sums), "7 of 7"));
  meir_ui_files_page_show_file (page, 1);
  rest ();
  gtk_widget_activate_action (widget_find (page, "view"), "files.priority", "i", (int) MEIR_PRIORITY_SKIP);
}

static void
add_tracker (MeirTorrent *torrent)
{
  MeirUiTrackersPage *page = find_page (MEIR_UI_TYPE_TRACKERS_PAGE);
  gpointer entry = widget_find (page, "add_row");

  meir_ui_trackers_page_set_torrent (page, torrent);
  gtk_editable_set_text (GTK_EDITABLE (entry), "http://127.0.0.1:1/fresh");
  rest ();
  g_signal_emit_by_name (entry, "apply");
}

static void
remove_first_tracker (void)
{
  rest ();
  gtk_widget_activate_action (find_page (MEIR_UI_TYPE_TRACKERS_PAGE), "trackers.remove", "(uu)", 0u, 0u);
}

static void
set_limit (MeirTorrent *torrent, int kilobytes)
{
  MeirUiOverview *page = find_page (MEIR_UI_TYPE_OVERVIEW);

  meir_ui_overview_set_torrent (page, torrent);
  rest ();
  gtk_spin_button_set_value (widget_find (page, "down_limit"), kilobytes);
}

static void
script_details (Harness *unused)
{
  g_autoptr (MeirMetainfo) metainfo = details_metainfo ();
  const MeirAddOptions options = { .metainfo = metainfo, .folder = harness.downloads, .paused = TRUE };
  MeirTorrent *torrent = meir_ui_application_add (harness.application, &options, NULL, NULL);
  MeirUiList *list = meir_ui_window_get_list (harness.window);

  g_assert_nonnull (torrent);
  app_wait_until (meir_ui_list_select (list, torrent));
  g_assert_true (g_action_group_has_action (G_ACTION_GROUP (harness.window), "details"));
  g_action_group_activate_action (G_ACTION_GROUP (harness.window), "details", NULL);
  untick (torrent);
  assert_kept ("Priorities=2022222", TRUE);
  take_back ();
  assert_kept ("Priorities=2022222", FALSE);
  add_tracker (torrent);
  assert_kept ("127.0.0.1:1/fresh", TRUE);
  remove_first_tracker ();
  assert_kept ("127.0.0.1:1/fresh", FALSE);
  take_back ();
  assert_kept ("127.0.0.1:1/fresh", TRUE);
  set_limit (torrent, 70);
  assert_kept ("DownLimit=70000", TRUE);
  set_limit (torrent, 0);
  assert_kept ("DownLimit", FALSE);
}

static void
add_tests (void)
{
  harness_add_test ("/app/keep/details", script_details);
}

int
main (int argc, char **argv)
{
  return harness_main (&harness, argc, argv, add_tests);
}
