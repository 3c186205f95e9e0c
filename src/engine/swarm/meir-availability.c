/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "swarm/meir-availability.h"

/* Pieces looked at in order of rarity before a pick falls back to a sample of the peer's own. */
#define LOOKS_MAX 512u
/* Size of that sample. */
#define SAMPLE_MAX 16u
/* A field with more than one in this many pieces is cheaper to sort in than to step in. */
#define BULK_SHARE 16u

static inline guint32 *
start_of (MeirRarityClass *group, guint bucket)
{
  return &g_array_index (group->starts, guint32, bucket);
}

static inline guint
n_buckets (const MeirRarityClass *group)
{
  return group->starts->len - 1;
}

static inline guint32
rank_of (const MeirAvailability *availability, guint32 piece)
{
  return availability->counts[piece] - availability->n_seeds;
}

/* NULL for a piece that is skipped. */
static inline MeirRarityClass *
class_of (MeirAvailability *availability, guint32 piece)
{
  MeirPriority priority = meir_availability_get_priority (availability, piece);

  return priority != MEIR_PRIORITY_SKIP ? &availability->classes[priority - MEIR_PRIORITY_LOW] : NULL;
}

static inline void
put_at (MeirAvailability *availability, MeirRarityClass *group, guint32 index, guint32 piece)
{
  group->order[index] = piece;
  availability->position[piece] = index;
}

void
meir_availability_init (MeirAvailability *availability, guint32 n_pieces)
{
  guint32 zero = 0;

  *availability = (MeirAvailability){ .n_pieces = n_pieces, .stale = TRUE };
  availability->counts = g_new0 (guint16, n_pieces);
  for (guint i = 0; i < MEIR_RARITY_CLASSES; i++) {
    MeirRarityClass *group = &availability->classes[i];

    meir_bitfield_init (&group->fresh, n_pieces);
    group->starts = g_array_new (FALSE, FALSE, sizeof (guint32));
    g_array_append_val (group->starts, zero);
    g_array_append_val (group->starts, zero);
  }
}

void
meir_availability_clear (MeirAvailability *availability)
{
  g_clear_pointer (&availability->counts, g_free);
  g_clear_pointer (&availability->priorities, g_free);
  g_clear_pointer (&availability->position, g_free);
  for (guint i = 0; i < MEIR_RARITY_CLASSES; i++) {
    g_clear_pointer (&availability->classes[i].order, g_free);
    g_clear_pointer (&availability->classes[i].starts, g_array_unref);
    meir_bitfield_clear (&availability->classes[i].fresh);
  }
}

static void
ensure_bucket (MeirRarityClass *group, guint bucket)
{
  while (n_buckets (group) <= bucket) {
    guint32 end = *start_of (group, n_buckets (group));

    g_array_append_val (group->starts, end);
  }
}

static inline void
ensure_order (MeirAvailability *availability, MeirRarityClass *group)
{
  if (group->order == NULL)
    group->order = g_new (guint32, availability->n_pieces);
}

/* Counting sort of the fresh pieces of one priority by rank. */
static void
sort_class (MeirAvailability *availability, MeirRarityClass *group)
{
  const MeirBitfield *fresh = &group->fresh;
  guint32 sum = 0, piece, n_seeds = availability->n_seeds;
  const guint16 *counts = availability->counts;
  guint32 *order, *position = availability->position, *starts;

  memset (group->starts->data, 0, sizeof (guint32) * group->starts->len);
  if (fresh->n_set == 0)
    return;
  ensure_order (availability, group);
  for (piece = meir_bitfield_next_set (fresh, 0); piece < fresh->n_bits;
       piece = meir_bitfield_next_set (fresh, piece + 1)) {
    guint32 rank = counts[piece] - n_seeds;

    if (rank >= n_buckets (group))
      ensure_bucket (group, rank);
    (*start_of (group, rank))++;
  }
  for (guint bucket = 0; bucket < group->starts->len; bucket++) {
    guint32 n = *start_of (group, bucket);

    *start_of (group, bucket) = sum;
    sum += n;
  }
  order = group->order;
  starts = start_of (group, 0);
  for (piece = meir_bitfield_next_set (fresh, 0); piece < fresh->n_bits;
       piece = meir_bitfield_next_set (fresh, piece + 1))
    order[position[piece] = starts[counts[piece] - n_seeds]++] = piece;
  /* Filling moved each start to its bucket's end, which is the next bucket's start. */
  for (guint bucket = n_buckets (group); bucket > 0; bucket--)
    *start_of (group, bucket) = *start_of (group, bucket - 1);
  *start_of (group, 0) = 0;
}

static void
sort_order (MeirAvailability *availability)
{
  if (availability->position == NULL)
    availability->position = g_new (guint32, availability->n_pieces);
  memset (availability->position, 0xff, sizeof (guint32) * availability->n_pieces);
  for (guint i = 0; i < MEIR_RARITY_CLASSES; i++)
    sort_class (availability, &availability->classes[i]);
  availability->stale = FALSE;
}

void
meir_availability_include (MeirAvailability *availability, guint32 piece)
{
  MeirRarityClass *group = class_of (availability, piece);
  guint32 rank, hole;

  if (group == NULL || !meir_bitfield_set (&group->fresh, piece))
    return;
  availability->n_fresh++;
  if (availability->stale)
    return;
  rank = rank_of (availability, piece);
  ensure_order (availability, group);
  ensure_bucket (group, rank);
  hole = (*start_of (group, n_buckets (group)))++;
  for (guint bucket = n_buckets (group) - 1; bucket > rank; bucket--) {
    guint32 first = (*start_of (group, bucket))++;

    if (first != hole)
      put_at (availability, group, hole, group->order[first]);
    hole = first;
  }
  put_at (availability, group, hole, piece);
}

void
meir_availability_exclude (MeirAvailability *availability, guint32 piece)
{
  MeirRarityClass *group = class_of (availability, piece);
  guint32 hole;

  if (group == NULL || !meir_bitfield_unset (&group->fresh, piece))
    return;
  availability->n_fresh--;
  if (availability->stale)
    return;
  hole = availability->position[piece];
  for (guint bucket = rank_of (availability, piece); bucket < n_buckets (group); bucket++) {
    guint32 last = --(*start_of (group, bucket + 1));

    if (last != hole)
      put_at (availability, group, hole, group->order[last]);
    hole = last;
  }
  availability->position[piece] = MEIR_PIECE_NONE;
}

void
meir_availability_include_missing (MeirAvailability *availability, const MeirBitfield *have)
{
  availability->n_fresh = 0;
  for (guint i = 0; i < MEIR_RARITY_CLASSES; i++)
    meir_bitfield_unset_all (&availability->classes[i].fresh);
  for (guint32 piece = 0; piece < availability->n_pieces; piece++) {
    MeirRarityClass *group = class_of (availability, piece);

    if (group != NULL && !meir_bitfield_get (have, piece)) {
      meir_bitfield_set (&group->fresh, piece);
      availability->n_fresh++;
    }
  }
  availability->stale = TRUE;
}

void
meir_availability_set_priorities (MeirAvailability *availability, const guint8 *priorities)
{
  g_free (availability->priorities);
  availability->priorities = g_memdup2 (priorities, availability->n_pieces);
  for (guint i = 0; i < MEIR_RARITY_CLASSES; i++)
    meir_bitfield_unset_all (&availability->classes[i].fresh);
  availability->n_fresh = 0;
  availability->stale = TRUE;
}

void
meir_availability_add (MeirAvailability *availability, guint32 piece)
{
  guint32 rank = rank_of (availability, piece), other, index, last;
  MeirRarityClass *group;

  availability->counts[piece]++;
  if (availability->stale || !meir_availability_is_fresh (availability, piece))
    return;
  group = class_of (availability, piece);
  ensure_bucket (group, rank + 1);
  index = availability->position[piece];
  last = --(*start_of (group, rank + 1));
  other = group->order[last];
  put_at (availability, group, index, other);
  put_at (availability, group, last, piece);
}

void
meir_availability_remove (MeirAvailability *availability, guint32 piece)
{
  guint32 rank = rank_of (availability, piece), other, index, first;
  MeirRarityClass *group;

  availability->counts[piece]--;
  if (availability->stale || !meir_availability_is_fresh (availability, piece))
    return;
  group = class_of (availability, piece);
  index = availability->position[piece];
  first = (*start_of (group, rank))++;
  other = group->order[first];
  put_at (availability, group, index, other);
  put_at (availability, group, first, piece);
}

void
meir_availability_add_field (MeirAvailability *availability, const MeirBitfield *field)
{
  if (field->n_set > availability->n_pieces / BULK_SHARE)
    availability->stale = TRUE;
  for (guint32 piece = meir_bitfield_next_set (field, 0); piece < field->n_bits;
       piece = meir_bitfield_next_set (field, piece + 1))
    meir_availability_add (availability, piece);
}

void
meir_availability_remove_field (MeirAvailability *availability, const MeirBitfield *field)
{
  if (field->n_set > availability->n_pieces / BULK_SHARE)
    availability->stale = TRUE;
  for (guint32 piece = meir_bitfield_next_set (field, 0); piece < field->n_bits;
       piece = meir_bitfield_next_set (field, piece + 1))
    meir_availability_remove (availability, piece);
}

void
meir_availability_add_seed (MeirAvailability *availability)
{
  availability->n_seeds++;
  for (guint32 piece = 0; piece < availability->n_pieces; piece++)
    availability->counts[piece]++;
}

void
meir_availability_remove_seed (MeirAvailability *availability)
{
  availability->n_seeds--;
  for (guint32 piece = 0; piece < availability->n_pieces; piece++)
    availability->counts[piece]--;
}

void
meir_availability_promote_to_seed (MeirAvailability *availability)
{
  guint32 zero = 0;

  availability->n_seeds++;
  for (guint i = 0; i < MEIR_RARITY_CLASSES && !availability->stale; i++) {
    GArray *starts = availability->classes[i].starts;

    /* Every piece was counted at least once, so bucket 0 is empty; all ranks sink by one. */
    g_array_remove_index (starts, 0);
    if (starts->len == 1)
      g_array_prepend_val (starts, zero);
  }
}

void
meir_availability_demote_seed (MeirAvailability *availability)
{
  guint32 zero = 0;

  availability->n_seeds--;
  for (guint i = 0; i < MEIR_RARITY_CLASSES && !availability->stale; i++)
    g_array_prepend_val (availability->classes[i].starts, zero);
}

static guint32
pick_in_range (const MeirRarityClass *group, guint32 start, guint32 end, const MeirBitfield *have,
               MeirPrng *prng, guint *looks)
{
  guint32 n = end - start, offset;

  if (n == 0)
    return MEIR_PIECE_NONE;
  offset = meir_prng_below (prng, n);
  for (guint32 i = 0; i<n && * looks> 0; i++, (*looks)--) {
    guint32 piece = group->order[start + (offset + i < n ? offset + i : offset + i - n)];

    if (meir_bitfield_get (have, piece))
      return piece;
  }
  return MEIR_PIECE_NONE;
}

/* The rarest of the first few fresh pieces of @have from a random place on. */
static guint32
pick_from_sample (const MeirAvailability *availability, const MeirRarityClass *group,
                  const MeirBitfield *have, MeirPrng *prng)
{
  gsize n_bytes = MEIR_BITFIELD_BYTES (have->n_bits);
  gsize byte = meir_prng_below (prng, (guint32) n_bytes);
  guint32 best = MEIR_PIECE_NONE;
  guint n = 0;

  for (gsize i = 0; i < n_bytes && n < SAMPLE_MAX; i++, byte = byte + 1 == n_bytes ? 0 : byte + 1) {
    guint8 common = have->bytes[byte] & group->fresh.bytes[byte];

    for (guint bit = 0; common != 0 && bit < 8; bit++, common = (guint8) (common << 1)) {
      guint32 piece = (guint32) (byte * 8 + bit);

      if (!(common & 0x80))
        continue;
      n++;
      if (best == MEIR_PIECE_NONE || availability->counts[piece] < availability->counts[best])
        best = piece;
    }
  }
  return best;
}

static guint32
pick_in_class (const MeirAvailability *availability, MeirRarityClass *group, const MeirBitfield *have,
               MeirPrng *prng, gboolean any_rarity)
{
  guint looks = LOOKS_MAX;
  /* Only seeds have what nobody else has. */
  guint bucket = meir_bitfield_is_full (have) ? 0 : 1;

  if (bucket >= n_buckets (group))
    return MEIR_PIECE_NONE;
  if (any_rarity) {
    guint32 end = *start_of (group, n_buckets (group));
    guint32 piece = pick_in_range (group, *start_of (group, bucket), end, have, prng, &looks);

    if (piece != MEIR_PIECE_NONE)
      return piece;
  }
  for (; !any_rarity && bucket < n_buckets (group) && looks > 0; bucket++) {
    guint32 piece =
        pick_in_range (group, *start_of (group, bucket), *start_of (group, bucket + 1), have, prng, &looks);

    if (piece != MEIR_PIECE_NONE)
      return piece;
  }
  return looks > 0 ? MEIR_PIECE_NONE : pick_from_sample (availability, group, have, prng);
}

guint32
meir_availability_pick (MeirAvailability *availability, const MeirBitfield *have, MeirPrng *prng,
                        MeirPriority above, gboolean any_rarity)
{
  if (availability->n_fresh == 0 || have->n_set == 0)
    return MEIR_PIECE_NONE;
  for (guint i = MEIR_RARITY_CLASSES; i > (guint) above; i--) {
    MeirRarityClass *group = &availability->classes[i - 1];
    guint32 piece;

    if (group->fresh.n_set == 0)
      continue;
    if (availability->stale)
      sort_order (availability);
    piece = pick_in_class (availability, group, have, prng, any_rarity);
    if (piece != MEIR_PIECE_NONE)
      return piece;
  }
  return MEIR_PIECE_NONE;
}
