/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "swarm/meir-swarm-private.h"

#include "meir-config.h"

#include <glib/gi18n-lib.h>

/* The window over which floods are counted. */
#define OFFENCE_WINDOW_USEC (10 * G_USEC_PER_SEC)

MeirSwarm *
meir_swarm_new (const MeirSwarmConfig *config, gint64 now_usec)
{
  MeirSwarm *swarm = g_new0 (MeirSwarm, 1);

  g_return_val_if_fail (config->n_pieces > 0 && config->piece_length > 0, NULL);
  swarm->now_usec = now_usec;
  meir_prng_init (&swarm->prng, config->seed);
  swarm->pieces = meir_piece_manager_new (config->n_pieces, config->piece_length, config->total_length,
                                          config->have, &swarm->prng);
  meir_choker_init (&swarm->choker, config->upload_slots, &swarm->prng, now_usec);
  swarm->finished = swarm->pieces->missing.n_set == 0;
  swarm->choker.seeding = swarm->finished;
  swarm->scores = meir_scores_new ();
  swarm->members = g_ptr_array_new ();
  swarm->free_slots = g_array_new (FALSE, FALSE, sizeof (MeirPeerSlot));
  swarm->hungry = g_array_new (FALSE, FALSE, sizeof (MeirPeerSlot));
  swarm->effects = g_array_new (FALSE, FALSE, sizeof (MeirEffect));
  swarm->block_sources = g_array_new (FALSE, FALSE, sizeof (guint32));
  meir_bitfield_init (&swarm->everything, config->n_pieces);
  meir_bitfield_set_all (&swarm->everything);
  meir_bitfield_init (&swarm->nothing, config->n_pieces);
  return swarm;
}

static void
member_free (MeirMember *member)
{
  meir_request_ledger_clear (&member->ledger);
  meir_serve_queue_clear (&member->serves);
  meir_bitfield_clear (&member->own_have);
  g_free (member);
}

void
meir_swarm_free (MeirSwarm *swarm)
{
  for (guint slot = 0; slot < swarm->members->len; slot++) {
    if (g_ptr_array_index (swarm->members, slot) != NULL)
      member_free (g_ptr_array_index (swarm->members, slot));
  }
  g_ptr_array_unref (swarm->members);
  g_array_unref (swarm->free_slots);
  g_array_unref (swarm->hungry);
  g_array_unref (swarm->effects);
  g_array_unref (swarm->block_sources);
  meir_bitfield_clear (&swarm->everything);
  meir_bitfield_clear (&swarm->nothing);
  meir_choker_clear (&swarm->choker);
  meir_scores_free (swarm->scores);
  meir_piece_manager_free (swarm->pieces);
  g_free (swarm);
}

MeirEffect *
meir_swarm_push (MeirSwarm *swarm, MeirEffectKind kind, MeirPeerSlot peer)
{
  MeirEffect *effect;

  if (swarm->effects_taken) {
    g_array_set_size (swarm->effects, 0);
    swarm->effects_taken = FALSE;
  }
  g_array_set_size (swarm->effects, swarm->effects->len + 1);
  effect = &g_array_index (swarm->effects, MeirEffect, swarm->effects->len - 1);
  *effect = (MeirEffect){ .kind = kind, .peer = peer };
  return effect;
}

void
meir_swarm_push_block (MeirSwarm *swarm, MeirEffectKind kind, MeirPeerSlot peer, guint32 piece, guint32 begin,
                       guint32 length)
{
  MeirEffect *effect = meir_swarm_push (swarm, kind, peer);

  effect->piece = piece;
  effect->begin = begin;
  effect->length = length;
}

const MeirEffect *
meir_swarm_run (MeirSwarm *swarm, gint64 now_usec, guint *n_effects)
{
  swarm->now_usec = now_usec;
  if (swarm->effects_taken) {
    g_array_set_size (swarm->effects, 0);
    swarm->effects_taken = FALSE;
  }
  if (swarm->slots_vacant)
    meir_swarm_run_choker (swarm, FALSE);
  if (swarm->hungry->len > 0)
    meir_swarm_refill (swarm);
  swarm->effects_taken = TRUE;
  *n_effects = swarm->effects->len;
  return (const MeirEffect *) (gpointer) swarm->effects->data;
}

MeirMember *
meir_swarm_get_member (MeirSwarm *swarm, MeirPeerSlot peer, gint64 now_usec)
{
  MeirMember *member;

  g_return_val_if_fail (peer < swarm->members->len, NULL);
  swarm->now_usec = now_usec;
  member = g_ptr_array_index (swarm->members, peer);
  g_return_val_if_fail (member != NULL, NULL);
  return member->dropped ? NULL : member;
}

MeirPeerSlot
meir_swarm_add_peer (MeirSwarm *swarm, const MeirSwarmPeer *peer, gint64 now_usec)
{
  MeirMember *member = g_new0 (MeirMember, 1);

  swarm->now_usec = now_usec;
  if (swarm->free_slots->len > 0) {
    member->slot = g_array_index (swarm->free_slots, MeirPeerSlot, swarm->free_slots->len - 1);
    g_array_set_size (swarm->free_slots, swarm->free_slots->len - 1);
  } else {
    member->slot = swarm->members->len;
    g_ptr_array_add (swarm->members, NULL);
  }
  g_ptr_array_index (swarm->members, member->slot) = member;
  member->source = meir_scores_enter (swarm->scores, &peer->address);
  member->fast = peer->fast;
  member->peer_choking = TRUE;
  member->choked_usec = G_MININT64 / 2;
  member->asked_usec = now_usec;
  member->upkeep_usec = now_usec;
  member->have = &swarm->nothing;
  meir_request_ledger_init (&member->ledger, peer->request_limit);
  meir_choker_add (&swarm->choker, member->slot, now_usec);
  if (meir_source_is_banned (member->source, now_usec))
    meir_swarm_drop (swarm, member, MEIR_DROP_BAD_DATA);
  return member->slot;
}

/* Takes back everything that counts on this peer. */
static void
detach (MeirSwarm *swarm, MeirMember *member)
{
  meir_swarm_end_arrival (swarm, member);
  meir_swarm_release_requests (swarm, member, MEIR_REQUEST_VOID);
  meir_swarm_forget_have (swarm, member);
  if (member->starved)
    swarm->n_starved--;
  member->starved = FALSE;
  if (member->tried)
    swarm->n_tried--;
  member->tried = FALSE;
  if (!member->peer_choking)
    swarm->n_unchoking--;
  member->peer_choking = TRUE;
  meir_choker_remove (&swarm->choker, member->slot);
  swarm->slots_vacant = TRUE;
  meir_serve_queue_clear (&member->serves);
}

void
meir_swarm_drop (MeirSwarm *swarm, MeirMember *member, MeirDropReason reason)
{
  if (member->dropped)
    return;
  member->dropped = TRUE;
  detach (swarm, member);
  meir_swarm_push (swarm, MEIR_EFFECT_DROP, member->slot)->reason = reason;
}

void
meir_swarm_remove_peer (MeirSwarm *swarm, MeirPeerSlot peer, gint64 now_usec)
{
  MeirMember *member;

  g_return_if_fail (peer < swarm->members->len && g_ptr_array_index (swarm->members, peer) != NULL);
  swarm->now_usec = now_usec;
  member = g_ptr_array_index (swarm->members, peer);
  if (!member->dropped)
    detach (swarm, member);
  for (guint i = 0; i < swarm->hungry->len; i++) {
    if (g_array_index (swarm->hungry, MeirPeerSlot, i) == peer) {
      g_array_remove_index (swarm->hungry, i);
      break;
    }
  }
  meir_scores_leave (swarm->scores, member->source);
  g_ptr_array_index (swarm->members, peer) = NULL;
  g_array_append_val (swarm->free_slots, peer);
  member_free (member);
}

void
meir_swarm_set_request_limit (MeirSwarm *swarm, MeirPeerSlot peer, guint request_limit)
{
  MeirMember *member = meir_swarm_get_member (swarm, peer, swarm->now_usec);

  if (member != NULL)
    meir_request_ledger_set_limit (&member->ledger, request_limit);
}

void
meir_swarm_ban (MeirSwarm *swarm, guint32 source)
{
  MeirEffect *effect = meir_swarm_push (swarm, MEIR_EFFECT_BAN, MEIR_PEER_NONE);

  effect->reason = MEIR_DROP_BAD_DATA;
  effect->address = meir_scores_find (swarm->scores, source)->address;
  for (guint slot = 0; slot < swarm->members->len; slot++) {
    MeirMember *member = g_ptr_array_index (swarm->members, slot);

    if (member != NULL && member->source->number == source)
      meir_swarm_drop (swarm, member, MEIR_DROP_BAD_DATA);
  }
}

void
meir_swarm_offend (MeirSwarm *swarm, MeirMember *member, guint *count, guint limit, MeirDropReason reason)
{
  (*count)++;
  if (*count > limit)
    meir_swarm_drop (swarm, member, reason);
}

static void
forgive_floods (MeirMember *member, gint64 now_usec)
{
  if (now_usec - member->upkeep_usec < OFFENCE_WINDOW_USEC)
    return;
  member->upkeep_usec = now_usec;
  member->offences.n_fields = 0;
  member->offences.n_choke_flips = 0;
  member->offences.n_interest_flips = 0;
  member->offences.n_stray_cancels = 0;
}

void
meir_swarm_on_tick (MeirSwarm *swarm, gint64 now_usec)
{
  swarm->now_usec = now_usec;
  for (guint slot = 0; slot < swarm->members->len; slot++) {
    MeirMember *member = g_ptr_array_index (swarm->members, slot);

    if (member == NULL || member->dropped)
      continue;
    forgive_floods (member, now_usec);
    meir_swarm_upkeep_download (swarm, member);
    meir_swarm_settle_interest (swarm, member);
  }
  meir_swarm_wake_starved (swarm, MEIR_PIECE_NONE);
  if (meir_choker_is_due (&swarm->choker, now_usec))
    meir_swarm_run_choker (swarm, TRUE);
}

void
meir_swarm_set_paused (MeirSwarm *swarm, gboolean paused)
{
  if (swarm->paused && !paused)
    meir_swarm_feed_all (swarm);
  swarm->paused = paused;
}

const MeirBitfield *
meir_swarm_get_have (MeirSwarm *swarm)
{
  return &swarm->pieces->have;
}

const guint16 *
meir_swarm_get_availability (MeirSwarm *swarm)
{
  return swarm->pieces->availability.counts;
}

guint
meir_swarm_get_n_partial (MeirSwarm *swarm)
{
  return swarm->pieces->partials->len;
}

guint32
meir_swarm_get_partial (MeirSwarm *swarm, guint index)
{
  const MeirPartial *partial = g_ptr_array_index (swarm->pieces->partials, index);

  return partial->piece;
}

guint64
meir_swarm_get_left (MeirSwarm *swarm)
{
  return swarm->pieces->left;
}

guint64
meir_swarm_get_wanted (MeirSwarm *swarm)
{
  return swarm->pieces->wanted;
}

guint64
meir_swarm_get_wanted_left (MeirSwarm *swarm)
{
  return swarm->pieces->wanted_left;
}

MeirPriority
meir_swarm_get_priority (MeirSwarm *swarm, guint32 piece)
{
  return meir_availability_get_priority (&swarm->pieces->availability, piece);
}

gboolean
meir_swarm_is_finished (MeirSwarm *swarm)
{
  return swarm->finished;
}

guint64
meir_swarm_get_wasted (MeirSwarm *swarm)
{
  return swarm->wasted;
}

gboolean
meir_swarm_in_endgame (MeirSwarm *swarm)
{
  return swarm->in_endgame;
}

void
meir_swarm_get_peer_state (MeirSwarm *swarm, MeirPeerSlot peer, MeirSwarmPeerState *state, gint64 now_usec)
{
  const MeirMember *member = g_ptr_array_index (swarm->members, peer);
  const MeirChokerPeer *choker_peer = meir_choker_get (&swarm->choker, peer);

  *state = (MeirSwarmPeerState){
    .am_choking = !choker_peer->unchoked,
    .am_interested = member->am_interested,
    .peer_choking = member->peer_choking,
    .peer_interested = choker_peer->interested,
    .snubbed = member->snubbed,
    .optimistic = choker_peer->optimistic,
    .seed = meir_bitfield_is_full (member->have),
    .n_pieces = member->have->n_set,
    .requests_out = member->ledger.n_active,
    .request_depth = member->ledger.depth,
    .down_per_sec = meir_rate_meter_get (&member->down, now_usec),
    .up_per_sec = meir_rate_meter_get (&member->up, now_usec),
    .downloaded = member->down.total,
    .uploaded = member->up.total,
  };
}

const MeirBitfield *
meir_swarm_get_peer_have (MeirSwarm *swarm, MeirPeerSlot peer)
{
  const MeirMember *member = g_ptr_array_index (swarm->members, peer);

  return member->have;
}

const char *
meir_drop_reason_to_string (MeirDropReason reason)
{
  switch (reason) {
  case MEIR_DROP_NONE:
    return _ ("No reason");
  case MEIR_DROP_BAD_DATA:
    return _ ("Sent data that failed the check");
  case MEIR_DROP_UNSOLICITED:
    return _ ("Sent blocks that were not asked for");
  case MEIR_DROP_BAD_REQUEST:
    return _ ("Asked for what cannot be");
  case MEIR_DROP_FLOOD:
    return _ ("Sent far too many messages");
  case MEIR_DROP_USELESS:
    return _ ("Neither side wants anything of the other");
  case MEIR_DROP_MAX:
    break;
  }
  return _ ("Unknown reason");
}
