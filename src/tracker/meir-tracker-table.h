/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "tracker/meir-tracker-peers.h"
#include "tracker/meir-tracker-siphash.h"

#include "base/meir-digest.h"

G_BEGIN_DECLS

/* "No such torrent". */
#define MEIR_TRACKER_TORRENT_NONE G_MAXUINT32

/**
 * MeirTrackerTorrent:
 * @downloaded: completions counted
 * @heard_unit: when the last announce came, in units of %MEIR_TRACKER_UNIT_SEC
 * @swept_unit: when its peers were last looked through for silent ones
 *
 * Exactly one cache line: with the table's slot before it and the peers behind it, an announce touches three
 * places.
 */
typedef struct {
  MeirInfoHash info_hash;
  guint32 downloaded;
  guint16 heard_unit;
  guint16 swept_unit;
  MeirTrackerPeers peers_4;
  MeirTrackerPeers peers_6;
} MeirTrackerTorrent;

G_STATIC_ASSERT (sizeof (MeirTrackerTorrent) == 64);

/**
 * MeirTrackerTable:
 * @n: torrents; they have the indexes [0, @n), without gaps
 * @n_bytes: memory of the table, the peers not included
 *
 * The torrents, found by info-hash through a keyed hash, so that nobody can make many of them fall together.
 * An index is valid until the next removal, a pointer until the next change. Pure: memory apart, which is
 * tried for.
 */
typedef struct {
  guint32 n;
  guint64 n_bytes;
  /*< private >*/
  MeirTrackerSipKey key;
  struct _MeirTrackerSlot *slots; /* n_slots of them: a power of two, at least twice n */
  guint32 n_slots;
  GPtrArray *chunks;
} MeirTrackerTable;

#define MEIR_TRACKER_CHUNK_TORRENTS 1024u

void meir_tracker_table_init (MeirTrackerTable *table, const MeirTrackerSipKey *key);
/* Frees everything, the peers included. */
void meir_tracker_table_clear (MeirTrackerTable *table);

static inline MeirTrackerTorrent *
meir_tracker_table_get (const MeirTrackerTable *table, guint32 index)
{
  MeirTrackerTorrent *chunk = table->chunks->pdata[index / MEIR_TRACKER_CHUNK_TORRENTS];

  return chunk + index % MEIR_TRACKER_CHUNK_TORRENTS;
}

static inline guint64
meir_tracker_table_hash (const MeirTrackerTable *table, const MeirInfoHash *info_hash)
{
  return meir_tracker_siphash (&table->key, info_hash->bytes, sizeof info_hash->bytes);
}

/* @hash: of @info_hash, from meir_tracker_table_hash (). Index, or %MEIR_TRACKER_TORRENT_NONE. */
guint32 meir_tracker_table_find (const MeirTrackerTable *table, const MeirInfoHash *info_hash, guint64 hash);
/* Bytes that the next addition takes: mostly none. */
guint64 meir_tracker_table_get_growth (const MeirTrackerTable *table);
/* Adds a torrent that is not there yet, without peers; its index, or NONE when memory is refused. */
guint32 meir_tracker_table_add (MeirTrackerTable *table, const MeirInfoHash *info_hash, guint64 hash);
/* Removes a torrent and its peers. The last torrent takes its index; so does @keep (nullable) if it is that
 * one's. */
void meir_tracker_table_remove (MeirTrackerTable *table, guint32 index, guint32 *keep);

/* Ask the processor for the slot, then the torrent, then its peers: each needs the one before to have come.
 * By hash alone: a wrong guess costs a prefetch, never a wrong answer. */
void meir_tracker_table_prefetch_slot (const MeirTrackerTable *table, guint64 hash);
void meir_tracker_table_prefetch_torrent (const MeirTrackerTable *table, guint64 hash);
void meir_tracker_table_prefetch_peers (const MeirTrackerTable *table, guint64 hash, guint family);

G_END_DECLS
