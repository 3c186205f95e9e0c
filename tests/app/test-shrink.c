/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/meir-ui-shrink.h"

#include "app-support.h"
#include "widget-support.h"

/* Words that get smaller rather than cut off. */

typedef struct {
  GtkWidget *window, *shrink, *label;
  GtkCssProvider *provider;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer user_data)
{
  const char *css = "shrink.tight label { font-size: 50%; }";

  fixture->provider = gtk_css_provider_new ();
  gtk_css_provider_load_from_data (fixture->provider, css, -1);
  gtk_style_context_add_provider_for_display (gdk_display_get_default (),
                                              GTK_STYLE_PROVIDER (fixture->provider),
                                              GTK_STYLE_PROVIDER_PRIORITY_APPLICATION);
  fixture->window = gtk_window_new ();
  fixture->label = gtk_label_new ("words that would like to be side by side");
  gtk_label_set_ellipsize (GTK_LABEL (fixture->label), PANGO_ELLIPSIZE_END);
  fixture->shrink = meir_ui_shrink_new (fixture->label);
  gtk_window_set_child (GTK_WINDOW (fixture->window), fixture->shrink);
  gtk_window_set_decorated (GTK_WINDOW (fixture->window), FALSE);
}

static void
tear_down (Fixture *fixture, gconstpointer user_data)
{
  gtk_window_destroy (GTK_WINDOW (fixture->window));
  gtk_style_context_remove_provider_for_display (gdk_display_get_default (),
                                                 GTK_STYLE_PROVIDER (fixture->provider));
  g_object_unref (fixture->provider);
  g_object_set (gtk_settings_get_default (), "gtk-xft-dpi", 96 * 1024, NULL);
}

static void
set_width (Fixture *fixture, int width)
{
  widget_set_width (fixture->window, fixture->shrink, width);
}

static gboolean
is_tight (Fixture *fixture)
{
  return gtk_widget_has_css_class (fixture->shrink, "tight");
}

static gboolean
is_whole (Fixture *fixture)
{
  return !pango_layout_is_ellipsized (gtk_label_get_layout (GTK_LABEL (fixture->label)));
}

/* It is tight for as long as it has to be, and no longer. */
static void
test_width (Fixture *fixture, gconstpointer user_data)
{
  int natural;

  gtk_widget_measure (fixture->label, GTK_ORIENTATION_HORIZONTAL, -1, NULL, &natural, NULL, NULL);
  set_width (fixture, natural + 20);
  g_assert_false (is_tight (fixture));
  set_width (fixture, natural * 3 / 4);
  app_wait_until (is_tight (fixture) && is_whole (fixture));
  /* It stays so without turning back and forth. */
  for (guint i = 0; i < 5; i++) {
    gtk_widget_queue_resize (fixture->shrink);
    widget_settle (fixture->window);
    g_assert_true (is_tight (fixture));
  }
  set_width (fixture, natural + 20);
  app_wait_until (!is_tight (fixture) && is_whole (fixture));
}

/* Larger text is the same as less room. */
static void
test_text_size (Fixture *fixture, gconstpointer user_data)
{
  int natural;

  gtk_widget_measure (fixture->label, GTK_ORIENTATION_HORIZONTAL, -1, NULL, &natural, NULL, NULL);
  set_width (fixture, natural + 40);
  g_object_set (gtk_settings_get_default (), "gtk-xft-dpi", 96 * 1024 * 3 / 2, NULL);
  app_wait_until (is_tight (fixture) && is_whole (fixture));
  g_object_set (gtk_settings_get_default (), "gtk-xft-dpi", 96 * 1024, NULL);
  app_wait_until (!is_tight (fixture) && is_whole (fixture));
}

/* As wide and as high as what it holds. */
static void
test_measure (Fixture *fixture, gconstpointer user_data)
{
  for (GtkOrientation o = GTK_ORIENTATION_HORIZONTAL; o <= GTK_ORIENTATION_VERTICAL; o++) {
    int minimum, natural, own_minimum, own_natural;

    gtk_widget_measure (fixture->label, o, -1, &minimum, &natural, NULL, NULL);
    gtk_widget_measure (fixture->shrink, o, -1, &own_minimum, &own_natural, NULL, NULL);
    g_assert_cmpint (own_minimum, ==, minimum);
    g_assert_cmpint (own_natural, ==, natural);
  }
}

static void
add (const char *path, void (*test) (Fixture *fixture, gconstpointer user_data))
{
  g_test_add (path, Fixture, NULL, set_up, test, tear_down);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  gtk_init ();
  add ("/app/shrink/width", test_width);
  add ("/app/shrink/text-size", test_text_size);
  add ("/app/shrink/measure", test_measure);
  return g_test_run ();
}
