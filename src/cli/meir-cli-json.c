/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/meir-cli-json.h"

#include "cli/meir-cli-terminal.h"
#include "session/meir.h"

#include <string.h>

static void
begin_member (MeirCliJson *json, const char *key)
{
  if (json->needs_comma)
    g_string_append_c (json->text, ',');
  json->needs_comma = TRUE;
  if (key != NULL)
    g_string_append_printf (json->text, "\"%s\":", key);
}

void
meir_cli_json_begin (MeirCliJson *json, const char *event)
{
  json->text = g_string_new ("{");
  json->needs_comma = FALSE;
  if (event != NULL)
    meir_cli_json_string (json, "event", event);
}

void
meir_cli_json_end (MeirCliJson *json)
{
  g_string_append (json->text, "}\n");
  meir_cli_print_bytes (json->text->str, json->text->len);
  g_string_free (json->text, TRUE);
  json->text = NULL;
}

void
meir_cli_json_bytes (MeirCliJson *json, const char *key, const void *bytes, gsize length)
{
  g_autofree char *escaped = meir_text_dup_json (bytes, length);

  begin_member (json, key);
  g_string_append_printf (json->text, "\"%s\"", escaped);
}

void
meir_cli_json_string (MeirCliJson *json, const char *key, const char *value)
{
  if (value != NULL) {
    meir_cli_json_bytes (json, key, value, strlen (value));
    return;
  }
  begin_member (json, key);
  g_string_append (json->text, "null");
}

void
meir_cli_json_uint (MeirCliJson *json, const char *key, guint64 value)
{
  begin_member (json, key);
  g_string_append_printf (json->text, "%" G_GUINT64_FORMAT, value);
}

void
meir_cli_json_int (MeirCliJson *json, const char *key, gint64 value)
{
  begin_member (json, key);
  g_string_append_printf (json->text, "%" G_GINT64_FORMAT, value);
}

void
meir_cli_json_bool (MeirCliJson *json, const char *key, gboolean value)
{
  begin_member (json, key);
  g_string_append (json->text, value ? "true" : "false");
}

void
meir_cli_json_open (MeirCliJson *json, const char *key, char bracket)
{
  begin_member (json, key);
  g_string_append_c (json->text, bracket);
  json->needs_comma = FALSE;
}

void
meir_cli_json_close (MeirCliJson *json, char bracket)
{
  g_string_append_c (json->text, bracket);
  json->needs_comma = TRUE;
}
