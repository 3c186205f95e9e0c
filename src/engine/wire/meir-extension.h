/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/meir-endpoint.h"
#include "base/meir-limits.h"

#include <glib.h>

G_BEGIN_DECLS

/* Longest client name kept, characters and bytes with NUL. */
#define MEIR_EXTENSION_CLIENT_CHARS_MAX 64u
#define MEIR_EXTENSION_CLIENT_SIZE      (MEIR_EXTENSION_CLIENT_CHARS_MAX * 4 + 1)
/* Room for any extension handshake we write, bytes. */
#define MEIR_EXTENSION_HANDSHAKE_ENCODED_MAX 640u
/* Largest reqq of a peer that is believed. */
#define MEIR_EXTENSION_REQQ_MAX 2000u

/* The ids we announce in our handshake: what a peer puts before a message to us. 0 is the handshake itself.
 */
typedef enum {
  MEIR_EXTENSION_HANDSHAKE = 0,
  MEIR_EXTENSION_UT_METADATA = 1,
  MEIR_EXTENSION_UT_PEX = 2,
  MEIR_EXTENSION_LT_DONTHAVE = 3,
  MEIR_EXTENSION_MT_TLS = 4,
} MeirExtensionId;

/**
 * MeirExtensionHandshake:
 * @ut_metadata: id under which the sender wants metadata messages (BEP 9); 0: it does not speak them
 * @ut_pex: the same for peer exchange (BEP 11)
 * @lt_donthave: the same for withdrawn pieces (BEP 54)
 * @mt_tls: the same for the upgrade to TLS (src/engine/net/TLS-BETWEEN-PEERS.md)
 * @client: name and version of the client, safe to show; "" when not said
 * @reqq: outstanding requests the sender accepts, 1 to MEIR_EXTENSION_REQQ_MAX
 * @metadata_size: length of the info dictionary, bytes, 1 to MEIR_METADATA_MAX; 0 when not said or not sane
 * @port: TCP port the sender listens on; 0 when not said
 * @your_ip: the receiver's address as the sender sees it, port 0; family 0 when not said
 * @upload_only: the sender wants no pieces (BEP 21)
 *
 * The extension handshake of BEP 10. A plain value.
 */
typedef struct {
  guint8 ut_metadata;
  guint8 ut_pex;
  guint8 lt_donthave;
  guint8 mt_tls;
  gboolean upload_only;
  guint32 reqq;
  guint32 metadata_size;
  guint16 port;
  MeirEndpoint your_ip;
  char client[MEIR_EXTENSION_CLIENT_SIZE];
} MeirExtensionHandshake;

/* What is assumed of a peer that has said nothing: no extensions, reqq MEIR_REQUEST_QUEUE_ASSUMED. */
void meir_extension_handshake_init (MeirExtensionHandshake *handshake);

/**
 * meir_extension_handshake_decode:
 * @handshake: (inout): initialised; what the peer said before. A second handshake changes only what it names,
 * and an extension with id 0 in it is switched off (BEP 10)
 * @payload: what follows the extended id in the message
 * @fault: (out) (transfer none): what is wrong, static text
 *
 * Values out of their range are ignored, one by one. @payload is checked against MEIR_EXTENSION_HANDSHAKE_MAX
 * and MEIR_BENCODE_DEPTH_WIRE.
 *
 * Returns: FALSE, and @handshake unchanged, when it is no dictionary: close the connection.
 */
gboolean meir_extension_handshake_decode (MeirExtensionHandshake *handshake, const guint8 *payload,
                                          gsize length, const char **fault);

/**
 * meir_extension_handshake_encode:
 * @buffer: room for MEIR_EXTENSION_HANDSHAKE_ENCODED_MAX bytes
 *
 * Writes the payload; the caller puts meir_message_encode_extended_header (…, MEIR_EXTENSION_HANDSHAKE,
 * length) before it. What is 0 or empty is left out.
 *
 * Returns: its length
 */
gsize meir_extension_handshake_encode (const MeirExtensionHandshake *handshake, guint8 *buffer);

/* lt_donthave (BEP 54): the payload is the piece index, 4 bytes. FALSE (close) unless it is exactly that and
 * < @n_pieces. */
gboolean meir_extension_donthave_decode (const guint8 *payload, gsize length, guint32 n_pieces,
                                         guint32 *piece);
/* Writes the whole message, 10 bytes, under the peer's @extended_id, and returns its length. */
#define MEIR_EXTENSION_DONTHAVE_SIZE 10u
gsize meir_extension_donthave_encode (guint8 *buffer, guint8 extended_id, guint32 piece);

/* mt_tls: the upgrade message, an extended message without payload under the peer's id of mt_tls:
 *
 *     00 00 00 02  14  ID
 *
 * From the side that opened the connection it means "this is my last message in clear", from the other side,
 * as the answer, "go ahead: my next byte is TLS". Who sends what when: src/engine/net/TLS-BETWEEN-PEERS.md.
 */
#define MEIR_EXTENSION_TLS_SIZE 6u
gsize meir_extension_tls_encode (guint8 *buffer, guint8 extended_id);
/* Whether a payload received under MEIR_EXTENSION_MT_TLS is the upgrade message; if not, close. */
gboolean meir_extension_tls_decode (const guint8 *payload, gsize length);

G_END_DECLS
