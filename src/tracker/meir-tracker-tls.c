/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tracker/meir-tracker-tls.h"

#include "base/meir-limits.h"
#include "net/meir-socket.h"
#include "net/meir-tls-gate.h"

#include <sys/socket.h>
#include <unistd.h>

#define TIMEOUT_USEC (MEIR_TLS_HANDSHAKE_TIMEOUT_SEC * G_TIME_SPAN_SECOND)

/* A connection on its way: in `silent` until its first byte is there, then in `shaking`, at the gate. Each
 * list has its newest first. */
typedef struct {
  MeirTrackerTls *tls;
  MeirEndpoint source;
  MeirTimer timer;
  GQueue *queue;
  GList link;
  MeirWatch watch;
  int fd; /* -1 once it belongs to @handshake */
  MeirTlsHandshake *handshake;
} Pending;

struct _MeirTrackerTls {
  MeirLoop *loop;
  MeirTlsGate *gate;
  guint max_pending;
  MeirTrackerTlsFunc func;
  gpointer user_data;
  GQueue silent;
  GQueue shaking;
};

static void
enter (Pending *pending, GQueue *queue)
{
  if (pending->queue != NULL)
    g_queue_unlink (pending->queue, &pending->link);
  pending->queue = queue;
  if (queue != NULL)
    g_queue_push_head_link (queue, &pending->link);
}

static void
drop (Pending *pending)
{
  enter (pending, NULL);
  meir_loop_clear_timer (pending->tls->loop, &pending->timer);
  meir_loop_unwatch (pending->tls->loop, &pending->watch);
  if (pending->handshake != NULL)
    meir_tls_handshake_cancel (pending->handshake);
  if (pending->fd >= 0)
    close (pending->fd);
  g_free (pending);
}

static void
on_handshake (MeirStream *stream, const GError *error, gpointer user_data)
{
  Pending *pending = user_data;
  MeirTrackerTls *tls = pending->tls;
  MeirEndpoint source = pending->source;

  pending->handshake = NULL;
  drop (pending);
  if (stream != NULL)
    tls->func (stream, &source, tls->user_data);
  else
    g_debug ("A TLS handshake failed: %s", error->message);
}

/* Somebody speaks HTTP to the HTTPS port: told so in his own language. */
static void
send_off (Pending *pending)
{
  static const char answer[] = "HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain\r\n"
                               "Content-Length: 47\r\nConnection: close\r\n\r\n"
                               "d14:failure reason25:This tracker speaks HTTPSe";
  char thrown_away[4096];

  /* What was not read would make the system drop the answer along with the connection. */
  if (recv (pending->fd, thrown_away, sizeof thrown_away, MSG_DONTWAIT) > 0 &&
      send (pending->fd, answer, sizeof answer - 1, MSG_DONTWAIT | MSG_NOSIGNAL) > 0)
    shutdown (pending->fd, SHUT_WR);
  drop (pending);
}

/* Looks without taking: the byte is for the TLS library. */
static void
on_first_byte (MeirWatch *watch, guint32 events)
{
  Pending *pending = MEIR_OWNER_OF (watch, Pending, watch);
  MeirTrackerTls *tls = pending->tls;
  char byte;
  gssize n = recv (pending->fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT);

  if (n < 0)
    return;
  if (n == 0) {
    drop (pending);
    return;
  }
  if (g_ascii_isupper (byte)) {
    send_off (pending);
    return;
  }
  meir_loop_unwatch (tls->loop, &pending->watch);
  enter (pending, &tls->shaking);
  meir_socket_tune (pending->fd);
  pending->handshake = meir_tls_gate_enter (tls->gate, MEIR_TLS_LANE_STRANGERS, g_steal_fd (&pending->fd),
                                            FALSE, NULL, 0, on_handshake, pending);
}

static void
on_timeout (MeirTimer *timer, gint64 now_usec)
{
  drop (MEIR_OWNER_OF (timer, Pending, timer));
}

void
meir_tracker_tls_take (MeirTrackerTls *tls, int fd, const MeirEndpoint *source)
{
  Pending *pending = g_new0 (Pending, 1);

  pending->tls = tls;
  pending->fd = fd;
  pending->source = *source;
  pending->link.data = pending;
  enter (pending, &tls->silent);
  if (tls->silent.length + tls->shaking.length > tls->max_pending)
    drop (tls->silent.length > 1 ? tls->silent.tail->data : tls->shaking.tail->data);
  meir_loop_set_timer (tls->loop, &pending->timer, meir_loop_now_usec (tls->loop) + TIMEOUT_USEC, on_timeout);
  /* Edges, because the byte stays where it is. */
  if (!meir_loop_watch (tls->loop, &pending->watch, fd, EPOLLIN | EPOLLRDHUP | EPOLLET, on_first_byte, NULL))
    drop (pending);
}

MeirTrackerTls *
meir_tracker_tls_new (MeirLoop *loop, GTlsCertificate *certificate, guint max_pending,
                      MeirTrackerTlsFunc func, gpointer user_data, GError **error)
{
  g_autoptr (MeirTlsGate) gate = meir_tls_gate_new_for_server (loop, certificate, error);
  MeirTrackerTls *tls;

  if (gate == NULL)
    return NULL;
  tls = g_new0 (MeirTrackerTls, 1);
  tls->loop = loop;
  tls->gate = g_steal_pointer (&gate);
  tls->max_pending = max_pending;
  tls->func = func;
  tls->user_data = user_data;
  return tls;
}

void
meir_tracker_tls_free (MeirTrackerTls *tls)
{
  while (tls->silent.length > 0)
    drop (tls->silent.head->data);
  while (tls->shaking.length > 0)
    drop (tls->shaking.head->data);
  meir_tls_gate_free (tls->gate);
  g_free (tls);
}
