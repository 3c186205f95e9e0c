/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "arena.h"

#include <string.h>

/* What a peer may say, and what it may not: a session against one that speaks by bytes. */

#define TOO_LONG    "too long for its kind"
#define WRONG_SIZE  "wrong size for its kind"
#define NO_PIECE    "a piece that does not exist"
#define NO_BLOCK    "empty or longer than 128 KiB"
#define PAST_END    "past the end of its piece"
#define NOT_FAST    "without having agreed on it"
#define FLOOD       "Sent far too many messages"
#define UNSOLICITED "blocks that were not asked for"
#define WELCOME     NULL

/* @reason: why the connection is closed, or WELCOME. */
typedef struct {
  const char *name;
  RawBits bits;
  guint times;
  const char *bytes;
  gsize length;
  const char *reason;
} Case;

#define CASE(name, bits, times, bytes, reason)                                                               \
  {                                                                                                          \
    name, bits, times, bytes, sizeof bytes - 1, reason                                                       \
  }

/* 20 pieces of 32768 bytes, the last 1000 shorter; a bitfield is of 3 bytes and has 4 bits to spare. */
static const Case cases[] = {
  CASE ("W14 length 2^32-1", RAW_PLAIN, 1, "\xff\xff\xff\xff", TOO_LONG),
  CASE ("W14 length 2^31", RAW_PLAIN, 1, "\x80\0\0\0\x05", TOO_LONG),
  CASE ("W15 unknown, 1 MiB and 1", RAW_PLAIN, 1, "\0\x10\0\1\x63", TOO_LONG),
  CASE ("W16 unknown, small", RAW_EXTENDED, 999, "\0\0\0\3\x63zz", WELCOME),
  CASE ("W16 unknown, too many", RAW_PLAIN, 1001, "\0\0\0\3\x63zz", "unknown kinds"),
  CASE ("W17 choke with payload", RAW_PLAIN, 1, "\0\0\0\2\0\0", WRONG_SIZE),
  CASE ("W17 unchoke with payload", RAW_PLAIN, 1, "\0\0\0\2\1\0", WRONG_SIZE),
  CASE ("W17 interested with payload", RAW_PLAIN, 1, "\0\0\0\2\2\0", WRONG_SIZE),
  CASE ("W18 have one past the end", RAW_PLAIN, 1, "\0\0\0\5\4\0\0\0\x14", NO_PIECE),
  CASE ("W19 have 2^32-1", RAW_PLAIN, 1, "\0\0\0\5\4\xff\xff\xff\xff", NO_PIECE),
  CASE ("W20 bitfield short", RAW_PLAIN, 1, "\0\0\0\3\5\xff\xff", "not of one bit for each piece"),
  CASE ("W21 bitfield long", RAW_PLAIN, 1, "\0\0\0\5\5\xff\xff\xf0\0", "not of one bit for each piece"),
  CASE ("W22 spare bits", RAW_PLAIN, 1, "\0\0\0\4\5\xff\xff\xff", "past the last piece"),
  CASE ("W25 flips", RAW_FAST, 9, "\0\0\0\1\x0e\0\0\0\1\x0f", FLOOD),
  CASE ("W26 have all without fast", RAW_PLAIN, 1, "\0\0\0\1\x0e", NOT_FAST),
  CASE ("W26 reject without fast", RAW_PLAIN, 1, "\0\0\0\x0d\x10\0\0\0\0\0\0\0\0\0\0\x40\0", NOT_FAST),
  CASE ("W27 request past the last piece", RAW_PLAIN, 1, "\0\0\0\x0d\6\0\0\0\x14\0\0\0\0\0\0\x40\0",
        NO_PIECE),
  CASE ("W28 request wraps", RAW_PLAIN, 1, "\0\0\0\x0d\6\0\0\0\0\xff\xff\xff\xff\0\0\0\2", PAST_END),
  CASE ("W28 request past the last piece's end", RAW_PLAIN, 1, "\0\0\0\x0d\6\0\0\0\x13\0\0\x40\0\0\0\x40\0",
        PAST_END),
  CASE ("W29 request of nothing", RAW_PLAIN, 1, "\0\0\0\x0d\6\0\0\0\0\0\0\0\0\0\0\0\0", NO_BLOCK),
  CASE ("W30 request of 128 KiB and 1", RAW_PLAIN, 1, "\0\0\0\x0d\6\0\0\0\0\0\0\0\0\0\2\0\1", NO_BLOCK),
  CASE ("W31 requests while choked", RAW_FAST, 1000, "\0\0\0\x0d\6\0\0\0\0\0\0\0\0\0\0\x40\0", FLOOD),
  CASE ("W35 cancels of nothing", RAW_EXTENDED, 100, "\0\0\0\x0d\x08\0\0\0\0\0\0\0\0\0\0\x40\0", WELCOME),
  CASE ("W36 cancel flood", RAW_PLAIN, 6000, "\0\0\0\x0d\x08\0\0\0\0\0\0\0\0\0\0\x40\0", FLOOD),
  CASE ("W37 unsolicited, a few", RAW_EXTENDED, 20, "\0\0\0\x0a\7\0\0\0\x0b\0\0\0\0z", WELCOME),
  CASE ("W37 unsolicited, too many", RAW_PLAIN, 21, "\0\0\0\x0a\7\0\0\0\x0b\0\0\0\0z", UNSOLICITED),
  CASE ("W39 unaligned", RAW_PLAIN, 21, "\0\0\0\x0a\7\0\0\0\x0b\0\0\0\1z", UNSOLICITED),
  CASE ("W46 choke flips", RAW_PLAIN, 1000, "\0\0\0\1\0\0\0\0\1\1", FLOOD),
  CASE ("W47 interest flips", RAW_PLAIN, 1000, "\0\0\0\1\2\0\0\0\1\3", FLOOD),
  CASE ("W48 ports", RAW_EXTENDED, 10000, "\0\0\0\3\x09\0\0", WELCOME),
  CASE ("W49 suggestions", RAW_FAST | RAW_EXTENDED, 100000, "\0\0\0\5\x0d\0\0\0\1", WELCOME),
  CASE ("W50 grants", RAW_FAST | RAW_EXTENDED, 100000, "\0\0\0\5\x11\0\0\0\x0b", WELCOME),
  CASE ("W50 grant past the end", RAW_FAST, 1, "\0\0\0\5\x11\0\0\0\x14", NO_PIECE),
  CASE ("W52 stray rejects, a few", RAW_FAST | RAW_EXTENDED, 50, "\0\0\0\x0d\x10\0\0\0\x0b\0\0\0\0\0\0\x40\0",
        WELCOME),
  CASE ("W52 stray rejects, too many", RAW_FAST, 51, "\0\0\0\x0d\x10\0\0\0\x0b\0\0\0\0\0\0\x40\0", FLOOD),
  CASE ("W54 hash request", RAW_EXTENDED, 1,
        "\0\0\0\x31\x15zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz\0\0\0\0\0\0\0\0\0\0\0\1\0\0\0\0", WELCOME),
  CASE ("W55 hashes", RAW_EXTENDED, 1,
        "\0\0\0\x31\x16zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz\xff\xff\xff\xff\xff\xff\xff\xff\0\0\0\0\x80\0\0\0",
        WELCOME),
};

static void
test_cases (void)
{
  Arena arena;

  arena_init (&arena, MEIR_TLS_PREFER);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    const Case *c = &cases[i];
    g_autoptr (GByteArray) bytes = g_byte_array_new ();
    RawPeer *peer = arena_enter (&arena, c->bits);

    g_test_message ("%s", c->name);
    for (guint n = 0; n < c->times; n++)
      g_byte_array_append (bytes, (const guint8 *) c->bytes, (guint) c->length);
    raw_peer_send (peer, bytes->data, bytes->len);
    if (c->reason != WELCOME)
      arena_assert_expelled (&arena, peer, c->reason);
    else
      arena_assert_welcome (&arena, peer);
  }
  arena_clear (&arena);
}

/* The same bytes one by one, and all in one piece with the handshake: a stream has no seams. */
static void
test_seams (void)
{
  static const char bytes[] = "\0\0\0\4\5\0\0\x10\0\0\0\5\4\0\0\0\x0b\0\0\0\0\0\0\0\3\x63zz\0\0\0\1\2";
  g_autoptr (GByteArray) all = g_byte_array_new ();
  g_autoptr (GBytes) unchoke = NULL;
  MeirHandshake handshake = { .extensions = FALSE };
  char source[MEIR_ENDPOINT_TEXT_MAX];
  RawPeer *peer;
  Arena arena;

  arena_init (&arena, MEIR_TLS_OFF);
  peer = arena_enter (&arena, RAW_PLAIN);
  for (guint i = 0; i < sizeof bytes - 1; i++) {
    raw_peer_send (peer, bytes + i, 1);
    session_run_for (2);
  }
  unchoke = raw_peer_await (peer, MEIR_MESSAGE_UNCHOKE);
  raw_peer_free (peer);
  g_clear_pointer (&unchoke, g_bytes_unref);

  handshake.info_hash = *arena.info_hash;
  memset (handshake.peer_id, 'x', sizeof handshake.peer_id);
  g_byte_array_set_size (all, MEIR_HANDSHAKE_LENGTH);
  meir_handshake_encode (&handshake, all->data);
  g_byte_array_append (all, (const guint8 *) bytes, sizeof bytes - 1);
  peer = raw_peer_connect (arena_new_source (&arena, source), NULL, meir_session_get_port (arena.victim));
  raw_peer_send (peer, all->data, all->len);
  while (peer->in->len < MEIR_HANDSHAKE_LENGTH)
    g_main_context_iteration (NULL, FALSE), raw_peer_poll (peer);
  g_byte_array_remove_range (peer->in, 0, MEIR_HANDSHAKE_LENGTH);
  unchoke = raw_peer_await (peer, MEIR_MESSAGE_UNCHOKE);
  raw_peer_free (peer);
  arena_clear (&arena);
}

/* W12: a megabyte of messages before our handshake is even sent. */
static void
test_impatient (void)
{
  g_autofree guint8 *bytes = g_malloc0 (MEIR_HANDSHAKE_LENGTH + (1u << 20));
  MeirHandshake handshake = { .extensions = TRUE };
  char source[MEIR_ENDPOINT_TEXT_MAX];
  RawPeer *peer;
  Arena arena;

  arena_init (&arena, MEIR_TLS_OFF);
  handshake.info_hash = *arena.info_hash;
  memset (handshake.peer_id, 'x', sizeof handshake.peer_id);
  meir_handshake_encode (&handshake, bytes);
  peer = raw_peer_connect (arena_new_source (&arena, source), NULL, meir_session_get_port (arena.victim));
  raw_peer_send (peer, bytes, MEIR_HANDSHAKE_LENGTH + (1u << 20));
  while (peer->in->len < MEIR_HANDSHAKE_LENGTH)
    g_main_context_iteration (NULL, FALSE), raw_peer_poll (peer);
  g_byte_array_remove_range (peer->in, 0, MEIR_HANDSHAKE_LENGTH);
  peer->theirs.extensions = TRUE;
  arena_assert_welcome (&arena, peer);
  arena_clear (&arena);
}

static guint16
get_availability (Arena *arena, guint piece)
{
  g_autoptr (MeirTorrentSnapshot) snapshot = session_fresh_snapshot (arena->torrent);

  return ((const guint16 *) g_bytes_get_data (snapshot->availability, NULL))[piece];
}

/* W23: the second one counts. */
static void
test_second_bitfield (void)
{
  RawPeer *peer;
  Arena arena;

  arena_init (&arena, MEIR_TLS_OFF);
  peer = arena_enter (&arena, RAW_PLAIN);
  raw_peer_message (peer, MEIR_MESSAGE_BITFIELD, "\xff\xff\xf0", 3);
  g_assert_cmpuint (get_availability (&arena, 0), ==, 2);
  g_assert_cmpuint (get_availability (&arena, 19), ==, 1);
  raw_peer_message (peer, MEIR_MESSAGE_BITFIELD, "\0\0\x10", 3);
  g_assert_cmpuint (get_availability (&arena, 0), ==, 1);
  g_assert_cmpuint (get_availability (&arena, 19), ==, 1);
  raw_peer_free (peer);
  g_assert_cmpuint (get_availability (&arena, 19), ==, 0);
  arena_clear (&arena);
}

/* Says it has @piece and unchokes: what the victim asks then. */
static GBytes *
tempt (RawPeer *peer, guint32 piece)
{
  raw_peer_numbers (peer, MEIR_MESSAGE_HAVE, 1, piece);
  raw_peer_state (peer, MEIR_MESSAGE_UNCHOKE);
  return raw_peer_await (peer, MEIR_MESSAGE_REQUEST);
}

/* W38: more than was asked for; W40: what is here already is not written again. */
static void
test_blocks (void)
{
  g_autoptr (GBytes) request = NULL;
  g_autofree guint8 *junk = g_malloc0 (MEIR_BLOCK_LENGTH + 1);
  RawPeer *peer;
  Arena arena;

  arena_init (&arena, MEIR_TLS_OFF);
  peer = arena_enter (&arena, RAW_PLAIN);
  request = tempt (peer, 11);
  g_assert_cmpuint (raw_message_number (request, 0), ==, 11);
  raw_peer_block (peer, 11, raw_message_number (request, 1), junk, MEIR_BLOCK_LENGTH + 1);
  arena_assert_expelled (&arena, peer, UNSOLICITED);

  peer = arena_enter (&arena, RAW_EXTENDED);
  raw_peer_block (peer, 0, 0, junk, MEIR_BLOCK_LENGTH);
  raw_peer_block (peer, 3, MEIR_BLOCK_LENGTH, junk, MEIR_BLOCK_LENGTH);
  arena_assert_welcome (&arena, peer);
  arena_clear (&arena);
}

/* W57: gone in the middle of a block; W58: gone with requests waiting; nothing is left behind. */
static void
test_departures (void)
{
  Arena arena;

  arena_init (&arena, MEIR_TLS_OFF);
  for (guint i = 0; i < 30; i++) {
    g_autoptr (GBytes) request = NULL;
    RawPeer *peer = arena_enter (&arena, RAW_FAST);
    guint8 header[MEIR_MESSAGE_PIECE_HEADER_SIZE];

    if (i % 3 == 0) {
      request = tempt (peer, 12);
      meir_message_encode_piece_header (header, raw_message_number (request, 0),
                                        raw_message_number (request, 1), raw_message_number (request, 2));
      raw_peer_send (peer, header, sizeof header);
      raw_peer_send (peer, arena_bytes (&arena, 12, raw_message_number (request, 1)), 5000 + i);
    } else {
      arena_get_unchoked (peer);
      for (guint n = 0; n < 200; n++)
        raw_peer_numbers (peer, MEIR_MESSAGE_REQUEST, 3, n % ARENA_HALF, n * 64, MEIR_BLOCK_LENGTH);
    }
    if (i % 2 == 0)
      raw_peer_reset (peer);
    else
      raw_peer_free (peer);
  }
  session_run_for (200);
  arena_clear (&arena);
}

int
main (int argc, char **argv)
{
  meir_init ();
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/peer-message/cases", test_cases);
  g_test_add_func ("/peer-message/seams", test_seams);
  g_test_add_func ("/peer-message/impatient", test_impatient);
  g_test_add_func ("/peer-message/second-bitfield", test_second_bitfield);
  g_test_add_func ("/peer-message/blocks", test_blocks);
  g_test_add_func ("/peer-message/departures", test_departures);
  return g_test_run ();
}
