/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * MeirUiGradual:
 *
 * A list as it is, but for one thing: when very many items come at its end, it takes them in little by
 * little, over some turns of the main loop, until there are as many as GTK holds rows for; all the others
 * come at once. A list view makes rows for some 200 items when they come, which in one turn would stop the
 * window. Main thread.
 */
#define MEIR_UI_TYPE_GRADUAL (meir_ui_gradual_get_type ())
G_DECLARE_FINAL_TYPE (MeirUiGradual, meir_ui_gradual, MEIR_UI, GRADUAL, GObject)

MeirUiGradual *meir_ui_gradual_new (GListModel *model);
/* What it shows. (transfer none) */
GListModel *meir_ui_gradual_get_model (MeirUiGradual *gradual);
/* Takes in all there are: for who wants to find or select one of them. */
void meir_ui_gradual_finish (MeirUiGradual *gradual);

G_END_DECLS
