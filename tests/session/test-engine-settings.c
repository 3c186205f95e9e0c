/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "arena.h"

#include "raw-peer.h"

/* What changes while connections are up. */

static guint
count_peers (MeirTorrent *torrent)
{
  g_autoptr (MeirTorrentSnapshot) snapshot = session_fresh_snapshot (torrent);

  return snapshot->n_peers;
}

typedef struct {
  MeirTorrent *torrent;
  guint n_peers;
} AwaitedPeers;

static gboolean
has_peers (gpointer data)
{
  AwaitedPeers *awaited = data;
  g_autoptr (MeirTorrentSnapshot) snapshot = session_snapshot (awaited->torrent);

  return snapshot->n_peers == awaited->n_peers;
}

static void
wait_peers (MeirTorrent *torrent, guint n_peers)
{
  AwaitedPeers awaited = { torrent, n_peers };

  session_wait (has_peers, &awaited);
}

static void
change_nothing (MeirPeerLimits *limits)
{
}

/* The newest go first; nobody new is let in, until there may be more again. */
static void
test_max_peers (void)
{
  RawPeer *peers[3];
  RawPeer *late;
  char source[MEIR_ENDPOINT_TEXT_MAX];
  Arena arena;

  arena_init (&arena, MEIR_TLS_OFF);
  for (guint i = 0; i < G_N_ELEMENTS (peers); i++)
    peers[i] = arena_enter (&arena, RAW_EXTENDED);
  g_assert_cmpuint (count_peers (arena.torrent), ==, 4);
  meir_session_set_max_peers (arena.victim, 2);
  arena_assert_expelled (&arena, peers[2], "one connection too many");
  arena_assert_expelled (&arena, peers[1], "one connection too many");
  g_assert_cmpuint (count_peers (arena.torrent), ==, 2);

  late = raw_peer_connect (arena_new_source (&arena, source), NULL, meir_session_get_port (arena.victim));
  raw_peer_announce (late, arena.info_hash, RAW_EXTENDED, "late");
  raw_peer_assert_closed_silently (late);
  raw_peer_free (late);

  meir_session_set_max_peers (arena.victim, 0);
  arena_tighten (&arena, change_nothing); /* until it has read its mail */
  arena_assert_welcome (&arena, arena_enter (&arena, RAW_EXTENDED));
  arena_assert_welcome (&arena, peers[0]);
  arena_clear (&arena);
}

/* One refused by the user is hung up on, whatever its port, and does not get in again. */
static void
test_ban (void)
{
  RawPeer *peer, *again, *other;
  Arena arena;
  char source[MEIR_ENDPOINT_TEXT_MAX];
  MeirEndpoint endpoint;

  arena_init (&arena, MEIR_TLS_OFF);
  other = arena_enter (&arena, RAW_EXTENDED);
  peer = arena_enter (&arena, RAW_EXTENDED);
  endpoint = peer->local;
  endpoint.port = 1;
  meir_torrent_ban_peer (arena.torrent, &endpoint);
  meir_endpoint_format (&peer->local, source);
  *strrchr (source, ':') = '\0';
  arena_assert_expelled (&arena, peer, "refused");
  again = raw_peer_connect (source, NULL, meir_session_get_port (arena.victim));
  raw_peer_announce (again, arena.info_hash, RAW_EXTENDED, "again");
  raw_peer_assert_closed_silently (again);
  raw_peer_free (again);
  arena_assert_welcome (&arena, other);
  arena_clear (&arena);
}

static void
on_port (MeirSession *session, GParamSpec *pspec, gpointer user_data)
{
  (*(guint *) user_data)++;
}

static gboolean
is_counted (gpointer data)
{
  return *(guint *) data > 0;
}

/* Asks for a port, and waits for the answer. */
static void
ask_port (MeirSession *session, guint16 port)
{
  guint n_answers = 0;
  gulong handler = g_signal_connect (session, "notify::port", G_CALLBACK (on_port), &n_answers);

  meir_session_set_port (session, port);
  session_wait (is_counted, &n_answers);
  g_assert_cmpuint (n_answers, ==, 1);
  g_signal_handler_disconnect (session, handler);
}

static gboolean
is_open (guint16 port)
{
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  g_autoptr (GSocketConnection) connection =
      g_socket_client_connect_to_host (client, "127.0.0.1", port, NULL, NULL);

  return connection != NULL;
}

/* Who is connected stays; who comes finds the new port, and the old one shut. What cannot be had leaves all
 * as it was, and says so until something can. */
static void
test_port (void)
{
  RawPeer *peer;
  guint old_port, new_port, given;
  guint16 taken;
  Arena arena;

  arena_init (&arena, MEIR_TLS_OFF);
  peer = arena_enter (&arena, RAW_EXTENDED);
  old_port = meir_session_get_port (arena.victim);
  ask_port (arena.victim, 0);
  new_port = meir_session_get_port (arena.victim);
  g_assert_cmpuint (new_port, !=, old_port);
  g_assert_null (meir_session_get_port_error (arena.victim));
  g_assert_false (is_open ((guint16) old_port));
  arena_assert_welcome (&arena, arena_enter (&arena, RAW_EXTENDED));
  wait_peers (arena.torrent, 2);

  taken = meir_session_get_port (arena.friend_session);
  ask_port (arena.victim, taken);
  g_object_get (arena.victim, "port", &given, NULL);
  g_assert_cmpuint (given, ==, new_port);
  g_assert_error (meir_session_get_port_error (arena.victim), MEIR_ERROR, MEIR_ERROR_BUSY);
  arena_assert_welcome (&arena, arena_enter (&arena, RAW_EXTENDED));
  /* The one that it has is no other program's. */
  ask_port (arena.victim, (guint16) new_port);
  g_assert_null (meir_session_get_port_error (arena.victim));
  g_assert_cmpuint (meir_session_get_port (arena.victim), ==, new_port);
  /* As soon as it is free it can be had. */
  ask_port (arena.friend_session, 0);
  ask_port (arena.victim, taken);
  g_assert_cmpuint (meir_session_get_port (arena.victim), ==, taken);
  g_assert_null (meir_session_get_port_error (arena.victim));
  arena_assert_welcome (&arena, peer);
  arena_clear (&arena);
}

typedef struct {
  SessionFixture *fixture;
  char *seed_folder, *get_folder;
  MeirMetainfo *metainfo;
  MeirSession *seeder, *leecher;
  MeirTorrent *torrent;
} Pair;

/* A transfer that would take minutes. */
static void
pair_init (Pair *pair, MeirTlsPolicy tls)
{
  pair->fixture = session_fixture_new ();
  pair->seed_folder = session_fixture_folder (pair->fixture, "seed");
  pair->get_folder = session_fixture_folder (pair->fixture, "get");
  session_fixture_write (pair->seed_folder, "data.bin", 4000000, 1);
  pair->metainfo = session_fixture_create (pair->seed_folder, "data.bin", 65536);
  pair->seeder = session_fixture_session (pair->fixture, "seeder", MEIR_TLS_PREFER);
  pair->leecher = session_fixture_session (pair->fixture, "leecher", tls);
  meir_session_set_limits (pair->leecher, &(MeirRateLimits){ 20000, 0 });
  session_wait_state (session_fixture_add (pair->seeder, pair->metainfo, pair->seed_folder, NULL),
                      MEIR_TORRENT_SEEDING);
  pair->torrent = session_fixture_add (pair->leecher, pair->metainfo, pair->get_folder, pair->seeder);
}

static void
pair_clear (Pair *pair)
{
  meir_metainfo_unref (pair->metainfo);
  g_free (pair->seed_folder);
  g_free (pair->get_folder);
  session_fixture_free (pair->fixture);
}

static gboolean
is_encrypted (gpointer data)
{
  g_autoptr (MeirTorrentSnapshot) snapshot = session_snapshot (data);

  return snapshot->n_encrypted_peers == 1;
}

static void
dial_again (Pair *pair)
{
  MeirEndpoint endpoint;

  g_assert_true (meir_endpoint_parse (&endpoint, "127.0.0.1:1", NULL));
  endpoint.port = meir_session_get_port (pair->seeder);
  meir_torrent_add_peer (pair->torrent, &endpoint);
}

/* Clear connections end when encryption is asked for, encrypted ones when it is switched off; the download
 * goes on by others. */
static void
test_tls_policy (void)
{
  g_autoptr (MeirTorrentSnapshot) snapshot = NULL;
  Pair pair;

  pair_init (&pair, MEIR_TLS_OFF);
  wait_peers (pair.torrent, 1);
  g_assert_false (is_encrypted (pair.torrent));
  meir_session_set_tls_policy (pair.leecher, MEIR_TLS_REQUIRE);
  wait_peers (pair.torrent, 0);
  dial_again (&pair);
  session_wait (is_encrypted, pair.torrent);
  meir_session_set_tls_policy (pair.leecher, MEIR_TLS_PREFER); /* fits what there is */
  session_run_for (200);
  g_assert_true (is_encrypted (pair.torrent));
  meir_session_set_tls_policy (pair.leecher, MEIR_TLS_OFF);
  wait_peers (pair.torrent, 0);
  meir_session_set_limits (pair.leecher, &(MeirRateLimits){ 0 });
  dial_again (&pair);
  session_wait_state (pair.torrent, MEIR_TORRENT_SEEDING);
  snapshot = session_snapshot (pair.torrent);
  g_assert_cmpuint (snapshot->clear_bytes, >, 0);
  pair_clear (&pair);
}

static void
on_closed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_assert_true (meir_session_close_finish (MEIR_SESSION (source), result, NULL));
  *(gboolean *) user_data = TRUE;
}

static gboolean
is_true (gpointer data)
{
  return *(gboolean *) data;
}

static void
set_all (MeirSession *session)
{
  meir_session_set_limits (session, &(MeirRateLimits){ 1, 1 });
  meir_session_set_max_downloads (session, 1);
  meir_session_set_stop_rule (session, &(MeirStopRule){ 1, 1 });
  meir_session_set_max_peers (session, 1);
  meir_session_set_tls_policy (session, MEIR_TLS_OFF);
  meir_session_set_port (session, 0);
}

/* A session that closes, or is closed, does not mind being given settings. */
static void
test_closed (void)
{
  MeirSession *session = meir_session_new (&(MeirSessionConfig){ .bind_address = "127.0.0.1" }, NULL);
  gboolean closed = FALSE;

  g_assert_nonnull (session);
  meir_session_close_async (session, on_closed, &closed);
  set_all (session);
  session_wait (is_true, &closed);
  set_all (session);
  g_assert_finalize_object (session);
}

int
main (int argc, char **argv)
{
  meir_init ();
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/engine-settings/max-peers", test_max_peers);
  g_test_add_func ("/engine-settings/ban", test_ban);
  g_test_add_func ("/engine-settings/tls-policy", test_tls_policy);
  g_test_add_func ("/engine-settings/port", test_port);
  g_test_add_func ("/engine-settings/closed", test_closed);
  return g_test_run ();
}
