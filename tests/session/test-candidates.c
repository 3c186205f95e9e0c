/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "session/meir-candidates.h"

#define SEC ((gint64) G_USEC_PER_SEC)

static MeirEndpoint
numbered (guint number)
{
  MeirEndpoint endpoint = { .family = 4, .port = 6881 };

  endpoint.bytes[0] = 198;
  endpoint.bytes[1] = 18;
  endpoint.bytes[2] = (guint8) (number >> 8);
  endpoint.bytes[3] = (guint8) number;
  return endpoint;
}

static void
add (MeirCandidates *candidates, guint number)
{
  MeirEndpoint endpoint = numbered (number);

  meir_candidates_add (candidates, &endpoint, MEIR_SOURCE_TRACKER);
}

/* Doubling from 15 s to an hour. */
static void
test_back_off (void)
{
  static const guint expected_sec[] = { 15, 30, 60, 120, 240, 480, 960, 1920, 3600, 3600, 3600, 3600, 3600 };
  g_autoptr (MeirCandidates) candidates = meir_candidates_new (1);
  gint64 now_usec = 1000;
  MeirEndpoint endpoint, wanted = numbered (1);

  g_assert_false (meir_candidates_take (candidates, now_usec, &endpoint));
  g_assert_cmpint (meir_candidates_next_due (candidates), ==, G_MAXINT64);
  add (candidates, 1);
  for (guint i = 0; i < G_N_ELEMENTS (expected_sec); i++) {
    g_assert_true (meir_candidates_take (candidates, now_usec, &endpoint));
    g_assert_true (meir_endpoint_equal (&endpoint, &wanted));
    g_assert_false (meir_candidates_take (candidates, now_usec, &endpoint));
    meir_candidates_failed (candidates, &wanted, now_usec);
    g_assert_cmpint (meir_candidates_next_due (candidates), ==, now_usec + expected_sec[i] * SEC);
    g_assert_false (meir_candidates_take (candidates, now_usec + expected_sec[i] * SEC - 1, &endpoint));
    now_usec += expected_sec[i] * SEC;
  }

  /* It served its purpose: back soon, and the slate is clean. */
  g_assert_true (meir_candidates_take (candidates, now_usec, &endpoint));
  meir_candidates_left (candidates, &endpoint, now_usec);
  g_assert_cmpint (meir_candidates_next_due (candidates), ==, now_usec + 5 * SEC);
  now_usec += 5 * SEC;
  g_assert_true (meir_candidates_take (candidates, now_usec, &endpoint));
  meir_candidates_failed (candidates, &endpoint, now_usec);
  g_assert_cmpint (meir_candidates_next_due (candidates), ==, now_usec + 15 * SEC);

  meir_candidates_hurry (candidates);
  g_assert_true (meir_candidates_take (candidates, now_usec, &endpoint));
  meir_candidates_defer (candidates, &endpoint, now_usec + 7);
  g_assert_cmpint (meir_candidates_next_due (candidates), ==, now_usec + 7);
}

/* A failure counts no more than 255 times. */
static void
test_many_failures (void)
{
  g_autoptr (MeirCandidates) candidates = meir_candidates_new (1);
  MeirEndpoint endpoint = numbered (1);

  add (candidates, 1);
  for (guint i = 0; i < 1000; i++)
    meir_candidates_failed (candidates, &endpoint, 0);
  g_assert_cmpint (meir_candidates_next_due (candidates), ==, 3600 * SEC);
}

static void
test_fewest_failures_first (void)
{
  g_autoptr (MeirCandidates) candidates = meir_candidates_new (3);
  MeirEndpoint endpoint;

  for (guint i = 0; i < 50; i++)
    add (candidates, i);
  for (guint i = 0; i < 50; i++) {
    MeirEndpoint failed = numbered (i);

    for (guint n = 0; n < i % 5; n++)
      meir_candidates_failed (candidates, &failed, 0);
  }
  for (guint i = 0; i < 50; i++) {
    g_assert_true (meir_candidates_take (candidates, 10000 * SEC, &endpoint));
    g_assert_cmpuint (endpoint.bytes[3] % 5, ==, i / 10);
  }
  g_assert_false (meir_candidates_take (candidates, 10000 * SEC, &endpoint));
}

/* Full: whoever failed most makes room, but nobody who is in use or was never tried. */
static void
test_eviction (void)
{
  g_autoptr (MeirCandidates) candidates = meir_candidates_new (1);
  MeirEndpoint taken, failed = numbered (7), worse = numbered (8);

  for (guint i = 0; i < MEIR_CANDIDATES_MAX + 100; i++)
    add (candidates, i);
  g_assert_cmpuint (meir_candidates_count (candidates), ==, MEIR_CANDIDATES_MAX);

  meir_candidates_failed (candidates, &failed, 0);
  meir_candidates_failed (candidates, &worse, 0);
  meir_candidates_failed (candidates, &worse, 0);
  add (candidates, 5000);
  add (candidates, 5001);
  add (candidates, 5002);
  g_assert_cmpuint (meir_candidates_count (candidates), ==, MEIR_CANDIDATES_MAX);
  meir_candidates_remove (candidates, &failed);
  meir_candidates_remove (candidates, &worse);
  g_assert_cmpuint (meir_candidates_count (candidates), ==, MEIR_CANDIDATES_MAX);

  while (meir_candidates_take (candidates, 0, &taken))
    continue;
  meir_candidates_failed (candidates, &taken, 0);
  g_assert_true (meir_candidates_take (candidates, 15 * SEC, &taken));
  add (candidates, 5003);
  g_assert_cmpuint (meir_candidates_count (candidates), ==, MEIR_CANDIDATES_MAX);
  meir_candidates_failed (candidates, &taken, 15 * SEC);
  g_assert_cmpint (meir_candidates_next_due (candidates), ==, 45 * SEC);
}

static void
test_additions (void)
{
  static const char *const unusable[] = { "0.0.0.0:80", "224.0.0.1:80", "255.255.255.255:80" };
  g_autoptr (MeirCandidates) candidates = meir_candidates_new (1);
  MeirEndpoint endpoint, named = numbered (1);

  for (guint i = 0; i < G_N_ELEMENTS (unusable); i++) {
    if (meir_endpoint_parse (&endpoint, unusable[i], NULL))
      meir_candidates_add (candidates, &endpoint, MEIR_SOURCE_TRACKER);
  }
  endpoint = numbered (9);
  endpoint.port = 0;
  meir_candidates_add (candidates, &endpoint, MEIR_SOURCE_TRACKER);
  g_assert_cmpuint (meir_candidates_count (candidates), ==, 0);

  /* A tracker that names it again does not shorten the wait; the user does. */
  add (candidates, 1);
  add (candidates, 1);
  g_assert_cmpuint (meir_candidates_count (candidates), ==, 1);
  g_assert_true (meir_candidates_take (candidates, 0, &endpoint));
  meir_candidates_add (candidates, &named, MEIR_SOURCE_USER);
  g_assert_false (meir_candidates_take (candidates, 0, &endpoint));
  meir_candidates_failed (candidates, &named, 0);
  add (candidates, 1);
  g_assert_false (meir_candidates_take (candidates, 0, &endpoint));
  meir_candidates_add (candidates, &named, MEIR_SOURCE_USER);
  g_assert_true (meir_candidates_take (candidates, 0, &endpoint));

  /* Gone while it was in use: whatever comes of it is nobody's. */
  meir_candidates_remove (candidates, &named);
  meir_candidates_failed (candidates, &named, 0);
  meir_candidates_left (candidates, &named, 0);
  meir_candidates_defer (candidates, &named, 0);
  meir_candidates_remove (candidates, &named);
  g_assert_cmpuint (meir_candidates_count (candidates), ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/candidates/back-off", test_back_off);
  g_test_add_func ("/candidates/many-failures", test_many_failures);
  g_test_add_func ("/candidates/fewest-failures-first", test_fewest_failures_first);
  g_test_add_func ("/candidates/eviction", test_eviction);
  g_test_add_func ("/candidates/additions", test_additions);
  return g_test_run ();
}
