/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/meir-endpoint.h"
#include "net/meir-loop.h"
#include "net/meir-stream.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * MeirTrackerTls:
 *
 * Where incoming connections become encrypted ones (TLS 1.2 or later), through a MeirTlsGate. From the accept
 * to the end of its handshake a connection has MEIR_TLS_HANDSHAKE_TIMEOUT_SEC; the newest is served first,
 * and a handshake that stalls while others wait is broken off, so that a crowd of silent connections holds up
 * nobody (security S04).
 */
typedef struct _MeirTrackerTls MeirTrackerTls;

/* @stream: (transfer full): encrypted both ways. Runs on the tracker's thread, from the loop. */
typedef void (*MeirTrackerTlsFunc) (MeirStream *stream, const MeirEndpoint *source, gpointer user_data);

/* @max_pending: at least 1; above that the connection that waits longest for its handshake is closed. NULL
 * with MEIR_ERROR_FAILED when the loop can watch nothing more. */
MeirTrackerTls *meir_tracker_tls_new (MeirLoop *loop, GTlsCertificate *certificate, guint max_pending,
                                      MeirTrackerTlsFunc func, gpointer user_data, GError **error);
/* Closes what is pending, and waits until the handshakes in flight have ended, which they do at once. Not
 * from within a callback. */
void meir_tracker_tls_free (MeirTrackerTls *tls);
/* Takes over @fd (transfer full), just accepted and non-blocking. */
void meir_tracker_tls_take (MeirTrackerTls *tls, int fd, const MeirEndpoint *source);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MeirTrackerTls, meir_tracker_tls_free)

G_END_DECLS
