/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "swarm/meir-swarm.h"

/**
 * Simulator:
 *
 * Peers in virtual time, each with a MeirSwarm, joined by links with latency and order, each with an uplink
 * of so many bytes per second. Payload is a 64-bit mark per block. What a peer does apart from its swarm's
 * decisions is its manner.
 */
typedef struct _Simulator Simulator;

typedef enum {
  MANNER_HONEST,
  MANNER_POISON,     /* one block of every piece it sends is wrong */
  MANNER_POISON_ALL, /* every block is */
  MANNER_SILENT,     /* unchokes, and never sends */
  MANNER_REJECT,     /* unchokes, and rejects every request */
  MANNER_TRICKLE,    /* sends one byte a second */
  MANNER_FREE_RIDER, /* takes, and never unchokes */
} Manner;

typedef struct {
  Manner manner;
  gboolean seed;
  guint64 up_per_sec; /* bytes */
  gint64 latency_usec;
  guint upload_slots;
  gboolean not_fast; /* does not speak BEP 6 */
} SimulatorPeer;

typedef struct {
  guint32 n_pieces;
  guint32 piece_length;
  guint64 total_length;
  guint64 seed;
  gboolean marks; /* the disks tell marks of blocks */
} SimulatorConfig;

/* What has happened to one peer. */
typedef struct {
  gint64 completed_usec; /* 0: not yet */
  guint64 wasted;
  guint n_bad_pieces;
  guint n_bans;
  guint n_banned_honest;
  guint most_requests_out; /* to one peer */
  guint n_duplicates_outside_endgame;
  guint n_cancels;
  guint n_drops[MEIR_DROP_MAX];
} SimulatorResult;

Simulator *simulator_new (const SimulatorConfig *config);
void simulator_free (Simulator *simulator);
/* Returns the peer's index. Its address is 10.0.x.y after the index. */
guint simulator_add (Simulator *simulator, const SimulatorPeer *peer);
void simulator_connect (Simulator *simulator, guint a, guint b);
void simulator_connect_all (Simulator *simulator);
/* The connections of a peer break off. */
void simulator_leave (Simulator *simulator, guint peer);
/* What a peer wants changes, see meir_swarm_set_priorities (). */
void simulator_set_priorities (Simulator *simulator, guint peer, const guint8 *priorities);
/* Runs until all honest peers are complete or the time is reached; returns whether they are. */
gboolean simulator_run (Simulator *simulator, gint64 until_usec);
/* Checks every swarm with swarm_check () after every so many events; 0: never. */
void simulator_check_every (Simulator *simulator, guint n_events);

const SimulatorResult *simulator_result (const Simulator *simulator, guint peer);
MeirSwarm *simulator_swarm (const Simulator *simulator, guint peer);
/* Bytes of payload that went from one peer to another. */
guint64 simulator_sent (const Simulator *simulator, guint from, guint to);
/* The time at which @at banned @whom; 0: never. And pieces that failed at @at with blocks of @whom in them.
 */
gint64 simulator_banned (const Simulator *simulator, guint at, guint whom);
guint simulator_failed_with (const Simulator *simulator, guint at, guint whom);
/* A digest of every effect of every peer so far. */
guint64 simulator_trace (const Simulator *simulator);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Simulator, simulator_free)
