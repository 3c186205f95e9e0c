/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "session-fixture.h"
#include "session/meir-torrent-private.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* Torrents that wait for a place, and for a turn at being checked. */

#define FILE_LENGTH 600000
#define PIECE       16384u
#define N_TORRENTS  4u
#define HUGE_PIECE  (16u << 20)
#define HUGE_PIECES 4096u

typedef struct {
  SessionFixture *fixture;
  char *seed_folder, *get_folder;
  MeirMetainfo *metainfos[N_TORRENTS];
  MeirSession *session;
  MeirTorrent *torrents[N_TORRENTS];
} Case;

/* Torrents that nobody has yet. */
static void
case_init (Case *c)
{
  *c = (Case){ .fixture = session_fixture_new () };
  c->seed_folder = session_fixture_folder (c->fixture, "seed");
  c->get_folder = session_fixture_folder (c->fixture, "get");
  for (guint i = 0; i < N_TORRENTS; i++) {
    g_autofree char *name = g_strdup_printf ("%u.bin", i);

    session_fixture_write (c->seed_folder, name, FILE_LENGTH, i);
    c->metainfos[i] = session_fixture_create (c->seed_folder, name, PIECE);
  }
  c->session = session_fixture_session (c->fixture, "session", MEIR_TLS_OFF);
}

static void
case_add (Case *c, MeirSession *peer)
{
  for (guint i = 0; i < N_TORRENTS; i++)
    c->torrents[i] = session_fixture_add (c->session, c->metainfos[i], c->get_folder, peer);
}

static void
case_clear (Case *c)
{
  for (guint i = 0; i < N_TORRENTS; i++)
    meir_metainfo_unref (c->metainfos[i]);
  g_free (c->seed_folder);
  g_free (c->get_folder);
  session_fixture_free (c->fixture);
}

typedef struct {
  Case *c;
  const char *expected;
} Awaited;

/* One letter a torrent: 'd' downloads, 'm' looks for metadata, 's' seeds, 'p' is paused, a number is its
 * place in the queue. */
static char *
describe (Case *c)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < N_TORRENTS; i++) {
    g_autoptr (MeirTorrentSnapshot) snapshot = session_snapshot (c->torrents[i]);

    if (snapshot->state == MEIR_TORRENT_QUEUED)
      g_string_append_printf (text, "%u", snapshot->queue_position);
    else {
      g_assert_cmpuint (snapshot->queue_position, ==, 0);
      g_string_append_c (text, meir_torrent_state_to_string (snapshot->state)[0]);
    }
  }
  return g_string_free (text, FALSE);
}

static gboolean
is_as_expected (gpointer data)
{
  Awaited *awaited = data;
  g_autofree char *text = describe (awaited->c);

  return g_str_equal (text, awaited->expected);
}

static void
await (Case *c, const char *expected)
{
  Awaited awaited = { c, expected };

  session_wait (is_as_expected, &awaited);
}

static void
test_places (void)
{
  Case c;

  case_init (&c);
  meir_session_set_max_downloads (c.session, 2);
  case_add (&c, NULL);
  await (&c, "dd12");
  meir_torrent_pause (c.torrents[0]);
  await (&c, "pdd1");
  /* Its turn comes by the order of the list, not by who asked first. */
  meir_torrent_resume (c.torrents[0]);
  await (&c, "dd12");
  meir_session_set_max_downloads (c.session, 1);
  await (&c, "d123");
  meir_session_set_max_downloads (c.session, 3);
  await (&c, "ddd1");
  meir_session_set_max_downloads (c.session, 0);
  await (&c, "dddd");
  case_clear (&c);
}

/* Links wait too; and one that is to start now does not. */
static void
test_links (void)
{
  Case c;

  case_init (&c);
  meir_session_set_max_downloads (c.session, 1);
  for (guint i = 0; i < N_TORRENTS; i++) {
    g_autoptr (MeirMagnet) magnet = meir_magnet_new_from_metainfo (c.metainfos[i]);
    MeirAddOptions options = { .magnet = magnet, .folder = c.get_folder, .start_now = i == 2 };

    c.torrents[i] = meir_session_add (c.session, &options, NULL);
  }
  await (&c, "m1m2");
  meir_torrent_pause (c.torrents[0]);
  await (&c, "pmm1");
  meir_torrent_recheck (c.torrents[3]); /* there is nothing to check: it waits on */
  session_run_for (100);
  await (&c, "pmm1");
  case_clear (&c);
}

/* What is wanted less of is finished, and needs no place; what is wanted more of waits for one. */
static void
test_wanted (void)
{
  const guint8 skip = MEIR_PRIORITY_SKIP;
  g_autoptr (GBytes) nothing = g_bytes_new (&skip, 1);
  Case c;

  case_init (&c);
  meir_session_set_max_downloads (c.session, 1);
  case_add (&c, NULL);
  await (&c, "d123");
  meir_torrent_set_file_priorities (c.torrents[0], nothing);
  await (&c, "sd12");
  meir_torrent_set_file_priorities (c.torrents[3], nothing);
  await (&c, "sd1s");
  meir_torrent_set_file_priorities (c.torrents[3], NULL);
  await (&c, "sd12");
  case_clear (&c);
}

static void
on_items_changed (GListModel *model, guint position, guint removed, guint added, gpointer user_data)
{
  guint *seen = user_data;

  seen[0] = position;
  seen[1] = removed;
  seen[2] = added;
}

static void
assert_order (Case *c, const char *expected)
{
  for (guint i = 0; i < N_TORRENTS; i++) {
    g_autoptr (MeirTorrent) torrent = g_list_model_get_item (G_LIST_MODEL (c->session), i);

    g_assert_true (torrent == c->torrents[expected[i] - '0']);
  }
}

static void
test_order (void)
{
  guint seen[3] = { 99, 99, 99 };
  Case c;

  case_init (&c);
  meir_session_set_max_downloads (c.session, 1);
  case_add (&c, NULL);
  await (&c, "d123");
  g_signal_connect (c.session, "items-changed", G_CALLBACK (on_items_changed), seen);
  meir_session_move_in_queue (c.session, c.torrents[3], 0);
  assert_order (&c, "3012");
  g_assert_cmpuint (seen[0], ==, 0);
  g_assert_cmpuint (seen[1], ==, 4);
  g_assert_cmpuint (seen[2], ==, 4);
  await (&c, "123d");
  meir_session_move_in_queue (c.session, c.torrents[0], 99);
  assert_order (&c, "3120");
  g_assert_cmpuint (seen[0], ==, 1);
  g_assert_cmpuint (seen[1], ==, 3);
  await (&c, "312d");
  seen[0] = 99;
  meir_session_move_in_queue (c.session, c.torrents[0], 3); /* where it is */
  g_assert_cmpuint (seen[0], ==, 99);
  meir_torrent_start_now (c.torrents[0]);
  await (&c, "d12d");
  meir_torrent_pause (c.torrents[0]);
  await (&c, "p12d");
  meir_torrent_resume (c.torrents[0]);
  await (&c, "312d");
  case_clear (&c);
}

static void
step (Case *c, const char *which, gboolean up)
{
  g_autoptr (GPtrArray) torrents = g_ptr_array_new ();

  for (; *which != '\0'; which++)
    g_ptr_array_add (torrents, c->torrents[*which - '0']);
  meir_session_step_in_queue (c->session, torrents, up);
}

/* Several together, one place; in whatever order they are named. */
static void
test_step (void)
{
  guint seen[3] = { 99, 99, 99 };
  Case c;

  case_init (&c);
  meir_session_set_max_downloads (c.session, 1);
  case_add (&c, NULL);
  await (&c, "d123");
  g_signal_connect (c.session, "items-changed", G_CALLBACK (on_items_changed), seen);
  step (&c, "31", TRUE);
  assert_order (&c, "1032");
  g_assert_cmpuint (seen[0], ==, 0);
  g_assert_cmpuint (seen[1], ==, 4);
  await (&c, "1d32");
  step (&c, "31", TRUE); /* one is at the end already */
  assert_order (&c, "1302");
  g_assert_cmpuint (seen[0], ==, 1);
  g_assert_cmpuint (seen[1], ==, 2);
  await (&c, "2d31");
  seen[0] = 99;
  step (&c, "31", TRUE);
  step (&c, "", TRUE);
  step (&c, "02", FALSE);
  assert_order (&c, "1302");
  g_assert_cmpuint (seen[0], ==, 99);
  step (&c, "13", FALSE);
  assert_order (&c, "0132");
  await (&c, "d132");
  step (&c, "0123", FALSE);
  assert_order (&c, "0132");
  case_clear (&c);
}

/* By its info-hash, from being added to being removed. */
static void
test_find (void)
{
  MeirInfoHash unknown = { { 0 } };
  g_autoptr (MeirTorrent) found = NULL;
  Case c;

  case_init (&c);
  case_add (&c, NULL);
  g_assert_null (meir_session_find (c.session, &unknown));
  for (guint i = 0; i < N_TORRENTS; i++) {
    g_autoptr (MeirTorrent) torrent =
        meir_session_find (c.session, meir_torrent_get_info_hash (c.torrents[i]));

    g_assert_true (torrent == c.torrents[i]);
  }
  found = g_object_ref (c.torrents[1]);
  meir_session_remove_async (c.session, found, NULL, NULL);
  g_assert_null (meir_session_find (c.session, meir_torrent_get_info_hash (found)));
  case_clear (&c);
}

/* Of the engine's thread: when the queued and the paused one were ticked, at first. */
static gint64 queued_usec, paused_usec;
static gint has_ticked;

/* A tick notes the time in whoever does not swarm. */
static void
look_cb (gpointer data)
{
  MeirTorrent *queued = data;
  GPtrArray *torrents = queued->engine->torrents;
  MeirTorrent *paused = NULL;

  for (guint i = 0; i < torrents->len && paused == NULL; i++) {
    if (((MeirTorrent *) g_ptr_array_index (torrents, i))->state == MEIR_TORRENT_PAUSED)
      paused = g_ptr_array_index (torrents, i);
  }
  g_assert_true (meir_torrent_is_resting (paused));
  g_assert_false (meir_torrent_is_resting (queued));
  if (queued_usec == 0) {
    queued_usec = queued->progress_usec;
    paused_usec = paused->progress_usec;
  } else if (queued->progress_usec > queued_usec) {
    g_assert_cmpint (paused->progress_usec, ==, paused_usec);
    g_atomic_int_set (&has_ticked, 1);
  }
}

static gboolean
has_queued_ticked (gpointer queued)
{
  meir_torrent_post (queued, look_cb);
  return g_atomic_int_get (&has_ticked);
}

/* Ten thousand torrents that are paused cost nothing every second; resumed, they take part as ever. */
static void
test_resting (void)
{
  Case c;

  case_init (&c);
  meir_session_set_max_downloads (c.session, 1);
  case_add (&c, NULL);
  await (&c, "d123");
  meir_torrent_pause (c.torrents[2]);
  await (&c, "d1p2");
  session_wait (has_queued_ticked, c.torrents[1]);
  meir_torrent_pause (c.torrents[0]);
  meir_torrent_pause (c.torrents[1]);
  meir_torrent_resume (c.torrents[2]);
  await (&c, "ppd1");
  case_clear (&c);
}

static void
stall_soon_cb (gpointer data)
{
  ((MeirTorrent *) data)->engine->limits.stall_usec = G_USEC_PER_SEC / 10;
}

/* Nobody has these: they keep looking, but their places are free for others. */
static void
test_stalled (void)
{
  Case c;

  case_init (&c);
  meir_session_set_max_downloads (c.session, 1);
  case_add (&c, NULL);
  await (&c, "d123");
  meir_torrent_post (c.torrents[0], stall_soon_cb);
  await (&c, "dddd");
  case_clear (&c);
}

/* One after the other, each as soon as the one before is here. */
static void
test_finishing_frees (void)
{
  MeirSession *seeder;
  Case c;

  case_init (&c);
  seeder = session_fixture_session (c.fixture, "seeder", MEIR_TLS_OFF);
  for (guint i = 0; i < N_TORRENTS; i++)
    session_wait_state (session_fixture_add (seeder, c.metainfos[i], c.seed_folder, NULL),
                        MEIR_TORRENT_SEEDING);
  meir_session_set_max_downloads (c.session, 1);
  case_add (&c, seeder);
  await (&c, "ssss");
  case_clear (&c);
}

/* Whether nothing was published between two looks at all of them: only then were they all so at once. */
static gboolean
peek_all (Case *c, MeirTorrentSnapshot *snapshots[N_TORRENTS])
{
  gboolean settled = TRUE;

  for (guint i = 0; i < N_TORRENTS; i++)
    snapshots[i] = meir_torrent_peek_snapshot (c->torrents[i]);
  for (guint i = 0; i < N_TORRENTS; i++) {
    g_autoptr (MeirTorrentSnapshot) again = meir_torrent_peek_snapshot (c->torrents[i]);

    settled = settled && again == snapshots[i];
  }
  return settled;
}

static gboolean
all_seed_or_wait (gpointer data)
{
  MeirTorrentSnapshot *snapshots[N_TORRENTS];
  gboolean settled = peek_all (data, snapshots);
  guint n_checking = 0;
  guint n_seeding = 0;

  for (guint i = 0; i < N_TORRENTS; i++) {
    n_checking += snapshots[i]->state == MEIR_TORRENT_CHECKING;
    n_seeding += snapshots[i]->state == MEIR_TORRENT_SEEDING;
    if (snapshots[i]->state == MEIR_TORRENT_QUEUED)
      g_assert_cmpuint (snapshots[i]->queue_position, ==, 0);
    meir_torrent_snapshot_unref (snapshots[i]);
  }
  if (settled)
    g_assert_cmpuint (n_checking, <=, 2);
  return n_seeding == N_TORRENTS;
}

/* All are checked in the end, two at once at most, even when one that waits is paused, resumed or removed. */
static void
test_checks (void)
{
  Case c;

  case_init (&c);
  for (guint i = 0; i < N_TORRENTS; i++)
    c.torrents[i] = session_fixture_add (c.session, c.metainfos[i], c.seed_folder, NULL);
  meir_torrent_pause (c.torrents[2]);
  meir_torrent_resume (c.torrents[2]);
  session_wait (all_seed_or_wait, &c);
  for (guint i = 0; i < N_TORRENTS; i++)
    meir_torrent_recheck (c.torrents[i]);
  session_run_for (100);
  session_wait (all_seed_or_wait, &c);
  for (guint i = 0; i < N_TORRENTS; i++) {
    meir_torrent_recheck (c.torrents[i]);
    meir_torrent_start_now (c.torrents[i]); /* does not wait */
  }
  for (guint i = 0; i < N_TORRENTS; i++)
    session_wait_state (c.torrents[i], MEIR_TORRENT_SEEDING);
  for (guint i = 0; i < N_TORRENTS; i++)
    meir_torrent_recheck (c.torrents[i]);
  case_clear (&c); /* closing while they wait */
}

/* A file of nothing but holes: it takes no room, and long to check. */
static MeirMetainfo *
make_huge (const char *folder, guint number)
{
  g_autofree char *name = g_strdup_printf ("huge%u", number);
  g_autofree char *path = g_build_filename (folder, name, NULL);
  g_autoptr (GByteArray) file = g_byte_array_new ();
  g_autoptr (GBytes) bytes = NULL;
  g_autofree char *head =
      g_strdup_printf ("d4:infod6:lengthi%" G_GUINT64_FORMAT "e4:name5:%s12:piece lengthi%ue6:pieces%u:",
                       (guint64) HUGE_PIECES * HUGE_PIECE, name, HUGE_PIECE, HUGE_PIECES * MEIR_SHA1_LENGTH);
  FILE *holes = fopen (path, "wb");
  MeirMetainfo *metainfo;
  guint n_digests;

  g_assert_nonnull (holes);
  g_assert_cmpint (ftruncate (fileno (holes), (off_t) HUGE_PIECES * HUGE_PIECE), ==, 0);
  g_assert_cmpint (fclose (holes), ==, 0);
  g_byte_array_append (file, (const guint8 *) head, (guint) strlen (head));
  n_digests = file->len;
  g_byte_array_set_size (file, n_digests + HUGE_PIECES * MEIR_SHA1_LENGTH);
  memset (file->data + n_digests, 1, HUGE_PIECES * MEIR_SHA1_LENGTH);
  g_byte_array_append (file, (const guint8 *) "ee", 2);
  bytes = g_byte_array_free_to_bytes (g_steal_pointer (&file));
  metainfo = meir_metainfo_parse (bytes, NULL);
  g_assert_nonnull (metainfo);
  return metainfo;
}

static gboolean
two_check_two_wait (gpointer data)
{
  g_autofree char *text = describe (data);

  return g_str_equal (text, "cc00");
}

/* Closing ends the checks that run and begins none of those that wait: the fixture sees to it that the
 * session has not given up on its disk. */
static void
test_closing_while_checks_wait (void)
{
  Case c = { .fixture = session_fixture_new () };

  c.seed_folder = session_fixture_folder (c.fixture, "seed");
  c.session = session_fixture_session (c.fixture, "session", MEIR_TLS_OFF);
  for (guint i = 0; i < N_TORRENTS; i++) {
    c.metainfos[i] = make_huge (c.seed_folder, i);
    c.torrents[i] = session_fixture_add (c.session, c.metainfos[i], c.seed_folder, NULL);
  }
  session_wait (two_check_two_wait, &c);
  case_clear (&c);
}

int
main (int argc, char **argv)
{
  meir_init ();
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/torrent-queue/places", test_places);
  g_test_add_func ("/torrent-queue/links", test_links);
  g_test_add_func ("/torrent-queue/wanted", test_wanted);
  g_test_add_func ("/torrent-queue/order", test_order);
  g_test_add_func ("/torrent-queue/step", test_step);
  g_test_add_func ("/torrent-queue/find", test_find);
  g_test_add_func ("/torrent-queue/resting", test_resting);
  g_test_add_func ("/torrent-queue/stalled", test_stalled);
  g_test_add_func ("/torrent-queue/finishing-frees", test_finishing_frees);
  g_test_add_func ("/torrent-queue/checks", test_checks);
  g_test_add_func ("/torrent-queue/closing-while-checks-wait", test_closing_while_checks_wait);
  return g_test_run ();
}
