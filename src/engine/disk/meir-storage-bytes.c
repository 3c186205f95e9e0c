/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "disk/meir-storage.h"

#include "base/meir-error.h"
#include "disk/meir-disk-faults.h"
#include "disk/meir-storage-private.h"

#include <string.h>

/* Vectors given to the kernel at once; IOV_MAX is 1024. A job has 16 segments. */
#define VECTORS_MAX 64u
/* A regular file does not say EAGAIN; file systems in user space have been seen to. A millisecond apart. */
#define AGAIN_TRIES 1000u

/* Where in the caller's vectors the next byte lies. */
typedef struct {
  const struct iovec *vectors;
  guint n_vectors;
  gsize used; /* bytes of vectors[0] */
} VectorCursor;

static guint64
get_total_length (const struct iovec *vectors, guint n_vectors)
{
  guint64 total = 0;

  for (guint i = 0; i < n_vectors; i++)
    total += vectors[i].iov_len;
  return total;
}

/* Up to VECTORS_MAX vectors of at most @length bytes in all, from the cursor on; the cursor stays. */
static guint
slice_vectors (const VectorCursor *cursor, guint64 length, struct iovec *slices)
{
  gsize used = cursor->used;
  guint n_slices = 0;

  for (guint i = 0; i < cursor->n_vectors && n_slices < VECTORS_MAX && length > 0; i++, used = 0) {
    gsize left = cursor->vectors[i].iov_len - used;

    if (left == 0)
      continue;
    slices[n_slices].iov_base = (guint8 *) cursor->vectors[i].iov_base + used;
    slices[n_slices].iov_len = (gsize) MIN (left, length);
    length -= slices[n_slices].iov_len;
    n_slices++;
  }
  return n_slices;
}

static void
advance (VectorCursor *cursor, guint64 length)
{
  while (length > 0) {
    gsize left = cursor->vectors[0].iov_len - cursor->used;

    if (length < left) {
      cursor->used += (gsize) length;
      return;
    }
    length -= left;
    cursor->vectors++;
    cursor->n_vectors--;
    cursor->used = 0;
  }
}

/* BEP 47: padding reads as zeros. */
static void
read_padding (VectorCursor *cursor, guint64 length)
{
  struct iovec slices[VECTORS_MAX];

  while (length > 0) {
    guint n_slices = slice_vectors (cursor, length, slices);

    for (guint i = 0; i < n_slices; i++) {
      memset (slices[i].iov_base, 0, slices[i].iov_len);
      length -= slices[i].iov_len;
      advance (cursor, slices[i].iov_len);
    }
  }
}

/* Whether a call that failed with @error_number is made again. */
static gboolean
is_worth_another_try (int error_number, guint *n_again)
{
  if (error_number == EINTR)
    return TRUE;
  if (error_number != EAGAIN || ++*n_again > AGAIN_TRIES)
    return FALSE;
  g_usleep (1000);
  return TRUE;
}

/* Moves all bytes of one span; 0 or an errno, ENODATA at the end of the file. Short moves go on where they
 * ended. */
static int
move_span (int fd, const MeirFileSpan *span, VectorCursor *cursor, gboolean is_write)
{
  struct iovec slices[VECTORS_MAX];
  guint64 moved = 0;
  guint n_again = 0;

  while (moved < span->length) {
    guint n_slices = slice_vectors (cursor, span->length - moved, slices);
    off_t offset = (off_t) (span->offset + moved);
    gssize n_bytes = is_write ? meir_disk_pwritev (fd, slices, (int) n_slices, offset)
                              : meir_disk_preadv (fd, slices, (int) n_slices, offset);

    if (n_bytes < 0) {
      if (is_worth_another_try (errno, &n_again))
        continue;
      return errno;
    }
    if (n_bytes == 0)
      return is_write ? EIO : ENODATA;
    moved += (guint64) n_bytes;
    advance (cursor, (guint64) n_bytes);
  }
  return 0;
}

static gboolean
move_bytes (MeirStorage *storage, guint64 offset, const struct iovec *vectors, guint n_vectors,
            gboolean is_write, GError **error)
{
  VectorCursor cursor = { vectors, n_vectors, 0 };
  guint64 length = get_total_length (vectors, n_vectors);
  MeirFileSpanIter iter;
  MeirFileSpan span;

  g_return_val_if_fail (length <= meir_metainfo_get_total_length (storage->metainfo) &&
                            offset <= meir_metainfo_get_total_length (storage->metainfo) - length,
                        FALSE);
  meir_metainfo_map (storage->metainfo, offset, length, &iter);
  while (meir_file_span_iter_next (&iter, &span)) {
    const MeirMetainfoFile *file = meir_metainfo_get_file (storage->metainfo, span.file);
    MeirOpenFile *open_file;
    int error_number;

    if (file->is_pad) {
      if (is_write)
        advance (&cursor, span.length);
      else
        read_padding (&cursor, span.length);
      continue;
    }
    open_file = meir_storage_acquire (storage, span.file, is_write, error);
    if (open_file == NULL)
      return FALSE;
    if (!is_write && meir_file_is_deleted (open_file->fd)) {
      meir_file_table_drop_deleted (&storage->files, span.file);
      error_number = ENOENT;
    } else {
      error_number = move_span (open_file->fd, &span, &cursor, is_write);
    }
    meir_open_file_release (open_file, is_write);
    if (error_number != 0) {
      meir_storage_set_error (storage, error, error_number, is_write ? MEIR_STORAGE_WRITE : MEIR_STORAGE_READ,
                              file->path);
      return FALSE;
    }
  }
  return TRUE;
}

gboolean
meir_storage_write (MeirStorage *storage, guint64 offset, const struct iovec *vectors, guint n_vectors,
                    GError **error)
{
  return move_bytes (storage, offset, vectors, n_vectors, TRUE, error);
}

gboolean
meir_storage_read (MeirStorage *storage, guint64 offset, const struct iovec *vectors, guint n_vectors,
                   GError **error)
{
  return move_bytes (storage, offset, vectors, n_vectors, FALSE, error);
}

static gboolean
read_span_cached (MeirStorage *storage, const MeirFileSpan *span, guint8 *bytes)
{
  struct iovec vector = { bytes, (gsize) span->length };
  MeirOpenFile *open_file = meir_file_table_acquire (&storage->files, span->file, FALSE);
  gssize n_bytes = -1;

  if (open_file == NULL)
    return FALSE;
  if (!g_atomic_int_get (&open_file->has_no_nowait) && !meir_file_is_deleted (open_file->fd)) {
    do {
      if (MEIR_DISK_FAULT (no_nowait))
        errno = EOPNOTSUPP;
      else
        n_bytes = preadv2 (open_file->fd, &vector, 1, (off_t) span->offset, RWF_NOWAIT);
    } while (n_bytes < 0 && errno == EINTR);
    if (n_bytes < 0 && errno == EOPNOTSUPP)
      g_atomic_int_set (&open_file->has_no_nowait, TRUE);
  }
  meir_open_file_release (open_file, FALSE);
  return n_bytes >= 0 && (guint64) n_bytes == span->length;
}

gboolean
meir_storage_read_cached (MeirStorage *storage, guint64 offset, guint8 *bytes, gsize length)
{
  MeirFileSpanIter iter;
  MeirFileSpan span;

  g_return_val_if_fail (length <= meir_metainfo_get_total_length (storage->metainfo) &&
                            offset <= meir_metainfo_get_total_length (storage->metainfo) - length,
                        FALSE);
  meir_metainfo_map (storage->metainfo, offset, length, &iter);
  while (meir_file_span_iter_next (&iter, &span)) {
    if (meir_metainfo_get_file (storage->metainfo, span.file)->is_pad) {
      memset (bytes, 0, (gsize) span.length);
    } else if (!read_span_cached (storage, &span, bytes)) {
      errno = EAGAIN; /* whatever it was: a worker finds out, and can say it */
      return FALSE;
    }
    bytes += span.length;
  }
  return TRUE;
}
