/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/meir-ui-file-view.h"

#include "app/meir-ui-file-row.h"
#include "app/meir-ui-file-selection.h"
#include "app/meir-ui-lazy-rows.h"
#include "app/meir-ui-resources.h"
#include "app/meir-ui-text.h"
#include "app/meir-ui-widget.h"
#include "app/meir-ui-wrap-layout.h"

#include <glib/gi18n.h>

/* Rows of fewer characters have two lines. */
#define NARROW_CHARS 60
/* A torrent of few files is shown with its folders open. */
#define ROWS_OPENED_MAX 60u
/* About what a row is high, in pixels. */
#define ROW_HEIGHT 30

struct _MeirUiFileView {
  GtkWidget parent_instance;

  GtkWidget *content;
  GtkBox *tools;
  GtkSearchEntry *search;
  GtkStack *stack;
  GtkListView *list;
  GtkLabel *sums;
  GtkPopoverMenu *row_menu;
  GMenuModel *row_menu_model;

  GSimpleActionGroup *actions;
  GMenu *menu;
  MeirUiFileSelection *selection;
  guint menu_node;      /* the row of which the menu was opened */
  GPtrArray *rows;      /* MeirUiFileRow: those that show a file, more than can be seen */
  MeirUiFileTree *tree; /* (nullable) */
  GtkTreeListModel *shown_rows;
  GBytes *cells; /* (nullable) */
  gboolean narrow;
  guint narrow_idle;   /* rows change when the layout that found it is done */
  guint scroll_frames; /* until what was asked for is scrolled to once more */
};

G_DEFINE_FINAL_TYPE (MeirUiFileView, meir_ui_file_view, GTK_TYPE_WIDGET)

static guint activated_signal, drag_prepare_signal, selection_changed_signal;

/* Rows. */

/* What lies in the list is the row with the arrow before it. */
static GtkListItem *
item_of (GtkWidget *row)
{
  return meir_ui_lazy_rows_get_item (gtk_widget_get_parent (row));
}

static GtkWidget *
frame_of (GtkWidget *row)
{
  return meir_ui_lazy_rows_get_frame (gtk_widget_get_parent (row));
}

static void
refresh_row (MeirUiFileView *view, GtkWidget *row)
{
  GtkWidget *frame = frame_of (row);
  g_autofree char *text = NULL;

  meir_ui_file_row_refresh (MEIR_UI_FILE_ROW (row), view->cells);
  if (frame == NULL)
    return;
  text = meir_ui_file_row_dup_description (MEIR_UI_FILE_ROW (row));
  gtk_accessible_update_property (GTK_ACCESSIBLE (frame), GTK_ACCESSIBLE_PROPERTY_LABEL, text, -1);
}

static void
refresh_rows (MeirUiFileView *view)
{
  for (guint i = 0; i < view->rows->len; i++)
    refresh_row (view, g_ptr_array_index (view->rows, i));
}

/* The menu of a row. */

static void
update_actions (MeirUiFileView *view)
{
  GAction *action = g_action_map_lookup_action (G_ACTION_MAP (view->actions), "priority");

  g_simple_action_set_enabled (G_SIMPLE_ACTION (action),
                               meir_ui_file_selection_get_size (view->selection) > 0);
  g_simple_action_set_state (
      G_SIMPLE_ACTION (action),
      g_variant_new_int32 (meir_ui_file_selection_get_priority (view->selection, view->tree)));
}

static void
on_selection_changed (MeirUiFileView *view)
{
  update_actions (view);
  g_signal_emit (view, selection_changed_signal, 0);
}

static gboolean
is_selected (MeirUiFileView *view, GtkWidget *row)
{
  return gtk_selection_model_is_selected (GTK_SELECTION_MODEL (view->selection),
                                          gtk_list_item_get_position (item_of (row)));
}

static void
open_menu (gpointer user_data, GtkWidget *row, double x, double y)
{
  MeirUiFileView *view = user_data;
  graphene_point_t from = GRAPHENE_POINT_INIT ((float) x, (float) y);
  GdkRectangle place = { .width = 1, .height = 1 };
  graphene_point_t to;

  if (!gtk_widget_compute_point (row, GTK_WIDGET (view), &from, &to))
    return;
  /* A menu about one of those that are selected is about all of them. */
  if (!is_selected (view, row))
    gtk_selection_model_select_item (GTK_SELECTION_MODEL (view->selection),
                                     gtk_list_item_get_position (item_of (row)), TRUE);
  view->menu_node = meir_ui_file_row_get_node (MEIR_UI_FILE_ROW (row));
  place.x = (int) to.x;
  place.y = (int) to.y;
  gtk_popover_set_pointing_to (GTK_POPOVER (view->row_menu), &place);
  gtk_popover_popup (GTK_POPOVER (view->row_menu));
}

/* The row that has the keyboard focus, itself or in a child. */
static GtkWidget *
get_focused_row (MeirUiFileView *view)
{
  GtkWidget *content = meir_ui_lazy_rows_find_content (
      meir_ui_lazy_rows_of (view->list), gtk_root_get_focus (gtk_widget_get_root (GTK_WIDGET (view))));

  return content != NULL ? gtk_tree_expander_get_child (GTK_TREE_EXPANDER (content)) : NULL;
}

static gboolean
on_menu_key (GtkWidget *widget, GVariant *arguments, gpointer user_data)
{
  MeirUiFileView *view = user_data;
  GtkWidget *row = get_focused_row (view);

  if (row == NULL)
    return GDK_EVENT_PROPAGATE;
  open_menu (view, row, gtk_widget_get_width (row) / 2.0, gtk_widget_get_height (row));
  return GDK_EVENT_STOP;
}

/* The focus goes back to the row whose menu it was; GTK would give it to anything. */
static void
on_menu_closed (GtkPopover *menu, MeirUiFileView *view)
{
  for (guint i = 0; i < view->rows->len; i++) {
    GtkWidget *row = g_ptr_array_index (view->rows, i);

    if (meir_ui_file_row_get_node (MEIR_UI_FILE_ROW (row)) == view->menu_node)
      gtk_widget_grab_focus (frame_of (row));
  }
}

/* One of those that are selected stands for all of them. */
static gboolean
on_space (GtkWidget *widget, GVariant *arguments, gpointer user_data)
{
  MeirUiFileView *view = user_data;
  GtkWidget *row = get_focused_row (view);
  g_autoptr (GArray) nodes = NULL;
  gboolean ticked;
  guint node;

  if (row == NULL)
    return GDK_EVENT_PROPAGATE;
  node = meir_ui_file_row_get_node (MEIR_UI_FILE_ROW (row));
  ticked = meir_ui_file_tree_get_tick (view->tree, node) != MEIR_UI_TICK_ALL;
  if (is_selected (view, row)) {
    nodes = meir_ui_file_selection_dup_nodes (view->selection, view->tree);
    meir_ui_file_tree_set_ticked_of (view->tree, nodes, ticked);
  } else {
    meir_ui_file_tree_set_ticked (view->tree, node, ticked);
  }
  return GDK_EVENT_STOP;
}

/* Opens and closes folders as in any tree: the arrow that points into the text opens. */
static gboolean
on_arrow (GtkWidget *widget, GVariant *arguments, gpointer user_data)
{
  MeirUiFileView *view = user_data;
  GtkWidget *row = get_focused_row (view);
  gboolean rtl = gtk_widget_get_direction (widget) == GTK_TEXT_DIR_RTL;
  GtkTreeListRow *list_row = row != NULL ? gtk_list_item_get_item (item_of (row)) : NULL;
  gboolean open = g_variant_get_boolean (arguments) != rtl;

  if (list_row == NULL || !gtk_tree_list_row_is_expandable (list_row))
    return GDK_EVENT_PROPAGATE;
  gtk_tree_list_row_set_expanded (list_row, open);
  return GDK_EVENT_STOP;
}

static void
add_key (GtkEventController *shortcuts, guint key, GdkModifierType modifiers, GtkShortcutFunc func,
         GVariant *arguments, MeirUiFileView *view)
{
  GtkShortcut *shortcut =
      gtk_shortcut_new (gtk_keyval_trigger_new (key, modifiers), gtk_callback_action_new (func, view, NULL));

  gtk_shortcut_set_arguments (shortcut, arguments);
  gtk_shortcut_controller_add_shortcut (GTK_SHORTCUT_CONTROLLER (shortcuts), shortcut);
}

/* Before the list itself, which would select with Space. */
static void
add_keys (MeirUiFileView *view)
{
  GtkEventController *shortcuts = gtk_shortcut_controller_new ();

  gtk_event_controller_set_propagation_phase (shortcuts, GTK_PHASE_CAPTURE);
  add_key (shortcuts, GDK_KEY_space, 0, on_space, NULL, view);
  add_key (shortcuts, GDK_KEY_Right, 0, on_arrow, g_variant_new_boolean (TRUE), view);
  add_key (shortcuts, GDK_KEY_Left, 0, on_arrow, g_variant_new_boolean (FALSE), view);
  add_key (shortcuts, GDK_KEY_Menu, 0, on_menu_key, NULL, view);
  add_key (shortcuts, GDK_KEY_F10, GDK_SHIFT_MASK, on_menu_key, NULL, view);
  gtk_widget_add_controller (GTK_WIDGET (view->list), shortcuts);
}

/* The list. */

static GdkContentProvider *
on_prepare (GtkDragSource *source, double x, double y, gpointer user_data)
{
  GtkWidget *row = gtk_event_controller_get_widget (GTK_EVENT_CONTROLLER (source));
  GdkContentProvider *content = NULL;

  g_signal_emit (user_data, drag_prepare_signal, 0, meir_ui_file_row_get_node (MEIR_UI_FILE_ROW (row)),
                 &content);
  return content;
}

static void
add_drag (MeirUiFileView *view, GtkWidget *row)
{
  GtkDragSource *source = gtk_drag_source_new ();

  gtk_drag_source_set_actions (source, GDK_ACTION_COPY);
  g_signal_connect (source, "prepare", G_CALLBACK (on_prepare), view);
  gtk_widget_add_controller (row, GTK_EVENT_CONTROLLER (source));
}

static GtkWidget *
create_row (gpointer user_data)
{
  MeirUiFileView *view = user_data;
  GtkWidget *expander = gtk_tree_expander_new ();
  GtkWidget *row = meir_ui_file_row_new ();

  meir_ui_widget_add_menu (row, open_menu, view);
  add_drag (view, row);
  gtk_tree_expander_set_child (GTK_TREE_EXPANDER (expander), row);
  return expander;
}

static void
fill_row (GtkWidget *content, GtkListItem *item, gpointer user_data)
{
  MeirUiFileView *view = user_data;
  GtkTreeExpander *expander = GTK_TREE_EXPANDER (content);
  GtkWidget *row = gtk_tree_expander_get_child (expander);
  GtkTreeListRow *list_row = gtk_list_item_get_item (item);
  g_autoptr (MeirUiFileItem) file = gtk_tree_list_row_get_item (list_row);

  gtk_tree_expander_set_list_row (expander, list_row);
  meir_ui_file_row_set_narrow (MEIR_UI_FILE_ROW (row), view->narrow);
  meir_ui_file_row_set_node (MEIR_UI_FILE_ROW (row), view->tree, meir_ui_file_item_get_node (file));
  g_ptr_array_add (view->rows, row);
  refresh_row (view, row);
}

/* The expander keeps its row until the next one comes, for then most often nothing of it has to be made anew.
 */
static void
clear_row (GtkWidget *content, gpointer user_data)
{
  MeirUiFileView *view = user_data;
  GtkWidget *row = gtk_tree_expander_get_child (GTK_TREE_EXPANDER (content));

  g_ptr_array_remove_fast (view->rows, row);
  meir_ui_file_row_set_node (MEIR_UI_FILE_ROW (row), NULL, MEIR_UI_FILE_NONE);
}

static char *
dup_row_name (gpointer item, gpointer user_data)
{
  MeirUiFileView *view = user_data;
  g_autoptr (MeirUiFileItem) file = gtk_tree_list_row_get_item (item);
  guint node = meir_ui_file_item_get_node (file);

  return meir_ui_text_dup_isolated (
      meir_ui_file_index_get (meir_ui_file_tree_get_index (view->tree), node)->name);
}

static const MeirUiLazyFuncs row_funcs = {
  .create = create_row,
  .fill = fill_row,
  .clear = clear_row,
  .dup_name = dup_row_name,
  .height = ROW_HEIGHT,
};

static void
on_activate (GtkListView *list, guint position, MeirUiFileView *view)
{
  g_autoptr (GtkTreeListRow) row = g_list_model_get_item (G_LIST_MODEL (view->selection), position);

  if (gtk_tree_list_row_is_expandable (row))
    gtk_tree_list_row_set_expanded (row, !gtk_tree_list_row_get_expanded (row));
  else
    g_signal_emit (view, activated_signal, 0, meir_ui_file_tree_get_node (view->tree, position));
}

static gboolean
on_narrow_idle (gpointer user_data)
{
  MeirUiFileView *view = user_data;

  view->narrow_idle = 0;
  for (guint i = 0; i < view->rows->len; i++)
    meir_ui_file_row_set_narrow (g_ptr_array_index (view->rows, i), view->narrow);
  return G_SOURCE_REMOVE;
}

static void
meir_ui_file_view_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum,
                           int *natural, int *minimum_baseline, int *natural_baseline)
{
  gtk_widget_measure (MEIR_UI_FILE_VIEW (widget)->content, orientation, for_size, minimum, natural, NULL,
                      NULL);
}

static void
meir_ui_file_view_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  MeirUiFileView *view = MEIR_UI_FILE_VIEW (widget);
  gboolean narrow = meir_ui_widget_count_chars (view, width) < NARROW_CHARS;

  gtk_widget_size_allocate (view->content, &(GtkAllocation){ .width = width, .height = height }, baseline);
  gtk_popover_present (GTK_POPOVER (view->row_menu));
  if (narrow == view->narrow)
    return;
  view->narrow = narrow;
  if (view->narrow_idle == 0)
    view->narrow_idle = g_idle_add_full (G_PRIORITY_HIGH_IDLE, on_narrow_idle, view, NULL);
}

/* The tree. */

static void
show_sums (MeirUiFileView *view)
{
  g_autofree char *sums = meir_ui_file_tree_dup_sums (view->tree);

  gtk_label_set_text (view->sums, sums);
}

static void
on_changed (MeirUiFileTree *tree, gpointer user_data)
{
  MeirUiFileView *view = user_data;

  show_sums (view);
  refresh_rows (view);
  update_actions (view);
}

static void
open_folders (GtkTreeListModel *rows)
{
  for (guint i = 0; i < MIN (g_list_model_get_n_items (G_LIST_MODEL (rows)), ROWS_OPENED_MAX); i++) {
    g_autoptr (GtkTreeListRow) row = gtk_tree_list_model_get_row (rows, i);

    if (gtk_tree_list_row_is_expandable (row))
      gtk_tree_list_row_set_expanded (row, TRUE);
  }
}

static void
on_rows (MeirUiFileTree *tree, GParamSpec *pspec, gpointer user_data)
{
  MeirUiFileView *view = user_data;
  GtkTreeListModel *rows = tree != NULL ? meir_ui_file_tree_get_rows (tree) : NULL;
  MeirUiFileIndex *index = rows != NULL ? meir_ui_file_tree_get_index (tree) : NULL;
  gboolean any = rows != NULL && g_list_model_get_n_items (G_LIST_MODEL (rows)) > 0;

  if (index != NULL && view->shown_rows == NULL && meir_ui_file_index_get_n_nodes (index) <= ROWS_OPENED_MAX)
    open_folders (rows);
  view->shown_rows = rows;
  meir_ui_file_selection_set_model (view->selection, G_LIST_MODEL (rows));
  gtk_stack_set_visible_child_name (view->stack, rows == NULL ? "waiting" : any ? "rows" : "none");
}

void
meir_ui_file_view_set_tree (MeirUiFileView *view, MeirUiFileTree *tree)
{
  g_autofree char *hint = NULL;

  if (view->tree == tree)
    return;
  if (view->tree != NULL)
    g_signal_handlers_disconnect_by_data (view->tree, view);
  view->shown_rows = NULL;
  meir_ui_file_selection_set_model (view->selection, NULL);
  g_set_object (&view->tree, tree);
  gtk_editable_set_text (GTK_EDITABLE (view->search), "");
  on_rows (tree, NULL, view);
  if (tree == NULL)
    return;
  g_signal_connect (tree, "notify::rows", G_CALLBACK (on_rows), view);
  g_signal_connect (tree, "changed", G_CALLBACK (on_changed), view);
  show_sums (view);
  hint =
      g_strdup_printf (ngettext ("Filter %u file", "Filter %u files", meir_ui_file_tree_get_n_files (tree)),
                       meir_ui_file_tree_get_n_files (tree));
  g_object_set (view->search, "placeholder-text", hint, NULL);
}

MeirUiFileTree *
meir_ui_file_view_get_tree (MeirUiFileView *view)
{
  return view->tree;
}

void
meir_ui_file_view_set_cells (MeirUiFileView *view, GBytes *cells)
{
  if (view->cells == cells)
    return;
  g_clear_pointer (&view->cells, g_bytes_unref);
  if (cells != NULL)
    view->cells = g_bytes_ref (cells);
  refresh_rows (view);
}

guint
meir_ui_file_view_get_selected (MeirUiFileView *view)
{
  return meir_ui_file_selection_get_size (view->selection) == 1
             ? meir_ui_file_tree_get_node (view->tree, meir_ui_file_selection_get_first (view->selection))
             : MEIR_UI_FILE_NONE;
}

/* The row of @node below what is open, opening what lies on the way to it. */
static guint
open_way_to (MeirUiFileView *view, GtkTreeListModel *rows, guint node)
{
  MeirUiFileIndex *index = meir_ui_file_tree_get_index (view->tree);
  const MeirUiFileNode *parent = meir_ui_file_index_get (index, meir_ui_file_index_get (index, node)->parent);
  guint position = 0;

  if (meir_ui_file_index_get (index, node)->parent != MEIR_UI_FILE_ROOT) {
    g_autoptr (GtkTreeListRow) row = NULL;

    position = open_way_to (view, rows, meir_ui_file_index_get (index, node)->parent);
    row = gtk_tree_list_model_get_row (rows, position++);
    gtk_tree_list_row_set_expanded (row, TRUE);
  }
  /* Folders between may be open, and lie before it with all that is in them. */
  for (guint i = 0; i < parent->n_children && parent->children[i] != node; i++)
    position += 1;
  while (meir_ui_file_tree_get_node (view->tree, position) != node &&
         position < g_list_model_get_n_items (G_LIST_MODEL (rows)))
    position++;
  return position;
}

static void
scroll_to_selected (MeirUiFileView *view)
{
  guint position = meir_ui_file_selection_get_first (view->selection);

  if (position != GTK_INVALID_LIST_POSITION)
    gtk_widget_activate_action (GTK_WIDGET (view->list), "list.scroll-to-item", "u", position);
}

static gboolean
on_frame (GtkWidget *widget, GdkFrameClock *clock, gpointer user_data)
{
  MeirUiFileView *view = MEIR_UI_FILE_VIEW (widget);

  if (--view->scroll_frames > 0)
    return G_SOURCE_CONTINUE;
  scroll_to_selected (view);
  return G_SOURCE_REMOVE;
}

/* A list that has not been laid out since its rows came shows nothing at all when it is told to scroll
 * (GTK 4.8): it is told once more when it has been, before anything of it is drawn a second time. */
static void
scroll_in_time (MeirUiFileView *view)
{
  gboolean waits = view->scroll_frames > 0;

  view->scroll_frames = 2;
  scroll_to_selected (view);
  if (!waits)
    gtk_widget_add_tick_callback (GTK_WIDGET (view), on_frame, NULL, NULL);
}

void
meir_ui_file_view_show_node (MeirUiFileView *view, guint node)
{
  guint position;

  if (view->tree == NULL || meir_ui_file_tree_get_index (view->tree) == NULL)
    return;
  gtk_editable_set_text (GTK_EDITABLE (view->search), "");
  meir_ui_file_tree_set_filter (view->tree, "");
  position = open_way_to (view, meir_ui_file_tree_get_rows (view->tree), node);
  gtk_selection_model_select_item (GTK_SELECTION_MODEL (view->selection), position, TRUE);
  scroll_in_time (view);
}

void
meir_ui_file_view_add_tool (MeirUiFileView *view, GtkWidget *widget)
{
  gtk_box_append (view->tools, widget);
}

void
meir_ui_file_view_add_menu (MeirUiFileView *view, GMenuModel *section)
{
  g_menu_prepend_section (view->menu, NULL, section);
}

static void
on_search_changed (GtkSearchEntry *search, MeirUiFileView *view)
{
  if (view->tree != NULL)
    meir_ui_file_tree_set_filter (view->tree, gtk_editable_get_text (GTK_EDITABLE (search)));
}

static void
on_tick_shown (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  MeirUiFileView *view = user_data;

  if (view->tree != NULL)
    meir_ui_file_tree_set_shown_ticked (view->tree,
                                        g_str_equal (g_action_get_name (G_ACTION (action)), "tick-shown"));
}

static void
on_priority (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  MeirUiFileView *view = user_data;
  g_autoptr (GArray) nodes = meir_ui_file_selection_dup_nodes (view->selection, view->tree);

  meir_ui_file_tree_set_priority_of (view->tree, nodes, (MeirPriority) g_variant_get_int32 (parameter));
}

static const GActionEntry actions[] = {
  { .name = "tick-shown", .activate = on_tick_shown },
  { .name = "untick-shown", .activate = on_tick_shown },
  { .name = "priority", .activate = on_priority, .parameter_type = "i", .state = "-1" },
};

static void
meir_ui_file_view_dispose (GObject *object)
{
  MeirUiFileView *view = MEIR_UI_FILE_VIEW (object);
  GtkWidget *child;

  g_clear_handle_id (&view->narrow_idle, g_source_remove);
  if (view->list != NULL) {
    meir_ui_file_view_set_tree (view, NULL);
    gtk_list_view_set_model (view->list, NULL);
  }
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (view))) != NULL)
    gtk_widget_unparent (child);
  g_clear_object (&view->selection);
  g_clear_object (&view->actions);
  g_clear_object (&view->menu);
  g_clear_pointer (&view->cells, g_bytes_unref);
  G_OBJECT_CLASS (meir_ui_file_view_parent_class)->dispose (object);
}

static void
meir_ui_file_view_finalize (GObject *object)
{
  g_ptr_array_unref (MEIR_UI_FILE_VIEW (object)->rows);
  G_OBJECT_CLASS (meir_ui_file_view_parent_class)->finalize (object);
}

static void
meir_ui_file_view_class_init (MeirUiFileViewClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = meir_ui_file_view_dispose;
  G_OBJECT_CLASS (klass)->finalize = meir_ui_file_view_finalize;
  widget_class->measure = meir_ui_file_view_measure;
  widget_class->size_allocate = meir_ui_file_view_size_allocate;
  activated_signal = g_signal_new ("activated", MEIR_UI_TYPE_FILE_VIEW, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                   NULL, G_TYPE_NONE, 1, G_TYPE_UINT);
  drag_prepare_signal = g_signal_new ("drag-prepare", MEIR_UI_TYPE_FILE_VIEW, G_SIGNAL_RUN_LAST, 0, NULL,
                                      NULL, NULL, GDK_TYPE_CONTENT_PROVIDER, 1, G_TYPE_UINT);
  selection_changed_signal = g_signal_new ("selection-changed", MEIR_UI_TYPE_FILE_VIEW, G_SIGNAL_RUN_LAST, 0,
                                           NULL, NULL, NULL, G_TYPE_NONE, 0);
  gtk_widget_class_set_template_from_resource (widget_class, MEIR_UI_RESOURCES "meir-ui-file-view.ui");
  gtk_widget_class_bind_template_child (widget_class, MeirUiFileView, content);
  gtk_widget_class_bind_template_child (widget_class, MeirUiFileView, tools);
  gtk_widget_class_bind_template_child (widget_class, MeirUiFileView, search);
  gtk_widget_class_bind_template_child (widget_class, MeirUiFileView, stack);
  gtk_widget_class_bind_template_child (widget_class, MeirUiFileView, list);
  gtk_widget_class_bind_template_child (widget_class, MeirUiFileView, sums);
  gtk_widget_class_bind_template_child (widget_class, MeirUiFileView, row_menu);
  gtk_widget_class_bind_template_child (widget_class, MeirUiFileView, row_menu_model);
  gtk_widget_class_bind_template_callback (widget_class, on_search_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_activate);
  gtk_widget_class_bind_template_callback (widget_class, on_menu_closed);
}

static void
meir_ui_file_view_init (MeirUiFileView *view)
{
  view->rows = g_ptr_array_new ();
  view->menu = g_menu_new ();
  view->actions = g_simple_action_group_new ();
  g_action_map_add_action_entries (G_ACTION_MAP (view->actions), actions, G_N_ELEMENTS (actions), view);
  gtk_widget_init_template (GTK_WIDGET (view));
  meir_ui_wrap_layout_set (view->tools);
  gtk_widget_insert_action_group (GTK_WIDGET (view), "files", G_ACTION_GROUP (view->actions));
  g_menu_append_section (view->menu, NULL, view->row_menu_model);
  gtk_popover_menu_set_menu_model (view->row_menu, G_MENU_MODEL (view->menu));
  view->selection = meir_ui_file_selection_new ();
  view->menu_node = MEIR_UI_FILE_NONE;
  g_signal_connect_object (view->selection, "selection-changed", G_CALLBACK (on_selection_changed), view,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (view->selection, "items-changed", G_CALLBACK (on_selection_changed), view,
                           G_CONNECT_SWAPPED);
  meir_ui_lazy_rows_attach (view->list, &row_funcs, view);
  gtk_list_view_set_model (view->list, GTK_SELECTION_MODEL (view->selection));
  /* GTK knows it only of its own. */
  gtk_accessible_update_property (GTK_ACCESSIBLE (view->list), GTK_ACCESSIBLE_PROPERTY_MULTI_SELECTABLE, TRUE,
                                  -1);
  add_keys (view);
}

GtkWidget *
meir_ui_file_view_new (void)
{
  return g_object_new (MEIR_UI_TYPE_FILE_VIEW, NULL);
}
