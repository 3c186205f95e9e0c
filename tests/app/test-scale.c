/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app-support.h"
#include "details-support.h"
#include "fake-snapshot.h"
#include "files-support.h"
#include "harness.h"
#include "meter.h"
#include "widget-support.h"

#include "app/meir-ui-details.h"
#include "app/meir-ui-files-page.h"
#include "app/meir-ui-lazy-rows.h"
#include "app/meir-ui-settings.h"

/* The whole window with 10,000 torrents, one of them with 100,000 files and pieces and 10,000 peers, while
 * things change, pages are turned and lists are scrolled from end to end. What does not depend on the machine
 * is asserted; tests/bench/scale.py prints the times. */

#define N_TORRENTS 10000u
#define N_FILES    100000u
#define N_FOLDERS  10u
#define N_PEERS    10000u
#define N_NAMES    16u
/* How long a thing is looked at, in frames: long enough to be measured, or for it to happen. */
#define N_FRAMES (g_test_perf () ? 65u : 12u)
#define MANY     "Many"
/* Of all lists, in pixels. */
#define ROW_HEIGHT_MIN 30u

static Harness harness;
static MeirUiDetails *details;
static MeirTorrent *many;

static void
report (const char *what)
{
  Meter meter = meter_take ();

  g_test_message ("%s: turn %.1f ms, frame %.1f ms, between frames %.1f ms (%u turns, %u frames)", what,
                  meter.turn_msec, meter.frame_msec, meter.interval_msec, meter.n_turns, meter.n_frames);
}

/* Scrolling. */

typedef struct {
  GtkAdjustment *adjustment;
  double step; /* pixels a frame */
  guint n_frames;
} Scroll;

static gboolean
on_scroll_tick (GtkWidget *widget, GdkFrameClock *clock, gpointer user_data)
{
  Scroll *scroll = user_data;

  gtk_adjustment_set_value (scroll->adjustment, gtk_adjustment_get_value (scroll->adjustment) + scroll->step);
  scroll->n_frames--;
  return scroll->n_frames > 0 ? G_SOURCE_CONTINUE : G_SOURCE_REMOVE;
}

static void
run_frames (GtkAdjustment *adjustment, double step, guint n_frames)
{
  Scroll scroll = { .adjustment = adjustment, .step = step, .n_frames = n_frames };

  gtk_widget_add_tick_callback (GTK_WIDGET (harness.window), on_scroll_tick, &scroll, NULL);
  app_wait_until (scroll.n_frames == 0);
}

static void
wait_frames (guint n_frames)
{
  g_autoptr (GtkAdjustment) adjustment = g_object_ref_sink (gtk_adjustment_new (0, 0, 1, 1, 1, 1));

  run_frames (adjustment, 0, n_frames);
}

/* What scrolling far does: the rows in sight are filled, and a page before and after them; not all the 200
 * that GTK holds ready. */
static void
jump (GtkWidget *list, double to)
{
  GtkAdjustment *adjustment = gtk_scrollable_get_vadjustment (GTK_SCROLLABLE (list));
  MeirUiLazyRows *rows = meir_ui_lazy_rows_of (GTK_LIST_VIEW (list));
  guint n_in_sight = (guint) gtk_widget_get_height (list) / ROW_HEIGHT_MIN + 2;
  guint before = meir_ui_lazy_rows_get_n_fills (rows);

  gtk_adjustment_set_value (adjustment, to);
  run_frames (adjustment, 0, 20);
  g_assert_cmpuint (meir_ui_lazy_rows_get_n_fills (rows), >, before);
  g_assert_cmpuint (meir_ui_lazy_rows_get_n_fills (rows) - before, <=, 3 * n_in_sight);
}

static void
scroll (GtkWidget *list, const char *name)
{
  GtkAdjustment *adjustment = gtk_scrollable_get_vadjustment (GTK_SCROLLABLE (list));
  g_autofree char *wheel = g_strconcat (name, ", scrolled by the wheel", NULL);
  g_autofree char *bar = g_strconcat (name, ", scrolled by the bar", NULL);
  g_autofree char *end = g_strconcat (name, ", to the end and back", NULL);
  double range;

  gtk_adjustment_set_value (adjustment, 0);
  run_frames (adjustment, 0, 10);
  meter_take ();
  run_frames (adjustment, 90, 2 * N_FRAMES);
  report (wheel);
  range = gtk_adjustment_get_upper (adjustment) - gtk_adjustment_get_page_size (adjustment);
  gtk_adjustment_set_value (adjustment, 0);
  run_frames (adjustment, 0, 10);
  meter_take ();
  run_frames (adjustment, range / (N_FRAMES - 2), N_FRAMES);
  report (bar);
  gtk_adjustment_set_value (adjustment, 0);
  run_frames (adjustment, 0, 10);
  meter_take ();
  jump (list, range);
  jump (list, 0);
  report (end);
}

/* The model. */

static void
add_torrents (void)
{
  MeirSession *session = meir_ui_application_get_session (harness.application);
  MeirTorrentSnapshot state = { .state = MEIR_TORRENT_DOWNLOADING, .has_metainfo = TRUE, .n_peers = 3 };
  g_autofree char *cells = g_strnfill (1000, '#');

  for (guint i = 0; i < 1000; i += 7)
    cells[i] = '.';
  state.total_bytes = state.wanted_bytes = 4000000000;
  state.left_sec = 100;
  for (guint i = 0; i < N_NAMES; i++) {
    g_autofree char *name = g_strdup_printf ("torrent number %u", i);

    state.down_per_sec = 1000 * i;
    state.n_peers = state.n_sending = i + 1;
    fake_snapshot_set (name, &state, cells + i);
  }
  for (guint i = 0; i < N_TORRENTS - 1; i++) {
    g_autofree char *link =
        g_strdup_printf ("magnet:?xt=urn:btih:%040x&dn=torrent%%20number%%20%u", i + 1, i % N_NAMES);
    g_autoptr (MeirMagnet) magnet = meir_magnet_parse (link, NULL);
    MeirAddOptions options = { .magnet = magnet, .folder = harness.downloads, .paused = TRUE };

    g_assert_nonnull (meir_session_add (session, &options, NULL));
  }
}

static void
set_many (guint n_have)
{
  MeirTorrentSnapshot state;
  g_autofree char *cells = g_strnfill (N_FILES, '.');

  for (guint i = 0; i < n_have; i++)
    cells[i * 7919 % N_FILES] = '#';
  details_snapshot_init (&state);
  g_clear_pointer (&state.cells, g_bytes_unref);
  g_clear_pointer (&state.availability, g_bytes_unref);
  g_clear_pointer (&state.peers, g_array_unref);
  state.peers = details_peers (N_PEERS);
  for (guint i = 0; i < N_PEERS; i++)
    g_array_index (state.peers, MeirPeerSnapshot, i).down_per_sec += n_have % 1000 * (i % 13);
  state.n_peers = N_PEERS;
  state.n_have = 0;
  fake_snapshot_set (MANY, &state, cells);
  details_snapshot_clear (&state);
}

static void
add_many (void)
{
  MeirSession *session = meir_ui_application_get_session (harness.application);
  g_autofree TestFile *files = g_new0 (TestFile, N_FILES);
  g_autoptr (MeirMetainfo) metainfo = NULL;
  MeirAddOptions options = { .folder = harness.downloads, .paused = TRUE };

  for (guint i = 0; i < N_FILES; i++) {
    files[i].path = g_strdup_printf ("Folder %u/File number %u.dat", i % N_FOLDERS, i);
    files[i].length = FILES_PIECE_LENGTH;
  }
  metainfo = files_metainfo (MANY, files, N_FILES);
  for (guint i = 0; i < N_FILES; i++)
    g_free ((char *) files[i].path);
  set_many (N_FILES / 2);
  options.metainfo = metainfo;
  many = meir_session_add (session, &options, NULL);
  g_assert_nonnull (many);
}

static void
turn_pages (void)
{
  static const char *const pages[] = { "overview", "files", "people", "trackers" };

  for (guint i = 0; i < 2 * G_N_ELEMENTS (pages); i++) {
    const char *page = pages[i % G_N_ELEMENTS (pages)];
    g_autofree char *what = g_strdup_printf ("page %s, %s time", page, i < 4 ? "first" : "second");

    meter_take ();
    meir_ui_details_show_page (details, page);
    wait_frames (N_FRAMES);
    report (what);
  }
}

static void
change_things (const char *page)
{
  g_autofree char *what = g_strdup_printf ("page %s, while things change", page);

  meir_ui_details_show_page (details, page);
  wait_frames (N_FRAMES);
  for (guint i = 0; i < 3; i++) {
    set_many (N_FILES / 2 + i * 1000);
    meter_take ();
    wait_frames (N_FRAMES);
    report (what);
  }
}

static void
script_scale (Harness *unused)
{
  GtkWidget *window = GTK_WIDGET (harness.window);

  details = widget_find_type (window, MEIR_UI_TYPE_DETAILS);
  meter_start (window);
  wait_frames (N_FRAMES);
  report ("the empty window");
  add_torrents ();
  add_many ();
  meter_take ();
  wait_frames (N_FRAMES);
  report ("10,000 torrents come");
  g_test_message ("memory %.1f MiB", meter_resident_mib ());
  scroll (widget_find (widget_find (window, "list"), "view"), "torrents");
  meir_ui_split_set_show_details (meir_ui_window_get_split (harness.window), TRUE);
  wait_frames (N_FRAMES);
  meter_take ();
  g_assert_true (meir_ui_list_select (meir_ui_window_get_list (harness.window), many));
  app_wait_until (meir_ui_details_get_torrent (details) == many &&
                  gtk_widget_get_mapped (GTK_WIDGET (details)));
  wait_frames (N_FRAMES);
  report ("details of one");
  turn_pages ();
  change_things ("overview");
  change_things ("files");
  change_things ("people");
  meir_ui_details_show_page (details, "people");
  wait_frames (N_FRAMES);
  scroll (widget_find (widget_find (details, "people"), "view"), "people");
  meir_ui_details_show_page (details, "files");
  wait_frames (N_FRAMES);
  meter_take ();
  meir_ui_files_page_show_file (widget_find (details, "files"), N_FILES - 1);
  wait_frames (N_FRAMES);
  report ("jump to the last file");
  scroll (widget_find (widget_find (details, "files"), "list"), "files");
  g_test_message ("memory %.1f MiB", meter_resident_mib ());
  meter_stop ();
  fake_snapshot_clear ();
}

static void
test_scale (void)
{
  g_settings_set_int (meir_ui_settings_get (), "window-width", 1200);
  g_settings_set_int (meir_ui_settings_get (), "window-height", 800);
  harness_run (&harness, NULL, script_scale);
}

static void
add_tests (void)
{
  g_test_add_func ("/app/scale", test_scale);
}

int
main (int argc, char **argv)
{
  return harness_main (&harness, argc, argv, add_tests);
}
