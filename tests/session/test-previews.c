/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "session-fixture.h"

#include <string.h>

/* What a magnet link leads to, before anybody has decided to have it. */

#define FILE_LENGTH (3 * 65536 + 4321)
#define PIECE       65536u

typedef struct {
  SessionFixture *fixture;
  char *seed_folder, *get_folder;
  MeirMetainfo *metainfo;
  MeirSession *seeder, *looker;
  MeirMagnet *magnet; /* names the seeder */
  GCancellable *cancellable;
  guint n_done;
  MeirMetainfo *found;
  GError *error;
} Case;

static void
case_init (Case *c)
{
  g_autofree char *address = NULL;
  MeirEndpoint endpoint;

  *c = (Case){ .fixture = session_fixture_new () };
  c->seed_folder = session_fixture_folder (c->fixture, "seed");
  c->get_folder = session_fixture_folder (c->fixture, "get");
  session_fixture_write (c->seed_folder, "data.bin", FILE_LENGTH, 1);
  c->metainfo = session_fixture_create (c->seed_folder, "data.bin", PIECE);
  c->seeder = session_fixture_session (c->fixture, "seeder", MEIR_TLS_PREFER);
  c->looker = session_fixture_session (c->fixture, "looker", MEIR_TLS_PREFER);
  c->cancellable = g_cancellable_new ();
  session_wait_state (session_fixture_add (c->seeder, c->metainfo, c->seed_folder, NULL),
                      MEIR_TORRENT_SEEDING);
  address = g_strdup_printf ("127.0.0.1:%u", meir_session_get_port (c->seeder));
  g_assert_true (meir_endpoint_parse (&endpoint, address, NULL));
  c->magnet = meir_magnet_new_from_metainfo (c->metainfo);
  g_array_append_val (c->magnet->peers, endpoint);
}

static void
case_clear (Case *c)
{
  g_clear_pointer (&c->found, meir_metainfo_unref);
  g_clear_error (&c->error);
  g_object_unref (c->cancellable);
  meir_magnet_free (c->magnet);
  meir_metainfo_unref (c->metainfo);
  g_free (c->seed_folder);
  g_free (c->get_folder);
  session_fixture_free (c->fixture);
}

static void
on_preview (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Case *c = user_data;

  c->found = meir_session_preview_finish (MEIR_SESSION (source), result, &c->error);
  c->n_done++;
}

static gboolean
is_done (gpointer data)
{
  return ((Case *) data)->n_done > 0;
}

static void
begin (Case *c)
{
  meir_session_preview_async (c->looker, c->magnet, c->cancellable, on_preview, c);
}

/* It is in no list, has no event, and leaves nothing on the disk. */
static void
assert_no_trace (Case *c)
{
  g_autofree char *state = g_build_filename (c->fixture->root, "state", "looker", "torrents", NULL);
  g_autoptr (GDir) folder = g_dir_open (state, 0, NULL);

  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (c->looker)), ==, 0);
  g_assert_cmpuint (c->fixture->n_events[MEIR_EVENT_METADATA], ==, 0);
  g_assert_nonnull (folder);
  g_assert_null (g_dir_read_name (folder));
}

static void
test_found (void)
{
  g_autofree char *data = NULL;
  Case c;

  case_init (&c);
  begin (&c);
  session_wait (is_done, &c);
  g_assert_no_error (c.error);
  g_assert_true (
      meir_info_hash_equal (meir_metainfo_get_info_hash (c.found), meir_metainfo_get_info_hash (c.metainfo)));
  g_assert_cmpuint (meir_metainfo_get_total_length (c.found), ==, FILE_LENGTH);
  session_run_for (300);
  assert_no_trace (&c);
  data = g_build_filename (c.get_folder, "data.bin", NULL);
  g_assert_false (g_file_test (data, G_FILE_TEST_EXISTS));
  case_clear (&c);
}

/* Decided at once, while the preview still looks: the torrent takes its place. */
static void
add_and_wait (Case *c, gboolean with_metainfo)
{
  MeirAddOptions options = { .folder = c->get_folder };

  if (with_metainfo)
    options = (MeirAddOptions){ .metainfo = c->found,
                                .folder = c->get_folder,
                                .peers = &g_array_index (c->magnet->peers, MeirEndpoint, 0),
                                .n_peers = 1 };
  else
    options.magnet = c->magnet;
  session_wait_state (meir_session_add (c->looker, &options, NULL), MEIR_TORRENT_SEEDING);
  session_fixture_assert_same (c->seed_folder, c->get_folder, "data.bin");
}

static void
test_added_before (void)
{
  Case c;

  case_init (&c);
  begin (&c);
  g_cancellable_cancel (c.cancellable);
  add_and_wait (&c, FALSE);
  g_assert_cmpuint (c.n_done, ==, 1);
  g_assert_error (c.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  case_clear (&c);
}

static void
test_added_after (void)
{
  Case c;

  case_init (&c);
  begin (&c);
  session_wait (is_done, &c);
  add_and_wait (&c, TRUE);
  case_clear (&c);
}

/* Nobody has it: it goes on until it is cancelled, once. */
static void
test_cancel (void)
{
  Case c;

  case_init (&c);
  g_array_set_size (c.magnet->peers, 0);
  begin (&c);
  session_run_for (300);
  g_assert_cmpuint (c.n_done, ==, 0);
  assert_no_trace (&c);
  g_cancellable_cancel (c.cancellable);
  session_wait (is_done, &c);
  g_assert_error (c.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  session_run_for (100);
  g_assert_cmpuint (c.n_done, ==, 1);
  /* Cancelled from the start. */
  g_clear_error (&c.error);
  c.n_done = 0;
  begin (&c);
  session_wait (is_done, &c);
  g_assert_error (c.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  case_clear (&c);
}

/* The session goes first. */
static void
test_close (void)
{
  Case c;

  case_init (&c);
  g_array_set_size (c.magnet->peers, 0);
  begin (&c);
  session_run_for (50);
  session_fixture_close (c.fixture, c.looker);
  session_wait (is_done, &c);
  g_assert_error (c.error, MEIR_ERROR, MEIR_ERROR_BUSY);
  case_clear (&c);
}

int
main (int argc, char **argv)
{
  meir_init ();
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/session/previews/found", test_found);
  g_test_add_func ("/session/previews/added-before", test_added_before);
  g_test_add_func ("/session/previews/added-after", test_added_after);
  g_test_add_func ("/session/previews/cancel", test_cancel);
  g_test_add_func ("/session/previews/close", test_close);
  return g_test_run ();
}
