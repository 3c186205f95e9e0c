/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/meir-ui-tabs.h"

#include "app-support.h"
#include "page-support.h"
#include "widget-support.h"

/* Tabs where they fit, and else a title. */

static void
test_squeezed (void)
{
  GtkWidget *window = gtk_window_new ();
  GtkWidget *stack = adw_view_stack_new ();
  MeirUiTabs *tabs = g_object_new (MEIR_UI_TYPE_TABS, "stack", stack, "title", "Some Torrent", NULL);
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  g_autofree char *title = NULL;
  g_autoptr (GObject) got = NULL;
  int minimum, natural;

  adw_view_stack_add_titled_with_icon (ADW_VIEW_STACK (stack), gtk_label_new ("1"), "one", "First Page",
                                       "meir-folder-symbolic");
  adw_view_stack_add_titled_with_icon (ADW_VIEW_STACK (stack), gtk_label_new ("2"), "two", "Second Page",
                                       "meir-file-symbolic");
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (tabs));
  gtk_box_append (GTK_BOX (box), stack);
  gtk_window_set_child (GTK_WINDOW (window), box);
  gtk_window_set_default_size (GTK_WINDOW (window), 600, 100);
  gtk_window_present (GTK_WINDOW (window));
  widget_settle (window);
  g_assert_false (meir_ui_tabs_get_squeezed (tabs));
  gtk_widget_measure (GTK_WIDGET (tabs), GTK_ORIENTATION_HORIZONTAL, -1, &minimum, &natural, NULL, NULL);
  g_assert_cmpint (natural, >, 200);
  g_assert_cmpint (minimum, <, 100);
  gtk_window_set_default_size (GTK_WINDOW (window), 150, 100);
  app_wait_until (meir_ui_tabs_get_squeezed (tabs));
  gtk_window_set_default_size (GTK_WINDOW (window), 600, 100);
  app_wait_until (!meir_ui_tabs_get_squeezed (tabs));
  meir_ui_tabs_set_title (tabs, "Another");
  g_object_get (tabs, "title", &title, "stack", &got, NULL);
  g_assert_cmpstr (title, ==, "Another");
  g_assert_true (got == G_OBJECT (stack));
  gtk_window_destroy (GTK_WINDOW (window));
}

static void
add_tests (void)
{
  g_test_add_func ("/app/tabs/squeezed", test_squeezed);
}

int
main (int argc, char **argv)
{
  return page_run (argc, argv, add_tests);
}
