/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "session/meir.h"

G_BEGIN_DECLS

/* The one sentence a torrent's row says about it, translated. (transfer full) */
char *meir_ui_status_dup_sentence (const MeirTorrentSnapshot *snapshot);
/* "1.9 of 3.9 GB · 12.4 MB/s": how much of it is here, and how fast it moves. (transfer full) */
char *meir_ui_status_dup_size (const MeirTorrentSnapshot *snapshot);
/* "4 minutes", (transfer full) */
char *meir_ui_status_dup_duration (gint64 seconds);

G_END_DECLS
