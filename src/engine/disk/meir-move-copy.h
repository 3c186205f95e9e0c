/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Called with the bytes that have gone through since the last time; FALSE ends it with ECANCELED. */
typedef gboolean (*MeirMoveStep) (gpointer user_data, guint64 bytes);

/**
 * meir_move_copy:
 * @from: open for reading, at its start
 * @to: open for writing, empty
 *
 * Copies a whole file with its mode and times, leaving its holes out, and waits until it is safe on the disk.
 * Worker.
 *
 * Returns: 0 or an errno; EIO when fewer bytes have come than there were, ECANCELED
 */
int meir_move_copy (int from, int to, MeirMoveStep step, gpointer user_data);

/* Whether two files of one length hold the same bytes: 0; EEXIST when they do not; or another errno. */
int meir_move_compare (int a, int b, MeirMoveStep step, gpointer user_data);

G_END_DECLS
