/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "disk/meir-disk-check.h"

#include "base/meir-error.h"
#include "disk-fixture.h"
#include "disk/meir-disk.h"

static const FixtureFile odd_files[] = {
  { "a", 100000, FALSE }, { "b/c", 7, FALSE },       { ".pad/1", 31065, TRUE },
  { "d", 900001, FALSE }, { "e/f/g", 65536, FALSE }, { NULL, 0, FALSE },
};

/**
 * Check:
 *
 * A CHECK and what came of it.
 */
typedef struct {
  MeirDisk *disk;
  MeirBitfield pieces;
  gint progress;
  gint cancelled;
  guint n_done;
  GError *error;
  int error_number;
} Check;

static void
check_done (MeirDiskJob *job)
{
  Check *check = job->user_data;

  check->n_done++;
  check->error = g_steal_pointer (&job->error);
  check->error_number = job->error_number;
  meir_disk_job_release (check->disk, job);
}

static void
check_init (Check *check, DiskFixture *fixture, guint n_workers)
{
  *check = (Check){ .disk = meir_disk_new (n_workers, NULL, NULL) };
  meir_bitfield_init (&check->pieces, fixture->n_pieces);
  meir_bitfield_set_all (&check->pieces);
}

static void
check_submit (Check *check, MeirStorage *storage)
{
  MeirDiskJob *job = meir_disk_job_new (check->disk, MEIR_DISK_CHECK, storage, check_done, check);

  job->pieces = &check->pieces;
  job->progress_pieces = &check->progress;
  job->cancelled = &check->cancelled;
  meir_disk_submit (check->disk, job);
}

static void
check_run (Check *check, MeirStorage *storage)
{
  guint n_done = check->n_done;

  check_submit (check, storage);
  meir_disk_wait (check->disk);
  meir_disk_dispatch (check->disk);
  g_assert_cmpuint (check->n_done, ==, n_done + 1);
}

static void
check_clear (Check *check)
{
  g_clear_error (&check->error);
  meir_disk_free (check->disk);
  meir_bitfield_clear (&check->pieces);
}

static void
test_whole (void)
{
  for (guint n_workers = 1; n_workers < 6; n_workers++) {
    g_autoptr (DiskFixture) fixture = disk_fixture_new (16384, odd_files, 0);
    g_autoptr (MeirStorage) storage = disk_fixture_open (fixture);
    Check check;

    disk_fixture_fill (fixture);
    check_init (&check, fixture, n_workers);
    check_run (&check, storage);
    g_assert_no_error (check.error);
    g_assert_true (meir_bitfield_is_full (&check.pieces));
    g_assert_cmpint (check.progress, ==, (gint) fixture->n_pieces);
    check_clear (&check);
  }
}

/* Exactly the piece with the flipped byte, wherever it is. */
static void
test_flipped_byte (void)
{
  g_autoptr (DiskFixture) fixture = disk_fixture_new (32768, NULL, 1000001);
  g_autoptr (MeirStorage) storage = disk_fixture_open (fixture);
  static const guint64 places[] = { 0, 32767, 32768, 500000, 999999, 1000000 };
  g_autofree char *path = disk_fixture_path (fixture, "torrent");
  Check check;

  disk_fixture_fill (fixture);
  check_init (&check, fixture, 2);
  for (guint i = 0; i < G_N_ELEMENTS (places); i++) {
    disk_fixture_flip_byte (path, places[i]);
    meir_bitfield_set_all (&check.pieces);
    check_run (&check, storage);
    g_assert_no_error (check.error);
    g_assert_cmpuint (check.pieces.n_set, ==, fixture->n_pieces - 1);
    g_assert_false (meir_bitfield_get (&check.pieces, (guint32) (places[i] / 32768)));
    disk_fixture_flip_byte (path, places[i]);
  }
  check_clear (&check);
}

static void
test_only_the_asked (void)
{
  g_autoptr (DiskFixture) fixture = disk_fixture_new (16384, odd_files, 0);
  g_autoptr (MeirStorage) storage = disk_fixture_open (fixture);
  Check check;

  disk_fixture_fill (fixture);
  check_init (&check, fixture, 2);
  meir_bitfield_unset_all (&check.pieces);
  check_run (&check, storage); /* nothing at all */
  g_assert_cmpuint (check.pieces.n_set, ==, 0);
  meir_bitfield_set (&check.pieces, 3);
  meir_bitfield_set (&check.pieces, fixture->n_pieces - 1);
  check_run (&check, storage);
  g_assert_cmpuint (check.pieces.n_set, ==, 2);
  g_assert_cmpint (check.progress, ==, 2);
  check_clear (&check);
}

static void
test_missing_and_short (void)
{
  g_autoptr (DiskFixture) fixture = disk_fixture_new (16384, odd_files, 0);
  g_autoptr (MeirStorage) storage = disk_fixture_open (fixture);
  g_autofree char *first = disk_fixture_path (fixture, "torrent/a");
  g_autofree char *last = disk_fixture_path (fixture, "torrent/e/f/g");
  Check check;

  disk_fixture_fill (fixture);
  g_assert_cmpint (g_remove (first), ==, 0);       /* pieces 0 to 6 */
  g_assert_cmpint (truncate (last, 65535), ==, 0); /* the last piece */
  check_init (&check, fixture, 2);
  check_run (&check, storage);
  g_assert_no_error (check.error);
  g_assert_cmpuint (check.pieces.n_set, ==, fixture->n_pieces - 8);
  g_assert_cmpuint (meir_bitfield_next_set (&check.pieces, 0), ==, 7);
  g_assert_false (meir_bitfield_get (&check.pieces, fixture->n_pieces - 1));
  check_clear (&check);
}

/* A disk that fails is no reason to stop, but one to tell. */
static void
test_unreadable (void)
{
  g_autoptr (DiskFixture) fixture = disk_fixture_new (16384, NULL, 40 * 16384);
  g_autoptr (MeirStorage) storage = disk_fixture_open (fixture);
  Check check;

  disk_fixture_fill (fixture);
  disk_fixture_fail (FAULT_PREADV, (FaultPlan){ 5, 2, EIO, 0 });
  check_init (&check, fixture, 3);
  check_run (&check, storage);
  g_assert_error (check.error, MEIR_ERROR, MEIR_ERROR_IO);
  g_assert_cmpint (check.error_number, ==, EIO);
  g_assert_cmpuint (check.pieces.n_set, ==, 38);
  check_clear (&check);
}

static void
test_cancelled_before (void)
{
  g_autoptr (DiskFixture) fixture = disk_fixture_new (16384, odd_files, 0);
  g_autoptr (MeirStorage) storage = disk_fixture_open (fixture);
  Check check;

  disk_fixture_fill (fixture);
  check_init (&check, fixture, 2);
  g_atomic_int_set (&check.cancelled, 1);
  check_run (&check, storage);
  g_assert_cmpuint (check.pieces.n_set, ==, 0);
  g_assert_cmpint (check.progress, ==, 0);
  check_clear (&check);
}

/* Stopped in the middle: what is left set was checked, and the rest is unset. */
static void
test_cancelled_in_the_middle (void)
{
  g_autoptr (DiskFixture) fixture = disk_fixture_new (256 << 10, NULL, 64 << 20);
  g_autoptr (MeirStorage) storage = disk_fixture_open (fixture);
  Check check;

  disk_fixture_fill (fixture);
  check_init (&check, fixture, 2);
  check_submit (&check, storage);
  while (g_atomic_int_get (&check.progress) < 4)
    g_thread_yield ();
  g_atomic_int_set (&check.cancelled, 1);
  meir_disk_wait (check.disk);
  meir_disk_dispatch (check.disk);
  g_assert_cmpuint (check.n_done, ==, 1);
  g_assert_cmpuint (check.pieces.n_set, >=, 4);
  g_assert_cmpuint (check.pieces.n_set, <=, (guint) check.progress);
  check_clear (&check);
}

static guint8 read_memory[16384];
static gint n_check_reads, is_read_submitted;
static gint progress_at_read = -1;
static gint *progress;

static void
read_done (MeirDiskJob *job)
{
  Check *check = job->user_data;

  g_assert_no_error (job->error);
  check->n_done++;
  meir_disk_job_release (check->disk, job);
}

/* Holds both workers in the middle of their first pieces until the READ was submitted, and notes when it
 * runs. */
static ssize_t
preadv_noting_order (int fd, const struct iovec *vectors, int n_vectors, off_t offset)
{
  if (vectors[0].iov_base == read_memory) {
    progress_at_read = g_atomic_int_get (progress);
  } else if (g_atomic_int_add (&n_check_reads, 1) >= 4) {
    while (!g_atomic_int_get (&is_read_submitted))
      g_thread_yield ();
  }
  return preadv (fd, vectors, n_vectors, offset);
}

/* While every worker is at a check of large pieces, a read does not wait for a piece to end. */
static void
test_reads_go_first (void)
{
  static const MeirDiskFaults noting = { .preadv = preadv_noting_order };
  g_autoptr (DiskFixture) fixture = disk_fixture_new (8 << 20, NULL, 32 << 20);
  g_autoptr (MeirStorage) storage = disk_fixture_open (fixture);
  MeirDiskJob *job;
  Check check;

  disk_fixture_fill (fixture);
  check_init (&check, fixture, 2);
  progress = &check.progress;
  meir_disk_faults = &noting;
  check_submit (&check, storage);
  while (g_atomic_int_get (&n_check_reads) < 4)
    g_thread_yield ();
  job = meir_disk_job_new (check.disk, MEIR_DISK_READ, storage, read_done, &check);
  job->length = sizeof read_memory;
  job->segments[0] = read_memory;
  job->n_segments = 1;
  meir_disk_submit (check.disk, job);
  g_atomic_int_set (&is_read_submitted, TRUE);
  meir_disk_wait (check.disk);
  g_assert_cmpuint (meir_disk_dispatch (check.disk), ==, 2);
  g_assert_cmpuint (check.n_done, ==, 2);
  g_assert_cmpint (progress_at_read, ==, 0);
  g_assert_true (meir_bitfield_is_full (&check.pieces));
  check_clear (&check);
}

/* Several checks at once share the workers. */
static void
test_two_checks (void)
{
  g_autoptr (DiskFixture) fixture = disk_fixture_new (16384, odd_files, 0);
  g_autoptr (MeirStorage) storage = disk_fixture_open (fixture);
  Check first, second;
  MeirDisk *own;

  disk_fixture_fill (fixture);
  check_init (&first, fixture, 4);
  check_init (&second, fixture, 2);
  own = second.disk;
  second.disk = first.disk;
  meir_bitfield_unset (&second.pieces, 0);
  check_submit (&first, storage);
  check_submit (&second, storage);
  meir_disk_wait (first.disk);
  g_assert_cmpuint (meir_disk_dispatch (first.disk), ==, 2);
  g_assert_true (meir_bitfield_is_full (&first.pieces));
  g_assert_cmpuint (second.pieces.n_set, ==, fixture->n_pieces - 1);
  second.disk = own;
  check_clear (&second);
  check_clear (&first);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/disk/disk-check/whole", test_whole);
  g_test_add_func ("/disk/disk-check/flipped-byte", test_flipped_byte);
  g_test_add_func ("/disk/disk-check/only-the-asked", test_only_the_asked);
  g_test_add_func ("/disk/disk-check/missing-and-short", test_missing_and_short);
  g_test_add_func ("/disk/disk-check/unreadable", test_unreadable);
  g_test_add_func ("/disk/disk-check/cancelled-before", test_cancelled_before);
  g_test_add_func ("/disk/disk-check/cancelled-in-the-middle", test_cancelled_in_the_middle);
  g_test_add_func ("/disk/disk-check/reads-go-first", test_reads_go_first);
  g_test_add_func ("/disk/disk-check/two-checks", test_two_checks);
  return g_test_run ();
}
