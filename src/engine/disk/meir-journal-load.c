/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "disk/meir-journal-load.h"

#include "base/meir-error.h"
#include "disk/meir-disk-bytes.h"
#include "disk/meir-disk-faults.h"
#include "meir-config.h"

#include <glib/gi18n-lib.h>
#include <sys/stat.h>

/* Far above what the largest torrent needs; above it a file is not ours, whatever it says. */
#define FILE_BYTES_MAX (G_GUINT64_CONSTANT (512) << 20)

static void add_reason (MeirJournalLoad *load, const char *format, ...) G_GNUC_PRINTF (2, 3);

static void
add_reason (MeirJournalLoad *load, const char *format, ...)
{
  va_list arguments;

  if (load->reason == NULL)
    load->reason = g_string_new (NULL);
  else
    g_string_append (load->reason, ". ");
  va_start (arguments, format);
  g_string_append_vprintf (load->reason, format, arguments);
  va_end (arguments);
}

/* The whole of an open file; NULL with errno. */
static guint8 *
read_whole (int fd, gsize *length)
{
  struct stat status;
  guint8 *bytes;
  gssize n_read;

  if (fstat (fd, &status) != 0)
    return NULL;
  if (!S_ISREG (status.st_mode) || (guint64) status.st_size > FILE_BYTES_MAX) {
    errno = EINVAL;
    return NULL;
  }
  *length = (gsize) status.st_size;
  bytes = g_try_malloc (*length + 1);
  if (bytes == NULL) {
    errno = ENOMEM;
    return NULL;
  }
  n_read = meir_disk_read_all (fd, bytes, *length, 0);
  if (n_read < 0) {
    int error_number = errno;

    g_free (bytes);
    errno = error_number;
    return NULL;
  }
  *length = (gsize) n_read;
  return bytes;
}

/* What is not ours is not lost either: another program, or a later version of this one, may want it back. */
static void
keep_aside (const char *path, const guint8 *bytes, gsize length, MeirJournalLoad *load)
{
  g_autofree char *aside = g_strconcat (path, ".bak", NULL);

  if (g_file_set_contents_full (aside, (const char *) bytes, (gssize) length, G_FILE_SET_CONTENTS_CONSISTENT,
                                0600, NULL))
    add_reason (load, _ ("It is kept with the ending .bak"));
}

/* Adds one of the two files to @state. Returns whether it was a journal of this torrent. */
static gboolean
take_file (MeirJournalState *state, const MeirJournalIdentity *identity, const char *path,
           const guint8 *bytes, gsize length, gboolean is_snapshot, gboolean *is_other_folder,
           MeirJournalLoad *load)
{
  MeirJournalHeaderVerdict verdict = meir_journal_header_decode (identity, bytes, length);
  MeirJournalSource source = is_snapshot ? MEIR_JOURNAL_FROM_SNAPSHOT : MEIR_JOURNAL_FROM_LOG;
  MeirJournalReplay replay;

  switch (verdict) {
  case MEIR_JOURNAL_HEADER_EMPTY:
    load->needs_fold = load->needs_fold || length > 0;
    return FALSE;
  case MEIR_JOURNAL_HEADER_OTHER_VERSION:
    add_reason (load, _ ("The record of the files on disk is of another version of MeirTorrent"));
    keep_aside (path, bytes, length, load);
    load->needs_fold = TRUE;
    return FALSE;
  case MEIR_JOURNAL_HEADER_OTHER_TORRENT:
    add_reason (load, _ ("The record of the files on disk is of another torrent"));
    keep_aside (path, bytes, length, load);
    load->needs_fold = TRUE;
    return FALSE;
  case MEIR_JOURNAL_HEADER_DAMAGED:
    source = MEIR_JOURNAL_FROM_HINTS;
    break;
  case MEIR_JOURNAL_HEADER_OTHER_FOLDER:
    *is_other_folder = TRUE;
    break;
  case MEIR_JOURNAL_HEADER_GOOD:
    break;
  }
  replay = meir_journal_state_replay (state, meir_journal_identity_get_seed (identity),
                                      bytes + MEIR_JOURNAL_HEADER_LENGTH, length - MEIR_JOURNAL_HEADER_LENGTH,
                                      source);
  if (replay == MEIR_JOURNAL_REPLAY_DAMAGED)
    add_reason (load, _ ("The record of the files on disk is damaged"));
  if (!is_snapshot && verdict == MEIR_JOURNAL_HEADER_GOOD && replay == MEIR_JOURNAL_REPLAY_WHOLE)
    load->log_length = length;
  else if (!is_snapshot || replay != MEIR_JOURNAL_REPLAY_WHOLE)
    load->needs_fold = TRUE;
  return TRUE;
}

static gboolean
read_files (MeirJournalState *state, const MeirJournalIdentity *identity, const char *path,
            const char *snapshot_path, int fd, gboolean *is_known, gboolean *is_other_folder,
            MeirJournalLoad *load, GError **error)
{
  g_autofree guint8 *snapshot = NULL;
  g_autofree guint8 *log = NULL;
  gsize length;
  int snapshot_fd = open (snapshot_path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);

  *is_known = FALSE;
  if (snapshot_fd < 0 && errno != ENOENT) {
    meir_set_error_from_errno (error, errno, _ ("Cannot read “%s”"), snapshot_path);
    return FALSE;
  }
  if (snapshot_fd >= 0) {
    snapshot = read_whole (snapshot_fd, &length);
    if (snapshot == NULL) {
      meir_set_error_from_errno (error, errno, _ ("Cannot read “%s”"), snapshot_path);
      close (snapshot_fd);
      return FALSE;
    }
    close (snapshot_fd);
    *is_known = take_file (state, identity, snapshot_path, snapshot, length, TRUE, is_other_folder, load);
  }
  log = read_whole (fd, &length);
  if (log == NULL) {
    meir_set_error_from_errno (error, errno, _ ("Cannot read “%s”"), path);
    return FALSE;
  }
  if (take_file (state, identity, path, log, length, FALSE, is_other_folder, load))
    *is_known = TRUE;
  return TRUE;
}

/* Bytes of @file that piece @piece needs: how long the file must at least be. */
static guint64
get_needed_length (const MeirMetainfoFile *file, guint32 piece, guint32 piece_length)
{
  guint64 piece_end = ((guint64) piece + 1) * piece_length;

  return MIN (piece_end - file->offset, file->length);
}

/**
 * CompareContext:
 * @present: pieces all of whose files are there and long enough
 * @changed: pieces some of whose files are not as a clean stop left them
 * @n_doubted: pieces that were trusted
 */
typedef struct {
  MeirJournalState *state;
  gboolean was_clean;
  guint next_entry; /* in state->files, which ascend */
  MeirBitfield present;
  MeirBitfield changed;
  guint n_doubted;
} CompareContext;

/* Whether a file is not as a clean stop left it. */
static gboolean
has_changed (CompareContext *context, guint index, guint64 length, gint64 mtime_nsec)
{
  const GArray *files = context->state->files;
  const MeirJournalFile *entry;

  while (context->next_entry < files->len &&
         g_array_index (files, MeirJournalFile, context->next_entry).file < index)
    context->next_entry++;
  if (context->next_entry >= files->len)
    return TRUE;
  entry = &g_array_index (files, MeirJournalFile, context->next_entry);
  return entry->file != index || entry->length != length || entry->mtime_nsec != mtime_nsec;
}

static void
compare_file (CompareContext *context, MeirStorage *storage, guint index, const MeirMetainfoFile *file)
{
  MeirJournalState *state = context->state;
  guint32 first = (guint32) (file->offset / state->piece_length);
  guint32 last = (guint32) ((file->offset + file->length - 1) / state->piece_length);
  guint64 length = 0;
  gint64 mtime_nsec = 0;
  gboolean is_there = meir_storage_stat_file (storage, index, &length, &mtime_nsec);
  gboolean is_changed = !is_there || (context->was_clean && has_changed (context, index, length, mtime_nsec));

  if (!is_changed && length >= file->length)
    return;
  for (guint32 piece = first; piece <= last; piece++) {
    gboolean is_short = length < get_needed_length (file, piece, state->piece_length);

    if (is_short)
      meir_bitfield_unset (&context->present, piece);
    if (is_changed)
      meir_bitfield_set (&context->changed, piece);
    if ((is_changed || is_short) && meir_bitfield_get (&state->trusted, piece)) {
      meir_journal_state_doubt (state, piece);
      context->n_doubted++;
    }
  }
}

/* Which pieces may be there although the journal does not know it. */
typedef enum {
  DOUBT_NONE,
  DOUBT_CHANGED, /* those in files that are not as a clean stop left them */
  DOUBT_ALL,
} JournalDoubt;

static void
compare_files (MeirJournalState *state, MeirStorage *storage, JournalDoubt doubt, MeirJournalLoad *load)
{
  MeirMetainfo *metainfo = meir_storage_get_metainfo (storage);
  guint n_files = meir_metainfo_get_n_files (metainfo);
  CompareContext context = { .state = state, .was_clean = state->is_clean };
  guint32 n_unsure = state->unsure.n_set;

  meir_bitfield_init (&context.present, state->n_pieces);
  meir_bitfield_init (&context.changed, state->n_pieces);
  meir_bitfield_set_all (&context.present);
  for (guint i = 0; i < n_files; i++) {
    const MeirMetainfoFile *file = meir_metainfo_get_file (metainfo, i);

    if (!file->is_pad && file->length > 0)
      compare_file (&context, storage, i, file);
  }
  for (guint32 piece = 0; piece < state->n_pieces && doubt != DOUBT_NONE; piece++) {
    if (meir_bitfield_get (&context.present, piece) && !meir_bitfield_get (&state->trusted, piece) &&
        (doubt == DOUBT_ALL || meir_bitfield_get (&context.changed, piece)))
      meir_bitfield_set (&state->unsure, piece);
  }
  meir_bitfield_clear (&context.changed);
  meir_bitfield_clear (&context.present);
  if (context.n_doubted > 0)
    add_reason (load,
                g_dngettext (GETTEXT_PACKAGE, "%u piece lies in files that are missing or changed",
                             "%u pieces lie in files that are missing or changed", context.n_doubted),
                context.n_doubted);
  /* What is in doubt goes into the file before anything new: else the next run would take it for missing. */
  if (context.n_doubted > 0 || state->unsure.n_set > n_unsure ||
      (doubt == DOUBT_ALL && state->unsure.n_set > 0)) {
    load->needs_fold = TRUE;
    state->is_clean = FALSE;
  }
}

gboolean
meir_journal_load (MeirJournalState *state, const MeirJournalIdentity *identity, MeirStorage *storage,
                   const char *path, const char *snapshot_path, int fd, MeirJournalLoad *load, GError **error)
{
  JournalDoubt doubt = DOUBT_NONE;
  gboolean is_known;
  gboolean is_other_folder = FALSE;

  *load = (MeirJournalLoad){ 0 };
  if (!read_files (state, identity, path, snapshot_path, fd, &is_known, &is_other_folder, load, error)) {
    if (load->reason != NULL)
      g_string_free (load->reason, TRUE);
    return FALSE;
  }
  /* After a clean stop lengths and times tell whether these are the same files, only moved. */
  load->needs_fold |= is_other_folder;
  if (is_other_folder && state->is_clean)
    doubt = DOUBT_CHANGED;
  else if (is_other_folder) {
    doubt = DOUBT_ALL;
    add_reason (load, _ ("The record of the files on disk is of another folder"));
    for (guint32 piece = meir_bitfield_next_set (&state->trusted, 0); piece < state->n_pieces;
         piece = meir_bitfield_next_set (&state->trusted, piece + 1))
      meir_journal_state_doubt (state, piece);
  }
  compare_files (state, storage, !is_known || state->is_damaged ? DOUBT_ALL : doubt, load);
  /* A new run: what is unsure now has to be recorded again before a sync mark may cover it. */
  g_array_set_size (state->fresh, 0);
  g_array_set_size (state->files, 0);
  return TRUE;
}

void
meir_journal_find_unchanged (MeirStorage *storage, const GArray *files, MeirBitfield *unchanged)
{
  MeirMetainfo *metainfo = meir_storage_get_metainfo (storage);
  MeirJournalState state;
  MeirJournalLoad load = { 0 };

  /* What a clean stop with all of it here would have left. */
  meir_journal_state_init (&state, meir_metainfo_get_n_pieces (metainfo),
                           meir_metainfo_get_piece_length (metainfo));
  meir_bitfield_set_all (&state.trusted);
  g_array_append_vals (state.files, files->data, files->len);
  state.is_clean = TRUE;
  compare_files (&state, storage, DOUBT_NONE, &load);
  if (load.reason != NULL)
    g_string_free (load.reason, TRUE);
  meir_bitfield_init (unchanged, state.n_pieces);
  meir_bitfield_copy (unchanged, &state.trusted);
  meir_journal_state_clear (&state);
}
