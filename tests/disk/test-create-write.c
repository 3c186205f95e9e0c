/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "create-folder.h"
#include "disk-fixture.h"

/* The .torrent stands whole or not at all, and nothing lies beside it. */

static guint
count_entries (const char *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  guint n = 0;

  while (g_dir_read_name (dir) != NULL)
    n++;
  return n;
}

static void
test_write (void)
{
  char *folder = make_folder ();
  g_autofree char *path = g_build_filename (folder, "t.torrent", NULL);
  g_autoptr (GBytes) first = g_bytes_new_static ("first torrent", 13);
  g_autoptr (GBytes) second = g_bytes_new_static ("second", 6);
  g_autofree char *contents = NULL;
  g_autoptr (GError) error = NULL;
  gsize length;

  g_assert_true (meir_create_write_atomic (path, first, &error));
  g_assert_true (meir_create_write_atomic (path, second, &error));
  g_assert_no_error (error);
  g_assert_true (g_file_get_contents (path, &contents, &length, NULL));
  g_assert_cmpmem (contents, length, "second", 6);
  g_assert_cmpuint (count_entries (folder), ==, 1);
  remove_folder (folder);
}

static void
assert_write_refused (const char *path, MeirError code, const char *part)
{
  g_autoptr (GBytes) bytes = g_bytes_new_static ("x", 1);
  g_autoptr (GError) error = NULL;

  g_assert_false (meir_create_write_atomic (path, bytes, &error));
  assert_error_names (error, code, part);
  g_assert_nonnull (strstr (error->message, path));
}

static void
test_write_refused (void)
{
  char *folder;
  g_autofree char *missing = NULL;
  g_autofree char *below_file = NULL;
  g_autofree char *locked = NULL;
  g_autofree char *below_locked = NULL;

  drop_privileges ();
  folder = make_folder ();
  missing = g_build_filename (folder, "missing", "t.torrent", NULL);
  below_file = g_build_filename (folder, "file", "t.torrent", NULL);
  locked = g_build_filename (folder, "locked", NULL);
  below_locked = g_build_filename (locked, "t.torrent", NULL);
  write_text (folder, "file", "x");
  assert_write_refused (folder, MEIR_ERROR_EXISTS, "It is a folder");
  assert_write_refused ("/dev/null", MEIR_ERROR_EXISTS, "It is a device");
  assert_write_refused (missing, MEIR_ERROR_NOT_FOUND, "There is no such folder");
  assert_write_refused (below_file, MEIR_ERROR_NOT_FOUND, "There is no such folder");
  g_assert_cmpint (g_mkdir (locked, 0500), ==, 0);
  assert_write_refused (below_locked, MEIR_ERROR_PERMISSION, "Permission denied");
  remove_folder (folder);
  restore_privileges ();
}

/* A full or dying disk: the file before stays as it is. */
static void
test_write_fails (void)
{
  static const struct {
    FaultKind kind;
    int error_number;
    MeirError code;
  } cases[] = {
    { FAULT_PWRITEV, ENOSPC, MEIR_ERROR_NO_SPACE },
    { FAULT_PWRITEV, EIO, MEIR_ERROR_IO },
    { FAULT_FDATASYNC, EIO, MEIR_ERROR_IO },
    { FAULT_FDATASYNC, EDQUOT, MEIR_ERROR_NO_SPACE },
  };
  char *folder = make_folder ();
  g_autofree char *path = g_build_filename (folder, "t.torrent", NULL);

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *contents = NULL;

    write_text (folder, "t.torrent", "before");
    disk_fixture_fail (cases[i].kind, (FaultPlan){ 1, 1, cases[i].error_number, 0 });
    assert_write_refused (path, cases[i].code, g_strerror (cases[i].error_number));
    disk_fixture_heal ();
    g_assert_true (g_file_get_contents (path, &contents, NULL, NULL));
    g_assert_cmpstr (contents, ==, "before");
    g_assert_cmpuint (count_entries (folder), ==, 1);
  }
  remove_folder (folder);
}

/* Short and interrupted writes are gone on with. */
static void
test_short_writes (void)
{
  char *folder = make_folder ();
  g_autofree char *path = g_build_filename (folder, "t.torrent", NULL);
  g_autoptr (GBytes) torrent = g_bytes_new_static ("a torrent of some bytes", 23);
  g_autofree char *contents = NULL;
  g_autoptr (GError) error = NULL;
  gsize length;

  disk_fixture_fail (FAULT_PWRITEV, (FaultPlan){ 1, 3, 0, 5 });
  g_assert_true (meir_create_write_atomic (path, torrent, &error));
  g_assert_cmpuint (disk_fixture_count_calls (FAULT_PWRITEV), ==, 4);
  disk_fixture_fail (FAULT_PWRITEV, (FaultPlan){ 1, 2, EINTR, 0 });
  g_assert_true (meir_create_write_atomic (path, torrent, &error));
  disk_fixture_heal ();
  g_assert_no_error (error);
  g_assert_true (g_file_get_contents (path, &contents, &length, NULL));
  g_assert_cmpmem (contents, length, "a torrent of some bytes", 23);
  remove_folder (folder);
}

/* The name of the file may be as long as names can be. */
static void
test_longest_name (void)
{
  char *folder = make_folder ();
  g_autofree char *name = g_strnfill (255, 'n');
  g_autofree char *path = g_build_filename (folder, name, NULL);
  g_autofree char *longer = g_strconcat (path, "n", NULL);
  g_autoptr (GBytes) torrent = g_bytes_new_static ("x", 1);

  g_assert_true (meir_create_write_atomic (path, torrent, NULL));
  assert_write_refused (longer, MEIR_ERROR_INVALID, g_strerror (ENAMETOOLONG));
  g_assert_cmpuint (count_entries (folder), ==, 1);
  remove_folder (folder);
}

/* One meir_create_write_async (). */
typedef struct {
  GMainLoop *loop;
  gboolean success;
  GError *error;
} Writing;

static void
on_written (GObject *source, GAsyncResult *result, gpointer data)
{
  Writing *writing = data;

  writing->success = meir_create_write_finish (result, &writing->error);
  g_main_loop_quit (writing->loop);
}

static GCancellable *cancelled_by_disk;

/* A disk in whose sync somebody presses Ctrl-C. */
static int
cancel_in_sync (int fd)
{
  g_cancellable_cancel (cancelled_by_disk);
  return fdatasync (fd);
}

static ssize_t
cancel_in_write (int fd, const struct iovec *vectors, int n_vectors, off_t offset)
{
  g_cancellable_cancel (cancelled_by_disk);
  return pwritev (fd, vectors, n_vectors, offset);
}

static void
assert_cancel_leaves_nothing (const MeirDiskFaults *faults, GCancellable *cancellable)
{
  char *folder = make_folder ();
  g_autofree char *path = g_build_filename (folder, "t.torrent", NULL);
  g_autoptr (GBytes) torrent = g_bytes_new_static ("a torrent", 9);
  Writing writing = { .loop = g_main_loop_new (NULL, FALSE) };

  cancelled_by_disk = cancellable;
  meir_disk_faults = faults;
  meir_create_write_async (path, torrent, cancellable, on_written, &writing);
  g_main_loop_run (writing.loop);
  meir_disk_faults = NULL;
  g_assert_error (writing.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_false (writing.success);
  g_assert_cmpuint (count_entries (folder), ==, 0);
  g_clear_error (&writing.error);
  g_main_loop_unref (writing.loop);
  remove_folder (folder);
}

static void
test_cancelled (void)
{
  static const MeirDiskFaults in_sync = { .fdatasync = cancel_in_sync };
  static const MeirDiskFaults in_write = { .pwritev = cancel_in_write };
  g_autoptr (GCancellable) first = g_cancellable_new ();
  g_autoptr (GCancellable) second = g_cancellable_new ();
  g_autoptr (GCancellable) before = g_cancellable_new ();

  assert_cancel_leaves_nothing (&in_sync, first);
  assert_cancel_leaves_nothing (&in_write, second);
  g_cancellable_cancel (before);
  assert_cancel_leaves_nothing (NULL, before);
}

/* A cancel when all is done changes nothing; a relative path means what it meant at the call. */
static void
test_async (void)
{
  char *folder = make_folder ();
  g_autofree char *path = g_build_filename (folder, "t.torrent", NULL);
  g_autofree char *here = g_get_current_dir ();
  g_autoptr (GBytes) torrent = g_bytes_new_static ("a torrent", 9);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  Writing writing = { .loop = g_main_loop_new (NULL, FALSE) };

  g_assert_cmpint (chdir (folder), ==, 0);
  meir_create_write_async ("t.torrent", torrent, cancellable, on_written, &writing);
  g_assert_cmpint (chdir (here), ==, 0);
  while (!g_file_test (path, G_FILE_TEST_EXISTS))
    g_usleep (1000);
  g_cancellable_cancel (cancellable);
  g_main_loop_run (writing.loop);
  g_assert_no_error (writing.error);
  g_assert_true (writing.success);
  g_assert_cmpuint (count_entries (folder), ==, 1);
  g_main_loop_unref (writing.loop);
  remove_folder (folder);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/disk/create-write/good", test_write);
  g_test_add_func ("/disk/create-write/refused", test_write_refused);
  g_test_add_func ("/disk/create-write/fails", test_write_fails);
  g_test_add_func ("/disk/create-write/short-writes", test_short_writes);
  g_test_add_func ("/disk/create-write/longest-name", test_longest_name);
  g_test_add_func ("/disk/create-write/cancelled", test_cancelled);
  g_test_add_func ("/disk/create-write/async", test_async);
  return g_test_run ();
}
