/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "session/meir.h"

G_BEGIN_DECLS

/**
 * MeirUiLibrary:
 *
 * Which torrents the window holds, across restarts: one key file, and a .torrent for each beside it. Main
 * thread.
 */
typedef struct _MeirUiLibrary MeirUiLibrary;

/* @folder: where it is kept; made when missing. */
MeirUiLibrary *meir_ui_library_new (const char *folder);
void meir_ui_library_free (MeirUiLibrary *library);

/* Puts every torrent that is on record into the session. What cannot be read any more is left out and stays
 * on record: a folder may come back. */
void meir_ui_library_restore (MeirUiLibrary *library, MeirSession *session);
/* @link: the magnet it came from, while it has no metainfo. MEIR_ERROR_IO when it cannot be saved. */
gboolean meir_ui_library_add (MeirUiLibrary *library, MeirTorrent *torrent, const char *link, GError **error);
gboolean meir_ui_library_remove (MeirUiLibrary *library, MeirTorrent *torrent, GError **error);
gboolean meir_ui_library_set_paused (MeirUiLibrary *library, MeirTorrent *torrent, gboolean paused,
                                     GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MeirUiLibrary, meir_ui_library_free)

G_END_DECLS
