/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "session/meir-piece-store.h"

#include "../disk/disk-fixture.h"
#include "base/meir-byte-cursor.h"
#include "base/meir-error.h"
#include "disk/meir-disk-faults.h"

#include <string.h>

/* Three pieces of four and a half segments, the last one short. */
#define PIECE  (1u << 20)
#define LENGTH (2u * PIECE + 3u * MEIR_SEGMENT_LENGTH + 777u)

typedef struct {
  DiskFixture *fixture;
  MeirStorage *storage;
  MeirDisk *disk;
  MeirBufferPool *buffers;
  MeirPieceStore *store;
  gboolean wants_marks;
  gboolean close_when_relieved;

  guint n_verdicts, n_written, n_failed, n_relieved;
  guint32 last_piece;
  gboolean last_good;
  guint64 *last_marks;
  guint n_marks;
  GError *last_error;
  guint64 written_bytes;
} Case;

static void
on_verdict (gpointer user_data, guint32 piece, gboolean good, const guint64 *marks)
{
  Case *c = user_data;

  c->n_verdicts++;
  c->last_piece = piece;
  c->last_good = good;
  c->n_marks = (meir_metainfo_get_piece_size (c->fixture->metainfo, piece) - 1) / MEIR_BLOCK_LENGTH + 1;
  g_clear_pointer (&c->last_marks, g_free);
  if (marks != NULL)
    c->last_marks = g_memdup2 (marks, c->n_marks * sizeof *marks);
}

static gboolean
on_wants_marks (gpointer user_data, guint32 piece)
{
  return ((Case *) user_data)->wants_marks;
}

static void
on_written (gpointer user_data, guint32 piece, guint32 begin, guint32 length)
{
  Case *c = user_data;

  c->n_written++;
  c->written_bytes += length;
}

static void
on_failed (gpointer user_data, const GError *error)
{
  Case *c = user_data;

  c->n_failed++;
  g_clear_error (&c->last_error);
  c->last_error = g_error_copy (error);
}

static void
on_relieved (gpointer user_data)
{
  Case *c = user_data;

  c->n_relieved++;
  if (c->close_when_relieved && meir_piece_store_is_idle (c->store))
    g_clear_pointer (&c->store, meir_piece_store_close);
}

static const MeirPieceStoreHooks hooks = {
  on_verdict, on_wants_marks, on_written, on_failed, on_relieved,
};

static void
no_wake (gpointer user_data)
{
}

static void
case_init (Case *c)
{
  *c = (Case){ .fixture = disk_fixture_new (PIECE, NULL, LENGTH) };
  c->storage = disk_fixture_prepare (c->fixture);
  c->disk = meir_disk_new (2, no_wake, NULL);
  c->buffers = meir_buffer_pool_new (4);
  c->store = meir_piece_store_new (c->disk, c->storage, c->buffers, &hooks, c);
}

/* Runs all jobs, and those that follow from them. */
static void
settle (Case *c)
{
  do
    meir_disk_wait (c->disk);
  while (meir_disk_dispatch (c->disk) > 0);
}

/* Whatever happened: in the end all memory is back. */
static void
case_clear (Case *c)
{
  g_clear_pointer (&c->store, meir_piece_store_close);
  settle (c);
  g_assert_cmpuint (meir_buffer_pool_get_leased (c->buffers), ==, 0);
  disk_fixture_heal ();
  meir_disk_free (c->disk);
  meir_buffer_pool_free (c->buffers);
  meir_storage_unref (c->storage);
  disk_fixture_free (c->fixture);
  g_clear_error (&c->last_error);
  g_free (c->last_marks);
}

static void
put_block (Case *c, guint32 piece, guint32 begin, gboolean lie)
{
  guint32 size;
  const guint8 *bytes = disk_fixture_piece (c->fixture, piece, &size);
  guint8 *sink = meir_piece_store_get_sink (c->store, piece, begin);

  memcpy (sink, bytes + begin, MIN (MEIR_BLOCK_LENGTH, size - begin));
  if (lie)
    sink[0] ^= 1;
  meir_piece_store_block_done (c->store, piece, begin);
}

static void
put_segment (Case *c, guint32 piece, guint32 segment)
{
  guint32 size = meir_metainfo_get_piece_size (c->fixture->metainfo, piece);
  guint32 begin = segment * MEIR_SEGMENT_LENGTH;

  for (guint i = 0; i < MEIR_SEGMENT_BLOCKS && begin + i * MEIR_BLOCK_LENGTH < size; i++)
    put_block (c, piece, begin + i * MEIR_BLOCK_LENGTH, FALSE);
}

static guint
count_segments (Case *c, guint32 piece)
{
  return (meir_metainfo_get_piece_size (c->fixture->metainfo, piece) - 1) / MEIR_SEGMENT_LENGTH + 1;
}

static void
put_piece (Case *c, guint32 piece)
{
  for (guint i = 0; i < count_segments (c, piece); i++)
    put_segment (c, piece, i);
}

static void
test_whole (void)
{
  Case c;

  case_init (&c);
  g_assert_true (meir_piece_store_is_idle (c.store));
  for (guint32 piece = 0; piece < 3; piece++) {
    put_piece (&c, piece);
    g_assert_false (meir_piece_store_is_idle (c.store));
    settle (&c);
    g_assert_cmpuint (c.n_verdicts, ==, piece + 1);
    g_assert_cmpuint (c.last_piece, ==, piece);
    g_assert_true (c.last_good);
    g_assert_null (c.last_marks);
    g_assert_cmpuint (meir_piece_store_get_bytes (c.store), ==, 0);
  }
  g_assert_true (meir_piece_store_is_idle (c.store));
  g_assert_cmpuint (c.n_relieved, >, 0);
  g_assert_true (disk_fixture_is_whole (c.fixture));
  case_clear (&c);
}

/* Segments in any order, the blocks of several pieces mixed, and some of them written before the next come.
 */
static void
test_any_order (void)
{
  static const guint32 order[] = { 2, 0, 3, 1 };
  Case c;

  case_init (&c);
  for (guint i = 0; i < G_N_ELEMENTS (order); i++) {
    for (guint32 piece = 0; piece < 3; piece++)
      put_segment (&c, piece, order[i]);
    if (i % 2 == 0) {
      meir_disk_wait (c.disk);
      meir_disk_dispatch (c.disk);
    }
  }
  settle (&c);
  g_assert_cmpuint (c.n_verdicts, ==, 3);
  g_assert_cmpuint (c.n_written, >=, 3);
  g_assert_true (c.last_good);
  g_assert_true (disk_fixture_is_whole (c.fixture));
  case_clear (&c);
}

/* What is full while a job of the piece is under way goes out as one run after it. */
static void
test_runs (void)
{
  Case c;

  case_init (&c);
  put_segment (&c, 0, 0);
  put_segment (&c, 0, 1);
  put_segment (&c, 0, 2);
  g_assert_cmpuint (meir_piece_store_get_bytes (c.store), ==, 3 * MEIR_SEGMENT_LENGTH);
  settle (&c);
  g_assert_cmpuint (c.n_written, ==, 2);
  g_assert_cmpuint (c.written_bytes, ==, 3 * MEIR_SEGMENT_LENGTH);
  g_assert_cmpuint (meir_piece_store_get_bytes (c.store), ==, 0);
  g_assert_cmpuint (c.n_verdicts, ==, 0);
  put_segment (&c, 0, 3);
  settle (&c);
  g_assert_cmpuint (c.n_verdicts, ==, 1);
  case_clear (&c);
}

/* A bad piece is told with its marks, so is a good one that was bad before; they differ in the bad block. */
static void
test_marks (void)
{
  g_autofree guint64 *bad = NULL;
  Case c;

  case_init (&c);
  for (guint32 begin = 0; begin < PIECE; begin += MEIR_BLOCK_LENGTH)
    put_block (&c, 1, begin, begin == 5 * MEIR_BLOCK_LENGTH);
  settle (&c);
  g_assert_cmpuint (c.n_verdicts, ==, 1);
  g_assert_false (c.last_good);
  g_assert_nonnull (c.last_marks);
  bad = g_steal_pointer (&c.last_marks);
  meir_piece_store_abandon (c.store, 1);
  c.wants_marks = TRUE;
  put_piece (&c, 1);
  settle (&c);
  g_assert_cmpuint (c.n_verdicts, ==, 2);
  g_assert_true (c.last_good);
  g_assert_nonnull (c.last_marks);
  for (guint i = 0; i < c.n_marks; i++)
    g_assert_cmpint (bad[i] != c.last_marks[i], ==, i == 5);
  for (guint i = 0; i < c.n_marks; i++) {
    guint8 digest[MEIR_SHA1_LENGTH];

    meir_sha1 (c.fixture->content + PIECE + i * MEIR_BLOCK_LENGTH, MEIR_BLOCK_LENGTH, digest);
    g_assert_cmpuint (c.last_marks[i], ==, meir_load_u64 (digest));
  }
  case_clear (&c);
}

/* Forgotten with a job under way, with none, and when nothing of it is here; then it comes anew. */
static void
test_abandon (void)
{
  Case c;

  case_init (&c);
  meir_piece_store_abandon (c.store, 2);
  put_block (&c, 0, 0, TRUE);
  meir_piece_store_abandon (c.store, 0);
  g_assert_cmpuint (meir_piece_store_get_bytes (c.store), ==, 0);
  put_segment (&c, 0, 1);
  put_block (&c, 0, 0, TRUE);
  meir_piece_store_abandon (c.store, 0);
  /* The old job is still under way. */
  put_piece (&c, 0);
  settle (&c);
  g_assert_cmpuint (c.n_verdicts, ==, 1);
  g_assert_true (c.last_good);
  g_assert_cmpuint (meir_piece_store_get_bytes (c.store), ==, 0);
  case_clear (&c);
}

/* The first write waits until the same place is written again, or a while. */
static gint n_writes, n_first_place;

static ssize_t
late_pwritev (int fd, const struct iovec *vectors, int n_vectors, off_t offset)
{
  if (offset == 0)
    g_atomic_int_inc (&n_first_place);
  if (g_atomic_int_add (&n_writes, 1) == 0) {
    for (guint i = 0; i < 50 && g_atomic_int_get (&n_first_place) < 2; i++)
      g_usleep (10000);
    g_usleep (20000);
  }
  return pwritev (fd, vectors, n_vectors, offset);
}

/* What was abandoned while it was being written does not end up over what came after it. */
static void
test_abandon_while_writing (void)
{
  static const MeirDiskFaults late = { .pwritev = late_pwritev };
  const MeirDiskFaults *before = meir_disk_faults;
  g_autofree guint8 *here = g_malloc (PIECE);
  struct iovec vector = { here, PIECE };
  Case c;

  case_init (&c);
  meir_disk_faults = &late;
  for (guint32 begin = 0; begin < MEIR_SEGMENT_LENGTH; begin += MEIR_BLOCK_LENGTH)
    put_block (&c, 0, begin, TRUE);
  meir_piece_store_abandon (c.store, 0);
  put_piece (&c, 0);
  settle (&c);
  g_assert_cmpuint (c.n_verdicts, ==, 1);
  g_assert_true (c.last_good);
  meir_disk_faults = before;
  g_assert_true (meir_storage_read (c.storage, 0, &vector, 1, NULL));
  g_assert_cmpmem (here, PIECE, c.fixture->content, PIECE);
  case_clear (&c);
}

static void
test_declared (void)
{
  Case c;

  case_init (&c);
  disk_fixture_fill (c.fixture);
  meir_piece_store_declare_written (c.store, 0, 0, 2 * MEIR_SEGMENT_LENGTH);
  meir_piece_store_declare_written (c.store, 0, 3 * MEIR_SEGMENT_LENGTH, MEIR_SEGMENT_LENGTH);
  /* Parts of segments do not count, and the last one may be short. */
  meir_piece_store_declare_written (c.store, 2, MEIR_BLOCK_LENGTH, MEIR_SEGMENT_LENGTH);
  meir_piece_store_declare_written (c.store, 2, 3 * MEIR_SEGMENT_LENGTH, 777);
  g_assert_cmpuint (meir_piece_store_get_bytes (c.store), ==, 0);
  put_segment (&c, 0, 2);
  settle (&c);
  g_assert_cmpuint (c.n_verdicts, ==, 1);
  g_assert_true (c.last_good);
  for (guint i = 0; i < 3; i++)
    put_segment (&c, 2, i);
  settle (&c);
  g_assert_cmpuint (c.n_verdicts, ==, 2);
  g_assert_cmpuint (c.last_piece, ==, 2);
  g_assert_true (c.last_good);
  case_clear (&c);
}

/* Declared, but not what was said: the digest tells. */
static void
test_declared_wrongly (void)
{
  Case c;

  case_init (&c);
  meir_piece_store_declare_written (c.store, 0, 0, 3 * MEIR_SEGMENT_LENGTH);
  put_segment (&c, 0, 3);
  settle (&c);
  g_assert_cmpuint (c.n_verdicts, ==, 1);
  g_assert_false (c.last_good);
  case_clear (&c);
}

/* Z01, Z06: nothing is lost by a failed write; the bytes wait, other pieces go on. */
static void
test_failed_write (void)
{
  static const struct {
    int error_number;
    MeirError code;
  } failures[] = { { ENOSPC, MEIR_ERROR_NO_SPACE }, { EIO, MEIR_ERROR_IO }, { EDQUOT, MEIR_ERROR_NO_SPACE } };

  for (guint i = 0; i < G_N_ELEMENTS (failures); i++) {
    Case c;

    case_init (&c);
    disk_fixture_fail (FAULT_PWRITEV, (FaultPlan){ 1, 1, failures[i].error_number, 0 });
    put_segment (&c, 0, 0);
    settle (&c);
    g_assert_cmpuint (c.n_failed, ==, 1);
    g_assert_error (c.last_error, MEIR_ERROR, (gint) failures[i].code);
    g_assert_true (meir_piece_store_is_idle (c.store));
    g_assert_cmpuint (meir_piece_store_get_bytes (c.store), ==, MEIR_SEGMENT_LENGTH);
    put_segment (&c, 0, 1);
    put_segment (&c, 0, 2);
    put_segment (&c, 0, 3);
    put_piece (&c, 1);
    settle (&c);
    g_assert_cmpuint (c.n_verdicts, ==, 1);
    g_assert_cmpuint (c.last_piece, ==, 1);

    disk_fixture_fail (FAULT_PWRITEV, (FaultPlan){ 1, 1, failures[i].error_number, 0 });
    meir_piece_store_retry (c.store);
    settle (&c);
    g_assert_cmpuint (c.n_failed, ==, 2);
    disk_fixture_heal ();
    meir_piece_store_retry (c.store);
    settle (&c);
    g_assert_cmpuint (c.n_verdicts, ==, 2);
    g_assert_true (c.last_good);
    g_assert_cmpuint (meir_piece_store_get_bytes (c.store), ==, 0);
    meir_piece_store_retry (c.store);
    case_clear (&c);
  }
}

/* Closed or forgotten while what failed still waits, and while it is being tried again. */
static void
test_failed_and_over (void)
{
  for (guint i = 0; i < 4; i++) {
    Case c;

    case_init (&c);
    disk_fixture_fail (FAULT_PWRITEV, (FaultPlan){ 1, 1, EIO, 0 });
    put_segment (&c, 0, 0);
    settle (&c);
    g_assert_cmpuint (c.n_failed, ==, 1);
    put_block (&c, 0, MEIR_SEGMENT_LENGTH, FALSE);
    if (i & 1)
      meir_piece_store_abandon (c.store, 0);
    if (i & 2)
      meir_piece_store_retry (c.store);
    case_clear (&c);
    g_assert_cmpuint (c.n_verdicts, ==, 0);
  }
}

/* A piece that is shelved keeps its whole segments, written or on the way there, and nothing else; the rest
 * of it may come later. */
static void
test_shelve (void)
{
  Case c;

  case_init (&c);
  put_block (&c, 0, 0, FALSE);
  g_assert_cmpuint (meir_piece_store_get_bytes (c.store), ==, MEIR_SEGMENT_LENGTH);
  meir_piece_store_shelve (c.store, 0);
  g_assert_cmpuint (meir_piece_store_get_bytes (c.store), ==, 0);
  meir_piece_store_shelve (c.store, 0);
  put_segment (&c, 0, 0);
  put_block (&c, 0, MEIR_SEGMENT_LENGTH, FALSE);
  meir_piece_store_shelve (c.store, 0);
  g_assert_cmpuint (meir_piece_store_get_bytes (c.store), ==, MEIR_SEGMENT_LENGTH);
  settle (&c);
  g_assert_cmpuint (meir_piece_store_get_bytes (c.store), ==, 0);
  g_assert_cmpuint (c.n_written, ==, 1);
  for (guint32 begin = MEIR_SEGMENT_LENGTH; begin < PIECE; begin += MEIR_BLOCK_LENGTH)
    put_block (&c, 0, begin, FALSE);
  settle (&c);
  g_assert_cmpuint (c.n_verdicts, ==, 1);
  g_assert_true (c.last_good);
  case_clear (&c);
}

/* No hook runs afterwards, and memory comes back when the last job is done. */
static void
test_close (void)
{
  Case c;

  case_init (&c);
  put_piece (&c, 0);
  put_piece (&c, 1);
  put_block (&c, 2, 0, FALSE);
  meir_piece_store_abandon (c.store, 1);
  g_clear_pointer (&c.store, meir_piece_store_close);
  settle (&c);
  g_assert_cmpuint (c.n_verdicts + c.n_written + c.n_failed + c.n_relieved, ==, 0);
  case_clear (&c);

  /* While the marks of a bad piece are being read. */
  case_init (&c);
  for (guint32 begin = 0; begin < PIECE; begin += MEIR_BLOCK_LENGTH)
    put_block (&c, 1, begin, begin == 0);
  while (!(meir_disk_wait (c.disk), meir_disk_dispatch (c.disk) > 0 && c.n_written >= 1))
    continue;
  g_clear_pointer (&c.store, meir_piece_store_close);
  settle (&c);
  g_assert_cmpuint (c.n_verdicts, ==, 0);
  case_clear (&c);
}

/* A restart waits for the last job and closes the store from within its hook. */
static void
test_close_when_relieved (void)
{
  Case c;

  case_init (&c);
  c.close_when_relieved = TRUE;
  put_segment (&c, 0, 0);
  settle (&c);
  g_assert_null (c.store);
  case_clear (&c);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/piece-store/whole", test_whole);
  g_test_add_func ("/piece-store/any-order", test_any_order);
  g_test_add_func ("/piece-store/runs", test_runs);
  g_test_add_func ("/piece-store/marks", test_marks);
  g_test_add_func ("/piece-store/abandon", test_abandon);
  g_test_add_func ("/piece-store/shelve", test_shelve);
  g_test_add_func ("/piece-store/declared", test_declared);
  g_test_add_func ("/piece-store/declared-wrongly", test_declared_wrongly);
  g_test_add_func ("/piece-store/failed-write", test_failed_write);
  g_test_add_func ("/piece-store/failed-and-over", test_failed_and_over);
  g_test_add_func ("/piece-store/close", test_close);
  g_test_add_func ("/piece-store/close-when-relieved", test_close_when_relieved);
  g_test_add_func ("/piece-store/abandon-while-writing", test_abandon_while_writing);
  return g_test_run ();
}
