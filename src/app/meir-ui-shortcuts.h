/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* The keys of all actions, in a window beside @parent. (transfer none): GTK owns it, until it is closed */
GtkWindow *meir_ui_shortcuts_present (GtkWindow *parent);

G_END_DECLS
