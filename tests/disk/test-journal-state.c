/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "disk/meir-journal-state.h"

#include "base/meir-random.h"

#include <string.h>

#define N_PIECES     70u
#define PIECE_LENGTH 100000u
#define SEED         4711u

static void
add_piece (MeirJournalState *state, MeirJournalKind kind, guint32 piece, GByteArray *to)
{
  meir_journal_state_add_pieces (state, SEED, kind, &piece, 1, to);
}

static void
add_sync (MeirJournalState *state, guint64 covered, GByteArray *to)
{
  guint8 payload[8];

  meir_store_u64 (payload, covered);
  meir_journal_state_add (state, SEED, MEIR_JOURNAL_SYNC, payload, sizeof payload, to);
}

static void
add_segment (MeirJournalState *state, guint32 piece, guint32 begin, guint32 length, GByteArray *to)
{
  guint8 payload[MEIR_JOURNAL_SEGMENT_LENGTH];

  meir_store_u32 (payload, piece);
  meir_store_u32 (payload + 4, begin);
  meir_store_u32 (payload + 8, length);
  meir_journal_state_add (state, SEED, MEIR_JOURNAL_SEGMENTS, payload, sizeof payload, to);
}

static guint64
get_partial (const MeirJournalState *state, guint32 piece)
{
  const MeirIntervalSet *written = g_hash_table_lookup (state->partial, GUINT_TO_POINTER (piece));

  return written != NULL ? meir_interval_set_total (written) : 0;
}

static void
assert_same_bits (const MeirBitfield *a, const MeirBitfield *b)
{
  g_assert_cmpmem (a->bytes, MEIR_BITFIELD_BYTES (a->n_bits), b->bytes, MEIR_BITFIELD_BYTES (b->n_bits));
  g_assert_cmpuint (a->n_set, ==, b->n_set);
}

/* Equal in all that a reader can know. */
static void
assert_same (const MeirJournalState *a, const MeirJournalState *b)
{
  g_assert_cmpuint (a->sequence, ==, b->sequence);
  assert_same_bits (&a->trusted, &b->trusted);
  assert_same_bits (&a->unsure, &b->unsure);
  g_assert_cmpint (a->is_clean, ==, b->is_clean);
  g_assert_cmpuint (g_hash_table_size (a->partial), ==, g_hash_table_size (b->partial));
  for (guint32 piece = 0; piece < N_PIECES; piece++)
    g_assert_cmpuint (get_partial (a, piece), ==, get_partial (b, piece));
}

static MeirJournalReplay
replay (MeirJournalState *state, const guint8 *bytes, gsize length, MeirJournalSource source)
{
  meir_journal_state_init (state, N_PIECES, PIECE_LENGTH);
  return meir_journal_state_replay (state, SEED, bytes, length, source);
}

static void
test_piece_climbs (void)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  MeirJournalState state;

  meir_journal_state_init (&state, N_PIECES, PIECE_LENGTH);
  add_piece (&state, MEIR_JOURNAL_PIECES, 5, bytes);
  add_piece (&state, MEIR_JOURNAL_PIECES, 6, bytes);
  g_assert_true (meir_bitfield_get (&state.unsure, 5));
  g_assert_cmpuint (state.trusted.n_set, ==, 0);
  add_sync (&state, 1, bytes); /* took its note when only 5 was there */
  g_assert_true (meir_bitfield_get (&state.trusted, 5));
  g_assert_false (meir_bitfield_get (&state.unsure, 5));
  g_assert_true (meir_bitfield_get (&state.unsure, 6));
  add_sync (&state, state.sequence, bytes);
  g_assert_true (meir_bitfield_get (&state.trusted, 6));
  g_assert_cmpuint (state.unsure.n_set, ==, 0);
  add_piece (&state, MEIR_JOURNAL_FORGET, 5, bytes);
  g_assert_false (meir_bitfield_get (&state.trusted, 5));
  add_piece (&state, MEIR_JOURNAL_PIECES, N_PIECES, bytes); /* no such piece */
  g_assert_cmpuint (state.trusted.n_set + state.unsure.n_set, ==, 1);
  meir_journal_state_clear (&state);
}

/* A piece withdrawn and verified anew is not covered by a sync that began in between. */
static void
test_recorded_again (void)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  MeirJournalState state;
  guint64 covered;

  meir_journal_state_init (&state, N_PIECES, PIECE_LENGTH);
  add_piece (&state, MEIR_JOURNAL_PIECES, 5, bytes);
  covered = state.sequence;
  add_piece (&state, MEIR_JOURNAL_FORGET, 5, bytes);
  add_piece (&state, MEIR_JOURNAL_PIECES, 5, bytes);
  add_sync (&state, covered, bytes);
  g_assert_cmpuint (state.trusted.n_set, ==, 0);
  g_assert_true (meir_bitfield_get (&state.unsure, 5));
  meir_journal_state_clear (&state);
}

/* What an earlier run left unsure no sync mark of this run covers, until it is recorded again. */
static void
test_new_run (void)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  MeirJournalState state;

  meir_journal_state_init (&state, N_PIECES, PIECE_LENGTH);
  add_piece (&state, MEIR_JOURNAL_PIECES, 5, bytes);
  add_piece (&state, MEIR_JOURNAL_PIECES, 6, bytes);
  meir_journal_state_add (&state, SEED, MEIR_JOURNAL_OPEN, NULL, 0, bytes);
  add_piece (&state, MEIR_JOURNAL_PIECES, 6, bytes);
  add_sync (&state, state.sequence, bytes);
  g_assert_true (meir_bitfield_get (&state.unsure, 5));
  g_assert_true (meir_bitfield_get (&state.trusted, 6));
  meir_journal_state_clear (&state);
}

static void
test_segments (void)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  g_autoptr (GArray) lost = NULL;
  MeirJournalState state;

  meir_journal_state_init (&state, N_PIECES, PIECE_LENGTH);
  add_segment (&state, 7, 0, 16384, bytes);
  add_segment (&state, 7, 16384, 16384, bytes);
  add_segment (&state, 8, 99999, 1, bytes);
  add_segment (&state, 9, 99999, 2, bytes); /* over the end of the piece */
  add_segment (&state, 9, 4294967295u, 2, bytes);
  add_segment (&state, N_PIECES, 0, 2, bytes);
  add_segment (&state, 9, 5, 0, bytes);
  g_assert_cmpuint (get_partial (&state, 7), ==, 32768);
  g_assert_cmpuint (get_partial (&state, 8), ==, 1);
  g_assert_cmpuint (g_hash_table_size (state.partial), ==, 2);
  add_piece (&state, MEIR_JOURNAL_PIECES, 7, bytes);
  g_assert_cmpuint (get_partial (&state, 7), ==, 0);
  add_segment (&state, 7, 0, 16384, bytes); /* late: the piece is complete */
  g_assert_cmpuint (get_partial (&state, 7), ==, 0);

  lost = meir_journal_state_dup_unsynced (&state);
  g_assert_cmpuint (lost->len, ==, 2);
  g_assert_cmpuint (g_array_index (lost, guint32, 0), ==, 7);
  g_assert_cmpuint (g_array_index (lost, guint32, 1), ==, 8);
  meir_journal_state_clear (&state);
}

/* A step of a made-up history, and what has to be known after it. */
typedef struct {
  gsize end;
  guint8 trusted[MEIR_BITFIELD_BYTES (N_PIECES)];
  guint8 unsure[MEIR_BITFIELD_BYTES (N_PIECES)];
} Step;

/**
 * History:
 * @right: pieces that are really right in the end: recorded, and not withdrawn after
 *
 * A journal of random steps, with the truth kept apart from the code that is tested.
 */
typedef struct {
  GByteArray *bytes;
  GArray *steps;
  MeirJournalState state;
  gboolean right[N_PIECES];
} History;

static void
note_step (History *history)
{
  Step step = { .end = history->bytes->len };

  memcpy (step.trusted, history->state.trusted.bytes, sizeof step.trusted);
  memcpy (step.unsure, history->state.unsure.bytes, sizeof step.unsure);
  g_array_append_val (history->steps, step);
}

static void
history_init (History *history, guint64 seed, guint n_steps)
{
  guint64 covered = 0;
  MeirPrng prng;

  *history = (History){ g_byte_array_new (), g_array_new (FALSE, FALSE, sizeof (Step)) };
  meir_journal_state_init (&history->state, N_PIECES, PIECE_LENGTH);
  meir_prng_init (&prng, seed);
  note_step (history);
  for (guint i = 0; i < n_steps; i++) {
    guint32 piece = meir_prng_below (&prng, N_PIECES);

    switch (meir_prng_below (&prng, 8)) {
    case 0:
    case 1:
    case 2:
      add_piece (&history->state, MEIR_JOURNAL_PIECES, piece, history->bytes);
      history->right[piece] = TRUE;
      break;
    case 3:
      covered = history->state.sequence;
      break;
    case 4:
      add_sync (&history->state, covered, history->bytes);
      break;
    case 5:
      add_segment (&history->state, piece, 16384 * meir_prng_below (&prng, 5), 16384, history->bytes);
      break;
    case 6:
      if (meir_prng_below (&prng, 4) == 0)
        meir_journal_state_add (&history->state, SEED, MEIR_JOURNAL_OPEN, NULL, 0, history->bytes);
      break;
    default:
      add_piece (&history->state, MEIR_JOURNAL_FORGET, piece, history->bytes);
      history->right[piece] = FALSE;
      break;
    }
    note_step (history);
  }
}

static void
history_clear (History *history)
{
  g_byte_array_unref (history->bytes);
  g_array_unref (history->steps);
  meir_journal_state_clear (&history->state);
}

static void
test_replay_is_the_same (void)
{
  for (guint seed = 0; seed < 200; seed++) {
    MeirJournalState state;
    History history;

    history_init (&history, seed, 60);
    g_assert_cmpint (replay (&state, history.bytes->data, history.bytes->len, MEIR_JOURNAL_FROM_LOG), ==,
                     MEIR_JOURNAL_REPLAY_WHOLE);
    assert_same (&state, &history.state);
    for (guint32 piece = 0; piece < N_PIECES; piece++) {
      gboolean is_known =
          meir_bitfield_get (&state.trusted, piece) || meir_bitfield_get (&state.unsure, piece);

      g_assert_cmpint (is_known, ==, history.right[piece]);
    }
    meir_journal_state_clear (&state);
    history_clear (&history);
  }
}

/* Cut at every byte: what is known is what was known after one of the two steps around the cut. */
static void
test_torn_everywhere (void)
{
  for (guint seed = 0; seed < 10; seed++) {
    History history;
    guint next = 0;

    history_init (&history, seed, 40);
    for (gsize length = 0; length <= history.bytes->len; length++) {
      MeirJournalState state;
      const Step *before, *after;

      while (next + 1 < history.steps->len && g_array_index (history.steps, Step, next + 1).end <= length)
        next++;
      before = &g_array_index (history.steps, Step, next);
      after = &g_array_index (history.steps, Step, MIN (next + 1, history.steps->len - 1));
      g_assert_cmpint (replay (&state, history.bytes->data, length, MEIR_JOURNAL_FROM_LOG), !=,
                       MEIR_JOURNAL_REPLAY_DAMAGED);
      g_assert_true (memcmp (state.trusted.bytes, before->trusted, sizeof before->trusted) == 0 ||
                     memcmp (state.trusted.bytes, after->trusted, sizeof after->trusted) == 0);
      g_assert_true (memcmp (state.unsure.bytes, before->unsure, sizeof before->unsure) == 0 ||
                     memcmp (state.unsure.bytes, after->unsure, sizeof after->unsure) == 0);
      meir_journal_state_clear (&state);
    }
    history_clear (&history);
  }
}

/* No flipped bit makes a piece trusted that is not right. */
static void
test_flipped_everywhere (void)
{
  for (guint seed = 0; seed < 6; seed++) {
    History history;

    history_init (&history, seed, 40);
    for (gsize bit = 0; bit < history.bytes->len * 8; bit++) {
      MeirJournalState state;
      MeirJournalReplay result;

      history.bytes->data[bit / 8] ^= (guint8) (1 << (bit % 8));
      result = replay (&state, history.bytes->data, history.bytes->len, MEIR_JOURNAL_FROM_LOG);
      history.bytes->data[bit / 8] ^= (guint8) (1 << (bit % 8));
      g_assert_cmpint (result, !=, MEIR_JOURNAL_REPLAY_WHOLE);
      g_assert_cmpint (state.is_damaged, ==, result == MEIR_JOURNAL_REPLAY_DAMAGED);
      for (guint32 piece = 0; piece < N_PIECES; piece++) {
        g_assert_false (meir_bitfield_get (&state.trusted, piece) && !history.right[piece]);
        g_assert_false (meir_bitfield_get (&state.trusted, piece) &&
                        meir_bitfield_get (&state.unsure, piece));
      }
      meir_journal_state_clear (&state);
    }
    history_clear (&history);
  }
}

static void
test_fold (void)
{
  for (guint seed = 0; seed < 200; seed++) {
    g_autoptr (GByteArray) folded = g_byte_array_new ();
    g_autoptr (GByteArray) more = g_byte_array_new ();
    MeirJournalState state;
    History history;
    guint64 last;

    history_init (&history, seed, 80);
    last = meir_journal_state_fold (&history.state, SEED, NULL, folded);
    meir_journal_state_set_folded (&history.state, last, FALSE);
    g_assert_cmpint (replay (&state, folded->data, folded->len, MEIR_JOURNAL_FROM_SNAPSHOT), ==,
                     MEIR_JOURNAL_REPLAY_WHOLE);
    assert_same (&state, &history.state);

    /* A log that was not emptied is passed over, one that goes on is taken; fresh pieces are covered, old
     * ones not. */
    g_assert_cmpint (meir_journal_state_replay (&state, SEED, history.bytes->data, history.bytes->len,
                                                MEIR_JOURNAL_FROM_LOG),
                     ==, MEIR_JOURNAL_REPLAY_WHOLE);
    assert_same (&state, &history.state);
    add_piece (&history.state, MEIR_JOURNAL_PIECES, 3, more);
    add_sync (&history.state, history.state.sequence, more);
    g_assert_cmpint (meir_journal_state_replay (&state, SEED, more->data, more->len, MEIR_JOURNAL_FROM_LOG),
                     ==, MEIR_JOURNAL_REPLAY_WHOLE);
    assert_same (&state, &history.state);
    meir_journal_state_clear (&state);
    history_clear (&history);
  }
}

/* A sync that began before a fold covers nothing that the fold numbered anew. */
static void
test_fold_during_sync (void)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  g_autoptr (GByteArray) folded = g_byte_array_new ();
  MeirJournalState state, read;
  guint64 covered;

  meir_journal_state_init (&state, N_PIECES, PIECE_LENGTH);
  add_piece (&state, MEIR_JOURNAL_PIECES, 1, bytes);
  covered = state.sequence;
  meir_journal_state_set_folded (&state, meir_journal_state_fold (&state, SEED, NULL, folded), FALSE);
  add_sync (&state, covered, folded);
  g_assert_cmpuint (state.trusted.n_set, ==, 0);
  g_assert_cmpint (replay (&read, folded->data, folded->len, MEIR_JOURNAL_FROM_SNAPSHOT), ==,
                   MEIR_JOURNAL_REPLAY_WHOLE);
  assert_same (&read, &state);
  meir_journal_state_clear (&read);
  add_sync (&state, state.sequence, folded);
  g_assert_cmpuint (state.trusted.n_set, ==, 1);
  meir_journal_state_clear (&state);
}

static void
test_clean_stop (void)
{
  g_autoptr (GArray) files = g_array_new (FALSE, FALSE, sizeof (MeirJournalFile));
  g_autoptr (GByteArray) folded = g_byte_array_new ();
  MeirJournalState state;
  History history;
  gsize n_whole;

  for (guint32 i = 0; i < 5000; i++) {
    MeirJournalFile file = { i * 3, G_GUINT64_CONSTANT (1) << (i % 60), -(gint64) i };

    g_array_append_val (files, file);
  }
  history_init (&history, 1, 50);
  meir_journal_state_set_folded (&history.state,
                                 meir_journal_state_fold (&history.state, SEED, files, folded), TRUE);
  g_assert_cmpint (replay (&state, folded->data, folded->len, MEIR_JOURNAL_FROM_SNAPSHOT), ==,
                   MEIR_JOURNAL_REPLAY_WHOLE);
  g_assert_true (state.is_clean);
  g_assert_cmpuint (state.files->len, ==, files->len);
  for (guint i = 0; i < files->len; i++) {
    const MeirJournalFile *read = &g_array_index (state.files, MeirJournalFile, i);
    const MeirJournalFile *kept = &g_array_index (files, MeirJournalFile, i);

    g_assert_cmpuint (read->file, ==, kept->file);
    g_assert_cmpuint (read->length, ==, kept->length);
    g_assert_cmpint (read->mtime_nsec, ==, kept->mtime_nsec);
  }
  meir_journal_state_clear (&state);

  /* Anything after it, or anything missing of it, and it is clean no more. */
  n_whole = folded->len;
  meir_journal_state_add (&history.state, SEED, MEIR_JOURNAL_OPEN, NULL, 0, folded);
  replay (&state, folded->data, folded->len, MEIR_JOURNAL_FROM_SNAPSHOT);
  g_assert_false (state.is_clean);
  meir_journal_state_clear (&state);
  g_assert_cmpint (replay (&state, folded->data, n_whole - 1, MEIR_JOURNAL_FROM_SNAPSHOT), ==,
                   MEIR_JOURNAL_REPLAY_DAMAGED);
  g_assert_false (state.is_clean);
  meir_journal_state_clear (&state);
  history_clear (&history);
}

/* A snapshot is gone, and the log goes on from it. */
static void
test_missing_records (void)
{
  MeirJournalState state;
  MeirJournalEntry entry;
  History history;
  gsize first;

  history_init (&history, 3, 60);
  first = meir_journal_entry_decode (&entry, SEED, history.bytes->data, history.bytes->len);
  g_assert_cmpuint (first, >, 0);
  g_assert_cmpint (
      replay (&state, history.bytes->data + first, history.bytes->len - first, MEIR_JOURNAL_FROM_LOG), ==,
      MEIR_JOURNAL_REPLAY_DAMAGED);
  g_assert_cmpuint (state.trusted.n_set, ==, 0);
  g_assert_cmpuint (state.unsure.n_set, >, 0);
  meir_journal_state_clear (&state);
  g_assert_cmpint (replay (&state, history.bytes->data, history.bytes->len, MEIR_JOURNAL_FROM_HINTS), ==,
                   MEIR_JOURNAL_REPLAY_DAMAGED);
  g_assert_cmpuint (state.trusted.n_set, ==, 0);
  meir_journal_state_clear (&state);
  history_clear (&history);
}

static void
test_garbage (void)
{
  guint8 bytes[600];
  MeirPrng prng;

  meir_prng_init (&prng, 5);
  for (guint round = 0; round < 3000; round++) {
    gsize length = meir_prng_below (&prng, sizeof bytes + 1);
    MeirJournalState state;

    for (gsize i = 0; i < length; i++)
      bytes[i] = (guint8) meir_prng_next (&prng);
    for (gsize i = 0; i + 4 <= length; i += 4 + meir_prng_below (&prng, 60))
      memcpy (bytes + i, "\xa7Mjr", 4);
    replay (&state, bytes, length, (MeirJournalSource) (round % 3));
    g_assert_cmpuint (state.trusted.n_set + state.unsure.n_set, ==, 0);
    meir_journal_state_clear (&state);
  }
}

/* More pieces than fit one record, of every kind. */
static void
test_many_pieces (void)
{
  const guint32 n_pieces = 600000;
  g_autofree guint32 *pieces = g_new (guint32, n_pieces);
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  g_autoptr (GByteArray) folded = g_byte_array_new ();
  MeirJournalState state, read;

  meir_journal_state_init (&state, n_pieces, 16384);
  for (guint32 i = 0; i < n_pieces; i++)
    pieces[i] = i;
  meir_journal_state_add_pieces (&state, SEED, MEIR_JOURNAL_PIECES, pieces, n_pieces, bytes);
  add_sync (&state, state.sequence, bytes);
  g_assert_true (meir_bitfield_is_full (&state.trusted));
  meir_journal_state_add_pieces (&state, SEED, MEIR_JOURNAL_FORGET, pieces + 1000, 500000, bytes);
  g_assert_cmpuint (state.trusted.n_set, ==, 100000);
  meir_journal_state_fold (&state, SEED, NULL, folded);
  g_assert_cmpuint (folded->len, <, n_pieces / 8 + 1000);
  meir_journal_state_init (&read, n_pieces, 16384);
  g_assert_cmpint (
      meir_journal_state_replay (&read, SEED, folded->data, folded->len, MEIR_JOURNAL_FROM_SNAPSHOT), ==,
      MEIR_JOURNAL_REPLAY_WHOLE);
  assert_same_bits (&read.trusted, &state.trusted);
  meir_journal_state_clear (&read);
  meir_journal_state_clear (&state);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/disk/journal-state/piece-climbs", test_piece_climbs);
  g_test_add_func ("/disk/journal-state/recorded-again", test_recorded_again);
  g_test_add_func ("/disk/journal-state/new-run", test_new_run);
  g_test_add_func ("/disk/journal-state/segments", test_segments);
  g_test_add_func ("/disk/journal-state/replay-is-the-same", test_replay_is_the_same);
  g_test_add_func ("/disk/journal-state/torn-everywhere", test_torn_everywhere);
  g_test_add_func ("/disk/journal-state/flipped-everywhere", test_flipped_everywhere);
  g_test_add_func ("/disk/journal-state/fold", test_fold);
  g_test_add_func ("/disk/journal-state/fold-during-sync", test_fold_during_sync);
  g_test_add_func ("/disk/journal-state/clean-stop", test_clean_stop);
  g_test_add_func ("/disk/journal-state/missing-records", test_missing_records);
  g_test_add_func ("/disk/journal-state/garbage", test_garbage);
  g_test_add_func ("/disk/journal-state/many-pieces", test_many_pieces);
  return g_test_run ();
}
