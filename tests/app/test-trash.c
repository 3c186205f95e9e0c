/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/meir-ui-trash.h"

#include "app-support.h"

#include <glib/gstdio.h>
#include <string.h>

/* The trash of a user who is made up for this test. */

typedef struct {
  char *folder, *downloads;
  MeirMetainfo *metainfo; /* of "all", with "a" and "deep/b" */
} Fixture;

static const char torrent[] =
    "d4:infod5:filesld6:lengthi5e4:pathl1:aeed6:lengthi5e4:pathl4:deep1:beee4:name3:all"
    "12:piece lengthi16384e6:pieces20:xxxxxxxxxxxxxxxxxxxxee";

static void
set_up (Fixture *fixture, gconstpointer user_data)
{
  g_autoptr (GBytes) bytes = g_bytes_new_static (torrent, strlen (torrent));
  g_autofree char *deep = NULL;

  /* Below the home folder: another file system may have no trash. */
  fixture->folder = g_strdup (g_get_home_dir ());
  fixture->downloads = g_build_filename (fixture->folder, "Downloads", NULL);
  fixture->metainfo = meir_metainfo_parse (bytes, NULL);
  deep = g_build_filename (fixture->downloads, "all", "deep", NULL);
  g_assert_cmpint (g_mkdir_with_parents (deep, 0700), ==, 0);
}

static void
tear_down (Fixture *fixture, gconstpointer user_data)
{
  app_remove_folder (fixture->downloads);
  meir_metainfo_unref (fixture->metainfo);
  g_free (fixture->downloads);
  g_free (fixture->folder);
}

static void
make (Fixture *fixture, const char *path)
{
  g_free (app_make_file (fixture->downloads, path, 5));
}

static gboolean
is_there (const char *folder, const char *path)
{
  g_autofree char *full = g_build_filename (folder, path, NULL);

  return g_file_test (full, G_FILE_TEST_EXISTS);
}

static gboolean
is_trashed (const char *path)
{
  g_autofree char *trash = g_build_filename (g_get_user_data_dir (), "Trash", "files", NULL);

  return is_there (trash, path);
}

typedef struct {
  gboolean done, all;
  GError *error;
} Outcome;

static void
on_done (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Outcome *outcome = user_data;

  outcome->all = meir_ui_trash_finish (result, &outcome->error);
  outcome->done = TRUE;
}

static Outcome
run (Fixture *fixture)
{
  Outcome outcome = { FALSE, FALSE, NULL };

  meir_ui_trash_async (fixture->metainfo, fixture->downloads, on_done, &outcome);
  app_wait_until (outcome.done);
  return outcome;
}

/* Nothing else is in its folder: that goes as a whole. */
static void
test_whole (Fixture *fixture, gconstpointer user_data)
{
  Outcome outcome;

  make (fixture, "all/a");
  make (fixture, "all/deep/b");
  make (fixture, "other");
  outcome = run (fixture);
  g_assert_no_error (outcome.error);
  g_assert_true (outcome.all);
  g_assert_false (is_there (fixture->downloads, "all"));
  g_assert_true (is_there (fixture->downloads, "other"));
  g_assert_true (is_trashed ("all/deep/b"));
}

/* What somebody else put there stays, and where it is. */
static void
test_foreign (Fixture *fixture, gconstpointer user_data)
{
  Outcome outcome;

  make (fixture, "all/a");
  make (fixture, "all/deep/b");
  make (fixture, "all/deep/mine");
  outcome = run (fixture);
  g_assert_no_error (outcome.error);
  g_assert_false (is_there (fixture->downloads, "all/a"));
  g_assert_false (is_there (fixture->downloads, "all/deep/b"));
  g_assert_true (is_there (fixture->downloads, "all/deep/mine"));
  g_assert_true (is_trashed ("b"));
}

/* A link where the folder should be leads elsewhere: nothing behind it is touched as a whole. */
static void
test_link (Fixture *fixture, gconstpointer user_data)
{
  g_autofree char *real = g_build_filename (fixture->downloads, "real", NULL);
  g_autofree char *path = g_build_filename (fixture->downloads, "all", NULL);
  Outcome outcome;

  app_remove_folder (path);
  g_assert_cmpint (g_mkdir (real, 0700), ==, 0);
  make (fixture, "real/other");
  g_assert_cmpint (symlink (real, path), ==, 0);
  outcome = run (fixture);
  g_assert_no_error (outcome.error);
  g_assert_true (is_there (fixture->downloads, "real/other"));
}

/* Half of it was never made: what is there goes, and nothing is wrong. */
static void
test_partial (Fixture *fixture, gconstpointer user_data)
{
  Outcome outcome;

  make (fixture, "all/deep/b");
  outcome = run (fixture);
  g_assert_no_error (outcome.error);
  g_assert_true (outcome.all);
  g_assert_false (is_there (fixture->downloads, "all"));
  /* And once more, when there is nothing. */
  outcome = run (fixture);
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
  g_autofree char *home = app_make_folder ();
  g_autofree char *data = g_build_filename (home, "data", NULL);
  int result;

  g_setenv ("HOME", home, TRUE);
  g_setenv ("XDG_DATA_HOME", data, TRUE);
  g_test_init (&argc, &argv, NULL);
  add ("/app/trash/whole", test_whole);
  add ("/app/trash/foreign", test_foreign);
  add ("/app/trash/link", test_link);
  add ("/app/trash/partial", test_partial);
  result = g_test_run ();
  app_remove_folder (home);
  return result;
}
