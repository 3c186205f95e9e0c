/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/meir-ui-piece-grid.h"

#include <string.h>

/* How the pieces of a torrent lie in a rectangle of pixels. */

static const MeirUiShades shades = { .colours = { 100, 101, 102, 103 }, .half = 1, .cross = 3, .ground = 0 };

/* Each cell is found where it is drawn, and none is left out. */
static void
assert_whole (const MeirUiPieceGrid *grid)
{
  guint previous = 0;

  g_assert_cmpuint ((guint64) grid->columns * grid->rows, >=, grid->n_cells);
  g_assert_cmpuint ((guint64) grid->columns * (grid->rows - 1), <, MAX (grid->n_cells, 1));
  g_assert_cmpuint (grid->gap, <, grid->pitch);
  for (guint c = 0; c < grid->columns; c++) {
    guint from = meir_ui_piece_grid_get_x (grid, c), to = meir_ui_piece_grid_get_x (grid, c + 1), cell;

    g_assert_cmpuint (from, ==, previous);
    g_assert_cmpuint (to, >, from + grid->gap);
    g_assert_true (meir_ui_piece_grid_find (grid, from, 0, &cell));
    g_assert_cmpuint (cell, ==, c);
    g_assert_true (meir_ui_piece_grid_find (grid, to - 1, 0, &cell));
    g_assert_cmpuint (cell, ==, c);
    previous = to;
  }
  g_assert_cmpuint (previous, ==, grid->width);
}

static void
test_fit (void)
{
  static const guint pieces[] = { 1, 2, 7, 59, 60, 61, 2002, 12345, 100000, 1000000, 10000000 };
  static const guint widths[] = { 1, 99, 360, 700, 1200, 5120 };

  for (guint p = 0; p < G_N_ELEMENTS (pieces); p++)
    for (guint w = 0; w < G_N_ELEMENTS (widths); w++)
      for (guint scale = 1; scale <= 3; scale++) {
        MeirUiPieceGrid grid = meir_ui_piece_grid_fit (pieces[p], widths[w], scale);

        assert_whole (&grid);
        g_assert_cmpuint (meir_ui_piece_grid_get_height (&grid), <=, 8192);
        g_assert_cmpuint ((guint64) grid.n_cells * grid.per_cell, >=, pieces[p]);
        g_assert_cmpuint ((guint64) (grid.n_cells - 1) * grid.per_cell, <, pieces[p]);
      }
}

/* Cells get smaller, with more of them, and so does what is free between them. */
static void
test_sizes (void)
{
  MeirUiPieceGrid few = meir_ui_piece_grid_fit (5, 700, 1);
  MeirUiPieceGrid usual = meir_ui_piece_grid_fit (2002, 700, 1);
  MeirUiPieceGrid many = meir_ui_piece_grid_fit (100000, 1200, 1);

  g_assert_cmpuint (few.rows, ==, 1);
  g_assert_cmpuint (few.columns, ==, 5);
  g_assert_cmpuint (usual.pitch, >=, 6);
  g_assert_cmpuint (usual.gap, ==, 1);
  g_assert_cmpuint (many.per_cell, ==, 1);
  g_assert_cmpuint (many.gap, ==, 0);
  g_assert_cmpuint (meir_ui_piece_grid_get_height (&many), <=, 600);
}

static guint32 *
paint (const MeirUiPieceGrid *grid, const guint8 *cells, gboolean mirrored)
{
  gsize n = (gsize) grid->width * meir_ui_piece_grid_get_height (grid);
  guint32 *pixels = g_new (guint32, n);

  memset (pixels, 0x55, n * sizeof *pixels);
  meir_ui_piece_grid_paint (grid, cells, &shades, mirrored, pixels);
  for (gsize i = 0; i < n; i++)
    g_assert_cmpuint (pixels[i], !=, 0x55555555);
  return pixels;
}

/* A full cell, one half as high, one that is a cross, and an empty place after the last. */
static void
test_shapes (void)
{
  const MeirUiPieceGrid grid = {
    .n_cells = 7, .per_cell = 1, .width = 40, .columns = 4, .rows = 2, .pitch = 10, .gap = 1
  };
  const guint8 cells[] = { 2, 1, 3, 0, 2, 2, 2 };
  g_autofree guint32 *pixels = paint (&grid, cells, FALSE);
  guint n_cross = 0;

  g_assert_cmpuint (pixels[0], ==, 102);
  g_assert_cmpuint (pixels[8 * 40 + 8], ==, 102);
  g_assert_cmpuint (pixels[9], ==, 0);
  g_assert_cmpuint (pixels[9 * 40], ==, 0);
  g_assert_cmpuint (pixels[0 * 40 + 15], ==, 100);
  g_assert_cmpuint (pixels[3 * 40 + 15], ==, 100);
  g_assert_cmpuint (pixels[4 * 40 + 15], ==, 101);
  g_assert_cmpuint (pixels[8 * 40 + 15], ==, 101);
  g_assert_cmpuint (pixels[0 * 40 + 20], ==, 103);
  g_assert_cmpuint (pixels[8 * 40 + 28], ==, 103);
  g_assert_cmpuint (pixels[8 * 40 + 20], ==, 103);
  g_assert_cmpuint (pixels[4 * 40 + 24], ==, 103);
  g_assert_cmpuint (pixels[0 * 40 + 24], ==, 100);
  for (guint i = 0; i < 40 * 20; i++)
    n_cross += pixels[i] == 103;
  g_assert_cmpuint (n_cross, >=, 17);
  g_assert_cmpuint (pixels[15 * 40 + 35], ==, 0);
}

static void
test_mirrored (void)
{
  const MeirUiPieceGrid grid = {
    .n_cells = 3, .per_cell = 1, .width = 30, .columns = 3, .rows = 1, .pitch = 10, .gap = 1
  };
  const guint8 cells[] = { 2, 3, 0 };
  g_autofree guint32 *plain = paint (&grid, cells, FALSE), *mirrored = paint (&grid, cells, TRUE);

  for (guint y = 0; y < 10; y++)
    for (guint x = 0; x < 30; x++)
      g_assert_cmpuint (plain[y * 30 + x], ==, mirrored[y * 30 + 29 - x]);
  g_assert_cmpuint (mirrored[29], ==, 102);
}

/* One pixel a piece: what has no room for a shape keeps its colour. */
static void
test_tiny (void)
{
  const MeirUiPieceGrid grid = {
    .n_cells = 4, .per_cell = 1, .width = 2, .columns = 2, .rows = 2, .pitch = 1, .gap = 0
  };
  const guint8 cells[] = { 2, 1, 3, 0 };
  g_autofree guint32 *pixels = paint (&grid, cells, FALSE);

  for (guint i = 0; i < 4; i++)
    g_assert_cmpuint (pixels[i], ==, shades.colours[cells[i]]);
}

static void
test_outside (void)
{
  MeirUiPieceGrid grid = meir_ui_piece_grid_fit (2002, 700, 1);
  guint cell = 77, n_last = 2002 - grid.columns * (grid.rows - 1);
  guint bottom = (grid.rows - 1) * grid.pitch;

  g_assert_false (meir_ui_piece_grid_find (&grid, 700, 0, &cell));
  g_assert_false (meir_ui_piece_grid_find (&grid, 0, meir_ui_piece_grid_get_height (&grid), &cell));
  g_assert_false (meir_ui_piece_grid_find (&grid, G_MAXUINT, G_MAXUINT, &cell));
  if (n_last < grid.columns)
    g_assert_false (meir_ui_piece_grid_find (&grid, meir_ui_piece_grid_get_x (&grid, n_last), bottom, &cell));
  g_assert_cmpuint (cell, ==, 77);
  g_assert_true (
      meir_ui_piece_grid_find (&grid, meir_ui_piece_grid_get_x (&grid, n_last - 1), bottom, &cell));
  g_assert_cmpuint (cell, ==, 2001);
}

static void
test_speed (void)
{
  MeirUiPieceGrid grid = meir_ui_piece_grid_fit (100000, 1200, 1);
  g_autofree guint8 *cells = g_malloc (100000);
  g_autofree guint32 *pixels = g_new (guint32, (gsize) grid.width * meir_ui_piece_grid_get_height (&grid));

  for (guint i = 0; i < 100000; i++)
    cells[i] = (guint8) (i % 4);
  g_test_timer_start ();
  for (guint i = 0; i < 20; i++)
    meir_ui_piece_grid_paint (&grid, cells, &shades, FALSE, pixels);
  g_test_message ("100,000 pieces at %u x %u: %.2f ms", grid.width, meir_ui_piece_grid_get_height (&grid),
                  g_test_timer_elapsed () * 1000 / 20);
  g_assert_cmpuint (pixels[0], ==, 100);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/app/piece-grid/fit", test_fit);
  g_test_add_func ("/app/piece-grid/sizes", test_sizes);
  g_test_add_func ("/app/piece-grid/shapes", test_shapes);
  g_test_add_func ("/app/piece-grid/mirrored", test_mirrored);
  g_test_add_func ("/app/piece-grid/tiny", test_tiny);
  g_test_add_func ("/app/piece-grid/outside", test_outside);
  g_test_add_func ("/app/piece-grid/speed", test_speed);
  return g_test_run ();
}
