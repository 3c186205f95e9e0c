/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "discover/meir-name-queue.h"

#include "tracker-fixture.h"

typedef struct {
  guint *n_done;
  GError *error;
  guint n_addresses;
  guint place; /* the how many-th to be done, from 1 */
} Ask;

static void
found_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Ask *ask = user_data;
  GList *addresses = meir_name_queue_look_up_finish (result, &ask->error);

  ask->n_addresses = g_list_length (addresses);
  ask->place = ++*ask->n_done;
  g_resolver_free_addresses (addresses);
}

static void
look_up (World *world, const char *name, GCancellable *cancellable, Ask *ask, guint *n_done)
{
  *ask = (Ask){ .n_done = n_done };
  meir_name_queue_look_up_async (world->names, name, cancellable, found_cb, ask);
}

/* Names n0, n1 ... of which the first @n_silent are not answered. */
static void
set_names (guint n_names, guint n_silent)
{
  names_install ();
  for (guint i = 0; i < n_names; i++) {
    g_autofree char *name = g_strdup_printf ("n%u.test", i);

    names_set (name, "10.0.0.1 10.0.0.2");
    if (i < n_silent)
      names_silence (name);
  }
}

static guint
count_asked (guint n_names)
{
  guint n = 0;

  for (guint i = 0; i < n_names; i++) {
    g_autofree char *name = g_strdup_printf ("n%u.test", i);

    n += names_get_count (name);
  }
  return n;
}

static void
look_up_all (World *world, Ask *asks, guint n_names, guint *n_done)
{
  for (guint i = 0; i < n_names; i++) {
    g_autofree char *name = g_strdup_printf ("n%u.test", i);

    look_up (world, name, NULL, &asks[i], n_done);
  }
}

/* No more than a few at once, the others in order. */
static void
test_order (void)
{
  g_autoptr (World) world = world_new ();
  Ask asks[20], numeric, unknown;
  guint n_done = 0, n_others = 0;

  set_names (20, 20);
  look_up_all (world, asks, 20, &n_done);
  world_run_msec (world, 20);
  g_assert_cmpuint (count_asked (20), ==, MEIR_NAME_LOOK_UPS_MAX);
  /* Numbers need no DNS. */
  look_up (world, "10.1.2.3", NULL, &numeric, &n_others);
  world_run_until_count (world, &n_others, 1);
  g_assert_cmpuint (numeric.n_addresses, ==, 1);
  for (guint i = 0; i < 20; i++) {
    g_autofree char *name = g_strdup_printf ("n%u.test", i);

    names_answer (name);
    world_run_until_count (world, &n_done, i + 1);
    g_assert_cmpuint (asks[i].place, ==, i + 1);
    g_assert_cmpuint (asks[i].n_addresses, ==, 2);
    g_assert_cmpuint (count_asked (20), ==, MIN (i + 1 + MEIR_NAME_LOOK_UPS_MAX, 20));
  }
  look_up (world, "nobody.test", NULL, &unknown, &n_done);
  world_run_until_count (world, &n_done, 21);
  g_assert_error (unknown.error, G_RESOLVER_ERROR, G_RESOLVER_ERROR_NOT_FOUND);
  g_clear_error (&unknown.error);
  names_uninstall ();
}

/* Names that hang make room for others after a while, but not without end. */
static void
test_hanging (void)
{
  g_autoptr (World) world = world_new ();
  const guint n_silent = MEIR_NAME_LOOK_UPS_MAX, n_names = 12;
  guint n_done = 0;
  Ask asks[12];

  set_names (n_names, n_silent);
  look_up_all (world, asks, n_names, &n_done);
  world_run_msec (world, 50);
  g_assert_cmpuint (n_done, ==, 0);
  world_run_until_count (world, &n_done, n_names - n_silent);
  for (guint i = n_silent; i < n_names; i++)
    g_assert_cmpuint (asks[i].place, ==, i + 1 - n_silent);
  for (guint i = 0; i < n_silent; i++) {
    g_autofree char *name = g_strdup_printf ("n%u.test", i);

    names_answer (name);
  }
  world_run_until_count (world, &n_done, n_names);
  names_uninstall ();
}

static void
test_all_hanging (void)
{
  g_autoptr (World) world = world_new ();
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  const guint most = MEIR_NAME_LOOK_UPS_MAX + MEIR_NAME_OVERDUE_MAX;
  guint n_done = 0, n_cancelled = 0;
  Ask asks[20], late;

  set_names (20, 20);
  look_up_all (world, asks, 20, &n_done);
  world_run_msec (world, 2 * MEIR_NAME_OVERDUE_MSEC + 500);
  g_assert_cmpuint (count_asked (20), ==, most);
  look_up (world, "n0.test", cancellable, &late, &n_cancelled);
  g_cancellable_cancel (cancellable);
  world_run_until_count (world, &n_cancelled, 1);
  g_assert_error (late.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&late.error);
  for (guint round = 0; round < 20; round++) {
    g_autofree char *name = g_strdup_printf ("n%u.test", round);

    names_answer (name);
    world_run_msec (world, 5);
    g_assert_cmpuint (count_asked (20), <=, most + round + 1);
  }
  world_run_until_count (world, &n_done, 20);
  names_uninstall ();
}

/* Cancelled before, while it waits, and while it is asked; also with a queue that is gone when the answer
 * comes. */
static void
test_cancelled (void)
{
  g_autoptr (World) world = world_new ();
  guint n_done = 0;
  Ask asks[8];

  set_names (8, 8);
  for (guint i = 0; i < 8; i++) {
    g_autoptr (GCancellable) cancellable = g_cancellable_new ();
    g_autofree char *name = g_strdup_printf ("n%u.test", i);

    if (i == 7)
      g_cancellable_cancel (cancellable);
    look_up (world, name, cancellable, &asks[i], &n_done);
    g_cancellable_cancel (cancellable);
  }
  world_run_until_count (world, &n_done, 8);
  for (guint i = 0; i < 8; i++) {
    g_assert_error (asks[i].error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
    g_clear_error (&asks[i].error);
  }
  /* Their threads are still busy. */
  g_assert_cmpuint (count_asked (8), ==, MEIR_NAME_LOOK_UPS_MAX);
  meir_name_queue_free (world->names);
  world->names = meir_name_queue_new (world->loop);
  for (guint i = 0; i < 8; i++) {
    g_autofree char *name = g_strdup_printf ("n%u.test", i);

    names_answer (name);
  }
  world_run_msec (world, 20);
  g_assert_cmpuint (n_done, ==, 8);
  g_assert_cmpuint (count_asked (8), ==, MEIR_NAME_LOOK_UPS_MAX);
  names_uninstall ();
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/name-queue/order", test_order);
  g_test_add_func ("/name-queue/hanging", test_hanging);
  g_test_add_func ("/name-queue/all-hanging", test_all_hanging);
  g_test_add_func ("/name-queue/cancelled", test_cancelled);
  return g_test_run ();
}
