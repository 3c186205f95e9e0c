/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "disk/meir-create-encode.h"

#include "base/meir-limits.h"
#include "meir-config.h"
#include "meta/meir-metainfo-write.h"
#include "wire/meir-bencode-writer.h"

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
write_files (MeirBencodeWriter *writer, const GArray *files)
{
  meir_bencode_writer_key (writer, "files");
  meir_bencode_writer_begin_list (writer);
  for (guint i = 0; i < files->len; i++) {
    const MeirCreateFile *file = &g_array_index (files, MeirCreateFile, i);
    meir_bencode_writer_begin_dict (writer);
    meir_bencode_writer_entry_int (writer, "length", (gint64) file->length);
    write_path (writer, file->path);
    meir_bencode_writer_end (writer);
  }
  meir_bencode_writer_end (writer);
}

static void
write_info (MeirBencodeWriter *writer, const MeirCreateOptions *options, const MeirCreateList *list,
            guint32 piece_length, const guint8 *digests, guint32 n_pieces)
{
  meir_bencode_writer_key (writer, "info");
  meir_bencode_writer_begin_dict (writer);
  if (list->folder_fd >= 0)
    write_files (writer, list->files);
  else
    meir_bencode_writer_entry_int (writer, "length", (gint64) list->total_bytes);
  meir_bencode_writer_entry_text (writer, "name", list->name);
  meir_bencode_writer_entry_int (writer, "piece length", piece_length);
  meir_bencode_writer_entry_string (writer, "pieces", digests, (gsize) n_pieces * MEIR_SHA1_LENGTH);
  if (options->is_private)
    meir_bencode_writer_entry_int (writer, "private", 1);
  if (options->source != NULL)
    meir_bencode_writer_entry_text (writer, "source", options->source);
  meir_bencode_writer_end (writer);
}

GBytes *
meir_create_encode (const MeirCreateOptions *options, const MeirCreateList *list, guint32 piece_length,
                    const guint8 *digests, guint32 n_pieces, const gint64 *creation_date)
{
  GByteArray *torrent = g_byte_array_new ();
  MeirBencodeWriter writer;

  meir_bencode_writer_init (&writer, torrent);
  meir_bencode_writer_begin_dict (&writer);
  meir_metainfo_write_trackers (&writer, options->tiers);
  if (options->comment != NULL)
    meir_bencode_writer_entry_text (&writer, "comment", options->comment);
  meir_bencode_writer_entry_text (&writer, "created by", "MeirTorrent " MEIR_VERSION);
  if (creation_date != NULL)
    meir_bencode_writer_entry_int (&writer, "creation date", *creation_date);
  write_info (&writer, options, list, piece_length, digests, n_pieces);
  meir_metainfo_write_web_seeds (&writer, options->web_seeds);
  meir_bencode_writer_end (&writer);
  return g_byte_array_free_to_bytes (torrent);
}
