/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/meir-random.h"
#include "swarm/meir-serve-queue.h"

static void
test_once (void)
{
  MeirServeQueue queue = { 0 };

  g_assert_false (meir_serve_queue_remove (&queue, 1, 0, 16384));
  g_assert_true (meir_serve_queue_add (&queue, 1, 0, 16384));
  g_assert_false (meir_serve_queue_add (&queue, 1, 0, 16384));
  g_assert_true (meir_serve_queue_add (&queue, 1, 16384, 16384));
  g_assert_true (meir_serve_queue_add (&queue, 2, 0, 16384));
  g_assert_cmpuint (queue.n_queued, ==, 3);
  g_assert_false (meir_serve_queue_remove (&queue, 1, 0, 100));
  g_assert_false (meir_serve_queue_remove (&queue, 1, 0, 0));
  g_assert_true (meir_serve_queue_remove (&queue, 1, 0, 16384));
  g_assert_false (meir_serve_queue_remove (&queue, 1, 0, 16384));
  meir_serve_queue_clear (&queue);
  g_assert_cmpuint (queue.n_queued, ==, 0);
  g_assert_false (meir_serve_queue_remove (&queue, 2, 0, 16384));
  g_assert_true (meir_serve_queue_add (&queue, 2, 0, 16384));
  meir_serve_queue_clear (&queue);
}

/* Two lengths from one beginning. */
static void
test_lengths (void)
{
  MeirServeQueue queue = { 0 };

  for (guint32 length = 1; length <= 500; length++)
    g_assert_true (meir_serve_queue_add (&queue, 1, 0, length));
  g_assert_cmpuint (queue.n_queued, ==, 500);
  g_assert_false (meir_serve_queue_add (&queue, 1, 0, 250));
  for (guint32 length = 500; length >= 1; length--)
    g_assert_true (meir_serve_queue_remove (&queue, 1, 0, length));
  g_assert_cmpuint (queue.n_queued, ==, 0);
  meir_serve_queue_clear (&queue);
}

/* Against a GHashTable, with keys that crowd the table. */
static void
test_random_operations (void)
{
  MeirServeQueue queue = { 0 };
  g_autoptr (GHashTable) model = g_hash_table_new (NULL, NULL);
  MeirPrng prng;

  meir_prng_init (&prng, 1);
  for (guint step = 0; step < 200000; step++) {
    guint32 piece = meir_prng_below (&prng, 32), begin = meir_prng_below (&prng, 32) * 16384;
    guint32 length = 1 + meir_prng_below (&prng, 4);
    gpointer key = GUINT_TO_POINTER (piece << 24 | begin | length);

    if (meir_prng_below (&prng, 2) == 0)
      g_assert_cmpint (meir_serve_queue_add (&queue, piece, begin, length), ==,
                       g_hash_table_add (model, key));
    else
      g_assert_cmpint (meir_serve_queue_remove (&queue, piece, begin, length), ==,
                       g_hash_table_remove (model, key));
    g_assert_cmpuint (queue.n_queued, ==, g_hash_table_size (model));
  }
  meir_serve_queue_clear (&queue);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/serve-queue/once", test_once);
  g_test_add_func ("/serve-queue/lengths", test_lengths);
  g_test_add_func ("/serve-queue/random-operations", test_random_operations);
  return g_test_run ();
}
