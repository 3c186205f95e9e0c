/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "meta/meir-metainfo-draft.h"

#include "base/meir-digest.h"
#include "meta/meir-metainfo-write.h"

#include <string.h>

static void
write_path (MeirBencodeWriter *writer, const char *path)
{
  meir_bencode_writer_key (writer, "path");
  meir_bencode_writer_begin_list (writer);
  while (path != NULL) {
    const char *slash = strchr (path, '/');
    meir_bencode_writer_string (writer, path, slash != NULL ? (gsize) (slash - path) : strlen (path));
    path = slash != NULL ? slash + 1 : NULL;
  }
  meir_bencode_writer_end (writer);
}

static void
write_files (MeirBencodeWriter *writer, const MeirMetainfoDraft *draft)
{
  meir_bencode_writer_key (writer, "files");
  meir_bencode_writer_begin_list (writer);
  for (guint i = 0; i < draft->n_files; i++) {
    meir_bencode_writer_begin_dict (writer);
    meir_bencode_writer_entry_int (writer, "length", (gint64) draft->files[i].length);
    write_path (writer, draft->files[i].path);
    meir_bencode_writer_end (writer);
  }
  meir_bencode_writer_end (writer);
}

static void
write_info (MeirBencodeWriter *writer, const MeirMetainfoDraft *draft)
{
  meir_bencode_writer_key (writer, "info");
  meir_bencode_writer_begin_dict (writer);
  if (draft->files[0].path != NULL)
    write_files (writer, draft);
  else
    meir_bencode_writer_entry_int (writer, "length", (gint64) draft->files[0].length);
  meir_bencode_writer_entry_text (writer, "name", draft->name);
  meir_bencode_writer_entry_int (writer, "piece length", draft->piece_length);
  meir_bencode_writer_entry_string (writer, "pieces", draft->digests,
                                    (gsize) draft->n_pieces * MEIR_SHA1_LENGTH);
  if (draft->is_private)
    meir_bencode_writer_entry_int (writer, "private", 1);
  if (draft->source != NULL)
    meir_bencode_writer_entry_text (writer, "source", draft->source);
  meir_bencode_writer_end (writer);
}

GBytes *
meir_metainfo_draft_encode (const MeirMetainfoDraft *draft)
{
  GByteArray *torrent = g_byte_array_new ();
  MeirBencodeWriter writer;

  g_assert (draft->n_files > 0);
  meir_bencode_writer_init (&writer, torrent);
  meir_bencode_writer_begin_dict (&writer);
  meir_metainfo_write_trackers (&writer, draft->tiers);
  if (draft->comment != NULL)
    meir_bencode_writer_entry_text (&writer, "comment", draft->comment);
  if (draft->created_by != NULL)
    meir_bencode_writer_entry_text (&writer, "created by", draft->created_by);
  if (draft->creation_date != NULL)
    meir_bencode_writer_entry_int (&writer, "creation date", *draft->creation_date);
  write_info (&writer, draft);
  meir_metainfo_write_web_seeds (&writer, draft->web_seeds);
  meir_bencode_writer_end (&writer);
  return g_byte_array_free_to_bytes (torrent);
}
