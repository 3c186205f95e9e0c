/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/meir-digest.h"
#include "base/meir-limits.h"

#include <glib.h>

G_BEGIN_DECLS

#define MEIR_PEER_ID_LENGTH 20u

/**
 * MeirHandshake:
 *
 * The BitTorrent handshake (BEP 3) with the reserved bits we know: BEP 10 (extension protocol), BEP 6 (fast),
 * BEP 5 (DHT). Unknown bits are ignored.
 */
typedef struct {
  MeirInfoHash info_hash;
  guint8 peer_id[MEIR_PEER_ID_LENGTH];
  gboolean extensions;
  gboolean fast;
  gboolean dht;
} MeirHandshake;

void meir_handshake_encode (const MeirHandshake *handshake, guint8 bytes[MEIR_HANDSHAKE_LENGTH]);
/* FALSE when the 20 first bytes are not BitTorrent's. */
gboolean meir_handshake_decode (MeirHandshake *handshake, const guint8 bytes[MEIR_HANDSHAKE_LENGTH]);

/* A fresh peer id, "-MT" + four digits of the version + "-" + 12 random characters (BEP 20). */
void meir_peer_id_generate (guint8 peer_id[MEIR_PEER_ID_LENGTH], const guint8 random[12]);
/* What the client calls itself by its peer id, "Transmission 3.00"; never NULL, safe to show. (transfer full)
 */
char *meir_peer_id_dup_client (const guint8 peer_id[MEIR_PEER_ID_LENGTH]);

G_END_DECLS
