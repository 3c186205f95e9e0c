/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

/* What is to happen in virtual time: earliest first, and what is due at one time in the order it was pushed.
 */
typedef enum {
  EVENT_TICK,
  EVENT_CHOKE,
  EVENT_UNCHOKE,
  EVENT_INTERESTED,
  EVENT_NOT_INTERESTED,
  EVENT_HAVE,
  EVENT_REQUEST,
  EVENT_CANCEL,
  EVENT_REJECT,
  EVENT_BLOCK_START,
  EVENT_BLOCK_BYTE,
  EVENT_BLOCK_END,
  EVENT_SENT,
  EVENT_VERIFIED,
} EventKind;

typedef struct {
  gint64 at_usec;
  guint64 serial;
  EventKind kind;
  guint to;
  guint from;
  guint link; /* which connection of the two it belongs to */
  guint32 piece;
  guint32 begin;
  guint32 length;
  guint64 mark;
} Event;

typedef struct _EventQueue EventQueue;

EventQueue *event_queue_new (void);
void event_queue_free (EventQueue *queue);
void event_queue_push (EventQueue *queue, Event event);
/* Neither may be called when it is empty. */
Event event_queue_pop (EventQueue *queue);
gint64 event_queue_next_usec (const EventQueue *queue);
