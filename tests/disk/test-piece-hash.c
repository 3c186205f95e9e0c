/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "disk/meir-piece-hash.h"

#include "base/meir-error.h"
#include "base/meir-random.h"
#include "disk-fixture.h"

#include <string.h>

/* Pieces of three segments and a bit: 3 * 256 KiB + 40000. */
#define PIECE_LENGTH (3u * MEIR_SEGMENT_LENGTH + 40000u)

/* A WRITE job over the right bytes; cut into segments as a pool of segments would be. */
static void
job_init (MeirDiskJob *job, DiskFixture *fixture, MeirStorage *storage, MeirPieceHash *hash, guint32 piece,
          guint32 begin, guint32 length)
{
  guint8 *bytes = fixture->content + (gsize) piece * fixture->piece_length + begin;

  *job = (MeirDiskJob){ .kind = MEIR_DISK_WRITE,
                        .storage = storage,
                        .piece = piece,
                        .begin = begin,
                        .length = length,
                        .hash = hash };
  for (guint32 position = 0; position < length; position += MEIR_SEGMENT_LENGTH)
    job->segments[job->n_segments++] = bytes + position;
}

static MeirPieceVerdict
run (DiskFixture *fixture, MeirStorage *storage, MeirPieceHash *hash, guint32 begin, guint32 length)
{
  MeirDiskJob job;
  MeirDiskJob *jobs[] = { &job };

  job_init (&job, fixture, storage, hash, hash->piece, begin, length);
  meir_piece_hash_run_worker (jobs, 1);
  g_assert_no_error (job.error);
  return job.verdict;
}

static void
test_in_order (void)
{
  g_autoptr (DiskFixture) fixture = disk_fixture_new (PIECE_LENGTH, NULL, 2 * PIECE_LENGTH + 12345);
  g_autoptr (MeirStorage) storage = disk_fixture_prepare (fixture);

  disk_fixture_fail (FAULT_PREADV, (FaultPlan){ 0 });
  for (guint32 piece = 0; piece < 3; piece++) {
    MeirPieceHash *hash = meir_piece_hash_new (storage, piece);
    guint32 size = meir_metainfo_get_piece_size (fixture->metainfo, piece);

    for (guint32 begin = 0; begin < size; begin += 48 * 1024) {
      guint32 length = MIN (48 * 1024, size - begin);
      MeirPieceVerdict verdict = run (fixture, storage, hash, begin, length);

      g_assert_cmpint (verdict, ==, begin + length == size ? MEIR_PIECE_VERIFIED : MEIR_PIECE_PENDING);
    }
    meir_piece_hash_free (hash);
  }
  g_assert_true (disk_fixture_is_whole (fixture));
  g_assert_cmpuint (disk_fixture_count_calls (FAULT_PREADV), ==, 0); /* all of it was hashed on its way */
}

/* In any order, with overlaps and repetitions. */
static void
test_out_of_order (void)
{
  g_autoptr (DiskFixture) fixture = disk_fixture_new (PIECE_LENGTH, NULL, PIECE_LENGTH);
  g_autoptr (MeirStorage) storage = disk_fixture_prepare (fixture);
  g_autofree char *path = disk_fixture_path (fixture, "torrent");
  MeirPrng prng;

  meir_prng_init (&prng, 99);
  for (guint round = 0; round < 25; round++) {
    MeirPieceHash *hash = meir_piece_hash_new (storage, 0);
    g_autoptr (MeirIntervalSet) sent = meir_interval_set_new ();
    gboolean is_whole = FALSE;

    g_assert_cmpint (truncate (path, 0), ==, 0);
    g_assert_cmpint (truncate (path, PIECE_LENGTH), ==, 0);
    while (!is_whole) {
      guint32 begin = meir_prng_below (&prng, PIECE_LENGTH / 16384 + 1) * 16384;
      guint32 wanted = (meir_prng_below (&prng, 20) + 1) * 16384;
      guint32 length = MIN (wanted, PIECE_LENGTH - begin);
      MeirPieceVerdict verdict = run (fixture, storage, hash, begin, length);

      meir_interval_set_add (sent, begin, begin + length);
      is_whole = meir_interval_set_total (sent) == PIECE_LENGTH;
      g_assert_cmpint (verdict, ==, is_whole ? MEIR_PIECE_VERIFIED : MEIR_PIECE_PENDING);
    }
    /* A block that comes after the verdict changes nothing. */
    g_assert_cmpint (run (fixture, storage, hash, 16384, 16384), ==, MEIR_PIECE_PENDING);
    meir_piece_hash_free (hash);
    g_assert_true (disk_fixture_is_whole (fixture));
  }
}

static void
test_bad_piece (void)
{
  g_autoptr (DiskFixture) fixture = disk_fixture_new (PIECE_LENGTH, NULL, PIECE_LENGTH);
  g_autoptr (MeirStorage) storage = disk_fixture_prepare (fixture);
  static const guint32 places[] = { 0, 16384, MEIR_SEGMENT_LENGTH, PIECE_LENGTH - 1 };

  for (guint i = 0; i < G_N_ELEMENTS (places); i++) {
    MeirPieceHash *hash = meir_piece_hash_new (storage, 0);

    fixture->content[places[i]] ^= 1;
    g_assert_cmpint (run (fixture, storage, hash, 300000, PIECE_LENGTH - 300000), ==, MEIR_PIECE_PENDING);
    g_assert_cmpint (run (fixture, storage, hash, 0, 300000), ==, MEIR_PIECE_BAD);
    fixture->content[places[i]] ^= 1;
    meir_piece_hash_free (hash);
  }
}

/* A block that comes twice, the second time with other bytes, cannot replace what was hashed. */
static void
test_late_lie (void)
{
  g_autoptr (DiskFixture) fixture = disk_fixture_new (PIECE_LENGTH, NULL, PIECE_LENGTH);
  g_autoptr (MeirStorage) storage = disk_fixture_prepare (fixture);
  MeirPieceHash *hash = meir_piece_hash_new (storage, 0);

  run (fixture, storage, hash, 0, 400000);
  fixture->content[5] ^= 1;
  run (fixture, storage, hash, 0, 16384);
  run (fixture, storage, hash, 0, 420000); /* the last 20000 are new */
  fixture->content[5] ^= 1;
  g_assert_cmpint (run (fixture, storage, hash, 410000, PIECE_LENGTH - 410000), ==, MEIR_PIECE_VERIFIED);
  meir_piece_hash_free (hash);
  g_assert_true (disk_fixture_is_whole (fixture));
}

static void
test_resumed (void)
{
  g_autoptr (DiskFixture) fixture = disk_fixture_new (PIECE_LENGTH, NULL, PIECE_LENGTH);
  g_autoptr (MeirStorage) storage = disk_fixture_open (fixture);
  MeirPieceHash *hash;

  disk_fixture_fill (fixture);
  hash = meir_piece_hash_new (storage, 0);
  meir_piece_hash_declare_written (hash, 0, 500000);
  meir_piece_hash_declare_written (hash, 600000, PIECE_LENGTH - 600000);
  g_assert_cmpint (run (fixture, storage, hash, 500000, 50000), ==, MEIR_PIECE_PENDING);
  g_assert_cmpint (run (fixture, storage, hash, 550000, 50000), ==, MEIR_PIECE_VERIFIED);
  meir_piece_hash_free (hash);

  /* What was declared may be wrong: the digest decides. */
  {
    g_autofree char *path = disk_fixture_path (fixture, "torrent");

    disk_fixture_flip_byte (path, 499999);
  }
  hash = meir_piece_hash_new (storage, 0);
  meir_piece_hash_declare_written (hash, 0, 500000);
  g_assert_cmpint (run (fixture, storage, hash, 500000, PIECE_LENGTH - 500000), ==, MEIR_PIECE_BAD);
  meir_piece_hash_free (hash);
}

/* A write fails and is tried again once there is room: the digest must not count what never reached the disk.
 */
static void
test_failed_write_again (void)
{
  g_autoptr (DiskFixture) fixture = disk_fixture_new (PIECE_LENGTH, NULL, PIECE_LENGTH);
  g_autoptr (MeirStorage) storage = disk_fixture_prepare (fixture);

  for (guint at = 1; at <= 3; at++) {
    MeirPieceHash *hash = meir_piece_hash_new (storage, 0);
    guint n_failed = 0;

    disk_fixture_fail (FAULT_PWRITEV, (FaultPlan){ at, 1, ENOSPC, 0 });
    for (guint32 begin = 0; begin < PIECE_LENGTH;) {
      guint32 length = MIN (PIECE_LENGTH - begin, 300000);
      MeirDiskJob job;
      MeirDiskJob *jobs[] = { &job };

      job_init (&job, fixture, storage, hash, 0, begin, length);
      meir_piece_hash_run_worker (jobs, 1);
      if (job.error != NULL) {
        g_assert_error (job.error, MEIR_ERROR, MEIR_ERROR_NO_SPACE);
        g_assert_cmpint (job.error_number, ==, ENOSPC);
        g_clear_error (&job.error);
        n_failed++;
        continue;
      }
      begin += length;
      g_assert_cmpint (job.verdict, ==, begin == PIECE_LENGTH ? MEIR_PIECE_VERIFIED : MEIR_PIECE_PENDING);
    }
    g_assert_cmpuint (n_failed, ==, 1);
    meir_piece_hash_free (hash);
    g_assert_true (disk_fixture_is_whole (fixture));
    disk_fixture_heal ();
  }
}

static void
test_read_back_fails (void)
{
  g_autoptr (DiskFixture) fixture = disk_fixture_new (PIECE_LENGTH, NULL, PIECE_LENGTH);
  g_autoptr (MeirStorage) storage = disk_fixture_prepare (fixture);
  MeirPieceHash *hash = meir_piece_hash_new (storage, 0);
  MeirDiskJob job;
  MeirDiskJob *jobs[] = { &job };

  run (fixture, storage, hash, 100000, PIECE_LENGTH - 100000);
  disk_fixture_fail (FAULT_PREADV, (FaultPlan){ 2, 1, EIO, 0 });
  job_init (&job, fixture, storage, hash, 0, 0, 100000);
  meir_piece_hash_run_worker (jobs, 1);
  g_assert_error (job.error, MEIR_ERROR, MEIR_ERROR_IO);
  g_assert_cmpint (job.verdict, ==, MEIR_PIECE_PENDING);
  g_clear_error (&job.error);
  /* The same job once more: it goes on where it failed. */
  g_assert_cmpint (run (fixture, storage, hash, 0, 100000), ==, MEIR_PIECE_VERIFIED);
  meir_piece_hash_free (hash);
}

/* Several pieces side by side, at different places, one of them bad, one without a digest. */
static void
test_side_by_side (void)
{
  g_autoptr (DiskFixture) fixture =
      disk_fixture_new (MEIR_SEGMENT_LENGTH * 2, NULL, MEIR_SEGMENT_LENGTH * 16);
  g_autoptr (MeirStorage) storage = disk_fixture_prepare (fixture);
  MeirPieceHash *hashes[8];
  MeirDiskJob jobs[8];
  MeirDiskJob *all[8];

  for (guint32 piece = 0; piece < 8; piece++)
    hashes[piece] = piece != 4 ? meir_piece_hash_new (storage, piece) : NULL;
  fixture->content[3 * fixture->piece_length + 77] ^= 4;
  for (guint32 piece = 0; piece < 8; piece++) {
    guint32 half = piece * 20000 + 16384;
    gboolean is_backwards = piece % 2 != 0;

    job_init (&jobs[piece], fixture, storage, hashes[piece], piece, is_backwards ? half : 0,
              is_backwards ? fixture->piece_length - half : half);
    all[piece] = &jobs[piece];
  }
  meir_piece_hash_run_worker (all, 8);
  for (guint32 piece = 0; piece < 8; piece++) {
    guint32 half = piece * 20000 + 16384;
    gboolean is_backwards = piece % 2 != 0;

    g_assert_no_error (jobs[piece].error);
    g_assert_cmpint (jobs[piece].verdict, ==, MEIR_PIECE_PENDING);
    job_init (&jobs[piece], fixture, storage, hashes[piece], piece, is_backwards ? 0 : half,
              is_backwards ? half : fixture->piece_length - half);
  }
  meir_piece_hash_run_worker (all, 8);
  for (guint32 piece = 0; piece < 8; piece++) {
    MeirPieceVerdict expected = piece == 3   ? MEIR_PIECE_BAD
                                : piece == 4 ? MEIR_PIECE_PENDING
                                             : MEIR_PIECE_VERIFIED;

    g_assert_no_error (jobs[piece].error);
    g_assert_cmpint (jobs[piece].verdict, ==, expected);
    g_clear_pointer (&hashes[piece], meir_piece_hash_free);
  }
  g_assert_true (disk_fixture_is_whole (fixture));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/disk/piece-hash/in-order", test_in_order);
  g_test_add_func ("/disk/piece-hash/out-of-order", test_out_of_order);
  g_test_add_func ("/disk/piece-hash/bad-piece", test_bad_piece);
  g_test_add_func ("/disk/piece-hash/late-lie", test_late_lie);
  g_test_add_func ("/disk/piece-hash/resumed", test_resumed);
  g_test_add_func ("/disk/piece-hash/failed-write-again", test_failed_write_again);
  g_test_add_func ("/disk/piece-hash/read-back-fails", test_read_back_fails);
  g_test_add_func ("/disk/piece-hash/side-by-side", test_side_by_side);
  return g_test_run ();
}
