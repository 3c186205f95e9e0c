/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fuzz-target.h"

#include "base/meir-text.h"

#include <glib.h>
#include <string.h>

/* Reads the text of a JSON string back to the bytes it stands for, by RFC 8259 and the rule for stray bytes.
 */
int
LLVMFuzzerTestOneInput (const uint8_t *bytes, size_t length)
{
  g_autofree char *json = meir_text_dup_json (bytes, length);
  g_autoptr (GByteArray) back = g_byte_array_new ();

  g_assert_true (g_utf8_validate (json, -1, NULL));
  for (const char *p = json; *p != '\0';) {
    g_assert_true ((guint8) *p >= 0x20 && *p != '"' && *p != 0x7f);
    if (p[0] != '\\') {
      g_byte_array_append (back, (const guint8 *) p++, 1);
    } else if (p[1] == 'u') {
      guint8 utf8[6];
      gunichar c = 0;

      for (gsize i = 2; i < 6; i++) {
        g_assert_true (g_ascii_isxdigit (p[i]));
        c = c << 4 | (gunichar) g_ascii_xdigit_value (p[i]);
      }
      utf8[0] = (guint8) c;
      if (c >= 0xdc80 && c <= 0xdcff)
        g_byte_array_append (back, utf8, 1);
      else
        g_byte_array_append (back, utf8, (guint) g_unichar_to_utf8 (c, (char *) utf8));
      p += 6;
    } else {
      g_assert_true (p[1] == '"' || p[1] == '\\');
      g_byte_array_append (back, (const guint8 *) p + 1, 1);
      p += 2;
    }
  }
  g_assert_true (back->len == length && (length == 0 || memcmp (back->data, bytes, length) == 0));
  return 0;
}
