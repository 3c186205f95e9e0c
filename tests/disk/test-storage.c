/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "disk/meir-storage.h"

#include "base/meir-error.h"
#include "disk-fixture.h"

#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

/* Opening: what a storage accepts as a folder and as a file. */

static const FixtureFile tree_files[] = {
  { "one", 40000, FALSE }, { "sub/two", 70000, FALSE }, { "sub/deep/three", 30000, FALSE }, { NULL, 0, FALSE }
};

static void
test_folder_refused (void)
{
  g_autoptr (DiskFixture) fixture = disk_fixture_new (16384, NULL, 100);
  g_autofree char *missing = disk_fixture_path (fixture, "none\nhere");
  g_autofree char *file = disk_fixture_path (fixture, "file");
  g_autoptr (GError) error = NULL;

  g_assert_null (meir_storage_new (fixture->metainfo, missing, MEIR_ALLOCATE_SPARSE, &error));
  g_assert_error (error, MEIR_ERROR, MEIR_ERROR_NOT_FOUND);
  g_assert_null (strchr (error->message, '\n'));
  g_clear_error (&error);
  g_assert_true (g_file_set_contents (file, "", 0, NULL));
  g_assert_null (meir_storage_new (fixture->metainfo, file, MEIR_ALLOCATE_SPARSE, &error));
  g_assert_error (error, MEIR_ERROR, MEIR_ERROR_INVALID);
  g_assert_nonnull (strstr (error->message, file));
}

/* A link to the folder itself is the user's own doing and is followed. */
static void
test_folder_may_be_a_link (void)
{
  g_autoptr (DiskFixture) fixture = disk_fixture_new (16384, tree_files, 0);
  g_autofree char *real = disk_fixture_path (fixture, "real");
  g_autofree char *link = disk_fixture_path (fixture, "link");
  g_autoptr (MeirStorage) storage = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *made = g_build_filename (real, "torrent", "sub", "two", NULL);

  g_assert_cmpint (mkdir (real, 0777), ==, 0);
  g_assert_cmpint (symlink ("real", link), ==, 0);
  storage = meir_storage_new (fixture->metainfo, link, MEIR_ALLOCATE_SPARSE, &error);
  g_assert_no_error (error);
  g_assert_true (meir_storage_prepare (storage, &error));
  g_assert_true (g_file_test (made, G_FILE_TEST_IS_REGULAR));
  g_assert_cmpstr (meir_storage_get_folder (storage), ==, link);
  g_assert_true (meir_storage_get_metainfo (storage) == fixture->metainfo);
}

/* The error of writing piece 0. */
static GError *
dup_write_error (DiskFixture *fixture, MeirStorage *storage)
{
  guint32 size;
  const guint8 *bytes = disk_fixture_piece (fixture, 0, &size);
  struct iovec vector = { (void *) bytes, size };
  GError *error = NULL;

  g_assert_false (meir_storage_write (storage, 0, &vector, 1, &error));
  g_assert_nonnull (error);
  return error;
}

static void
test_not_a_regular_file (void)
{
  g_autoptr (DiskFixture) fixture = disk_fixture_new (16384, NULL, 1000);
  g_autofree char *path = disk_fixture_path (fixture, "torrent");

  for (guint kind = 0; kind < 4; kind++) {
    g_autoptr (MeirStorage) storage = disk_fixture_open (fixture);
    g_autoptr (GError) error = NULL;

    switch (kind) {
    case 0:
      g_assert_cmpint (mkfifo (path, 0666), ==, 0); /* opening it to write would wait for ever */
      break;
    case 1:
      g_assert_cmpint (mkdir (path, 0777), ==, 0);
      break;
    case 2:
      g_assert_cmpint (symlink ("elsewhere", path), ==, 0);
      break;
    default:
      if (mknod (path, S_IFCHR | 0666, makedev (1, 7)) != 0)
        continue; /* only root can make devices */
      break;
    }
    error = dup_write_error (fixture, storage);
    g_assert_error (error, MEIR_ERROR, MEIR_ERROR_INVALID);
    g_assert_nonnull (strstr (error->message, path));
    g_assert_false (disk_fixture_has_piece (fixture, storage, 0));
    disk_fixture_remove (path);
  }
}

static void
test_hard_link (void)
{
  g_autoptr (DiskFixture) fixture = disk_fixture_new (16384, NULL, 1000);
  g_autofree char *path = disk_fixture_path (fixture, "torrent");
  g_autofree char *other = disk_fixture_path (fixture, "precious");
  g_autoptr (MeirStorage) storage = NULL;
  g_autoptr (GError) error = NULL;

  disk_fixture_fill (fixture);
  g_assert_cmpint (link (path, other), ==, 0);
  storage = disk_fixture_prepare (fixture); /* it has its length: nothing to do to it */
  error = dup_write_error (fixture, storage);
  g_assert_error (error, MEIR_ERROR, MEIR_ERROR_INVALID);
  g_assert_nonnull (strstr (error->message, "hard link"));
  g_assert_true (disk_fixture_has_piece (fixture, storage, 0)); /* sharing it is fine */
  g_assert_cmpint (g_remove (other), ==, 0);
  disk_fixture_write_piece (fixture, storage, 0);
}

/* Someone replaces a folder of the torrent by a link while it is being downloaded. */
static void
test_symlink_swap (void)
{
  g_autoptr (DiskFixture) fixture = disk_fixture_new (16384, tree_files, 0);
  g_autoptr (MeirStorage) storage = disk_fixture_prepare (fixture);
  g_autofree char *sub = disk_fixture_path (fixture, "torrent/sub");
  g_autofree char *moved = disk_fixture_path (fixture, "moved");
  g_autofree char *victim = g_build_filename (moved, "two", NULL);
  struct iovec vector = { fixture->content, 16384 };
  g_autoptr (GError) error = NULL;
  struct stat before, after;

  g_assert_cmpint (g_rename (sub, moved), ==, 0);
  g_assert_cmpint (symlink ("../moved", sub), ==, 0);
  g_assert_cmpint (stat (victim, &before), ==, 0);
  g_assert_false (meir_storage_write (storage, 49152, &vector, 1, &error));
  g_assert_error (error, MEIR_ERROR, MEIR_ERROR_INVALID);
  g_assert_nonnull (strstr (error->message, "symbolic link"));
  g_assert_cmpint (stat (victim, &after), ==, 0);
  g_assert_cmpint (after.st_blocks, ==, before.st_blocks);
}

static void
test_folder_replaced (void)
{
  g_autoptr (DiskFixture) fixture = disk_fixture_new (16384, NULL, 20000);
  g_autofree char *folder = disk_fixture_path (fixture, "downloads");
  g_autofree char *moved = disk_fixture_path (fixture, "moved");
  g_autoptr (MeirStorage) storage = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (mkdir (folder, 0777), ==, 0);
  storage = meir_storage_new (fixture->metainfo, folder, MEIR_ALLOCATE_SPARSE, &error);
  g_assert_no_error (error);
  g_assert_cmpint (g_rename (folder, moved), ==, 0);
  g_assert_false (meir_storage_prepare (storage, &error));
  g_assert_error (error, MEIR_ERROR, MEIR_ERROR_NOT_FOUND);
  g_clear_error (&error);

  /* An empty folder of the same name, as an unmounted disk leaves it: nothing is made in it. */
  g_assert_cmpint (mkdir (folder, 0777), ==, 0);
  g_assert_false (meir_storage_prepare (storage, &error));
  g_assert_error (error, MEIR_ERROR, MEIR_ERROR_NOT_FOUND);
  g_assert_nonnull (strstr (error->message, "not the folder it was"));
  g_assert_cmpint (g_rmdir (folder), ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/disk/storage/folder-refused", test_folder_refused);
  g_test_add_func ("/disk/storage/folder-may-be-a-link", test_folder_may_be_a_link);
  g_test_add_func ("/disk/storage/not-a-regular-file", test_not_a_regular_file);
  g_test_add_func ("/disk/storage/hard-link", test_hard_link);
  g_test_add_func ("/disk/storage/symlink-swap", test_symlink_swap);
  g_test_add_func ("/disk/storage/folder-replaced", test_folder_replaced);
  return g_test_run ();
}
