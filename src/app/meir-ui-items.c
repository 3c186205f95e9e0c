/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/meir-ui-items.h"

#include "app/meir-ui-file-names.h"

#include <string.h>

/* How long one turn of the main loop may work on all torrents, and how often it looks at the clock. */
#define SLICE_USEC   1500
#define SLICE_STRIDE 32
/* The order follows what happens no more often than this. */
#define ORDER_USEC (2 * G_USEC_PER_SEC)
/* A torrent at rest is asked for news every so many rounds: being asked costs the engine something. */
#define REST_ROUNDS 16

/* A torrent, and where it stands. */
typedef struct {
  MeirUiItem *item;
  gboolean parked;
  gboolean on_top;    /* it needed attention when the order was made */
  gboolean in_filter; /* likewise */
  gboolean found;     /* by the search, or there is none */
} MeirUiPlace;

typedef struct {
  guint64 down_per_sec, up_per_sec;
  guint counts[MEIR_UI_N_FILTERS];
  guint n_finished;
} MeirUiTotals;

struct _MeirUiItems {
  GObject parent_instance;

  MeirUiLibrary *library; /* (nullable) */
  GListModel *torrents;   /* (nullable) */
  GPtrArray *places;      /* MeirUiPlace, in the order of the session */
  GHashTable *by_torrent; /* MeirTorrent to MeirUiPlace */
  GPtrArray *shown;       /* MeirUiItem */
  guint n_parked;

  MeirUiEnvironment environment;
  MeirUiFilter filter;
  gboolean held;
  gint64 ordered_usec;
  guint rearrange; /* source: what is shown is not what belongs there */

  guint round; /* source, while one is under way; which: */
  guint n_rounds, round_next;
  MeirUiTotals counting, totals;

  char *needle; /* (nullable): folded */
  guint search; /* source */
  guint search_next;
  GCancellable *gathering; /* (nullable) */
  gboolean gather_again;   /* when that is done: there are more */
};

static void meir_ui_items_list_model_init (GListModelInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (MeirUiItems, meir_ui_items, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, meir_ui_items_list_model_init))

static guint round_signal, refreshed_signal;

/* What is shown. */

static gboolean
is_wanted (MeirUiFilter filter, MeirUiGroup group)
{
  switch (filter) {
  case MEIR_UI_FILTER_DOWNLOADING:
    return group == MEIR_UI_GROUP_DOWNLOADING;
  case MEIR_UI_FILTER_SHARING:
    return group == MEIR_UI_GROUP_SHARING;
  case MEIR_UI_FILTER_ATTENTION:
    return group == MEIR_UI_GROUP_ATTENTION;
  case MEIR_UI_FILTER_ALL:
  case MEIR_UI_N_FILTERS:
    break;
  }
  return TRUE;
}

static void
add_shown (MeirUiItems *items, GPtrArray *shown, gboolean on_top)
{
  for (guint i = 0; i < items->places->len; i++) {
    MeirUiPlace *place = g_ptr_array_index (items->places, i);

    if (place->on_top == on_top && !place->parked && place->in_filter && place->found)
      g_ptr_array_add (shown, g_object_ref (place->item));
  }
}

/* What stays where it was is not touched: rows, selection and the scrolled place stay too. */
static void
rearrange (MeirUiItems *items)
{
  g_autoptr (GPtrArray) old = items->shown;
  GPtrArray *shown = g_ptr_array_new_full (items->places->len, g_object_unref);
  guint before = 0, after = 0;

  g_clear_handle_id (&items->rearrange, g_source_remove);
  add_shown (items, shown, TRUE);
  add_shown (items, shown, FALSE);
  while (before < MIN (old->len, shown->len) && old->pdata[before] == shown->pdata[before])
    before++;
  while (after < MIN (old->len, shown->len) - before &&
         old->pdata[old->len - 1 - after] == shown->pdata[shown->len - 1 - after])
    after++;
  items->shown = shown;
  if (old->len != shown->len || before < shown->len)
    g_list_model_items_changed (G_LIST_MODEL (items), before, old->len - before - after,
                                shown->len - before - after);
}

static gboolean
on_rearrange (gpointer user_data)
{
  MeirUiItems *items = user_data;

  items->rearrange = 0;
  rearrange (items);
  return G_SOURCE_REMOVE;
}

/* Many torrents may come in one turn of the main loop. */
static void
queue_rearrange (MeirUiItems *items)
{
  if (items->rearrange == 0)
    items->rearrange = g_idle_add_full (G_PRIORITY_HIGH_IDLE, on_rearrange, items, NULL);
}

static void
place_now (MeirUiItems *items, MeirUiPlace *place)
{
  MeirUiGroup group = meir_ui_item_get_group (place->item);

  place->on_top = group == MEIR_UI_GROUP_ATTENTION;
  place->in_filter = is_wanted (items->filter, group);
}

static void
order (MeirUiItems *items)
{
  items->ordered_usec = g_get_monotonic_time ();
  for (guint i = 0; i < items->places->len; i++)
    place_now (items, g_ptr_array_index (items->places, i));
  rearrange (items);
}

/* Rounds. */

static void
count (MeirUiTotals *totals, MeirUiItem *item)
{
  const MeirTorrentSnapshot *snapshot = meir_ui_item_get_snapshot (item);
  MeirUiGroup group = meir_ui_item_get_group (item);

  totals->down_per_sec += snapshot->down_per_sec;
  totals->up_per_sec += snapshot->up_per_sec;
  totals->n_finished += meir_ui_item_is_finished (item);
  for (MeirUiFilter filter = MEIR_UI_FILTER_ALL; filter < MEIR_UI_N_FILTERS; filter++)
    totals->counts[filter] += is_wanted (filter, group);
}

static void
look_at (MeirUiItems *items, guint index)
{
  MeirUiPlace *place = g_ptr_array_index (items->places, index);

  if (place->parked)
    return;
  if (meir_ui_item_is_active (place->item) || (items->n_rounds + index) % REST_ROUNDS == 0)
    meir_ui_item_refresh (place->item, MEIR_SNAPSHOT_NUMBERS, &items->environment);
  else
    meir_ui_item_peek (place->item, &items->environment);
  count (&items->counting, place->item);
}

static void
end_round (MeirUiItems *items)
{
  items->totals = items->counting;
  if (!items->held && g_get_monotonic_time () >= items->ordered_usec + ORDER_USEC)
    order (items);
  g_signal_emit (items, round_signal, 0);
}

/* Whether there is time for more in this turn. */
static gboolean
has_time (guint done, gint64 began_usec)
{
  return done % SLICE_STRIDE != 0 || g_get_monotonic_time () < began_usec + SLICE_USEC;
}

static gboolean
on_round (gpointer user_data)
{
  MeirUiItems *items = user_data;
  gint64 began_usec = g_get_monotonic_time ();
  guint done = 0;

  while (items->round_next < items->places->len) {
    look_at (items, items->round_next++);
    if (!has_time (++done, began_usec))
      return G_SOURCE_CONTINUE;
  }
  items->round = 0;
  end_round (items);
  return G_SOURCE_REMOVE;
}

void
meir_ui_items_begin_round (MeirUiItems *items)
{
  if (items->round != 0)
    return;
  items->n_rounds++;
  items->round_next = 0;
  items->counting = (MeirUiTotals){ 0 };
  items->round = g_idle_add (on_round, items);
}

/* Searching. */

static gboolean
on_search (gpointer user_data)
{
  MeirUiItems *items = user_data;
  gint64 began_usec = g_get_monotonic_time ();
  guint done = 0;

  while (items->search_next < items->places->len) {
    MeirUiPlace *place = g_ptr_array_index (items->places, items->search_next++);

    place->found = items->needle == NULL || meir_ui_item_matches (place->item, items->needle);
    if (!has_time (++done, began_usec))
      return G_SOURCE_CONTINUE;
  }
  items->search = 0;
  rearrange (items);
  return G_SOURCE_REMOVE;
}

static void
begin_search (MeirUiItems *items)
{
  items->search_next = 0;
  if (items->search == 0)
    items->search = g_idle_add (on_search, items);
}

static void gather (MeirUiItems *items);

static void
on_gathered (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (MeirUiItems) items = user_data;

  if (!meir_ui_file_names_gather_finish (result, NULL))
    return;
  g_clear_object (&items->gathering);
  begin_search (items);
  if (items->gather_again)
    gather (items);
}

static void
gather (MeirUiItems *items)
{
  g_autoptr (GPtrArray) all = g_ptr_array_sized_new (items->places->len);

  items->gather_again = items->gathering != NULL;
  if (items->gather_again)
    return;
  for (guint i = 0; i < items->places->len; i++)
    g_ptr_array_add (all, ((MeirUiPlace *) g_ptr_array_index (items->places, i))->item);
  items->gathering = g_cancellable_new ();
  meir_ui_file_names_gather_async (all, items->gathering, on_gathered, g_object_ref (items));
}

static void
forget_file_names (MeirUiItems *items)
{
  if (items->gathering != NULL)
    g_cancellable_cancel (items->gathering);
  g_clear_object (&items->gathering);
  items->gather_again = FALSE;
  for (guint i = 0; i < items->places->len; i++)
    meir_ui_item_take_file_names (((MeirUiPlace *) g_ptr_array_index (items->places, i))->item, NULL);
}

void
meir_ui_items_search (MeirUiItems *items, const char *text)
{
  gboolean searched = items->needle != NULL;

  g_clear_pointer (&items->needle, g_free);
  if (text != NULL && *text != '\0')
    items->needle = meir_ui_item_fold (text);
  if (items->needle != NULL && !searched)
    gather (items);
  else if (items->needle == NULL)
    forget_file_names (items);
  begin_search (items);
}

static gboolean
has_metainfo (MeirTorrent *torrent)
{
  g_autoptr (MeirMetainfo) metainfo = meir_torrent_ref_metainfo (torrent);

  return metainfo != NULL;
}

void
meir_ui_items_refresh (MeirUiItems *items, MeirTorrent *torrent)
{
  MeirUiItem *item = meir_ui_items_find (items, torrent);

  if (item == NULL)
    return;
  if (meir_ui_item_peek (item, &items->environment))
    g_signal_emit (items, refreshed_signal, 0, item);
  /* A link's list of files has come while something is searched. */
  if (items->needle != NULL && !meir_ui_item_has_file_names (item) && has_metainfo (torrent))
    gather (items);
}

/* The torrents. */

static void
place_free (gpointer data)
{
  MeirUiPlace *place = data;

  g_object_unref (place->item);
  g_free (place);
}

static MeirUiPlace *
place_new (MeirUiItems *items, MeirTorrent *torrent)
{
  MeirUiPlace *place = g_new0 (MeirUiPlace, 1);
  g_autofree char *name = items->library != NULL ? meir_ui_library_dup_name (items->library, torrent) : NULL;

  place->item = meir_ui_item_new (torrent);
  if (name != NULL)
    meir_ui_item_set_name (place->item, name);
  place->found = items->needle == NULL || meir_ui_item_matches (place->item, items->needle);
  place_now (items, place);
  return place;
}

/* A torrent that only changes its place in the queue keeps its item. */
static void
on_torrents_changed (GListModel *torrents, guint position, guint removed, guint added, gpointer user_data)
{
  MeirUiItems *items = user_data;
  g_autoptr (GHashTable) gone = g_hash_table_new_full (NULL, NULL, NULL, place_free);
  gboolean any_new = FALSE;

  /* From the end, so that the rest is moved once. */
  for (guint i = removed; i > 0; i--) {
    MeirUiPlace *place = g_ptr_array_steal_index (items->places, position + i - 1);
    MeirTorrent *torrent = meir_ui_item_get_torrent (place->item);

    items->n_parked -= place->parked;
    g_hash_table_remove (items->by_torrent, torrent);
    g_hash_table_insert (gone, torrent, place);
  }
  for (guint i = position; i < position + added; i++) {
    g_autoptr (MeirTorrent) torrent = g_list_model_get_item (torrents, i);
    MeirUiPlace *place = NULL;

    if (!g_hash_table_steal_extended (gone, torrent, NULL, (gpointer *) &place))
      place = place_new (items, torrent);
    items->n_parked += place->parked;
    g_ptr_array_insert (items->places, (int) i, place);
    g_hash_table_insert (items->by_torrent, torrent, place);
    any_new |= items->needle != NULL && !meir_ui_item_has_file_names (place->item);
  }
  if (any_new)
    gather (items);
  queue_rearrange (items);
}

void
meir_ui_items_set_torrents (MeirUiItems *items, GListModel *torrents)
{
  if (items->torrents == torrents)
    return;
  if (items->torrents != NULL) {
    g_signal_handlers_disconnect_by_data (items->torrents, items);
    on_torrents_changed (items->torrents, 0, items->places->len, 0, items);
  }
  g_set_object (&items->torrents, torrents);
  if (torrents == NULL)
    return;
  g_signal_connect_object (torrents, "items-changed", G_CALLBACK (on_torrents_changed), items, 0);
  on_torrents_changed (torrents, 0, 0, g_list_model_get_n_items (torrents), items);
}

MeirUiItem *
meir_ui_items_find (MeirUiItems *items, MeirTorrent *torrent)
{
  MeirUiPlace *place = g_hash_table_lookup (items->by_torrent, torrent);

  return place != NULL ? place->item : NULL;
}

void
meir_ui_items_set_environment (MeirUiItems *items, const MeirUiEnvironment *environment)
{
  items->environment = *environment;
  items->environment.folder = NULL;
}

const MeirUiEnvironment *
meir_ui_items_get_environment (MeirUiItems *items)
{
  return &items->environment;
}

void
meir_ui_items_set_parked (MeirUiItems *items, MeirTorrent *torrent, gboolean parked)
{
  MeirUiPlace *place = g_hash_table_lookup (items->by_torrent, torrent);

  if (place == NULL || place->parked == parked)
    return;
  place->parked = parked;
  items->n_parked = parked ? items->n_parked + 1 : items->n_parked - 1;
  queue_rearrange (items);
}

gboolean
meir_ui_items_is_parked (MeirUiItems *items, MeirTorrent *torrent)
{
  MeirUiPlace *place = g_hash_table_lookup (items->by_torrent, torrent);

  return place != NULL && place->parked;
}

void
meir_ui_items_set_held (MeirUiItems *items, gboolean held)
{
  items->held = held;
}

void
meir_ui_items_set_filter (MeirUiItems *items, MeirUiFilter filter)
{
  items->filter = filter;
  order (items);
}

MeirUiFilter
meir_ui_items_get_filter (MeirUiItems *items)
{
  return items->filter;
}

guint
meir_ui_items_get_n_torrents (MeirUiItems *items)
{
  return items->places->len - items->n_parked;
}

guint
meir_ui_items_get_count (MeirUiItems *items, MeirUiFilter filter)
{
  return items->totals.counts[filter];
}

guint
meir_ui_items_get_n_finished (MeirUiItems *items)
{
  return items->totals.n_finished;
}

GPtrArray *
meir_ui_items_dup_finished (MeirUiItems *items)
{
  GPtrArray *torrents = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < items->places->len; i++) {
    MeirUiPlace *place = g_ptr_array_index (items->places, i);

    meir_ui_item_peek (place->item, &items->environment);
    if (!place->parked && meir_ui_item_is_finished (place->item))
      g_ptr_array_add (torrents, g_object_ref (meir_ui_item_get_torrent (place->item)));
  }
  return torrents;
}

void
meir_ui_items_get_rates (MeirUiItems *items, guint64 *down_per_sec, guint64 *up_per_sec)
{
  *down_per_sec = items->totals.down_per_sec;
  *up_per_sec = items->totals.up_per_sec;
}

static GType
meir_ui_items_get_item_type (GListModel *model)
{
  return MEIR_UI_TYPE_ITEM;
}

static guint
meir_ui_items_get_n_items (GListModel *model)
{
  return MEIR_UI_ITEMS (model)->shown->len;
}

static gpointer
meir_ui_items_get_item (GListModel *model, guint position)
{
  GPtrArray *shown = MEIR_UI_ITEMS (model)->shown;

  return position < shown->len ? g_object_ref (g_ptr_array_index (shown, position)) : NULL;
}

static void
meir_ui_items_list_model_init (GListModelInterface *iface)
{
  iface->get_item_type = meir_ui_items_get_item_type;
  iface->get_n_items = meir_ui_items_get_n_items;
  iface->get_item = meir_ui_items_get_item;
}

static void
meir_ui_items_dispose (GObject *object)
{
  MeirUiItems *items = MEIR_UI_ITEMS (object);

  if (items->gathering != NULL)
    g_cancellable_cancel (items->gathering);
  g_clear_object (&items->gathering);
  g_clear_handle_id (&items->rearrange, g_source_remove);
  g_clear_handle_id (&items->round, g_source_remove);
  g_clear_handle_id (&items->search, g_source_remove);
  g_clear_object (&items->torrents);
  g_clear_object (&items->library);
  G_OBJECT_CLASS (meir_ui_items_parent_class)->dispose (object);
}

static void
meir_ui_items_finalize (GObject *object)
{
  MeirUiItems *items = MEIR_UI_ITEMS (object);

  g_ptr_array_unref (items->shown);
  g_hash_table_unref (items->by_torrent);
  g_ptr_array_unref (items->places);
  g_free (items->needle);
  G_OBJECT_CLASS (meir_ui_items_parent_class)->finalize (object);
}

static void
meir_ui_items_class_init (MeirUiItemsClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = meir_ui_items_dispose;
  object_class->finalize = meir_ui_items_finalize;
  round_signal =
      g_signal_new ("round", MEIR_UI_TYPE_ITEMS, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  refreshed_signal = g_signal_new ("refreshed", MEIR_UI_TYPE_ITEMS, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                   G_TYPE_NONE, 1, MEIR_UI_TYPE_ITEM);
}

static void
meir_ui_items_init (MeirUiItems *items)
{
  items->places = g_ptr_array_new_with_free_func (place_free);
  items->by_torrent = g_hash_table_new (NULL, NULL);
  items->shown = g_ptr_array_new_with_free_func (g_object_unref);
}

MeirUiItems *
meir_ui_items_new (MeirUiLibrary *library)
{
  MeirUiItems *items = g_object_new (MEIR_UI_TYPE_ITEMS, NULL);

  g_set_object (&items->library, library);
  return items;
}
