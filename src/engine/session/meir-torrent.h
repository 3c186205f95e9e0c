/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "meta/meir-metainfo.h"
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

G_END_DECLS
