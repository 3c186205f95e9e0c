/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "session-fixture.h"

#include "disk/meir-journal-state.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <sys/stat.h>

/* What was just made of files is shared without being hashed once more: as long as the files are as they
 * were. */

#define PIECE  65536u
#define LENGTH (10 * PIECE)

typedef struct {
  SessionFixture *fixture;
  char *folder;
  MeirSession *session;
  GArray *made_of;
  MeirMetainfo *metainfo;
} Case;

static void
on_created (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Case *c = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (MeirCreateSummary) summary = NULL;
  g_autoptr (GBytes) torrent = meir_create_finish (result, &summary, &error);

  g_assert_no_error (error);
  c->made_of = g_array_ref (summary->files);
  c->metainfo = meir_metainfo_parse (torrent, &error);
  g_assert_no_error (error);
}

static gboolean
is_created (gpointer data)
{
  return ((Case *) data)->metainfo != NULL;
}

/* Sets the time of a file: @minute tells one from another, all are long ago. */
static void
set_time (Case *c, const char *path, guint minute)
{
  g_autofree char *whole = g_build_filename (c->folder, path, NULL);
  struct timespec times[2] = { { .tv_sec = 60 * minute }, { .tv_sec = 60 * minute } };

  g_assert_cmpint (utimensat (AT_FDCWD, whole, times, 0), ==, 0);
}

/* Three files of ten pieces each, and a torrent made of them. */
static void
case_init (Case *c)
{
  MeirCreateOptions *options;
  g_autofree char *path = NULL;

  *c = (Case){ .fixture = session_fixture_new () };
  c->folder = session_fixture_folder (c->fixture, "share");
  session_fixture_write (c->folder, "t/a", LENGTH, 1);
  session_fixture_write (c->folder, "t/b", LENGTH, 2);
  session_fixture_write (c->folder, "t/c", LENGTH, 3);
  set_time (c, "t/a", 1);
  set_time (c, "t/b", 2);
  set_time (c, "t/c", 3);
  path = g_build_filename (c->folder, "t", NULL);
  options = meir_create_options_new (path);
  g_assert_true (meir_create_options_set_piece_length (options, PIECE, NULL));
  meir_create_async (options, NULL, NULL, on_created, c);
  session_wait (is_created, c);
  g_assert_cmpuint (c->made_of->len, ==, 3);
  c->session = session_fixture_session (c->fixture, "one", MEIR_TLS_OFF);
}

static void
case_clear (Case *c)
{
  meir_metainfo_unref (c->metainfo);
  g_array_unref (c->made_of);
  g_free (c->folder);
  session_fixture_free (c->fixture);
}

static MeirTorrent *
add (Case *c, gboolean paused, gboolean recheck)
{
  const MeirAddOptions options = {
    .metainfo = c->metainfo,
    .folder = c->folder,
    .made_of = c->made_of,
    .paused = paused,
    .recheck = recheck,
  };
  MeirTorrent *torrent = meir_session_add (c->session, &options, NULL);

  g_assert_nonnull (torrent);
  return torrent;
}

static void
assert_have (MeirTorrent *torrent, guint32 n_have)
{
  g_autoptr (MeirTorrentSnapshot) snapshot = session_fresh_snapshot (torrent);

  g_assert_cmpuint (snapshot->n_have, ==, n_have);
}

/* A byte that changed behind the back of length and time is not seen, as after a clean stop: nothing was
 * read. A check that is asked for sees it. */
static void
test_not_hashed_twice (void)
{
  MeirTorrent *torrent;
  Case c;

  case_init (&c);
  session_fixture_flip (c.folder, "t/b", 5 * PIECE);
  set_time (&c, "t/b", 2);
  torrent = add (&c, FALSE, FALSE);
  session_wait_state (torrent, MEIR_TORRENT_SEEDING);
  assert_have (torrent, 30);
  meir_torrent_recheck (torrent);
  session_wait_state (torrent, MEIR_TORRENT_DOWNLOADING);
  assert_have (torrent, 29);
  case_clear (&c);
}

/* A file that changed since is hashed, and it alone: what is wrong in the others is not found. */
static void
test_changed (void)
{
  MeirTorrent *torrent;
  Case c;

  case_init (&c);
  session_fixture_flip (c.folder, "t/a", 0);
  set_time (&c, "t/a", 1);
  session_fixture_flip (c.folder, "t/b", 5 * PIECE);
  torrent = add (&c, FALSE, FALSE);
  session_wait_state (torrent, MEIR_TORRENT_DOWNLOADING);
  assert_have (torrent, 29);
  case_clear (&c);
}

/* Who asks for a check gets all of it. */
static void
test_recheck (void)
{
  MeirTorrent *torrent;
  Case c;

  case_init (&c);
  session_fixture_flip (c.folder, "t/a", 0);
  set_time (&c, "t/a", 1);
  torrent = add (&c, FALSE, TRUE);
  session_wait_state (torrent, MEIR_TORRENT_DOWNLOADING);
  assert_have (torrent, 29);
  case_clear (&c);
}

/* It is on record like all else: the next session begins without a check too, and so does a pause. */
static void
test_on_record (void)
{
  MeirTorrent *torrent;
  Case c;

  case_init (&c);
  torrent = add (&c, TRUE, FALSE);
  session_wait_state (torrent, MEIR_TORRENT_PAUSED);
  meir_torrent_resume (torrent);
  session_wait_state (torrent, MEIR_TORRENT_SEEDING);
  session_fixture_close (c.fixture, c.session);

  session_fixture_flip (c.folder, "t/c", 0);
  set_time (&c, "t/c", 3);
  c.session = session_fixture_session (c.fixture, "one", MEIR_TLS_OFF);
  torrent = session_fixture_add (c.session, c.metainfo, c.folder, NULL);
  session_wait_state (torrent, MEIR_TORRENT_SEEDING);
  assert_have (torrent, 30);
  case_clear (&c);
}

int
main (int argc, char **argv)
{
  meir_init ();
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/torrent-load/not-hashed-twice", test_not_hashed_twice);
  g_test_add_func ("/torrent-load/changed", test_changed);
  g_test_add_func ("/torrent-load/recheck", test_recheck);
  g_test_add_func ("/torrent-load/on-record", test_on_record);
  return g_test_run ();
}
