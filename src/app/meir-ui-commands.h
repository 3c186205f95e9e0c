/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/meir-ui-window.h"

G_BEGIN_DECLS

/* What can be done with the torrents that are selected, as actions of the window: pause, resume, remove …
 * Each is enabled while it makes sense for one of them at least. Main thread. */

/* Adds the actions, disabled. */
void meir_ui_commands_attach (MeirUiWindow *window);
/* Enables what makes sense now: after the selection, or what is selected, has changed. */
void meir_ui_commands_update (MeirUiWindow *window);

G_END_DECLS
