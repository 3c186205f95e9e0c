/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "session/meir.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * MeirUiRow:
 *
 * A torrent in the list: name, size and rate, its pieces, one sentence, and pause or resume.
 *
 * ::pause-toggled (MeirTorrent *, gboolean pause)
 */
#define MEIR_UI_TYPE_ROW (meir_ui_row_get_type ())
G_DECLARE_FINAL_TYPE (MeirUiRow, meir_ui_row, MEIR_UI, ROW, GtkWidget)

GtkWidget *meir_ui_row_new (void);
/* @torrent: (nullable) */
void meir_ui_row_set_torrent (MeirUiRow *row, MeirTorrent *torrent);
MeirTorrent *meir_ui_row_get_torrent (MeirUiRow *row);
/* Takes the newest snapshot; touches only what is different. */
void meir_ui_row_refresh (MeirUiRow *row);

G_END_DECLS
