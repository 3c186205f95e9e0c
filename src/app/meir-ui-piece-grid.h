/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * MeirUiPieceGrid:
 * @n_cells: one a piece, unless there are millions of pieces
 * @per_cell: pieces in a cell, the last may have fewer
 * @width: device pixels
 * @columns: cells in a row
 * @rows: of cells, the last may be shorter
 * @pitch: from one row of cells to the next, device pixels
 * @gap: of that, what is left free below and after each cell
 *
 * How the pieces of a torrent lie in a rectangle of pixels. All functions are for any thread.
 */
typedef struct {
  guint n_cells;
  guint per_cell;
  guint width;
  guint columns;
  guint rows;
  guint pitch;
  guint gap;
} MeirUiPieceGrid;

/* The largest cells that do not need too many rows. @width: device pixels, at least 1, @scale of which make
 * one of the application's. */
MeirUiPieceGrid meir_ui_piece_grid_fit (guint n_pieces, guint width, guint scale);
/* Device pixels from top to bottom. */
guint meir_ui_piece_grid_get_height (const MeirUiPieceGrid *grid);
/* The first pixel of a column of cells; of column @columns the end of the last. */
guint meir_ui_piece_grid_get_x (const MeirUiPieceGrid *grid, guint column);
/* The cell at a pixel; FALSE where there is none. */
gboolean meir_ui_piece_grid_find (const MeirUiPieceGrid *grid, guint x, guint y, guint *cell);

/* The value of @half and @cross where no cell has such a shape, and how many values a cell may have. */
#define MEIR_UI_SHADE_NONE 255u
#define MEIR_UI_SHADES_MAX 16u

/**
 * MeirUiShades:
 * @colours: (array length=MEIR_UI_SHADES_MAX): a pixel of each value of a cell, in whatever format
 * @half: value whose cells are filled in their lower half, the upper one being of value @ground
 * @cross: value whose cells are a cross on @ground
 *
 * What cells look like.
 */
typedef struct {
  guint32 colours[MEIR_UI_SHADES_MAX];
  guint half;
  guint cross;
  guint ground;
} MeirUiShades;

/**
 * meir_ui_piece_grid_paint:
 * @cells: (array length=n_cells): a value below MEIR_UI_SHADES_MAX each
 * @mirrored: the first cell is at the right
 * @pixels: (out caller-allocates): width x height of them; those of no cell become 0
 */
void meir_ui_piece_grid_paint (const MeirUiPieceGrid *grid, const guint8 *cells, const MeirUiShades *shades,
                               gboolean mirrored, guint32 *pixels);

G_END_DECLS
