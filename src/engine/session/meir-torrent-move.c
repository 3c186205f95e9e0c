/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/meir-clock.h"
#include "base/meir-text.h"
#include "disk/meir-move.h"
#include "meir-config.h"
#include "session/meir-torrent-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* Moving the files of a torrent: it comes to rest as for a restart, a worker moves them, and it begins anew
 * at the new place, or at the old one if that failed. */

/* One move; made by the front end, then the engine's, and the worker's while that is at it. */
struct _MeirTorrentMove {
  MeirTorrent *torrent;
  GTask *task;
  char *folder;
  MeirMetainfo *metainfo;
  char *old_folder;
  char *old_state_path, *new_state_path;
  MeirDiskJob *job; /* (nullable): while it is submitted */
  MeirMoveWatch watch;
  gint64 since_usec; /* when the worker began: another move may have been before it. Read after @progress */
  gint progress;     /* atomic: thousandths */
  gboolean moved;
  gboolean cancelled; /* the engine's */
};

static void
move_free (gpointer data)
{
  MeirTorrentMove *move = data;

  if (move == NULL)
    return;
  g_object_unref (move->torrent);
  g_object_unref (move->task);
  g_clear_pointer (&move->metainfo, meir_metainfo_unref);
  g_free (move->folder);
  g_free (move->old_folder);
  g_free (move->old_state_path);
  g_free (move->new_state_path);
  g_free (move);
}

/* On the front end's thread: as the last of the mails about it, so that the caller finds the new folder. */
static void
answer_cb (gpointer data)
{
  GTask *task = data;
  GError *error = g_task_get_task_data (task);

  if (error != NULL)
    g_task_return_error (task, g_error_copy (error));
  else
    g_task_return_boolean (task, TRUE);
}

static void
answer (MeirTorrentMove *move, const GError *error)
{
  MeirTorrent *torrent = move->torrent;

  meir_torrent_tell_folder (torrent);
  if (error != NULL)
    g_task_set_task_data (move->task, g_error_copy (error), (GDestroyNotify) g_error_free);
  meir_mailbox_to_front (torrent->mailbox, answer_cb, g_object_ref (move->task), g_object_unref);
}

static GError *
new_cancelled (void)
{
  return g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CANCELLED, _ ("Moving was cancelled"));
}

static void
move_worker (MeirDiskJob *job)
{
  MeirTorrentMove *move = job->user_data;

  move->since_usec = meir_clock_now_usec ();
  move->moved = meir_move_files (move->metainfo, move->old_folder, move->folder, &move->watch, &job->error);
  if (move->moved)
    meir_torrent_move_state_files (move->old_state_path, move->new_state_path, NULL);
}

static void
move_done (MeirDiskJob *job)
{
  MeirTorrentMove *move = job->user_data;
  MeirTorrent *torrent = move->torrent;
  g_autoptr (GError) error = g_steal_pointer (&job->error);

  meir_torrent_job_over (torrent, job);
  torrent->move = NULL;
  if (!move->moved && error == NULL) /* recalled before its turn */
    error = new_cancelled ();
  if (move->moved) {
    g_free (torrent->data_folder);
    torrent->data_folder = g_strdup (move->folder);
    g_free (torrent->state_path);
    torrent->state_path = g_steal_pointer (&move->new_state_path);
  }
  if (move->watch.n_left > 0) {
    g_autofree char *shown = meir_text_dup_safe (move->old_folder, strlen (move->old_folder), 4200);
    g_autofree char *text = NULL;

    text = g_strdup_printf (
        g_dngettext (GETTEXT_PACKAGE, "The files were copied, but %u of them cannot be deleted from “%s”",
                     "The files were copied, but %u of them cannot be deleted from “%s”", move->watch.n_left),
        move->watch.n_left, shown);
    meir_engine_emit (torrent->engine, torrent, MEIR_EVENT_WARNING, 0, text);
  }
  answer (move, error);
  if (torrent->stopping)
    meir_torrent_quiet (torrent);
  else
    meir_torrent_begin (torrent);
  move_free (move);
}

void
meir_torrent_begin_move (MeirTorrent *torrent)
{
  MeirTorrentMove *move = torrent->move;
  MeirDiskJob *job = meir_disk_job_new (torrent->engine->disk, MEIR_DISK_HAUL, NULL, move_done, move);

  move->metainfo = meir_metainfo_ref (torrent->metainfo);
  move->old_folder = g_strdup (torrent->data_folder);
  move->old_state_path = g_strdup (torrent->state_path);
  move->new_state_path = meir_torrent_dup_state_path (torrent->engine, &torrent->info_hash, move->folder);
  move->watch.progress = &move->progress;
  move->watch.cancelled = &torrent->check_cancelled;
  move->watch.cancellable = g_task_get_cancellable (move->task);
  g_atomic_int_set (&torrent->check_cancelled, move->cancelled);
  job->call = move_worker;
  move->job = job;
  meir_torrent_submit (torrent, job);
  if (move->cancelled)
    meir_disk_recall (torrent->engine->disk, job);
}

void
meir_torrent_recall_move (MeirTorrent *torrent)
{
  if (torrent->move != NULL && torrent->move->job != NULL)
    meir_disk_recall (torrent->engine->disk, torrent->move->job);
}

void
meir_torrent_drop_move (MeirTorrent *torrent)
{
  g_autoptr (GError) error = new_cancelled ();
  MeirTorrentMove *move = g_steal_pointer (&torrent->move);

  if (move == NULL)
    return;
  answer (move, error);
  move_free (move);
}

double
meir_torrent_get_move_progress (MeirTorrent *torrent, gint64 now_usec, gint64 *left_sec)
{
  MeirTorrentMove *move = torrent->move;
  gint done = move != NULL ? g_atomic_int_get (&move->progress) : 0;

  if (done > 0)
    *left_sec = (now_usec - move->since_usec) / done * (1000 - done) / G_USEC_PER_SEC;
  return done / 1000.0;
}

static void
move_cb (gpointer data)
{
  MeirTorrentMove *move = *(MeirTorrentMove **) data;
  MeirTorrent *torrent = move->torrent;
  g_autoptr (GError) error = NULL;

  *(MeirTorrentMove **) data = NULL;
  if (torrent->stopping || torrent->move != NULL)
    error = g_error_new_literal (MEIR_ERROR, MEIR_ERROR_BUSY,
                                 torrent->stopping ? _ ("The torrent is being closed")
                                                   : _ ("The torrent is being moved already"));
  else if (torrent->metainfo == NULL &&
           (torrent->n_jobs > 0 || torrent->restarting)) /* it may be on record */
    error = g_error_new_literal (MEIR_ERROR, MEIR_ERROR_BUSY,
                                 _ ("The torrent is still being loaded: try again in a moment"));
  else if (torrent->metainfo == NULL) /* there is nothing on the disk yet */
    meir_torrent_take_folder (torrent, move->folder);
  else if (!g_str_equal (torrent->data_folder, move->folder)) {
    torrent->move = move;
    meir_torrent_restart (torrent, FALSE);
    if (torrent->move != NULL)
      meir_torrent_set_state (torrent, MEIR_TORRENT_MOVING);
    return;
  }
  answer (move, error);
  move_free (move);
}

/* Not run: the session has ended. */
static void
drop_mail (gpointer data)
{
  MeirTorrentMove **move = data;

  if (*move != NULL)
    g_task_return_new_error ((*move)->task, MEIR_ERROR, MEIR_ERROR_BUSY, "%s",
                             _ ("The torrent is being closed"));
  move_free (*move);
  g_free (move);
}

void
meir_torrent_move_async (MeirTorrent *torrent, const char *folder, GCancellable *cancellable,
                         GAsyncReadyCallback callback, gpointer user_data)
{
  MeirTorrentMove *move = g_new0 (MeirTorrentMove, 1);
  MeirTorrentMove **mail = g_new (MeirTorrentMove *, 1);

  move->torrent = g_object_ref (torrent);
  move->task = g_task_new (torrent, cancellable, callback, user_data);
  /* Where the files are counts, not who was asked last. */
  g_task_set_check_cancellable (move->task, FALSE);
  move->folder = g_canonicalize_filename (folder, NULL);
  *mail = move;
  meir_mailbox_to_engine (torrent->mailbox, move_cb, mail, drop_mail);
}

static void
cancel_cb (gpointer data)
{
  MeirTorrent *torrent = data;

  if (torrent->move == NULL)
    return;
  /* One that has not begun begins nevertheless: on the way there it is noted how the files are, so that
   * nothing is hashed afterwards. */
  torrent->move->cancelled = TRUE;
  g_atomic_int_set (&torrent->check_cancelled, 1);
  meir_torrent_recall_move (torrent);
}

void
meir_torrent_cancel_move (MeirTorrent *torrent)
{
  meir_mailbox_to_engine (torrent->mailbox, cancel_cb, g_object_ref (torrent), g_object_unref);
}

gboolean
meir_torrent_move_finish (MeirTorrent *torrent, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}
