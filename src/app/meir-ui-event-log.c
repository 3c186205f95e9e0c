/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/meir-ui-event-log.h"

#include "app/meir-ui-page-window.h"
#include "app/meir-ui-page.h"
#include "meir-config.h"

#include <glib/gi18n.h>

static GQuark
log_quark (void)
{
  return g_quark_from_static_string ("meir-ui-event-log");
}

static GQuark
watched_quark (void)
{
  return g_quark_from_static_string ("meir-ui-event-log-watched");
}

/* Remembering. */

static void
free_lines (gpointer lines)
{
  g_queue_free_full (lines, g_free);
}

static const char *
get_state_text (MeirTorrentState state)
{
  switch (state) {
  case MEIR_TORRENT_LOADING:
    return _ ("Starting");
  case MEIR_TORRENT_METADATA:
    return _ ("Getting the file list");
  case MEIR_TORRENT_CHECKING:
    return _ ("Checking files on disk");
  case MEIR_TORRENT_QUEUED:
    return _ ("Waiting for its turn");
  case MEIR_TORRENT_DOWNLOADING:
    return _ ("Downloading");
  case MEIR_TORRENT_SEEDING:
    return _ ("Sharing");
  case MEIR_TORRENT_PAUSED:
    return _ ("Paused");
  case MEIR_TORRENT_MOVING:
    return _ ("Moving to another folder");
  case MEIR_TORRENT_DISK_FULL:
    return _ ("Disk full");
  case MEIR_TORRENT_FAILED:
    return _ ("Something is in the way");
  case MEIR_TORRENT_STOPPED:
    return _ ("Stopped");
  }
  g_return_val_if_reached ("");
}

/* @owned is set where what is returned has been made for the caller. */
static const char *
dup_event_text (const MeirEvent *event, char **owned)
{
  g_autoptr (MeirTorrentSnapshot) snapshot = NULL;

  switch (event->kind) {
  case MEIR_EVENT_STATE:
    snapshot = meir_torrent_peek_snapshot (event->torrent);
    return get_state_text (snapshot->state);
  case MEIR_EVENT_METADATA:
    return _ ("The list of files has come");
  case MEIR_EVENT_COMPLETE:
    return _ ("Complete");
  case MEIR_EVENT_BAD_PIECE:
    *owned = g_strdup_printf (_ ("Piece %u failed its check"), event->piece + 1);
    return *owned;
  case MEIR_EVENT_PEER:
  case MEIR_EVENT_TRACKER:
  case MEIR_EVENT_WARNING:
    return event->text != NULL ? event->text : "";
  }
  g_return_val_if_reached ("");
}

static void
on_event (MeirSession *session, const MeirEvent *event, gpointer user_data)
{
  GQueue *lines = g_object_get_qdata (G_OBJECT (event->torrent), log_quark ());
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();
  g_autofree char *time = g_date_time_format (now, "%H:%M:%S");
  g_autofree char *owned = NULL;

  if (lines == NULL) {
    lines = g_queue_new ();
    g_object_set_qdata_full (G_OBJECT (event->torrent), log_quark (), lines, free_lines);
  }
  g_queue_push_tail (lines, g_strdup_printf ("%s  %s", time, dup_event_text (event, &owned)));
  while (g_queue_get_length (lines) > MEIR_UI_EVENT_LOG_MAX)
    g_free (g_queue_pop_head (lines));
}

void
meir_ui_event_log_watch (MeirSession *session)
{
  if (g_object_get_qdata (G_OBJECT (session), watched_quark ()) != NULL)
    return;
  g_object_set_qdata (G_OBJECT (session), watched_quark (), session);
  g_signal_connect (session, "event", G_CALLBACK (on_event), NULL);
}

char *
meir_ui_event_log_dup_lines (MeirTorrent *torrent)
{
  GQueue *lines = g_object_get_qdata (G_OBJECT (torrent), log_quark ());
  GString *text = g_string_new (NULL);

  for (GList *l = lines != NULL ? lines->head : NULL; l != NULL; l = l->next)
    g_string_append_printf (text, "%s\n", (const char *) l->data);
  return g_string_free (text, FALSE);
}

/* Not translated: who reads it wrote the program. */
char *
meir_ui_event_log_dup_report (MeirTorrent *torrent)
{
  g_autoptr (MeirTorrentSnapshot) snapshot = meir_torrent_peek_snapshot (torrent);
  g_autoptr (MeirMetainfo) metainfo = meir_torrent_ref_metainfo (torrent);
  g_autofree char *lines = meir_ui_event_log_dup_lines (torrent);
  GString *text = g_string_new (NULL);

  g_string_append_printf (text, "MeirTorrent %s, GTK %u.%u.%u, libadwaita %u.%u.%u, GLib %u.%u.%u\n",
                          MEIR_VERSION, gtk_get_major_version (), gtk_get_minor_version (),
                          gtk_get_micro_version (), adw_get_major_version (), adw_get_minor_version (),
                          adw_get_micro_version (), glib_major_version, glib_minor_version,
                          glib_micro_version);
  g_string_append_printf (text, "State: %s, %u of %u pieces, %u failed their check\n",
                          meir_torrent_state_to_string (snapshot->state), snapshot->n_have,
                          snapshot->n_pieces, snapshot->n_bad_pieces);
  g_string_append_printf (text, "Peers: %u connected, %u known; trackers: %u, %u failed\n", snapshot->n_peers,
                          snapshot->n_known_peers, snapshot->n_trackers, snapshot->n_trackers_failed);
  if (metainfo != NULL)
    g_string_append_printf (text, "Files: %u, pieces of %u bytes%s%s\n", meir_metainfo_get_n_files (metainfo),
                            meir_metainfo_get_piece_length (metainfo),
                            meir_metainfo_is_private (metainfo) ? ", private" : "",
                            meir_metainfo_is_hybrid (metainfo) ? ", hybrid" : "");
  if (snapshot->error != NULL)
    g_string_append_printf (text, "Error: %s\n", snapshot->error);
  g_string_append_printf (text, "\n%s", lines);
  return g_string_free (text, FALSE);
}

/* Showing. */

static void
on_copy (GtkButton *button, gpointer user_data)
{
  g_autofree char *report = meir_ui_event_log_dup_report (user_data);

  gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (button)), report);
  gtk_button_set_label (button, _ ("Copied"));
}

GtkWindow *
meir_ui_event_log_present (GtkWindow *parent, MeirTorrent *torrent)
{
  GtkWidget *page = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *scrolled = gtk_scrolled_window_new ();
  GtkWidget *view = gtk_text_view_new ();
  GtkWidget *button = gtk_button_new_with_mnemonic (_ ("_Copy for a Bug Report"));
  g_autofree char *name = meir_ui_page_dup_name (parent, torrent);
  g_autofree char *lines = meir_ui_event_log_dup_lines (torrent);
  GtkWindow *window;

  gtk_text_buffer_set_text (gtk_text_view_get_buffer (GTK_TEXT_VIEW (view)),
                            *lines != '\0' ? lines : _ ("Nothing has happened yet"), -1);
  gtk_text_view_set_editable (GTK_TEXT_VIEW (view), FALSE);
  gtk_text_view_set_wrap_mode (GTK_TEXT_VIEW (view), GTK_WRAP_WORD_CHAR);
  gtk_text_view_set_left_margin (GTK_TEXT_VIEW (view), 12);
  gtk_text_view_set_right_margin (GTK_TEXT_VIEW (view), 12);
  gtk_text_view_set_top_margin (GTK_TEXT_VIEW (view), 12);
  gtk_accessible_update_property (GTK_ACCESSIBLE (view), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("What happened"),
                                  -1);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scrolled), view);
  gtk_widget_set_vexpand (scrolled, TRUE);
  gtk_box_append (GTK_BOX (page), scrolled);
  g_object_set (button, "margin-top", 12, "margin-bottom", 12, "halign", GTK_ALIGN_CENTER, NULL);
  g_signal_connect_object (button, "clicked", G_CALLBACK (on_copy), torrent, 0);
  gtk_box_append (GTK_BOX (page), button);
  window = meir_ui_page_window_new (parent, _ ("What Happened"), name, page);
  gtk_window_present (window);
  return window;
}
