/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "dialog-support.h"

#include "app-support.h"
#include "widget-support.h"

#include <glib/gstdio.h>
#include <string.h>

gpointer
dialog_find (GType type)
{
  GListModel *windows = gtk_window_get_toplevels ();

  for (guint i = 0; i < g_list_model_get_n_items (windows); i++) {
    g_autoptr (GtkWindow) window = g_list_model_get_item (windows, i);

    if (G_TYPE_CHECK_INSTANCE_TYPE (window, type))
      return window; /* GTK holds it */
  }
  return NULL;
}

gpointer
dialog_wait (GType type)
{
  gpointer dialog;

  app_wait_until ((dialog = dialog_find (type)) != NULL);
  app_wait_until (gtk_widget_get_mapped (dialog));
  widget_settle (dialog);
  return dialog;
}

static void
on_clicked (GtkButton *button, gpointer user_data)
{
  gboolean *clicked = user_data;

  *clicked = TRUE;
}

void
dialog_press (gpointer root, const char *text)
{
  GtkWidget *button = widget_find_button (root, text);
  gboolean clicked = FALSE;

  g_assert_true (gtk_widget_get_sensitive (button));
  g_assert_true (gtk_widget_get_mapped (button));
  if (gtk_actionable_get_action_name (GTK_ACTIONABLE (button)) != NULL) {
    g_assert_true (
        gtk_widget_activate_action (button, gtk_actionable_get_action_name (GTK_ACTIONABLE (button)), NULL));
    return;
  }
  g_signal_connect (button, "clicked", G_CALLBACK (on_clicked), &clicked);
  gtk_widget_activate (button);
  app_wait_until (clicked);
}

const char *
dialog_text (gpointer root, const char *id)
{
  GtkWidget *label = widget_find (root, id);

  return gtk_widget_get_mapped (label) ? gtk_label_get_text (GTK_LABEL (label)) : "";
}

gboolean
dialog_can_press (gpointer root, const char *text)
{
  GtkWidget *button = widget_find_button (root, text);

  return gtk_widget_get_mapped (button) && gtk_widget_get_sensitive (button);
}

static gboolean
count_frame (GtkWidget *widget, GdkFrameClock *clock, gpointer user_data)
{
  guint *frames = user_data;

  (*frames)++;
  return G_SOURCE_CONTINUE;
}

static void
settle (GtkWidget *window)
{
  guint frames = 0;
  guint id = gtk_widget_add_tick_callback (window, count_frame, &frames, NULL);

  app_wait_until (frames >= 12);
  gtk_widget_remove_tick_callback (window, id);
  widget_settle (window);
}

static float
shoot (GtkWidget *window, const char *name, const char *variant)
{
  g_autofree char *file = g_strconcat (name, variant, NULL);
  g_autoptr (GdkTexture) texture = NULL;
  GdkRGBA pixel;

  settle (window);
  texture = widget_render (window);
  widget_save_picture (texture, file);
  pixel = widget_pixel (texture, 6, gdk_texture_get_height (texture) - 12);
  return (pixel.red + pixel.green + pixel.blue) / 3;
}

/* Names what is too wide, down to the widget that makes the others so. */
static void
report_wide (GtkWidget *widget, int most)
{
  int minimum;

  gtk_widget_measure (widget, GTK_ORIENTATION_HORIZONTAL, -1, &minimum, NULL, NULL, NULL);
  if (minimum <= most || !gtk_widget_get_mapped (widget))
    return;
  g_test_message ("%s %s is %d wide", G_OBJECT_TYPE_NAME (widget),
                  gtk_buildable_get_buildable_id (GTK_BUILDABLE (widget)), minimum);
  for (GtkWidget *w = gtk_widget_get_first_child (widget); w != NULL; w = gtk_widget_get_next_sibling (w))
    report_wide (w, most);
}

static void
assert_fits (GtkWidget *window)
{
  int minimum;

  settle (window);
  gtk_widget_measure (window, GTK_ORIENTATION_HORIZONTAL, -1, &minimum, NULL, NULL, NULL);
  if (minimum > 360)
    report_wide (window, 300);
  g_assert_cmpint (minimum, <=, 360);
}

void
dialog_shoot (gpointer dialog, const char *name)
{
  GtkSettings *settings = gtk_settings_get_default ();
  AdwStyleManager *style = adw_style_manager_get_default ();
  int width, height;

  g_object_set (settings, "gtk-font-name", "Cantarell 11", NULL);
  gtk_widget_remove_css_class (dialog, "solid-csd");
  gtk_widget_add_css_class (dialog, "csd");
  gtk_window_get_default_size (dialog, &width, &height);
  g_assert_cmpfloat (shoot (dialog, name, ""), >, 0.8f);
  adw_style_manager_set_color_scheme (style, ADW_COLOR_SCHEME_FORCE_DARK);
  g_assert_cmpfloat (shoot (dialog, name, "-dark"), <, 0.3f);
  adw_style_manager_set_color_scheme (style, ADW_COLOR_SCHEME_FORCE_LIGHT);
  if (adw_style_manager_get_high_contrast (style))
    return;
  gtk_widget_set_default_direction (GTK_TEXT_DIR_RTL);
  shoot (dialog, name, "-rtl");
  gtk_widget_set_default_direction (GTK_TEXT_DIR_LTR);
  g_object_set (settings, "gtk-xft-dpi", 2 * 96 * 1024, NULL);
  shoot (dialog, name, "-large-text");
  g_object_set (settings, "gtk-xft-dpi", 96 * 1024, NULL);
  assert_fits (dialog);
  gtk_window_set_default_size (dialog, 360, 640);
  app_wait_until (gtk_widget_get_width (dialog) <= 360);
  shoot (dialog, name, "-narrow");
  assert_fits (dialog);
  g_object_set (settings, "gtk-xft-dpi", 2 * 96 * 1024, NULL);
  shoot (dialog, name, "-narrow-large-text");
  assert_fits (dialog);
  g_object_set (settings, "gtk-xft-dpi", 96 * 1024, NULL);
  gtk_window_set_default_size (dialog, width, height);
  settle (dialog);
}

void
dialog_shoot_wide (gpointer dialog, const char *name)
{
  int width, height;

  gtk_window_get_default_size (dialog, &width, &height);
  gtk_window_set_default_size (dialog, 992, 558);
  app_wait_until (gtk_widget_get_width (dialog) == 992 && gtk_widget_get_height (dialog) == 558);
  shoot (dialog, name, "-wide");
  gtk_window_set_default_size (dialog, width, height);
  settle (dialog);
}

static void
on_request (SoupServer *server, SoupServerMessage *message, const char *path, GHashTable *query,
            gpointer user_data)
{
  const char *body = user_data;

  soup_server_message_set_status (message, SOUP_STATUS_OK, NULL);
  soup_message_body_append (soup_server_message_get_response_body (message), SOUP_MEMORY_COPY, body,
                            strlen (body));
}

SoupServer *
dialog_serve (const char *path, const char *body, char **address)
{
  SoupServer *server = soup_server_new (NULL, NULL);
  g_autofree char *base = NULL;
  GError *error = NULL;
  GSList *uris;

  soup_server_add_handler (server, path, on_request, g_strdup (body), g_free);
  soup_server_listen_local (server, 0, SOUP_SERVER_LISTEN_IPV4_ONLY, &error);
  g_assert_no_error (error);
  uris = soup_server_get_uris (server);
  *address = g_strdup_printf ("http://127.0.0.1:%d%s", g_uri_get_port (uris->data), path);
  g_slist_free_full (uris, (GDestroyNotify) g_uri_unref);
  return server;
}
