/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "net/meir-loop.h"

#include "base/meir-clock.h"
#include "base/meir-error.h"
#include "meir-config.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

/* Events taken from the kernel at once. More wait in the kernel, whose list goes round, so nobody starves. */
#define EVENTS_PER_ITERATION 256

/* What an epoll event names: never the watch itself, which may be gone by the time the event is looked at,
 * but a place in a table and the number of the tenant that held it when the event was asked for. */
typedef struct {
  MeirWatch *watch; /* NULL: free */
  guint32 generation;
  guint32 next_free;
} MeirLoopSlot;

typedef struct {
  MeirLoopWakeFunc func;
  gpointer user_data;
  gint asked;
} MeirLoopWake;

typedef struct {
  GSource source;
  MeirLoop *loop;
} MeirLoopSource;

struct _MeirLoop {
  GMainContext *context;
  MeirLoopSource *source;
  gpointer epoll_tag;
  int epoll;

  gint64 now_usec;
  gboolean running;

  MeirLoopSlot *slots; /* slot n of a watch is slots[n - 1] */
  guint32 n_slots;
  guint32 free_slot; /* 1-based, 0: none */

  /* A binary heap by (due_usec, order); timer n is heap[n - 1]. */
  MeirTimer **heap;
  guint n_timers;
  guint heap_allocated;
  guint64 order;

  /* Heads of circular lists. What is to run in this pass is moved to @turn, so that what becomes ready
   * meanwhile waits for the next. */
  MeirReady ready;
  MeirReady turn;
  MeirReady *current; /* the item whose callback runs, unless it was cleared since */

  MeirLoopIdleFunc after;
  gpointer after_data;

  MeirWatch wake_watch;
  MeirLoopWake wakes[MEIR_LOOP_WAKES_MAX];
  guint n_wakes;

  struct epoll_event events[EVENTS_PER_ITERATION];
};

static inline gboolean
list_is_empty (const MeirReady *head)
{
  return head->next == head;
}

static inline void
list_append (MeirReady *head, MeirReady *ready)
{
  ready->previous = head->previous;
  ready->next = head;
  head->previous->next = ready;
  head->previous = ready;
}

static inline void
list_unlink (MeirReady *ready)
{
  ready->previous->next = ready->next;
  ready->next->previous = ready->previous;
  ready->next = ready->previous = NULL;
}

static inline gboolean
timer_before (const MeirTimer *a, const MeirTimer *b)
{
  return a->due_usec != b->due_usec ? a->due_usec < b->due_usec : a->order < b->order;
}

static inline void
heap_put (MeirLoop *loop, guint index, MeirTimer *timer)
{
  loop->heap[index - 1] = timer;
  timer->heap_index = index;
}

/* Puts @timer at @index, or wherever above or below it the order of the heap wants it. */
static void
heap_settle (MeirLoop *loop, guint index, MeirTimer *timer)
{
  while (index > 1 && timer_before (timer, loop->heap[index / 2 - 1])) {
    heap_put (loop, index, loop->heap[index / 2 - 1]);
    index /= 2;
  }
  for (guint child = 2 * index; child <= loop->n_timers; child = 2 * index) {
    if (child < loop->n_timers && timer_before (loop->heap[child], loop->heap[child - 1]))
      child++;
    if (!timer_before (loop->heap[child - 1], timer))
      break;
    heap_put (loop, index, loop->heap[child - 1]);
    index = child;
  }
  heap_put (loop, index, timer);
}

static void
heap_remove (MeirLoop *loop, MeirTimer *timer)
{
  MeirTimer *last = loop->heap[--loop->n_timers];
  guint hole = timer->heap_index;

  timer->heap_index = 0;
  if (last != timer)
    heap_settle (loop, hole, last);
}

static gboolean
loop_prepare (GSource *source, gint *timeout_msec)
{
  MeirLoop *loop = ((MeirLoopSource *) source)->loop;
  gint64 wait_usec;

  *timeout_msec = -1;
  if (!list_is_empty (&loop->ready))
    return TRUE;
  if (loop->n_timers == 0)
    return FALSE;
  wait_usec = loop->heap[0]->due_usec - g_source_get_time (source);
  if (wait_usec <= 0)
    return TRUE;
  /* Rounded up: waking a moment early would mean going round once more for nothing. */
  *timeout_msec = (gint) MIN ((wait_usec + 999) / 1000, G_MAXINT);
  return FALSE;
}

static gboolean
loop_check (GSource *source)
{
  MeirLoop *loop = ((MeirLoopSource *) source)->loop;

  return !list_is_empty (&loop->ready) || g_source_query_unix_fd (source, loop->epoll_tag) != 0 ||
         (loop->n_timers > 0 && loop->heap[0]->due_usec <= g_source_get_time (source));
}

static gboolean
run_events (MeirLoop *loop)
{
  int n = epoll_wait (loop->epoll, loop->events, EVENTS_PER_ITERATION, 0);

  for (int i = 0; i < n; i++) {
    guint32 slot = (guint32) loop->events[i].data.u64;
    guint32 generation = (guint32) (loop->events[i].data.u64 >> 32);
    /* Read anew each time: a callback may have made the table grow. */
    MeirWatch *watch = loop->slots[slot - 1].watch;

    if (watch != NULL && loop->slots[slot - 1].generation == generation)
      watch->func (watch, loop->events[i].events);
  }
  return n > 0;
}

static gboolean
run_timers (MeirLoop *loop)
{
  guint64 set_before = loop->order;
  gboolean ran = FALSE;

  /* A timer that a callback sets into the past has a later order and waits, so that this comes to an end. */
  while (loop->n_timers > 0 && loop->heap[0]->due_usec <= loop->now_usec &&
         loop->heap[0]->order < set_before) {
    MeirTimer *timer = loop->heap[0];

    heap_remove (loop, timer);
    timer->func (timer, loop->now_usec);
    ran = TRUE;
  }
  return ran;
}

static gboolean
run_ready (MeirLoop *loop)
{
  gboolean ran = FALSE;

  if (list_is_empty (&loop->ready))
    return FALSE;
  loop->turn = loop->ready;
  loop->turn.next->previous = loop->turn.previous->next = &loop->turn;
  loop->ready.next = loop->ready.previous = &loop->ready;

  while (!list_is_empty (&loop->turn)) {
    MeirReady *ready = loop->turn.next;

    list_unlink (ready);
    loop->current = ready;
    if (ready->func (ready, loop->now_usec) && loop->current == ready && ready->next == NULL)
      list_append (&loop->ready, ready);
    loop->current = NULL;
    ran = TRUE;
  }
  return ran;
}

static gboolean
loop_dispatch (GSource *source, GSourceFunc callback, gpointer user_data)
{
  MeirLoop *loop = ((MeirLoopSource *) source)->loop;
  gboolean ran;

  loop->now_usec = meir_clock_now_usec ();
  loop->running = TRUE;
  ran = run_events (loop);
  ran |= run_timers (loop);
  ran |= run_ready (loop);
  if (ran && loop->after != NULL)
    loop->after (loop->after_data);
  loop->running = FALSE;
  return G_SOURCE_CONTINUE;
}

static GSourceFuncs loop_source_funcs = {
  .prepare = loop_prepare,
  .check = loop_check,
  .dispatch = loop_dispatch,
};

static void
on_wake (MeirWatch *watch, guint32 events)
{
  MeirLoop *loop = MEIR_OWNER_OF (watch, MeirLoop, wake_watch);
  guint64 count;

  /* Emptied before the marks are looked at: a wake that comes in between is seen by the marks or rings
   * again. */
  while (read (watch->fd, &count, sizeof count) < 0 && errno == EINTR)
    ;
  for (guint i = 0; i < loop->n_wakes; i++) {
    if (g_atomic_int_exchange (&loop->wakes[i].asked, 0) != 0)
      loop->wakes[i].func (loop->wakes[i].user_data);
  }
}

MeirLoop *
meir_loop_new (GMainContext *context)
{
  MeirLoop *loop = g_new0 (MeirLoop, 1);
  g_autoptr (GError) error = NULL;
  int wake;

  loop->context =
      context != NULL ? g_main_context_ref (context) : g_main_context_ref (g_main_context_default ());
  loop->ready.next = loop->ready.previous = &loop->ready;
  loop->turn.next = loop->turn.previous = &loop->turn;

  loop->epoll = epoll_create1 (EPOLL_CLOEXEC);
  if (loop->epoll < 0)
    g_error ("No event loop: %s", g_strerror (errno));
  wake = eventfd (0, EFD_CLOEXEC | EFD_NONBLOCK);
  if (wake < 0 || !meir_loop_watch (loop, &loop->wake_watch, wake, EPOLLIN, on_wake, &error))
    g_error ("No event loop: %s", error != NULL ? error->message : g_strerror (errno));

  loop->source = (MeirLoopSource *) g_source_new (&loop_source_funcs, sizeof (MeirLoopSource));
  loop->source->loop = loop;
  g_source_set_static_name (&loop->source->source, "meir-loop");
  loop->epoll_tag = g_source_add_unix_fd (&loop->source->source, loop->epoll, G_IO_IN);
  g_source_attach (&loop->source->source, loop->context);
  return loop;
}

void
meir_loop_free (MeirLoop *loop)
{
  if (loop == NULL)
    return;
  g_return_if_fail (!loop->running);
  g_source_destroy (&loop->source->source);
  g_source_unref (&loop->source->source);
  close (loop->wake_watch.fd);
  close (loop->epoll);
  g_main_context_unref (loop->context);
  g_free (loop->slots);
  g_free (loop->heap);
  g_free (loop);
}

gint64
meir_loop_now_usec (MeirLoop *loop)
{
  return loop->running ? loop->now_usec : meir_clock_now_usec ();
}

static guint32
take_slot (MeirLoop *loop, MeirWatch *watch)
{
  MeirLoopSlot *slot;
  guint32 index;

  if (loop->free_slot == 0) {
    guint32 n = MAX (2 * loop->n_slots, 64);

    loop->slots = g_renew (MeirLoopSlot, loop->slots, n);
    for (guint32 i = n; i > loop->n_slots; i--) {
      loop->slots[i - 1] = (MeirLoopSlot){ .next_free = loop->free_slot };
      loop->free_slot = i;
    }
    loop->n_slots = n;
  }
  index = loop->free_slot;
  slot = &loop->slots[index - 1];
  loop->free_slot = slot->next_free;
  slot->watch = watch;
  return index;
}

static void
give_slot (MeirLoop *loop, guint32 index)
{
  MeirLoopSlot *slot = &loop->slots[index - 1];

  slot->watch = NULL;
  slot->generation++;
  slot->next_free = loop->free_slot;
  loop->free_slot = index;
}

static struct epoll_event
watch_event (MeirLoop *loop, const MeirWatch *watch)
{
  guint64 generation = loop->slots[watch->slot - 1].generation;

  return (struct epoll_event){ .events = watch->events, .data.u64 = generation << 32 | watch->slot };
}

gboolean
meir_loop_watch (MeirLoop *loop, MeirWatch *watch, int fd, guint32 events, MeirWatchFunc func, GError **error)
{
  struct epoll_event event;

  g_return_val_if_fail (watch->slot == 0, FALSE);

  *watch = (MeirWatch){ .fd = fd, .func = func, .events = events };
  watch->slot = take_slot (loop, watch);
  event = watch_event (loop, watch);
  if (epoll_ctl (loop->epoll, EPOLL_CTL_ADD, fd, &event) < 0) {
    int error_number = errno;

    give_slot (loop, watch->slot);
    *watch = (MeirWatch){ .fd = -1 };
    meir_set_error_from_errno (error, error_number, _ ("A connection cannot be watched"));
    return FALSE;
  }
  return TRUE;
}

void
meir_loop_watch_change (MeirLoop *loop, MeirWatch *watch, guint32 events)
{
  struct epoll_event event;

  g_return_if_fail (watch->slot != 0);

  /* Edge-triggered, asking again is how one hears of what is there already, so only level-triggered is
   * spared. */
  if (events == watch->events && !(events & EPOLLET))
    return;
  watch->events = events;
  event = watch_event (loop, watch);
  if (epoll_ctl (loop->epoll, EPOLL_CTL_MOD, watch->fd, &event) < 0)
    g_critical ("epoll_ctl: %s", g_strerror (errno));
}

void
meir_loop_unwatch (MeirLoop *loop, MeirWatch *watch)
{
  if (watch->slot == 0)
    return;
  /* Older kernels want a non-NULL event even to delete. */
  epoll_ctl (loop->epoll, EPOLL_CTL_DEL, watch->fd, &(struct epoll_event){ 0 });
  give_slot (loop, watch->slot);
  watch->slot = 0;
  watch->fd = -1;
}

void
meir_loop_set_timer (MeirLoop *loop, MeirTimer *timer, gint64 due_usec, MeirTimerFunc func)
{
  guint index = timer->heap_index;

  timer->func = func;
  timer->due_usec = due_usec;
  timer->order = loop->order++;
  if (index == 0) {
    if (loop->n_timers == loop->heap_allocated) {
      loop->heap_allocated = MAX (2 * loop->heap_allocated, 64);
      loop->heap = g_renew (MeirTimer *, loop->heap, loop->heap_allocated);
    }
    index = ++loop->n_timers;
  }
  heap_settle (loop, index, timer);
}

void
meir_loop_clear_timer (MeirLoop *loop, MeirTimer *timer)
{
  if (timer->heap_index != 0)
    heap_remove (loop, timer);
}

void
meir_loop_make_ready (MeirLoop *loop, MeirReady *ready, MeirReadyFunc func)
{
  ready->func = func;
  if (ready->next == NULL)
    list_append (&loop->ready, ready);
}

void
meir_loop_clear_ready (MeirLoop *loop, MeirReady *ready)
{
  if (loop->current == ready)
    loop->current = NULL;
  if (ready->next != NULL)
    list_unlink (ready);
}

void
meir_loop_set_after (MeirLoop *loop, MeirLoopIdleFunc func, gpointer user_data)
{
  loop->after = func;
  loop->after_data = user_data;
}

guint
meir_loop_add_wake (MeirLoop *loop, MeirLoopWakeFunc func, gpointer user_data)
{
  guint id = loop->n_wakes;

  g_assert (id < MEIR_LOOP_WAKES_MAX);
  loop->wakes[id] = (MeirLoopWake){ .func = func, .user_data = user_data };
  loop->n_wakes++;
  return id;
}

void
meir_loop_wake (MeirLoop *loop, guint wake_id)
{
  const guint64 one = 1;

  if (g_atomic_int_exchange (&loop->wakes[wake_id].asked, 1) != 0)
    return;
  /* Cannot be full: a mark is set once between two readings. */
  while (write (loop->wake_watch.fd, &one, sizeof one) < 0 && errno == EINTR)
    ;
}
