/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/meir-random.h"
#include "swarm-driver.h"

/* Random events by the ten thousand: nothing may count wrong. */
static void
test_random_events (gconstpointer data)
{
  MeirPrng prng;
  g_autofree guint64 *words = g_new (guint64, 12500);

  meir_prng_init (&prng, GPOINTER_TO_UINT (data));
  for (guint i = 0; i < 12500; i++)
    words[i] = meir_prng_next (&prng);
  swarm_drive ((const guint8 *) words, 12500 * sizeof (guint64), 1);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  for (guint seed = 1; seed <= 8; seed++) {
    g_autofree char *path = g_strdup_printf ("/swarm/random-events/%u", seed);

    g_test_add_data_func (path, GUINT_TO_POINTER (seed), test_random_events);
  }
  return g_test_run ();
}
