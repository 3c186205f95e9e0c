/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "session-fixture.h"

#include <glib/gstdio.h>
#include <string.h>

/* What the front end asks of a torrent: that it can be read back, and what comes of it. */

#define FILE_LENGTH 500000
#define PIECE       16384u

typedef struct {
  SessionFixture *fixture;
  char *seed_folder, *get_folder;
  MeirMetainfo *metainfo;
  MeirSession *session;
} Case;

static void
case_init (Case *c)
{
  c->fixture = session_fixture_new ();
  c->seed_folder = session_fixture_folder (c->fixture, "seed");
  c->get_folder = session_fixture_folder (c->fixture, "get");
  session_fixture_write (c->seed_folder, "data.bin", FILE_LENGTH, 1);
  c->metainfo = session_fixture_create (c->seed_folder, "data.bin", PIECE);
  c->session = session_fixture_session (c->fixture, "session", MEIR_TLS_OFF);
}

static void
case_clear (Case *c)
{
  meir_metainfo_unref (c->metainfo);
  g_free (c->seed_folder);
  g_free (c->get_folder);
  session_fixture_free (c->fixture);
}

/* Tiers separated by '|', their addresses by spaces. */
static GPtrArray *
parse_tiers (const char *text)
{
  GPtrArray *tiers = g_ptr_array_new_with_free_func ((GDestroyNotify) g_strfreev);
  g_auto (GStrv) parts = g_strsplit (text, "|", -1);

  for (guint i = 0; parts[i] != NULL; i++)
    g_ptr_array_add (tiers, g_strsplit (parts[i], " ", -1));
  return tiers;
}

static void
assert_trackers (MeirTorrent *torrent, const char *expected)
{
  g_autoptr (GPtrArray) tiers = meir_torrent_dup_trackers (torrent);
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < tiers->len; i++) {
    g_autofree char *tier = g_strjoinv (" ", g_ptr_array_index (tiers, i));

    g_string_append_printf (text, "%s%s", i > 0 ? "|" : "", tier);
  }
  g_assert_cmpstr (text->str, ==, expected);
}

static gboolean
has_two_trackers (gpointer data)
{
  g_autoptr (MeirTorrentSnapshot) snapshot = session_snapshot (data);

  return snapshot->n_trackers == 2 && snapshot->n_trackers_failed == 2;
}

static void
test_trackers (void)
{
  g_autoptr (GPtrArray) given = parse_tiers ("http://127.0.0.1:9/announce");
  g_autoptr (GPtrArray) tiers =
      parse_tiers ("http://127.0.0.1:9/a http://127.0.0.1:9/a|nonsense  http://127.0.0.1:9/a|");
  g_autoptr (GPtrArray) none = g_ptr_array_new ();
  g_autoptr (MeirTorrentSnapshot) snapshot = NULL;
  MeirTorrent *torrent;
  MeirAddOptions options;
  Case c;

  case_init (&c);
  options = (MeirAddOptions){ .metainfo = c.metainfo, .folder = c.seed_folder, .trackers = given };
  torrent = meir_session_add (c.session, &options, NULL);
  assert_trackers (torrent, "http://127.0.0.1:9/announce");
  session_wait_state (torrent, MEIR_TORRENT_SEEDING);
  meir_torrent_set_trackers (torrent, tiers);
  assert_trackers (torrent, "http://127.0.0.1:9/a|nonsense");
  session_wait (has_two_trackers, torrent);
  snapshot = session_snapshot (torrent);
  g_assert_nonnull (snapshot->tracker_error);
  g_assert_cmpint (snapshot->next_announce_sec, >=, 0);
  g_assert_cmpuint (snapshot->trackers->len, ==, 2);
  g_clear_pointer (&snapshot, meir_torrent_snapshot_unref);

  /* It goes by them after a restart too. */
  meir_torrent_recheck (torrent);
  session_run_for (50);
  session_wait_state (torrent, MEIR_TORRENT_SEEDING);
  session_wait (has_two_trackers, torrent);
  meir_torrent_set_trackers (torrent, none);
  assert_trackers (torrent, "");
  snapshot = session_fresh_snapshot (torrent);
  g_assert_cmpuint (snapshot->n_trackers, ==, 0);
  g_assert_null (snapshot->tracker_error);
  g_assert_cmpint (snapshot->next_announce_sec, ==, -1);
  case_clear (&c);
}

static void
test_totals (void)
{
  g_autoptr (MeirTorrentSnapshot) snapshot = NULL;
  MeirSession *seeder;
  MeirTorrent *shared, *torrent;
  MeirEndpoint peer;
  MeirAddOptions options;
  Case c;

  case_init (&c);
  seeder = session_fixture_session (c.fixture, "seeder", MEIR_TLS_OFF);
  options = (MeirAddOptions){
    .metainfo = c.metainfo, .folder = c.seed_folder, .uploaded_before = 7000000, .seeded_before_sec = 3600
  };
  shared = meir_session_add (seeder, &options, NULL);
  snapshot = meir_torrent_peek_snapshot (shared);
  g_assert_cmpuint (snapshot->total_uploaded, ==, 7000000);
  g_assert_cmpuint (snapshot->seeded_sec, ==, 3600);
  g_clear_pointer (&snapshot, meir_torrent_snapshot_unref);
  session_wait_state (shared, MEIR_TORRENT_SEEDING);
  g_assert_true (meir_endpoint_parse (&peer, "127.0.0.1:1", NULL));
  peer.port = meir_session_get_port (seeder);
  options = (MeirAddOptions){
    .metainfo = c.metainfo, .folder = c.get_folder, .downloaded_before = 300, .peers = &peer, .n_peers = 1
  };
  torrent = meir_session_add (c.session, &options, NULL);
  session_wait_state (torrent, MEIR_TORRENT_SEEDING);
  snapshot = session_fresh_snapshot (torrent);
  g_assert_cmpuint (snapshot->total_downloaded, ==, FILE_LENGTH + 300);
  g_assert_cmpuint (snapshot->downloaded, ==, FILE_LENGTH);
  g_assert_cmpuint (snapshot->total_uploaded, ==, 0);
  g_clear_pointer (&snapshot, meir_torrent_snapshot_unref);
  snapshot = session_fresh_snapshot (shared);
  g_assert_cmpuint (snapshot->total_uploaded, ==, FILE_LENGTH + 7000000);
  g_assert_cmpuint (snapshot->seeded_sec, >=, 3600);
  g_assert_cmpuint (snapshot->seeded_sec, <, 3700);
  case_clear (&c);
}

/* It rests when it has given enough, says so, and once it is sent on by hand, stays at it. */
static void
test_stop_rule (void)
{
  g_autoptr (MeirTorrentSnapshot) snapshot = NULL;
  MeirAddOptions options;
  MeirTorrent *torrent;
  Case c;

  case_init (&c);
  options = (MeirAddOptions){ .metainfo = c.metainfo,
                              .folder = c.seed_folder,
                              .uploaded_before = FILE_LENGTH * 2,
                              .seeded_before_sec = 600 };
  torrent = meir_session_add (c.session, &options, NULL);
  session_wait_state (torrent, MEIR_TORRENT_SEEDING);
  meir_session_set_stop_rule (c.session, &(MeirStopRule){ 2.5, 11 });
  session_run_for (1500);
  session_wait_state (torrent, MEIR_TORRENT_SEEDING);
  meir_session_set_stop_rule (c.session, &(MeirStopRule){ 2, 0 });
  session_wait_state (torrent, MEIR_TORRENT_PAUSED);
  snapshot = session_snapshot (torrent);
  g_assert_true (snapshot->stopped_by_rule);
  g_assert_nonnull (strstr (c.fixture->log->str, "It has given 2.0 times what it got, and rests now\n"));
  g_clear_pointer (&snapshot, meir_torrent_snapshot_unref);

  meir_torrent_resume (torrent);
  session_wait_state (torrent, MEIR_TORRENT_SEEDING);
  session_run_for (1500);
  snapshot = session_snapshot (torrent);
  g_assert_cmpint (snapshot->state, ==, MEIR_TORRENT_SEEDING);
  g_assert_false (snapshot->stopped_by_rule);
  g_assert_true (snapshot->rule_overridden);
  case_clear (&c);
}

/* Resumed by hand in an earlier session, it goes on in this one. */
static void
test_stop_rule_overridden (void)
{
  g_autoptr (MeirTorrentSnapshot) snapshot = NULL;
  MeirAddOptions options;
  MeirTorrent *torrent;
  Case c;

  case_init (&c);
  meir_session_set_stop_rule (c.session, &(MeirStopRule){ 0, 10 });
  options = (MeirAddOptions){
    .metainfo = c.metainfo, .folder = c.seed_folder, .seeded_before_sec = 600, .rule_overridden = TRUE
  };
  torrent = meir_session_add (c.session, &options, NULL);
  session_wait_state (torrent, MEIR_TORRENT_SEEDING);
  session_run_for (1500);
  snapshot = session_snapshot (torrent);
  g_assert_cmpint (snapshot->state, ==, MEIR_TORRENT_SEEDING);
  g_assert_true (snapshot->rule_overridden);
  case_clear (&c);
}

/* Paused in an earlier session, and resumed by hand in this: the rule does not stop it a second later. */
static void
test_stop_rule_before (void)
{
  MeirAddOptions options;
  MeirTorrent *torrent;
  Case c;

  case_init (&c);
  meir_session_set_stop_rule (c.session, &(MeirStopRule){ 0, 10 });
  options = (MeirAddOptions){
    .metainfo = c.metainfo, .folder = c.seed_folder, .paused = TRUE, .seeded_before_sec = 600
  };
  torrent = meir_session_add (c.session, &options, NULL);
  session_wait_state (torrent, MEIR_TORRENT_PAUSED);
  meir_torrent_resume (torrent);
  session_wait_state (torrent, MEIR_TORRENT_SEEDING);
  session_run_for (1500);
  session_wait_state (torrent, MEIR_TORRENT_SEEDING);
  case_clear (&c);
}

static gboolean
is_in_folder (gpointer data)
{
  g_autoptr (MeirTorrentSnapshot) snapshot = session_snapshot (data);

  return snapshot->state == MEIR_TORRENT_SEEDING && snapshot->n_have == snapshot->n_pieces;
}

/* Data that somebody else has moved. */
static void
test_set_folder (void)
{
  g_autofree char *elsewhere = NULL;
  g_autofree char *from = NULL;
  g_autofree char *to = NULL;
  MeirTorrent *torrent;
  Case c;

  case_init (&c);
  elsewhere = session_fixture_folder (c.fixture, "elsewhere");
  torrent = session_fixture_add (c.session, c.metainfo, c.seed_folder, NULL);
  session_wait_state (torrent, MEIR_TORRENT_SEEDING);
  from = g_build_filename (c.seed_folder, "data.bin", NULL);
  to = g_build_filename (elsewhere, "data.bin", NULL);
  g_assert_cmpint (g_rename (from, to), ==, 0);
  meir_torrent_set_folder (torrent, elsewhere);
  g_assert_cmpstr (meir_torrent_get_folder (torrent), ==, elsewhere);
  session_run_for (50);
  session_wait (is_in_folder, torrent);
  case_clear (&c);
}

int
main (int argc, char **argv)
{
  meir_init ();
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/torrent-control/trackers", test_trackers);
  g_test_add_func ("/torrent-control/totals", test_totals);
  g_test_add_func ("/torrent-control/stop-rule", test_stop_rule);
  g_test_add_func ("/torrent-control/stop-rule-overridden", test_stop_rule_overridden);
  g_test_add_func ("/torrent-control/stop-rule-before", test_stop_rule_before);
  g_test_add_func ("/torrent-control/set-folder", test_set_folder);
  return g_test_run ();
}
