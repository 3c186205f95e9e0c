/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "session-fixture.h"

#include <glib/gstdio.h>

/* Whole sessions on loopback, as the front ends use them. */

#define FILE_LENGTH (3 * 1024 * 1024 + 4321)
#define PIECE       65536u

typedef struct {
  SessionFixture *fixture;
  char *seed_folder, *get_folder;
  MeirMetainfo *metainfo;
} Case;

static void
case_init (Case *c)
{
  c->fixture = session_fixture_new ();
  c->seed_folder = session_fixture_folder (c->fixture, "seed");
  c->get_folder = session_fixture_folder (c->fixture, "get");
  session_fixture_write (c->seed_folder, "data.bin", FILE_LENGTH, 1);
  c->metainfo = session_fixture_create (c->seed_folder, "data.bin", PIECE);
}

static void
case_clear (Case *c)
{
  meir_metainfo_unref (c->metainfo);
  g_free (c->seed_folder);
  g_free (c->get_folder);
  session_fixture_free (c->fixture);
}

/* A transfer between two policies: whether it happens, and whether its bytes are encrypted. */
static void
transfer (MeirTlsPolicy seeder_tls, MeirTlsPolicy leecher_tls, gboolean happens, gboolean encrypted)
{
  Case c;
  MeirSession *seeder, *leecher;
  MeirTorrent *torrent;

  case_init (&c);
  seeder = session_fixture_session (c.fixture, "seeder", seeder_tls);
  leecher = session_fixture_session (c.fixture, "leecher", leecher_tls);
  session_wait_state (session_fixture_add (seeder, c.metainfo, c.seed_folder, NULL), MEIR_TORRENT_SEEDING);
  torrent = session_fixture_add (leecher, c.metainfo, c.get_folder, seeder);
  if (happens) {
    g_autoptr (MeirTorrentSnapshot) snapshot = NULL;

    session_wait_state (torrent, MEIR_TORRENT_SEEDING);
    snapshot = session_snapshot (torrent);
    g_assert_true (snapshot->complete);
    g_assert_cmpuint (snapshot->encrypted_bytes, ==, encrypted ? FILE_LENGTH : 0);
    g_assert_cmpuint (snapshot->clear_bytes, ==, encrypted ? 0 : FILE_LENGTH);
    g_assert_cmpuint (snapshot->downloaded, ==, FILE_LENGTH);
    g_assert_cmpuint (snapshot->wasted, ==, 0);
    session_fixture_assert_same (c.seed_folder, c.get_folder, "data.bin");
  } else {
    g_autoptr (MeirTorrentSnapshot) snapshot = NULL;

    session_wait_state (torrent, MEIR_TORRENT_DOWNLOADING);
    session_run_for (700);
    snapshot = session_snapshot (torrent);
    g_assert_cmpuint (snapshot->n_peers, ==, 0);
    g_assert_cmpuint (snapshot->downloaded, ==, 0);
  }
  case_clear (&c);
}

static void
test_plain (void)
{
  transfer (MEIR_TLS_OFF, MEIR_TLS_OFF, TRUE, FALSE);
}

static void
test_upgrade (void)
{
  transfer (MEIR_TLS_PREFER, MEIR_TLS_PREFER, TRUE, TRUE);
}

static void
test_direct_tls (void)
{
  transfer (MEIR_TLS_REQUIRE, MEIR_TLS_REQUIRE, TRUE, TRUE);
}

static void
test_prefer_meets_require (void)
{
  transfer (MEIR_TLS_REQUIRE, MEIR_TLS_PREFER, TRUE, TRUE);
  transfer (MEIR_TLS_PREFER, MEIR_TLS_REQUIRE, TRUE, TRUE);
}

static void
test_prefer_meets_off (void)
{
  transfer (MEIR_TLS_OFF, MEIR_TLS_PREFER, TRUE, FALSE);
  transfer (MEIR_TLS_PREFER, MEIR_TLS_OFF, TRUE, FALSE);
}

static void
test_require_never_falls_back (void)
{
  transfer (MEIR_TLS_OFF, MEIR_TLS_REQUIRE, FALSE, FALSE);
  transfer (MEIR_TLS_REQUIRE, MEIR_TLS_OFF, FALSE, FALSE);
}

static void
test_folder (void)
{
  g_autoptr (MeirMetainfo) metainfo = NULL;
  MeirSession *seeder, *leecher;
  Case c;

  case_init (&c);
  session_fixture_write (c.seed_folder, "album/a/one.bin", 100000, 2);
  session_fixture_write (c.seed_folder, "album/a/empty", 0, 0);
  session_fixture_write (c.seed_folder, "album/\xd7\xa9\xd7\x99\xd7\xa8.bin", 1, 3);
  session_fixture_write (c.seed_folder, "album/z.bin", 300001, 4);
  metainfo = session_fixture_create (c.seed_folder, "album", 16384);
  seeder = session_fixture_session (c.fixture, "seeder", MEIR_TLS_PREFER);
  leecher = session_fixture_session (c.fixture, "leecher", MEIR_TLS_PREFER);
  session_wait_state (session_fixture_add (seeder, metainfo, c.seed_folder, NULL), MEIR_TORRENT_SEEDING);
  session_wait_state (session_fixture_add (leecher, metainfo, c.get_folder, seeder), MEIR_TORRENT_SEEDING);
  session_fixture_assert_same (c.seed_folder, c.get_folder, "album/a/one.bin");
  session_fixture_assert_same (c.seed_folder, c.get_folder, "album/a/empty");
  session_fixture_assert_same (c.seed_folder, c.get_folder, "album/\xd7\xa9\xd7\x99\xd7\xa8.bin");
  session_fixture_assert_same (c.seed_folder, c.get_folder, "album/z.bin");
  case_clear (&c);
}

static void
test_magnet (void)
{
  g_autoptr (MeirMagnet) magnet = NULL;
  g_autoptr (MeirMetainfo) found = NULL;
  MeirSession *seeder, *leecher;
  MeirEndpoint endpoint;
  MeirTorrent *torrent;
  Case c;

  case_init (&c);
  seeder = session_fixture_session (c.fixture, "seeder", MEIR_TLS_PREFER);
  leecher = session_fixture_session (c.fixture, "leecher", MEIR_TLS_PREFER);
  session_wait_state (session_fixture_add (seeder, c.metainfo, c.seed_folder, NULL), MEIR_TORRENT_SEEDING);
  magnet = meir_magnet_new_from_metainfo (c.metainfo);
  g_assert_true (meir_endpoint_parse (&endpoint, "127.0.0.1:1", NULL));
  endpoint.port = meir_session_get_port (seeder);
  g_array_append_val (magnet->peers, endpoint);
  torrent = meir_session_add (leecher, &(MeirAddOptions){ .magnet = magnet, .folder = c.get_folder }, NULL);
  session_wait_state (torrent, MEIR_TORRENT_SEEDING);
  found = meir_torrent_ref_metainfo (torrent);
  g_assert_true (
      g_bytes_equal (meir_metainfo_get_info_bytes (found), meir_metainfo_get_info_bytes (c.metainfo)));
  session_fixture_assert_same (c.seed_folder, c.get_folder, "data.bin");
  session_run_for (50);
  g_assert_cmpuint (c.fixture->n_events[MEIR_EVENT_METADATA], ==, 1);
  g_assert_cmpuint (c.fixture->n_events[MEIR_EVENT_COMPLETE], ==, 1);

  /* The next session knows the metadata without asking anybody. */
  session_fixture_close (c.fixture, leecher);
  session_fixture_close (c.fixture, seeder);
  leecher = session_fixture_session (c.fixture, "leecher", MEIR_TLS_PREFER);
  torrent = meir_session_add (leecher, &(MeirAddOptions){ .magnet = magnet, .folder = c.get_folder }, NULL);
  session_wait_state (torrent, MEIR_TORRENT_SEEDING);
  case_clear (&c);
}

static void
test_swarm_shares (void)
{
  MeirTorrent *torrents[4];
  MeirSession *sessions[4], *seeder;
  guint64 uploaded = 0;
  Case c;

  case_init (&c);
  seeder = session_fixture_session (c.fixture, "seeder", MEIR_TLS_PREFER);
  session_wait_state (session_fixture_add (seeder, c.metainfo, c.seed_folder, NULL), MEIR_TORRENT_SEEDING);
  for (guint i = 0; i < 4; i++) {
    g_autofree char *name = g_strdup_printf ("leecher%u", i);
    g_autofree char *folder = session_fixture_folder (c.fixture, name);

    sessions[i] = session_fixture_session (c.fixture, name, MEIR_TLS_PREFER);
    torrents[i] = session_fixture_add (sessions[i], c.metainfo, folder, seeder);
    for (guint j = 0; j < i; j++) {
      MeirEndpoint endpoint;

      g_assert_true (meir_endpoint_parse (&endpoint, "127.0.0.1:1", NULL));
      endpoint.port = meir_session_get_port (sessions[j]);
      meir_torrent_add_peer (torrents[i], &endpoint);
    }
  }
  for (guint i = 0; i < 4; i++) {
    session_wait_state (torrents[i], MEIR_TORRENT_SEEDING);
    session_fixture_assert_same (c.seed_folder, meir_torrent_get_folder (torrents[i]), "data.bin");
  }
  for (guint i = 0; i < 4; i++) {
    g_autoptr (MeirTorrentSnapshot) snapshot = NULL;

    snapshot = session_fresh_snapshot (torrents[i]);
    uploaded += snapshot->uploaded;
  }
  g_assert_cmpuint (uploaded, >, 0);
  case_clear (&c);
}

static void
test_incomplete_seed_fails (void)
{
  MeirAddOptions options = { .seed_only = TRUE };
  MeirSession *session;
  MeirTorrent *torrent;
  g_autoptr (MeirTorrentSnapshot) snapshot = NULL;
  Case c;

  case_init (&c);
  session_fixture_flip (c.seed_folder, "data.bin", PIECE + 5);
  session = session_fixture_session (c.fixture, "seeder", MEIR_TLS_PREFER);
  options.metainfo = c.metainfo;
  options.folder = c.seed_folder;
  torrent = meir_session_add (session, &options, NULL);
  session_wait_state (torrent, MEIR_TORRENT_FAILED);
  snapshot = session_snapshot (torrent);
  g_assert_cmpint (snapshot->error_code, ==, MEIR_ERROR_INCOMPLETE);
  g_assert_nonnull (strstr (snapshot->error, "1 piece of 49 is missing in “"));
  case_clear (&c);
}

static void
test_resumes_without_checking (void)
{
  MeirSession *session;
  MeirTorrent *torrent;
  guint checks;
  Case c;

  case_init (&c);
  session = session_fixture_session (c.fixture, "seeder", MEIR_TLS_PREFER);
  torrent = session_fixture_add (session, c.metainfo, c.seed_folder, NULL);
  session_wait_state (torrent, MEIR_TORRENT_SEEDING);
  session_fixture_close (c.fixture, session);

  /* Loading, seeding: two changes. With a check it would be three. */
  c.fixture->n_events[MEIR_EVENT_STATE] = 0;
  session = session_fixture_session (c.fixture, "seeder", MEIR_TLS_PREFER);
  torrent = session_fixture_add (session, c.metainfo, c.seed_folder, NULL);
  session_wait_state (torrent, MEIR_TORRENT_SEEDING);
  session_run_for (50);
  checks = c.fixture->n_events[MEIR_EVENT_STATE];
  g_assert_cmpuint (checks, ==, 1);
  session_fixture_close (c.fixture, session);

  /* What somebody changed meanwhile does not count. */
  g_usleep (20000);
  session_fixture_flip (c.seed_folder, "data.bin", 7 * PIECE);
  session = session_fixture_session (c.fixture, "seeder", MEIR_TLS_PREFER);
  torrent = session_fixture_add (session, c.metainfo, c.seed_folder, NULL);
  session_wait_state (torrent, MEIR_TORRENT_DOWNLOADING);
  {
    g_autoptr (MeirTorrentSnapshot) snapshot = session_snapshot (torrent);

    g_assert_cmpuint (snapshot->n_have, ==, 48);
  }
  case_clear (&c);
}

static void
test_recheck (void)
{
  MeirSession *session;
  MeirTorrent *torrent;
  Case c;

  case_init (&c);
  session = session_fixture_session (c.fixture, "seeder", MEIR_TLS_PREFER);
  torrent = session_fixture_add (session, c.metainfo, c.seed_folder, NULL);
  session_wait_state (torrent, MEIR_TORRENT_SEEDING);
  session_fixture_flip (c.seed_folder, "data.bin", 0);
  session_fixture_flip (c.seed_folder, "data.bin", FILE_LENGTH - 1);
  meir_torrent_recheck (torrent);
  session_wait_state (torrent, MEIR_TORRENT_DOWNLOADING);
  {
    g_autoptr (MeirTorrentSnapshot) snapshot = session_snapshot (torrent);
    const guint8 *cells;

    g_assert_cmpuint (snapshot->n_have, ==, 47);
    g_clear_pointer (&snapshot, meir_torrent_snapshot_unref);
    snapshot = session_fresh_snapshot (torrent);
    cells = g_bytes_get_data (snapshot->cells, NULL);
    g_assert_cmpint (cells[0], ==, MEIR_CELL_MISSING);
    g_assert_cmpint (cells[1], ==, MEIR_CELL_HAVE);
    g_assert_cmpint (cells[48], ==, MEIR_CELL_MISSING);
  }
  case_clear (&c);
}

static gboolean
has_bad_piece (gpointer data)
{
  Case *c = data;

  return c->fixture->n_events[MEIR_EVENT_BAD_PIECE] > 0;
}

/* A seeder whose disk rotted: its bad block is noticed, it is refused, and the rest comes from elsewhere. */
static void
test_bad_seeder (void)
{
  MeirSession *bad, *good, *leecher;
  g_autofree char *good_folder = NULL;
  MeirTorrent *torrent;
  MeirEndpoint endpoint;
  Case c;

  case_init (&c);
  good_folder = session_fixture_folder (c.fixture, "good");
  session_fixture_write (good_folder, "data.bin", FILE_LENGTH, 1);
  bad = session_fixture_session (c.fixture, "bad", MEIR_TLS_PREFER);
  session_wait_state (session_fixture_add (bad, c.metainfo, c.seed_folder, NULL), MEIR_TORRENT_SEEDING);
  session_fixture_flip (c.seed_folder, "data.bin", 20 * PIECE + 17);
  leecher = session_fixture_session (c.fixture, "leecher", MEIR_TLS_PREFER);
  torrent = session_fixture_add (leecher, c.metainfo, c.get_folder, bad);
  session_wait (has_bad_piece, &c);
  {
    g_autoptr (MeirTorrentSnapshot) snapshot = session_fresh_snapshot (torrent);

    g_assert_cmpuint (snapshot->n_bad_pieces, ==, 1);
    g_assert_cmpuint (snapshot->n_peers, ==, 0);
    g_assert_false (snapshot->complete);
  }
  g_assert_nonnull (strstr (c.fixture->log->str, "is refused for an hour"));

  /* The ban is by address, and the good one has the same: it dials us from another, so to speak, when it is
   * over. */
  good = session_fixture_session (c.fixture, "good", MEIR_TLS_PREFER);
  session_wait_state (session_fixture_add (good, c.metainfo, good_folder, NULL), MEIR_TORRENT_SEEDING);
  session_fixture_close (c.fixture, leecher);
  leecher = session_fixture_session (c.fixture, "leecher", MEIR_TLS_PREFER);
  torrent = session_fixture_add (leecher, c.metainfo, c.get_folder, NULL);
  g_assert_true (meir_endpoint_parse (&endpoint, "127.0.0.1:1", NULL));
  endpoint.port = meir_session_get_port (good);
  meir_torrent_add_peer (torrent, &endpoint);
  session_wait_state (torrent, MEIR_TORRENT_SEEDING);
  session_fixture_assert_same (good_folder, c.get_folder, "data.bin");
  case_clear (&c);
}

static void
test_lost_file (void)
{
  g_autofree char *file = NULL;
  MeirSession *seeder, *leecher;
  MeirTorrent *torrent;
  g_autoptr (MeirTorrentSnapshot) snapshot = NULL;
  Case c;

  case_init (&c);
  file = g_build_filename (c.seed_folder, "data.bin", NULL);
  seeder = session_fixture_session (c.fixture, "seeder", MEIR_TLS_OFF);
  session_wait_state (session_fixture_add (seeder, c.metainfo, c.seed_folder, NULL), MEIR_TORRENT_SEEDING);
  session_fixture_close (c.fixture, seeder);
  g_remove (file);

  /* Known as whole by the journal, gone from the disk: nothing of it is believed. */
  seeder = session_fixture_session (c.fixture, "seeder", MEIR_TLS_OFF);
  torrent = session_fixture_add (seeder, c.metainfo, c.seed_folder, NULL);
  session_wait_state (torrent, MEIR_TORRENT_DOWNLOADING);
  snapshot = session_snapshot (torrent);
  g_assert_cmpuint (snapshot->n_have, ==, 0);
  leecher = session_fixture_session (c.fixture, "leecher", MEIR_TLS_OFF);
  session_wait_state (session_fixture_add (leecher, c.metainfo, c.get_folder, seeder),
                      MEIR_TORRENT_DOWNLOADING);
  case_clear (&c);
}

static void
test_pause_and_resume (void)
{
  MeirSession *seeder, *leecher;
  MeirTorrent *torrent;
  Case c;

  case_init (&c);
  seeder = session_fixture_session (c.fixture, "seeder", MEIR_TLS_PREFER);
  leecher = session_fixture_session (c.fixture, "leecher", MEIR_TLS_PREFER);
  session_wait_state (session_fixture_add (seeder, c.metainfo, c.seed_folder, NULL), MEIR_TORRENT_SEEDING);
  torrent = session_fixture_add (leecher, c.metainfo, c.get_folder, NULL);
  session_wait_state (torrent, MEIR_TORRENT_DOWNLOADING);
  meir_torrent_pause (torrent);
  session_wait_state (torrent, MEIR_TORRENT_PAUSED);
  {
    MeirEndpoint endpoint;

    g_assert_true (meir_endpoint_parse (&endpoint, "127.0.0.1:1", NULL));
    endpoint.port = meir_session_get_port (seeder);
    meir_torrent_add_peer (torrent, &endpoint);
  }
  {
    g_autoptr (MeirTorrentSnapshot) snapshot = session_fresh_snapshot (torrent);

    g_assert_cmpuint (snapshot->n_peers, ==, 0);
  }
  meir_torrent_resume (torrent);
  session_wait_state (torrent, MEIR_TORRENT_SEEDING);
  case_clear (&c);
}

static void
on_removed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_assert_true (meir_session_remove_finish (MEIR_SESSION (source), result, NULL));
  *(gboolean *) user_data = TRUE;
}

static gboolean
is_removed (gpointer data)
{
  return *(gboolean *) data;
}

static void
test_remove_and_add_again (void)
{
  MeirSession *session;
  MeirTorrent *torrent;
  gboolean removed = FALSE;
  g_autoptr (GError) error = NULL;
  Case c;

  case_init (&c);
  session = session_fixture_session (c.fixture, "seeder", MEIR_TLS_PREFER);
  torrent = session_fixture_add (session, c.metainfo, c.seed_folder, NULL);
  g_assert_null (meir_session_add (
      session, &(MeirAddOptions){ .metainfo = c.metainfo, .folder = c.get_folder }, &error));
  g_assert_error (error, MEIR_ERROR, MEIR_ERROR_EXISTS);
  session_wait_state (torrent, MEIR_TORRENT_SEEDING);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (session)), ==, 1);
  meir_session_remove_async (session, torrent, on_removed, &removed);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (session)), ==, 0);
  session_wait (is_removed, &removed);
  torrent = session_fixture_add (session, c.metainfo, c.seed_folder, NULL);
  session_wait_state (torrent, MEIR_TORRENT_SEEDING);
  case_clear (&c);
}

static void
test_two_in_one_folder (void)
{
  MeirSession *first, *second;
  MeirTorrent *torrent;
  g_autoptr (MeirTorrentSnapshot) snapshot = NULL;
  Case c;

  case_init (&c);
  first = session_fixture_session (c.fixture, "same", MEIR_TLS_PREFER);
  second = session_fixture_session (c.fixture, "same", MEIR_TLS_PREFER);
  session_wait_state (session_fixture_add (first, c.metainfo, c.seed_folder, NULL), MEIR_TORRENT_SEEDING);
  torrent = session_fixture_add (second, c.metainfo, c.seed_folder, NULL);
  session_wait_state (torrent, MEIR_TORRENT_FAILED);
  snapshot = session_snapshot (torrent);
  g_assert_cmpint (snapshot->error_code, ==, MEIR_ERROR_BUSY);
  case_clear (&c);
}

static void
test_closes_at_any_moment (void)
{
  Case c;

  case_init (&c);
  for (guint delay = 0; delay < 40; delay += 4) {
    MeirSession *seeder = session_fixture_session (c.fixture, "seeder", MEIR_TLS_PREFER);
    MeirSession *leecher = session_fixture_session (c.fixture, "leecher", MEIR_TLS_PREFER);

    session_fixture_add (seeder, c.metainfo, c.seed_folder, NULL);
    session_fixture_add (leecher, c.metainfo, c.get_folder, seeder);
    session_run_for (delay);
    session_fixture_close (c.fixture, delay % 8 == 0 ? seeder : leecher);
    session_fixture_close (c.fixture, delay % 8 == 0 ? leecher : seeder);
  }
  case_clear (&c);
}

int
main (int argc, char **argv)
{
  meir_init ();
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/session/transfer/plain", test_plain);
  g_test_add_func ("/session/transfer/upgrade", test_upgrade);
  g_test_add_func ("/session/transfer/direct-tls", test_direct_tls);
  g_test_add_func ("/session/transfer/prefer-meets-require", test_prefer_meets_require);
  g_test_add_func ("/session/transfer/prefer-meets-off", test_prefer_meets_off);
  g_test_add_func ("/session/transfer/require-never-falls-back", test_require_never_falls_back);
  g_test_add_func ("/session/folder", test_folder);
  g_test_add_func ("/session/magnet", test_magnet);
  g_test_add_func ("/session/swarm-shares", test_swarm_shares);
  g_test_add_func ("/session/incomplete-seed-fails", test_incomplete_seed_fails);
  g_test_add_func ("/session/resumes-without-checking", test_resumes_without_checking);
  g_test_add_func ("/session/recheck", test_recheck);
  g_test_add_func ("/session/bad-seeder", test_bad_seeder);
  g_test_add_func ("/session/lost-file", test_lost_file);
  g_test_add_func ("/session/pause-and-resume", test_pause_and_resume);
  g_test_add_func ("/session/remove-and-add-again", test_remove_and_add_again);
  g_test_add_func ("/session/two-in-one-folder", test_two_in_one_folder);
  g_test_add_func ("/session/closes-at-any-moment", test_closes_at_any_moment);
  return g_test_run ();
}
