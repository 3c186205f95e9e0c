/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "disk/meir-hasher.h"

#include "base/meir-random.h"

#include <string.h>

static void
assert_digest (const guint8 *digest, const char *hex)
{
  g_autofree char *text = meir_hex_encode (digest, MEIR_SHA1_LENGTH);

  g_assert_cmpstr (text, ==, hex);
}

/* An implementation that shares nothing with ours. */
static void
reference (const guint8 *bytes, gsize length, guint8 *digest)
{
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA1);
  gsize digest_length = MEIR_SHA1_LENGTH;

  g_checksum_update (checksum, bytes, (gssize) length);
  g_checksum_get_digest (checksum, digest, &digest_length);
}

/* FIPS 180-4's examples, and the empty string. */
static const struct {
  const char *text;
  guint repeat;
  const char *hex;
} known[] = {
  { "", 1, "da39a3ee5e6b4b0d3255bfef95601890afd80709" },
  { "abc", 1, "a9993e364706816aba3e25717850c26c9cd0d89d" },
  { "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", 1,
    "84983e441c3bd26ebaae4aa1f95129e5e54670f1" },
  { "a", 1000000, "34aa973cd4c4daa4f61eeb2bdbad27316534016f" },
};

static void
test_known_answers (void)
{
  g_autoptr (MeirHashLane) lane = meir_hash_lane_new ();

  for (guint i = 0; i < G_N_ELEMENTS (known); i++) {
    g_autoptr (GString) text = g_string_new (NULL);
    const guint8 *data[1];
    gsize length;
    guint8 digest[MEIR_SHA1_LENGTH];

    for (guint n = 0; n < known[i].repeat; n++)
      g_string_append (text, known[i].text);
    data[0] = (const guint8 *) text->str;
    length = text->len;
    meir_hasher_update_many (&lane, data, &length, 1);
    meir_hasher_finish (lane, digest);
    assert_digest (digest, known[i].hex);
  }
}

static void
test_width (void)
{
  g_assert_cmpuint (meir_hasher_get_width (), >=, 1);
  g_assert_cmpuint (meir_hasher_get_width (), <=, MEIR_HASHER_WIDTH_MAX);
}

/* Every length around the block of SHA-1, and around its padding, in lanes side by side. */
static void
test_lengths (void)
{
  guint8 bytes[300];
  MeirHashLane *lanes[MEIR_HASHER_WIDTH_MAX];
  MeirPrng prng;

  meir_prng_init (&prng, 1);
  for (guint i = 0; i < sizeof bytes; i++)
    bytes[i] = (guint8) meir_prng_next (&prng);
  for (guint i = 0; i < MEIR_HASHER_WIDTH_MAX; i++)
    lanes[i] = meir_hash_lane_new ();
  for (guint start = 0; start < sizeof bytes - MEIR_HASHER_WIDTH_MAX; start++) {
    const guint8 *data[MEIR_HASHER_WIDTH_MAX];
    gsize lengths[MEIR_HASHER_WIDTH_MAX];

    for (guint i = 0; i < MEIR_HASHER_WIDTH_MAX; i++) {
      data[i] = bytes + i; /* unaligned too */
      lengths[i] = start;
    }
    meir_hasher_update_many (lanes, data, lengths, MEIR_HASHER_WIDTH_MAX);
    for (guint i = 0; i < MEIR_HASHER_WIDTH_MAX; i++) {
      guint8 digest[MEIR_SHA1_LENGTH], expected[MEIR_SHA1_LENGTH];
      meir_hasher_finish (lanes[i], digest);
      reference (data[i], start, expected);
      g_assert_cmpmem (digest, MEIR_SHA1_LENGTH, expected, MEIR_SHA1_LENGTH);
    }
  }
  for (guint i = 0; i < MEIR_HASHER_WIDTH_MAX; i++)
    meir_hash_lane_free (lanes[i]);
}

/* Lanes fed unevenly, in random portions, against whole strings hashed at once. */
static void
test_random_portions (void)
{
  enum { N_LANES = 19, LENGTH = 100000 };
  g_autofree guint8 *bytes = g_malloc (N_LANES * LENGTH);
  MeirHashLane *lanes[N_LANES];
  gsize fed[N_LANES] = { 0 };
  gsize left = N_LANES * (gsize) LENGTH;
  MeirPrng prng;

  meir_prng_init (&prng, 2);
  for (gsize i = 0; i < left; i++)
    bytes[i] = (guint8) meir_prng_next (&prng);
  for (guint i = 0; i < N_LANES; i++)
    lanes[i] = meir_hash_lane_new ();
  while (left > 0) {
    MeirHashLane *some[N_LANES];
    const guint8 *data[N_LANES];
    gsize lengths[N_LANES];
    guint n = 0;

    for (guint i = 0; i < N_LANES; i++) {
      gsize portion = meir_prng_below (&prng, 5000);

      portion = MIN (portion, LENGTH - fed[i]);
      if (meir_prng_below (&prng, 3) == 0)
        continue;
      some[n] = lanes[i];
      data[n] = bytes + (gsize) i * LENGTH + fed[i];
      lengths[n++] = portion;
      fed[i] += portion;
      left -= portion;
    }
    meir_hasher_update_many (some, data, lengths, n);
  }
  for (guint i = 0; i < N_LANES; i++) {
    guint8 digest[MEIR_SHA1_LENGTH], expected[MEIR_SHA1_LENGTH];
    meir_hasher_finish (lanes[i], digest);
    reference (bytes + (gsize) i * LENGTH, LENGTH, expected);
    g_assert_cmpmem (digest, MEIR_SHA1_LENGTH, expected, MEIR_SHA1_LENGTH);
    meir_hash_lane_free (lanes[i]);
  }
}

static void
test_reset (void)
{
  g_autoptr (MeirHashLane) lane = meir_hash_lane_new ();
  const guint8 *junk[] = { (const guint8 *) "junk" }, *abc[] = { (const guint8 *) "abc" };
  const gsize junk_length = 4, abc_length = 3;
  guint8 digest[MEIR_SHA1_LENGTH];

  meir_hasher_update_many (&lane, junk, &junk_length, 1);
  meir_hash_lane_reset (lane);
  meir_hasher_update_many (&lane, abc, &abc_length, 1);
  meir_hasher_finish (lane, digest);
  assert_digest (digest, known[1].hex);
  /* A lane that was finished begins anew. */
  meir_hasher_finish (lane, digest);
  assert_digest (digest, known[0].hex);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/disk/hasher/known-answers", test_known_answers);
  g_test_add_func ("/disk/hasher/width", test_width);
  g_test_add_func ("/disk/hasher/lengths", test_lengths);
  g_test_add_func ("/disk/hasher/random-portions", test_random_portions);
  g_test_add_func ("/disk/hasher/reset", test_reset);
  return g_test_run ();
}
