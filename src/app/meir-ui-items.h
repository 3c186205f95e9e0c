/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/meir-ui-item.h"
#include "app/meir-ui-library.h"

G_BEGIN_DECLS

/* Which torrents the list shows, by the chip that is pressed. */
typedef enum {
  MEIR_UI_FILTER_ALL,
  MEIR_UI_FILTER_DOWNLOADING,
  MEIR_UI_FILTER_SHARING,
  MEIR_UI_FILTER_ATTENTION,
  MEIR_UI_N_FILTERS,
} MeirUiFilter;

/**
 * MeirUiItems:
 *
 * The list: a GListModel of MeirUiItem, those that need attention first, the others in the order of the
 * session, which is that of its queue. It leaves out what is parked, what the filter does not want and what a
 * search does not find.
 *
 * Nothing here takes long: what has to be done for all torrents is done in slices, between which the main
 * loop turns. The order follows what happens at most every other second, and not at all while it is held.
 * Main thread.
 *
 * ::round (): all torrents have been looked at once more; the totals are new
 * ::refreshed (MeirUiItem *): something of it is new, out of turn
 */
#define MEIR_UI_TYPE_ITEMS (meir_ui_items_get_type ())
G_DECLARE_FINAL_TYPE (MeirUiItems, meir_ui_items, MEIR_UI, ITEMS, GObject)

/* @library: (nullable): knows what the user calls them */
MeirUiItems *meir_ui_items_new (MeirUiLibrary *library);
/* @torrents: (nullable) (element-type MeirTorrent) */
void meir_ui_items_set_torrents (MeirUiItems *items, GListModel *torrents);
/* (transfer none) (nullable): whether it is shown or not */
MeirUiItem *meir_ui_items_find (MeirUiItems *items, MeirTorrent *torrent);

/* Looks at all torrents once, in slices. One round at a time. */
void meir_ui_items_begin_round (MeirUiItems *items);
/* Looks at one torrent now. */
void meir_ui_items_refresh (MeirUiItems *items, MeirTorrent *torrent);
/* The folder of the environment is of no matter. */
void meir_ui_items_set_environment (MeirUiItems *items, const MeirUiEnvironment *environment);
const MeirUiEnvironment *meir_ui_items_get_environment (MeirUiItems *items);

/* A parked torrent is as good as removed, and can come back. */
void meir_ui_items_set_parked (MeirUiItems *items, MeirTorrent *torrent, gboolean parked);
gboolean meir_ui_items_is_parked (MeirUiItems *items, MeirTorrent *torrent);
/* While it is held, nothing changes its place. */
void meir_ui_items_set_held (MeirUiItems *items, gboolean held);
void meir_ui_items_set_filter (MeirUiItems *items, MeirUiFilter filter);
MeirUiFilter meir_ui_items_get_filter (MeirUiItems *items);
/* @text: (nullable): as typed; looks for it in names at once, and in the names of files as soon as they are
 * gathered. */
void meir_ui_items_search (MeirUiItems *items, const char *text);

/* Torrents that are not parked, shown or not. */
guint meir_ui_items_get_n_torrents (MeirUiItems *items);
/* As of the last round. */
guint meir_ui_items_get_count (MeirUiItems *items, MeirUiFilter filter);
/* How many were finished in the last round. */
guint meir_ui_items_get_n_finished (MeirUiItems *items);
/* Those that are finished now, shown or not. (transfer full) (element-type MeirTorrent) */
GPtrArray *meir_ui_items_dup_finished (MeirUiItems *items);
void meir_ui_items_get_rates (MeirUiItems *items, guint64 *down_per_sec, guint64 *up_per_sec);

G_END_DECLS
