/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "meta/meir-metainfo.h"

#include "meta/meir-metainfo-private.h"
#include "meta/meir-metainfo-write.h"

MeirMetainfo *
meir_metainfo_new_empty (void)
{
  MeirMetainfo *metainfo = g_new0 (MeirMetainfo, 1);

  g_atomic_ref_count_init (&metainfo->ref_count);
  metainfo->files = g_array_new (FALSE, FALSE, sizeof (MeirMetainfoFile));
  metainfo->strings = g_string_chunk_new (4096);
  metainfo->tiers = g_ptr_array_new_with_free_func ((GDestroyNotify) g_strfreev);
  metainfo->web_seeds = g_ptr_array_new_with_free_func (g_free);
  return metainfo;
}

MeirMetainfo *
meir_metainfo_ref (MeirMetainfo *metainfo)
{
  g_atomic_ref_count_inc (&metainfo->ref_count);
  return metainfo;
}

void
meir_metainfo_unref (MeirMetainfo *metainfo)
{
  if (!g_atomic_ref_count_dec (&metainfo->ref_count))
    return;
  g_clear_pointer (&metainfo->torrent_bytes, g_bytes_unref);
  g_clear_pointer (&metainfo->info_bytes, g_bytes_unref);
  g_array_unref (metainfo->files);
  g_string_chunk_free (metainfo->strings);
  g_ptr_array_unref (metainfo->tiers);
  g_ptr_array_unref (metainfo->web_seeds);
  g_free (metainfo->name);
  g_free (metainfo->display_name);
  g_free (metainfo->comment);
  g_free (metainfo->created_by);
  g_free (metainfo->source);
  g_free (metainfo);
}

const MeirInfoHash *
meir_metainfo_get_info_hash (MeirMetainfo *metainfo)
{
  return &metainfo->info_hash;
}

const char *
meir_metainfo_get_name (MeirMetainfo *metainfo)
{
  return metainfo->name;
}

const char *
meir_metainfo_get_display_name (MeirMetainfo *metainfo)
{
  return metainfo->display_name;
}

gboolean
meir_metainfo_is_folder (MeirMetainfo *metainfo)
{
  return metainfo->is_folder;
}

gboolean
meir_metainfo_has_own_folder (MeirMetainfo *metainfo)
{
  return metainfo->has_own_folder;
}

gboolean
meir_metainfo_is_private (MeirMetainfo *metainfo)
{
  return metainfo->is_private;
}

gboolean
meir_metainfo_is_hybrid (MeirMetainfo *metainfo)
{
  return metainfo->is_hybrid;
}

guint32
meir_metainfo_get_piece_length (MeirMetainfo *metainfo)
{
  return metainfo->piece_length;
}

guint32
meir_metainfo_get_n_pieces (MeirMetainfo *metainfo)
{
  return metainfo->n_pieces;
}

guint64
meir_metainfo_get_total_length (MeirMetainfo *metainfo)
{
  return metainfo->total_length;
}

guint32
meir_metainfo_get_piece_size (MeirMetainfo *metainfo, guint32 piece)
{
  g_assert (piece < metainfo->n_pieces);
  if (piece + 1 < metainfo->n_pieces)
    return metainfo->piece_length;
  return (guint32) (metainfo->total_length - (guint64) piece * metainfo->piece_length);
}

const guint8 *
meir_metainfo_get_piece_digest (MeirMetainfo *metainfo, guint32 piece)
{
  g_assert (piece < metainfo->n_pieces);
  return metainfo->digests + (gsize) piece * MEIR_SHA1_LENGTH;
}

guint
meir_metainfo_get_n_files (MeirMetainfo *metainfo)
{
  return metainfo->files->len;
}

const MeirMetainfoFile *
meir_metainfo_get_file (MeirMetainfo *metainfo, guint file)
{
  g_assert (file < metainfo->files->len);
  return &g_array_index (metainfo->files, MeirMetainfoFile, file);
}

/* Of the files that begin at or before @offset the last: those before it that begin there too are empty. */
guint
meir_metainfo_find_file (MeirMetainfo *metainfo, guint64 offset)
{
  guint low = 0, high = metainfo->files->len;

  g_assert (offset < metainfo->total_length);
  while (high - low > 1) {
    guint middle = low + (high - low) / 2;
    if (g_array_index (metainfo->files, MeirMetainfoFile, middle).offset <= offset)
      low = middle;
    else
      high = middle;
  }
  return low;
}

void
meir_metainfo_map (MeirMetainfo *metainfo, guint64 offset, guint64 length, MeirFileSpanIter *iter)
{
  g_assert (offset <= metainfo->total_length && length <= metainfo->total_length - offset);
  *iter = (MeirFileSpanIter){
    .metainfo = metainfo,
    .offset = offset,
    .left = length,
    .file = length > 0 ? meir_metainfo_find_file (metainfo, offset) : 0,
  };
}

gboolean
meir_file_span_iter_next (MeirFileSpanIter *iter, MeirFileSpan *span)
{
  const MeirMetainfoFile *file;

  if (iter->left == 0)
    return FALSE;
  file = meir_metainfo_get_file (iter->metainfo, iter->file);
  while (iter->offset == file->offset + file->length)
    file = meir_metainfo_get_file (iter->metainfo, ++iter->file);
  span->file = iter->file;
  span->offset = iter->offset - file->offset;
  span->length = MIN (iter->left, file->length - span->offset);
  iter->offset += span->length;
  iter->left -= span->length;
  return TRUE;
}

GPtrArray *
meir_metainfo_get_tiers (MeirMetainfo *metainfo)
{
  return metainfo->tiers;
}

GPtrArray *
meir_metainfo_get_web_seeds (MeirMetainfo *metainfo)
{
  return metainfo->web_seeds;
}

guint
meir_metainfo_get_n_dropped_urls (MeirMetainfo *metainfo)
{
  return metainfo->n_dropped_urls;
}

const char *
meir_metainfo_get_comment (MeirMetainfo *metainfo)
{
  return metainfo->comment;
}

const char *
meir_metainfo_get_created_by (MeirMetainfo *metainfo)
{
  return metainfo->created_by;
}

const char *
meir_metainfo_get_source (MeirMetainfo *metainfo)
{
  return metainfo->source;
}

gboolean
meir_metainfo_get_creation_date (MeirMetainfo *metainfo, gint64 *seconds)
{
  if (metainfo->has_creation_date)
    *seconds = metainfo->creation_date;
  return metainfo->has_creation_date;
}

GBytes *
meir_metainfo_get_info_bytes (MeirMetainfo *metainfo)
{
  return metainfo->info_bytes;
}

GBytes *
meir_metainfo_dup_torrent_bytes (MeirMetainfo *metainfo)
{
  GByteArray *torrent;
  MeirBencodeWriter writer;
  gsize length;
  const void *info = g_bytes_get_data (metainfo->info_bytes, &length);

  if (metainfo->torrent_bytes != NULL)
    return g_bytes_ref (metainfo->torrent_bytes);
  torrent = g_byte_array_new ();
  meir_bencode_writer_init (&writer, torrent);
  meir_bencode_writer_begin_dict (&writer);
  meir_metainfo_write_trackers (&writer, metainfo->tiers);
  meir_bencode_writer_key (&writer, "info");
  meir_bencode_writer_raw (&writer, info, length);
  meir_metainfo_write_web_seeds (&writer, metainfo->web_seeds);
  meir_bencode_writer_end (&writer);
  return g_byte_array_free_to_bytes (torrent);
}
