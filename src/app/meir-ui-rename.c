/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/meir-ui-rename.h"

#include "app/meir-ui-names.h"

#include <adwaita.h>
#include <glib/gi18n.h>

typedef struct {
  GtkEditable *entry;
  MeirUiRenameFunc rename;
  gpointer user_data;
  GDestroyNotify destroy;
} MeirUiRename;

static void
rename_free (gpointer data)
{
  MeirUiRename *rename = data;

  if (rename->destroy != NULL)
    rename->destroy (rename->user_data);
  g_free (rename);
}

static void
on_rename (GtkWindow *window)
{
  MeirUiRename *rename = g_object_get_data (G_OBJECT (window), "meir-ui-rename");
  g_autofree char *name = g_strdup (gtk_editable_get_text (rename->entry));

  rename->rename (g_strstrip (name), rename->user_data);
  gtk_window_destroy (window);
}

static GtkWidget *
make_header (GtkWindow *window)
{
  GtkWidget *header = adw_header_bar_new ();
  GtkWidget *cancel = gtk_button_new_with_mnemonic (_ ("_Cancel"));
  GtkWidget *accept = gtk_button_new_with_mnemonic (_ ("_Rename"));

  g_signal_connect_swapped (cancel, "clicked", G_CALLBACK (gtk_window_close), window);
  g_signal_connect_swapped (accept, "clicked", G_CALLBACK (on_rename), window);
  gtk_widget_add_css_class (accept, "suggested-action");
  adw_header_bar_set_show_start_title_buttons (ADW_HEADER_BAR (header), FALSE);
  adw_header_bar_set_show_end_title_buttons (ADW_HEADER_BAR (header), FALSE);
  adw_header_bar_pack_start (ADW_HEADER_BAR (header), cancel);
  adw_header_bar_pack_end (ADW_HEADER_BAR (header), accept);
  return header;
}

static GtkWidget *
make_entry (const char *name)
{
  GtkWidget *row = adw_entry_row_new ();

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), _ ("Name in the list"));
  gtk_editable_set_text (GTK_EDITABLE (row), name);
  return row;
}

GtkWindow *
meir_ui_rename_present (GtkWindow *parent, const char *name, MeirUiRenameFunc rename, gpointer user_data,
                        GDestroyNotify destroy)
{
  GtkWindow *window = g_object_new (ADW_TYPE_WINDOW, "transient-for", parent, "modal", TRUE, "title",
                                    _ ("Rename"), "default-width", 420, "destroy-with-parent", TRUE, NULL);
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *group = adw_preferences_group_new ();
  GtkWidget *entry = make_entry (name);
  GtkEventController *keys = gtk_shortcut_controller_new ();
  MeirUiRename *data = g_new (MeirUiRename, 1);

  *data = (MeirUiRename){ GTK_EDITABLE (entry), rename, user_data, destroy };
  g_object_set_data_full (G_OBJECT (window), "meir-ui-rename", data, rename_free);
  gtk_shortcut_controller_add_shortcut (
      GTK_SHORTCUT_CONTROLLER (keys),
      gtk_shortcut_new (gtk_keyval_trigger_new (GDK_KEY_Escape, 0), gtk_named_action_new ("window.close")));
  gtk_widget_add_controller (GTK_WIDGET (window), keys);
  g_object_set (group, "margin-top", 12, "margin-bottom", 18, "margin-start", 12, "margin-end", 12, NULL);
  adw_preferences_group_set_description (ADW_PREFERENCES_GROUP (group), _ ("Files keep their names."));
  adw_preferences_group_add (ADW_PREFERENCES_GROUP (group), entry);
  gtk_box_append (GTK_BOX (box), make_header (window));
  gtk_box_append (GTK_BOX (box), group);
  adw_window_set_content (ADW_WINDOW (window), box);
  meir_ui_names_give (group, _ ("Rename"));
  g_signal_connect_swapped (entry, "entry-activated", G_CALLBACK (on_rename), window);
  gtk_window_present (window);
  gtk_widget_grab_focus (entry);
  gtk_editable_select_region (GTK_EDITABLE (entry), 0, -1);
  return window;
}
