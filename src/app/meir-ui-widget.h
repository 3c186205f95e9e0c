/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

/* What every view does with its widgets. Main thread. Texts are set only when they differ, so that a view at
 * rest costs no layout; they have to be safe to show. */

/* Gives @widget the style class @name, or takes it away. */
void meir_ui_widget_set_class (gpointer widget, const char *name, gboolean set);
/* @text is no markup. */
void meir_ui_widget_set_text (GtkLabel *label, const char *text);
void meir_ui_widget_set_icon (GtkImage *image, const char *name);
/* @text is markup where @row uses it. */
void meir_ui_widget_set_subtitle (AdwActionRow *row, const char *text);
/* Shows what people know @path by, and again once what the portal calls it is known. @path: (nullable): the
 * row has another subtitle from now on. */
void meir_ui_widget_set_path (AdwActionRow *row, const char *path);
/* For #GtkWidget::query-tooltip of a #GtkLabel: the whole of a text that does not fit its line, and else
 * nothing. */
gboolean meir_ui_widget_query_whole_text (GtkLabel *label, int x, int y, gboolean keyboard,
                                          GtkTooltip *tooltip, gpointer user_data);
/* How many characters of its text fit side by side in @width pixels of @widget: what room is measured in,
 * since text may be of any size. */
int meir_ui_widget_count_chars (gpointer widget, int width);
/* The other way around: about how many pixels @n_chars characters take. */
int meir_ui_widget_measure_chars (gpointer widget, int n_chars);

/* @x, @y: in @row */
typedef void (*MeirUiWidgetMenuFunc) (gpointer user_data, GtkWidget *row, double x, double y);
/* Has @open called where @row is clicked with the secondary button, or pressed for long on a touch screen. */
void meir_ui_widget_add_menu (GtkWidget *row, MeirUiWidgetMenuFunc open, gpointer user_data);

G_END_DECLS
