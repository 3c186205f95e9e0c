/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "disk/meir-move.h"

#include "base/meir-error.h"
#include "disk-fixture.h"
#include "disk/meir-storage.h"

#include <string.h>
#include <sys/stat.h>

static const FixtureFile tree_files[] = {
  { "one", 40000, FALSE },          { "empty", 0, FALSE },         { "sub/.pad/1", 25536, TRUE },
  { "sub/deep/two", 70000, FALSE }, { "sub/three", 30000, FALSE }, { NULL, 0, FALSE },
};

/* Every rename says that the other folder is on another disk. */
static const FaultPlan other_disk = { 1, 1000, EXDEV, 0 };

typedef struct {
  DiskFixture *fixture;
  char *from, *to;
  MeirMoveWatch watch;
  gint progress;
  gint cancelled;
} Case;

static void
case_init (Case *c, gboolean filled)
{
  *c = (Case){ .fixture = disk_fixture_new (16384, tree_files, 0) };
  c->from = g_strdup (c->fixture->folder);
  c->to = g_dir_make_tmp ("meir-move-XXXXXX", NULL);
  c->watch.progress = &c->progress;
  c->watch.cancelled = &c->cancelled;
  if (filled)
    disk_fixture_fill (c->fixture);
}

static void
case_clear (Case *c)
{
  disk_fixture_heal ();
  disk_fixture_remove (c->to);
  disk_fixture_free (c->fixture);
  g_free (c->from);
  g_free (c->to);
}

static gboolean
exists (const char *folder, const char *path)
{
  g_autofree char *full = g_build_filename (folder, path, NULL);

  return g_file_test (full, G_FILE_TEST_EXISTS) || g_file_test (full, G_FILE_TEST_IS_SYMLINK);
}

static void
put (const char *folder, const char *path, const char *contents)
{
  g_autofree char *full = g_build_filename (folder, path, NULL);
  g_autofree char *parent = g_path_get_dirname (full);

  g_assert_cmpint (g_mkdir_with_parents (parent, 0700), ==, 0);
  g_assert_true (g_file_set_contents (full, contents, -1, NULL));
}

/* Whether the torrent lies whole in @folder. */
static gboolean
is_whole_in (Case *c, const char *folder)
{
  g_autofree char *kept = c->fixture->folder;
  gboolean is_whole;

  c->fixture->folder = (char *) folder;
  is_whole = disk_fixture_is_whole (c->fixture);
  c->fixture->folder = g_steal_pointer (&kept);
  return is_whole;
}

static gboolean
move (Case *c, GError **error)
{
  return meir_move_files (c->fixture->metainfo, c->from, c->to, &c->watch, error);
}

static void
assert_moves (Case *c)
{
  g_autoptr (GError) error = NULL;
  gboolean moved = move (c, &error);

  g_assert_no_error (error);
  g_assert_true (moved);
  g_assert_cmpuint (c->watch.n_left, ==, 0);
  g_assert_true (is_whole_in (c, c->to));
}

/* Refused or broken off: whatever it was, all is as it was before. */
static void
assert_fails (Case *c, GQuark domain, gint code, const char *names)
{
  g_autoptr (GError) error = NULL;

  g_assert_false (move (c, &error));
  g_assert_true (error->domain == domain);
  g_assert_cmpint (error->code, ==, code);
  if (names != NULL)
    g_assert_nonnull (strstr (error->message, names));
  disk_fixture_heal ();
  g_assert_true (is_whole_in (c, c->from));
}

static void
test_rename (void)
{
  Case c;

  case_init (&c, TRUE);
  assert_moves (&c);
  g_assert_cmpint (c.progress, ==, 1000);
  g_assert_false (exists (c.from, "torrent"));
  g_assert_false (exists (c.to, "torrent/sub/.pad"));
  case_clear (&c);
}

/* The times stay, by which the journal knows the files again. */
static void
test_copy (void)
{
  struct stat before, after;
  g_autofree char *old = NULL;
  g_autofree char *new = NULL;
  Case c;

  case_init (&c, TRUE);
  old = g_build_filename (c.from, "torrent/sub/three", NULL);
  new = g_build_filename (c.to, "torrent/sub/three", NULL);
  g_assert_cmpint (stat (old, &before), ==, 0);
  disk_fixture_fail (FAULT_RENAMEAT, other_disk);
  assert_moves (&c);
  g_assert_cmpint (c.progress, ==, 1000);
  g_assert_false (exists (c.from, "torrent"));
  g_assert_cmpint (stat (new, &after), ==, 0);
  g_assert_cmpint (after.st_mtim.tv_sec, ==, before.st_mtim.tv_sec);
  g_assert_cmpint (after.st_mtim.tv_nsec, ==, before.st_mtim.tv_nsec);
  case_clear (&c);
}

/* Really across two file systems, where this machine has two. */
static void
test_two_disks (void)
{
  struct stat here, there;
  Case c;

  case_init (&c, TRUE);
  if (stat (c.from, &here) != 0 || stat ("/dev/shm", &there) != 0 || here.st_dev == there.st_dev ||
      g_access ("/dev/shm", W_OK) != 0) {
    g_test_skip ("there is one file system only");
    case_clear (&c);
    return;
  }
  disk_fixture_remove (c.to);
  g_free (c.to);
  c.to = g_strdup ("/dev/shm/meir-move-XXXXXX");
  g_assert_nonnull (g_mkdtemp (c.to));
  assert_moves (&c);
  g_assert_false (exists (c.from, "torrent"));
  case_clear (&c);
}

/* A single file has no folder of its own; and what is not the torrent's stays where it is. */
static void
test_single_and_strangers (void)
{
  Case c;

  case_init (&c, TRUE);
  put (c.from, "torrent/sub/cover.jpg", "mine");
  assert_moves (&c);
  g_assert_true (exists (c.from, "torrent/sub/cover.jpg"));
  g_assert_false (exists (c.from, "torrent/sub/deep"));
  g_assert_false (exists (c.to, "torrent/sub/cover.jpg"));
  case_clear (&c);

  case_init (&c, FALSE);
  disk_fixture_free (c.fixture);
  g_free (c.from);
  c.fixture = disk_fixture_new (16384, NULL, 50000);
  c.from = g_strdup (c.fixture->folder);
  disk_fixture_fill (c.fixture);
  assert_moves (&c);
  g_assert_true (exists (c.from, "."));
  g_assert_false (exists (c.from, "torrent"));
  case_clear (&c);
}

/* What has not been downloaded is not missed. */
static void
test_partial (void)
{
  Case c;

  case_init (&c, FALSE);
  put (c.from, "torrent/sub/three", "begun");
  g_assert_true (move (&c, NULL));
  g_assert_true (exists (c.to, "torrent/sub/three"));
  g_assert_false (exists (c.to, "torrent/one"));
  g_assert_false (exists (c.to, "torrent/sub/deep"));
  g_assert_false (exists (c.from, "torrent"));
  case_clear (&c);

  case_init (&c, FALSE);
  g_assert_true (move (&c, NULL));
  g_assert_false (exists (c.to, "torrent"));
  case_clear (&c);
}

/* What is kept apart of skipped files goes along. */
static void
test_parts (void)
{
  g_autofree char *parts = NULL;
  g_autofree char *part = NULL;
  g_autofree char *contents = NULL;
  g_autofree char *full = NULL;
  Case c;

  case_init (&c, FALSE);
  parts = meir_storage_dup_parts_folder (meir_metainfo_get_info_hash (c.fixture->metainfo));
  part = g_strdup_printf ("%s/3", parts);
  put (c.from, "torrent/one", "begun");
  put (c.from, part, "a part");
  g_assert_true (move (&c, NULL));
  g_assert_true (exists (c.to, "torrent/one"));
  g_assert_false (exists (c.from, parts));
  full = g_build_filename (c.to, part, NULL);
  g_assert_true (g_file_get_contents (full, &contents, NULL, NULL));
  g_assert_cmpstr (contents, ==, "a part");
  case_clear (&c);
}

/* What lies there already and is the same is taken for moved; what is not is left alone. */
static void
test_in_the_way (void)
{
  Case c;

  for (guint twins = 1; twins < 3; twins++) {
    DiskFixture other;

    case_init (&c, TRUE);
    other = *c.fixture;
    other.folder = c.to;
    disk_fixture_fill (&other);
    if (twins == 2)
      disk_fixture_fail (FAULT_RENAMEAT, other_disk);
    assert_moves (&c);
    g_assert_false (exists (c.from, "torrent"));
    case_clear (&c);
  }

  case_init (&c, TRUE);
  put (c.to, "torrent/sub/three", "another");
  assert_fails (&c, MEIR_ERROR, MEIR_ERROR_EXISTS, "torrent/sub/three");
  g_assert_false (exists (c.to, "torrent/one"));
  g_assert_false (exists (c.to, "torrent/sub/deep"));
  case_clear (&c);

  case_init (&c, TRUE);
  {
    g_autofree char *blocker = g_build_filename (c.to, "torrent/sub/three", NULL);

    g_assert_cmpint (g_mkdir_with_parents (blocker, 0700), ==, 0);
  }
  assert_fails (&c, MEIR_ERROR, MEIR_ERROR_EXISTS, "torrent/sub/three");
  case_clear (&c);

  case_init (&c, TRUE);
  put (c.to, "torrent", "a file where the folder goes");
  assert_fails (&c, MEIR_ERROR, MEIR_ERROR_INVALID, "torrent");
  case_clear (&c);
}

static void
test_folders_gone (void)
{
  Case c;

  case_init (&c, TRUE);
  disk_fixture_remove (c.to);
  assert_fails (&c, MEIR_ERROR, MEIR_ERROR_NOT_FOUND, c.to);
  g_free (c.to);
  c.to = g_steal_pointer (&c.from);
  c.from = g_strdup ("/nonexistent/meir");
  g_assert_false (move (&c, NULL));
  case_clear (&c);

  case_init (&c, TRUE);
  g_free (c.to);
  c.to = g_strdup (c.from); /* the same: nothing to do */
  assert_moves (&c);
  g_assert_true (is_whole_in (&c, c.from));
  case_clear (&c);
}

/* Nothing is followed out of the folders: neither at the source nor at the target. */
static void
test_symlinks (void)
{
  g_autofree char *outside = g_dir_make_tmp ("meir-outside-XXXXXX", NULL);
  g_autofree char *link = NULL;
  g_autofree char *sub = NULL;
  Case c;

  case_init (&c, TRUE);
  link = g_build_filename (c.to, "torrent", NULL);
  g_assert_cmpint (symlink (outside, link), ==, 0);
  assert_fails (&c, MEIR_ERROR, MEIR_ERROR_INVALID, "symbolic link");
  g_assert_false (exists (outside, "one"));
  case_clear (&c);

  case_init (&c, TRUE);
  put (outside, "three", "secret");
  put (outside, "deep/two", "secret");
  sub = g_build_filename (c.from, "torrent/sub", NULL);
  disk_fixture_remove (sub);
  g_assert_cmpint (symlink (outside, sub), ==, 0);
  g_assert_false (move (&c, NULL));
  g_assert_true (exists (outside, "three"));
  g_assert_true (exists (c.from, "torrent/one"));
  g_assert_false (exists (c.to, "torrent"));
  case_clear (&c);
  disk_fixture_remove (outside);
}

/* Whatever fails, and wherever, everything goes back, and nothing is left at the new place. */
static void
test_failures (void)
{
  static const struct {
    FaultKind kind;
    FaultPlan plan;
    gboolean copies;
    MeirError code;
  } cases[] = {
    { FAULT_RENAMEAT, { 3, 1, EIO, 0 }, FALSE, MEIR_ERROR_IO },
    { FAULT_RENAMEAT, { 2, 1, EACCES, 0 }, FALSE, MEIR_ERROR_PERMISSION },
    { FAULT_RENAMEAT, { 4, 1, EROFS, 0 }, FALSE, MEIR_ERROR_READ_ONLY },
    { FAULT_RENAMEAT, { 3, 1, EEXIST, 0 }, FALSE, MEIR_ERROR_EXISTS }, /* has come meanwhile */
    { FAULT_PWRITEV, { 2, 1, ENOSPC, 0 }, TRUE, MEIR_ERROR_NO_SPACE },
    { FAULT_PWRITEV, { 1, 1, EROFS, 0 }, TRUE, MEIR_ERROR_READ_ONLY },
    { FAULT_PREADV, { 3, 1, EIO, 0 }, TRUE, MEIR_ERROR_IO },
    { FAULT_FDATASYNC, { 3, 1, EIO, 0 }, TRUE, MEIR_ERROR_IO },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    Case c;

    case_init (&c, TRUE);
    if (cases[i].copies)
      disk_fixture_fail (FAULT_RENAMEAT, other_disk);
    disk_fixture_fail (cases[i].kind, cases[i].plan);
    assert_fails (&c, MEIR_ERROR, (gint) cases[i].code, NULL);
    g_assert_false (exists (c.to, "torrent"));
    case_clear (&c);
  }
}

/* The first on this disk, the rest on another: both ways are gone back. */
static void
test_mixed (void)
{
  Case c;

  case_init (&c, TRUE);
  disk_fixture_fail (FAULT_RENAMEAT, (FaultPlan){ 3, 2, EXDEV, 0 });
  assert_moves (&c);
  g_assert_false (exists (c.from, "torrent"));
  case_clear (&c);

  case_init (&c, TRUE);
  disk_fixture_fail (FAULT_RENAMEAT, (FaultPlan){ 3, 2, EXDEV, 0 });
  disk_fixture_fail (FAULT_PWRITEV, (FaultPlan){ 2, 1, ENOSPC, 0 });
  assert_fails (&c, MEIR_ERROR, MEIR_ERROR_NO_SPACE, NULL);
  g_assert_false (exists (c.to, "torrent"));
  case_clear (&c);
}

static void
test_cancel (void)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  Case c;

  /* Of which nothing is there yet. */
  case_init (&c, FALSE);
  c.cancelled = TRUE;
  g_assert_false (move (&c, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&error);
  c.cancelled = FALSE;
  g_assert_true (move (&c, &error));
  g_assert_no_error (error);
  case_clear (&c);

  case_init (&c, TRUE);
  c.cancelled = TRUE;
  assert_fails (&c, G_IO_ERROR, G_IO_ERROR_CANCELLED, NULL);
  g_assert_false (exists (c.to, "torrent"));
  c.cancelled = FALSE;
  c.watch.cancellable = cancellable;
  g_cancellable_cancel (cancellable);
  disk_fixture_fail (FAULT_RENAMEAT, other_disk);
  assert_fails (&c, G_IO_ERROR, G_IO_ERROR_CANCELLED, NULL);
  g_assert_false (exists (c.to, "torrent"));
  g_cancellable_reset (cancellable);
  assert_moves (&c);
  case_clear (&c);
}

static gpointer
cancel_at_half (gpointer data)
{
  Case *c = data;

  while (g_atomic_int_get (&c->progress) < 300 && g_atomic_int_get (&c->cancelled) == 0)
    g_thread_yield ();
  g_atomic_int_set (&c->cancelled, TRUE);
  return NULL;
}

/* Broken off in the middle of copying: whole at one place or the other, and nowhere else. */
static void
test_cancel_in_the_middle (void)
{
  for (guint i = 0; i < 5; i++) {
    GThread *thread;
    gboolean moved;
    Case c;

    case_init (&c, TRUE);
    disk_fixture_fail (FAULT_RENAMEAT, other_disk);
    thread = g_thread_new ("cancel", cancel_at_half, &c);
    moved = move (&c, NULL);
    g_atomic_int_set (&c.cancelled, TRUE);
    g_thread_join (thread);
    disk_fixture_heal ();
    g_assert_true (is_whole_in (&c, moved ? c.to : c.from));
    g_assert_false (exists (moved ? c.from : c.to, "torrent"));
    case_clear (&c);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/move/rename", test_rename);
  g_test_add_func ("/move/copy", test_copy);
  g_test_add_func ("/move/two-disks", test_two_disks);
  g_test_add_func ("/move/single-and-strangers", test_single_and_strangers);
  g_test_add_func ("/move/partial", test_partial);
  g_test_add_func ("/move/parts", test_parts);
  g_test_add_func ("/move/in-the-way", test_in_the_way);
  g_test_add_func ("/move/folders-gone", test_folders_gone);
  g_test_add_func ("/move/symlinks", test_symlinks);
  g_test_add_func ("/move/failures", test_failures);
  g_test_add_func ("/move/mixed", test_mixed);
  g_test_add_func ("/move/cancel", test_cancel);
  g_test_add_func ("/move/cancel-in-the-middle", test_cancel_in_the_middle);
  return g_test_run ();
}
