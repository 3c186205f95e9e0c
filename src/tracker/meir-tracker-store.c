/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tracker/meir-tracker-store.h"

#include "tracker/meir-tracker-table.h"

#include <string.h>

#define NONE               G_MAXUINT32
#define EVICTION_SAMPLES   16u
#define EVICTIONS_MAX      64u
#define SOURCE_COUNTERS    4096u
#define SOURCE_LIMIT_MIN   256u
#define SOURCE_LIMIT_SHARE 8u
/* A full torrent looks at this many peers for the one that gives way. */
#define PEER_SAMPLES 8u

struct _MeirTrackerStore {
  MeirTrackerStoreLimits limits;
  MeirTrackerAllowFunc allow;
  gpointer user_data;
  MeirTrackerTable table;
  guint64 peers_seed;
  MeirPrng prng;
  guint64 n_peers;
  guint64 n_seeds;
  guint64 n_peer_bytes;

  guint expiry_units;
  guint sweep_units;
  guint32 sweep_at;
  gint64 ticked_usec;

  /* Torrents taken up for each source address since the counters were last cleared (security K11). */
  guint32 taken_up[SOURCE_COUNTERS];
  gint64 cleared_usec;
};

static inline guint16
unit_of (gint64 now_usec)
{
  return (guint16) ((guint64) now_usec / (MEIR_TRACKER_UNIT_SEC * G_USEC_PER_SEC) & MEIR_TRACKER_UNIT_MASK);
}

static inline guint
units_since (guint16 then, guint16 now)
{
  return (guint) (now - then) & MEIR_TRACKER_UNIT_MASK;
}

static inline MeirTrackerTorrent *
get_torrent (const MeirTrackerStore *store, guint32 index)
{
  return meir_tracker_table_get (&store->table, index);
}

static inline guint32
torrent_peers (const MeirTrackerTorrent *torrent)
{
  return torrent->peers_4.n + torrent->peers_6.n;
}

static inline guint32
torrent_leechers (const MeirTrackerTorrent *torrent)
{
  return torrent->peers_4.n_leechers + torrent->peers_6.n_leechers;
}

static inline MeirTrackerPeers *
peers_of (MeirTrackerTorrent *torrent, guint family)
{
  return family == 4 ? &torrent->peers_4 : &torrent->peers_6;
}

MeirTrackerStore *
meir_tracker_store_new (const MeirTrackerStoreLimits *limits, const guint8 secret[32],
                        MeirTrackerAllowFunc allow, gpointer user_data)
{
  MeirTrackerStore *store = g_new0 (MeirTrackerStore, 1);
  MeirTrackerSipKey key;
  guint64 prng_seed;

  store->limits = *limits;
  store->allow = allow;
  store->user_data = user_data;
  memcpy (&key, secret, sizeof key);
  memcpy (&store->peers_seed, secret + 16, 8);
  memcpy (&prng_seed, secret + 24, 8);
  meir_tracker_table_init (&store->table, &key);
  meir_prng_init (&store->prng, prng_seed);
  /* One unit more, because a stamp may be as good as one unit old when it is set. */
  store->expiry_units = (2 * limits->interval_sec + MEIR_TRACKER_UNIT_SEC - 1) / MEIR_TRACKER_UNIT_SEC + 1;
  store->sweep_units = MAX (store->expiry_units / 16, 1);
  return store;
}

void
meir_tracker_store_free (MeirTrackerStore *store)
{
  meir_tracker_table_clear (&store->table);
  g_free (store);
}

guint64
meir_tracker_store_hash (const MeirTrackerStore *store, const MeirInfoHash *info_hash)
{
  return meir_tracker_table_hash (&store->table, info_hash);
}

void
meir_tracker_store_prefetch_slot (const MeirTrackerStore *store, guint64 hash)
{
  meir_tracker_table_prefetch_slot (&store->table, hash);
}

void
meir_tracker_store_prefetch_torrent (const MeirTrackerStore *store, guint64 hash)
{
  meir_tracker_table_prefetch_torrent (&store->table, hash);
}

void
meir_tracker_store_prefetch_peers (const MeirTrackerStore *store, guint64 hash, guint family)
{
  meir_tracker_table_prefetch_peers (&store->table, hash, family);
}

guint64
meir_tracker_store_get_bytes (const MeirTrackerStore *store)
{
  return store->table.n_bytes + store->n_peer_bytes;
}

/* @keep (nullable) is an index that stays with its torrent. */
static void
forget_index (MeirTrackerStore *store, guint32 index, guint32 *keep)
{
  const MeirTrackerTorrent *torrent = get_torrent (store, index);

  store->n_peers -= torrent_peers (torrent);
  store->n_seeds -= torrent_peers (torrent) - torrent_leechers (torrent);
  store->n_peer_bytes -= meir_tracker_peers_get_bytes (&torrent->peers_4, 4);
  store->n_peer_bytes -= meir_tracker_peers_get_bytes (&torrent->peers_6, 6);
  meir_tracker_table_remove (&store->table, index, keep);
}

/* Of a few torrents drawn at random the one that would be missed least: longest silent, where having at most
 * one peer counts as half an expiry of silence, so that made-up info-hashes go before living swarms (security
 * K11). */
static gboolean
evict_one (MeirTrackerStore *store, guint32 *keep, guint16 now_unit)
{
  guint32 victim = NONE;
  guint victim_score = 0;

  for (guint i = 0; i < EVICTION_SAMPLES && store->table.n > 0; i++) {
    guint32 index = meir_prng_below (&store->prng, store->table.n);
    const MeirTrackerTorrent *torrent = get_torrent (store, index);
    guint score;

    if (keep != NULL && index == *keep)
      continue;
    score = units_since (torrent->heard_unit, now_unit);
    if (torrent_peers (torrent) <= 1)
      score += store->expiry_units / 2;
    if (victim == NONE || score > victim_score) {
      victim = index;
      victim_score = score;
    }
  }
  if (victim == NONE)
    return FALSE;
  forget_index (store, victim, keep);
  return TRUE;
}

/* Makes room for @bytes more, at the cost of other torrents than @keep (nullable), whose index may change. */
static gboolean
make_room (MeirTrackerStore *store, guint64 bytes, guint32 *keep, guint16 now_unit)
{
  for (guint i = 0; meir_tracker_store_get_bytes (store) + bytes > store->limits.max_bytes; i++)
    if (i == EVICTIONS_MAX || !evict_one (store, keep, now_unit))
      return FALSE;
  return TRUE;
}

/* Counts torrents taken up per source, in few enough counters that they cost nothing and with so little truth
 * lost that an address rarely pays for another's flood. Loopback is the user's own machine. */
static gboolean
source_may_take_up (MeirTrackerStore *store, const MeirEndpoint *source, gint64 now_usec)
{
  guint32 limit = MAX (store->limits.max_torrents / SOURCE_LIMIT_SHARE, SOURCE_LIMIT_MIN);
  guint64 hash;

  if (meir_endpoint_is_loopback (source))
    return TRUE;
  if (now_usec - store->cleared_usec > (gint64) store->limits.interval_sec * G_USEC_PER_SEC) {
    memset (store->taken_up, 0, sizeof store->taken_up);
    store->cleared_usec = now_usec;
  }
  hash = meir_tracker_siphash (&store->table.key, source->bytes, source->family == 4 ? 4 : 8);
  if (store->taken_up[hash % SOURCE_COUNTERS] >= limit)
    return FALSE;
  store->taken_up[hash % SOURCE_COUNTERS]++;
  return TRUE;
}

static MeirTrackerVerdict
take_up (MeirTrackerStore *store, const MeirTrackerAnnounce *announce, guint64 hash, gint64 now_usec,
         guint32 *index)
{
  guint16 now_unit = unit_of (now_usec);

  if (store->allow != NULL && !store->allow (announce->info_hash, store->user_data))
    return MEIR_TRACKER_NOT_ALLOWED;
  if (!source_may_take_up (store, &announce->endpoint, now_usec))
    return MEIR_TRACKER_TOO_MANY;
  if (store->table.n >= store->limits.max_torrents && !evict_one (store, NULL, now_unit))
    return MEIR_TRACKER_FULL;
  if (!make_room (store, meir_tracker_table_get_growth (&store->table), NULL, now_unit))
    return MEIR_TRACKER_FULL;
  *index = meir_tracker_table_add (&store->table, announce->info_hash, hash);
  if (*index == NONE)
    return MEIR_TRACKER_FULL;
  get_torrent (store, *index)->swept_unit = now_unit;
  return MEIR_TRACKER_ACCEPTED;
}

static void
expire_torrent (MeirTrackerStore *store, MeirTrackerTorrent *torrent, guint16 now_unit)
{
  guint32 seeds = torrent_peers (torrent) - torrent_leechers (torrent);

  torrent->swept_unit = now_unit;
  for (guint family = 4; family <= 6; family += 2) {
    MeirTrackerPeers *peers = peers_of (torrent, family);

    if (peers->n == 0)
      continue;
    store->n_peer_bytes -= meir_tracker_peers_get_bytes (peers, family);
    store->n_peers -=
        meir_tracker_peers_expire (peers, family, now_unit, store->expiry_units, store->peers_seed);
    store->n_peer_bytes += meir_tracker_peers_get_bytes (peers, family);
  }
  store->n_seeds -= seeds - (torrent_peers (torrent) - torrent_leechers (torrent));
}

static inline void
expire_if_due (MeirTrackerStore *store, MeirTrackerTorrent *torrent, guint16 now_unit)
{
  if (units_since (torrent->swept_unit, now_unit) >= store->sweep_units)
    expire_torrent (store, torrent, now_unit);
}

static void
drop_peer (MeirTrackerStore *store, MeirTrackerPeers *peers, guint family, guint32 position)
{
  store->n_peers--;
  store->n_seeds -= position >= peers->n_leechers;
  meir_tracker_peers_remove (peers, family, position, store->peers_seed);
}

/* Room among the peers for one more: K12 for its address, then the cap of the torrent. In both cases whoever
 * was silent longest gives way, so that a peer that comes back under another port is not locked out. */
static void
make_place (MeirTrackerStore *store, MeirTrackerPeers *peers, const MeirEndpoint *endpoint, guint16 now_unit)
{
  guint32 oldest;
  guint oldest_age = 0;

  if (peers->n == 0)
    return;
  if (!meir_endpoint_is_loopback (endpoint) &&
      meir_tracker_peers_count_address (peers, endpoint, now_unit, store->peers_seed, &oldest) >=
          MEIR_TRACKER_PEERS_PER_ADDRESS)
    drop_peer (store, peers, endpoint->family, oldest);
  if (peers->n < store->limits.max_peers_per_torrent)
    return;
  oldest = NONE;
  for (guint i = 0; i < PEER_SAMPLES; i++) {
    guint32 position = meir_prng_below (&store->prng, peers->n);
    guint age = meir_tracker_peers_get_age (peers, endpoint->family, position, now_unit);

    if (oldest == NONE || age > oldest_age) {
      oldest = position;
      oldest_age = age;
    }
  }
  drop_peer (store, peers, endpoint->family, oldest);
}

/* Adds or renews the announcing peer; its position, or NONE when memory is refused. @index may change. */
static guint32
renew_peer (MeirTrackerStore *store, guint32 *index, const MeirTrackerAnnounce *announce, guint32 position,
            guint16 now_unit)
{
  guint family = announce->endpoint.family;
  MeirTrackerPeers *peers = peers_of (get_torrent (store, *index), family);
  gboolean is_seed = announce->left == 0;

  if (position != NONE) {
    gboolean was_seed = position >= peers->n_leechers;

    meir_tracker_peers_touch (peers, family, position, now_unit);
    if (was_seed != is_seed) {
      position = meir_tracker_peers_set_seed (peers, family, position, is_seed, store->peers_seed);
      store->n_seeds = is_seed ? store->n_seeds + 1 : store->n_seeds - 1;
    }
  } else {
    gsize growth;

    make_place (store, peers, &announce->endpoint, now_unit);
    growth = meir_tracker_peers_get_growth (peers, family);
    if (growth != 0 && !make_room (store, growth, index, now_unit))
      return NONE;
    peers = peers_of (get_torrent (store, *index), family);
    position = meir_tracker_peers_insert (peers, &announce->endpoint, is_seed, &announce->identity, now_unit,
                                          store->peers_seed);
    if (position == NONE)
      return NONE;
    store->n_peer_bytes += growth;
    store->n_peers++;
    store->n_seeds += is_seed;
  }
  if (announce->event == MEIR_ANNOUNCE_EVENT_COMPLETED && is_seed &&
      !meir_tracker_peers_get_completed (peers, family, position)) {
    meir_tracker_peers_set_completed (peers, family, position);
    get_torrent (store, *index)->downloaded++;
  }
  return position;
}

/* BEP 3 `stopped`. The key shows that it is the same client and not a neighbour behind the same address. */
static void
stop_peer (MeirTrackerStore *store, MeirTrackerPeers *peers, const MeirTrackerAnnounce *announce,
           guint32 position)
{
  guint family = announce->endpoint.family;
  const MeirTrackerPeerIdentity *known;

  if (position == NONE)
    return;
  known = meir_tracker_peers_get_identity (peers, family, position);
  if (known->key == 0 || known->key == announce->identity.key)
    drop_peer (store, peers, family, position);
}

/* Not the positions, of which only the first n_4 and n_6 mean anything. */
static inline void
clear_selection (MeirTrackerSelection *selection)
{
  selection->seeds = selection->leechers = selection->downloaded = 0;
  selection->n_4 = selection->n_6 = 0;
  selection->peers_4 = selection->peers_6 = NULL;
}

static void
select_counts (const MeirTrackerTorrent *torrent, MeirTrackerSelection *selection)
{
  selection->leechers = torrent_leechers (torrent);
  selection->seeds = torrent_peers (torrent) - selection->leechers;
  selection->downloaded = torrent->downloaded;
}

static void
select_peers (MeirTrackerStore *store, const MeirTrackerTorrent *torrent, const MeirTrackerAnnounce *announce,
              guint32 position, MeirTrackerSelection *selection)
{
  gboolean ask_4 = announce->endpoint.family == 4;
  const MeirTrackerPeers *own = ask_4 ? &torrent->peers_4 : &torrent->peers_6;
  const MeirTrackerPeers *other = ask_4 ? &torrent->peers_6 : &torrent->peers_4;
  guint *n_own = ask_4 ? &selection->n_4 : &selection->n_6;
  guint *n_other = ask_4 ? &selection->n_6 : &selection->n_4;
  gboolean leechers_only = announce->left == 0;

  selection->peers_4 = &torrent->peers_4;
  selection->peers_6 = &torrent->peers_6;
  *n_own = meir_tracker_peers_sample (own, announce->wanted, position, leechers_only, &store->prng,
                                      ask_4 ? selection->positions_4 : selection->positions_6);
  if (announce->other_family && other->n != 0)
    *n_other = meir_tracker_peers_sample (other, announce->wanted - *n_own, NONE, leechers_only, &store->prng,
                                          ask_4 ? selection->positions_6 : selection->positions_4);
}

MeirTrackerVerdict
meir_tracker_store_announce (MeirTrackerStore *store, const MeirTrackerAnnounce *announce, guint64 hash,
                             gint64 now_usec, MeirTrackerSelection *selection)
{
  guint16 now_unit = unit_of (now_usec);
  guint32 index = meir_tracker_table_find (&store->table, announce->info_hash, hash), position;
  gboolean stopped = announce->event == MEIR_ANNOUNCE_EVENT_STOPPED;
  MeirTrackerTorrent *torrent;
  MeirTrackerPeers *peers;

  g_return_val_if_fail (announce->wanted <= MEIR_TRACKER_PEERS_MAX, MEIR_TRACKER_FULL);

  clear_selection (selection);
  if (index == NONE) {
    MeirTrackerVerdict verdict;

    /* Who only says good-bye, or cannot be reached, is no reason to take up a torrent. */
    if (stopped || announce->endpoint.port == 0)
      return store->allow == NULL || store->allow (announce->info_hash, store->user_data)
                 ? MEIR_TRACKER_ACCEPTED
                 : MEIR_TRACKER_NOT_ALLOWED;
    verdict = take_up (store, announce, hash, now_usec, &index);
    if (verdict != MEIR_TRACKER_ACCEPTED)
      return verdict;
  }

  torrent = get_torrent (store, index);
  torrent->heard_unit = now_unit;
  expire_if_due (store, torrent, now_unit);
  peers = peers_of (torrent, announce->endpoint.family);
  position = meir_tracker_peers_find (peers, &announce->endpoint, store->peers_seed);
  if (stopped) {
    stop_peer (store, peers, announce, position);
  } else if (announce->endpoint.port != 0) {
    position = renew_peer (store, &index, announce, position, now_unit);
    if (position == NONE)
      return MEIR_TRACKER_FULL;
    torrent = get_torrent (store, index);
  }
  select_counts (torrent, selection);
  if (!stopped)
    select_peers (store, torrent, announce, position, selection);
  return MEIR_TRACKER_ACCEPTED;
}

static guint32
find_torrent (const MeirTrackerStore *store, const MeirInfoHash *info_hash)
{
  return meir_tracker_table_find (&store->table, info_hash,
                                  meir_tracker_table_hash (&store->table, info_hash));
}

void
meir_tracker_store_scrape (MeirTrackerStore *store, const MeirInfoHash *info_hash, gint64 now_usec,
                           MeirTrackerSelection *selection)
{
  guint32 index = find_torrent (store, info_hash);

  clear_selection (selection);
  if (index == NONE)
    return;
  expire_if_due (store, get_torrent (store, index), unit_of (now_usec));
  select_counts (get_torrent (store, index), selection);
}

void
meir_tracker_store_tick (MeirTrackerStore *store, gint64 now_usec)
{
  gint64 round_usec = (gint64) store->sweep_units * MEIR_TRACKER_UNIT_SEC * G_USEC_PER_SEC;
  gint64 passed_usec = MIN (now_usec - store->ticked_usec, round_usec);
  guint16 now_unit = unit_of (now_usec);
  guint32 n;

  if (passed_usec <= 0)
    return;
  store->ticked_usec = now_usec;
  n = (guint32) ((guint64) store->table.n * (guint64) passed_usec / (guint64) round_usec) + 1;
  for (n = MIN (n, store->table.n); n > 0; n--) {
    MeirTrackerTorrent *torrent;

    if (store->sweep_at >= store->table.n)
      store->sweep_at = 0;
    torrent = get_torrent (store, store->sweep_at);
    expire_torrent (store, torrent, now_unit);
    if (torrent_peers (torrent) == 0 && units_since (torrent->heard_unit, now_unit) > store->expiry_units)
      forget_index (store, store->sweep_at, NULL);
    else
      store->sweep_at++;
  }
}

void
meir_tracker_store_forget (MeirTrackerStore *store, const MeirInfoHash *info_hash)
{
  guint32 index = find_torrent (store, info_hash);

  if (index != NONE)
    forget_index (store, index, NULL);
}

void
meir_tracker_store_recheck_allowed (MeirTrackerStore *store)
{
  /* Downwards: what fills a gap was looked at already. */
  for (guint32 index = store->table.n; store->allow != NULL && index-- > 0;)
    if (!store->allow (&get_torrent (store, index)->info_hash, store->user_data))
      forget_index (store, index, NULL);
}

static guint
listed_peers (const MeirTrackerListed *listed)
{
  return listed->seeds + listed->leechers;
}

guint
meir_tracker_store_list (const MeirTrackerStore *store, guint32 n_looked_at, MeirTrackerListed *list,
                         guint max)
{
  guint n = 0;

  for (guint32 index = 0; index < MIN (store->table.n, n_looked_at); index++) {
    const MeirTrackerTorrent *torrent = get_torrent (store, index);
    guint32 peers = torrent_peers (torrent);
    guint at = n;

    /* Kept in order: most of a long table falls behind the last of a full list at once. */
    while (at > 0 && listed_peers (&list[at - 1]) < peers)
      at--;
    if (at == max)
      continue;
    n = MIN (n + 1, max);
    memmove (&list[at + 1], &list[at], (n - at - 1) * sizeof *list);
    list[at] = (MeirTrackerListed){ .info_hash = torrent->info_hash,
                                    .seeds = peers - torrent_leechers (torrent),
                                    .leechers = torrent_leechers (torrent),
                                    .downloaded = torrent->downloaded };
  }
  return n;
}

guint32
meir_tracker_store_get_torrents (const MeirTrackerStore *store)
{
  return store->table.n;
}

guint64
meir_tracker_store_get_peers (const MeirTrackerStore *store)
{
  return store->n_peers;
}

guint64
meir_tracker_store_get_seeds (const MeirTrackerStore *store)
{
  return store->n_seeds;
}
