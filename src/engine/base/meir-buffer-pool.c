/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/meir-buffer-pool.h"

#include <stdlib.h>

#define PAGE_LENGTH 4096u

struct _MeirBufferPool {
  GPtrArray *kept; /* returned segments, the hottest last */
  guint keep;
  guint leased;
};

MeirBufferPool *
meir_buffer_pool_new (guint keep)
{
  MeirBufferPool *pool = g_new0 (MeirBufferPool, 1);

  pool->kept = g_ptr_array_new_with_free_func (free);
  pool->keep = keep;
  return pool;
}

void
meir_buffer_pool_free (MeirBufferPool *pool)
{
  g_warn_if_fail (pool->leased == 0);

  g_ptr_array_unref (pool->kept);
  g_free (pool);
}

guint8 *
meir_buffer_pool_lease (MeirBufferPool *pool)
{
  guint8 *segment;

  if (pool->kept->len > 0)
    segment = g_ptr_array_steal_index (pool->kept, pool->kept->len - 1);
  else
    segment = aligned_alloc (PAGE_LENGTH, MEIR_SEGMENT_LENGTH);
  if (segment == NULL)
    g_error ("Out of memory: no room for a buffer of %u bytes", MEIR_SEGMENT_LENGTH);
  pool->leased++;
  return segment;
}

void
meir_buffer_pool_return (MeirBufferPool *pool, guint8 *segment)
{
  g_return_if_fail (segment != NULL);
  g_return_if_fail (pool->leased > 0);

  pool->leased--;
  if (pool->kept->len < pool->keep)
    g_ptr_array_add (pool->kept, segment);
  else
    free (segment);
}

guint
meir_buffer_pool_get_leased (MeirBufferPool *pool)
{
  return pool->leased;
}
