/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <errno.h>
#include <fcntl.h>
#include <glib.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

G_BEGIN_DECLS

/**
 * MeirDiskFaults:
 * @openat: in place of openat () and openat2 () both
 * @renameat: in place of renameat2 (), which replaces nothing
 *
 * What a test puts in place of the system calls that fail in the field: full disks, dying disks, short and
 * interrupted writes. A NULL member means the system's own call.
 */
typedef struct {
  ssize_t (*pwritev) (int fd, const struct iovec *vectors, int n_vectors, off_t offset);
  ssize_t (*preadv) (int fd, const struct iovec *vectors, int n_vectors, off_t offset);
  int (*fdatasync) (int fd);
  int (*openat) (int folder, const char *path, int flags, mode_t mode);
  int (*fallocate) (int fd, int mode, off_t offset, off_t length);
  int (*renameat) (int from_folder, const char *from, int to_folder, const char *to);
  gboolean no_openat2; /* as on a kernel without it */
  gboolean no_nowait;  /* as on a file system without RWF_NOWAIT */
} MeirDiskFaults;

/* NULL but in tests, which set it while no worker runs. */
extern const MeirDiskFaults *meir_disk_faults;

#define MEIR_DISK_FAULT(call) (G_UNLIKELY (meir_disk_faults != NULL) && meir_disk_faults->call)

static inline ssize_t
meir_disk_pwritev (int fd, const struct iovec *vectors, int n_vectors, off_t offset)
{
  return MEIR_DISK_FAULT (pwritev) ? meir_disk_faults->pwritev (fd, vectors, n_vectors, offset)
                                   : pwritev (fd, vectors, n_vectors, offset);
}

static inline ssize_t
meir_disk_preadv (int fd, const struct iovec *vectors, int n_vectors, off_t offset)
{
  return MEIR_DISK_FAULT (preadv) ? meir_disk_faults->preadv (fd, vectors, n_vectors, offset)
                                  : preadv (fd, vectors, n_vectors, offset);
}

static inline int
meir_disk_fdatasync (int fd)
{
  return MEIR_DISK_FAULT (fdatasync) ? meir_disk_faults->fdatasync (fd) : fdatasync (fd);
}

static inline int
meir_disk_fallocate (int fd, int mode, off_t offset, off_t length)
{
  return MEIR_DISK_FAULT (fallocate) ? meir_disk_faults->fallocate (fd, mode, offset, length)
                                     : fallocate (fd, mode, offset, length);
}

G_END_DECLS
