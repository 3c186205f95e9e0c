/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "disk/meir-disk.h"

#include "base/meir-error.h"
#include "disk-fixture.h"

/* The jobs that write the journal, through the pool: their order, and what a failed sync does to all that is
 * under way. */

#define PIECE    65536u
#define N_PIECES 64u

typedef struct {
  DiskFixture *fixture;
  MeirStorage *storage;
  MeirJournal *journal;
  char *path;
  MeirDisk *disk;
  guint n_done;
  guint n_failed;
  GArray *lost; /* (nullable): of the last failed SYNC */
} Bed;

static guint32 numbers[N_PIECES]; /* 0, 1, 2, …: jobs borrow from it */

static void
bed_init (Bed *bed)
{
  for (guint32 i = 0; i < N_PIECES; i++)
    numbers[i] = i;
  *bed = (Bed){ .fixture = disk_fixture_new (PIECE, NULL, (guint64) N_PIECES * PIECE) };
  bed->path = disk_fixture_path (bed->fixture, "journal");
  bed->storage = disk_fixture_open (bed->fixture);
  bed->journal = meir_journal_open (bed->path, bed->storage, NULL, NULL);
  g_assert_nonnull (bed->journal);
  bed->disk = meir_disk_new (4, NULL, NULL);
}

static void
bed_clear (Bed *bed)
{
  meir_disk_free (bed->disk);
  g_clear_pointer (&bed->lost, g_array_unref);
  meir_journal_unref (bed->journal);
  meir_storage_unref (bed->storage);
  disk_fixture_free (bed->fixture);
  g_free (bed->path);
}

static void
bed_run (Bed *bed)
{
  meir_disk_wait (bed->disk);
  meir_disk_dispatch (bed->disk);
}

static void
done (MeirDiskJob *job)
{
  Bed *bed = job->user_data;

  bed->n_done++;
  bed->n_failed += job->error != NULL;
  if (job->pieces_lost != NULL) {
    g_clear_pointer (&bed->lost, g_array_unref);
    bed->lost = g_array_ref (job->pieces_lost);
  }
  meir_disk_job_release (bed->disk, job);
}

static MeirDiskJob *
make_job (Bed *bed, MeirDiskJobKind kind)
{
  MeirDiskJob *job = meir_disk_job_new (bed->disk, kind, bed->storage, done, bed);

  job->journal = bed->journal;
  return job;
}

static void
submit_sync (Bed *bed, gboolean is_clean_stop)
{
  MeirDiskJob *job = make_job (bed, MEIR_DISK_SYNC);

  job->is_clean_stop = is_clean_stop;
  meir_disk_submit (bed->disk, job);
}

static void
submit_record (Bed *bed, MeirDiskJobKind kind, guint32 first, guint32 n_pieces, gboolean is_withdrawal)
{
  MeirDiskJob *job = make_job (bed, kind);

  if (is_withdrawal) {
    job->pieces_forgotten = numbers + first;
    job->n_pieces_forgotten = n_pieces;
  } else {
    job->pieces_verified = numbers + first;
    job->n_pieces_verified = n_pieces;
  }
  meir_disk_submit (bed->disk, job);
}

static void
reopen (Bed *bed, MeirJournalResume *resume)
{
  meir_journal_unref (bed->journal);
  bed->journal = meir_journal_open (bed->path, bed->storage, resume, NULL);
  g_assert_nonnull (bed->journal);
}

static void
prepare (Bed *bed)
{
  meir_disk_submit (bed->disk, make_job (bed, MEIR_DISK_PREPARE));
  bed_run (bed);
  for (guint32 piece = 0; piece < N_PIECES; piece++)
    disk_fixture_write_piece (bed->fixture, bed->storage, piece);
}

static void
test_life (void)
{
  static const MeirJournalSegment segment = { 40, 16384, 16384 };
  MeirJournalResume resume = { 0 };
  MeirDiskJob *job;
  Bed bed;

  bed_init (&bed);
  prepare (&bed);
  submit_record (&bed, MEIR_DISK_RECORD, 0, 10, FALSE);
  bed_run (&bed);
  submit_sync (&bed, FALSE);
  bed_run (&bed);
  submit_record (&bed, MEIR_DISK_SYNC, 10, 5, FALSE);
  bed_run (&bed);
  job = make_job (&bed, MEIR_DISK_RECORD);
  job->segments_written = &segment;
  job->n_segments_written = 1;
  meir_disk_submit (bed.disk, job);
  bed_run (&bed);
  submit_sync (&bed, TRUE);
  bed_run (&bed);
  g_assert_cmpuint (bed.n_done, ==, 6);
  g_assert_cmpuint (bed.n_failed, ==, 0);
  reopen (&bed, &resume);
  g_assert_cmpuint (resume.trusted.n_set, ==, 15);
  g_assert_cmpuint (resume.unsure.n_set, ==, 0);
  g_assert_true (resume.is_clean);
  g_assert_cmpuint (g_hash_table_size (resume.partial), ==, 1);
  meir_journal_resume_clear (&resume);
  bed_clear (&bed);
}

/* Records keep their order, though there are four workers: a piece that was withdrawn and verified again
 * stands. */
static void
test_order (void)
{
  MeirJournalResume resume = { 0 };
  Bed bed;

  bed_init (&bed);
  prepare (&bed);
  for (guint round = 0; round < 40; round++) {
    submit_record (&bed, MEIR_DISK_RECORD, round, 2, FALSE);
    submit_record (&bed, round % 3 == 0 ? MEIR_DISK_SYNC : MEIR_DISK_RECORD, round, 2, TRUE);
    submit_record (&bed, round % 5 == 0 ? MEIR_DISK_SYNC : MEIR_DISK_RECORD, round, 1, FALSE);
  }
  bed_run (&bed);
  submit_sync (&bed, FALSE);
  bed_run (&bed);
  g_assert_cmpuint (bed.n_failed, ==, 0);
  reopen (&bed, &resume);
  g_assert_cmpuint (resume.trusted.n_set, ==, 40);
  g_assert_cmpuint (meir_bitfield_count_range (&resume.trusted, 0, 40), ==, 40);
  g_assert_cmpuint (resume.unsure.n_set, ==, 0);
  meir_journal_resume_clear (&resume);
  bed_clear (&bed);
}

/* The sync fails, and what was submitted before anybody knew is not taken for good after. */
static void
test_failed_sync (void)
{
  MeirJournalResume resume = { 0 };
  Bed bed;

  bed_init (&bed);
  prepare (&bed);
  submit_record (&bed, MEIR_DISK_SYNC, 0, 4, FALSE);
  bed_run (&bed);
  g_assert_cmpuint (bed.n_failed, ==, 0);

  disk_fixture_write_piece (bed.fixture, bed.storage, 4);
  disk_fixture_fail (FAULT_FDATASYNC, (FaultPlan){ 1, 1, EIO, 0 });
  submit_record (&bed, MEIR_DISK_SYNC, 4, 4, FALSE);
  meir_disk_wait (bed.disk); /* it has failed, but the engine has not heard of it */
  submit_record (&bed, MEIR_DISK_RECORD, 8, 4, FALSE);
  submit_record (&bed, MEIR_DISK_SYNC, 12, 4, FALSE);
  bed_run (&bed);
  g_assert_cmpuint (bed.n_failed, ==, 3);
  g_assert_nonnull (bed.lost);
  g_assert_cmpuint (bed.lost->len, ==, 4);
  g_assert_cmpuint (g_array_index (bed.lost, guint32, 0), ==, 4);

  /* From here on it knows. */
  submit_record (&bed, MEIR_DISK_SYNC, 20, 2, FALSE);
  bed_run (&bed);
  g_assert_cmpuint (bed.n_failed, ==, 3);
  reopen (&bed, &resume);
  g_assert_cmpuint (resume.trusted.n_set, ==, 6);
  g_assert_cmpuint (meir_bitfield_count_range (&resume.trusted, 0, 4), ==, 4);
  g_assert_cmpuint (meir_bitfield_count_range (&resume.trusted, 20, 22), ==, 2);
  g_assert_cmpuint (resume.unsure.n_set, ==, 0);
  meir_journal_resume_clear (&resume);
  bed_clear (&bed);
}

/* The same for a check that read what the disk may have lost. */
static void
test_failed_sync_spoils_check (void)
{
  MeirBitfield pieces;
  MeirDiskJob *job;
  Bed bed;

  bed_init (&bed);
  prepare (&bed);
  meir_bitfield_init (&pieces, N_PIECES);
  meir_bitfield_set_all (&pieces);
  disk_fixture_fail (FAULT_FDATASYNC, (FaultPlan){ 1, 1, EIO, 0 });
  submit_sync (&bed, FALSE);
  meir_disk_wait (bed.disk);
  job = make_job (&bed, MEIR_DISK_CHECK);
  job->pieces = &pieces;
  meir_disk_submit (bed.disk, job);
  bed_run (&bed);
  g_assert_cmpuint (bed.n_failed, ==, 2);
  g_assert_cmpuint (pieces.n_set, ==, 0);

  meir_bitfield_set_all (&pieces);
  job = make_job (&bed, MEIR_DISK_CHECK);
  job->pieces = &pieces;
  meir_disk_submit (bed.disk, job);
  bed_run (&bed);
  g_assert_cmpuint (bed.n_failed, ==, 2);
  g_assert_true (meir_bitfield_is_full (&pieces));
  meir_bitfield_clear (&pieces);
  bed_clear (&bed);
}

/* The state's disk is full for a moment: the pieces stay known and are in the journal with the next success.
 */
static void
test_journal_not_writable (void)
{
  MeirJournalResume resume = { 0 };
  Bed bed;

  bed_init (&bed);
  prepare (&bed);
  disk_fixture_fail (FAULT_PWRITEV, (FaultPlan){ 1, 1, ENOSPC, 0 });
  submit_record (&bed, MEIR_DISK_RECORD, 0, 3, FALSE);
  bed_run (&bed);
  g_assert_cmpuint (bed.n_failed, ==, 1);
  submit_record (&bed, MEIR_DISK_SYNC, 3, 3, FALSE);
  bed_run (&bed);
  /* A sync that cannot append its own records goes on, and mends it at its end. */
  disk_fixture_fail (FAULT_PWRITEV, (FaultPlan){ 1, 1, ENOSPC, 0 });
  submit_record (&bed, MEIR_DISK_SYNC, 6, 3, FALSE);
  bed_run (&bed);
  g_assert_cmpuint (bed.n_failed, ==, 1);
  g_assert_null (bed.lost);
  reopen (&bed, &resume);
  g_assert_cmpuint (resume.trusted.n_set, ==, 9);
  meir_journal_resume_clear (&resume);
  bed_clear (&bed);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/disk/disk-journal/life", test_life);
  g_test_add_func ("/disk/disk-journal/order", test_order);
  g_test_add_func ("/disk/disk-journal/failed-sync", test_failed_sync);
  g_test_add_func ("/disk/disk-journal/failed-sync-spoils-check", test_failed_sync_spoils_check);
  g_test_add_func ("/disk/disk-journal/journal-not-writable", test_journal_not_writable);
  return g_test_run ();
}
