/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Files that are skipped: not made, their neighbours' pieces whole all the same, shown when they are wanted.
 */
#include "disk/meir-storage.h"

#include "base/meir-error.h"
#include "disk-fixture.h"
#include "disk/meir-journal.h"

#include <string.h>
#include <sys/stat.h>

#define PIECE 16384u

/* Pieces: a 0-2, b 2-6, c 6, d 6, e 6-8; 2 and 6 are shared. The empty one is between. */
static const FixtureFile five_files[] = {
  { "a", 40000, FALSE }, { "deep/b", 60000, FALSE }, { "c", 1000, FALSE }, { "d", 1500, FALSE },
  { "e", 40000, FALSE }, { "empty", 0, FALSE },      { NULL, 0, FALSE },
};

static void
set_wanted (MeirStorage *storage, const char *priorities)
{
  g_autofree guint8 *values = g_malloc (strlen (priorities));
  g_autoptr (GBytes) bytes = NULL;

  for (gsize i = 0; priorities[i] != '\0'; i++)
    values[i] = (guint8) (priorities[i] - '0');
  bytes = g_bytes_new (values, strlen (priorities));
  meir_storage_set_wanted (storage, bytes);
}

static MeirStorage *
open_wanting (DiskFixture *fixture, const char *priorities)
{
  g_autoptr (MeirStorage) storage = disk_fixture_open (fixture);
  g_autoptr (GError) error = NULL;

  set_wanted (storage, priorities);
  meir_storage_prepare (storage, &error);
  g_assert_no_error (error);
  return g_steal_pointer (&storage);
}

static void
assert_prepared (MeirStorage *storage, const char *priorities)
{
  g_autoptr (GError) error = NULL;

  if (priorities != NULL)
    set_wanted (storage, priorities);
  else
    meir_storage_set_wanted (storage, NULL);
  meir_storage_prepare (storage, &error);
  g_assert_no_error (error);
}

static gboolean
is_there (DiskFixture *fixture, guint file)
{
  g_autofree char *path = disk_fixture_file_path (fixture, file);

  return g_file_test (path, G_FILE_TEST_EXISTS);
}

/* Full path of the part of a file, or with G_MAXUINT of their folder. */
static char *
part_path (DiskFixture *fixture, guint file)
{
  g_autofree char *folder = meir_storage_dup_parts_folder (meir_metainfo_get_info_hash (fixture->metainfo));
  g_autofree char *name = file != G_MAXUINT ? g_strdup_printf ("%s/%u", folder, file) : g_strdup (folder);

  g_assert_true (folder[0] == '.' && strchr (folder, '/') == NULL);
  return disk_fixture_path (fixture, name);
}

static gboolean
has_part (DiskFixture *fixture, guint file)
{
  g_autofree char *path = part_path (fixture, file);

  return g_file_test (path, G_FILE_TEST_EXISTS);
}

static guint64
needed (MeirStorage *storage)
{
  guint64 free_bytes, needed_bytes;

  g_assert_true (meir_storage_get_space (storage, &free_bytes, &needed_bytes, NULL));
  return needed_bytes;
}

/* Nothing is made but what is wanted, and what its pieces hold of others, out of sight. */
static void
test_makes_wanted (void)
{
  g_autoptr (DiskFixture) fixture = disk_fixture_new (PIECE, five_files, 0);
  g_autoptr (MeirStorage) storage = open_wanting (fixture, "200000");
  g_autofree char *deep = disk_fixture_path (fixture, "torrent/deep");

  g_assert_true (is_there (fixture, 0));
  for (guint file = 1; file < 6; file++)
    g_assert_false (is_there (fixture, file));
  g_assert_false (g_file_test (deep, G_FILE_TEST_EXISTS));
  /* Piece 2 holds the first bytes of b. */
  g_assert_true (has_part (fixture, 1));
  for (guint file = 2; file < 6; file++)
    g_assert_false (has_part (fixture, file));
  g_assert_true (meir_storage_has_parts (storage));
  g_assert_true (meir_storage_is_part (storage, 1));
  g_assert_false (meir_storage_is_part (storage, 0));
  g_assert_false (meir_storage_is_part (storage, 2));
  /* Three pieces are fetched for it. */
  g_assert_cmpuint (needed (storage), ==, 3 * PIECE);
}

/* A piece that lies in a wanted file and in parts of others is written, read, synced and in the journal's
 * eyes there; the parts are no longer than they have to be. */
static void
test_pieces (void)
{
  g_autoptr (DiskFixture) fixture = disk_fixture_new (PIECE, five_files, 0);
  g_autoptr (MeirStorage) storage = open_wanting (fixture, "000020");
  g_autoptr (GError) error = NULL;
  struct stat status;

  for (guint32 piece = 6; piece <= 8; piece++) {
    disk_fixture_write_piece (fixture, storage, piece);
    g_assert_true (disk_fixture_has_piece (fixture, storage, piece));
  }
  g_assert_true (meir_storage_sync (storage, &error));
  g_assert_no_error (error);
  g_assert_false (is_there (fixture, 1) || is_there (fixture, 2) || is_there (fixture, 3));
  for (guint file = 1; file <= 3; file++) {
    g_autofree char *path = part_path (fixture, file);
    guint64 length;
    gint64 mtime_nsec;

    g_assert_cmpint (stat (path, &status), ==, 0);
    g_assert_cmpuint ((guint64) status.st_size, ==, five_files[file].length);
    g_assert_cmpuint ((guint64) status.st_blocks * 512, <=, 2 * PIECE);
    g_assert_true (meir_storage_stat_file (storage, file, &length, &mtime_nsec));
    g_assert_cmpuint (length, ==, five_files[file].length);
  }
  g_assert_false (has_part (fixture, 0));
}

/* Wanted later, they get their names with what was there, also in another run; in the end all is whole and
 * nothing is left over. */
static void
test_shows_later (void)
{
  g_autoptr (DiskFixture) fixture = disk_fixture_new (PIECE, five_files, 0);

  for (guint reopen = 0; reopen < 2; reopen++) {
    g_autoptr (MeirStorage) storage = open_wanting (fixture, "200020");

    for (guint32 piece = 0; piece < fixture->n_pieces; piece++) {
      if (piece <= 2 || piece >= 6)
        disk_fixture_write_piece (fixture, storage, piece);
    }
    g_assert_true (has_part (fixture, 1) && has_part (fixture, 2) && has_part (fixture, 3));
    if (reopen) {
      g_clear_pointer (&storage, meir_storage_unref);
      storage = open_wanting (fixture, "202020");
    }
    assert_prepared (storage, "202020");
    g_assert_true (is_there (fixture, 2) && !is_there (fixture, 1) && !is_there (fixture, 3));
    assert_prepared (storage, NULL);
    for (guint file = 0; file < 6; file++)
      g_assert_true (is_there (fixture, file));
    g_assert_false (has_part (fixture, G_MAXUINT));
    g_assert_false (meir_storage_has_parts (storage));
    for (guint32 piece = 0; piece < fixture->n_pieces; piece++) {
      if (piece <= 2 || piece >= 6)
        g_assert_true (disk_fixture_has_piece (fixture, storage, piece));
      else
        disk_fixture_write_piece (fixture, storage, piece);
    }
    g_assert_true (meir_storage_sync (storage, NULL));
    g_assert_true (disk_fixture_is_whole (fixture));
    for (guint file = 0; file < 6; file++) {
      g_autofree char *path = disk_fixture_file_path (fixture, file);

      g_assert_cmpint (g_unlink (path), ==, 0);
    }
  }
}

/* A file that was wanted once keeps its name. */
static void
test_skipped_later (void)
{
  g_autoptr (DiskFixture) fixture = disk_fixture_new (PIECE, five_files, 0);
  g_autoptr (MeirStorage) storage = disk_fixture_prepare (fixture);

  disk_fixture_write_piece (fixture, storage, 4);
  assert_prepared (storage, "202222");
  g_assert_true (is_there (fixture, 1));
  g_assert_false (has_part (fixture, G_MAXUINT));
  g_assert_true (disk_fixture_has_piece (fixture, storage, 4));
  /* What is needed of it is what its neighbours' pieces hold: 2 and 6, and 4 is there. */
  g_assert_cmpuint (needed (storage), <, 142500 - 3 * PIECE);
}

static void
test_skip_all (void)
{
  g_autoptr (DiskFixture) fixture = disk_fixture_new (PIECE, five_files, 0);
  g_autoptr (MeirStorage) storage = open_wanting (fixture, "000000");
  g_autofree char *torrent = disk_fixture_path (fixture, "torrent");

  g_assert_false (g_file_test (torrent, G_FILE_TEST_EXISTS));
  g_assert_false (meir_storage_has_parts (storage));
  g_assert_cmpuint (needed (storage), ==, 0);
}

/* What lies in the way of a skipped file of which nothing is needed is nobody's business; of one that is
 * wanted it is told. */
static void
test_in_the_way (void)
{
  g_autoptr (DiskFixture) fixture = disk_fixture_new (PIECE, five_files, 0);
  g_autofree char *folder = disk_fixture_path (fixture, "torrent");
  g_autofree char *long_file = disk_fixture_file_path (fixture, 4);
  g_autofree char *long_text = g_strnfill (50000, 'x');
  g_autoptr (MeirStorage) storage = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (g_mkdir (folder, 0700), ==, 0);
  g_assert_true (g_file_set_contents (long_file, long_text, 50000, NULL));
  storage = open_wanting (fixture, "200000");
  meir_storage_set_wanted (storage, NULL);
  g_assert_false (meir_storage_prepare (storage, &error));
  g_assert_error (error, MEIR_ERROR, MEIR_ERROR_EXISTS);
  /* Its first bytes are in a piece of the second file. */
  g_clear_error (&error);
  set_wanted (storage, "220000");
  g_assert_false (meir_storage_prepare (storage, &error));
  g_assert_error (error, MEIR_ERROR, MEIR_ERROR_EXISTS);
  assert_prepared (storage, "200000");
}

/* A link in place of the hidden folder is not followed; a foreign file in it is not deleted with the parts.
 */
static void
test_hostile_folder (void)
{
  g_autoptr (DiskFixture) fixture = disk_fixture_new (PIECE, five_files, 0);
  g_autofree char *parts = part_path (fixture, G_MAXUINT);
  g_autofree char *elsewhere = disk_fixture_path (fixture, "elsewhere");
  g_autofree char *foreign = g_build_filename (parts, "mine.txt", NULL);
  const MeirInfoHash *info_hash = meir_metainfo_get_info_hash (fixture->metainfo);
  g_autoptr (MeirStorage) storage = disk_fixture_open (fixture);
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (g_mkdir (elsewhere, 0700), ==, 0);
  g_assert_cmpint (symlink (elsewhere, parts), ==, 0);
  set_wanted (storage, "200000");
  g_assert_false (meir_storage_prepare (storage, &error));
  g_assert_error (error, MEIR_ERROR, MEIR_ERROR_INVALID);
  meir_storage_delete_parts (fixture->folder, info_hash);
  g_assert_true (g_file_test (parts, G_FILE_TEST_IS_SYMLINK));
  g_assert_cmpint (g_unlink (parts), ==, 0);

  assert_prepared (storage, "200000");
  g_assert_true (g_file_set_contents (foreign, "x", 1, NULL));
  meir_storage_delete_parts (fixture->folder, info_hash);
  g_assert_false (has_part (fixture, 1));
  g_assert_true (g_file_test (foreign, G_FILE_TEST_EXISTS));
  g_assert_cmpint (g_unlink (foreign), ==, 0);
  meir_storage_delete_parts (fixture->folder, info_hash);
  g_assert_false (has_part (fixture, G_MAXUINT));
  meir_storage_delete_parts (fixture->folder, info_hash);
  meir_storage_delete_parts ("/nonexistent", info_hash);
}

/* The user puts a file in place of one whose part is kept: it counts, the part does not. */
static void
test_put_in_place (void)
{
  g_autoptr (DiskFixture) fixture = disk_fixture_new (PIECE, five_files, 0);
  g_autoptr (MeirStorage) storage = open_wanting (fixture, "200000");

  disk_fixture_write_piece (fixture, storage, 2);
  g_clear_pointer (&storage, meir_storage_unref);
  disk_fixture_fill (fixture);
  storage = open_wanting (fixture, "222222");
  for (guint32 piece = 0; piece < fixture->n_pieces; piece++)
    g_assert_true (disk_fixture_has_piece (fixture, storage, piece));
}

/* Where they lie is no news to the journal: trusted stays trusted over a clean stop and over being shown. */
static void
test_journal (void)
{
  g_autoptr (DiskFixture) fixture = disk_fixture_new (PIECE, five_files, 0);
  g_autofree char *path = disk_fixture_path (fixture, "journal");
  const guint32 pieces[] = { 0, 1, 2 };
  const MeirJournalRecord record = { .pieces = pieces, .n_pieces = G_N_ELEMENTS (pieces) };

  for (guint round = 0; round < 3; round++) {
    g_autoptr (MeirStorage) storage = disk_fixture_open (fixture);
    g_autoptr (MeirJournal) journal = NULL;
    g_autoptr (GError) error = NULL;
    g_autoptr (GArray) lost = NULL;
    MeirJournalResume resume = { 0 };

    set_wanted (storage, round < 2 ? "200000" : "222222");
    journal = meir_journal_open (path, storage, &resume, &error);
    g_assert_no_error (error);
    g_assert_cmpuint (resume.trusted.n_set, ==, round == 0 ? 0 : 3);
    g_assert_cmpuint (resume.unsure.n_set, ==, 0);
    meir_journal_resume_clear (&resume);
    g_assert_true (meir_storage_prepare (storage, NULL));
    for (guint i = 0; i < G_N_ELEMENTS (pieces) && round == 0; i++)
      disk_fixture_write_piece (fixture, storage, pieces[i]);
    g_assert_true (meir_journal_record (journal, meir_storage_get_generation (storage), &record, NULL));
    g_assert_true (meir_journal_close (journal, &lost, NULL));
    for (guint i = 0; i < G_N_ELEMENTS (pieces); i++)
      g_assert_true (disk_fixture_has_piece (fixture, storage, pieces[i]));
  }
  g_assert_true (is_there (fixture, 1));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/storage/parts/makes-wanted", test_makes_wanted);
  g_test_add_func ("/storage/parts/pieces", test_pieces);
  g_test_add_func ("/storage/parts/shows-later", test_shows_later);
  g_test_add_func ("/storage/parts/skipped-later", test_skipped_later);
  g_test_add_func ("/storage/parts/skip-all", test_skip_all);
  g_test_add_func ("/storage/parts/in-the-way", test_in_the_way);
  g_test_add_func ("/storage/parts/hostile-folder", test_hostile_folder);
  g_test_add_func ("/storage/parts/put-in-place", test_put_in_place);
  g_test_add_func ("/storage/parts/journal", test_journal);
  return g_test_run ();
}
