/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "net/meir-buffered-stream.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/* The one protocol name (ALPN, RFC 7301) of TLS between peers; a connection without it is refused. */
#define MEIR_TLS_PROTOCOL "meirtorrent/1"

/**
 * meir_tls_connection_new:
 * @client: the end that opens TLS, not necessarily the one that opened the TCP connection
 *
 * Returns: (transfer full): a connection that has not greeted yet; NULL with MEIR_ERROR_TLS
 */
GTlsConnection *meir_tls_connection_new (MeirBufferedStream *base, gboolean client,
                                         GTlsCertificate *certificate, GError **error);

/* After the handshake: TLS 1.3, our protocol name and a key of the kind we use ourselves (security S10), or
 * FALSE with MEIR_ERROR_TLS. */
gboolean meir_tls_connection_check (GTlsConnection *connection, GError **error);

/* The same for a server on the web: no certificate is asked for, no protocol named, TLS 1.2 will do, and a
 * client may close without saying goodbye, so what is said must tell its own length. */
GTlsConnection *meir_tls_server_connection_new (MeirBufferedStream *base, GTlsCertificate *certificate,
                                                GError **error);
gboolean meir_tls_server_connection_check (GTlsConnection *connection, GError **error);

G_END_DECLS
