/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "wire/meir-message.h"

#include "base/meir-byte-cursor.h"
#include "base/meir-random.h"

#include <string.h>

#define N_PIECES     20u
#define PIECE_LENGTH 65536u
#define LAST_LENGTH  20000u

static const MeirMessageLimits known = {
  .n_pieces = N_PIECES,
  .piece_length = PIECE_LENGTH,
  .last_piece_length = LAST_LENGTH,
  .fast = TRUE,
};
static const MeirMessageLimits unknown = { .fast = TRUE };
static const MeirMessageLimits slow = {
  .n_pieces = N_PIECES,
  .piece_length = PIECE_LENGTH,
  .last_piece_length = LAST_LENGTH,
};

/* Every prefix of a good message needs more, asks for no more than the whole of it, and never is a fault. */
static MeirMessage
decode_whole (const guint8 *bytes, gsize length, gsize header_length, const MeirMessageLimits *limits)
{
  MeirMessage message;

  for (gsize available = 0; available < header_length; available++) {
    g_autofree guint8 *cut = g_memdup2 (bytes, available);

    g_assert_cmpint (meir_message_decode (cut, available, limits, &message), ==, MEIR_MESSAGE_NEED_MORE);
    g_assert_cmpuint (message.needed, >, available);
    g_assert_cmpuint (message.needed, <=, header_length);
  }
  for (gsize available = header_length; available <= length + 1; available++) {
    g_autofree guint8 *copy = g_malloc0 (available);

    memcpy (copy, bytes, MIN (available, length));
    g_assert_cmpint (meir_message_decode (copy, available, limits, &message), ==, MEIR_MESSAGE_OK);
  }
  g_assert_cmpint (meir_message_decode (bytes, length, limits, &message), ==, MEIR_MESSAGE_OK);
  g_assert_cmpuint (message.frame_length, ==, MEIR_MESSAGE_PREFIX_LENGTH + meir_load_u32 (bytes));
  return message;
}

static void
test_states (void)
{
  static const MeirMessageId ids[] = { MEIR_MESSAGE_CHOKE,      MEIR_MESSAGE_UNCHOKE,
                                       MEIR_MESSAGE_INTERESTED, MEIR_MESSAGE_NOT_INTERESTED,
                                       MEIR_MESSAGE_HAVE_ALL,   MEIR_MESSAGE_HAVE_NONE };
  guint8 buffer[MEIR_MESSAGE_ENCODED_MAX];
  MeirMessage message;

  for (gsize i = 0; i < G_N_ELEMENTS (ids); i++) {
    const guint8 expected[] = { 0, 0, 0, 1, (guint8) ids[i] };

    g_assert_cmpmem (buffer, meir_message_encode_state (buffer, ids[i]), expected, 5);
    message = decode_whole (buffer, 5, 5, &known);
    g_assert_cmpint (message.id, ==, ids[i]);
    g_assert_null (message.payload);
  }
  g_assert_cmpmem (buffer, meir_message_encode_keep_alive (buffer), "\0\0\0\0", 4);
  message = decode_whole (buffer, 4, 4, &known);
  g_assert_cmpint (message.id, ==, MEIR_MESSAGE_KEEP_ALIVE);
  g_assert_cmpuint (message.frame_length, ==, 4);
}

static void
test_have (void)
{
  guint8 buffer[MEIR_MESSAGE_ENCODED_MAX];
  MeirMessage message;

  g_assert_cmpmem (buffer, meir_message_encode_have (buffer, 19), "\0\0\0\5\4\0\0\0\x13", 9);
  message = decode_whole (buffer, 9, 9, &known);
  g_assert_cmpint (message.id, ==, MEIR_MESSAGE_HAVE);
  g_assert_cmpuint (message.piece, ==, 19);
  buffer[4] = MEIR_MESSAGE_SUGGEST;
  g_assert_cmpint (decode_whole (buffer, 9, 9, &known).id, ==, MEIR_MESSAGE_SUGGEST);
  buffer[4] = MEIR_MESSAGE_ALLOWED_FAST;
  g_assert_cmpint (decode_whole (buffer, 9, 9, &known).id, ==, MEIR_MESSAGE_ALLOWED_FAST);
}

static void
test_blocks (void)
{
  static gsize (*const encoders[]) (guint8 *, guint32, guint32, guint32) = {
    meir_message_encode_request,
    meir_message_encode_cancel,
    meir_message_encode_reject,
  };
  static const MeirMessageId ids[] = { MEIR_MESSAGE_REQUEST, MEIR_MESSAGE_CANCEL, MEIR_MESSAGE_REJECT };
  guint8 buffer[MEIR_MESSAGE_ENCODED_MAX];

  for (gsize i = 0; i < G_N_ELEMENTS (ids); i++) {
    guint8 expected[] = { 0, 0, 0, 13, (guint8) ids[i], 0, 0, 0, 18, 0, 0, 0x80, 0, 0, 0, 0x40, 0 };
    MeirMessage message;

    g_assert_cmpmem (buffer, encoders[i](buffer, 18, 0x8000, 0x4000), expected, 17);
    message = decode_whole (buffer, 17, 17, &known);
    g_assert_cmpint (message.id, ==, ids[i]);
    g_assert_cmpuint (message.piece, ==, 18);
    g_assert_cmpuint (message.begin, ==, 0x8000);
    g_assert_cmpuint (message.length, ==, 0x4000);
  }
}

/* The block can be received into its place: the header is enough. */
static void
test_piece (void)
{
  g_autofree guint8 *frame = g_malloc0 (13 + 16384);
  MeirMessage message;

  g_assert_cmpuint (meir_message_encode_piece_header (frame, 3, 16384, 16384), ==, 13);
  g_assert_cmpmem (frame, 13, "\0\0\x40\x09\7\0\0\0\3\0\0\x40\0", 13);
  g_assert_cmpint (meir_message_decode (frame, 12, &known, &message), ==, MEIR_MESSAGE_NEED_MORE);
  g_assert_cmpuint (message.needed, ==, 13);
  g_assert_cmpint (meir_message_decode (frame, 13, &known, &message), ==, MEIR_MESSAGE_OK);
  g_assert_cmpint (message.id, ==, MEIR_MESSAGE_PIECE);
  g_assert_cmpuint (message.piece, ==, 3);
  g_assert_cmpuint (message.begin, ==, 16384);
  g_assert_cmpuint (message.length, ==, 16384);
  g_assert_cmpuint (message.frame_length, ==, 13 + 16384);
  g_assert_null (message.payload);
}

static void
test_bitfield (void)
{
  guint8 frame[8] = { 0 };
  MeirMessage message;

  g_assert_cmpmem (frame, meir_message_encode_bitfield_header (frame, 3), "\0\0\0\4\5", 5);
  memcpy (frame + 5, "\xff\x00\xf0", 3);
  message = decode_whole (frame, 8, 8, &known);
  g_assert_cmpint (message.id, ==, MEIR_MESSAGE_BITFIELD);
  g_assert_cmpmem (message.payload, message.payload_length, "\xff\x00\xf0", 3);

  /* While the number of pieces is not known the spare bits cannot be. */
  frame[7] = 0xff;
  message = decode_whole (frame, 8, 8, &unknown);
  g_assert_cmpuint (message.payload_length, ==, 3);
}

static void
test_port_and_extended (void)
{
  static const guint8 port[] = { 0, 0, 0, 3, 9, 0x1a, 0xe1 };
  guint8 extended[] = { 0, 0, 0, 0, 0, 0, 'd', 'e' };
  MeirMessage message = decode_whole (port, sizeof port, sizeof port, &known);

  g_assert_cmpint (message.id, ==, MEIR_MESSAGE_PORT);
  g_assert_cmpuint (message.port, ==, 6881);

  g_assert_cmpmem (extended, meir_message_encode_extended_header (extended, 7, 2), "\0\0\0\4\x14\7", 6);
  message = decode_whole (extended, sizeof extended, sizeof extended, &known);
  g_assert_cmpint (message.id, ==, MEIR_MESSAGE_EXTENDED);
  g_assert_cmpuint (message.extended_id, ==, 7);
  g_assert_cmpmem (message.payload, message.payload_length, "de", 2);

  meir_message_encode_extended_header (extended, 4, 0);
  message = decode_whole (extended, 6, 6, &known);
  g_assert_cmpuint (message.extended_id, ==, 4);
  g_assert_cmpuint (message.payload_length, ==, 0);
}

/* W16: skipped, whatever its body; nothing of the body is needed. */
static void
test_unknown (void)
{
  static const guint8 ids[] = { 10, 11, 12, 18, 19, 21, 22, 23, 99, 255 };
  guint8 frame[5] = { 0 };
  MeirMessage message;

  for (gsize i = 0; i < sizeof ids; i++) {
    meir_store_u32 (frame, MEIR_MESSAGE_UNKNOWN_MAX);
    frame[4] = ids[i];
    g_assert_cmpint (meir_message_decode (frame, 4, &known, &message), ==, MEIR_MESSAGE_NEED_MORE);
    g_assert_cmpint (meir_message_decode (frame, 5, &known, &message), ==, MEIR_MESSAGE_OK);
    g_assert_cmpint (message.id, ==, MEIR_MESSAGE_UNKNOWN);
    g_assert_cmpuint (message.frame_length, ==, 4 + MEIR_MESSAGE_UNKNOWN_MAX);
  }
}

typedef struct {
  const char *id; /* of the case list */
  const MeirMessageLimits *limits;
  guint32 length;
  gint message_id;
  const char *body;
  gsize available; /* bytes of the frame that are enough to see it */
  MeirMessageFault fault;
} Hostile;

static const Hostile hostile[] = {
  { "W14", &known, G_MAXUINT32, -1, "", 4, MEIR_MESSAGE_FAULT_TOO_LONG },
  { "W14 just over any", &known, MEIR_MESSAGE_BITFIELD_FRAME_MAX - 3, -1, "", 4,
    MEIR_MESSAGE_FAULT_TOO_LONG },
  { "W15", &known, (1 << 20) + 1, 99, "", 5, MEIR_MESSAGE_FAULT_TOO_LONG },
  { "W17 choke", &known, 2, 0, "", 5, MEIR_MESSAGE_FAULT_SIZE },
  { "W17 unchoke", &known, 5, 1, "", 5, MEIR_MESSAGE_FAULT_SIZE },
  { "W17 interested", &known, 2, 2, "", 5, MEIR_MESSAGE_FAULT_SIZE },
  { "W17 not interested", &known, 100, 3, "", 5, MEIR_MESSAGE_FAULT_SIZE },
  { "have all with payload", &known, 2, 14, "", 5, MEIR_MESSAGE_FAULT_SIZE },
  { "have none with payload", &known, 2, 15, "", 5, MEIR_MESSAGE_FAULT_SIZE },
  { "have too short", &known, 4, 4, "", 5, MEIR_MESSAGE_FAULT_SIZE },
  { "have too long", &known, 6, 4, "", 5, MEIR_MESSAGE_FAULT_SIZE },
  { "have without index", &known, 1, 4, "", 5, MEIR_MESSAGE_FAULT_SIZE },
  { "W18", &known, 5, 4, "\0\0\0\x14", 9, MEIR_MESSAGE_FAULT_PIECE_INDEX },
  { "W19", &known, 5, 4, "\xff\xff\xff\xff", 9, MEIR_MESSAGE_FAULT_PIECE_INDEX },
  { "W19 unknown", &unknown, 5, 4, "\xff\xff\xff\xff", 9, MEIR_MESSAGE_FAULT_PIECE_INDEX },
  { "W20", &known, 3, 5, "", 5, MEIR_MESSAGE_FAULT_BITFIELD_SIZE },
  { "W21", &known, 5, 5, "", 5, MEIR_MESSAGE_FAULT_BITFIELD_SIZE },
  { "bitfield empty", &known, 1, 5, "", 5, MEIR_MESSAGE_FAULT_BITFIELD_SIZE },
  { "W22", &known, 4, 5, "\0\0\x08", 8, MEIR_MESSAGE_FAULT_BITFIELD_SPARE },
  { "W22 last", &known, 4, 5, "\xff\xff\xf1", 8, MEIR_MESSAGE_FAULT_BITFIELD_SPARE },
  { "W24", &unknown, (2 << 20) + 1, -1, "", 4, MEIR_MESSAGE_FAULT_TOO_LONG },
  { "W24 just over", &unknown, MEIR_EARLY_BITFIELD_MAX + 2, 5, "", 5, MEIR_MESSAGE_FAULT_TOO_LONG },
  { "W26", &slow, 1, 14, "", 5, MEIR_MESSAGE_FAULT_NOT_FAST },
  { "W26 have none", &slow, 1, 15, "", 5, MEIR_MESSAGE_FAULT_NOT_FAST },
  { "W26 suggest", &slow, 5, 13, "", 5, MEIR_MESSAGE_FAULT_NOT_FAST },
  { "W26 reject", &slow, 13, 16, "", 5, MEIR_MESSAGE_FAULT_NOT_FAST },
  { "W26 allowed fast", &slow, 5, 17, "", 5, MEIR_MESSAGE_FAULT_NOT_FAST },
  { "W27", &known, 13, 6, "\0\0\0\x14\0\0\0\0\0\0\x40\0", 17, MEIR_MESSAGE_FAULT_PIECE_INDEX },
  { "W27 cancel", &known, 13, 8, "\0\0\0\x14\0\0\0\0\0\0\x40\0", 17, MEIR_MESSAGE_FAULT_PIECE_INDEX },
  { "W27 reject", &known, 13, 16, "\0\0\0\x14\0\0\0\0\0\0\x40\0", 17, MEIR_MESSAGE_FAULT_PIECE_INDEX },
  { "W28", &known, 13, 6, "\0\0\0\1\xff\xff\xff\xff\0\0\x40\0", 17, MEIR_MESSAGE_FAULT_BLOCK_RANGE },
  { "W28 to zero", &known, 13, 6, "\0\0\0\1\xff\xff\xc0\0\0\0\x40\0", 17, MEIR_MESSAGE_FAULT_BLOCK_RANGE },
  { "W28 unknown", &unknown, 13, 6, "\0\0\0\1\xff\xff\xff\xff\0\0\x40\0", 17,
    MEIR_MESSAGE_FAULT_BLOCK_RANGE },
  { "W28 one past", &known, 13, 6, "\0\0\0\1\0\0\xc0\1\0\0\x40\0", 17, MEIR_MESSAGE_FAULT_BLOCK_RANGE },
  { "W28 at the end", &known, 13, 6, "\0\0\0\1\0\1\0\0\0\0\0\1", 17, MEIR_MESSAGE_FAULT_BLOCK_RANGE },
  { "W28 last piece", &known, 13, 6, "\0\0\0\x13\0\0\x40\0\0\0\x0e\x21", 17, MEIR_MESSAGE_FAULT_BLOCK_RANGE },
  { "W29", &known, 13, 6, "\0\0\0\1\0\0\0\0\0\0\0\0", 17, MEIR_MESSAGE_FAULT_BLOCK_LENGTH },
  { "W30", &known, 13, 6, "\0\0\0\1\0\0\0\0\0\2\0\1", 17, MEIR_MESSAGE_FAULT_BLOCK_LENGTH },
  { "W30 huge", &known, 13, 6, "\0\0\0\1\0\0\0\0\xff\xff\xff\xff", 17, MEIR_MESSAGE_FAULT_BLOCK_LENGTH },
  { "request short", &known, 12, 6, "", 5, MEIR_MESSAGE_FAULT_SIZE },
  { "request long", &known, 14, 6, "", 5, MEIR_MESSAGE_FAULT_SIZE },
  { "cancel short", &known, 1, 8, "", 5, MEIR_MESSAGE_FAULT_SIZE },
  { "piece index", &known, 9 + 16384, 7, "\0\0\0\x14\0\0\0\0", 13, MEIR_MESSAGE_FAULT_PIECE_INDEX },
  { "W38 over the piece", &known, 9 + 16384, 7, "\0\0\0\1\0\0\xc0\1", 13, MEIR_MESSAGE_FAULT_BLOCK_RANGE },
  { "W38 over the cap", &known, 9 + (128 << 10) + 1, 7, "", 5, MEIR_MESSAGE_FAULT_TOO_LONG },
  { "piece without a block", &known, 9, 7, "\0\0\0\1\0\0\0\0", 13, MEIR_MESSAGE_FAULT_BLOCK_LENGTH },
  { "piece without a header", &known, 8, 7, "", 5, MEIR_MESSAGE_FAULT_SIZE },
  { "W48 port short", &known, 2, 9, "", 5, MEIR_MESSAGE_FAULT_SIZE },
  { "W50 allowed fast index", &known, 5, 17, "\0\0\0\x14", 9, MEIR_MESSAGE_FAULT_PIECE_INDEX },
  { "suggest index", &known, 5, 13, "\0\0\0\x14", 9, MEIR_MESSAGE_FAULT_PIECE_INDEX },
  { "extended without an id", &known, 1, 20, "", 5, MEIR_MESSAGE_FAULT_SIZE },
  { "E02", &known, 1 << 20, 20, "", 5, MEIR_MESSAGE_FAULT_TOO_LONG },
  { "E02 handshake", &known, 2 + (64 << 10) + 1, 20, "\0", 6, MEIR_MESSAGE_FAULT_TOO_LONG },
  { "extension just over", &known, 2 + (128 << 10) + 1, 20, "\1", 5, MEIR_MESSAGE_FAULT_TOO_LONG },
};

static void
test_hostile (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (hostile); i++) {
    const Hostile *c = &hostile[i];
    g_autofree guint8 *frame = g_malloc0 (32);
    MeirMessage message;

    g_test_message ("%s", c->id);
    meir_store_u32 (frame, c->length);
    if (c->message_id >= 0)
      frame[4] = (guint8) c->message_id;
    if (c->available > 5)
      memcpy (frame + 5, c->body, c->available - 5);
    /* Not before, but as soon as the bytes are there that show it, and no byte past them is looked at. */
    g_assert_cmpint (meir_message_decode (frame, c->available - 1, c->limits, &message), ==,
                     MEIR_MESSAGE_NEED_MORE);
    frame = g_realloc (frame, c->available);
    g_assert_cmpint (meir_message_decode (frame, c->available, c->limits, &message), ==, MEIR_MESSAGE_BAD);
    g_assert_cmpint (message.fault, ==, c->fault);
    g_assert_cmpuint (strlen (meir_message_fault_to_text (message.fault)), >, 10);
  }
}

/* What lies just inside each limit is accepted. */
static void
test_at_the_limits (void)
{
  static const struct {
    const MeirMessageLimits *limits;
    guint32 length;
    guint8 message_id;
    char body[13];
  } cases[] = {
    { &known, 5, 4, "\0\0\0\x13" },
    { &unknown, 5, 4, "\0\x98\x96\x7f" }, /* piece 9,999,999 */
    { &known, 4, 5, "\xff\xff\xf0" },
    { &known, 13, 6, "\0\0\0\1\0\0\xc0\0\0\0\x40\0" },     /* to the piece's end */
    { &known, 13, 6, "\0\0\0\x13\0\0\x40\0\0\0\x0e\x20" }, /* to the last one's */
    { &known, 13, 6, "\0\0\0\1\0\0\0\0\0\0\0\1" },
    { &unknown, 13, 6, "\0\0\0\1\0\0\0\0\0\2\0\0" }, /* 128 KiB */
    { &unknown, 13, 6, "\0\0\0\1\xff\xff\xbf\xff\0\0\x40\0" },
    { &known, 9 + 65536, 7, "\0\0\0\1\0\0\0\0" },
    { &unknown, 9 + (128 << 10), 7, "\0\0\0\1\0\0\0\0" },
    { &slow, 5, 4, "\0\0\0\0" },
    { &known, 3, 9, "\0\0" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    guint8 frame[17] = { 0 };
    MeirMessage message;

    meir_store_u32 (frame, cases[i].length);
    frame[4] = cases[i].message_id;
    memcpy (frame + 5, cases[i].body, MIN (cases[i].length - 1, 12));
    g_test_message ("case %" G_GSIZE_FORMAT, i);
    g_assert_cmpint (meir_message_decode (frame, sizeof frame, cases[i].limits, &message), ==,
                     MEIR_MESSAGE_OK);
    g_assert_cmpint (message.fault, ==, MEIR_MESSAGE_FAULT_NONE);
  }
}

static void
test_large_frames (void)
{
  gsize bitfield_length = MEIR_MESSAGE_STATE_SIZE + MEIR_EARLY_BITFIELD_MAX;
  gsize handshake_length = MEIR_MESSAGE_EXTENDED_HEADER_SIZE + MEIR_EXTENSION_HANDSHAKE_MAX;
  gsize extension_length = MEIR_MESSAGE_EXTENDED_HEADER_SIZE + MEIR_EXTENSION_MESSAGE_MAX;
  const MeirMessageLimits largest = { .n_pieces = MEIR_PIECES_MAX };
  g_autofree guint8 *frame = g_malloc0 (MEIR_MESSAGE_BITFIELD_FRAME_MAX);
  MeirMessage message;

  meir_message_encode_bitfield_header (frame, MEIR_EARLY_BITFIELD_MAX);
  g_assert_cmpint (meir_message_decode (frame, bitfield_length - 1, &unknown, &message), ==,
                   MEIR_MESSAGE_NEED_MORE);
  g_assert_cmpuint (message.needed, ==, bitfield_length);
  g_assert_cmpint (meir_message_decode (frame, bitfield_length, &unknown, &message), ==, MEIR_MESSAGE_OK);
  g_assert_cmpuint (message.payload_length, ==, MEIR_EARLY_BITFIELD_MAX);

  meir_message_encode_bitfield_header (frame, MEIR_MESSAGE_BITFIELD_FRAME_MAX - MEIR_MESSAGE_STATE_SIZE);
  g_assert_cmpint (meir_message_decode (frame, MEIR_MESSAGE_BITFIELD_FRAME_MAX, &largest, &message), ==,
                   MEIR_MESSAGE_OK);

  meir_message_encode_extended_header (frame, 0, MEIR_EXTENSION_HANDSHAKE_MAX);
  g_assert_cmpint (meir_message_decode (frame, handshake_length, &known, &message), ==, MEIR_MESSAGE_OK);
  g_assert_cmpuint (message.payload_length, ==, MEIR_EXTENSION_HANDSHAKE_MAX);
  meir_message_encode_extended_header (frame, 1, MEIR_EXTENSION_MESSAGE_MAX);
  g_assert_cmpint (meir_message_decode (frame, extension_length, &known, &message), ==, MEIR_MESSAGE_OK);
  g_assert_cmpuint (message.payload_length, ==, MEIR_EXTENSION_MESSAGE_MAX);
}

/* Random bytes with plausible beginnings: no verdict contradicts itself. */
static void
test_random (void)
{
  MeirPrng prng;

  meir_prng_init (&prng, 8);
  for (guint round = 0; round < 200000; round++) {
    guint8 bytes[24];
    gsize available = meir_prng_below (&prng, sizeof bytes + 1);
    MeirMessage message;

    for (gsize i = 0; i < sizeof bytes; i++)
      bytes[i] = (guint8) (meir_prng_below (&prng, 3) == 0 ? meir_prng_next (&prng) : 0);
    bytes[3] = (guint8) meir_prng_below (&prng, 16);
    bytes[4] = (guint8) meir_prng_below (&prng, 24);
    switch (meir_message_decode (bytes, available, &known, &message)) {
    case MEIR_MESSAGE_OK:
      g_assert_cmpint (message.fault, ==, MEIR_MESSAGE_FAULT_NONE);
      g_assert_cmpuint (message.frame_length, >=, 4);
      if (message.payload != NULL)
        g_assert_true (message.payload + message.payload_length <= bytes + available);
      break;
    case MEIR_MESSAGE_NEED_MORE:
      g_assert_cmpuint (message.needed, >, available);
      break;
    case MEIR_MESSAGE_BAD:
      g_assert_cmpint (message.fault, !=, MEIR_MESSAGE_FAULT_NONE);
      break;
    default:
      g_assert_not_reached ();
    }
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/message/states", test_states);
  g_test_add_func ("/message/have", test_have);
  g_test_add_func ("/message/blocks", test_blocks);
  g_test_add_func ("/message/piece", test_piece);
  g_test_add_func ("/message/bitfield", test_bitfield);
  g_test_add_func ("/message/port-and-extended", test_port_and_extended);
  g_test_add_func ("/message/unknown", test_unknown);
  g_test_add_func ("/message/hostile", test_hostile);
  g_test_add_func ("/message/at-the-limits", test_at_the_limits);
  g_test_add_func ("/message/large-frames", test_large_frames);
  g_test_add_func ("/message/random", test_random);
  return g_test_run ();
}
