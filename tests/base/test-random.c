/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/meir-random.h"

#include <string.h>

/* Bit balance over 64 KiB: a generator that is broken (constant, half filled) is far outside. */
static void
test_bytes (void)
{
  g_autofree guint8 *bytes = g_malloc0 (65536);
  guint n_set = 0;

  meir_random_bytes (bytes, 65536);
  for (gsize i = 0; i < 65536; i++)
    n_set += (guint) __builtin_popcount (bytes[i]);
  g_assert_cmpuint (n_set, >, 262144 - 4000);
  g_assert_cmpuint (n_set, <, 262144 + 4000);
  g_assert_cmpuint (meir_random_u64 (), !=, meir_random_u64 ());
}

static void
test_prng_replays (void)
{
  MeirPrng a, b, c;

  meir_prng_init (&a, 7);
  meir_prng_init (&b, 7);
  meir_prng_init (&c, 8);
  for (guint i = 0; i < 100; i++) {
    guint64 value = meir_prng_next (&a);

    g_assert_cmpuint (value, ==, meir_prng_next (&b));
    g_assert_cmpuint (value, !=, meir_prng_next (&c));
  }
  meir_prng_init (&a, 0); /* the seed 0 must not be the state 0 */
  g_assert_cmpuint (meir_prng_next (&a) | meir_prng_next (&a), !=, 0);
}

static void
test_prng_below (void)
{
  static const guint32 bounds[] = { 1, 2, 3, 10, 1000, G_MAXINT32, G_MAXUINT32 };
  guint counts[10] = { 0 };
  MeirPrng prng;

  meir_prng_init (&prng, 9);
  for (gsize i = 0; i < G_N_ELEMENTS (bounds); i++) {
    for (guint round = 0; round < 1000; round++)
      g_assert_cmpuint (meir_prng_below (&prng, bounds[i]), <, bounds[i]);
  }
  for (guint round = 0; round < 100000; round++)
    counts[meir_prng_below (&prng, 10)]++;
  for (gsize i = 0; i < G_N_ELEMENTS (counts); i++) {
    g_assert_cmpuint (counts[i], >, 9500);
    g_assert_cmpuint (counts[i], <, 10500);
  }
}

/* Equal bytes hash alike; a changed byte or length shows; tables fill evenly with keys that count up. */
static void
test_hash_bytes (void)
{
  guint buckets[64] = { 0 };
  guint8 key[20] = { 0 };

  g_assert_cmpuint (meir_hash_bytes ("abc", 3), ==, meir_hash_bytes ("abc", 3));
  g_assert_cmpuint (meir_hash_bytes ("abc", 3), !=, meir_hash_bytes ("abd", 3));
  g_assert_cmpuint (meir_hash_bytes (key, 8), !=, meir_hash_bytes (key, 9));
  for (guint i = 0; i < 6400; i++) {
    memcpy (key + 16, &i, sizeof i);
    buckets[meir_hash_bytes (key, sizeof key) % G_N_ELEMENTS (buckets)]++;
  }
  for (gsize i = 0; i < G_N_ELEMENTS (buckets); i++) {
    g_assert_cmpuint (buckets[i], >, 40);
    g_assert_cmpuint (buckets[i], <, 170);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/random/bytes", test_bytes);
  g_test_add_func ("/random/prng-replays", test_prng_replays);
  g_test_add_func ("/random/prng-below", test_prng_below);
  g_test_add_func ("/random/hash-bytes", test_hash_bytes);
  return g_test_run ();
}
