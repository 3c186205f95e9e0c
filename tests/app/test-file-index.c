/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/meir-ui-file-index.h"

#include "app-support.h"
#include "files-support.h"

/* The files of a torrent as a tree of folders. */

static const TestFile series[] = {
  { "readme.txt", 100, FALSE },
  { "Season 1/10 Last.mkv", 40000, FALSE },
  { "Season 1/02 Second.mkv", 30000, FALSE },
  { ".pad/5", 5, TRUE },
  { "Extras/art/poster.PSD", 20000, FALSE },
  { "Season 1/1 Pilot.mkv", 10000, FALSE },
};

static MeirUiFileIndex *
make (const TestFile *files, guint n_files)
{
  g_autoptr (MeirMetainfo) metainfo = files_metainfo ("Series", files, n_files);

  return meir_ui_file_index_new (metainfo);
}

static const MeirUiFileNode *
child (MeirUiFileIndex *index, const MeirUiFileNode *folder, guint i)
{
  g_assert_cmpuint (i, <, folder->n_children);
  return meir_ui_file_index_get (index, folder->children[i]);
}

static void
test_tree (void)
{
  g_autoptr (MeirUiFileIndex) index = make (series, G_N_ELEMENTS (series));
  const MeirUiFileNode *root = meir_ui_file_index_get (index, MEIR_UI_FILE_ROOT);
  const MeirUiFileNode *season, *pilot;

  g_assert_cmpuint (root->n_files, ==, 5);
  g_assert_cmpuint (root->bytes, ==, 100100);
  g_assert_cmpuint (root->n_children, ==, 3);
  g_assert_cmpstr (child (index, root, 0)->name, ==, "Extras");
  g_assert_cmpstr (child (index, root, 1)->name, ==, "Season 1");
  g_assert_cmpstr (child (index, root, 2)->name, ==, "readme.txt");
  season = child (index, root, 1);
  g_assert_cmpuint (season->file, ==, MEIR_UI_FILE_NONE);
  g_assert_cmpuint (season->n_files, ==, 3);
  g_assert_cmpuint (season->bytes, ==, 80000);
  g_assert_cmpuint (season->offset, ==, 100);
  g_assert_cmpuint (season->end, ==, 100105);
  /* As people count, and not as characters compare. */
  pilot = child (index, season, 0);
  g_assert_cmpstr (pilot->name, ==, "1 Pilot.mkv");
  g_assert_cmpstr (child (index, season, 1)->name, ==, "02 Second.mkv");
  g_assert_cmpstr (child (index, season, 2)->name, ==, "10 Last.mkv");
  g_assert_cmpuint (pilot->file, ==, 5);
  g_assert_cmpuint (pilot->offset, ==, 90105);
  g_assert_cmpuint (pilot->end, ==, 100105);
  g_assert_true (meir_ui_file_index_get (index, pilot->parent) == season);
}

static void
test_find (void)
{
  g_autoptr (MeirUiFileIndex) index = make (series, G_N_ELEMENTS (series));
  guint node = meir_ui_file_index_find (index, 4);

  g_assert_cmpstr (meir_ui_file_index_get_path (index, node), ==, "Extras/art/poster.PSD");
  g_assert_cmpuint (meir_ui_file_index_get (index, node)->file, ==, 4);
  g_assert_cmpuint (meir_ui_file_index_find (index, 3), ==, MEIR_UI_FILE_NONE);
}

static void
test_single (void)
{
  g_autoptr (MeirMetainfo) metainfo = app_metainfo ("film.mkv", 3);
  g_autoptr (MeirUiFileIndex) index = meir_ui_file_index_new (metainfo);

  g_assert_cmpuint (meir_ui_file_index_get_n_nodes (index), ==, 2);
  g_assert_cmpstr (meir_ui_file_index_get (index, 1)->name, ==, "film.mkv");
  g_assert_true (meir_ui_file_index_get_metainfo (index) == metainfo);
}

/* Bytes that are no text, marks that turn text around, folders within folders: shown safely, none lost. */
static void
test_hostile (void)
{
  const TestFile files[] = {
    { "a\342\200\256/x", 1, FALSE }, { "a\342\200\256/y", 1, FALSE },       { "\377\376/z", 1, FALSE },
    { "a/b/c/d/e/f/g", 1, FALSE },   { "a/b/c/d/e/f/h/i/j/k/l", 1, FALSE }, { "ab/c", 0, FALSE },
  };
  g_autoptr (MeirUiFileIndex) index = make (files, G_N_ELEMENTS (files));
  const MeirUiFileNode *root = meir_ui_file_index_get (index, MEIR_UI_FILE_ROOT);

  g_assert_cmpuint (root->n_files, ==, G_N_ELEMENTS (files));
  g_assert_cmpuint (root->n_children, ==, 4);
  for (guint i = 0; i < meir_ui_file_index_get_n_nodes (index); i++) {
    const MeirUiFileNode *node = meir_ui_file_index_get (index, i);

    g_assert_true (g_utf8_validate (node->name, -1, NULL));
    g_assert_null (strstr (node->name, "\342\200\256"));
    g_assert_cmpuint (node->parent, <=, i);
  }
}

static void
assert_match (const char *pattern, guint n, const char *first)
{
  g_autoptr (MeirUiFileIndex) index = make (series, G_N_ELEMENTS (series));
  g_autoptr (GArray) found = meir_ui_file_index_match (index, pattern);

  g_assert_cmpuint (found->len, ==, n);
  if (first != NULL)
    g_assert_cmpstr (meir_ui_file_index_get_path (index, g_array_index (found, guint, 0)), ==, first);
}

static void
test_match (void)
{
  assert_match ("*.psd", 1, "Extras/art/poster.PSD");
  assert_match ("*.mkv", 3, "Season 1/10 Last.mkv");
  assert_match ("SECOND", 1, "Season 1/02 Second.mkv");
  assert_match ("season", 3, NULL);
  assert_match ("?eadme*", 1, "readme.txt");
  assert_match ("season*", 0, NULL);
  assert_match ("season*/*", 3, NULL);
  assert_match ("[", 0, NULL);
}

/* A folder of a hundred thousand files, and a hundred thousand folders of one: both in moderate time. */
static void
test_many (void)
{
  const guint n = 100000;
  g_autoptr (MeirMetainfo) flat = files_metainfo_many (n, 0);
  g_autoptr (MeirMetainfo) spread = files_metainfo_many (n, n);
  g_autoptr (GArray) found = NULL;
  MeirUiFileIndex *index;

  g_test_timer_start ();
  index = meir_ui_file_index_new (flat);
  g_test_message ("flat: %.1f ms", g_test_timer_elapsed () * 1000);
  g_assert_cmpuint (meir_ui_file_index_get_n_nodes (index), ==, n + 1);
  g_assert_cmpstr (child (index, meir_ui_file_index_get (index, 0), 99999)->name, ==, "f99999");
  g_test_timer_start ();
  found = meir_ui_file_index_match (index, "f9999*");
  g_test_message ("match: %.1f ms", g_test_timer_elapsed () * 1000);
  g_assert_cmpuint (found->len, ==, 11);
  meir_ui_file_index_unref (index);
  g_test_timer_start ();
  index = meir_ui_file_index_new (spread);
  g_test_message ("spread: %.1f ms", g_test_timer_elapsed () * 1000);
  g_assert_cmpuint (meir_ui_file_index_get_n_nodes (index), ==, 2 * n + 1);
  meir_ui_file_index_unref (index);
}

int
main (int argc, char **argv)
{
  meir_init ();
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/app/file-index/tree", test_tree);
  g_test_add_func ("/app/file-index/find", test_find);
  g_test_add_func ("/app/file-index/single", test_single);
  g_test_add_func ("/app/file-index/hostile", test_hostile);
  g_test_add_func ("/app/file-index/match", test_match);
  g_test_add_func ("/app/file-index/many", test_many);
  return g_test_run ();
}
