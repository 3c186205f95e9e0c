/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "swarm-simulator.h"

#include "base/meir-random.h"
#include "block-store.h"
#include "event-queue.h"
#include "swarm-check.h"

#define NODES_MAX      64u
#define TICK_USEC      G_USEC_PER_SEC
#define REQUEST_LIMIT  500u
#define VERIFY_USEC    2000
#define POISONED_OF(n) ((n) / 2)

typedef struct {
  guint peer;
  guint32 piece;
  guint32 begin;
  guint32 length;
} Job;

/* One end of a connection. */
typedef struct {
  MeirPeerSlot slot; /* at the owner; MEIR_PEER_NONE: not connected */
  guint link;
  gint64 delivery_usec; /* nothing sent from here arrives before */
  guint64 sent;
  gint64 banned_usec;
  guint n_failed_with;
} End;

typedef struct {
  SimulatorPeer peer;
  MeirSwarm *swarm;
  BlockStore *blocks;
  GQueue jobs; /* Job: uploads waiting */
  gboolean sending;
  guint last_served;
  End ends[NODES_MAX];
  SimulatorResult result;
} Node;

struct _Simulator {
  SimulatorConfig config;
  guint blocks_per_piece;
  MeirPrng prng;
  gint64 now_usec;
  guint next_link;
  guint check_every;
  guint n_events;
  guint64 trace;
  EventQueue *queue;
  Node *nodes[NODES_MAX];
  guint n_nodes;
};

Simulator *
simulator_new (const SimulatorConfig *config)
{
  Simulator *simulator = g_new0 (Simulator, 1);

  simulator->config = *config;
  simulator->blocks_per_piece = (config->piece_length + MEIR_BLOCK_LENGTH - 1) / MEIR_BLOCK_LENGTH;
  meir_prng_init (&simulator->prng, config->seed);
  simulator->queue = event_queue_new ();
  simulator->now_usec = G_USEC_PER_SEC;
  simulator->trace = G_GUINT64_CONSTANT (0xcbf29ce484222325);
  return simulator;
}

void
simulator_free (Simulator *simulator)
{
  for (guint i = 0; i < simulator->n_nodes; i++) {
    Node *node = simulator->nodes[i];

    block_store_free (node->blocks);
    g_queue_clear_full (&node->jobs, g_free);
    meir_swarm_free (node->swarm);
    g_free (node);
  }
  event_queue_free (simulator->queue);
  g_free (simulator);
}

guint
simulator_add (Simulator *simulator, const SimulatorPeer *peer)
{
  Node *node = g_new0 (Node, 1);
  guint index = simulator->n_nodes++;
  MeirBitfield have;
  MeirSwarmConfig config = { .n_pieces = simulator->config.n_pieces,
                             .piece_length = simulator->config.piece_length,
                             .total_length = simulator->config.total_length,
                             .seed = meir_prng_next (&simulator->prng),
                             .upload_slots = MAX (peer->upload_slots, 1) };

  g_assert_cmpuint (index, <, NODES_MAX);
  meir_bitfield_init (&have, config.n_pieces);
  if (peer->seed)
    meir_bitfield_set_all (&have);
  config.have = &have;
  node->peer = *peer;
  node->swarm = meir_swarm_new (&config, simulator->now_usec);
  meir_bitfield_clear (&have);
  node->blocks = block_store_new (config.n_pieces, config.piece_length, config.total_length);
  g_queue_init (&node->jobs);
  for (guint i = 0; i < NODES_MAX; i++)
    node->ends[i].slot = MEIR_PEER_NONE;
  if (peer->seed)
    node->result.completed_usec = simulator->now_usec;
  simulator->nodes[index] = node;
  event_queue_push (simulator->queue,
                    (Event){ .kind = EVENT_TICK,
                             .at_usec = simulator->now_usec + TICK_USEC + (gint64) index * 1000,
                             .to = index });
  return index;
}

static gint64
latency_between (const Simulator *simulator, guint a, guint b)
{
  return MAX (simulator->nodes[a]->peer.latency_usec + simulator->nodes[b]->peer.latency_usec, 50);
}

/* In order after all that went before on this connection. */
static void
send_message (Simulator *simulator, guint from, guint to, Event event)
{
  End *end = &simulator->nodes[from]->ends[to];

  event.from = from;
  event.to = to;
  event.link = end->link;
  event.at_usec = MAX (simulator->now_usec + latency_between (simulator, from, to), end->delivery_usec);
  end->delivery_usec = event.at_usec;
  event_queue_push (simulator->queue, event);
}

static void
disconnect (Simulator *simulator, guint a, guint b)
{
  for (guint i = 0; i < 2; i++) {
    guint owner = i == 0 ? a : b, other = i == 0 ? b : a;
    Node *node = simulator->nodes[owner];

    if (node->ends[other].slot == MEIR_PEER_NONE)
      continue;
    meir_swarm_remove_peer (node->swarm, node->ends[other].slot, simulator->now_usec);
    node->ends[other].slot = MEIR_PEER_NONE;
    node->ends[other].link = 0;
    for (GList *l = node->jobs.head; l != NULL;) {
      GList *next = l->next;
      Job *job = l->data;

      if (job->peer == other) {
        g_free (job);
        g_queue_delete_link (&node->jobs, l);
      }
      l = next;
    }
  }
}

/* The uplink is shared fairly: the first job of the next peer that has one. */
static Job *
take_job (Node *node)
{
  GList *best = NULL;
  guint best_distance = G_MAXUINT;

  for (GList *l = node->jobs.head; l != NULL; l = l->next) {
    const Job *job = l->data;
    guint distance = (job->peer + NODES_MAX - node->last_served - 1) % NODES_MAX;

    if (distance < best_distance) {
      best = l;
      best_distance = distance;
    }
  }
  if (best != NULL) {
    Job *job = best->data;

    node->last_served = job->peer;
    g_queue_delete_link (&node->jobs, best);
    return job;
  }
  return NULL;
}

static void
start_upload (Simulator *simulator, guint index)
{
  Node *node = simulator->nodes[index];
  g_autofree Job *job = NULL;
  Event event;
  gint64 duration_usec;

  if (node->sending || (job = take_job (node)) == NULL)
    return;
  node->sending = TRUE;
  duration_usec = (gint64) ((guint64) job->length * G_USEC_PER_SEC / MAX (node->peer.up_per_sec, 1));
  event = (Event){ .kind = EVENT_BLOCK_START,
                   .piece = job->piece,
                   .begin = job->begin,
                   .length = job->length,
                   .mark = block_store_true_mark (job->piece, job->begin / MEIR_BLOCK_LENGTH) };
  if (node->peer.manner == MANNER_POISON &&
      job->begin / MEIR_BLOCK_LENGTH == POISONED_OF (simulator->blocks_per_piece))
    event.mark ^= 0xbad;
  if (node->peer.manner == MANNER_POISON_ALL)
    event.mark ^= 0xbad;
  send_message (simulator, index, job->peer, event);
  if (node->peer.manner == MANNER_TRICKLE) {
    event.kind = EVENT_BLOCK_BYTE;
    for (guint i = 0; i < 200; i++) {
      node->ends[job->peer].delivery_usec += G_USEC_PER_SEC;
      send_message (simulator, index, job->peer, event);
    }
    return;
  }
  node->ends[job->peer].delivery_usec += duration_usec;
  node->ends[job->peer].sent += job->length;
  event.kind = EVENT_BLOCK_END;
  send_message (simulator, index, job->peer, event);
  event.kind = EVENT_SENT;
  event.at_usec = simulator->now_usec + duration_usec;
  event.to = index;
  event.from = job->peer;
  event.link = node->ends[job->peer].link;
  event_queue_push (simulator->queue, event);
}

static guint
peer_of_slot (const Node *node, MeirPeerSlot slot)
{
  for (guint i = 0; i < NODES_MAX; i++) {
    if (node->ends[i].slot == slot)
      return i;
  }
  return G_MAXUINT;
}

static void
serve (Simulator *simulator, guint index, guint peer, const MeirEffect *effect)
{
  Node *node = simulator->nodes[index];

  switch (node->peer.manner) {
  case MANNER_SILENT:
    return;
  case MANNER_REJECT:
    meir_swarm_on_served (node->swarm, effect->peer, effect->piece, effect->begin, effect->length,
                          simulator->now_usec);
    send_message (
        simulator, index, peer,
        (Event){
            .kind = EVENT_REJECT, .piece = effect->piece, .begin = effect->begin, .length = effect->length });
    return;
  case MANNER_HONEST:
  case MANNER_POISON:
  case MANNER_POISON_ALL:
  case MANNER_TRICKLE:
  case MANNER_FREE_RIDER:
    break;
  }
  g_queue_push_tail (
      &node->jobs,
      g_memdup2 (
          &(Job){ .peer = peer, .piece = effect->piece, .begin = effect->begin, .length = effect->length },
          sizeof (Job)));
  start_upload (simulator, index);
}

/* Takes uploads back: all of a peer, or one of them. */
static void
unserve (Simulator *simulator, guint index, guint peer, const MeirEffect *one)
{
  Node *node = simulator->nodes[index];

  for (GList *l = node->jobs.head; l != NULL;) {
    GList *next = l->next;
    Job *job = l->data;

    if (job->peer == peer && (one == NULL || (job->piece == one->piece && job->begin == one->begin))) {
      if (!node->peer.not_fast && !simulator->nodes[peer]->peer.not_fast)
        send_message (
            simulator, index, peer,
            (Event){ .kind = EVENT_REJECT, .piece = job->piece, .begin = job->begin, .length = job->length });
      g_free (job);
      g_queue_delete_link (&node->jobs, l);
    }
    l = next;
  }
}

static void
note_ban (Simulator *simulator, guint index, const MeirEffect *effect)
{
  Node *node = simulator->nodes[index];
  guint whom = (guint) effect->address.bytes[2] << 8 | effect->address.bytes[3];

  node->result.n_bans++;
  node->ends[whom].banned_usec = simulator->now_usec;
  if (simulator->nodes[whom]->peer.manner != MANNER_POISON &&
      simulator->nodes[whom]->peer.manner != MANNER_POISON_ALL)
    node->result.n_banned_honest++;
}

/* The message that carries an effect; of the others none goes out. */
static const EventKind messages[] = {
  [MEIR_EFFECT_REQUEST] = EVENT_REQUEST,
  [MEIR_EFFECT_CANCEL] = EVENT_CANCEL,
  [MEIR_EFFECT_INTERESTED] = EVENT_INTERESTED,
  [MEIR_EFFECT_NOT_INTERESTED] = EVENT_NOT_INTERESTED,
  [MEIR_EFFECT_CHOKE] = EVENT_CHOKE,
  [MEIR_EFFECT_UNCHOKE] = EVENT_UNCHOKE,
  [MEIR_EFFECT_HAVE] = EVENT_HAVE,
  [MEIR_EFFECT_REJECT] = EVENT_REJECT,
  [MEIR_EFFECT_COMPLETE] = 0,
};

static void
note_request (Node *node, guint peer)
{
  MeirSwarmPeerState state;

  meir_swarm_get_peer_state (node->swarm, node->ends[peer].slot, &state, 0);
  g_assert_cmpuint (state.requests_out, <=, REQUEST_LIMIT);
  node->result.most_requests_out = MAX (node->result.most_requests_out, state.requests_out);
}

static void
perform (Simulator *simulator, guint index, const MeirEffect *effect)
{
  Node *node = simulator->nodes[index];
  guint peer = effect->peer == MEIR_PEER_NONE ? G_MAXUINT : peer_of_slot (node, effect->peer);
  Event event = {
    .kind = messages[effect->kind], .piece = effect->piece, .begin = effect->begin, .length = effect->length
  };

  switch (effect->kind) {
  case MEIR_EFFECT_REQUEST:
    note_request (node, peer);
    break;
  case MEIR_EFFECT_CANCEL:
    node->result.n_cancels++;
    break;
  case MEIR_EFFECT_CHOKE:
    send_message (simulator, index, peer, event);
    unserve (simulator, index, peer, NULL);
    return;
  case MEIR_EFFECT_UNCHOKE:
    if (node->peer.manner == MANNER_FREE_RIDER)
      return;
    break;
  case MEIR_EFFECT_INTERESTED:
  case MEIR_EFFECT_NOT_INTERESTED:
  case MEIR_EFFECT_HAVE:
  case MEIR_EFFECT_REJECT:
    break;
  case MEIR_EFFECT_SERVE:
    serve (simulator, index, peer, effect);
    return;
  case MEIR_EFFECT_UNSERVE:
    unserve (simulator, index, peer, effect);
    return;
  case MEIR_EFFECT_DROP:
    node->result.n_drops[effect->reason]++;
    disconnect (simulator, index, peer);
    return;
  case MEIR_EFFECT_BAN:
    note_ban (simulator, index, effect);
    return;
  case MEIR_EFFECT_ABANDON:
    block_store_forget (node->blocks, effect->piece);
    return;
  case MEIR_EFFECT_SHELVE:
    block_store_shelve (node->blocks, effect->piece);
    return;
  case MEIR_EFFECT_COMPLETE:
    g_assert_cmpint (node->result.completed_usec, ==, 0);
    node->result.completed_usec = simulator->now_usec;
    return;
  default:
    g_assert_not_reached ();
  }
  send_message (simulator, index, peer, event);
}

static void
trace_effect (Simulator *simulator, guint index, const MeirEffect *effect)
{
  guint64 words[] = { index,         effect->kind,  effect->peer,
                      effect->piece, effect->begin, (guint64) simulator->now_usec };

  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    simulator->trace = (simulator->trace ^ words[i]) * G_GUINT64_CONSTANT (0x100000001b3);
}

static void
run_node (Simulator *simulator, guint index)
{
  Node *node = simulator->nodes[index];
  guint n_effects;
  const MeirEffect *effects = meir_swarm_run (node->swarm, simulator->now_usec, &n_effects);
  g_autofree MeirEffect *copy = g_memdup2 (effects, n_effects * sizeof (MeirEffect));

  for (guint i = 0; i < n_effects; i++) {
    trace_effect (simulator, index, &copy[i]);
    if (copy[i].peer != MEIR_PEER_NONE && peer_of_slot (node, copy[i].peer) == G_MAXUINT)
      continue;
    perform (simulator, index, &copy[i]);
  }
  node->result.wasted = meir_swarm_get_wasted (node->swarm);
}

void
simulator_set_priorities (Simulator *simulator, guint peer, const guint8 *priorities)
{
  Node *node = simulator->nodes[peer];

  node->result.completed_usec = 0;
  meir_swarm_set_priorities (node->swarm, priorities, simulator->now_usec);
  run_node (simulator, peer);
}

static void
join_end (Simulator *simulator, guint owner, guint other)
{
  Node *node = simulator->nodes[owner];
  const SimulatorPeer *peer = &simulator->nodes[other]->peer;
  MeirSwarmPeer swarm_peer = { .fast = !peer->not_fast && !node->peer.not_fast,
                               .request_limit = REQUEST_LIMIT };

  swarm_peer.address.family = 4;
  swarm_peer.address.bytes[0] = 10;
  swarm_peer.address.bytes[2] = (guint8) (other >> 8);
  swarm_peer.address.bytes[3] = (guint8) other;
  swarm_peer.address.port = (guint16) (1000 + simulator->next_link);
  node->ends[other].slot = meir_swarm_add_peer (node->swarm, &swarm_peer, simulator->now_usec);
  node->ends[other].link = simulator->next_link;
  node->ends[other].delivery_usec = simulator->now_usec;
}

void
simulator_connect (Simulator *simulator, guint a, guint b)
{
  simulator->next_link++;
  join_end (simulator, a, b);
  join_end (simulator, b, a);
  for (guint i = 0; i < 2; i++) {
    guint from = i == 0 ? a : b, to = i == 0 ? b : a;
    const MeirBitfield *have = meir_swarm_get_have (simulator->nodes[from]->swarm);

    meir_swarm_on_bitfield (simulator->nodes[to]->swarm, simulator->nodes[to]->ends[from].slot, have->bytes,
                            MEIR_BITFIELD_BYTES (have->n_bits), simulator->now_usec);
  }
  for (guint i = 0; i < 2; i++) {
    guint node = i == 0 ? a : b, other = i == 0 ? b : a;

    if (simulator->nodes[node]->ends[other].slot != MEIR_PEER_NONE)
      run_node (simulator, node);
  }
}

void
simulator_connect_all (Simulator *simulator)
{
  for (guint a = 0; a < simulator->n_nodes; a++) {
    for (guint b = a + 1; b < simulator->n_nodes; b++)
      simulator_connect (simulator, a, b);
  }
}

void
simulator_leave (Simulator *simulator, guint peer)
{
  for (guint other = 0; other < simulator->n_nodes; other++) {
    if (other != peer && simulator->nodes[peer]->ends[other].slot != MEIR_PEER_NONE) {
      disconnect (simulator, peer, other);
      run_node (simulator, other);
    }
  }
  run_node (simulator, peer);
}

static void
keep_block (Simulator *simulator, Node *node, const Event *event)
{
  block_store_put (node->blocks, event->piece, event->begin / MEIR_BLOCK_LENGTH, event->mark, event->from);
  if (meir_swarm_piece_is_complete (node->swarm, event->piece))
    event_queue_push (simulator->queue, (Event){ .kind = EVENT_VERIFIED,
                                                 .at_usec = simulator->now_usec + VERIFY_USEC,
                                                 .to = event->to,
                                                 .piece = event->piece });
}

static void
end_block (Simulator *simulator, Node *node, const Event *event, MeirPeerSlot slot)
{
  gboolean endgame = meir_swarm_in_endgame (node->swarm);

  meir_swarm_on_bytes (node->swarm, slot, event->length / 2, simulator->now_usec);
  if (meir_swarm_on_block (node->swarm, slot, event->piece, event->begin, event->length, simulator->now_usec))
    keep_block (simulator, node, event);
  else if (!endgame && node->result.n_cancels == 0)
    node->result.n_duplicates_outside_endgame++;
}

static void
verify (Simulator *simulator, guint index, guint32 piece)
{
  Node *node = simulator->nodes[index];
  const guint64 *marks = simulator->config.marks ? block_store_get_marks (node->blocks, piece) : NULL;

  if (block_store_is_good (node->blocks, piece)) {
    meir_swarm_on_piece_good (node->swarm, piece, meir_swarm_wants_marks (node->swarm, piece) ? marks : NULL,
                              simulator->now_usec);
    return;
  }
  node->result.n_bad_pieces++;
  for (guint whom = 0; whom < simulator->n_nodes; whom++)
    node->ends[whom].n_failed_with += block_store_is_spoiled_by (node->blocks, piece, whom);
  meir_swarm_on_piece_bad (node->swarm, piece, marks, simulator->now_usec);
}

/* Whoever means ill treats everybody as interested, so as to unchoke them and be asked. */
static void
entice (Simulator *simulator, guint index)
{
  Node *node = simulator->nodes[index];

  if (node->peer.manner == MANNER_HONEST || node->peer.manner == MANNER_FREE_RIDER)
    return;
  for (guint other = 0; other < simulator->n_nodes; other++) {
    if (node->ends[other].slot != MEIR_PEER_NONE)
      meir_swarm_on_interested (node->swarm, node->ends[other].slot, simulator->now_usec);
  }
}

static void
deliver (Simulator *simulator, const Event *event)
{
  Node *node = simulator->nodes[event->to];
  MeirSwarm *swarm = node->swarm;
  MeirPeerSlot slot = node->ends[event->from].slot;
  gint64 now = simulator->now_usec;

  switch (event->kind) {
  case EVENT_TICK:
    entice (simulator, event->to);
    meir_swarm_on_tick (swarm, now);
    event_queue_push (
        simulator->queue,
        (Event){ .kind = EVENT_TICK, .at_usec = simulator->now_usec + TICK_USEC, .to = event->to });
    return;
  case EVENT_VERIFIED:
    verify (simulator, event->to, event->piece);
    return;
  case EVENT_SENT:
    node->sending = FALSE;
    if (slot != MEIR_PEER_NONE && node->ends[event->from].link == event->link) {
      meir_swarm_on_sent (swarm, slot, event->length, now);
      meir_swarm_on_served (swarm, slot, event->piece, event->begin, event->length, now);
    }
    start_upload (simulator, event->to);
    return;
  case EVENT_CHOKE:
    meir_swarm_on_choke (swarm, slot, now);
    return;
  case EVENT_UNCHOKE:
    meir_swarm_on_unchoke (swarm, slot, now);
    return;
  case EVENT_INTERESTED:
    meir_swarm_on_interested (swarm, slot, now);
    return;
  case EVENT_NOT_INTERESTED:
    meir_swarm_on_not_interested (swarm, slot, now);
    return;
  case EVENT_HAVE:
    meir_swarm_on_have (swarm, slot, event->piece, now);
    return;
  case EVENT_REQUEST:
    meir_swarm_on_request (swarm, slot, event->piece, event->begin, event->length, now);
    return;
  case EVENT_CANCEL:
    meir_swarm_on_cancel (swarm, slot, event->piece, event->begin, event->length, now);
    return;
  case EVENT_REJECT:
    meir_swarm_on_reject (swarm, slot, event->piece, event->begin, event->length, now);
    return;
  case EVENT_BLOCK_START:
    meir_swarm_on_block_start (swarm, slot, event->piece, event->begin, event->length, now);
    return;
  case EVENT_BLOCK_BYTE:
    meir_swarm_on_bytes (swarm, slot, 1, now);
    return;
  case EVENT_BLOCK_END:
    end_block (simulator, node, event, slot);
    return;
  default:
    g_assert_not_reached ();
  }
}

static gboolean
is_finished (const Simulator *simulator)
{
  for (guint i = 0; i < simulator->n_nodes; i++) {
    const Node *node = simulator->nodes[i];

    if (node->peer.manner == MANNER_HONEST && node->result.completed_usec == 0)
      return FALSE;
  }
  return TRUE;
}

gboolean
simulator_run (Simulator *simulator, gint64 until_usec)
{
  while (!is_finished (simulator)) {
    Event event;
    gboolean personal;

    if (event_queue_next_usec (simulator->queue) > until_usec)
      return FALSE;
    event = event_queue_pop (simulator->queue);
    simulator->now_usec = MAX (simulator->now_usec, event.at_usec);
    personal = event.kind != EVENT_TICK && event.kind != EVENT_VERIFIED && event.kind != EVENT_SENT;
    if (personal && simulator->nodes[event.to]->ends[event.from].link != event.link)
      continue;
    deliver (simulator, &event);
    run_node (simulator, event.to);
    if (simulator->check_every > 0 && ++simulator->n_events % simulator->check_every == 0) {
      for (guint i = 0; i < simulator->n_nodes; i++)
        swarm_check (simulator->nodes[i]->swarm);
    }
  }
  return TRUE;
}

void
simulator_check_every (Simulator *simulator, guint n_events)
{
  simulator->check_every = n_events;
}

const SimulatorResult *
simulator_result (const Simulator *simulator, guint peer)
{
  return &simulator->nodes[peer]->result;
}

MeirSwarm *
simulator_swarm (const Simulator *simulator, guint peer)
{
  return simulator->nodes[peer]->swarm;
}

guint64
simulator_sent (const Simulator *simulator, guint from, guint to)
{
  return simulator->nodes[from]->ends[to].sent;
}

gint64
simulator_banned (const Simulator *simulator, guint at, guint whom)
{
  return simulator->nodes[at]->ends[whom].banned_usec;
}

guint
simulator_failed_with (const Simulator *simulator, guint at, guint whom)
{
  return simulator->nodes[at]->ends[whom].n_failed_with;
}

guint64
simulator_trace (const Simulator *simulator)
{
  return simulator->trace;
}
