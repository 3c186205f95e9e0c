/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "session/meir.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * MeirUiFilesPage:
 *
 * The files of a torrent: what is here of each, and what is wanted. What is unticked can be taken back. A
 * file that is finished opens, and can be dragged out.
 */
#define MEIR_UI_TYPE_FILES_PAGE (meir_ui_files_page_get_type ())
G_DECLARE_FINAL_TYPE (MeirUiFilesPage, meir_ui_files_page, MEIR_UI, FILES_PAGE, GtkWidget)

/* @torrent: (nullable) */
void meir_ui_files_page_set_torrent (MeirUiFilesPage *page, MeirTorrent *torrent);
/* What is shown comes from these parts. */
MeirSnapshotParts meir_ui_files_page_get_parts (MeirUiFilesPage *page);
void meir_ui_files_page_refresh (MeirUiFilesPage *page, const MeirTorrentSnapshot *snapshot);
/* Selects a file of the metainfo, as soon as the names are sorted. */
void meir_ui_files_page_show_file (MeirUiFilesPage *page, guint file);

G_END_DECLS
