/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/meir-ui-library.h"

#include "app/meir-ui-metainfo.h"
#include "app/meir-ui-record.h"
#include "app/meir-ui-text.h"

#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <string.h>

#define GROUP_SIZE     (2 * MEIR_SHA1_LENGTH + 1)
#define PATH_CHARS_MAX 200

struct _MeirUiLibrary {
  GObject parent_instance;

  char *folder;
  char *path;
  GKeyFile *keys;    /* a group a torrent, named by its info-hash */
  GPtrArray *order;  /* the names of the groups, as they follow one another in the list */
  GHashTable *texts; /* name of a group to GRefString: how it is written, until it changes */
  GPtrArray *jobs;   /* MeirUiFileJob, in order: .torrent files to write or delete before the list is saved */
  gboolean changed, saving;
  char *damage; /* (nullable): what is wrong with the list on record, until it has been told */
};

G_DEFINE_FINAL_TYPE (MeirUiLibrary, meir_ui_library, G_TYPE_OBJECT)

static guint failed_signal;

/* A .torrent file to write, or, without metainfo, to delete. */
typedef struct {
  char *path;
  MeirMetainfo *metainfo;
} MeirUiFileJob;

/* What one worker writes. */
typedef struct {
  GPtrArray *jobs;
  char *path;
  GPtrArray *texts; /* GRefString, in order */
} MeirUiSave;

static void
file_job_free (gpointer data)
{
  MeirUiFileJob *job = data;

  g_clear_pointer (&job->metainfo, meir_metainfo_unref);
  g_free (job->path);
  g_free (job);
}

static void
save_free (gpointer data)
{
  MeirUiSave *save = data;

  g_ptr_array_unref (save->jobs);
  g_free (save->path);
  g_ptr_array_unref (save->texts);
  g_free (save);
}

static char *
torrent_path (MeirUiLibrary *library, const char *group)
{
  g_autofree char *name = g_strconcat (group, ".torrent", NULL);

  return g_build_filename (library->folder, name, NULL);
}

static const char *
format_group (MeirTorrent *torrent, char *group)
{
  return meir_info_hash_to_hex (meir_torrent_get_info_hash (torrent), group);
}

/* Writing. */

static gboolean
do_job (const MeirUiFileJob *job, GError **error)
{
  g_autoptr (GBytes) bytes = NULL;

  if (job->metainfo == NULL) {
    g_unlink (job->path);
    return TRUE;
  }
  bytes = meir_metainfo_dup_torrent_bytes (job->metainfo);
  return meir_create_write_atomic (job->path, bytes, error);
}

/* The .torrent files come first, so that the list never names one that is not there yet. */
static void
save_worker (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  MeirUiSave *save = task_data;
  g_autoptr (GString) data = g_string_new (NULL);
  GError *error = NULL;

  while (save->jobs->len > 0) {
    if (!do_job (g_ptr_array_index (save->jobs, 0), &error)) {
      g_task_return_error (task, error);
      return;
    }
    g_ptr_array_remove_index (save->jobs, 0);
  }
  for (guint i = 0; i < save->texts->len; i++)
    g_string_append (data, g_ptr_array_index (save->texts, i));
  if (g_file_set_contents_full (save->path, data->str, (gssize) data->len,
                                G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE, 0600, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void on_saved (GObject *source, GAsyncResult *result, gpointer user_data);

/* A group as it stands in the file. Of ten thousand torrents one changes at a time: only that is written
 * anew, and the worker puts them together. */
static GRefString *
get_text (MeirUiLibrary *library, const char *group)
{
  GRefString *known = g_hash_table_lookup (library->texts, group);
  g_autoptr (GString) text = NULL;
  g_auto (GStrv) keys = NULL;

  if (known != NULL)
    return known;
  text = g_string_new (NULL);
  keys = g_key_file_get_keys (library->keys, group, NULL, NULL);
  g_string_append_printf (text, "[%s]\n", group);
  for (guint i = 0; keys != NULL && keys[i] != NULL; i++) {
    g_autofree char *value = g_key_file_get_value (library->keys, group, keys[i], NULL);

    g_string_append_printf (text, "%s=%s\n", keys[i], value);
  }
  g_string_append_c (text, '\n');
  known = g_ref_string_new_len (text->str, (gssize) text->len);
  g_hash_table_insert (library->texts, g_strdup (group), known);
  return known;
}

static void
release_text (gpointer text)
{
  g_ref_string_release (text);
}

static GPtrArray *
dup_texts (MeirUiLibrary *library)
{
  GPtrArray *texts = g_ptr_array_new_full (library->order->len, release_text);

  for (guint i = 0; i < library->order->len; i++)
    g_ptr_array_add (texts, g_ref_string_acquire (get_text (library, g_ptr_array_index (library->order, i))));
  return texts;
}

static void
save (MeirUiLibrary *library)
{
  g_autoptr (GTask) task = NULL;
  MeirUiSave *save;

  if (library->saving)
    return;
  save = g_new0 (MeirUiSave, 1);
  save->jobs = g_steal_pointer (&library->jobs);
  save->path = g_strdup (library->path);
  save->texts = dup_texts (library);
  library->jobs = g_ptr_array_new_with_free_func (file_job_free);
  library->changed = FALSE;
  library->saving = TRUE;
  task = g_task_new (library, NULL, on_saved, NULL);
  g_task_set_task_data (task, save, save_free);
  g_task_run_in_thread (task, save_worker);
}

static void
on_saved (GObject *source, GAsyncResult *result, gpointer user_data)
{
  MeirUiLibrary *library = MEIR_UI_LIBRARY (source);
  MeirUiSave *done = g_task_get_task_data (G_TASK (result));
  gboolean changed = library->changed;
  g_autoptr (GError) error = NULL;
  g_autofree char *reason = NULL;
  g_autofree char *message = NULL;

  library->saving = FALSE;
  if (!g_task_propagate_boolean (G_TASK (result), &error)) {
    /* What could not be written is tried again with the next change, in the same order. */
    g_ptr_array_extend_and_steal (done->jobs, g_steal_pointer (&library->jobs));
    library->jobs = g_ptr_array_ref (done->jobs);
    library->changed = TRUE;
    reason = meir_ui_text_dup_error (error);
    message = g_strdup_printf (_ ("The list of torrents cannot be saved: %s"), reason);
    g_signal_emit (library, failed_signal, 0, message);
  }
  if (changed)
    save (library);
}

static void
mark_changed (MeirUiLibrary *library, const char *group)
{
  g_hash_table_remove (library->texts, group);
  library->changed = TRUE;
  save (library);
}

static void
add_job (MeirUiLibrary *library, const char *group, MeirMetainfo *metainfo)
{
  MeirUiFileJob *job = g_new0 (MeirUiFileJob, 1);

  job->path = torrent_path (library, group);
  job->metainfo = metainfo != NULL ? meir_metainfo_ref (metainfo) : NULL;
  g_ptr_array_add (library->jobs, job);
}

void
meir_ui_library_add (MeirUiLibrary *library, MeirTorrent *torrent, const char *link)
{
  g_autoptr (MeirMetainfo) metainfo = meir_torrent_ref_metainfo (torrent);
  char group[GROUP_SIZE];

  format_group (torrent, group);
  if (metainfo != NULL)
    add_job (library, group, metainfo);
  if (!g_key_file_has_group (library->keys, group))
    g_ptr_array_add (library->order, g_strdup (group));
  if (link != NULL)
    meir_ui_record_set_link (library->keys, group, link);
  meir_ui_record_write (library->keys, group, torrent);
  mark_changed (library, group);
}

void
meir_ui_library_update (MeirUiLibrary *library, MeirTorrent *torrent)
{
  char group[GROUP_SIZE];
  g_autofree char *before = NULL;
  GRefString *now;

  if (!g_key_file_has_group (library->keys, format_group (torrent, group)))
    return;
  before = g_strdup (get_text (library, group));
  meir_ui_record_write (library->keys, group, torrent);
  g_hash_table_remove (library->texts, group);
  now = get_text (library, group);
  if (strcmp (before, now) != 0)
    mark_changed (library, group);
}

void
meir_ui_library_set_order (MeirUiLibrary *library, GListModel *torrents)
{
  g_autoptr (GPtrArray) old = library->order;
  g_autoptr (GHashTable) placed = g_hash_table_new (g_str_hash, g_str_equal);

  library->order = g_ptr_array_new_with_free_func (g_free);
  for (guint i = 0; i < g_list_model_get_n_items (torrents); i++) {
    g_autoptr (MeirTorrent) torrent = g_list_model_get_item (torrents, i);
    char group[GROUP_SIZE];

    if (!g_key_file_has_group (library->keys, format_group (torrent, group)))
      continue;
    g_ptr_array_add (library->order, g_strdup (group));
    g_hash_table_add (placed, g_ptr_array_index (library->order, library->order->len - 1));
  }
  /* What could not be shown this time comes last. */
  for (guint i = 0; i < old->len; i++)
    if (!g_hash_table_contains (placed, g_ptr_array_index (old, i)))
      g_ptr_array_add (library->order, g_strdup (g_ptr_array_index (old, i)));
  library->changed = TRUE;
  save (library);
}

void
meir_ui_library_remove (MeirUiLibrary *library, MeirTorrent *torrent)
{
  char group[GROUP_SIZE];
  guint index;

  format_group (torrent, group);
  if (!g_key_file_remove_group (library->keys, group, NULL))
    return;
  g_ptr_array_find_with_equal_func (library->order, group, g_str_equal, &index);
  g_ptr_array_remove_index (library->order, index);
  add_job (library, group, NULL);
  mark_changed (library, group);
}

/* (nullable) */
static MeirUiRecord *
read_record (MeirUiLibrary *library, MeirTorrent *torrent)
{
  char group[GROUP_SIZE];

  if (!g_key_file_has_group (library->keys, format_group (torrent, group)))
    return NULL;
  return meir_ui_record_read (library->keys, group);
}

void
meir_ui_library_set_paused (MeirUiLibrary *library, MeirTorrent *torrent, gboolean paused)
{
  char group[GROUP_SIZE];

  if (!g_key_file_has_group (library->keys, format_group (torrent, group)))
    return;
  meir_ui_record_set_paused (library->keys, group, paused);
  mark_changed (library, group);
}

gboolean
meir_ui_library_is_paused (MeirUiLibrary *library, MeirTorrent *torrent)
{
  g_autoptr (MeirUiRecord) record = read_record (library, torrent);

  return record != NULL && record->paused;
}

void
meir_ui_library_set_name (MeirUiLibrary *library, MeirTorrent *torrent, const char *name)
{
  char group[GROUP_SIZE];

  if (!g_key_file_has_group (library->keys, format_group (torrent, group)))
    return;
  meir_ui_record_set_name (library->keys, group, name);
  mark_changed (library, group);
}

char *
meir_ui_library_dup_name (MeirUiLibrary *library, MeirTorrent *torrent)
{
  g_autoptr (MeirUiRecord) record = read_record (library, torrent);

  return record != NULL ? g_steal_pointer (&record->name) : NULL;
}

gboolean
meir_ui_library_has (MeirUiLibrary *library, MeirTorrent *torrent)
{
  char group[GROUP_SIZE];

  return g_key_file_has_group (library->keys, format_group (torrent, group));
}

char *
meir_ui_library_dup_link (MeirUiLibrary *library, MeirTorrent *torrent)
{
  g_autoptr (MeirUiRecord) record = read_record (library, torrent);

  return record != NULL ? g_steal_pointer (&record->link) : NULL;
}

void
meir_ui_library_flush (MeirUiLibrary *library)
{
  if (library->changed)
    save (library);
}

gboolean
meir_ui_library_is_saving (MeirUiLibrary *library)
{
  return library->saving;
}

/* Restoring. */

typedef struct {
  MeirSession *session;
  char **groups;
  guint next;
  guint n_failed;
  GError *first; /* (nullable): why the first of them was left out */
} MeirUiRestore;

static void restore_next (GTask *task);

static void
restore_free (gpointer data)
{
  MeirUiRestore *restore = data;

  g_object_unref (restore->session);
  g_strfreev (restore->groups);
  g_clear_error (&restore->first);
  g_free (restore);
}

static void
leave_out (MeirUiRestore *restore, GError *error)
{
  restore->n_failed++;
  if (restore->first == NULL)
    restore->first = error;
  else
    g_error_free (error);
}

/* A folder that is gone, such as one on a disk that is not plugged in, is not made anew in its place: the
 * torrent says so in the list. */
static void
restore_one (MeirUiLibrary *library, MeirUiRestore *restore, const char *group, MeirMetainfo *metainfo,
             GError *load_error)
{
  g_autoptr (MeirUiRecord) record = meir_ui_record_read (library->keys, group);
  g_autoptr (MeirMagnet) magnet =
      metainfo == NULL && record->link != NULL ? meir_magnet_parse (record->link, NULL) : NULL;
  MeirAddOptions options = {
    .metainfo = metainfo,
    .magnet = magnet,
    .folder = record->folder,
    .paused = record->paused,
    .folder_was_there = TRUE,
    .play_order = record->play_order,
    .limits = record->limits,
    .uploaded_before = record->uploaded,
    .downloaded_before = record->downloaded,
    .seeded_before_sec = record->seeded_sec,
    .rule_overridden = record->rule_overridden,
  };
  g_autoptr (GError) error = NULL;
  MeirTorrent *torrent;

  get_text (library, group);
  if (metainfo == NULL && magnet == NULL) {
    leave_out (restore, g_error_copy (load_error));
    return;
  }
  if (record->folder == NULL) {
    leave_out (restore, g_error_new (MEIR_ERROR, MEIR_ERROR_INVALID,
                                     _ ("The folder of “%s” is not on record"), group));
    return;
  }
  /* As many as there are files, or none. */
  if (record->priorities != NULL && metainfo != NULL &&
      g_bytes_get_size (record->priorities) == meir_metainfo_get_n_files (metainfo))
    options.file_priorities = record->priorities;
  torrent = meir_session_add (restore->session, &options, &error);
  if (torrent == NULL && !g_error_matches (error, MEIR_ERROR, MEIR_ERROR_EXISTS))
    leave_out (restore, g_steal_pointer (&error));
  else if (torrent != NULL && record->trackers != NULL)
    meir_torrent_set_trackers (torrent, record->trackers);
}

static void
on_loaded (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  MeirUiLibrary *library = g_task_get_source_object (task);
  MeirUiRestore *restore = g_task_get_task_data (task);
  const char *group = restore->groups[restore->next++];
  g_autoptr (GError) error = NULL;
  g_autoptr (MeirMetainfo) metainfo = meir_ui_metainfo_finish (result, &error);
  MeirInfoHash info_hash;

  if (g_task_return_error_if_cancelled (task))
    return;
  meir_info_hash_parse (&info_hash, group);
  if (metainfo != NULL && !meir_info_hash_equal (&info_hash, meir_metainfo_get_info_hash (metainfo))) {
    g_clear_pointer (&metainfo, meir_metainfo_unref);
    g_set_error (&error, MEIR_ERROR, MEIR_ERROR_INVALID, _ ("%s.torrent is of another torrent"), group);
  }
  /* Taken off the list while it was being read. */
  if (g_key_file_has_group (library->keys, group))
    restore_one (library, restore, group, metainfo, error);
  restore_next (g_steal_pointer (&task));
}

static void
finish_restore (GTask *task, MeirUiRestore *restore)
{
  if (restore->n_failed == 0)
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_new_error (task, MEIR_ERROR, MEIR_ERROR_FAILED,
                             ngettext ("%u torrent of the list cannot be shown: %s",
                                       "%u torrents of the list cannot be shown; the first because: %s",
                                       restore->n_failed),
                             restore->n_failed, restore->first->message);
}

/* @task: (transfer full) */
static void
restore_next (GTask *task)
{
  MeirUiLibrary *library = g_task_get_source_object (task);
  MeirUiRestore *restore = g_task_get_task_data (task);
  MeirInfoHash info_hash;

  /* A group of another name is not ours: it is no part of a path, and stays as it is. */
  while (restore->groups[restore->next] != NULL &&
         !meir_info_hash_parse (&info_hash, restore->groups[restore->next]))
    restore->next++;
  if (restore->groups[restore->next] == NULL) {
    finish_restore (task, restore);
    g_object_unref (task);
  } else {
    g_autofree char *path = torrent_path (library, restore->groups[restore->next]);
    g_autoptr (GFile) file = g_file_new_for_path (path);
    g_autofree char *folder_name =
        meir_ui_record_dup_folder_name (library->keys, restore->groups[restore->next]);

    meir_ui_metainfo_load_async (file, folder_name, g_task_get_cancellable (task), on_loaded, task);
  }
}

static char **
dup_order (MeirUiLibrary *library)
{
  g_autoptr (GStrvBuilder) groups = g_strv_builder_new ();

  for (guint i = 0; i < library->order->len; i++)
    g_strv_builder_add (groups, g_ptr_array_index (library->order, i));
  return g_strv_builder_end (groups);
}

void
meir_ui_library_restore_async (MeirUiLibrary *library, MeirSession *session, GCancellable *cancellable,
                               GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = g_task_new (library, cancellable, callback, user_data);
  MeirUiRestore *restore = g_new0 (MeirUiRestore, 1);

  if (library->damage != NULL)
    g_signal_emit (library, failed_signal, 0, library->damage);
  g_clear_pointer (&library->damage, g_free);
  restore->session = g_object_ref (session);
  restore->groups = dup_order (library);
  g_task_set_task_data (task, restore, restore_free);
  restore_next (task);
}

gboolean
meir_ui_library_restore_finish (MeirUiLibrary *library, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
meir_ui_library_finalize (GObject *object)
{
  MeirUiLibrary *library = MEIR_UI_LIBRARY (object);

  g_clear_pointer (&library->keys, g_key_file_unref);
  g_clear_pointer (&library->jobs, g_ptr_array_unref);
  g_ptr_array_unref (library->order);
  g_hash_table_unref (library->texts);
  g_free (library->folder);
  g_free (library->path);
  g_free (library->damage);
  G_OBJECT_CLASS (meir_ui_library_parent_class)->finalize (object);
}

static void
meir_ui_library_class_init (MeirUiLibraryClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = meir_ui_library_finalize;
  failed_signal = g_signal_new ("failed", MEIR_UI_TYPE_LIBRARY, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
meir_ui_library_init (MeirUiLibrary *library)
{
  library->keys = g_key_file_new ();
  library->jobs = g_ptr_array_new_with_free_func (file_job_free);
  library->order = g_ptr_array_new_with_free_func (g_free);
  library->texts = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, release_text);
}

/* Puts a list that makes no sense aside, so that the next save does not destroy what may still be in it: the
 * key file holds what came before the first line that is none. */
static void
put_aside (MeirUiLibrary *library)
{
  g_autofree char *aside = g_strconcat (library->path, ".damaged", NULL);

  g_autofree char *name = meir_text_dup_safe (aside, strlen (aside), PATH_CHARS_MAX);

  if (g_rename (library->path, aside) == 0)
    library->damage = g_strdup_printf (
        _ ("The list of torrents was damaged: here is what could be read of it. It is kept as %s"), name);
}

MeirUiLibrary *
meir_ui_library_new (const char *folder)
{
  MeirUiLibrary *library = g_object_new (MEIR_UI_TYPE_LIBRARY, NULL);
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) groups = NULL;

  library->folder = g_strdup (folder);
  library->path = g_build_filename (folder, "library.ini", NULL);
  /* A folder that cannot be made shows when the list is saved. */
  g_mkdir_with_parents (folder, 0700);
  if (!g_key_file_load_from_file (library->keys, library->path, G_KEY_FILE_NONE, &error) &&
      !g_error_matches (error, G_FILE_ERROR, G_FILE_ERROR_NOENT))
    put_aside (library);
  groups = g_key_file_get_groups (library->keys, NULL);
  for (guint i = 0; groups[i] != NULL; i++)
    g_ptr_array_add (library->order, g_strdup (groups[i]));
  return library;
}
