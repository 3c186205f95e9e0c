/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "meta/meir-metainfo.h"
#include "meta/meir-priority.h"
#include "session/meir-snapshot.h"

#include <glib-object.h>

G_BEGIN_DECLS

/**
 * MeirTorrent:
 *
 * A torrent of a session, as its front end holds it. All functions here belong to the thread that made the
 * session; the engine works behind them.
 */
#define MEIR_TYPE_TORRENT (meir_torrent_get_type ())
G_DECLARE_FINAL_TYPE (MeirTorrent, meir_torrent, MEIR, TORRENT, GObject)

const MeirInfoHash *meir_torrent_get_info_hash (MeirTorrent *torrent);
/* The folder it lies in, or goes to: the parent of what is shared. */
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
 * engine nothing.
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

G_END_DECLS
