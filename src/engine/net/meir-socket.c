/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "net/meir-socket.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>

#define LOCAL_CONGESTION_CONTROL "reno"

/* The administrator's word holds for a privileged process too, which the kernel would let past it. */
static gboolean
is_congestion_control_allowed (void)
{
  static gsize once;
  static gboolean allowed;

  if (g_once_init_enter (&once)) {
    g_autofree char *list = NULL;

    if (g_file_get_contents ("/proc/sys/net/ipv4/tcp_allowed_congestion_control", &list, NULL, NULL)) {
      g_auto (GStrv) names = g_strsplit_set (list, " \n", -1);
      allowed = g_strv_contains ((const char *const *) names, LOCAL_CONGESTION_CONTROL);
    }
    g_once_init_leave (&once, 1);
  }
  return allowed;
}

gboolean
meir_socket_get_local (int fd, MeirEndpoint *endpoint)
{
  struct sockaddr_storage address;
  socklen_t length = sizeof address;

  return getsockname (fd, (struct sockaddr *) &address, &length) == 0 &&
         meir_endpoint_from_sockaddr (endpoint, (struct sockaddr *) &address, length);
}

static gboolean
is_peer_near (int fd)
{
  struct sockaddr_storage address;
  socklen_t length = sizeof address;
  MeirEndpoint peer, own;

  if (getpeername (fd, (struct sockaddr *) &address, &length) < 0 ||
      !meir_endpoint_from_sockaddr (&peer, (struct sockaddr *) &address, length))
    return FALSE;
  if (meir_endpoint_is_loopback (&peer) || meir_endpoint_is_local_network (&peer))
    return TRUE;
  /* A public address of this very machine. */
  return meir_socket_get_local (fd, &own) && meir_endpoint_same_address (&own, &peer);
}

void
meir_socket_tune (int fd)
{
  int one = 1;

  fcntl (fd, F_SETFL, fcntl (fd, F_GETFL) | O_NONBLOCK);
  setsockopt (fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  /* BBR paces every connection by timers, which halves the throughput where a round trip takes microseconds;
   * it is the default on some systems. Over such a short path a window is refilled at once after a loss, so
   * the oldest of congestion controls is as good there as any, and it yields to others no less than TCP
   * always did. Beyond the local network the administrator's choice stands. */
  if (is_congestion_control_allowed () && is_peer_near (fd))
    setsockopt (fd, IPPROTO_TCP, TCP_CONGESTION, LOCAL_CONGESTION_CONTROL, strlen (LOCAL_CONGESTION_CONTROL));
}
