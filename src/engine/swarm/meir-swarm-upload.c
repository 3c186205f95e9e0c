/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "swarm/meir-swarm-private.h"

/* Requests while choked (W31: a flood). Those that crossed our choke on the way do not count. */
#define CHOKED_REQUESTS_MAX 300u
#define CHOKE_CROSSING_USEC (5 * G_USEC_PER_SEC)
/* Interested and not interested, and cancels, in ten seconds. */
#define INTEREST_FLIPS_MAX 200u
#define CANCELS_MAX        5000u
/* A seed that says it is interested gets a slot only while it asks for something. */
#define SEED_ASKS_USEC (60 * G_USEC_PER_SEC)

/* Bytes per second since the round before the last (BEP 3), and one round further. */
static guint64
advance_average (guint64 before[2], guint64 total)
{
  guint64 rate = (total - before[1]) * G_USEC_PER_SEC / (2 * MEIR_CHOKE_ROUND_USEC);

  before[1] = before[0];
  before[0] = total;
  return rate;
}

void
meir_swarm_run_choker (MeirSwarm *swarm, gboolean round)
{
  const MeirPeerSlot *changed;
  guint n_changed;

  swarm->slots_vacant = FALSE;
  for (guint slot = 0; slot < swarm->members->len; slot++) {
    MeirMember *member = g_ptr_array_index (swarm->members, slot);
    MeirChokerPeer *peer;

    if (member == NULL || member->dropped)
      continue;
    peer = meir_choker_get (&swarm->choker, slot);
    if (round) {
      peer->down_per_sec = advance_average (member->down_before, member->down.total);
      peer->up_per_sec = advance_average (member->up_before, member->up.total);
    }
    peer->snubbed = member->snubbed;
    peer->excluded = member->upload_only || (meir_bitfield_is_full (member->have) &&
                                             swarm->now_usec - member->asked_usec > SEED_ASKS_USEC);
  }
  changed = round ? meir_choker_round (&swarm->choker, swarm->now_usec, &n_changed)
                  : meir_choker_fill (&swarm->choker, swarm->now_usec, &n_changed);
  for (guint i = 0; i < n_changed; i++) {
    MeirMember *member = g_ptr_array_index (swarm->members, changed[i]);

    if (meir_choker_get (&swarm->choker, changed[i])->unchoked) {
      member->offences.n_choked_requests = 0;
      meir_swarm_push (swarm, MEIR_EFFECT_UNCHOKE, changed[i]);
    } else {
      member->choked_usec = swarm->now_usec;
      meir_serve_queue_clear (&member->serves);
      meir_swarm_push (swarm, MEIR_EFFECT_CHOKE, changed[i]);
    }
  }
}

void
meir_swarm_set_upload_only (MeirSwarm *swarm, MeirPeerSlot peer, gboolean upload_only)
{
  MeirMember *member = meir_swarm_get_member (swarm, peer, swarm->now_usec);

  if (member == NULL)
    return;
  member->upload_only = upload_only;
  swarm->slots_vacant = TRUE;
  meir_swarm_drop_if_useless (swarm, member);
}

static void
set_interested (MeirSwarm *swarm, MeirPeerSlot peer, gboolean interested, gint64 now_usec)
{
  MeirMember *member = meir_swarm_get_member (swarm, peer, now_usec);

  if (member == NULL)
    return;
  meir_swarm_offend (swarm, member, &member->offences.n_interest_flips, INTEREST_FLIPS_MAX, MEIR_DROP_FLOOD);
  if (member->dropped)
    return;
  meir_choker_get (&swarm->choker, peer)->interested = interested;
  swarm->slots_vacant = TRUE;
}

void
meir_swarm_on_interested (MeirSwarm *swarm, MeirPeerSlot peer, gint64 now_usec)
{
  set_interested (swarm, peer, TRUE, now_usec);
}

void
meir_swarm_on_not_interested (MeirSwarm *swarm, MeirPeerSlot peer, gint64 now_usec)
{
  set_interested (swarm, peer, FALSE, now_usec);
}

/* Says no where the peer understands it (BEP 6); otherwise silence says it. */
static void
reject (MeirSwarm *swarm, const MeirMember *member, guint32 piece, guint32 begin, guint32 length)
{
  if (member->fast)
    meir_swarm_push_block (swarm, MEIR_EFFECT_REJECT, member->slot, piece, begin, length);
}

void
meir_swarm_on_request (MeirSwarm *swarm, MeirPeerSlot peer, guint32 piece, guint32 begin, guint32 length,
                       gint64 now_usec)
{
  MeirMember *member = meir_swarm_get_member (swarm, peer, now_usec);

  if (member == NULL)
    return;
  member->asked_usec = now_usec;
  if (piece >= swarm->pieces->n_pieces || length == 0 || length > MEIR_REQUEST_LENGTH_MAX ||
      (guint64) begin + length > meir_piece_manager_piece_bytes (swarm->pieces, piece)) {
    meir_swarm_drop (swarm, member, MEIR_DROP_BAD_REQUEST);
    return;
  }
  if (!meir_choker_get (&swarm->choker, peer)->unchoked) {
    reject (swarm, member, piece, begin, length);
    if (now_usec - member->choked_usec >= CHOKE_CROSSING_USEC)
      meir_swarm_offend (swarm, member, &member->offences.n_choked_requests, CHOKED_REQUESTS_MAX,
                         MEIR_DROP_FLOOD);
    return;
  }
  if (!meir_bitfield_get (&swarm->pieces->have, piece) || member->serves.n_queued >= MEIR_REQUEST_QUEUE_MAX) {
    reject (swarm, member, piece, begin, length);
    return;
  }
  /* Asked for again while it waits: the one answer does for both. */
  if (meir_serve_queue_add (&member->serves, piece, begin, length))
    meir_swarm_push_block (swarm, MEIR_EFFECT_SERVE, peer, piece, begin, length);
}

void
meir_swarm_on_cancel (MeirSwarm *swarm, MeirPeerSlot peer, guint32 piece, guint32 begin, guint32 length,
                      gint64 now_usec)
{
  MeirMember *member = meir_swarm_get_member (swarm, peer, now_usec);

  if (member == NULL)
    return;
  meir_swarm_offend (swarm, member, &member->offences.n_stray_cancels, CANCELS_MAX, MEIR_DROP_FLOOD);
  if (!member->dropped && meir_serve_queue_remove (&member->serves, piece, begin, length))
    meir_swarm_push_block (swarm, MEIR_EFFECT_UNSERVE, peer, piece, begin, length);
}

void
meir_swarm_on_served (MeirSwarm *swarm, MeirPeerSlot peer, guint32 piece, guint32 begin, guint32 length,
                      gint64 now_usec)
{
  MeirMember *member = meir_swarm_get_member (swarm, peer, now_usec);

  if (member != NULL)
    meir_serve_queue_remove (&member->serves, piece, begin, length);
}

void
meir_swarm_on_sent (MeirSwarm *swarm, MeirPeerSlot peer, guint32 bytes, gint64 now_usec)
{
  MeirMember *member = meir_swarm_get_member (swarm, peer, now_usec);

  if (member != NULL)
    meir_rate_meter_add (&member->up, bytes, now_usec);
}
