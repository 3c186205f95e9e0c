/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/meir-ui-text.h"

#include "session/meir.h"

#include <string.h>

#define ERROR_CHARS_MAX 500

char *
meir_ui_text_dup_isolated (const char *text)
{
  return g_strconcat ("\u2068", text, "\u2069", NULL);
}

char *
meir_ui_text_dup_error (const GError *error)
{
  return meir_text_dup_safe (error->message, strlen (error->message), ERROR_CHARS_MAX);
}
