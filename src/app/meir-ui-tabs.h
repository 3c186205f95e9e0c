/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

/**
 * MeirUiTabs:
 *
 * What a header bar has in its middle: the tabs of a view stack where they fit, and else a title; the tabs
 * are then for a bar at the bottom.
 *
 * Properties: :stack (AdwViewStack), :title (string), :squeezed (boolean, read only: the title is shown)
 */
#define MEIR_UI_TYPE_TABS (meir_ui_tabs_get_type ())
G_DECLARE_FINAL_TYPE (MeirUiTabs, meir_ui_tabs, MEIR_UI, TABS, GtkWidget)

/* Shown where there is no room for the tabs; already safe to show. */
void meir_ui_tabs_set_title (MeirUiTabs *tabs, const char *title);
gboolean meir_ui_tabs_get_squeezed (MeirUiTabs *tabs);

G_END_DECLS
