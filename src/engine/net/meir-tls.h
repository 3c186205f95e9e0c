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

/* After the handshake: TLS 1.3 and our protocol name, or FALSE with MEIR_ERROR_TLS. */
gboolean meir_tls_connection_check (GTlsConnection *connection, GError **error);

G_END_DECLS
