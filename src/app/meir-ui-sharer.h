/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "session/meir.h"

G_BEGIN_DECLS

/**
 * MeirUiSharer:
 *
 * Makes torrents of files and folders, one after the other, and shares them. Main thread.
 *
 * Properties: :busy (boolean), :name (string: what is being prepared), :fraction (double, 0 to 1).
 *
 * ::ready (MeirMetainfo *, const char *folder): a torrent is made of what lies in @folder.
 * ::failed (const char *message)
 */
#define MEIR_UI_TYPE_SHARER (meir_ui_sharer_get_type ())
G_DECLARE_FINAL_TYPE (MeirUiSharer, meir_ui_sharer, MEIR_UI, SHARER, GObject)

MeirUiSharer *meir_ui_sharer_new (void);
/* @tracker: (nullable): address to put into the torrent. */
void meir_ui_sharer_add (MeirUiSharer *sharer, GFile *file, const char *tracker);
/* Gives up what is being prepared; the next in line goes on. */
void meir_ui_sharer_cancel (MeirUiSharer *sharer);

G_END_DECLS
