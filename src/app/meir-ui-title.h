/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * MeirUiTitle:
 *
 * The title of the main window: the name of the application and, below it, the rates of all torrents
 * together. Where there is no room for both rates side by side they take both lines, and the name leaves;
 * what does not fit even so is shown smaller, and nothing is cut off.
 *
 * Properties: :name (string, construct only).
 */
#define MEIR_UI_TYPE_TITLE (meir_ui_title_get_type ())
G_DECLARE_FINAL_TYPE (MeirUiTitle, meir_ui_title, MEIR_UI, TITLE, GtkWidget)

/* In bytes per second; no rates are shown when both are 0. */
void meir_ui_title_set_rates (MeirUiTitle *title, guint64 down_per_sec, guint64 up_per_sec);

G_END_DECLS
