/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/meir-ui-library.h"

#include <glib/gi18n.h>
#include <glib/gstdio.h>

#define KEY_FOLDER "Folder"
#define KEY_LINK   "Link"
#define KEY_PAUSED "Paused"

struct _MeirUiLibrary {
  char *folder;
  char *path;
  GKeyFile *keys; /* a group a torrent, named by its info-hash */
};

MeirUiLibrary *
meir_ui_library_new (const char *folder)
{
  MeirUiLibrary *library = g_new0 (MeirUiLibrary, 1);

  library->folder = g_strdup (folder);
  library->path = g_build_filename (folder, "library.ini", NULL);
  library->keys = g_key_file_new ();
  g_mkdir_with_parents (folder, 0700);
  /* No file, no torrents yet; a file that makes no sense is as good as none. */
  g_key_file_load_from_file (library->keys, library->path, G_KEY_FILE_NONE, NULL);
  return library;
}

void
meir_ui_library_free (MeirUiLibrary *library)
{
  g_key_file_unref (library->keys);
  g_free (library->folder);
  g_free (library->path);
  g_free (library);
}

static gboolean
save (MeirUiLibrary *library, GError **error)
{
  gsize length;
  g_autofree char *data = g_key_file_to_data (library->keys, &length, NULL);
  g_autoptr (GError) local_error = NULL;

  if (g_file_set_contents_full (library->path, data, (gssize) length,
                                G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE, 0600,
                                &local_error))
    return TRUE;
  g_set_error (error, MEIR_ERROR, MEIR_ERROR_IO, _ ("The list of torrents cannot be saved: %s"),
               local_error->message);
  return FALSE;
}

static char *
torrent_path (MeirUiLibrary *library, const char *group)
{
  g_autofree char *name = g_strconcat (group, ".torrent", NULL);

  return g_build_filename (library->folder, name, NULL);
}

static MeirMetainfo *
read_metainfo (MeirUiLibrary *library, const char *group)
{
  g_autofree char *path = torrent_path (library, group);
  g_autoptr (GBytes) bytes = NULL;
  char *contents;
  gsize length;

  if (!g_file_get_contents (path, &contents, &length, NULL))
    return NULL;
  bytes = g_bytes_new_take (contents, length);
  return meir_metainfo_parse (bytes, NULL);
}

static void
restore_one (MeirUiLibrary *library, MeirSession *session, const char *group)
{
  g_autofree char *folder = g_key_file_get_string (library->keys, group, KEY_FOLDER, NULL);
  g_autofree char *link = g_key_file_get_string (library->keys, group, KEY_LINK, NULL);
  g_autoptr (MeirMetainfo) metainfo = read_metainfo (library, group);
  g_autoptr (MeirMagnet) magnet = metainfo == NULL && link != NULL ? meir_magnet_parse (link, NULL) : NULL;
  g_autoptr (GError) error = NULL;
  MeirAddOptions options = {
    .metainfo = metainfo,
    .magnet = magnet,
    .folder = folder,
    .paused = g_key_file_get_boolean (library->keys, group, KEY_PAUSED, NULL),
  };

  if (folder == NULL || (metainfo == NULL && magnet == NULL))
    return;
  if (meir_session_add (session, &options, &error) == NULL)
    g_warning ("%s", error->message);
}

void
meir_ui_library_restore (MeirUiLibrary *library, MeirSession *session)
{
  g_auto (GStrv) groups = g_key_file_get_groups (library->keys, NULL);

  for (guint i = 0; groups[i] != NULL; i++)
    restore_one (library, session, groups[i]);
}

gboolean
meir_ui_library_add (MeirUiLibrary *library, MeirTorrent *torrent, const char *link, GError **error)
{
  g_autoptr (MeirMetainfo) metainfo = meir_torrent_ref_metainfo (torrent);
  char group[2 * MEIR_SHA1_LENGTH + 1];

  meir_info_hash_to_hex (meir_torrent_get_info_hash (torrent), group);
  if (metainfo != NULL) {
    g_autofree char *path = torrent_path (library, group);
    g_autoptr (GBytes) bytes = meir_metainfo_dup_torrent_bytes (metainfo);

    if (!meir_create_write_atomic (path, bytes, error))
      return FALSE;
  }
  g_key_file_set_string (library->keys, group, KEY_FOLDER, meir_torrent_get_folder (torrent));
  if (link != NULL)
    g_key_file_set_string (library->keys, group, KEY_LINK, link);
  return save (library, error);
}

gboolean
meir_ui_library_remove (MeirUiLibrary *library, MeirTorrent *torrent, GError **error)
{
  char group[2 * MEIR_SHA1_LENGTH + 1];
  g_autofree char *path = NULL;

  meir_info_hash_to_hex (meir_torrent_get_info_hash (torrent), group);
  path = torrent_path (library, group);
  g_unlink (path);
  g_key_file_remove_group (library->keys, group, NULL);
  return save (library, error);
}

gboolean
meir_ui_library_set_paused (MeirUiLibrary *library, MeirTorrent *torrent, gboolean paused, GError **error)
{
  char group[2 * MEIR_SHA1_LENGTH + 1];

  meir_info_hash_to_hex (meir_torrent_get_info_hash (torrent), group);
  g_key_file_set_boolean (library->keys, group, KEY_PAUSED, paused);
  return save (library, error);
}
