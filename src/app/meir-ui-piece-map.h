/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "session/meir.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * MeirUiPieceMap:
 *
 * Every piece of a torrent as a cell: as large as fits, one device pixel where there are very many. It begins
 * where text begins. What a cell is shows in its shape too: what is arriving is half as high, what failed its
 * check is a cross. Colours come from CSS nodes below it (piece.have, piece.arriving, piece.missing,
 * piece.failed, piece.unwanted, and piece.cursor for the frame around the piece that is named).
 *
 * Arrow keys, Home, End and Page keys go from piece to piece.
 *
 * ::pointed (MeirUiPieceMap *): another piece is under the pointer or the cursor, or none.
 * ::activated (MeirUiPieceMap *, guint piece): clicked, or Return pressed on it.
 */
#define MEIR_UI_TYPE_PIECE_MAP (meir_ui_piece_map_get_type ())
G_DECLARE_FINAL_TYPE (MeirUiPieceMap, meir_ui_piece_map, MEIR_UI, PIECE_MAP, GtkWidget)

/* No piece. */
#define MEIR_UI_PIECE_NONE G_MAXUINT

typedef enum {
  MEIR_UI_PIECE_MAP_HAVE,         /* what is here */
  MEIR_UI_PIECE_MAP_AVAILABILITY, /* how many people have it */
} MeirUiPieceMapMode;

GtkWidget *meir_ui_piece_map_new (void);
/**
 * meir_ui_piece_map_set_pieces:
 * @metainfo: (nullable): to name files by
 * @cells: (nullable): a MeirCell byte per piece
 * @availability: (nullable): a guint16 per piece
 *
 * What is there now. Nothing is drawn anew when it is what was there before.
 */
void meir_ui_piece_map_set_pieces (MeirUiPieceMap *map, MeirMetainfo *metainfo, GBytes *cells,
                                   GBytes *availability);
void meir_ui_piece_map_set_mode (MeirUiPieceMap *map, MeirUiPieceMapMode mode);
MeirUiPieceMapMode meir_ui_piece_map_get_mode (MeirUiPieceMap *map);
/* The piece under the pointer or, without one, the cursor; MEIR_UI_PIECE_NONE. */
guint meir_ui_piece_map_get_pointed (MeirUiPieceMap *map);
/* "Piece 1200: arriving, in 02.mkv, 3 people". (transfer full) */
char *meir_ui_piece_map_dup_text (MeirUiPieceMap *map, guint piece);

G_END_DECLS
