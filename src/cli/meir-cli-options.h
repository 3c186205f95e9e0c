/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "cli/meir-cli-command.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * meir_cli_options_parse:
 * @entries: the options; "help" is added
 * @n_arguments_min: fewest arguments beside the options
 * @n_arguments_max: most of them
 * @arguments: (out) (transfer full): those arguments, in the file system's encoding, NULL-terminated
 * @exit_code: (out): what to exit with when the result is FALSE: --help was answered, or a complaint was made
 *
 * Reads a sub-command's command line.
 *
 * Returns: whether to go on
 */
gboolean meir_cli_options_parse (const MeirCliCommand *command, const GOptionEntry *entries, int argc,
                                 char **argv, guint n_arguments_min, guint n_arguments_max, char ***arguments,
                                 MeirCliExit *exit_code);

/* Complains in one line that ends with where to find help. Returns MEIR_CLI_USAGE. */
MeirCliExit meir_cli_usage (const MeirCliCommand *command, const char *format, ...) G_GNUC_PRINTF (2, 3);
/* Complains with the error's sentence. Returns MEIR_CLI_USAGE for bad input, MEIR_CLI_INTERRUPTED (without a
 * word) for a cancelled operation, else MEIR_CLI_FAILED. */
MeirCliExit meir_cli_fail (const GError *error);

/* Whether @text is a numeric address, or could be the name of a computer. */
gboolean meir_cli_is_host (const char *text);

/* Numbers in options. FALSE after a complaint that names @option. */
gboolean meir_cli_parse_port (const MeirCliCommand *command, const char *option, const char *text,
                              guint16 *port);
gboolean meir_cli_parse_count (const MeirCliCommand *command, const char *option, const char *text, guint max,
                               guint *count);
/* Bytes: a number, or one with K or M (also KiB, MiB) behind it. */
gboolean meir_cli_parse_bytes (const MeirCliCommand *command, const char *option, const char *text,
                               guint64 *bytes);

G_END_DECLS
