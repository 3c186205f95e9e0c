/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * MeirUiSplit:
 *
 * The two halves of the window, list and details: side by side from MEIR_UI_SPLIT_WIDTH on, one of them alone
 * below. A child that is not shown is not mapped, and so pulls nothing from the engine.
 *
 * Properties: :start and :end (GtkWidget, nullable), :collapsed (boolean, read only: there is room for one),
 * :show-details (boolean: the end child is wanted; beside the start child, or in its place).
 *
 * ::focus-moved (MeirUiSplit *): the child that had the focus was hidden, and the other has it now: at its
 * first widget, unless who hears this knows a better one.
 */
#define MEIR_UI_TYPE_SPLIT (meir_ui_split_get_type ())
G_DECLARE_FINAL_TYPE (MeirUiSplit, meir_ui_split, MEIR_UI, SPLIT, GtkWidget)

/* From this width on, in application pixels, there is room for both. */
#define MEIR_UI_SPLIT_WIDTH 900

GtkWidget *meir_ui_split_new (void);
/* (transfer none) (nullable): unparents the one before. */
void meir_ui_split_set_start (MeirUiSplit *split, GtkWidget *child);
void meir_ui_split_set_end (MeirUiSplit *split, GtkWidget *child);
gboolean meir_ui_split_get_collapsed (MeirUiSplit *split);
gboolean meir_ui_split_get_show_details (MeirUiSplit *split);
void meir_ui_split_set_show_details (MeirUiSplit *split, gboolean show_details);

G_END_DECLS
