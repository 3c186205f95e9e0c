/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/meir-ui-application.h"

G_BEGIN_DECLS

/* What the pages of a torrent's details share. */

/* The application of the window that @widget is in. (transfer none) (nullable) */
MeirUiApplication *meir_ui_page_get_application (gpointer widget);
/* What the user calls a torrent, safe to show. (transfer full) */
char *meir_ui_page_dup_name (gpointer widget, MeirTorrent *torrent);
/* Puts on record at once what was changed of a torrent, in or after the time of the page. */
void meir_ui_page_keep (MeirTorrent *torrent);
/* Says something, already safe to show, in the window. */
void meir_ui_page_tell (gpointer widget, const char *text);
/* See meir_ui_undo_offer (); where nothing can be offered it is final at once. */
void meir_ui_page_offer_undo (gpointer widget, const char *text, MeirUiUndoFunc take_back,
                              MeirUiUndoFunc commit, gpointer data, GDestroyNotify destroy);
/* Puts @text on the clipboard, and says @message. */
void meir_ui_page_copy (gpointer widget, const char *text, const char *message);
/* Opens a file or folder with the program it belongs to; what goes wrong is told. */
void meir_ui_page_launch (gpointer widget, GFile *file);
/* What the list says of a torrent, in one sentence. (transfer full) */
char *meir_ui_page_dup_sentence (gpointer widget, MeirTorrent *torrent, const MeirTorrentSnapshot *snapshot);

G_END_DECLS
