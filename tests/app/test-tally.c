/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/meir-ui-tally.h"

#include "app-support.h"

#include <glib/gstdio.h>
#include <sys/stat.h>
#include <unistd.h>

/* What there is to share. */

static char *folder;

static void
on_counted (GObject *source, GAsyncResult *result, gpointer user_data)
{
  MeirUiTally **tally = user_data;

  *tally = g_new0 (MeirUiTally, 1);
  g_assert_true (meir_ui_tally_finish (result, *tally, NULL));
}

static MeirUiTally *
count (const char *path)
{
  MeirUiTally *tally = NULL;

  meir_ui_tally_async (path, NULL, on_counted, &tally);
  app_wait_until (tally != NULL);
  return tally;
}

static void
assert_text (const MeirUiTally *tally, gboolean with_hidden, const char *expected)
{
  g_autofree char *text = meir_ui_tally_dup_text (tally, with_hidden);

  g_assert_cmpstr (text, ==, expected);
}

static void
test_folder (void)
{
  g_autofree char *root = g_build_filename (folder, "Trip", NULL);
  g_autofree char *deep = g_build_filename (root, "day", "two", NULL);
  g_autofree char *secret = g_build_filename (root, ".cache", NULL);
  g_autofree char *loop = g_build_filename (root, "loop", NULL);
  g_autofree char *pipe = g_build_filename (root, "pipe", NULL);
  g_autofree MeirUiTally *tally = NULL;

  g_assert_cmpint (g_mkdir_with_parents (deep, 0700), ==, 0);
  g_assert_cmpint (g_mkdir_with_parents (secret, 0700), ==, 0);
  g_free (app_make_file (root, "one", 1000));
  g_free (app_make_file (deep, "two.mkv", 2000));
  g_free (app_make_file (deep, ".hidden", 30));
  g_free (app_make_file (secret, "plain", 4));
  g_assert_cmpint (symlink ("..", loop), ==, 0);
  g_assert_cmpint (mkfifo (pipe, 0600), ==, 0);
  tally = count (root);
  g_assert_true (tally->is_folder);
  g_assert_cmpuint (tally->n_files, ==, 2);
  g_assert_cmpuint (tally->bytes, ==, 3000);
  g_assert_cmpuint (tally->n_hidden, ==, 2);
  g_assert_cmpuint (tally->hidden_bytes, ==, 34);
  g_assert_cmpint (tally->content, ==, MEIR_UI_CONTENT_VIDEO);
  assert_text (tally, FALSE, "Folder · 2 files · 3.0\302\240kB");
  assert_text (tally, TRUE, "Folder · 4 files · 3.0\302\240kB");
}

static void
test_file (void)
{
  g_autofree char *path = app_make_file (folder, ".song.ogg", 2500);
  g_autofree MeirUiTally *tally = count (path);

  /* Whoever names a hidden file means it. */
  g_assert_cmpuint (tally->n_files, ==, 1);
  g_assert_false (tally->is_folder);
  g_assert_cmpint (tally->content, ==, MEIR_UI_CONTENT_MUSIC);
  assert_text (tally, FALSE, "2.5\302\240kB");
}

static void
test_missing (void)
{
  g_autofree char *path = g_build_filename (folder, "nothing", NULL);
  g_autofree MeirUiTally *tally = count (path);

  assert_text (tally, FALSE, "It is not there any more");
}

static void
test_cut (void)
{
  MeirUiTally tally = { .is_there = TRUE, .is_folder = TRUE, .is_cut = TRUE, .n_files = 9, .bytes = 5000 };

  assert_text (&tally, FALSE, "Folder · more than 9 files · 5.0\302\240kB");
}

static void
on_cancelled (GObject *source, GAsyncResult *result, gpointer user_data)
{
  gboolean *done = user_data;
  g_autoptr (GError) error = NULL;
  MeirUiTally tally;

  g_assert_false (meir_ui_tally_finish (result, &tally, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  *done = TRUE;
}

static void
test_cancel (void)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  gboolean done = FALSE;

  meir_ui_tally_async ("/usr", cancellable, on_cancelled, &done);
  g_cancellable_cancel (cancellable);
  app_wait_until (done);
}

int
main (int argc, char **argv)
{
  int result;

  folder = app_make_folder ();
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/app/tally/folder", test_folder);
  g_test_add_func ("/app/tally/file", test_file);
  g_test_add_func ("/app/tally/missing", test_missing);
  g_test_add_func ("/app/tally/cut", test_cut);
  g_test_add_func ("/app/tally/cancel", test_cancel);
  result = g_test_run ();
  app_remove_folder (folder);
  g_free (folder);
  return result;
}
