/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "net/meir-loop.h"
#include "net/meir-stream.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * MeirTlsGate:
 *
 * Where TLS handshakes wait for their turn. GIO runs every handshake in a thread of the pool that all of GIO
 * shares, where a silent peer keeps the thread until somebody shuts its socket; so at most
 * MEIR_TLS_HANDSHAKES_MAX run at once, each for at most MEIR_TLS_HANDSHAKE_TIMEOUT_SEC, and one that we
 * answer gets a thread only after the other side's whole first record is here.
 *
 * There are two lanes, and neither can take all places. In the lane of strangers the last to come goes first,
 * and when all places are taken, one that has kept us waiting is cut off: so a crowd that opens handshakes
 * and falls silent does not keep an honest peer out.
 *
 * Engine thread. Callbacks run from the loop, never from within the call that starts a handshake.
 */
typedef struct _MeirTlsGate MeirTlsGate;
typedef struct _MeirTlsHandshake MeirTlsHandshake;

/**
 * MeirTlsLane:
 * @MEIR_TLS_LANE_KNOWN: connections that we opened, or that have greeted us before; first come, first served
 * @MEIR_TLS_LANE_STRANGERS: connections that just came in
 */
typedef enum {
  MEIR_TLS_LANE_KNOWN,
  MEIR_TLS_LANE_STRANGERS,
} MeirTlsLane;

/* @stream: (nullable) (transfer full): encrypted, and what meir_tls_connection_check () wants of it; else
 * @error, MEIR_ERROR_TLS, _NETWORK or _TIMED_OUT. The handshake is gone when this runs. */
typedef void (*MeirTlsHandshakeFunc) (MeirStream *stream, const GError *error, gpointer user_data);

/* Makes the key that this side shows on every connection. MEIR_ERROR_TLS when that fails. */
MeirTlsGate *meir_tls_gate_new (MeirLoop *loop, GError **error);
/* A gate for a server on the web, which shows @certificate and has its key: see
 * meir_tls_server_connection_new (). @client is never TRUE there. */
MeirTlsGate *meir_tls_gate_new_for_server (MeirLoop *loop, GTlsCertificate *certificate, GError **error);
/* Cuts off what is under way, without callbacks, and waits until no thread uses it any more. Not from within
 * a callback. */
void meir_tls_gate_free (MeirTlsGate *gate);

/* @fd: (transfer full): connected and tuned, not watched. @client: whether we speak first. @unread:
 *   (nullable): bytes that were read from @fd already, copied; at most MEIR_BUFFERED_STREAM_LENGTH. */
MeirTlsHandshake *meir_tls_gate_enter (MeirTlsGate *gate, MeirTlsLane lane, int fd, gboolean client,
                                       const guint8 *unread, gsize unread_length, MeirTlsHandshakeFunc func,
                                       gpointer user_data);
/* Closes the connection at once; the callback does not run. */
void meir_tls_handshake_cancel (MeirTlsHandshake *handshake);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MeirTlsGate, meir_tls_gate_free)

G_END_DECLS
