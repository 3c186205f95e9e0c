/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "session/meir.h"

G_BEGIN_DECLS

/**
 * MeirUiSharer:
 *
 * Makes torrents of files and folders, one after the other. Main thread; hashing and parsing run on others.
 *
 * Properties: :busy (boolean), :name (string, nullable: what is being prepared, safe to show), :fraction
 * (double, 0 to 1), :rate (uint64: bytes read per second), :waiting (uint: how many wait for their turn),
 * :paused (boolean).
 *
 * ::ready (MeirMetainfo *, const char *folder, guint n_left_out, GArray *made_of): a torrent is made of what
 * lies in @folder; hidden and special files were left out of it; @made_of is for MeirAddOptions.
 * ::failed (const char *message)
 */
#define MEIR_UI_TYPE_SHARER (meir_ui_sharer_get_type ())
G_DECLARE_FINAL_TYPE (MeirUiSharer, meir_ui_sharer, MEIR_UI, SHARER, GObject)

MeirUiSharer *meir_ui_sharer_new (void);
/**
 * meir_ui_sharer_add:
 * @options: (transfer full): what to make; with a name of its own it is of a folder
 * @save_as: (nullable): where a copy of the .torrent goes, in the file system's encoding
 *
 * A copy that cannot be written is a failure that is told; the torrent is ready nevertheless.
 */
void meir_ui_sharer_add (MeirUiSharer *sharer, MeirCreateOptions *options, const char *save_as);
/* Gives up what is being prepared; the next in line goes on. */
void meir_ui_sharer_cancel (MeirUiSharer *sharer);
/* Whether what is being prepared rests, and all that waits behind it: nothing of it is read meanwhile. Who
 * has nothing left is not paused any more. */
void meir_ui_sharer_set_paused (MeirUiSharer *sharer, gboolean paused);
/* How far it is: "Preparing “Summer Trip” · 34 % · 1.1 GB/s". NULL when it is not :busy. (transfer full) */
char *meir_ui_sharer_dup_text (MeirUiSharer *sharer);
gboolean meir_ui_sharer_is_busy (MeirUiSharer *sharer);
/* Gives up all of it. It is :busy until the threads have let go. */
void meir_ui_sharer_stop (MeirUiSharer *sharer);

G_END_DECLS
