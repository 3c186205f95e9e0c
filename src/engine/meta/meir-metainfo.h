/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/meir-digest.h"
#include "base/meir-limits.h"

#include <glib.h>

G_BEGIN_DECLS

/* Most tracker addresses, and most web seeds, kept of one torrent; further ones are dropped and counted. */
#define MEIR_TRACKERS_MAX  256u
#define MEIR_WEB_SEEDS_MAX 64u

/**
 * MeirMetainfo:
 *
 * What a .torrent file says (BEP 3), checked: immutable, atomically ref-counted, usable from any thread.
 * Nothing here reads a file or a clock. Piece digests and the info dictionary stay in the bytes that were
 * parsed.
 *
 * Whatever parses is safe to work with: lengths add up without overflow, there is exactly one digest a piece,
 * every path lies below the download folder, and no path is, or lies inside, another file.
 */
typedef struct _MeirMetainfo MeirMetainfo;

/**
 * MeirMetainfoFile:
 * @path: bytes of the name on disk: components joined with '/', relative to the download folder; begins with
 * the torrent's name when the torrent is a folder. Never absolute, no component is empty, ".", ".." or longer
 * than MEIR_NAME_MAX. Not always UTF-8
 * @display_path: the same made safe to show: UTF-8 without control or direction-changing characters; the same
 *   pointer as @path when nothing had to change
 * @offset: of its first byte in the torrent, bytes
 * @length: bytes; 0 for a symbolic link
 * @is_pad: BEP 47 padding: reads as zeros, is never made on disk
 * @is_symlink: BEP 47 symbolic link: listed, never made on disk
 * @is_renamed: @display_path differs from the bytes on disk
 */
typedef struct {
  const char *path;
  const char *display_path;
  guint64 offset;
  guint64 length;
  guint is_pad : 1;
  guint is_symlink : 1;
  guint is_renamed : 1;
} MeirMetainfoFile;

/**
 * meir_metainfo_parse:
 * @file: (transfer none): the bytes of a .torrent file; referenced as long as the metainfo lives
 *
 * Parses version 1 metainfo, and the version 1 half of a hybrid (BEP 52).
 *
 * Returns: (transfer full) (nullable): NULL with MEIR_ERROR_INVALID, whose message names the field.
 */
MeirMetainfo *meir_metainfo_parse (GBytes *file, GError **error);

/**
 * meir_metainfo_new_from_info:
 * @info: (transfer none): a bencoded info dictionary, as fetched from the swarm (BEP 9)
 * @tiers: (nullable) (element-type GStrv): tracker addresses by tier, copied
 * @web_seeds: (nullable) (element-type utf8): copied
 *
 * The same checks as meir_metainfo_parse (). The caller has compared, or compares, the info-hash with the one
 * asked for.
 *
 * Returns: (transfer full) (nullable): NULL with MEIR_ERROR_INVALID.
 */
MeirMetainfo *meir_metainfo_new_from_info (GBytes *info, GPtrArray *tiers, GPtrArray *web_seeds,
                                           GError **error);

/**
 * meir_metainfo_new_in_folder:
 * @metainfo: of a folder of files
 * @folder_name: bytes: what that folder is called on this disk
 *
 * The same torrent, whose files lie in a folder that is not called like it: meir_metainfo_get_name (), and
 * the beginning of every path, are @folder_name. Info-hash, bytes and the name to show stay.
 *
 * Returns: (transfer full) (nullable): NULL with MEIR_ERROR_INVALID: it is no folder of files, or
 * @folder_name is none that a folder can have, or makes the paths too long.
 */
MeirMetainfo *meir_metainfo_new_in_folder (MeirMetainfo *metainfo, const char *folder_name, GError **error);

MeirMetainfo *meir_metainfo_ref (MeirMetainfo *metainfo);
void meir_metainfo_unref (MeirMetainfo *metainfo);

const MeirInfoHash *meir_metainfo_get_info_hash (MeirMetainfo *metainfo);
/* The name on disk, bytes: of the file, or of the folder that holds the files. */
const char *meir_metainfo_get_name (MeirMetainfo *metainfo);
const char *meir_metainfo_get_display_name (MeirMetainfo *metainfo);
/* Whether the torrent is a folder of files (`files`), rather than one file (`length`). */
gboolean meir_metainfo_is_folder (MeirMetainfo *metainfo);
/* Whether that folder is not called like the torrent: it is of meir_metainfo_new_in_folder (). */
gboolean meir_metainfo_has_own_folder (MeirMetainfo *metainfo);
/* BEP 27: peers from the trackers only. */
gboolean meir_metainfo_is_private (MeirMetainfo *metainfo);
/* Whether the info dictionary carries a version 2 half too (BEP 52). */
gboolean meir_metainfo_is_hybrid (MeirMetainfo *metainfo);

/* Bytes; the last piece may be shorter, see meir_metainfo_get_piece_size (). */
guint32 meir_metainfo_get_piece_length (MeirMetainfo *metainfo);
guint32 meir_metainfo_get_n_pieces (MeirMetainfo *metainfo);
guint64 meir_metainfo_get_total_length (MeirMetainfo *metainfo);
/* Bytes of @piece, which is below n_pieces. */
guint32 meir_metainfo_get_piece_size (MeirMetainfo *metainfo, guint32 piece);
/* MEIR_SHA1_LENGTH bytes inside the parsed file, valid as long as @metainfo. */
const guint8 *meir_metainfo_get_piece_digest (MeirMetainfo *metainfo, guint32 piece);

guint meir_metainfo_get_n_files (MeirMetainfo *metainfo);
/* (transfer none), in the order of their offsets. */
const MeirMetainfoFile *meir_metainfo_get_file (MeirMetainfo *metainfo, guint file);
/* The file that holds the byte at @offset, which is below the total length. Never an empty file. */
guint meir_metainfo_find_file (MeirMetainfo *metainfo, guint64 offset);

/**
 * MeirFileSpan:
 * @file: index
 * @offset: into the file, bytes
 * @length: bytes, never 0
 *
 * A part of a file: what one read or write of the torrent touches of it.
 */
typedef struct {
  guint file;
  guint64 offset;
  guint64 length;
} MeirFileSpan;

/* Private to the three functions below; lives on the caller's stack. */
typedef struct {
  MeirMetainfo *metainfo;
  guint64 offset;
  guint64 left;
  guint file;
} MeirFileSpanIter;

/**
 * meir_metainfo_map:
 * @iter: (out caller-allocates): borrows @metainfo
 * @offset: into the torrent, bytes
 * @length: bytes; @offset + @length is at most the total length
 *
 * Starts to walk the parts of files under a byte range, in order. Allocates nothing.
 */
void meir_metainfo_map (MeirMetainfo *metainfo, guint64 offset, guint64 length, MeirFileSpanIter *iter);
/* FALSE, and @span untouched, at the end. Empty files are passed over. */
gboolean meir_file_span_iter_next (MeirFileSpanIter *iter, MeirFileSpan *span);

/* (element-type GStrv) (transfer none), never NULL: usable tracker addresses by tier, `announce-list` before
 * `announce` (BEP 12). */
GPtrArray *meir_metainfo_get_tiers (MeirMetainfo *metainfo);
/* (element-type utf8) (transfer none), never NULL (BEP 19). */
GPtrArray *meir_metainfo_get_web_seeds (MeirMetainfo *metainfo);
/* Tracker and web seed addresses that were left out: malformed, of a foreign scheme, doubled, or too many. */
guint meir_metainfo_get_n_dropped_urls (MeirMetainfo *metainfo);

/* Made safe to show; NULL where absent. */
const char *meir_metainfo_get_comment (MeirMetainfo *metainfo);
const char *meir_metainfo_get_created_by (MeirMetainfo *metainfo);
const char *meir_metainfo_get_source (MeirMetainfo *metainfo);
/* Seconds since 1970 UTC; FALSE where absent or outside the years 1 to 9999. */
gboolean meir_metainfo_get_creation_date (MeirMetainfo *metainfo, gint64 *seconds);

/* (transfer none): the info dictionary as it stands in the file: what BEP 9 serves. */
GBytes *meir_metainfo_get_info_bytes (MeirMetainfo *metainfo);
/* (transfer full): a .torrent file: the parsed one unchanged, or, for one made of an info dictionary, a new
 * one with its trackers and web seeds. */
GBytes *meir_metainfo_dup_torrent_bytes (MeirMetainfo *metainfo);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MeirMetainfo, meir_metainfo_unref)

G_END_DECLS
