/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * MeirRateMeter:
 *
 * Bytes per second over a sliding window of about 5 s, from a ring of quarter-second buckets. No allocation,
 * no clock of its own. All zeros is the initial state. Not thread-safe.
 */
#define MEIR_RATE_METER_BUCKETS 20u
typedef struct {
  guint64 total;
  gint64 bucket; /* index of the newest bucket since time 0 */
  gint64 first_usec;
  guint32 bytes[MEIR_RATE_METER_BUCKETS];
} MeirRateMeter;

/* Counts @bytes at @now_usec; a time before the newest one counts as the newest. */
void meir_rate_meter_add (MeirRateMeter *meter, guint32 bytes, gint64 now_usec);
/* Bytes per second; measured over the time since the first byte while that is shorter than the window. */
guint64 meir_rate_meter_get (const MeirRateMeter *meter, gint64 now_usec);

G_END_DECLS
