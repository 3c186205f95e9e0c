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

char *
meir_ui_settings_dup_download_folder (void)
{
  g_autofree char *uri = g_settings_get_string (meir_ui_settings_get (), "download-folder");
  char *chosen = uri[0] != '\0' ? g_filename_from_uri (uri, NULL, NULL) : NULL;
  const char *usual = g_get_user_special_dir (G_USER_DIRECTORY_DOWNLOAD);

  if (chosen != NULL)
    return chosen;
  return g_strdup (usual != NULL ? usual : g_get_home_dir ());
}

static gboolean
nick_to_index (GValue *value, GVariant *variant, gpointer nicks)
{
  const char *nick = g_variant_get_string (variant, NULL);

  for (guint i = 0; ((char **) nicks)[i] != NULL; i++)
    if (g_str_equal (((char **) nicks)[i], nick))
      g_value_set_uint (value, i);
  return TRUE;
}

static GVariant *
index_to_nick (const GValue *value, const GVariantType *type, gpointer nicks)
{
  guint i = g_value_get_uint (value);

  return i < g_strv_length (nicks) ? g_variant_new_string (((char **) nicks)[i]) : NULL;
}

static void
free_nicks (gpointer nicks)
{
  g_strfreev (nicks);
}

void
meir_ui_settings_bind_choice (const char *key, AdwComboRow *row)
{
  g_autoptr (GSettingsSchema) schema = NULL;
  g_autoptr (GSettingsSchemaKey) schema_key = NULL;
  g_autoptr (GVariant) range = NULL;
  g_autoptr (GVariant) nicks = NULL;
  const char *kind;

  g_object_get (meir_ui_settings_get (), "settings-schema", &schema, NULL);
  schema_key = g_settings_schema_get_key (schema, key);
  range = g_settings_schema_key_get_range (schema_key);
  g_variant_get (range, "(&sv)", &kind, &nicks);
  g_return_if_fail (g_str_equal (kind, "enum"));
  g_settings_bind_with_mapping (settings, key, row, "selected", G_SETTINGS_BIND_DEFAULT, nick_to_index,
                                index_to_nick, g_variant_dup_strv (nicks, NULL), free_nicks);
}
