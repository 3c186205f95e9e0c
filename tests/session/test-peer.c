/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "arena.h"

#include <string.h>

/* Who gets in, and who is asked to leave for what it does not do. */

static void
shorten_silence (MeirPeerLimits *limits)
{
  limits->silence_usec = 2 * G_USEC_PER_SEC;
  limits->keep_alive_usec = G_USEC_PER_SEC / 10;
}

/* W09: a handshake and then silence, while we say that we are there. */
static void
test_silence (void)
{
  static const guint8 keep_alive[MEIR_MESSAGE_KEEP_ALIVE_SIZE] = { 0 };
  RawPeer *peer;
  Arena arena;

  arena_init (&arena, MEIR_TLS_OFF);
  peer = arena_enter (&arena, RAW_PLAIN);
  arena_tighten (&arena, shorten_silence);
  while (!arena_has_parted (&arena, peer, "Was silent for too long")) {
    session_run_for (20);
  }
  raw_peer_assert_closed (peer);
  g_assert_cmpuint (peer->in->len, >, sizeof keep_alive);
  g_assert_cmpmem (peer->in->data + peer->in->len - sizeof keep_alive, sizeof keep_alive, keep_alive,
                   sizeof keep_alive);
  raw_peer_free (peer);
  session_fixture_close (arena.fixture, arena.victim);
  session_fixture_close (arena.fixture, arena.friend_session);
  arena_free (&arena);
}

static void
limit_storms (MeirPeerLimits *limits)
{
  limits->keep_alive_storms = 1;
}

/* W13 */
static void
test_keep_alives (void)
{
  g_autofree guint8 *keep_alives = g_malloc0 (4 * 100000);
  RawPeer *peer;
  Arena arena;

  arena_init (&arena, MEIR_TLS_OFF);
  arena_tighten (&arena, limit_storms);
  peer = arena_enter (&arena, RAW_PLAIN);
  while (!peer->ended)
    raw_peer_send (peer, keep_alives, 4 * 100000);
  arena_assert_expelled (&arena, peer, "nothing but keep-alives");
  arena_clear (&arena);
}

/* W01 to W06: whoever does not greet as one should gets not a byte. */
static void
test_strangers (void)
{
  g_autofree guint8 *garbage = g_malloc0 (300);
  guint8 handshake[MEIR_HANDSHAKE_LENGTH], broken[MEIR_HANDSHAKE_LENGTH];
  MeirHandshake decoded = { .fast = TRUE };
  char source[MEIR_ENDPOINT_TEXT_MAX];
  RawPeer *peer;
  Arena arena;

  arena_init (&arena, MEIR_TLS_OFF);
  memset (garbage, 'z', 300);
  memset (decoded.peer_id, 'y', sizeof decoded.peer_id);
  decoded.info_hash = *arena.info_hash;
  meir_handshake_encode (&decoded, handshake);
  for (guint i = 0; i < 5; i++) {
    memcpy (broken, handshake, sizeof broken);
    if (i == 0)
      broken[0] = 0;
    else if (i == 1)
      broken[0] = 255;
    else if (i == 2)
      broken[5] ^= 0x20;
    else if (i == 3)
      broken[30] ^= 1;
    peer = raw_peer_connect (arena_new_source (&arena, source), NULL, meir_session_get_port (arena.victim));
    if (i == 4)
      raw_peer_send (peer, garbage, 300);
    else
      raw_peer_send (peer, broken, sizeof broken);
    raw_peer_assert_closed_silently (peer);
    raw_peer_free (peer);
  }

  /* Its own peer id back to it. */
  peer = arena_enter (&arena, RAW_PLAIN);
  memcpy (decoded.peer_id, peer->theirs.peer_id, sizeof decoded.peer_id);
  raw_peer_free (peer);
  meir_handshake_encode (&decoded, handshake);
  peer = raw_peer_connect (arena_new_source (&arena, source), NULL, meir_session_get_port (arena.victim));
  raw_peer_send (peer, handshake, sizeof handshake);
  raw_peer_assert_closed_silently (peer);
  raw_peer_free (peer);

  /* W05: the torrent rests. */
  memset (decoded.peer_id, 'y', sizeof decoded.peer_id);
  meir_handshake_encode (&decoded, handshake);
  meir_torrent_pause (arena.friend_torrent);
  session_wait_state (arena.friend_torrent, MEIR_TORRENT_PAUSED);
  peer = raw_peer_connect ("127.0.0.99", NULL, meir_session_get_port (arena.friend_session));
  raw_peer_send (peer, handshake, sizeof handshake);
  raw_peer_assert_closed_silently (peer);
  raw_peer_free (peer);
  session_fixture_close (arena.fixture, arena.victim);
  session_fixture_close (arena.fixture, arena.friend_session);
  arena_free (&arena);
}

/* W10, W11: bits that mean nothing to us, the one of BEP 52 among them. */
static void
test_reserved_bits (void)
{
  guint8 handshake[MEIR_HANDSHAKE_LENGTH];
  MeirHandshake decoded = { .fast = TRUE };
  char source[MEIR_ENDPOINT_TEXT_MAX];
  RawPeer *peer;
  Arena arena;

  arena_init (&arena, MEIR_TLS_OFF);
  decoded.info_hash = *arena.info_hash;
  memset (decoded.peer_id, 'y', sizeof decoded.peer_id);
  meir_handshake_encode (&decoded, handshake);
  memset (handshake + 20, 0xff, 8);
  peer = raw_peer_connect (arena_new_source (&arena, source), NULL, meir_session_get_port (arena.victim));
  raw_peer_send (peer, handshake, sizeof handshake);
  while (peer->in->len < MEIR_HANDSHAKE_LENGTH)
    g_main_context_iteration (NULL, FALSE), raw_peer_poll (peer);
  g_assert_true (meir_handshake_decode (&peer->theirs, peer->in->data));
  g_assert_true (peer->theirs.extensions && peer->theirs.fast);
  g_byte_array_remove_range (peer->in, 0, MEIR_HANDSHAKE_LENGTH);
  raw_peer_state (peer, MEIR_MESSAGE_HAVE_ALL);
  arena_assert_welcome (&arena, peer);
  arena_clear (&arena);
}

/* W07: one peer on two connections: one of them stays, and its pieces count once. */
static void
test_twice (void)
{
  char source[MEIR_ENDPOINT_TEXT_MAX];
  RawPeer *first, *second;
  Arena arena;

  arena_init (&arena, MEIR_TLS_OFF);
  arena_new_source (&arena, source);
  first = raw_peer_connect (source, NULL, meir_session_get_port (arena.victim));
  raw_peer_greet (first, arena.info_hash, RAW_FAST | RAW_EXTENDED, "same");
  raw_peer_state (first, MEIR_MESSAGE_HAVE_ALL);
  second = raw_peer_connect (source, NULL, meir_session_get_port (arena.victim));
  raw_peer_greet (second, arena.info_hash, RAW_FAST | RAW_EXTENDED, "same");
  raw_peer_assert_closed (second);
  raw_peer_free (second);
  {
    g_autoptr (MeirTorrentSnapshot) snapshot = session_fresh_snapshot (arena.torrent);

    g_assert_cmpuint (snapshot->n_peers, ==, 2);
    g_assert_cmpuint (((const guint16 *) g_bytes_get_data (snapshot->availability, NULL))[19], ==, 1);
  }
  arena_assert_welcome (&arena, first);
  arena_clear (&arena);
}

static void
count_loopback (MeirPeerLimits *limits)
{
  limits->loopback_is_free = FALSE;
}

/* W56: many connections of one address that come at once. */
static void
test_crowd (void)
{
  RawPeer *peers[40];
  guint n_in = 0;
  char source[MEIR_ENDPOINT_TEXT_MAX];
  Arena arena;

  arena_init (&arena, MEIR_TLS_OFF);
  arena_tighten (&arena, count_loopback);
  arena_new_source (&arena, source);
  for (guint i = 0; i < G_N_ELEMENTS (peers); i++)
    peers[i] = raw_peer_connect (source, NULL, meir_session_get_port (arena.victim));
  session_run_for (100);
  for (guint i = 0; i < G_N_ELEMENTS (peers); i++) {
    g_autofree char *name = g_strdup_printf ("crowd %u", i);

    raw_peer_announce (peers[i], arena.info_hash, RAW_PLAIN, name);
  }
  session_run_for (300);
  for (guint i = 0; i < G_N_ELEMENTS (peers); i++) {
    raw_peer_poll (peers[i]);
    n_in += !peers[i]->ended;
    raw_peer_free (peers[i]);
  }
  g_assert_cmpuint (n_in, ==, MEIR_CONNECTIONS_PER_ADDRESS);
  arena_clear (&arena);
}

/* Who comes in the moment another leaves gets that one's slot, and nothing of what was meant for it. */
static void
test_slot_of_another (void)
{
  Arena arena;

  arena_init (&arena, MEIR_TLS_OFF);
  for (guint i = 0; i < 40; i++) {
    RawPeer *old = arena_enter (&arena, RAW_FAST);
    char source[MEIR_ENDPOINT_TEXT_MAX];
    RawPeer *peer =
        raw_peer_connect (arena_new_source (&arena, source), NULL, meir_session_get_port (arena.victim));

    /* What is wanted of the old one is decided, but has not gone out, when it leaves. */
    raw_peer_state (old, MEIR_MESSAGE_HAVE_ALL);
    raw_peer_state (old, MEIR_MESSAGE_INTERESTED);
    raw_peer_state (old, MEIR_MESSAGE_UNCHOKE);
    if (i % 2 == 0)
      raw_peer_free (old);
    else
      raw_peer_reset (old);
    raw_peer_greet (peer, arena.info_hash, RAW_FAST, source);
    raw_peer_state (peer, MEIR_MESSAGE_HAVE_NONE);
    session_run_for (20);
    raw_peer_poll (peer);
    for (GBytes *message; (message = raw_peer_take (peer)) != NULL; g_bytes_unref (message)) {
      if (g_bytes_get_size (message) == 0)
        continue;
      g_assert_cmpint (raw_message_id (message), !=, MEIR_MESSAGE_INTERESTED);
      g_assert_cmpint (raw_message_id (message), !=, MEIR_MESSAGE_UNCHOKE);
      g_assert_cmpint (raw_message_id (message), !=, MEIR_MESSAGE_REQUEST);
    }
    g_assert_false (peer->ended);
    raw_peer_free (peer);
  }
  arena_clear (&arena);
}

int
main (int argc, char **argv)
{
  meir_init ();
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/peer/silence", test_silence);
  g_test_add_func ("/peer/keep-alives", test_keep_alives);
  g_test_add_func ("/peer/strangers", test_strangers);
  g_test_add_func ("/peer/reserved-bits", test_reserved_bits);
  g_test_add_func ("/peer/twice", test_twice);
  g_test_add_func ("/peer/crowd", test_crowd);
  g_test_add_func ("/peer/slot-of-another", test_slot_of_another);
  return g_test_run ();
}
