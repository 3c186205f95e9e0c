/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/meir-ui-activity.h"

#include <glib/gi18n.h>

static gboolean
is_active (MeirTorrentState state)
{
  switch (state) {
  case MEIR_TORRENT_LOADING:
  case MEIR_TORRENT_METADATA:
  case MEIR_TORRENT_CHECKING:
  case MEIR_TORRENT_QUEUED:
  case MEIR_TORRENT_DOWNLOADING:
  case MEIR_TORRENT_SEEDING:
  case MEIR_TORRENT_MOVING:
    return TRUE;
  case MEIR_TORRENT_PAUSED:
  case MEIR_TORRENT_DISK_FULL:
  case MEIR_TORRENT_FAILED:
  case MEIR_TORRENT_STOPPED:
    return FALSE;
  }
  g_return_val_if_reached (FALSE);
}

static void
add (MeirUiActivity *activity, const MeirTorrentSnapshot *snapshot)
{
  if (!is_active (snapshot->state))
    return;
  activity->n_active++;
  activity->down_per_sec += snapshot->down_per_sec;
  activity->up_per_sec += snapshot->up_per_sec;
  if (snapshot->finished)
    activity->n_sharing++;
  else
    activity->n_left++;
  if ((snapshot->state == MEIR_TORRENT_DOWNLOADING || snapshot->state == MEIR_TORRENT_METADATA) &&
      snapshot->n_peers > 0)
    activity->n_downloading++;
}

/* States are told by themselves; what changes between them is to be asked for. */
static gboolean
is_to_be_asked (const MeirTorrentSnapshot *snapshot, gboolean rates)
{
  return snapshot->state == MEIR_TORRENT_DOWNLOADING || snapshot->state == MEIR_TORRENT_METADATA ||
         (rates && snapshot->state == MEIR_TORRENT_SEEDING);
}

static void
add_torrent (MeirUiActivity *activity, MeirTorrent *torrent, gboolean rates)
{
  g_autoptr (MeirTorrentSnapshot) snapshot = meir_torrent_peek_snapshot (torrent);

  if (is_to_be_asked (snapshot, rates)) {
    meir_torrent_snapshot_unref (snapshot);
    snapshot = meir_torrent_ref_snapshot (torrent, MEIR_SNAPSHOT_NUMBERS);
  }
  add (activity, snapshot);
}

gboolean
meir_ui_activity_measure_some (GListModel *torrents, gboolean rates, guint n, guint *next,
                               MeirUiActivity *activity)
{
  guint end = torrents != NULL ? g_list_model_get_n_items (torrents) : 0;

  if (*next == 0 || torrents == NULL)
    *activity = (MeirUiActivity){ 0 };
  for (; *next < end && n > 0; n--) {
    g_autoptr (MeirTorrent) torrent = g_list_model_get_item (torrents, (*next)++);

    add_torrent (activity, torrent, rates);
  }
  return *next >= end;
}

void
meir_ui_activity_measure (GListModel *torrents, gboolean rates, MeirUiActivity *activity)
{
  guint next = 0;

  meir_ui_activity_measure_some (torrents, rates, G_MAXUINT, &next, activity);
}

char *
meir_ui_activity_dup_text (const MeirUiActivity *activity)
{
  g_autofree char *down = g_format_size (activity->down_per_sec);
  g_autofree char *up = g_format_size (activity->up_per_sec);

  if (activity->n_left > 0)
    /* Translators: how fast downloads are coming, and how many are not finished: "↓ 12 MB/s, 2 left" */
    return g_strdup_printf (ngettext ("↓ %s/s, %u left", "↓ %s/s, %u left", activity->n_left), down,
                            activity->n_left);
  if (activity->n_sharing > 0)
    /* Translators: how fast others get what we share, and how many things that is */
    return g_strdup_printf (ngettext ("↑ %s/s, sharing %u", "↑ %s/s, sharing %u", activity->n_sharing), up,
                            activity->n_sharing);
  return g_strdup (_ ("Waiting"));
}
