/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/meir-ui-piece-grid.h"

#include <string.h>

/* In pixels of the application: a cell is at most this high, and smaller cells are taken before the map grows
 * higher than that. Cells of two pixels may take more height than larger ones: each is still to be seen. */
#define CELL_MAX    10u
#define CELL_WIDE   16u
#define HEIGHT_MAX  170u
#define HEIGHT_TINY 340u
/* Device pixels; no renderer takes textures that are much larger. */
#define ROWS_MAX 8192u
/* A cross needs this many to be one. */
#define CROSS_MIN 4u

static guint
divide_up (guint number, guint by)
{
  return number / by + (number % by != 0);
}

static void
set_columns (MeirUiPieceGrid *grid, guint columns)
{
  grid->columns = MAX (columns, 1);
  grid->rows = MAX (divide_up (grid->n_cells, grid->columns), 1);
}

MeirUiPieceGrid
meir_ui_piece_grid_fit (guint n_pieces, guint width, guint scale)
{
  MeirUiPieceGrid grid = { .n_cells = n_pieces, .per_cell = 1, .width = width };

  /* Few pieces share one row. */
  if (n_pieces <= width / (CELL_MAX * scale)) {
    grid.pitch = CELL_WIDE * scale;
    grid.gap = n_pieces > 1 ? scale : 0;
    set_columns (&grid, n_pieces);
    return grid;
  }
  for (grid.pitch = CELL_MAX * scale; grid.pitch > 1; grid.pitch--) {
    set_columns (&grid, width / grid.pitch);
    if (grid.rows * grid.pitch <= (grid.pitch > 2 ? HEIGHT_MAX : HEIGHT_TINY) * scale)
      break;
  }
  if (grid.pitch == 1) {
    grid.per_cell = MAX (divide_up (divide_up (n_pieces, width), ROWS_MAX), 1);
    grid.n_cells = divide_up (n_pieces, grid.per_cell);
    set_columns (&grid, width);
  }
  grid.gap = grid.pitch > 2 && width / grid.columns > 2 ? MIN (scale, grid.pitch / 3) : 0;
  return grid;
}

guint
meir_ui_piece_grid_get_height (const MeirUiPieceGrid *grid)
{
  return grid->rows * grid->pitch;
}

guint
meir_ui_piece_grid_get_x (const MeirUiPieceGrid *grid, guint column)
{
  return (guint) ((guint64) column * grid->width / grid->columns);
}

gboolean
meir_ui_piece_grid_find (const MeirUiPieceGrid *grid, guint x, guint y, guint *cell)
{
  guint column, row = y / grid->pitch;

  if (x >= grid->width || row >= grid->rows)
    return FALSE;
  column = (guint) ((guint64) x * grid->columns / grid->width);
  while (meir_ui_piece_grid_get_x (grid, column + 1) <= x)
    column++;
  if (row * grid->columns + column >= grid->n_cells)
    return FALSE;
  *cell = row * grid->columns + column;
  return TRUE;
}

/* One line of pixels through a row of cells, above or below the middle of those that are half filled. */
static void
paint_line (const MeirUiPieceGrid *grid, const guint8 *cells, guint n, const MeirUiShades *shades,
            gboolean upper, gboolean mirrored, guint32 *line)
{
  memset (line, 0, grid->width * sizeof *line);
  for (guint c = 0; c < n; c++) {
    guint shade = cells[c];
    guint from = meir_ui_piece_grid_get_x (grid, c);
    guint to = meir_ui_piece_grid_get_x (grid, c + 1) - grid->gap;
    guint32 colour;

    if ((shade == shades->half && upper) || (shade == shades->cross && grid->pitch >= CROSS_MIN))
      shade = shades->ground;
    colour = shades->colours[shade];
    for (guint x = from; x < to; x++)
      line[mirrored ? grid->width - 1 - x : x] = colour;
  }
}

/* Both diagonals of a cell. */
static void
paint_cross (const MeirUiPieceGrid *grid, guint column, guint32 colour, gboolean mirrored, guint32 *pixels)
{
  guint from = meir_ui_piece_grid_get_x (grid, column);
  guint width = meir_ui_piece_grid_get_x (grid, column + 1) - grid->gap - from;
  guint height = grid->pitch - grid->gap;
  guint thick = MAX (height / 5, 1);

  for (guint y = 0; y < height; y++) {
    guint at = (guint) ((guint64) y * (width - 1) / (height - 1));

    for (guint t = 0; t < MIN (thick, width - at); t++) {
      guint one = from + at + t, other = from + width - 1 - at - t;

      pixels[(gsize) y * grid->width + (mirrored ? grid->width - 1 - one : one)] = colour;
      pixels[(gsize) y * grid->width + (mirrored ? grid->width - 1 - other : other)] = colour;
    }
  }
}

static void
paint_row (const MeirUiPieceGrid *grid, const guint8 *cells, guint n, const MeirUiShades *shades,
           gboolean mirrored, guint32 *pixels)
{
  guint height = grid->pitch - grid->gap;
  guint upper = shades->half != MEIR_UI_SHADE_NONE ? height / 2 : 0;
  gsize line_size = grid->width * sizeof *pixels;
  guint32 *lower_line = pixels + (gsize) upper * grid->width;

  if (upper > 0)
    paint_line (grid, cells, n, shades, TRUE, mirrored, pixels);
  for (guint y = 1; y < upper; y++)
    memcpy (pixels + (gsize) y * grid->width, pixels, line_size);
  paint_line (grid, cells, n, shades, FALSE, mirrored, lower_line);
  for (guint y = upper + 1; y < height; y++)
    memcpy (pixels + (gsize) y * grid->width, lower_line, line_size);
  memset (pixels + (gsize) height * grid->width, 0, line_size * grid->gap);
  for (guint c = 0; c < n && grid->pitch >= CROSS_MIN; c++)
    if (cells[c] == shades->cross)
      paint_cross (grid, c, shades->colours[shades->cross], mirrored, pixels);
}

void
meir_ui_piece_grid_paint (const MeirUiPieceGrid *grid, const guint8 *cells, const MeirUiShades *shades,
                          gboolean mirrored, guint32 *pixels)
{
  for (guint row = 0; row < grid->rows; row++) {
    guint first = row * grid->columns;

    paint_row (grid, cells + first, MIN (grid->columns, grid->n_cells - first), shades, mirrored,
               pixels + (gsize) row * grid->pitch * grid->width);
  }
}
