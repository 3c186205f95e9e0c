/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/meir-pause.h"

#include <stdatomic.h>

struct _MeirPause {
  gatomicrefcount ref_count;
  atomic_bool paused; /* set with the lock held, so that nobody falls asleep past the end of it */

  GMutex lock;
  GCond changed;
  guint n_held; /* guarded by lock */
};

MeirPause *
meir_pause_new (void)
{
  MeirPause *pause = g_new0 (MeirPause, 1);

  g_atomic_ref_count_init (&pause->ref_count);
  g_mutex_init (&pause->lock);
  g_cond_init (&pause->changed);
  return pause;
}

MeirPause *
meir_pause_ref (MeirPause *pause)
{
  g_atomic_ref_count_inc (&pause->ref_count);
  return pause;
}

void
meir_pause_unref (MeirPause *pause)
{
  if (!g_atomic_ref_count_dec (&pause->ref_count))
    return;
  g_mutex_clear (&pause->lock);
  g_cond_clear (&pause->changed);
  g_free (pause);
}

void
meir_pause_set (MeirPause *pause, gboolean paused)
{
  g_mutex_lock (&pause->lock);
  atomic_store (&pause->paused, paused);
  g_cond_broadcast (&pause->changed);
  g_mutex_unlock (&pause->lock);
}

gboolean
meir_pause_get (MeirPause *pause)
{
  return atomic_load (&pause->paused);
}

guint
meir_pause_get_n_held (MeirPause *pause)
{
  guint n_held;

  g_mutex_lock (&pause->lock);
  n_held = pause->n_held;
  g_mutex_unlock (&pause->lock);
  return n_held;
}

/* Whoever waits looks again whether it is cancelled. */
static void
on_cancelled (GCancellable *cancellable, gpointer user_data)
{
  MeirPause *pause = user_data;

  g_mutex_lock (&pause->lock);
  g_cond_broadcast (&pause->changed);
  g_mutex_unlock (&pause->lock);
}

static void
sleep_while_paused (MeirPause *pause, GCancellable *cancellable)
{
  gulong id =
      cancellable != NULL ? g_cancellable_connect (cancellable, G_CALLBACK (on_cancelled), pause, NULL) : 0;

  g_mutex_lock (&pause->lock);
  pause->n_held++;
  while (atomic_load (&pause->paused) && !g_cancellable_is_cancelled (cancellable))
    g_cond_wait (&pause->changed, &pause->lock);
  pause->n_held--;
  g_mutex_unlock (&pause->lock);
  g_cancellable_disconnect (cancellable, id);
}

gboolean
meir_pause_wait (MeirPause *pause, GCancellable *cancellable, GError **error)
{
  if (pause != NULL && atomic_load_explicit (&pause->paused, memory_order_relaxed))
    sleep_while_paused (pause, cancellable);
  return !g_cancellable_set_error_if_cancelled (cancellable, error);
}
