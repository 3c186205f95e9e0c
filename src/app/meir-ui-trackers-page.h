/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "session/meir.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * MeirUiTrackersPage:
 *
 * Whom a torrent asks for people, tier by tier: what each said, and when it is asked again. Trackers can be
 * added, also by dropping an address, changed, moved and taken out.
 */
#define MEIR_UI_TYPE_TRACKERS_PAGE (meir_ui_trackers_page_get_type ())
G_DECLARE_FINAL_TYPE (MeirUiTrackersPage, meir_ui_trackers_page, MEIR_UI, TRACKERS_PAGE, GtkWidget)

/* @torrent: (nullable) */
void meir_ui_trackers_page_set_torrent (MeirUiTrackersPage *page, MeirTorrent *torrent);
/* What is shown comes from these parts. */
MeirSnapshotParts meir_ui_trackers_page_get_parts (MeirUiTrackersPage *page);
void meir_ui_trackers_page_refresh (MeirUiTrackersPage *page, const MeirTorrentSnapshot *snapshot);
/* What a tracker said and when it is asked again, in words, at a monotonic time. (transfer full) */
char *meir_ui_trackers_page_dup_text (const MeirTrackerStatus *status, gint64 now_usec);

G_END_DECLS
