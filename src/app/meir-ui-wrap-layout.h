/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

/**
 * MeirUiWrapLayout:
 *
 * Lays out a box in a line, until its words have too little room beside the button at its
 * end: then that is below them. Large text in a narrow window is read as it should be.
 */
#define MEIR_UI_TYPE_WRAP_LAYOUT (meir_ui_wrap_layout_get_type ())
G_DECLARE_FINAL_TYPE (MeirUiWrapLayout, meir_ui_wrap_layout, MEIR_UI, WRAP_LAYOUT, GtkLayoutManager)

/* Gives it to @box, with its spacing. */
void meir_ui_wrap_layout_set (GtkBox *box);
/* Gives every AdwActionRow at and below @widget this layout. Once for each. */
void meir_ui_wrap_layout_use (GtkWidget *widget);

G_END_DECLS
