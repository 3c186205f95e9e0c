/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "disk/meir-journal-load.h"

#include "base/meir-error.h"
#include "disk-fixture.h"
#include "disk/meir-journal-state.h"
#include "disk/meir-journal.h"

#include <string.h>
#include <sys/stat.h>

/* Opening a journal that is not as it was left, over files that are not as they were left. */

#define PIECE 16384u

static const FixtureFile files[] = {
  { "a", 3 * PIECE, FALSE },
  { "b", 2 * PIECE + 100, FALSE },
  { ".pad/1", PIECE - 100, TRUE },
  { "c", 4 * PIECE, FALSE },
  { NULL, 0, FALSE },
};
#define N_PIECES 10u

static MeirJournal *
open_journal (const char *path, MeirStorage *storage, MeirJournalResume *resume)
{
  g_autoptr (GError) error = NULL;
  MeirJournal *journal = meir_journal_open (path, storage, resume, &error);

  g_assert_no_error (error);
  return journal;
}

static void
record_pieces (MeirJournal *journal, MeirStorage *storage, guint32 first, guint32 n_pieces)
{
  g_autofree guint32 *pieces = g_new (guint32, n_pieces);
  MeirJournalRecord record = { .pieces = pieces, .n_pieces = n_pieces };

  for (guint32 i = 0; i < n_pieces; i++)
    pieces[i] = first + i;
  g_assert_true (meir_journal_record (journal, meir_storage_get_generation (storage), &record, NULL));
}

static void
sync_journal (MeirJournal *journal)
{
  GArray *lost;

  g_assert_true (meir_journal_sync (journal, &lost, NULL));
}

static void
close_journal (MeirJournal *journal)
{
  GArray *lost;

  g_assert_true (meir_journal_close (journal, &lost, NULL));
  meir_journal_unref (journal);
}

/* A whole torrent and its journal: 0 to 7 trusted, 8 unsure; after a clean stop all are trusted. */
static void
make_journal (DiskFixture *fixture, const char *path, gboolean is_clean)
{
  g_autoptr (MeirStorage) storage = NULL;
  MeirJournal *journal;

  g_autofree char *torrent = disk_fixture_path (fixture, "torrent");

  disk_fixture_remove (torrent);
  g_assert_true (meir_journal_delete (path, NULL));
  storage = disk_fixture_open (fixture);
  journal = open_journal (path, storage, NULL); /* over nothing, so that nothing is in doubt */
  disk_fixture_fill (fixture);
  record_pieces (journal, storage, 0, 8);
  sync_journal (journal);
  record_pieces (journal, storage, 8, is_clean ? 2 : 1);
  if (is_clean)
    close_journal (journal);
  else
    meir_journal_unref (journal);
}

/* The pieces as a string: T trusted, u unsure, - neither. */
static char *
dup_known (DiskFixture *fixture, const char *path, gboolean *is_clean, char **reason)
{
  g_autoptr (MeirStorage) storage = disk_fixture_open (fixture);
  MeirJournalResume resume = { 0 };
  g_autoptr (MeirJournal) journal = open_journal (path, storage, &resume);
  GString *known = g_string_new (NULL);

  g_assert_nonnull (journal);
  for (guint32 piece = 0; piece < fixture->n_pieces; piece++)
    g_string_append_c (known, meir_bitfield_get (&resume.trusted, piece)  ? 'T'
                              : meir_bitfield_get (&resume.unsure, piece) ? 'u'
                                                                          : '-');
  if (is_clean != NULL)
    *is_clean = resume.is_clean;
  if (reason != NULL)
    *reason = g_steal_pointer (&resume.reason);
  meir_journal_resume_clear (&resume);
  return g_string_free (known, FALSE);
}

static void
assert_known (DiskFixture *fixture, const char *path, const char *expected)
{
  g_autofree char *known = dup_known (fixture, path, NULL, NULL);

  g_assert_cmpstr (known, ==, expected);
}

static void
test_no_journal (void)
{
  g_autoptr (DiskFixture) fixture = disk_fixture_new (PIECE, files, 0);
  g_autofree char *path = disk_fixture_path (fixture, "journal");
  g_autofree char *b = disk_fixture_path (fixture, "torrent/b");
  g_autoptr (MeirStorage) storage = NULL;
  MeirJournal *journal;

  /* Nothing there: nothing to look at. */
  assert_known (fixture, path, "----------");
  /* What lies there without a journal may be whole. */
  disk_fixture_fill (fixture);
  assert_known (fixture, path, "uuuuuuuuuu");
  g_assert_cmpint (truncate (b, PIECE + 1), ==, 0);
  assert_known (fixture, path, "uuuu--uuuu");
  g_assert_cmpint (g_remove (b), ==, 0);
  assert_known (fixture, path, "uuu---uuuu");

  /* And stays in doubt, however early the check of it ends. */
  storage = disk_fixture_open (fixture);
  journal = open_journal (path, storage, NULL);
  record_pieces (journal, storage, 0, 1);
  sync_journal (journal);
  meir_journal_unref (journal);
  assert_known (fixture, path, "Tuu---uuuu");
}

static void
test_files_after_crash (void)
{
  g_autoptr (DiskFixture) fixture = disk_fixture_new (PIECE, files, 0);
  g_autofree char *path = disk_fixture_path (fixture, "journal");
  g_autofree char *a = disk_fixture_path (fixture, "torrent/a");
  g_autofree char *c = disk_fixture_path (fixture, "torrent/c");
  struct timespec times[2] = { { 1, 0 }, { 1, 0 } };

  make_journal (fixture, path, FALSE);
  assert_known (fixture, path, "TTTTTTTTu-");
  g_assert_cmpint (utimensat (AT_FDCWD, a, times, 0), ==, 0); /* times mean nothing after a crash */
  assert_known (fixture, path, "TTTTTTTTu-");
  g_assert_cmpint (truncate (c, PIECE + 5), ==, 0);
  assert_known (fixture, path, "TTTTTTTuu-");
  g_assert_cmpint (g_remove (a), ==, 0);
  assert_known (fixture, path, "uuuTTTTuu-");
  /* A pipe is as good as nothing. */
  g_assert_cmpint (mkfifo (a, 0666), ==, 0);
  assert_known (fixture, path, "uuuTTTTuu-");
}

static void
test_files_after_clean_stop (void)
{
  g_autoptr (DiskFixture) fixture = disk_fixture_new (PIECE, files, 0);
  g_autofree char *path = disk_fixture_path (fixture, "journal");
  g_autofree char *b = disk_fixture_path (fixture, "torrent/b");
  g_autofree char *known = NULL;
  g_autofree char *reason = NULL;
  struct timespec times[2] = { { 1, 0 }, { 1, 0 } };
  g_autoptr (MeirStorage) storage = NULL;
  MeirJournal *journal;
  gboolean is_clean;

  make_journal (fixture, path, TRUE);
  known = dup_known (fixture, path, &is_clean, &reason);
  g_assert_cmpstr (known, ==, "TTTTTTTTTT");
  g_assert_true (is_clean);
  g_assert_null (reason);

  g_assert_cmpint (utimensat (AT_FDCWD, b, times, 0), ==, 0);
  g_free (known);
  known = dup_known (fixture, path, &is_clean, &reason);
  g_assert_cmpstr (known, ==, "TTTuuuTTTT");
  g_assert_false (is_clean);
  g_assert_nonnull (strstr (reason, "3 pieces"));

  /* Once a run has begun to change files, their times cannot be held against them. */
  make_journal (fixture, path, TRUE);
  storage = disk_fixture_open (fixture);
  journal = open_journal (path, storage, NULL);
  g_assert_true (meir_journal_mark_open (journal, NULL));
  meir_journal_unref (journal);
  g_assert_cmpint (utimensat (AT_FDCWD, b, times, 0), ==, 0);
  g_free (known);
  known = dup_known (fixture, path, &is_clean, NULL);
  g_assert_cmpstr (known, ==, "TTTTTTTTTT");
  g_assert_false (is_clean);
}

/* The files as they are, as entries of a clean stop. */
static GArray *
list_files (DiskFixture *fixture)
{
  g_autoptr (MeirStorage) storage = disk_fixture_open (fixture);
  GArray *list = g_array_new (FALSE, FALSE, sizeof (MeirJournalFile));

  for (guint i = 0; files[i].path != NULL; i++) {
    MeirJournalFile entry = { .file = i };

    if (!files[i].is_pad && meir_storage_stat_file (storage, i, &entry.length, &entry.mtime_nsec))
      g_array_append_val (list, entry);
  }
  return list;
}

/* The pieces as a string, as above; V vouched for. Recorded and synced, those are trusted. */
static char *
dup_vouched (DiskFixture *fixture, const char *path, const GArray *made_of)
{
  g_autoptr (MeirStorage) storage = disk_fixture_open (fixture);
  MeirJournalResume resume = { 0 };
  g_autoptr (MeirJournal) journal = open_journal (path, storage, &resume);
  GString *known = g_string_new (NULL);

  meir_journal_resume_vouch (&resume, storage, made_of);
  for (guint32 piece = 0; piece < fixture->n_pieces; piece++) {
    g_assert_cmpuint (meir_bitfield_get (&resume.trusted, piece) + meir_bitfield_get (&resume.unsure, piece) +
                          meir_bitfield_get (&resume.vouched, piece),
                      <=, 1);
    g_string_append_c (known, meir_bitfield_get (&resume.trusted, piece)   ? 'T'
                              : meir_bitfield_get (&resume.vouched, piece) ? 'V'
                              : meir_bitfield_get (&resume.unsure, piece)  ? 'u'
                                                                           : '-');
    if (meir_bitfield_get (&resume.vouched, piece))
      record_pieces (journal, storage, piece, 1);
  }
  meir_journal_resume_clear (&resume);
  return g_string_free (known, FALSE);
}

static void
assert_vouched (DiskFixture *fixture, const char *path, const GArray *made_of, const char *expected)
{
  g_autofree char *known = NULL;

  g_assert_true (meir_journal_delete (path, NULL));
  known = dup_vouched (fixture, path, made_of);
  g_assert_cmpstr (known, ==, expected);
}

/* What was just made of files is not hashed again: by the rules of a clean stop, and until it is known to be
 * on stable storage no further than anything that was only recorded. */
static void
test_made_of (void)
{
  g_autoptr (DiskFixture) fixture = disk_fixture_new (PIECE, files, 0);
  g_autofree char *path = disk_fixture_path (fixture, "journal");
  g_autofree char *a = disk_fixture_path (fixture, "torrent/a");
  g_autofree char *b = disk_fixture_path (fixture, "torrent/b");
  g_autofree char *c = disk_fixture_path (fixture, "torrent/c");
  g_autoptr (GArray) nothing = g_array_new (FALSE, FALSE, sizeof (MeirJournalFile));
  struct timespec times[2] = { { 1, 0 }, { 1, 0 } };
  g_autoptr (GArray) made_of = NULL;
  g_autofree char *again = NULL;

  disk_fixture_fill (fixture);
  made_of = list_files (fixture);
  assert_vouched (fixture, path, nothing, "uuuuuuuuuu");
  assert_vouched (fixture, path, made_of, "VVVVVVVVVV");
  /* They were recorded, and no sync has marked them: a crash leaves them in doubt, and the files vouch again.
   */
  assert_known (fixture, path, "uuuuuuuuuu");
  again = dup_vouched (fixture, path, made_of);
  g_assert_cmpstr (again, ==, "VVVVVVVVVV");

  /* One that changed takes with it what it has a share in; so do one of another length, and one that is gone.
   */
  g_assert_cmpint (utimensat (AT_FDCWD, b, times, 0), ==, 0);
  assert_vouched (fixture, path, made_of, "VVVuuuVVVV");
  g_assert_cmpint (truncate (c, 4 * PIECE - 1), ==, 0);
  assert_vouched (fixture, path, made_of, "VVVuuuuuu-");
  g_assert_cmpint (g_remove (a), ==, 0);
  assert_vouched (fixture, path, made_of, "---uuuuuu-");

  /* One that nobody vouched for is in doubt, and so is one that was another then. */
  disk_fixture_fill (fixture);
  g_array_unref (made_of);
  made_of = list_files (fixture);
  g_array_remove_index (made_of, 1);
  assert_vouched (fixture, path, made_of, "VVVuuuVVVV");
  g_array_index (made_of, MeirJournalFile, 0).length++;
  assert_vouched (fixture, path, made_of, "uuuuuuVVVV");
}

/* A torrent that only shares leaves its journal alone, and so it stays clean. */
static void
test_sharing_writes_nothing (void)
{
  g_autoptr (DiskFixture) fixture = disk_fixture_new (PIECE, files, 0);
  g_autofree char *path = disk_fixture_path (fixture, "journal");
  g_autoptr (MeirStorage) storage = disk_fixture_open (fixture);
  MeirJournalResume resume = { 0 };
  MeirJournal *journal;

  make_journal (fixture, path, TRUE);
  journal = open_journal (path, storage, &resume);
  g_assert_true (resume.is_clean);
  disk_fixture_fail (FAULT_PWRITEV, (FaultPlan){ 0 });
  disk_fixture_fail (FAULT_FDATASYNC, (FaultPlan){ 0 });
  sync_journal (journal);
  close_journal (journal);
  g_assert_cmpuint (disk_fixture_count_calls (FAULT_PWRITEV), ==, 0);
  g_assert_cmpuint (disk_fixture_count_calls (FAULT_FDATASYNC), ==, 0);
  meir_journal_resume_clear (&resume);
  assert_known (fixture, path, "TTTTTTTTTT");
}

static void
test_other_folder (void)
{
  g_autoptr (DiskFixture) fixture = disk_fixture_new (PIECE, files, 0);
  g_autoptr (DiskFixture) elsewhere = disk_fixture_new (PIECE, files, 0);
  g_autofree char *path = disk_fixture_path (fixture, "journal");

  for (guint is_clean = 0; is_clean < 2; is_clean++) {
    g_autofree char *known = NULL;
    g_autofree char *ours = NULL;
    g_autofree char *reason = NULL;

    make_journal (fixture, path, is_clean);
    ours = dup_known (fixture, path, NULL, NULL);
    disk_fixture_remove (elsewhere->folder);
    g_assert_cmpint (g_mkdir (elsewhere->folder, 0700), ==, 0);
    known = dup_known (elsewhere, path, NULL, &reason); /* nothing lies there */
    g_assert_null (strchr (known, 'T'));
    g_assert_nonnull (strstr (reason, is_clean ? "missing or changed" : "another folder"));
    disk_fixture_fill (elsewhere);
    assert_known (elsewhere, path, "uuuuuuuuuu");
    assert_known (fixture, path, ours); /* looking changes nothing */
  }
}

/* After a clean stop files are known again by their lengths and times, wherever they were moved; what else
 * lies there is hashed, whether it was had before or not. */
static void
test_moved_folder (void)
{
  g_autoptr (DiskFixture) fixture = disk_fixture_new (PIECE, files, 0);
  g_autoptr (DiskFixture) elsewhere = disk_fixture_new (PIECE, files, 0);
  g_autofree char *path = disk_fixture_path (fixture, "journal");
  g_autofree char *reason = NULL;
  g_autofree char *known = NULL;

  make_journal (fixture, path, TRUE);
  disk_fixture_fill (elsewhere);
  assert_known (elsewhere, path, "uuuuuuuuuu");
  for (guint i = 0; i < meir_metainfo_get_n_files (fixture->metainfo); i++) {
    g_autofree char *from = disk_fixture_file_path (fixture, i);
    g_autofree char *to = disk_fixture_file_path (elsewhere, i);
    struct stat status;

    if (stat (from, &status) == 0)
      g_assert_cmpint (utimensat (AT_FDCWD, to, (struct timespec[2]){ status.st_atim, status.st_mtim }, 0),
                       ==, 0);
  }
  known = dup_known (elsewhere, path, NULL, &reason);
  g_assert_cmpstr (known, ==, "TTTTTTTTTT");
  g_assert_null (reason);
}

static void
test_other_torrent_and_version (void)
{
  g_autoptr (DiskFixture) fixture = disk_fixture_new (PIECE, files, 0);
  g_autoptr (DiskFixture) other = disk_fixture_new (PIECE, NULL, 5 * PIECE);
  g_autofree char *path = disk_fixture_path (fixture, "journal");
  g_autofree char *aside = disk_fixture_path (fixture, "journal.bak");
  g_autoptr (MeirStorage) storage = disk_fixture_open (fixture);
  g_autofree char *known = NULL;
  g_autofree char *reason = NULL;
  g_autofree char *before = NULL;
  g_autofree char *kept = NULL;
  MeirJournal *journal;
  gsize n_before, n_kept;
  guint8 version[56];

  disk_fixture_fill (other);
  {
    g_autoptr (MeirStorage) foreign = disk_fixture_open (other);

    journal = open_journal (path, foreign, NULL);
    record_pieces (journal, foreign, 0, 5);
    sync_journal (journal);
    meir_journal_unref (journal);
  }
  {
    g_autofree char *snapshot = g_strconcat (path, ".snapshot", NULL);

    g_assert_true (g_file_get_contents (snapshot, &before, &n_before, NULL));
    g_assert_cmpint (g_rename (snapshot, path), ==, 0);
  }
  known = dup_known (fixture, path, NULL, &reason);
  g_assert_cmpstr (known, ==, "----------");
  g_assert_nonnull (strstr (reason, "another torrent"));
  g_assert_true (g_file_get_contents (aside, &kept, &n_kept, NULL));
  g_assert_cmpmem (before, n_before, kept, n_kept);

  memset (version, 3, sizeof version);
  memcpy (version, "MeirJrnl\0\0\0\2", 12);
  g_assert_true (g_file_set_contents (path, (const char *) version, sizeof version, NULL));
  g_clear_pointer (&known, g_free);
  g_clear_pointer (&reason, g_free);
  known = dup_known (fixture, path, NULL, &reason);
  g_assert_cmpstr (known, ==, "----------");
  g_assert_nonnull (strstr (reason, "another version"));

  /* It can be written all the same. */
  disk_fixture_fill (fixture);
  journal = open_journal (path, storage, NULL);
  record_pieces (journal, storage, 0, 4);
  sync_journal (journal);
  meir_journal_unref (journal);
  assert_known (fixture, path, "TTTTuuuuuu");
}

/* Whatever byte of the log or snapshot is cut off or flipped: no piece is trusted that was not, and one that
 * was recorded is at least looked at again where the damage is in the middle. */
static void
check_damage (DiskFixture *fixture, const char *path, const char *which, const char *truth)
{
  g_autofree char *whole = NULL;
  gsize length;

  g_assert_true (g_file_get_contents (which, &whole, &length, NULL));
  for (gsize at = 0; at <= length; at++) {
    for (guint way = 0; way < 2; way++) {
      g_autofree guint8 *bytes = g_memdup2 (whole, length + 1);
      g_autofree char *known = NULL;

      if (way == 1 && at == length)
        continue;
      bytes[at] ^= 0x10;
      g_assert_true (
          g_file_set_contents (which, (const char *) bytes, (gssize) (way == 0 ? at : length), NULL));
      known = dup_known (fixture, path, NULL, NULL);
      for (guint32 piece = 0; piece < N_PIECES; piece++)
        g_assert_false (known[piece] == 'T' && truth[piece] != 'T');
    }
  }
  g_assert_true (g_file_set_contents (which, whole, (gssize) length, NULL));
  assert_known (fixture, path, truth);
}

static void
test_damage (void)
{
  g_autoptr (DiskFixture) fixture = disk_fixture_new (PIECE, files, 0);
  g_autofree char *path = disk_fixture_path (fixture, "journal");
  g_autofree char *snapshot = disk_fixture_path (fixture, "journal.snapshot");
  g_autoptr (MeirStorage) storage = disk_fixture_open (fixture);
  guint32 withdrawn = 1;
  MeirJournalRecord record = { .forgotten = &withdrawn, .n_forgotten = 1 };
  MeirJournal *journal;

  make_journal (fixture, path, TRUE);
  journal = open_journal (path, storage, NULL);
  g_assert_true (meir_journal_record (journal, 0, &record, NULL));
  record_pieces (journal, storage, 1, 1);
  meir_journal_unref (journal);
  assert_known (fixture, path, "TuTTTTTTTT");
  check_damage (fixture, path, snapshot, "TuTTTTTTTT");

  /* In the log the truth depends on how much of it there is: a torn end is as if it had not been written. So
   * the piece is withdrawn in the first record, and only what comes after may be lost. */
  {
    g_autofree char *bytes = NULL;
    gsize length;

    g_assert_true (g_file_get_contents (path, &bytes, &length, NULL));
    for (gsize at = 0; at < length; at++) {
      g_autofree char *known = NULL;

      bytes[at] ^= 0x10;
      g_assert_true (g_file_set_contents (path, bytes, (gssize) length, NULL));
      bytes[at] ^= 0x10;
      known = dup_known (fixture, path, NULL, NULL);
      g_assert_cmpint (known[1], !=, 'T');
    }
  }
}

/* Records lost in the middle: everything that is not certain is looked at. */
static void
test_damage_in_the_middle (void)
{
  g_autoptr (DiskFixture) fixture = disk_fixture_new (PIECE, files, 0);
  g_autofree char *path = disk_fixture_path (fixture, "journal");
  g_autoptr (MeirStorage) storage = disk_fixture_open (fixture);
  g_autofree char *known = NULL;
  g_autofree char *reason = NULL;
  MeirJournal *journal;
  struct stat status;

  journal = open_journal (path, storage, NULL);
  disk_fixture_fill (fixture);
  record_pieces (journal, storage, 0, 2);
  sync_journal (journal);
  g_assert_cmpint (stat (path, &status), ==, 0);
  record_pieces (journal, storage, 2, 2);
  record_pieces (journal, storage, 4, 2);
  sync_journal (journal);
  meir_journal_unref (journal);
  disk_fixture_flip_byte (path, (guint64) status.st_size + 22);
  known = dup_known (fixture, path, NULL, &reason);
  g_assert_cmpstr (known, ==, "TTuuuuuuuu");
  g_assert_nonnull (strstr (reason, "damaged"));

  /* The next run writes it anew, whole, and loses nothing on the way. */
  journal = open_journal (path, storage, NULL);
  record_pieces (journal, storage, 2, 1);
  sync_journal (journal);
  meir_journal_unref (journal);
  g_clear_pointer (&known, g_free);
  g_clear_pointer (&reason, g_free);
  known = dup_known (fixture, path, NULL, &reason);
  g_assert_cmpstr (known, ==, "TTTuuuuuuu");
  g_assert_null (reason);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/disk/journal-load/no-journal", test_no_journal);
  g_test_add_func ("/disk/journal-load/files-after-crash", test_files_after_crash);
  g_test_add_func ("/disk/journal-load/files-after-clean-stop", test_files_after_clean_stop);
  g_test_add_func ("/disk/journal-load/made-of", test_made_of);
  g_test_add_func ("/disk/journal-load/sharing-writes-nothing", test_sharing_writes_nothing);
  g_test_add_func ("/disk/journal-load/other-folder", test_other_folder);
  g_test_add_func ("/disk/journal-load/moved-folder", test_moved_folder);
  g_test_add_func ("/disk/journal-load/other-torrent-and-version", test_other_torrent_and_version);
  g_test_add_func ("/disk/journal-load/damage", test_damage);
  g_test_add_func ("/disk/journal-load/damage-in-the-middle", test_damage_in_the_middle);
  return g_test_run ();
}
