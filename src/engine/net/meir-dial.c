/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "net/meir-greeter-private.h"

#include "base/meir-error.h"
#include "meir-config.h"
#include "net/meir-socket.h"
#include "wire/meir-tls-proof.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* An outgoing connection:
 *
 *   connect -> plain: our handshake -> theirs -> through
 *           -> TLS handshake -> our proof -> theirs -> our handshake -> theirs -> through
 *
 * Over TLS nothing that names the torrent is sent before the other side has proven that it knows it. */

struct _MeirDial {
  MeirGreeter *greeter;
  GList link;
  MeirEndpoint endpoint;
  MeirEndpoint local;
  MeirHandshake ours;
  gboolean tls;
  gboolean to_self;
  MeirDialFunc func;
  gpointer user_data;
  MeirTimer timer;
  GError *error; /* to be reported from the loop */

  int fd; /* -1 once it belongs to one of those below */
  MeirWatch watch;
  MeirTlsHandshake *tls_handshake;
  MeirExchange exchange;
  guint8 binding[MEIR_TLS_BINDING_LENGTH];
  guint8 proven_peer_id[MEIR_PEER_ID_LENGTH];
};

static inline MeirDial *
dial_of (MeirExchange *exchange)
{
  return MEIR_OWNER_OF (exchange, MeirDial, exchange);
}

/* Ends everything but the memory, which names the dial in its callback. */
static void
dial_stop (MeirDial *dial)
{
  MeirLoop *loop = dial->greeter->loop;

  g_queue_unlink (&dial->greeter->dials, &dial->link);
  meir_loop_clear_timer (loop, &dial->timer);
  meir_loop_unwatch (loop, &dial->watch);
  if (dial->fd >= 0)
    close (dial->fd);
  if (dial->tls_handshake != NULL)
    meir_tls_handshake_cancel (dial->tls_handshake);
  meir_exchange_clear (&dial->exchange);
}

static void
dial_free (MeirDial *dial)
{
  g_clear_error (&dial->error);
  g_free (dial);
}

void
meir_dial_cancel (MeirDial *dial)
{
  dial_stop (dial);
  dial_free (dial);
}

static void
dial_fail (MeirDial *dial, const GError *reason)
{
  char text[MEIR_ENDPOINT_TEXT_MAX];
  g_autoptr (GError) error = NULL;

  meir_endpoint_format (&dial->endpoint, text);
  if (dial->to_self)
    error = g_error_new (MEIR_ERROR, MEIR_ERROR_INVALID, _ ("%s is this program itself"), text);
  else
    error = g_error_new (reason->domain, reason->code, _ ("%s: %s"), text, reason->message);
  dial_stop (dial);
  dial->func (dial, NULL, error, dial->user_data);
  dial_free (dial);
}

static void
dial_fail_with (MeirDial *dial, MeirError code, const char *message)
{
  g_autoptr (GError) error = g_error_new_literal (MEIR_ERROR, (gint) code, message);

  dial_fail (dial, error);
}

static void
on_handshake (MeirExchange *exchange, const GError *error)
{
  MeirDial *dial = dial_of (exchange);
  MeirGreeting greeting = { .endpoint = dial->endpoint, .encrypted = dial->tls };
  guint8 early[MEIR_EXCHANGE_LENGTH_MAX];

  if (error != NULL) {
    dial_fail (dial, error);
    return;
  }
  if (!meir_handshake_decode (&greeting.remote, exchange->in)) {
    dial_fail_with (dial, MEIR_ERROR_PROTOCOL, _ ("The other side does not speak BitTorrent"));
    return;
  }
  if (!meir_info_hash_equal (&greeting.remote.info_hash, &dial->ours.info_hash)) {
    dial_fail_with (dial, MEIR_ERROR_PROTOCOL, _ ("The other side answered for another torrent"));
    return;
  }
  /* What was proven is who speaks (security S14). */
  if (dial->tls && memcmp (greeting.remote.peer_id, dial->proven_peer_id, MEIR_PEER_ID_LENGTH) != 0) {
    dial_fail_with (dial, MEIR_ERROR_PROTOCOL,
                    _ ("The other side answered as another peer than it has proven to be"));
    return;
  }
  dial->to_self = memcmp (greeting.remote.peer_id, dial->ours.peer_id, MEIR_PEER_ID_LENGTH) == 0;
  if (dial->to_self) {
    dial_fail (dial, NULL);
    return;
  }
  meir_exchange_consume (exchange, MEIR_HANDSHAKE_LENGTH);
  memcpy (early, exchange->in, exchange->in_length);
  greeting.early = early;
  greeting.early_length = exchange->in_length;
  greeting.stream = meir_exchange_take_stream (exchange);
  dial_stop (dial);
  dial->func (dial, &greeting, NULL, dial->user_data);
  dial_free (dial);
}

static void
send_handshake (MeirDial *dial)
{
  guint8 bytes[MEIR_HANDSHAKE_LENGTH];

  meir_handshake_encode (&dial->ours, bytes);
  meir_exchange_step (&dial->exchange, bytes, sizeof bytes, MEIR_HANDSHAKE_LENGTH, MEIR_EXCHANGE_LENGTH_MAX,
                      on_handshake);
}

static void
on_proof (MeirExchange *exchange, const GError *error)
{
  MeirDial *dial = dial_of (exchange);

  if (error != NULL) {
    dial_fail (dial, error);
    return;
  }
  if (!meir_tls_proof_check (exchange->in, &dial->ours.info_hash, dial->binding, MEIR_TLS_ROLE_RESPONDER)) {
    dial_fail_with (
        dial, MEIR_ERROR_TLS,
        _ ("The other side could not prove that it knows the torrent, or somebody is in between"));
    return;
  }
  memcpy (dial->proven_peer_id, meir_tls_proof_get_peer_id (exchange->in), MEIR_PEER_ID_LENGTH);
  meir_exchange_consume (exchange, MEIR_TLS_PROOF_LENGTH);
  send_handshake (dial);
}

static void
on_tls (MeirStream *stream, const GError *error, gpointer user_data)
{
  MeirDial *dial = user_data;
  guint8 proof[MEIR_TLS_PROOF_LENGTH];
  g_autoptr (GError) watch_error = NULL;

  dial->tls_handshake = NULL;
  if (stream == NULL) {
    dial_fail (dial, error);
    return;
  }
  if (!meir_exchange_init (&dial->exchange, dial->greeter->loop, stream, &watch_error)) {
    dial_fail (dial, watch_error);
    return;
  }
  if (!meir_stream_get_binding (stream, dial->binding)) {
    dial_fail_with (dial, MEIR_ERROR_TLS, _ ("The TLS connection cannot be bound to the torrent"));
    return;
  }
  meir_tls_proof_encode (proof, &dial->ours.info_hash, dial->binding, MEIR_TLS_ROLE_INITIATOR,
                         dial->ours.peer_id);
  meir_exchange_step (&dial->exchange, proof, sizeof proof, MEIR_TLS_PROOF_LENGTH, MEIR_TLS_PROOF_LENGTH,
                      on_proof);
}

static void
on_timeout (MeirTimer *timer, gint64 now_usec)
{
  MeirDial *dial = MEIR_OWNER_OF (timer, MeirDial, timer);

  if (dial->error != NULL)
    dial_fail (dial, dial->error);
  else if (dial->fd >= 0)
    dial_fail_with (dial, MEIR_ERROR_TIMED_OUT, _ ("No answer to the attempt to connect"));
  else
    dial_fail_with (dial, MEIR_ERROR_TIMED_OUT, _ ("Connected, but the handshake was not answered in time"));
}

static void
on_connected (MeirWatch *watch, guint32 events)
{
  MeirDial *dial = MEIR_OWNER_OF (watch, MeirDial, watch);
  MeirLoop *loop = dial->greeter->loop;
  g_autoptr (GError) error = NULL;
  int error_number = 0;
  socklen_t length = sizeof error_number;

  if (getsockopt (dial->fd, SOL_SOCKET, SO_ERROR, &error_number, &length) < 0)
    error_number = errno;
  if (error_number != 0) {
    dial_fail_with (dial, error_number == ETIMEDOUT ? MEIR_ERROR_TIMED_OUT : MEIR_ERROR_NETWORK,
                    g_strerror (error_number));
    return;
  }
  meir_socket_get_local (dial->fd, &dial->local);
  meir_loop_unwatch (loop, &dial->watch);
  meir_loop_set_timer (loop, &dial->timer,
                       meir_loop_now_usec (loop) + MEIR_HANDSHAKE_TIMEOUT_SEC * G_USEC_PER_SEC, on_timeout);
  if (dial->tls) {
    meir_socket_tune (dial->fd);
    dial->tls_handshake = meir_tls_gate_enter (dial->greeter->gate, MEIR_TLS_LANE_KNOWN,
                                               g_steal_fd (&dial->fd), TRUE, NULL, 0, on_tls, dial);
  } else if (!meir_exchange_init (&dial->exchange, loop, meir_tcp_stream_new (g_steal_fd (&dial->fd)),
                                  &error)) {
    dial_fail (dial, error);
  } else {
    send_handshake (dial);
  }
}

/* Out through the address we listen on, if one was chosen: a torrent bound to one network must not leak into
 * another. */
static gboolean
bind_out (MeirGreeter *greeter, int fd, guint8 family)
{
  MeirEndpoint endpoint = greeter->bind_address;
  struct sockaddr_storage address;
  socklen_t length;
  int one = 1;

  if (endpoint.family == 0)
    return TRUE;
  if (endpoint.family != family) {
    errno = EAFNOSUPPORT;
    return FALSE;
  }
  endpoint.port = 0;
  length = meir_endpoint_to_sockaddr (&endpoint, &address);
  /* The port is chosen with the destination known, so that more connections than ports can go out. */
  setsockopt (fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &one, sizeof one);
  return bind (fd, (struct sockaddr *) &address, length) == 0;
}

static gboolean
dial_connect (MeirDial *dial, GError **error)
{
  struct sockaddr_storage address;
  socklen_t length = meir_endpoint_to_sockaddr (&dial->endpoint, &address);

  dial->fd = socket (address.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (dial->fd < 0 || !bind_out (dial->greeter, dial->fd, dial->endpoint.family) ||
      (connect (dial->fd, (struct sockaddr *) &address, length) < 0 && errno != EINPROGRESS)) {
    g_set_error_literal (error, MEIR_ERROR, MEIR_ERROR_NETWORK, g_strerror (errno));
    return FALSE;
  }
  return meir_loop_watch (dial->greeter->loop, &dial->watch, dial->fd, EPOLLOUT, on_connected, error);
}

MeirDial *
meir_greeter_dial (MeirGreeter *greeter, const MeirEndpoint *endpoint, const MeirHandshake *ours,
                   gboolean tls, MeirDialFunc func, gpointer user_data)
{
  MeirDial *dial = g_new0 (MeirDial, 1);
  gint64 wait_usec = MEIR_CONNECT_TIMEOUT_SEC * G_USEC_PER_SEC;

  dial->greeter = greeter;
  dial->endpoint = *endpoint;
  dial->ours = *ours;
  dial->tls = tls;
  dial->func = func;
  dial->user_data = user_data;
  dial->fd = -1;
  dial->link.data = dial;
  g_queue_push_tail_link (&greeter->dials, &dial->link);
  if (!dial_connect (dial, &dial->error))
    wait_usec = 0;
  meir_loop_set_timer (greeter->loop, &dial->timer, meir_loop_now_usec (greeter->loop) + wait_usec,
                       on_timeout);
  return dial;
}

void
meir_dial_found_self (MeirGreeter *greeter, const MeirEndpoint *local)
{
  for (GList *link = greeter->dials.head; link != NULL; link = link->next) {
    MeirDial *dial = link->data;

    if (meir_endpoint_equal (&dial->local, local))
      dial->to_self = TRUE;
  }
}
