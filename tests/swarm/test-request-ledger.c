/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/meir-random.h"
#include "swarm/meir-request-ledger.h"

#define SECOND ((gint64) G_USEC_PER_SEC)
#define MS     1000

static void
test_in_order (void)
{
  MeirRequestLedger ledger;

  meir_request_ledger_init (&ledger, 500);
  for (guint32 i = 0; i < 10000; i++) {
    meir_request_ledger_add (&ledger, i, i % 7, i);
    if (i >= 100) {
      MeirRequest *request = meir_request_ledger_find (&ledger, i - 100, (i - 100) % 7);

      g_assert_nonnull (request);
      g_assert_cmpint (request->sent_usec, ==, i - 100);
      meir_request_ledger_remove (&ledger, request);
    }
  }
  g_assert_cmpuint (ledger.n_active, ==, 100);
  g_assert_null (meir_request_ledger_find (&ledger, 3, 3));
  meir_request_ledger_clear (&ledger);
}

/* Answers in any order, states that change: against plain counting. */
static void
test_random_operations (void)
{
  MeirRequestLedger ledger;
  guint8 states[64] = { 0 };
  MeirPrng prng;

  meir_prng_init (&prng, 1);
  meir_request_ledger_init (&ledger, 500);
  for (guint step = 0; step < 100000; step++) {
    guint32 key = meir_prng_below (&prng, 64);
    MeirRequest *request = meir_request_ledger_find (&ledger, key, key);
    guint n[4] = { 0 };

    g_assert_cmpint (states[key] != MEIR_REQUEST_GONE, ==, request != NULL);
    if (request == NULL) {
      meir_request_ledger_add (&ledger, key, key, step);
      states[key] = MEIR_REQUEST_ACTIVE;
    } else if (meir_prng_below (&prng, 3) == 0) {
      states[key] = (guint8) (MEIR_REQUEST_ACTIVE + meir_prng_below (&prng, 3));
      meir_request_ledger_set_state (&ledger, request, states[key]);
    } else {
      g_assert_cmpuint (request->state, ==, states[key]);
      meir_request_ledger_remove (&ledger, request);
      states[key] = MEIR_REQUEST_GONE;
    }
    for (guint i = 0; i < 64; i++)
      n[states[i]]++;
    g_assert_cmpuint (n[MEIR_REQUEST_ACTIVE], ==, ledger.n_active);
    g_assert_cmpuint (n[MEIR_REQUEST_OWED], ==, ledger.n_owed);
    g_assert_cmpuint (n[MEIR_REQUEST_VOID], ==, ledger.n_void);
  }
  meir_request_ledger_clear (&ledger);
}

static void
test_walks (void)
{
  MeirRequestLedger ledger;
  guint cursor = 0, n = 0;
  MeirRequest *request;

  meir_request_ledger_init (&ledger, 500);
  g_assert_null (meir_request_ledger_next (&ledger, &cursor));
  for (guint32 i = 0; i < 50; i++)
    meir_request_ledger_add (&ledger, i, 0, i);
  for (guint32 i = 0; i < 50; i += 2)
    meir_request_ledger_remove (&ledger, meir_request_ledger_find (&ledger, i, 0));
  while ((request = meir_request_ledger_next (&ledger, &cursor)) != NULL)
    g_assert_cmpuint (request->piece, ==, 2 * n++ + 1);
  g_assert_cmpuint (n, ==, 25);
  cursor = G_MAXUINT;
  while ((request = meir_request_ledger_previous (&ledger, &cursor)) != NULL)
    g_assert_cmpuint (request->piece, ==, 2 * --n + 1);
  g_assert_cmpuint (n, ==, 0);
  meir_request_ledger_clear (&ledger);
}

/* Asked, cancelled, asked again: a block answers the request that counts, a reject the one that was first. */
static void
test_asked_again (void)
{
  MeirRequestLedger ledger;

  meir_request_ledger_init (&ledger, 500);
  meir_request_ledger_add (&ledger, 5, 1, 10);
  meir_request_ledger_set_state (&ledger, meir_request_ledger_find (&ledger, 5, 1), MEIR_REQUEST_VOID);
  meir_request_ledger_add (&ledger, 5, 1, 20);
  g_assert_cmpint (meir_request_ledger_find (&ledger, 5, 1)->sent_usec, ==, 20);
  g_assert_cmpint (meir_request_ledger_find_oldest (&ledger, 5, 1)->sent_usec, ==, 10);
  meir_request_ledger_remove (&ledger, meir_request_ledger_find (&ledger, 5, 1));
  g_assert_cmpint (meir_request_ledger_find (&ledger, 5, 1)->sent_usec, ==, 10);
  meir_request_ledger_remove (&ledger, meir_request_ledger_find (&ledger, 5, 1));
  g_assert_null (meir_request_ledger_find (&ledger, 5, 1));
  g_assert_null (meir_request_ledger_find_oldest (&ledger, 5, 1));
  meir_request_ledger_clear (&ledger);
}

/* Cancelled requests that are never answered are forgotten in the end, oldest first; others never. */
static void
test_void_is_bounded (void)
{
  MeirRequestLedger ledger;

  meir_request_ledger_init (&ledger, 500);
  meir_request_ledger_add (&ledger, 1, 1, 0);
  for (guint32 i = 0; i < 100000; i++) {
    meir_request_ledger_add (&ledger, 2, i, i);
    meir_request_ledger_set_state (&ledger, meir_request_ledger_find (&ledger, 2, i), MEIR_REQUEST_VOID);
    g_assert_cmpuint (ledger.n_void, <=, 8 * MEIR_REQUEST_QUEUE_MAX);
  }
  g_assert_nonnull (meir_request_ledger_find (&ledger, 1, 1));
  g_assert_nonnull (meir_request_ledger_find (&ledger, 2, 99999));
  g_assert_null (meir_request_ledger_find (&ledger, 2, 0));
  meir_request_ledger_clear (&ledger);
}

static void
test_depth_formula (void)
{
  /* 100 MB/s over 100 ms: 2 x 100e6 x 0.150 / 16384. */
  g_assert_cmpuint (meir_request_depth (100000000, 100 * MS, 2048), ==, 1831);
  g_assert_cmpuint (meir_request_depth (100000000, 100 * MS, 250), ==, 250);
  g_assert_cmpuint (meir_request_depth (G_GUINT64_CONSTANT (2000000000), 1 * MS, 2048), ==, 2048);
  /* A middling peer gets the least of a fast one, a slow one ten seconds' worth, a dead one two blocks. */
  g_assert_cmpuint (meir_request_depth (1000000, 20 * MS, 2048), ==, 64);
  g_assert_cmpuint (meir_request_depth (16384, 20 * MS, 2048), ==, 10);
  g_assert_cmpuint (meir_request_depth (0, 20 * MS, 2048), ==, 2);
  g_assert_cmpuint (meir_request_depth (0, 20 * MS, 1), ==, 1);
}

/* Sends what there is room for, and answers it all after @rtt_usec; returns how much there was room for. */
static guint
flight (MeirRequestLedger *ledger, gint64 *now_usec, gint64 rtt_usec, guint32 *serial)
{
  guint n = meir_request_ledger_get_room (ledger, *now_usec);
  guint32 first = *serial;

  for (guint i = 0; i < n; i++)
    meir_request_ledger_add (ledger, (*serial)++, 0, *now_usec);
  *now_usec += rtt_usec;
  for (guint i = 0; i < n; i++) {
    MeirRequest *request = meir_request_ledger_find (ledger, first + i, 0);

    meir_request_ledger_on_first_byte (ledger, request, *now_usec);
    meir_request_ledger_remove (ledger, request);
    meir_request_ledger_on_block (ledger, MEIR_BLOCK_LENGTH, *now_usec);
  }
  return n;
}

/* Next door: 16, at least 64, and on to the limit within a few flights. */
static void
test_fast_start (void)
{
  MeirRequestLedger ledger;
  gint64 now_usec = 5 * SECOND;
  guint32 serial = 0;

  meir_request_ledger_init (&ledger, 2048);
  g_assert_cmpuint (flight (&ledger, &now_usec, 300, &serial), ==, 16);
  g_assert_cmpuint (flight (&ledger, &now_usec, 300, &serial), >=, 64);
  for (guint i = 0; i < 6; i++)
    flight (&ledger, &now_usec, 300, &serial);
  g_assert_cmpuint (flight (&ledger, &now_usec, 300, &serial), ==, 2048);
  g_assert_cmpint (ledger.rtt_min_usec, ==, 300);
  meir_request_ledger_clear (&ledger);
}

/* A modem: the first block took four seconds. It is not given 64 to sit on. */
static void
test_slow_start (void)
{
  MeirRequestLedger ledger;
  gint64 now_usec = 5 * SECOND;

  meir_request_ledger_init (&ledger, 2048);
  for (guint32 i = 0; i < 16; i++)
    meir_request_ledger_add (&ledger, i, 0, now_usec);
  for (guint32 i = 0; i < 3; i++) {
    now_usec += 4 * SECOND;
    meir_request_ledger_remove (&ledger, meir_request_ledger_find (&ledger, i, 0));
    meir_request_ledger_on_block (&ledger, MEIR_BLOCK_LENGTH, now_usec);
    meir_request_ledger_follow_rate (&ledger, 4096, now_usec);
    g_assert_cmpuint (meir_request_ledger_get_room (&ledger, now_usec), ==, 0);
  }
  g_assert_cmpuint (ledger.depth, ==, 2);
  g_assert_cmpint (ledger.progress_usec, ==, now_usec);
  meir_request_ledger_clear (&ledger);
}

/* No request goes out for every block: they gather until a quarter of the pipe has drained. */
static void
test_batches (void)
{
  MeirRequestLedger ledger;
  gint64 now_usec = 5 * SECOND;

  meir_request_ledger_init (&ledger, 64);
  ledger.depth = 64;
  for (guint32 i = 0; i < 64; i++)
    meir_request_ledger_add (&ledger, i, 0, now_usec);
  for (guint32 i = 0; i < 15; i++) {
    meir_request_ledger_remove (&ledger, meir_request_ledger_find (&ledger, i, 0));
    g_assert_cmpuint (meir_request_ledger_get_room (&ledger, now_usec), ==, 0);
  }
  meir_request_ledger_remove (&ledger, meir_request_ledger_find (&ledger, 15, 0));
  g_assert_cmpuint (meir_request_ledger_get_room (&ledger, now_usec), ==, 16);
  meir_request_ledger_set_limit (&ledger, 10);
  g_assert_cmpuint (meir_request_ledger_get_room (&ledger, now_usec), ==, 0);
  meir_request_ledger_set_limit (&ledger, 0);
  g_assert_cmpuint (ledger.limit, ==, 1);
  meir_request_ledger_set_limit (&ledger, 1000000);
  g_assert_cmpuint (ledger.limit, ==, MEIR_REQUEST_QUEUE_MAX);
  meir_request_ledger_clear (&ledger);
}

static void
test_follows_rate (void)
{
  MeirRequestLedger ledger;
  gint64 now_usec = 5 * SECOND;

  meir_request_ledger_init (&ledger, 2048);
  meir_request_ledger_follow_rate (&ledger, 0, now_usec);
  g_assert_cmpuint (ledger.depth, ==, 16); /* idle: nothing can be learned */
  meir_request_ledger_add (&ledger, 0, 0, now_usec);
  meir_request_ledger_follow_rate (&ledger, 0, now_usec + 9 * SECOND);
  g_assert_cmpuint (ledger.depth, ==, 16); /* the first block may take its time */
  meir_request_ledger_follow_rate (&ledger, 100000000, now_usec + 10 * SECOND);
  g_assert_cmpuint (ledger.depth, ==, 32); /* no more than twice at a time */
  for (guint i = 11; i < 20; i++)
    meir_request_ledger_follow_rate (&ledger, 100000000, now_usec + i * SECOND);
  g_assert_cmpuint (ledger.depth, ==, meir_request_depth (100000000, 100 * MS, 2048));
  meir_request_ledger_follow_rate (&ledger, 1000, now_usec + 20 * SECOND);
  g_assert_cmpuint (ledger.depth, ==, 2);
  meir_request_ledger_restart (&ledger, now_usec);
  g_assert_cmpuint (ledger.depth, ==, 4);
  meir_request_ledger_clear (&ledger);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/request-ledger/in-order", test_in_order);
  g_test_add_func ("/request-ledger/random-operations", test_random_operations);
  g_test_add_func ("/request-ledger/walks", test_walks);
  g_test_add_func ("/request-ledger/asked-again", test_asked_again);
  g_test_add_func ("/request-ledger/void-is-bounded", test_void_is_bounded);
  g_test_add_func ("/request-ledger/depth-formula", test_depth_formula);
  g_test_add_func ("/request-ledger/fast-start", test_fast_start);
  g_test_add_func ("/request-ledger/slow-start", test_slow_start);
  g_test_add_func ("/request-ledger/batches", test_batches);
  g_test_add_func ("/request-ledger/follows-rate", test_follows_rate);
  return g_test_run ();
}
