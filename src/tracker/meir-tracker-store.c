/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "meir-tracker-store.h"

#include "meir-tracker-siphash.h"

#include <stdlib.h>
#include <string.h>

/* Exactly one cache line: with the table slot before it and the peers behind it, an announce touches three
 * places. */
typedef struct {
  MeirInfoHash info_hash;
  guint32 downloaded;
  guint16 heard_unit; /* of the last announce */
  guint16 swept_unit; /* of the last expiry */
  MeirTrackerPeers peers_4;
  MeirTrackerPeers peers_6;
} Torrent;

G_STATIC_ASSERT (sizeof (Torrent) == 64);

typedef struct {
  guint32 tag;     /* high half of the hash */
  guint32 torrent; /* index + 1; 0: the slot is empty */
} Slot;

#define CHUNK_TORRENTS     1024u
#define CHUNK_BYTES        (CHUNK_TORRENTS * sizeof (Torrent))
#define SLOTS_MIN          256u
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
  MeirTrackerSipKey key;
  guint64 peers_seed;
  MeirPrng prng;

  Slot *slots;
  guint32 n_slots;   /* a power of two, at least twice n_torrents */
  GPtrArray *chunks; /* torrents [0, n_torrents), without gaps */
  guint32 n_torrents;
  guint64 n_peers;
  guint64 n_seeds;
  guint64 n_bytes;

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

static inline Torrent *
get_torrent (const MeirTrackerStore *store, guint32 index)
{
  return (Torrent *) g_ptr_array_index (store->chunks, index / CHUNK_TORRENTS) + index % CHUNK_TORRENTS;
}

static inline guint32
torrent_peers (const Torrent *torrent)
{
  return torrent->peers_4.n + torrent->peers_6.n;
}

static inline guint32
torrent_leechers (const Torrent *torrent)
{
  return torrent->peers_4.n_leechers + torrent->peers_6.n_leechers;
}

static inline MeirTrackerPeers *
peers_of (Torrent *torrent, guint family)
{
  return family == 4 ? &torrent->peers_4 : &torrent->peers_6;
}

MeirTrackerStore *
meir_tracker_store_new (const MeirTrackerStoreLimits *limits, const guint8 secret[32],
                        MeirTrackerAllowFunc allow, gpointer user_data)
{
  MeirTrackerStore *store = g_new0 (MeirTrackerStore, 1);
  guint64 prng_seed;

  store->limits = *limits;
  store->allow = allow;
  store->user_data = user_data;
  memcpy (&store->key, secret, sizeof store->key);
  memcpy (&store->peers_seed, secret + 16, 8);
  memcpy (&prng_seed, secret + 24, 8);
  meir_prng_init (&store->prng, prng_seed);
  store->n_slots = SLOTS_MIN;
  store->slots = g_new0 (Slot, SLOTS_MIN);
  store->chunks = g_ptr_array_new_with_free_func (free);
  store->n_bytes = SLOTS_MIN * sizeof (Slot);
  /* One unit more, because a stamp may be as good as one unit old when it is set. */
  store->expiry_units = (2 * limits->interval_sec + MEIR_TRACKER_UNIT_SEC - 1) / MEIR_TRACKER_UNIT_SEC + 1;
  store->sweep_units = MAX (store->expiry_units / 16, 1);
  return store;
}

void
meir_tracker_store_free (MeirTrackerStore *store)
{
  for (guint32 index = 0; index < store->n_torrents; index++) {
    meir_tracker_peers_clear (&get_torrent (store, index)->peers_4);
    meir_tracker_peers_clear (&get_torrent (store, index)->peers_6);
  }
  g_ptr_array_unref (store->chunks);
  g_free (store->slots);
  g_free (store);
}

guint64
meir_tracker_store_hash (const MeirTrackerStore *store, const MeirInfoHash *info_hash)
{
  return meir_tracker_siphash (&store->key, info_hash->bytes, sizeof info_hash->bytes);
}

/* The slot of the torrent, or the empty one where it would go. */
static guint32
find_slot (const MeirTrackerStore *store, const MeirInfoHash *info_hash, guint64 hash)
{
  guint32 mask = store->n_slots - 1, tag = (guint32) (hash >> 32), at = (guint32) hash & mask;

  for (; store->slots[at].torrent != 0; at = (at + 1) & mask)
    if (store->slots[at].tag == tag && memcmp (&get_torrent (store, store->slots[at].torrent - 1)->info_hash,
                                               info_hash, sizeof *info_hash) == 0)
      break;
  return at;
}

static guint32
find_torrent (const MeirTrackerStore *store, const MeirInfoHash *info_hash, guint64 hash)
{
  return store->slots[find_slot (store, info_hash, hash)].torrent - 1; /* NONE when 0 */
}

void
meir_tracker_store_prefetch_slot (const MeirTrackerStore *store, guint64 hash)
{
  __builtin_prefetch (&store->slots[(guint32) hash & (store->n_slots - 1)]);
}

/* By tag alone: a wrong guess costs a prefetch, never a wrong answer. */
static guint32
guess_torrent (const MeirTrackerStore *store, guint64 hash)
{
  guint32 mask = store->n_slots - 1, tag = (guint32) (hash >> 32), at = (guint32) hash & mask;

  for (; store->slots[at].torrent != 0; at = (at + 1) & mask)
    if (store->slots[at].tag == tag)
      return store->slots[at].torrent - 1;
  return NONE;
}

void
meir_tracker_store_prefetch_torrent (const MeirTrackerStore *store, guint64 hash)
{
  guint32 index = guess_torrent (store, hash);

  if (index != NONE)
    __builtin_prefetch (get_torrent (store, index));
}

void
meir_tracker_store_prefetch_peers (const MeirTrackerStore *store, guint64 hash, guint family)
{
  guint32 index = guess_torrent (store, hash);

  if (index != NONE)
    meir_tracker_peers_prefetch (peers_of (get_torrent (store, index), family));
}

static inline guint64
hash_of (const MeirTrackerStore *store, const Torrent *torrent)
{
  return meir_tracker_store_hash (store, &torrent->info_hash);
}

static inline gboolean
needs_chunk (const MeirTrackerStore *store)
{
  return store->n_torrents == store->chunks->len * CHUNK_TORRENTS;
}

static inline gboolean
needs_slots (const MeirTrackerStore *store)
{
  return (store->n_torrents + 1) * 2 > store->n_slots;
}

/* On a border of cache lines, so that a torrent is in one. */
static gboolean
add_chunk (MeirTrackerStore *store)
{
  Torrent *chunk = aligned_alloc (sizeof (Torrent), CHUNK_BYTES);

  if (chunk == NULL)
    return FALSE;
  g_ptr_array_add (store->chunks, chunk);
  store->n_bytes += CHUNK_BYTES;
  return TRUE;
}

static gboolean
grow_slots (MeirTrackerStore *store)
{
  guint32 n_slots = store->n_slots * 2, mask = n_slots - 1;
  Slot *slots = g_try_new0 (Slot, n_slots);

  if (slots == NULL)
    return FALSE;
  for (guint32 i = 0; i < store->n_slots; i++) {
    guint32 at;

    if (store->slots[i].torrent == 0)
      continue;
    /* The table may outgrow what a tag and a position tell of the hash, so it is computed again. */
    at = (guint32) hash_of (store, get_torrent (store, store->slots[i].torrent - 1));
    for (at &= mask; slots[at].torrent != 0; at = (at + 1) & mask)
      ;
    slots[at] = store->slots[i];
  }
  g_free (store->slots);
  store->slots = slots;
  store->n_bytes += (guint64) (n_slots - store->n_slots) * sizeof (Slot);
  store->n_slots = n_slots;
  return TRUE;
}

/* Frees a slot of the table; what follows moves up as far as its own hash allows. */
static void
clear_slot (MeirTrackerStore *store, guint32 hole)
{
  guint32 mask = store->n_slots - 1;

  for (guint32 at = (hole + 1) & mask; store->slots[at].torrent != 0; at = (at + 1) & mask) {
    guint32 home = (guint32) hash_of (store, get_torrent (store, store->slots[at].torrent - 1)) & mask;

    if (((at - home) & mask) >= ((at - hole) & mask)) {
      store->slots[hole] = store->slots[at];
      hole = at;
    }
  }
  store->slots[hole] = (Slot){ 0 };
}

/* The last torrent moves into the gap; @keep (nullable) follows if it is that one. */
static void
forget_index (MeirTrackerStore *store, guint32 index, guint32 *keep)
{
  guint32 last = store->n_torrents - 1;
  Torrent *torrent = get_torrent (store, index);

  clear_slot (store, find_slot (store, &torrent->info_hash, hash_of (store, torrent)));
  store->n_peers -= torrent_peers (torrent);
  store->n_seeds -= torrent_peers (torrent) - torrent_leechers (torrent);
  store->n_bytes -= meir_tracker_peers_get_bytes (&torrent->peers_4, 4);
  store->n_bytes -= meir_tracker_peers_get_bytes (&torrent->peers_6, 6);
  meir_tracker_peers_clear (&torrent->peers_4);
  meir_tracker_peers_clear (&torrent->peers_6);
  if (index != last) {
    *torrent = *get_torrent (store, last);
    store->slots[find_slot (store, &torrent->info_hash, hash_of (store, torrent))].torrent = index + 1;
  }
  if (keep != NULL && *keep == last)
    *keep = index;
  store->n_torrents--;
  /* One empty chunk stays, so that coming and going at its border costs nothing. */
  if (store->n_torrents + 2 * CHUNK_TORRENTS <= store->chunks->len * CHUNK_TORRENTS) {
    g_ptr_array_set_size (store->chunks, (int) store->chunks->len - 1);
    store->n_bytes -= CHUNK_BYTES;
  }
}

/* Of a few torrents drawn at random the one that would be missed least: longest silent, where having at most
 * one peer counts as half an expiry of silence, so that made-up info-hashes go before living swarms (security
 * K11). */
static gboolean
evict_one (MeirTrackerStore *store, guint32 *keep, guint16 now_unit)
{
  guint32 victim = NONE;
  guint victim_score = 0;

  for (guint i = 0; i < EVICTION_SAMPLES && store->n_torrents > 0; i++) {
    guint32 index = meir_prng_below (&store->prng, store->n_torrents);
    const Torrent *torrent = get_torrent (store, index);
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
  for (guint i = 0; store->n_bytes + bytes > store->limits.max_bytes; i++)
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
  hash = meir_tracker_siphash (&store->key, source->bytes, source->family == 4 ? 4 : 8);
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
  guint64 bytes = 0;

  if (store->allow != NULL && !store->allow (announce->info_hash, store->user_data))
    return MEIR_TRACKER_NOT_ALLOWED;
  if (!source_may_take_up (store, &announce->endpoint, now_usec))
    return MEIR_TRACKER_TOO_MANY;
  if (store->n_torrents >= store->limits.max_torrents && !evict_one (store, NULL, now_unit))
    return MEIR_TRACKER_FULL;
  if (needs_chunk (store))
    bytes += CHUNK_BYTES;
  if (needs_slots (store))
    bytes += (guint64) store->n_slots * sizeof (Slot);
  if (!make_room (store, bytes, NULL, now_unit))
    return MEIR_TRACKER_FULL;
  if ((needs_slots (store) && !grow_slots (store)) || (needs_chunk (store) && !add_chunk (store)))
    return MEIR_TRACKER_FULL;

  *index = store->n_torrents++;
  *get_torrent (store, *index) = (Torrent){ .info_hash = *announce->info_hash, .swept_unit = now_unit };
  store->slots[find_slot (store, announce->info_hash, hash)] =
      (Slot){ .tag = (guint32) (hash >> 32), .torrent = *index + 1 };
  return MEIR_TRACKER_ACCEPTED;
}

static void
expire_torrent (MeirTrackerStore *store, Torrent *torrent, guint16 now_unit)
{
  guint32 seeds = torrent_peers (torrent) - torrent_leechers (torrent);

  torrent->swept_unit = now_unit;
  for (guint family = 4; family <= 6; family += 2) {
    MeirTrackerPeers *peers = peers_of (torrent, family);

    if (peers->n == 0)
      continue;
    store->n_bytes -= meir_tracker_peers_get_bytes (peers, family);
    store->n_peers -=
        meir_tracker_peers_expire (peers, family, now_unit, store->expiry_units, store->peers_seed);
    store->n_bytes += meir_tracker_peers_get_bytes (peers, family);
  }
  store->n_seeds -= seeds - (torrent_peers (torrent) - torrent_leechers (torrent));
}

static inline void
expire_if_due (MeirTrackerStore *store, Torrent *torrent, guint16 now_unit)
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
    store->n_bytes += growth;
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
select_counts (const Torrent *torrent, MeirTrackerSelection *selection)
{
  selection->leechers = torrent_leechers (torrent);
  selection->seeds = torrent_peers (torrent) - selection->leechers;
  selection->downloaded = torrent->downloaded;
}

static void
select_peers (MeirTrackerStore *store, const Torrent *torrent, const MeirTrackerAnnounce *announce,
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
  guint32 index = find_torrent (store, announce->info_hash, hash), position;
  gboolean stopped = announce->event == MEIR_ANNOUNCE_EVENT_STOPPED;
  Torrent *torrent;
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

void
meir_tracker_store_scrape (MeirTrackerStore *store, const MeirInfoHash *info_hash, gint64 now_usec,
                           MeirTrackerSelection *selection)
{
  guint32 index = find_torrent (store, info_hash, meir_tracker_store_hash (store, info_hash));

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
  n = (guint32) ((guint64) store->n_torrents * (guint64) passed_usec / (guint64) round_usec) + 1;
  for (n = MIN (n, store->n_torrents); n > 0; n--) {
    Torrent *torrent;

    if (store->sweep_at >= store->n_torrents)
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
  guint32 index = find_torrent (store, info_hash, meir_tracker_store_hash (store, info_hash));

  if (index != NONE)
    forget_index (store, index, NULL);
}

void
meir_tracker_store_recheck_allowed (MeirTrackerStore *store)
{
  /* Downwards: what fills a gap was looked at already. */
  for (guint32 index = store->n_torrents; store->allow != NULL && index-- > 0;)
    if (!store->allow (&get_torrent (store, index)->info_hash, store->user_data))
      forget_index (store, index, NULL);
}

guint32
meir_tracker_store_get_torrents (const MeirTrackerStore *store)
{
  return store->n_torrents;
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

guint64
meir_tracker_store_get_bytes (const MeirTrackerStore *store)
{
  return store->n_bytes;
}
