/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "disk/meir-disk-check.h"

#include <errno.h>
#include <string.h>

/* Bytes a worker reads at a time, over all its lanes: they stay in the cache until they are hashed. */
#define BENCH_BYTES    (1024u << 10)
#define LANE_BYTES_MAX (512u << 10)
#define LANE_BYTES_MIN (64u << 10)

struct _MeirDiskCheckBench {
  guint width;
  gsize lane_bytes;
  MeirHashLane *lanes[MEIR_HASHER_WIDTH_MAX];
  guint8 *buffers[MEIR_HASHER_WIDTH_MAX];
};

MeirDiskCheckBench *
meir_disk_check_bench_new (void)
{
  MeirDiskCheckBench *bench = g_new0 (MeirDiskCheckBench, 1);

  bench->width = meir_hasher_get_width ();
  bench->lane_bytes = CLAMP (BENCH_BYTES / bench->width, LANE_BYTES_MIN, LANE_BYTES_MAX);
  for (guint i = 0; i < bench->width; i++) {
    bench->lanes[i] = meir_hash_lane_new ();
    bench->buffers[i] = g_malloc (bench->lane_bytes);
  }
  return bench;
}

void
meir_disk_check_bench_free (MeirDiskCheckBench *bench)
{
  for (guint i = 0; i < bench->width; i++) {
    meir_hash_lane_free (bench->lanes[i]);
    g_free (bench->buffers[i]);
  }
  g_free (bench);
}

static gboolean
is_cancelled (const MeirDiskJob *job)
{
  return job->cancelled != NULL && g_atomic_int_get (job->cancelled) != 0;
}

gboolean
meir_disk_check_take_locked (MeirDiskJob *job, guint width, MeirDiskCheckUnit *unit)
{
  MeirDiskCheck *check = job->check;
  MeirBitfield *pieces = job->pieces;

  unit->n_pieces = 0;
  if (is_cancelled (job)) {
    for (guint32 piece = meir_bitfield_next_set (pieces, check->next_piece); piece < pieces->n_bits;
         piece = meir_bitfield_next_set (pieces, piece + 1))
      meir_bitfield_unset (pieces, piece);
    check->next_piece = pieces->n_bits;
  }
  while (unit->n_pieces < width && check->next_piece < pieces->n_bits) {
    guint32 piece = meir_bitfield_next_set (pieces, check->next_piece);

    check->next_piece = MIN (piece, pieces->n_bits - 1) + 1;
    if (piece < pieces->n_bits)
      unit->pieces[unit->n_pieces++] = piece;
  }
  check->is_exhausted = check->next_piece >= pieces->n_bits;
  if (unit->n_pieces == 0)
    return FALSE;
  check->n_units++;
  return TRUE;
}

gboolean
meir_disk_check_settle_locked (MeirDiskJob *job, const MeirDiskCheckUnit *unit, GError *error,
                               int error_number)
{
  for (guint i = 0; i < unit->n_pieces; i++) {
    if (!unit->is_whole[i])
      meir_bitfield_unset (job->pieces, unit->pieces[i]);
  }
  if (error != NULL && job->error == NULL) {
    job->error = error;
    job->error_number = error_number;
  } else {
    g_clear_error (&error);
  }
  job->check->n_units--;
  return job->check->is_exhausted && job->check->n_units == 0;
}

/* A part of one piece into one buffer. FALSE when the piece cannot be whole. */
static gboolean
read_part (MeirDiskJob *job, guint32 piece, guint32 position, guint8 *buffer, gsize length, GError **failure,
           int *error_number)
{
  g_autoptr (GError) error = NULL;
  struct iovec vector = { buffer, length };
  guint32 piece_length = meir_metainfo_get_piece_length (meir_storage_get_metainfo (job->storage));

  if (meir_storage_read (job->storage, (guint64) piece * piece_length + position, &vector, 1, &error))
    return TRUE;
  if (errno != ENOENT && errno != ENODATA && *failure == NULL) {
    *error_number = errno != 0 ? errno : EIO;
    *failure = g_steal_pointer (&error);
  }
  return FALSE;
}

GError *
meir_disk_check_hash_worker (MeirDiskJob *job, MeirDiskCheckUnit *unit, MeirDiskCheckBench *bench,
                             void (*pause) (gpointer user_data), gpointer user_data, int *error_number)
{
  MeirMetainfo *metainfo = meir_storage_get_metainfo (job->storage);
  guint32 piece_length = meir_metainfo_get_piece_length (metainfo);
  GError *failure = NULL;

  *error_number = 0;
  for (guint i = 0; i < unit->n_pieces; i++)
    unit->is_whole[i] = TRUE;
  for (guint32 position = 0; position < piece_length;
       position += (guint32) MIN (bench->lane_bytes, piece_length - position)) {
    gsize lengths[MEIR_HASHER_WIDTH_MAX];

    if (position > 0)
      pause (user_data);
    for (guint i = 0; i < unit->n_pieces; i++) {
      guint32 size = meir_metainfo_get_piece_size (metainfo, unit->pieces[i]);

      if (is_cancelled (job))
        unit->is_whole[i] = FALSE;
      lengths[i] = unit->is_whole[i] && position < size ? MIN (bench->lane_bytes, size - position) : 0;
      if (lengths[i] > 0 && !read_part (job, unit->pieces[i], position, bench->buffers[i], lengths[i],
                                        &failure, error_number)) {
        unit->is_whole[i] = FALSE;
        lengths[i] = 0;
      }
    }
    meir_hasher_update_many (bench->lanes, (const guint8 *const *) bench->buffers, lengths, unit->n_pieces);
  }
  for (guint i = 0; i < unit->n_pieces; i++) {
    guint8 digest[MEIR_SHA1_LENGTH];

    meir_hasher_finish (bench->lanes[i], digest);
    if (!unit->is_whole[i])
      continue;
    unit->is_whole[i] =
        memcmp (digest, meir_metainfo_get_piece_digest (metainfo, unit->pieces[i]), sizeof digest) == 0;
    /* Whole in the page cache is not yet whole on the disk. */
    if (unit->is_whole[i])
      meir_storage_mark_unsynced (job->storage, (guint64) unit->pieces[i] * piece_length,
                                  meir_metainfo_get_piece_size (metainfo, unit->pieces[i]));
  }
  if (job->progress_pieces != NULL)
    g_atomic_int_add (job->progress_pieces, (gint) unit->n_pieces);
  return failure;
}
