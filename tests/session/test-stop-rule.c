/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "session/meir-stop-rule.h"

#define MINUTE (G_GINT64_CONSTANT (60) * G_USEC_PER_SEC)

static gboolean
is_met (double ratio, guint minutes, guint64 uploaded, guint64 wanted, gint64 seeded_usec)
{
  g_autofree char *reason =
      meir_stop_rule_dup_reason (&(MeirStopRule){ ratio, minutes }, uploaded, wanted, seeded_usec);

  g_assert_true (reason == NULL || g_str_has_suffix (reason, "rests now"));
  return reason != NULL;
}

static void
test_none (void)
{
  g_assert_false (is_met (0, 0, G_MAXUINT64, 1, G_MAXINT64));
  g_assert_false (is_met (0, 0, 0, 0, 0));
}

static void
test_ratio (void)
{
  g_assert_false (is_met (2, 0, 1999, 1000, G_MAXINT64));
  g_assert_true (is_met (2, 0, 2000, 1000, 0));
  g_assert_true (is_met (0.1, 0, 100, 1000, 0));
  g_assert_false (is_met (0.1, 0, 99, 1000, 0));
  g_assert_true (is_met (100, 0, 0, 0, 0));
  g_assert_false (is_met (100, 0, G_GUINT64_CONSTANT (1) << 60, G_GUINT64_CONSTANT (1) << 54, 0));
}

static void
test_minutes (void)
{
  g_assert_false (is_met (0, 30, G_MAXUINT64, 1, 30 * MINUTE - 1));
  g_assert_true (is_met (0, 30, 0, 1, 30 * MINUTE));
  g_assert_false (is_met (0, G_MAXUINT, 0, 1, 1000000 * MINUTE));
}

/* Either one will do. */
static void
test_both (void)
{
  g_assert_true (is_met (1, 30, 1000, 1000, 0));
  g_assert_true (is_met (1, 30, 0, 1000, 30 * MINUTE));
  g_assert_false (is_met (1, 30, 999, 1000, 29 * MINUTE));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/stop-rule/none", test_none);
  g_test_add_func ("/stop-rule/ratio", test_ratio);
  g_test_add_func ("/stop-rule/minutes", test_minutes);
  g_test_add_func ("/stop-rule/both", test_both);
  return g_test_run ();
}
