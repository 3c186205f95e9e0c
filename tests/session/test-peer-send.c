/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "arena.h"

#include <sys/socket.h>

/* What a peer may ask of us. */

/* W32: far more requests than are queued; each is answered once, by its block or a reject. */
static void
test_many_requests (void)
{
  const guint n_requests = 10000;
  guint n_blocks = 0, n_rejects = 0;
  RawPeer *peer;
  Arena arena;

  arena_init (&arena, MEIR_TLS_OFF);
  peer = arena_enter (&arena, RAW_FAST | RAW_EXTENDED);
  arena_get_unchoked (peer);
  for (guint i = 0; i < n_requests; i++)
    raw_peer_numbers (peer, MEIR_MESSAGE_REQUEST, 3, i % ARENA_HALF, i / ARENA_HALF * 16, 16);
  while (n_blocks + n_rejects < n_requests) {
    g_autoptr (GBytes) message = raw_peer_next (peer);

    g_assert_nonnull (message);
    n_blocks += raw_message_id (message) == MEIR_MESSAGE_PIECE;
    n_rejects += raw_message_id (message) == MEIR_MESSAGE_REJECT;
    if (raw_message_id (message) == MEIR_MESSAGE_PIECE)
      g_assert_cmpmem ((const guint8 *) g_bytes_get_data (message, NULL) + 9, 16,
                       arena_bytes (&arena, raw_message_number (message, 0), raw_message_number (message, 1)),
                       16);
  }
  g_assert_cmpuint (n_blocks, >=, MEIR_REQUEST_QUEUE_MAX);
  arena_assert_welcome (&arena, peer);
  arena_clear (&arena);
}

/* W33: what is asked for many times at once is sent a few times at most. */
static void
test_same_request (void)
{
  guint n_blocks = 0;
  RawPeer *peer;
  Arena arena;

  arena_init (&arena, MEIR_TLS_OFF);
  peer = arena_enter (&arena, RAW_FAST | RAW_EXTENDED);
  arena_get_unchoked (peer);
  {
    g_autoptr (GByteArray) bytes = g_byte_array_new ();
    guint8 message[MEIR_MESSAGE_ENCODED_MAX];
    gsize length = meir_message_encode_request (message, 1, 0, MEIR_BLOCK_LENGTH);

    for (guint i = 0; i < 1000; i++)
      g_byte_array_append (bytes, message, (guint) length);
    raw_peer_send (peer, bytes->data, bytes->len);
  }
  session_run_for (300);
  raw_peer_poll (peer);
  for (GBytes *message; (message = raw_peer_take (peer)) != NULL; g_bytes_unref (message))
    n_blocks += raw_message_id (message) == MEIR_MESSAGE_PIECE;
  g_assert_cmpuint (n_blocks, >=, 1);
  g_assert_cmpuint (n_blocks, <=, 10);
  arena_assert_welcome (&arena, peer);
  arena_clear (&arena);
}

/* The same beginning with two lengths, one while the other waits: both are answered. */
static void
test_two_lengths (void)
{
  static const guint32 lengths[] = { MEIR_BLOCK_LENGTH, 1000, 16 };
  gboolean answered[G_N_ELEMENTS (lengths)] = { FALSE };
  guint8 message[MEIR_MESSAGE_ENCODED_MAX];
  RawPeer *peer;
  Arena arena;

  arena_init (&arena, MEIR_TLS_OFF);
  peer = arena_enter (&arena, RAW_EXTENDED);
  arena_get_unchoked (peer);
  {
    g_autoptr (GByteArray) bytes = g_byte_array_new ();

    for (guint i = 0; i < G_N_ELEMENTS (lengths); i++)
      g_byte_array_append (bytes, message, (guint) meir_message_encode_request (message, 1, 0, lengths[i]));
    raw_peer_send (peer, bytes->data, bytes->len);
  }
  for (guint i = 0; i < G_N_ELEMENTS (lengths); i++) {
    g_autoptr (GBytes) block = raw_peer_await (peer, MEIR_MESSAGE_PIECE);
    gsize length = g_bytes_get_size (block) - 9;

    g_assert_cmpmem ((const guint8 *) g_bytes_get_data (block, NULL) + 9, length, arena_bytes (&arena, 1, 0),
                     length);
    for (guint n = 0; n < G_N_ELEMENTS (lengths); n++)
      answered[n] |= lengths[n] == length;
  }
  for (guint i = 0; i < G_N_ELEMENTS (lengths); i++)
    g_assert_true (answered[i]);
  arena_assert_welcome (&arena, peer);
  arena_clear (&arena);
}

/* W34: what we do not have is refused in words where the peer knows them; and so is what it cancels (BEP 6),
 * unless it is on its way. */
static void
test_refusals (void)
{
  guint n_answers = 0;
  RawPeer *peer;
  Arena arena;

  arena_init (&arena, MEIR_TLS_OFF);
  peer = arena_enter (&arena, RAW_FAST | RAW_EXTENDED);
  arena_get_unchoked (peer);
  raw_peer_numbers (peer, MEIR_MESSAGE_REQUEST, 3, ARENA_HALF + 1, 0, MEIR_BLOCK_LENGTH);
  {
    g_autoptr (GBytes) reject = raw_peer_await (peer, MEIR_MESSAGE_REJECT);

    g_assert_cmpuint (raw_message_number (reject, 0), ==, ARENA_HALF + 1);
  }
  for (guint i = 0; i < ARENA_HALF; i++) {
    raw_peer_numbers (peer, MEIR_MESSAGE_REQUEST, 3, i, 0, MEIR_BLOCK_LENGTH);
    raw_peer_numbers (peer, MEIR_MESSAGE_CANCEL, 3, i, 0, MEIR_BLOCK_LENGTH);
  }
  while (n_answers < ARENA_HALF) {
    g_autoptr (GBytes) message = raw_peer_next (peer);

    g_assert_nonnull (message);
    n_answers +=
        raw_message_id (message) == MEIR_MESSAGE_PIECE || raw_message_id (message) == MEIR_MESSAGE_REJECT;
  }
  arena_assert_welcome (&arena, peer);
  arena_clear (&arena);
}

static void
shorten_stall (MeirPeerLimits *limits)
{
  limits->send_stall_usec = G_USEC_PER_SEC / 2;
}

/* W45: asks for much and reads nothing. */
static void
test_no_reader (void)
{
  gsize before;
  RawPeer *peer;
  Arena arena;

  arena_init (&arena, MEIR_TLS_OFF);
  arena_tighten (&arena, shorten_stall);
  peer = arena_enter (&arena, RAW_FAST);
  arena_get_unchoked (peer);
  before = arena_get_resident_bytes ();
  for (guint i = 0; i < 2000; i++) {
    guint8 message[MEIR_MESSAGE_ENCODED_MAX];
    gsize length =
        meir_message_encode_request (message, i % ARENA_HALF, i / ARENA_HALF * 64, MEIR_BLOCK_LENGTH);

    raw_peer_push (peer, message, length);
  }
  while (!arena_has_parted (&arena, peer, "Does not read what it asked for"))
    session_run_for (50);
  /* 32 MB were asked for. */
  g_assert_cmpuint (arena_get_resident_bytes (), <, before + (16u << 20));
  raw_peer_free (peer);
  arena_clear (&arena);
}

/* What piles up without payload has a bound too: a peer that asks for refusals, and does not read them. */
static void
test_no_reader_of_rejects (void)
{
  RawPeer *peer;
  Arena arena;
  int small = 4096;

  arena_init (&arena, MEIR_TLS_OFF);
  peer = arena_enter (&arena, RAW_FAST);
  setsockopt (peer->fd, SOL_SOCKET, SO_RCVBUF, &small, sizeof small);
  arena_get_unchoked (peer);
  for (guint i = 0; !peer->ended && i < 4000; i++) {
    g_autoptr (GByteArray) bytes = g_byte_array_new ();

    for (guint n = 0; n < 1000; n++) {
      guint8 message[MEIR_MESSAGE_ENCODED_MAX];
      gsize length = meir_message_encode_request (message, ARENA_HALF, 0, 1 + n);

      g_byte_array_append (bytes, message, (guint) length);
    }
    if (raw_peer_push (peer, bytes->data, bytes->len) < bytes->len)
      break;
  }
  while (!arena_has_parted (&arena, peer, "Does not read what is sent to it"))
    session_run_for (50);
  raw_peer_free (peer);
  arena_clear (&arena);
}

int
main (int argc, char **argv)
{
  meir_init ();
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/peer-send/two-lengths", test_two_lengths);
  g_test_add_func ("/peer-send/many-requests", test_many_requests);
  g_test_add_func ("/peer-send/same-request", test_same_request);
  g_test_add_func ("/peer-send/refusals", test_refusals);
  g_test_add_func ("/peer-send/no-reader", test_no_reader);
  g_test_add_func ("/peer-send/no-reader-of-rejects", test_no_reader_of_rejects);
  return g_test_run ();
}
