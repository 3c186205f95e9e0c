/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/meir-ui-application.h"

G_BEGIN_DECLS

/* What comes in through the window: chosen, dropped, pasted. */

/* Adds the verbs to the application: app.add, app.share-files, app.share-folder. They are enabled while there
 * is an engine. */
void meir_ui_entrance_add_actions (MeirUiApplication *application);
/* Adds win.paste, and makes all of the window a place to drop things on. */
void meir_ui_entrance_attach (GtkApplicationWindow *window);

G_END_DECLS
