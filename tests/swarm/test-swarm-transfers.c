/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whole downloads in virtual time. */
#include "swarm-simulator.h"

#define SECONDS(n) ((gint64) (n) *G_USEC_PER_SEC)
#define MIB        (G_GUINT64_CONSTANT (1) << 20)

static SimulatorConfig
small_torrent (guint64 seed)
{
  return (SimulatorConfig){ .n_pieces = 61,
                            .piece_length = 256 << 10,
                            .total_length = 60 * (256 << 10) + 12345,
                            .seed = seed,
                            .marks = TRUE };
}

static void
test_one_to_one (void)
{
  SimulatorConfig config = small_torrent (1);
  g_autoptr (Simulator) simulator = simulator_new (&config);
  SimulatorPeer seed = { .seed = TRUE, .up_per_sec = 100 * MIB, .latency_usec = 100 };
  SimulatorPeer leecher = { .up_per_sec = 10 * MIB, .latency_usec = 100 };

  simulator_add (simulator, &seed);
  simulator_add (simulator, &leecher);
  simulator_check_every (simulator, 50);
  simulator_connect_all (simulator);
  g_assert_true (simulator_run (simulator, SECONDS (60)));
  g_test_message ("took %" G_GINT64_FORMAT " us",
                  simulator_result (simulator, 1)->completed_usec - SECONDS (1));
  g_assert_cmpuint (simulator_result (simulator, 1)->wasted, ==, 0);
  g_assert_cmpuint (simulator_sent (simulator, 0, 1), ==, config.total_length);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/swarm/transfers/one-to-one", test_one_to_one);
  return g_test_run ();
}
