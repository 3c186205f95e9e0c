/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/meir-ui-drag.h"

#include <errno.h>
#include <string.h>

#define NAME_BYTES_MAX 120

char *
meir_ui_drag_dup_name (MeirMetainfo *metainfo)
{
  const char *shown = meir_metainfo_get_display_name (metainfo);
  g_autofree char *name = g_utf8_substring (shown, 0, MIN (g_utf8_strlen (shown, -1), NAME_BYTES_MAX));

  /* A name to show is free of control characters, and so are its first characters; it may hold a slash in
   * place of one that the file system has not. */
  g_strdelimit (name, "/\\", '_');
  if (name[0] == '.' || name[0] == '\0') {
    g_autofree char *hidden = g_steal_pointer (&name);

    name = g_strconcat ("_", hidden, NULL);
  }
  return g_strconcat (name, ".torrent", NULL);
}

GFile *
meir_ui_drag_write (MeirTorrent *torrent, GError **error)
{
  g_autoptr (MeirMetainfo) metainfo = meir_torrent_ref_metainfo (torrent);
  g_autoptr (GBytes) bytes = NULL;
  g_autofree char *folder = NULL;
  g_autofree char *name = NULL;
  g_autofree char *path = NULL;
  char hex[2 * MEIR_SHA1_LENGTH + 1];

  if (metainfo == NULL)
    return NULL;
  /* A folder each: two torrents may have one name. */
  folder = g_build_filename (g_get_user_cache_dir (), "meirtorrent", "drag",
                             meir_info_hash_to_hex (meir_torrent_get_info_hash (torrent), hex), NULL);
  if (g_mkdir_with_parents (folder, 0700) != 0) {
    meir_set_error_from_errno (error, errno, "%s", folder);
    return NULL;
  }
  name = meir_ui_drag_dup_name (metainfo);
  path = g_build_filename (folder, name, NULL);
  bytes = meir_metainfo_dup_torrent_bytes (metainfo);
  if (!g_file_set_contents (path, g_bytes_get_data (bytes, NULL), (gssize) g_bytes_get_size (bytes), error))
    return NULL;
  return g_file_new_for_path (path);
}

static GdkContentProvider *
on_prepare (GtkDragSource *source, double x, double y, gpointer user_data)
{
  MeirUiDragFunc get_torrent = (MeirUiDragFunc) (gpointer) user_data;
  MeirTorrent *torrent = get_torrent (gtk_event_controller_get_widget (GTK_EVENT_CONTROLLER (source)));
  g_autoptr (GFile) file = torrent != NULL ? meir_ui_drag_write (torrent, NULL) : NULL;
  GSList files = { .data = file };
  g_auto (GValue) value = G_VALUE_INIT;

  /* What cannot be written cannot be dragged: the pointer shows that at once. */
  if (file == NULL)
    return NULL;
  g_value_init (&value, GDK_TYPE_FILE_LIST);
  g_value_take_boxed (&value, gdk_file_list_new_from_list (&files));
  return gdk_content_provider_new_for_value (&value);
}

void
meir_ui_drag_attach (GtkWidget *widget, MeirUiDragFunc get_torrent)
{
  GtkDragSource *source = gtk_drag_source_new ();

  gtk_drag_source_set_actions (source, GDK_ACTION_COPY);
  g_signal_connect (source, "prepare", G_CALLBACK (on_prepare), (gpointer) get_torrent);
  gtk_widget_add_controller (widget, GTK_EVENT_CONTROLLER (source));
}
