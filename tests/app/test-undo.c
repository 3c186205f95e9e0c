/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/meir-ui-undo.h"

#include "app/meir-ui-toast.h"

#include "app-support.h"
#include "widget-support.h"

#include <string.h>

/* What can be taken back, and what becomes of it. */

typedef struct {
  GtkWidget *window;
  AdwToastOverlay *toasts;
  MeirUiUndo *undo;
  GString *log; /* "-a" taken back, "+a" committed, "~a" freed */
} Fixture;

typedef struct {
  GString *log;
  char name;
} Deed;

static void
set_up (Fixture *fixture, gconstpointer user_data)
{
  fixture->window = gtk_window_new ();
  fixture->toasts = ADW_TOAST_OVERLAY (adw_toast_overlay_new ());
  fixture->undo = meir_ui_undo_new ();
  fixture->log = g_string_new (NULL);
  adw_toast_overlay_set_child (fixture->toasts, gtk_label_new ("below"));
  gtk_window_set_child (GTK_WINDOW (fixture->window), GTK_WIDGET (fixture->toasts));
  gtk_window_present (GTK_WINDOW (fixture->window));
  meir_ui_undo_set_toasts (fixture->undo, fixture->toasts);
  widget_settle (fixture->window);
}

static void
tear_down (Fixture *fixture, gconstpointer user_data)
{
  g_assert_finalize_object (fixture->undo);
  gtk_window_destroy (GTK_WINDOW (fixture->window));
  g_string_free (fixture->log, TRUE);
}

static void
on_take_back (gpointer data)
{
  Deed *deed = data;

  g_string_append_printf (deed->log, "-%c", deed->name);
}

static void
on_commit (gpointer data)
{
  Deed *deed = data;

  g_string_append_printf (deed->log, "+%c", deed->name);
}

static void
on_destroy (gpointer data)
{
  Deed *deed = data;

  g_string_append_printf (deed->log, "~%c", deed->name);
  g_free (deed);
}

static void
offer (Fixture *fixture, char name)
{
  Deed *deed = g_new (Deed, 1);
  g_autofree char *text = g_strdup_printf ("Did <b>%c</b> & more", name);

  *deed = (Deed){ fixture->log, name };
  meir_ui_undo_offer (fixture->undo, text, on_take_back, on_commit, deed, on_destroy);
  widget_settle (fixture->window);
}

static void
assert_offered (Fixture *fixture, char name)
{
  g_autofree char *text = g_strdup_printf ("Did <b>%c</b> & more", name);

  app_wait_until (widget_has_text (fixture->toasts, text));
}

static void
test_taken_back (Fixture *fixture, gconstpointer user_data)
{
  g_assert_false (meir_ui_undo_can_undo (fixture->undo));
  g_assert_false (meir_ui_undo_take_back (fixture->undo));
  offer (fixture, 'a');
  assert_offered (fixture, 'a');
  g_assert_true (meir_ui_undo_can_undo (fixture->undo));
  g_assert_cmpstr (fixture->log->str, ==, "");
  g_signal_emit_by_name (widget_find_button (fixture->toasts, "Undo"), "clicked");
  g_assert_cmpstr (fixture->log->str, ==, "-a~a");
  g_assert_false (meir_ui_undo_can_undo (fixture->undo));
  g_assert_false (meir_ui_undo_take_back (fixture->undo));
}

/* The last first; the one before it is offered again. */
static void
test_several (Fixture *fixture, gconstpointer user_data)
{
  offer (fixture, 'a');
  offer (fixture, 'b');
  offer (fixture, 'c');
  assert_offered (fixture, 'c');
  g_assert_true (meir_ui_undo_take_back (fixture->undo));
  assert_offered (fixture, 'b');
  g_assert_true (meir_ui_undo_take_back (fixture->undo));
  g_assert_cmpstr (fixture->log->str, ==, "-c~c-b~b");
  offer (fixture, 'd');
  meir_ui_undo_commit (fixture->undo);
  g_assert_cmpstr (fixture->log->str, ==, "-c~c-b~b+a~a+d~d");
  g_assert_false (meir_ui_undo_can_undo (fixture->undo));
}

/* Closing the toast is an answer too. */
static void
test_closed (Fixture *fixture, gconstpointer user_data)
{
  offer (fixture, 'a');
  offer (fixture, 'b');
  assert_offered (fixture, 'b');
  app_wait_until (!widget_has_text (fixture->toasts, "Did <b>a</b> & more"));
  g_signal_emit_by_name (widget_find_icon_button (fixture->toasts, "window-close-symbolic"), "clicked");
  app_wait_until (strcmp (fixture->log->str, "+a~a+b~b") == 0);
}

static void
show_passing (Fixture *fixture, const char *text)
{
  AdwToast *toast = meir_ui_toast_new (text);

  adw_toast_set_timeout (toast, 0);
  meir_ui_toast_show (fixture->toasts, toast, TRUE);
}

/* What says something in passing, for as long as nobody closes it, is in nobody's way. */
static void
test_passing (Fixture *fixture, gconstpointer user_data)
{
  show_passing (fixture, "one is ready");
  app_wait_until (widget_has_text (fixture->toasts, "one is ready"));
  show_passing (fixture, "two is ready");
  app_wait_until (widget_has_text (fixture->toasts, "two is ready"));
  offer (fixture, 'a');
  assert_offered (fixture, 'a');
  app_wait_until (!widget_has_text (fixture->toasts, "two is ready"));
  /* It waits for those that are not in passing, and gives way while it waits too. */
  show_passing (fixture, "three is ready");
  show_passing (fixture, "four is ready");
  widget_settle (fixture->window);
  assert_offered (fixture, 'a');
  meir_ui_undo_commit (fixture->undo);
  app_wait_until (widget_has_text (fixture->toasts, "four is ready"));
  g_assert_false (widget_has_text (fixture->toasts, "three is ready"));
}

/* One after the other, faster than any of them can be shown; and closing the window over it. */
static void
test_at_once (Fixture *fixture, gconstpointer user_data)
{
  for (char name = 'a'; name <= 'e'; name++) {
    Deed *deed = g_new (Deed, 1);

    *deed = (Deed){ fixture->log, name };
    meir_ui_undo_offer (fixture->undo, name < 'e' ? "not the last" : "the last", on_take_back, on_commit,
                        deed, on_destroy);
    if (name == 'c')
      app_wait_until (widget_has_text (fixture->toasts, "not the last"));
  }
  app_wait_until (widget_has_text (fixture->toasts, "the last"));
  g_assert_false (widget_has_text (fixture->toasts, "not the last"));
  g_assert_true (meir_ui_undo_take_back (fixture->undo));
  app_wait_until (widget_has_text (fixture->toasts, "not the last"));
}

/* Without a window nobody can take anything back. */
static void
test_no_window (Fixture *fixture, gconstpointer user_data)
{
  offer (fixture, 'a');
  meir_ui_undo_set_toasts (fixture->undo, NULL);
  g_assert_cmpstr (fixture->log->str, ==, "+a~a");
  offer (fixture, 'b');
  g_assert_cmpstr (fixture->log->str, ==, "+a~a+b~b");
  meir_ui_undo_set_toasts (fixture->undo, fixture->toasts);
  offer (fixture, 'c');
  /* The last reference commits: tear_down () finds nothing left. */
  g_object_run_dispose (G_OBJECT (fixture->undo));
  g_assert_cmpstr (fixture->log->str, ==, "+a~a+b~b+c~c");
}

static void
on_can_undo (MeirUiUndo *undo, GParamSpec *pspec, gpointer user_data)
{
  g_string_append_c (user_data, meir_ui_undo_can_undo (undo) ? 'y' : 'n');
}

static void
test_notify (Fixture *fixture, gconstpointer user_data)
{
  g_autoptr (GString) told = g_string_new (NULL);
  gulong id = g_signal_connect (fixture->undo, "notify::can-undo", G_CALLBACK (on_can_undo), told);

  /* Neither a way back nor a commit of its own, and nothing to free. */
  meir_ui_undo_offer (fixture->undo, "x", on_take_back, NULL, &(Deed){ fixture->log, 'x' }, NULL);
  g_assert_cmpstr (told->str, ==, "y");
  meir_ui_undo_commit (fixture->undo);
  g_assert_cmpstr (told->str, ==, "yn");
  g_assert_cmpstr (fixture->log->str, ==, "");
  g_signal_handler_disconnect (fixture->undo, id);
}

static void
add (const char *path, void (*test) (Fixture *, gconstpointer))
{
  g_test_add (path, Fixture, NULL, set_up, test, tear_down);
}

int
main (int argc, char **argv)
{
  meir_init ();
  g_test_init (&argc, &argv, NULL);
  adw_init ();
  add ("/app/undo/taken-back", test_taken_back);
  add ("/app/undo/several", test_several);
  add ("/app/undo/closed", test_closed);
  add ("/app/undo/passing", test_passing);
  add ("/app/undo/at-once", test_at_once);
  add ("/app/undo/no-window", test_no_window);
  add ("/app/undo/notify", test_notify);
  return g_test_run ();
}
