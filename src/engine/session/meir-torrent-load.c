/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/meir-text.h"
#include "meir-config.h"
#include "session/meir-torrent-private.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>

/* What is on disk: the .torrent and the journal of the last time, the files, and which pieces have to be
 * hashed before they count. All of it on workers. */

/* What a worker needs and finds; nothing in it is shared with the engine thread while the worker has it. */
typedef struct {
  MeirTorrent *torrent; /* only its immutable part is read */
  MeirMetainfo *metainfo;
  char *folder;
  char *state_path;
  char *old_state_path; /* (nullable) */
  gboolean recheck;
  gboolean minds_gone;
  GBytes *priorities; /* (nullable) */
  GArray *made_of;    /* (nullable) */

  MeirStorage *storage;
  MeirJournal *journal;
  MeirJournalResume resume;
  MeirBitfield check;    /* n_bits 0: nothing found */
  MeirBitfield recorded; /* what the journal says is whole, or may be */
  gboolean has_parts;    /* of files that are, or were, skipped */
  char *warning;
} MeirLoad;

static void
load_free (MeirLoad *load)
{
  g_clear_pointer (&load->metainfo, meir_metainfo_unref);
  g_clear_pointer (&load->storage, meir_storage_unref);
  g_clear_pointer (&load->priorities, g_bytes_unref);
  g_clear_pointer (&load->journal, meir_journal_unref);
  meir_journal_resume_clear (&load->resume);
  meir_bitfield_clear (&load->check);
  meir_bitfield_clear (&load->recorded);
  g_clear_pointer (&load->made_of, g_array_unref);
  g_free (load->warning);
  g_free (load->folder);
  g_free (load->state_path);
  g_free (load->old_state_path);
  g_object_unref (load->torrent);
  g_free (load);
}

/* A magnet link that was resolved before: its .torrent was kept. Whatever is wrong with the kept file, the
 * swarm has the metadata too. */
static MeirMetainfo *
read_kept_metainfo (const char *path, const MeirInfoHash *info_hash)
{
  g_autoptr (MeirMetainfo) metainfo = NULL;
  g_autoptr (GBytes) bytes = NULL;
  char *contents;
  gsize length;

  if (!g_file_get_contents (path, &contents, &length, NULL))
    return NULL;
  bytes = g_bytes_new_take (contents, length);
  metainfo = meir_metainfo_parse (bytes, NULL);
  if (metainfo == NULL || !meir_info_hash_equal (meir_metainfo_get_info_hash (metainfo), info_hash))
    return NULL;
  return g_steal_pointer (&metainfo);
}

static gboolean
keep_metainfo (const char *path, MeirMetainfo *metainfo, GError **error)
{
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GError) local_error = NULL;
  gsize length;
  const char *data;

  if (g_file_test (path, G_FILE_TEST_EXISTS))
    return TRUE;
  bytes = meir_metainfo_dup_torrent_bytes (metainfo);
  data = g_bytes_get_data (bytes, &length);
  if (g_file_set_contents_full (path, data, (gssize) length,
                                G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE, 0600,
                                &local_error))
    return TRUE;
  g_set_error (error, MEIR_ERROR, MEIR_ERROR_IO, _ ("The torrent's state cannot be saved: %s"),
               local_error->message);
  return FALSE;
}

/* The pieces that no other file has a share in. */
static void
unset_between (MeirBitfield *pieces, const MeirMetainfoFile *file, guint32 piece_length)
{
  guint64 last = (file->offset + file->length - 1) / piece_length;

  for (guint64 piece = file->offset / piece_length + 1; piece < last; piece++)
    meir_bitfield_unset (pieces, (guint32) piece);
}

/* Every piece all of whose bytes are there: what may be whole although no journal says so. */
static void
find_present (MeirStorage *storage, gboolean has_parts, MeirBitfield *present)
{
  MeirMetainfo *metainfo = meir_storage_get_metainfo (storage);
  guint32 piece_length = meir_metainfo_get_piece_length (metainfo);

  meir_bitfield_set_all (present);
  for (guint i = 0; i < meir_metainfo_get_n_files (metainfo); i++) {
    const MeirMetainfoFile *file = meir_metainfo_get_file (metainfo, i);
    guint64 length = 0;
    gint64 mtime_nsec;
    guint64 missing_from;

    if (file->is_pad || file->length == 0)
      continue;
    if (!meir_storage_stat_file (storage, i, &length, &mtime_nsec))
      length = 0;
    /* What is kept of a skipped file has a hole where its own pieces would be. */
    if (has_parts && length > 0 && meir_storage_is_part (storage, i))
      unset_between (present, file, piece_length);
    if (length >= file->length)
      continue;
    missing_from = (file->offset + length) / piece_length;
    for (guint64 piece = missing_from; piece <= (file->offset + file->length - 1) / piece_length; piece++)
      meir_bitfield_unset (present, (guint32) piece);
  }
}

/* Pieces whose every byte was written, though nobody said they were whole: the digest can tell at once. */
static void
check_complete_partials (MeirLoad *load)
{
  GHashTableIter iter;
  gpointer key, value;

  if (load->resume.partial == NULL)
    return;
  g_hash_table_iter_init (&iter, load->resume.partial);
  while (g_hash_table_iter_next (&iter, &key, &value)) {
    guint32 piece = GPOINTER_TO_UINT (key);

    if (meir_interval_set_total (value) < meir_metainfo_get_piece_size (load->metainfo, piece))
      continue;
    meir_bitfield_set (&load->check, piece);
    g_hash_table_iter_remove (&iter);
  }
}

static gboolean
is_any_recorded (const MeirLoad *load, const MeirMetainfoFile *file)
{
  guint32 piece_length = meir_metainfo_get_piece_length (load->metainfo);
  guint64 last = (file->offset + file->length - 1) / piece_length;

  for (guint64 piece = file->offset / piece_length; piece <= last; piece++) {
    if (meir_bitfield_get (&load->recorded, (guint32) piece))
      return TRUE;
  }
  return FALSE;
}

/* Files that were here and are not any more, though somebody wants them: moved away by hand, more likely than
 * not. What to do about it is for people to say; FALSE with the question. */
static gboolean
check_none_gone (MeirLoad *load, GError **error)
{
  const guint8 *priorities = load->priorities != NULL ? g_bytes_get_data (load->priorities, NULL) : NULL;
  const char *first = NULL;
  guint n_gone = 0;

  /* Pieces of what is gone are in doubt, if nothing else is. */
  for (guint i = 0; load->resume.unsure.n_set > 0 && i < meir_metainfo_get_n_files (load->metainfo); i++) {
    const MeirMetainfoFile *file = meir_metainfo_get_file (load->metainfo, i);
    guint64 length;
    gint64 mtime_nsec;

    if (file->is_pad || file->length == 0 || (priorities != NULL && priorities[i] == MEIR_PRIORITY_SKIP) ||
        meir_storage_stat_file (load->storage, i, &length, &mtime_nsec) || !is_any_recorded (load, file))
      continue;
    first = first != NULL ? first : file->display_path;
    n_gone++;
  }
  if (n_gone == 0)
    return TRUE;
  g_set_error (
      error, MEIR_ERROR, MEIR_ERROR_INCOMPLETE,
      g_dngettext (GETTEXT_PACKAGE,
                   "%u file is not there any more: “%s”. Put it back, or choose the folder that has it; "
                   "trying again gets it anew",
                   "%u files are not there any more, such as “%s”. Put them back, or choose the folder "
                   "that has them; trying again gets them anew",
                   n_gone),
      n_gone, first);
  return FALSE;
}

static void
load_worker (MeirDiskJob *job)
{
  MeirLoad *load = job->user_data;
  MeirTorrent *torrent = load->torrent;
  g_autofree char *torrent_path = g_strconcat (load->state_path, ".torrent", NULL);
  g_autofree char *journal_path = g_strconcat (load->state_path, ".journal", NULL);
  g_autofree char *snapshot_path = g_strconcat (journal_path, ".snapshot", NULL);
  gboolean known;

  if (load->old_state_path != NULL &&
      !meir_torrent_move_state_files (load->old_state_path, load->state_path, &job->error))
    return;
  known = g_file_test (journal_path, G_FILE_TEST_EXISTS) || g_file_test (snapshot_path, G_FILE_TEST_EXISTS);
  if (load->metainfo == NULL)
    load->metainfo = read_kept_metainfo (torrent_path, &torrent->info_hash);
  if (load->metainfo == NULL)
    return;
  load->storage = meir_storage_new (load->metainfo, load->folder, torrent->allocation, &job->error);
  if (load->storage == NULL || !keep_metainfo (torrent_path, load->metainfo, &job->error))
    return;
  load->has_parts = meir_storage_has_parts (load->storage);
  load->journal = meir_journal_open (journal_path, load->storage, &load->resume, &job->error);
  if (load->journal == NULL)
    return;

  if (load->made_of != NULL && !load->recheck)
    meir_journal_resume_vouch (&load->resume, load->storage, load->made_of);

  meir_bitfield_init (&load->check, meir_metainfo_get_n_pieces (load->metainfo));
  meir_bitfield_init (&load->recorded, load->check.n_bits);
  load->warning = g_strdup (load->resume.reason);
  meir_bitfield_unite (&load->recorded, &load->resume.trusted);
  meir_bitfield_unite (&load->recorded, &load->resume.unsure);
  if (load->minds_gone && !load->recheck && !check_none_gone (load, &job->error))
    return;
  if (load->recheck || !known || load->resume.is_damaged) {
    find_present (load->storage, load->has_parts, &load->check);
    if (load->recheck)
      meir_bitfield_unset_all (&load->resume.trusted);
    meir_bitfield_subtract (&load->check, &load->resume.trusted);
    meir_bitfield_subtract (&load->check, &load->resume.vouched);
  } else
    meir_bitfield_copy (&load->check, &load->resume.unsure);
  check_complete_partials (load);
}

static void
load_done (MeirDiskJob *job)
{
  MeirLoad *load = job->user_data;
  MeirTorrent *torrent = load->torrent;
  g_autoptr (GError) error = g_steal_pointer (&job->error);

  meir_torrent_job_over (torrent, job);
  if (meir_torrent_is_ending (torrent)) {
    /* First, for whoever waits for the end may open the journal again. */
    load_free (load);
    meir_torrent_quiet (torrent);
    return;
  }
  if (error != NULL)
    meir_torrent_fail (torrent, error);
  else if (load->metainfo == NULL)
    meir_torrent_want_metadata (torrent);
  else {
    if (torrent->metainfo == NULL) {
      torrent->metainfo = meir_metainfo_ref (load->metainfo);
      meir_torrent_take_files (torrent);
      meir_torrent_share_metainfo (torrent);
      meir_engine_emit (torrent->engine, torrent, MEIR_EVENT_METADATA, 0, NULL);
    }
    if (torrent->choosing) {
      load_free (load);
      meir_torrent_settle (torrent);
      return;
    }
    torrent->storage = g_steal_pointer (&load->storage);
    torrent->has_parts = load->has_parts;
    torrent->journal = g_steal_pointer (&load->journal);
    torrent->start_have = load->resume.trusted;
    load->resume.trusted = (MeirBitfield){ 0 };
    torrent->check_vouched = load->resume.vouched;
    load->resume.vouched = (MeirBitfield){ 0 };
    torrent->start_partial = g_steal_pointer (&load->resume.partial);
    torrent->check_pieces = load->check;
    load->check = (MeirBitfield){ 0 };
    torrent->check_recorded = load->recorded;
    load->recorded = (MeirBitfield){ 0 };
    if (load->warning != NULL)
      meir_engine_emit (torrent->engine, torrent, MEIR_EVENT_WARNING, 0, load->warning);
    meir_torrent_check (torrent);
  }
  load_free (load);
}

void
meir_torrent_load (MeirTorrent *torrent)
{
  MeirLoad *load = g_new0 (MeirLoad, 1);
  MeirDiskJob *job = meir_disk_job_new (torrent->engine->disk, MEIR_DISK_CALL, NULL, load_done, load);

  load->torrent = g_object_ref (torrent);
  load->metainfo = torrent->metainfo != NULL ? meir_metainfo_ref (torrent->metainfo) : NULL;
  load->folder = g_strdup (torrent->data_folder);
  load->state_path = g_strdup (torrent->state_path);
  load->old_state_path = g_steal_pointer (&torrent->old_state_path);
  load->recheck = torrent->recheck;
  load->minds_gone = torrent->minds_gone;
  load->priorities = torrent->priorities != NULL ? g_bytes_ref (torrent->priorities) : NULL;
  load->made_of = g_steal_pointer (&torrent->made_of);
  job->call = load_worker;
  meir_torrent_submit (torrent, job);
}

/* Pieces that were found by hashing, or that need none, count from now on, and are told to the journal; those
 * that count no more are withdrawn from it. */
static void
take_found (MeirTorrent *torrent)
{
  guint32 piece_length = meir_metainfo_get_piece_length (torrent->metainfo);

  torrent->recheck = FALSE; /* not before: what is interrupted begins anew */
  meir_bitfield_unite (&torrent->check_pieces, &torrent->check_vouched);
  for (guint32 piece = 0; piece < torrent->start_have.n_bits; piece++) {
    if (!meir_bitfield_get (&torrent->check_pieces, piece)) {
      if (meir_bitfield_get (&torrent->check_recorded, piece) &&
          !meir_bitfield_get (&torrent->start_have, piece))
        meir_torrent_note_forgotten (torrent, piece);
      continue;
    }
    if (!meir_bitfield_set (&torrent->start_have, piece))
      continue;
    meir_storage_mark_unsynced (torrent->storage, (guint64) piece * piece_length,
                                meir_metainfo_get_piece_size (torrent->metainfo, piece));
    meir_torrent_note_piece (torrent, piece);
  }
}

static void
check_done (MeirDiskJob *job)
{
  MeirTorrent *torrent = job->user_data;
  MeirEngine *engine = torrent->engine;
  g_autoptr (GError) error = g_steal_pointer (&job->error);

  meir_torrent_job_over (torrent, job);
  if (meir_torrent_is_ending (torrent))
    meir_torrent_quiet (torrent);
  else if (error != NULL)
    meir_torrent_fail (torrent, error);
  else {
    take_found (torrent);
    meir_torrent_loaded (torrent);
  }
  /* Last, so that nobody sees the next being checked while this one says that it is. */
  meir_engine_end_check (engine);
}

void
meir_torrent_check (MeirTorrent *torrent)
{
  MeirDiskJob *job;

  if (torrent->check_pieces.n_set == 0) {
    take_found (torrent);
    meir_torrent_loaded (torrent);
    return;
  }
  if (!meir_torrent_begin_check (torrent))
    return;
  g_atomic_int_set (&torrent->check_progress, 0);
  g_atomic_int_set (&torrent->check_cancelled, 0);
  torrent->check_total = torrent->check_pieces.n_set;
  torrent->check_since_usec = meir_loop_now_usec (torrent->engine->loop);
  job = meir_disk_job_new (torrent->engine->disk, MEIR_DISK_CHECK, torrent->storage, check_done, torrent);
  job->pieces = &torrent->check_pieces;
  job->progress_pieces = &torrent->check_progress;
  job->cancelled = &torrent->check_cancelled;
  meir_torrent_set_state (torrent, MEIR_TORRENT_CHECKING);
  meir_torrent_submit (torrent, job);
}

static void
forget_worker (MeirDiskJob *job)
{
  MeirTorrent *torrent = job->user_data;
  g_autofree char *torrent_path = g_strconcat (torrent->state_path, ".torrent", NULL);
  g_autofree char *journal_path = g_strconcat (torrent->state_path, ".journal", NULL);

  /* What was to come along with the next load. */
  if (torrent->old_state_path != NULL &&
      !meir_torrent_move_state_files (torrent->old_state_path, torrent->state_path, &job->error))
    return;
  /* First the journal: its lock tells whose all of this is. */
  if (!meir_journal_delete (journal_path, &job->error)) {
    /* Another session has this torrent in this folder: it is that one's state. */
    if (g_error_matches (job->error, MEIR_ERROR, MEIR_ERROR_BUSY))
      g_clear_error (&job->error);
    return;
  }
  /* What is kept of skipped files is of use to nobody else. */
  meir_storage_delete_parts (torrent->data_folder, &torrent->info_hash);
  if (g_unlink (torrent_path) != 0 && errno != ENOENT)
    meir_set_error_from_errno (&job->error, errno, _ ("Cannot delete “%s”"), torrent_path);
}

static void
forget_done (MeirDiskJob *job)
{
  MeirTorrent *torrent = job->user_data;

  if (job->error != NULL)
    meir_engine_emit (torrent->engine, torrent, MEIR_EVENT_WARNING, 0, job->error->message);
  meir_torrent_job_over (torrent, job);
  meir_torrent_quiet (torrent);
}

void
meir_torrent_forget_files (MeirTorrent *torrent)
{
  MeirDiskJob *job = meir_disk_job_new (torrent->engine->disk, MEIR_DISK_CALL, NULL, forget_done, torrent);

  job->call = forget_worker;
  meir_torrent_submit (torrent, job);
}
