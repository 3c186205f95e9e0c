/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "disk/meir-disk-faults.h"
#include "disk/meir-storage.h"
#include "meta/meir-metainfo.h"

#include <glib.h>
#include <glib/gstdio.h>

/* A file of a torrent. @path: below the torrent's folder; NULL ends a list. */
typedef struct {
  const char *path;
  guint64 length;
  gboolean is_pad;
} FixtureFile;

/**
 * DiskFixture:
 * @folder: a new temporary folder, still empty: the torrent's parent
 * @content: all bytes of the torrent, in order; padding is zeros
 *
 * A torrent whose bytes are known. It is called "torrent".
 */
typedef struct {
  char *folder;
  MeirMetainfo *metainfo;
  guint8 *content;
  gsize length;
  guint32 piece_length;
  guint32 n_pieces;
} DiskFixture;

/* @files: NULL for a torrent of one file of @length bytes, without a folder. */
DiskFixture *disk_fixture_new (guint32 piece_length, const FixtureFile *files, guint64 length);
void disk_fixture_free (DiskFixture *fixture);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (DiskFixture, disk_fixture_free)

/* A storage over the folder; never NULL. */
MeirStorage *disk_fixture_open (DiskFixture *fixture);
/* The same, prepared. */
MeirStorage *disk_fixture_prepare (DiskFixture *fixture);
/* Full path of what lies at @path below the download folder. */
char *disk_fixture_path (DiskFixture *fixture, const char *path);
/* Full path of file @index of the torrent. */
char *disk_fixture_file_path (DiskFixture *fixture, guint index);
/* Makes the folders and writes the right bytes, without the storage's help. */
void disk_fixture_fill (DiskFixture *fixture);
/* Whether every file on disk has exactly the bytes of the torrent. */
gboolean disk_fixture_is_whole (DiskFixture *fixture);
/* Writes one piece's right bytes through @storage. */
void disk_fixture_write_piece (DiskFixture *fixture, MeirStorage *storage, guint32 piece);
/* Whether a piece's bytes, read through @storage, are right. */
gboolean disk_fixture_has_piece (DiskFixture *fixture, MeirStorage *storage, guint32 piece);
const guint8 *disk_fixture_piece (DiskFixture *fixture, guint32 piece, guint32 *size);

/* Changes one byte of a file on disk, by its full path, and nothing else of it. */
void disk_fixture_flip_byte (const char *path, guint64 offset);
/* Deletes a file or folder and all below it. */
void disk_fixture_remove (const char *path);

/**
 * FaultPlan:
 *
 * What disk_fixture_fail () lets happen at call @at (from 1) of a kind, and at the @count - 1 calls after it.
 * @error_number 0 makes reads and writes short: at most @short_bytes.
 */
typedef struct {
  guint at;
  guint count;
  int error_number;
  gsize short_bytes;
} FaultPlan;

typedef enum {
  FAULT_PWRITEV,
  FAULT_PREADV,
  FAULT_FDATASYNC,
  FAULT_OPENAT,
  FAULT_FALLOCATE,
  FAULT_RENAMEAT,
  N_FAULTS,
} FaultKind;

/* From now on; not while workers run. */
void disk_fixture_fail (FaultKind kind, FaultPlan plan);
/* How many calls of the kind there were since the first disk_fixture_fail () after the last reset. */
guint disk_fixture_count_calls (FaultKind kind);
/* The kernel has no openat2 (), or no RWF_NOWAIT. */
void disk_fixture_lack (gboolean no_openat2, gboolean no_nowait);
/* Everything works again. */
void disk_fixture_heal (void);
