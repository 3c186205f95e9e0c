/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/meir-ui-sharer.h"

#include "app-support.h"

#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>
#include <utime.h>

/* Files and folders become torrents, one after the other. */

typedef struct {
  char *folder;
  MeirUiSharer *sharer;
  GPtrArray *ready; /* MeirMetainfo */
  GPtrArray *folders, *failures;
  guint n_left_out; /* of the last that was ready */
  guint n_made_of;  /* the same: of how many files the engine can tell that they are what was hashed */
  guint n_busy;     /* how often it became busy, or idle */
} Fixture;

static void
unref_metainfo (gpointer metainfo)
{
  meir_metainfo_unref (metainfo);
}

static void
on_ready (MeirUiSharer *sharer, MeirMetainfo *metainfo, const char *folder, guint n_left_out, GArray *made_of,
          gpointer user_data)
{
  Fixture *fixture = user_data;

  fixture->n_made_of = made_of->len;
  g_ptr_array_add (fixture->ready, meir_metainfo_ref (metainfo));
  g_ptr_array_add (fixture->folders, g_strdup (folder));
  fixture->n_left_out = n_left_out;
}

static void
on_failed (MeirUiSharer *sharer, const char *message, gpointer user_data)
{
  Fixture *fixture = user_data;

  g_ptr_array_add (fixture->failures, g_strdup (message));
}

static void
set_up (Fixture *fixture, gconstpointer user_data)
{
  fixture->folder = app_make_folder ();
  fixture->sharer = meir_ui_sharer_new ();
  fixture->ready = g_ptr_array_new_with_free_func (unref_metainfo);
  fixture->folders = g_ptr_array_new_with_free_func (g_free);
  fixture->failures = g_ptr_array_new_with_free_func (g_free);
  g_signal_connect (fixture->sharer, "ready", G_CALLBACK (on_ready), fixture);
  g_signal_connect (fixture->sharer, "failed", G_CALLBACK (on_failed), fixture);
}

static void
tear_down (Fixture *fixture, gconstpointer user_data)
{
  app_wait_until (!meir_ui_sharer_is_busy (fixture->sharer));
  g_object_unref (fixture->sharer);
  app_remove_folder (fixture->folder);
  g_ptr_array_unref (fixture->ready);
  g_ptr_array_unref (fixture->folders);
  g_ptr_array_unref (fixture->failures);
  g_free (fixture->folder);
}

static void
share (Fixture *fixture, const char *path, const char *tracker)
{
  MeirCreateOptions *options = meir_create_options_new (path);

  if (tracker != NULL)
    g_assert_true (meir_create_options_add_tier (options, tracker, NULL));
  meir_ui_sharer_add (fixture->sharer, options, NULL);
}

static void
wait (Fixture *fixture)
{
  app_wait_until (!meir_ui_sharer_is_busy (fixture->sharer));
}

static void
test_file (Fixture *fixture, gconstpointer user_data)
{
  g_autofree char *path = app_make_file (fixture->folder, "song.ogg", 100000);
  MeirMetainfo *metainfo;
  const char *const *tier;

  share (fixture, path, "http://127.0.0.1:6969/announce");
  g_assert_true (meir_ui_sharer_is_busy (fixture->sharer));
  wait (fixture);
  g_assert_cmpuint (fixture->ready->len, ==, 1);
  metainfo = g_ptr_array_index (fixture->ready, 0);
  g_assert_cmpstr (meir_metainfo_get_name (metainfo), ==, "song.ogg");
  g_assert_cmpuint (meir_metainfo_get_total_length (metainfo), ==, 100000);
  g_assert_cmpuint (meir_metainfo_get_tiers (metainfo)->len, ==, 1);
  tier = g_ptr_array_index (meir_metainfo_get_tiers (metainfo), 0);
  g_assert_cmpstr (tier[0], ==, "http://127.0.0.1:6969/announce");
  g_assert_cmpstr (g_ptr_array_index (fixture->folders, 0), ==, fixture->folder);
  g_assert_cmpuint (fixture->n_left_out, ==, 0);
}

static void
test_folder (Fixture *fixture, gconstpointer user_data)
{
  g_autofree char *folder = g_build_filename (fixture->folder, "Summer", NULL);
  g_autofree char *one = NULL;
  g_autofree char *two = NULL;
  g_autofree char *hidden = NULL;
  struct utimbuf long_ago = { 60, 60 };
  MeirMetainfo *metainfo;

  g_assert_cmpint (g_mkdir (folder, 0700), ==, 0);
  one = app_make_file (folder, "one", 10);
  two = app_make_file (folder, "two", 20);
  hidden = app_make_file (folder, ".hidden", 30);
  g_assert_cmpint (g_utime (one, &long_ago), ==, 0);
  g_assert_cmpint (g_utime (two, &long_ago), ==, 0);
  share (fixture, folder, NULL);
  wait (fixture);
  metainfo = g_ptr_array_index (fixture->ready, 0);
  g_assert_true (meir_metainfo_is_folder (metainfo));
  g_assert_cmpuint (meir_metainfo_get_total_length (metainfo), ==, 30);
  g_assert_cmpuint (meir_metainfo_get_tiers (metainfo)->len, ==, 0);
  g_assert_cmpuint (fixture->n_left_out, ==, 1);
  g_assert_cmpuint (fixture->n_made_of, ==, 2);
}

static void
test_missing (Fixture *fixture, gconstpointer user_data)
{
  g_autofree char *path = g_build_filename (fixture->folder, "no\342\200\256ne", NULL);

  share (fixture, path, NULL);
  wait (fixture);
  g_assert_cmpuint (fixture->ready->len, ==, 0);
  g_assert_cmpuint (fixture->failures->len, ==, 1);
  g_assert_null (strstr (g_ptr_array_index (fixture->failures, 0), "\342\200\256"));
}

/* The options reach the torrent; a copy of it is written where it is wanted, and one that cannot be is told.
 */
static void
test_options (Fixture *fixture, gconstpointer user_data)
{
  g_autofree char *path = app_make_file (fixture->folder, "song.ogg", 100000);
  g_autofree char *copy = g_build_filename (fixture->folder, "copy.torrent", NULL);
  g_autofree char *nowhere = g_build_filename (fixture->folder, "no", "where.torrent", NULL);
  g_autofree char *bytes = NULL;
  g_autoptr (GBytes) torrent = NULL;
  const char *const copies[] = { copy, nowhere };
  gsize length;

  for (guint i = 0; i < G_N_ELEMENTS (copies); i++) {
    MeirCreateOptions *options = meir_create_options_new (path);

    options->is_private = TRUE;
    options->comment = g_strdup ("from the garden");
    g_assert_true (meir_create_options_set_piece_length (options, 32768, NULL));
    meir_ui_sharer_add (fixture->sharer, options, copies[i]);
  }
  wait (fixture);
  g_assert_cmpuint (fixture->ready->len, ==, 2);
  g_assert_true (meir_metainfo_is_private (g_ptr_array_index (fixture->ready, 0)));
  g_assert_cmpuint (meir_metainfo_get_piece_length (g_ptr_array_index (fixture->ready, 0)), ==, 32768);
  g_assert_cmpstr (meir_metainfo_get_comment (g_ptr_array_index (fixture->ready, 0)), ==, "from the garden");
  g_assert_true (g_file_get_contents (copy, &bytes, &length, NULL));
  torrent = meir_metainfo_dup_torrent_bytes (g_ptr_array_index (fixture->ready, 0));
  g_assert_cmpmem (bytes, length, g_bytes_get_data (torrent, NULL), g_bytes_get_size (torrent));
  g_assert_cmpuint (fixture->failures->len, ==, 1);
  g_assert_nonnull (strstr (g_ptr_array_index (fixture->failures, 0), "where.torrent"));
}

static void
on_rate (MeirUiSharer *sharer, GParamSpec *pspec, gpointer user_data)
{
  guint64 *fastest = user_data;
  guint64 rate;

  g_object_get (sharer, "rate", &rate, NULL);
  *fastest = MAX (*fastest, rate);
}

/* A file that takes longer than the test. */
static char *
make_huge (Fixture *fixture)
{
  char *huge = g_build_filename (fixture->folder, "huge", NULL);
  FILE *file = g_fopen (huge, "w");

  g_assert_nonnull (file);
  g_assert_cmpint (ftruncate (fileno (file), (off_t) 64 << 30), ==, 0);
  fclose (file);
  return huge;
}

/* How fast it goes is known while it goes. */
static void
test_rate (Fixture *fixture, gconstpointer user_data)
{
  g_autofree char *huge = make_huge (fixture);
  guint64 fastest = 0, after;

  g_signal_connect (fixture->sharer, "notify::rate", G_CALLBACK (on_rate), &fastest);
  share (fixture, huge, NULL);
  app_wait_until (fastest > 0);
  meir_ui_sharer_cancel (fixture->sharer);
  wait (fixture);
  g_object_get (fixture->sharer, "rate", &after, NULL);
  g_assert_cmpuint (after, ==, 0);
}

/* One that fails does not keep the next from its turn; each has its own name and starts at nothing. */
static void
test_queue (Fixture *fixture, gconstpointer user_data)
{
  g_autofree char *first = app_make_file (fixture->folder, "first", 1000);
  g_autofree char *missing = g_build_filename (fixture->folder, "missing", NULL);
  g_autofree char *third = app_make_file (fixture->folder, "third", 1000);
  g_autofree char *name = NULL;
  double fraction;
  guint n_waiting;
  g_autofree char *text = NULL;

  share (fixture, first, NULL);
  share (fixture, missing, NULL);
  share (fixture, third, NULL);
  g_object_get (fixture->sharer, "name", &name, "fraction", &fraction, "waiting", &n_waiting, NULL);
  g_assert_cmpuint (n_waiting, ==, 2);
  text = meir_ui_sharer_dup_text (fixture->sharer);
  g_assert_cmpstr (text, ==, "Preparing “\342\201\250first\342\201\251” · 0 % · 2 more");
  g_assert_cmpstr (name, ==, "first");
  g_assert_cmpfloat (fraction, ==, 0);
  wait (fixture);
  g_assert_cmpuint (fixture->ready->len, ==, 2);
  g_assert_cmpuint (fixture->failures->len, ==, 1);
  g_assert_cmpstr (meir_metainfo_get_name (g_ptr_array_index (fixture->ready, 0)), ==, "first");
  g_assert_cmpstr (meir_metainfo_get_name (g_ptr_array_index (fixture->ready, 1)), ==, "third");
}

/* Cancelling is no failure, and is about one of them only. */
static void
test_cancel (Fixture *fixture, gconstpointer user_data)
{
  g_autofree char *first = app_make_file (fixture->folder, "first", 4 << 20);
  g_autofree char *second = app_make_file (fixture->folder, "second", 1000);

  share (fixture, first, NULL);
  share (fixture, second, NULL);
  meir_ui_sharer_cancel (fixture->sharer);
  wait (fixture);
  g_assert_cmpuint (fixture->failures->len, ==, 0);
  g_assert_cmpuint (fixture->ready->len, ==, 1);
  g_assert_cmpstr (meir_metainfo_get_name (g_ptr_array_index (fixture->ready, 0)), ==, "second");
  /* Nothing runs: nothing happens. */
  meir_ui_sharer_cancel (fixture->sharer);
}

static double
get_fraction (Fixture *fixture)
{
  double fraction;

  g_object_get (fixture->sharer, "fraction", &fraction, NULL);
  return fraction;
}

static gboolean
is_paused (Fixture *fixture)
{
  gboolean paused;

  g_object_get (fixture->sharer, "paused", &paused, NULL);
  return paused;
}

static gboolean
is_preparing (Fixture *fixture, const char *wanted)
{
  g_autofree char *name = NULL;

  g_object_get (fixture->sharer, "name", &name, NULL);
  return g_strcmp0 (name, wanted) == 0;
}

/* A pause holds what is under way, and what waits behind it too, until it is over, or nothing is left. */
static void
test_pause (Fixture *fixture, gconstpointer user_data)
{
  g_autofree char *huge = make_huge (fixture);
  g_autofree char *second = app_make_file (fixture->folder, "second", 1000);
  g_autofree char *expected = NULL;
  g_autofree char *paused = NULL;
  g_autofree char *resumed = NULL;
  double fraction;

  /* Nothing runs: nothing to hold. */
  meir_ui_sharer_set_paused (fixture->sharer, TRUE);
  g_assert_false (is_paused (fixture));
  share (fixture, huge, NULL);
  share (fixture, second, NULL);
  app_wait_until (get_fraction (fixture) > 0);
  meir_ui_sharer_set_paused (fixture->sharer, TRUE);
  g_assert_true (is_paused (fixture));
  fraction = get_fraction (fixture);
  expected = g_strdup_printf ("Preparing “\342\201\250huge\342\201\251” · paused at %d %% · 1 more",
                              (int) (fraction * 100));
  paused = meir_ui_sharer_dup_text (fixture->sharer);
  g_assert_cmpstr (paused, ==, expected);

  meir_ui_sharer_set_paused (fixture->sharer, FALSE);
  g_assert_false (is_paused (fixture));
  app_wait_until (get_fraction (fixture) > fraction);
  resumed = meir_ui_sharer_dup_text (fixture->sharer);
  g_assert_null (strstr (resumed, "paused"));

  meir_ui_sharer_set_paused (fixture->sharer, TRUE);
  meir_ui_sharer_cancel (fixture->sharer);
  app_wait_until (is_preparing (fixture, "second"));
  g_assert_true (is_paused (fixture));
  g_assert_cmpfloat (get_fraction (fixture), ==, 0);
  meir_ui_sharer_set_paused (fixture->sharer, FALSE);
  wait (fixture);
  g_assert_cmpuint (fixture->ready->len, ==, 1);
  g_assert_cmpuint (fixture->failures->len, ==, 0);
}

/* Who gives up what is paused is not kept waiting by it, and the next begins as if nothing had been. */
static void
test_stop_paused (Fixture *fixture, gconstpointer user_data)
{
  g_autofree char *huge = make_huge (fixture);
  g_autofree char *second = app_make_file (fixture->folder, "second", 1000);

  share (fixture, huge, NULL);
  meir_ui_sharer_set_paused (fixture->sharer, TRUE);
  meir_ui_sharer_stop (fixture->sharer);
  wait (fixture);
  g_assert_false (is_paused (fixture));
  share (fixture, second, NULL);
  wait (fixture);
  g_assert_cmpuint (fixture->ready->len, ==, 1);
}

static void
test_stop (Fixture *fixture, gconstpointer user_data)
{
  g_autofree char *first = app_make_file (fixture->folder, "first", 4 << 20);
  g_autofree char *second = app_make_file (fixture->folder, "second", 1000);

  share (fixture, first, NULL);
  share (fixture, second, NULL);
  meir_ui_sharer_stop (fixture->sharer);
  wait (fixture);
  g_assert_cmpuint (fixture->failures->len, ==, 0);
  g_assert_cmpuint (fixture->ready->len, ==, 0);
}

static void
on_notify (MeirUiSharer *sharer, GParamSpec *pspec, gpointer user_data)
{
  Fixture *fixture = user_data;

  fixture->n_busy++;
}

static void
test_notifies (Fixture *fixture, gconstpointer user_data)
{
  g_autofree char *path = app_make_file (fixture->folder, "\342\200\256gnp.exe", 1000);
  g_autofree char *name = NULL;

  g_signal_connect (fixture->sharer, "notify::busy", G_CALLBACK (on_notify), fixture);
  share (fixture, path, NULL);
  g_assert_cmpuint (fixture->n_busy, ==, 1);
  g_object_get (fixture->sharer, "name", &name, NULL);
  g_assert_cmpstr (name, ==, "\357\277\275gnp.exe");
  wait (fixture);
  g_assert_cmpuint (fixture->n_busy, ==, 2);
}

static void
add (const char *path, void (*test) (Fixture *, gconstpointer))
{
  g_test_add (path, Fixture, NULL, set_up, test, tear_down);
}

int
main (int argc, char **argv)
{
  meir_init ();
  g_test_init (&argc, &argv, NULL);
  add ("/app/sharer/file", test_file);
  add ("/app/sharer/folder", test_folder);
  add ("/app/sharer/missing", test_missing);
  add ("/app/sharer/options", test_options);
  add ("/app/sharer/rate", test_rate);
  add ("/app/sharer/queue", test_queue);
  add ("/app/sharer/cancel", test_cancel);
  add ("/app/sharer/pause", test_pause);
  add ("/app/sharer/stop-paused", test_stop_paused);
  add ("/app/sharer/stop", test_stop);
  add ("/app/sharer/notifies", test_notifies);
  return g_test_run ();
}
