/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/meir-cli-command.h"
#include "cli/meir-cli-input.h"
#include "cli/meir-cli-options.h"
#include "cli/meir-cli-terminal.h"
#include "meir-config.h"

#include <glib/gi18n.h>

static MeirCliExit
run_magnet (const MeirCliCommand *command, int argc, char **argv)
{
  const GOptionEntry entries[] = { G_OPTION_ENTRY_NULL };
  g_auto (GStrv) arguments = NULL;
  g_autoptr (MeirMetainfo) metainfo = NULL;
  g_autoptr (MeirMagnet) magnet = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *link = NULL;
  MeirCliExit exit_code;

  if (!meir_cli_options_parse (command, entries, argc, argv, 1, 1, &arguments, &exit_code))
    return exit_code;
  metainfo = meir_cli_load_metainfo (arguments[0], &error);
  if (metainfo == NULL)
    return meir_cli_fail (error);
  magnet = meir_magnet_new_from_metainfo (metainfo);
  link = meir_magnet_to_string (magnet);
  meir_cli_print ("%s\n", link);
  return MEIR_CLI_OK;
}

const MeirCliCommand meir_cli_magnet_command = {
  .name = "magnet",
  .arguments = N_ ("FILE"),
  .summary = N_ ("print the magnet link of a .torrent"),
  .description = N_ ("Prints the magnet link of a .torrent, for “meir peer --torrent” and other programs."),
  .run = run_magnet,
};
