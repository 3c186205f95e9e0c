/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/meir-buffer-pool.h"
#include "base/meir-random.h"
#include "discover/meir-tracker-client.h"
#include "disk/meir-disk.h"
#include "net/meir-greeting.h"
#include "net/meir-loop.h"
#include "session/meir-address-book.h"
#include "session/meir-mailbox.h"
#include "session/meir-session.h"
#include "session/meir-throttle.h"

#include <glib.h>

G_BEGIN_DECLS

/* Bytes read from a socket at once beside the block that is being received. */
#define MEIR_STAGING_LENGTH (256u << 10)
/* Room before the staging area where the start of a split message is put. */
#define MEIR_STAGING_HEADROOM 64u

/**
 * MeirPeerLimits:
 * @silence_usec: how long a peer may say nothing
 * @keep_alive_usec: how long we say nothing
 * @send_stall_usec: how long a peer may take nothing of what waits for it
 * @upgrade_usec: how long an upgrade to TLS may take until TLS begins
 * @keep_alive_storms: seconds in a row with too many keep-alives
 * @connections_per_address: of one address
 * @stall_usec: how long a torrent may get nothing until its place in the queue is another's
 * @loopback_is_free: whole test benches and households live behind one loopback address, where that does not
 *   count
 *
 * How patient an engine is with peers. The engine starts with the values of base/meir-limits.h; tests tighten
 * them, on the engine thread, to reach a limit without waiting for minutes.
 */
typedef struct {
  gint64 silence_usec;
  gint64 keep_alive_usec;
  gint64 send_stall_usec;
  gint64 upgrade_usec;
  guint keep_alive_storms;
  guint connections_per_address;
  gint64 stall_usec;
  gboolean loopback_is_free;
} MeirPeerLimits;

/**
 * MeirEngineSettings:
 * @limits: of all connections together
 * @stop_rule: when a finished torrent has given enough
 * @max_downloads: torrents that download at once; 0: any number
 * @max_peers: connections of all torrents together
 * @tls: between peers
 *
 * What the user sets while the session runs. A plain value.
 */
typedef struct {
  MeirRateLimits limits;
  MeirStopRule stop_rule;
  guint max_downloads;
  guint max_peers;
  MeirTlsPolicy tls;
} MeirEngineSettings;

/**
 * MeirEngine:
 *
 * The reactor: what all torrents of a session share on the engine thread. Session-internal.
 */
typedef struct _MeirEngine MeirEngine;

typedef void (*MeirEngineEventFunc) (const MeirEvent *event, gpointer user_data);

struct _MeirEngine {
  /* Immutable after construction */
  MeirMailbox *mailbox;
  char *bind_address;
  char *state_folder;
  char **tracker_pins;
  guint16 asked_port;
  guint n_workers;
  GThread *thread;
  /* Front end thread: where events go */
  MeirEngineEventFunc event_func;
  gpointer event_data;

  /* Engine thread */
  GMainContext *context;
  GMainLoop *main_loop;
  MeirLoop *loop;
  MeirDisk *disk;
  guint disk_wake_id;
  MeirGreeter *greeter;
  MeirTrackerClient *tracker_client;
  MeirBufferPool *buffers;
  MeirAddressBook *addresses;
  MeirPrng prng;
  GPtrArray *torrents;      /* MeirTorrent */
  GHashTable *by_info_hash; /* the same, by info-hash inside the torrent */
  guint8 *staging;          /* MEIR_STAGING_HEADROOM + MEIR_STAGING_LENGTH; used by one peer at a time */
  guint8 *discard;          /* MEIR_BLOCK_LENGTH bytes that nobody reads */
  GPtrArray *dirty;         /* torrents whose swarm has effects to perform */
  GPtrArray *closed;        /* peers to be freed at the end of the iteration */
  GPtrArray *held;          /* peers that wait until the disk has caught up */
  guint n_held_ticks;       /* seconds that some have waited */
  MeirTimer tick;
  MeirTimer publish;
  gint64 next_sweep_usec;
  MeirThrottle throttle;
  gint64 leave_usec; /* while closing: when what hangs is left behind */
  MeirPeerLimits limits;
  guint n_peers;
  guint n_half_open;
  guint n_checking; /* torrents that are being checked */
  MeirEngineSettings settings;
  gint reached; /* atomic: somebody outside the local network connected to us */
};

/**
 * meir_engine_new:
 *
 * Starts the engine thread and returns when it listens. Front end thread.
 *
 * Returns: (transfer full) (nullable): NULL with the errors of meir_session_new ().
 */
MeirEngine *meir_engine_new (const MeirSessionConfig *config, const MeirEngineSettings *settings,
                             MeirEngineEventFunc event_func, gpointer event_data, guint16 *port,
                             GError **error);
/* Front end thread: ends the thread and frees. FALSE when torrents have not come to their end, for the disk
 * does not answer: all that they and the disk's workers may still touch is left behind then, for the process
 * ends with it. */
gboolean meir_engine_free (MeirEngine *engine);

/* Engine thread. */
void meir_engine_add_torrent (MeirEngine *engine, MeirTorrent *torrent);
void meir_engine_remove_torrent (MeirEngine *engine, MeirTorrent *torrent);
/* (transfer none) (nullable) */
MeirTorrent *meir_engine_find_torrent (MeirEngine *engine, const MeirInfoHash *info_hash);
/* The torrent's swarm is run at the end of this iteration. */
void meir_engine_mark_dirty (MeirEngine *engine, MeirTorrent *torrent);
/* Whether the disk has more than it can take: receivers wait. */
gboolean meir_engine_disk_is_behind (MeirEngine *engine);
/* Whether it has been so for seconds on end: what does not come then is not the peers' fault. */
gboolean meir_engine_disk_is_stuck (MeirEngine *engine);
/* Whether one more connection may be had, and to or from this address. */
gboolean meir_engine_may_connect (MeirEngine *engine, const MeirEndpoint *endpoint);
/* meir-engine-settings.c */
/* Takes effect at once: connections that do not fit the new settings are closed. */
void meir_engine_apply_settings (MeirEngine *engine, const MeirEngineSettings *settings);
/**
 * meir_engine_listen:
 * @port: 0 for any that is free
 *
 * Listens on another port from now on; trackers hear of it with the next announce. Connections stay. Whether
 * people from outside find this one is not known yet.
 *
 * Returns: FALSE, and all stays as it was, with the errors of meir_greeter_listen ().
 */
gboolean meir_engine_listen (MeirEngine *engine, guint16 port, GError **error);
/* Hangs up on an address and refuses it as long as the session lasts. */
void meir_engine_ban (MeirEngine *engine, const MeirEndpoint *endpoint);
/* Puts the torrents of @order (element-type MeirTorrent) into that order among themselves, and so in the
 * queue.
 */
void meir_engine_set_order (MeirEngine *engine, GPtrArray *order);

/* Decides who downloads and who waits; see meir_queue_decide (). */
void meir_engine_review_queue (MeirEngine *engine, gboolean in_order);

/* Snapshots are wanted: publishes them every tenth of a second for a while. */
void meir_engine_start_publishing (MeirEngine *engine);
/* Sends an event to the front end. @text is copied. Any thread. */
void meir_engine_emit (MeirEngine *engine, MeirTorrent *torrent, MeirEventKind kind, guint32 piece,
                       const char *text);

/* Asserts that this is the engine's thread. */
#define MEIR_ON_ENGINE(engine) g_assert (g_main_context_is_owner ((engine)->context))

G_END_DECLS
