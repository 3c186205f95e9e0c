/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/meir-clock.h"
#include "session/meir-peer.h"

#include <string.h>

/* How long a reader's question keeps snapshots coming. */
#define WATCHED_USEC (2 * G_USEC_PER_SEC)

const char *
meir_torrent_state_to_string (MeirTorrentState state)
{
  switch (state) {
  case MEIR_TORRENT_LOADING:
    return "loading";
  case MEIR_TORRENT_METADATA:
    return "metadata";
  case MEIR_TORRENT_CHECKING:
    return "checking";
  case MEIR_TORRENT_QUEUED:
    return "queued";
  case MEIR_TORRENT_DOWNLOADING:
    return "downloading";
  case MEIR_TORRENT_SEEDING:
    return "seeding";
  case MEIR_TORRENT_PAUSED:
    return "paused";
  case MEIR_TORRENT_MOVING:
    return "moving";
  case MEIR_TORRENT_DISK_FULL:
    return "disk-full";
  case MEIR_TORRENT_FAILED:
    return "failed";
  case MEIR_TORRENT_STOPPED:
    return "stopped";
  }
  g_return_val_if_reached ("unknown");
}

MeirTorrentSnapshot *
meir_torrent_snapshot_ref (MeirTorrentSnapshot *snapshot)
{
  g_atomic_ref_count_inc (&snapshot->ref_count);
  return snapshot;
}

void
meir_torrent_snapshot_unref (MeirTorrentSnapshot *snapshot)
{
  if (!g_atomic_ref_count_dec (&snapshot->ref_count))
    return;
  g_free (snapshot->error);
  g_free (snapshot->bad_peer);
  g_free (snapshot->tracker_error);
  g_free (snapshot->tracker_refusal);
  g_clear_pointer (&snapshot->cells, g_bytes_unref);
  g_clear_pointer (&snapshot->availability, g_bytes_unref);
  g_clear_pointer (&snapshot->peers, g_array_unref);
  g_clear_pointer (&snapshot->trackers, g_ptr_array_unref);
  g_free (snapshot);
}

static void
start_publishing_cb (gpointer data)
{
  MeirTorrent *torrent = data;

  meir_engine_start_publishing (torrent->engine);
}

MeirTorrentSnapshot *
meir_torrent_ref_snapshot (MeirTorrent *torrent, MeirSnapshotParts parts)
{
  gint64 now_usec = meir_clock_now_usec ();
  MeirTorrentSnapshot *snapshot;
  gboolean start;

  g_mutex_lock (&torrent->lock);
  start = torrent->wanted_until_usec < now_usec;
  torrent->wanted_until_usec = now_usec + WATCHED_USEC;
  for (guint i = 0; i < MEIR_N_SNAPSHOT_PARTS; i++)
    if (parts & (1u << i))
      torrent->part_until_usec[i] = torrent->wanted_until_usec;
  snapshot = meir_torrent_snapshot_ref (torrent->snapshot);
  g_mutex_unlock (&torrent->lock);
  if (start)
    meir_torrent_post (torrent, start_publishing_cb);
  return snapshot;
}

MeirTorrentSnapshot *
meir_torrent_peek_snapshot (MeirTorrent *torrent)
{
  MeirTorrentSnapshot *snapshot;

  g_mutex_lock (&torrent->lock);
  snapshot = meir_torrent_snapshot_ref (torrent->snapshot);
  g_mutex_unlock (&torrent->lock);
  return snapshot;
}

gboolean
meir_torrent_is_watched (MeirTorrent *torrent, gint64 now_usec)
{
  gboolean watched;

  g_mutex_lock (&torrent->lock);
  watched = torrent->wanted_until_usec >= now_usec;
  g_mutex_unlock (&torrent->lock);
  return watched;
}

static GBytes *
take_cells (MeirTorrent *torrent)
{
  const MeirBitfield *have = meir_swarm_get_have (torrent->swarm);
  guint8 *cells = g_malloc0 (have->n_bits);

  for (guint i = 0; i < meir_swarm_get_n_partial (torrent->swarm); i++) {
    guint32 piece = meir_swarm_get_partial (torrent->swarm, i);

    cells[piece] = meir_swarm_wants_marks (torrent->swarm, piece) ? MEIR_CELL_FAILED : MEIR_CELL_ARRIVING;
  }
  for (guint32 piece = 0; torrent->priorities != NULL && piece < have->n_bits; piece++) {
    if (meir_swarm_get_priority (torrent->swarm, piece) == MEIR_PRIORITY_SKIP)
      cells[piece] = MEIR_CELL_UNWANTED;
  }
  for (guint32 piece = meir_bitfield_next_set (have, 0); piece < have->n_bits;
       piece = meir_bitfield_next_set (have, piece + 1))
    cells[piece] = MEIR_CELL_HAVE;
  return g_bytes_new_take (cells, have->n_bits);
}

static void
take_peer (MeirTorrent *torrent, MeirPeer *peer, MeirPeerSnapshot *snapshot, gint64 now_usec)
{
  g_autofree char *client = NULL;

  snapshot->endpoint = peer->endpoint;
  snapshot->incoming = peer->incoming;
  snapshot->encrypted = peer->encrypted;
  if (peer->extension.client[0] != '\0')
    g_strlcpy (snapshot->client, peer->extension.client, sizeof snapshot->client);
  else {
    client = meir_peer_id_dup_client (peer->id);
    g_strlcpy (snapshot->client, client, sizeof snapshot->client);
  }
  if (peer->slot != MEIR_PEER_NONE) {
    MeirSwarmPeerState state;

    meir_swarm_get_peer_state (torrent->swarm, peer->slot, &state, now_usec);
    snapshot->am_choking = state.am_choking;
    snapshot->am_interested = state.am_interested;
    snapshot->peer_choking = state.peer_choking;
    snapshot->peer_interested = state.peer_interested;
    snapshot->snubbed = state.snubbed;
    snapshot->seed = state.seed;
    snapshot->progress = (double) state.n_pieces / peer->limits.n_pieces;
    snapshot->down_per_sec = state.down_per_sec;
    snapshot->up_per_sec = state.up_per_sec;
    snapshot->downloaded = state.downloaded;
    snapshot->uploaded = state.uploaded;
  }
}

static void
take_peers (MeirTorrent *torrent, MeirTorrentSnapshot *snapshot, MeirSnapshotParts parts, gint64 now_usec)
{
  if (parts & MEIR_SNAPSHOT_PEERS)
    snapshot->peers = g_array_sized_new (FALSE, TRUE, sizeof (MeirPeerSnapshot), torrent->peers->len);
  for (guint i = 0; i < torrent->peers->len; i++) {
    MeirPeerSnapshot peer = { 0 };

    take_peer (torrent, g_ptr_array_index (torrent->peers, i), &peer, now_usec);
    snapshot->n_encrypted_peers += peer.encrypted;
    snapshot->n_seeds += peer.seed;
    snapshot->n_interested += peer.peer_interested;
    snapshot->n_sending += peer.am_interested && !peer.peer_choking;
    snapshot->best_progress = MAX (snapshot->best_progress, peer.progress);
    if (snapshot->peers != NULL)
      g_array_append_val (snapshot->peers, peer);
  }
  snapshot->n_peers = torrent->peers->len;
  snapshot->n_known_peers = torrent->candidates != NULL ? meir_candidates_count (torrent->candidates) : 0;
}

/* Looks at every piece, so not with every snapshot: once a second, and when people came or went. */
static guint32
count_unavailable (MeirTorrent *torrent, guint n_seeds, gint64 now_usec)
{
  const MeirBitfield *have = meir_swarm_get_have (torrent->swarm);
  const guint16 *availability = meir_swarm_get_availability (torrent->swarm);

  if (n_seeds > 0)
    return 0;
  if (now_usec < torrent->next_count_usec && torrent->n_peers_counted == torrent->peers->len)
    return torrent->n_unavailable;
  torrent->next_count_usec = now_usec + G_USEC_PER_SEC;
  torrent->n_peers_counted = torrent->peers->len;
  torrent->n_unavailable = 0;
  for (guint32 piece = 0; piece < have->n_bits; piece++)
    torrent->n_unavailable += availability[piece] == 0 && !meir_bitfield_get (have, piece) &&
                              meir_swarm_get_priority (torrent->swarm, piece) != MEIR_PRIORITY_SKIP;
  return torrent->n_unavailable;
}

static void
take_swarm (MeirTorrent *torrent, MeirTorrentSnapshot *snapshot, MeirSnapshotParts parts, gint64 now_usec)
{
  snapshot->left_bytes = meir_swarm_get_left (torrent->swarm);
  snapshot->n_have = meir_swarm_get_have (torrent->swarm)->n_set;
  snapshot->n_partial = meir_swarm_get_n_partial (torrent->swarm);
  snapshot->complete = snapshot->n_have == snapshot->n_pieces;
  snapshot->wanted_left_bytes -=
      meir_swarm_get_wanted (torrent->swarm) - meir_swarm_get_wanted_left (torrent->swarm);
  snapshot->finished = meir_torrent_is_finished (torrent);
  snapshot->wasted = meir_swarm_get_wasted (torrent->swarm);
  snapshot->n_unavailable = count_unavailable (torrent, snapshot->n_seeds, now_usec);
  if (parts & MEIR_SNAPSHOT_CELLS)
    snapshot->cells = take_cells (torrent);
  if (parts & MEIR_SNAPSHOT_AVAILABILITY)
    snapshot->availability =
        g_bytes_new (meir_swarm_get_availability (torrent->swarm), snapshot->n_pieces * sizeof (guint16));
}

/* How far the hashing of what is on disk is, and how long it takes at this pace. */
static void
take_check (MeirTorrent *torrent, MeirTorrentSnapshot *snapshot, gint64 now_usec)
{
  guint32 done = (guint32) g_atomic_int_get (&torrent->check_progress);

  if (torrent->state != MEIR_TORRENT_CHECKING || torrent->check_total == 0)
    return;
  snapshot->check_progress = (double) done / torrent->check_total;
  if (done > 0)
    snapshot->check_left_sec = (gint64) ((double) (now_usec - torrent->check_since_usec) / done *
                                         (torrent->check_total - done) / G_USEC_PER_SEC);
}

static void
take_trackers (MeirTorrent *torrent, MeirTorrentSnapshot *snapshot, gint64 now_usec)
{
  MeirAnnouncerSummary summary;

  snapshot->next_announce_sec = -1;
  if (torrent->announcer == NULL)
    return;
  meir_announcer_get_summary (torrent->announcer, &summary);
  snapshot->n_trackers = summary.n_trackers;
  snapshot->n_trackers_failed = summary.n_failed;
  if (summary.n_working == 0) {
    snapshot->tracker_error = g_strdup (summary.error);
    snapshot->tracker_refusal = g_strdup (summary.refusal);
  }
  if (summary.next_announce_usec > 0)
    snapshot->next_announce_sec = MAX (summary.next_announce_usec - now_usec, 0) / G_USEC_PER_SEC;
}

static void
take_totals (MeirTorrent *torrent, MeirTorrentSnapshot *snapshot, gint64 now_usec)
{
  gint64 seeded_usec = torrent->seeded_usec;

  if (torrent->seeding_since_usec != 0)
    seeded_usec += now_usec - torrent->seeding_since_usec;
  snapshot->downloaded = torrent->down.total;
  snapshot->uploaded = torrent->up.total;
  snapshot->total_downloaded = torrent->downloaded_before + torrent->down.total;
  snapshot->total_uploaded = torrent->uploaded_before + torrent->up.total;
  snapshot->seeded_sec = (guint64) (seeded_usec / G_USEC_PER_SEC);
}

static MeirTorrentSnapshot *
take_snapshot (MeirTorrent *torrent, MeirSnapshotParts parts)
{
  MeirTorrentSnapshot *snapshot = g_new0 (MeirTorrentSnapshot, 1);
  gint64 now_usec = meir_clock_now_usec ();

  g_atomic_ref_count_init (&snapshot->ref_count);
  snapshot->serial = ++torrent->serial;
  snapshot->state = torrent->state;
  snapshot->has_metainfo = torrent->metainfo != NULL;
  if (torrent->failure != NULL) {
    snapshot->error_code = (MeirError) torrent->failure->code;
    snapshot->error = g_strdup (torrent->failure->message);
    snapshot->space_needed_bytes = torrent->space_needed_bytes;
  }
  if (torrent->metainfo != NULL) {
    snapshot->n_pieces = meir_metainfo_get_n_pieces (torrent->metainfo);
    snapshot->total_bytes = meir_metainfo_get_total_length (torrent->metainfo);
    snapshot->left_bytes = snapshot->total_bytes;
    snapshot->wanted_bytes = torrent->wanted_bytes;
    snapshot->wanted_left_bytes = torrent->wanted_bytes;
  }
  snapshot->forced = torrent->forced;
  snapshot->stopped_by_rule = torrent->stopped_by_rule;
  snapshot->rule_overridden = torrent->rule_overridden;
  if (torrent->state == MEIR_TORRENT_QUEUED)
    snapshot->queue_position = torrent->queue_position;
  snapshot->check_left_sec = -1;
  take_check (torrent, snapshot, now_usec);
  if (torrent->state == MEIR_TORRENT_MOVING)
    snapshot->check_progress = meir_torrent_get_move_progress (torrent, now_usec, &snapshot->check_left_sec);
  take_peers (torrent, snapshot, parts, now_usec);
  if (torrent->swarm != NULL)
    take_swarm (torrent, snapshot, parts, now_usec);

  snapshot->down_per_sec = meir_rate_meter_get (&torrent->down, now_usec);
  snapshot->up_per_sec = meir_rate_meter_get (&torrent->up, now_usec);
  take_totals (torrent, snapshot, now_usec);
  snapshot->encrypted_bytes = torrent->encrypted_bytes;
  snapshot->clear_bytes = torrent->clear_bytes;
  snapshot->n_bad_pieces = torrent->n_bad_pieces;
  snapshot->n_bad_pieces_waiting = torrent->bad_pieces.n_set;
  if (snapshot->n_bad_pieces_waiting > 0)
    snapshot->bad_peer = g_strdup (torrent->bad_peer);
  snapshot->reached = g_atomic_int_get (&torrent->engine->reached);
  take_trackers (torrent, snapshot, now_usec);
  snapshot->left_sec = -1;
  if (snapshot->finished)
    snapshot->left_sec = 0;
  else if (snapshot->down_per_sec > 0)
    snapshot->left_sec = (gint64) (snapshot->wanted_left_bytes / snapshot->down_per_sec);
  if ((parts & MEIR_SNAPSHOT_TRACKERS) && torrent->announcer != NULL)
    snapshot->trackers = meir_announcer_dup_status (torrent->announcer);
  return snapshot;
}

void
meir_torrent_publish (MeirTorrent *torrent)
{
  gint64 now_usec = meir_clock_now_usec ();
  MeirTorrentSnapshot *snapshot;
  MeirSnapshotParts parts = MEIR_SNAPSHOT_NUMBERS;

  /* Several readers may look at once, each at what it shows: all of it is there for all of them. */
  g_mutex_lock (&torrent->lock);
  for (guint i = 0; i < MEIR_N_SNAPSHOT_PARTS; i++)
    if (torrent->part_until_usec[i] >= now_usec)
      parts |= 1u << i;
  g_mutex_unlock (&torrent->lock);

  snapshot = take_snapshot (torrent, parts);
  g_mutex_lock (&torrent->lock);
  g_clear_pointer (&torrent->snapshot, meir_torrent_snapshot_unref);
  torrent->snapshot = snapshot;
  g_mutex_unlock (&torrent->lock);
}
