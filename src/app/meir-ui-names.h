/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * meir_ui_names_give:
 * @name: (nullable): translated; what @widget is a list of, or a page of
 *
 * Gives names to the lists in @widget, at any depth, for those who cannot see what is above them: the title
 * of the row each is in, or @name; and to what entry rows let type into. To be called before @widget is
 * shown, and for what is added later.
 */
void meir_ui_names_give (GtkWidget *widget, const char *name);

G_END_DECLS
