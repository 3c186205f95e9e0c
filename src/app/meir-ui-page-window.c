/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/meir-ui-page-window.h"

#define WIDTH      640
#define HEIGHT     640
#define WIDTH_MIN  360
#define HEIGHT_MIN 294

static void
close_on (GtkWidget *window, guint key, GdkModifierType modifiers)
{
  GtkEventController *controller = gtk_shortcut_controller_new ();

  gtk_shortcut_controller_add_shortcut (
      GTK_SHORTCUT_CONTROLLER (controller),
      gtk_shortcut_new (gtk_keyval_trigger_new (key, modifiers), gtk_named_action_new ("window.close")));
  gtk_widget_add_controller (window, controller);
}

GtkWindow *
meir_ui_page_window_new (GtkWindow *parent, const char *title, const char *subtitle, GtkWidget *page)
{
  GtkWidget *window = adw_window_new ();
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *header = adw_header_bar_new ();

  adw_header_bar_set_title_widget (ADW_HEADER_BAR (header), adw_window_title_new (title, subtitle));
  gtk_box_append (GTK_BOX (box), header);
  gtk_widget_set_vexpand (page, TRUE);
  gtk_box_append (GTK_BOX (box), page);
  adw_window_set_content (ADW_WINDOW (window), box);
  gtk_window_set_title (GTK_WINDOW (window), title);
  gtk_window_set_default_size (GTK_WINDOW (window), WIDTH, HEIGHT);
  gtk_widget_set_size_request (window, WIDTH_MIN, HEIGHT_MIN);
  gtk_window_set_transient_for (GTK_WINDOW (window), parent);
  gtk_window_set_destroy_with_parent (GTK_WINDOW (window), TRUE);
  close_on (window, GDK_KEY_Escape, 0);
  close_on (window, GDK_KEY_w, GDK_CONTROL_MASK);
  return GTK_WINDOW (window);
}
