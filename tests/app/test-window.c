/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/meir-ui-commands.h"
#include "app/meir-ui-details.h"
#include "app/meir-ui-files-page.h"
#include "app/meir-ui-settings.h"
#include "app/meir-ui-share-dialog.h"

#include "app-support.h"
#include "dialog-support.h"
#include "harness.h"
#include "widget-support.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>

/* The whole window, used from inside: what is dropped, pasted, chosen, switched. */

#define HASH "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
#define LINK "magnet:?xt=urn:btih:" HASH "&dn=a+b%20c%26d&tr=http%3A%2F%2F127.0.0.1%3A1%2Fannounce"

static Harness harness;

static char *
write_torrent (const char *file_name, const char *name)
{
  g_autoptr (GBytes) bytes = app_torrent_bytes (name, 3);
  char *path = g_build_filename (harness.folder, file_name, NULL);

  g_assert_true (
      g_file_set_contents (path, g_bytes_get_data (bytes, NULL), (gssize) g_bytes_get_size (bytes), NULL));
  return path;
}

static gboolean
drop (const GValue *value)
{
  g_autoptr (GListModel) controllers = gtk_widget_observe_controllers (GTK_WIDGET (harness.window));
  gboolean taken = FALSE;
  guint n_targets = 0;

  for (guint i = 0; i < g_list_model_get_n_items (controllers); i++) {
    g_autoptr (GtkEventController) controller = g_list_model_get_item (controllers, i);

    if (!GTK_IS_DROP_TARGET (controller))
      continue;
    n_targets++;
    g_signal_emit_by_name (controller, "drop", value, 10.0, 10.0, &taken);
  }
  g_assert_cmpuint (n_targets, ==, 1);
  return taken;
}

static void
drop_files (const char *const *paths, gsize n)
{
  g_auto (GValue) value = G_VALUE_INIT;
  GSList *files = NULL;

  for (gsize i = n; i > 0; i--)
    files = g_slist_prepend (files, g_file_new_for_path (paths[i - 1]));
  g_value_init (&value, GDK_TYPE_FILE_LIST);
  g_value_take_boxed (&value, gdk_file_list_new_from_list (files));
  g_slist_free_full (files, g_object_unref);
  g_assert_true (drop (&value));
}

static void
drop_text (const char *text)
{
  g_auto (GValue) value = G_VALUE_INIT;

  g_value_init (&value, G_TYPE_STRING);
  g_value_set_string (&value, text);
  g_assert_true (drop (&value));
}

static void
activate (const char *action)
{
  g_assert_true (gtk_widget_activate_action (GTK_WIDGET (harness.window), action, NULL));
}

static gboolean
is_enabled (const char *action)
{
  if (g_action_group_has_action (G_ACTION_GROUP (harness.application), action))
    return g_action_group_get_action_enabled (G_ACTION_GROUP (harness.application), action);
  return g_action_group_get_action_enabled (G_ACTION_GROUP (harness.window), action);
}

static void
select_torrent (guint index)
{
  GtkListView *view = widget_find_type (harness.window, GTK_TYPE_LIST_VIEW);

  app_wait_until (g_list_model_get_n_items (G_LIST_MODEL (gtk_list_view_get_model (view))) > index);
  gtk_selection_model_select_item (gtk_list_view_get_model (view), index, TRUE);
}

/* What is still being read may come meanwhile: it goes too. */
static gboolean
is_empty (void)
{
  while (harness_n_torrents (&harness) > 0)
    meir_ui_application_remove (harness.application, harness_torrent (&harness, 0));
  return strcmp (harness_page (&harness), "empty") == 0;
}

static void
remove_all (void)
{
  app_wait_until (is_empty ());
}

static void
on_clipboard (GObject *source, GAsyncResult *result, gpointer user_data)
{
  char **text = user_data;

  *text = gdk_clipboard_read_text_finish (GDK_CLIPBOARD (source), result, NULL);
  g_assert_nonnull (*text);
}

static char *
dup_clipboard (void)
{
  char *text = NULL;

  gdk_clipboard_read_text_async (gtk_widget_get_clipboard (GTK_WIDGET (harness.window)), NULL, on_clipboard,
                                 &text);
  app_wait_until (text != NULL);
  return text;
}

static void
set_clipboard (const char *text)
{
  gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (harness.window)), text);
}

static char *
dup_name (guint index)
{
  return meir_torrent_dup_name (harness_torrent (&harness, index));
}

/* Empty: the two verbs, and no control that has nothing to act on. */
static void
script_empty (Harness *unused)
{
  g_assert_cmpstr (harness_page (&harness), ==, "empty");
  g_assert_false (gtk_widget_get_visible (widget_find (harness.window, "verbs")));
  g_assert_false (is_enabled ("copy-link"));
  g_assert_false (is_enabled ("remove"));
  g_assert_true (is_enabled ("add"));
  g_assert_true (is_enabled ("paste"));
  g_assert_cmpstr (harness_toast (&harness), ==, "");
}

static void
test_empty (void)
{
  harness_run (&harness, NULL, script_empty);
  g_assert_cmpint (harness.quit_usec, <, APP_PATIENCE_SEC * G_USEC_PER_SEC);
}

/* Several at once: torrents are added, anything else is shared, and what is wrong with one is said. */
static void
script_drop_files (Harness *unused)
{
  g_autofree char *one = write_torrent ("one.torrent", "one");
  g_autofree char *two = write_torrent ("two.TORRENT", "<b>two&");
  g_autofree char *pipe = g_build_filename (harness.folder, "pipe.torrent", NULL);
  g_autofree char *missing = g_build_filename (harness.folder, "missing.torrent", NULL);
  g_autofree char *photo = app_make_file (harness.folder, "photo.jpg", 50000);
  const char *const paths[] = { one, two, pipe, missing, photo };
  g_autofree char *text = NULL;
  const char *toast;

  g_assert_cmpint (mkfifo (pipe, 0600), ==, 0);
  drop_files (paths, G_N_ELEMENTS (paths));
  dialog_press (dialog_wait (MEIR_UI_TYPE_SHARE_DIALOG), "_Share");
  app_wait_until (harness_n_torrents (&harness) == 3);
  app_wait_until (strcmp (harness_page (&harness), "list") == 0);
  g_assert_true (gtk_widget_get_visible (widget_find (harness.window, "verbs")));
  /* One message for both that failed; the one for the photo may come before or after it. */
  app_wait_until (*(toast = harness_toast (&harness)) != '\0');
  g_assert_true (strstr (toast, "2 of them could not be added; the first because:") != NULL ||
                 strstr (toast, "photo.jpg") != NULL);
  app_wait_until (app_state (harness_torrent (&harness, 2)) == MEIR_TORRENT_SEEDING ||
                  app_state (harness_torrent (&harness, 1)) == MEIR_TORRENT_SEEDING ||
                  app_state (harness_torrent (&harness, 0)) == MEIR_TORRENT_SEEDING);
  /* Once more: they are here already. */
  drop_files (paths, 1);
  remove_all ();
  g_assert_cmpstr (harness_page (&harness), ==, "empty");
}

static void
script_drop_text (Harness *unused)
{
  g_autofree char *name = NULL;
  g_autofree char *uri = NULL;
  g_autofree char *text = NULL;
  g_autofree char *path = write_torrent ("three.torrent", "three");

  uri = g_filename_to_uri (path, NULL, NULL);
  text = g_strdup_printf ("\r\n  %s  \r\n\n%s\n%s\nnonsense\n", LINK, uri,
                          "cccccccccccccccccccccccccccccccccccccccc");
  drop_text (text);
  app_wait_until (harness_n_torrents (&harness) == 3);
  name = dup_name (0);
  g_assert_cmpstr (name, ==, "a b c&d");
  app_wait_until (*harness_toast (&harness) != '\0');
  g_assert_cmpstr (harness_toast (&harness), ==,
                   "1 of them could not be added: This is no magnet link, and no address of a torrent");
  remove_all ();
}

/* A hostile link is data: it is refused in a sentence, and nothing of it is read as markup. */
static void
script_bad_link (Harness *unused)
{
  drop_text ("magnet:?xt=urn:btih:<b>&amp;\342\200\256");
  app_wait_until (*harness_toast (&harness) != '\0');
  g_assert_cmpuint (harness_n_torrents (&harness), ==, 0);
  g_assert_null (strstr (harness_toast (&harness), "\342\200\256"));
}

static void
script_paste_and_copy (Harness *unused)
{
  g_autofree char *copied = NULL;

  set_clipboard (" " LINK "\n");
  activate ("win.paste");
  app_wait_until (harness_n_torrents (&harness) == 1);
  g_assert_false (is_enabled ("copy-link"));
  select_torrent (0);
  g_assert_true (is_enabled ("copy-link"));
  set_clipboard ("something else");
  activate ("win.copy-link");
  copied = dup_clipboard ();
  g_assert_cmpstr (copied, ==, LINK);
  app_wait_until (strcmp (harness_toast (&harness), "Link copied") == 0);
  activate ("win.remove");
  app_wait_until (strcmp (harness_page (&harness), "empty") == 0);
  g_assert_false (is_enabled ("copy-link"));
  g_assert_false (is_enabled ("remove"));
}

/* A link on the command line; then the next start has it still, paused as it was left. */
static void
script_first_start (Harness *unused)
{
  MeirTorrent *torrent;

  app_wait_until (harness_n_torrents (&harness) == 1);
  torrent = harness_torrent (&harness, 0);
  app_wait_until (app_state (torrent) == MEIR_TORRENT_METADATA);
  select_torrent (0);
  activate ("win.pause");
  app_wait_until (app_state (torrent) == MEIR_TORRENT_PAUSED);
}

/* The same link is given again: what is on record comes first. */
static void
script_second_start (Harness *unused)
{
  app_wait_until (*harness_toast (&harness) != '\0');
  g_assert_cmpstr (harness_toast (&harness), ==, "You have “\342\201\250a b c&d\342\201\251” already");
  g_assert_cmpuint (harness_n_torrents (&harness), ==, 1);
  app_wait_until (app_state (harness_torrent (&harness, 0)) == MEIR_TORRENT_PAUSED);
  /* It was selected. */
  app_wait_until (meir_ui_list_get_single (meir_ui_window_get_list (harness.window)) != NULL);
  remove_all ();
}

static void
test_restored (void)
{
  harness_run (&harness, LINK, script_first_start);
  harness_run (&harness, LINK, script_second_start);
}

static void
script_share (Harness *unused)
{
  g_autofree char *path = app_make_file (harness.folder, "<i>song&.ogg", 300000);
  const char *const paths[] = { path };
  g_autofree char *link = NULL;
  g_autoptr (MeirMagnet) magnet = NULL;

  drop_files (paths, 1);
  dialog_press (dialog_wait (MEIR_UI_TYPE_SHARE_DIALOG), "_Share");
  g_assert_true (gtk_revealer_get_reveal_child (widget_find (harness.window, "preparing")));
  app_wait_until (harness_n_torrents (&harness) == 1);
  app_wait_until (!gtk_revealer_get_reveal_child (widget_find (harness.window, "preparing")));
  app_wait_until (app_state (harness_torrent (&harness, 0)) == MEIR_TORRENT_SEEDING);
  app_wait_until (*harness_toast (&harness) != '\0');
  g_assert_cmpstr (harness_toast (&harness), ==, "“\342\201\250<i>song&.ogg\342\201\251” is ready");
  g_assert_cmpstr (meir_torrent_get_folder (harness_torrent (&harness, 0)), ==, harness.folder);
  /* Its button copies the link. */
  g_signal_emit_by_name (widget_find_button (harness_toast_widget (&harness), "Copy Link"), "clicked");
  link = dup_clipboard ();
  magnet = meir_magnet_parse (link, NULL);
  g_assert_nonnull (magnet);
  g_assert_true (
      meir_info_hash_equal (&magnet->info_hash, meir_torrent_get_info_hash (harness_torrent (&harness, 0))));
  remove_all ();
}

/* Quitting while much is being prepared and read waits for none of it. */
static void
script_quit_early (Harness *unused)
{
  g_autofree char *large = app_make_file (harness.folder, "large.bin", 8 << 20);
  g_autofree char *one = write_torrent ("one.torrent", "one");
  const char *const paths[] = { one, one, one, large };

  drop_files (paths + 3, 1);
  dialog_press (dialog_wait (MEIR_UI_TYPE_SHARE_DIALOG), "_Share");
  drop_files (paths, G_N_ELEMENTS (paths));
  g_assert_true (meir_ui_sharer_is_busy (meir_ui_application_get_sharer (harness.application)));
}

static void
script_nothing_left (Harness *unused)
{
  remove_all ();
}

static void
test_quit_early (void)
{
  harness_run (&harness, NULL, script_quit_early);
  harness_run (&harness, NULL, script_nothing_left);
}

/* An engine that cannot start says why; Try Again does what it says. */
static void
script_problem (Harness *unused)
{
  const char *description;

  g_assert_cmpstr (harness_page (&harness), ==, "problem");
  g_assert_null (meir_ui_application_get_session (harness.application));
  description = adw_status_page_get_description (widget_find (harness.window, "problem_page"));
  g_assert_nonnull (strstr (description, harness.state));
  g_assert_false (is_enabled ("add"));
  g_assert_false (is_enabled ("paste"));
  g_signal_emit_by_name (widget_find_button (harness.window, "_Try Again"), "clicked");
  g_assert_cmpstr (harness_page (&harness), ==, "problem");

  g_assert_cmpint (g_unlink (harness.state), ==, 0);
  g_signal_emit_by_name (widget_find_button (harness.window, "_Try Again"), "clicked");
  app_wait_until (strcmp (harness_page (&harness), "empty") == 0);
  g_assert_true (is_enabled ("add"));
  drop_text (LINK);
  app_wait_until (harness_n_torrents (&harness) == 1);
  app_wait_until (strcmp (harness_page (&harness), "list") == 0);
  remove_all ();
}

/* Without an engine, what was given at the start is answered too. */
static void
script_problem_with_link (Harness *unused)
{
  g_assert_cmpstr (harness_page (&harness), ==, "problem");
  app_wait_until (strstr (harness_toast (&harness), harness.state) != NULL);
}

static void
test_problem (void)
{
  app_remove_folder (harness.state);
  g_assert_true (g_file_set_contents (harness.state, "", -1, NULL));
  harness_run (&harness, LINK, script_problem_with_link);
  harness_run (&harness, NULL, script_problem);
}

static void
share (const char *path)
{
  meir_ui_sharer_add (meir_ui_application_get_sharer (harness.application), meir_create_options_new (path),
                      NULL);
}

/* Removed, and taken back; removed with its files, which go when the window does. */
static void
script_remove (Harness *unused)
{
  g_autofree char *path = app_make_file (harness.folder, "gone.bin", 20000);
  MeirTorrent *torrent;

  share (path);
  app_wait_until (harness_n_torrents (&harness) == 1);
  torrent = harness_torrent (&harness, 0);
  app_wait_until (app_state (torrent) == MEIR_TORRENT_SEEDING);
  select_torrent (0);
  activate ("win.remove");
  app_wait_until (strcmp (harness_page (&harness), "empty") == 0);
  app_wait_until (app_state (torrent) == MEIR_TORRENT_PAUSED);
  g_assert_cmpuint (harness_n_torrents (&harness), ==, 1);
  g_assert_true (is_enabled ("undo"));
  activate ("win.undo");
  app_wait_until (strcmp (harness_page (&harness), "list") == 0);
  app_wait_until (app_state (torrent) == MEIR_TORRENT_SEEDING);
  g_assert_false (is_enabled ("undo"));

  select_torrent (0);
  activate ("win.remove");
  app_wait_until (strcmp (harness_page (&harness), "empty") == 0);
  /* Added again while it is parked: it is back, and stays. */
  share (path);
  app_wait_until (strcmp (harness_page (&harness), "list") == 0);
  meir_ui_undo_commit (meir_ui_application_get_undo (harness.application));
  g_assert_cmpuint (harness_n_torrents (&harness), ==, 1);

  select_torrent (0);
  activate ("win.remove-with-files");
  g_assert_true (g_file_test (path, G_FILE_TEST_EXISTS));
}

static void
script_removed (Harness *unused)
{
  g_autofree char *path = g_build_filename (harness.folder, "gone.bin", NULL);

  g_assert_cmpuint (harness_n_torrents (&harness), ==, 0);
  g_assert_false (g_file_test (path, G_FILE_TEST_EXISTS));
}

static void
test_remove (void)
{
  harness_run (&harness, NULL, script_remove);
  harness_run (&harness, NULL, script_removed);
}

/* What a menu asks of the window is something that the window does; each item has a key of its own. */
static void
assert_menu_works (GMenuModel *menu, GHashTable *mnemonics)
{
  for (int i = 0; i < g_menu_model_get_n_items (menu); i++) {
    g_autoptr (GMenuModel) section = g_menu_model_get_item_link (menu, i, G_MENU_LINK_SECTION);
    g_autofree char *action = NULL;
    g_autofree char *label = NULL;

    if (g_menu_model_get_item_attribute (menu, i, G_MENU_ATTRIBUTE_LABEL, "s", &label)) {
      g_assert_nonnull (strchr (label, '_'));
      if (!g_hash_table_add (mnemonics, GINT_TO_POINTER (g_ascii_tolower (strchr (label, '_')[1]))))
        g_error ("The key of “%s” belongs to another item of its menu, too", label);
    }
    if (section != NULL)
      assert_menu_works (section, mnemonics);
    else if (g_menu_model_get_item_attribute (menu, i, G_MENU_ATTRIBUTE_ACTION, "s", &action) &&
             g_str_has_prefix (action, "win."))
      g_assert_true (g_action_group_has_action (G_ACTION_GROUP (harness.window), action + strlen ("win.")));
  }
}

static void
assert_menus_work (GtkWidget *widget)
{
  g_autoptr (GHashTable) mnemonics = g_hash_table_new (NULL, NULL);

  if (GTK_IS_MENU_BUTTON (widget) && gtk_menu_button_get_menu_model (GTK_MENU_BUTTON (widget)) != NULL)
    assert_menu_works (gtk_menu_button_get_menu_model (GTK_MENU_BUTTON (widget)), mnemonics);
  for (GtkWidget *w = gtk_widget_get_first_child (widget); w != NULL; w = gtk_widget_get_next_sibling (w))
    assert_menus_work (w);
}

/* Wherever it is asked for, it is on record at once. */
static void
assert_play_order_kept (void)
{
  MeirUiLibrary *library = meir_ui_application_get_library (harness.application);
  MeirTorrent *torrent = harness_torrent (&harness, 0);

  app_wait_until (!meir_ui_library_is_saving (library));
  gtk_widget_activate_action (widget_find_type (harness.window, MEIR_UI_TYPE_FILES_PAGE), "page.play-order",
                              NULL);
  g_assert_true (meir_torrent_get_play_order (torrent));
  g_assert_true (meir_ui_library_is_saving (library));
  meir_ui_commands_update (harness.window);
  app_wait_until (!meir_ui_library_is_saving (library));
  activate ("win.play-order");
  g_assert_false (meir_torrent_get_play_order (torrent));
  g_assert_true (meir_ui_library_is_saving (library));
}

static void
count_frame (GdkFrameClock *clock, gpointer user_data)
{
  ++*(guint *) user_data;
}

/* Details that nobody sees are those of the selection at once; beside the list they come a frame after it. */
static void
assert_details_follow (void)
{
  MeirUiDetails *details = widget_find_type (harness.window, MEIR_UI_TYPE_DETAILS);
  GdkFrameClock *clock = gtk_widget_get_frame_clock (GTK_WIDGET (harness.window));
  guint n_frames = 0;

  select_torrent (1);
  g_assert_true (meir_ui_details_get_torrent (details) == harness_torrent (&harness, 1));
  gtk_window_set_default_size (GTK_WINDOW (harness.window), 1000, 700);
  meir_ui_split_set_show_details (meir_ui_window_get_split (harness.window), TRUE);
  app_wait_until (gtk_widget_get_mapped (GTK_WIDGET (details)) &&
                  !meir_ui_split_get_collapsed (meir_ui_window_get_split (harness.window)));
  g_signal_connect (clock, "layout", G_CALLBACK (count_frame), &n_frames);
  select_torrent (0);
  g_assert_true (meir_ui_details_get_torrent (details) == harness_torrent (&harness, 1));
  app_wait_until (meir_ui_details_get_torrent (details) == harness_torrent (&harness, 0));
  g_assert_cmpuint (n_frames, >, 0);
  g_signal_handlers_disconnect_by_data (clock, &n_frames);
  /* Who asks for them does not wait. */
  select_torrent (1);
  activate ("win.details");
  g_assert_true (meir_ui_details_get_torrent (details) == harness_torrent (&harness, 1));
}

/* The button of the details is for all that are selected, not for the one alone that they show. */
static void
assert_details_pause_all (void)
{
  MeirUiDetails *details = widget_find_type (harness.window, MEIR_UI_TYPE_DETAILS);
  MeirUiLibrary *library = meir_ui_application_get_library (harness.application);
  GtkWidget *button = widget_find (details, "pause");

  activate ("win.details");
  for (guint i = 0; i < 2; i++) {
    app_wait_until (g_strcmp0 (gtk_widget_get_tooltip_text (button), i == 0 ? "Resume" : "Pause") == 0);
    g_signal_emit_by_name (button, "clicked");
    g_assert_cmpint (meir_ui_library_is_paused (library, harness_torrent (&harness, 0)), ==, i == 1);
    g_assert_cmpint (meir_ui_library_is_paused (library, harness_torrent (&harness, 1)), ==, i == 1);
  }
  activate ("win.details-pane");
}

/* Several at once; another name; the details and the way back. */
static void
script_selection (Harness *unused)
{
  MeirUiList *list;
  MeirUiItem *item;
  g_autofree char *name = NULL;
  g_autofree char *own = NULL;

  drop_text (LINK "\n"
                  "cccccccccccccccccccccccccccccccccccccccc");
  app_wait_until (harness_n_torrents (&harness) == 2);
  select_torrent (1);
  list = meir_ui_window_get_list (harness.window);
  activate ("win.select-all");
  g_assert_cmpuint (meir_ui_list_get_n_selected (list), ==, 2);
  g_assert_false (is_enabled ("rename"));
  activate ("win.toggle-pause");
  app_wait_until (app_state (harness_torrent (&harness, 0)) == MEIR_TORRENT_PAUSED &&
                  app_state (harness_torrent (&harness, 1)) == MEIR_TORRENT_PAUSED);
  /* Two presses take each other back, however soon they follow. */
  activate ("win.toggle-pause");
  g_assert_false (meir_ui_library_is_paused (meir_ui_application_get_library (harness.application),
                                             harness_torrent (&harness, 0)));
  activate ("win.toggle-pause");
  g_assert_true (meir_ui_library_is_paused (meir_ui_application_get_library (harness.application),
                                            harness_torrent (&harness, 0)));
  assert_details_pause_all ();
  activate ("win.select-none");
  g_assert_cmpuint (meir_ui_list_get_n_selected (list), ==, 0);
  g_assert_false (is_enabled ("pause"));

  select_torrent (0);
  g_assert_true (is_enabled ("rename"));
  meir_ui_application_rename (harness.application, harness_torrent (&harness, 0), "Mine");
  name = meir_ui_application_dup_name (harness.application, harness_torrent (&harness, 0));
  g_assert_cmpstr (name, ==, "Mine");
  item = meir_ui_list_get_single (list);
  g_assert_cmpstr (meir_ui_item_get_name (item), ==, "Mine");
  meir_ui_application_rename (harness.application, harness_torrent (&harness, 0), "");
  g_assert_cmpstr (meir_ui_item_get_name (item), ==, "a b c&d");
  own = meir_ui_application_dup_name (harness.application, harness_torrent (&harness, 0));
  g_assert_cmpstr (own, ==, "a b c&d");

  activate ("win.details");
  g_assert_true (meir_ui_split_get_show_details (meir_ui_window_get_split (harness.window)));
  assert_menus_work (GTK_WIDGET (harness.window));
  assert_play_order_kept ();
  activate ("win.details-pane");
  g_assert_false (meir_ui_split_get_show_details (meir_ui_window_get_split (harness.window)));
  assert_details_follow ();
  remove_all ();
}

static gboolean
shows_details (void)
{
  return meir_ui_split_get_show_details (meir_ui_window_get_split (harness.window));
}

static gboolean
is_app_enabled (const char *name)
{
  return g_action_group_get_action_enabled (G_ACTION_GROUP (harness.application), name);
}

/* What acts on all torrents is there when there is one; who opens the details finds them open next time. */
static void
script_pane (Harness *unused)
{
  g_assert_false (shows_details ());
  g_assert_false (is_app_enabled ("pause-all"));
  g_assert_false (is_app_enabled ("resume-all"));
  drop_text (LINK);
  app_wait_until (strcmp (harness_page (&harness), "list") == 0);
  g_assert_true (is_app_enabled ("pause-all"));
  g_assert_true (is_app_enabled ("resume-all"));
  app_wait_until (!meir_ui_split_get_collapsed (meir_ui_window_get_split (harness.window)));
  activate ("win.details-pane");
  g_assert_true (shows_details ());
}

static void
script_pane_again (Harness *unused)
{
  app_wait_until (shows_details ());
}

static void
script_pane_narrow (Harness *unused)
{
  app_wait_until (strcmp (harness_page (&harness), "list") == 0);
  widget_settle (GTK_WIDGET (harness.window));
  g_assert_true (meir_ui_split_get_collapsed (meir_ui_window_get_split (harness.window)));
  g_assert_false (shows_details ());
  remove_all ();
}

static void
test_pane (void)
{
  GSettings *settings = meir_ui_settings_get ();

  g_settings_set_int (settings, "window-width", MEIR_UI_SPLIT_WIDTH + 100);
  harness_run (&harness, NULL, script_pane);
  harness_run (&harness, NULL, script_pane_again);
  g_settings_set_int (settings, "window-width", MEIR_UI_SPLIT_WIDTH - 400);
  harness_run (&harness, NULL, script_pane_narrow);
  g_settings_reset (settings, "window-width");
  g_settings_reset (settings, "details-pane");
}

/* Whoever asks once a second does so with a timer of their own. */
static gboolean
polls (void)
{
  return g_main_context_find_source_by_user_data (NULL, harness.window) != NULL;
}

static void
script_hidden (Harness *unused)
{
  g_assert_true (polls ());
  gtk_widget_set_visible (GTK_WIDGET (harness.window), FALSE);
  g_assert_false (polls ());
  gtk_window_present (GTK_WINDOW (harness.window));
  app_wait_until (polls ());
}

static void
add_tests (void)
{
  /* The question about a download has a test of its own. */
  g_settings_set_boolean (meir_ui_settings_get (), "ask-where", FALSE);
  g_test_add_func ("/app/window/empty", test_empty);
  harness_add_test ("/app/window/drop-files", script_drop_files);
  harness_add_test ("/app/window/drop-text", script_drop_text);
  harness_add_test ("/app/window/bad-link", script_bad_link);
  harness_add_test ("/app/window/paste-and-copy", script_paste_and_copy);
  g_test_add_func ("/app/window/restored", test_restored);
  harness_add_test ("/app/window/share", script_share);
  g_test_add_func ("/app/window/remove", test_remove);
  harness_add_test ("/app/window/selection", script_selection);
  g_test_add_func ("/app/window/pane", test_pane);
  harness_add_test ("/app/window/hidden", script_hidden);
  g_test_add_func ("/app/window/quit-early", test_quit_early);
  g_test_add_func ("/app/window/problem", test_problem);
}

int
main (int argc, char **argv)
{
  return harness_main (&harness, argc, argv, add_tests);
}
