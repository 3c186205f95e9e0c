/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "net/meir-tls-stream.h"

#include "meir-config.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* TLS 1.3 (RFC 8446, 5.1 and 5.2): most bytes of one record, and what a record may be longer than what is in
 * it. */
#define RECORD_LENGTH   16384u
#define RECORD_OVERHEAD 261u

#define BINDING_LENGTH 32u

typedef struct {
  MeirStream parent;
  MeirBufferedStream *base;
  GTlsConnection *connection;
  GPollableInputStream *input;
  GPollableOutputStream *output;
  /* The TLS library may hold bytes it has decrypted and not given out. It never does after a read that it
   * could have filled further, as it decrypts one record at a time. */
  gboolean holds_input;
  gboolean just_greeted; /* nothing is known yet of what the handshake has left in it */
  gboolean ended;
} MeirTlsStream;

static gssize
fail (MeirTlsStream *self, const char *failure)
{
  if (self->parent.failure == NULL)
    self->parent.failure = failure;
  return MEIR_STREAM_FAILED;
}

static gssize
fail_below (MeirTlsStream *self)
{
  /* Interned by GLib: stays valid. */
  return fail (self, g_strerror (meir_buffered_stream_get_error_number (self->base)));
}

static gssize
fail_with (MeirTlsStream *self, const GError *error)
{
  if (g_error_matches (error, G_TLS_ERROR, G_TLS_ERROR_EOF))
    return fail (self, _ ("The connection was cut off"));
  return fail (self, g_intern_string (error->message));
}

static gssize
tls_read (MeirTlsStream *self, guint8 *bytes, gsize length)
{
  g_autoptr (GError) error = NULL;
  gssize n;

  if (self->ended)
    return MEIR_STREAM_END;
  /* Asking the TLS library in vain costs an error object, so it is asked only if there is something for
   * it. */
  if (!self->holds_input && !meir_buffered_stream_has_input (self->base)) {
    gssize filled = meir_buffered_stream_fill (self->base);

    if (filled == MEIR_STREAM_FAILED)
      return fail_below (self);
    if (filled == MEIR_STREAM_WOULD_BLOCK)
      return filled;
  }
  n = g_pollable_input_stream_read_nonblocking (self->input, bytes, length, NULL, &error);
  if (n >= 0) {
    self->holds_input = self->just_greeted || (gsize) n == length;
    self->ended = n == 0;
    return n;
  }
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK)) {
    self->holds_input = self->just_greeted = FALSE;
    return MEIR_STREAM_WOULD_BLOCK;
  }
  return fail_with (self, error);
}

static gssize
tls_stream_readv (MeirStream *stream, const struct iovec *vectors, guint n_vectors)
{
  MeirTlsStream *self = (MeirTlsStream *) stream;
  gssize total = 0;

  if (stream->failure != NULL)
    return MEIR_STREAM_FAILED;
  for (guint i = 0; i < n_vectors; i++) {
    gsize done = 0;

    while (done < vectors[i].iov_len) {
      gssize n = tls_read (self, (guint8 *) vectors[i].iov_base + done, vectors[i].iov_len - done);

      /* What came before an end or a failure is given out first; they stay, and come again. */
      if (n <= 0)
        return total > 0 ? total : n;
      done += (gsize) n;
      total += n;
    }
  }
  return total;
}

/* A place in an array of vectors. */
typedef struct {
  const struct iovec *vectors;
  guint n_vectors;
  gsize offset;
} Gather;

/* The next @limit bytes, or what there is: in place where they lie in one piece, else copied to @scratch. */
static const guint8 *
gather_peek (const Gather *gather, guint8 *scratch, gsize limit, gsize *length)
{
  gsize offset = gather->offset;

  *length = 0;
  for (guint i = 0; i < gather->n_vectors && *length < limit; i++) {
    const guint8 *bytes = (const guint8 *) gather->vectors[i].iov_base + offset;
    gsize n = MIN (gather->vectors[i].iov_len - offset, limit - *length);

    if (*length == 0 && (n == limit || i + 1 == gather->n_vectors)) {
      *length = n;
      return bytes;
    }
    if (n > 0)
      memcpy (scratch + *length, bytes, n);
    *length += n;
    offset = 0;
  }
  return scratch;
}

static void
gather_advance (Gather *gather, gsize length)
{
  gather->offset += length;
  while (gather->n_vectors > 0 && gather->offset >= gather->vectors->iov_len) {
    gather->offset -= gather->vectors->iov_len;
    gather->vectors++;
    gather->n_vectors--;
  }
}

/* A record is started only where there is room for all of it: one that got stuck half-way would have to be
 * offered again byte for byte. */
static gssize
make_room (MeirTlsStream *self)
{
  if (meir_buffered_stream_get_room (self->base) >= RECORD_LENGTH + RECORD_OVERHEAD)
    return 0;
  if (meir_buffered_stream_flush (self->base) == MEIR_STREAM_FAILED)
    return fail_below (self);
  return meir_buffered_stream_get_room (self->base) >= RECORD_LENGTH + RECORD_OVERHEAD
             ? 0
             : MEIR_STREAM_WOULD_BLOCK;
}

static gssize
tls_stream_writev (MeirStream *stream, const struct iovec *vectors, guint n_vectors)
{
  MeirTlsStream *self = (MeirTlsStream *) stream;
  Gather gather = { .vectors = vectors, .n_vectors = n_vectors };
  guint8 scratch[RECORD_LENGTH];
  gssize total = 0;

  if (stream->failure != NULL)
    return MEIR_STREAM_FAILED;
  for (gather_advance (&gather, 0); gather.n_vectors > 0;) {
    g_autoptr (GError) error = NULL;
    gsize length;
    const guint8 *bytes = gather_peek (&gather, scratch, RECORD_LENGTH, &length);
    gssize n = make_room (self);

    if (n == MEIR_STREAM_WOULD_BLOCK && total > 0)
      return total;
    if (n < 0)
      return n;
    /* Writes one record, or less where the other side wants smaller ones (RFC 8449). */
    n = g_pollable_output_stream_write_nonblocking (self->output, bytes, length, NULL, &error);
    if (n < 0)
      return fail_with (self, error);
    gather_advance (&gather, (gsize) n);
    total += n;
  }
  return total;
}

static gssize
tls_stream_flush (MeirStream *stream)
{
  MeirTlsStream *self = (MeirTlsStream *) stream;
  gssize result;

  if (stream->failure != NULL)
    return MEIR_STREAM_FAILED;
  result = meir_buffered_stream_flush (self->base);
  return result == MEIR_STREAM_FAILED ? fail_below (self) : result;
}

static gboolean
tls_stream_get_binding (MeirStream *stream, guint8 binding[32])
{
  MeirTlsStream *self = (MeirTlsStream *) stream;
  g_autoptr (GByteArray) data = g_byte_array_new ();

  if (!g_tls_connection_get_channel_binding_data (self->connection, G_TLS_CHANNEL_BINDING_TLS_EXPORTER, data,
                                                  NULL) ||
      data->len != BINDING_LENGTH)
    return FALSE;
  memcpy (binding, data->data, BINDING_LENGTH);
  return TRUE;
}

static void
tls_stream_free (MeirStream *stream)
{
  MeirTlsStream *self = (MeirTlsStream *) stream;

  /* GIO says goodbye by itself when a connection goes, into the buffer below, from where it is sent or
   * not. */
  gboolean in_order = stream->failure == NULL && !meir_buffered_stream_has_output (self->base);

  g_io_stream_close (G_IO_STREAM (self->connection), NULL, NULL);
  if (in_order)
    meir_buffered_stream_flush (self->base);
  g_object_unref (self->connection);
  g_object_unref (self->base);
  g_free (self);
}

static const MeirStreamClass tls_class = {
  .name = "tls",
  .encrypted = TRUE,
  .readv = tls_stream_readv,
  .writev = tls_stream_writev,
  .flush = tls_stream_flush,
  .get_binding = tls_stream_get_binding,
  .free = tls_stream_free,
};

MeirStream *
meir_tls_stream_new (int fd, MeirBufferedStream *base, GTlsConnection *connection)
{
  MeirTlsStream *self = g_new0 (MeirTlsStream, 1);

  self->parent = (MeirStream){ .klass = &tls_class, .fd = fd };
  self->base = g_object_ref (base);
  self->connection = g_object_ref (connection);
  self->input = G_POLLABLE_INPUT_STREAM (g_io_stream_get_input_stream (G_IO_STREAM (connection)));
  self->output = G_POLLABLE_OUTPUT_STREAM (g_io_stream_get_output_stream (G_IO_STREAM (connection)));
  self->holds_input = self->just_greeted = TRUE;
  meir_buffered_stream_stop_blocking (base);
  return &self->parent;
}
