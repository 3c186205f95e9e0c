/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "disk/meir-journal.h"

#include "base/meir-random.h"
#include "disk-fixture.h"

#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>

/*
 * kill -9 at any moment. A child downloads: writes pieces in two halves, records them, syncs, withdraws some
 * and breaks them. The parent kills it after a random time, opens the journal and compares with the files;
 * then the next child goes on from there, until many have died.
 */

#define PIECE    32768u
#define N_PIECES 48u
#define N_CYCLES 120u

/* What a child has been promised, written the moment the promise was given. */
typedef struct {
  gint is_recorded[N_PIECES]; /* the record of it returned, and it was not withdrawn since */
  gint is_synced[N_PIECES];
} Promises;

static Promises *promises;

static void
write_half (DiskFixture *fixture, MeirStorage *storage, guint32 piece, guint half, guint8 mask)
{
  guint32 size;
  const guint8 *bytes = disk_fixture_piece (fixture, piece, &size) + half * PIECE / 2;
  guint8 copy[PIECE / 2];
  struct iovec vector = { copy, sizeof copy };

  for (gsize i = 0; i < sizeof copy; i++)
    copy[i] = bytes[i] ^ mask;
  g_assert_true (meir_storage_write (storage, (guint64) piece * PIECE + half * PIECE / 2, &vector, 1, NULL));
}

static void
record_piece (MeirJournal *journal, MeirStorage *storage, guint32 piece)
{
  MeirJournalRecord record = { .pieces = &piece, .n_pieces = 1 };

  g_assert_true (meir_journal_record (journal, meir_storage_get_generation (storage), &record, NULL));
  g_atomic_int_set (&promises->is_recorded[piece], 1);
}

static void
download_piece (DiskFixture *fixture, MeirJournal *journal, MeirStorage *storage, guint32 piece)
{
  MeirJournalSegment segment = { piece, 0, PIECE / 2 };
  MeirJournalRecord half = { .segments = &segment, .n_segments = 1 };

  write_half (fixture, storage, piece, 0, 0);
  g_assert_true (meir_journal_record (journal, meir_storage_get_generation (storage), &half, NULL));
  write_half (fixture, storage, piece, 1, 0);
  record_piece (journal, storage, piece);
}

/* The promise is taken back before the piece is withdrawn; only then the bytes go bad. */
static void
withdraw_piece (DiskFixture *fixture, MeirJournal *journal, MeirStorage *storage, guint32 piece)
{
  MeirJournalRecord record = { .forgotten = &piece, .n_forgotten = 1 };

  g_atomic_int_set (&promises->is_recorded[piece], 0);
  g_atomic_int_set (&promises->is_synced[piece], 0);
  g_assert_true (meir_journal_record (journal, 0, &record, NULL));
  write_half (fixture, storage, piece, 1, 0xff);
}

static void
sync_all (MeirJournal *journal, gboolean is_clean_stop)
{
  gboolean was_recorded[N_PIECES];
  GArray *lost;

  for (guint32 piece = 0; piece < N_PIECES; piece++)
    was_recorded[piece] = promises->is_recorded[piece] != 0;
  if (is_clean_stop)
    g_assert_true (meir_journal_close (journal, &lost, NULL));
  else
    g_assert_true (meir_journal_sync (journal, &lost, NULL));
  if (is_clean_stop)
    g_assert_true (meir_journal_mark_open (journal, NULL));
  for (guint32 piece = 0; piece < N_PIECES; piece++) {
    if (was_recorded[piece])
      g_atomic_int_set (&promises->is_synced[piece], 1);
  }
}

/* Looks at what is unsure, as a session does, then downloads for ever. */
static void G_GNUC_NORETURN
child_run (DiskFixture *fixture, const char *path, guint64 seed)
{
  MeirStorage *storage = disk_fixture_open (fixture);
  MeirJournalResume resume = { 0 };
  MeirJournal *journal = meir_journal_open (path, storage, &resume, NULL);
  MeirBitfield have;
  MeirPrng prng;

  g_assert_nonnull (journal);
  g_assert_true (meir_journal_mark_open (journal, NULL));
  g_assert_true (meir_storage_prepare (storage, NULL));
  meir_prng_init (&prng, seed);
  meir_bitfield_init (&have, N_PIECES);
  meir_bitfield_copy (&have, &resume.trusted);
  for (guint32 piece = 0; piece < N_PIECES; piece++) {
    if (meir_bitfield_get (&resume.unsure, piece) && disk_fixture_has_piece (fixture, storage, piece)) {
      meir_storage_mark_unsynced (storage, (guint64) piece * PIECE, PIECE);
      record_piece (journal, storage, piece);
      meir_bitfield_set (&have, piece);
    }
  }
  for (;;) {
    guint32 piece = meir_prng_below (&prng, N_PIECES);

    if (meir_bitfield_get (&have, piece)) {
      if (have.n_set > N_PIECES / 2) {
        withdraw_piece (fixture, journal, storage, piece);
        meir_bitfield_unset (&have, piece);
      }
    } else {
      download_piece (fixture, journal, storage, piece);
      meir_bitfield_set (&have, piece);
    }
    if (meir_prng_below (&prng, 6) == 0)
      sync_all (journal, meir_prng_below (&prng, 4) == 0);
  }
}

static void
check_after_crash (DiskFixture *fixture, const char *path)
{
  g_autoptr (MeirStorage) storage = disk_fixture_open (fixture);
  MeirJournalResume resume = { 0 };
  g_autoptr (GError) error = NULL;
  g_autoptr (MeirJournal) journal = meir_journal_open (path, storage, &resume, &error);

  g_assert_no_error (error);
  g_assert_nonnull (journal);
  g_assert_false (resume.is_damaged);
  for (guint32 piece = 0; piece < N_PIECES; piece++) {
    gboolean is_whole = disk_fixture_has_piece (fixture, storage, piece);
    gboolean is_trusted = meir_bitfield_get (&resume.trusted, piece);
    gboolean is_unsure = meir_bitfield_get (&resume.unsure, piece);

    g_assert_false (is_trusted && !is_whole);
    if (promises->is_recorded[piece])
      g_assert_true (is_trusted || is_unsure);
    if (promises->is_synced[piece])
      g_assert_true (is_trusted);
  }
  meir_journal_resume_clear (&resume);
}

static void
test_kill (void)
{
  g_autoptr (DiskFixture) fixture = disk_fixture_new (PIECE, NULL, (guint64) N_PIECES * PIECE);
  g_autofree char *path = disk_fixture_path (fixture, "journal");
  guint n_recorded = 0;
  MeirPrng prng;

  promises = mmap (NULL, sizeof *promises, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  g_assert_true (promises != MAP_FAILED);
  meir_prng_init (&prng, 31337);
  for (guint cycle = 0; cycle < N_CYCLES; cycle++) {
    guint64 seed = meir_prng_next (&prng);
    guint life_usec = meir_prng_below (&prng, 15000);
    pid_t child = fork ();
    int status;

    if (child == 0)
      child_run (fixture, path, seed);
    g_usleep (life_usec);
    g_assert_cmpint (kill (child, SIGKILL), ==, 0);
    g_assert_cmpint (waitpid (child, &status, 0), ==, child);
    g_assert_true (WIFSIGNALED (status) && WTERMSIG (status) == SIGKILL);
    check_after_crash (fixture, path);
    for (guint32 piece = 0; piece < N_PIECES; piece++)
      n_recorded += promises->is_recorded[piece] != 0;
  }
  g_assert_cmpuint (n_recorded, >, 0);
  munmap (promises, sizeof *promises);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/disk/journal-crash/kill", test_kill);
  return g_test_run ();
}
