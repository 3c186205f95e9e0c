/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "session-fixture.h"

#include "base/meir-random.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <unistd.h>

#define WATCHDOG_SEC 60

SessionFixture *
session_fixture_new (void)
{
  SessionFixture *fixture = g_new0 (SessionFixture, 1);

  fixture->root = g_dir_make_tmp ("meir-session-XXXXXX", NULL);
  fixture->sessions = g_ptr_array_new ();
  fixture->log = g_string_new (NULL);
  g_assert_nonnull (fixture->root);
  return fixture;
}

static void
delete_tree (const char *path)
{
  if (g_file_test (path, G_FILE_TEST_IS_DIR) && !g_file_test (path, G_FILE_TEST_IS_SYMLINK)) {
    g_autoptr (GDir) folder = g_dir_open (path, 0, NULL);
    const char *name;

    while ((name = g_dir_read_name (folder)) != NULL) {
      g_autofree char *child = g_build_filename (path, name, NULL);

      delete_tree (child);
    }
  }
  g_remove (path);
}

static void
on_closed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  gboolean *closed = user_data;

  g_assert_true (meir_session_close_finish (MEIR_SESSION (source), result, NULL));
  *closed = TRUE;
}

static gboolean
is_true (gpointer data)
{
  return *(gboolean *) data;
}

void
session_fixture_close (SessionFixture *fixture, MeirSession *session)
{
  gboolean closed = FALSE;

  g_assert_true (g_ptr_array_remove (fixture->sessions, session));
  meir_session_close_async (session, on_closed, &closed);
  session_wait (is_true, &closed);
  g_assert_finalize_object (session);
}

void
session_fixture_free (SessionFixture *fixture)
{
  while (fixture->sessions->len > 0)
    session_fixture_close (fixture, g_ptr_array_index (fixture->sessions, 0));
  delete_tree (fixture->root);
  g_ptr_array_unref (fixture->sessions);
  g_string_free (fixture->log, TRUE);
  g_free (fixture->root);
  g_free (fixture);
}

char *
session_fixture_folder (SessionFixture *fixture, const char *name)
{
  char *folder = g_build_filename (fixture->root, name, NULL);

  g_assert_cmpint (g_mkdir_with_parents (folder, 0700), ==, 0);
  return folder;
}

void
session_fixture_write (const char *folder, const char *path, gsize length, guint32 seed)
{
  g_autofree char *file = g_build_filename (folder, path, NULL);
  g_autofree char *parent = g_path_get_dirname (file);
  g_autofree guint8 *bytes = g_malloc (length);
  MeirPrng prng;

  meir_prng_init (&prng, seed);
  for (gsize i = 0; i < length; i++)
    bytes[i] = (guint8) meir_prng_next (&prng);
  g_assert_cmpint (g_mkdir_with_parents (parent, 0700), ==, 0);
  g_assert_true (g_file_set_contents (file, (char *) bytes, (gssize) length, NULL));
}

void
session_fixture_flip (const char *folder, const char *path, gsize offset)
{
  g_autofree char *file = g_build_filename (folder, path, NULL);
  int fd = g_open (file, O_RDWR, 0);
  guint8 byte;

  g_assert_cmpint (pread (fd, &byte, 1, (off_t) offset), ==, 1);
  byte ^= 0xff;
  g_assert_cmpint (pwrite (fd, &byte, 1, (off_t) offset), ==, 1);
  close (fd);
}

void
session_fixture_assert_same (const char *folder_a, const char *folder_b, const char *path)
{
  g_autofree char *file_a = g_build_filename (folder_a, path, NULL);
  g_autofree char *file_b = g_build_filename (folder_b, path, NULL);
  g_autofree char *a = NULL;
  g_autofree char *b = NULL;
  gsize length_a, length_b;

  g_assert_true (g_file_get_contents (file_a, &a, &length_a, NULL));
  g_assert_true (g_file_get_contents (file_b, &b, &length_b, NULL));
  g_assert_cmpmem (a, length_a, b, length_b);
}

typedef struct {
  MeirMetainfo *metainfo;
} Creation;

static void
on_created (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Creation *creation = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) torrent = meir_create_finish (result, NULL, &error);

  g_assert_no_error (error);
  creation->metainfo = meir_metainfo_parse (torrent, &error);
  g_assert_no_error (error);
}

static gboolean
is_created (gpointer data)
{
  return ((Creation *) data)->metainfo != NULL;
}

MeirMetainfo *
session_fixture_create (const char *folder, const char *path, guint32 piece_length)
{
  g_autofree char *full = g_build_filename (folder, path, NULL);
  MeirCreateOptions *options = meir_create_options_new (full);
  Creation creation = { NULL };

  g_assert_true (meir_create_options_set_piece_length (options, piece_length, NULL));
  meir_create_async (options, NULL, NULL, on_created, &creation);
  session_wait (is_created, &creation);
  return creation.metainfo;
}

static void
on_event (MeirSession *session, const MeirEvent *event, gpointer user_data)
{
  SessionFixture *fixture = user_data;

  fixture->n_events[event->kind]++;
  if (event->text != NULL)
    g_string_append_printf (fixture->log, "%s\n", event->text);
}

MeirSession *
session_fixture_session (SessionFixture *fixture, const char *name, MeirTlsPolicy tls)
{
  g_autofree char *state = g_build_filename (fixture->root, "state", name, NULL);
  MeirSessionConfig config = { .bind_address = "127.0.0.1", .tls = tls, .state_folder = state };
  g_autoptr (GError) error = NULL;
  MeirSession *session = meir_session_new (&config, &error);

  g_assert_no_error (error);
  g_signal_connect (session, "event", G_CALLBACK (on_event), fixture);
  g_ptr_array_add (fixture->sessions, session);
  return session;
}

MeirTorrent *
session_fixture_add (MeirSession *session, MeirMetainfo *metainfo, const char *folder, MeirSession *peer)
{
  MeirEndpoint endpoint = { 0 };
  MeirAddOptions options = { .metainfo = metainfo, .folder = folder };
  g_autoptr (GError) error = NULL;
  MeirTorrent *torrent;

  if (peer != NULL) {
    g_assert_true (meir_endpoint_parse (&endpoint, "127.0.0.1:1", NULL));
    endpoint.port = meir_session_get_port (peer);
    options.peers = &endpoint;
    options.n_peers = 1;
  }
  torrent = meir_session_add (session, &options, &error);
  g_assert_no_error (error);
  return torrent;
}

static gboolean
on_watchdog (gpointer user_data)
{
  g_error ("What the test waits for did not happen");
  return G_SOURCE_REMOVE;
}

static gboolean
on_look (gpointer user_data)
{
  return G_SOURCE_CONTINUE;
}

void
session_wait (gboolean (*done) (gpointer data), gpointer data)
{
  guint watchdog = g_timeout_add_seconds (WATCHDOG_SEC, on_watchdog, NULL);
  guint look = g_timeout_add (10, on_look, NULL);

  while (!done (data))
    g_main_context_iteration (NULL, TRUE);
  g_source_remove (watchdog);
  g_source_remove (look);
}

MeirTorrentSnapshot *
session_snapshot (MeirTorrent *torrent)
{
  return meir_torrent_ref_snapshot (torrent, MEIR_SNAPSHOT_CELLS | MEIR_SNAPSHOT_PEERS |
                                                 MEIR_SNAPSHOT_TRACKERS | MEIR_SNAPSHOT_AVAILABILITY);
}

MeirTorrentSnapshot *
session_fresh_snapshot (MeirTorrent *torrent)
{
  meir_torrent_snapshot_unref (session_snapshot (torrent));
  session_run_for (250);
  return session_snapshot (torrent);
}

typedef struct {
  MeirTorrent *torrent;
  MeirTorrentState state;
} AwaitedState;

static gboolean
is_in_state (gpointer data)
{
  AwaitedState *awaited = data;
  g_autoptr (MeirTorrentSnapshot) snapshot = session_snapshot (awaited->torrent);

  return snapshot->state == awaited->state;
}

void
session_wait_state (MeirTorrent *torrent, MeirTorrentState state)
{
  AwaitedState awaited = { torrent, state };

  session_wait (is_in_state, &awaited);
}

static void
on_time (gpointer user_data)
{
  *(gboolean *) user_data = TRUE;
}

void
session_run_for (guint milliseconds)
{
  gboolean over = FALSE;

  g_timeout_add_once (milliseconds, on_time, &over);
  session_wait (is_true, &over);
}
