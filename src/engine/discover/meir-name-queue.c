/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "discover/meir-name-queue.h"

/* What is shared with look-ups that outlive the queue. */
struct _MeirNameQueue {
  MeirLoop *loop; /* NULL once freed */
  GQueue waiting; /* MeirLookUp */
  GQueue running; /* MeirLookUp; the overdue ones too */
  guint n_overdue;
};

/* One name, until the DNS has answered: a look-up that was cancelled meanwhile still has its thread. */
typedef struct {
  MeirTimer timer;
  MeirNameQueue *queue; /* a reference */
  GTask *task;          /* NULL once answered or cancelled */
  char *name;
  gulong on_cancelled;
  GList link;
  gboolean is_running;
  gboolean is_overdue;
} MeirLookUp;

static void begin_more (MeirNameQueue *queue);

MeirNameQueue *
meir_name_queue_new (MeirLoop *loop)
{
  MeirNameQueue *queue = g_rc_box_new0 (MeirNameQueue);

  queue->loop = loop;
  return queue;
}

void
meir_name_queue_free (MeirNameQueue *queue)
{
  g_assert (queue->waiting.length == 0);
  for (GList *link = queue->running.head; link != NULL; link = link->next)
    meir_loop_clear_timer (queue->loop, &((MeirLookUp *) link->data)->timer);
  queue->loop = NULL;
  g_rc_box_release (queue);
}

static void
look_up_free (MeirLookUp *look_up)
{
  g_free (look_up->name);
  g_rc_box_release (look_up->queue);
  g_free (look_up);
}

/* Takes the task, and with it the duty to answer. */
static GTask *
steal_task (MeirLookUp *look_up)
{
  GTask *task = g_steal_pointer (&look_up->task);

  if (task != NULL && look_up->on_cancelled != 0)
    g_signal_handler_disconnect (g_task_get_cancellable (task), look_up->on_cancelled);
  look_up->on_cancelled = 0;
  return task;
}

static void
cancelled_cb (GCancellable *cancellable, gpointer user_data)
{
  MeirLookUp *look_up = user_data;
  g_autoptr (GTask) task = steal_task (look_up);

  if (!look_up->is_running) {
    g_queue_unlink (&look_up->queue->waiting, &look_up->link);
    look_up_free (look_up);
  }
  g_task_return_error_if_cancelled (task);
}

static void
found_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  MeirLookUp *look_up = user_data;
  MeirNameQueue *queue = g_rc_box_acquire (look_up->queue);
  g_autoptr (GTask) task = steal_task (look_up);
  g_autoptr (GError) error = NULL;
  GList *addresses = g_resolver_lookup_by_name_finish (G_RESOLVER (source), result, &error);

  g_queue_unlink (&queue->running, &look_up->link);
  queue->n_overdue -= look_up->is_overdue;
  if (queue->loop != NULL)
    meir_loop_clear_timer (queue->loop, &look_up->timer);
  look_up_free (look_up);
  begin_more (queue);
  g_rc_box_release (queue);
  if (task == NULL)
    g_resolver_free_addresses (addresses);
  else if (error != NULL)
    g_task_return_error (task, g_steal_pointer (&error));
  else
    g_task_return_pointer (task, addresses, (GDestroyNotify) g_resolver_free_addresses);
}

static void
overdue_cb (MeirTimer *timer, gint64 now_usec)
{
  MeirLookUp *look_up = (MeirLookUp *) timer;

  if (look_up->queue->n_overdue == MEIR_NAME_OVERDUE_MAX) {
    meir_loop_set_timer (look_up->queue->loop, timer, now_usec + MEIR_NAME_OVERDUE_MSEC * 1000, overdue_cb);
    return;
  }
  look_up->is_overdue = TRUE;
  look_up->queue->n_overdue++;
  begin_more (look_up->queue);
}

static void
begin (MeirLookUp *look_up)
{
  MeirNameQueue *queue = look_up->queue;
  g_autoptr (GResolver) resolver = g_resolver_get_default ();

  look_up->is_running = TRUE;
  g_queue_push_tail_link (&queue->running, &look_up->link);
  meir_loop_set_timer (queue->loop, &look_up->timer,
                       meir_loop_now_usec (queue->loop) + MEIR_NAME_OVERDUE_MSEC * 1000, overdue_cb);
  /* Not cancelled with the task: the answer tells when its thread is free again. */
  g_resolver_lookup_by_name_async (resolver, look_up->name, NULL, found_cb, look_up);
}

static void
begin_more (MeirNameQueue *queue)
{
  while (queue->loop != NULL && queue->waiting.length > 0 &&
         queue->running.length - queue->n_overdue < MEIR_NAME_LOOK_UPS_MAX)
    begin (g_queue_pop_head_link (&queue->waiting)->data);
}

void
meir_name_queue_look_up_async (MeirNameQueue *queue, const char *name, GCancellable *cancellable,
                               GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);
  GInetAddress *address = g_inet_address_new_from_string (name);
  MeirLookUp *look_up;

  g_task_set_source_tag (task, meir_name_queue_look_up_async);
  if (address != NULL) {
    g_task_return_pointer (task, g_list_append (NULL, address), (GDestroyNotify) g_resolver_free_addresses);
    return;
  }
  if (g_task_return_error_if_cancelled (task))
    return;
  look_up = g_new0 (MeirLookUp, 1);
  look_up->queue = g_rc_box_acquire (queue);
  look_up->name = g_strdup (name);
  look_up->link.data = look_up;
  look_up->task = g_steal_pointer (&task);
  if (cancellable != NULL)
    look_up->on_cancelled = g_signal_connect (cancellable, "cancelled", G_CALLBACK (cancelled_cb), look_up);
  g_queue_push_tail_link (&queue->waiting, &look_up->link);
  begin_more (queue);
}

GList *
meir_name_queue_look_up_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}
