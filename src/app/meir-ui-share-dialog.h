/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/meir-ui-application.h"

G_BEGIN_DECLS

/**
 * MeirUiShareDialog:
 *
 * Asks how people shall find what is to be shared, before torrents are made of it.
 */
#define MEIR_UI_TYPE_SHARE_DIALOG (meir_ui_share_dialog_get_type ())
G_DECLARE_FINAL_TYPE (MeirUiShareDialog, meir_ui_share_dialog, MEIR_UI, SHARE_DIALOG, AdwWindow)

/**
 * meir_ui_share_dialog_present:
 * @files: (element-type GFile): files and folders
 *
 * Adds to the dialog that is open, if there is one.
 */
void meir_ui_share_dialog_present (MeirUiApplication *application, GSList *files);

G_END_DECLS
