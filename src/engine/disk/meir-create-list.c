/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "disk/meir-create-list.h"

#include "base/meir-error.h"
#include "base/meir-limits.h"
#include "base/meir-text.h"
#include "meir-config.h"

#include <glib/gstdio.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Longest path shown in a message, characters. */
#define SHOWN_CHARS_MAX 500u

typedef struct {
  MeirCreateList *list;
  const MeirCreateOptions *options;
  GPtrArray *patterns; /* of GPatternSpec */
  GCancellable *cancellable;
} Walk;

typedef enum {
  FAULT_MANY_FILES,
  FAULT_LARGE,
  FAULT_LONG_NAME,
  FAULT_DEEP,
  FAULT_NO_NAME,
  FAULT_EMPTY,
  FAULT_NOTHING_LEFT,
  FAULT_KIND,
  FAULT_CHANGED,
} Fault;

static char *
dup_safe_path (MeirCreateList *list, const char *path)
{
  g_autofree char *whole = path != NULL ? g_build_filename (list->path, path, NULL) : g_strdup (list->path);

  return meir_text_dup_safe (whole, strlen (whole), SHOWN_CHARS_MAX);
}

/* The sentence about what @safe names. (transfer full) */
static char *
describe (Fault fault, const MeirCreateList *list, const char *safe)
{
  switch (fault) {
  case FAULT_MANY_FILES:
    return g_strdup_printf (_ ("“%s” holds more than %u files"), safe, MEIR_FILES_MAX);
  case FAULT_LARGE:
    return g_strdup_printf (_ ("“%s” holds more data than a torrent can"), safe);
  case FAULT_LONG_NAME:
    return g_strdup_printf (_ ("“%s” has a name longer than %u bytes"), safe, MEIR_NAME_MAX);
  case FAULT_DEEP:
    return g_strdup_printf (_ ("“%s” is nested deeper than %u folders"), safe, MEIR_PATH_DEPTH_MAX);
  case FAULT_NO_NAME:
    return g_strdup_printf (_ ("“%s” has no name that a torrent could have"), safe);
  case FAULT_EMPTY:
    return g_strdup_printf (_ ("“%s” is empty: there is nothing to share"), safe);
  case FAULT_NOTHING_LEFT:
    return g_strdup_printf (_ ("“%s” holds nothing to share; left out are: hidden %u, excluded %u, links and "
                               "special files %u"),
                            safe, list->n_hidden, list->n_excluded, list->n_skipped);
  case FAULT_KIND:
    return g_strdup_printf (_ ("“%s” is neither a file nor a folder"), safe);
  case FAULT_CHANGED:
    return g_strdup_printf (_ ("“%s” changed while it was being read; try again when nothing writes to it"),
                            safe);
  }
  g_assert_not_reached ();
}

static gboolean
refuse (GError **error, MeirCreateList *list, const char *path, Fault fault)
{
  g_autofree char *safe = dup_safe_path (list, path);
  g_autofree char *sentence = describe (fault, list, safe);

  g_set_error_literal (error, MEIR_ERROR, MEIR_ERROR_INVALID, sentence);
  return FALSE;
}

/* What errno says of @path. */
static gboolean
refuse_errno (GError **error, MeirCreateList *list, const char *path)
{
  int error_number = errno;
  g_autofree char *safe = dup_safe_path (list, path);

  meir_set_error_from_errno (error, error_number, _ ("Cannot read “%s”"), safe);
  return FALSE;
}

static gint64
get_mtime_nsec (const struct stat *status)
{
  return (gint64) status->st_mtim.tv_sec * 1000000000 + status->st_mtim.tv_nsec;
}

static gboolean
add_file (MeirCreateList *list, char *path, const struct stat *status, GError **error)
{
  MeirCreateFile file = {
    .path = path,
    .offset = list->total_bytes,
    .length = (guint64) status->st_size,
    .device = status->st_dev,
    .inode = status->st_ino,
    .mtime_nsec = get_mtime_nsec (status),
  };

  g_array_append_val (list->files, file);
  if (list->files->len > MEIR_FILES_MAX)
    return refuse (error, list, NULL, FAULT_MANY_FILES);
  if (file.length > (guint64) MEIR_TOTAL_LENGTH_MAX - list->total_bytes)
    return refuse (error, list, NULL, FAULT_LARGE);
  list->total_bytes += file.length;
  return TRUE;
}

static void
add_skipped (MeirCreateList *list, const char *path, const char *kind)
{
  list->n_skipped++;
  if (list->skipped->len < MEIR_CREATE_SKIPPED_MAX) {
    g_autofree char *safe = meir_text_dup_safe (path, strlen (path), SHOWN_CHARS_MAX);
    /* Translators: a path, and what is there: "a/b (symbolic link)" */
    g_ptr_array_add (list->skipped, g_strdup_printf (_ ("%s (%s)"), safe, kind));
  }
}

static const char *
get_special_kind (mode_t mode)
{
  if (S_ISLNK (mode))
    return _ ("symbolic link");
  if (S_ISFIFO (mode))
    return _ ("named pipe");
  if (S_ISSOCK (mode))
    return _ ("socket");
  return _ ("device");
}

/* GPatternSpec reads UTF-8 only, names are bytes. */
static gboolean
is_excluded (Walk *walk, const char *path, const char *name)
{
  g_autofree char *utf8_path = NULL;
  g_autofree char *utf8_name = NULL;

  if (walk->patterns->len == 0)
    return FALSE;
  utf8_path = g_utf8_make_valid (path, -1);
  utf8_name = g_utf8_make_valid (name, -1);
  for (guint i = 0; i < walk->patterns->len; i++) {
    GPatternSpec *pattern = walk->patterns->pdata[i];
    if (g_pattern_spec_match_string (pattern, utf8_path) || g_pattern_spec_match_string (pattern, utf8_name))
      return TRUE;
  }
  return FALSE;
}

static gint
compare_names (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

/* The names in a folder, sorted by their bytes: every computer makes the same torrent of it. Takes @fd. */
static GPtrArray *
list_names (MeirCreateList *list, int fd, const char *path, GError **error)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  DIR *folder = fdopendir (fd);
  struct dirent *entry;

  if (folder == NULL) {
    refuse_errno (error, list, path);
    close (fd);
    return NULL;
  }
  for (errno = 0; (entry = readdir (folder)) != NULL; errno = 0) {
    if (strcmp (entry->d_name, ".") != 0 && strcmp (entry->d_name, "..") != 0)
      g_ptr_array_add (names, g_strdup (entry->d_name));
    if (names->len > MEIR_FILES_MAX) {
      refuse (error, list, path, FAULT_MANY_FILES);
      closedir (folder);
      return NULL;
    }
  }
  if (errno != 0) {
    refuse_errno (error, list, path);
    closedir (folder);
    return NULL;
  }
  closedir (folder);
  g_ptr_array_sort (names, compare_names);
  return g_steal_pointer (&names);
}

static gboolean
is_asked_for (Walk *walk, const char *name)
{
  GPtrArray *only = walk->options->only;

  for (guint i = 0; i < only->len; i++) {
    if (strcmp (only->pdata[i], name) == 0)
      return TRUE;
  }
  return FALSE;
}

/* A name that was asked for and is not there is an error, rather than a torrent without it. */
static gboolean
keep_asked_for (Walk *walk, GPtrArray *names, GError **error)
{
  for (guint i = 0; i < walk->options->only->len; i++) {
    const char *name = walk->options->only->pdata[i];

    if (!g_ptr_array_find_with_equal_func (names, name, g_str_equal, NULL)) {
      errno = ENOENT;
      return refuse_errno (error, walk->list, name);
    }
  }
  for (guint i = names->len; i > 0; i--) {
    if (!is_asked_for (walk, names->pdata[i - 1]))
      g_ptr_array_remove_index (names, i - 1);
  }
  return TRUE;
}

static gboolean walk_folder (Walk *walk, int parent_fd, const char *name, const char *path, guint depth,
                             GError **error);

static gboolean
walk_entry (Walk *walk, int folder_fd, const char *name, const char *folder_path, guint depth, GError **error)
{
  MeirCreateList *list = walk->list;
  g_autofree char *path = folder_path != NULL ? g_strconcat (folder_path, "/", name, NULL) : g_strdup (name);
  struct stat status;

  if (is_excluded (walk, path, name)) {
    list->n_excluded++;
    return TRUE;
  }
  if (name[0] == '.' && !walk->options->include_hidden &&
      (folder_path != NULL || walk->options->only->len == 0)) {
    list->n_hidden++;
    return TRUE;
  }
  if (fstatat (folder_fd, name, &status, AT_SYMLINK_NOFOLLOW) != 0)
    return refuse_errno (error, list, path);
  if (strlen (name) > MEIR_NAME_MAX)
    return refuse (error, list, path, FAULT_LONG_NAME);
  if (S_ISDIR (status.st_mode))
    return walk_folder (walk, folder_fd, name, path, depth + 1, error);
  if (S_ISREG (status.st_mode))
    return add_file (list, g_steal_pointer (&path), &status, error);
  add_skipped (list, path, get_special_kind (status.st_mode));
  return TRUE;
}

static gboolean
walk_folder (Walk *walk, int parent_fd, const char *name, const char *path, guint depth, GError **error)
{
  MeirCreateList *list = walk->list;
  g_autoptr (GPtrArray) names = NULL;
  gboolean success = TRUE;
  int fd, list_fd;

  /* The torrent's own folder and the file's name are components of a path too. */
  if (depth + 2 > MEIR_PATH_DEPTH_MAX)
    return refuse (error, list, path, FAULT_DEEP);
  fd = openat (parent_fd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  if (fd < 0)
    return refuse_errno (error, list, path);
  list_fd = fcntl (fd, F_DUPFD_CLOEXEC, 0);
  if (list_fd < 0)
    success = refuse_errno (error, list, path);
  else
    success = (names = list_names (list, list_fd, path, error)) != NULL;
  if (success && path == NULL && walk->options->only->len > 0)
    success = keep_asked_for (walk, names, error);
  for (guint i = 0; success && i < names->len; i++) {
    success = meir_pause_wait (walk->options->pause, walk->cancellable, error) &&
              walk_entry (walk, fd, names->pdata[i], path, depth, error);
  }
  close (fd);
  return success;
}

static gboolean
add_patterns (Walk *walk, GError **error)
{
  for (guint i = 0; i < walk->options->excludes->len; i++) {
    const char *glob = walk->options->excludes->pdata[i];
    if (!g_utf8_validate (glob, -1, NULL)) {
      g_set_error_literal (error, MEIR_ERROR, MEIR_ERROR_INVALID,
                           _ ("The pattern of files to exclude is not valid UTF-8"));
      return FALSE;
    }
    g_ptr_array_add (walk->patterns, g_pattern_spec_new (glob));
  }
  return TRUE;
}

/* What the torrent is called: as it was asked for; or the last component as it was typed, or, after "." and
 * "..", what it stands for.
 */
static gboolean
find_name (MeirCreateList *list, const MeirCreateOptions *options, GError **error)
{
  g_autofree char *base = g_path_get_basename (list->path);

  if (options->name != NULL) {
    list->name = g_strdup (options->name);
    return TRUE;
  }
  if (strcmp (base, ".") == 0 || strcmp (base, "..") == 0) {
    char *real = realpath (list->path, NULL);
    if (real == NULL)
      return refuse_errno (error, list, NULL);
    g_free (base);
    base = g_path_get_basename (real);
    free (real);
  }
  if (strchr (base, '/') != NULL)
    return refuse (error, list, NULL, FAULT_NO_NAME);
  if (strlen (base) > MEIR_NAME_MAX)
    return refuse (error, list, NULL, FAULT_LONG_NAME);
  list->name = g_steal_pointer (&base);
  return TRUE;
}

static gboolean
walk_path (Walk *walk, GError **error)
{
  MeirCreateList *list = walk->list;
  struct stat status;

  if (stat (list->path, &status) != 0)
    return refuse_errno (error, list, NULL);
  if (!find_name (list, walk->options, error))
    return FALSE;
  if (S_ISREG (status.st_mode)) {
    if (!add_file (list, NULL, &status, error))
      return FALSE;
    if (list->total_bytes == 0)
      return refuse (error, list, NULL, FAULT_EMPTY);
    return TRUE;
  }
  if (!S_ISDIR (status.st_mode))
    return refuse (error, list, NULL, FAULT_KIND);
  list->folder_fd = open (list->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (list->folder_fd < 0)
    return refuse_errno (error, list, NULL);
  if (!walk_folder (walk, list->folder_fd, ".", NULL, 0, error))
    return FALSE;
  if (list->total_bytes == 0 && list->n_hidden + list->n_excluded + list->n_skipped > 0)
    return refuse (error, list, NULL, FAULT_NOTHING_LEFT);
  if (list->total_bytes == 0)
    return refuse (error, list, NULL, FAULT_EMPTY);
  return TRUE;
}

static void
file_clear (gpointer data)
{
  MeirCreateFile *file = data;

  g_free (file->path);
}

MeirCreateList *
meir_create_list_new (const MeirCreateOptions *options, GCancellable *cancellable, GError **error)
{
  g_autoptr (MeirCreateList) list = g_new0 (MeirCreateList, 1);
  g_autoptr (GPtrArray) patterns = g_ptr_array_new_with_free_func ((GDestroyNotify) g_pattern_spec_free);
  Walk walk = { list, options, patterns, cancellable };

  list->path = g_strdup (options->path);
  list->folder_fd = -1;
  list->files = g_array_new (FALSE, FALSE, sizeof (MeirCreateFile));
  g_array_set_clear_func (list->files, file_clear);
  list->skipped = g_ptr_array_new_with_free_func (g_free);
  if (!add_patterns (&walk, error) || !walk_path (&walk, error))
    return NULL;
  return g_steal_pointer (&list);
}

void
meir_create_list_free (MeirCreateList *list)
{
  if (list->folder_fd >= 0)
    close (list->folder_fd);
  g_array_unref (list->files);
  g_ptr_array_unref (list->skipped);
  g_free (list->path);
  g_free (list->name);
  g_free (list);
}

void
meir_create_list_set_changed (MeirCreateList *list, guint file, GError **error)
{
  refuse (error, list, g_array_index (list->files, MeirCreateFile, file).path, FAULT_CHANGED);
}

void
meir_create_list_set_unreadable (MeirCreateList *list, guint file, int error_number, GError **error)
{
  errno = error_number;
  refuse_errno (error, list, g_array_index (list->files, MeirCreateFile, file).path);
}

gboolean
meir_create_list_is_unchanged (MeirCreateList *list, guint index, int fd, GError **error)
{
  const MeirCreateFile *file = &g_array_index (list->files, MeirCreateFile, index);
  struct stat status;

  if (fstat (fd, &status) != 0)
    return refuse_errno (error, list, file->path);
  if (!S_ISREG (status.st_mode) || (guint64) status.st_size != file->length ||
      (guint64) status.st_ino != file->inode || (guint64) status.st_dev != file->device ||
      get_mtime_nsec (&status) != file->mtime_nsec) {
    meir_create_list_set_changed (list, index, error);
    return FALSE;
  }
  return TRUE;
}

int
meir_create_list_open (MeirCreateList *list, guint index, GError **error)
{
  const MeirCreateFile *file = &g_array_index (list->files, MeirCreateFile, index);
  /* O_NONBLOCK: should a pipe have taken the file's place, opening it must not wait for a writer. */
  const int flags = O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC;
  int fd;

  if (file->path != NULL)
    fd = openat (list->folder_fd, file->path, flags | O_NOFOLLOW);
  else
    fd = open (list->path, flags);
  if (fd < 0) {
    refuse_errno (error, list, file->path);
    return -1;
  }
  if (!meir_create_list_is_unchanged (list, index, fd, error)) {
    close (fd);
    return -1;
  }
  posix_fadvise (fd, 0, 0, POSIX_FADV_SEQUENTIAL);
  return fd;
}
