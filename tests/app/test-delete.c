/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/meir-ui-delete.h"

#include "app-support.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

/* What a torrent has on the disk goes for good, and nothing else does. */

static int unlinkat_problem; /* 0: none is made up */
static GMutex hanging;       /* while it is locked, the disk does not answer */

int __real_unlinkat (int fd, const char *name, int flags);
int __wrap_unlinkat (int fd, const char *name, int flags);

int
__wrap_unlinkat (int fd, const char *name, int flags)
{
  if (unlinkat_problem != 0 && strcmp (name, "a") == 0) {
    errno = unlinkat_problem;
    return -1;
  }
  g_mutex_lock (&hanging);
  g_mutex_unlock (&hanging);
  return __real_unlinkat (fd, name, flags);
}

typedef struct {
  char *folder, *downloads;
  MeirMetainfo *metainfo; /* of "all", with "a", "deep/b" and "deep/er/c" */
  GBytes *priorities;     /* (nullable) */
  MeirUiDeleted deleted;  /* of the last run */
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
  g_clear_pointer (&fixture->priorities, g_bytes_unref);
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
  MeirUiDeleted deleted;
  GError *error;
} Outcome;

static void
on_done (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Outcome *outcome = user_data;

  outcome->all = meir_ui_delete_finish (result, &outcome->deleted, &outcome->error);
  outcome->done = TRUE;
}

static GPtrArray *
new_belongings (void)
{
  return g_ptr_array_new_with_free_func ((GDestroyNotify) meir_ui_belongings_free);
}

static Outcome
run_with (GPtrArray *gone, GPtrArray *kept, GCancellable *quitting)
{
  Outcome outcome = { FALSE, FALSE, { 0, 0 }, NULL };

  meir_ui_delete_async (gone, kept, quitting, on_done, &outcome);
  app_wait_until (outcome.done);
  g_assert_true (outcome.all == (outcome.error == NULL));
  return outcome;
}

static GError *
run (Fixture *fixture, MeirMetainfo *metainfo)
{
  g_autoptr (GPtrArray) gone = new_belongings ();
  g_autoptr (GPtrArray) kept = new_belongings ();
  Outcome outcome;

  g_ptr_array_add (gone, meir_ui_belongings_new (metainfo, fixture->downloads, fixture->priorities));
  outcome = run_with (gone, kept, NULL);
  fixture->deleted = outcome.deleted;
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
  g_assert_cmpuint (fixture->deleted.n_foreign, ==, 0);
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
  g_assert_cmpuint (fixture->deleted.n_foreign, ==, 2);
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
  g_assert_cmpuint (fixture->deleted.n_foreign, ==, 2);
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

/* Where the download folder is gone, so may be the disk, which still has the files. */
static void
test_gone (Fixture *fixture, gconstpointer user_data)
{
  g_autoptr (GPtrArray) gone = new_belongings ();
  g_autoptr (GError) error = NULL;

  g_ptr_array_add (gone, meir_ui_belongings_new (fixture->metainfo, fixture->downloads, NULL));
  app_remove_folder (fixture->downloads);
  error = run_with (gone, gone, NULL).error;
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
  g_assert_true (g_str_has_prefix (error->message, fixture->downloads));
}

/* Two torrents of one release: what the other has stays, whatever way leads to its folder. */
static void
test_shared (Fixture *fixture, gconstpointer user_data)
{
  static const char other[] = "d4:infod5:filesld6:lengthi5e4:pathl1:aeed6:lengthi5e4:pathl4:deep1:beee"
                              "4:name3:all12:piece lengthi16384e6:pieces20:yyyyyyyyyyyyyyyyyyyyee";
  g_autoptr (MeirMetainfo) other_metainfo = parse (other);
  g_autofree char *way = g_build_filename (fixture->folder, "way", NULL);
  const char *const folders[] = { fixture->downloads, way };

  g_assert_cmpint (symlink ("Downloads", way), ==, 0);
  for (guint i = 0; i < G_N_ELEMENTS (folders); i++) {
    g_autoptr (GPtrArray) gone = new_belongings ();
    g_autoptr (GPtrArray) kept = new_belongings ();
    Outcome outcome;

    make (fixture, "all/deep/er/c");
    g_ptr_array_add (gone, meir_ui_belongings_new (fixture->metainfo, fixture->downloads, NULL));
    g_ptr_array_add (kept, meir_ui_belongings_new (other_metainfo, folders[i], NULL));
    outcome = run_with (gone, kept, NULL);
    g_assert_no_error (outcome.error);
    g_assert_cmpuint (outcome.deleted.n_shared, ==, 2);
    g_assert_cmpuint (outcome.deleted.n_foreign, ==, 0);
    g_assert_true (is_there (fixture, "all/a"));
    g_assert_true (is_there (fixture, "all/deep/b"));
    g_assert_false (is_there (fixture, "all/deep/er"));
  }
}

/* The same names in another folder are other files; and one go takes both torrents. */
static void
test_not_shared (Fixture *fixture, gconstpointer user_data)
{
  g_autoptr (GPtrArray) gone = new_belongings ();
  g_autoptr (GPtrArray) kept = new_belongings ();
  g_autoptr (MeirMetainfo) song = parse (single);
  Outcome outcome;

  make (fixture, "song");
  g_ptr_array_add (gone, meir_ui_belongings_new (fixture->metainfo, fixture->downloads, NULL));
  g_ptr_array_add (gone, meir_ui_belongings_new (song, fixture->downloads, NULL));
  g_ptr_array_add (kept, meir_ui_belongings_new (fixture->metainfo, fixture->folder, NULL));
  outcome = run_with (gone, kept, NULL);
  g_assert_no_error (outcome.error);
  g_assert_cmpuint (outcome.deleted.n_shared, ==, 0);
  g_assert_false (is_there (fixture, "all"));
  g_assert_false (is_there (fixture, "song"));
}

static void
make_of_length (Fixture *fixture, const char *path, gsize length)
{
  g_free (app_make_file (fixture->downloads, path, length));
}

/* A file that the torrent would not have made: one that is too long, and one that is skipped and has another
 * length. One that is short was on its way. */
static void
test_lengths (Fixture *fixture, gconstpointer user_data)
{
  static const guint8 priorities[] = { MEIR_PRIORITY_NORMAL, MEIR_PRIORITY_SKIP, MEIR_PRIORITY_NORMAL };

  fixture->priorities = g_bytes_new_static (priorities, sizeof priorities);
  make_of_length (fixture, "all/a", 6);
  make_of_length (fixture, "all/deep/b", 4);
  make_of_length (fixture, "all/deep/er/c", 4);
  assert_all (fixture);
  g_assert_cmpuint (fixture->deleted.n_foreign, ==, 2);
  g_assert_true (is_there (fixture, "all/a"));
  g_assert_true (is_there (fixture, "all/deep/b"));
  g_assert_false (is_there (fixture, "all/deep/er"));
  make (fixture, "all/deep/b");
  assert_all (fixture);
  g_assert_cmpuint (fixture->deleted.n_foreign, ==, 1);
  g_assert_false (is_there (fixture, "all/deep"));
}

static gint n_freed; /* atomic */

static void
free_and_count (gpointer data)
{
  meir_ui_belongings_free (data);
  g_atomic_int_inc (&n_freed);
}

/* Who quits does not wait for a disk that does not answer. */
static void
test_hangs (Fixture *fixture, gconstpointer user_data)
{
  g_autoptr (GCancellable) quitting = g_cancellable_new ();
  GPtrArray *gone = g_ptr_array_new_with_free_func (free_and_count);
  g_autoptr (GPtrArray) kept = new_belongings ();
  Outcome outcome;

  g_ptr_array_add (gone, meir_ui_belongings_new (fixture->metainfo, fixture->downloads, NULL));
  g_cancellable_cancel (quitting);
  g_mutex_lock (&hanging);
  outcome = run_with (gone, kept, quitting);
  g_ptr_array_unref (gone);
  g_assert_error (outcome.error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT);
  g_clear_error (&outcome.error);
  g_mutex_unlock (&hanging);
  /* Its worker, which has been given up, leaves the other files alone. */
  app_wait_until (g_atomic_int_get (&n_freed) == 1);
  g_assert_false (is_there (fixture, "all/a"));
  g_assert_true (is_there (fixture, "all/deep/b"));
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
  add ("/app/delete/shared", test_shared);
  add ("/app/delete/not-shared", test_not_shared);
  add ("/app/delete/lengths", test_lengths);
  add ("/app/delete/hangs", test_hangs);
  return g_test_run ();
}
