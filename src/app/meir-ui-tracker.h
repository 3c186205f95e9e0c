/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "session/meir.h"

G_BEGIN_DECLS

/**
 * MeirUiTracker:
 *
 * The in-process tracker behind its switch: off until :active is set. It tracks what is shared here and
 * nothing else. Main thread.
 *
 * Properties: :active (boolean), :address (string, nullable: what to give out while it runs), :problem
 * (string, nullable: why it could not be started).
 */
#define MEIR_UI_TYPE_TRACKER (meir_ui_tracker_get_type ())
G_DECLARE_FINAL_TYPE (MeirUiTracker, meir_ui_tracker, MEIR_UI, TRACKER, GObject)

MeirUiTracker *meir_ui_tracker_new (void);
gboolean meir_ui_tracker_get_active (MeirUiTracker *tracker);
const char *meir_ui_tracker_get_address (MeirUiTracker *tracker);
/* What is tracked: kept while it is off, too. */
void meir_ui_tracker_allow (MeirUiTracker *tracker, const MeirInfoHash *info_hash);
void meir_ui_tracker_disallow (MeirUiTracker *tracker, const MeirInfoHash *info_hash);

G_END_DECLS
