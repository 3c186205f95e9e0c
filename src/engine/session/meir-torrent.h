/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "meta/meir-metainfo.h"
#include "meta/meir-priority.h"
#include "session/meir-snapshot.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/* Bytes a second that connections may carry, all of them together; 0: any number. */
typedef struct {
  guint64 down_per_sec;
  guint64 up_per_sec;
} MeirRateLimits;

/**
 * MeirTorrent:
 *
 * A torrent of a session, as its front end holds it. All functions here belong to the thread that made the
 * session; the engine works behind them.
 */
#define MEIR_TYPE_TORRENT (meir_torrent_get_type ())
G_DECLARE_FINAL_TYPE (MeirTorrent, meir_torrent, MEIR, TORRENT, GObject)

const MeirInfoHash *meir_torrent_get_info_hash (MeirTorrent *torrent);
/* The folder it lies in, or goes to: the parent of what is shared. (transfer none): until the next change of
 * it. */
const char *meir_torrent_get_folder (MeirTorrent *torrent);
/* Safe to show; the info-hash in hex while a magnet link without a name has no metadata yet. */
char *meir_torrent_dup_name (MeirTorrent *torrent);
/* (transfer full) (nullable): NULL until a magnet's metadata is here. Any thread. */
MeirMetainfo *meir_torrent_ref_metainfo (MeirTorrent *torrent);

/**
 * meir_torrent_ref_snapshot:
 * @parts: what the next snapshots shall hold
 *
 * The newest snapshot, at once. Asking keeps them coming, at most ten a second; who stops asking costs the
 * engine nothing. What one reader asks for beside the numbers does not go when another asks for less.
 *
 * Returns: (transfer full)
 */
MeirTorrentSnapshot *meir_torrent_ref_snapshot (MeirTorrent *torrent, MeirSnapshotParts parts);
/* The same without asking for more: what happens to be there. (transfer full) */
MeirTorrentSnapshot *meir_torrent_peek_snapshot (MeirTorrent *torrent);

void meir_torrent_pause (MeirTorrent *torrent);
void meir_torrent_resume (MeirTorrent *torrent); /* also tries again after FAILED or DISK_FULL */
void meir_torrent_recheck (MeirTorrent *torrent);
void meir_torrent_add_peer (MeirTorrent *torrent, const MeirEndpoint *endpoint);
/* Asks the trackers for more peers, as soon as their minimum interval allows. */
void meir_torrent_announce (MeirTorrent *torrent);

/**
 * meir_torrent_set_file_priorities:
 * @priorities: (nullable) (transfer none): a MeirPriority byte per file of the metainfo; NULL: all normal
 *
 * Says which files are wanted, and which of them first. Counts at once, in the middle of a download too: what
 * was asked for of a skipped file is cancelled, what is here of it stays, and a file that is wanted again
 * goes on where it was. While a magnet link has no metadata the number of files is not known: what does not
 * fit is then dropped when it comes. Other values than those of MeirPriority, and another number of files,
 * are a mistake of the caller's and change nothing.
 */
void meir_torrent_set_file_priorities (MeirTorrent *torrent, GBytes *priorities);
/* (transfer full) (nullable): as they were set last; NULL means all normal. */
GBytes *meir_torrent_ref_file_priorities (MeirTorrent *torrent);
/* Whether pieces are fetched in the order of the files and of the bytes in them, for whoever plays them
 * meanwhile, rather than the rarest first. Priorities go before it. */
void meir_torrent_set_play_order (MeirTorrent *torrent, gboolean play_order);
gboolean meir_torrent_get_play_order (MeirTorrent *torrent);

/* What the connections of this torrent may carry together; that of the session counts beside it. */
void meir_torrent_set_limits (MeirTorrent *torrent, const MeirRateLimits *limits);
void meir_torrent_get_limits (MeirTorrent *torrent, MeirRateLimits *limits);

/**
 * meir_torrent_set_trackers:
 * @tiers: (element-type GStrv): the addresses of each tier (BEP 12); copied, without blanks around them,
 *   empty and doubled ones
 *
 * Replaces all trackers. Those that are no longer there are told "stopped", new ones "started"; one that
 * stays is not disturbed. An address that cannot be used stays in the list, as disabled. A torrent that is
 * private (BEP 27) gets its peers from these trackers alone, whoever set them.
 */
void meir_torrent_set_trackers (MeirTorrent *torrent, GPtrArray *tiers);
/* As set, or those of the metainfo or link and MeirAddOptions. (transfer full) (element-type GStrv) */
GPtrArray *meir_torrent_dup_trackers (MeirTorrent *torrent);

/* Out of the queue at once, whatever the limit, until it is paused. */
void meir_torrent_start_now (MeirTorrent *torrent);
/* Hangs up on whoever is at this address, whatever the port, and refuses it, for all torrents of the session
 * and as long as that lasts. */
void meir_torrent_ban_peer (MeirTorrent *torrent, const MeirEndpoint *endpoint);

/**
 * meir_torrent_set_folder:
 * @folder: where its file or folder is said to lie
 *
 * No file is moved: the torrent goes on with what is in @folder. Without hashing where the files have the
 * lengths and times that were noted at the last clean stop; else what is there is checked. For data that was
 * moved by somebody else, or a folder that is to be looked at again.
 */
void meir_torrent_set_folder (MeirTorrent *torrent, const char *folder);

/**
 * meir_torrent_move_async:
 * @folder: the new parent of its file or folder; it is there already
 * @cancellable: (nullable): what has been moved goes back
 *
 * Rests, moves the torrent's files, and goes on in @folder without hashing: renames within a file system,
 * copies, syncs, compares the lengths and deletes the source across two. A file of the same name in the way
 * is refused, unless it holds the same bytes. When it fails, the torrent goes on where it was.
 */
void meir_torrent_move_async (MeirTorrent *torrent, const char *folder, GCancellable *cancellable,
                              GAsyncReadyCallback callback, gpointer user_data);
/* FALSE with MEIR_ERROR_EXISTS, _NOT_FOUND, _PERMISSION, _READ_ONLY, _NO_SPACE, _BUSY, _INVALID, _IO, or
 * G_IO_ERROR_CANCELLED. */
gboolean meir_torrent_move_finish (MeirTorrent *torrent, GAsyncResult *result, GError **error);
/* Cancels the move that is under way, whoever began it: what has been moved goes back, and its caller hears
 * of G_IO_ERROR_CANCELLED; at once if the move still waits behind another torrent's. Too late, or without a
 * move, it is nothing. */
void meir_torrent_cancel_move (MeirTorrent *torrent);

G_END_DECLS
