/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fuzz-target.h"

#include "wire/meir-message.h"

/* The first byte chooses what is known of the torrent; the rest is the stream of a peer. */
static const MeirMessageLimits limits[] = {
  { .fast = TRUE },
  { .n_pieces = 20, .piece_length = 65536, .last_piece_length = 20000, .fast = TRUE },
  { .n_pieces = 20, .piece_length = 65536, .last_piece_length = 20000 },
  { .n_pieces = MEIR_PIECES_MAX, .piece_length = 16384, .last_piece_length = 1, .fast = TRUE },
};

static void
check_message (const MeirMessage *message, const guint8 *bytes, gsize available,
               const MeirMessageLimits *limit)
{
  g_assert_true (message->frame_length >= 4 && message->frame_length <= MEIR_MESSAGE_BITFIELD_FRAME_MAX);
  if (message->payload != NULL)
    g_assert_true (message->payload >= bytes &&
                   message->payload + message->payload_length <= bytes + available);
  if (limit->n_pieces > 0)
    g_assert_true (message->piece < limit->n_pieces);
  if (message->length > 0) {
    g_assert_true (message->length <= MEIR_REQUEST_LENGTH_MAX);
    g_assert_true ((guint64) message->begin + message->length <= MAX (limit->piece_length, G_MAXUINT32));
  }
}

int
LLVMFuzzerTestOneInput (const uint8_t *bytes, size_t length)
{
  const MeirMessageLimits *limit;

  if (length == 0)
    return 0;
  limit = &limits[bytes[0] % G_N_ELEMENTS (limits)];
  for (bytes++, length--; length > 0;) {
    MeirMessage message, shorter;
    MeirMessageResult result = meir_message_decode (bytes, length, limit, &message);

    if (result == MEIR_MESSAGE_NEED_MORE) {
      g_assert_true (message.needed > length);
      return 0;
    }
    if (result == MEIR_MESSAGE_BAD) {
      g_assert_true (message.fault != MEIR_MESSAGE_FAULT_NONE);
      return 0;
    }
    check_message (&message, bytes, length, limit);
    /* With fewer bytes the verdict may wait, but it does not change. */
    result = meir_message_decode (bytes, length / 2, limit, &shorter);
    g_assert_true (result != MEIR_MESSAGE_BAD);
    g_assert_true (result == MEIR_MESSAGE_NEED_MORE || shorter.frame_length == message.frame_length);
    length -= MIN (length, message.frame_length);
    bytes += message.frame_length;
  }
  return 0;
}
