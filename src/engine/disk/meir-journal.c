/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "disk/meir-journal.h"

#include "base/meir-error.h"
#include "base/meir-text.h"
#include "disk/meir-disk-bytes.h"
#include "disk/meir-disk-faults.h"
#include "disk/meir-journal-load.h"
#include "disk/meir-journal-record.h"
#include "disk/meir-journal-state.h"
#include "meir-config.h"

#include <gio/gio.h>
#include <glib/gi18n-lib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>

/* The log is folded when it is longer than this and than what a fold of it would be. */
#define LOG_BYTES_MAX  (G_GUINT64_CONSTANT (256) << 10)
#define PATH_CHARS_MAX 4200u
/* How often a log that is deleted between opening and locking is opened again. */
#define LOCK_TRIES 16u
/* Entries of one SEGMENTS record. */
#define SEGMENTS_MAX 4096u

/**
 * MeirJournal:
 * @length: bytes of the log up to the end of the last whole record; 0 while it has no header
 * @needs_fold: the log cannot be appended to: records are missing in it that @state has
 * @is_marked_open: a record of this run was written
 * @is_log_unsynced: there are records that fdatasync has not seen
 * @is_entry_synced: the log's name is on stable storage
 */
struct _MeirJournal {
  /* immutable */
  gatomicrefcount ref_count;
  char *path;
  char *snapshot_path;
  char *display_path; /* safe to show */
  MeirStorage *storage;
  MeirJournalIdentity identity;
  guint32 seed;
  int fd; /* holds the lock */

  GMutex sync_lock; /* one sync at a time; taken before @lock */

  /* guarded by @lock, which is not held while the storage syncs */
  GMutex lock;
  MeirJournalState state;
  guint64 length;
  gboolean needs_fold;
  gboolean is_marked_open;
  gboolean is_log_unsynced;
  gboolean is_entry_synced;
};

void
meir_journal_resume_clear (MeirJournalResume *resume)
{
  meir_bitfield_clear (&resume->trusted);
  meir_bitfield_clear (&resume->unsure);
  meir_bitfield_clear (&resume->vouched);
  g_clear_pointer (&resume->partial, g_hash_table_unref);
  g_clear_pointer (&resume->reason, g_free);
}

static char *
dup_snapshot_path (const char *path)
{
  return g_strconcat (path, ".snapshot", NULL);
}

/* The open and locked log, or -1 with @error. The file that was locked must still be the one of that name. */
static int
open_locked (const char *path, GError **error)
{
  for (guint i = 0; i < LOCK_TRIES; i++) {
    int fd = open (path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY, 0600);
    struct stat ours, named;

    if (fd < 0) {
      meir_set_error_from_errno (error, errno, _ ("Cannot open “%s”"), path);
      return -1;
    }
    if (flock (fd, LOCK_EX | LOCK_NB) != 0) {
      int error_number = errno;

      close (fd);
      if (error_number == EWOULDBLOCK) {
        g_autofree char *display = meir_text_dup_safe (path, strlen (path), PATH_CHARS_MAX);

        g_set_error (
            error, MEIR_ERROR, MEIR_ERROR_BUSY,
            _ ("The torrent is already open in another MeirTorrent, which holds “%s”; close it there first"),
            display);
      } else {
        meir_set_error_from_errno (error, error_number, _ ("Cannot lock “%s”"), path);
      }
      return -1;
    }
    if (fstat (fd, &ours) == 0 && lstat (path, &named) == 0 && ours.st_dev == named.st_dev &&
        ours.st_ino == named.st_ino)
      return fd;
    close (fd);
  }
  meir_set_error_from_errno (error, EBUSY, _ ("Cannot lock “%s”"), path);
  return -1;
}

static void
copy_interval (gpointer piece, gpointer value, gpointer user_data)
{
  const MeirIntervalSet *from = value;
  MeirIntervalSet *to = meir_interval_set_new ();

  for (guint i = 0; i < meir_interval_set_count (from); i++)
    meir_interval_set_add (to, meir_interval_set_get (from, i)->start, meir_interval_set_get (from, i)->end);
  g_hash_table_insert (user_data, piece, to);
}

static void
fill_resume (MeirJournalResume *resume, const MeirJournalState *state, MeirJournalLoad *load)
{
  meir_bitfield_init (&resume->trusted, state->n_pieces);
  meir_bitfield_init (&resume->unsure, state->n_pieces);
  meir_bitfield_copy (&resume->trusted, &state->trusted);
  meir_bitfield_copy (&resume->unsure, &state->unsure);
  resume->partial = g_hash_table_new_full (NULL, NULL, NULL, (GDestroyNotify) meir_interval_set_free);
  g_hash_table_foreach (state->partial, copy_interval, resume->partial);
  resume->is_clean = state->is_clean;
  resume->is_damaged = state->is_damaged;
  resume->reason = load->reason != NULL ? g_strdup (load->reason->str) : NULL;
}

static void
fill_identity (MeirJournalIdentity *identity, MeirStorage *storage)
{
  MeirMetainfo *metainfo = meir_storage_get_metainfo (storage);
  const char *folder = meir_storage_get_folder (storage);
  g_autofree char *canonical = g_canonicalize_filename (folder, NULL);
  guint8 digest[MEIR_SHA1_LENGTH];

  meir_sha1 (canonical, strlen (canonical), digest);
  identity->info_hash = *meir_metainfo_get_info_hash (metainfo);
  identity->n_pieces = meir_metainfo_get_n_pieces (metainfo);
  identity->piece_length = meir_metainfo_get_piece_length (metainfo);
  memcpy (identity->folder, digest, MEIR_JOURNAL_FOLDER_LENGTH);
}

MeirJournal *
meir_journal_open (const char *path, MeirStorage *storage, MeirJournalResume *resume, GError **error)
{
  g_autoptr (MeirJournal) journal = NULL;
  MeirJournalLoad load;
  int fd = open_locked (path, error);

  if (fd < 0)
    return NULL;
  journal = g_new0 (MeirJournal, 1);
  g_atomic_ref_count_init (&journal->ref_count);
  journal->path = g_strdup (path);
  journal->snapshot_path = dup_snapshot_path (path);
  journal->display_path = meir_text_dup_safe (path, strlen (path), PATH_CHARS_MAX);
  journal->storage = meir_storage_ref (storage);
  journal->fd = fd;
  g_mutex_init (&journal->lock);
  g_mutex_init (&journal->sync_lock);
  fill_identity (&journal->identity, storage);
  journal->seed = meir_journal_identity_get_seed (&journal->identity);
  meir_journal_state_init (&journal->state, journal->identity.n_pieces, journal->identity.piece_length);
  if (!meir_journal_load (&journal->state, &journal->identity, storage, path, journal->snapshot_path, fd,
                          &load, error))
    return NULL;
  journal->length = load.log_length;
  journal->needs_fold = load.needs_fold;
  if (resume != NULL)
    fill_resume (resume, &journal->state, &load);
  if (load.reason != NULL)
    g_string_free (load.reason, TRUE);
  return g_steal_pointer (&journal);
}

void
meir_journal_resume_vouch (MeirJournalResume *resume, MeirStorage *storage, const GArray *files)
{
  MeirBitfield unchanged;

  meir_journal_find_unchanged (storage, files, &unchanged);
  meir_bitfield_clear (&resume->vouched);
  meir_bitfield_init (&resume->vouched, resume->unsure.n_bits);
  /* What was unsure, and is so no longer. */
  meir_bitfield_copy (&resume->vouched, &resume->unsure);
  meir_bitfield_subtract (&resume->unsure, &unchanged);
  meir_bitfield_subtract (&resume->vouched, &resume->unsure);
  meir_bitfield_clear (&unchanged);
}

MeirJournal *
meir_journal_ref (MeirJournal *journal)
{
  g_atomic_ref_count_inc (&journal->ref_count);
  return journal;
}

void
meir_journal_unref (MeirJournal *journal)
{
  if (!g_atomic_ref_count_dec (&journal->ref_count))
    return;
  close (journal->fd);
  meir_journal_state_clear (&journal->state);
  g_mutex_clear (&journal->lock);
  g_mutex_clear (&journal->sync_lock);
  meir_storage_unref (journal->storage);
  g_free (journal->display_path);
  g_free (journal->snapshot_path);
  g_free (journal->path);
  g_free (journal);
}

static void
set_write_error (MeirJournal *journal, GError **error, int error_number)
{
  meir_set_error_from_errno (error, error_number, _ ("Cannot write “%s”"), journal->path);
}

/* Writes all of the state into the snapshot, then empties the log. A crash in between leaves a log whose
 * records are all older than the snapshot, which a reader passes over. @files (nullable): makes it a clean
 * stop. */
static gboolean
fold_locked (MeirJournal *journal, const GArray *files, GError **error)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  g_autoptr (GError) file_error = NULL;
  guint64 sequence;

  g_byte_array_set_size (bytes, MEIR_JOURNAL_HEADER_LENGTH);
  meir_journal_header_encode (&journal->identity, bytes->data);
  sequence = meir_journal_state_fold (&journal->state, journal->seed, files, bytes);
  journal->needs_fold = TRUE;
  if (!g_file_set_contents_full (journal->snapshot_path, (const char *) bytes->data, bytes->len,
                                 G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE, 0600,
                                 &file_error)) {
    g_set_error (error, MEIR_ERROR,
                 g_error_matches (file_error, G_FILE_ERROR, G_FILE_ERROR_NOSPC) ? MEIR_ERROR_NO_SPACE
                                                                                : MEIR_ERROR_IO,
                 _ ("Cannot write “%s”: %s"), journal->display_path, file_error->message);
    return FALSE;
  }
  meir_journal_state_set_folded (&journal->state, sequence, files != NULL);
  if (ftruncate (journal->fd, 0) != 0) {
    set_write_error (journal, error, errno);
    return FALSE;
  }
  journal->length = 0;
  journal->needs_fold = FALSE;
  journal->is_marked_open = files == NULL; /* a fold says OPEN; CLEAN takes it back */
  journal->is_log_unsynced = FALSE;
  return TRUE;
}

/* Appends @records, which @state has taken in already. When that fails they come with the next fold. */
static gboolean
append_locked (MeirJournal *journal, GByteArray *records, GError **error)
{
  int error_number;

  if (journal->needs_fold)
    return fold_locked (journal, NULL, error);
  if (records->len == 0)
    return TRUE;
  if (journal->length == 0) {
    guint8 header[MEIR_JOURNAL_HEADER_LENGTH];

    meir_journal_header_encode (&journal->identity, header);
    g_byte_array_prepend (records, header, sizeof header);
  }
  error_number = meir_disk_write_all (journal->fd, records->data, records->len, journal->length);
  if (error_number != 0) {
    /* Half a record stays behind where even this fails: a reader takes it for the end. */
    if (ftruncate (journal->fd, (off_t) journal->length) != 0)
      g_debug ("Cannot cut the journal %s: %s", journal->display_path, g_strerror (errno));
    journal->needs_fold = TRUE;
    set_write_error (journal, error, error_number);
    return FALSE;
  }
  journal->length += records->len;
  journal->is_log_unsynced = TRUE;
  /* Should this fail, the records are in the log all the same; the next call tries again. */
  if (journal->length > LOG_BYTES_MAX + journal->state.n_pieces / 4)
    fold_locked (journal, NULL, NULL);
  return TRUE;
}

/* fdatasync of the log, and once of its name. */
static gboolean
sync_log_locked (MeirJournal *journal, GError **error)
{
  int error_number = 0;

  if (!journal->is_log_unsynced)
    return TRUE;
  if (meir_disk_fdatasync (journal->fd) != 0) {
    error_number = errno;
  } else if (!journal->is_entry_synced) {
    g_autofree char *folder = g_path_get_dirname (journal->path);
    int fd = open (folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    if (fd < 0 || (fsync (fd) != 0 && errno != EINVAL))
      error_number = errno;
    if (fd >= 0)
      close (fd);
    journal->is_entry_synced = error_number == 0;
  }
  if (error_number == 0) {
    journal->is_log_unsynced = FALSE;
    return TRUE;
  }
  /* What the log lost cannot be known: only a new file can be trusted. */
  journal->needs_fold = TRUE;
  if (fold_locked (journal, NULL, NULL))
    return TRUE;
  set_write_error (journal, error, error_number);
  return FALSE;
}

/* The first record of a run says that it is one. */
static void
add_open_locked (MeirJournal *journal, GByteArray *records)
{
  if (journal->is_marked_open)
    return;
  meir_journal_state_add (&journal->state, journal->seed, MEIR_JOURNAL_OPEN, NULL, 0, records);
  journal->is_marked_open = TRUE;
}

static void
add_segments_locked (MeirJournal *journal, const MeirJournalSegment *segments, guint n_segments,
                     GByteArray *records)
{
  g_autoptr (GByteArray) payload = g_byte_array_new ();

  for (guint i = 0; i < n_segments; i++) {
    guint8 entry[MEIR_JOURNAL_SEGMENT_LENGTH];

    meir_store_u32 (entry, segments[i].piece);
    meir_store_u32 (entry + 4, segments[i].begin);
    meir_store_u32 (entry + 8, segments[i].length);
    g_byte_array_append (payload, entry, sizeof entry);
    if (i + 1 == n_segments || payload->len == SEGMENTS_MAX * MEIR_JOURNAL_SEGMENT_LENGTH) {
      meir_journal_state_add (&journal->state, journal->seed, MEIR_JOURNAL_SEGMENTS, payload->data,
                              payload->len, records);
      g_byte_array_set_size (payload, 0);
    }
  }
}

gboolean
meir_journal_mark_open (MeirJournal *journal, GError **error)
{
  g_autoptr (GByteArray) records = g_byte_array_new ();
  gboolean is_good = TRUE;

  g_mutex_lock (&journal->lock);
  if (!journal->is_marked_open) {
    add_open_locked (journal, records);
    is_good = append_locked (journal, records, error);
  }
  g_mutex_unlock (&journal->lock);
  return is_good;
}

gboolean
meir_journal_record (MeirJournal *journal, guint generation, const MeirJournalRecord *record, GError **error)
{
  g_autoptr (GByteArray) records = g_byte_array_new ();
  gboolean is_good;

  g_mutex_lock (&journal->lock);
  /* Under the lock: a sync that fails moves the generation on first and withdraws what is recorded after. */
  if (record->n_pieces + record->n_segments > 0 &&
      generation != meir_storage_get_generation (journal->storage)) {
    g_mutex_unlock (&journal->lock);
    meir_set_error_from_errno (error, EIO, _ ("The disk may have lost what was last written into “%s”"),
                               meir_storage_get_folder (journal->storage));
    return FALSE;
  }
  add_open_locked (journal, records);
  meir_journal_state_add_pieces (&journal->state, journal->seed, MEIR_JOURNAL_PIECES, record->pieces,
                                 record->n_pieces, records);
  add_segments_locked (journal, record->segments, record->n_segments, records);
  meir_journal_state_add_pieces (&journal->state, journal->seed, MEIR_JOURNAL_FORGET, record->forgotten,
                                 record->n_forgotten, records);
  is_good = append_locked (journal, records, error);
  if (is_good && record->n_forgotten > 0)
    is_good = sync_log_locked (journal, error);
  g_mutex_unlock (&journal->lock);
  return is_good;
}

/* The storage failed to sync: nothing since the last success counts any more. */
static GArray *
withdraw_unsynced (MeirJournal *journal)
{
  g_autoptr (GByteArray) records = g_byte_array_new ();
  g_autoptr (GError) error = NULL;
  GArray *lost;

  g_mutex_lock (&journal->lock);
  lost = meir_journal_state_dup_unsynced (&journal->state);
  if (lost->len > 0) {
    meir_journal_state_add_pieces (&journal->state, journal->seed, MEIR_JOURNAL_FORGET,
                                   &g_array_index (lost, guint32, 0), lost->len, records);
    /* Without a sync mark they are only unsure, so that a journal that cannot be written now is no harm. */
    if (!append_locked (journal, records, &error) || !sync_log_locked (journal, &error))
      g_debug ("%s", error->message);
  }
  g_mutex_unlock (&journal->lock);
  return lost;
}

static gboolean
sync_marked (MeirJournal *journal, GArray **lost, GError **error)
{
  g_autoptr (GByteArray) records = g_byte_array_new ();
  gboolean is_good = TRUE;
  guint8 covered[8];

  g_mutex_lock (&journal->lock);
  meir_store_u64 (covered, journal->state.sequence);
  g_mutex_unlock (&journal->lock);

  if (!meir_storage_sync (journal->storage, error)) {
    int error_number = errno;

    *lost = withdraw_unsynced (journal);
    errno = error_number;
    return FALSE;
  }

  g_mutex_lock (&journal->lock);
  if (journal->state.fresh->len > 0 || journal->is_log_unsynced) {
    add_open_locked (journal, records);
    meir_journal_state_add (&journal->state, journal->seed, MEIR_JOURNAL_SYNC, covered, sizeof covered,
                            records);
    is_good = append_locked (journal, records, error) && sync_log_locked (journal, error);
  }
  g_mutex_unlock (&journal->lock);
  return is_good;
}

gboolean
meir_journal_sync (MeirJournal *journal, GArray **lost, GError **error)
{
  gboolean is_good;
  int error_number;

  *lost = NULL;
  g_mutex_lock (&journal->sync_lock);
  is_good = sync_marked (journal, lost, error);
  error_number = errno;
  g_mutex_unlock (&journal->sync_lock);
  errno = error_number;
  return is_good;
}

/* (element-type MeirJournalFile): the files as they are now. */
static GArray *
list_files (MeirStorage *storage)
{
  MeirMetainfo *metainfo = meir_storage_get_metainfo (storage);
  guint n_files = meir_metainfo_get_n_files (metainfo);
  GArray *files = g_array_new (FALSE, FALSE, sizeof (MeirJournalFile));

  for (guint i = 0; i < n_files; i++) {
    const MeirMetainfoFile *file = meir_metainfo_get_file (metainfo, i);
    MeirJournalFile entry = { .file = i };

    if (file->length > 0 && meir_storage_stat_file (storage, i, &entry.length, &entry.mtime_nsec))
      g_array_append_val (files, entry);
  }
  return files;
}

gboolean
meir_journal_close (MeirJournal *journal, GArray **lost, GError **error)
{
  g_autoptr (GArray) files = NULL;
  gboolean is_good = TRUE;

  if (!meir_journal_sync (journal, lost, error))
    return FALSE;
  files = list_files (journal->storage);
  g_mutex_lock (&journal->lock);
  if (!journal->state.is_clean || journal->needs_fold)
    is_good = fold_locked (journal, files, error);
  g_mutex_unlock (&journal->lock);
  return is_good;
}

gboolean
meir_journal_delete (const char *path, GError **error)
{
  g_autofree char *snapshot_path = dup_snapshot_path (path);
  const char *paths[] = { snapshot_path, path };
  gboolean is_deleted = TRUE;
  struct stat named;
  int fd = -1;

  /* A snapshot without a log is read like any other, so that its log's lock is made to be held too. */
  if ((lstat (path, &named) == 0 || lstat (snapshot_path, &named) == 0) &&
      (fd = open_locked (path, error)) < 0)
    return FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (paths) && is_deleted; i++) {
    if (unlink (paths[i]) != 0 && errno != ENOENT) {
      meir_set_error_from_errno (error, errno, _ ("Cannot delete “%s”"), paths[i]);
      is_deleted = FALSE;
    }
  }
  if (fd >= 0)
    close (fd);
  return is_deleted;
}
