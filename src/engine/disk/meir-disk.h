/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/meir-bitfield.h"
#include "base/meir-limits.h"
#include "disk/meir-journal.h"
#include "disk/meir-storage.h"

#include <glib.h>

G_BEGIN_DECLS

/**
 * MeirDisk:
 *
 * The pool of workers (as many as cores) that hash, read, write and sync. Jobs go in on the engine thread,
 * run on a worker, and come back through meir_disk_dispatch () on the engine thread, where their @done runs.
 * Memory that a job points to belongs to the job from submit until @done.
 *
 * Jobs of one MeirPieceHash run one after the other, in the order of their submission; so do RECORD jobs and
 * the records of SYNC jobs; HAULs run one after the other too, on a worker of their own; all others run in
 * any order. CHECK uses every worker that has nothing else to do. At least one worker is kept free of SYNC,
 * PREPARE and CALL, which may wait for a slow disk.
 */
typedef struct _MeirDisk MeirDisk;
typedef struct _MeirDiskJob MeirDiskJob;
typedef struct _MeirPieceHash MeirPieceHash;

/* Engine thread. Gives the job back with meir_disk_job_release (), or submits it again. */
typedef void (*MeirDiskDone) (MeirDiskJob *job);

/**
 * MeirDiskJobKind:
 * @MEIR_DISK_WRITE: hashes (when @hash is set) and writes @n_segments consecutive segments of @piece from
 * @begin; when they complete the piece, compares the digest: @verdict
 * @MEIR_DISK_READ: reads @length bytes of @piece from @begin into segments[0..]; a file that is missing or
 * short fails
 * @MEIR_DISK_CHECK: reads and hashes the pieces set in @pieces, many at a time; leaves set in @pieces those
 * that are whole. @progress_pieces and @cancelled are shared while it runs.
 * @MEIR_DISK_RECORD: appends @pieces_verified, @segments_written and @pieces_forgotten to @journal, without
 *   waiting for the disk: what kill -9 must not lose
 * @MEIR_DISK_SYNC: the same, then fdatasync of every file written since the last sync, then the journal's
 * sync mark; without @journal just the files. See @pieces_lost, @is_clean_stop
 * @MEIR_DISK_PREPARE: makes folders and files, sets sizes (sparse or preallocated); comes before the first
 *   WRITE. With @journal, that is marked open first
 * @MEIR_DISK_CALL: runs @call on the worker: for everything else that may block (load, remove)
 * @MEIR_DISK_HAUL: runs @call as well: for what takes as long as there is data (move)
 */
typedef enum {
  MEIR_DISK_WRITE,
  MEIR_DISK_READ,
  MEIR_DISK_CHECK,
  MEIR_DISK_RECORD,
  MEIR_DISK_SYNC,
  MEIR_DISK_PREPARE,
  MEIR_DISK_CALL,
  MEIR_DISK_HAUL,
} MeirDiskJobKind;

typedef enum {
  MEIR_PIECE_PENDING,  /* more of it to come */
  MEIR_PIECE_VERIFIED, /* digest equal, bytes written */
  MEIR_PIECE_BAD,      /* digest differs */
} MeirPieceVerdict;

#define MEIR_DISK_JOB_SEGMENTS 16u

struct _MeirDiskJob {
  MeirDiskJobKind kind;
  MeirDiskDone done;
  gpointer user_data;   /* the submitter's */
  MeirStorage *storage; /* a reference is held by the job */

  /* WRITE, READ */
  guint32 piece;
  guint32 begin;                            /* bytes into the piece */
  guint32 length;                           /* bytes in all segments together */
  guint8 *segments[MEIR_DISK_JOB_SEGMENTS]; /* each MEIR_SEGMENT_LENGTH bytes, the last may be partly used */
  guint n_segments;

  /* WRITE */
  MeirPieceHash *hash; /* (nullable): NULL writes without hashing */
  MeirPieceVerdict verdict;

  /* CHECK. Missing and short files are no error; others, which the system failed to read, are reported in
   * @error, and the rest is checked all the same. */
  MeirBitfield *pieces;
  gint *progress_pieces; /* (nullable): atomic, pieces checked so far */
  gint *cancelled;       /* (nullable): atomic, non-zero stops early; unchecked pieces are then unset */

  /* RECORD, SYNC, PREPARE: borrowed until @done */
  MeirJournal *journal; /* (nullable) except for RECORD */
  const guint32 *pieces_verified;
  guint n_pieces_verified;
  const MeirJournalSegment *segments_written;
  guint n_segments_written;
  const guint32 *pieces_forgotten;
  guint n_pieces_forgotten;

  /* SYNC */
  gboolean is_clean_stop; /* as meir_journal_close () */
  /* Out, freed by release (nullable) (element-type guint32): when the sync failed, the pieces, whole and
   * partial, that the journal withdrew. The submitter drops them, and everything verified or written that it
   * has not recorded yet; jobs already under way at that moment fail with EIO. */
  GArray *pieces_lost;

  /* CALL, HAUL */
  void (*call) (MeirDiskJob *job);

  /* Out: 0 or an errno, and for people the failed path: @error is NULL on success. */
  int error_number;
  GError *error;

  /*< private >*/
  MeirDiskJob *next;
  struct _MeirDiskCheck *check;
  guint64 ticket;
  guint generation;
  gboolean is_recorded;
  gboolean has_sync_failed;
};

/* @n_workers: at least 2 are made, and the one for HAUL. @wake: runs on a worker after a job is done, when
 * the done-queue was empty: to wake the engine thread. */
MeirDisk *meir_disk_new (guint n_workers, void (*wake) (gpointer user_data), gpointer user_data);
/* Waits for running jobs; queued ones still run; their @done does not, so what it would give back stays with
 * the submitter: see meir_disk_wait (). */
void meir_disk_free (MeirDisk *disk);

/* A zeroed job from a free list; give back with meir_disk_job_release () (frees @error, drops @storage). */
MeirDiskJob *meir_disk_job_new (MeirDisk *disk, MeirDiskJobKind kind, MeirStorage *storage, MeirDiskDone done,
                                gpointer user_data);
void meir_disk_job_release (MeirDisk *disk, MeirDiskJob *job);
void meir_disk_submit (MeirDisk *disk, MeirDiskJob *job);
/* Of a HAUL that still waits for others before it: it is handed back by its @done as any other, but has not
 * run, which nothing in it tells. One that runs, or is done, is left alone. */
void meir_disk_recall (MeirDisk *disk, MeirDiskJob *job);
/* Engine thread: runs @done of every finished job; returns how many. */
guint meir_disk_dispatch (MeirDisk *disk);
/* Engine thread, when stopping: blocks until every submitted job has run; then meir_disk_dispatch () gets
 * all. */
void meir_disk_wait (MeirDisk *disk);
/* The same, but no longer than until @deadline_usec (of g_get_monotonic_time ()): for a disk that hangs.
 * FALSE when work is left: such a pool is not freed, for that would wait; the process ends with it. */
gboolean meir_disk_wait_until (MeirDisk *disk, gint64 deadline_usec);
/* Bytes of segments now held by WRITE jobs, submitted and not dispatched yet. Engine thread. */
gsize meir_disk_get_queued_bytes (MeirDisk *disk);

/**
 * meir_piece_hash_new:
 *
 * Running digest of one piece while its segments arrive. Segments may be written out of order with @hash set:
 * those that do not continue the digest are written and, when the gap before them closes, read back and
 * hashed by the worker. The last job to close the piece gets the verdict. Segments already on disk before
 * (resume) are declared with meir_piece_hash_declare_written (), before the first job. Bytes that come twice
 * are written once. A WRITE that failed may be submitted again: what it had is then read back. Engine thread;
 * freed with meir_piece_hash_free () when no job holds it.
 */
MeirPieceHash *meir_piece_hash_new (MeirStorage *storage, guint32 piece);
void meir_piece_hash_declare_written (MeirPieceHash *hash, guint32 begin, guint32 length);
void meir_piece_hash_free (MeirPieceHash *hash);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MeirDisk, meir_disk_free)

G_END_DECLS
