/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "session/meir.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * MeirUiList:
 *
 * The torrents as rows, one of which may be selected, and the menu of a row: by right click, long press, the
 * Menu key or Shift+F10. The menu acts through win.copy-link and win.remove on what is selected.
 *
 * Properties: :selected (MeirTorrent, nullable)
 *
 * ::pause-toggled (MeirTorrent *, gboolean pause)
 */
#define MEIR_UI_TYPE_LIST (meir_ui_list_get_type ())
G_DECLARE_FINAL_TYPE (MeirUiList, meir_ui_list, MEIR_UI, LIST, GtkWidget)

/* @torrents: (element-type MeirTorrent) */
void meir_ui_list_set_torrents (MeirUiList *list, GListModel *torrents);
/* (transfer none) (nullable) */
MeirTorrent *meir_ui_list_get_selected (MeirUiList *list);
/* Where it is in the list; GTK_INVALID_LIST_POSITION when none is. */
guint meir_ui_list_get_position (MeirUiList *list);
/* Selects what is at @position, or the last, and gives it the keyboard focus. */
void meir_ui_list_select_near (MeirUiList *list, guint position);
/* Lets the rows that are bound look for newer snapshots. */
void meir_ui_list_refresh (MeirUiList *list);

G_END_DECLS
