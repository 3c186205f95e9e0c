/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

/* A toast that says @text, already safe to show, as it is: it may name a path, and wraps where the title of
 * an AdwToast is cut off and read as markup. (transfer full) */
AdwToast *meir_ui_toast_new (const char *text);
/* Gives the buttons of all toasts that @overlay will show a name; libadwaita leaves the one that closes them
 * without. */
void meir_ui_toast_name_buttons (AdwToastOverlay *overlay);

G_END_DECLS
