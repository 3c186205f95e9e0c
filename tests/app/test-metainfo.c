/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/meir-ui-metainfo.h"

#include "app-support.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Metainfo from files, whatever lies under their names. */

typedef struct {
  char *folder;
  MeirMetainfo *metainfo;
  GError *error;
  gboolean done;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer user_data)
{
  fixture->folder = app_make_folder ();
}

static void
tear_down (Fixture *fixture, gconstpointer user_data)
{
  app_remove_folder (fixture->folder);
  g_clear_pointer (&fixture->metainfo, meir_metainfo_unref);
  g_clear_error (&fixture->error);
  g_free (fixture->folder);
}

static void
on_done (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Fixture *fixture = user_data;

  g_assert_false (fixture->done);
  fixture->metainfo = meir_ui_metainfo_finish (result, &fixture->error);
  fixture->done = TRUE;
}

static void
load (Fixture *fixture, const char *name, GCancellable *cancellable)
{
  g_autofree char *path = g_build_filename (fixture->folder, name, NULL);
  g_autoptr (GFile) file = g_file_new_for_path (path);

  meir_ui_metainfo_load_async (file, NULL, cancellable, on_done, fixture);
  /* It never calls back from inside the call. */
  g_assert_false (fixture->done);
  app_wait_until (fixture->done);
}

static void
write_torrent (Fixture *fixture, const char *name, GBytes *bytes)
{
  g_autofree char *path = g_build_filename (fixture->folder, name, NULL);

  g_assert_true (
      g_file_set_contents (path, g_bytes_get_data (bytes, NULL), (gssize) g_bytes_get_size (bytes), NULL));
}

static void
test_good (Fixture *fixture, gconstpointer user_data)
{
  g_autoptr (GBytes) bytes = app_torrent_bytes ("song.ogg", 3);

  write_torrent (fixture, "a.torrent", bytes);
  load (fixture, "a.torrent", NULL);
  g_assert_no_error (fixture->error);
  g_assert_cmpstr (meir_metainfo_get_name (fixture->metainfo), ==, "song.ogg");
  g_assert_cmpuint (meir_metainfo_get_n_pieces (fixture->metainfo), ==, 3);
}

/* More than one step of reading. */
static void
test_large (Fixture *fixture, gconstpointer user_data)
{
  g_autoptr (GBytes) bytes = app_torrent_bytes ("film.mkv", 200000);
  g_autoptr (GBytes) again = NULL;

  g_assert_cmpuint (g_bytes_get_size (bytes), >, 3u << 20);
  write_torrent (fixture, "a.torrent", bytes);
  load (fixture, "a.torrent", NULL);
  g_assert_no_error (fixture->error);
  again = meir_metainfo_dup_torrent_bytes (fixture->metainfo);
  g_assert_true (g_bytes_equal (bytes, again));
}

static void
test_parse (Fixture *fixture, gconstpointer user_data)
{
  g_autoptr (GBytes) good = app_torrent_bytes ("song.ogg", 1);
  g_autoptr (GBytes) bad = g_bytes_new_static ("d4:infoi1ee", 11);

  meir_ui_metainfo_parse_async (good, NULL, NULL, on_done, fixture);
  app_wait_until (fixture->done);
  g_assert_no_error (fixture->error);
  fixture->done = FALSE;
  g_clear_pointer (&fixture->metainfo, meir_metainfo_unref);
  meir_ui_metainfo_parse_async (bad, NULL, NULL, on_done, fixture);
  app_wait_until (fixture->done);
  g_assert_error (fixture->error, MEIR_ERROR, MEIR_ERROR_INVALID);
}

static void
test_missing (Fixture *fixture, gconstpointer user_data)
{
  load (fixture, "none.torrent", NULL);
  g_assert_error (fixture->error, MEIR_ERROR, MEIR_ERROR_NOT_FOUND);
  g_assert_nonnull (strstr (fixture->error->message, "none.torrent"));
}

static void
test_empty (Fixture *fixture, gconstpointer user_data)
{
  g_autofree char *path = app_make_file (fixture->folder, "empty.torrent", 0);

  load (fixture, "empty.torrent", NULL);
  g_assert_error (fixture->error, MEIR_ERROR, MEIR_ERROR_INVALID);
  g_assert_nonnull (strstr (fixture->error->message, "empty.torrent”: "));
}

static void
test_folder (Fixture *fixture, gconstpointer user_data)
{
  g_autofree char *path = g_build_filename (fixture->folder, "folder.torrent", NULL);

  g_assert_cmpint (mkdir (path, 0700), ==, 0);
  load (fixture, "folder.torrent", NULL);
  g_assert_error (fixture->error, MEIR_ERROR, MEIR_ERROR_INVALID);
}

/* Nobody writes to it: who opens it waits for ever. */
static void
test_pipe (Fixture *fixture, gconstpointer user_data)
{
  g_autofree char *path = g_build_filename (fixture->folder, "pipe.torrent", NULL);

  g_assert_cmpint (mkfifo (path, 0600), ==, 0);
  load (fixture, "pipe.torrent", NULL);
  g_assert_error (fixture->error, MEIR_ERROR, MEIR_ERROR_INVALID);
}

static void
test_too_large (Fixture *fixture, gconstpointer user_data)
{
  g_autofree char *path = app_make_file (fixture->folder, "huge.torrent", 1);

  g_assert_cmpint (truncate (path, (off_t) MEIR_METAINFO_FILE_MAX + 1), ==, 0);
  load (fixture, "huge.torrent", NULL);
  g_assert_error (fixture->error, MEIR_ERROR, MEIR_ERROR_INVALID);
  g_assert_nonnull (strstr (fixture->error->message, "too large"));
}

/* A file system that does not know how large a file is says 0, as /proc does. */
static void
test_size_unknown (Fixture *fixture, gconstpointer user_data)
{
  g_autofree char *path = g_build_filename (fixture->folder, "proc.torrent", NULL);

  g_assert_cmpint (symlink ("/proc/self/status", path), ==, 0);
  load (fixture, "proc.torrent", NULL);
  g_assert_error (fixture->error, MEIR_ERROR, MEIR_ERROR_INVALID);
}

/* A name that turns text around, and one that is not even text, are made safe before they are shown. */
static void
test_hostile_name (Fixture *fixture, gconstpointer user_data)
{
  const char *const names[] = { "a\342\200\256gnp.torrent", "\377\376.torrent", "<b>&.torrent",
                                "a\nb.torrent" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    g_autofree char *path = app_make_file (fixture->folder, names[i], 10);

    load (fixture, names[i], NULL);
    g_assert_error (fixture->error, MEIR_ERROR, MEIR_ERROR_INVALID);
    g_assert_true (g_utf8_validate (fixture->error->message, -1, NULL));
    g_assert_null (strstr (fixture->error->message, "\342\200\256"));
    g_assert_null (strchr (fixture->error->message, '\n'));
    g_clear_error (&fixture->error);
    fixture->done = FALSE;
    load (fixture, "none\342\200\256gnp.torrent", NULL);
    g_assert_error (fixture->error, MEIR_ERROR, MEIR_ERROR_NOT_FOUND);
    g_assert_null (strstr (fixture->error->message, "\342\200\256"));
    g_clear_error (&fixture->error);
    fixture->done = FALSE;
  }
}

static void
test_cancelled (Fixture *fixture, gconstpointer user_data)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GBytes) bytes = app_torrent_bytes ("song.ogg", 3);

  write_torrent (fixture, "a.torrent", bytes);
  g_cancellable_cancel (cancellable);
  load (fixture, "a.torrent", cancellable);
  g_assert_error (fixture->error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
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
  add ("/app/metainfo/good", test_good);
  add ("/app/metainfo/large", test_large);
  add ("/app/metainfo/parse", test_parse);
  add ("/app/metainfo/missing", test_missing);
  add ("/app/metainfo/empty", test_empty);
  add ("/app/metainfo/folder", test_folder);
  add ("/app/metainfo/pipe", test_pipe);
  add ("/app/metainfo/too-large", test_too_large);
  add ("/app/metainfo/size-unknown", test_size_unknown);
  add ("/app/metainfo/hostile-name", test_hostile_name);
  add ("/app/metainfo/cancelled", test_cancelled);
  return g_test_run ();
}
