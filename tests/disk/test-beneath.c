/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "disk/meir-beneath.h"

#include "disk-fixture.h"

#include <string.h>

/* Every case runs with openat2 () and with the way for kernels without it. */
typedef struct {
  char *base; /* temporary; holds "root" and what must not be reached */
  int root;
} Tree;

static void
tree_init (Tree *tree, gconstpointer no_openat2)
{
  g_autofree char *root = NULL;
  g_autofree char *outside = NULL;
  g_autoptr (GError) error = NULL;

  tree->base = g_dir_make_tmp ("meir-beneath-XXXXXX", &error);
  g_assert_no_error (error);
  root = g_build_filename (tree->base, "root", NULL);
  outside = g_build_filename (tree->base, "outside", NULL);
  g_assert_cmpint (mkdir (root, 0777), ==, 0);
  g_assert_true (g_file_set_contents (outside, "secret", -1, NULL));
  tree->root = open (root, O_PATH | O_DIRECTORY | O_CLOEXEC);
  g_assert_cmpint (tree->root, >=, 0);
  disk_fixture_lack (no_openat2 != NULL, FALSE);
}

static void
tree_clear (Tree *tree, gconstpointer no_openat2)
{
  disk_fixture_heal ();
  close (tree->root);
  disk_fixture_remove (tree->base);
  g_free (tree->base);
}

static void
make_file (Tree *tree, const char *path)
{
  int fd = meir_beneath_open (tree->root, path, O_RDWR | O_CREAT | O_EXCL, 0666);

  g_assert_cmpint (fd, >=, 0);
  g_assert_cmpint (fcntl (fd, F_GETFD) & FD_CLOEXEC, !=, 0);
  close (fd);
}

static void
test_makes_and_finds (Tree *tree, gconstpointer no_openat2)
{
  struct stat status;

  g_assert_cmpint (meir_beneath_make_folder (tree->root, "a"), ==, 0);
  g_assert_cmpint (meir_beneath_make_folder (tree->root, "a/b"), ==, 0);
  g_assert_cmpint (meir_beneath_make_folder (tree->root, "a/b"), ==, -1);
  g_assert_cmpint (errno, ==, EEXIST);
  make_file (tree, "a/b/file");
  g_assert_cmpint (meir_beneath_stat (tree->root, "a/b/file", &status), ==, 0);
  g_assert_true (S_ISREG (status.st_mode));
  g_assert_cmpint (meir_beneath_stat (tree->root, "a/b/none", &status), ==, -1);
  g_assert_cmpint (errno, ==, ENOENT);
  g_assert_cmpint (meir_beneath_make_folder (tree->root, "none/c"), ==, -1);
  g_assert_cmpint (errno, ==, ENOENT);
}

static void
test_modes_follow_umask (Tree *tree, gconstpointer no_openat2)
{
  mode_t old = umask (077);
  struct stat status;

  g_assert_cmpint (meir_beneath_make_folder (tree->root, "a"), ==, 0);
  make_file (tree, "a/file");
  umask (old);
  g_assert_cmpint (meir_beneath_stat (tree->root, "a", &status), ==, 0);
  g_assert_cmpint (status.st_mode & 07777, ==, 0700);
  g_assert_cmpint (meir_beneath_stat (tree->root, "a/file", &status), ==, 0);
  g_assert_cmpint (status.st_mode & 07777, ==, 0600);
}

static void
test_renames_and_removes (Tree *tree, gconstpointer no_openat2)
{
  struct stat status;

  g_assert_cmpint (meir_beneath_make_folder (tree->root, "a"), ==, 0);
  g_assert_cmpint (meir_beneath_make_folder (tree->root, "b"), ==, 0);
  make_file (tree, "a/file");
  make_file (tree, "top");
  g_assert_cmpint (meir_beneath_rename (tree->root, "a/file", tree->root, "b/other"), ==, 0);
  g_assert_cmpint (meir_beneath_stat (tree->root, "b/other", &status), ==, 0);
  g_assert_cmpint (meir_beneath_stat (tree->root, "a/file", &status), ==, -1);
  /* Nothing is replaced. */
  g_assert_cmpint (meir_beneath_rename (tree->root, "top", tree->root, "b/other"), ==, -1);
  g_assert_cmpint (errno, ==, EEXIST);
  g_assert_cmpint (meir_beneath_rename (tree->root, "none", tree->root, "b/new"), ==, -1);
  g_assert_cmpint (errno, ==, ENOENT);
  g_assert_cmpint (meir_beneath_rename (tree->root, "top", tree->root, "none/new"), ==, -1);
  g_assert_cmpint (errno, ==, ENOENT);
  g_assert_cmpint (meir_beneath_rename (tree->root, "top", tree->root, "../outside-too"), ==, -1);
  g_assert_cmpint (meir_beneath_rename (tree->root, "../outside", tree->root, "inside"), ==, -1);

  g_assert_cmpint (meir_beneath_remove (tree->root, "b", TRUE), ==, -1);
  g_assert_cmpint (errno, ==, ENOTEMPTY);
  g_assert_cmpint (meir_beneath_remove (tree->root, "b/other", FALSE), ==, 0);
  g_assert_cmpint (meir_beneath_remove (tree->root, "b", TRUE), ==, 0);
  g_assert_cmpint (meir_beneath_remove (tree->root, "b", TRUE), ==, -1);
  g_assert_cmpint (errno, ==, ENOENT);
  g_assert_cmpint (meir_beneath_remove (tree->root, "../outside", FALSE), ==, -1);
  /* Not through a link. */
  make_file (tree, "a/kept");
  g_assert_cmpint (symlinkat ("a", tree->root, "link"), ==, 0);
  g_assert_cmpint (meir_beneath_remove (tree->root, "link/kept", FALSE), ==, -1);
  g_assert_cmpint (meir_beneath_rename (tree->root, "link/kept", tree->root, "taken"), ==, -1);
  g_assert_cmpint (meir_beneath_stat (tree->root, "a/kept", &status), ==, 0);
}

static void
test_refuses_ways_out (Tree *tree, gconstpointer no_openat2)
{
  g_autofree char *absolute = g_build_filename (tree->base, "outside", NULL);
  const char *paths[] = {
    "..", "../outside", "a/../../outside", ".", "./a", "a//b", "a/", "", "/", absolute
  };
  struct stat status;

  g_assert_cmpint (meir_beneath_make_folder (tree->root, "a"), ==, 0);
  for (guint i = 0; i < G_N_ELEMENTS (paths); i++) {
    g_assert_cmpint (meir_beneath_open (tree->root, paths[i], O_RDONLY, 0), ==, -1);
    g_assert_cmpint (meir_beneath_stat (tree->root, paths[i], &status), ==, -1);
    g_assert_cmpint (meir_beneath_make_folder (tree->root, paths[i]), ==, -1);
  }
}

static void
test_refuses_symlinks (Tree *tree, gconstpointer no_openat2)
{
  struct stat status;

  g_assert_cmpint (meir_beneath_make_folder (tree->root, "inside"), ==, 0);
  make_file (tree, "inside/file");
  g_assert_cmpint (symlinkat ("..", tree->root, "up"), ==, 0);
  g_assert_cmpint (symlinkat ("inside", tree->root, "in"), ==, 0);
  g_assert_cmpint (symlinkat ("inside/file", tree->root, "file"), ==, 0);
  g_assert_cmpint (symlinkat ("/proc/self/fd", tree->root, "magic"), ==, 0);

  g_assert_cmpint (meir_beneath_open (tree->root, "up/outside", O_RDWR, 0), ==, -1);
  g_assert_true (errno == ELOOP || errno == ENOTDIR);
  g_assert_cmpint (meir_beneath_open (tree->root, "in/file", O_RDWR, 0), ==, -1);
  g_assert_true (errno == ELOOP || errno == ENOTDIR);
  g_assert_cmpint (meir_beneath_open (tree->root, "file", O_RDWR, 0), ==, -1);
  g_assert_cmpint (errno, ==, ELOOP);
  g_assert_cmpint (meir_beneath_open (tree->root, "magic/0", O_RDWR, 0), ==, -1);
  g_assert_cmpint (meir_beneath_open (tree->root, "up/new", O_RDWR | O_CREAT, 0666), ==, -1);
  g_assert_cmpint (meir_beneath_make_folder (tree->root, "up/new"), ==, -1);
  /* What can be asked of a link is that it is one. */
  g_assert_cmpint (meir_beneath_stat (tree->root, "file", &status), ==, 0);
  g_assert_true (S_ISLNK (status.st_mode));
}

static gpointer
swap_thread (gpointer user_data)
{
  Tree *tree = user_data;

  /* "door" is a folder and a link out by turns. */
  for (guint i = 0; i < 3000; i++) {
    g_assert_cmpint (renameat (tree->root, "door", tree->root, "kept"), ==, 0);
    g_assert_cmpint (symlinkat ("..", tree->root, "door"), ==, 0);
    g_assert_cmpint (unlinkat (tree->root, "door", 0), ==, 0);
    g_assert_cmpint (renameat (tree->root, "kept", tree->root, "door"), ==, 0);
  }
  return NULL;
}

/* Whether the door could be opened; what is behind it then is ours, which is empty, and not what is outside.
 */
static gboolean
open_door (Tree *tree)
{
  int fd = meir_beneath_open (tree->root, "door/outside", O_RDONLY, 0);
  char byte;

  if (fd < 0)
    return FALSE;
  g_assert_cmpint (read (fd, &byte, 1), ==, 0);
  close (fd);
  return TRUE;
}

static void
test_swapped_while_opening (Tree *tree, gconstpointer no_openat2)
{
  GThread *thread;

  g_assert_cmpint (meir_beneath_make_folder (tree->root, "door"), ==, 0);
  make_file (tree, "door/outside");
  thread = g_thread_new ("swap", swap_thread, tree);
  for (guint i = 0; i < 6000; i++)
    open_door (tree);
  g_thread_join (thread);
  g_assert_true (open_door (tree));
}

#define ADD(name, function)                                                                                  \
  do {                                                                                                       \
    g_test_add ("/disk/beneath/openat2/" name, Tree, NULL, tree_init, function, tree_clear);                 \
    g_test_add ("/disk/beneath/by-component/" name, Tree, "", tree_init, function, tree_clear);              \
  } while (0)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("makes-and-finds", test_makes_and_finds);
  ADD ("modes-follow-umask", test_modes_follow_umask);
  ADD ("renames-and-removes", test_renames_and_removes);
  ADD ("refuses-ways-out", test_refuses_ways_out);
  ADD ("refuses-symlinks", test_refuses_symlinks);
  ADD ("swapped-while-opening", test_swapped_while_opening);
  return g_test_run ();
}
