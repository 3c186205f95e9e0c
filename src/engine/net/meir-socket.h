/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/meir-endpoint.h"

#include <glib.h>

G_BEGIN_DECLS

/**
 * meir_socket_tune:
 * @fd: a connected TCP socket
 *
 * Makes @fd non-blocking and switches Nagle's algorithm off (what we write is whole batches already; with it,
 * TLS records waited 40 ms for an acknowledgement). A peer on this machine or in its local network gets the
 * "reno" congestion control where the administrator allows it. Send and receive buffers are left to the
 * kernel's tuning.
 */
void meir_socket_tune (int fd);

/* The address and port that an internet socket of any kind is bound to; FALSE where it is none. */
gboolean meir_socket_get_local (int fd, MeirEndpoint *endpoint);

/**
 * meir_socket_set_listen_error:
 * @protocol: "TCP" or "UDP"
 * @port: that was asked for; 0 for any
 * @bind_address: (nullable): that was asked for
 *
 * Says why a port cannot be listened on: MEIR_ERROR_BUSY (another program has it), _PERMISSION, _INVALID (the
 * address is not of this computer), or as meir_set_error_from_errno ().
 */
void meir_socket_set_listen_error (GError **error, int error_number, const char *protocol, guint16 port,
                                   const char *bind_address);

G_END_DECLS
