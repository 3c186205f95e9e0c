/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "session/meir-verify.h"

#include "disk/meir-disk.h"

/* One check on a pool of its own, driven by a thread that waits for it: no session is needed. */
typedef struct {
  MeirMetainfo *metainfo;
  char *folder;
  MeirVerifyProgress *progress;
  MeirBitfield pieces;
  gint cancelled;
  GError *error;
} MeirVerify;

static void
verify_free (gpointer data)
{
  MeirVerify *verify = data;

  meir_metainfo_unref (verify->metainfo);
  g_free (verify->folder);
  meir_bitfield_clear (&verify->pieces);
  g_clear_error (&verify->error);
  g_free (verify);
}

static void
no_wake (gpointer unused)
{
}

static void
check_done (MeirDiskJob *job)
{
  MeirVerify *verify = job->user_data;

  verify->error = g_steal_pointer (&job->error);
}

static void
on_cancelled (GCancellable *cancellable, gpointer user_data)
{
  MeirVerify *verify = user_data;

  g_atomic_int_set (&verify->cancelled, 1);
}

static void
verify_worker (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  MeirVerify *verify = task_data;
  g_autoptr (MeirStorage) storage = NULL;
  g_autoptr (MeirDisk) disk = NULL;
  GError *error = NULL;
  MeirDiskJob *job;
  gulong handler = 0;

  storage = meir_storage_new (verify->metainfo, verify->folder, MEIR_ALLOCATE_SPARSE, &error);
  if (storage == NULL) {
    g_task_return_error (task, error);
    return;
  }
  if (cancellable != NULL)
    handler = g_cancellable_connect (cancellable, G_CALLBACK (on_cancelled), verify, NULL);
  disk = meir_disk_new (g_get_num_processors (), no_wake, NULL);
  job = meir_disk_job_new (disk, MEIR_DISK_CHECK, storage, check_done, verify);
  job->pieces = &verify->pieces;
  job->progress_pieces = verify->progress != NULL ? &verify->progress->pieces_done : NULL;
  job->cancelled = &verify->cancelled;
  meir_disk_submit (disk, job);
  meir_disk_wait (disk);
  meir_disk_dispatch (disk);
  meir_disk_job_release (disk, job);
  g_cancellable_disconnect (cancellable, handler);

  if (g_task_return_error_if_cancelled (task))
    return;
  if (verify->error != NULL)
    g_task_return_error (task, g_steal_pointer (&verify->error));
  else
    g_task_return_boolean (task, TRUE);
}

void
meir_verify_async (MeirMetainfo *metainfo, const char *folder, MeirVerifyProgress *progress,
                   GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);
  MeirVerify *verify = g_new0 (MeirVerify, 1);

  verify->metainfo = meir_metainfo_ref (metainfo);
  verify->folder = g_strdup (folder);
  verify->progress = progress;
  meir_bitfield_init (&verify->pieces, meir_metainfo_get_n_pieces (metainfo));
  meir_bitfield_set_all (&verify->pieces);
  g_task_set_task_data (task, verify, verify_free);
  g_task_run_in_thread (task, verify_worker);
}

gboolean
meir_verify_finish (GAsyncResult *result, MeirBitfield *whole, GError **error)
{
  MeirVerify *verify = g_task_get_task_data (G_TASK (result));

  if (!g_task_propagate_boolean (G_TASK (result), error))
    return FALSE;
  *whole = verify->pieces;
  verify->pieces = (MeirBitfield){ 0 };
  return TRUE;
}
