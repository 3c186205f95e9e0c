/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/meir-ui-window.h"

#include "app/compat/meir-ui-compat.h"
#include "app/meir-ui-resources.h"
#include "app/meir-ui-row.h"

#include <glib/gi18n.h>

/* How often visible rows look for a newer snapshot. */
#define REFRESH_MSEC 250

struct _MeirUiWindow {
  AdwApplicationWindow parent_instance;

  AdwToastOverlay *toasts;
  AdwWindowTitle *title;
  GtkStack *stack;
  AdwStatusPage *empty_page;
  GtkListView *list;
  GtkRevealer *preparing;
  GtkProgressBar *preparing_bar;
  GtkSwitch *tracker_switch;
  GtkLabel *tracker_label;
  GtkRevealer *tracker_revealer;
  GtkLabel *tracker_text;
  GtkButton *tracker_copy;
  GtkPopoverMenu *menu;

  GtkSingleSelection *selection;
  GPtrArray *rows; /* MeirUiRow: those that are bound, about as many as are visible */
  guint refresh;
};

G_DEFINE_FINAL_TYPE (MeirUiWindow, meir_ui_window, ADW_TYPE_APPLICATION_WINDOW)

static MeirUiApplication *
get_app (MeirUiWindow *window)
{
  return MEIR_UI_APPLICATION (gtk_window_get_application (GTK_WINDOW (window)));
}

void
meir_ui_window_show_message (MeirUiWindow *window, const char *text)
{
  AdwToast *toast = adw_toast_new ("");
  g_autofree char *escaped = g_markup_escape_text (text, -1);

  adw_toast_set_title (toast, escaped);
  adw_toast_overlay_add_toast (window->toasts, toast);
}

void
meir_ui_window_show_shared (MeirUiWindow *window, const char *name, const char *link)
{
  g_autofree char *escaped = g_markup_escape_text (name, -1);
  g_autofree char *text = g_strdup_printf (_ ("“%s” is ready"), escaped);
  AdwToast *toast = adw_toast_new (text);

  adw_toast_set_button_label (toast, _ ("Copy Link"));
  adw_toast_set_action_name (toast, "win.copy-text");
  adw_toast_set_action_target (toast, "s", link);
  adw_toast_set_timeout (toast, 15);
  adw_toast_overlay_add_toast (window->toasts, toast);
}

static void
add_file (MeirUiWindow *window, GFile *file)
{
  g_autoptr (GError) error = NULL;

  if (!meir_ui_application_add_file (get_app (window), file, &error))
    meir_ui_window_show_message (window, error->message);
}

static void
add_link (MeirUiWindow *window, const char *text)
{
  g_autofree char *link = g_strstrip (g_strdup (text));
  g_autoptr (GError) error = NULL;

  if (!meir_ui_application_add_link (get_app (window), link, &error))
    meir_ui_window_show_message (window, error->message);
}

static gboolean
is_torrent (GFile *file)
{
  g_autofree char *name = g_file_get_basename (file);

  return name != NULL && g_str_has_suffix (name, ".torrent");
}

/* What is dropped is added when it is a torrent, and shared when it is anything else. */
static void
take_file (MeirUiWindow *window, GFile *file)
{
  if (is_torrent (file))
    add_file (window, file);
  else
    meir_ui_application_share (get_app (window), file);
}

static gboolean
on_drop (GtkDropTarget *target, const GValue *value, double x, double y, gpointer user_data)
{
  MeirUiWindow *window = user_data;

  if (G_VALUE_HOLDS (value, GDK_TYPE_FILE_LIST)) {
    for (GSList *files = g_value_get_boxed (value); files != NULL; files = files->next)
      take_file (window, files->data);
    return TRUE;
  }
  if (G_VALUE_HOLDS_STRING (value)) {
    add_link (window, g_value_get_string (value));
    return TRUE;
  }
  return FALSE;
}

typedef struct {
  MeirUiWindow *window;
  void (*take) (MeirUiWindow *window, GFile *file);
} MeirUiChosen;

static void
share_file (MeirUiWindow *window, GFile *file)
{
  meir_ui_application_share (get_app (window), file);
}

static void
on_chosen (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autofree MeirUiChosen *chosen = user_data;
  g_autoptr (MeirUiWindow) window = chosen->window;
  g_autoptr (GError) error = NULL;
  g_autoptr (GListModel) files = meir_ui_choose_finish (result, &error);

  if (error != NULL)
    meir_ui_window_show_message (window, error->message);
  for (guint i = 0; files != NULL && i < g_list_model_get_n_items (files); i++) {
    g_autoptr (GFile) file = g_list_model_get_item (files, i);

    chosen->take (window, file);
  }
}

static void
choose (MeirUiWindow *window, MeirUiChoice choice, const char *title, const char *accept,
        void (*take) (MeirUiWindow *window, GFile *file))
{
  MeirUiChosen *chosen = g_new (MeirUiChosen, 1);

  chosen->window = g_object_ref (window);
  chosen->take = take;
  meir_ui_choose_async (GTK_WINDOW (window), choice, title, accept, on_chosen, chosen);
}

static void
on_add (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  choose (user_data, MEIR_UI_CHOOSE_TORRENTS, _ ("Add Torrents"), _ ("_Add"), add_file);
}

static void
on_share_file (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  choose (user_data, MEIR_UI_CHOOSE_FILE, _ ("Share a File"), _ ("_Share"), share_file);
}

static void
on_share_folder (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  choose (user_data, MEIR_UI_CHOOSE_FOLDER, _ ("Share a Folder"), _ ("_Share"), share_file);
}

static void
on_pasted (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (MeirUiWindow) window = user_data;
  g_autofree char *text = gdk_clipboard_read_text_finish (GDK_CLIPBOARD (source), result, NULL);

  if (text != NULL)
    add_link (window, text);
}

static void
on_paste (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  gdk_clipboard_read_text_async (gtk_widget_get_clipboard (user_data), NULL, on_pasted,
                                 g_object_ref (user_data));
}

static void
on_copy_text (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  gdk_clipboard_set_text (gtk_widget_get_clipboard (user_data), g_variant_get_string (parameter, NULL));
}

static void
on_copy_link (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  MeirUiWindow *window = user_data;
  MeirTorrent *torrent = gtk_single_selection_get_selected_item (window->selection);
  g_autofree char *link = torrent != NULL ? meir_ui_application_dup_link (torrent) : NULL;

  if (link == NULL)
    return;
  gdk_clipboard_set_text (gtk_widget_get_clipboard (user_data), link);
  meir_ui_window_show_message (window, _ ("Link copied"));
}

static void
on_remove (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  MeirUiWindow *window = user_data;
  g_autoptr (MeirTorrent) torrent = gtk_single_selection_get_selected_item (window->selection);

  if (torrent == NULL)
    return;
  g_object_ref (torrent);
  meir_ui_application_remove (get_app (window), torrent);
}

static const GActionEntry win_actions[] = {
  { .name = "add", .activate = on_add },
  { .name = "share-file", .activate = on_share_file },
  { .name = "share-folder", .activate = on_share_folder },
  { .name = "paste", .activate = on_paste },
  { .name = "copy-text", .activate = on_copy_text, .parameter_type = "s" },
  { .name = "copy-link", .activate = on_copy_link },
  { .name = "remove", .activate = on_remove },
};

/* What acts on the chosen torrent is there only while one is chosen. */
static void
on_selected (MeirUiWindow *window)
{
  gboolean selected = gtk_single_selection_get_selected_item (window->selection) != NULL;
  GAction *copy = g_action_map_lookup_action (G_ACTION_MAP (window), "copy-link");
  GAction *remove = g_action_map_lookup_action (G_ACTION_MAP (window), "remove");

  g_simple_action_set_enabled (G_SIMPLE_ACTION (copy), selected);
  g_simple_action_set_enabled (G_SIMPLE_ACTION (remove), selected);
}

static void
on_cancel_share (GtkButton *button, MeirUiWindow *window)
{
  meir_ui_sharer_cancel (meir_ui_application_get_sharer (get_app (window)));
}

static void
on_copy_tracker (GtkButton *button, MeirUiWindow *window)
{
  gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (window)),
                          meir_ui_tracker_get_address (meir_ui_application_get_tracker (get_app (window))));
  meir_ui_window_show_message (window, _ ("Address copied"));
}

static void
on_tracker_changed (MeirUiTracker *tracker, GParamSpec *pspec, gpointer user_data)
{
  MeirUiWindow *window = user_data;
  g_autofree char *problem = NULL;
  const char *address = meir_ui_tracker_get_address (tracker);

  g_object_get (tracker, "problem", &problem, NULL);
  gtk_label_set_text (window->tracker_text, problem != NULL ? problem : address);
  gtk_widget_set_visible (GTK_WIDGET (window->tracker_copy), address != NULL);
  gtk_revealer_set_reveal_child (window->tracker_revealer, problem != NULL || address != NULL);
}

static void
on_sharer_changed (MeirUiSharer *sharer, GParamSpec *pspec, gpointer user_data)
{
  MeirUiWindow *window = user_data;
  g_autofree char *name = NULL;
  g_autofree char *text = NULL;
  gboolean busy;
  double fraction;

  g_object_get (sharer, "busy", &busy, "name", &name, "fraction", &fraction, NULL);
  gtk_revealer_set_reveal_child (window->preparing, busy);
  if (!busy)
    return;
  text = g_strdup_printf (_ ("Preparing “%s” · %d %%"), name, (int) (fraction * 100));
  gtk_progress_bar_set_text (window->preparing_bar, text);
  gtk_progress_bar_set_fraction (window->preparing_bar, fraction);
}

static void
show_rates (MeirUiWindow *window, guint64 down, guint64 up)
{
  g_autofree char *down_text = g_format_size (down);
  g_autofree char *up_text = g_format_size (up);
  g_autofree char *text = NULL;

  if (down > 0 || up > 0)
    text = g_strdup_printf ("↓ %s/s   ↑ %s/s", down_text, up_text);
  if (g_strcmp0 (adw_window_title_get_subtitle (window->title), text != NULL ? text : "") != 0)
    adw_window_title_set_subtitle (window->title, text);
}

static gboolean
on_refresh (gpointer user_data)
{
  MeirUiWindow *window = user_data;
  GListModel *torrents = G_LIST_MODEL (meir_ui_application_get_session (get_app (window)));
  guint64 down = 0, up = 0;

  if (!gtk_widget_get_mapped (GTK_WIDGET (window)))
    return G_SOURCE_CONTINUE;
  for (guint i = 0; i < window->rows->len; i++)
    meir_ui_row_refresh (g_ptr_array_index (window->rows, i));
  for (guint i = 0; i < g_list_model_get_n_items (torrents); i++) {
    g_autoptr (MeirTorrent) torrent = g_list_model_get_item (torrents, i);
    g_autoptr (MeirTorrentSnapshot) snapshot = meir_torrent_peek_snapshot (torrent);

    down += snapshot->down_per_sec;
    up += snapshot->up_per_sec;
  }
  show_rates (window, down, up);
  return G_SOURCE_CONTINUE;
}

static void
on_pause_toggled (MeirUiRow *row, MeirTorrent *torrent, gboolean pause, gpointer user_data)
{
  meir_ui_application_set_paused (get_app (user_data), torrent, pause);
}

static void
on_setup (GtkSignalListItemFactory *factory, GtkListItem *item, gpointer user_data)
{
  GtkWidget *row = meir_ui_row_new ();

  g_signal_connect_object (row, "pause-toggled", G_CALLBACK (on_pause_toggled), user_data, 0);
  gtk_list_item_set_child (item, row);
}

static void
on_bind (GtkSignalListItemFactory *factory, GtkListItem *item, gpointer user_data)
{
  MeirUiWindow *window = user_data;
  GtkWidget *row = gtk_list_item_get_child (item);

  meir_ui_row_set_torrent (MEIR_UI_ROW (row), gtk_list_item_get_item (item));
  g_ptr_array_add (window->rows, row);
}

static void
on_unbind (GtkSignalListItemFactory *factory, GtkListItem *item, gpointer user_data)
{
  MeirUiWindow *window = user_data;
  GtkWidget *row = gtk_list_item_get_child (item);

  meir_ui_row_set_torrent (MEIR_UI_ROW (row), NULL);
  g_ptr_array_remove_fast (window->rows, row);
}

static void
on_items_changed (GListModel *model, guint position, guint removed, guint added, gpointer user_data)
{
  MeirUiWindow *window = user_data;

  gtk_stack_set_visible_child_name (window->stack, g_list_model_get_n_items (model) > 0 ? "list" : "empty");
}

static void
set_up_list (MeirUiWindow *window, MeirSession *session)
{
  GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();

  window->selection = gtk_single_selection_new (g_object_ref (G_LIST_MODEL (session)));
  gtk_single_selection_set_autoselect (window->selection, FALSE);
  gtk_single_selection_set_can_unselect (window->selection, TRUE);
  gtk_single_selection_set_selected (window->selection, GTK_INVALID_LIST_POSITION);
  g_signal_connect_object (window->selection, "notify::selected-item", G_CALLBACK (on_selected), window,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (factory, "setup", G_CALLBACK (on_setup), window, 0);
  g_signal_connect_object (factory, "bind", G_CALLBACK (on_bind), window, 0);
  g_signal_connect_object (factory, "unbind", G_CALLBACK (on_unbind), window, 0);
  gtk_list_view_set_factory (window->list, factory);
  g_object_unref (factory);
  gtk_list_view_set_model (window->list, GTK_SELECTION_MODEL (window->selection));
  g_signal_connect_object (session, "items-changed", G_CALLBACK (on_items_changed), window, 0);
  on_items_changed (G_LIST_MODEL (session), 0, 0, 0, window);
  window->refresh = g_timeout_add (REFRESH_MSEC, on_refresh, window);
}

static void
set_up_drop (MeirUiWindow *window)
{
  GType types[] = { GDK_TYPE_FILE_LIST, G_TYPE_STRING };
  GtkDropTarget *target = gtk_drop_target_new (G_TYPE_INVALID, GDK_ACTION_COPY);

  gtk_drop_target_set_gtypes (target, types, G_N_ELEMENTS (types));
  g_signal_connect (target, "drop", G_CALLBACK (on_drop), window);
  gtk_widget_add_controller (GTK_WIDGET (window), GTK_EVENT_CONTROLLER (target));
}

static void
meir_ui_window_dispose (GObject *object)
{
  MeirUiWindow *window = MEIR_UI_WINDOW (object);

  g_clear_handle_id (&window->refresh, g_source_remove);
  if (window->list != NULL)
    gtk_list_view_set_model (window->list, NULL);
  g_clear_object (&window->selection);
  G_OBJECT_CLASS (meir_ui_window_parent_class)->dispose (object);
}

static void
meir_ui_window_finalize (GObject *object)
{
  g_ptr_array_unref (MEIR_UI_WINDOW (object)->rows);
  G_OBJECT_CLASS (meir_ui_window_parent_class)->finalize (object);
}

static void
meir_ui_window_class_init (MeirUiWindowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = meir_ui_window_dispose;
  G_OBJECT_CLASS (klass)->finalize = meir_ui_window_finalize;
  gtk_widget_class_set_template_from_resource (widget_class, MEIR_UI_RESOURCES "meir-ui-window.ui");
  gtk_widget_class_bind_template_child (widget_class, MeirUiWindow, toasts);
  gtk_widget_class_bind_template_child (widget_class, MeirUiWindow, title);
  gtk_widget_class_bind_template_child (widget_class, MeirUiWindow, stack);
  gtk_widget_class_bind_template_child (widget_class, MeirUiWindow, empty_page);
  gtk_widget_class_bind_template_child (widget_class, MeirUiWindow, list);
  gtk_widget_class_bind_template_child (widget_class, MeirUiWindow, preparing);
  gtk_widget_class_bind_template_child (widget_class, MeirUiWindow, preparing_bar);
  gtk_widget_class_bind_template_child (widget_class, MeirUiWindow, tracker_switch);
  gtk_widget_class_bind_template_child (widget_class, MeirUiWindow, tracker_label);
  gtk_widget_class_bind_template_child (widget_class, MeirUiWindow, tracker_revealer);
  gtk_widget_class_bind_template_child (widget_class, MeirUiWindow, tracker_text);
  gtk_widget_class_bind_template_child (widget_class, MeirUiWindow, tracker_copy);
  gtk_widget_class_bind_template_child (widget_class, MeirUiWindow, menu);
  gtk_widget_class_bind_template_callback (widget_class, on_cancel_share);
  gtk_widget_class_bind_template_callback (widget_class, on_copy_tracker);
}

static void
meir_ui_window_init (MeirUiWindow *window)
{
  window->rows = g_ptr_array_new ();
  gtk_widget_init_template (GTK_WIDGET (window));
  g_action_map_add_action_entries (G_ACTION_MAP (window), win_actions, G_N_ELEMENTS (win_actions), window);
  set_up_drop (window);
}

MeirUiWindow *
meir_ui_window_new (MeirUiApplication *application)
{
  MeirUiWindow *window = g_object_new (MEIR_UI_TYPE_WINDOW, "application", application, NULL);
  MeirSession *session = meir_ui_application_get_session (application);
  MeirUiTracker *tracker = meir_ui_application_get_tracker (application);
  MeirUiSharer *sharer = meir_ui_application_get_sharer (application);

  if (session == NULL) {
    adw_status_page_set_description (window->empty_page, meir_ui_application_get_problem (application));
    return window;
  }
  set_up_list (window, session);
  on_selected (window);
  g_object_bind_property (tracker, "active", window->tracker_switch, "active",
                          G_BINDING_SYNC_CREATE | G_BINDING_BIDIRECTIONAL);
  g_signal_connect_object (tracker, "notify", G_CALLBACK (on_tracker_changed), window, 0);
  g_signal_connect_object (sharer, "notify", G_CALLBACK (on_sharer_changed), window, 0);
  on_tracker_changed (tracker, NULL, window);
  return window;
}
