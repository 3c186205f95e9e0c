/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/meir-digest.h"
#include "base/meir-endpoint.h"
#include "base/meir-limits.h"
#include "wire/meir-handshake.h"

#include <glib.h>

G_BEGIN_DECLS

/* What is said to trackers and what they answer, over HTTP (BEP 3, 7, 23, 24, 31, 48) and UDP (BEP 15) alike.
 */

/* A count the tracker did not give. */
#define MEIR_COUNT_UNKNOWN G_MAXUINT32
/* MeirAnnounceReply.retry_sec: the tracker asks never to come back (BEP 31). */
#define MEIR_RETRY_NEVER G_MAXUINT32
/* Longest tracker id kept, bytes. */
#define MEIR_TRACKER_ID_MAX 256u

/* With the numbers of BEP 15, which has none for the last. */
typedef enum {
  MEIR_ANNOUNCE_EVENT_NONE = 0,
  MEIR_ANNOUNCE_EVENT_COMPLETED = 1,
  MEIR_ANNOUNCE_EVENT_STARTED = 2,
  MEIR_ANNOUNCE_EVENT_STOPPED = 3,
  MEIR_ANNOUNCE_EVENT_PAUSED = 4, /* still here, but wants nothing more: a partial seed (BEP 21) */
} MeirAnnounceEvent;

/**
 * MeirAnnounceRequest:
 * @uploaded: bytes since "started"
 * @downloaded: bytes since "started"
 * @left: bytes still to get; 0 is a seed
 * @key: a random number that stays the same while the address changes
 * @num_want: peers asked for; -1 leaves it to the tracker
 * @port: TCP port the peer listens on
 *
 * An announce. A plain value.
 */
typedef struct {
  MeirInfoHash info_hash;
  guint8 peer_id[MEIR_PEER_ID_LENGTH];
  guint64 uploaded;
  guint64 downloaded;
  guint64 left;
  MeirAnnounceEvent event;
  guint32 key;
  gint32 num_want;
  guint16 port;
} MeirAnnounceRequest;

/**
 * MeirAnnounceReply:
 * @failure: (nullable) (owned): why the tracker refuses, safe to show, at most MEIR_TRACKER_TEXT_MAX
 * characters. When it is set only @retry_sec means anything beside it
 * @warning: (nullable) (owned): what the tracker wants the user to know, as @failure
 * @tracker_id: to be given back in the next announce over HTTP, any bytes
 * @tracker_id_length: bytes of it; 0: none
 * @interval_sec: when to come back, MEIR_ANNOUNCE_INTERVAL_MIN_SEC to _MAX_SEC, not under @min_interval_sec
 * @min_interval_sec: when to come back at the earliest; 0: not said
 * @retry_sec: with @failure: when to try again; 0: not said; or MEIR_RETRY_NEVER
 * @complete: seeds, or MEIR_COUNT_UNKNOWN
 * @incomplete: leechers, likewise
 * @downloaded: finished downloads, likewise
 * @external: our address as the tracker sees it, port 0 (BEP 24); family 0: not said
 * @peers: the first @n_peers are set; every one meir_endpoint_is_usable ()
 *
 * An answer to an announce. Clear with meir_announce_reply_clear ().
 */
typedef struct {
  char *failure;
  char *warning;
  guint8 tracker_id[MEIR_TRACKER_ID_MAX];
  guint32 tracker_id_length;
  guint32 interval_sec;
  guint32 min_interval_sec;
  guint32 retry_sec;
  guint32 complete;
  guint32 incomplete;
  guint32 downloaded;
  MeirEndpoint external;
  guint32 n_peers;
  MeirEndpoint peers[MEIR_TRACKER_PEERS_MAX];
} MeirAnnounceReply;

/* The empty reply: default interval, no peers, counts unknown. Needs no clearing as long as no text is set.
 */
void meir_announce_reply_init (MeirAnnounceReply *reply);
void meir_announce_reply_clear (MeirAnnounceReply *reply);
/* Sets both intervals, clamped; @interval below 1 means not said. */
void meir_announce_reply_set_intervals (MeirAnnounceReply *reply, gint64 interval_sec,
                                        gint64 min_interval_sec);
/* Adds @peer unless it is no place for a peer, or there already are MEIR_TRACKER_PEERS_MAX. */
void meir_announce_reply_add_peer (MeirAnnounceReply *reply, const MeirEndpoint *peer);
/* Adds whole entries of BEP 23 (@family 4) or BEP 7 (6); a broken one at the end is dropped. */
void meir_announce_reply_add_compact (MeirAnnounceReply *reply, const guint8 *compact, gsize length,
                                      guint8 family);
/* Negative becomes 0, more than 31 bits G_MAXINT32. */
guint32 meir_announce_clamp_count (gint64 count);

/**
 * MeirScrapeEntry:
 * @info_hash: which torrent
 * @found: decoding: whether the tracker answered for it
 *
 * One torrent of a scrape (BEP 48, BEP 15). Counts as in MeirAnnounceReply. A plain value.
 */
typedef struct {
  MeirInfoHash info_hash;
  gboolean found;
  guint32 complete;
  guint32 downloaded;
  guint32 incomplete;
} MeirScrapeEntry;

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (MeirAnnounceReply, meir_announce_reply_clear)

G_END_DECLS
