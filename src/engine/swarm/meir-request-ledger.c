/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "swarm/meir-request-ledger.h"

/* Requests of the first flight, before anything is known of the peer. */
#define DEPTH_FIRST 16u
/* Least depth of a peer that is not slow. */
#define DEPTH_FAST_MIN 64u
/* Least depth of any peer: one block on its way while another arrives. */
#define DEPTH_MIN 2u
/* Most seconds of its own rate that a peer may be asked for in advance. */
#define HOARD_SEC 10u
#define WORK_USEC (50 * 1000)
/* Time without a measured round trip is taken for this. */
#define RTT_ASSUMED_USEC (100 * 1000)
/* A peer that has not sent its first block after this is slow; before, it may be busy with others. */
#define FIRST_BLOCK_USEC (10 * G_USEC_PER_SEC)
/* The depth grows by what the first seconds show; then it follows the measured rate. */
#define EARLY_USEC (2 * G_USEC_PER_SEC)
/* Void requests remembered. */
#define VOID_MAX   MEIR_REQUEST_QUEUE_MAX
#define RING_FIRST 32u

void
meir_request_ledger_init (MeirRequestLedger *ledger, guint limit)
{
  *ledger = (MeirRequestLedger){ .depth = DEPTH_FIRST };
  meir_request_ledger_set_limit (ledger, limit);
}

void
meir_request_ledger_clear (MeirRequestLedger *ledger)
{
  g_clear_pointer (&ledger->ring, g_free);
}

void
meir_request_ledger_set_limit (MeirRequestLedger *ledger, guint limit)
{
  ledger->limit = CLAMP (limit, 1, MEIR_REQUEST_QUEUE_MAX);
  ledger->depth = MIN (ledger->depth, ledger->limit);
}

static inline MeirRequest *
request_at (const MeirRequestLedger *ledger, guint index)
{
  return &ledger->ring[(ledger->head + index) & (ledger->capacity - 1)];
}

static guint *
counter_of (MeirRequestLedger *ledger, MeirRequestState state)
{
  switch (state) {
  case MEIR_REQUEST_ACTIVE:
    return &ledger->n_active;
  case MEIR_REQUEST_OWED:
    return &ledger->n_owed;
  case MEIR_REQUEST_VOID:
    return &ledger->n_void;
  case MEIR_REQUEST_GONE:
  default:
    g_assert_not_reached ();
  }
}

static void
drop_gaps_at_head (MeirRequestLedger *ledger)
{
  while (ledger->length > 0 && request_at (ledger, 0)->state == MEIR_REQUEST_GONE) {
    ledger->head = (ledger->head + 1) & (ledger->capacity - 1);
    ledger->length--;
  }
}

/* Makes room for one more: closes the gaps, forgets the oldest of too many void requests, or doubles the
 * ring. */
static void
make_room (MeirRequestLedger *ledger)
{
  guint n_excess = ledger->n_void > VOID_MAX ? ledger->n_void - VOID_MAX : 0, n = 0;
  guint n_live = ledger->n_active + ledger->n_owed + ledger->n_void - n_excess;
  guint capacity = MAX (ledger->capacity, RING_FIRST);
  MeirRequest *ring;

  if (n_live > capacity / 2)
    capacity *= 2;
  ring = g_new (MeirRequest, capacity);
  for (guint i = 0; i < ledger->length; i++) {
    const MeirRequest *request = request_at (ledger, i);

    if (request->state == MEIR_REQUEST_VOID && n_excess > 0) {
      n_excess--;
      ledger->n_void--;
    } else if (request->state != MEIR_REQUEST_GONE) {
      ring[n++] = *request;
    }
  }
  g_free (ledger->ring);
  ledger->ring = ring;
  ledger->capacity = capacity;
  ledger->head = 0;
  ledger->length = n;
}

void
meir_request_ledger_add (MeirRequestLedger *ledger, guint32 piece, guint32 block, gint64 now_usec)
{
  drop_gaps_at_head (ledger);
  if (ledger->length == ledger->capacity)
    make_room (ledger);
  if (ledger->n_active == 0) {
    ledger->progress_usec = now_usec;
    ledger->flow_start_usec = now_usec;
    ledger->flow_bytes = 0;
  }
  ledger->length++;
  *request_at (ledger, ledger->length - 1) = (MeirRequest){
    .piece = piece, .block = block & 0xffffff, .state = MEIR_REQUEST_ACTIVE, .sent_usec = now_usec
  };
  ledger->n_active++;
}

MeirRequest *
meir_request_ledger_find (MeirRequestLedger *ledger, guint32 piece, guint32 block)
{
  MeirRequest *found = NULL;

  drop_gaps_at_head (ledger);
  for (guint i = 0; i < ledger->length; i++) {
    MeirRequest *request = request_at (ledger, i);

    if (request->piece != piece || request->block != block || request->state == MEIR_REQUEST_GONE)
      continue;
    if (request->state != MEIR_REQUEST_VOID)
      return request;
    if (found == NULL)
      found = request;
  }
  return found;
}

MeirRequest *
meir_request_ledger_find_oldest (MeirRequestLedger *ledger, guint32 piece, guint32 block)
{
  MeirRequest *request;
  guint cursor = 0;

  while ((request = meir_request_ledger_next (ledger, &cursor)) != NULL) {
    if (request->piece == piece && request->block == block)
      return request;
  }
  return NULL;
}

MeirRequest *
meir_request_ledger_next (MeirRequestLedger *ledger, guint *cursor)
{
  while (*cursor < ledger->length) {
    MeirRequest *request = request_at (ledger, (*cursor)++);

    if (request->state != MEIR_REQUEST_GONE)
      return request;
  }
  return NULL;
}

MeirRequest *
meir_request_ledger_previous (MeirRequestLedger *ledger, guint *cursor)
{
  *cursor = MIN (*cursor, ledger->length);
  while (*cursor > 0) {
    MeirRequest *request = request_at (ledger, --(*cursor));

    if (request->state != MEIR_REQUEST_GONE)
      return request;
  }
  return NULL;
}

void
meir_request_ledger_set_state (MeirRequestLedger *ledger, MeirRequest *request, MeirRequestState state)
{
  (*counter_of (ledger, request->state))--;
  (*counter_of (ledger, state))++;
  request->state = state;
}

void
meir_request_ledger_remove (MeirRequestLedger *ledger, MeirRequest *request)
{
  (*counter_of (ledger, request->state))--;
  request->state = MEIR_REQUEST_GONE;
}

guint
meir_request_depth (guint64 rate, gint64 rtt_usec, guint limit)
{
  guint64 pipe = 2 * rate / G_USEC_PER_SEC * (guint64) (rtt_usec + WORK_USEC) / MEIR_BLOCK_LENGTH;
  guint64 hoard = rate * HOARD_SEC / MEIR_BLOCK_LENGTH;

  return (guint) MIN (MIN (MAX (pipe, DEPTH_FAST_MIN), MAX (hoard, DEPTH_MIN)), limit);
}

static gint64
flow_usec (const MeirRequestLedger *ledger, gint64 now_usec)
{
  return MAX (now_usec - ledger->flow_start_usec, 1000);
}

/* What the peer could be asked for in advance, judged by what came since the pipe was last empty. */
static guint
hoard_max (const MeirRequestLedger *ledger, gint64 now_usec)
{
  guint64 rate = ledger->flow_bytes * G_USEC_PER_SEC / (guint64) flow_usec (ledger, now_usec);

  return (guint) CLAMP (rate * HOARD_SEC / MEIR_BLOCK_LENGTH, DEPTH_MIN, ledger->limit);
}

guint
meir_request_ledger_get_room (MeirRequestLedger *ledger, gint64 now_usec)
{
  guint depth = MIN (ledger->depth, ledger->limit);

  if (ledger->n_active + MAX (depth / 4, 1) > depth)
    return 0;
  /* Half a pipe answered between two refills: it was too short. */
  if (ledger->n_answered >= depth / 2 && flow_usec (ledger, now_usec) < EARLY_USEC)
    depth = ledger->depth = MAX (depth, MIN (depth * 2, hoard_max (ledger, now_usec)));
  ledger->n_answered = 0;
  return depth - ledger->n_active;
}

void
meir_request_ledger_on_first_byte (MeirRequestLedger *ledger, const MeirRequest *request, gint64 now_usec)
{
  gint64 rtt_usec = MAX (now_usec - request->sent_usec, 1);

  if (ledger->rtt_min_usec == 0 || rtt_usec < ledger->rtt_min_usec)
    ledger->rtt_min_usec = rtt_usec;
}

void
meir_request_ledger_on_block (MeirRequestLedger *ledger, guint32 bytes, gint64 now_usec)
{
  guint most;

  ledger->progress_usec = now_usec;
  ledger->flow_bytes += bytes;
  ledger->n_answered++;
  if (flow_usec (ledger, now_usec) >= EARLY_USEC)
    return;
  most = hoard_max (ledger, now_usec);
  ledger->depth = MAX (ledger->depth, MIN (MAX (ledger->depth + 1, DEPTH_FAST_MIN), most));
}

void
meir_request_ledger_follow_rate (MeirRequestLedger *ledger, guint64 rate, gint64 now_usec)
{
  gint64 rtt_usec = ledger->rtt_min_usec > 0 ? ledger->rtt_min_usec : RTT_ASSUMED_USEC;
  gint64 elapsed_usec = flow_usec (ledger, now_usec);
  guint depth;

  if (ledger->n_active == 0 || elapsed_usec < (ledger->flow_bytes > 0 ? G_USEC_PER_SEC : FIRST_BLOCK_USEC))
    return;
  /* A rate averaged over a time with nothing asked for says too little. */
  rate = MAX (rate, ledger->flow_bytes * G_USEC_PER_SEC / (guint64) elapsed_usec);
  depth = meir_request_depth (rate, rtt_usec, ledger->limit);
  ledger->depth = MIN (depth, MAX (ledger->depth, 1) * 2);
}

void
meir_request_ledger_excuse (MeirRequestLedger *ledger, gint64 now_usec)
{
  ledger->progress_usec = now_usec;
  ledger->flow_start_usec = now_usec;
  ledger->flow_bytes = 0;
}

void
meir_request_ledger_restart (MeirRequestLedger *ledger, gint64 now_usec)
{
  ledger->depth = MIN (DEPTH_FIRST / 4, ledger->limit);
  meir_request_ledger_excuse (ledger, now_usec);
}
