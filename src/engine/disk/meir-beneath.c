/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "disk/meir-beneath.h"

#include "disk/meir-disk-faults.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

/* openat2 () says EAGAIN when a rename elsewhere may have raced with it: trying again is safe, for ever is
 * not. */
#define RACE_TRIES 32

static int
open_beneath_kernel (int root, const char *path, int flags, mode_t mode)
{
  struct open_how how = {
    .flags = (guint64) flags,
    .mode = (flags & O_CREAT) != 0 ? mode : 0,
    .resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS,
  };
  long fd = -1;

  for (guint i = 0; i < RACE_TRIES; i++) {
    fd = syscall (SYS_openat2, root, path, &how, sizeof how);
    if (fd >= 0 || (errno != EAGAIN && errno != EINTR))
      break;
  }
  return (int) fd;
}

/* ENOSYS before Linux 5.6, EPERM from the system call filters of old containers: asked once, of a path that
 * always opens. */
static gboolean
kernel_has_openat2 (void)
{
  static gsize known;

  if (MEIR_DISK_FAULT (no_openat2))
    return FALSE;
  if (g_once_init_enter (&known)) {
    struct open_how how = { .flags = O_PATH | O_CLOEXEC };
    long fd = syscall (SYS_openat2, AT_FDCWD, "/", &how, sizeof how);

    if (fd >= 0)
      close ((int) fd);
    g_once_init_leave (&known, fd >= 0 ? 1 : 2);
  }
  return known == 1;
}

static int
open_component (int folder, const char *name, int flags, mode_t mode)
{
  int fd;

  do
    fd = openat (folder, name, flags | O_NOFOLLOW | O_CLOEXEC, mode);
  while (fd < 0 && errno == EINTR);
  return fd;
}

/* Each step starts from a descriptor of the folder before, so a link swapped in later changes nothing. */
static int
open_beneath_by_component (int root, const char *path, int flags, mode_t mode)
{
  g_autofree char *names = g_strdup (path);
  char *name = names;
  int folder = root;
  int fd;

  for (char *slash; (slash = strchr (name, '/')) != NULL; name = slash + 1) {
    int next;

    *slash = '\0';
    next = open_component (folder, name, O_PATH | O_DIRECTORY, 0);
    if (folder != root)
      close (folder);
    if (next < 0)
      return -1;
    folder = next;
  }
  fd = open_component (folder, name, flags, mode);
  if (folder != root) {
    int error_number = errno;

    close (folder);
    errno = error_number;
  }
  return fd;
}

static gboolean
path_is_sound (const char *path)
{
  const char *name = path;

  for (;;) {
    gsize length = strcspn (name, "/");

    if (length == 0 || (length == 1 && name[0] == '.') || (length == 2 && name[0] == '.' && name[1] == '.'))
      return FALSE;
    if (name[length] == '\0')
      return TRUE;
    name += length + 1;
  }
}

int
meir_beneath_open (int root, const char *path, int flags, mode_t mode)
{
  if (!path_is_sound (path)) {
    errno = EINVAL;
    return -1;
  }
  flags |= O_NOFOLLOW | O_CLOEXEC;
  if ((flags & O_PATH) == 0) /* beside O_PATH openat2 () takes nothing that has no meaning there */
    flags |= O_NOCTTY;
  if (MEIR_DISK_FAULT (openat))
    return meir_disk_faults->openat (root, path, flags, mode);
  if (kernel_has_openat2 ())
    return open_beneath_kernel (root, path, flags, mode);
  return open_beneath_by_component (root, path, flags, mode);
}

int
meir_beneath_stat (int root, const char *path, struct stat *status)
{
  int fd = meir_beneath_open (root, path, O_PATH, 0);
  int result;

  if (fd < 0)
    return -1;
  result = fstat (fd, status);
  close (fd);
  return result;
}

int
meir_beneath_make_folder (int root, const char *path)
{
  const char *name = strrchr (path, '/');
  g_autofree char *parent = NULL;
  int folder = root;
  int result;
  int error_number;

  if (!path_is_sound (path)) {
    errno = EINVAL;
    return -1;
  }
  if (name != NULL) {
    parent = g_strndup (path, (gsize) (name - path));
    folder = meir_beneath_open (root, parent, O_PATH | O_DIRECTORY, 0);
    if (folder < 0)
      return -1;
  }
  result = mkdirat (folder, name != NULL ? name + 1 : path, 0777);
  error_number = errno;
  if (folder != root)
    close (folder);
  errno = error_number;
  return result;
}
