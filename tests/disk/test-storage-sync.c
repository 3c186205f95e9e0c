/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "disk/meir-storage.h"

#include "base/meir-error.h"
#include "disk-fixture.h"
#include "disk/meir-file-cache.h"

#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>

static const FixtureFile tree_files[] = {
  { "one", 16384, FALSE }, { "sub/two", 16384, FALSE }, { "sub/deep/three", 16384, FALSE }, { NULL, 0, FALSE }
};

static void
sync_well (MeirStorage *storage)
{
  g_autoptr (GError) error = NULL;
  guint generation = meir_storage_get_generation (storage);

  meir_storage_sync (storage, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (meir_storage_get_generation (storage), ==, generation);
}

static void
sync_badly (MeirStorage *storage, MeirError code, const char *word)
{
  g_autoptr (GError) error = NULL;
  guint generation = meir_storage_get_generation (storage);

  g_assert_false (meir_storage_sync (storage, &error));
  g_assert_error (error, MEIR_ERROR, (gint) code);
  g_assert_nonnull (strstr (error->message, word));
  g_assert_cmpuint (meir_storage_get_generation (storage), ==, generation + 1);
}

static void
test_only_what_was_written (void)
{
  g_autoptr (DiskFixture) fixture = disk_fixture_new (16384, tree_files, 0);
  g_autoptr (MeirStorage) storage = disk_fixture_prepare (fixture);

  sync_well (storage);
  disk_fixture_fail (FAULT_FDATASYNC, (FaultPlan){ 0 });
  sync_well (storage);
  g_assert_cmpuint (disk_fixture_count_calls (FAULT_FDATASYNC), ==, 0);
  disk_fixture_write_piece (fixture, storage, 1);
  disk_fixture_write_piece (fixture, storage, 1);
  g_assert_true (disk_fixture_has_piece (fixture, storage, 1));
  sync_well (storage);
  g_assert_cmpuint (disk_fixture_count_calls (FAULT_FDATASYNC), ==, 1);
  sync_well (storage);
  g_assert_cmpuint (disk_fixture_count_calls (FAULT_FDATASYNC), ==, 1);

  /* Pieces that were found whole may still be in the page cache only. */
  meir_storage_mark_unsynced (storage, 16000, 20000);
  sync_well (storage);
  g_assert_cmpuint (disk_fixture_count_calls (FAULT_FDATASYNC), ==, 1 + 3);
}

/* The failure is reported once; the next sync of the same descriptor says that all is well. */
static void
test_failure_is_reported_once (void)
{
  g_autoptr (DiskFixture) fixture = disk_fixture_new (16384, tree_files, 0);
  g_autoptr (MeirStorage) storage = disk_fixture_prepare (fixture);

  sync_well (storage);
  for (guint32 piece = 0; piece < 3; piece++)
    disk_fixture_write_piece (fixture, storage, piece);
  disk_fixture_fail (FAULT_FDATASYNC, (FaultPlan){ 2, 1, EIO, 0 });
  sync_badly (storage, MEIR_ERROR_IO, "sub/two");
  g_assert_cmpuint (disk_fixture_count_calls (FAULT_FDATASYNC), ==,
                    3); /* the others are synced all the same */
  sync_well (storage);

  disk_fixture_write_piece (fixture, storage, 0);
  disk_fixture_fail (FAULT_FDATASYNC, (FaultPlan){ 1, 1, ENOSPC, 0 });
  sync_badly (storage, MEIR_ERROR_NO_SPACE, "The disk is full");
}

static void
test_new_folders (void)
{
  g_autoptr (DiskFixture) fixture = disk_fixture_new (16384, tree_files, 0);
  g_autoptr (MeirStorage) storage = disk_fixture_prepare (fixture);

  for (guint32 piece = 0; piece < 3; piece++) /* so that no file has to be opened below */
    disk_fixture_write_piece (fixture, storage, piece);
  disk_fixture_fail (FAULT_OPENAT, (FaultPlan){ 1, 1, EIO, 0 });
  sync_badly (storage, MEIR_ERROR_IO, "torrent");
  sync_well (storage);
  disk_fixture_fail (FAULT_OPENAT, (FaultPlan){ 0 });
  sync_well (storage);
  g_assert_cmpuint (disk_fixture_count_calls (FAULT_OPENAT), ==, 0);
}

/* Another file of the same name and length is there now; it is not the one that the bytes went into. */
static void
replace (DiskFixture *fixture, guint file)
{
  g_autofree char *path = disk_fixture_file_path (fixture, file);
  g_autofree char *bytes = g_malloc0 (16384);

  g_assert_cmpint (g_remove (path), ==, 0);
  g_assert_true (g_file_set_contents (path, bytes, 16384, NULL));
}

/* What a file took that was deleted before the sync is lost, though a sync of its successor succeeds. */
static void
test_replaced (void)
{
  g_autoptr (DiskFixture) fixture = disk_fixture_new (16384, tree_files, 0);
  g_autoptr (MeirStorage) storage = disk_fixture_prepare (fixture);

  /* Noticed, and its descriptor closed, by a read. */
  sync_well (storage);
  disk_fixture_write_piece (fixture, storage, 1);
  replace (fixture, 1);
  g_assert_false (disk_fixture_has_piece (fixture, storage, 1));
  sync_badly (storage, MEIR_ERROR_NOT_FOUND, "sub/two");
  sync_well (storage);

  /* Closed for want of descriptors. */
  disk_fixture_write_piece (fixture, storage, 0);
  replace (fixture, 0);
  g_assert_cmpuint (meir_file_cache_shrink (), >, 0);
  sync_badly (storage, MEIR_ERROR_NOT_FOUND, "torrent/one");
  sync_well (storage);

  /* Nothing was lost of a file that was only read. */
  g_assert_false (disk_fixture_has_piece (fixture, storage, 2));
  replace (fixture, 2);
  g_assert_false (disk_fixture_has_piece (fixture, storage, 2));
  sync_well (storage);
}

static void
test_deleted (void)
{
  g_autoptr (DiskFixture) fixture = disk_fixture_new (16384, tree_files, 0);
  g_autoptr (MeirStorage) storage = disk_fixture_prepare (fixture);
  g_autofree char *path = disk_fixture_path (fixture, "torrent/one");
  g_autofree char *moved = g_strconcat (fixture->folder, "-moved", NULL);

  disk_fixture_write_piece (fixture, storage, 0);
  g_assert_cmpint (g_remove (path), ==, 0);
  disk_fixture_write_piece (fixture, storage, 0); /* into nowhere */
  sync_badly (storage, MEIR_ERROR_NOT_FOUND, "torrent/one");

  g_assert_true (meir_storage_prepare (storage, NULL));
  sync_well (storage);
  g_assert_cmpint (g_rename (fixture->folder, moved), ==, 0);
  sync_badly (storage, MEIR_ERROR_NOT_FOUND, fixture->folder);
  g_assert_cmpint (g_rename (moved, fixture->folder), ==, 0);
  sync_well (storage);
}

#define MANY 60u

static DiskFixture *
make_many (void)
{
  g_autofree FixtureFile *files = g_new0 (FixtureFile, MANY + 1);
  DiskFixture *fixture;

  for (guint i = 0; i < MANY; i++)
    files[i] = (FixtureFile){ g_strdup_printf ("file%u", i), 16384, FALSE };
  fixture = disk_fixture_new (16384, files, 0);
  for (guint i = 0; i < MANY; i++)
    g_free ((char *) files[i].path);
  return fixture;
}

/* Lets the process open only @n more files than the lowest descriptor that is free now. */
static struct rlimit
limit_descriptors (guint n)
{
  struct rlimit old, limit;
  int lowest = dup (0);

  g_assert_cmpint (lowest, >=, 0);
  close (lowest);
  g_assert_cmpint (getrlimit (RLIMIT_NOFILE, &old), ==, 0);
  limit = (struct rlimit){ (rlim_t) lowest + n, old.rlim_max };
  g_assert_cmpint (setrlimit (RLIMIT_NOFILE, &limit), ==, 0);
  return old;
}

/* A file that is closed to make room is asked for its fate first. */
static void
test_failure_at_closing (void)
{
  g_autoptr (DiskFixture) fixture = make_many ();
  g_autoptr (MeirStorage) storage = disk_fixture_prepare (fixture);
  struct rlimit old;

  sync_well (storage);
  old = limit_descriptors (36);
  disk_fixture_fail (FAULT_FDATASYNC, (FaultPlan){ 3, 1, EIO, 0 });
  for (guint32 piece = 0; piece < MANY; piece++)
    disk_fixture_write_piece (fixture, storage, piece);
  g_assert_cmpuint (disk_fixture_count_calls (FAULT_FDATASYNC), >=, MANY - 36);
  sync_badly (storage, MEIR_ERROR_IO, fixture->folder);
  sync_well (storage);
  g_assert_cmpint (setrlimit (RLIMIT_NOFILE, &old), ==, 0);
  g_assert_true (disk_fixture_is_whole (fixture));
}

/* Two storages, and hardly a descriptor for either. */
static void
test_out_of_descriptors (void)
{
  g_autoptr (DiskFixture) first = make_many ();
  g_autoptr (DiskFixture) second = make_many ();
  g_autoptr (MeirStorage) storage = disk_fixture_prepare (first);
  g_autoptr (MeirStorage) other = disk_fixture_prepare (second);
  struct rlimit old = limit_descriptors (4);

  for (guint32 piece = 0; piece < MANY; piece++) {
    disk_fixture_write_piece (first, storage, piece);
    disk_fixture_write_piece (second, other, piece);
    g_assert_true (disk_fixture_has_piece (first, storage, piece / 2));
  }
  sync_well (storage);
  sync_well (other);
  g_assert_cmpint (setrlimit (RLIMIT_NOFILE, &old), ==, 0);
  g_assert_true (disk_fixture_is_whole (first));
  g_assert_true (disk_fixture_is_whole (second));

  disk_fixture_fail (FAULT_OPENAT, (FaultPlan){ 1, 1000000, EMFILE, 0 });
  meir_storage_mark_unsynced (storage, 0, 1);
  sync_badly (storage, MEIR_ERROR_FAILED, "Too many files are open");
}

typedef struct {
  DiskFixture *fixture;
  MeirStorage *storage;
  guint first;
} Writer;

static gpointer
write_thread (gpointer user_data)
{
  Writer *writer = user_data;

  for (guint round = 0; round < 4; round++) {
    for (guint32 piece = writer->first; piece < MANY; piece += 2) {
      disk_fixture_write_piece (writer->fixture, writer->storage, piece);
      g_assert_true (disk_fixture_has_piece (writer->fixture, writer->storage, piece));
    }
  }
  return NULL;
}

static void
test_many_workers (void)
{
  g_autoptr (DiskFixture) fixture = make_many ();
  g_autoptr (MeirStorage) storage = disk_fixture_prepare (fixture);
  struct rlimit old = limit_descriptors (40);
  GThread *threads[4];
  Writer writers[4];

  for (guint i = 0; i < 4; i++) {
    writers[i] = (Writer){ fixture, storage, i % 2 };
    threads[i] = g_thread_new ("writer", write_thread, &writers[i]);
  }
  for (guint i = 0; i < 20; i++)
    sync_well (storage);
  for (guint i = 0; i < 4; i++)
    g_thread_join (threads[i]);
  sync_well (storage);
  g_assert_cmpint (setrlimit (RLIMIT_NOFILE, &old), ==, 0);
  g_assert_true (disk_fixture_is_whole (fixture));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/disk/storage-sync/only-what-was-written", test_only_what_was_written);
  g_test_add_func ("/disk/storage-sync/failure-is-reported-once", test_failure_is_reported_once);
  g_test_add_func ("/disk/storage-sync/new-folders", test_new_folders);
  g_test_add_func ("/disk/storage-sync/replaced", test_replaced);
  g_test_add_func ("/disk/storage-sync/deleted", test_deleted);
  g_test_add_func ("/disk/storage-sync/failure-at-closing", test_failure_at_closing);
  g_test_add_func ("/disk/storage-sync/out-of-descriptors", test_out_of_descriptors);
  g_test_add_func ("/disk/storage-sync/many-workers", test_many_workers);
  return g_test_run ();
}
