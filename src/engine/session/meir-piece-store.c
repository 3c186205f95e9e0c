/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "session/meir-piece-store.h"

#include "base/meir-byte-cursor.h"
#include "base/meir-digest.h"
#include "base/meir-limits.h"

typedef enum {
  MEIR_SEGMENT_EMPTY,
  MEIR_SEGMENT_FILLING,
  MEIR_SEGMENT_FULL, /* waits for its job */
  MEIR_SEGMENT_WRITING,
  MEIR_SEGMENT_WRITTEN,
} MeirSegmentState;

typedef struct {
  guint8 *bytes;
  guint16 blocks_left;
  guint8 state;
} MeirSegment;

/* A piece some of whose bytes are here. At most one job of it is under way. */
typedef struct {
  MeirPieceStore *store;
  guint32 piece;
  guint32 length;
  guint n_segments;
  gboolean busy;
  gboolean abandoned;
  MeirPieceHash *hash;
  MeirSegment segments[];
} MeirPartial;

struct _MeirPieceStore {
  MeirDisk *disk;
  MeirStorage *storage;
  MeirMetainfo *metainfo; /* of the storage */
  MeirBufferPool *buffers;
  MeirPieceStoreHooks hooks;
  gpointer user_data;

  GHashTable *partials; /* piece + 1 -> MeirPartial */
  MeirPartial *last;    /* the one used last: most blocks come in runs */
  GHashTable *leaving;  /* piece + 1: abandoned, but one of its jobs is still under way */
  GPtrArray *stuck;     /* jobs whose write failed */
  gsize leased_bytes;
  guint n_jobs;
  gboolean closed;
};

MeirPieceStore *
meir_piece_store_new (MeirDisk *disk, MeirStorage *storage, MeirBufferPool *buffers,
                      const MeirPieceStoreHooks *hooks, gpointer user_data)
{
  MeirPieceStore *store = g_new0 (MeirPieceStore, 1);

  store->disk = disk;
  store->storage = meir_storage_ref (storage);
  store->metainfo = meir_storage_get_metainfo (storage);
  store->buffers = buffers;
  store->hooks = *hooks;
  store->user_data = user_data;
  store->partials = g_hash_table_new (NULL, NULL);
  store->leaving = g_hash_table_new (NULL, NULL);
  store->stuck = g_ptr_array_new ();
  return store;
}

static guint32
segment_length (const MeirPartial *partial, guint index)
{
  return MIN (MEIR_SEGMENT_LENGTH, partial->length - index * MEIR_SEGMENT_LENGTH);
}

static guint16
n_blocks (const MeirPartial *partial, guint index)
{
  return (guint16) ((segment_length (partial, index) + MEIR_BLOCK_LENGTH - 1) / MEIR_BLOCK_LENGTH);
}

static void
drop_segment (MeirPieceStore *store, guint8 *bytes)
{
  meir_buffer_pool_return (store->buffers, bytes);
  store->leased_bytes -= MEIR_SEGMENT_LENGTH;
}

static void
partial_free (MeirPieceStore *store, MeirPartial *partial)
{
  for (guint i = 0; i < partial->n_segments; i++) {
    if (partial->segments[i].bytes != NULL)
      drop_segment (store, partial->segments[i].bytes);
  }
  g_clear_pointer (&partial->hash, meir_piece_hash_free);
  g_free (partial);
}

static void
forget (MeirPieceStore *store, MeirPartial *partial)
{
  g_hash_table_remove (store->partials, GUINT_TO_POINTER (partial->piece + 1));
  if (store->last == partial)
    store->last = NULL;
}

static MeirPartial *
find_partial (MeirPieceStore *store, guint32 piece)
{
  if (store->last != NULL && store->last->piece == piece)
    return store->last;
  return g_hash_table_lookup (store->partials, GUINT_TO_POINTER (piece + 1));
}

static MeirPartial *
ensure_partial (MeirPieceStore *store, guint32 piece)
{
  MeirPartial *partial = find_partial (store, piece);
  guint32 length;
  guint n_segments;

  if (partial == NULL) {
    length = meir_metainfo_get_piece_size (store->metainfo, piece);
    n_segments = (length + MEIR_SEGMENT_LENGTH - 1) / MEIR_SEGMENT_LENGTH;
    partial = g_malloc0 (sizeof *partial + n_segments * sizeof partial->segments[0]);
    partial->store = store;
    partial->piece = piece;
    partial->length = length;
    partial->n_segments = n_segments;
    partial->hash = meir_piece_hash_new (store->storage, piece);
    for (guint i = 0; i < n_segments; i++)
      partial->segments[i].blocks_left = n_blocks (partial, i);
    g_hash_table_insert (store->partials, GUINT_TO_POINTER (piece + 1), partial);
  }
  store->last = partial;
  return partial;
}

guint8 *
meir_piece_store_get_sink (MeirPieceStore *store, guint32 piece, guint32 begin)
{
  MeirPartial *partial = ensure_partial (store, piece);
  MeirSegment *segment = &partial->segments[begin / MEIR_SEGMENT_LENGTH];

  g_assert (segment->state <= MEIR_SEGMENT_FILLING);
  if (segment->bytes == NULL) {
    segment->bytes = meir_buffer_pool_lease (store->buffers);
    segment->state = MEIR_SEGMENT_FILLING;
    store->leased_bytes += MEIR_SEGMENT_LENGTH;
  }
  return segment->bytes + begin % MEIR_SEGMENT_LENGTH;
}

static void write_done (MeirDiskJob *job);

static void
submit (MeirPieceStore *store, MeirDiskJob *job)
{
  store->n_jobs++;
  meir_disk_submit (store->disk, job);
}

/* Hands the longest run of full segments to a worker, unless one has a run of this piece already: what was
 * abandoned must not be written over what came after it. */
static void
write_next_run (MeirPieceStore *store, MeirPartial *partial)
{
  MeirDiskJob *job;
  guint first = 0;

  if (partial->busy || g_hash_table_contains (store->leaving, GUINT_TO_POINTER (partial->piece + 1)))
    return;
  while (first < partial->n_segments && partial->segments[first].state != MEIR_SEGMENT_FULL)
    first++;
  if (first == partial->n_segments)
    return;

  job = meir_disk_job_new (store->disk, MEIR_DISK_WRITE, store->storage, write_done, partial);
  job->piece = partial->piece;
  job->begin = first * MEIR_SEGMENT_LENGTH;
  job->hash = partial->hash;
  for (guint i = first; i < partial->n_segments && job->n_segments < MEIR_DISK_JOB_SEGMENTS &&
                        partial->segments[i].state == MEIR_SEGMENT_FULL;
       i++) {
    MeirSegment *segment = &partial->segments[i];

    job->segments[job->n_segments++] = g_steal_pointer (&segment->bytes);
    job->length += segment_length (partial, i);
    segment->state = MEIR_SEGMENT_WRITING;
  }
  partial->busy = TRUE;
  submit (store, job);
}

void
meir_piece_store_block_done (MeirPieceStore *store, guint32 piece, guint32 begin)
{
  MeirPartial *partial = ensure_partial (store, piece);
  MeirSegment *segment = &partial->segments[begin / MEIR_SEGMENT_LENGTH];

  g_assert (segment->state == MEIR_SEGMENT_FILLING && segment->blocks_left > 0);
  if (--segment->blocks_left > 0)
    return;
  segment->state = MEIR_SEGMENT_FULL;
  write_next_run (store, partial);
}

void
meir_piece_store_declare_written (MeirPieceStore *store, guint32 piece, guint32 begin, guint32 length)
{
  MeirPartial *partial = ensure_partial (store, piece);

  for (guint i = begin / MEIR_SEGMENT_LENGTH; i < partial->n_segments; i++) {
    guint32 start = i * MEIR_SEGMENT_LENGTH;

    if (start < begin || start + segment_length (partial, i) > begin + length)
      continue;
    partial->segments[i].state = MEIR_SEGMENT_WRITTEN;
    partial->segments[i].blocks_left = 0;
    meir_piece_hash_declare_written (partial->hash, start, segment_length (partial, i));
  }
}

void
meir_piece_store_abandon (MeirPieceStore *store, guint32 piece)
{
  MeirPartial *partial = find_partial (store, piece);

  if (partial == NULL)
    return;
  forget (store, partial);
  if (partial->busy) {
    partial->abandoned = TRUE;
    g_hash_table_add (store->leaving, GUINT_TO_POINTER (piece + 1));
  } else
    partial_free (store, partial);
}

void
meir_piece_store_shelve (MeirPieceStore *store, guint32 piece)
{
  MeirPartial *partial = find_partial (store, piece);
  gboolean is_empty = TRUE;

  if (partial == NULL)
    return;
  for (guint i = 0; i < partial->n_segments; i++) {
    MeirSegment *segment = &partial->segments[i];

    if (segment->state == MEIR_SEGMENT_FILLING) {
      drop_segment (store, g_steal_pointer (&segment->bytes));
      segment->state = MEIR_SEGMENT_EMPTY;
      segment->blocks_left = n_blocks (partial, i);
    }
    is_empty &= segment->state == MEIR_SEGMENT_EMPTY;
  }
  if (is_empty) {
    forget (store, partial);
    partial_free (store, partial);
  }
}

static void
maybe_free (MeirPieceStore *store)
{
  if (!store->closed || store->n_jobs > 0)
    return;
  g_hash_table_unref (store->partials);
  g_hash_table_unref (store->leaving);
  g_ptr_array_unref (store->stuck);
  meir_storage_unref (store->storage);
  g_free (store);
}

/* Reading a whole piece back, to tell who sent which of its blocks. */
typedef struct {
  MeirPieceStore *store;
  gboolean good;
  GArray *marks; /* guint64 */
} MeirMarking;

/* Worker: the marks of every block of a piece, read back: first 8 bytes of each block's SHA-1. */
static void
mark_worker (MeirDiskJob *job)
{
  MeirMetainfo *metainfo = meir_storage_get_metainfo (job->storage);
  guint64 start = (guint64) job->piece * meir_metainfo_get_piece_length (metainfo);
  guint32 length = meir_metainfo_get_piece_size (metainfo, job->piece);
  MeirMarking *marking = job->user_data;
  g_autofree guint8 *block = g_malloc (MEIR_BLOCK_LENGTH);

  for (guint32 begin = 0; begin < length; begin += MEIR_BLOCK_LENGTH) {
    struct iovec vector = { block, MIN (MEIR_BLOCK_LENGTH, length - begin) };
    guint8 digest[MEIR_SHA1_LENGTH];
    guint64 mark;

    if (!meir_storage_read (job->storage, start + begin, &vector, 1, &job->error)) {
      g_array_set_size (marking->marks, 0);
      return;
    }
    meir_sha1 (block, vector.iov_len, digest);
    mark = meir_load_u64 (digest);
    g_array_append_val (marking->marks, mark);
  }
}

static void
job_over (MeirPieceStore *store, MeirDiskJob *job)
{
  meir_disk_job_release (store->disk, job);
  store->n_jobs--;
  /* The hook may close the store, which is gone then. */
  if (store->closed)
    maybe_free (store);
  else
    store->hooks.relieved (store->user_data);
}

static void
marks_done (MeirDiskJob *job)
{
  MeirMarking *marking = job->user_data;
  MeirPieceStore *store = marking->store;

  if (!store->closed)
    store->hooks.verdict (store->user_data, job->piece, marking->good,
                          marking->marks->len > 0 ? &g_array_index (marking->marks, guint64, 0) : NULL);
  g_array_unref (marking->marks);
  g_free (marking);
  job_over (store, job);
}

/* The piece is whole, one way or the other. Who sent what matters when it is bad, or was bad before. */
static void
conclude (MeirPieceStore *store, MeirPartial *partial, MeirPieceVerdict verdict)
{
  guint32 piece = partial->piece;
  gboolean good = verdict == MEIR_PIECE_VERIFIED;
  MeirMarking *marking;
  MeirDiskJob *job;

  forget (store, partial);
  partial_free (store, partial);
  if (good && !store->hooks.wants_marks (store->user_data, piece)) {
    store->hooks.verdict (store->user_data, piece, TRUE, NULL);
    return;
  }
  marking = g_new0 (MeirMarking, 1);
  marking->store = store;
  marking->good = good;
  marking->marks = g_array_new (FALSE, FALSE, sizeof (guint64));
  job = meir_disk_job_new (store->disk, MEIR_DISK_CALL, store->storage, marks_done, marking);
  job->piece = piece;
  job->call = mark_worker;
  submit (store, job);
}

static void
return_segments (MeirPieceStore *store, MeirDiskJob *job)
{
  for (guint i = 0; i < job->n_segments; i++)
    drop_segment (store, job->segments[i]);
  job->n_segments = 0;
}

/* The last job of an abandoned piece is over: what has come of it since may be written. */
static void
leave (MeirPieceStore *store, MeirPartial *partial)
{
  MeirPartial *next;

  g_hash_table_remove (store->leaving, GUINT_TO_POINTER (partial->piece + 1));
  next = find_partial (store, partial->piece);
  partial_free (store, partial);
  if (next != NULL)
    write_next_run (store, next);
}

static void
write_done (MeirDiskJob *job)
{
  MeirPartial *partial = job->user_data;
  MeirPieceStore *store = partial->store;
  guint first = job->begin / MEIR_SEGMENT_LENGTH;

  if (job->error != NULL && !store->closed && !partial->abandoned) {
    store->n_jobs--;
    g_ptr_array_add (store->stuck, job);
    store->hooks.failed (store->user_data, job->error);
    return;
  }

  for (guint i = 0; i < job->n_segments; i++)
    partial->segments[first + i].state = MEIR_SEGMENT_WRITTEN;
  return_segments (store, job);
  partial->busy = FALSE;
  if (store->closed)
    partial_free (store, partial);
  else if (partial->abandoned)
    leave (store, partial);
  else if (job->verdict != MEIR_PIECE_PENDING)
    conclude (store, partial, job->verdict);
  else {
    store->hooks.written (store->user_data, job->piece, job->begin, job->length);
    write_next_run (store, partial);
  }
  job_over (store, job);
}

void
meir_piece_store_retry (MeirPieceStore *store)
{
  g_autoptr (GPtrArray) stuck = g_steal_pointer (&store->stuck);

  store->stuck = g_ptr_array_new ();
  for (guint i = 0; i < stuck->len; i++) {
    MeirDiskJob *job = g_ptr_array_index (stuck, i);

    g_clear_error (&job->error);
    submit (store, job);
  }
}

void
meir_piece_store_close (MeirPieceStore *store)
{
  GHashTableIter iter;
  gpointer value;

  store->closed = TRUE;
  for (guint i = 0; i < store->stuck->len; i++) {
    MeirDiskJob *job = g_ptr_array_index (store->stuck, i);
    MeirPartial *partial = job->user_data;

    return_segments (store, job);
    partial->busy = FALSE;
    /* Then it is not among the partials any more. */
    if (partial->abandoned)
      partial_free (store, partial);
    meir_disk_job_release (store->disk, job);
  }
  g_hash_table_iter_init (&iter, store->partials);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    MeirPartial *partial = value;

    if (!partial->busy)
      partial_free (store, partial);
    g_hash_table_iter_remove (&iter);
  }
  store->last = NULL;
  maybe_free (store);
}

gsize
meir_piece_store_get_bytes (MeirPieceStore *store)
{
  return store->leased_bytes;
}

gboolean
meir_piece_store_is_idle (MeirPieceStore *store)
{
  return store->n_jobs == 0;
}
