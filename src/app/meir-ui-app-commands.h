/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/meir-ui-application.h"

G_BEGIN_DECLS

/* What concerns all torrents, what is being prepared, or the program itself, as actions of the application:
 * they are there without a window, too. Each is enabled while it makes sense. Main thread. */

/* Adds the actions: once the application has its items and its sharer, before it has a session. */
void meir_ui_app_commands_attach (MeirUiApplication *application);

G_END_DECLS
