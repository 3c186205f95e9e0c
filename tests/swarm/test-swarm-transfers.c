/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whole downloads in virtual time. */
#include "swarm-simulator.h"

#define SECONDS(n) ((gint64) (n) *G_USEC_PER_SEC)
#define MIB        (G_GUINT64_CONSTANT (1) << 20)
#define PIECE      (G_GUINT64_CONSTANT (256) << 10)

static Simulator *
simulator_for (guint32 n_pieces, guint64 seed)
{
  SimulatorConfig config = { .n_pieces = n_pieces,
                             .piece_length = PIECE,
                             .total_length = (n_pieces - 1) * PIECE + 12345,
                             .seed = seed,
                             .marks = TRUE };

  return simulator_new (&config);
}

static double
seconds_of (const Simulator *simulator, guint peer)
{
  return (double) (simulator_result (simulator, peer)->completed_usec - SECONDS (1)) / G_USEC_PER_SEC;
}

/* Honest peers part only when neither has anything left for the other. */
static void
assert_nobody_accused (const Simulator *simulator, guint n_peers)
{
  for (guint peer = 0; peer < n_peers; peer++) {
    for (guint reason = MEIR_DROP_NONE; reason < MEIR_DROP_MAX; reason++) {
      if (reason != MEIR_DROP_USELESS)
        g_assert_cmpuint (simulator_result (simulator, peer)->n_drops[reason], ==, 0);
    }
  }
}

static void
test_one_to_one (void)
{
  g_autoptr (Simulator) simulator = simulator_for (61, 1);
  SimulatorPeer seed = { .seed = TRUE, .up_per_sec = 100 * MIB, .latency_usec = 100 };
  SimulatorPeer leecher = { .up_per_sec = 10 * MIB, .latency_usec = 100 };

  simulator_add (simulator, &seed);
  simulator_add (simulator, &leecher);
  simulator_check_every (simulator, 50);
  simulator_connect_all (simulator);
  g_assert_true (simulator_run (simulator, SECONDS (60)));
  g_assert_cmpuint (simulator_result (simulator, 1)->wasted, ==, 0);
  g_assert_cmpuint (simulator_sent (simulator, 0, 1), ==, 60 * PIECE + 12345);
  g_assert_cmpfloat (seconds_of (simulator, 1), <, 0.16);
}

/* The pipe is kept full over a long way: 40 MiB at 20 MiB/s with 200 ms there and back. */
static void
test_long_way (void)
{
  g_autoptr (Simulator) simulator = simulator_for (800, 2);
  SimulatorPeer seed = { .seed = TRUE, .up_per_sec = 20 * MIB, .latency_usec = 50 * 1000 };
  SimulatorPeer leecher = { .up_per_sec = MIB, .latency_usec = 50 * 1000 };

  simulator_add (simulator, &seed);
  simulator_add (simulator, &leecher);
  simulator_connect_all (simulator);
  g_assert_true (simulator_run (simulator, SECONDS (60)));
  g_test_message ("%.2f s, 10 at best; %u requests out at most", seconds_of (simulator, 1),
                  simulator_result (simulator, 1)->most_requests_out);
  g_assert_cmpfloat (seconds_of (simulator, 1), <, 12.5);
  g_assert_cmpuint (simulator_result (simulator, 1)->wasted, ==, 0);
}

/* Four download from one, and from each other. */
static void
test_five (void)
{
  g_autoptr (Simulator) simulator = simulator_for (400, 3);
  SimulatorPeer seed = { .seed = TRUE, .up_per_sec = 4 * MIB, .latency_usec = 2000, .upload_slots = 4 };
  SimulatorPeer leecher = { .up_per_sec = 4 * MIB, .latency_usec = 2000, .upload_slots = 4 };

  simulator_add (simulator, &seed);
  for (guint i = 0; i < 4; i++)
    simulator_add (simulator, &leecher);
  simulator_check_every (simulator, 997);
  simulator_connect_all (simulator);
  g_assert_true (simulator_run (simulator, SECONDS (600)));
  assert_nobody_accused (simulator, 5);
  for (guint to = 1; to <= 4; to++) {
    guint64 from_seed = simulator_sent (simulator, 0, to), total = from_seed;

    for (guint from = 1; from <= 4; from++)
      total += simulator_sent (simulator, from, to);
    g_test_message ("peer %u: %.1f s, %.0f %% from the seed, wasted %" G_GUINT64_FORMAT, to,
                    seconds_of (simulator, to), 100. * (double) from_seed / (double) total,
                    simulator_result (simulator, to)->wasted);
    g_assert_cmpuint (simulator_result (simulator, to)->n_duplicates_outside_endgame, ==, 0);
    g_assert_cmpuint (from_seed * 10, <, total * 6);
    g_assert_cmpuint (simulator_result (simulator, to)->wasted * 50, <, total);
    for (guint other = 1; other <= 4; other++) {
      if (other != to)
        g_assert_cmpuint (simulator_sent (simulator, to, other), >, 0);
    }
  }
}

static void
run_with_bad_peer (Manner manner, double *seconds, double *clean)
{
  for (guint round = 0; round < 2; round++) {
    g_autoptr (Simulator) simulator = simulator_for (200, 4);
    SimulatorPeer seed = { .seed = TRUE, .up_per_sec = MIB, .latency_usec = 5000, .upload_slots = 4 };
    SimulatorPeer bad = { .manner = manner, .seed = TRUE, .up_per_sec = MIB, .upload_slots = 4 };
    SimulatorPeer leecher = { .up_per_sec = MIB, .latency_usec = 5000, .upload_slots = 4 };

    simulator_add (simulator, &seed);
    simulator_add (simulator, &leecher);
    if (round == 0)
      simulator_add (simulator, &bad);
    simulator_check_every (simulator, 997);
    simulator_connect_all (simulator);
    g_assert_true (simulator_run (simulator, SECONDS (3000)));
    *(round == 0 ? seconds : clean) = seconds_of (simulator, 1);
    g_test_message ("manner %d: %.1f s, wasted %" G_GUINT64_FORMAT, round == 0 ? (int) manner : 0,
                    seconds_of (simulator, 1), simulator_result (simulator, 1)->wasted);
  }
}

/* A peer that unchokes and does not deliver costs no more than a snub (25 s) at the end. */
static void
test_bad_peer (gconstpointer manner)
{
  double seconds = 0, clean = 0;

  run_with_bad_peer (GPOINTER_TO_INT (manner), &seconds, &clean);
  g_assert_cmpfloat (seconds, <, clean + 1);
}

/* The last pieces do not wait for a slow peer. */
static void
test_slow_peer (void)
{
  g_autoptr (Simulator) simulator = simulator_for (200, 5);
  SimulatorPeer seed = { .seed = TRUE, .up_per_sec = 5 * MIB, .latency_usec = 5000 };
  SimulatorPeer slow = { .seed = TRUE, .up_per_sec = 3000, .latency_usec = 100 * 1000 };
  SimulatorPeer leecher = { .latency_usec = 5000 };

  simulator_add (simulator, &seed);
  simulator_add (simulator, &leecher);
  for (guint i = 0; i < 10; i++)
    simulator_add (simulator, &slow);
  simulator_connect_all (simulator);
  g_assert_true (simulator_run (simulator, SECONDS (600)));
  g_test_message ("%.1f s, 10 at best, wasted %" G_GUINT64_FORMAT, seconds_of (simulator, 1),
                  simulator_result (simulator, 1)->wasted);
  g_assert_cmpfloat (seconds_of (simulator, 1), <, 11);
}

/* How 20 seeds, three of them poisoners, fill one leecher. */
typedef struct {
  const char *name;
  guint32 n_pieces;
  guint32 piece_length;
  Manner manner;
  gboolean marks;
  guint bad_pieces_max; /* that a poisoner may have had its block in */
} PoisonCase;

static const PoisonCase poison_cases[] = {
  { "own-pieces", 400, 256 << 10, MANNER_POISON, TRUE, 1 },
  { "own-pieces-without-marks", 400, 256 << 10, MANNER_POISON, FALSE, 1 },
  { "shared-pieces", 12, 8 << 20, MANNER_POISON, TRUE, 3 },
  { "shared-pieces-without-marks", 12, 8 << 20, MANNER_POISON, FALSE, 12 },
  { "all-blocks", 400, 256 << 10, MANNER_POISON_ALL, TRUE, 3 },
  { "all-blocks-of-shared-pieces", 12, 8 << 20, MANNER_POISON_ALL, TRUE, 12 },
  { "one-block-pieces", 2000, 16 << 10, MANNER_POISON, TRUE, 1 },
};

static double
run_poisoned (const PoisonCase *poison_case, gboolean poison)
{
  SimulatorConfig config = { .n_pieces = poison_case->n_pieces,
                             .piece_length = poison_case->piece_length,
                             .total_length = (guint64) poison_case->n_pieces * poison_case->piece_length,
                             .seed = 6,
                             .marks = poison_case->marks };
  g_autoptr (Simulator) simulator = simulator_new (&config);
  SimulatorPeer leecher = { .upload_slots = 4, .latency_usec = 5000 };
  const SimulatorResult *result;

  simulator_add (simulator, &leecher);
  for (guint i = 1; i <= 20; i++) {
    SimulatorPeer seed = { .seed = TRUE, .up_per_sec = MIB, .latency_usec = 5000, .upload_slots = 4 };

    seed.manner = poison && i % 6 == 0 ? poison_case->manner : MANNER_HONEST;
    if (poison || i % 6 != 0)
      simulator_connect (simulator, 0, simulator_add (simulator, &seed));
  }
  simulator_check_every (simulator, 1997);
  g_assert_true (simulator_run (simulator, SECONDS (600)));
  result = simulator_result (simulator, 0);
  g_test_message ("%.1f s, %u bad pieces, %u bans", seconds_of (simulator, 0), result->n_bad_pieces,
                  result->n_bans);
  g_assert_cmpuint (result->n_banned_honest, ==, 0);
  for (guint i = 6; poison && i <= 20; i += 6) {
    guint n_failed = simulator_failed_with (simulator, 0, i);

    g_test_message ("poisoner %u in %u pieces", i, n_failed);
    g_assert_cmpuint (n_failed, <=, poison_case->bad_pieces_max);
    if (poison_case->marks && n_failed > 0)
      g_assert_cmpint (simulator_banned (simulator, 0, i), >, 0);
  }
  return seconds_of (simulator, 0);
}

/* W42: three of twenty poison a block in every piece; all are found, nobody else is, and it costs little. */
static void
test_poisoners (gconstpointer data)
{
  const PoisonCase *poison_case = data;
  double poisoned = run_poisoned (poison_case, TRUE), clean = run_poisoned (poison_case, FALSE);

  g_test_message ("%.2f times the clean time", poisoned / clean);
  if (poison_case->bad_pieces_max <= 3)
    g_assert_cmpfloat (poisoned, <, clean * 1.5);
}

static guint64
trace_of (guint64 seed)
{
  g_autoptr (Simulator) simulator = simulator_for (60, seed);
  SimulatorPeer peer = { .seed = TRUE, .up_per_sec = MIB, .latency_usec = 3000, .upload_slots = 2 };

  simulator_add (simulator, &peer);
  peer.seed = FALSE;
  for (guint i = 0; i < 6; i++) {
    peer.not_fast = i & 1;
    simulator_add (simulator, &peer);
  }
  simulator_connect_all (simulator);
  g_assert_true (simulator_run (simulator, SECONDS (3000)));
  return simulator_trace (simulator);
}

static void
test_deterministic (void)
{
  g_assert_cmpuint (trace_of (7), ==, trace_of (7));
  g_assert_cmpuint (trace_of (7), !=, trace_of (8));
}

/* Who gives gets. A fast seed leaves as soon as the pieces are about, and traders are left with a free rider:
 * what they give it are optimistic slots. */
static void
test_tit_for_tat (void)
{
  g_autoptr (Simulator) simulator = simulator_for (600, 9);
  SimulatorPeer peer = { .seed = TRUE, .up_per_sec = 4 * MIB, .latency_usec = 5000, .upload_slots = 8 };
  guint64 to_rider = 0, to_traders = 0;

  simulator_add (simulator, &peer);
  peer = (SimulatorPeer){ .up_per_sec = MIB / 2, .latency_usec = 5000, .upload_slots = 2 };
  for (guint i = 1; i <= 7; i++)
    simulator_add (simulator, &peer);
  peer.manner = MANNER_FREE_RIDER;
  simulator_add (simulator, &peer);
  simulator_connect_all (simulator);
  simulator_run (simulator, SECONDS (60));
  simulator_leave (simulator, 0);
  simulator_run (simulator, SECONDS (180));
  for (guint i = 1; i <= 7; i++) {
    to_rider += simulator_sent (simulator, i, 8);
    for (guint j = 1; j <= 7; j++)
      to_traders += simulator_sent (simulator, i, j);
  }
  assert_nobody_accused (simulator, 9);
  g_test_message ("a trader got %" G_GUINT64_FORMAT " KiB, the rider %" G_GUINT64_FORMAT " KiB",
                  to_traders / 7 >> 10, to_rider >> 10);
  g_assert_cmpuint (to_rider * 2, <, to_traders / 7);
}

/* Ten that know only the seed: its slots go round. */
static void
test_fair_seed (void)
{
  g_autoptr (Simulator) simulator = simulator_for (400, 10);
  SimulatorPeer peer = { .seed = TRUE, .up_per_sec = MIB, .latency_usec = 5000, .upload_slots = 3 };
  guint64 least = G_MAXUINT64, most = 0;

  simulator_add (simulator, &peer);
  peer.seed = FALSE;
  for (guint i = 1; i <= 10; i++) {
    simulator_add (simulator, &peer);
    simulator_connect (simulator, 0, i);
  }
  simulator_run (simulator, SECONDS (400));
  for (guint i = 1; i <= 10; i++) {
    least = MIN (least, simulator_sent (simulator, 0, i));
    most = MAX (most, simulator_sent (simulator, 0, i));
  }
  assert_nobody_accused (simulator, 11);
  g_test_message ("least %" G_GUINT64_FORMAT ", most %" G_GUINT64_FORMAT, least, most);
  g_assert_cmpuint (least * 3, >, most);
}

/* Peers come and go in the middle of everything; nothing is lost, and nothing counted wrong. */
static void
test_coming_and_going (void)
{
  g_autoptr (Simulator) simulator = simulator_for (300, 11);
  SimulatorPeer peer = { .seed = TRUE, .up_per_sec = MIB, .latency_usec = 5000, .upload_slots = 2 };

  simulator_add (simulator, &peer);
  peer.seed = FALSE;
  for (guint i = 1; i <= 5; i++) {
    peer.not_fast = i & 1;
    simulator_add (simulator, &peer);
  }
  simulator_check_every (simulator, 499);
  simulator_connect_all (simulator);
  for (guint i = 0; i < 30; i++) {
    guint leaver = i % 6;

    simulator_run (simulator, SECONDS (2 + 3 * i));
    simulator_leave (simulator, leaver);
    simulator_run (simulator, SECONDS (3 + 3 * i));
    for (guint other = 0; other < 6; other++) {
      if (other != leaver)
        simulator_connect (simulator, leaver, other);
    }
  }
  g_assert_true (simulator_run (simulator, SECONDS (3000)));
  assert_nobody_accused (simulator, 6);
}

/* Two of five want half of it each, change their minds twice while it comes, and want all of it in the end.
 */
static void
test_changing_minds (void)
{
  g_autoptr (Simulator) simulator = simulator_for (120, 11);
  SimulatorPeer seed = { .seed = TRUE, .up_per_sec = MIB, .latency_usec = 2000, .upload_slots = 4 };
  SimulatorPeer leecher = { .up_per_sec = MIB, .latency_usec = 2000, .upload_slots = 4 };
  guint8 priorities[120];

  simulator_add (simulator, &seed);
  for (guint i = 0; i < 4; i++)
    simulator_add (simulator, &leecher);
  simulator_check_every (simulator, 499);
  simulator_connect_all (simulator);
  for (guint round = 0; round < 8; round++) {
    for (guint peer = 1; peer <= 2; peer++) {
      for (guint i = 0; i < G_N_ELEMENTS (priorities); i++)
        priorities[i] = (i / 10 + round + peer) % 3 == 0 ? MEIR_PRIORITY_SKIP : 1 + i % 3;
      simulator_set_priorities (simulator, peer, priorities);
    }
    simulator_run (simulator, SECONDS (2 + round));
    for (guint i = 0; i < G_N_ELEMENTS (priorities); i++)
      g_assert_cmpuint (meir_swarm_get_priority (simulator_swarm (simulator, 2), i), ==, priorities[i]);
  }
  g_assert_true (simulator_run (simulator, SECONDS (600)));
  for (guint peer = 1; peer <= 2; peer++) {
    MeirSwarm *swarm = simulator_swarm (simulator, peer);

    g_assert_true (meir_swarm_is_finished (swarm));
    g_assert_cmpuint (meir_swarm_get_left (swarm), >, 0);
    simulator_set_priorities (simulator, peer, NULL);
    g_assert_false (meir_swarm_is_finished (swarm));
  }
  /* Seeds have left the ones that had all they wanted: they meet again. */
  for (guint peer = 1; peer <= 2; peer++) {
    simulator_leave (simulator, peer);
    simulator_connect (simulator, 0, peer);
  }
  g_assert_true (simulator_run (simulator, SECONDS (1200)));
  for (guint peer = 1; peer <= 4; peer++)
    g_assert_cmpuint (meir_swarm_get_left (simulator_swarm (simulator, peer)), ==, 0);
  assert_nobody_accused (simulator, 5);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/swarm/transfers/one-to-one", test_one_to_one);
  g_test_add_func ("/swarm/transfers/long-way", test_long_way);
  g_test_add_func ("/swarm/transfers/five", test_five);
  g_test_add_data_func ("/swarm/transfers/silent-peer", GINT_TO_POINTER (MANNER_SILENT), test_bad_peer);
  g_test_add_data_func ("/swarm/transfers/rejecting-peer", GINT_TO_POINTER (MANNER_REJECT), test_bad_peer);
  g_test_add_data_func ("/swarm/transfers/trickling-peer", GINT_TO_POINTER (MANNER_TRICKLE), test_bad_peer);
  g_test_add_func ("/swarm/transfers/slow-peers", test_slow_peer);
  for (guint i = 0; i < G_N_ELEMENTS (poison_cases); i++) {
    g_autofree char *path = g_strconcat ("/swarm/transfers/poisoners/", poison_cases[i].name, NULL);

    g_test_add_data_func (path, &poison_cases[i], test_poisoners);
  }
  g_test_add_func ("/swarm/transfers/deterministic", test_deterministic);
  g_test_add_func ("/swarm/transfers/tit-for-tat", test_tit_for_tat);
  g_test_add_func ("/swarm/transfers/fair-seed", test_fair_seed);
  g_test_add_func ("/swarm/transfers/coming-and-going", test_coming_and_going);
  g_test_add_func ("/swarm/transfers/changing-minds", test_changing_minds);
  return g_test_run ();
}
