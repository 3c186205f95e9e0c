/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "create-folder.h"
#include "disk/meir-metainfo-load.h"

#include <fcntl.h>

/* A .torrent, and whatever else may lie under its name. */

static const char good[] =
    "d4:infod6:lengthi5e4:name1:a12:piece lengthi16384e6:pieces20:aaaaaaaaaaaaaaaaaaaaee";

static MeirMetainfo *
load (const char *folder, const char *name, gboolean may_wait, GCancellable *cancellable, GError **error)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  g_autoptr (GFile) file = g_file_new_for_path (path);

  return meir_metainfo_load (file, may_wait, cancellable, error);
}

/* Refused either way, with a sentence that names the file and has @part. */
static void
assert_refused (const char *folder, const char *name, MeirError code, const char *part)
{
  for (int may_wait = FALSE; may_wait <= TRUE; may_wait++) {
    g_autoptr (GError) error = NULL;

    g_assert_null (load (folder, name, may_wait, NULL, &error));
    assert_error_names (error, code, part);
    g_assert_nonnull (strstr (error->message, name));
    g_assert_false (g_str_has_suffix (error->message, "."));
  }
}

static void
test_good (void)
{
  char *folder = make_folder ();

  write_bytes (folder, "a.torrent", good, sizeof good - 1);
  for (int may_wait = FALSE; may_wait <= TRUE; may_wait++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (MeirMetainfo) metainfo = load (folder, "a.torrent", may_wait, NULL, &error);

    g_assert_no_error (error);
    g_assert_cmpstr (meir_metainfo_get_name (metainfo), ==, "a");
    g_assert_cmpuint (meir_metainfo_get_total_length (metainfo), ==, 5);
  }
  remove_folder (folder);
}

/* More than one step of reading. */
static void
test_large (void)
{
  char *folder = make_folder ();
  g_autoptr (GString) text = g_string_new ("d7:comment1000000:");
  g_autoptr (MeirMetainfo) metainfo = NULL;
  g_autoptr (GBytes) again = NULL;
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < 1000000; i++)
    g_string_append_c (text, 'c');
  g_string_append (text, good + 1);
  write_bytes (folder, "a.torrent", text->str, text->len);
  metainfo = load (folder, "a.torrent", FALSE, NULL, &error);
  g_assert_no_error (error);
  again = meir_metainfo_dup_torrent_bytes (metainfo);
  g_assert_cmpmem (g_bytes_get_data (again, NULL), g_bytes_get_size (again), text->str, text->len);
  remove_folder (folder);
}

static void
test_bad (void)
{
  char *folder = make_folder ();
  g_autofree char *below_file = g_build_filename ("empty.torrent", "x.torrent", NULL);
  g_autofree char *long_name = g_strnfill (256, 'n');

  write_text (folder, "empty.torrent", "");
  write_text (folder, "page.torrent", "<html>");
  write_text (folder, "no-info.torrent", "de");
  write_sparse (folder, "huge.torrent", (gint64) MEIR_METAINFO_FILE_MAX + 1);
  assert_refused (folder, "empty.torrent", MEIR_ERROR_INVALID, "It is empty");
  assert_refused (folder, "page.torrent", MEIR_ERROR_INVALID, "This is not a .torrent file");
  assert_refused (folder, "no-info.torrent", MEIR_ERROR_INVALID, "The field “info” is missing");
  assert_refused (folder, "huge.torrent", MEIR_ERROR_INVALID, "too large");
  assert_refused (folder, "none.torrent", MEIR_ERROR_NOT_FOUND, "is not there");
  assert_refused (folder, below_file, MEIR_ERROR_NOT_FOUND, "is not there");
  assert_refused (folder, long_name, MEIR_ERROR_INVALID, "cannot be read");
  remove_folder (folder);
}

static void
test_no_file (void)
{
  char *folder = make_folder ();
  g_autofree char *inner = g_build_filename (folder, "folder.torrent", NULL);
  g_autofree char *loop = g_build_filename (folder, "loop.torrent", NULL);

  g_assert_cmpint (g_mkdir (inner, 0700), ==, 0);
  g_assert_cmpint (symlink ("loop.torrent", loop), ==, 0);
  assert_refused (folder, "folder.torrent", MEIR_ERROR_INVALID, "is a folder");
  assert_refused (folder, "loop.torrent", MEIR_ERROR_INVALID, "cannot be read");
  remove_folder (folder);
}

static void
test_unreadable (void)
{
  char *folder;
  g_autofree char *path = NULL;

  drop_privileges ();
  folder = make_folder ();
  path = g_build_filename (folder, "locked.torrent", NULL);
  write_bytes (folder, "locked.torrent", good, sizeof good - 1);
  g_assert_cmpint (chmod (path, 0), ==, 0);
  assert_refused (folder, "locked.torrent", MEIR_ERROR_PERMISSION, "Access is not allowed");
  remove_folder (folder);
  restore_privileges ();
}

/* Reading our own memory from address 0 fails, as a dying disk does. */
static void
test_failing_disk (void)
{
  assert_refused ("/proc/self", "mem", MEIR_ERROR_IO, "cannot be read");
}

/* A file system that does not know how large a file is says 0. */
static void
test_size_unknown (void)
{
  assert_refused ("/proc/self", "status", MEIR_ERROR_INVALID, "This is not a .torrent file");
}

/* Opening it would wait for ever. */
static void
test_pipe_refused (void)
{
  char *folder = make_folder ();
  g_autofree char *path = g_build_filename (folder, "pipe.torrent", NULL);
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (mkfifo (path, 0600), ==, 0);
  g_assert_null (load (folder, "pipe.torrent", FALSE, NULL, &error));
  assert_error_names (error, MEIR_ERROR_INVALID, "is not a file");
  remove_folder (folder);
}

static gpointer
write_in_two (gpointer path)
{
  int fd = open (path, O_WRONLY | O_CLOEXEC); /* waits for the reader */

  g_assert_cmpint (fd, >=, 0);
  g_assert_cmpint (write (fd, good, 10), ==, 10);
  g_assert_cmpint (write (fd, good + 10, sizeof good - 11), ==, sizeof good - 11);
  close (fd);
  return NULL;
}

/* As a shell gives it for "<(curl …)": in more than one part, and without a size. */
static void
test_pipe_read (void)
{
  char *folder = make_folder ();
  g_autofree char *path = g_build_filename (folder, "pipe.torrent", NULL);
  g_autoptr (MeirMetainfo) metainfo = NULL;
  g_autoptr (GError) error = NULL;
  GThread *writer;

  g_assert_cmpint (mkfifo (path, 0600), ==, 0);
  writer = g_thread_new ("writer", write_in_two, path);
  metainfo = load (folder, "pipe.torrent", TRUE, NULL, &error);
  g_thread_join (writer);
  g_assert_no_error (error);
  g_assert_cmpstr (meir_metainfo_get_name (metainfo), ==, "a");
  remove_folder (folder);
}

/* It never ends, and has no size: it is given up when a .torrent would be too large. */
static void
test_endless (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GError) unopened = NULL;

  g_assert_null (load ("/dev", "zero", TRUE, NULL, &error));
  assert_error_names (error, MEIR_ERROR_INVALID, "too large");
  g_assert_null (load ("/dev", "zero", FALSE, NULL, &unopened));
  assert_error_names (unopened, MEIR_ERROR_INVALID, "is not a file");
}

/* A name that turns text around, and one that is not even text, are made safe. */
static void
test_hostile_name (void)
{
  static const char *const names[] = { "a\342\200\256gnp.torrent", "\377\376.torrent", "a\nb.torrent" };
  char *folder = make_folder ();

  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    g_autoptr (GError) missing = NULL;
    g_autoptr (GError) bad = NULL;

    g_assert_null (load (folder, names[i], FALSE, NULL, &missing));
    assert_error_names (missing, MEIR_ERROR_NOT_FOUND, ".torrent");
    write_text (folder, names[i], "x");
    g_assert_null (load (folder, names[i], FALSE, NULL, &bad));
    assert_error_names (bad, MEIR_ERROR_INVALID, ".torrent");
    g_assert_null (strstr (missing->message, "\342\200\256"));
    g_assert_null (strstr (bad->message, "\342\200\256"));
  }
  remove_folder (folder);
}

static void
test_cancelled (void)
{
  char *folder = make_folder ();
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;

  write_bytes (folder, "a.torrent", good, sizeof good - 1);
  g_cancellable_cancel (cancellable);
  g_assert_null (load (folder, "a.torrent", TRUE, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  remove_folder (folder);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/disk/metainfo-load/good", test_good);
  g_test_add_func ("/disk/metainfo-load/large", test_large);
  g_test_add_func ("/disk/metainfo-load/bad", test_bad);
  g_test_add_func ("/disk/metainfo-load/no-file", test_no_file);
  g_test_add_func ("/disk/metainfo-load/unreadable", test_unreadable);
  g_test_add_func ("/disk/metainfo-load/failing-disk", test_failing_disk);
  g_test_add_func ("/disk/metainfo-load/size-unknown", test_size_unknown);
  g_test_add_func ("/disk/metainfo-load/pipe-refused", test_pipe_refused);
  g_test_add_func ("/disk/metainfo-load/pipe-read", test_pipe_read);
  g_test_add_func ("/disk/metainfo-load/endless", test_endless);
  g_test_add_func ("/disk/metainfo-load/hostile-name", test_hostile_name);
  g_test_add_func ("/disk/metainfo-load/cancelled", test_cancelled);
  return g_test_run ();
}
