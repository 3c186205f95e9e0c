/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "cli/meir-cli-json.h"
#include "session/meir.h"

G_BEGIN_DECLS

/* What a snapshot needs to hold for what is shown: the piece map only where it is drawn. */
MeirSnapshotParts meir_cli_view_get_parts (void);

/**
 * meir_cli_view_line:
 *
 * One line about how the torrent is: pieces, rates, peers, time left, as far as they mean something in its
 * state.
 *
 * Returns: (transfer full)
 */
char *meir_cli_view_line (const MeirTorrentSnapshot *snapshot);

/**
 * meir_cli_view_status:
 *
 * Two lines for meir_cli_status (): the piece map, and meir_cli_view_line ().
 *
 * Returns: (transfer full)
 */
char *meir_cli_view_status (const MeirTorrentSnapshot *snapshot);

/* The numbers, as members of an object that was begun. */
void meir_cli_view_json (MeirCliJson *json, const MeirTorrentSnapshot *snapshot);

G_END_DECLS
