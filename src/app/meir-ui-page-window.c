/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/meir-ui-page-window.h"

#include "app/meir-ui-names.h"
#include "app/meir-ui-toast.h"
#include "app/meir-ui-wrap-layout.h"

#include <glib/gi18n.h>

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
  GtkWidget *toasts = adw_toast_overlay_new ();

  adw_header_bar_set_title_widget (ADW_HEADER_BAR (header), adw_window_title_new (title, subtitle));
  gtk_box_append (GTK_BOX (box), header);
  gtk_widget_set_vexpand (toasts, TRUE);
  adw_toast_overlay_set_child (ADW_TOAST_OVERLAY (toasts), page);
  gtk_box_append (GTK_BOX (box), toasts);
  adw_window_set_content (ADW_WINDOW (window), box);
  meir_ui_names_give (page, title);
  meir_ui_wrap_layout_use (page);
  gtk_window_set_title (GTK_WINDOW (window), title);
  gtk_window_set_default_size (GTK_WINDOW (window), WIDTH, HEIGHT);
  gtk_widget_set_size_request (window, WIDTH_MIN, HEIGHT_MIN);
  gtk_window_set_transient_for (GTK_WINDOW (window), parent);
  gtk_window_set_destroy_with_parent (GTK_WINDOW (window), TRUE);
  close_on (window, GDK_KEY_Escape, 0);
  close_on (window, GDK_KEY_w, GDK_CONTROL_MASK);
  return GTK_WINDOW (window);
}

void
meir_ui_page_window_tell (GtkWidget *page, const char *text)
{
  GtkWidget *toasts = gtk_widget_get_ancestor (page, ADW_TYPE_TOAST_OVERLAY);

  if (toasts != NULL)
    meir_ui_toast_show (ADW_TOAST_OVERLAY (toasts), meir_ui_toast_new (text), FALSE);
}

static gboolean
on_search_key (GtkWidget *window, GVariant *arguments, gpointer bar)
{
  gtk_search_bar_set_search_mode (bar, !gtk_search_bar_get_search_mode (bar));
  return TRUE;
}

void
meir_ui_page_window_add_search (GtkWindow *window, GtkSearchBar *bar)
{
  GtkWidget *header = gtk_widget_get_first_child (adw_window_get_content (ADW_WINDOW (window)));
  GtkWidget *button = gtk_toggle_button_new ();
  GtkEventController *controller = gtk_shortcut_controller_new ();

  gtk_button_set_icon_name (GTK_BUTTON (button), "meir-search-symbolic");
  gtk_widget_set_tooltip_text (button, _ ("Search"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Search"), -1);
  g_object_bind_property (bar, "search-mode-enabled", button, "active",
                          G_BINDING_BIDIRECTIONAL | G_BINDING_SYNC_CREATE);
  adw_header_bar_pack_start (ADW_HEADER_BAR (header), button);
  gtk_shortcut_controller_add_shortcut (
      GTK_SHORTCUT_CONTROLLER (controller),
      gtk_shortcut_new (gtk_keyval_trigger_new (GDK_KEY_f, GDK_CONTROL_MASK),
                        gtk_callback_action_new (on_search_key, bar, NULL)));
  gtk_widget_add_controller (GTK_WIDGET (window), controller);
}
