/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/meir-ui-title.h"

#include "app-support.h"
#include "widget-support.h"

#define DOWN 12400000
#define UP   1740000

/* What there is room for is shown, and all of that is whole. */

typedef struct {
  GtkWidget *window, *title;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer user_data)
{
  fixture->window = gtk_window_new ();
  fixture->title = g_object_new (MEIR_UI_TYPE_TITLE, "name", "MeirTorrent", NULL);
  gtk_window_set_child (GTK_WINDOW (fixture->window), fixture->title);
  gtk_window_set_decorated (GTK_WINDOW (fixture->window), FALSE);
}

static void
tear_down (Fixture *fixture, gconstpointer user_data)
{
  gtk_window_destroy (GTK_WINDOW (fixture->window));
  g_object_set (gtk_settings_get_default (), "gtk-xft-dpi", 96 * 1024, NULL);
}

static void
set_width (Fixture *fixture, int width)
{
  widget_set_width (fixture->window, fixture->title, width);
}

static int
natural_width (GtkWidget *widget)
{
  int natural;

  gtk_widget_measure (widget, GTK_ORIENTATION_HORIZONTAL, -1, NULL, &natural, NULL, NULL);
  return natural;
}

/* How high its letters are, as a share of what they would be; 0 when it is not shown. What is shown lies
 * within the title, and no letter is missing. */
static float
get_scale (Fixture *fixture, const char *start)
{
  graphene_rect_t bounds;

  for (GtkWidget *label = gtk_widget_get_first_child (fixture->title); label != NULL;
       label = gtk_widget_get_next_sibling (label)) {
    if (!g_str_has_prefix (gtk_label_get_text (GTK_LABEL (label)), start) || !gtk_widget_get_mapped (label))
      continue;
    g_assert_false (pango_layout_is_ellipsized (gtk_label_get_layout (GTK_LABEL (label))));
    g_assert_true (gtk_widget_compute_bounds (label, fixture->title, &bounds));
    g_assert_cmpfloat (bounds.origin.x, >=, -0.5f);
    g_assert_cmpfloat (bounds.origin.x + bounds.size.width, <=,
                       (float) gtk_widget_get_width (fixture->title) + 0.5f);
    return bounds.size.width / (float) gtk_widget_get_width (label);
  }
  return 0;
}

/* The name goes for the rates, and comes back when there are none. */
static void
test_room (Fixture *fixture, gconstpointer user_data)
{
  int natural = natural_width (fixture->title);

  set_width (fixture, natural);
  g_assert_cmpfloat (get_scale (fixture, "Meir"), ==, 1);
  g_assert_cmpfloat (get_scale (fixture, "↓"), ==, 0);
  meir_ui_title_set_rates (MEIR_UI_TITLE (fixture->title), DOWN, UP);
  widget_settle (fixture->window);
  g_assert_cmpfloat (get_scale (fixture, "Meir"), ==, 1);
  g_assert_cmpfloat (get_scale (fixture, "↓ 12.4\u00a0MB/s   ↑"), ==, 1);
  g_assert_cmpfloat (get_scale (fixture, "↑"), ==, 0);

  set_width (fixture, natural - 1);
  g_assert_cmpfloat (get_scale (fixture, "Meir"), ==, 0);
  g_assert_cmpfloat (get_scale (fixture, "↓"), ==, 1);
  g_assert_cmpfloat (get_scale (fixture, "↑"), ==, 1);
  meir_ui_title_set_rates (MEIR_UI_TITLE (fixture->title), 0, 0);
  widget_settle (fixture->window);
  g_assert_cmpfloat (get_scale (fixture, "Meir"), ==, 1);
  g_assert_cmpfloat (get_scale (fixture, "↓"), ==, 0);
  g_assert_cmpfloat (get_scale (fixture, "↑"), ==, 0);
}

/* Text of twice the size in the room of usual text is smaller than that, and whole. */
static void
test_text_size (Fixture *fixture, gconstpointer user_data)
{
  int natural = natural_width (fixture->title);
  float down, name;

  set_width (fixture, natural / 2);
  g_object_set (gtk_settings_get_default (), "gtk-xft-dpi", 2 * 96 * 1024, NULL);
  app_wait_until (natural_width (fixture->title) > natural * 3 / 2);
  meir_ui_title_set_rates (MEIR_UI_TITLE (fixture->title), DOWN, UP);
  widget_settle (fixture->window);
  down = get_scale (fixture, "↓");
  g_assert_cmpfloat (down, <, 1);
  g_assert_cmpfloat (down, >=, 0.5f);
  g_assert_cmpfloat_with_epsilon (get_scale (fixture, "↑"), down, 0.001f);
  meir_ui_title_set_rates (MEIR_UI_TITLE (fixture->title), 0, 0);
  widget_settle (fixture->window);
  name = get_scale (fixture, "Meir");
  g_assert_cmpfloat (name, <, 1);
  g_assert_cmpfloat (name, >=, 0.5f);
}

/* Whatever is shown in it, the header bar stays as it is. */
static void
test_measure (Fixture *fixture, gconstpointer user_data)
{
  int height, height_with;

  gtk_widget_measure (fixture->title, GTK_ORIENTATION_VERTICAL, -1, &height, NULL, NULL, NULL);
  meir_ui_title_set_rates (MEIR_UI_TITLE (fixture->title), DOWN, UP);
  gtk_widget_measure (fixture->title, GTK_ORIENTATION_VERTICAL, -1, &height_with, NULL, NULL, NULL);
  g_assert_cmpint (height, ==, height_with);
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
  add ("/app/title/room", test_room);
  add ("/app/title/text-size", test_text_size);
  add ("/app/title/measure", test_measure);
  return g_test_run ();
}
