/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/meir-random.h"

#include "base/meir-byte-cursor.h"

#include <gnutls/crypto.h>
#include <gnutls/gnutls.h>

void
meir_random_bytes (void *bytes, gsize length)
{
  int result = gnutls_rnd (GNUTLS_RND_KEY, bytes, length);

  if (result < 0)
    g_error ("No random numbers from the system: %s", gnutls_strerror (result));
}

guint64
meir_random_u64 (void)
{
  guint64 value;

  meir_random_bytes (&value, sizeof value);
  return value;
}

/* Multiplies to 128 bits and folds: every input bit reaches every output bit. */
static guint64
mix (guint64 a, guint64 b)
{
  unsigned __int128 product = (unsigned __int128) a * b;

  return (guint64) product ^ (guint64) (product >> 64);
}

guint
meir_hash_bytes (const void *bytes, gsize length)
{
  static gsize ready;
  static guint64 key[2];
  const guint8 *p = bytes;
  guint64 hash;

  if (g_once_init_enter (&ready)) {
    meir_random_bytes (key, sizeof key);
    g_once_init_leave (&ready, 1);
  }
  hash = key[0] ^ length;
  for (; length >= sizeof (guint64); p += sizeof (guint64), length -= sizeof (guint64))
    hash = mix (hash ^ meir_load_u64 (p), key[1] | 1);
  for (; length > 0; length--)
    hash = mix (hash ^ *p++, key[1] | 1);
  return (guint) (hash ^ hash >> 32);
}

static guint64
split_mix (guint64 *state)
{
  guint64 z = *state += G_GUINT64_CONSTANT (0x9e3779b97f4a7c15);

  z = (z ^ z >> 30) * G_GUINT64_CONSTANT (0xbf58476d1ce4e5b9);
  z = (z ^ z >> 27) * G_GUINT64_CONSTANT (0x94d049bb133111eb);
  return z ^ z >> 31;
}

/* Seeded through splitmix64, which never gives the all-zero state that xoroshiro could not leave. */
void
meir_prng_init (MeirPrng *prng, guint64 seed)
{
  prng->state[0] = split_mix (&seed);
  prng->state[1] = split_mix (&seed);
}

static guint64
rotate_left (guint64 value, guint bits)
{
  return value << bits | value >> (64 - bits);
}

/* xoroshiro128++ (Blackman and Vigna). */
guint64
meir_prng_next (MeirPrng *prng)
{
  guint64 a = prng->state[0];
  guint64 b = prng->state[1];
  guint64 result = rotate_left (a + b, 17) + a;

  b ^= a;
  prng->state[0] = rotate_left (a, 49) ^ b ^ b << 21;
  prng->state[1] = rotate_left (b, 28);
  return result;
}

/* Lemire's method: a multiplication instead of a division, and the few draws that would bias it again. */
guint32
meir_prng_below (MeirPrng *prng, guint32 bound)
{
  guint64 product;

  g_return_val_if_fail (bound > 0, 0);

  do
    product = (meir_prng_next (prng) >> 32) * bound;
  while ((guint32) product < -bound % bound);
  return (guint32) (product >> 32);
}
