/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tracker/meir-tracker-tls.h"

#include "base/meir-limits.h"
#include "net/meir-buffered-stream.h"
#include "net/meir-sniff.h"
#include "net/meir-socket.h"
#include "net/meir-tls-stream.h"

#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define CHECK_USEC (250 * G_TIME_SPAN_MILLISECOND)
/* How long a handshake may keep its place at the gate while others wait for one. */
#define CONTESTED_USEC G_TIME_SPAN_SECOND

typedef struct _Pending Pending;

/* A connection on its way through the gate: in `silent` until its ClientHello is there, in `ready` until a
 * place is free, in `shaking` until the handshake ends. Each list has its newest first. */
struct _Pending {
  MeirWatch watch;
  MeirTrackerTls *tls;
  int fd;
  MeirEndpoint source;
  gint64 taken_usec;
  gint64 shaking_usec;
  GList link;
  GQueue *queue;
  MeirBufferedStream *base;
  GTlsConnection *connection;
};

struct _MeirTrackerTls {
  MeirLoop *loop;
  GTlsCertificate *certificate;
  guint max_pending;
  MeirTrackerTlsFunc func;
  gpointer user_data;
  GQueue silent;
  GQueue ready;
  GQueue shaking;
  MeirTimer timer;
  gboolean freeing;
};

static void start_handshakes (MeirTrackerTls *tls);

static void
enter (Pending *pending, GQueue *queue)
{
  if (pending->queue != NULL)
    g_queue_unlink (pending->queue, &pending->link);
  pending->queue = queue;
  if (queue != NULL)
    g_queue_push_head_link (queue, &pending->link);
}

/* Not one that is shaking: its thread still uses the socket. */
static void
drop (Pending *pending)
{
  enter (pending, NULL);
  meir_loop_unwatch (pending->tls->loop, &pending->watch);
  g_clear_object (&pending->connection);
  g_clear_object (&pending->base);
  if (pending->fd >= 0)
    close (pending->fd);
  g_free (pending);
}

static gboolean
is_good_enough (GTlsConnection *connection)
{
  GTlsProtocolVersion version = g_tls_connection_get_protocol_version (connection);

  return version == G_TLS_PROTOCOL_VERSION_TLS_1_2 || version == G_TLS_PROTOCOL_VERSION_TLS_1_3;
}

static void
on_handshake (GObject *object, GAsyncResult *result, gpointer user_data)
{
  Pending *pending = user_data;
  MeirTrackerTls *tls = pending->tls;
  MeirEndpoint source = pending->source;
  g_autoptr (GError) error = NULL;
  MeirStream *stream = NULL;

  if (!g_tls_connection_handshake_finish (pending->connection, result, &error)) {
    g_debug ("A TLS handshake failed: %s", error->message);
  } else if (!tls->freeing && is_good_enough (pending->connection)) {
    stream = meir_tls_stream_new (pending->fd, pending->base, pending->connection);
    pending->fd = -1;
    /* In TLS 1.2 the server has the last word, and it still lies in the buffer. */
    meir_stream_flush (stream);
  }
  drop (pending);
  if (stream != NULL)
    tls->func (stream, &source, tls->user_data);
  if (!tls->freeing)
    start_handshakes (tls);
}

static gboolean
start_handshake (Pending *pending)
{
  MeirTrackerTls *tls = pending->tls;

  meir_socket_tune (pending->fd);
  pending->base = meir_buffered_stream_new (pending->fd, NULL, 0);
  /* Not g_tls_server_connection_new (): that copies the system's trust store into every connection. */
  pending->connection =
      g_initable_new (g_tls_backend_get_server_connection_type (g_tls_backend_get_default ()), NULL, NULL,
                      "base-io-stream", pending->base, "database", NULL, "certificate", tls->certificate,
                      "authentication-mode", G_TLS_AUTHENTICATION_NONE, NULL);
  if (pending->connection == NULL)
    return FALSE;
  /* A client that closes without saying goodbye loses nothing: each request says its length. */
  g_tls_connection_set_require_close_notify (pending->connection, FALSE);
  pending->shaking_usec = meir_loop_now_usec (tls->loop);
  enter (pending, &tls->shaking);
  g_tls_connection_handshake_async (pending->connection, G_PRIORITY_DEFAULT, NULL, on_handshake, pending);
  return TRUE;
}

static void
start_handshakes (MeirTrackerTls *tls)
{
  while (tls->shaking.length < MEIR_TLS_HANDSHAKES_MAX && tls->ready.length > 0) {
    Pending *pending = tls->ready.head->data;

    if (!start_handshake (pending))
      drop (pending);
  }
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

/* Looks without taking: the bytes are for the TLS library. */
static void
look (Pending *pending)
{
  MeirTrackerTls *tls = pending->tls;
  guint8 bytes[MEIR_TLS_HEADER_LENGTH + MEIR_TLS_RECORD_LENGTH];
  gssize n = recv (pending->fd, bytes, sizeof bytes, MSG_PEEK | MSG_DONTWAIT);
  gsize record_length = 0;

  if (n < 0)
    return;
  if (n == 0) {
    drop (pending);
    return;
  }
  switch (meir_sniff_classify (bytes, (gsize) n, &record_length)) {
  case MEIR_SNIFF_MORE:
    return;
  case MEIR_SNIFF_TLS:
    if ((gsize) n < record_length)
      return;
    meir_loop_unwatch (tls->loop, &pending->watch);
    enter (pending, &tls->ready);
    start_handshakes (tls);
    return;
  case MEIR_SNIFF_PLAIN:
  case MEIR_SNIFF_FOREIGN:
  default:
    if (g_ascii_isupper (bytes[0]))
      send_off (pending);
    else
      drop (pending);
    return;
  }
}

static void
on_bytes (MeirWatch *watch, guint32 events)
{
  look ((Pending *) watch);
}

static void
drop_late (GQueue *queue, gint64 now_usec)
{
  while (queue->length > 0) {
    Pending *oldest = queue->tail->data;

    if (now_usec - oldest->taken_usec < MEIR_TLS_HANDSHAKE_TIMEOUT_SEC * G_TIME_SPAN_SECOND - CHECK_USEC)
      return;
    drop (oldest);
  }
}

static void
on_check (MeirTimer *timer, gint64 now_usec)
{
  MeirTrackerTls *tls = (gpointer) ((char *) timer - G_STRUCT_OFFSET (MeirTrackerTls, timer));

  drop_late (&tls->silent, now_usec);
  drop_late (&tls->ready, now_usec);
  for (GList *link = tls->shaking.head; link != NULL; link = link->next) {
    Pending *pending = link->data;

    /* The thread that shakes hands is woken by the end of its socket, and then on_handshake () drops it. */
    if (now_usec - pending->taken_usec >= MEIR_TLS_HANDSHAKE_TIMEOUT_SEC * G_TIME_SPAN_SECOND - CHECK_USEC ||
        (tls->ready.length > 0 && now_usec - pending->shaking_usec >= CONTESTED_USEC))
      shutdown (pending->fd, SHUT_RDWR);
  }
  if (tls->silent.length + tls->ready.length + tls->shaking.length > 0)
    meir_loop_set_timer (tls->loop, timer, now_usec + CHECK_USEC, on_check);
}

void
meir_tracker_tls_take (MeirTrackerTls *tls, int fd, const MeirEndpoint *source)
{
  Pending *pending = g_new0 (Pending, 1);

  pending->tls = tls;
  pending->fd = fd;
  pending->source = *source;
  pending->taken_usec = meir_loop_now_usec (tls->loop);
  pending->link.data = pending;
  enter (pending, &tls->silent);
  if (tls->silent.length + tls->ready.length > tls->max_pending)
    drop (tls->silent.length > 1 ? tls->silent.tail->data : tls->ready.tail->data);
  if (!meir_timer_is_set (&tls->timer))
    meir_loop_set_timer (tls->loop, &tls->timer, pending->taken_usec + CHECK_USEC, on_check);
  /* Edges, because the bytes stay where they are. */
  if (!meir_loop_watch (tls->loop, &pending->watch, fd, EPOLLIN | EPOLLRDHUP | EPOLLET, on_bytes, NULL))
    drop (pending);
}

MeirTrackerTls *
meir_tracker_tls_new (MeirLoop *loop, GTlsCertificate *certificate, guint max_pending,
                      MeirTrackerTlsFunc func, gpointer user_data)
{
  MeirTrackerTls *tls = g_new0 (MeirTrackerTls, 1);

  tls->loop = loop;
  tls->certificate = g_object_ref (certificate);
  tls->max_pending = max_pending;
  tls->func = func;
  tls->user_data = user_data;
  return tls;
}

void
meir_tracker_tls_free (MeirTrackerTls *tls)
{
  tls->freeing = TRUE;
  meir_loop_clear_timer (tls->loop, &tls->timer);
  while (tls->silent.length > 0)
    drop (tls->silent.head->data);
  while (tls->ready.length > 0)
    drop (tls->ready.head->data);
  for (GList *link = tls->shaking.head; link != NULL; link = link->next)
    shutdown (((Pending *) link->data)->fd, SHUT_RDWR);
  while (tls->shaking.length > 0)
    g_main_context_iteration (meir_loop_get_context (tls->loop), TRUE);
  g_object_unref (tls->certificate);
  g_free (tls);
}
