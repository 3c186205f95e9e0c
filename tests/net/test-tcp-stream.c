/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "net/meir-stream.h"

#include "net-support.h"
#include "stream-suite.h"

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

int
main (int argc, char *argv[])
{
  static const StreamSuite suite = { .name = "tcp", .make = make };

  g_test_init (&argc, &argv, NULL);
  stream_suite_add (&suite);
  g_test_add_func ("/tcp/tuned", test_tuned);
  return g_test_run ();
}
