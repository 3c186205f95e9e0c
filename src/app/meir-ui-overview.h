/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "session/meir.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * MeirUiOverview:
 *
 * The first page of a torrent's details: its figures, its pieces, where it lies, how it is given out.
 *
 * ::show-file (MeirUiOverview *, guint file): a piece was clicked: the file of the metainfo it is of.
 */
#define MEIR_UI_TYPE_OVERVIEW (meir_ui_overview_get_type ())
G_DECLARE_FINAL_TYPE (MeirUiOverview, meir_ui_overview, MEIR_UI, OVERVIEW, GtkWidget)

/* @torrent: (nullable) */
void meir_ui_overview_set_torrent (MeirUiOverview *overview, MeirTorrent *torrent);
/* What is shown comes from these parts. */
MeirSnapshotParts meir_ui_overview_get_parts (MeirUiOverview *overview);
/* The parts of a snapshot that the map alone shows. */
#define MEIR_UI_OVERVIEW_MAP_PARTS (MEIR_SNAPSHOT_CELLS | MEIR_SNAPSHOT_AVAILABILITY)
/* The map alone: up to ten times a second. */
void meir_ui_overview_refresh_map (MeirUiOverview *overview, const MeirTorrentSnapshot *snapshot);
/* All the rest. */
void meir_ui_overview_refresh (MeirUiOverview *overview, const MeirTorrentSnapshot *snapshot);

/**
 * meir_ui_overview_count_copies:
 * @availability: (nullable): a guint16 per piece
 *
 * Returns: how many full copies people hold between them: of the rarest piece, and the share of the pieces
 * that are there once more; 0 of no pieces
 */
double meir_ui_overview_count_copies (GBytes *availability);

G_END_DECLS
