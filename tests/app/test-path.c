/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/meir-ui-path.h"

#include "app-support.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/xattr.h>

/* How places are named to people, and what they offer to who wants to write there. */

static char *folder; /* also the home folder, and, below it, what the runtime folder is */

static void
assert_shown (const char *path, const char *expected)
{
  g_autofree char *shown = meir_ui_path_dup_shown (path);

  g_assert_cmpstr (shown, ==, expected);
}

static void
test_home (void)
{
  g_autofree char *videos = g_build_filename (folder, "Videos", "Films", NULL);
  g_autofree char *beside = g_strconcat (folder, "-beside", NULL);

  assert_shown (videos, "Videos/Films");
  assert_shown (folder, "Home");
  assert_shown (beside, beside);
  assert_shown ("/srv/films", "/srv/films");
}

/* Names are bytes, and may try to turn the text around. */
static void
test_hostile (void)
{
  g_autofree char *shown = meir_ui_path_dup_shown ("/srv/\342\200\256gnp.exe\n\377");

  g_assert_true (g_utf8_validate (shown, -1, NULL));
  g_assert_null (strstr (shown, "\342\200\256"));
  g_assert_null (strchr (shown, '\n'));
}

static void
on_space (GObject *source, GAsyncResult *result, gpointer user_data)
{
  MeirUiSpace **space = user_data;

  *space = meir_ui_path_query_space_finish (result, NULL);
  g_assert_nonnull (*space);
}

static MeirUiSpace *
query (const char *path)
{
  MeirUiSpace *space = NULL;

  meir_ui_path_query_space_async (path, NULL, NULL, on_space, &space);
  app_wait_until (space != NULL);
  return space;
}

static void
on_learned (GObject *source, GAsyncResult *result, gpointer user_data)
{
  *(gboolean *) user_data = TRUE;
}

static void
learn (const char *path)
{
  gboolean done = FALSE;

  meir_ui_path_learn_async (path, on_learned, &done);
  app_wait_until (done);
}

static void
test_portal (void)
{
  g_autofree char *inside = g_build_filename (folder, "run", "doc", "1a2b3c", "Films", NULL);
  g_autofree char *other = g_build_filename (folder, "run", "doc", "1a2b3c", "Music", NULL);
  const char *host = "/mnt/usb/Films";
  g_autoptr (MeirUiSpace) space = NULL;

  g_assert_cmpint (g_mkdir_with_parents (inside, 0700), ==, 0);
  g_assert_cmpint (g_mkdir (other, 0700), ==, 0);
  /* A portal that has not told, or does not: at least its key is not shown. */
  assert_shown (inside, "Films");
  learn (inside);
  assert_shown (inside, "Films");
  learn ("/srv/films");
  assert_shown ("/srv/films", "/srv/films");
  if (setxattr (inside, "user.document-portal.host-path", host, strlen (host), 0) != 0) {
    g_assert_true (errno == ENOTSUP || errno == EPERM);
    g_test_skip ("This file system holds no extended attributes");
    return;
  }
  assert_shown (inside, "Films");
  learn (inside);
  assert_shown (inside, host);
  /* Who asks for the room there learns it too. */
  assert_shown (other, "Music");
  g_assert_cmpint (setxattr (other, "user.document-portal.host-path", host, strlen (host), 0), ==, 0);
  space = query (other);
  assert_shown (other, host);
}

static void
test_space (void)
{
  g_autofree char *later = g_build_filename (folder, "not", "there", "yet", NULL);
  g_autoptr (MeirUiSpace) here = query (folder);
  g_autoptr (MeirUiSpace) soon = query (later);

  g_assert_null (here->problem);
  g_assert_true (here->is_known);
  g_assert_null (soon->problem);
  g_assert_true (soon->is_known);
  g_assert_false (g_file_test (later, G_FILE_TEST_EXISTS));
}

/* What of a torrent is there already needs no room. */
static void
test_there (void)
{
  g_autoptr (MeirMetainfo) here = app_metainfo ("here.bin", 4);
  g_autoptr (MeirMetainfo) elsewhere = app_metainfo ("elsewhere.bin", 4);
  g_autofree char *path = app_make_file (folder, "here.bin", 100000);
  g_autoptr (GPtrArray) metainfos = g_ptr_array_new ();
  MeirUiSpace *space = NULL;

  g_ptr_array_add (metainfos, here);
  g_ptr_array_add (metainfos, elsewhere);
  meir_ui_path_query_space_async (folder, metainfos, NULL, on_space, &space);
  app_wait_until (space != NULL);
  /* The file is longer than the torrent says: no more than that counts. */
  g_assert_cmpuint (space->bytes_there, ==, meir_metainfo_get_total_length (here));
  meir_ui_space_free (space);
}

static void
test_no_folder (void)
{
  g_autofree char *file = app_make_file (folder, "file", 10);
  g_autofree char *below = g_build_filename (file, "inner", NULL);
  g_autoptr (MeirUiSpace) of_file = query (file);
  g_autoptr (MeirUiSpace) of_below = query (below);

  g_assert_cmpstr (of_file->problem, ==,
                   "“\342\201\250file\342\201\251” is not a folder. Choose another one.");
  g_assert_cmpstr (of_below->problem, ==,
                   "The folder “\342\201\250file/inner\342\201\251” cannot be reached. Choose another one.");
}

static void
on_cancelled (GObject *source, GAsyncResult *result, gpointer user_data)
{
  gboolean *done = user_data;
  g_autoptr (GError) error = NULL;

  g_assert_null (meir_ui_path_query_space_finish (result, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  *done = TRUE;
}

static void
test_cancel (void)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  gboolean done = FALSE;

  g_cancellable_cancel (cancellable);
  meir_ui_path_query_space_async (folder, NULL, cancellable, on_cancelled, &done);
  app_wait_until (done);
}

int
main (int argc, char **argv)
{
  g_autofree char *run = NULL;
  int result;

  folder = app_make_folder ();
  run = g_build_filename (folder, "run", NULL);
  g_setenv ("HOME", folder, TRUE);
  g_setenv ("XDG_RUNTIME_DIR", run, TRUE);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/app/path/home", test_home);
  g_test_add_func ("/app/path/hostile", test_hostile);
  g_test_add_func ("/app/path/portal", test_portal);
  g_test_add_func ("/app/path/space", test_space);
  g_test_add_func ("/app/path/there", test_there);
  g_test_add_func ("/app/path/no-folder", test_no_folder);
  g_test_add_func ("/app/path/cancel", test_cancel);
  result = g_test_run ();
  app_remove_folder (folder);
  g_free (folder);
  return result;
}
