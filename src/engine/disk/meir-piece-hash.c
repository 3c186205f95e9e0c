/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "disk/meir-piece-hash.h"

#include "disk/meir-storage-private.h"

#include <errno.h>
#include <string.h>

/* Bytes read back at a time when a gap closes. */
#define READ_BACK_BYTES MEIR_SEGMENT_LENGTH

MeirPieceHash *
meir_piece_hash_new (MeirStorage *storage, guint32 piece)
{
  MeirPieceHash *hash = g_new0 (MeirPieceHash, 1);

  hash->storage = meir_storage_ref (storage);
  hash->piece = piece;
  hash->size = meir_metainfo_get_piece_size (meir_storage_get_metainfo (storage), piece);
  hash->generation = storage->known_generation;
  hash->lane = meir_hash_lane_new ();
  hash->written = meir_interval_set_new ();
  return hash;
}

void
meir_piece_hash_declare_written (MeirPieceHash *hash, guint32 begin, guint32 length)
{
  g_return_if_fail (begin <= hash->size && length <= hash->size - begin);

  meir_interval_set_add (hash->written, begin, (guint64) begin + length);
}

void
meir_piece_hash_free (MeirPieceHash *hash)
{
  g_assert (!hash->is_running);
  meir_hash_lane_free (hash->lane);
  meir_interval_set_free (hash->written);
  meir_storage_unref (hash->storage);
  g_free (hash);
}

/* The bytes of a job from @skip on, segment by segment. */
static guint
make_vectors (const MeirDiskJob *job, guint32 skip, struct iovec *vectors)
{
  guint32 position = 0;
  guint n_vectors = 0;

  for (guint i = 0; i < job->n_segments && position < job->length; i++) {
    guint32 length = MIN (job->length - position, MEIR_SEGMENT_LENGTH);

    if (position + length > skip) {
      guint32 skipped = skip > position ? skip - position : 0;

      vectors[n_vectors].iov_base = job->segments[i] + skipped;
      vectors[n_vectors].iov_len = length - skipped;
      n_vectors++;
    }
    position += length;
  }
  return n_vectors;
}

/* Bytes at the beginning of the job that the digest has seen: a block that came twice. They are on disk as
 * they were hashed, and stay so. */
static guint32
get_known_length (const MeirDiskJob *job)
{
  guint32 hashed = job->hash->hashed;

  return job->begin < hashed ? MIN (hashed - job->begin, job->length) : 0;
}

/**
 * WriteRun:
 * @skip: bytes of the job that are neither hashed nor written again
 * @fed: bytes that were fed to the digest straight from memory
 *
 * A WRITE job on its way.
 */
typedef struct {
  MeirDiskJob *job;
  guint32 skip;
  guint32 fed;
  struct iovec vectors[MEIR_DISK_JOB_SEGMENTS];
  guint n_vectors;
} WriteRun;

static void
write_run_init (WriteRun *run, MeirDiskJob *job)
{
  *run = (WriteRun){ .job = job };
  if (job->hash != NULL)
    run->skip = get_known_length (job);
  run->n_vectors = make_vectors (job, run->skip, run->vectors);
  if (job->hash != NULL && job->begin + run->skip == job->hash->hashed)
    run->fed = job->length - run->skip;
}

/* Feeds the runs that continue their digests, segment beside segment, while the bytes are hot from the
 * network. */
static void
feed_runs (WriteRun *runs, guint n_runs)
{
  for (guint i = 0; i < MEIR_DISK_JOB_SEGMENTS; i++) {
    MeirHashLane *lanes[MEIR_HASHER_WIDTH_MAX];
    const guint8 *data[MEIR_HASHER_WIDTH_MAX];
    gsize lengths[MEIR_HASHER_WIDTH_MAX];
    guint n_lanes = 0;

    for (guint k = 0; k < n_runs; k++) {
      if (runs[k].fed == 0 || i >= runs[k].n_vectors)
        continue;
      lanes[n_lanes] = runs[k].job->hash->lane;
      data[n_lanes] = runs[k].vectors[i].iov_base;
      lengths[n_lanes] = runs[k].vectors[i].iov_len;
      n_lanes++;
    }
    if (n_lanes == 0)
      break;
    meir_hasher_update_many (lanes, data, lengths, n_lanes);
  }
}

/* The digest has seen bytes that may not be on disk: it begins anew, from what is. */
static void
unwind_digest (MeirPieceHash *hash)
{
  meir_interval_set_add (hash->written, 0, hash->hashed);
  hash->hashed = 0;
  meir_hash_lane_reset (hash->lane);
}

static void
set_job_error (MeirDiskJob *job, int error_number)
{
  job->error_number = error_number != 0 ? error_number : EIO;
}

/* Feeds the digest what lies on disk right behind it. */
static gboolean
read_back (MeirDiskJob *job)
{
  MeirPieceHash *hash = job->hash;
  guint64 piece_offset =
      (guint64) hash->piece * meir_metainfo_get_piece_length (meir_storage_get_metainfo (hash->storage));
  g_autofree guint8 *buffer = NULL;

  while (meir_interval_set_count (hash->written) > 0) {
    const MeirInterval *first = meir_interval_set_get (hash->written, 0);
    guint32 length = 0;
    struct iovec vector;
    const guint8 *data;

    if (first->start > hash->hashed)
      return TRUE;
    if (first->end > hash->hashed)
      length = (guint32) MIN (first->end - hash->hashed, READ_BACK_BYTES);
    if (length > 0) {
      if (buffer == NULL)
        buffer = g_malloc (READ_BACK_BYTES);
      vector = (struct iovec){ buffer, length };
      if (!meir_storage_read (hash->storage, piece_offset + hash->hashed, &vector, 1, &job->error)) {
        set_job_error (job, errno);
        return FALSE;
      }
      data = buffer;
      meir_hasher_update_many (&hash->lane, &data, &vector.iov_len, 1);
      hash->hashed += length;
    }
    meir_interval_set_remove (hash->written, 0, hash->hashed);
  }
  return TRUE;
}

static void
judge_piece (MeirDiskJob *job)
{
  MeirPieceHash *hash = job->hash;
  MeirMetainfo *metainfo = meir_storage_get_metainfo (hash->storage);
  guint8 digest[MEIR_SHA1_LENGTH];

  hash->is_judged = TRUE;
  meir_hasher_finish (hash->lane, digest);
  if (memcmp (digest, meir_metainfo_get_piece_digest (metainfo, hash->piece), sizeof digest) != 0) {
    job->verdict = MEIR_PIECE_BAD;
    return;
  }
  job->verdict = MEIR_PIECE_VERIFIED;
  /* Parts of it may have been written by an earlier process, into files that this one has not touched. */
  meir_storage_mark_unsynced (hash->storage,
                              (guint64) hash->piece * meir_metainfo_get_piece_length (metainfo), hash->size);
}

static void
finish_run (WriteRun *run)
{
  MeirDiskJob *job = run->job;
  MeirPieceHash *hash = job->hash;
  guint64 offset =
      (guint64) job->piece * meir_metainfo_get_piece_length (meir_storage_get_metainfo (job->storage)) +
      job->begin + run->skip;

  if (!meir_storage_write (job->storage, offset, run->vectors, run->n_vectors, &job->error)) {
    set_job_error (job, errno);
    if (run->fed > 0)
      unwind_digest (hash);
    return;
  }
  if (hash == NULL)
    return;
  if (run->fed > 0)
    hash->hashed += run->fed;
  else if (run->skip < job->length)
    meir_interval_set_add (hash->written, job->begin + run->skip, (guint64) job->begin + job->length);
  if (!hash->is_judged && read_back (job) && hash->hashed == hash->size)
    judge_piece (job);
}

void
meir_piece_hash_run_worker (MeirDiskJob *const *jobs, guint n_jobs)
{
  WriteRun runs[MEIR_HASHER_WIDTH_MAX];

  g_assert (n_jobs <= MEIR_HASHER_WIDTH_MAX);
  for (guint i = 0; i < n_jobs; i++)
    write_run_init (&runs[i], jobs[i]);
  feed_runs (runs, n_jobs);
  for (guint i = 0; i < n_jobs; i++)
    finish_run (&runs[i]);
}
