/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * MeirUiPieceStrip:
 *
 * A bar that shows every piece of a torrent: one row of pixels, each the average of the pieces under it,
 * stretched in height only. Colours come from CSS nodes below it (piece.have, .arriving, .missing, .failed,
 * .unwanted); style classes of the strip may change them. It begins where text begins.
 */
#define MEIR_UI_TYPE_PIECE_STRIP (meir_ui_piece_strip_get_type ())
G_DECLARE_FINAL_TYPE (MeirUiPieceStrip, meir_ui_piece_strip, MEIR_UI, PIECE_STRIP, GtkWidget)

/* @cells: (nullable): a MeirCell byte per piece; NULL draws an empty bar. Cheap when nothing changed. */
void meir_ui_piece_strip_set_cells (MeirUiPieceStrip *strip, GBytes *cells);
/* How much of it is here, 0 to 1, for those who cannot see it. */
void meir_ui_piece_strip_set_fraction (MeirUiPieceStrip *strip, double fraction);

G_END_DECLS
