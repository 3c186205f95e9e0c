/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "meta/meir-metainfo.h"
#include "wire/meir-bencode.h"

G_BEGIN_DECLS

/* Shared by the files meir-metainfo*.c alone. */

struct _MeirMetainfo {
  gatomicrefcount ref_count;

  /* Immutable after construction. */
  GBytes *torrent_bytes; /* (nullable): NULL when made of an info dictionary */
  GBytes *info_bytes;
  MeirInfoHash info_hash;
  guint32 piece_length;
  guint32 n_pieces;
  guint64 total_length;
  const guint8 *digests; /* in info_bytes */

  GArray *files;         /* of MeirMetainfoFile */
  GStringChunk *strings; /* what the paths point to */
  char *name;
  char *display_name;
  gboolean is_folder;
  gboolean has_own_folder;
  gboolean is_private;
  gboolean is_hybrid;

  GPtrArray *tiers;
  GPtrArray *web_seeds;
  guint n_dropped_urls;
  char *comment;
  char *created_by;
  char *source;
  gint64 creation_date;
  gboolean has_creation_date;
};

/* Longest path, bytes: what no system call takes (PATH_MAX). */
#define MEIR_METAINFO_PATH_BYTES_MAX 4095u

/* To be filled. (transfer full) */
MeirMetainfo *meir_metainfo_new_empty (void);

/* Whether a file or folder can be called so. */
gboolean meir_metainfo_check_component (const char *field, const guint8 *component, gsize length,
                                        GError **error);
/* Takes over the files of @from, which is a folder, beneath the name that @metainfo has. MEIR_ERROR_INVALID.
 */
gboolean meir_metainfo_take_files (MeirMetainfo *metainfo, MeirMetainfo *from, GError **error);

/* Reads `name`, and `length` or `files`, of the @info dictionary: fills name, display_name, files,
 * total_length and is_folder. MEIR_ERROR_INVALID. */
gboolean meir_metainfo_parse_files (MeirMetainfo *metainfo, MeirBencodeNode info, GError **error);

/* Sets MEIR_ERROR_INVALID with a sentence, and returns FALSE. */
gboolean meir_metainfo_refuse (GError **error, const char *format, ...) G_GNUC_PRINTF (2, 3);

G_END_DECLS
