/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Numbers as people read them. All (transfer full), in the user's language. */

/* "1.5 GiB". */
char *meir_cli_format_size (guint64 bytes);
/* "1.5 GiB (1610612736 bytes)". */
char *meir_cli_format_size_exact (guint64 bytes);
/* "12.3 MiB/s". */
char *meir_cli_format_rate (guint64 bytes_per_sec);
/* "1 h 02 min", "3 min 20 s", "12 s"; "" when @seconds is negative, for not known. */
char *meir_cli_format_duration (gint64 seconds);
/* Whole percents of @part in @whole, rounded down, so that 100 means all; 100 when @whole is 0. */
guint meir_cli_percent (guint64 part, guint64 whole);

/**
 * meir_cli_format_take_field:
 * @line: the fields before
 * @width: most columns of the line
 * @text: (transfer full): the field
 *
 * Adds @text to a line of numbers, or leaves it out when there is no room for all of it. The first always
 * gets in.
 *
 * Returns: whether it was added
 */
gboolean meir_cli_format_take_field (GString *line, guint width, char *text);

/**
 * meir_cli_format_bar:
 * @filled: how much of it is, 0 to 1
 * @width: columns
 *
 * A bar, in colour where there are colours.
 */
char *meir_cli_format_bar (double filled, guint width);

/**
 * meir_cli_format_pieces:
 * @cells: a MeirCell byte per piece
 * @n_pieces: how many
 * @width: columns
 *
 * The piece map in one line: every column stands for its share of the pieces (or every piece for its share of
 * the columns), from nothing there to all there.
 */
char *meir_cli_format_pieces (const guint8 *cells, gsize n_pieces, guint width);

G_END_DECLS
