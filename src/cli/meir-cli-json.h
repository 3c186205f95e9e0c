/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * MeirCliJson:
 *
 * Writes one JSON object (RFC 8259) as one line, for --json. Lives on the caller's stack. @key is plain
 * ASCII, and NULL inside an array.
 */
typedef struct {
  GString *text;
  gboolean needs_comma;
} MeirCliJson;

/* Begins the object; with @event its first member is "event". */
void meir_cli_json_begin (MeirCliJson *json, const char *event);
/* Ends the object, prints it and frees what @json holds. */
void meir_cli_json_end (MeirCliJson *json);

/* Any bytes: see meir_text_dup_json (). */
void meir_cli_json_bytes (MeirCliJson *json, const char *key, const void *bytes, gsize length);
/* A NULL @value is written as null. */
void meir_cli_json_string (MeirCliJson *json, const char *key, const char *value);
void meir_cli_json_uint (MeirCliJson *json, const char *key, guint64 value);
void meir_cli_json_int (MeirCliJson *json, const char *key, gint64 value);
void meir_cli_json_bool (MeirCliJson *json, const char *key, gboolean value);

/* @bracket is '{' or '[', and of close '}' or ']'. */
void meir_cli_json_open (MeirCliJson *json, const char *key, char bracket);
void meir_cli_json_close (MeirCliJson *json, char bracket);

G_END_DECLS
