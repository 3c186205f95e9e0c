/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fuzz-target.h"

#include "base/meir-text.h"

#include <glib.h>
#include <string.h>

int
LLVMFuzzerTestOneInput (const uint8_t *bytes, size_t length)
{
  gsize max_chars = length > 0 ? 1 + bytes[0] : 10;
  g_autofree char *safe = meir_text_dup_safe (bytes, length, max_chars);
  g_autofree char *again = meir_text_dup_safe (safe, strlen (safe), max_chars);

  g_assert_true (g_utf8_validate (safe, -1, NULL));
  g_assert_true ((gsize) g_utf8_strlen (safe, -1) <= max_chars);
  for (const char *p = safe; *p != '\0'; p = g_utf8_next_char (p)) {
    gunichar c = g_utf8_get_char (p);

    g_assert_true (!g_unichar_iscntrl (c) && c != 0x2028 && c != 0x2029);
    g_assert_true ((c < 0x202a || c > 0x202e) && (c < 0x2066 || c > 0x2069) && (c < 0x200b || c > 0x200f));
  }
  g_assert_true (strcmp (safe, again) == 0); /* safe text is left as it is */
  return 0;
}
