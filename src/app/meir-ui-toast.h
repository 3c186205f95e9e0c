/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

/* A toast that says @text, already safe to show, as it is: it may name a path, and wraps where the title of
 * an AdwToast is cut off and read as markup. (transfer full) */
AdwToast *meir_ui_toast_new (const char *text);
/* Shows @toast (transfer full) as soon as those before it are through. One that is @passing says what can be
 * seen elsewhere too: it gives way to whatever is said after it. */
void meir_ui_toast_show (AdwToastOverlay *overlay, AdwToast *toast, gboolean passing);
/* What meir_ui_toast_show () was given goes, whether it is shown or waits. It is only from a toast that is
 * shown that ::dismissed comes then. */
void meir_ui_toast_withdraw (AdwToastOverlay *overlay, AdwToast *toast);

G_END_DECLS
