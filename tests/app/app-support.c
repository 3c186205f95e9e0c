/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app-support.h"

#include <glib/gstdio.h>
#include <string.h>
#include <time.h>

#define PIECE_LENGTH 16384u

static gboolean
on_tick (gpointer user_data)
{
  return G_SOURCE_CONTINUE;
}

void
app_iterate (void)
{
  guint tick = g_timeout_add (5, on_tick, NULL);

  g_main_context_iteration (NULL, TRUE);
  g_source_remove (tick);
}

double
app_cpu_msec (void)
{
  struct timespec now;

  clock_gettime (CLOCK_THREAD_CPUTIME_ID, &now);
  return (double) now.tv_sec * 1e3 + (double) now.tv_nsec / 1e6;
}

char *
app_make_folder (void)
{
  GError *error = NULL;
  char *folder = g_dir_make_tmp ("meir-app-XXXXXX", &error);

  g_assert_no_error (error);
  return folder;
}

void
app_remove_folder (const char *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL) {
    g_autofree char *path = g_build_filename (folder, name, NULL);

    if (g_file_test (path, G_FILE_TEST_IS_DIR) && !g_file_test (path, G_FILE_TEST_IS_SYMLINK))
      app_remove_folder (path);
    else
      g_unlink (path);
  }
  g_rmdir (folder);
}

char *
app_make_file (const char *folder, const char *name, gsize length)
{
  char *path = g_build_filename (folder, name, NULL);
  g_autoptr (GRand) rand = g_rand_new_with_seed (g_str_hash (name));
  g_autofree char *data = g_malloc (length + 1);
  GError *error = NULL;

  for (gsize i = 0; i < length; i++)
    data[i] = (char) g_rand_int (rand);
  g_file_set_contents (path, data, (gssize) length, &error);
  g_assert_no_error (error);
  return path;
}

GBytes *
app_torrent_bytes (const char *name, guint n_pieces)
{
  GString *text = g_string_new (NULL);

  g_string_append_printf (text, "d4:infod6:lengthi%ue4:name%zu:%s12:piece lengthi%ue6:pieces%u:",
                          n_pieces * PIECE_LENGTH, strlen (name), name, PIECE_LENGTH, n_pieces * 20);
  for (guint i = 0; i < n_pieces * 20; i++)
    g_string_append_c (text, 'x');
  g_string_append (text, "ee");
  return g_string_free_to_bytes (text);
}

MeirMetainfo *
app_metainfo (const char *name, guint n_pieces)
{
  g_autoptr (GBytes) bytes = app_torrent_bytes (name, n_pieces);
  GError *error = NULL;
  MeirMetainfo *metainfo = meir_metainfo_parse (bytes, &error);

  g_assert_no_error (error);
  return metainfo;
}

MeirSession *
app_session_new (const char *folder)
{
  g_autofree char *state = g_build_filename (folder, "state", NULL);
  MeirSessionConfig config = { .bind_address = "127.0.0.1", .state_folder = state };
  GError *error = NULL;
  MeirSession *session = meir_session_new (&config, &error);

  g_assert_no_error (error);
  return session;
}

static void
on_closed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  gboolean *closed = user_data;

  *closed = meir_session_close_finish (MEIR_SESSION (source), result, NULL);
}

void
app_session_close (MeirSession *session)
{
  gboolean closed = FALSE;

  meir_session_close_async (session, on_closed, &closed);
  app_wait_until (closed);
  g_object_unref (session);
}

MeirTorrent *
app_add (MeirSession *session, const char *folder, const char *name, guint n_pieces)
{
  g_autoptr (MeirMetainfo) metainfo = app_metainfo (name, n_pieces);
  MeirAddOptions options = { .metainfo = metainfo, .folder = folder };
  GError *error = NULL;
  MeirTorrent *torrent = meir_session_add (session, &options, &error);

  g_assert_no_error (error);
  return torrent;
}

MeirTorrentState
app_state (MeirTorrent *torrent)
{
  g_autoptr (MeirTorrentSnapshot) snapshot = meir_torrent_ref_snapshot (torrent, MEIR_SNAPSHOT_NUMBERS);

  return snapshot->state;
}
