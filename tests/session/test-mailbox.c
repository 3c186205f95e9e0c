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

/* A front end that does not look: what waits is bounded, in order, and nothing of weight is missing. */
typedef struct {
  MeirMailWeight weight;
  guint about;
  guint number;
} Told;

static GArray *heard; /* Told */
static guint n_told_destroyed;

static void
hear (gpointer data)
{
  g_array_append_vals (heard, data, 1);
}

static void
told_free (gpointer data)
{
  n_told_destroyed++;
  g_free (data);
}

static void
tell (MeirMailbox *mailbox, MeirMailWeight weight, guint about, guint number)
{
  Told *told = g_new (Told, 1);

  *told = (Told){ weight, about, number };
  meir_mailbox_tell_front (mailbox, weight, GUINT_TO_POINTER (about), hear, told, told_free);
}

static void
test_nobody_looks (void)
{
  const guint n_rounds = 20000, n_about = 7;
  MeirMailbox *mailbox = meir_mailbox_new (NULL);
  guint n_kept = 0, n_chatter = 0, last[8] = { 0 };

  heard = g_array_new (FALSE, FALSE, sizeof (Told));
  n_told_destroyed = 0;
  for (guint i = 0; i < n_rounds; i++) {
    tell (mailbox, MEIR_MAIL_CHATTER, 0, i);
    tell (mailbox, MEIR_MAIL_LATEST, 1 + i % n_about, i);
    if (i % 100 == 0)
      tell (mailbox, MEIR_MAIL_KEPT, 0, i);
    g_assert_cmpuint (2 * (i + 1) + i / 100 + 1 - n_told_destroyed, <=, 2 * MEIR_MAILS_WAITING_MAX + 2);
  }
  while (g_main_context_iteration (NULL, FALSE))
    continue;
  g_assert_cmpuint (n_told_destroyed, ==, 2 * n_rounds + n_rounds / 100);
  for (guint i = 0; i < heard->len; i++) {
    const Told *told = &g_array_index (heard, Told, i);

    if (i > 0)
      g_assert_cmpuint (told->number, >=, (told - 1)->number);
    if (told->weight == MEIR_MAIL_LATEST)
      last[told->about] = told->number;
    n_kept += told->weight == MEIR_MAIL_KEPT;
    n_chatter += told->weight == MEIR_MAIL_CHATTER;
  }
  g_assert_cmpuint (n_kept, ==, n_rounds / 100);
  g_assert_cmpuint (n_chatter, >=, MEIR_MAILS_WAITING_MAX / 4);
  for (guint about = 1; about <= n_about; about++)
    g_assert_cmpuint (last[about], >=, n_rounds - n_about);
  g_array_unref (heard);
  meir_mailbox_close (mailbox);
  meir_mailbox_unref (mailbox);
}

/* Mails that are all to be kept are kept, and are not looked through again and again. */
static void
test_all_kept (void)
{
  MeirMailbox *mailbox = meir_mailbox_new (NULL);

  heard = g_array_new (FALSE, FALSE, sizeof (Told));
  for (guint i = 0; i < 100 * MEIR_MAILS_WAITING_MAX; i++)
    tell (mailbox, MEIR_MAIL_KEPT, 0, i);
  while (g_main_context_iteration (NULL, FALSE))
    continue;
  g_assert_cmpuint (heard->len, ==, 100 * MEIR_MAILS_WAITING_MAX);
  for (guint i = 0; i < heard->len; i++)
    g_assert_cmpuint (g_array_index (heard, Told, i).number, ==, i);
  g_array_unref (heard);
  meir_mailbox_close (mailbox);
  meir_mailbox_unref (mailbox);
}

static gboolean
note_frame (gpointer user_data)
{
  *(guint *) user_data = heard->len;
  return G_SOURCE_REMOVE;
}

/* However many come at once, a turn of the main loop delivers some of them, and a frame is drawn between. */
static void
test_slices (void)
{
  const guint n_mails = 5 * MEIR_MAILS_A_TURN + 1;
  MeirMailbox *mailbox = meir_mailbox_new (NULL);
  guint n_before = 0, at_frame = 0, n_turns = 0;

  heard = g_array_new (FALSE, FALSE, sizeof (Told));
  for (guint i = 0; i < n_mails; i++)
    tell (mailbox, MEIR_MAIL_KEPT, 0, i);
  /* As GTK draws. */
  g_idle_add_full (G_PRIORITY_HIGH_IDLE + 20, note_frame, &at_frame, NULL);
  while (g_main_context_iteration (NULL, FALSE)) {
    g_assert_cmpuint (heard->len, <=, n_before + MEIR_MAILS_A_TURN);
    n_before = heard->len;
    /* What is told meanwhile comes last. */
    if (++n_turns == 2)
      tell (mailbox, MEIR_MAIL_KEPT, 0, n_mails);
  }
  g_assert_cmpuint (n_turns, >, 5);
  g_assert_cmpuint (at_frame, >, 0);
  g_assert_cmpuint (at_frame, <=, MEIR_MAILS_A_TURN);
  g_assert_cmpuint (heard->len, ==, n_mails + 1);
  for (guint i = 0; i < heard->len; i++)
    g_assert_cmpuint (g_array_index (heard, Told, i).number, ==, i);
  g_array_unref (heard);
  meir_mailbox_close (mailbox);
  meir_mailbox_unref (mailbox);
}

/* Closed in the middle of a turn, and between two: what was not run is let go. */
static void
test_close_behind (void)
{
  for (guint n_turns = 0; n_turns < 2; n_turns++) {
    MeirMailbox *mailbox = meir_mailbox_new (NULL);
    guint n_mails = 2 * MEIR_MAILS_A_TURN;

    heard = g_array_new (FALSE, FALSE, sizeof (Told));
    n_told_destroyed = 0;
    tell (mailbox, MEIR_MAIL_KEPT, 0, 0);
    if (n_turns == 0)
      meir_mailbox_to_front (mailbox, close_mailbox, mailbox, NULL);
    for (guint i = 1; i < n_mails; i++)
      tell (mailbox, MEIR_MAIL_KEPT, 0, i);
    g_main_context_iteration (NULL, FALSE);
    if (n_turns == 1)
      close_mailbox (mailbox);
    g_assert_cmpuint (heard->len, >=, 1);
    g_assert_cmpuint (heard->len, <, n_mails);
    g_assert_cmpuint (n_told_destroyed, ==, n_mails);
    g_assert_false (g_main_context_pending (NULL));
    g_array_unref (heard);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/mailbox/order", test_order);
  g_test_add_func ("/mailbox/close", test_close);
  g_test_add_func ("/mailbox/close-from-within", test_close_from_within);
  g_test_add_func ("/mailbox/nobody-looks", test_nobody_looks);
  g_test_add_func ("/mailbox/all-kept", test_all_kept);
  g_test_add_func ("/mailbox/slices", test_slices);
  g_test_add_func ("/mailbox/close-behind", test_close_behind);
  return g_test_run ();
}
