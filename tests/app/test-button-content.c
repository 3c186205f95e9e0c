/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/meir-ui-button-content.h"

#include "widget-support.h"

#include <adwaita.h>

/* A text that is there in full, or not at all. */

typedef struct {
  GtkWidget *window;
  GtkWidget *content;
  GtkWidget *icon, *label;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer user_data)
{
  fixture->window = gtk_window_new ();
  fixture->content = g_object_new (MEIR_UI_TYPE_BUTTON_CONTENT, "icon-name", "meir-add-symbolic", "label",
                                   "_Something to do", "halign", GTK_ALIGN_START, NULL);
  fixture->icon = gtk_widget_get_first_child (fixture->content);
  fixture->label = gtk_widget_get_last_child (fixture->content);
  gtk_window_set_child (GTK_WINDOW (fixture->window), fixture->content);
  gtk_window_set_default_size (GTK_WINDOW (fixture->window), 400, 100);
  gtk_window_present (GTK_WINDOW (fixture->window));
  widget_settle (fixture->window);
}

static void
tear_down (Fixture *fixture, gconstpointer user_data)
{
  gtk_window_destroy (GTK_WINDOW (fixture->window));
  gtk_widget_set_default_direction (GTK_TEXT_DIR_LTR);
}

static void
measure (gpointer widget, int *minimum, int *natural)
{
  gtk_widget_measure (widget, GTK_ORIENTATION_HORIZONTAL, -1, minimum, natural, NULL, NULL);
}

static float
position (Fixture *fixture, GtkWidget *widget)
{
  graphene_point_t point;

  g_assert_true (gtk_widget_compute_point (widget, fixture->content, &GRAPHENE_POINT_INIT (0, 0), &point));
  return point.x;
}

static void
test_wide (Fixture *fixture, gconstpointer user_data)
{
  int label_natural;

  measure (fixture->label, NULL, &label_natural);
  g_assert_true (gtk_widget_get_child_visible (fixture->label));
  g_assert_cmpint (gtk_widget_get_width (fixture->label), ==, label_natural);
  g_assert_cmpfloat (position (fixture, fixture->icon), ==, 0);
  g_assert_cmpfloat (position (fixture, fixture->label), >=, gtk_widget_get_width (fixture->icon));
}

static void
test_mirrored (Fixture *fixture, gconstpointer user_data)
{
  gtk_widget_set_default_direction (GTK_TEXT_DIR_RTL);
  widget_settle (fixture->window);
  g_assert_cmpfloat (position (fixture, fixture->label), ==, 0);
  g_assert_cmpfloat (position (fixture, fixture->icon), >, gtk_widget_get_width (fixture->label));
}

/* A pixel too few, and the text is gone; the icon is in the middle. */
static void
test_narrow (Fixture *fixture, gconstpointer user_data)
{
  int minimum, natural, icon_natural;

  measure (fixture->content, &minimum, &natural);
  measure (fixture->icon, NULL, &icon_natural);
  g_assert_cmpint (minimum, ==, icon_natural);
  g_assert_cmpint (natural, >, icon_natural);
  gtk_widget_size_allocate (fixture->content, &(GtkAllocation){ .width = natural - 1, .height = 40 }, -1);
  g_assert_false (gtk_widget_get_child_visible (fixture->label));
  g_assert_cmpfloat (ABS (position (fixture, fixture->icon) - (float) (natural - 1 - icon_natural) / 2), <=,
                     1);
  gtk_widget_size_allocate (fixture->content, &(GtkAllocation){ .width = natural, .height = 40 }, -1);
  g_assert_true (gtk_widget_get_child_visible (fixture->label));
}

static void
test_properties (Fixture *fixture, gconstpointer user_data)
{
  g_autofree char *icon = NULL;
  g_autofree char *label = NULL;

  g_object_get (fixture->content, "icon-name", &icon, "label", &label, NULL);
  g_assert_cmpstr (icon, ==, "meir-add-symbolic");
  g_assert_cmpstr (label, ==, "_Something to do");
  g_assert_cmpstr (gtk_label_get_text (GTK_LABEL (fixture->label)), ==, "Something to do");
}

static void
add (const char *path, void (*test) (Fixture *, gconstpointer))
{
  g_test_add (path, Fixture, NULL, set_up, test, tear_down);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  adw_init ();
  add ("/app/button-content/wide", test_wide);
  add ("/app/button-content/mirrored", test_mirrored);
  add ("/app/button-content/narrow", test_narrow);
  add ("/app/button-content/properties", test_properties);
  return g_test_run ();
}
