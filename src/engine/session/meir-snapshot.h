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
 * @MEIR_TORRENT_QUEUED: waits for its turn to download, or (queue_position 0) to be checked
 * @MEIR_TORRENT_DOWNLOADING: pieces are missing that are wanted
 * @MEIR_TORRENT_SEEDING: finished: all that is wanted is here, and is shared; perhaps nothing
 * @MEIR_TORRENT_PAUSED: asked to rest, by a person or (stopped_by_rule) by the stop rule
 * @MEIR_TORRENT_MOVING: its files are on their way to another folder; check_progress tells how far
 * @MEIR_TORRENT_DISK_FULL: waiting for room on the disk; goes on by itself
 * @MEIR_TORRENT_FAILED: cannot go on without help; see error
 * @MEIR_TORRENT_STOPPED: closed
 */
typedef enum {
  MEIR_TORRENT_LOADING,
  MEIR_TORRENT_METADATA,
  MEIR_TORRENT_CHECKING,
  MEIR_TORRENT_QUEUED,
  MEIR_TORRENT_DOWNLOADING,
  MEIR_TORRENT_SEEDING,
  MEIR_TORRENT_PAUSED,
  MEIR_TORRENT_MOVING,
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

#define MEIR_N_SNAPSHOT_PARTS 4

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
  double check_progress;                   /* CHECKING, MOVING: 0 to 1 */
  gint64 check_left_sec;                   /* CHECKING, MOVING: estimate; -1 when unknown */
  guint queue_position;                    /* QUEUED: 1 is the next; else 0 */
  gboolean forced;                         /* meir_torrent_start_now (): runs whatever the queue says */
  gboolean stopped_by_rule;
  gboolean rule_overridden; /* resumed by hand although the stop rule was met: it does not stop it again */

  guint64 down_per_sec, up_per_sec;     /* payload */
  guint64 downloaded, uploaded;         /* payload bytes since the torrent was added to this session */
  guint64 total_uploaded;               /* with what MeirAddOptions says of earlier sessions */
  guint64 total_downloaded;             /* likewise */
  guint64 seeded_sec;                   /* time spent SEEDING, likewise */
  guint64 wasted;                       /* payload bytes thrown away */
  guint64 encrypted_bytes, clear_bytes; /* payload bytes both ways that went over TLS, and in clear */
  guint32 n_bad_pieces;                 /* pieces that failed the check and were fetched again */
  guint32 n_bad_pieces_waiting;         /* those of them that are not here yet */
  char *bad_peer;                       /* (nullable): address that was last convicted of bad data, while
                                           n_bad_pieces_waiting > 0 */
  gint64 left_sec;                      /* estimate until finished; -1 when unknown */

  guint n_peers, n_seeds, n_encrypted_peers, n_known_peers;
  guint n_interested;    /* peers that want something of ours */
  guint n_sending;       /* peers that unchoked us */
  double best_progress;  /* the most that any connected peer has: 0 to 1 */
  guint32 n_unavailable; /* pieces that are missing here and that no connected peer has */
  gboolean reached;      /* somebody outside the local network connected to this session */

  guint n_trackers, n_trackers_failed;
  char *tracker_error;      /* (nullable): the last failure of a tracker, a sentence, while none works */
  char *tracker_refusal;    /* (nullable): the words of that tracker, where it answered and refused */
  gint64 next_announce_sec; /* until a tracker is asked again; -1 when none will be */

  GBytes *cells;        /* (nullable): a MeirCell byte per piece */
  GBytes *availability; /* (nullable): a guint16 per piece, copies among connected peers */
  GArray *peers;        /* (nullable) (element-type MeirPeerSnapshot) */
  GPtrArray *trackers;  /* (nullable) (element-type MeirTrackerStatus) */
} MeirTorrentSnapshot;

MeirTorrentSnapshot *meir_torrent_snapshot_ref (MeirTorrentSnapshot *snapshot);
void meir_torrent_snapshot_unref (MeirTorrentSnapshot *snapshot);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MeirTorrentSnapshot, meir_torrent_snapshot_unref)

G_END_DECLS
