/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/meir-ui-application.h"
#include "app/meir-ui-list.h"
#include "app/meir-ui-split.h"

G_BEGIN_DECLS

/**
 * MeirUiWindow:
 *
 * The list of torrents, with a way in for each of the two verbs: add and share, by button, key or drop.
 */
#define MEIR_UI_TYPE_WINDOW (meir_ui_window_get_type ())
G_DECLARE_FINAL_TYPE (MeirUiWindow, meir_ui_window, MEIR_UI, WINDOW, AdwApplicationWindow)

MeirUiWindow *meir_ui_window_new (MeirUiApplication *application);
/* The list and the details, (transfer none). */
MeirUiSplit *meir_ui_window_get_split (MeirUiWindow *window);
MeirUiList *meir_ui_window_get_list (MeirUiWindow *window);
/**
 * meir_ui_window_show_torrent:
 * @page: (nullable): of the details; NULL for the one that they show anyway
 *
 * Selects @torrent and shows its details, as soon as the list has it: what was just added comes to it in a
 * turn of its own. A search or a chip that may hide it ends.
 */
void meir_ui_window_show_torrent (MeirUiWindow *window, MeirTorrent *torrent, const char *page);
/* Whether the user is there, and has not turned to something else since something began to be made ready to
 * share. */
gboolean meir_ui_window_waits (MeirUiWindow *window);
/* What is selected is about to leave the list: what comes in its place is selected then. */
void meir_ui_window_leave_selection (MeirUiWindow *window);
/* Answers what the user just did, in place of the answer before it. */
void meir_ui_window_answer (MeirUiWindow *window, const char *text);
/* Says something, already safe to show, in a toast. */
void meir_ui_window_show_message (MeirUiWindow *window, const char *text);
/* The same, until meir_ui_window_end_message () or the user ends it. (transfer full) */
AdwToast *meir_ui_window_hold_message (MeirUiWindow *window, const char *text);
/* Says something for a while, with a button that does something about it. (transfer none) */
AdwToast *meir_ui_window_offer (MeirUiWindow *window, const char *text, const char *button);
void meir_ui_window_end_message (MeirUiWindow *window, AdwToast *toast);
/* Says that @name is shared, and how much of it is not, with a button that copies @link. */
void meir_ui_window_show_shared (MeirUiWindow *window, const char *name, guint n_left_out, const char *link);

G_END_DECLS
