/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "disk/meir-beneath.h"

#include "disk/meir-disk-faults.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdio.h>
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

/* The folder that the last component of @path lies in, and that component; -1 with errno. @root itself is not
 * opened anew: close what leave_parent () closes. */
static int
enter_parent (int root, const char *path, const char **name)
{
  const char *slash = strrchr (path, '/');
  g_autofree char *parent = NULL;

  if (!path_is_sound (path)) {
    errno = EINVAL;
    return -1;
  }
  *name = slash != NULL ? slash + 1 : path;
  if (slash == NULL)
    return root;
  parent = g_strndup (path, (gsize) (slash - path));
  return meir_beneath_open (root, parent, O_PATH | O_DIRECTORY, 0);
}

/* Keeps errno. */
static void
leave_parent (int root, int folder)
{
  int error_number = errno;

  if (folder != root && folder >= 0)
    close (folder);
  errno = error_number;
}

int
meir_beneath_make_folder (int root, const char *path)
{
  const char *name;
  int folder = enter_parent (root, path, &name);
  int result;

  if (folder < 0)
    return -1;
  result = mkdirat (folder, name, 0777);
  leave_parent (root, folder);
  return result;
}

int
meir_beneath_remove (int root, const char *path, gboolean is_folder)
{
  const char *name;
  int folder = enter_parent (root, path, &name);
  int result;

  if (folder < 0)
    return -1;
  result = unlinkat (folder, name, is_folder ? AT_REMOVEDIR : 0);
  leave_parent (root, folder);
  return result;
}

/* Where the file system cannot refuse by itself, a name that appears in between is replaced. */
static int
rename_if_free (int from_folder, const char *from, int to_folder, const char *to)
{
  struct stat status;

  if (MEIR_DISK_FAULT (renameat))
    return meir_disk_faults->renameat (from_folder, from, to_folder, to);
  if (renameat2 (from_folder, from, to_folder, to, RENAME_NOREPLACE) == 0)
    return 0;
  if (errno != EINVAL && errno != ENOSYS)
    return -1;
  if (fstatat (to_folder, to, &status, AT_SYMLINK_NOFOLLOW) == 0) {
    errno = EEXIST;
    return -1;
  }
  return errno == ENOENT ? renameat (from_folder, from, to_folder, to) : -1;
}

int
meir_beneath_rename (int from_root, const char *from, int to_root, const char *to)
{
  const char *from_name, *to_name;
  int from_folder = enter_parent (from_root, from, &from_name);
  int to_folder = from_folder >= 0 ? enter_parent (to_root, to, &to_name) : -1;
  int result = -1;

  if (to_folder >= 0)
    result = rename_if_free (from_folder, from_name, to_folder, to_name);
  leave_parent (to_root, to_folder);
  leave_parent (from_root, from_folder);
  return result;
}
