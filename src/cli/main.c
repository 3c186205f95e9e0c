/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/meir-cli-command.h"
#include "cli/meir-cli-signals.h"
#include "cli/meir-cli-terminal.h"
#include "meir-config.h"
#include "session/meir.h"

#include <glib/gi18n.h>
#include <locale.h>

static const MeirCliCommand *const commands[] = {
  &meir_cli_create_command, &meir_cli_tracker_command, &meir_cli_peer_command, &meir_cli_info_command,
  &meir_cli_magnet_command, &meir_cli_verify_command,  &meir_cli_demo_command,
};

static const MeirCliCommand *
find_command (const char *name)
{
  for (guint i = 0; i < G_N_ELEMENTS (commands); i++) {
    if (g_str_equal (commands[i]->name, name))
      return commands[i];
  }
  return NULL;
}

static MeirCliExit
unknown_command (const char *name)
{
  meir_cli_complain (_ ("There is no command “%s”; “meir --help” lists them"), name);
  return MEIR_CLI_USAGE;
}

static MeirCliExit
print_help (void)
{
  meir_cli_print (
      "%s\n  meir %s\n\n%s\n\n%s\n", _ ("Usage:"), _ ("COMMAND [OPTION…]"),
      _ ("Creates torrents, tracks them, and shares and downloads files: encrypted, and verified."),
      _ ("Commands:"));
  for (guint i = 0; i < G_N_ELEMENTS (commands); i++)
    meir_cli_print ("  %-9s %s\n", commands[i]->name, _ (commands[i]->summary));
  meir_cli_print ("\n%s\n",
                  _ ("“meir COMMAND --help” lists the options of a command; “man meir” tells all."));
  return MEIR_CLI_OK;
}

static MeirCliExit
print_command_help (const char *name)
{
  const MeirCliCommand *command = find_command (name);
  char *arguments[] = { (char *) name, (char *) "--help", NULL };

  return command != NULL ? command->run (command, 2, arguments) : unknown_command (name);
}

static MeirCliExit
dispatch (int argc, char **argv)
{
  const char *name = argc > 1 ? argv[1] : NULL;
  const MeirCliCommand *command;

  if (name == NULL) {
    meir_cli_complain (_ ("A command is missing; “meir --help” lists them"));
    return MEIR_CLI_USAGE;
  }
  if (g_str_equal (name, "--version")) {
    meir_cli_print ("meir %s\n", MEIR_VERSION);
    return MEIR_CLI_OK;
  }
  if (g_str_equal (name, "help") && argc > 2)
    return print_command_help (argv[2]);
  if (g_str_equal (name, "help") || g_str_equal (name, "--help") || g_str_equal (name, "-h"))
    return print_help ();
  command = find_command (name);
  return command != NULL ? command->run (command, argc - 1, argv + 1) : unknown_command (name);
}

int
main (int argc, char **argv)
{
  MeirCliExit exit_code;

  meir_cli_signals_init ();
  meir_cli_raise_file_limit ();
  meir_init ();

  setlocale (LC_ALL, "");
  textdomain (GETTEXT_PACKAGE);
  g_set_prgname ("meir");
  meir_cli_terminal_init ();

  exit_code = dispatch (argc, argv);
  if (!meir_cli_output_finish () && exit_code == MEIR_CLI_OK)
    exit_code = MEIR_CLI_FAILED;
  return exit_code;
}
