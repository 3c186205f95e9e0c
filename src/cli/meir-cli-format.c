/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/meir-cli-format.h"

#include "cli/meir-cli-terminal.h"
#include "meir-config.h"
#include "session/meir.h"

#include <glib/gi18n.h>
#include <string.h>

#define FIELD_GAP "  "

static char *
format_size (guint64 bytes, GFormatSizeFlags flags)
{
  g_autofree char *text = g_format_size_full (bytes, flags);
  GString *plain = g_string_new (text);

  /* GLib separates number and unit with a no-break space, which greps and copies badly. */
  g_string_replace (plain, "\302\240", " ", 0);
  return g_string_free (plain, FALSE);
}

char *
meir_cli_format_size (guint64 bytes)
{
  return format_size (bytes, G_FORMAT_SIZE_IEC_UNITS);
}

char *
meir_cli_format_size_exact (guint64 bytes)
{
  return format_size (bytes, G_FORMAT_SIZE_IEC_UNITS | G_FORMAT_SIZE_LONG_FORMAT);
}

char *
meir_cli_format_rate (guint64 bytes_per_sec)
{
  g_autofree char *size = meir_cli_format_size (bytes_per_sec);

  /* Translators: a transfer rate, such as "12.3 MiB/s" */
  return g_strdup_printf (_ ("%s/s"), size);
}

char *
meir_cli_format_duration (gint64 seconds)
{
  if (seconds < 0)
    return g_strdup ("");
  if (seconds < 60)
    /* Translators: a duration in seconds */
    return g_strdup_printf (_ ("%d s"), (int) seconds);
  if (seconds < 3600)
    /* Translators: a duration in minutes and seconds */
    return g_strdup_printf (_ ("%d min %02d s"), (int) (seconds / 60), (int) (seconds % 60));
  /* Translators: a duration in hours and minutes */
  return g_strdup_printf (_ ("%d h %02d min"), (int) MIN (seconds / 3600, G_MAXINT),
                          (int) (seconds / 60 % 60));
}

gboolean
meir_cli_format_take_field (GString *line, guint width, char *text)
{
  g_autofree char *owned = text;
  glong columns = g_utf8_strlen (line->str, (gssize) line->len) + g_utf8_strlen (owned, -1);

  if (line->len != 0 && (gsize) columns + strlen (FIELD_GAP) > width)
    return FALSE;
  if (line->len != 0)
    g_string_append (line, FIELD_GAP);
  g_string_append (line, owned);
  return TRUE;
}

guint
meir_cli_percent (guint64 part, guint64 whole)
{
  if (part >= whole)
    return 100;
  return (guint) (100.0 * (double) part / (double) whole);
}

char *
meir_cli_format_bar (double filled, guint width)
{
  gboolean blocks = meir_cli_terminal_has_blocks ();
  guint n_filled = (guint) (CLAMP (filled, 0.0, 1.0) * width);
  GString *bar = g_string_new (meir_cli_terminal_colour (MEIR_CLI_GREEN));

  for (guint column = 0; column < width; column++) {
    if (column == n_filled)
      g_string_append (bar, meir_cli_terminal_colour (MEIR_CLI_DIM));
    if (column < n_filled)
      g_string_append (bar, blocks ? "█" : "#");
    else
      g_string_append (bar, blocks ? "░" : "-");
  }
  g_string_append (bar, meir_cli_terminal_colour (MEIR_CLI_PLAIN));
  return g_string_free (bar, FALSE);
}

typedef enum {
  COLUMN_MISSING,
  COLUMN_ARRIVING,
  COLUMN_PARTLY,
  COLUMN_HAVE,
  COLUMN_N,
} Column;

/* What the pieces from @first to before @last come to. */
static Column
judge (const guint8 *cells, gsize first, gsize last)
{
  gsize n_have = 0;
  gsize n_arriving = 0;

  for (gsize piece = first; piece < last; piece++) {
    n_have += cells[piece] == MEIR_CELL_HAVE;
    n_arriving += cells[piece] == MEIR_CELL_ARRIVING;
  }
  if (n_have == last - first)
    return COLUMN_HAVE;
  if (n_have != 0)
    return COLUMN_PARTLY;
  return n_arriving != 0 ? COLUMN_ARRIVING : COLUMN_MISSING;
}

char *
meir_cli_format_pieces (const guint8 *cells, gsize n_pieces, guint width)
{
  static const char *const blocks[COLUMN_N] = { "░", "▒", "▓", "█" };
  static const char *const letters[COLUMN_N] = { "-", "+", "=", "#" };
  static const MeirCliColour colours[COLUMN_N] = { MEIR_CLI_DIM, MEIR_CLI_YELLOW, MEIR_CLI_BLUE,
                                                   MEIR_CLI_GREEN };
  const char *const *glyphs = meir_cli_terminal_has_blocks () ? blocks : letters;
  GString *bar = g_string_new (NULL);
  Column before = COLUMN_N;

  if (n_pieces == 0)
    return g_string_free (bar, FALSE);
  for (guint i = 0; i < width; i++) {
    gsize first = (gsize) ((guint64) i * n_pieces / width);
    gsize last = (gsize) ((guint64) (i + 1) * n_pieces / width);
    Column column = judge (cells, first, MAX (last, first + 1));

    if (column != before) {
      g_string_append (bar, meir_cli_terminal_colour (MEIR_CLI_PLAIN));
      g_string_append (bar, meir_cli_terminal_colour (colours[column]));
    }
    before = column;
    g_string_append (bar, glyphs[column]);
  }
  g_string_append (bar, meir_cli_terminal_colour (MEIR_CLI_PLAIN));
  return g_string_free (bar, FALSE);
}
