/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "swarm/meir-piece-manager.h"

/* A download starts with this many pieces at random: rare pieces come slowly, and a newcomer needs something
 * to trade. */
#define RANDOM_FIRST_PIECES 4u
/* Bytes of begun pieces above which peers share a piece rather than begin one more. */
#define PARTIAL_BYTES_MAX (64u << 20)

/* How long a piece is kept for its owner alone when others have nothing else to do. */
#define RESERVED_USEC (10 * G_USEC_PER_SEC)

static void
partial_free (gpointer data)
{
  MeirPartial *partial = data;

  g_free (partial->blocks);
  g_free (partial);
}

MeirPieceManager *
meir_piece_manager_new (guint32 n_pieces, guint32 piece_length, guint64 total_length,
                        const MeirBitfield *have, MeirPrng *prng)
{
  MeirPieceManager *manager = g_new0 (MeirPieceManager, 1);

  manager->n_pieces = n_pieces;
  manager->piece_length = piece_length;
  manager->total_length = total_length;
  manager->left = total_length;
  manager->prng = prng;
  manager->partials = g_ptr_array_new_with_free_func (partial_free);
  manager->open = g_ptr_array_new ();
  manager->spare = g_ptr_array_new_with_free_func (partial_free);
  manager->by_piece = g_hash_table_new (NULL, NULL);
  manager->failed = g_hash_table_new (NULL, NULL);
  meir_bitfield_init (&manager->have, n_pieces);
  meir_bitfield_init (&manager->missing, n_pieces);
  meir_availability_init (&manager->availability, n_pieces);
  if (have != NULL)
    meir_bitfield_copy (&manager->have, have);
  if (manager->have.n_set > 0) {
    manager->left -= (guint64) manager->have.n_set * piece_length;
    if (meir_bitfield_get (&manager->have, n_pieces - 1))
      manager->left += piece_length - meir_piece_manager_piece_bytes (manager, n_pieces - 1);
  }
  meir_piece_manager_set_priorities (manager, NULL);
  return manager;
}

void
meir_piece_manager_free (MeirPieceManager *manager)
{
  g_ptr_array_unref (manager->partials);
  g_ptr_array_unref (manager->open);
  g_ptr_array_unref (manager->spare);
  g_hash_table_unref (manager->by_piece);
  g_hash_table_unref (manager->failed);
  g_clear_pointer (&manager->files, g_array_unref);
  meir_bitfield_clear (&manager->have);
  meir_bitfield_clear (&manager->missing);
  meir_availability_clear (&manager->availability);
  g_free (manager);
}

guint32
meir_piece_manager_piece_bytes (const MeirPieceManager *manager, guint32 piece)
{
  guint64 start = (guint64) piece * manager->piece_length;

  return (guint32) MIN (manager->piece_length, manager->total_length - start);
}

guint32
meir_piece_manager_block_bytes (const MeirPieceManager *manager, guint32 piece, guint32 block)
{
  return MIN (MEIR_BLOCK_LENGTH, meir_piece_manager_piece_bytes (manager, piece) - block * MEIR_BLOCK_LENGTH);
}

guint32
meir_piece_manager_n_blocks (const MeirPieceManager *manager, guint32 piece)
{
  return (meir_piece_manager_piece_bytes (manager, piece) - 1) / MEIR_BLOCK_LENGTH + 1;
}

MeirPartial *
meir_piece_manager_lookup (MeirPieceManager *manager, guint32 piece)
{
  MeirPartial *partial = manager->last_found;

  if (partial != NULL && partial->piece == piece)
    return partial;
  partial = g_hash_table_lookup (manager->by_piece, GUINT_TO_POINTER (piece));
  if (partial != NULL)
    manager->last_found = partial;
  return partial;
}

static void
close_partial (MeirPieceManager *manager, MeirPartial *partial)
{
  MeirPartial *last = g_ptr_array_index (manager->open, manager->open->len - 1);

  last->open_index = partial->open_index;
  g_ptr_array_remove_index_fast (manager->open, partial->open_index);
  partial->open_index = MEIR_PIECE_NONE;
}

/* Keeps @open exactly the partials with free blocks that are not skipped. */
static void
update_open (MeirPieceManager *manager, MeirPartial *partial)
{
  gboolean is_open = partial->open_index != MEIR_PIECE_NONE;

  if (partial->n_free > 0 && !is_open) {
    if (meir_piece_manager_is_skipped (manager, partial->piece))
      return;
    partial->open_index = manager->open->len;
    g_ptr_array_add (manager->open, partial);
  } else if (partial->n_free == 0 && is_open) {
    close_partial (manager, partial);
  }
}

void
meir_piece_manager_set_priorities (MeirPieceManager *manager, const guint8 *priorities)
{
  MeirAvailability *availability = &manager->availability;

  meir_availability_set_priorities (availability, priorities);
  meir_availability_include_missing (availability, &manager->have);
  meir_bitfield_unset_all (&manager->missing);
  manager->wanted = 0;
  manager->wanted_left = 0;
  for (guint32 piece = 0; piece < manager->n_pieces; piece++) {
    guint32 bytes = meir_piece_manager_piece_bytes (manager, piece);

    if (meir_piece_manager_is_skipped (manager, piece))
      continue;
    manager->wanted += bytes;
    if (meir_bitfield_get (&manager->have, piece))
      continue;
    meir_bitfield_set (&manager->missing, piece);
    manager->wanted_left += bytes;
  }
  for (guint i = 0; i < manager->partials->len; i++) {
    MeirPartial *partial = g_ptr_array_index (manager->partials, i);

    meir_availability_exclude (availability, partial->piece);
    if (partial->open_index != MEIR_PIECE_NONE && meir_piece_manager_is_skipped (manager, partial->piece))
      close_partial (manager, partial);
    update_open (manager, partial);
  }
}

MeirPartial *
meir_piece_manager_begin (MeirPieceManager *manager, guint32 piece)
{
  MeirPartial *partial = meir_piece_manager_lookup (manager, piece);
  MeirBlock *blocks;

  if (partial != NULL || meir_bitfield_get (&manager->have, piece))
    return partial;
  if (manager->spare->len > 0) {
    partial = g_ptr_array_steal_index_fast (manager->spare, manager->spare->len - 1);
  } else {
    partial = g_new0 (MeirPartial, 1);
    partial->blocks = g_new (MeirBlock, meir_piece_manager_n_blocks (manager, 0));
  }
  blocks = partial->blocks;
  *partial = (MeirPartial){ .piece = piece,
                            .n_blocks = meir_piece_manager_n_blocks (manager, piece),
                            .owner = MEIR_PEER_NONE,
                            .index = manager->partials->len,
                            .open_index = MEIR_PIECE_NONE,
                            .blocks = blocks };
  partial->n_free = partial->n_blocks;
  for (guint32 block = 0; block < partial->n_blocks; block++)
    blocks[block] = (MeirBlock){ .source = MEIR_SOURCE_NONE };
  g_ptr_array_add (manager->partials, partial);
  g_hash_table_insert (manager->by_piece, GUINT_TO_POINTER (piece), partial);
  meir_availability_exclude (&manager->availability, piece);
  update_open (manager, partial);
  return partial;
}

static void
retire (MeirPieceManager *manager, MeirPartial *partial)
{
  MeirPartial *last = g_ptr_array_index (manager->partials, manager->partials->len - 1);

  partial->n_free = 0;
  update_open (manager, partial);
  g_hash_table_remove (manager->by_piece, GUINT_TO_POINTER (partial->piece));
  last->index = partial->index;
  g_ptr_array_steal_index_fast (manager->partials, partial->index);
  partial->piece = MEIR_PIECE_NONE;
  g_ptr_array_add (manager->spare, partial);
}

/* Lets go of a piece of which nothing is here, arriving or asked for. */
static void
retire_if_untouched (MeirPieceManager *manager, MeirPartial *partial)
{
  guint32 piece = partial->piece;

  if (partial->n_free < partial->n_blocks || partial->n_arriving > 0 ||
      meir_piece_manager_has_failed (manager, piece))
    return;
  retire (manager, partial);
  meir_availability_include (&manager->availability, piece);
}

void
meir_piece_manager_ask (MeirPieceManager *manager, MeirPartial *partial, guint32 block)
{
  if (meir_block_is_free (&partial->blocks[block])) {
    partial->n_free--;
    update_open (manager, partial);
  }
  partial->blocks[block].n_asked++;
}

gboolean
meir_piece_manager_unask (MeirPieceManager *manager, guint32 piece, guint32 block)
{
  MeirPartial *partial = meir_piece_manager_lookup (manager, piece);

  if (partial == NULL || partial->blocks[block].n_asked == 0)
    return FALSE;
  partial->blocks[block].n_asked--;
  if (!meir_block_is_free (&partial->blocks[block]))
    return FALSE;
  partial->n_free++;
  update_open (manager, partial);
  retire_if_untouched (manager, partial);
  return TRUE;
}

void
meir_piece_manager_set_arriving (MeirPieceManager *manager, MeirPartial *partial, guint32 block,
                                 gboolean arriving)
{
  if (partial->blocks[block].arriving == (arriving != FALSE))
    return;
  partial->blocks[block].arriving = arriving != FALSE;
  if (arriving) {
    partial->n_arriving++;
  } else {
    partial->n_arriving--;
    retire_if_untouched (manager, partial);
  }
}

gboolean
meir_piece_manager_receive (MeirPieceManager *manager, MeirPartial *partial, guint32 block, guint32 source)
{
  MeirBlock *here = &partial->blocks[block];

  if (here->received)
    return FALSE;
  if (here->n_asked == 0)
    partial->n_free--;
  here->received = TRUE;
  here->source = source;
  partial->n_received++;
  update_open (manager, partial);
  return TRUE;
}

guint32
meir_piece_manager_shelve (MeirPieceManager *manager, MeirPartial *partial)
{
  guint32 n_bytes = 0;

  for (guint32 first = 0; first < partial->n_blocks; first += MEIR_SEGMENT_BLOCKS) {
    guint32 end = MIN (first + MEIR_SEGMENT_BLOCKS, partial->n_blocks);
    guint32 n_received = 0;

    for (guint32 block = first; block < end; block++)
      n_received += partial->blocks[block].received;
    for (guint32 block = first; block < end && n_received < end - first; block++) {
      if (!partial->blocks[block].received)
        continue;
      partial->blocks[block].received = FALSE;
      partial->blocks[block].source = MEIR_SOURCE_NONE;
      partial->n_received--;
      partial->n_free++;
      n_bytes += meir_piece_manager_block_bytes (manager, partial->piece, block);
    }
  }
  update_open (manager, partial);
  retire_if_untouched (manager, partial);
  return n_bytes;
}

gboolean
meir_piece_manager_verify (MeirPieceManager *manager, guint32 piece)
{
  MeirPartial *partial = meir_piece_manager_lookup (manager, piece);

  if (!meir_bitfield_set (&manager->have, piece))
    return FALSE;
  if (partial != NULL)
    retire (manager, partial);
  else
    meir_availability_exclude (&manager->availability, piece);
  g_hash_table_remove (manager->failed, GUINT_TO_POINTER (piece));
  manager->left -= meir_piece_manager_piece_bytes (manager, piece);
  if (meir_bitfield_unset (&manager->missing, piece))
    manager->wanted_left -= meir_piece_manager_piece_bytes (manager, piece);
  return TRUE;
}

void
meir_piece_manager_fail (MeirPieceManager *manager, MeirPartial *partial, gboolean alone)
{
  gboolean is_new = g_hash_table_add (manager->failed, GUINT_TO_POINTER (partial->piece));

  meir_piece_manager_clear (manager, partial);
  partial->alone = alone || !is_new;
}

void
meir_piece_manager_clear (MeirPieceManager *manager, MeirPartial *partial)
{
  partial->owner = MEIR_PEER_NONE;
  partial->alone = FALSE;
  partial->awaits_verdict = FALSE;
  partial->n_received = 0;
  partial->n_free = 0;
  partial->n_arriving = 0;
  for (guint32 block = 0; block < partial->n_blocks; block++) {
    partial->blocks[block].received = FALSE;
    partial->blocks[block].arriving = FALSE;
    partial->blocks[block].source = MEIR_SOURCE_NONE;
    if (partial->blocks[block].n_asked == 0)
      partial->n_free++;
  }
  update_open (manager, partial);
  retire_if_untouched (manager, partial);
}

gboolean
meir_piece_manager_has_failed (MeirPieceManager *manager, guint32 piece)
{
  return g_hash_table_contains (manager->failed, GUINT_TO_POINTER (piece));
}

gboolean
meir_piece_manager_lose (MeirPieceManager *manager, guint32 piece)
{
  if (!meir_bitfield_unset (&manager->have, piece))
    return FALSE;
  meir_availability_include (&manager->availability, piece);
  manager->left += meir_piece_manager_piece_bytes (manager, piece);
  if (!meir_piece_manager_is_skipped (manager, piece)) {
    meir_bitfield_set (&manager->missing, piece);
    manager->wanted_left += meir_piece_manager_piece_bytes (manager, piece);
  }
  return TRUE;
}

gboolean
meir_piece_manager_in_endgame (const MeirPieceManager *manager)
{
  return manager->open->len == 0 && manager->availability.n_fresh == 0 && manager->missing.n_set > 0;
}

static gboolean
is_granted (const MeirPickFor *pick_for, guint32 piece)
{
  if (!meir_bitfield_get (pick_for->have, piece))
    return FALSE;
  if (pick_for->only == NULL)
    return TRUE;
  for (guint i = 0; i < pick_for->n_only; i++) {
    if (pick_for->only[i] == piece)
      return TRUE;
  }
  return FALSE;
}

static gboolean
is_untouched (const MeirPartial *partial)
{
  return partial->n_free == partial->n_blocks && partial->n_arriving == 0;
}

/* Whether this peer need not share @partial to fill it. */
static gboolean
may_take_over (const MeirPartial *partial, const MeirPickFor *pick_for)
{
  if (partial->owner != MEIR_PEER_NONE && partial->owner != pick_for->peer)
    return FALSE;
  if (pick_for->alone && partial->owner != pick_for->peer && !is_untouched (partial))
    return FALSE;
  return TRUE;
}

/* What a peer could be asked for of the pieces begun, from the best choice to the worst; each the best of
 * those of the highest priority. */
typedef struct {
  MeirPartial *takeable; /* nearest to its end of those that nobody fills; the first in play order */
  MeirPartial *shared;   /* most left to do of those that somebody fills */
  MeirPartial *last;     /* should be filled by one peer alone, but that takes too long */
} Choice;

static inline MeirPriority
priority_of (const MeirPieceManager *manager, guint32 piece)
{
  return meir_availability_get_priority (&manager->availability, piece);
}

/* How much more @partial is wanted than @other (nullable): the sign tells. */
static inline gint
compare_priority (const MeirPieceManager *manager, const MeirPartial *partial, const MeirPartial *other)
{
  if (other == NULL)
    return 1;
  return (gint) priority_of (manager, partial->piece) - (gint) priority_of (manager, other->piece);
}

gboolean
meir_partial_is_reserved (const MeirPartial *partial, MeirPeerSlot peer, gint64 now_usec)
{
  return partial->alone && partial->owner != peer && now_usec - partial->owned_usec < RESERVED_USEC;
}

static Choice
find_partials (MeirPieceManager *manager, const MeirPickFor *pick_for)
{
  Choice choice = { 0 };

  for (guint i = 0; i < manager->open->len; i++) {
    MeirPartial *partial = g_ptr_array_index (manager->open, i);

    if (!is_granted (pick_for, partial->piece))
      continue;
    if (may_take_over (partial, pick_for)) {
      gint more = compare_priority (manager, partial, choice.takeable);

      if (more > 0 || (more == 0 && (manager->play_order ? partial->piece < choice.takeable->piece
                                                         : partial->n_free < choice.takeable->n_free)))
        choice.takeable = partial;
    } else if (partial->alone || pick_for->alone) {
      if (!meir_partial_is_reserved (partial, pick_for->peer, pick_for->now_usec) &&
          compare_priority (manager, partial, choice.last) >= 0)
        choice.last = partial;
    } else {
      gint more = compare_priority (manager, partial, choice.shared);

      if (more > 0 || (more == 0 && partial->n_free > choice.shared->n_free))
        choice.shared = partial;
    }
  }
  return choice;
}

/* The best of the fresh pieces that a peer grants while it chokes us. */
static guint32
pick_granted (const MeirPieceManager *manager, const MeirPickFor *pick_for, MeirPriority above)
{
  const MeirAvailability *availability = &manager->availability;
  guint32 piece = MEIR_PIECE_NONE;

  for (guint i = 0; i < pick_for->n_only; i++) {
    guint32 granted = pick_for->only[i];
    gint more;

    if (!meir_bitfield_get (pick_for->have, granted) || !meir_availability_is_fresh (availability, granted) ||
        priority_of (manager, granted) <= above)
      continue;
    more = piece == MEIR_PIECE_NONE
               ? 1
               : (gint) priority_of (manager, granted) - (gint) priority_of (manager, piece);
    if (more > 0 || (more == 0 && availability->counts[granted] < availability->counts[piece]))
      piece = granted;
  }
  return piece;
}

/* @above: only pieces of a higher priority. */
static guint32
pick_fresh (MeirPieceManager *manager, const MeirPickFor *pick_for, MeirPriority above)
{
  MeirAvailability *availability = &manager->availability;
  gboolean any_rarity = manager->n_begun_fresh < RANDOM_FIRST_PIECES && manager->have.n_set == 0;
  guint32 piece;

  if (pick_for->only != NULL)
    return pick_granted (manager, pick_for, above);
  if (manager->play_order)
    return meir_play_order_pick (availability, &g_array_index (manager->files, MeirPieceRange, 0),
                                 manager->files->len, pick_for->have, above);
  piece = meir_availability_pick (availability, pick_for->have, manager->prng, above, any_rarity);
  if (piece == MEIR_PIECE_NONE)
    return piece;
  for (guint i = 0; i < pick_for->n_suggested; i++) {
    guint32 suggested = pick_for->suggested[i];

    if (meir_bitfield_get (pick_for->have, suggested) &&
        meir_availability_is_fresh (availability, suggested) &&
        priority_of (manager, suggested) == priority_of (manager, piece) &&
        availability->counts[suggested] <= availability->counts[piece])
      return suggested;
  }
  return piece;
}

static guint
begun_max (const MeirPieceManager *manager, guint n_peers)
{
  guint by_bytes = MAX (PARTIAL_BYTES_MAX / manager->piece_length, 1);

  return MIN (n_peers + n_peers / 2 + 1, by_bytes);
}

/* Where a peer that shares a piece starts: at a segment that is wholly free, so that both leave long runs, or
 * else at the first free block. */
static guint32
joining_block (const MeirPartial *partial)
{
  guint32 run = 0;

  for (guint32 block = 0; block < partial->n_blocks; block++) {
    if (block % MEIR_SEGMENT_BLOCKS == 0)
      run = 0;
    run = meir_block_is_free (&partial->blocks[block]) ? run + 1 : 0;
    if (run == MEIR_SEGMENT_BLOCKS)
      return block + 1 - MEIR_SEGMENT_BLOCKS;
  }
  return 0;
}

static MeirPartial *
choose_partial (MeirPieceManager *manager, MeirSeat *seat, const MeirPickFor *pick_for)
{
  Choice choice = find_partials (manager, pick_for);
  MeirPartial *partial = choice.takeable;
  MeirPriority above = MEIR_PRIORITY_SKIP;
  guint32 piece;

  if (choice.shared != NULL && (partial == NULL ? manager->open->len >= begun_max (manager, pick_for->n_peers)
                                                : compare_priority (manager, choice.shared, partial) > 0))
    partial = choice.shared;
  /* What was begun goes first, but not before what is wanted more. */
  if (partial != NULL)
    above = priority_of (manager, partial->piece);
  else if (choice.shared != NULL)
    above = (MeirPriority) (priority_of (manager, choice.shared->piece) - 1);
  piece = above < MEIR_PRIORITY_HIGH ? pick_fresh (manager, pick_for, above) : MEIR_PIECE_NONE;
  if (piece != MEIR_PIECE_NONE) {
    partial = meir_piece_manager_begin (manager, piece);
    manager->n_begun_fresh++;
  }
  if (partial == NULL)
    partial = choice.shared;
  /* Better a piece with several culprits than an idle peer. */
  if (partial == NULL && choice.last != NULL) {
    partial = choice.last;
    partial->alone = FALSE;
  }
  if (partial == NULL)
    return NULL;
  seat->block = 0;
  if (partial->owner == MEIR_PEER_NONE) {
    partial->owner = pick_for->peer;
    partial->owned_usec = pick_for->now_usec;
    partial->alone = partial->alone || (pick_for->alone && is_untouched (partial));
  } else if (partial->owner != pick_for->peer) {
    seat->block = joining_block (partial);
  }
  return partial;
}

void
meir_piece_manager_stand_up (MeirPieceManager *manager, MeirSeat *seat, MeirPeerSlot peer)
{
  if (seat->partial != NULL && seat->partial->piece == seat->piece && seat->partial->owner == peer)
    seat->partial->owner = MEIR_PEER_NONE;
  *seat = (MeirSeat){ 0 };
}

static guint32
next_free_block (const MeirPartial *partial, guint32 from)
{
  guint32 block = from;

  for (; block < partial->n_blocks; block++) {
    if (meir_block_is_free (&partial->blocks[block]))
      return block;
  }
  for (block = 0; block < from; block++) {
    if (meir_block_is_free (&partial->blocks[block]))
      break;
  }
  return block;
}

gboolean
meir_piece_manager_pick (MeirPieceManager *manager, MeirSeat *seat, const MeirPickFor *pick_for,
                         guint32 *piece, guint32 *block)
{
  MeirPartial *partial = seat->partial;

  if (partial == NULL || partial->piece != seat->piece || partial->open_index == MEIR_PIECE_NONE ||
      (partial->owner != pick_for->peer && partial->alone) ||
      (pick_for->only != NULL && !is_granted (pick_for, partial->piece))) {
    meir_piece_manager_stand_up (manager, seat, pick_for->peer);
    partial = choose_partial (manager, seat, pick_for);
    if (partial == NULL)
      return FALSE;
    seat->partial = partial;
    seat->piece = partial->piece;
  }
  *piece = partial->piece;
  *block = next_free_block (partial, seat->block);
  seat->block = *block + 1;
  meir_piece_manager_ask (manager, partial, *block);
  return TRUE;
}
