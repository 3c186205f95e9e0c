/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "session/meir-peer.h"

#include "base/meir-clock.h"
#include "meir-config.h"
#include "wire/meir-ut-metadata.h"

#include <glib/gi18n-lib.h>

/* Bytes of messages that may wait before metadata requests are rejected instead of answered. */
#define METADATA_OUT_MAX (1u << 20)
/* Metadata blocks nobody asked for before the connection is given up. */
#define UNASKED_METADATA_MAX 5u
/* A peer says so anew when it has become a seed, or the like. */
#define EXTENSION_HANDSHAKES_MAX 100u
/* Metadata requests while we have none to give. */
#define METADATA_REQUESTS_FREE 64u

void
meir_peer_send_extension_handshake (MeirPeer *peer)
{
  MeirTorrent *torrent = peer->torrent;
  MeirExtensionHandshake ours;
  guint8 payload[MEIR_EXTENSION_HANDSHAKE_ENCODED_MAX];
  guint8 header[MEIR_MESSAGE_ENCODED_MAX];
  gsize length;

  meir_extension_handshake_init (&ours);
  ours.ut_metadata = MEIR_EXTENSION_UT_METADATA;
  ours.lt_donthave = MEIR_EXTENSION_LT_DONTHAVE;
  if (peer->engine->settings.tls != MEIR_TLS_OFF && !peer->encrypted)
    ours.mt_tls = MEIR_EXTENSION_MT_TLS;
  g_strlcpy (ours.client, "MeirTorrent " MEIR_VERSION, sizeof ours.client);
  ours.reqq = MEIR_REQUEST_QUEUE_MAX;
  ours.port = meir_greeter_get_port (peer->engine->greeter);
  ours.your_ip = peer->endpoint;
  if (torrent->metainfo != NULL)
    ours.metadata_size = (guint32) g_bytes_get_size (meir_metainfo_get_info_bytes (torrent->metainfo));
  ours.upload_only = meir_torrent_is_finished (torrent); /* BEP 21 */

  length = meir_extension_handshake_encode (&ours, payload);
  meir_peer_send (peer, header,
                  meir_message_encode_extended_header (header, MEIR_EXTENSION_HANDSHAKE, (guint32) length));
  meir_peer_send (peer, payload, length);
}

void
meir_peer_send_dont_have (MeirPeer *peer, guint32 piece)
{
  guint8 message[MEIR_EXTENSION_DONTHAVE_SIZE];

  if (peer->slot != MEIR_PEER_NONE && peer->extension.lt_donthave != 0)
    meir_peer_send (peer, message,
                    meir_extension_donthave_encode (message, peer->extension.lt_donthave, piece));
}

/* Whoever opened the connection asks for the upgrade, as soon as it knows that the other side can. */
static void
ask_for_tls (MeirPeer *peer, gint64 now_usec)
{
  guint8 message[MEIR_EXTENSION_TLS_SIZE];

  if (peer->incoming || peer->encrypted || peer->extension.mt_tls == 0 ||
      peer->engine->settings.tls == MEIR_TLS_OFF || peer->upgrading != MEIR_UPGRADE_NONE)
    return;
  meir_peer_send (peer, message, meir_extension_tls_encode (message, peer->extension.mt_tls));
  peer->upgrading = MEIR_UPGRADE_SENT;
  peer->upgrade_since_usec = now_usec;
  peer->clear_end = peer->out->len;
}

static void
handle_handshake (MeirPeer *peer, const MeirMessage *message, gint64 now_usec)
{
  MeirTorrent *torrent = peer->torrent;
  const char *fault = NULL;

  if (++peer->n_extension_handshakes > EXTENSION_HANDSHAKES_MAX) {
    meir_peer_close (peer, _ ("Sent the extension handshake over and over"));
    return;
  }
  if (!meir_extension_handshake_decode (&peer->extension, message->payload, message->payload_length,
                                        &fault)) {
    meir_peer_close (peer, fault);
    return;
  }
  if (!peer->got_extension)
    ask_for_tls (peer, now_usec);
  peer->got_extension = TRUE;
  if (peer->slot != MEIR_PEER_NONE) {
    meir_swarm_set_request_limit (torrent->swarm, peer->slot, peer->extension.reqq);
    meir_swarm_set_upload_only (torrent->swarm, peer->slot, peer->extension.upload_only);
  }
  if (torrent->metadata != NULL && peer->extension.ut_metadata != 0) {
    meir_metadata_add_peer (torrent->metadata, peer, peer->extension.metadata_size);
    meir_peer_ask_metadata (peer, now_usec);
  }
}

/* The upgrade message: from the side that dialled a wish, from the other the go-ahead. */
static void
handle_tls (MeirPeer *peer, const MeirMessage *message, gint64 now_usec)
{
  guint8 answer[MEIR_EXTENSION_TLS_SIZE];
  gboolean expected =
      peer->incoming ? peer->upgrading == MEIR_UPGRADE_NONE : peer->upgrading == MEIR_UPGRADE_SENT;

  if (!meir_extension_tls_decode (message->payload, message->payload_length) || !expected ||
      peer->encrypted || peer->engine->settings.tls == MEIR_TLS_OFF || peer->extension.mt_tls == 0) {
    meir_peer_close (peer, _ ("Sent a TLS upgrade out of turn"));
    return;
  }
  if (peer->incoming) {
    meir_peer_send (peer, answer, meir_extension_tls_encode (answer, peer->extension.mt_tls));
    peer->clear_end = peer->out->len;
    peer->upgrade_since_usec = now_usec;
  }
  peer->upgrading = MEIR_UPGRADE_ANSWERING;
}

static void
send_metadata (MeirPeer *peer, const MeirUtMetadata *message)
{
  guint8 bytes[MEIR_UT_METADATA_ENCODED_MAX];

  meir_peer_send (peer, bytes, meir_ut_metadata_encode (message, peer->extension.ut_metadata, bytes));
  if (message->type == MEIR_UT_METADATA_DATA)
    meir_peer_send (peer, message->data, message->data_length);
}

void
meir_peer_ask_metadata (MeirPeer *peer, gint64 now_usec)
{
  MeirTorrent *torrent = peer->torrent;
  MeirUtMetadata request = { .type = MEIR_UT_METADATA_REQUEST };

  if (peer->extension.ut_metadata == 0)
    return;
  while (!peer->closed && meir_metadata_next_request (torrent->metadata, peer, now_usec, &request.block))
    send_metadata (peer, &request);
}

static void
serve_metadata (MeirPeer *peer, guint32 block)
{
  MeirTorrent *torrent = peer->torrent;
  MeirUtMetadata answer = { .type = MEIR_UT_METADATA_REJECT, .block = block };
  gsize size = 0;
  const guint8 *info = NULL;

  if (torrent->metainfo != NULL)
    info = g_bytes_get_data (meir_metainfo_get_info_bytes (torrent->metainfo), &size);
  /* A peer needs each block once; several rounds of that, and then some, is a flood. */
  if (++peer->n_metadata_requests >
      METADATA_REQUESTS_FREE + 8 * meir_ut_metadata_count_blocks ((guint32) size)) {
    meir_peer_close (peer, _ ("Asked for the metadata over and over"));
    return;
  }
  if (peer->extension.ut_metadata == 0)
    return;
  if (info != NULL && peer->out->len - peer->out_position < METADATA_OUT_MAX) {
    answer.type = MEIR_UT_METADATA_DATA;
    answer.total_size = (guint32) size;
    answer.data = info + (gsize) block * MEIR_METADATA_BLOCK_LENGTH;
    answer.data_length = meir_ut_metadata_get_block_length ((guint32) size, block);
  }
  send_metadata (peer, &answer);
}

static void
strike_liars (MeirTorrent *torrent, gint64 now_usec)
{
  g_autoptr (GPtrArray) liars = meir_metadata_steal_liars (torrent->metadata);

  for (guint i = 0; i < liars->len; i++) {
    MeirPeer *liar = g_ptr_array_index (liars, i);

    meir_address_book_ban (liar->engine->addresses, &liar->endpoint,
                           now_usec + MEIR_BAN_SEC * (gint64) G_USEC_PER_SEC);
    meir_peer_close (liar, _ ("Sent metadata with a wrong hash"));
  }
}

static void
count_unasked_metadata (MeirPeer *peer)
{
  if (++peer->n_unasked_metadata > UNASKED_METADATA_MAX)
    meir_peer_close (peer, _ ("Sent metadata nobody asked for"));
}

static void
take_metadata (MeirPeer *peer, const MeirUtMetadata *data, gint64 now_usec)
{
  MeirTorrent *torrent = peer->torrent;
  g_autoptr (GBytes) info = NULL;

  if (torrent->metadata == NULL) {
    count_unasked_metadata (peer);
    return;
  }
  switch (meir_metadata_on_data (torrent->metadata, peer, data->block, data->total_size, data->data,
                                 data->data_length)) {
  case MEIR_METADATA_MORE:
    meir_peer_ask_metadata (peer, now_usec);
    break;
  case MEIR_METADATA_UNASKED:
    count_unasked_metadata (peer);
    break;
  case MEIR_METADATA_BAD:
    strike_liars (torrent, now_usec);
    break;
  case MEIR_METADATA_COMPLETE:
    info = g_bytes_ref (meir_metadata_get_info (torrent->metadata));
    meir_torrent_metadata_found (torrent, info);
    break;
  }
}

static void
handle_metadata (MeirPeer *peer, const MeirMessage *message, gint64 now_usec)
{
  MeirTorrent *torrent = peer->torrent;
  MeirUtMetadata decoded;
  const char *fault = NULL;
  guint32 size = torrent->metainfo != NULL
                     ? (guint32) g_bytes_get_size (meir_metainfo_get_info_bytes (torrent->metainfo))
                     : peer->extension.metadata_size;

  switch (meir_ut_metadata_decode (&decoded, message->payload, message->payload_length, size, &fault)) {
  case MEIR_UT_METADATA_BAD:
    meir_peer_close (peer, fault);
    return;
  case MEIR_UT_METADATA_IGNORE:
    meir_peer_count_unknown (peer);
    return;
  case MEIR_UT_METADATA_OK:
    break;
  }
  switch (decoded.type) {
  case MEIR_UT_METADATA_REQUEST:
    serve_metadata (peer, decoded.block);
    break;
  case MEIR_UT_METADATA_DATA:
    take_metadata (peer, &decoded, now_usec);
    break;
  case MEIR_UT_METADATA_REJECT:
    if (torrent->metadata != NULL)
      meir_metadata_on_reject (torrent->metadata, peer, decoded.block, now_usec);
    break;
  }
}

void
meir_peer_handle_extended (MeirPeer *peer, const MeirMessage *message, gint64 now_usec)
{
  guint32 piece;

  if (!peer->extensions) {
    meir_peer_close (peer, _ ("Sent an extended message without having agreed on it"));
    return;
  }
  switch (message->extended_id) {
  case MEIR_EXTENSION_HANDSHAKE:
    handle_handshake (peer, message, now_usec);
    break;
  case MEIR_EXTENSION_UT_METADATA:
    handle_metadata (peer, message, now_usec);
    break;
  case MEIR_EXTENSION_LT_DONTHAVE:
    if (peer->slot == MEIR_PEER_NONE)
      break;
    if (meir_extension_donthave_decode (message->payload, message->payload_length, peer->limits.n_pieces,
                                        &piece))
      meir_swarm_on_dont_have (peer->torrent->swarm, peer->slot, piece, now_usec);
    else
      meir_peer_close (peer, _ ("Withdrew a piece that does not exist"));
    break;
  case MEIR_EXTENSION_MT_TLS:
    handle_tls (peer, message, now_usec);
    break;
  default:
    meir_peer_count_unknown (peer);
    break;
  }
}

static void
upgraded (MeirStream *stream, const GError *error, gpointer user_data)
{
  MeirPeer *peer = user_data;
  gint64 until_usec = meir_loop_now_usec (peer->engine->loop) + MEIR_TLS_MEMORY_SEC * (gint64) G_USEC_PER_SEC;

  peer->upgrade = NULL;
  if (stream == NULL) {
    meir_peer_close (peer, error->message);
    return;
  }
  peer->stream = stream;
  peer->encrypted = TRUE;
  peer->upgrading = MEIR_UPGRADE_NONE;
  if (peer->dialled.family != 0)
    meir_address_book_remember_tls (peer->engine->addresses, &peer->dialled, until_usec);
  meir_peer_watch (peer);
}

void
meir_peer_continue_upgrade (MeirPeer *peer)
{
  MeirTorrent *torrent = peer->torrent;
  MeirEngine *engine = peer->engine;

  if (peer->closed || peer->upgrading != MEIR_UPGRADE_ANSWERING || peer->out_position < peer->clear_end ||
      peer->sending != NULL || peer->unflushed)
    return;
  g_byte_array_remove_range (peer->out, 0, (guint) peer->clear_end);
  peer->out_position = 0;
  peer->clear_end = 0;
  meir_loop_unwatch (engine->loop, &peer->watch);
  meir_loop_clear_ready (engine->loop, &peer->ready);
  peer->upgrading = MEIR_UPGRADE_UNDER_WAY;
  peer->upgrade = meir_greeter_upgrade (engine->greeter, g_steal_pointer (&peer->stream), !peer->incoming,
                                        &torrent->info_hash, torrent->peer_id, peer->id, peer->carry->data,
                                        peer->carry->len, upgraded, peer);
  g_byte_array_set_size (peer->carry, 0);
}
