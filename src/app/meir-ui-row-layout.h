/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * MeirUiRowLayout:
 * @icon: first
 * @name: (GtkLabel): ellipsized
 * @size: (GtkLabel): ellipsized; beside @name, or below it in a narrow row
 * @strip: below both
 * @sentence: (GtkLabel): wraps
 * @button_below: below all of that
 * @button: last
 * @narrow: which of the two it is
 *
 * Where what is in a row of the list lies. Boxes in boxes would ask every label again and again what it would
 * need for this and that, and each time the text is shaped anew: most of what it costs to fill a list. Here a
 * label is asked once for its height, one of them for its width, and how narrow a row can be is not asked of
 * labels at all. What is not visible takes no place. The widgets are children of one row; main thread.
 */
typedef struct {
  GtkWidget *icon, *name, *size, *strip, *sentence, *button_below, *button;
  gboolean narrow;
} MeirUiRowLayout;

/* As measure () and size_allocate () of GtkWidgetClass, for @row. */
void meir_ui_row_layout_measure (const MeirUiRowLayout *layout, GtkWidget *row, GtkOrientation orientation,
                                 int for_size, int *minimum, int *natural);
void meir_ui_row_layout_allocate (const MeirUiRowLayout *layout, GtkWidget *row, int width, int height);

G_END_DECLS
