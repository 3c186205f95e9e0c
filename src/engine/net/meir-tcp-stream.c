/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "net/meir-stream.h"

#include "net/meir-socket.h"

#include <errno.h>
#include <limits.h>
#include <sys/socket.h>

static gssize
result_from_errno (MeirStream *stream)
{
  if (errno == EAGAIN || errno == EWOULDBLOCK)
    return MEIR_STREAM_WOULD_BLOCK;
  /* Interned by GLib: stays valid. */
  stream->failure = g_strerror (errno);
  return MEIR_STREAM_FAILED;
}

static gssize
tcp_readv (MeirStream *stream, const struct iovec *vectors, guint n_vectors)
{
  gssize n;

  do
    n = readv (stream->fd, vectors, (int) MIN (n_vectors, IOV_MAX));
  while (n < 0 && errno == EINTR);
  return n >= 0 ? n : result_from_errno (stream);
}

static gssize
tcp_writev (MeirStream *stream, const struct iovec *vectors, guint n_vectors)
{
  struct msghdr message = {
    .msg_iov = (struct iovec *) vectors,
    .msg_iovlen = MIN (n_vectors, IOV_MAX),
  };
  gssize n;

  /* sendmsg, not writev: only it can be told not to raise SIGPIPE. */
  do
    n = sendmsg (stream->fd, &message, MSG_NOSIGNAL);
  while (n < 0 && errno == EINTR);
  return n >= 0 ? n : result_from_errno (stream);
}

static gssize
tcp_flush (MeirStream *stream)
{
  return 0;
}

static void
tcp_free (MeirStream *stream)
{
  g_free (stream);
}

static const MeirStreamClass tcp_class = {
  .name = "tcp",
  .encrypted = FALSE,
  .readv = tcp_readv,
  .writev = tcp_writev,
  .flush = tcp_flush,
  .get_binding = NULL,
  .free = tcp_free,
};

MeirStream *
meir_tcp_stream_new (int fd)
{
  MeirStream *stream = g_new0 (MeirStream, 1);

  *stream = (MeirStream){ .klass = &tcp_class, .fd = fd };
  meir_socket_tune (fd);
  return stream;
}
