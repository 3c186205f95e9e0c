/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/meir-digest.h"

#include <string.h>

static void
assert_hex (const guint8 *bytes, gsize length, const char *expected)
{
  g_autofree char *hex = meir_hex_encode (bytes, length);

  g_assert_cmpstr (hex, ==, expected);
}

/* FIPS 180 and RFC 4231, RFC 5869, RFC 3720. */
static void
test_known_answers (void)
{
  guint8 digest[MEIR_SHA256_LENGTH];
  guint8 key[131];

  meir_sha1 ("abc", 3, digest);
  assert_hex (digest, MEIR_SHA1_LENGTH, "a9993e364706816aba3e25717850c26c9cd0d89d");
  meir_sha1 ("", 0, digest);
  assert_hex (digest, MEIR_SHA1_LENGTH, "da39a3ee5e6b4b0d3255bfef95601890afd80709");
  meir_sha256 ("abc", 3, digest);
  assert_hex (digest, sizeof digest, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");

  meir_hmac_sha256 ("Jefe", 4, "what do ya want for nothing?", 28, digest);
  assert_hex (digest, sizeof digest, "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  memset (key, 0xaa, sizeof key);
  meir_hmac_sha256 (key, sizeof key, "Test Using Larger Than Block-Size Key - Hash Key First", 54, digest);
  assert_hex (digest, sizeof digest, "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");

  memset (key, 0x0b, 22); /* test case 3: empty salt and info; its first block */
  meir_hkdf_sha256 (key, 22, "", digest);
  assert_hex (digest, sizeof digest, "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d");
}

static void
test_hkdf_labels (void)
{
  guint8 a[MEIR_SHA256_LENGTH], b[MEIR_SHA256_LENGTH];

  meir_hkdf_sha256 ("secret", 6, "one", a);
  meir_hkdf_sha256 ("secret", 6, "two", b);
  g_assert_false (meir_digest_equal (a, b, sizeof a));
  meir_hkdf_sha256 ("secret", 6, "one", b);
  g_assert_true (meir_digest_equal (a, b, sizeof a));
  b[31] ^= 1;
  g_assert_false (meir_digest_equal (a, b, sizeof a));
  g_assert_true (meir_digest_equal (a, b, 31));
}

static void
test_crc32c (void)
{
  guint8 zeros[32] = { 0 };
  guint8 ones[32];
  guint8 ascending[32];

  memset (ones, 0xff, sizeof ones);
  for (gsize i = 0; i < sizeof ascending; i++)
    ascending[i] = (guint8) i;
  g_assert_cmphex (meir_crc32c (0, "123456789", 9), ==, 0xe3069283);
  g_assert_cmphex (meir_crc32c (0, zeros, sizeof zeros), ==, 0x8a9136aa);
  g_assert_cmphex (meir_crc32c (0, ones, sizeof ones), ==, 0x62a8ab43);
  g_assert_cmphex (meir_crc32c (0, ascending, sizeof ascending), ==, 0x46dd794e);
  g_assert_cmphex (meir_crc32c (0, "", 0), ==, 0);
  /* Continued, it is the same as in one go. */
  for (gsize split = 0; split <= sizeof ascending; split++)
    g_assert_cmphex (
        meir_crc32c (meir_crc32c (0, ascending, split), ascending + split, sizeof ascending - split), ==,
        0x46dd794e);
}

static void
test_hex (void)
{
  guint8 bytes[3] = { 0x12, 0x34, 0x56 };

  assert_hex ((const guint8 *) "\x00\xff\x0a", 3, "00ff0a");
  assert_hex (bytes, 0, "");
  g_assert_true (meir_hex_decode ("00FFaB", bytes, 3));
  g_assert_cmpmem (bytes, 3, "\x00\xff\xab", 3);
  g_assert_true (meir_hex_decode ("", bytes, 0));
  g_assert_false (meir_hex_decode ("00ffa", bytes, 3));
  g_assert_false (meir_hex_decode ("00ffabc", bytes, 3));
  g_assert_false (meir_hex_decode ("00ffabcd", bytes, 3));
  g_assert_false (meir_hex_decode ("00fg00", bytes, 3));
  g_assert_false (meir_hex_decode ("", bytes, 3));
  g_assert_false (meir_hex_decode ("0x1234", bytes, 3));
}

static void
test_info_hash (void)
{
  static const char *bad[] = {
    "",
    "0123456789abcdef0123456789abcdef0123456",   /* 39 */
    "0123456789abcdef0123456789abcdef012345678", /* 41 */
    "0123456789abcdef0123456789abcdef0123456g",
    "AERUKZ4JVPG66AJDIVTYTK6N54ASGRL",   /* 31 */
    "AERUKZ4JVPG66AJDIVTYTK6N54ASGRLHX", /* 33 */
    "AERUKZ4JVPG66AJDIVTYTK6N54ASGRL1",  /* 1 is no base32 character */
    "AERUKZ4JVPG66AJDIVTYTK6N54ASGR= ",
  };
  MeirInfoHash hash, same;
  char hex[41];

  g_assert_true (meir_info_hash_parse (&hash, "0123456789ABCDEF0123456789abcdef01234567"));
  g_assert_cmpstr (meir_info_hash_to_hex (&hash, hex), ==, "0123456789abcdef0123456789abcdef01234567");
  g_assert_true (meir_info_hash_parse (&same, "AERUKZ4JVPG66AJDIVTYTK6N54ASGRLH"));
  g_assert_true (meir_info_hash_equal (&hash, &same));
  g_assert_true (meir_info_hash_parse (&same, "aerukz4jvpg66ajdivtytk6n54asgrlh"));
  g_assert_true (meir_info_hash_equal (&hash, &same));
  g_assert_cmpuint (meir_info_hash_hash (&hash), ==, meir_info_hash_hash (&same));
  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    g_assert_false (meir_info_hash_parse (&same, bad[i]));
  g_assert_true (meir_info_hash_equal (&hash, &same)); /* a failure changes nothing */
  same.bytes[19] ^= 1;
  g_assert_false (meir_info_hash_equal (&hash, &same));
  g_assert_cmpuint (meir_info_hash_hash (&hash), !=, meir_info_hash_hash (&same));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/digest/known-answers", test_known_answers);
  g_test_add_func ("/digest/hkdf-labels", test_hkdf_labels);
  g_test_add_func ("/digest/crc32c", test_crc32c);
  g_test_add_func ("/digest/hex", test_hex);
  g_test_add_func ("/digest/info-hash", test_info_hash);
  return g_test_run ();
}
