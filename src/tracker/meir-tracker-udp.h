/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "tracker/meir-tracker-core.h"

G_BEGIN_DECLS

/**
 * MeirTrackerUdp:
 *
 * The UDP front end (BEP 15): receives in batches, answers with meir_tracker_udp_answer (), sends in batches.
 * Tracker's thread only, once the loop runs.
 */
typedef struct _MeirTrackerUdp MeirTrackerUdp;

/* @fds: (array length=n_fds) (transfer full): one or two bound sockets, non-blocking.
 * NULL with MEIR_ERROR_FAILED when they cannot be watched. */
MeirTrackerUdp *meir_tracker_udp_new (MeirTrackerCore *core, const int *fds, guint n_fds, GError **error);
void meir_tracker_udp_free (MeirTrackerUdp *udp);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MeirTrackerUdp, meir_tracker_udp_free)

G_END_DECLS
