/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/meir-ui-application.h"

G_BEGIN_DECLS

/**
 * meir_ui_removal_offer:
 * @torrents: (element-type MeirTorrent)
 * @with_files: their files go to the trash
 *
 * Takes torrents off the list, so that it can be undone: they are parked, and rest, until the toast that
 * offers it ends. Only then are they removed and their files touched. Main thread.
 */
void meir_ui_removal_offer (MeirUiApplication *application, GPtrArray *torrents, gboolean with_files);

/* Brings back a torrent that is parked, as when somebody adds it again; FALSE when it is not. */
gboolean meir_ui_removal_keep (MeirUiApplication *application, MeirTorrent *torrent);

G_END_DECLS
