/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "swarm/meir-swarm-private.h"

/* How often a peer may replace what it has (bitfield, have all, have none). */
#define FIELD_FLIPS_MAX 16u
/* Fields that only add to what the peer had, in ten seconds. */
#define FIELDS_MAX 100u

static gboolean
is_seed (const MeirMember *member)
{
  return meir_bitfield_is_full (member->have);
}

void
meir_swarm_update_interest (MeirSwarm *swarm, MeirMember *member)
{
  if (member->n_wanted > 0) {
    member->unwanted = FALSE;
    if (!member->am_interested)
      meir_swarm_push (swarm, MEIR_EFFECT_INTERESTED, member->slot);
    member->am_interested = TRUE;
  } else if (member->am_interested && swarm->finished) {
    meir_swarm_push (swarm, MEIR_EFFECT_NOT_INTERESTED, member->slot);
    member->am_interested = FALSE;
  }
}

void
meir_swarm_settle_interest (MeirSwarm *swarm, MeirMember *member)
{
  if (!member->am_interested || member->n_wanted > 0)
    return;
  if (!member->unwanted) {
    member->unwanted = TRUE;
    return;
  }
  meir_swarm_push (swarm, MEIR_EFFECT_NOT_INTERESTED, member->slot);
  member->am_interested = FALSE;
}

void
meir_swarm_drop_if_useless (MeirSwarm *swarm, MeirMember *member)
{
  if (swarm->finished && (is_seed (member) || member->upload_only))
    meir_swarm_drop (swarm, member, MEIR_DROP_USELESS);
}

static void
has_changed (MeirSwarm *swarm, MeirMember *member)
{
  meir_swarm_update_interest (swarm, member);
  meir_swarm_drop_if_useless (swarm, member);
  if (!member->dropped && !member->peer_choking && member->n_wanted > 0)
    meir_swarm_feed (swarm, member);
}

void
meir_swarm_forget_have (MeirSwarm *swarm, MeirMember *member)
{
  MeirAvailability *availability = &swarm->pieces->availability;

  if (is_seed (member))
    meir_availability_remove_seed (availability);
  else
    meir_availability_remove_field (availability, member->have);
  meir_bitfield_clear (&member->own_have);
  member->have = &swarm->nothing;
  member->n_wanted = 0;
}

/* A field of its own, for a peer that is about to differ from the shared one. */
static void
own_field (MeirSwarm *swarm, MeirMember *member)
{
  if (member->have == &member->own_have)
    return;
  meir_bitfield_init (&member->own_have, swarm->pieces->n_pieces);
  meir_bitfield_copy (&member->own_have, member->have);
  member->have = &member->own_have;
}

static void
share_full_field (MeirSwarm *swarm, MeirMember *member)
{
  meir_bitfield_clear (&member->own_have);
  member->have = &swarm->everything;
}

/* Whether a field says all that was said before, and more: some clients send one instead of a run of haves.
 */
static gboolean
field_grows (const MeirMember *member, const guint8 *bytes, gsize length)
{
  gboolean grows = FALSE;

  if (length != MEIR_BITFIELD_BYTES (member->have->n_bits))
    return FALSE;
  for (gsize i = 0; i < length; i++) {
    guint8 had = member->have->bytes[i];

    if (had & ~bytes[i])
      return FALSE;
    grows |= had != bytes[i];
  }
  return grows;
}

/* A whole new set of pieces replaces what was known: the wire allows that only once, but a second one costs
 * no more than its number. FALSE if the peer is dropped for it. */
static gboolean
replace_field (MeirSwarm *swarm, MeirMember *member, gboolean grows)
{
  if (grows)
    meir_swarm_offend (swarm, member, &member->offences.n_fields, FIELDS_MAX, MEIR_DROP_FLOOD);
  else
    meir_swarm_offend (swarm, member, &member->offences.n_field_flips, FIELD_FLIPS_MAX, MEIR_DROP_FLOOD);
  if (member->dropped)
    return FALSE;
  meir_swarm_forget_have (swarm, member);
  return TRUE;
}

void
meir_swarm_on_bitfield (MeirSwarm *swarm, MeirPeerSlot peer, const guint8 *bytes, gsize length,
                        gint64 now_usec)
{
  MeirMember *member = meir_swarm_get_member (swarm, peer, now_usec);
  gboolean grows = member != NULL && field_grows (member, bytes, length);

  if (member == NULL || !replace_field (swarm, member, grows))
    return;
  own_field (swarm, member);
  if (!meir_bitfield_load (&member->own_have, bytes, length)) {
    meir_swarm_drop (swarm, member, MEIR_DROP_BAD_REQUEST);
    return;
  }
  if (meir_bitfield_is_full (&member->own_have)) {
    share_full_field (swarm, member);
    meir_availability_add_seed (&swarm->pieces->availability);
  } else {
    meir_availability_add_field (&swarm->pieces->availability, member->have);
  }
  member->n_wanted = meir_bitfield_count_common (member->have, &swarm->pieces->missing);
  if (!grows)
    meir_swarm_release_lacking (swarm, member);
  has_changed (swarm, member);
}

void
meir_swarm_on_have_all (MeirSwarm *swarm, MeirPeerSlot peer, gint64 now_usec)
{
  MeirMember *member = meir_swarm_get_member (swarm, peer, now_usec);

  if (member == NULL || !replace_field (swarm, member, FALSE))
    return;
  share_full_field (swarm, member);
  meir_availability_add_seed (&swarm->pieces->availability);
  member->n_wanted = swarm->pieces->missing.n_set;
  has_changed (swarm, member);
}

void
meir_swarm_on_have_none (MeirSwarm *swarm, MeirPeerSlot peer, gint64 now_usec)
{
  MeirMember *member = meir_swarm_get_member (swarm, peer, now_usec);

  if (member != NULL && replace_field (swarm, member, FALSE))
    meir_swarm_release_lacking (swarm, member);
}

void
meir_swarm_on_have (MeirSwarm *swarm, MeirPeerSlot peer, guint32 piece, gint64 now_usec)
{
  MeirMember *member = meir_swarm_get_member (swarm, peer, now_usec);

  if (member == NULL || piece >= swarm->pieces->n_pieces || meir_bitfield_get (member->have, piece))
    return;
  own_field (swarm, member);
  meir_bitfield_set (&member->own_have, piece);
  meir_availability_add (&swarm->pieces->availability, piece);
  if (meir_bitfield_is_full (&member->own_have)) {
    share_full_field (swarm, member);
    meir_availability_promote_to_seed (&swarm->pieces->availability);
  }
  if (meir_bitfield_get (&swarm->pieces->missing, piece))
    member->n_wanted++;
  has_changed (swarm, member);
}

void
meir_swarm_on_dont_have (MeirSwarm *swarm, MeirPeerSlot peer, guint32 piece, gint64 now_usec)
{
  MeirMember *member = meir_swarm_get_member (swarm, peer, now_usec);

  if (member == NULL || piece >= swarm->pieces->n_pieces || !meir_bitfield_get (member->have, piece))
    return;
  if (is_seed (member))
    meir_availability_demote_seed (&swarm->pieces->availability);
  own_field (swarm, member);
  meir_bitfield_unset (&member->own_have, piece);
  meir_availability_remove (&swarm->pieces->availability, piece);
  if (!meir_bitfield_get (&swarm->pieces->missing, piece))
    return;
  member->n_wanted--;
  meir_swarm_release_lacking (swarm, member);
}

/* We have a piece (again): peers that lack it are told, and it is no longer wanted of anyone. */
static void
take_piece (MeirSwarm *swarm, guint32 piece)
{
  gboolean was_missing = meir_bitfield_get (&swarm->pieces->missing, piece);

  meir_swarm_cancel_piece (swarm, piece);
  meir_piece_manager_verify (swarm->pieces, piece);
  for (guint slot = 0; slot < swarm->members->len; slot++) {
    MeirMember *member = g_ptr_array_index (swarm->members, slot);

    if (member == NULL || member->dropped)
      continue;
    if (!meir_bitfield_get (member->have, piece))
      meir_swarm_push (swarm, MEIR_EFFECT_HAVE, slot)->piece = piece;
    else if (was_missing)
      member->n_wanted--;
  }
  meir_swarm_update_finished (swarm);
}

/* Who sent each block of a piece, into the scratch array. */
static guint
gather_sources (MeirSwarm *swarm, const MeirPartial *partial)
{
  g_array_set_size (swarm->block_sources, partial->n_blocks);
  for (guint32 block = 0; block < partial->n_blocks; block++)
    g_array_index (swarm->block_sources, guint32, block) = partial->blocks[block].source;
  return partial->n_blocks;
}

/* All of a piece is here: the disk is to judge it. */
void
meir_swarm_await_verdict (MeirSwarm *swarm, MeirPartial *partial)
{
  guint n_blocks = gather_sources (swarm, partial);

  partial->awaits_verdict = TRUE;
  meir_scores_await (swarm->scores, (const guint32 *) (gpointer) swarm->block_sources->data, n_blocks);
}

/* The verdict is here: who had to wait for it may go on. */
static void
settle_verdict (MeirSwarm *swarm, MeirPartial *partial)
{
  guint n_blocks;

  if (!partial->awaits_verdict)
    return;
  partial->awaits_verdict = FALSE;
  n_blocks = gather_sources (swarm, partial);
  meir_scores_settle (swarm->scores, (const guint32 *) (gpointer) swarm->block_sources->data, n_blocks);
  meir_swarm_wake_tried (swarm);
}

static gboolean
has_block_of (const MeirPartial *partial, guint32 source)
{
  for (guint32 block = 0; block < partial->n_blocks; block++) {
    if (partial->blocks[block].received && partial->blocks[block].source == source)
      return TRUE;
  }
  return FALSE;
}

/* What a convict sent is not waited for to fail: pieces that others would have to complete are begun anew.
 * Those that are whole get their verdict anyway. */
static void
abandon_work_of (MeirSwarm *swarm, guint32 source)
{
  GPtrArray *partials = swarm->pieces->partials;

  /* From the end: the last takes the place of one that is let go. */
  for (guint i = partials->len; i > 0; i--) {
    MeirPartial *partial = g_ptr_array_index (partials, i - 1);
    guint32 piece = partial->piece;

    if (partial->n_received == partial->n_blocks || !has_block_of (partial, source))
      continue;
    swarm->wasted += (guint64) partial->n_received * MEIR_BLOCK_LENGTH;
    meir_swarm_cancel_piece (swarm, piece);
    meir_piece_manager_clear (swarm->pieces, partial);
    swarm->in_endgame = FALSE;
    meir_swarm_push (swarm, MEIR_EFFECT_ABANDON, MEIR_PEER_NONE)->piece = piece;
    meir_swarm_wake_starved (swarm, piece);
  }
}

static void
ban_all (MeirSwarm *swarm, const GArray *sources)
{
  for (guint i = 0; i < sources->len; i++) {
    guint32 source = g_array_index (sources, guint32, i);

    meir_swarm_ban (swarm, source);
    abandon_work_of (swarm, source);
  }
}

void
meir_swarm_on_piece_good (MeirSwarm *swarm, guint32 piece, const guint64 *block_marks, gint64 now_usec)
{
  MeirPartial *partial;
  const GArray *banned = NULL;

  swarm->now_usec = now_usec;
  g_return_if_fail (piece < swarm->pieces->n_pieces);
  if (meir_bitfield_get (&swarm->pieces->have, piece))
    return;
  partial = meir_piece_manager_lookup (swarm->pieces, piece);
  if (partial != NULL) {
    guint n_blocks = gather_sources (swarm, partial);

    settle_verdict (swarm, partial);
    banned =
        meir_scores_on_good (swarm->scores, piece, (const guint32 *) (gpointer) swarm->block_sources->data,
                             block_marks, n_blocks, now_usec);
  }
  take_piece (swarm, piece);
  if (banned != NULL)
    ban_all (swarm, banned);
}

void
meir_swarm_on_piece_bad (MeirSwarm *swarm, guint32 piece, const guint64 *block_marks, gint64 now_usec)
{
  MeirPartial *partial;
  const GArray *banned;
  guint n_blocks;

  swarm->now_usec = now_usec;
  partial = meir_piece_manager_lookup (swarm->pieces, piece);
  if (partial == NULL)
    return;
  n_blocks = gather_sources (swarm, partial);
  settle_verdict (swarm, partial);
  banned = meir_scores_on_bad (swarm->scores, piece, (const guint32 *) (gpointer) swarm->block_sources->data,
                               block_marks, n_blocks, now_usec);
  swarm->wasted += meir_piece_manager_piece_bytes (swarm->pieces, piece);
  meir_swarm_cancel_piece (swarm, piece);
  /* Marks will tell the culprits among many; without them there has to be one. */
  meir_piece_manager_fail (swarm->pieces, partial, block_marks == NULL);
  swarm->in_endgame = FALSE;
  meir_swarm_push (swarm, MEIR_EFFECT_ABANDON, MEIR_PEER_NONE)->piece = piece;
  ban_all (swarm, banned);
  meir_swarm_wake_starved (swarm, piece);
}

gboolean
meir_swarm_wants_marks (MeirSwarm *swarm, guint32 piece)
{
  return meir_piece_manager_has_failed (swarm->pieces, piece);
}

void
meir_swarm_on_piece_lost (MeirSwarm *swarm, guint32 piece, gint64 now_usec)
{
  swarm->now_usec = now_usec;
  if (!meir_piece_manager_lose (swarm->pieces, piece) || meir_piece_manager_is_skipped (swarm->pieces, piece))
    return;
  swarm->in_endgame = FALSE;
  meir_swarm_update_finished (swarm);
  for (guint slot = 0; slot < swarm->members->len; slot++) {
    MeirMember *member = g_ptr_array_index (swarm->members, slot);

    if (member == NULL || member->dropped || !meir_bitfield_get (member->have, piece))
      continue;
    member->n_wanted++;
    meir_swarm_update_interest (swarm, member);
    if (!member->peer_choking)
      meir_swarm_feed (swarm, member);
  }
}

void
meir_swarm_on_piece_found (MeirSwarm *swarm, guint32 piece, gint64 now_usec)
{
  MeirPartial *partial;

  swarm->now_usec = now_usec;
  if (meir_bitfield_get (&swarm->pieces->have, piece))
    return;
  partial = meir_piece_manager_lookup (swarm->pieces, piece);
  if (partial != NULL)
    settle_verdict (swarm, partial);
  take_piece (swarm, piece);
}

void
meir_swarm_declare_written (MeirSwarm *swarm, guint32 piece, guint32 begin, guint32 length)
{
  guint32 piece_bytes, block, last;
  guint64 end = (guint64) begin + length;
  MeirPartial *partial;

  g_return_if_fail (piece < swarm->pieces->n_pieces);
  piece_bytes = meir_piece_manager_piece_bytes (swarm->pieces, piece);
  /* Only whole blocks: the rest of one cannot be asked for alone. */
  block = begin / MEIR_BLOCK_LENGTH + (begin % MEIR_BLOCK_LENGTH != 0);
  last = end >= piece_bytes ? meir_piece_manager_n_blocks (swarm->pieces, piece)
                            : (guint32) (end / MEIR_BLOCK_LENGTH);
  if (block >= last)
    return;
  partial = meir_piece_manager_begin (swarm->pieces, piece);
  for (; partial != NULL && block < last; block++)
    meir_piece_manager_receive (swarm->pieces, partial, block, MEIR_SOURCE_DISK);
}

gboolean
meir_swarm_piece_is_complete (MeirSwarm *swarm, guint32 piece)
{
  const MeirPartial *partial = meir_piece_manager_lookup (swarm->pieces, piece);

  return partial != NULL && partial->n_received == partial->n_blocks;
}
