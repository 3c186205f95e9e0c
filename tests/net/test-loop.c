/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "net/meir-loop.h"

#include "base/meir-error.h"
#include "net-support.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#define N_PIPES 300u

static MeirLoop *loop;

typedef struct {
  MeirWatch watch; /* first: the callbacks cast */
  int ends[2];
  guint calls;
  guint32 events;
} Pipe;

static void
pipe_open (Pipe *self)
{
  *self = (Pipe){ 0 };
  g_assert_cmpint (pipe2 (self->ends, O_NONBLOCK | O_CLOEXEC), ==, 0);
}

static void
pipe_close (Pipe *self)
{
  close (self->ends[0]);
  close (self->ends[1]);
}

static void
pipe_ring (Pipe *self)
{
  g_assert_cmpint (write (self->ends[1], "", 1), ==, 1);
}

static void
on_pipe (MeirWatch *watch, guint32 events)
{
  Pipe *self = (Pipe *) watch;
  char byte;

  self->calls++;
  self->events = events;
  g_assert_cmpint (read (watch->fd, &byte, 1), ==, 1);
}

static void
pipe_watch (Pipe *self, MeirWatchFunc func)
{
  g_autoptr (GError) error = NULL;

  meir_loop_watch (loop, &self->watch, self->ends[0], EPOLLIN, func, &error);
  g_assert_no_error (error);
}

static void
test_watch (void)
{
  Pipe one;

  loop = meir_loop_new (NULL);
  pipe_open (&one);
  pipe_watch (&one, on_pipe);
  net_run_for (30);
  g_assert_cmpuint (one.calls, ==, 0);
  pipe_ring (&one);
  net_run_until (one.calls == 1);
  g_assert_cmpuint (one.events, ==, EPOLLIN);

  /* Not asked for, not told. */
  meir_loop_watch_change (loop, &one.watch, 0);
  pipe_ring (&one);
  net_run_for (30);
  g_assert_cmpuint (one.calls, ==, 1);
  meir_loop_watch_change (loop, &one.watch, EPOLLIN);
  net_run_until (one.calls == 2);

  meir_loop_unwatch (loop, &one.watch);
  g_assert_cmpint (one.watch.fd, ==, -1);
  meir_loop_unwatch (loop, &one.watch);
  pipe_ring (&one);
  net_run_for (30);
  g_assert_cmpuint (one.calls, ==, 2);
  pipe_close (&one);
  meir_loop_free (loop);
}

static void
test_watch_refused (void)
{
  MeirWatch watch = { 0 };
  g_autoptr (GError) error = NULL;
  g_autofree char *path = NULL;
  int file = g_file_open_tmp (NULL, &path, NULL);

  loop = meir_loop_new (NULL);
  /* A plain file is always ready, and epoll will not have it. */
  g_assert_false (meir_loop_watch (loop, &watch, file, EPOLLIN, on_pipe, &error));
  g_assert_error (error, MEIR_ERROR, MEIR_ERROR_PERMISSION);
  g_assert_cmpint (watch.fd, ==, -1);
  meir_loop_unwatch (loop, &watch);
  meir_loop_free (loop);
  close (file);
  unlink (path);
}

static Pipe pipes[N_PIPES];
static guint n_called;

/* Whoever comes first takes away everybody else who is due in the same iteration, and puts a new watch into
 * each freed place; the events that were meant for the old ones must reach nobody. */
static void
on_pipe_remove_others (MeirWatch *watch, guint32 events)
{
  n_called++;
  for (guint i = 0; i < N_PIPES; i++) {
    if (pipes[i].watch.slot == 0)
      continue;
    meir_loop_unwatch (loop, &pipes[i].watch);
    pipe_close (&pipes[i]);
    memset (&pipes[i], 0xee, sizeof pipes[i]);
  }
  for (guint i = 0; i < N_PIPES; i++) {
    pipe_open (&pipes[i]);
    pipe_watch (&pipes[i], on_pipe);
  }
}

static void
test_remove_in_callback (void)
{
  loop = meir_loop_new (NULL);
  n_called = 0;
  for (guint i = 0; i < N_PIPES; i++) {
    pipe_open (&pipes[i]);
    pipe_watch (&pipes[i], on_pipe_remove_others);
    pipe_ring (&pipes[i]);
  }
  net_run_until (n_called > 0);
  net_run_for (30);
  g_assert_cmpuint (n_called, ==, 1);
  for (guint i = 0; i < N_PIPES; i++) {
    g_assert_cmpuint (pipes[i].calls, ==, 0);
    pipe_ring (&pipes[i]);
  }
  net_run_for (30);
  for (guint i = 0; i < N_PIPES; i++) {
    g_assert_cmpuint (pipes[i].calls, ==, 1);
    meir_loop_unwatch (loop, &pipes[i].watch);
    pipe_close (&pipes[i]);
  }
  meir_loop_free (loop);
}

static void
on_pipe_keep_full (MeirWatch *watch, guint32 events)
{
  ((Pipe *) watch)->calls++;
}

/* More descriptors are ready than one iteration takes, all the time: all get their turn. */
static void
test_watch_fairness (void)
{
  guint least = G_MAXUINT, most = 0;

  loop = meir_loop_new (NULL);
  for (guint i = 0; i < N_PIPES; i++) {
    pipe_open (&pipes[i]);
    pipe_watch (&pipes[i], on_pipe_keep_full);
    pipe_ring (&pipes[i]);
  }
  for (guint i = 0; i < 300; i++)
    g_main_context_iteration (NULL, TRUE);
  for (guint i = 0; i < N_PIPES; i++) {
    least = MIN (least, pipes[i].calls);
    most = MAX (most, pipes[i].calls);
    meir_loop_unwatch (loop, &pipes[i].watch);
    pipe_close (&pipes[i]);
  }
  g_assert_cmpuint (least, >, 200);
  g_assert_cmpuint (most - least, <, 20);
  meir_loop_free (loop);
}

typedef struct {
  MeirTimer timer;
  guint calls;
} Alarm;

static GArray *order;

static void
on_alarm (MeirTimer *timer, gint64 now_usec)
{
  Alarm *self = (Alarm *) timer;

  g_assert_cmpint (now_usec, >=, timer->due_usec);
  g_assert_cmpint (now_usec, ==, meir_loop_now_usec (loop));
  g_assert_false (meir_timer_is_set (timer));
  self->calls++;
  g_array_append_val (order, timer->due_usec);
}

static void
test_timer_order (void)
{
  g_autofree Alarm *alarms = g_new0 (Alarm, 1000);
  guint n_set = 0;
  gint64 base;
  GRand *random = g_rand_new_with_seed (7);

  loop = meir_loop_new (NULL);
  order = g_array_new (FALSE, FALSE, sizeof (gint64));
  base = meir_loop_now_usec (loop);
  for (guint i = 0; i < 1000; i++)
    meir_loop_set_timer (loop, &alarms[i].timer, base + g_rand_int_range (random, -1000, 20000), on_alarm);
  /* Some are moved, earlier and later, and some taken away. */
  for (guint i = 0; i < 1000; i += 3)
    meir_loop_set_timer (loop, &alarms[i].timer, base + g_rand_int_range (random, -1000, 20000), on_alarm);
  for (guint i = 0; i < 1000; i += 5) {
    meir_loop_clear_timer (loop, &alarms[i].timer);
    meir_loop_clear_timer (loop, &alarms[i].timer);
  }
  net_run_until (order->len == 800);
  net_run_for (30);
  for (guint i = 0; i < 1000; i++)
    g_assert_cmpuint (alarms[i].calls, ==, i % 5 == 0 ? 0 : 1);
  for (guint i = 1; i < order->len; i++)
    g_assert_cmpint (g_array_index (order, gint64, i - 1), <=, g_array_index (order, gint64, i));
  n_set = order->len;
  g_assert_cmpuint (n_set, ==, 800);
  g_array_unref (order);
  g_rand_free (random);
  meir_loop_free (loop);
}

static Alarm first, second, third;

static void
on_alarm_again (MeirTimer *timer, gint64 now_usec)
{
  Alarm *self = (Alarm *) timer;

  if (++self->calls < 5)
    meir_loop_set_timer (loop, timer, now_usec - G_USEC_PER_SEC, on_alarm_again);
}

static guint n_iterations;

static void
on_after (gpointer user_data)
{
  n_iterations++;
}

static void
on_alarm_clear_others (MeirTimer *timer, gint64 now_usec)
{
  ((Alarm *) timer)->calls++;
  meir_loop_clear_timer (loop, &second.timer);
  meir_loop_clear_timer (loop, &third.timer);
}

static void
test_timer_in_callback (void)
{
  loop = meir_loop_new (NULL);
  first = second = third = (Alarm){ 0 };
  n_iterations = 0;
  meir_loop_set_after (loop, on_after, NULL);
  /* A timer that is set into the past over and over fires once an iteration, and does not hold the loop. */
  meir_loop_set_timer (loop, &first.timer, 0, on_alarm_again);
  net_run_until (first.calls == 5);
  g_assert_cmpuint (n_iterations, ==, 5);

  /* The first takes away the others that are due with it. */
  first.calls = 0;
  meir_loop_set_timer (loop, &first.timer, 1, on_alarm_clear_others);
  meir_loop_set_timer (loop, &second.timer, 2, on_alarm_again);
  meir_loop_set_timer (loop, &third.timer, 3, on_alarm_again);
  net_run_until (first.calls == 1);
  net_run_for (30);
  g_assert_cmpuint (first.calls, ==, 1);
  g_assert_cmpuint (second.calls + third.calls, ==, 0);
  /* Nothing ran, so nothing was to be done after it. */
  n_iterations = 0;
  net_run_for (30);
  g_assert_cmpuint (n_iterations, ==, 0);
  meir_loop_free (loop);
}

typedef struct {
  MeirReady ready;
  guint calls;
  guint stay;
  char name;
  gboolean dies;
} Worker;

static GString *trace;
static Worker workers[4];

static gboolean
on_work (MeirReady *ready, gint64 now_usec)
{
  Worker *self = (Worker *) ready;

  g_string_append_c (trace, self->name);
  return ++self->calls < self->stay;
}

static void
test_ready_takes_turns (void)
{
  static const guint stay[] = { 3, 1, 2, 3 };

  loop = meir_loop_new (NULL);
  trace = g_string_new (NULL);
  for (guint i = 0; i < 4; i++) {
    workers[i] = (Worker){ .stay = stay[i], .name = (char) ('a' + i) };
    meir_loop_make_ready (loop, &workers[i].ready, on_work);
    meir_loop_make_ready (loop, &workers[i].ready, on_work);
  }
  net_run_until (workers[0].calls + workers[1].calls + workers[2].calls + workers[3].calls == 9);
  net_run_for (30);
  g_assert_cmpstr (trace->str, ==, "abcdacdad");
  g_string_free (trace, TRUE);
  meir_loop_free (loop);
}

static gboolean
on_work_meddle (MeirReady *ready, gint64 now_usec)
{
  Worker *self = (Worker *) ready;

  g_string_append_c (trace, self->name);
  if (++self->calls == 1) {
    /* One that is due in this pass, one that is new, and itself. */
    meir_loop_clear_ready (loop, &workers[1].ready);
    meir_loop_make_ready (loop, &workers[3].ready, on_work);
    meir_loop_make_ready (loop, &self->ready, on_work_meddle);
    return FALSE;
  }
  /* Gone, whatever it says. */
  meir_loop_clear_ready (loop, &self->ready);
  memset (&self->ready, 0, sizeof self->ready);
  return TRUE;
}

static void
test_ready_in_callback (void)
{
  loop = meir_loop_new (NULL);
  trace = g_string_new (NULL);
  for (guint i = 0; i < 4; i++)
    workers[i] = (Worker){ .stay = 1, .name = (char) ('a' + i) };
  meir_loop_make_ready (loop, &workers[0].ready, on_work_meddle);
  meir_loop_make_ready (loop, &workers[1].ready, on_work);
  meir_loop_make_ready (loop, &workers[2].ready, on_work);
  net_run_until (workers[3].calls == 1 && workers[0].calls == 2);
  net_run_for (30);
  g_assert_cmpstr (trace->str, ==, "acda");
  g_string_free (trace, TRUE);
  meir_loop_free (loop);
}

/* Work without end does not keep timers, descriptors or other sources of the context from their turn. */
static void
test_ready_does_not_starve (void)
{
  Pipe one;
  GArray *fired = order = g_array_new (FALSE, FALSE, sizeof (gint64));

  loop = meir_loop_new (NULL);
  trace = g_string_new (NULL);
  first = (Alarm){ 0 };
  workers[0] = (Worker){ .stay = G_MAXUINT, .name = 'a' };
  pipe_open (&one);
  pipe_watch (&one, on_pipe);
  pipe_ring (&one);
  meir_loop_make_ready (loop, &workers[0].ready, on_work);
  meir_loop_set_timer (loop, &first.timer, meir_loop_now_usec (loop) + 5000, on_alarm);
  net_run_until (one.calls == 1 && first.calls == 1);
  g_assert_cmpuint (workers[0].calls, >, 2);
  meir_loop_clear_ready (loop, &workers[0].ready);
  meir_loop_unwatch (loop, &one.watch);
  pipe_close (&one);
  g_string_free (trace, TRUE);
  g_array_unref (fired);
  meir_loop_free (loop);
}

typedef struct {
  guint id;
  guint woken;
  gint messages; /* posted, not yet taken */
  guint taken;
} Mailbox;

#define POSTS 20000

static Mailbox mailboxes[2];

static void
on_woken (gpointer user_data)
{
  Mailbox *mailbox = user_data;

  mailbox->woken++;
  mailbox->taken += (guint) g_atomic_int_exchange (&mailbox->messages, 0);
}

static gpointer
post (gpointer user_data)
{
  for (guint i = 0; i < POSTS; i++) {
    Mailbox *mailbox = &mailboxes[i % 2];

    g_atomic_int_inc (&mailbox->messages);
    meir_loop_wake (loop, mailbox->id);
  }
  return NULL;
}

static void
test_wake (void)
{
  GThread *threads[4];

  loop = meir_loop_new (NULL);
  for (guint i = 0; i < 2; i++) {
    mailboxes[i] = (Mailbox){ 0 };
    mailboxes[i].id = meir_loop_add_wake (loop, on_woken, &mailboxes[i]);
  }
  for (guint i = 0; i < 4; i++)
    threads[i] = g_thread_new ("post", post, NULL);
  net_run_until (mailboxes[0].taken == 4 * POSTS / 2 && mailboxes[1].taken == 4 * POSTS / 2);
  for (guint i = 0; i < 4; i++)
    g_thread_join (threads[i]);

  /* Many wakes fold into one. */
  mailboxes[0].woken = mailboxes[1].woken = 0;
  for (guint i = 0; i < 100; i++)
    meir_loop_wake (loop, mailboxes[0].id);
  net_run_until (mailboxes[0].woken > 0);
  net_run_for (30);
  g_assert_cmpuint (mailboxes[0].woken, ==, 1);
  g_assert_cmpuint (mailboxes[1].woken, ==, 0);
  meir_loop_free (loop);
}

static void
test_now (void)
{
  gint64 before;

  loop = meir_loop_new (NULL);
  before = g_get_monotonic_time ();
  /* Outside of an iteration it is never stale. */
  g_assert_cmpint (meir_loop_now_usec (loop), >=, before);
  meir_loop_free (loop);
  meir_loop_free (NULL);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/loop/watch", test_watch);
  g_test_add_func ("/loop/watch-refused", test_watch_refused);
  g_test_add_func ("/loop/remove-in-callback", test_remove_in_callback);
  g_test_add_func ("/loop/watch-fairness", test_watch_fairness);
  g_test_add_func ("/loop/timer-order", test_timer_order);
  g_test_add_func ("/loop/timer-in-callback", test_timer_in_callback);
  g_test_add_func ("/loop/ready-takes-turns", test_ready_takes_turns);
  g_test_add_func ("/loop/ready-in-callback", test_ready_in_callback);
  g_test_add_func ("/loop/ready-does-not-starve", test_ready_does_not_starve);
  g_test_add_func ("/loop/wake", test_wake);
  g_test_add_func ("/loop/now", test_now);
  return g_test_run ();
}
