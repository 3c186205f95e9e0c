/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "session/meir-peer.h"

#include <string.h>

/* Blocks that come before anything could be asked for, until the connection is given up. */
#define UNASKED_BLOCKS_MAX 20u

/* The way of a block in: its 13 bytes of header are decoded out of the staging area; what has arrived of its
 * bytes is copied to its sink; the rest is read straight into the sink, together with whatever follows, by
 * the next readv. */

void
meir_peer_forget_block (MeirPeer *peer, guint32 piece)
{
  if (peer->block_left > 0 && peer->block.piece == piece && peer->verdict == MEIR_BLOCK_DIRECT)
    peer->sink = NULL;
}

/* A block that goes straight into its piece must not be written any more when another peer's copy has come
 * first: the piece may be on its way to the disk. */
static void
revoke_sink (MeirPeer *peer)
{
  if (peer->sink == NULL || peer->verdict != MEIR_BLOCK_DIRECT)
    return;
  if (peer->torrent->swarm == NULL ||
      !meir_swarm_block_is_missing (peer->torrent->swarm, peer->block.piece, peer->block.begin))
    peer->sink = NULL;
}

static void
finish_block (MeirPeer *peer, gint64 now_usec)
{
  MeirTorrent *torrent = peer->torrent;
  MeirBlockRange block = peer->block;
  gboolean here = peer->sink != NULL;

  peer->sink = NULL;
  if (torrent->swarm == NULL || peer->slot == MEIR_PEER_NONE)
    return;
  if (!meir_swarm_on_block (torrent->swarm, peer->slot, block.piece, block.begin, block.length, now_usec) ||
      !here || torrent->store == NULL)
    return;
  if (peer->verdict == MEIR_BLOCK_ASIDE)
    memcpy (meir_piece_store_get_sink (torrent->store, block.piece, block.begin), peer->aside, block.length);
  meir_piece_store_block_done (torrent->store, block.piece, block.begin);
}

/* @length bytes of the block under way have come, and lie in the sink already. */
static void
advance_block (MeirPeer *peer, guint32 length, gint64 now_usec)
{
  MeirTorrent *torrent = peer->torrent;

  peer->block_left -= length;
  if (peer->sink != NULL)
    peer->sink += length;
  peer->useful = TRUE;
  meir_rate_meter_add (&torrent->down, length, now_usec);
  if (peer->encrypted)
    torrent->encrypted_bytes += length;
  else
    torrent->clear_bytes += length;
  if (torrent->swarm != NULL && peer->slot != MEIR_PEER_NONE)
    meir_swarm_on_bytes (torrent->swarm, peer->slot, length, now_usec);
  if (peer->block_left == 0)
    finish_block (peer, now_usec);
}

static void
start_block (MeirPeer *peer, const MeirMessage *message, gint64 now_usec)
{
  MeirTorrent *torrent = peer->torrent;

  peer->block = (MeirBlockRange){ message->piece, message->begin, message->length };
  peer->block_left = message->length;
  peer->sink = NULL;
  peer->verdict = MEIR_BLOCK_DISCARD;
  if (torrent->swarm == NULL || peer->slot == MEIR_PEER_NONE || torrent->store == NULL) {
    if (++peer->n_unasked_blocks > UNASKED_BLOCKS_MAX)
      meir_peer_close (peer, meir_drop_reason_to_string (MEIR_DROP_UNSOLICITED));
    return;
  }
  peer->verdict = meir_swarm_on_block_start (torrent->swarm, peer->slot, message->piece, message->begin,
                                             message->length, now_usec);
  switch (peer->verdict) {
  case MEIR_BLOCK_DIRECT:
    peer->sink = meir_piece_store_get_sink (torrent->store, message->piece, message->begin);
    break;
  case MEIR_BLOCK_ASIDE:
    if (peer->aside == NULL)
      peer->aside = g_malloc (MEIR_BLOCK_LENGTH);
    peer->sink = peer->aside;
    break;
  case MEIR_BLOCK_DISCARD:
    break;
  }
}

/* Takes what belongs to the block or the message under way from the front of @bytes; returns how much. */
static gsize
take_payload (MeirPeer *peer, const guint8 *bytes, gsize length, gint64 now_usec)
{
  guint32 part;

  if (peer->block_left > 0) {
    part = (guint32) MIN (peer->block_left, length);
    revoke_sink (peer);
    if (peer->sink != NULL)
      memcpy (peer->sink, bytes, part);
    advance_block (peer, part, now_usec);
    return part;
  }
  part = (guint32) MIN (peer->skip_left, length);
  peer->skip_left -= part;
  return part;
}

/* Decodes and handles one message at the front of @bytes; returns what it consumed, 0 when more must come
 * first. */
static gsize
take_message (MeirPeer *peer, const guint8 *bytes, gsize length, gint64 now_usec)
{
  MeirMessage message;

  switch (meir_message_decode (bytes, length, &peer->limits, &message)) {
  case MEIR_MESSAGE_NEED_MORE:
    return 0;
  case MEIR_MESSAGE_BAD:
    meir_peer_close (peer, meir_message_fault_to_text (message.fault));
    return 0;
  case MEIR_MESSAGE_OK:
    break;
  }
  if (message.id == MEIR_MESSAGE_PIECE) {
    start_block (peer, &message, now_usec);
    return MEIR_MESSAGE_PIECE_HEADER_SIZE;
  }
  if (message.id == MEIR_MESSAGE_UNKNOWN) {
    peer->skip_left = message.frame_length - MEIR_MESSAGE_STATE_SIZE;
    meir_peer_handle (peer, &message, now_usec);
    return MEIR_MESSAGE_STATE_SIZE;
  }
  meir_peer_handle (peer, &message, now_usec);
  return message.frame_length;
}

/* Handles all that is whole at the front of @bytes; returns how much that was. */
static gsize
consume (MeirPeer *peer, const guint8 *bytes, gsize length, gint64 now_usec)
{
  gsize position = 0;

  while (position < length && !peer->closed) {
    gsize taken;

    if (peer->upgrading == MEIR_UPGRADE_ANSWERING || peer->upgrading == MEIR_UPGRADE_UNDER_WAY)
      break;
    if (peer->block_left > 0 || peer->skip_left > 0) {
      position += take_payload (peer, bytes + position, length - position, now_usec);
      continue;
    }
    taken = take_message (peer, bytes + position, length - position, now_usec);
    if (taken == 0)
      break;
    position += taken;
  }
  return position;
}

/* Bytes that could not be handled yet are carried over to the next read. */
static void
consume_or_carry (MeirPeer *peer, const guint8 *bytes, gsize length, gint64 now_usec)
{
  gsize consumed;

  if (peer->carry->len > 0) {
    g_byte_array_append (peer->carry, bytes, (guint) length);
    consumed = consume (peer, peer->carry->data, peer->carry->len, now_usec);
    if (consumed > 0)
      g_byte_array_remove_range (peer->carry, 0, (guint) consumed);
  } else {
    consumed = consume (peer, bytes, length, now_usec);
    if (consumed < length)
      g_byte_array_append (peer->carry, bytes + consumed, (guint) (length - consumed));
  }
}

void
meir_peer_receive_early (MeirPeer *peer, const guint8 *bytes, gsize length, gint64 now_usec)
{
  consume_or_carry (peer, bytes, length, now_usec);
  meir_peer_continue_upgrade (peer);
}

/* One read: the rest of the block under way into its place, what follows into the staging area. */
static gssize
read_once (MeirPeer *peer, gsize allowed, gint64 now_usec)
{
  guint8 *staging = peer->engine->staging + MEIR_STAGING_HEADROOM;
  struct iovec vectors[2];
  guint n_vectors = 0;
  guint32 direct = 0;
  gsize carried = 0;
  gssize got;

  revoke_sink (peer);
  if (peer->block_left > 0) {
    direct = (guint32) MIN (MIN (peer->block_left, MEIR_BLOCK_LENGTH), allowed);
    vectors[n_vectors++] = (struct iovec){ peer->sink != NULL ? peer->sink : peer->engine->discard, direct };
  }
  if (allowed > direct)
    vectors[n_vectors++] = (struct iovec){ staging, MIN (MEIR_STAGING_LENGTH, allowed - direct) };
  got = meir_stream_readv (peer->stream, vectors, n_vectors);
  if (got <= 0)
    return got;

  peer->last_received_usec = now_usec;
  if (direct > 0) {
    guint32 part = (guint32) MIN ((gsize) got, direct);

    advance_block (peer, part, now_usec);
    if ((gsize) got == part)
      return got;
    got -= part;
  }
  /* The start of a split message goes right before its rest. */
  if (peer->carry->len > 0 && peer->carry->len <= MEIR_STAGING_HEADROOM) {
    carried = peer->carry->len;
    memcpy (staging - carried, peer->carry->data, carried);
    g_byte_array_set_size (peer->carry, 0);
  }
  consume_or_carry (peer, staging - carried, (gsize) got + carried, now_usec);
  return got + direct;
}

gboolean
meir_peer_may_receive (const MeirPeer *peer)
{
  /* What comes after an upgrade message is for TLS, which may have to wait until we have sent what was begun:
   * it is left in the socket meanwhile. */
  return !peer->closed && peer->stream != NULL && peer->readable && !peer->held &&
         peer->upgrading < MEIR_UPGRADE_ANSWERING;
}

gboolean
meir_peer_receive (MeirPeer *peer, gint64 now_usec)
{
  gsize quantum = MEIR_QUANTUM_BYTES;

  while (meir_peer_may_receive (peer)) {
    gsize allowed;
    gssize got;

    if (meir_engine_disk_is_behind (peer->engine)) {
      peer->held = TRUE;
      g_ptr_array_add (peer->engine->held, peer);
      return FALSE;
    }
    allowed = meir_throttle_ask (peer, MEIR_DOWN, 0, FALSE);
    if (allowed == 0)
      return FALSE;
    got = read_once (peer, allowed, now_usec);
    if (got > 0)
      meir_throttle_use (peer, MEIR_DOWN, (gsize) got);
    if (got == MEIR_STREAM_WOULD_BLOCK) {
      meir_throttle_rest (peer, MEIR_DOWN);
      peer->readable = FALSE;
      return FALSE;
    }
    if (got <= 0) {
      meir_peer_close (peer, got == MEIR_STREAM_END ? "left" : meir_stream_get_failure (peer->stream));
      return FALSE;
    }
    meir_peer_continue_upgrade (peer);
    if ((gsize) got >= quantum)
      return TRUE;
    quantum -= (gsize) got;
  }
  return FALSE;
}
