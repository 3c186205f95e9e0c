/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * MeirCliWait:
 * @cancellable: for the operation that is waited for; Ctrl-C cancels it
 * @done: set by the operation's callback
 *
 * Waits for one asynchronous operation, with its progress on the terminal.
 */
typedef struct {
  GCancellable *cancellable;
  gboolean done;
} MeirCliWait;

void meir_cli_wait_init (MeirCliWait *wait);
void meir_cli_wait_clear (MeirCliWait *wait);

/* Runs the main context until @wait is done. On a terminal it calls @show ten times a second, which sets the
 * status; that is taken away at the end. */
void meir_cli_wait_run (MeirCliWait *wait, GSourceFunc show, gpointer user_data);

G_END_DECLS
