/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * MeirUiShrink:
 *
 * Holds one child. Where that has to cut off words, the style class "tight" lets them be smaller instead.
 *
 * Properties: :child (GtkWidget, construct only).
 */
#define MEIR_UI_TYPE_SHRINK (meir_ui_shrink_get_type ())
G_DECLARE_FINAL_TYPE (MeirUiShrink, meir_ui_shrink, MEIR_UI, SHRINK, GtkWidget)

/* @child: (transfer floating) */
GtkWidget *meir_ui_shrink_new (GtkWidget *child);

G_END_DECLS
