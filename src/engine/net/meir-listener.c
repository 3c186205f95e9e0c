/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "net/meir-greeter-private.h"

#include "net/meir-socket.h"

#include <errno.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

/* Connections taken in one turn, so that those that are there already get theirs. */
#define ACCEPTS_PER_TURN 64u

/* How long to leave the door shut when there are no descriptors left: the queue in the kernel holds
 * meanwhile, and asking again at once would be a busy loop. */
#define PAUSE_USEC (100 * 1000)

struct _MeirListener {
  MeirGreeter *greeter;
  int fd;
  MeirWatch watch;
  MeirTimer pause;
};

static void
on_pause_over (MeirTimer *timer, gint64 now_usec)
{
  MeirListener *listener = MEIR_OWNER_OF (timer, MeirListener, pause);

  meir_loop_watch_change (listener->greeter->loop, &listener->watch, EPOLLIN);
}

static void
listener_pause (MeirListener *listener)
{
  MeirLoop *loop = listener->greeter->loop;

  meir_loop_watch_change (loop, &listener->watch, 0);
  meir_loop_set_timer (loop, &listener->pause, meir_loop_now_usec (loop) + PAUSE_USEC, on_pause_over);
}

/* Errors of the one connection that is accepted, which Linux reports here (accept (2)), are no reason to
 * pause. */
static gboolean
is_shortage (int error_number)
{
  return error_number == EMFILE || error_number == ENFILE || error_number == ENOBUFS ||
         error_number == ENOMEM;
}

static void
on_incoming (MeirWatch *watch, guint32 events)
{
  MeirListener *listener = MEIR_OWNER_OF (watch, MeirListener, watch);
  MeirGreeter *greeter = listener->greeter;

  for (guint i = 0; i < ACCEPTS_PER_TURN; i++) {
    struct sockaddr_storage address;
    socklen_t length = sizeof address;
    MeirEndpoint endpoint;
    int fd = accept4 (listener->fd, (struct sockaddr *) &address, &length, SOCK_NONBLOCK | SOCK_CLOEXEC);

    if (fd < 0) {
      if (errno == EAGAIN || errno == EWOULDBLOCK)
        return;
      if (is_shortage (errno)) {
        listener_pause (listener);
        return;
      }
      continue;
    }
    if (!meir_endpoint_from_sockaddr (&endpoint, (struct sockaddr *) &address, length) ||
        !greeter->hooks.admit (greeter->user_data, &endpoint)) {
      close (fd);
      continue;
    }
    meir_socket_tune (fd);
    meir_intake_new (greeter, fd, &endpoint);
  }
}

static gboolean
listen_on (int fd, const MeirEndpoint *endpoint)
{
  struct sockaddr_storage address;
  socklen_t length = meir_endpoint_to_sockaddr (endpoint, &address);
  int one = 1;

  /* A restart must not wait for the last run's connections to be forgotten. */
  if (setsockopt (fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one) < 0)
    return FALSE;
  /* IPv4 has a socket of its own. */
  if (endpoint->family == 6 && setsockopt (fd, IPPROTO_IPV6, IPV6_V6ONLY, &one, sizeof one) < 0)
    return FALSE;
  return bind (fd, (struct sockaddr *) &address, length) == 0 && listen (fd, SOMAXCONN) == 0;
}

MeirListener *
meir_listener_new (MeirGreeter *greeter, const MeirEndpoint *endpoint)
{
  MeirListener *listener;
  int fd = socket (endpoint->family == 4 ? AF_INET : AF_INET6, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

  if (fd < 0)
    return NULL;
  listener = g_new0 (MeirListener, 1);
  listener->greeter = greeter;
  listener->fd = fd;
  if (!listen_on (fd, endpoint) ||
      !meir_loop_watch (greeter->loop, &listener->watch, fd, EPOLLIN, on_incoming, NULL)) {
    int error_number = errno;

    meir_listener_free (listener);
    errno = error_number;
    return NULL;
  }
  return listener;
}

guint16
meir_listener_get_port (MeirListener *listener)
{
  MeirEndpoint endpoint;

  return meir_socket_get_local (listener->fd, &endpoint) ? endpoint.port : 0;
}

void
meir_listener_free (MeirListener *listener)
{
  meir_loop_unwatch (listener->greeter->loop, &listener->watch);
  meir_loop_clear_timer (listener->greeter->loop, &listener->pause);
  close (listener->fd);
  g_free (listener);
}
