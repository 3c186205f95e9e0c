/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "swarm/meir-swarm-private.h"

/* A peer that finishes no block for this long snubs us: others are asked instead. */
#define SNUB_USEC (25 * G_USEC_PER_SEC)
/* While it snubs us, one request is tried this often. */
#define PROBE_USEC (10 * G_USEC_PER_SEC)
/* A single request that was passed over is given up after this. */
#define REQUEST_USEC (60 * G_USEC_PER_SEC)
/* How long a peer without BEP 6 may still send what was cancelled: it never says that it will not. */
#define VOID_USEC (120 * G_USEC_PER_SEC)
/* Rejects in a row, with no block between them, after which a peer counts as snubbing us. */
#define REJECT_STREAK_MAX 16u
/* Peers asked for one block in the endgame, and blocks that an idle peer is asked for then. */
#define ENDGAME_ASKED_MAX 3u
#define ENDGAME_OUT_MAX   8u
/* A peer may be asked to hold back what it cannot deliver in time: depths below this are such. */
#define SLOW_DEPTH 64u
/* Limits of what a peer may do wrong. */
#define UNSOLICITED_MAX   20u
#define STRAY_REJECTS_MAX 50u
#define CHOKE_FLIPS_MAX   200u

void
meir_swarm_feed (MeirSwarm *swarm, MeirMember *member)
{
  if (member->starved) {
    member->starved = FALSE;
    swarm->n_starved--;
  }
  if (member->hungry || member->dropped)
    return;
  member->hungry = TRUE;
  g_array_append_val (swarm->hungry, member->slot);
}

void
meir_swarm_feed_all (MeirSwarm *swarm)
{
  for (guint slot = 0; slot < swarm->members->len; slot++) {
    MeirMember *member = g_ptr_array_index (swarm->members, slot);

    if (member != NULL && member->n_wanted > 0)
      meir_swarm_feed (swarm, member);
  }
}

void
meir_swarm_wake_starved (MeirSwarm *swarm, guint32 piece)
{
  for (guint slot = 0; slot < swarm->members->len && swarm->n_starved > 0; slot++) {
    MeirMember *member = g_ptr_array_index (swarm->members, slot);

    if (member != NULL && member->starved &&
        (piece == MEIR_PIECE_NONE || meir_bitfield_get (member->have, piece)))
      meir_swarm_feed (swarm, member);
  }
}

static void
set_tried (MeirSwarm *swarm, MeirMember *member, gboolean tried)
{
  if (member->tried == tried)
    return;
  member->tried = tried;
  swarm->n_tried += tried ? 1u : -1u;
}

void
meir_swarm_wake_tried (MeirSwarm *swarm)
{
  for (guint slot = 0; slot < swarm->members->len && swarm->n_tried > 0; slot++) {
    MeirMember *member = g_ptr_array_index (swarm->members, slot);

    if (member == NULL || !member->tried)
      continue;
    set_tried (swarm, member, FALSE);
    meir_swarm_feed (swarm, member);
  }
}

static void
send_request (MeirSwarm *swarm, MeirMember *member, guint32 piece, guint32 block)
{
  meir_request_ledger_add (&member->ledger, piece, block, swarm->now_usec);
  member->source->n_out++;
  meir_swarm_push_block (swarm, MEIR_EFFECT_REQUEST, member->slot, piece, block * MEIR_BLOCK_LENGTH,
                         meir_piece_manager_block_bytes (swarm->pieces, piece, block));
}

/* The block is no longer counted on from a peer: its request turns into @state. */
static void
release_request (MeirSwarm *swarm, MeirMember *member, MeirRequest *request, MeirRequestState state)
{
  gboolean was_active = request->state == MEIR_REQUEST_ACTIVE;

  meir_request_ledger_set_state (&member->ledger, request, state);
  if (was_active)
    member->source->n_out--;
  if (was_active && meir_piece_manager_unask (swarm->pieces, request->piece, request->block)) {
    swarm->in_endgame = FALSE;
    meir_swarm_wake_starved (swarm, request->piece);
  }
}

static void
cancel_request (MeirSwarm *swarm, MeirMember *member, MeirRequest *request)
{
  meir_swarm_push_block (swarm, MEIR_EFFECT_CANCEL, member->slot, request->piece,
                         request->block * MEIR_BLOCK_LENGTH,
                         meir_piece_manager_block_bytes (swarm->pieces, request->piece, request->block));
  release_request (swarm, member, request, MEIR_REQUEST_VOID);
}

void
meir_swarm_release_requests (MeirSwarm *swarm, MeirMember *member, MeirRequestState state)
{
  MeirRequest *request;
  guint cursor = 0;

  meir_piece_manager_stand_up (swarm->pieces, &member->seat, member->slot);
  while ((request = meir_request_ledger_next (&member->ledger, &cursor)) != NULL) {
    if (request->state != MEIR_REQUEST_VOID)
      release_request (swarm, member, request, state);
  }
}

void
meir_swarm_release_lacking (MeirSwarm *swarm, MeirMember *member)
{
  MeirRequest *request;
  guint cursor = 0;

  if (member->seat.partial != NULL && !meir_bitfield_get (member->have, member->seat.piece))
    meir_piece_manager_stand_up (swarm->pieces, &member->seat, member->slot);
  while ((request = meir_request_ledger_next (&member->ledger, &cursor)) != NULL) {
    if (request->state != MEIR_REQUEST_VOID && !meir_bitfield_get (member->have, request->piece))
      release_request (swarm, member, request, MEIR_REQUEST_VOID);
  }
}

/* Cancels a block at every peer that was asked for it. */
static void
cancel_block (MeirSwarm *swarm, MeirPartial *partial, guint32 block)
{
  guint32 piece = partial->piece;

  for (guint slot = 0; slot < swarm->members->len && partial->blocks[block].n_asked > 0; slot++) {
    MeirMember *member = g_ptr_array_index (swarm->members, slot);
    MeirRequest *request;

    if (member == NULL || member->ledger.n_active == 0)
      continue;
    request = meir_request_ledger_find (&member->ledger, piece, block);
    if (request == NULL || request->state != MEIR_REQUEST_ACTIVE)
      continue;
    cancel_request (swarm, member, request);
    meir_swarm_feed (swarm, member);
  }
}

void
meir_swarm_cancel_piece (MeirSwarm *swarm, guint32 piece)
{
  MeirPartial *partial = meir_piece_manager_lookup (swarm->pieces, piece);

  for (guint slot = 0; partial != NULL && partial->n_arriving > 0 && slot < swarm->members->len; slot++) {
    MeirMember *member = g_ptr_array_index (swarm->members, slot);

    if (member != NULL && member->arrival.active && member->arrival.piece == piece)
      meir_swarm_end_arrival (swarm, member);
  }
  for (guint32 block = 0; partial != NULL && partial->piece == piece && block < partial->n_blocks; block++) {
    if (partial->blocks[block].n_asked > 0)
      cancel_block (swarm, partial, block);
  }
}

void
meir_swarm_cancel_skipped (MeirSwarm *swarm, MeirMember *member)
{
  MeirRequest *request;
  guint cursor = 0;

  if (member->arrival.active && meir_piece_manager_is_skipped (swarm->pieces, member->arrival.piece)) {
    /* Of a piece that nothing else is here of no more is known afterwards. */
    if (member->arrival.verdict == MEIR_BLOCK_DIRECT)
      meir_swarm_push (swarm, MEIR_EFFECT_SHELVE, MEIR_PEER_NONE)->piece = member->arrival.piece;
    meir_swarm_end_arrival (swarm, member);
  }
  while ((request = meir_request_ledger_next (&member->ledger, &cursor)) != NULL) {
    if (request->state != MEIR_REQUEST_VOID && meir_piece_manager_is_skipped (swarm->pieces, request->piece))
      cancel_request (swarm, member, request);
  }
}

static guint
get_room (MeirSwarm *swarm, MeirMember *member)
{
  MeirRequestLedger *ledger = &member->ledger;

  if (member->dropped || member->n_wanted == 0 || (member->peer_choking && member->n_allowed_fast == 0))
    return 0;
  if (!member->snubbed)
    return meir_request_ledger_get_room (ledger, swarm->now_usec);
  return ledger->n_active + ledger->n_owed == 0 && swarm->now_usec >= member->probe_usec ? 1 : 0;
}

/* Endgame: every missing block is asked for somewhere, but perhaps of a peer that will never send it. An idle
 * peer is asked for some of them again; the first copy wins, and the others are cancelled. */
static guint
send_duplicates (MeirSwarm *swarm, MeirMember *member, guint room)
{
  GPtrArray *partials = swarm->pieces->partials;
  guint n_sent = 0, first;

  if (member->peer_choking || member->ledger.n_active >= ENDGAME_OUT_MAX || partials->len == 0)
    return 0;
  room = MIN (room, ENDGAME_OUT_MAX - member->ledger.n_active);
  first = meir_prng_below (&swarm->prng, partials->len);
  for (guint n_asked = 1; n_asked < ENDGAME_ASKED_MAX && n_sent < room; n_asked++) {
    for (guint i = 0; i < partials->len && n_sent < room; i++) {
      MeirPartial *partial = g_ptr_array_index (partials, (first + i) % partials->len);

      if (!meir_bitfield_get (member->have, partial->piece) ||
          meir_piece_manager_is_skipped (swarm->pieces, partial->piece) ||
          meir_partial_is_reserved (partial, member->slot, swarm->now_usec))
        continue;
      for (guint32 block = 0; block < partial->n_blocks && n_sent < room; block++) {
        const MeirRequest *request;

        if (partial->blocks[block].received || partial->blocks[block].n_asked != n_asked)
          continue;
        request = meir_request_ledger_find (&member->ledger, partial->piece, block);
        if (request != NULL && request->state != MEIR_REQUEST_VOID)
          continue;
        meir_piece_manager_ask (swarm->pieces, partial, block);
        send_request (swarm, member, partial->piece, block);
        n_sent++;
      }
    }
  }
  return n_sent;
}

static void
refill_member (MeirSwarm *swarm, MeirMember *member)
{
  guint room = get_room (swarm, member);
  MeirPickFor pick_for = {
    .peer = member->slot,
    .have = member->have,
    .only = member->peer_choking ? member->allowed_fast : NULL,
    .n_only = member->n_allowed_fast,
    .suggested = member->suggested,
    .n_suggested = member->n_suggested,
    .alone = member->source->strikes >= MEIR_STRIKES_ALONE,
    .n_peers = swarm->n_unchoking,
    .now_usec = swarm->now_usec,
  };
  guint32 piece, block;
  guint allowance;

  if (room == 0)
    return;
  allowance = meir_source_get_allowance (member->source, member->ledger.n_active,
                                         meir_piece_manager_n_blocks (swarm->pieces, 0));
  if (allowance < room) {
    set_tried (swarm, member, TRUE);
    room = allowance;
    if (room == 0)
      return;
  }
  while (room > 0 && meir_piece_manager_pick (swarm->pieces, &member->seat, &pick_for, &piece, &block)) {
    send_request (swarm, member, piece, block);
    room--;
  }
  if (room > 0 && meir_piece_manager_in_endgame (swarm->pieces))
    room -= send_duplicates (swarm, member, room);
  if (room > 0 && !member->starved) {
    member->starved = TRUE;
    swarm->n_starved++;
  }
}

void
meir_swarm_refill (MeirSwarm *swarm)
{
  if (swarm->paused)
    return;
  for (guint i = 0; i < swarm->hungry->len; i++) {
    MeirMember *member = g_ptr_array_index (swarm->members, g_array_index (swarm->hungry, MeirPeerSlot, i));

    member->hungry = FALSE;
    refill_member (swarm, member);
    if (!swarm->in_endgame && meir_piece_manager_in_endgame (swarm->pieces)) {
      swarm->in_endgame = TRUE;
      meir_swarm_wake_starved (swarm, MEIR_PIECE_NONE);
    }
  }
  g_array_set_size (swarm->hungry, 0);
}

void
meir_swarm_on_choke (MeirSwarm *swarm, MeirPeerSlot peer, gint64 now_usec)
{
  MeirMember *member = meir_swarm_get_member (swarm, peer, now_usec);

  if (member == NULL)
    return;
  meir_swarm_offend (swarm, member, &member->offences.n_choke_flips, CHOKE_FLIPS_MAX, MEIR_DROP_FLOOD);
  if (member->dropped || member->peer_choking)
    return;
  member->peer_choking = TRUE;
  swarm->n_unchoking--;
  /* BEP 6: with the fast extension a choke drops no requests; each is answered or rejected. */
  if (member->fast)
    meir_piece_manager_stand_up (swarm->pieces, &member->seat, peer);
  else
    meir_swarm_release_requests (swarm, member, MEIR_REQUEST_VOID);
}

void
meir_swarm_on_unchoke (MeirSwarm *swarm, MeirPeerSlot peer, gint64 now_usec)
{
  MeirMember *member = meir_swarm_get_member (swarm, peer, now_usec);

  if (member == NULL)
    return;
  meir_swarm_offend (swarm, member, &member->offences.n_choke_flips, CHOKE_FLIPS_MAX, MEIR_DROP_FLOOD);
  if (member->dropped || !member->peer_choking)
    return;
  member->peer_choking = FALSE;
  member->reject_streak = 0;
  member->ledger.progress_usec = now_usec;
  swarm->n_unchoking++;
  meir_swarm_feed (swarm, member);
}

/* Others are asked for what this peer does not send; it keeps owing it. */
static void
snub (MeirSwarm *swarm, MeirMember *member)
{
  member->snubbed = member->snubbed || !member->peer_choking;
  member->probe_usec = swarm->now_usec + PROBE_USEC;
  meir_swarm_release_requests (swarm, member, member->snubbed ? MEIR_REQUEST_OWED : MEIR_REQUEST_VOID);
}

/* A peer that snubbed us sends again: what it owes and nobody else was asked for counts again, the rest it
 * need not send. */
static void
unsnub (MeirSwarm *swarm, MeirMember *member)
{
  MeirRequest *request;
  guint cursor = 0;

  member->snubbed = FALSE;
  meir_request_ledger_restart (&member->ledger, swarm->now_usec);
  while ((request = meir_request_ledger_next (&member->ledger, &cursor)) != NULL) {
    MeirPartial *partial;

    if (request->state != MEIR_REQUEST_OWED)
      continue;
    partial = meir_piece_manager_lookup (swarm->pieces, request->piece);
    if (partial != NULL && meir_block_is_free (&partial->blocks[request->block]) &&
        member->ledger.n_active < member->ledger.depth) {
      meir_request_ledger_set_state (&member->ledger, request, MEIR_REQUEST_ACTIVE);
      member->source->n_out++;
      meir_piece_manager_ask (swarm->pieces, partial, request->block);
    } else {
      cancel_request (swarm, member, request);
    }
  }
}

void
meir_swarm_on_reject (MeirSwarm *swarm, MeirPeerSlot peer, guint32 piece, guint32 begin, guint32 length,
                      gint64 now_usec)
{
  MeirMember *member = meir_swarm_get_member (swarm, peer, now_usec);
  MeirRequest *request;

  if (member == NULL)
    return;
  request = begin % MEIR_BLOCK_LENGTH == 0
                ? meir_request_ledger_find_oldest (&member->ledger, piece, begin / MEIR_BLOCK_LENGTH)
                : NULL;
  if (request == NULL) {
    meir_swarm_offend (swarm, member, &member->offences.n_stray_rejects, STRAY_REJECTS_MAX, MEIR_DROP_FLOOD);
    return;
  }
  if (request->state != MEIR_REQUEST_VOID)
    release_request (swarm, member, request, MEIR_REQUEST_VOID);
  meir_request_ledger_remove (&member->ledger, request);
  if (member->peer_choking) {
    /* It took its grant back (BEP 6). */
    for (guint i = 0; i < member->n_allowed_fast; i++) {
      if (member->allowed_fast[i] == piece)
        member->allowed_fast[i--] = member->allowed_fast[--member->n_allowed_fast];
    }
    return;
  }
  if (++member->reject_streak >= REJECT_STREAK_MAX)
    snub (swarm, member);
  else
    meir_swarm_feed (swarm, member);
}

void
meir_swarm_on_allowed_fast (MeirSwarm *swarm, MeirPeerSlot peer, guint32 piece, gint64 now_usec)
{
  MeirMember *member = meir_swarm_get_member (swarm, peer, now_usec);

  if (member == NULL || piece >= swarm->pieces->n_pieces || member->n_allowed_fast == MEIR_ALLOWED_FAST_MAX)
    return;
  for (guint i = 0; i < member->n_allowed_fast; i++) {
    if (member->allowed_fast[i] == piece)
      return;
  }
  member->allowed_fast[member->n_allowed_fast++] = piece;
  if (member->n_wanted > 0)
    meir_swarm_feed (swarm, member);
}

void
meir_swarm_on_suggest (MeirSwarm *swarm, MeirPeerSlot peer, guint32 piece, gint64 now_usec)
{
  MeirMember *member = meir_swarm_get_member (swarm, peer, now_usec);

  if (member == NULL || piece >= swarm->pieces->n_pieces)
    return;
  /* The latest count: what was suggested long ago we may have by now. */
  if (member->n_suggested == MEIR_SUGGESTED_MAX)
    memmove (member->suggested, member->suggested + 1, --member->n_suggested * sizeof (guint32));
  member->suggested[member->n_suggested++] = piece;
}

void
meir_swarm_end_arrival (MeirSwarm *swarm, MeirMember *member)
{
  MeirArrival *arrival = &member->arrival;
  MeirPartial *partial;

  if (arrival->active && arrival->verdict == MEIR_BLOCK_DIRECT &&
      (partial = meir_piece_manager_lookup (swarm->pieces, arrival->piece)) != NULL)
    meir_piece_manager_set_arriving (swarm->pieces, partial, arrival->begin / MEIR_BLOCK_LENGTH, FALSE);
  arrival->verdict = MEIR_BLOCK_DISCARD;
}

/* Whether the block could have been asked for: if not, it counts against the peer. */
static gboolean
is_proper_block (MeirSwarm *swarm, MeirMember *member, guint32 piece, guint32 begin, guint32 length)
{
  guint32 block_bytes;

  if (piece >= swarm->pieces->n_pieces || begin % MEIR_BLOCK_LENGTH != 0 ||
      begin >= meir_piece_manager_piece_bytes (swarm->pieces, piece))
    return FALSE;
  block_bytes = meir_piece_manager_block_bytes (swarm->pieces, piece, begin / MEIR_BLOCK_LENGTH);
  if (length > block_bytes)
    meir_swarm_drop (swarm, member, MEIR_DROP_UNSOLICITED);
  return length == block_bytes;
}

MeirBlockVerdict
meir_swarm_on_block_start (MeirSwarm *swarm, MeirPeerSlot peer, guint32 piece, guint32 begin, guint32 length,
                           gint64 now_usec)
{
  MeirMember *member = meir_swarm_get_member (swarm, peer, now_usec);
  guint32 block = begin / MEIR_BLOCK_LENGTH;
  MeirRequest *request = NULL;
  MeirPartial *partial;

  if (member == NULL)
    return MEIR_BLOCK_DISCARD;
  meir_swarm_end_arrival (swarm, member);
  member->arrival = (MeirArrival){
    .active = TRUE, .piece = piece, .begin = begin, .length = length, .verdict = MEIR_BLOCK_DISCARD
  };
  if (is_proper_block (swarm, member, piece, begin, length))
    request = meir_request_ledger_find (&member->ledger, piece, block);
  if (request == NULL) {
    meir_swarm_offend (swarm, member, &member->offences.n_unsolicited, UNSOLICITED_MAX,
                       MEIR_DROP_UNSOLICITED);
    return MEIR_BLOCK_DISCARD;
  }
  if (request->state == MEIR_REQUEST_ACTIVE)
    meir_request_ledger_on_first_byte (&member->ledger, request, now_usec);
  /* Cancelled when its piece was skipped, for which no memory is kept any more. */
  if (request->state == MEIR_REQUEST_VOID && meir_piece_manager_is_skipped (swarm->pieces, piece))
    return MEIR_BLOCK_DISCARD;
  partial = meir_piece_manager_begin (swarm->pieces, piece);
  if (partial == NULL || partial->blocks[block].received)
    return MEIR_BLOCK_DISCARD;
  if (partial->blocks[block].arriving) {
    member->arrival.verdict = MEIR_BLOCK_ASIDE;
  } else {
    member->arrival.verdict = MEIR_BLOCK_DIRECT;
    meir_piece_manager_set_arriving (swarm->pieces, partial, block, TRUE);
  }
  return member->arrival.verdict;
}

gboolean
meir_swarm_block_is_missing (MeirSwarm *swarm, guint32 piece, guint32 begin)
{
  const MeirPartial *partial;

  if (meir_bitfield_get (&swarm->pieces->have, piece))
    return FALSE;
  partial = meir_piece_manager_lookup (swarm->pieces, piece);
  return partial == NULL || !partial->blocks[begin / MEIR_BLOCK_LENGTH].received;
}

void
meir_swarm_on_bytes (MeirSwarm *swarm, MeirPeerSlot peer, guint32 bytes, gint64 now_usec)
{
  MeirMember *member = meir_swarm_get_member (swarm, peer, now_usec);

  /* Waste earns no reward from the choker. */
  if (member == NULL || !member->arrival.active || member->arrival.verdict == MEIR_BLOCK_DISCARD)
    return;
  meir_rate_meter_add (&member->down, bytes, now_usec);
  member->arrival.n_counted += bytes;
}

/* Takes the block in. Returns whether it is the first copy. */
static gboolean
settle_block (MeirSwarm *swarm, MeirMember *member, guint32 piece, guint32 block)
{
  MeirPartial *partial = meir_piece_manager_lookup (swarm->pieces, piece);
  MeirRequest *request = meir_request_ledger_find (&member->ledger, piece, block);
  gboolean counts = FALSE;

  if (partial != NULL && member->arrival.verdict != MEIR_BLOCK_DISCARD)
    counts = meir_piece_manager_receive (swarm->pieces, partial, block, member->source->number);
  meir_swarm_end_arrival (swarm, member);
  member->arrival.active = FALSE;
  if (request != NULL) {
    if (request->state == MEIR_REQUEST_ACTIVE) {
      member->source->n_out--;
      meir_piece_manager_unask (swarm->pieces, piece, block);
    }
    meir_request_ledger_remove (&member->ledger, request);
  }
  if (counts && partial->blocks[block].n_asked > 0)
    cancel_block (swarm, partial, block);
  if (counts && partial->n_received == partial->n_blocks)
    meir_swarm_await_verdict (swarm, partial);
  return counts;
}

gboolean
meir_swarm_on_block (MeirSwarm *swarm, MeirPeerSlot peer, guint32 piece, guint32 begin, guint32 length,
                     gint64 now_usec)
{
  MeirMember *member = meir_swarm_get_member (swarm, peer, now_usec);
  MeirArrival *arrival;
  gboolean counts;

  if (member == NULL) {
    swarm->wasted += length;
    return FALSE;
  }
  arrival = &member->arrival;
  if (!arrival->active || arrival->piece != piece || arrival->begin != begin || arrival->length != length)
    meir_swarm_on_block_start (swarm, peer, piece, begin, length, now_usec);
  if (member->dropped) {
    swarm->wasted += length;
    return FALSE;
  }
  if (arrival->verdict != MEIR_BLOCK_DISCARD && arrival->n_counted < length)
    meir_rate_meter_add (&member->down, length - arrival->n_counted, now_usec);
  counts = settle_block (swarm, member, piece, begin / MEIR_BLOCK_LENGTH);
  if (!counts) {
    swarm->wasted += length;
  } else {
    member->reject_streak = 0;
    meir_request_ledger_on_block (&member->ledger, length, now_usec);
    if (member->snubbed)
      unsnub (swarm, member);
  }
  meir_swarm_feed (swarm, member);
  return counts;
}

/* Gives up requests that were passed over, and forgets cancelled ones that can hardly be answered any more.
 */
static void
expire_requests (MeirSwarm *swarm, MeirMember *member)
{
  MeirRequest *request;
  guint cursor = 0;

  while ((request = meir_request_ledger_next (&member->ledger, &cursor)) != NULL) {
    gint64 age_usec = swarm->now_usec - request->sent_usec;

    if (age_usec < REQUEST_USEC)
      return;
    if (request->state != MEIR_REQUEST_VOID)
      cancel_request (swarm, member, request);
    else if (age_usec >= VOID_USEC && !member->fast)
      meir_request_ledger_remove (&member->ledger, request);
  }
}

/* Takes back what a peer that turned out slow could not send in time. */
static void
cancel_hoard (MeirSwarm *swarm, MeirMember *member)
{
  MeirRequestLedger *ledger = &member->ledger;
  MeirRequest *request;
  guint cursor = G_MAXUINT;

  if (ledger->depth >= SLOW_DEPTH || ledger->n_active <= 2 * ledger->depth + 2)
    return;
  while (ledger->n_active > ledger->depth &&
         (request = meir_request_ledger_previous (ledger, &cursor)) != NULL) {
    if (request->state == MEIR_REQUEST_ACTIVE)
      cancel_request (swarm, member, request);
  }
}

void
meir_swarm_upkeep_download (MeirSwarm *swarm, MeirMember *member)
{
  MeirRequestLedger *ledger = &member->ledger;
  gint64 now_usec = swarm->now_usec;

  if (swarm->paused) {
    /* Nothing is read from peers then: their silence is ours. */
    meir_request_ledger_excuse (ledger, now_usec);
    return;
  }
  meir_request_ledger_follow_rate (ledger, meir_rate_meter_get (&member->down, now_usec), now_usec);
  cancel_hoard (swarm, member);
  if (ledger->n_active > 0 && now_usec - ledger->progress_usec >= SNUB_USEC)
    snub (swarm, member);
  expire_requests (swarm, member);
  if ((member->snubbed && now_usec >= member->probe_usec) || (!member->starved && ledger->n_active == 0))
    meir_swarm_feed (swarm, member);
}
