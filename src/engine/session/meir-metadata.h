/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/meir-digest.h"

#include <glib.h>

G_BEGIN_DECLS

/**
 * MeirMetadata:
 *
 * Puts an info dictionary together from what peers send (BEP 9). Peers may lie about its size or its bytes:
 * what they claim is assembled per size, memory grows with bytes that arrived and never with a number
 * somebody said, and the SHA-1 decides. After a bad copy one peer at a time sends all of the next, so that
 * liars are found one by one. Pure: time is an argument. Engine thread only.
 */
typedef struct _MeirMetadata MeirMetadata;

MeirMetadata *meir_metadata_new (const MeirInfoHash *info_hash);
void meir_metadata_free (MeirMetadata *metadata);

/* @peer said its metadata is @size bytes long (1 to MEIR_METADATA_MAX; else it is not asked). @peer is only
 * compared. */
void meir_metadata_add_peer (MeirMetadata *metadata, gpointer peer, guint32 size);
void meir_metadata_remove_peer (MeirMetadata *metadata, gpointer peer);

/* Which block to ask @peer now: FALSE when none, for each peer has few requests outstanding, one that
 * rejected or does not answer is left alone for a minute, and it may be another one's turn. The caller sends
 * the request at once. */
gboolean meir_metadata_next_request (MeirMetadata *metadata, gpointer peer, gint64 now_usec, guint32 *block);
void meir_metadata_on_reject (MeirMetadata *metadata, gpointer peer, guint32 block, gint64 now_usec);

/**
 * MeirMetadataVerdict:
 * @MEIR_METADATA_MORE: taken
 * @MEIR_METADATA_UNASKED: nobody asked this peer for that, or its size does not fit; not taken
 * @MEIR_METADATA_COMPLETE: the info dictionary is whole and its hash is right: meir_metadata_get_info ()
 * @MEIR_METADATA_BAD: whole, but its hash is wrong: thrown away; meir_metadata_steal_liars () knows whom to
 *   blame
 */
typedef enum {
  MEIR_METADATA_MORE,
  MEIR_METADATA_UNASKED,
  MEIR_METADATA_COMPLETE,
  MEIR_METADATA_BAD,
} MeirMetadataVerdict;

MeirMetadataVerdict meir_metadata_on_data (MeirMetadata *metadata, gpointer peer, guint32 block,
                                           guint32 total_size, const guint8 *bytes, gsize length);
GBytes *meir_metadata_get_info (MeirMetadata *metadata); /* (transfer none) (nullable) */
/* (transfer full): the peer that sent all of the copy that failed; empty where several did, of whom nobody
 * can tell who lied. Once. */
GPtrArray *meir_metadata_steal_liars (MeirMetadata *metadata);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MeirMetadata, meir_metadata_free)

G_END_DECLS
