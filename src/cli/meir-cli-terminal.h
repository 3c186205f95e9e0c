/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Standard output and standard error of the process: its one terminal. Main thread only. Nothing here makes
 * text from outside safe: callers do, with meir_text_dup_safe (), or take it from the engine, which has. */

typedef enum {
  MEIR_CLI_PLAIN,
  MEIR_CLI_BOLD,
  MEIR_CLI_DIM,
  MEIR_CLI_GREEN,
  MEIR_CLI_YELLOW,
  MEIR_CLI_BLUE,
} MeirCliColour;

/* Looks at standard output, TERM, NO_COLOR (no-color.org) and the locale. Call once, after setlocale (). */
void meir_cli_terminal_init (void);
/* Whether standard output is a terminal on which a line can be redrawn. */
gboolean meir_cli_terminal_is_live (void);
/* Whether block characters can be shown. */
gboolean meir_cli_terminal_has_blocks (void);
/* Columns for a line of the status, at least 1: one less than there are, because some terminals wrap when the
 * last is written. */
guint meir_cli_terminal_get_width (void);
/* The sequence that switches to @colour, or "" where there are no colours. (transfer none) */
const char *meir_cli_terminal_colour (MeirCliColour colour);

/* Prints to standard output, above the status if one is shown. @format ends with a newline. */
void meir_cli_print (const char *format, ...) G_GNUC_PRINTF (1, 2);
/* The same for bytes, which are not looked at. */
void meir_cli_print_bytes (const char *bytes, gsize length);
/* Prints a line of a table: @label, bold and padded, and @value; nothing when @value is NULL. */
void meir_cli_print_field (const char *label, const char *value);
/* Takes the full stop away: complaints go without, and some of what they quote comes with one. */
void meir_cli_strip_full_stop (char *sentence);
/* Prints "meir: " and one sentence to standard error, above the status. Control characters are replaced. */
void meir_cli_complain (const char *format, ...) G_GNUC_PRINTF (1, 2);

/**
 * meir_cli_status:
 * @lines: (nullable): one or more lines without a newline at the end; NULL takes the status away
 *
 * Shows lines that stay at the bottom and are drawn anew by the next call, each cut at the terminal's width.
 * No effect where standard output is not live.
 */
void meir_cli_status (const char *lines);

/* Whether standard output is lost: a write has failed, or the pipe that it is has no reader any more. */
gboolean meir_cli_output_is_broken (void);
/* Flushes; FALSE when output was lost. Says so unless the reader simply went away (EPIPE). */
gboolean meir_cli_output_finish (void);

G_END_DECLS
