/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/meir-ui-sharer.h"
#include "app/meir-ui-tracker.h"
#include "session/meir.h"

#include <adwaita.h>

G_BEGIN_DECLS

/**
 * MeirUiApplication:
 *
 * The program: one session, one tracker, one window. Opens .torrent files and magnet links; a second start
 * hands them to the first. Main thread.
 */
#define MEIR_UI_TYPE_APPLICATION (meir_ui_application_get_type ())
G_DECLARE_FINAL_TYPE (MeirUiApplication, meir_ui_application, MEIR_UI, APPLICATION, AdwApplication)

MeirUiApplication *meir_ui_application_new (void);

/* (transfer none) (nullable): NULL when the engine could not be started; see the problem. */
MeirSession *meir_ui_application_get_session (MeirUiApplication *application);
const char *meir_ui_application_get_problem (MeirUiApplication *application);
MeirUiTracker *meir_ui_application_get_tracker (MeirUiApplication *application);
MeirUiSharer *meir_ui_application_get_sharer (MeirUiApplication *application);

/* A .torrent file, or a magnet link: downloads it into the download folder. FALSE with a sentence for people.
 */
gboolean meir_ui_application_add_file (MeirUiApplication *application, GFile *file, GError **error);
gboolean meir_ui_application_add_link (MeirUiApplication *application, const char *link, GError **error);
/* Makes a torrent of a file or folder and shares it. */
void meir_ui_application_share (MeirUiApplication *application, GFile *file);
void meir_ui_application_set_paused (MeirUiApplication *application, MeirTorrent *torrent, gboolean paused);
/* Takes it off the list; its files stay. */
void meir_ui_application_remove (MeirUiApplication *application, MeirTorrent *torrent);
/* The magnet link of a torrent, (transfer full). */
char *meir_ui_application_dup_link (MeirTorrent *torrent);

G_END_DECLS
