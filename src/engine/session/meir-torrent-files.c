/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "session/meir-peer.h"

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

/* Bytes of the pieces that are wanted, as the swarm will count them. */
static guint64
count_wanted (MeirTorrent *torrent)
{
  guint32 n_pieces = meir_metainfo_get_n_pieces (torrent->metainfo);
  g_autofree guint8 *pieces = NULL;
  guint64 wanted = 0;

  if (torrent->priorities == NULL)
    return meir_metainfo_get_total_length (torrent->metainfo);
  pieces = g_malloc (n_pieces);
  meir_priorities_spread (torrent->metainfo, torrent->priorities, pieces);
  for (guint32 piece = 0; piece < n_pieces; piece++) {
    if (pieces[piece] != MEIR_PRIORITY_SKIP)
      wanted += meir_metainfo_get_piece_size (torrent->metainfo, piece);
  }
  return wanted;
}

/* Of a magnet link nobody knew how many files there are: what does not fit is forgotten. */
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
  if (torrent->metainfo != NULL)
    torrent->wanted_bytes = count_wanted (torrent);
}

static gboolean
wants (GBytes *priorities, guint file)
{
  return priorities == NULL ||
         ((const guint8 *) g_bytes_get_data (priorities, NULL))[file] != MEIR_PRIORITY_SKIP;
}

/* Whether a file is wanted that was not when files were made last. */
static gboolean
lacks_files (MeirTorrent *torrent)
{
  guint n_files = meir_metainfo_get_n_files (torrent->metainfo);

  for (guint file = 0; torrent->prepared != NULL && file < n_files; file++) {
    if (wants (torrent->priorities, file) && !wants (torrent->prepared, file))
      return TRUE;
  }
  return FALSE;
}

/* Pieces whose files are not made yet are not fetched yet. */
static void
tell_priorities (MeirTorrent *torrent)
{
  gint64 now_usec = meir_loop_now_usec (torrent->engine->loop);
  guint32 n_pieces = meir_metainfo_get_n_pieces (torrent->metainfo);
  g_autofree guint8 *pieces = NULL;
  g_autofree guint8 *made = NULL;

  torrent->lacks_files = lacks_files (torrent);
  if (torrent->priorities != NULL || torrent->lacks_files) {
    pieces = g_malloc (n_pieces);
    meir_priorities_spread (torrent->metainfo, torrent->priorities, pieces);
  }
  if (torrent->lacks_files) {
    made = g_malloc (n_pieces);
    meir_priorities_spread (torrent->metainfo, torrent->prepared, made);
  }
  for (guint32 piece = 0; made != NULL && piece < n_pieces; piece++) {
    if (made[piece] == MEIR_PRIORITY_SKIP)
      pieces[piece] = MEIR_PRIORITY_SKIP;
  }
  meir_swarm_set_priorities (torrent->swarm, pieces, now_usec);
}

static void
tell_play_order (MeirTorrent *torrent)
{
  g_autoptr (GArray) files = NULL;
  guint32 piece_length = meir_metainfo_get_piece_length (torrent->metainfo);

  if (!torrent->play_order) {
    meir_swarm_set_play_order (torrent->swarm, NULL, 0);
    return;
  }
  files = g_array_new (FALSE, FALSE, sizeof (MeirPieceRange));
  for (guint i = 0; i < meir_metainfo_get_n_files (torrent->metainfo); i++) {
    const MeirMetainfoFile *file = meir_metainfo_get_file (torrent->metainfo, i);
    MeirPieceRange range = { (guint32) (file->offset / piece_length), 0 };

    if (file->is_pad || file->length == 0)
      continue;
    range.last = (guint32) ((file->offset + file->length - 1) / piece_length);
    g_array_append_val (files, range);
  }
  meir_swarm_set_play_order (torrent->swarm, &g_array_index (files, MeirPieceRange, 0), files->len);
}

void
meir_torrent_tell_files (MeirTorrent *torrent)
{
  tell_play_order (torrent);
  tell_priorities (torrent);
}

static void
prepare_done (MeirDiskJob *job)
{
  MeirTorrent *torrent = job->user_data;
  g_autoptr (GBytes) asked_for = g_steal_pointer (&torrent->preparing_for);
  g_autoptr (GError) error = g_steal_pointer (&job->error);

  torrent->preparing = FALSE;
  meir_torrent_job_over (torrent, job);
  if (meir_torrent_is_ending (torrent)) {
    meir_torrent_quiet (torrent);
  } else if (error != NULL) {
    meir_torrent_fail (torrent, error);
  } else {
    g_clear_pointer (&torrent->prepared, g_bytes_unref);
    torrent->prepared = g_steal_pointer (&asked_for);
    if (torrent->swarm == NULL) {
      meir_torrent_prepared (torrent);
      return;
    }
    meir_torrent_follow_files (torrent);
    /* Seeds that were met while nothing could be asked for yet were left again. */
    if (!meir_torrent_is_finished (torrent))
      meir_candidates_hurry (torrent->candidates);
  }
}

void
meir_torrent_prepare (MeirTorrent *torrent)
{
  MeirDiskJob *job;

  if (torrent->preparing)
    return;
  torrent->preparing = TRUE;
  torrent->preparing_for = torrent->priorities != NULL ? g_bytes_ref (torrent->priorities) : NULL;
  meir_storage_set_wanted (torrent->storage, torrent->priorities);
  job = meir_disk_job_new (torrent->engine->disk, MEIR_DISK_PREPARE, torrent->storage, prepare_done, torrent);
  job->journal = torrent->journal;
  meir_torrent_submit (torrent, job);
}

void
meir_torrent_follow_files (MeirTorrent *torrent)
{
  meir_torrent_tell_files (torrent);
  /* At once: what was skipped has given its memory back. */
  meir_torrent_perform (torrent);
  if (torrent->lacks_files)
    meir_torrent_prepare (torrent);
  else if (!torrent->preparing)
    meir_storage_set_wanted (torrent->storage, torrent->priorities);
  meir_torrent_tell_finished (torrent);
  switch (torrent->state) {
  case MEIR_TORRENT_QUEUED:
  case MEIR_TORRENT_DOWNLOADING:
  case MEIR_TORRENT_SEEDING:
    meir_torrent_settle (torrent);
    break;
  case MEIR_TORRENT_LOADING:
  case MEIR_TORRENT_METADATA:
  case MEIR_TORRENT_CHECKING:
  case MEIR_TORRENT_PAUSED:
  case MEIR_TORRENT_MOVING:
  case MEIR_TORRENT_DISK_FULL:
  case MEIR_TORRENT_FAILED:
  case MEIR_TORRENT_STOPPED:
    break;
  }
}

/* BEP 21: who wants nothing more says so, and takes it back. */
void
meir_torrent_tell_finished (MeirTorrent *torrent)
{
  gboolean finished = meir_torrent_is_finished (torrent);

  if (torrent->said_upload_only == finished)
    return;
  torrent->said_upload_only = finished;
  for (guint i = torrent->peers->len; i > 0; i--) {
    MeirPeer *peer = g_ptr_array_index (torrent->peers, i - 1);

    if (peer->extensions)
      meir_peer_send_extension_handshake (peer);
  }
}

/* The front end has chosen: what waited for that begins. */
static void
files_chosen_cb (gpointer data)
{
  MeirTorrent *torrent = data;
  gboolean waited = torrent->choosing && torrent->metainfo != NULL;

  torrent->choosing = FALSE;
  if (waited && !meir_torrent_is_ending (torrent))
    meir_torrent_begin (torrent);
}

static void
files_changed_cb (gpointer data)
{
  MeirTorrent *torrent = data;

  meir_torrent_take_files (torrent);
  if (torrent->swarm != NULL && !meir_torrent_is_ending (torrent)) {
    meir_torrent_follow_files (torrent);
    meir_engine_mark_dirty (torrent->engine, torrent);
  }
  /* What it failed at may be wanted no more. */
  if (torrent->state == MEIR_TORRENT_FAILED && !torrent->paused && !meir_torrent_is_ending (torrent))
    meir_torrent_try_again (torrent);
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
  meir_torrent_post (torrent, files_chosen_cb);
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
