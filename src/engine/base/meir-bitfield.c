/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/meir-bitfield.h"

#include "base/meir-byte-cursor.h"

#define WORD_BITS 64u

/* The bytes are allocated in whole words, so that every word can be loaded; what lies past n_bits stays zero.
 */
static gsize
count_words (guint32 n_bits)
{
  return ((gsize) n_bits + WORD_BITS - 1) / WORD_BITS;
}

static guint64
load_word (const MeirBitfield *bitfield, gsize word)
{
  return meir_load_u64 (bitfield->bytes + word * sizeof (guint64));
}

/* The bits of the last byte that belong to no piece. */
static guint8
get_spare_mask (guint32 n_bits)
{
  return (n_bits & 7) != 0 ? (guint8) (0xff >> (n_bits & 7)) : 0;
}

static guint32
count_all (const MeirBitfield *bitfield)
{
  guint32 n_set = 0;

  for (gsize word = 0; word < count_words (bitfield->n_bits); word++)
    n_set += (guint32) __builtin_popcountll (load_word (bitfield, word));
  return n_set;
}

void
meir_bitfield_init (MeirBitfield *bitfield, guint32 n_bits)
{
  bitfield->bytes = g_malloc0 (MAX (count_words (n_bits), 1) * sizeof (guint64));
  bitfield->n_bits = n_bits;
  bitfield->n_set = 0;
}

void
meir_bitfield_clear (MeirBitfield *bitfield)
{
  g_clear_pointer (&bitfield->bytes, g_free);
  bitfield->n_bits = 0;
  bitfield->n_set = 0;
}

void
meir_bitfield_set_all (MeirBitfield *bitfield)
{
  gsize n_bytes = MEIR_BITFIELD_BYTES (bitfield->n_bits);

  if (n_bytes == 0)
    return;
  memset (bitfield->bytes, 0xff, n_bytes);
  bitfield->bytes[n_bytes - 1] &= (guint8) ~get_spare_mask (bitfield->n_bits);
  bitfield->n_set = bitfield->n_bits;
}

void
meir_bitfield_unset_all (MeirBitfield *bitfield)
{
  memset (bitfield->bytes, 0, MEIR_BITFIELD_BYTES (bitfield->n_bits));
  bitfield->n_set = 0;
}

void
meir_bitfield_copy (MeirBitfield *to, const MeirBitfield *from)
{
  g_return_if_fail (to->n_bits == from->n_bits);

  memcpy (to->bytes, from->bytes, MEIR_BITFIELD_BYTES (from->n_bits));
  to->n_set = from->n_set;
}

gboolean
meir_bitfield_load (MeirBitfield *bitfield, const guint8 *bytes, gsize length)
{
  if (length != MEIR_BITFIELD_BYTES (bitfield->n_bits))
    return FALSE;
  if (length == 0)
    return TRUE;
  if ((bytes[length - 1] & get_spare_mask (bitfield->n_bits)) != 0)
    return FALSE;
  memcpy (bitfield->bytes, bytes, length);
  bitfield->n_set = count_all (bitfield);
  return TRUE;
}

guint32
meir_bitfield_next_set (const MeirBitfield *bitfield, guint32 from)
{
  gsize n_words = count_words (bitfield->n_bits);
  gsize word = from / WORD_BITS;
  guint64 bits;

  if (from >= bitfield->n_bits)
    return bitfield->n_bits;
  bits = load_word (bitfield, word) & (G_MAXUINT64 >> (from % WORD_BITS));
  while (bits == 0) {
    if (++word == n_words)
      return bitfield->n_bits;
    bits = load_word (bitfield, word);
  }
  return (guint32) (word * WORD_BITS + (guint) __builtin_clzll (bits));
}

guint32
meir_bitfield_next_common (const MeirBitfield *a, const MeirBitfield *b, guint32 from)
{
  gsize n_words = count_words (a->n_bits);
  gsize word = from / WORD_BITS;
  guint64 bits;

  g_return_val_if_fail (a->n_bits == b->n_bits, a->n_bits);

  if (from >= a->n_bits)
    return a->n_bits;
  bits = load_word (a, word) & load_word (b, word) & (G_MAXUINT64 >> (from % WORD_BITS));
  while (bits == 0) {
    if (++word == n_words)
      return a->n_bits;
    bits = load_word (a, word) & load_word (b, word);
  }
  return (guint32) (word * WORD_BITS + (guint) __builtin_clzll (bits));
}

guint32
meir_bitfield_count_common (const MeirBitfield *a, const MeirBitfield *b)
{
  guint32 n_set = 0;

  g_return_val_if_fail (a->n_bits == b->n_bits, 0);

  for (gsize word = 0; word < count_words (a->n_bits); word++)
    n_set += (guint32) __builtin_popcountll (load_word (a, word) & load_word (b, word));
  return n_set;
}

void
meir_bitfield_unite (MeirBitfield *bitfield, const MeirBitfield *other)
{
  g_return_if_fail (other->n_bits <= bitfield->n_bits);

  for (gsize byte = 0; byte < MEIR_BITFIELD_BYTES (other->n_bits); byte++)
    bitfield->bytes[byte] |= other->bytes[byte];
  bitfield->n_set = count_all (bitfield);
}

void
meir_bitfield_subtract (MeirBitfield *bitfield, const MeirBitfield *other)
{
  g_return_if_fail (other->n_bits <= bitfield->n_bits);

  for (gsize byte = 0; byte < MEIR_BITFIELD_BYTES (other->n_bits); byte++)
    bitfield->bytes[byte] &= (guint8) ~other->bytes[byte];
  bitfield->n_set = count_all (bitfield);
}

guint32
meir_bitfield_count_range (const MeirBitfield *bitfield, guint32 from, guint32 to)
{
  guint32 n_set = 0;
  gsize first, last;

  to = MIN (to, bitfield->n_bits);
  if (from >= to)
    return 0;
  first = from / WORD_BITS;
  last = (to - 1) / WORD_BITS;
  for (gsize word = first; word <= last; word++) {
    guint64 bits = load_word (bitfield, word);

    if (word == first)
      bits &= G_MAXUINT64 >> (from % WORD_BITS);
    if (word == last)
      bits &= G_MAXUINT64 << (WORD_BITS - 1 - (to - 1) % WORD_BITS);
    n_set += (guint32) __builtin_popcountll (bits);
  }
  return n_set;
}

gboolean
meir_bitfield_set (MeirBitfield *bitfield, guint32 bit)
{
  guint8 mask = (guint8) (0x80 >> (bit & 7));

  g_return_val_if_fail (bit < bitfield->n_bits, FALSE);

  if ((bitfield->bytes[bit >> 3] & mask) != 0)
    return FALSE;
  bitfield->bytes[bit >> 3] |= mask;
  bitfield->n_set++;
  return TRUE;
}

gboolean
meir_bitfield_unset (MeirBitfield *bitfield, guint32 bit)
{
  guint8 mask = (guint8) (0x80 >> (bit & 7));

  g_return_val_if_fail (bit < bitfield->n_bits, FALSE);

  if ((bitfield->bytes[bit >> 3] & mask) == 0)
    return FALSE;
  bitfield->bytes[bit >> 3] &= (guint8) ~mask;
  bitfield->n_set--;
  return TRUE;
}
