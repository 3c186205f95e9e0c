/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/meir-ui-split.h"

#include "app-support.h"
#include "widget-support.h"

/* Two halves side by side, or one of them. */

typedef struct {
  GtkWidget *window, *split, *start, *end;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer user_data)
{
  fixture->window = gtk_window_new ();
  fixture->split = meir_ui_split_new ();
  fixture->start = gtk_button_new_with_label ("list");
  fixture->end = gtk_button_new_with_label ("details");
  meir_ui_split_set_start (MEIR_UI_SPLIT (fixture->split), fixture->start);
  meir_ui_split_set_end (MEIR_UI_SPLIT (fixture->split), fixture->end);
  gtk_window_set_child (GTK_WINDOW (fixture->window), fixture->split);
  gtk_window_set_decorated (GTK_WINDOW (fixture->window), FALSE);
}

static void
tear_down (Fixture *fixture, gconstpointer user_data)
{
  gtk_window_destroy (GTK_WINDOW (fixture->window));
  gtk_widget_set_default_direction (GTK_TEXT_DIR_LTR);
}

static void
set_width (Fixture *fixture, int width)
{
  widget_set_width (fixture->window, fixture->split, width);
}

static int
width_of (Fixture *fixture, GtkWidget *child)
{
  graphene_rect_t bounds;

  g_assert_true (gtk_widget_compute_bounds (child, fixture->split, &bounds));
  return (int) bounds.size.width;
}

static float
left (Fixture *fixture, GtkWidget *child)
{
  graphene_rect_t bounds;

  g_assert_true (gtk_widget_compute_bounds (child, fixture->split, &bounds));
  return bounds.origin.x;
}

static void
show_details (Fixture *fixture, gboolean show)
{
  meir_ui_split_set_show_details (MEIR_UI_SPLIT (fixture->split), show);
  widget_settle (fixture->window);
}

static void
test_wide (Fixture *fixture, gconstpointer user_data)
{
  set_width (fixture, 1000);
  g_assert_true (gtk_widget_get_mapped (fixture->start));
  g_assert_false (gtk_widget_get_mapped (fixture->end));
  g_assert_cmpint (width_of (fixture, fixture->start), ==, 1000);
  g_assert_false (meir_ui_split_get_collapsed (MEIR_UI_SPLIT (fixture->split)));
  show_details (fixture, TRUE);
  g_assert_true (gtk_widget_get_mapped (fixture->start));
  g_assert_true (gtk_widget_get_mapped (fixture->end));
  g_assert_cmpfloat (left (fixture, fixture->start), <, left (fixture, fixture->end));
  g_assert_cmpint (width_of (fixture, fixture->start) + width_of (fixture, fixture->end), <=, 1000);
  g_assert_cmpint (width_of (fixture, fixture->start) + width_of (fixture, fixture->end), >=, 990);
}

static void
test_mirrored (Fixture *fixture, gconstpointer user_data)
{
  gtk_widget_set_default_direction (GTK_TEXT_DIR_RTL);
  set_width (fixture, 1000);
  show_details (fixture, TRUE);
  g_assert_cmpfloat (left (fixture, fixture->start), >, left (fixture, fixture->end));
  g_assert_cmpfloat (left (fixture, fixture->end), ==, 0);
}

static void
on_collapsed (MeirUiSplit *split, GParamSpec *pspec, gpointer user_data)
{
  guint *n = user_data;

  (*n)++;
}

/* One at a time; the focus goes to the one that is shown. */
static void
test_narrow (Fixture *fixture, gconstpointer user_data)
{
  guint n = 0;

  g_signal_connect (fixture->split, "notify::collapsed", G_CALLBACK (on_collapsed), &n);
  set_width (fixture, MEIR_UI_SPLIT_WIDTH - 1);
  g_assert_true (meir_ui_split_get_collapsed (MEIR_UI_SPLIT (fixture->split)));
  gtk_widget_grab_focus (fixture->start);
  g_assert_true (gtk_widget_get_mapped (fixture->start));
  show_details (fixture, TRUE);
  g_assert_false (gtk_widget_get_mapped (fixture->start));
  g_assert_true (gtk_widget_get_mapped (fixture->end));
  g_assert_cmpint (width_of (fixture, fixture->end), ==, MEIR_UI_SPLIT_WIDTH - 1);
  g_assert_true (gtk_root_get_focus (GTK_ROOT (fixture->window)) == fixture->end);
  show_details (fixture, FALSE);
  g_assert_true (gtk_widget_get_mapped (fixture->start));
  g_assert_false (gtk_widget_get_mapped (fixture->end));
  g_assert_true (gtk_root_get_focus (GTK_ROOT (fixture->window)) == fixture->start);
  show_details (fixture, TRUE);
  set_width (fixture, MEIR_UI_SPLIT_WIDTH);
  app_wait_until (n == 1);
  g_assert_true (gtk_widget_get_mapped (fixture->start));
  g_assert_true (gtk_widget_get_mapped (fixture->end));
}

static void
on_focus_moved (MeirUiSplit *split, GtkWidget *to)
{
  gtk_widget_grab_focus (to);
}

/* What has the focus is never in a half that is hidden; nor is it taken from one that is shown. */
static void
test_focus (Fixture *fixture, gconstpointer user_data)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *header = gtk_button_new (), *list = gtk_button_new ();
  GtkRoot *root = GTK_ROOT (fixture->window);

  gtk_box_append (GTK_BOX (box), header);
  gtk_box_append (GTK_BOX (box), list);
  meir_ui_split_set_start (MEIR_UI_SPLIT (fixture->split), box);
  set_width (fixture, MEIR_UI_SPLIT_WIDTH - 1);
  show_details (fixture, TRUE);
  gtk_widget_grab_focus (fixture->end);
  show_details (fixture, FALSE);
  g_assert_true (gtk_root_get_focus (root) == header);
  /* Beside each other they have it where it is. */
  g_signal_connect (fixture->split, "focus-moved", G_CALLBACK (on_focus_moved), list);
  set_width (fixture, MEIR_UI_SPLIT_WIDTH);
  show_details (fixture, TRUE);
  g_assert_true (gtk_root_get_focus (root) == header);
  show_details (fixture, FALSE);
  g_assert_true (gtk_root_get_focus (root) == header);
  show_details (fixture, TRUE);
  gtk_widget_grab_focus (fixture->end);
  show_details (fixture, FALSE);
  g_assert_true (gtk_root_get_focus (root) == list);
  /* With less room, the list goes. */
  g_signal_handlers_disconnect_by_data (fixture->split, list);
  show_details (fixture, TRUE);
  set_width (fixture, MEIR_UI_SPLIT_WIDTH - 1);
  app_wait_until (gtk_root_get_focus (root) == fixture->end);
}

/* Neither half is ever given less than it needs. */
static void
test_large_children (Fixture *fixture, gconstpointer user_data)
{
  int minimum;

  gtk_widget_set_size_request (fixture->start, 500, 10);
  gtk_widget_set_size_request (fixture->end, 600, 20);
  gtk_widget_measure (fixture->split, GTK_ORIENTATION_HORIZONTAL, -1, &minimum, NULL, NULL, NULL);
  g_assert_cmpint (minimum, ==, 600);
  set_width (fixture, 1000);
  show_details (fixture, TRUE);
  g_assert_true (meir_ui_split_get_collapsed (MEIR_UI_SPLIT (fixture->split)));
  set_width (fixture, 1200);
  g_assert_false (meir_ui_split_get_collapsed (MEIR_UI_SPLIT (fixture->split)));
  g_assert_cmpint (width_of (fixture, fixture->start), >=, 500);
  g_assert_cmpint (width_of (fixture, fixture->end), >=, 600);
}

static void
test_no_details (Fixture *fixture, gconstpointer user_data)
{
  meir_ui_split_set_end (MEIR_UI_SPLIT (fixture->split), NULL);
  set_width (fixture, 600);
  show_details (fixture, TRUE);
  g_assert_true (gtk_widget_get_mapped (fixture->start));
  g_assert_cmpint (width_of (fixture, fixture->start), ==, 600);
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
  gtk_init ();
  add ("/app/split/wide", test_wide);
  add ("/app/split/mirrored", test_mirrored);
  add ("/app/split/narrow", test_narrow);
  add ("/app/split/focus", test_focus);
  add ("/app/split/large-children", test_large_children);
  add ("/app/split/no-details", test_no_details);
  return g_test_run ();
}
