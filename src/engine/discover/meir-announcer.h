/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/meir-digest.h"
#include "base/meir-endpoint.h"
#include "discover/meir-tracker-client.h"

#include <glib.h>

G_BEGIN_DECLS

/**
 * MeirAnnouncer:
 *
 * Tells the trackers of one torrent about us and asks them for peers (BEP 3).
 *
 * Tiers (BEP 12): each tier is shuffled once; its trackers are asked in order until one answers, and that one
 * moves to the front of its tier. BEP 12 goes on to the next tier only when the whole one before has failed;
 * like the clients in use today, we keep one working tracker of every tier informed, because in practice each
 * tier is a swarm of its own and the letter of the BEP splits a torrent's peers among them. A tracker that is
 * silent for a while does not hold up its tier: the next one is asked meanwhile.
 *
 * Engine thread only. No hook runs from within a call, nor after meir_announcer_free (), which no hook calls.
 */
typedef struct _MeirAnnouncer MeirAnnouncer;

/**
 * MeirAnnounceStats:
 * @uploaded: payload bytes since the start of this announcer
 * @downloaded: payload bytes since the start of this announcer
 * @left: bytes still missing; 0 makes us a seed, so a magnet link without metadata gives any other number
 * @partial_seed: nothing is missing that is wanted, though not all is here: BEP 21's event is sent
 * @port: where we listen
 * @peers_wanted: how many more peers are of use; 0 for none
 */
typedef struct {
  guint64 uploaded;
  guint64 downloaded;
  guint64 left;
  gboolean partial_seed;
  guint16 port;
  guint peers_wanted;
} MeirAnnounceStats;

/**
 * MeirAnnouncerHooks:
 * @stats: fills in the figures of an announce that is about to be sent
 * @peers: a tracker gave peers: usable addresses, no duplicates, at most MEIR_TRACKER_PEERS_MAX.
 * @tracker is its address, safe to show; both are valid during the call only
 * @changed: (nullable): the state of some tracker is another now
 */
typedef struct {
  void (*stats) (gpointer user_data, MeirAnnounceStats *stats);
  void (*peers) (gpointer user_data, const MeirEndpoint *peers, guint n_peers, const char *tracker);
  void (*changed) (gpointer user_data);
} MeirAnnouncerHooks;

/**
 * MeirTrackerState:
 * @MEIR_TRACKER_IDLE: not asked yet (another of its tier works, or the announcer has not started)
 * @MEIR_TRACKER_ANNOUNCING: waiting for its answer
 * @MEIR_TRACKER_OK: it took our last announce
 * @MEIR_TRACKER_FAILED: the last announce failed; it is asked again at the next announce time
 * @MEIR_TRACKER_DISABLED: never asked again: it said so (410 Gone, "retry in: never"), or its address cannot
 * be used
 */
typedef enum {
  MEIR_TRACKER_IDLE,
  MEIR_TRACKER_ANNOUNCING,
  MEIR_TRACKER_OK,
  MEIR_TRACKER_FAILED,
  MEIR_TRACKER_DISABLED,
} MeirTrackerState;

/**
 * MeirTrackerStatus:
 * @url: as given, made safe to show
 * @tier: from 0
 * @message: what there is to say now, in words, safe to show: "Not asked yet", "It works, and named 12
 * peers", the tracker's warning, or the error. Never NULL
 * @error: (nullable): the last failure, until an announce succeeds: a sentence that names the tracker
 * @next_announce_usec: monotonic; 0 when none is planned
 * @seeds: how many the tracker counts; -1 while it has not said, as for the two below
 * @leechers: likewise
 * @completed: how many finished the download
 */
typedef struct {
  char *url;
  guint tier;
  MeirTrackerState state;
  char *message;
  char *error;
  gint64 next_announce_usec;
  gint64 seeds;
  gint64 leechers;
  gint64 completed;
} MeirTrackerStatus;

void meir_tracker_status_free (MeirTrackerStatus *status);

/**
 * meir_announcer_new:
 * @client: outlives the announcer
 * @tiers: (element-type GStrv): the tracker addresses of each tier; copied. An address that is not http,
 * https or udp stays in the status as disabled; so does one that was given before
 * @info_hash: copied
 * @peer_id: 20 bytes, copied
 * @hooks: copied
 * @user_data: for the hooks
 *
 * Nothing is sent before meir_announcer_start ().
 *
 * Returns: (transfer full): the announcer
 */
MeirAnnouncer *meir_announcer_new (MeirTrackerClient *client, GPtrArray *tiers, const MeirInfoHash *info_hash,
                                   const guint8 *peer_id, const MeirAnnouncerHooks *hooks,
                                   gpointer user_data);

/* Sends "started" to the first tracker of every tier and keeps announcing from then on. Only once, unless
 * stopped in between. */
void meir_announcer_start (MeirAnnouncer *announcer);

/* The download is complete (not: was complete at the start): sends "completed" once to every tracker that
 * knows us; further calls do nothing. */
void meir_announcer_complete (MeirAnnouncer *announcer);

/* Announces to every tier as soon as the trackers' min interval allows; to those that failed, 15 s after that
 * at the earliest. */
void meir_announcer_force (MeirAnnouncer *announcer);

/**
 * meir_announcer_set_tiers:
 * @tiers: (element-type GStrv): as meir_announcer_new (); copied
 *
 * Replaces all trackers. One that is in both lists goes on undisturbed; those that are gone and may know us
 * are sent "stopped"; new ones are sent "started", unless the announcer rests.
 */
void meir_announcer_set_tiers (MeirAnnouncer *announcer, GPtrArray *tiers);

/* How long a goodbye waits for trackers at most. */
#define MEIR_ANNOUNCER_STOP_MSEC 1000u

/* @announcer may be freed from within. */
typedef void (*MeirAnnouncerStoppedFunc) (MeirAnnouncer *announcer, gpointer user_data);

/**
 * meir_announcer_stop:
 * @func: (nullable): runs once, from the loop and never from within this call, when every tracker asked has
 * answered or failed, or MEIR_ANNOUNCER_STOP_MSEC after this call
 *
 * Abandons announces under way and sends "stopped" to every tracker that may know us. A second call while
 * stopping replaces @func.
 */
void meir_announcer_stop (MeirAnnouncer *announcer, MeirAnnouncerStoppedFunc func, gpointer user_data);

/* Announces nothing more until meir_announcer_start (), which goes on where this stopped: for a while in
 * which the torrent is neither here nor gone. What is under way goes on. meir_announcer_stop () says goodbye
 * then, too. */
void meir_announcer_rest (MeirAnnouncer *announcer);

/* Abandons everything at once, without a goodbye. */
void meir_announcer_free (MeirAnnouncer *announcer);

/* Every tracker, by tier, in the order given: (transfer full) (element-type MeirTrackerStatus). */
GPtrArray *meir_announcer_dup_status (MeirAnnouncer *announcer);

/**
 * MeirAnnouncerSummary:
 * @n_trackers: each counted once
 * @n_working: took our last announce
 * @n_failed: failed, and are asked again or never
 * @error: (nullable): the last failure of the first of them; valid until the next iteration of the loop
 * @refusal: (nullable): the words of that tracker, where @error is its refusal; valid as long
 * @next_announce_usec: the next announce of any; 0 when none is planned
 */
typedef struct {
  guint n_trackers;
  guint n_working;
  guint n_failed;
  const char *error;
  const char *refusal;
  gint64 next_announce_usec;
} MeirAnnouncerSummary;

/* What the status of all adds up to; allocates nothing. */
void meir_announcer_get_summary (MeirAnnouncer *announcer, MeirAnnouncerSummary *summary);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MeirTrackerStatus, meir_tracker_status_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MeirAnnouncer, meir_announcer_free)

G_END_DECLS
