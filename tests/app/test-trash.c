/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/meir-ui-trash.h"

#include "app-support.h"

#include <glib/gstdio.h>
#include <string.h>

/* The trash of a user who is made up for this test, and one that does not answer. */

static GMutex lock;
static GCond asked;
static gboolean silent; /* under the lock, as is: */
static guint n_asked, n_answered;

gboolean __real_g_file_trash (GFile *file, GCancellable *cancellable, GError **error);
gboolean __wrap_g_file_trash (GFile *file, GCancellable *cancellable, GError **error);

gboolean
__wrap_g_file_trash (GFile *file, GCancellable *cancellable, GError **error)
{
  gboolean trashed;

  g_mutex_lock (&lock);
  n_asked++;
  g_cond_broadcast (&asked);
  while (silent)
    g_cond_wait (&asked, &lock);
  g_mutex_unlock (&lock);
  trashed = __real_g_file_trash (file, cancellable, error);
  g_mutex_lock (&lock);
  n_answered++;
  g_cond_broadcast (&asked);
  g_mutex_unlock (&lock);
  return trashed;
}

static void
set_silent (gboolean value)
{
  g_mutex_lock (&lock);
  silent = value;
  n_asked = n_answered = 0;
  g_cond_broadcast (&asked);
  g_mutex_unlock (&lock);
}

/* Until the trash was asked for so many files, or has answered for them. */
static void
wait_for (const guint *counter, guint n)
{
  g_mutex_lock (&lock);
  while (*counter < n)
    g_cond_wait (&asked, &lock);
  g_mutex_unlock (&lock);
}

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

  meir_ui_trash_async (fixture->metainfo, fixture->downloads, NULL, on_done, &outcome);
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

/* Who quits does not wait for a trash that does not answer, and begins nothing more with it. */
static void
test_silent (Fixture *fixture, gconstpointer user_data)
{
  g_autoptr (GCancellable) quitting = g_cancellable_new ();
  Outcome outcome = { FALSE, FALSE, NULL };

  make (fixture, "all/a");
  make (fixture, "all/deep/b");
  make (fixture, "all/mine");
  set_silent (TRUE);
  meir_ui_trash_async (fixture->metainfo, fixture->downloads, quitting, on_done, &outcome);
  wait_for (&n_asked, 1);
  g_cancellable_cancel (quitting);
  app_wait_until (outcome.done);
  g_assert_error (outcome.error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT);
  g_clear_error (&outcome.error);
  g_assert_false (outcome.all);
  /* It answers after all: nobody is there any more, and the second file stays. */
  g_mutex_lock (&lock);
  silent = FALSE;
  g_cond_broadcast (&asked);
  g_mutex_unlock (&lock);
  wait_for (&n_answered, 1);
  g_assert_false (is_there (fixture->downloads, "all/a"));
  g_assert_true (is_there (fixture->downloads, "all/deep/b"));
}

/* Who quits while the trash answers waits for all of it. */
static void
test_quitting (Fixture *fixture, gconstpointer user_data)
{
  g_autoptr (GCancellable) quitting = g_cancellable_new ();
  Outcome outcome = { FALSE, FALSE, NULL };

  make (fixture, "all/a");
  make (fixture, "all/deep/b");
  make (fixture, "all/mine");
  set_silent (FALSE);
  g_cancellable_cancel (quitting);
  meir_ui_trash_async (fixture->metainfo, fixture->downloads, quitting, on_done, &outcome);
  app_wait_until (outcome.done);
  g_assert_no_error (outcome.error);
  g_assert_false (is_there (fixture->downloads, "all/a"));
  g_assert_false (is_there (fixture->downloads, "all/deep/b"));
}

/* Where there is no trash, the first problem is told, and nothing is deleted. */
static void
test_none (Fixture *fixture, gconstpointer user_data)
{
  g_autofree char *parent = g_path_get_dirname (g_get_user_data_dir ());
  g_autofree char *aside = g_build_filename (parent, "aside", NULL);
  Outcome outcome;

  make (fixture, "all/a");
  /* A file where its folder belongs. */
  g_rename (g_get_user_data_dir (), aside);
  g_assert_true (g_file_set_contents (g_get_user_data_dir (), "", 0, NULL));
  outcome = run (fixture);
  g_assert_nonnull (outcome.error);
  g_assert_true (outcome.error->domain == G_IO_ERROR);
  g_assert_false (outcome.all);
  g_clear_error (&outcome.error);
  g_assert_true (is_there (fixture->downloads, "all/a"));
  g_assert_cmpint (g_unlink (g_get_user_data_dir ()), ==, 0);
  g_rename (aside, g_get_user_data_dir ());
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
  add ("/app/trash/none", test_none);
  add ("/app/trash/quitting", test_quitting);
  add ("/app/trash/silent", test_silent);
  result = g_test_run ();
  app_remove_folder (home);
  return result;
}
