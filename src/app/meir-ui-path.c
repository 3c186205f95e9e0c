/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/meir-ui-path.h"

#include "app/meir-ui-text.h"
#include "session/meir.h"

#include <errno.h>
#include <glib/gi18n.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/xattr.h>
#include <unistd.h>

#define SHOWN_CHARS_MAX 300
#define HOST_PATH_MAX   4096
/* What st_blocks counts, whatever the file system's own blocks are. */
#define STAT_BLOCK_LENGTH 512
/* Where the document portal says what a path is on the host; the file system itself is mounted at "doc". */
#define HOST_PATH_ATTRIBUTE "user.document-portal.host-path"

/* The rest of @path below @folder, "" for @folder itself; NULL when it lies elsewhere. */
static const char *
find_below (const char *path, const char *folder)
{
  gsize length = strlen (folder);

  if (length == 0 || strncmp (path, folder, length) != 0 || (path[length] != '/' && path[length] != '\0'))
    return NULL;
  path += length;
  return *path == '/' ? path + 1 : path;
}

/* Of "1a2b/Films/new" the first component is the portal's own, and tells nobody anything. */
static char *
dup_without_key (const char *inside)
{
  const char *slash = strchr (inside, '/');

  return g_strdup (slash != NULL ? slash + 1 : inside);
}

/* The rest of @path in the portal; NULL when it lies elsewhere. */
static const char *
find_in_portal (const char *path)
{
  g_autofree char *mount = g_build_filename (g_get_user_runtime_dir (), "doc", NULL);

  return find_below (path, mount);
}

/* What the portal has said: it says the same for as long as it runs. */
static GMutex host_paths_lock;
static GHashTable *host_paths; /* guarded by the lock: (element-type filename filename) */

static void
learn (const char *path)
{
  const char *inside = find_in_portal (path);
  char value[HOST_PATH_MAX];
  ssize_t length;

  if (inside == NULL)
    return;
  length = getxattr (path, HOST_PATH_ATTRIBUTE, value, sizeof value);
  g_mutex_lock (&host_paths_lock);
  if (host_paths == NULL)
    host_paths = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  g_hash_table_insert (host_paths, g_strdup (path),
                       length > 0 ? g_strndup (value, (gsize) length) : dup_without_key (inside));
  g_mutex_unlock (&host_paths_lock);
}

static char *
dup_host_path (const char *path)
{
  const char *inside = find_in_portal (path);
  char *host = NULL;

  if (inside == NULL)
    return g_strdup (path);
  g_mutex_lock (&host_paths_lock);
  if (host_paths != NULL)
    host = g_strdup (g_hash_table_lookup (host_paths, path));
  g_mutex_unlock (&host_paths_lock);
  return host != NULL ? host : dup_without_key (inside);
}

static void
learn_worker (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  learn (task_data);
  g_task_return_boolean (task, TRUE);
}

void
meir_ui_path_learn_async (const char *path, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, NULL, callback, user_data);

  g_task_set_task_data (task, g_strdup (path), g_free);
  if (find_in_portal (path) != NULL)
    g_task_run_in_thread (task, learn_worker);
  else
    g_task_return_boolean (task, TRUE);
}

char *
meir_ui_path_dup_shown (const char *path)
{
  g_autofree char *host = dup_host_path (path);
  const char *inside = find_below (host, g_get_home_dir ());

  if (inside == NULL)
    return meir_text_dup_safe (host, strlen (host), SHOWN_CHARS_MAX);
  if (*inside == '\0')
    return g_strdup (_ ("Home"));
  return meir_text_dup_safe (inside, strlen (inside), SHOWN_CHARS_MAX);
}

void
meir_ui_space_free (MeirUiSpace *space)
{
  g_free (space->problem);
  g_free (space);
}

static void
space_free (gpointer space)
{
  meir_ui_space_free (space);
}

/* The folder itself, or, where it has yet to be made, the first above it that is there. (transfer full) */
static char *
find_existing (const char *folder)
{
  char *path = g_canonicalize_filename (folder, "/");
  struct stat status;

  while (stat (path, &status) != 0 && errno == ENOENT && strcmp (path, "/") != 0) {
    char *parent = g_path_get_dirname (path);

    g_free (path);
    path = parent;
  }
  return path;
}

/* Whether files could be made there; without trying to. */
static char *
dup_problem (const char *folder, const char *existing)
{
  g_autofree char *shown = meir_ui_path_dup_shown (folder);
  g_autofree char *name = meir_ui_text_dup_isolated (shown);
  struct stat status;

  if (stat (existing, &status) != 0)
    return g_strdup_printf (_ ("The folder “%s” cannot be reached. Choose another one."), name);
  if (!S_ISDIR (status.st_mode))
    return g_strdup_printf (_ ("“%s” is not a folder. Choose another one."), name);
  if (access (existing, W_OK | X_OK) == 0)
    return NULL;
  if (errno == EROFS)
    return g_strdup_printf (_ ("“%s” is on a disk that cannot be written to. Choose another folder."), name);
  return g_strdup_printf (_ ("You may not save in “%s”. Choose another folder."), name);
}

/* What is asked of the worker. */
typedef struct {
  char *folder;
  GPtrArray *metainfos; /* (nullable) */
} MeirUiPlace;

static void
place_free (gpointer data)
{
  MeirUiPlace *place = data;

  g_clear_pointer (&place->metainfos, g_ptr_array_unref);
  g_free (place->folder);
  g_free (place);
}

/* What is allocated counts, up to what is to be there. */
static guint64
measure_files (const char *folder, MeirMetainfo *metainfo)
{
  guint64 bytes = 0;

  for (guint i = 0; i < meir_metainfo_get_n_files (metainfo); i++) {
    const MeirMetainfoFile *file = meir_metainfo_get_file (metainfo, i);
    g_autofree char *path = g_build_filename (folder, file->path, NULL);
    struct stat status;

    if (!file->is_pad && !file->is_symlink && lstat (path, &status) == 0 && S_ISREG (status.st_mode))
      bytes += MIN (file->length, (guint64) status.st_blocks * STAT_BLOCK_LENGTH);
  }
  return bytes;
}

static void
space_worker (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  const MeirUiPlace *place = task_data;
  g_autofree char *existing = find_existing (place->folder);
  MeirUiSpace *space = g_new0 (MeirUiSpace, 1);
  struct statvfs status;

  learn (place->folder);
  space->problem = dup_problem (place->folder, existing);
  /* The document portal answers with a file system of no blocks at all. */
  if (statvfs (existing, &status) == 0 && status.f_blocks > 0) {
    space->is_known = TRUE;
    space->free_bytes = (guint64) status.f_bavail * status.f_frsize;
  }
  for (guint i = 0; place->metainfos != NULL && i < place->metainfos->len; i++)
    space->bytes_there += measure_files (place->folder, g_ptr_array_index (place->metainfos, i));
  g_task_return_pointer (task, space, space_free);
}

void
meir_ui_path_query_space_async (const char *folder, GPtrArray *metainfos, GCancellable *cancellable,
                                GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);
  MeirUiPlace *place = g_new0 (MeirUiPlace, 1);

  place->folder = g_strdup (folder);
  if (metainfos != NULL)
    place->metainfos = g_ptr_array_ref (metainfos);
  g_task_set_task_data (task, place, place_free);
  g_task_run_in_thread (task, space_worker);
}

MeirUiSpace *
meir_ui_path_query_space_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}
