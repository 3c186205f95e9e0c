/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/meir-byte-cursor.h"
#include "base/meir-digest.h"

#include <glib.h>

G_BEGIN_DECLS

/*
 * The bytes of a journal: log and snapshot alike are a header and then records. Integers are big-endian.
 *
 * header   magic (8), version (4), info-hash (20), pieces (4), piece length (4), folder (8), CRC32C of all
 * before (4) record   mark (4), payload length (4), sequence (8), kind (4), payload, CRC32C (4)
 *
 * The CRC of a record starts from that of the header's identity (all of it but the folder), so a record of
 * another torrent's journal, whose blocks a file system may turn up after a power cut, is not taken for one
 * of this. The sequence grows by one a record through snapshot and log together. The mark lets a reader find
 * the next record behind damaged bytes. No system call here.
 */

#define MEIR_JOURNAL_HEADER_LENGTH  52u
#define MEIR_JOURNAL_RECORD_MIN     24u
#define MEIR_JOURNAL_PAYLOAD_MAX    (64u << 10)
#define MEIR_JOURNAL_FOLDER_LENGTH  8u
#define MEIR_JOURNAL_SEGMENT_LENGTH 12u
#define MEIR_JOURNAL_FILE_LENGTH    20u

/**
 * MeirJournalKind:
 * @MEIR_JOURNAL_PIECES: u32 indices of verified pieces
 * @MEIR_JOURNAL_SEGMENTS: {u32 piece, u32 begin, u32 length} written, of pieces that are not complete
 * @MEIR_JOURNAL_FORGET: u32 indices of pieces that no longer count. Always written twice: a lost one would
 * make a piece count that does not
 * @MEIR_JOURNAL_SYNC: u64: the records up to that sequence, back to the last OPEN, are on stable storage
 * @MEIR_JOURNAL_OPEN: empty: a new run began; what was unsure stays so until it is recorded again
 * @MEIR_JOURNAL_BITMAP: u32 first piece (a multiple of 8), then bits as in a bitfield (BEP 3): verified
 * pieces
 * @MEIR_JOURNAL_FILES: {u32 file, u64 length, i64 modification time in nanoseconds} at a clean stop
 * @MEIR_JOURNAL_CLEAN: u32: a clean stop with so many entries of FILES; holds while it is the last record
 */
typedef enum {
  MEIR_JOURNAL_PIECES = 1,
  MEIR_JOURNAL_SEGMENTS = 2,
  MEIR_JOURNAL_FORGET = 3,
  MEIR_JOURNAL_SYNC = 4,
  MEIR_JOURNAL_OPEN = 5,
  MEIR_JOURNAL_BITMAP = 6,
  MEIR_JOURNAL_FILES = 7,
  MEIR_JOURNAL_CLEAN = 8,
} MeirJournalKind;

/**
 * MeirJournalIdentity:
 *
 * What a journal is of. @folder: the beginning of a digest of the folder's path.
 */
typedef struct {
  MeirInfoHash info_hash;
  guint32 n_pieces;
  guint32 piece_length;
  guint8 folder[MEIR_JOURNAL_FOLDER_LENGTH];
} MeirJournalIdentity;

typedef enum {
  MEIR_JOURNAL_HEADER_GOOD,
  MEIR_JOURNAL_HEADER_OTHER_FOLDER, /* otherwise good */
  MEIR_JOURNAL_HEADER_EMPTY,        /* not even a whole header: no record was ever written behind it */
  MEIR_JOURNAL_HEADER_DAMAGED,
  MEIR_JOURNAL_HEADER_OTHER_VERSION,
  MEIR_JOURNAL_HEADER_OTHER_TORRENT,
} MeirJournalHeaderVerdict;

void meir_journal_header_encode (const MeirJournalIdentity *identity,
                                 guint8 bytes[MEIR_JOURNAL_HEADER_LENGTH]);
MeirJournalHeaderVerdict meir_journal_header_decode (const MeirJournalIdentity *expected, const guint8 *bytes,
                                                     gsize length);
/* What the CRC of every record starts from. */
guint32 meir_journal_identity_get_seed (const MeirJournalIdentity *identity);

/**
 * MeirJournalEntry:
 * @payload: borrows the bytes it was decoded from; its length fits the kind, its contents are not checked
 *
 * A record.
 */
typedef struct {
  MeirJournalKind kind;
  guint64 sequence;
  const guint8 *payload;
  guint32 payload_length;
} MeirJournalEntry;

/* Appends a record to @to; payload_length is at most MEIR_JOURNAL_PAYLOAD_MAX. */
void meir_journal_entry_encode (const MeirJournalEntry *entry, guint32 seed, GByteArray *to);
/* The record at @bytes, or 0 if there is none that is whole; returns how long it is. */
gsize meir_journal_entry_decode (MeirJournalEntry *entry, guint32 seed, const guint8 *bytes, gsize length);
/* Where after @from the next record may begin; @length when nowhere. */
gsize meir_journal_find_mark (const guint8 *bytes, gsize length, gsize from);

G_END_DECLS
