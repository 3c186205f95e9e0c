/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/meir-ui-trackers-page.h"

#include "app/meir-ui-names.h"
#include "app/meir-ui-page.h"
#include "app/meir-ui-resources.h"
#include "app/meir-ui-status.h"
#include "app/meir-ui-text.h"
#include "app/meir-ui-tiers.h"
#include "app/meir-ui-widget.h"

#include <glib/gi18n.h>
#include <string.h>

#define URL_CHARS_MAX 500

struct _MeirUiTrackersPage {
  GtkWidget parent_instance;

  GtkLabel *summary;
  GtkBox *groups;
  AdwEntryRow *add_row;
  GtkLabel *problem;

  GSimpleActionGroup *actions;
  MeirTorrent *torrent; /* (nullable) */
  GPtrArray *tiers;     /* (nullable): those that are shown */
  GPtrArray *rows;      /* AdwActionRow: of all tiers, one after the other */
  gboolean editing;     /* one of the rows is an entry: nothing is made anew meanwhile */
};

G_DEFINE_FINAL_TYPE (MeirUiTrackersPage, meir_ui_trackers_page, GTK_TYPE_WIDGET)

static void show_tiers (MeirUiTrackersPage *page);

/* Words. */

static void
append_part (GString *text, const char *part)
{
  if (text->len > 0)
    g_string_append (text, " · ");
  g_string_append (text, part);
}

static void
append_count (GString *text, const char *format, gint64 count)
{
  g_autofree char *number = g_strdup_printf ("%" G_GINT64_FORMAT, count);
  g_auto (GStrv) parts = g_strsplit (format, "%s", 2);
  g_autofree char *part = g_strjoinv (number, parts);

  append_part (text, part);
}

char *
meir_ui_trackers_page_dup_text (const MeirTrackerStatus *status, gint64 now_usec)
{
  GString *text = g_string_new (status->message);

  if (status->next_announce_usec > now_usec) {
    g_autofree char *duration =
        meir_ui_status_dup_duration ((status->next_announce_usec - now_usec) / G_USEC_PER_SEC);
    g_autofree char *next = g_strdup_printf (_ ("asks again in %s"), duration);

    append_part (text, next);
  }
  if (status->seeds >= 0)
    append_count (text, ngettext ("%s has all of it", "%s have all of it", (gulong) status->seeds),
                  status->seeds);
  if (status->leechers >= 0)
    append_count (text, ngettext ("%s is getting it", "%s are getting it", (gulong) status->leechers),
                  status->leechers);
  if (status->completed >= 0)
    append_count (text, ngettext ("finished %s time", "finished %s times", (gulong) status->completed),
                  status->completed);
  return g_string_free (text, FALSE);
}

static char *
dup_host (const char *url)
{
  g_autoptr (GUri) uri = g_uri_parse (url, G_URI_FLAGS_PARSE_RELAXED, NULL);
  const char *host = uri != NULL && g_uri_get_host (uri) != NULL ? g_uri_get_host (uri) : url;

  return meir_text_dup_safe (host, strlen (host), URL_CHARS_MAX);
}

/* What is known of an address; the announcer may have it in another tier and place by now. */
static const MeirTrackerStatus *
find_status (const MeirTorrentSnapshot *snapshot, const char *url)
{
  g_autofree char *shown = meir_text_dup_safe (url, strlen (url), URL_CHARS_MAX);

  for (guint i = 0; snapshot->trackers != NULL && i < snapshot->trackers->len; i++) {
    const MeirTrackerStatus *status = g_ptr_array_index (snapshot->trackers, i);

    if (strcmp (status->url, shown) == 0)
      return status;
  }
  return NULL;
}

/* Changes. */

typedef struct {
  GWeakRef page;
  MeirTorrent *torrent;
  GPtrArray *before;
} MeirUiTrackersChange;

static void
change_free (gpointer data)
{
  MeirUiTrackersChange *change = data;

  g_weak_ref_clear (&change->page);
  g_object_unref (change->torrent);
  g_ptr_array_unref (change->before);
  g_free (change);
}

static void
change_take_back (gpointer data)
{
  MeirUiTrackersChange *change = data;
  g_autoptr (MeirUiTrackersPage) page = g_weak_ref_get (&change->page);

  meir_torrent_set_trackers (change->torrent, change->before);
  meir_ui_page_keep (change->torrent);
  if (page != NULL && page->torrent == change->torrent)
    show_tiers (page);
}

/* @tiers: (transfer full); @text: (nullable): with it the change can be taken back */
static void
set_trackers (MeirUiTrackersPage *page, GPtrArray *tiers, const char *text)
{
  MeirUiTrackersChange *change;

  if (text != NULL) {
    change = g_new0 (MeirUiTrackersChange, 1);
    g_weak_ref_init (&change->page, page);
    change->torrent = g_object_ref (page->torrent);
    change->before = g_ptr_array_ref (page->tiers);
    meir_ui_page_offer_undo (page, text, change_take_back, NULL, change, change_free);
  }
  meir_torrent_set_trackers (page->torrent, tiers);
  meir_ui_page_keep (page->torrent);
  g_ptr_array_unref (tiers);
  show_tiers (page);
}

static void
show_problem (MeirUiTrackersPage *page, const char *text)
{
  gtk_widget_set_visible (GTK_WIDGET (page->problem), text != NULL);
  gtk_label_set_text (page->problem, text != NULL ? text : "");
}

/* The address in @text, if it is one that is not there yet. (transfer full) (nullable) */
static char *
check (MeirUiTrackersPage *page, const char *text)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *url = meir_ui_tiers_check (text, &error);

  if (url != NULL && meir_ui_tiers_has (page->tiers, url))
    show_problem (page, _ ("This tracker is in the list already"));
  else if (url != NULL)
    return g_steal_pointer (&url);
  else
    show_problem (page, error->message);
  return NULL;
}

static gboolean
add_text (MeirUiTrackersPage *page, const char *text)
{
  g_autofree char *url = NULL;

  if (page->torrent == NULL)
    return FALSE;
  url = check (page, text);
  if (url == NULL)
    return FALSE;
  show_problem (page, NULL);
  set_trackers (page, meir_ui_tiers_add (page->tiers, url), NULL);
  return TRUE;
}

static void
on_add (AdwEntryRow *row, MeirUiTrackersPage *page)
{
  g_autofree char *text = g_strdup (gtk_editable_get_text (GTK_EDITABLE (row)));

  if (add_text (page, text))
    gtk_editable_set_text (GTK_EDITABLE (row), "");
}

static void
on_typed (AdwEntryRow *row, MeirUiTrackersPage *page)
{
  show_problem (page, NULL);
}

/* Files are for the window, whatever text comes with them. */
static gboolean
on_accept (GtkDropTarget *target, GdkDrop *drop, gpointer user_data)
{
  GdkContentFormats *formats = gdk_drop_get_formats (drop);

  return !gdk_content_formats_contain_gtype (formats, GDK_TYPE_FILE_LIST) &&
         gdk_content_formats_match (gtk_drop_target_get_formats (target), formats);
}

static gboolean
on_drop (GtkDropTarget *target, const GValue *value, double x, double y, gpointer user_data)
{
  return add_text (user_data, g_value_get_string (value));
}

/* Rows. */

static GQuark
place_quark (void)
{
  return g_quark_from_static_string ("meir-ui-trackers-place");
}

static MeirUiTierPlace *
get_place (gpointer row)
{
  return g_object_get_qdata (row, place_quark ());
}

/* @row: (transfer floating) */
static void
set_place (gpointer row, MeirUiTierPlace place)
{
  g_object_set_qdata_full (row, place_quark (), g_memdup2 (&place, sizeof place), g_free);
}

static void
on_edited (AdwEntryRow *row, MeirUiTrackersPage *page)
{
  MeirUiTierPlace place = *get_place (row);
  const char *text = gtk_editable_get_text (GTK_EDITABLE (row));
  g_autofree char *url = NULL;

  if (g_strcmp0 (text, meir_ui_tiers_get (page->tiers, place)) != 0) {
    url = check (page, text);
    if (url == NULL)
      return;
  }
  show_problem (page, NULL);
  if (url != NULL)
    set_trackers (page, meir_ui_tiers_replace (page->tiers, place, url), _ ("Changed the tracker's address"));
  else
    show_tiers (page);
}

static gboolean
on_edit_key (GtkEventControllerKey *controller, guint key, guint code, GdkModifierType state,
             gpointer user_data)
{
  MeirUiTrackersPage *page = user_data;

  if (key != GDK_KEY_Escape)
    return GDK_EVENT_PROPAGATE;
  show_problem (page, NULL);
  show_tiers (page);
  return GDK_EVENT_STOP;
}

/* The row becomes an entry, until what it says is applied, or Escape is pressed. */
static void
edit (MeirUiTrackersPage *page, MeirUiTierPlace place)
{
  for (guint i = 0; i < page->rows->len && !page->editing; i++) {
    GtkWidget *row = g_ptr_array_index (page->rows, i);
    GtkWidget *list = gtk_widget_get_parent (row);
    int position = gtk_list_box_row_get_index (GTK_LIST_BOX_ROW (row));
    GtkWidget *entry;
    GtkEventController *keys;

    if (memcmp (get_place (row), &place, sizeof place) != 0)
      continue;
    page->editing = TRUE;
    entry = adw_entry_row_new ();
    keys = gtk_event_controller_key_new ();
    gtk_event_controller_set_propagation_phase (keys, GTK_PHASE_CAPTURE);
    g_signal_connect (keys, "key-pressed", G_CALLBACK (on_edit_key), page);
    gtk_widget_add_controller (entry, keys);
    adw_preferences_row_set_title (ADW_PREFERENCES_ROW (entry), _ ("Address of the Tracker"));
    gtk_editable_set_text (GTK_EDITABLE (entry), meir_ui_tiers_get (page->tiers, place));
    adw_entry_row_set_show_apply_button (ADW_ENTRY_ROW (entry), TRUE);
    meir_ui_names_give (entry, NULL);
    set_place (entry, place);
    g_signal_connect (entry, "apply", G_CALLBACK (on_edited), page);
    g_ptr_array_remove_index (page->rows, i);
    gtk_list_box_remove (GTK_LIST_BOX (list), row);
    gtk_list_box_insert (GTK_LIST_BOX (list), entry, position);
    gtk_widget_grab_focus (entry);
  }
}

static MeirUiTierPlace
place_of (GVariant *parameter)
{
  MeirUiTierPlace place;

  g_variant_get (parameter, "(uu)", &place.tier, &place.index);
  return place;
}

static void
on_edit (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  edit (user_data, place_of (parameter));
}

static void
on_remove (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  MeirUiTrackersPage *page = user_data;
  MeirUiTierPlace place = place_of (parameter);
  const char *url = meir_ui_tiers_get (page->tiers, place);
  g_autofree char *host = NULL;
  g_autofree char *text = NULL;

  if (url == NULL)
    return;
  host = dup_host (url);
  text = g_strdup_printf (_ ("Removed the tracker %s"), host);
  set_trackers (page, meir_ui_tiers_replace (page->tiers, place, NULL), text);
}

static void
focus_place (MeirUiTrackersPage *page, MeirUiTierPlace place)
{
  for (guint i = 0; i < page->rows->len; i++)
    if (memcmp (get_place (g_ptr_array_index (page->rows, i)), &place, sizeof place) == 0)
      gtk_widget_grab_focus (g_ptr_array_index (page->rows, i));
}

static void
move (MeirUiTrackersPage *page, MeirUiTierPlace place, gboolean down)
{
  MeirUiTierPlace moved;

  if (page->torrent == NULL || page->editing || meir_ui_tiers_get (page->tiers, place) == NULL)
    return;
  set_trackers (page, meir_ui_tiers_move (page->tiers, place, down, &moved), NULL);
  focus_place (page, moved);
}

static void
on_move (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  move (user_data, place_of (parameter), g_str_equal (g_action_get_name (G_ACTION (action)), "move-down"));
}

static gboolean
on_move_key (GtkWidget *widget, GVariant *arguments, gpointer user_data)
{
  MeirUiTrackersPage *page = MEIR_UI_TRACKERS_PAGE (widget);
  GtkWidget *focus = gtk_root_get_focus (gtk_widget_get_root (widget));
  GtkWidget *row = focus != NULL ? gtk_widget_get_ancestor (focus, ADW_TYPE_ACTION_ROW) : NULL;

  if (row == NULL || get_place (row) == NULL)
    return GDK_EVENT_PROPAGATE;
  move (page, *get_place (row), g_variant_get_boolean (arguments));
  return GDK_EVENT_STOP;
}

static const GActionEntry actions[] = {
  { .name = "edit", .activate = on_edit, .parameter_type = "(uu)" },
  { .name = "remove", .activate = on_remove, .parameter_type = "(uu)" },
  { .name = "move-up", .activate = on_move, .parameter_type = "(uu)" },
  { .name = "move-down", .activate = on_move, .parameter_type = "(uu)" },
};

static void
append_item (GMenu *menu, const char *label, const char *action, const char *accel, MeirUiTierPlace place)
{
  g_autoptr (GMenuItem) item = g_menu_item_new (label, NULL);

  g_menu_item_set_action_and_target (item, action, "(uu)", place.tier, place.index);
  if (accel != NULL)
    g_menu_item_set_attribute (item, "accel", "s", accel);
  g_menu_append_item (menu, item);
}

static GtkWidget *
new_menu_button (MeirUiTierPlace place, const char *host)
{
  GtkWidget *button = gtk_menu_button_new ();
  g_autoptr (GMenu) menu = g_menu_new ();
  g_autofree char *label = g_strdup_printf (_ ("Menu of %s"), host);

  append_item (menu, _ ("_Edit"), "trackers.edit", NULL, place);
  append_item (menu, _ ("Move _Up"), "trackers.move-up", "<Alt>Up", place);
  append_item (menu, _ ("Move _Down"), "trackers.move-down", "<Alt>Down", place);
  append_item (menu, _ ("_Remove"), "trackers.remove", NULL, place);
  gtk_menu_button_set_menu_model (GTK_MENU_BUTTON (button), G_MENU_MODEL (menu));
  gtk_menu_button_set_icon_name (GTK_MENU_BUTTON (button), "meir-more-symbolic");
  gtk_widget_set_tooltip_text (button, label);
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (button, "flat");
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
  return button;
}

static GtkWidget *
new_row (const char *url, MeirUiTierPlace place)
{
  GtkWidget *row = adw_action_row_new ();
  g_autofree char *host = dup_host (url);
  g_autofree char *shown = meir_text_dup_safe (url, strlen (url), URL_CHARS_MAX);

  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), host);
  gtk_widget_set_tooltip_text (row, shown);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), new_menu_button (place, host));
  set_place (row, place);
  return row;
}

static void
add_group (MeirUiTrackersPage *page, guint tier)
{
  char **urls = g_ptr_array_index (page->tiers, tier);
  g_autofree char *title = g_strdup_printf (_ ("Group %u"), tier + 1);
  GtkWidget *group = adw_preferences_group_new ();
  GtkWidget *list = gtk_list_box_new ();

  if (page->tiers->len > 1)
    adw_preferences_group_set_title (ADW_PREFERENCES_GROUP (group), title);
  gtk_list_box_set_selection_mode (GTK_LIST_BOX (list), GTK_SELECTION_NONE);
  gtk_widget_add_css_class (list, "boxed-list");
  for (guint i = 0; urls[i] != NULL; i++) {
    GtkWidget *row = new_row (urls[i], (MeirUiTierPlace){ tier, i });

    gtk_list_box_append (GTK_LIST_BOX (list), row);
    g_ptr_array_add (page->rows, row);
  }
  adw_preferences_group_add (ADW_PREFERENCES_GROUP (group), list);
  meir_ui_names_give (group, _ ("Trackers"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (list), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  page->tiers->len > 1 ? title : _ ("Trackers"), -1);
  gtk_box_append (page->groups, group);
}

static void
clear_groups (MeirUiTrackersPage *page)
{
  GtkWidget *child;

  g_ptr_array_set_size (page->rows, 0);
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (page->groups))) != NULL)
    gtk_box_remove (page->groups, child);
}

static void
show_status (MeirUiTrackersPage *page, const MeirTorrentSnapshot *snapshot)
{
  gint64 now = g_get_monotonic_time ();

  for (guint i = 0; i < page->rows->len; i++) {
    AdwActionRow *row = g_ptr_array_index (page->rows, i);
    const MeirTrackerStatus *status =
        find_status (snapshot, meir_ui_tiers_get (page->tiers, *get_place (row)));
    g_autofree char *text =
        status != NULL ? meir_ui_trackers_page_dup_text (status, now) : g_strdup (_ ("Not asked yet"));

    meir_ui_widget_set_subtitle (row, text);
    meir_ui_widget_set_class (
        row, "warning",
        status != NULL && (status->state == MEIR_TRACKER_FAILED || status->state == MEIR_TRACKER_DISABLED));
  }
}

/* Rows are made anew only when there are other trackers than those shown. An entry goes with them. */
static void
show_tiers (MeirUiTrackersPage *page)
{
  g_autoptr (GPtrArray) tiers = meir_torrent_dup_trackers (page->torrent);
  g_autoptr (MeirTorrentSnapshot) snapshot = NULL;

  page->editing = FALSE;
  if (page->tiers != NULL)
    g_ptr_array_unref (page->tiers);
  page->tiers = g_steal_pointer (&tiers);
  clear_groups (page);
  for (guint t = 0; t < page->tiers->len; t++)
    add_group (page, t);
  snapshot = meir_torrent_ref_snapshot (page->torrent, MEIR_SNAPSHOT_TRACKERS);
  show_status (page, snapshot);
}

/* The page. */

MeirSnapshotParts
meir_ui_trackers_page_get_parts (MeirUiTrackersPage *page)
{
  return MEIR_SNAPSHOT_TRACKERS;
}

static void
show_summary (MeirUiTrackersPage *page)
{
  g_autoptr (MeirMetainfo) metainfo = meir_torrent_ref_metainfo (page->torrent);

  meir_ui_widget_set_text (page->summary,
                           page->rows->len == 0 && !page->editing ? _ ("This torrent has no tracker")
                           : metainfo != NULL && meir_metainfo_is_private (metainfo)
                               ? _ ("A private torrent: people are found through these trackers alone")
                               : _ ("Trackers tell who else has or wants this"));
}

void
meir_ui_trackers_page_refresh (MeirUiTrackersPage *page, const MeirTorrentSnapshot *snapshot)
{
  g_autoptr (GPtrArray) tiers = meir_torrent_dup_trackers (page->torrent);

  if (page->tiers == NULL || (!page->editing && !meir_ui_tiers_equal (tiers, page->tiers)))
    show_tiers (page);
  else
    show_status (page, snapshot);
  show_summary (page);
}

void
meir_ui_trackers_page_set_torrent (MeirUiTrackersPage *page, MeirTorrent *torrent)
{
  if (page->torrent == torrent)
    return;
  g_set_object (&page->torrent, torrent);
  page->editing = FALSE;
  show_problem (page, NULL);
  gtk_editable_set_text (GTK_EDITABLE (page->add_row), "");
  clear_groups (page);
  g_clear_pointer (&page->tiers, g_ptr_array_unref);
  if (torrent != NULL)
    show_tiers (page);
}

static void
meir_ui_trackers_page_dispose (GObject *object)
{
  MeirUiTrackersPage *page = MEIR_UI_TRACKERS_PAGE (object);
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (page))) != NULL)
    gtk_widget_unparent (child);
  g_clear_object (&page->torrent);
  g_clear_object (&page->actions);
  g_clear_pointer (&page->tiers, g_ptr_array_unref);
  g_clear_pointer (&page->rows, g_ptr_array_unref);
  G_OBJECT_CLASS (meir_ui_trackers_page_parent_class)->dispose (object);
}

static void
meir_ui_trackers_page_class_init (MeirUiTrackersPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = meir_ui_trackers_page_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, MEIR_UI_RESOURCES "meir-ui-trackers-page.ui");
  gtk_widget_class_bind_template_child (widget_class, MeirUiTrackersPage, summary);
  gtk_widget_class_bind_template_child (widget_class, MeirUiTrackersPage, groups);
  gtk_widget_class_bind_template_child (widget_class, MeirUiTrackersPage, add_row);
  gtk_widget_class_bind_template_child (widget_class, MeirUiTrackersPage, problem);
  gtk_widget_class_bind_template_callback (widget_class, on_add);
  gtk_widget_class_bind_template_callback (widget_class, on_typed);
  gtk_widget_class_add_binding (widget_class, GDK_KEY_Up, GDK_ALT_MASK, on_move_key, "b", FALSE);
  gtk_widget_class_add_binding (widget_class, GDK_KEY_Down, GDK_ALT_MASK, on_move_key, "b", TRUE);
}

static void
meir_ui_trackers_page_init (MeirUiTrackersPage *page)
{
  GtkDropTarget *target = gtk_drop_target_new (G_TYPE_STRING, GDK_ACTION_COPY);

  page->rows = g_ptr_array_new ();
  page->actions = g_simple_action_group_new ();
  g_action_map_add_action_entries (G_ACTION_MAP (page->actions), actions, G_N_ELEMENTS (actions), page);
  gtk_widget_init_template (GTK_WIDGET (page));
  gtk_widget_insert_action_group (GTK_WIDGET (page), "trackers", G_ACTION_GROUP (page->actions));
  g_signal_connect (target, "accept", G_CALLBACK (on_accept), NULL);
  g_signal_connect (target, "drop", G_CALLBACK (on_drop), page);
  gtk_widget_add_controller (GTK_WIDGET (page), GTK_EVENT_CONTROLLER (target));
}
