/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/meir-ui-piece-sizes.h"

#include "session/meir.h"

/* The piece sizes to choose from, and what they would make. */

static void
test_counts (void)
{
  g_autoptr (GtkStringList) sizes = meir_ui_piece_sizes_new ((1u << 20) + 1);

  g_assert_cmpstr (gtk_string_list_get_string (sizes, 1), ==, "16.0\302\240KiB · 65 pieces");
  g_assert_cmpstr (gtk_string_list_get_string (sizes, 8), ==, "2.0\302\240MiB · 1 piece");
  g_assert_true (g_str_has_prefix (gtk_string_list_get_string (sizes, 0), "Automatic · "));
}

/* Every choice is one that torrents can be made with. */
static void
test_lengths (void)
{
  g_autoptr (GtkStringList) sizes = meir_ui_piece_sizes_new (0);
  guint n = g_list_model_get_n_items (G_LIST_MODEL (sizes));

  g_assert_cmpuint (meir_ui_piece_sizes_get_length (0), ==, 0);
  g_assert_cmpuint (meir_ui_piece_sizes_get_length (GTK_INVALID_LIST_POSITION), ==, 0);
  for (guint i = 1; i < n; i++)
    g_assert_true (meir_piece_length_is_valid (meir_ui_piece_sizes_get_length (i)));
  g_assert_cmpuint (meir_ui_piece_sizes_get_length (n - 1), ==, MEIR_PIECE_LENGTH_MAX);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/app/piece-sizes/counts", test_counts);
  g_test_add_func ("/app/piece-sizes/lengths", test_lengths);
  return g_test_run ();
}
