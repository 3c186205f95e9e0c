/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/meir-ui-item.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * MeirUiRow:
 *
 * A torrent in the list: an icon of what it holds, name, size and rate, its pieces, one sentence, and at most
 * one button.
 *
 * ::button-clicked (MeirUiItem *, guint button): a MeirUiButton
 */
#define MEIR_UI_TYPE_ROW (meir_ui_row_get_type ())
G_DECLARE_FINAL_TYPE (MeirUiRow, meir_ui_row, MEIR_UI, ROW, GtkWidget)

GtkWidget *meir_ui_row_new (void);
/* @item: (nullable) */
void meir_ui_row_set_item (MeirUiRow *row, MeirUiItem *item);
/* (transfer none) (nullable) */
MeirUiItem *meir_ui_row_get_item (MeirUiRow *row);
/* Puts the size below the name, and a button that is a word below the sentence. */
void meir_ui_row_set_narrow (MeirUiRow *row, gboolean narrow);
/* Shows what is new of its item; touches only what differs. */
void meir_ui_row_update (MeirUiRow *row);

G_END_DECLS
