/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/meir-ui-widget.h"

#include "app/meir-ui-path.h"

void
meir_ui_widget_set_class (gpointer widget, const char *name, gboolean set)
{
  if (set)
    gtk_widget_add_css_class (widget, name);
  else
    gtk_widget_remove_css_class (widget, name);
}

void
meir_ui_widget_set_text (GtkLabel *label, const char *text)
{
  if (g_strcmp0 (gtk_label_get_text (label), text) != 0)
    gtk_label_set_text (label, text);
}

void
meir_ui_widget_set_icon (GtkImage *image, const char *name)
{
  if (g_strcmp0 (gtk_image_get_icon_name (image), name) != 0)
    gtk_image_set_from_icon_name (image, name);
}

void
meir_ui_widget_set_subtitle (AdwActionRow *row, const char *text)
{
  if (g_strcmp0 (adw_action_row_get_subtitle (row), text) != 0)
    adw_action_row_set_subtitle (row, text);
}

#define PATH_KEY "meir-ui-path"

static void
on_learned (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (AdwActionRow) row = user_data;
  const char *path = g_object_get_data (G_OBJECT (row), PATH_KEY);
  g_autofree char *shown = path != NULL ? meir_ui_path_dup_shown (path) : NULL;

  if (shown != NULL)
    meir_ui_widget_set_subtitle (row, shown);
}

void
meir_ui_widget_set_path (AdwActionRow *row, const char *path)
{
  g_autofree char *shown = path != NULL ? meir_ui_path_dup_shown (path) : NULL;

  if (shown != NULL)
    meir_ui_widget_set_subtitle (row, shown);
  /* A disk that hangs is asked once. */
  if (g_strcmp0 (g_object_get_data (G_OBJECT (row), PATH_KEY), path) == 0)
    return;
  g_object_set_data_full (G_OBJECT (row), PATH_KEY, g_strdup (path), g_free);
  if (path != NULL)
    meir_ui_path_learn_async (path, on_learned, g_object_ref (row));
}

gboolean
meir_ui_widget_query_whole_text (GtkLabel *label, int x, int y, gboolean keyboard, GtkTooltip *tooltip,
                                 gpointer user_data)
{
  if (!pango_layout_is_ellipsized (gtk_label_get_layout (label)))
    return FALSE;
  gtk_tooltip_set_text (tooltip, gtk_label_get_text (label));
  return TRUE;
}

static int
get_char_width (GtkWidget *widget)
{
  PangoFontMetrics *metrics = pango_context_get_metrics (gtk_widget_get_pango_context (widget), NULL, NULL);
  int char_width = pango_font_metrics_get_approximate_char_width (metrics);

  pango_font_metrics_unref (metrics);
  return MAX (char_width, 1);
}

int
meir_ui_widget_count_chars (gpointer widget, int width)
{
  return width * PANGO_SCALE / get_char_width (widget);
}

int
meir_ui_widget_measure_chars (gpointer widget, int n_chars)
{
  return PANGO_PIXELS (n_chars * get_char_width (widget));
}

typedef struct {
  MeirUiWidgetMenuFunc open;
  gpointer user_data;
} MeirUiMenu;

/* When the button is let go, so that the release does not fall on the menu. */
static void
on_right_click (GtkGestureClick *gesture, int n_press, double x, double y, const MeirUiMenu *menu)
{
  menu->open (menu->user_data, gtk_event_controller_get_widget (GTK_EVENT_CONTROLLER (gesture)), x, y);
}

static void
on_long_press (GtkGestureLongPress *gesture, double x, double y, const MeirUiMenu *menu)
{
  gtk_gesture_set_state (GTK_GESTURE (gesture), GTK_EVENT_SEQUENCE_CLAIMED);
  menu->open (menu->user_data, gtk_event_controller_get_widget (GTK_EVENT_CONTROLLER (gesture)), x, y);
}

void
meir_ui_widget_add_menu (GtkWidget *row, MeirUiWidgetMenuFunc open, gpointer user_data)
{
  GtkGesture *click = gtk_gesture_click_new ();
  GtkGesture *press = gtk_gesture_long_press_new ();
  MeirUiMenu *menu = g_new (MeirUiMenu, 1);

  *menu = (MeirUiMenu){ open, user_data };
  g_object_set_data_full (G_OBJECT (row), "meir-ui-menu", menu, g_free);
  gtk_gesture_single_set_button (GTK_GESTURE_SINGLE (click), GDK_BUTTON_SECONDARY);
  g_signal_connect (click, "released", G_CALLBACK (on_right_click), menu);
  gtk_widget_add_controller (row, GTK_EVENT_CONTROLLER (click));
  gtk_gesture_single_set_touch_only (GTK_GESTURE_SINGLE (press), TRUE);
  g_signal_connect (press, "pressed", G_CALLBACK (on_long_press), menu);
  gtk_widget_add_controller (row, GTK_EVENT_CONTROLLER (press));
}
