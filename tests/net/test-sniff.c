/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "net/meir-sniff.h"

#include <string.h>

#define CLASSIFY(text, record_length)                                                                        \
  meir_sniff_classify ((const guint8 *) (text), sizeof (text) - 1, record_length)

static void
test_plain (void)
{
  static const char greeting[] = "\023BitTorrent protocol\0\0\0\0\0\0\0\0";
  gsize record_length = 7;

  for (gsize n = 0; n < MEIR_SNIFF_LENGTH; n++)
    g_assert_cmpint (meir_sniff_classify ((const guint8 *) greeting, n, &record_length), ==, MEIR_SNIFF_MORE);
  for (gsize n = MEIR_SNIFF_LENGTH; n < sizeof greeting; n++)
    g_assert_cmpint (meir_sniff_classify ((const guint8 *) greeting, n, &record_length), ==,
                     MEIR_SNIFF_PLAIN);
  g_assert_cmpuint (record_length, ==, 7);

  /* A wrong byte is seen as soon as it is there. */
  for (gsize wrong = 0; wrong < MEIR_SNIFF_LENGTH; wrong++) {
    char changed[sizeof greeting];

    memcpy (changed, greeting, sizeof greeting);
    changed[wrong] ^= 0x20;
    for (gsize n = wrong + 1; n < sizeof greeting; n++)
      g_assert_cmpint (meir_sniff_classify ((const guint8 *) changed, n, &record_length), ==,
                       MEIR_SNIFF_FOREIGN);
  }
}

static void
test_tls (void)
{
  static const char hello[] = "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03";
  gsize record_length = 0;

  for (gsize n = 0; n < MEIR_TLS_HEADER_LENGTH + 4; n++)
    g_assert_cmpint (meir_sniff_classify ((const guint8 *) hello, n, &record_length), ==, MEIR_SNIFF_MORE);
  for (gsize n = MEIR_TLS_HEADER_LENGTH + 4; n < sizeof hello; n++) {
    record_length = 0;
    g_assert_cmpint (meir_sniff_classify ((const guint8 *) hello, n, &record_length), ==, MEIR_SNIFF_TLS);
    g_assert_cmpuint (record_length, ==, 0x200 + MEIR_TLS_HEADER_LENGTH);
  }
}

static void
test_not_tls (void)
{
  gsize record_length = 0;

  /* Not a handshake record; SSL 2; a version that never was. */
  g_assert_cmpint (CLASSIFY ("\x15", &record_length), ==, MEIR_SNIFF_FOREIGN);
  g_assert_cmpint (CLASSIFY ("\x80", &record_length), ==, MEIR_SNIFF_FOREIGN);
  g_assert_cmpint (CLASSIFY ("\x16\x02", &record_length), ==, MEIR_SNIFF_FOREIGN);
  g_assert_cmpint (CLASSIFY ("\x16\x03\x05", &record_length), ==, MEIR_SNIFF_FOREIGN);
  /* Records of one byte each, and records longer than there are (security S05, S07). */
  g_assert_cmpint (CLASSIFY ("\x16\x03\x01\x00\x01", &record_length), ==, MEIR_SNIFF_FOREIGN);
  g_assert_cmpint (CLASSIFY ("\x16\x03\x01\x00\x00", &record_length), ==, MEIR_SNIFF_FOREIGN);
  g_assert_cmpint (CLASSIFY ("\x16\x03\x01\x40\x01", &record_length), ==, MEIR_SNIFF_FOREIGN);
  g_assert_cmpint (CLASSIFY ("\x16\x03\x01\xff\xff", &record_length), ==, MEIR_SNIFF_FOREIGN);
  /* A ServerHello. */
  g_assert_cmpint (CLASSIFY ("\x16\x03\x01\x02\x00\x02", &record_length), ==, MEIR_SNIFF_FOREIGN);
  /* A message that goes on in a second record. */
  g_assert_cmpint (CLASSIFY ("\x16\x03\x01\x02\x00\x01\x00\x01\xfd", &record_length), ==, MEIR_SNIFF_FOREIGN);
  g_assert_cmpint (CLASSIFY ("\x16\x03\x01\x02\x00\x01\xff\xff\xff", &record_length), ==, MEIR_SNIFF_FOREIGN);
  g_assert_cmpuint (record_length, ==, 0);
}

/* Every first byte; and what has been said once is not taken back when more comes. */
static void
test_any_bytes (void)
{
  GRand *random = g_rand_new_with_seed (5);

  for (guint first = 0; first < 256; first++) {
    guint8 byte = (guint8) first;
    gsize record_length;
    MeirSniff expected = first == 0x13 || first == 0x16 ? MEIR_SNIFF_MORE : MEIR_SNIFF_FOREIGN;

    g_assert_cmpint (meir_sniff_classify (&byte, 1, &record_length), ==, expected);
  }
  for (guint round = 0; round < 20000; round++) {
    guint8 bytes[MEIR_SNIFF_LENGTH + 4] = { 0x16, 3, (guint8) g_rand_int_range (random, 0, 6) };
    MeirSniff before = MEIR_SNIFF_MORE;

    for (gsize i = 3; i < sizeof bytes; i++)
      bytes[i] = (guint8) (g_rand_int_range (random, 0, 2) == 0 ? g_rand_int_range (random, 0, 256)
                                                                : g_rand_int_range (random, 0, 3));
    for (gsize n = 0; n <= sizeof bytes; n++) {
      gsize record_length = 0;
      MeirSniff now = meir_sniff_classify (bytes, n, &record_length);

      g_assert_true (before == MEIR_SNIFF_MORE || now == before);
      g_assert_true (n < MEIR_SNIFF_LENGTH || now != MEIR_SNIFF_MORE);
      if (now == MEIR_SNIFF_TLS)
        g_assert_cmpuint (record_length, <=, MEIR_TLS_HEADER_LENGTH + MEIR_TLS_RECORD_LENGTH);
      before = now;
    }
  }
  g_rand_free (random);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/sniff/plain", test_plain);
  g_test_add_func ("/sniff/tls", test_tls);
  g_test_add_func ("/sniff/not-tls", test_not_tls);
  g_test_add_func ("/sniff/any-bytes", test_any_bytes);
  return g_test_run ();
}
