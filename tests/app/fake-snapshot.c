/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fake-snapshot.h"

#include <string.h>

MeirTorrentSnapshot *__real_meir_torrent_ref_snapshot (MeirTorrent *torrent, MeirSnapshotParts parts);
MeirTorrentSnapshot *__real_meir_torrent_peek_snapshot (MeirTorrent *torrent);
MeirTorrentSnapshot *__wrap_meir_torrent_ref_snapshot (MeirTorrent *torrent, MeirSnapshotParts parts);
MeirTorrentSnapshot *__wrap_meir_torrent_peek_snapshot (MeirTorrent *torrent);

static GHashTable *fakes; /* name to MeirTorrentSnapshot */
static MeirSnapshotParts last_parts;
static guint n_looks;
static gint64 look_usec;

static void
take_time (void)
{
  gint64 end_usec = look_usec > 0 ? g_get_monotonic_time () + look_usec : 0;

  while (end_usec > 0 && g_get_monotonic_time () < end_usec)
    continue;
}

static MeirTorrentSnapshot *
find (MeirTorrent *torrent)
{
  g_autofree char *name = meir_torrent_dup_name (torrent);
  MeirTorrentSnapshot *snapshot;

  n_looks++;
  take_time ();
  snapshot = fakes != NULL ? g_hash_table_lookup (fakes, name) : NULL;

  return snapshot != NULL ? meir_torrent_snapshot_ref (snapshot) : NULL;
}

MeirTorrentSnapshot *
__wrap_meir_torrent_ref_snapshot (MeirTorrent *torrent, MeirSnapshotParts parts)
{
  MeirTorrentSnapshot *snapshot = find (torrent);

  last_parts = parts;
  return snapshot != NULL ? snapshot : __real_meir_torrent_ref_snapshot (torrent, parts);
}

guint
fake_snapshot_take_n_looks (void)
{
  guint taken = n_looks;

  n_looks = 0;
  return taken;
}

void
fake_snapshot_set_look_usec (guint usec)
{
  look_usec = usec;
}

MeirSnapshotParts
fake_snapshot_get_last_parts (void)
{
  return last_parts;
}

MeirTorrentSnapshot *
__wrap_meir_torrent_peek_snapshot (MeirTorrent *torrent)
{
  MeirTorrentSnapshot *snapshot = find (torrent);

  return snapshot != NULL ? snapshot : __real_meir_torrent_peek_snapshot (torrent);
}

static void
set_cells (MeirTorrentSnapshot *snapshot, const char *cells)
{
  gsize n = strlen (cells);
  guint8 *bytes = g_malloc (n);

  snapshot->n_pieces = (guint32) n;
  for (gsize i = 0; i < n; i++) {
    bytes[i] = cells[i] == '#' ? MEIR_CELL_HAVE : cells[i] == '+' ? MEIR_CELL_ARRIVING : MEIR_CELL_MISSING;
    snapshot->n_have += bytes[i] == MEIR_CELL_HAVE;
  }
  snapshot->cells = g_bytes_new_take (bytes, n);
}

static void
unref_snapshot (gpointer snapshot)
{
  meir_torrent_snapshot_unref (snapshot);
}

void
fake_snapshot_set (const char *name, const MeirTorrentSnapshot *state, const char *cells)
{
  static guint64 serial = 1u << 20;
  MeirTorrentSnapshot *snapshot;

  if (fakes == NULL)
    fakes = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, unref_snapshot);
  if (state == NULL) {
    g_hash_table_remove (fakes, name);
    return;
  }
  snapshot = g_memdup2 (state, sizeof *state);
  g_atomic_ref_count_init (&snapshot->ref_count);
  snapshot->serial = serial++;
  snapshot->error = g_strdup (state->error);
  snapshot->bad_peer = g_strdup (state->bad_peer);
  snapshot->tracker_error = g_strdup (state->tracker_error);
  snapshot->tracker_refusal = g_strdup (state->tracker_refusal);
  snapshot->cells = state->cells != NULL ? g_bytes_ref (state->cells) : NULL;
  snapshot->availability = state->availability != NULL ? g_bytes_ref (state->availability) : NULL;
  snapshot->peers = state->peers != NULL ? g_array_ref (state->peers) : NULL;
  snapshot->trackers = state->trackers != NULL ? g_ptr_array_ref (state->trackers) : NULL;
  if (cells != NULL)
    set_cells (snapshot, cells);
  g_hash_table_insert (fakes, g_strdup (name), snapshot);
}

void
fake_snapshot_clear (void)
{
  look_usec = 0;
  g_clear_pointer (&fakes, g_hash_table_unref);
}
