/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "raw-peer.h"
#include "session-fixture.h"

#include "disk/meir-disk-faults.h"
#include "session/meir-torrent-private.h"
#include "swarm/meir-swarm-private.h"

#include <string.h>

/* Beginnings and ends of torrents and sessions, at awkward moments. */

#define FILE_NAME "data.bin"
#define LENGTH    (24u << 20)
#define PIECE     65536u

typedef struct {
  SessionFixture *fixture;
  char *seed_folder, *get_folder;
  MeirMetainfo *metainfo;
} Case;

static void
case_init (Case *c, gsize length)
{
  c->fixture = session_fixture_new ();
  c->seed_folder = session_fixture_folder (c->fixture, "seed");
  c->get_folder = session_fixture_folder (c->fixture, "get");
  session_fixture_write (c->seed_folder, FILE_NAME, length, 1);
  c->metainfo = session_fixture_create (c->seed_folder, FILE_NAME, PIECE);
}

static void
case_clear (Case *c)
{
  meir_metainfo_unref (c->metainfo);
  g_free (c->seed_folder);
  g_free (c->get_folder);
  session_fixture_free (c->fixture);
}

static gboolean
is_done (gpointer data)
{
  return *(gboolean *) data;
}

static void
on_removed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_assert_true (meir_session_remove_finish (MEIR_SESSION (source), result, NULL));
  *(gboolean *) user_data = TRUE;
}

/* Both who removed and who closes are told. */
static void
test_remove_and_close (void)
{
  gboolean removed = FALSE;
  MeirSession *session;
  MeirTorrent *torrent;
  Case c;

  case_init (&c, 1u << 20);
  session = session_fixture_session (c.fixture, "one", MEIR_TLS_OFF);
  torrent = session_fixture_add (session, c.metainfo, c.seed_folder, NULL);
  session_wait_state (torrent, MEIR_TORRENT_SEEDING);
  meir_session_remove_async (session, torrent, on_removed, &removed);
  session_fixture_close (c.fixture, session);
  g_assert_true (removed);
  case_clear (&c);
}

/* Added again while it is still being removed: it waits until its files and its journal are free. */
static void
test_remove_and_add (void)
{
  MeirSession *session;
  MeirTorrent *torrent;
  Case c;

  case_init (&c, 1u << 20);
  session = session_fixture_session (c.fixture, "one", MEIR_TLS_OFF);
  for (guint i = 0; i < 12; i++) {
    gboolean removed = FALSE, removed_again = FALSE;

    torrent = session_fixture_add (session, c.metainfo, c.seed_folder, NULL);
    if (i % 3 == 0)
      session_wait_state (torrent, MEIR_TORRENT_SEEDING);
    meir_session_remove_async (session, torrent, on_removed, &removed);
    torrent = session_fixture_add (session, c.metainfo, c.seed_folder, NULL);
    if (i % 2 == 0) {
      session_wait_state (torrent, MEIR_TORRENT_SEEDING);
      g_assert_true (removed);
    }
    meir_session_remove_async (session, torrent, on_removed, &removed_again);
    session_wait (is_done, &removed_again);
    session_wait (is_done, &removed);
  }
  torrent = session_fixture_add (session, c.metainfo, c.seed_folder, NULL);
  session_wait_state (torrent, MEIR_TORRENT_SEEDING);
  case_clear (&c);
}

static guint
count_kept (SessionFixture *fixture, const char *name)
{
  g_autofree char *path = g_build_filename (fixture->root, "state", name, "torrents", NULL);
  g_autoptr (GDir) folder = g_dir_open (path, 0, NULL);
  guint n = 0;

  g_assert_nonnull (folder);
  while (g_dir_read_name (folder) != NULL)
    n++;
  return n;
}

static void
remove_and_wait (MeirSession *session, MeirTorrent *torrent)
{
  gboolean removed = FALSE;

  meir_session_remove_async (session, torrent, on_removed, &removed);
  session_wait (is_done, &removed);
}

/* Nothing is kept of what was removed, at any moment of its life; all is kept of what was closed. */
static void
test_remove_keeps_nothing (void)
{
  MeirSession *session;
  MeirTorrent *torrent;
  Case c;

  case_init (&c, 1u << 20);
  session = session_fixture_session (c.fixture, "one", MEIR_TLS_OFF);
  for (guint i = 0; i < 3; i++) {
    torrent = session_fixture_add (session, c.metainfo, c.seed_folder, NULL);
    if (i > 0)
      session_wait_state (torrent, MEIR_TORRENT_SEEDING);
    if (i == 2) {
      meir_torrent_pause (torrent);
      session_wait_state (torrent, MEIR_TORRENT_PAUSED);
    }
    remove_and_wait (session, torrent);
    g_assert_cmpuint (count_kept (c.fixture, "one"), ==, 0);
  }
  torrent = session_fixture_add (session, c.metainfo, c.seed_folder, NULL);
  session_wait_state (torrent, MEIR_TORRENT_SEEDING);
  session_fixture_close (c.fixture, session);
  g_assert_cmpuint (count_kept (c.fixture, "one"), ==, 3);
  case_clear (&c);
}

/* Who cannot have a torrent because another has it takes nothing away from that one. */
static void
test_remove_of_another (void)
{
  MeirSession *session, *other;
  MeirTorrent *torrent;
  Case c;

  case_init (&c, 1u << 20);
  session = session_fixture_session (c.fixture, "same", MEIR_TLS_OFF);
  session_wait_state (session_fixture_add (session, c.metainfo, c.seed_folder, NULL), MEIR_TORRENT_SEEDING);
  other = session_fixture_session (c.fixture, "same", MEIR_TLS_OFF);
  torrent = session_fixture_add (other, c.metainfo, c.seed_folder, NULL);
  session_wait_state (torrent, MEIR_TORRENT_FAILED);
  remove_and_wait (other, torrent);
  g_assert_cmpuint (count_kept (c.fixture, "same"), >=, 2);
  session_fixture_close (c.fixture, session);
  g_assert_cmpuint (count_kept (c.fixture, "same"), ==, 3);
  case_clear (&c);
}

/* Several come and go while the first is still on its way out: the last one gets the place. */
static void
test_remove_in_a_row (void)
{
  MeirSession *session;
  MeirTorrent *torrent;
  Case c;

  case_init (&c, 1u << 20);
  session = session_fixture_session (c.fixture, "one", MEIR_TLS_OFF);
  for (guint i = 0; i < 4; i++) {
    gboolean removed[4] = { FALSE };

    for (guint n = 0; n < G_N_ELEMENTS (removed); n++) {
      torrent = session_fixture_add (session, c.metainfo, c.seed_folder, NULL);
      if (n == 0 && i % 2 == 0)
        session_wait_state (torrent, MEIR_TORRENT_SEEDING);
      meir_session_remove_async (session, torrent, on_removed, &removed[n]);
    }
    torrent = session_fixture_add (session, c.metainfo, c.seed_folder, NULL);
    session_wait_state (torrent, MEIR_TORRENT_SEEDING);
    for (guint n = 0; n < G_N_ELEMENTS (removed); n++)
      session_wait (is_done, &removed[n]);
    remove_and_wait (session, torrent);
    g_assert_cmpuint (count_kept (c.fixture, "one"), ==, 0);
  }
  case_clear (&c);
}

/* A torrent may be held longer than its session. */
static void
test_held (void)
{
  g_autoptr (MeirTorrent) torrent = NULL;
  g_autoptr (MeirTorrentSnapshot) snapshot = NULL;
  MeirEndpoint endpoint;
  MeirSession *session;
  Case c;

  case_init (&c, 1u << 20);
  session = session_fixture_session (c.fixture, "one", MEIR_TLS_OFF);
  torrent = g_object_ref (session_fixture_add (session, c.metainfo, c.seed_folder, NULL));
  session_wait_state (torrent, MEIR_TORRENT_SEEDING);
  session_fixture_close (c.fixture, session);
  g_usleep (2100000); /* nobody has looked for a while */
  snapshot = session_snapshot (torrent);
  g_assert_cmpint (snapshot->state, ==, MEIR_TORRENT_STOPPED);
  g_assert_cmpuint (snapshot->n_have, ==, 16);
  meir_torrent_pause (torrent);
  meir_torrent_resume (torrent);
  meir_torrent_recheck (torrent);
  meir_torrent_announce (torrent);
  g_assert_true (meir_endpoint_parse (&endpoint, "127.0.0.1:1", NULL));
  meir_torrent_add_peer (torrent, &endpoint);
  case_clear (&c);
}

/* Nothing is added to a session that is on its way out. */
static void
on_closed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;

  if (!meir_session_close_finish (MEIR_SESSION (source), result, &error))
    g_assert_error (error, MEIR_ERROR, MEIR_ERROR_BUSY);
  *(gboolean *) user_data = TRUE;
}

static void
test_add_when_closing (void)
{
  g_autoptr (GError) error = NULL;
  MeirSession *session;
  gboolean closed = FALSE, again = FALSE;
  Case c;

  case_init (&c, 1u << 20);
  session = session_fixture_session (c.fixture, "one", MEIR_TLS_OFF);
  g_ptr_array_remove (c.fixture->sessions, session);
  meir_session_close_async (session, on_closed, &closed);
  meir_session_close_async (session, on_closed, &again);
  g_assert_null (meir_session_add (
      session, &(MeirAddOptions){ .metainfo = c.metainfo, .folder = c.seed_folder }, &error));
  g_assert_error (error, MEIR_ERROR, MEIR_ERROR_BUSY);
  session_wait (is_done, &closed);
  session_wait (is_done, &again);
  g_assert_finalize_object (session);
  case_clear (&c);
}

/* Everything is hashed again, over and over, while pieces come in, are written and are served. */
static void
test_recheck_while_busy (void)
{
  MeirSession *seeder, *leecher;
  MeirTorrent *seed, *get;
  MeirEndpoint endpoint;
  Case c;

  case_init (&c, LENGTH);
  seeder = session_fixture_session (c.fixture, "seeder", MEIR_TLS_PREFER);
  leecher = session_fixture_session (c.fixture, "leecher", MEIR_TLS_PREFER);
  seed = session_fixture_add (seeder, c.metainfo, c.seed_folder, NULL);
  session_wait_state (seed, MEIR_TORRENT_SEEDING);
  get = session_fixture_add (leecher, c.metainfo, c.get_folder, seeder);
  g_assert_true (meir_endpoint_parse (&endpoint, "127.0.0.1:1", NULL));
  endpoint.port = meir_session_get_port (seeder);
  for (guint i = 0; i < 12; i++) {
    session_run_for (5 + 3 * i);
    meir_torrent_recheck (i % 4 == 3 ? seed : get);
    if (i % 3 == 0)
      meir_torrent_pause (get);
    if (i % 5 == 0)
      meir_torrent_recheck (get);
    meir_torrent_resume (get);
  }
  /* It was told to look again, but may not have begun. */
  meir_torrent_snapshot_unref (session_fresh_snapshot (seed));
  session_wait_state (seed, MEIR_TORRENT_SEEDING);
  /* The seeder hung up on it many times: it would take its time to come back. */
  meir_torrent_add_peer (get, &endpoint);
  session_wait_state (get, MEIR_TORRENT_SEEDING);
  session_fixture_assert_same (c.seed_folder, c.get_folder, FILE_NAME);
  case_clear (&c);
}

/* Resting does not make a torrent forget why it cannot go on. */
static void
test_failed_and_paused (void)
{
  MeirSession *session;
  MeirTorrent *torrent;
  Case c;

  case_init (&c, 1u << 20);
  session_fixture_flip (c.seed_folder, FILE_NAME, 5);
  session = session_fixture_session (c.fixture, "one", MEIR_TLS_OFF);
  torrent = meir_session_add (
      session, &(MeirAddOptions){ .metainfo = c.metainfo, .folder = c.seed_folder, .seed_only = TRUE }, NULL);
  for (guint i = 0; i < 2; i++) {
    g_autoptr (MeirTorrentSnapshot) snapshot = NULL;

    session_wait_state (torrent, MEIR_TORRENT_FAILED);
    snapshot = session_snapshot (torrent);
    g_assert_cmpint (snapshot->error_code, ==, MEIR_ERROR_INCOMPLETE);
    meir_torrent_pause (torrent);
    session_wait_state (torrent, MEIR_TORRENT_PAUSED);
    meir_torrent_resume (torrent);
    session_run_for (50);
  }
  session_wait_state (torrent, MEIR_TORRENT_FAILED);
  session_fixture_flip (c.seed_folder, FILE_NAME, 5);
  meir_torrent_recheck (torrent);
  session_wait_state (torrent, MEIR_TORRENT_SEEDING);
  case_clear (&c);
}

static gint read_delay_usec, reads_hang, writes_hang;
static gint writes_left; /* that do not hang */

static ssize_t
slow_preadv (int fd, const struct iovec *vectors, int n_vectors, off_t offset)
{
  g_usleep ((gulong) g_atomic_int_get (&read_delay_usec));
  while (g_atomic_int_get (&reads_hang))
    g_usleep (10000);
  return preadv (fd, vectors, n_vectors, offset);
}

static ssize_t
hanging_pwritev (int fd, const struct iovec *vectors, int n_vectors, off_t offset)
{
  while (g_atomic_int_get (&writes_hang) && g_atomic_int_add (&writes_left, -1) <= 0)
    g_usleep (10000);
  return pwritev (fd, vectors, n_vectors, offset);
}

static void
on_left_behind (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;

  g_assert_false (meir_session_close_finish (MEIR_SESSION (source), result, &error));
  g_assert_error (error, MEIR_ERROR, MEIR_ERROR_TIMED_OUT);
  *(gboolean *) user_data = TRUE;
}

static void
on_not_removed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;

  g_assert_false (meir_session_remove_finish (MEIR_SESSION (source), result, &error));
  g_assert_error (error, MEIR_ERROR, MEIR_ERROR_TIMED_OUT);
  *(gboolean *) user_data = TRUE;
}

static gboolean
has_begun (gpointer data)
{
  g_autoptr (MeirTorrentSnapshot) snapshot = session_snapshot (data);

  return snapshot->downloaded > 0;
}

/* A disk that answers no more, reading or writing, keeps nobody from quitting, nor from hearing of a torrent
 * that was to be removed. What it does later finds all that it may touch. */
static void
test_close_while_hanging (void)
{
  MeirSession *seeder, *leecher;
  MeirTorrent *seed, *get;
  gboolean seeder_closed = FALSE, leecher_closed = FALSE, not_removed = FALSE;
  gint64 start_usec;
  Case c;

  case_init (&c, LENGTH);
  seeder = session_fixture_session (c.fixture, "seeder", MEIR_TLS_OFF);
  leecher = session_fixture_session (c.fixture, "leecher", MEIR_TLS_OFF);
  seed = session_fixture_add (seeder, c.metainfo, c.seed_folder, NULL);
  session_wait_state (seed, MEIR_TORRENT_SEEDING);
  get = session_fixture_add (leecher, c.metainfo, c.get_folder, seeder);
  session_wait_state (get, MEIR_TORRENT_DOWNLOADING);
  g_atomic_int_set (&reads_hang, 1);
  g_atomic_int_set (&writes_hang, 1);
  session_wait (has_begun, get);
  meir_torrent_recheck (seed);
  session_run_for (100);
  g_object_ref (get);

  start_usec = g_get_monotonic_time ();
  g_assert_true (g_ptr_array_remove (c.fixture->sessions, seeder));
  g_assert_true (g_ptr_array_remove (c.fixture->sessions, leecher));
  meir_session_remove_async (seeder, seed, on_not_removed, &not_removed);
  meir_session_close_async (seeder, on_left_behind, &seeder_closed);
  meir_session_close_async (leecher, on_left_behind, &leecher_closed);
  session_wait (is_done, &seeder_closed);
  g_assert_true (not_removed);
  session_wait (is_done, &leecher_closed);
  g_assert_cmpint (g_get_monotonic_time () - start_usec, <, 10 * G_USEC_PER_SEC);
  g_assert_finalize_object (seeder);
  g_assert_finalize_object (leecher);
  meir_torrent_resume (get);
  g_object_unref (get);
  g_atomic_int_set (&reads_hang, 0);
  g_atomic_int_set (&writes_hang, 0);
  session_run_for (200);
  case_clear (&c);
}

typedef struct {
  MeirTorrent *torrent;
  gint asks;
  gint done;
} Look;

static void
look_cb (gpointer data)
{
  Look *look = data;

  look->asks = !look->torrent->swarm->paused;
  g_atomic_int_set (&look->done, TRUE);
}

static gboolean
has_looked (gpointer data)
{
  return g_atomic_int_get (&((Look *) data)->done);
}

static gboolean
asks_for_blocks (MeirTorrent *torrent)
{
  Look look = { .torrent = torrent };

  meir_mailbox_to_engine (torrent->mailbox, look_cb, &look, NULL);
  session_wait (has_looked, &look);
  return look.asks;
}

static void
be_impatient_cb (gpointer data)
{
  ((MeirTorrent *) data)->engine->limits.silence_usec = 2 * G_USEC_PER_SEC;
}

static gboolean
asks_nothing (gpointer data)
{
  return !asks_for_blocks (data);
}

/* While the disk takes nothing, nothing is asked for and nobody is blamed for not sending it; then it goes on
 * by itself, with the same peer. */
static void
test_disk_stuck (void)
{
  g_autoptr (MeirTorrentSnapshot) snapshot = NULL;
  MeirSession *seeder, *leecher;
  MeirTorrent *get;
  Case c;

  case_init (&c, LENGTH);
  seeder = session_fixture_session (c.fixture, "seeder", MEIR_TLS_OFF);
  leecher = session_fixture_session (c.fixture, "leecher", MEIR_TLS_OFF);
  session_wait_state (session_fixture_add (seeder, c.metainfo, c.seed_folder, NULL), MEIR_TORRENT_SEEDING);
  get = session_fixture_add (leecher, c.metainfo, c.get_folder, NULL);
  session_wait_state (get, MEIR_TORRENT_DOWNLOADING);
  meir_torrent_post (get, be_impatient_cb);
  g_assert_true (asks_for_blocks (get));
  session_run_for (1200); /* the journals are at rest */
  /* So many that the seeder is trusted by then. */
  g_atomic_int_set (&writes_left, 100);
  g_atomic_int_set (&writes_hang, 1);
  {
    MeirEndpoint endpoint;

    g_assert_true (meir_endpoint_parse (&endpoint, "127.0.0.1:1", NULL));
    endpoint.port = meir_session_get_port (seeder);
    meir_torrent_add_peer (get, &endpoint);
  }
  session_wait (asks_nothing, get);
  snapshot = session_snapshot (get);
  g_assert_cmpuint (snapshot->downloaded, >=, MEIR_DISK_QUEUE_BYTES_MAX);
  g_assert_cmpuint (snapshot->downloaded, <, LENGTH);
  g_atomic_int_set (&writes_hang, 0);
  session_wait_state (get, MEIR_TORRENT_SEEDING);
  g_assert_true (asks_for_blocks (get));
  g_assert_null (strstr (c.fixture->log->str, "silent"));
  session_fixture_assert_same (c.seed_folder, c.get_folder, FILE_NAME);
  case_clear (&c);
}

/* A check that would take minutes does not hold anybody up. */
static void
test_close_while_checking (void)
{
  MeirSession *session;
  MeirTorrent *torrent;
  Case c;

  case_init (&c, LENGTH);
  for (guint i = 0; i < 3; i++) {
    gboolean removed = FALSE;

    g_atomic_int_set (&read_delay_usec, 500000);
    session = session_fixture_session (c.fixture, "one", MEIR_TLS_OFF);
    torrent = session_fixture_add (session, c.metainfo, c.seed_folder, NULL);
    session_wait_state (torrent, MEIR_TORRENT_CHECKING);
    if (i == 0)
      meir_torrent_recheck (torrent);
    if (i == 1) {
      meir_session_remove_async (session, torrent, on_removed, &removed);
      session_wait (is_done, &removed);
    }
    session_fixture_close (c.fixture, session);
  }
  g_atomic_int_set (&read_delay_usec, 0);
  case_clear (&c);
}

/* Closed with connections of every kind half made: dialling into nowhere, greeting, upgrading. */
static void
test_close_while_connecting (void)
{
  Case c;

  case_init (&c, 1u << 20);
  for (guint i = 0; i < 6; i++) {
    MeirSession *session = session_fixture_session (c.fixture, "one", MEIR_TLS_PREFER);
    MeirTorrent *torrent = session_fixture_add (session, c.metainfo, c.get_folder, NULL);
    RawPeer *peers[4];
    MeirEndpoint endpoint;
    guint16 port;
    int silent = raw_peer_listen ("127.0.0.7", &port);

    session_wait_state (torrent, MEIR_TORRENT_DOWNLOADING);
    g_assert_true (meir_endpoint_parse (&endpoint, "127.0.0.7:1", NULL));
    endpoint.port = port;
    meir_torrent_add_peer (torrent, &endpoint);
    for (guint n = 0; n < G_N_ELEMENTS (peers); n++) {
      peers[n] = raw_peer_connect ("127.0.0.8", NULL, meir_session_get_port (session));
      if (n > 0)
        raw_peer_greet (peers[n], meir_metainfo_get_info_hash (c.metainfo), RAW_EXTENDED,
                        n == 1   ? "a"
                        : n == 2 ? "b"
                                 : "c");
      if (n > 1) {
        raw_peer_extended (peers[n], 0, "d1:md6:mt_tlsi9eee", 18);
        raw_peer_extended (peers[n], 4, NULL, 0);
      }
      if (n > 2)
        raw_peer_send (peers[n], "\x16\x03\x01\x01\x00", 5);
    }
    session_run_for (i * 10);
    if (i % 2 == 0)
      meir_torrent_pause (torrent);
    session_fixture_close (c.fixture, session);
    for (guint n = 0; n < G_N_ELEMENTS (peers); n++) {
      raw_peer_assert_closed (peers[n]);
      raw_peer_free (peers[n]);
    }
    close (silent);
  }
  case_clear (&c);
}

int
main (int argc, char **argv)
{
  static const MeirDiskFaults faults = { .preadv = slow_preadv, .pwritev = hanging_pwritev };

  meir_init ();
  g_test_init (&argc, &argv, NULL);
  meir_disk_faults = &faults;
  g_test_add_func ("/torrent-life/remove-and-close", test_remove_and_close);
  g_test_add_func ("/torrent-life/remove-and-add", test_remove_and_add);
  g_test_add_func ("/torrent-life/remove-keeps-nothing", test_remove_keeps_nothing);
  g_test_add_func ("/torrent-life/remove-of-another", test_remove_of_another);
  g_test_add_func ("/torrent-life/remove-in-a-row", test_remove_in_a_row);
  g_test_add_func ("/torrent-life/held", test_held);
  g_test_add_func ("/torrent-life/add-when-closing", test_add_when_closing);
  g_test_add_func ("/torrent-life/recheck-while-busy", test_recheck_while_busy);
  g_test_add_func ("/torrent-life/failed-and-paused", test_failed_and_paused);
  g_test_add_func ("/torrent-life/close-while-checking", test_close_while_checking);
  g_test_add_func ("/torrent-life/close-while-hanging", test_close_while_hanging);
  g_test_add_func ("/torrent-life/disk-stuck", test_disk_stuck);
  g_test_add_func ("/torrent-life/close-while-connecting", test_close_while_connecting);
  return g_test_run ();
}
