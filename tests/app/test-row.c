/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/meir-ui-row.h"

#include "app-support.h"
#include "fake-snapshot.h"
#include "widget-support.h"

#include <adwaita.h>
#include <string.h>

/* One torrent in the list. */

/* What a row may take of a window that is 360 pixels wide. */
#define NARROW 310

typedef struct {
  char *folder;
  MeirSession *session;
  GtkWidget *window;
  MeirUiRow *row;
  MeirUiButton clicked; /* what ::button-clicked said last */
} Fixture;

static void
on_button_clicked (MeirUiRow *row, MeirUiItem *item, guint button, gpointer user_data)
{
  Fixture *fixture = user_data;

  g_assert_true (item == meir_ui_row_get_item (row));
  fixture->clicked = button;
}

static void
set_up (Fixture *fixture, gconstpointer user_data)
{
  fixture->folder = app_make_folder ();
  fixture->session = app_session_new (fixture->folder);
  fixture->window = gtk_window_new ();
  fixture->row = MEIR_UI_ROW (meir_ui_row_new ());
  g_signal_connect (fixture->row, "button-clicked", G_CALLBACK (on_button_clicked), fixture);
  gtk_window_set_child (GTK_WINDOW (fixture->window), GTK_WIDGET (fixture->row));
  gtk_window_set_default_size (GTK_WINDOW (fixture->window), NARROW, 120);
  gtk_window_present (GTK_WINDOW (fixture->window));
}

static void
tear_down (Fixture *fixture, gconstpointer user_data)
{
  gtk_window_destroy (GTK_WINDOW (fixture->window));
  app_session_close (fixture->session);
  fake_snapshot_clear ();
  app_remove_folder (fixture->folder);
  g_free (fixture->folder);
}

static const MeirUiEnvironment environment = { FALSE, FALSE, NULL };

static void
show_torrent (Fixture *fixture, MeirTorrent *torrent)
{
  g_autoptr (MeirUiItem) item = meir_ui_item_new (torrent);

  meir_ui_row_set_item (fixture->row, item);
  widget_settle (fixture->window);
}

static void
show (Fixture *fixture, const char *name, const MeirTorrentSnapshot *state, const char *cells)
{
  MeirTorrent *torrent = app_add (fixture->session, fixture->folder, name, 4);

  fake_snapshot_set (name, state, cells);
  show_torrent (fixture, torrent);
}

static void
change (Fixture *fixture, const char *name, const MeirTorrentSnapshot *state, const char *cells)
{
  fake_snapshot_set (name, state, cells);
  meir_ui_item_refresh (meir_ui_row_get_item (fixture->row), MEIR_SNAPSHOT_CELLS, &environment);
  meir_ui_row_update (fixture->row);
  widget_settle (fixture->window);
}

static const char *
text_of (Fixture *fixture, const char *id)
{
  return gtk_label_get_text (widget_find (fixture->row, id));
}

static const char *
icon_of (Fixture *fixture)
{
  return gtk_image_get_icon_name (widget_find (fixture->row, "icon"));
}

static void
assert_button (Fixture *fixture, MeirUiButton expected)
{
  GtkWidget *button = widget_find (fixture->row, "button");
  const char *label = meir_ui_button_get_label (expected);
  const char *icon = meir_ui_button_get_icon (expected);

  g_assert_true (gtk_widget_get_visible (button) == (expected != MEIR_UI_BUTTON_NONE));
  if (expected == MEIR_UI_BUTTON_NONE)
    return;
  gtk_test_accessible_assert_property (button, GTK_ACCESSIBLE_PROPERTY_LABEL, label);
  g_assert_cmpstr (gtk_button_get_icon_name (GTK_BUTTON (button)), ==, icon);
  g_assert_cmpstr (gtk_widget_get_tooltip_text (button), ==, icon != NULL ? label : NULL);
  g_assert_true (icon != NULL || widget_has_text (button, label));
  fixture->clicked = MEIR_UI_BUTTON_NONE;
  g_signal_emit_by_name (button, "clicked");
  g_assert_cmpint (fixture->clicked, ==, expected);
}

static int
minimum_width (gpointer widget)
{
  int minimum;

  gtk_widget_measure (widget, GTK_ORIENTATION_HORIZONTAL, -1, &minimum, NULL, NULL, NULL);
  return minimum;
}

static void
test_downloading (Fixture *fixture, gconstpointer user_data)
{
  const MeirTorrentSnapshot state = {
    .state = MEIR_TORRENT_DOWNLOADING,
    .has_metainfo = TRUE,
    .total_bytes = 4000000,
    .wanted_bytes = 4000000,
    .wanted_left_bytes = 3000000,
    .down_per_sec = 1000,
    .n_peers = 38,
    .n_sending = 14,
    .left_sec = 240,
  };

  show (fixture, "debian.iso", &state, "#+..");
  g_assert_cmpstr (text_of (fixture, "name"), ==, "debian.iso");
  g_assert_cmpstr (text_of (fixture, "sentence"), ==, "Downloading from 14 of 38 people · 4 minutes left");
  g_assert_cmpstr (icon_of (fixture), ==, "meir-disc-symbolic");
  assert_button (fixture, MEIR_UI_BUTTON_PAUSE);
  gtk_test_accessible_assert_property (fixture->window, GTK_ACCESSIBLE_PROPERTY_LABEL,
                                       "\342\201\250debian.iso\342\201\251. 1.0\302\240MB of 4.0\302\240MB · "
                                       "1.0\302\240kB/s. Downloading from 14 of 38 people · 4 minutes left");
  gtk_test_accessible_assert_property (widget_find (fixture->row, "strip"), GTK_ACCESSIBLE_PROPERTY_VALUE_NOW,
                                       0.25);
}

static void
test_paused (Fixture *fixture, gconstpointer user_data)
{
  MeirTorrentSnapshot state = { .state = MEIR_TORRENT_PAUSED, .has_metainfo = TRUE };

  show (fixture, "a", &state, "#...");
  assert_button (fixture, MEIR_UI_BUTTON_RESUME);
  g_assert_true (gtk_widget_has_css_class (widget_find (fixture->row, "strip"), "resting"));
  state.state = MEIR_TORRENT_DOWNLOADING;
  state.n_peers = state.n_sending = 1;
  state.left_sec = -1;
  change (fixture, "a", &state, "##..");
  assert_button (fixture, MEIR_UI_BUTTON_PAUSE);
  g_assert_false (gtk_widget_has_css_class (widget_find (fixture->row, "strip"), "resting"));
}

static void
test_complete (Fixture *fixture, gconstpointer user_data)
{
  const MeirTorrentSnapshot state = {
    .state = MEIR_TORRENT_SEEDING, .has_metainfo = TRUE, .complete = TRUE, .finished = TRUE
  };

  show (fixture, "a", &state, "####");
  assert_button (fixture, MEIR_UI_BUTTON_NONE);
  g_assert_true (gtk_widget_has_css_class (widget_find (fixture->row, "strip"), "complete"));
  g_assert_cmpstr (text_of (fixture, "sentence"), ==, "Complete · nobody is asking for it now");
}

/* A reason that is longer than a line can be read without a pointer. */
static void
test_failed (Fixture *fixture, gconstpointer user_data)
{
  char reason[] =
      "Cannot write /a/very/long/path/to/somewhere/that/does/not/fit/a/line/film.mkv: Read-only file "
      "system";
  MeirTorrentSnapshot state = { .state = MEIR_TORRENT_FAILED, .has_metainfo = TRUE, .error = reason };
  int narrow, wide;

  show (fixture, "a", &state, "#...");
  assert_button (fixture, MEIR_UI_BUTTON_TRY_AGAIN);
  g_assert_cmpstr (icon_of (fixture), ==, "meir-attention-symbolic");
  g_assert_cmpstr (text_of (fixture, "sentence"), ==, reason);
  g_assert_false (pango_layout_is_ellipsized (gtk_label_get_layout (widget_find (fixture->row, "sentence"))));
  gtk_widget_measure (GTK_WIDGET (fixture->row), GTK_ORIENTATION_VERTICAL, NARROW, &narrow, NULL, NULL, NULL);
  gtk_widget_measure (GTK_WIDGET (fixture->row), GTK_ORIENTATION_VERTICAL, 2000, &wide, NULL, NULL, NULL);
  g_assert_cmpint (narrow, >, wide);
  state = (MeirTorrentSnapshot){ .state = MEIR_TORRENT_DISK_FULL,
                                 .has_metainfo = TRUE,
                                 .space_needed_bytes = 1000 };
  change (fixture, "a", &state, "#...");
  g_assert_cmpstr (icon_of (fixture), ==, "meir-attention-symbolic");
  assert_button (fixture, MEIR_UI_BUTTON_FREE_UP);
  g_assert_cmpint (minimum_width (fixture->row), <=, NARROW);
}

/* Markup, escapes, marks that turn text around: shown as what they are, in one line, and isolated. */
static void
test_hostile_names (Fixture *fixture, gconstpointer user_data)
{
  const struct {
    const char *name, *shown;
  } cases[] = {
    { "<b>bold<b> &amp; &lt;", "<b>bold<b> &amp; &lt;" },
    { "<span foreground='red'>", "<span foreground='red'>" },
    { "photo\342\200\256gnp.exe", "photo\357\277\275gnp.exe" },
    { "a\nb\033[31mc", "a\357\277\275b\357\277\275[31mc" },
    { "\327\220\327\221.mkv", "\327\220\327\221.mkv" },
    { "_mnemonic %s %n", "_mnemonic %s %n" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    const MeirTorrentSnapshot state = { .state = MEIR_TORRENT_PAUSED };
    g_autofree char *label = g_strdup_printf ("\342\201\250%s\342\201\251. Paused", cases[i].shown);
    int minimum_height, narrow_height;

    fake_snapshot_set (cases[i].shown, &state, NULL);
    show (fixture, cases[i].name, NULL, NULL);
    change (fixture, cases[i].shown, &state, NULL);
    g_assert_cmpstr (text_of (fixture, "name"), ==, cases[i].shown);
    gtk_test_accessible_assert_property (fixture->window, GTK_ACCESSIBLE_PROPERTY_LABEL, label);
    gtk_widget_measure (widget_find (fixture->row, "name"), GTK_ORIENTATION_VERTICAL, -1, &minimum_height,
                        NULL, NULL, NULL);
    gtk_widget_measure (widget_find (fixture->row, "name"), GTK_ORIENTATION_VERTICAL, 50, &narrow_height,
                        NULL, NULL, NULL);
    g_assert_cmpint (narrow_height, ==, minimum_height);
  }
}

/* The name of a magnet link may be as long as its writer likes. */
static void
test_long_name (Fixture *fixture, gconstpointer user_data)
{
  g_autofree char *name = g_strnfill (10000, 'W');
  g_autofree char *link =
      g_strconcat ("magnet:?xt=urn:btih:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa&dn=", name, NULL);
  g_autoptr (MeirMagnet) magnet = meir_magnet_parse (link, NULL);
  MeirAddOptions options = { .magnet = magnet, .folder = fixture->folder };

  show_torrent (fixture, meir_session_add (fixture->session, &options, NULL));
  g_assert_true (g_str_has_prefix (text_of (fixture, "name"), "WWWWWWWW"));
  g_assert_true (pango_layout_is_ellipsized (gtk_label_get_layout (widget_find (fixture->row, "name"))));
  g_assert_cmpint (minimum_width (fixture->row), <=, NARROW);
  /* Of a magnet nothing else is known: no size, and no dangling full stop. */
  g_assert_false (gtk_widget_get_visible (widget_find (fixture->row, "size")));
}

/* Text twice as large still fits. */
static void
test_large_text (Fixture *fixture, gconstpointer user_data)
{
  const MeirTorrentSnapshot state = {
    .state = MEIR_TORRENT_DOWNLOADING,
    .has_metainfo = TRUE,
    .wanted_bytes = 999900000000,
    .wanted_left_bytes = 123400000000,
    .down_per_sec = 123400000,
    .n_peers = 1000,
    .n_sending = 1000,
    .left_sec = 100000,
  };

  g_object_set (gtk_settings_get_default (), "gtk-xft-dpi", 2 * 96 * 1024, NULL);
  show (fixture, "debian-12.7.0-amd64-DVD-1.iso", &state, "#+..");
  g_assert_cmpint (minimum_width (fixture->row), <=, NARROW);
  g_object_set (gtk_settings_get_default (), "gtk-xft-dpi", 96 * 1024, NULL);
}

/* A row is used again for another torrent: nothing of the first stays. */
static void
test_rebound (Fixture *fixture, gconstpointer user_data)
{
  char reason[] = "The folder is gone";
  const MeirTorrentSnapshot failed = { .state = MEIR_TORRENT_FAILED, .has_metainfo = TRUE, .error = reason };
  const MeirTorrentSnapshot seeding = {
    .state = MEIR_TORRENT_SEEDING, .has_metainfo = TRUE, .complete = TRUE, .finished = TRUE, .n_interested = 1
  };

  show (fixture, "first", &failed, "#...");
  meir_ui_row_set_item (fixture->row, NULL);
  meir_ui_row_update (fixture->row);
  g_assert_null (meir_ui_row_get_item (fixture->row));
  fixture->clicked = MEIR_UI_BUTTON_NONE;
  g_signal_emit_by_name (widget_find (fixture->row, "button"), "clicked");
  g_assert_cmpint (fixture->clicked, ==, MEIR_UI_BUTTON_NONE);
  show (fixture, "second", &seeding, "####");
  g_assert_cmpstr (text_of (fixture, "name"), ==, "second");
  g_assert_cmpstr (icon_of (fixture), ==, "meir-file-symbolic");
  assert_button (fixture, MEIR_UI_BUTTON_PAUSE);
  g_assert_true (gtk_widget_has_css_class (widget_find (fixture->row, "sentence"), "dim-label"));
  g_assert_cmpint (gtk_label_get_lines (widget_find (fixture->row, "sentence")), ==, 2);
}

/* Each time a label is asked how large it would be its text is shaped, which is most of what a list costs. */
static guint n_measured;
static void (*measure_label) (GtkWidget *, GtkOrientation, int, int *, int *, int *, int *);

static void
count_measure (GtkWidget *label, GtkOrientation orientation, int for_size, int *minimum, int *natural,
               int *minimum_baseline, int *natural_baseline)
{
  n_measured++;
  measure_label (label, orientation, for_size, minimum, natural, minimum_baseline, natural_baseline);
}

static void
test_cheap (Fixture *fixture, gconstpointer user_data)
{
  GtkWidgetClass *klass = GTK_WIDGET_CLASS (g_type_class_ref (GTK_TYPE_LABEL));
  MeirTorrentSnapshot state = { .state = MEIR_TORRENT_DOWNLOADING, .has_metainfo = TRUE, .n_peers = 1 };

  gtk_window_set_default_size (GTK_WINDOW (fixture->window), 2 * NARROW, 120);
  show (fixture, "first", &state, "#...");
  measure_label = klass->measure;
  klass->measure = count_measure;
  for (guint narrow = 0; narrow < 2; narrow++) {
    g_autofree char *name = g_strdup_printf ("another %u", narrow);

    meir_ui_row_set_narrow (fixture->row, narrow == 1);
    state.n_sending = state.wanted_bytes = 1000 * (narrow + 1);
    n_measured = 0;
    show (fixture, name, &state, "##..");
    /* Three heights, that of the sentence for each width the window thinks of, and a width or two. */
    g_assert_cmpuint (n_measured, >=, 3);
    g_assert_cmpuint (n_measured, <=, 8);
  }
  klass->measure = measure_label;
  g_type_class_unref (klass);
}

/* Name and size share a line: the size has all of it that it wants, unless nothing would be left of a name.
 */
static void
test_places (Fixture *fixture, gconstpointer user_data)
{
  MeirTorrentSnapshot state = { .state = MEIR_TORRENT_DOWNLOADING, .has_metainfo = TRUE };
  GtkWidget *name = widget_find (fixture->row, "name"), *size = widget_find (fixture->row, "size");
  GtkWidget *sentence = widget_find (fixture->row, "sentence");
  graphene_rect_t name_box, size_box, box;

  state.total_bytes = state.wanted_bytes = state.wanted_left_bytes = 999900000000;
  gtk_window_set_default_size (GTK_WINDOW (fixture->window), 2 * NARROW, 120);
  show (fixture, "a name that is longer than half of the line that it has to share", &state, "#...");
  for (guint mirrored = 0; mirrored < 2; mirrored++) {
    gtk_widget_set_direction (GTK_WIDGET (fixture->row), mirrored ? GTK_TEXT_DIR_RTL : GTK_TEXT_DIR_LTR);
    widget_settle (fixture->window);
    g_assert_true (gtk_widget_compute_bounds (name, GTK_WIDGET (fixture->row), &name_box));
    g_assert_true (gtk_widget_compute_bounds (size, GTK_WIDGET (fixture->row), &size_box));
    g_assert_true (gtk_widget_compute_bounds (sentence, GTK_WIDGET (fixture->row), &box));
    g_assert_false (graphene_rect_intersection (&name_box, &size_box, NULL));
    g_assert_false (pango_layout_is_ellipsized (gtk_label_get_layout (GTK_LABEL (size))));
    g_assert_true (pango_layout_is_ellipsized (gtk_label_get_layout (GTK_LABEL (name))));
    g_assert_true ((name_box.origin.x > size_box.origin.x) == (mirrored == 1));
    g_assert_cmpfloat (box.size.width, >, name_box.size.width + size_box.size.width);
  }
  gtk_widget_set_direction (GTK_WIDGET (fixture->row), GTK_TEXT_DIR_LTR);
  meir_ui_row_set_narrow (fixture->row, TRUE);
  widget_settle (fixture->window);
  g_assert_true (gtk_widget_compute_bounds (name, GTK_WIDGET (fixture->row), &name_box));
  g_assert_true (gtk_widget_compute_bounds (size, GTK_WIDGET (fixture->row), &size_box));
  g_assert_true (gtk_widget_compute_bounds (sentence, GTK_WIDGET (fixture->row), &box));
  g_assert_cmpfloat (size_box.origin.y, >=, name_box.origin.y + name_box.size.height);
  g_assert_cmpfloat_with_epsilon (name_box.size.width, box.size.width, 1);
}

static void
add (const char *path, void (*test) (Fixture *, gconstpointer))
{
  g_test_add (path, Fixture, NULL, set_up, test, tear_down);
}

int
main (int argc, char **argv)
{
  meir_init ();
  g_test_init (&argc, &argv, NULL);
  adw_init ();
  add ("/app/row/downloading", test_downloading);
  add ("/app/row/paused", test_paused);
  add ("/app/row/complete", test_complete);
  add ("/app/row/failed", test_failed);
  add ("/app/row/hostile-names", test_hostile_names);
  add ("/app/row/long-name", test_long_name);
  add ("/app/row/large-text", test_large_text);
  add ("/app/row/rebound", test_rebound);
  add ("/app/row/cheap", test_cheap);
  add ("/app/row/places", test_places);
  return g_test_run ();
}
