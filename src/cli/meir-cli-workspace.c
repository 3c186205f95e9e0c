/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/meir-cli-workspace.h"

#include "cli/meir-cli-format.h"
#include "cli/meir-cli-input.h"
#include "meir-config.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>
#include <sys/statvfs.h>
#include <unistd.h>

#define WALK_DESCRIPTORS 16
#define CHUNK_LENGTH     (256u << 10)
#define SAMPLE_SEED      2

char *
meir_cli_workspace_new (GError **error)
{
  return g_dir_make_tmp ("meir-demo-XXXXXX", error);
}

static int
remove_entry (const char *path, const struct stat *status, int type, struct FTW *walk)
{
  g_remove (path);
  return 0;
}

void
meir_cli_workspace_remove (const char *workspace)
{
  nftw (workspace, remove_entry, WALK_DESCRIPTORS, FTW_DEPTH | FTW_PHYS | FTW_MOUNT);
}

gboolean
meir_cli_workspace_check_room (const char *workspace, guint64 bytes, GError **error)
{
  struct statvfs status;
  g_autofree char *room = NULL;
  g_autofree char *needed = NULL;
  guint64 free_bytes;

  if (statvfs (workspace, &status) != 0)
    return TRUE;
  free_bytes = (guint64) status.f_bavail * status.f_frsize;
  if (free_bytes >= bytes)
    return TRUE;
  room = meir_cli_format_size (free_bytes);
  needed = meir_cli_format_size (bytes);
  g_set_error (error, MEIR_ERROR, MEIR_ERROR_NO_SPACE,
               _ ("“%s” has %s of room and the demonstration needs %s; set TMPDIR to a folder with more"),
               workspace, room, needed);
  return FALSE;
}

static gboolean
write_sample_file (const char *folder, const char *name, guint64 length, GRand *random, GError **error)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  g_autofree char *parent = g_path_get_dirname (path);
  g_autofree guint32 *chunk = g_malloc (CHUNK_LENGTH);
  FILE *file;
  gboolean good;

  if (g_mkdir_with_parents (parent, 0777) != 0 || (file = fopen (path, "wxe")) == NULL) {
    meir_set_error_from_errno (error, errno, _ ("Cannot write “%s”"), path);
    return FALSE;
  }
  good = TRUE;
  while (good && length != 0) {
    gsize n = (gsize) MIN (length, CHUNK_LENGTH);

    for (gsize i = 0; i < CHUNK_LENGTH / sizeof chunk[0]; i++)
      chunk[i] = g_rand_int (random);
    good = fwrite (chunk, 1, n, file) == n;
    length -= n;
  }
  if (fclose (file) != 0 || !good) {
    meir_set_error_from_errno (error, errno, _ ("Cannot write “%s”"), path);
    return FALSE;
  }
  return TRUE;
}

char *
meir_cli_workspace_make_sample (const char *workspace, GError **error)
{
  static const struct {
    const char *name;
    guint64 length;
  } files[] = {
    { "film.bin", G_GUINT64_CONSTANT (48) << 20 },
    { "music/first.bin", (G_GUINT64_CONSTANT (9) << 20) + 12345 },
    { "music/second.bin", (G_GUINT64_CONSTANT (6) << 20) + 1 },
    { "pictures/day.bin", 700000 },
    { "pictures/empty", 0 },
    { "read me.txt", 999 },
  };
  g_autofree char *folder = g_build_filename (workspace, "shared", "sample", NULL);
  g_autoptr (GRand) random = g_rand_new_with_seed (SAMPLE_SEED);

  for (guint i = 0; i < G_N_ELEMENTS (files); i++) {
    if (!write_sample_file (folder, files[i].name, files[i].length, random, error))
      return NULL;
  }
  return g_steal_pointer (&folder);
}

typedef struct {
  MeirMetainfo *metainfo;
  char *shared;
  char *downloaded;
} Comparison;

static void
comparison_free (gpointer data)
{
  Comparison *comparison = data;

  meir_metainfo_unref (comparison->metainfo);
  g_free (comparison->shared);
  g_free (comparison->downloaded);
  g_free (comparison);
}

static FILE *
open_below (const char *folder, const char *name, GError **error)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  FILE *file = fopen (path, "re");

  if (file == NULL) {
    g_autofree char *shown = meir_cli_dup_shown_path (path);
    meir_set_error_from_errno (error, errno, _ ("Cannot read “%s”"), shown);
  }
  return file;
}

static gboolean
streams_equal (FILE *a, FILE *b, GCancellable *cancellable)
{
  g_autofree guint8 *bytes_a = g_malloc (CHUNK_LENGTH);
  g_autofree guint8 *bytes_b = g_malloc (CHUNK_LENGTH);
  gsize n_a;
  gsize n_b;

  do {
    n_a = fread (bytes_a, 1, CHUNK_LENGTH, a);
    n_b = fread (bytes_b, 1, CHUNK_LENGTH, b);
    if (n_a != n_b || memcmp (bytes_a, bytes_b, n_a) != 0)
      return FALSE;
  } while (n_a == CHUNK_LENGTH && !g_cancellable_is_cancelled (cancellable));
  return !ferror (a) && !ferror (b);
}

static gboolean
compare_file (const Comparison *comparison, const MeirMetainfoFile *file, GCancellable *cancellable,
              GError **error)
{
  FILE *original = open_below (comparison->shared, file->path, error);
  FILE *copy = original != NULL ? open_below (comparison->downloaded, file->path, error) : NULL;
  gboolean equal = copy != NULL && streams_equal (original, copy, cancellable);

  if (copy != NULL && !equal)
    g_set_error (error, MEIR_ERROR, MEIR_ERROR_FAILED, _ ("“%s” arrived with other bytes than were shared"),
                 file->display_path);
  if (original != NULL)
    fclose (original);
  if (copy != NULL)
    fclose (copy);
  return equal;
}

static void
compare_worker (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  const Comparison *comparison = data;
  GError *error = NULL;

  for (guint i = 0; i < meir_metainfo_get_n_files (comparison->metainfo); i++) {
    const MeirMetainfoFile *file = meir_metainfo_get_file (comparison->metainfo, i);

    if (g_task_return_error_if_cancelled (task))
      return;
    if (!file->is_pad && !file->is_symlink && !compare_file (comparison, file, cancellable, &error)) {
      g_task_return_error (task, error);
      return;
    }
  }
  g_task_return_boolean (task, TRUE);
}

void
meir_cli_workspace_compare_async (MeirMetainfo *metainfo, const char *shared, const char *downloaded,
                                  GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);
  Comparison *comparison = g_new0 (Comparison, 1);

  comparison->metainfo = meir_metainfo_ref (metainfo);
  comparison->shared = g_strdup (shared);
  comparison->downloaded = g_strdup (downloaded);
  g_task_set_task_data (task, comparison, comparison_free);
  g_task_run_in_thread (task, compare_worker);
}
