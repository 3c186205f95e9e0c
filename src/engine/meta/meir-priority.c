/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "meta/meir-priority.h"

#include <string.h>

gboolean
meir_priorities_are_valid (GBytes *priorities)
{
  gsize n;
  const guint8 *bytes = g_bytes_get_data (priorities, &n);

  for (gsize i = 0; i < n; i++) {
    if (bytes[i] > MEIR_PRIORITY_HIGH)
      return FALSE;
  }
  return TRUE;
}

void
meir_priorities_spread (MeirMetainfo *metainfo, GBytes *files, guint8 *pieces)
{
  guint32 n_pieces = meir_metainfo_get_n_pieces (metainfo);
  guint32 piece_length = meir_metainfo_get_piece_length (metainfo);
  guint n_files = meir_metainfo_get_n_files (metainfo);
  const guint8 *wanted = NULL;
  guint8 before = MEIR_PRIORITY_SKIP;

  if (files == NULL) {
    memset (pieces, MEIR_PRIORITY_NORMAL, n_pieces);
    return;
  }
  g_return_if_fail (g_bytes_get_size (files) == n_files);
  wanted = g_bytes_get_data (files, NULL);
  memset (pieces, MEIR_PRIORITY_SKIP, n_pieces);
  for (guint i = 0; i < n_files; i++) {
    const MeirMetainfoFile *file = meir_metainfo_get_file (metainfo, i);
    guint8 priority = file->is_pad && i > 0 ? before : wanted[i];
    guint32 last;

    before = priority;
    if (file->length == 0)
      continue;
    last = (guint32) ((file->offset + file->length - 1) / piece_length);
    for (guint32 piece = (guint32) (file->offset / piece_length); piece <= last; piece++)
      pieces[piece] = MAX (pieces[piece], priority);
  }
}
