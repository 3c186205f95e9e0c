/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/meir-ui-tally.h"

#include "session/meir.h"

#include <dirent.h>
#include <fcntl.h>
#include <glib/gi18n.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

typedef struct {
  MeirUiTally tally;
  guint64 bytes[MEIR_UI_N_CONTENTS]; /* of each kind */
  GCancellable *cancellable;
} MeirUiCount;

static void count_folder (MeirUiCount *count, int fd, gboolean hidden, guint depth);

static void
count_file (MeirUiCount *count, const char *name, const struct stat *status, gboolean hidden)
{
  if (hidden) {
    count->tally.n_hidden++;
    count->tally.hidden_bytes += (guint64) status->st_size;
  } else {
    count->tally.n_files++;
    count->tally.bytes += (guint64) status->st_size;
    count->bytes[meir_ui_content_of_name (name)] += (guint64) status->st_size;
  }
}

static void
count_entry (MeirUiCount *count, int folder_fd, const char *name, gboolean hidden, guint depth)
{
  struct stat status;
  int fd;

  if (fstatat (folder_fd, name, &status, AT_SYMLINK_NOFOLLOW) != 0)
    return;
  if (S_ISREG (status.st_mode))
    count_file (count, name, &status, hidden);
  if (!S_ISDIR (status.st_mode) || depth == MEIR_PATH_DEPTH_MAX)
    return;
  fd = openat (folder_fd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  if (fd >= 0)
    count_folder (count, fd, hidden, depth + 1);
}

/* Takes @fd. What cannot be read is not counted: making the torrent will say what is wrong with it. */
static void
count_folder (MeirUiCount *count, int fd, gboolean hidden, guint depth)
{
  DIR *folder = fdopendir (fd);
  struct dirent *entry;

  if (folder == NULL) {
    close (fd);
    return;
  }
  while (!g_cancellable_is_cancelled (count->cancellable) && (entry = readdir (folder)) != NULL) {
    if (count->tally.n_files + count->tally.n_hidden >= MEIR_FILES_MAX) {
      count->tally.is_cut = TRUE;
      break;
    }
    if (strcmp (entry->d_name, ".") != 0 && strcmp (entry->d_name, "..") != 0)
      count_entry (count, dirfd (folder), entry->d_name, hidden || entry->d_name[0] == '.', depth);
  }
  closedir (folder);
}

static void
tally_worker (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  const char *path = task_data;
  MeirUiCount count = { .cancellable = cancellable };
  struct stat status;
  int fd;

  if (stat (path, &status) == 0) {
    count.tally.is_there = TRUE;
    count.tally.is_folder = S_ISDIR (status.st_mode);
    if (S_ISREG (status.st_mode))
      count_file (&count, path, &status, FALSE);
  }
  fd = count.tally.is_folder ? open (path, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
  if (fd >= 0)
    count_folder (&count, fd, FALSE, 0);
  count.tally.content =
      count.tally.is_folder ? meir_ui_content_of_folder (count.bytes) : meir_ui_content_of_name (path);
  g_task_return_pointer (task, g_memdup2 (&count.tally, sizeof count.tally), g_free);
}

void
meir_ui_tally_async (const char *path, GCancellable *cancellable, GAsyncReadyCallback callback,
                     gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);

  g_task_set_task_data (task, g_strdup (path), g_free);
  g_task_run_in_thread (task, tally_worker);
}

gboolean
meir_ui_tally_finish (GAsyncResult *result, MeirUiTally *tally, GError **error)
{
  g_autofree MeirUiTally *counted = g_task_propagate_pointer (G_TASK (result), error);

  if (counted == NULL)
    return FALSE;
  *tally = *counted;
  return TRUE;
}

char *
meir_ui_tally_dup_text (const MeirUiTally *tally, gboolean with_hidden)
{
  guint n = tally->n_files + (with_hidden ? tally->n_hidden : 0);
  g_autofree char *size = g_format_size (tally->bytes + (with_hidden ? tally->hidden_bytes : 0));

  if (!tally->is_there)
    return g_strdup (_ ("It is not there any more"));
  if (!tally->is_folder)
    return g_steal_pointer (&size);
  if (tally->is_cut)
    return g_strdup_printf (_ ("Folder · more than %u files · %s"), n, size);
  return g_strdup_printf (ngettext ("Folder · %u file · %s", "Folder · %u files · %s", n), n, size);
}
