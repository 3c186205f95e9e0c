/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "arena.h"

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
  g_autoptr (MeirTorrentSnapshot) both = NULL;
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

  /* Whoever waited above looked at everything. */
  session_run_for (2600);
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

  /* The next reader asks for other parts: the first still has its own. */
  session_run_for (300);
  both = meir_torrent_ref_snapshot (torrent, MEIR_SNAPSHOT_NUMBERS);
  g_assert_nonnull (both->cells);
  g_assert_nonnull (both->availability);
  g_assert_nonnull (both->peers);
  g_assert_nonnull (both->trackers);

  /* Nobody looks for a while: none is made. Who only peeks does not look. */
  session_run_for (2600);
  unseen = meir_torrent_peek_snapshot (torrent);
  serial = unseen->serial;
  session_run_for (500);
  later = meir_torrent_peek_snapshot (torrent);
  g_assert_cmpuint (later->serial, ==, serial);
  session_fixture_free (fixture);
}

static gboolean
waits_for_bad_piece (gpointer data)
{
  g_autoptr (MeirTorrentSnapshot) snapshot = session_snapshot (data);

  return snapshot->n_bad_pieces_waiting == 1;
}

/* Who is here, what they have, and what came in bad and is not here yet. */
static void
test_swarm_facts (void)
{
  g_autoptr (MeirTorrentSnapshot) snapshot = NULL;
  guint32 bad = G_MAXUINT32;
  guint8 block[MEIR_BLOCK_LENGTH] = "nonsense";
  RawPeer *liar;
  Arena arena;

  arena_init (&arena, MEIR_TLS_OFF);
  session_run_for (1200); /* it is counted once a second */
  snapshot = session_fresh_snapshot (arena.torrent);
  g_assert_cmpuint (snapshot->n_peers, ==, 1);
  g_assert_cmpfloat (snapshot->best_progress, ==, 0.5);
  g_assert_cmpuint (snapshot->n_unavailable, ==, ARENA_PIECES - ARENA_HALF);
  g_assert_cmpuint (snapshot->n_bad_pieces_waiting, ==, 0);
  g_assert_null (snapshot->bad_peer);
  g_assert_cmpint (snapshot->next_announce_sec, ==, -1);
  g_assert_cmpint (snapshot->check_left_sec, ==, -1);
  g_assert_false (snapshot->reached); /* this network does not count */
  g_clear_pointer (&snapshot, meir_torrent_snapshot_unref);

  liar = arena_enter (&arena, RAW_FAST);
  raw_peer_state (liar, MEIR_MESSAGE_HAVE_ALL);
  raw_peer_state (liar, MEIR_MESSAGE_UNCHOKE);
  for (guint n_sent = 0; n_sent < ARENA_PIECE / MEIR_BLOCK_LENGTH;) {
    g_autoptr (GBytes) request = raw_peer_await (liar, MEIR_MESSAGE_REQUEST);

    if (bad == G_MAXUINT32)
      bad = raw_message_number (request, 0);
    if (raw_message_number (request, 0) != bad)
      continue;
    raw_peer_block (liar, bad, raw_message_number (request, 1), block, raw_message_number (request, 2));
    n_sent += raw_message_number (request, 2) == MEIR_BLOCK_LENGTH ? 1 : 2;
  }
  session_wait (waits_for_bad_piece, arena.torrent);
  session_run_for (1200);
  snapshot = session_fresh_snapshot (arena.torrent);
  g_assert_cmpuint (snapshot->n_bad_pieces, ==, 1);
  /* It had all of it to itself, so there is no doubt; it is gone, and with it what only it had. */
  if (snapshot->n_peers == 1) {
    g_assert_nonnull (snapshot->bad_peer);
    g_assert_true (g_str_has_prefix (snapshot->bad_peer, "127.0."));
  } else {
    g_assert_cmpfloat (snapshot->best_progress, ==, 1);
    g_assert_cmpuint (snapshot->n_unavailable, ==, 0);
  }
  raw_peer_free (liar);
  arena_clear (&arena);
}

int
main (int argc, char **argv)
{
  meir_init ();
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/torrent-snapshot/states", test_states);
  g_test_add_func ("/torrent-snapshot/parts", test_parts);
  g_test_add_func ("/torrent-snapshot/swarm-facts", test_swarm_facts);
  return g_test_run ();
}
