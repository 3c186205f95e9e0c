/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which files are wanted, over real sockets and real files. */
#include "session-fixture.h"

#include <glib/gstdio.h>
#include <string.h>

#define PIECE 16384u

/* In this order: a, b, c. Pieces 0-12 are a's, 12-30 b's, 30-42 c's; 12 and 30 are shared. */
static const char *const names[] = { "album/a.bin", "album/b.bin", "album/c.bin" };
static const gsize lengths[] = { 200000, 300000, 200000 };
#define TOTAL    700000u
#define N_PIECES 43u

typedef struct {
  SessionFixture *fixture;
  char *seed_folder, *get_folder;
  MeirMetainfo *metainfo;
  MeirSession *seeder, *leecher;
  MeirTorrent *seed;
} Case;

static void
case_init (Case *c)
{
  c->fixture = session_fixture_new ();
  c->seed_folder = session_fixture_folder (c->fixture, "seed");
  c->get_folder = session_fixture_folder (c->fixture, "get");
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    session_fixture_write (c->seed_folder, names[i], lengths[i], i + 1);
  c->metainfo = session_fixture_create (c->seed_folder, "album", PIECE);
  g_assert_cmpuint (meir_metainfo_get_n_pieces (c->metainfo), ==, N_PIECES);
  c->seeder = session_fixture_session (c->fixture, "seeder", MEIR_TLS_OFF);
  c->leecher = session_fixture_session (c->fixture, "leecher", MEIR_TLS_OFF);
  c->seed = session_fixture_add (c->seeder, c->metainfo, c->seed_folder, NULL);
  session_wait_state (c->seed, MEIR_TORRENT_SEEDING);
}

static void
case_clear (Case *c)
{
  meir_metainfo_unref (c->metainfo);
  g_free (c->seed_folder);
  g_free (c->get_folder);
  session_fixture_free (c->fixture);
}

/* "202" and the like; NULL stays NULL. */
static GBytes *
priorities_of (const char *text)
{
  guint8 values[8];

  if (text == NULL)
    return NULL;
  for (gsize i = 0; text[i] != '\0'; i++)
    values[i] = (guint8) (text[i] - '0');
  return g_bytes_new (values, strlen (text));
}

static void
set_priorities (MeirTorrent *torrent, const char *text)
{
  g_autoptr (GBytes) priorities = priorities_of (text);

  meir_torrent_set_file_priorities (torrent, priorities);
}

static MeirTorrent *
add_wanting (MeirSession *session, MeirMetainfo *metainfo, const char *folder, MeirSession *peer,
             const char *text, gboolean play_order)
{
  g_autoptr (GBytes) priorities = priorities_of (text);
  MeirEndpoint endpoint = { 0 };
  MeirAddOptions options = {
    .metainfo = metainfo, .folder = folder, .file_priorities = priorities, .play_order = play_order
  };
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
is_there (const char *folder, guint file)
{
  g_autofree char *path = g_build_filename (folder, names[file], NULL);

  return g_file_test (path, G_FILE_TEST_EXISTS);
}

/* The names in @folder that begin with a dot. */
static guint
count_hidden (const char *folder)
{
  g_autoptr (GDir) listing = g_dir_open (folder, 0, NULL);
  const char *name;
  guint n = 0;

  while (listing != NULL && (name = g_dir_read_name (listing)) != NULL)
    n += name[0] == '.';
  return n;
}

/* A letter per piece: - missing, + arriving, # here, ! failed, . unwanted. */
static char *
dup_cells (MeirTorrent *torrent)
{
  g_autoptr (MeirTorrentSnapshot) first = meir_torrent_ref_snapshot (torrent, MEIR_SNAPSHOT_CELLS);
  char *text = g_malloc0 (N_PIECES + 1);

  for (;;) {
    g_autoptr (MeirTorrentSnapshot) snapshot = meir_torrent_ref_snapshot (torrent, MEIR_SNAPSHOT_CELLS);
    const guint8 *cells;

    if (snapshot->serial <= first->serial + 1 || snapshot->cells == NULL) {
      session_run_for (20);
      continue;
    }
    cells = g_bytes_get_data (snapshot->cells, NULL);
    for (guint i = 0; i < N_PIECES; i++)
      text[i] = "-+#!."[cells[i]];
    return text;
  }
}

static void
assert_cells (MeirTorrent *torrent, const char *expected)
{
  g_autofree char *cells = dup_cells (torrent);

  g_assert_cmpstr (cells, ==, expected);
}

typedef struct {
  MeirTorrent *torrent;
  guint32 n_have;
} Awaited;

static gboolean
shares (gpointer data)
{
  Awaited *awaited = data;
  g_autoptr (MeirTorrentSnapshot) snapshot = session_snapshot (awaited->torrent);

  return snapshot->state == MEIR_TORRENT_SEEDING && snapshot->n_have >= awaited->n_have;
}

/* Until it is finished with at least so many pieces: what is on the way there may be too short to be seen. */
static void
wait_finished (MeirTorrent *torrent, guint32 n_have)
{
  Awaited awaited = { torrent, n_have };

  session_wait (shares, &awaited);
}

/* Two of three, and the third later. */
static void
test_two_of_three (void)
{
  Case c;
  MeirTorrent *torrent;
  g_autoptr (MeirTorrentSnapshot) finished = NULL;
  g_autoptr (MeirTorrentSnapshot) complete = NULL;

  case_init (&c);
  torrent = add_wanting (c.leecher, c.metainfo, c.get_folder, c.seeder, "202", FALSE);
  session_wait_state (torrent, MEIR_TORRENT_SEEDING);
  finished = session_fresh_snapshot (torrent);
  g_assert_true (finished->finished);
  g_assert_false (finished->complete);
  g_assert_cmpuint (finished->n_have, ==, 26);
  g_assert_cmpuint (finished->wanted_bytes, ==, 25 * PIECE + TOTAL % PIECE);
  g_assert_cmpuint (finished->wanted_left_bytes, ==, 0);
  g_assert_cmpuint (finished->left_bytes, ==, 17 * PIECE);
  g_assert_cmpuint (finished->downloaded, ==, finished->wanted_bytes);
  g_assert_cmpint (finished->left_sec, ==, 0);
  assert_cells (torrent, "#############.................#############");
  session_fixture_assert_same (c.seed_folder, c.get_folder, names[0]);
  session_fixture_assert_same (c.seed_folder, c.get_folder, names[2]);
  g_assert_false (is_there (c.get_folder, 1));
  g_assert_cmpuint (count_hidden (c.get_folder), ==, 1);
  session_run_for (100);
  g_assert_cmpuint (c.fixture->n_events[MEIR_EVENT_COMPLETE], ==, 1);

  set_priorities (torrent, "222");
  wait_finished (torrent, N_PIECES);
  complete = session_fresh_snapshot (torrent);
  g_assert_true (complete->complete && complete->finished);
  g_assert_cmpuint (complete->downloaded, ==, TOTAL);
  g_assert_cmpuint (complete->wanted_bytes, ==, TOTAL);
  session_fixture_assert_same (c.seed_folder, c.get_folder, names[1]);
  g_assert_cmpuint (count_hidden (c.get_folder), ==, 0);
  session_run_for (100);
  g_assert_cmpuint (c.fixture->n_events[MEIR_EVENT_COMPLETE], ==, 2);
  case_clear (&c);
}

static gboolean
has_some (gpointer data)
{
  g_autoptr (MeirTorrentSnapshot) snapshot = session_snapshot (data);

  return snapshot->n_have >= 6;
}

/* Skipped in the middle, and taken up again where it was. */
static void
test_skip_while_it_comes (void)
{
  Case c;
  MeirTorrent *torrent;
  g_autoptr (MeirTorrentSnapshot) finished = NULL;
  g_autoptr (MeirTorrentSnapshot) complete = NULL;
  g_autofree char *cells = NULL;

  case_init (&c);
  meir_session_set_limits (c.seeder, &(MeirRateLimits){ 0, 300000 });
  torrent = add_wanting (c.leecher, c.metainfo, c.get_folder, c.seeder, NULL, FALSE);
  session_wait (has_some, torrent);
  set_priorities (torrent, "200");
  meir_session_set_limits (c.seeder, &(MeirRateLimits){ 0 });
  session_wait_state (torrent, MEIR_TORRENT_SEEDING);
  finished = session_fresh_snapshot (torrent);
  g_assert_true (finished->finished && !finished->complete);
  cells = dup_cells (torrent);
  g_assert_cmpuint (strspn (cells, "#"), >=, 13);
  g_assert_cmpuint (strspn (cells + 13, "#."), ==, N_PIECES - 13);
  session_fixture_assert_same (c.seed_folder, c.get_folder, names[0]);
  /* They had begun, so they are there. */
  g_assert_true (is_there (c.get_folder, 1) && is_there (c.get_folder, 2));
  g_assert_cmpuint (count_hidden (c.get_folder), ==, 0);

  set_priorities (torrent, NULL);
  wait_finished (torrent, N_PIECES);
  complete = session_fresh_snapshot (torrent);
  g_assert_true (complete->complete);
  g_assert_cmpuint (complete->n_have, ==, N_PIECES);
  g_assert_cmpuint (complete->downloaded, >=, TOTAL + complete->wasted);
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    session_fixture_assert_same (c.seed_folder, c.get_folder, names[i]);
  case_clear (&c);
}

/* What is there is there after the next start, with and without a look at every byte; nobody is asked. */
static void
test_resume_and_recheck (void)
{
  Case c;
  MeirSession *again;
  MeirTorrent *torrent;
  guint n_states;

  case_init (&c);
  torrent = add_wanting (c.leecher, c.metainfo, c.get_folder, c.seeder, "020", FALSE);
  session_wait_state (torrent, MEIR_TORRENT_SEEDING);
  session_fixture_close (c.fixture, c.leecher);
  again = session_fixture_session (c.fixture, "leecher", MEIR_TLS_OFF);
  torrent = add_wanting (again, c.metainfo, c.get_folder, NULL, "020", FALSE);
  session_wait_state (torrent, MEIR_TORRENT_SEEDING);
  assert_cells (torrent, "............###################............");
  session_run_for (100);
  n_states = c.fixture->n_events[MEIR_EVENT_STATE] + 3;
  meir_torrent_recheck (torrent);
  while (c.fixture->n_events[MEIR_EVENT_STATE] < n_states) /* loading, checking, seeding */
    session_run_for (10);
  session_wait_state (torrent, MEIR_TORRENT_SEEDING);
  assert_cells (torrent, "............###################............");
  g_assert_false (is_there (c.get_folder, 0) || is_there (c.get_folder, 2));
  session_fixture_assert_same (c.seed_folder, c.get_folder, names[1]);

  /* Wanted from the next start on: what was kept apart of them counts. */
  session_fixture_close (c.fixture, again);
  again = session_fixture_session (c.fixture, "leecher", MEIR_TLS_OFF);
  torrent = add_wanting (again, c.metainfo, c.get_folder, NULL, NULL, FALSE);
  session_wait_state (torrent, MEIR_TORRENT_DOWNLOADING);
  assert_cells (torrent, "------------###################------------");
  g_assert_true (is_there (c.get_folder, 0) && is_there (c.get_folder, 2));
  g_assert_cmpuint (count_hidden (c.get_folder), ==, 0);
  case_clear (&c);
}

/* The journal is lost: only what can be there is hashed, and all of it is found. */
static void
test_found_without_journal (void)
{
  Case c;
  g_autofree char *state = NULL;
  g_autoptr (GDir) listing = NULL;
  MeirSession *again;
  MeirTorrent *torrent;
  const char *name;

  case_init (&c);
  torrent = add_wanting (c.leecher, c.metainfo, c.get_folder, c.seeder, "020", FALSE);
  session_wait_state (torrent, MEIR_TORRENT_SEEDING);
  session_fixture_close (c.fixture, c.leecher);
  state = g_build_filename (c.fixture->root, "state", "leecher", "torrents", NULL);
  listing = g_dir_open (state, 0, NULL);
  g_assert_nonnull (listing);
  while ((name = g_dir_read_name (listing)) != NULL) {
    g_autofree char *path = g_build_filename (state, name, NULL);

    g_assert_cmpint (g_unlink (path), ==, 0);
  }
  again = session_fixture_session (c.fixture, "leecher", MEIR_TLS_OFF);
  torrent = add_wanting (again, c.metainfo, c.get_folder, NULL, "020", FALSE);
  session_wait_state (torrent, MEIR_TORRENT_SEEDING);
  assert_cells (torrent, "............###################............");
  case_clear (&c);
}

static gboolean
has_its_part (gpointer data)
{
  g_autoptr (MeirTorrentSnapshot) snapshot = session_snapshot (data);

  /* What nobody has is counted once a second. */
  return snapshot->n_have == 26 && snapshot->n_unavailable == 17;
}

/* Who has two of three files shares them, the pieces with bytes of the third too. */
static void
test_partial_seed (void)
{
  Case c;
  g_autofree char *third_folder = NULL;
  MeirTorrent *partial, *third;
  MeirSession *session;
  g_autoptr (MeirTorrentSnapshot) snapshot = NULL;

  case_init (&c);
  third_folder = session_fixture_folder (c.fixture, "third");
  partial = add_wanting (c.leecher, c.metainfo, c.get_folder, c.seeder, "202", FALSE);
  session_wait_state (partial, MEIR_TORRENT_SEEDING);
  session_fixture_close (c.fixture, c.seeder);
  session = session_fixture_session (c.fixture, "third", MEIR_TLS_OFF);
  third = add_wanting (session, c.metainfo, third_folder, c.leecher, NULL, FALSE);
  session_wait (has_its_part, third);
  session_run_for (200);
  snapshot = session_fresh_snapshot (third);
  g_assert_cmpuint (snapshot->n_have, ==, 26);
  g_assert_cmpint (snapshot->state, ==, MEIR_TORRENT_DOWNLOADING);
  session_fixture_assert_same (c.seed_folder, third_folder, names[0]);
  session_fixture_assert_same (c.seed_folder, third_folder, names[2]);
  case_clear (&c);
}

static void
test_skip_all (void)
{
  Case c;
  MeirTorrent *torrent;
  g_autoptr (MeirTorrentSnapshot) snapshot = NULL;

  case_init (&c);
  torrent = add_wanting (c.leecher, c.metainfo, c.get_folder, c.seeder, "000", FALSE);
  session_wait_state (torrent, MEIR_TORRENT_SEEDING);
  session_run_for (300);
  snapshot = session_fresh_snapshot (torrent);
  g_assert_true (snapshot->finished && !snapshot->complete);
  g_assert_cmpuint (snapshot->wanted_bytes, ==, 0);
  g_assert_cmpuint (snapshot->downloaded, ==, 0);
  g_assert_cmpuint (snapshot->n_have, ==, 0);
  g_assert_cmpuint (c.fixture->n_events[MEIR_EVENT_COMPLETE], ==, 0);
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    g_assert_false (is_there (c.get_folder, i));
  g_assert_cmpuint (count_hidden (c.get_folder), ==, 0);
  set_priorities (torrent, "001");
  wait_finished (torrent, 13);
  session_fixture_assert_same (c.seed_folder, c.get_folder, names[2]);
  case_clear (&c);
}

/* Finished by skipping the rest; told once. And wanted no more, but another file instead: never finished in
 * between. */
static void
test_finished_by_skipping (void)
{
  Case c;
  MeirTorrent *torrent;
  guint n_events;

  case_init (&c);
  torrent = add_wanting (c.leecher, c.metainfo, c.get_folder, c.seeder, "200", FALSE);
  session_wait_state (torrent, MEIR_TORRENT_SEEDING);
  session_fixture_close (c.fixture, c.seeder);
  set_priorities (torrent, "220");
  session_wait_state (torrent, MEIR_TORRENT_DOWNLOADING);
  session_run_for (200);
  g_assert_cmpuint (c.fixture->n_events[MEIR_EVENT_COMPLETE], ==, 1);
  n_events = c.fixture->n_events[MEIR_EVENT_STATE];
  set_priorities (torrent, "202");
  session_run_for (200);
  g_assert_cmpuint (c.fixture->n_events[MEIR_EVENT_STATE], ==, n_events);
  set_priorities (torrent, "200");
  session_wait_state (torrent, MEIR_TORRENT_SEEDING);
  session_run_for (100);
  g_assert_cmpuint (c.fixture->n_events[MEIR_EVENT_COMPLETE], ==, 2);
  case_clear (&c);
}

/* The first piece of a file, its last, and then one after the other. */
static void
test_play_order (void)
{
  Case c;
  MeirTorrent *torrent;
  g_autofree char *cells = NULL;
  gsize n_first;

  case_init (&c);
  meir_session_set_limits (c.seeder, &(MeirRateLimits){ 0, 200000 });
  torrent = add_wanting (c.leecher, c.metainfo, c.get_folder, c.seeder, "220", TRUE);
  g_assert_true (meir_torrent_get_play_order (torrent));
  session_wait (has_some, torrent);
  cells = dup_cells (torrent);
  n_first = strspn (cells, "#");
  g_assert_cmpuint (n_first, >=, 5);
  g_assert_cmpint (cells[12], ==, '#');
  for (gsize piece = n_first; piece < N_PIECES; piece++)
    g_assert_true (piece == 12 || cells[piece] != '#');
  g_assert_cmpuint (strspn (cells + 31, "."), ==, 12);
  meir_torrent_set_play_order (torrent, FALSE);
  g_assert_false (meir_torrent_get_play_order (torrent));
  meir_session_set_limits (c.seeder, &(MeirRateLimits){ 0 });
  session_wait_state (torrent, MEIR_TORRENT_SEEDING);
  case_clear (&c);
}

/* Something lies where a file would: it is told when the file is wanted, and is no matter when it is not. */
static void
test_in_the_way (void)
{
  Case c;
  g_autofree char *path = NULL;
  MeirTorrent *torrent;
  g_autoptr (MeirTorrentSnapshot) snapshot = NULL;

  case_init (&c);
  session_fixture_write (c.get_folder, names[2], lengths[2] + 1, 9);
  torrent = add_wanting (c.leecher, c.metainfo, c.get_folder, c.seeder, "200", FALSE);
  session_wait_state (torrent, MEIR_TORRENT_SEEDING);
  set_priorities (torrent, "202");
  session_wait_state (torrent, MEIR_TORRENT_FAILED);
  snapshot = session_fresh_snapshot (torrent);
  g_assert_nonnull (strstr (snapshot->error, "c.bin"));
  g_assert_false (snapshot->finished);
  set_priorities (torrent, "200");
  session_wait_state (torrent, MEIR_TORRENT_SEEDING);
  set_priorities (torrent, "202");
  session_wait_state (torrent, MEIR_TORRENT_FAILED);
  path = g_build_filename (c.get_folder, names[2], NULL);
  g_assert_cmpint (g_unlink (path), ==, 0);
  meir_torrent_resume (torrent);
  wait_finished (torrent, 26);
  session_fixture_assert_same (c.seed_folder, c.get_folder, names[2]);
  case_clear (&c);
}

/* What was kept apart goes with the torrent, the files stay. */
static void
on_removed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_assert_true (meir_session_remove_finish (MEIR_SESSION (source), result, NULL));
  *(gboolean *) user_data = TRUE;
}

static gboolean
is_set (gpointer data)
{
  return *(gboolean *) data;
}

static void
test_remove (void)
{
  Case c;
  MeirTorrent *torrent;
  gboolean removed = FALSE;

  case_init (&c);
  torrent = add_wanting (c.leecher, c.metainfo, c.get_folder, c.seeder, "202", FALSE);
  session_wait_state (torrent, MEIR_TORRENT_SEEDING);
  g_assert_cmpuint (count_hidden (c.get_folder), ==, 1);
  meir_session_remove_async (c.leecher, torrent, on_removed, &removed);
  session_wait (is_set, &removed);
  g_assert_cmpuint (count_hidden (c.get_folder), ==, 0);
  session_fixture_assert_same (c.seed_folder, c.get_folder, names[0]);
  case_clear (&c);
}

/* An array of another length, or with other values, is refused, and nothing behind it is read. */
static void
test_refused (void)
{
  static const char *const bad[] = { "22", "2222", "", "224" };
  Case c;
  MeirTorrent *torrent;
  g_autoptr (GBytes) before = NULL;

  case_init (&c);
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++) {
    g_autoptr (GBytes) priorities = priorities_of (bad[i]);
    MeirAddOptions options = { .metainfo = c.metainfo,
                               .folder = c.get_folder,
                               .file_priorities = priorities };
    g_autoptr (GError) error = NULL;

    g_assert_null (meir_session_add (c.leecher, &options, &error));
    g_assert_error (error, MEIR_ERROR, MEIR_ERROR_INVALID);
  }
  torrent = add_wanting (c.leecher, c.metainfo, c.get_folder, NULL, "202", FALSE);
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++) {
    g_test_expect_message (NULL, G_LOG_LEVEL_CRITICAL, "*meir_torrent_priorities_fit*");
    set_priorities (torrent, bad[i]);
    g_test_assert_expected_messages ();
  }
  before = meir_torrent_ref_file_priorities (torrent);
  g_assert_cmpmem (g_bytes_get_data (before, NULL), g_bytes_get_size (before), "\2\0\2", 3);
  set_priorities (torrent, NULL);
  g_assert_null (meir_torrent_ref_file_priorities (torrent));
  session_wait_state (torrent, MEIR_TORRENT_DOWNLOADING);
  case_clear (&c);
}

/* The magnet link of the torrent, with the seeder's address in it. */
static MeirMagnet *
new_magnet (Case *c)
{
  g_autofree char *uri = NULL;
  g_autoptr (GError) error = NULL;
  char hex[2 * MEIR_SHA1_LENGTH + 1];
  MeirMagnet *magnet;

  uri = g_strdup_printf ("magnet:?xt=urn:btih:%s&x.pe=127.0.0.1:%u",
                         meir_info_hash_to_hex (meir_metainfo_get_info_hash (c->metainfo), hex),
                         meir_session_get_port (c->seeder));
  magnet = meir_magnet_parse (uri, &error);
  g_assert_no_error (error);
  return magnet;
}

/* Priorities for a magnet link count when its metadata comes, if they fit it. */
static void
test_magnet (void)
{
  static const char *const given[] = { "020", "0" };

  for (guint i = 0; i < G_N_ELEMENTS (given); i++) {
    Case c;
    g_autoptr (MeirMagnet) magnet = NULL;
    g_autoptr (GBytes) priorities = priorities_of (given[i]);
    g_autoptr (GBytes) after = NULL;
    g_autoptr (GError) error = NULL;
    MeirAddOptions options = { .file_priorities = priorities };
    MeirTorrent *torrent;

    case_init (&c);
    magnet = new_magnet (&c);
    options.magnet = magnet;
    options.folder = c.get_folder;
    torrent = meir_session_add (c.leecher, &options, &error);
    g_assert_no_error (error);
    session_wait_state (torrent, MEIR_TORRENT_SEEDING);
    after = meir_torrent_ref_file_priorities (torrent);
    g_assert_cmpint (is_there (c.get_folder, 0), ==, i == 1);
    g_assert_true (is_there (c.get_folder, 1));
    g_assert_cmpint (after == NULL, ==, i == 1);
    case_clear (&c);
  }
}

static gboolean
has_metadata (gpointer data)
{
  g_autoptr (MeirMetainfo) metainfo = meir_torrent_ref_metainfo (data);

  return metainfo != NULL;
}

/* A link whose files are to be chosen waits for that, with its metadata, from peers or from the last time. */
static void
test_magnet_chosen (void)
{
  Case c;
  g_autoptr (MeirMagnet) magnet = NULL;
  g_autoptr (GError) error = NULL;
  MeirAddOptions options = { .choose_files = TRUE };

  case_init (&c);
  magnet = new_magnet (&c);
  options.magnet = magnet;
  options.folder = c.get_folder;
  for (guint i = 0; i < 2; i++) {
    MeirSession *session = i == 0 ? c.leecher : session_fixture_session (c.fixture, "leecher", MEIR_TLS_OFF);
    MeirTorrent *torrent = meir_session_add (session, &options, &error);

    g_assert_no_error (error);
    session_wait (has_metadata, torrent);
    session_run_for (200);
    session_wait_state (torrent, MEIR_TORRENT_METADATA);
    g_assert_cmpint (is_there (c.get_folder, 2), ==, i == 1);
    g_assert_false (is_there (c.get_folder, 0));
    meir_torrent_pause (torrent);
    session_wait_state (torrent, MEIR_TORRENT_PAUSED);
    meir_torrent_resume (torrent);
    set_priorities (torrent, "002");
    session_wait_state (torrent, MEIR_TORRENT_SEEDING);
    session_fixture_assert_same (c.seed_folder, c.get_folder, names[2]);
    g_assert_false (is_there (c.get_folder, 0) || is_there (c.get_folder, 1));
    session_fixture_close (c.fixture, session);
  }
  case_clear (&c);
}

int
main (int argc, char **argv)
{
  meir_init ();
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/torrent-files/two-of-three", test_two_of_three);
  g_test_add_func ("/torrent-files/skip-while-it-comes", test_skip_while_it_comes);
  g_test_add_func ("/torrent-files/resume-and-recheck", test_resume_and_recheck);
  g_test_add_func ("/torrent-files/found-without-journal", test_found_without_journal);
  g_test_add_func ("/torrent-files/partial-seed", test_partial_seed);
  g_test_add_func ("/torrent-files/skip-all", test_skip_all);
  g_test_add_func ("/torrent-files/finished-by-skipping", test_finished_by_skipping);
  g_test_add_func ("/torrent-files/play-order", test_play_order);
  g_test_add_func ("/torrent-files/in-the-way", test_in_the_way);
  g_test_add_func ("/torrent-files/remove", test_remove);
  g_test_add_func ("/torrent-files/refused", test_refused);
  g_test_add_func ("/torrent-files/magnet", test_magnet);
  g_test_add_func ("/torrent-files/magnet-chosen", test_magnet_chosen);
  return g_test_run ();
}
