/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/meir-ui-items.h"
#include "app/meir-ui-sharer.h"
#include "app/meir-ui-tracker.h"
#include "app/meir-ui-undo.h"
#include "session/meir.h"

#include <adwaita.h>

G_BEGIN_DECLS

/**
 * MeirUiApplication:
 *
 * The program: one session, one tracker, one window. Opens .torrent files and magnet links; a second start
 * hands them to the first. Main thread.
 *
 * Properties: :session (MeirSession, nullable), :restoring (boolean: the torrents on record are still
 * coming).
 */
#define MEIR_UI_TYPE_APPLICATION (meir_ui_application_get_type ())
G_DECLARE_FINAL_TYPE (MeirUiApplication, meir_ui_application, MEIR_UI, APPLICATION, AdwApplication)

MeirUiApplication *meir_ui_application_new (void);

/* (transfer none) (nullable): NULL when the engine could not be started; see the problem. */
MeirSession *meir_ui_application_get_session (MeirUiApplication *application);
const char *meir_ui_application_get_problem (MeirUiApplication *application);
gboolean meir_ui_application_is_restoring (MeirUiApplication *application);
/* The program ends: its window has gone, and there will be no other. */
gboolean meir_ui_application_is_closing (MeirUiApplication *application);
MeirUiTracker *meir_ui_application_get_tracker (MeirUiApplication *application);
MeirUiSharer *meir_ui_application_get_sharer (MeirUiApplication *application);
MeirUiUndo *meir_ui_application_get_undo (MeirUiApplication *application);
MeirUiItems *meir_ui_application_get_items (MeirUiApplication *application);
MeirUiLibrary *meir_ui_application_get_library (MeirUiApplication *application);

/* Shows the window, made if there is none. (transfer none) */
GtkWindow *meir_ui_application_present (MeirUiApplication *application);
/* Starts the engine once more, after a problem. */
void meir_ui_application_try_again (MeirUiApplication *application);
/* Says something, already safe to show, in the window. */
void meir_ui_application_tell (MeirUiApplication *application, const char *text);

/**
 * meir_ui_application_add:
 * @link: (nullable): the magnet link it came from
 *
 * Puts a torrent into the session and on record.
 *
 * Returns: (transfer none) (nullable): NULL with an error of meir_session_add (), a sentence for people
 */
MeirTorrent *meir_ui_application_add (MeirUiApplication *application, const MeirAddOptions *options,
                                      const char *link, GError **error);
/* (transfer full) (nullable): the torrent of the list. */
MeirTorrent *meir_ui_application_find (MeirUiApplication *application, const MeirInfoHash *info_hash);
void meir_ui_application_set_paused (MeirUiApplication *application, MeirTorrent *torrent, gboolean paused);
/* Whether it comes in the order of playing; remembered. */
void meir_ui_application_set_play_order (MeirUiApplication *application, MeirTorrent *torrent,
                                         gboolean play_order);
/* Takes it off the list, for good; its files stay. For what can be undone see meir_ui_removal_offer (). */
void meir_ui_application_remove (MeirUiApplication *application, MeirTorrent *torrent);
/* The same; @callback is that of meir_session_remove_async (). */
void meir_ui_application_remove_async (MeirUiApplication *application, MeirTorrent *torrent,
                                       GAsyncReadyCallback callback, gpointer user_data);
/* @name: what the user calls it; "" for its own name */
void meir_ui_application_rename (MeirUiApplication *application, MeirTorrent *torrent, const char *name);
/* What the user calls it, or else its own name; safe to show. (transfer full) */
char *meir_ui_application_dup_name (MeirUiApplication *application, MeirTorrent *torrent);
/* The order of the queue has changed: it is to be the same the next time. */
void meir_ui_application_save_order (MeirUiApplication *application);
/* The magnet link of a torrent, (transfer full). */
char *meir_ui_application_dup_link (MeirUiApplication *application, MeirTorrent *torrent);

/* Around something that is read in the background: who quits cancels it, (transfer none), and waits for its
 * end. */
GCancellable *meir_ui_application_begin_load (MeirUiApplication *application);
void meir_ui_application_end_load (MeirUiApplication *application);

G_END_DECLS
