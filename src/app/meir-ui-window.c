/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/meir-ui-window.h"

#include "app/meir-ui-actions.h"
#include "app/meir-ui-button-content.h"
#include "app/meir-ui-chips.h"
#include "app/meir-ui-commands.h"
#include "app/meir-ui-entrance.h"
#include "app/meir-ui-network.h"
#include "app/meir-ui-panes.h"
#include "app/meir-ui-resources.h"
#include "app/meir-ui-selection-bar.h"
#include "app/meir-ui-settings.h"
#include "app/meir-ui-sight.h"
#include "app/meir-ui-split.h"
#include "app/meir-ui-text.h"
#include "app/meir-ui-title.h"
#include "app/meir-ui-toast.h"

#include <glib/gi18n.h>
#include <string.h>

/* How often rows look for a newer snapshot. A new state shows at once. */
#define REFRESH_MSEC 1000
/* How long the link of what is shared is offered. */
#define SHARED_TOAST_SEC 15
/* How long what has gone wrong can be set right. */
#define OFFER_SEC 30

struct _MeirUiWindow {
  AdwApplicationWindow parent_instance;

  AdwToastOverlay *toasts;
  MeirUiTitle *title;
  GtkWidget *verbs;
  MeirUiSplit *split;
  GtkStack *stack;
  GtkWidget *first_button;
  AdwStatusPage *problem_page;
  MeirUiList *list;
  GtkWidget *pane; /* all of the list's half */
  AdwHeaderBar *header;
  GtkSearchBar *search_bar;
  GtkSearchEntry *search_entry;
  MeirUiChips *chips;
  MeirUiSelectionBar *selection_bar;
  GtkRevealer *preparing;
  GtkProgressBar *preparing_bar;
  GtkWidget *preparing_pause;

  MeirTorrent *awaited; /* (nullable): it is shown when it comes to the list, */
  char *awaited_page;   /* with this page (nullable) */
  guint refresh;        /* while it is seen */
  gboolean used;        /* by key or pointer since something began to be made ready to share */
  gboolean chosen;      /* something was selected: what was so before the last end no longer counts */
  guint near;           /* where something is selected again when what was selected has gone; or none */
};

G_DEFINE_FINAL_TYPE (MeirUiWindow, meir_ui_window, ADW_TYPE_APPLICATION_WINDOW)

static MeirUiApplication *
get_app (MeirUiWindow *window)
{
  return MEIR_UI_APPLICATION (gtk_window_get_application (GTK_WINDOW (window)));
}

/* Toasts. */

void
meir_ui_window_show_message (MeirUiWindow *window, const char *text)
{
  meir_ui_toast_show (window->toasts, meir_ui_toast_new (text), FALSE);
}

AdwToast *
meir_ui_window_hold_message (MeirUiWindow *window, const char *text)
{
  AdwToast *toast = meir_ui_toast_new (text);

  adw_toast_set_timeout (toast, 0);
  meir_ui_toast_show (window->toasts, g_object_ref (toast), FALSE);
  return toast;
}

AdwToast *
meir_ui_window_offer (MeirUiWindow *window, const char *text, const char *button)
{
  AdwToast *toast = meir_ui_toast_new (text);

  adw_toast_set_timeout (toast, OFFER_SEC);
  adw_toast_set_button_label (toast, button);
  meir_ui_toast_show (window->toasts, toast, FALSE);
  return toast;
}

void
meir_ui_window_end_message (MeirUiWindow *window, AdwToast *toast)
{
  meir_ui_toast_withdraw (window->toasts, toast);
}

void
meir_ui_window_show_shared (MeirUiWindow *window, const char *name, guint n_left_out, const char *link)
{
  g_autofree char *isolated = meir_ui_text_dup_isolated (name);
  g_autofree char *ready = g_strdup_printf (_ ("“%s” is ready"), isolated);
  g_autofree char *left_out =
      g_strdup_printf (ngettext ("%u hidden or special file was left out",
                                 "%u hidden or special files were left out", n_left_out),
                       n_left_out);
  g_autofree char *text = n_left_out > 0 ? g_strdup_printf ("%s · %s", ready, left_out) : g_strdup (ready);
  AdwToast *toast = meir_ui_toast_new (text);

  adw_toast_set_button_label (toast, _ ("Copy Link"));
  adw_toast_set_action_name (toast, "win.copy-text");
  adw_toast_set_action_target (toast, "s", link);
  adw_toast_set_timeout (toast, SHARED_TOAST_SEC);
  /* Its row and its details say so too. */
  meir_ui_toast_show (window->toasts, toast, TRUE);
}

void
meir_ui_window_answer (MeirUiWindow *window, const char *text)
{
  meir_ui_toast_show (window->toasts, meir_ui_toast_new (text), TRUE);
}

static void
on_copy_text (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  gdk_clipboard_set_text (gtk_widget_get_clipboard (user_data), g_variant_get_string (parameter, NULL));
  meir_ui_window_answer (user_data, _ ("Link copied"));
}

static void
on_undo (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  meir_ui_undo_take_back (meir_ui_application_get_undo (get_app (user_data)));
}

/* Selecting and searching. */

static void
on_select_all (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  meir_ui_list_select_all (MEIR_UI_WINDOW (user_data)->list, TRUE);
}

static void
on_select_none (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  meir_ui_list_select_all (MEIR_UI_WINDOW (user_data)->list, FALSE);
}

static void
on_search (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  MeirUiWindow *window = user_data;

  if (meir_ui_split_get_collapsed (window->split))
    meir_ui_split_set_show_details (window->split, FALSE);
  gtk_search_bar_set_search_mode (window->search_bar, TRUE);
  gtk_widget_grab_focus (GTK_WIDGET (window->search_entry));
}

static void
on_search_changed (GtkSearchEntry *entry, MeirUiWindow *window)
{
  meir_ui_items_search (meir_ui_application_get_items (get_app (window)),
                        gtk_editable_get_text (GTK_EDITABLE (entry)));
}

static void
on_search_mode (GtkSearchBar *bar, GParamSpec *pspec, MeirUiWindow *window)
{
  if (get_app (window) != NULL && !gtk_search_bar_get_search_mode (bar))
    meir_ui_items_search (meir_ui_application_get_items (get_app (window)), NULL);
}

/* Return goes on to what was found. */
static void
on_search_activate (GtkSearchEntry *entry, MeirUiWindow *window)
{
  meir_ui_list_select_near (window->list, 0);
}

static void
show_all (MeirUiWindow *window)
{
  gtk_search_bar_set_search_mode (window->search_bar, FALSE);
  meir_ui_chips_reset (window->chips);
}

static void
on_show_all (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  show_all (user_data);
}

static void
show_awaited (MeirUiWindow *window)
{
  if (window->awaited == NULL || !meir_ui_list_select (window->list, window->awaited))
    return;
  g_clear_object (&window->awaited);
  meir_ui_panes_show (window, window->awaited_page);
}

void
meir_ui_window_show_torrent (MeirUiWindow *window, MeirTorrent *torrent, const char *page)
{
  show_all (window);
  g_set_object (&window->awaited, torrent);
  g_free (window->awaited_page);
  window->awaited_page = g_strdup (page);
  show_awaited (window);
}

static const GActionEntry win_actions[] = {
  { .name = "undo", .activate = on_undo },
  { .name = "copy-text", .activate = on_copy_text, .parameter_type = "s" },
  { .name = "search", .activate = on_search },
  { .name = "show-all", .activate = on_show_all },
  { .name = "select-all", .activate = on_select_all },
  { .name = "select-none", .activate = on_select_none },
};

static void
enable (MeirUiWindow *window, const char *name, gboolean enabled)
{
  GAction *action = g_action_map_lookup_action (G_ACTION_MAP (window), name);

  g_simple_action_set_enabled (G_SIMPLE_ACTION (action), enabled);
}

/* The window comes back with what was selected, once that is in the list. */
static void
restore_selected (MeirUiWindow *window)
{
  MeirInfoHash info_hash;
  g_autofree char *hex = g_settings_get_string (meir_ui_settings_get (), "selected-torrent");
  g_autoptr (MeirTorrent) torrent = NULL;

  if (!window->chosen && meir_info_hash_parse (&info_hash, hex))
    torrent = meir_ui_application_find (get_app (window), &info_hash);
  if (torrent != NULL)
    meir_ui_list_select (window->list, torrent);
}

/* Nothing is selected when the list goes, too: that is not remembered. */
static void
save_selected (MeirUiWindow *window)
{
  MeirUiItem *item = meir_ui_list_get_single (window->list);
  char hex[2 * MEIR_SHA1_LENGTH + 1];

  if (item == NULL)
    return;
  window->chosen = TRUE;
  meir_info_hash_to_hex (meir_torrent_get_info_hash (meir_ui_item_get_torrent (item)), hex);
  g_settings_set_string (meir_ui_settings_get (), "selected-torrent", hex);
}

static void
on_selection_changed (MeirUiList *list, MeirUiWindow *window)
{
  save_selected (window);
  meir_ui_commands_update (window);
  meir_ui_panes_update (window);
  meir_ui_selection_bar_set_count (window->selection_bar, meir_ui_list_get_n_selected (list));
}

void
meir_ui_window_leave_selection (MeirUiWindow *window)
{
  window->near = meir_ui_list_get_position (window->list);
}

/* Whether the window is used. */

static gboolean
on_key (GtkEventControllerKey *controller, guint key, guint code, GdkModifierType state, MeirUiWindow *window)
{
  window->used = TRUE;
  return GDK_EVENT_PROPAGATE;
}

static void
on_press (GtkGestureClick *gesture, int n_press, double x, double y, MeirUiWindow *window)
{
  window->used = TRUE;
}

static gboolean
on_scroll (GtkEventControllerScroll *controller, double x, double y, MeirUiWindow *window)
{
  window->used = TRUE;
  return GDK_EVENT_PROPAGATE;
}

static void
watch_use (MeirUiWindow *window)
{
  GtkEventController *controllers[] = {
    gtk_event_controller_key_new (),
    GTK_EVENT_CONTROLLER (gtk_gesture_click_new ()),
    gtk_event_controller_scroll_new (GTK_EVENT_CONTROLLER_SCROLL_BOTH_AXES),
  };

  gtk_gesture_single_set_button (GTK_GESTURE_SINGLE (controllers[1]), 0);
  g_signal_connect (controllers[0], "key-pressed", G_CALLBACK (on_key), window);
  g_signal_connect (controllers[1], "pressed", G_CALLBACK (on_press), window);
  g_signal_connect (controllers[2], "scroll", G_CALLBACK (on_scroll), window);
  for (guint i = 0; i < G_N_ELEMENTS (controllers); i++) {
    gtk_event_controller_set_propagation_phase (controllers[i], GTK_PHASE_CAPTURE);
    gtk_widget_add_controller (GTK_WIDGET (window), controllers[i]);
  }
}

/* Where there is room for one of them only, the details take the list away: not from who has turned to it. */
gboolean
meir_ui_window_waits (MeirUiWindow *window)
{
  return gtk_window_is_active (GTK_WINDOW (window)) && !gtk_search_bar_get_search_mode (window->search_bar) &&
         !(window->used && meir_ui_split_get_collapsed (window->split));
}

/* The sharer. */

static void
show_paused (MeirUiWindow *window, gboolean paused)
{
  const char *label = paused ? _ ("Resume") : _ ("Pause");
  const char *icon = paused ? "meir-resume-symbolic" : "meir-pause-symbolic";

  if (g_strcmp0 (gtk_button_get_icon_name (GTK_BUTTON (window->preparing_pause)), icon) == 0)
    return;
  gtk_button_set_icon_name (GTK_BUTTON (window->preparing_pause), icon);
  gtk_widget_set_tooltip_text (window->preparing_pause, label);
  gtk_accessible_update_property (GTK_ACCESSIBLE (window->preparing_pause), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  label, -1);
}

static void
on_sharer_changed (MeirUiSharer *sharer, GParamSpec *pspec, gpointer user_data)
{
  MeirUiWindow *window = user_data;
  g_autofree char *text = NULL;
  gboolean busy, paused;
  double fraction;

  if (get_app (window) == NULL) /* closed, and kept by somebody for a while */
    return;
  g_object_get (sharer, "busy", &busy, "fraction", &fraction, "paused", &paused, NULL);
  if (busy && !gtk_revealer_get_reveal_child (window->preparing))
    window->used = FALSE;
  gtk_revealer_set_reveal_child (window->preparing, busy);
  if (!busy)
    return;
  show_paused (window, paused);
  text = meir_ui_sharer_dup_text (sharer);
  gtk_progress_bar_set_text (window->preparing_bar, text);
  gtk_progress_bar_set_fraction (window->preparing_bar, fraction);
  gtk_accessible_update_property (GTK_ACCESSIBLE (window->preparing_bar), GTK_ACCESSIBLE_PROPERTY_LABEL, text,
                                  -1);
}

/* The list. */

static void
on_round (MeirUiItems *items, MeirUiWindow *window)
{
  guint64 down, up;

  meir_ui_chips_update (window->chips);
  meir_ui_commands_update (window);
  meir_ui_items_get_rates (items, &down, &up);
  meir_ui_title_set_rates (window->title, down, up);
}

static gboolean
on_refresh (gpointer user_data)
{
  MeirUiWindow *window = user_data;

  if (gtk_widget_get_mapped (GTK_WIDGET (window->list)))
    meir_ui_list_refresh (window->list);
  meir_ui_items_begin_round (meir_ui_application_get_items (get_app (window)));
  return G_SOURCE_CONTINUE;
}

/* What cannot be seen asks the engine for nothing. */
static void
on_sight (gpointer user_data)
{
  MeirUiWindow *window = user_data;

  g_clear_handle_id (&window->refresh, g_source_remove);
  if (!meir_ui_sight_has (window) || get_app (window) == NULL)
    return;
  on_refresh (window);
  window->refresh = g_timeout_add (REFRESH_MSEC, on_refresh, window);
}

static void
on_network_changed (MeirUiNetwork *network, GParamSpec *pspec, gpointer user_data)
{
  MeirUiWindow *window = user_data;
  const MeirUiEnvironment environment = {
    .offline = !meir_ui_network_is_online (network),
    .slowed = meir_ui_network_is_slowed (network),
  };

  if (get_app (window) == NULL)
    return;
  meir_ui_items_set_environment (meir_ui_application_get_items (get_app (window)), &environment);
  if (meir_ui_sight_has (window))
    on_refresh (window);
}

static const char *
find_page (MeirUiApplication *application)
{
  MeirUiItems *items = meir_ui_application_get_items (application);

  if (meir_ui_application_get_session (application) == NULL)
    return "problem";
  if (g_list_model_get_n_items (G_LIST_MODEL (items)) > 0)
    return "list";
  if (meir_ui_items_get_n_torrents (items) > 0)
    return "nothing";
  return meir_ui_application_is_restoring (application) ? "restoring" : "empty";
}

/* The page for how things are, and the buttons that it does not have itself. */
static void
show_page (MeirUiWindow *window)
{
  MeirUiApplication *application = get_app (window);
  g_autofree char *problem = NULL;
  const char *page;
  gboolean any;

  if (application == NULL)
    return;
  page = find_page (application);
  any = strcmp (page, "list") == 0 || strcmp (page, "nothing") == 0;
  if (strcmp (page, "problem") == 0) {
    problem = g_markup_escape_text (meir_ui_application_get_problem (application), -1);
    adw_status_page_set_description (window->problem_page, problem);
  }
  if (g_strcmp0 (gtk_stack_get_visible_child_name (window->stack), page) != 0) {
    gtk_stack_set_visible_child_name (window->stack, page);
    if (strcmp (page, "empty") == 0)
      gtk_widget_grab_focus (window->first_button);
  }
  gtk_widget_set_visible (window->verbs, any);
  gtk_search_bar_set_key_capture_widget (window->search_bar, any ? window->pane : NULL);
  enable (window, "search", any);
  enable (window, "show-all", any);
  enable (window, "select-all", any);
  enable (window, "select-none", any);
}

static void
on_items_changed (MeirUiWindow *window)
{
  guint near = window->near;

  show_page (window);
  meir_ui_chips_update (window->chips);
  window->near = GTK_INVALID_LIST_POSITION;
  if (near != GTK_INVALID_LIST_POSITION)
    meir_ui_list_select_near (window->list, near);
  show_awaited (window);
  restore_selected (window);
}

static void
on_session_changed (MeirUiWindow *window)
{
  enable (window, "paste", meir_ui_application_get_session (get_app (window)) != NULL);
  show_page (window);
}

/* Closing ends the toast, and with it what could be taken back. */
static void
on_can_undo (MeirUiUndo *undo, GParamSpec *pspec, gpointer user_data)
{
  enable (user_data, "undo", meir_ui_undo_can_undo (undo));
}

/* The buttons of the window are at its end, whichever half is there. */
static void
show_buttons (MeirUiWindow *window)
{
  gboolean beside =
      meir_ui_split_get_show_details (window->split) && !meir_ui_split_get_collapsed (window->split);

  adw_header_bar_set_show_end_title_buttons (window->header, !beside);
}

/* The window is as large as it was left. */
static void
restore_size (MeirUiWindow *window)
{
  GSettings *settings = meir_ui_settings_get ();

  gtk_window_set_default_size (GTK_WINDOW (window), g_settings_get_int (settings, "window-width"),
                               g_settings_get_int (settings, "window-height"));
  if (g_settings_get_boolean (settings, "window-maximized"))
    gtk_window_maximize (GTK_WINDOW (window));
}

static void
save_size (MeirUiWindow *window)
{
  GSettings *settings = meir_ui_settings_get ();
  int width, height;

  gtk_window_get_default_size (GTK_WINDOW (window), &width, &height);
  g_settings_set_int (settings, "window-width", width);
  g_settings_set_int (settings, "window-height", height);
  g_settings_set_boolean (settings, "window-maximized", gtk_window_is_maximized (GTK_WINDOW (window)));
}

static void
meir_ui_window_unmap (GtkWidget *widget)
{
  save_size (MEIR_UI_WINDOW (widget));
  GTK_WIDGET_CLASS (meir_ui_window_parent_class)->unmap (widget);
}

static void
meir_ui_window_dispose (GObject *object)
{
  MeirUiWindow *window = MEIR_UI_WINDOW (object);

  g_clear_handle_id (&window->refresh, g_source_remove);
  g_clear_object (&window->awaited);
  g_clear_pointer (&window->awaited_page, g_free);
  G_OBJECT_CLASS (meir_ui_window_parent_class)->dispose (object);
}

static void
meir_ui_window_class_init (MeirUiWindowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = meir_ui_window_dispose;
  widget_class->unmap = meir_ui_window_unmap;
  g_type_ensure (MEIR_UI_TYPE_BUTTON_CONTENT);
  g_type_ensure (MEIR_UI_TYPE_CHIPS);
  g_type_ensure (MEIR_UI_TYPE_LIST);
  g_type_ensure (MEIR_UI_TYPE_SELECTION_BAR);
  g_type_ensure (MEIR_UI_TYPE_SPLIT);
  g_type_ensure (MEIR_UI_TYPE_TITLE);
  gtk_widget_class_set_template_from_resource (widget_class, MEIR_UI_RESOURCES "meir-ui-window.ui");
  gtk_widget_class_bind_template_child (widget_class, MeirUiWindow, toasts);
  gtk_widget_class_bind_template_child (widget_class, MeirUiWindow, title);
  gtk_widget_class_bind_template_child (widget_class, MeirUiWindow, verbs);
  gtk_widget_class_bind_template_child (widget_class, MeirUiWindow, split);
  gtk_widget_class_bind_template_child (widget_class, MeirUiWindow, stack);
  gtk_widget_class_bind_template_child (widget_class, MeirUiWindow, first_button);
  gtk_widget_class_bind_template_child (widget_class, MeirUiWindow, problem_page);
  gtk_widget_class_bind_template_child (widget_class, MeirUiWindow, list);
  gtk_widget_class_bind_template_child (widget_class, MeirUiWindow, pane);
  gtk_widget_class_bind_template_child (widget_class, MeirUiWindow, header);
  gtk_widget_class_bind_template_child (widget_class, MeirUiWindow, search_bar);
  gtk_widget_class_bind_template_child (widget_class, MeirUiWindow, search_entry);
  gtk_widget_class_bind_template_child (widget_class, MeirUiWindow, chips);
  gtk_widget_class_bind_template_child (widget_class, MeirUiWindow, selection_bar);
  gtk_widget_class_bind_template_child (widget_class, MeirUiWindow, preparing);
  gtk_widget_class_bind_template_child (widget_class, MeirUiWindow, preparing_bar);
  gtk_widget_class_bind_template_child (widget_class, MeirUiWindow, preparing_pause);
  gtk_widget_class_bind_template_callback (widget_class, on_search_activate);
  gtk_widget_class_bind_template_callback (widget_class, on_search_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_search_mode);
  gtk_widget_class_bind_template_callback (widget_class, on_selection_changed);
  meir_ui_actions_bind_keys (widget_class, MEIR_UI_KEY_WINDOW);
}

static void
meir_ui_window_init (MeirUiWindow *window)
{
  g_action_map_add_action_entries (G_ACTION_MAP (window), win_actions, G_N_ELEMENTS (win_actions), window);
  gtk_widget_init_template (GTK_WIDGET (window));
  meir_ui_entrance_attach (GTK_APPLICATION_WINDOW (window));
  meir_ui_commands_attach (window);
  meir_ui_panes_attach (window);
  watch_use (window);
  g_signal_connect_swapped (window->split, "notify", G_CALLBACK (show_buttons), window);
  meir_ui_sight_watch (window, on_sight);
  window->near = GTK_INVALID_LIST_POSITION;
  gtk_search_bar_connect_entry (window->search_bar, GTK_EDITABLE (window->search_entry));
}

MeirUiWindow *
meir_ui_window_new (MeirUiApplication *application)
{
  MeirUiWindow *window = g_object_new (MEIR_UI_TYPE_WINDOW, "application", application, NULL);
  MeirUiSharer *sharer = meir_ui_application_get_sharer (application);
  MeirUiUndo *undo = meir_ui_application_get_undo (application);
  MeirUiItems *items = meir_ui_application_get_items (application);
  MeirUiNetwork *network = meir_ui_network_get_default ();

  g_signal_connect_object (application, "notify::session", G_CALLBACK (on_session_changed), window,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (application, "notify::restoring", G_CALLBACK (show_page), window,
                           G_CONNECT_SWAPPED);
  meir_ui_undo_set_toasts (undo, window->toasts);
  g_signal_connect_object (undo, "notify::can-undo", G_CALLBACK (on_can_undo), window, 0);
  on_can_undo (undo, NULL, window);
  g_signal_connect_object (sharer, "notify", G_CALLBACK (on_sharer_changed), window, 0);
  restore_size (window);
  meir_ui_list_set_items (window->list, items);
  meir_ui_chips_set_items (window->chips, items);
  g_signal_connect_object (items, "items-changed", G_CALLBACK (on_items_changed), window, G_CONNECT_SWAPPED);
  g_signal_connect_object (items, "round", G_CALLBACK (on_round), window, 0);
  g_signal_connect_object (network, "notify", G_CALLBACK (on_network_changed), window, 0);
  on_session_changed (window);
  on_network_changed (network, NULL, window);
  return window;
}

MeirUiSplit *
meir_ui_window_get_split (MeirUiWindow *window)
{
  return window->split;
}

MeirUiList *
meir_ui_window_get_list (MeirUiWindow *window)
{
  return window->list;
}
