/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/meir-token-bucket.h"
#include "net/meir-loop.h"

#include <glib.h>

G_BEGIN_DECLS

typedef struct _MeirEngine MeirEngine;
typedef struct _MeirTorrent MeirTorrent;
typedef struct _MeirPeer MeirPeer;

/**
 * MeirDirection:
 *
 * Each has limits of its own.
 */
typedef enum {
  MEIR_DOWN,
  MEIR_UP,
  MEIR_N_DIRECTIONS,
} MeirDirection;

/**
 * MeirThrottle:
 *
 * The rate limits of the session and of its torrents, performed. Who wants to read or to send a block asks
 * first, and gets a grant of bytes, taken out of both buckets; who gets none waits in line, without being
 * woken for what the socket has, until a timer hands out what has come in meanwhile: in turn among torrents,
 * and among the peers of each. A block that is being sent is finished before another is begun, so that
 * messages, which never wait, are not stuck behind half a block for long; they are counted, though. Where
 * there is no limit it costs two comparisons a system call. Engine thread only.
 */
typedef struct {
  MeirTokenBucket buckets[MEIR_N_DIRECTIONS];
  guint n_waiting[MEIR_N_DIRECTIONS];
  guint turn;       /* which torrent begins */
  GPtrArray *order; /* MeirTorrent: who takes part in this round */
  MeirTimer timer;
} MeirThrottle;

/* Of one torrent. */
typedef struct {
  MeirTokenBucket bucket;
  GQueue waiting; /* MeirPeer, by their links */
} MeirTorrentThrottle;

/* Of one connection. */
typedef struct {
  GList link; /* data: the peer; NULL while it does not wait */
  gsize grant;
  gsize need; /* while waiting: bytes to the end of its block; 0: any number will do */
} MeirPeerThrottle;

void meir_throttle_init (MeirThrottle *throttle);
void meir_throttle_clear (MeirThrottle *throttle, MeirLoop *loop);
/* The limits may be others now: those of the session, or of @torrent. Who waits for what is no longer limited
 * goes on at once. */
void meir_throttle_set_session (MeirEngine *engine, guint64 down_per_sec, guint64 up_per_sec);
void meir_throttle_set_torrent (MeirTorrent *torrent, guint64 down_per_sec, guint64 up_per_sec);

gboolean meir_throttle_is_limited (MeirPeer *peer, MeirDirection direction);
/**
 * meir_throttle_ask:
 * @need: bytes to the end of the block to be sent; 0: as many as there are
 * @begun: some of that block has been sent
 *
 * Returns: how many bytes may go now; G_MAXSIZE without a limit; 0: waits, and is made ready when its turn
 * has come
 */
gsize meir_throttle_ask (MeirPeer *peer, MeirDirection direction, gsize need, gboolean begun);
/* So many of the granted bytes have gone. */
void meir_throttle_use (MeirPeer *peer, MeirDirection direction, gsize bytes);
/* Gives the rest of a grant back: there is nothing to use it for now. */
void meir_throttle_rest (MeirPeer *peer, MeirDirection direction);
/* Bytes that went without asking. */
void meir_throttle_charge (MeirPeer *peer, MeirDirection direction, gsize bytes);
/* The connection is closed. */
void meir_throttle_leave (MeirPeer *peer);

G_END_DECLS
