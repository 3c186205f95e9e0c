/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/meir-cli-hook.h"

#include "cli/meir-cli-signals.h"
#include "cli/meir-cli-terminal.h"
#include "meir-config.h"

#include <glib/gi18n.h>
#include <unistd.h>

struct _MeirCliHook {
  char **argv;
  guint watch;
  MeirCliHookFunc func;
  gpointer user_data;
};

MeirCliHook *
meir_cli_hook_new (const char *command_line, GError **error)
{
  g_auto (GStrv) argv = NULL;
  g_autoptr (GError) cause = NULL;
  MeirCliHook *hook;

  if (!g_shell_parse_argv (command_line, NULL, &argv, &cause)) {
    if (g_error_matches (cause, G_SHELL_ERROR, G_SHELL_ERROR_EMPTY_STRING))
      g_set_error (error, MEIR_ERROR, MEIR_ERROR_INVALID, _ ("The command of --on-complete is empty"));
    else
      g_set_error (error, MEIR_ERROR, MEIR_ERROR_INVALID,
                   _ ("The command of --on-complete has a quote that is not closed: %s"), command_line);
    return NULL;
  }
  hook = g_new0 (MeirCliHook, 1);
  hook->argv = g_steal_pointer (&argv);
  return hook;
}

void
meir_cli_hook_free (MeirCliHook *hook)
{
  if (hook == NULL)
    return;
  g_clear_handle_id (&hook->watch, g_source_remove);
  g_strfreev (hook->argv);
  g_free (hook);
}

static char **
build_environment (MeirTorrent *torrent)
{
  g_autoptr (MeirMetainfo) metainfo = meir_torrent_ref_metainfo (torrent);
  const char *folder = meir_torrent_get_folder (torrent);
  const char *name = meir_metainfo_get_name (metainfo);
  g_autofree char *path = g_build_filename (folder, name, NULL);
  g_autofree char *bytes = g_strdup_printf ("%" G_GUINT64_FORMAT, meir_metainfo_get_total_length (metainfo));
  char hex[2 * MEIR_SHA1_LENGTH + 1];
  char **environment = g_get_environ ();

  meir_info_hash_to_hex (meir_torrent_get_info_hash (torrent), hex);
  environment = g_environ_setenv (environment, "MEIR_NAME", name, TRUE);
  environment = g_environ_setenv (environment, "MEIR_PATH", path, TRUE);
  environment = g_environ_setenv (environment, "MEIR_FOLDER", folder, TRUE);
  environment = g_environ_setenv (environment, "MEIR_INFO_HASH", hex, TRUE);
  environment = g_environ_setenv (environment, "MEIR_BYTES", bytes, TRUE);
  return environment;
}

static void
finish (MeirCliHook *hook, const GError *error)
{
  if (error != NULL)
    meir_cli_complain (_ ("The command “%s” of --on-complete failed: %s"), hook->argv[0], error->message);
  hook->func (error == NULL, hook->user_data);
}

static void
on_child_exit (GPid pid, gint wait_status, gpointer user_data)
{
  MeirCliHook *hook = user_data;
  g_autoptr (GError) error = NULL;

  hook->watch = 0;
  g_spawn_close_pid (pid);
  g_spawn_check_wait_status (wait_status, &error);
  finish (hook, error);
}

void
meir_cli_hook_run (MeirCliHook *hook, MeirTorrent *torrent, MeirCliHookFunc func, gpointer user_data)
{
  g_auto (GStrv) environment = build_environment (torrent);
  g_autoptr (GError) error = NULL;
  GPid pid;

  hook->func = func;
  hook->user_data = user_data;
  if (g_spawn_async_with_fds (NULL, hook->argv, environment, G_SPAWN_SEARCH_PATH | G_SPAWN_DO_NOT_REAP_CHILD,
                              meir_cli_restore_file_limit, NULL, &pid, -1, STDERR_FILENO, -1, &error))
    hook->watch = g_child_watch_add (pid, on_child_exit, hook);
  else
    finish (hook, error);
}
