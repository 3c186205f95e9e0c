/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * MeirUiSelectionBar:
 *
 * What can be done with several torrents at once, with how many these are. It slides in while more than one
 * is selected. Acts through the actions of the window.
 */
#define MEIR_UI_TYPE_SELECTION_BAR (meir_ui_selection_bar_get_type ())
G_DECLARE_FINAL_TYPE (MeirUiSelectionBar, meir_ui_selection_bar, MEIR_UI, SELECTION_BAR, GtkWidget)

/* How many are selected. */
void meir_ui_selection_bar_set_count (MeirUiSelectionBar *bar, guint n_selected);

G_END_DECLS
