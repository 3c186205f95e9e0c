/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fuzz-target.h"

#include "meta/meir-magnet.h"

#include <string.h>

int
LLVMFuzzerTestOneInput (const uint8_t *bytes, size_t length)
{
  g_autofree char *text = g_strndup ((const char *) bytes, length);
  g_autoptr (GError) error = NULL;
  g_autoptr (MeirMagnet) magnet = meir_magnet_parse (text, &error);
  g_autoptr (MeirMagnet) again = NULL;
  g_autofree char *canonical = NULL;
  g_autofree char *rewritten = NULL;

  g_assert_true ((magnet == NULL) == (error != NULL));
  if (magnet == NULL) {
    g_assert_true (g_utf8_validate (error->message, -1, NULL));
    return 0;
  }
  g_assert_true (magnet->display_name == NULL || g_utf8_validate (magnet->display_name, -1, NULL));
  g_assert_cmpuint (magnet->trackers->len, <=, MEIR_MAGNET_LIST_MAX);
  g_assert_cmpuint (magnet->peers->len, <=, MEIR_MAGNET_LIST_MAX);
  g_assert_cmpuint (magnet->web_seeds->len, <=, MEIR_MAGNET_LIST_MAX);

  /* What is canonical stays so. */
  canonical = meir_magnet_to_string (magnet);
  g_assert_true (g_str_is_ascii (canonical));
  if (strlen (canonical) > MEIR_MAGNET_LENGTH_MAX)
    return 0;
  again = meir_magnet_parse (canonical, NULL);
  rewritten = meir_magnet_to_string (again);
  g_assert_cmpstr (rewritten, ==, canonical);
  g_assert_cmpuint (again->n_dropped, ==, 0);
  return 0;
}
