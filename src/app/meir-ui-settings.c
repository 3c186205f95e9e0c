/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/meir-ui-settings.h"

#include "meir-config.h"
#include "session/meir.h"

#include <glib/gi18n.h>

static GSettings *settings;

gboolean
meir_ui_settings_load (GError **error)
{
  GSettingsSchemaSource *source = g_settings_schema_source_get_default ();
  g_autoptr (GSettingsSchema) schema = NULL;

  if (settings != NULL)
    return TRUE;
  /* There is no source at all where no schema of any program is installed. */
  if (source != NULL)
    schema = g_settings_schema_source_lookup (source, MEIR_APP_ID, TRUE);
  if (schema == NULL) {
    g_set_error (error, MEIR_ERROR, MEIR_ERROR_NOT_FOUND,
                 _ ("The settings schema %s is not installed: install MeirTorrent again, or set "
                    "GSETTINGS_SCHEMA_DIR to the folder that holds gschemas.compiled"),
                 MEIR_APP_ID);
    return FALSE;
  }
  settings = g_settings_new_full (schema, NULL, NULL);
  return TRUE;
}

GSettings *
meir_ui_settings_get (void)
{
  g_autoptr (GError) error = NULL;

  if (!meir_ui_settings_load (&error))
    g_error ("%s", error->message);
  return settings;
}
