/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/meir-ui-add-dialog.h"

#include "app/meir-ui-file-view.h"
#include "app/meir-ui-offer.h"

#include "app-support.h"
#include "dialog-support.h"
#include "files-support.h"
#include "widget-support.h"

#include <glib/gstdio.h>
#include <string.h>

/* The question before a download. */

#define HASH "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
#define LINK "magnet:?xt=urn:btih:" HASH "&dn=Big%20Buck%20Bunny"

static Harness harness;

static const TestFile bunny[] = {
  { "Big Buck Bunny.mp4", 263000000, FALSE },
  { "poster.jpg", 310000, FALSE },
  { "Big Buck Bunny.en.srt", 140, FALSE },
};

static gpointer
open_dialog (MeirUiOffer *first, ...)
{
  g_autoptr (GPtrArray) offers = g_ptr_array_new_with_free_func (g_object_unref);
  va_list arguments;

  va_start (arguments, first);
  for (MeirUiOffer *offer = first; offer != NULL; offer = va_arg (arguments, MeirUiOffer *))
    g_ptr_array_add (offers, offer);
  va_end (arguments);
  meir_ui_add_dialog_present (harness.application, NULL, offers);
  return dialog_wait (MEIR_UI_TYPE_ADD_DIALOG);
}

static void
wait_closed (void)
{
  app_wait_until (dialog_find (MEIR_UI_TYPE_ADD_DIALOG) == NULL);
}

static const char *
get_place (gpointer dialog)
{
  return adw_action_row_get_subtitle (widget_find (dialog, "folder_row"));
}

static void
remove_all (void)
{
  while (harness_n_torrents (&harness) > 0)
    meir_ui_application_remove (harness.application, harness_torrent (&harness, 0));
}

static MeirUiFileTree *
wait_tree (gpointer dialog)
{
  MeirUiFileView *view = widget_find (dialog, "file_view");
  MeirUiFileTree *tree;

  app_wait_until ((tree = meir_ui_file_view_get_tree (view)) != NULL &&
                  meir_ui_file_tree_get_index (tree) != NULL);
  return tree;
}

/* The row of a batch that has this title. */
static GtkWidget *
find_row (GtkWidget *root, const char *title)
{
  GtkWidget *found = NULL;

  if (ADW_IS_ACTION_ROW (root) &&
      g_strcmp0 (adw_preferences_row_get_title (ADW_PREFERENCES_ROW (root)), title) == 0)
    return root;
  for (GtkWidget *w = gtk_widget_get_first_child (root); w != NULL && found == NULL;
       w = gtk_widget_get_next_sibling (w))
    found = find_row (w, title);
  return found;
}

/* What is ticked, and where it goes, is what happens. */
static void
script_files (Harness *unused)
{
  g_autoptr (MeirMetainfo) metainfo = files_metainfo ("Big Buck Bunny", bunny, G_N_ELEMENTS (bunny));
  gpointer dialog = open_dialog (meir_ui_offer_new_metainfo (metainfo), NULL);
  AdwActionRow *row = widget_find (dialog, "torrent_row");
  MeirUiFileTree *tree = wait_tree (dialog);
  g_autoptr (GBytes) priorities = NULL;
  MeirTorrent *torrent;

  g_assert_cmpstr (adw_preferences_row_get_title (ADW_PREFERENCES_ROW (row)), ==, "Big Buck Bunny");
  g_assert_cmpstr (adw_action_row_get_subtitle (row), ==, "3 files · 263.3\302\240MB");
  app_wait_until (strstr (get_place (dialog), "free") != NULL);
  g_assert_true (g_str_has_prefix (get_place (dialog), "\342\201\250Downloads\342\201\251 · "));
  g_assert_true (dialog_can_press (dialog, "_Download"));
  g_assert_true (gtk_window_get_focus (dialog) == widget_find (dialog, "download"));

  meir_ui_file_tree_set_ticked (tree, MEIR_UI_FILE_ROOT, FALSE);
  g_assert_false (dialog_can_press (dialog, "_Download"));
  meir_ui_file_tree_set_ticked (tree, meir_ui_file_index_find (meir_ui_file_tree_get_index (tree), 1), TRUE);
  g_assert_true (dialog_can_press (dialog, "_Download"));
  dialog_shoot (dialog, "add");
  gtk_switch_set_active (widget_find (dialog, "start_switch"), FALSE);
  dialog_press (dialog, "_Download");
  wait_closed ();

  g_assert_cmpuint (harness_n_torrents (&harness), ==, 1);
  torrent = harness_torrent (&harness, 0);
  g_assert_cmpstr (meir_torrent_get_folder (torrent), ==, harness.downloads);
  priorities = meir_torrent_ref_file_priorities (torrent);
  g_assert_nonnull (priorities);
  g_assert_cmpuint (((const guint8 *) g_bytes_get_data (priorities, NULL))[0], ==, MEIR_PRIORITY_SKIP);
  g_assert_cmpuint (((const guint8 *) g_bytes_get_data (priorities, NULL))[1], ==, MEIR_PRIORITY_NORMAL);
  app_wait_until (app_state (torrent) == MEIR_TORRENT_PAUSED);
  remove_all ();
}

/* A link may be taken before anybody has told what is behind it. */
static void
script_link (Harness *unused)
{
  gpointer dialog = open_dialog (meir_ui_offer_new_link (LINK, NULL), NULL);

  g_assert_cmpstr (gtk_stack_get_visible_child_name (widget_find (dialog, "files_stack")), ==, "looking");
  app_wait_until (dialog_can_press (dialog, "_Download"));
  g_assert_cmpuint (harness_n_torrents (&harness), ==, 0);
  dialog_shoot (dialog, "add-link");
  /* Esc leaves no trace. */
  gtk_window_close (dialog);
  wait_closed ();
  g_assert_cmpuint (harness_n_torrents (&harness), ==, 0);
  dialog = open_dialog (meir_ui_offer_new_link (LINK, NULL), NULL);
  dialog_press (dialog, "_Download");
  wait_closed ();
  g_assert_cmpuint (harness_n_torrents (&harness), ==, 1);
  app_wait_until (app_state (harness_torrent (&harness, 0)) == MEIR_TORRENT_METADATA);
  remove_all ();
}

/* The people who have it tell what it is, while the dialog is open. */
static void
script_swarm (Harness *unused)
{
  g_autofree char *elsewhere = g_build_filename (harness.folder, "elsewhere", NULL);
  g_autofree char *link = NULL;
  g_autoptr (MeirMetainfo) metainfo = app_metainfo ("from the swarm", 3);
  MeirAddOptions options = { .metainfo = metainfo, .folder = elsewhere };
  MeirSession *other;
  gpointer dialog;
  char hex[2 * MEIR_SHA1_LENGTH + 1];

  g_assert_cmpint (g_mkdir_with_parents (elsewhere, 0700), ==, 0);
  other = app_session_new (elsewhere);
  g_assert_nonnull (meir_session_add (other, &options, NULL));
  link = g_strdup_printf ("magnet:?xt=urn:btih:%s&x.pe=127.0.0.1:%u",
                          meir_info_hash_to_hex (meir_metainfo_get_info_hash (metainfo), hex),
                          meir_session_get_port (other));
  dialog = open_dialog (meir_ui_offer_new_link (link, NULL), NULL);
  wait_tree (dialog);
  g_assert_cmpstr (adw_preferences_row_get_title (widget_find (dialog, "torrent_row")), ==, "from the swarm");
  g_assert_cmpstr (gtk_stack_get_visible_child_name (widget_find (dialog, "files_stack")), ==, "files");
  dialog_press (dialog, "_Download");
  wait_closed ();
  app_wait_until (app_state (harness_torrent (&harness, 0)) == MEIR_TORRENT_DOWNLOADING);
  app_session_close (other);
  remove_all ();
}

/* What is here already is shown, and may get more trackers. */
static void
script_have (Harness *unused)
{
  MeirAddOptions options = { .folder = harness.downloads, .paused = TRUE };
  g_autoptr (MeirMagnet) magnet = meir_magnet_parse (LINK "&tr=http%3A%2F%2F127.0.0.1%3A1%2Fa", NULL);
  g_autoptr (GPtrArray) tiers = NULL;
  gpointer dialog;

  options.magnet = magnet;
  g_assert_nonnull (meir_ui_application_add (harness.application, &options, LINK, NULL));
  dialog = open_dialog (meir_ui_offer_new_link (LINK "&tr=http%3A%2F%2F127.0.0.1%3A1%2Fa", NULL), NULL);
  g_assert_false (gtk_widget_get_mapped (widget_find (dialog, "trackers_button")));
  g_assert_false (gtk_widget_get_mapped (widget_find (dialog, "download")));
  dialog_press (dialog, "_Show It");
  wait_closed ();
  app_wait_until (meir_ui_list_get_n_selected (meir_ui_window_get_list (harness.window)) == 1);
  g_assert_true (meir_ui_split_get_show_details (meir_ui_window_get_split (harness.window)));
  /* Nonsense, and what is not in the list, are nothing to show. */
  g_action_group_activate_action (G_ACTION_GROUP (harness.application), "show-torrent",
                                  g_variant_new_string ("nonsense"));
  g_action_group_activate_action (G_ACTION_GROUP (harness.application), "show-torrent",
                                  g_variant_new_string ("cccccccccccccccccccccccccccccccccccccccc"));

  dialog = open_dialog (meir_ui_offer_new_link (LINK "&tr=http%3A%2F%2F127.0.0.1%3A2%2Fa"
                                                     "&tr=udp%3A%2F%2F127.0.0.1%3A3",
                                                NULL),
                        NULL);
  dialog_shoot (dialog, "add-have");
  dialog_press (dialog, "Add 2 New _Trackers");
  wait_closed ();
  tiers = meir_torrent_dup_trackers (harness_torrent (&harness, 0));
  g_assert_cmpuint (tiers->len, ==, 3);
  app_wait_until (strcmp (harness_toast (&harness), "2 trackers were added") == 0);
  remove_all ();
}

/* Several at once: one list, one folder; what is here, or is nothing, cannot be ticked. */
static void
script_batch (Harness *unused)
{
  g_autoptr (MeirMetainfo) one = app_metainfo ("one", 3);
  g_autoptr (MeirMetainfo) two = app_metainfo ("<b>two&", 5);
  g_autoptr (MeirMetainfo) three = app_metainfo ("three", 7);
  MeirAddOptions options = { .metainfo = one, .folder = harness.downloads, .paused = TRUE };
  gpointer dialog;
  AdwPreferencesGroup *group;

  g_assert_nonnull (meir_ui_application_add (harness.application, &options, NULL, NULL));
  dialog = open_dialog (meir_ui_offer_new_metainfo (one), meir_ui_offer_new_metainfo (two),
                        meir_ui_offer_new_metainfo (three), meir_ui_offer_new_link (LINK, NULL), NULL);
  group = widget_find (dialog, "batch_group");
  g_assert_cmpstr (gtk_window_get_title (dialog), ==, "Add Torrents");
  g_assert_cmpstr (adw_preferences_group_get_description (group), ==, "3 of 4 chosen · 196.6\302\240kB");
  gtk_check_button_set_active (widget_find_type (find_row (dialog, "three"), GTK_TYPE_CHECK_BUTTON), FALSE);
  g_assert_cmpstr (adw_preferences_group_get_description (group), ==, "2 of 4 chosen · 81.9\302\240kB");
  g_assert_false (gtk_widget_get_sensitive (find_row (dialog, "one")));
  app_wait_until (dialog_can_press (dialog, "_Download"));
  dialog_shoot (dialog, "add-batch");
  dialog_press (dialog, "_Download");
  wait_closed ();
  g_assert_cmpuint (harness_n_torrents (&harness), ==, 3);
  remove_all ();
}

/* A torrent of a huge file and a tiny one, in pieces as long as may be. */
static MeirMetainfo *
huge_metainfo (void)
{
  const guint n_pieces = (1u << 18) + 1;
  GString *text = g_string_new (NULL);
  g_autoptr (GBytes) bytes = NULL;
  MeirMetainfo *metainfo;
  GError *error = NULL;

  g_string_printf (text,
                   "d4:infod5:filesld6:lengthi%" G_GUINT64_FORMAT "e4:pathl4:hugeeed6:lengthi5e4:pathl4:tiny"
                   "eee4:name3:big12:piece lengthi%ue6:pieces%u:",
                   (guint64) 1 << 44, 1u << 26, n_pieces * MEIR_SHA1_LENGTH);
  for (guint i = 0; i < n_pieces * MEIR_SHA1_LENGTH; i++)
    g_string_append_c (text, 'x');
  g_string_append (text, "ee");
  bytes = g_string_free_to_bytes (text);
  metainfo = meir_metainfo_parse (bytes, &error);
  g_assert_no_error (error);
  return metainfo;
}

/* More than fits on the disk cannot be downloaded; a part of it can. */
static void
script_no_room (Harness *unused)
{
  g_autoptr (MeirMetainfo) metainfo = huge_metainfo ();
  gpointer dialog = open_dialog (meir_ui_offer_new_metainfo (metainfo), NULL);
  MeirUiFileTree *tree = wait_tree (dialog);

  app_wait_until (strstr (get_place (dialog), "needs") != NULL);
  g_assert_true (gtk_widget_has_css_class (widget_find (dialog, "folder_row"), "error"));
  g_assert_false (dialog_can_press (dialog, "_Download"));
  dialog_shoot (dialog, "add-no-room");
  meir_ui_file_tree_set_ticked (tree, meir_ui_file_index_find (meir_ui_file_tree_get_index (tree), 0), FALSE);
  g_assert_null (strstr (get_place (dialog), "needs"));
  g_assert_false (gtk_widget_has_css_class (widget_find (dialog, "folder_row"), "error"));
  g_assert_true (dialog_can_press (dialog, "_Download"));
  gtk_window_close (dialog);
  wait_closed ();
}

/* What the web sends may be no torrent at all. */
static void
script_web (Harness *unused)
{
  g_autofree char *address = NULL;
  g_autoptr (SoupServer) server = dialog_serve ("/a.torrent", "\n <!DOCTYPE html><p>Log in", &address);
  gpointer dialog = open_dialog (meir_ui_offer_new_address (address), NULL);
  AdwActionRow *row = widget_find (dialog, "torrent_row");

  app_wait_until (strstr (adw_action_row_get_subtitle (row), "web page") != NULL);
  g_assert_cmpstr (adw_action_row_get_subtitle (row), ==,
                   "“127.0.0.1” sent a web page, not a torrent; open the address in your browser");
  g_assert_false (dialog_can_press (dialog, "_Download"));
  gtk_window_close (dialog);
  wait_closed ();
}

/* The folder went between the question and the answer: the dialog stays, and says so. */
static void
script_failure (Harness *unused)
{
  g_autoptr (MeirMetainfo) metainfo = app_metainfo ("one", 3);
  gpointer dialog = open_dialog (meir_ui_offer_new_metainfo (metainfo), NULL);

  app_wait_until (dialog_can_press (dialog, "_Download"));
  app_remove_folder (harness.downloads);
  g_assert_true (g_file_set_contents (harness.downloads, "", 0, NULL));
  dialog_press (dialog, "_Download");
  g_assert_nonnull (strstr (dialog_text (dialog, "problem"), "Downloads"));
  g_assert_cmpuint (harness_n_torrents (&harness), ==, 0);
  gtk_window_close (dialog);
  wait_closed ();

  dialog = open_dialog (meir_ui_offer_new_metainfo (metainfo), NULL);
  app_wait_until (gtk_widget_has_css_class (widget_find (dialog, "folder_row"), "error"));
  g_assert_cmpstr (get_place (dialog), ==,
                   "“\342\201\250Downloads\342\201\251” is not a folder. Choose another one.");
  g_assert_false (dialog_can_press (dialog, "_Download"));
  g_assert_cmpint (g_unlink (harness.downloads), ==, 0);
  g_assert_cmpint (g_mkdir (harness.downloads, 0700), ==, 0);
}

/* Quitting takes the question along, whatever it is waiting for. */
static void
script_quit (Harness *unused)
{
  open_dialog (meir_ui_offer_new_link (LINK, NULL), meir_ui_offer_new_address ("http://127.0.0.1:1/a"), NULL);
}

static void
add_tests (void)
{
  static const struct {
    const char *path;
    void (*script) (Harness *unused);
  } tests[] = {
    { "/app/add-dialog/files", script_files }, { "/app/add-dialog/link", script_link },
    { "/app/add-dialog/swarm", script_swarm }, { "/app/add-dialog/have", script_have },
    { "/app/add-dialog/batch", script_batch }, { "/app/add-dialog/no-room", script_no_room },
    { "/app/add-dialog/web", script_web },     { "/app/add-dialog/failure", script_failure },
    { "/app/add-dialog/quit", script_quit },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (tests); i++)
    harness_add_test (tests[i].path, tests[i].script);
}

int
main (int argc, char **argv)
{
  return harness_main (&harness, argc, argv, add_tests);
}
