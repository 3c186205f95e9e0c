/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * MeirUiBackground:
 *
 * Keeps the program going without a window while there is something to do, the setting keep-running is on and
 * the desktop does not forbid it; and has it started at login, as the setting start-at-login says. Main
 * thread.
 *
 * ::failed (const char *message): the start at login could not be arranged, and the setting is off again.
 */
#define MEIR_UI_TYPE_BACKGROUND (meir_ui_background_get_type ())
G_DECLARE_FINAL_TYPE (MeirUiBackground, meir_ui_background, MEIR_UI, BACKGROUND, GObject)

/* @application: not owned: it outlives this. */
MeirUiBackground *meir_ui_background_new (GtkApplication *application);
/* Whether there is something to do. */
void meir_ui_background_set_active (MeirUiBackground *background, gboolean active);
/* Whether the program goes on when its last window is closed. */
gboolean meir_ui_background_is_held (MeirUiBackground *background);
/* The last window is gone, and the program is held: asks the desktop's leave. */
void meir_ui_background_enter (MeirUiBackground *background);
/* What the desktop says of us while there is no window; told only when it is another text. */
void meir_ui_background_set_status (MeirUiBackground *background, const char *status);

G_END_DECLS
