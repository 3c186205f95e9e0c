/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "disk/meir-create-hash.h"

#include "base/meir-limits.h"
#include "disk/meir-hasher.h"

#include <errno.h>
#include <stdatomic.h>
#include <unistd.h>

/* What all threads read into together, bytes. */
#define BUFFERS_BYTES_MAX (16u << 20)
/* What one thread reads before it hashes, bytes, in all its lanes together: has to stay in the core's L2
 * cache. Half of a MiB was the fastest of 64 KiB to 1 MiB, huge pages made no difference. */
#define BUFFER_BYTES_MAX (512u << 10)

/* One hashing of one list, shared by its threads. */
typedef struct {
  MeirCreateList *list;
  MeirCreateProgress *progress;
  MeirPause *pause; /* (nullable) */
  GCancellable *cancellable;
  guint8 *digests;
  guint32 piece_length;
  guint32 n_pieces;
  guint width;            /* pieces side by side in a thread */
  gsize segment_bytes;    /* of each of them read at a time */
  atomic_uint next_piece; /* the first that no thread has taken yet */
  atomic_bool failed;

  GMutex lock;
  GError *error; /* guarded by lock: the first one */
} Hashing;

/* One thread's. */
typedef struct {
  Hashing *hashing;
  guint8 *buffer;
  MeirHashLane *lanes[MEIR_HASHER_WIDTH_MAX];
  guint file; /* the one @fd is open on */
  int fd;     /* -1 when none is */
} Worker;

static gboolean
worker_close (Worker *worker, GError **error)
{
  gboolean unchanged = TRUE;

  if (worker->fd >= 0) {
    unchanged = meir_create_list_is_unchanged (worker->hashing->list, worker->file, worker->fd, error);
    close (worker->fd);
    worker->fd = -1;
  }
  return unchanged;
}

static gboolean
worker_open (Worker *worker, guint file, GError **error)
{
  if (worker->fd >= 0 && worker->file == file)
    return TRUE;
  if (!worker_close (worker, error))
    return FALSE;
  worker->file = file;
  worker->fd = meir_create_list_open (worker->hashing->list, file, error);
  return worker->fd >= 0;
}

/* The file that holds the byte at @offset; of files that begin there, the last, which is the one that is not
 * empty. */
static guint
find_file (const MeirCreateList *list, guint64 offset)
{
  guint low = 0, high = list->files->len;

  while (high - low > 1) {
    guint middle = low + (high - low) / 2;
    if (g_array_index (list->files, MeirCreateFile, middle).offset <= offset)
      low = middle;
    else
      high = middle;
  }
  return low;
}

static gboolean
read_file (Worker *worker, guint64 file_offset, guint8 *bytes, gsize length, GError **error)
{
  while (length > 0) {
    gssize n = pread (worker->fd, bytes, length, (off_t) file_offset);
    if (n < 0 && errno == EINTR)
      continue;
    if (n < 0) {
      meir_create_list_set_unreadable (worker->hashing->list, worker->file, errno, error);
      return FALSE;
    }
    if (n == 0) {
      meir_create_list_set_changed (worker->hashing->list, worker->file, error);
      return FALSE;
    }
    bytes += n;
    file_offset += (guint64) n;
    length -= (gsize) n;
  }
  return TRUE;
}

/* Reads a range of the torrent, from as many files as it covers. */
static gboolean
read_range (Worker *worker, guint64 offset, guint8 *bytes, gsize length, GError **error)
{
  const MeirCreateList *list = worker->hashing->list;

  for (guint i = find_file (list, offset); length > 0; i++) {
    const MeirCreateFile *file = &g_array_index (list->files, MeirCreateFile, i);
    guint64 in_file = offset - file->offset;
    gsize part = (gsize) MIN ((guint64) length, file->length - in_file);

    if (part == 0)
      continue;
    if (!worker_open (worker, i, error) || !read_file (worker, in_file, bytes, part, error))
      return FALSE;
    bytes += part;
    offset += part;
    length -= part;
  }
  return TRUE;
}

/* Feeds the lanes of @n consecutive pieces side by side, a segment of each at a time. */
static gboolean
hash_pieces (Worker *worker, guint32 first, guint n, GError **error)
{
  Hashing *hashing = worker->hashing;

  for (guint32 begin = 0; begin < hashing->piece_length; begin += hashing->segment_bytes) {
    const guint8 *data[MEIR_HASHER_WIDTH_MAX];
    gsize lengths[MEIR_HASHER_WIDTH_MAX];
    gsize bytes = 0;

    if (!meir_pause_wait (hashing->pause, hashing->cancellable, error) ||
        atomic_load_explicit (&hashing->failed, memory_order_relaxed))
      return FALSE;
    for (guint i = 0; i < n; i++) {
      guint64 offset = (guint64) (first + i) * hashing->piece_length + begin;
      guint64 left = hashing->list->total_bytes - MIN (offset, hashing->list->total_bytes);
      guint8 *segment = worker->buffer + i * hashing->segment_bytes;

      lengths[i] = MIN (hashing->segment_bytes, hashing->piece_length - begin);
      lengths[i] = (gsize) MIN (lengths[i], left);
      if (!read_range (worker, offset, segment, lengths[i], error))
        return FALSE;
      data[i] = segment;
      bytes += lengths[i];
    }
    meir_hasher_update_many (worker->lanes, data, lengths, n);
    if (hashing->progress != NULL)
      atomic_fetch_add_explicit (&hashing->progress->bytes_done, bytes, memory_order_relaxed);
  }
  for (guint i = 0; i < n; i++)
    meir_hasher_finish (worker->lanes[i], hashing->digests + (gsize) (first + i) * MEIR_SHA1_LENGTH);
  return TRUE;
}

static void
hashing_fail (Hashing *hashing, GError *error)
{
  g_mutex_lock (&hashing->lock);
  if (hashing->error == NULL)
    hashing->error = error;
  else
    g_error_free (error);
  g_mutex_unlock (&hashing->lock);
  atomic_store (&hashing->failed, TRUE);
}

static gpointer
hash_worker (gpointer data)
{
  Hashing *hashing = data;
  Worker worker = { .hashing = hashing, .fd = -1 };
  const gsize buffer_bytes = hashing->width * hashing->segment_bytes;
  GError *error = NULL;
  gboolean success = TRUE;

  worker.buffer = g_aligned_alloc (1, buffer_bytes, 4096);
  for (guint i = 0; i < hashing->width; i++)
    worker.lanes[i] = meir_hash_lane_new ();

  while (success) {
    guint first = atomic_fetch_add (&hashing->next_piece, hashing->width);
    if (first >= hashing->n_pieces)
      break;
    success = hash_pieces (&worker, first, MIN (hashing->width, hashing->n_pieces - first), &error);
  }
  success = worker_close (&worker, error == NULL ? &error : NULL) && success;
  if (error != NULL)
    hashing_fail (hashing, error);

  for (guint i = 0; i < hashing->width; i++)
    meir_hash_lane_free (worker.lanes[i]);
  g_aligned_free (worker.buffer);
  return NULL;
}

gboolean
meir_create_hash (MeirCreateList *list, guint32 piece_length, const MeirCreateOptions *options,
                  MeirCreateProgress *progress, GCancellable *cancellable, guint8 *digests, GError **error)
{
  Hashing hashing = {
    .list = list,
    .progress = progress,
    .pause = options->pause,
    .cancellable = cancellable,
    .digests = digests,
    .piece_length = piece_length,
    .n_pieces = (guint32) ((list->total_bytes + piece_length - 1) / piece_length),
    .width = MIN (meir_hasher_get_width (), MEIR_HASHER_WIDTH_MAX),
  };
  GThread *others[MEIR_CREATE_THREADS_MAX];
  guint n_batches = (hashing.n_pieces + hashing.width - 1) / hashing.width;
  gsize buffer_bytes;
  guint threads = options->threads > 0 ? options->threads : g_get_num_processors ();

  threads = MIN (MIN (threads, MEIR_CREATE_THREADS_MAX), n_batches);
  buffer_bytes = MIN (BUFFERS_BYTES_MAX / threads, BUFFER_BYTES_MAX);
  /* Whole pages, and whole blocks of the digest. */
  hashing.segment_bytes = MIN (buffer_bytes / hashing.width & ~(gsize) 4095, piece_length);
  g_mutex_init (&hashing.lock);

  for (guint i = 1; i < threads; i++)
    others[i] = g_thread_new ("meir-create-hash", hash_worker, &hashing);
  hash_worker (&hashing);
  for (guint i = 1; i < threads; i++)
    g_thread_join (others[i]);

  g_mutex_clear (&hashing.lock);
  if (hashing.error != NULL) {
    g_propagate_error (error, hashing.error);
    return FALSE;
  }
  return meir_pause_wait (hashing.pause, cancellable, error);
}
