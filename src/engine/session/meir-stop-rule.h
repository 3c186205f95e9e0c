/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "session/meir-session.h"

#include <glib.h>

G_BEGIN_DECLS

/**
 * meir_stop_rule_dup_reason:
 * @uploaded: bytes, earlier sessions included
 * @wanted: bytes of what a finished torrent was to get
 * @seeded_usec: time spent seeding, earlier sessions included
 *
 * Whether a finished torrent has given enough, and in which words. Nothing wanted is enough at any ratio.
 * Pure.
 *
 * Returns: (transfer full) (nullable): a sentence; NULL while it goes on
 */
char *meir_stop_rule_dup_reason (const MeirStopRule *rule, guint64 uploaded, guint64 wanted,
                                 gint64 seeded_usec);

G_END_DECLS
