/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "discover/meir-announce-plan.h"
#include "discover/meir-announce-url.h"
#include "discover/meir-announcer.h"

G_BEGIN_DECLS

/**
 * MeirAnnounceRecord:
 * @url: (nullable): NULL when the address cannot be used
 * @shown: the address, safe to show
 * @is_double: it stands in the list before, and is asked there
 * @tier: from 0
 * @state: never MEIR_TRACKER_DISABLED without @plan's disabled
 * @plan: when it is asked
 * @knows_us: it took "started", and since then no "stopped" was sent
 * @sent: the event of the announce under way
 * @sent_usec: when that was sent
 * @call: (nullable): the announce under way
 * @owner: the announcer, for the callback of @call
 * @message: what there is to say now; never NULL
 * @error: (nullable): the last failure
 * @refusal: (nullable): the tracker's own words, where the last failure was its refusal
 *
 * What an announcer knows about one tracker.
 */
typedef struct {
  MeirAnnounceUrl *url;
  char *shown;
  gboolean is_double;
  guint tier;
  MeirTrackerState state;
  MeirAnnouncePlan plan;
  gboolean knows_us;
  MeirAnnounceEvent sent;
  gint64 sent_usec;
  MeirTrackerCall *call;
  MeirAnnouncer *owner;
  guint8 tracker_id[MEIR_TRACKER_ID_MAX];
  gsize tracker_id_length;
  gint64 seeds;
  gint64 leechers;
  gint64 completed;
  char *message;
  char *error;
  char *refusal;
} MeirAnnounceRecord;

/* @seen: (element-type utf8): addresses of records made before; this one's is added. (transfer full) */
MeirAnnounceRecord *meir_announce_record_new (MeirAnnouncer *owner, const char *url, guint tier,
                                              GHashTable *seen);
/* Cancels the announce under way. */
void meir_announce_record_free (MeirAnnounceRecord *record);

/**
 * meir_announce_record_next_event:
 * @completed_due: the download has ended, and its tier has not heard of it
 * @partial_seed: see MeirAnnounceStats
 *
 * What the next announce says that is no goodbye.
 */
MeirAnnounceEvent meir_announce_record_next_event (const MeirAnnounceRecord *record, gboolean completed_due,
                                                   gboolean partial_seed);
/* The announce that says @event is on its way. */
void meir_announce_record_on_sent (MeirAnnounceRecord *record, MeirAnnounceEvent event, gint64 now_usec);
/* It was answered (as MeirTrackerCallFunc). Returns whether the tracker took it. */
gboolean meir_announce_record_on_answer (MeirAnnounceRecord *record, const MeirAnnounceReply *reply,
                                         const GError *error, guint retry_msec, gint64 now_usec,
                                         MeirPrng *prng);
/* Forgets all but the counts: the torrent has stopped. Cancels the announce under way. */
void meir_announce_record_rest (MeirAnnounceRecord *record);

/* (transfer full) */
MeirTrackerStatus *meir_announce_record_dup_status (const MeirAnnounceRecord *record, gboolean planned);

G_END_DECLS
