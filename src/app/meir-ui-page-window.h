/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

/**
 * meir_ui_page_window_new:
 * @title: in header capitals, translated; likewise @subtitle (nullable)
 * @page: (transfer floating): what it shows
 *
 * A window with one page in it, beside @parent, with which it goes. Escape closes it.
 *
 * Returns: (transfer none): GTK owns it, until it is closed
 */
GtkWindow *meir_ui_page_window_new (GtkWindow *parent, const char *title, const char *subtitle,
                                    GtkWidget *page);

/* Says something in a toast on the window that @page is in; nothing when that is closed. */
void meir_ui_page_window_tell (GtkWidget *page, const char *text);

/* Gives such a window a button, and Ctrl+F, that show and hide @bar. */
void meir_ui_page_window_add_search (GtkWindow *window, GtkSearchBar *bar);

G_END_DECLS
