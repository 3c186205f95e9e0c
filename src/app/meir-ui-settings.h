/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

/* The user's settings: the keys, their ranges and what they mean are in data/ (…gschema.xml.in). */

/**
 * meir_ui_settings_load:
 *
 * Finds the schema, which GIO would end the program without. Main thread, before the first use.
 *
 * Returns: FALSE with MEIR_ERROR_NOT_FOUND when it is not installed
 */
gboolean meir_ui_settings_load (GError **error);

/* (transfer none): the one object of them, which lives as long as the program. Main thread. */
GSettings *meir_ui_settings_get (void);

/* Where downloads go: in the file system's encoding, (transfer full). */
char *meir_ui_settings_dup_download_folder (void);

/* Binds an enumerated key to a row that has a choice for each of its values, in the order of the schema. */
void meir_ui_settings_bind_choice (const char *key, AdwComboRow *row);

G_END_DECLS
