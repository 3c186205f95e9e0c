/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/meir-ui-rename.h"

#include "app-support.h"
#include "widget-support.h"

#include <adwaita.h>

/* The window that asks for another name. */

typedef struct {
  GtkWidget *parent;
  char *name; /* that was given last */
  guint n_destroyed;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer user_data)
{
  fixture->parent = gtk_window_new ();
  gtk_window_present (GTK_WINDOW (fixture->parent));
}

static void
tear_down (Fixture *fixture, gconstpointer user_data)
{
  gtk_window_destroy (GTK_WINDOW (fixture->parent));
  g_assert_cmpuint (fixture->n_destroyed, ==, 1);
  g_free (fixture->name);
}

static void
on_rename (const char *name, gpointer user_data)
{
  Fixture *fixture = user_data;

  g_assert_null (fixture->name);
  fixture->name = g_strdup (name);
}

static void
on_destroy (gpointer user_data)
{
  Fixture *fixture = user_data;

  fixture->n_destroyed++;
}

static GtkWindow *
present (Fixture *fixture)
{
  return meir_ui_rename_present (GTK_WINDOW (fixture->parent), "<b>old", on_rename, fixture, on_destroy);
}

static void
test_rename (Fixture *fixture, gconstpointer user_data)
{
  GtkWindow *window = present (fixture);
  GtkEditable *entry = widget_find_type (window, ADW_TYPE_ENTRY_ROW);

  g_assert_true (gtk_window_get_modal (window));
  g_assert_cmpstr (gtk_editable_get_text (entry), ==, "<b>old");
  gtk_editable_set_text (entry, "  new & better ");
  g_signal_emit_by_name (widget_find_button (window, "_Rename"), "clicked");
  g_assert_cmpstr (fixture->name, ==, "new & better");
  app_wait_until (fixture->n_destroyed == 1);
}

/* Return in the text is as good as the button. */
static void
test_return (Fixture *fixture, gconstpointer user_data)
{
  GtkWindow *window = present (fixture);
  GtkEditable *entry = widget_find_type (window, ADW_TYPE_ENTRY_ROW);

  gtk_editable_set_text (entry, "   ");
  g_signal_emit_by_name (entry, "entry-activated");
  g_assert_cmpstr (fixture->name, ==, "");
  app_wait_until (fixture->n_destroyed == 1);
}

static void
test_cancel (Fixture *fixture, gconstpointer user_data)
{
  GtkWindow *window = present (fixture);

  g_signal_emit_by_name (widget_find_button (window, "_Cancel"), "clicked");
  app_wait_until (fixture->n_destroyed == 1);
  g_assert_null (fixture->name);
}

/* Its window goes, and it with it. */
static void
test_parent_gone (Fixture *fixture, gconstpointer user_data)
{
  present (fixture);
  gtk_window_destroy (GTK_WINDOW (fixture->parent));
  fixture->parent = gtk_window_new ();
  app_wait_until (fixture->n_destroyed == 1);
  g_assert_null (fixture->name);
}

static void
add (const char *path, void (*test) (Fixture *, gconstpointer))
{
  g_test_add (path, Fixture, NULL, set_up, test, tear_down);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  adw_init ();
  add ("/app/rename/rename", test_rename);
  add ("/app/rename/return", test_return);
  add ("/app/rename/cancel", test_cancel);
  add ("/app/rename/parent-gone", test_parent_gone);
  return g_test_run ();
}
