/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* The one file that looks at the version of GTK: what has another name before and after is wrapped here, so
 * that no deprecated call is compiled on either side. */

typedef enum {
  MEIR_UI_CHOOSE_TORRENTS, /* one or more .torrent files */
  MEIR_UI_CHOOSE_FILES,    /* one or more files of any kind */
  MEIR_UI_CHOOSE_FOLDER,
  MEIR_UI_CHOOSE_SAVE, /* a file to write; see meir_ui_choose_save_async () */
} MeirUiChoice;

/**
 * meir_ui_choose_async:
 * @parent: the window it belongs to
 * @title: of the dialog
 * @accept: text of its button
 *
 * Lets the user choose files or a folder, through the portal where there is one.
 */
void meir_ui_choose_async (GtkWindow *parent, MeirUiChoice choice, const char *title, const char *accept,
                           GAsyncReadyCallback callback, gpointer user_data);
/* Lets the user choose where to save a file; @name: proposed for it, UTF-8. */
void meir_ui_choose_save_async (GtkWindow *parent, const char *title, const char *name,
                                GAsyncReadyCallback callback, gpointer user_data);
/* (transfer full) (nullable) (element-type GFile): NULL without an error when the user thought better of it.
 */
GListModel *meir_ui_choose_finish (GAsyncResult *result, GError **error);

/* The colour that CSS gives to a widget's text. */
void meir_ui_widget_get_color (GtkWidget *widget, GdkRGBA *color);

/* Whether the desktop shows nothing of a window: it is minimised or, where GTK tells that, suspended, which
 * is all that is known of it on Wayland. */
gboolean meir_ui_toplevel_is_hidden (GdkToplevel *toplevel);

G_END_DECLS
