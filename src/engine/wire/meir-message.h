/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/meir-limits.h"

#include <glib.h>

G_BEGIN_DECLS

/**
 * MeirMessageId:
 *
 * The messages of the peer protocol by their id on the wire: BEP 3 (0 to 8), BEP 5 (9), BEP 6 (13 to 17) and
 * BEP 10 (20). The last two are not ids: a keep-alive has none, and unknown stands for all others.
 */
typedef enum {
  MEIR_MESSAGE_CHOKE = 0,
  MEIR_MESSAGE_UNCHOKE = 1,
  MEIR_MESSAGE_INTERESTED = 2,
  MEIR_MESSAGE_NOT_INTERESTED = 3,
  MEIR_MESSAGE_HAVE = 4,
  MEIR_MESSAGE_BITFIELD = 5,
  MEIR_MESSAGE_REQUEST = 6,
  MEIR_MESSAGE_PIECE = 7,
  MEIR_MESSAGE_CANCEL = 8,
  MEIR_MESSAGE_PORT = 9,
  MEIR_MESSAGE_SUGGEST = 13,
  MEIR_MESSAGE_HAVE_ALL = 14,
  MEIR_MESSAGE_HAVE_NONE = 15,
  MEIR_MESSAGE_REJECT = 16,
  MEIR_MESSAGE_ALLOWED_FAST = 17,
  MEIR_MESSAGE_EXTENDED = 20,
  MEIR_MESSAGE_KEEP_ALIVE = 256,
  MEIR_MESSAGE_UNKNOWN = 257,
} MeirMessageId;

/* Sizes on the wire, bytes, length prefix included. */
#define MEIR_MESSAGE_PREFIX_LENGTH   4u
#define MEIR_MESSAGE_KEEP_ALIVE_SIZE 4u
/* choke, unchoke, interested, not interested, have all, have none; also the header of a bitfield */
#define MEIR_MESSAGE_STATE_SIZE 5u
#define MEIR_MESSAGE_HAVE_SIZE  9u
/* request, cancel, reject */
#define MEIR_MESSAGE_REQUEST_SIZE         17u
#define MEIR_MESSAGE_PIECE_HEADER_SIZE    13u
#define MEIR_MESSAGE_EXTENDED_HEADER_SIZE 6u
/* What any encoder here writes at most. */
#define MEIR_MESSAGE_ENCODED_MAX MEIR_MESSAGE_REQUEST_SIZE
/* Longest message with an unknown id that is skipped rather than taken for an attack: the length prefix's
 * value. */
#define MEIR_MESSAGE_UNKNOWN_MAX (1u << 20)
/* Longest bitfield frame there can be; all other frames that must be there whole are shorter than
 * MEIR_MESSAGE_EXTENDED_HEADER_SIZE + MEIR_EXTENSION_MESSAGE_MAX. */
#define MEIR_MESSAGE_BITFIELD_FRAME_MAX (MEIR_MESSAGE_STATE_SIZE + (MEIR_PIECES_MAX + 7) / 8)

/**
 * MeirMessageLimits:
 * @n_pieces: pieces of the torrent; 0 while the metadata is not known
 * @piece_length: bytes of a piece but the last; 0 while not known
 * @last_piece_length: bytes of the last piece; 0 while not known
 * @fast: whether both ends set the reserved bit of BEP 6; without it its messages are faults
 *
 * What a message is checked against.
 */
typedef struct {
  guint32 n_pieces;
  guint32 piece_length;
  guint32 last_piece_length;
  gboolean fast;
} MeirMessageLimits;

/**
 * MeirMessageFault:
 *
 * Why a message is unacceptable. Every one of them closes the connection. meir_message_fault_to_text () has
 * the words.
 */
typedef enum {
  MEIR_MESSAGE_FAULT_NONE,
  MEIR_MESSAGE_FAULT_TOO_LONG,       /* over the cap of its kind */
  MEIR_MESSAGE_FAULT_SIZE,           /* not the fixed size of its kind */
  MEIR_MESSAGE_FAULT_PIECE_INDEX,    /* no such piece */
  MEIR_MESSAGE_FAULT_BLOCK_LENGTH,   /* 0, or over MEIR_REQUEST_LENGTH_MAX */
  MEIR_MESSAGE_FAULT_BLOCK_RANGE,    /* reaches past the piece's end */
  MEIR_MESSAGE_FAULT_BITFIELD_SIZE,  /* not one bit for each piece */
  MEIR_MESSAGE_FAULT_BITFIELD_SPARE, /* bits set that belong to no piece */
  MEIR_MESSAGE_FAULT_NOT_FAST,       /* a message of BEP 6 that was not agreed on */
} MeirMessageFault;

/**
 * MeirMessage:
 * @id: which
 * @piece: have, request, piece, cancel, suggest, reject, allowed fast: the piece index, < n_pieces once that
 * is known
 * @begin: request, piece, cancel, reject: offset of the block in its piece, bytes
 * @length: request, cancel, reject: length asked for; piece: length of the block; 1 to
 * MEIR_REQUEST_LENGTH_MAX
 * @port: port: the DHT port
 * @extended_id: extended: which extension (0: the handshake)
 * @payload: bitfield: its bytes; extended: what follows the extended id; else NULL. Lies in the caller's
 * bytes
 * @payload_length: bytes there
 * @frame_length: bytes of the whole message with its prefix: what to consume
 * @needed: after NEED_MORE: bytes that must be there, from the start of the message, before the next try
 * @fault: after BAD: why
 */
typedef struct {
  MeirMessageId id;
  guint32 piece;
  guint32 begin;
  guint32 length;
  guint16 port;
  guint8 extended_id;
  const guint8 *payload;
  guint32 payload_length;
  guint32 frame_length;
  guint32 needed;
  MeirMessageFault fault;
} MeirMessage;

/**
 * MeirMessageResult:
 * @MEIR_MESSAGE_NEED_MORE: too few bytes yet; nothing is wrong with those that are there
 * @MEIR_MESSAGE_OK: decoded
 * @MEIR_MESSAGE_BAD: close the connection
 */
typedef enum {
  MEIR_MESSAGE_NEED_MORE,
  MEIR_MESSAGE_OK,
  MEIR_MESSAGE_BAD,
} MeirMessageResult;

/**
 * meir_message_decode:
 * @bytes: the stream from the start of a message
 * @available: bytes there
 *
 * Decodes one message. A fault is reported as soon as the bytes that show it are there, so nothing is ever
 * buffered for a message that will be refused.
 *
 * Two kinds are OK before their whole frame is there: a piece as soon as its 13 header bytes are, so that the
 * block
 * (@length bytes after the header) can be received straight into its place; and an unknown message as soon as
 * its 5 header bytes are, to be skipped. All others need their whole frame.
 *
 * Engine thread or any other; pure; allocates nothing.
 */
MeirMessageResult meir_message_decode (const guint8 *bytes, gsize available, const MeirMessageLimits *limits,
                                       MeirMessage *message);

/* "named a piece that does not exist": what the peer did, (transfer none). */
const char *meir_message_fault_to_text (MeirMessageFault fault);

/* Encoders: write one message (or its header) to @buffer, which has room for MEIR_MESSAGE_ENCODED_MAX bytes,
 * and return its length. */
gsize meir_message_encode_keep_alive (guint8 *buffer);
/* @id: choke, unchoke, interested, not interested, have all or have none. */
gsize meir_message_encode_state (guint8 *buffer, MeirMessageId id);
gsize meir_message_encode_have (guint8 *buffer, guint32 piece);
gsize meir_message_encode_request (guint8 *buffer, guint32 piece, guint32 begin, guint32 length);
gsize meir_message_encode_cancel (guint8 *buffer, guint32 piece, guint32 begin, guint32 length);
gsize meir_message_encode_reject (guint8 *buffer, guint32 piece, guint32 begin, guint32 length);
/* The 5 bytes before the bitfield's own, of which there are @length. */
gsize meir_message_encode_bitfield_header (guint8 *buffer, guint32 length);
/* The 13 bytes before a block of @length. */
gsize meir_message_encode_piece_header (guint8 *buffer, guint32 piece, guint32 begin, guint32 length);
/* The 6 bytes before an extension's payload of @length (BEP 10). */
gsize meir_message_encode_extended_header (guint8 *buffer, guint8 extended_id, guint32 length);

G_END_DECLS
