/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* What nobody can see need not be looked at. Main thread. */

/* Whether @widget is mapped, in a window that is not minimised, nor hidden in another way that the desktop
 * tells. */
gboolean meir_ui_sight_has (gpointer widget);

typedef void (*MeirUiSightFunc) (gpointer widget);
/* Has @changed called, with @widget, whenever what meir_ui_sight_has () says of it becomes something else.
 * Once a widget, before it is mapped. */
void meir_ui_sight_watch (gpointer widget, MeirUiSightFunc changed);

G_END_DECLS
