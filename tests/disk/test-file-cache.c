/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "disk/meir-file-cache.h"

#include "disk-fixture.h"

#include <sys/resource.h>

#define N_FILES 40u

static int
open_something (int flags)
{
  int fd = open ("/dev/null", flags | O_CLOEXEC);

  g_assert_cmpint (fd, >=, 0);
  return fd;
}

static gboolean
is_open (int fd)
{
  return fcntl (fd, F_GETFD) >= 0;
}

static void
insert (MeirFileTable *table, guint file, gboolean is_writable)
{
  meir_open_file_release (meir_file_table_insert (table, file, open_something (O_RDWR), is_writable), FALSE);
}

static void
test_acquire (void)
{
  MeirFileTable table;
  MeirOpenFile *open_file, *again;

  meir_file_table_init (&table, N_FILES);
  g_assert_null (meir_file_table_acquire (&table, 3, FALSE));
  open_file = meir_file_table_insert (&table, 3, open_something (O_RDONLY), FALSE);
  again = meir_file_table_acquire (&table, 3, FALSE);
  g_assert_true (again == open_file);
  g_assert_null (meir_file_table_acquire (&table, 3, TRUE));
  g_assert_null (meir_file_table_acquire (&table, 2, FALSE));
  meir_open_file_release (again, FALSE);
  meir_open_file_release (open_file, FALSE);
  g_assert_true (meir_file_table_acquire (&table, 3, FALSE) == open_file);
  meir_open_file_release (open_file, FALSE);
  meir_file_table_clear (&table);
}

/* Opened for reading, then for writing: who reads keeps its descriptor until it is done. */
static void
test_replaced_while_in_use (void)
{
  MeirFileTable table;
  MeirOpenFile *reader, *writer;
  int fd;

  meir_file_table_init (&table, N_FILES);
  fd = open_something (O_RDONLY);
  reader = meir_file_table_insert (&table, 0, fd, FALSE);
  writer = meir_file_table_insert (&table, 0, open_something (O_RDWR), TRUE);
  g_assert_true (writer != reader);
  g_assert_true (is_open (fd));
  meir_open_file_release (reader, FALSE);
  g_assert_false (is_open (fd));
  g_assert_true (meir_file_table_acquire (&table, 0, FALSE) == writer);
  meir_open_file_release (writer, FALSE);
  meir_open_file_release (writer, FALSE);
  meir_file_table_clear (&table);
}

/* Two workers open one file at the same time: the second gets the first's. */
static void
test_inserted_twice (void)
{
  MeirFileTable table;
  MeirOpenFile *first, *second;
  int fd;

  meir_file_table_init (&table, N_FILES);
  first = meir_file_table_insert (&table, 0, open_something (O_RDWR), TRUE);
  fd = open_something (O_RDWR);
  second = meir_file_table_insert (&table, 0, fd, TRUE);
  g_assert_true (first == second);
  g_assert_false (is_open (fd));
  meir_open_file_release (first, FALSE);
  meir_open_file_release (second, FALSE);
  meir_file_table_clear (&table);
}

static void
test_dirty (void)
{
  MeirFileTable table;
  MeirBitfield files;
  MeirOpenFile *open_file;
  guint file;

  meir_file_table_init (&table, N_FILES);
  meir_bitfield_init (&files, N_FILES);
  g_assert_false (meir_file_table_take_dirty (&table, &files));
  open_file = meir_file_table_insert (&table, 5, open_something (O_RDWR), TRUE);
  meir_open_file_release (open_file, TRUE);
  meir_file_table_mark_dirty (&table, 7);
  g_assert_true (meir_file_table_take_dirty (&table, &files));
  g_assert_cmpuint (files.n_set, ==, 2);
  g_assert_true (meir_bitfield_get (&files, 5) && meir_bitfield_get (&files, 7));
  g_assert_cmpint (meir_file_table_take_sync_error (&table, &file), ==, 0);
  g_assert_false (meir_file_table_take_dirty (&table, &files));
  meir_bitfield_clear (&files);
  meir_file_table_clear (&table);
}

/* Files are closed in the order of their last use, those with something to sync last, those in use never. */
static void
test_limit (void)
{
  MeirFileTable table;
  MeirOpenFile *kept;
  struct rlimit old, limit;

  g_assert_cmpint (getrlimit (RLIMIT_NOFILE, &old), ==, 0);
  limit = (struct rlimit){ 64, old.rlim_max }; /* a quarter of it is for files */
  g_assert_cmpint (setrlimit (RLIMIT_NOFILE, &limit), ==, 0);
  disk_fixture_fail (FAULT_FDATASYNC, (FaultPlan){ 0 });
  meir_file_table_init (&table, N_FILES);
  kept = meir_file_table_insert (&table, 0, open_something (O_RDWR), TRUE);
  insert (&table, 1, TRUE);
  meir_file_table_mark_dirty (&table, 1);
  for (guint file = 2; file < 16; file++)
    insert (&table, file, TRUE);
  g_assert_cmpuint (g_hash_table_size (table.open), ==, 16);
  meir_open_file_release (meir_file_table_acquire (&table, 2, FALSE), FALSE);
  insert (&table, 16, TRUE);
  g_assert_cmpuint (g_hash_table_size (table.open), ==, 16);
  g_assert_null (meir_file_table_acquire (&table, 3, FALSE)); /* 0 is in use, 1 dirty, 2 was just used */
  for (guint file = 17; file < 30; file++)
    insert (&table, file, TRUE);
  g_assert_cmpuint (disk_fixture_count_calls (FAULT_FDATASYNC), ==, 0);
  g_assert_cmpuint (meir_file_cache_shrink (), ==, 15);
  g_assert_cmpuint (disk_fixture_count_calls (FAULT_FDATASYNC), ==, 1);
  g_assert_cmpuint (g_hash_table_size (table.open), ==, 1);
  g_assert_true (is_open (kept->fd));
  meir_open_file_release (kept, FALSE);
  g_assert_cmpuint (meir_file_cache_shrink (), ==, 1);
  meir_file_table_clear (&table);
  disk_fixture_heal ();
  g_assert_cmpint (setrlimit (RLIMIT_NOFILE, &old), ==, 0);
}

static void
test_error_at_closing (void)
{
  MeirFileTable table;
  MeirBitfield files;
  guint file;

  meir_file_table_init (&table, N_FILES);
  meir_bitfield_init (&files, N_FILES);
  insert (&table, 1, TRUE);
  meir_file_table_mark_dirty (&table, 1);
  disk_fixture_fail (FAULT_FDATASYNC, (FaultPlan){ 1, 1, EIO, 0 });
  g_assert_cmpuint (meir_file_cache_shrink (), ==, 1);
  g_assert_true (meir_file_table_take_dirty (&table, &files));
  g_assert_cmpint (meir_file_table_take_sync_error (&table, &file), ==, EIO);
  g_assert_cmpuint (file, ==, 1);
  g_assert_false (meir_file_table_take_dirty (&table, &files));

  /* In the middle of a sync the bits are cleared already; what is closed then is asked all the same. */
  insert (&table, 2, TRUE);
  meir_file_table_mark_dirty (&table, 2);
  g_assert_true (meir_file_table_take_dirty (&table, &files));
  disk_fixture_fail (FAULT_FDATASYNC, (FaultPlan){ 1, 1, ENOSPC, 0 });
  g_assert_cmpuint (meir_file_cache_shrink (), ==, 1);
  g_assert_cmpint (meir_file_table_take_sync_error (&table, &file), ==, ENOSPC);
  g_assert_cmpuint (file, ==, 2);
  disk_fixture_heal ();
  meir_bitfield_clear (&files);
  meir_file_table_clear (&table);
}

static void
test_drop_deleted (void)
{
  MeirFileTable table;
  MeirBitfield files;
  MeirOpenFile *open_file;
  guint file;
  int fd;

  meir_file_table_init (&table, N_FILES);
  meir_bitfield_init (&files, N_FILES);
  fd = open_something (O_RDONLY);
  open_file = meir_file_table_insert (&table, MEIR_FILE_FOLDER, fd, FALSE);
  meir_file_table_drop_deleted (&table, MEIR_FILE_FOLDER);
  g_assert_null (meir_file_table_acquire (&table, MEIR_FILE_FOLDER, FALSE));
  g_assert_true (is_open (fd));
  meir_open_file_release (open_file, FALSE);
  g_assert_false (is_open (fd));
  meir_file_table_drop_deleted (&table, 4); /* not open: nothing */
  insert (&table, 5, TRUE);
  meir_file_table_drop_deleted (&table, 5); /* clean: nothing is lost */
  g_assert_false (meir_file_table_take_dirty (&table, &files));

  /* What was written before it is lost, */
  insert (&table, 6, TRUE);
  meir_file_table_mark_dirty (&table, 6);
  meir_file_table_drop_deleted (&table, 6);
  g_assert_true (meir_file_table_take_dirty (&table, &files));
  g_assert_cmpint (meir_file_table_take_sync_error (&table, &file), ==, ENOENT);
  g_assert_cmpuint (file, ==, 6);
  /* and what a writer that was under way writes after. */
  open_file = meir_file_table_insert (&table, 7, open_something (O_RDWR), TRUE);
  meir_file_table_drop_deleted (&table, 7);
  g_assert_false (meir_file_table_take_dirty (&table, &files));
  meir_open_file_release (open_file, TRUE);
  g_assert_true (meir_file_table_take_dirty (&table, &files));
  g_assert_cmpint (meir_file_table_take_sync_error (&table, &file), ==, ENOENT);
  g_assert_cmpuint (file, ==, 7);
  meir_bitfield_clear (&files);
  meir_file_table_clear (&table);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/disk/file-cache/acquire", test_acquire);
  g_test_add_func ("/disk/file-cache/replaced-while-in-use", test_replaced_while_in_use);
  g_test_add_func ("/disk/file-cache/inserted-twice", test_inserted_twice);
  g_test_add_func ("/disk/file-cache/dirty", test_dirty);
  g_test_add_func ("/disk/file-cache/limit", test_limit);
  g_test_add_func ("/disk/file-cache/error-at-closing", test_error_at_closing);
  g_test_add_func ("/disk/file-cache/drop-deleted", test_drop_deleted);
  return g_test_run ();
}
