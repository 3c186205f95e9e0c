/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * MeirQueueEntry:
 * @contends: it would download if it may: not paused, finished or failed
 * @runs: it has a place now
 * @forced: a person wants it now: runs in any case, and takes nobody's place
 * @stalled: has a place, and has got nothing for long: keeps running, and takes nobody's place
 * @may_run: (out): what is decided, of those that contend
 * @position: (out): among those that wait: 1 is the next; 0: does not wait
 *
 * A torrent, as the queue sees it.
 */
typedef struct {
  gboolean contends, runs, forced, stalled;
  gboolean may_run;
  guint position;
} MeirQueueEntry;

/**
 * meir_queue_decide:
 * @entries: in the order of the queue
 * @places: how many may run at once; 0: any number
 * @in_order: a person changed something: the first have the places, whoever has them now. Otherwise nobody
 *   loses a place, and free ones go to the first that wait: so that a torrent that trickles does not push
 *   others out and back in
 *
 * Who may download now. Pure.
 */
void meir_queue_decide (MeirQueueEntry *entries, guint n_entries, guint places, gboolean in_order);

G_END_DECLS
