/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/meir-ui-items.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * MeirUiList:
 *
 * The torrents as rows, any number of which may be selected, and the menu of a row: by right click, long
 * press, the Menu key or Shift+F10. The menu, and the keys of the list, act through the actions of the window
 * on what is selected.
 *
 * ::selection-changed ()
 */
#define MEIR_UI_TYPE_LIST (meir_ui_list_get_type ())
G_DECLARE_FINAL_TYPE (MeirUiList, meir_ui_list, MEIR_UI, LIST, GtkWidget)

void meir_ui_list_set_items (MeirUiList *list, MeirUiItems *items);
/* In the order of the list. (transfer full) (element-type MeirTorrent) */
GPtrArray *meir_ui_list_dup_selected (MeirUiList *list);
guint meir_ui_list_get_n_selected (MeirUiList *list);
/* The one that is selected, when it is one. (transfer none) (nullable) */
MeirUiItem *meir_ui_list_get_single (MeirUiList *list);
/* Where the first of them is in the list; GTK_INVALID_LIST_POSITION when none is. */
guint meir_ui_list_get_position (MeirUiList *list);
/* Selects this one alone, and scrolls to it; FALSE when it is not shown. */
gboolean meir_ui_list_select (MeirUiList *list, MeirTorrent *torrent);
void meir_ui_list_select_all (MeirUiList *list, gboolean selected);
/* Selects what is at @position, or the last, and gives it the keyboard focus. */
void meir_ui_list_select_near (MeirUiList *list, guint position);
/* Gives the keyboard focus to the first that is selected, or else to the row that had it last. */
void meir_ui_list_focus (MeirUiList *list);
/* Lets the rows that can be seen look for newer snapshots. */
void meir_ui_list_refresh (MeirUiList *list);

G_END_DECLS
