/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tracker/meir-tracker-table.h"

#include <stdlib.h>
#include <string.h>

typedef struct _MeirTrackerSlot {
  guint32 tag;     /* high half of the hash */
  guint32 torrent; /* index + 1; 0: the slot is empty */
} Slot;

#define SLOTS_MIN   256u
#define CHUNK_BYTES (MEIR_TRACKER_CHUNK_TORRENTS * sizeof (MeirTrackerTorrent))

void
meir_tracker_table_init (MeirTrackerTable *table, const MeirTrackerSipKey *key)
{
  *table = (MeirTrackerTable){
    .n_bytes = SLOTS_MIN * sizeof (Slot),
    .key = *key,
    .slots = g_new0 (Slot, SLOTS_MIN),
    .n_slots = SLOTS_MIN,
    .chunks = g_ptr_array_new_with_free_func (free),
  };
}

void
meir_tracker_table_clear (MeirTrackerTable *table)
{
  for (guint32 index = 0; index < table->n; index++) {
    meir_tracker_peers_clear (&meir_tracker_table_get (table, index)->peers_4);
    meir_tracker_peers_clear (&meir_tracker_table_get (table, index)->peers_6);
  }
  g_ptr_array_unref (table->chunks);
  g_free (table->slots);
}

static inline guint64
hash_at (const MeirTrackerTable *table, guint32 slot)
{
  return meir_tracker_table_hash (table,
                                  &meir_tracker_table_get (table, table->slots[slot].torrent - 1)->info_hash);
}

/* The slot of the torrent, or the empty one where it would go. */
static guint32
find_slot (const MeirTrackerTable *table, const MeirInfoHash *info_hash, guint64 hash)
{
  guint32 mask = table->n_slots - 1, tag = (guint32) (hash >> 32), at = (guint32) hash & mask;

  for (; table->slots[at].torrent != 0; at = (at + 1) & mask)
    if (table->slots[at].tag == tag &&
        memcmp (&meir_tracker_table_get (table, table->slots[at].torrent - 1)->info_hash, info_hash,
                sizeof *info_hash) == 0)
      break;
  return at;
}

guint32
meir_tracker_table_find (const MeirTrackerTable *table, const MeirInfoHash *info_hash, guint64 hash)
{
  return table->slots[find_slot (table, info_hash, hash)].torrent - 1; /* NONE when 0 */
}

void
meir_tracker_table_prefetch_slot (const MeirTrackerTable *table, guint64 hash)
{
  __builtin_prefetch (&table->slots[(guint32) hash & (table->n_slots - 1)]);
}

static guint32
guess_torrent (const MeirTrackerTable *table, guint64 hash)
{
  guint32 mask = table->n_slots - 1, tag = (guint32) (hash >> 32), at = (guint32) hash & mask;

  for (; table->slots[at].torrent != 0; at = (at + 1) & mask)
    if (table->slots[at].tag == tag)
      return table->slots[at].torrent - 1;
  return MEIR_TRACKER_TORRENT_NONE;
}

void
meir_tracker_table_prefetch_torrent (const MeirTrackerTable *table, guint64 hash)
{
  guint32 index = guess_torrent (table, hash);

  if (index != MEIR_TRACKER_TORRENT_NONE)
    __builtin_prefetch (meir_tracker_table_get (table, index));
}

void
meir_tracker_table_prefetch_peers (const MeirTrackerTable *table, guint64 hash, guint family)
{
  guint32 index = guess_torrent (table, hash);
  const MeirTrackerTorrent *torrent;

  if (index == MEIR_TRACKER_TORRENT_NONE)
    return;
  torrent = meir_tracker_table_get (table, index);
  meir_tracker_peers_prefetch (family == 4 ? &torrent->peers_4 : &torrent->peers_6);
}

static inline gboolean
needs_chunk (const MeirTrackerTable *table)
{
  return table->n == table->chunks->len * MEIR_TRACKER_CHUNK_TORRENTS;
}

static inline gboolean
needs_slots (const MeirTrackerTable *table)
{
  return (table->n + 1) * 2 > table->n_slots;
}

guint64
meir_tracker_table_get_growth (const MeirTrackerTable *table)
{
  return (needs_chunk (table) ? CHUNK_BYTES : 0) + (needs_slots (table) ? table->n_slots * sizeof (Slot) : 0);
}

/* On a border of cache lines, so that a torrent is in one. */
static gboolean
add_chunk (MeirTrackerTable *table)
{
  MeirTrackerTorrent *chunk = aligned_alloc (sizeof (MeirTrackerTorrent), CHUNK_BYTES);

  if (chunk == NULL)
    return FALSE;
  g_ptr_array_add (table->chunks, chunk);
  table->n_bytes += CHUNK_BYTES;
  return TRUE;
}

static gboolean
grow_slots (MeirTrackerTable *table)
{
  guint32 n_slots = table->n_slots * 2, mask = n_slots - 1;
  Slot *slots = g_try_new0 (Slot, n_slots);

  if (slots == NULL)
    return FALSE;
  for (guint32 slot = 0; slot < table->n_slots; slot++) {
    guint32 at;

    if (table->slots[slot].torrent == 0)
      continue;
    /* A slot has half of the hash only, and not the half that is needed here. */
    for (at = (guint32) hash_at (table, slot) & mask; slots[at].torrent != 0; at = (at + 1) & mask)
      ;
    slots[at] = table->slots[slot];
  }
  g_free (table->slots);
  table->slots = slots;
  table->n_bytes += (guint64) (n_slots - table->n_slots) * sizeof (Slot);
  table->n_slots = n_slots;
  return TRUE;
}

guint32
meir_tracker_table_add (MeirTrackerTable *table, const MeirInfoHash *info_hash, guint64 hash)
{
  guint32 index = table->n;

  if ((needs_slots (table) && !grow_slots (table)) || (needs_chunk (table) && !add_chunk (table)))
    return MEIR_TRACKER_TORRENT_NONE;
  table->n++;
  *meir_tracker_table_get (table, index) = (MeirTrackerTorrent){ .info_hash = *info_hash };
  table->slots[find_slot (table, info_hash, hash)] =
      (Slot){ .tag = (guint32) (hash >> 32), .torrent = index + 1 };
  return index;
}

/* Linear probing without tombstones: what follows the freed slot moves up as far as its own hash allows. */
static void
clear_slot (MeirTrackerTable *table, guint32 hole)
{
  guint32 mask = table->n_slots - 1;

  for (guint32 at = (hole + 1) & mask; table->slots[at].torrent != 0; at = (at + 1) & mask) {
    guint32 home = (guint32) hash_at (table, at) & mask;

    if (((at - home) & mask) >= ((at - hole) & mask)) {
      table->slots[hole] = table->slots[at];
      hole = at;
    }
  }
  table->slots[hole] = (Slot){ 0 };
}

void
meir_tracker_table_remove (MeirTrackerTable *table, guint32 index, guint32 *keep)
{
  guint32 last = table->n - 1;
  MeirTrackerTorrent *torrent = meir_tracker_table_get (table, index);

  clear_slot (table,
              find_slot (table, &torrent->info_hash, meir_tracker_table_hash (table, &torrent->info_hash)));
  meir_tracker_peers_clear (&torrent->peers_4);
  meir_tracker_peers_clear (&torrent->peers_6);
  if (index != last) {
    guint32 slot;

    *torrent = *meir_tracker_table_get (table, last);
    slot = find_slot (table, &torrent->info_hash, meir_tracker_table_hash (table, &torrent->info_hash));
    table->slots[slot].torrent = index + 1;
  }
  if (keep != NULL && *keep == last)
    *keep = index;
  table->n--;
  /* One empty chunk stays, so that coming and going at its border costs nothing. */
  if (table->n + 2 * MEIR_TRACKER_CHUNK_TORRENTS <= table->chunks->len * MEIR_TRACKER_CHUNK_TORRENTS) {
    g_ptr_array_set_size (table->chunks, (int) table->chunks->len - 1);
    table->n_bytes -= CHUNK_BYTES;
  }
}
