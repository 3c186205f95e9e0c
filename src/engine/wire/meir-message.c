/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "wire/meir-message.h"

#include "base/meir-bitfield.h"
#include "base/meir-byte-cursor.h"
#include "meir-config.h"

#include <glib/gi18n-lib.h>

/* What the length prefix of each kind may be: the id and what follows it. */
typedef struct {
  guint32 min;
  guint32 max;
  gboolean fast; /* of BEP 6 */
} Kind;

#define STATE_LENGTH   1u
#define HAVE_LENGTH    (MEIR_MESSAGE_HAVE_SIZE - MEIR_MESSAGE_PREFIX_LENGTH)
#define REQUEST_LENGTH (MEIR_MESSAGE_REQUEST_SIZE - MEIR_MESSAGE_PREFIX_LENGTH)
#define PORT_LENGTH    3u
#define PIECE_OVERHEAD (MEIR_MESSAGE_PIECE_HEADER_SIZE - MEIR_MESSAGE_PREFIX_LENGTH)
/* Id and extended id. */
#define EXTENDED_OVERHEAD (MEIR_MESSAGE_EXTENDED_HEADER_SIZE - MEIR_MESSAGE_PREFIX_LENGTH)
#define LENGTH_MAX        (MEIR_MESSAGE_BITFIELD_FRAME_MAX - MEIR_MESSAGE_PREFIX_LENGTH)

static const Kind kinds[] = {
  [MEIR_MESSAGE_CHOKE] = { STATE_LENGTH, STATE_LENGTH },
  [MEIR_MESSAGE_UNCHOKE] = { STATE_LENGTH, STATE_LENGTH },
  [MEIR_MESSAGE_INTERESTED] = { STATE_LENGTH, STATE_LENGTH },
  [MEIR_MESSAGE_NOT_INTERESTED] = { STATE_LENGTH, STATE_LENGTH },
  [MEIR_MESSAGE_HAVE] = { HAVE_LENGTH, HAVE_LENGTH },
  [MEIR_MESSAGE_BITFIELD] = { STATE_LENGTH, LENGTH_MAX },
  [MEIR_MESSAGE_REQUEST] = { REQUEST_LENGTH, REQUEST_LENGTH },
  [MEIR_MESSAGE_PIECE] = { PIECE_OVERHEAD, PIECE_OVERHEAD + MEIR_REQUEST_LENGTH_MAX },
  [MEIR_MESSAGE_CANCEL] = { REQUEST_LENGTH, REQUEST_LENGTH },
  [MEIR_MESSAGE_PORT] = { PORT_LENGTH, PORT_LENGTH },
  [MEIR_MESSAGE_SUGGEST] = { HAVE_LENGTH, HAVE_LENGTH, TRUE },
  [MEIR_MESSAGE_HAVE_ALL] = { STATE_LENGTH, STATE_LENGTH, TRUE },
  [MEIR_MESSAGE_HAVE_NONE] = { STATE_LENGTH, STATE_LENGTH, TRUE },
  [MEIR_MESSAGE_REJECT] = { REQUEST_LENGTH, REQUEST_LENGTH, TRUE },
  [MEIR_MESSAGE_ALLOWED_FAST] = { HAVE_LENGTH, HAVE_LENGTH, TRUE },
  [MEIR_MESSAGE_EXTENDED] = { EXTENDED_OVERHEAD, EXTENDED_OVERHEAD + MEIR_EXTENSION_MESSAGE_MAX },
};

static MeirMessageResult
need (MeirMessage *message, guint32 n_bytes)
{
  message->needed = n_bytes;
  return MEIR_MESSAGE_NEED_MORE;
}

static MeirMessageResult
refuse (MeirMessage *message, MeirMessageFault fault)
{
  message->fault = fault;
  return MEIR_MESSAGE_BAD;
}

/* Everything that the first five bytes can tell. */
static MeirMessageFault
check_header (guint8 id, guint32 length, const MeirMessageLimits *limits)
{
  const Kind *kind = id < G_N_ELEMENTS (kinds) && kinds[id].max > 0 ? &kinds[id] : NULL;

  if (kind == NULL)
    return length > MEIR_MESSAGE_UNKNOWN_MAX ? MEIR_MESSAGE_FAULT_TOO_LONG : MEIR_MESSAGE_FAULT_NONE;
  if (kind->fast && !limits->fast) /* BEP 6: close when it was not agreed on */
    return MEIR_MESSAGE_FAULT_NOT_FAST;
  if (kind->min == kind->max && length != kind->min)
    return MEIR_MESSAGE_FAULT_SIZE;
  if (length > kind->max)
    return MEIR_MESSAGE_FAULT_TOO_LONG;
  if (length < kind->min)
    return MEIR_MESSAGE_FAULT_SIZE;
  if (id == MEIR_MESSAGE_BITFIELD) {
    guint32 n_bytes = length - STATE_LENGTH;

    if (limits->n_pieces > 0 && n_bytes != MEIR_BITFIELD_BYTES (limits->n_pieces))
      return MEIR_MESSAGE_FAULT_BITFIELD_SIZE;
    if (limits->n_pieces == 0 && n_bytes > MEIR_EARLY_BITFIELD_MAX)
      return MEIR_MESSAGE_FAULT_TOO_LONG;
  }
  return MEIR_MESSAGE_FAULT_NONE;
}

static MeirMessageFault
check_piece (const MeirMessage *message, const MeirMessageLimits *limits)
{
  guint32 n_pieces = limits->n_pieces > 0 ? limits->n_pieces : MEIR_PIECES_MAX;

  return message->piece < n_pieces ? MEIR_MESSAGE_FAULT_NONE : MEIR_MESSAGE_FAULT_PIECE_INDEX;
}

static MeirMessageFault
check_block (const MeirMessage *message, const MeirMessageLimits *limits)
{
  MeirMessageFault fault = check_piece (message, limits);
  guint32 piece_length = limits->piece_length;

  if (fault != MEIR_MESSAGE_FAULT_NONE)
    return fault;
  if (message->length == 0 || message->length > MEIR_REQUEST_LENGTH_MAX)
    return MEIR_MESSAGE_FAULT_BLOCK_LENGTH;
  if (limits->n_pieces > 0 && message->piece == limits->n_pieces - 1 && limits->last_piece_length > 0)
    piece_length = limits->last_piece_length;
  if (piece_length == 0)
    piece_length = G_MAXUINT32;
  if (message->begin > piece_length || message->length > piece_length - message->begin)
    return MEIR_MESSAGE_FAULT_BLOCK_RANGE;
  return MEIR_MESSAGE_FAULT_NONE;
}

static MeirMessageFault
decode_block (MeirMessage *message, const guint8 *body, const MeirMessageLimits *limits)
{
  message->piece = meir_load_u32 (body);
  message->begin = meir_load_u32 (body + 4);
  message->length = meir_load_u32 (body + 8);
  return check_block (message, limits);
}

static MeirMessageFault
decode_bitfield (MeirMessage *message, const guint8 *body, guint32 length, const MeirMessageLimits *limits)
{
  guint32 n_spare = (8 - limits->n_pieces % 8) % 8;

  message->payload = body;
  message->payload_length = length;
  /* While the number of pieces is unknown the size is all there is to check. */
  if (limits->n_pieces > 0 && (body[length - 1] & ((1u << n_spare) - 1)) != 0)
    return MEIR_MESSAGE_FAULT_BITFIELD_SPARE;
  return MEIR_MESSAGE_FAULT_NONE;
}

/* @body: what follows the id; all of it is there, but a piece's block and an unknown message's body. */
static MeirMessageFault
decode_body (MeirMessage *message, const guint8 *body, guint32 length, const MeirMessageLimits *limits)
{
  switch (message->id) {
  case MEIR_MESSAGE_HAVE:
  case MEIR_MESSAGE_SUGGEST:
  case MEIR_MESSAGE_ALLOWED_FAST:
    message->piece = meir_load_u32 (body);
    return check_piece (message, limits);
  case MEIR_MESSAGE_BITFIELD:
    return decode_bitfield (message, body, length, limits);
  case MEIR_MESSAGE_REQUEST:
  case MEIR_MESSAGE_CANCEL:
  case MEIR_MESSAGE_REJECT:
    return decode_block (message, body, limits);
  case MEIR_MESSAGE_PIECE:
    message->piece = meir_load_u32 (body);
    message->begin = meir_load_u32 (body + 4);
    message->length = length - 8;
    return check_block (message, limits);
  case MEIR_MESSAGE_PORT:
    message->port = meir_load_u16 (body);
    return MEIR_MESSAGE_FAULT_NONE;
  case MEIR_MESSAGE_EXTENDED:
    message->extended_id = body[0];
    message->payload = body + 1;
    message->payload_length = length - 1;
    return MEIR_MESSAGE_FAULT_NONE;
  case MEIR_MESSAGE_CHOKE:
  case MEIR_MESSAGE_UNCHOKE:
  case MEIR_MESSAGE_INTERESTED:
  case MEIR_MESSAGE_NOT_INTERESTED:
  case MEIR_MESSAGE_HAVE_ALL:
  case MEIR_MESSAGE_HAVE_NONE:
  case MEIR_MESSAGE_KEEP_ALIVE:
  case MEIR_MESSAGE_UNKNOWN:
  default:
    return MEIR_MESSAGE_FAULT_NONE;
  }
}

/* How much of a message must be there before it can be decoded. */
static guint32
get_needed (guint8 id, guint32 frame_length)
{
  if (id == MEIR_MESSAGE_PIECE)
    return MEIR_MESSAGE_PIECE_HEADER_SIZE;
  if (id >= G_N_ELEMENTS (kinds) || kinds[id].max == 0)
    return MEIR_MESSAGE_STATE_SIZE;
  return frame_length;
}

MeirMessageResult
meir_message_decode (const guint8 *bytes, gsize available, const MeirMessageLimits *limits,
                     MeirMessage *message)
{
  guint32 length, needed;
  guint8 id;

  *message = (MeirMessage){ .id = MEIR_MESSAGE_UNKNOWN };
  if (available < MEIR_MESSAGE_PREFIX_LENGTH)
    return need (message, MEIR_MESSAGE_PREFIX_LENGTH);
  length = meir_load_u32 (bytes);
  if (length > LENGTH_MAX)
    return refuse (message, MEIR_MESSAGE_FAULT_TOO_LONG);
  message->frame_length = MEIR_MESSAGE_PREFIX_LENGTH + length;
  if (length == 0) {
    message->id = MEIR_MESSAGE_KEEP_ALIVE;
    return MEIR_MESSAGE_OK;
  }
  if (available < MEIR_MESSAGE_STATE_SIZE)
    return need (message, MEIR_MESSAGE_STATE_SIZE);
  id = bytes[MEIR_MESSAGE_PREFIX_LENGTH];
  message->fault = check_header (id, length, limits);
  if (message->fault != MEIR_MESSAGE_FAULT_NONE)
    return MEIR_MESSAGE_BAD;
  /* BEP 10: the handshake's cap is lower, and its id one byte further on. */
  if (id == MEIR_MESSAGE_EXTENDED && available >= MEIR_MESSAGE_EXTENDED_HEADER_SIZE &&
      bytes[MEIR_MESSAGE_STATE_SIZE] == 0 && length > EXTENDED_OVERHEAD + MEIR_EXTENSION_HANDSHAKE_MAX)
    return refuse (message, MEIR_MESSAGE_FAULT_TOO_LONG);
  needed = get_needed (id, message->frame_length);
  if (available < needed)
    return need (message, needed);
  if (id < G_N_ELEMENTS (kinds) && kinds[id].max > 0)
    message->id = (MeirMessageId) id;
  message->fault = decode_body (message, bytes + MEIR_MESSAGE_STATE_SIZE, length - STATE_LENGTH, limits);
  return message->fault == MEIR_MESSAGE_FAULT_NONE ? MEIR_MESSAGE_OK : MEIR_MESSAGE_BAD;
}

const char *
meir_message_fault_to_text (MeirMessageFault fault)
{
  switch (fault) {
  case MEIR_MESSAGE_FAULT_NONE:
    return _ ("Did nothing wrong");
  case MEIR_MESSAGE_FAULT_TOO_LONG:
    return _ ("Sent a message that is too long for its kind");
  case MEIR_MESSAGE_FAULT_SIZE:
    return _ ("Sent a message of the wrong size for its kind");
  case MEIR_MESSAGE_FAULT_PIECE_INDEX:
    return _ ("Named a piece that does not exist");
  case MEIR_MESSAGE_FAULT_BLOCK_LENGTH:
    return _ ("Named a block that is empty or longer than 128 KiB");
  case MEIR_MESSAGE_FAULT_BLOCK_RANGE:
    return _ ("Named a block that reaches past the end of its piece");
  case MEIR_MESSAGE_FAULT_BITFIELD_SIZE:
    return _ ("Sent a bitfield that is not of one bit for each piece");
  case MEIR_MESSAGE_FAULT_BITFIELD_SPARE:
    return _ ("Sent a bitfield with bits set past the last piece");
  case MEIR_MESSAGE_FAULT_NOT_FAST:
    return _ ("Sent a message of the fast extension without having agreed on it");
  default:
    g_return_val_if_reached ("");
  }
}

static gsize
encode_header (guint8 *buffer, MeirMessageId id, guint32 length)
{
  meir_store_u32 (buffer, length);
  buffer[MEIR_MESSAGE_PREFIX_LENGTH] = (guint8) id;
  return MEIR_MESSAGE_STATE_SIZE;
}

static gsize
encode_block (guint8 *buffer, MeirMessageId id, guint32 piece, guint32 begin, guint32 length)
{
  encode_header (buffer, id, REQUEST_LENGTH);
  meir_store_u32 (buffer + 5, piece);
  meir_store_u32 (buffer + 9, begin);
  meir_store_u32 (buffer + 13, length);
  return MEIR_MESSAGE_REQUEST_SIZE;
}

gsize
meir_message_encode_keep_alive (guint8 *buffer)
{
  meir_store_u32 (buffer, 0);
  return MEIR_MESSAGE_KEEP_ALIVE_SIZE;
}

gsize
meir_message_encode_state (guint8 *buffer, MeirMessageId id)
{
  g_return_val_if_fail (id < G_N_ELEMENTS (kinds) && kinds[id].max == STATE_LENGTH, 0);

  return encode_header (buffer, id, STATE_LENGTH);
}

gsize
meir_message_encode_have (guint8 *buffer, guint32 piece)
{
  encode_header (buffer, MEIR_MESSAGE_HAVE, HAVE_LENGTH);
  meir_store_u32 (buffer + MEIR_MESSAGE_STATE_SIZE, piece);
  return MEIR_MESSAGE_HAVE_SIZE;
}

gsize
meir_message_encode_request (guint8 *buffer, guint32 piece, guint32 begin, guint32 length)
{
  return encode_block (buffer, MEIR_MESSAGE_REQUEST, piece, begin, length);
}

gsize
meir_message_encode_cancel (guint8 *buffer, guint32 piece, guint32 begin, guint32 length)
{
  return encode_block (buffer, MEIR_MESSAGE_CANCEL, piece, begin, length);
}

gsize
meir_message_encode_reject (guint8 *buffer, guint32 piece, guint32 begin, guint32 length)
{
  return encode_block (buffer, MEIR_MESSAGE_REJECT, piece, begin, length);
}

gsize
meir_message_encode_bitfield_header (guint8 *buffer, guint32 length)
{
  return encode_header (buffer, MEIR_MESSAGE_BITFIELD, STATE_LENGTH + length);
}

gsize
meir_message_encode_piece_header (guint8 *buffer, guint32 piece, guint32 begin, guint32 length)
{
  encode_header (buffer, MEIR_MESSAGE_PIECE, PIECE_OVERHEAD + length);
  meir_store_u32 (buffer + 5, piece);
  meir_store_u32 (buffer + 9, begin);
  return MEIR_MESSAGE_PIECE_HEADER_SIZE;
}

gsize
meir_message_encode_extended_header (guint8 *buffer, guint8 extended_id, guint32 length)
{
  encode_header (buffer, MEIR_MESSAGE_EXTENDED, EXTENDED_OVERHEAD + length);
  buffer[MEIR_MESSAGE_STATE_SIZE] = extended_id;
  return MEIR_MESSAGE_EXTENDED_HEADER_SIZE;
}
