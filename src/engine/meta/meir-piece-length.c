/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "meta/meir-piece-length.h"

#include "base/meir-limits.h"
#include "meir-config.h"

#include <glib/gi18n-lib.h>

#define KIB G_GUINT64_CONSTANT (1024)
#define MIB (KIB * 1024)
#define GIB (MIB * 1024)
#define TIB (GIB * 1024)

#define MANY  N_ ("enough pieces to share early, few enough to keep the .torrent small")
#define FEWER N_ ("keeps the number of pieces within what clients accept")

/* From row to row both columns double, so that a torrent has 1,024 to 2,048 pieces, until pieces of 16 MiB:
 * larger ones make a peer wait too long for the first piece it can give away, and cost too much to fetch
 * again when one is bad. From there on the number of pieces grows, up to MEIR_PIECES_MAX. */
static const struct {
  guint64 up_to_bytes;
  guint32 piece_length;
  const char *reason;
} table[] = {
  { 32 * MIB, 16 * KIB, N_ ("the smallest there is, one block each") },
  { 64 * MIB, 32 * KIB, MANY },
  { 128 * MIB, 64 * KIB, MANY },
  { 256 * MIB, 128 * KIB, MANY },
  { 512 * MIB, 256 * KIB, MANY },
  { 1 * GIB, 512 * KIB, MANY },
  { 2 * GIB, 1 * MIB, MANY },
  { 4 * GIB, 2 * MIB, MANY },
  { 8 * GIB, 4 * MIB, MANY },
  { 16 * GIB, 8 * MIB, MANY },
  { 128 * TIB, 16 * MIB, N_ ("larger pieces would make peers wait before they can share") },
  { 256 * TIB, 32 * MIB, FEWER },
  { G_MAXUINT64, 64 * MIB, FEWER },
};

G_STATIC_ASSERT (128 * TIB / (16 * MIB) <= MEIR_PIECES_MAX);
G_STATIC_ASSERT (256 * TIB / (32 * MIB) <= MEIR_PIECES_MAX);

guint32
meir_piece_length_choose (guint64 total_length, const char **reason)
{
  guint row = 0;

  while (total_length > table[row].up_to_bytes)
    row++;
  if (reason != NULL)
    *reason = _ (table[row].reason);
  return table[row].piece_length;
}

gboolean
meir_piece_length_is_valid (guint64 piece_length)
{
  return piece_length >= MEIR_PIECE_LENGTH_MIN && piece_length <= MEIR_PIECE_LENGTH_MAX &&
         (piece_length & (piece_length - 1)) == 0;
}
