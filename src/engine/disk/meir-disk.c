/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "disk/meir-disk.h"

#include "base/meir-error.h"
#include "disk/meir-disk-check.h"
#include "disk/meir-disk-queue.h"
#include "disk/meir-piece-hash.h"
#include "disk/meir-storage-private.h"
#include "meir-config.h"

#include <errno.h>
#include <glib/gi18n-lib.h>

/* Jobs kept for reuse. */
#define FREE_JOBS_MAX 1024u
/* Batches of urgent work after which a waiting CHECK gets its turn. */
#define CHECK_TURN 64u

/**
 * MeirDisk:
 * @urgent: WRITE and READ that can run now
 * @records: RECORD, and SYNC that has records to append first; one runs at a time
 * @slow: SYNC, PREPARE, CALL; at most all workers but one run them
 * @checks: CHECK; the first stays here until all its pieces are taken
 * @hauls: HAUL
 * @n_pending: jobs submitted that are not done
 * @n_urgent_batches: taken since a CHECK had its turn
 */
struct _MeirDisk {
  /* immutable */
  void (*wake) (gpointer user_data);
  gpointer user_data;
  GThread **threads;
  guint n_threads;
  GThread *hauler;
  guint width; /* pieces worth hashing side by side */

  /* engine thread */
  MeirDiskQueue free_jobs;
  gsize queued_bytes;

  /* guarded by @lock */
  GMutex lock;
  GCond has_work;
  GCond has_haul;
  GCond is_idle;
  MeirDiskQueue urgent;
  MeirDiskQueue records;
  MeirDiskQueue slow;
  MeirDiskQueue checks;
  MeirDiskQueue hauls;
  MeirDiskQueue done;
  gboolean is_recording;
  guint n_slow;
  guint n_pending;
  guint n_urgent_batches;
  guint64 next_ticket;
  gboolean is_stopping;
};

/* What a worker takes at once. */
typedef struct {
  MeirDiskJob *jobs[MEIR_HASHER_WIDTH_MAX];
  guint n_jobs; /* more than one only of WRITE */
  gboolean is_record;
  gboolean is_slow;
  gboolean is_check;
  gboolean is_check_over; /* a CHECK with no piece to take, and no other worker at it */
  MeirDiskCheckUnit unit; /* of a CHECK */
} Work;

static void
queue_locked (MeirDisk *disk, MeirDiskJob *job)
{
  switch (job->kind) {
  case MEIR_DISK_WRITE:
    if (job->hash != NULL && job->hash->is_running) {
      meir_disk_queue_push (&job->hash->waiting, job);
      return;
    }
    if (job->hash != NULL)
      job->hash->is_running = TRUE;
    meir_disk_queue_push (&disk->urgent, job);
    break;
  case MEIR_DISK_READ:
    meir_disk_queue_push (&disk->urgent, job);
    break;
  case MEIR_DISK_CHECK:
    meir_disk_queue_push (&disk->checks, job);
    g_cond_broadcast (&disk->has_work);
    return;
  case MEIR_DISK_RECORD:
    meir_disk_queue_push (&disk->records, job);
    break;
  case MEIR_DISK_SYNC: {
    gboolean has_records = job->n_pieces_verified + job->n_segments_written + job->n_pieces_forgotten > 0;

    meir_disk_queue_push (has_records && !job->is_recorded ? &disk->records : &disk->slow, job);
    break;
  }
  case MEIR_DISK_PREPARE:
  case MEIR_DISK_CALL:
    meir_disk_queue_push (&disk->slow, job);
    break;
  case MEIR_DISK_HAUL:
    meir_disk_queue_push (&disk->hauls, job);
    g_cond_signal (&disk->has_haul);
    return;
  }
  g_cond_signal (&disk->has_work);
}

static guint64
get_ticket (const MeirDiskJob *job)
{
  return job != NULL ? job->ticket : G_MAXUINT64;
}

static void
take_urgent_locked (MeirDisk *disk, Work *work)
{
  /* Side by side is worth it, but not while another worker stands idle. */
  guint n_max = MIN (disk->width, 1 + disk->urgent.length / disk->n_threads);

  do
    work->jobs[work->n_jobs++] = meir_disk_queue_pop (&disk->urgent);
  while (work->jobs[0]->kind == MEIR_DISK_WRITE && work->n_jobs < n_max && disk->urgent.first != NULL &&
         disk->urgent.first->kind == MEIR_DISK_WRITE);
  disk->n_urgent_batches++;
}

static gboolean
take_check_locked (MeirDisk *disk, Work *work)
{
  MeirDiskJob *job = disk->checks.first;

  if (job == NULL)
    return FALSE;
  work->jobs[work->n_jobs++] = job;
  work->is_check = TRUE;
  work->is_check_over =
      !meir_disk_check_take_locked (job, disk->width, &work->unit) && job->check->n_units == 0;
  if (job->check->is_exhausted)
    meir_disk_queue_pop (&disk->checks);
  disk->n_urgent_batches = 0;
  return TRUE;
}

/* The oldest job that may run. @is_helper: a worker in the middle of a CHECK, which takes only what is quick.
 */
static gboolean
take_locked (MeirDisk *disk, gboolean is_helper, Work *work)
{
  guint64 urgent = get_ticket (disk->urgent.first);
  guint64 record = disk->is_recording ? G_MAXUINT64 : get_ticket (disk->records.first);
  guint64 slow =
      is_helper || disk->n_slow + 1 >= disk->n_threads ? G_MAXUINT64 : get_ticket (disk->slow.first);
  guint64 oldest = MIN (urgent, MIN (record, slow));

  work->n_jobs = 0;
  work->is_check = work->is_record = work->is_slow = FALSE;
  if (!is_helper && (oldest == G_MAXUINT64 || disk->n_urgent_batches >= CHECK_TURN) &&
      take_check_locked (disk, work))
    return TRUE;
  if (oldest == G_MAXUINT64)
    return FALSE;
  if (oldest == urgent) {
    take_urgent_locked (disk, work);
  } else if (oldest == record) {
    work->jobs[work->n_jobs++] = meir_disk_queue_pop (&disk->records);
    work->is_record = disk->is_recording = TRUE;
  } else {
    work->jobs[work->n_jobs++] = meir_disk_queue_pop (&disk->slow);
    work->is_slow = TRUE;
    disk->n_slow++;
  }
  return TRUE;
}

/* Hands a job back. Its hash is not touched after: the engine thread may free it at once. Returns whether the
 * engine thread has to be woken. */
static gboolean
finish_locked (MeirDisk *disk, MeirDiskJob *job)
{
  gboolean was_empty = disk->done.first == NULL;

  if (job->kind == MEIR_DISK_WRITE && job->hash != NULL) {
    MeirDiskJob *next = meir_disk_queue_pop (&job->hash->waiting);

    if (next != NULL)
      meir_disk_queue_push (&disk->urgent, next); /* this worker looks for work right after */
    else
      job->hash->is_running = FALSE;
  }
  meir_disk_queue_push (&disk->done, job);
  disk->n_pending--;
  if (disk->n_pending == 0)
    g_cond_broadcast (&disk->is_idle);
  return was_empty;
}

static void
set_failed (MeirDiskJob *job, int error_number)
{
  job->error_number = error_number != 0 ? error_number : EIO;
}

static void
read_worker (MeirDiskJob *job)
{
  struct iovec vectors[MEIR_DISK_JOB_SEGMENTS];
  guint32 piece_length = meir_metainfo_get_piece_length (meir_storage_get_metainfo (job->storage));
  guint32 position = 0;
  guint n_vectors = 0;

  for (guint i = 0; i < job->n_segments && position < job->length; i++) {
    vectors[n_vectors].iov_base = job->segments[i];
    vectors[n_vectors].iov_len = MIN (job->length - position, MEIR_SEGMENT_LENGTH);
    position += (guint32) vectors[n_vectors++].iov_len;
  }
  if (!meir_storage_read (job->storage, (guint64) job->piece * piece_length + job->begin, vectors, n_vectors,
                          &job->error))
    set_failed (job, errno);
}

static void
record_worker (MeirDiskJob *job)
{
  const MeirJournalRecord record = {
    .pieces = job->pieces_verified,
    .n_pieces = job->n_pieces_verified,
    .segments = job->segments_written,
    .n_segments = job->n_segments_written,
    .forgotten = job->pieces_forgotten,
    .n_forgotten = job->n_pieces_forgotten,
  };

  if (!meir_journal_record (job->journal, job->generation, &record, &job->error))
    set_failed (job, EIO);
}

static void
sync_worker (MeirDiskJob *job)
{
  guint generation = meir_storage_get_generation (job->storage);
  gboolean is_good;

  if (job->journal == NULL)
    is_good = meir_storage_sync (job->storage, &job->error);
  else if (job->is_clean_stop)
    is_good = meir_journal_close (job->journal, &job->pieces_lost, &job->error);
  else
    is_good = meir_journal_sync (job->journal, &job->pieces_lost, &job->error);
  if (is_good)
    return;
  set_failed (job, errno);
  job->has_sync_failed = meir_storage_get_generation (job->storage) != generation;
  job->generation = meir_storage_get_generation (job->storage);
}

static void
prepare_worker (MeirDiskJob *job)
{
  if (job->journal != NULL && !meir_journal_mark_open (job->journal, &job->error))
    set_failed (job, EIO);
  else if (!meir_storage_prepare (job->storage, &job->error))
    set_failed (job, errno);
}

/* Runs one job that is neither WRITE nor CHECK. */
static void
run_single (MeirDiskJob *job, gboolean is_record)
{
  switch (job->kind) {
  case MEIR_DISK_READ:
    read_worker (job);
    break;
  case MEIR_DISK_RECORD:
    record_worker (job);
    break;
  case MEIR_DISK_SYNC:
    if (is_record)
      record_worker (job);
    else
      sync_worker (job);
    break;
  case MEIR_DISK_PREPARE:
    prepare_worker (job);
    break;
  case MEIR_DISK_CALL:
  case MEIR_DISK_HAUL:
    job->call (job);
    break;
  case MEIR_DISK_WRITE:
  case MEIR_DISK_CHECK:
    g_assert_not_reached ();
  }
}

/* The records of a SYNC are in: now it syncs. Except where the disk may have lost what they speak of; and a
 * journal that could not be written is tried again by the sync itself. */
static gboolean
goes_on_to_sync (MeirDiskJob *job)
{
  if (job->kind != MEIR_DISK_SYNC || job->generation != meir_storage_get_generation (job->storage))
    return FALSE;
  g_clear_error (&job->error);
  job->error_number = 0;
  job->is_recorded = TRUE;
  return TRUE;
}

static void help (gpointer user_data);

/* One unit of a CHECK. Returns whether the job is done. */
static gboolean
run_check (MeirDisk *disk, Work *work, MeirDiskCheckBench **bench)
{
  MeirDiskJob *job = work->jobs[0];
  GError *error;
  gboolean is_done;
  int error_number;

  if (work->unit.n_pieces == 0)
    return work->is_check_over;
  if (*bench == NULL)
    *bench = meir_disk_check_bench_new ();
  error = meir_disk_check_hash_worker (job, &work->unit, *bench, help, disk, &error_number);
  g_mutex_lock (&disk->lock);
  is_done = meir_disk_check_settle_locked (job, &work->unit, error, error_number);
  g_mutex_unlock (&disk->lock);
  return is_done;
}

/* Runs what was taken, without the lock, and hands it back. */
static void
run_work (MeirDisk *disk, Work *work, MeirDiskCheckBench **bench)
{
  gboolean must_wake = FALSE;
  gboolean is_done = TRUE;

  if (work->is_check)
    is_done = run_check (disk, work, bench);
  else if (work->jobs[0]->kind == MEIR_DISK_WRITE)
    meir_piece_hash_run_worker (work->jobs, work->n_jobs);
  else
    run_single (work->jobs[0], work->is_record);

  g_mutex_lock (&disk->lock);
  if (work->is_record) {
    disk->is_recording = FALSE;
    if (disk->records.first != NULL)
      g_cond_signal (&disk->has_work);
    if (goes_on_to_sync (work->jobs[0])) {
      queue_locked (disk, work->jobs[0]);
      is_done = FALSE;
    }
  }
  if (work->is_slow) {
    disk->n_slow--;
    if (disk->slow.first != NULL)
      g_cond_signal (&disk->has_work);
  }
  for (guint i = 0; i < work->n_jobs && is_done; i++)
    must_wake = finish_locked (disk, work->jobs[i]) || must_wake;
  g_mutex_unlock (&disk->lock);
  if (must_wake && disk->wake != NULL)
    disk->wake (disk->user_data);
}

/* In the middle of a CHECK: what is urgent goes first. */
static void
help (gpointer user_data)
{
  MeirDisk *disk = user_data;
  Work work;

  for (;;) {
    gboolean has_work;

    g_mutex_lock (&disk->lock);
    has_work = take_locked (disk, TRUE, &work);
    g_mutex_unlock (&disk->lock);
    if (!has_work)
      return;
    run_work (disk, &work, NULL);
  }
}

static gpointer
worker_thread (gpointer user_data)
{
  MeirDisk *disk = user_data;
  MeirDiskCheckBench *bench = NULL;
  Work work;

  for (;;) {
    gboolean has_work;

    g_mutex_lock (&disk->lock);
    while (!(has_work = take_locked (disk, FALSE, &work)) && !disk->is_stopping) {
      if (bench != NULL) { /* the check is over: its buffers are not kept */
        g_mutex_unlock (&disk->lock);
        g_clear_pointer (&bench, meir_disk_check_bench_free);
        g_mutex_lock (&disk->lock);
        continue;
      }
      g_cond_wait (&disk->has_work, &disk->lock);
    }
    g_mutex_unlock (&disk->lock);
    if (!has_work)
      break;
    run_work (disk, &work, &bench);
  }
  g_clear_pointer (&bench, meir_disk_check_bench_free);
  return NULL;
}

static gpointer
hauler_thread (gpointer user_data)
{
  MeirDisk *disk = user_data;

  for (;;) {
    Work work = { .n_jobs = 1 };

    g_mutex_lock (&disk->lock);
    while ((work.jobs[0] = meir_disk_queue_pop (&disk->hauls)) == NULL && !disk->is_stopping)
      g_cond_wait (&disk->has_haul, &disk->lock);
    g_mutex_unlock (&disk->lock);
    if (work.jobs[0] == NULL)
      return NULL;
    run_work (disk, &work, NULL);
  }
}

MeirDisk *
meir_disk_new (guint n_workers, void (*wake) (gpointer user_data), gpointer user_data)
{
  MeirDisk *disk = g_new0 (MeirDisk, 1);

  disk->wake = wake;
  disk->user_data = user_data;
  disk->width = MIN (meir_hasher_get_width (), MEIR_HASHER_WIDTH_MAX);
  disk->n_threads = MAX (n_workers, 2);
  g_mutex_init (&disk->lock);
  g_cond_init (&disk->has_work);
  g_cond_init (&disk->has_haul);
  g_cond_init (&disk->is_idle);
  disk->threads = g_new0 (GThread *, disk->n_threads);
  for (guint i = 0; i < disk->n_threads; i++)
    disk->threads[i] = g_thread_new ("meir-disk", worker_thread, disk);
  disk->hauler = g_thread_new ("meir-haul", hauler_thread, disk);
  return disk;
}

static void
clear_job (MeirDiskJob *job)
{
  g_clear_error (&job->error);
  g_clear_pointer (&job->storage, meir_storage_unref);
  g_clear_pointer (&job->pieces_lost, g_array_unref);
  g_clear_pointer (&job->check, g_free);
}

void
meir_disk_free (MeirDisk *disk)
{
  MeirDiskJob *job;

  meir_disk_wait (disk);
  g_mutex_lock (&disk->lock);
  disk->is_stopping = TRUE;
  g_cond_broadcast (&disk->has_work);
  g_cond_signal (&disk->has_haul);
  g_mutex_unlock (&disk->lock);
  for (guint i = 0; i < disk->n_threads; i++)
    g_thread_join (disk->threads[i]);
  g_thread_join (disk->hauler);
  while ((job = meir_disk_queue_pop (&disk->done)) != NULL) {
    clear_job (job);
    g_free (job);
  }
  while ((job = meir_disk_queue_pop (&disk->free_jobs)) != NULL)
    g_free (job);
  g_mutex_clear (&disk->lock);
  g_cond_clear (&disk->has_work);
  g_cond_clear (&disk->has_haul);
  g_cond_clear (&disk->is_idle);
  g_free (disk->threads);
  g_free (disk);
}

MeirDiskJob *
meir_disk_job_new (MeirDisk *disk, MeirDiskJobKind kind, MeirStorage *storage, MeirDiskDone done,
                   gpointer user_data)
{
  MeirDiskJob *job = meir_disk_queue_pop (&disk->free_jobs);

  if (job == NULL)
    job = g_new (MeirDiskJob, 1);
  *job = (MeirDiskJob){ .kind = kind, .done = done, .user_data = user_data };
  if (storage != NULL)
    job->storage = meir_storage_ref (storage);
  return job;
}

void
meir_disk_job_release (MeirDisk *disk, MeirDiskJob *job)
{
  clear_job (job);
  if (disk->free_jobs.length < FREE_JOBS_MAX)
    meir_disk_queue_push (&disk->free_jobs, job);
  else
    g_free (job);
}

void
meir_disk_submit (MeirDisk *disk, MeirDiskJob *job)
{
  g_return_if_fail (job->n_segments <= MEIR_DISK_JOB_SEGMENTS);
  g_return_if_fail (job->length <= job->n_segments * MEIR_SEGMENT_LENGTH);

  job->error_number = 0;
  job->verdict = MEIR_PIECE_PENDING;
  job->is_recorded = job->has_sync_failed = FALSE;
  g_clear_error (&job->error);
  g_clear_pointer (&job->pieces_lost, g_array_unref);
  job->generation = job->storage != NULL ? job->storage->known_generation : 0;
  if (job->kind == MEIR_DISK_WRITE)
    disk->queued_bytes += job->length;
  if (job->kind == MEIR_DISK_CHECK) {
    g_clear_pointer (&job->check, g_free);
    job->check = g_new0 (MeirDiskCheck, 1);
  }
  g_mutex_lock (&disk->lock);
  job->ticket = disk->next_ticket++;
  disk->n_pending++;
  queue_locked (disk, job);
  g_mutex_unlock (&disk->lock);
}

void
meir_disk_recall (MeirDisk *disk, MeirDiskJob *job)
{
  gboolean must_wake;

  g_mutex_lock (&disk->lock);
  must_wake = meir_disk_queue_remove (&disk->hauls, job) && finish_locked (disk, job);
  g_mutex_unlock (&disk->lock);
  if (must_wake && disk->wake != NULL)
    disk->wake (disk->user_data);
}

/* A sync that failed spoils what was read or written before the submitter can know of it. */
static void
apply_generation (MeirDiskJob *job)
{
  MeirStorage *storage = job->storage;
  gboolean is_spoilt = FALSE;

  if (job->has_sync_failed) {
    storage->known_generation = job->generation;
  } else if (job->kind == MEIR_DISK_CHECK && job->generation != storage->known_generation) {
    meir_bitfield_unset_all (job->pieces);
    is_spoilt = TRUE;
  } else if (job->kind == MEIR_DISK_WRITE && job->verdict == MEIR_PIECE_VERIFIED &&
             job->hash->generation != storage->known_generation) {
    job->verdict = MEIR_PIECE_PENDING;
    is_spoilt = TRUE;
  }
  if (is_spoilt && job->error == NULL) {
    job->error_number = EIO;
    meir_set_error_from_errno (&job->error, EIO, _ ("The disk may have lost what was last written into “%s”"),
                               meir_storage_get_folder (storage));
  }
}

guint
meir_disk_dispatch (MeirDisk *disk)
{
  MeirDiskQueue done;
  MeirDiskJob *job;
  guint n_jobs = 0;

  g_mutex_lock (&disk->lock);
  done = disk->done;
  disk->done = (MeirDiskQueue){ 0 };
  g_mutex_unlock (&disk->lock);
  while ((job = meir_disk_queue_pop (&done)) != NULL) {
    if (job->kind == MEIR_DISK_WRITE)
      disk->queued_bytes -= job->length;
    apply_generation (job);
    job->done (job);
    n_jobs++;
  }
  return n_jobs;
}

void
meir_disk_wait (MeirDisk *disk)
{
  g_mutex_lock (&disk->lock);
  while (disk->n_pending > 0)
    g_cond_wait (&disk->is_idle, &disk->lock);
  g_mutex_unlock (&disk->lock);
}

gboolean
meir_disk_wait_until (MeirDisk *disk, gint64 deadline_usec)
{
  gboolean is_in_time = TRUE;

  g_mutex_lock (&disk->lock);
  while (disk->n_pending > 0 && is_in_time)
    is_in_time = g_cond_wait_until (&disk->is_idle, &disk->lock, deadline_usec);
  is_in_time = disk->n_pending == 0;
  g_mutex_unlock (&disk->lock);
  return is_in_time;
}

gsize
meir_disk_get_queued_bytes (MeirDisk *disk)
{
  return disk->queued_bytes;
}
