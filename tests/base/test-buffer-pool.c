/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/meir-buffer-pool.h"

#include <string.h>

static void
test_lease_and_return (void)
{
  g_autoptr (MeirBufferPool) pool = meir_buffer_pool_new (2);
  guint8 *segments[4];

  for (gsize i = 0; i < G_N_ELEMENTS (segments); i++) {
    segments[i] = meir_buffer_pool_lease (pool);
    g_assert_nonnull (segments[i]);
    g_assert_cmpuint ((guintptr) segments[i] % 4096, ==, 0);
    memset (segments[i], (int) i, MEIR_SEGMENT_LENGTH); /* all of it is ours */
    g_assert_cmpuint (meir_buffer_pool_get_leased (pool), ==, i + 1);
  }
  for (gsize i = 0; i < G_N_ELEMENTS (segments); i++)
    g_assert_cmpuint (segments[i][MEIR_SEGMENT_LENGTH - 1], ==, i);
  for (gsize i = 0; i < G_N_ELEMENTS (segments); i++)
    meir_buffer_pool_return (pool, segments[i]);
  g_assert_cmpuint (meir_buffer_pool_get_leased (pool), ==, 0);
}

static void
test_hot_first (void)
{
  g_autoptr (MeirBufferPool) pool = meir_buffer_pool_new (8);
  guint8 *first = meir_buffer_pool_lease (pool);
  guint8 *second = meir_buffer_pool_lease (pool);

  meir_buffer_pool_return (pool, first);
  meir_buffer_pool_return (pool, second);
  g_assert_true (meir_buffer_pool_lease (pool) == second);
  g_assert_true (meir_buffer_pool_lease (pool) == first);
  meir_buffer_pool_return (pool, first);
  meir_buffer_pool_return (pool, second);
}

/* With nothing kept every segment goes back to the system: the leak checker and valgrind watch this one. */
static void
test_keep_none (void)
{
  g_autoptr (MeirBufferPool) pool = meir_buffer_pool_new (0);

  for (guint i = 0; i < 100; i++)
    meir_buffer_pool_return (pool, meir_buffer_pool_lease (pool));
  g_assert_cmpuint (meir_buffer_pool_get_leased (pool), ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/buffer-pool/lease-and-return", test_lease_and_return);
  g_test_add_func ("/buffer-pool/hot-first", test_hot_first);
  g_test_add_func ("/buffer-pool/keep-none", test_keep_none);
  return g_test_run ();
}
