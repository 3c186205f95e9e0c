/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/meir-ui-files-page.h"

#include "app/meir-ui-file-row.h"
#include "app/meir-ui-file-view.h"
#include "app/meir-ui-page.h"
#include "app/meir-ui-resources.h"

#include <glib/gi18n.h>

struct _MeirUiFilesPage {
  GtkWidget parent_instance;

  GtkStack *stack;
  MeirUiFileView *view;
  GMenuModel *row_menu_model;

  GSimpleActionGroup *actions;
  MeirTorrent *torrent; /* (nullable) */
  MeirUiFileTree *tree; /* (nullable): while a magnet link has no metadata */
  GBytes *applied;      /* (nullable): the priorities that the torrent has */
  GBytes *cells;        /* (nullable) */
  guint wanted_file;    /* to be shown once the names are sorted; MEIR_UI_FILE_NONE */
  gboolean applying;
};

G_DEFINE_FINAL_TYPE (MeirUiFilesPage, meir_ui_files_page, GTK_TYPE_WIDGET)

/* What is wanted. */

static void follow_torrent (MeirUiFilesPage *page);

typedef struct {
  GWeakRef page;
  MeirTorrent *torrent;
  GBytes *before; /* (nullable) */
} MeirUiUntick;

static void
untick_free (gpointer data)
{
  MeirUiUntick *untick = data;

  g_weak_ref_clear (&untick->page);
  g_object_unref (untick->torrent);
  g_clear_pointer (&untick->before, g_bytes_unref);
  g_free (untick);
}

static void
untick_take_back (gpointer data)
{
  MeirUiUntick *untick = data;
  g_autoptr (MeirUiFilesPage) page = g_weak_ref_get (&untick->page);

  meir_torrent_set_file_priorities (untick->torrent, untick->before);
  meir_ui_page_keep (untick->torrent);
  if (page != NULL && page->torrent == untick->torrent && page->tree != NULL)
    follow_torrent (page);
}

static gboolean
is_same (GBytes *one, GBytes *other)
{
  return one == other || (one != NULL && other != NULL && g_bytes_equal (one, other));
}

/* How many files are skipped now and were not before. */
static guint
count_unticked (GBytes *before, GBytes *after)
{
  gsize n = 0;
  const guint8 *new = after != NULL ? g_bytes_get_data (after, &n) : NULL;
  const guint8 *old = before != NULL ? g_bytes_get_data (before, NULL) : NULL;
  guint count = 0;

  for (gsize i = 0; i < n; i++)
    count += new[i] == MEIR_PRIORITY_SKIP && (old == NULL || old[i] != MEIR_PRIORITY_SKIP);
  return count;
}

static void
on_tree_changed (MeirUiFileTree *tree, gpointer user_data)
{
  MeirUiFilesPage *page = user_data;
  g_autoptr (GBytes) priorities = meir_ui_file_tree_ref_priorities (tree);
  g_autofree char *text = NULL;
  MeirUiUntick *untick;
  guint n_unticked;

  if (page->applying || is_same (priorities, page->applied))
    return;
  n_unticked = count_unticked (page->applied, priorities);
  untick = g_new0 (MeirUiUntick, 1);
  g_weak_ref_init (&untick->page, page);
  untick->torrent = g_object_ref (page->torrent);
  untick->before = g_steal_pointer (&page->applied);
  page->applied = g_steal_pointer (&priorities);
  meir_torrent_set_file_priorities (page->torrent, page->applied);
  meir_ui_page_keep (page->torrent);
  if (n_unticked == 0) {
    untick_free (untick);
    return;
  }
  text = g_strdup_printf (ngettext ("%u file is skipped", "%u files are skipped", n_unticked), n_unticked);
  meir_ui_page_offer_undo (page, text, untick_take_back, NULL, untick, untick_free);
}

/* Somebody else, such as Undo, may have changed what is wanted. */
static void
follow_torrent (MeirUiFilesPage *page)
{
  g_autoptr (GBytes) priorities = meir_torrent_ref_file_priorities (page->torrent);

  if (is_same (priorities, page->applied))
    return;
  g_clear_pointer (&page->applied, g_bytes_unref);
  page->applied = g_steal_pointer (&priorities);
  page->applying = TRUE;
  meir_ui_file_tree_set_priorities (page->tree, page->applied);
  page->applying = FALSE;
}

/* Opening. */

/* The file on disk of a finished node. (transfer full) (nullable) */
static GFile *
dup_finished (MeirUiFilesPage *page, guint node)
{
  MeirUiFileIndex *index = page->tree != NULL ? meir_ui_file_tree_get_index (page->tree) : NULL;
  const MeirUiFileNode *file =
      index != NULL && node != MEIR_UI_FILE_NONE ? meir_ui_file_index_get (index, node) : NULL;
  MeirMetainfo *metainfo;

  if (file == NULL || file->file == MEIR_UI_FILE_NONE || page->cells == NULL)
    return NULL;
  metainfo = meir_ui_file_index_get_metainfo (index);
  if (meir_ui_file_fraction (metainfo, page->cells, file->offset, file->end) < 1)
    return NULL;
  return g_file_new_build_filename (meir_torrent_get_folder (page->torrent),
                                    meir_metainfo_get_file (metainfo, file->file)->path, NULL);
}

static void
open_node (MeirUiFilesPage *page, guint node)
{
  g_autoptr (GFile) file = dup_finished (page, node);

  if (file != NULL)
    meir_ui_page_launch (page, file);
  else
    meir_ui_page_tell (page, _ ("This file is not complete yet"));
}

static void
on_activated (MeirUiFileView *view, guint node, MeirUiFilesPage *page)
{
  open_node (page, node);
}

static void
on_open (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  MeirUiFilesPage *page = user_data;

  open_node (page, meir_ui_file_view_get_selected (page->view));
}

static void
on_open_folder (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  MeirUiFilesPage *page = user_data;
  g_autoptr (GFile) file = dup_finished (page, meir_ui_file_view_get_selected (page->view));
  g_autoptr (GFile) folder =
      file != NULL ? g_file_get_parent (file) : g_file_new_for_path (meir_torrent_get_folder (page->torrent));

  meir_ui_page_launch (page, folder);
}

static void
on_play_order (GSimpleAction *action, GVariant *state, gpointer user_data)
{
  MeirUiFilesPage *page = user_data;
  MeirUiApplication *application = meir_ui_page_get_application (page);

  g_simple_action_set_state (action, state);
  if (page->torrent != NULL && application != NULL)
    meir_ui_application_set_play_order (application, page->torrent, g_variant_get_boolean (state));
  else if (page->torrent != NULL)
    meir_torrent_set_play_order (page->torrent, g_variant_get_boolean (state));
}

static GdkContentProvider *
on_drag_prepare (MeirUiFileView *view, guint node, gpointer user_data)
{
  MeirUiFilesPage *page = user_data;
  g_autoptr (GFile) file = dup_finished (page, node);

  return file != NULL ? gdk_content_provider_new_typed (G_TYPE_FILE, file) : NULL;
}

static const GActionEntry actions[] = {
  { .name = "open", .activate = on_open },
  { .name = "open-folder", .activate = on_open_folder },
  { .name = "play-order", .state = "false", .change_state = on_play_order },
};

static void
show_actions (MeirUiFilesPage *page)
{
  GAction *play_order = g_action_map_lookup_action (G_ACTION_MAP (page->actions), "play-order");
  GAction *open = g_action_map_lookup_action (G_ACTION_MAP (page->actions), "open");
  g_autoptr (GFile) file = dup_finished (page, meir_ui_file_view_get_selected (page->view));
  g_autoptr (GVariant) state = g_action_get_state (play_order);
  gboolean wanted = meir_torrent_get_play_order (page->torrent);

  g_simple_action_set_enabled (G_SIMPLE_ACTION (open), file != NULL);
  if (g_variant_get_boolean (state) != wanted)
    g_simple_action_set_state (G_SIMPLE_ACTION (play_order), g_variant_new_boolean (wanted));
}

static void
on_selection_changed (MeirUiFileView *view, MeirUiFilesPage *page)
{
  if (page->torrent != NULL)
    show_actions (page);
}

/* The page. */

static void
on_rows (MeirUiFileTree *tree, GParamSpec *pspec, gpointer user_data)
{
  MeirUiFilesPage *page = user_data;
  guint file = page->wanted_file;

  page->wanted_file = MEIR_UI_FILE_NONE;
  if (file != MEIR_UI_FILE_NONE)
    meir_ui_files_page_show_file (page, file);
}

static void
clear_tree (MeirUiFilesPage *page)
{
  if (page->tree != NULL)
    g_signal_handlers_disconnect_by_data (page->tree, page);
  g_clear_object (&page->tree);
  g_clear_pointer (&page->applied, g_bytes_unref);
  g_clear_pointer (&page->cells, g_bytes_unref);
  meir_ui_file_view_set_tree (page->view, NULL);
  meir_ui_file_view_set_cells (page->view, NULL);
  gtk_stack_set_visible_child_name (page->stack, "waiting");
}

static void
make_tree (MeirUiFilesPage *page)
{
  g_autoptr (MeirMetainfo) metainfo = meir_torrent_ref_metainfo (page->torrent);

  if (metainfo == NULL)
    return;
  page->applied = meir_torrent_ref_file_priorities (page->torrent);
  page->tree = meir_ui_file_tree_new (metainfo, page->applied);
  g_signal_connect (page->tree, "changed", G_CALLBACK (on_tree_changed), page);
  meir_ui_file_view_set_tree (page->view, page->tree);
  /* After the view, which has to know the rows that are asked for. */
  g_signal_connect (page->tree, "notify::rows", G_CALLBACK (on_rows), page);
  gtk_stack_set_visible_child_name (page->stack, "files");
}

MeirSnapshotParts
meir_ui_files_page_get_parts (MeirUiFilesPage *page)
{
  return MEIR_SNAPSHOT_CELLS;
}

void
meir_ui_files_page_refresh (MeirUiFilesPage *page, const MeirTorrentSnapshot *snapshot)
{
  if (page->tree == NULL)
    make_tree (page);
  if (page->tree == NULL)
    return;
  follow_torrent (page);
  if (snapshot->cells != NULL && page->cells != snapshot->cells) {
    g_clear_pointer (&page->cells, g_bytes_unref);
    page->cells = g_bytes_ref (snapshot->cells);
    meir_ui_file_view_set_cells (page->view, page->cells);
  }
  show_actions (page);
}

void
meir_ui_files_page_set_torrent (MeirUiFilesPage *page, MeirTorrent *torrent)
{
  if (page->torrent == torrent)
    return;
  clear_tree (page);
  page->wanted_file = MEIR_UI_FILE_NONE;
  g_set_object (&page->torrent, torrent);
}

void
meir_ui_files_page_show_file (MeirUiFilesPage *page, guint file)
{
  MeirUiFileIndex *index;
  guint node;

  if (page->tree == NULL)
    make_tree (page);
  index = page->tree != NULL ? meir_ui_file_tree_get_index (page->tree) : NULL;
  if (index == NULL) {
    page->wanted_file = file;
    return;
  }
  node = meir_ui_file_index_find (index, file);
  if (node != MEIR_UI_FILE_NONE)
    meir_ui_file_view_show_node (page->view, node);
}

static void
meir_ui_files_page_dispose (GObject *object)
{
  MeirUiFilesPage *page = MEIR_UI_FILES_PAGE (object);
  GtkWidget *child;

  if (page->view != NULL)
    meir_ui_files_page_set_torrent (page, NULL);
  page->view = NULL;
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (page))) != NULL)
    gtk_widget_unparent (child);
  g_clear_object (&page->actions);
  G_OBJECT_CLASS (meir_ui_files_page_parent_class)->dispose (object);
}

static void
meir_ui_files_page_class_init (MeirUiFilesPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = meir_ui_files_page_dispose;
  g_type_ensure (MEIR_UI_TYPE_FILE_VIEW);
  gtk_widget_class_set_template_from_resource (widget_class, MEIR_UI_RESOURCES "meir-ui-files-page.ui");
  gtk_widget_class_bind_template_child (widget_class, MeirUiFilesPage, stack);
  gtk_widget_class_bind_template_child (widget_class, MeirUiFilesPage, view);
  gtk_widget_class_bind_template_child (widget_class, MeirUiFilesPage, row_menu_model);
  gtk_widget_class_bind_template_callback (widget_class, on_activated);
}

static void
add_play_order (MeirUiFilesPage *page)
{
  GtkWidget *button = gtk_toggle_button_new_with_mnemonic (_ ("Play _Order"));

  gtk_widget_set_tooltip_text (button, _ ("Get files from their beginning, one after the other"));
  gtk_actionable_set_action_name (GTK_ACTIONABLE (button), "page.play-order");
  meir_ui_file_view_add_tool (page->view, button);
}

static void
meir_ui_files_page_init (MeirUiFilesPage *page)
{
  page->wanted_file = MEIR_UI_FILE_NONE;
  page->actions = g_simple_action_group_new ();
  g_action_map_add_action_entries (G_ACTION_MAP (page->actions), actions, G_N_ELEMENTS (actions), page);
  gtk_widget_init_template (GTK_WIDGET (page));
  gtk_widget_insert_action_group (GTK_WIDGET (page), "page", G_ACTION_GROUP (page->actions));
  meir_ui_file_view_add_menu (page->view, page->row_menu_model);
  g_signal_connect (page->view, "drag-prepare", G_CALLBACK (on_drag_prepare), page);
  g_signal_connect (page->view, "selection-changed", G_CALLBACK (on_selection_changed), page);
  add_play_order (page);
}
