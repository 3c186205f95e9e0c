/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/meir-ui-application.h"

#include "app/meir-ui-chips.h"
#include "app/meir-ui-details.h"
#include "app/meir-ui-removal.h"
#include "app/meir-ui-settings.h"
#include "app/meir-ui-share-dialog.h"

#include "app-support.h"
#include "dialog-support.h"
#include "harness.h"
#include "widget-support.h"

#include <string.h>

/* There is no window manager to give the window the focus. */
static gboolean is_active = TRUE;

gboolean __wrap_gtk_window_is_active (GtkWindow *window);

gboolean
__wrap_gtk_window_is_active (GtkWindow *window)
{
  return is_active;
}

/* Nor a trash on every disk. */
gboolean __wrap_g_file_trash (GFile *file, GCancellable *cancellable, GError **error);

gboolean
__wrap_g_file_trash (GFile *file, GCancellable *cancellable, GError **error)
{
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED, "There is no trash here");
  return FALSE;
}

/* What becomes of what was added or shared: in the list, in the details, and the next time. */

#define LINK "magnet:?xt=urn:btih:bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb&dn=Lonely"

static Harness harness;

static void
share (const char *path)
{
  g_autoptr (GFile) file = g_file_new_for_path (path);
  GSList files = { .data = file };

  meir_ui_share_dialog_present (harness.application, &files);
  dialog_press (dialog_wait (MEIR_UI_TYPE_SHARE_DIALOG), "_Share");
}

static void
remove_all (void)
{
  while (harness_n_torrents (&harness) > 0)
    meir_ui_application_remove (harness.application, harness_torrent (&harness, 0));
}

/* Who said that it shall not start right away finds it so the next time too. */
static void
script_add_paused (Harness *unused)
{
  g_autoptr (MeirMagnet) magnet = meir_magnet_parse (LINK, NULL);
  MeirAddOptions options = { .magnet = magnet, .folder = harness.downloads, .paused = TRUE };
  MeirTorrent *torrent = meir_ui_application_add (harness.application, &options, LINK, NULL);

  g_assert_nonnull (torrent);
  app_wait_until (app_state (torrent) == MEIR_TORRENT_PAUSED);
}

static void
script_still_paused (Harness *unused)
{
  MeirUiLibrary *library = meir_ui_application_get_library (harness.application);

  g_assert_cmpuint (harness_n_torrents (&harness), ==, 1);
  g_assert_true (meir_ui_library_is_paused (library, harness_torrent (&harness, 0)));
  app_wait_until (app_state (harness_torrent (&harness, 0)) == MEIR_TORRENT_PAUSED);
  remove_all ();
}

static void
test_paused (void)
{
  harness_run (&harness, NULL, script_add_paused);
  harness_run (&harness, NULL, script_still_paused);
}

static void
on_dismissed (AdwToast *toast, guint *n)
{
  ++*n;
}

/* That it is ready holds up nothing that is said after it: neither that something is wrong, nor the way back.
 */
static void
script_ready_gives_way (Harness *unused)
{
  g_autofree char *song = app_make_file (harness.folder, "song.ogg", 5000);
  g_autoptr (AdwToast) toast = NULL;
  guint n_dismissed = 0;

  share (song);
  app_wait_until (strstr (harness_toast (&harness), "is ready") != NULL);
  /* As soon as it has come to rest it can go. */
  app_wait_until (gtk_widget_get_can_target (harness_toast_widget (&harness)));
  g_object_get (harness_toast_widget (&harness), "toast", &toast, NULL);
  g_signal_connect (toast, "dismissed", G_CALLBACK (on_dismissed), &n_dismissed);
  meir_ui_application_tell (harness.application, "Something is wrong");
  g_assert_cmpuint (n_dismissed, ==, 1);
  app_wait_until (strcmp (harness_toast (&harness), "Something is wrong") == 0);
  g_signal_handlers_disconnect_by_data (toast, &n_dismissed);
  remove_all ();
}

static MeirUiDetails *
details (void)
{
  return widget_find_type (harness.window, MEIR_UI_TYPE_DETAILS);
}

static gboolean
is_shown (MeirTorrent *torrent)
{
  return meir_ui_split_get_show_details (meir_ui_window_get_split (harness.window)) &&
         meir_ui_details_get_torrent (details ()) == torrent;
}

/* Who has shared something sees how to send it; who does something else is told in passing. */
static void
script_share (Harness *unused)
{
  g_autofree char *song = app_make_file (harness.folder, "song.ogg", 5000);
  g_autofree char *photo = app_make_file (harness.folder, "photo.jpg", 6000);
  g_autofree char *film = app_make_file (harness.folder, "film.mkv", 7000);
  g_autofree char *book = app_make_file (harness.folder, "book.epub", 8000);

  gtk_window_set_default_size (GTK_WINDOW (harness.window), 1200, 700);
  app_wait_until (!meir_ui_split_get_collapsed (meir_ui_window_get_split (harness.window)));
  meir_ui_details_show_page (details (), "trackers");
  share (song);
  app_wait_until (harness_n_torrents (&harness) == 1);
  app_wait_until (is_shown (harness_torrent (&harness, 0)));
  g_assert_cmpstr (meir_ui_details_get_page (details ()), ==, "overview");
  share (photo);
  app_wait_until (harness_n_torrents (&harness) == 2);
  app_wait_until (is_shown (harness_torrent (&harness, 1)));

  is_active = FALSE;
  share (film);
  app_wait_until (strstr (harness_toast (&harness), "film.mkv") != NULL);
  is_active = TRUE;
  gtk_search_bar_set_search_mode (widget_find (harness.window, "search_bar"), TRUE);
  share (book);
  app_wait_until (strstr (harness_toast (&harness), "book.epub") != NULL);
  app_wait_until (
      g_list_model_get_n_items (G_LIST_MODEL (meir_ui_application_get_items (harness.application))) == 4);
  g_assert_true (is_shown (harness_torrent (&harness, 1)));
  remove_all ();
}

/* What a key, a button of the pointer, or its wheel tells the window. */
static void
use (GType controller_type)
{
  g_autoptr (GListModel) controllers = gtk_widget_observe_controllers (GTK_WIDGET (harness.window));
  gboolean taken;

  for (guint i = 0; i < g_list_model_get_n_items (controllers); i++) {
    g_autoptr (GtkEventController) controller = g_list_model_get_item (controllers, i);

    if (G_OBJECT_TYPE (controller) != controller_type)
      continue;
    if (controller_type == GTK_TYPE_EVENT_CONTROLLER_KEY)
      g_signal_emit_by_name (controller, "key-pressed", GDK_KEY_Down, 0u, 0u, &taken);
    else if (controller_type == GTK_TYPE_GESTURE_CLICK)
      g_signal_emit_by_name (controller, "pressed", 1, 10.0, 10.0);
    else
      g_signal_emit_by_name (controller, "scroll", 0.0, 1.0, &taken);
  }
}

/* In a narrow window the details take the list away, which is one step back: from who waits for them, not
 * from who has turned to the list meanwhile. */
static void
script_share_narrow (Harness *unused)
{
  const GType used[] = { GTK_TYPE_EVENT_CONTROLLER_KEY, GTK_TYPE_GESTURE_CLICK,
                         GTK_TYPE_EVENT_CONTROLLER_SCROLL };
  MeirUiSplit *split = meir_ui_window_get_split (harness.window);
  g_autofree char *song = app_make_file (harness.folder, "song.ogg", 5000);
  gboolean busy = FALSE;

  gtk_window_set_default_size (GTK_WINDOW (harness.window), 500, 700);
  app_wait_until (meir_ui_split_get_collapsed (split));
  /* What was done before does not count. */
  use (GTK_TYPE_EVENT_CONTROLLER_KEY);
  share (song);
  app_wait_until (harness_n_torrents (&harness) == 1 && is_shown (harness_torrent (&harness, 0)));
  g_assert_cmpstr (meir_ui_details_get_page (details ()), ==, "overview");
  g_signal_emit_by_name (widget_find (details (), "back"), "clicked");
  g_assert_false (meir_ui_split_get_show_details (split));

  for (guint i = 0; i < G_N_ELEMENTS (used); i++) {
    g_autofree char *name = g_strdup_printf ("film-%u.mkv", i);
    g_autofree char *film = app_make_file (harness.folder, name, 7000);

    share (film);
    g_object_get (meir_ui_application_get_sharer (harness.application), "busy", &busy, NULL);
    g_assert_true (busy);
    use (used[i]);
    app_wait_until (strstr (harness_toast (&harness), name) != NULL);
    app_wait_until (g_list_model_get_n_items (
                        G_LIST_MODEL (meir_ui_application_get_items (harness.application))) == i + 2);
    g_assert_false (meir_ui_split_get_show_details (split));
  }
  remove_all ();
}

/* Shared, removed with its files, and for good: then the trash has not taken it. */
static void
share_and_remove (const char *path)
{
  g_autoptr (GPtrArray) torrents = g_ptr_array_new ();

  share (path);
  app_wait_until (harness_n_torrents (&harness) == 1);
  app_wait_until (app_state (harness_torrent (&harness, 0)) == MEIR_TORRENT_SEEDING);
  g_ptr_array_add (torrents, harness_torrent (&harness, 0));
  meir_ui_removal_offer (harness.application, torrents, TRUE);
  meir_ui_undo_commit (meir_ui_application_get_undo (harness.application));
  app_wait_until (strstr (harness_toast (&harness), "moved to the trash: There is no trash here") != NULL);
  app_wait_until (gtk_widget_get_can_target (harness_toast_widget (&harness)));
  g_assert_true (g_file_test (path, G_FILE_TEST_EXISTS));
}

static void
press_delete (void)
{
  g_signal_emit_by_name (widget_find_button (harness_toast_widget (&harness), "Delete for Good"), "clicked");
}

/* Where there is no trash the files can be deleted, unless they are needed again. */
static void
script_no_trash (Harness *unused)
{
  g_autofree char *song = app_make_file (harness.folder, "song.ogg", 5000);

  share_and_remove (song);
  press_delete ();
  app_wait_until (strstr (harness_toast (&harness), "Deleted") != NULL);
  g_assert_false (g_file_test (song, G_FILE_TEST_EXISTS));

  g_free (song);
  song = app_make_file (harness.folder, "song.ogg", 5000);
  share_and_remove (song);
  share (song);
  app_wait_until (harness_n_torrents (&harness) == 1);
  press_delete ();
  app_wait_until (strstr (harness_toast (&harness), "its files stay") != NULL);
  g_assert_true (g_file_test (song, G_FILE_TEST_EXISTS));
  remove_all ();
}

/* Another torrent of the file: its pieces are others. */
static void
add_other_torrent (void)
{
  static const char other[] = "d4:infod6:lengthi5000e4:name8:song.ogg12:piece lengthi16384e6:pieces20:"
                              "yyyyyyyyyyyyyyyyyyyyee";
  g_autoptr (GBytes) bytes = g_bytes_new_static (other, strlen (other));
  g_autoptr (MeirMetainfo) metainfo = meir_metainfo_parse (bytes, NULL);
  MeirAddOptions options = { .metainfo = metainfo, .folder = harness.folder, .paused = TRUE };

  g_assert_nonnull (meir_ui_application_add (harness.application, &options, NULL, NULL));
}

/* What another torrent of the list has too is not deleted with one of them. */
static void
script_shared_file (Harness *unused)
{
  g_autofree char *song = app_make_file (harness.folder, "song.ogg", 5000);

  share_and_remove (song);
  add_other_torrent ();
  press_delete ();
  app_wait_until (strstr (harness_toast (&harness), "another torrent has it") != NULL);
  g_assert_true (g_file_test (song, G_FILE_TEST_EXISTS));
  remove_all ();
}

/* One toast for several, with one button for all of them. */
static void
script_no_trash_for_two (Harness *unused)
{
  g_autofree char *song = app_make_file (harness.folder, "song.ogg", 5000);
  g_autofree char *film = app_make_file (harness.folder, "film.mkv", 7000);
  g_autoptr (GPtrArray) torrents = g_ptr_array_new ();

  share (song);
  share (film);
  app_wait_until (harness_n_torrents (&harness) == 2);
  for (guint i = 0; i < 2; i++) {
    app_wait_until (app_state (harness_torrent (&harness, i)) == MEIR_TORRENT_SEEDING);
    g_ptr_array_add (torrents, harness_torrent (&harness, i));
  }
  meir_ui_removal_offer (harness.application, torrents, TRUE);
  meir_ui_undo_commit (meir_ui_application_get_undo (harness.application));
  app_wait_until (strstr (harness_toast (&harness), "Files of 2 torrents cannot") != NULL);
  app_wait_until (gtk_widget_get_can_target (harness_toast_widget (&harness)));
  press_delete ();
  app_wait_until (strstr (harness_toast (&harness), "Deleted the files of 2 torrents") != NULL);
  g_assert_false (g_file_test (song, G_FILE_TEST_EXISTS));
  g_assert_false (g_file_test (film, G_FILE_TEST_EXISTS));
}

static void
add_magnet (char last)
{
  g_autofree char *text = g_strdup (LINK);
  g_autoptr (MeirMagnet) magnet = NULL;
  MeirAddOptions options = { .folder = harness.downloads };

  *strchr (text, '&') = '\0';
  text[strlen (text) - 1] = last;
  magnet = meir_magnet_parse (text, NULL);
  options.magnet = magnet;
  g_assert_nonnull (meir_ui_application_add (harness.application, &options, text, NULL));
}

static void
show (MeirTorrent *torrent)
{
  char hex[2 * MEIR_SHA1_LENGTH + 1];

  meir_info_hash_to_hex (meir_torrent_get_info_hash (torrent), hex);
  g_action_group_activate_action (G_ACTION_GROUP (harness.application), "show-torrent",
                                  g_variant_new_string (hex));
}

static guint
n_listed (void)
{
  return g_list_model_get_n_items (G_LIST_MODEL (meir_ui_application_get_items (harness.application)));
}

/* What is to be shown is not hidden by a search, nor by a chip. */
static void
script_show (Harness *unused)
{
  gpointer search_bar = widget_find (harness.window, "search_bar");
  MeirUiItems *items = meir_ui_application_get_items (harness.application);

  add_magnet ('1');
  add_magnet ('2');
  app_wait_until (n_listed () == 2);
  gtk_search_bar_set_search_mode (search_bar, TRUE);
  gtk_editable_set_text (widget_find (harness.window, "search_entry"), "nothing is called so");
  app_wait_until (n_listed () == 0);
  show (harness_torrent (&harness, 1));
  app_wait_until (is_shown (harness_torrent (&harness, 1)));
  g_assert_false (gtk_search_bar_get_search_mode (search_bar));
  g_assert_cmpuint (n_listed (), ==, 2);

  gtk_toggle_button_set_active (widget_find_button (widget_find (harness.window, "chips"), "Sharing 0"),
                                TRUE);
  g_assert_cmpuint (n_listed (), ==, 0);
  show (harness_torrent (&harness, 0));
  app_wait_until (is_shown (harness_torrent (&harness, 0)));
  g_assert_cmpint (meir_ui_items_get_filter (items), ==, MEIR_UI_FILTER_ALL);
  remove_all ();
}

/* In the background nothing opens a window, but an answer to who has clicked does; what was to be said waits.
 */
static void
script_background (Harness *unused)
{
  GtkApplication *application = GTK_APPLICATION (harness.application);
  g_autofree char *song = app_make_file (harness.folder, "song.ogg", 5000);

  /* There is no desktop to be notified. */
  g_settings_set_boolean (meir_ui_settings_get (), "background-note-seen", TRUE);
  share (song);
  app_wait_until (harness_n_torrents (&harness) == 1);
  app_wait_until (app_state (harness_torrent (&harness, 0)) == MEIR_TORRENT_SEEDING);
  gtk_window_close (GTK_WINDOW (harness.window));
  app_wait_until (gtk_application_get_windows (application) == NULL);
  for (guint i = 0; i < 3; i++)
    meir_ui_application_tell (harness.application, "The list cannot be saved");
  g_assert_null (gtk_application_get_windows (application));
  harness.window = MEIR_UI_WINDOW (meir_ui_application_present (harness.application));
  app_wait_until (strcmp (harness_toast (&harness), "The list cannot be saved") == 0);
  /* Once: the next that is said comes after it. */
  meir_ui_application_tell (harness.application, "next");
  app_wait_until (strcmp (harness_toast (&harness), "next") == 0);

  gtk_window_close (GTK_WINDOW (harness.window));
  app_wait_until (gtk_application_get_windows (application) == NULL);
  g_action_group_activate_action (G_ACTION_GROUP (application), "open-torrent",
                                  g_variant_new_string ("cccccccccccccccccccccccccccccccccccccccc"));
  g_assert_nonnull (gtk_application_get_windows (application));
  harness.window = gtk_application_get_windows (application)->data;
  g_assert_true (gtk_widget_get_visible (GTK_WIDGET (harness.window)));
  app_wait_until (strstr (harness_toast (&harness), "not in the list any more") != NULL);
  remove_all ();
}

static void
activate (const char *action)
{
  g_assert_true (gtk_widget_activate_action (GTK_WIDGET (harness.window), action, NULL));
}

static void
select_first (void)
{
  meir_ui_list_select_near (meir_ui_window_get_list (harness.window), 0);
}

static gboolean
is_forced (MeirTorrent *torrent, MeirTorrentState state)
{
  g_autoptr (MeirTorrentSnapshot) snapshot = meir_torrent_peek_snapshot (torrent);

  return snapshot->forced && snapshot->state == state;
}

/* What was removed under the name that the user gave it comes back as it was: wanted now, whatever the queue
 * says. */
static void
script_undo (Harness *unused)
{
  MeirTorrent *torrent;

  add_magnet ('1');
  torrent = harness_torrent (&harness, 0);
  meir_ui_application_rename (harness.application, torrent, "Mine & yours");
  meir_torrent_start_now (torrent);
  app_wait_until (is_forced (torrent, MEIR_TORRENT_METADATA));
  app_wait_until (n_listed () == 1);
  select_first ();
  activate ("win.remove");
  app_wait_until (app_state (torrent) == MEIR_TORRENT_PAUSED);
  app_wait_until (strstr (harness_toast (&harness), "Mine & yours") != NULL);
  activate ("win.undo");
  app_wait_until (is_forced (torrent, MEIR_TORRENT_METADATA));
  remove_all ();
}

static gboolean
is_stopped_by_rule (MeirTorrent *torrent)
{
  g_autoptr (MeirTorrentSnapshot) snapshot = meir_torrent_peek_snapshot (torrent);

  return snapshot->stopped_by_rule;
}

/* What rests by its rule goes on resting by its rule. */
static void
script_undo_rule (Harness *unused)
{
  g_autofree char *song = app_make_file (harness.downloads, "song.ogg", 5000);
  MeirSession *session = meir_ui_application_get_session (harness.application);
  MeirAddOptions options = { .folder = harness.downloads, .seeded_before_sec = 600 };
  g_autoptr (MeirMetainfo) metainfo = NULL;
  MeirTorrent *torrent;

  share (song);
  app_wait_until (harness_n_torrents (&harness) == 1);
  metainfo = meir_torrent_ref_metainfo (harness_torrent (&harness, 0));
  remove_all ();
  app_wait_until (harness_n_torrents (&harness) == 0);
  meir_session_set_stop_rule (session, &(MeirStopRule){ 0, 10 });
  options.metainfo = metainfo;
  torrent = meir_ui_application_add (harness.application, &options, NULL, NULL);
  app_wait_until (is_stopped_by_rule (torrent));
  app_wait_until (n_listed () == 1);
  select_first ();
  activate ("win.remove");
  activate ("win.undo");
  g_assert_false (meir_ui_items_is_parked (meir_ui_application_get_items (harness.application), torrent));
  /* What the engine was asked for before has been done when this has begun. */
  add_magnet ('1');
  app_wait_until (app_state (harness_torrent (&harness, 1)) == MEIR_TORRENT_METADATA);
  g_assert_true (is_stopped_by_rule (torrent));
  g_assert_cmpint (app_state (torrent), ==, MEIR_TORRENT_PAUSED);
  remove_all ();
}

static void
add_tests (void)
{
  g_test_add_func ("/app/application/paused", test_paused);
  harness_add_test ("/app/application/ready-gives-way", script_ready_gives_way);
  harness_add_test ("/app/application/share", script_share);
  harness_add_test ("/app/application/share-narrow", script_share_narrow);
  harness_add_test ("/app/application/no-trash", script_no_trash);
  harness_add_test ("/app/application/shared-file", script_shared_file);
  harness_add_test ("/app/application/no-trash-for-two", script_no_trash_for_two);
  harness_add_test ("/app/application/show", script_show);
  harness_add_test ("/app/application/background", script_background);
  harness_add_test ("/app/application/undo", script_undo);
  harness_add_test ("/app/application/undo-rule", script_undo_rule);
}

int
main (int argc, char **argv)
{
  return harness_main (&harness, argc, argv, add_tests);
}
