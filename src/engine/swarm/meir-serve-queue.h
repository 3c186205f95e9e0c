/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * MeirServeQueue:
 * @n_queued: requests of one peer that wait for their block
 *
 * What a peer has asked for and not got, so that what is asked for twice is sent once, and nobody queues more
 * than was allowed. Two lengths from one beginning are two requests: each has its answer (BEP 6). A set: the
 * order is kept by who sends. Zeroed to begin with.
 */
typedef struct {
  guint n_queued;
  /*< private >*/
  struct _MeirServe *table; /* open addressing, linear probing */
  guint capacity;           /* a power of two, or 0 */
} MeirServeQueue;

/* FALSE if exactly this is queued already. */
gboolean meir_serve_queue_add (MeirServeQueue *queue, guint32 piece, guint32 begin, guint32 length);
/* FALSE if exactly this is not queued. */
gboolean meir_serve_queue_remove (MeirServeQueue *queue, guint32 piece, guint32 begin, guint32 length);
/* Empties it, and gives its memory back. */
void meir_serve_queue_clear (MeirServeQueue *queue);

G_END_DECLS
