/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "meta/meir-piece-length.h"

#include "base/meir-limits.h"

#define KIB G_GUINT64_CONSTANT (1024)
#define MIB (KIB * 1024)
#define GIB (MIB * 1024)
#define TIB (GIB * 1024)

/* From row to row both columns double, so that a torrent has 1,024 to 2,048 pieces, until pieces of 16 MiB:
 * larger ones make a peer wait too long for the first piece it can give away, and cost too much to fetch
 * again when one is bad. From there on the number of pieces grows, up to MEIR_PIECES_MAX. */
static const struct {
  guint64 up_to_bytes;
  guint32 piece_length;
  const char *reason;
} table[] = {
  { 32 * MIB, 16 * KIB, "16 KiB, the smallest there is: up to 2,048 pieces of one block each." },
  { 64 * MIB, 32 * KIB, "32 KiB, for 1,024 to 2,048 pieces." },
  { 128 * MIB, 64 * KIB, "64 KiB, for 1,024 to 2,048 pieces." },
  { 256 * MIB, 128 * KIB, "128 KiB, for 1,024 to 2,048 pieces." },
  { 512 * MIB, 256 * KIB, "256 KiB, for 1,024 to 2,048 pieces." },
  { 1 * GIB, 512 * KIB, "512 KiB, for 1,024 to 2,048 pieces." },
  { 2 * GIB, 1 * MIB, "1 MiB, for 1,024 to 2,048 pieces." },
  { 4 * GIB, 2 * MIB, "2 MiB, for 1,024 to 2,048 pieces." },
  { 8 * GIB, 4 * MIB, "4 MiB, for 1,024 to 2,048 pieces." },
  { 16 * GIB, 8 * MIB, "8 MiB, for 1,024 to 2,048 pieces." },
  { 128 * TIB, 16 * MIB, "16 MiB: larger pieces would make peers wait before they can share." },
  { 256 * TIB, 32 * MIB, "32 MiB, to keep the number of pieces within what clients accept." },
  { G_MAXUINT64, 64 * MIB, "64 MiB, the largest, to keep the number of pieces within what clients accept." },
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
    *reason = table[row].reason;
  return table[row].piece_length;
}

gboolean
meir_piece_length_is_valid (guint64 piece_length)
{
  return piece_length >= MEIR_PIECE_LENGTH_MIN && piece_length <= MEIR_PIECE_LENGTH_MAX &&
         (piece_length & (piece_length - 1)) == 0;
}
