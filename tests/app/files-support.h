/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "session/meir.h"

G_BEGIN_DECLS

/* Torrents of many files. */

typedef struct {
  const char *path; /* below the torrent's folder, components joined with '/' */
  guint64 length;
  gboolean is_pad;
} TestFile;

#define FILES_PIECE_LENGTH 16384u

/* The .torrent of a folder called @name; nobody has its pieces. (transfer full) */
GBytes *files_torrent_bytes (const char *name, const TestFile *files, guint n_files);
MeirMetainfo *files_metainfo (const char *name, const TestFile *files, guint n_files);
/* @n files of one byte each, in @n_folders folders "d0", "d1" … or, without, in none: "f0", "f1" … */
MeirMetainfo *files_metainfo_many (guint n, guint n_folders);

G_END_DECLS
