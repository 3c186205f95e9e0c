/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tracker/meir-tracker-peers.h"

#include "base/meir-byte-cursor.h"

/* One block of memory holds, one after another: a Header; the records that every announce reads, densely
 * packed so that a small swarm is found in one or two cache lines; the identities, read only for dictionary
 * replies and `stopped`; and above LINEAR_MAX peers an open-addressing index of positions + 1.
 *
 * A record is the peer in compact form (BEP 23: 6 bytes, BEP 7: 18) followed by a 16-bit stamp: the unit of
 * time it was last heard in, times two, plus one when its completion was counted. */
typedef struct {
  guint32 capacity;
  guint32 index_slots; /* a power of two, at least twice the capacity; 0 without an index */
} Header;

#define CAPACITY_MIN 4u
#define LINEAR_MAX   32u
/* The 6 bytes of a compact IPv4 peer within the 8 of its record. */
#define RECORD_4_KEY GUINT64_FROM_LE (G_GUINT64_CONSTANT (0x0000ffffffffffff))

static inline guint
compact_length (guint family)
{
  return family == 4 ? MEIR_TRACKER_COMPACT_4 : MEIR_TRACKER_COMPACT_6;
}

static inline guint
record_length (guint family)
{
  return compact_length (family) + sizeof (guint16);
}

static inline Header *
get_header (const MeirTrackerPeers *peers)
{
  return (gpointer) peers->block;
}

static inline guint8 *
get_record (const MeirTrackerPeers *peers, guint family, guint32 position)
{
  return peers->block + sizeof (Header) + (gsize) position * record_length (family);
}

static inline guint32 *
get_index (const MeirTrackerPeers *peers, guint family)
{
  gsize capacity = get_header (peers)->capacity;

  return (gpointer) (peers->block + sizeof (Header) +
                     capacity * (record_length (family) + sizeof (MeirTrackerPeerIdentity)));
}

MeirTrackerPeerIdentity *
meir_tracker_peers_get_identity (const MeirTrackerPeers *peers, guint family, guint32 position)
{
  gsize capacity = get_header (peers)->capacity;
  MeirTrackerPeerIdentity *identities =
      (gpointer) (peers->block + sizeof (Header) + capacity * record_length (family));

  return identities + position;
}

static inline guint16
get_stamp (const guint8 *record, guint family)
{
  guint16 stamp;

  memcpy (&stamp, record + compact_length (family), sizeof stamp);
  return stamp;
}

static inline void
set_stamp (guint8 *record, guint family, guint16 stamp)
{
  memcpy (record + compact_length (family), &stamp, sizeof stamp);
}

static inline guint
stamp_age (guint16 stamp, guint16 now_unit)
{
  return (guint) (now_unit - (stamp >> 1)) & MEIR_TRACKER_UNIT_MASK;
}

static gsize
block_bytes (guint32 capacity, guint family)
{
  gsize each = record_length (family) + sizeof (MeirTrackerPeerIdentity);

  if (capacity == 0)
    return 0;
  if (capacity > LINEAR_MAX)
    each += 2 * sizeof (guint32);
  return sizeof (Header) + capacity * each;
}

static inline gboolean
is_loopback (const guint8 *compact, guint family)
{
  static const guint8 loopback_6[16] = { [15] = 1 };

  return family == 4 ? compact[0] == 127 : memcmp (compact, loopback_6, sizeof loopback_6) == 0;
}

/* What the index is keyed by: the address without the port (IPv6: its /64), so that the few peers of one
 * address lie in one run and can be counted; loopback with the port, because there one address may have
 * thousands. */
static inline guint64
index_hash (const guint8 *compact, guint family, guint64 seed)
{
  guint64 word = 0;
  __uint128_t product;

  memcpy (&word, compact, family == 4 ? 4 : 8);
  if (is_loopback (compact, family))
    word ^= (guint64) meir_load_u16 (compact + compact_length (family) - 2) << 40;
  product = (__uint128_t) (word ^ seed) * (seed * 2 + G_GUINT64_CONSTANT (0x9e3779b97f4a7c15));
  return (guint64) product ^ (guint64) (product >> 64);
}

static void
index_add (MeirTrackerPeers *peers, guint family, guint32 position, guint64 seed)
{
  guint32 mask = get_header (peers)->index_slots - 1;
  guint32 *index = get_index (peers, family);
  guint32 slot = (guint32) index_hash (get_record (peers, family, position), family, seed) & mask;

  while (index[slot] != 0)
    slot = (slot + 1) & mask;
  index[slot] = position + 1;
}

/* The slot that holds @position, which is known to be there. */
static guint32
index_locate (const MeirTrackerPeers *peers, guint family, guint32 position, guint64 seed)
{
  guint32 mask = get_header (peers)->index_slots - 1;
  guint32 *index = get_index (peers, family);
  guint32 slot = (guint32) index_hash (get_record (peers, family, position), family, seed) & mask;

  while (index[slot] != position + 1)
    slot = (slot + 1) & mask;
  return slot;
}

/* Linear probing without tombstones: what follows the freed slot moves up as far as its own hash allows. */
static void
index_remove (MeirTrackerPeers *peers, guint family, guint32 position, guint64 seed)
{
  guint32 mask = get_header (peers)->index_slots - 1;
  guint32 *index = get_index (peers, family);
  guint32 hole = index_locate (peers, family, position, seed);

  for (guint32 slot = (hole + 1) & mask; index[slot] != 0; slot = (slot + 1) & mask) {
    const guint8 *record = get_record (peers, family, index[slot] - 1);
    guint32 home = (guint32) index_hash (record, family, seed) & mask;

    if (((slot - home) & mask) >= ((slot - hole) & mask)) {
      index[hole] = index[slot];
      hole = slot;
    }
  }
  index[hole] = 0;
}

static void
move_peer (MeirTrackerPeers *peers, guint family, guint32 from, guint32 to, guint64 seed)
{
  if (from == to)
    return;
  if (get_header (peers)->index_slots != 0)
    get_index (peers, family)[index_locate (peers, family, from, seed)] = to + 1;
  memcpy (get_record (peers, family, to), get_record (peers, family, from), record_length (family));
  *meir_tracker_peers_get_identity (peers, family, to) =
      *meir_tracker_peers_get_identity (peers, family, from);
}

static void
swap_peers (MeirTrackerPeers *peers, guint family, guint32 a, guint32 b, guint64 seed)
{
  guint8 record[MEIR_TRACKER_COMPACT_6 + sizeof (guint16)];
  guint8 *record_a = get_record (peers, family, a), *record_b = get_record (peers, family, b);
  MeirTrackerPeerIdentity *identity_a = meir_tracker_peers_get_identity (peers, family, a);
  MeirTrackerPeerIdentity *identity_b = meir_tracker_peers_get_identity (peers, family, b);
  MeirTrackerPeerIdentity identity = *identity_a;

  if (a == b)
    return;
  if (get_header (peers)->index_slots != 0) {
    guint32 *index = get_index (peers, family);
    guint32 slot_a = index_locate (peers, family, a, seed), slot_b = index_locate (peers, family, b, seed);

    index[slot_a] = b + 1;
    index[slot_b] = a + 1;
  }
  memcpy (record, record_a, record_length (family));
  memcpy (record_a, record_b, record_length (family));
  memcpy (record_b, record, record_length (family));
  *identity_a = *identity_b;
  *identity_b = identity;
}

/* Moves the peers into a block for @capacity of them. */
static gboolean
resize (MeirTrackerPeers *peers, guint family, guint32 capacity, guint64 seed)
{
  MeirTrackerPeers resized = { .n = peers->n, .n_leechers = peers->n_leechers };
  gsize bytes = block_bytes (capacity, family);
  Header *header;

  resized.block = g_try_malloc (bytes);
  if (resized.block == NULL)
    return FALSE;
  header = get_header (&resized);
  header->capacity = capacity;
  header->index_slots = capacity > LINEAR_MAX ? capacity * 2 : 0;
  if (peers->n != 0) {
    memcpy (get_record (&resized, family, 0), get_record (peers, family, 0),
            (gsize) peers->n * record_length (family));
    memcpy (meir_tracker_peers_get_identity (&resized, family, 0),
            meir_tracker_peers_get_identity (peers, family, 0), peers->n * sizeof (MeirTrackerPeerIdentity));
  }
  if (header->index_slots != 0) {
    memset (get_index (&resized, family), 0, header->index_slots * sizeof (guint32));
    for (guint32 position = 0; position < resized.n; position++)
      index_add (&resized, family, position, seed);
  }
  g_free (peers->block);
  *peers = resized;
  return TRUE;
}

void
meir_tracker_peers_clear (MeirTrackerPeers *peers)
{
  g_free (peers->block);
  *peers = (MeirTrackerPeers){ NULL };
}

gsize
meir_tracker_peers_get_bytes (const MeirTrackerPeers *peers, guint family)
{
  return peers->block != NULL ? block_bytes (get_header (peers)->capacity, family) : 0;
}

gsize
meir_tracker_peers_get_growth (const MeirTrackerPeers *peers, guint family)
{
  guint32 capacity;

  if (peers->block == NULL)
    return block_bytes (CAPACITY_MIN, family);
  capacity = get_header (peers)->capacity;
  return peers->n < capacity ? 0 : block_bytes (capacity * 2, family) - block_bytes (capacity, family);
}

static guint32
find_linear_4 (const MeirTrackerPeers *peers, const guint8 *compact)
{
  const guint8 *record = get_record (peers, 4, 0);
  guint64 key = 0, word;

  memcpy (&key, compact, MEIR_TRACKER_COMPACT_4);
  for (guint32 position = 0; position < peers->n; position++, record += sizeof word) {
    memcpy (&word, record, sizeof word);
    if ((word & RECORD_4_KEY) == key)
      return position;
  }
  return MEIR_TRACKER_PEER_NONE;
}

static guint32
find_linear_6 (const MeirTrackerPeers *peers, const guint8 *compact)
{
  for (guint32 position = 0; position < peers->n; position++)
    if (memcmp (get_record (peers, 6, position), compact, MEIR_TRACKER_COMPACT_6) == 0)
      return position;
  return MEIR_TRACKER_PEER_NONE;
}

guint32
meir_tracker_peers_find (const MeirTrackerPeers *peers, const MeirEndpoint *endpoint, guint64 seed)
{
  guint8 compact[MEIR_TRACKER_COMPACT_6];
  guint family = endpoint->family;
  guint32 *index;
  guint32 mask;

  if (peers->n == 0)
    return MEIR_TRACKER_PEER_NONE;
  meir_endpoint_to_compact (endpoint, compact);
  if (get_header (peers)->index_slots == 0)
    return family == 4 ? find_linear_4 (peers, compact) : find_linear_6 (peers, compact);

  index = get_index (peers, family);
  mask = get_header (peers)->index_slots - 1;
  for (guint32 slot = (guint32) index_hash (compact, family, seed) & mask; index[slot] != 0;
       slot = (slot + 1) & mask)
    if (memcmp (get_record (peers, family, index[slot] - 1), compact, compact_length (family)) == 0)
      return index[slot] - 1;
  return MEIR_TRACKER_PEER_NONE;
}

guint
meir_tracker_peers_count_address (const MeirTrackerPeers *peers, const MeirEndpoint *endpoint,
                                  guint16 now_unit, guint64 seed, guint32 *oldest)
{
  guint8 compact[MEIR_TRACKER_COMPACT_6];
  guint family = endpoint->family, network_length = family == 4 ? 4 : 8;
  gboolean indexed = peers->n != 0 && get_header (peers)->index_slots != 0;
  guint32 *index = indexed ? get_index (peers, family) : NULL;
  guint32 mask = indexed ? get_header (peers)->index_slots - 1 : 0, slot = 0, position = 0;
  guint count = 0, oldest_age = 0;

  *oldest = MEIR_TRACKER_PEER_NONE;
  meir_endpoint_to_compact (endpoint, compact);
  if (indexed)
    slot = (guint32) index_hash (compact, family, seed) & mask;
  for (;; slot = (slot + 1) & mask, position++) {
    const guint8 *record;
    guint age;

    if (indexed && index[slot] != 0)
      position = index[slot] - 1;
    else if (indexed || position >= peers->n)
      return count;
    record = get_record (peers, family, position);
    if (memcmp (record, compact, network_length) != 0)
      continue;
    count++;
    age = stamp_age (get_stamp (record, family), now_unit);
    if (*oldest == MEIR_TRACKER_PEER_NONE || age > oldest_age) {
      *oldest = position;
      oldest_age = age;
    }
  }
}

guint32
meir_tracker_peers_insert (MeirTrackerPeers *peers, const MeirEndpoint *endpoint, gboolean is_seed,
                           const MeirTrackerPeerIdentity *identity, guint16 now_unit, guint64 seed)
{
  guint family = endpoint->family;
  guint32 capacity = peers->block != NULL ? get_header (peers)->capacity : 0, position = peers->n;
  guint8 *record;

  if (peers->n == capacity && !resize (peers, family, MAX (capacity * 2, CAPACITY_MIN), seed))
    return MEIR_TRACKER_PEER_NONE;
  if (!is_seed) {
    position = peers->n_leechers;
    if (position < peers->n)
      move_peer (peers, family, position, peers->n, seed);
    peers->n_leechers++;
  }
  peers->n++;
  record = get_record (peers, family, position);
  meir_endpoint_to_compact (endpoint, record);
  set_stamp (record, family, (guint16) (now_unit << 1));
  *meir_tracker_peers_get_identity (peers, family, position) = *identity;
  if (get_header (peers)->index_slots != 0)
    index_add (peers, family, position, seed);
  return position;
}

void
meir_tracker_peers_remove (MeirTrackerPeers *peers, guint family, guint32 position, guint64 seed)
{
  if (get_header (peers)->index_slots != 0)
    index_remove (peers, family, position, seed);
  if (position < peers->n_leechers) {
    peers->n_leechers--;
    move_peer (peers, family, peers->n_leechers, position, seed);
    position = peers->n_leechers;
  }
  peers->n--;
  move_peer (peers, family, peers->n, position, seed);
}

guint32
meir_tracker_peers_set_seed (MeirTrackerPeers *peers, guint family, guint32 position, gboolean is_seed,
                             guint64 seed)
{
  guint32 boundary;

  if (is_seed == (position >= peers->n_leechers))
    return position;
  if (is_seed)
    peers->n_leechers--;
  boundary = peers->n_leechers;
  swap_peers (peers, family, position, boundary, seed);
  if (!is_seed)
    peers->n_leechers++;
  return boundary;
}

guint32
meir_tracker_peers_expire (MeirTrackerPeers *peers, guint family, guint16 now_unit, guint max_age_units,
                           guint64 seed)
{
  guint32 before = peers->n;
  guint32 capacity;

  /* Downwards: whatever fills a hole comes from a position that was looked at already. */
  for (guint32 position = before; position-- > 0;)
    if (stamp_age (get_stamp (get_record (peers, family, position), family), now_unit) > max_age_units)
      meir_tracker_peers_remove (peers, family, position, seed);

  if (peers->n == 0) {
    meir_tracker_peers_clear (peers);
    return before;
  }
  capacity = get_header (peers)->capacity;
  while (capacity > CAPACITY_MIN && peers->n <= capacity / 4)
    capacity /= 2;
  if (capacity != get_header (peers)->capacity)
    resize (peers, family, capacity, seed); /* refused memory leaves the larger block in use */
  return before - peers->n;
}

void
meir_tracker_peers_touch (MeirTrackerPeers *peers, guint family, guint32 position, guint16 now_unit)
{
  guint8 *record = get_record (peers, family, position);

  set_stamp (record, family, (guint16) (now_unit << 1 | (get_stamp (record, family) & 1)));
}

guint
meir_tracker_peers_get_age (const MeirTrackerPeers *peers, guint family, guint32 position, guint16 now_unit)
{
  return stamp_age (get_stamp (get_record (peers, family, position), family), now_unit);
}

gboolean
meir_tracker_peers_get_completed (const MeirTrackerPeers *peers, guint family, guint32 position)
{
  return get_stamp (get_record (peers, family, position), family) & 1;
}

void
meir_tracker_peers_set_completed (MeirTrackerPeers *peers, guint family, guint32 position)
{
  guint8 *record = get_record (peers, family, position);

  set_stamp (record, family, get_stamp (record, family) | 1);
}

void
meir_tracker_peers_get_endpoint (const MeirTrackerPeers *peers, guint family, guint32 position,
                                 MeirEndpoint *endpoint)
{
  meir_endpoint_from_compact (endpoint, get_record (peers, family, position), (guint8) family);
}

/* The candidates are cut into @wanted stretches of equal length and one is drawn of each; where the stretches
 * begin is drawn too, so that every candidate is as likely as any other. */
guint
meir_tracker_peers_sample (const MeirTrackerPeers *peers, guint wanted, guint32 asker, gboolean leechers_only,
                           MeirPrng *prng, guint32 *positions)
{
  guint32 range = leechers_only ? peers->n_leechers : peers->n;
  guint32 candidates = asker < range ? range - 1 : range, start;
  guint64 step, edge = 0, random = 0;

  if (wanted >= candidates) {
    guint n = 0;

    for (guint32 position = 0; position < range; position++)
      if (position != asker)
        positions[n++] = position;
    return n;
  }
  if (wanted == 0)
    return 0;
  start = meir_prng_below (prng, candidates);
  step = ((guint64) candidates << 32) / wanted;
  for (guint i = 0; i < wanted; i++, edge += step) {
    guint32 first = (guint32) (edge >> 32), length = (guint32) ((edge + step) >> 32) - first, position;

    random = i % 2 == 0 ? meir_prng_next (prng) : random >> 32;
    position = start + first + (guint32) ((guint64) (guint32) random * length >> 32);
    if (position >= candidates)
      position -= candidates;
    positions[i] = position >= asker ? position + 1 : position;
  }
  return wanted;
}

gsize
meir_tracker_peers_write (const MeirTrackerPeers *peers, guint family, const guint32 *positions, guint n,
                          guint8 *compact)
{
  if (n == 0)
    return 0;
  /* A whole record is copied each time and the next one overwrites its stamp: one move instead of two. */
  if (family == 4) {
    const guint8 *records = get_record (peers, 4, 0);

    for (guint i = 0; i < n; i++)
      memcpy (compact + i * MEIR_TRACKER_COMPACT_4, records + (gsize) positions[i] * 8, 8);
  } else {
    const guint8 *records = get_record (peers, 6, 0);

    for (guint i = 0; i < n; i++)
      memcpy (compact + i * MEIR_TRACKER_COMPACT_6, records + (gsize) positions[i] * 20, 20);
  }
  return (gsize) n * compact_length (family);
}

void
meir_tracker_peers_prefetch (const MeirTrackerPeers *peers)
{
  if (peers->block != NULL) {
    __builtin_prefetch (peers->block);
    __builtin_prefetch (peers->block + 64);
  }
}
