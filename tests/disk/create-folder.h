/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* Folders to make torrents of, for the tests of disk/meir-create*.c. */

#include "base/meir-error.h"
#include "disk/meir-create.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* A folder for one test. Free with remove_folder (). */
static inline char *
make_folder (void)
{
  g_autoptr (GError) error = NULL;
  char *folder = g_dir_make_tmp ("meir-create-XXXXXX", &error);

  g_assert_no_error (error);
  return folder;
}

static inline void
remove_tree (const char *path)
{
  g_autoptr (GDir) folder = NULL;
  struct stat status;
  const char *name;

  g_assert_cmpint (lstat (path, &status), ==, 0);
  if (!S_ISDIR (status.st_mode)) {
    g_assert_cmpint (unlink (path), ==, 0);
    return;
  }
  g_assert_cmpint (chmod (path, 0700), ==, 0);
  folder = g_dir_open (path, 0, NULL);
  while ((name = g_dir_read_name (folder)) != NULL) {
    g_autofree char *child = g_build_filename (path, name, NULL);
    remove_tree (child);
  }
  g_assert_cmpint (rmdir (path), ==, 0);
}

static inline void
remove_folder (char *folder)
{
  remove_tree (folder);
  g_free (folder);
}

/* Writes @length bytes to @folder/@path, making the folders between. */
static inline void
write_bytes (const char *folder, const char *path, const void *bytes, gsize length)
{
  g_autofree char *whole = g_build_filename (folder, path, NULL);
  g_autofree char *parent = g_path_get_dirname (whole);
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (g_mkdir_with_parents (parent, 0700), ==, 0);
  g_file_set_contents (whole, bytes, (gssize) length, &error);
  g_assert_no_error (error);
}

static inline void
write_text (const char *folder, const char *path, const char *text)
{
  write_bytes (folder, path, text, strlen (text));
}

/* Byte i is 31 i + @seed: no two pieces of a file are alike. */
static inline void
write_pattern (const char *folder, const char *path, gsize length, guint seed)
{
  g_autofree guint8 *bytes = g_malloc (length + 1);

  for (gsize i = 0; i < length; i++)
    bytes[i] = (guint8) (i * 31 + seed + (i >> 16));
  write_bytes (folder, path, bytes, length);
}

/* A file of @length zeros that takes no room. */
static inline void
write_sparse (const char *folder, const char *path, gint64 length)
{
  g_autofree char *whole = g_build_filename (folder, path, NULL);

  write_text (folder, path, "");
  g_assert_cmpint (truncate (whole, length), ==, 0);
}

/* For as long as the test runs the system's permissions count, root or not: the tree is made after this. */
static inline void
drop_privileges (void)
{
  if (geteuid () == 0)
    g_assert_cmpint (seteuid (65534), ==, 0);
}

static inline void
restore_privileges (void)
{
  if (getuid () == 0)
    g_assert_cmpint (seteuid (0), ==, 0);
}

/* What one meir_create_async () ended with. */
typedef struct {
  GMainLoop *loop;
  GBytes *torrent;
  MeirCreateSummary *summary;
  GError *error;
} Creation;

static inline void
on_created (GObject *source, GAsyncResult *result, gpointer data)
{
  Creation *creation = data;

  creation->torrent = meir_create_finish (result, &creation->summary, &creation->error);
  g_assert_true ((creation->torrent == NULL) == (creation->error != NULL));
  g_assert_true ((creation->torrent == NULL) == (creation->summary == NULL));
  g_main_loop_quit (creation->loop);
}

/* Takes @options. */
static inline void
creation_run (Creation *creation, MeirCreateOptions *options)
{
  *creation = (Creation){ .loop = g_main_loop_new (NULL, FALSE) };
  meir_create_async (options, NULL, NULL, on_created, creation);
  g_main_loop_run (creation->loop);
}

static inline void
creation_clear (Creation *creation)
{
  g_clear_pointer (&creation->loop, g_main_loop_unref);
  g_clear_pointer (&creation->torrent, g_bytes_unref);
  g_clear_pointer (&creation->summary, meir_create_summary_free);
  g_clear_error (&creation->error);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Creation, creation_clear)

/* One line, one sentence, of the right kind, that names what it is about. */
static inline void
assert_error_names (const GError *error, MeirError code, const char *part)
{
  g_assert_error (error, MEIR_ERROR, (gint) code);
  if (strstr (error->message, part) == NULL)
    g_error ("expected “%s” in “%s”", part, error->message);
  g_assert_true (g_utf8_validate (error->message, -1, NULL));
  for (const char *c = error->message; *c != '\0'; c++)
    g_assert_false (g_ascii_iscntrl (*c));
}
