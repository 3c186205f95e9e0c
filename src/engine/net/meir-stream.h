/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/meir-endpoint.h"

#include <glib.h>
#include <sys/uio.h>

G_BEGIN_DECLS

/**
 * MeirStream:
 *
 * A non-blocking byte stream as the peer code sees it; it does not know whether TCP, TLS or something else
 * carries it. Every implementation passes the one conformance suite of tests/net. Engine thread only.
 *
 * Readiness: the owner watches meir_stream_get_fd () with EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET and,
 * after an event, reads or writes until it gets MEIR_STREAM_WOULD_BLOCK; the fd alone does not tell about
 * bytes that an encrypting stream holds.
 */
typedef struct _MeirStream MeirStream;

enum {
  MEIR_STREAM_END = 0,          /* read: the other side has closed in order */
  MEIR_STREAM_WOULD_BLOCK = -1, /* try again after the next event */
  MEIR_STREAM_FAILED = -2,      /* broken for good; meir_stream_get_failure () says why */
};

/* Bytes read (> 0, filled in order) or one of the above. A TLS stream that ends without close_notify has
 * FAILED. */
gssize meir_stream_readv (MeirStream *stream, const struct iovec *vectors, guint n_vectors);
/* Bytes taken (> 0) or WOULD_BLOCK or FAILED. Bytes taken by an encrypting stream may still lie in its
 * buffer. */
gssize meir_stream_writev (MeirStream *stream, const struct iovec *vectors, guint n_vectors);
/* Pushes what lies in the stream's own buffer: 0 when nothing is left, else WOULD_BLOCK or FAILED. */
gssize meir_stream_flush (MeirStream *stream);

int meir_stream_get_fd (MeirStream *stream);
gboolean meir_stream_is_encrypted (MeirStream *stream);
/* One short sentence, (transfer none). */
const char *meir_stream_get_failure (MeirStream *stream);
/* RFC 9266 tls-exporter binding; FALSE on a stream that is not TLS 1.3. */
gboolean meir_stream_get_binding (MeirStream *stream, guint8 binding[32]);
/* Closes the socket at once and frees; unsent bytes are lost. The owner has removed its watch. */
void meir_stream_free (MeirStream *stream);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MeirStream, meir_stream_free)

/*< for implementations >*/
typedef struct {
  const char *name;
  gboolean encrypted;
  gssize (*readv) (MeirStream *stream, const struct iovec *vectors, guint n_vectors);
  gssize (*writev) (MeirStream *stream, const struct iovec *vectors, guint n_vectors);
  gssize (*flush) (MeirStream *stream);
  gboolean (*get_binding) (MeirStream *stream, guint8 binding[32]); /* or NULL */
  void (*free) (MeirStream *stream);                                /* not the fd: the base closes it */
} MeirStreamClass;

struct _MeirStream {
  const MeirStreamClass *klass;
  const char *failure;
  int fd;
};

/* TCP: takes over @fd (connected; tuned here, see meir_socket_tune ()). */
MeirStream *meir_tcp_stream_new (int fd);

G_END_DECLS
