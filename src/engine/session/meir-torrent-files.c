/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "session/meir-torrent-private.h"

/* Which files are wanted, and in which order: what the front end said, and what the engine makes of it. */

static gboolean
fit (GBytes *priorities, MeirMetainfo *metainfo)
{
  return metainfo == NULL || g_bytes_get_size (priorities) == meir_metainfo_get_n_files (metainfo);
}

gboolean
meir_torrent_priorities_fit (GBytes *priorities, MeirMetainfo *metainfo)
{
  return priorities == NULL || (meir_priorities_are_valid (priorities) && fit (priorities, metainfo));
}

/* What the front end said last, taken over. Of a magnet link nobody knew how many files there are: what does
 * not fit is forgotten. */
void
meir_torrent_take_files (MeirTorrent *torrent)
{
  g_mutex_lock (&torrent->lock);
  if (torrent->shared_priorities != NULL && !fit (torrent->shared_priorities, torrent->metainfo))
    g_clear_pointer (&torrent->shared_priorities, g_bytes_unref);
  g_clear_pointer (&torrent->priorities, g_bytes_unref);
  if (torrent->shared_priorities != NULL)
    torrent->priorities = g_bytes_ref (torrent->shared_priorities);
  torrent->play_order = torrent->shared_play_order;
  g_mutex_unlock (&torrent->lock);
}

static void
files_changed_cb (gpointer data)
{
  MeirTorrent *torrent = data;

  meir_torrent_take_files (torrent);
  meir_torrent_publish (torrent);
}

void
meir_torrent_set_file_priorities (MeirTorrent *torrent, GBytes *priorities)
{
  g_autoptr (MeirMetainfo) metainfo = meir_torrent_ref_metainfo (torrent);

  g_return_if_fail (meir_torrent_priorities_fit (priorities, metainfo));
  g_mutex_lock (&torrent->lock);
  g_clear_pointer (&torrent->shared_priorities, g_bytes_unref);
  torrent->shared_priorities = priorities != NULL ? g_bytes_ref (priorities) : NULL;
  g_mutex_unlock (&torrent->lock);
  meir_torrent_post (torrent, files_changed_cb);
}

GBytes *
meir_torrent_ref_file_priorities (MeirTorrent *torrent)
{
  GBytes *priorities;

  g_mutex_lock (&torrent->lock);
  priorities = torrent->shared_priorities != NULL ? g_bytes_ref (torrent->shared_priorities) : NULL;
  g_mutex_unlock (&torrent->lock);
  return priorities;
}

void
meir_torrent_set_play_order (MeirTorrent *torrent, gboolean play_order)
{
  g_mutex_lock (&torrent->lock);
  torrent->shared_play_order = play_order != FALSE;
  g_mutex_unlock (&torrent->lock);
  meir_torrent_post (torrent, files_changed_cb);
}

gboolean
meir_torrent_get_play_order (MeirTorrent *torrent)
{
  gboolean play_order;

  g_mutex_lock (&torrent->lock);
  play_order = torrent->shared_play_order;
  g_mutex_unlock (&torrent->lock);
  return play_order;
}
