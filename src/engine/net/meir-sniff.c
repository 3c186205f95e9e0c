/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "net/meir-sniff.h"

#include "base/meir-byte-cursor.h"

#include <string.h>

/* BEP 3 */
#define PLAIN_GREETING        "\023BitTorrent protocol"
#define PLAIN_GREETING_LENGTH (sizeof PLAIN_GREETING - 1)

/* RFC 8446, 5.1 and 4. A ClientHello shorter than this cannot carry what TLS 1.3 needs: a random, a session
 * id, a cipher suite, a compression method, and a key share among its extensions. */
#define TLS_CONTENT_HANDSHAKE 22u
#define TLS_MAJOR_VERSION     3u
#define TLS_MINOR_VERSION_MAX 4u
#define TLS_CLIENT_HELLO      1u
#define CLIENT_HELLO_MIN      64u
/* Of a handshake message: its type and a length of three bytes. */
#define MESSAGE_HEADER_LENGTH 4u

G_STATIC_ASSERT (PLAIN_GREETING_LENGTH == MEIR_SNIFF_LENGTH);

static MeirSniff
classify_tls (const guint8 *bytes, gsize length, gsize *record_length)
{
  gsize fragment_length, message_length;

  if (length >= 2 && bytes[1] != TLS_MAJOR_VERSION)
    return MEIR_SNIFF_FOREIGN;
  if (length >= 3 && bytes[2] > TLS_MINOR_VERSION_MAX)
    return MEIR_SNIFF_FOREIGN;
  if (length < MEIR_TLS_HEADER_LENGTH)
    return MEIR_SNIFF_MORE;
  fragment_length = meir_load_u16 (bytes + 3);
  if (fragment_length < CLIENT_HELLO_MIN || fragment_length > MEIR_TLS_RECORD_LENGTH)
    return MEIR_SNIFF_FOREIGN;
  if (length > MEIR_TLS_HEADER_LENGTH && bytes[MEIR_TLS_HEADER_LENGTH] != TLS_CLIENT_HELLO)
    return MEIR_SNIFF_FOREIGN;
  if (length < MEIR_TLS_HEADER_LENGTH + MESSAGE_HEADER_LENGTH)
    return MEIR_SNIFF_MORE;
  /* Every client's ClientHello fits in its first record; one that is to go on in further records would only
   * make us wait, with a thread, for as long as it pleases. */
  message_length = meir_load_u32 (bytes + MEIR_TLS_HEADER_LENGTH) & 0xffffff;
  if (message_length + MESSAGE_HEADER_LENGTH > fragment_length)
    return MEIR_SNIFF_FOREIGN;
  *record_length = MEIR_TLS_HEADER_LENGTH + fragment_length;
  return MEIR_SNIFF_TLS;
}

MeirSniff
meir_sniff_classify (const guint8 *bytes, gsize length, gsize *record_length)
{
  if (length == 0)
    return MEIR_SNIFF_MORE;
  if (bytes[0] == TLS_CONTENT_HANDSHAKE)
    return classify_tls (bytes, length, record_length);
  if (memcmp (bytes, PLAIN_GREETING, MIN (length, PLAIN_GREETING_LENGTH)) != 0)
    return MEIR_SNIFF_FOREIGN;
  return length < PLAIN_GREETING_LENGTH ? MEIR_SNIFF_MORE : MEIR_SNIFF_PLAIN;
}
