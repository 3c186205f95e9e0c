/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "net/meir-tls-stream.h"

#include "net-support.h"
#include "net/meir-tls-priority.h"
#include "net/meir-tls.h"
#include "raw-tls.h"
#include "stream-suite.h"

#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static MeirTlsGate *gate;

static void
make (MeirStream *streams[2], int buffer_bytes)
{
  net_tls_pair (gate, buffer_bytes, streams);
}

/* Two connections never have the same binding, or a proof could be carried from one to the other. */
static void
test_bindings_differ (void)
{
  MeirStream *a[2], *b[2];
  guint8 first[32], second[32];

  make (a, 0);
  make (b, 0);
  g_assert_true (meir_stream_get_binding (a[0], first) && meir_stream_get_binding (b[0], second));
  g_assert_cmpint (memcmp (first, second, sizeof first), !=, 0);
  for (guint i = 0; i < 2; i++) {
    meir_stream_free (a[i]);
    meir_stream_free (b[i]);
  }
}

/* Garbage in place of a record ends the connection; no byte of it is given out (security S21). */
static void
test_garbage (void)
{
  MeirStream *streams[2];
  guint8 garbage[64], in[64];
  struct iovec vector = { .iov_base = in, .iov_len = sizeof in };
  gssize n;

  make (streams, 0);
  memset (garbage, 0x17, sizeof garbage);
  memcpy (garbage, "\x17\x03\x03\x00\x3b", 5);
  net_send (meir_stream_get_fd (streams[0]), garbage, sizeof garbage);
  while ((n = meir_stream_readv (streams[1], &vector, 1)) == MEIR_STREAM_WOULD_BLOCK)
    g_usleep (100);
  g_assert_cmpint (n, ==, MEIR_STREAM_FAILED);
  g_assert_cmpint (meir_stream_readv (streams[1], &vector, 1), ==, MEIR_STREAM_FAILED);
  g_assert_cmpint (meir_stream_writev (streams[1], &vector, 1), ==, MEIR_STREAM_FAILED);
  g_assert_cmpint (meir_stream_flush (streams[1]), ==, MEIR_STREAM_FAILED);
  meir_stream_free (streams[0]);
  meir_stream_free (streams[1]);
}

/* What is written on the wire does not contain what was said. */
static void
test_is_not_clear (void)
{
  MeirStream *streams[2];
  guint8 wire[4096];
  struct iovec vector = { .iov_base = (char *) "a secret that nobody may see", .iov_len = 28 };
  gssize n;

  make (streams, 0);
  g_assert_cmpint (meir_stream_writev (streams[0], &vector, 1), ==, 28);
  /* Held until it is flushed. */
  net_run_for (20);
  g_assert_cmpint (recv (meir_stream_get_fd (streams[1]), wire, sizeof wire, MSG_PEEK), ==, -1);
  g_assert_cmpint (meir_stream_flush (streams[0]), ==, 0);
  net_wait_readable (meir_stream_get_fd (streams[1]));
  n = recv (meir_stream_get_fd (streams[1]), wire, sizeof wire, MSG_PEEK);
  g_assert_cmpint (n, >, 28);
  g_assert_null (memmem (wire, (gsize) n, "secret", 6));
  meir_stream_free (streams[0]);
  meir_stream_free (streams[1]);
}

static void
on_greeted (MeirStream *stream, const GError *error, gpointer user_data)
{
  g_assert_no_error (error);
  *(MeirStream **) user_data = stream;
}

/* A peer that asks for new keys all the time, each of which costs us a computation, is cut off (security
 * S18). */
static void
test_key_update_flood (void)
{
  RawTls raw = { .protocol = MEIR_TLS_PROTOCOL };
  MeirStream *stream = NULL;
  guint8 in[64];
  struct iovec vector = { .iov_base = in, .iov_len = sizeof in };
  gssize n = MEIR_STREAM_WOULD_BLOCK;
  int fds[2];

  net_pair (fds, 0);
  meir_tls_gate_enter (gate, MEIR_TLS_LANE_STRANGERS, fds[1], FALSE, NULL, 0, on_greeted, &stream);
  raw_tls_start (&raw, fds[0]);
  raw_tls_wait (&raw);
  net_run_until (stream != NULL);
  for (guint i = 0; i < 1000 && n == MEIR_STREAM_WOULD_BLOCK; i++) {
    gnutls_session_key_update (raw.session, 0);
    n = meir_stream_readv (stream, &vector, 1);
  }
  g_assert_cmpint (n, ==, MEIR_STREAM_FAILED);
  meir_stream_free (stream);
  raw_tls_clear (&raw);
  close (fds[0]);
}

/* A peer that takes only small records (RFC 8449) gets everything in small ones. */
static void
test_small_records (void)
{
  RawTls raw = { .protocol = MEIR_TLS_PROTOCOL, .record_length = 600 };
  MeirStream *stream = NULL;
  g_autofree guint8 *out = g_malloc (100000);
  g_autofree guint8 *in = g_malloc (100000);
  struct iovec vector = { .iov_base = out, .iov_len = 100000 };
  int fds[2];

  for (gsize i = 0; i < vector.iov_len; i++)
    out[i] = (guint8) (i * 3 + (i >> 8));
  net_pair (fds, 0);
  meir_tls_gate_enter (gate, MEIR_TLS_LANE_STRANGERS, fds[1], FALSE, NULL, 0, on_greeted, &stream);
  raw_tls_start (&raw, fds[0]);
  raw_tls_wait (&raw);
  net_run_until (stream != NULL);
  g_assert_cmpint (meir_stream_writev (stream, &vector, 1), ==, 100000);
  g_assert_cmpint (meir_stream_flush (stream), ==, 0);
  g_assert_true (raw_tls_receive (&raw, in, 100000));
  g_assert_cmpmem (in, 100000, out, 100000);
  meir_stream_free (stream);
  raw_tls_clear (&raw);
  close (fds[0]);
}

int
main (int argc, char *argv[])
{
  static const StreamSuite suite = {
    .name = "tls",
    .make = make,
    .encrypted = TRUE,
    .binding = TRUE,
    .detects_truncation = TRUE,
  };
  g_autoptr (GError) error = NULL;
  MeirLoop *loop;
  int result;

  meir_tls_init_priority ();
  g_test_init (&argc, &argv, NULL);
  loop = meir_loop_new (NULL);
  gate = meir_tls_gate_new (loop, &error);
  g_assert_no_error (error);
  stream_suite_add (&suite);
  g_test_add_func ("/tls/bindings-differ", test_bindings_differ);
  g_test_add_func ("/tls/garbage", test_garbage);
  g_test_add_func ("/tls/is-not-clear", test_is_not_clear);
  g_test_add_func ("/tls/key-update-flood", test_key_update_flood);
  g_test_add_func ("/tls/small-records", test_small_records);
  result = g_test_run ();
  meir_tls_gate_free (gate);
  meir_loop_free (loop);
  return result;
}
