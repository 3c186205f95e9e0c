/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/meir-digest.h"

#include "base/meir-random.h"

#include <gnutls/crypto.h>
#include <gnutls/gnutls.h>
#include <string.h>

/* Other people choose info-hashes; the seed keeps them from choosing ones that collide in our tables. */
guint
meir_info_hash_hash (gconstpointer info_hash)
{
  return meir_hash_bytes (((const MeirInfoHash *) info_hash)->bytes, MEIR_SHA1_LENGTH);
}

gboolean
meir_info_hash_equal (gconstpointer a, gconstpointer b)
{
  return memcmp (a, b, sizeof (MeirInfoHash)) == 0;
}

static void
write_hex (const guint8 *bytes, gsize length, char *hex)
{
  static const char digits[] = "0123456789abcdef";

  for (gsize i = 0; i < length; i++) {
    hex[2 * i] = digits[bytes[i] >> 4];
    hex[2 * i + 1] = digits[bytes[i] & 15];
  }
  hex[2 * length] = '\0';
}

const char *
meir_info_hash_to_hex (const MeirInfoHash *info_hash, char *hex)
{
  write_hex (info_hash->bytes, MEIR_SHA1_LENGTH, hex);
  return hex;
}

/* RFC 4648 without padding: 32 characters of 5 bits are exactly 20 bytes. */
static gboolean
decode_base32 (const char *text, guint8 bytes[MEIR_SHA1_LENGTH])
{
  guint32 bits = 0;
  guint n_bits = 0;
  gsize n_bytes = 0;

  for (; *text != '\0'; text++) {
    char c = g_ascii_toupper (*text);
    guint value;

    if (c >= 'A' && c <= 'Z')
      value = (guint) (c - 'A');
    else if (c >= '2' && c <= '7')
      value = (guint) (c - '2') + 26;
    else
      return FALSE;
    bits = bits << 5 | value;
    n_bits += 5;
    if (n_bits >= 8) {
      n_bits -= 8;
      bytes[n_bytes++] = (guint8) (bits >> n_bits);
    }
  }
  return TRUE;
}

gboolean
meir_info_hash_parse (MeirInfoHash *info_hash, const char *text)
{
  MeirInfoHash parsed;
  gboolean good;

  switch (strlen (text)) {
  case 2 * MEIR_SHA1_LENGTH:
    good = meir_hex_decode (text, parsed.bytes, MEIR_SHA1_LENGTH);
    break;
  case MEIR_SHA1_LENGTH * 8 / 5:
    good = decode_base32 (text, parsed.bytes);
    break;
  default:
    good = FALSE;
  }
  if (good)
    *info_hash = parsed;
  return good;
}

/* GnuTLS fails here only when it lacks the algorithm (a FIPS policy): nothing could go on without it. */
static void
check_gnutls (int result, const char *what)
{
  if (result < 0)
    g_error ("GnuTLS cannot compute %s: %s", what, gnutls_strerror (result));
}

void
meir_sha1 (const void *bytes, gsize length, guint8 digest[MEIR_SHA1_LENGTH])
{
  check_gnutls (gnutls_hash_fast (GNUTLS_DIG_SHA1, bytes, length, digest), "SHA-1");
}

void
meir_sha256 (const void *bytes, gsize length, guint8 digest[MEIR_SHA256_LENGTH])
{
  check_gnutls (gnutls_hash_fast (GNUTLS_DIG_SHA256, bytes, length, digest), "SHA-256");
}

void
meir_hmac_sha256 (const void *key, gsize key_length, const void *bytes, gsize length,
                  guint8 digest[MEIR_SHA256_LENGTH])
{
  check_gnutls (gnutls_hmac_fast (GNUTLS_MAC_SHA256, key, key_length, bytes, length, digest), "HMAC-SHA256");
}

void
meir_hkdf_sha256 (const void *secret, gsize secret_length, const char *label, guint8 key[MEIR_SHA256_LENGTH])
{
  static const guint8 salt[MEIR_SHA256_LENGTH]; /* RFC 5869: an absent salt is a hash length of zeros */
  g_autoptr (GByteArray) info = g_byte_array_new ();
  const guint8 counter = 1;
  guint8 extracted[MEIR_SHA256_LENGTH];

  meir_hmac_sha256 (salt, sizeof salt, secret, secret_length, extracted);
  g_byte_array_append (info, (const guint8 *) label, (guint) strlen (label));
  g_byte_array_append (info, &counter, 1);
  meir_hmac_sha256 (extracted, sizeof extracted, info->data, info->len, key);
  gnutls_memset (extracted, 0, sizeof extracted);
}

gboolean
meir_digest_equal (const guint8 *a, const guint8 *b, gsize length)
{
  return gnutls_memcmp (a, b, length) == 0;
}

/* A nibble at a time: journal records are short, and sixteen words need no start-up. */
guint32
meir_crc32c (guint32 crc, const void *bytes, gsize length)
{
  static const guint32 table[16] = {
    0x00000000, 0x105ec76f, 0x20bd8ede, 0x30e349b1, 0x417b1dbc, 0x5125dad3, 0x61c69362, 0x7198540d,
    0x82f63b78, 0x92a8fc17, 0xa24bb5a6, 0xb21572c9, 0xc38d26c4, 0xd3d3e1ab, 0xe330a81a, 0xf36e6f75,
  };
  const guint8 *p = bytes;

  crc = ~crc;
  for (gsize i = 0; i < length; i++) {
    crc ^= p[i];
    crc = crc >> 4 ^ table[crc & 15];
    crc = crc >> 4 ^ table[crc & 15];
  }
  return ~crc;
}

char *
meir_hex_encode (const guint8 *bytes, gsize length)
{
  char *hex = g_malloc (2 * length + 1);

  write_hex (bytes, length, hex);
  return hex;
}

gboolean
meir_hex_decode (const char *hex, guint8 *bytes, gsize length)
{
  for (gsize i = 0; i < length; i++) {
    int high = g_ascii_xdigit_value (hex[2 * i]);
    int low = high >= 0 ? g_ascii_xdigit_value (hex[2 * i + 1]) : -1;

    if (low < 0)
      return FALSE;
    bytes[i] = (guint8) (high << 4 | low);
  }
  return hex[2 * length] == '\0';
}
