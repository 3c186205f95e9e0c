/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/meir-ui-patience.h"

/* How often it is looked whether there is progress, and how often there may be none before who quits goes. */
#define LOOK_MSEC     100
#define LOOKS_IN_VAIN 10

typedef struct {
  GTask *task;
  gint *n_steps; /* of the task */
  GCancellable *quitting;
  gint n_steps_seen;
  guint n_in_vain;
} MeirUiPatience;

static void
patience_free (gpointer data)
{
  MeirUiPatience *patience = data;

  g_object_unref (patience->task);
  g_clear_object (&patience->quitting);
  g_free (patience);
}

/* A call to a disk, or to another program, which need not answer, cannot be taken back. */
static gboolean
on_look (gpointer user_data)
{
  MeirUiPatience *patience = user_data;
  gint n_steps = g_atomic_int_get (patience->n_steps);

  if (g_task_get_completed (patience->task))
    return G_SOURCE_REMOVE;
  patience->n_in_vain = n_steps == patience->n_steps_seen && g_cancellable_is_cancelled (patience->quitting)
                            ? patience->n_in_vain + 1
                            : 0;
  patience->n_steps_seen = n_steps;
  if (patience->n_in_vain < LOOKS_IN_VAIN)
    return G_SOURCE_CONTINUE;
  g_cancellable_cancel (g_task_get_cancellable (patience->task));
  return G_SOURCE_REMOVE;
}

void
meir_ui_patience_watch (GTask *task, gint *n_steps, GCancellable *quitting)
{
  MeirUiPatience *patience = g_new0 (MeirUiPatience, 1);

  patience->task = g_object_ref (task);
  patience->n_steps = n_steps;
  g_set_object (&patience->quitting, quitting);
  g_timeout_add_full (G_PRIORITY_DEFAULT, LOOK_MSEC, on_look, patience, patience_free);
}

gboolean
meir_ui_patience_finish (GAsyncResult *result, const char *silence, GError **error)
{
  g_autoptr (GError) problem = NULL;

  if (g_task_propagate_boolean (G_TASK (result), &problem))
    return TRUE;
  if (g_error_matches (problem, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT, silence);
  else
    g_propagate_error (error, g_steal_pointer (&problem));
  return FALSE;
}
