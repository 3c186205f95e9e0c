/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/meir-ui-window.h"

G_BEGIN_DECLS

/* The two halves of the window and the way between them: win.details, win.properties, win.page, win.back and
 * win.details-pane. Beside the list the details follow the selection; alone they are a page of their own. */

/* Puts the details beside the list, hidden, and adds the actions. */
void meir_ui_panes_attach (MeirUiWindow *window);
/* The details come in sight, with @page (nullable) of them; the keyboard stays where it is. */
void meir_ui_panes_show (MeirUiWindow *window, const char *page);
/* Shows what is selected now. */
void meir_ui_panes_update (MeirUiWindow *window);

G_END_DECLS
