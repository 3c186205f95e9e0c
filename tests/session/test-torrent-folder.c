/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "session-fixture.h"
#include "session/meir-torrent-private.h"

#include <glib/gstdio.h>
#include <string.h>

/* Folders that go, come back, or are another. */

#define FILE_LENGTH 1500000
#define PIECE       16384u

typedef struct {
  SessionFixture *fixture;
  char *seed_folder, *elsewhere;
  MeirMetainfo *metainfo;
  MeirSession *session;
} Case;

/* Whether anything was hashed for @torrent since this was asked last. Between two states nothing changes it.
 */
static gboolean
was_checked (MeirTorrent *torrent)
{
  static gint64 last_usec;
  gboolean was = torrent->check_since_usec != 0 && torrent->check_since_usec != last_usec;

  last_usec = torrent->check_since_usec;
  return was;
}

static void
start_session (Case *c)
{
  c->session = session_fixture_session (c->fixture, "session", MEIR_TLS_OFF);
}

static void
case_init (Case *c)
{
  *c = (Case){ .fixture = session_fixture_new () };
  c->seed_folder = session_fixture_folder (c->fixture, "seed");
  c->elsewhere = g_build_filename (c->fixture->root, "elsewhere", NULL);
  session_fixture_write (c->seed_folder, "data.bin", FILE_LENGTH, 1);
  c->metainfo = session_fixture_create (c->seed_folder, "data.bin", PIECE);
  start_session (c);
}

static void
case_clear (Case *c)
{
  meir_metainfo_unref (c->metainfo);
  g_free (c->seed_folder);
  g_free (c->elsewhere);
  session_fixture_free (c->fixture);
}

static MeirTorrent *
add_known (Case *c, const char *folder)
{
  MeirAddOptions options = { .metainfo = c->metainfo, .folder = folder, .folder_was_there = TRUE };
  g_autoptr (GError) error = NULL;
  MeirTorrent *torrent = meir_session_add (c->session, &options, &error);

  g_assert_no_error (error);
  return torrent;
}

static void
assert_folder_gone (MeirTorrent *torrent, const char *folder)
{
  g_autoptr (MeirTorrentSnapshot) snapshot = NULL;

  session_wait_state (torrent, MEIR_TORRENT_FAILED);
  snapshot = session_snapshot (torrent);
  g_assert_cmpint (snapshot->error_code, ==, MEIR_ERROR_NOT_FOUND);
  g_assert_nonnull (strstr (snapshot->error, folder));
  g_assert_false (g_file_test (folder, G_FILE_TEST_EXISTS));
}

static void
restart_session (Case *c)
{
  session_fixture_close (c->fixture, c->session);
  start_session (c);
}

/* Gone when the session starts: it is not made anew; when it is back, resuming is enough, and nothing is
 * hashed. */
static void
test_gone_at_start (void)
{
  MeirTorrent *torrent;
  Case c;

  case_init (&c);
  torrent = session_fixture_add (c.session, c.metainfo, c.seed_folder, NULL);
  session_wait_state (torrent, MEIR_TORRENT_SEEDING);
  g_assert_true (was_checked (torrent));
  session_fixture_close (c.fixture, c.session);
  g_assert_cmpint (g_rename (c.seed_folder, c.elsewhere), ==, 0);
  start_session (&c);
  torrent = add_known (&c, c.seed_folder);
  assert_folder_gone (torrent, c.seed_folder);
  meir_torrent_resume (torrent);
  session_run_for (200);
  assert_folder_gone (torrent, c.seed_folder);

  g_assert_cmpint (g_rename (c.elsewhere, c.seed_folder), ==, 0);
  meir_torrent_resume (torrent);
  session_wait_state (torrent, MEIR_TORRENT_SEEDING);
  g_assert_false (was_checked (torrent));
  case_clear (&c);
}

/* Somebody moved it while we were away: told where it is now, it goes on, hashes nothing, and remembers. */
static void
test_moved_while_away (void)
{
  MeirTorrent *torrent;
  Case c;

  case_init (&c);
  session_wait_state (session_fixture_add (c.session, c.metainfo, c.seed_folder, NULL), MEIR_TORRENT_SEEDING);
  session_fixture_close (c.fixture, c.session);
  g_assert_cmpint (g_rename (c.seed_folder, c.elsewhere), ==, 0);
  start_session (&c);
  torrent = add_known (&c, c.seed_folder);
  assert_folder_gone (torrent, c.seed_folder);
  meir_torrent_set_folder (torrent, c.elsewhere);
  g_assert_cmpstr (meir_torrent_get_folder (torrent), ==, c.elsewhere);
  session_wait_state (torrent, MEIR_TORRENT_SEEDING);
  g_assert_false (was_checked (torrent));
  restart_session (&c);
  torrent = add_known (&c, c.elsewhere);
  session_wait_state (torrent, MEIR_TORRENT_SEEDING);
  g_assert_false (was_checked (torrent));
  case_clear (&c);
}

/* The same name, but not the same bytes: times and lengths say so, and it is checked. */
static void
test_another_of_that_name (void)
{
  g_autoptr (MeirTorrentSnapshot) snapshot = NULL;
  MeirTorrent *torrent;
  Case c;

  case_init (&c);
  session_wait_state (session_fixture_add (c.session, c.metainfo, c.seed_folder, NULL), MEIR_TORRENT_SEEDING);
  session_fixture_close (c.fixture, c.session);
  g_assert_cmpint (g_mkdir (c.elsewhere, 0700), ==, 0);
  session_fixture_write (c.elsewhere, "data.bin", FILE_LENGTH, 1);
  session_fixture_flip (c.elsewhere, "data.bin", 5 * PIECE);
  start_session (&c);
  torrent = add_known (&c, c.seed_folder);
  session_wait_state (torrent, MEIR_TORRENT_SEEDING);
  meir_torrent_set_folder (torrent, c.elsewhere);
  session_wait_state (torrent, MEIR_TORRENT_DOWNLOADING);
  g_assert_true (was_checked (torrent));
  snapshot = session_snapshot (torrent);
  g_assert_cmpuint (snapshot->n_have, ==, snapshot->n_pieces - 1);
  case_clear (&c);
}

static void
look_at_once_cb (gpointer data)
{
  ((MeirTorrent *) data)->next_look_usec = 0;
}

static gint is_on_record; /* atomic */

static void
look_at_record_cb (gpointer data)
{
  MeirTorrent *torrent = data;

  g_atomic_int_set (&is_on_record, torrent->unrecorded_pieces->len == 0 && !torrent->recording &&
                                       torrent->unsynced_since_usec == 0 && !torrent->syncing);
}

/* Whether all that was found is marked as on stable storage: a sync that fails for want of the folder would
 * withdraw it. */
static gboolean
was_recorded (gpointer data)
{
  meir_torrent_post (data, look_at_record_cb);
  return g_atomic_int_get (&is_on_record);
}

/* Taken away while it seeds, when nobody asks for anything. */
static void
test_gone_while_seeding (void)
{
  MeirTorrent *torrent;
  Case c;

  case_init (&c);
  torrent = session_fixture_add (c.session, c.metainfo, c.seed_folder, NULL);
  session_wait_state (torrent, MEIR_TORRENT_SEEDING);
  session_wait (was_recorded, torrent);
  g_assert_cmpint (g_rename (c.seed_folder, c.elsewhere), ==, 0);
  meir_torrent_post (torrent, look_at_once_cb);
  assert_folder_gone (torrent, c.seed_folder);
  g_assert_cmpint (g_rename (c.elsewhere, c.seed_folder), ==, 0);
  meir_torrent_resume (torrent);
  session_wait_state (torrent, MEIR_TORRENT_SEEDING);
  case_clear (&c);
}

/* In the middle of a download: what was fetched is there when the folder is. */
static void
test_gone_while_downloading (void)
{
  g_autofree char *get_folder = NULL;
  g_autoptr (MeirTorrentSnapshot) snapshot = NULL;
  MeirSession *leecher;
  MeirTorrent *torrent;
  MeirEndpoint endpoint;
  Case c;

  case_init (&c);
  get_folder = session_fixture_folder (c.fixture, "get");
  session_wait_state (session_fixture_add (c.session, c.metainfo, c.seed_folder, NULL), MEIR_TORRENT_SEEDING);
  leecher = session_fixture_session (c.fixture, "leecher", MEIR_TLS_OFF);
  meir_session_set_limits (leecher, &(MeirRateLimits){ 200000, 0 });
  torrent = session_fixture_add (leecher, c.metainfo, get_folder, c.session);
  session_wait_state (torrent, MEIR_TORRENT_DOWNLOADING);
  session_run_for (1500);
  g_assert_cmpint (g_rename (get_folder, c.elsewhere), ==, 0);
  assert_folder_gone (torrent, get_folder);
  g_assert_cmpint (g_rename (c.elsewhere, get_folder), ==, 0);
  meir_session_set_limits (leecher, &(MeirRateLimits){ 0 });
  meir_torrent_resume (torrent);
  g_assert_true (meir_endpoint_parse (&endpoint, "127.0.0.1:1", NULL));
  endpoint.port = meir_session_get_port (c.session);
  meir_torrent_add_peer (torrent, &endpoint);
  session_wait_state (torrent, MEIR_TORRENT_SEEDING);
  session_fixture_assert_same (c.seed_folder, get_folder, "data.bin");
  snapshot = session_snapshot (torrent);
  g_assert_cmpuint (snapshot->downloaded, <, 2 * FILE_LENGTH);
  case_clear (&c);
}

/* What is not from an earlier session is made, and an ordinary file is no folder. */
static void
test_new_folder (void)
{
  g_autofree char *deep = NULL;
  g_autoptr (MeirTorrentSnapshot) snapshot = NULL;
  MeirTorrent *torrent;
  Case c;

  case_init (&c);
  deep = g_build_filename (c.elsewhere, "deep", NULL);
  torrent = session_fixture_add (c.session, c.metainfo, deep, NULL);
  session_wait_state (torrent, MEIR_TORRENT_DOWNLOADING);
  g_assert_true (g_file_test (deep, G_FILE_TEST_IS_DIR));
  g_free (deep);
  deep = g_build_filename (c.seed_folder, "data.bin", NULL);
  meir_torrent_set_folder (torrent, deep);
  session_wait_state (torrent, MEIR_TORRENT_FAILED);
  snapshot = session_snapshot (torrent);
  g_assert_cmpint (snapshot->error_code, ==, MEIR_ERROR_INVALID);
  meir_torrent_set_folder (torrent, c.seed_folder);
  session_wait_state (torrent, MEIR_TORRENT_SEEDING);
  case_clear (&c);
}

/* A torrent of three files, of a piece and a bit each. */
static void
case_init_files (Case *c)
{
  static const char *const names[] = { "album/a", "album/b", "album/c" };

  case_init (c);
  g_clear_pointer (&c->metainfo, meir_metainfo_unref);
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    session_fixture_write (c->seed_folder, names[i], PIECE + 1000, i + 10);
  c->metainfo = session_fixture_create (c->seed_folder, "album", PIECE);
}

static char *
dup_file (Case *c, const char *name)
{
  return g_build_filename (c->seed_folder, "album", name, NULL);
}

static MeirTorrent *
wait_complete (Case *c, MeirTorrent *torrent)
{
  session_wait_state (torrent, MEIR_TORRENT_SEEDING);
  return torrent;
}

static void
assert_files_gone (Case *c, MeirTorrent *torrent, const char *sentence)
{
  g_autoptr (MeirTorrentSnapshot) snapshot = NULL;
  g_autofree char *b = dup_file (c, "b");

  session_wait_state (torrent, MEIR_TORRENT_FAILED);
  snapshot = session_snapshot (torrent);
  g_assert_cmpint (snapshot->error_code, ==, MEIR_ERROR_INCOMPLETE);
  g_assert_nonnull (strstr (snapshot->error, sentence));
  g_assert_false (g_file_test (b, G_FILE_TEST_EXISTS));
}

/* Complete, and stopped; then one of its files is moved out of the folder. */
static char *
lose_one (Case *c)
{
  g_autofree char *b = dup_file (c, "b");
  char *away = g_build_filename (c->fixture->root, "b", NULL);

  wait_complete (c, session_fixture_add (c->session, c->metainfo, c->seed_folder, NULL));
  session_fixture_close (c->fixture, c->session);
  g_assert_cmpint (g_rename (b, away), ==, 0);
  start_session (c);
  return away;
}

/* A file that was moved out of its folder is not fetched again unasked, however often we start; back in its
 * place, it is taken as it is. */
static void
test_file_gone (void)
{
  g_autofree char *away = NULL;
  g_autofree char *b = NULL;
  MeirTorrent *torrent;
  Case c;

  case_init_files (&c);
  away = lose_one (&c);
  b = dup_file (&c, "b");
  assert_files_gone (&c, add_known (&c, c.seed_folder), "1 file is not there any more: “album/b”");
  restart_session (&c);
  torrent = add_known (&c, c.seed_folder);
  assert_files_gone (&c, torrent, "1 file is not there any more: “album/b”");
  g_assert_cmpint (g_rename (away, b), ==, 0);
  meir_torrent_resume (torrent);
  wait_complete (&c, torrent);
  case_clear (&c);
}

/* Who tries again wants it again; and so it stays. */
static void
test_file_gone_fetched (void)
{
  g_autofree char *away = NULL;
  g_autofree char *b = NULL;
  MeirTorrent *torrent;
  Case c;

  case_init_files (&c);
  away = lose_one (&c);
  b = dup_file (&c, "b");
  torrent = add_known (&c, c.seed_folder);
  assert_files_gone (&c, torrent, "album/b");
  meir_torrent_resume (torrent);
  session_wait_state (torrent, MEIR_TORRENT_DOWNLOADING);
  g_assert_true (g_file_test (b, G_FILE_TEST_EXISTS));
  restart_session (&c);
  session_wait_state (add_known (&c, c.seed_folder), MEIR_TORRENT_DOWNLOADING);
  case_clear (&c);
}

/* So does who lets it be checked; and another folder is looked at for itself. */
static void
test_file_gone_checked (void)
{
  g_autofree char *away = NULL;
  g_autofree char *album = NULL;
  g_autofree char *copy = NULL;
  MeirTorrent *torrent;
  Case c;

  case_init_files (&c);
  away = lose_one (&c);
  torrent = add_known (&c, c.seed_folder);
  assert_files_gone (&c, torrent, "album/b");
  /* The rest follows the one, and the torrent is told. */
  g_assert_cmpint (g_mkdir (c.elsewhere, 0700), ==, 0);
  album = g_build_filename (c.seed_folder, "album", NULL);
  copy = g_build_filename (c.elsewhere, "album", NULL);
  g_assert_cmpint (g_rename (album, copy), ==, 0);
  meir_torrent_set_folder (torrent, c.elsewhere);
  session_run_for (100);
  assert_files_gone (&c, torrent, "album/b");
  meir_torrent_recheck (torrent);
  session_wait_state (torrent, MEIR_TORRENT_DOWNLOADING);
  case_clear (&c);
}

/* What nobody wants may go. All of it gone is told as one. */
static void
test_files_gone_wanted (void)
{
  const guint8 wanted[] = { MEIR_PRIORITY_NORMAL, MEIR_PRIORITY_SKIP, MEIR_PRIORITY_NORMAL };
  g_autoptr (GBytes) priorities = g_bytes_new (wanted, sizeof wanted);
  g_autofree char *away = NULL;
  g_autofree char *album = NULL;
  MeirAddOptions options = { .folder_was_there = TRUE, .file_priorities = priorities };
  MeirTorrent *torrent;
  Case c;

  case_init_files (&c);
  away = lose_one (&c);
  options.metainfo = c.metainfo;
  options.folder = c.seed_folder;
  torrent = meir_session_add (c.session, &options, NULL);
  session_wait_state (torrent, MEIR_TORRENT_DOWNLOADING);
  session_fixture_close (c.fixture, c.session);
  album = g_build_filename (c.seed_folder, "album", NULL);
  g_assert_cmpint (g_rename (album, c.elsewhere), ==, 0);
  start_session (&c);
  torrent = add_known (&c, c.seed_folder);
  assert_files_gone (&c, torrent, "files are not there any more, such as “album/a”");
  case_clear (&c);
}

int
main (int argc, char **argv)
{
  meir_init ();
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/torrent-folder/gone-at-start", test_gone_at_start);
  g_test_add_func ("/torrent-folder/moved-while-away", test_moved_while_away);
  g_test_add_func ("/torrent-folder/another-of-that-name", test_another_of_that_name);
  g_test_add_func ("/torrent-folder/gone-while-seeding", test_gone_while_seeding);
  g_test_add_func ("/torrent-folder/gone-while-downloading", test_gone_while_downloading);
  g_test_add_func ("/torrent-folder/new-folder", test_new_folder);
  g_test_add_func ("/torrent-folder/file-gone", test_file_gone);
  g_test_add_func ("/torrent-folder/file-gone-fetched", test_file_gone_fetched);
  g_test_add_func ("/torrent-folder/file-gone-checked", test_file_gone_checked);
  g_test_add_func ("/torrent-folder/files-gone-wanted", test_files_gone_wanted);
  return g_test_run ();
}
