/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/meir-ui-piece-map.h"

#include "app-support.h"
#include "files-support.h"
#include "widget-support.h"

#include <adwaita.h>

/* The map of all pieces. */

#define N_PIECES 6

static const TestFile series[] = {
  { "S/1.mkv", 2 * FILES_PIECE_LENGTH, FALSE },
  { "S/2.mkv", 2 * FILES_PIECE_LENGTH + 100, FALSE },
  { ".pad/9", 9, TRUE },
  { "readme.txt", FILES_PIECE_LENGTH, FALSE },
};
static const guint8 states[N_PIECES] = { MEIR_CELL_HAVE,   MEIR_CELL_ARRIVING, MEIR_CELL_MISSING,
                                         MEIR_CELL_FAILED, MEIR_CELL_UNWANTED, MEIR_CELL_HAVE };
static const guint16 copies[N_PIECES] = { 3, 1, 0, 2, 4, 0 };

typedef struct {
  GtkWidget *window;
  MeirUiPieceMap *map;
  guint n_pointed, activated;
} Fixture;

static void
on_pointed (MeirUiPieceMap *map, gpointer user_data)
{
  ((Fixture *) user_data)->n_pointed++;
}

static void
on_activated (MeirUiPieceMap *map, guint piece, gpointer user_data)
{
  ((Fixture *) user_data)->activated = piece;
}

static void
show (Fixture *fixture)
{
  g_autoptr (MeirMetainfo) metainfo = files_metainfo ("Series", series, G_N_ELEMENTS (series));
  g_autoptr (GBytes) cells = g_bytes_new (states, sizeof states);
  g_autoptr (GBytes) availability = g_bytes_new (copies, sizeof copies);

  meir_ui_piece_map_set_pieces (fixture->map, metainfo, cells, availability);
  widget_settle (fixture->window);
}

static void
set_up (Fixture *fixture, gconstpointer user_data)
{
  fixture->window = gtk_window_new ();
  fixture->map = MEIR_UI_PIECE_MAP (meir_ui_piece_map_new ());
  gtk_widget_set_valign (GTK_WIDGET (fixture->map), GTK_ALIGN_START);
  g_signal_connect (fixture->map, "pointed", G_CALLBACK (on_pointed), fixture);
  g_signal_connect (fixture->map, "activated", G_CALLBACK (on_activated), fixture);
  gtk_window_set_child (GTK_WINDOW (fixture->window), GTK_WIDGET (fixture->map));
  gtk_window_set_default_size (GTK_WINDOW (fixture->window), 600, 200);
  gtk_window_present (GTK_WINDOW (fixture->window));
  show (fixture);
}

static void
tear_down (Fixture *fixture, gconstpointer user_data)
{
  gtk_window_destroy (GTK_WINDOW (fixture->window));
}

static void
assert_text (Fixture *fixture, guint piece, const char *wanted)
{
  g_autofree char *text = meir_ui_piece_map_dup_text (fixture->map, piece);

  g_assert_cmpstr (text, ==, wanted);
}

static void
test_words (Fixture *fixture, gconstpointer user_data)
{
  assert_text (fixture, 0, "Piece 1: here, in \342\201\2501.mkv\342\201\251, 3 people");
  assert_text (fixture, 1, "Piece 2: arriving, in \342\201\2501.mkv\342\201\251, 1 person");
  assert_text (fixture, 2, "Piece 3: missing, in \342\201\2502.mkv\342\201\251, nobody has it");
  assert_text (fixture, 3, "Piece 4: failed its check, in \342\201\2502.mkv\342\201\251, 2 people");
  assert_text (fixture, 4,
               "Piece 5: not wanted, in \342\201\2502.mkv\342\201\251 and 1 other file, 4 people");
  assert_text (fixture, N_PIECES, "");
  assert_text (fixture, MEIR_UI_PIECE_NONE, "");
}

/* Of a magnet link nothing is known but what is here. */
static void
test_words_without (Fixture *fixture, gconstpointer user_data)
{
  g_autoptr (GBytes) cells = g_bytes_new (states, sizeof states);
  const guint8 odd[] = { 200 };
  g_autoptr (GBytes) odd_cells = g_bytes_new (odd, sizeof odd);

  meir_ui_piece_map_set_pieces (fixture->map, NULL, cells, NULL);
  assert_text (fixture, 1, "Piece 2: arriving");
  meir_ui_piece_map_set_pieces (fixture->map, NULL, odd_cells, NULL);
  assert_text (fixture, 0, "Piece 1: missing");
  meir_ui_piece_map_set_pieces (fixture->map, NULL, NULL, NULL);
  assert_text (fixture, 0, "");
  widget_settle (fixture->window);
}

static float
redness (const GdkRGBA *colour)
{
  return colour->red - colour->blue;
}

/* Six cells beside each other in 600 pixels. */
static void
test_drawn (Fixture *fixture, gconstpointer user_data)
{
  g_autoptr (GdkTexture) texture = widget_render (fixture->map);
  GdkRGBA have = widget_pixel (texture, 50, 4), upper = widget_pixel (texture, 150, 3);
  GdkRGBA lower = widget_pixel (texture, 150, 12), missing = widget_pixel (texture, 250, 4);

  g_assert_cmpint (gdk_texture_get_width (texture), ==, 600);
  g_assert_cmpfloat (redness (&have), <, -0.3f);
  g_assert_cmpfloat (redness (&lower), >, 0.3f);
  g_assert_true (gdk_rgba_equal (&upper, &missing));
  g_assert_false (gdk_rgba_equal (&lower, &missing));
}

static void
test_mirrored (Fixture *fixture, gconstpointer user_data)
{
  g_autoptr (GdkTexture) texture = NULL;
  GdkRGBA have, lower;

  gtk_widget_set_direction (GTK_WIDGET (fixture->map), GTK_TEXT_DIR_RTL);
  widget_settle (fixture->window);
  texture = widget_render (fixture->map);
  have = widget_pixel (texture, 550, 4);
  lower = widget_pixel (texture, 450, 12);
  g_assert_cmpfloat (redness (&have), <, -0.3f);
  g_assert_cmpfloat (redness (&lower), >, 0.3f);
}

/* What more people have is stronger; what nobody has and is missing is a cross. */
static void
test_availability (Fixture *fixture, gconstpointer user_data)
{
  g_autoptr (GdkTexture) texture = NULL;
  GdkRGBA three, one, here;

  meir_ui_piece_map_set_mode (fixture->map, MEIR_UI_PIECE_MAP_AVAILABILITY);
  g_assert_cmpint (meir_ui_piece_map_get_mode (fixture->map), ==, MEIR_UI_PIECE_MAP_AVAILABILITY);
  widget_settle (fixture->window);
  texture = widget_render (fixture->map);
  three = widget_pixel (texture, 50, 4);
  one = widget_pixel (texture, 150, 4);
  here = widget_pixel (texture, 550, 4);
  g_assert_cmpfloat (three.alpha, >, one.alpha);
  g_assert_cmpfloat (redness (&three), <, redness (&one));
  g_assert_cmpfloat (redness (&here), <=, 0.05f);
}

static gboolean
press (Fixture *fixture, guint key)
{
  GListModel *controllers = gtk_widget_observe_controllers (GTK_WIDGET (fixture->map));
  gboolean done = FALSE;

  for (guint i = 0; i < g_list_model_get_n_items (controllers) && !done; i++) {
    g_autoptr (GObject) controller = g_list_model_get_item (controllers, i);

    if (!GTK_IS_SHORTCUT_CONTROLLER (controller))
      continue;
    for (guint s = 0; s < g_list_model_get_n_items (G_LIST_MODEL (controller)) && !done; s++) {
      g_autoptr (GtkShortcut) shortcut = g_list_model_get_item (G_LIST_MODEL (controller), s);
      GtkShortcutTrigger *trigger = gtk_shortcut_get_trigger (shortcut);

      if (GTK_IS_KEYVAL_TRIGGER (trigger) &&
          gtk_keyval_trigger_get_keyval (GTK_KEYVAL_TRIGGER (trigger)) == key)
        done = gtk_shortcut_action_activate (gtk_shortcut_get_action (shortcut), 0, GTK_WIDGET (fixture->map),
                                             gtk_shortcut_get_arguments (shortcut));
    }
  }
  g_object_unref (controllers);
  return done;
}

static void
test_keys (Fixture *fixture, gconstpointer user_data)
{
  g_assert_true (press (fixture, GDK_KEY_Home));
  g_assert_cmpuint (meir_ui_piece_map_get_pointed (fixture->map), ==, 0);
  press (fixture, GDK_KEY_Right);
  g_assert_cmpuint (meir_ui_piece_map_get_pointed (fixture->map), ==, 1);
  gtk_test_accessible_assert_property (fixture->map, GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
                                       "Piece 2: arriving, in \342\201\2501.mkv\342\201\251, 1 person");
  press (fixture, GDK_KEY_End);
  g_assert_cmpuint (meir_ui_piece_map_get_pointed (fixture->map), ==, N_PIECES - 1);
  press (fixture, GDK_KEY_Right);
  g_assert_cmpuint (meir_ui_piece_map_get_pointed (fixture->map), ==, N_PIECES - 1);
  press (fixture, GDK_KEY_Left);
  g_assert_cmpuint (meir_ui_piece_map_get_pointed (fixture->map), ==, N_PIECES - 2);
  /* There is one row: the focus goes on. */
  g_assert_false (press (fixture, GDK_KEY_Down));
  g_assert_false (press (fixture, GDK_KEY_Up));
  press (fixture, GDK_KEY_Page_Up);
  g_assert_cmpuint (meir_ui_piece_map_get_pointed (fixture->map), ==, 0);
  g_assert_true (press (fixture, GDK_KEY_Return));
  g_assert_cmpuint (fixture->activated, ==, 0);
  gtk_widget_set_direction (GTK_WIDGET (fixture->map), GTK_TEXT_DIR_RTL);
  press (fixture, GDK_KEY_Left);
  g_assert_cmpuint (meir_ui_piece_map_get_pointed (fixture->map), ==, 1);
}

/* A piece that is named stays so while it changes, and is let go with a torrent of fewer pieces. */
static void
test_changes (Fixture *fixture, gconstpointer user_data)
{
  const guint8 fewer[] = { MEIR_CELL_HAVE };
  g_autoptr (GBytes) bytes = g_bytes_new (fewer, sizeof fewer);
  guint n;

  press (fixture, GDK_KEY_End);
  n = fixture->n_pointed;
  show (fixture);
  g_assert_cmpuint (fixture->n_pointed, ==, n);
  meir_ui_piece_map_set_pieces (fixture->map, NULL, bytes, NULL);
  g_assert_cmpuint (meir_ui_piece_map_get_pointed (fixture->map), ==, MEIR_UI_PIECE_NONE);
  widget_settle (fixture->window);
}

static void
test_many (Fixture *fixture, gconstpointer user_data)
{
  guint8 *data = g_malloc0 (100000);
  g_autoptr (GBytes) bytes = g_bytes_new_take (data, 100000);
  int minimum, natural;

  meir_ui_piece_map_set_pieces (fixture->map, NULL, bytes, NULL);
  gtk_widget_measure (GTK_WIDGET (fixture->map), GTK_ORIENTATION_VERTICAL, 1200, &minimum, &natural, NULL,
                      NULL);
  g_assert_cmpint (natural, <=, 600);
  g_assert_cmpint (natural, >, 60);
  gtk_widget_measure (GTK_WIDGET (fixture->map), GTK_ORIENTATION_HORIZONTAL, -1, &minimum, &natural, NULL,
                      NULL);
  g_assert_cmpint (minimum, <=, 300);
  widget_settle (fixture->window);
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
  widget_use_style ();
  add ("/app/piece-map/words", test_words);
  add ("/app/piece-map/words-without", test_words_without);
  add ("/app/piece-map/drawn", test_drawn);
  add ("/app/piece-map/mirrored", test_mirrored);
  add ("/app/piece-map/availability", test_availability);
  add ("/app/piece-map/keys", test_keys);
  add ("/app/piece-map/changes", test_changes);
  add ("/app/piece-map/many", test_many);
  return g_test_run ();
}
