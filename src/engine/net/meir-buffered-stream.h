/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define MEIR_TYPE_BUFFERED_STREAM (meir_buffered_stream_get_type ())
G_DECLARE_FINAL_TYPE (MeirBufferedStream, meir_buffered_stream, MEIR, BUFFERED_STREAM, GIOStream)

/* Bytes each way: one batch of 16 blocks with their headers as TLS records, and some. */
#define MEIR_BUFFERED_STREAM_LENGTH (288u << 10)

/**
 * meir_buffered_stream_new:
 * @fd: a non-blocking socket; stays the caller's, who keeps it open as long as the stream lives
 * @unread: (nullable): bytes already read from @fd, served first; at most MEIR_BUFFERED_STREAM_LENGTH
 *
 * What a GTlsConnection stands on: reads from the socket and writes to it in large pieces, where GnuTLS by
 * itself would do two reads and one write for every record. Each direction holds a buffer only while there
 * are bytes in it, so an idle connection holds none.
 *
 * Bytes written are kept until meir_buffered_stream_flush (), until the buffer is full, or until somebody
 * reads and has to wait.
 *
 * Born blocking, for the TLS handshake, which runs in a worker thread (one thread at a time; it is woken by
 * shutdown () on the socket). After meir_buffered_stream_stop_blocking () no call waits any more, whatever it
 * is asked: it fails with %G_IO_ERROR_WOULD_BLOCK instead.
 *
 * Returns: (transfer full):
 */
MeirBufferedStream *meir_buffered_stream_new (int fd, const guint8 *unread, gsize unread_length);
void meir_buffered_stream_stop_blocking (MeirBufferedStream *stream);

/* Whether a read would find something without asking the socket: bytes, or the end. */
gboolean meir_buffered_stream_has_input (MeirBufferedStream *stream);
/* Reads once from the socket into the empty buffer. The values of meir_stream_readv (). */
gssize meir_buffered_stream_fill (MeirBufferedStream *stream);
/* How many bytes can be written without sending any. */
gsize meir_buffered_stream_get_room (MeirBufferedStream *stream);
gboolean meir_buffered_stream_has_output (MeirBufferedStream *stream);
/* Sends what is held. The values of meir_stream_flush (). */
gssize meir_buffered_stream_flush (MeirBufferedStream *stream);
/* The errno that MEIR_STREAM_FAILED came from. */
int meir_buffered_stream_get_error_number (MeirBufferedStream *stream);

G_END_DECLS
