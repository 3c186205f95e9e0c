/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/meir-ui-file-tree.h"

#include "app-support.h"
#include "files-support.h"

/* What is wanted of a torrent's files. */

static const TestFile series[] = {
  { "Season 1/1.mkv", 1000, FALSE },    { "Season 1/2.mkv", 2000, FALSE }, { ".pad/9", 9, TRUE },
  { "Extras/poster.psd", 3000, FALSE }, { "readme.txt", 100, FALSE },
};
/* Their places in the metainfo. */
enum { FIRST, SECOND, PAD, POSTER, README, N_FILES };

typedef struct {
  MeirUiFileTree *tree;
  guint n_changed;
} Fixture;

static void
on_changed (MeirUiFileTree *tree, gpointer user_data)
{
  (*(guint *) user_data)++;
}

static void
set_up_with (Fixture *fixture, MeirMetainfo *metainfo, GBytes *priorities)
{
  fixture->tree = meir_ui_file_tree_new (metainfo, priorities);
  g_assert_null (meir_ui_file_tree_get_rows (fixture->tree));
  app_wait_until (meir_ui_file_tree_get_rows (fixture->tree) != NULL);
  g_signal_connect (fixture->tree, "changed", G_CALLBACK (on_changed), &fixture->n_changed);
}

static void
set_up (Fixture *fixture, gconstpointer user_data)
{
  g_autoptr (MeirMetainfo) metainfo = files_metainfo ("Series", series, N_FILES);

  set_up_with (fixture, metainfo, NULL);
}

static void
tear_down (Fixture *fixture, gconstpointer user_data)
{
  gpointer weak = fixture->tree;

  g_object_add_weak_pointer (G_OBJECT (fixture->tree), &weak);
  g_object_unref (fixture->tree);
  app_wait_until (weak == NULL); /* a thread may still be about to let go of it */
}

static guint
node_of (Fixture *fixture, guint file)
{
  return meir_ui_file_index_find (meir_ui_file_tree_get_index (fixture->tree), file);
}

static guint
folder_of (Fixture *fixture, guint file)
{
  return meir_ui_file_index_get (meir_ui_file_tree_get_index (fixture->tree), node_of (fixture, file))
      ->parent;
}

static void
assert_priorities (Fixture *fixture, const guint8 wanted[N_FILES])
{
  g_autoptr (GBytes) priorities = meir_ui_file_tree_ref_priorities (fixture->tree);

  g_assert_nonnull (priorities);
  g_assert_cmpmem (g_bytes_get_data (priorities, NULL), g_bytes_get_size (priorities), wanted, N_FILES);
}

static void
assert_sums (Fixture *fixture, const char *wanted)
{
  g_autofree char *sums = meir_ui_file_tree_dup_sums (fixture->tree);

  g_assert_cmpstr (sums, ==, wanted);
}

static guint
n_rows (Fixture *fixture)
{
  return g_list_model_get_n_items (G_LIST_MODEL (meir_ui_file_tree_get_rows (fixture->tree)));
}

static guint
node_at (Fixture *fixture, guint position)
{
  g_autoptr (GtkTreeListRow) row =
      gtk_tree_list_model_get_row (meir_ui_file_tree_get_rows (fixture->tree), position);
  g_autoptr (MeirUiFileItem) item = gtk_tree_list_row_get_item (row);

  return meir_ui_file_item_get_node (item);
}

static void
test_ticks (Fixture *fixture, gconstpointer user_data)
{
  const guint8 wanted[N_FILES] = { 0, 2, 2, 2, 2 };

  g_assert_null (meir_ui_file_tree_ref_priorities (fixture->tree));
  assert_sums (fixture, "4 of 4 chosen · 6.1\302\240kB");
  meir_ui_file_tree_set_ticked (fixture->tree, node_of (fixture, FIRST), FALSE);
  g_assert_cmpuint (fixture->n_changed, ==, 1);
  assert_priorities (fixture, wanted);
  assert_sums (fixture, "3 of 4 chosen · 5.1\302\240kB");
  g_assert_cmpint (meir_ui_file_tree_get_tick (fixture->tree, node_of (fixture, FIRST)), ==,
                   MEIR_UI_TICK_NONE);
  g_assert_cmpint (meir_ui_file_tree_get_tick (fixture->tree, folder_of (fixture, FIRST)), ==,
                   MEIR_UI_TICK_SOME);
  g_assert_cmpint (meir_ui_file_tree_get_tick (fixture->tree, MEIR_UI_FILE_ROOT), ==, MEIR_UI_TICK_SOME);
  g_assert_cmpint (meir_ui_file_tree_get_tick (fixture->tree, folder_of (fixture, POSTER)), ==,
                   MEIR_UI_TICK_ALL);
  g_assert_cmpuint (meir_ui_file_tree_get_chosen_bytes (fixture->tree, folder_of (fixture, FIRST)), ==, 2000);
  meir_ui_file_tree_set_ticked (fixture->tree, folder_of (fixture, FIRST), TRUE);
  g_assert_null (meir_ui_file_tree_ref_priorities (fixture->tree));
}

/* A tick on a folder leaves alone what is wanted already. */
static void
test_folder (Fixture *fixture, gconstpointer user_data)
{
  const guint8 high[N_FILES] = { 3, 0, 2, 2, 2 }, ticked[N_FILES] = { 3, 2, 2, 2, 2 };
  guint season = folder_of (fixture, FIRST);

  meir_ui_file_tree_set_priority (fixture->tree, node_of (fixture, FIRST), MEIR_PRIORITY_HIGH);
  meir_ui_file_tree_set_priority (fixture->tree, node_of (fixture, SECOND), MEIR_PRIORITY_SKIP);
  assert_priorities (fixture, high);
  g_assert_cmpint (meir_ui_file_tree_get_priority (fixture->tree, season), ==, -1);
  meir_ui_file_tree_set_ticked (fixture->tree, season, TRUE);
  assert_priorities (fixture, ticked);
  meir_ui_file_tree_set_priority (fixture->tree, season, MEIR_PRIORITY_LOW);
  g_assert_cmpint (meir_ui_file_tree_get_priority (fixture->tree, season), ==, MEIR_PRIORITY_LOW);
  meir_ui_file_tree_set_ticked (fixture->tree, season, FALSE);
  g_assert_cmpint (meir_ui_file_tree_get_priority (fixture->tree, season), ==, MEIR_PRIORITY_SKIP);
  g_assert_cmpint (meir_ui_file_tree_get_priority (fixture->tree, MEIR_UI_FILE_ROOT), ==, -1);
}

static void
test_given (void)
{
  const guint8 given[N_FILES] = { 0, 3, 2, 1, 2 };
  g_autoptr (GBytes) bytes = g_bytes_new (given, sizeof given);
  g_autoptr (GBytes) short_bytes = g_bytes_new (given, 2);
  g_autoptr (MeirMetainfo) metainfo = files_metainfo ("Series", series, N_FILES);
  Fixture fixture = { NULL };

  set_up_with (&fixture, metainfo, bytes);
  assert_priorities (&fixture, given);
  assert_sums (&fixture, "3 of 4 chosen · 5.1\302\240kB");
  meir_ui_file_tree_set_priorities (fixture.tree, NULL);
  g_assert_null (meir_ui_file_tree_ref_priorities (fixture.tree));
  meir_ui_file_tree_set_priorities (fixture.tree, bytes);
  assert_priorities (&fixture, given);
  /* Of another number of files: not for this torrent. */
  meir_ui_file_tree_set_priorities (fixture.tree, short_bytes);
  g_assert_null (meir_ui_file_tree_ref_priorities (fixture.tree));
  tear_down (&fixture, NULL);
}

static void
test_rows (Fixture *fixture, gconstpointer user_data)
{
  g_autoptr (GtkTreeListRow) row =
      gtk_tree_list_model_get_row (meir_ui_file_tree_get_rows (fixture->tree), 1);

  g_assert_cmpuint (n_rows (fixture), ==, 3);
  g_assert_cmpuint (node_at (fixture, 1), ==, folder_of (fixture, FIRST));
  g_assert_true (gtk_tree_list_row_is_expandable (row));
  gtk_tree_list_row_set_expanded (row, TRUE);
  g_assert_cmpuint (n_rows (fixture), ==, 5);
  g_assert_cmpuint (node_at (fixture, 2), ==, node_of (fixture, FIRST));
  g_assert_cmpuint (node_at (fixture, 4), ==, node_of (fixture, README));
}

static void
filter (Fixture *fixture, const char *text, guint n_wanted)
{
  meir_ui_file_tree_set_filter (fixture->tree, text);
  app_wait_until (n_rows (fixture) == n_wanted);
}

/* "*.psd", and then untick all that is shown. */
static void
test_filter (Fixture *fixture, gconstpointer user_data)
{
  const guint8 wanted[N_FILES] = { 2, 2, 2, 0, 2 }, none[N_FILES] = { 0, 0, 2, 0, 0 };

  filter (fixture, "*.psd", 1);
  g_assert_true (meir_ui_file_tree_is_filtered (fixture->tree));
  g_assert_cmpuint (node_at (fixture, 0), ==, node_of (fixture, POSTER));
  meir_ui_file_tree_set_shown_ticked (fixture->tree, FALSE);
  assert_priorities (fixture, wanted);
  filter (fixture, "nothing like it", 0);
  meir_ui_file_tree_set_shown_ticked (fixture->tree, FALSE);
  assert_priorities (fixture, wanted);
  filter (fixture, "", 3);
  g_assert_false (meir_ui_file_tree_is_filtered (fixture->tree));
  meir_ui_file_tree_set_shown_ticked (fixture->tree, FALSE);
  assert_priorities (fixture, none);
  meir_ui_file_tree_set_shown_ticked (fixture->tree, TRUE);
  g_assert_null (meir_ui_file_tree_ref_priorities (fixture->tree));
}

/* Who types fast sees what fits the last letter. */
static void
test_typing (Fixture *fixture, gconstpointer user_data)
{
  meir_ui_file_tree_set_filter (fixture->tree, "m");
  meir_ui_file_tree_set_filter (fixture->tree, "mk");
  meir_ui_file_tree_set_filter (fixture->tree, "1.mkv");
  app_wait_until (meir_ui_file_tree_is_filtered (fixture->tree));
  g_assert_cmpuint (n_rows (fixture), ==, 1);
  for (guint i = 0; i < 50; i++)
    app_iterate ();
  g_assert_cmpuint (n_rows (fixture), ==, 1);
}

/* A filter, ticks and a drop of the last reference, all before the names are sorted. */
static void
test_early (void)
{
  g_autoptr (MeirMetainfo) metainfo = files_metainfo ("Series", series, N_FILES);
  MeirUiFileTree *tree = meir_ui_file_tree_new (metainfo, NULL);
  g_autofree char *sums = meir_ui_file_tree_dup_sums (tree);
  gpointer weak = tree;

  g_assert_cmpstr (sums, ==, "Looking at the list of files");
  meir_ui_file_tree_set_filter (tree, "*.psd");
  meir_ui_file_tree_set_shown_ticked (tree, FALSE);
  g_assert_null (meir_ui_file_tree_ref_priorities (tree));
  app_wait_until (meir_ui_file_tree_is_filtered (tree));
  g_object_unref (tree);
  weak = tree = meir_ui_file_tree_new (metainfo, NULL);
  g_object_add_weak_pointer (G_OBJECT (tree), &weak);
  g_object_unref (tree);
  app_wait_until (weak == NULL);
}

/* A folder of a hundred thousand files opens, is ticked and is filtered without a pause. */
static void
test_many (void)
{
  g_autoptr (MeirMetainfo) metainfo = files_metainfo_many (100000, 1);
  g_autoptr (GtkTreeListRow) row = NULL;
  Fixture fixture = { NULL };
  double open_sec, tick_sec;

  set_up_with (&fixture, metainfo, NULL);
  row = gtk_tree_list_model_get_row (meir_ui_file_tree_get_rows (fixture.tree), 0);
  g_test_timer_start ();
  gtk_tree_list_row_set_expanded (row, TRUE);
  open_sec = g_test_timer_elapsed ();
  g_assert_cmpuint (n_rows (&fixture), ==, 100001);
  g_test_timer_start ();
  meir_ui_file_tree_set_ticked (fixture.tree, 1, FALSE);
  tick_sec = g_test_timer_elapsed ();
  g_assert_cmpuint (meir_ui_file_tree_get_n_chosen (fixture.tree, MEIR_UI_FILE_ROOT), ==, 0);
  g_test_message ("opened in %.1f ms, ticked in %.1f ms", open_sec * 1000, tick_sec * 1000);
  filter (&fixture, "f9999?", 10);
  g_clear_object (&row);
  tear_down (&fixture, NULL);
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
  add ("/app/file-tree/ticks", test_ticks);
  add ("/app/file-tree/folder", test_folder);
  add ("/app/file-tree/rows", test_rows);
  add ("/app/file-tree/filter", test_filter);
  add ("/app/file-tree/typing", test_typing);
  g_test_add_func ("/app/file-tree/given", test_given);
  g_test_add_func ("/app/file-tree/early", test_early);
  g_test_add_func ("/app/file-tree/many", test_many);
  return g_test_run ();
}
