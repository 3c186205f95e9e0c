/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "meta/meir-metainfo.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * meir_metainfo_load:
 * @file: a .torrent
 * @may_wait: takes pipes and devices too, as "<(curl …)" in a shell makes one: to open a pipe waits for its
 * other end. Else what is no regular file is refused unopened
 * @cancellable: (nullable)
 *
 * Reads and parses it: MEIR_METAINFO_FILE_MAX bytes at most, whatever it says of its size. Blocks; any
 * thread.
 *
 * Returns: (transfer full) (nullable): NULL with MEIR_ERROR_NOT_FOUND, _PERMISSION, _INVALID (no file, too
 * large, not a torrent) or _IO, whose message names the file; or with G_IO_ERROR_CANCELLED.
 */
MeirMetainfo *meir_metainfo_load (GFile *file, gboolean may_wait, GCancellable *cancellable, GError **error);

G_END_DECLS
