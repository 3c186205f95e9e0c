/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "net/meir-socket.h"

#include "base/meir-error.h"
#include "meir-config.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
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

void
meir_socket_set_listen_error (GError **error, int error_number, const char *protocol, guint16 port,
                              const char *bind_address)
{
  if (error_number == EADDRINUSE && port != 0)
    /* Translators: the first %s is "TCP" or "UDP", as in the two below */
    g_set_error (error, MEIR_ERROR, MEIR_ERROR_BUSY,
                 _ ("%s port %u is taken by another program; choose another one, or 0 for any that is free"),
                 protocol, port);
  else if ((error_number == EACCES || error_number == EPERM) && port != 0)
    g_set_error (error, MEIR_ERROR, MEIR_ERROR_PERMISSION,
                 _ ("%s port %u is reserved for the system; choose one from 1024 up"), protocol, port);
  else if (error_number == EADDRNOTAVAIL && bind_address != NULL)
    g_set_error (error, MEIR_ERROR, MEIR_ERROR_INVALID,
                 _ ("“%s” is not an address of this computer; choose one that it has"), bind_address);
  else if (bind_address != NULL)
    meir_set_error_from_errno (error, error_number, _ ("Cannot listen on the address “%s”"), bind_address);
  else
    meir_set_error_from_errno (error, error_number, _ ("Cannot listen on %s port %u"), protocol, port);
}
