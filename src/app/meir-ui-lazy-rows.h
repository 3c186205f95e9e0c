/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * MeirUiLazyFuncs:
 * @create: makes what a row shows, with nothing in it yet. (transfer floating)
 * @fill: shows the item of @list_item in @content, which lies in a row by now
 * @clear: @content is about to show another item, or none for a while
 * @dup_name: (transfer full): what a screen reader calls a row that nobody has filled yet
 * @height: what a row may be high before the first one is known, in pixels
 *
 * What the rows of a list are made of. All but @height are called with the user data of the list.
 */
typedef struct {
  GtkWidget *(*create) (gpointer user_data);
  void (*fill) (GtkWidget *content, GtkListItem *list_item, gpointer user_data);
  void (*clear) (GtkWidget *content, gpointer user_data);
  char *(*dup_name) (gpointer item, gpointer user_data);
  int height;
} MeirUiLazyFuncs;

/**
 * MeirUiLazyRows:
 *
 * The rows of a GtkListView, filled when they come in sight. GTK binds 200 rows, however few can be seen, and
 * all of them again when the list is scrolled far: to make, fill and measure them all at once takes several
 * frames. Here a row that cannot be seen is as high as the others and empty; the rows in sight are filled in
 * the frame that first shows them, those a page away when there is nothing else to do. Main thread.
 */
#define MEIR_UI_TYPE_LAZY_ROWS (meir_ui_lazy_rows_get_type ())
G_DECLARE_FINAL_TYPE (MeirUiLazyRows, meir_ui_lazy_rows, MEIR_UI, LAZY_ROWS, GObject)

/**
 * meir_ui_lazy_rows_attach:
 * @view: of a scrolled window; its factory is set here
 * @funcs: has to stay
 * @user_data: has to live as long as @view has a model
 *
 * Returns: (transfer none): @view owns it
 */
MeirUiLazyRows *meir_ui_lazy_rows_attach (GtkListView *view, const MeirUiLazyFuncs *funcs,
                                          gpointer user_data);
/* Those of a list. (transfer none) (nullable) */
MeirUiLazyRows *meir_ui_lazy_rows_of (GtkListView *view);

/* (transfer none) (element-type GtkWidget): the contents that show something now. */
GPtrArray *meir_ui_lazy_rows_get_filled (MeirUiLazyRows *rows);
/* The widget of the list that shows @item, filled or not: what can have the focus. (transfer none) (nullable)
 */
GtkWidget *meir_ui_lazy_rows_find_frame (MeirUiLazyRows *rows, gpointer item);
/* The content that @widget (nullable) lies in, or in whose frame it does, or whose frame it is: whatever has
 * the focus or the pointer. (transfer none) (nullable) */
GtkWidget *meir_ui_lazy_rows_find_content (MeirUiLazyRows *rows, GtkWidget *widget);
/* How many contents were ever made, and how often one was filled: what it costs. */
guint meir_ui_lazy_rows_get_n_created (MeirUiLazyRows *rows);
guint meir_ui_lazy_rows_get_n_fills (MeirUiLazyRows *rows);

/* The list item whose content this is. (transfer none) */
GtkListItem *meir_ui_lazy_rows_get_item (GtkWidget *content);
/* The widget of the list that @content is in: what is focused, and what a screen reader reads. Its parent
 * when it is in no such list. (transfer none) (nullable) */
GtkWidget *meir_ui_lazy_rows_get_frame (GtkWidget *content);

G_END_DECLS
