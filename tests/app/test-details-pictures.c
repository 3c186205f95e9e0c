/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/meir-ui-details.h"

#include "app-support.h"
#include "details-support.h"
#include "fake-snapshot.h"
#include "widget-support.h"

#include <adwaita.h>
#include <glib/gstdio.h>

/* The four pages of a torrent in every way they may be looked at. The pictures stay in the build folder, for
 * people to look at; what a program can see of them is checked here. */

static const char *const pages[] = { "overview", "files", "people", "trackers" };

typedef struct {
  char *folder;
  MeirSession *session;
  GtkWidget *window;
  MeirUiDetails *details;
  int width;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer user_data)
{
  fixture->folder = app_make_folder ();
  fixture->session = app_session_new (fixture->folder);
  fixture->window = adw_window_new ();
  /* With a compositor there is a shadow in place of a frame. */
  gtk_widget_remove_css_class (fixture->window, "solid-csd");
  gtk_widget_add_css_class (fixture->window, "csd");
  fixture->details = meir_ui_details_new ();
  adw_window_set_content (ADW_WINDOW (fixture->window), GTK_WIDGET (fixture->details));
  fixture->width = 900;
  gtk_window_set_default_size (GTK_WINDOW (fixture->window), 900, 700);
  gtk_window_present (GTK_WINDOW (fixture->window));
}

static void
tear_down (Fixture *fixture, gconstpointer user_data)
{
  gtk_window_destroy (GTK_WINDOW (fixture->window));
  app_session_close (fixture->session);
  fake_snapshot_clear ();
  app_remove_folder (fixture->folder);
  g_free (fixture->folder);
}

static gboolean
on_waited (gpointer user_data)
{
  *(gboolean *) user_data = TRUE;
  return G_SOURCE_REMOVE;
}

/* Crossfades take their time, and names are sorted in a thread. */
static void
settle (Fixture *fixture)
{
  gboolean waited = FALSE;

  g_timeout_add (300, on_waited, &waited);
  app_wait_until (waited);
  widget_settle (fixture->window);
}

static float
shoot (Fixture *fixture, const char *page, const char *suffix)
{
  g_autofree char *file = g_strdup_printf ("details-%s%s", page, suffix);
  g_autoptr (GdkTexture) texture = NULL;
  GdkRGBA colour;

  meir_ui_details_show_page (fixture->details, page);
  g_assert_cmpstr (meir_ui_details_get_page (fixture->details), ==, page);
  settle (fixture);
  texture = widget_render (fixture->window);
  g_assert_cmpint (gdk_texture_get_width (texture), ==, fixture->width);
  widget_save_picture (texture, file);
  colour = widget_pixel (texture, 4, gdk_texture_get_height (texture) / 2);
  return (colour.red + colour.green + colour.blue) / 3;
}

static void
shoot_pages (Fixture *fixture, const char *suffix, gboolean dark)
{
  for (guint i = 0; i < G_N_ELEMENTS (pages); i++) {
    float brightness = shoot (fixture, pages[i], suffix);

    if (dark)
      g_assert_cmpfloat (brightness, <, 0.4f);
    else
      g_assert_cmpfloat (brightness, >, 0.7f);
  }
}

static void
set_size (Fixture *fixture, int width, int height)
{
  fixture->width = width;
  gtk_window_set_default_size (GTK_WINDOW (fixture->window), width, height);
  app_wait_until (gtk_widget_get_width (fixture->window) == width);
}

static void
test_pictures (Fixture *fixture, gconstpointer user_data)
{
  AdwStyleManager *style = adw_style_manager_get_default ();

  shoot (fixture, "overview", "-none");
  meir_ui_details_set_torrent (fixture->details, details_add (fixture->session, fixture->folder));
  shoot_pages (fixture, "", FALSE);
  adw_style_manager_set_color_scheme (style, ADW_COLOR_SCHEME_FORCE_DARK);
  shoot_pages (fixture, "-dark", TRUE);
  adw_style_manager_set_color_scheme (style, ADW_COLOR_SCHEME_FORCE_LIGHT);
  if (adw_style_manager_get_high_contrast (style))
    return;
  gtk_widget_set_default_direction (GTK_TEXT_DIR_RTL);
  shoot_pages (fixture, "-rtl", FALSE);
  gtk_widget_set_default_direction (GTK_TEXT_DIR_LTR);
  g_object_set (gtk_settings_get_default (), "gtk-xft-dpi", 2 * 96 * 1024, NULL);
  shoot_pages (fixture, "-large-text", FALSE);
  g_object_set (gtk_settings_get_default (), "gtk-xft-dpi", 96 * 1024, NULL);
  set_size (fixture, 992, 558);
  shoot_pages (fixture, "-wide", FALSE);
  set_size (fixture, 360, 640);
  shoot_pages (fixture, "-narrow", FALSE);
  g_object_set (gtk_settings_get_default (), "gtk-xft-dpi", 2 * 96 * 1024, NULL);
  set_size (fixture, 360, 640);
  shoot_pages (fixture, "-narrow-large-text", FALSE);
  g_object_set (gtk_settings_get_default (), "gtk-xft-dpi", 96 * 1024, NULL);
}

int
main (int argc, char **argv)
{
  meir_init ();
  g_test_init (&argc, &argv, NULL);
  adw_init ();
  widget_use_style ();
  g_object_set (gtk_settings_get_default (), "gtk-font-name", "Cantarell 11", "gtk-decoration-layout",
                "appmenu:close", NULL);
  g_test_add ("/app/details-pictures/pages", Fixture, NULL, set_up, test_pictures, tear_down);
  return g_test_run ();
}
