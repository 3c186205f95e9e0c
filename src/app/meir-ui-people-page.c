/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/meir-ui-people-page.h"

#include "app/meir-ui-page.h"
#include "app/meir-ui-people.h"
#include "app/meir-ui-resources.h"
#include "app/meir-ui-widget.h"

#include <glib/gi18n.h>
#include <string.h>

/* Not more often: rows that move cannot be read. */
#define SORT_USEC (2 * G_USEC_PER_SEC)
/* So many are sorted at once; more of them in slices. */
#define SORTED_AT_ONCE 500u
/* With as few columns as can be, in pixels. */
#define WIDTH_MIN 240

typedef enum {
  COLUMN_ADDRESS,
  COLUMN_CLIENT,
  COLUMN_HAVE,
  COLUMN_DOWN,
  COLUMN_UP,
  COLUMN_DOING,
  N_COLUMNS,
} MeirUiPeopleColumn;

typedef struct {
  MeirUiPeoplePage *page;
  MeirUiPeopleColumn column;
} MeirUiColumn;

struct _MeirUiPeoplePage {
  GtkWidget parent_instance;

  GtkWidget *stack;
  GtkColumnView *view;
  GtkPopoverMenu *menu;

  MeirUiColumn columns[N_COLUMNS];
  GtkColumnViewColumn *view_columns[N_COLUMNS];
  GtkSorter *sorters[N_COLUMNS];
  GtkSortListModel *sorted;
  GtkSingleSelection *selection;
  GSimpleActionGroup *actions;
  GPtrArray *cells[N_COLUMNS]; /* GtkListItem: those that are bound */
  MeirUiPeople *people;
  MeirTorrent *torrent; /* (nullable) */
  gint64 sorted_usec;
  gboolean pointed; /* the pointer is in the list */
  guint n_shown;    /* columns that there is room for */
  guint fold_idle;  /* columns come and go when the layout that found it is done */
};

G_DEFINE_FINAL_TYPE (MeirUiPeoplePage, meir_ui_people_page, GTK_TYPE_WIDGET)

/* Which columns a page has that is so many characters wide. */
static const struct {
  guint min_chars;
  const char *title;
} column_info[N_COLUMNS] = {
  [COLUMN_ADDRESS] = { 0, N_ ("Address") }, [COLUMN_CLIENT] = { 75, N_ ("Program") },
  [COLUMN_HAVE] = { 0, N_ ("They Have") },  [COLUMN_DOWN] = { 36, N_ ("Download") },
  [COLUMN_UP] = { 55, N_ ("Upload") },      [COLUMN_DOING] = { 95, N_ ("What They Do") },
};

/* Cells. */

static char *
dup_rate (guint64 per_sec)
{
  g_autofree char *size = NULL;

  if (per_sec == 0)
    return g_strdup ("");
  size = g_format_size (per_sec);
  return g_strdup_printf (_ ("%s/s"), size);
}

static char *
dup_cell_text (MeirUiPerson *person, MeirUiPeopleColumn column)
{
  const MeirPeerSnapshot *peer = meir_ui_person_get_peer (person);

  switch (column) {
  case COLUMN_ADDRESS:
    return g_strdup (meir_ui_person_get_address (person));
  case COLUMN_CLIENT:
    return g_strdup (peer->client);
  case COLUMN_HAVE:
    return g_strdup_printf (_ ("%d %%"), (int) (peer->progress * 100));
  case COLUMN_DOWN:
    return dup_rate (peer->down_per_sec);
  case COLUMN_UP:
    return dup_rate (peer->up_per_sec);
  case COLUMN_DOING:
    return g_strdup (meir_ui_person_get_doing (person));
  case N_COLUMNS:
    break;
  }
  g_return_val_if_reached (NULL);
}

/* A screen reader hears the row as one sentence. */
static void
describe_row (GtkWidget *cell, MeirUiPerson *person)
{
  GtkWidget *frame = gtk_widget_get_parent (cell);
  GtkWidget *row = frame != NULL ? gtk_widget_get_parent (frame) : NULL;
  const MeirPeerSnapshot *peer = meir_ui_person_get_peer (person);
  g_autofree char *down = NULL;
  g_autoptr (GString) text = NULL;

  if (row == NULL)
    return;
  down = dup_rate (peer->down_per_sec);
  text = g_string_new (meir_ui_person_get_address (person));
  if (*peer->client != '\0')
    g_string_append_printf (text, ", %s", peer->client);
  /* Translators: of a peer, after its address: "has 45 %" */
  g_string_append_printf (text, _ (", has %d %%"), (int) (peer->progress * 100));
  g_string_append_printf (text, ", %s", meir_ui_person_get_doing (person));
  if (*down != '\0')
    g_string_append_printf (text, ", %s", down);
  if (peer->encrypted)
    g_string_append_printf (text, ", %s", _ ("encrypted"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_PROPERTY_LABEL, text->str, -1);
}

static void
refresh_cell (GtkListItem *item, MeirUiPeopleColumn column)
{
  MeirUiPerson *person = gtk_list_item_get_item (item);
  GtkWidget *cell = gtk_list_item_get_child (item);
  g_autofree char *text = dup_cell_text (person, column);

  if (column != COLUMN_ADDRESS) {
    meir_ui_widget_set_text (GTK_LABEL (cell), text);
    return;
  }
  meir_ui_widget_set_text (GTK_LABEL (gtk_widget_get_first_child (cell)), text);
  gtk_widget_set_visible (gtk_widget_get_last_child (cell), meir_ui_person_get_peer (person)->encrypted);
  describe_row (cell, person);
}

static gboolean
on_query_tooltip (GtkWidget *cell, int x, int y, gboolean keyboard, GtkTooltip *tooltip, gpointer user_data)
{
  MeirUiPerson *person = gtk_list_item_get_item (user_data);
  g_autofree char *text = person != NULL ? meir_ui_person_dup_text (person) : NULL;

  gtk_tooltip_set_text (tooltip, text);
  return text != NULL;
}

static GtkWidget *
new_label (MeirUiPeopleColumn column)
{
  gboolean figure = column == COLUMN_HAVE || column == COLUMN_DOWN || column == COLUMN_UP;
  GtkWidget *label = gtk_label_new ("");

  gtk_label_set_xalign (GTK_LABEL (label), figure ? 1 : 0);
  gtk_label_set_single_line_mode (GTK_LABEL (label), TRUE);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  /* Figures that get longer must not move the columns. */
  gtk_label_set_width_chars (GTK_LABEL (label), column == COLUMN_HAVE ? 5 : figure ? 9 : 8);
  if (column != COLUMN_CLIENT && column != COLUMN_DOING)
    gtk_widget_add_css_class (label, "numeric");
  return label;
}

static GtkWidget *
new_address (void)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  GtkWidget *lock = gtk_image_new_from_icon_name ("meir-lock-symbolic");

  gtk_accessible_update_property (GTK_ACCESSIBLE (lock), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Encrypted"), -1);
  gtk_box_append (GTK_BOX (box), new_label (COLUMN_ADDRESS));
  gtk_box_append (GTK_BOX (box), lock);
  return box;
}

static void
on_setup (GtkSignalListItemFactory *factory, GtkListItem *item, gpointer user_data)
{
  MeirUiColumn *column = user_data;
  GtkWidget *cell = column->column == COLUMN_ADDRESS ? new_address () : new_label (column->column);

  gtk_widget_set_has_tooltip (cell, TRUE);
  g_signal_connect (cell, "query-tooltip", G_CALLBACK (on_query_tooltip), item);
  g_object_set_data (G_OBJECT (cell), "meir-ui-item", item);
  gtk_list_item_set_child (item, cell);
}

static void
on_bind (GtkSignalListItemFactory *factory, GtkListItem *item, gpointer user_data)
{
  MeirUiColumn *column = user_data;

  g_ptr_array_add (column->page->cells[column->column], item);
  refresh_cell (item, column->column);
}

static void
on_unbind (GtkSignalListItemFactory *factory, GtkListItem *item, gpointer user_data)
{
  MeirUiColumn *column = user_data;

  g_ptr_array_remove_fast (column->page->cells[column->column], item);
}

/* Sorting. */

static int
compare_numbers (double one, double other)
{
  return (one > other) - (one < other);
}

static int
compare (gconstpointer a, gconstpointer b, gpointer user_data)
{
  MeirUiPerson *one = (gpointer) a, *other = (gpointer) b;
  const MeirPeerSnapshot *p = meir_ui_person_get_peer (one), *q = meir_ui_person_get_peer (other);

  switch ((MeirUiPeopleColumn) GPOINTER_TO_UINT (user_data)) {
  case COLUMN_ADDRESS:
    return p->endpoint.family != q->endpoint.family
               ? p->endpoint.family - q->endpoint.family
               : memcmp (p->endpoint.bytes, q->endpoint.bytes, sizeof p->endpoint.bytes);
  case COLUMN_CLIENT:
    return strcmp (p->client, q->client);
  case COLUMN_HAVE:
    return compare_numbers (p->progress, q->progress);
  case COLUMN_DOWN:
    return compare_numbers ((double) p->down_per_sec, (double) q->down_per_sec);
  case COLUMN_UP:
    return compare_numbers ((double) p->up_per_sec, (double) q->up_per_sec);
  case COLUMN_DOING:
    return strcmp (meir_ui_person_get_doing (one), meir_ui_person_get_doing (other));
  case N_COLUMNS:
    break;
  }
  g_return_val_if_reached (0);
}

static void
sort_again (MeirUiPeoplePage *page)
{
  gint64 now = g_get_monotonic_time ();

  if (page->pointed || now - page->sorted_usec < SORT_USEC)
    return;
  page->sorted_usec = now;
  for (guint c = 0; c < N_COLUMNS; c++)
    gtk_sorter_changed (page->sorters[c], GTK_SORTER_CHANGE_DIFFERENT);
}

static void
on_enter (GtkEventControllerMotion *motion, double x, double y, gpointer user_data)
{
  MEIR_UI_PEOPLE_PAGE (user_data)->pointed = TRUE;
}

static void
on_leave (GtkEventControllerMotion *motion, gpointer user_data)
{
  MEIR_UI_PEOPLE_PAGE (user_data)->pointed = FALSE;
}

/* The menu. */

static MeirUiPerson *
get_selected (MeirUiPeoplePage *page)
{
  return gtk_single_selection_get_selected_item (page->selection);
}

static void
open_menu (MeirUiPeoplePage *page, double x, double y)
{
  GdkRectangle place = { .x = (int) x, .y = (int) y, .width = 1, .height = 1 };

  if (get_selected (page) == NULL)
    return;
  gtk_popover_set_pointing_to (GTK_POPOVER (page->menu), &place);
  gtk_popover_popup (GTK_POPOVER (page->menu));
}

/* The item of the row at a place: its cell is there, or above what is. */
static GtkListItem *
find_item (MeirUiPeoplePage *page, double x, double y)
{
  GtkWidget *at = gtk_widget_pick (GTK_WIDGET (page->view), x, y, GTK_PICK_DEFAULT);

  for (; at != NULL && at != GTK_WIDGET (page->view); at = gtk_widget_get_parent (at)) {
    GtkWidget *child = gtk_widget_get_first_child (at);
    gpointer item = g_object_get_data (G_OBJECT (at), "meir-ui-item");

    if (item == NULL && child != NULL)
      item = g_object_get_data (G_OBJECT (child), "meir-ui-item");
    if (item != NULL)
      return item;
  }
  return NULL;
}

static void
on_right_click (GtkGestureClick *gesture, int n_press, double x, double y, gpointer user_data)
{
  MeirUiPeoplePage *page = user_data;
  GtkListItem *item = find_item (page, x, y);
  graphene_point_t from = GRAPHENE_POINT_INIT ((float) x, (float) y), to;

  if (item == NULL || !gtk_widget_compute_point (GTK_WIDGET (page->view), GTK_WIDGET (page), &from, &to))
    return;
  gtk_single_selection_set_selected (page->selection, gtk_list_item_get_position (item));
  open_menu (page, (double) to.x, (double) to.y);
}

static gboolean
on_menu_key (GtkWidget *widget, GVariant *arguments, gpointer user_data)
{
  MeirUiPeoplePage *page = MEIR_UI_PEOPLE_PAGE (widget);

  if (get_selected (page) == NULL)
    return GDK_EVENT_PROPAGATE;
  open_menu (page, gtk_widget_get_width (widget) / 2.0, gtk_widget_get_height (widget) / 2.0);
  return GDK_EVENT_STOP;
}

static void
on_menu_closed (GtkPopover *menu, MeirUiPeoplePage *page)
{
  gtk_widget_grab_focus (GTK_WIDGET (page->view));
}

static void
on_copy (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  MeirUiPerson *person = get_selected (user_data);

  if (person != NULL)
    meir_ui_page_copy (user_data, meir_ui_person_get_address (person), _ ("Address copied"));
}

static void
on_ban (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  MeirUiPeoplePage *page = user_data;
  MeirUiPerson *person = get_selected (page);
  MeirEndpoint endpoint;
  g_autofree char *text = NULL;

  if (person == NULL || page->torrent == NULL)
    return;
  endpoint = meir_ui_person_get_peer (person)->endpoint;
  text = g_strdup_printf (_ ("%s is banned until you quit"), meir_ui_person_get_address (person));
  meir_torrent_ban_peer (page->torrent, &endpoint);
  meir_ui_page_tell (page, text);
}

static const GActionEntry actions[] = {
  { .name = "copy", .activate = on_copy },
  { .name = "ban", .activate = on_ban },
};

static void
on_selected (MeirUiPeoplePage *page)
{
  for (guint i = 0; i < G_N_ELEMENTS (actions); i++)
    g_simple_action_set_enabled (
        G_SIMPLE_ACTION (g_action_map_lookup_action (G_ACTION_MAP (page->actions), actions[i].name)),
        get_selected (page) != NULL);
}

/* The page. */

MeirSnapshotParts
meir_ui_people_page_get_parts (MeirUiPeoplePage *page)
{
  return MEIR_SNAPSHOT_PEERS;
}

void
meir_ui_people_page_refresh (MeirUiPeoplePage *page, const MeirTorrentSnapshot *snapshot)
{
  GListModel *model = meir_ui_people_get_model (page->people);

  if (snapshot->peers == NULL && snapshot->n_peers > 0) /* asked for just now */
    return;
  gtk_sort_list_model_set_incremental (page->sorted,
                                       snapshot->peers != NULL && snapshot->peers->len > SORTED_AT_ONCE);
  meir_ui_people_update (page->people, snapshot->peers);
  for (guint c = 0; c < N_COLUMNS; c++)
    for (guint i = 0; i < page->cells[c]->len; i++)
      refresh_cell (g_ptr_array_index (page->cells[c], i), (MeirUiPeopleColumn) c);
  sort_again (page);
  gtk_stack_set_visible_child_name (GTK_STACK (page->stack),
                                    g_list_model_get_n_items (model) > 0 ? "people" : "nobody");
}

void
meir_ui_people_page_set_torrent (MeirUiPeoplePage *page, MeirTorrent *torrent)
{
  if (page->torrent == torrent)
    return;
  g_set_object (&page->torrent, torrent);
  meir_ui_people_update (page->people, NULL);
  gtk_stack_set_visible_child_name (GTK_STACK (page->stack), "nobody");
}

static gboolean
on_fold_idle (gpointer user_data)
{
  MeirUiPeoplePage *page = user_data;

  page->fold_idle = 0;
  for (guint c = 0; c < N_COLUMNS; c++)
    gtk_column_view_column_set_visible (page->view_columns[c], (page->n_shown & (1u << c)) != 0);
  return G_SOURCE_REMOVE;
}

/* The columns there is room for, a bit each. */
static guint
find_shown (MeirUiPeoplePage *page, int width)
{
  PangoFontMetrics *metrics =
      pango_context_get_metrics (gtk_widget_get_pango_context (GTK_WIDGET (page)), NULL, NULL);
  int char_width = pango_font_metrics_get_approximate_char_width (metrics);
  guint shown = 0;

  pango_font_metrics_unref (metrics);
  for (guint c = 0; c < N_COLUMNS; c++)
    if (width * PANGO_SCALE >= (int) column_info[c].min_chars * char_width)
      shown |= 1u << c;
  return shown;
}

/* The list may be made too narrow for its columns: they then become fewer. */
static void
meir_ui_people_page_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum,
                             int *natural, int *minimum_baseline, int *natural_baseline)
{
  gtk_widget_measure (MEIR_UI_PEOPLE_PAGE (widget)->stack, orientation, for_size, minimum, natural, NULL,
                      NULL);
  if (orientation == GTK_ORIENTATION_HORIZONTAL)
    *minimum = MIN (*minimum, WIDTH_MIN);
}

static void
meir_ui_people_page_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  MeirUiPeoplePage *page = MEIR_UI_PEOPLE_PAGE (widget);
  guint shown = find_shown (page, width);

  gtk_widget_size_allocate (page->stack, &(GtkAllocation){ .width = width, .height = height }, baseline);
  gtk_popover_present (GTK_POPOVER (page->menu));
  if (shown == page->n_shown)
    return;
  page->n_shown = shown;
  if (page->fold_idle == 0)
    page->fold_idle = g_idle_add_full (G_PRIORITY_HIGH_IDLE, on_fold_idle, page, NULL);
}

static void
add_column (MeirUiPeoplePage *page, MeirUiPeopleColumn column)
{
  g_autoptr (GtkListItemFactory) factory = gtk_signal_list_item_factory_new ();
  GtkSorter *sorter = GTK_SORTER (gtk_custom_sorter_new (compare, GUINT_TO_POINTER ((guint) column), NULL));
  GtkColumnViewColumn *view_column;

  page->columns[column] = (MeirUiColumn){ .page = page, .column = column };
  page->cells[column] = g_ptr_array_new ();
  g_signal_connect (factory, "setup", G_CALLBACK (on_setup), &page->columns[column]);
  g_signal_connect (factory, "bind", G_CALLBACK (on_bind), &page->columns[column]);
  g_signal_connect (factory, "unbind", G_CALLBACK (on_unbind), &page->columns[column]);
  view_column = gtk_column_view_column_new (_ (column_info[column].title), g_steal_pointer (&factory));
  gtk_column_view_column_set_sorter (view_column, sorter);
  gtk_column_view_column_set_expand (view_column, column == COLUMN_ADDRESS || column == COLUMN_CLIENT);
  gtk_column_view_append_column (page->view, view_column);
  page->sorters[column] = sorter;
  page->view_columns[column] = view_column;
}

static void
meir_ui_people_page_dispose (GObject *object)
{
  MeirUiPeoplePage *page = MEIR_UI_PEOPLE_PAGE (object);
  GtkWidget *child;

  g_clear_handle_id (&page->fold_idle, g_source_remove);
  if (page->view != NULL)
    gtk_column_view_set_model (page->view, NULL);
  page->view = NULL;
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (page))) != NULL)
    gtk_widget_unparent (child);
  for (guint c = 0; c < N_COLUMNS; c++) {
    g_clear_object (&page->view_columns[c]);
    g_clear_object (&page->sorters[c]);
  }
  g_clear_object (&page->selection);
  g_clear_object (&page->actions);
  g_clear_object (&page->people);
  g_clear_object (&page->torrent);
  G_OBJECT_CLASS (meir_ui_people_page_parent_class)->dispose (object);
}

static void
meir_ui_people_page_finalize (GObject *object)
{
  for (guint c = 0; c < N_COLUMNS; c++)
    g_ptr_array_unref (MEIR_UI_PEOPLE_PAGE (object)->cells[c]);
  G_OBJECT_CLASS (meir_ui_people_page_parent_class)->finalize (object);
}

static void
meir_ui_people_page_class_init (MeirUiPeoplePageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = meir_ui_people_page_dispose;
  G_OBJECT_CLASS (klass)->finalize = meir_ui_people_page_finalize;
  widget_class->measure = meir_ui_people_page_measure;
  widget_class->size_allocate = meir_ui_people_page_size_allocate;
  gtk_widget_class_set_template_from_resource (widget_class, MEIR_UI_RESOURCES "meir-ui-people-page.ui");
  gtk_widget_class_bind_template_child (widget_class, MeirUiPeoplePage, stack);
  gtk_widget_class_bind_template_child (widget_class, MeirUiPeoplePage, view);
  gtk_widget_class_bind_template_child (widget_class, MeirUiPeoplePage, menu);
  gtk_widget_class_bind_template_callback (widget_class, on_menu_closed);
  gtk_widget_class_add_binding (widget_class, GDK_KEY_Menu, 0, on_menu_key, NULL);
  gtk_widget_class_add_binding (widget_class, GDK_KEY_F10, GDK_SHIFT_MASK, on_menu_key, NULL);
}

static void
add_controllers (MeirUiPeoplePage *page)
{
  GtkEventController *motion = gtk_event_controller_motion_new ();
  GtkGesture *click = gtk_gesture_click_new ();

  g_signal_connect (motion, "enter", G_CALLBACK (on_enter), page);
  g_signal_connect (motion, "leave", G_CALLBACK (on_leave), page);
  gtk_widget_add_controller (GTK_WIDGET (page->view), motion);
  gtk_gesture_single_set_button (GTK_GESTURE_SINGLE (click), GDK_BUTTON_SECONDARY);
  g_signal_connect (click, "released", G_CALLBACK (on_right_click), page);
  gtk_widget_add_controller (GTK_WIDGET (page->view), GTK_EVENT_CONTROLLER (click));
}

static void
meir_ui_people_page_init (MeirUiPeoplePage *page)
{
  page->people = meir_ui_people_new ();
  page->n_shown = (1u << N_COLUMNS) - 1;
  page->actions = g_simple_action_group_new ();
  g_action_map_add_action_entries (G_ACTION_MAP (page->actions), actions, G_N_ELEMENTS (actions), page);
  gtk_widget_init_template (GTK_WIDGET (page));
  gtk_widget_insert_action_group (GTK_WIDGET (page), "people", G_ACTION_GROUP (page->actions));
  for (guint c = 0; c < N_COLUMNS; c++)
    add_column (page, (MeirUiPeopleColumn) c);
  page->sorted = gtk_sort_list_model_new (g_object_ref (meir_ui_people_get_model (page->people)),
                                          g_object_ref (gtk_column_view_get_sorter (page->view)));
  page->selection = gtk_single_selection_new (G_LIST_MODEL (page->sorted));
  gtk_single_selection_set_autoselect (page->selection, FALSE);
  gtk_single_selection_set_can_unselect (page->selection, TRUE);
  g_signal_connect_object (page->selection, "notify::selected-item", G_CALLBACK (on_selected), page,
                           G_CONNECT_SWAPPED);
  on_selected (page);
  gtk_column_view_set_model (page->view, GTK_SELECTION_MODEL (page->selection));
  gtk_column_view_sort_by_column (page->view, page->view_columns[COLUMN_DOWN], GTK_SORT_DESCENDING);
  add_controllers (page);
}
