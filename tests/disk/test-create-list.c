/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "disk/meir-create-list.h"

#include "base/meir-limits.h"
#include "create-folder.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/un.h>

/* Takes @options. */
static MeirCreateList *
list_or_die (MeirCreateOptions *options)
{
  g_autoptr (GError) error = NULL;
  MeirCreateList *list = meir_create_list_new (options, NULL, &error);

  g_assert_no_error (error);
  meir_create_options_free (options);
  return list;
}

/* Takes @options. */
static void
assert_refused (MeirCreateOptions *options, MeirError code, const char *part)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (meir_create_list_new (options, NULL, &error));
  assert_error_names (error, code, part);
  meir_create_options_free (options);
}

static void
assert_paths (const MeirCreateList *list, const char *const *paths)
{
  guint64 offset = 0;

  g_assert_cmpuint (list->files->len, ==, g_strv_length ((char **) paths));
  for (guint i = 0; paths[i] != NULL; i++) {
    const MeirCreateFile *file = &g_array_index (list->files, MeirCreateFile, i);
    g_assert_cmpstr (file->path, ==, paths[i]);
    g_assert_cmpuint (file->offset, ==, offset);
    offset += file->length;
  }
  g_assert_cmpuint (list->total_bytes, ==, offset);
}

#define PATHS(...) ((const char *const[]){ __VA_ARGS__, NULL })

static void
test_order (void)
{
  char *folder = make_folder ();
  g_autoptr (MeirCreateList) list = NULL;

  write_text (folder, "ä/x", "1");
  write_text (folder, "a-b", "22");
  write_text (folder, "b", "");
  write_text (folder, "a/z/y", "333");
  write_text (folder, "a/a", "4444");
  write_text (folder, "a.txt", "55555");
  write_text (folder, "B", "666666");
  list = list_or_die (meir_create_options_new (folder));
  /* Component by component: the folder "a" comes before "a-b", though '-' sorts before '/'. */
  assert_paths (list, PATHS ("B", "a/a", "a/z/y", "a-b", "a.txt", "b", "ä/x"));
  remove_folder (folder);
}

static void
test_names (void)
{
  char *folder = make_folder ();
  g_autofree char *slashes = g_strconcat (folder, "/top///", NULL);
  g_autofree char *dot = g_strconcat (folder, "/top/.", NULL);
  g_autofree char *dots = g_strconcat (folder, "/top/sub/..", NULL);
  g_autofree char *file = g_strconcat (folder, "/top/f", NULL);
  g_autoptr (MeirCreateList) by_slashes = NULL;
  g_autoptr (MeirCreateList) by_dot = NULL;
  g_autoptr (MeirCreateList) by_dots = NULL;
  g_autoptr (MeirCreateList) by_file = NULL;

  write_text (folder, "top/f", "1");
  write_text (folder, "top/sub/g", "1");
  by_slashes = list_or_die (meir_create_options_new (slashes));
  by_dot = list_or_die (meir_create_options_new (dot));
  by_dots = list_or_die (meir_create_options_new (dots));
  by_file = list_or_die (meir_create_options_new (file));
  g_assert_cmpstr (by_slashes->name, ==, "top");
  g_assert_cmpstr (by_dot->name, ==, "top");
  g_assert_cmpstr (by_dots->name, ==, "top");
  g_assert_cmpstr (by_file->name, ==, "f");
  g_assert_cmpint (by_file->folder_fd, ==, -1);
  g_assert_null (g_array_index (by_file->files, MeirCreateFile, 0).path);
  remove_folder (folder);
}

static void
test_hidden (void)
{
  char *folder = make_folder ();
  MeirCreateOptions *options = meir_create_options_new (folder);
  g_autoptr (MeirCreateList) without = NULL;
  g_autoptr (MeirCreateList) with = NULL;

  write_text (folder, ".git/config", "1");
  write_text (folder, ".hidden", "1");
  write_text (folder, "sub/.hidden", "1");
  write_text (folder, "seen", "1");
  without = list_or_die (meir_create_options_new (folder));
  assert_paths (without, PATHS ("seen"));
  g_assert_cmpuint (without->n_hidden, ==, 3);
  options->include_hidden = TRUE;
  with = list_or_die (options);
  assert_paths (with, PATHS (".git/config", ".hidden", "seen", "sub/.hidden"));
  g_assert_cmpuint (with->n_hidden, ==, 0);
  remove_folder (folder);
}

static void
test_excluded (void)
{
  char *folder = make_folder ();
  MeirCreateOptions *options = meir_create_options_new (folder);
  g_autoptr (MeirCreateList) list = NULL;

  write_text (folder, "keep.txt", "1");
  write_text (folder, "a.tmp", "1");
  write_text (folder, "sub/b.tmp", "1");
  write_text (folder, "sub/keep", "1");
  write_text (folder, "node_modules/x/y", "1");
  write_text (folder, "only/here/this", "1");
  write_text (folder, "there/this", "1");
  write_text (folder, ".hidden.tmp", "1");
  write_text (folder, "bad\xff.tmp", "1");
  write_text (folder, "caf\xc3", "1"); /* ends inside a character */
  g_ptr_array_add (options->excludes, g_strdup ("*.tmp"));
  g_ptr_array_add (options->excludes, g_strdup ("node_modules"));
  g_ptr_array_add (options->excludes, g_strdup ("only/*/this"));
  g_ptr_array_add (options->excludes, g_strdup ("caf?"));
  list = list_or_die (options);
  assert_paths (list, PATHS ("keep.txt", "sub/keep", "there/this"));
  g_assert_cmpuint (list->n_excluded, ==, 7);
  g_assert_cmpuint (list->n_hidden, ==, 0);
  remove_folder (folder);
}

/* What was named, and nothing beside it; a hidden one that was named is meant. */
static void
test_only (void)
{
  char *folder = make_folder ();
  MeirCreateOptions *options = meir_create_options_new (folder);
  MeirCreateOptions *gone = meir_create_options_new (folder);
  g_autoptr (MeirCreateList) list = NULL;

  write_text (folder, "b", "1");
  write_text (folder, "a", "1");
  write_text (folder, ".named", "1");
  write_text (folder, ".other", "1");
  write_text (folder, "sub/a", "1");
  write_text (folder, "sub/.hidden", "1");
  write_text (folder, "other/a", "1");
  g_ptr_array_add (options->only, g_strdup ("sub"));
  g_ptr_array_add (options->only, g_strdup (".named"));
  g_ptr_array_add (options->only, g_strdup ("a"));
  list = list_or_die (options);
  assert_paths (list, PATHS (".named", "a", "sub/a"));
  g_assert_cmpuint (list->n_hidden, ==, 1);
  g_ptr_array_add (gone->only, g_strdup ("a"));
  g_ptr_array_add (gone->only, g_strdup ("gone"));
  assert_refused (gone, MEIR_ERROR_NOT_FOUND, "gone");
  remove_folder (folder);
}

static void
test_bad_pattern (void)
{
  char *folder = make_folder ();
  MeirCreateOptions *options = meir_create_options_new (folder);

  write_text (folder, "f", "1");
  g_ptr_array_add (options->excludes, g_strdup ("\xff*"));
  assert_refused (options, MEIR_ERROR_INVALID, "exclude is not valid UTF-8");
  remove_folder (folder);
}

static void
make_socket (const char *path)
{
  struct sockaddr_un address = { .sun_family = AF_UNIX };
  int fd = socket (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

  g_assert_cmpuint (strlen (path), <, sizeof address.sun_path);
  memcpy (address.sun_path, path, strlen (path) + 1);
  g_assert_cmpint (bind (fd, (struct sockaddr *) &address, sizeof address), ==, 0);
  close (fd);
}

static void
test_special_files (void)
{
  char *folder = make_folder ();
  g_autofree char *link_path = g_build_filename (folder, "link", NULL);
  g_autofree char *folder_link = g_build_filename (folder, "sub", "up", NULL);
  g_autofree char *pipe_path = g_build_filename (folder, "pipe", NULL);
  g_autofree char *socket_path = g_build_filename (folder, "so\ncket", NULL);
  g_autoptr (MeirCreateList) list = NULL;

  write_text (folder, "sub/f", "1");
  g_assert_cmpint (symlink ("/etc/passwd", link_path), ==, 0);
  g_assert_cmpint (symlink ("..", folder_link), ==, 0);
  g_assert_cmpint (mkfifo (pipe_path, 0600), ==, 0);
  make_socket (socket_path);
  list = list_or_die (meir_create_options_new (folder));
  assert_paths (list, PATHS ("sub/f"));
  g_assert_cmpuint (list->n_skipped, ==, 4);
  g_assert_cmpstr (list->skipped->pdata[0], ==, "link (symbolic link)");
  g_assert_cmpstr (list->skipped->pdata[1], ==, "pipe (named pipe)");
  g_assert_cmpstr (list->skipped->pdata[2], ==, "so\uFFFDcket (socket)");
  g_assert_cmpstr (list->skipped->pdata[3], ==, "sub/up (symbolic link)");
  remove_folder (folder);
}

static void
test_many_skipped (void)
{
  char *folder = make_folder ();
  g_autoptr (MeirCreateList) list = NULL;

  write_text (folder, "f", "1");
  for (guint i = 0; i < 150; i++) {
    g_autofree char *path = g_strdup_printf ("%s/link%u", folder, i);
    g_assert_cmpint (symlink ("f", path), ==, 0);
  }
  list = list_or_die (meir_create_options_new (folder));
  g_assert_cmpuint (list->n_skipped, ==, 150);
  g_assert_cmpuint (list->skipped->len, ==, MEIR_CREATE_SKIPPED_MAX);
  remove_folder (folder);
}

static void
test_links_that_count (void)
{
  char *folder = make_folder ();
  g_autofree char *file = g_build_filename (folder, "sub", "f", NULL);
  g_autofree char *second = g_build_filename (folder, "sub", "g", NULL);
  g_autofree char *link_path = g_build_filename (folder, "link", NULL);
  g_autofree char *folder_link = g_build_filename (folder, "folder-link", NULL);
  g_autoptr (MeirCreateList) twice = NULL;
  g_autoptr (MeirCreateList) followed = NULL;
  int fd;

  write_text (folder, "sub/f", "hello");
  g_assert_cmpint (link (file, second), ==, 0);
  g_assert_cmpint (symlink ("sub/f", link_path), ==, 0);
  g_assert_cmpint (symlink ("sub", folder_link), ==, 0);
  /* A hard link is a file like any other; a symbolic link is followed where it is what was asked for. */
  twice = list_or_die (meir_create_options_new (folder_link));
  assert_paths (twice, PATHS ("f", "g"));
  g_assert_cmpstr (twice->name, ==, "folder-link");
  followed = list_or_die (meir_create_options_new (link_path));
  g_assert_cmpstr (followed->name, ==, "link");
  g_assert_cmpuint (followed->total_bytes, ==, 5);
  fd = meir_create_list_open (followed, 0, NULL);
  g_assert_cmpint (fd, >=, 0);
  close (fd);
  remove_folder (folder);
}

static void
test_nothing_to_share (void)
{
  char *folder = make_folder ();
  g_autofree char *file = g_build_filename (folder, "empty", NULL);
  g_autofree char *missing = g_build_filename (folder, "missing", NULL);
  g_autofree char *below_file = g_build_filename (folder, "empty", "x", NULL);
  g_autofree char *pipe_path = g_build_filename (folder, "pipe", NULL);

  assert_refused (meir_create_options_new (folder), MEIR_ERROR_INVALID,
                  "is empty: there is nothing to share");
  write_text (folder, "empty", "");
  assert_refused (meir_create_options_new (folder), MEIR_ERROR_INVALID,
                  "is empty: there is nothing to share");
  assert_refused (meir_create_options_new (file), MEIR_ERROR_INVALID, "is empty: there is nothing to share");
  write_text (folder, ".hidden", "1");
  assert_refused (meir_create_options_new (folder), MEIR_ERROR_INVALID, "left out are: hidden 1, excluded 0");
  assert_refused (meir_create_options_new (missing), MEIR_ERROR_NOT_FOUND, missing);
  assert_refused (meir_create_options_new (below_file), MEIR_ERROR_NOT_FOUND, below_file);
  assert_refused (meir_create_options_new (""), MEIR_ERROR_NOT_FOUND, "Cannot read");
  g_assert_cmpint (mkfifo (pipe_path, 0600), ==, 0);
  assert_refused (meir_create_options_new (pipe_path), MEIR_ERROR_INVALID, "is neither a file nor a folder");
  assert_refused (meir_create_options_new ("/dev/null"), MEIR_ERROR_INVALID,
                  "is neither a file nor a folder");
  remove_folder (folder);
}

static void
test_root_has_no_name (void)
{
  assert_refused (meir_create_options_new ("/"), MEIR_ERROR_INVALID, "has no name that a torrent could have");
}

static void
test_unreadable_folder (void)
{
  char *folder;
  g_autofree char *sub = NULL;

  drop_privileges ();
  folder = make_folder ();
  sub = g_build_filename (folder, "sub", NULL);
  write_text (folder, "sub/f", "1");
  g_assert_cmpint (chmod (sub, 0000), ==, 0);
  assert_refused (meir_create_options_new (folder), MEIR_ERROR_PERMISSION, sub);
  remove_folder (folder);
  restore_privileges ();
}

static void
test_too_deep (void)
{
  char *folder = make_folder ();
  g_autofree char *deep = g_strdup (folder);
  g_autoptr (MeirCreateList) list = NULL;

  /* With the torrent's own folder and the file these are 64 components. */
  for (guint i = 0; i < MEIR_PATH_DEPTH_MAX - 2; i++) {
    g_autofree char *parent = g_steal_pointer (&deep);
    deep = g_build_filename (parent, "d", NULL);
    g_assert_cmpint (g_mkdir (deep, 0700), ==, 0);
  }
  write_text (deep, "f", "1");
  list = list_or_die (meir_create_options_new (folder));
  g_assert_cmpuint (list->files->len, ==, 1);
  write_text (deep, "d/f", "1");
  assert_refused (meir_create_options_new (folder), MEIR_ERROR_INVALID, "is nested deeper than 64 folders");
  remove_folder (folder);
}

static void
test_too_large (void)
{
  char *folder = make_folder ();
  g_autofree char *one = g_build_filename (folder, "one", NULL);

  write_sparse (folder, "one", 1);
  /* Not every file system takes files as large as a torrent may be. */
  if (truncate (one, MEIR_TOTAL_LENGTH_MAX) == 0) {
    g_autoptr (MeirCreateList) list = list_or_die (meir_create_options_new (folder));
    g_assert_cmpuint (list->total_bytes, ==, MEIR_TOTAL_LENGTH_MAX);
    write_text (folder, "two", "1");
    assert_refused (meir_create_options_new (folder), MEIR_ERROR_INVALID,
                    "holds more data than a torrent can");
  } else {
    g_assert_cmpint (errno, ==, EFBIG);
  }
  remove_folder (folder);
}

static void
test_cancelled (void)
{
  char *folder = make_folder ();
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (MeirCreateOptions) options = meir_create_options_new (folder);
  g_autoptr (GError) error = NULL;

  write_text (folder, "f", "1");
  g_cancellable_cancel (cancellable);
  g_assert_null (meir_create_list_new (options, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  remove_folder (folder);
}

typedef void (*Change) (const char *path);

static void
make_longer (const char *path)
{
  g_assert_cmpint (truncate (path, 10), ==, 0);
}

static void
make_shorter (const char *path)
{
  g_assert_cmpint (truncate (path, 1), ==, 0);
}

static void
rewrite (const char *path)
{
  const struct timespec times[] = { { 1, 0 }, { 1, 0 } };

  g_assert_cmpint (utimensat (AT_FDCWD, path, times, 0), ==, 0);
}

static void
replace_by_another (const char *path)
{
  g_assert_true (g_file_set_contents (path, "other", 5, NULL));
}

static void
replace_by_pipe (const char *path)
{
  g_assert_cmpint (unlink (path), ==, 0);
  g_assert_cmpint (mkfifo (path, 0600), ==, 0);
}

static void
replace_by_link (const char *path)
{
  g_assert_cmpint (unlink (path), ==, 0);
  g_assert_cmpint (symlink ("/etc/passwd", path), ==, 0);
}

static void
remove_it (const char *path)
{
  g_assert_cmpint (unlink (path), ==, 0);
}

static const struct {
  Change change;
  MeirError code;
} changes[] = {
  { make_longer, MEIR_ERROR_INVALID },     { make_shorter, MEIR_ERROR_INVALID },
  { rewrite, MEIR_ERROR_INVALID },         { replace_by_another, MEIR_ERROR_INVALID },
  { replace_by_pipe, MEIR_ERROR_INVALID }, { replace_by_link, MEIR_ERROR_INVALID },
  { remove_it, MEIR_ERROR_NOT_FOUND },
};

/* What happens to a file between the listing and the reading. */
static void
test_changed_before_open (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (changes); i++) {
    char *folder = make_folder ();
    g_autofree char *path = g_build_filename (folder, "sub", "f", NULL);
    g_autoptr (MeirCreateList) list = NULL;
    g_autoptr (GError) error = NULL;

    write_text (folder, "sub/f", "hello");
    list = list_or_die (meir_create_options_new (folder));
    changes[i].change (path);
    g_assert_cmpint (meir_create_list_open (list, 0, &error), ==, -1);
    assert_error_names (error, changes[i].code, path);
    remove_folder (folder);
  }
}

static void
test_changed_while_open (void)
{
  char *folder = make_folder ();
  g_autofree char *path = g_build_filename (folder, "f", NULL);
  g_autoptr (MeirCreateList) list = NULL;
  g_autoptr (GError) error = NULL;
  int fd;

  write_text (folder, "f", "hello");
  list = list_or_die (meir_create_options_new (folder));
  fd = meir_create_list_open (list, 0, NULL);
  g_assert_true (meir_create_list_is_unchanged (list, 0, fd, NULL));
  rewrite (path);
  g_assert_false (meir_create_list_is_unchanged (list, 0, fd, &error));
  assert_error_names (error, MEIR_ERROR_INVALID, "changed while it was being read");
  close (fd);
  remove_folder (folder);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/disk/create-list/order", test_order);
  g_test_add_func ("/disk/create-list/names", test_names);
  g_test_add_func ("/disk/create-list/hidden", test_hidden);
  g_test_add_func ("/disk/create-list/excluded", test_excluded);
  g_test_add_func ("/disk/create-list/only", test_only);
  g_test_add_func ("/disk/create-list/bad-pattern", test_bad_pattern);
  g_test_add_func ("/disk/create-list/special-files", test_special_files);
  g_test_add_func ("/disk/create-list/many-skipped", test_many_skipped);
  g_test_add_func ("/disk/create-list/links-that-count", test_links_that_count);
  g_test_add_func ("/disk/create-list/nothing-to-share", test_nothing_to_share);
  g_test_add_func ("/disk/create-list/root-has-no-name", test_root_has_no_name);
  g_test_add_func ("/disk/create-list/unreadable-folder", test_unreadable_folder);
  g_test_add_func ("/disk/create-list/too-deep", test_too_deep);
  g_test_add_func ("/disk/create-list/too-large", test_too_large);
  g_test_add_func ("/disk/create-list/cancelled", test_cancelled);
  g_test_add_func ("/disk/create-list/changed-before-open", test_changed_before_open);
  g_test_add_func ("/disk/create-list/changed-while-open", test_changed_while_open);
  return g_test_run ();
}
