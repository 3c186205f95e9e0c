/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tracker/meir-tracker-siphash.h"

#include <string.h>

/* The published vectors: key 00 01 … 0f, input 00 01 … of each length; the output's bytes in order. */
static const struct {
  gsize length;
  guint8 output[8];
} vectors[] = {
  { 0, { 0x31, 0x0e, 0x0e, 0xdd, 0x47, 0xdb, 0x6f, 0x72 } },
  { 1, { 0xfd, 0x67, 0xdc, 0x93, 0xc5, 0x39, 0xf8, 0x74 } },
  { 2, { 0x5a, 0x4f, 0xa9, 0xd9, 0x09, 0x80, 0x6c, 0x0d } },
  { 7, { 0x37, 0xd1, 0x01, 0x8b, 0xf5, 0x00, 0x02, 0xab } },
  { 8, { 0x62, 0x24, 0x93, 0x9a, 0x79, 0xf5, 0xf5, 0x93 } },
  { 15, { 0xe5, 0x45, 0xbe, 0x49, 0x61, 0xca, 0x29, 0xa1 } },
  { 63, { 0x72, 0x45, 0x06, 0xeb, 0x4c, 0x32, 0x8a, 0x95 } },
};

static void
test_vectors (void)
{
  guint8 bytes[64];
  MeirTrackerSipKey key;

  for (guint i = 0; i < sizeof bytes; i++)
    bytes[i] = (guint8) i;
  key.words[0] = G_GUINT64_CONSTANT (0x0706050403020100);
  key.words[1] = G_GUINT64_CONSTANT (0x0f0e0d0c0b0a0908);
  for (guint i = 0; i < G_N_ELEMENTS (vectors); i++) {
    guint64 output = GUINT64_TO_LE (meir_tracker_siphash (&key, bytes, vectors[i].length));

    g_assert_cmpmem (&output, sizeof output, vectors[i].output, sizeof vectors[i].output);
  }
}

/* Every byte, every length and both halves of the key count. */
static void
test_all_counts (void)
{
  guint8 bytes[40] = { 0 };
  MeirTrackerSipKey key = { { 1, 2 } };
  guint64 first = meir_tracker_siphash (&key, bytes, sizeof bytes);

  for (guint i = 0; i < sizeof bytes; i++) {
    bytes[i] ^= 1;
    g_assert_cmpuint (meir_tracker_siphash (&key, bytes, sizeof bytes), !=, first);
    bytes[i] ^= 1;
    g_assert_cmpuint (meir_tracker_siphash (&key, bytes, i), !=, first);
  }
  for (guint i = 0; i < 2; i++) {
    key.words[i] ^= G_GUINT64_CONSTANT (1) << 63;
    g_assert_cmpuint (meir_tracker_siphash (&key, bytes, sizeof bytes), !=, first);
    key.words[i] ^= G_GUINT64_CONSTANT (1) << 63;
  }
}

static void
test_unaligned (void)
{
  guint8 bytes[32];
  MeirTrackerSipKey key = { { 3, 4 } };

  memset (bytes, 7, sizeof bytes);
  for (guint i = 1; i < 8; i++)
    g_assert_cmpuint (meir_tracker_siphash (&key, bytes + i, 20), ==, meir_tracker_siphash (&key, bytes, 20));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/tracker/siphash/vectors", test_vectors);
  g_test_add_func ("/tracker/siphash/all-counts", test_all_counts);
  g_test_add_func ("/tracker/siphash/unaligned", test_unaligned);
  return g_test_run ();
}
