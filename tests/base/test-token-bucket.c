/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/meir-token-bucket.h"

#define SECOND G_USEC_PER_SEC

/* Takes all that is allowed, every @step_usec, for @seconds; returns how much that was. */
static guint64
drain (MeirTokenBucket *bucket, gint64 *now_usec, gint64 step_usec, guint seconds)
{
  gint64 end_usec = *now_usec + seconds * SECOND;
  guint64 taken = 0;

  while (*now_usec < end_usec) {
    gsize bytes;

    *now_usec += step_usec;
    bytes = meir_token_bucket_get (bucket, *now_usec);
    meir_token_bucket_take (bucket, bytes);
    taken += bytes;
  }
  return taken;
}

/* Whatever the rate and however often it is asked, what comes out is the rate. */
static void
test_rate (void)
{
  static const guint64 rates[] = { 1, 999, 50000, 1234567, 50000000, 10000000000 };
  static const gint64 steps[] = { 1, 77, 1000, 20000, 90000 };

  for (guint i = 0; i < G_N_ELEMENTS (rates); i++) {
    for (guint j = 0; j < G_N_ELEMENTS (steps); j++) {
      MeirTokenBucket bucket = { 0 };
      gint64 now = 12345;
      guint seconds = steps[j] < 1000 ? 1 : 5;
      guint64 taken;

      meir_token_bucket_set_rate (&bucket, rates[i], now);
      taken = drain (&bucket, &now, steps[j], seconds);
      g_assert_cmpuint (taken, >=, rates[i] * seconds - 1);
      g_assert_cmpuint (taken, <=, rates[i] * seconds + rates[i] * (guint64) steps[j] / SECOND + 1);
    }
  }
}

static void
test_no_limit (void)
{
  MeirTokenBucket bucket = { 0 };

  g_assert_false (meir_token_bucket_is_limited (&bucket));
  g_assert_cmpuint (meir_token_bucket_get (&bucket, 5), ==, G_MAXSIZE);
  meir_token_bucket_take (&bucket, 1 << 30);
  meir_token_bucket_return (&bucket, 7);
  g_assert_cmpuint (meir_token_bucket_get (&bucket, 5), ==, G_MAXSIZE);
}

/* Nobody is given a present: not by setting a limit, and a tenth of a second's worth at most by waiting. */
static void
test_burst (void)
{
  MeirTokenBucket bucket = { 0 };

  meir_token_bucket_set_rate (&bucket, 100000, SECOND);
  g_assert_cmpuint (meir_token_bucket_get (&bucket, SECOND), ==, 0);
  g_assert_cmpuint (meir_token_bucket_get (&bucket, 2 * SECOND), ==, 10000);
  g_assert_cmpuint (meir_token_bucket_get (&bucket, 100 * SECOND), ==, 10000);
}

/* What was taken beyond the level is paid for before anything else goes, but never for more than a second. */
static void
test_debt (void)
{
  MeirTokenBucket bucket = { 0 };

  meir_token_bucket_set_rate (&bucket, 1000, 0);
  meir_token_bucket_take (&bucket, 500);
  g_assert_cmpuint (meir_token_bucket_get (&bucket, SECOND / 2), ==, 0);
  g_assert_cmpuint (meir_token_bucket_get (&bucket, SECOND / 2 + 10000), ==, 10);
  meir_token_bucket_take (&bucket, G_MAXSIZE);
  g_assert_cmpuint (meir_token_bucket_get (&bucket, SECOND * 3 / 2), ==, 0);
  g_assert_cmpuint (meir_token_bucket_get (&bucket, SECOND * 3 / 2 + 60000), ==, 50);
}

static void
test_return (void)
{
  MeirTokenBucket bucket = { 0 };

  meir_token_bucket_set_rate (&bucket, 10000, 0);
  g_assert_cmpuint (meir_token_bucket_get (&bucket, SECOND), ==, 1000);
  meir_token_bucket_take (&bucket, 1000);
  meir_token_bucket_return (&bucket, 400);
  g_assert_cmpuint (meir_token_bucket_get (&bucket, SECOND), ==, 400);
  meir_token_bucket_return (&bucket, G_MAXSIZE); /* more than it holds */
  g_assert_cmpuint (meir_token_bucket_get (&bucket, SECOND), ==, 1000);
}

/* A changed rate counts from then on: what was saved at the old one is cut, and a debt is paid soon. */
static void
test_change (void)
{
  MeirTokenBucket bucket = { 0 };
  gint64 now = 0;

  meir_token_bucket_set_rate (&bucket, 1000000, now);
  g_assert_cmpuint (meir_token_bucket_get (&bucket, SECOND), ==, 100000);
  meir_token_bucket_set_rate (&bucket, 10000, SECOND);
  g_assert_cmpuint (meir_token_bucket_get (&bucket, SECOND), ==, 1000);

  meir_token_bucket_set_rate (&bucket, 1000000, SECOND);
  meir_token_bucket_take (&bucket, 1000000);
  meir_token_bucket_set_rate (&bucket, 1000, SECOND);
  g_assert_cmpuint (meir_token_bucket_get (&bucket, 2 * SECOND + 20000), ==, 20);

  meir_token_bucket_set_rate (&bucket, 0, 2 * SECOND);
  g_assert_cmpuint (meir_token_bucket_get (&bucket, 2 * SECOND), ==, G_MAXSIZE);
  meir_token_bucket_set_rate (&bucket, 1000, 3 * SECOND);
  g_assert_cmpuint (meir_token_bucket_get (&bucket, 3 * SECOND), ==, 0);
}

/* Time that stands still or goes backwards gives nothing; a long sleep gives no more than a full bucket. */
static void
test_time (void)
{
  MeirTokenBucket bucket = { 0 };

  meir_token_bucket_set_rate (&bucket, 1000, 10 * SECOND);
  g_assert_cmpuint (meir_token_bucket_get (&bucket, 9 * SECOND), ==, 0);
  g_assert_cmpuint (meir_token_bucket_get (&bucket, 10 * SECOND), ==, 0);
  g_assert_cmpuint (meir_token_bucket_get (&bucket, G_MAXINT64 / 2), ==, 256);
  meir_token_bucket_set_rate (&bucket, G_MAXUINT64, G_MAXINT64 / 2);
  g_assert_cmpuint (bucket.per_sec, ==, MEIR_TOKEN_BUCKET_RATE_MAX);
  g_assert_cmpuint (meir_token_bucket_get (&bucket, G_MAXINT64 / 2 + 60 * SECOND), ==,
                    MEIR_TOKEN_BUCKET_RATE_MAX / 10);
}

/* A grain always fits, so that who waits for one gets it. */
static void
test_grain (void)
{
  for (guint64 rate = 1; rate < 10000000000; rate *= 3) {
    MeirTokenBucket bucket = { 0 };
    gsize grain;

    meir_token_bucket_set_rate (&bucket, rate, 0);
    grain = meir_token_bucket_get_grain (&bucket);
    g_assert_cmpuint (grain, >=, 256);
    g_assert_cmpuint (grain, <=, 16384);
    for (gint64 now = SECOND; now <= 300 * SECOND; now += SECOND)
      meir_token_bucket_get (&bucket, now);
    g_assert_cmpuint (meir_token_bucket_get (&bucket, 300 * SECOND), >=, grain);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/token-bucket/rate", test_rate);
  g_test_add_func ("/token-bucket/no-limit", test_no_limit);
  g_test_add_func ("/token-bucket/burst", test_burst);
  g_test_add_func ("/token-bucket/debt", test_debt);
  g_test_add_func ("/token-bucket/return", test_return);
  g_test_add_func ("/token-bucket/change", test_change);
  g_test_add_func ("/token-bucket/time", test_time);
  g_test_add_func ("/token-bucket/grain", test_grain);
  return g_test_run ();
}
