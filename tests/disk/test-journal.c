/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "disk/meir-journal.h"

#include "base/meir-error.h"
#include "disk-fixture.h"

#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>

/* Writing and reading back: what survives which end of the process. */

#define PIECE 16384u

typedef struct {
  DiskFixture *fixture;
  MeirStorage *storage;
  char *path; /* of the log */
  MeirJournal *journal;
  MeirJournalResume resume;
} Bed;

static void
bed_open (Bed *bed)
{
  g_autoptr (GError) error = NULL;

  bed->journal = meir_journal_open (bed->path, bed->storage, &bed->resume, &error);
  g_assert_no_error (error);
}

static void
bed_init (Bed *bed, guint32 n_pieces)
{
  *bed = (Bed){ .fixture = disk_fixture_new (PIECE, NULL, (guint64) n_pieces * PIECE) };
  bed->path = disk_fixture_path (bed->fixture, "journal");
  bed->storage = disk_fixture_open (bed->fixture);
  bed_open (bed);
  g_assert_true (meir_storage_prepare (bed->storage, NULL));
}

static void
bed_close (Bed *bed)
{
  g_clear_pointer (&bed->journal, meir_journal_unref);
  meir_journal_resume_clear (&bed->resume);
}

/* As after kill -9: nothing is said to the journal before. */
static void
bed_reopen (Bed *bed)
{
  bed_close (bed);
  bed_open (bed);
}

static void
bed_clear (Bed *bed)
{
  bed_close (bed);
  meir_storage_unref (bed->storage);
  disk_fixture_free (bed->fixture);
  g_free (bed->path);
}

static gboolean
try_record (Bed *bed, guint32 first, guint32 n_pieces, GError **error)
{
  g_autofree guint32 *pieces = g_new (guint32, n_pieces);
  MeirJournalRecord record = { .pieces = pieces, .n_pieces = n_pieces };

  for (guint32 i = 0; i < n_pieces; i++)
    pieces[i] = first + i;
  return meir_journal_record (bed->journal, meir_storage_get_generation (bed->storage), &record, error);
}

static void
record (Bed *bed, guint32 first, guint32 n_pieces)
{
  g_autoptr (GError) error = NULL;

  for (guint32 piece = first; piece < first + n_pieces; piece++)
    disk_fixture_write_piece (bed->fixture, bed->storage, piece);
  try_record (bed, first, n_pieces, &error);
  g_assert_no_error (error);
}

static void
forget (Bed *bed, guint32 piece)
{
  MeirJournalRecord what = { .forgotten = &piece, .n_forgotten = 1 };
  g_autoptr (GError) error = NULL;

  meir_journal_record (bed->journal, 0, &what, &error);
  g_assert_no_error (error);
}

static void
sync_journal (Bed *bed)
{
  g_autoptr (GError) error = NULL;
  GArray *lost;

  meir_journal_sync (bed->journal, &lost, &error);
  g_assert_no_error (error);
  g_assert_null (lost);
}

static void
close_cleanly (Bed *bed)
{
  g_autoptr (GError) error = NULL;
  GArray *lost;

  meir_journal_close (bed->journal, &lost, &error);
  g_assert_no_error (error);
  g_assert_null (lost);
}

/* Pieces [0, n_trusted) are trusted, the @n_unsure after them unsure, and no others. */
static void
assert_known (const MeirJournalResume *resume, guint32 n_trusted, guint32 n_unsure)
{
  g_assert_cmpuint (resume->trusted.n_set, ==, n_trusted);
  g_assert_cmpuint (meir_bitfield_count_range (&resume->trusted, 0, n_trusted), ==, n_trusted);
  g_assert_cmpuint (resume->unsure.n_set, ==, n_unsure);
  g_assert_cmpuint (meir_bitfield_count_range (&resume->unsure, n_trusted, n_trusted + n_unsure), ==,
                    n_unsure);
}

static void
test_recorded_and_synced (void)
{
  Bed bed;

  bed_init (&bed, 20);
  record (&bed, 0, 3);
  bed_reopen (&bed);
  assert_known (&bed.resume, 0, 3);
  g_assert_false (bed.resume.is_clean);
  g_assert_false (bed.resume.is_damaged);
  g_assert_null (bed.resume.reason);

  record (&bed, 0, 3); /* they were hashed again */
  sync_journal (&bed);
  record (&bed, 3, 4);
  bed_reopen (&bed);
  assert_known (&bed.resume, 3, 4);

  forget (&bed, 2);
  bed_reopen (&bed);
  g_assert_false (meir_bitfield_get (&bed.resume.trusted, 2));
  g_assert_false (meir_bitfield_get (&bed.resume.unsure, 2));
  g_assert_cmpuint (bed.resume.trusted.n_set, ==, 2);
  bed_clear (&bed);
}

/* What was unsure at the start becomes trusted by no sync, until someone has looked at it. */
static void
test_unsure_stays_unsure (void)
{
  Bed bed;

  bed_init (&bed, 20);
  record (&bed, 0, 3);
  bed_reopen (&bed);
  record (&bed, 10, 1);
  sync_journal (&bed);
  bed_reopen (&bed);
  g_assert_cmpuint (bed.resume.trusted.n_set, ==, 1);
  g_assert_true (meir_bitfield_get (&bed.resume.trusted, 10));
  g_assert_cmpuint (bed.resume.unsure.n_set, ==, 3);
  sync_journal (&bed);
  bed_reopen (&bed);
  g_assert_cmpuint (bed.resume.unsure.n_set, ==, 3);
  bed_clear (&bed);
}

static void
test_partial_pieces (void)
{
  static const MeirJournalSegment segments[] = {
    { 4, 0, 4096 }, { 4, 8192, 4096 }, { 4, 4096, 4096 }, { 5, 0, 10 }
  };
  MeirJournalRecord what = { .segments = segments, .n_segments = G_N_ELEMENTS (segments) };
  const MeirIntervalSet *written;
  Bed bed;

  bed_init (&bed, 20);
  g_assert_true (meir_journal_record (bed.journal, 0, &what, NULL));
  record (&bed, 5, 1);
  bed_reopen (&bed);
  g_assert_cmpuint (g_hash_table_size (bed.resume.partial), ==, 1);
  written = g_hash_table_lookup (bed.resume.partial, GUINT_TO_POINTER (4));
  g_assert_cmpuint (meir_interval_set_count (written), ==, 1);
  g_assert_true (meir_interval_set_contains (written, 0, 12288));
  close_cleanly (&bed);
  bed_reopen (&bed);
  g_assert_cmpuint (g_hash_table_size (bed.resume.partial), ==, 1);
  bed_clear (&bed);
}

static void
test_lock (void)
{
  g_autoptr (GError) error = NULL;
  Bed bed;
  pid_t child;
  int status;

  bed_init (&bed, 20);
  g_assert_null (meir_journal_open (bed.path, bed.storage, NULL, &error));
  g_assert_error (error, MEIR_ERROR, MEIR_ERROR_BUSY);
  g_assert_nonnull (strstr (error->message, "already open in another MeirTorrent"));
  child = fork ();
  if (child == 0)
    _exit (meir_journal_open (bed.path, bed.storage, NULL, NULL) == NULL ? 7 : 0);
  g_assert_cmpint (waitpid (child, &status, 0), ==, child);
  g_assert_true (WIFEXITED (status) && WEXITSTATUS (status) == 7);
  bed_reopen (&bed); /* the lock ends with the journal */
  bed_clear (&bed);
}

/* The kernel loses what was written and says so once: all since the last good sync is withdrawn. */
static void
test_failed_sync (void)
{
  MeirJournalSegment segment = { 15, 0, 4096 };
  g_autoptr (GError) error = NULL;
  GArray *lost;
  guint before;
  Bed bed;

  bed_init (&bed, 20);
  record (&bed, 0, 2);
  sync_journal (&bed);
  record (&bed, 2, 3);
  {
    MeirJournalRecord what = { .segments = &segment, .n_segments = 1 };

    g_assert_true (meir_journal_record (bed.journal, 0, &what, NULL));
  }
  before = meir_storage_get_generation (bed.storage);
  disk_fixture_fail (FAULT_FDATASYNC, (FaultPlan){ 1, 1, EIO, 0 });
  g_assert_false (meir_journal_sync (bed.journal, &lost, &error));
  g_assert_error (error, MEIR_ERROR, MEIR_ERROR_IO);
  g_clear_error (&error);
  g_assert_nonnull (lost);
  g_assert_cmpuint (lost->len, ==, 4);
  for (guint i = 0; i < 3; i++)
    g_assert_cmpuint (g_array_index (lost, guint32, i), ==, 2 + i);
  g_assert_cmpuint (g_array_index (lost, guint32, 3), ==, 15);
  g_array_unref (lost);

  /* Verified before the failure, and recorded after it: refused. */
  {
    guint32 late = 9;
    MeirJournalRecord what = { .pieces = &late, .n_pieces = 1 };

    g_assert_false (meir_journal_record (bed.journal, before, &what, &error));
    g_assert_error (error, MEIR_ERROR, MEIR_ERROR_IO);
  }
  sync_journal (&bed);
  bed_reopen (&bed);
  assert_known (&bed.resume, 2, 0);
  g_assert_cmpuint (g_hash_table_size (bed.resume.partial), ==, 0);

  record (&bed, 2, 3);
  sync_journal (&bed);
  bed_reopen (&bed);
  assert_known (&bed.resume, 5, 0);
  bed_clear (&bed);
}

/* The journal's own fdatasync fails: what the log lost cannot be known, so it is written anew. */
static void
test_failed_sync_of_journal (void)
{
  g_autofree char *snapshot = NULL;
  Bed bed;

  bed_init (&bed, 20);
  snapshot = g_strconcat (bed.path, ".snapshot", NULL);
  record (&bed, 0, 2);
  g_assert_false (g_file_test (snapshot, G_FILE_TEST_EXISTS));
  disk_fixture_fail (FAULT_FDATASYNC, (FaultPlan){ 2, 1, EIO, 0 }); /* the first is the torrent's file */
  sync_journal (&bed);
  g_assert_true (g_file_test (snapshot, G_FILE_TEST_EXISTS));
  record (&bed, 2, 1);
  bed_reopen (&bed);
  assert_known (&bed.resume, 2, 1);
  bed_clear (&bed);
}

/* Z02: the disk of the state is full. The old state stays whole, and the next record brings all that was
 * missing. */
static void
test_failed_write (void)
{
  g_autoptr (GError) error = NULL;
  Bed bed;

  for (guint at = 1; at < 3; at++) {
    bed_init (&bed, 20);
    record (&bed, 0, 2);
    sync_journal (&bed);
    for (guint32 piece = 2; piece < 5; piece++)
      disk_fixture_write_piece (bed.fixture, bed.storage, piece);
    disk_fixture_fail (FAULT_PWRITEV, (FaultPlan){ 1, at == 1 ? 1 : 2, at == 1 ? ENOSPC : 0, 5 });
    if (at == 2) /* five bytes, five bytes, the rest */
      g_assert_true (try_record (&bed, 2, 3, &error));
    else
      g_assert_false (try_record (&bed, 2, 3, &error));
    if (at == 1)
      g_assert_error (error, MEIR_ERROR, MEIR_ERROR_NO_SPACE);
    g_clear_error (&error);
    bed_reopen (&bed);
    assert_known (&bed.resume, 2, at == 1 ? 0 : 3);
    bed_clear (&bed);
  }

  bed_init (&bed, 20);
  disk_fixture_fail (FAULT_PWRITEV, (FaultPlan){ 1, 1, EDQUOT, 0 });
  g_assert_false (try_record (&bed, 0, 1, NULL));
  g_assert_true (try_record (&bed, 1, 1, &error));
  bed_reopen (&bed);
  assert_known (&bed.resume, 0, 2);
  bed_clear (&bed);
}

static void
test_no_room_for_snapshot (void)
{
  void (*old_handler) (int) = signal (SIGXFSZ, SIG_IGN);
  struct rlimit old, limit;
  g_autoptr (GError) error = NULL;
  GArray *lost;
  Bed bed;

  bed_init (&bed, 20);
  record (&bed, 0, 2);
  sync_journal (&bed);
  record (&bed, 2, 1);
  g_assert_cmpint (getrlimit (RLIMIT_FSIZE, &old), ==, 0);
  limit = (struct rlimit){ 30, old.rlim_max };
  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &limit), ==, 0);
  g_assert_false (meir_journal_close (bed.journal, &lost, &error));
  g_assert_nonnull (error);
  g_assert_nonnull (strstr (error->message, bed.path));
  g_assert_null (lost); /* nothing is wrong with the pieces */
  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &old), ==, 0);
  signal (SIGXFSZ, old_handler);
  close_cleanly (&bed);
  bed_reopen (&bed);
  assert_known (&bed.resume, 3, 0);
  g_assert_true (bed.resume.is_clean);
  bed_clear (&bed);
}

static void
test_fold (void)
{
  g_autofree char *snapshot = NULL;
  struct stat log_status, snapshot_status;
  Bed bed;

  bed_init (&bed, 2000);
  snapshot = g_strconcat (bed.path, ".snapshot", NULL);
  for (guint round = 0; round < 12; round++) {
    for (guint32 piece = 0; piece < 1000; piece++)
      g_assert_true (try_record (&bed, piece, 1, NULL));
    sync_journal (&bed);
  }
  g_assert_cmpint (stat (bed.path, &log_status), ==, 0);
  g_assert_cmpint (stat (snapshot, &snapshot_status), ==, 0);
  g_assert_cmpint (log_status.st_size, <, 300000);
  g_assert_cmpint (snapshot_status.st_size, <, 2000);
  g_assert_true (try_record (&bed, 1000, 5, NULL));
  bed_reopen (&bed);
  assert_known (&bed.resume, 1000, 5);
  bed_clear (&bed);
}

static void
test_delete (void)
{
  g_autofree char *snapshot = NULL;
  Bed bed;

  bed_init (&bed, 20);
  snapshot = g_strconcat (bed.path, ".snapshot", NULL);
  record (&bed, 0, 2);
  close_cleanly (&bed);
  bed_close (&bed);
  g_assert_true (g_file_test (snapshot, G_FILE_TEST_EXISTS));
  g_assert_true (meir_journal_delete (bed.path, NULL));
  g_assert_false (g_file_test (snapshot, G_FILE_TEST_EXISTS));
  g_assert_false (g_file_test (bed.path, G_FILE_TEST_EXISTS));
  g_assert_true (meir_journal_delete (bed.path, NULL));
  bed_open (&bed);
  bed_clear (&bed);
}

/* A journal in use is not deleted, not even when only its snapshot is left of it. */
static void
test_delete_in_use (void)
{
  g_autofree char *snapshot = NULL;
  g_autoptr (GError) error = NULL;
  Bed bed;

  bed_init (&bed, 20);
  snapshot = g_strconcat (bed.path, ".snapshot", NULL);
  record (&bed, 0, 2);
  close_cleanly (&bed);
  g_assert_false (meir_journal_delete (bed.path, &error));
  g_assert_error (error, MEIR_ERROR, MEIR_ERROR_BUSY);
  g_assert_true (g_file_test (bed.path, G_FILE_TEST_EXISTS));
  g_assert_true (g_file_test (snapshot, G_FILE_TEST_EXISTS));
  bed_close (&bed);
  g_assert_cmpint (g_unlink (bed.path), ==, 0);
  g_assert_true (meir_journal_delete (bed.path, NULL));
  g_assert_false (g_file_test (snapshot, G_FILE_TEST_EXISTS));
  g_assert_false (g_file_test (bed.path, G_FILE_TEST_EXISTS));
  bed_open (&bed);
  bed_clear (&bed);
}

static void
test_cannot_open (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *link = NULL;
  Bed bed;

  bed_init (&bed, 20);
  link = disk_fixture_path (bed.fixture, "link");
  g_assert_null (meir_journal_open ("/nonexistent/journal", bed.storage, NULL, &error));
  g_assert_error (error, MEIR_ERROR, MEIR_ERROR_NOT_FOUND);
  g_clear_error (&error);
  g_assert_null (meir_journal_open (bed.fixture->folder, bed.storage, NULL, &error));
  g_assert_nonnull (error);
  g_clear_error (&error);
  g_assert_cmpint (symlink ("elsewhere", link), ==, 0);
  g_assert_null (meir_journal_open (link, bed.storage, NULL, &error));
  g_assert_nonnull (error);
  g_clear_error (&error);

  bed_close (&bed);
  disk_fixture_fail (FAULT_PREADV, (FaultPlan){ 1, 1, EIO, 0 });
  g_assert_true (g_file_set_contents (bed.path, "something to read", -1, NULL));
  g_assert_null (meir_journal_open (bed.path, bed.storage, &bed.resume, &error));
  g_assert_error (error, MEIR_ERROR, MEIR_ERROR_IO);
  disk_fixture_heal ();
  bed_open (&bed); /* and it was not left locked */
  bed_clear (&bed);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/disk/journal/recorded-and-synced", test_recorded_and_synced);
  g_test_add_func ("/disk/journal/unsure-stays-unsure", test_unsure_stays_unsure);
  g_test_add_func ("/disk/journal/partial-pieces", test_partial_pieces);
  g_test_add_func ("/disk/journal/lock", test_lock);
  g_test_add_func ("/disk/journal/failed-sync", test_failed_sync);
  g_test_add_func ("/disk/journal/failed-sync-of-journal", test_failed_sync_of_journal);
  g_test_add_func ("/disk/journal/failed-write", test_failed_write);
  g_test_add_func ("/disk/journal/no-room-for-snapshot", test_no_room_for_snapshot);
  g_test_add_func ("/disk/journal/fold", test_fold);
  g_test_add_func ("/disk/journal/delete", test_delete);
  g_test_add_func ("/disk/journal/delete-in-use", test_delete_in_use);
  g_test_add_func ("/disk/journal/cannot-open", test_cannot_open);
  return g_test_run ();
}
