/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "meta/meir-metainfo.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * MeirMoveWatch:
 * @cancelled: (nullable): atomic: non-zero ends it
 * @cancellable: (nullable): likewise
 * @progress: (nullable): atomic: thousandths of the bytes that are through
 * @n_left: (out): files that lie in the new folder now and could not be deleted in the old one
 *
 * What others see of a move, and do to it, while it is under way.
 */
typedef struct {
  gint *cancelled;
  GCancellable *cancellable;
  gint *progress;
  guint n_left;
} MeirMoveWatch;

/**
 * meir_move_files:
 * @from: the folder the torrent's file or folder lies in
 * @to: the folder it goes to; is there already
 *
 * Moves the files of a torrent that are there, and nothing else that lies among them. What stands in the way
 * is looked at before anything is touched: a file of the same name is left alone, and taken for moved when it
 * holds the same bytes. Within a file system files are renamed. Across two, all are copied, with their times
 * and holes, made safe on the disk and compared in length, before the first is deleted. Folders that this
 * leaves empty go too. Nobody else writes to the files meanwhile. Nothing outside of the two folders is
 * touched, whatever symbolic links lie in them. Worker; may take hours.
 *
 * Returns: FALSE with MEIR_ERROR_EXISTS (something else of that name), _NOT_FOUND (one of the folders),
 * _NO_SPACE, _PERMISSION, _READ_ONLY, _INVALID, _IO or G_IO_ERROR_CANCELLED: then all is as it was
 */
gboolean meir_move_files (MeirMetainfo *metainfo, const char *from, const char *to, MeirMoveWatch *watch,
                          GError **error);

G_END_DECLS
