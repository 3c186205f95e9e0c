/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/meir-ui-library.h"

#include "app-support.h"

#include <glib/gstdio.h>
#include <string.h>

#define MAGNET_HASH "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define MAGNET      "magnet:?xt=urn:btih:" MAGNET_HASH "&dn=a+b%20c"

/* Torrents that outlive the program. */

typedef struct {
  char *folder;  /* everything is in here */
  char *library; /* what the library is given */
  char *downloads;
  MeirSession *session;
  MeirUiLibrary *list;
  GPtrArray *messages; /* of ::failed */
} Fixture;

static void
on_failed (MeirUiLibrary *library, const char *message, gpointer user_data)
{
  Fixture *fixture = user_data;

  g_ptr_array_add (fixture->messages, g_strdup (message));
}

static void
start (Fixture *fixture)
{
  fixture->session = app_session_new (fixture->folder);
  fixture->list = meir_ui_library_new (fixture->library);
  g_signal_connect (fixture->list, "failed", G_CALLBACK (on_failed), fixture);
}

static void
stop (Fixture *fixture)
{
  app_wait_until (!meir_ui_library_is_saving (fixture->list));
  g_clear_object (&fixture->list);
  app_session_close (g_steal_pointer (&fixture->session));
}

static void
set_up (Fixture *fixture, gconstpointer user_data)
{
  fixture->folder = app_make_folder ();
  fixture->library = g_build_filename (fixture->folder, "library", NULL);
  fixture->downloads = g_build_filename (fixture->folder, "Filme %20 ä", NULL);
  fixture->messages = g_ptr_array_new_with_free_func (g_free);
  g_assert_cmpint (g_mkdir (fixture->downloads, 0700), ==, 0);
  start (fixture);
}

static void
tear_down (Fixture *fixture, gconstpointer user_data)
{
  stop (fixture);
  app_remove_folder (fixture->folder);
  g_ptr_array_unref (fixture->messages);
  g_free (fixture->downloads);
  g_free (fixture->library);
  g_free (fixture->folder);
}

static void
on_restored (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GError **error = user_data;

  /* An error that is nobody's says that it went well. */
  if (meir_ui_library_restore_finish (MEIR_UI_LIBRARY (source), result, error))
    *error = g_error_new_literal (G_FILE_ERROR, 0, "fine");
}

/* (nullable): why some were left out */
static GError *
restore (Fixture *fixture)
{
  GError *error = NULL;

  meir_ui_library_restore_async (fixture->list, fixture->session, NULL, on_restored, &error);
  app_wait_until (error != NULL);
  if (error->domain == G_FILE_ERROR)
    g_clear_error (&error);
  return error;
}

static guint
n_torrents (Fixture *fixture)
{
  return g_list_model_get_n_items (G_LIST_MODEL (fixture->session));
}

static MeirTorrent *
find (Fixture *fixture, const char *name)
{
  for (guint i = 0; i < n_torrents (fixture); i++) {
    g_autoptr (MeirTorrent) torrent = g_list_model_get_item (G_LIST_MODEL (fixture->session), i);
    g_autofree char *other = meir_torrent_dup_name (torrent);

    if (strcmp (name, other) == 0)
      return torrent; /* the session holds it */
  }
  return NULL;
}

static MeirTorrent *
add (Fixture *fixture, const char *name)
{
  MeirTorrent *torrent = app_add (fixture->session, fixture->downloads, name, 3);

  meir_ui_library_add (fixture->list, torrent, NULL);
  return torrent;
}

static MeirTorrent *
add_magnet (Fixture *fixture)
{
  g_autoptr (MeirMagnet) magnet = meir_magnet_parse (MAGNET, NULL);
  MeirAddOptions options = { .magnet = magnet, .folder = fixture->downloads };
  MeirTorrent *torrent = meir_session_add (fixture->session, &options, NULL);

  meir_ui_library_add (fixture->list, torrent, MAGNET);
  return torrent;
}

static char *
list_path (Fixture *fixture)
{
  return g_build_filename (fixture->library, "library.ini", NULL);
}

static void
write_list (Fixture *fixture, const char *text)
{
  g_autofree char *path = list_path (fixture);

  g_assert_true (g_file_set_contents (path, text, -1, NULL));
}

/* Ends it, makes the list on disk what @text says, starts again. */
static void
start_with (Fixture *fixture, const char *text)
{
  stop (fixture);
  write_list (fixture, text);
  start (fixture);
}

static void
test_nothing (Fixture *fixture, gconstpointer user_data)
{
  g_assert_null (restore (fixture));
  g_assert_cmpuint (n_torrents (fixture), ==, 0);
  g_assert_cmpuint (fixture->messages->len, ==, 0);
}

static void
test_restore (Fixture *fixture, gconstpointer user_data)
{
  MeirTorrent *torrent;
  g_autofree char *link = NULL;

  add (fixture, "first.ogg");
  meir_ui_library_set_paused (fixture->list, add (fixture, "<b>&\342\200\256"), TRUE);
  add_magnet (fixture);
  stop (fixture);
  start (fixture);

  g_assert_null (restore (fixture));
  g_assert_cmpuint (n_torrents (fixture), ==, 3);
  torrent = find (fixture, "first.ogg");
  g_assert_cmpstr (meir_torrent_get_folder (torrent), ==, fixture->downloads);
  app_wait_until (app_state (torrent) == MEIR_TORRENT_DOWNLOADING);
  /* Paused it was, paused it is: it does not start for a moment. */
  torrent = find (fixture, "<b>&\357\277\275");
  app_wait_until (app_state (torrent) == MEIR_TORRENT_PAUSED);
  torrent = find (fixture, "a b c");
  link = meir_ui_library_dup_link (fixture->list, torrent);
  g_assert_cmpstr (link, ==, MAGNET);
  g_assert_cmpuint (fixture->messages->len, ==, 0);
}

static GPtrArray *
make_tiers (const char *const *tier)
{
  GPtrArray *tiers = g_ptr_array_new_with_free_func ((GDestroyNotify) g_strfreev);

  g_ptr_array_add (tiers, g_strdupv ((char **) tier));
  return tiers;
}

static guint
count_trackers (MeirTorrent *torrent)
{
  g_autoptr (GPtrArray) tiers = meir_torrent_dup_trackers (torrent);
  guint n = 0;

  for (guint i = 0; i < tiers->len; i++)
    n += g_strv_length (g_ptr_array_index (tiers, i));
  return n;
}

/* Trackers that a link was given, or has lost, are as they were set the next time, without a list of files
 * yet. */
static void
test_magnet_trackers (Fixture *fixture, gconstpointer user_data)
{
  g_autoptr (GPtrArray) more = make_tiers ((const char *[]){ "http://127.0.0.1:1/announce", NULL });
  g_autoptr (GPtrArray) none = g_ptr_array_new ();
  g_autofree char *path = list_path (fixture);
  g_autofree char *text = NULL;
  MeirTorrent *torrent = add_magnet (fixture);

  meir_ui_library_update (fixture->list, torrent);
  app_wait_until (!meir_ui_library_is_saving (fixture->list));
  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  g_assert_null (strstr (text, "Trackers"));
  meir_torrent_set_trackers (torrent, more);
  meir_ui_library_update (fixture->list, torrent);
  stop (fixture);
  start (fixture);
  g_assert_null (restore (fixture));
  torrent = find (fixture, "a b c");
  g_assert_cmpuint (count_trackers (torrent), ==, 1);
  meir_torrent_set_trackers (torrent, none);
  meir_ui_library_update (fixture->list, torrent);
  stop (fixture);
  start (fixture);
  g_assert_null (restore (fixture));
  g_assert_cmpuint (count_trackers (find (fixture, "a b c")), ==, 0);
}

static void
test_resumed_and_removed (Fixture *fixture, gconstpointer user_data)
{
  MeirTorrent *kept = add (fixture, "kept");
  g_autoptr (MeirTorrent) gone = g_object_ref (add (fixture, "gone"));
  g_autoptr (GDir) dir = NULL;
  guint n_files = 0;

  meir_ui_library_set_paused (fixture->list, kept, TRUE);
  meir_ui_library_set_paused (fixture->list, kept, FALSE);
  g_assert_true (meir_ui_library_has (fixture->list, gone));
  meir_ui_library_remove (fixture->list, gone);
  g_assert_false (meir_ui_library_has (fixture->list, gone));
  meir_ui_library_remove (fixture->list, gone);
  stop (fixture);
  /* The list, and one .torrent. */
  dir = g_dir_open (fixture->library, 0, NULL);
  while (g_dir_read_name (dir) != NULL)
    n_files++;
  g_assert_cmpuint (n_files, ==, 2);
  start (fixture);
  g_assert_null (restore (fixture));
  g_assert_cmpuint (n_torrents (fixture), ==, 1);
  app_wait_until (app_state (find (fixture, "kept")) == MEIR_TORRENT_DOWNLOADING);
}

/* All at once: the main loop has not run in between, and nothing is lost. */
static void
test_many (Fixture *fixture, gconstpointer user_data)
{
  for (guint i = 0; i < 50; i++) {
    g_autofree char *name = g_strdup_printf ("torrent %u", i);

    add (fixture, name);
  }
  stop (fixture);
  start (fixture);
  g_assert_null (restore (fixture));
  g_assert_cmpuint (n_torrents (fixture), ==, 50);
  /* In the order in which they came. */
  for (guint i = 0; i < 50; i++) {
    g_autoptr (MeirTorrent) torrent = g_list_model_get_item (G_LIST_MODEL (fixture->session), i);
    g_autofree char *name = meir_torrent_dup_name (torrent);
    g_autofree char *expected = g_strdup_printf ("torrent %u", i);

    g_assert_cmpstr (name, ==, expected);
  }
}

/* It is in the session already, by whatever way: nothing to complain of. */
static void
test_already_there (Fixture *fixture, gconstpointer user_data)
{
  add (fixture, "first");
  stop (fixture);
  start (fixture);
  app_add (fixture->session, fixture->downloads, "first", 3);
  g_assert_null (restore (fixture));
  g_assert_cmpuint (n_torrents (fixture), ==, 1);
}

static void
test_damaged_list (Fixture *fixture, gconstpointer user_data)
{
  g_autofree char *path = list_path (fixture);
  g_autofree char *aside = g_strconcat (path, ".damaged", NULL);
  g_autofree char *good = NULL;
  g_autofree char *bad = NULL;
  g_autofree char *kept = NULL;

  add (fixture, "first");
  stop (fixture);
  g_assert_true (g_file_get_contents (path, &good, NULL, NULL));
  bad = g_strconcat (good, "\n[half a gr", NULL);
  start (fixture);
  start_with (fixture, bad);
  g_assert_null (restore (fixture));
  /* What stood before the damage is here; all of it is kept; it is said. */
  g_assert_nonnull (find (fixture, "first"));
  g_assert_true (g_file_get_contents (aside, &kept, NULL, NULL));
  g_assert_cmpstr (kept, ==, bad);
  g_assert_cmpuint (fixture->messages->len, ==, 1);
  g_assert_nonnull (strstr (g_ptr_array_index (fixture->messages, 0), "library.ini.damaged"));
  /* And the list can be saved again. */
  add (fixture, "second");
  stop (fixture);
  start (fixture);
  g_assert_null (restore (fixture));
  g_assert_nonnull (find (fixture, "second"));
  g_assert_cmpuint (fixture->messages->len, ==, 1);
}

static void
test_garbage_list (Fixture *fixture, gconstpointer user_data)
{
  start_with (fixture, "\001\002\377 nothing of the kind");
  g_assert_null (restore (fixture));
  g_assert_cmpuint (n_torrents (fixture), ==, 0);
  g_assert_cmpuint (fixture->messages->len, ==, 1);
}

/* A group that is no info-hash names no file outside, and stays as it is. */
static void
test_foreign_group (Fixture *fixture, gconstpointer user_data)
{
  g_autofree char *path = list_path (fixture);
  g_autofree char *text = NULL;

  start_with (fixture, "[../../evil]\nFolder=file:///tmp\n[Later]\nKey=1\n");
  g_assert_null (restore (fixture));
  g_assert_cmpuint (n_torrents (fixture), ==, 0);
  add (fixture, "first");
  app_wait_until (!meir_ui_library_is_saving (fixture->list));
  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  g_assert_nonnull (strstr (text, "[Later]\nKey=1\n"));
}

static char *
torrent_path_of (Fixture *fixture, MeirTorrent *torrent)
{
  char hex[2 * MEIR_SHA1_LENGTH + 1];
  g_autofree char *name =
      g_strconcat (meir_info_hash_to_hex (meir_torrent_get_info_hash (torrent), hex), ".torrent", NULL);

  return g_build_filename (fixture->library, name, NULL);
}

/* One torrent that cannot be read keeps no other from coming back, and is told of. */
static void
test_damaged_torrent (Fixture *fixture, gconstpointer user_data)
{
  g_autofree char *garbage = torrent_path_of (fixture, add (fixture, "garbage"));
  g_autofree char *missing = torrent_path_of (fixture, add (fixture, "missing"));
  g_autofree char *swapped = torrent_path_of (fixture, add (fixture, "swapped"));
  g_autoptr (GBytes) other = app_torrent_bytes ("another", 2);
  g_autoptr (GError) error = NULL;

  add (fixture, "good");
  stop (fixture);
  g_assert_true (g_file_set_contents (garbage, "garbage", -1, NULL));
  g_assert_cmpint (g_unlink (missing), ==, 0);
  g_assert_true (
      g_file_set_contents (swapped, g_bytes_get_data (other, NULL), (gssize) g_bytes_get_size (other), NULL));
  start (fixture);
  error = restore (fixture);
  g_assert_nonnull (error);
  g_assert_true (g_str_has_prefix (error->message, "3 torrents of the list cannot be shown"));
  g_assert_cmpuint (n_torrents (fixture), ==, 1);
  g_assert_nonnull (find (fixture, "good"));
}

/* A disk that is not plugged in: no empty folder is made in its place, and the torrent says so in the list.
 * The folder may come back, or be another. */
static void
test_folder_gone (Fixture *fixture, gconstpointer user_data)
{
  g_autofree char *elsewhere = g_build_filename (fixture->folder, "elsewhere", NULL);
  g_autoptr (MeirTorrentSnapshot) snapshot = NULL;
  MeirTorrent *torrent;

  add (fixture, "first");
  stop (fixture);
  g_assert_cmpint (g_rename (fixture->downloads, elsewhere), ==, 0);
  start (fixture);
  g_assert_null (restore (fixture));
  torrent = find (fixture, "first");
  g_assert_nonnull (torrent);
  app_wait_until (app_state (torrent) == MEIR_TORRENT_FAILED);
  snapshot = meir_torrent_peek_snapshot (torrent);
  g_assert_cmpint (snapshot->error_code, ==, MEIR_ERROR_NOT_FOUND);
  g_assert_false (g_file_test (fixture->downloads, G_FILE_TEST_EXISTS));

  meir_torrent_set_folder (torrent, elsewhere);
  meir_ui_library_update (fixture->list, torrent);
  app_wait_until (app_state (torrent) == MEIR_TORRENT_DOWNLOADING);
  stop (fixture);
  start (fixture);
  g_assert_null (restore (fixture));
  torrent = find (fixture, "first");
  g_assert_cmpstr (meir_torrent_get_folder (torrent), ==, elsewhere);
  app_wait_until (app_state (torrent) == MEIR_TORRENT_DOWNLOADING);
}

/* What lies in a folder that is not called like the torrent is found there the next time, too. */
static void
test_own_folder (Fixture *fixture, gconstpointer user_data)
{
  static const char text[] = "d4:infod5:filesld6:lengthi4e4:pathl1:aeee4:name5:Beach12:piece lengthi16384e"
                             "6:pieces20:\xa9\x4a\x8f\xe5\xcc\xb1\x9b\xa6\x1c\x4c\x08\x73\xd3\x91\xe9\x87"
                             "\x98\x2f\xbb\xd3"
                             "ee";
  g_autoptr (GBytes) bytes = g_bytes_new_static (text, sizeof text - 1);
  g_autoptr (MeirMetainfo) beach = meir_metainfo_parse (bytes, NULL);
  g_autoptr (MeirMetainfo) own = meir_metainfo_new_in_folder (beach, "My %2F \xff", NULL);
  g_autofree char *folder = g_build_filename (fixture->downloads, "My %2F \xff", NULL);
  g_autofree char *path = g_build_filename (folder, "a", NULL);
  g_autofree char *other = g_build_filename (fixture->downloads, "Beach", NULL);
  MeirAddOptions options = { .metainfo = own, .folder = fixture->downloads };
  MeirTorrent *torrent;

  g_assert_cmpint (g_mkdir (folder, 0700), ==, 0);
  g_assert_true (g_file_set_contents (path, "test", -1, NULL));
  torrent = meir_session_add (fixture->session, &options, NULL);
  meir_ui_library_add (fixture->list, torrent, NULL);
  app_wait_until (app_state (torrent) == MEIR_TORRENT_SEEDING);
  for (guint i = 0; i < 2; i++) {
    g_autoptr (MeirMetainfo) then = NULL;

    stop (fixture);
    start (fixture);
    g_assert_null (restore (fixture));
    torrent = find (fixture, "Beach");
    then = meir_torrent_ref_metainfo (torrent);
    g_assert_cmpstr (meir_metainfo_get_name (then), ==, "My %2F \xff");
    app_wait_until (app_state (torrent) == MEIR_TORRENT_SEEDING);
    meir_ui_library_update (fixture->list, torrent);
  }
  g_assert_false (g_file_test (other, G_FILE_TEST_EXISTS));
}

/* Whoever wrote it on record: no name leads out of the folder. */
static void
test_foreign_folder_name (Fixture *fixture, gconstpointer user_data)
{
  g_autofree char *before = NULL;
  g_autofree char *after = NULL;
  g_autofree char *path = list_path (fixture);
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) lines = NULL;

  add (fixture, "first");
  stop (fixture);
  g_assert_true (g_file_get_contents (path, &before, NULL, NULL));
  lines = g_strsplit (before, "Folder=", 2);
  after = g_strjoinv ("FolderName=..%2F..%2Fetc\nFolder=", lines);
  write_list (fixture, after);
  start (fixture);
  error = restore (fixture);
  g_assert_error (error, MEIR_ERROR, MEIR_ERROR_FAILED);
  g_assert_cmpuint (n_torrents (fixture), ==, 0);
}

/* All that was set of a torrent is as it was. */
static void
test_facts (Fixture *fixture, gconstpointer user_data)
{
  const guint8 skip[] = { MEIR_PRIORITY_HIGH };
  const MeirRateLimits limits = { 1000, 2000 };
  g_autoptr (GBytes) priorities = g_bytes_new (skip, sizeof skip);
  g_autoptr (GPtrArray) tiers = g_ptr_array_new ();
  const char *first[] = { "http://127.0.0.1:1/announce", "http://127.0.0.1:2/a;b/announce", NULL };
  const char *second[] = { "udp://127.0.0.1:3", NULL };
  MeirTorrent *torrent = add (fixture, "first");
  g_autoptr (GBytes) priorities_then = NULL;
  g_autoptr (GPtrArray) tiers_then = NULL;
  g_autofree char *name = NULL;
  MeirRateLimits limits_then;

  g_ptr_array_add (tiers, first);
  g_ptr_array_add (tiers, second);
  meir_torrent_set_file_priorities (torrent, priorities);
  meir_torrent_set_limits (torrent, &limits);
  meir_torrent_set_trackers (torrent, tiers);
  meir_torrent_set_play_order (torrent, TRUE);
  meir_ui_library_update (fixture->list, torrent);
  meir_ui_library_set_name (fixture->list, torrent, "Mine; \n\342\200\256<b>");
  meir_ui_library_set_paused (fixture->list, torrent, TRUE);
  stop (fixture);
  start (fixture);
  g_assert_null (restore (fixture));
  torrent = find (fixture, "first");
  priorities_then = meir_torrent_ref_file_priorities (torrent);
  g_assert_true (g_bytes_equal (priorities, priorities_then));
  meir_torrent_get_limits (torrent, &limits_then);
  g_assert_cmpuint (limits_then.down_per_sec, ==, 1000);
  g_assert_cmpuint (limits_then.up_per_sec, ==, 2000);
  tiers_then = meir_torrent_dup_trackers (torrent);
  g_assert_cmpuint (tiers_then->len, ==, 2);
  g_assert_true (g_strv_equal (g_ptr_array_index (tiers_then, 0), first));
  g_assert_true (g_strv_equal (g_ptr_array_index (tiers_then, 1), second));
  g_assert_true (meir_torrent_get_play_order (torrent));
  g_assert_true (meir_ui_library_is_paused (fixture->list, torrent));
  /* Whoever wrote it there: it is safe to show. */
  name = meir_ui_library_dup_name (fixture->list, torrent);
  g_assert_nonnull (strstr (name, "Mine; "));
  g_assert_null (strstr (name, "\342\200\256"));
  meir_ui_library_set_name (fixture->list, torrent, NULL);
  g_assert_null (meir_ui_library_dup_name (fixture->list, torrent));
}

/* Who was resumed though the stop rule was met need not be resumed again the next time. */
static void
test_overridden (Fixture *fixture, gconstpointer user_data)
{
  g_autoptr (MeirMetainfo) metainfo = app_metainfo ("first", 3);
  MeirAddOptions options = {
    .metainfo = metainfo, .folder = fixture->downloads, .paused = TRUE, .rule_overridden = TRUE
  };
  g_autoptr (MeirTorrentSnapshot) snapshot = NULL;

  meir_ui_library_add (fixture->list, meir_session_add (fixture->session, &options, NULL), NULL);
  add (fixture, "second");
  stop (fixture);
  start (fixture);
  g_assert_null (restore (fixture));
  snapshot = meir_torrent_peek_snapshot (find (fixture, "first"));
  g_assert_true (snapshot->rule_overridden);
  meir_torrent_snapshot_unref (snapshot);
  snapshot = meir_torrent_peek_snapshot (find (fixture, "second"));
  g_assert_false (snapshot->rule_overridden);
}

/* The order of the queue is that of the list, the next time too. */
static void
test_order (Fixture *fixture, gconstpointer user_data)
{
  const char *names[] = { "third", "first", "second" };

  add (fixture, "first");
  add (fixture, "second");
  meir_session_move_in_queue (fixture->session, add (fixture, "third"), 0);
  meir_ui_library_set_order (fixture->list, G_LIST_MODEL (fixture->session));
  stop (fixture);
  start (fixture);
  g_assert_null (restore (fixture));
  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    g_autoptr (MeirTorrent) torrent = g_list_model_get_item (G_LIST_MODEL (fixture->session), i);

    g_assert_true (torrent == find (fixture, names[i]));
  }
}

/* Nothing is written when nothing has changed, nor for who is not in the list. */
static void
test_update (Fixture *fixture, gconstpointer user_data)
{
  MeirTorrent *torrent = add (fixture, "first");
  MeirTorrent *stranger = app_add (fixture->session, fixture->downloads, "stranger", 3);

  app_wait_until (!meir_ui_library_is_saving (fixture->list));
  meir_ui_library_update (fixture->list, torrent);
  meir_ui_library_update (fixture->list, stranger);
  meir_ui_library_set_paused (fixture->list, stranger, TRUE);
  meir_ui_library_set_name (fixture->list, stranger, "name");
  g_assert_false (meir_ui_library_is_saving (fixture->list));
  g_assert_false (meir_ui_library_has (fixture->list, stranger));
  meir_torrent_set_play_order (torrent, TRUE);
  meir_ui_library_update (fixture->list, torrent);
  g_assert_true (meir_ui_library_is_saving (fixture->list));
}

/* What cannot be written is said, and written with the next change that can be. */
static void
test_unwritable (Fixture *fixture, gconstpointer user_data)
{
  g_autofree char *elsewhere = g_build_filename (fixture->folder, "elsewhere", NULL);

  g_assert_cmpint (g_rename (fixture->library, elsewhere), ==, 0);
  g_assert_true (g_file_set_contents (fixture->library, "a file", -1, NULL));
  add (fixture, "first");
  app_wait_until (fixture->messages->len > 0);
  g_assert_true (
      g_str_has_prefix (g_ptr_array_index (fixture->messages, 0), "The list of torrents cannot be saved"));
  g_assert_false (meir_ui_library_is_saving (fixture->list));
  g_assert_cmpint (g_unlink (fixture->library), ==, 0);
  g_assert_cmpint (g_rename (elsewhere, fixture->library), ==, 0);
  meir_ui_library_flush (fixture->list);
  stop (fixture);
  start (fixture);
  g_assert_null (restore (fixture));
  g_assert_nonnull (find (fixture, "first"));
  g_assert_cmpuint (fixture->messages->len, ==, 1);
}

static void
test_cancelled (Fixture *fixture, gconstpointer user_data)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;

  add (fixture, "first");
  stop (fixture);
  start (fixture);
  meir_ui_library_restore_async (fixture->list, fixture->session, cancellable, on_restored, &error);
  g_cancellable_cancel (cancellable);
  app_wait_until (error != NULL);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_cmpuint (n_torrents (fixture), ==, 0);
}

static void
add_test (const char *path, void (*test) (Fixture *, gconstpointer))
{
  g_test_add (path, Fixture, NULL, set_up, test, tear_down);
}

int
main (int argc, char **argv)
{
  meir_init ();
  g_test_init (&argc, &argv, NULL);
  add_test ("/app/library/nothing", test_nothing);
  add_test ("/app/library/restore", test_restore);
  add_test ("/app/library/magnet-trackers", test_magnet_trackers);
  add_test ("/app/library/resumed-and-removed", test_resumed_and_removed);
  add_test ("/app/library/many", test_many);
  add_test ("/app/library/already-there", test_already_there);
  add_test ("/app/library/damaged-list", test_damaged_list);
  add_test ("/app/library/garbage-list", test_garbage_list);
  add_test ("/app/library/foreign-group", test_foreign_group);
  add_test ("/app/library/damaged-torrent", test_damaged_torrent);
  add_test ("/app/library/folder-gone", test_folder_gone);
  add_test ("/app/library/own-folder", test_own_folder);
  add_test ("/app/library/foreign-folder-name", test_foreign_folder_name);
  add_test ("/app/library/facts", test_facts);
  add_test ("/app/library/overridden", test_overridden);
  add_test ("/app/library/order", test_order);
  add_test ("/app/library/update", test_update);
  add_test ("/app/library/unwritable", test_unwritable);
  add_test ("/app/library/cancelled", test_cancelled);
  return g_test_run ();
}
