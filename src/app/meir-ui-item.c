/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/meir-ui-item.h"

#include <string.h>

#define FOLDER_CHARS_MAX 100

struct _MeirUiItem {
  GObject parent_instance;

  MeirTorrent *torrent;
  char *name, *folded_name;
  char *own_name; /* (nullable): what the user calls it */
  char *folder;   /* its folder's name; of which: */
  char *folder_path;
  char *file_names; /* (nullable): folded, a line each */
  MeirTorrentSnapshot *snapshot;
  MeirUiStatus status;
  MeirUiContent content;
  gboolean named; /* its metainfo has been looked at: name and content are final */
  guint version;
};

G_DEFINE_FINAL_TYPE (MeirUiItem, meir_ui_item, G_TYPE_OBJECT)

char *
meir_ui_item_fold (const char *text)
{
  g_autofree char *normal = g_utf8_normalize (text, -1, G_NORMALIZE_ALL);

  return g_utf8_casefold (normal != NULL ? normal : text, -1);
}

static void
take_name (MeirUiItem *item, char *name)
{
  g_free (item->name);
  g_free (item->folded_name);
  item->name = name;
  item->folded_name = meir_ui_item_fold (name);
  item->version++;
}

/* A magnet link gets its name and its files when its metadata comes. */
static void
look_at_metainfo (MeirUiItem *item)
{
  g_autoptr (MeirMetainfo) metainfo = NULL;

  if (item->named)
    return;
  metainfo = meir_torrent_ref_metainfo (item->torrent);
  item->named = metainfo != NULL;
  if (metainfo != NULL)
    item->content = meir_ui_content_of_metainfo (metainfo);
  if (item->own_name == NULL && (item->name == NULL || metainfo != NULL))
    take_name (item, meir_torrent_dup_name (item->torrent));
}

static void
look_at_folder (MeirUiItem *item)
{
  const char *path = meir_torrent_get_folder (item->torrent);
  g_autofree char *name = NULL;

  if (g_strcmp0 (path, item->folder_path) == 0)
    return;
  name = g_path_get_basename (path);
  g_free (item->folder_path);
  g_free (item->folder);
  item->folder_path = g_strdup (path);
  item->folder = meir_text_dup_safe (name, strlen (name), FOLDER_CHARS_MAX);
  item->version++;
}

/* @snapshot: (transfer full) */
static gboolean
take_snapshot (MeirUiItem *item, MeirTorrentSnapshot *snapshot, const MeirUiEnvironment *environment)
{
  MeirUiEnvironment whole = *environment;
  MeirUiStatusKind kind = item->status.kind;
  gboolean newer = item->snapshot == NULL || item->snapshot->serial != snapshot->serial;
  guint version = item->version;

  if (item->snapshot != NULL)
    meir_torrent_snapshot_unref (item->snapshot);
  item->snapshot = snapshot;
  look_at_metainfo (item);
  look_at_folder (item);
  whole.folder = item->folder;
  meir_ui_status_read (&item->status, snapshot, &whole);
  if (newer || item->status.kind != kind)
    item->version++;
  return item->version != version;
}

gboolean
meir_ui_item_refresh (MeirUiItem *item, MeirSnapshotParts parts, const MeirUiEnvironment *environment)
{
  return take_snapshot (item, meir_torrent_ref_snapshot (item->torrent, parts), environment);
}

gboolean
meir_ui_item_peek (MeirUiItem *item, const MeirUiEnvironment *environment)
{
  return take_snapshot (item, meir_torrent_peek_snapshot (item->torrent), environment);
}

MeirTorrent *
meir_ui_item_get_torrent (MeirUiItem *item)
{
  return item->torrent;
}

const char *
meir_ui_item_get_name (MeirUiItem *item)
{
  return item->name;
}

void
meir_ui_item_set_name (MeirUiItem *item, const char *name)
{
  g_free (item->own_name);
  item->own_name = g_strdup (name);
  take_name (item, name != NULL ? g_strdup (name) : meir_torrent_dup_name (item->torrent));
}

MeirUiContent
meir_ui_item_get_content (MeirUiItem *item)
{
  return item->content;
}

guint
meir_ui_item_get_version (MeirUiItem *item)
{
  return item->version;
}

const MeirTorrentSnapshot *
meir_ui_item_get_snapshot (MeirUiItem *item)
{
  return item->snapshot;
}

const MeirUiStatus *
meir_ui_item_get_status (MeirUiItem *item)
{
  return &item->status;
}

MeirUiGroup
meir_ui_item_get_group (MeirUiItem *item)
{
  return meir_ui_status_get_group (&item->status);
}

gboolean
meir_ui_item_is_finished (MeirUiItem *item)
{
  MeirTorrentState state = item->snapshot->state;

  return item->snapshot->finished && (state == MEIR_TORRENT_SEEDING || state == MEIR_TORRENT_PAUSED);
}

gboolean
meir_ui_item_is_active (MeirUiItem *item)
{
  const MeirTorrentSnapshot *snapshot = item->snapshot;

  return snapshot->n_peers > 0 || snapshot->down_per_sec > 0 || snapshot->up_per_sec > 0 ||
         snapshot->state == MEIR_TORRENT_CHECKING || snapshot->state == MEIR_TORRENT_MOVING;
}

gboolean
meir_ui_item_matches (MeirUiItem *item, const char *needle)
{
  return strstr (item->folded_name, needle) != NULL ||
         (item->file_names != NULL && strstr (item->file_names, needle) != NULL);
}

void
meir_ui_item_take_file_names (MeirUiItem *item, char *names)
{
  g_free (item->file_names);
  item->file_names = names;
}

gboolean
meir_ui_item_has_file_names (MeirUiItem *item)
{
  return item->file_names != NULL;
}

static void
meir_ui_item_finalize (GObject *object)
{
  MeirUiItem *item = MEIR_UI_ITEM (object);

  g_clear_object (&item->torrent);
  g_clear_pointer (&item->snapshot, meir_torrent_snapshot_unref);
  g_free (item->name);
  g_free (item->folded_name);
  g_free (item->own_name);
  g_free (item->folder);
  g_free (item->folder_path);
  g_free (item->file_names);
  G_OBJECT_CLASS (meir_ui_item_parent_class)->finalize (object);
}

static void
meir_ui_item_class_init (MeirUiItemClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = meir_ui_item_finalize;
}

static void
meir_ui_item_init (MeirUiItem *item)
{
  item->content = MEIR_UI_CONTENT_FOLDER;
}

MeirUiItem *
meir_ui_item_new (MeirTorrent *torrent)
{
  MeirUiItem *item = g_object_new (MEIR_UI_TYPE_ITEM, NULL);
  const MeirUiEnvironment nothing = { FALSE, FALSE, NULL };

  item->torrent = g_object_ref (torrent);
  meir_ui_item_peek (item, &nothing);
  return item;
}
