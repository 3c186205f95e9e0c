/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "session-fixture.h"

#define PIECE  16384u
#define LENGTH (10u * PIECE)

/* The words of --json and of logs: each state has one of its own. */
static void
test_states (void)
{
  static const char *const words[] = {
    [MEIR_TORRENT_LOADING] = "loading",     [MEIR_TORRENT_METADATA] = "metadata",
    [MEIR_TORRENT_CHECKING] = "checking",   [MEIR_TORRENT_DOWNLOADING] = "downloading",
    [MEIR_TORRENT_SEEDING] = "seeding",     [MEIR_TORRENT_PAUSED] = "paused",
    [MEIR_TORRENT_QUEUED] = "queued",       [MEIR_TORRENT_MOVING] = "moving",
    [MEIR_TORRENT_DISK_FULL] = "disk-full", [MEIR_TORRENT_FAILED] = "failed",
    [MEIR_TORRENT_STOPPED] = "stopped",
  };

  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    g_assert_cmpstr (meir_torrent_state_to_string ((MeirTorrentState) i), ==, words[i]);
}

/* A snapshot has the parts that were asked for, stays as it is, and is replaced only while somebody looks. */
static void
test_parts (void)
{
  SessionFixture *fixture = session_fixture_new ();
  g_autofree char *folder = session_fixture_folder (fixture, "data");
  g_autoptr (MeirMetainfo) metainfo = NULL;
  g_autoptr (MeirTorrentSnapshot) first = NULL;
  g_autoptr (MeirTorrentSnapshot) numbers = NULL;
  g_autoptr (MeirTorrentSnapshot) parts = NULL;
  g_autoptr (MeirTorrentSnapshot) unseen = NULL;
  g_autoptr (MeirTorrentSnapshot) later = NULL;
  MeirTorrent *torrent;
  guint64 serial;
  gsize length;

  session_fixture_write (folder, "data.bin", LENGTH, 1);
  metainfo = session_fixture_create (folder, "data.bin", PIECE);
  session_fixture_flip (folder, "data.bin", 0);
  torrent =
      session_fixture_add (session_fixture_session (fixture, "one", MEIR_TLS_OFF), metainfo, folder, NULL);
  first = meir_torrent_ref_snapshot (torrent, MEIR_SNAPSHOT_NUMBERS);
  g_assert_cmpint (first->state, ==, MEIR_TORRENT_LOADING);
  g_assert_cmpuint (first->n_pieces, ==, 10);
  g_assert_cmpuint (first->left_bytes, ==, LENGTH);
  session_wait_state (torrent, MEIR_TORRENT_DOWNLOADING);
  g_assert_cmpint (first->state, ==, MEIR_TORRENT_LOADING);

  meir_torrent_snapshot_unref (meir_torrent_ref_snapshot (torrent, MEIR_SNAPSHOT_NUMBERS));
  session_run_for (300);
  numbers = meir_torrent_ref_snapshot (torrent, MEIR_SNAPSHOT_CELLS | MEIR_SNAPSHOT_AVAILABILITY);
  g_assert_cmpuint (numbers->serial, >, first->serial);
  g_assert_cmpuint (numbers->n_have, ==, 9);
  g_assert_cmpuint (numbers->left_bytes, ==, PIECE);
  g_assert_cmpint (numbers->left_sec, ==, -1);
  g_assert_null (numbers->cells);
  g_assert_null (numbers->peers);
  g_assert_null (numbers->trackers);
  g_assert_null (numbers->availability);

  session_run_for (300);
  parts = meir_torrent_ref_snapshot (torrent, MEIR_SNAPSHOT_PEERS | MEIR_SNAPSHOT_TRACKERS);
  g_assert_cmpint (((const guint8 *) g_bytes_get_data (parts->cells, &length))[0], ==, MEIR_CELL_MISSING);
  g_assert_cmpuint (length, ==, 10);
  g_assert_cmpuint (g_bytes_get_size (parts->availability), ==, 10 * sizeof (guint16));
  g_assert_null (parts->peers);

  /* Nobody looks for a while: none is made. Who only peeks does not look. */
  session_run_for (2600);
  unseen = meir_torrent_peek_snapshot (torrent);
  serial = unseen->serial;
  session_run_for (500);
  later = meir_torrent_peek_snapshot (torrent);
  g_assert_cmpuint (later->serial, ==, serial);
  session_fixture_free (fixture);
}

int
main (int argc, char **argv)
{
  meir_init ();
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/torrent-snapshot/states", test_states);
  g_test_add_func ("/torrent-snapshot/parts", test_parts);
  return g_test_run ();
}
