/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * MeirDraftFile:
 * @path: (nullable): bytes, below the torrent's folder, components joined with '/'; NULL when the torrent is
 * one file
 * @length: bytes
 */
typedef struct {
  const char *path;
  guint64 length;
} MeirDraftFile;

/**
 * MeirMetainfoDraft:
 * @name: bytes: of the file or folder
 * @files: @n_files of them, in their order; one, without a path, when the torrent is one file
 * @piece_length: bytes
 * @digests: MEIR_SHA1_LENGTH bytes for each of @n_pieces
 * @tiers: (element-type GStrv): trackers by tier
 * @web_seeds: (element-type utf8)
 * @comment: (nullable): UTF-8
 * @created_by: (nullable): UTF-8
 * @source: (nullable): UTF-8
 * @creation_date: (nullable): seconds since 1970 UTC
 * @is_private: BEP 27
 *
 * What a new .torrent is to say. Owns nothing.
 */
typedef struct {
  const char *name;
  const MeirDraftFile *files;
  guint n_files;
  guint32 piece_length;
  const guint8 *digests;
  guint32 n_pieces;
  GPtrArray *tiers;
  GPtrArray *web_seeds;
  const char *comment;
  const char *created_by;
  const char *source;
  const gint64 *creation_date;
  gboolean is_private;
} MeirMetainfoDraft;

/**
 * meir_metainfo_draft_encode:
 *
 * Writes the .torrent file in canonical form (BEP 3): the same draft gives the same bytes. Judges nothing:
 * what it wrote is judged by meir_metainfo_parse (). Pure.
 *
 * Returns: (transfer full)
 */
GBytes *meir_metainfo_draft_encode (const MeirMetainfoDraft *draft);

G_END_DECLS
