/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/meir-digest.h"
#include "wire/meir-handshake.h"

#include <glib.h>

G_BEGIN_DECLS

/* src/engine/net/TLS-BETWEEN-PEERS.md is the specification. */
#define MEIR_TLS_PROOF_VERSION 1u
/* Bytes of a proof record: version, peer id, mac. */
#define MEIR_TLS_PROOF_LENGTH (1u + MEIR_PEER_ID_LENGTH + MEIR_SHA256_LENGTH)
/* Bytes of the tls-exporter channel binding (RFC 9266). */
#define MEIR_TLS_BINDING_LENGTH 32u

/* The initiator is the side that opened the TCP connection. On the wire. */
typedef enum {
  MEIR_TLS_ROLE_INITIATOR = 0,
  MEIR_TLS_ROLE_RESPONDER = 1,
} MeirTlsRole;

/**
 * meir_tls_proof_encode:
 * @binding: the connection's tls-exporter binding
 * @role: of the side that sends the record
 * @peer_id: of the side that sends the record
 *
 * Writes the proof that its sender, on this very TLS connection, knows @info_hash. Pure. Any thread.
 */
void meir_tls_proof_encode (guint8 record[MEIR_TLS_PROOF_LENGTH], const MeirInfoHash *info_hash,
                            const guint8 binding[MEIR_TLS_BINDING_LENGTH], MeirTlsRole role,
                            const guint8 peer_id[MEIR_PEER_ID_LENGTH]);

/* Whether @record, received from a side in @role, proves @info_hash on the connection of @binding. The mac is
 * compared in constant time. */
gboolean meir_tls_proof_check (const guint8 record[MEIR_TLS_PROOF_LENGTH], const MeirInfoHash *info_hash,
                               const guint8 binding[MEIR_TLS_BINDING_LENGTH], MeirTlsRole role);

/* The peer id in @record, in place; only worth anything once the record is checked. */
const guint8 *meir_tls_proof_get_peer_id (const guint8 record[MEIR_TLS_PROOF_LENGTH]);

G_END_DECLS
