/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/meir-ui-toast.h"

#include <glib/gi18n.h>

#define LINES 4

AdwToast *
meir_ui_toast_new (const char *text)
{
  AdwToast *toast = adw_toast_new ("");
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (label), PANGO_WRAP_WORD_CHAR);
  gtk_label_set_natural_wrap_mode (GTK_LABEL (label), GTK_NATURAL_WRAP_NONE);
  gtk_label_set_lines (GTK_LABEL (label), LINES);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  adw_toast_set_custom_title (toast, label);
  return toast;
}

static void
name_close_button (GtkWidget *widget)
{
  if (GTK_IS_BUTTON (widget) &&
      g_strcmp0 (gtk_button_get_icon_name (GTK_BUTTON (widget)), "window-close-symbolic") == 0)
    gtk_accessible_update_property (GTK_ACCESSIBLE (widget), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Close"), -1);
  for (GtkWidget *w = gtk_widget_get_first_child (widget); w != NULL; w = gtk_widget_get_next_sibling (w))
    name_close_button (w);
}

static void
on_toasts_changed (GListModel *toasts, guint position, guint removed, guint added, gpointer user_data)
{
  for (guint i = position; i < position + added; i++) {
    g_autoptr (GtkWidget) toast = g_list_model_get_item (toasts, i);

    name_close_button (toast);
  }
}

void
meir_ui_toast_name_buttons (AdwToastOverlay *overlay)
{
  GListModel *toasts = gtk_widget_observe_children (GTK_WIDGET (overlay));

  g_signal_connect (toasts, "items-changed", G_CALLBACK (on_toasts_changed), NULL);
  g_object_set_data_full (G_OBJECT (overlay), "meir-ui-toasts", toasts, g_object_unref);
}
