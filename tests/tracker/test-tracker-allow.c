/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tracker/meir-tracker-allow.h"

#include "tracker-test.h"

static void
test_any (void)
{
  g_autoptr (MeirTrackerAllow) allow = meir_tracker_allow_new (NULL, 0);
  g_autoptr (GArray) removed = g_array_new (FALSE, FALSE, sizeof (MeirInfoHash));
  MeirInfoHash one = test_info_hash (1);

  g_assert_true (meir_tracker_allow_has (allow, &one));
  meir_tracker_allow_add (allow, &one);
  meir_tracker_allow_remove (allow, &one);
  g_assert_true (meir_tracker_allow_has (allow, &one));
  g_assert_true (meir_tracker_allow_take_removed (allow, removed));
  g_assert_cmpuint (removed->len, ==, 0);
}

static void
test_list (void)
{
  MeirInfoHash some[] = { test_info_hash (1), test_info_hash (2), test_info_hash (2) },
               three = test_info_hash (3);
  g_autoptr (MeirTrackerAllow) allow = meir_tracker_allow_new (some, G_N_ELEMENTS (some));
  g_autoptr (GArray) removed = g_array_new (FALSE, FALSE, sizeof (MeirInfoHash));

  g_assert_true (meir_tracker_allow_has (allow, &some[0]));
  g_assert_true (meir_tracker_allow_has (allow, &some[1]));
  g_assert_false (meir_tracker_allow_has (allow, &three));
  meir_tracker_allow_add (allow, &three);
  meir_tracker_allow_add (allow, &three);
  g_assert_true (meir_tracker_allow_has (allow, &three));
  meir_tracker_allow_remove (allow, &some[0]);
  meir_tracker_allow_remove (allow, &some[0]);
  g_assert_false (meir_tracker_allow_has (allow, &some[0]));
  g_assert_true (meir_tracker_allow_take_removed (allow, removed));
  g_assert_cmpuint (removed->len, ==, 1);
  g_assert_true (meir_info_hash_equal (&g_array_index (removed, MeirInfoHash, 0), &some[0]));
  g_assert_true (meir_tracker_allow_take_removed (allow, removed));
  g_assert_cmpuint (removed->len, ==, 0);
}

static void
test_replace (void)
{
  MeirInfoHash one = test_info_hash (1), two = test_info_hash (2);
  g_autoptr (MeirTrackerAllow) allow = meir_tracker_allow_new (&one, 0);
  g_autoptr (GArray) removed = g_array_new (FALSE, FALSE, sizeof (MeirInfoHash));

  /* A list without anything on it allows nothing; no list allows anything. */
  g_assert_false (meir_tracker_allow_has (allow, &one));
  meir_tracker_allow_set (allow, &two, 1);
  g_assert_true (meir_tracker_allow_has (allow, &two));
  g_assert_false (meir_tracker_allow_take_removed (allow, removed));
  g_assert_true (meir_tracker_allow_take_removed (allow, removed));
  meir_tracker_allow_set (allow, NULL, 0);
  g_assert_true (meir_tracker_allow_has (allow, &one));
}

static gpointer
change_worker (gpointer data)
{
  for (guint i = 0; i < 20000; i++) {
    MeirInfoHash info_hash = test_info_hash (i % 50);

    if (i % 3 == 0)
      meir_tracker_allow_remove (data, &info_hash);
    else
      meir_tracker_allow_add (data, &info_hash);
  }
  return NULL;
}

static void
test_threads (void)
{
  MeirInfoHash one = test_info_hash (1000);
  g_autoptr (MeirTrackerAllow) allow = meir_tracker_allow_new (&one, 1);
  g_autoptr (GArray) removed = g_array_new (FALSE, FALSE, sizeof (MeirInfoHash));
  GThread *threads[2];
  guint total = 0;

  for (guint i = 0; i < 2; i++)
    threads[i] = g_thread_new ("change", change_worker, allow);
  for (guint i = 0; i < 20000; i++) {
    g_assert_true (meir_tracker_allow_has (allow, &one));
    g_assert_true (meir_tracker_allow_take_removed (allow, removed));
    total += removed->len;
  }
  for (guint i = 0; i < 2; i++)
    g_thread_join (threads[i]);
  meir_tracker_allow_take_removed (allow, removed);
  total += removed->len;
  g_assert_cmpuint (total, >, 0);
  g_assert_cmpuint (total, <, 2 * 20000 / 3 + 2);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/tracker/allow/any", test_any);
  g_test_add_func ("/tracker/allow/list", test_list);
  g_test_add_func ("/tracker/allow/replace", test_replace);
  g_test_add_func ("/tracker/allow/threads", test_threads);
  return g_test_run ();
}
