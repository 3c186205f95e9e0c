/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/meir-endpoint.h"
#include "base/meir-limits.h"
#include "base/meir-random.h"

G_BEGIN_DECLS

/* Peers of one torrent and one family that one address may have, and one /64 of IPv6 (security K12). Loopback
 * is exempt: there, many peers of one machine are all there is. */
#define MEIR_TRACKER_PEERS_PER_ADDRESS 8u
/* Seconds of one unit of MeirTrackerPeer time stamps; 15 bits of them span 72 hours. */
#define MEIR_TRACKER_UNIT_SEC  8u
#define MEIR_TRACKER_UNIT_MASK 0x7fffu
/* "No such peer". */
#define MEIR_TRACKER_PEER_NONE G_MAXUINT32
/* Compact lengths (BEP 23, BEP 7). */
#define MEIR_TRACKER_COMPACT_4 6u
#define MEIR_TRACKER_COMPACT_6 18u
/* The buffer given to meir_tracker_peers_write () needs this many bytes more than it fills. */
#define MEIR_TRACKER_COMPACT_SLACK 2u

/**
 * MeirTrackerPeers:
 * @block: the peers and, above a few dozen of them, an index by address; NULL while there are none
 * @n: peers
 * @n_leechers: peers [0, n_leechers) still download; [n_leechers, n) are seeds, so both are counted exactly
 *
 * The peers of one torrent and one address family (4 or 6: every function is told which, and always the
 * same). A position is valid until the next change. Pure: no clock, no lock; memory only from
 * meir_tracker_peers_insert (), which may fail. @seed keys the index and stays the same for the life of the
 * set.
 */
typedef struct {
  guint8 *block;
  guint32 n;
  guint32 n_leechers;
} MeirTrackerPeers;

/* What is known of a peer besides its address. */
typedef struct {
  guint8 peer_id[20];
  guint32 key; /* 0: none was given */
} MeirTrackerPeerIdentity;

/* Frees the block and empties the set. */
void meir_tracker_peers_clear (MeirTrackerPeers *peers);
/* Bytes of memory that the set holds. */
gsize meir_tracker_peers_get_bytes (const MeirTrackerPeers *peers, guint family);
/* Bytes that inserting one more peer would add. */
gsize meir_tracker_peers_get_growth (const MeirTrackerPeers *peers, guint family);

/* Position of the peer with exactly this address and port, or %MEIR_TRACKER_PEER_NONE. O(1) expected. */
guint32 meir_tracker_peers_find (const MeirTrackerPeers *peers, const MeirEndpoint *endpoint, guint64 seed);
/* How many peers share @endpoint's address (for IPv6 its /64), and into @oldest the one longest silent. O(1)
 * expected as long as no address but loopback has many. */
guint meir_tracker_peers_count_address (const MeirTrackerPeers *peers, const MeirEndpoint *endpoint,
                                        guint16 now_unit, guint64 seed, guint32 *oldest);
/* Adds a peer that is not there yet: its position, or NONE when memory is refused. */
guint32 meir_tracker_peers_insert (MeirTrackerPeers *peers, const MeirEndpoint *endpoint, gboolean is_seed,
                                   const MeirTrackerPeerIdentity *identity, guint16 now_unit, guint64 seed);
void meir_tracker_peers_remove (MeirTrackerPeers *peers, guint family, guint32 position, guint64 seed);
/* Makes a peer a seed or a leecher; returns its new position. */
guint32 meir_tracker_peers_set_seed (MeirTrackerPeers *peers, guint family, guint32 position,
                                     gboolean is_seed, guint64 seed);
/* Removes every peer silent for more than @max_age_units, gives back memory. Returns how many went. */
guint32 meir_tracker_peers_expire (MeirTrackerPeers *peers, guint family, guint16 now_unit,
                                   guint max_age_units, guint64 seed);

/* Stamps: when the peer was last heard of, and whether its completion was counted. */
void meir_tracker_peers_touch (MeirTrackerPeers *peers, guint family, guint32 position, guint16 now_unit);
guint meir_tracker_peers_get_age (const MeirTrackerPeers *peers, guint family, guint32 position,
                                  guint16 now_unit);
gboolean meir_tracker_peers_get_completed (const MeirTrackerPeers *peers, guint family, guint32 position);
void meir_tracker_peers_set_completed (MeirTrackerPeers *peers, guint family, guint32 position);
MeirTrackerPeerIdentity *meir_tracker_peers_get_identity (const MeirTrackerPeers *peers, guint family,
                                                          guint32 position);
void meir_tracker_peers_get_endpoint (const MeirTrackerPeers *peers, guint family, guint32 position,
                                      MeirEndpoint *endpoint);

/**
 * meir_tracker_peers_sample:
 * @wanted: most positions to give, at most %MEIR_TRACKER_PEERS_MAX
 * @asker: position of the peer that asks, never given; or NONE
 * @leechers_only: for an asker that is a seed: two seeds have nothing to say to each other
 * @positions: (out caller-allocates): @wanted positions
 *
 * A random choice without repetition, every candidate equally likely, in O(@wanted).
 *
 * Returns: how many
 */
guint meir_tracker_peers_sample (const MeirTrackerPeers *peers, guint wanted, guint32 asker,
                                 gboolean leechers_only, MeirPrng *prng, guint32 *positions);
/* Writes peers in compact form (BEP 23, BEP 7); returns the bytes written. */
gsize meir_tracker_peers_write (const MeirTrackerPeers *peers, guint family, const guint32 *positions,
                                guint n, guint8 *compact);
/* Asks the processor for the memory that a find will touch. */
void meir_tracker_peers_prefetch (const MeirTrackerPeers *peers);

G_END_DECLS
