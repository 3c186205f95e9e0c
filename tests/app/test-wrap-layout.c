/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/meir-ui-wrap-layout.h"

#include "app-support.h"
#include "widget-support.h"

/* Words and a button, side by side or below each other. */

#define TITLE "Keep what is not finished in"

typedef struct {
  GtkWidget *window;
  AdwActionRow *row;
  GtkWidget *box, *button;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer user_data)
{
  GtkWidget *list = gtk_list_box_new ();

  fixture->window = gtk_window_new ();
  fixture->row = ADW_ACTION_ROW (adw_action_row_new ());
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (fixture->row), TITLE);
  adw_action_row_add_prefix (fixture->row, gtk_image_new_from_icon_name ("meir-file-symbolic"));
  fixture->button = gtk_button_new_with_label ("Choose Another Folder");
  adw_action_row_add_suffix (fixture->row, fixture->button);
  gtk_list_box_append (GTK_LIST_BOX (list), GTK_WIDGET (fixture->row));
  gtk_widget_set_valign (list, GTK_ALIGN_START);
  meir_ui_wrap_layout_use (list);
  fixture->box = gtk_list_box_row_get_child (GTK_LIST_BOX_ROW (fixture->row));
  gtk_window_set_child (GTK_WINDOW (fixture->window), list);
  gtk_window_set_decorated (GTK_WINDOW (fixture->window), FALSE);
}

static void
tear_down (Fixture *fixture, gconstpointer user_data)
{
  gtk_window_destroy (GTK_WINDOW (fixture->window));
  gtk_widget_set_default_direction (GTK_TEXT_DIR_LTR);
}

static void
set_width (Fixture *fixture, int width)
{
  widget_set_width (fixture->window, fixture->window, width);
}

static graphene_rect_t
bounds_of (Fixture *fixture, GtkWidget *child)
{
  graphene_rect_t bounds;

  g_assert_true (gtk_widget_compute_bounds (child, fixture->box, &bounds));
  return bounds;
}

static GtkWidget *
find_words (GtkWidget *widget)
{
  GtkWidget *found = gtk_widget_has_css_class (widget, "title") ? widget : NULL;

  for (GtkWidget *w = gtk_widget_get_first_child (widget); w != NULL && found == NULL;
       w = gtk_widget_get_next_sibling (w))
    found = find_words (w);
  return found;
}

/* The box of the words. */
static GtkWidget *
title_of (Fixture *fixture)
{
  return find_words (fixture->box);
}

/* Where there is room it is as it always is. */
static void
test_wide (Fixture *fixture, gconstpointer user_data)
{
  graphene_rect_t title, button, as_usual;
  int height;

  set_width (fixture, 700);
  title = bounds_of (fixture, title_of (fixture));
  button = bounds_of (fixture, fixture->button);
  height = gtk_widget_get_height (fixture->box);
  g_assert_cmpfloat (button.origin.x, >=, title.origin.x + title.size.width);
  g_assert_cmpfloat (button.origin.y, <, height / 2.0);
  gtk_widget_set_layout_manager (fixture->box, gtk_box_layout_new (GTK_ORIENTATION_HORIZONTAL));
  widget_settle (fixture->window);
  as_usual = bounds_of (fixture, title_of (fixture));
  g_assert_true (graphene_rect_equal (&title, &as_usual));
  g_assert_cmpint (gtk_widget_get_height (fixture->box), ==, height);
}

/* Below, and at the end of the line; the words have all of the width, in a row that is as high as it takes.
 */
static void
test_narrow (Fixture *fixture, gconstpointer user_data)
{
  graphene_rect_t title, button;

  set_width (fixture, 300);
  title = bounds_of (fixture, title_of (fixture));
  button = bounds_of (fixture, fixture->button);
  g_assert_cmpfloat (button.origin.y, >=, title.origin.y + title.size.height);
  g_assert_cmpfloat (button.origin.y + button.size.height, <=, gtk_widget_get_height (fixture->box));
  g_assert_cmpfloat (title.origin.x + title.size.width, ==, gtk_widget_get_width (fixture->box));
  g_assert_cmpfloat (title.origin.x, >, 0);
  g_assert_cmpfloat (button.origin.x, >, 0);
  /* And back. */
  set_width (fixture, 700);
  button = bounds_of (fixture, fixture->button);
  g_assert_cmpfloat (button.origin.y, <, gtk_widget_get_height (fixture->box) / 2.0);
}

static void
test_mirrored (Fixture *fixture, gconstpointer user_data)
{
  graphene_rect_t title, button;

  gtk_widget_set_default_direction (GTK_TEXT_DIR_RTL);
  set_width (fixture, 300);
  title = bounds_of (fixture, title_of (fixture));
  button = bounds_of (fixture, fixture->button);
  g_assert_cmpfloat (title.origin.x, ==, 0);
  g_assert_cmpfloat (button.origin.x + button.size.width, <, gtk_widget_get_width (fixture->box));
  g_assert_cmpfloat (button.origin.y, >=, title.origin.y + title.size.height);
}

/* Short words stay beside the button, and so does a small button beside long words. */
static void
test_little (Fixture *fixture, gconstpointer user_data)
{
  graphene_rect_t title;

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (fixture->row), "In");
  set_width (fixture, 300);
  g_assert_cmpfloat (bounds_of (fixture, fixture->button).origin.y, <,
                     gtk_widget_get_height (fixture->box) / 2.0);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (fixture->row), TITLE TITLE TITLE);
  gtk_button_set_label (GTK_BUTTON (fixture->button), "x");
  widget_settle (fixture->window);
  title = bounds_of (fixture, title_of (fixture));
  g_assert_cmpfloat (bounds_of (fixture, fixture->button).origin.x, >=, title.origin.x + title.size.width);
}

/* It can be made as narrow as the wider of both lines, and a row without a button is none of its business. */
static void
test_minimum (Fixture *fixture, gconstpointer user_data)
{
  int beside, below, alone;
  GtkWidget *list = gtk_list_box_new ();
  GtkWidget *plain = adw_action_row_new ();

  gtk_widget_measure (fixture->box, GTK_ORIENTATION_HORIZONTAL, -1, &below, NULL, NULL, NULL);
  gtk_widget_set_layout_manager (fixture->box, gtk_box_layout_new (GTK_ORIENTATION_HORIZONTAL));
  gtk_widget_measure (fixture->box, GTK_ORIENTATION_HORIZONTAL, -1, &beside, NULL, NULL, NULL);
  g_assert_cmpint (below, <, beside);
  g_object_ref_sink (list);
  gtk_list_box_append (GTK_LIST_BOX (list), plain);
  meir_ui_wrap_layout_use (list);
  gtk_widget_measure (plain, GTK_ORIENTATION_HORIZONTAL, -1, &alone, NULL, NULL, NULL);
  g_assert_cmpint (alone, <, below);
  g_object_unref (list);
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
  adw_init ();
  add ("/app/wrap-layout/wide", test_wide);
  add ("/app/wrap-layout/narrow", test_narrow);
  add ("/app/wrap-layout/mirrored", test_mirrored);
  add ("/app/wrap-layout/little", test_little);
  add ("/app/wrap-layout/minimum", test_minimum);
  return g_test_run ();
}
