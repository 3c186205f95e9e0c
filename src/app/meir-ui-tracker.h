/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "session/meir.h"
#include "tracker/meir-tracker.h"

G_BEGIN_DECLS

/**
 * MeirUiTracker:
 *
 * The in-process tracker behind its switch: off until :active is set. Whom it answers and what it tracks are
 * the settings tracker-audience and tracker-torrents, which count at once; whether it runs is remembered in
 * tracker-active, once it does. Main thread.
 *
 * Properties: :active (boolean), :address (string, nullable: what to give out while it runs), :problem
 * (string, nullable: why it could not be started).
 */
#define MEIR_UI_TYPE_TRACKER (meir_ui_tracker_get_type ())
G_DECLARE_FINAL_TYPE (MeirUiTracker, meir_ui_tracker, MEIR_UI, TRACKER, GObject)

MeirUiTracker *meir_ui_tracker_new (void);
/* Starts it when it ran the last time. */
void meir_ui_tracker_restore (MeirUiTracker *tracker);
gboolean meir_ui_tracker_get_active (MeirUiTracker *tracker);
const char *meir_ui_tracker_get_address (MeirUiTracker *tracker);
/* Who cannot use the address, in a sentence: (transfer full) (nullable) */
char *meir_ui_tracker_dup_warning (MeirUiTracker *tracker);

/* What is the user's own: kept while it is off, too. */
void meir_ui_tracker_allow (MeirUiTracker *tracker, const MeirInfoHash *info_hash);
void meir_ui_tracker_disallow (MeirUiTracker *tracker, const MeirInfoHash *info_hash);

/* Zeros while it is off. */
void meir_ui_tracker_get_counters (MeirUiTracker *tracker, MeirTrackerCounters *counters);
/* (transfer full) (nullable) (element-type MeirTrackerListed): NULL while it is off; see
 * meir_tracker_ref_torrents (). */
GArray *meir_ui_tracker_ref_torrents (MeirUiTracker *tracker);

G_END_DECLS
