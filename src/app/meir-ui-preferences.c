/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/meir-ui-preferences.h"

#include "app/compat/meir-ui-compat.h"
#include "app/meir-ui-page-window.h"
#include "app/meir-ui-portal.h"
#include "app/meir-ui-resources.h"
#include "app/meir-ui-settings.h"
#include "app/meir-ui-text.h"
#include "app/meir-ui-widget.h"

#include <glib/gi18n.h>
#include <string.h>

struct _MeirUiPreferences {
  AdwBin parent_instance;

  GtkSearchBar *search_bar;
  GtkSearchEntry *search_entry;
  GtkStack *stack;
  AdwPreferencesGroup *groups[5];
  AdwExpanderRow *network;
  GtkWidget *rows[20]; /* in the order of the table */

  MeirSession *session; /* (nullable) */
  GCancellable *cancellable;
};

G_DEFINE_FINAL_TYPE (MeirUiPreferences, meir_ui_preferences, ADW_TYPE_BIN)

static const char *const group_ids[] = { "downloads_group", "speed_group", "sharing_group", "running_group",
                                         "network_group" };

typedef enum {
  ROW_SWITCH,
  ROW_NUMBER,
  ROW_CHOICE,
  ROW_FOLDER,
} RowKind;

/* @id: of its control; that of the row has "_row" behind it
 * @group: index of the group it is in; the last one is folded
 * @only_with: (nullable): the switch without which it means nothing */
typedef struct {
  const char *id;
  const char *key;
  RowKind kind;
  guint group;
  const char *only_with;
} Row;

static const Row table[] = {
  { "download_folder", "download-folder", ROW_FOLDER, 0, NULL },
  { "unfinished_folder", "unfinished-folder", ROW_FOLDER, 0, NULL },
  { "ask_where", "ask-where", ROW_SWITCH, 0, NULL },
  { "max_downloads", "max-downloads", ROW_NUMBER, 0, NULL },
  { "limit_download", "limit-download", ROW_SWITCH, 1, NULL },
  { "download_limit", "download-limit", ROW_NUMBER, 1, "limit-download" },
  { "limit_upload", "limit-upload", ROW_SWITCH, 1, NULL },
  { "upload_limit", "upload-limit", ROW_NUMBER, 1, "limit-upload" },
  { "slow_on_metered", "slow-on-metered", ROW_SWITCH, 1, NULL },
  { "stop_at_ratio", "stop-at-ratio", ROW_SWITCH, 2, NULL },
  { "stop_ratio", "stop-ratio", ROW_NUMBER, 2, "stop-at-ratio" },
  { "stop_after", "stop-after", ROW_SWITCH, 2, NULL },
  { "stop_after_minutes", "stop-after-minutes", ROW_NUMBER, 2, "stop-after" },
  { "keep_running", "keep-running", ROW_SWITCH, 3, NULL },
  { "keep_awake", "keep-awake", ROW_SWITCH, 3, NULL },
  { "notify", "notify", ROW_SWITCH, 3, NULL },
  { "start_at_login", "start-at-login", ROW_SWITCH, 3, NULL },
  { "listen_port", "listen-port", ROW_NUMBER, 4, NULL },
  { "encryption", "encryption", ROW_CHOICE, 4, NULL },
  { "max_peers", "max-peers", ROW_NUMBER, 4, NULL },
};

G_STATIC_ASSERT (G_N_ELEMENTS (table) == G_N_ELEMENTS (((MeirUiPreferences *) 0)->rows));
G_STATIC_ASSERT (G_N_ELEMENTS (group_ids) == G_N_ELEMENTS (((MeirUiPreferences *) 0)->groups));

static gpointer
get_child (MeirUiPreferences *self, const char *id)
{
  return gtk_widget_get_template_child (GTK_WIDGET (self), MEIR_UI_TYPE_PREFERENCES, id);
}

/* Searching, and rows that mean something only while a switch is on. */

static gboolean
contains (const char *text, const char *folded_words)
{
  g_autofree char *folded = text != NULL ? g_utf8_casefold (text, -1) : NULL;

  return folded != NULL && strstr (folded, folded_words) != NULL;
}

static gboolean
matches (AdwPreferencesGroup *group, GtkWidget *row, const char *folded_words)
{
  return contains (adw_preferences_row_get_title (ADW_PREFERENCES_ROW (row)), folded_words) ||
         contains (adw_action_row_get_subtitle (ADW_ACTION_ROW (row)), folded_words) ||
         contains (adw_preferences_group_get_title (group), folded_words);
}

static void
filter (MeirUiPreferences *self)
{
  GSettings *settings = meir_ui_settings_get ();
  g_autofree char *words = g_strstrip (g_strdup (gtk_editable_get_text (GTK_EDITABLE (self->search_entry))));
  g_autofree char *folded = g_utf8_casefold (words, -1);
  guint shown[G_N_ELEMENTS (group_ids)] = { 0 }, n_shown = 0;

  for (guint i = 0; i < G_N_ELEMENTS (table); i++) {
    const Row *row = &table[i];
    gboolean visible = (row->only_with == NULL || g_settings_get_boolean (settings, row->only_with)) &&
                       matches (self->groups[row->group], self->rows[i], folded);

    gtk_widget_set_visible (self->rows[i], visible);
    shown[row->group] += visible;
    n_shown += visible;
  }
  for (guint i = 0; i < G_N_ELEMENTS (shown); i++)
    gtk_widget_set_visible (GTK_WIDGET (self->groups[i]), shown[i] > 0);
  /* What was found is not left folded away. */
  if (folded[0] != '\0' && shown[G_N_ELEMENTS (shown) - 1] > 0)
    adw_expander_row_set_expanded (self->network, TRUE);
  gtk_stack_set_visible_child_name (self->stack, n_shown > 0 ? "rows" : "nothing");
}

static void
on_search_changed (GtkSearchEntry *entry, MeirUiPreferences *self)
{
  filter (self);
}

static void
on_search_stopped (GtkSearchEntry *entry, MeirUiPreferences *self)
{
  gtk_search_bar_set_search_mode (self->search_bar, FALSE);
}

/* The folder. */

static void
show_folder (MeirUiPreferences *self)
{
  g_autofree char *path = meir_ui_settings_dup_download_folder ();

  meir_ui_widget_set_path (get_child (self, "download_folder_row"), path);
}

static void
show_unfinished (MeirUiPreferences *self)
{
  g_autofree char *uri = g_settings_get_string (meir_ui_settings_get (), "unfinished-folder");
  g_autofree char *path = uri[0] != '\0' ? g_filename_from_uri (uri, NULL, NULL) : NULL;

  meir_ui_widget_set_path (get_child (self, "unfinished_folder_row"), path);
  if (path == NULL)
    adw_action_row_set_subtitle (get_child (self, "unfinished_folder_row"), _ ("The same folder"));
  gtk_widget_set_visible (get_child (self, "reset_unfinished"), path != NULL);
}

typedef struct {
  MeirUiPreferences *preferences;
  const char *key; /* a literal */
} MeirUiFolderChoice;

static void
on_folder_chosen (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autofree MeirUiFolderChoice *choice = user_data;
  g_autoptr (GtkWidget) page = GTK_WIDGET (choice->preferences);
  g_autoptr (GError) error = NULL;
  g_autoptr (GListModel) files = meir_ui_choose_finish (result, &error);
  g_autoptr (GFile) folder = files != NULL ? g_list_model_get_item (files, 0) : NULL;
  g_autofree char *reason = error != NULL ? meir_ui_text_dup_error (error) : NULL;
  g_autofree char *uri = folder != NULL ? g_file_get_uri (folder) : NULL;

  if (reason != NULL)
    meir_ui_page_window_tell (page, reason);
  else if (folder == NULL)
    return;
  /* What is not on this computer cannot be written to piece by piece. */
  else if (g_file_peek_path (folder) == NULL)
    meir_ui_page_window_tell (page, _ ("This folder is not on this computer. Choose another one."));
  else
    g_settings_set_string (meir_ui_settings_get (), choice->key, uri);
}

static void
choose_folder (MeirUiPreferences *self, const char *title, const char *key)
{
  MeirUiFolderChoice *choice = g_new0 (MeirUiFolderChoice, 1);

  choice->preferences = g_object_ref (self);
  choice->key = key;
  meir_ui_choose_async (GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (self))), MEIR_UI_CHOOSE_FOLDER, title,
                        _ ("_Select"), on_folder_chosen, choice);
}

static void
on_change_folder (GtkButton *button, MeirUiPreferences *self)
{
  choose_folder (self, _ ("Save Downloads In"), "download-folder");
}

static void
on_change_unfinished (GtkButton *button, MeirUiPreferences *self)
{
  choose_folder (self, _ ("Keep Unfinished Downloads In"), "unfinished-folder");
}

static void
on_reset_unfinished (GtkButton *button, MeirUiPreferences *self)
{
  g_settings_reset (meir_ui_settings_get (), "unfinished-folder");
}

/* The port, and whether it is open: what is not known is not said. */

static gboolean
was_reached (MeirSession *session)
{
  gboolean reached = FALSE;

  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (session)) && !reached; i++) {
    g_autoptr (MeirTorrent) torrent = g_list_model_get_item (G_LIST_MODEL (session), i);
    g_autoptr (MeirTorrentSnapshot) snapshot = meir_torrent_peek_snapshot (torrent);

    reached = snapshot->reached;
  }
  return reached;
}

static void
show_port (MeirUiPreferences *self)
{
  guint port = self->session != NULL ? meir_session_get_port (self->session) : 0;
  const GError *error = self->session != NULL ? meir_session_get_port_error (self->session) : NULL;
  g_autofree char *text = NULL;
  guint16 wanted;

  g_settings_get (meir_ui_settings_get (), "listen-port", "q", &wanted);
  if (port == 0)
    text = g_strdup (_ ("Not in use at the moment"));
  else if (port != wanted && g_error_matches (error, MEIR_ERROR, MEIR_ERROR_BUSY))
    text = g_strdup_printf (_ ("%u is taken by another program; it stays %u"), wanted, port);
  else if (port != wanted && error != NULL)
    text = g_strdup_printf (_ ("%s; it stays %u"), error->message, port);
  else if (port != wanted)
    return; /* about to change */
  else if (was_reached (self->session))
    text = g_strdup (_ ("Open: somebody outside your network has connected"));
  else
    text = g_strdup (_ ("Nobody outside your network has connected yet"));
  adw_action_row_set_subtitle (get_child (self, "listen_port_row"), text);
}

static void
on_setting_changed (MeirUiPreferences *self)
{
  show_folder (self);
  show_unfinished (self);
  show_port (self);
  filter (self);
}

/* Only a portal may start programs at login for those who live in a sandbox, and we do not go behind its
 * back. */
static void
on_portal_version (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  guint version = meir_ui_portal_query_version_finish (result, &error);
  MeirUiPreferences *self = user_data;
  AdwActionRow *row;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  row = get_child (self, "start_at_login_row");
  gtk_widget_set_sensitive (GTK_WIDGET (row), version > 0);
  if (version == 0)
    adw_action_row_set_subtitle (row, _ ("This desktop does not offer it"));
}

static void
set_range (GtkSpinButton *spin, const char *key)
{
  g_autoptr (GSettingsSchema) schema = NULL;
  g_autoptr (GSettingsSchemaKey) schema_key = NULL;
  g_autoptr (GVariant) range = NULL;
  g_autoptr (GVariant) limits = NULL;
  const char *kind;
  GValue bounds[2] = { G_VALUE_INIT, G_VALUE_INIT };

  g_object_get (meir_ui_settings_get (), "settings-schema", &schema, NULL);
  schema_key = g_settings_schema_get_key (schema, key);
  range = g_settings_schema_key_get_range (schema_key);
  g_variant_get (range, "(&sv)", &kind, &limits);
  for (guint i = 0; i < 2; i++) {
    g_autoptr (GVariant) limit = g_variant_get_child_value (limits, i);
    GValue value = G_VALUE_INIT;

    g_dbus_gvariant_to_gvalue (limit, &value);
    g_value_init (&bounds[i], G_TYPE_DOUBLE);
    g_value_transform (&value, &bounds[i]);
  }
  gtk_spin_button_set_range (spin, g_value_get_double (&bounds[0]), g_value_get_double (&bounds[1]));
  gtk_editable_set_width_chars (GTK_EDITABLE (spin), g_value_get_double (&bounds[1]) > 999 ? 5 : 3);
  gtk_spin_button_set_increments (spin, gtk_spin_button_get_digits (spin) > 0 ? 0.1 : 1,
                                  gtk_spin_button_get_digits (spin) > 0 ? 1 : 100);
}

static void
bind_row (MeirUiPreferences *self, const Row *row)
{
  GSettings *settings = meir_ui_settings_get ();

  switch (row->kind) {
  case ROW_SWITCH:
    g_settings_bind (settings, row->key, get_child (self, row->id), "active",
                     G_SETTINGS_BIND_DEFAULT | G_SETTINGS_BIND_NO_SENSITIVITY);
    break;
  case ROW_NUMBER:
    set_range (get_child (self, row->id), row->key);
    g_settings_bind (settings, row->key, get_child (self, row->id), "value",
                     G_SETTINGS_BIND_DEFAULT | G_SETTINGS_BIND_NO_SENSITIVITY);
    break;
  case ROW_CHOICE:
    meir_ui_settings_bind_choice (row->key, get_child (self, "encryption_row"));
    break;
  case ROW_FOLDER:
    break;
  }
}

static void
meir_ui_preferences_map (GtkWidget *widget)
{
  show_port (MEIR_UI_PREFERENCES (widget));
  GTK_WIDGET_CLASS (meir_ui_preferences_parent_class)->map (widget);
}

/* Typing anywhere in the window searches. */
static void
meir_ui_preferences_root (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (meir_ui_preferences_parent_class)->root (widget);
  gtk_search_bar_set_key_capture_widget (MEIR_UI_PREFERENCES (widget)->search_bar,
                                         GTK_WIDGET (gtk_widget_get_root (widget)));
}

static void
meir_ui_preferences_unroot (GtkWidget *widget)
{
  gtk_search_bar_set_key_capture_widget (MEIR_UI_PREFERENCES (widget)->search_bar, NULL);
  GTK_WIDGET_CLASS (meir_ui_preferences_parent_class)->unroot (widget);
}

static void
meir_ui_preferences_dispose (GObject *object)
{
  MeirUiPreferences *self = MEIR_UI_PREFERENCES (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->session);
  G_OBJECT_CLASS (meir_ui_preferences_parent_class)->dispose (object);
}

static void
meir_ui_preferences_class_init (MeirUiPreferencesClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = meir_ui_preferences_dispose;
  widget_class->map = meir_ui_preferences_map;
  widget_class->root = meir_ui_preferences_root;
  widget_class->unroot = meir_ui_preferences_unroot;
  gtk_widget_class_set_template_from_resource (widget_class, MEIR_UI_RESOURCES "meir-ui-preferences.ui");
  gtk_widget_class_bind_template_child (widget_class, MeirUiPreferences, search_bar);
  gtk_widget_class_bind_template_child (widget_class, MeirUiPreferences, search_entry);
  gtk_widget_class_bind_template_child (widget_class, MeirUiPreferences, stack);
  gtk_widget_class_bind_template_child (widget_class, MeirUiPreferences, network);
  gtk_widget_class_bind_template_child_full (widget_class, "reset_unfinished", FALSE, 0);
  for (guint i = 0; i < G_N_ELEMENTS (group_ids); i++)
    gtk_widget_class_bind_template_child_full (widget_class, group_ids[i], FALSE, 0);
  for (guint i = 0; i < G_N_ELEMENTS (table); i++) {
    g_autofree char *row_id = g_strconcat (table[i].id, "_row", NULL);

    gtk_widget_class_bind_template_child_full (widget_class, row_id, FALSE, 0);
    if (table[i].kind != ROW_CHOICE)
      gtk_widget_class_bind_template_child_full (widget_class, table[i].id, FALSE, 0);
  }
  gtk_widget_class_bind_template_callback (widget_class, on_search_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_search_stopped);
  gtk_widget_class_bind_template_callback (widget_class, on_change_folder);
  gtk_widget_class_bind_template_callback (widget_class, on_change_unfinished);
  gtk_widget_class_bind_template_callback (widget_class, on_reset_unfinished);
}

static void
meir_ui_preferences_init (MeirUiPreferences *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  self->cancellable = g_cancellable_new ();
  for (guint i = 0; i < G_N_ELEMENTS (group_ids); i++)
    self->groups[i] = get_child (self, group_ids[i]);
  for (guint i = 0; i < G_N_ELEMENTS (table); i++) {
    g_autofree char *row_id = g_strconcat (table[i].id, "_row", NULL);

    self->rows[i] = get_child (self, row_id);
    bind_row (self, &table[i]);
  }
  gtk_search_bar_connect_entry (self->search_bar, GTK_EDITABLE (self->search_entry));
  g_signal_connect_object (meir_ui_settings_get (), "changed", G_CALLBACK (on_setting_changed), self,
                           G_CONNECT_SWAPPED);
}

GtkWidget *
meir_ui_preferences_new (MeirSession *session)
{
  MeirUiPreferences *self = g_object_new (MEIR_UI_TYPE_PREFERENCES, NULL);

  if (g_set_object (&self->session, session))
    g_signal_connect_object (session, "notify::port", G_CALLBACK (show_port), self, G_CONNECT_SWAPPED);
  on_setting_changed (self);
  gtk_widget_set_sensitive (get_child (self, "start_at_login_row"), FALSE);
  meir_ui_portal_query_version_async (MEIR_UI_PORTAL_BACKGROUND, self->cancellable, on_portal_version, self);
  return GTK_WIDGET (self);
}

void
meir_ui_preferences_present (GtkWindow *parent, MeirSession *session)
{
  static GtkWindow *window;

  if (window == NULL) {
    GtkWidget *page = meir_ui_preferences_new (session);

    g_set_weak_pointer (&window, meir_ui_page_window_new (parent, _ ("Preferences"), NULL, page));
    gtk_window_set_modal (window, TRUE);
    meir_ui_page_window_add_search (window, MEIR_UI_PREFERENCES (page)->search_bar);
  }
  gtk_window_present (window);
}
