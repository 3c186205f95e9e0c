/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * meir_piece_length_choose:
 * @total_length: of the torrent, bytes
 * @reason: (out) (optional) (transfer none): why, for people: a phrase to stand in brackets behind the length
 *
 * The piece length of a new torrent: between one and two thousand pieces where that is possible with pieces
 * of 16 KiB to 16 MiB, so that the .torrent stays small while peers have something to trade early.
 *
 * Returns: bytes, a power of two. Pure.
 */
guint32 meir_piece_length_choose (guint64 total_length, const char **reason);

/* A power of two from MEIR_PIECE_LENGTH_MIN to MEIR_PIECE_LENGTH_MAX: what we make torrents with. */
gboolean meir_piece_length_is_valid (guint64 piece_length);

G_END_DECLS
