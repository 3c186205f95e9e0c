/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/meir-limits.h"

#include <glib.h>

G_BEGIN_DECLS

/**
 * MeirBufferPool:
 *
 * Segments (MEIR_SEGMENT_LENGTH bytes, page-aligned) leased to whoever holds data in flight. Last returned,
 * first leased, so that memory stays hot; up to @keep are kept for reuse, above that returned ones are freed.
 * Nothing ever sizes a lease from the wire. Engine thread only: a worker that is handed a segment hands it
 * back by message.
 */
typedef struct _MeirBufferPool MeirBufferPool;

MeirBufferPool *meir_buffer_pool_new (guint keep);
void meir_buffer_pool_free (MeirBufferPool *pool);
/* Never NULL; (transfer full), give back with meir_buffer_pool_return (). */
guint8 *meir_buffer_pool_lease (MeirBufferPool *pool);
void meir_buffer_pool_return (MeirBufferPool *pool, guint8 *segment);
/* Leases out now. */
guint meir_buffer_pool_get_leased (MeirBufferPool *pool);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MeirBufferPool, meir_buffer_pool_free)

G_END_DECLS
