/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

struct _MeirDiskJob;

/* Jobs in order, linked through themselves: nothing is allocated. A job is in one queue at a time. */
typedef struct {
  struct _MeirDiskJob *first;
  struct _MeirDiskJob *last;
  guint length;
} MeirDiskQueue;

void meir_disk_queue_push (MeirDiskQueue *queue, struct _MeirDiskJob *job);
/* NULL when empty. */
struct _MeirDiskJob *meir_disk_queue_pop (MeirDiskQueue *queue);
/* Returns: whether it was in there. */
gboolean meir_disk_queue_remove (MeirDiskQueue *queue, struct _MeirDiskJob *job);

G_END_DECLS
