/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "session/meir.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * MeirUiLibrary:
 *
 * Which torrents the window holds, across restarts: one key file, and a .torrent for each beside it. Main
 * thread; what is written is written by a worker, and changes that come together go to disk together.
 *
 * ::failed (const char *message): the list could not be saved, or the one on record makes no sense.
 */
#define MEIR_UI_TYPE_LIBRARY (meir_ui_library_get_type ())
G_DECLARE_FINAL_TYPE (MeirUiLibrary, meir_ui_library, MEIR_UI, LIBRARY, GObject)

/* @folder: where it is kept, in the file system's encoding; made when missing. */
MeirUiLibrary *meir_ui_library_new (const char *folder);

/**
 * meir_ui_library_restore_async:
 *
 * Puts every torrent that is on record into @session, one after the other. What cannot be read any more is
 * left out and stays on record. A torrent whose folder is gone is in the list, and FAILED.
 */
void meir_ui_library_restore_async (MeirUiLibrary *library, MeirSession *session, GCancellable *cancellable,
                                    GAsyncReadyCallback callback, gpointer user_data);
/* FALSE with a sentence when some were left out; G_IO_ERROR_CANCELLED. */
gboolean meir_ui_library_restore_finish (MeirUiLibrary *library, GAsyncResult *result, GError **error);

/* A torrent that is new, or whose metadata has come. @link: (nullable): the magnet link it came from; NULL
 * leaves what is on record. */
void meir_ui_library_add (MeirUiLibrary *library, MeirTorrent *torrent, const char *link);
void meir_ui_library_remove (MeirUiLibrary *library, MeirTorrent *torrent);
/* Writes down what may have changed: folder, priorities, limits, trackers, totals. Cheap when nothing has. */
void meir_ui_library_update (MeirUiLibrary *library, MeirTorrent *torrent);
/* @torrents: (element-type MeirTorrent): in the order they shall have the next time */
void meir_ui_library_set_order (MeirUiLibrary *library, GListModel *torrents);
void meir_ui_library_set_paused (MeirUiLibrary *library, MeirTorrent *torrent, gboolean paused);
gboolean meir_ui_library_is_paused (MeirUiLibrary *library, MeirTorrent *torrent);
/* What the user calls it, safe to show; NULL for its own name: (transfer full) (nullable). */
char *meir_ui_library_dup_name (MeirUiLibrary *library, MeirTorrent *torrent);
void meir_ui_library_set_name (MeirUiLibrary *library, MeirTorrent *torrent, const char *name);
gboolean meir_ui_library_has (MeirUiLibrary *library, MeirTorrent *torrent);
/* The magnet link a torrent came from: (transfer full) (nullable). */
char *meir_ui_library_dup_link (MeirUiLibrary *library, MeirTorrent *torrent);

/* Tries once more to write what could not be written. */
void meir_ui_library_flush (MeirUiLibrary *library);
/* Whether a worker is writing: who quits waits until it is not. */
gboolean meir_ui_library_is_saving (MeirUiLibrary *library);

G_END_DECLS
