/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/meir-ui-window.h"

#include "app/meir-ui-actions.h"
#include "app/meir-ui-button-content.h"
#include "app/meir-ui-entrance.h"
#include "app/meir-ui-list.h"
#include "app/meir-ui-resources.h"
#include "app/meir-ui-split.h"
#include "app/meir-ui-text.h"
#include "app/meir-ui-toast.h"

#include <glib/gi18n.h>
#include <string.h>

/* How often visible rows look for a newer snapshot. */
#define REFRESH_MSEC 250
/* How long the link of what is shared is offered. */
#define SHARED_TOAST_SEC 15

struct _MeirUiWindow {
  AdwApplicationWindow parent_instance;

  AdwToastOverlay *toasts;
  AdwWindowTitle *title;
  GtkWidget *verbs;
  MeirUiSplit *split;
  GtkStack *stack;
  GtkWidget *first_button;
  AdwStatusPage *problem_page;
  MeirUiList *list;
  GtkRevealer *preparing;
  GtkProgressBar *preparing_bar;

  AdwToast *answer; /* (nullable): a weak pointer: to what was done last */
  guint refresh;
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
  adw_toast_overlay_add_toast (window->toasts, meir_ui_toast_new (text));
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
  adw_toast_overlay_add_toast (window->toasts, toast);
}

/* To what the user just did: at once, in place of the answer before it. */
static void
answer (MeirUiWindow *window, const char *text)
{
  AdwToast *toast = meir_ui_toast_new (text);

  if (window->answer != NULL)
    adw_toast_dismiss (window->answer);
  g_set_weak_pointer (&window->answer, toast);
  adw_toast_set_priority (toast, ADW_TOAST_PRIORITY_HIGH);
  adw_toast_overlay_add_toast (window->toasts, toast);
}

static void
copy (MeirUiWindow *window, const char *text, const char *message)
{
  gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (window)), text);
  answer (window, message);
}

/* What is done with the selected torrent. */

static void
on_copy_text (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  copy (user_data, g_variant_get_string (parameter, NULL), _ ("Link copied"));
}

static void
on_copy_link (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  MeirUiWindow *window = user_data;
  g_autofree char *link =
      meir_ui_application_dup_link (get_app (window), meir_ui_list_get_selected (window->list));

  copy (window, link, _ ("Link copied"));
}

static void
on_remove (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  MeirUiWindow *window = user_data;
  guint position = meir_ui_list_get_position (window->list);
  g_autoptr (MeirTorrent) torrent = g_object_ref (meir_ui_list_get_selected (window->list));
  g_autofree char *name = meir_torrent_dup_name (torrent);
  g_autofree char *isolated = meir_ui_text_dup_isolated (name);
  g_autofree char *text = g_strdup_printf (_ ("Removed “%s”; its files are still there"), isolated);

  meir_ui_application_remove (get_app (window), torrent);
  meir_ui_list_select_near (window->list, position);
  answer (window, text);
}

static void
on_undo (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  meir_ui_undo_take_back (meir_ui_application_get_undo (get_app (user_data)));
}

static const GActionEntry win_actions[] = {
  { .name = "undo", .activate = on_undo },
  { .name = "copy-text", .activate = on_copy_text, .parameter_type = "s" },
  { .name = "copy-link", .activate = on_copy_link },
  { .name = "remove", .activate = on_remove },
};

static void
enable (MeirUiWindow *window, const char *name, gboolean enabled)
{
  GAction *action = g_action_map_lookup_action (G_ACTION_MAP (window), name);

  g_simple_action_set_enabled (G_SIMPLE_ACTION (action), enabled);
}

/* What acts on the selected torrent is in the menu only while one is selected. */
static void
on_selected (MeirUiList *list, GParamSpec *pspec, MeirUiWindow *window)
{
  gboolean selected = meir_ui_list_get_selected (list) != NULL;

  enable (window, "copy-link", selected);
  enable (window, "remove", selected);
}

static void
on_pause_toggled (MeirUiList *list, MeirTorrent *torrent, gboolean pause, MeirUiWindow *window)
{
  meir_ui_application_set_paused (get_app (window), torrent, pause);
}

/* The sharer. */

static void
on_cancel_share (GtkButton *button, MeirUiWindow *window)
{
  meir_ui_sharer_cancel (meir_ui_application_get_sharer (get_app (window)));
}

static void
on_sharer_changed (MeirUiSharer *sharer, GParamSpec *pspec, gpointer user_data)
{
  MeirUiWindow *window = user_data;
  g_autofree char *text = NULL;
  gboolean busy;
  double fraction;

  if (get_app (window) == NULL) /* closed, and kept by somebody for a while */
    return;
  g_object_get (sharer, "busy", &busy, "fraction", &fraction, NULL);
  gtk_revealer_set_reveal_child (window->preparing, busy);
  if (!busy)
    return;
  text = meir_ui_sharer_dup_text (sharer);
  gtk_progress_bar_set_text (window->preparing_bar, text);
  gtk_progress_bar_set_fraction (window->preparing_bar, fraction);
  gtk_accessible_update_property (GTK_ACCESSIBLE (window->preparing_bar), GTK_ACCESSIBLE_PROPERTY_LABEL, text,
                                  -1);
}

/* The list. */

static void
show_rates (MeirUiWindow *window, guint64 down, guint64 up)
{
  g_autofree char *down_text = g_format_size (down);
  g_autofree char *up_text = g_format_size (up);
  g_autofree char *text = NULL;

  if (down > 0 || up > 0)
    /* Translators: the rates of all torrents together */
    text = g_strdup_printf (_ ("↓ %s/s   ↑ %s/s"), down_text, up_text);
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
  meir_ui_list_refresh (window->list);
  for (guint i = 0; i < g_list_model_get_n_items (torrents); i++) {
    g_autoptr (MeirTorrent) torrent = g_list_model_get_item (torrents, i);
    g_autoptr (MeirTorrentSnapshot) snapshot = meir_torrent_peek_snapshot (torrent);

    down += snapshot->down_per_sec;
    up += snapshot->up_per_sec;
  }
  show_rates (window, down, up);
  return G_SOURCE_CONTINUE;
}

/* The page for how things are, and the buttons that it does not have itself. */
static void
show_page (MeirUiWindow *window)
{
  MeirUiApplication *application = get_app (window);
  MeirSession *session = application != NULL ? meir_ui_application_get_session (application) : NULL;
  gboolean any = session != NULL && g_list_model_get_n_items (G_LIST_MODEL (session)) > 0;
  g_autofree char *problem = NULL;
  const char *page = "empty";

  if (application == NULL)
    return;
  if (session == NULL) {
    problem = g_markup_escape_text (meir_ui_application_get_problem (application), -1);
    adw_status_page_set_description (window->problem_page, problem);
    page = "problem";
  } else if (any) {
    page = "list";
  } else if (meir_ui_application_is_restoring (application)) {
    page = "restoring";
  }
  if (g_strcmp0 (gtk_stack_get_visible_child_name (window->stack), page) != 0) {
    gtk_stack_set_visible_child_name (window->stack, page);
    if (strcmp (page, "empty") == 0)
      gtk_widget_grab_focus (window->first_button);
  }
  gtk_widget_set_visible (window->verbs, any);
}

static void
on_session_changed (MeirUiWindow *window)
{
  MeirSession *session = meir_ui_application_get_session (get_app (window));

  enable (window, "paste", session != NULL);
  if (session != NULL && window->refresh == 0) {
    meir_ui_list_set_torrents (window->list, G_LIST_MODEL (session));
    g_signal_connect_object (session, "items-changed", G_CALLBACK (show_page), window, G_CONNECT_SWAPPED);
    window->refresh = g_timeout_add (REFRESH_MSEC, on_refresh, window);
  }
  show_page (window);
}

static void
on_try_again (GtkButton *button, MeirUiWindow *window)
{
  meir_ui_application_try_again (get_app (window));
}

/* Closing ends the toast, and with it what could be taken back. */
static void
on_can_undo (MeirUiUndo *undo, GParamSpec *pspec, gpointer user_data)
{
  enable (user_data, "undo", meir_ui_undo_can_undo (undo));
}

static void
meir_ui_window_dispose (GObject *object)
{
  MeirUiWindow *window = MEIR_UI_WINDOW (object);

  g_clear_handle_id (&window->refresh, g_source_remove);
  g_clear_weak_pointer (&window->answer);
  G_OBJECT_CLASS (meir_ui_window_parent_class)->dispose (object);
}

static void
meir_ui_window_class_init (MeirUiWindowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = meir_ui_window_dispose;
  g_type_ensure (MEIR_UI_TYPE_BUTTON_CONTENT);
  g_type_ensure (MEIR_UI_TYPE_LIST);
  g_type_ensure (MEIR_UI_TYPE_SPLIT);
  gtk_widget_class_set_template_from_resource (widget_class, MEIR_UI_RESOURCES "meir-ui-window.ui");
  gtk_widget_class_bind_template_child (widget_class, MeirUiWindow, toasts);
  gtk_widget_class_bind_template_child (widget_class, MeirUiWindow, title);
  gtk_widget_class_bind_template_child (widget_class, MeirUiWindow, verbs);
  gtk_widget_class_bind_template_child (widget_class, MeirUiWindow, split);
  gtk_widget_class_bind_template_child (widget_class, MeirUiWindow, stack);
  gtk_widget_class_bind_template_child (widget_class, MeirUiWindow, first_button);
  gtk_widget_class_bind_template_child (widget_class, MeirUiWindow, problem_page);
  gtk_widget_class_bind_template_child (widget_class, MeirUiWindow, list);
  gtk_widget_class_bind_template_child (widget_class, MeirUiWindow, preparing);
  gtk_widget_class_bind_template_child (widget_class, MeirUiWindow, preparing_bar);
  gtk_widget_class_bind_template_callback (widget_class, on_selected);
  gtk_widget_class_bind_template_callback (widget_class, on_pause_toggled);
  gtk_widget_class_bind_template_callback (widget_class, on_cancel_share);
  gtk_widget_class_bind_template_callback (widget_class, on_try_again);
  meir_ui_actions_bind_keys (widget_class, MEIR_UI_KEY_WINDOW);
}

static void
meir_ui_window_init (MeirUiWindow *window)
{
  g_action_map_add_action_entries (G_ACTION_MAP (window), win_actions, G_N_ELEMENTS (win_actions), window);
  gtk_widget_init_template (GTK_WIDGET (window));
  meir_ui_toast_name_buttons (window->toasts);
  meir_ui_entrance_attach (GTK_APPLICATION_WINDOW (window));
}

MeirUiWindow *
meir_ui_window_new (MeirUiApplication *application)
{
  MeirUiWindow *window = g_object_new (MEIR_UI_TYPE_WINDOW, "application", application, NULL);
  MeirUiSharer *sharer = meir_ui_application_get_sharer (application);
  MeirUiUndo *undo = meir_ui_application_get_undo (application);

  g_signal_connect_object (application, "notify::session", G_CALLBACK (on_session_changed), window,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (application, "notify::restoring", G_CALLBACK (show_page), window,
                           G_CONNECT_SWAPPED);
  meir_ui_undo_set_toasts (undo, window->toasts);
  g_signal_connect_object (undo, "notify::can-undo", G_CALLBACK (on_can_undo), window, 0);
  on_can_undo (undo, NULL, window);
  g_signal_connect_object (sharer, "notify", G_CALLBACK (on_sharer_changed), window, 0);
  on_session_changed (window);
  on_selected (window->list, NULL, window);
  return window;
}

MeirUiSplit *
meir_ui_window_get_split (MeirUiWindow *window)
{
  return window->split;
}
