/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * meir_disk_read_all:
 * @fd: open for reading
 * @bytes: (out caller-allocates) (array length=length): room for what is read
 * @length: bytes to read
 * @offset: bytes from the start of the file
 *
 * Reads on after interruptions and short reads until all is there or the file ends. Worker.
 *
 * Returns: the bytes there were, less than @length only at the end of the file; -1 with errno
 */
gssize meir_disk_read_all (int fd, guint8 *bytes, gsize length, guint64 offset);

/**
 * meir_disk_write_all:
 * @fd: open for writing
 * @bytes: (array length=length): what is written
 * @offset: bytes from the start of the file
 *
 * Writes on after interruptions and short writes until all is written. Worker.
 *
 * Returns: 0, or an errno; EIO where the system takes nothing and does not say why
 */
int meir_disk_write_all (int fd, const guint8 *bytes, gsize length, guint64 offset);

G_END_DECLS
