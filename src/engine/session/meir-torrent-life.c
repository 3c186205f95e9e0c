/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/meir-text.h"
#include "meir-config.h"
#include "session/meir-stop-rule.h"
#include "session/meir-torrent-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* Longest folder shown, characters. */
#define FOLDER_CHARS_MAX 500u

/* From loading to stopping:
 *
 *   LOADING -> (METADATA ->) (CHECKING ->) DOWNLOADING -> SEEDING
 *
 * with QUEUED, PAUSED, DISK_FULL and FAILED to the side, from where it goes on, and STOPPED at the end. */

void
meir_torrent_submit (MeirTorrent *torrent, MeirDiskJob *job)
{
  torrent->n_jobs++;
  meir_disk_submit (torrent->engine->disk, job);
}

void
meir_torrent_job_over (MeirTorrent *torrent, MeirDiskJob *job)
{
  meir_disk_job_release (torrent->engine->disk, job);
  torrent->n_jobs--;
}

void
meir_torrent_begin (MeirTorrent *torrent)
{
  g_clear_error (&torrent->failure);
  meir_torrent_take_files (torrent);
  meir_torrent_set_state (torrent, MEIR_TORRENT_LOADING);
  if (torrent->is_preview)
    meir_torrent_want_metadata (torrent);
  else
    meir_torrent_load (torrent);
}

gboolean
meir_torrent_is_finished (MeirTorrent *torrent)
{
  return torrent->swarm != NULL && !torrent->lacks_files && meir_swarm_is_finished (torrent->swarm);
}

gboolean
meir_torrent_is_resting (MeirTorrent *torrent)
{
  return torrent->state == MEIR_TORRENT_PAUSED && !torrent->swarming && torrent->unsynced_since_usec == 0 &&
         torrent->peers->len == 0;
}

/* (nullable): why it has given enough. */
static char *
dup_stop_reason (MeirTorrent *torrent, gint64 now_usec)
{
  gint64 seeding_usec = torrent->seeding_since_usec != 0 ? now_usec - torrent->seeding_since_usec : 0;

  return meir_stop_rule_dup_reason (
      &torrent->engine->settings.stop_rule, torrent->uploaded_before + torrent->up.total,
      torrent->wanted_bytes > 0 ? torrent->wanted_bytes : meir_metainfo_get_total_length (torrent->metainfo),
      torrent->seeded_usec + seeding_usec);
}

/* The state that fits what is there, and whether connections are wanted. */
void
meir_torrent_take_state (MeirTorrent *torrent)
{
  gboolean finished = meir_torrent_is_finished (torrent);

  if (torrent->paused) {
    meir_torrent_stop_swarming (torrent);
    meir_torrent_set_state (torrent, MEIR_TORRENT_PAUSED);
    return;
  }
  if (torrent->must_wait && !finished) {
    meir_torrent_stop_swarming (torrent);
    meir_torrent_set_state (torrent, MEIR_TORRENT_QUEUED);
    return;
  }
  /* Who was left alone as one seed leaves another is wanted again; and whoever resumes is impatient. */
  if (!finished && (!torrent->swarming || torrent->state == MEIR_TORRENT_SEEDING))
    meir_candidates_hurry (torrent->candidates);
  if (torrent->swarm == NULL)
    meir_torrent_set_state (torrent, MEIR_TORRENT_METADATA);
  else
    meir_torrent_set_state (torrent, finished ? MEIR_TORRENT_SEEDING : MEIR_TORRENT_DOWNLOADING);
  meir_torrent_start_swarming (torrent);
}

void
meir_torrent_settle (MeirTorrent *torrent)
{
  torrent->settling = TRUE;
  meir_engine_review_queue (torrent->engine, TRUE);
  torrent->settling = FALSE;
  meir_torrent_take_state (torrent);
}

void
meir_torrent_apply_stop_rule (MeirTorrent *torrent, gint64 now_usec)
{
  g_autofree char *reason = NULL;

  if (torrent->state != MEIR_TORRENT_SEEDING || torrent->rule_overridden ||
      meir_torrent_is_ending (torrent) || !meir_torrent_is_finished (torrent))
    return;
  reason = dup_stop_reason (torrent, now_usec);
  if (reason == NULL)
    return;
  torrent->paused = TRUE;
  torrent->stopped_by_rule = TRUE;
  meir_torrent_stop_swarming (torrent);
  meir_torrent_set_state_because (torrent, MEIR_TORRENT_PAUSED, reason);
}

void
meir_torrent_want_metadata (MeirTorrent *torrent)
{
  if (torrent->metadata == NULL)
    torrent->metadata = meir_metadata_new (&torrent->info_hash);
  meir_torrent_settle (torrent);
}

void
meir_torrent_metadata_found (MeirTorrent *torrent, GBytes *info)
{
  g_autoptr (MeirMetainfo) metainfo = NULL;
  g_autoptr (GError) error = NULL;

  metainfo = meir_metainfo_new_from_info (info, torrent->extra_tiers, NULL, &error);
  g_clear_pointer (&torrent->metadata, meir_metadata_free);
  if (metainfo == NULL) {
    meir_torrent_fail (torrent, error);
    return;
  }
  torrent->metainfo = g_steal_pointer (&metainfo);
  meir_torrent_share_metainfo (torrent);
  meir_engine_emit (torrent->engine, torrent, MEIR_EVENT_METADATA, 0, NULL);
  /* A preview has what it came for, and is about to be stopped. */
  if (torrent->is_preview)
    meir_torrent_stop_swarming (torrent);
  else if (!torrent->choosing)
    meir_torrent_begin (torrent);
}

void
meir_torrent_prepared (MeirTorrent *torrent)
{
  meir_torrent_open_swarm (torrent);
  /* What is wanted may have changed meanwhile. */
  if (torrent->lacks_files)
    meir_torrent_prepare (torrent);
  meir_torrent_settle (torrent);
}

void
meir_torrent_loaded (MeirTorrent *torrent)
{
  guint32 missing = torrent->start_have.n_bits - torrent->start_have.n_set;
  g_autoptr (GError) error = NULL;

  if (missing > 0 && torrent->seed_only) {
    g_autofree char *folder =
        meir_text_dup_safe (torrent->data_folder, strlen (torrent->data_folder), FOLDER_CHARS_MAX);

    error = g_error_new (
        MEIR_ERROR, MEIR_ERROR_INCOMPLETE,
        g_dngettext (GETTEXT_PACKAGE, "%u piece of %u is missing in “%s”; choose the folder that has it all",
                     "%u pieces of %u are missing in “%s”; choose the folder that has it all", missing),
        missing, torrent->start_have.n_bits, folder);
    meir_torrent_fail (torrent, error);
    return;
  }
  if (missing == 0 && !torrent->has_parts) {
    g_clear_pointer (&torrent->prepared, g_bytes_unref);
    meir_torrent_prepared (torrent);
    return;
  }
  meir_torrent_prepare (torrent);
}

void
meir_torrent_fail (MeirTorrent *torrent, const GError *error)
{
  GError *copy = g_error_copy (error);

  g_clear_error (&torrent->failure);
  torrent->failure = copy;
  /* What is there when it is resumed may be another folder of that name, or less. */
  torrent->must_reload |= g_error_matches (error, MEIR_ERROR, MEIR_ERROR_NOT_FOUND);
  meir_torrent_stop_swarming (torrent);
  /* Published anew even if it had failed before: the reason may be another. */
  if (torrent->state == MEIR_TORRENT_FAILED)
    meir_torrent_publish (torrent);
  meir_torrent_set_state (torrent, MEIR_TORRENT_FAILED);
}

static void
restart_now (MeirTorrent *torrent)
{
  torrent->restarting = FALSE;
  torrent->check_waits = FALSE;
  torrent->must_reload = FALSE;
  torrent->unsynced_bytes = 0;
  torrent->unsynced_since_usec = 0;
  meir_torrent_close_swarm (torrent);
  meir_torrent_forget_start (torrent);
  g_clear_pointer (&torrent->journal, meir_journal_unref);
  g_clear_pointer (&torrent->storage, meir_storage_unref);
  torrent->journal_closed = FALSE;
  if (torrent->next_folder != NULL) {
    g_autofree char *folder = g_steal_pointer (&torrent->next_folder);

    meir_torrent_take_folder (torrent, folder);
  }
  if (torrent->move != NULL)
    meir_torrent_begin_move (torrent);
  else
    meir_torrent_begin (torrent);
}

void
meir_torrent_restart (MeirTorrent *torrent, gboolean recheck)
{
  if (torrent->stopping || torrent->state == MEIR_TORRENT_METADATA)
    return;
  torrent->recheck |= recheck;
  /* It begins anew anyhow when that is over. */
  if (torrent->state == MEIR_TORRENT_MOVING)
    return;
  torrent->restarting = TRUE;
  g_atomic_int_set (&torrent->check_cancelled, 1);
  meir_torrent_rest_swarming (torrent);
  meir_torrent_quiet (torrent);
}

/* Whoever is resumed by hand goes on, even if the rule has long been met. */
static void
override_rule (MeirTorrent *torrent)
{
  g_autofree char *reason = NULL;

  if (torrent->state != MEIR_TORRENT_PAUSED || !meir_torrent_is_finished (torrent))
    return;
  reason = dup_stop_reason (torrent, meir_loop_now_usec (torrent->engine->loop));
  torrent->rule_overridden |= torrent->stopped_by_rule || reason != NULL;
}

void
meir_torrent_set_paused (MeirTorrent *torrent, gboolean paused)
{
  torrent->paused = paused;
  torrent->forced &= !paused;
  torrent->going_on &= !paused;
  if (!paused) {
    /* That is the answer to whether what has gone shall be fetched again. */
    if (g_error_matches (torrent->failure, MEIR_ERROR, MEIR_ERROR_INCOMPLETE))
      torrent->minds_gone = FALSE;
    override_rule (torrent);
    torrent->stopped_by_rule = FALSE;
  }
  /* Ends in the right state by itself. */
  if (meir_torrent_is_ending (torrent) || torrent->check_waits)
    return;
  switch (torrent->state) {
  case MEIR_TORRENT_METADATA:
  case MEIR_TORRENT_QUEUED:
  case MEIR_TORRENT_DOWNLOADING:
  case MEIR_TORRENT_SEEDING:
  case MEIR_TORRENT_PAUSED:
  case MEIR_TORRENT_DISK_FULL:
  case MEIR_TORRENT_FAILED:
    if (paused || torrent->failure == NULL)
      meir_torrent_settle (torrent);
    else
      meir_torrent_try_again (torrent);
    break;
  case MEIR_TORRENT_LOADING:
  case MEIR_TORRENT_CHECKING:
  case MEIR_TORRENT_MOVING:
  case MEIR_TORRENT_STOPPED:
    break;
  }
}

static void
finish_stop (MeirTorrent *torrent)
{
  G_GNUC_UNUSED g_autoptr (MeirTorrent) kept = g_object_ref (torrent);
  g_autoptr (GArray) waiters = g_steal_pointer (&torrent->stop_waiters);

  torrent->stop_waiters = g_array_new (FALSE, FALSE, sizeof (MeirStopWaiter));
  torrent->check_waits = FALSE;
  /* First, so that the last snapshot still knows what was had. */
  meir_torrent_set_state (torrent, MEIR_TORRENT_STOPPED);
  meir_torrent_close_swarm (torrent);
  g_clear_pointer (&torrent->journal, meir_journal_unref);
  g_clear_pointer (&torrent->storage, meir_storage_unref);
  meir_torrent_forget_start (torrent);
  for (guint i = 0; i < waiters->len; i++) {
    const MeirStopWaiter *waiter = &g_array_index (waiters, MeirStopWaiter, i);

    waiter->func (torrent, waiter->user_data);
  }
}

gboolean
meir_torrent_is_ending (MeirTorrent *torrent)
{
  return torrent->stopping || torrent->restarting;
}

void
meir_torrent_quiet (MeirTorrent *torrent)
{
  if (torrent->n_jobs > 0 || (torrent->store != NULL && !meir_piece_store_is_idle (torrent->store)))
    return;
  if (torrent->restarting && !torrent->stopping) {
    /* The lengths and times of the files are noted, so that they are known again in the other folder. */
    if ((torrent->next_folder != NULL || torrent->move != NULL) && torrent->journal != NULL &&
        !torrent->journal_closed && !torrent->must_reload) {
      torrent->journal_closed = TRUE;
      meir_torrent_journal_close (torrent);
    } else
      restart_now (torrent);
    return;
  }
  if (torrent->stop_waiters->len == 0 || !torrent->goodbye_done)
    return;
  if (torrent->journal != NULL && !torrent->journal_closed) {
    torrent->journal_closed = TRUE;
    meir_torrent_journal_close (torrent);
    return;
  }
  if (torrent->forgetting) {
    torrent->forgetting = FALSE;
    g_clear_pointer (&torrent->journal, meir_journal_unref);
    meir_torrent_forget_files (torrent);
    return;
  }
  finish_stop (torrent);
}

void
meir_torrent_stop (MeirTorrent *torrent, MeirTorrentStoppedFunc func, gpointer user_data)
{
  const MeirStopWaiter waiter = { func, user_data };

  g_array_append_val (torrent->stop_waiters, waiter);
  if (torrent->stopping)
    return;
  torrent->stopping = TRUE;
  if (torrent->restarting)
    meir_torrent_drop_move (torrent);
  g_atomic_int_set (&torrent->check_cancelled, 1);
  meir_torrent_recall_move (torrent);
  meir_torrent_stop_swarming (torrent);
  meir_torrent_quiet (torrent);
}

void
meir_torrent_remove (MeirTorrent *torrent, MeirTorrentStoppedFunc func, gpointer user_data)
{
  torrent->forgetting = TRUE;
  meir_torrent_stop (torrent, func, user_data);
}
