/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "disk/meir-journal-state.h"
#include "disk/meir-storage.h"

#include <glib.h>

G_BEGIN_DECLS

/**
 * MeirJournalLoad:
 * @log_length: bytes of the log that can be appended to; 0 when its header has to be written first
 * @needs_fold: the log cannot be appended to as it is
 * @reason: (nullable) (transfer full): what could not be taken over
 */
typedef struct {
  guint64 log_length;
  gboolean needs_fold;
  GString *reason;
} MeirJournalLoad;

/* Reads the snapshot at @snapshot_path and the log in @fd into @state (initialised), and compares with the
 * files of
 * @storage. What does not fit is no error; FALSE with @error only when a file cannot be read. Worker. */
gboolean meir_journal_load (MeirJournalState *state, const MeirJournalIdentity *identity,
                            MeirStorage *storage, const char *path, const char *snapshot_path, int fd,
                            MeirJournalLoad *load, GError **error);
/* The pieces all of whose files are as @files (element-type MeirJournalFile) says. @unchanged: (out
 * caller-allocates): clear with meir_bitfield_clear (). Worker. */
void meir_journal_find_unchanged (MeirStorage *storage, const GArray *files, MeirBitfield *unchanged);

G_END_DECLS
