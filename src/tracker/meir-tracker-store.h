/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "tracker/meir-tracker-peers.h"
#include "tracker/meir-tracker.h"

#include "base/meir-digest.h"
#include "wire/meir-announce.h"

G_BEGIN_DECLS

/* Peers of a reply to whoever does not say how many it wants. */
#define MEIR_TRACKER_REPLY_PEERS_DEFAULT 50u
/* Value of MeirTrackerAnnounce.left when the peer did not say. */
#define MEIR_TRACKER_LEFT_UNKNOWN G_MAXUINT64

/**
 * MeirTrackerAnnounce:
 * @info_hash: the torrent
 * @endpoint: the peer: the address the request came from, and the port it says; port 0 is answered, not
 * stored
 * @identity: its peer id and key
 * @left: bytes it still lacks; 0 makes it a seed
 * @wanted: peers wanted, at most %MEIR_TRACKER_PEERS_MAX
 * @other_family: whether peers of the other address family may be given too (BEP 7)
 */
typedef struct {
  const MeirInfoHash *info_hash;
  MeirEndpoint endpoint;
  MeirTrackerPeerIdentity identity;
  guint64 left;
  MeirAnnounceEvent event;
  guint wanted;
  gboolean other_family;
} MeirTrackerAnnounce;

/**
 * MeirTrackerVerdict:
 * @MEIR_TRACKER_ACCEPTED: the selection is filled in
 * @MEIR_TRACKER_NOT_ALLOWED: the torrent is not on the allow-list
 * @MEIR_TRACKER_TOO_MANY: this address announces more torrents than one address may
 * @MEIR_TRACKER_FULL: no memory for it
 */
typedef enum {
  MEIR_TRACKER_ACCEPTED,
  MEIR_TRACKER_NOT_ALLOWED,
  MEIR_TRACKER_TOO_MANY,
  MEIR_TRACKER_FULL,
} MeirTrackerVerdict;

/**
 * MeirTrackerSelection:
 * @seeds: peers that are complete, both families
 * @leechers: the others
 * @downloaded: completions counted since the torrent is known
 * @peers_4: (nullable): where @positions_4 point; likewise @peers_6
 * @n_4: peers chosen for the reply, IPv4; likewise @n_6
 *
 * What a reply says. Valid until the next call that changes the store. Write the peers with
 * meir_tracker_peers_write () or one by one with meir_tracker_peers_get_endpoint () and _get_identity ().
 */
typedef struct {
  guint32 seeds;
  guint32 leechers;
  guint32 downloaded;
  const MeirTrackerPeers *peers_4;
  const MeirTrackerPeers *peers_6;
  guint n_4;
  guint n_6;
  guint32 positions_4[MEIR_TRACKER_PEERS_MAX];
  guint32 positions_6[MEIR_TRACKER_PEERS_MAX];
} MeirTrackerSelection;

/**
 * MeirTrackerStoreLimits:
 * @interval_sec: announce interval; a silent peer is forgotten after twice that, and an eighth more at most
 * @max_torrents: most torrents
 * @max_peers_per_torrent: most peers of a torrent and family
 * @max_bytes: most memory
 */
typedef struct {
  guint interval_sec;
  guint max_torrents;
  guint max_peers_per_torrent;
  guint64 max_bytes;
} MeirTrackerStoreLimits;

/* Asked before a torrent is taken up. TRUE to take it. */
typedef gboolean (*MeirTrackerAllowFunc) (const MeirInfoHash *info_hash, gpointer user_data);

/**
 * MeirTrackerStore:
 *
 * Every torrent and peer the tracker knows. Pure: time comes as an argument and must not go back, no system
 * call, no lock. What an adversary could choose (info-hashes, addresses) goes through keyed hashes, and no
 * request costs more than a constant plus what it asks for.
 */
typedef struct _MeirTrackerStore MeirTrackerStore;

/* @secret: keys every hash and seeds every choice; from meir_random_bytes (), or constant in a test.
 * @allow: (nullable): NULL takes up any torrent. */
MeirTrackerStore *meir_tracker_store_new (const MeirTrackerStoreLimits *limits, const guint8 secret[32],
                                          MeirTrackerAllowFunc allow, gpointer user_data);
void meir_tracker_store_free (MeirTrackerStore *store);

/**
 * meir_tracker_store_announce:
 * @hash: what meir_tracker_store_hash () gave for the info-hash
 * @selection: (out caller-allocates): filled in when accepted
 *
 * Takes in one announce and chooses the peers for the reply: never the asking one; for a seed leechers only;
 * none for `stopped`. `stopped` takes out the peer of the same address and port, and only if it gives the key
 * that the peer was first known by (security K13). `completed` counts once per peer, and only with nothing
 * left.
 */
MeirTrackerVerdict meir_tracker_store_announce (MeirTrackerStore *store, const MeirTrackerAnnounce *announce,
                                                guint64 hash, gint64 now_usec,
                                                MeirTrackerSelection *selection);
/* Fills in the three counts, zeros for an unknown torrent (BEP 48). */
void meir_tracker_store_scrape (MeirTrackerStore *store, const MeirInfoHash *info_hash, gint64 now_usec,
                                MeirTrackerSelection *selection);

/* For a batch: hash all first, prefetch all thrice, each pass over the whole batch, then announce all. */
guint64 meir_tracker_store_hash (const MeirTrackerStore *store, const MeirInfoHash *info_hash);
void meir_tracker_store_prefetch_slot (const MeirTrackerStore *store, guint64 hash);
void meir_tracker_store_prefetch_torrent (const MeirTrackerStore *store, guint64 hash);
void meir_tracker_store_prefetch_peers (const MeirTrackerStore *store, guint64 hash, guint family);

/* To be called about once a second: forgets silent peers and empty torrents, a slice of the store each time,
 * all of it within a sixteenth of the expiry time (and 8 s at least). Cost is proportional to the time since
 * the last call. */
void meir_tracker_store_tick (MeirTrackerStore *store, gint64 now_usec);

/* Forgets one torrent. */
void meir_tracker_store_forget (MeirTrackerStore *store, const MeirInfoHash *info_hash);
/* Forgets every torrent that the allow function no longer takes. */
void meir_tracker_store_recheck_allowed (MeirTrackerStore *store);

/* Fills in the torrents with the most peers, those first: at most @max, out of the first @n_looked_at.
 * Returns how many. */
guint meir_tracker_store_list (const MeirTrackerStore *store, guint32 n_looked_at, MeirTrackerListed *list,
                               guint max);

guint32 meir_tracker_store_get_torrents (const MeirTrackerStore *store);
guint64 meir_tracker_store_get_peers (const MeirTrackerStore *store);
guint64 meir_tracker_store_get_seeds (const MeirTrackerStore *store);
guint64 meir_tracker_store_get_bytes (const MeirTrackerStore *store);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MeirTrackerStore, meir_tracker_store_free)

G_END_DECLS
