/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/meir-ui-unfinished.h"

#include "app/meir-ui-application.h"
#include "app/meir-ui-settings.h"
#include "app/meir-ui-text.h"

#include <glib/gi18n.h>

/* A group for each torrent, by its info-hash in hex. */
#define KEY_FROM "From" /* a file: URI, since a path need not be UTF-8 */
#define KEY_TO   "To"

struct _MeirUiUnfinished {
  GObject parent_instance;

  MeirUiApplication *application; /* not owned */
  GFile *file;
  GKeyFile *notes;
  GHashTable *moving; /* MeirTorrent: a set */
  gboolean loaded, saving, changed;
};

G_DEFINE_FINAL_TYPE (MeirUiUnfinished, meir_ui_unfinished, G_TYPE_OBJECT)

static guint moved_signal;

static const char *
format_group (const MeirInfoHash *info_hash, char *buffer)
{
  return meir_info_hash_to_hex (info_hash, buffer);
}

static void save (MeirUiUnfinished *self);

static void
on_saved (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (MeirUiUnfinished) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autofree char *reason = NULL;
  g_autofree char *message = NULL;

  self->saving = FALSE;
  if (!g_file_replace_contents_finish (G_FILE (source), result, NULL, &error)) {
    reason = meir_ui_text_dup_error (error);
    message = g_strdup_printf (_ ("Where unfinished downloads belong cannot be noted: %s"), reason);
    meir_ui_application_tell (self->application, message);
  }
  if (self->changed)
    save (self);
  meir_ui_application_end_load (self->application);
}

/* Changes that come while it is being read or written are written together. */
static void
save (MeirUiUnfinished *self)
{
  g_autofree char *text = NULL;
  g_autoptr (GBytes) bytes = NULL;
  gsize length;

  self->changed = self->saving || !self->loaded;
  if (self->changed)
    return;
  self->saving = TRUE;
  text = g_key_file_to_data (self->notes, &length, NULL);
  bytes = g_bytes_new_take (g_steal_pointer (&text), length);
  /* Not cancelled by who quits: what is noted is not lost. */
  meir_ui_application_begin_load (self->application);
  g_file_replace_contents_bytes_async (self->file, bytes, NULL, FALSE, G_FILE_CREATE_PRIVATE, NULL, on_saved,
                                       g_object_ref (self));
}

static void
forget (MeirUiUnfinished *self, const MeirInfoHash *info_hash)
{
  char group[2 * MEIR_SHA1_LENGTH + 1];

  if (g_key_file_remove_group (self->notes, format_group (info_hash, group), NULL))
    save (self);
}

/* Of the note about @torrent: (transfer full) (nullable) */
static char *
dup_path (MeirUiUnfinished *self, MeirTorrent *torrent, const char *key)
{
  char group[2 * MEIR_SHA1_LENGTH + 1];
  g_autofree char *uri = g_key_file_get_string (
      self->notes, format_group (meir_torrent_get_info_hash (torrent), group), key, NULL);

  return uri != NULL ? g_filename_from_uri (uri, NULL, NULL) : NULL;
}

static gboolean
lies_there (const MeirAddOptions *options)
{
  g_autofree char *path = NULL;

  if (options->metainfo == NULL)
    return FALSE;
  path = g_build_filename (options->folder, meir_metainfo_get_name (options->metainfo), NULL);
  return g_file_test (path, G_FILE_TEST_EXISTS);
}

char *
meir_ui_unfinished_dup_folder (MeirUiUnfinished *unfinished, const MeirAddOptions *options)
{
  g_autofree char *uri = g_settings_get_string (meir_ui_settings_get (), "unfinished-folder");
  g_autofree char *folder = uri[0] != '\0' ? g_filename_from_uri (uri, NULL, NULL) : NULL;

  if (folder == NULL || options->seed_only || !g_file_test (folder, G_FILE_TEST_IS_DIR) ||
      g_strcmp0 (folder, options->folder) == 0 || lies_there (options))
    return NULL;
  return g_steal_pointer (&folder);
}

void
meir_ui_unfinished_note (MeirUiUnfinished *unfinished, MeirTorrent *torrent, const char *folder)
{
  g_autofree char *from = g_filename_to_uri (meir_torrent_get_folder (torrent), NULL, NULL);
  g_autofree char *to = g_filename_to_uri (folder, NULL, NULL);
  char group[2 * MEIR_SHA1_LENGTH + 1];

  if (from == NULL || to == NULL)
    return;
  format_group (meir_torrent_get_info_hash (torrent), group);
  g_key_file_set_string (unfinished->notes, group, KEY_FROM, from);
  g_key_file_set_string (unfinished->notes, group, KEY_TO, to);
  save (unfinished);
}

/* A move home that the user has cancelled: the notes forget it. */
static void
tell_stays (MeirUiUnfinished *self, MeirTorrent *torrent)
{
  g_autofree char *name = meir_ui_application_dup_name (self->application, torrent);
  g_autofree char *isolated = meir_ui_text_dup_isolated (name);
  g_autofree char *text = g_strdup_printf (_ ("Moving was cancelled; “%s” stays where it was"), isolated);

  meir_ui_application_tell (self->application, text);
}

static void
on_moved (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (MeirUiUnfinished) self = user_data;
  MeirTorrent *torrent = MEIR_TORRENT (source);
  g_autoptr (GError) error = NULL;
  gboolean moved = meir_torrent_move_finish (torrent, result, &error);
  gboolean is_quitting;

  g_hash_table_remove (self->moving, torrent);
  /* Who quits meanwhile finds it where it was, and it is moved after the next start. Who cancels it wants it
   * to stay there. */
  is_quitting = g_cancellable_is_cancelled (g_task_get_cancellable (G_TASK (result)));
  if (moved)
    g_signal_emit (self, moved_signal, 0, torrent);
  else if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    meir_ui_application_tell (self->application, error->message);
  else if (!is_quitting)
    tell_stays (self, torrent);
  if (moved || !is_quitting)
    forget (self, meir_torrent_get_info_hash (torrent));
  meir_ui_application_end_load (self->application);
}

typedef struct {
  MeirUiUnfinished *unfinished;
  char *folder;
} MeirUiHomecoming;

static void
homecoming_free (gpointer data)
{
  MeirUiHomecoming *homecoming = data;

  g_object_unref (homecoming->unfinished);
  g_free (homecoming->folder);
  g_free (homecoming);
}

/* When that fails, so does the move, which says why. */
static void
make_folder_worker (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  const MeirUiHomecoming *homecoming = task_data;

  g_mkdir_with_parents (homecoming->folder, 0755);
  g_task_return_boolean (task, TRUE);
}

static void
on_folder_made (GObject *source, GAsyncResult *result, gpointer user_data)
{
  const MeirUiHomecoming *homecoming = g_task_get_task_data (G_TASK (result));
  MeirUiUnfinished *self = homecoming->unfinished;

  /* Who quits meanwhile has it moved after the next start. */
  if (meir_ui_application_is_closing (self->application)) {
    g_hash_table_remove (self->moving, source);
    meir_ui_application_end_load (self->application);
    return;
  }
  meir_torrent_move_async (MEIR_TORRENT (source), homecoming->folder,
                           g_task_get_cancellable (G_TASK (result)), on_moved, g_object_ref (self));
}

/* @folder: (transfer full) */
static void
bring_home (MeirUiUnfinished *self, MeirTorrent *torrent, char *folder)
{
  g_autoptr (GTask) task =
      g_task_new (torrent, meir_ui_application_begin_load (self->application), on_folder_made, NULL);
  MeirUiHomecoming *homecoming = g_new0 (MeirUiHomecoming, 1);

  homecoming->unfinished = g_object_ref (self);
  homecoming->folder = folder;
  g_task_set_task_data (task, homecoming, homecoming_free);
  g_hash_table_add (self->moving, g_object_ref (torrent));
  /* Who quits does not wait for a disk that does not answer. */
  g_task_set_return_on_cancel (task, TRUE);
  g_task_run_in_thread (task, make_folder_worker);
}

void
meir_ui_unfinished_look (MeirUiUnfinished *unfinished, MeirTorrent *torrent)
{
  g_autofree char *from = dup_path (unfinished, torrent, KEY_FROM);
  g_autofree char *to = dup_path (unfinished, torrent, KEY_TO);
  g_autoptr (MeirTorrent) listed =
      meir_ui_application_find (unfinished->application, meir_torrent_get_info_hash (torrent));
  g_autoptr (MeirTorrentSnapshot) snapshot = NULL;

  /* One that was removed ends while the same is back already, and the note is about that. */
  if (listed != torrent)
    return;
  /* All are looked at when it is read. */
  if (!unfinished->loaded || to == NULL || g_hash_table_contains (unfinished->moving, torrent))
    return;
  /* Somebody has put it elsewhere: it belongs there now. */
  if (g_strcmp0 (from, meir_torrent_get_folder (torrent)) != 0) {
    forget (unfinished, meir_torrent_get_info_hash (torrent));
    return;
  }
  snapshot = meir_torrent_peek_snapshot (torrent);
  if (snapshot->state != MEIR_TORRENT_SEEDING)
    return;
  bring_home (unfinished, torrent, g_steal_pointer (&to));
}

static void
look_at_all (MeirUiUnfinished *self)
{
  GListModel *torrents = G_LIST_MODEL (meir_ui_application_get_session (self->application));

  if (torrents == NULL || meir_ui_application_is_closing (self->application))
    return;
  for (guint i = 0; i < g_list_model_get_n_items (torrents); i++) {
    g_autoptr (MeirTorrent) torrent = g_list_model_get_item (torrents, i);

    meir_ui_unfinished_look (self, torrent);
  }
}

/* What was noted meanwhile is newer. */
static void
take_over (MeirUiUnfinished *self, GKeyFile *read)
{
  static const char *const keys[] = { KEY_FROM, KEY_TO };
  g_auto (GStrv) groups = g_key_file_get_groups (read, NULL);

  for (guint i = 0; groups[i] != NULL; i++) {
    if (g_key_file_has_group (self->notes, groups[i]))
      continue;
    for (guint k = 0; k < G_N_ELEMENTS (keys); k++) {
      g_autofree char *value = g_key_file_get_string (read, groups[i], keys[k], NULL);

      if (value != NULL)
        g_key_file_set_string (self->notes, groups[i], keys[k], value);
    }
  }
}

/* One that is damaged, or not there yet, leaves downloads where they are. */
static void
on_loaded (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (MeirUiUnfinished) self = user_data;
  g_autoptr (GKeyFile) read = g_key_file_new ();
  g_autofree char *text = NULL;
  gsize length;

  if (g_file_load_contents_finish (G_FILE (source), result, &text, &length, NULL, NULL) &&
      g_key_file_load_from_data (read, text, length, G_KEY_FILE_NONE, NULL))
    take_over (self, read);
  self->loaded = TRUE;
  if (self->changed)
    save (self);
  look_at_all (self);
  meir_ui_application_end_load (self->application);
}

static void
meir_ui_unfinished_finalize (GObject *object)
{
  MeirUiUnfinished *self = MEIR_UI_UNFINISHED (object);

  g_object_unref (self->file);
  g_key_file_unref (self->notes);
  g_hash_table_unref (self->moving);
  G_OBJECT_CLASS (meir_ui_unfinished_parent_class)->finalize (object);
}

static void
meir_ui_unfinished_class_init (MeirUiUnfinishedClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = meir_ui_unfinished_finalize;
  moved_signal = g_signal_new ("moved", MEIR_UI_TYPE_UNFINISHED, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                               G_TYPE_NONE, 1, MEIR_TYPE_TORRENT);
}

static void
meir_ui_unfinished_init (MeirUiUnfinished *self)
{
  self->notes = g_key_file_new ();
  self->moving = g_hash_table_new_full (NULL, NULL, g_object_unref, NULL);
}

MeirUiUnfinished *
meir_ui_unfinished_new (MeirUiApplication *application, const char *path)
{
  MeirUiUnfinished *self = g_object_new (MEIR_UI_TYPE_UNFINISHED, NULL);

  self->application = application;
  self->file = g_file_new_for_path (path);
  meir_ui_application_begin_load (application);
  g_file_load_contents_async (self->file, NULL, on_loaded, g_object_ref (self));
  return self;
}
