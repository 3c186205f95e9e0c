/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "details-support.h"

#include "fake-snapshot.h"
#include "files-support.h"

#define PIECE FILES_PIECE_LENGTH

static const TestFile files[] = {
  { "Season 1/01 Pilot.mkv", 600 * (guint64) PIECE, FALSE },
  { "Season 1/02 Second.mkv", 550 * (guint64) PIECE, FALSE },
  { "Season 1/03 Third.mkv", 600 * (guint64) PIECE, FALSE },
  { "Season 1/cover.jpg", 9 * (guint64) PIECE + 100, FALSE },
  { "Extras/poster.psd", 100 * (guint64) PIECE, FALSE },
  { "Extras/notes.txt", PIECE, FALSE },
  { "readme.txt", 140 * (guint64) PIECE - 100, FALSE },
};

MeirMetainfo *
details_metainfo (void)
{
  return files_metainfo (DETAILS_NAME, files, G_N_ELEMENTS (files));
}

/* Runs of pieces, as they lie after a while of rarest first; the first file is whole. */
static GBytes *
make_cells (guint *n_have, guint *n_partial)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (7);
  guint8 *cells = g_malloc (DETAILS_N_PIECES);
  guint8 cell = MEIR_CELL_HAVE;

  for (guint i = 0; i < DETAILS_N_PIECES; i++) {
    if (g_rand_double (rand) < 0.2)
      cell = g_rand_boolean (rand) ? MEIR_CELL_HAVE : MEIR_CELL_MISSING;
    cells[i] = i < 600 ? MEIR_CELL_HAVE : cell;
  }
  for (guint i = 0; i < 9; i++)
    cells[g_rand_int_range (rand, 600, 1800)] = MEIR_CELL_ARRIVING;
  cells[1300] = cells[1650] = MEIR_CELL_FAILED;
  for (guint i = 1760; i < 1859; i++)
    cells[i] = MEIR_CELL_UNWANTED;
  *n_have = *n_partial = 0;
  for (guint i = 0; i < DETAILS_N_PIECES; i++) {
    *n_have += cells[i] == MEIR_CELL_HAVE;
    *n_partial += cells[i] == MEIR_CELL_ARRIVING;
  }
  return g_bytes_new_take (cells, DETAILS_N_PIECES);
}

static GBytes *
make_availability (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (8);
  guint16 *copies = g_new (guint16, DETAILS_N_PIECES);

  for (guint i = 0; i < DETAILS_N_PIECES; i++)
    copies[i] = (guint16) g_rand_int_range (rand, i % 97 == 0 ? 0 : 3, 12);
  return g_bytes_new_take (copies, DETAILS_N_PIECES * sizeof *copies);
}

GArray *
details_peers (guint n)
{
  static const char *const clients[] = { "Transmission 4.0.5", "qBittorrent 4.6.3", "MeirTorrent 0.1",
                                         "libtorrent 2.0.9", "" };
  g_autoptr (GRand) rand = g_rand_new_with_seed (9);
  GArray *peers = g_array_new (FALSE, TRUE, sizeof (MeirPeerSnapshot));

  for (guint i = 0; i < n; i++) {
    MeirPeerSnapshot peer = { 0 };

    peer.endpoint.family = 4;
    peer.endpoint.bytes[0] = 198;
    peer.endpoint.bytes[1] = 51;
    peer.endpoint.bytes[2] = (guint8) (i / 250);
    peer.endpoint.bytes[3] = (guint8) (i % 250 + 1);
    peer.endpoint.port = (guint16) g_rand_int_range (rand, 1024, 65536);
    g_strlcpy (peer.client, clients[i % G_N_ELEMENTS (clients)], sizeof peer.client);
    peer.encrypted = i % 3 != 0;
    peer.incoming = i % 4 == 0;
    peer.peer_choking = i % 5 != 0;
    peer.am_interested = !peer.peer_choking || i % 2 == 0;
    peer.am_choking = i % 7 != 0;
    peer.peer_interested = i % 7 == 0;
    peer.seed = i % 6 == 0;
    peer.progress = peer.seed ? 1 : g_rand_double (rand);
    peer.down_per_sec = peer.peer_choking ? 0 : (guint64) g_rand_int_range (rand, 10000, 2000000);
    peer.up_per_sec = peer.am_choking ? 0 : (guint64) g_rand_int_range (rand, 1000, 200000);
    g_array_append_val (peers, peer);
  }
  return peers;
}

static void
free_status (gpointer status)
{
  meir_tracker_status_free (status);
}

static void
add_tracker (GPtrArray *trackers, guint tier, const char *url, MeirTrackerState state, const char *message,
             gint64 next_sec, gint64 seeds)
{
  MeirTrackerStatus *status = g_new0 (MeirTrackerStatus, 1);

  status->url = g_strdup (url);
  status->tier = tier;
  status->state = state;
  status->message = g_strdup (message);
  status->error = state == MEIR_TRACKER_FAILED ? g_strdup (message) : NULL;
  status->next_announce_usec = next_sec > 0 ? g_get_monotonic_time () + next_sec * G_USEC_PER_SEC : 0;
  status->seeds = seeds;
  status->leechers = seeds >= 0 ? seeds * 2 : -1;
  status->completed = seeds >= 0 ? seeds * 30 : -1;
  g_ptr_array_add (trackers, status);
}

void
details_snapshot_init (MeirTorrentSnapshot *state)
{
  g_autoptr (MeirMetainfo) metainfo = details_metainfo ();
  guint n_have, n_partial;

  *state = (MeirTorrentSnapshot){ .state = MEIR_TORRENT_DOWNLOADING, .has_metainfo = TRUE };
  state->cells = make_cells (&n_have, &n_partial);
  state->availability = make_availability ();
  state->n_pieces = DETAILS_N_PIECES;
  state->n_have = n_have;
  state->n_partial = n_partial;
  state->total_bytes = meir_metainfo_get_total_length (metainfo);
  state->wanted_bytes = state->total_bytes - 101 * (guint64) PIECE;
  state->left_bytes = (DETAILS_N_PIECES - n_have) * (guint64) PIECE;
  state->wanted_left_bytes = state->left_bytes - 99 * (guint64) PIECE;
  state->down_per_sec = 12400000;
  state->up_per_sec = 1100000;
  state->total_uploaded = state->uploaded = state->wanted_bytes * 315 / 1000;
  state->encrypted_bytes = 87;
  state->clear_bytes = 13;
  state->left_sec = 240;
  state->check_left_sec = state->next_announce_sec = -1;
  state->n_peers = 38;
  state->n_sending = 14;
  state->n_seeds = 6;
  state->n_interested = 5;
  state->best_progress = 1;
  state->peers = details_peers (38);
  state->trackers = g_ptr_array_new_with_free_func (free_status);
  state->n_trackers = 3;
  add_tracker (state->trackers, 0, "https://tracker.example.org/announce", MEIR_TRACKER_OK,
               "It works, and named 38 peers", 725, 12);
  add_tracker (state->trackers, 0, "udp://backup.example.net:6969", MEIR_TRACKER_IDLE,
               "It has not been asked yet", 0, -1);
  add_tracker (state->trackers, 1, "http://old.example.com:8080/announce", MEIR_TRACKER_FAILED,
               "It cannot be reached: Connection refused", 45, -1);
}

void
details_snapshot_clear (MeirTorrentSnapshot *state)
{
  g_clear_pointer (&state->cells, g_bytes_unref);
  g_clear_pointer (&state->availability, g_bytes_unref);
  g_clear_pointer (&state->peers, g_array_unref);
  g_clear_pointer (&state->trackers, g_ptr_array_unref);
}

MeirTorrent *
details_add (MeirSession *session, const char *folder)
{
  g_autoptr (MeirMetainfo) metainfo = details_metainfo ();
  g_autoptr (GPtrArray) tiers = g_ptr_array_new ();
  const char *first[] = { "https://tracker.example.org/announce", "udp://backup.example.net:6969", NULL };
  const char *second[] = { "http://old.example.com:8080/announce", NULL };
  MeirAddOptions options = { .metainfo = metainfo, .folder = folder, .trackers = tiers, .paused = TRUE };
  MeirTorrentSnapshot state;
  MeirTorrent *torrent;

  g_ptr_array_add (tiers, first);
  g_ptr_array_add (tiers, second);
  torrent = meir_session_add (session, &options, NULL);
  g_assert_nonnull (torrent);
  details_snapshot_init (&state);
  fake_snapshot_set (DETAILS_NAME, &state, NULL);
  details_snapshot_clear (&state);
  return torrent;
}
