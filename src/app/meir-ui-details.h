/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "session/meir.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * MeirUiDetails:
 *
 * All there is to see of one torrent, with a header bar of its own: Overview, Files, People and Trackers.
 * While it is mapped it looks at the engine by itself: ten times a second for the piece map, once a second
 * for text, and for those parts of a snapshot only that the visible page shows.
 *
 * Properties: :collapsed (boolean: it is alone in the window, and offers the way back)
 *
 * ::back (MeirUiDetails *): the list is wanted.
 * ::pause (MeirUiDetails *, gboolean paused): it is to rest, or to go on, and all that is selected with it.
 */
#define MEIR_UI_TYPE_DETAILS (meir_ui_details_get_type ())
G_DECLARE_FINAL_TYPE (MeirUiDetails, meir_ui_details, MEIR_UI, DETAILS, GtkWidget)

MeirUiDetails *meir_ui_details_new (void);
/* @torrent: (nullable): NULL shows a page that says so. */
void meir_ui_details_set_torrent (MeirUiDetails *details, MeirTorrent *torrent);
/* (transfer none) (nullable) */
MeirTorrent *meir_ui_details_get_torrent (MeirUiDetails *details);
/* @page: "overview", "files", "people" or "trackers" */
void meir_ui_details_show_page (MeirUiDetails *details, const char *page);
/* Gives the keyboard focus to what is on the page: to the header bar only when that has nothing for it. */
void meir_ui_details_focus (MeirUiDetails *details);
/* (transfer none) */
const char *meir_ui_details_get_page (MeirUiDetails *details);
/* Looks at once, as after something was done to the torrent. */
void meir_ui_details_refresh (MeirUiDetails *details);

G_END_DECLS
