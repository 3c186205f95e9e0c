/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "session-fixture.h"

#include "disk-fixture.h"
#include "session/meir-torrent-private.h"

#include <glib/gstdio.h>
#include <string.h>

/* Torrents that move while they seed, download, rest and end. */

#define FILE_LENGTH 3000000
#define PIECE       16384u
/* More than are checked at once. */
#define CHECKS_HELD 100u

typedef struct {
  SessionFixture *fixture;
  char *seed_folder, *get_folder, *to;
  MeirMetainfo *metainfo;
  MeirSession *session, *seeder;
} Case;

/* Whether anything was hashed for @torrent since this was asked last. Between two states nothing changes it.
 */
static gboolean
was_checked (MeirTorrent *torrent)
{
  static gint64 last_usec;
  gboolean was = torrent->check_since_usec != 0 && torrent->check_since_usec != last_usec;

  last_usec = torrent->check_since_usec;
  return was;
}

static void
case_init (Case *c)
{
  *c = (Case){ .fixture = session_fixture_new () };
  c->seed_folder = session_fixture_folder (c->fixture, "seed");
  c->get_folder = session_fixture_folder (c->fixture, "get");
  c->to = session_fixture_folder (c->fixture, "to");
  session_fixture_write (c->seed_folder, "album/a.bin", FILE_LENGTH, 1);
  session_fixture_write (c->seed_folder, "album/sub/b.bin", 70000, 2);
  c->metainfo = session_fixture_create (c->seed_folder, "album", PIECE);
  c->seeder = session_fixture_session (c->fixture, "seeder", MEIR_TLS_OFF);
  c->session = session_fixture_session (c->fixture, "session", MEIR_TLS_OFF);
}

static void
case_clear (Case *c)
{
  disk_fixture_heal ();
  meir_metainfo_unref (c->metainfo);
  g_free (c->seed_folder);
  g_free (c->get_folder);
  g_free (c->to);
  session_fixture_free (c->fixture);
}

typedef struct {
  gboolean done;
  GError *error;
} Answer;

static void
on_moved (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Answer *answer = user_data;

  g_assert_false (answer->done);
  answer->done = TRUE;
  g_assert_true (meir_torrent_move_finish (MEIR_TORRENT (source), result, &answer->error) ==
                 (answer->error == NULL));
}

static gboolean
is_answered (gpointer data)
{
  return ((Answer *) data)->done;
}

/* (transfer full) (nullable) */
static GError *
move (MeirTorrent *torrent, const char *to)
{
  Answer answer = { FALSE, NULL };

  meir_torrent_move_async (torrent, to, NULL, on_moved, &answer);
  session_wait (is_answered, &answer);
  return answer.error;
}

static void
assert_moves (MeirTorrent *torrent, const char *to)
{
  g_autoptr (GError) error = move (torrent, to);

  g_assert_no_error (error);
  g_assert_cmpstr (meir_torrent_get_folder (torrent), ==, to);
}

static gboolean
exists (const char *folder, const char *path)
{
  g_autofree char *full = g_build_filename (folder, path, NULL);

  return g_file_test (full, G_FILE_TEST_EXISTS);
}

static void
add_seeder (Case *c)
{
  session_wait_state (session_fixture_add (c->seeder, c->metainfo, c->seed_folder, NULL),
                      MEIR_TORRENT_SEEDING);
}

/* Nothing is hashed again: not after the move, nor in the next session. */
static void
test_seeding (void)
{
  MeirTorrent *torrent;
  Case c;

  case_init (&c);
  torrent = session_fixture_add (c.session, c.metainfo, c.seed_folder, NULL);
  session_wait_state (torrent, MEIR_TORRENT_SEEDING);
  g_assert_true (was_checked (torrent));
  assert_moves (torrent, c.to);
  session_wait_state (torrent, MEIR_TORRENT_SEEDING);
  g_assert_false (was_checked (torrent));
  g_assert_false (exists (c.seed_folder, "album"));
  g_assert_true (exists (c.to, "album/sub/b.bin"));
  assert_moves (torrent, c.to); /* where it is already */

  disk_fixture_fail (FAULT_RENAMEAT, (FaultPlan){ 1, 1000, EXDEV, 0 });
  assert_moves (torrent, c.get_folder);
  disk_fixture_heal ();
  session_wait_state (torrent, MEIR_TORRENT_SEEDING);
  g_assert_false (was_checked (torrent));
  g_assert_false (exists (c.to, "album"));

  session_fixture_close (c.fixture, c.session);
  c.session = session_fixture_session (c.fixture, "session", MEIR_TLS_OFF);
  torrent = session_fixture_add (c.session, c.metainfo, c.get_folder, NULL);
  session_wait_state (torrent, MEIR_TORRENT_SEEDING);
  g_assert_false (was_checked (torrent));
  case_clear (&c);
}

static gboolean
has_a_third (gpointer data)
{
  g_autoptr (MeirTorrentSnapshot) snapshot = session_snapshot (data);

  return snapshot->n_have > snapshot->n_pieces / 3;
}

/* In the middle of a download, which then goes on with what it had. */
static void
test_downloading (void)
{
  g_autoptr (MeirTorrentSnapshot) snapshot = NULL;
  MeirTorrent *torrent;
  MeirEndpoint endpoint;
  Case c;

  case_init (&c);
  add_seeder (&c);
  meir_session_set_limits (c.session, &(MeirRateLimits){ 1000000, 0 });
  torrent = session_fixture_add (c.session, c.metainfo, c.get_folder, c.seeder);
  session_wait (has_a_third, torrent);
  assert_moves (torrent, c.to);
  meir_session_set_limits (c.session, &(MeirRateLimits){ 0 });
  g_assert_true (meir_endpoint_parse (&endpoint, "127.0.0.1:1", NULL));
  endpoint.port = meir_session_get_port (c.seeder);
  meir_torrent_add_peer (torrent, &endpoint);
  session_wait_state (torrent, MEIR_TORRENT_SEEDING);
  session_fixture_assert_same (c.seed_folder, c.to, "album/a.bin");
  session_fixture_assert_same (c.seed_folder, c.to, "album/sub/b.bin");
  g_assert_false (exists (c.get_folder, "album"));
  snapshot = session_fresh_snapshot (torrent);
  g_assert_cmpuint (snapshot->downloaded, <, FILE_LENGTH + 70000 + FILE_LENGTH / 3);
  case_clear (&c);
}

/* Failed for whatever reason, it goes on where it was, as it was. */
static void
test_failures (void)
{
  static const struct {
    FaultKind kind;
    FaultPlan plan;
    MeirError code;
  } cases[] = {
    { FAULT_RENAMEAT, { 2, 1, EROFS, 0 }, MEIR_ERROR_READ_ONLY },
    { FAULT_RENAMEAT, { 1, 1, EACCES, 0 }, MEIR_ERROR_PERMISSION },
    { FAULT_PWRITEV, { 2, 1, ENOSPC, 0 }, MEIR_ERROR_NO_SPACE },
  };
  g_autofree char *nowhere = NULL;
  MeirTorrent *torrent;
  Case c;

  case_init (&c);
  nowhere = g_build_filename (c.to, "nowhere", NULL);
  torrent = session_fixture_add (c.session, c.metainfo, c.seed_folder, NULL);
  session_wait_state (torrent, MEIR_TORRENT_SEEDING);
  g_assert_true (was_checked (torrent));
  for (guint i = 0; i <= G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) error = NULL;

    if (i < G_N_ELEMENTS (cases)) {
      if (cases[i].kind == FAULT_PWRITEV)
        disk_fixture_fail (FAULT_RENAMEAT, (FaultPlan){ 1, 1000, EXDEV, 0 });
      disk_fixture_fail (cases[i].kind, cases[i].plan);
      error = move (torrent, c.to);
      disk_fixture_heal ();
      g_assert_error (error, MEIR_ERROR, (gint) cases[i].code);
    } else {
      error = move (torrent, nowhere);
      g_assert_error (error, MEIR_ERROR, MEIR_ERROR_NOT_FOUND);
      g_assert_nonnull (strstr (error->message, nowhere));
    }
    g_assert_cmpstr (meir_torrent_get_folder (torrent), ==, c.seed_folder);
    session_wait_state (torrent, MEIR_TORRENT_SEEDING);
    g_assert_true (exists (c.seed_folder, "album/sub/b.bin"));
    g_assert_false (exists (c.to, "album"));
  }
  g_assert_false (was_checked (torrent));
  case_clear (&c);
}

static void
test_in_the_way (void)
{
  g_autoptr (GError) error = NULL;
  MeirTorrent *torrent;
  Case c;

  case_init (&c);
  session_fixture_write (c.to, "album/sub/b.bin", 70000, 3);
  torrent = session_fixture_add (c.session, c.metainfo, c.seed_folder, NULL);
  session_wait_state (torrent, MEIR_TORRENT_SEEDING);
  error = move (torrent, c.to);
  g_assert_error (error, MEIR_ERROR, MEIR_ERROR_EXISTS);
  g_assert_nonnull (strstr (error->message, "b.bin"));
  session_wait_state (torrent, MEIR_TORRENT_SEEDING);
  session_fixture_write (c.to, "album/sub/b.bin", 70000, 2);
  assert_moves (torrent, c.to);
  session_wait_state (torrent, MEIR_TORRENT_SEEDING);
  g_assert_false (exists (c.seed_folder, "album"));
  case_clear (&c);
}

/* Cancelled before, meanwhile or too late: there is one whole copy, and it is shared. */
static void
test_cancel (void)
{
  MeirTorrent *torrent;
  Case c;

  case_init (&c);
  torrent = session_fixture_add (c.session, c.metainfo, c.seed_folder, NULL);
  session_wait_state (torrent, MEIR_TORRENT_SEEDING);
  g_assert_true (was_checked (torrent));
  disk_fixture_fail (FAULT_RENAMEAT, (FaultPlan){ 1, 1000, EXDEV, 0 });
  for (guint i = 0; i < 6; i++) {
    g_autoptr (GCancellable) cancellable = g_cancellable_new ();
    const char *from = i % 2 == 0 ? c.seed_folder : c.to;
    const char *to = i % 2 == 0 ? c.to : c.seed_folder;
    Answer answer = { FALSE, NULL };

    meir_torrent_move_async (torrent, to, cancellable, on_moved, &answer);
    session_run_for (i / 2 * 2);
    g_cancellable_cancel (cancellable);
    session_wait (is_answered, &answer);
    if (answer.error != NULL) {
      g_assert_error (answer.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
      g_assert_cmpstr (meir_torrent_get_folder (torrent), ==, from);
      g_assert_false (exists (to, "album"));
      g_clear_error (&answer.error);
      assert_moves (torrent, to);
    }
    g_assert_cmpstr (meir_torrent_get_folder (torrent), ==, to);
    g_assert_false (exists (from, "album"));
    session_wait_state (torrent, MEIR_TORRENT_SEEDING);
  }
  g_assert_false (was_checked (torrent));
  case_clear (&c);
}

/* Keeps the worker that moves from moving. */
typedef struct {
  MeirDisk *disk;
  GMutex mutex;
  GCond cond;
  gboolean is_open;
} Gate;

static void
gate_worker (MeirDiskJob *job)
{
  Gate *gate = job->user_data;

  g_mutex_lock (&gate->mutex);
  while (!gate->is_open)
    g_cond_wait (&gate->cond, &gate->mutex);
  g_mutex_unlock (&gate->mutex);
}

static void
gate_done (MeirDiskJob *job)
{
  meir_disk_job_release (((Gate *) job->user_data)->disk, job);
}

static void
close_gate_cb (gpointer data)
{
  Gate *gate = data;
  MeirDiskJob *job = meir_disk_job_new (gate->disk, MEIR_DISK_HAUL, NULL, gate_done, gate);

  job->call = gate_worker;
  meir_disk_submit (gate->disk, job);
}

static void
open_gate_cb (gpointer data)
{
  Gate *gate = data;

  g_mutex_lock (&gate->mutex);
  gate->is_open = TRUE;
  g_cond_signal (&gate->cond);
  g_mutex_unlock (&gate->mutex);
}

static void
leave_gate (gpointer data)
{
}

static void
gate_close (Gate *gate, MeirTorrent *torrent)
{
  *gate = (Gate){ .disk = torrent->engine->disk };
  g_mutex_init (&gate->mutex);
  g_cond_init (&gate->cond);
  meir_mailbox_to_engine (torrent->mailbox, close_gate_cb, gate, leave_gate);
}

/* After the session: nobody is at it any more. */
static void
gate_clear (Gate *gate)
{
  g_mutex_clear (&gate->mutex);
  g_cond_clear (&gate->cond);
}

static gboolean
waits_for_worker (gpointer data)
{
  MeirTorrent *torrent = data;
  g_autoptr (MeirTorrentSnapshot) snapshot = session_fresh_snapshot (torrent);

  return snapshot->state == MEIR_TORRENT_MOVING && !torrent->restarting;
}

/* Given up by whoever did not begin it: before the torrent has come to rest, and while it waits for the
 * worker, which is at another's files all the time. It stays where it is, nothing is hashed, and it can be
 * moved afterwards. */
static void
test_cancel_move (void)
{
  for (guint i = 0; i < 2; i++) {
    Answer answer = { FALSE, NULL };
    MeirTorrent *torrent;
    Gate gate;
    Case c;

    case_init (&c);
    torrent = session_fixture_add (c.session, c.metainfo, c.seed_folder, NULL);
    session_wait_state (torrent, MEIR_TORRENT_SEEDING);
    g_assert_true (was_checked (torrent));
    meir_torrent_cancel_move (torrent); /* there is none */
    gate_close (&gate, torrent);
    meir_torrent_move_async (torrent, c.to, NULL, on_moved, &answer);
    if (i == 1)
      session_wait (waits_for_worker, torrent);
    meir_torrent_cancel_move (torrent);
    meir_torrent_cancel_move (torrent);
    session_wait (is_answered, &answer);
    session_wait_state (torrent, MEIR_TORRENT_SEEDING);
    meir_mailbox_to_engine (torrent->mailbox, open_gate_cb, &gate, leave_gate);
    g_assert_error (answer.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
    g_clear_error (&answer.error);
    g_assert_cmpstr (meir_torrent_get_folder (torrent), ==, c.seed_folder);
    session_wait_state (torrent, MEIR_TORRENT_SEEDING);
    g_assert_true (exists (c.seed_folder, "album/a.bin") && exists (c.seed_folder, "album/sub/b.bin"));
    g_assert_false (exists (c.to, "album"));
    assert_moves (torrent, c.to);
    meir_torrent_cancel_move (torrent); /* too late */
    session_wait_state (torrent, MEIR_TORRENT_SEEDING);
    g_assert_true (exists (c.to, "album/sub/b.bin"));
    g_assert_false (was_checked (torrent));
    case_clear (&c);
    gate_clear (&gate);
  }
}

/* Removed while it waits for the worker: it waits no longer for that. */
static void
test_remove (void)
{
  Answer answer = { FALSE, NULL };
  g_autoptr (MeirTorrent) torrent = NULL;
  Gate gate;
  Case c;

  case_init (&c);
  torrent = g_object_ref (session_fixture_add (c.session, c.metainfo, c.seed_folder, NULL));
  session_wait_state (torrent, MEIR_TORRENT_SEEDING);
  gate_close (&gate, torrent);
  meir_torrent_move_async (torrent, c.to, NULL, on_moved, &answer);
  session_wait (waits_for_worker, torrent);
  meir_session_remove_async (c.session, torrent, NULL, NULL);
  session_wait (is_answered, &answer);
  g_assert_error (answer.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&answer.error);
  g_assert_true (exists (c.seed_folder, "album/a.bin"));
  g_assert_false (exists (c.to, "album"));
  meir_mailbox_to_engine (torrent->mailbox, open_gate_cb, &gate, leave_gate);
  case_clear (&c);
  gate_clear (&gate);
}

/* Commands that come meanwhile: they count when it is over. A second move waits for nobody. */
static void
test_meanwhile (void)
{
  Answer first = { FALSE, NULL };
  g_autoptr (GError) second = NULL;
  MeirTorrent *torrent;
  Case c;

  case_init (&c);
  torrent = session_fixture_add (c.session, c.metainfo, c.seed_folder, NULL);
  session_wait_state (torrent, MEIR_TORRENT_SEEDING);
  g_assert_true (was_checked (torrent));
  disk_fixture_fail (FAULT_RENAMEAT, (FaultPlan){ 1, 1000, EXDEV, 0 });
  meir_torrent_move_async (torrent, c.to, NULL, on_moved, &first);
  meir_torrent_set_folder (torrent, c.get_folder);
  meir_torrent_recheck (torrent);
  meir_torrent_pause (torrent);
  second = move (torrent, c.get_folder);
  g_assert_error (second, MEIR_ERROR, MEIR_ERROR_BUSY);
  session_wait (is_answered, &first);
  g_assert_no_error (first.error);
  g_assert_cmpstr (meir_torrent_get_folder (torrent), ==, c.to);
  session_wait_state (torrent, MEIR_TORRENT_PAUSED);
  g_assert_true (was_checked (torrent));
  meir_torrent_resume (torrent);
  session_wait_state (torrent, MEIR_TORRENT_SEEDING);
  case_clear (&c);
}

static void
hold_checks_cb (gpointer data)
{
  MeirTorrent *torrent = data;

  torrent->engine->n_checking += CHECKS_HELD;
}

static void
let_check_cb (gpointer data)
{
  MeirTorrent *torrent = data;

  torrent->engine->n_checking -= CHECKS_HELD - 1;
  meir_engine_end_check (torrent->engine);
}

static gboolean
waits_for_check (gpointer data)
{
  g_autoptr (MeirTorrentSnapshot) snapshot = session_fresh_snapshot (data);

  return snapshot->state == MEIR_TORRENT_QUEUED;
}

/* A check that was asked for and had not come to its end is made at the new place. */
static void
test_unchecked (void)
{
  MeirTorrent *torrent;
  Case c;

  case_init (&c);
  torrent = session_fixture_add (c.session, c.metainfo, c.seed_folder, NULL);
  session_wait_state (torrent, MEIR_TORRENT_SEEDING);
  g_assert_true (was_checked (torrent));
  meir_mailbox_to_engine (torrent->mailbox, hold_checks_cb, torrent, leave_gate);
  meir_torrent_recheck (torrent);
  session_wait (waits_for_check, torrent);
  assert_moves (torrent, c.to);
  meir_mailbox_to_engine (torrent->mailbox, let_check_cb, torrent, leave_gate);
  session_wait_state (torrent, MEIR_TORRENT_SEEDING);
  g_assert_true (was_checked (torrent));
  /* Once is enough. */
  assert_moves (torrent, c.get_folder);
  session_wait_state (torrent, MEIR_TORRENT_SEEDING);
  g_assert_false (was_checked (torrent));
  case_clear (&c);
}

/* The session ends in the middle of it: answered, and whole at one place. */
static void
test_close (void)
{
  for (guint i = 0; i < 4; i++) {
    Answer answer = { FALSE, NULL };
    MeirTorrent *torrent;
    Case c;

    case_init (&c);
    torrent = g_object_ref (session_fixture_add (c.session, c.metainfo, c.seed_folder, NULL));
    session_wait_state (torrent, MEIR_TORRENT_SEEDING);
    disk_fixture_fail (FAULT_RENAMEAT, (FaultPlan){ 1, 1000, EXDEV, 0 });
    meir_torrent_move_async (torrent, c.to, NULL, on_moved, &answer);
    session_run_for (i);
    session_fixture_close (c.fixture, c.session);
    g_assert_true (answer.done);
    g_assert_true (exists (answer.error == NULL ? c.to : c.seed_folder, "album/a.bin"));
    g_assert_false (exists (answer.error == NULL ? c.seed_folder : c.to, "album"));
    g_assert_cmpstr (meir_torrent_get_folder (torrent), ==, answer.error == NULL ? c.to : c.seed_folder);
    g_clear_error (&answer.error);

    /* Nobody is there any more. */
    answer.done = FALSE;
    meir_torrent_move_async (torrent, c.get_folder, NULL, on_moved, &answer);
    session_wait (is_answered, &answer);
    g_assert_error (answer.error, MEIR_ERROR, MEIR_ERROR_BUSY);
    g_clear_error (&answer.error);
    g_object_unref (torrent);
    case_clear (&c);
  }
}

/* Nothing is there yet: only where it will be changes. */
static void
test_magnet (void)
{
  g_autoptr (MeirMagnet) magnet = NULL;
  MeirTorrent *torrent;
  MeirEndpoint endpoint;
  Case c;

  case_init (&c);
  add_seeder (&c);
  magnet = meir_magnet_new_from_metainfo (c.metainfo);
  torrent = meir_session_add (c.session, &(MeirAddOptions){ .magnet = magnet, .folder = c.get_folder }, NULL);
  session_wait_state (torrent, MEIR_TORRENT_METADATA);
  assert_moves (torrent, c.to);
  g_assert_true (meir_endpoint_parse (&endpoint, "127.0.0.1:1", NULL));
  endpoint.port = meir_session_get_port (c.seeder);
  meir_torrent_add_peer (torrent, &endpoint);
  session_wait_state (torrent, MEIR_TORRENT_SEEDING);
  session_fixture_assert_same (c.seed_folder, c.to, "album/a.bin");
  g_assert_false (exists (c.get_folder, "album"));
  case_clear (&c);
}

int
main (int argc, char **argv)
{
  meir_init ();
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/torrent-move/seeding", test_seeding);
  g_test_add_func ("/torrent-move/downloading", test_downloading);
  g_test_add_func ("/torrent-move/failures", test_failures);
  g_test_add_func ("/torrent-move/in-the-way", test_in_the_way);
  g_test_add_func ("/torrent-move/cancel", test_cancel);
  g_test_add_func ("/torrent-move/cancel-move", test_cancel_move);
  g_test_add_func ("/torrent-move/remove", test_remove);
  g_test_add_func ("/torrent-move/meanwhile", test_meanwhile);
  g_test_add_func ("/torrent-move/unchecked", test_unchecked);
  g_test_add_func ("/torrent-move/close", test_close);
  g_test_add_func ("/torrent-move/magnet", test_magnet);
  return g_test_run ();
}
