/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "session/meir.h"

G_BEGIN_DECLS

/* Stands between the application and meir_torrent_ref_snapshot () and meir_torrent_peek_snapshot () (the
 * linker's --wrap), so that a torrent can be shown in a state that would take a swarm and a full disk to
 * reach. */

/**
 * fake_snapshot_set:
 * @name: of the torrents, as shown
 * @state: (nullable): copied, its arrays referenced; NULL lets the torrent speak for itself again
 * @cells: (nullable): a letter a piece: '.' missing, '+' arriving, '#' here; also sets the counts of pieces
 */
void fake_snapshot_set (const char *name, const MeirTorrentSnapshot *state, const char *cells);
/* What was last asked for with meir_torrent_ref_snapshot (). */
MeirSnapshotParts fake_snapshot_get_last_parts (void);
/* How often anybody looked at a torrent, in either way, since this was asked before. */
guint fake_snapshot_take_n_looks (void);
/* A look takes at least this long, so that many of them do on a fast machine what they do on a slow one. */
void fake_snapshot_set_look_usec (guint usec);
/* Forgets all of them. */
void fake_snapshot_clear (void);

G_END_DECLS
