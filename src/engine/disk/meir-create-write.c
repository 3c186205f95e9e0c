/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "disk/meir-create.h"

#include "base/meir-error.h"
#include "base/meir-text.h"
#include "disk/meir-disk-bytes.h"
#include "disk/meir-disk-faults.h"
#include "meir-config.h"

#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>

/* Longest path shown, characters. */
#define SHOWN_CHARS_MAX 500u
/* A cancel is looked for after so many bytes. */
#define STEP_BYTES (1u << 20)

typedef struct {
  char *path;
  GBytes *torrent;
} Writing;

static void
writing_free (gpointer data)
{
  Writing *writing = data;

  g_free (writing->path);
  g_bytes_unref (writing->torrent);
  g_free (writing);
}

static gboolean
fail (GError **error, int error_number, const char *path)
{
  if (error_number == ENOENT || error_number == ENOTDIR) {
    g_autofree char *safe = meir_text_dup_safe (path, strlen (path), SHOWN_CHARS_MAX);

    g_set_error (error, MEIR_ERROR, MEIR_ERROR_NOT_FOUND, _ ("Cannot write “%s”: There is no such folder"),
                 safe);
  } else {
    meir_set_error_from_errno (error, error_number, _ ("Cannot write “%s”"), path);
  }
  return FALSE;
}

/* The rename would put a file in the place of whatever stands there, a device as well. */
static gboolean
check_target (const char *path, GError **error)
{
  g_autofree char *safe = NULL;
  struct stat status;

  if (stat (path, &status) != 0 || S_ISREG (status.st_mode))
    return TRUE;
  safe = meir_text_dup_safe (path, strlen (path), SHOWN_CHARS_MAX);
  if (S_ISDIR (status.st_mode))
    g_set_error (error, MEIR_ERROR, MEIR_ERROR_EXISTS, _ ("Cannot write “%s”: It is a folder; name a file"),
                 safe);
  else
    g_set_error (error, MEIR_ERROR, MEIR_ERROR_EXISTS,
                 _ ("Cannot write “%s”: It is a device or a pipe; name a file"), safe);
  return FALSE;
}

/* All of @torrent into @fd and onto the disk. Takes @fd. */
static gboolean
fill (int fd, const char *path, GBytes *torrent, GCancellable *cancellable, GError **error)
{
  gsize length, done = 0;
  const guint8 *bytes = g_bytes_get_data (torrent, &length);
  gboolean success = TRUE;

  for (gsize step; success && done < length; done += step) {
    int error_number;

    step = MIN (length - done, STEP_BYTES);
    error_number = meir_disk_write_all (fd, bytes + done, step, done);
    success = error_number == 0 ? !g_cancellable_set_error_if_cancelled (cancellable, error)
                                : fail (error, error_number, path);
  }
  if (success && meir_disk_fdatasync (fd) != 0)
    success = fail (error, errno, path);
  if (close (fd) != 0 && success)
    success = fail (error, errno, path);
  return success && !g_cancellable_set_error_if_cancelled (cancellable, error);
}

/* Makes the rename outlast a power cut where the file system can; the file is there in any case. */
static void
sync_folder (const char *folder)
{
  int fd = open (folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

  if (fd < 0)
    return;
  if (fsync (fd) != 0)
    g_debug ("Cannot sync the folder %s: %s", folder, g_strerror (errno));
  close (fd);
}

static gboolean
write_atomic (const char *path, GBytes *torrent, GCancellable *cancellable, GError **error)
{
  g_autofree char *folder = g_path_get_dirname (path);
  /* Short, whatever the name of the file is: that may be as long as names can be. */
  g_autofree char *temporary = g_build_filename (folder, ".meir-XXXXXX", NULL);
  int fd;

  if (!check_target (path, error))
    return FALSE;
  fd = g_mkstemp_full (temporary, O_WRONLY | O_CLOEXEC, 0666);
  if (fd < 0)
    return fail (error, errno, path);
  if (!fill (fd, path, torrent, cancellable, error)) {
    g_unlink (temporary);
    return FALSE;
  }
  if (g_rename (temporary, path) != 0) {
    int error_number = errno;

    g_unlink (temporary);
    return fail (error, error_number, path);
  }
  sync_folder (folder);
  return TRUE;
}

gboolean
meir_create_write_atomic (const char *path, GBytes *torrent, GError **error)
{
  return write_atomic (path, torrent, NULL, error);
}

static void
write_worker (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  const Writing *writing = task_data;
  GError *error = NULL;

  if (write_atomic (writing->path, writing->torrent, cancellable, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

void
meir_create_write_async (const char *path, GBytes *torrent, GCancellable *cancellable,
                         GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);
  Writing *writing = g_new (Writing, 1);

  *writing = (Writing){ .path = g_canonicalize_filename (path, NULL), .torrent = g_bytes_ref (torrent) };
  g_task_set_source_tag (task, meir_create_write_async);
  g_task_set_task_data (task, writing, writing_free);
  /* A cancel that comes when the file stands is too late, and is not told. */
  g_task_set_check_cancellable (task, FALSE);
  g_task_run_in_thread (task, write_worker);
}

gboolean
meir_create_write_finish (GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, NULL), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
