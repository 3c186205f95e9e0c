/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/meir-ui-tracker.h"

#include <adwaita.h>

G_BEGIN_DECLS

/**
 * MeirUiTrackerPage:
 *
 * The tracker, as its owner sees it: its switch, the address to give out, whom it serves, and what goes on.
 * Figures are looked at once a second, while the page is on the screen.
 */
#define MEIR_UI_TYPE_TRACKER_PAGE (meir_ui_tracker_page_get_type ())
G_DECLARE_FINAL_TYPE (MeirUiTrackerPage, meir_ui_tracker_page, MEIR_UI, TRACKER_PAGE, AdwBin)

/* @session: (nullable): where the names of what is tracked are found. */
GtkWidget *meir_ui_tracker_page_new (MeirUiTracker *tracker, MeirSession *session);
/* Shows the page in a window beside @parent: the one that is there, or a new one. */
void meir_ui_tracker_page_present (GtkWindow *parent, MeirUiTracker *tracker, MeirSession *session);

G_END_DECLS
