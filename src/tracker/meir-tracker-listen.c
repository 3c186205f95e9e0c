/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tracker/meir-tracker-listen.h"

#include "base/meir-endpoint.h"
#include "base/meir-error.h"
#include "net/meir-socket.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#define BACKLOG 4096
/* Bytes of datagrams that wait while the thread is at something else; the kernel may give less. */
#define UDP_BUFFER (4 << 20)
#define DEFER_SEC  1
/* How often to look for a port that is free in both families and both protocols. */
#define ATTEMPTS_MAX 50

typedef struct {
  MeirEndpoint addresses[MEIR_TRACKER_FAMILIES]; /* without ports */
  guint n;
  gboolean every;
} Where;

static gboolean
find_where (const char *bind_address, Where *where, GError **error)
{
  MeirEndpoint any = { 0 };

  if (bind_address == NULL) {
    *where = (Where){ .addresses = { { .family = 4 }, { .family = 6 } }, .n = 2, .every = TRUE };
    return TRUE;
  }
  *where = (Where){ .n = 1 };
  if (!meir_endpoint_parse_address (&where->addresses[0], bind_address, error))
    return FALSE;
  any.family = where->addresses[0].family;
  where->every = meir_endpoint_same_address (&where->addresses[0], &any);
  return TRUE;
}

static void
set_option (int fd, int level, int option, int value)
{
  /* All of these are improvements; without them the tracker works, less well. */
  if (setsockopt (fd, level, option, &value, sizeof value) < 0)
    g_debug ("setsockopt %d/%d: %s", level, option, g_strerror (errno));
}

/* Returns the socket, or -1 with errno. */
static int
open_socket (int type, const MeirEndpoint *address, guint16 port, gboolean every)
{
  MeirEndpoint endpoint = *address;
  struct sockaddr_storage storage;
  socklen_t length;
  int fd = socket (address->family == 4 ? AF_INET : AF_INET6, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  int error_number;

  if (fd < 0)
    return -1;
  if (address->family == 6)
    set_option (fd, IPPROTO_IPV6, IPV6_V6ONLY, 1);
  if (type == SOCK_STREAM) {
    set_option (fd, SOL_SOCKET, SO_REUSEADDR, 1);
    set_option (fd, IPPROTO_TCP, TCP_NODELAY, 1); /* what is accepted inherits it */
    /* Handed to us once the client has said something: then it is read, answered and closed without waiting.
     * One that stays silent is handed over a moment later all the same. */
    set_option (fd, IPPROTO_TCP, TCP_DEFER_ACCEPT, DEFER_SEC);
  } else {
    set_option (fd, SOL_SOCKET, SO_RCVBUF, UDP_BUFFER);
    set_option (fd, SOL_SOCKET, SO_SNDBUF, UDP_BUFFER);
    if (every && address->family == 4)
      set_option (fd, IPPROTO_IP, IP_PKTINFO, 1);
    else if (every)
      set_option (fd, IPPROTO_IPV6, IPV6_RECVPKTINFO, 1);
  }
  endpoint.port = port;
  length = meir_endpoint_to_sockaddr (&endpoint, &storage);
  if (bind (fd, (struct sockaddr *) &storage, length) == 0 &&
      (type != SOCK_STREAM || listen (fd, BACKLOG) == 0))
    return fd;
  error_number = errno;
  close (fd);
  errno = error_number;
  return -1;
}

static guint16
get_port (int fd)
{
  MeirEndpoint endpoint;

  return meir_socket_get_local (fd, &endpoint) ? endpoint.port : 0;
}

/* Opens one socket a family. *@port is 0 for any free one, and then the one that was found. 0, or an errno.
 */
static int
open_all (int type, const Where *where, guint16 *port, int *fds, guint *n)
{
  int missing = EAFNOSUPPORT;

  for (guint i = 0; i < where->n; i++) {
    int fd = open_socket (type, &where->addresses[i], *port, where->every);

    if (fd < 0 && where->n > 1 && (errno == EAFNOSUPPORT || errno == EADDRNOTAVAIL)) {
      missing = errno;
      continue;
    }
    if (fd < 0)
      return errno;
    fds[(*n)++] = fd;
    if (*port == 0)
      *port = get_port (fd);
  }
  return *n > 0 ? 0 : missing;
}

gboolean
meir_tracker_listen (const MeirTrackerConfig *config, MeirTrackerSockets *sockets, GError **error)
{
  gboolean same = config->udp_port == MEIR_TRACKER_PORT_SAME && config->http_port != MEIR_TRACKER_PORT_OFF;
  Where where;

  *sockets = (MeirTrackerSockets){ 0 };
  if (!find_where (config->bind_address, &where, error))
    return FALSE;
  for (guint attempt = 1;; attempt++) {
    const char *protocol = "TCP";
    guint16 port = (guint16) MAX (config->http_port, 0);
    gboolean fixed = port != 0;
    int error_number = 0;

    if (config->http_port != MEIR_TRACKER_PORT_OFF) {
      error_number = open_all (SOCK_STREAM, &where, &port, sockets->tcp, &sockets->n_tcp);
      sockets->http_port = port;
    }
    if (error_number == 0 && config->udp_port != MEIR_TRACKER_PORT_OFF) {
      protocol = "UDP";
      if (!same) {
        port = (guint16) MAX (config->udp_port, 0);
        fixed = port != 0;
      }
      error_number = open_all (SOCK_DGRAM, &where, &port, sockets->udp, &sockets->n_udp);
      sockets->udp_port = port;
    }
    if (error_number == 0)
      return TRUE;
    meir_tracker_sockets_clear (sockets);
    /* A free port of one family or protocol may be taken in another: then the next. */
    if (error_number != EADDRINUSE || fixed || attempt == ATTEMPTS_MAX) {
      meir_socket_set_listen_error (error, error_number, protocol, port, config->bind_address);
      return FALSE;
    }
  }
}

void
meir_tracker_sockets_clear (MeirTrackerSockets *sockets)
{
  for (guint i = 0; i < sockets->n_tcp; i++)
    close (sockets->tcp[i]);
  for (guint i = 0; i < sockets->n_udp; i++)
    close (sockets->udp[i]);
  *sockets = (MeirTrackerSockets){ 0 };
}
