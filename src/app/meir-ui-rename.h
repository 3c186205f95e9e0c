/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* @name: trimmed; "" for its own name again */
typedef void (*MeirUiRenameFunc) (const char *name, gpointer user_data);

/* Asks for another name in a small window, modal to @parent. @rename is called when one was given; @destroy
 * in the end. (transfer none) */
GtkWindow *meir_ui_rename_present (GtkWindow *parent, const char *name, MeirUiRenameFunc rename,
                                   gpointer user_data, GDestroyNotify destroy);

G_END_DECLS
