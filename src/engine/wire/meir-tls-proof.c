/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "wire/meir-tls-proof.h"

#include <string.h>

/* Separates this use of the info-hash from any other. */
#define KEY_LABEL "MeirTorrent bind v1"

#define PEER_ID_OFFSET 1u
#define MAC_OFFSET     (PEER_ID_OFFSET + MEIR_PEER_ID_LENGTH)

static void
compute_mac (guint8 mac[MEIR_SHA256_LENGTH], const MeirInfoHash *info_hash, const guint8 *binding,
             MeirTlsRole role, const guint8 *peer_id)
{
  guint8 key[MEIR_SHA256_LENGTH];
  guint8 message[MEIR_TLS_BINDING_LENGTH + 1 + MEIR_PEER_ID_LENGTH];

  memcpy (message, binding, MEIR_TLS_BINDING_LENGTH);
  message[MEIR_TLS_BINDING_LENGTH] = (guint8) role;
  memcpy (message + MEIR_TLS_BINDING_LENGTH + 1, peer_id, MEIR_PEER_ID_LENGTH);
  meir_hkdf_sha256 (info_hash->bytes, sizeof info_hash->bytes, KEY_LABEL, key);
  meir_hmac_sha256 (key, sizeof key, message, sizeof message, mac);
}

void
meir_tls_proof_encode (guint8 record[MEIR_TLS_PROOF_LENGTH], const MeirInfoHash *info_hash,
                       const guint8 binding[MEIR_TLS_BINDING_LENGTH], MeirTlsRole role,
                       const guint8 peer_id[MEIR_PEER_ID_LENGTH])
{
  record[0] = MEIR_TLS_PROOF_VERSION;
  memcpy (record + PEER_ID_OFFSET, peer_id, MEIR_PEER_ID_LENGTH);
  compute_mac (record + MAC_OFFSET, info_hash, binding, role, peer_id);
}

gboolean
meir_tls_proof_check (const guint8 record[MEIR_TLS_PROOF_LENGTH], const MeirInfoHash *info_hash,
                      const guint8 binding[MEIR_TLS_BINDING_LENGTH], MeirTlsRole role)
{
  guint8 mac[MEIR_SHA256_LENGTH];

  if (record[0] != MEIR_TLS_PROOF_VERSION)
    return FALSE;
  compute_mac (mac, info_hash, binding, role, record + PEER_ID_OFFSET);
  return meir_digest_equal (mac, record + MAC_OFFSET, sizeof mac);
}

const guint8 *
meir_tls_proof_get_peer_id (const guint8 record[MEIR_TLS_PROOF_LENGTH])
{
  return record + PEER_ID_OFFSET;
}
