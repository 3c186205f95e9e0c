/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "net/meir-buffered-stream.h"

#include "net/meir-stream.h"

#include <errno.h>
#include <glib-unix.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>

/* Buffers kept for the next one who has bytes to hold: enough for those that are busy in one turn of the
 * loop. */
#define SHELF_LENGTH 4u

typedef struct {
  guint8 *bytes; /* NULL while empty */
  gsize start;
  gsize end;
} Buffer;

struct _MeirBufferedStream {
  GIOStream parent_instance;

  GInputStream *input;
  GOutputStream *output;
  int fd;
  int error_number;
  gboolean non_blocking;
  gboolean input_ended;
  Buffer in;
  Buffer out;
};

/* The two ends only point at the stream: it owns them, and GTlsConnection keeps it for as long as it uses
 * them. */
#define MEIR_TYPE_BUFFERED_INPUT (meir_buffered_input_get_type ())
G_DECLARE_FINAL_TYPE (MeirBufferedInput, meir_buffered_input, MEIR, BUFFERED_INPUT, GInputStream)
struct _MeirBufferedInput {
  GInputStream parent_instance;
  MeirBufferedStream *stream;
};

#define MEIR_TYPE_BUFFERED_OUTPUT (meir_buffered_output_get_type ())
G_DECLARE_FINAL_TYPE (MeirBufferedOutput, meir_buffered_output, MEIR, BUFFERED_OUTPUT, GOutputStream)
struct _MeirBufferedOutput {
  GOutputStream parent_instance;
  MeirBufferedStream *stream;
};

/* Handshake threads and the engine thread share the shelf; last put, first taken, so that memory stays
 * hot. */
static GMutex shelf_mutex;
static guint8 *shelf[SHELF_LENGTH];
static guint shelf_count;

static void
buffer_lease (Buffer *buffer)
{
  if (buffer->bytes != NULL)
    return;
  g_mutex_lock (&shelf_mutex);
  if (shelf_count > 0)
    buffer->bytes = shelf[--shelf_count];
  g_mutex_unlock (&shelf_mutex);
  if (buffer->bytes == NULL)
    buffer->bytes = g_malloc (MEIR_BUFFERED_STREAM_LENGTH);
  buffer->start = buffer->end = 0;
}

static void
buffer_return (Buffer *buffer)
{
  guint8 *bytes = g_steal_pointer (&buffer->bytes);

  buffer->start = buffer->end = 0;
  if (bytes == NULL)
    return;
  g_mutex_lock (&shelf_mutex);
  if (shelf_count < SHELF_LENGTH)
    shelf[shelf_count++] = g_steal_pointer (&bytes);
  g_mutex_unlock (&shelf_mutex);
  g_free (bytes);
}

static inline gsize
buffer_length (const Buffer *buffer)
{
  return buffer->end - buffer->start;
}

gboolean
meir_buffered_stream_has_input (MeirBufferedStream *self)
{
  return buffer_length (&self->in) > 0 || self->input_ended;
}

gssize
meir_buffered_stream_fill (MeirBufferedStream *self)
{
  gssize n;

  if (meir_buffered_stream_has_input (self))
    return (gssize) buffer_length (&self->in);
  buffer_lease (&self->in);
  do
    n = recv (self->fd, self->in.bytes, MEIR_BUFFERED_STREAM_LENGTH, 0);
  while (n < 0 && errno == EINTR);
  if (n > 0) {
    self->in.end = (gsize) n;
    return n;
  }
  buffer_return (&self->in);
  if (n == 0) {
    self->input_ended = TRUE;
    return MEIR_STREAM_END;
  }
  if (errno == EAGAIN || errno == EWOULDBLOCK)
    return MEIR_STREAM_WOULD_BLOCK;
  self->error_number = errno;
  return MEIR_STREAM_FAILED;
}

gsize
meir_buffered_stream_get_room (MeirBufferedStream *self)
{
  return MEIR_BUFFERED_STREAM_LENGTH - buffer_length (&self->out);
}

gboolean
meir_buffered_stream_has_output (MeirBufferedStream *self)
{
  return buffer_length (&self->out) > 0;
}

gssize
meir_buffered_stream_flush (MeirBufferedStream *self)
{
  while (buffer_length (&self->out) > 0) {
    gssize n = send (self->fd, self->out.bytes + self->out.start, buffer_length (&self->out), MSG_NOSIGNAL);

    if (n >= 0) {
      self->out.start += (gsize) n;
    } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
      return MEIR_STREAM_WOULD_BLOCK;
    } else if (errno != EINTR) {
      self->error_number = errno;
      return MEIR_STREAM_FAILED;
    }
  }
  buffer_return (&self->out);
  return 0;
}

int
meir_buffered_stream_get_error_number (MeirBufferedStream *self)
{
  return self->error_number;
}

static void
buffer_append (Buffer *buffer, const guint8 *bytes, gsize length)
{
  if (length == 0)
    return;
  buffer_lease (buffer);
  if (buffer->end + length > MEIR_BUFFERED_STREAM_LENGTH) {
    memmove (buffer->bytes, buffer->bytes + buffer->start, buffer_length (buffer));
    buffer->end -= buffer->start;
    buffer->start = 0;
  }
  memcpy (buffer->bytes + buffer->end, bytes, length);
  buffer->end += length;
}

static void
set_would_block (GError **error)
{
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK, "The connection is not ready");
}

/* TRUE when it is worth trying again. */
static gboolean
wait_for (MeirBufferedStream *self, short events, gboolean blocking, GError **error)
{
  struct pollfd pollfd = { .fd = self->fd, .events = events };

  if (!blocking || self->non_blocking) {
    set_would_block (error);
    return FALSE;
  }
  while (poll (&pollfd, 1, -1) < 0 && errno == EINTR)
    ;
  return TRUE;
}

static gboolean
report (MeirBufferedStream *self, GError **error)
{
  g_set_error_literal (error, G_IO_ERROR, (gint) g_io_error_from_errno (self->error_number),
                       g_strerror (self->error_number));
  return FALSE;
}

static gboolean
flush_or_wait (MeirBufferedStream *self, gboolean blocking, GError **error)
{
  gssize result;

  while ((result = meir_buffered_stream_flush (self)) == MEIR_STREAM_WOULD_BLOCK) {
    if (!wait_for (self, POLLOUT, blocking, error))
      return FALSE;
  }
  return result == 0 || report (self, error);
}

static gssize
stream_read (MeirBufferedStream *self, guint8 *bytes, gsize length, gboolean blocking, GError **error)
{
  gsize n;

  while (!meir_buffered_stream_has_input (self)) {
    gssize result = meir_buffered_stream_fill (self);

    if (result == MEIR_STREAM_FAILED) {
      report (self, error);
      return -1;
    }
    if (result != MEIR_STREAM_WOULD_BLOCK)
      break;
    /* What the other side is to answer must be on its way before we wait for the answer. */
    if ((blocking && !flush_or_wait (self, blocking, error)) || !wait_for (self, POLLIN, blocking, error))
      return -1;
  }
  n = MIN (length, buffer_length (&self->in));
  if (n > 0)
    memcpy (bytes, self->in.bytes + self->in.start, n);
  self->in.start += n;
  if (self->in.bytes != NULL && buffer_length (&self->in) == 0)
    buffer_return (&self->in);
  return (gssize) n;
}

static gssize
stream_write (MeirBufferedStream *self, const guint8 *bytes, gsize length, gboolean blocking, GError **error)
{
  while (meir_buffered_stream_get_room (self) == 0) {
    if (meir_buffered_stream_flush (self) == MEIR_STREAM_FAILED) {
      report (self, error);
      return -1;
    }
    if (meir_buffered_stream_get_room (self) == 0 && !wait_for (self, POLLOUT, blocking, error))
      return -1;
  }
  length = MIN (length, meir_buffered_stream_get_room (self));
  buffer_append (&self->out, bytes, length);
  return (gssize) length;
}

static gssize
meir_buffered_input_read (GInputStream *input, void *bytes, gsize length, GCancellable *cancellable,
                          GError **error)
{
  return stream_read (MEIR_BUFFERED_INPUT (input)->stream, bytes, length, TRUE, error);
}

static gssize
meir_buffered_input_read_nonblocking (GPollableInputStream *input, void *bytes, gsize length, GError **error)
{
  return stream_read (MEIR_BUFFERED_INPUT (input)->stream, bytes, length, FALSE, error);
}

static gboolean
is_ready (int fd, short events)
{
  struct pollfd pollfd = { .fd = fd, .events = events };

  return poll (&pollfd, 1, 0) > 0;
}

static gboolean
meir_buffered_input_is_readable (GPollableInputStream *input)
{
  MeirBufferedStream *self = MEIR_BUFFERED_INPUT (input)->stream;

  return meir_buffered_stream_has_input (self) || is_ready (self->fd, POLLIN);
}

static GSource *
wrap_source (GObject *end, gboolean at_once, int fd, GIOCondition condition, GCancellable *cancellable)
{
  g_autoptr (GSource) source = at_once ? g_timeout_source_new (0) : g_unix_fd_source_new (fd, condition);

  return g_pollable_source_new_full (end, source, cancellable);
}

static GSource *
meir_buffered_input_create_source (GPollableInputStream *input, GCancellable *cancellable)
{
  MeirBufferedStream *self = MEIR_BUFFERED_INPUT (input)->stream;

  return wrap_source (G_OBJECT (input), meir_buffered_stream_has_input (self), self->fd, G_IO_IN,
                      cancellable);
}

static void
meir_buffered_input_pollable_init (GPollableInputStreamInterface *pollable)
{
  pollable->is_readable = meir_buffered_input_is_readable;
  pollable->create_source = meir_buffered_input_create_source;
  pollable->read_nonblocking = meir_buffered_input_read_nonblocking;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (MeirBufferedInput, meir_buffered_input, G_TYPE_INPUT_STREAM,
                               G_IMPLEMENT_INTERFACE (G_TYPE_POLLABLE_INPUT_STREAM,
                                                      meir_buffered_input_pollable_init))

static void
meir_buffered_input_class_init (MeirBufferedInputClass *klass)
{
  G_INPUT_STREAM_CLASS (klass)->read_fn = meir_buffered_input_read;
}

static void
meir_buffered_input_init (MeirBufferedInput *self)
{
}

static gssize
meir_buffered_output_write (GOutputStream *output, const void *bytes, gsize length, GCancellable *cancellable,
                            GError **error)
{
  return stream_write (MEIR_BUFFERED_OUTPUT (output)->stream, bytes, length, TRUE, error);
}

static gssize
meir_buffered_output_write_nonblocking (GPollableOutputStream *output, const void *bytes, gsize length,
                                        GError **error)
{
  return stream_write (MEIR_BUFFERED_OUTPUT (output)->stream, bytes, length, FALSE, error);
}

static gboolean
meir_buffered_output_is_writable (GPollableOutputStream *output)
{
  MeirBufferedStream *self = MEIR_BUFFERED_OUTPUT (output)->stream;

  return meir_buffered_stream_get_room (self) > 0 || is_ready (self->fd, POLLOUT);
}

static GSource *
meir_buffered_output_create_source (GPollableOutputStream *output, GCancellable *cancellable)
{
  MeirBufferedStream *self = MEIR_BUFFERED_OUTPUT (output)->stream;

  return wrap_source (G_OBJECT (output), meir_buffered_stream_get_room (self) > 0, self->fd, G_IO_OUT,
                      cancellable);
}

static void
meir_buffered_output_pollable_init (GPollableOutputStreamInterface *pollable)
{
  pollable->is_writable = meir_buffered_output_is_writable;
  pollable->create_source = meir_buffered_output_create_source;
  pollable->write_nonblocking = meir_buffered_output_write_nonblocking;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (MeirBufferedOutput, meir_buffered_output, G_TYPE_OUTPUT_STREAM,
                               G_IMPLEMENT_INTERFACE (G_TYPE_POLLABLE_OUTPUT_STREAM,
                                                      meir_buffered_output_pollable_init))

static void
meir_buffered_output_class_init (MeirBufferedOutputClass *klass)
{
  G_OUTPUT_STREAM_CLASS (klass)->write_fn = meir_buffered_output_write;
}

static void
meir_buffered_output_init (MeirBufferedOutput *self)
{
}

G_DEFINE_FINAL_TYPE (MeirBufferedStream, meir_buffered_stream, G_TYPE_IO_STREAM)

static GInputStream *
meir_buffered_stream_get_input_stream (GIOStream *stream)
{
  return MEIR_BUFFERED_STREAM (stream)->input;
}

static GOutputStream *
meir_buffered_stream_get_output_stream (GIOStream *stream)
{
  return MEIR_BUFFERED_STREAM (stream)->output;
}

static void
meir_buffered_stream_finalize (GObject *object)
{
  MeirBufferedStream *self = MEIR_BUFFERED_STREAM (object);

  buffer_return (&self->in);
  buffer_return (&self->out);
  g_clear_object (&self->input);
  g_clear_object (&self->output);
  G_OBJECT_CLASS (meir_buffered_stream_parent_class)->finalize (object);
}

static void
meir_buffered_stream_class_init (MeirBufferedStreamClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = meir_buffered_stream_finalize;
  G_IO_STREAM_CLASS (klass)->get_input_stream = meir_buffered_stream_get_input_stream;
  G_IO_STREAM_CLASS (klass)->get_output_stream = meir_buffered_stream_get_output_stream;
}

static void
meir_buffered_stream_init (MeirBufferedStream *self)
{
  self->input = g_object_new (MEIR_TYPE_BUFFERED_INPUT, NULL);
  self->output = g_object_new (MEIR_TYPE_BUFFERED_OUTPUT, NULL);
  MEIR_BUFFERED_INPUT (self->input)->stream = self;
  MEIR_BUFFERED_OUTPUT (self->output)->stream = self;
}

MeirBufferedStream *
meir_buffered_stream_new (int fd, const guint8 *unread, gsize unread_length)
{
  MeirBufferedStream *self;

  g_return_val_if_fail (unread_length <= MEIR_BUFFERED_STREAM_LENGTH, NULL);

  self = g_object_new (MEIR_TYPE_BUFFERED_STREAM, NULL);
  self->fd = fd;
  buffer_append (&self->in, unread, unread_length);
  return self;
}

void
meir_buffered_stream_stop_blocking (MeirBufferedStream *self)
{
  self->non_blocking = TRUE;
}
