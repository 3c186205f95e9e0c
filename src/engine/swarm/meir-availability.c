/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "swarm/meir-availability.h"

/* Pieces looked at in order of rarity before a pick falls back to a sample of the peer's own. */
#define LOOKS_MAX 512u
/* Size of that sample. */
#define SAMPLE_MAX 16u
/* A field with more than one in this many pieces is cheaper to sort in than to step in. */
#define BULK_SHARE 16u

static inline guint32 *
start_of (MeirAvailability *availability, guint bucket)
{
  return &g_array_index (availability->starts, guint32, bucket);
}

static inline guint
n_buckets (const MeirAvailability *availability)
{
  return availability->starts->len - 1;
}

static inline guint32
rank_of (const MeirAvailability *availability, guint32 piece)
{
  return availability->counts[piece] - availability->n_seeds;
}

static inline void
put_at (MeirAvailability *availability, guint32 index, guint32 piece)
{
  availability->order[index] = piece;
  availability->position[piece] = index;
}

void
meir_availability_init (MeirAvailability *availability, guint32 n_pieces)
{
  guint32 zero = 0;

  *availability = (MeirAvailability){ .n_pieces = n_pieces, .stale = TRUE };
  availability->counts = g_new0 (guint16, n_pieces);
  meir_bitfield_init (&availability->fresh, n_pieces);
  availability->starts = g_array_new (FALSE, FALSE, sizeof (guint32));
  g_array_append_val (availability->starts, zero);
  g_array_append_val (availability->starts, zero);
}

void
meir_availability_clear (MeirAvailability *availability)
{
  g_clear_pointer (&availability->counts, g_free);
  g_clear_pointer (&availability->order, g_free);
  g_clear_pointer (&availability->position, g_free);
  g_clear_pointer (&availability->starts, g_array_unref);
  meir_bitfield_clear (&availability->fresh);
}

static void
ensure_bucket (MeirAvailability *availability, guint bucket)
{
  while (n_buckets (availability) <= bucket) {
    guint32 end = *start_of (availability, n_buckets (availability));

    g_array_append_val (availability->starts, end);
  }
}

/* Counting sort of the fresh pieces by rank. */
static void
sort_order (MeirAvailability *availability)
{
  const MeirBitfield *fresh = &availability->fresh;
  guint32 sum = 0, piece;

  if (availability->order == NULL) {
    availability->order = g_new (guint32, availability->n_pieces);
    availability->position = g_new (guint32, availability->n_pieces);
  }
  memset (availability->position, 0xff, sizeof (guint32) * availability->n_pieces);
  memset (availability->starts->data, 0, sizeof (guint32) * availability->starts->len);
  for (piece = meir_bitfield_next_set (fresh, 0); piece < fresh->n_bits;
       piece = meir_bitfield_next_set (fresh, piece + 1)) {
    guint32 rank = rank_of (availability, piece);

    ensure_bucket (availability, rank);
    (*start_of (availability, rank))++;
  }
  for (guint bucket = 0; bucket < availability->starts->len; bucket++) {
    guint32 n = *start_of (availability, bucket);

    *start_of (availability, bucket) = sum;
    sum += n;
  }
  for (piece = meir_bitfield_next_set (fresh, 0); piece < fresh->n_bits;
       piece = meir_bitfield_next_set (fresh, piece + 1))
    put_at (availability, (*start_of (availability, rank_of (availability, piece)))++, piece);
  /* Filling moved each start to its bucket's end, which is the next bucket's start. */
  for (guint bucket = n_buckets (availability); bucket > 0; bucket--)
    *start_of (availability, bucket) = *start_of (availability, bucket - 1);
  *start_of (availability, 0) = 0;
  availability->stale = FALSE;
}

void
meir_availability_include (MeirAvailability *availability, guint32 piece)
{
  guint32 rank, hole;

  if (!meir_bitfield_set (&availability->fresh, piece) || availability->stale)
    return;
  rank = rank_of (availability, piece);
  ensure_bucket (availability, rank);
  hole = (*start_of (availability, n_buckets (availability)))++;
  for (guint bucket = n_buckets (availability) - 1; bucket > rank; bucket--) {
    guint32 first = (*start_of (availability, bucket))++;

    if (first != hole)
      put_at (availability, hole, availability->order[first]);
    hole = first;
  }
  put_at (availability, hole, piece);
}

void
meir_availability_exclude (MeirAvailability *availability, guint32 piece)
{
  guint32 hole;

  if (!meir_bitfield_unset (&availability->fresh, piece) || availability->stale)
    return;
  hole = availability->position[piece];
  for (guint bucket = rank_of (availability, piece); bucket < n_buckets (availability); bucket++) {
    guint32 last = --(*start_of (availability, bucket + 1));

    if (last != hole)
      put_at (availability, hole, availability->order[last]);
    hole = last;
  }
  availability->position[piece] = MEIR_PIECE_NONE;
}

void
meir_availability_include_missing (MeirAvailability *availability, const MeirBitfield *have)
{
  guint32 piece;

  meir_bitfield_set_all (&availability->fresh);
  for (piece = meir_bitfield_next_set (have, 0); piece < have->n_bits;
       piece = meir_bitfield_next_set (have, piece + 1))
    meir_bitfield_unset (&availability->fresh, piece);
  availability->stale = TRUE;
}

void
meir_availability_add (MeirAvailability *availability, guint32 piece)
{
  guint32 rank = rank_of (availability, piece), other, index, last;

  availability->counts[piece]++;
  if (availability->stale || !meir_bitfield_get (&availability->fresh, piece))
    return;
  ensure_bucket (availability, rank + 1);
  index = availability->position[piece];
  last = --(*start_of (availability, rank + 1));
  other = availability->order[last];
  put_at (availability, index, other);
  put_at (availability, last, piece);
}

void
meir_availability_remove (MeirAvailability *availability, guint32 piece)
{
  guint32 rank = rank_of (availability, piece), other, index, first;

  availability->counts[piece]--;
  if (availability->stale || !meir_bitfield_get (&availability->fresh, piece))
    return;
  index = availability->position[piece];
  first = (*start_of (availability, rank))++;
  other = availability->order[first];
  put_at (availability, index, other);
  put_at (availability, first, piece);
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
  if (availability->stale)
    return;
  /* Every piece was counted at least once, so bucket 0 is empty; all ranks sink by one. */
  g_array_remove_index (availability->starts, 0);
  if (availability->starts->len == 1)
    g_array_prepend_val (availability->starts, zero);
}

void
meir_availability_demote_seed (MeirAvailability *availability)
{
  guint32 zero = 0;

  availability->n_seeds--;
  if (!availability->stale)
    g_array_prepend_val (availability->starts, zero);
}

static guint32
pick_in_range (MeirAvailability *availability, guint32 start, guint32 end, const MeirBitfield *have,
               MeirPrng *prng, guint *looks)
{
  guint32 n = end - start, offset;

  if (n == 0)
    return MEIR_PIECE_NONE;
  offset = meir_prng_below (prng, n);
  for (guint32 i = 0; i<n && * looks> 0; i++, (*looks)--) {
    guint32 piece = availability->order[start + (offset + i < n ? offset + i : offset + i - n)];

    if (meir_bitfield_get (have, piece))
      return piece;
  }
  return MEIR_PIECE_NONE;
}

/* The rarest of the first few fresh pieces of @have from a random place on. */
static guint32
pick_from_sample (MeirAvailability *availability, const MeirBitfield *have, MeirPrng *prng)
{
  gsize n_bytes = MEIR_BITFIELD_BYTES (have->n_bits);
  gsize byte = meir_prng_below (prng, (guint32) n_bytes);
  guint32 best = MEIR_PIECE_NONE;
  guint n = 0;

  for (gsize i = 0; i < n_bytes && n < SAMPLE_MAX; i++, byte = byte + 1 == n_bytes ? 0 : byte + 1) {
    guint8 common = have->bytes[byte] & availability->fresh.bytes[byte];

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

guint32
meir_availability_pick (MeirAvailability *availability, const MeirBitfield *have, MeirPrng *prng,
                        gboolean any_rarity)
{
  guint looks = LOOKS_MAX;
  guint bucket;

  if (availability->fresh.n_set == 0 || have->n_set == 0)
    return MEIR_PIECE_NONE;
  if (availability->stale)
    sort_order (availability);
  /* Only seeds have what nobody else has. */
  bucket = meir_bitfield_is_full (have) ? 0 : 1;
  if (bucket >= n_buckets (availability))
    return MEIR_PIECE_NONE;
  if (any_rarity) {
    guint32 end = *start_of (availability, n_buckets (availability));
    guint32 piece = pick_in_range (availability, *start_of (availability, bucket), end, have, prng, &looks);

    if (piece != MEIR_PIECE_NONE)
      return piece;
  }
  for (; !any_rarity && bucket < n_buckets (availability) && looks > 0; bucket++) {
    guint32 piece = pick_in_range (availability, *start_of (availability, bucket),
                                   *start_of (availability, bucket + 1), have, prng, &looks);

    if (piece != MEIR_PIECE_NONE)
      return piece;
  }
  return looks > 0 ? MEIR_PIECE_NONE : pick_from_sample (availability, have, prng);
}
