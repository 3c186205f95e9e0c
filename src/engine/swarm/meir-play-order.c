/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "swarm/meir-play-order.h"

/* The file @piece lies in, the last one where there are several; NULL for none. */
static const MeirPieceRange *
find_file (const MeirPieceRange *files, guint n_files, guint32 piece)
{
  guint low = 0, high = n_files;

  while (low < high) {
    guint middle = low + (high - low) / 2;

    if (files[middle].first <= piece)
      low = middle + 1;
    else
      high = middle;
  }
  return low > 0 && files[low - 1].last >= piece ? &files[low - 1] : NULL;
}

guint32
meir_play_order_pick (const MeirAvailability *availability, const MeirPieceRange *files, guint n_files,
                      const MeirBitfield *have, MeirPriority above)
{
  for (guint i = MEIR_RARITY_CLASSES; i > (guint) above; i--) {
    const MeirBitfield *fresh = &availability->classes[i - 1].fresh;
    const MeirPieceRange *file;
    guint32 piece;

    if (fresh->n_set == 0)
      continue;
    piece = meir_bitfield_next_common (fresh, have, 0);
    if (piece == fresh->n_bits)
      continue;
    file = find_file (files, n_files, piece);
    if (file != NULL && piece > file->first && meir_bitfield_get (fresh, file->last) &&
        meir_bitfield_get (have, file->last))
      return file->last;
    return piece;
  }
  return MEIR_PIECE_NONE;
}
