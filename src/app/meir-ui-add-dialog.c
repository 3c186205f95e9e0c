/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/meir-ui-add-dialog.h"

#include "app/compat/meir-ui-compat.h"
#include "app/meir-ui-button-content.h"
#include "app/meir-ui-content.h"
#include "app/meir-ui-file-view.h"
#include "app/meir-ui-names.h"
#include "app/meir-ui-offer.h"
#include "app/meir-ui-path.h"
#include "app/meir-ui-resources.h"
#include "app/meir-ui-settings.h"
#include "app/meir-ui-text.h"
#include "app/meir-ui-widget.h"
#include "app/meir-ui-wrap-layout.h"

#include <glib/gi18n.h>

/* One of several: a row with a tick. */
typedef struct {
  AdwActionRow *row;
  GtkCheckButton *tick;
} MeirUiBatchRow;

struct _MeirUiAddDialog {
  AdwWindow parent_instance;

  GtkButton *download;
  GtkLabel *problem;
  GtkWidget *torrent_group;
  AdwActionRow *torrent_row;
  GtkImage *torrent_icon;
  GtkWidget *have_box;
  GtkWidget *show_button;
  GtkButton *trackers_button;
  AdwPreferencesGroup *batch_group;
  GtkWidget *place_group;
  AdwActionRow *folder_row;
  GtkSwitch *start_switch;
  GtkWidget *files_box;
  GtkStack *files_stack;
  GtkSpinner *spinner;
  GtkLabel *looking_text;
  MeirUiFileView *file_view;

  MeirUiApplication *application;
  GPtrArray *offers;    /* MeirUiOffer */
  GArray *rows;         /* MeirUiBatchRow of each, when there are several */
  MeirUiFileTree *tree; /* (nullable): of the only one */
  char *folder;
  MeirUiSpace *space;      /* (nullable): until it is known */
  GCancellable *measuring; /* (nullable) */
};

G_DEFINE_FINAL_TYPE (MeirUiAddDialog, meir_ui_add_dialog, ADW_TYPE_WINDOW)

static gboolean
is_batch (MeirUiAddDialog *self)
{
  return self->offers->len > 1;
}

static MeirTorrent *
find_existing (MeirUiAddDialog *self, MeirUiOffer *offer)
{
  const MeirInfoHash *info_hash = meir_ui_offer_get_info_hash (offer);

  return info_hash != NULL ? meir_ui_application_find (self->application, info_hash) : NULL;
}

static gboolean
exists (MeirUiAddDialog *self, MeirUiOffer *offer)
{
  g_autoptr (MeirTorrent) existing = find_existing (self, offer);

  return existing != NULL;
}

/* Whether Download would add it. */
static gboolean
is_chosen (MeirUiAddDialog *self, guint index)
{
  MeirUiOffer *offer = g_ptr_array_index (self->offers, index);

  if (meir_ui_offer_get_info_hash (offer) == NULL || meir_ui_offer_get_problem (offer) != NULL ||
      exists (self, offer))
    return FALSE;
  if (is_batch (self))
    return gtk_check_button_get_active (g_array_index (self->rows, MeirUiBatchRow, index).tick);
  return self->tree == NULL || meir_ui_file_tree_get_index (self->tree) == NULL ||
         meir_ui_file_tree_get_n_chosen (self->tree, MEIR_UI_FILE_ROOT) > 0;
}

static guint64
get_bytes (MeirUiAddDialog *self, guint index)
{
  MeirMetainfo *metainfo = meir_ui_offer_get_metainfo (g_ptr_array_index (self->offers, index));

  if (metainfo == NULL)
    return 0;
  if (self->tree != NULL && meir_ui_file_tree_get_index (self->tree) != NULL)
    return meir_ui_file_tree_get_chosen_bytes (self->tree, MEIR_UI_FILE_ROOT);
  return meir_metainfo_get_total_length (metainfo);
}

/* What is shown. */

static void
show_problem (MeirUiAddDialog *self, const char *text)
{
  gtk_label_set_text (self->problem, text != NULL ? text : "");
  gtk_widget_set_visible (GTK_WIDGET (self->problem), text != NULL);
}

/* How many bytes are missing on the disk; 0 while that is not known, or none are. */
static guint64
get_shortfall (MeirUiAddDialog *self)
{
  guint64 needed = 0;

  if (self->space == NULL || !self->space->is_known)
    return 0;
  for (guint i = 0; i < self->offers->len; i++) {
    if (is_chosen (self, i))
      needed += get_bytes (self, i);
  }
  needed -= MIN (needed, self->space->bytes_there);
  return needed > self->space->free_bytes ? needed - self->space->free_bytes : 0;
}

static char *
dup_place (MeirUiAddDialog *self, guint64 shortfall)
{
  g_autofree char *shown = meir_ui_path_dup_shown (self->folder);
  g_autofree char *name = meir_ui_text_dup_isolated (shown);
  g_autofree char *missing = g_format_size (shortfall);
  g_autofree char *free_text = NULL;

  if (self->space == NULL || !self->space->is_known)
    return g_steal_pointer (&name);
  free_text = g_format_size (self->space->free_bytes);
  if (shortfall > 0)
    /* Translators: a folder, and what is missing there: "Downloads · 1.2 GB free · needs 2.1 GB more" */
    return g_strdup_printf (_ ("%s · %s free · needs %s more"), name, free_text, missing);
  /* Translators: a folder, and the room on its disk: "Downloads · 81.9 GB free" */
  return g_strdup_printf (_ ("%s · %s free"), name, free_text);
}

static void
show_place (MeirUiAddDialog *self)
{
  guint64 shortfall = get_shortfall (self);
  const char *problem = self->space != NULL ? self->space->problem : NULL;
  g_autofree char *place = problem != NULL ? g_strdup (problem) : dup_place (self, shortfall);
  gboolean chosen = FALSE;

  for (guint i = 0; i < self->offers->len && !chosen; i++)
    chosen = is_chosen (self, i);
  adw_action_row_set_subtitle (self->folder_row, place);
  meir_ui_widget_set_class (self->folder_row, "error", problem != NULL || shortfall > 0);
  gtk_widget_set_sensitive (GTK_WIDGET (self->download), chosen && problem == NULL && shortfall == 0);
}

static guint
count_trackers (GPtrArray *tiers)
{
  guint n = 0;

  for (guint i = 0; i < tiers->len; i++)
    n += g_strv_length (g_ptr_array_index (tiers, i));
  return n;
}

static void
show_existing (MeirUiAddDialog *self, MeirTorrent *torrent)
{
  g_autoptr (GPtrArray) tiers = meir_ui_offer_dup_new_tiers (g_ptr_array_index (self->offers, 0), torrent);
  guint n = count_trackers (tiers);
  g_autofree char *label = g_strdup_printf (ngettext ("Add %u New _Tracker", "Add %u New _Trackers", n), n);

  gtk_button_set_label (self->trackers_button, label);
  gtk_button_set_use_underline (self->trackers_button, TRUE);
  gtk_widget_set_visible (GTK_WIDGET (self->trackers_button), n > 0);
  gtk_window_set_focus (GTK_WINDOW (self), self->show_button);
}

static void
show_only (MeirUiAddDialog *self)
{
  MeirUiOffer *offer = g_ptr_array_index (self->offers, 0);
  MeirMetainfo *metainfo = meir_ui_offer_get_metainfo (offer);
  g_autoptr (MeirTorrent) existing = find_existing (self, offer);
  g_autofree char *name = meir_ui_offer_dup_name (offer);
  g_autofree char *description = meir_ui_offer_dup_description (offer);
  gboolean looking = meir_ui_offer_is_looking (offer);
  gboolean have = existing != NULL;

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self->torrent_row), name);
  adw_action_row_set_subtitle (self->torrent_row, description);
  meir_ui_widget_set_class (self->torrent_row, "error", meir_ui_offer_get_problem (offer) != NULL);
  gtk_image_set_from_icon_name (
      self->torrent_icon, meir_ui_content_get_icon (metainfo != NULL ? meir_ui_content_of_metainfo (metainfo)
                                                                     : MEIR_UI_CONTENT_FILE));
  gtk_widget_set_visible (self->have_box, have);
  gtk_widget_set_visible (self->place_group, !have);
  gtk_widget_set_visible (GTK_WIDGET (self->download), !have);
  gtk_widget_set_visible (self->files_box, !have && (metainfo != NULL || looking));
  gtk_stack_set_visible_child_name (self->files_stack, metainfo != NULL ? "files" : "looking");
  gtk_spinner_set_spinning (self->spinner, looking);
  gtk_label_set_text (self->looking_text,
                      meir_ui_offer_get_info_hash (offer) != NULL
                          ? _ ("The file list comes from the people who have it. You can download before it "
                               "is here.")
                          : _ ("The torrent is being fetched from the web."));
  if (have)
    show_existing (self, existing);
}

static void
show_batch (MeirUiAddDialog *self)
{
  guint n_chosen = 0;
  guint64 bytes = 0;
  g_autofree char *size = NULL;
  g_autofree char *text = NULL;

  for (guint i = 0; i < self->offers->len; i++) {
    MeirUiOffer *offer = g_ptr_array_index (self->offers, i);
    const MeirUiBatchRow *row = &g_array_index (self->rows, MeirUiBatchRow, i);
    gboolean have = exists (self, offer);
    g_autofree char *name = meir_ui_offer_dup_name (offer);
    g_autofree char *description =
        have ? g_strdup (_ ("You have this already")) : meir_ui_offer_dup_description (offer);

    adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row->row), name);
    adw_action_row_set_subtitle (row->row, description);
    gtk_widget_set_sensitive (GTK_WIDGET (row->row), !have && meir_ui_offer_get_problem (offer) == NULL);
    gtk_accessible_update_property (GTK_ACCESSIBLE (row->tick), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
    if (is_chosen (self, i)) {
      n_chosen++;
      bytes += get_bytes (self, i);
    }
  }
  size = g_format_size (bytes);
  /* Translators: of several torrents, how many are chosen, and their size: "2 of 3 chosen · 263 MB" */
  text = g_strdup_printf (ngettext ("%u of %u chosen · %s", "%u of %u chosen · %s", self->offers->len),
                          n_chosen, self->offers->len, size);
  adw_preferences_group_set_description (self->batch_group, text);
}

static void
update (MeirUiAddDialog *self)
{
  if (is_batch (self))
    show_batch (self);
  else
    show_only (self);
  show_place (self);
}

/* The folder. */

static void
on_space (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (MeirUiAddDialog) self = user_data;
  MeirUiSpace *space = meir_ui_path_query_space_finish (result, NULL);

  if (space == NULL) /* another folder was chosen, or the dialog closed */
    return;
  g_clear_pointer (&self->space, meir_ui_space_free);
  self->space = space;
  show_place (self);
}

static void
measure (MeirUiAddDialog *self)
{
  g_autoptr (GPtrArray) metainfos = g_ptr_array_new_with_free_func ((GDestroyNotify) meir_metainfo_unref);

  for (guint i = 0; i < self->offers->len; i++) {
    MeirMetainfo *metainfo = meir_ui_offer_get_metainfo (g_ptr_array_index (self->offers, i));

    if (metainfo != NULL)
      g_ptr_array_add (metainfos, meir_metainfo_ref (metainfo));
  }
  g_cancellable_cancel (self->measuring);
  g_clear_object (&self->measuring);
  self->measuring = g_cancellable_new ();
  meir_ui_path_query_space_async (self->folder, metainfos, self->measuring, on_space, g_object_ref (self));
}

static void
on_folder_chosen (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (MeirUiAddDialog) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GListModel) files = meir_ui_choose_finish (result, &error);
  g_autoptr (GFile) file = files != NULL ? g_list_model_get_item (files, 0) : NULL;
  g_autofree char *path = file != NULL ? g_file_get_path (file) : NULL;

  if (self->application == NULL) /* closed meanwhile */
    return;
  if (error != NULL)
    show_problem (self, error->message);
  else if (file != NULL && path == NULL)
    show_problem (self, _ ("This folder is not on this computer. Choose another one."));
  if (path == NULL)
    return;
  g_free (self->folder);
  self->folder = g_steal_pointer (&path);
  g_clear_pointer (&self->space, meir_ui_space_free);
  show_problem (self, NULL);
  show_place (self);
  measure (self);
}

static void
on_change_folder (GtkButton *button, MeirUiAddDialog *self)
{
  meir_ui_choose_async (GTK_WINDOW (self), MEIR_UI_CHOOSE_FOLDER, _ ("Save In"), _ ("_Select"),
                        on_folder_chosen, g_object_ref (self));
}

/* What the offers turn out to be. */

static void
on_offer_changed (MeirUiAddDialog *self)
{
  MeirMetainfo *metainfo = meir_ui_offer_get_metainfo (g_ptr_array_index (self->offers, 0));

  if (!is_batch (self) && metainfo != NULL && self->tree == NULL) {
    self->tree = meir_ui_file_tree_new (metainfo, NULL);
    g_signal_connect_object (self->tree, "changed", G_CALLBACK (show_place), self, G_CONNECT_SWAPPED);
    g_signal_connect_object (self->tree, "notify::rows", G_CALLBACK (show_place), self, G_CONNECT_SWAPPED);
    meir_ui_file_view_set_tree (self->file_view, self->tree);
  }
  update (self);
  measure (self);
}

static void
add_batch_row (MeirUiAddDialog *self)
{
  MeirUiBatchRow row = {
    .row = ADW_ACTION_ROW (adw_action_row_new ()),
    .tick = GTK_CHECK_BUTTON (gtk_check_button_new ()),
  };

  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row.row), FALSE);
  gtk_widget_set_valign (GTK_WIDGET (row.tick), GTK_ALIGN_CENTER);
  gtk_check_button_set_active (row.tick, TRUE);
  g_signal_connect_object (row.tick, "toggled", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  adw_action_row_add_prefix (row.row, GTK_WIDGET (row.tick));
  adw_action_row_set_activatable_widget (row.row, GTK_WIDGET (row.tick));
  adw_preferences_group_add (self->batch_group, GTK_WIDGET (row.row));
  g_array_append_val (self->rows, row);
}

static void
set_offers (MeirUiAddDialog *self, GPtrArray *offers)
{
  self->offers = g_ptr_array_ref (offers);
  for (guint i = 0; i < offers->len; i++) {
    MeirUiOffer *offer = g_ptr_array_index (offers, i);

    if (is_batch (self))
      add_batch_row (self);
    g_signal_connect_object (offer, "changed", G_CALLBACK (on_offer_changed), self, G_CONNECT_SWAPPED);
    if (!exists (self, offer))
      meir_ui_offer_look (offer, self->application);
  }
  if (is_batch (self)) {
    gtk_window_set_title (GTK_WINDOW (self), _ ("Add Torrents"));
    gtk_widget_set_visible (GTK_WIDGET (self->batch_group), TRUE);
    gtk_widget_set_visible (self->torrent_group, FALSE);
    gtk_widget_set_visible (self->files_box, FALSE);
  }
  on_offer_changed (self);
}

/* What is done. */

static void
on_download (GtkButton *button, MeirUiAddDialog *self)
{
  g_autoptr (GBytes) priorities = self->tree != NULL ? meir_ui_file_tree_ref_priorities (self->tree) : NULL;
  gboolean start = gtk_switch_get_active (self->start_switch);
  g_autoptr (GError) first = NULL;

  for (guint i = 0; i < self->offers->len; i++) {
    g_autoptr (GError) error = NULL;

    if (is_chosen (self, i) &&
        meir_ui_offer_add (g_ptr_array_index (self->offers, i), self->application, self->folder, start,
                           priorities, &error) == NULL &&
        first == NULL)
      first = g_steal_pointer (&error);
  }
  if (first == NULL) {
    gtk_window_close (GTK_WINDOW (self));
    return;
  }
  /* What was added is shown as such; the rest may go somewhere else. */
  show_problem (self, first->message);
  update (self);
}

static void
on_show (GtkButton *button, MeirUiAddDialog *self)
{
  const MeirInfoHash *info_hash = meir_ui_offer_get_info_hash (g_ptr_array_index (self->offers, 0));
  char hex[2 * MEIR_SHA1_LENGTH + 1];

  g_action_group_activate_action (G_ACTION_GROUP (self->application), "show-torrent",
                                  g_variant_new_string (meir_info_hash_to_hex (info_hash, hex)));
  gtk_window_close (GTK_WINDOW (self));
}

static void
on_add_trackers (GtkButton *button, MeirUiAddDialog *self)
{
  MeirUiOffer *offer = g_ptr_array_index (self->offers, 0);
  g_autoptr (MeirTorrent) torrent = find_existing (self, offer);
  g_autoptr (GPtrArray) fresh = NULL;
  g_autoptr (GPtrArray) tiers = NULL;
  g_autofree char *text = NULL;
  guint n;

  if (torrent != NULL) {
    fresh = meir_ui_offer_dup_new_tiers (offer, torrent);
    tiers = meir_torrent_dup_trackers (torrent);
    n = count_trackers (fresh);
    for (guint i = 0; i < fresh->len; i++)
      g_ptr_array_add (tiers, g_strdupv (g_ptr_array_index (fresh, i)));
    meir_torrent_set_trackers (torrent, tiers);
    meir_ui_library_update (meir_ui_application_get_library (self->application), torrent);
    text = g_strdup_printf (ngettext ("%u tracker was added", "%u trackers were added", n), n);
    meir_ui_application_tell (self->application, text);
  }
  gtk_window_close (GTK_WINDOW (self));
}

/* Closed. Work in the background may keep it for a while, longer than its parent, which GTK would then look
 * at. */
static void
meir_ui_add_dialog_unrealize (GtkWidget *widget)
{
  MeirUiAddDialog *self = MEIR_UI_ADD_DIALOG (widget);

  gtk_window_set_transient_for (GTK_WINDOW (self), NULL);
  g_cancellable_cancel (self->measuring);
  for (guint i = 0; i < self->offers->len; i++)
    meir_ui_offer_stop (g_ptr_array_index (self->offers, i));
  GTK_WIDGET_CLASS (meir_ui_add_dialog_parent_class)->unrealize (widget);
}

static void
meir_ui_add_dialog_dispose (GObject *object)
{
  MeirUiAddDialog *self = MEIR_UI_ADD_DIALOG (object);

  g_clear_object (&self->measuring);
  g_clear_pointer (&self->offers, g_ptr_array_unref);
  g_clear_pointer (&self->rows, g_array_unref);
  g_clear_pointer (&self->space, meir_ui_space_free);
  g_clear_pointer (&self->folder, g_free);
  g_clear_object (&self->tree);
  g_clear_object (&self->application);
  G_OBJECT_CLASS (meir_ui_add_dialog_parent_class)->dispose (object);
}

static void
meir_ui_add_dialog_class_init (MeirUiAddDialogClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = meir_ui_add_dialog_dispose;
  widget_class->unrealize = meir_ui_add_dialog_unrealize;
  g_type_ensure (MEIR_UI_TYPE_BUTTON_CONTENT);
  g_type_ensure (MEIR_UI_TYPE_FILE_VIEW);
  gtk_widget_class_set_template_from_resource (widget_class, MEIR_UI_RESOURCES "meir-ui-add-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, MeirUiAddDialog, download);
  gtk_widget_class_bind_template_child (widget_class, MeirUiAddDialog, problem);
  gtk_widget_class_bind_template_child (widget_class, MeirUiAddDialog, torrent_group);
  gtk_widget_class_bind_template_child (widget_class, MeirUiAddDialog, torrent_row);
  gtk_widget_class_bind_template_child (widget_class, MeirUiAddDialog, torrent_icon);
  gtk_widget_class_bind_template_child (widget_class, MeirUiAddDialog, have_box);
  gtk_widget_class_bind_template_child (widget_class, MeirUiAddDialog, show_button);
  gtk_widget_class_bind_template_child (widget_class, MeirUiAddDialog, trackers_button);
  gtk_widget_class_bind_template_child (widget_class, MeirUiAddDialog, batch_group);
  gtk_widget_class_bind_template_child (widget_class, MeirUiAddDialog, place_group);
  gtk_widget_class_bind_template_child (widget_class, MeirUiAddDialog, folder_row);
  gtk_widget_class_bind_template_child (widget_class, MeirUiAddDialog, start_switch);
  gtk_widget_class_bind_template_child (widget_class, MeirUiAddDialog, files_box);
  gtk_widget_class_bind_template_child (widget_class, MeirUiAddDialog, files_stack);
  gtk_widget_class_bind_template_child (widget_class, MeirUiAddDialog, spinner);
  gtk_widget_class_bind_template_child (widget_class, MeirUiAddDialog, looking_text);
  gtk_widget_class_bind_template_child (widget_class, MeirUiAddDialog, file_view);
  gtk_widget_class_bind_template_callback (widget_class, on_download);
  gtk_widget_class_bind_template_callback (widget_class, on_show);
  gtk_widget_class_bind_template_callback (widget_class, on_add_trackers);
  gtk_widget_class_bind_template_callback (widget_class, on_change_folder);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
}

static void
meir_ui_add_dialog_init (MeirUiAddDialog *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  meir_ui_names_give (GTK_WIDGET (self), _ ("Add Torrent"));
  meir_ui_wrap_layout_use (GTK_WIDGET (self));
  self->rows = g_array_new (FALSE, FALSE, sizeof (MeirUiBatchRow));
}

GtkWindow *
meir_ui_add_dialog_present (MeirUiApplication *application, GtkWindow *parent, GPtrArray *offers)
{
  MeirUiAddDialog *self = g_object_new (MEIR_UI_TYPE_ADD_DIALOG, NULL);

  if (parent == NULL)
    parent = meir_ui_application_present (application);
  gtk_window_set_transient_for (GTK_WINDOW (self), parent);
  self->application = g_object_ref (application);
  self->folder = meir_ui_settings_dup_download_folder ();
  set_offers (self, offers);
  if (gtk_widget_get_visible (GTK_WIDGET (self->download)))
    gtk_window_set_focus (GTK_WINDOW (self), GTK_WIDGET (self->download));
  gtk_window_present (GTK_WINDOW (self));
  return GTK_WINDOW (self);
}
