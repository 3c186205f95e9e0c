/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "net/meir-tls-gate.h"

#include "base/meir-error.h"
#include "base/meir-limits.h"
#include "meir-config.h"
#include "net/meir-buffered-stream.h"
#include "net/meir-sniff.h"
#include "net/meir-tls-stream.h"
#include "net/meir-tls-certificate.h"
#include "net/meir-tls.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#define N_LANES        2u
#define LANE_SLOTS_MAX (MEIR_TLS_HANDSHAKES_MAX - 2)

#define TIMEOUT_USEC (MEIR_TLS_HANDSHAKE_TIMEOUT_SEC * G_USEC_PER_SEC)

/* How long a handshake may take while others wait for its place: a round trip around the world and the work
 * of slow machines, for those we know longer than for strangers. */
static const gint64 patience_usec[N_LANES] = { 2 * G_USEC_PER_SEC, G_USEC_PER_SEC / 2 };

/* From so many on, those who wait are taken for a crowd that means no good. */
#define CROWD_LENGTH 32u

typedef enum {
  STATE_HELLO,   /* the other side's first record is awaited */
  STATE_WAITING, /* in the lane */
  STATE_RUNNING, /* in a thread of GIO's; cannot be freed before that ends */
} State;

typedef struct {
  GQueue hello;
  GQueue waiting;
  GQueue running; /* oldest first */
  MeirTimer impatience;
  gint64 cut_usec; /* when somebody was last cut off for others */
  MeirTlsGate *gate;
} Lane;

struct _MeirTlsGate {
  MeirLoop *loop;
  GTlsCertificate *certificate;
  gboolean is_server; /* for clients of the web, not for peers */
  /* The handshakes' own context, so that meir_tls_gate_free () can wait for them without running anything
   * else. Its wake-up descriptor is watched by the loop. */
  GMainContext *context;
  MeirWatch watch;
  Lane lanes[N_LANES];
};

struct _MeirTlsHandshake {
  Lane *lane;
  GList link;
  State state;
  gboolean client;
  gboolean cut; /* shut down by us, for taking too long */
  int fd;
  guint8 *unread;
  gsize unread_length;
  MeirWatch watch;
  MeirTimer timer;
  gint64 started_usec;
  MeirBufferedStream *base;
  GTlsConnection *connection;
  MeirTlsHandshakeFunc func; /* NULL: cancelled */
  gpointer user_data;
};

static void gate_update (MeirTlsGate *gate);

static GQueue *
queue_of (MeirTlsHandshake *handshake)
{
  switch (handshake->state) {
  case STATE_HELLO:
    return &handshake->lane->hello;
  case STATE_WAITING:
    return &handshake->lane->waiting;
  case STATE_RUNNING:
    return &handshake->lane->running;
  }
  g_assert_not_reached ();
}

static void
handshake_free (MeirTlsHandshake *handshake)
{
  MeirLoop *loop = handshake->lane->gate->loop;

  g_queue_unlink (queue_of (handshake), &handshake->link);
  meir_loop_unwatch (loop, &handshake->watch);
  meir_loop_clear_timer (loop, &handshake->timer);
  g_clear_object (&handshake->connection);
  g_clear_object (&handshake->base);
  if (handshake->fd >= 0)
    close (handshake->fd);
  g_free (handshake->unread);
  g_free (handshake);
}

static void
handshake_set_state (MeirTlsHandshake *handshake, State state)
{
  Lane *lane = handshake->lane;

  g_queue_unlink (queue_of (handshake), &handshake->link);
  handshake->state = state;
  if (state == STATE_WAITING && lane == &lane->gate->lanes[MEIR_TLS_LANE_STRANGERS])
    g_queue_push_head_link (queue_of (handshake), &handshake->link);
  else
    g_queue_push_tail_link (queue_of (handshake), &handshake->link);
}

/* Frees @handshake, then tells its owner. Takes @stream and @error. */
static void
handshake_finish (MeirTlsHandshake *handshake, MeirStream *stream, GError *error)
{
  MeirTlsHandshakeFunc func = handshake->func;
  gpointer user_data = handshake->user_data;
  MeirTlsGate *gate = handshake->lane->gate;

  handshake_free (handshake);
  if (func != NULL)
    func (stream, error, user_data);
  else
    meir_stream_free (stream);
  g_clear_error (&error);
  gate_update (gate);
}

static GError *
error_of (const MeirTlsHandshake *handshake, const GError *reason)
{
  if (handshake->cut)
    return g_error_new_literal (MEIR_ERROR, MEIR_ERROR_TIMED_OUT, _ ("The TLS handshake took too long"));
  return g_error_new (MEIR_ERROR, MEIR_ERROR_TLS, _ ("The TLS handshake failed: %s"), reason->message);
}

static GTlsConnection *
make_connection (MeirTlsHandshake *handshake, GError **error)
{
  MeirTlsGate *gate = handshake->lane->gate;

  if (gate->is_server)
    return meir_tls_server_connection_new (handshake->base, gate->certificate, error);
  return meir_tls_connection_new (handshake->base, handshake->client, gate->certificate, error);
}

static gboolean
check_connection (MeirTlsHandshake *handshake, GError **error)
{
  if (handshake->lane->gate->is_server)
    return meir_tls_server_connection_check (handshake->connection, error);
  return meir_tls_connection_check (handshake->connection, error);
}

static void
on_handshake_done (GObject *source, GAsyncResult *result, gpointer user_data)
{
  MeirTlsHandshake *handshake = user_data;
  MeirStream *stream = NULL;
  g_autoptr (GError) reason = NULL;
  GError *error = NULL;

  if (!g_tls_connection_handshake_finish (handshake->connection, result, &reason))
    error = error_of (handshake, reason);
  else if (check_connection (handshake, &error))
    stream = meir_tls_stream_new (handshake->fd, handshake->base, handshake->connection);

  meir_buffered_stream_stop_blocking (handshake->base);
  if (stream != NULL)
    handshake->fd = -1;
  else
    g_io_stream_close (G_IO_STREAM (handshake->connection), NULL, NULL);
  /* Our last words are still held: what ends the handshake, or the alert that says why not. */
  meir_buffered_stream_flush (handshake->base);
  handshake_finish (handshake, stream, error);
}

static void
handshake_shut_down (MeirTlsHandshake *handshake)
{
  handshake->cut = TRUE;
  shutdown (handshake->fd, SHUT_RDWR);
}

static void
on_timeout (MeirTimer *timer, gint64 now_usec)
{
  handshake_shut_down (MEIR_OWNER_OF (timer, MeirTlsHandshake, timer));
}

static void
handshake_start (MeirTlsHandshake *handshake)
{
  MeirTlsGate *gate = handshake->lane->gate;
  GError *error = NULL;

  handshake->base = meir_buffered_stream_new (handshake->fd, handshake->unread, handshake->unread_length);
  g_clear_pointer (&handshake->unread, g_free);
  handshake->connection = make_connection (handshake, &error);
  if (handshake->connection == NULL) {
    handshake_finish (handshake, NULL, error);
    return;
  }
  handshake_set_state (handshake, STATE_RUNNING);
  handshake->started_usec = meir_loop_now_usec (gate->loop);
  meir_loop_set_timer (gate->loop, &handshake->timer, handshake->started_usec + TIMEOUT_USEC, on_timeout);

  g_main_context_push_thread_default (gate->context);
  g_tls_connection_handshake_async (handshake->connection, G_PRIORITY_DEFAULT, NULL, on_handshake_done,
                                    handshake);
  g_main_context_pop_thread_default (gate->context);
}

static MeirTlsHandshake *
lane_get_oldest (Lane *lane)
{
  for (GList *link = lane->running.head; link != NULL; link = link->next) {
    MeirTlsHandshake *handshake = link->data;

    if (!handshake->cut)
      return handshake;
  }
  return NULL;
}

static void
on_impatience (MeirTimer *timer, gint64 now_usec)
{
  Lane *lane = MEIR_OWNER_OF (timer, Lane, impatience);
  MeirTlsHandshake *oldest = lane_get_oldest (lane);

  if (oldest != NULL) {
    handshake_shut_down (oldest);
    lane->cut_usec = now_usec;
  }
  gate_update (lane->gate);
}

/* When the patience with the oldest in a full lane ends. In a crowd one place becomes free after the other
 * rather than all at once, so that who comes next waits no longer than for one. */
static gint64
lane_get_impatient_usec (Lane *lane, const MeirTlsHandshake *oldest)
{
  gint64 patience = patience_usec[lane - lane->gate->lanes];
  gint64 since_usec = MAX (lane->cut_usec, oldest->started_usec);

  if (lane->waiting.length >= CROWD_LENGTH)
    return since_usec + patience / LANE_SLOTS_MAX;
  return oldest->started_usec + patience;
}

static guint
gate_count_running (MeirTlsGate *gate)
{
  guint n = 0;

  for (guint i = 0; i < N_LANES; i++)
    n += gate->lanes[i].running.length;
  return n;
}

/* Lets in who may come in, and sees to it that who must wait does not wait for the silent. */
static void
gate_update (MeirTlsGate *gate)
{
  for (guint i = 0; i < N_LANES; i++) {
    Lane *lane = &gate->lanes[i];
    MeirTlsHandshake *oldest;

    while (lane->waiting.length > 0 && lane->running.length < LANE_SLOTS_MAX &&
           gate_count_running (gate) < MEIR_TLS_HANDSHAKES_MAX)
      handshake_start (lane->waiting.head->data);

    oldest = lane_get_oldest (lane);
    if (lane->waiting.length > 0 && oldest != NULL)
      meir_loop_set_timer (gate->loop, &lane->impatience, lane_get_impatient_usec (lane, oldest),
                           on_impatience);
    else
      meir_loop_clear_timer (gate->loop, &lane->impatience);
  }
}

static void
handshake_queue (MeirTlsHandshake *handshake)
{
  meir_loop_unwatch (handshake->lane->gate->loop, &handshake->watch);
  handshake_set_state (handshake, STATE_WAITING);
  gate_update (handshake->lane->gate);
}

static void
on_client_turn (MeirTimer *timer, gint64 now_usec)
{
  handshake_queue (MEIR_OWNER_OF (timer, MeirTlsHandshake, timer));
}

/* A thread is not given to a peer who says it will speak TLS and then does not: its first record must be
 * here. It is left in the socket; only its header is looked at. */
static void
on_hello (MeirWatch *watch, guint32 events)
{
  MeirTlsHandshake *handshake = MEIR_OWNER_OF (watch, MeirTlsHandshake, watch);
  guint8 start[MEIR_SNIFF_LENGTH];
  gsize length = MIN (handshake->unread_length, sizeof start);
  gsize record_length = 0;
  int arrived = 0;
  gssize n = 0;

  if (length > 0)
    memcpy (start, handshake->unread, length);
  if (length < sizeof start) {
    do
      n = recv (handshake->fd, start + length, sizeof start - length, MSG_PEEK);
    while (n < 0 && errno == EINTR);
    if (n == 0 || (n < 0 && errno != EAGAIN && errno != EWOULDBLOCK)) {
      handshake_finish (
          handshake, NULL,
          g_error_new_literal (MEIR_ERROR, MEIR_ERROR_NETWORK,
                               _ ("The other side closed the connection before the TLS handshake")));
      return;
    }
    length += (gsize) MAX (n, 0);
  }
  switch (meir_sniff_classify (start, length, &record_length)) {
  case MEIR_SNIFF_MORE:
    break;
  case MEIR_SNIFF_TLS:
    if (ioctl (handshake->fd, FIONREAD, &arrived) == 0 &&
        handshake->unread_length + (gsize) arrived >= record_length)
      handshake_queue (handshake);
    break;
  case MEIR_SNIFF_PLAIN:
  case MEIR_SNIFF_FOREIGN:
    handshake_finish (
        handshake, NULL,
        g_error_new_literal (MEIR_ERROR, MEIR_ERROR_TLS, _ ("The other side does not speak TLS")));
    break;
  }
}

MeirTlsHandshake *
meir_tls_gate_enter (MeirTlsGate *gate, MeirTlsLane lane, int fd, gboolean client, const guint8 *unread,
                     gsize unread_length, MeirTlsHandshakeFunc func, gpointer user_data)
{
  MeirTlsHandshake *handshake = g_new0 (MeirTlsHandshake, 1);

  handshake->lane = &gate->lanes[lane];
  handshake->link.data = handshake;
  handshake->client = client;
  handshake->fd = fd;
  handshake->unread = g_memdup2 (unread, unread_length);
  handshake->unread_length = unread_length;
  handshake->func = func;
  handshake->user_data = user_data;
  g_queue_push_tail_link (queue_of (handshake), &handshake->link);
  /* A socket that can be written to reports so at once: the first look comes by itself. */
  if (client || !meir_loop_watch (gate->loop, &handshake->watch, fd,
                                  EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET, on_hello, NULL))
    meir_loop_set_timer (gate->loop, &handshake->timer, 0, on_client_turn);
  return handshake;
}

void
meir_tls_handshake_cancel (MeirTlsHandshake *handshake)
{
  MeirTlsGate *gate = handshake->lane->gate;

  if (handshake->state == STATE_RUNNING) {
    /* The thread wakes up, and what it used is freed when it has ended. */
    handshake->func = NULL;
    handshake_shut_down (handshake);
    return;
  }
  handshake_free (handshake);
  gate_update (gate);
}

static void
on_context (MeirWatch *watch, guint32 events)
{
  MeirTlsGate *gate = MEIR_OWNER_OF (watch, MeirTlsGate, watch);

  while (g_main_context_iteration (gate->context, FALSE))
    ;
}

static gboolean
watch_context (MeirTlsGate *gate, GError **error)
{
  GPollFD wake_up = { .fd = -1 };
  gint timeout, priority;

  if (g_main_context_acquire (gate->context)) {
    g_main_context_prepare (gate->context, &priority);
    g_main_context_query (gate->context, priority, &timeout, &wake_up, 1);
    g_main_context_release (gate->context);
  }
  return meir_loop_watch (gate->loop, &gate->watch, wake_up.fd, EPOLLIN, on_context, error);
}

static MeirTlsGate *
gate_new (MeirLoop *loop, GTlsCertificate *certificate, gboolean is_server, GError **error)
{
  g_autoptr (MeirTlsGate) gate = g_new0 (MeirTlsGate, 1);

  gate->loop = loop;
  gate->certificate = g_object_ref (certificate);
  gate->is_server = is_server;
  /* Another loop than GLib's polls for it. */
  gate->context = g_main_context_new_with_flags (G_MAIN_CONTEXT_FLAGS_OWNERLESS_POLLING);
  for (guint i = 0; i < N_LANES; i++)
    gate->lanes[i].gate = gate;
  if (!watch_context (gate, error))
    return NULL;
  return g_steal_pointer (&gate);
}

MeirTlsGate *
meir_tls_gate_new (MeirLoop *loop, GError **error)
{
  g_autoptr (GTlsCertificate) certificate = meir_tls_certificate_new (error);

  return certificate != NULL ? gate_new (loop, certificate, FALSE, error) : NULL;
}

MeirTlsGate *
meir_tls_gate_new_for_server (MeirLoop *loop, GTlsCertificate *certificate, GError **error)
{
  return gate_new (loop, certificate, TRUE, error);
}

static void
free_queue (GQueue *queue)
{
  while (queue->length > 0)
    handshake_free (queue->head->data);
}

void
meir_tls_gate_free (MeirTlsGate *gate)
{
  if (gate == NULL)
    return;
  for (guint i = 0; i < N_LANES; i++) {
    free_queue (&gate->lanes[i].hello);
    free_queue (&gate->lanes[i].waiting);
    for (GList *link = gate->lanes[i].running.head; link != NULL; link = link->next)
      meir_tls_handshake_cancel (link->data);
  }
  while (gate_count_running (gate) > 0)
    g_main_context_iteration (gate->context, TRUE);
  for (guint i = 0; i < N_LANES; i++)
    meir_loop_clear_timer (gate->loop, &gate->lanes[i].impatience);
  meir_loop_unwatch (gate->loop, &gate->watch);
  g_main_context_unref (gate->context);
  g_object_unref (gate->certificate);
  g_free (gate);
}
