/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/meir-ui-file-view.h"

#include "app/meir-ui-file-row.h"
#include "app/meir-ui-lazy-rows.h"

#include "app-support.h"
#include "files-support.h"
#include "widget-support.h"

#include <adwaita.h>

/* The files of a torrent, looked at and ticked. */

static const TestFile series[] = {
  { "Season 1/1.mkv", 2 * FILES_PIECE_LENGTH, FALSE },
  { "Season 1/2.mkv", 2 * FILES_PIECE_LENGTH, FALSE },
  { "poster.psd", FILES_PIECE_LENGTH, FALSE },
};

typedef struct {
  GtkWidget *window;
  MeirUiFileView *view;
  MeirUiFileTree *tree;
  guint activated;
} Fixture;

static void
on_activated (MeirUiFileView *view, guint node, gpointer user_data)
{
  *(guint *) user_data = node;
}

static void
set_up (Fixture *fixture, gconstpointer user_data)
{
  g_autoptr (MeirMetainfo) metainfo = files_metainfo ("Series", series, G_N_ELEMENTS (series));

  fixture->tree = meir_ui_file_tree_new (metainfo, NULL);
  fixture->view = MEIR_UI_FILE_VIEW (meir_ui_file_view_new ());
  fixture->window = gtk_window_new ();
  g_signal_connect (fixture->view, "activated", G_CALLBACK (on_activated), &fixture->activated);
  gtk_window_set_child (GTK_WINDOW (fixture->window), GTK_WIDGET (fixture->view));
  gtk_window_set_default_size (GTK_WINDOW (fixture->window), 360, 480);
  meir_ui_file_view_set_tree (fixture->view, fixture->tree);
  gtk_window_present (GTK_WINDOW (fixture->window));
  app_wait_until (meir_ui_file_tree_get_rows (fixture->tree) != NULL);
  widget_settle (fixture->window);
}

static void
tear_down (Fixture *fixture, gconstpointer user_data)
{
  gtk_window_destroy (GTK_WINDOW (fixture->window));
  g_object_unref (fixture->tree);
}

/* The row that shows @name. */
static gpointer
find_row (GtkWidget *root, const char *name)
{
  gpointer found = NULL;

  if (MEIR_UI_IS_FILE_ROW (root) && g_strcmp0 (gtk_label_get_text (widget_find (root, "name")), name) == 0 &&
      gtk_widget_get_mapped (root))
    return root;
  for (GtkWidget *w = gtk_widget_get_first_child (root); w != NULL && found == NULL;
       w = gtk_widget_get_next_sibling (w))
    found = find_row (w, name);
  return found;
}

static gpointer
row_of (Fixture *fixture, const char *name)
{
  gpointer row;

  /* Rows are filled a few a frame. */
  app_wait_until (find_row (fixture->window, name) != NULL);
  row = find_row (fixture->window, name);
  g_assert_nonnull (row);
  return row;
}

static gboolean
is_ticked (Fixture *fixture, const char *name)
{
  return gtk_check_button_get_active (widget_find (row_of (fixture, name), "tick"));
}

static void
toggle (Fixture *fixture, const char *name)
{
  GtkCheckButton *tick = widget_find (row_of (fixture, name), "tick");

  gtk_check_button_set_active (tick, !gtk_check_button_get_active (tick));
}

static const char *
sums (Fixture *fixture)
{
  return gtk_label_get_text (widget_find (fixture->view, "sums"));
}

static void
test_tick (Fixture *fixture, gconstpointer user_data)
{
  GtkCheckButton *season = widget_find (row_of (fixture, "Season 1"), "tick");

  g_assert_true (is_ticked (fixture, "1.mkv"));
  toggle (fixture, "1.mkv");
  g_assert_false (is_ticked (fixture, "1.mkv"));
  g_assert_true (gtk_check_button_get_inconsistent (season));
  g_assert_true (gtk_widget_has_css_class (row_of (fixture, "1.mkv"), "skipped"));
  g_assert_cmpstr (sums (fixture), ==, "2 of 3 chosen · 49.2\302\240kB");
  /* A tick on what is half ticked ticks all of it. */
  toggle (fixture, "Season 1");
  g_assert_true (is_ticked (fixture, "1.mkv"));
  g_assert_false (gtk_check_button_get_inconsistent (season));
  toggle (fixture, "Season 1");
  g_assert_false (is_ticked (fixture, "2.mkv"));
  g_assert_true (is_ticked (fixture, "poster.psd"));
}

static void
test_pieces (Fixture *fixture, gconstpointer user_data)
{
  const guint8 cells[] = { MEIR_CELL_HAVE, MEIR_CELL_ARRIVING, MEIR_CELL_HAVE, MEIR_CELL_HAVE,
                           MEIR_CELL_MISSING };
  g_autoptr (GBytes) bytes = g_bytes_new (cells, sizeof cells);

  g_assert_false (gtk_widget_get_visible (widget_find (row_of (fixture, "1.mkv"), "strip")));
  meir_ui_file_view_set_cells (fixture->view, bytes);
  g_assert_true (gtk_widget_get_visible (widget_find (row_of (fixture, "1.mkv"), "strip")));
  g_assert_cmpstr (gtk_label_get_text (widget_find (row_of (fixture, "1.mkv"), "percent")), ==, "50 %");
  g_assert_cmpstr (gtk_label_get_text (widget_find (row_of (fixture, "2.mkv"), "percent")), ==, "100 %");
  g_assert_true (gtk_widget_has_css_class (widget_find (row_of (fixture, "2.mkv"), "strip"), "complete"));
  g_assert_cmpstr (gtk_label_get_text (widget_find (row_of (fixture, "Season 1"), "percent")), ==, "75 %");
  g_assert_cmpstr (gtk_label_get_text (widget_find (row_of (fixture, "poster.psd"), "percent")), ==, "0 %");
  toggle (fixture, "poster.psd");
  g_assert_cmpstr (gtk_label_get_text (widget_find (row_of (fixture, "poster.psd"), "percent")), ==, "skip");
  meir_ui_file_view_set_cells (fixture->view, NULL);
  g_assert_false (gtk_widget_get_visible (widget_find (row_of (fixture, "1.mkv"), "strip")));
}

static void
test_spoken (Fixture *fixture, gconstpointer user_data)
{
  GtkWidget *row = row_of (fixture, "2.mkv");
  GtkWidget *item = meir_ui_lazy_rows_get_frame (gtk_widget_get_parent (row));

  meir_ui_file_tree_set_priority (fixture->tree,
                                  meir_ui_file_index_find (meir_ui_file_tree_get_index (fixture->tree), 1),
                                  MEIR_PRIORITY_HIGH);
  gtk_test_accessible_assert_property (item, GTK_ACCESSIBLE_PROPERTY_LABEL,
                                       "\342\201\2502.mkv\342\201\251. 32.8\302\240kB. first");
  gtk_test_accessible_assert_property (widget_find (row, "tick"), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                       "Wanted: \342\201\2502.mkv\342\201\251");
}

static void
test_filter (Fixture *fixture, gconstpointer user_data)
{
  gtk_editable_set_text (widget_find (fixture->view, "search"), "*.mkv");
  app_wait_until (meir_ui_file_tree_is_filtered (fixture->tree));
  widget_settle (fixture->window);
  /* In a list without folders it is said which. */
  g_assert_nonnull (row_of (fixture, "Season 1/1.mkv"));
  g_assert_null (find_row (fixture->window, "poster.psd"));
  gtk_widget_activate_action (GTK_WIDGET (fixture->view), "files.untick-shown", NULL);
  g_assert_cmpstr (sums (fixture), ==, "1 of 3 chosen · 16.4\302\240kB");
  gtk_editable_set_text (widget_find (fixture->view, "search"), "nobody");
  app_wait_until (
      g_str_equal (gtk_stack_get_visible_child_name (widget_find (fixture->view, "stack")), "none"));
  gtk_editable_set_text (widget_find (fixture->view, "search"), "");
  app_wait_until (!meir_ui_file_tree_is_filtered (fixture->tree));
  widget_settle (fixture->window);
  g_assert_false (is_ticked (fixture, "1.mkv"));
}

static void
test_show_node (Fixture *fixture, gconstpointer user_data)
{
  MeirUiFileIndex *index = meir_ui_file_tree_get_index (fixture->tree);
  guint second = meir_ui_file_index_find (index, 1), poster = meir_ui_file_index_find (index, 2);
  g_autoptr (GtkTreeListRow) season =
      gtk_tree_list_model_get_row (meir_ui_file_tree_get_rows (fixture->tree), 0);

  g_assert_cmpuint (meir_ui_file_view_get_selected (fixture->view), ==, MEIR_UI_FILE_NONE);
  gtk_tree_list_row_set_expanded (season, FALSE);
  meir_ui_file_view_show_node (fixture->view, second);
  g_assert_true (gtk_tree_list_row_get_expanded (season));
  g_assert_cmpuint (meir_ui_file_view_get_selected (fixture->view), ==, second);
  meir_ui_file_view_show_node (fixture->view, poster);
  g_assert_cmpuint (meir_ui_file_view_get_selected (fixture->view), ==, poster);
  gtk_widget_activate_action (GTK_WIDGET (fixture->view), "files.priority", "i", (int) MEIR_PRIORITY_LOW);
  g_assert_cmpint (meir_ui_file_tree_get_priority (fixture->tree, poster), ==, MEIR_PRIORITY_LOW);
}

static GtkSelectionModel *
get_selection (Fixture *fixture)
{
  return gtk_list_view_get_model (widget_find (fixture->view, "list"));
}

/* What a key does with the focus on the row of @name. */
static void
press (Fixture *fixture, const char *name, guint key)
{
  GtkWidget *list = widget_find (fixture->view, "list");
  g_autoptr (GListModel) controllers = gtk_widget_observe_controllers (list);
  GtkWidget *frame = meir_ui_lazy_rows_get_frame (gtk_widget_get_parent (row_of (fixture, name)));

  g_assert_true (gtk_widget_grab_focus (frame));
  for (guint i = 0; i < g_list_model_get_n_items (controllers); i++) {
    g_autoptr (GtkEventController) controller = g_list_model_get_item (controllers, i);

    for (guint j = 0; GTK_IS_SHORTCUT_CONTROLLER (controller) &&
                      gtk_event_controller_get_propagation_phase (controller) == GTK_PHASE_CAPTURE &&
                      j < g_list_model_get_n_items (G_LIST_MODEL (controller));
         j++) {
      g_autoptr (GtkShortcut) shortcut = g_list_model_get_item (G_LIST_MODEL (controller), j);
      GtkShortcutTrigger *trigger = gtk_shortcut_get_trigger (shortcut);

      if (gtk_keyval_trigger_get_keyval (GTK_KEYVAL_TRIGGER (trigger)) == key &&
          gtk_keyval_trigger_get_modifiers (GTK_KEYVAL_TRIGGER (trigger)) == 0)
        gtk_shortcut_action_activate (gtk_shortcut_get_action (shortcut), 0, list,
                                      gtk_shortcut_get_arguments (shortcut));
    }
  }
}

static void
count (guint *n)
{
  ++*n;
}

/* Keys and the menu act on all that are selected, in one change. */
static void
test_several (Fixture *fixture, gconstpointer user_data)
{
  GtkSelectionModel *selection = get_selection (fixture);
  MeirUiFileIndex *index = meir_ui_file_tree_get_index (fixture->tree);
  guint first = meir_ui_file_index_find (index, 0), poster = meir_ui_file_index_find (index, 2);
  guint n_changes = 0, n_told = 0;

  g_signal_connect_swapped (fixture->tree, "changed", G_CALLBACK (count), &n_changes);
  g_signal_connect_swapped (fixture->view, "selection-changed", G_CALLBACK (count), &n_told);
  /* The first file and the poster: rows 1 and 3. */
  gtk_selection_model_select_item (selection, 1, TRUE);
  g_assert_cmpuint (meir_ui_file_view_get_selected (fixture->view), ==, first);
  gtk_selection_model_select_item (selection, 3, FALSE);
  g_assert_cmpuint (n_told, ==, 2);
  widget_settle (fixture->window);
  g_assert_cmpuint (meir_ui_file_view_get_selected (fixture->view), ==, MEIR_UI_FILE_NONE);
  press (fixture, "poster.psd", GDK_KEY_space);
  g_assert_cmpuint (n_changes, ==, 1);
  g_assert_false (is_ticked (fixture, "1.mkv"));
  g_assert_true (is_ticked (fixture, "2.mkv"));
  g_assert_false (is_ticked (fixture, "poster.psd"));
  /* The row of the focus says which way. */
  press (fixture, "1.mkv", GDK_KEY_space);
  g_assert_cmpuint (n_changes, ==, 2);
  g_assert_cmpstr (sums (fixture), ==, "3 of 3 chosen · 81.9\302\240kB");
  /* A row beside them stands for itself. */
  press (fixture, "2.mkv", GDK_KEY_space);
  g_assert_cmpstr (sums (fixture), ==, "2 of 3 chosen · 49.2\302\240kB");
  gtk_widget_activate_action (GTK_WIDGET (fixture->view), "files.priority", "i", (int) MEIR_PRIORITY_HIGH);
  g_assert_cmpuint (n_changes, ==, 4);
  g_assert_cmpint (meir_ui_file_tree_get_priority (fixture->tree, first), ==, MEIR_PRIORITY_HIGH);
  g_assert_cmpint (meir_ui_file_tree_get_priority (fixture->tree, poster), ==, MEIR_PRIORITY_HIGH);
  g_assert_cmpint (meir_ui_file_tree_get_priority (fixture->tree, meir_ui_file_index_find (index, 1)), ==,
                   MEIR_PRIORITY_SKIP);
  /* A menu about one of them leaves them selected, about another selects that. */
  press (fixture, "poster.psd", GDK_KEY_Menu);
  g_assert_cmpuint (meir_ui_file_view_get_selected (fixture->view), ==, MEIR_UI_FILE_NONE);
  gtk_popover_popdown (widget_find (fixture->view, "row_menu"));
  press (fixture, "2.mkv", GDK_KEY_Menu);
  g_assert_cmpuint (meir_ui_file_view_get_selected (fixture->view), ==, meir_ui_file_index_find (index, 1));
  gtk_popover_popdown (widget_find (fixture->view, "row_menu"));
  /* All of them, and with a filter all that it shows. */
  gtk_selection_model_select_all (selection);
  press (fixture, "2.mkv", GDK_KEY_space);
  g_assert_cmpstr (sums (fixture), ==, "3 of 3 chosen · 81.9\302\240kB");
  gtk_editable_set_text (widget_find (fixture->view, "search"), "*.mkv");
  app_wait_until (meir_ui_file_tree_is_filtered (fixture->tree));
  widget_settle (fixture->window);
  g_assert_false (gtk_selection_model_is_selected (selection, 0));
  gtk_selection_model_select_all (selection);
  press (fixture, "Season 1/2.mkv", GDK_KEY_space);
  g_assert_cmpstr (sums (fixture), ==, "1 of 3 chosen · 16.4\302\240kB");
  gtk_test_accessible_assert_property (widget_find (fixture->view, "list"),
                                       GTK_ACCESSIBLE_PROPERTY_MULTI_SELECTABLE, TRUE);
  g_signal_handlers_disconnect_by_data (fixture->tree, &n_changes);
  g_signal_handlers_disconnect_by_data (fixture->view, &n_told);
}

/* Rows that leave are no longer selected, and those below them still are. */
/* A folder stands for all it holds, but not when some of that is selected with it. */
static void
test_folder (Fixture *fixture, gconstpointer user_data)
{
  GtkSelectionModel *selection = get_selection (fixture);

  gtk_selection_model_select_range (selection, 0, 1, TRUE);
  widget_settle (fixture->window);
  press (fixture, "1.mkv", GDK_KEY_space);
  g_assert_false (is_ticked (fixture, "1.mkv"));
  g_assert_true (is_ticked (fixture, "2.mkv"));
  /* All but one. */
  gtk_selection_model_select_all (selection);
  gtk_selection_model_unselect_item (selection, 2);
  gtk_widget_activate_action (GTK_WIDGET (fixture->view), "files.priority", "i", (int) MEIR_PRIORITY_SKIP);
  g_assert_true (is_ticked (fixture, "2.mkv"));
  g_assert_false (is_ticked (fixture, "poster.psd"));
  gtk_selection_model_select_item (selection, 0, TRUE);
  gtk_widget_activate_action (GTK_WIDGET (fixture->view), "files.priority", "i", (int) MEIR_PRIORITY_SKIP);
  g_assert_false (is_ticked (fixture, "2.mkv"));
}

static void
test_folded (Fixture *fixture, gconstpointer user_data)
{
  GtkSelectionModel *selection = get_selection (fixture);
  g_autoptr (GtkTreeListRow) season =
      gtk_tree_list_model_get_row (meir_ui_file_tree_get_rows (fixture->tree), 0);
  guint poster = meir_ui_file_index_find (meir_ui_file_tree_get_index (fixture->tree), 2);

  gtk_selection_model_select_range (selection, 2, 2, TRUE);
  gtk_tree_list_row_set_expanded (season, FALSE);
  g_assert_cmpuint (meir_ui_file_view_get_selected (fixture->view), ==, poster);
  gtk_tree_list_row_set_expanded (season, TRUE);
  g_assert_cmpuint (meir_ui_file_view_get_selected (fixture->view), ==, poster);
  g_assert_true (gtk_selection_model_is_selected (selection, 3));
  gtk_selection_model_unselect_all (selection);
  g_assert_false (gtk_selection_model_is_selected (selection, 3));
  gtk_widget_activate_action (GTK_WIDGET (fixture->view), "files.priority", "i", (int) MEIR_PRIORITY_LOW);
  g_assert_cmpint (meir_ui_file_tree_get_priority (fixture->tree, poster), ==, MEIR_PRIORITY_NORMAL);
}

static void
test_activate (Fixture *fixture, gconstpointer user_data)
{
  GtkWidget *list = widget_find (fixture->view, "list");
  g_autoptr (GtkTreeListRow) season =
      gtk_tree_list_model_get_row (meir_ui_file_tree_get_rows (fixture->tree), 0);

  g_signal_emit_by_name (list, "activate", 1u);
  g_assert_cmpuint (fixture->activated, ==,
                    meir_ui_file_index_find (meir_ui_file_tree_get_index (fixture->tree), 0));
  fixture->activated = 0;
  g_signal_emit_by_name (list, "activate", 0u);
  g_assert_false (gtk_tree_list_row_get_expanded (season));
  g_assert_cmpuint (fixture->activated, ==, 0);
}

/* Fits a window of 360 pixels, and text twice as large. */
static void
test_narrow (Fixture *fixture, gconstpointer user_data)
{
  const guint8 cells[5] = { 0 };
  g_autoptr (GBytes) bytes = g_bytes_new (cells, sizeof cells);
  int minimum;

  g_object_set (gtk_settings_get_default (), "gtk-xft-dpi", 2 * 96 * 1024, NULL);
  meir_ui_file_view_set_cells (fixture->view, bytes);
  widget_settle (fixture->window);
  gtk_widget_measure (GTK_WIDGET (fixture->view), GTK_ORIENTATION_HORIZONTAL, -1, &minimum, NULL, NULL, NULL);
  g_assert_cmpint (minimum, <=, 360);
  g_object_set (gtk_settings_get_default (), "gtk-xft-dpi", 96 * 1024, NULL);
}

static void
test_fraction (void)
{
  const guint8 cells[] = { MEIR_CELL_HAVE, MEIR_CELL_MISSING, MEIR_CELL_HAVE, MEIR_CELL_ARRIVING,
                           MEIR_CELL_HAVE };
  g_autoptr (GBytes) bytes = g_bytes_new (cells, sizeof cells);
  g_autoptr (MeirMetainfo) metainfo = files_metainfo ("Series", series, G_N_ELEMENTS (series));
  const guint64 piece = FILES_PIECE_LENGTH;

  g_assert_cmpfloat (meir_ui_file_fraction (metainfo, bytes, 0, piece), ==, 1);
  g_assert_cmpfloat (meir_ui_file_fraction (metainfo, bytes, 0, 2 * piece), ==, 0.5);
  g_assert_cmpfloat (meir_ui_file_fraction (metainfo, bytes, piece / 2, piece + piece / 2), ==, 0.5);
  g_assert_cmpfloat (meir_ui_file_fraction (metainfo, bytes, piece, 2 * piece), ==, 0);
  g_assert_cmpfloat (meir_ui_file_fraction (metainfo, bytes, 7, 7), ==, 1);
  /* Cells of a snapshot that is older than the metainfo. */
  g_assert_cmpfloat (meir_ui_file_fraction (metainfo, bytes, 4 * piece, 6 * piece), ==, 0.5);
}

static void
add (const char *path, void (*test) (Fixture *, gconstpointer))
{
  g_test_add (path, Fixture, NULL, set_up, test, tear_down);
}

int
main (int argc, char **argv)
{
  meir_init ();
  g_test_init (&argc, &argv, NULL);
  adw_init ();
  widget_use_style ();
  add ("/app/file-view/tick", test_tick);
  add ("/app/file-view/pieces", test_pieces);
  add ("/app/file-view/spoken", test_spoken);
  add ("/app/file-view/filter", test_filter);
  add ("/app/file-view/show-node", test_show_node);
  add ("/app/file-view/several", test_several);
  add ("/app/file-view/folder", test_folder);
  add ("/app/file-view/folded", test_folded);
  add ("/app/file-view/activate", test_activate);
  add ("/app/file-view/narrow", test_narrow);
  g_test_add_func ("/app/file-view/fraction", test_fraction);
  return g_test_run ();
}
