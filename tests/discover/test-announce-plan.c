/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "discover/meir-announce-plan.h"

#define SEC G_USEC_PER_SEC
#define NOW ((gint64) 1000 * SEC)

static MeirPrng prng;

static void
assert_between (gint64 value, gint64 least, gint64 most)
{
  g_assert_cmpint (value, >=, least);
  g_assert_cmpint (value, <=, most);
}

/* The interval is kept, stretched by a tenth at most; the minimum holds even for the impatient (H06, H07). */
static void
test_reply (void)
{
  static const struct {
    guint32 interval_sec;
    guint32 min_interval_sec;
    gint64 due_sec;
    gint64 allowed_sec;
  } cases[] = {
    { 1800, 0, 1800, MEIR_ANNOUNCE_INTERVAL_MIN_SEC },
    { 1800, 900, 1800, 900 },
    { 1800, 10, 1800, MEIR_ANNOUNCE_INTERVAL_MIN_SEC },
    { MEIR_ANNOUNCE_INTERVAL_MIN_SEC, 0, MEIR_ANNOUNCE_INTERVAL_MIN_SEC, MEIR_ANNOUNCE_INTERVAL_MIN_SEC },
    { MEIR_ANNOUNCE_INTERVAL_MAX_SEC, MEIR_ANNOUNCE_INTERVAL_MAX_SEC, MEIR_ANNOUNCE_INTERVAL_MAX_SEC,
      MEIR_ANNOUNCE_INTERVAL_MAX_SEC },
    { 600, 3600, 3600, 3600 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    MeirAnnounceReply reply;
    MeirAnnouncePlan plan = { .n_failures = 9 };

    meir_announce_reply_init (&reply);
    reply.interval_sec = cases[i].interval_sec;
    reply.min_interval_sec = cases[i].min_interval_sec;
    for (guint round = 0; round < 200; round++) {
      meir_announce_plan_on_reply (&plan, &reply, NOW, &prng);
      assert_between (plan.due_usec, NOW + cases[i].due_sec * SEC, NOW + cases[i].due_sec * SEC * 11 / 10);
      g_assert_cmpint (plan.allowed_usec, ==, NOW + cases[i].allowed_sec * SEC);
      g_assert_cmpint (plan.due_usec, >=, plan.allowed_usec);
      g_assert_cmpuint (plan.n_failures, ==, 0);
      g_assert_false (plan.disabled);
    }
  }
}

/* Many torrents started at once come back at different times. */
static void
test_jitter (void)
{
  gint64 least = G_MAXINT64, most = 0;

  for (guint i = 0; i < 500; i++) {
    MeirAnnounceReply reply;
    MeirAnnouncePlan plan = { 0 };

    meir_announce_reply_init (&reply);
    reply.interval_sec = 1000;
    meir_announce_plan_on_reply (&plan, &reply, NOW, &prng);
    least = MIN (least, plan.due_usec);
    most = MAX (most, plan.due_usec);
  }
  g_assert_cmpint (most - least, >, 80 * SEC);
}

/* 15 s, 30 s, 60 s … an hour, for ever. */
static void
test_back_off (void)
{
  MeirAnnouncePlan plan = { 0 };

  for (guint n = 0; n < 100; n++) {
    gint64 pause_sec = n < 8 ? 15 << n : MEIR_ANNOUNCE_RETRY_MAX_SEC;

    meir_announce_plan_on_failure (&plan, NULL, 15000, NOW, &prng);
    assert_between (plan.due_usec, NOW + pause_sec * SEC, NOW + pause_sec * SEC * 11 / 10);
    g_assert_cmpint (plan.allowed_usec, ==, NOW + 15 * SEC);
    g_assert_cmpuint (plan.n_failures, ==, n + 1);
    g_assert_false (plan.disabled);
  }
}

static void
test_recovery (void)
{
  MeirAnnouncePlan plan = { 0 };
  MeirAnnounceReply reply;

  meir_announce_reply_init (&reply);
  for (guint n = 0; n < 10; n++)
    meir_announce_plan_on_failure (&plan, NULL, 15000, NOW, &prng);
  meir_announce_plan_on_reply (&plan, &reply, NOW, &prng);
  meir_announce_plan_on_failure (&plan, NULL, 15000, NOW, &prng);
  assert_between (plan.due_usec, NOW + 15 * SEC, NOW + 17 * SEC);
}

/* BEP 31: the tracker says when, within reason; "never" is for good. */
static void
test_told (void)
{
  static const struct {
    guint32 retry_sec;
    gint64 due_sec;
  } cases[] = {
    { 1, MEIR_ANNOUNCE_INTERVAL_MIN_SEC },
    { 600, 600 },
    { MEIR_RETRY_NEVER - 1, MEIR_ANNOUNCE_INTERVAL_MAX_SEC },
  };
  MeirAnnounceReply reply;
  MeirAnnouncePlan plan = { 0 };

  meir_announce_reply_init (&reply);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    reply.retry_sec = cases[i].retry_sec;
    meir_announce_plan_on_failure (&plan, &reply, 15000, NOW, &prng);
    g_assert_cmpint (plan.due_usec, ==, NOW + cases[i].due_sec * SEC);
    g_assert_cmpint (plan.allowed_usec, ==, plan.due_usec);
    g_assert_false (plan.disabled);
  }
  reply.retry_sec = MEIR_RETRY_NEVER;
  meir_announce_plan_on_failure (&plan, &reply, 15000, NOW, &prng);
  g_assert_true (plan.disabled);
}

/* A refusal without advice is a failure like any other. */
static void
test_refusal (void)
{
  MeirAnnounceReply reply;
  MeirAnnouncePlan plan = { 0 };

  meir_announce_reply_init (&reply);
  meir_announce_plan_on_failure (&plan, &reply, 15000, NOW, &prng);
  meir_announce_plan_on_failure (&plan, &reply, 15000, NOW, &prng);
  assert_between (plan.due_usec, NOW + 30 * SEC, NOW + 33 * SEC);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  meir_prng_init (&prng, 42);
  g_test_add_func ("/announce-plan/reply", test_reply);
  g_test_add_func ("/announce-plan/jitter", test_jitter);
  g_test_add_func ("/announce-plan/back-off", test_back_off);
  g_test_add_func ("/announce-plan/recovery", test_recovery);
  g_test_add_func ("/announce-plan/told", test_told);
  g_test_add_func ("/announce-plan/refusal", test_refusal);
  return g_test_run ();
}
