/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "disk/meir-storage.h"

#include "base/meir-error.h"
#include "base/meir-random.h"
#include "disk-fixture.h"

#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>

/* Reading and writing: spans, vectors, padding, and what the kernel does to them. */

static const FixtureFile odd_files[] = {
  { "a", 1, FALSE },         { "empty", 0, FALSE },   { "b", 16383, FALSE }, { ".pad/1", 3000, TRUE },
  { "c/d/e", 50000, FALSE }, { ".pad/2", 500, TRUE }, { "f", 7, FALSE },     { NULL, 0, FALSE },
};

/* Splits a range into vectors of odd lengths, some of them empty. */
static guint
make_vectors (guint8 *bytes, gsize length, struct iovec *vectors, guint n_max, MeirPrng *prng)
{
  guint n_vectors = 0;

  while (length > 0) {
    gsize wanted = meir_prng_below (prng, 4000);
    gsize part = n_vectors + 1 == n_max ? length : MIN (length, wanted);

    vectors[n_vectors++] = (struct iovec){ bytes, part };
    bytes += part;
    length -= part;
  }
  return n_vectors;
}

static void
check_round_trip (DiskFixture *fixture, MeirStorage *storage)
{
  g_autofree guint8 *buffer = g_malloc (fixture->length);
  struct iovec vectors[200];
  g_autoptr (GError) error = NULL;
  MeirPrng prng;

  meir_prng_init (&prng, 7);
  for (guint round = 0; round < 60; round++) {
    gsize offset = meir_prng_below (&prng, (guint32) fixture->length);
    gsize length = meir_prng_below (&prng, (guint32) (fixture->length - offset)) + 1;
    guint n_vectors = make_vectors (fixture->content + offset, length, vectors, 200, &prng);

    meir_storage_write (storage, offset, vectors, n_vectors, &error);
    g_assert_no_error (error);
    memset (buffer, 0xee, fixture->length);
    n_vectors = make_vectors (buffer, length, vectors, 200, &prng);
    meir_storage_read (storage, offset, vectors, n_vectors, &error);
    g_assert_no_error (error);
    g_assert_cmpmem (buffer, length, fixture->content + offset, length);
  }
  for (guint32 piece = 0; piece < fixture->n_pieces; piece++)
    disk_fixture_write_piece (fixture, storage, piece);
  g_assert_true (disk_fixture_is_whole (fixture));
}

static void
test_round_trip (void)
{
  g_autoptr (DiskFixture) fixture = disk_fixture_new (16384, odd_files, 0);
  g_autoptr (MeirStorage) storage = disk_fixture_prepare (fixture);
  g_autofree char *pad = disk_fixture_path (fixture, "torrent/.pad");

  check_round_trip (fixture, storage);
  g_assert_false (g_file_test (pad, G_FILE_TEST_EXISTS));
}

static void
test_many_files_in_a_piece (void)
{
  g_autofree FixtureFile *files = g_new0 (FixtureFile, 501);
  g_autoptr (DiskFixture) fixture = NULL;
  g_autoptr (MeirStorage) storage = NULL;

  for (guint i = 0; i < 500; i++)
    files[i] = (FixtureFile){ g_strdup_printf ("d%u/f%u", i % 7, i), i % 61, FALSE };
  fixture = disk_fixture_new (16384, files, 0);
  storage = disk_fixture_prepare (fixture);
  check_round_trip (fixture, storage);
  for (guint i = 0; i < 500; i++)
    g_free ((char *) files[i].path);
}

/* The kernel may move less than it was asked to, at every single call. */
static void
test_short_moves (void)
{
  g_autoptr (DiskFixture) fixture = disk_fixture_new (16384, odd_files, 0);
  g_autoptr (MeirStorage) storage = disk_fixture_prepare (fixture);

  disk_fixture_fail (FAULT_PWRITEV, (FaultPlan){ 1, 1000000, 0, 777 });
  disk_fixture_fail (FAULT_PREADV, (FaultPlan){ 1, 1000000, 0, 911 });
  check_round_trip (fixture, storage);
  g_assert_cmpuint (disk_fixture_count_calls (FAULT_PWRITEV), >, 100);
}

static void
test_interrupted (void)
{
  g_autoptr (DiskFixture) fixture = disk_fixture_new (16384, odd_files, 0);
  g_autoptr (MeirStorage) storage = disk_fixture_prepare (fixture);

  for (guint at = 1; at < 6; at++) {
    disk_fixture_fail (FAULT_PWRITEV, (FaultPlan){ at, 5, EINTR, 0 });
    disk_fixture_fail (FAULT_PREADV, (FaultPlan){ at, 3, EAGAIN, 0 });
    disk_fixture_write_piece (fixture, storage, 1);
    g_assert_true (disk_fixture_has_piece (fixture, storage, 1));
  }
}

static void
check_error_of (int error_number, MeirError code)
{
  g_autoptr (DiskFixture) fixture = disk_fixture_new (16384, NULL, 40000);
  g_autoptr (MeirStorage) storage = disk_fixture_prepare (fixture);
  g_autoptr (GError) error = NULL;
  struct iovec vector = { fixture->content, 16384 };

  disk_fixture_fail (FAULT_PWRITEV, (FaultPlan){ 1, 1, error_number, 0 });
  errno = 0;
  g_assert_false (meir_storage_write (storage, 0, &vector, 1, &error));
  g_assert_cmpint (errno, ==, error_number);
  g_assert_error (error, MEIR_ERROR, (gint) code);
  g_assert_nonnull (strstr (error->message, fixture->folder));
  g_clear_error (&error);
  disk_fixture_write_piece (fixture, storage, 0);

  disk_fixture_fail (FAULT_PREADV, (FaultPlan){ 1, 1, error_number, 0 });
  g_assert_false (meir_storage_read (storage, 0, &vector, 1, &error));
  g_assert_cmpint (errno, ==, error_number);
  g_assert_error (error, MEIR_ERROR, (gint) code);
}

static void
test_errors_are_told_apart (void)
{
  check_error_of (ENOSPC, MEIR_ERROR_NO_SPACE);
  check_error_of (EDQUOT, MEIR_ERROR_NO_SPACE);
  check_error_of (EFBIG, MEIR_ERROR_NO_SPACE);
  check_error_of (EIO, MEIR_ERROR_IO);
  check_error_of (EROFS, MEIR_ERROR_READ_ONLY);
  check_error_of (EACCES, MEIR_ERROR_PERMISSION);
}

static void
test_disk_full_says_how_much (void)
{
  g_autoptr (DiskFixture) fixture = disk_fixture_new (16384, NULL, 3 << 20);
  g_autoptr (MeirStorage) storage = disk_fixture_prepare (fixture);
  g_autoptr (GError) error = NULL;
  struct iovec vector = { fixture->content, 16384 };

  disk_fixture_fail (FAULT_PWRITEV, (FaultPlan){ 1, 1, ENOSPC, 0 });
  g_assert_false (meir_storage_write (storage, 0, &vector, 1, &error));
  g_assert_true (g_str_has_prefix (error->message, "The disk is full; “"));
  g_assert_nonnull (strstr (error->message, "” needs 3.0\302\240MiB more and has "));
  g_assert_true (g_str_has_suffix (error->message, " free"));
}

/* The limit of the process, as `ulimit -f` sets it: EFBIG, with the signal ignored as the programs do. */
static void
test_file_size_limit (void)
{
  g_autoptr (DiskFixture) fixture = disk_fixture_new (16384, NULL, 65536);
  g_autoptr (MeirStorage) storage = disk_fixture_prepare (fixture);
  struct rlimit old, limit;
  g_autoptr (GError) error = NULL;
  struct iovec vector = { fixture->content + 32768, 32768 };
  void (*old_handler) (int) = signal (SIGXFSZ, SIG_IGN);

  g_assert_cmpint (getrlimit (RLIMIT_FSIZE, &old), ==, 0);
  limit = (struct rlimit){ 40000, old.rlim_max };
  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &limit), ==, 0);
  g_assert_false (meir_storage_write (storage, 32768, &vector, 1, &error));
  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &old), ==, 0);
  g_assert_error (error, MEIR_ERROR, MEIR_ERROR_NO_SPACE);
  g_assert_true (meir_storage_write (storage, 32768, &vector, 1, NULL));
  signal (SIGXFSZ, old_handler);
}

static void
test_missing_and_short (void)
{
  g_autoptr (DiskFixture) fixture = disk_fixture_new (16384, NULL, 40000);
  g_autoptr (MeirStorage) storage = disk_fixture_open (fixture);
  g_autofree char *path = disk_fixture_path (fixture, "torrent");
  g_autoptr (GError) error = NULL;
  guint8 bytes[16384];
  struct iovec vector = { bytes, sizeof bytes };

  g_assert_false (meir_storage_read (storage, 0, &vector, 1, &error));
  g_assert_cmpint (errno, ==, ENOENT);
  g_assert_error (error, MEIR_ERROR, MEIR_ERROR_NOT_FOUND);
  g_clear_error (&error);
  g_assert_false (meir_storage_write (storage, 0, &vector, 1, &error));
  g_assert_error (error, MEIR_ERROR, MEIR_ERROR_NOT_FOUND);
  g_assert_false (g_file_test (path, G_FILE_TEST_EXISTS));
  g_clear_error (&error);

  disk_fixture_fill (fixture);
  g_assert_true (meir_storage_read (storage, 16384, &vector, 1, NULL));
  g_assert_cmpint (truncate (path, 20000), ==, 0);
  g_assert_true (meir_storage_read (storage, 0, &vector, 1, NULL));
  g_assert_false (meir_storage_read (storage, 16384, &vector, 1, &error));
  g_assert_cmpint (errno, ==, ENODATA);
  g_assert_error (error, MEIR_ERROR, MEIR_ERROR_INCOMPLETE);
}

/* Whether the file system can be asked for what is in memory alone: tmpfs cannot, and workers do it all. */
static gboolean
can_read_cached (DiskFixture *fixture)
{
  g_autofree char *path = disk_fixture_file_path (fixture, 0);
  int fd = g_open (path, O_RDONLY | O_CLOEXEC, 0);
  guint8 byte;
  struct iovec vector = { &byte, 1 };
  gssize n_bytes;

  g_assert_cmpint (fd, >=, 0);
  n_bytes = preadv2 (fd, &vector, 1, 0, RWF_NOWAIT);
  g_assert_true (n_bytes == 1 || errno == EOPNOTSUPP);
  close (fd);
  return n_bytes == 1;
}

/* The descriptor is still good when its file is deleted; it is an error all the same, at the next read. */
static void
test_deleted_while_open (void)
{
  g_autoptr (DiskFixture) fixture = disk_fixture_new (16384, NULL, 40000);
  g_autoptr (MeirStorage) storage = disk_fixture_open (fixture);
  g_autofree char *path = disk_fixture_path (fixture, "torrent");
  guint8 bytes[100];

  disk_fixture_fill (fixture);
  g_assert_true (disk_fixture_has_piece (fixture, storage, 0));
  g_assert_cmpint (meir_storage_read_cached (storage, 5, bytes, sizeof bytes), ==, can_read_cached (fixture));
  g_assert_cmpint (g_remove (path), ==, 0);
  g_assert_false (meir_storage_read_cached (storage, 5, bytes, sizeof bytes));
  g_assert_cmpint (errno, ==, EAGAIN);
  g_assert_false (disk_fixture_has_piece (fixture, storage, 0));
  disk_fixture_fill (fixture);
  g_assert_true (disk_fixture_has_piece (fixture, storage, 0));
}

static void
test_read_cached (void)
{
  g_autoptr (DiskFixture) fixture = disk_fixture_new (16384, odd_files, 0);
  g_autoptr (MeirStorage) storage = disk_fixture_open (fixture);
  g_autofree guint8 *bytes = g_malloc (fixture->length);

  disk_fixture_fill (fixture);
  /* It opens nothing: a worker has to have been there. */
  g_assert_false (meir_storage_read_cached (storage, 0, bytes, fixture->length));
  g_assert_cmpint (errno, ==, EAGAIN);
  for (guint32 piece = 0; piece < fixture->n_pieces; piece++)
    g_assert_true (disk_fixture_has_piece (fixture, storage, piece));
  if (!can_read_cached (fixture)) {
    g_assert_false (meir_storage_read_cached (storage, 0, bytes, fixture->length));
    g_assert_cmpint (errno, ==, EAGAIN);
    g_test_skip ("The file system of the scratch folder has no RWF_NOWAIT");
    return;
  }
  g_assert_true (meir_storage_read_cached (storage, 0, bytes, fixture->length));
  g_assert_cmpmem (bytes, fixture->length, fixture->content, fixture->length);
  g_assert_true (meir_storage_read_cached (storage, 16000, bytes, 9000));
  g_assert_cmpmem (bytes, 9000, fixture->content + 16000, 9000);

  /* A file system that does not know how is asked once. */
  disk_fixture_lack (FALSE, TRUE);
  g_assert_false (meir_storage_read_cached (storage, 16000, bytes, 9000));
  g_assert_cmpint (errno, ==, EAGAIN);
  disk_fixture_heal ();
  g_assert_false (meir_storage_read_cached (storage, 1, bytes, 100));
  g_assert_cmpint (errno, ==, EAGAIN);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/disk/storage-bytes/round-trip", test_round_trip);
  g_test_add_func ("/disk/storage-bytes/many-files-in-a-piece", test_many_files_in_a_piece);
  g_test_add_func ("/disk/storage-bytes/short-moves", test_short_moves);
  g_test_add_func ("/disk/storage-bytes/interrupted", test_interrupted);
  g_test_add_func ("/disk/storage-bytes/errors-are-told-apart", test_errors_are_told_apart);
  g_test_add_func ("/disk/storage-bytes/disk-full-says-how-much", test_disk_full_says_how_much);
  g_test_add_func ("/disk/storage-bytes/file-size-limit", test_file_size_limit);
  g_test_add_func ("/disk/storage-bytes/missing-and-short", test_missing_and_short);
  g_test_add_func ("/disk/storage-bytes/deleted-while-open", test_deleted_while_open);
  g_test_add_func ("/disk/storage-bytes/read-cached", test_read_cached);
  return g_test_run ();
}
