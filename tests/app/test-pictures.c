/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/meir-ui-settings.h"

#include "app-support.h"
#include "dialog-support.h"
#include "fake-snapshot.h"
#include "harness.h"
#include "widget-support.h"

#include <glib/gstdio.h>
#include <string.h>

/* The window in every way it may be looked at. The pictures stay in the build folder, for people to look at;
 * what a program can see of them is checked here. */

#define N_PIECES 1860u

static Harness harness;

static gboolean
count_frame (GtkWidget *widget, GdkFrameClock *clock, gpointer user_data)
{
  guint *frames = user_data;

  (*frames)++;
  return G_SOURCE_CONTINUE;
}

/* Crossfades and resizing take some frames. */
static void
settle (void)
{
  guint frames = 0;
  guint id = gtk_widget_add_tick_callback (GTK_WIDGET (harness.window), count_frame, &frames, NULL);

  app_wait_until (frames >= 30);
  gtk_widget_remove_tick_callback (GTK_WIDGET (harness.window), id);
  widget_settle (harness.window);
}

/* Takes the picture, and returns it to be looked at. */
static GdkTexture *
shoot (const char *name)
{
  g_autoptr (GdkTexture) texture = NULL;

  settle ();
  texture = widget_render (harness.window);
  widget_save_picture (texture, name);
  return g_steal_pointer (&texture);
}

static void
set_size (int width, int height)
{
  gtk_window_set_default_size (GTK_WINDOW (harness.window), width, height);
  app_wait_until (gtk_widget_get_width (GTK_WIDGET (harness.window)) <= width);
}

/* Pieces as they lie after a while of rarest first: @share of them here, in runs. */
static char *
make_cells (guint n, double share, guint n_arriving)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed ((guint32) (share * 1000));
  char *cells = g_malloc0 (n + 1);
  char cell = '#';

  for (guint i = 0; i < n; i++) {
    if (g_rand_double (rand) < 0.12)
      cell = g_rand_double (rand) < share ? '#' : '.';
    cells[i] = cell;
  }
  for (guint i = 0; i < n_arriving; i++)
    cells[g_rand_int_range (rand, 0, (gint32) n)] = '+';
  return cells;
}

static void
add_torrent (const char *name, const char *ending, const MeirTorrentSnapshot *state, double share,
             guint n_arriving)
{
  g_autofree char *cells = make_cells (N_PIECES, share, n_arriving);
  g_autofree char *text = NULL;
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (MeirMetainfo) metainfo = NULL;
  MeirAddOptions options = { .folder = harness.downloads, .paused = TRUE };

  text = ending != NULL ? g_strdup_printf ("d4:infod5:filesld6:lengthi5e4:pathl6:a.%seee4:name%zu:%s"
                                           "12:piece lengthi2097152e6:pieces20:aaaaaaaaaaaaaaaaaaaaee",
                                           ending, strlen (name), name)
                        : g_strdup_printf ("d4:infod6:lengthi5e4:name%zu:%s12:piece lengthi2097152e6:"
                                           "pieces20:aaaaaaaaaaaaaaaaaaaaee",
                                           strlen (name), name);
  bytes = g_bytes_new (text, strlen (text));
  metainfo = meir_metainfo_parse (bytes, NULL);
  g_assert_nonnull (metainfo);
  fake_snapshot_set (name, state, cells);
  options.metainfo = metainfo;
  g_assert_nonnull (meir_session_add (meir_ui_application_get_session (harness.application), &options, NULL));
}

/* Of pieces: how many people have each. */
static GBytes *
make_availability (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (8);
  guint16 *copies = g_new (guint16, N_PIECES);

  for (guint i = 0; i < N_PIECES; i++)
    copies[i] = (guint16) g_rand_int_range (rand, 4, 17);
  return g_bytes_new_take (copies, N_PIECES * sizeof *copies);
}

static void
add_torrents (void)
{
  g_autoptr (GBytes) availability = make_availability ();
  char trouble[] = "Cannot write Field Recordings/12 Dawn Chorus.flac: Read-only file system";
  MeirTorrentSnapshot state = { .has_metainfo = TRUE, .left_sec = -1 };

  state.state = MEIR_TORRENT_DOWNLOADING;
  state.total_bytes = state.wanted_bytes = 3900000000;
  state.left_bytes = state.wanted_left_bytes = 2000000000;
  state.down_per_sec = 12400000;
  state.n_peers = 38;
  state.n_sending = 14;
  state.left_sec = 161;
  state.n_seeds = 4;
  state.availability = availability;
  state.up_per_sec = 640000;
  state.total_uploaded = 1200000000;
  state.encrypted_bytes = 93;
  state.clear_bytes = 7;
  add_torrent ("debian-12.7.0-amd64-DVD-1.iso", NULL, &state, 0.5, 14);
  state = (MeirTorrentSnapshot){
    .has_metainfo = TRUE, .state = MEIR_TORRENT_SEEDING, .complete = TRUE, .finished = TRUE
  };
  state.total_bytes = state.wanted_bytes = 812000000;
  state.total_uploaded = 1948800000;
  state.up_per_sec = 1100000;
  state.n_interested = 3;
  state.n_peers = 5;
  add_torrent ("Holiday Photos", "jpeg", &state, 1, 0);
  state = (MeirTorrentSnapshot){
    .has_metainfo = TRUE, .state = MEIR_TORRENT_CHECKING, .check_progress = 0.61, .check_left_sec = 20
  };
  state.total_bytes = state.wanted_bytes = 44000000000;
  state.left_bytes = state.wanted_left_bytes = 17200000000;
  add_torrent ("OpenStreetMap Planet Extract", "data", &state, 0.6, 0);
  state = (MeirTorrentSnapshot){ .has_metainfo = TRUE, .state = MEIR_TORRENT_DISK_FULL };
  state.total_bytes = state.wanted_bytes = 7500000000;
  state.left_bytes = state.wanted_left_bytes = 2100000000;
  state.space_needed_bytes = 2100000000;
  add_torrent ("Course Videos", "webm", &state, 0.72, 0);
  state = (MeirTorrentSnapshot){ .has_metainfo = TRUE, .state = MEIR_TORRENT_PAUSED };
  state.total_bytes = state.wanted_bytes = 276000000;
  state.left_bytes = state.wanted_left_bytes = 5000000;
  add_torrent ("Big Buck Bunny", "webm", &state, 0.95, 0);
  state = (MeirTorrentSnapshot){ .has_metainfo = TRUE, .state = MEIR_TORRENT_FAILED, .error = trouble };
  state.total_bytes = state.wanted_bytes = 1200000000;
  state.left_bytes = state.wanted_left_bytes = 900000000;
  add_torrent ("Field Recordings", "flac", &state, 0.3, 0);
}

static float
brightness (GdkTexture *texture, int x, int y)
{
  GdkRGBA pixel = widget_pixel (texture, x, y);

  return (pixel.red + pixel.green + pixel.blue) / 3;
}

static int
minimum_width (void)
{
  int minimum;

  gtk_widget_measure (GTK_WIDGET (harness.window), GTK_ORIENTATION_HORIZONTAL, -1, &minimum, NULL, NULL,
                      NULL);
  return minimum;
}

/* Where the icon of the first row is. */
static float
icon_position (void)
{
  GtkWidget *icon = widget_find (widget_find (harness.window, "list"), "icon");
  graphene_point_t point;

  g_assert_true (
      gtk_widget_compute_point (icon, GTK_WIDGET (harness.window), &GRAPHENE_POINT_INIT (0, 0), &point));
  return point.x;
}

static void
set_scheme (AdwColorScheme scheme)
{
  adw_style_manager_set_color_scheme (adw_style_manager_get_default (), scheme);
}

static void
set_text_scale (int percent)
{
  g_object_set (gtk_settings_get_default (), "gtk-xft-dpi", 96 * 1024 * percent / 100, NULL);
}

static void
remove_torrents (void)
{
  while (harness_n_torrents (&harness) > 0)
    meir_ui_application_remove (harness.application, harness_torrent (&harness, 0));
  fake_snapshot_clear ();
}

/* A wide window has the details beside the list. */
static void
script_beside (Harness *unused)
{
  g_autoptr (GdkTexture) light = NULL;
  g_autoptr (GdkTexture) dark = NULL;
  MeirUiSplit *split = meir_ui_window_get_split (harness.window);
  MeirUiList *list = meir_ui_window_get_list (harness.window);

  gtk_widget_remove_css_class (GTK_WIDGET (harness.window), "solid-csd");
  gtk_widget_add_css_class (GTK_WIDGET (harness.window), "csd");
  add_torrents ();
  app_wait_until (meir_ui_list_select (list, harness_torrent (&harness, 0)));
  gtk_widget_activate_action (GTK_WIDGET (harness.window), "win.page", "s", "overview");
  g_assert_true (meir_ui_split_get_show_details (split));
  g_assert_false (meir_ui_split_get_collapsed (split));
  light = shoot ("beside");
  set_scheme (ADW_COLOR_SCHEME_FORCE_DARK);
  dark = shoot ("beside-dark");
  set_scheme (ADW_COLOR_SCHEME_FORCE_LIGHT);
  remove_torrents ();
}

static void
test_beside (void)
{
  GSettings *settings = meir_ui_settings_get ();

  g_settings_set_int (settings, "window-width", 992);
  g_settings_set_int (settings, "window-height", 558);
  harness_run (&harness, NULL, script_beside);
  g_settings_reset (settings, "window-width");
  g_settings_reset (settings, "window-height");
}

static void
script_pictures (Harness *unused)
{
  g_autoptr (GdkTexture) light = NULL;
  g_autoptr (GdkTexture) dark = NULL;
  g_autoptr (GdkTexture) mirrored = NULL;
  g_autoptr (GdkTexture) narrow = NULL;
  g_autoptr (GdkTexture) large = NULL;
  g_autoptr (GdkTexture) narrow_large = NULL;
  g_autoptr (GdkTexture) narrow_large_mirrored = NULL;
  float from_left, mirrored_at;

  /* With a compositor there is a shadow in place of a frame. */
  gtk_widget_remove_css_class (GTK_WIDGET (harness.window), "solid-csd");
  gtk_widget_add_css_class (GTK_WIDGET (harness.window), "csd");
  dialog_shoot (harness.window, "empty");
  add_torrents ();
  light = shoot ("list");
  dialog_shoot_wide (harness.window, "list");
  g_assert_cmpfloat (brightness (light, 30, 560), >, 0.9f);
  from_left = icon_position ();
  g_assert_cmpfloat (from_left, <, 200);

  set_scheme (ADW_COLOR_SCHEME_FORCE_DARK);
  dark = shoot ("list-dark");
  g_assert_cmpfloat (brightness (dark, 30, 560), <, 0.3f);
  set_scheme (ADW_COLOR_SCHEME_FORCE_LIGHT);
  if (adw_style_manager_get_high_contrast (adw_style_manager_get_default ())) {
    remove_torrents ();
    return;
  }

  gtk_widget_set_default_direction (GTK_TEXT_DIR_RTL);
  mirrored = shoot ("list-rtl");
  mirrored_at = icon_position ();
  g_assert_cmpfloat (mirrored_at, >, 600);
  gtk_widget_set_default_direction (GTK_TEXT_DIR_LTR);
  set_text_scale (200);
  large = shoot ("list-large-text");
  set_text_scale (100);

  set_size (360, 640);
  narrow = shoot ("list-narrow");
  g_assert_cmpint (minimum_width (), <=, 360);
  set_text_scale (200);
  narrow_large = shoot ("list-narrow-large-text");
  g_assert_cmpint (minimum_width (), <=, 360);
  gtk_widget_set_default_direction (GTK_TEXT_DIR_RTL);
  narrow_large_mirrored = shoot ("list-narrow-large-text-rtl");
  gtk_widget_set_default_direction (GTK_TEXT_DIR_LTR);
  set_text_scale (100);
  remove_torrents ();
}

static void
script_problem (Harness *unused)
{
  g_autoptr (GdkTexture) problem = shoot ("problem");

  g_assert_cmpstr (harness_page (&harness), ==, "problem");
}

static void
test_problem (void)
{
  app_remove_folder (harness.state);
  g_assert_true (g_file_set_contents (harness.state, "", -1, NULL));
  harness_run (&harness, NULL, script_problem);
}

static void
add_tests (void)
{
  /* As GNOME has them. */
  g_object_set (gtk_settings_get_default (), "gtk-font-name", "Cantarell 11", "gtk-decoration-layout",
                "appmenu:close", NULL);
  harness_add_test ("/app/pictures/list", script_pictures);
  g_test_add_func ("/app/pictures/beside", test_beside);
  g_test_add_func ("/app/pictures/problem", test_problem);
}

int
main (int argc, char **argv)
{
  return harness_main (&harness, argc, argv, add_tests);
}
