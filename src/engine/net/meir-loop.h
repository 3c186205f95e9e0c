/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>
#include <sys/epoll.h>

G_BEGIN_DECLS

/**
 * MeirLoop:
 *
 * The engine thread's heart: one epoll set wrapped in one GSource, one timer heap, one ready list. Watches,
 * timers and ready items are embedded in their owners; adding, firing and removing them allocates nothing.
 * Everything here is called from the thread that runs @context, except meir_loop_wake ().
 *
 * Any callback may remove or free any watch, timer or ready item, its own and others that are due in the same
 * iteration included: the loop never touches an item after it was removed. An item that is all zeros is one
 * that is not set.
 *
 * One iteration: what epoll reports, then the timers that are due, then one pass over the ready list, then
 * the after hook. Whatever a callback sets or makes ready waits for the next iteration, so nothing can hold
 * the loop.
 */
typedef struct _MeirLoop MeirLoop;
typedef struct _MeirWatch MeirWatch;
typedef struct _MeirTimer MeirTimer;
typedef struct _MeirReady MeirReady;

/* @events: what epoll reported (EPOLLIN, EPOLLOUT, EPOLLERR, EPOLLHUP, EPOLLRDHUP). */
typedef void (*MeirWatchFunc) (MeirWatch *watch, guint32 events);
typedef void (*MeirTimerFunc) (MeirTimer *timer, gint64 now_usec);
/* Returns TRUE to stay on the ready list (more to do after the others had their turn), FALSE to leave it. */
typedef gboolean (*MeirReadyFunc) (MeirReady *ready, gint64 now_usec);

/* The structure that @item is the @member of: how a callback gets from a watch, a timer or a ready item to
 * its owner. */
#define MEIR_OWNER_OF(item, Type, member)                                                                    \
  ((Type *) (gpointer) (((guint8 *) (item)) - G_STRUCT_OFFSET (Type, member)))

struct _MeirWatch {
  int fd; /* -1 while not watched */
  MeirWatchFunc func;
  /*< private >*/
  guint32 events; /* what epoll was asked for */
  guint32 slot;   /* 1-based; 0 while not watched */
};

struct _MeirTimer {
  MeirTimerFunc func;
  gint64 due_usec;
  /*< private >*/
  guint heap_index; /* 1-based; 0 while not set */
  guint64 order;    /* timers of one due time fire in the order they were set */
};

struct _MeirReady {
  MeirReadyFunc func;
  /*< private >*/
  MeirReady *next;
  MeirReady *previous;
};

/* Attaches to @context (NULL: the default one), which is kept alive. Aborts when the system has no descriptor
 * left for the epoll set: nothing could run. */
MeirLoop *meir_loop_new (GMainContext *context);
/* Not from within a callback. What is still set is forgotten; its owners need not remove it first, but must
 * not after. */
void meir_loop_free (MeirLoop *loop);

/* Time of the current iteration, monotonic microseconds: read once after the wait, not per call. Outside of
 * an iteration, the time as it is. */
gint64 meir_loop_now_usec (MeirLoop *loop);

/* Watches @fd. With EPOLLET in @events the owner drains until would-block or stays on the ready list.
 * MEIR_ERROR_FAILED (or what the errno means) when epoll refuses. */
gboolean meir_loop_watch (MeirLoop *loop, MeirWatch *watch, int fd, guint32 events, MeirWatchFunc func,
                          GError **error);
void meir_loop_watch_change (MeirLoop *loop, MeirWatch *watch, guint32 events);
/* Call before the fd is closed. Harmless on a watch that is not set. */
void meir_loop_unwatch (MeirLoop *loop, MeirWatch *watch);

/* Sets or moves a timer. One-shot. A due time in the past fires in the next iteration. */
void meir_loop_set_timer (MeirLoop *loop, MeirTimer *timer, gint64 due_usec, MeirTimerFunc func);
void meir_loop_clear_timer (MeirLoop *loop, MeirTimer *timer);
static inline gboolean
meir_timer_is_set (const MeirTimer *timer)
{
  return timer->heap_index != 0;
}

/* Puts an item at the tail of the ready list (no-op if it is there); it runs once in the next pass. The owner
 * does at most one quantum (MEIR_QUANTUM_BYTES) of work per run. */
#define MEIR_QUANTUM_BYTES (1u << 20)
void meir_loop_make_ready (MeirLoop *loop, MeirReady *ready, MeirReadyFunc func);
void meir_loop_clear_ready (MeirLoop *loop, MeirReady *ready);

/* Called once at the end of every iteration in which anything ran: the place to send what was batched. */
typedef void (*MeirLoopIdleFunc) (gpointer user_data);
void meir_loop_set_after (MeirLoop *loop, MeirLoopIdleFunc func, gpointer user_data);

/* Any thread: makes the loop run its wake function soon (an eventfd; many wakes fold into one). */
typedef void (*MeirLoopWakeFunc) (gpointer user_data);
#define MEIR_LOOP_WAKES_MAX 16u
guint meir_loop_add_wake (MeirLoop *loop, MeirLoopWakeFunc func,
                          gpointer user_data); /* engine thread, at set-up */
void meir_loop_wake (MeirLoop *loop, guint wake_id);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MeirLoop, meir_loop_free)

G_END_DECLS
