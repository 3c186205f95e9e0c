/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/meir-ui-gradual.h"

/* A list that takes in what comes little by little. */

/* Far more than a list view makes rows for. */
#define MANY 1000u
/* Nobody waits for so many rows, and a list view does not make so many in one turn. */
#define FEW 50u

typedef struct {
  GListStore *store;
  MeirUiGradual *gradual;
  GPtrArray *copy; /* what somebody knows who only hears of changes */
  guint most;      /* that came at a time */
} Fixture;

static void
on_items_changed (GListModel *model, guint position, guint removed, guint added, Fixture *fixture)
{
  fixture->most = MAX (fixture->most, added);
  g_assert_cmpuint (removed + added, >, 0);
  g_assert_cmpuint (position + removed, <=, fixture->copy->len);
  if (removed > 0)
    g_ptr_array_remove_range (fixture->copy, position, removed);
  for (guint i = 0; i < added; i++)
    g_ptr_array_insert (fixture->copy, (int) (position + i), g_list_model_get_item (model, position + i));
}

static guint
count (Fixture *fixture)
{
  return g_list_model_get_n_items (G_LIST_MODEL (fixture->gradual));
}

/* What is taken in are the first ones, and who listens knows them. */
static void
assert_sound (Fixture *fixture)
{
  guint n = count (fixture);

  g_assert_cmpuint (n, <=, g_list_model_get_n_items (G_LIST_MODEL (fixture->store)));
  g_assert_cmpuint (n, ==, fixture->copy->len);
  for (guint i = 0; i < n; i++) {
    g_autoptr (GObject) original = g_list_model_get_item (G_LIST_MODEL (fixture->store), i);
    g_autoptr (GObject) item = g_list_model_get_item (G_LIST_MODEL (fixture->gradual), i);

    g_assert_true (item == original);
    g_assert_true (g_ptr_array_index (fixture->copy, i) == original);
  }
  g_assert_null (g_list_model_get_item (G_LIST_MODEL (fixture->gradual), n));
}

static void
settle (Fixture *fixture)
{
  while (g_main_context_iteration (NULL, FALSE))
    assert_sound (fixture);
  g_assert_cmpuint (count (fixture), ==, g_list_model_get_n_items (G_LIST_MODEL (fixture->store)));
}

static void
splice (Fixture *fixture, guint position, guint removed, guint added)
{
  g_autoptr (GPtrArray) items = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < added; i++)
    g_ptr_array_add (items, g_object_new (G_TYPE_OBJECT, NULL));
  g_list_store_splice (fixture->store, position, removed, items->pdata, added);
  assert_sound (fixture);
}

static void
set_up (Fixture *fixture, gconstpointer unused)
{
  fixture->store = g_list_store_new (G_TYPE_OBJECT);
  fixture->gradual = meir_ui_gradual_new (G_LIST_MODEL (fixture->store));
  fixture->copy = g_ptr_array_new_with_free_func (g_object_unref);
  g_signal_connect (fixture->gradual, "items-changed", G_CALLBACK (on_items_changed), fixture);
}

static void
tear_down (Fixture *fixture, gconstpointer unused)
{
  g_object_unref (fixture->gradual);
  g_assert_false (g_main_context_iteration (NULL, FALSE)); /* nothing is left to do */
  g_object_unref (fixture->store);
  g_ptr_array_unref (fixture->copy);
}

/* Some at once, the next ones a few at a time, and the last ones together. */
static void
test_many (Fixture *fixture, gconstpointer unused)
{
  guint n, before;

  splice (fixture, 0, 0, MANY);
  n = count (fixture);
  g_assert_cmpuint (n, >, 0);
  for (before = 0; n < MANY; n = count (fixture)) {
    g_assert_cmpuint (n - before, <, FEW);
    before = n;
    g_assert_true (g_main_context_iteration (NULL, FALSE));
    assert_sound (fixture);
  }
  g_assert_cmpuint (before, >, 200);
  settle (fixture);
}

static void
test_few (Fixture *fixture, gconstpointer unused)
{
  for (guint i = 0; i < 10; i++) {
    splice (fixture, i % 3, i % 2, 3);
    settle (fixture);
  }
  g_assert_cmpuint (fixture->most, ==, 3);
}

/* One that is plentiful already passes on everything at once. */
static void
test_plenty (Fixture *fixture, gconstpointer unused)
{
  splice (fixture, 0, 0, MANY);
  settle (fixture);
  splice (fixture, MANY, 0, MANY);
  g_assert_cmpuint (count (fixture), ==, 2 * MANY);
  splice (fixture, 0, 2 * MANY, MANY);
  g_assert_cmpuint (count (fixture), ==, MANY);
  g_assert_cmpuint (g_list_model_get_item_type (G_LIST_MODEL (fixture->gradual)), ==, G_TYPE_OBJECT);
}

static void
test_finish (Fixture *fixture, gconstpointer unused)
{
  splice (fixture, 0, 0, MANY);
  meir_ui_gradual_finish (fixture->gradual);
  g_assert_cmpuint (count (fixture), ==, MANY);
  assert_sound (fixture);
  meir_ui_gradual_finish (fixture->gradual);
  g_assert_false (g_main_context_iteration (NULL, FALSE));
}

/* What is there when it is made comes likewise. */
static void
test_there (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (MeirUiGradual) other = NULL;

  splice (fixture, 0, 0, MANY);
  other = meir_ui_gradual_new (G_LIST_MODEL (fixture->store));
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (other)), >, 0);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (other)), <, FEW);
  g_assert_true (meir_ui_gradual_get_model (other) == G_LIST_MODEL (fixture->store));
}

/* Anything may happen while it has not taken in all. */
static void
test_meanwhile (Fixture *fixture, gconstpointer unused)
{
  for (guint i = 0; i < 3000; i++) {
    guint n = g_list_model_get_n_items (G_LIST_MODEL (fixture->store));
    guint position = (guint) g_test_rand_int_range (0, (int) n + 1);
    guint most = MIN (n - position, g_test_rand_bit () ? 5 : n);
    guint removed = (guint) g_test_rand_int_range (0, (int) most + 1);
    guint added = (guint) g_test_rand_int_range (0, g_test_rand_int_range (0, 4) == 0 ? 500 : 5);

    if (g_test_rand_bit ())
      position = MIN (position, n - removed) % 70;
    removed = MIN (removed, n - position);
    if (removed + added > 0)
      splice (fixture, position, removed, added);
    if (g_test_rand_bit ())
      g_main_context_iteration (NULL, FALSE);
    assert_sound (fixture);
  }
  settle (fixture);
}

static void
add (const char *path, void (*test) (Fixture *, gconstpointer))
{
  g_test_add (path, Fixture, NULL, set_up, test, tear_down);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  add ("/app/gradual/many", test_many);
  add ("/app/gradual/few", test_few);
  add ("/app/gradual/plenty", test_plenty);
  add ("/app/gradual/finish", test_finish);
  add ("/app/gradual/there", test_there);
  add ("/app/gradual/meanwhile", test_meanwhile);
  return g_test_run ();
}
