/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "net/meir-greeter-private.h"

#include "net/meir-sniff.h"
#include "wire/meir-tls-proof.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* An incoming connection on its way through the door:
 *
 *   sniff -> plain: their handshake -> ours -> through
 *         -> TLS handshake -> their proof, the torrent it is for -> our proof -> their handshake -> ours ->
 * through
 *
 * Whatever is not as it should be ends it without a word, so that a stranger does not learn what we are, let
 * alone what we share (security W03, W04, W05). */

#define TIMEOUT_USEC (MEIR_HANDSHAKE_TIMEOUT_SEC * G_USEC_PER_SEC)

/* Torrents that one proof is tried against in one turn of the loop, and in all. Each costs about three
 * HMACs. */
#define TRIALS_PER_TURN 256u
#define TRIALS_MAX      16384u

struct _MeirIntake {
  MeirGreeter *greeter;
  GList link;
  MeirEndpoint endpoint;
  MeirTimer timer;

  int fd; /* -1 once it belongs to one of those below */
  MeirWatch watch;
  MeirTlsHandshake *tls_handshake;
  MeirExchange exchange;

  /* Over TLS: the proof that came, and the trial of our torrents against it. */
  guint8 binding[MEIR_TLS_BINDING_LENGTH];
  guint8 proof[MEIR_TLS_PROOF_LENGTH];
  MeirReady trial;
  guint next_trial;

  gboolean encrypted;
  MeirInfoHash info_hash;
  MeirHandshake ours;
  MeirHandshake remote;
};

static inline MeirIntake *
intake_of (MeirExchange *exchange)
{
  return MEIR_OWNER_OF (exchange, MeirIntake, exchange);
}

void
meir_intake_free (MeirIntake *intake)
{
  MeirLoop *loop = intake->greeter->loop;

  g_queue_unlink (&intake->greeter->intakes, &intake->link);
  meir_loop_clear_timer (loop, &intake->timer);
  meir_loop_clear_ready (loop, &intake->trial);
  meir_loop_unwatch (loop, &intake->watch);
  if (intake->fd >= 0)
    close (intake->fd);
  if (intake->tls_handshake != NULL)
    meir_tls_handshake_cancel (intake->tls_handshake);
  meir_exchange_clear (&intake->exchange);
  g_free (intake);
}

static void
on_handshake_sent (MeirExchange *exchange, const GError *error)
{
  MeirIntake *intake = intake_of (exchange);
  MeirGreeter *greeter = intake->greeter;
  guint8 early[MEIR_EXCHANGE_LENGTH_MAX];
  MeirGreeting greeting;

  if (error != NULL) {
    meir_intake_free (intake);
    return;
  }
  memcpy (early, exchange->in, exchange->in_length);
  greeting = (MeirGreeting){
    .stream = meir_exchange_take_stream (exchange),
    .endpoint = intake->endpoint,
    .remote = intake->remote,
    .incoming = TRUE,
    .encrypted = intake->encrypted,
    .early = early,
    .early_length = exchange->in_length,
  };
  meir_intake_free (intake);
  greeter->hooks.incoming (greeter->user_data, &greeting);
}

static gboolean
is_self (MeirIntake *intake, const guint8 *peer_id)
{
  if (memcmp (peer_id, intake->ours.peer_id, MEIR_PEER_ID_LENGTH) != 0)
    return FALSE;
  meir_dial_found_self (intake->greeter, &intake->endpoint);
  return TRUE;
}

static gboolean
check_handshake (MeirIntake *intake, const guint8 *bytes)
{
  MeirGreeter *greeter = intake->greeter;

  if (!meir_handshake_decode (&intake->remote, bytes))
    return FALSE;
  if (intake->encrypted)
    /* What was proven is what is spoken of: neither another torrent nor another peer (security S14). */
    return meir_info_hash_equal (&intake->remote.info_hash, &intake->info_hash) &&
           memcmp (intake->remote.peer_id, meir_tls_proof_get_peer_id (intake->proof), MEIR_PEER_ID_LENGTH) ==
               0;
  return greeter->hooks.lookup (greeter->user_data, &intake->remote.info_hash, FALSE, &intake->ours) &&
         !is_self (intake, intake->remote.peer_id);
}

static void
on_handshake (MeirExchange *exchange, const GError *error)
{
  MeirIntake *intake = intake_of (exchange);
  guint8 answer[MEIR_HANDSHAKE_LENGTH];

  if (error != NULL || !check_handshake (intake, exchange->in)) {
    meir_intake_free (intake);
    return;
  }
  meir_exchange_consume (exchange, MEIR_HANDSHAKE_LENGTH);
  meir_handshake_encode (&intake->ours, answer);
  meir_exchange_step (exchange, answer, sizeof answer, 0, MEIR_EXCHANGE_LENGTH_MAX, on_handshake_sent);
}

static void
answer_proof (MeirIntake *intake)
{
  guint8 proof[MEIR_TLS_PROOF_LENGTH];
  MeirGreeter *greeter = intake->greeter;

  if (!greeter->hooks.lookup (greeter->user_data, &intake->info_hash, TRUE, &intake->ours) ||
      is_self (intake, meir_tls_proof_get_peer_id (intake->proof))) {
    meir_intake_free (intake);
    return;
  }
  meir_tls_proof_encode (proof, &intake->info_hash, intake->binding, MEIR_TLS_ROLE_RESPONDER,
                         intake->ours.peer_id);
  meir_exchange_step (&intake->exchange, proof, sizeof proof, MEIR_HANDSHAKE_LENGTH, MEIR_EXCHANGE_LENGTH_MAX,
                      on_handshake);
}

/* The proof names no torrent, lest somebody who does not know the info-hash learns it; so ours are tried in
 * turn. */
static gboolean
try_torrents (MeirReady *ready, gint64 now_usec)
{
  MeirIntake *intake = MEIR_OWNER_OF (ready, MeirIntake, trial);
  MeirGreeter *greeter = intake->greeter;

  for (guint i = 0; i < TRIALS_PER_TURN; i++) {
    if (intake->next_trial == TRIALS_MAX ||
        !greeter->hooks.nth (greeter->user_data, intake->next_trial++, &intake->info_hash)) {
      meir_intake_free (intake);
      return FALSE;
    }
    if (meir_tls_proof_check (intake->proof, &intake->info_hash, intake->binding, MEIR_TLS_ROLE_INITIATOR)) {
      answer_proof (intake);
      return FALSE;
    }
  }
  return TRUE;
}

static void
on_proof (MeirExchange *exchange, const GError *error)
{
  MeirIntake *intake = intake_of (exchange);

  if (error != NULL) {
    meir_intake_free (intake);
    return;
  }
  memcpy (intake->proof, exchange->in, sizeof intake->proof);
  meir_exchange_consume (exchange, sizeof intake->proof);
  meir_loop_make_ready (intake->greeter->loop, &intake->trial, try_torrents);
}

static void
on_tls (MeirStream *stream, const GError *error, gpointer user_data)
{
  MeirIntake *intake = user_data;

  intake->tls_handshake = NULL;
  if (stream == NULL || !meir_exchange_init (&intake->exchange, intake->greeter->loop, stream, NULL) ||
      !meir_stream_get_binding (stream, intake->binding)) {
    meir_intake_free (intake);
    return;
  }
  meir_exchange_step (&intake->exchange, NULL, 0, MEIR_TLS_PROOF_LENGTH, MEIR_TLS_PROOF_LENGTH, on_proof);
}

static void
start_plain (MeirIntake *intake)
{
  MeirStream *stream = meir_tcp_stream_new (g_steal_fd (&intake->fd));

  if (!meir_exchange_init (&intake->exchange, intake->greeter->loop, stream, NULL)) {
    meir_intake_free (intake);
    return;
  }
  meir_exchange_step (&intake->exchange, NULL, 0, MEIR_HANDSHAKE_LENGTH, MEIR_EXCHANGE_LENGTH_MAX,
                      on_handshake);
}

static void
start_tls (MeirIntake *intake)
{
  intake->encrypted = TRUE;
  intake->tls_handshake = meir_tls_gate_enter (intake->greeter->gate, MEIR_TLS_LANE_STRANGERS,
                                               g_steal_fd (&intake->fd), FALSE, NULL, 0, on_tls, intake);
}

/* Looks at the first bytes without taking them. */
static void
on_first_bytes (MeirWatch *watch, guint32 events)
{
  MeirIntake *intake = MEIR_OWNER_OF (watch, MeirIntake, watch);
  guint8 bytes[MEIR_SNIFF_LENGTH];
  gsize record_length;
  gssize n;

  do
    n = recv (intake->fd, bytes, sizeof bytes, MSG_PEEK);
  while (n < 0 && errno == EINTR);
  if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
    return;
  switch (n > 0 ? meir_sniff_classify (bytes, (gsize) n, &record_length) : MEIR_SNIFF_FOREIGN) {
  case MEIR_SNIFF_MORE:
    /* Edge-triggered: the next byte reports itself. After the last byte there is nothing to wait for. */
    if (events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR))
      meir_intake_free (intake);
    break;
  case MEIR_SNIFF_PLAIN:
    meir_loop_unwatch (intake->greeter->loop, &intake->watch);
    start_plain (intake);
    break;
  case MEIR_SNIFF_TLS:
    meir_loop_unwatch (intake->greeter->loop, &intake->watch);
    start_tls (intake);
    break;
  case MEIR_SNIFF_FOREIGN:
    meir_intake_free (intake);
    break;
  }
}

static void
on_timeout (MeirTimer *timer, gint64 now_usec)
{
  meir_intake_free (MEIR_OWNER_OF (timer, MeirIntake, timer));
}

void
meir_intake_new (MeirGreeter *greeter, int fd, const MeirEndpoint *endpoint)
{
  MeirLoop *loop = greeter->loop;
  MeirIntake *intake;

  if (greeter->intakes.length >= MEIR_INTAKES_MAX)
    meir_intake_free (greeter->intakes.head->data);
  intake = g_new0 (MeirIntake, 1);
  intake->greeter = greeter;
  intake->endpoint = *endpoint;
  intake->fd = fd;
  intake->link.data = intake;
  g_queue_push_tail_link (&greeter->intakes, &intake->link);
  meir_loop_set_timer (loop, &intake->timer, meir_loop_now_usec (loop) + TIMEOUT_USEC, on_timeout);
  if (!meir_loop_watch (loop, &intake->watch, fd, EPOLLIN | EPOLLRDHUP | EPOLLET, on_first_bytes, NULL))
    meir_intake_free (intake);
}
