/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

typedef struct _MeirUiApplication MeirUiApplication;

/**
 * MeirUiDesktop:
 *
 * What makes the program a good citizen of the desktop it runs on, put together in one place: it keeps to the
 * settings and to what the network is like, goes on in the background, keeps the computer awake, notifies,
 * and shows files in the file manager. Main thread.
 */
#define MEIR_UI_TYPE_DESKTOP (meir_ui_desktop_get_type ())
G_DECLARE_FINAL_TYPE (MeirUiDesktop, meir_ui_desktop, MEIR_UI, DESKTOP, GObject)

/**
 * meir_ui_desktop_new:
 * @application: which owns it, and has its tracker and sharer already, but no session yet
 *
 * Adds the actions app.preferences, app.tracker, app.use-anyway (a metered network, at full speed), and with
 * an info-hash in hex app.open-folder and app.open-torrent.
 */
MeirUiDesktop *meir_ui_desktop_new (MeirUiApplication *application);
/* The last window is gone. Whether the program goes on without; then the desktop is told. */
gboolean meir_ui_desktop_window_closed (MeirUiDesktop *desktop);

G_END_DECLS
