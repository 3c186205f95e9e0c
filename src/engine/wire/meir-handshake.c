/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "wire/meir-handshake.h"

#include "meir-config.h"

#include <string.h>

/* BEP 3: the length of the protocol's name and the name. */
#define PROTOCOL                                                                                             \
  "\x13"                                                                                                     \
  "BitTorrent protocol"
#define PROTOCOL_LENGTH 20u

/* Where things are. */
#define RESERVED_OFFSET  PROTOCOL_LENGTH
#define INFO_HASH_OFFSET (RESERVED_OFFSET + 8)
#define PEER_ID_OFFSET   (INFO_HASH_OFFSET + MEIR_SHA1_LENGTH)

/* Reserved bits: byte and mask. */
#define EXTENSIONS_BYTE (RESERVED_OFFSET + 5) /* BEP 10 */
#define EXTENSIONS_MASK 0x10
#define FAST_BYTE       (RESERVED_OFFSET + 7) /* BEP 6 */
#define FAST_MASK       0x04
#define DHT_BYTE        (RESERVED_OFFSET + 7) /* BEP 5 */
#define DHT_MASK        0x01

G_STATIC_ASSERT (PEER_ID_OFFSET + MEIR_PEER_ID_LENGTH == MEIR_HANDSHAKE_LENGTH);
G_STATIC_ASSERT (sizeof PROTOCOL - 1 == PROTOCOL_LENGTH);

void
meir_handshake_encode (const MeirHandshake *handshake, guint8 bytes[MEIR_HANDSHAKE_LENGTH])
{
  memset (bytes, 0, MEIR_HANDSHAKE_LENGTH);
  memcpy (bytes, PROTOCOL, PROTOCOL_LENGTH);
  if (handshake->extensions)
    bytes[EXTENSIONS_BYTE] |= EXTENSIONS_MASK;
  if (handshake->fast)
    bytes[FAST_BYTE] |= FAST_MASK;
  if (handshake->dht)
    bytes[DHT_BYTE] |= DHT_MASK;
  memcpy (bytes + INFO_HASH_OFFSET, handshake->info_hash.bytes, MEIR_SHA1_LENGTH);
  memcpy (bytes + PEER_ID_OFFSET, handshake->peer_id, MEIR_PEER_ID_LENGTH);
}

gboolean
meir_handshake_decode (MeirHandshake *handshake, const guint8 bytes[MEIR_HANDSHAKE_LENGTH])
{
  if (memcmp (bytes, PROTOCOL, PROTOCOL_LENGTH) != 0)
    return FALSE;
  memcpy (handshake->info_hash.bytes, bytes + INFO_HASH_OFFSET, MEIR_SHA1_LENGTH);
  memcpy (handshake->peer_id, bytes + PEER_ID_OFFSET, MEIR_PEER_ID_LENGTH);
  handshake->extensions = (bytes[EXTENSIONS_BYTE] & EXTENSIONS_MASK) != 0;
  handshake->fast = (bytes[FAST_BYTE] & FAST_MASK) != 0;
  handshake->dht = (bytes[DHT_BYTE] & DHT_MASK) != 0;
  return TRUE;
}

/* The version as one character each of major, minor and micro, and a 0: 0.1.0 is "0100", 1.12.0 "1C00". */
static void
write_version_digits (guint8 digits[4])
{
  static const char alphabet[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
  const char *version = MEIR_VERSION;

  for (gsize i = 0; i < 4; i++) {
    char *end;
    guint64 value = g_ascii_strtoull (version, &end, 10);

    digits[i] = (guint8) alphabet[MIN (value, sizeof alphabet - 2)];
    version = *end == '.' ? end + 1 : "";
  }
}

void
meir_peer_id_generate (guint8 peer_id[MEIR_PEER_ID_LENGTH], const guint8 random[12])
{
  /* 64 characters, so that 6 bits of a random byte choose one without bias; all survive in a URL as they are.
   */
  static const char alphabet[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-.";

  memcpy (peer_id, "-MT", 3);
  write_version_digits (peer_id + 3);
  peer_id[7] = '-';
  for (gsize i = 0; i < 12; i++)
    peer_id[8 + i] = (guint8) alphabet[random[i] & 63];
}
