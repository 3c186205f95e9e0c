/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/meir-ui-gradual.h"

/* How many items one turn of the main loop may take in, and from how many on it does not matter any more: a
 * list view has made its rows by then. */
#define STEP   16u
#define PLENTY 256u

struct _MeirUiGradual {
  GObject parent_instance;

  GListModel *model;
  guint n;    /* of its items that are taken in: the first ones */
  guint idle; /* source, while there are others */
};

static void meir_ui_gradual_list_model_init (GListModelInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (MeirUiGradual, meir_ui_gradual, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, meir_ui_gradual_list_model_init))

static void
grow (MeirUiGradual *gradual, guint n)
{
  guint old = gradual->n;

  gradual->n = n;
  if (n > old)
    g_list_model_items_changed (G_LIST_MODEL (gradual), old, 0, n - old);
}

/* How many of @n_items to take in after @n. */
static guint
get_next (guint n, guint n_items)
{
  return n >= PLENTY || n_items <= n + STEP ? n_items : n + STEP;
}

static gboolean
on_idle (gpointer user_data)
{
  MeirUiGradual *gradual = user_data;
  guint n_items = g_list_model_get_n_items (gradual->model);
  guint next = get_next (gradual->n, n_items);

  if (next == n_items)
    gradual->idle = 0;
  grow (gradual, next);
  return next == n_items ? G_SOURCE_REMOVE : G_SOURCE_CONTINUE;
}

void
meir_ui_gradual_finish (MeirUiGradual *gradual)
{
  if (gradual->idle == 0)
    return;
  g_clear_handle_id (&gradual->idle, g_source_remove);
  grow (gradual, g_list_model_get_n_items (gradual->model));
}

/* What changes among the first is passed on as it is, and what moves up from behind with it; what comes at
 * their end is taken in by and by. */
static void
on_items_changed (GListModel *model, guint position, guint removed, guint added, gpointer user_data)
{
  MeirUiGradual *gradual = user_data;
  guint n_items = g_list_model_get_n_items (model);
  guint before = gradual->n;

  if (position > before || (position == before && gradual->idle != 0))
    return;
  removed = MIN (removed, before - position);
  /* Something stays behind it: that is not the end. */
  if (position + removed < before) {
    gradual->n = before - removed + added;
  } else {
    gradual->n = MIN (get_next (before, n_items), MAX (position + added, MIN (before, n_items)));
    added = gradual->n - position;
  }
  if (gradual->n == n_items)
    g_clear_handle_id (&gradual->idle, g_source_remove);
  else if (gradual->idle == 0)
    gradual->idle = g_idle_add (on_idle, gradual);
  g_list_model_items_changed (G_LIST_MODEL (gradual), position, removed, added);
}

static GType
meir_ui_gradual_get_item_type (GListModel *list)
{
  return g_list_model_get_item_type (MEIR_UI_GRADUAL (list)->model);
}

static guint
meir_ui_gradual_get_n_items (GListModel *list)
{
  return MEIR_UI_GRADUAL (list)->n;
}

static gpointer
meir_ui_gradual_get_item (GListModel *list, guint position)
{
  MeirUiGradual *gradual = MEIR_UI_GRADUAL (list);

  return position < gradual->n ? g_list_model_get_item (gradual->model, position) : NULL;
}

static void
meir_ui_gradual_list_model_init (GListModelInterface *iface)
{
  iface->get_item_type = meir_ui_gradual_get_item_type;
  iface->get_n_items = meir_ui_gradual_get_n_items;
  iface->get_item = meir_ui_gradual_get_item;
}

static void
meir_ui_gradual_dispose (GObject *object)
{
  MeirUiGradual *gradual = MEIR_UI_GRADUAL (object);

  g_clear_handle_id (&gradual->idle, g_source_remove);
  g_signal_handlers_disconnect_by_data (gradual->model, gradual);
  G_OBJECT_CLASS (meir_ui_gradual_parent_class)->dispose (object);
}

static void
meir_ui_gradual_finalize (GObject *object)
{
  g_object_unref (MEIR_UI_GRADUAL (object)->model);
  G_OBJECT_CLASS (meir_ui_gradual_parent_class)->finalize (object);
}

static void
meir_ui_gradual_class_init (MeirUiGradualClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = meir_ui_gradual_dispose;
  object_class->finalize = meir_ui_gradual_finalize;
}

static void
meir_ui_gradual_init (MeirUiGradual *gradual)
{
}

MeirUiGradual *
meir_ui_gradual_new (GListModel *model)
{
  MeirUiGradual *gradual = g_object_new (MEIR_UI_TYPE_GRADUAL, NULL);

  gradual->model = g_object_ref (model);
  g_signal_connect (model, "items-changed", G_CALLBACK (on_items_changed), gradual);
  on_items_changed (model, 0, 0, g_list_model_get_n_items (model), gradual);
  return gradual;
}

GListModel *
meir_ui_gradual_get_model (MeirUiGradual *gradual)
{
  return gradual->model;
}
