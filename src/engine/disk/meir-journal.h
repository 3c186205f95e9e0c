/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/meir-bitfield.h"
#include "base/meir-interval-set.h"
#include "disk/meir-storage.h"

#include <glib.h>

G_BEGIN_DECLS

/**
 * MeirJournal:
 *
 * What is known to be on disk of one torrent, kept so that neither kill -9 nor a power cut makes a piece
 * count that is not whole, nor a whole one be fetched again without need. Two files: the log at the path the
 * caller gave, to which records are appended, and PATH.snapshot, into which the log is folded when it grows
 * long.
 *
 * A piece climbs in two steps. Recorded (meir_journal_record (), one write, survives kill -9): after a crash
 * it is *unsure* and hashed again. Covered by a sync mark (meir_journal_sync (), survives a power cut): it is
 * *trusted*.
 *
 * Everything here may block: it belongs on workers, which is where MEIR_DISK_RECORD, MEIR_DISK_SYNC and
 * MEIR_DISK_CALL run. Thread-safe. Atomically ref-counted.
 */
typedef struct _MeirJournal MeirJournal;

/* Bytes of a piece that is not complete yet and that are written. */
typedef struct {
  guint32 piece;
  guint32 begin;  /* bytes into the piece */
  guint32 length; /* bytes */
} MeirJournalSegment;

/**
 * MeirJournalResume:
 * @trusted: pieces that are whole on stable storage
 * @unsure: pieces to hash before they count: recorded after the last sync mark, or in a file that changed.
 * Disjoint from @trusted
 * @partial: (element-type guint32 MeirIntervalSet): piece -> bytes of the piece that were written. Hints for
 *   meir_piece_hash_declare_written (): the digest of the piece decides
 * @vouched: pieces that count without being hashed, and are still to be recorded; n_bits 0 before
 *   meir_journal_resume_vouch (). Disjoint from the other two
 * @is_clean: the journal was closed by a clean stop, and nothing changed since
 * @is_damaged: records in the middle were lost: everything that is not trusted is unsure
 * @reason: (nullable): sentences about what could not be taken over and why, safe to show
 *
 * What a journal knew when it was opened. Zeroed by the caller, filled by meir_journal_open ().
 */
typedef struct {
  MeirBitfield trusted;
  MeirBitfield unsure;
  MeirBitfield vouched;
  GHashTable *partial;
  gboolean is_clean;
  gboolean is_damaged;
  char *reason;
} MeirJournalResume;

void meir_journal_resume_clear (MeirJournalResume *resume);

/**
 * meir_journal_open:
 * @path: of the log, in the file system's encoding; its folder exists. Made when it is not there
 * @storage: whose torrent and folder the journal belongs to
 * @resume: (out caller-allocates) (optional): clear with meir_journal_resume_clear ()
 *
 * Locks the journal, reads it and compares it with the files: a file that is missing or shorter than a
 * trusted piece needs, or whose length or time changed after a clean stop, makes its pieces unsure; so does
 * another folder. A torn end, flipped bits, another version or another torrent's journal are no error: what
 * is good is taken, @reason says what was not, and a foreign file is kept beside as PATH.bak. Where there is
 * no journal, or a damaged one, all pieces whose files are there and long enough are unsure: so open it
 * before meir_storage_prepare () makes files. Worker.
 *
 * Returns: (transfer full) (nullable): NULL with MEIR_ERROR_BUSY when another process, or another journal of
 * this one, has it open; _PERMISSION, _NOT_FOUND, _NO_SPACE or _IO when the file cannot be opened or read.
 */
MeirJournal *meir_journal_open (const char *path, MeirStorage *storage, MeirJournalResume *resume,
                                GError **error);

/**
 * meir_journal_resume_vouch:
 * @files: (element-type MeirJournalFile): as they were when the digests of the torrent were made of them
 *
 * Moves from @unsure to @vouched the pieces all of whose files are still as they were then, by what a clean
 * stop goes by. Nobody knows whether their bytes are on stable storage: so they are recorded, like pieces
 * that were found by hashing, and a sync makes them trusted. Worker.
 */
void meir_journal_resume_vouch (MeirJournalResume *resume, MeirStorage *storage, const GArray *files);
MeirJournal *meir_journal_ref (MeirJournal *journal);
/* The last one closes the file and gives up the lock. Writes nothing: see meir_journal_close (). */
void meir_journal_unref (MeirJournal *journal);

/**
 * MeirJournalRecord:
 * @pieces: verified pieces, each written before
 * @segments: written parts of pieces that are not complete
 * @forgotten: pieces that no longer count, whole or partial. Applied after the others, and on stable storage
 * when the call returns
 *
 * What one call records. Borrowed for the call.
 */
typedef struct {
  const guint32 *pieces;
  guint n_pieces;
  const MeirJournalSegment *segments;
  guint n_segments;
  const guint32 *forgotten;
  guint n_forgotten;
} MeirJournalRecord;

/**
 * meir_journal_record:
 * @generation: what meir_storage_get_generation () gave before the bytes of these pieces were written. The
 * pool fills it in for its jobs
 *
 * Appends records with one write. Worker.
 *
 * Returns: FALSE with MEIR_ERROR_IO and nothing recorded, when a sync failed since @generation: then these
 * pieces may be lost. FALSE with _NO_SPACE or another code when the journal could not be written: the pieces
 * are kept in memory and go into the file with the next call that succeeds.
 */
gboolean meir_journal_record (MeirJournal *journal, guint generation, const MeirJournalRecord *record,
                              GError **error);

/**
 * meir_journal_sync:
 * @lost: (out) (transfer full) (nullable) (element-type guint32): the pieces, whole and partial, that were
 * withdrawn because the disk may have lost them; NULL unless the storage failed to sync
 *
 * Syncs the storage, then marks everything recorded before as on stable storage. When the storage fails to
 * sync, everything since the last good sync is withdrawn, in the journal and in @lost: the kernel reports a
 * lost write once. Worker; may take seconds.
 *
 * Returns: FALSE with the storage's error and @lost set, or with the journal's error and @lost NULL: then
 * nothing is lost, and the mark is made by the next sync that succeeds.
 */
gboolean meir_journal_sync (MeirJournal *journal, GArray **lost, GError **error);

/* A clean stop: meir_journal_sync (), then all is folded into the snapshot together with the lengths and
 * times of the files. The next record makes it unclean again. Worker. */
gboolean meir_journal_close (MeirJournal *journal, GArray **lost, GError **error);

/* Says that the files are about to be changed, so that their times will not match after a crash. Done by the
 * first record too. MEIR_DISK_PREPARE does it. Worker. */
gboolean meir_journal_mark_open (MeirJournal *journal, GError **error);

/* Deletes the files of a journal; missing ones are no error. FALSE with MEIR_ERROR_BUSY, and nothing deleted,
 * where somebody has it open; with _PERMISSION or another code when the system refuses. Worker. */
gboolean meir_journal_delete (const char *path, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MeirJournal, meir_journal_unref)

G_END_DECLS
