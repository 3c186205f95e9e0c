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

/* Taken away while it seeds, when nobody asks for anything. */
static void
test_gone_while_seeding (void)
{
  MeirTorrent *torrent;
  Case c;

  case_init (&c);
  torrent = session_fixture_add (c.session, c.metainfo, c.seed_folder, NULL);
  session_wait_state (torrent, MEIR_TORRENT_SEEDING);
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
  return g_test_run ();
}
