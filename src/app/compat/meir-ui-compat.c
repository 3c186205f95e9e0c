/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/compat/meir-ui-compat.h"

#include <glib/gi18n.h>

static GtkFileFilter *
torrent_filter (void)
{
  GtkFileFilter *filter = gtk_file_filter_new ();

  gtk_file_filter_set_name (filter, _ ("Torrents"));
  gtk_file_filter_add_mime_type (filter, "application/x-bittorrent");
  gtk_file_filter_add_pattern (filter, "*.torrent");
  return filter;
}

gboolean
meir_ui_toplevel_is_hidden (GdkToplevel *toplevel)
{
#if GTK_CHECK_VERSION(4, 12, 0)
  const GdkToplevelState hidden = GDK_TOPLEVEL_STATE_MINIMIZED | GDK_TOPLEVEL_STATE_SUSPENDED;
#else
  const GdkToplevelState hidden = GDK_TOPLEVEL_STATE_MINIMIZED;
#endif

  return (gdk_toplevel_get_state (toplevel) & hidden) != 0;
}

#if GTK_CHECK_VERSION(4, 10, 0)

static void
on_chosen_many (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GError) error = NULL;
  GListModel *files = gtk_file_dialog_open_multiple_finish (GTK_FILE_DIALOG (source), result, &error);

  if (files == NULL && !g_error_matches (error, GTK_DIALOG_ERROR, GTK_DIALOG_ERROR_DISMISSED))
    g_task_return_error (task, g_steal_pointer (&error));
  else
    g_task_return_pointer (task, files, g_object_unref);
}

static void
on_chosen_one (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GFile) file = NULL;
  GListStore *files = NULL;

  if (GPOINTER_TO_UINT (g_task_get_task_data (task)) == MEIR_UI_CHOOSE_FOLDER)
    file = gtk_file_dialog_select_folder_finish (GTK_FILE_DIALOG (source), result, &error);
  else
    file = gtk_file_dialog_save_finish (GTK_FILE_DIALOG (source), result, &error);
  if (file == NULL && !g_error_matches (error, GTK_DIALOG_ERROR, GTK_DIALOG_ERROR_DISMISSED)) {
    g_task_return_error (task, g_steal_pointer (&error));
    return;
  }
  if (file != NULL) {
    files = g_list_store_new (G_TYPE_FILE);
    g_list_store_append (files, file);
  }
  g_task_return_pointer (task, files, g_object_unref);
}

static void
choose (GTask *task, GtkWindow *parent, MeirUiChoice choice, const char *title, const char *accept,
        const char *name)
{
  g_autoptr (GtkFileDialog) dialog = gtk_file_dialog_new ();

  gtk_file_dialog_set_title (dialog, title);
  gtk_file_dialog_set_accept_label (dialog, accept);
  switch (choice) {
  case MEIR_UI_CHOOSE_TORRENTS: {
    g_autoptr (GListStore) filters = g_list_store_new (GTK_TYPE_FILE_FILTER);
    g_autoptr (GtkFileFilter) filter = torrent_filter ();

    g_list_store_append (filters, filter);
    gtk_file_dialog_set_filters (dialog, G_LIST_MODEL (filters));
    gtk_file_dialog_open_multiple (dialog, parent, NULL, on_chosen_many, task);
    break;
  }
  case MEIR_UI_CHOOSE_FILES:
    gtk_file_dialog_open_multiple (dialog, parent, NULL, on_chosen_many, task);
    break;
  case MEIR_UI_CHOOSE_SAVE:
    gtk_file_dialog_set_initial_name (dialog, name);
    gtk_file_dialog_save (dialog, parent, NULL, on_chosen_one, task);
    break;
  case MEIR_UI_CHOOSE_FOLDER:
    gtk_file_dialog_select_folder (dialog, parent, NULL, on_chosen_one, task);
    break;
  }
}

void
meir_ui_widget_get_color (GtkWidget *widget, GdkRGBA *color)
{
  gtk_widget_get_color (widget, color);
}

#else

void
meir_ui_widget_get_color (GtkWidget *widget, GdkRGBA *color)
{
  gtk_style_context_get_color (gtk_widget_get_style_context (widget), color);
}

static void
on_response (GtkNativeDialog *dialog, int response, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GListModel *files = NULL;

  if (response == GTK_RESPONSE_ACCEPT)
    files = gtk_file_chooser_get_files (GTK_FILE_CHOOSER (dialog));
  gtk_native_dialog_destroy (dialog);
  g_object_unref (dialog);
  g_task_return_pointer (task, files, g_object_unref);
}

/* With its window goes the dialog: nobody else would answer the task. "destroy" would come too late: the task
 * itself holds the window until it is answered. */
static void
on_parent_gone (GtkNativeDialog *dialog)
{
  g_signal_emit_by_name (dialog, "response", GTK_RESPONSE_CANCEL);
}

static void
choose (GTask *task, GtkWindow *parent, MeirUiChoice choice, const char *title, const char *accept,
        const char *name)
{
  GtkFileChooserAction action = choice == MEIR_UI_CHOOSE_FOLDER ? GTK_FILE_CHOOSER_ACTION_SELECT_FOLDER
                                : choice == MEIR_UI_CHOOSE_SAVE ? GTK_FILE_CHOOSER_ACTION_SAVE
                                                                : GTK_FILE_CHOOSER_ACTION_OPEN;
  GtkFileChooserNative *dialog = gtk_file_chooser_native_new (title, parent, action, accept, NULL);

  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (dialog), TRUE);
  if (choice == MEIR_UI_CHOOSE_TORRENTS) {
    g_autoptr (GtkFileFilter) filter = torrent_filter ();

    gtk_file_chooser_add_filter (GTK_FILE_CHOOSER (dialog), filter);
  }
  if (choice == MEIR_UI_CHOOSE_TORRENTS || choice == MEIR_UI_CHOOSE_FILES)
    gtk_file_chooser_set_select_multiple (GTK_FILE_CHOOSER (dialog), TRUE);
  if (name != NULL)
    gtk_file_chooser_set_current_name (GTK_FILE_CHOOSER (dialog), name);
  g_signal_connect (dialog, "response", G_CALLBACK (on_response), task);
  g_signal_connect_object (parent, "unrealize", G_CALLBACK (on_parent_gone), dialog, G_CONNECT_SWAPPED);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (dialog));
}

#endif

void
meir_ui_choose_async (GtkWindow *parent, MeirUiChoice choice, const char *title, const char *accept,
                      GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = g_task_new (parent, NULL, callback, user_data);

  g_task_set_task_data (task, GUINT_TO_POINTER (choice), NULL);
  choose (task, parent, choice, title, accept, NULL);
}

void
meir_ui_choose_save_async (GtkWindow *parent, const char *title, const char *name,
                           GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = g_task_new (parent, NULL, callback, user_data);

  g_task_set_task_data (task, GUINT_TO_POINTER (MEIR_UI_CHOOSE_SAVE), NULL);
  choose (task, parent, MEIR_UI_CHOOSE_SAVE, title, _ ("_Save"), name);
}

GListModel *
meir_ui_choose_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}
