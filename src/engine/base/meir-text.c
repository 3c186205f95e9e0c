/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/meir-text.h"

#include <string.h>

#define REPLACEMENT "\xef\xbf\xbd" /* U+FFFD */
#define ELLIPSIS    "\xe2\x80\xa6" /* U+2026 */

/* The character at @bytes and its length, or length 1 and FALSE when the byte there begins none. */
static gboolean
next_char (const guint8 *bytes, gsize length, gunichar *character, gsize *char_length)
{
  gunichar value = g_utf8_get_char_validated ((const char *) bytes, (gssize) MIN (length, 6));

  *char_length = 1;
  /* GLib reports a NUL in the middle of sized text as an incomplete character. */
  if (bytes[0] == '\0')
    value = 0;
  if (value == (gunichar) -1 || value == (gunichar) -2)
    return FALSE;
  *character = value;
  *char_length = (gsize) g_unichar_to_utf8 (value, NULL);
  return TRUE;
}

static gboolean
is_control (gunichar c)
{
  return c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0x2028 || c == 0x2029;
}

/* What reorders the text around it (Unicode UAX #9). */
static gboolean
is_bidi_control (gunichar c)
{
  return (c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069) || c == 0x200e || c == 0x200f ||
         c == 0x061c;
}

/* What takes no room, or looks like empty room: joiners, fillers, tags and the like. */
static gboolean
is_invisible (gunichar c)
{
  return c == 0x00ad || c == 0x034f || c == 0x115f || c == 0x1160 || c == 0x180e || c == 0x3164 ||
         c == 0xfeff || c == 0xffa0 || (c >= 0x200b && c <= 0x200d) || (c >= 0x2060 && c <= 0x2065) ||
         (c >= 0x206a && c <= 0x206f) || (c >= 0xfff9 && c <= 0xfffb) || (c >= 0xe0000 && c <= 0xe0fff);
}

static gboolean
is_noncharacter (gunichar c)
{
  return (c & 0xfffe) == 0xfffe || (c >= 0xfdd0 && c <= 0xfdef);
}

char *
meir_text_dup_safe (const void *bytes, gsize length, gsize max_chars)
{
  const guint8 *p = bytes;
  GString *safe = g_string_new (NULL);
  gsize last = 0; /* where the newest character starts in @safe */
  gsize n_chars = 0;

  while (length > 0) {
    gunichar c = 0;
    gsize char_length;
    gboolean good = next_char (p, length, &c, &char_length);

    if (n_chars == max_chars) {
      g_string_truncate (safe, last);
      g_string_append (safe, ELLIPSIS);
      break;
    }
    last = safe->len;
    if (good && !is_control (c) && !is_bidi_control (c) && !is_invisible (c) && !is_noncharacter (c))
      g_string_append_len (safe, (const char *) p, (gssize) char_length);
    else
      g_string_append (safe, REPLACEMENT);
    n_chars++;
    p += char_length;
    length -= char_length;
  }
  return g_string_free (safe, FALSE);
}

char *
meir_text_dup_json (const void *bytes, gsize length)
{
  const guint8 *p = bytes;
  GString *json = g_string_new (NULL);

  while (length > 0) {
    gunichar c = 0;
    gsize char_length;

    if (!next_char (p, length, &c, &char_length))
      g_string_append_printf (json, "\\udc%02x", p[0]);
    else if (c == '"' || c == '\\')
      g_string_append_printf (json, "\\%c", (char) c);
    else if (is_control (c) || is_bidi_control (c))
      g_string_append_printf (json, "\\u%04x", c);
    else
      g_string_append_len (json, (const char *) p, (gssize) char_length);
    p += char_length;
    length -= char_length;
  }
  return g_string_free (json, FALSE);
}
