/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * meir_text_dup_safe:
 * @bytes: text from outside, in any encoding, NULs included; may be NULL when @length is 0
 * @length: bytes of it
 * @max_chars: longest result, in Unicode characters, the ellipsis included; at least 1
 *
 * Makes text from a torrent, peer or tracker fit to be shown in one line of a terminal or window. A byte that
 * is not UTF-8, a control character (C0, DEL, C1), a line or paragraph separator, a bidirectional control, an
 * invisible character (zero width space and joiners, soft hyphen, byte order mark, tags) and a non-character
 * each become U+FFFD, so that what was there can be seen. A text longer than @max_chars ends in "…".
 *
 * Markup is left alone: a widget or terminal that interprets it must escape it itself.
 *
 * Returns: (transfer full): valid UTF-8, never NULL. Any thread. Reads no more of @bytes than it shows.
 */
char *meir_text_dup_safe (const void *bytes, gsize length, gsize max_chars);

/**
 * meir_text_dup_json:
 * @bytes: any bytes; may be NULL when @length is 0
 * @length: how many
 *
 * The body of a JSON string (RFC 8259), without its quotes. Control characters (C0, DEL, C1), line and
 * paragraph separators and bidirectional controls are written \uXXXX, so that the line can go to a terminal;
 * a byte that is not UTF-8 becomes the lone low surrogate \udcXX (U+DC00 + byte, as Python's
 * "surrogateescape" does), so nothing is lost. All else is kept as UTF-8.
 *
 * Returns: (transfer full): valid UTF-8 without NUL or line break, never NULL. Any thread.
 */
char *meir_text_dup_json (const void *bytes, gsize length);

G_END_DECLS
