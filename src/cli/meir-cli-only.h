/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "session/meir.h"

G_BEGIN_DECLS

/**
 * meir_cli_only_choose:
 * @patterns: of --only: "*" stands for any characters, "/" too, and "?" for one. A pattern is compared with a
 * file's own name, and with its path below the torrent's folder
 *
 * Which files of a torrent these patterns choose.
 *
 * Returns: (transfer full) (nullable): a MeirPriority byte per file, MEIR_PRIORITY_NORMAL for those that one
 * of the patterns fits and MEIR_PRIORITY_SKIP for the others. NULL with MEIR_ERROR_NOT_FOUND when a pattern
 * fits none.
 */
GBytes *meir_cli_only_choose (const char *const *patterns, MeirMetainfo *metainfo, GError **error);

G_END_DECLS
