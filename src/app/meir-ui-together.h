/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "session/meir.h"

#include <adwaita.h>

G_BEGIN_DECLS

/**
 * MeirUiTogether:
 *
 * Asks whether several files become one torrent, and what that is called. They can be one where they lie in
 * one folder, since they stay where they are.
 *
 * ::changed: another answer
 */
#define MEIR_UI_TYPE_TOGETHER (meir_ui_together_get_type ())
G_DECLARE_FINAL_TYPE (MeirUiTogether, meir_ui_together, MEIR_UI, TOGETHER, AdwPreferencesGroup)

/* What there is: with fewer than two there is nothing to ask. @paths: absolute, in the file system's encoding
 */
void meir_ui_together_set_paths (MeirUiTogether *together, const char *const *paths);
/* The folder that the one torrent is made of. (transfer none) (nullable): NULL: each is one of its own. */
const char *meir_ui_together_get_folder (MeirUiTogether *together);
/* Gives the one torrent its name; FALSE with what is wrong with it, which is also said. */
gboolean meir_ui_together_set_name (MeirUiTogether *together, MeirCreateOptions *options, GError **error);
/* Whether the answer will do. */
gboolean meir_ui_together_is_good (MeirUiTogether *together);

G_END_DECLS
