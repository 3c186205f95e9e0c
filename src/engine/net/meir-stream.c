/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "net/meir-stream.h"

#include "meir-config.h"

#include <glib/gi18n-lib.h>
#include <unistd.h>

gssize
meir_stream_readv (MeirStream *stream, const struct iovec *vectors, guint n_vectors)
{
  return stream->klass->readv (stream, vectors, n_vectors);
}

gssize
meir_stream_writev (MeirStream *stream, const struct iovec *vectors, guint n_vectors)
{
  return stream->klass->writev (stream, vectors, n_vectors);
}

gssize
meir_stream_flush (MeirStream *stream)
{
  return stream->klass->flush (stream);
}

int
meir_stream_get_fd (MeirStream *stream)
{
  return stream->fd;
}

gboolean
meir_stream_is_encrypted (MeirStream *stream)
{
  return stream->klass->encrypted;
}

const char *
meir_stream_get_failure (MeirStream *stream)
{
  return stream->failure != NULL ? stream->failure : _ ("The connection did not fail");
}

gboolean
meir_stream_get_binding (MeirStream *stream, guint8 binding[32])
{
  return stream->klass->get_binding != NULL && stream->klass->get_binding (stream, binding);
}

void
meir_stream_free (MeirStream *stream)
{
  int fd;

  if (stream == NULL)
    return;
  fd = stream->fd;
  stream->klass->free (stream);
  if (fd >= 0)
    close (fd);
}
