/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/meir-cli-signals.h"

#include <glib-unix.h>
#include <signal.h>
#include <sys/resource.h>

static const int stop_signals[] = { SIGINT, SIGTERM, SIGHUP };
static guint stop_sources[G_N_ELEMENTS (stop_signals)];
static MeirCliStopFunc stop_func;
static gpointer stop_data;
static struct rlimit file_limit_before;

static void
remove_sources (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (stop_signals); i++)
    g_clear_handle_id (&stop_sources[i], g_source_remove);
}

static gboolean
on_signal (gpointer user_data)
{
  MeirCliStopFunc func = stop_func;

  if (func == NULL)
    return G_SOURCE_CONTINUE;
  /* GLib restores a signal's plain effect when its last source goes. SIGHUP's stays away: when a terminal is
   * closed, the system and the shell each send one. */
  for (guint i = 0; i < G_N_ELEMENTS (stop_signals); i++) {
    if (stop_signals[i] != SIGHUP)
      g_clear_handle_id (&stop_sources[i], g_source_remove);
  }
  stop_func = NULL;
  func (stop_data);
  return G_SOURCE_CONTINUE;
}

void
meir_cli_signals_on_stop (MeirCliStopFunc func, gpointer user_data)
{
  remove_sources ();
  stop_func = func;
  stop_data = user_data;
  if (func == NULL)
    return;
  for (guint i = 0; i < G_N_ELEMENTS (stop_signals); i++)
    stop_sources[i] = g_unix_signal_add (stop_signals[i], on_signal, NULL);
}

static void
ignore (int signal_number)
{
}

void
meir_cli_signals_init (void)
{
  /* A handler that does nothing, not SIG_IGN: exec () resets handlers, so that children do not inherit it. */
  struct sigaction action = { .sa_handler = ignore, .sa_flags = SA_RESTART };

  sigemptyset (&action.sa_mask);
  sigaction (SIGPIPE, &action, NULL);
  sigaction (SIGXFSZ, &action, NULL);
}

void
meir_cli_raise_file_limit (void)
{
  struct rlimit limit;

  if (getrlimit (RLIMIT_NOFILE, &limit) != 0)
    return;
  file_limit_before = limit;
  limit.rlim_cur = limit.rlim_max;
  setrlimit (RLIMIT_NOFILE, &limit);
}

void
meir_cli_restore_file_limit (gpointer unused)
{
  if (file_limit_before.rlim_max != 0)
    setrlimit (RLIMIT_NOFILE, &file_limit_before);
}
