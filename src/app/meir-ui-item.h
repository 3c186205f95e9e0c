/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/meir-ui-content.h"
#include "app/meir-ui-status.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * MeirUiItem:
 *
 * A torrent of the list as the window knows it: its newest snapshot, what that says, and what it is searched
 * by. Main thread. It pulls nothing by itself: see MeirUiItems.
 */
#define MEIR_UI_TYPE_ITEM (meir_ui_item_get_type ())
G_DECLARE_FINAL_TYPE (MeirUiItem, meir_ui_item, MEIR_UI, ITEM, GObject)

MeirUiItem *meir_ui_item_new (MeirTorrent *torrent);
/* (transfer none) */
MeirTorrent *meir_ui_item_get_torrent (MeirUiItem *item);

/* What it is called: what the user named it, or its own name. Safe to show. (transfer none): until the next
 * refresh or rename */
const char *meir_ui_item_get_name (MeirUiItem *item);
/* @name: (nullable): NULL for its own */
void meir_ui_item_set_name (MeirUiItem *item, const char *name);
MeirUiContent meir_ui_item_get_content (MeirUiItem *item);

/**
 * meir_ui_item_refresh:
 * @parts: what the snapshots shall hold
 * @environment: its folder is filled in here
 *
 * Takes the newest snapshot, and asks for more of them.
 *
 * Returns: whether something differs from before
 */
gboolean meir_ui_item_refresh (MeirUiItem *item, MeirSnapshotParts parts,
                               const MeirUiEnvironment *environment);
/* The same, without asking the engine for more. */
gboolean meir_ui_item_peek (MeirUiItem *item, const MeirUiEnvironment *environment);
/* Grows when something shown of it changes. */
guint meir_ui_item_get_version (MeirUiItem *item);
/* (transfer none): until the next refresh; never NULL */
const MeirTorrentSnapshot *meir_ui_item_get_snapshot (MeirUiItem *item);
const MeirUiStatus *meir_ui_item_get_status (MeirUiItem *item);
MeirUiGroup meir_ui_item_get_group (MeirUiItem *item);
/* Whether all that was wanted of it is here, and nothing more is to be done: it is not being moved or
 * checked. */
gboolean meir_ui_item_is_finished (MeirUiItem *item);
/* Whether its numbers may move without its state changing. */
gboolean meir_ui_item_is_active (MeirUiItem *item);

/* @needle: from meir_ui_item_fold (). Whether its name holds it, or a file name while these are known. */
gboolean meir_ui_item_matches (MeirUiItem *item, const char *needle);
/* @names: (nullable) (transfer full): the names of its files, folded, a line each; NULL forgets them */
void meir_ui_item_take_file_names (MeirUiItem *item, char *names);
gboolean meir_ui_item_has_file_names (MeirUiItem *item);
/* Text without what a search passes over: case, and how accents are written. Any thread. (transfer full) */
char *meir_ui_item_fold (const char *text);

G_END_DECLS
