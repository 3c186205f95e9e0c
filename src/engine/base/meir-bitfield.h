/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>
#include <string.h>

G_BEGIN_DECLS

/**
 * MeirBitfield:
 * @bytes: the bits, in the wire's order: bit 0 is the highest bit of the first byte (BEP 3)
 * @n_bits: how many
 * @n_set: how many are set; kept exact by every function here
 *
 * A fixed number of bits with an exact count. Bits past @n_bits are always zero, so the bytes can go on the
 * wire. Not thread-safe.
 */
typedef struct {
  guint8 *bytes;
  guint32 n_bits;
  guint32 n_set;
} MeirBitfield;

#define MEIR_BITFIELD_BYTES(n_bits) (((gsize) (n_bits) + 7) / 8)

/* All bits unset; n_bits may be 0. Clear with meir_bitfield_clear (). */
void meir_bitfield_init (MeirBitfield *bitfield, guint32 n_bits);
void meir_bitfield_clear (MeirBitfield *bitfield); /* frees the bytes */
void meir_bitfield_set_all (MeirBitfield *bitfield);
void meir_bitfield_unset_all (MeirBitfield *bitfield);
void meir_bitfield_copy (MeirBitfield *to, const MeirBitfield *from); /* same n_bits */
/* FALSE, and @bitfield unchanged, unless @length is exact and all spare bits are zero (BEP 3). */
gboolean meir_bitfield_load (MeirBitfield *bitfield, const guint8 *bytes, gsize length);
/* First set bit at or after @from, or n_bits. */
guint32 meir_bitfield_next_set (const MeirBitfield *bitfield, guint32 from);
/* First bit at or after @from that is set in both, which are of one length, or n_bits. */
guint32 meir_bitfield_next_common (const MeirBitfield *a, const MeirBitfield *b, guint32 from);
/* How many bits are set in both, which are of one length. */
guint32 meir_bitfield_count_common (const MeirBitfield *a, const MeirBitfield *b);
/* Sets, or unsets, what is set in @other. That may be shorter, as one that was never filled is: what lies
 * past its end counts as unset. */
void meir_bitfield_unite (MeirBitfield *bitfield, const MeirBitfield *other);
void meir_bitfield_subtract (MeirBitfield *bitfield, const MeirBitfield *other);
/* Set bits in [from, to); what lies past the end counts as unset. */
guint32 meir_bitfield_count_range (const MeirBitfield *bitfield, guint32 from, guint32 to);

static inline gboolean
meir_bitfield_get (const MeirBitfield *bitfield, guint32 bit)
{
  return (bitfield->bytes[bit >> 3] >> (7 - (bit & 7))) & 1;
}

/* Both return whether the bit changed. */
gboolean meir_bitfield_set (MeirBitfield *bitfield, guint32 bit);
gboolean meir_bitfield_unset (MeirBitfield *bitfield, guint32 bit);

static inline gboolean
meir_bitfield_is_full (const MeirBitfield *bitfield)
{
  return bitfield->n_set == bitfield->n_bits;
}

G_END_DECLS
