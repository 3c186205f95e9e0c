/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/meir-digest.h"
#include "base/meir-pause.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * MeirCreateOptions:
 * @path: the file or folder to make a torrent of, in the file system's encoding. A symbolic link is followed
 * here, and only here
 * @tiers: (element-type GStrv): tracker addresses by tier (BEP 12); see meir_create_options_add_tier ()
 * @web_seeds: (element-type utf8): BEP 19; see meir_create_options_add_web_seed ()
 * @excludes: (element-type utf8): globs ('*', '?') matched against the path below the folder and against the
 * name of every file and folder; an excluded folder is not entered
 * @only: (element-type filename): names in the folder: nothing else in it is looked at, and hidden ones among
 *   them are meant; empty: everything
 * @name: (nullable): what the torrent is called; NULL: like the file or folder. See
 *   meir_create_options_set_name ()
 * @comment: (nullable): UTF-8
 * @source: (nullable): UTF-8; part of the info dictionary, so it changes the info-hash
 * @pause: (nullable): owned: while it is paused, nothing is read, and no core is busy
 * @piece_length: bytes, 0 for automatic; see meir_create_options_set_piece_length ()
 * @threads: that hash; 0 for one a core
 * @is_private: BEP 27
 * @include_hidden: also what begins with a dot
 * @no_date: leave the creation date out; else it is SOURCE_DATE_EPOCH where the environment has it, or now
 *
 * What meir_create_async () makes. The lists are never NULL; strings are owned by the options.
 */
typedef struct {
  char *path;
  GPtrArray *tiers;
  GPtrArray *web_seeds;
  GPtrArray *excludes;
  GPtrArray *only;
  char *name;
  char *comment;
  char *source;
  MeirPause *pause;
  guint32 piece_length;
  guint threads;
  gboolean is_private;
  gboolean include_hidden;
  gboolean no_date;
} MeirCreateOptions;

MeirCreateOptions *meir_create_options_new (const char *path);
void meir_create_options_free (MeirCreateOptions *options);
/* One tier: one tracker address, or several separated by commas. MEIR_ERROR_INVALID names the address at
 * fault. */
gboolean meir_create_options_add_tier (MeirCreateOptions *options, const char *urls, GError **error);
gboolean meir_create_options_add_web_seed (MeirCreateOptions *options, const char *url, GError **error);
/* @name: the name of a file or folder, in UTF-8 that can be seen as it is: whoever downloads the torrent gets
 * one of that name. MEIR_ERROR_INVALID says what is wrong with it. */
gboolean meir_create_options_set_name (MeirCreateOptions *options, const char *name, GError **error);
/* @piece_length: bytes: 0, or a power of two from MEIR_PIECE_LENGTH_MIN to MEIR_PIECE_LENGTH_MAX. */
gboolean meir_create_options_set_piece_length (MeirCreateOptions *options, guint64 piece_length,
                                               GError **error);

/**
 * MeirCreateProgress:
 *
 * How far a creation is, for a timer of the caller's to look at: nothing is called back. The caller's memory,
 * zeroed, which must stay until meir_create_async () has called back.
 */
typedef struct {
  /*< private >*/
  _Atomic guint64 bytes_done;
  _Atomic guint64 bytes_total;
} MeirCreateProgress;

/* Any thread. @bytes_total is 0 while the folder is still being listed. */
void meir_create_progress_get (const MeirCreateProgress *progress, guint64 *bytes_done, guint64 *bytes_total);

/**
 * MeirCreateSummary:
 * @info_hash: of the torrent
 * @name: (transfer full): of the torrent, made safe to show
 * @n_files: in the torrent
 * @total_bytes: in the torrent
 * @piece_length: bytes
 * @piece_length_reason: (transfer none): why that piece length: a phrase to stand in brackets behind it
 * @n_pieces: in the torrent
 * @n_hidden: files and folders left out because their names begin with a dot
 * @n_excluded: files and folders left out by a glob
 * @skipped: (element-type utf8): symbolic links and special files left out, each a line made safe to show,
 * such as "a/b (symbolic link)"; at most MEIR_CREATE_SKIPPED_MAX are listed
 * @n_skipped: how many there were
 * @files: (element-type MeirJournalFile): lengths and times of what was hashed, for MeirAddOptions.made_of
 */
typedef struct {
  MeirInfoHash info_hash;
  char *name;
  guint n_files;
  guint64 total_bytes;
  guint32 piece_length;
  const char *piece_length_reason;
  guint32 n_pieces;
  guint n_hidden;
  guint n_excluded;
  GPtrArray *skipped;
  guint n_skipped;
  GArray *files;
} MeirCreateSummary;

#define MEIR_CREATE_SKIPPED_MAX 100u

void meir_create_summary_free (MeirCreateSummary *summary);

/**
 * meir_create_async:
 * @options: (transfer full)
 * @progress: (nullable): see MeirCreateProgress
 *
 * Lists the files, hashes them in one read on threads of its own, and encodes the .torrent. The same input
 * gives the same bytes, except for the date. Memory stays below 16 MiB beside the digests and names. A cancel
 * takes effect within some tens of milliseconds, paused or not; so does a pause, after which it goes on where
 * it was. What changed on the disk meanwhile is noticed as it always is.
 *
 * @callback runs in the caller's thread-default main context.
 */
void meir_create_async (MeirCreateOptions *options, MeirCreateProgress *progress, GCancellable *cancellable,
                        GAsyncReadyCallback callback, gpointer user_data);

/**
 * meir_create_finish:
 * @summary: (out) (optional) (transfer full)
 *
 * Returns: (transfer full) (nullable): the bytes of the .torrent. NULL with MEIR_ERROR_NOT_FOUND,
 * _PERMISSION, _INVALID (options, names, or a file that changed while it was read), _IO;
 * G_IO_ERROR_CANCELLED.
 */
GBytes *meir_create_finish (GAsyncResult *result, MeirCreateSummary **summary, GError **error);

/**
 * meir_create_write_atomic:
 * @path: of the .torrent to make, in the file system's encoding
 *
 * Writes the whole file or nothing: to a temporary beside it, synced, then renamed over @path. Blocks: not
 * for the engine thread.
 *
 * Returns: FALSE with MEIR_ERROR_EXISTS (a folder of that name), _NOT_FOUND, _PERMISSION, _NO_SPACE, _IO.
 */
gboolean meir_create_write_atomic (const char *path, GBytes *torrent, GError **error);
/* The same on a thread; a cancel before the rename leaves nothing: G_IO_ERROR_CANCELLED. @callback runs in
 * the caller's thread-default main context. */
void meir_create_write_async (const char *path, GBytes *torrent, GCancellable *cancellable,
                              GAsyncReadyCallback callback, gpointer user_data);
gboolean meir_create_write_finish (GAsyncResult *result, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MeirCreateOptions, meir_create_options_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MeirCreateSummary, meir_create_summary_free)

G_END_DECLS
