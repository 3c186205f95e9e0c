/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fuzz-target.h"

#include "base/meir-url.h"

#include <string.h>

int
LLVMFuzzerTestOneInput (const uint8_t *bytes, size_t length)
{
  g_autofree char *text = g_strndup ((const char *) bytes, length);
  g_autofree char *safe = meir_url_dup_safe (text);
  g_autoptr (GError) error = NULL;
  g_autoptr (MeirUrl) url = meir_url_parse (text, &error);
  g_autoptr (MeirUrl) again = NULL;
  g_autofree char *canonical = NULL;
  g_autofree char *rewritten = NULL;

  g_assert_true (g_utf8_validate (safe, -1, NULL));
  for (const char *c = safe; *c != '\0'; c++)
    g_assert_false (g_ascii_iscntrl (*c));
  g_assert_true ((url == NULL) == (error != NULL));
  if (url == NULL) {
    g_assert_true (g_utf8_validate (error->message, -1, NULL));
    return 0;
  }

  /* It goes into a request line as it is. */
  canonical = meir_url_to_string (url);
  for (const char *c = canonical; *c != '\0'; c++)
    g_assert_true (g_ascii_isgraph (*c));
  g_assert_cmpuint (url->port, !=, 0);
  g_assert_true (url->path[0] == '\0' || url->path[0] == '/');
  /* Encoding makes it longer, perhaps too long; else what is canonical stays so. */
  if (strlen (canonical) > MEIR_URL_LENGTH_MAX)
    return 0;
  again = meir_url_parse (canonical, NULL);
  rewritten = meir_url_to_string (again);
  g_assert_cmpstr (rewritten, ==, canonical);
  return 0;
}
