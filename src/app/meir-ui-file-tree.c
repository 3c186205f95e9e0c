/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/meir-ui-file-tree.h"

#include <glib/gi18n.h>
#include <string.h>

/* One node. */

struct _MeirUiFileItem {
  GObject parent_instance;

  guint node;
};

G_DEFINE_FINAL_TYPE (MeirUiFileItem, meir_ui_file_item, G_TYPE_OBJECT)

static void
meir_ui_file_item_class_init (MeirUiFileItemClass *klass)
{
}

static void
meir_ui_file_item_init (MeirUiFileItem *item)
{
}

guint
meir_ui_file_item_get_node (MeirUiFileItem *item)
{
  return item->node;
}

/* The nodes of a folder, or those found by a filter: a list that costs nothing until it is looked at. */

#define MEIR_UI_TYPE_FILE_LIST (meir_ui_file_list_get_type ())
G_DECLARE_FINAL_TYPE (MeirUiFileList, meir_ui_file_list, MEIR_UI, FILE_LIST, GObject)

struct _MeirUiFileList {
  GObject parent_instance;

  MeirUiFileIndex *index; /* keeps @nodes, or: */
  GArray *found;
  const guint *nodes;
  guint n_nodes;
};

static GType
get_item_type (GListModel *model)
{
  return MEIR_UI_TYPE_FILE_ITEM;
}

static guint
get_n_items (GListModel *model)
{
  return MEIR_UI_FILE_LIST (model)->n_nodes;
}

static gpointer
get_item (GListModel *model, guint position)
{
  MeirUiFileList *list = MEIR_UI_FILE_LIST (model);
  MeirUiFileItem *item;

  if (position >= list->n_nodes)
    return NULL;
  item = g_object_new (MEIR_UI_TYPE_FILE_ITEM, NULL);
  item->node = list->nodes[position];
  return item;
}

static void
list_model_init (GListModelInterface *iface)
{
  iface->get_item_type = get_item_type;
  iface->get_n_items = get_n_items;
  iface->get_item = get_item;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (MeirUiFileList, meir_ui_file_list, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, list_model_init))

static void
meir_ui_file_list_finalize (GObject *object)
{
  MeirUiFileList *list = MEIR_UI_FILE_LIST (object);

  g_clear_pointer (&list->index, meir_ui_file_index_unref);
  g_clear_pointer (&list->found, g_array_unref);
  G_OBJECT_CLASS (meir_ui_file_list_parent_class)->finalize (object);
}

static void
meir_ui_file_list_class_init (MeirUiFileListClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = meir_ui_file_list_finalize;
}

static void
meir_ui_file_list_init (MeirUiFileList *list)
{
}

static GListModel *
list_of_folder (MeirUiFileIndex *index, guint folder)
{
  MeirUiFileList *list = g_object_new (MEIR_UI_TYPE_FILE_LIST, NULL);

  list->index = meir_ui_file_index_ref (index);
  list->nodes = meir_ui_file_index_get (index, folder)->children;
  list->n_nodes = meir_ui_file_index_get (index, folder)->n_children;
  return G_LIST_MODEL (list);
}

static GListModel *
list_of_found (GArray *found)
{
  MeirUiFileList *list = g_object_new (MEIR_UI_TYPE_FILE_LIST, NULL);

  list->found = g_array_ref (found);
  list->nodes = (const guint *) (gconstpointer) found->data;
  list->n_nodes = found->len;
  return G_LIST_MODEL (list);
}

/* The tree. */

typedef struct {
  guint n_chosen;
  guint64 bytes;
  int priority; /* that all files have; -1 */
} MeirUiFileSum;

struct _MeirUiFileTree {
  GObject parent_instance;

  guint n_files;
  guint8 *priorities;     /* a MeirPriority byte per file of the metainfo */
  MeirUiFileIndex *index; /* (nullable): until the names are sorted */
  MeirUiFileSum *sums;    /* of each node */
  GtkTreeListModel *all;
  GtkTreeListModel *found; /* (nullable): while there is a filter */
  GArray *found_nodes;
  char *filter;
  GCancellable *cancellable; /* of the newest search */
};

G_DEFINE_FINAL_TYPE (MeirUiFileTree, meir_ui_file_tree, G_TYPE_OBJECT)

enum {
  PROP_ROWS = 1,
  N_PROPS,
};

static GParamSpec *properties[N_PROPS];
static guint changed_signal;

/* Parents come before their children: one walk from the end sums up all of them. */
static void
sum_up (MeirUiFileTree *tree)
{
  guint n_nodes = meir_ui_file_index_get_n_nodes (tree->index);

  memset (tree->sums, 0, n_nodes * sizeof *tree->sums);
  for (guint i = n_nodes - 1; i > MEIR_UI_FILE_ROOT; i--) {
    const MeirUiFileNode *node = meir_ui_file_index_get (tree->index, i);
    MeirUiFileSum *sum = &tree->sums[i], *above = &tree->sums[node->parent];
    gboolean first = above->priority == 0;

    if (node->file != MEIR_UI_FILE_NONE) {
      gboolean chosen = tree->priorities[node->file] != MEIR_PRIORITY_SKIP;

      sum->priority = tree->priorities[node->file] + 1;
      sum->n_chosen = chosen;
      sum->bytes = chosen ? node->bytes : 0;
    }
    /* One more than the priority while summing, so that 0 is none yet. */
    above->priority = first || above->priority == sum->priority ? sum->priority : -1;
    above->n_chosen += sum->n_chosen;
    above->bytes += sum->bytes;
  }
  for (guint i = 0; i < n_nodes; i++)
    tree->sums[i].priority -= tree->sums[i].priority > 0;
}

static void
changed (MeirUiFileTree *tree)
{
  sum_up (tree);
  g_signal_emit (tree, changed_signal, 0);
}

static GListModel *
create_children (gpointer item, gpointer user_data)
{
  MeirUiFileIndex *index = user_data;
  guint node = MEIR_UI_FILE_ITEM (item)->node;

  if (meir_ui_file_index_get (index, node)->file != MEIR_UI_FILE_NONE)
    return NULL;
  return list_of_folder (index, node);
}

static void
unref_index (gpointer index)
{
  meir_ui_file_index_unref (index);
}

static void
sort_worker (GTask *task, gpointer source, gpointer metainfo, GCancellable *cancellable)
{
  g_task_return_pointer (task, meir_ui_file_index_new (metainfo), unref_index);
}

static void
on_sorted (GObject *source, GAsyncResult *result, gpointer user_data)
{
  MeirUiFileTree *tree = MEIR_UI_FILE_TREE (source);

  tree->index = g_task_propagate_pointer (G_TASK (result), NULL);
  tree->sums = g_new0 (MeirUiFileSum, meir_ui_file_index_get_n_nodes (tree->index));
  tree->all = gtk_tree_list_model_new (list_of_folder (tree->index, MEIR_UI_FILE_ROOT), FALSE, FALSE,
                                       create_children, meir_ui_file_index_ref (tree->index), unref_index);
  sum_up (tree);
  g_object_notify_by_pspec (G_OBJECT (tree), properties[PROP_ROWS]);
  g_signal_emit (tree, changed_signal, 0);
  if (tree->filter != NULL) {
    g_autofree char *filter = g_steal_pointer (&tree->filter);

    meir_ui_file_tree_set_filter (tree, filter);
  }
}

static void
unref_metainfo (gpointer metainfo)
{
  meir_metainfo_unref (metainfo);
}

MeirUiFileTree *
meir_ui_file_tree_new (MeirMetainfo *metainfo, GBytes *priorities)
{
  MeirUiFileTree *tree = g_object_new (MEIR_UI_TYPE_FILE_TREE, NULL);
  g_autoptr (GTask) task = g_task_new (tree, NULL, on_sorted, NULL);

  tree->n_files = meir_metainfo_get_n_files (metainfo);
  tree->priorities = g_malloc (tree->n_files);
  meir_ui_file_tree_set_priorities (tree, priorities);
  g_task_set_task_data (task, meir_metainfo_ref (metainfo), unref_metainfo);
  g_task_run_in_thread (task, sort_worker);
  return tree;
}

GtkTreeListModel *
meir_ui_file_tree_get_rows (MeirUiFileTree *tree)
{
  return tree->found != NULL ? tree->found : tree->all;
}

gboolean
meir_ui_file_tree_is_filtered (MeirUiFileTree *tree)
{
  return tree->found != NULL;
}

guint
meir_ui_file_tree_get_node (MeirUiFileTree *tree, guint position)
{
  GtkTreeListModel *rows = meir_ui_file_tree_get_rows (tree);
  g_autoptr (GtkTreeListRow) row = NULL;
  g_autoptr (MeirUiFileItem) item = NULL;

  if (tree->found != NULL)
    return position < tree->found_nodes->len ? g_array_index (tree->found_nodes, guint, position)
                                             : MEIR_UI_FILE_NONE;
  row = rows != NULL ? gtk_tree_list_model_get_row (rows, position) : NULL;
  item = row != NULL ? gtk_tree_list_row_get_item (row) : NULL;
  return item != NULL ? item->node : MEIR_UI_FILE_NONE;
}

MeirUiFileIndex *
meir_ui_file_tree_get_index (MeirUiFileTree *tree)
{
  return tree->index;
}

/* The filter. */

static void
unref_array (gpointer array)
{
  g_array_unref (array);
}

static void
match_worker (GTask *task, gpointer source, gpointer pattern, GCancellable *cancellable)
{
  g_task_return_pointer (task, meir_ui_file_index_match (MEIR_UI_FILE_TREE (source)->index, pattern),
                         unref_array);
}

static void
show_found (MeirUiFileTree *tree, GArray *nodes)
{
  g_clear_object (&tree->found);
  g_clear_pointer (&tree->found_nodes, g_array_unref);
  if (nodes != NULL) {
    tree->found_nodes = nodes;
    tree->found = gtk_tree_list_model_new (list_of_found (nodes), FALSE, FALSE, create_children,
                                           meir_ui_file_index_ref (tree->index), unref_index);
  }
  g_object_notify_by_pspec (G_OBJECT (tree), properties[PROP_ROWS]);
}

/* A search whose text has been changed meanwhile was cancelled. */
static void
on_matched (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GArray *nodes = g_task_propagate_pointer (G_TASK (result), NULL);

  if (nodes != NULL)
    show_found (MEIR_UI_FILE_TREE (source), nodes);
}

void
meir_ui_file_tree_set_filter (MeirUiFileTree *tree, const char *text)
{
  g_autoptr (GTask) task = NULL;

  if (g_strcmp0 (tree->filter, *text != '\0' ? text : NULL) == 0)
    return;
  g_free (tree->filter);
  tree->filter = *text != '\0' ? g_strdup (text) : NULL;
  if (tree->index == NULL) /* on_sorted () asks again */
    return;
  g_cancellable_cancel (tree->cancellable);
  g_clear_object (&tree->cancellable);
  if (tree->filter == NULL) {
    show_found (tree, NULL);
    return;
  }
  tree->cancellable = g_cancellable_new ();
  task = g_task_new (tree, tree->cancellable, on_matched, NULL);
  g_task_set_task_data (task, g_strdup (text), g_free);
  g_task_run_in_thread (task, match_worker);
}

/* What is wanted. */

int
meir_ui_file_tree_get_priority (MeirUiFileTree *tree, guint node)
{
  return tree->sums[node].priority;
}

MeirUiTick
meir_ui_file_tree_get_tick (MeirUiFileTree *tree, guint node)
{
  guint n_chosen = tree->sums[node].n_chosen;

  return n_chosen == 0                                                    ? MEIR_UI_TICK_NONE
         : n_chosen < meir_ui_file_index_get (tree->index, node)->n_files ? MEIR_UI_TICK_SOME
                                                                          : MEIR_UI_TICK_ALL;
}

guint64
meir_ui_file_tree_get_chosen_bytes (MeirUiFileTree *tree, guint node)
{
  return tree->sums != NULL ? tree->sums[node].bytes : 0;
}

guint
meir_ui_file_tree_get_n_chosen (MeirUiFileTree *tree, guint node)
{
  return tree->sums != NULL ? tree->sums[node].n_chosen : 0;
}

/* Calls @apply for each of the files, and for each file in one of the folders: parents come before their
 * children. */
static void
for_each_below (MeirUiFileTree *tree, const guint *nodes, guint n,
                void (*apply) (guint8 *priority, int wanted), int wanted)
{
  guint n_nodes = meir_ui_file_index_get_n_nodes (tree->index);
  g_autofree guint8 *below = g_malloc0 (n_nodes);

  for (guint i = 0; i < n; i++)
    below[nodes[i]] = TRUE;
  for (guint i = 0; i < n_nodes; i++) {
    const MeirUiFileNode *node = meir_ui_file_index_get (tree->index, i);

    below[i] |= below[node->parent];
    if (below[i] && node->file != MEIR_UI_FILE_NONE)
      apply (&tree->priorities[node->file], wanted);
  }
  changed (tree);
}

static void
apply_priority (guint8 *priority, int wanted)
{
  *priority = (guint8) wanted;
}

static void
apply_tick (guint8 *priority, int ticked)
{
  if (!ticked)
    *priority = MEIR_PRIORITY_SKIP;
  else if (*priority == MEIR_PRIORITY_SKIP)
    *priority = MEIR_PRIORITY_NORMAL;
}

void
meir_ui_file_tree_set_priority (MeirUiFileTree *tree, guint node, MeirPriority priority)
{
  for_each_below (tree, &node, 1, apply_priority, (int) priority);
}

void
meir_ui_file_tree_set_priority_of (MeirUiFileTree *tree, GArray *nodes, MeirPriority priority)
{
  for_each_below (tree, (const guint *) (gconstpointer) nodes->data, nodes->len, apply_priority,
                  (int) priority);
}

void
meir_ui_file_tree_set_ticked (MeirUiFileTree *tree, guint node, gboolean ticked)
{
  for_each_below (tree, &node, 1, apply_tick, ticked);
}

void
meir_ui_file_tree_set_ticked_of (MeirUiFileTree *tree, GArray *nodes, gboolean ticked)
{
  for_each_below (tree, (const guint *) (gconstpointer) nodes->data, nodes->len, apply_tick, ticked);
}

void
meir_ui_file_tree_set_shown_ticked (MeirUiFileTree *tree, gboolean ticked)
{
  if (tree->index == NULL)
    return;
  if (tree->found_nodes == NULL) {
    meir_ui_file_tree_set_ticked (tree, MEIR_UI_FILE_ROOT, ticked);
    return;
  }
  for (guint i = 0; i < tree->found_nodes->len; i++) {
    guint node = g_array_index (tree->found_nodes, guint, i);

    apply_tick (&tree->priorities[meir_ui_file_index_get (tree->index, node)->file], ticked);
  }
  changed (tree);
}

GBytes *
meir_ui_file_tree_ref_priorities (MeirUiFileTree *tree)
{
  for (guint i = 0; i < tree->n_files; i++)
    if (tree->priorities[i] != MEIR_PRIORITY_NORMAL)
      return g_bytes_new (tree->priorities, tree->n_files);
  return NULL;
}

void
meir_ui_file_tree_set_priorities (MeirUiFileTree *tree, GBytes *priorities)
{
  if (priorities != NULL && g_bytes_get_size (priorities) == tree->n_files)
    memcpy (tree->priorities, g_bytes_get_data (priorities, NULL), tree->n_files);
  else
    memset (tree->priorities, MEIR_PRIORITY_NORMAL, tree->n_files);
  if (tree->index != NULL)
    changed (tree);
}

guint
meir_ui_file_tree_get_n_files (MeirUiFileTree *tree)
{
  return tree->index != NULL ? meir_ui_file_index_get (tree->index, MEIR_UI_FILE_ROOT)->n_files
                             : tree->n_files;
}

char *
meir_ui_file_tree_dup_sums (MeirUiFileTree *tree)
{
  g_autofree char *size = g_format_size (meir_ui_file_tree_get_chosen_bytes (tree, MEIR_UI_FILE_ROOT));
  guint n_files = meir_ui_file_tree_get_n_files (tree);

  if (tree->index == NULL)
    return g_strdup (_ ("Looking at the list of files"));
  /* Translators: of the files of a torrent: "2 of 3 chosen · 263 MB" */
  return g_strdup_printf (ngettext ("%u of %u chosen · %s", "%u of %u chosen · %s", n_files),
                          meir_ui_file_tree_get_n_chosen (tree, MEIR_UI_FILE_ROOT), n_files, size);
}

static void
meir_ui_file_tree_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  if (id == PROP_ROWS)
    g_value_set_object (value, meir_ui_file_tree_get_rows (MEIR_UI_FILE_TREE (object)));
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
meir_ui_file_tree_dispose (GObject *object)
{
  MeirUiFileTree *tree = MEIR_UI_FILE_TREE (object);

  g_clear_object (&tree->found);
  g_clear_object (&tree->all);
  g_clear_object (&tree->cancellable);
  G_OBJECT_CLASS (meir_ui_file_tree_parent_class)->dispose (object);
}

static void
meir_ui_file_tree_finalize (GObject *object)
{
  MeirUiFileTree *tree = MEIR_UI_FILE_TREE (object);

  g_clear_pointer (&tree->index, meir_ui_file_index_unref);
  g_clear_pointer (&tree->found_nodes, g_array_unref);
  g_free (tree->priorities);
  g_free (tree->sums);
  g_free (tree->filter);
  G_OBJECT_CLASS (meir_ui_file_tree_parent_class)->finalize (object);
}

static void
meir_ui_file_tree_class_init (MeirUiFileTreeClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = meir_ui_file_tree_get_property;
  object_class->dispose = meir_ui_file_tree_dispose;
  object_class->finalize = meir_ui_file_tree_finalize;
  properties[PROP_ROWS] = g_param_spec_object ("rows", NULL, NULL, GTK_TYPE_TREE_LIST_MODEL,
                                               G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);
  changed_signal = g_signal_new ("changed", MEIR_UI_TYPE_FILE_TREE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                 G_TYPE_NONE, 0);
}

static void
meir_ui_file_tree_init (MeirUiFileTree *tree)
{
}
