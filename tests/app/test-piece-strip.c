/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/meir-ui-piece-strip.h"

#include "app-support.h"
#include "session/meir.h"
#include "widget-support.h"

#include <adwaita.h>
#include <string.h>

/* Pieces as pixels. Red: here; green: arriving; blue: missing; yellow: failed; cyan: unwanted. */

#define STRIP_WIDTH 100

static const char colours[] = "piecestrip { min-height: 8px; }"
                              "piecestrip > piece.have { color: #f00; }"
                              "piecestrip > piece.arriving { color: #0f0; }"
                              "piecestrip > piece.missing { color: #00f; }"
                              "piecestrip > piece.failed { color: #ff0; }"
                              "piecestrip > piece.unwanted { color: #0ff; }"
                              "piecestrip.complete > piece.have { color: #fff; }";

typedef struct {
  GtkWidget *window;
  MeirUiPieceStrip *strip;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer user_data)
{
  fixture->window = gtk_window_new ();
  fixture->strip = g_object_new (MEIR_UI_TYPE_PIECE_STRIP, "margin-start", 50, "margin-end", 50, "valign",
                                 GTK_ALIGN_CENTER, NULL);
  gtk_window_set_child (GTK_WINDOW (fixture->window), GTK_WIDGET (fixture->strip));
  gtk_window_set_default_size (GTK_WINDOW (fixture->window), STRIP_WIDTH + 100, 100);
  gtk_window_present (GTK_WINDOW (fixture->window));
  widget_settle (fixture->window);
}

static void
tear_down (Fixture *fixture, gconstpointer user_data)
{
  gtk_window_destroy (GTK_WINDOW (fixture->window));
  gtk_widget_set_default_direction (GTK_TEXT_DIR_LTR);
}

static void
set_cells (Fixture *fixture, const guint8 *cells, gsize n)
{
  g_autoptr (GBytes) bytes = g_bytes_new (cells, n);

  meir_ui_piece_strip_set_cells (fixture->strip, bytes);
}

static void
assert_pixel (GdkTexture *texture, int x, float red, float green, float blue)
{
  GdkRGBA pixel = widget_pixel (texture, x, 4);
  gboolean equal = ABS (pixel.red - red) < 0.02f && ABS (pixel.green - green) < 0.02f &&
                   ABS (pixel.blue - blue) < 0.02f && pixel.alpha > 0.98f;

  if (!equal)
    g_error ("pixel %d is %.2f %.2f %.2f %.2f, not %.2f %.2f %.2f", x, pixel.red, pixel.green, pixel.blue,
             pixel.alpha, red, green, blue);
}

static GdkTexture *
render (Fixture *fixture)
{
  widget_settle (fixture->window);
  return widget_render (fixture->strip);
}

static const guint8 quarters[] = { MEIR_CELL_HAVE, MEIR_CELL_ARRIVING, MEIR_CELL_MISSING, MEIR_CELL_HAVE };

static void
test_quarters (Fixture *fixture, gconstpointer user_data)
{
  g_autoptr (GdkTexture) texture = NULL;

  set_cells (fixture, quarters, sizeof quarters);
  texture = render (fixture);
  g_assert_cmpint (gdk_texture_get_width (texture), ==, STRIP_WIDTH);
  for (int x = 5; x < 25; x++)
    assert_pixel (texture, x, 1, 0, 0);
  for (int x = 25; x < 50; x++)
    assert_pixel (texture, x, 0, 1, 0);
  for (int x = 50; x < 75; x++)
    assert_pixel (texture, x, 0, 0, 1);
  for (int x = 75; x < 95; x++)
    assert_pixel (texture, x, 1, 0, 0);
}

/* It begins where text begins. */
static void
test_mirrored (Fixture *fixture, gconstpointer user_data)
{
  const guint8 halves[] = { MEIR_CELL_HAVE, MEIR_CELL_MISSING };
  g_autoptr (GdkTexture) before = NULL;
  g_autoptr (GdkTexture) after = NULL;

  set_cells (fixture, halves, sizeof halves);
  before = render (fixture);
  assert_pixel (before, 10, 1, 0, 0);
  assert_pixel (before, 90, 0, 0, 1);
  gtk_widget_set_default_direction (GTK_TEXT_DIR_RTL);
  after = render (fixture);
  assert_pixel (after, 10, 0, 0, 1);
  assert_pixel (after, 90, 1, 0, 0);
}

/* Far more pieces than pixels: each is the average of those under it, and one that is missing shows. */
static void
test_average (Fixture *fixture, gconstpointer user_data)
{
  g_autofree guint8 *cells = g_malloc (100000);
  g_autoptr (GdkTexture) texture = NULL;

  for (guint i = 0; i < 100000; i++)
    cells[i] = i < 50000 ? (i % 2 ? MEIR_CELL_HAVE : MEIR_CELL_MISSING) : MEIR_CELL_HAVE;
  cells[60500] = MEIR_CELL_MISSING;
  set_cells (fixture, cells, 100000);
  texture = render (fixture);
  assert_pixel (texture, 20, 0.5f, 0, 0.5f);
  assert_pixel (texture, 80, 1, 0, 0);
  memset (cells + 60000, MEIR_CELL_MISSING, 1000);
  set_cells (fixture, cells, 100000);
  g_clear_object (&texture);
  texture = render (fixture);
  assert_pixel (texture, 59, 1, 0, 0);
  assert_pixel (texture, 60, 0, 0, 1);
  assert_pixel (texture, 61, 1, 0, 0);
}

/* A metainfo whose metadata is not here has no pieces yet; neither has an empty file. */
static void
test_nothing (Fixture *fixture, gconstpointer user_data)
{
  g_autoptr (GdkTexture) none = NULL;
  g_autoptr (GdkTexture) empty = NULL;

  none = render (fixture);
  assert_pixel (none, 50, 0, 0, 1);
  set_cells (fixture, quarters, 0);
  empty = render (fixture);
  assert_pixel (empty, 50, 0, 0, 1);
  meir_ui_piece_strip_set_cells (fixture->strip, NULL);
}

/* A byte that is no cell comes from a newer engine at worst: it reads nothing outside. */
static void
test_unknown_cell (Fixture *fixture, gconstpointer user_data)
{
  const guint8 unknown[] = { 255 };
  g_autoptr (GdkTexture) texture = NULL;

  set_cells (fixture, unknown, sizeof unknown);
  texture = render (fixture);
  assert_pixel (texture, 50, 0, 0, 1);
}

/* What failed its check, and what nobody wants, have colours of their own. */
static void
test_failed_and_unwanted (Fixture *fixture, gconstpointer user_data)
{
  const guint8 cells[] = { MEIR_CELL_FAILED, MEIR_CELL_UNWANTED };
  g_autoptr (GdkTexture) texture = NULL;

  set_cells (fixture, cells, sizeof cells);
  texture = render (fixture);
  assert_pixel (texture, 25, 1, 1, 0);
  assert_pixel (texture, 75, 0, 1, 1);
}

/* Colours that a style class changes show at once, though the cells are the same. */
static void
test_restyled (Fixture *fixture, gconstpointer user_data)
{
  g_autoptr (GdkTexture) before = NULL;
  g_autoptr (GdkTexture) after = NULL;

  set_cells (fixture, quarters, 1);
  before = render (fixture);
  assert_pixel (before, 50, 1, 0, 0);
  gtk_widget_add_css_class (GTK_WIDGET (fixture->strip), "complete");
  after = render (fixture);
  assert_pixel (after, 50, 1, 1, 1);
}

static void
test_accessible (Fixture *fixture, gconstpointer user_data)
{
  const char *label = "Pieces · 61 %"; /* GTK's macro makes a format of what is written in its place */

  meir_ui_piece_strip_set_fraction (fixture->strip, 0.617);
  gtk_test_accessible_assert_role (fixture->strip, GTK_ACCESSIBLE_ROLE_PROGRESS_BAR);
  gtk_test_accessible_assert_property (fixture->strip, GTK_ACCESSIBLE_PROPERTY_LABEL, label);
  gtk_test_accessible_assert_property (fixture->strip, GTK_ACCESSIBLE_PROPERTY_VALUE_NOW, 0.617);
}

static void
load_colours (void)
{
  g_autoptr (GtkCssProvider) provider = gtk_css_provider_new ();
  g_autofree char *folder = app_make_folder ();
  g_autofree char *path = g_build_filename (folder, "colours.css", NULL);

  g_assert_true (g_file_set_contents (path, colours, -1, NULL));
  gtk_css_provider_load_from_path (provider, path);
  app_remove_folder (folder);
  gtk_style_context_add_provider_for_display (gdk_display_get_default (), GTK_STYLE_PROVIDER (provider),
                                              GTK_STYLE_PROVIDER_PRIORITY_USER);
}

static void
add (const char *path, void (*test) (Fixture *, gconstpointer))
{
  g_test_add (path, Fixture, NULL, set_up, test, tear_down);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  adw_init ();
  load_colours ();
  add ("/app/piece-strip/quarters", test_quarters);
  add ("/app/piece-strip/mirrored", test_mirrored);
  add ("/app/piece-strip/average", test_average);
  add ("/app/piece-strip/failed-and-unwanted", test_failed_and_unwanted);
  add ("/app/piece-strip/nothing", test_nothing);
  add ("/app/piece-strip/unknown-cell", test_unknown_cell);
  add ("/app/piece-strip/restyled", test_restyled);
  add ("/app/piece-strip/accessible", test_accessible);
  return g_test_run ();
}
