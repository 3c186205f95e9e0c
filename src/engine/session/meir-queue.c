/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "session/meir-queue.h"

static gboolean
takes_place (const MeirQueueEntry *entry)
{
  return entry->contends && !entry->forced && !entry->stalled;
}

void
meir_queue_decide (MeirQueueEntry *entries, guint n_entries, guint places, gboolean in_order)
{
  guint n_taken = 0;
  guint n_waiting = 0;

  for (guint i = 0; i < n_entries; i++) {
    MeirQueueEntry *entry = &entries[i];

    entry->position = 0;
    entry->may_run = entry->contends && (places == 0 || !takes_place (entry) || (!in_order && entry->runs));
    n_taken += entry->may_run && takes_place (entry);
  }
  for (guint i = 0; i < n_entries; i++) {
    MeirQueueEntry *entry = &entries[i];

    if (!entry->contends || entry->may_run)
      continue;
    if (n_taken < places) {
      entry->may_run = TRUE;
      n_taken++;
    } else
      entry->position = ++n_waiting;
  }
}
