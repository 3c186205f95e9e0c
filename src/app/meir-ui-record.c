/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/meir-ui-record.h"

#include <string.h>

#define KEY_FOLDER     "Folder"     /* a file: URI, since a path need not be UTF-8 */
#define KEY_OWN_FOLDER "FolderName" /* escaped like a URI, since it need not be UTF-8 either */
#define KEY_LINK       "Link"
#define KEY_NAME       "Name"
#define KEY_PAUSED     "Paused"
#define KEY_PLAY_ORDER "PlayOrder"
#define KEY_PRIORITIES "Priorities" /* a digit a file */
#define KEY_TRACKERS   "Trackers"   /* addresses; an empty one between two tiers */
#define KEY_DOWN_LIMIT "DownLimit"
#define KEY_UP_LIMIT   "UpLimit"
#define KEY_UPLOADED   "Uploaded"
#define KEY_DOWNLOADED "Downloaded"
#define KEY_SEEDED     "SeededSeconds"
#define KEY_OVERRIDDEN "RuleOverridden"
#define KEY_ADDED      "Added"

#define NAME_CHARS_MAX 500

/* Reading. */

static GBytes *
read_priorities (GKeyFile *keys, const char *group)
{
  g_autofree char *digits = g_key_file_get_string (keys, group, KEY_PRIORITIES, NULL);
  gsize length = digits != NULL ? strlen (digits) : 0;

  if (length == 0)
    return NULL;
  for (gsize i = 0; i < length; i++) {
    if (digits[i] < '0' + MEIR_PRIORITY_SKIP || digits[i] > '0' + MEIR_PRIORITY_HIGH)
      return NULL;
    digits[i] = (char) (digits[i] - '0');
  }
  return g_bytes_new_take (g_steal_pointer (&digits), length);
}

static GPtrArray *
read_trackers (GKeyFile *keys, const char *group)
{
  g_auto (GStrv) addresses = g_key_file_get_string_list (keys, group, KEY_TRACKERS, NULL, NULL);
  GPtrArray *tiers;
  GStrvBuilder *tier;

  if (addresses == NULL)
    return NULL;
  tiers = g_ptr_array_new_with_free_func ((GDestroyNotify) g_strfreev);
  tier = g_strv_builder_new ();
  for (guint i = 0; addresses[i] != NULL; i++) {
    if (*addresses[i] != '\0') {
      g_strv_builder_add (tier, addresses[i]);
      continue;
    }
    g_ptr_array_add (tiers, g_strv_builder_end (tier));
    g_strv_builder_unref (tier);
    tier = g_strv_builder_new ();
  }
  g_ptr_array_add (tiers, g_strv_builder_end (tier));
  g_strv_builder_unref (tier);
  return tiers;
}

MeirUiRecord *
meir_ui_record_read (GKeyFile *keys, const char *group)
{
  MeirUiRecord *record = g_new0 (MeirUiRecord, 1);
  g_autofree char *uri = g_key_file_get_string (keys, group, KEY_FOLDER, NULL);
  g_autofree char *name = g_key_file_get_string (keys, group, KEY_NAME, NULL);

  record->folder = uri != NULL ? g_filename_from_uri (uri, NULL, NULL) : NULL;
  record->link = g_key_file_get_string (keys, group, KEY_LINK, NULL);
  record->name = name != NULL ? meir_text_dup_safe (name, strlen (name), NAME_CHARS_MAX) : NULL;
  record->paused = g_key_file_get_boolean (keys, group, KEY_PAUSED, NULL);
  record->play_order = g_key_file_get_boolean (keys, group, KEY_PLAY_ORDER, NULL);
  record->priorities = read_priorities (keys, group);
  record->trackers = read_trackers (keys, group);
  record->limits.down_per_sec = g_key_file_get_uint64 (keys, group, KEY_DOWN_LIMIT, NULL);
  record->limits.up_per_sec = g_key_file_get_uint64 (keys, group, KEY_UP_LIMIT, NULL);
  record->uploaded = g_key_file_get_uint64 (keys, group, KEY_UPLOADED, NULL);
  record->downloaded = g_key_file_get_uint64 (keys, group, KEY_DOWNLOADED, NULL);
  record->seeded_sec = g_key_file_get_uint64 (keys, group, KEY_SEEDED, NULL);
  record->rule_overridden = g_key_file_get_boolean (keys, group, KEY_OVERRIDDEN, NULL);
  record->added_sec = g_key_file_get_int64 (keys, group, KEY_ADDED, NULL);
  return record;
}

char *
meir_ui_record_dup_folder_name (GKeyFile *keys, const char *group)
{
  g_autofree char *escaped = g_key_file_get_string (keys, group, KEY_OWN_FOLDER, NULL);

  return escaped != NULL ? g_uri_unescape_string (escaped, NULL) : NULL;
}

void
meir_ui_record_free (MeirUiRecord *record)
{
  g_free (record->folder);
  g_free (record->link);
  g_free (record->name);
  g_clear_pointer (&record->priorities, g_bytes_unref);
  g_clear_pointer (&record->trackers, g_ptr_array_unref);
  g_free (record);
}

/* Writing. What is as usual is left out. */

static void
set_uint64 (GKeyFile *keys, const char *group, const char *key, guint64 value)
{
  if (value != 0)
    g_key_file_set_uint64 (keys, group, key, value);
  else
    g_key_file_remove_key (keys, group, key, NULL);
}

static void
set_boolean (GKeyFile *keys, const char *group, const char *key, gboolean value)
{
  if (value)
    g_key_file_set_boolean (keys, group, key, TRUE);
  else
    g_key_file_remove_key (keys, group, key, NULL);
}

static void
write_priorities (GKeyFile *keys, const char *group, MeirTorrent *torrent)
{
  g_autoptr (GBytes) priorities = meir_torrent_ref_file_priorities (torrent);
  g_autofree char *digits = NULL;
  const guint8 *bytes;
  gsize length;

  if (priorities == NULL) {
    g_key_file_remove_key (keys, group, KEY_PRIORITIES, NULL);
    return;
  }
  bytes = g_bytes_get_data (priorities, &length);
  digits = g_malloc (length + 1);
  for (gsize i = 0; i < length; i++)
    digits[i] = (char) ('0' + bytes[i]);
  digits[length] = '\0';
  g_key_file_set_string (keys, group, KEY_PRIORITIES, digits);
}

static gboolean
same_tiers (GPtrArray *one, GPtrArray *other)
{
  if (one->len != other->len)
    return FALSE;
  for (guint i = 0; i < one->len; i++)
    if (!g_strv_equal (g_ptr_array_index (one, i), g_ptr_array_index (other, i)))
      return FALSE;
  return TRUE;
}

/* The trackers that the torrent has by itself the next time. (transfer full) (nullable) */
static GPtrArray *
ref_own_tiers (GKeyFile *keys, const char *group, MeirTorrent *torrent)
{
  g_autoptr (MeirMetainfo) metainfo = meir_torrent_ref_metainfo (torrent);
  g_autofree char *link = g_key_file_get_string (keys, group, KEY_LINK, NULL);
  g_autoptr (MeirMagnet) magnet = NULL;

  if (metainfo != NULL)
    return g_ptr_array_ref (meir_metainfo_get_tiers (metainfo));
  magnet = link != NULL ? meir_magnet_parse (link, NULL) : NULL;
  return magnet != NULL ? meir_magnet_dup_tiers (magnet) : NULL;
}

/* A torrent whose trackers nobody has changed takes them from its metainfo, or its link, the next time too.
 */
static void
write_trackers (GKeyFile *keys, const char *group, MeirTorrent *torrent)
{
  g_autoptr (GPtrArray) tiers = meir_torrent_dup_trackers (torrent);
  g_autoptr (GPtrArray) own = ref_own_tiers (keys, group, torrent);
  g_autoptr (GPtrArray) list = g_ptr_array_new ();

  if (own == NULL || same_tiers (tiers, own)) {
    g_key_file_remove_key (keys, group, KEY_TRACKERS, NULL);
    return;
  }
  for (guint t = 0; t < tiers->len; t++) {
    const char *const *tier = g_ptr_array_index (tiers, t);

    if (t > 0)
      g_ptr_array_add (list, (gpointer) "");
    for (guint i = 0; tier[i] != NULL; i++)
      g_ptr_array_add (list, (gpointer) tier[i]);
  }
  g_key_file_set_string_list (keys, group, KEY_TRACKERS, (const char *const *) list->pdata, list->len);
}

static void
write_folder_name (GKeyFile *keys, const char *group, MeirTorrent *torrent)
{
  g_autoptr (MeirMetainfo) metainfo = meir_torrent_ref_metainfo (torrent);
  g_autofree char *escaped = NULL;

  if (metainfo == NULL || !meir_metainfo_has_own_folder (metainfo)) {
    g_key_file_remove_key (keys, group, KEY_OWN_FOLDER, NULL);
    return;
  }
  escaped = g_uri_escape_string (meir_metainfo_get_name (metainfo), NULL, FALSE);
  g_key_file_set_string (keys, group, KEY_OWN_FOLDER, escaped);
}

/* What the torrent's past has made of it. */
static void
write_past (GKeyFile *keys, const char *group, MeirTorrent *torrent)
{
  g_autoptr (MeirTorrentSnapshot) snapshot = meir_torrent_peek_snapshot (torrent);

  set_uint64 (keys, group, KEY_UPLOADED, snapshot->total_uploaded);
  set_uint64 (keys, group, KEY_DOWNLOADED, snapshot->total_downloaded);
  set_uint64 (keys, group, KEY_SEEDED, snapshot->seeded_sec);
  set_boolean (keys, group, KEY_OVERRIDDEN, snapshot->rule_overridden);
}

void
meir_ui_record_write (GKeyFile *keys, const char *group, MeirTorrent *torrent)
{
  g_autofree char *folder = g_filename_to_uri (meir_torrent_get_folder (torrent), NULL, NULL);
  MeirRateLimits limits;

  g_key_file_set_string (keys, group, KEY_FOLDER, folder);
  if (!g_key_file_has_key (keys, group, KEY_ADDED, NULL))
    g_key_file_set_int64 (keys, group, KEY_ADDED, g_get_real_time () / G_USEC_PER_SEC);
  meir_torrent_get_limits (torrent, &limits);
  set_uint64 (keys, group, KEY_DOWN_LIMIT, limits.down_per_sec);
  set_uint64 (keys, group, KEY_UP_LIMIT, limits.up_per_sec);
  set_boolean (keys, group, KEY_PLAY_ORDER, meir_torrent_get_play_order (torrent));
  write_folder_name (keys, group, torrent);
  write_priorities (keys, group, torrent);
  write_trackers (keys, group, torrent);
  write_past (keys, group, torrent);
}

void
meir_ui_record_set_link (GKeyFile *keys, const char *group, const char *link)
{
  g_key_file_set_string (keys, group, KEY_LINK, link);
}

void
meir_ui_record_set_paused (GKeyFile *keys, const char *group, gboolean paused)
{
  set_boolean (keys, group, KEY_PAUSED, paused);
}

void
meir_ui_record_set_name (GKeyFile *keys, const char *group, const char *name)
{
  if (name != NULL)
    g_key_file_set_string (keys, group, KEY_NAME, name);
  else
    g_key_file_remove_key (keys, group, KEY_NAME, NULL);
}
