/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/meir-ui-settings.h"

#include "meir-config.h"
#include "session/meir.h"

#include <string.h>

/* The settings: what they are at first, what they refuse, and what happens where they are not installed. */

/* One object, so that everybody's bindings and signals see each change. */
static void
test_one (void)
{
  GSettings *settings = meir_ui_settings_get ();
  g_autofree char *id = NULL;
  g_autofree char *path = NULL;

  g_object_get (settings, "schema-id", &id, "path", &path, NULL);
  g_assert_cmpstr (id, ==, MEIR_APP_ID);
  g_assert_cmpstr (path, ==, "/io/github/meirtorrent/MeirTorrent/");
  g_assert_true (meir_ui_settings_get () == settings);
}

/* Nothing is opened to the network, and nothing is started or stopped, that nobody asked for. */
static void
test_defaults (void)
{
  static const char *const off[] = { "limit-download", "limit-upload",   "stop-at-ratio",
                                     "stop-after",     "start-at-login", "tracker-active" };
  GSettings *settings = meir_ui_settings_get ();
  g_autofree char *folder = g_settings_get_string (settings, "download-folder");
  g_autofree char *unfinished = g_settings_get_string (settings, "unfinished-folder");
  g_autofree char *encryption = g_settings_get_string (settings, "encryption");
  g_autofree char *audience = g_settings_get_string (settings, "tracker-audience");
  g_autofree char *torrents = g_settings_get_string (settings, "tracker-torrents");

  for (guint i = 0; i < G_N_ELEMENTS (off); i++)
    g_assert_false (g_settings_get_boolean (settings, off[i]));
  g_assert_cmpstr (folder, ==, "");
  g_assert_cmpstr (unfinished, ==, "");
  g_assert_cmpstr (encryption, ==, "prefer");
  g_assert_cmpstr (audience, ==, "local");
  g_assert_cmpstr (torrents, ==, "mine");
}

static void
assert_range (const char *key, GVariant *lowest, GVariant *below, GVariant *highest, GVariant *above)
{
  GSettings *settings = meir_ui_settings_get ();
  g_autoptr (GSettingsSchema) schema = NULL;
  g_autoptr (GSettingsSchemaKey) schema_key = NULL;

  g_object_get (settings, "settings-schema", &schema, NULL);
  schema_key = g_settings_schema_get_key (schema, key);
  g_assert_true (g_settings_schema_key_range_check (schema_key, lowest));
  g_assert_true (g_settings_schema_key_range_check (schema_key, highest));
  g_assert_false (g_settings_schema_key_range_check (schema_key, below));
  g_assert_false (g_settings_schema_key_range_check (schema_key, above));
  g_variant_unref (g_variant_ref_sink (lowest));
  g_variant_unref (g_variant_ref_sink (below));
  g_variant_unref (g_variant_ref_sink (highest));
  g_variant_unref (g_variant_ref_sink (above));
}

static GVariant *
number (guint32 value)
{
  return g_variant_new_uint32 (value);
}

static void
test_ranges (void)
{
  assert_range ("download-limit", number (1), number (0), number (10000000), number (10000001));
  assert_range ("upload-limit", number (1), number (0), number (10000000), number (10000001));
  assert_range ("stop-after-minutes", number (1), number (0), number (525600), number (525601));
  assert_range ("max-peers", number (10), number (9), number (10000), number (10001));
  assert_range ("stop-ratio", g_variant_new_double (0.1), g_variant_new_double (0.05),
                g_variant_new_double (100), g_variant_new_double (101));
  /* A port below 1024 is the system's. */
  assert_range ("listen-port", g_variant_new_uint16 (1024), g_variant_new_uint16 (1023),
                g_variant_new_uint16 (65535), g_variant_new_uint16 (0));
  assert_range ("encryption", g_variant_new_string ("require"), g_variant_new_string ("Require"),
                g_variant_new_string ("off"), g_variant_new_string (""));
}

/* Every key says what it is, to who looks at it with dconf-editor or gsettings. */
static void
test_summaries (void)
{
  g_autoptr (GSettingsSchema) schema = NULL;
  g_auto (GStrv) keys = NULL;

  g_object_get (meir_ui_settings_get (), "settings-schema", &schema, NULL);
  keys = g_settings_schema_list_keys (schema);
  for (guint i = 0; keys[i] != NULL; i++) {
    g_autoptr (GSettingsSchemaKey) key = g_settings_schema_get_key (schema, keys[i]);

    if (g_settings_schema_key_get_summary (key) == NULL)
      g_error ("%s has no summary", keys[i]);
  }
  g_assert_cmpuint (g_strv_length (keys), >=, 25);
}

/* In a program of its own: GIO looks for schemas once. */
static void
test_missing (void)
{
  g_autoptr (GError) error = NULL;

  if (!g_test_subprocess ()) {
    g_setenv ("GSETTINGS_SCHEMA_DIR", "/nowhere", TRUE);
    g_setenv ("XDG_DATA_DIRS", "/nowhere", TRUE);
    g_setenv ("XDG_DATA_HOME", "/nowhere", TRUE);
    g_test_trap_subprocess (NULL, 0, G_TEST_SUBPROCESS_INHERIT_STDERR);
    g_test_trap_assert_passed ();
    return;
  }
  g_assert_false (meir_ui_settings_load (&error));
  g_assert_error (error, MEIR_ERROR, MEIR_ERROR_NOT_FOUND);
  g_assert_nonnull (strstr (error->message, MEIR_APP_ID));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/app/settings/one", test_one);
  g_test_add_func ("/app/settings/defaults", test_defaults);
  g_test_add_func ("/app/settings/ranges", test_ranges);
  g_test_add_func ("/app/settings/summaries", test_summaries);
  g_test_add_func ("/app/settings/missing", test_missing);
  return g_test_run ();
}
