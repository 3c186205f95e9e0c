/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "disk/meir-disk.h"

#include "base/meir-error.h"
#include "base/meir-random.h"
#include "disk-fixture.h"
#include "disk/meir-piece-hash.h"

#include <string.h>
#include <sys/resource.h>

/* An engine thread that does nothing but wait for its pool. */
typedef struct {
  MeirDisk *disk;
  GMutex lock;
  GCond woken;
  guint n_wakes;
  guint n_open; /* jobs submitted and not done */
} Engine;

static void
wake (gpointer user_data)
{
  Engine *engine = user_data;

  g_mutex_lock (&engine->lock);
  engine->n_wakes++;
  g_cond_signal (&engine->woken);
  g_mutex_unlock (&engine->lock);
}

static void
engine_init (Engine *engine, guint n_workers)
{
  *engine = (Engine){ 0 };
  g_mutex_init (&engine->lock);
  g_cond_init (&engine->woken);
  engine->disk = meir_disk_new (n_workers, wake, engine);
}

static void
engine_clear (Engine *engine)
{
  meir_disk_free (engine->disk);
  g_mutex_clear (&engine->lock);
  g_cond_clear (&engine->woken);
}

/* Sleeps until woken, dispatches, until nothing is open. */
static void
engine_run (Engine *engine)
{
  while (engine->n_open > 0) {
    g_mutex_lock (&engine->lock);
    while (engine->n_wakes == 0)
      g_cond_wait (&engine->woken, &engine->lock);
    engine->n_wakes = 0;
    g_mutex_unlock (&engine->lock);
    meir_disk_dispatch (engine->disk);
  }
}

static MeirDiskJob *
make_job (Engine *engine, MeirDiskJobKind kind, MeirStorage *storage, MeirDiskDone done, gpointer user_data)
{
  engine->n_open++;
  return meir_disk_job_new (engine->disk, kind, storage, done, user_data);
}

/* What the done functions below need of their engine; they run on its thread. */
static Engine *current;
static DiskFixture *current_fixture;
static guint n_verified, n_bad, n_pending, n_failed;

static void
begin (Engine *engine, DiskFixture *fixture, guint n_workers)
{
  engine_init (engine, n_workers);
  current = engine;
  current_fixture = fixture;
  n_verified = n_bad = n_pending = n_failed = 0;
}

static void
written (MeirDiskJob *job)
{
  MeirPieceHash *hash = job->user_data;

  n_failed += job->error != NULL;
  switch (job->verdict) {
  case MEIR_PIECE_PENDING:
    n_pending++;
    break;
  case MEIR_PIECE_VERIFIED:
    n_verified++;
    meir_piece_hash_free (hash);
    break;
  case MEIR_PIECE_BAD:
    n_bad++;
    meir_piece_hash_free (hash);
    break;
  }
  current->n_open--;
  meir_disk_job_release (current->disk, job);
}

static void
finished (MeirDiskJob *job)
{
  n_failed += job->error != NULL;
  current->n_open--;
  meir_disk_job_release (current->disk, job);
}

static void
submit_write (Engine *engine, MeirStorage *storage, MeirPieceHash *hash, guint32 piece, guint32 offset,
              guint32 length)
{
  MeirDiskJob *job = make_job (engine, MEIR_DISK_WRITE, storage, written, hash);
  guint32 size;
  const guint8 *bytes = disk_fixture_piece (current_fixture, piece, &size);

  job->piece = piece;
  job->begin = offset;
  job->length = length;
  job->hash = hash;
  for (guint32 position = 0; position < length; position += MEIR_SEGMENT_LENGTH)
    job->segments[job->n_segments++] = (guint8 *) bytes + offset + position;
  meir_disk_submit (engine->disk, job);
}

/* Many pieces at once, each in order and cut into small jobs: the order within a piece has to hold. */
static void
check_writes (guint n_workers, guint32 step)
{
  g_autoptr (DiskFixture) fixture = disk_fixture_new (512 << 10, NULL, (8 << 20) + 100);
  g_autoptr (MeirStorage) storage = disk_fixture_prepare (fixture);
  g_autofree MeirPieceHash **hashes = g_new0 (MeirPieceHash *, fixture->n_pieces);
  Engine engine;
  guint n_jobs = 0;

  begin (&engine, fixture, n_workers);
  disk_fixture_fail (FAULT_PREADV, (FaultPlan){ 0 });
  for (guint32 offset = 0; offset < fixture->piece_length; offset += step) {
    for (guint32 piece = 0; piece < fixture->n_pieces; piece++) {
      guint32 size = meir_metainfo_get_piece_size (fixture->metainfo, piece);

      if (offset >= size)
        continue;
      if (offset == 0)
        hashes[piece] = meir_piece_hash_new (storage, piece);
      submit_write (&engine, storage, hashes[piece], piece, offset, MIN (step, size - offset));
      n_jobs++;
    }
  }
  g_assert_cmpuint (meir_disk_get_queued_bytes (engine.disk), ==, fixture->length);
  engine_run (&engine);
  g_assert_cmpuint (meir_disk_get_queued_bytes (engine.disk), ==, 0);
  g_assert_cmpuint (n_verified, ==, fixture->n_pieces);
  g_assert_cmpuint (n_pending, ==, n_jobs - fixture->n_pieces);
  g_assert_cmpuint (n_failed + n_bad, ==, 0);
  /* A segment that overtook another would have to be read back. */
  g_assert_cmpuint (disk_fixture_count_calls (FAULT_PREADV), ==, 0);
  engine_clear (&engine);
  g_assert_true (disk_fixture_is_whole (fixture));
}

static void
test_writes_in_order (void)
{
  check_writes (1, 16384);
  check_writes (2, 65536);
  check_writes (5, 16384);
}

static void
test_bad_and_failed (void)
{
  g_autoptr (DiskFixture) fixture = disk_fixture_new (64 << 10, NULL, 320 << 10);
  g_autoptr (MeirStorage) storage = disk_fixture_prepare (fixture);
  MeirPieceHash *failing;
  Engine engine;

  begin (&engine, fixture, 2);
  fixture->content[0] ^= 1;
  for (guint32 piece = 0; piece < 4; piece++)
    submit_write (&engine, storage, meir_piece_hash_new (storage, piece), piece, 0, 64 << 10);
  engine_run (&engine);
  g_assert_cmpuint (n_verified, ==, 3);
  g_assert_cmpuint (n_bad, ==, 1);

  disk_fixture_fail (FAULT_PWRITEV, (FaultPlan){ 1, 1, EIO, 0 });
  failing = meir_piece_hash_new (storage, 4);
  submit_write (&engine, storage, failing, 4, 0, 64 << 10);
  engine_run (&engine);
  g_assert_cmpuint (n_failed, ==, 1);
  submit_write (&engine, storage, failing, 4, 0, 64 << 10);
  engine_run (&engine);
  g_assert_cmpuint (n_failed, ==, 1);
  g_assert_cmpuint (n_verified, ==, 4);
  engine_clear (&engine);
}

static void
read_done (MeirDiskJob *job)
{
  guint32 size;
  const guint8 *bytes = disk_fixture_piece (current_fixture, job->piece, &size);

  if (job->error == NULL) {
    guint32 first = MIN (job->length, MEIR_SEGMENT_LENGTH);

    g_assert_cmpmem (job->segments[0], first, bytes + job->begin, first);
    g_assert_cmpmem (job->segments[1], job->length - first, bytes + job->begin + first, job->length - first);
    n_verified++;
  } else {
    g_assert_cmpint (job->error_number, ==, ENODATA);
    g_assert_error (job->error, MEIR_ERROR, MEIR_ERROR_INCOMPLETE);
  }
  finished (job);
}

static void
test_reads (void)
{
  g_autoptr (DiskFixture) fixture = disk_fixture_new (1 << 20, NULL, 2 << 20);
  g_autoptr (MeirStorage) storage = disk_fixture_open (fixture);
  g_autofree guint8 *memory = g_malloc (20 * 2 * MEIR_SEGMENT_LENGTH);
  g_autofree char *path = disk_fixture_path (fixture, "torrent");
  Engine engine;

  disk_fixture_fill (fixture);
  g_assert_cmpint (truncate (path, (2 << 20) - 1), ==, 0);
  begin (&engine, fixture, 3);
  for (guint i = 0; i < 20; i++) {
    MeirDiskJob *job = make_job (&engine, MEIR_DISK_READ, storage, read_done, NULL);

    job->piece = i % 2;
    job->begin = i * 30000;
    job->length = i == 19 ? (1 << 20) - job->begin : 16384 * i + 1;
    job->segments[0] = memory + (gsize) i * 2 * MEIR_SEGMENT_LENGTH;
    job->segments[1] = job->segments[0] + MEIR_SEGMENT_LENGTH;
    job->n_segments = 2;
    meir_disk_submit (engine.disk, job);
  }
  engine_run (&engine);
  g_assert_cmpuint (n_verified, ==, 19);
  g_assert_cmpuint (n_failed, ==, 1);
  engine_clear (&engine);
}

/* A gate that CALL and HAUL jobs wait at, for tests that need workers held. */
typedef struct {
  GMutex lock;
  GCond changed;
  gboolean is_open;
  guint n_inside; /* so far */
} Gate;

static void
gate_init (Gate *gate)
{
  *gate = (Gate){ .n_inside = 0 };
  g_mutex_init (&gate->lock);
  g_cond_init (&gate->changed);
}

static void
gate_clear (Gate *gate)
{
  g_mutex_clear (&gate->lock);
  g_cond_clear (&gate->changed);
}

static void
wait_at_gate (MeirDiskJob *job)
{
  Gate *gate = job->user_data;

  g_mutex_lock (&gate->lock);
  gate->n_inside++;
  g_cond_broadcast (&gate->changed);
  while (!gate->is_open)
    g_cond_wait (&gate->changed, &gate->lock);
  g_mutex_unlock (&gate->lock);
}

static void
submit_to_gate (Engine *engine, MeirDiskJobKind kind, Gate *gate)
{
  MeirDiskJob *job = make_job (engine, kind, NULL, finished, gate);

  job->call = wait_at_gate;
  meir_disk_submit (engine->disk, job);
}

static void
gate_wait (Gate *gate, guint n_inside)
{
  g_mutex_lock (&gate->lock);
  while (gate->n_inside < n_inside)
    g_cond_wait (&gate->changed, &gate->lock);
  g_mutex_unlock (&gate->lock);
}

/* Opens it, for which as many as @n_inside have to be there. */
static void
gate_open (Gate *gate, guint n_inside)
{
  g_mutex_lock (&gate->lock);
  g_assert_cmpuint (gate->n_inside, ==, n_inside);
  gate->is_open = TRUE;
  g_cond_broadcast (&gate->changed);
  g_mutex_unlock (&gate->lock);
}

/* However many slow jobs there are, one worker goes on reading and writing. */
static void
test_slow_jobs_leave_room (void)
{
  g_autoptr (DiskFixture) fixture = disk_fixture_new (64 << 10, NULL, 256 << 10);
  g_autoptr (MeirStorage) storage = disk_fixture_prepare (fixture);
  Engine engine;
  Gate gate;

  gate_init (&gate);
  begin (&engine, fixture, 3);
  for (guint i = 0; i < 6; i++)
    submit_to_gate (&engine, MEIR_DISK_CALL, &gate);
  gate_wait (&gate, 2);

  for (guint32 piece = 0; piece < 4; piece++)
    submit_write (&engine, storage, meir_piece_hash_new (storage, piece), piece, 0, 64 << 10);
  while (n_verified < 4) {
    meir_disk_dispatch (engine.disk);
    g_thread_yield ();
  }
  g_assert_false (meir_disk_wait_until (engine.disk, g_get_monotonic_time () + 1000));
  gate_open (&gate, 2);
  meir_disk_wait (engine.disk);
  g_assert_true (meir_disk_wait_until (engine.disk, 0));
  meir_disk_dispatch (engine.disk);
  g_assert_cmpuint (engine.n_open, ==, 0);
  g_assert_cmpuint (gate.n_inside, ==, 6);
  engine_clear (&engine);
  gate_clear (&gate);
}

/* What is hauled takes its time, one after the other; nobody waits for it, slow or not. */
static void
test_hauls_hold_nobody_up (void)
{
  g_autoptr (DiskFixture) fixture = disk_fixture_new (64 << 10, NULL, 256 << 10);
  g_autoptr (MeirStorage) storage = disk_fixture_prepare (fixture);
  Gate passed, gate;
  Engine engine;

  gate_init (&gate);
  gate_init (&passed);
  gate_open (&passed, 0);
  begin (&engine, fixture, 2);
  for (guint i = 0; i < 3; i++)
    submit_to_gate (&engine, MEIR_DISK_HAUL, &gate);
  gate_wait (&gate, 1);

  for (guint i = 0; i < 3; i++)
    submit_to_gate (&engine, MEIR_DISK_CALL, &passed);
  meir_disk_submit (engine.disk, make_job (&engine, MEIR_DISK_SYNC, storage, finished, NULL));
  submit_write (&engine, storage, meir_piece_hash_new (storage, 0), 0, 0, 64 << 10);
  while (engine.n_open > 3) {
    meir_disk_dispatch (engine.disk);
    g_thread_yield ();
  }
  g_assert_cmpuint (passed.n_inside, ==, 3);
  g_assert_cmpuint (n_verified, ==, 1);
  gate_open (&gate, 1);
  engine_run (&engine);
  g_assert_cmpuint (gate.n_inside, ==, 3);
  g_assert_cmpuint (n_failed, ==, 0);
  engine_clear (&engine);
  gate_clear (&passed);
  gate_clear (&gate);
}

static void
test_prepare_and_sync (void)
{
  static const FixtureFile files[] = { { "a/b", 30000, FALSE }, { "c", 40000, FALSE }, { NULL, 0, FALSE } };
  g_autoptr (DiskFixture) fixture = disk_fixture_new (16384, files, 0);
  g_autoptr (MeirStorage) storage = disk_fixture_open (fixture);
  g_autofree char *path = disk_fixture_path (fixture, "torrent/a/b");
  Engine engine;

  begin (&engine, fixture, 2);
  meir_disk_submit (engine.disk, make_job (&engine, MEIR_DISK_PREPARE, storage, finished, NULL));
  engine_run (&engine);
  g_assert_true (g_file_test (path, G_FILE_TEST_IS_REGULAR));
  meir_disk_submit (engine.disk, make_job (&engine, MEIR_DISK_SYNC, storage, finished, NULL));
  engine_run (&engine);
  g_assert_cmpuint (n_failed, ==, 0);
  g_assert_cmpint (g_remove (path), ==, 0);
  g_assert_cmpint (g_mkdir (path, 0777), ==, 0);
  meir_disk_submit (engine.disk, make_job (&engine, MEIR_DISK_PREPARE, storage, finished, NULL));
  engine_run (&engine);
  g_assert_cmpuint (n_failed, ==, 1);
  engine_clear (&engine);
}

/* A piece that was begun before a sync failed, and completed after, may have lost its beginning. */
static void
test_failed_sync_spoils_pieces (void)
{
  g_autoptr (DiskFixture) fixture = disk_fixture_new (64 << 10, NULL, 128 << 10);
  g_autoptr (MeirStorage) storage = disk_fixture_prepare (fixture);
  MeirPieceHash *before = NULL;
  Engine engine;

  begin (&engine, fixture, 2);
  before = meir_piece_hash_new (storage, 0);
  submit_write (&engine, storage, before, 0, 0, 32768);
  engine_run (&engine);
  disk_fixture_fail (FAULT_FDATASYNC, (FaultPlan){ 1, 1, EIO, 0 });
  meir_disk_submit (engine.disk, make_job (&engine, MEIR_DISK_SYNC, storage, finished, NULL));
  engine_run (&engine);
  g_assert_cmpuint (n_failed, ==, 1);

  submit_write (&engine, storage, before, 0, 32768, 32768);
  engine_run (&engine);
  g_assert_cmpuint (n_failed, ==, 2);
  g_assert_cmpuint (n_verified, ==, 0);
  meir_piece_hash_free (before);

  submit_write (&engine, storage, meir_piece_hash_new (storage, 1), 1, 0, 65536);
  engine_run (&engine);
  g_assert_cmpuint (n_failed, ==, 2);
  g_assert_cmpuint (n_verified, ==, 1);
  engine_clear (&engine);
}

/* A pool that is freed with work in it does the work first. */
static void
test_free_finishes_work (void)
{
  g_autoptr (DiskFixture) fixture = disk_fixture_new (64 << 10, NULL, 4 << 20);
  g_autoptr (MeirStorage) storage = disk_fixture_prepare (fixture);
  g_autoptr (GPtrArray) hashes = g_ptr_array_new_with_free_func ((GDestroyNotify) meir_piece_hash_free);
  Engine engine;

  begin (&engine, fixture, 2);
  for (guint32 piece = 0; piece < fixture->n_pieces; piece++) {
    MeirPieceHash *hash = meir_piece_hash_new (storage, piece);

    g_ptr_array_add (hashes, hash);
    submit_write (&engine, storage, hash, piece, 0, 30000);
    submit_write (&engine, storage, hash, piece, 30000, 35536);
  }
  engine_clear (&engine);
  g_assert_cmpuint (n_verified, ==, 0);
  g_assert_true (disk_fixture_is_whole (fixture));
}

/* A piece as large as we make them, in segments of which few are in memory at a time. */
static void
test_large_piece_in_little_memory (void)
{
  g_autoptr (DiskFixture) fixture = disk_fixture_new (64 << 20, NULL, 64 << 20);
  g_autoptr (MeirStorage) storage = disk_fixture_prepare (fixture);
  MeirPieceHash *hash = meir_piece_hash_new (storage, 0);
  struct rusage before, after;
  Engine engine;

  begin (&engine, fixture, 2);
  getrusage (RUSAGE_SELF, &before);
  /* The second half first, so that it has to be read back. */
  for (guint32 offset = 32 << 20; offset < 64 << 20; offset += 4 << 20)
    submit_write (&engine, storage, hash, 0, offset, 4 << 20);
  for (guint32 offset = 0; offset < 32 << 20; offset += 4 << 20)
    submit_write (&engine, storage, hash, 0, offset, 4 << 20);
  engine_run (&engine);
  getrusage (RUSAGE_SELF, &after);
  g_assert_cmpuint (n_verified, ==, 1);
  g_assert_cmpint (after.ru_maxrss - before.ru_maxrss, <, 8 << 10); /* KiB */
  engine_clear (&engine);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/disk/disk/writes-in-order", test_writes_in_order);
  g_test_add_func ("/disk/disk/bad-and-failed", test_bad_and_failed);
  g_test_add_func ("/disk/disk/reads", test_reads);
  g_test_add_func ("/disk/disk/slow-jobs-leave-room", test_slow_jobs_leave_room);
  g_test_add_func ("/disk/disk/hauls-hold-nobody-up", test_hauls_hold_nobody_up);
  g_test_add_func ("/disk/disk/prepare-and-sync", test_prepare_and_sync);
  g_test_add_func ("/disk/disk/failed-sync-spoils-pieces", test_failed_sync_spoils_pieces);
  g_test_add_func ("/disk/disk/free-finishes-work", test_free_finishes_work);
  g_test_add_func ("/disk/disk/large-piece-in-little-memory", test_large_piece_in_little_memory);
  return g_test_run ();
}
