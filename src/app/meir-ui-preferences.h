/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "session/meir.h"

#include <adwaita.h>

G_BEGIN_DECLS

/**
 * MeirUiPreferences:
 *
 * The settings on one page: each counts as soon as it is changed, and is found by the words in it.
 */
#define MEIR_UI_TYPE_PREFERENCES (meir_ui_preferences_get_type ())
G_DECLARE_FINAL_TYPE (MeirUiPreferences, meir_ui_preferences, MEIR_UI, PREFERENCES, AdwBin)

/* @session: (nullable): whose port is told of. */
GtkWidget *meir_ui_preferences_new (MeirSession *session);
/* Shows them in a window of their own above @parent: the one that is there, or a new one. */
void meir_ui_preferences_present (GtkWindow *parent, MeirSession *session);

G_END_DECLS
