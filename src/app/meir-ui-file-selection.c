/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/meir-ui-file-selection.h"

/* Of so many it is looked up whether they have one priority. */
#define COMPARED_MAX 1000u

struct _MeirUiFileSelection {
  GObject parent_instance;

  GListModel *model; /* (nullable) */
  GtkBitset *selected;
};

static GType
get_item_type (GListModel *model)
{
  return G_TYPE_OBJECT;
}

static guint
get_n_items (GListModel *model)
{
  MeirUiFileSelection *selection = MEIR_UI_FILE_SELECTION (model);

  return selection->model != NULL ? g_list_model_get_n_items (selection->model) : 0;
}

static gpointer
get_item (GListModel *model, guint position)
{
  MeirUiFileSelection *selection = MEIR_UI_FILE_SELECTION (model);

  return selection->model != NULL ? g_list_model_get_item (selection->model, position) : NULL;
}

static void
list_model_init (GListModelInterface *iface)
{
  iface->get_item_type = get_item_type;
  iface->get_n_items = get_n_items;
  iface->get_item = get_item;
}

static gboolean
is_selected (GtkSelectionModel *model, guint position)
{
  return gtk_bitset_contains (MEIR_UI_FILE_SELECTION (model)->selected, position);
}

static GtkBitset *
get_selection_in_range (GtkSelectionModel *model, guint position, guint n)
{
  return gtk_bitset_copy (MEIR_UI_FILE_SELECTION (model)->selected);
}

/* Of those in @mask, those in @selected are selected from now on, and the others are not. */
static gboolean
set_selection (GtkSelectionModel *model, GtkBitset *selected, GtkBitset *mask)
{
  MeirUiFileSelection *selection = MEIR_UI_FILE_SELECTION (model);
  guint n = get_n_items (G_LIST_MODEL (model));
  g_autoptr (GtkBitset) wanted = gtk_bitset_copy (selected);
  g_autoptr (GtkBitset) changes = gtk_bitset_new_range (0, n);

  /* Where both differ, in the mask and in the list. */
  gtk_bitset_difference (wanted, selection->selected);
  gtk_bitset_intersect (changes, mask);
  gtk_bitset_intersect (changes, wanted);
  if (gtk_bitset_is_empty (changes))
    return TRUE;
  gtk_bitset_difference (selection->selected, changes);
  gtk_selection_model_selection_changed (model, gtk_bitset_get_minimum (changes),
                                         gtk_bitset_get_maximum (changes) - gtk_bitset_get_minimum (changes) +
                                             1);
  return TRUE;
}

static void
selection_model_init (GtkSelectionModelInterface *iface)
{
  iface->is_selected = is_selected;
  iface->get_selection_in_range = get_selection_in_range;
  iface->set_selection = set_selection;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (MeirUiFileSelection, meir_ui_file_selection, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, list_model_init)
                                   G_IMPLEMENT_INTERFACE (GTK_TYPE_SELECTION_MODEL, selection_model_init))

static void
on_items_changed (GListModel *model, guint position, guint removed, guint added,
                  MeirUiFileSelection *selection)
{
  gtk_bitset_splice (selection->selected, position, removed, added);
  g_list_model_items_changed (G_LIST_MODEL (selection), position, removed, added);
}

void
meir_ui_file_selection_set_model (MeirUiFileSelection *selection, GListModel *model)
{
  guint before = get_n_items (G_LIST_MODEL (selection));
  guint after = model != NULL ? g_list_model_get_n_items (model) : 0;

  if (selection->model == model)
    return;
  if (selection->model != NULL)
    g_signal_handlers_disconnect_by_data (selection->model, selection);
  g_set_object (&selection->model, model);
  if (model != NULL)
    g_signal_connect (model, "items-changed", G_CALLBACK (on_items_changed), selection);
  gtk_bitset_remove_all (selection->selected);
  g_list_model_items_changed (G_LIST_MODEL (selection), 0, before, after);
}

guint
meir_ui_file_selection_get_size (MeirUiFileSelection *selection)
{
  return (guint) gtk_bitset_get_size (selection->selected);
}

guint
meir_ui_file_selection_get_first (MeirUiFileSelection *selection)
{
  return gtk_bitset_is_empty (selection->selected) ? GTK_INVALID_LIST_POSITION
                                                   : gtk_bitset_get_minimum (selection->selected);
}

static gboolean
is_below (MeirUiFileIndex *index, guint node, guint folder)
{
  while (node > folder) /* a parent comes before what it holds */
    node = meir_ui_file_index_get (index, node)->parent;
  return node == folder;
}

/* A folder that is selected stands for all it holds; one of which some are selected too, for nothing: they
 * do. */
static void
add_node (GArray *nodes, MeirUiFileTree *tree, guint node)
{
  guint *last = nodes->len > 0 ? &g_array_index (nodes, guint, nodes->len - 1) : NULL;

  if (last != NULL && !meir_ui_file_tree_is_filtered (tree) &&
      is_below (meir_ui_file_tree_get_index (tree), node, *last))
    *last = node;
  else
    g_array_append_val (nodes, node);
}

GArray *
meir_ui_file_selection_dup_nodes (MeirUiFileSelection *selection, MeirUiFileTree *tree)
{
  GArray *nodes = g_array_new (FALSE, FALSE, sizeof (guint));
  guint n = meir_ui_file_selection_get_size (selection);
  guint position, node = MEIR_UI_FILE_ROOT;
  GtkBitsetIter iter;

  /* For all of them no row has to be made. */
  if (n > 0 && n == get_n_items (G_LIST_MODEL (selection)) && !meir_ui_file_tree_is_filtered (tree))
    return g_array_append_val (nodes, node);
  for (gboolean any = gtk_bitset_iter_init_first (&iter, selection->selected, &position); any;
       any = gtk_bitset_iter_next (&iter, &position))
    add_node (nodes, tree, meir_ui_file_tree_get_node (tree, position));
  return nodes;
}

int
meir_ui_file_selection_get_priority (MeirUiFileSelection *selection, MeirUiFileTree *tree)
{
  g_autoptr (GArray) nodes = NULL;
  int priority = -1;

  if (meir_ui_file_selection_get_size (selection) > COMPARED_MAX)
    return -1;
  nodes = meir_ui_file_selection_dup_nodes (selection, tree);
  for (guint i = 0; i < nodes->len; i++) {
    int own = meir_ui_file_tree_get_priority (tree, g_array_index (nodes, guint, i));

    if (own < 0 || (i > 0 && own != priority))
      return -1;
    priority = own;
  }
  return priority;
}

static void
meir_ui_file_selection_dispose (GObject *object)
{
  MeirUiFileSelection *selection = MEIR_UI_FILE_SELECTION (object);

  if (selection->model != NULL)
    g_signal_handlers_disconnect_by_data (selection->model, selection);
  g_clear_object (&selection->model);
  G_OBJECT_CLASS (meir_ui_file_selection_parent_class)->dispose (object);
}

static void
meir_ui_file_selection_finalize (GObject *object)
{
  gtk_bitset_unref (MEIR_UI_FILE_SELECTION (object)->selected);
  G_OBJECT_CLASS (meir_ui_file_selection_parent_class)->finalize (object);
}

static void
meir_ui_file_selection_class_init (MeirUiFileSelectionClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = meir_ui_file_selection_dispose;
  G_OBJECT_CLASS (klass)->finalize = meir_ui_file_selection_finalize;
}

static void
meir_ui_file_selection_init (MeirUiFileSelection *selection)
{
  selection->selected = gtk_bitset_new_empty ();
}

MeirUiFileSelection *
meir_ui_file_selection_new (void)
{
  return g_object_new (MEIR_UI_TYPE_FILE_SELECTION, NULL);
}
