/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/meir-ui-entrance.h"

#include "app/compat/meir-ui-compat.h"
#include "app/meir-ui-drop-view.h"
#include "app/meir-ui-intake.h"
#include "app/meir-ui-window.h"

#include <glib/gi18n.h>

static MeirUiApplication *
get_app (GtkWindow *window)
{
  return MEIR_UI_APPLICATION (gtk_window_get_application (window));
}

/* Choosing. */

typedef struct {
  GtkWindow *window;
  void (*take) (MeirUiIntake *intake, GFile *file);
  AdwToast *reason; /* (nullable): why one is asked to choose */
} MeirUiChosen;

static void
on_chosen (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autofree MeirUiChosen *chosen = user_data;
  g_autoptr (GtkWindow) window = chosen->window;
  g_autoptr (AdwToast) reason = chosen->reason;
  g_autoptr (GError) error = NULL;
  g_autoptr (GListModel) files = meir_ui_choose_finish (result, &error);
  g_autoptr (MeirUiIntake) intake = NULL;

  /* The window may have been closed meanwhile. */
  if (get_app (window) == NULL)
    return;
  if (reason != NULL)
    meir_ui_window_end_message (MEIR_UI_WINDOW (window), reason);
  if (error != NULL)
    meir_ui_application_tell (get_app (window), error->message);
  if (files == NULL)
    return;
  intake = meir_ui_intake_new (get_app (window));
  for (guint i = 0; i < g_list_model_get_n_items (files); i++) {
    g_autoptr (GFile) file = g_list_model_get_item (files, i);

    chosen->take (intake, file);
  }
}

/* @reason: (nullable): is said as long as it is being chosen */
static void
choose (MeirUiApplication *application, MeirUiChoice choice, const char *title, const char *accept,
        void (*take) (MeirUiIntake *intake, GFile *file), const char *reason)
{
  GtkWindow *window = meir_ui_application_present (application);
  MeirUiChosen *chosen = g_new (MeirUiChosen, 1);

  chosen->window = g_object_ref (window);
  chosen->take = take;
  chosen->reason = reason != NULL ? meir_ui_window_hold_message (MEIR_UI_WINDOW (window), reason) : NULL;
  meir_ui_choose_async (window, choice, title, accept, on_chosen, chosen);
}

static void
on_add (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  choose (user_data, MEIR_UI_CHOOSE_TORRENTS, _ ("Add Torrents"), _ ("_Add"), meir_ui_intake_add, NULL);
}

static void
choose_to_share (MeirUiApplication *application, const char *reason)
{
  choose (application, MEIR_UI_CHOOSE_FILES, _ ("Share Files"), _ ("_Share"), meir_ui_intake_share, reason);
}

static void
on_share_files (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  choose_to_share (user_data, NULL);
}

static void
on_share_folder (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  choose (user_data, MEIR_UI_CHOOSE_FOLDER, _ ("Share a Folder"), _ ("_Share"), meir_ui_intake_share, NULL);
}

static const GActionEntry verbs[] = {
  { .name = "add", .activate = on_add },
  { .name = "share-files", .activate = on_share_files },
  { .name = "share-folder", .activate = on_share_folder },
};

static void
on_session_changed (MeirUiApplication *application)
{
  gboolean enabled = meir_ui_application_get_session (application) != NULL;

  for (guint i = 0; i < G_N_ELEMENTS (verbs); i++) {
    GAction *action = g_action_map_lookup_action (G_ACTION_MAP (application), verbs[i].name);

    g_simple_action_set_enabled (G_SIMPLE_ACTION (action), enabled);
  }
}

void
meir_ui_entrance_add_actions (MeirUiApplication *application)
{
  g_action_map_add_action_entries (G_ACTION_MAP (application), verbs, G_N_ELEMENTS (verbs), application);
  g_signal_connect (application, "notify::session", G_CALLBACK (on_session_changed), NULL);
  on_session_changed (application);
}

/* Dropping and pasting. */

static void
take_files (GtkWindow *window, GSList *files)
{
  g_autoptr (MeirUiIntake) intake = meir_ui_intake_new (get_app (window));

  for (GSList *l = files; l != NULL; l = l->next)
    meir_ui_intake_take (intake, l->data);
  /* A portal that refuses what was dropped leaves nothing of it: the chooser goes another way. */
  if (files == NULL)
    choose_to_share (get_app (window), _ ("What was dropped cannot be reached from here: choose it instead"));
}

static gboolean
take_value (GtkWindow *window, const GValue *value)
{
  g_autoptr (MeirUiIntake) intake = NULL;

  if (G_VALUE_HOLDS (value, GDK_TYPE_FILE_LIST)) {
    take_files (window, g_value_get_boxed (value));
    return TRUE;
  }
  if (!G_VALUE_HOLDS_STRING (value))
    return FALSE;
  intake = meir_ui_intake_new (get_app (window));
  meir_ui_intake_take_text (intake, g_value_get_string (value));
  return TRUE;
}

static gboolean
on_drop (GtkDropTarget *target, const GValue *value, double x, double y, GtkWidget *view)
{
  /* What is dropped does not leave. */
  gtk_widget_set_visible (view, FALSE);
  return take_value (GTK_WINDOW (gtk_widget_get_root (view)), value);
}

/* What will happen is said while something is dragged over the window. */

static GdkDragAction
on_drag_enter (GtkDropTarget *target, double x, double y, MeirUiDropView *view)
{
  meir_ui_drop_view_set_value (view, gtk_drop_target_get_value (target));
  gtk_widget_set_visible (GTK_WIDGET (view), TRUE);
  return GDK_ACTION_COPY;
}

/* Beneath it may be a place of its own for what is dragged: an entry, or the page of trackers. */
static gboolean
is_taken_below (GtkWidget *window, double x, double y)
{
  GtkWidget *widget = gtk_widget_pick (window, x, y, GTK_PICK_DEFAULT);

  for (; widget != NULL && widget != window; widget = gtk_widget_get_parent (widget))
    if (gtk_widget_get_state_flags (widget) & GTK_STATE_FLAG_DROP_ACTIVE)
      return TRUE;
  return FALSE;
}

static GdkDragAction
on_drag_motion (GtkDropTarget *target, double x, double y, MeirUiDropView *view)
{
  GtkWidget *window = gtk_event_controller_get_widget (GTK_EVENT_CONTROLLER (target));

  gtk_widget_set_visible (GTK_WIDGET (view), !is_taken_below (window, x, y));
  return GDK_ACTION_COPY;
}

/* What begins in a window of ours is here already. */
static gboolean
on_drag_accept (GtkDropTarget *target, GdkDrop *drop, gpointer user_data)
{
  return gdk_drop_get_drag (drop) == NULL && (gdk_drop_get_actions (drop) & GDK_ACTION_COPY) != 0 &&
         gdk_content_formats_match (gtk_drop_target_get_formats (target), gdk_drop_get_formats (drop));
}

static void
on_drag_leave (GtkDropTarget *target, MeirUiDropView *view)
{
  gtk_widget_set_visible (GTK_WIDGET (view), FALSE);
}

static void
on_drag_value (GtkDropTarget *target, GParamSpec *pspec, MeirUiDropView *view)
{
  meir_ui_drop_view_set_value (view, gtk_drop_target_get_value (target));
}

/* Puts all that the window shows below a view that is not there yet. (transfer none) */
static GtkWidget *
lay_over (AdwApplicationWindow *window)
{
  g_autoptr (GtkWidget) content = g_object_ref (adw_application_window_get_content (window));
  GtkWidget *overlay = gtk_overlay_new ();
  GtkWidget *view = meir_ui_drop_view_new ();

  adw_application_window_set_content (window, NULL);
  gtk_overlay_set_child (GTK_OVERLAY (overlay), content);
  gtk_widget_set_visible (view, FALSE);
  gtk_overlay_add_overlay (GTK_OVERLAY (overlay), view);
  adw_application_window_set_content (window, overlay);
  return view;
}

static void
on_pasted (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GtkWindow) window = user_data;
  const GValue *value = gdk_clipboard_read_value_finish (GDK_CLIPBOARD (source), result, NULL);

  /* The window may have been closed meanwhile. */
  if (value != NULL && get_app (window) != NULL)
    take_value (window, value);
}

static void
on_paste (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  GdkClipboard *clipboard = gtk_widget_get_clipboard (user_data);
  GdkContentFormats *formats = gdk_clipboard_get_formats (clipboard);
  GType type =
      gdk_content_formats_contain_gtype (formats, GDK_TYPE_FILE_LIST) ? GDK_TYPE_FILE_LIST : G_TYPE_STRING;

  gdk_clipboard_read_value_async (clipboard, type, G_PRIORITY_DEFAULT, NULL, on_pasted,
                                  g_object_ref (user_data));
}

static const GActionEntry window_actions[] = {
  { .name = "paste", .activate = on_paste },
};

void
meir_ui_entrance_attach (GtkApplicationWindow *window)
{
  GType types[] = { GDK_TYPE_FILE_LIST, G_TYPE_STRING };
  GtkDropTarget *target = gtk_drop_target_new (G_TYPE_INVALID, GDK_ACTION_COPY);
  GtkWidget *view = lay_over (ADW_APPLICATION_WINDOW (window));

  gtk_drop_target_set_gtypes (target, types, G_N_ELEMENTS (types));
  /* What it is has to be known before it is let go. */
  gtk_drop_target_set_preload (target, TRUE);
  g_signal_connect (target, "drop", G_CALLBACK (on_drop), view);
  g_signal_connect (target, "accept", G_CALLBACK (on_drag_accept), NULL);
  g_signal_connect (target, "motion", G_CALLBACK (on_drag_motion), view);
  g_signal_connect (target, "enter", G_CALLBACK (on_drag_enter), view);
  g_signal_connect (target, "leave", G_CALLBACK (on_drag_leave), view);
  g_signal_connect (target, "notify::value", G_CALLBACK (on_drag_value), view);
  gtk_widget_add_controller (GTK_WIDGET (window), GTK_EVENT_CONTROLLER (target));
  g_action_map_add_action_entries (G_ACTION_MAP (window), window_actions, G_N_ELEMENTS (window_actions),
                                   window);
}
