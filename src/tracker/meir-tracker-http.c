/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tracker/meir-tracker-http.h"

#include "tracker/meir-tracker-connection.h"

#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

#define ACCEPTS_PER_TURN 64u
#define LISTENERS_MAX    2u
/* Connections whose memory is kept for the next ones. */
#define SPARES_MAX 64u

typedef struct {
  MeirWatch watch;
  MeirTrackerHttp *http;
} Listener;

struct _MeirTrackerHttp {
  MeirTrackerConnectionHost host; /* first: a connection's host is its MeirTrackerHttp */
  Listener listeners[LISTENERS_MAX];
  guint n_listeners;
  gboolean paused;     /* the listeners rest until the next check: there are no descriptors to be had */
  MeirTrackerTls *tls; /* NULL: plain HTTP */
  MeirTimer timer;
  /* Of each state, the connection that is longest in it first: all have the same time limit, so only the
   * first has to be looked at. */
  MeirTrackerLink queues[MEIR_TRACKER_N_STATES];
  MeirTrackerLink *spares; /* linked by next */
  guint n_spares;
  guint n_connections;
  guint max_connections;
};

static const gint64 limits_usec[MEIR_TRACKER_N_STATES] = {
  [MEIR_TRACKER_WAITING] = MEIR_TRACKER_WAITING_USEC,
  [MEIR_TRACKER_IDLE] = MEIR_TRACKER_IDLE_USEC,
  [MEIR_TRACKER_LINGERING] = MEIR_TRACKER_LINGERING_USEC,
};

static inline MeirTrackerConnection *
connection_of (MeirTrackerLink *link)
{
  return MEIR_OWNER_OF (link, MeirTrackerConnection, link);
}

static inline void
unlink_connection (MeirTrackerConnection *connection)
{
  MeirTrackerLink *link = &connection->link;

  if (link->next == NULL)
    return;
  link->previous->next = link->next;
  link->next->previous = link->previous;
  link->previous = link->next = NULL;
}

static void
on_moved (MeirTrackerConnection *connection)
{
  MeirTrackerHttp *http = (MeirTrackerHttp *) connection->host;
  MeirTrackerLink *queue = &http->queues[connection->state], *link = &connection->link;

  unlink_connection (connection);
  link->previous = queue->previous;
  link->next = queue;
  queue->previous->next = link;
  queue->previous = link;
}

static void
set_connections (MeirTrackerHttp *http, guint n)
{
  http->n_connections = n;
  meir_tracker_tally_set (&http->host.core->tally.connections, n);
}

static void
on_gone (MeirTrackerConnection *connection)
{
  MeirTrackerHttp *http = (MeirTrackerHttp *) connection->host;

  unlink_connection (connection);
  set_connections (http, http->n_connections - 1);
  if (http->n_spares == SPARES_MAX) {
    g_free (connection);
    return;
  }
  connection->link.next = http->spares;
  http->spares = &connection->link;
  http->n_spares++;
}

static MeirTrackerConnection *
get_spare (MeirTrackerHttp *http)
{
  MeirTrackerConnection *connection;

  if (http->spares == NULL)
    return g_new0 (MeirTrackerConnection, 1);
  connection = connection_of (http->spares);
  http->spares = connection->link.next;
  http->n_spares--;
  *connection = (MeirTrackerConnection){ 0 };
  return connection;
}

static void on_check (MeirTimer *timer, gint64 now_usec);

static void
set_check (MeirTrackerHttp *http)
{
  MeirLoop *loop = http->host.core->loop;

  if (!meir_timer_is_set (&http->timer))
    meir_loop_set_timer (loop, &http->timer, meir_loop_now_usec (loop) + MEIR_TRACKER_CHECK_USEC, on_check);
}

static void
set_paused (MeirTrackerHttp *http, gboolean paused)
{
  http->paused = paused;
  for (guint i = 0; i < http->n_listeners; i++)
    meir_loop_watch_change (http->host.core->loop, &http->listeners[i].watch, paused ? 0 : EPOLLIN);
}

static void
on_check (MeirTimer *timer, gint64 now_usec)
{
  MeirTrackerHttp *http = MEIR_OWNER_OF (timer, MeirTrackerHttp, timer);

  for (guint state = 0; state < MEIR_TRACKER_N_STATES; state++) {
    MeirTrackerLink *queue = &http->queues[state];

    while (queue->next != queue && now_usec - connection_of (queue->next)->since_usec > limits_usec[state])
      meir_tracker_connection_close (connection_of (queue->next));
  }
  if (http->paused)
    set_paused (http, FALSE);
  if (http->n_connections > 0)
    set_check (http);
}

static gboolean
evict_one (MeirTrackerHttp *http)
{
  static const MeirTrackerConnectionState order[] = { MEIR_TRACKER_LINGERING, MEIR_TRACKER_IDLE,
                                                      MEIR_TRACKER_WAITING };

  for (guint i = 0; i < G_N_ELEMENTS (order); i++) {
    MeirTrackerLink *queue = &http->queues[order[i]];

    if (queue->next != queue) {
      meir_tracker_connection_close (connection_of (queue->next));
      return TRUE;
    }
  }
  return FALSE;
}

static void
add_connection (MeirTrackerHttp *http, int fd, MeirStream *stream, const MeirEndpoint *source)
{
  if (http->n_connections >= http->max_connections)
    evict_one (http);
  set_connections (http, http->n_connections + 1);
  set_check (http);
  meir_tracker_connection_start (get_spare (http), &http->host, fd, stream, source);
}

/* Before a byte of it is read. */
static gboolean
admit (MeirTrackerHttp *http, const MeirEndpoint *source)
{
  gboolean admitted = meir_tracker_core_admits (http->host.core, source);

  if (!admitted)
    meir_tracker_tally_add (&http->host.core->tally.errors, 1);
  return admitted;
}

static void
on_secured (MeirStream *stream, const MeirEndpoint *source, gpointer user_data)
{
  /* The audience may have become another during the handshake. */
  if (admit (user_data, source))
    add_connection (user_data, meir_stream_get_fd (stream), stream, source);
  else
    meir_stream_free (stream);
}

static void
on_incoming (MeirWatch *watch, guint32 events)
{
  MeirTrackerHttp *http = ((Listener *) watch)->http;

  for (guint i = 0; i < ACCEPTS_PER_TURN; i++) {
    struct sockaddr_storage address;
    socklen_t length = sizeof address;
    MeirEndpoint source;
    int fd = accept4 (watch->fd, (struct sockaddr *) &address, &length, SOCK_NONBLOCK | SOCK_CLOEXEC);

    if (fd < 0 && (errno == EMFILE || errno == ENFILE) && evict_one (http))
      continue;
    /* Whatever else went wrong with one connection says nothing about the next. */
    if (fd < 0 && (errno == EINTR || errno == ECONNABORTED))
      continue;
    if (fd < 0 && errno != EAGAIN) {
      /* Still waiting there, it would be reported again and again. */
      set_paused (http, TRUE);
      set_check (http);
    }
    if (fd < 0)
      return;
    if (!meir_endpoint_from_sockaddr (&source, (struct sockaddr *) &address, length) ||
        !admit (http, &source))
      close (fd);
    else if (http->tls != NULL)
      meir_tracker_tls_take (http->tls, fd, &source);
    else
      add_connection (http, fd, NULL, &source);
  }
}

MeirTrackerHttp *
meir_tracker_http_new (MeirTrackerCore *core, const int *fds, guint n_fds, GTlsCertificate *certificate,
                       guint max_connections, GError **error)
{
  g_autoptr (MeirTrackerHttp) http = g_new0 (MeirTrackerHttp, 1);

  http->host = (MeirTrackerConnectionHost){
    .core = core,
    .moved = on_moved,
    .gone = on_gone,
    .input = g_malloc (MEIR_TRACKER_HTTP_REQUEST_MAX),
    .output = g_malloc (MEIR_TRACKER_OUTPUT_MAX),
  };
  /* Connections that are shaking hands are counted apart. */
  http->max_connections = certificate != NULL ? (max_connections + 1) / 2 : max_connections;
  for (guint state = 0; state < MEIR_TRACKER_N_STATES; state++)
    http->queues[state].next = http->queues[state].previous = &http->queues[state];
  for (guint i = 0; i < n_fds; i++)
    http->listeners[i] = (Listener){ .watch.fd = fds[i], .http = http };
  http->n_listeners = n_fds;
  if (certificate != NULL) {
    http->tls =
        meir_tracker_tls_new (core->loop, certificate, http->max_connections, on_secured, http, error);
    if (http->tls == NULL)
      return NULL;
  }
  for (guint i = 0; i < n_fds; i++)
    if (!meir_loop_watch (core->loop, &http->listeners[i].watch, fds[i], EPOLLIN, on_incoming, error)) {
      http->listeners[i].watch.fd = fds[i];
      return NULL;
    }
  return g_steal_pointer (&http);
}

void
meir_tracker_http_recheck (MeirTrackerHttp *http)
{
  for (guint state = 0; state < MEIR_TRACKER_N_STATES; state++) {
    MeirTrackerLink *queue = &http->queues[state], *next;

    for (MeirTrackerLink *link = queue->next; link != queue; link = next) {
      next = link->next;
      if (!meir_tracker_core_admits (http->host.core, &connection_of (link)->source))
        meir_tracker_connection_close (connection_of (link));
    }
  }
}

void
meir_tracker_http_free (MeirTrackerHttp *http)
{
  for (guint i = 0; i < http->n_listeners; i++) {
    int fd = http->listeners[i].watch.fd;

    meir_loop_unwatch (http->host.core->loop, &http->listeners[i].watch);
    close (fd);
  }
  g_clear_pointer (&http->tls, meir_tracker_tls_free);
  while (evict_one (http))
    ;
  meir_loop_clear_timer (http->host.core->loop, &http->timer);
  while (http->spares != NULL)
    g_free (get_spare (http));
  g_free (http->host.input);
  g_free (http->host.output);
  g_free (http);
}
