/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "net/meir-stream.h"

#include "net-support.h"
#include "stream-suite.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static void
make (MeirStream *streams[2], int buffer_bytes)
{
  int fds[2];

  net_pair (fds, buffer_bytes);
  streams[0] = meir_tcp_stream_new (fds[0]);
  streams[1] = meir_tcp_stream_new (fds[1]);
}

static void
test_tuned (void)
{
  MeirStream *streams[2];
  char algorithm[16] = "";
  g_autofree char *allowed = NULL;
  socklen_t length = sizeof (int);
  int no_delay = 0;

  make (streams, 0);
  g_assert_cmpint (fcntl (meir_stream_get_fd (streams[0]), F_GETFL) & O_NONBLOCK, !=, 0);
  g_assert_cmpint (getsockopt (meir_stream_get_fd (streams[0]), IPPROTO_TCP, TCP_NODELAY, &no_delay, &length),
                   ==, 0);
  g_assert_cmpint (no_delay, !=, 0);
  /* Over loopback, and only as far as the administrator allows. */
  if (g_file_get_contents ("/proc/sys/net/ipv4/tcp_allowed_congestion_control", &allowed, NULL, NULL) &&
      strstr (allowed, "reno") != NULL) {
    length = sizeof algorithm;
    getsockopt (meir_stream_get_fd (streams[0]), IPPROTO_TCP, TCP_CONGESTION, algorithm, &length);
    g_assert_cmpstr (algorithm, ==, "reno");
  }
  meir_stream_free (streams[0]);
  meir_stream_free (streams[1]);
}

static int
make_file (gsize length)
{
  g_autofree char *path = NULL;
  g_autofree guint8 *bytes = g_malloc (length);
  int file = g_file_open_tmp (NULL, &path, NULL);

  g_assert_cmpint (file, >=, 0);
  unlink (path);
  for (gsize i = 0; i < length; i++)
    bytes[i] = (guint8) (i * 13 + (i >> 9));
  g_assert_cmpint (write (file, bytes, length), ==, (gssize) length);
  return file;
}

static gsize
read_now (MeirStream *stream, guint8 *bytes, gsize length)
{
  struct iovec vector = { .iov_base = bytes, .iov_len = length };
  gssize n = meir_stream_readv (stream, &vector, 1);

  g_assert_true (n > 0 || n == MEIR_STREAM_WOULD_BLOCK);
  return n > 0 ? (gsize) n : 0;
}

/* Headers by writev and blocks by send_file, as a seeder does it, arrive as one run of bytes. */
static void
test_send_file (void)
{
  const gsize block = 16384, n_blocks = 40;
  MeirStream *streams[2];
  int file = make_file (block * n_blocks);
  g_autofree guint8 *in = g_malloc (1 << 20);
  gsize received = 0;

  make (streams, 0);
  g_assert_true (meir_stream_can_send_file (streams[0]));
  for (gsize i = 0; i < n_blocks; i++) {
    guint8 header[13] = { 0, 0, 0x40, 9, 7, 0, 0, 0, (guint8) i };
    struct iovec vector = { .iov_base = header, .iov_len = sizeof header };

    while (meir_stream_writev (streams[0], &vector, 1) == MEIR_STREAM_WOULD_BLOCK)
      g_usleep (100);
    for (gsize done = 0; done < block;) {
      gssize n = meir_stream_send_file (streams[0], file, (goffset) (i * block + done), block - done,
                                        i + 1 < n_blocks);

      g_assert_cmpint (n, !=, MEIR_STREAM_FAILED);
      done += (gsize) MAX (n, 0);
      received += read_now (streams[1], in + received, (1 << 20) - received);
    }
  }
  g_assert_cmpint (meir_stream_flush (streams[0]), ==, 0);
  while (received < n_blocks * (block + 13))
    received += read_now (streams[1], in + received, (1 << 20) - received);
  for (gsize i = 0; i < n_blocks; i++) {
    const guint8 *message = in + i * (block + 13);

    g_assert_cmpuint (message[8], ==, i);
    for (gsize k = 0; k < block; k++) {
      gsize at = i * block + k;

      g_assert_cmpuint (message[13 + k], ==, (guint8) (at * 13 + (at >> 9)));
    }
  }
  meir_stream_free (streams[0]);
  meir_stream_free (streams[1]);
  close (file);
}

/* What was announced is not there: the stream is broken, as nothing else could be sent in its place. */
static void
test_send_file_too_short (void)
{
  MeirStream *streams[2];
  int file = make_file (100);

  make (streams, 0);
  g_assert_cmpint (meir_stream_send_file (streams[0], file, 0, 200, FALSE), ==, 100);
  g_assert_cmpint (meir_stream_send_file (streams[0], file, 100, 100, FALSE), ==, MEIR_STREAM_FAILED);
  g_assert_nonnull (strstr (meir_stream_get_failure (streams[0]), "shorter"));
  meir_stream_free (streams[0]);
  meir_stream_free (streams[1]);
  close (file);
}

/* The other end is gone: an error, not a signal that ends the process. */
static void
test_send_file_broken_pipe (void)
{
  MeirStream *streams[2];
  int file = make_file (100);
  gssize n = 0;

  make (streams, 0);
  meir_stream_free (streams[1]);
  for (guint i = 0; i < 200 && n != MEIR_STREAM_FAILED; i++) {
    n = meir_stream_send_file (streams[0], file, 0, 100, FALSE);
    g_usleep (100);
  }
  g_assert_cmpint (n, ==, MEIR_STREAM_FAILED);
  meir_stream_free (streams[0]);
  close (file);
}

int
main (int argc, char *argv[])
{
  static const StreamSuite suite = { .name = "tcp", .make = make };

  g_test_init (&argc, &argv, NULL);
  stream_suite_add (&suite);
  g_test_add_func ("/tcp/tuned", test_tuned);
  g_test_add_func ("/tcp/send-file", test_send_file);
  g_test_add_func ("/tcp/send-file-too-short", test_send_file_too_short);
  g_test_add_func ("/tcp/send-file-broken-pipe", test_send_file_broken_pipe);
  return g_test_run ();
}
