/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "wire/meir-handshake.h"

#include "base/meir-random.h"
#include "meir-config.h"

#include <string.h>

static const char template[] = "\x13"
                               "BitTorrent protocol"
                               "\0\0\0\0\0\0\0\0"
                               "HASHHASHHASHHASHHASH"
                               "-MT0100-abcdefghijkl";

static void
test_encode (void)
{
  MeirHandshake handshake = { 0 };
  guint8 bytes[MEIR_HANDSHAKE_LENGTH];
  guint8 expected[MEIR_HANDSHAKE_LENGTH];

  memcpy (handshake.info_hash.bytes, "HASHHASHHASHHASHHASH", 20);
  memcpy (handshake.peer_id, "-MT0100-abcdefghijkl", 20);
  memcpy (expected, template, sizeof expected);
  meir_handshake_encode (&handshake, bytes);
  g_assert_cmpmem (bytes, sizeof bytes, expected, sizeof expected);

  handshake.extensions = handshake.fast = handshake.dht = TRUE;
  expected[25] = 0x10; /* BEP 10 */
  expected[27] = 0x05; /* BEP 6 and BEP 5 */
  meir_handshake_encode (&handshake, bytes);
  g_assert_cmpmem (bytes, sizeof bytes, expected, sizeof expected);
}

static void
test_decode (void)
{
  guint8 bytes[MEIR_HANDSHAKE_LENGTH];
  MeirHandshake handshake;

  memcpy (bytes, template, sizeof bytes);
  g_assert_true (meir_handshake_decode (&handshake, bytes));
  g_assert_cmpmem (handshake.info_hash.bytes, 20, "HASHHASHHASHHASHHASH", 20);
  g_assert_cmpmem (handshake.peer_id, 20, "-MT0100-abcdefghijkl", 20);
  g_assert_false (handshake.extensions || handshake.fast || handshake.dht);

  /* Each bit alone means itself and nothing else; W10, W11: unknown ones mean nothing. */
  for (guint bit = 0; bit < 64; bit++) {
    memset (bytes + 20, 0, 8);
    bytes[20 + bit / 8] = (guint8) (0x80 >> bit % 8);
    g_assert_true (meir_handshake_decode (&handshake, bytes));
    g_assert_cmpint (handshake.extensions, ==, bit == 43);
    g_assert_cmpint (handshake.fast, ==, bit == 61);
    g_assert_cmpint (handshake.dht, ==, bit == 63);
  }
  memset (bytes + 20, 0xff, 8);
  g_assert_true (meir_handshake_decode (&handshake, bytes));
  g_assert_true (handshake.extensions && handshake.fast && handshake.dht);
}

/* W01 to W03: any byte of the protocol's name that differs. */
static void
test_decode_refuses (void)
{
  MeirHandshake handshake;

  for (gsize i = 0; i < 20; i++) {
    static const guint8 flips[] = { 0x01, 0x20, 0xff };

    for (gsize j = 0; j < sizeof flips; j++) {
      guint8 bytes[MEIR_HANDSHAKE_LENGTH];

      memcpy (bytes, template, sizeof bytes);
      bytes[i] ^= flips[j];
      g_assert_false (meir_handshake_decode (&handshake, bytes));
    }
  }
}

static void
test_round_trip (void)
{
  MeirPrng prng;

  meir_prng_init (&prng, 4);
  for (guint round = 0; round < 100; round++) {
    MeirHandshake handshake = { .extensions = round & 1, .fast = (round >> 1) & 1, .dht = (round >> 2) & 1 };
    MeirHandshake back;
    guint8 bytes[MEIR_HANDSHAKE_LENGTH];

    for (gsize i = 0; i < 20; i++) {
      handshake.info_hash.bytes[i] = (guint8) meir_prng_next (&prng);
      handshake.peer_id[i] = (guint8) meir_prng_next (&prng);
    }
    meir_handshake_encode (&handshake, bytes);
    g_assert_true (meir_handshake_decode (&back, bytes));
    g_assert_true (meir_info_hash_equal (&back.info_hash, &handshake.info_hash));
    g_assert_cmpmem (back.peer_id, 20, handshake.peer_id, 20);
    g_assert_cmpint (back.extensions, ==, handshake.extensions);
    g_assert_cmpint (back.fast, ==, handshake.fast);
    g_assert_cmpint (back.dht, ==, handshake.dht);
  }
}

static void
test_generate (void)
{
  guint8 random[12];
  guint8 peer_id[MEIR_PEER_ID_LENGTH], other[MEIR_PEER_ID_LENGTH];
  gboolean seen[256] = { FALSE };
  guint n_seen = 0;
  g_autofree char *client = NULL;

  for (guint value = 0; value < 256; value++) {
    memset (random, (int) value, sizeof random);
    meir_peer_id_generate (peer_id, random);
    g_assert_cmpmem (peer_id, 3, "-MT", 3);
    g_assert_cmpint (peer_id[7], ==, '-');
    for (gsize i = 3; i < sizeof peer_id; i++)
      g_assert_true (g_ascii_isalnum (peer_id[i]) || peer_id[i] == '-' || peer_id[i] == '.');
    seen[peer_id[19]] = TRUE;
  }
  for (guint i = 0; i < 256; i++)
    n_seen += seen[i] ? 1 : 0;
  g_assert_cmpuint (n_seen, ==, 64);

  memset (other, 0, sizeof other);
  random[11] ^= 1;
  meir_peer_id_generate (other, random);
  g_assert_cmpint (memcmp (peer_id, other, sizeof other), !=, 0);
  client = meir_peer_id_dup_client (peer_id);
  g_assert_true (g_str_has_prefix (client, "MeirTorrent "));
  g_assert_true (g_str_has_prefix (client + strlen ("MeirTorrent "), MEIR_VERSION));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/handshake/encode", test_encode);
  g_test_add_func ("/handshake/decode", test_decode);
  g_test_add_func ("/handshake/decode-refuses", test_decode_refuses);
  g_test_add_func ("/handshake/round-trip", test_round_trip);
  g_test_add_func ("/handshake/generate", test_generate);
  return g_test_run ();
}
