/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "event-queue.h"

struct _EventQueue {
  GArray *heap; /* Event */
  guint64 serial;
};

EventQueue *
event_queue_new (void)
{
  EventQueue *queue = g_new0 (EventQueue, 1);

  queue->heap = g_array_new (FALSE, FALSE, sizeof (Event));
  return queue;
}

void
event_queue_free (EventQueue *queue)
{
  g_array_unref (queue->heap);
  g_free (queue);
}

static Event *
event_at (const EventQueue *queue, guint index)
{
  return &g_array_index (queue->heap, Event, index);
}

static gboolean
is_before (const Event *a, const Event *b)
{
  return a->at_usec != b->at_usec ? a->at_usec < b->at_usec : a->serial < b->serial;
}

static void
swap (EventQueue *queue, guint a, guint b)
{
  Event event = *event_at (queue, a);

  *event_at (queue, a) = *event_at (queue, b);
  *event_at (queue, b) = event;
}

void
event_queue_push (EventQueue *queue, Event event)
{
  guint i = queue->heap->len;

  event.serial = queue->serial++;
  g_array_append_val (queue->heap, event);
  for (; i > 0 && is_before (event_at (queue, i), event_at (queue, (i - 1) / 2)); i = (i - 1) / 2)
    swap (queue, i, (i - 1) / 2);
}

Event
event_queue_pop (EventQueue *queue)
{
  Event first = *event_at (queue, 0);
  guint i = 0, least;

  swap (queue, 0, queue->heap->len - 1);
  g_array_set_size (queue->heap, queue->heap->len - 1);
  for (;; i = least) {
    least = i;
    for (guint child = 2 * i + 1; child <= 2 * i + 2 && child < queue->heap->len; child++) {
      if (is_before (event_at (queue, child), event_at (queue, least)))
        least = child;
    }
    if (least == i)
      return first;
    swap (queue, i, least);
  }
}

gint64
event_queue_next_usec (const EventQueue *queue)
{
  return event_at (queue, 0)->at_usec;
}
