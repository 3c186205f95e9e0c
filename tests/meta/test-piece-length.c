/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "meta/meir-piece-length.h"

#include "base/meir-limits.h"

#include <string.h>

#define MIB (G_GUINT64_CONSTANT (1) << 20)
#define GIB (G_GUINT64_CONSTANT (1) << 30)
#define TIB (G_GUINT64_CONSTANT (1) << 40)

static guint64
count_pieces (guint64 total)
{
  guint32 length = meir_piece_length_choose (total, NULL);

  return total / length + (total % length != 0);
}

static void
test_bounds (void)
{
  g_assert_cmpuint (meir_piece_length_choose (0, NULL), ==, 16 << 10);
  g_assert_cmpuint (meir_piece_length_choose (1, NULL), ==, 16 << 10);
  g_assert_cmpuint (meir_piece_length_choose (32 * MIB, NULL), ==, 16 << 10);
  g_assert_cmpuint (meir_piece_length_choose (32 * MIB + 1, NULL), ==, 32 << 10);
  g_assert_cmpuint (meir_piece_length_choose (GIB, NULL), ==, 512 << 10);
  g_assert_cmpuint (meir_piece_length_choose (2 * GIB, NULL), ==, 1 << 20);
  g_assert_cmpuint (meir_piece_length_choose (16 * GIB, NULL), ==, 8 << 20);
  g_assert_cmpuint (meir_piece_length_choose (16 * GIB + 1, NULL), ==, 16 << 20);
  g_assert_cmpuint (meir_piece_length_choose (TIB, NULL), ==, 16 << 20);
  g_assert_cmpuint (meir_piece_length_choose (G_MAXUINT64, NULL), ==, MEIR_PIECE_LENGTH_MAX);
}

static void
test_counts (void)
{
  /* Every size from the second row to the last of the growing part: 1,024 to 2,048 pieces. */
  for (guint64 total = 32 * MIB + 1; total <= 32 * GIB; total += total / 7) {
    g_assert_cmpuint (count_pieces (total), >=, 1024);
    g_assert_cmpuint (count_pieces (total), <=, 2048);
  }
  /* Everything up to 256 TiB stays within the limit on pieces. */
  for (guint64 total = 1; total <= 256 * TIB; total *= 2)
    g_assert_cmpuint (count_pieces (total), <=, MEIR_PIECES_MAX);
}

static void
test_monotonic_with_reasons (void)
{
  guint32 before = 0;

  for (guint64 total = 1; total < G_MAXUINT64 / 2; total += total / 3 + 1) {
    const char *reason = NULL;
    guint32 length = meir_piece_length_choose (total, &reason);

    g_assert_cmpuint (length, >=, before);
    g_assert_true (meir_piece_length_is_valid (length));
    /* Behind the length, in brackets. */
    g_assert_cmpint (strstr (reason, "smallest") != NULL, ==, length == MEIR_PIECE_LENGTH_MIN);
    g_assert_cmpint (strstr (reason, "accept") != NULL, ==, length > 16 * MIB);
    g_assert_false (g_str_has_suffix (reason, "."));
    before = length;
  }
}

static void
test_validity (void)
{
  for (guint shift = 0; shift < 64; shift++) {
    guint64 length = G_GUINT64_CONSTANT (1) << shift;
    g_assert_cmpint (meir_piece_length_is_valid (length), ==, shift >= 14 && shift <= 26);
    g_assert_false (meir_piece_length_is_valid (length + 1) && length > 1);
    g_assert_false (meir_piece_length_is_valid (length * 3));
  }
  g_assert_false (meir_piece_length_is_valid (0));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/meta/piece-length/bounds", test_bounds);
  g_test_add_func ("/meta/piece-length/counts", test_counts);
  g_test_add_func ("/meta/piece-length/monotonic-with-reasons", test_monotonic_with_reasons);
  g_test_add_func ("/meta/piece-length/validity", test_validity);
  return g_test_run ();
}
