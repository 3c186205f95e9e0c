/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * meir_ui_patience_watch:
 * @task: with a cancellable of its own, and g_task_set_return_on_cancel ()
 * @n_steps: atomic: its worker counts what it has done here; lives as long as @task
 * @quitting: (nullable): the program's
 *
 * Waits with who quits for a worker that gets on, and gives up on one that does not: once @quitting is
 * cancelled and the worker has taken no step for a second, @task is cancelled and its worker left to itself.
 * Main thread.
 */
void meir_ui_patience_watch (GTask *task, gint *n_steps, GCancellable *quitting);
/* The end of such a task, that returns a boolean; of one that was given up G_IO_ERROR_TIMED_OUT with
 * @silence, which says who did not answer. */
gboolean meir_ui_patience_finish (GAsyncResult *result, const char *silence, GError **error);

G_END_DECLS
