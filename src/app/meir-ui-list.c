/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/meir-ui-list.h"

#include "app/meir-ui-actions.h"
#include "app/meir-ui-gradual.h"
#include "app/meir-ui-lazy-rows.h"
#include "app/meir-ui-resources.h"
#include "app/meir-ui-row.h"
#include "app/meir-ui-text.h"
#include "app/meir-ui-torrent-menu.h"
#include "app/meir-ui-widget.h"

/* What was scrolled into view has its pieces when the engine has made the next snapshot. */
#define PIECES_MSEC 200
/* About what a row is high, in pixels. */
#define ROW_HEIGHT 50
/* Lists of fewer characters have narrow rows. */
#define NARROW_CHARS 60

struct _MeirUiList {
  GtkWidget parent_instance;

  GtkScrolledWindow *scroller;
  GtkListView *view;
  GtkPopoverMenu *row_menu;

  MeirUiItems *items;     /* (nullable) */
  MeirUiGradual *gradual; /* likewise: the items, on their way into the selection */
  GtkMultiSelection *selection;
  MeirUiLazyRows *lazy; /* the view's */
  GPtrArray *rows;      /* its MeirUiRow: those that show a torrent, more than can be seen */
  guint look_again;
  gboolean narrow;
  guint narrow_idle; /* rows change when the layout that found it is done */
  gboolean pointed_at;
};

G_DEFINE_FINAL_TYPE (MeirUiList, meir_ui_list, GTK_TYPE_WIDGET)

static guint selection_changed_signal;

/* Nothing moves under the pointer, or while the menu is about one of them. */
static void
update_hold (MeirUiList *list)
{
  if (list->items != NULL)
    meir_ui_items_set_held (list->items,
                            list->pointed_at || gtk_widget_get_visible (GTK_WIDGET (list->row_menu)));
}

static void
on_enter (GtkEventControllerMotion *motion, double x, double y, MeirUiList *list)
{
  list->pointed_at = TRUE;
  update_hold (list);
}

static void
on_leave (GtkEventControllerMotion *motion, MeirUiList *list)
{
  list->pointed_at = FALSE;
  update_hold (list);
}

/* Selecting. */

/* Before something is looked for among all there are. */
static void
finish (MeirUiList *list)
{
  if (list->gradual != NULL)
    meir_ui_gradual_finish (list->gradual);
}

static guint
find_position (MeirUiList *list, MeirUiItem *item)
{
  GListModel *model = G_LIST_MODEL (list->selection);

  for (guint i = 0; i < g_list_model_get_n_items (model); i++) {
    g_autoptr (MeirUiItem) candidate = g_list_model_get_item (model, i);

    if (candidate == item)
      return i;
  }
  return GTK_INVALID_LIST_POSITION;
}

static void
focus_item (MeirUiList *list, MeirUiItem *item)
{
  GtkWidget *frame = item != NULL ? meir_ui_lazy_rows_find_frame (list->lazy, item) : NULL;

  if (frame != NULL)
    gtk_widget_grab_focus (frame);
}

static MeirUiItem *
get_first_selected (MeirUiList *list)
{
  g_autoptr (MeirUiItem) item =
      g_list_model_get_item (G_LIST_MODEL (list->selection), meir_ui_list_get_position (list));

  return item; /* the model holds it */
}

static void
select_position (MeirUiList *list, guint position)
{
  gtk_selection_model_select_item (GTK_SELECTION_MODEL (list->selection), position, TRUE);
  gtk_widget_activate_action (GTK_WIDGET (list->view), "list.scroll-to-item", "u", position);
}

guint
meir_ui_list_get_n_selected (MeirUiList *list)
{
  g_autoptr (GtkBitset) selected = gtk_selection_model_get_selection (GTK_SELECTION_MODEL (list->selection));

  return (guint) gtk_bitset_get_size (selected);
}

GPtrArray *
meir_ui_list_dup_selected (MeirUiList *list)
{
  g_autoptr (GtkBitset) selected = gtk_selection_model_get_selection (GTK_SELECTION_MODEL (list->selection));
  GPtrArray *torrents = g_ptr_array_new_with_free_func (g_object_unref);
  GtkBitsetIter iter;
  guint position;

  for (gboolean more = gtk_bitset_iter_init_first (&iter, selected, &position); more;
       more = gtk_bitset_iter_next (&iter, &position)) {
    g_autoptr (MeirUiItem) item = g_list_model_get_item (G_LIST_MODEL (list->selection), position);

    g_ptr_array_add (torrents, g_object_ref (meir_ui_item_get_torrent (item)));
  }
  return torrents;
}

guint
meir_ui_list_get_position (MeirUiList *list)
{
  g_autoptr (GtkBitset) selected = gtk_selection_model_get_selection (GTK_SELECTION_MODEL (list->selection));

  return gtk_bitset_is_empty (selected) ? GTK_INVALID_LIST_POSITION : gtk_bitset_get_minimum (selected);
}

MeirUiItem *
meir_ui_list_get_single (MeirUiList *list)
{
  return meir_ui_list_get_n_selected (list) == 1 ? get_first_selected (list) : NULL;
}

gboolean
meir_ui_list_select (MeirUiList *list, MeirTorrent *torrent)
{
  MeirUiItem *item = list->items != NULL ? meir_ui_items_find (list->items, torrent) : NULL;
  guint position;

  finish (list);
  position = item != NULL ? find_position (list, item) : GTK_INVALID_LIST_POSITION;
  if (position == GTK_INVALID_LIST_POSITION)
    return FALSE;
  select_position (list, position);
  return TRUE;
}

void
meir_ui_list_select_all (MeirUiList *list, gboolean selected)
{
  finish (list);
  if (selected)
    gtk_selection_model_select_all (GTK_SELECTION_MODEL (list->selection));
  else
    gtk_selection_model_unselect_all (GTK_SELECTION_MODEL (list->selection));
}

void
meir_ui_list_select_near (MeirUiList *list, guint position)
{
  guint n;

  finish (list);
  n = g_list_model_get_n_items (G_LIST_MODEL (list->selection));
  if (n == 0)
    return;
  select_position (list, MIN (position, n - 1));
  focus_item (list, get_first_selected (list));
}

void
meir_ui_list_focus (MeirUiList *list)
{
  MeirUiItem *item = get_first_selected (list);
  GtkWidget *frame = item != NULL ? meir_ui_lazy_rows_find_frame (list->lazy, item) : NULL;

  gtk_widget_grab_focus (frame != NULL ? frame : GTK_WIDGET (list->view));
}

static void
on_selection_changed (MeirUiList *list)
{
  g_signal_emit (list, selection_changed_signal, 0);
}

/* The menu. */

static void
open_menu (gpointer user_data, GtkWidget *row, double x, double y)
{
  MeirUiList *list = user_data;
  graphene_point_t from = GRAPHENE_POINT_INIT ((float) x, (float) y);
  GdkRectangle place = { .width = 1, .height = 1 };
  graphene_point_t to;
  guint position = find_position (list, meir_ui_row_get_item (MEIR_UI_ROW (row)));

  if (position == GTK_INVALID_LIST_POSITION ||
      !gtk_widget_compute_point (GTK_WIDGET (row), GTK_WIDGET (list), &from, &to))
    return;
  /* A menu about one of those that are selected is about all of them. */
  if (!gtk_selection_model_is_selected (GTK_SELECTION_MODEL (list->selection), position))
    gtk_selection_model_select_item (GTK_SELECTION_MODEL (list->selection), position, TRUE);
  place.x = (int) to.x;
  place.y = (int) to.y;
  gtk_popover_set_pointing_to (GTK_POPOVER (list->row_menu), &place);
  gtk_popover_popup (GTK_POPOVER (list->row_menu));
  update_hold (list);
}

/* The focus goes back to the row whose menu it was; GTK would give it to anything. */
static void
on_menu_closed (GtkPopover *menu, MeirUiList *list)
{
  update_hold (list);
  focus_item (list, get_first_selected (list));
}

/* The row that has the keyboard focus, itself or in a child. */
static GtkWidget *
get_focused_row (MeirUiList *list)
{
  return meir_ui_lazy_rows_find_content (list->lazy,
                                         gtk_root_get_focus (gtk_widget_get_root (GTK_WIDGET (list))));
}

static gboolean
on_menu_key (GtkWidget *widget, GVariant *arguments, gpointer user_data)
{
  MeirUiList *list = MEIR_UI_LIST (widget);
  GtkWidget *row = get_focused_row (list);

  if (row == NULL)
    return GDK_EVENT_PROPAGATE;
  open_menu (list, row, gtk_widget_get_width (row) / 2.0, gtk_widget_get_height (row));
  return GDK_EVENT_STOP;
}

/* Before GTK's own Space and Return, but not before those of a button in the row. */
static gboolean
on_key (GtkEventControllerKey *controller, guint key, guint code, GdkModifierType state, MeirUiList *list)
{
  const MeirUiAction *action = meir_ui_actions_find_key (MEIR_UI_KEY_LIST, key, state);
  gboolean of_window = meir_ui_actions_find_key (MEIR_UI_KEY_WINDOW, key, state) != NULL;
  GtkWidget *row = action != NULL || of_window ? get_focused_row (list) : NULL;
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (list));

  if (row == NULL || gtk_root_get_focus (root) != meir_ui_lazy_rows_get_frame (row))
    return GDK_EVENT_PROPAGATE;
  /* The focus may have come or gone on without the selection, by Tab, or by Ctrl and an arrow. */
  if (meir_ui_list_get_n_selected (list) == 0)
    meir_ui_list_select (list, meir_ui_item_get_torrent (meir_ui_row_get_item (MEIR_UI_ROW (row))));
  if (action == NULL)
    return GDK_EVENT_PROPAGATE;
  gtk_widget_activate_action (GTK_WIDGET (list), action->name, NULL);
  return GDK_EVENT_STOP;
}

/* The button acts on its own row, which is selected with it. */
static void
on_button (MeirUiRow *row, MeirUiItem *item, guint button, gpointer user_data)
{
  MeirUiList *list = user_data;

  g_autoptr (GVariant) target = NULL;
  g_autofree char *name = NULL;

  meir_ui_list_select (list, meir_ui_item_get_torrent (item));
  if (g_action_parse_detailed_name (meir_ui_button_get_action (button), &name, &target, NULL))
    gtk_widget_activate_action_variant (GTK_WIDGET (list), name, target);
}

static void
on_activate (GtkListView *view, guint position, MeirUiList *list)
{
  gtk_widget_activate_action (GTK_WIDGET (list), "win.details", NULL);
}

/* The rows. */

static GtkWidget *
create_row (gpointer user_data)
{
  MeirUiList *list = user_data;
  GtkWidget *row = meir_ui_row_new ();

  meir_ui_widget_add_menu (row, open_menu, list);
  g_signal_connect_object (row, "button-clicked", G_CALLBACK (on_button), list, 0);
  return row;
}

static void
fill_row (GtkWidget *row, GtkListItem *item, gpointer user_data)
{
  meir_ui_row_set_narrow (MEIR_UI_ROW (row), ((MeirUiList *) user_data)->narrow);
  meir_ui_row_set_item (MEIR_UI_ROW (row), gtk_list_item_get_item (item));
}

static void
clear_row (GtkWidget *row, gpointer user_data)
{
  meir_ui_row_set_item (MEIR_UI_ROW (row), NULL);
}

static char *
dup_row_name (gpointer item, gpointer user_data)
{
  return meir_ui_text_dup_isolated (meir_ui_item_get_name (item));
}

static const MeirUiLazyFuncs row_funcs = {
  .create = create_row,
  .fill = fill_row,
  .clear = clear_row,
  .dup_name = dup_row_name,
  .height = ROW_HEIGHT,
};

static gboolean
can_be_seen (MeirUiList *list, GtkWidget *row)
{
  GtkWidget *scroller = GTK_WIDGET (list->scroller);
  graphene_rect_t bounds;

  return gtk_widget_get_mapped (row) && gtk_widget_compute_bounds (row, scroller, &bounds) &&
         bounds.origin.y < (float) gtk_widget_get_height (scroller) &&
         bounds.origin.y + bounds.size.height > 0;
}

void
meir_ui_list_refresh (MeirUiList *list)
{
  for (guint i = 0; list->items != NULL && i < list->rows->len; i++) {
    MeirUiRow *row = g_ptr_array_index (list->rows, i);

    if (!can_be_seen (list, GTK_WIDGET (row)))
      continue;
    meir_ui_item_refresh (meir_ui_row_get_item (row), MEIR_SNAPSHOT_CELLS,
                          meir_ui_items_get_environment (list->items));
    meir_ui_row_update (row);
  }
}

static gboolean
on_look_again (gpointer user_data)
{
  MeirUiList *list = user_data;

  list->look_again = 0;
  meir_ui_list_refresh (list);
  return G_SOURCE_REMOVE;
}

/* Also when rows come, go, or have another height. */
static void
on_scrolled (MeirUiList *list)
{
  if (list->look_again == 0)
    list->look_again = g_timeout_add (PIECES_MSEC, on_look_again, list);
}

static void
on_refreshed (MeirUiItems *items, MeirUiItem *item, MeirUiList *list)
{
  for (guint i = 0; i < list->rows->len; i++) {
    MeirUiRow *row = g_ptr_array_index (list->rows, i);

    if (meir_ui_row_get_item (row) == item)
      meir_ui_row_update (row);
  }
}

void
meir_ui_list_set_items (MeirUiList *list, MeirUiItems *items)
{
  g_return_if_fail (list->items == NULL);
  list->items = g_object_ref (items);
  g_signal_connect_object (items, "refreshed", G_CALLBACK (on_refreshed), list, 0);
  list->gradual = meir_ui_gradual_new (G_LIST_MODEL (items));
  gtk_multi_selection_set_model (list->selection, G_LIST_MODEL (list->gradual));
}

static gboolean
on_narrow_idle (gpointer user_data)
{
  MeirUiList *list = user_data;

  list->narrow_idle = 0;
  for (guint i = 0; i < list->rows->len; i++)
    meir_ui_row_set_narrow (g_ptr_array_index (list->rows, i), list->narrow);
  return G_SOURCE_REMOVE;
}

static void
meir_ui_list_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum, int *natural,
                      int *minimum_baseline, int *natural_baseline)
{
  gtk_widget_measure (GTK_WIDGET (MEIR_UI_LIST (widget)->scroller), orientation, for_size, minimum, natural,
                      NULL, NULL);
}

static void
meir_ui_list_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  MeirUiList *list = MEIR_UI_LIST (widget);
  gboolean narrow = meir_ui_widget_count_chars (widget, width) < NARROW_CHARS;

  gtk_widget_size_allocate (GTK_WIDGET (list->scroller), &(GtkAllocation){ .width = width, .height = height },
                            -1);
  gtk_popover_present (GTK_POPOVER (list->row_menu));
  if (narrow == list->narrow)
    return;
  list->narrow = narrow;
  if (list->narrow_idle == 0)
    list->narrow_idle = g_idle_add_full (G_PRIORITY_HIGH_IDLE, on_narrow_idle, list, NULL);
}

static void
meir_ui_list_dispose (GObject *object)
{
  MeirUiList *list = MEIR_UI_LIST (object);
  GtkWidget *child;

  g_clear_handle_id (&list->look_again, g_source_remove);
  g_clear_handle_id (&list->narrow_idle, g_source_remove);
  if (list->items != NULL)
    meir_ui_items_set_held (list->items, FALSE);
  if (list->view != NULL)
    gtk_list_view_set_model (list->view, NULL);
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (list))) != NULL)
    gtk_widget_unparent (child);
  g_clear_object (&list->selection);
  g_clear_object (&list->gradual);
  g_clear_object (&list->items);
  G_OBJECT_CLASS (meir_ui_list_parent_class)->dispose (object);
}

static void
meir_ui_list_class_init (MeirUiListClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = meir_ui_list_dispose;
  widget_class->measure = meir_ui_list_measure;
  widget_class->size_allocate = meir_ui_list_size_allocate;
  selection_changed_signal = g_signal_new ("selection-changed", MEIR_UI_TYPE_LIST, G_SIGNAL_RUN_LAST, 0, NULL,
                                           NULL, NULL, G_TYPE_NONE, 0);
  gtk_widget_class_set_template_from_resource (widget_class, MEIR_UI_RESOURCES "meir-ui-list.ui");
  gtk_widget_class_bind_template_child (widget_class, MeirUiList, scroller);
  gtk_widget_class_bind_template_child (widget_class, MeirUiList, view);
  gtk_widget_class_bind_template_child (widget_class, MeirUiList, row_menu);
  gtk_widget_class_bind_template_callback (widget_class, on_activate);
  gtk_widget_class_bind_template_callback (widget_class, on_enter);
  gtk_widget_class_bind_template_callback (widget_class, on_key);
  gtk_widget_class_bind_template_callback (widget_class, on_leave);
  gtk_widget_class_bind_template_callback (widget_class, on_menu_closed);
  gtk_widget_class_add_binding (widget_class, GDK_KEY_Menu, 0, on_menu_key, NULL);
  gtk_widget_class_add_binding (widget_class, GDK_KEY_F10, GDK_SHIFT_MASK, on_menu_key, NULL);
}

static void
meir_ui_list_init (MeirUiList *list)
{
  g_autoptr (GMenuModel) menu = meir_ui_torrent_menu_new ();
  GtkAdjustment *adjustment;

  gtk_widget_init_template (GTK_WIDGET (list));
  gtk_popover_menu_set_menu_model (list->row_menu, menu);
  list->selection = gtk_multi_selection_new (NULL);
  g_signal_connect_object (list->selection, "selection-changed", G_CALLBACK (on_selection_changed), list,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (list->selection, "items-changed", G_CALLBACK (on_selection_changed), list,
                           G_CONNECT_SWAPPED);
  list->lazy = meir_ui_lazy_rows_attach (list->view, &row_funcs, list);
  list->rows = meir_ui_lazy_rows_get_filled (list->lazy);
  gtk_list_view_set_model (list->view, GTK_SELECTION_MODEL (list->selection));
  adjustment = gtk_scrolled_window_get_vadjustment (list->scroller);
  g_signal_connect_object (adjustment, "value-changed", G_CALLBACK (on_scrolled), list, G_CONNECT_SWAPPED);
  g_signal_connect_object (adjustment, "changed", G_CALLBACK (on_scrolled), list, G_CONNECT_SWAPPED);
}
