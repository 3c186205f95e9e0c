/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/meir-endpoint.h"
#include "base/meir-error.h"
#include "discover/meir-announcer.h"
#include "wire/meir-extension.h"

#include <glib.h>

G_BEGIN_DECLS

/**
 * MeirTorrentState:
 * @MEIR_TORRENT_LOADING: state and files on disk are being looked at
 * @MEIR_TORRENT_METADATA: a magnet link: getting the file list from peers (BEP 9)
 * @MEIR_TORRENT_CHECKING: pieces on disk are being hashed
 * @MEIR_TORRENT_DOWNLOADING: pieces are missing that are wanted
 * @MEIR_TORRENT_SEEDING: finished: all that is wanted is here, and is shared; perhaps nothing
 * @MEIR_TORRENT_PAUSED: asked to rest
 * @MEIR_TORRENT_DISK_FULL: waiting for room on the disk; goes on by itself
 * @MEIR_TORRENT_FAILED: cannot go on without help; see error
 * @MEIR_TORRENT_STOPPED: closed
 */
typedef enum {
  MEIR_TORRENT_LOADING,
  MEIR_TORRENT_METADATA,
  MEIR_TORRENT_CHECKING,
  MEIR_TORRENT_DOWNLOADING,
  MEIR_TORRENT_SEEDING,
  MEIR_TORRENT_PAUSED,
  MEIR_TORRENT_DISK_FULL,
  MEIR_TORRENT_FAILED,
  MEIR_TORRENT_STOPPED,
} MeirTorrentState;

/* A word for logs and --json: "downloading". */
const char *meir_torrent_state_to_string (MeirTorrentState state);

typedef enum {
  MEIR_CELL_MISSING,
  MEIR_CELL_ARRIVING, /* some of its blocks are here, or asked for */
  MEIR_CELL_HAVE,
  MEIR_CELL_FAILED,   /* failed its check, and is not here again yet */
  MEIR_CELL_UNWANTED, /* missing, and only in files that are skipped */
} MeirCell;

/**
 * MeirPeerSnapshot:
 *
 * One connected peer. Texts are safe to show.
 */
typedef struct {
  MeirEndpoint endpoint;
  char client[MEIR_EXTENSION_CLIENT_SIZE];
  gboolean incoming, encrypted;
  gboolean am_choking, am_interested, peer_choking, peer_interested, snubbed, seed;
  double progress; /* 0 to 1 */
  guint64 down_per_sec, up_per_sec;
  guint64 downloaded, uploaded;
} MeirPeerSnapshot;

/* What a reader wants in the snapshots, beside the numbers. */
typedef enum {
  MEIR_SNAPSHOT_NUMBERS = 0,
  MEIR_SNAPSHOT_CELLS = 1 << 0,
  MEIR_SNAPSHOT_PEERS = 1 << 1,
  MEIR_SNAPSHOT_TRACKERS = 1 << 2,
  MEIR_SNAPSHOT_AVAILABILITY = 1 << 3,
} MeirSnapshotParts;

/**
 * MeirTorrentSnapshot:
 *
 * How a torrent is at one moment: immutable, atomically ref-counted, from the engine thread to whoever looks.
 * Texts are safe to show.
 */
typedef struct {
  /*< private >*/
  gatomicrefcount ref_count;
  /*< public >*/
  guint64 serial; /* grows with every snapshot of the torrent */
  MeirTorrentState state;
  gboolean has_metainfo;
  gboolean complete;
  gboolean finished; /* all that is wanted is here: where nothing is skipped, the same as complete */

  MeirError error_code;       /* FAILED, DISK_FULL */
  char *error;                /* (nullable): the sentence */
  guint64 space_needed_bytes; /* DISK_FULL: what is missing on the disk */

  guint32 n_pieces, n_have, n_partial;
  guint64 total_bytes, left_bytes;
  guint64 wanted_bytes, wanted_left_bytes; /* of the pieces that the wanted files touch */
  double check_progress;                   /* CHECKING: 0 to 1 */

  guint64 down_per_sec, up_per_sec;     /* payload */
  guint64 downloaded, uploaded;         /* payload bytes since the torrent was added to this session */
  guint64 wasted;                       /* payload bytes thrown away */
  guint64 encrypted_bytes, clear_bytes; /* payload bytes both ways that went over TLS, and in clear */
  guint32 n_bad_pieces;                 /* pieces that failed the check and were fetched again */
  gint64 left_sec;                      /* estimate until finished; -1 when unknown */

  guint n_peers, n_seeds, n_encrypted_peers, n_known_peers;
  guint n_interested; /* peers that want something of ours */
  guint n_sending;    /* peers that unchoked us */

  GBytes *cells;        /* (nullable): a MeirCell byte per piece */
  GBytes *availability; /* (nullable): a guint16 per piece, copies among connected peers */
  GArray *peers;        /* (nullable) (element-type MeirPeerSnapshot) */
  GPtrArray *trackers;  /* (nullable) (element-type MeirTrackerStatus) */
} MeirTorrentSnapshot;

MeirTorrentSnapshot *meir_torrent_snapshot_ref (MeirTorrentSnapshot *snapshot);
void meir_torrent_snapshot_unref (MeirTorrentSnapshot *snapshot);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MeirTorrentSnapshot, meir_torrent_snapshot_unref)

G_END_DECLS
