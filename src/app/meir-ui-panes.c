/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/meir-ui-panes.h"

#include "app/meir-ui-commands.h"
#include "app/meir-ui-details.h"
#include "app/meir-ui-page.h"
#include "app/meir-ui-settings.h"

#define KEY_PANE "details-pane"
#define KB       1000

static MeirUiDetails *
get_details (MeirUiWindow *window)
{
  GtkWidget *end = NULL;

  /* The split holds it. */
  g_object_get (meir_ui_window_get_split (window), "end", &end, NULL);
  g_object_unref (end);
  return MEIR_UI_DETAILS (end);
}

static void
show_details (MeirUiWindow *window, gboolean show)
{
  meir_ui_split_set_show_details (meir_ui_window_get_split (window), show);
}

/* Of several, the first. (transfer full) (nullable) */
static MeirTorrent *
dup_torrent (MeirUiWindow *window)
{
  g_autoptr (GPtrArray) torrents = meir_ui_list_dup_selected (meir_ui_window_get_list (window));

  return torrents->len > 0 ? g_object_ref (g_ptr_array_index (torrents, 0)) : NULL;
}

static void
set_state (MeirUiWindow *window, const char *name, guint64 bytes_per_sec)
{
  GAction *action = g_action_map_lookup_action (G_ACTION_MAP (window), name);

  g_simple_action_set_state (G_SIMPLE_ACTION (action),
                             g_variant_new_uint32 ((guint32) MIN (bytes_per_sec / KB, G_MAXUINT32)));
}

static void
tell_limits (MeirUiWindow *window, MeirTorrent *torrent)
{
  MeirRateLimits limits = { 0 };

  if (torrent != NULL)
    meir_torrent_get_limits (torrent, &limits);
  set_state (window, "limit-download", limits.down_per_sec);
  set_state (window, "limit-upload", limits.up_per_sec);
}

static void
follow_now (MeirUiWindow *window)
{
  g_autoptr (MeirTorrent) torrent = dup_torrent (window);

  if (meir_ui_details_get_torrent (get_details (window)) == torrent)
    return;
  meir_ui_details_set_torrent (get_details (window), torrent);
  tell_limits (window, torrent);
}

#define WAITS_KEY "meir-ui-panes-waits"

static gboolean
on_drawn (gpointer user_data)
{
  g_object_set_data (user_data, WAITS_KEY, NULL);
  follow_now (user_data);
  return G_SOURCE_REMOVE;
}

/* Not in the frame: that is the list's. */
static gboolean
on_frame (GtkWidget *window, GdkFrameClock *clock, gpointer user_data)
{
  g_autoptr (GSource) source = g_idle_source_new ();

  g_source_set_priority (source, G_PRIORITY_HIGH_IDLE);
  g_source_set_closure (source, g_cclosure_new_object (G_CALLBACK (on_drawn), G_OBJECT (window)));
  g_source_attach (source, NULL);
  return G_SOURCE_REMOVE;
}

/* What was selected may have scrolled the list, which then fills a page of rows: the details beside it come
 * when that is drawn, as both together would be late. */
static void
follow (MeirUiWindow *window)
{
  if (!gtk_widget_get_mapped (GTK_WIDGET (get_details (window)))) {
    follow_now (window);
  } else if (g_object_get_data (G_OBJECT (window), WAITS_KEY) == NULL) {
    g_object_set_data (G_OBJECT (window), WAITS_KEY, window);
    gtk_widget_add_tick_callback (GTK_WIDGET (window), on_frame, NULL, NULL);
  }
}

static void
show_page (MeirUiWindow *window, const char *page)
{
  meir_ui_panes_update (window);
  follow_now (window);
  if (page != NULL)
    meir_ui_details_show_page (get_details (window), page);
  show_details (window, TRUE);
  meir_ui_details_focus (get_details (window));
}

static void
on_details (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  show_page (user_data, NULL);
}

static void
on_properties (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  show_page (user_data, "overview");
}

static void
on_page (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  show_page (user_data, g_variant_get_string (parameter, NULL));
}

static void
back (MeirUiWindow *window)
{
  MeirUiList *list = meir_ui_window_get_list (window);

  show_details (window, FALSE);
  meir_ui_list_select_near (list, meir_ui_list_get_position (list));
}

/* One step at a time: from the details to the list, or out of a selection of many. */
static void
on_back (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  MeirUiSplit *split = meir_ui_window_get_split (user_data);
  MeirUiList *list = meir_ui_window_get_list (user_data);

  if (meir_ui_split_get_show_details (split) && meir_ui_split_get_collapsed (split))
    back (user_data);
  else if (meir_ui_list_get_n_selected (list) > 1)
    meir_ui_list_select_all (list, FALSE);
}

/* By the actions that all else goes by, which may not have looked since the state changed. */
static void
on_pause (MeirUiDetails *details, gboolean paused, MeirUiWindow *window)
{
  meir_ui_commands_update (window);
  g_action_group_activate_action (G_ACTION_GROUP (window), paused ? "pause" : "resume", NULL);
}

/* To what the person looks at, not to the header bar above it. */
static void
on_focus_moved (MeirUiSplit *split, MeirUiWindow *window)
{
  if (meir_ui_split_get_show_details (split))
    meir_ui_details_focus (get_details (window));
  else
    meir_ui_list_focus (meir_ui_window_get_list (window));
}

/* Of the torrent that the details show: there it is read what was set. */
static void
set_limit (MeirUiWindow *window, GVariant *kb_per_sec, gboolean down)
{
  MeirUiDetails *details = get_details (window);
  MeirTorrent *torrent = meir_ui_details_get_torrent (details);
  MeirRateLimits limits;

  if (torrent == NULL)
    return;
  meir_torrent_get_limits (torrent, &limits);
  *(down ? &limits.down_per_sec : &limits.up_per_sec) = (guint64) g_variant_get_uint32 (kb_per_sec) * KB;
  meir_torrent_set_limits (torrent, &limits);
  meir_ui_page_keep (torrent);
  tell_limits (window, torrent);
  meir_ui_details_refresh (details);
}

static void
on_limit_download (GSimpleAction *action, GVariant *value, gpointer user_data)
{
  set_limit (user_data, value, TRUE);
}

static void
on_limit_upload (GSimpleAction *action, GVariant *value, gpointer user_data)
{
  set_limit (user_data, value, FALSE);
}

static const GActionEntry entries[] = {
  { .name = "details", .activate = on_details },
  { .name = "properties", .activate = on_properties },
  { .name = "page", .activate = on_page, .parameter_type = "s" },
  { .name = "back", .activate = on_back },
  /* In kB/s; 0 is none. */
  { .name = "limit-download", .parameter_type = "u", .state = "uint32 0", .change_state = on_limit_download },
  { .name = "limit-upload", .parameter_type = "u", .state = "uint32 0", .change_state = on_limit_upload },
};

static void
enable (MeirUiWindow *window, const char *name, gboolean enabled)
{
  GAction *action = g_action_map_lookup_action (G_ACTION_MAP (window), name);

  g_simple_action_set_enabled (G_SIMPLE_ACTION (action), enabled);
}

/* A page of its own keeps what it shows as long as that is in the list. */
void
meir_ui_panes_update (MeirUiWindow *window)
{
  MeirUiSplit *split = meir_ui_window_get_split (window);
  g_autoptr (MeirTorrent) torrent = dup_torrent (window);

  if (meir_ui_details_get_torrent (get_details (window)) != torrent)
    follow (window);
  enable (window, "details", torrent != NULL);
  enable (window, "properties", torrent != NULL);
  enable (window, "page", torrent != NULL);
  enable (window, "limit-download", torrent != NULL);
  enable (window, "limit-upload", torrent != NULL);
  if (torrent == NULL && meir_ui_split_get_collapsed (split))
    show_details (window, FALSE);
}

/* Where there is room for both, the details are there, or not, as they were left. */
static void
on_room_changed (MeirUiSplit *split)
{
  if (!meir_ui_split_get_collapsed (split) && g_settings_get_boolean (meir_ui_settings_get (), KEY_PANE))
    meir_ui_split_set_show_details (split, TRUE);
}

static void
keep_pane (MeirUiSplit *split)
{
  if (gtk_widget_get_mapped (GTK_WIDGET (split)) && !meir_ui_split_get_collapsed (split))
    g_settings_set_boolean (meir_ui_settings_get (), KEY_PANE, meir_ui_split_get_show_details (split));
}

void
meir_ui_panes_show (MeirUiWindow *window, const char *page)
{
  if (page != NULL)
    meir_ui_details_show_page (get_details (window), page);
  show_details (window, TRUE);
}

void
meir_ui_panes_attach (MeirUiWindow *window)
{
  MeirUiSplit *split = meir_ui_window_get_split (window);
  MeirUiDetails *details = meir_ui_details_new ();
  g_autoptr (GPropertyAction) pane = g_property_action_new ("details-pane", split, "show-details");

  meir_ui_split_set_end (split, GTK_WIDGET (details));
  g_signal_connect_object (split, "focus-moved", G_CALLBACK (on_focus_moved), window, 0);
  g_object_bind_property (split, "collapsed", details, "collapsed", G_BINDING_SYNC_CREATE);
  g_signal_connect (split, "notify::collapsed", G_CALLBACK (on_room_changed), NULL);
  g_signal_connect (split, "notify::show-details", G_CALLBACK (keep_pane), NULL);
  g_signal_connect_object (details, "pause", G_CALLBACK (on_pause), window, 0);
  g_signal_connect_object (details, "back", G_CALLBACK (back), window, G_CONNECT_SWAPPED);
  g_action_map_add_action_entries (G_ACTION_MAP (window), entries, G_N_ELEMENTS (entries), window);
  g_action_map_add_action (G_ACTION_MAP (window), G_ACTION (pane));
}
