/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "net/meir-buffered-stream.h"
#include "net/meir-stream.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * meir_tls_stream_new:
 * @fd: (transfer full): the connected, tuned socket
 * @base: (transfer none): the stream over @fd that @connection stands on
 * @connection: (transfer none): has shaken hands and passed meir_tls_connection_check ()
 *
 * From here on the engine thread alone touches the connection, and nothing blocks. Right after the handshake
 * the other side's first bytes may lie in the stream already, where no event tells of them: read before
 * waiting.
 *
 * meir_stream_free () says goodbye (close_notify), so that the other side sees an end in order, unless bytes
 * are still unsent or the stream has failed.
 */
MeirStream *meir_tls_stream_new (int fd, MeirBufferedStream *base, GTlsConnection *connection);

G_END_DECLS
