/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "session/meir-peer.h"

#include <errno.h>
#include <string.h>

/* The way of a block out: the swarm says SERVE; consecutive ranges are gathered into a batch of up to 256
 * KiB, read out of the page cache at once or by a worker, and written, headers and bytes together, in one
 * vectored write. Messages without payload go out between batches. */

/* Bytes of messages without payload that may wait; a peer that lets more pile up does not read. */
#define OUT_MAX (4u << 20)

void
meir_peer_send (MeirPeer *peer, const guint8 *message, gsize length)
{
  if (peer->closed)
    return;
  if (peer->out->len - peer->out_position + length > OUT_MAX) {
    /* Not closed here: this may be in the middle of performing the swarm's effects. */
    peer->overflowed = TRUE;
    meir_peer_make_ready (peer);
    return;
  }
  g_byte_array_append (peer->out, message, (guint) length);
  meir_peer_make_ready (peer);
}

void
meir_peer_serve (MeirPeer *peer, guint32 piece, guint32 begin, guint32 length)
{
  if (peer->queue == NULL)
    peer->queue = g_new (MeirBlockRange, MEIR_REQUEST_QUEUE_MAX);
  if (peer->closed || peer->queue_length == MEIR_REQUEST_QUEUE_MAX)
    return;
  peer->queue[(peer->queue_head + peer->queue_length++) % MEIR_REQUEST_QUEUE_MAX] =
      (MeirBlockRange){ piece, begin, length };
  meir_peer_make_ready (peer);
}

static MeirBlockRange *
queued (MeirPeer *peer, guint index)
{
  return &peer->queue[(peer->queue_head + index) % MEIR_REQUEST_QUEUE_MAX];
}

static void
reject (MeirPeer *peer, guint32 piece, guint32 begin, guint32 length)
{
  guint8 message[MEIR_MESSAGE_ENCODED_MAX];

  if (peer->fast)
    meir_peer_send (peer, message, meir_message_encode_reject (message, piece, begin, length));
}

/* BEP 6: a cancelled request is answered all the same, with the block when it is on its way, else with a
 * reject. */
void
meir_peer_unserve (MeirPeer *peer, guint32 piece, guint32 begin, guint32 length)
{
  for (guint i = 0; i < peer->queue_length; i++) {
    MeirBlockRange *range = queued (peer, i);

    if (range->piece != piece || range->begin != begin || range->length != length)
      continue;
    for (guint j = i; j + 1 < peer->queue_length; j++)
      *queued (peer, j) = *queued (peer, j + 1);
    peer->queue_length--;
    reject (peer, piece, begin, length);
    return;
  }
}

static void
batch_free (MeirPeer *peer, MeirSendBatch *batch)
{
  if (batch->bytes != NULL)
    meir_buffer_pool_return (peer->engine->buffers, batch->bytes);
  g_free (batch);
}

/* Takes back a batch of which nothing has been sent. */
static void
reject_batch (MeirPeer *peer, const MeirSendBatch *batch)
{
  guint32 begin = batch->begin;

  for (guint i = 0; i < batch->n_blocks; i++) {
    reject (peer, batch->piece, begin, batch->block_lengths[i]);
    begin += batch->block_lengths[i];
  }
}

void
meir_peer_drop_queue (MeirPeer *peer)
{
  if (peer->next != NULL && !peer->next->dropped) {
    reject_batch (peer, peer->next);
    if (peer->next->ready)
      batch_free (peer, g_steal_pointer (&peer->next));
    else
      peer->next->dropped = TRUE;
  }
  while (peer->queue_length > 0) {
    MeirBlockRange range = *queued (peer, 0);

    peer->queue_head = (peer->queue_head + 1) % MEIR_REQUEST_QUEUE_MAX;
    peer->queue_length--;
    reject (peer, range.piece, range.begin, range.length);
  }
}

/* The batch cannot be read: its blocks are answered all the same. */
static void
give_up_batch (MeirPeer *peer, const MeirSendBatch *batch)
{
  MeirSwarm *swarm = peer->torrent->swarm;
  gint64 now_usec = meir_loop_now_usec (peer->engine->loop);
  guint32 begin = batch->begin;

  reject_batch (peer, batch);
  for (guint i = 0; i < batch->n_blocks && swarm != NULL && peer->slot != MEIR_PEER_NONE; i++) {
    meir_swarm_on_served (swarm, peer->slot, batch->piece, begin, batch->block_lengths[i], now_usec);
    begin += batch->block_lengths[i];
  }
}

/* A worker's reading for a peer that may be gone when it is done. */
struct _MeirBatchRead {
  MeirPeer *peer; /* NULL: gone */
  MeirEngine *engine;
  MeirSendBatch *batch;
};

static void
read_done (MeirDiskJob *job)
{
  MeirBatchRead *reading = job->user_data;
  MeirPeer *peer = reading->peer;
  MeirSendBatch *batch = reading->batch;

  batch->reading = NULL;
  if (peer == NULL) {
    meir_buffer_pool_return (reading->engine->buffers, batch->bytes);
    g_free (batch);
  } else if (job->error != NULL) {
    peer->next = NULL;
    if (!batch->dropped)
      give_up_batch (peer, batch);
    meir_torrent_piece_unreadable (peer->torrent, job->piece, job->error);
    batch_free (peer, batch);
  } else if (batch->dropped) {
    peer->next = NULL;
    batch_free (peer, batch);
  } else
    batch->ready = TRUE;
  if (peer != NULL)
    meir_peer_make_ready (peer);
  meir_disk_job_release (reading->engine->disk, job);
  g_free (reading);
}

static void
read_on_worker (MeirPeer *peer, MeirSendBatch *batch)
{
  MeirBatchRead *reading = g_new0 (MeirBatchRead, 1);
  MeirDiskJob *job;

  reading->peer = peer;
  reading->engine = peer->engine;
  reading->batch = batch;
  batch->reading = reading;
  job = meir_disk_job_new (peer->engine->disk, MEIR_DISK_READ, peer->torrent->storage, read_done, reading);
  job->piece = batch->piece;
  job->begin = batch->begin;
  job->length = batch->length;
  job->segments[0] = batch->bytes;
  job->n_segments = 1;
  meir_disk_submit (peer->engine->disk, job);
}

/* Gathers the consecutive ranges at the front of the queue. */
static MeirSendBatch *
gather (MeirPeer *peer)
{
  MeirSendBatch *batch = g_new0 (MeirSendBatch, 1);
  guint n_blocks_max = peer->batch_blocks;

  /* Messages wait for a batch, and a batch for its turn. */
  if (meir_throttle_is_limited (peer, MEIR_UP))
    n_blocks_max = 1;
  batch->piece = queued (peer, 0)->piece;
  batch->begin = queued (peer, 0)->begin;
  while (peer->queue_length > 0 && batch->n_blocks < n_blocks_max) {
    MeirBlockRange *range = queued (peer, 0);

    if (range->piece != batch->piece || range->begin != batch->begin + batch->length ||
        batch->length + range->length > MEIR_SEGMENT_LENGTH)
      break;
    meir_message_encode_piece_header (batch->headers[batch->n_blocks], range->piece, range->begin,
                                      range->length);
    batch->block_lengths[batch->n_blocks++] = range->length;
    batch->length += range->length;
    peer->queue_head = (peer->queue_head + 1) % MEIR_REQUEST_QUEUE_MAX;
    peer->queue_length--;
  }
  batch->bytes = meir_buffer_pool_lease (peer->engine->buffers);
  return batch;
}

/* Has the next batch read, unless one is read or being read already. */
static void
prepare_next (MeirPeer *peer)
{
  MeirTorrent *torrent = peer->torrent;
  guint64 offset;

  if (peer->next != NULL || peer->queue_length == 0 || torrent->storage == NULL)
    return;
  peer->next = gather (peer);
  offset = (guint64) peer->next->piece * peer->limits.piece_length + peer->next->begin;
  if (meir_storage_read_cached (torrent->storage, offset, peer->next->bytes, peer->next->length))
    peer->next->ready = TRUE;
  else
    read_on_worker (peer, peer->next);
}

/* Cuts the vectors off behind @length bytes; returns how many are left. */
static guint
cut_vectors (struct iovec *vectors, guint n, gsize length)
{
  for (guint i = 0; i < n; i++) {
    if (vectors[i].iov_len >= length) {
      vectors[i].iov_len = length;
      return i + 1;
    }
    length -= vectors[i].iov_len;
  }
  return n;
}

/* Bytes to the end of the block that is to be sent next, with its header. */
static gsize
count_block_left (const MeirSendBatch *batch)
{
  return MEIR_MESSAGE_PIECE_HEADER_SIZE + batch->block_lengths[batch->next] - batch->position;
}

/* The parts of the batch that are still to be sent. */
static guint
fill_vectors (const MeirSendBatch *batch, struct iovec *vectors)
{
  gsize skip = batch->position;
  guint32 offset = 0;
  guint n = 0;

  for (guint i = 0; i < batch->next; i++)
    offset += batch->block_lengths[i];
  for (guint i = batch->next; i < batch->n_blocks; i++) {
    if (skip < MEIR_MESSAGE_PIECE_HEADER_SIZE)
      vectors[n++] =
          (struct iovec){ (guint8 *) batch->headers[i] + skip, MEIR_MESSAGE_PIECE_HEADER_SIZE - skip };
    skip = skip > MEIR_MESSAGE_PIECE_HEADER_SIZE ? skip - MEIR_MESSAGE_PIECE_HEADER_SIZE : 0;
    vectors[n++] = (struct iovec){ batch->bytes + offset + skip, batch->block_lengths[i] - skip };
    offset += batch->block_lengths[i];
    skip = 0;
  }
  return n;
}

static void
block_sent (MeirPeer *peer, guint32 begin, guint32 length, gint64 now_usec)
{
  MeirTorrent *torrent = peer->torrent;

  if (torrent->swarm != NULL && peer->slot != MEIR_PEER_NONE)
    meir_swarm_on_served (torrent->swarm, peer->slot, peer->sending->piece, begin, length, now_usec);
}

/* Payload and headers that went out, in the order of the batch. */
static void
advance_batch (MeirPeer *peer, gsize sent, gint64 now_usec)
{
  MeirTorrent *torrent = peer->torrent;
  MeirSendBatch *batch = peer->sending;
  guint32 begin = batch->begin;
  guint32 payload = 0;

  meir_throttle_use (peer, MEIR_UP, sent);
  for (guint i = 0; i < batch->next; i++)
    begin += batch->block_lengths[i];
  while (sent > 0) {
    gsize whole = MEIR_MESSAGE_PIECE_HEADER_SIZE + batch->block_lengths[batch->next];
    gsize part = MIN (sent, whole - batch->position);
    gsize header = batch->position < MEIR_MESSAGE_PIECE_HEADER_SIZE
                       ? MIN (part, MEIR_MESSAGE_PIECE_HEADER_SIZE - batch->position)
                       : 0;

    payload += (guint32) (part - header);
    batch->position += part;
    sent -= part;
    if (batch->position == whole) {
      block_sent (peer, begin, batch->block_lengths[batch->next], now_usec);
      begin += batch->block_lengths[batch->next++];
      batch->position = 0;
    }
  }

  peer->sent_since_tick += payload;
  peer->useful |= payload > 0;
  meir_rate_meter_add (&torrent->up, payload, now_usec);
  if (peer->encrypted)
    torrent->encrypted_bytes += payload;
  else
    torrent->clear_bytes += payload;
  if (torrent->swarm != NULL && peer->slot != MEIR_PEER_NONE)
    meir_swarm_on_sent (torrent->swarm, peer->slot, payload, now_usec);
  if (batch->next == batch->n_blocks) {
    batch_free (peer, g_steal_pointer (&peer->sending));
    if (peer->batch_blocks < MEIR_BATCH_BLOCKS)
      peer->batch_blocks *= 2;
  }
}

/* Bytes of messages that may go out now: while TLS is being laid over the stream, only those before it. */
static gsize
pending_messages (MeirPeer *peer)
{
  gsize end = peer->upgrading == MEIR_UPGRADE_NONE ? peer->out->len : peer->clear_end;

  return end - peer->out_position;
}

/* One write: a batch under way is finished first, then the messages, then the next batch. Messages and a
 * fresh batch go out together. */
static gssize
write_once (MeirPeer *peer, gint64 now_usec)
{
  struct iovec vectors[1 + 2 * MEIR_BATCH_BLOCKS];
  gsize messages = 0;
  gsize allowed = 0;
  guint n = 0;
  gssize sent;

  if (peer->sending == NULL) {
    messages = pending_messages (peer);
    if (messages > 0)
      vectors[n++] = (struct iovec){ peer->out->data + peer->out_position, messages };
    if (peer->upgrading == MEIR_UPGRADE_NONE) {
      prepare_next (peer);
      if (peer->next != NULL && peer->next->ready)
        allowed = meir_throttle_ask (peer, MEIR_UP, count_block_left (peer->next), FALSE);
      if (allowed > 0)
        peer->sending = g_steal_pointer (&peer->next);
    }
  } else
    allowed =
        meir_throttle_ask (peer, MEIR_UP, count_block_left (peer->sending), peer->sending->position > 0);
  if (allowed > 0) {
    n += cut_vectors (vectors + n, fill_vectors (peer->sending, vectors + n), allowed);
    if (peer->upgrading == MEIR_UPGRADE_NONE)
      prepare_next (peer);
  }
  if (n == 0)
    return 0;

  sent = meir_stream_writev (peer->stream, vectors, n);
  if (sent <= 0)
    return sent;
  peer->last_sent_usec = now_usec;
  peer->stalled_since_usec = 0;
  if (messages > 0) {
    gsize part = MIN ((gsize) sent, messages);

    peer->out_position += part;
    meir_throttle_charge (peer, MEIR_UP, part);
    if (peer->upgrading == MEIR_UPGRADE_NONE && peer->out_position == peer->out->len) {
      g_byte_array_set_size (peer->out, 0);
      peer->out_position = 0;
    }
    if ((gsize) sent == part)
      return sent;
    advance_batch (peer, (gsize) sent - part, now_usec);
  } else
    advance_batch (peer, (gsize) sent, now_usec);
  return sent;
}

gboolean
meir_peer_has_output (MeirPeer *peer)
{
  if (pending_messages (peer) > 0 || peer->sending != NULL || peer->unflushed)
    return TRUE;
  return peer->upgrading == MEIR_UPGRADE_NONE &&
         (peer->next != NULL ? peer->next->ready : peer->queue_length > 0);
}

gboolean
meir_peer_flush (MeirPeer *peer, gint64 now_usec)
{
  gsize quantum = MEIR_QUANTUM_BYTES;
  gssize result = 0;

  if (peer->upgrading == MEIR_UPGRADE_UNDER_WAY || peer->stream == NULL)
    return FALSE;
  while ((result = write_once (peer, now_usec)) > 0) {
    peer->unflushed = TRUE;
    if ((gsize) result >= quantum)
      break;
    quantum -= (gsize) result;
  }
  if (result >= 0 || result == MEIR_STREAM_WOULD_BLOCK) {
    gssize flushed = meir_stream_flush (peer->stream);

    if (flushed == 0)
      peer->unflushed = FALSE;
    else if (result >= 0 || flushed == MEIR_STREAM_FAILED)
      result = flushed;
  }
  if (result == MEIR_STREAM_FAILED) {
    meir_peer_close (peer, meir_stream_get_failure (peer->stream));
    return FALSE;
  }
  if (result <= 0)
    meir_throttle_rest (peer, MEIR_UP);
  if (result == MEIR_STREAM_WOULD_BLOCK) {
    peer->writable = FALSE;
    if (peer->stalled_since_usec == 0)
      peer->stalled_since_usec = now_usec;
    return FALSE;
  }
  meir_peer_continue_upgrade (peer);
  return result > 0;
}

void
meir_peer_send_close (MeirPeer *peer)
{
  if (peer->next != NULL && peer->next->reading != NULL) {
    peer->next->reading->peer = NULL;
    peer->next = NULL;
  }
  if (peer->next != NULL)
    batch_free (peer, g_steal_pointer (&peer->next));
  if (peer->sending != NULL)
    batch_free (peer, g_steal_pointer (&peer->sending));
}
