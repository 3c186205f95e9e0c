/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "files-support.h"

#include <string.h>

static void
append_string (GString *text, const char *string, gsize length)
{
  g_string_append_printf (text, "%zu:", length);
  g_string_append_len (text, string, (gssize) length);
}

static void
append_file (GString *text, const TestFile *file)
{
  const char *component = file->path;

  g_string_append_c (text, 'd');
  if (file->is_pad)
    g_string_append (text, "4:attr1:p");
  g_string_append_printf (text, "6:lengthi%" G_GUINT64_FORMAT "e4:pathl", file->length);
  for (const char *slash; (slash = strchr (component, '/')) != NULL; component = slash + 1)
    append_string (text, component, (gsize) (slash - component));
  append_string (text, component, strlen (component));
  g_string_append (text, "ee");
}

GBytes *
files_torrent_bytes (const char *name, const TestFile *files, guint n_files)
{
  GString *text = g_string_new ("d4:infod5:filesl");
  guint64 total = 0;
  gsize n_digests;

  for (guint i = 0; i < n_files; i++) {
    append_file (text, &files[i]);
    total += files[i].length;
  }
  g_string_append (text, "e4:name");
  append_string (text, name, strlen (name));
  n_digests = (total + FILES_PIECE_LENGTH - 1) / FILES_PIECE_LENGTH * 20;
  g_string_append_printf (text, "12:piece lengthi%ue6:pieces%zu:", FILES_PIECE_LENGTH, n_digests);
  for (gsize i = 0; i < n_digests; i++)
    g_string_append_c (text, 'x');
  g_string_append (text, "ee");
  return g_string_free_to_bytes (text);
}

MeirMetainfo *
files_metainfo (const char *name, const TestFile *files, guint n_files)
{
  g_autoptr (GBytes) bytes = files_torrent_bytes (name, files, n_files);
  GError *error = NULL;
  MeirMetainfo *metainfo = meir_metainfo_parse (bytes, &error);

  g_assert_no_error (error);
  return metainfo;
}

MeirMetainfo *
files_metainfo_many (guint n, guint n_folders)
{
  g_autofree TestFile *files = g_new0 (TestFile, n);
  MeirMetainfo *metainfo;

  for (guint i = 0; i < n; i++) {
    files[i].path =
        n_folders > 0 ? g_strdup_printf ("d%u/f%u", i % n_folders, i) : g_strdup_printf ("f%u", i);
    files[i].length = 1;
  }
  metainfo = files_metainfo ("many", files, n);
  for (guint i = 0; i < n; i++)
    g_free ((char *) files[i].path);
  return metainfo;
}
