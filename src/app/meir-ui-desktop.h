/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

typedef struct _MeirUiApplication MeirUiApplication;

/**
 * MeirUiDesktop:
 *
 * What makes the program a good citizen of the desktop it runs on, put together in one place. Main thread.
 */
#define MEIR_UI_TYPE_DESKTOP (meir_ui_desktop_get_type ())
G_DECLARE_FINAL_TYPE (MeirUiDesktop, meir_ui_desktop, MEIR_UI, DESKTOP, GObject)

/* Adds its actions to @application, which owns it: app.preferences, app.tracker, app.use-anyway. */
MeirUiDesktop *meir_ui_desktop_new (MeirUiApplication *application);

G_END_DECLS
