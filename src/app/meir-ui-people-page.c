/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/meir-ui-people-page.h"

#include "app/meir-ui-gradual.h"
#include "app/meir-ui-lazy-rows.h"
#include "app/meir-ui-page.h"
#include "app/meir-ui-people-line.h"
#include "app/meir-ui-people.h"
#include "app/meir-ui-resources.h"
#include "app/meir-ui-widget.h"

#include <glib/gi18n.h>
#include <string.h>

/* Not more often: rows that move cannot be read. */
#define SORT_USEC (2 * G_USEC_PER_SEC)
/* So many are sorted at once; more of them in slices. */
#define SORTED_AT_ONCE 500u
/* About what a row is high, in pixels. */
#define ROW_HEIGHT 18

struct _MeirUiPeoplePage {
  GtkWidget parent_instance;

  GtkWidget *stack;
  MeirUiPeopleLine *heads; /* a button a column, with an arrow in that of the order */
  GtkListView *view;
  GtkPopoverMenu *menu;

  MeirUiPeopleColumn column; /* that they are sorted by */
  gboolean backwards;
  GtkSorter *sorter;
  GtkSortListModel *sorted;
  GtkSingleSelection *selection;
  GSimpleActionGroup *actions;
  MeirUiLazyRows *lazy; /* the view's */
  MeirUiPeople *people;
  MeirTorrent *torrent; /* (nullable) */
  gint64 sorted_usec;
  gboolean pointed; /* the pointer is in the list */
};

G_DEFINE_FINAL_TYPE (MeirUiPeoplePage, meir_ui_people_page, GTK_TYPE_WIDGET)

static const char *const column_titles[MEIR_UI_N_PEOPLE_COLUMNS] = {
  [MEIR_UI_PEOPLE_ADDRESS] = N_ ("Address"), [MEIR_UI_PEOPLE_CLIENT] = N_ ("Program"),
  [MEIR_UI_PEOPLE_HAVE] = N_ ("They Have"),  [MEIR_UI_PEOPLE_DOWN] = N_ ("Download"),
  [MEIR_UI_PEOPLE_UP] = N_ ("Upload"),       [MEIR_UI_PEOPLE_DOING] = N_ ("What They Do"),
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
  case MEIR_UI_PEOPLE_ADDRESS:
    return g_strdup (meir_ui_person_get_address (person));
  case MEIR_UI_PEOPLE_CLIENT:
    return g_strdup (peer->client);
  case MEIR_UI_PEOPLE_HAVE:
    return g_strdup_printf (_ ("%d %%"), (int) (peer->progress * 100));
  case MEIR_UI_PEOPLE_DOWN:
    return dup_rate (peer->down_per_sec);
  case MEIR_UI_PEOPLE_UP:
    return dup_rate (peer->up_per_sec);
  case MEIR_UI_PEOPLE_DOING:
    return g_strdup (meir_ui_person_get_doing (person));
  case MEIR_UI_N_PEOPLE_COLUMNS:
    break;
  }
  g_return_val_if_reached (NULL);
}

/* A screen reader hears the row as one sentence. */
static void
describe_row (GtkWidget *line, MeirUiPerson *person)
{
  GtkWidget *row = meir_ui_lazy_rows_get_frame (line);
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
refresh_row (GtkWidget *line)
{
  MeirUiPerson *person = gtk_list_item_get_item (meir_ui_lazy_rows_get_item (line));

  for (MeirUiPeopleColumn c = MEIR_UI_PEOPLE_ADDRESS; c < MEIR_UI_N_PEOPLE_COLUMNS; c++) {
    GtkWidget *cell = meir_ui_people_line_get_cell (MEIR_UI_PEOPLE_LINE (line), c);
    g_autofree char *text = dup_cell_text (person, c);

    if (c == MEIR_UI_PEOPLE_ADDRESS) {
      gtk_widget_set_visible (gtk_widget_get_last_child (cell), meir_ui_person_get_peer (person)->encrypted);
      cell = gtk_widget_get_first_child (cell);
    }
    meir_ui_widget_set_text (GTK_LABEL (cell), text);
  }
  describe_row (line, person);
}

static gboolean
on_query_tooltip (GtkWidget *line, int x, int y, gboolean keyboard, GtkTooltip *tooltip, gpointer user_data)
{
  MeirUiPerson *person = gtk_list_item_get_item (meir_ui_lazy_rows_get_item (line));
  g_autofree char *text = person != NULL ? meir_ui_person_dup_text (person) : NULL;

  gtk_tooltip_set_text (tooltip, text);
  return text != NULL;
}

static GtkWidget *
new_label (MeirUiPeopleColumn column)
{
  GtkWidget *label = gtk_label_new ("");

  gtk_label_set_xalign (GTK_LABEL (label), meir_ui_people_column_is_figure (column) ? 1 : 0);
  gtk_label_set_single_line_mode (GTK_LABEL (label), TRUE);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  if (column != MEIR_UI_PEOPLE_CLIENT && column != MEIR_UI_PEOPLE_DOING)
    gtk_widget_add_css_class (label, "numeric");
  return label;
}

static GtkWidget *
new_address (void)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  GtkWidget *lock = gtk_image_new_from_icon_name ("meir-lock-symbolic");

  gtk_accessible_update_property (GTK_ACCESSIBLE (lock), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Encrypted"), -1);
  gtk_box_append (GTK_BOX (box), new_label (MEIR_UI_PEOPLE_ADDRESS));
  gtk_box_append (GTK_BOX (box), lock);
  return box;
}

static GtkWidget *
create_row (gpointer user_data)
{
  GtkWidget *line = meir_ui_people_line_new ();

  for (MeirUiPeopleColumn c = MEIR_UI_PEOPLE_ADDRESS; c < MEIR_UI_N_PEOPLE_COLUMNS; c++)
    meir_ui_people_line_set_cell (MEIR_UI_PEOPLE_LINE (line), c,
                                  c == MEIR_UI_PEOPLE_ADDRESS ? new_address () : new_label (c));
  gtk_widget_set_has_tooltip (line, TRUE);
  g_signal_connect (line, "query-tooltip", G_CALLBACK (on_query_tooltip), NULL);
  return line;
}

static void
fill_row (GtkWidget *line, GtkListItem *item, gpointer user_data)
{
  refresh_row (line);
}

/* It says nothing of its own, and refers to nobody. */
static void
clear_row (GtkWidget *line, gpointer user_data)
{
}

static char *
dup_row_name (gpointer person, gpointer user_data)
{
  return g_strdup (meir_ui_person_get_address (person));
}

static const MeirUiLazyFuncs row_funcs = {
  .create = create_row,
  .fill = fill_row,
  .clear = clear_row,
  .dup_name = dup_row_name,
  .height = ROW_HEIGHT,
};

/* Sorting. */

static int
compare_numbers (double one, double other)
{
  return (one > other) - (one < other);
}

static int
compare_by (MeirUiPeopleColumn column, MeirUiPerson *one, MeirUiPerson *other)
{
  const MeirPeerSnapshot *p = meir_ui_person_get_peer (one), *q = meir_ui_person_get_peer (other);

  switch (column) {
  case MEIR_UI_PEOPLE_ADDRESS:
    return p->endpoint.family != q->endpoint.family
               ? p->endpoint.family - q->endpoint.family
               : memcmp (p->endpoint.bytes, q->endpoint.bytes, sizeof p->endpoint.bytes);
  case MEIR_UI_PEOPLE_CLIENT:
    return strcmp (p->client, q->client);
  case MEIR_UI_PEOPLE_HAVE:
    return compare_numbers (p->progress, q->progress);
  case MEIR_UI_PEOPLE_DOWN:
    return compare_numbers ((double) p->down_per_sec, (double) q->down_per_sec);
  case MEIR_UI_PEOPLE_UP:
    return compare_numbers ((double) p->up_per_sec, (double) q->up_per_sec);
  case MEIR_UI_PEOPLE_DOING:
    return strcmp (meir_ui_person_get_doing (one), meir_ui_person_get_doing (other));
  case MEIR_UI_N_PEOPLE_COLUMNS:
    break;
  }
  g_return_val_if_reached (0);
}

static int
compare (gconstpointer a, gconstpointer b, gpointer user_data)
{
  MeirUiPeoplePage *page = user_data;
  int order = compare_by (page->column, (gpointer) a, (gpointer) b);

  return page->backwards ? -order : order;
}

static void
show_order (MeirUiPeoplePage *page)
{
  for (MeirUiPeopleColumn c = MEIR_UI_PEOPLE_ADDRESS; c < MEIR_UI_N_PEOPLE_COLUMNS; c++) {
    GtkWidget *head = meir_ui_people_line_get_cell (page->heads, c);
    GtkWidget *arrow = g_object_get_data (G_OBJECT (head), "arrow");

    gtk_widget_set_visible (arrow, c == page->column);
    gtk_image_set_from_icon_name (GTK_IMAGE (arrow),
                                  page->backwards ? "meir-down-symbolic" : "meir-up-symbolic");
    gtk_accessible_update_property (GTK_ACCESSIBLE (head), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
                                    c != page->column ? ""
                                    : page->backwards ? _ ("Sorted, the most first")
                                                      : _ ("Sorted, the least first"),
                                    -1);
  }
}

/* Once more on the same column turns the order around; figures begin with the most. */
static void
on_head (GtkButton *head, MeirUiPeoplePage *page)
{
  MeirUiPeopleColumn column = MEIR_UI_PEOPLE_ADDRESS;

  while (meir_ui_people_line_get_cell (page->heads, column) != GTK_WIDGET (head))
    column++;
  page->backwards = column == page->column ? !page->backwards : meir_ui_people_column_is_figure (column);
  page->column = column;
  show_order (page);
  gtk_sorter_changed (page->sorter, GTK_SORTER_CHANGE_DIFFERENT);
}

static void
sort_again (MeirUiPeoplePage *page)
{
  gint64 now = g_get_monotonic_time ();

  if (page->pointed || now - page->sorted_usec < SORT_USEC)
    return;
  page->sorted_usec = now;
  gtk_sorter_changed (page->sorter, GTK_SORTER_CHANGE_DIFFERENT);
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

/* The row at a place: at it, or above what is. */
static GtkListItem *
find_item (MeirUiPeoplePage *page, double x, double y)
{
  GtkWidget *line = meir_ui_lazy_rows_find_content (
      page->lazy, gtk_widget_pick (GTK_WIDGET (page->view), x, y, GTK_PICK_DEFAULT));

  return line != NULL ? meir_ui_lazy_rows_get_item (line) : NULL;
}

static void
open_menu_at (gpointer user_data, GtkWidget *view, double x, double y)
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
  GPtrArray *filled = meir_ui_lazy_rows_get_filled (page->lazy);

  if (snapshot->peers == NULL && snapshot->n_peers > 0) /* asked for just now */
    return;
  gtk_sort_list_model_set_incremental (page->sorted,
                                       snapshot->peers != NULL && snapshot->peers->len > SORTED_AT_ONCE);
  meir_ui_people_update (page->people, snapshot->peers);
  for (guint i = 0; i < filled->len; i++)
    refresh_row (g_ptr_array_index (filled, i));
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

static void
meir_ui_people_page_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum,
                             int *natural, int *minimum_baseline, int *natural_baseline)
{
  gtk_widget_measure (MEIR_UI_PEOPLE_PAGE (widget)->stack, orientation, for_size, minimum, natural, NULL,
                      NULL);
}

static void
meir_ui_people_page_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  MeirUiPeoplePage *page = MEIR_UI_PEOPLE_PAGE (widget);

  gtk_widget_size_allocate (page->stack, &(GtkAllocation){ .width = width, .height = height }, baseline);
  gtk_popover_present (GTK_POPOVER (page->menu));
}

static void
add_head (MeirUiPeoplePage *page, MeirUiPeopleColumn column)
{
  GtkWidget *head = gtk_button_new ();
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 2);
  GtkWidget *label = gtk_label_new (_ (column_titles[column]));
  GtkWidget *arrow = gtk_image_new ();

  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  gtk_box_append (GTK_BOX (box), label);
  gtk_box_append (GTK_BOX (box), arrow);
  gtk_widget_set_halign (box, meir_ui_people_column_is_figure (column) ? GTK_ALIGN_END : GTK_ALIGN_START);
  gtk_button_set_child (GTK_BUTTON (head), box);
  gtk_widget_add_css_class (head, "flat");
  gtk_accessible_update_property (GTK_ACCESSIBLE (head), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ (column_titles[column]), -1);
  g_object_set_data (G_OBJECT (head), "arrow", arrow);
  g_signal_connect_object (head, "clicked", G_CALLBACK (on_head), page, 0);
  meir_ui_people_line_set_cell (page->heads, column, head);
}

static void
meir_ui_people_page_dispose (GObject *object)
{
  MeirUiPeoplePage *page = MEIR_UI_PEOPLE_PAGE (object);
  GtkWidget *child;

  if (page->view != NULL)
    gtk_list_view_set_model (page->view, NULL);
  page->view = NULL;
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (page))) != NULL)
    gtk_widget_unparent (child);
  g_clear_object (&page->sorter);
  g_clear_object (&page->selection);
  /* Nobody sorts any more by what this page says, whoever may hold the list. */
  if (page->sorted != NULL)
    gtk_sort_list_model_set_sorter (page->sorted, NULL);
  g_clear_object (&page->sorted);
  g_clear_object (&page->actions);
  g_clear_object (&page->people);
  g_clear_object (&page->torrent);
  G_OBJECT_CLASS (meir_ui_people_page_parent_class)->dispose (object);
}

static void
meir_ui_people_page_class_init (MeirUiPeoplePageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = meir_ui_people_page_dispose;
  widget_class->measure = meir_ui_people_page_measure;
  widget_class->size_allocate = meir_ui_people_page_size_allocate;
  g_type_ensure (MEIR_UI_TYPE_PEOPLE_LINE);
  gtk_widget_class_set_template_from_resource (widget_class, MEIR_UI_RESOURCES "meir-ui-people-page.ui");
  gtk_widget_class_bind_template_child (widget_class, MeirUiPeoplePage, stack);
  gtk_widget_class_bind_template_child (widget_class, MeirUiPeoplePage, heads);
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

  g_signal_connect (motion, "enter", G_CALLBACK (on_enter), page);
  g_signal_connect (motion, "leave", G_CALLBACK (on_leave), page);
  gtk_widget_add_controller (GTK_WIDGET (page->view), motion);
  meir_ui_widget_add_menu (GTK_WIDGET (page->view), open_menu_at, page);
}

static void
meir_ui_people_page_init (MeirUiPeoplePage *page)
{
  page->people = meir_ui_people_new ();
  page->column = MEIR_UI_PEOPLE_DOWN;
  page->backwards = TRUE;
  page->actions = g_simple_action_group_new ();
  g_action_map_add_action_entries (G_ACTION_MAP (page->actions), actions, G_N_ELEMENTS (actions), page);
  gtk_widget_init_template (GTK_WIDGET (page));
  gtk_widget_insert_action_group (GTK_WIDGET (page), "people", G_ACTION_GROUP (page->actions));
  for (MeirUiPeopleColumn c = MEIR_UI_PEOPLE_ADDRESS; c < MEIR_UI_N_PEOPLE_COLUMNS; c++)
    add_head (page, c);
  show_order (page);
  page->sorter = GTK_SORTER (gtk_custom_sorter_new (compare, page, NULL));
  page->sorted = gtk_sort_list_model_new (g_object_ref (meir_ui_people_get_model (page->people)),
                                          g_object_ref (page->sorter));
  page->selection =
      gtk_single_selection_new (G_LIST_MODEL (meir_ui_gradual_new (G_LIST_MODEL (page->sorted))));
  gtk_single_selection_set_autoselect (page->selection, FALSE);
  gtk_single_selection_set_can_unselect (page->selection, TRUE);
  g_signal_connect_object (page->selection, "notify::selected-item", G_CALLBACK (on_selected), page,
                           G_CONNECT_SWAPPED);
  on_selected (page);
  page->lazy = meir_ui_lazy_rows_attach (page->view, &row_funcs, page);
  gtk_list_view_set_model (page->view, GTK_SELECTION_MODEL (page->selection));
  add_controllers (page);
}
