/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "session/meir.h"

G_BEGIN_DECLS

/**
 * MeirUiActivity:
 * @n_active: torrents that do something, or would if somebody came
 * @n_downloading: those of them that download, or look for their file list, from somebody
 * @n_left: those of them that are not finished
 * @n_sharing: those of them that are finished
 * @down_per_sec: bytes of all of them together; likewise @up_per_sec
 *
 * What goes on in a session.
 */
typedef struct {
  guint n_active;
  guint n_downloading;
  guint n_left;
  guint n_sharing;
  guint64 down_per_sec;
  guint64 up_per_sec;
} MeirUiActivity;

/* @torrents: (nullable) (element-type MeirTorrent): NULL: nothing goes on
 * @rates: whether rates are wanted of those that share, too: it makes the engine look at all of them. */
void meir_ui_activity_measure (GListModel *torrents, gboolean rates, MeirUiActivity *activity);
/* Likewise in parts, for very many: at most @n torrents, from *@next on, which begins at 0.
 * Returns: whether those were the last. */
gboolean meir_ui_activity_measure_some (GListModel *torrents, gboolean rates, guint n, guint *next,
                                        MeirUiActivity *activity);
/* "↓ 12 MB/s, 2 left", in a line for the desktop's list of background programs. (transfer full) */
char *meir_ui_activity_dup_text (const MeirUiActivity *activity);

G_END_DECLS
