/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/meir-ui-window.h"

G_BEGIN_DECLS

/* Another folder for torrents: asked for in a chooser, told with a way back. Main thread. */

/* Moves the files of @torrents into the folder that is chosen. */
void meir_ui_relocation_move (MeirUiWindow *window, GPtrArray *torrents);
/* Moves them into @folder, in the file system's encoding. */
void meir_ui_relocation_move_to (MeirUiApplication *application, GPtrArray *torrents, const char *folder);
/* Looks for the files of @torrents in the folder that is chosen; nothing is moved. */
void meir_ui_relocation_choose_again (MeirUiWindow *window, GPtrArray *torrents);
/* Looks for them in @folder. */
void meir_ui_relocation_look_in (MeirUiApplication *application, GPtrArray *torrents, const char *folder);

G_END_DECLS
