/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/meir-pause.h"

#include <stdatomic.h>

/* Work that counts its steps, on threads of its own. */

#define N_THREADS 3u

typedef struct {
  MeirPause *pause;
  GCancellable *cancellable;
  GThread *threads[N_THREADS];
  atomic_uint n_steps;
  atomic_uint n_cancelled;
} Work;

static gpointer
work_worker (gpointer data)
{
  Work *work = data;
  g_autoptr (GError) error = NULL;

  while (meir_pause_wait (work->pause, work->cancellable, &error)) {
    atomic_fetch_add (&work->n_steps, 1);
    g_thread_yield ();
  }
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  atomic_fetch_add (&work->n_cancelled, 1);
  return NULL;
}

static void
work_begin (Work *work)
{
  work->pause = meir_pause_new ();
  work->cancellable = g_cancellable_new ();
  for (guint i = 0; i < N_THREADS; i++)
    work->threads[i] = g_thread_new ("work", work_worker, work);
}

static void
work_end (Work *work)
{
  g_cancellable_cancel (work->cancellable);
  for (guint i = 0; i < N_THREADS; i++)
    g_thread_join (work->threads[i]);
  g_assert_cmpuint (work->n_cancelled, ==, N_THREADS);
  g_assert_cmpuint (meir_pause_get_n_held (work->pause), ==, 0);
  g_object_unref (work->cancellable);
  meir_pause_unref (work->pause);
}

static void
wait_for_held (MeirPause *pause, guint n)
{
  while (meir_pause_get_n_held (pause) != n)
    g_thread_yield ();
}

static void
wait_for_steps (Work *work, guint beyond)
{
  while (work->n_steps <= beyond)
    g_thread_yield ();
}

static void
test_goes_on_by_itself (void)
{
  g_autoptr (MeirPause) pause = meir_pause_new ();
  g_autoptr (GError) error = NULL;

  g_assert_false (meir_pause_get (pause));
  g_assert_true (meir_pause_wait (pause, NULL, &error));
  g_assert_true (meir_pause_wait (NULL, NULL, &error));
  g_assert_no_error (error);
  meir_pause_set (pause, TRUE);
  g_assert_true (meir_pause_get (pause));
  meir_pause_set (pause, FALSE);
  g_assert_true (meir_pause_wait (pause, NULL, &error));
  g_assert_no_error (error);
}

/* A cancel counts whether or not there is anything to wait for. */
static void
test_cancelled_before (void)
{
  g_autoptr (MeirPause) pause = meir_pause_new ();
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();

  g_cancellable_cancel (cancellable);
  for (guint i = 0; i < 3; i++) {
    g_autoptr (GError) error = NULL;

    meir_pause_set (pause, i == 1);
    g_assert_false (meir_pause_wait (i == 2 ? NULL : pause, cancellable, &error));
    g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  }
}

static void
test_holds_and_lets_go (void)
{
  Work work = { 0 };
  guint n_steps;

  work_begin (&work);
  for (guint i = 0; i < 3; i++) {
    wait_for_steps (&work, work.n_steps);
    meir_pause_set (work.pause, TRUE);
    wait_for_held (work.pause, N_THREADS);
    n_steps = work.n_steps;
    /* Said twice is the same as said once. */
    meir_pause_set (work.pause, TRUE);
    g_assert_cmpuint (meir_pause_get_n_held (work.pause), ==, N_THREADS);
    g_assert_cmpuint (work.n_steps, ==, n_steps);
    meir_pause_set (work.pause, FALSE);
    wait_for_steps (&work, n_steps);
  }
  work_end (&work);
}

static void
test_cancelled_while_held (void)
{
  Work work = { 0 };

  work_begin (&work);
  meir_pause_set (work.pause, TRUE);
  wait_for_held (work.pause, N_THREADS);
  work_end (&work);
}

/* Nobody who waits without a cancellable is woken by another's. */
static gpointer
wait_worker (gpointer data)
{
  g_assert_true (meir_pause_wait (data, NULL, NULL));
  return NULL;
}

static void
test_waits_without_cancellable (void)
{
  g_autoptr (MeirPause) pause = meir_pause_new ();
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  GThread *thread;

  meir_pause_set (pause, TRUE);
  thread = g_thread_new ("wait", wait_worker, pause);
  wait_for_held (pause, 1);
  g_cancellable_cancel (cancellable);
  g_assert_false (meir_pause_wait (pause, cancellable, NULL));
  g_assert_cmpuint (meir_pause_get_n_held (pause), ==, 1);
  meir_pause_set (pause, FALSE);
  g_thread_join (thread);
  g_assert_cmpuint (meir_pause_get_n_held (pause), ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/base/pause/goes-on-by-itself", test_goes_on_by_itself);
  g_test_add_func ("/base/pause/cancelled-before", test_cancelled_before);
  g_test_add_func ("/base/pause/holds-and-lets-go", test_holds_and_lets_go);
  g_test_add_func ("/base/pause/cancelled-while-held", test_cancelled_while_held);
  g_test_add_func ("/base/pause/waits-without-cancellable", test_waits_without_cancellable);
  return g_test_run ();
}
