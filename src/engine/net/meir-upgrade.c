/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "net/meir-greeter-private.h"

#include "base/meir-error.h"
#include "meir-config.h"
#include "net/meir-buffered-stream.h"
#include "wire/meir-tls-proof.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* TLS laid over a connection that has greeted in clear: TLS handshake, the initiator's proof, the responder's
 * proof. No byte past the proofs is read here: what follows is the owner's. */

struct _MeirUpgrade {
  MeirGreeter *greeter;
  GList link;
  gboolean initiator;
  MeirInfoHash info_hash;
  guint8 our_peer_id[MEIR_PEER_ID_LENGTH];
  guint8 their_peer_id[MEIR_PEER_ID_LENGTH];
  MeirUpgradeFunc func;
  gpointer user_data;
  MeirTimer timer;
  MeirStream *refused; /* could not be taken; closed as that is reported */

  MeirTlsHandshake *tls_handshake;
  MeirExchange exchange;
  guint8 binding[MEIR_TLS_BINDING_LENGTH];
};

static inline MeirUpgrade *
upgrade_of (MeirExchange *exchange)
{
  return MEIR_OWNER_OF (exchange, MeirUpgrade, exchange);
}

void
meir_upgrade_cancel (MeirUpgrade *upgrade)
{
  g_queue_unlink (&upgrade->greeter->upgrades, &upgrade->link);
  meir_loop_clear_timer (upgrade->greeter->loop, &upgrade->timer);
  if (upgrade->tls_handshake != NULL)
    meir_tls_handshake_cancel (upgrade->tls_handshake);
  meir_exchange_clear (&upgrade->exchange);
  meir_stream_free (upgrade->refused);
  g_free (upgrade);
}

static void
upgrade_finish (MeirUpgrade *upgrade, MeirStream *stream, const GError *error)
{
  MeirUpgradeFunc func = upgrade->func;
  gpointer user_data = upgrade->user_data;

  meir_upgrade_cancel (upgrade);
  func (stream, error, user_data);
}

static void
upgrade_fail (MeirUpgrade *upgrade, MeirError code, const char *message)
{
  g_autoptr (GError) error = g_error_new_literal (MEIR_ERROR, (gint) code, message);

  upgrade_finish (upgrade, NULL, error);
}

static void
on_proof_sent (MeirExchange *exchange, const GError *error)
{
  MeirUpgrade *upgrade = upgrade_of (exchange);

  upgrade_finish (upgrade, error == NULL ? meir_exchange_take_stream (exchange) : NULL, error);
}

static void
send_proof (MeirUpgrade *upgrade, gsize want, MeirExchangeFunc func)
{
  guint8 proof[MEIR_TLS_PROOF_LENGTH];

  meir_tls_proof_encode (proof, &upgrade->info_hash, upgrade->binding,
                         upgrade->initiator ? MEIR_TLS_ROLE_INITIATOR : MEIR_TLS_ROLE_RESPONDER,
                         upgrade->our_peer_id);
  meir_exchange_step (&upgrade->exchange, proof, sizeof proof, want, want, func);
}

static void
on_proof (MeirExchange *exchange, const GError *error)
{
  MeirUpgrade *upgrade = upgrade_of (exchange);

  if (error != NULL) {
    upgrade_finish (upgrade, NULL, error);
    return;
  }
  if (!meir_tls_proof_check (exchange->in, &upgrade->info_hash, upgrade->binding,
                             upgrade->initiator ? MEIR_TLS_ROLE_RESPONDER : MEIR_TLS_ROLE_INITIATOR)) {
    upgrade_fail (upgrade, MEIR_ERROR_TLS,
                  _ ("The other side could not prove that it knows the torrent, or somebody is in between"));
    return;
  }
  if (memcmp (meir_tls_proof_get_peer_id (exchange->in), upgrade->their_peer_id, MEIR_PEER_ID_LENGTH) != 0) {
    upgrade_fail (upgrade, MEIR_ERROR_TLS, _ ("The other side became another peer when TLS began"));
    return;
  }
  if (upgrade->initiator) {
    upgrade_finish (upgrade, meir_exchange_take_stream (exchange), NULL);
    return;
  }
  meir_exchange_consume (exchange, MEIR_TLS_PROOF_LENGTH);
  send_proof (upgrade, 0, on_proof_sent);
}

static void
on_tls (MeirStream *stream, const GError *error, gpointer user_data)
{
  MeirUpgrade *upgrade = user_data;
  g_autoptr (GError) watch_error = NULL;

  upgrade->tls_handshake = NULL;
  if (stream == NULL) {
    upgrade_finish (upgrade, NULL, error);
    return;
  }
  if (!meir_exchange_init (&upgrade->exchange, upgrade->greeter->loop, stream, &watch_error)) {
    upgrade_finish (upgrade, NULL, watch_error);
    return;
  }
  if (!meir_stream_get_binding (stream, upgrade->binding)) {
    upgrade_fail (upgrade, MEIR_ERROR_TLS, _ ("The TLS connection cannot be bound to the torrent"));
    return;
  }
  if (upgrade->initiator)
    send_proof (upgrade, MEIR_TLS_PROOF_LENGTH, on_proof);
  else
    meir_exchange_step (&upgrade->exchange, NULL, 0, MEIR_TLS_PROOF_LENGTH, MEIR_TLS_PROOF_LENGTH, on_proof);
}

static void
on_timeout (MeirTimer *timer, gint64 now_usec)
{
  MeirUpgrade *upgrade = MEIR_OWNER_OF (timer, MeirUpgrade, timer);

  if (upgrade->refused != NULL)
    upgrade_fail (upgrade, MEIR_ERROR_PROTOCOL, _ ("The connection cannot be encrypted in place"));
  else
    upgrade_fail (upgrade, MEIR_ERROR_TIMED_OUT, _ ("The other side did not begin with TLS in time"));
}

MeirUpgrade *
meir_greeter_upgrade (MeirGreeter *greeter, MeirStream *plain, gboolean initiator,
                      const MeirInfoHash *info_hash, const guint8 *our_peer_id, const guint8 *their_peer_id,
                      const guint8 *unread, gsize unread_length, MeirUpgradeFunc func, gpointer user_data)
{
  MeirUpgrade *upgrade = g_new0 (MeirUpgrade, 1);
  gint64 due_usec = 0;

  upgrade->greeter = greeter;
  upgrade->initiator = initiator;
  upgrade->info_hash = *info_hash;
  memcpy (upgrade->our_peer_id, our_peer_id, MEIR_PEER_ID_LENGTH);
  memcpy (upgrade->their_peer_id, their_peer_id, MEIR_PEER_ID_LENGTH);
  upgrade->func = func;
  upgrade->user_data = user_data;
  upgrade->link.data = upgrade;
  g_queue_push_tail_link (&greeter->upgrades, &upgrade->link);

  /* A peer has nothing to say between the upgrade message and TLS that would fill more than a buffer. */
  if (meir_stream_is_encrypted (plain) || unread_length > MEIR_BUFFERED_STREAM_LENGTH) {
    upgrade->refused = plain;
  } else {
    due_usec = meir_loop_now_usec (greeter->loop) + MEIR_HANDSHAKE_TIMEOUT_SEC * G_USEC_PER_SEC;
    upgrade->tls_handshake = meir_tls_gate_enter (greeter->gate, MEIR_TLS_LANE_KNOWN, g_steal_fd (&plain->fd),
                                                  initiator, unread, unread_length, on_tls, upgrade);
    meir_stream_free (plain);
  }
  meir_loop_set_timer (greeter->loop, &upgrade->timer, due_usec, on_timeout);
  return upgrade;
}
