/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "raw-peer.h"
#include "session-fixture.h"

#include "disk/meir-disk-faults.h"

#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>

/* Disks that fail, seen from a whole session. */

#define FILE_NAME "data.bin"
#define LENGTH    (3 * 1024 * 1024 + 4321)
#define PIECE     65536u
#define N_PIECES  49u

/* What fails now: the files whose path has this in it; errnos, 0 for what works. All atomic but the path,
 * which is set while nothing runs. */
static const char *fault_path;
static gint fault_write, fault_read, fault_sync, fault_read_piece;
static gint fault_late; /* all but the first write fail half a second late */
static gint n_syncs_failed;

static gboolean
is_meant (int fd)
{
  g_autofree char *link = g_strdup_printf ("/proc/self/fd/%d", fd);
  g_autofree char *path = g_file_read_link (link, NULL);

  return path != NULL && strstr (path, fault_path) != NULL;
}

static ssize_t
fail_pwritev (int fd, const struct iovec *vectors, int n_vectors, off_t offset)
{
  int error_number = g_atomic_int_get (&fault_write);

  if (error_number == 0 || !is_meant (fd))
    return pwritev (fd, vectors, n_vectors, offset);
  if (g_atomic_int_get (&fault_late) && g_atomic_int_add (&fault_late, 1) > 1)
    g_usleep (500000);
  errno = error_number;
  return -1;
}

static ssize_t
fail_preadv (int fd, const struct iovec *vectors, int n_vectors, off_t offset)
{
  int error_number = g_atomic_int_get (&fault_read);

  if (error_number == 0 || !is_meant (fd) ||
      (guint32) (offset / PIECE) != (guint32) g_atomic_int_get (&fault_read_piece))
    return preadv (fd, vectors, n_vectors, offset);
  errno = error_number;
  return -1;
}

static int
fail_fdatasync (int fd)
{
  int error_number = g_atomic_int_get (&fault_sync);

  if (error_number == 0 || !is_meant (fd))
    return fdatasync (fd);
  /* The kernel reports it once. */
  g_atomic_int_set (&fault_sync, 0);
  g_atomic_int_inc (&n_syncs_failed);
  errno = error_number;
  return -1;
}

static const MeirDiskFaults faults = {
  .pwritev = fail_pwritev,
  .preadv = fail_preadv,
  .fdatasync = fail_fdatasync,
  .no_nowait = TRUE,
};

typedef struct {
  SessionFixture *fixture;
  char *seed_folder, *get_folder;
  MeirMetainfo *metainfo;
  MeirSession *seeder, *leecher;
  MeirTorrent *seed, *get;
} Case;

static void
case_init (Case *c, const char *path)
{
  fault_path = path;
  g_atomic_int_set (&fault_write, 0);
  g_atomic_int_set (&fault_read, 0);
  g_atomic_int_set (&fault_sync, 0);
  *c = (Case){ .fixture = session_fixture_new () };
  c->seed_folder = session_fixture_folder (c->fixture, "seed");
  c->get_folder = session_fixture_folder (c->fixture, "get");
  session_fixture_write (c->seed_folder, FILE_NAME, LENGTH, 1);
  c->metainfo = session_fixture_create (c->seed_folder, FILE_NAME, PIECE);
  c->seeder = session_fixture_session (c->fixture, "seeder", MEIR_TLS_OFF);
  c->leecher = session_fixture_session (c->fixture, "leecher", MEIR_TLS_OFF);
  c->seed = session_fixture_add (c->seeder, c->metainfo, c->seed_folder, NULL);
  session_wait_state (c->seed, MEIR_TORRENT_SEEDING);
}

static void
case_download (Case *c)
{
  c->get = session_fixture_add (c->leecher, c->metainfo, c->get_folder, c->seeder);
}

static void
case_clear (Case *c)
{
  meir_metainfo_unref (c->metainfo);
  g_free (c->seed_folder);
  g_free (c->get_folder);
  session_fixture_free (c->fixture);
}

static void
assert_finishes (Case *c)
{
  g_autoptr (MeirTorrentSnapshot) snapshot = NULL;

  session_wait_state (c->get, MEIR_TORRENT_SEEDING);
  snapshot = session_snapshot (c->get);
  g_assert_cmpuint (snapshot->n_have, ==, N_PIECES);
  g_assert_null (snapshot->error);
  session_fixture_assert_same (c->seed_folder, c->get_folder, FILE_NAME);
}

/* Z01: says so, takes its time, and goes on by itself when there is room. A limit that is not the disk's own
 * looks the same, only that the disk says it has room: that must not make it try without a pause. */
static void
test_disk_full (void)
{
  static const int errors[] = { ENOSPC, EDQUOT };

  for (guint i = 0; i < G_N_ELEMENTS (errors); i++) {
    g_autoptr (MeirTorrentSnapshot) snapshot = NULL;
    Case c;

    case_init (&c, "/get/");
    g_atomic_int_set (&fault_write, errors[i]);
    case_download (&c);
    session_wait_state (c.get, MEIR_TORRENT_DISK_FULL);
    snapshot = session_snapshot (c.get);
    g_assert_cmpint (snapshot->error_code, ==, MEIR_ERROR_NO_SPACE);
    g_assert_nonnull (strstr (snapshot->error, "free"));
    g_assert_cmpuint (snapshot->n_have, ==, 0);
    c.fixture->n_events[MEIR_EVENT_STATE] = 0;
    session_run_for (2500);
    g_assert_cmpuint (c.fixture->n_events[MEIR_EVENT_STATE], <=, 8);
    g_atomic_int_set (&fault_write, 0);
    assert_finishes (&c);
    case_clear (&c);
  }
}

/* The user may rest it meanwhile: it is still full afterwards, and goes on when there is room. */
static void
test_disk_full_and_paused (void)
{
  Case c;

  case_init (&c, "/get/");
  g_atomic_int_set (&fault_write, ENOSPC);
  case_download (&c);
  session_wait_state (c.get, MEIR_TORRENT_DISK_FULL);
  meir_torrent_pause (c.get);
  session_wait_state (c.get, MEIR_TORRENT_PAUSED);
  g_atomic_int_set (&fault_write, 0);
  meir_torrent_resume (c.get);
  assert_finishes (&c);
  case_clear (&c);
}

/* Z06 */
static void
test_write_error (void)
{
  for (guint i = 0; i < 2; i++) {
    g_autoptr (MeirTorrentSnapshot) snapshot = NULL;
    Case c;

    case_init (&c, "/get/");
    g_atomic_int_set (&fault_write, EIO);
    case_download (&c);
    session_wait_state (c.get, MEIR_TORRENT_FAILED);
    /* Other writes were under way, and fail likewise. */
    session_run_for (300);
    snapshot = session_snapshot (c.get);
    g_assert_cmpint (snapshot->error_code, ==, MEIR_ERROR_IO);
    g_assert_nonnull (strstr (snapshot->error, "get/" FILE_NAME));
    g_assert_cmpuint (snapshot->n_have, ==, 0);
    g_atomic_int_set (&fault_write, 0);
    if (i == 1) {
      meir_torrent_pause (c.get);
      session_wait_state (c.get, MEIR_TORRENT_PAUSED);
    }
    meir_torrent_resume (c.get);
    assert_finishes (&c);
    case_clear (&c);
  }
}

/* Who resumes after a failure is told of each change once: that it goes on, that it is complete. Writes that
 * had been begun before and fail only now are no second failure. */
static void
test_events_of_resuming (void)
{
  for (guint i = 0; i < 4; i++) {
    Case c;

    case_init (&c, "/get/");
    g_atomic_int_set (&fault_late, i == 3);
    g_atomic_int_set (&fault_write, i == 2 ? ENOSPC : EIO);
    case_download (&c);
    session_wait_state (c.get, i == 2 ? MEIR_TORRENT_DISK_FULL : MEIR_TORRENT_FAILED);
    if (i == 1) {
      meir_torrent_pause (c.get);
      session_wait_state (c.get, MEIR_TORRENT_PAUSED);
    }
    if (i < 3)
      session_run_for (300);
    memset (c.fixture->n_events, 0, sizeof c.fixture->n_events);
    g_atomic_int_set (&fault_write, 0);
    for (guint n = 0; n < 3; n++)
      meir_torrent_resume (c.get);
    assert_finishes (&c);
    session_run_for (300);
    g_atomic_int_set (&fault_late, 0);
    g_assert_cmpuint (c.fixture->n_events[MEIR_EVENT_STATE], ==, 2);
    g_assert_cmpuint (c.fixture->n_events[MEIR_EVENT_COMPLETE], ==, 1);
    g_assert_cmpuint (c.fixture->n_events[MEIR_EVENT_WARNING], ==, 0);
    case_clear (&c);
  }
}

/* Z08: what was written since the last good sync may be gone: it does not count, and is fetched again. */
static void
test_sync_error (void)
{
  g_autoptr (MeirTorrentSnapshot) snapshot = NULL;
  Case c;

  case_init (&c, "/get/");
  g_atomic_int_set (&n_syncs_failed, 0);
  g_atomic_int_set (&fault_sync, EIO);
  case_download (&c);
  session_wait_state (c.get, MEIR_TORRENT_FAILED);
  g_assert_cmpint (g_atomic_int_get (&n_syncs_failed), ==, 1);
  snapshot = session_snapshot (c.get);
  g_assert_cmpint (snapshot->error_code, ==, MEIR_ERROR_IO);
  g_assert_cmpuint (snapshot->n_have, ==, 0);
  meir_torrent_resume (c.get);
  assert_finishes (&c);
  case_clear (&c);
}

static gboolean
has_some (gpointer data)
{
  g_autoptr (MeirTorrentSnapshot) snapshot = session_snapshot (data);

  return snapshot->n_partial > 0 && snapshot->n_have > 0;
}

/* The same in the middle of a download, with pieces of which only a part is written. */
static void
test_sync_error_in_the_middle (void)
{
  g_autofree char *path = NULL;
  g_autofree char *content = NULL;
  RawPeer *peer;
  Case c;

  case_init (&c, "/get/");
  path = g_build_filename (c.seed_folder, FILE_NAME, NULL);
  g_assert_true (g_file_get_contents (path, &content, NULL, NULL));
  c.get = session_fixture_add (c.leecher, c.metainfo, c.get_folder, NULL);
  session_wait_state (c.get, MEIR_TORRENT_DOWNLOADING);
  /* Answers all but one block of each piece, but for a few pieces. */
  peer = raw_peer_connect ("127.0.0.9", NULL, meir_session_get_port (c.leecher));
  raw_peer_greet (peer, meir_metainfo_get_info_hash (c.metainfo), RAW_FAST, "slow");
  raw_peer_state (peer, MEIR_MESSAGE_HAVE_ALL);
  raw_peer_state (peer, MEIR_MESSAGE_UNCHOKE);
  while (!has_some (c.get)) {
    g_autoptr (GBytes) message = NULL;
    guint32 piece, begin;

    session_run_for (1);
    raw_peer_poll (peer);
    message = raw_peer_take (peer);
    if (message == NULL || raw_message_id (message) != MEIR_MESSAGE_REQUEST)
      continue;
    piece = raw_message_number (message, 0);
    begin = raw_message_number (message, 1);
    if (begin != 0 || piece % 4 == 0)
      raw_peer_block (peer, piece, begin, content + piece * PIECE + begin, raw_message_number (message, 2));
  }
  g_atomic_int_set (&fault_sync, EIO);
  session_wait_state (c.get, MEIR_TORRENT_FAILED);
  raw_peer_free (peer);
  meir_torrent_resume (c.get);
  {
    MeirEndpoint endpoint;

    g_assert_true (meir_endpoint_parse (&endpoint, "127.0.0.1:1", NULL));
    endpoint.port = meir_session_get_port (c.seeder);
    meir_torrent_add_peer (c.get, &endpoint);
  }
  assert_finishes (&c);
  case_clear (&c);
}

/* Z02: the disk of the journal is full. That is told once, and the download goes on. */
static void
test_journal_full (void)
{
  Case c;

  case_init (&c, ".journal");
  g_atomic_int_set (&fault_write, ENOSPC);
  case_download (&c);
  /* The journal of the leecher could not even be begun: that is an error of its own. */
  session_run_for (100);
  g_atomic_int_set (&fault_write, 0);
  meir_torrent_resume (c.get);
  assert_finishes (&c);
  session_run_for (1500);

  /* In the middle of its life. */
  c.fixture->n_events[MEIR_EVENT_WARNING] = 0;
  g_atomic_int_set (&fault_write, ENOSPC);
  session_fixture_flip (c.get_folder, FILE_NAME, 5 * PIECE);
  meir_torrent_recheck (c.get);
  session_run_for (3000);
  g_atomic_int_set (&fault_write, 0);
  meir_torrent_resume (c.get);
  assert_finishes (&c);
  g_assert_cmpuint (c.fixture->n_events[MEIR_EVENT_WARNING], <=, 4);
  case_clear (&c);
}

static RawPeer *
enter_seeder (Case *c, const char *source)
{
  RawPeer *peer = raw_peer_connect (source, NULL, meir_session_get_port (c->seeder));
  g_autoptr (GBytes) unchoke = NULL;

  raw_peer_greet (peer, meir_metainfo_get_info_hash (c->metainfo), RAW_FAST | RAW_EXTENDED, source);
  raw_peer_extended (peer, 0, "d1:md11:lt_donthavei5eee", 24);
  raw_peer_state (peer, MEIR_MESSAGE_INTERESTED);
  unchoke = raw_peer_await (peer, MEIR_MESSAGE_UNCHOKE);
  return peer;
}

static void
request (RawPeer *peer, guint32 piece, guint32 begin)
{
  raw_peer_numbers (peer, MEIR_MESSAGE_REQUEST, 3, piece, begin, MEIR_BLOCK_LENGTH);
}

/* Z07: what cannot be read is not had any more, whoever asks for it is told no, and whoever was told of it is
 * told of that too (BEP 54). Several find out at once, while it is already on its way again. */
static void
test_read_error (void)
{
  RawPeer *peers[3];
  guint n_rejects = 0, n_withdrawn = 0;
  Case c;

  case_init (&c, "/seed/");
  for (guint i = 0; i < G_N_ELEMENTS (peers); i++) {
    g_autofree char *source = g_strdup_printf ("127.0.0.%u", 10 + i);

    peers[i] = enter_seeder (&c, source);
  }
  g_atomic_int_set (&fault_read_piece, 7);
  g_atomic_int_set (&fault_read, EIO);
  for (guint i = 0; i < G_N_ELEMENTS (peers); i++)
    request (peers[i], 7, i * MEIR_BLOCK_LENGTH);
  for (guint i = 0; i < G_N_ELEMENTS (peers); i++) {
    gboolean rejected = FALSE, withdrawn = FALSE;

    while (!rejected || !withdrawn) {
      g_autoptr (GBytes) message = raw_peer_next (peers[i]);
      const guint8 *bytes = g_bytes_get_data (message, NULL);

      g_assert_nonnull (message);
      rejected |= raw_message_id (message) == MEIR_MESSAGE_REJECT;
      if (raw_message_id (message) == MEIR_MESSAGE_EXTENDED && bytes[1] == 5) {
        g_assert_cmpuint (bytes[5], ==, 7);
        withdrawn = TRUE;
      }
    }
    n_rejects += rejected;
    n_withdrawn += withdrawn;
  }
  g_assert_cmpuint (n_rejects + n_withdrawn, ==, 2 * G_N_ELEMENTS (peers));
  session_wait_state (c.seed, MEIR_TORRENT_DOWNLOADING);
  {
    g_autoptr (MeirTorrentSnapshot) snapshot = session_fresh_snapshot (c.seed);

    g_assert_cmpuint (snapshot->n_have, ==, N_PIECES - 1);
    g_assert_cmpuint (c.fixture->n_events[MEIR_EVENT_WARNING], ==, 1);
  }
  for (guint i = 0; i < G_N_ELEMENTS (peers); i++)
    raw_peer_free (peers[i]);

  /* Somebody else has it, and the disk works again. */
  g_atomic_int_set (&fault_read, 0);
  session_fixture_write (c.get_folder, FILE_NAME, LENGTH, 1);
  c.get = session_fixture_add (c.leecher, c.metainfo, c.get_folder, c.seeder);
  session_wait_state (c.seed, MEIR_TORRENT_SEEDING);
  session_fixture_assert_same (c.seed_folder, c.get_folder, FILE_NAME);
  case_clear (&c);
}

/* Z12: what was cut off is fetched again. */
static void
test_truncated (void)
{
  g_autofree char *path = NULL;
  RawPeer *peer;
  Case c;

  case_init (&c, "/seed/");
  path = g_build_filename (c.seed_folder, FILE_NAME, NULL);
  peer = enter_seeder (&c, "127.0.0.10");
  g_assert_cmpint (truncate (path, 47 * PIECE), ==, 0);
  request (peer, 47, 0);
  request (peer, 3, 0);
  g_bytes_unref (raw_peer_await (peer, MEIR_MESSAGE_REJECT));
  g_bytes_unref (raw_peer_await (peer, MEIR_MESSAGE_PIECE));
  session_wait_state (c.seed, MEIR_TORRENT_DOWNLOADING);
  raw_peer_free (peer);
  session_fixture_write (c.get_folder, FILE_NAME, LENGTH, 1);
  c.get = session_fixture_add (c.leecher, c.metainfo, c.get_folder, c.seeder);
  session_wait_state (c.seed, MEIR_TORRENT_SEEDING);
  case_clear (&c);
}

/* Z14: a file that is gone fails the torrent, and is not made anew full of zeros. */
static void
test_deleted (void)
{
  g_autoptr (MeirTorrentSnapshot) snapshot = NULL;
  g_autofree char *path = NULL;
  MeirTorrentSnapshot *later;
  RawPeer *peer;
  Case c;

  case_init (&c, "/seed/");
  path = g_build_filename (c.seed_folder, FILE_NAME, NULL);
  session_fixture_close (c.fixture, c.seeder);
  c.seeder = session_fixture_session (c.fixture, "seeder", MEIR_TLS_OFF);
  c.seed = session_fixture_add (c.seeder, c.metainfo, c.seed_folder, NULL);
  session_wait_state (c.seed, MEIR_TORRENT_SEEDING);
  g_assert_cmpint (g_remove (path), ==, 0);
  peer = enter_seeder (&c, "127.0.0.10");
  request (peer, 3, 0);
  session_wait_state (c.seed, MEIR_TORRENT_FAILED);
  snapshot = session_snapshot (c.seed);
  g_assert_cmpint (snapshot->error_code, ==, MEIR_ERROR_NOT_FOUND);
  g_assert_nonnull (strstr (snapshot->error, FILE_NAME));
  g_assert_false (g_file_test (path, G_FILE_TEST_EXISTS));
  raw_peer_free (peer);

  /* The user brings it back. */
  session_fixture_write (c.seed_folder, FILE_NAME, LENGTH, 1);
  meir_torrent_resume (c.seed);
  session_wait_state (c.seed, MEIR_TORRENT_SEEDING);
  later = session_snapshot (c.seed);
  g_assert_null (later->error);
  meir_torrent_snapshot_unref (later);
  case_clear (&c);
}

/* Killed at any moment: the next session believes nothing that is not there. The one that is killed is this
 * program again. */
static ssize_t
slow_pwritev (int fd, const struct iovec *vectors, int n_vectors, off_t offset)
{
  g_usleep (2000);
  return pwritev (fd, vectors, n_vectors, offset);
}

static int
download_until_killed (char **arguments)
{
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autofree char *contents = NULL;
  g_autoptr (MeirMetainfo) metainfo = NULL;
  g_autoptr (GBytes) bytes = NULL;
  MeirSessionConfig config = { "127.0.0.1", 0, MEIR_TLS_OFF, arguments[3], NULL, 0, 0 };
  MeirEndpoint endpoint;
  MeirAddOptions options = { .folder = arguments[2], .peers = &endpoint, .n_peers = 1 };
  gsize length;

  /* So that there is a middle to be killed in. */
  meir_disk_faults = &(MeirDiskFaults){ .pwritev = slow_pwritev };
  g_assert_true (g_file_get_contents (arguments[1], &contents, &length, NULL));
  bytes = g_bytes_new (contents, length);
  metainfo = meir_metainfo_parse (bytes, NULL);
  options.metainfo = metainfo;
  g_assert_true (meir_endpoint_parse (&endpoint, arguments[4], NULL));
  g_assert_nonnull (meir_session_add (meir_session_new (&config, NULL), &options, NULL));
  g_main_loop_run (loop);
  return 0;
}

static guint
count_false_pieces (Case *c, const char *folder, const char *content)
{
  g_autoptr (MeirTorrentSnapshot) snapshot = session_fresh_snapshot (c->get);
  g_autofree char *path = g_build_filename (folder, FILE_NAME, NULL);
  g_autofree char *here = NULL;
  const guint8 *cells = g_bytes_get_data (snapshot->cells, NULL);
  guint n_false = 0;
  gsize length;

  g_assert_true (g_file_get_contents (path, &here, &length, NULL));
  g_assert_cmpuint (length, ==, LENGTH);
  for (guint piece = 0; piece < N_PIECES; piece++) {
    gsize size = MIN (PIECE, LENGTH - piece * PIECE);

    n_false +=
        cells[piece] == MEIR_CELL_HAVE && memcmp (here + piece * PIECE, content + piece * PIECE, size) != 0;
  }
  return n_false;
}

static const char *program;

static void
test_killed (void)
{
  g_autofree char *torrent_path = NULL;
  g_autofree char *content = NULL;
  g_autofree char *path = NULL;
  g_autofree char *address = NULL;
  g_autoptr (GBytes) bytes = NULL;
  Case c;

  case_init (&c, "/never/");
  path = g_build_filename (c.seed_folder, FILE_NAME, NULL);
  torrent_path = g_build_filename (c.fixture->root, "data.torrent", NULL);
  address = g_strdup_printf ("127.0.0.1:%u", meir_session_get_port (c.seeder));
  g_assert_true (g_file_get_contents (path, &content, NULL, NULL));
  bytes = meir_metainfo_dup_torrent_bytes (c.metainfo);
  g_assert_true (g_file_set_contents (torrent_path, g_bytes_get_data (bytes, NULL),
                                      (gssize) g_bytes_get_size (bytes), NULL));
  session_fixture_close (c.fixture, c.leecher);
  for (guint i = 0; i < 12; i++) {
    g_autofree char *name = g_strdup_printf ("killed%u", i);
    g_autofree char *folder = session_fixture_folder (c.fixture, name);
    g_autofree char *state = g_build_filename (c.fixture->root, "state", name, NULL);
    char *arguments[] = { (char *) program, torrent_path, folder, state, address, NULL };
    g_autoptr (MeirTorrentSnapshot) snapshot = NULL;
    GPid pid;

    g_assert_true (g_spawn_async (NULL, arguments, NULL, G_SPAWN_DO_NOT_REAP_CHILD, NULL, NULL, &pid, NULL));
    session_run_for (20 + 6 * i);
    g_assert_cmpint (kill (pid, SIGKILL), ==, 0);
    g_assert_cmpint (waitpid (pid, NULL, 0), ==, pid);
    c.leecher = session_fixture_session (c.fixture, name, MEIR_TLS_OFF);
    c.get = session_fixture_add (c.leecher, c.metainfo, folder, NULL);
    do {
      g_clear_pointer (&snapshot, meir_torrent_snapshot_unref);
      session_run_for (10);
      snapshot = session_snapshot (c.get);
    } while (snapshot->state != MEIR_TORRENT_DOWNLOADING && snapshot->state != MEIR_TORRENT_SEEDING);
    g_assert_cmpuint (count_false_pieces (&c, folder, content), ==, 0);
    g_test_message ("%u pieces", snapshot->n_have);
    session_fixture_close (c.fixture, c.leecher);
  }
  c.leecher = session_fixture_session (c.fixture, "leecher", MEIR_TLS_OFF);
  case_download (&c);
  assert_finishes (&c);
  case_clear (&c);
}

int
main (int argc, char **argv)
{
  meir_init ();
  program = argv[0];
  if (argc == 5 && argv[1][0] == '/')
    return download_until_killed (argv);
  g_test_init (&argc, &argv, NULL);
  meir_disk_faults = &faults;
  g_test_add_func ("/torrent-data/disk-full", test_disk_full);
  g_test_add_func ("/torrent-data/disk-full-and-paused", test_disk_full_and_paused);
  g_test_add_func ("/torrent-data/write-error", test_write_error);
  g_test_add_func ("/torrent-data/events-of-resuming", test_events_of_resuming);
  g_test_add_func ("/torrent-data/sync-error", test_sync_error);
  g_test_add_func ("/torrent-data/sync-error-in-the-middle", test_sync_error_in_the_middle);
  g_test_add_func ("/torrent-data/journal-full", test_journal_full);
  g_test_add_func ("/torrent-data/read-error", test_read_error);
  g_test_add_func ("/torrent-data/truncated", test_truncated);
  g_test_add_func ("/torrent-data/deleted", test_deleted);
  g_test_add_func ("/torrent-data/killed", test_killed);
  return g_test_run ();
}
