/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "session-fixture.h"

/* Rate limits over real connections. What is measured is divided by the time that has really passed, so a
 * slow machine changes nothing: a limit is never exceeded, and where there is time to spare, it is reached.
 */

#define FILE_LENGTH (24u << 20)
#define PIECE       65536u
#define SEEDERS     5u

typedef struct {
  SessionFixture *fixture;
  char *seed_folder;
  MeirMetainfo *metainfo;
  MeirSession *leecher;
  MeirSession *seeders[SEEDERS];
  MeirTorrent *shared[SEEDERS];
} Case;

static void
case_init (Case *c, MeirTlsPolicy tls, guint n_seeders)
{
  *c = (Case){ .fixture = session_fixture_new () };
  c->seed_folder = session_fixture_folder (c->fixture, "seed");
  session_fixture_write (c->seed_folder, "data.bin", FILE_LENGTH, 1);
  c->metainfo = session_fixture_create (c->seed_folder, "data.bin", PIECE);
  for (guint i = 0; i < n_seeders; i++) {
    g_autofree char *name = g_strdup_printf ("seeder-%u", i);

    c->seeders[i] = session_fixture_session (c->fixture, name, tls);
    c->shared[i] = session_fixture_add (c->seeders[i], c->metainfo, c->seed_folder, NULL);
    session_wait_state (c->shared[i], MEIR_TORRENT_SEEDING);
  }
  c->leecher = session_fixture_session (c->fixture, "leecher", tls);
}

static void
case_clear (Case *c)
{
  meir_metainfo_unref (c->metainfo);
  g_free (c->seed_folder);
  session_fixture_free (c->fixture);
}

static MeirTorrent *
begin (Case *c, MeirMetainfo *metainfo, const MeirRateLimits *limits)
{
  MeirEndpoint peers[SEEDERS];
  g_autofree char *name = g_strdup_printf ("get-%u", g_list_model_get_n_items (G_LIST_MODEL (c->leecher)));
  g_autofree char *folder = session_fixture_folder (c->fixture, name);
  MeirAddOptions options = { .metainfo = metainfo, .folder = folder, .peers = peers, .limits = *limits };
  MeirTorrent *torrent;

  for (; options.n_peers < SEEDERS && c->seeders[options.n_peers] != NULL; options.n_peers++) {
    g_assert_true (meir_endpoint_parse (&peers[options.n_peers], "127.0.0.1:1", NULL));
    peers[options.n_peers].port = meir_session_get_port (c->seeders[options.n_peers]);
  }
  torrent = meir_session_add (c->leecher, &options, NULL);
  g_assert_nonnull (torrent);
  return torrent;
}

static guint64
get_downloaded (MeirTorrent *torrent)
{
  g_autoptr (MeirTorrentSnapshot) snapshot = session_fresh_snapshot (torrent);

  return snapshot->downloaded;
}

static gboolean
has_begun (gpointer data)
{
  g_autoptr (MeirTorrentSnapshot) snapshot = session_snapshot (data);

  return snapshot->downloaded > 0;
}

/* Bytes a second over @msec, of a torrent on its way. */
static double
measure (MeirTorrent *torrent, guint msec)
{
  gint64 began_usec;
  guint64 before;

  session_wait (has_begun, torrent);
  before = get_downloaded (torrent);
  began_usec = g_get_monotonic_time ();
  session_run_for (msec);
  return (double) (get_downloaded (torrent) - before) * G_USEC_PER_SEC /
         (double) (g_get_monotonic_time () - began_usec);
}

/* A tenth of a second's worth may have been saved up, and snapshots are a tenth of a second old. */
static void
assert_rate (double rate, double limit)
{
  g_test_message ("%.0f of %.0f", rate, limit);
  g_assert_cmpfloat (rate, <, limit * 1.2);
  g_assert_cmpfloat (rate, >, limit * 0.6);
}

static void
check_limits (MeirTlsPolicy tls, guint n_seeders, const MeirRateLimits *session,
              const MeirRateLimits *torrents, const MeirRateLimits *seeder, double expected)
{
  Case c;

  case_init (&c, tls, n_seeders);
  meir_session_set_limits (c.leecher, session);
  for (guint i = 0; i < n_seeders; i++)
    meir_session_set_limits (c.seeders[i], seeder);
  assert_rate (measure (begin (&c, c.metainfo, torrents), 1500), expected);
  case_clear (&c);
}

static void
test_down (void)
{
  check_limits (MEIR_TLS_OFF, 1, &(MeirRateLimits){ 400000, 0 }, &(MeirRateLimits){ 0 },
                &(MeirRateLimits){ 0 }, 400000);
}

static void
test_up (void)
{
  check_limits (MEIR_TLS_OFF, 1, &(MeirRateLimits){ 0 }, &(MeirRateLimits){ 0 },
                &(MeirRateLimits){ 0, 400000 }, 400000);
}

static void
test_tls (void)
{
  check_limits (MEIR_TLS_REQUIRE, 1, &(MeirRateLimits){ 1000000, 0 }, &(MeirRateLimits){ 0 },
                &(MeirRateLimits){ 0, 2000000 }, 1000000);
}

/* The lower of the two counts. */
static void
test_torrent (void)
{
  check_limits (MEIR_TLS_OFF, 1, &(MeirRateLimits){ 5000000, 0 }, &(MeirRateLimits){ 300000, 0 },
                &(MeirRateLimits){ 0 }, 300000);
}

static void
test_many_senders (void)
{
  check_limits (MEIR_TLS_PREFER, SEEDERS, &(MeirRateLimits){ 0 }, &(MeirRateLimits){ 0 },
                &(MeirRateLimits){ 0, 100000 }, 100000.0 * SEEDERS);
}

/* Everybody gets a share of a limit, whoever was first. */
static void
test_fair_peers (void)
{
  g_autoptr (MeirTorrentSnapshot) snapshot = NULL;
  MeirTorrent *torrent;
  Case c;

  case_init (&c, MEIR_TLS_OFF, SEEDERS);
  torrent = begin (&c, c.metainfo, &(MeirRateLimits){ 500000, 0 });
  assert_rate (measure (torrent, 2000), 500000);
  snapshot = session_snapshot (torrent);
  g_assert_cmpuint (snapshot->peers->len, ==, SEEDERS);
  for (guint i = 0; i < SEEDERS; i++) {
    guint64 downloaded = g_array_index (snapshot->peers, MeirPeerSnapshot, i).downloaded;

    g_test_message ("peer %u: %" G_GUINT64_FORMAT, i, downloaded);
    g_assert_cmpuint (downloaded, >, snapshot->downloaded / SEEDERS / 3);
  }
  case_clear (&c);
}

/* Two torrents share what the session may have. */
static void
test_fair_torrents (void)
{
  g_autoptr (MeirMetainfo) other = NULL;
  MeirTorrent *a, *b;
  double rate_a, rate_b;
  gint64 began_usec;
  guint64 before_a, before_b;
  Case c;

  case_init (&c, MEIR_TLS_OFF, 2);
  session_fixture_write (c.seed_folder, "other.bin", FILE_LENGTH, 2);
  other = session_fixture_create (c.seed_folder, "other.bin", PIECE);
  session_wait_state (session_fixture_add (c.seeders[0], other, c.seed_folder, NULL), MEIR_TORRENT_SEEDING);
  meir_session_set_limits (c.leecher, &(MeirRateLimits){ 600000, 0 });
  a = begin (&c, c.metainfo, &(MeirRateLimits){ 0 });
  b = begin (&c, other, &(MeirRateLimits){ 0 });
  session_wait (has_begun, a);
  session_wait (has_begun, b);
  before_a = get_downloaded (a);
  before_b = get_downloaded (b);
  began_usec = g_get_monotonic_time ();
  session_run_for (2000);
  rate_a = (double) (get_downloaded (a) - before_a);
  rate_b = (double) (get_downloaded (b) - before_b);
  assert_rate ((rate_a + rate_b) * G_USEC_PER_SEC / (double) (g_get_monotonic_time () - began_usec), 600000);
  g_assert_cmpfloat (rate_a, >, rate_b / 2);
  g_assert_cmpfloat (rate_b, >, rate_a / 2);
  case_clear (&c);
}

/* A limit counts from when it is set, and no longer than until it is taken away: those who wait go on. */
static void
test_change (void)
{
  MeirRateLimits asked;
  MeirTorrent *torrent;
  Case c;

  case_init (&c, MEIR_TLS_OFF, 1);
  torrent = begin (&c, c.metainfo, &(MeirRateLimits){ 20000, 0 });
  meir_torrent_get_limits (torrent, &asked);
  g_assert_cmpuint (asked.down_per_sec, ==, 20000);
  assert_rate (measure (torrent, 1500), 20000);
  meir_torrent_set_limits (torrent, &(MeirRateLimits){ 800000, 0 });
  assert_rate (measure (torrent, 1000), 800000);
  meir_session_set_limits (c.leecher, &(MeirRateLimits){ 100000, 0 });
  assert_rate (measure (torrent, 1500), 100000);

  meir_torrent_set_limits (torrent, &(MeirRateLimits){ 0 });
  meir_session_set_limits (c.leecher, &(MeirRateLimits){ 0 });
  meir_torrent_get_limits (torrent, &asked);
  g_assert_cmpuint (asked.down_per_sec, ==, 0);
  session_wait_state (torrent, MEIR_TORRENT_SEEDING);
  case_clear (&c);
}

static gboolean
has_many_pieces (gpointer data)
{
  g_autoptr (MeirTorrentSnapshot) snapshot = session_snapshot (data);

  return snapshot->n_have > 60;
}

/* Requests are not held back by a limit on what goes out, or nothing would come in. */
static void
test_requests_pass (void)
{
  MeirTorrent *torrent;
  Case c;

  case_init (&c, MEIR_TLS_OFF, 1);
  meir_session_set_limits (c.leecher, &(MeirRateLimits){ 0, 1000 });
  torrent = begin (&c, c.metainfo, &(MeirRateLimits){ 0 });
  session_wait_state (torrent, MEIR_TORRENT_SEEDING);
  case_clear (&c);
}

/* Who waits in line may leave, be paused, and be removed. */
static void
test_leave_while_waiting (void)
{
  MeirTorrent *torrent;
  Case c;

  case_init (&c, MEIR_TLS_OFF, 2);
  meir_session_set_limits (c.seeders[0], &(MeirRateLimits){ 0, 2000 });
  meir_session_set_limits (c.leecher, &(MeirRateLimits){ 4000, 0 });
  torrent = begin (&c, c.metainfo, &(MeirRateLimits){ 0 });
  session_wait (has_begun, torrent);
  session_fixture_close (c.fixture, g_steal_pointer (&c.seeders[1]));
  meir_torrent_pause (torrent);
  session_wait_state (torrent, MEIR_TORRENT_PAUSED);
  meir_torrent_pause (c.shared[0]);
  session_wait_state (c.shared[0], MEIR_TORRENT_PAUSED);

  meir_session_set_limits (c.seeders[0], &(MeirRateLimits){ 0 });
  meir_session_set_limits (c.leecher, &(MeirRateLimits){ 0 });
  meir_torrent_resume (c.shared[0]);
  session_wait_state (c.shared[0], MEIR_TORRENT_SEEDING);
  meir_torrent_resume (torrent);
  session_wait (has_many_pieces, torrent);
  case_clear (&c);
}

int
main (int argc, char **argv)
{
  meir_init ();
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/throttle/down", test_down);
  g_test_add_func ("/throttle/up", test_up);
  g_test_add_func ("/throttle/tls", test_tls);
  g_test_add_func ("/throttle/torrent", test_torrent);
  g_test_add_func ("/throttle/many-senders", test_many_senders);
  g_test_add_func ("/throttle/fair-peers", test_fair_peers);
  g_test_add_func ("/throttle/fair-torrents", test_fair_torrents);
  g_test_add_func ("/throttle/change", test_change);
  g_test_add_func ("/throttle/requests-pass", test_requests_pass);
  g_test_add_func ("/throttle/leave-while-waiting", test_leave_while_waiting);
  return g_test_run ();
}
