/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * meir_clock_now_usec:
 *
 * Monotonic time. The pure folders never call this: time reaches them as an argument.
 *
 * Returns: microseconds since an arbitrary start. Any thread.
 */
static inline gint64
meir_clock_now_usec (void)
{
  return g_get_monotonic_time ();
}

G_END_DECLS
