/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/meir-ui-relocation.h"
#include "app/meir-ui-settings.h"

#include "app-support.h"
#include "harness.h"

#include <glib/gstdio.h>
#include <string.h>

/* Another folder, and the way back. */

#define LINK "magnet:?xt=urn:btih:dddddddddddddddddddddddddddddddddddddddd&dn=film"

static Harness harness;
static GCancellable *cancellable; /* (nullable): of the moves that begin now */

void __real_meir_torrent_move_async (MeirTorrent *torrent, const char *folder, GCancellable *given,
                                     GAsyncReadyCallback callback, gpointer user_data);
void __wrap_meir_torrent_move_async (MeirTorrent *torrent, const char *folder, GCancellable *given,
                                     GAsyncReadyCallback callback, gpointer user_data);

void
__wrap_meir_torrent_move_async (MeirTorrent *torrent, const char *folder, GCancellable *given,
                                GAsyncReadyCallback callback, gpointer user_data)
{
  __real_meir_torrent_move_async (torrent, folder, cancellable != NULL ? cancellable : given, callback,
                                  user_data);
}

static guint n_cancelled; /* moves that were cancelled by the user, as it seems, when they were done */
static gboolean cancels;

gboolean __real_meir_torrent_move_finish (MeirTorrent *torrent, GAsyncResult *result, GError **error);
gboolean __wrap_meir_torrent_move_finish (MeirTorrent *torrent, GAsyncResult *result, GError **error);

gboolean
__wrap_meir_torrent_move_finish (MeirTorrent *torrent, GAsyncResult *result, GError **error)
{
  if (!cancels)
    return __real_meir_torrent_move_finish (torrent, result, error);
  n_cancelled++;
  g_assert_true (__real_meir_torrent_move_finish (torrent, result, NULL));
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_CANCELLED, "cancelled");
  return FALSE;
}

static GPtrArray *
dup_all (void)
{
  GPtrArray *torrents = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < harness_n_torrents (&harness); i++)
    g_ptr_array_add (torrents, g_object_ref (harness_torrent (&harness, i)));
  return torrents;
}

static MeirUiUndo *
get_undo (void)
{
  return meir_ui_application_get_undo (harness.application);
}

static char *
make_folder (const char *name)
{
  char *path = g_build_filename (harness.folder, name, NULL);

  g_assert_cmpint (g_mkdir_with_parents (path, 0700), ==, 0);
  return path;
}

static void
remove_all (void)
{
  while (harness_n_torrents (&harness) > 0)
    meir_ui_application_remove (harness.application, harness_torrent (&harness, 0));
}

/* Nothing is moved by looking elsewhere, and it looks again where it was. */
static void
script_look (Harness *unused)
{
  g_autofree char *elsewhere = make_folder ("elsewhere");
  g_autofree char *before = NULL;
  g_autoptr (GPtrArray) torrents = NULL;
  MeirTorrent *torrent;

  app_wait_until (harness_n_torrents (&harness) == 1);
  torrent = harness_torrent (&harness, 0);
  before = g_strdup (meir_torrent_get_folder (torrent));
  torrents = dup_all ();
  meir_ui_relocation_look_in (harness.application, torrents, elsewhere);
  g_assert_cmpstr (meir_torrent_get_folder (torrent), ==, elsewhere);
  g_assert_true (meir_ui_undo_take_back (get_undo ()));
  g_assert_cmpstr (meir_torrent_get_folder (torrent), ==, before);
  g_assert_false (meir_ui_undo_can_undo (get_undo ()));
  remove_all ();
}

static void
test_look (void)
{
  harness_run (&harness, LINK, script_look);
}

/* Files go there, and come back. */
static void
script_move (Harness *unused)
{
  g_autofree char *song = app_make_file (harness.folder, "song.bin", 50000);
  g_autofree char *elsewhere = make_folder ("elsewhere");
  g_autofree char *moved = g_build_filename (elsewhere, "song.bin", NULL);
  g_autoptr (GPtrArray) torrents = NULL;

  meir_ui_sharer_add (meir_ui_application_get_sharer (harness.application), meir_create_options_new (song),
                      NULL);
  app_wait_until (harness_n_torrents (&harness) == 1);
  app_wait_until (app_state (harness_torrent (&harness, 0)) == MEIR_TORRENT_SEEDING);
  torrents = dup_all ();
  meir_ui_relocation_move_to (harness.application, torrents, elsewhere);
  app_wait_until (meir_ui_undo_can_undo (get_undo ()));
  g_assert_true (g_file_test (moved, G_FILE_TEST_EXISTS));
  g_assert_false (g_file_test (song, G_FILE_TEST_EXISTS));
  g_assert_true (meir_ui_undo_take_back (get_undo ()));
  app_wait_until (g_file_test (song, G_FILE_TEST_EXISTS));
  app_wait_until (app_state (harness_torrent (&harness, 0)) == MEIR_TORRENT_SEEDING);
  g_assert_false (g_file_test (moved, G_FILE_TEST_EXISTS));
  /* What was taken back is not offered once more. */
  g_assert_false (meir_ui_undo_can_undo (get_undo ()));
}

/* Several that are cancelled are told in one sentence. */
static void
script_cancel (Harness *unused)
{
  static const char *const names[] = { "song.bin", "film.bin" };
  g_autofree char *elsewhere = make_folder ("elsewhere");
  g_autoptr (GPtrArray) torrents = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    g_autofree char *path = app_make_file (harness.folder, names[i], 50000);

    meir_ui_sharer_add (meir_ui_application_get_sharer (harness.application), meir_create_options_new (path),
                        NULL);
  }
  app_wait_until (harness_n_torrents (&harness) == 2);
  torrents = dup_all ();
  for (guint i = 0; i < torrents->len; i++)
    app_wait_until (app_state (g_ptr_array_index (torrents, i)) == MEIR_TORRENT_SEEDING);
  cancellable = g_cancellable_new ();
  g_cancellable_cancel (cancellable);
  meir_ui_relocation_move_to (harness.application, torrents, elsewhere);
  g_clear_object (&cancellable);
  app_wait_until (strstr (harness_toast (&harness), "2 torrents stay where they were") != NULL);
  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    g_autofree char *path = g_build_filename (harness.folder, names[i], NULL);

    g_assert_true (g_file_test (path, G_FILE_TEST_EXISTS));
  }
  g_assert_false (meir_ui_undo_can_undo (get_undo ()));
  remove_all ();
}

/* What is finished moves to where it belongs; who cancels that hears that it stays. */
static void
script_unfinished (Harness *unused)
{
  g_autofree char *apart = make_folder ("apart");
  g_autofree char *uri = g_filename_to_uri (apart, NULL, NULL);
  g_autofree char *song = app_make_file (harness.folder, "tune.bin", 50000);
  g_autofree char *waiting = g_build_filename (apart, "tune.bin", NULL);
  g_autoptr (MeirMetainfo) metainfo = NULL;
  MeirAddOptions options = { .folder = harness.downloads };

  meir_ui_sharer_add (meir_ui_application_get_sharer (harness.application), meir_create_options_new (song),
                      NULL);
  app_wait_until (harness_n_torrents (&harness) == 1);
  metainfo = meir_torrent_ref_metainfo (harness_torrent (&harness, 0));
  remove_all ();
  app_wait_until (harness_n_torrents (&harness) == 0);
  g_assert_cmpint (g_rename (song, waiting), ==, 0);

  g_settings_set_string (meir_ui_settings_get (), "unfinished-folder", uri);
  cancels = TRUE;
  options.metainfo = metainfo;
  g_assert_nonnull (meir_ui_application_add (harness.application, &options, NULL, NULL));
  app_wait_until (strstr (harness_toast (&harness), "Moving was cancelled; ") != NULL);
  g_assert_nonnull (strstr (harness_toast (&harness), "tune.bin"));
  cancels = FALSE;
  g_assert_cmpuint (n_cancelled, ==, 1);
  g_settings_reset (meir_ui_settings_get (), "unfinished-folder");
  remove_all ();
}

/* What cannot be moved is said, and there is nothing to take back. */
static void
script_move_fails (Harness *unused)
{
  g_autofree char *file = app_make_file (harness.folder, "no-folder", 10);
  g_autoptr (GPtrArray) torrents = NULL;

  app_wait_until (harness_n_torrents (&harness) == 1);
  app_wait_until (app_state (harness_torrent (&harness, 0)) == MEIR_TORRENT_SEEDING);
  torrents = dup_all ();
  meir_ui_relocation_move_to (harness.application, torrents, file);
  app_wait_until (strstr (harness_toast (&harness), "no-folder") != NULL);
  g_assert_false (meir_ui_undo_can_undo (get_undo ()));
  app_wait_until (app_state (harness_torrent (&harness, 0)) == MEIR_TORRENT_SEEDING);
  remove_all ();
}

/* Of what has no list of files yet, it is where it will be that changes. */
static void
script_move_magnet (Harness *unused)
{
  GAction *action = g_action_map_lookup_action (G_ACTION_MAP (harness.window), "move");
  g_autofree char *elsewhere = make_folder ("elsewhere");
  g_autofree char *before = NULL;
  g_autoptr (GPtrArray) torrents = NULL;
  MeirTorrent *torrent;

  app_wait_until (harness_n_torrents (&harness) == 1);
  torrent = harness_torrent (&harness, 0);
  app_wait_until (meir_ui_list_select (meir_ui_window_get_list (harness.window), torrent));
  app_wait_until (g_action_get_enabled (action));
  before = g_strdup (meir_torrent_get_folder (torrent));
  torrents = dup_all ();
  meir_ui_relocation_move_to (harness.application, torrents, elsewhere);
  app_wait_until (meir_ui_undo_can_undo (get_undo ()));
  g_assert_cmpstr (meir_torrent_get_folder (torrent), ==, elsewhere);
  g_assert_true (meir_ui_undo_take_back (get_undo ()));
  app_wait_until (g_str_equal (meir_torrent_get_folder (torrent), before));
  g_assert_cmpint (app_state (torrent), ==, MEIR_TORRENT_METADATA);
  remove_all ();
}

static void
test_move (void)
{
  harness_run (&harness, LINK, script_move_magnet);
  harness_run (&harness, NULL, script_move);
  harness_run (&harness, NULL, script_move_fails);
  harness_run (&harness, NULL, script_cancel);
  harness_run (&harness, NULL, script_unfinished);
}

static void
add_tests (void)
{
  g_settings_set_boolean (meir_ui_settings_get (), "ask-where", FALSE);
  g_test_add_func ("/app/relocation/look", test_look);
  g_test_add_func ("/app/relocation/move", test_move);
}

int
main (int argc, char **argv)
{
  return harness_main (&harness, argc, argv, add_tests);
}
