/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "session/meir-queue.h"
#include "session/meir-torrent-private.h"

/* Waiting: for a place among those that download, and for a turn at being checked. */

/* A disk is read fastest by one reader; a small torrent should not wait for a huge one all the same. */
#define CHECKS_AT_ONCE 2u

static gboolean
contends (MeirTorrent *torrent)
{
  if (torrent->paused || torrent->is_preview || torrent->check_waits || meir_torrent_is_ending (torrent) ||
      meir_torrent_is_finished (torrent))
    return FALSE;
  if (torrent->settling)
    return TRUE;
  switch (torrent->state) {
  case MEIR_TORRENT_LOADING: /* in a moment: or it would push out somebody behind it who has just begun */
  case MEIR_TORRENT_METADATA:
  case MEIR_TORRENT_QUEUED:
  case MEIR_TORRENT_DOWNLOADING:
    return TRUE;
  case MEIR_TORRENT_CHECKING:
  case MEIR_TORRENT_SEEDING:
  case MEIR_TORRENT_PAUSED:
  case MEIR_TORRENT_MOVING:
  case MEIR_TORRENT_DISK_FULL:
  case MEIR_TORRENT_FAILED:
  case MEIR_TORRENT_STOPPED:
    return FALSE;
  }
  g_return_val_if_reached (FALSE);
}

void
meir_engine_review_queue (MeirEngine *engine, gboolean in_order)
{
  g_autofree MeirQueueEntry *entries = g_new0 (MeirQueueEntry, engine->torrents->len);
  gint64 now_usec = meir_loop_now_usec (engine->loop);

  for (guint i = 0; i < engine->torrents->len; i++) {
    MeirTorrent *torrent = g_ptr_array_index (engine->torrents, i);

    entries[i].contends = contends (torrent);
    entries[i].runs = torrent->swarming;
    entries[i].forced = torrent->forced;
    entries[i].stalled = torrent->swarming && now_usec - torrent->progress_usec > engine->limits.stall_usec;
  }
  meir_queue_decide (entries, engine->torrents->len, engine->settings.max_downloads, in_order);
  for (guint i = 0; i < engine->torrents->len; i++) {
    MeirTorrent *torrent = g_ptr_array_index (engine->torrents, i);
    gboolean must_wait = entries[i].contends && !entries[i].may_run;
    gboolean moved = torrent->queue_position != entries[i].position;

    if (torrent->state == MEIR_TORRENT_LOADING && !torrent->settling)
      continue;
    torrent->queue_position = entries[i].position;
    if (torrent->must_wait != must_wait) {
      torrent->must_wait = must_wait;
      if (!torrent->settling && entries[i].contends)
        meir_torrent_take_state (torrent);
    } else if (moved)
      meir_torrent_publish (torrent);
  }
}

void
meir_torrent_queue_tick (MeirTorrent *torrent, gint64 now_usec)
{
  if (torrent->down.total == torrent->progress_bytes && torrent->swarming)
    return;
  torrent->progress_bytes = torrent->down.total;
  torrent->progress_usec = now_usec;
}

gboolean
meir_torrent_begin_check (MeirTorrent *torrent)
{
  torrent->check_waits = !torrent->forced && torrent->engine->n_checking >= CHECKS_AT_ONCE;
  if (torrent->check_waits) {
    torrent->queue_position = 0;
    meir_torrent_set_state (torrent, MEIR_TORRENT_QUEUED);
    return FALSE;
  }
  torrent->engine->n_checking++;
  return TRUE;
}

void
meir_engine_end_check (MeirEngine *engine)
{
  engine->n_checking--;
  for (guint i = 0; i < engine->torrents->len && engine->n_checking < CHECKS_AT_ONCE; i++) {
    MeirTorrent *next = g_ptr_array_index (engine->torrents, i);

    if (next->check_waits && !meir_torrent_is_ending (next))
      meir_torrent_check (next);
  }
}
