/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/meir-cli-terminal.h"

#include "meir-config.h"
#include "session/meir.h"

#include <errno.h>
#include <glib/gi18n.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define WIDTH_ASSUMED     80u
#define LABEL_WIDTH       14
#define COMPLAINT_LENGTH  2000u
#define ERASE_TO_LINE_END "\033[K"
#define MOVE_UP           "\033[A"
#define START_OF_LINE     "\r"

static struct {
  gboolean live;
  gboolean colours;
  gboolean blocks;
  char *status;         /* (nullable): what is shown now, already cut */
  guint n_status_lines; /* of it */
  int error_number;     /* of the first failed write */
} terminal;

void
meir_cli_terminal_init (void)
{
  const char *term = g_getenv ("TERM");
  const char *no_color = g_getenv ("NO_COLOR");

  terminal.live = isatty (STDOUT_FILENO) && term != NULL && g_strcmp0 (term, "dumb") != 0;
  terminal.colours = terminal.live && (no_color == NULL || no_color[0] == '\0');
  terminal.blocks = g_get_charset (NULL);
}

gboolean
meir_cli_terminal_is_live (void)
{
  return terminal.live;
}

gboolean
meir_cli_terminal_has_blocks (void)
{
  return terminal.blocks;
}

guint
meir_cli_terminal_get_width (void)
{
  struct winsize size;

  if (!terminal.live || ioctl (STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0)
    return WIDTH_ASSUMED;
  return MAX (size.ws_col, 2) - 1;
}

const char *
meir_cli_terminal_colour (MeirCliColour colour)
{
  static const char *const sequences[] = {
    [MEIR_CLI_PLAIN] = "\033[0m",  [MEIR_CLI_BOLD] = "\033[1m",    [MEIR_CLI_DIM] = "\033[2m",
    [MEIR_CLI_GREEN] = "\033[32m", [MEIR_CLI_YELLOW] = "\033[33m", [MEIR_CLI_BLUE] = "\033[34m",
  };

  return terminal.colours ? sequences[colour] : "";
}

static void
put_bytes (const char *bytes, gsize length)
{
  if (terminal.error_number == 0 && fwrite (bytes, 1, length, stdout) != length)
    terminal.error_number = errno != 0 ? errno : EIO;
}

static void
put (const char *text)
{
  put_bytes (text, strlen (text));
}

static void
flush (void)
{
  if (terminal.error_number == 0 && fflush (stdout) != 0)
    terminal.error_number = errno != 0 ? errno : EIO;
}

static void
erase_status (void)
{
  for (guint line = 0; line < terminal.n_status_lines; line++)
    put (line == 0 ? START_OF_LINE ERASE_TO_LINE_END : MOVE_UP ERASE_TO_LINE_END);
  terminal.n_status_lines = 0;
}

static void
draw_status (void)
{
  if (terminal.status == NULL)
    return;
  put (terminal.status);
  terminal.n_status_lines = 1;
  for (const char *at = terminal.status; *at != '\0'; at++)
    terminal.n_status_lines += *at == '\n';
}

void
meir_cli_print_bytes (const char *bytes, gsize length)
{
  erase_status ();
  put_bytes (bytes, length);
  draw_status ();
  flush ();
}

void
meir_cli_print (const char *format, ...)
{
  g_autofree char *text = NULL;
  va_list arguments;

  va_start (arguments, format);
  text = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  meir_cli_print_bytes (text, strlen (text));
}

void
meir_cli_print_field (const char *label, const char *value)
{
  int padding = LABEL_WIDTH - (int) g_utf8_strlen (label, -1);

  if (value != NULL)
    meir_cli_print ("%s%s%s%*s%s\n", meir_cli_terminal_colour (MEIR_CLI_BOLD), label,
                    meir_cli_terminal_colour (MEIR_CLI_PLAIN), MAX (padding, 1), "", value);
}

void
meir_cli_strip_full_stop (char *sentence)
{
  gsize length = strlen (sentence);

  /* Not the end of a path, such as "..". */
  if (length >= 2 && sentence[length - 1] == '.' && strchr (" ./", sentence[length - 2]) == NULL)
    sentence[length - 1] = '\0';
}

void
meir_cli_complain (const char *format, ...)
{
  g_autofree char *text = NULL;
  g_autofree char *safe = NULL;
  va_list arguments;

  va_start (arguments, format);
  text = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  meir_cli_strip_full_stop (text);
  safe = meir_text_dup_safe (text, strlen (text), COMPLAINT_LENGTH);

  erase_status ();
  flush ();
  fprintf (stderr, "meir: %s\n", safe);
  fflush (stderr);
  draw_status ();
  flush ();
}

/* Appends @line cut at @width columns; colour sequences take none. */
static void
append_cut (GString *out, const char *line, gsize length, guint width)
{
  const char *end = line + length;
  guint columns = 0;

  while (line < end) {
    const char *next = g_utf8_next_char (line);
    gunichar character = g_utf8_get_char (line);

    if (character == '\033') {
      while (next < end && next[-1] != 'm')
        next++;
    } else {
      columns += g_unichar_iszerowidth (character) ? 0 : g_unichar_iswide (character) ? 2 : 1;
      if (columns > width)
        break;
    }
    g_string_append_len (out, line, next - line);
    line = next;
  }
  g_string_append (out, meir_cli_terminal_colour (MEIR_CLI_PLAIN));
}

void
meir_cli_status (const char *lines)
{
  g_autoptr (GString) cut = NULL;

  if (!terminal.live)
    return;
  if (lines != NULL) {
    guint width = meir_cli_terminal_get_width ();

    cut = g_string_new (NULL);
    for (const char *at = lines;;) {
      const char *end = strchrnul (at, '\n');
      append_cut (cut, at, end - at, width);
      if (*end == '\0')
        break;
      g_string_append_c (cut, '\n');
      at = end + 1;
    }
    if (terminal.n_status_lines != 0 && g_strcmp0 (terminal.status, cut->str) == 0)
      return;
  }
  erase_status ();
  g_free (terminal.status);
  terminal.status = cut != NULL ? g_string_free (g_steal_pointer (&cut), FALSE) : NULL;
  draw_status ();
  flush ();
}

gboolean
meir_cli_output_is_broken (void)
{
  /* A pipe without a reader says so without being written to. */
  struct pollfd output = { .fd = STDOUT_FILENO };

  if (terminal.error_number == 0 && poll (&output, 1, 0) == 1 && (output.revents & POLLERR))
    terminal.error_number = EPIPE;
  return terminal.error_number != 0;
}

gboolean
meir_cli_output_finish (void)
{
  meir_cli_status (NULL);
  flush ();
  if (terminal.error_number == 0)
    return TRUE;
  if (terminal.error_number != EPIPE)
    meir_cli_complain (_ ("Cannot write the output: %s"), g_strerror (terminal.error_number));
  return FALSE;
}
