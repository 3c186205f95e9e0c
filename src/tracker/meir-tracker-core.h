/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "tracker/meir-tracker-neighbours.h"
#include "tracker/meir-tracker-siphash.h"
#include "tracker/meir-tracker-store.h"
#include "tracker/meir-tracker.h"

#include "net/meir-loop.h"

G_BEGIN_DECLS

/* MeirTrackerCore.tally is written by the tracker's thread alone, through these, and read by any: every
 * counter by itself is exact. */
static inline guint64
meir_tracker_tally_get (const guint64 *counter)
{
  return __atomic_load_n (counter, __ATOMIC_RELAXED);
}

static inline void
meir_tracker_tally_set (guint64 *counter, guint64 value)
{
  __atomic_store_n (counter, value, __ATOMIC_RELAXED);
}

/* One writer: no locked instruction is needed. */
static inline void
meir_tracker_tally_add (guint64 *counter, guint64 n)
{
  meir_tracker_tally_set (counter, meir_tracker_tally_get (counter) + n);
}

/**
 * MeirTrackerCore:
 *
 * What both front ends stand on. @tally apart, only the tracker's thread touches it once it runs.
 */
typedef struct {
  MeirLoop *loop;
  MeirTrackerStore *store;
  MeirTrackerSipKey connection_key; /* of UDP connection ids */
  MeirTrackerAudience audience;
  MeirTrackerNeighbours *neighbours; /* NULL only while the audience is anyone */
  guint interval_sec;
  guint min_interval_sec;
  MeirTrackerCounters tally; /* but its uptime */
} MeirTrackerCore;

/* Whether somebody there is answered at all. */
static inline gboolean
meir_tracker_core_admits (const MeirTrackerCore *core, const MeirEndpoint *source)
{
  return core->audience == MEIR_TRACKER_ANYONE || meir_tracker_neighbours_has (core->neighbours, source);
}

/* What a peer is told when its announce is not accepted: one sentence, short enough for a UDP reply that is
 * no longer than the request. */
static inline const char *
meir_tracker_verdict_text (MeirTrackerVerdict verdict)
{
  switch (verdict) {
  case MEIR_TRACKER_NOT_ALLOWED:
    return "This tracker does not serve this torrent";
  case MEIR_TRACKER_TOO_MANY:
    return "Too many torrents from this address";
  case MEIR_TRACKER_FULL:
  case MEIR_TRACKER_ACCEPTED:
  default:
    return "This tracker is full";
  }
}

/* How many peers to give to who wants @num_want; negative: did not say (BEP 15). */
static inline guint
meir_tracker_clamp_wanted (gint64 num_want)
{
  if (num_want < 0)
    return MEIR_TRACKER_REPLY_PEERS_DEFAULT;
  return (guint) MIN (num_want, (gint64) MEIR_TRACKER_PEERS_MAX);
}

G_END_DECLS
