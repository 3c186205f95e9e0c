/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "disk/meir-disk-bytes.h"

#include "disk-fixture.h"

#include <string.h>

/* All of it or an errno, whatever single calls do. */

#define LENGTH 1000u

typedef struct {
  char *path;
  int fd;
  guint8 bytes[LENGTH];
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer user_data)
{
  fixture->fd = g_file_open_tmp ("meir-bytes-XXXXXX", &fixture->path, NULL);
  g_assert_cmpint (fixture->fd, >=, 0);
  for (guint i = 0; i < LENGTH; i++)
    fixture->bytes[i] = (guint8) (i * 7 + i / 256);
}

static void
tear_down (Fixture *fixture, gconstpointer user_data)
{
  disk_fixture_heal ();
  close (fixture->fd);
  g_assert_cmpint (g_unlink (fixture->path), ==, 0);
  g_free (fixture->path);
}

static void
assert_written (Fixture *fixture, guint64 offset)
{
  guint8 bytes[LENGTH + 1];

  g_assert_cmpint (pread (fixture->fd, bytes, sizeof bytes, (off_t) offset), ==, LENGTH);
  g_assert_cmpmem (bytes, LENGTH, fixture->bytes, LENGTH);
}

/* Interrupted once, then a hundred bytes a call, then as it comes. */
static void
test_write (Fixture *fixture, gconstpointer user_data)
{
  g_assert_cmpint (meir_disk_write_all (fixture->fd, fixture->bytes, LENGTH, 50), ==, 0);
  assert_written (fixture, 50);

  disk_fixture_fail (FAULT_PWRITEV, (FaultPlan){ .at = 1, .count = 1, .error_number = EINTR });
  g_assert_cmpint (meir_disk_write_all (fixture->fd, fixture->bytes, LENGTH, 2000), ==, 0);
  g_assert_cmpuint (disk_fixture_count_calls (FAULT_PWRITEV), ==, 2);
  assert_written (fixture, 2000);
  disk_fixture_heal ();

  disk_fixture_fail (FAULT_PWRITEV, (FaultPlan){ .at = 1, .count = 3, .short_bytes = 100 });
  g_assert_cmpint (meir_disk_write_all (fixture->fd, fixture->bytes, LENGTH, 4000), ==, 0);
  g_assert_cmpuint (disk_fixture_count_calls (FAULT_PWRITEV), ==, 4);
  assert_written (fixture, 4000);
}

static ssize_t
take_nothing (int fd, const struct iovec *vectors, int n_vectors, off_t offset)
{
  return 0;
}

/* Room for a hundred bytes. */
static ssize_t
fill_up (int fd, const struct iovec *vectors, int n_vectors, off_t offset)
{
  if (offset < 100)
    return pwrite (fd, vectors[0].iov_base, 100, offset);
  errno = ENOSPC;
  return -1;
}

static void
test_write_fails (Fixture *fixture, gconstpointer user_data)
{
  static const MeirDiskFaults full = { .pwritev = fill_up };
  static const MeirDiskFaults silent = { .pwritev = take_nothing };

  meir_disk_faults = &full;
  g_assert_cmpint (meir_disk_write_all (fixture->fd, fixture->bytes, LENGTH, 0), ==, ENOSPC);
  meir_disk_faults = NULL;
  g_assert_cmpint (meir_disk_write_all (-1, fixture->bytes, LENGTH, 0), ==, EBADF);
  g_assert_cmpint (meir_disk_write_all (-1, NULL, 0, 0), ==, 0);
  /* For ever would not do. */
  meir_disk_faults = &silent;
  g_assert_cmpint (meir_disk_write_all (fixture->fd, fixture->bytes, LENGTH, 0), ==, EIO);
}

static void
test_read (Fixture *fixture, gconstpointer user_data)
{
  guint8 bytes[LENGTH + 10] = { 0 };

  g_assert_cmpint (pwrite (fixture->fd, fixture->bytes, LENGTH, 0), ==, LENGTH);
  disk_fixture_fail (FAULT_PREADV, (FaultPlan){ .at = 1, .count = 1, .error_number = EINTR });
  g_assert_cmpint (meir_disk_read_all (fixture->fd, bytes, LENGTH, 0), ==, LENGTH);
  g_assert_cmpmem (bytes, LENGTH, fixture->bytes, LENGTH);
  disk_fixture_heal ();

  memset (bytes, 0, sizeof bytes);
  disk_fixture_fail (FAULT_PREADV, (FaultPlan){ .at = 1, .count = 4, .short_bytes = 100 });
  /* The file ends before. */
  g_assert_cmpint (meir_disk_read_all (fixture->fd, bytes, sizeof bytes, 10), ==, LENGTH - 10);
  g_assert_cmpmem (bytes, LENGTH - 10, fixture->bytes + 10, LENGTH - 10);
  g_assert_cmpint (meir_disk_read_all (fixture->fd, bytes, sizeof bytes, LENGTH + 5), ==, 0);
  disk_fixture_heal ();

  disk_fixture_fail (FAULT_PREADV, (FaultPlan){ .at = 1, .count = 1, .error_number = EIO });
  errno = 0;
  g_assert_cmpint (meir_disk_read_all (fixture->fd, bytes, LENGTH, 0), ==, -1);
  g_assert_cmpint (errno, ==, EIO);
}

static void
add (const char *path, void (*test) (Fixture *, gconstpointer))
{
  g_test_add (path, Fixture, NULL, set_up, test, tear_down);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  add ("/disk/bytes/write", test_write);
  add ("/disk/bytes/write-fails", test_write_fails);
  add ("/disk/bytes/read", test_read);
  return g_test_run ();
}
