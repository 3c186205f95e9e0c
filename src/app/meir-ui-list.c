/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/meir-ui-list.h"

#include "app/meir-ui-resources.h"
#include "app/meir-ui-row.h"

struct _MeirUiList {
  GtkWidget parent_instance;

  GtkListView *view;
  GtkPopoverMenu *row_menu;

  GtkSingleSelection *selection;
  GPtrArray *rows; /* MeirUiRow: those that are bound, about as many as are visible */
};

G_DEFINE_FINAL_TYPE (MeirUiList, meir_ui_list, GTK_TYPE_WIDGET)

enum {
  PROP_SELECTED = 1,
  N_PROPS,
};

static GParamSpec *properties[N_PROPS];
static guint pause_toggled_signal;

/* The menu. */

static void
select_row (MeirUiList *list, MeirUiRow *row)
{
  GListModel *model = G_LIST_MODEL (list->selection);

  for (guint i = 0; i < g_list_model_get_n_items (model); i++) {
    g_autoptr (MeirTorrent) torrent = g_list_model_get_item (model, i);

    if (torrent == meir_ui_row_get_torrent (row))
      gtk_single_selection_set_selected (list->selection, i);
  }
}

static void
open_menu (MeirUiList *list, MeirUiRow *row, double x, double y)
{
  graphene_point_t from = GRAPHENE_POINT_INIT ((float) x, (float) y);
  GdkRectangle place = { .width = 1, .height = 1 };
  graphene_point_t to;

  if (!gtk_widget_compute_point (GTK_WIDGET (row), GTK_WIDGET (list), &from, &to))
    return;
  select_row (list, row);
  place.x = (int) to.x;
  place.y = (int) to.y;
  gtk_popover_set_pointing_to (GTK_POPOVER (list->row_menu), &place);
  gtk_popover_popup (GTK_POPOVER (list->row_menu));
}

/* Opened when the button is let go, so that the release does not fall on the menu. */
static void
on_right_click (GtkGestureClick *gesture, int n_press, double x, double y, gpointer user_data)
{
  GtkWidget *row = gtk_event_controller_get_widget (GTK_EVENT_CONTROLLER (gesture));

  open_menu (user_data, MEIR_UI_ROW (row), x, y);
}

static void
on_long_press (GtkGestureLongPress *gesture, double x, double y, gpointer user_data)
{
  GtkWidget *row = gtk_event_controller_get_widget (GTK_EVENT_CONTROLLER (gesture));

  gtk_gesture_set_state (GTK_GESTURE (gesture), GTK_EVENT_SEQUENCE_CLAIMED);
  open_menu (user_data, MEIR_UI_ROW (row), x, y);
}

static void
focus_selected (MeirUiList *list)
{
  MeirTorrent *selected = meir_ui_list_get_selected (list);

  for (guint i = 0; selected != NULL && i < list->rows->len; i++) {
    GtkWidget *row = g_ptr_array_index (list->rows, i);

    if (meir_ui_row_get_torrent (MEIR_UI_ROW (row)) == selected)
      gtk_widget_grab_focus (gtk_widget_get_parent (row));
  }
}

/* The focus goes back to the row whose menu it was; GTK would give it to anything. */
static void
on_menu_closed (GtkPopover *menu, MeirUiList *list)
{
  focus_selected (list);
}

/* The row that has the keyboard focus, itself or in a child. */
static GtkWidget *
get_focused_row (MeirUiList *list)
{
  GtkWidget *focus = gtk_root_get_focus (gtk_widget_get_root (GTK_WIDGET (list)));

  for (guint i = 0; focus != NULL && i < list->rows->len; i++) {
    GtkWidget *row = g_ptr_array_index (list->rows, i);

    if (focus == gtk_widget_get_parent (row) || gtk_widget_is_ancestor (focus, row))
      return row;
  }
  return NULL;
}

static gboolean
on_menu_key (GtkWidget *widget, GVariant *arguments, gpointer user_data)
{
  MeirUiList *list = MEIR_UI_LIST (widget);
  GtkWidget *row = get_focused_row (list);

  if (row == NULL)
    return GDK_EVENT_PROPAGATE;
  open_menu (list, MEIR_UI_ROW (row), gtk_widget_get_width (row) / 2.0, gtk_widget_get_height (row));
  return GDK_EVENT_STOP;
}

/* The rows. */

static void
on_pause_toggled (MeirUiRow *row, MeirTorrent *torrent, gboolean pause, gpointer user_data)
{
  g_signal_emit (user_data, pause_toggled_signal, 0, torrent, pause);
}

static void
on_setup (GtkSignalListItemFactory *factory, GtkListItem *item, gpointer user_data)
{
  MeirUiList *list = user_data;
  GtkWidget *row = meir_ui_row_new ();
  GtkGesture *click = gtk_gesture_click_new ();
  GtkGesture *press = gtk_gesture_long_press_new ();

  gtk_gesture_single_set_button (GTK_GESTURE_SINGLE (click), GDK_BUTTON_SECONDARY);
  g_signal_connect (click, "released", G_CALLBACK (on_right_click), list);
  gtk_widget_add_controller (row, GTK_EVENT_CONTROLLER (click));
  gtk_gesture_single_set_touch_only (GTK_GESTURE_SINGLE (press), TRUE);
  g_signal_connect (press, "pressed", G_CALLBACK (on_long_press), list);
  gtk_widget_add_controller (row, GTK_EVENT_CONTROLLER (press));
  g_signal_connect_object (row, "pause-toggled", G_CALLBACK (on_pause_toggled), list, 0);
  gtk_list_item_set_child (item, row);
}

static void
on_bind (GtkSignalListItemFactory *factory, GtkListItem *item, gpointer user_data)
{
  MeirUiList *list = user_data;
  GtkWidget *row = gtk_list_item_get_child (item);

  meir_ui_row_set_torrent (MEIR_UI_ROW (row), gtk_list_item_get_item (item));
  g_ptr_array_add (list->rows, row);
}

static void
on_unbind (GtkSignalListItemFactory *factory, GtkListItem *item, gpointer user_data)
{
  MeirUiList *list = user_data;
  GtkWidget *row = gtk_list_item_get_child (item);

  meir_ui_row_set_torrent (MEIR_UI_ROW (row), NULL);
  g_ptr_array_remove_fast (list->rows, row);
}

static void
on_selected (MeirUiList *list)
{
  g_object_notify_by_pspec (G_OBJECT (list), properties[PROP_SELECTED]);
}

void
meir_ui_list_set_torrents (MeirUiList *list, GListModel *torrents)
{
  gtk_single_selection_set_model (list->selection, torrents);
}

MeirTorrent *
meir_ui_list_get_selected (MeirUiList *list)
{
  return gtk_single_selection_get_selected_item (list->selection);
}

void
meir_ui_list_select_near (MeirUiList *list, guint position)
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (list->selection));

  if (n == 0)
    return;
  gtk_single_selection_set_selected (list->selection, MIN (position, n - 1));
  focus_selected (list);
}

guint
meir_ui_list_get_position (MeirUiList *list)
{
  return gtk_single_selection_get_selected (list->selection);
}

void
meir_ui_list_refresh (MeirUiList *list)
{
  for (guint i = 0; i < list->rows->len; i++)
    meir_ui_row_refresh (g_ptr_array_index (list->rows, i));
}

static void
meir_ui_list_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  MeirUiList *list = MEIR_UI_LIST (object);

  if (id == PROP_SELECTED)
    g_value_set_object (value, meir_ui_list_get_selected (list));
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
meir_ui_list_dispose (GObject *object)
{
  MeirUiList *list = MEIR_UI_LIST (object);
  GtkWidget *child;

  if (list->view != NULL)
    gtk_list_view_set_model (list->view, NULL);
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (list))) != NULL)
    gtk_widget_unparent (child);
  g_clear_object (&list->selection);
  G_OBJECT_CLASS (meir_ui_list_parent_class)->dispose (object);
}

static void
meir_ui_list_finalize (GObject *object)
{
  g_ptr_array_unref (MEIR_UI_LIST (object)->rows);
  G_OBJECT_CLASS (meir_ui_list_parent_class)->finalize (object);
}

static void
meir_ui_list_class_init (MeirUiListClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->get_property = meir_ui_list_get_property;
  object_class->dispose = meir_ui_list_dispose;
  object_class->finalize = meir_ui_list_finalize;
  properties[PROP_SELECTED] = g_param_spec_object ("selected", NULL, NULL, MEIR_TYPE_TORRENT,
                                                   G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);
  pause_toggled_signal = g_signal_new ("pause-toggled", MEIR_UI_TYPE_LIST, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                       NULL, G_TYPE_NONE, 2, MEIR_TYPE_TORRENT, G_TYPE_BOOLEAN);
  gtk_widget_class_set_template_from_resource (widget_class, MEIR_UI_RESOURCES "meir-ui-list.ui");
  gtk_widget_class_bind_template_child (widget_class, MeirUiList, view);
  gtk_widget_class_bind_template_child (widget_class, MeirUiList, row_menu);
  gtk_widget_class_bind_template_callback (widget_class, on_menu_closed);
  gtk_widget_class_add_binding (widget_class, GDK_KEY_Menu, 0, on_menu_key, NULL);
  gtk_widget_class_add_binding (widget_class, GDK_KEY_F10, GDK_SHIFT_MASK, on_menu_key, NULL);
}

static void
meir_ui_list_init (MeirUiList *list)
{
  g_autoptr (GtkListItemFactory) factory = gtk_signal_list_item_factory_new ();

  list->rows = g_ptr_array_new ();
  gtk_widget_init_template (GTK_WIDGET (list));
  list->selection = gtk_single_selection_new (NULL);
  gtk_single_selection_set_autoselect (list->selection, FALSE);
  gtk_single_selection_set_can_unselect (list->selection, TRUE);
  g_signal_connect_object (list->selection, "notify::selected-item", G_CALLBACK (on_selected), list,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (factory, "setup", G_CALLBACK (on_setup), list, 0);
  g_signal_connect_object (factory, "bind", G_CALLBACK (on_bind), list, 0);
  g_signal_connect_object (factory, "unbind", G_CALLBACK (on_unbind), list, 0);
  gtk_list_view_set_factory (list->view, factory);
  gtk_list_view_set_model (list->view, GTK_SELECTION_MODEL (list->selection));
}
