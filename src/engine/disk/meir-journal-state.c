/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "disk/meir-journal-state.h"

#include <string.h>

/* Bits of one BITMAP record. */
#define BITMAP_BYTES 32768u
/* Entries of one record of the other kinds. */
#define ENTRIES_MAX 4096u
/* Marks behind damaged bytes that are tried before the rest is given up. */
#define MARKS_MAX 65536u

void
meir_journal_state_init (MeirJournalState *state, guint32 n_pieces, guint32 piece_length)
{
  *state = (MeirJournalState){ .n_pieces = n_pieces, .piece_length = piece_length };
  meir_bitfield_init (&state->trusted, n_pieces);
  meir_bitfield_init (&state->unsure, n_pieces);
  state->fresh = g_array_new (FALSE, FALSE, sizeof (MeirJournalFresh));
  state->files = g_array_new (FALSE, FALSE, sizeof (MeirJournalFile));
  state->partial = g_hash_table_new_full (NULL, NULL, NULL, (GDestroyNotify) meir_interval_set_free);
}

void
meir_journal_state_clear (MeirJournalState *state)
{
  meir_bitfield_clear (&state->trusted);
  meir_bitfield_clear (&state->unsure);
  g_clear_pointer (&state->fresh, g_array_unref);
  g_clear_pointer (&state->files, g_array_unref);
  g_clear_pointer (&state->partial, g_hash_table_unref);
}

static void
apply_piece (MeirJournalState *state, guint64 sequence, guint32 piece, gboolean is_hint)
{
  MeirJournalFresh fresh = { sequence, piece };

  if (piece >= state->n_pieces || meir_bitfield_get (&state->trusted, piece))
    return;
  g_hash_table_remove (state->partial, GUINT_TO_POINTER (piece));
  meir_bitfield_set (&state->unsure, piece);
  if (!is_hint)
    g_array_append_val (state->fresh, fresh);
}

static void
apply_bitmap (MeirJournalState *state, const MeirJournalEntry *entry, gboolean is_hint)
{
  guint64 first = meir_load_u32 (entry->payload);

  for (guint32 i = 4; i < entry->payload_length; i++) {
    guint8 bits = entry->payload[i];

    for (guint bit = 0; bits != 0; bit++, bits = (guint8) (bits << 1)) {
      guint64 piece = first + (guint64) (i - 4) * 8 + bit;

      if ((bits & 0x80) != 0 && piece < state->n_pieces)
        apply_piece (state, entry->sequence, (guint32) piece, is_hint);
    }
  }
}

static void
apply_segment (MeirJournalState *state, guint32 piece, guint32 begin, guint32 length)
{
  MeirIntervalSet *written;

  if (piece >= state->n_pieces || length == 0 || begin >= state->piece_length ||
      length > state->piece_length - begin || meir_bitfield_get (&state->trusted, piece) ||
      meir_bitfield_get (&state->unsure, piece))
    return;
  written = g_hash_table_lookup (state->partial, GUINT_TO_POINTER (piece));
  if (written == NULL) {
    written = meir_interval_set_new ();
    g_hash_table_insert (state->partial, GUINT_TO_POINTER (piece), written);
  }
  meir_interval_set_add (written, begin, (guint64) begin + length);
}

static void
apply_forget (MeirJournalState *state, const MeirJournalEntry *entry)
{
  guint n_kept = 0;

  for (guint32 i = 0; i < entry->payload_length; i += 4) {
    guint32 piece = meir_load_u32 (entry->payload + i);

    if (piece >= state->n_pieces)
      continue;
    meir_bitfield_unset (&state->trusted, piece);
    meir_bitfield_unset (&state->unsure, piece);
    g_hash_table_remove (state->partial, GUINT_TO_POINTER (piece));
  }
  for (guint i = 0; i < state->fresh->len; i++) {
    MeirJournalFresh fresh = g_array_index (state->fresh, MeirJournalFresh, i);

    if (meir_bitfield_get (&state->unsure, fresh.piece))
      g_array_index (state->fresh, MeirJournalFresh, n_kept++) = fresh;
  }
  g_array_set_size (state->fresh, n_kept);
}

static void
apply_sync (MeirJournalState *state, guint64 covered)
{
  guint n_covered = 0;

  while (n_covered < state->fresh->len) {
    MeirJournalFresh fresh = g_array_index (state->fresh, MeirJournalFresh, n_covered);

    if (fresh.sequence > covered)
      break;
    if (meir_bitfield_unset (&state->unsure, fresh.piece))
      meir_bitfield_set (&state->trusted, fresh.piece);
    n_covered++;
  }
  if (n_covered > 0)
    g_array_remove_range (state->fresh, 0, n_covered);
}

static void
apply_files (MeirJournalState *state, const MeirJournalEntry *entry)
{
  for (guint32 i = 0; i < entry->payload_length; i += MEIR_JOURNAL_FILE_LENGTH) {
    MeirJournalFile file = {
      .file = meir_load_u32 (entry->payload + i),
      .length = meir_load_u64 (entry->payload + i + 4),
      .mtime_nsec = (gint64) meir_load_u64 (entry->payload + i + 12),
    };

    g_array_append_val (state->files, file);
  }
}

/* @is_hint: the records before are not all there, so nothing here can be taken at its word but a withdrawal.
 */
static void
apply (MeirJournalState *state, const MeirJournalEntry *entry, gboolean is_hint)
{
  const guint8 *payload = entry->payload;

  if (entry->kind != MEIR_JOURNAL_FILES && entry->kind != MEIR_JOURNAL_CLEAN)
    g_array_set_size (state->files, 0);
  state->is_clean = FALSE;

  switch (entry->kind) {
  case MEIR_JOURNAL_PIECES:
    for (guint32 i = 0; i < entry->payload_length; i += 4)
      apply_piece (state, entry->sequence, meir_load_u32 (payload + i), is_hint);
    break;
  case MEIR_JOURNAL_BITMAP:
    apply_bitmap (state, entry, is_hint);
    break;
  case MEIR_JOURNAL_SEGMENTS:
    for (guint32 i = 0; i < entry->payload_length; i += MEIR_JOURNAL_SEGMENT_LENGTH)
      apply_segment (state, meir_load_u32 (payload + i), meir_load_u32 (payload + i + 4),
                     meir_load_u32 (payload + i + 8));
    break;
  case MEIR_JOURNAL_FORGET:
    apply_forget (state, entry);
    break;
  case MEIR_JOURNAL_SYNC:
    if (!is_hint)
      apply_sync (state, meir_load_u64 (payload));
    break;
  case MEIR_JOURNAL_OPEN:
    g_array_set_size (state->fresh, 0);
    break;
  case MEIR_JOURNAL_FILES:
    if (!is_hint)
      apply_files (state, entry);
    break;
  case MEIR_JOURNAL_CLEAN:
    state->is_clean = !is_hint && meir_load_u32 (payload) == state->files->len;
    break;
  }
}

MeirJournalReplay
meir_journal_state_replay (MeirJournalState *state, guint32 seed, const guint8 *bytes, gsize length,
                           MeirJournalSource source)
{
  MeirJournalReplay result = MEIR_JOURNAL_REPLAY_WHOLE;
  gboolean is_hint = source == MEIR_JOURNAL_FROM_HINTS;
  gboolean is_first = source == MEIR_JOURNAL_FROM_SNAPSHOT;
  gsize position = 0;
  guint n_marks = 0;

  while (position < length) {
    MeirJournalEntry entry;
    gsize n_bytes = meir_journal_entry_decode (&entry, seed, bytes + position, length - position);

    if (n_bytes == 0) {
      if (result == MEIR_JOURNAL_REPLAY_WHOLE)
        result = MEIR_JOURNAL_REPLAY_TORN;
      is_hint = TRUE;
      position = ++n_marks < MARKS_MAX ? meir_journal_find_mark (bytes, length, position + 1) : length;
      continue;
    }
    position += n_bytes;
    if (entry.sequence <= state->sequence) /* the snapshot has it */
      continue;
    if (is_hint || (!is_first && entry.sequence != state->sequence + 1)) {
      result = MEIR_JOURNAL_REPLAY_DAMAGED;
      is_hint = TRUE;
    }
    apply (state, &entry, is_hint);
    state->sequence = entry.sequence;
    is_first = FALSE;
  }
  if (source == MEIR_JOURNAL_FROM_HINTS ||
      (source == MEIR_JOURNAL_FROM_SNAPSHOT && result == MEIR_JOURNAL_REPLAY_TORN))
    result = MEIR_JOURNAL_REPLAY_DAMAGED;
  if (result != MEIR_JOURNAL_REPLAY_WHOLE)
    state->is_clean = FALSE;
  if (result == MEIR_JOURNAL_REPLAY_DAMAGED)
    state->is_damaged = TRUE;
  return result;
}

void
meir_journal_state_add (MeirJournalState *state, guint32 seed, MeirJournalKind kind, const guint8 *payload,
                        guint32 payload_length, GByteArray *to)
{
  MeirJournalEntry entry = { kind, state->sequence + 1, payload, payload_length };

  meir_journal_entry_encode (&entry, seed, to);
  apply (state, &entry, FALSE);
  state->sequence = entry.sequence;
}

void
meir_journal_state_add_pieces (MeirJournalState *state, guint32 seed, MeirJournalKind kind,
                               const guint32 *pieces, guint n_pieces, GByteArray *to)
{
  guint8 payload[ENTRIES_MAX * 4];

  for (guint first = 0; first < n_pieces; first += ENTRIES_MAX) {
    guint n_entries = MIN (n_pieces - first, ENTRIES_MAX);

    for (guint i = 0; i < n_entries; i++)
      meir_store_u32 (payload + i * 4, pieces[first + i]);
    meir_journal_state_add (state, seed, kind, payload, n_entries * 4, to);
    if (kind == MEIR_JOURNAL_FORGET)
      meir_journal_state_add (state, seed, kind, payload, n_entries * 4, to);
  }
}

/* Where a fold is. Its records describe the state and do not change it: they are made without being applied.
 */
typedef struct {
  const MeirJournalState *state;
  guint32 seed;
  guint64 sequence;
  GByteArray *to;
} Fold;

static void
put_entry (Fold *fold, MeirJournalKind kind, const guint8 *payload, gsize payload_length)
{
  MeirJournalEntry entry = { kind, ++fold->sequence, payload, (guint32) payload_length };

  meir_journal_entry_encode (&entry, fold->seed, fold->to);
}

static void
fold_bits (Fold *fold, const MeirBitfield *bits)
{
  gsize n_bytes = MEIR_BITFIELD_BYTES (bits->n_bits);
  guint8 payload[4 + BITMAP_BYTES];

  for (gsize first = 0; first < n_bytes; first += BITMAP_BYTES) {
    gsize length = MIN (n_bytes - first, BITMAP_BYTES);
    guint32 first_bit = (guint32) (first * 8);

    if (meir_bitfield_next_set (bits, first_bit) >= MIN (bits->n_bits, first_bit + length * 8))
      continue;
    meir_store_u32 (payload, first_bit);
    memcpy (payload + 4, bits->bytes + first, length);
    put_entry (fold, MEIR_JOURNAL_BITMAP, payload, 4 + length);
  }
}

static void
fold_partial (Fold *fold)
{
  g_autoptr (GByteArray) payload = g_byte_array_new ();
  GHashTableIter iter;
  gpointer piece, value;

  g_hash_table_iter_init (&iter, fold->state->partial);
  while (g_hash_table_iter_next (&iter, &piece, &value)) {
    const MeirIntervalSet *written = value;

    for (guint i = 0; i < meir_interval_set_count (written); i++) {
      const MeirInterval *interval = meir_interval_set_get (written, i);
      guint8 segment[MEIR_JOURNAL_SEGMENT_LENGTH];

      meir_store_u32 (segment, GPOINTER_TO_UINT (piece));
      meir_store_u32 (segment + 4, (guint32) interval->start);
      meir_store_u32 (segment + 8, (guint32) (interval->end - interval->start));
      g_byte_array_append (payload, segment, sizeof segment);
      if (payload->len >= ENTRIES_MAX * MEIR_JOURNAL_SEGMENT_LENGTH) {
        put_entry (fold, MEIR_JOURNAL_SEGMENTS, payload->data, payload->len);
        g_byte_array_set_size (payload, 0);
      }
    }
  }
  if (payload->len > 0)
    put_entry (fold, MEIR_JOURNAL_SEGMENTS, payload->data, payload->len);
}

static void
fold_files (Fold *fold, const GArray *files)
{
  g_autofree guint8 *payload = g_malloc (ENTRIES_MAX / 2 * MEIR_JOURNAL_FILE_LENGTH);
  guint8 count[4];

  for (guint first = 0; first < files->len; first += ENTRIES_MAX / 2) {
    guint n_entries = MIN (files->len - first, ENTRIES_MAX / 2);

    for (guint i = 0; i < n_entries; i++) {
      const MeirJournalFile *file = &g_array_index (files, MeirJournalFile, first + i);
      guint8 *entry = payload + i * MEIR_JOURNAL_FILE_LENGTH;

      meir_store_u32 (entry, file->file);
      meir_store_u64 (entry + 4, file->length);
      meir_store_u64 (entry + 12, (guint64) file->mtime_nsec);
    }
    put_entry (fold, MEIR_JOURNAL_FILES, payload, n_entries * MEIR_JOURNAL_FILE_LENGTH);
  }
  meir_store_u32 (count, files->len);
  put_entry (fold, MEIR_JOURNAL_CLEAN, count, sizeof count);
}

guint64
meir_journal_state_fold (const MeirJournalState *state, guint32 seed, const GArray *files, GByteArray *to)
{
  Fold fold = { state, seed, state->sequence, to };
  MeirBitfield doubted, fresh;
  guint8 covered[8];

  meir_bitfield_init (&doubted, state->n_pieces);
  meir_bitfield_init (&fresh, state->n_pieces);
  meir_bitfield_copy (&doubted, &state->unsure);
  for (guint i = 0; i < state->fresh->len; i++) {
    guint32 piece = g_array_index (state->fresh, MeirJournalFresh, i).piece;

    meir_bitfield_unset (&doubted, piece);
    meir_bitfield_set (&fresh, piece);
  }

  fold_bits (&fold, &state->trusted);
  meir_store_u64 (covered, fold.sequence);
  put_entry (&fold, MEIR_JOURNAL_SYNC, covered, sizeof covered);
  /* Before OPEN: what is left over from an earlier run no sync mark of this one covers. */
  fold_bits (&fold, &doubted);
  put_entry (&fold, MEIR_JOURNAL_OPEN, NULL, 0);
  fold_bits (&fold, &fresh);
  fold_partial (&fold);
  if (files != NULL)
    fold_files (&fold, files);
  meir_bitfield_clear (&doubted);
  meir_bitfield_clear (&fresh);
  return fold.sequence;
}

void
meir_journal_state_set_folded (MeirJournalState *state, guint64 sequence, gboolean is_clean)
{
  state->sequence = sequence;
  state->is_clean = is_clean;
  /* A sync under way has taken note of the old numbers: it will not cover these, the next one does. */
  for (guint i = 0; i < state->fresh->len; i++)
    g_array_index (state->fresh, MeirJournalFresh, i).sequence = sequence;
}

GArray *
meir_journal_state_dup_unsynced (const MeirJournalState *state)
{
  GArray *pieces = g_array_new (FALSE, FALSE, sizeof (guint32));
  GHashTableIter iter;
  gpointer partial;

  for (guint i = 0; i < state->fresh->len; i++) {
    guint32 piece = g_array_index (state->fresh, MeirJournalFresh, i).piece;

    g_array_append_val (pieces, piece);
  }
  g_hash_table_iter_init (&iter, state->partial);
  while (g_hash_table_iter_next (&iter, &partial, NULL)) {
    guint32 piece = GPOINTER_TO_UINT (partial);

    g_array_append_val (pieces, piece);
  }
  return pieces;
}

void
meir_journal_state_doubt (MeirJournalState *state, guint32 piece)
{
  if (meir_bitfield_unset (&state->trusted, piece))
    meir_bitfield_set (&state->unsure, piece);
}
