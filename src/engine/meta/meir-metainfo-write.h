/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "wire/meir-bencode-writer.h"

G_BEGIN_DECLS

/* Parts of the outer dictionary of a .torrent file, for whoever writes one; each writes nothing when it has
 * nothing. */

/* `announce`, and `announce-list` (BEP 12) where there is more than one tracker; @tiers: (element-type
 * GStrv). */
void meir_metainfo_write_trackers (MeirBencodeWriter *writer, GPtrArray *tiers);
/* `url-list` (BEP 19): a string, or a list where there are several; @web_seeds: (element-type utf8). */
void meir_metainfo_write_web_seeds (MeirBencodeWriter *writer, GPtrArray *web_seeds);

G_END_DECLS
