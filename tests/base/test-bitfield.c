/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/meir-bitfield.h"

#include "base/meir-random.h"

/* Sizes around the edges of a byte and a word. */
static const guint32 sizes[] = { 0, 1, 7, 8, 9, 63, 64, 65, 127, 128, 129, 1000 };

static void
check_against (const MeirBitfield *bitfield, const gboolean *model)
{
  guint32 n_set = 0;

  for (guint32 bit = 0; bit < bitfield->n_bits; bit++) {
    g_assert_cmpint (meir_bitfield_get (bitfield, bit), ==, model[bit]);
    n_set += model[bit] ? 1 : 0;
  }
  g_assert_cmpuint (bitfield->n_set, ==, n_set);
  g_assert_cmpint (meir_bitfield_is_full (bitfield), ==, n_set == bitfield->n_bits);
}

static void
check_searches (const MeirBitfield *bitfield, const gboolean *model)
{
  guint32 next_set = bitfield->n_bits;

  g_assert_cmpuint (meir_bitfield_next_set (bitfield, bitfield->n_bits), ==, bitfield->n_bits);
  g_assert_cmpuint (meir_bitfield_next_set (bitfield, bitfield->n_bits + 70), ==, bitfield->n_bits);
  for (guint32 bit = bitfield->n_bits; bit-- > 0;) {
    if (model[bit])
      next_set = bit;
    g_assert_cmpuint (meir_bitfield_next_set (bitfield, bit), ==, next_set);
  }
}

static void
test_model (void)
{
  MeirPrng prng;

  meir_prng_init (&prng, 1);
  for (gsize i = 0; i < G_N_ELEMENTS (sizes); i++) {
    g_autofree gboolean *model = g_new0 (gboolean, sizes[i] + 1);
    MeirBitfield bitfield;

    meir_bitfield_init (&bitfield, sizes[i]);
    for (guint round = 0; round < 2 * sizes[i]; round++) {
      guint32 bit = meir_prng_below (&prng, sizes[i]);
      gboolean set = meir_prng_below (&prng, 3) != 0;

      if (set)
        g_assert_cmpint (meir_bitfield_set (&bitfield, bit), ==, !model[bit]);
      else
        g_assert_cmpint (meir_bitfield_unset (&bitfield, bit), ==, model[bit]);
      model[bit] = set;
    }
    check_against (&bitfield, model);
    check_searches (&bitfield, model);
    meir_bitfield_clear (&bitfield);
  }
}

static void
test_all (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (sizes); i++) {
    MeirBitfield bitfield;

    meir_bitfield_init (&bitfield, sizes[i]);
    g_assert_cmpuint (meir_bitfield_next_set (&bitfield, 0), ==, sizes[i]);
    meir_bitfield_set_all (&bitfield);
    g_assert_true (meir_bitfield_is_full (&bitfield));
    g_assert_cmpuint (meir_bitfield_count_range (&bitfield, 0, G_MAXUINT32), ==, sizes[i]);
    if (sizes[i] % 8 != 0) /* spare bits stay zero: the bytes go on the wire */
      g_assert_cmpuint (bitfield.bytes[sizes[i] / 8] & (0xff >> sizes[i] % 8), ==, 0);
    meir_bitfield_unset_all (&bitfield);
    g_assert_cmpuint (bitfield.n_set, ==, 0);
    g_assert_cmpuint (meir_bitfield_next_set (&bitfield, 0), ==, sizes[i]);
    meir_bitfield_clear (&bitfield);
  }
}

static void
test_count_range (void)
{
  MeirBitfield bitfield;
  MeirPrng prng;

  meir_prng_init (&prng, 2);
  meir_bitfield_init (&bitfield, 200);
  for (guint i = 0; i < 100; i++)
    meir_bitfield_set (&bitfield, meir_prng_below (&prng, 200));
  for (guint32 from = 0; from <= 200; from++) {
    guint32 expected = 0;

    for (guint32 to = from; to <= 200; to++) {
      g_assert_cmpuint (meir_bitfield_count_range (&bitfield, from, to), ==, expected);
      if (to < 200)
        expected += (guint32) meir_bitfield_get (&bitfield, to);
    }
  }
  g_assert_cmpuint (meir_bitfield_count_range (&bitfield, 20, 10), ==, 0);
  meir_bitfield_clear (&bitfield);
}

static void
test_load (void)
{
  static const guint8 good[2] = { 0xa0, 0x40 };
  static const guint8 spare[2] = { 0xa0, 0x20 };
  MeirBitfield bitfield;

  meir_bitfield_init (&bitfield, 10);
  g_assert_true (meir_bitfield_load (&bitfield, good, 2));
  g_assert_cmpuint (bitfield.n_set, ==, 3);
  g_assert_true (meir_bitfield_get (&bitfield, 0)); /* the highest bit of the first byte */
  g_assert_true (meir_bitfield_get (&bitfield, 2));
  g_assert_true (meir_bitfield_get (&bitfield, 9));

  g_assert_false (meir_bitfield_load (&bitfield, good, 1));
  g_assert_false (meir_bitfield_load (&bitfield, spare, 2));
  g_assert_cmpmem (bitfield.bytes, 2, good, 2);
  g_assert_cmpuint (bitfield.n_set, ==, 3);
  meir_bitfield_clear (&bitfield);

  meir_bitfield_init (&bitfield, 0);
  g_assert_true (meir_bitfield_load (&bitfield, NULL, 0));
  g_assert_false (meir_bitfield_load (&bitfield, good, 1));
  meir_bitfield_clear (&bitfield);
}

static void
test_copy (void)
{
  MeirBitfield a, b;

  meir_bitfield_init (&a, 130);
  meir_bitfield_init (&b, 130);
  meir_bitfield_set (&a, 7);
  meir_bitfield_set (&b, 3);
  meir_bitfield_set (&b, 4);
  meir_bitfield_set (&b, 129);
  meir_bitfield_copy (&a, &b);
  g_assert_cmpuint (a.n_set, ==, 3);
  g_assert_cmpmem (a.bytes, MEIR_BITFIELD_BYTES (130), b.bytes, MEIR_BITFIELD_BYTES (130));
  meir_bitfield_clear (&a);
  meir_bitfield_clear (&b);
}

/* Against a plain scan, with lengths that end in and at words. */
static void
test_common (void)
{
  static const guint32 lengths[] = { 0, 1, 7, 64, 65, 200 };

  for (guint i = 0; i < G_N_ELEMENTS (lengths); i++) {
    MeirBitfield a, b;
    guint32 next, n = 0;

    meir_bitfield_init (&a, lengths[i]);
    meir_bitfield_init (&b, lengths[i]);
    for (guint32 bit = 0; bit < lengths[i]; bit++) {
      if (bit % 2 == 0 || bit > 150)
        meir_bitfield_set (&a, bit);
      if (bit % 3 == 0)
        meir_bitfield_set (&b, bit);
    }
    next = lengths[i];
    for (guint32 bit = lengths[i]; bit > 0; bit--) {
      gboolean common = meir_bitfield_get (&a, bit - 1) && meir_bitfield_get (&b, bit - 1);

      next = common ? bit - 1 : next;
      n += common;
      g_assert_cmpuint (meir_bitfield_next_common (&a, &b, bit - 1), ==, next);
    }
    g_assert_cmpuint (meir_bitfield_next_common (&a, &b, lengths[i]), ==, lengths[i]);
    g_assert_cmpuint (meir_bitfield_next_common (&a, &b, G_MAXUINT32), ==, lengths[i]);
    g_assert_cmpuint (meir_bitfield_count_common (&a, &b), ==, n);
    meir_bitfield_clear (&a);
    meir_bitfield_clear (&b);
  }
}

static void
fill (MeirBitfield *bitfield, gboolean *model, MeirPrng *prng)
{
  for (guint32 bit = 0; bit < bitfield->n_bits; bit++) {
    model[bit] = meir_prng_below (prng, 2) == 1;
    if (model[bit])
      meir_bitfield_set (bitfield, bit);
  }
}

/* Of one length, and with what is shorter, down to nothing at all. */
static void
test_unite_subtract (void)
{
  MeirPrng prng;

  meir_prng_init (&prng, 5);
  for (gsize i = 0; i < G_N_ELEMENTS (sizes); i++) {
    for (gsize k = 0; k <= i; k++) {
      g_autofree gboolean *model = g_new0 (gboolean, sizes[i] + 1);
      g_autofree gboolean *other_model = g_new0 (gboolean, sizes[i] + 1);
      MeirBitfield bitfield, other;

      meir_bitfield_init (&bitfield, sizes[i]);
      meir_bitfield_init (&other, sizes[k]);
      fill (&bitfield, model, &prng);
      fill (&other, other_model, &prng);
      meir_bitfield_subtract (&bitfield, &other);
      for (guint32 bit = 0; bit < sizes[i]; bit++)
        model[bit] = model[bit] && !other_model[bit];
      check_against (&bitfield, model);
      fill (&other, other_model, &prng);
      for (guint32 bit = 0; bit < sizes[k]; bit++)
        other_model[bit] = meir_bitfield_get (&other, bit);
      meir_bitfield_unite (&bitfield, &other);
      for (guint32 bit = 0; bit < sizes[i]; bit++)
        model[bit] = model[bit] || other_model[bit];
      check_against (&bitfield, model);
      meir_bitfield_clear (&bitfield);
      meir_bitfield_clear (&other);
    }
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/bitfield/model", test_model);
  g_test_add_func ("/bitfield/all", test_all);
  g_test_add_func ("/bitfield/count-range", test_count_range);
  g_test_add_func ("/bitfield/load", test_load);
  g_test_add_func ("/bitfield/copy", test_copy);
  g_test_add_func ("/bitfield/common", test_common);
  g_test_add_func ("/bitfield/unite-subtract", test_unite_subtract);
  return g_test_run ();
}
