/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/meir-ui-lazy-rows.h"

#include "app-support.h"
#include "widget-support.h"

#include <adwaita.h>

/* A list of 1,000 labels in a window of ten. */

#define N_ITEMS    1000u
#define ROW_HEIGHT 40
#define HEIGHT     400

typedef struct {
  GtkWidget *window;
  GtkListView *view;
  GtkStringList *model;
  MeirUiLazyRows *rows;
  guint n_cleared;
} Fixture;

static GtkWidget *
create (gpointer user_data)
{
  GtkWidget *label = gtk_label_new (NULL);

  gtk_widget_set_size_request (label, -1, ROW_HEIGHT);
  return label;
}

static void
fill (GtkWidget *label, GtkListItem *item, gpointer user_data)
{
  g_assert_true (meir_ui_lazy_rows_get_item (label) == item);
  gtk_label_set_text (GTK_LABEL (label), gtk_string_object_get_string (gtk_list_item_get_item (item)));
}

static void
clear (GtkWidget *label, gpointer user_data)
{
  ((Fixture *) user_data)->n_cleared++;
  gtk_label_set_text (GTK_LABEL (label), "");
}

static char *
dup_name (gpointer item, gpointer user_data)
{
  return g_strdup_printf ("name of %s", gtk_string_object_get_string (item));
}

static const MeirUiLazyFuncs funcs = {
  .create = create, .fill = fill, .clear = clear, .dup_name = dup_name, .height = 30
};

static void
build (Fixture *fixture)
{
  GtkWidget *scroller = gtk_scrolled_window_new ();

  fixture->model = gtk_string_list_new (NULL);
  for (guint i = 0; i < N_ITEMS; i++) {
    g_autofree char *text = g_strdup_printf ("item %u", i);

    gtk_string_list_append (fixture->model, text);
  }
  fixture->view = GTK_LIST_VIEW (gtk_list_view_new (
      GTK_SELECTION_MODEL (gtk_single_selection_new (G_LIST_MODEL (fixture->model))), NULL));
  fixture->rows = meir_ui_lazy_rows_attach (fixture->view, &funcs, fixture);
  g_assert_true (meir_ui_lazy_rows_of (fixture->view) == fixture->rows);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scroller), GTK_WIDGET (fixture->view));
  fixture->window = gtk_window_new ();
  gtk_window_set_child (GTK_WINDOW (fixture->window), scroller);
  gtk_window_set_default_size (GTK_WINDOW (fixture->window), 300, HEIGHT);
}

static void
set_up (Fixture *fixture, gconstpointer user_data)
{
  build (fixture);
  gtk_window_present (GTK_WINDOW (fixture->window));
  widget_settle (fixture->window);
}

static void
tear_down (Fixture *fixture, gconstpointer user_data)
{
  gtk_window_destroy (GTK_WINDOW (fixture->window));
}

static gboolean
shows (Fixture *fixture, const char *text)
{
  GPtrArray *filled = meir_ui_lazy_rows_get_filled (fixture->rows);

  for (guint i = 0; i < filled->len; i++)
    if (gtk_widget_get_mapped (filled->pdata[i]) && g_str_equal (gtk_label_get_text (filled->pdata[i]), text))
      return TRUE;
  return FALSE;
}

static GtkWidget *
find_frame (Fixture *fixture, guint position)
{
  g_autoptr (GtkStringObject) item = g_list_model_get_item (G_LIST_MODEL (fixture->model), position);

  return meir_ui_lazy_rows_find_frame (fixture->rows, item);
}

/* What can be seen is there, what is a page away comes by itself, and nothing else ever does. */
static void
test_in_sight (Fixture *fixture, gconstpointer user_data)
{
  guint n_made;

  app_wait_until (shows (fixture, "item 0") && shows (fixture, "item 9"));
  app_wait_until (meir_ui_lazy_rows_get_filled (fixture->rows)->len > HEIGHT / ROW_HEIGHT + 5);
  widget_settle (fixture->window);
  n_made = meir_ui_lazy_rows_get_n_created (fixture->rows);
  g_assert_cmpuint (n_made, <=, 3 * (HEIGHT / ROW_HEIGHT + 4));
  g_assert_cmpuint (meir_ui_lazy_rows_get_n_fills (fixture->rows), ==, n_made);
  g_assert_cmpuint (fixture->n_cleared, ==, 0);
}

typedef struct {
  MeirUiLazyRows *rows;
  guint before, most;
} Frames;

static void
on_before_paint (GdkFrameClock *clock, gpointer user_data)
{
  Frames *frames = user_data;

  frames->before = meir_ui_lazy_rows_get_n_created (frames->rows);
}

static void
on_after_paint (GdkFrameClock *clock, gpointer user_data)
{
  Frames *frames = user_data;

  frames->most = MAX (frames->most, meir_ui_lazy_rows_get_n_created (frames->rows) - frames->before);
}

/* To make a row is the most costly: the first frame makes some of those in sight, and the others come after.
 */
static void
test_frames (void)
{
  Fixture fixture = { 0 };
  Frames frames = { 0 };
  GdkFrameClock *clock;

  build (&fixture);
  frames.rows = fixture.rows;
  gtk_widget_realize (fixture.window);
  clock = gtk_widget_get_frame_clock (fixture.window);
  g_signal_connect (clock, "before-paint", G_CALLBACK (on_before_paint), &frames);
  g_signal_connect (clock, "after-paint", G_CALLBACK (on_after_paint), &frames);
  gtk_window_present (GTK_WINDOW (fixture.window));
  app_wait_until (shows (&fixture, "item 0") && shows (&fixture, "item 9"));
  g_assert_cmpuint (frames.most, >, 0);
  g_assert_cmpuint (frames.most, <, HEIGHT / ROW_HEIGHT);
  g_signal_handlers_disconnect_by_data (clock, &frames);
  tear_down (&fixture, NULL);
}

/* No row is drawn empty: who jumps sees what is there in the frame that shows it. */
static void
test_jump (Fixture *fixture, gconstpointer user_data)
{
  guint before;

  /* By then it is known how high the rows are. */
  app_wait_until (meir_ui_lazy_rows_get_filled (fixture->rows)->len > HEIGHT / ROW_HEIGHT + 5);
  widget_settle (fixture->window);
  before = meir_ui_lazy_rows_get_n_fills (fixture->rows);
  gtk_widget_activate_action (GTK_WIDGET (fixture->view), "list.scroll-to-item", "u", N_ITEMS - 1);
  app_wait_until (shows (fixture, "item 999") && shows (fixture, "item 995"));
  g_assert_false (shows (fixture, "item 0"));
  widget_settle (fixture->window);
  g_assert_cmpuint (fixture->n_cleared, >, 0);
  g_assert_cmpuint (meir_ui_lazy_rows_get_n_fills (fixture->rows) - before, <=,
                    4 * (HEIGHT / ROW_HEIGHT + 4));
}

/* A row that nobody has seen has a name, and can be focused. */
static void
test_out_of_sight (Fixture *fixture, gconstpointer user_data)
{
  GtkWidget *frame;

  app_wait_until (shows (fixture, "item 9"));
  frame = find_frame (fixture, 150);
  g_assert_nonnull (frame);
  gtk_test_accessible_assert_property (frame, GTK_ACCESSIBLE_PROPERTY_LABEL, "name of item 150");
  g_assert_null (find_frame (fixture, 900));
  for (guint i = 0; i < meir_ui_lazy_rows_get_filled (fixture->rows)->len; i++) {
    GtkWidget *label = meir_ui_lazy_rows_get_filled (fixture->rows)->pdata[i];

    GtkWidget *own_frame = meir_ui_lazy_rows_get_frame (label);

    g_assert_true (gtk_widget_is_ancestor (label, own_frame));
    g_assert_true (meir_ui_lazy_rows_find_content (fixture->rows, label) == label);
    g_assert_true (meir_ui_lazy_rows_find_content (fixture->rows, own_frame) == label);
  }
  g_assert_null (meir_ui_lazy_rows_find_content (fixture->rows, frame)); /* there is none yet */
  g_assert_null (meir_ui_lazy_rows_find_content (fixture->rows, GTK_WIDGET (fixture->view)));
  g_assert_null (meir_ui_lazy_rows_find_content (fixture->rows, NULL));
}

/* Items that go take their rows along; those that take their place are shown. */
static void
test_changed (Fixture *fixture, gconstpointer user_data)
{
  const char *const texts[] = { "new", NULL };

  app_wait_until (shows (fixture, "item 0"));
  gtk_string_list_splice (fixture->model, 0, 1, texts);
  app_wait_until (shows (fixture, "new") && shows (fixture, "item 1"));
  g_assert_false (shows (fixture, "item 0"));
  gtk_string_list_splice (fixture->model, 0, N_ITEMS, NULL);
  app_wait_until (meir_ui_lazy_rows_get_filled (fixture->rows)->len == 0);
}

/* A text that wraps has the height it needs. */
static void
test_wrapped (Fixture *fixture, gconstpointer user_data)
{
  GtkWidget *label;
  int lines;

  app_wait_until (shows (fixture, "item 0"));
  label = g_ptr_array_index (meir_ui_lazy_rows_get_filled (fixture->rows), 0);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_text (GTK_LABEL (label),
                      "many words that do not fit a line, nor two of them, in so narrow a list, "
                      "and so on until there are certainly enough of them to fill four or five");
  widget_settle (fixture->window);
  lines = pango_layout_get_line_count (gtk_label_get_layout (GTK_LABEL (label)));
  g_assert_cmpint (lines, >, 2);
  g_assert_cmpint (gtk_widget_get_height (label), >=, lines * 10);
  g_assert_cmpint (gtk_widget_get_height (label), >, ROW_HEIGHT);
}

static void
add_test (const char *path, void (*test) (Fixture *, gconstpointer))
{
  g_test_add (path, Fixture, NULL, set_up, test, tear_down);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  adw_init ();
  add_test ("/app/lazy-rows/in-sight", test_in_sight);
  add_test ("/app/lazy-rows/jump", test_jump);
  add_test ("/app/lazy-rows/out-of-sight", test_out_of_sight);
  add_test ("/app/lazy-rows/changed", test_changed);
  add_test ("/app/lazy-rows/wrapped", test_wrapped);
  g_test_add_func ("/app/lazy-rows/frames", test_frames);
  return g_test_run ();
}
