/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "session/meir-torrent-private.h"

#include "meir-config.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>

/* Where the files lie: that the folder is still there, and what follows when it is another. */

/* How often a folder is looked at while nothing is written to it: a seeder reads from open files, and would
 * go on with a disk that has been taken away until something fails in the middle. */
#define LOOK_USEC (15 * G_TIME_SPAN_SECOND)

static void
look_worker (MeirDiskJob *job)
{
  meir_storage_check_folder (job->storage, &job->error);
}

static void
look_done (MeirDiskJob *job)
{
  MeirTorrent *torrent = job->user_data;
  g_autoptr (GError) error = g_steal_pointer (&job->error);

  torrent->looking = FALSE;
  meir_torrent_job_over (torrent, job);
  if (meir_torrent_is_ending (torrent))
    meir_torrent_quiet (torrent);
  else if (error != NULL && torrent->swarming)
    meir_torrent_fail (torrent, error);
}

void
meir_torrent_folder_tick (MeirTorrent *torrent, gint64 now_usec)
{
  MeirDiskJob *job;

  if (torrent->looking || !torrent->swarming || torrent->storage == NULL ||
      now_usec < torrent->next_look_usec || meir_torrent_is_ending (torrent))
    return;
  torrent->next_look_usec = now_usec + LOOK_USEC;
  torrent->looking = TRUE;
  job = meir_disk_job_new (torrent->engine->disk, MEIR_DISK_CALL, torrent->storage, look_done, torrent);
  job->call = look_worker;
  meir_torrent_submit (torrent, job);
}

gboolean
meir_torrent_move_state_files (const char *from, const char *to, GError **error)
{
  static const char *const endings[] = { ".torrent", ".journal", ".journal.snapshot" };

  if (g_str_equal (from, to))
    return TRUE;
  for (guint i = 0; i < G_N_ELEMENTS (endings); i++) {
    g_autofree char *old_path = g_strconcat (from, endings[i], NULL);
    g_autofree char *new_path = g_strconcat (to, endings[i], NULL);

    if (g_rename (old_path, new_path) == 0 || errno == ENOENT)
      continue;
    meir_set_error_from_errno (error, errno, _ ("The torrent's state cannot be saved as “%s”"), new_path);
    return FALSE;
  }
  return TRUE;
}

void
meir_torrent_take_folder (MeirTorrent *torrent, const char *folder)
{
  if (g_str_equal (torrent->data_folder, folder))
    return;
  if (torrent->old_state_path == NULL)
    torrent->old_state_path = g_steal_pointer (&torrent->state_path);
  g_free (torrent->state_path);
  g_free (torrent->data_folder);
  torrent->data_folder = g_strdup (folder);
  torrent->state_path = meir_torrent_dup_state_path (torrent->engine, &torrent->info_hash, folder);
}

/* What the front end believes, put right. */

typedef struct {
  MeirTorrent *torrent;
  char *folder;
} MeirFolderMail;

static void
folder_mail_free (gpointer data)
{
  MeirFolderMail *mail = data;

  g_object_unref (mail->torrent);
  g_free (mail->folder);
  g_free (mail);
}

static void
tell_folder_cb (gpointer data)
{
  MeirFolderMail *mail = data;

  if (g_strcmp0 (mail->torrent->folder, mail->folder) == 0)
    return;
  g_free (mail->torrent->folder);
  mail->torrent->folder = g_steal_pointer (&mail->folder);
}

static MeirFolderMail *
folder_mail_new (MeirTorrent *torrent, const char *folder)
{
  MeirFolderMail *mail = g_new0 (MeirFolderMail, 1);

  mail->torrent = g_object_ref (torrent);
  mail->folder = g_strdup (folder);
  return mail;
}

void
meir_torrent_tell_folder (MeirTorrent *torrent)
{
  meir_mailbox_to_front (torrent->mailbox, tell_folder_cb, folder_mail_new (torrent, torrent->data_folder),
                         folder_mail_free);
}

static void
set_folder_cb (gpointer data)
{
  MeirFolderMail *mail = data;
  MeirTorrent *torrent = mail->torrent;

  if (torrent->stopping || torrent->move != NULL) {
    meir_torrent_tell_folder (torrent);
    return;
  }
  /* Without metadata there is nothing on the disk yet. */
  if (torrent->state == MEIR_TORRENT_METADATA) {
    meir_torrent_take_folder (torrent, mail->folder);
    return;
  }
  g_free (torrent->next_folder);
  torrent->next_folder = g_steal_pointer (&mail->folder);
  meir_torrent_restart (torrent, FALSE);
}

void
meir_torrent_set_folder (MeirTorrent *torrent, const char *folder)
{
  g_autofree char *canonical = g_canonicalize_filename (folder, NULL);

  meir_mailbox_to_engine (torrent->mailbox, set_folder_cb, folder_mail_new (torrent, canonical),
                          folder_mail_free);
  g_free (torrent->folder);
  torrent->folder = g_steal_pointer (&canonical);
}
