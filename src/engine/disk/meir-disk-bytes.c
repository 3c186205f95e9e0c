/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "disk/meir-disk-bytes.h"

#include "disk/meir-disk-faults.h"

gssize
meir_disk_read_all (int fd, guint8 *bytes, gsize length, guint64 offset)
{
  gsize n_read = 0;

  while (n_read < length) {
    struct iovec vector = { bytes + n_read, length - n_read };
    gssize n_bytes = meir_disk_preadv (fd, &vector, 1, (off_t) (offset + n_read));

    if (n_bytes < 0 && errno == EINTR)
      continue;
    if (n_bytes < 0)
      return -1;
    if (n_bytes == 0)
      break;
    n_read += (gsize) n_bytes;
  }
  return (gssize) n_read;
}

int
meir_disk_write_all (int fd, const guint8 *bytes, gsize length, guint64 offset)
{
  while (length > 0) {
    struct iovec vector = { (void *) bytes, length };
    gssize n_bytes = meir_disk_pwritev (fd, &vector, 1, (off_t) offset);

    if (n_bytes < 0 && errno == EINTR)
      continue;
    if (n_bytes <= 0)
      return n_bytes < 0 ? errno : EIO;
    bytes += n_bytes;
    length -= (gsize) n_bytes;
    offset += (guint64) n_bytes;
  }
  return 0;
}
