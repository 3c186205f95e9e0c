/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/meir-cli-wait.h"

#include "cli/meir-cli-signals.h"
#include "cli/meir-cli-terminal.h"

#define PROGRESS_INTERVAL_MSEC 100

void
meir_cli_wait_init (MeirCliWait *wait)
{
  *wait = (MeirCliWait){ .cancellable = g_cancellable_new () };
}

void
meir_cli_wait_clear (MeirCliWait *wait)
{
  g_clear_object (&wait->cancellable);
}

static void
on_stop (gpointer user_data)
{
  g_cancellable_cancel (user_data);
}

void
meir_cli_wait_run (MeirCliWait *wait, GSourceFunc show, gpointer user_data)
{
  guint timer = meir_cli_terminal_is_live () ? g_timeout_add (PROGRESS_INTERVAL_MSEC, show, user_data) : 0;

  meir_cli_signals_on_stop (on_stop, wait->cancellable);
  while (!wait->done)
    g_main_context_iteration (NULL, TRUE);
  meir_cli_signals_on_stop (NULL, NULL);
  g_clear_handle_id (&timer, g_source_remove);
  meir_cli_status (NULL);
}
