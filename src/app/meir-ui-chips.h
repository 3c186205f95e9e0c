/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/meir-ui-items.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* From so many torrents on there is something to filter. */
#define MEIR_UI_CHIPS_MIN 10

/**
 * MeirUiChips:
 *
 * Which torrents the list shows, as a row of buttons with counts, one of which is pressed. There from
 * MEIR_UI_CHIPS_MIN torrents on, or while a filter is on.
 */
#define MEIR_UI_TYPE_CHIPS (meir_ui_chips_get_type ())
G_DECLARE_FINAL_TYPE (MeirUiChips, meir_ui_chips, MEIR_UI, CHIPS, GtkWidget)

void meir_ui_chips_set_items (MeirUiChips *chips, MeirUiItems *items);
/* Takes the newest counts. */
void meir_ui_chips_update (MeirUiChips *chips);
/* Shows all again, as when something is looked for that the filter hides. */
void meir_ui_chips_reset (MeirUiChips *chips);

G_END_DECLS
