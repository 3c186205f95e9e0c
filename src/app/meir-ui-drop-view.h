/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * MeirUiDropView:
 *
 * Lies over a window while something is dragged over it, and says what will happen when it is let go. The
 * pointer does not notice it.
 */
#define MEIR_UI_TYPE_DROP_VIEW (meir_ui_drop_view_get_type ())
G_DECLARE_FINAL_TYPE (MeirUiDropView, meir_ui_drop_view, MEIR_UI, DROP_VIEW, GtkWidget)

GtkWidget *meir_ui_drop_view_new (void);

/**
 * meir_ui_drop_view_set_value:
 * @value: (nullable): a GdkFileList or a string; NULL as long as nobody has said what it is
 *
 * Names the outcome, and counts on the side what a file or folder holds.
 */
void meir_ui_drop_view_set_value (MeirUiDropView *view, const GValue *value);
/* What it says, (transfer none). */
const char *meir_ui_drop_view_get_title (MeirUiDropView *view);
const char *meir_ui_drop_view_get_text (MeirUiDropView *view);

G_END_DECLS
