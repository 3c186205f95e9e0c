/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/meir-ui-delete.h"

#include "app-support.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

/* What a torrent has on the disk goes for good, and nothing else does. */

static int unlinkat_problem; /* 0: none is made up */

int __real_unlinkat (int fd, const char *name, int flags);
int __wrap_unlinkat (int fd, const char *name, int flags);

int
__wrap_unlinkat (int fd, const char *name, int flags)
{
  if (unlinkat_problem != 0 && strcmp (name, "a") == 0) {
    errno = unlinkat_problem;
    return -1;
  }
  return __real_unlinkat (fd, name, flags);
}

typedef struct {
  char *folder, *downloads;
  MeirMetainfo *metainfo; /* of "all", with "a", "deep/b" and "deep/er/c" */
} Fixture;

static const char torrent[] = "d4:infod5:filesld6:lengthi5e4:pathl1:aeed6:lengthi5e4:pathl4:deep1:beed6:"
                              "lengthi5e4:pathl4:deep2:er1:ceee"
                              "4:name3:all12:piece lengthi16384e6:pieces20:xxxxxxxxxxxxxxxxxxxxee";
static const char single[] =
    "d4:infod6:lengthi5e4:name4:song12:piece lengthi16384e6:pieces20:xxxxxxxxxxxxxxxxxxxxee";

static MeirMetainfo *
parse (const char *text)
{
  g_autoptr (GBytes) bytes = g_bytes_new_static (text, strlen (text));
  MeirMetainfo *metainfo = meir_metainfo_parse (bytes, NULL);

  g_assert_nonnull (metainfo);
  return metainfo;
}

static void
make (Fixture *fixture, const char *path)
{
  g_autofree char *full = g_build_filename (fixture->downloads, path, NULL);
  g_autofree char *parent = g_path_get_dirname (full);

  g_assert_cmpint (g_mkdir_with_parents (parent, 0700), ==, 0);
  g_free (app_make_file (fixture->downloads, path, 5));
}

static void
set_up (Fixture *fixture, gconstpointer user_data)
{
  fixture->folder = app_make_folder ();
  fixture->downloads = g_build_filename (fixture->folder, "Downloads", NULL);
  fixture->metainfo = parse (torrent);
  make (fixture, "all/a");
  make (fixture, "all/deep/b");
  make (fixture, "all/deep/er/c");
  make (fixture, "other");
}

static void
tear_down (Fixture *fixture, gconstpointer user_data)
{
  app_remove_folder (fixture->folder);
  meir_metainfo_unref (fixture->metainfo);
  g_free (fixture->downloads);
  g_free (fixture->folder);
}

static gboolean
is_there (Fixture *fixture, const char *path)
{
  g_autofree char *full = g_build_filename (fixture->downloads, path, NULL);

  return g_file_test (full, G_FILE_TEST_EXISTS) || g_file_test (full, G_FILE_TEST_IS_SYMLINK);
}

typedef struct {
  gboolean done, all;
  GError *error;
} Outcome;

static void
on_done (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Outcome *outcome = user_data;

  outcome->all = meir_ui_delete_finish (result, &outcome->error);
  outcome->done = TRUE;
}

static GError *
run (Fixture *fixture, MeirMetainfo *metainfo)
{
  Outcome outcome = { FALSE, FALSE, NULL };

  meir_ui_delete_async (metainfo, fixture->downloads, on_done, &outcome);
  app_wait_until (outcome.done);
  g_assert_true (outcome.all == (outcome.error == NULL));
  g_assert_true (is_there (fixture, "other"));
  return outcome.error;
}

static void
assert_all (Fixture *fixture)
{
  g_autoptr (GError) error = run (fixture, fixture->metainfo);

  g_assert_no_error (error);
}

static void
test_all (Fixture *fixture, gconstpointer user_data)
{
  assert_all (fixture);
  g_assert_false (is_there (fixture, "all"));
  /* And once more, when there is nothing. */
  assert_all (fixture);
}

/* A file alone has no folder: the one that it lies in stays, though nothing else should be in it. */
static void
test_single (Fixture *fixture, gconstpointer user_data)
{
  g_autoptr (MeirMetainfo) metainfo = parse (single);
  g_autoptr (GError) error = NULL;

  make (fixture, "song");
  error = run (fixture, metainfo);
  g_assert_no_error (error);
  g_assert_false (is_there (fixture, "song"));
  g_assert_true (is_there (fixture, "all/deep/er/c"));
}

/* What somebody else put there stays, and so do the folders that it lies in. */
static void
test_foreign (Fixture *fixture, gconstpointer user_data)
{
  make (fixture, "all/deep/mine");
  assert_all (fixture);
  g_assert_false (is_there (fixture, "all/a"));
  g_assert_false (is_there (fixture, "all/deep/b"));
  g_assert_false (is_there (fixture, "all/deep/er"));
  g_assert_true (is_there (fixture, "all/deep/mine"));
}

/* An empty folder of somebody else is not the torrent's. */
static void
test_foreign_folder (Fixture *fixture, gconstpointer user_data)
{
  g_autofree char *path = g_build_filename (fixture->downloads, "all", "empty", NULL);

  g_assert_cmpint (g_mkdir (path, 0700), ==, 0);
  assert_all (fixture);
  g_assert_false (is_there (fixture, "all/deep"));
  g_assert_true (is_there (fixture, "all/empty"));
}

static void
put_link (Fixture *fixture, const char *path, const char *target)
{
  g_autofree char *full = g_build_filename (fixture->downloads, path, NULL);

  app_remove_folder (full);
  g_assert_cmpint (symlink (target, full), ==, 0);
}

/* No link is followed, to a folder below or to the torrent's own; the links themselves are not the torrent's.
 */
static void
test_links (Fixture *fixture, gconstpointer user_data)
{
  make (fixture, "elsewhere/b");
  make (fixture, "elsewhere/er/c");
  put_link (fixture, "all/deep", "../elsewhere");
  assert_all (fixture);
  g_assert_false (is_there (fixture, "all/a"));
  g_assert_true (is_there (fixture, "all/deep"));
  g_assert_true (is_there (fixture, "elsewhere/b"));
  g_assert_true (is_there (fixture, "elsewhere/er/c"));

  make (fixture, "elsewhere/a");
  put_link (fixture, "all", "elsewhere");
  assert_all (fixture);
  g_assert_true (is_there (fixture, "all"));
  g_assert_true (is_there (fixture, "elsewhere/a"));
  g_assert_true (is_there (fixture, "elsewhere/er/c"));
}

/* In place of a file: a link, and a folder with something in it. */
static void
test_other_kinds (Fixture *fixture, gconstpointer user_data)
{
  g_autofree char *path = g_build_filename (fixture->downloads, "all", "a", NULL);
  g_autofree char *b = g_build_filename (fixture->downloads, "all", "deep", "b", NULL);

  g_assert_cmpint (g_unlink (path), ==, 0);
  g_assert_cmpint (symlink ("../other", path), ==, 0);
  g_assert_cmpint (g_unlink (b), ==, 0);
  make (fixture, "all/deep/b/mine");
  assert_all (fixture);
  g_assert_true (is_there (fixture, "all/a"));
  g_assert_true (is_there (fixture, "all/deep/b/mine"));
  g_assert_false (is_there (fixture, "all/deep/er"));
}

/* The first problem names its file, and the others go. */
static void
test_problem (Fixture *fixture, gconstpointer user_data)
{
  g_autoptr (GError) error = NULL;

  unlinkat_problem = EACCES;
  error = run (fixture, fixture->metainfo);
  unlinkat_problem = 0;
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED);
  g_assert_true (g_str_has_prefix (error->message, "all/a: "));
  g_assert_true (is_there (fixture, "all/a"));
  g_assert_false (is_there (fixture, "all/deep"));
}

/* Where the download folder is gone, nothing is left to delete. */
static void
test_gone (Fixture *fixture, gconstpointer user_data)
{
  Outcome outcome = { FALSE, FALSE, NULL };

  app_remove_folder (fixture->downloads);
  meir_ui_delete_async (fixture->metainfo, fixture->downloads, on_done, &outcome);
  app_wait_until (outcome.done);
  g_assert_no_error (outcome.error);
  g_assert_true (outcome.all);
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
  add ("/app/delete/all", test_all);
  add ("/app/delete/single", test_single);
  add ("/app/delete/foreign", test_foreign);
  add ("/app/delete/foreign-folder", test_foreign_folder);
  add ("/app/delete/links", test_links);
  add ("/app/delete/other-kinds", test_other_kinds);
  add ("/app/delete/problem", test_problem);
  add ("/app/delete/gone", test_gone);
  return g_test_run ();
}
