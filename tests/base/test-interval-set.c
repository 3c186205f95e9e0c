/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/meir-interval-set.h"

#include "base/meir-random.h"

/* "[0,5) [7,9)": what the set holds, checked for order and gaps on the way. */
static void
assert_set (const MeirIntervalSet *set, const char *expected)
{
  g_autoptr (GString) text = g_string_new (NULL);
  guint64 total = 0;
  guint64 last_end = 0;

  for (guint i = 0; i < meir_interval_set_count (set); i++) {
    const MeirInterval *interval = meir_interval_set_get (set, i);

    g_assert_cmpuint (interval->start, <, interval->end);
    g_assert_true (i == 0 || last_end < interval->start);
    last_end = interval->end;
    total += interval->end - interval->start;
    g_string_append_printf (text, "%s[%" G_GUINT64_FORMAT ",%" G_GUINT64_FORMAT ")", i > 0 ? " " : "",
                            interval->start, interval->end);
  }
  g_assert_cmpuint (meir_interval_set_total (set), ==, total);
  if (expected != NULL)
    g_assert_cmpstr (text->str, ==, expected);
}

static void
test_add (void)
{
  g_autoptr (MeirIntervalSet) set = meir_interval_set_new ();

  assert_set (set, "");
  meir_interval_set_add (set, 10, 20);
  meir_interval_set_add (set, 30, 40);
  meir_interval_set_add (set, 5, 5); /* empty */
  meir_interval_set_add (set, 9, 3); /* backwards */
  assert_set (set, "[10,20) [30,40)");
  meir_interval_set_add (set, 20, 22); /* touches */
  meir_interval_set_add (set, 28, 30);
  assert_set (set, "[10,22) [28,40)");
  meir_interval_set_add (set, 12, 15); /* inside */
  assert_set (set, "[10,22) [28,40)");
  meir_interval_set_add (set, 0, 1);
  meir_interval_set_add (set, 50, 60);
  assert_set (set, "[0,1) [10,22) [28,40) [50,60)");
  meir_interval_set_add (set, 11, 55); /* swallows three */
  assert_set (set, "[0,1) [10,60)");
  meir_interval_set_add (set, 0, G_MAXUINT64);
  assert_set (set, "[0,18446744073709551615)");
}

static void
test_remove (void)
{
  g_autoptr (MeirIntervalSet) set = meir_interval_set_new ();

  meir_interval_set_remove (set, 0, 10); /* from nothing */
  meir_interval_set_add (set, 0, 100);
  meir_interval_set_remove (set, 20, 30);
  assert_set (set, "[0,20) [30,100)");
  meir_interval_set_remove (set, 20, 30); /* nothing there */
  meir_interval_set_remove (set, 50, 50);
  meir_interval_set_remove (set, 60, 50);
  assert_set (set, "[0,20) [30,100)");
  meir_interval_set_remove (set, 0, 5);
  meir_interval_set_remove (set, 90, 200);
  assert_set (set, "[5,20) [30,90)");
  meir_interval_set_remove (set, 10, 40);
  assert_set (set, "[5,10) [40,90)");
  meir_interval_set_remove (set, 5, 10); /* exactly one */
  assert_set (set, "[40,90)");
  meir_interval_set_remove (set, 0, G_MAXUINT64);
  assert_set (set, "");
}

static void
test_contains (void)
{
  g_autoptr (MeirIntervalSet) set = meir_interval_set_new ();

  g_assert_false (meir_interval_set_contains (set, 0, 1));
  meir_interval_set_add (set, 10, 20);
  meir_interval_set_add (set, 30, 40);
  g_assert_true (meir_interval_set_contains (set, 10, 20));
  g_assert_true (meir_interval_set_contains (set, 19, 20));
  g_assert_true (meir_interval_set_contains (set, 15, 15)); /* nothing is in everything */
  g_assert_false (meir_interval_set_contains (set, 9, 11));
  g_assert_false (meir_interval_set_contains (set, 19, 21));
  g_assert_false (meir_interval_set_contains (set, 20, 21));
  g_assert_false (meir_interval_set_contains (set, 15, 35));
  g_assert_true (meir_interval_set_contains (set, 30, 31));
}

#define UNIVERSE 96u

static void
test_model (void)
{
  g_autoptr (MeirIntervalSet) set = meir_interval_set_new ();
  gboolean model[UNIVERSE] = { FALSE };
  MeirPrng prng;

  meir_prng_init (&prng, 3);
  for (guint round = 0; round < 3000; round++) {
    guint start = meir_prng_below (&prng, UNIVERSE);
    guint end = start + meir_prng_below (&prng, MIN (12, UNIVERSE - start) + 1);
    gboolean add = meir_prng_below (&prng, 2) == 0;
    guint total = 0;

    if (add)
      meir_interval_set_add (set, start, end);
    else
      meir_interval_set_remove (set, start, end);
    for (guint i = start; i < end; i++)
      model[i] = add;
    for (guint i = 0; i < UNIVERSE; i++) {
      g_assert_cmpint (meir_interval_set_contains (set, i, i + 1), ==, model[i]);
      total += model[i] ? 1 : 0;
    }
    g_assert_cmpuint (meir_interval_set_total (set), ==, total);
    assert_set (set, NULL);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/interval-set/add", test_add);
  g_test_add_func ("/interval-set/remove", test_remove);
  g_test_add_func ("/interval-set/contains", test_contains);
  g_test_add_func ("/interval-set/model", test_model);
  return g_test_run ();
}
