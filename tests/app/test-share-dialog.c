/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/meir-ui-share-dialog.h"

#include "app/meir-ui-settings.h"

#include "app-support.h"
#include "dialog-support.h"
#include "widget-support.h"

#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>
#include <utime.h>

/* The question before something is shared. */

static Harness harness;

static gpointer
open_dialog (const char *const *paths)
{
  GSList *files = NULL;

  for (guint i = 0; paths[i] != NULL; i++)
    files = g_slist_append (files, g_file_new_for_path (paths[i]));
  meir_ui_share_dialog_present (harness.application, files);
  g_slist_free_full (files, g_object_unref);
  return dialog_wait (MEIR_UI_TYPE_SHARE_DIALOG);
}

static void
wait_closed (void)
{
  app_wait_until (dialog_find (MEIR_UI_TYPE_SHARE_DIALOG) == NULL);
}

static MeirMetainfo *
wait_shared (void)
{
  app_wait_until (harness_n_torrents (&harness) == 1);
  return meir_torrent_ref_metainfo (harness_torrent (&harness, 0));
}

static void
remove_all (void)
{
  while (harness_n_torrents (&harness) > 0)
    meir_ui_application_remove (harness.application, harness_torrent (&harness, 0));
}

static void
set_trackers (gpointer dialog, const char *text)
{
  gtk_text_buffer_set_text (gtk_text_view_get_buffer (widget_find (dialog, "trackers")), text, -1);
}

static char *
make_trip (void)
{
  char *folder = g_build_filename (harness.folder, "Summer Trip", NULL);

  g_assert_cmpint (g_mkdir_with_parents (folder, 0700), ==, 0);
  g_free (app_make_file (folder, "one.jpg", 50000));
  g_free (app_make_file (folder, "two.psd", 60000));
  g_free (app_make_file (folder, ".hidden", 700));
  return folder;
}

static GtkWidget *
first_row (gpointer dialog)
{
  return widget_find_type (widget_find (dialog, "what_group"), ADW_TYPE_ACTION_ROW);
}

/* As if nobody had written to it for long. */
static void
make_older (const char *folder, const char *name)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  struct utimbuf long_ago = { 60, 60 };

  g_assert_cmpint (g_utime (path, &long_ago), ==, 0);
}

/* Of how many files the session was told last that they were hashed just now. */
static guint n_made_of;

MeirTorrent *__real_meir_session_add (MeirSession *session, const MeirAddOptions *options, GError **error);
MeirTorrent *__wrap_meir_session_add (MeirSession *session, const MeirAddOptions *options, GError **error);

MeirTorrent *
__wrap_meir_session_add (MeirSession *session, const MeirAddOptions *options, GError **error)
{
  n_made_of = options->made_of != NULL ? options->made_of->len : 0;
  return __real_meir_session_add (session, options, error);
}

/* With nothing said, it is shared as it is, and people are told so. What was read for that is not read again.
 */
static void
script_plain (Harness *unused)
{
  g_autofree char *trip = make_trip ();
  const char *const paths[] = { trip, NULL };
  gpointer dialog = open_dialog (paths);
  AdwActionRow *row = ADW_ACTION_ROW (first_row (dialog));
  g_autoptr (MeirMetainfo) metainfo = NULL;

  make_older (trip, "one.jpg");
  make_older (trip, "two.psd");
  g_assert_cmpstr (adw_preferences_row_get_title (ADW_PREFERENCES_ROW (row)), ==, "Summer Trip");
  app_wait_until (g_strcmp0 (adw_action_row_get_subtitle (row), "Folder · 2 files · 110.0\302\240kB") == 0);
  g_assert_true (gtk_widget_get_mapped (widget_find (dialog, "note")));
  g_assert_true (gtk_window_get_focus (dialog) == widget_find (dialog, "share"));
  dialog_shoot (dialog, "share");
  dialog_shoot_wide (dialog, "share");
  dialog_press (dialog, "_Share");
  wait_closed ();
  metainfo = wait_shared ();
  g_assert_cmpuint (meir_metainfo_get_total_length (metainfo), ==, 110000);
  g_assert_cmpuint (meir_metainfo_get_tiers (metainfo)->len, ==, 0);
  g_assert_cmpstr (meir_torrent_get_folder (harness_torrent (&harness, 0)), ==, harness.folder);
  app_wait_until (app_state (harness_torrent (&harness, 0)) == MEIR_TORRENT_SEEDING);
  g_assert_cmpuint (n_made_of, ==, 2);
  app_wait_until (strstr (harness_toast (&harness), "Summer Trip") != NULL);
  remove_all ();
  /* The note is for the first time only. */
  dialog = open_dialog (paths);
  g_assert_false (gtk_widget_get_mapped (widget_find (dialog, "note")));
  gtk_window_close (dialog);
  wait_closed ();
  g_assert_cmpuint (harness_n_torrents (&harness), ==, 0);
}

/* Every option reaches the torrent. */
static void
script_options (Harness *unused)
{
  g_autofree char *trip = make_trip ();
  g_autofree char *draft = app_make_file (trip, "Old Draft", 1000);
  const char *const paths[] = { trip, NULL };
  gpointer dialog = open_dialog (paths);
  g_autoptr (MeirMetainfo) metainfo = NULL;

  adw_expander_row_set_expanded (widget_find (dialog, "more_row"), TRUE);
  adw_expander_row_set_expanded (widget_find (dialog, "trackers_row"), TRUE);
  app_wait_until (gtk_widget_get_visible (widget_find (dialog, "hidden_row")));
  gtk_switch_set_active (widget_find (dialog, "hidden_switch"), TRUE);
  g_assert_cmpstr (adw_action_row_get_subtitle (ADW_ACTION_ROW (first_row (dialog))), ==,
                   "Folder · 4 files · 111.7\302\240kB");
  gtk_editable_set_text (widget_find (dialog, "excludes"), " *.psd ,; Old *,*.tmp;");
  gtk_editable_set_text (widget_find (dialog, "comment"), " from the garden ");
  gtk_editable_set_text (widget_find (dialog, "source"), "HERE");
  gtk_editable_set_text (widget_find (dialog, "web_seeds"), "http://127.0.0.1:1/a http://127.0.0.1:2/b");
  adw_combo_row_set_selected (widget_find (dialog, "piece_row"), 2);
  set_trackers (dialog, "http://127.0.0.1:1/announce\n\n udp://127.0.0.1:2 \n");
  gtk_switch_set_active (widget_find (dialog, "private_switch"), TRUE);
  g_assert_true (dialog_can_press (dialog, "_Share"));
  dialog_shoot (dialog, "share-options");
  dialog_press (dialog, "_Share");
  wait_closed ();
  metainfo = wait_shared ();
  g_assert_cmpuint (meir_metainfo_get_total_length (metainfo), ==, 50700);
  g_assert_cmpuint (meir_metainfo_get_piece_length (metainfo), ==, 32768);
  g_assert_cmpuint (meir_metainfo_get_tiers (metainfo)->len, ==, 2);
  g_assert_cmpuint (meir_metainfo_get_web_seeds (metainfo)->len, ==, 2);
  g_assert_true (meir_metainfo_is_private (metainfo));
  g_assert_cmpstr (meir_metainfo_get_comment (metainfo), ==, "from the garden");
  g_assert_cmpstr (meir_metainfo_get_source (metainfo), ==, "HERE");
  remove_all ();
  g_assert_cmpint (g_remove (draft), ==, 0);
}

/* What is no address is said, where it was typed; and private needs a tracker. */
static void
script_refusals (Harness *unused)
{
  g_autofree char *trip = make_trip ();
  const char *const paths[] = { trip, NULL };
  gpointer dialog = open_dialog (paths);

  adw_expander_row_set_expanded (widget_find (dialog, "trackers_row"), TRUE);
  widget_settle (dialog);
  set_trackers (dialog, "http://127.0.0.1:1/announce\nftp://example.org");
  g_assert_false (dialog_can_press (dialog, "_Share"));
  g_assert_nonnull (strstr (dialog_text (dialog, "trackers_text"), "ftp://example.org"));
  set_trackers (dialog, "");
  g_assert_true (dialog_can_press (dialog, "_Share"));
  gtk_switch_set_active (widget_find (dialog, "private_switch"), TRUE);
  g_assert_false (dialog_can_press (dialog, "_Share"));
  g_assert_nonnull (
      strstr (adw_action_row_get_subtitle (widget_find (dialog, "private_row")), "needs a tracker"));
  gtk_switch_set_active (widget_find (dialog, "private_switch"), FALSE);
  gtk_editable_set_text (widget_find (dialog, "web_seeds"), "udp://127.0.0.1:1");
  g_assert_false (dialog_can_press (dialog, "_Share"));
  gtk_editable_set_text (widget_find (dialog, "web_seeds"), "");
  g_assert_true (dialog_can_press (dialog, "_Share"));
  gtk_window_close (dialog);
  wait_closed ();
}

/* The tracker runs from the moment it is switched on; who cancels has it off again. */
static void
script_tracker (Harness *unused)
{
  g_autofree char *song = app_make_file (harness.folder, "song.ogg", 5000);
  const char *const paths[] = { song, NULL };
  MeirUiTracker *tracker = meir_ui_application_get_tracker (harness.application);
  gpointer dialog = open_dialog (paths);
  g_autoptr (MeirMetainfo) metainfo = NULL;

  gtk_switch_set_active (widget_find (dialog, "tracker_switch"), TRUE);
  g_assert_true (meir_ui_tracker_get_active (tracker));
  gtk_window_close (dialog);
  wait_closed ();
  g_assert_false (meir_ui_tracker_get_active (tracker));

  dialog = open_dialog (paths);
  gtk_switch_set_active (widget_find (dialog, "private_switch"), TRUE);
  gtk_switch_set_active (widget_find (dialog, "tracker_switch"), TRUE);
  g_assert_true (dialog_can_press (dialog, "_Share"));
  dialog_press (dialog, "_Share");
  wait_closed ();
  metainfo = wait_shared ();
  g_assert_true (meir_ui_tracker_get_active (tracker));
  g_assert_cmpuint (meir_metainfo_get_tiers (metainfo)->len, ==, 1);
  g_assert_cmpstr (((const char *const *) g_ptr_array_index (meir_metainfo_get_tiers (metainfo), 0))[0], ==,
                   meir_ui_tracker_get_address (tracker));
  g_object_set (tracker, "active", FALSE, NULL);
  remove_all ();
}

static void
drop (gpointer dialog, const char *path)
{
  g_autoptr (GListModel) controllers = gtk_widget_observe_controllers (dialog);
  g_auto (GValue) value = G_VALUE_INIT;
  g_autoptr (GFile) file = g_file_new_for_path (path);
  GSList files = { .data = file };
  gboolean taken = FALSE;

  g_value_init (&value, GDK_TYPE_FILE_LIST);
  g_value_take_boxed (&value, gdk_file_list_new_from_list (&files));
  for (guint i = 0; i < g_list_model_get_n_items (controllers); i++) {
    g_autoptr (GtkEventController) controller = g_list_model_get_item (controllers, i);

    if (GTK_IS_DROP_TARGET (controller))
      g_signal_emit_by_name (controller, "drop", &value, 10.0, 10.0, &taken);
  }
  g_assert_true (taken);
}

/* More is dropped on the dialog, once each; what is gone is said; the rest is shared. */
static void
script_several (Harness *unused)
{
  g_autofree char *song = app_make_file (harness.folder, "a \342\200\256song.ogg", 5000);
  g_autofree char *trip = make_trip ();
  g_autofree char *gone = g_build_filename (harness.folder, "gone", NULL);
  const char *const paths[] = { song, gone, NULL };
  const char *const more[] = { song, NULL };
  gpointer dialog = open_dialog (paths);

  drop (dialog, trip);
  g_assert_true (open_dialog (more) == dialog);
  g_assert_true (gtk_widget_get_mapped (widget_find (dialog, "together_row")));
  gtk_switch_set_active (widget_find (dialog, "together_switch"), FALSE);
  g_assert_null (
      strstr (adw_preferences_row_get_title (ADW_PREFERENCES_ROW (first_row (dialog))), "\342\200\256"));
  dialog_shoot (dialog, "share-several");
  g_signal_emit_by_name (widget_find_button (first_row (dialog), "Leave Out"), "clicked");
  dialog_press (dialog, "_Share");
  wait_closed ();
  app_wait_until (harness_n_torrents (&harness) == 1);
  app_wait_until (!meir_ui_sharer_is_busy (meir_ui_application_get_sharer (harness.application)));
  g_assert_cmpuint (harness_n_torrents (&harness), ==, 1);
  remove_all ();
}

/* Several of one folder are one torrent of what was named, and of nothing else there; of two folders they
 * cannot be. */
static void
script_together (Harness *unused)
{
  g_autofree char *trip = make_trip ();
  g_autofree char *one = g_build_filename (trip, "one.jpg", NULL);
  g_autofree char *hidden = g_build_filename (trip, ".hidden", NULL);
  g_autofree char *elsewhere = app_make_file (harness.folder, "elsewhere", 100);
  const char *const paths[] = { one, hidden, elsewhere, NULL };
  gpointer dialog = open_dialog (paths);
  g_autoptr (MeirMetainfo) metainfo = NULL;

  g_assert_false (gtk_widget_is_sensitive (widget_find (dialog, "together_row")));
  gtk_window_close (dialog);
  wait_closed ();

  dialog = open_dialog ((const char *[]){ one, hidden, NULL });
  g_assert_true (gtk_widget_is_sensitive (widget_find (dialog, "together_row")));
  g_assert_cmpstr (gtk_editable_get_text (widget_find (dialog, "together_name")), ==, "Summer Trip");
  dialog_shoot (dialog, "share-together");
  dialog_press (dialog, "_Share");
  wait_closed ();
  metainfo = wait_shared ();
  g_assert_cmpstr (meir_metainfo_get_name (metainfo), ==, "Summer Trip");
  g_assert_cmpuint (meir_metainfo_get_n_files (metainfo), ==, 2);
  g_assert_cmpuint (meir_metainfo_get_total_length (metainfo), ==, 50700);
  app_wait_until (app_state (harness_torrent (&harness, 0)) == MEIR_TORRENT_SEEDING);
  remove_all ();
}

static void
assert_name_refused (gpointer dialog, const char *name, const char *reason)
{
  gtk_editable_set_text (widget_find (dialog, "together_name"), name);
  g_assert_false (dialog_can_press (dialog, "_Share"));
  g_assert_nonnull (strstr (adw_action_row_get_subtitle (widget_find (dialog, "together_row")), reason));
}

/* The name can be another than the folder's: the files stay where they are, and are shared as they lie. */
static void
script_named (Harness *unused)
{
  g_autofree char *trip = make_trip ();
  g_autofree char *one = g_build_filename (trip, "one.jpg", NULL);
  g_autofree char *two = g_build_filename (trip, "two.psd", NULL);
  g_autofree char *made = g_build_filename (harness.folder, "Beach", NULL);
  gpointer dialog = open_dialog ((const char *[]){ one, two, NULL });
  g_autoptr (MeirMetainfo) metainfo = NULL;
  g_autoptr (GBytes) bytes = NULL;
  const char *info;
  gsize length;

  assert_name_refused (dialog, "  ", "needs a name");
  assert_name_refused (dialog, "..", "stands for another folder");
  assert_name_refused (dialog, "a/b", "has a “/” in it");
  assert_name_refused (dialog, "gnp.\342\200\256exe", "cannot be shown");
  /* Where each is one of its own, nobody asks. */
  gtk_switch_set_active (widget_find (dialog, "together_switch"), FALSE);
  g_assert_false (gtk_widget_get_visible (widget_find (dialog, "together_name")));
  g_assert_true (dialog_can_press (dialog, "_Share"));
  gtk_switch_set_active (widget_find (dialog, "together_switch"), TRUE);
  g_assert_false (dialog_can_press (dialog, "_Share"));
  gtk_editable_set_text (widget_find (dialog, "together_name"), " Beach ");
  g_assert_true (dialog_can_press (dialog, "_Share"));
  dialog_press (dialog, "_Share");
  wait_closed ();
  metainfo = wait_shared ();
  bytes = g_bytes_ref (meir_metainfo_get_info_bytes (metainfo));
  info = g_bytes_get_data (bytes, &length);
  g_assert_nonnull (g_strstr_len (info, (gssize) length, "4:name5:Beach12:piece length"));
  g_assert_cmpstr (meir_metainfo_get_display_name (metainfo), ==, "Beach");
  g_assert_cmpuint (meir_metainfo_get_total_length (metainfo), ==, 110000);
  app_wait_until (app_state (harness_torrent (&harness, 0)) == MEIR_TORRENT_SEEDING);
  app_wait_until (strstr (harness_toast (&harness), "Beach") != NULL);
  g_assert_cmpstr (meir_torrent_get_folder (harness_torrent (&harness, 0)), ==, harness.folder);
  g_assert_false (g_file_test (made, G_FILE_TEST_EXISTS));
  remove_all ();
}

/* What was typed stays when more is dropped beside it; what was proposed follows the folder. */
static void
script_name_proposed (Harness *unused)
{
  g_autofree char *trip = make_trip ();
  g_autofree char *one = g_build_filename (trip, "one.jpg", NULL);
  g_autofree char *two = g_build_filename (trip, "two.psd", NULL);
  g_autofree char *hidden = g_build_filename (trip, ".hidden", NULL);
  g_autofree char *elsewhere = app_make_file (harness.folder, "elsewhere", 100);
  gpointer dialog = open_dialog ((const char *[]){ one, NULL });

  g_assert_false (gtk_widget_get_visible (widget_find (dialog, "together")));
  drop (dialog, two);
  g_assert_true (gtk_widget_get_visible (widget_find (dialog, "together")));
  g_assert_cmpstr (gtk_editable_get_text (widget_find (dialog, "together_name")), ==, "Summer Trip");
  gtk_editable_set_text (widget_find (dialog, "together_name"), "Mine");
  drop (dialog, hidden);
  g_assert_cmpstr (gtk_editable_get_text (widget_find (dialog, "together_name")), ==, "Mine");
  drop (dialog, elsewhere);
  g_assert_false (gtk_widget_get_visible (widget_find (dialog, "together_name")));
  g_assert_true (dialog_can_press (dialog, "_Share"));
  gtk_window_close (dialog);
  wait_closed ();
}

/* A folder's name is a name, and not markup. */
static void
script_markup (Harness *unused)
{
  g_autofree char *folder = g_build_filename (harness.folder, "<i>R & D", NULL);
  g_autofree char *one = NULL;
  g_autofree char *two = NULL;
  gpointer dialog;

  g_assert_cmpint (g_mkdir (folder, 0700), ==, 0);
  one = app_make_file (folder, "one & only", 100);
  two = app_make_file (folder, "<b>two", 100);
  dialog = open_dialog ((const char *[]){ one, two, NULL });
  g_assert_true (widget_has_text (dialog, "<b>two"));
  g_assert_false (adw_preferences_row_get_use_markup (widget_find (dialog, "together_row")));
  g_assert_false (adw_preferences_row_get_use_markup (widget_find (dialog, "tracker_row")));
  gtk_window_close (dialog);
  wait_closed ();
}

/* Nothing that could be shared; and quitting while it is asked. */
static void
script_nothing (Harness *unused)
{
  g_autofree char *gone = g_build_filename (harness.folder, "gone", NULL);
  const char *const paths[] = { gone, NULL };
  gpointer dialog = open_dialog (paths);
  g_autoptr (GFile) far = g_file_new_for_uri ("sftp://example.org/a.iso");
  GSList files = { .data = far };

  app_wait_until (!dialog_can_press (dialog, "_Share"));
  meir_ui_share_dialog_present (harness.application, &files);
  g_assert_cmpstr (dialog_text (dialog, "problem"), ==, "sftp://example.org/a.iso is not on this computer.");
}

static gboolean
is_sharing_paused (void)
{
  gboolean paused;

  g_object_get (meir_ui_application_get_sharer (harness.application), "paused", &paused, NULL);
  return paused;
}

static void
assert_sharing_paused (gboolean paused)
{
  GtkWidget *button = widget_find (harness.window, "preparing_pause");
  const char *text = gtk_progress_bar_get_text (widget_find (harness.window, "preparing_bar"));

  g_assert_cmpint (is_sharing_paused (), ==, paused);
  g_assert_cmpint (strstr (text, "paused at") != NULL, ==, paused);
  g_assert_cmpstr (gtk_widget_get_tooltip_text (button), ==, paused ? "Resume" : "Pause");
  g_assert_true (gtk_widget_get_focusable (button));
}

/* What is prepared can be paused where it is shown, and with everything else; and it keeps nobody from
 * quitting. */
static void
script_paused (Harness *unused)
{
  g_autofree char *huge = app_make_file (harness.folder, "huge.bin", 0);
  const char *const paths[] = { huge, NULL };
  GActionGroup *actions = G_ACTION_GROUP (harness.application);

  g_assert_cmpint (truncate (huge, (off_t) 64 << 30), ==, 0);
  dialog_press (open_dialog (paths), "_Share");
  assert_sharing_paused (FALSE);
  g_signal_emit_by_name (widget_find (harness.window, "preparing_pause"), "clicked");
  assert_sharing_paused (TRUE);
  g_signal_emit_by_name (widget_find (harness.window, "preparing_pause"), "clicked");
  assert_sharing_paused (FALSE);
  g_action_group_activate_action (actions, "pause-all", NULL);
  assert_sharing_paused (TRUE);
  g_action_group_activate_action (actions, "resume-all", NULL);
  assert_sharing_paused (FALSE);
  g_action_group_activate_action (actions, "pause-all", NULL);
}

static void
add_tests (void)
{
  static const struct {
    const char *path;
    void (*script) (Harness *unused);
  } tests[] = {
    { "/app/share-dialog/plain", script_plain },
    { "/app/share-dialog/options", script_options },
    { "/app/share-dialog/refusals", script_refusals },
    { "/app/share-dialog/tracker", script_tracker },
    { "/app/share-dialog/several", script_several },
    { "/app/share-dialog/nothing", script_nothing },
    { "/app/share-dialog/together", script_together },
    { "/app/share-dialog/named", script_named },
    { "/app/share-dialog/paused", script_paused },
    { "/app/share-dialog/name-proposed", script_name_proposed },
    { "/app/share-dialog/markup", script_markup },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (tests); i++)
    harness_add_test (tests[i].path, tests[i].script);
}

int
main (int argc, char **argv)
{
  return harness_main (&harness, argc, argv, add_tests);
}
