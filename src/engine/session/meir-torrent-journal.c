/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "session/meir-torrent-private.h"

/* The resume journal from the engine's side. Two jobs, each at most once under way: RECORD appends what was
 * verified or written since the last one (a kill -9 then costs a moment's work), SYNC makes it safe against a
 * power cut, once a second or every MEIR_SYNC_BYTES. Neither waits for the other. */

static void record_more (MeirTorrent *torrent);

static void
lose_pieces (MeirTorrent *torrent, const GArray *pieces)
{
  for (guint i = 0; i < pieces->len; i++)
    meir_torrent_lose_piece (torrent, g_array_index (pieces, guint32, i));
}

/* What the disk may have lost is not had any more. Pieces of which parts were written cannot be told apart
 * from here: the swarm is opened anew before the torrent goes on, with what the journal still believes. */
static void
drop_lost (MeirTorrent *torrent, const GArray *lost)
{
  lose_pieces (torrent, lost);
  lose_pieces (torrent, torrent->unrecorded_pieces);
  if (torrent->recording)
    lose_pieces (torrent, torrent->recording_pieces);
  g_array_set_size (torrent->unrecorded_pieces, 0);
  g_array_set_size (torrent->unrecorded_segments, 0);
  torrent->must_reload = TRUE;
}

/* The journal's own disk may be full: nothing is lost by that but time after a crash. */
static void
journal_result (MeirTorrent *torrent, const GError *error)
{
  if (error != NULL && !torrent->journal_troubled)
    meir_engine_emit (torrent->engine, torrent, MEIR_EVENT_WARNING, 0, error->message);
  torrent->journal_troubled = error != NULL;
}

static void
record_done (MeirDiskJob *job)
{
  MeirTorrent *torrent = job->user_data;

  torrent->recording = FALSE;
  /* Records that could not be written stay with the journal and go out with the next; the sync reports what
   * is really lost. */
  journal_result (torrent, job->error);
  meir_torrent_job_over (torrent, job);
  record_more (torrent);
  meir_torrent_quiet (torrent);
}

static void
swap (GArray **a, GArray **b)
{
  GArray *old = *a;

  *a = *b;
  *b = old;
  g_array_set_size (*a, 0);
}

static void
borrow_records (MeirTorrent *torrent, MeirDiskJob *job)
{
  swap (&torrent->unrecorded_pieces, &torrent->recording_pieces);
  swap (&torrent->unrecorded_segments, &torrent->recording_segments);
  swap (&torrent->unrecorded_forgotten, &torrent->recording_forgotten);
  job->journal = torrent->journal;
  job->pieces_verified = (const guint32 *) (gpointer) torrent->recording_pieces->data;
  job->n_pieces_verified = torrent->recording_pieces->len;
  job->segments_written = (const MeirJournalSegment *) (gpointer) torrent->recording_segments->data;
  job->n_segments_written = torrent->recording_segments->len;
  job->pieces_forgotten = (const guint32 *) (gpointer) torrent->recording_forgotten->data;
  job->n_pieces_forgotten = torrent->recording_forgotten->len;
}

static gboolean
has_records (MeirTorrent *torrent)
{
  return torrent->unrecorded_pieces->len > 0 || torrent->unrecorded_segments->len > 0 ||
         torrent->unrecorded_forgotten->len > 0;
}

static void
record_more (MeirTorrent *torrent)
{
  MeirDiskJob *job;

  if (torrent->recording || torrent->journal == NULL || torrent->journal_closed || !has_records (torrent))
    return;
  job = meir_disk_job_new (torrent->engine->disk, MEIR_DISK_RECORD, torrent->storage, record_done, torrent);
  borrow_records (torrent, job);
  torrent->recording = TRUE;
  meir_torrent_submit (torrent, job);
}

static void
note_unsynced (MeirTorrent *torrent, guint64 bytes)
{
  torrent->unsynced_bytes += bytes;
  if (torrent->unsynced_since_usec == 0)
    torrent->unsynced_since_usec = meir_loop_now_usec (torrent->engine->loop);
  record_more (torrent);
  meir_torrent_journal_tick (torrent, meir_loop_now_usec (torrent->engine->loop));
}

void
meir_torrent_note_piece (MeirTorrent *torrent, guint32 piece)
{
  g_array_append_val (torrent->unrecorded_pieces, piece);
  note_unsynced (torrent, meir_metainfo_get_piece_size (torrent->metainfo, piece));
}

void
meir_torrent_note_segment (MeirTorrent *torrent, guint32 piece, guint32 begin, guint32 length)
{
  MeirJournalSegment segment = { piece, begin, length };

  g_array_append_val (torrent->unrecorded_segments, segment);
  note_unsynced (torrent, length);
}

void
meir_torrent_note_forgotten (MeirTorrent *torrent, guint32 piece)
{
  g_array_append_val (torrent->unrecorded_forgotten, piece);
  record_more (torrent);
}

static void
sync_done (MeirDiskJob *job)
{
  MeirTorrent *torrent = job->user_data;
  g_autoptr (GError) error = g_steal_pointer (&job->error);
  g_autoptr (GArray) lost = g_steal_pointer (&job->pieces_lost);

  torrent->syncing = FALSE;
  meir_torrent_job_over (torrent, job);
  if (error != NULL && lost != NULL)
    drop_lost (torrent, lost);
  else
    journal_result (torrent, error);
  if (meir_torrent_is_ending (torrent))
    meir_torrent_quiet (torrent);
  else if (error != NULL && lost != NULL)
    meir_torrent_fail (torrent, error);
  else if (error != NULL && torrent->unsynced_since_usec == 0)
    torrent->unsynced_since_usec = meir_loop_now_usec (torrent->engine->loop);
}

static void
submit_sync (MeirTorrent *torrent, gboolean is_clean_stop)
{
  MeirDiskJob *job =
      meir_disk_job_new (torrent->engine->disk, MEIR_DISK_SYNC, torrent->storage, sync_done, torrent);

  job->journal = torrent->journal;
  job->is_clean_stop = is_clean_stop;
  if (is_clean_stop && !torrent->recording)
    borrow_records (torrent, job);
  torrent->syncing = TRUE;
  torrent->unsynced_bytes = 0;
  torrent->unsynced_since_usec = 0;
  meir_torrent_submit (torrent, job);
}

void
meir_torrent_journal_tick (MeirTorrent *torrent, gint64 now_usec)
{
  if (torrent->syncing || torrent->journal == NULL || torrent->journal_closed ||
      torrent->unsynced_since_usec == 0)
    return;
  if (torrent->unsynced_bytes >= MEIR_SYNC_BYTES || now_usec - torrent->unsynced_since_usec >= MEIR_SYNC_USEC)
    submit_sync (torrent, FALSE);
}

void
meir_torrent_journal_close (MeirTorrent *torrent)
{
  submit_sync (torrent, TRUE);
}
