/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * MeirPause:
 *
 * Holds up long work on other threads, which asks it between its steps. Atomically ref-counted; any thread.
 */
typedef struct _MeirPause MeirPause;

/* Holds up nothing yet. (transfer full) */
MeirPause *meir_pause_new (void);
MeirPause *meir_pause_ref (MeirPause *pause);
void meir_pause_unref (MeirPause *pause);

/* What is at a step goes on to its end; it is held up before the next one. */
void meir_pause_set (MeirPause *pause, gboolean paused);
gboolean meir_pause_get (MeirPause *pause);
/* Threads that are held up right now: when those are all that work, nothing moves any more. */
guint meir_pause_get_n_held (MeirPause *pause);

/**
 * meir_pause_wait:
 * @pause: (nullable): NULL: nothing is ever held up
 * @cancellable: (nullable): a cancel ends the wait at once
 *
 * Sleeps while it is paused; costs one look at a variable where it is not.
 *
 * Returns: FALSE with G_IO_ERROR_CANCELLED, paused or not.
 */
gboolean meir_pause_wait (MeirPause *pause, GCancellable *cancellable, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MeirPause, meir_pause_unref)

G_END_DECLS
