/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "net/meir-stream.h"

#include "net/meir-socket.h"

#include <errno.h>
#include <limits.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/sendfile.h>
#include <sys/socket.h>

typedef struct {
  MeirStream parent;
  gboolean corked; /* the kernel holds back part segments: more was promised to send_file */
} MeirTcpStream;

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

static void
set_corked (MeirTcpStream *self, gboolean corked)
{
  int value = corked;

  if (self->corked == corked)
    return;
  self->corked = corked;
  setsockopt (self->parent.fd, IPPROTO_TCP, TCP_CORK, &value, sizeof value);
}

static gssize
tcp_flush (MeirStream *stream)
{
  set_corked ((MeirTcpStream *) stream, FALSE);
  return 0;
}

static gssize
tcp_send_file (MeirStream *stream, int file, goffset offset, gsize length, gboolean more)
{
  MeirTcpStream *self = (MeirTcpStream *) stream;
  off_t from = offset;
  gssize n;

  /* Set before the bytes go, taken back after them: so a header and the bytes it announces share segments. */
  if (more)
    set_corked (self, TRUE);
  do
    n = sendfile (stream->fd, file, &from, length);
  while (n < 0 && errno == EINTR);
  if (n == 0 && length > 0) {
    stream->failure = "The file has become shorter than what was promised of it";
    return MEIR_STREAM_FAILED;
  }
  if (n < 0)
    return result_from_errno (stream);
  if (!more && (gsize) n == length)
    set_corked (self, FALSE);
  return n;
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
  .send_file = tcp_send_file,
  .get_binding = NULL,
  .free = tcp_free,
};

MeirStream *
meir_tcp_stream_new (int fd)
{
  MeirTcpStream *self = g_new0 (MeirTcpStream, 1);

  self->parent = (MeirStream){ .klass = &tcp_class, .fd = fd };
  meir_socket_tune (fd);
  return &self->parent;
}
