/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fuzz-target.h"

#include "meta/meir-magnet.h"
#include "meta/meir-metainfo.h"

#include <string.h>

/* No component that leads anywhere else, whatever the bytes were. */
static void
check_path (const char *path)
{
  g_auto (GStrv) components = g_strsplit (path, "/", -1);

  g_assert_cmpuint (g_strv_length (components), <=, MEIR_PATH_DEPTH_MAX);
  for (guint i = 0; components[i] != NULL; i++) {
    g_assert_cmpstr (components[i], !=, "");
    g_assert_cmpstr (components[i], !=, ".");
    g_assert_cmpstr (components[i], !=, "..");
    g_assert_cmpuint (strlen (components[i]), <=, MEIR_NAME_MAX);
  }
}

static void
check_files (MeirMetainfo *metainfo)
{
  guint64 offset = 0;

  for (guint i = 0; i < meir_metainfo_get_n_files (metainfo); i++) {
    const MeirMetainfoFile *file = meir_metainfo_get_file (metainfo, i);

    check_path (file->path);
    g_assert_true (g_utf8_validate (file->display_path, -1, NULL));
    g_assert_cmpuint (file->offset, ==, offset);
    offset += file->length;
  }
  g_assert_cmpuint (offset, ==, meir_metainfo_get_total_length (metainfo));
}

/* All pieces end to end cover all files end to end. */
static void
check_pieces (MeirMetainfo *metainfo)
{
  guint64 offset = 0;

  for (guint32 piece = 0; piece < meir_metainfo_get_n_pieces (metainfo); piece++) {
    guint32 size = meir_metainfo_get_piece_size (metainfo, piece);
    MeirFileSpanIter iter;
    MeirFileSpan span;
    guint64 covered = 0;

    meir_metainfo_map (metainfo, offset, size, &iter);
    while (meir_file_span_iter_next (&iter, &span)) {
      const MeirMetainfoFile *file = meir_metainfo_get_file (metainfo, span.file);
      g_assert_cmpuint (file->offset + span.offset, ==, offset + covered);
      g_assert_cmpuint (span.offset + span.length, <=, file->length);
      covered += span.length;
    }
    g_assert_cmpuint (covered, ==, size);
    g_assert_cmpuint (meir_metainfo_get_piece_digest (metainfo, piece)[MEIR_SHA1_LENGTH - 1], <=, 0xff);
    offset += size;
  }
  g_assert_cmpuint (offset, ==, meir_metainfo_get_total_length (metainfo));
}

/* A torrent that loads makes a magnet link that loads, and an info dictionary that loads as the same torrent.
 */
static void
check_round_trips (MeirMetainfo *metainfo)
{
  g_autoptr (MeirMagnet) magnet = meir_magnet_new_from_metainfo (metainfo);
  g_autofree char *link = meir_magnet_to_string (magnet);
  g_autoptr (MeirMetainfo) again = meir_metainfo_new_from_info (meir_metainfo_get_info_bytes (metainfo),
                                                                meir_metainfo_get_tiers (metainfo),
                                                                meir_metainfo_get_web_seeds (metainfo), NULL);
  g_autoptr (GBytes) torrent = meir_metainfo_dup_torrent_bytes (again);
  g_autoptr (MeirMetainfo) written = meir_metainfo_parse (torrent, NULL);

  if (strlen (link) <= MEIR_MAGNET_LENGTH_MAX) {
    g_autoptr (MeirMagnet) parsed = meir_magnet_parse (link, NULL);
    g_assert_true (meir_info_hash_equal (&parsed->info_hash, meir_metainfo_get_info_hash (metainfo)));
  }
  g_assert_true (
      meir_info_hash_equal (meir_metainfo_get_info_hash (written), meir_metainfo_get_info_hash (metainfo)));
  g_assert_cmpuint (meir_metainfo_get_tiers (written)->len, ==, meir_metainfo_get_tiers (metainfo)->len);
}

int
LLVMFuzzerTestOneInput (const uint8_t *bytes, size_t length)
{
  g_autoptr (GBytes) file = g_bytes_new (bytes, length); /* a copy, so that a read past its end is seen */
  g_autoptr (GError) error = NULL;
  g_autoptr (MeirMetainfo) metainfo = meir_metainfo_parse (file, &error);

  g_assert_true ((metainfo == NULL) == (error != NULL));
  if (metainfo == NULL) {
    g_assert_true (g_utf8_validate (error->message, -1, NULL));
    return 0;
  }
  check_files (metainfo);
  check_pieces (metainfo);
  check_round_trips (metainfo);
  return 0;
}
