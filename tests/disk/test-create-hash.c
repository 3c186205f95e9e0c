/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "disk/meir-create-hash.h"

#include "base/meir-random.h"
#include "create-folder.h"

static MeirCreateList *
list_folder (const char *folder)
{
  g_autoptr (MeirCreateOptions) options = meir_create_options_new (folder);
  g_autoptr (GError) error = NULL;
  MeirCreateList *list = meir_create_list_new (options, NULL, &error);

  g_assert_no_error (error);
  return list;
}

static gboolean
hash_with (MeirCreateList *list, guint threads, guint8 *digests, GError **error)
{
  g_autoptr (MeirCreateOptions) options = meir_create_options_new (list->path);

  options->threads = threads;
  return meir_create_hash (list, 16384, options, NULL, NULL, digests, error);
}

/* The files one after the other, read in the simplest way there is. */
static GByteArray *
read_all (const MeirCreateList *list)
{
  GByteArray *all = g_byte_array_new ();

  for (guint i = 0; i < list->files->len; i++) {
    g_autofree char *path =
        g_build_filename (list->path, g_array_index (list->files, MeirCreateFile, i).path, NULL);
    g_autofree char *bytes = NULL;
    gsize length;

    g_assert_true (g_file_get_contents (path, &bytes, &length, NULL));
    g_byte_array_append (all, (const guint8 *) bytes, (guint) length);
  }
  return all;
}

/* Hashes with every number of threads that makes a difference, and compares with an implementation of its
 * own. */
static void
assert_hashes (const char *folder, guint32 piece_length)
{
  g_autoptr (MeirCreateList) list = list_folder (folder);
  g_autoptr (GByteArray) all = read_all (list);
  guint n_pieces = (guint) ((list->total_bytes + piece_length - 1) / piece_length);
  static const guint threads[] = { 1, 2, 3, 16, 1000, 0 };

  g_assert_cmpuint (all->len, ==, list->total_bytes);
  for (guint t = 0; t < G_N_ELEMENTS (threads); t++) {
    g_autofree guint8 *digests = g_malloc0_n (n_pieces, MEIR_SHA1_LENGTH);
    g_autoptr (MeirCreateOptions) options = meir_create_options_new (folder);
    MeirCreateProgress progress = { 0 };
    guint64 done, total;
    g_autoptr (GError) error = NULL;

    options->threads = threads[t];
    g_assert_true (meir_create_hash (list, piece_length, options, &progress, NULL, digests, &error));
    g_assert_no_error (error);
    meir_create_progress_get (&progress, &done, &total);
    g_assert_cmpuint (done, ==, list->total_bytes);
    for (guint piece = 0; piece < n_pieces; piece++) {
      gsize offset = (gsize) piece * piece_length;
      gsize length = MIN (piece_length, all->len - offset);
      g_autofree char *expected = g_compute_checksum_for_data (G_CHECKSUM_SHA1, all->data + offset, length);
      g_autofree char *digest =
          meir_hex_encode (digests + (gsize) piece * MEIR_SHA1_LENGTH, MEIR_SHA1_LENGTH);
      g_assert_cmpstr (digest, ==, expected);
    }
  }
}

static void
test_one_file (void)
{
  static const gsize lengths[] = { 1, 16383, 16384, 16385, 32768, 100000 };

  for (guint i = 0; i < G_N_ELEMENTS (lengths); i++) {
    char *folder = make_folder ();
    write_pattern (folder, "f", lengths[i], i);
    assert_hashes (folder, 16384);
    remove_folder (folder);
  }
}

/* Pieces of many files, files of many pieces, and files of none. */
static void
test_across_files (void)
{
  char *folder = make_folder ();
  MeirPrng prng;

  meir_prng_init (&prng, 4);
  for (guint i = 0; i < 200; i++) {
    g_autofree char *path = g_strdup_printf ("d%u/f%u", i % 7, i);
    gsize length = meir_prng_below (&prng, i % 10 == 0 ? 100000 : 3000);
    write_pattern (folder, path, i % 5 == 0 ? 0 : length, i);
  }
  assert_hashes (folder, 16384);
  assert_hashes (folder, 65536);
  remove_folder (folder);
}

/* Pieces longer than what is read at a time. */
static void
test_long_pieces (void)
{
  char *folder = make_folder ();

  write_pattern (folder, "a", 3000000, 1);
  write_pattern (folder, "b", 1, 2);
  write_pattern (folder, "c", 2500000, 3);
  assert_hashes (folder, 1 << 20);
  assert_hashes (folder, 4 << 20);
  assert_hashes (folder, 64 << 20);
  remove_folder (folder);
}

static void
test_empty_files_at_the_ends (void)
{
  char *folder = make_folder ();

  write_text (folder, "a", "");
  write_text (folder, "b", "");
  write_pattern (folder, "c", 16384, 1);
  write_text (folder, "d", "");
  write_pattern (folder, "e", 16384, 2);
  write_text (folder, "f", "");
  assert_hashes (folder, 16384);
  remove_folder (folder);
}

static void
test_changed_file (void)
{
  char *folder = make_folder ();
  g_autofree char *path = g_build_filename (folder, "b", NULL);
  g_autoptr (MeirCreateList) list = NULL;
  guint8 digests[8 * MEIR_SHA1_LENGTH];
  g_autoptr (GError) error = NULL;

  write_pattern (folder, "a", 50000, 1);
  write_pattern (folder, "b", 50000, 2);
  list = list_folder (folder);
  g_assert_cmpint (truncate (path, 49999), ==, 0);
  g_assert_false (hash_with (list, 2, digests, &error));
  assert_error_names (error, MEIR_ERROR_INVALID, path);
  remove_folder (folder);
}

static void
test_vanished_file (void)
{
  char *folder = make_folder ();
  g_autofree char *path = g_build_filename (folder, "b", NULL);
  g_autoptr (MeirCreateList) list = NULL;
  guint8 digests[8 * MEIR_SHA1_LENGTH];
  g_autoptr (GError) error = NULL;

  write_pattern (folder, "a", 50000, 1);
  write_pattern (folder, "b", 50000, 2);
  list = list_folder (folder);
  g_assert_cmpint (unlink (path), ==, 0);
  g_assert_false (hash_with (list, 4, digests, &error));
  assert_error_names (error, MEIR_ERROR_NOT_FOUND, path);
  remove_folder (folder);
}

static void
test_unreadable_file (void)
{
  char *folder;
  g_autofree char *path = NULL;
  g_autoptr (MeirCreateList) list = NULL;
  guint8 digests[MEIR_SHA1_LENGTH];
  g_autoptr (GError) error = NULL;

  drop_privileges ();
  folder = make_folder ();
  path = g_build_filename (folder, "secret", NULL);
  write_text (folder, "secret", "x");
  g_assert_cmpint (chmod (path, 0000), ==, 0);
  list = list_folder (folder);
  g_assert_false (hash_with (list, 1, digests, &error));
  assert_error_names (error, MEIR_ERROR_PERMISSION, path);
  remove_folder (folder);
  restore_privileges ();
}

/* A hashing on a thread of its own, to interfere with: large enough that it is not over before that. */
typedef struct {
  MeirCreateList *list;
  MeirCreateOptions *options;
  GCancellable *cancellable;
  MeirCreateProgress progress;
  guint8 *digests;
  GError *error;
  gboolean success;
} Interfered;

#define LARGE_BYTES   (G_GINT64_CONSTANT (64) << 30)
#define LARGE_THREADS 2u

static gpointer
hash_large (gpointer data)
{
  Interfered *interfered = data;

  interfered->digests = g_malloc_n (LARGE_BYTES / (1 << 20), MEIR_SHA1_LENGTH);
  interfered->success =
      meir_create_hash (interfered->list, 1 << 20, interfered->options, &interfered->progress,
                        interfered->cancellable, interfered->digests, &interfered->error);
  return NULL;
}

static guint64
get_done (Interfered *interfered)
{
  guint64 done, total;

  meir_create_progress_get (&interfered->progress, &done, &total);
  return done;
}

static void
wait_for_progress (Interfered *interfered, guint64 beyond)
{
  while (get_done (interfered) <= beyond)
    g_thread_yield ();
}

/* Hashes what is in @folder, and has read some of it. */
static GThread *
interfered_begin (Interfered *interfered, const char *folder)
{
  GThread *thread;

  interfered->list = list_folder (folder);
  interfered->options = meir_create_options_new (folder);
  interfered->options->threads = LARGE_THREADS;
  interfered->options->pause = meir_pause_new ();
  interfered->cancellable = g_cancellable_new ();
  thread = g_thread_new ("hash-large", hash_large, interfered);
  wait_for_progress (interfered, 0);
  return thread;
}

static void
interfered_clear (Interfered *interfered)
{
  g_free (interfered->digests);
  g_clear_error (&interfered->error);
  g_object_unref (interfered->cancellable);
  meir_create_options_free (interfered->options);
  meir_create_list_free (interfered->list);
}

/* Until all threads are held up. */
static void
pause_wholly (Interfered *interfered)
{
  meir_pause_set (interfered->options->pause, TRUE);
  while (meir_pause_get_n_held (interfered->options->pause) < LARGE_THREADS)
    g_thread_yield ();
}

static void
assert_cancelled (const Interfered *interfered)
{
  g_assert_false (interfered->success);
  g_assert_error (interfered->error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

static void
test_cancelled (void)
{
  char *folder = make_folder ();
  Interfered interfered = { 0 };
  GThread *thread;

  write_sparse (folder, "large", LARGE_BYTES);
  thread = interfered_begin (&interfered, folder);
  g_cancellable_cancel (interfered.cancellable);
  g_thread_join (thread);
  assert_cancelled (&interfered);
  g_assert_cmpuint (get_done (&interfered), <, LARGE_BYTES);
  interfered_clear (&interfered);
  remove_folder (folder);
}

/* While it is paused nothing is read; then it goes on; a cancel in a pause is the end of it. */
static void
test_paused (void)
{
  char *folder = make_folder ();
  Interfered interfered = { 0 };
  GThread *thread;
  guint64 done;

  write_sparse (folder, "large", LARGE_BYTES);
  thread = interfered_begin (&interfered, folder);
  for (guint i = 0; i < 2; i++) {
    pause_wholly (&interfered);
    done = get_done (&interfered);
    g_assert_cmpuint (done, <, LARGE_BYTES);
    meir_pause_set (interfered.options->pause, FALSE);
    wait_for_progress (&interfered, done);
  }
  pause_wholly (&interfered);
  done = get_done (&interfered);
  g_cancellable_cancel (interfered.cancellable);
  g_thread_join (thread);
  assert_cancelled (&interfered);
  g_assert_cmpuint (get_done (&interfered), ==, done);
  interfered_clear (&interfered);
  remove_folder (folder);
}

/* Of what is paused before it begins, everything is hashed that would be otherwise. */
static void
test_paused_from_the_start (void)
{
  char *folder = make_folder ();
  Interfered interfered = { 0 };
  GThread *thread;
  g_autofree guint8 *paused = NULL;
  guint8 straight[3 * MEIR_SHA1_LENGTH];

  write_pattern (folder, "a", 3 << 20, 7);
  interfered.list = list_folder (folder);
  interfered.options = meir_create_options_new (folder);
  interfered.options->threads = 1;
  interfered.options->pause = meir_pause_new ();
  interfered.cancellable = g_cancellable_new ();
  meir_pause_set (interfered.options->pause, TRUE);
  thread = g_thread_new ("hash-large", hash_large, &interfered);
  while (meir_pause_get_n_held (interfered.options->pause) == 0)
    g_thread_yield ();
  g_assert_cmpuint (get_done (&interfered), ==, 0);
  meir_pause_set (interfered.options->pause, FALSE);
  g_thread_join (thread);
  g_assert_no_error (interfered.error);
  g_assert_true (interfered.success);
  g_assert_cmpuint (get_done (&interfered), ==, 3 << 20);
  paused = g_steal_pointer (&interfered.digests);
  g_assert_true (meir_create_hash (interfered.list, 1 << 20, interfered.options, NULL, NULL, straight, NULL));
  g_assert_cmpmem (paused, sizeof straight, straight, sizeof straight);
  interfered_clear (&interfered);
  remove_folder (folder);
}

/* Whoever changes a file during a pause gets the same answer as one who does at another time. */
static void
test_changes_during_a_pause (void)
{
  char *folder = make_folder ();
  g_autofree char *path = g_build_filename (folder, "large", NULL);
  Interfered interfered = { 0 };
  GThread *thread;

  write_sparse (folder, "large", LARGE_BYTES);
  thread = interfered_begin (&interfered, folder);
  pause_wholly (&interfered);
  g_assert_cmpint (truncate (path, 0), ==, 0);
  meir_pause_set (interfered.options->pause, FALSE);
  g_thread_join (thread);
  g_assert_false (interfered.success);
  assert_error_names (interfered.error, MEIR_ERROR_INVALID, path);
  interfered_clear (&interfered);
  remove_folder (folder);
}

static void
test_shrinks_meanwhile (void)
{
  char *folder = make_folder ();
  g_autofree char *path = g_build_filename (folder, "large", NULL);
  Interfered interfered = { 0 };
  GThread *thread;

  write_sparse (folder, "large", LARGE_BYTES);
  thread = interfered_begin (&interfered, folder);
  g_assert_cmpint (truncate (path, 0), ==, 0);
  g_thread_join (thread);
  g_assert_false (interfered.success);
  assert_error_names (interfered.error, MEIR_ERROR_INVALID, path);
  interfered_clear (&interfered);
  remove_folder (folder);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/disk/create-hash/one-file", test_one_file);
  g_test_add_func ("/disk/create-hash/across-files", test_across_files);
  g_test_add_func ("/disk/create-hash/long-pieces", test_long_pieces);
  g_test_add_func ("/disk/create-hash/empty-files-at-the-ends", test_empty_files_at_the_ends);
  g_test_add_func ("/disk/create-hash/changed-file", test_changed_file);
  g_test_add_func ("/disk/create-hash/vanished-file", test_vanished_file);
  g_test_add_func ("/disk/create-hash/unreadable-file", test_unreadable_file);
  g_test_add_func ("/disk/create-hash/cancelled", test_cancelled);
  g_test_add_func ("/disk/create-hash/paused", test_paused);
  g_test_add_func ("/disk/create-hash/paused-from-the-start", test_paused_from_the_start);
  g_test_add_func ("/disk/create-hash/changes-during-a-pause", test_changes_during_a_pause);
  g_test_add_func ("/disk/create-hash/shrinks-meanwhile", test_shrinks_meanwhile);
  return g_test_run ();
}
