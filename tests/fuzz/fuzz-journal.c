/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fuzz-target.h"

#include "disk/meir-journal-state.h"

#include <string.h>

#define N_PIECES     300u
#define PIECE_LENGTH 65536u
#define SEED         99u

/* The CRC keeps a fuzzer out; so its bytes say which records to make: kind, step of the sequence, length of
 * the payload, payload. Kinds that do not exist, lengths that do not fit and, for kind 9, mere bytes
 * included. */
static GByteArray *
make_records (const uint8_t *bytes, size_t length)
{
  GByteArray *records = g_byte_array_new ();
  MeirByteCursor cursor;
  guint64 sequence = 0;

  meir_byte_cursor_init (&cursor, bytes, length);
  while (meir_byte_cursor_left (&cursor) >= 3) {
    guint8 kind = meir_byte_cursor_u8 (&cursor) % 10;
    guint8 step = meir_byte_cursor_u8 (&cursor);
    guint8 wanted = meir_byte_cursor_u8 (&cursor);
    gsize payload_length = MIN (wanted, meir_byte_cursor_left (&cursor));
    const guint8 *payload = meir_byte_cursor_take (&cursor, payload_length);
    MeirJournalEntry entry = { (MeirJournalKind) kind, 0, payload, (guint32) payload_length };

    sequence += step < 200 ? 1 : step - 200u;
    entry.sequence = sequence;
    if (kind == 9)
      g_byte_array_append (records, payload, (guint) payload_length);
    else
      meir_journal_entry_encode (&entry, SEED, records);
  }
  return records;
}

static void
check_state (const MeirJournalState *state)
{
  GHashTableIter iter;
  gpointer piece, written;

  for (guint32 i = 0; i < N_PIECES; i++)
    g_assert_false (meir_bitfield_get (&state->trusted, i) && meir_bitfield_get (&state->unsure, i));
  g_assert_cmpuint (meir_bitfield_count_range (&state->trusted, 0, N_PIECES), ==, state->trusted.n_set);
  g_assert_cmpuint (meir_bitfield_count_range (&state->unsure, 0, N_PIECES), ==, state->unsure.n_set);
  g_hash_table_iter_init (&iter, state->partial);
  while (g_hash_table_iter_next (&iter, &piece, &written)) {
    guint count = meir_interval_set_count (written);

    g_assert_cmpuint (GPOINTER_TO_UINT (piece), <, N_PIECES);
    g_assert_false (meir_bitfield_get (&state->trusted, GPOINTER_TO_UINT (piece)));
    g_assert_cmpuint (count, >, 0);
    g_assert_cmpuint (meir_interval_set_get (written, count - 1)->end, <=, PIECE_LENGTH);
  }
}

/* What was read, folded and read again, is the same. */
static void
check_fold (const MeirJournalState *state)
{
  g_autoptr (GByteArray) folded = g_byte_array_new ();
  MeirJournalState again;
  guint64 last = meir_journal_state_fold (state, SEED, state->is_clean ? state->files : NULL, folded);

  meir_journal_state_init (&again, N_PIECES, PIECE_LENGTH);
  if (last > state->sequence) { /* a sequence at its very end, which no journal reaches, would start anew */
    g_assert_cmpint (
        meir_journal_state_replay (&again, SEED, folded->data, folded->len, MEIR_JOURNAL_FROM_SNAPSHOT), ==,
        MEIR_JOURNAL_REPLAY_WHOLE);
    g_assert_cmpmem (again.trusted.bytes, MEIR_BITFIELD_BYTES (N_PIECES), state->trusted.bytes,
                     MEIR_BITFIELD_BYTES (N_PIECES));
    g_assert_cmpmem (again.unsure.bytes, MEIR_BITFIELD_BYTES (N_PIECES), state->unsure.bytes,
                     MEIR_BITFIELD_BYTES (N_PIECES));
    g_assert_cmpint (again.is_clean, ==, state->is_clean);
  }
  meir_journal_state_clear (&again);
}

int
LLVMFuzzerTestOneInput (const uint8_t *bytes, size_t length)
{
  g_autoptr (GByteArray) records = NULL;
  MeirJournalSource source;
  MeirJournalState state;

  if (length == 0)
    return 0;
  source = (MeirJournalSource) (bytes[0] % 3);
  if ((bytes[0] & 0x80) != 0) {
    records = g_byte_array_new ();
    g_byte_array_append (records, bytes + 1, (guint) length - 1);
  } else {
    records = make_records (bytes + 1, length - 1);
  }
  meir_journal_state_init (&state, N_PIECES, PIECE_LENGTH);
  meir_journal_state_replay (&state, SEED, records->data, records->len, source);
  check_state (&state);
  if (source == MEIR_JOURNAL_FROM_HINTS)
    g_assert_cmpuint (state.trusted.n_set, ==, 0);
  check_fold (&state);
  meir_journal_state_clear (&state);
  return 0;
}
