/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/meir-ui-send-card.h"

#include "app/meir-ui-drag.h"
#include "app/meir-ui-metainfo.h"

#include "app-support.h"
#include "dialog-support.h"
#include "widget-support.h"

#include <glib/gstdio.h>
#include <string.h>
#include <utime.h>

/* How a torrent gets to other people: by link, code or file. */

static Harness harness;

static void
test_reach (void)
{
  static const struct {
    const char *host;
    gboolean reached;
    const char *tracker;
    const char *words;
  } cases[] = {
    { "127.0.0.1", FALSE, NULL, "Only this computer: it is in no network." },
    { "10.0.0.5", FALSE, NULL,
      "People in your network, at 10.0.0.5, port 51413. Nobody from outside has come yet; a router may be in "
      "the "
      "way." },
    { "10.0.0.5", TRUE, NULL, "People anywhere: somebody from outside your network has come." },
    { "10.0.0.5", TRUE, "http://10.0.0.5:6969/announce",
      "People anywhere: somebody from outside your network has come. The tracker on this computer leads them "
      "here." },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *words =
        meir_ui_send_card_dup_reach (cases[i].host, 51413, cases[i].reached, cases[i].tracker);

    g_assert_cmpstr (words, ==, cases[i].words);
  }
}

/* What can be done is told where it may help, with the figures that the router asks for. */
static void
test_remedy (void)
{
  g_autofree char *none = meir_ui_send_card_dup_remedy ("10.0.0.5", 51413, TRUE);
  g_autofree char *alone = meir_ui_send_card_dup_remedy ("127.0.0.1", 51413, FALSE);
  g_autofree char *deaf = meir_ui_send_card_dup_remedy ("10.0.0.5", 0, FALSE);
  g_autofree char *remedy = meir_ui_send_card_dup_remedy ("10.0.0.5", 51413, FALSE);

  g_assert_null (none);
  g_assert_null (alone);
  g_assert_null (deaf);
  g_assert_nonnull (strstr (remedy, "51413"));
  g_assert_nonnull (strstr (remedy, "10.0.0.5"));
}

static void
assert_name (const char *name, const char *expected)
{
  g_autoptr (MeirMetainfo) metainfo = app_metainfo (name, 1);
  g_autofree char *file = meir_ui_drag_dup_name (metainfo);

  g_assert_cmpstr (file, ==, expected);
}

/* The name is somebody else's: it is no path, hides nothing, and is not endless. */
static void
test_names (void)
{
  g_autofree char *endless = g_strnfill (200, 'a');
  g_autofree char *cut = g_strnfill (120, 'a');
  g_autofree char *cut_file = g_strconcat (cut, ".torrent", NULL);

  assert_name ("Summer Trip", "Summer Trip.torrent");
  assert_name (".bashrc", "_.bashrc.torrent");
  assert_name ("a\\b", "a_b.torrent");
  assert_name (endless, cut_file);
}

static void
on_clipboard (GObject *source, GAsyncResult *result, gpointer user_data)
{
  char **text = user_data;

  *text = gdk_clipboard_read_text_finish (GDK_CLIPBOARD (source), result, NULL);
}

typedef struct {
  gboolean done;
  GError *error;
} Delivery;

static void
on_delivered (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Delivery *delivery = user_data;

  gdk_content_provider_write_mime_type_finish (GDK_CONTENT_PROVIDER (source), result, &delivery->error);
  delivery->done = TRUE;
}

/* What another program is told to take, once it may; NULL with @error. */
static char *
dup_delivered (GdkContentProvider *content, GError **error)
{
  g_autoptr (GOutputStream) stream = g_memory_output_stream_new_resizable ();
  Delivery delivery = { 0 };

  gdk_content_provider_write_mime_type_async (content, "text/uri-list", stream, G_PRIORITY_DEFAULT, NULL,
                                              on_delivered, &delivery);
  app_wait_until (delivery.done);
  if (delivery.error != NULL) {
    g_propagate_error (error, delivery.error);
    return NULL;
  }
  g_assert_true (g_output_stream_write_all (stream, "", 1, NULL, NULL, NULL));
  g_assert_true (g_output_stream_close (stream, NULL, NULL));
  return g_strchomp (g_memory_output_stream_steal_data (G_MEMORY_OUTPUT_STREAM (stream)));
}

static char *
dup_drag_folder (void)
{
  return g_build_filename (g_get_user_cache_dir (), "meirtorrent", "drag", NULL);
}

static void
assert_drags (MeirTorrent *torrent, GBytes *expected)
{
  g_autofree char *root = dup_drag_folder ();
  g_autofree char *old = g_build_filename (root, "old", NULL);
  g_autofree char *recent = g_build_filename (root, "recent", NULL);
  const struct utimbuf long_ago = { 1, 1 };
  const time_t hours_ago = (time_t) (g_get_real_time () / G_USEC_PER_SEC - 23 * 60 * 60);
  g_autoptr (GdkContentProvider) content = NULL;
  g_autofree char *uri = NULL;
  g_autofree char *again = NULL;
  g_autofree char *path = NULL;
  g_autofree char *name = NULL;
  g_autofree char *bytes = NULL;
  g_auto (GValue) value = G_VALUE_INIT;
  gsize length;

  g_assert_cmpint (g_mkdir_with_parents (old, 0700), ==, 0);
  g_assert_cmpint (g_mkdir_with_parents (recent, 0700), ==, 0);
  g_free (app_make_file (old, "a.torrent", 10));
  g_assert_cmpint (g_utime (old, (struct utimbuf *) &long_ago), ==, 0);
  g_assert_cmpint (g_utime (recent, &(struct utimbuf){ hours_ago, hours_ago }), ==, 0);

  content = meir_ui_drag_new_content (torrent);
  g_value_init (&value, GDK_TYPE_FILE_LIST);
  g_assert_true (gdk_content_provider_get_value (content, &value, NULL));
  uri = dup_delivered (content, NULL);
  path = g_filename_from_uri (uri, NULL, NULL);
  name = g_path_get_basename (path);
  g_assert_cmpstr (name, ==, "Summer Trip.torrent");
  g_assert_cmpstr (g_file_peek_path (((GSList *) g_value_get_boxed (&value))->data), ==, path);
  g_assert_true (g_file_get_contents (path, &bytes, &length, NULL));
  g_assert_cmpmem (bytes, length, g_bytes_get_data (expected, NULL), g_bytes_get_size (expected));
  again = dup_delivered (content, NULL);
  g_assert_cmpstr (again, ==, uri);
  /* What was dragged long ago is gone. */
  g_assert_false (g_file_test (old, G_FILE_TEST_EXISTS));
  g_assert_true (g_file_test (recent, G_FILE_TEST_EXISTS));
}

/* A cache that nothing can be written into. */
static void
assert_refused (MeirTorrent *torrent)
{
  g_autofree char *root = dup_drag_folder ();
  g_autoptr (GdkContentProvider) content = NULL;
  g_autoptr (GError) error = NULL;

  app_remove_folder (root);
  g_assert_true (g_file_set_contents (root, "", -1, NULL));
  content = meir_ui_drag_new_content (torrent);
  g_assert_null (dup_delivered (content, &error));
  g_assert_nonnull (error);
  app_wait_until (strstr (harness_toast (&harness), "cannot be dragged") != NULL);
  g_assert_cmpint (g_unlink (root), ==, 0);
}

/* The card of what is shared: the link is the one of the menu, the file the torrent itself. */
static void
script_card (Harness *unused)
{
  GtkWidget *window = adw_window_new ();
  GtkWidget *card = meir_ui_send_card_new ();
  g_autofree char *link = NULL;
  g_autofree char *copied = NULL;
  g_autoptr (MeirMetainfo) metainfo = app_metainfo ("Summer Trip", 3);
  g_autoptr (GBytes) torrent_bytes = meir_metainfo_dup_torrent_bytes (metainfo);
  MeirAddOptions options = { .metainfo = metainfo, .folder = harness.downloads, .paused = TRUE };
  MeirTorrent *torrent = meir_ui_application_add (harness.application, &options, NULL, NULL);

  meir_ui_send_card_set_torrent (MEIR_UI_SEND_CARD (card), torrent);
  adw_window_set_content (ADW_WINDOW (window), card);
  gtk_window_set_default_size (GTK_WINDOW (window), 560, 620);
  gtk_widget_set_size_request (window, 360, 294);
  gtk_window_present (GTK_WINDOW (window));
  widget_settle (window);
  link = meir_ui_application_dup_link (harness.application, torrent);
  g_assert_cmpstr (adw_action_row_get_subtitle (widget_find (card, "link_row")), ==, link);
  adw_expander_row_set_expanded (widget_find (card, "qr_row"), TRUE);
  dialog_shoot (window, "send");
  dialog_press (card, "Copy Link");
  gdk_clipboard_read_text_async (gtk_widget_get_clipboard (card), NULL, on_clipboard, &copied);
  app_wait_until (copied != NULL);
  g_assert_cmpstr (copied, ==, link);

  assert_drags (torrent, torrent_bytes);
  assert_refused (torrent);
  gtk_window_destroy (GTK_WINDOW (window));
  meir_ui_application_remove (harness.application, torrent);
}

typedef struct {
  gboolean done, saved;
} Saving;

static void
on_saved (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Saving *saving = user_data;
  g_autoptr (GError) error = NULL;

  saving->saved = meir_ui_metainfo_save_finish (result, &error);
  g_assert_no_error (error);
  saving->done = TRUE;
}

/* The question where a file goes; GTK makes it a window of its own. (nullable) */
static GtkFileChooser *
find_chooser (void)
{
  g_autoptr (GList) windows = gtk_window_list_toplevels ();

  for (GList *l = windows; l != NULL; l = l->next) {
    if (GTK_IS_FILE_CHOOSER (l->data) && gtk_widget_get_mapped (l->data))
      return l->data;
  }
  return NULL;
}

static gboolean
shows_folder (GtkFileChooser *chooser, GFile *folder)
{
  g_autoptr (GFile) shown = gtk_file_chooser_get_current_folder (chooser);

  return shown != NULL && g_file_equal (shown, folder);
}

/* To where the user says, or nowhere. */
static void
script_save (Harness *unused)
{
  GtkWidget *window = adw_window_new ();
  g_autoptr (MeirMetainfo) metainfo = app_metainfo ("Summer Trip", 3);
  g_autoptr (GBytes) torrent = meir_metainfo_dup_torrent_bytes (metainfo);
  g_autofree char *path = g_build_filename (harness.folder, "Summer Trip.torrent", NULL);
  g_autoptr (GFile) folder = g_file_new_for_path (harness.folder);
  g_autofree char *bytes = NULL;
  GtkFileChooser *chooser;
  Saving saving = { FALSE }, dropped = { FALSE };
  gsize length;

  gtk_window_present (GTK_WINDOW (window));
  meir_ui_metainfo_save_async (GTK_WINDOW (window), metainfo, on_saved, &saving);
  app_wait_until (find_chooser () != NULL);
  chooser = find_chooser ();
  /* It opens with a folder of its own. */
  widget_settle (chooser);
  g_assert_true (gtk_file_chooser_set_current_folder (chooser, folder, NULL));
  app_wait_until (shows_folder (chooser, folder));
  widget_settle (chooser);
  g_signal_emit_by_name (chooser, "response", GTK_RESPONSE_ACCEPT);
  app_wait_until (saving.done);
  g_assert_true (saving.saved);
  g_assert_true (g_file_get_contents (path, &bytes, &length, NULL));
  g_assert_cmpmem (bytes, length, g_bytes_get_data (torrent, NULL), g_bytes_get_size (torrent));

  meir_ui_metainfo_save_async (GTK_WINDOW (window), metainfo, on_saved, &dropped);
  app_wait_until (find_chooser () != NULL);
  gtk_window_destroy (GTK_WINDOW (window));
  app_wait_until (dropped.done);
  g_assert_false (dropped.saved);
}

/* A link that nobody has resolved has no file to drag. */
static void
script_link (Harness *unused)
{
  g_autoptr (MeirMagnet) magnet =
      meir_magnet_parse ("magnet:?xt=urn:btih:bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb", NULL);
  MeirAddOptions options = { .magnet = magnet, .folder = harness.downloads, .paused = TRUE };
  MeirTorrent *torrent = meir_ui_application_add (harness.application, &options, NULL, NULL);

  g_assert_null (meir_ui_drag_new_content (torrent));
  meir_ui_application_remove (harness.application, torrent);
}

int
main (int argc, char **argv)
{
  g_autofree char *cache = NULL;
  int result;

  meir_init ();
  harness_init (&harness);
  cache = g_build_filename (harness.folder, "cache", NULL);
  g_setenv ("XDG_CACHE_HOME", cache, TRUE);
  g_test_init (&argc, &argv, NULL);
  gtk_init ();
  g_test_add_func ("/app/send-card/reach", test_reach);
  g_test_add_func ("/app/send-card/remedy", test_remedy);
  g_test_add_func ("/app/send-card/names", test_names);
  harness_add_test ("/app/send-card/card", script_card);
  harness_add_test ("/app/send-card/save", script_save);
  harness_add_test ("/app/send-card/link", script_link);
  result = g_test_run ();
  harness_clear (&harness);
  return result;
}
