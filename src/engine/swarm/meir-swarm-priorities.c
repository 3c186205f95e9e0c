/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "swarm/meir-swarm-private.h"

/* What is wanted of the torrent, and what follows from it. */

void
meir_swarm_update_finished (MeirSwarm *swarm)
{
  gboolean finished = swarm->pieces->missing.n_set == 0;

  if (swarm->finished == finished)
    return;
  swarm->finished = finished;
  swarm->choker.seeding = finished;
  if (!finished)
    return;
  swarm->in_endgame = FALSE;
  for (guint slot = 0; slot < swarm->members->len; slot++) {
    MeirMember *member = g_ptr_array_index (swarm->members, slot);

    if (member == NULL || member->dropped)
      continue;
    meir_swarm_update_interest (swarm, member);
    meir_swarm_drop_if_useless (swarm, member);
  }
  if (swarm->pieces->wanted > 0)
    meir_swarm_push (swarm, MEIR_EFFECT_COMPLETE, MEIR_PEER_NONE);
}

/* Begun pieces that are skipped give back what only memory holds of them. */
static void
shelve_skipped (MeirSwarm *swarm)
{
  MeirPieceManager *pieces = swarm->pieces;

  /* Backwards: one that is let go is replaced by the last. */
  for (guint i = pieces->partials->len; i > 0; i--) {
    MeirPartial *partial = g_ptr_array_index (pieces->partials, i - 1);
    guint32 piece = partial->piece;

    if (!meir_piece_manager_is_skipped (pieces, piece))
      continue;
    swarm->wasted += meir_piece_manager_shelve (pieces, partial);
    meir_swarm_push (swarm, MEIR_EFFECT_SHELVE, MEIR_PEER_NONE)->piece = piece;
  }
}

/* What a peer has may be wanted now, or not any more, or more than what it is asked for. */
static void
review_member (MeirSwarm *swarm, MeirMember *member)
{
  meir_piece_manager_stand_up (swarm->pieces, &member->seat, member->slot);
  member->n_wanted = meir_bitfield_count_common (member->have, &swarm->pieces->missing);
  meir_swarm_update_interest (swarm, member);
  if (member->n_wanted > 0)
    meir_swarm_feed (swarm, member);
}

void
meir_swarm_set_priorities (MeirSwarm *swarm, const guint8 *priorities, gint64 now_usec)
{
  swarm->now_usec = now_usec;
  meir_piece_manager_set_priorities (swarm->pieces, priorities);
  for (guint slot = 0; slot < swarm->members->len; slot++) {
    MeirMember *member = g_ptr_array_index (swarm->members, slot);

    if (member != NULL && !member->dropped)
      meir_swarm_cancel_skipped (swarm, member);
  }
  shelve_skipped (swarm);
  swarm->in_endgame = FALSE;
  for (guint slot = 0; slot < swarm->members->len; slot++) {
    MeirMember *member = g_ptr_array_index (swarm->members, slot);

    if (member != NULL && !member->dropped)
      review_member (swarm, member);
  }
  meir_swarm_update_finished (swarm);
}

void
meir_swarm_set_play_order (MeirSwarm *swarm, const MeirPieceRange *files, guint n_files)
{
  MeirPieceManager *pieces = swarm->pieces;

  g_clear_pointer (&pieces->files, g_array_unref);
  pieces->play_order = files != NULL;
  if (files == NULL)
    return;
  pieces->files = g_array_sized_new (FALSE, FALSE, sizeof (MeirPieceRange), n_files);
  g_array_append_vals (pieces->files, files, n_files);
}
