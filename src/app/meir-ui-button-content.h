/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * MeirUiButtonContent:
 *
 * What a button shows: an icon and, where there is room, a text beside it. The text is there in full or not
 * at all. The button needs an accessible label of its own.
 *
 * Properties: :icon-name (string), :label (string, an underline marks its mnemonic)
 */
#define MEIR_UI_TYPE_BUTTON_CONTENT (meir_ui_button_content_get_type ())
G_DECLARE_FINAL_TYPE (MeirUiButtonContent, meir_ui_button_content, MEIR_UI, BUTTON_CONTENT, GtkWidget)

G_END_DECLS
