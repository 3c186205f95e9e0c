/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "disk/meir-move-copy.h"

#include "disk/meir-disk-bytes.h"
#include "disk/meir-disk-faults.h"

#include <string.h>
#include <sys/stat.h>

/* Bytes between two looks at whether to go on. */
#define CHUNK (1u << 20)

static int
copy_range (int from, int to, guint8 *buffer, guint64 start, guint64 end, MeirMoveStep step,
            gpointer user_data)
{
  while (start < end) {
    gssize n_bytes = meir_disk_read_all (from, buffer, (gsize) MIN (CHUNK, end - start), start);
    int error_number = n_bytes < 0 ? errno : 0;

    if (n_bytes == 0) /* it has become shorter under us */
      error_number = EIO;
    if (error_number == 0)
      error_number = meir_disk_write_all (to, buffer, (gsize) n_bytes, start);
    if (error_number == 0 && !step (user_data, (guint64) n_bytes))
      error_number = ECANCELED;
    if (error_number != 0)
      return error_number;
    start += (guint64) n_bytes;
  }
  return 0;
}

/* All but the holes. Where the file system knows of none, the whole file is data. */
static int
copy_data (int from, int to, guint64 length, MeirMoveStep step, gpointer user_data)
{
  g_autofree guint8 *buffer = g_malloc (CHUNK);
  guint64 offset = 0;

  while (offset < length) {
    off_t start = lseek (from, (off_t) offset, SEEK_DATA);
    off_t end = start >= 0 ? lseek (from, start, SEEK_HOLE) : -1;
    int error_number;

    if (start < 0 && errno == ENXIO) /* a hole to the end */
      return step (user_data, length - offset) ? 0 : ECANCELED;
    if (start < 0 || end < 0) {
      start = (off_t) offset;
      end = (off_t) length;
    }
    end = MIN (end, (off_t) length);
    if ((guint64) start > offset && !step (user_data, (guint64) start - offset))
      return ECANCELED;
    error_number = copy_range (from, to, buffer, (guint64) start, (guint64) end, step, user_data);
    if (error_number != 0)
      return error_number;
    offset = (guint64) end;
  }
  return 0;
}

int
meir_move_copy (int from, int to, MeirMoveStep step, gpointer user_data)
{
  struct stat source, copy;
  struct timespec times[2];
  int error_number;

  if (fstat (from, &source) != 0 || ftruncate (to, source.st_size) != 0)
    return errno;
  error_number = copy_data (from, to, (guint64) source.st_size, step, user_data);
  if (error_number != 0)
    return error_number;
  times[0] = source.st_atim;
  times[1] = source.st_mtim;
  /* The mode is of no matter to us, and a file system may know of none. */
  if (fchmod (to, source.st_mode & 0777) != 0 && errno != EPERM && errno != ENOTSUP)
    return errno;
  if (meir_disk_fdatasync (to) != 0 || futimens (to, times) != 0 || fsync (to) != 0 || fstat (to, &copy) != 0)
    return errno;
  return copy.st_size == source.st_size ? 0 : EIO;
}

int
meir_move_compare (int a, int b, MeirMoveStep step, gpointer user_data)
{
  g_autofree guint8 *bytes_a = g_malloc (CHUNK);
  g_autofree guint8 *bytes_b = g_malloc (CHUNK);
  guint64 offset = 0;

  for (;;) {
    gssize n_a = meir_disk_read_all (a, bytes_a, CHUNK, offset);
    gssize n_b = n_a < 0 ? -1 : meir_disk_read_all (b, bytes_b, CHUNK, offset);

    if (n_b < 0)
      return errno;
    if (n_a != n_b || memcmp (bytes_a, bytes_b, (gsize) n_a) != 0)
      return EEXIST;
    if (n_a == 0)
      return 0;
    if (!step (user_data, (guint64) n_a))
      return ECANCELED;
    offset += (guint64) n_a;
  }
}
