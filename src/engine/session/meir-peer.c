/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "session/meir-peer.h"

#include "base/meir-byte-cursor.h"
#include "meir-config.h"

#include <glib/gi18n-lib.h>

/* Keep-alives in one second that nobody needs. */
#define KEEP_ALIVES_PER_SEC 50u
/* Messages of unknown kinds that are skipped before the connection is given up. */
#define UNKNOWN_MAX 1000u
/* A peer that has everything, as we do, is not looked up again before: */
#define SEED_TO_SEED_USEC (G_GINT64_CONSTANT (1800) * G_USEC_PER_SEC)

static gboolean peer_turn (MeirReady *ready, gint64 now_usec);

const char *
meir_peer_describe (MeirPeer *peer, char *buffer)
{
  return meir_endpoint_format (&peer->endpoint, buffer);
}

void
meir_peer_make_ready (MeirPeer *peer)
{
  if (!peer->closed && peer->stream != NULL)
    meir_loop_make_ready (peer->engine->loop, &peer->ready, peer_turn);
}

static void
on_event (MeirWatch *watch, guint32 events)
{
  MeirPeer *peer = MEIR_OWNER_OF (watch, MeirPeer, watch);

  if (events & (EPOLLIN | EPOLLRDHUP | EPOLLHUP | EPOLLERR))
    peer->readable = TRUE;
  if (events & (EPOLLOUT | EPOLLHUP | EPOLLERR))
    peer->writable = TRUE;
  meir_peer_make_ready (peer);
}

void
meir_peer_count_unknown (MeirPeer *peer)
{
  if (++peer->n_unknown > UNKNOWN_MAX)
    meir_peer_close (peer, _ ("Sent too many messages of unknown kinds"));
}

void
meir_peer_watch (MeirPeer *peer)
{
  g_autoptr (GError) error = NULL;

  /* Both are assumed until the stream says otherwise: an encrypting one may hold bytes the descriptor does
   * not show. */
  peer->readable = TRUE;
  peer->writable = TRUE;
  if (!meir_loop_watch (peer->engine->loop, &peer->watch, meir_stream_get_fd (peer->stream),
                        EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET, on_event, &error))
    meir_peer_close (peer, error->message);
  else
    meir_peer_make_ready (peer);
}

/* One turn on the ready list: a quantum of reading, then what there is to write. */
static gboolean
peer_turn (MeirReady *ready, gint64 now_usec)
{
  MeirPeer *peer = MEIR_OWNER_OF (ready, MeirPeer, ready);
  gboolean more = FALSE;

  if (peer->overflowed)
    meir_peer_close (peer, _ ("Does not read what is sent to it"));
  if (peer->closed || peer->stream == NULL)
    return FALSE;
  if (meir_peer_may_receive (peer))
    more = meir_peer_receive (peer, now_usec);
  if (peer->closed || peer->stream == NULL)
    return FALSE;
  if (peer->writable && meir_peer_has_output (peer))
    more |= meir_peer_flush (peer, now_usec);
  if (peer->torrent->swarm != NULL)
    meir_engine_mark_dirty (peer->engine, peer->torrent);
  return more && !peer->closed && peer->stream != NULL;
}

static void
send_state (MeirPeer *peer, MeirMessageId id)
{
  guint8 message[MEIR_MESSAGE_ENCODED_MAX];

  meir_peer_send (peer, message, meir_message_encode_state (message, id));
}

/* What we have, in the shortest form the peer understands (BEP 3, BEP 6). */
static void
send_have (MeirPeer *peer)
{
  const MeirBitfield *have = meir_swarm_get_have (peer->torrent->swarm);
  gsize length = MEIR_BITFIELD_BYTES (have->n_bits);
  guint8 header[MEIR_MESSAGE_ENCODED_MAX];

  if (peer->fast && meir_bitfield_is_full (have))
    send_state (peer, MEIR_MESSAGE_HAVE_ALL);
  else if (peer->fast && have->n_set == 0)
    send_state (peer, MEIR_MESSAGE_HAVE_NONE);
  else if (have->n_set > 0) {
    meir_peer_send (peer, header, meir_message_encode_bitfield_header (header, (guint32) length));
    meir_peer_send (peer, have->bytes, length);
  }
}

static void
set_limits (MeirPeer *peer)
{
  MeirMetainfo *metainfo = peer->torrent->metainfo;

  peer->limits.fast = peer->fast;
  if (metainfo == NULL)
    return;
  peer->limits.n_pieces = meir_metainfo_get_n_pieces (metainfo);
  peer->limits.piece_length = meir_metainfo_get_piece_length (metainfo);
  peer->limits.last_piece_length =
      meir_metainfo_get_piece_size (metainfo, meir_metainfo_get_n_pieces (metainfo) - 1);
}

/* What the peer said before we knew how many pieces there are. */
static gboolean
replay_early (MeirPeer *peer, gint64 now_usec)
{
  MeirSwarm *swarm = peer->torrent->swarm;
  MeirBitfield bitfield;
  gboolean valid;

  if (peer->early_unchoked)
    meir_swarm_on_unchoke (swarm, peer->slot, now_usec);
  if (peer->early_interested)
    meir_swarm_on_interested (swarm, peer->slot, now_usec);
  if (peer->early_have_all) {
    meir_swarm_on_have_all (swarm, peer->slot, now_usec);
    return TRUE;
  }
  if (peer->early_bitfield == NULL)
    return TRUE;
  meir_bitfield_init (&bitfield, peer->limits.n_pieces);
  valid = meir_bitfield_load (&bitfield, peer->early_bitfield->data, peer->early_bitfield->len);
  if (valid)
    meir_swarm_on_bitfield (swarm, peer->slot, bitfield.bytes, MEIR_BITFIELD_BYTES (bitfield.n_bits),
                            now_usec);
  meir_bitfield_clear (&bitfield);
  g_clear_pointer (&peer->early_bitfield, g_byte_array_unref);
  return valid;
}

void
meir_peer_join_swarm (MeirPeer *peer)
{
  MeirTorrent *torrent = peer->torrent;
  gint64 now_usec = meir_loop_now_usec (peer->engine->loop);
  MeirSwarmPeer info = { peer->endpoint, peer->fast, peer->extension.reqq };

  set_limits (peer);
  peer->slot = meir_swarm_add_peer (torrent->swarm, &info, now_usec);
  if (peer->slot >= torrent->slots->len)
    g_ptr_array_set_size (torrent->slots, (gint) peer->slot + 1);
  torrent->slots->pdata[peer->slot] = peer;
  send_have (peer);
  if (peer->got_extension)
    meir_swarm_set_upload_only (torrent->swarm, peer->slot, peer->extension.upload_only);
  if (!replay_early (peer, now_usec))
    meir_peer_close (peer, _ ("Its bitfield does not fit the torrent"));
  meir_engine_mark_dirty (peer->engine, torrent);
}

void
meir_peer_leave_swarm (MeirPeer *peer)
{
  MeirTorrent *torrent = peer->torrent;

  if (peer->slot == MEIR_PEER_NONE)
    return;
  /* The block under way has no place any more; its rest is read and thrown away. */
  peer->sink = NULL;
  peer->verdict = MEIR_BLOCK_DISCARD;
  meir_swarm_remove_peer (torrent->swarm, peer->slot, meir_loop_now_usec (peer->engine->loop));
  torrent->slots->pdata[peer->slot] = NULL;
  peer->slot = MEIR_PEER_NONE;
  meir_engine_mark_dirty (peer->engine, torrent);
}

MeirPeer *
meir_peer_new (MeirTorrent *torrent, MeirGreeting *greeting, const MeirEndpoint *dialled)
{
  MeirPeer *peer = g_new0 (MeirPeer, 1);
  gint64 now_usec = meir_loop_now_usec (torrent->engine->loop);
  char text[MEIR_ENDPOINT_TEXT_MAX];

  peer->torrent = torrent;
  peer->engine = torrent->engine;
  peer->stream = g_steal_pointer (&greeting->stream);
  peer->watch.fd = -1;
  peer->endpoint = greeting->endpoint;
  if (dialled != NULL)
    peer->dialled = *dialled;
  memcpy (peer->id, greeting->remote.peer_id, sizeof peer->id);
  peer->incoming = greeting->incoming;
  peer->encrypted = greeting->encrypted;
  peer->fast = greeting->remote.fast;
  peer->extensions = greeting->remote.extensions;
  peer->slot = MEIR_PEER_NONE;
  peer->carry = g_byte_array_new ();
  peer->out = g_byte_array_new ();
  peer->batch_blocks = 4;
  peer->last_received_usec = now_usec;
  peer->last_sent_usec = now_usec;
  meir_extension_handshake_init (&peer->extension);
  set_limits (peer);

  g_ptr_array_add (torrent->peers, peer);
  peer->engine->n_peers++;
  meir_address_book_connected (peer->engine->addresses, &peer->endpoint);
  meir_engine_emit (peer->engine, torrent, MEIR_EVENT_PEER, 0, meir_peer_describe (peer, text));

  if (peer->extensions)
    meir_peer_send_extension_handshake (peer);
  if (torrent->swarm != NULL)
    meir_peer_join_swarm (peer);
  meir_peer_watch (peer);
  if (!peer->closed && greeting->early_length > 0)
    meir_peer_receive_early (peer, greeting->early, greeting->early_length, now_usec);
  return peer;
}

void
meir_peer_close (MeirPeer *peer, const char *text)
{
  MeirEngine *engine = peer->engine;
  MeirTorrent *torrent = peer->torrent;
  gint64 now_usec = meir_loop_now_usec (engine->loop);
  g_autofree char *log = NULL;
  char address[MEIR_ENDPOINT_TEXT_MAX];

  if (peer->closed)
    return;
  peer->closed = TRUE;
  meir_loop_unwatch (engine->loop, &peer->watch);
  meir_loop_clear_ready (engine->loop, &peer->ready);
  g_clear_pointer (&peer->upgrade, meir_upgrade_cancel);
  meir_throttle_leave (peer);
  meir_peer_leave_swarm (peer);
  if (torrent->metadata != NULL)
    meir_metadata_remove_peer (torrent->metadata, peer);
  g_ptr_array_remove_fast (torrent->peers, peer);
  g_ptr_array_remove_fast (engine->held, peer);
  engine->n_peers--;
  meir_address_book_disconnected (engine->addresses, &peer->endpoint);
  if (peer->dialled.family != 0) {
    if (!torrent->swarming) /* we hang up on everybody: nobody's fault */
      meir_candidates_defer (torrent->candidates, &peer->dialled, now_usec);
    else if (peer->reason == MEIR_DROP_USELESS)
      meir_candidates_defer (torrent->candidates, &peer->dialled, now_usec + SEED_TO_SEED_USEC);
    else if (peer->useful)
      meir_candidates_left (torrent->candidates, &peer->dialled, now_usec);
    else
      meir_candidates_failed (torrent->candidates, &peer->dialled, now_usec);
  }
  log = g_strdup_printf ("%s: %s", meir_peer_describe (peer, address),
                         text != NULL ? text : _ ("Closed the connection"));
  meir_engine_emit (engine, torrent, MEIR_EVENT_PEER, 0, log);
  g_ptr_array_add (engine->closed, peer);
}

void
meir_peer_free (MeirPeer *peer)
{
  meir_peer_send_close (peer);
  g_clear_pointer (&peer->stream, meir_stream_free);
  g_clear_pointer (&peer->early_bitfield, g_byte_array_unref);
  g_byte_array_unref (peer->carry);
  g_byte_array_unref (peer->out);
  g_free (peer->aside);
  g_free (peer->queue);
  g_free (peer);
}

/* How many blocks go into one write: about a quarter second's worth, so that control messages are not held up
 * behind payload on a thin line. */
static void
adapt_batch (MeirPeer *peer)
{
  guint64 blocks = peer->sent_since_tick / 4 / MEIR_BLOCK_LENGTH;

  if (peer->sent_since_tick > 0)
    peer->batch_blocks = (guint) CLAMP (blocks, 1, MEIR_BATCH_BLOCKS);
  peer->sent_since_tick = 0;
}

/* Why it is time to part, or NULL. */
static const char *
find_fault (MeirPeer *peer, gint64 now_usec)
{
  const MeirPeerLimits *limits = &peer->engine->limits;

  if (peer->keep_alive_storms >= limits->keep_alive_storms)
    return _ ("Sent nothing but keep-alives");
  if (now_usec - peer->last_received_usec > limits->silence_usec &&
      peer->throttles[MEIR_DOWN].link.data == NULL)
    return _ ("Was silent for too long");
  if (peer->stalled_since_usec != 0 && now_usec - peer->stalled_since_usec > limits->send_stall_usec)
    return _ ("Does not read what it asked for");
  /* From TLS on the upgrade itself keeps the time. */
  if ((peer->upgrading == MEIR_UPGRADE_SENT || peer->upgrading == MEIR_UPGRADE_ANSWERING) &&
      now_usec - peer->upgrade_since_usec > limits->upgrade_usec)
    return _ ("Did not go on with the upgrade to TLS");
  return NULL;
}

void
meir_peer_tick (MeirPeer *peer, gint64 now_usec)
{
  const char *fault;
  guint8 message[MEIR_MESSAGE_ENCODED_MAX];

  peer->keep_alive_storms = peer->n_keep_alives > KEEP_ALIVES_PER_SEC ? peer->keep_alive_storms + 1 : 0;
  peer->n_keep_alives = 0;
  adapt_batch (peer);
  /* What it said meanwhile is not read yet. */
  if (peer->held)
    peer->last_received_usec = now_usec;
  fault = find_fault (peer, now_usec);
  if (fault != NULL)
    meir_peer_close (peer, fault);
  else if (now_usec - peer->last_sent_usec > peer->engine->limits.keep_alive_usec)
    meir_peer_send (peer, message, meir_message_encode_keep_alive (message));
  if (!peer->closed && peer->torrent->metadata != NULL)
    meir_peer_ask_metadata (peer, now_usec);
}
