/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/meir-digest.h"

#include <glib.h>

G_BEGIN_DECLS

/**
 * MeirTrackerAllow:
 *
 * The info-hashes that may be tracked: changed from any thread, asked by the tracker's. Asked only when a
 * torrent is taken up, so a lock costs nothing; what is taken off the list while it is tracked waits for the
 * tracker to forget it.
 */
typedef struct _MeirTrackerAllow MeirTrackerAllow;

/* NULL: any info-hash. */
MeirTrackerAllow *meir_tracker_allow_new (const MeirInfoHash *allowed, gsize n_allowed);
void meir_tracker_allow_free (MeirTrackerAllow *allow);

/* Any thread. The list of NULL allows any. */
void meir_tracker_allow_set (MeirTrackerAllow *allow, const MeirInfoHash *allowed, gsize n_allowed);
void meir_tracker_allow_add (MeirTrackerAllow *allow, const MeirInfoHash *info_hash);
void meir_tracker_allow_remove (MeirTrackerAllow *allow, const MeirInfoHash *info_hash);
gboolean meir_tracker_allow_has (MeirTrackerAllow *allow, const MeirInfoHash *info_hash);

/* What the tracker has to forget, and that once: TRUE, @removed is filled with info-hashes to look at; FALSE:
 * the whole list has changed and everything has to be looked at. */
gboolean meir_tracker_allow_take_removed (MeirTrackerAllow *allow, GArray *removed);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MeirTrackerAllow, meir_tracker_allow_free)

G_END_DECLS
