/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "session/meir-mailbox.h"

/* How long one turn of the front end's main loop may deliver mails. */
#define SLICE_USEC 2000

typedef struct {
  MeirMailFunc func;
  gpointer data;
  GDestroyNotify destroy;
  MeirMailWeight weight;
  gconstpointer about;
} MeirMail;

struct _MeirMailbox {
  gatomicrefcount ref_count;

  /* Immutable after meir_mailbox_attach () */
  MeirLoop *loop;
  guint wake_id;
  GSource *front_source;

  /* Front end thread */
  GArray *due; /* taken out of @to_front; which is to be delivered next: */
  guint due_next;

  /* Guarded by lock */
  GMutex lock;
  GArray *to_engine;
  GArray *to_front;
  guint crowded_at; /* length of @to_front from which some of it is left out */
  gboolean behind;  /* some of @due is still to be delivered: the front end comes back by itself */
  gboolean attached;
  gboolean closed;
};

static void
clear_mail (gpointer item)
{
  MeirMail *mail = item;

  if (mail->destroy != NULL)
    mail->destroy (mail->data);
}

static GArray *
new_queue (void)
{
  GArray *queue = g_array_new (FALSE, FALSE, sizeof (MeirMail));

  g_array_set_clear_func (queue, clear_mail);
  return queue;
}

/* Takes the whole queue out under the lock and runs it without: nobody is called with a lock held. */
static void
deliver_to_engine (gpointer user_data)
{
  MeirMailbox *mailbox = user_data;
  g_autoptr (GArray) due = NULL;

  g_mutex_lock (&mailbox->lock);
  due = g_steal_pointer (&mailbox->to_engine);
  mailbox->to_engine = new_queue ();
  g_mutex_unlock (&mailbox->lock);

  for (guint i = 0; i < due->len; i++) {
    MeirMail *mail = &g_array_index (due, MeirMail, i);

    mail->func (mail->data);
  }
}

static gboolean
front_dispatch (GSource *source, GSourceFunc callback, gpointer user_data)
{
  g_source_set_ready_time (source, -1);
  return callback (user_data);
}

/* Front end thread; what was taken out before has been delivered. */
static void
take_due (MeirMailbox *mailbox)
{
  g_mutex_lock (&mailbox->lock);
  g_array_set_clear_func (mailbox->to_front, NULL); /* each is cleared on its own */
  g_array_unref (mailbox->due);
  mailbox->due = g_steal_pointer (&mailbox->to_front);
  mailbox->due_next = 0;
  mailbox->to_front = new_queue ();
  mailbox->crowded_at = MEIR_MAILS_WAITING_MAX;
  g_mutex_unlock (&mailbox->lock);
}

/* Front end thread: whether and when there is to be another turn. What is left over lets frames be drawn
 * first, which mails that come one by one need not. */
static void
plan_turn (MeirMailbox *mailbox)
{
  gboolean behind = mailbox->due_next < mailbox->due->len;
  gboolean more, closed;

  g_mutex_lock (&mailbox->lock);
  mailbox->behind = behind;
  more = behind || mailbox->to_front->len > 0;
  closed = mailbox->closed;
  g_mutex_unlock (&mailbox->lock);
  if (closed)
    return;
  g_source_set_priority (mailbox->front_source, behind ? G_PRIORITY_DEFAULT_IDLE : G_PRIORITY_DEFAULT);
  if (more)
    g_source_set_ready_time (mailbox->front_source, 0);
}

/* Any of them may close the mailbox, and let go of it. */
static gboolean
deliver_to_front (gpointer user_data)
{
  MeirMailbox *mailbox = meir_mailbox_ref (user_data);
  gint64 end_usec = g_get_monotonic_time () + SLICE_USEC;
  guint n = 0;

  if (mailbox->due_next == mailbox->due->len)
    take_due (mailbox);
  do {
    MeirMail mail;

    if (mailbox->due_next == mailbox->due->len)
      break;
    mail = g_array_index (mailbox->due, MeirMail, mailbox->due_next++);
    mail.func (mail.data);
    clear_mail (&mail);
  } while (++n < MEIR_MAILS_A_TURN && g_get_monotonic_time () < end_usec);
  plan_turn (mailbox);
  meir_mailbox_unref (mailbox);
  return G_SOURCE_CONTINUE;
}

static GSourceFuncs front_source_funcs = { .dispatch = front_dispatch };

MeirMailbox *
meir_mailbox_new (GMainContext *front)
{
  MeirMailbox *mailbox = g_new0 (MeirMailbox, 1);

  g_atomic_ref_count_init (&mailbox->ref_count);
  g_mutex_init (&mailbox->lock);
  mailbox->to_engine = new_queue ();
  mailbox->to_front = new_queue ();
  mailbox->due = g_array_new (FALSE, FALSE, sizeof (MeirMail));
  mailbox->crowded_at = MEIR_MAILS_WAITING_MAX;
  mailbox->front_source = g_source_new (&front_source_funcs, sizeof (GSource));
  g_source_set_static_name (mailbox->front_source, "MeirTorrent engine events");
  g_source_set_callback (mailbox->front_source, deliver_to_front, mailbox, NULL);
  g_source_attach (mailbox->front_source, front);
  return mailbox;
}

void
meir_mailbox_attach (MeirMailbox *mailbox, MeirLoop *loop)
{
  mailbox->loop = loop;
  mailbox->wake_id = meir_loop_add_wake (loop, deliver_to_engine, mailbox);
  g_mutex_lock (&mailbox->lock);
  mailbox->attached = TRUE;
  g_mutex_unlock (&mailbox->lock);
  meir_loop_wake (loop, mailbox->wake_id);
}

void
meir_mailbox_close (MeirMailbox *mailbox)
{
  g_autoptr (GArray) to_engine = NULL;
  g_autoptr (GArray) to_front = NULL;

  g_source_destroy (mailbox->front_source);
  g_mutex_lock (&mailbox->lock);
  mailbox->closed = TRUE;
  mailbox->attached = FALSE;
  to_engine = g_steal_pointer (&mailbox->to_engine);
  to_front = g_steal_pointer (&mailbox->to_front);
  mailbox->to_engine = new_queue ();
  mailbox->to_front = new_queue ();
  g_mutex_unlock (&mailbox->lock);
  while (mailbox->due_next < mailbox->due->len) {
    MeirMail mail = g_array_index (mailbox->due, MeirMail, mailbox->due_next++);

    clear_mail (&mail);
  }
}

MeirMailbox *
meir_mailbox_ref (MeirMailbox *mailbox)
{
  g_atomic_ref_count_inc (&mailbox->ref_count);
  return mailbox;
}

void
meir_mailbox_unref (MeirMailbox *mailbox)
{
  if (!g_atomic_ref_count_dec (&mailbox->ref_count))
    return;
  g_source_unref (mailbox->front_source);
  g_array_unref (mailbox->to_engine);
  g_array_unref (mailbox->to_front);
  g_array_unref (mailbox->due);
  g_mutex_clear (&mailbox->lock);
  g_free (mailbox);
}

void
meir_mailbox_to_engine (MeirMailbox *mailbox, MeirMailFunc func, gpointer data, GDestroyNotify destroy)
{
  MeirMail mail = { .func = func, .data = data, .destroy = destroy };
  gboolean wake = FALSE;
  gboolean closed;

  g_mutex_lock (&mailbox->lock);
  closed = mailbox->closed;
  if (!closed) {
    g_array_append_val (mailbox->to_engine, mail);
    wake = mailbox->attached && mailbox->to_engine->len == 1;
  }
  g_mutex_unlock (&mailbox->lock);
  if (closed)
    clear_mail (&mail);
  if (wake)
    meir_loop_wake (mailbox->loop, mailbox->wake_id);
}

/* What need not be delivered goes to @left_out: of the mails that only say the latest all but the last about
 * the same, and the older chatter. The last mail about anything stays, so that it is let go where it is used.
 */
static void
thin_out_locked (MeirMailbox *mailbox, GArray *left_out)
{
  g_autoptr (GHashTable) seen = g_hash_table_new (NULL, NULL);
  g_autoptr (GHashTable) mentioned = g_hash_table_new (NULL, NULL);
  g_autoptr (GArray) waiting = g_steal_pointer (&mailbox->to_front);
  guint n_chatter = 0, n_kept = 0;

  g_array_set_clear_func (waiting, NULL);
  mailbox->to_front = new_queue ();
  g_array_set_size (mailbox->to_front, waiting->len);
  for (guint i = waiting->len; i > 0; i--) {
    MeirMail *mail = &g_array_index (waiting, MeirMail, i - 1);
    gboolean is_due = g_hash_table_add (mentioned, (gpointer) mail->about);

    switch (mail->weight) {
    case MEIR_MAIL_KEPT:
      is_due = TRUE;
      break;
    case MEIR_MAIL_LATEST:
      is_due |= g_hash_table_add (seen, (gpointer) mail->about);
      break;
    case MEIR_MAIL_CHATTER:
      is_due |= n_chatter++ < MEIR_MAILS_WAITING_MAX / 4;
      break;
    }
    if (is_due)
      g_array_index (mailbox->to_front, MeirMail, waiting->len - ++n_kept) = *mail;
    else
      g_array_append_val (left_out, *mail);
  }
  g_array_set_clear_func (mailbox->to_front, NULL);
  g_array_remove_range (mailbox->to_front, 0, waiting->len - n_kept);
  g_array_set_clear_func (mailbox->to_front, clear_mail);
  /* Whatever is kept is not looked through again for each one more. */
  mailbox->crowded_at = MAX (MEIR_MAILS_WAITING_MAX, 2 * n_kept);
}

void
meir_mailbox_tell_front (MeirMailbox *mailbox, MeirMailWeight weight, gconstpointer about, MeirMailFunc func,
                         gpointer data, GDestroyNotify destroy)
{
  MeirMail mail = { func, data, destroy, weight, about };
  g_autoptr (GArray) left_out = new_queue ();
  gboolean closed, behind;

  g_mutex_lock (&mailbox->lock);
  closed = mailbox->closed;
  behind = mailbox->behind;
  if (!closed) {
    g_array_append_val (mailbox->to_front, mail);
    if (mailbox->to_front->len > mailbox->crowded_at)
      thin_out_locked (mailbox, left_out);
  }
  g_mutex_unlock (&mailbox->lock);
  if (closed)
    clear_mail (&mail);
  else if (!behind)
    g_source_set_ready_time (mailbox->front_source, 0);
}

void
meir_mailbox_to_front (MeirMailbox *mailbox, MeirMailFunc func, gpointer data, GDestroyNotify destroy)
{
  meir_mailbox_tell_front (mailbox, MEIR_MAIL_KEPT, NULL, func, data, destroy);
}
