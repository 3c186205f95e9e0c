/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "cli/meir-cli-json.h"
#include "session/meir.h"

G_BEGIN_DECLS

#define MEIR_CLI_VIEW_WHOLE G_MAXUINT

/* What a snapshot needs to hold for what is shown: the piece map only where it is drawn. */
MeirSnapshotParts meir_cli_view_get_parts (void);

/**
 * meir_cli_view_line:
 * @width: most columns; MEIR_CLI_VIEW_WHOLE: as long as it gets
 *
 * One line about how the torrent is: rates, time left, pieces, peers, as far as they mean something in its
 * state, and as many of them as there is room for.
 *
 * Returns: (transfer full)
 */
char *meir_cli_view_line (const MeirTorrentSnapshot *snapshot, guint width);

/**
 * meir_cli_view_status:
 *
 * Two lines for meir_cli_status (): the piece map, and meir_cli_view_line ().
 *
 * Returns: (transfer full)
 */
char *meir_cli_view_status (const MeirTorrentSnapshot *snapshot);

/* Sets the status: a bar, @done (0 to 1) of it filled, and @line below it. */
void meir_cli_view_progress (double done, const char *line);

/* The numbers, as members of an object that was begun. */
void meir_cli_view_json (MeirCliJson *json, const MeirTorrentSnapshot *snapshot);

G_END_DECLS
