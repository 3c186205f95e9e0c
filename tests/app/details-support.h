/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "session/meir.h"

G_BEGIN_DECLS

/* A torrent to look at in detail: seven files, 2,000 pieces, peers and trackers, none of them real. */

#define DETAILS_NAME     "Series"
#define DETAILS_N_PIECES 2000u

/* The files of it; nobody has its pieces. (transfer full) */
MeirMetainfo *details_metainfo (void);
/* Adds it, paused, and gives it the snapshot of a download that is half done. (transfer none) */
MeirTorrent *details_add (MeirSession *session, const char *folder);
/* That snapshot, to be changed and given to fake_snapshot_set (); its arrays belong to the caller. */
void details_snapshot_init (MeirTorrentSnapshot *state);
void details_snapshot_clear (MeirTorrentSnapshot *state);
/* @n peers, the same every time. (transfer full) (element-type MeirPeerSnapshot) */
GArray *details_peers (guint n);

G_END_DECLS
