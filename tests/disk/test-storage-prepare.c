/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "disk/meir-storage.h"

#include "base/meir-error.h"
#include "disk-fixture.h"

#include <sched.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>

static const FixtureFile tree_files[] = {
  { "one", 40000, FALSE },          { "empty", 0, FALSE },         { "sub/.pad/1", 25536, TRUE },
  { "sub/deep/two", 70000, FALSE }, { "sub/three", 30000, FALSE }, { NULL, 0, FALSE },
};

static MeirStorage *
open_full (DiskFixture *fixture)
{
  g_autoptr (GError) error = NULL;
  MeirStorage *storage = meir_storage_new (fixture->metainfo, fixture->folder, MEIR_ALLOCATE_FULL, &error);

  g_assert_no_error (error);
  return storage;
}

static guint64
get_length (DiskFixture *fixture, guint index)
{
  g_autofree char *path = disk_fixture_file_path (fixture, index);
  struct stat status;

  g_assert_cmpint (stat (path, &status), ==, 0);
  g_assert_true (S_ISREG (status.st_mode));
  return (guint64) status.st_size;
}

static guint64
get_allocated (DiskFixture *fixture, guint index)
{
  g_autofree char *path = disk_fixture_file_path (fixture, index);
  struct stat status;

  g_assert_cmpint (stat (path, &status), ==, 0);
  return (guint64) status.st_blocks * 512;
}

static void
test_makes_all (void)
{
  g_autoptr (DiskFixture) fixture = disk_fixture_new (16384, tree_files, 0);
  g_autoptr (MeirStorage) storage = disk_fixture_prepare (fixture);
  g_autoptr (MeirStorage) again = NULL;
  g_autofree char *pad = disk_fixture_path (fixture, "torrent/sub/.pad");
  guint64 free_bytes, needed_bytes;

  for (guint i = 0; i < meir_metainfo_get_n_files (fixture->metainfo); i++) {
    const MeirMetainfoFile *file = meir_metainfo_get_file (fixture->metainfo, i);

    if (file->is_pad)
      continue;
    g_assert_cmpuint (get_length (fixture, i), ==, file->length);
    g_assert_cmpuint (get_allocated (fixture, i), ==, 0);
  }
  g_assert_false (g_file_test (pad, G_FILE_TEST_EXISTS));
  g_assert_true (meir_storage_get_space (storage, &free_bytes, &needed_bytes, NULL));
  g_assert_cmpuint (needed_bytes, ==, 140000);
  g_assert_cmpuint (free_bytes, >, 0);

  /* What is there stays as it is. */
  disk_fixture_fill (fixture);
  again = disk_fixture_prepare (fixture);
  g_assert_true (disk_fixture_is_whole (fixture));
  g_assert_true (meir_storage_get_space (again, &free_bytes, &needed_bytes, NULL));
  g_assert_cmpuint (needed_bytes, ==, 0);
}

static void
test_modes (void)
{
  g_autoptr (DiskFixture) fixture = disk_fixture_new (16384, tree_files, 0);
  mode_t old = umask (027);
  g_autoptr (MeirStorage) storage = disk_fixture_prepare (fixture);
  g_autofree char *folder = disk_fixture_path (fixture, "torrent/sub/deep");
  g_autofree char *file = disk_fixture_path (fixture, "torrent/sub/deep/two");
  struct stat status;

  umask (old);
  g_assert_nonnull (storage);
  g_assert_cmpint (stat (folder, &status), ==, 0);
  g_assert_cmpint (status.st_mode & 0777, ==, 0750);
  g_assert_cmpint (stat (file, &status), ==, 0);
  g_assert_cmpint (status.st_mode & 07777, ==, 0640);
}

static void
test_allocates (void)
{
  g_autoptr (DiskFixture) fixture = disk_fixture_new (16384, tree_files, 0);
  g_autoptr (MeirStorage) storage = open_full (fixture);
  g_autoptr (GError) error = NULL;

  meir_storage_prepare (storage, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (get_length (fixture, 0), ==, 40000);
  g_assert_cmpuint (get_allocated (fixture, 0), >=, 40000);
}

static void
test_allocation_fails (void)
{
  g_autoptr (DiskFixture) fixture = disk_fixture_new (16384, tree_files, 0);
  g_autoptr (MeirStorage) storage = open_full (fixture);
  g_autoptr (GError) error = NULL;

  disk_fixture_fail (FAULT_FALLOCATE, (FaultPlan){ 1, 100, ENOSPC, 0 });
  g_assert_false (meir_storage_prepare (storage, &error));
  g_assert_error (error, MEIR_ERROR, MEIR_ERROR_NO_SPACE);
  g_clear_error (&error);

  /* A file system that cannot reserve gets files with holes. */
  disk_fixture_fail (FAULT_FALLOCATE, (FaultPlan){ 1, 100, EOPNOTSUPP, 0 });
  meir_storage_prepare (storage, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (get_length (fixture, 0), ==, 40000);
  g_assert_cmpuint (disk_fixture_count_calls (FAULT_FALLOCATE), ==, 3);
}

/* F09: nothing is made or changed when one file stands in the way. */
static void
test_longer_file_is_kept (void)
{
  g_autoptr (DiskFixture) fixture = disk_fixture_new (16384, tree_files, 0);
  g_autoptr (MeirStorage) storage = disk_fixture_open (fixture);
  g_autofree char *path = disk_fixture_path (fixture, "torrent/sub/three");
  g_autofree char *first = disk_fixture_path (fixture, "torrent/one");
  g_autofree char *bytes = g_malloc0 (30001);
  g_autoptr (GError) error = NULL;

  disk_fixture_fill (fixture);
  g_assert_cmpint (g_remove (first), ==, 0);
  g_assert_true (g_file_set_contents (path, bytes, 30001, NULL));
  g_assert_false (meir_storage_prepare (storage, &error));
  g_assert_error (error, MEIR_ERROR, MEIR_ERROR_EXISTS);
  g_assert_nonnull (strstr (error->message, path));
  g_assert_cmpuint (get_length (fixture, 4), ==, 30001);
  g_assert_false (g_file_test (first, G_FILE_TEST_EXISTS));
}

static void
test_shorter_file_grows (void)
{
  g_autoptr (DiskFixture) fixture = disk_fixture_new (16384, tree_files, 0);
  g_autoptr (MeirStorage) storage = NULL;
  g_autofree char *path = disk_fixture_path (fixture, "torrent/one");

  disk_fixture_fill (fixture);
  g_assert_cmpint (truncate (path, 20000), ==, 0);
  storage = disk_fixture_prepare (fixture);
  g_assert_cmpuint (get_length (fixture, 0), ==, 40000);
  g_assert_true (disk_fixture_has_piece (fixture, storage, 0));
  g_assert_false (disk_fixture_has_piece (fixture, storage, 1));
}

static void
check_refused (DiskFixture *fixture, MeirError code, const char *word)
{
  g_autoptr (MeirStorage) storage = disk_fixture_open (fixture);
  g_autoptr (GError) error = NULL;

  g_assert_false (meir_storage_prepare (storage, &error));
  g_assert_error (error, MEIR_ERROR, (gint) code);
  g_assert_nonnull (strstr (error->message, word));
}

static void
test_obstacles (void)
{
  g_autoptr (DiskFixture) fixture = disk_fixture_new (16384, tree_files, 0);
  g_autofree char *root = disk_fixture_path (fixture, "torrent");
  g_autofree char *one = disk_fixture_path (fixture, "torrent/one");
  g_autofree char *sub = disk_fixture_path (fixture, "torrent/sub");
  g_autofree char *other = disk_fixture_path (fixture, "other");

  g_assert_cmpint (mkdir (root, 0777), ==, 0);
  g_assert_cmpint (mkfifo (one, 0666), ==, 0);
  check_refused (fixture, MEIR_ERROR_INVALID, "not a regular file");
  g_assert_cmpint (g_remove (one), ==, 0);

  g_assert_cmpint (symlink ("../other", one), ==, 0);
  check_refused (fixture, MEIR_ERROR_INVALID, "torrent/one");
  g_assert_false (g_file_test (other, G_FILE_TEST_EXISTS));
  g_assert_cmpint (g_remove (one), ==, 0);

  g_assert_cmpint (symlink ("/", sub), ==, 0);
  check_refused (fixture, MEIR_ERROR_INVALID, "symbolic link");
  g_assert_cmpint (g_remove (sub), ==, 0);

  g_assert_true (g_file_set_contents (sub, "a file where a folder belongs", -1, NULL));
  check_refused (fixture, MEIR_ERROR_INVALID, "no folder");
  g_assert_cmpint (g_remove (sub), ==, 0);

  g_assert_true (g_file_set_contents (other, "short", -1, NULL));
  g_assert_cmpint (link (other, one), ==, 0);
  check_refused (fixture, MEIR_ERROR_INVALID, "hard link");
}

/* Two names that a folder does not tell apart lead to one file; a hard link does the same everywhere. */
static void
test_two_names_one_file (void)
{
  static const FixtureFile twins[] = { { "A", 5000, FALSE }, { "a", 5000, FALSE }, { NULL, 0, FALSE } };
  g_autoptr (DiskFixture) fixture = disk_fixture_new (16384, twins, 0);
  g_autofree char *upper = disk_fixture_path (fixture, "torrent/A");
  g_autofree char *lower = disk_fixture_path (fixture, "torrent/a");

  disk_fixture_fill (fixture);
  g_assert_cmpint (g_remove (lower), ==, 0);
  g_assert_cmpint (link (upper, lower), ==, 0);
  check_refused (fixture, MEIR_ERROR_INVALID, "are one file");
}

static void
test_permission (void)
{
  g_autoptr (DiskFixture) fixture = disk_fixture_new (16384, tree_files, 0);
  g_autoptr (MeirStorage) storage = disk_fixture_open (fixture);
  g_autoptr (GError) error = NULL;

  disk_fixture_fail (FAULT_OPENAT, (FaultPlan){ 1, 1, EACCES, 0 });
  g_assert_false (meir_storage_prepare (storage, &error));
  g_assert_error (error, MEIR_ERROR, MEIR_ERROR_PERMISSION);
  g_assert_nonnull (strstr (error->message, "torrent/one"));
}

static void
test_stat_file (void)
{
  g_autoptr (DiskFixture) fixture = disk_fixture_new (16384, tree_files, 0);
  g_autoptr (MeirStorage) storage = disk_fixture_open (fixture);
  struct timespec times[2] = { { 0, UTIME_OMIT }, { 1000000007, 123456789 } };
  g_autofree char *path = disk_fixture_path (fixture, "torrent/one");
  guint64 length;
  gint64 mtime_nsec;

  g_assert_false (meir_storage_stat_file (storage, 0, &length, &mtime_nsec));
  disk_fixture_fill (fixture);
  g_assert_cmpint (utimensat (AT_FDCWD, path, times, 0), ==, 0);
  g_assert_true (meir_storage_stat_file (storage, 0, &length, &mtime_nsec));
  g_assert_cmpuint (length, ==, 40000);
  g_assert_cmpint (mtime_nsec, ==, G_GINT64_CONSTANT (1000000007123456789));
  g_assert_false (meir_storage_stat_file (storage, 2, &length, &mtime_nsec)); /* padding */
}

static void
write_line (const char *path, const char *line)
{
  int fd = open (path, O_WRONLY | O_CLOEXEC);

  g_assert_cmpint (fd, >=, 0);
  g_assert_cmpint (write (fd, line, strlen (line)), ==, (ssize_t) strlen (line));
  close (fd);
}

/* Mounts of this process alone, which end with it; who is not root becomes so in a world of its own. */
static gboolean
enter_own_mounts (void)
{
  static gboolean is_inside;
  g_autofree char *uid_map = g_strdup_printf ("0 %u 1", getuid ());
  g_autofree char *gid_map = g_strdup_printf ("0 %u 1", getgid ());

  if (is_inside)
    return TRUE;
  if (unshare (CLONE_NEWNS) != 0) {
    if (unshare (CLONE_NEWUSER | CLONE_NEWNS) != 0)
      return FALSE;
    write_line ("/proc/self/setgroups", "deny");
    write_line ("/proc/self/uid_map", uid_map);
    write_line ("/proc/self/gid_map", gid_map);
  }
  is_inside = mount ("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0;
  return is_inside;
}

/* Mounts a disk of 4 MiB and 8 inodes over the fixture's folder. Where that is not allowed, says so. */
static gboolean
mount_small_disk (DiskFixture *fixture)
{
  if (enter_own_mounts () && mount ("tmpfs", fixture->folder, "tmpfs", 0, "size=4m,nr_inodes=8") == 0)
    return TRUE;
  g_test_skip ("this system lets nobody but root mount a small disk");
  return FALSE;
}

static void
unmount (DiskFixture *fixture)
{
  g_assert_cmpint (umount2 (fixture->folder, MNT_DETACH), ==, 0);
}

static void
test_disk_full (void)
{
  g_autoptr (DiskFixture) fixture = disk_fixture_new (1 << 20, NULL, 6 << 20);
  g_autoptr (MeirStorage) storage = NULL;
  g_autoptr (MeirStorage) full = NULL;
  g_autoptr (GError) error = NULL;
  struct iovec vector = { fixture->content, 5 << 20 };

  if (!mount_small_disk (fixture))
    return;
  storage = disk_fixture_prepare (fixture);
  g_assert_false (meir_storage_write (storage, 0, &vector, 1, &error));
  g_assert_error (error, MEIR_ERROR, MEIR_ERROR_NO_SPACE);
  g_assert_true (g_str_has_prefix (error->message, "The disk is full; “"));
  g_assert_nonnull (strstr (error->message, "” needs 2.0\302\240MiB more and has "));
  g_assert_true (g_str_has_suffix (error->message, " has 0 bytes free"));
  g_clear_error (&error);

  full = open_full (fixture);
  g_assert_false (meir_storage_prepare (full, &error));
  g_assert_error (error, MEIR_ERROR, MEIR_ERROR_NO_SPACE);
  unmount (fixture);
}

static void
test_no_inodes (void)
{
  static const FixtureFile many[] = {
    { "1", 10, FALSE }, { "2", 10, FALSE }, { "3", 10, FALSE }, { "4", 10, FALSE }, { "5", 10, FALSE },
    { "6", 10, FALSE }, { "7", 10, FALSE }, { "8", 10, FALSE }, { NULL, 0, FALSE },
  };
  g_autoptr (DiskFixture) fixture = disk_fixture_new (16384, many, 0);
  g_autoptr (MeirStorage) storage = NULL;
  g_autoptr (GError) error = NULL;

  if (!mount_small_disk (fixture))
    return;
  storage = disk_fixture_open (fixture);
  g_assert_false (meir_storage_prepare (storage, &error));
  g_assert_error (error, MEIR_ERROR, MEIR_ERROR_NO_SPACE);
  g_assert_nonnull (strstr (error->message, "no room for more files"));
  unmount (fixture);
}

/* The disk is unmounted while its torrent is open: nothing is made in the empty folder below it. */
static void
test_unmounted (void)
{
  g_autoptr (DiskFixture) fixture = disk_fixture_new (16384, tree_files, 0);
  g_autoptr (MeirStorage) storage = NULL;
  g_autofree char *root = disk_fixture_path (fixture, "torrent");
  g_autoptr (GError) error = NULL;

  if (!mount_small_disk (fixture))
    return;
  storage = disk_fixture_open (fixture);
  unmount (fixture);
  g_assert_false (meir_storage_prepare (storage, &error));
  g_assert_error (error, MEIR_ERROR, MEIR_ERROR_NOT_FOUND);
  g_assert_false (g_file_test (root, G_FILE_TEST_EXISTS));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/disk/storage-prepare/makes-all", test_makes_all);
  g_test_add_func ("/disk/storage-prepare/modes", test_modes);
  g_test_add_func ("/disk/storage-prepare/allocates", test_allocates);
  g_test_add_func ("/disk/storage-prepare/allocation-fails", test_allocation_fails);
  g_test_add_func ("/disk/storage-prepare/longer-file-is-kept", test_longer_file_is_kept);
  g_test_add_func ("/disk/storage-prepare/shorter-file-grows", test_shorter_file_grows);
  g_test_add_func ("/disk/storage-prepare/obstacles", test_obstacles);
  g_test_add_func ("/disk/storage-prepare/two-names-one-file", test_two_names_one_file);
  g_test_add_func ("/disk/storage-prepare/permission", test_permission);
  g_test_add_func ("/disk/storage-prepare/stat-file", test_stat_file);
  g_test_add_func ("/disk/storage-prepare/disk-full", test_disk_full);
  g_test_add_func ("/disk/storage-prepare/no-inodes", test_no_inodes);
  g_test_add_func ("/disk/storage-prepare/unmounted", test_unmounted);
  return g_test_run ();
}
