/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "swarm-check.h"

#include "swarm/meir-swarm-private.h"

static void
check_order (const MeirAvailability *availability, const MeirRarityClass *group)
{
  guint32 n_buckets = group->starts->len - 1;

  g_assert_cmpuint (g_array_index (group->starts, guint32, n_buckets), ==, group->fresh.n_set);
  g_assert_cmpuint (g_array_index (group->starts, guint32, 0), ==, 0);
  for (guint32 bucket = 0; bucket < n_buckets; bucket++) {
    guint32 start = g_array_index (group->starts, guint32, bucket);
    guint32 end = g_array_index (group->starts, guint32, bucket + 1);

    g_assert_cmpuint (start, <=, end);
    for (guint32 i = start; i < end; i++) {
      guint32 piece = group->order[i];

      g_assert_cmpuint (availability->counts[piece] - availability->n_seeds, ==, bucket);
      g_assert_cmpuint (availability->position[piece], ==, i);
      g_assert_true (meir_bitfield_get (&group->fresh, piece));
    }
  }
}

void
swarm_check_availability (const MeirAvailability *availability)
{
  guint32 n_fresh = 0;

  for (guint32 piece = 0; piece < availability->n_pieces; piece++)
    g_assert_cmpuint (availability->counts[piece], >=, availability->n_seeds);
  for (guint i = 0; i < MEIR_RARITY_CLASSES; i++) {
    const MeirRarityClass *group = &availability->classes[i];
    guint32 n = 0;

    for (guint32 piece = 0; piece < availability->n_pieces; piece++) {
      if (!meir_bitfield_get (&group->fresh, piece))
        continue;
      g_assert_cmpuint (meir_availability_get_priority (availability, piece), ==, i + MEIR_PRIORITY_LOW);
      n++;
    }
    g_assert_cmpuint (n, ==, group->fresh.n_set);
    n_fresh += n;
    if (!availability->stale)
      check_order (availability, group);
  }
  g_assert_cmpuint (n_fresh, ==, availability->n_fresh);
}

static void
check_counts (const MeirSwarm *swarm)
{
  const MeirAvailability *availability = &swarm->pieces->availability;
  guint32 n_seeds = 0;

  for (guint slot = 0; slot < swarm->members->len; slot++) {
    const MeirMember *member = g_ptr_array_index (swarm->members, slot);
    guint32 n_wanted = 0, n_set = 0;

    if (member == NULL)
      continue;
    n_seeds += meir_bitfield_is_full (member->have);
    for (guint32 piece = 0; piece < swarm->pieces->n_pieces; piece++) {
      gboolean theirs = meir_bitfield_get (member->have, piece);

      n_set += theirs;
      n_wanted += theirs && meir_bitfield_get (&swarm->pieces->missing, piece);
    }
    g_assert_cmpuint (n_wanted, ==, member->n_wanted);
    g_assert_cmpuint (n_set, ==, member->have->n_set);
  }
  g_assert_cmpuint (n_seeds, ==, availability->n_seeds);
  for (guint32 piece = 0; piece < swarm->pieces->n_pieces; piece++) {
    guint n = 0;

    for (guint slot = 0; slot < swarm->members->len; slot++) {
      const MeirMember *member = g_ptr_array_index (swarm->members, slot);

      n += member != NULL && meir_bitfield_get (member->have, piece);
    }
    g_assert_cmpuint (n, ==, availability->counts[piece]);
  }
}

static guint
count_asked (const MeirSwarm *swarm, guint32 piece, guint32 block)
{
  guint n = 0;

  for (guint slot = 0; slot < swarm->members->len; slot++) {
    MeirMember *member = g_ptr_array_index (swarm->members, slot);
    const MeirRequest *request;
    guint cursor = 0;

    while (member != NULL && (request = meir_request_ledger_next (&member->ledger, &cursor)) != NULL)
      n += request->piece == piece && request->block == block && request->state == MEIR_REQUEST_ACTIVE;
  }
  return n;
}

static void
check_partial (const MeirSwarm *swarm, const MeirPartial *partial)
{
  gboolean skipped = meir_piece_manager_is_skipped (swarm->pieces, partial->piece);
  guint32 n_free = 0, n_received = 0, n_arriving = 0;

  g_assert_false (meir_bitfield_get (&swarm->pieces->have, partial->piece));
  g_assert_false (meir_availability_is_fresh (&swarm->pieces->availability, partial->piece));
  g_assert_true (meir_piece_manager_lookup (swarm->pieces, partial->piece) == partial);
  for (guint32 block = 0; block < partial->n_blocks; block++) {
    const MeirBlock *here = &partial->blocks[block];

    n_free += meir_block_is_free (here);
    n_received += here->received;
    n_arriving += here->arriving;
    g_assert_cmpuint (here->n_asked, ==, count_asked (swarm, partial->piece, block));
    if (skipped)
      g_assert_cmpuint (here->n_asked + here->arriving, ==, 0);
  }
  g_assert_cmpuint (n_free, ==, partial->n_free);
  g_assert_cmpuint (n_received, ==, partial->n_received);
  g_assert_cmpuint (n_arriving, ==, partial->n_arriving);
  g_assert_cmpint (n_free > 0 && !skipped, ==, partial->open_index != MEIR_PIECE_NONE);
  if (partial->owner != MEIR_PEER_NONE) {
    const MeirMember *owner = g_ptr_array_index (swarm->members, partial->owner);

    g_assert_nonnull (owner);
  }
}

static void
check_pieces (const MeirSwarm *swarm)
{
  const MeirPieceManager *pieces = swarm->pieces;
  guint64 left = 0, wanted = 0, wanted_left = 0;
  guint n_open = 0;

  for (guint i = 0; i < pieces->partials->len; i++) {
    const MeirPartial *partial = g_ptr_array_index (pieces->partials, i);

    g_assert_cmpuint (partial->index, ==, i);
    check_partial (swarm, partial);
    n_open += partial->n_free > 0 && !meir_piece_manager_is_skipped (pieces, partial->piece);
  }
  g_assert_cmpuint (n_open, ==, pieces->open->len);
  g_assert_cmpuint (g_hash_table_size (pieces->by_piece), ==, pieces->partials->len);
  for (guint32 piece = 0; piece < pieces->n_pieces; piece++) {
    gboolean have = meir_bitfield_get (&pieces->have, piece);
    gboolean fresh = meir_availability_is_fresh (&pieces->availability, piece);
    gboolean skipped = meir_piece_manager_is_skipped (pieces, piece);
    guint32 bytes = meir_piece_manager_piece_bytes (pieces, piece);
    gboolean begun = g_hash_table_contains (pieces->by_piece, GUINT_TO_POINTER (piece));

    g_assert_cmpint (have + fresh + begun, ==, skipped ? have + begun : 1);
    g_assert_cmpint (meir_bitfield_get (&pieces->missing, piece), ==, !have && !skipped);
    left += have ? 0 : bytes;
    wanted += skipped ? 0 : bytes;
    wanted_left += have || skipped ? 0 : bytes;
  }
  g_assert_cmpuint (left, ==, pieces->left);
  g_assert_cmpuint (wanted, ==, pieces->wanted);
  g_assert_cmpuint (wanted_left, ==, pieces->wanted_left);
  g_assert_cmpint (swarm->finished, ==, pieces->missing.n_set == 0);
  g_assert_cmpint (swarm->choker.seeding, ==, swarm->finished);
}

static void
check_ledger (const MeirSwarm *swarm, MeirMember *member)
{
  const MeirRequest *request;
  guint cursor = 0, n[4] = { 0 };

  while ((request = meir_request_ledger_next (&member->ledger, &cursor)) != NULL) {
    n[request->state]++;
    g_assert_cmpuint (request->piece, <, swarm->pieces->n_pieces);
    if (request->state == MEIR_REQUEST_ACTIVE)
      g_assert_nonnull (meir_piece_manager_lookup (swarm->pieces, request->piece));
  }
  g_assert_cmpuint (n[MEIR_REQUEST_ACTIVE], ==, member->ledger.n_active);
  g_assert_cmpuint (n[MEIR_REQUEST_OWED], ==, member->ledger.n_owed);
  g_assert_cmpuint (n[MEIR_REQUEST_VOID], ==, member->ledger.n_void);
  g_assert_cmpuint (member->ledger.n_active, <=, MEIR_REQUEST_QUEUE_MAX);
  g_assert_cmpuint (member->ledger.n_void, <=, 4 * MEIR_REQUEST_QUEUE_MAX);
  if (member->dropped)
    g_assert_cmpuint (member->ledger.n_active + member->ledger.n_owed, ==, 0);
  if (member->have->n_set > 0 && member->n_wanted > 0 && !member->dropped)
    g_assert_true (member->am_interested);
}

/* What all peers of a source are asked for. */
static guint
count_out (const MeirSwarm *swarm, const MeirSource *source)
{
  guint n_out = 0;

  for (guint slot = 0; slot < swarm->members->len; slot++) {
    const MeirMember *member = g_ptr_array_index (swarm->members, slot);

    if (member != NULL && member->source == source)
      n_out += member->ledger.n_active;
  }
  return n_out;
}

static void
check_members (const MeirSwarm *swarm)
{
  guint n_starved = 0, n_tried = 0, n_unchoking = 0, n_hungry = 0, n_slots = 0;

  for (guint slot = 0; slot < swarm->members->len; slot++) {
    MeirMember *member = g_ptr_array_index (swarm->members, slot);

    if (member == NULL)
      continue;
    check_ledger (swarm, member);
    g_assert_cmpuint (member->source->n_out, ==, count_out (swarm, member->source));
    n_starved += member->starved;
    n_tried += member->tried;
    n_unchoking += !member->peer_choking;
    n_hungry += member->hungry;
    n_slots += meir_choker_get ((MeirChoker *) &swarm->choker, slot)->unchoked;
    g_assert_cmpuint (member->serves.n_queued, <=, MEIR_REQUEST_QUEUE_MAX);
    if (member->dropped || !meir_choker_get ((MeirChoker *) &swarm->choker, slot)->unchoked)
      g_assert_cmpuint (member->serves.n_queued, ==, 0);
  }
  g_assert_cmpuint (n_starved, ==, swarm->n_starved);
  g_assert_cmpuint (n_tried, ==, swarm->n_tried);
  g_assert_cmpuint (n_unchoking, ==, swarm->n_unchoking);
  g_assert_cmpuint (n_hungry, ==, swarm->hungry->len);
  g_assert_cmpuint (n_slots, <=, swarm->choker.slots * 2 + 1);
}

void
swarm_check (const MeirSwarm *swarm)
{
  swarm_check_availability (&swarm->pieces->availability);
  check_counts (swarm);
  check_pieces (swarm);
  check_members (swarm);
}
