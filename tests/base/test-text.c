/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/meir-text.h"

#include "base/meir-random.h"

#include <string.h>

#define FFFD "\xef\xbf\xbd"

static void
assert_safe (const char *bytes, gsize length, const char *expected)
{
  g_autofree char *safe = meir_text_dup_safe (bytes, length, 1000);

  g_assert_cmpstr (safe, ==, expected);
}

static void
test_safe (void)
{
  static const struct {
    const char *bytes;
    const char *expected;
  } cases[] = {
    { "", "" },
    { "plain name.txt", "plain name.txt" },
    { "gr\xc3\xbc\xc3\x9f \xe4\xb8\xad\xe6\x96\x87 \xf0\x9f\x90\xa7",
      "gr\xc3\xbc\xc3\x9f \xe4\xb8\xad\xe6\x96\x87 \xf0\x9f\x90\xa7" },
    { "<b>&amp;</b>", "<b>&amp;</b>" }, /* markup is the widget's affair */
    { "\033[2J", FFFD "[2J" },
    { "a\nb\rc\td", "a" FFFD "b" FFFD "c" FFFD "d" },
    { "\x7f", FFFD },
    { "\xc2\x9b"
      "31m",
      FFFD "31m" }, /* C1: CSI */
    { "photo\xe2\x80\xae"
      "gnp.exe",
      "photo" FFFD "gnp.exe" },                             /* U+202E */
    { "\xe2\x81\xa6x\xe2\x81\xa9", FFFD "x" FFFD },         /* U+2066, U+2069 */
    { "\xe2\x80\x8e\xe2\x80\x8f\xd8\x9c", FFFD FFFD FFFD }, /* U+200E, U+200F, U+061C */
    { "a\xe2\x80\x8b"
      "b",
      "a" FFFD "b" },         /* zero width space */
    { "\xef\xbb\xbf", FFFD }, /* byte order mark */
    { "a\xe2\x80\xa8"
      "b\xe2\x80\xa9",
      "a" FFFD "b" FFFD },                     /* line and paragraph separator */
    { "\xf3\xa0\x80\xa1", FFFD },              /* U+E0021, a tag */
    { "\xef\xb7\x90\xef\xbf\xbf", FFFD FFFD }, /* noncharacters U+FDD0, U+FFFF */
    { "\xff\xfe", FFFD FFFD },
    { "\xe4\xb8", FFFD FFFD },                   /* cut short */
    { "\xc0\xaf", FFFD FFFD },                   /* overlong */
    { "\xed\xa0\x80", FFFD FFFD FFFD },          /* a surrogate */
    { "\xf4\x90\x80\x80", FFFD FFFD FFFD FFFD }, /* past U+10FFFF */
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    assert_safe (cases[i].bytes, strlen (cases[i].bytes), cases[i].expected);
  assert_safe ("a\0b", 3, "a" FFFD "b");
  assert_safe (NULL, 0, "");
}

static void
test_safe_cut (void)
{
  static const struct {
    const char *bytes;
    gsize max_chars;
    const char *expected;
  } cases[] = {
    { "abc", 3, "abc" },
    { "abcd", 3, "ab\xe2\x80\xa6" },
    { "\xc3\xbc\xc3\xbc\xc3\xbc", 2, "\xc3\xbc\xe2\x80\xa6" }, /* characters count, not bytes */
    { "\033\033\033", 2, FFFD "\xe2\x80\xa6" },
    { "ab", 1, "\xe2\x80\xa6" },
    { "a", 1, "a" },
  };
  g_autofree char *huge = g_strnfill (1 << 20, 'x');
  g_autofree char *safe = meir_text_dup_safe (huge, 1 << 20, 64);

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *cut = meir_text_dup_safe (cases[i].bytes, strlen (cases[i].bytes), cases[i].max_chars);

    g_assert_cmpstr (cut, ==, cases[i].expected);
  }
  g_assert_cmpint (g_utf8_strlen (safe, -1), ==, 64);
}

static void
assert_json (const char *bytes, gsize length, const char *expected)
{
  g_autofree char *json = meir_text_dup_json (bytes, length);

  g_assert_cmpstr (json, ==, expected);
}

static void
test_json (void)
{
  static const struct {
    const char *bytes;
    const char *expected;
  } cases[] = {
    { "", "" },
    { "plain / text", "plain / text" },
    { "say \"hi\" \\", "say \\\"hi\\\" \\\\" },
    { "\n\t\033\x7f", "\\u000a\\u0009\\u001b\\u007f" },
    { "\xc2\x9b", "\\u009b" },
    { "\xe2\x80\xae\xe2\x80\xa8", "\\u202e\\u2028" },
    { "gr\xc3\xbc\xc3\x9f \xf0\x9f\x90\xa7", "gr\xc3\xbc\xc3\x9f \xf0\x9f\x90\xa7" },
    { "\xff\x80", "\\udcff\\udc80" },
    { "\xed\xb3\xbf", "\\udced\\udcb3\\udcbf" }, /* an encoded surrogate is three bad bytes, not one escape */
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    assert_json (cases[i].bytes, strlen (cases[i].bytes), cases[i].expected);
  assert_json ("a\0b", 3, "a\\u0000b");
  assert_json (NULL, 0, "");
}

/* Undoes the escapes, as a reader of our JSON would. */
static GByteArray *
decode_json (const char *json)
{
  GByteArray *bytes = g_byte_array_new ();

  for (const char *p = json; *p != '\0';) {
    if (p[0] == '\\' && p[1] == 'u') {
      g_autofree char *digits = g_strndup (p + 2, 4);
      gunichar c = (gunichar) g_ascii_strtoull (digits, NULL, 16);
      guint8 utf8[6] = { (guint8) c };
      gint length = c >= 0xdc80 && c <= 0xdcff ? 1 : g_unichar_to_utf8 (c, (char *) utf8);

      g_byte_array_append (bytes, utf8, (guint) length);
      p += 6;
    } else {
      p += p[0] == '\\' ? 1 : 0;
      g_byte_array_append (bytes, (const guint8 *) p++, 1);
    }
  }
  return bytes;
}

/* For any bytes at all: both results are valid UTF-8 in one line, and nothing is lost in JSON. */
static void
test_any_bytes (void)
{
  static const char fragments[] = "\xe2\x80\xa8\xc2\x85\xf0\x9f\xed\xa0";
  MeirPrng prng;

  meir_prng_init (&prng, 11);
  for (guint round = 0; round < 2000; round++) {
    guint8 bytes[40];
    gsize length = meir_prng_below (&prng, sizeof bytes + 1);
    g_autofree char *safe = NULL;
    g_autofree char *json = NULL;
    g_autoptr (GByteArray) back = NULL;

    for (gsize i = 0; i < length; i++) {
      /* Half of the time bytes that like to stand together in UTF-8. */
      if (meir_prng_below (&prng, 2) == 0)
        bytes[i] = (guint8) meir_prng_below (&prng, 256);
      else
        bytes[i] = (guint8) fragments[meir_prng_below (&prng, sizeof fragments - 1)];
    }
    safe = meir_text_dup_safe (bytes, length, 30);
    g_assert_true (g_utf8_validate (safe, -1, NULL));
    g_assert_cmpint (g_utf8_strlen (safe, -1), <=, 30);
    for (const char *p = safe; *p != '\0'; p = g_utf8_next_char (p))
      g_assert_false (g_unichar_iscntrl (g_utf8_get_char (p)));
    json = meir_text_dup_json (bytes, length);
    g_assert_true (g_utf8_validate (json, -1, NULL));
    back = decode_json (json);
    g_assert_cmpmem (back->data, back->len, bytes, length);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/text/safe", test_safe);
  g_test_add_func ("/text/safe-cut", test_safe_cut);
  g_test_add_func ("/text/json", test_json);
  g_test_add_func ("/text/any-bytes", test_any_bytes);
  return g_test_run ();
}
