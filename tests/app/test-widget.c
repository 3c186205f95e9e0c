/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/meir-ui-widget.h"

#include "widget-support.h"

/* What every view does with its widgets. */

static void
test_class (void)
{
  GtkWidget *label = g_object_ref_sink (gtk_label_new (""));

  for (guint i = 0; i < 2; i++) {
    meir_ui_widget_set_class (label, "error", TRUE);
    g_assert_true (gtk_widget_has_css_class (label, "error"));
  }
  for (guint i = 0; i < 2; i++) {
    meir_ui_widget_set_class (label, "error", FALSE);
    g_assert_false (gtk_widget_has_css_class (label, "error"));
  }
  g_object_unref (label);
}

static void
on_notify (GObject *object, GParamSpec *pspec, gpointer user_data)
{
  (*(guint *) user_data)++;
}

/* The same text again costs nothing. */
static void
test_text (void)
{
  GtkLabel *label = g_object_ref_sink (GTK_LABEL (gtk_label_new ("")));
  AdwActionRow *row = g_object_ref_sink (ADW_ACTION_ROW (adw_action_row_new ()));
  guint n_label = 0, n_row = 0;

  g_signal_connect (label, "notify::label", G_CALLBACK (on_notify), &n_label);
  g_signal_connect (row, "notify::subtitle", G_CALLBACK (on_notify), &n_row);
  for (guint i = 0; i < 3; i++) {
    meir_ui_widget_set_text (label, "<b>one");
    meir_ui_widget_set_subtitle (row, "one");
  }
  g_assert_cmpstr (gtk_label_get_text (label), ==, "<b>one");
  g_assert_cmpuint (n_label, ==, 1);
  g_assert_cmpstr (adw_action_row_get_subtitle (row), ==, "one");
  g_assert_cmpuint (n_row, ==, 1);
  g_object_unref (label);
  g_object_unref (row);
}

/* Only what does not fit is worth a tooltip. */
static void
test_whole_text (void)
{
  GtkWidget *window = gtk_window_new ();
  GtkWidget *label = gtk_label_new ("a text of some length, which fits a wide window well");
  GtkTooltip *tooltip = g_object_new (GTK_TYPE_TOOLTIP, NULL);

  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  gtk_window_set_child (GTK_WINDOW (window), label);
  gtk_window_set_default_size (GTK_WINDOW (window), 800, 100);
  gtk_window_present (GTK_WINDOW (window));
  widget_settle (window);
  g_assert_false (meir_ui_widget_query_whole_text (GTK_LABEL (label), 0, 0, FALSE, tooltip, NULL));

  gtk_widget_set_size_request (label, 20, -1);
  gtk_widget_set_halign (label, GTK_ALIGN_START);
  gtk_label_set_width_chars (GTK_LABEL (label), 4);
  gtk_label_set_max_width_chars (GTK_LABEL (label), 4);
  widget_settle (window);
  g_assert_true (meir_ui_widget_query_whole_text (GTK_LABEL (label), 0, 0, FALSE, tooltip, NULL));
  gtk_window_destroy (GTK_WINDOW (window));
  g_object_unref (tooltip);
}

typedef struct {
  GtkWidget *row;
  double x, y;
  guint n;
} Opened;

static void
on_open (gpointer user_data, GtkWidget *row, double x, double y)
{
  Opened *opened = user_data;

  *opened = (Opened){ row, x, y, opened->n + 1 };
}

/* A click and a long press both name the row, and where. */
static void
test_menu (void)
{
  GtkWidget *row = g_object_ref_sink (gtk_label_new (""));
  g_autoptr (GListModel) controllers = NULL;
  Opened opened = { NULL };

  meir_ui_widget_add_menu (row, on_open, &opened);
  controllers = gtk_widget_observe_controllers (row);
  for (guint i = 0; i < g_list_model_get_n_items (controllers); i++) {
    g_autoptr (GObject) controller = g_list_model_get_item (controllers, i);

    if (GTK_IS_GESTURE_CLICK (controller)) {
      g_assert_cmpuint (gtk_gesture_single_get_button (GTK_GESTURE_SINGLE (controller)), ==,
                        GDK_BUTTON_SECONDARY);
      g_signal_emit_by_name (controller, "released", 1, 2.0, 3.0);
    } else if (GTK_IS_GESTURE_LONG_PRESS (controller)) {
      g_assert_true (gtk_gesture_single_get_touch_only (GTK_GESTURE_SINGLE (controller)));
      g_signal_emit_by_name (controller, "pressed", 2.0, 3.0);
    } else {
      continue;
    }
    g_assert_true (opened.row == row);
    g_assert_cmpfloat (opened.x, ==, 2);
    g_assert_cmpfloat (opened.y, ==, 3);
    opened.row = NULL;
  }
  g_assert_cmpuint (opened.n, ==, 2);
  g_clear_object (&controllers);
  g_object_unref (row);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  adw_init ();
  g_test_add_func ("/app/widget/class", test_class);
  g_test_add_func ("/app/widget/text", test_text);
  g_test_add_func ("/app/widget/whole-text", test_whole_text);
  g_test_add_func ("/app/widget/menu", test_menu);
  return g_test_run ();
}
