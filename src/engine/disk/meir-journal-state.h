/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/meir-bitfield.h"
#include "base/meir-interval-set.h"
#include "disk/meir-journal-record.h"

#include <glib.h>

G_BEGIN_DECLS

/* A file at a clean stop, or when its digests were made. */
typedef struct {
  guint32 file;
  guint64 length;
  gint64 mtime_nsec;
} MeirJournalFile;

/* A piece recorded in this run that no sync mark covers. */
typedef struct {
  guint64 sequence;
  guint32 piece;
} MeirJournalFresh;

/**
 * MeirJournalState:
 * @sequence: of the last record
 * @trusted: verified and on stable storage
 * @unsure: verified, but not known to be on stable storage; disjoint from @trusted
 * @fresh: (element-type MeirJournalFresh): those of @unsure that the next sync mark may make trusted,
 * ascending
 * @partial: (element-type guint32 MeirIntervalSet): of pieces that are not trusted, the bytes that were
 * written
 * @files: (element-type MeirJournalFile): of a clean stop
 * @is_clean: the last record was CLEAN, and @files are complete
 * @is_damaged: records in the middle were lost
 *
 * What the records of a journal add up to. The same code reads a journal and keeps the state of an open one,
 * so the two cannot differ. No system call. Not thread-safe.
 */
typedef struct {
  guint32 n_pieces;
  guint32 piece_length;
  guint64 sequence;
  MeirBitfield trusted;
  MeirBitfield unsure;
  GArray *fresh;
  GHashTable *partial;
  GArray *files;
  gboolean is_clean;
  gboolean is_damaged;
} MeirJournalState;

void meir_journal_state_init (MeirJournalState *state, guint32 n_pieces, guint32 piece_length);
void meir_journal_state_clear (MeirJournalState *state);

typedef enum {
  MEIR_JOURNAL_REPLAY_WHOLE,
  MEIR_JOURNAL_REPLAY_TORN,    /* the last record is not whole: what a crash leaves */
  MEIR_JOURNAL_REPLAY_DAMAGED, /* good records stand behind bad bytes, or some are missing */
} MeirJournalReplay;

typedef enum {
  MEIR_JOURNAL_FROM_SNAPSHOT, /* begins with any sequence, was written in one go: a torn end is damage */
  MEIR_JOURNAL_FROM_LOG,      /* goes on where the snapshot ended */
  MEIR_JOURNAL_FROM_HINTS,    /* a file whose header is damaged: nothing in it makes a piece trusted */
} MeirJournalSource;

/**
 * meir_journal_state_replay:
 * @bytes: records, without the header
 *
 * Adds the records to @state. Records it has seen (by their sequence) are passed over. From the first bad
 * byte on, what still reads as a record is a hint: its pieces are unsure, what it withdraws is withdrawn. Any
 * bytes are safe.
 */
MeirJournalReplay meir_journal_state_replay (MeirJournalState *state, guint32 seed, const guint8 *bytes,
                                             gsize length, MeirJournalSource source);

/* Makes a record with the next sequence, applies it, and appends its bytes to @to. */
void meir_journal_state_add (MeirJournalState *state, guint32 seed, MeirJournalKind kind,
                             const guint8 *payload, guint32 payload_length, GByteArray *to);
/* The same for pieces (PIECES or FORGET), in as many records as it takes. */
void meir_journal_state_add_pieces (MeirJournalState *state, guint32 seed, MeirJournalKind kind,
                                    const guint32 *pieces, guint n_pieces, GByteArray *to);

/* Appends the whole state as records, numbered after those there were, to @to; returns the last number.
 * @files (element-type MeirJournalFile) (nullable): makes it that of a clean stop. */
guint64 meir_journal_state_fold (const MeirJournalState *state, guint32 seed, const GArray *files,
                                 GByteArray *to);
/* A fold that ended with @sequence is in its file: further records follow it. */
void meir_journal_state_set_folded (MeirJournalState *state, guint64 sequence, gboolean is_clean);

/* The pieces, whole and partial, that a failed sync may have cost. (transfer full) (element-type guint32) */
GArray *meir_journal_state_dup_unsynced (const MeirJournalState *state);
/* Moves a piece from trusted to unsure. */
void meir_journal_state_doubt (MeirJournalState *state, guint32 piece);

G_END_DECLS
