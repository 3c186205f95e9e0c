/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define MEIR_SHA1_LENGTH   20u
#define MEIR_SHA256_LENGTH 32u

/**
 * MeirInfoHash:
 *
 * SHA-1 of a bencoded info dictionary (BEP 3): a torrent's name in the swarm. A plain value.
 */
typedef struct {
  guint8 bytes[MEIR_SHA1_LENGTH];
} MeirInfoHash;

guint meir_info_hash_hash (gconstpointer info_hash);
gboolean meir_info_hash_equal (gconstpointer a, gconstpointer b);
/* 40 lower-case hex digits and NUL into @hex (41 bytes); returns @hex. */
const char *meir_info_hash_to_hex (const MeirInfoHash *info_hash, char *hex);
/* 40 hex digits, or 32 base32 characters (BEP 9), in either case. */
gboolean meir_info_hash_parse (MeirInfoHash *info_hash, const char *text);

/* One-shot digests through GnuTLS. Any thread. Pure. */
void meir_sha1 (const void *bytes, gsize length, guint8 digest[MEIR_SHA1_LENGTH]);
void meir_sha256 (const void *bytes, gsize length, guint8 digest[MEIR_SHA256_LENGTH]);
void meir_hmac_sha256 (const void *key, gsize key_length, const void *bytes, gsize length,
                       guint8 digest[MEIR_SHA256_LENGTH]);
/* HKDF-SHA256 (RFC 5869), one block of output, empty salt. */
void meir_hkdf_sha256 (const void *secret, gsize secret_length, const char *label,
                       guint8 key[MEIR_SHA256_LENGTH]);
/* Constant-time comparison. */
gboolean meir_digest_equal (const guint8 *a, const guint8 *b, gsize length);
/* CRC32C (Castagnoli), continued from @crc; start with 0. */
guint32 meir_crc32c (guint32 crc, const void *bytes, gsize length);

/* Lower-case hex, (transfer full). */
char *meir_hex_encode (const guint8 *bytes, gsize length);
/* Exactly 2 * @length hex digits and then the end of the string. */
gboolean meir_hex_decode (const char *hex, guint8 *bytes, gsize length);

G_END_DECLS
