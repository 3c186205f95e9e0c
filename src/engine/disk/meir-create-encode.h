/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "disk/meir-create-list.h"

G_BEGIN_DECLS

/**
 * meir_create_encode:
 * @digests: MEIR_SHA1_LENGTH bytes for each of @n_pieces
 * @creation_date: (nullable): seconds since 1970 UTC; NULL leaves it out
 *
 * Writes the .torrent file in canonical form (BEP 3): the same input gives the same bytes. Pure.
 *
 * Returns: (transfer full)
 */
GBytes *meir_create_encode (const MeirCreateOptions *options, const MeirCreateList *list,
                            guint32 piece_length, const guint8 *digests, guint32 n_pieces,
                            const gint64 *creation_date);

G_END_DECLS
