/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "session/meir-mailbox.h"

#define N_MAILS 500u

/* An engine thread in small: a loop that runs until it is told to end. */
typedef struct {
  MeirMailbox *mailbox;
  GMainContext *context;
  GMainLoop *main_loop;
  MeirLoop *loop;
  GThread *thread;
} Engine;

static gpointer
engine_thread (gpointer data)
{
  Engine *engine = data;

  g_main_context_push_thread_default (engine->context);
  g_main_loop_run (engine->main_loop);
  g_main_context_pop_thread_default (engine->context);
  return NULL;
}

static void
engine_start (Engine *engine)
{
  engine->context = g_main_context_new ();
  engine->main_loop = g_main_loop_new (engine->context, FALSE);
  engine->loop = meir_loop_new (engine->context);
  meir_mailbox_attach (engine->mailbox, engine->loop);
  engine->thread = g_thread_new ("engine", engine_thread, engine);
}

static void
quit (gpointer data)
{
  g_main_loop_quit (data);
}

static void
engine_stop (Engine *engine)
{
  meir_mailbox_to_engine (engine->mailbox, quit, engine->main_loop, NULL);
  g_thread_join (engine->thread);
  meir_loop_free (engine->loop);
  g_main_loop_unref (engine->main_loop);
  g_main_context_unref (engine->context);
}

typedef struct {
  Engine *engine;
  guint number;
} Mail;

static guint n_there, n_back, n_destroyed;

static void
mail_free (gpointer data)
{
  g_atomic_int_inc (&n_destroyed);
  g_free (data);
}

static void
count_back (gpointer data)
{
  Mail *mail = data;

  g_assert_false (g_main_context_is_owner (mail->engine->context));
  g_assert_cmpuint (mail->number, ==, n_back);
  n_back++;
}

static void
count_there (gpointer data)
{
  Mail *mail = data;
  Mail *answer = g_memdup2 (mail, sizeof *mail);

  g_assert_true (g_main_context_is_owner (mail->engine->context));
  g_assert_cmpuint (mail->number, ==, n_there);
  n_there++;
  meir_mailbox_to_front (mail->engine->mailbox, count_back, answer, mail_free);
}

static void
post (Engine *engine, guint number)
{
  Mail *mail = g_new0 (Mail, 1);

  mail->engine = engine;
  mail->number = number;
  meir_mailbox_to_engine (engine->mailbox, count_there, mail, mail_free);
}

/* Both ways in order, each on its own thread; what is posted before the engine is there waits for it. */
static void
test_order (void)
{
  Engine engine = { meir_mailbox_new (NULL) };

  n_there = n_back = n_destroyed = 0;
  for (guint i = 0; i < N_MAILS / 2; i++)
    post (&engine, i);
  engine_start (&engine);
  for (guint i = N_MAILS / 2; i < N_MAILS; i++)
    post (&engine, i);
  while (n_back < N_MAILS)
    g_main_context_iteration (NULL, TRUE);
  engine_stop (&engine);
  g_assert_cmpuint (n_there, ==, N_MAILS);
  g_assert_cmpuint (g_atomic_int_get (&n_destroyed), ==, 2 * N_MAILS);
  meir_mailbox_close (engine.mailbox);
  meir_mailbox_unref (engine.mailbox);
}

static void
never (gpointer data)
{
  g_assert_not_reached ();
}

/* What nobody will run is destroyed once, before the closing and after it. */
static void
test_close (void)
{
  Engine engine = { meir_mailbox_new (NULL) };

  n_destroyed = 0;
  for (guint i = 0; i < 3; i++) {
    meir_mailbox_to_engine (engine.mailbox, never, g_new0 (Mail, 1), mail_free);
    meir_mailbox_to_front (engine.mailbox, never, g_new0 (Mail, 1), mail_free);
    meir_mailbox_to_front (engine.mailbox, never, NULL, NULL);
  }
  meir_mailbox_ref (engine.mailbox);
  meir_mailbox_close (engine.mailbox);
  g_assert_cmpuint (n_destroyed, ==, 6);
  meir_mailbox_unref (engine.mailbox);
  meir_mailbox_to_engine (engine.mailbox, never, g_new0 (Mail, 1), mail_free);
  meir_mailbox_to_front (engine.mailbox, never, g_new0 (Mail, 1), mail_free);
  g_assert_cmpuint (n_destroyed, ==, 8);
  while (g_main_context_iteration (NULL, FALSE))
    continue;
  meir_mailbox_unref (engine.mailbox);
}

static void
close_mailbox (gpointer data)
{
  meir_mailbox_close (data);
  meir_mailbox_unref (data);
}

/* The last mail may close the mailbox it came with. */
static void
test_close_from_within (void)
{
  Engine engine = { meir_mailbox_new (NULL) };
  gpointer watch = g_new0 (Mail, 1);

  n_destroyed = 0;
  meir_mailbox_to_front (engine.mailbox, close_mailbox, engine.mailbox, NULL);
  meir_mailbox_to_engine (engine.mailbox, never, watch, mail_free);
  while (n_destroyed == 0)
    g_main_context_iteration (NULL, TRUE);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/mailbox/order", test_order);
  g_test_add_func ("/mailbox/close", test_close);
  g_test_add_func ("/mailbox/close-from-within", test_close_from_within);
  return g_test_run ();
}
