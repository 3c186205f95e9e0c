/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "net/meir-buffered-stream.h"

#include "net-support.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static GInputStream *
input_of (MeirBufferedStream *stream)
{
  return g_io_stream_get_input_stream (G_IO_STREAM (stream));
}

static GOutputStream *
output_of (MeirBufferedStream *stream)
{
  return g_io_stream_get_output_stream (G_IO_STREAM (stream));
}

static gssize
read_now (MeirBufferedStream *stream, void *bytes, gsize length, GError **error)
{
  return g_pollable_input_stream_read_nonblocking (G_POLLABLE_INPUT_STREAM (input_of (stream)), bytes, length,
                                                   NULL, error);
}

static gssize
write_now (MeirBufferedStream *stream, const void *bytes, gsize length, GError **error)
{
  return g_pollable_output_stream_write_nonblocking (G_POLLABLE_OUTPUT_STREAM (output_of (stream)), bytes,
                                                     length, NULL, error);
}

static void
test_unread_first (void)
{
  g_autoptr (MeirBufferedStream) stream = NULL;
  g_autoptr (GError) error = NULL;
  char bytes[16] = "";
  int fds[2];

  net_pair (fds, 0);
  stream = meir_buffered_stream_new (fds[0], (const guint8 *) "abcdef", 6);
  net_send (fds[1], "ghi", 3);
  g_assert_true (meir_buffered_stream_has_input (stream));
  g_assert_cmpint (read_now (stream, bytes, 4, &error), ==, 4);
  g_assert_cmpint (meir_buffered_stream_fill (stream), ==, 2);
  g_assert_cmpint (read_now (stream, bytes + 4, 12, &error), ==, 2);
  g_assert_false (meir_buffered_stream_has_input (stream));
  net_wait_readable (fds[0]);
  g_assert_cmpint (read_now (stream, bytes + 6, 10, &error), ==, 3);
  g_assert_cmpstr (bytes, ==, "abcdefghi");
  g_assert_cmpint (read_now (stream, bytes, 1, &error), ==, -1);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK);
  close (fds[0]);
  close (fds[1]);
}

static void
test_holds_until_flush (void)
{
  g_autoptr (MeirBufferedStream) stream = NULL;
  char bytes[16] = "";
  int fds[2];

  net_pair (fds, 0);
  stream = meir_buffered_stream_new (fds[0], NULL, 0);
  g_assert_false (meir_buffered_stream_has_output (stream));
  g_assert_cmpint (write_now (stream, "one ", 4, NULL), ==, 4);
  g_assert_cmpint (write_now (stream, "two", 3, NULL), ==, 3);
  g_assert_true (meir_buffered_stream_has_output (stream));
  g_assert_cmpuint (meir_buffered_stream_get_room (stream), ==, MEIR_BUFFERED_STREAM_LENGTH - 7);
  net_run_for (20);
  g_assert_cmpint (recv (fds[1], bytes, sizeof bytes, 0), ==, -1);
  g_assert_cmpint (meir_buffered_stream_flush (stream), ==, 0);
  net_wait_readable (fds[1]);
  g_assert_cmpint (recv (fds[1], bytes, sizeof bytes, 0), ==, 7);
  g_assert_cmpstr (bytes, ==, "one two");
  close (fds[0]);
  close (fds[1]);
}

/* A reader that does not read: the buffer fills, then writing would block; and every byte comes out in
 * order. */
static void
test_full (void)
{
  g_autoptr (MeirBufferedStream) stream = NULL;
  g_autoptr (GError) error = NULL;
  guint8 bytes[997];
  guint64 written = 0, received = 0;
  int fds[2];
  gssize n;

  net_pair (fds, 8192);
  stream = meir_buffered_stream_new (fds[0], NULL, 0);
  for (;;) {
    for (gsize i = 0; i < sizeof bytes; i++)
      bytes[i] = (guint8) ((written + i) % 251);
    n = write_now (stream, bytes, sizeof bytes, &error);
    if (n < 0)
      break;
    written += (guint64) n;
  }
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK);
  g_assert_cmpuint (written, >, MEIR_BUFFERED_STREAM_LENGTH);
  g_assert_cmpuint (meir_buffered_stream_get_room (stream), ==, 0);
  while (received < written) {
    g_assert_cmpint (meir_buffered_stream_flush (stream), !=, MEIR_STREAM_FAILED);
    n = recv (fds[1], bytes, sizeof bytes, 0);
    for (gssize i = 0; i < n; i++)
      g_assert_cmpuint (bytes[i], ==, (received + (guint64) i) % 251);
    if (n > 0)
      received += (guint64) n;
    /* Now and then something is added behind what is stuck. */
    if (received % 3 == 0 && written < (1u << 20) && meir_buffered_stream_get_room (stream) > 1000) {
      for (gsize i = 0; i < sizeof bytes; i++)
        bytes[i] = (guint8) ((written + i) % 251);
      g_assert_cmpint (write_now (stream, bytes, sizeof bytes, NULL), ==, sizeof bytes);
      written += sizeof bytes;
    }
  }
  g_assert_cmpint (meir_buffered_stream_flush (stream), ==, 0);
  g_assert_false (meir_buffered_stream_has_output (stream));
  close (fds[0]);
  close (fds[1]);
}

typedef struct {
  MeirBufferedStream *stream;
  char answer[8];
} Talk;

static gpointer
talk (gpointer user_data)
{
  Talk *self = user_data;
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (g_output_stream_write (output_of (self->stream), "question", 8, NULL, &error), ==, 8);
  g_assert_no_error (error);
  g_input_stream_read (input_of (self->stream), self->answer, sizeof self->answer, NULL, &error);
  g_assert_no_error (error);
  return NULL;
}

/* Who waits for an answer has sent the question: so handshakes need no flush. */
static void
test_blocking_flushes (void)
{
  Talk self = { 0 };
  char question[9] = "";
  GThread *thread;
  int fds[2];

  net_pair (fds, 0);
  self.stream = meir_buffered_stream_new (fds[0], NULL, 0);
  thread = g_thread_new ("talk", talk, &self);
  net_receive (fds[1], question, 8);
  g_assert_cmpstr (question, ==, "question");
  net_send (fds[1], "answer", 6);
  g_thread_join (thread);
  g_assert_cmpstr (self.answer, ==, "answer");
  g_object_unref (self.stream);
  close (fds[0]);
  close (fds[1]);
}

static gpointer
wait_for_end (gpointer user_data)
{
  char byte;

  return GSIZE_TO_POINTER ((gsize) g_input_stream_read (input_of (user_data), &byte, 1, NULL, NULL));
}

/* How a handshake is cancelled. */
static void
test_shutdown_wakes (void)
{
  g_autoptr (MeirBufferedStream) stream = NULL;
  GThread *thread;
  int fds[2];

  net_pair (fds, 0);
  stream = meir_buffered_stream_new (fds[0], NULL, 0);
  thread = g_thread_new ("wait", wait_for_end, stream);
  g_usleep (20000);
  shutdown (fds[0], SHUT_RDWR);
  g_assert_cmpuint (GPOINTER_TO_SIZE (g_thread_join (thread)), ==, 0);
  close (fds[0]);
  close (fds[1]);
}

static void
test_stop_blocking (void)
{
  g_autoptr (MeirBufferedStream) stream = NULL;
  g_autoptr (GError) error = NULL;
  static const guint8 zeros[1u << 20];
  char byte;
  int fds[2];
  gssize n;

  net_pair (fds, 8192);
  stream = meir_buffered_stream_new (fds[0], NULL, 0);
  meir_buffered_stream_stop_blocking (stream);
  g_assert_cmpint (g_input_stream_read (input_of (stream), &byte, 1, NULL, &error), ==, -1);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK);
  g_clear_error (&error);
  while ((n = g_output_stream_write (output_of (stream), zeros, sizeof zeros, NULL, &error)) > 0)
    ;
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK);
  close (fds[0]);
  close (fds[1]);
}

static void
test_failure (void)
{
  g_autoptr (MeirBufferedStream) stream = NULL;
  g_autoptr (GError) error = NULL;
  char byte;
  int fds[2];

  net_pair (fds, 0);
  stream = meir_buffered_stream_new (fds[0], NULL, 0);
  close (fds[1]);
  net_wait_readable (fds[0]);
  g_assert_cmpint (read_now (stream, &byte, 1, &error), ==, 0);
  g_assert_true (meir_buffered_stream_has_input (stream));
  shutdown (fds[0], SHUT_RDWR);
  g_assert_cmpint (write_now (stream, "x", 1, NULL), ==, 1);
  g_assert_cmpint (meir_buffered_stream_flush (stream), ==, MEIR_STREAM_FAILED);
  g_assert_cmpint (meir_buffered_stream_get_error_number (stream), ==, EPIPE);
  close (fds[0]);
}

static gboolean
on_pollable (GObject *end, gpointer user_data)
{
  *(gboolean *) user_data = TRUE;
  return G_SOURCE_REMOVE;
}

static void
assert_source_fires (GSource *source)
{
  gboolean fired = FALSE;

  g_source_set_callback (source, G_SOURCE_FUNC (on_pollable), &fired, NULL);
  g_source_attach (source, NULL);
  net_run_until (fired);
  g_source_destroy (source);
  g_source_unref (source);
}

static void
test_pollable (void)
{
  g_autoptr (MeirBufferedStream) stream = NULL;
  GPollableInputStream *input;
  GPollableOutputStream *output;
  char byte;
  int fds[2];

  net_pair (fds, 0);
  stream = meir_buffered_stream_new (fds[0], NULL, 0);
  input = G_POLLABLE_INPUT_STREAM (input_of (stream));
  output = G_POLLABLE_OUTPUT_STREAM (output_of (stream));
  g_assert_true (g_pollable_input_stream_can_poll (input) && g_pollable_output_stream_can_poll (output));
  g_assert_false (g_pollable_input_stream_is_readable (input));
  g_assert_true (g_pollable_output_stream_is_writable (output));
  assert_source_fires (g_pollable_output_stream_create_source (output, NULL));
  net_send (fds[1], "ab", 2);
  assert_source_fires (g_pollable_input_stream_create_source (input, NULL));
  g_assert_true (g_pollable_input_stream_is_readable (input));
  /* One byte is left in the buffer, none in the socket. */
  g_assert_cmpint (read_now (stream, &byte, 1, NULL), ==, 1);
  g_assert_true (g_pollable_input_stream_is_readable (input));
  assert_source_fires (g_pollable_input_stream_create_source (input, NULL));
  close (fds[0]);
  close (fds[1]);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/buffered-stream/unread-first", test_unread_first);
  g_test_add_func ("/buffered-stream/holds-until-flush", test_holds_until_flush);
  g_test_add_func ("/buffered-stream/full", test_full);
  g_test_add_func ("/buffered-stream/blocking-flushes", test_blocking_flushes);
  g_test_add_func ("/buffered-stream/shutdown-wakes", test_shutdown_wakes);
  g_test_add_func ("/buffered-stream/stop-blocking", test_stop_blocking);
  g_test_add_func ("/buffered-stream/failure", test_failure);
  g_test_add_func ("/buffered-stream/pollable", test_pollable);
  return g_test_run ();
}
