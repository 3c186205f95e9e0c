/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "session/meir.h"

G_BEGIN_DECLS

/**
 * meir_cli_load_metainfo:
 * @path: of a .torrent file, in the file system's encoding; a pipe too
 *
 * meir_metainfo_load () of it.
 *
 * Returns: (transfer full) (nullable): NULL with MEIR_ERROR_NOT_FOUND, _PERMISSION, _INVALID or _IO, whose
 * message names the file.
 */
MeirMetainfo *meir_cli_load_metainfo (const char *path, GError **error);

/* A path as it may be shown. (transfer full) */
char *meir_cli_dup_shown_path (const char *path);

G_END_DECLS
