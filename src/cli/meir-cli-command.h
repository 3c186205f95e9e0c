/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * MeirCliExit:
 * @MEIR_CLI_OK: it did what it was asked
 * @MEIR_CLI_FAILED: it could not; one line on standard error says why
 * @MEIR_CLI_USAGE: the command line, or a file or link that it names, is not acceptable; nothing was written
 * @MEIR_CLI_INTERRUPTED: stopped by a signal before it was through, as shells count it (128 + SIGINT)
 *
 * What meir exits with.
 */
typedef enum {
  MEIR_CLI_OK = 0,
  MEIR_CLI_FAILED = 1,
  MEIR_CLI_USAGE = 2,
  MEIR_CLI_INTERRUPTED = 130,
} MeirCliExit;

typedef struct _MeirCliCommand MeirCliCommand;

/**
 * MeirCliCommand:
 * @name: the sub-command
 * @arguments: (nullable): what follows "[OPTION…]" in the usage line: what cannot be left out; marked for
 *   translation with N_()
 * @summary: one line for `meir --help`; marked for translation
 * @description: what `meir NAME --help` says above the options; marked for translation
 * @run: does it; @argv[0] is @name. Runs on the main thread
 *
 * A sub-command: a file of its own, meir-cli-NAME.c.
 */
struct _MeirCliCommand {
  const char *name;
  const char *arguments;
  const char *summary;
  const char *description;
  MeirCliExit (*run) (const MeirCliCommand *command, int argc, char **argv);
};

extern const MeirCliCommand meir_cli_create_command;
extern const MeirCliCommand meir_cli_tracker_command;
extern const MeirCliCommand meir_cli_peer_command;
extern const MeirCliCommand meir_cli_info_command;
extern const MeirCliCommand meir_cli_magnet_command;
extern const MeirCliCommand meir_cli_verify_command;
extern const MeirCliCommand meir_cli_demo_command;

G_END_DECLS
