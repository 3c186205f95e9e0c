/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/meir-ui-application.h"

G_BEGIN_DECLS

/**
 * MeirUiAddDialog:
 *
 * Asks where to, and what of it, before something is downloaded. Several things given together are one list.
 */
#define MEIR_UI_TYPE_ADD_DIALOG (meir_ui_add_dialog_get_type ())
G_DECLARE_FINAL_TYPE (MeirUiAddDialog, meir_ui_add_dialog, MEIR_UI, ADD_DIALOG, AdwWindow)

/**
 * meir_ui_add_dialog_present:
 * @parent: (nullable): NULL for the window of the application
 * @offers: (element-type MeirUiOffer): at least one
 *
 * Returns: (transfer none): the dialog
 */
GtkWindow *meir_ui_add_dialog_present (MeirUiApplication *application, GtkWindow *parent, GPtrArray *offers);

G_END_DECLS
