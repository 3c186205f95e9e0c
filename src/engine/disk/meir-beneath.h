/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>
#include <sys/stat.h>

G_BEGIN_DECLS

/*
 * Opening beneath a folder, whatever another process does to the tree meanwhile: no symbolic link is followed
 * on the way, not even one that stays inside, and no path leads up or out. Paths are relative, without empty,
 * "." and ".." components. Descriptors are close-on-exec. Any thread; may block.
 */

/**
 * meir_beneath_open:
 * @root: descriptor of the folder (O_PATH will do)
 * @flags: as of open (); O_NOFOLLOW, O_CLOEXEC and O_NOCTTY are added
 *
 * Returns: a descriptor, or -1 with errno; ELOOP or ENOTDIR for a symbolic link.
 */
int meir_beneath_open (int root, const char *path, int flags, mode_t mode);

/* Looks without opening: nothing happens to a device, nobody waits for a FIFO. 0, or -1 with errno. */
int meir_beneath_stat (int root, const char *path, struct stat *status);

/* Gives a file another name, beneath the same folder or another; both names' folders exist. 0, or -1 with
 * errno: EEXIST when there is anything of the new name, EXDEV when that is on another file system. */
int meir_beneath_rename (int from_root, const char *from, int to_root, const char *to);

/* Deletes a file, or an empty folder. 0, or -1 with errno. */
int meir_beneath_remove (int root, const char *path, gboolean is_folder);

/* Makes one folder (0777 and the umask), whose parents exist. 0, or -1 with errno: EEXIST when there is
 * anything. */
int meir_beneath_make_folder (int root, const char *path);

G_END_DECLS
