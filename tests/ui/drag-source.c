/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <gtk/gtk.h>
#include <string.h>

/* usage: drag-source FILE|TEXT...|--refused
 *
 * A small window at the corner of the screen to drag from, as a file manager or browser is: files when the
 * first argument is a path, text otherwise; or a list of files of which the portal hands over none. */

static char **arguments;

static GdkContentProvider *
on_prepare (GtkDragSource *source, double x, double y, gpointer user_data)
{
  GdkContentProvider *provider;
  GdkFileList *list;
  GSList *files = NULL;

  if (g_str_equal (arguments[0], "--refused")) {
    g_autoptr (GBytes) nothing = g_bytes_new_static ("", 0);

    return gdk_content_provider_new_for_bytes ("text/uri-list", nothing);
  }
  if (!g_path_is_absolute (arguments[0]))
    return gdk_content_provider_new_typed (G_TYPE_STRING, arguments[0]);
  for (guint i = g_strv_length (arguments); i > 0; i--)
    files = g_slist_prepend (files, g_file_new_for_path (arguments[i - 1]));
  list = gdk_file_list_new_from_list (files);
  g_slist_free_full (files, g_object_unref);
  provider = gdk_content_provider_new_typed (GDK_TYPE_FILE_LIST, list);
  g_boxed_free (GDK_TYPE_FILE_LIST, list);
  return provider;
}

static void
on_activate (GtkApplication *application, gpointer user_data)
{
  GtkWidget *window = gtk_application_window_new (application);
  GtkDragSource *source = gtk_drag_source_new ();

  gtk_window_set_title (GTK_WINDOW (window), "Drag Source");
  gtk_window_set_decorated (GTK_WINDOW (window), FALSE);
  gtk_window_set_default_size (GTK_WINDOW (window), 120, 80);
  gtk_window_set_child (GTK_WINDOW (window), gtk_label_new ("Drag"));
  gtk_drag_source_set_actions (source, GDK_ACTION_COPY);
  g_signal_connect (source, "prepare", G_CALLBACK (on_prepare), NULL);
  gtk_widget_add_controller (window, GTK_EVENT_CONTROLLER (source));
  gtk_window_present (GTK_WINDOW (window));
}

int
main (int argc, char **argv)
{
  g_autoptr (GtkApplication) application = gtk_application_new (NULL, G_APPLICATION_NON_UNIQUE);

  if (argc < 2)
    return 2;
  arguments = argv + 1;
  g_signal_connect (application, "activate", G_CALLBACK (on_activate), NULL);
  return g_application_run (G_APPLICATION (application), 1, argv);
}
