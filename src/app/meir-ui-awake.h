/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/meir-ui-network.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * MeirUiAwake:
 *
 * Keeps the computer from going to sleep while something downloads, unless the setting keep-awake is off or
 * the computer saves power. The screen may go dark, and logging out is nobody's business but the user's. Main
 * thread.
 */
#define MEIR_UI_TYPE_AWAKE (meir_ui_awake_get_type ())
G_DECLARE_FINAL_TYPE (MeirUiAwake, meir_ui_awake, MEIR_UI, AWAKE, GObject)

/* @application: not owned: it outlives this. */
MeirUiAwake *meir_ui_awake_new (GtkApplication *application, MeirUiNetwork *network);
void meir_ui_awake_set_downloading (MeirUiAwake *awake, gboolean downloading);

G_END_DECLS
