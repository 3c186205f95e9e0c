/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "discover/meir-announcer.h"
#include "tracker-fixture.h"

G_BEGIN_DECLS

/* One torrent that announces. */
typedef struct {
  World *world;
  MeirTrackerClient *client;
  MeirAnnouncer *announcer;
  GString *peers; /* all that were given, each followed by a space */
  char *peers_from;
  guint n_peers_calls;
  guint n_stats_calls;
  guint n_changes;
  guint n_stops;
  MeirAnnounceStats stats;
  gboolean inside; /* a call into the announcer is under way: no hook may run */
} Torrent;

/* @deadlines: (nullable): the default ones. @tiers: one string a tier, addresses separated by spaces; then
 * NULL. */
Torrent *torrent_new (World *world, const MeirTrackerDeadlines *deadlines, const char *const *tiers);
void torrent_free (Torrent *torrent);

/* The calls of the announcer, in which no hook may run. torrent_complete () leaves nothing to download. */
void torrent_start (Torrent *torrent);
void torrent_complete (Torrent *torrent);
void torrent_stop (Torrent *torrent);
void torrent_stopped_cb (MeirAnnouncer *announcer, gpointer user_data);

/* Status of the tracker @index. (transfer full) */
MeirTrackerStatus *torrent_dup_status (Torrent *torrent, guint index);
MeirTrackerState torrent_get_state (Torrent *torrent, guint index);
void torrent_run_until_state (Torrent *torrent, guint index, MeirTrackerState state);

/* Scripts of trackers: one that gives two peers, or the body in its data; and one that refuses. */
void tracker_answer_peers (HttpFixture *fixture, const char *target, Answer *answer);
void tracker_refuse (HttpFixture *fixture, const char *target, Answer *answer);

/* Whether the request @index had @parameter in it. */
gboolean tracker_heard (const HttpFixture *tracker, guint index, const char *parameter);
/* @expected: the events of all requests, in order, separated by spaces. */
void tracker_assert_events (const HttpFixture *tracker, const char *expected);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Torrent, torrent_free)

G_END_DECLS
