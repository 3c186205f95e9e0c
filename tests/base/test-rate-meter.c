/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/meir-rate-meter.h"

#define SECOND G_USEC_PER_SEC

static void
test_steady (void)
{
  MeirRateMeter meter = { 0 };
  gint64 now = 1000 * SECOND;

  g_assert_cmpuint (meir_rate_meter_get (&meter, now), ==, 0);
  for (guint i = 0; i < 1000; i++, now += SECOND / 100)
    meir_rate_meter_add (&meter, 1000, now); /* 100 kB/s for 10 s */
  g_assert_cmpuint (meir_rate_meter_get (&meter, now), >, 95000);
  g_assert_cmpuint (meir_rate_meter_get (&meter, now), <, 105000);
  g_assert_cmpuint (meter.total, ==, 1000000);
}

/* A young meter divides by its age, not by the whole window. */
static void
test_start (void)
{
  MeirRateMeter meter = { 0 };
  gint64 start = 3 * SECOND + 7;

  for (guint i = 0; i < 100; i++)
    meir_rate_meter_add (&meter, 1000, start + i * SECOND / 100);
  g_assert_cmpuint (meir_rate_meter_get (&meter, start + SECOND), ==, 100000);
}

/* The first bytes of all do not read as an absurd peak. */
static void
test_first_byte (void)
{
  MeirRateMeter meter = { 0 };

  meir_rate_meter_add (&meter, 16384, 5 * SECOND);
  g_assert_cmpuint (meir_rate_meter_get (&meter, 5 * SECOND), ==, 16384 * 4);
}

static void
test_fades (void)
{
  MeirRateMeter meter = { 0 };
  guint64 last;

  for (guint i = 0; i < 500; i++)
    meir_rate_meter_add (&meter, 1000, i * SECOND / 100);
  last = meir_rate_meter_get (&meter, 5 * SECOND);
  g_assert_cmpuint (last, >, 90000);
  for (guint quarter = 1; quarter <= 20; quarter++) {
    guint64 rate = meir_rate_meter_get (&meter, 5 * SECOND + quarter * SECOND / 4);

    g_assert_cmpuint (rate, <=, last);
    last = rate;
  }
  g_assert_cmpuint (last, ==, 0);
  /* Old buckets do not come back when the ring has gone round. */
  g_assert_cmpuint (meir_rate_meter_get (&meter, 500 * SECOND), ==, 0);
  meir_rate_meter_add (&meter, 5000, 500 * SECOND);
  g_assert_cmpuint (meir_rate_meter_get (&meter, 500 * SECOND), <=, 5000 * 4);
  g_assert_cmpuint (meir_rate_meter_get (&meter, 500 * SECOND), >=, 5000 / 5);
}

static void
test_extremes (void)
{
  MeirRateMeter meter = { 0 };

  meir_rate_meter_add (&meter, 0, SECOND); /* nothing is no start */
  g_assert_cmpint (meter.first_usec, ==, 0);
  for (guint i = 0; i < 4; i++)
    meir_rate_meter_add (&meter, G_MAXUINT32, 10 * SECOND);
  g_assert_cmpuint (meter.total, ==, 4 * (guint64) G_MAXUINT32);
  g_assert_cmpuint (meir_rate_meter_get (&meter, 10 * SECOND), ==, 4 * (guint64) G_MAXUINT32); /* saturated */
  meir_rate_meter_add (&meter, 1, 9 * SECOND); /* a time before the newest counts as the newest */
  g_assert_cmpuint (meter.total, ==, 4 * (guint64) G_MAXUINT32 + 1);
  g_assert_cmpuint (meir_rate_meter_get (&meter, 9 * SECOND), >, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/rate-meter/steady", test_steady);
  g_test_add_func ("/rate-meter/start", test_start);
  g_test_add_func ("/rate-meter/first-byte", test_first_byte);
  g_test_add_func ("/rate-meter/fades", test_fades);
  g_test_add_func ("/rate-meter/extremes", test_extremes);
  return g_test_run ();
}
