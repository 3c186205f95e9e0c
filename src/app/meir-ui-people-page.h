/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "session/meir.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * MeirUiPeoplePage:
 *
 * Who is connected: where, with what program, how much they have, what goes on. A narrow page leaves columns
 * out; a tooltip has everything, in words.
 */
#define MEIR_UI_TYPE_PEOPLE_PAGE (meir_ui_people_page_get_type ())
G_DECLARE_FINAL_TYPE (MeirUiPeoplePage, meir_ui_people_page, MEIR_UI, PEOPLE_PAGE, GtkWidget)

/* @torrent: (nullable) */
void meir_ui_people_page_set_torrent (MeirUiPeoplePage *page, MeirTorrent *torrent);
/* What is shown comes from these parts. */
MeirSnapshotParts meir_ui_people_page_get_parts (MeirUiPeoplePage *page);
/* Sorts again at most every two seconds, and never under the pointer. */
void meir_ui_people_page_refresh (MeirUiPeoplePage *page, const MeirTorrentSnapshot *snapshot);

G_END_DECLS
