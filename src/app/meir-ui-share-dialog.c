/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/meir-ui-share-dialog.h"

#include "app/compat/meir-ui-compat.h"
#include "app/meir-ui-button-content.h"
#include "app/meir-ui-names.h"
#include "app/meir-ui-piece-sizes.h"
#include "app/meir-ui-resources.h"
#include "app/meir-ui-settings.h"
#include "app/meir-ui-tally.h"
#include "app/meir-ui-together.h"
#include "app/meir-ui-widget.h"
#include "app/meir-ui-wrap-layout.h"

#include <glib/gi18n.h>
#include <string.h>

#define NAME_CHARS_MAX 120

/* One file or folder: one torrent. */
typedef struct {
  char *path;
  char *name; /* safe to show */
  AdwActionRow *row;
  GtkWidget *change, *remove; /* of the only one; of one of several */
  GCancellable *cancellable;
  MeirUiTally tally;
  gboolean counted;
} MeirUiShared;

struct _MeirUiShareDialog {
  AdwWindow parent_instance;

  GtkWidget *share;
  GtkLabel *problem;
  AdwPreferencesGroup *what_group;
  MeirUiTogether *together;
  AdwActionRow *tracker_row;
  GtkSwitch *tracker_switch;
  AdwExpanderRow *trackers_row;
  GtkTextView *trackers;
  GtkLabel *trackers_text;
  AdwActionRow *private_row;
  GtkSwitch *private_switch;
  AdwComboRow *piece_row;
  AdwActionRow *hidden_row;
  GtkSwitch *hidden_switch;
  GtkEditable *excludes;
  GtkEditable *comment;
  GtkEditable *source;
  GtkWidget *web_seeds;
  AdwActionRow *save_row;
  GtkWidget *note;

  MeirUiApplication *application;
  GPtrArray *shared;        /* MeirUiShared */
  char *save_folder;        /* (nullable) */
  guint64 piece_bytes;      /* the size that the piece sizes were made for */
  gboolean tracker_started; /* by this dialog: who cancels wants it off again */
};

G_DEFINE_FINAL_TYPE (MeirUiShareDialog, meir_ui_share_dialog, ADW_TYPE_WINDOW)

static void update (MeirUiShareDialog *self);
static void on_change (MeirUiShareDialog *self);

static void
shared_free (gpointer data)
{
  MeirUiShared *shared = data;

  g_cancellable_cancel (shared->cancellable);
  g_object_unref (shared->cancellable);
  g_free (shared->path);
  g_free (shared->name);
  g_free (shared);
}

static void
show_problem (MeirUiShareDialog *self, const char *text)
{
  gtk_label_set_text (self->problem, text != NULL ? text : "");
  gtk_widget_set_visible (GTK_WIDGET (self->problem), text != NULL);
}

/* What was typed. */

static char *
dup_trackers (MeirUiShareDialog *self)
{
  GtkTextBuffer *buffer = gtk_text_view_get_buffer (self->trackers);
  GtkTextIter start, end;

  gtk_text_buffer_get_bounds (buffer, &start, &end);
  return gtk_text_buffer_get_text (buffer, &start, &end, FALSE);
}

/* Each word of @text goes to @add; FALSE with the error of the first that is refused. */
static gboolean
add_words (MeirCreateOptions *options, const char *text,
           gboolean (*add) (MeirCreateOptions *options, const char *url, GError **error), GError **error)
{
  g_auto (GStrv) words = g_strsplit_set (text, " \t\r\n", -1);

  for (guint i = 0; words[i] != NULL; i++) {
    if (*words[i] != '\0' && !add (options, words[i], error))
      return FALSE;
  }
  return TRUE;
}

static gboolean
add_trackers (MeirUiShareDialog *self, MeirCreateOptions *options, GError **error)
{
  const char *own = meir_ui_tracker_get_address (meir_ui_application_get_tracker (self->application));
  g_autofree char *text = dup_trackers (self);

  if (own != NULL && !meir_create_options_add_tier (options, own, error))
    return FALSE;
  return add_words (options, text, meir_create_options_add_tier, error);
}

static gboolean
add_web_seeds (MeirUiShareDialog *self, MeirCreateOptions *options, GError **error)
{
  return add_words (options, gtk_editable_get_text (GTK_EDITABLE (self->web_seeds)),
                    meir_create_options_add_web_seed, error);
}

static gboolean
is_together (MeirUiShareDialog *self)
{
  return meir_ui_together_get_folder (self->together) != NULL;
}

/* What is shown. */

static guint64
get_bytes (MeirUiShareDialog *self, const MeirUiShared *shared)
{
  gboolean hidden = gtk_switch_get_active (self->hidden_switch);

  return shared->tally.bytes + (hidden ? shared->tally.hidden_bytes : 0);
}

/* The sizes, and the number of pieces that each would make of the only one, or the largest. */
static void
show_piece_sizes (MeirUiShareDialog *self)
{
  g_autoptr (GtkStringList) sizes = NULL;
  guint chosen = adw_combo_row_get_selected (self->piece_row);
  guint64 bytes = 0;

  for (guint i = 0; i < self->shared->len; i++) {
    guint64 own = get_bytes (self, g_ptr_array_index (self->shared, i));

    bytes = is_together (self) ? bytes + own : MAX (bytes, own);
  }
  if (bytes == self->piece_bytes && chosen != GTK_INVALID_LIST_POSITION)
    return;
  self->piece_bytes = bytes;
  sizes = meir_ui_piece_sizes_new (bytes);
  adw_combo_row_set_model (self->piece_row, G_LIST_MODEL (sizes));
  adw_combo_row_set_selected (self->piece_row, chosen != GTK_INVALID_LIST_POSITION ? chosen : 0);
}

static void
show_together (MeirUiShareDialog *self)
{
  g_autoptr (GPtrArray) paths = g_ptr_array_new ();

  for (guint i = 0; i < self->shared->len; i++)
    g_ptr_array_add (paths, ((MeirUiShared *) g_ptr_array_index (self->shared, i))->path);
  g_ptr_array_add (paths, NULL);
  meir_ui_together_set_paths (self->together, (const char *const *) paths->pdata);
}

/* FALSE when nothing of it is there any more. */
static gboolean
show_shared (MeirUiShareDialog *self)
{
  gboolean any = FALSE, only = self->shared->len == 1;
  guint n_hidden = 0;
  g_autofree char *hidden = NULL;

  for (guint i = 0; i < self->shared->len; i++) {
    const MeirUiShared *shared = g_ptr_array_index (self->shared, i);
    g_autofree char *text =
        shared->counted ? meir_ui_tally_dup_text (&shared->tally, gtk_switch_get_active (self->hidden_switch))
                        : g_strdup (_ ("Counting…"));

    adw_action_row_set_subtitle (shared->row, text);
    any = any || !shared->counted || shared->tally.is_there;
    meir_ui_widget_set_class (shared->row, "error", shared->counted && !shared->tally.is_there);
    gtk_widget_set_visible (shared->change, only);
    gtk_widget_set_visible (shared->remove, !only);
    n_hidden += shared->tally.n_hidden;
  }
  show_together (self);
  hidden = g_strdup_printf (ngettext ("%u file", "%u files", n_hidden), n_hidden);
  adw_action_row_set_subtitle (self->hidden_row, hidden);
  gtk_widget_set_visible (GTK_WIDGET (self->hidden_row), n_hidden > 0);
  show_piece_sizes (self);
  return any;
}

/* FALSE when what was typed is no address. */
static gboolean
show_trackers (MeirUiShareDialog *self, gboolean *any)
{
  g_autoptr (MeirCreateOptions) options = meir_create_options_new ("/");
  g_autoptr (GError) error = NULL;
  g_autofree char *count = NULL;
  g_autofree char *typed = dup_trackers (self);
  gboolean good = add_words (options, typed, meir_create_options_add_tier, &error);

  *any = options->tiers->len > 0 || gtk_switch_get_active (self->tracker_switch);
  count = g_strdup_printf (ngettext ("%u tracker", "%u trackers", options->tiers->len), options->tiers->len);
  gtk_label_set_text (self->trackers_text, good ? _ ("One address a line") : error->message);
  meir_ui_widget_set_class (self->trackers_text, "error", !good);
  meir_ui_widget_set_class (self->trackers_text, "dim-label", good);
  adw_expander_row_set_subtitle (self->trackers_row, options->tiers->len > 0 ? count : _ ("Optional"));
  return good;
}

static gboolean
show_web_seeds (MeirUiShareDialog *self)
{
  g_autoptr (MeirCreateOptions) options = meir_create_options_new ("/");
  g_autoptr (GError) error = NULL;
  gboolean good = add_web_seeds (self, options, &error);

  meir_ui_widget_set_class (self->web_seeds, "error", !good);
  gtk_widget_set_tooltip_text (self->web_seeds, good ? NULL : error->message);
  return good;
}

static void
update (MeirUiShareDialog *self)
{
  gboolean any_tracker;
  gboolean good = show_trackers (self, &any_tracker);
  gboolean lonely = gtk_switch_get_active (self->private_switch) && !any_tracker;

  good = show_web_seeds (self) && good;
  good = show_shared (self) && good;
  good = meir_ui_together_is_good (self->together) && good;
  adw_action_row_set_subtitle (
      self->private_row,
      lonely ? _ ("A private torrent needs a tracker: run one on this computer, or name another")
             : _ ("Only the trackers tell people of each other"));
  meir_ui_widget_set_class (self->private_row, "error", lonely);
  gtk_widget_set_sensitive (self->share, good && !lonely);
}

/* The tracker of our own. */

static void
on_tracker_switched (GtkSwitch *tracker_switch, GParamSpec *pspec, MeirUiShareDialog *self)
{
  MeirUiTracker *tracker = meir_ui_application_get_tracker (self->application);
  gboolean wanted = gtk_switch_get_active (tracker_switch);
  g_autofree char *problem = NULL;
  g_autofree char *warning = NULL;
  const char *text = _ ("For a home or office network without internet");

  if (wanted != meir_ui_tracker_get_active (tracker)) {
    g_object_set (tracker, "active", wanted, NULL);
    self->tracker_started = wanted;
  }
  g_object_get (tracker, "problem", &problem, NULL);
  if (wanted && problem != NULL) {
    text = problem;
    self->tracker_started = FALSE;
    gtk_switch_set_active (tracker_switch, FALSE);
  } else if (wanted && (warning = meir_ui_tracker_dup_warning (tracker)) != NULL) {
    text = warning;
  }
  meir_ui_widget_set_class (self->tracker_row, "error", problem != NULL);
  adw_action_row_set_subtitle (self->tracker_row, text);
  update (self);
}

/* What is shared. */

static void
on_counted (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (MeirUiShareDialog) self = user_data;
  MeirUiTally tally;

  if (!meir_ui_tally_finish (result, &tally, NULL) || self->application == NULL)
    return;
  for (guint i = 0; i < self->shared->len; i++) {
    MeirUiShared *shared = g_ptr_array_index (self->shared, i);

    if (g_task_get_cancellable (G_TASK (result)) == shared->cancellable) {
      shared->tally = tally;
      shared->counted = TRUE;
      gtk_image_set_from_icon_name (g_object_get_data (G_OBJECT (shared->row), "icon"),
                                    meir_ui_content_get_icon (tally.content));
    }
  }
  update (self);
}

static void
remove_shared (MeirUiShareDialog *self, guint index)
{
  MeirUiShared *shared = g_ptr_array_index (self->shared, index);

  adw_preferences_group_remove (self->what_group, GTK_WIDGET (shared->row));
  g_ptr_array_remove_index (self->shared, index);
}

static void
on_remove (GtkButton *button, MeirUiShareDialog *self)
{
  for (guint i = 0; i < self->shared->len; i++) {
    const MeirUiShared *shared = g_ptr_array_index (self->shared, i);

    if (shared->remove == GTK_WIDGET (button)) {
      remove_shared (self, i);
      break;
    }
  }
  update (self);
}

static void
add_row (MeirUiShareDialog *self, MeirUiShared *shared)
{
  g_autofree char *label = g_strdup_printf (_ ("Leave Out %s"), shared->name);
  GtkWidget *icon = gtk_image_new_from_icon_name ("meir-file-symbolic");

  shared->row = ADW_ACTION_ROW (adw_action_row_new ());
  gtk_image_set_pixel_size (GTK_IMAGE (icon), 32);
  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (shared->row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (shared->row), shared->name);
  adw_action_row_set_title_lines (shared->row, 3);
  adw_action_row_add_prefix (shared->row, icon);
  g_object_set_data (G_OBJECT (shared->row), "icon", icon);
  shared->remove = gtk_button_new_from_icon_name ("meir-stop-symbolic");
  gtk_widget_set_valign (shared->remove, GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (shared->remove, "flat");
  gtk_widget_set_tooltip_text (shared->remove, _ ("Leave Out"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (shared->remove), GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
  g_signal_connect (shared->remove, "clicked", G_CALLBACK (on_remove), self);
  adw_action_row_add_suffix (shared->row, shared->remove);
  shared->change = gtk_button_new_with_mnemonic (_ ("C_hange…"));
  gtk_widget_set_valign (shared->change, GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (shared->change, "flat");
  g_signal_connect_swapped (shared->change, "clicked", G_CALLBACK (on_change), self);
  adw_action_row_add_suffix (shared->row, shared->change);
  meir_ui_wrap_layout_use (GTK_WIDGET (shared->row));
  adw_preferences_group_add (self->what_group, GTK_WIDGET (shared->row));
}

static gboolean
has_path (MeirUiShareDialog *self, const char *path)
{
  for (guint i = 0; i < self->shared->len; i++) {
    if (strcmp (((MeirUiShared *) g_ptr_array_index (self->shared, i))->path, path) == 0)
      return TRUE;
  }
  return FALSE;
}

static void
add_file (MeirUiShareDialog *self, GFile *file)
{
  g_autofree char *path = g_file_get_path (file);
  g_autofree char *base = NULL;
  MeirUiShared *shared;

  if (path == NULL) {
    g_autofree char *uri = g_file_get_uri (file);
    g_autofree char *name = meir_text_dup_safe (uri, strlen (uri), NAME_CHARS_MAX);
    g_autofree char *message = g_strdup_printf (_ ("%s is not on this computer."), name);

    show_problem (self, message);
    return;
  }
  if (has_path (self, path))
    return;
  base = g_path_get_basename (path);
  shared = g_new0 (MeirUiShared, 1);
  shared->name = meir_text_dup_safe (base, strlen (base), NAME_CHARS_MAX);
  shared->path = g_steal_pointer (&path);
  shared->cancellable = g_cancellable_new ();
  add_row (self, shared);
  g_ptr_array_add (self->shared, shared);
  meir_ui_tally_async (shared->path, shared->cancellable, on_counted, g_object_ref (self));
}

static void
add_files (MeirUiShareDialog *self, GSList *files)
{
  for (GSList *l = files; l != NULL; l = l->next)
    add_file (self, l->data);
  update (self);
}

static gboolean
on_drop (MeirUiShareDialog *self, const GValue *value)
{
  add_files (self, g_value_get_boxed (value));
  return TRUE;
}

/* Choosing. */

static void
on_changed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (MeirUiShareDialog) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GListModel) files = meir_ui_choose_finish (result, &error);

  if (self->application == NULL) /* closed meanwhile */
    return;
  show_problem (self, error != NULL ? error->message : NULL);
  if (files == NULL)
    return;
  while (self->shared->len > 0)
    remove_shared (self, 0);
  for (guint i = 0; i < g_list_model_get_n_items (files); i++) {
    g_autoptr (GFile) file = g_list_model_get_item (files, i);

    add_file (self, file);
  }
  update (self);
}

/* A chooser can do one kind only: the one that there is. */
static void
on_change (MeirUiShareDialog *self)
{
  gboolean folder = ((MeirUiShared *) g_ptr_array_index (self->shared, 0))->tally.is_folder;

  meir_ui_choose_async (GTK_WINDOW (self), folder ? MEIR_UI_CHOOSE_FOLDER : MEIR_UI_CHOOSE_FILES,
                        folder ? _ ("Share a Folder") : _ ("Share Files"), _ ("_Select"), on_changed,
                        g_object_ref (self));
}

static void
on_save_folder_chosen (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (MeirUiShareDialog) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GListModel) files = meir_ui_choose_finish (result, &error);
  g_autoptr (GFile) file = files != NULL ? g_list_model_get_item (files, 0) : NULL;
  g_autofree char *path = file != NULL ? g_file_get_path (file) : NULL;

  if (self->application == NULL)
    return;
  show_problem (self, error != NULL ? error->message : NULL);
  if (path == NULL)
    return;
  meir_ui_widget_set_path (self->save_row, path);
  g_free (self->save_folder);
  self->save_folder = g_steal_pointer (&path);
}

static void
on_choose_save_folder (GtkButton *button, MeirUiShareDialog *self)
{
  meir_ui_choose_async (GTK_WINDOW (self), MEIR_UI_CHOOSE_FOLDER, _ ("Save the .torrent File In"),
                        _ ("_Select"), on_save_folder_chosen, g_object_ref (self));
}

/* What is done. */

static char *
dup_text (GtkEditable *editable)
{
  g_autofree char *text = g_strstrip (g_strdup (gtk_editable_get_text (editable)));

  return *text != '\0' ? g_steal_pointer (&text) : NULL;
}

/* Names have blanks in them: a comma or a semicolon stands between two. */
static void
add_excludes (MeirUiShareDialog *self, MeirCreateOptions *options)
{
  g_auto (GStrv) globs = g_strsplit_set (gtk_editable_get_text (self->excludes), ",;", -1);

  for (guint i = 0; globs[i] != NULL; i++) {
    if (*g_strstrip (globs[i]) != '\0')
      g_ptr_array_add (options->excludes, g_strdup (globs[i]));
  }
}

static MeirCreateOptions *
make_options (MeirUiShareDialog *self, const char *path, GError **error)
{
  g_autoptr (MeirCreateOptions) options = meir_create_options_new (path);
  guint32 piece_length = meir_ui_piece_sizes_get_length (adw_combo_row_get_selected (self->piece_row));

  options->is_private = gtk_switch_get_active (self->private_switch);
  options->include_hidden = gtk_switch_get_active (self->hidden_switch);
  options->comment = dup_text (self->comment);
  options->source = dup_text (self->source);
  add_excludes (self, options);
  if (!add_trackers (self, options, error) || !add_web_seeds (self, options, error) ||
      !meir_create_options_set_piece_length (options, piece_length, error))
    return NULL;
  return g_steal_pointer (&options);
}

/* @options: (transfer full) */
static void
add_to_sharer (MeirUiShareDialog *self, MeirCreateOptions *options)
{
  g_autofree char *base = g_path_get_basename (options->path);
  g_autofree char *name = g_strconcat (options->name != NULL ? options->name : base, ".torrent", NULL);
  g_autofree char *save_as =
      self->save_folder != NULL ? g_build_filename (self->save_folder, name, NULL) : NULL;

  meir_ui_sharer_add (meir_ui_application_get_sharer (self->application), options, save_as);
}

static gboolean
share_together (MeirUiShareDialog *self, GError **error)
{
  g_autoptr (MeirCreateOptions) options =
      make_options (self, meir_ui_together_get_folder (self->together), error);

  if (options == NULL || !meir_ui_together_set_name (self->together, options, error))
    return FALSE;
  for (guint i = 0; i < self->shared->len; i++) {
    const MeirUiShared *shared = g_ptr_array_index (self->shared, i);

    g_ptr_array_add (options->only, g_path_get_basename (shared->path));
  }
  add_to_sharer (self, g_steal_pointer (&options));
  return TRUE;
}

static gboolean
share_each (MeirUiShareDialog *self, GError **error)
{
  for (guint i = 0; i < self->shared->len; i++) {
    const MeirUiShared *shared = g_ptr_array_index (self->shared, i);
    MeirCreateOptions *options = make_options (self, shared->path, error);

    if (options == NULL)
      return FALSE;
    add_to_sharer (self, options);
  }
  return TRUE;
}

static void
on_share (GtkButton *button, MeirUiShareDialog *self)
{
  g_autoptr (GError) error = NULL;

  if (!(is_together (self) ? share_together (self, &error) : share_each (self, &error))) {
    show_problem (self, error->message);
    return;
  }
  self->tracker_started = FALSE;
  g_settings_set_boolean (meir_ui_settings_get (), "share-note-seen", TRUE);
  gtk_window_close (GTK_WINDOW (self));
}

/* Closed. What is being counted may keep it for a while, longer than its parent, which GTK would then look
 * at. */
static void
meir_ui_share_dialog_unrealize (GtkWidget *widget)
{
  MeirUiShareDialog *self = MEIR_UI_SHARE_DIALOG (widget);

  gtk_window_set_transient_for (GTK_WINDOW (self), NULL);
  for (guint i = 0; i < self->shared->len; i++)
    g_cancellable_cancel (((MeirUiShared *) g_ptr_array_index (self->shared, i))->cancellable);
  if (self->tracker_started)
    g_object_set (meir_ui_application_get_tracker (self->application), "active", FALSE, NULL);
  g_clear_object (&self->application);
  GTK_WIDGET_CLASS (meir_ui_share_dialog_parent_class)->unrealize (widget);
}

static void
meir_ui_share_dialog_dispose (GObject *object)
{
  MeirUiShareDialog *self = MEIR_UI_SHARE_DIALOG (object);

  g_clear_object (&self->application);
  g_clear_pointer (&self->shared, g_ptr_array_unref);
  g_clear_pointer (&self->save_folder, g_free);
  G_OBJECT_CLASS (meir_ui_share_dialog_parent_class)->dispose (object);
}

static void
bind_children (GtkWidgetClass *widget_class)
{
  gtk_widget_class_bind_template_child (widget_class, MeirUiShareDialog, share);
  gtk_widget_class_bind_template_child (widget_class, MeirUiShareDialog, problem);
  gtk_widget_class_bind_template_child (widget_class, MeirUiShareDialog, what_group);
  gtk_widget_class_bind_template_child (widget_class, MeirUiShareDialog, together);
  gtk_widget_class_bind_template_child (widget_class, MeirUiShareDialog, tracker_row);
  gtk_widget_class_bind_template_child (widget_class, MeirUiShareDialog, tracker_switch);
  gtk_widget_class_bind_template_child (widget_class, MeirUiShareDialog, trackers_row);
  gtk_widget_class_bind_template_child (widget_class, MeirUiShareDialog, trackers);
  gtk_widget_class_bind_template_child (widget_class, MeirUiShareDialog, trackers_text);
  gtk_widget_class_bind_template_child (widget_class, MeirUiShareDialog, private_row);
  gtk_widget_class_bind_template_child (widget_class, MeirUiShareDialog, private_switch);
  gtk_widget_class_bind_template_child (widget_class, MeirUiShareDialog, piece_row);
  gtk_widget_class_bind_template_child (widget_class, MeirUiShareDialog, hidden_row);
  gtk_widget_class_bind_template_child (widget_class, MeirUiShareDialog, hidden_switch);
  gtk_widget_class_bind_template_child (widget_class, MeirUiShareDialog, excludes);
  gtk_widget_class_bind_template_child (widget_class, MeirUiShareDialog, comment);
  gtk_widget_class_bind_template_child (widget_class, MeirUiShareDialog, source);
  gtk_widget_class_bind_template_child (widget_class, MeirUiShareDialog, web_seeds);
  gtk_widget_class_bind_template_child (widget_class, MeirUiShareDialog, save_row);
  gtk_widget_class_bind_template_child (widget_class, MeirUiShareDialog, note);
}

static void
meir_ui_share_dialog_class_init (MeirUiShareDialogClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = meir_ui_share_dialog_dispose;
  widget_class->unrealize = meir_ui_share_dialog_unrealize;
  g_type_ensure (MEIR_UI_TYPE_BUTTON_CONTENT);
  g_type_ensure (MEIR_UI_TYPE_TOGETHER);
  gtk_widget_class_set_template_from_resource (widget_class, MEIR_UI_RESOURCES "meir-ui-share-dialog.ui");
  bind_children (widget_class);
  gtk_widget_class_bind_template_callback (widget_class, on_share);
  gtk_widget_class_bind_template_callback (widget_class, on_tracker_switched);
  gtk_widget_class_bind_template_callback (widget_class, on_choose_save_folder);
  gtk_widget_class_bind_template_callback (widget_class, update);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
}

static void
meir_ui_share_dialog_init (MeirUiShareDialog *self)
{
  GtkDropTarget *target = gtk_drop_target_new (GDK_TYPE_FILE_LIST, GDK_ACTION_COPY);

  self->shared = g_ptr_array_new_with_free_func (shared_free);
  gtk_widget_init_template (GTK_WIDGET (self));
  meir_ui_names_give (GTK_WIDGET (self), _ ("Share Files"));
  meir_ui_wrap_layout_use (GTK_WIDGET (self));
  g_signal_connect_object (gtk_text_view_get_buffer (self->trackers), "changed", G_CALLBACK (update), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_swapped (target, "drop", G_CALLBACK (on_drop), self);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (target));
  gtk_widget_set_visible (self->note, !g_settings_get_boolean (meir_ui_settings_get (), "share-note-seen"));
}

static MeirUiShareDialog *
find_open (void)
{
  GListModel *windows = gtk_window_get_toplevels ();

  for (guint i = 0; i < g_list_model_get_n_items (windows); i++) {
    g_autoptr (GtkWindow) window = g_list_model_get_item (windows, i);

    if (MEIR_UI_IS_SHARE_DIALOG (window) && MEIR_UI_SHARE_DIALOG (window)->application != NULL)
      return MEIR_UI_SHARE_DIALOG (window); /* GTK holds it */
  }
  return NULL;
}

void
meir_ui_share_dialog_present (MeirUiApplication *application, GSList *files)
{
  MeirUiShareDialog *self = find_open ();
  MeirUiTracker *tracker = meir_ui_application_get_tracker (application);

  if (self == NULL) {
    self = g_object_new (MEIR_UI_TYPE_SHARE_DIALOG, NULL);
    gtk_window_set_transient_for (GTK_WINDOW (self), meir_ui_application_present (application));
    self->application = g_object_ref (application);
    gtk_switch_set_active (self->tracker_switch, meir_ui_tracker_get_active (tracker));
    gtk_window_set_focus (GTK_WINDOW (self), self->share);
  }
  add_files (self, files);
  gtk_window_present (GTK_WINDOW (self));
}
