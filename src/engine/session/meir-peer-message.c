/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "session/meir-peer.h"

#include "base/meir-byte-cursor.h"

/* Before the metadata is here there is no swarm to tell; what matters later is kept. */
static void
handle_early (MeirPeer *peer, const MeirMessage *message)
{
  guint byte = message->piece / 8;

  switch (message->id) {
  case MEIR_MESSAGE_BITFIELD:
    g_clear_pointer (&peer->early_bitfield, g_byte_array_unref);
    peer->early_bitfield = g_byte_array_new ();
    g_byte_array_append (peer->early_bitfield, message->payload, message->payload_length);
    peer->early_have_all = FALSE;
    break;
  case MEIR_MESSAGE_HAVE_ALL:
  case MEIR_MESSAGE_HAVE_NONE:
    g_clear_pointer (&peer->early_bitfield, g_byte_array_unref);
    peer->early_have_all = message->id == MEIR_MESSAGE_HAVE_ALL;
    break;
  case MEIR_MESSAGE_HAVE:
    /* Only into a bitfield that is there: without one its size is unknown, and the piece will be said again.
     */
    if (peer->early_bitfield != NULL && byte < peer->early_bitfield->len)
      peer->early_bitfield->data[byte] |= (guint8) (0x80 >> (message->piece % 8));
    break;
  case MEIR_MESSAGE_CHOKE:
  case MEIR_MESSAGE_UNCHOKE:
    peer->early_unchoked = message->id == MEIR_MESSAGE_UNCHOKE;
    break;
  case MEIR_MESSAGE_INTERESTED:
  case MEIR_MESSAGE_NOT_INTERESTED:
    peer->early_interested = message->id == MEIR_MESSAGE_INTERESTED;
    break;
  case MEIR_MESSAGE_REQUEST:
  case MEIR_MESSAGE_PIECE:
  case MEIR_MESSAGE_CANCEL:
  case MEIR_MESSAGE_PORT:
  case MEIR_MESSAGE_SUGGEST:
  case MEIR_MESSAGE_REJECT:
  case MEIR_MESSAGE_ALLOWED_FAST:
  case MEIR_MESSAGE_EXTENDED:
  case MEIR_MESSAGE_KEEP_ALIVE:
  case MEIR_MESSAGE_UNKNOWN:
    break;
  }
}

static void
handle_in_swarm (MeirPeer *peer, const MeirMessage *m, gint64 now_usec)
{
  MeirSwarm *swarm = peer->torrent->swarm;

  switch (m->id) {
  case MEIR_MESSAGE_CHOKE:
    meir_swarm_on_choke (swarm, peer->slot, now_usec);
    break;
  case MEIR_MESSAGE_UNCHOKE:
    meir_swarm_on_unchoke (swarm, peer->slot, now_usec);
    break;
  case MEIR_MESSAGE_INTERESTED:
    meir_swarm_on_interested (swarm, peer->slot, now_usec);
    break;
  case MEIR_MESSAGE_NOT_INTERESTED:
    meir_swarm_on_not_interested (swarm, peer->slot, now_usec);
    break;
  case MEIR_MESSAGE_HAVE:
    meir_swarm_on_have (swarm, peer->slot, m->piece, now_usec);
    break;
  case MEIR_MESSAGE_BITFIELD:
    meir_swarm_on_bitfield (swarm, peer->slot, m->payload, m->payload_length, now_usec);
    break;
  case MEIR_MESSAGE_REQUEST:
    meir_swarm_on_request (swarm, peer->slot, m->piece, m->begin, m->length, now_usec);
    break;
  case MEIR_MESSAGE_CANCEL:
    meir_swarm_on_cancel (swarm, peer->slot, m->piece, m->begin, m->length, now_usec);
    break;
  case MEIR_MESSAGE_SUGGEST:
    meir_swarm_on_suggest (swarm, peer->slot, m->piece, now_usec);
    break;
  case MEIR_MESSAGE_HAVE_ALL:
    meir_swarm_on_have_all (swarm, peer->slot, now_usec);
    break;
  case MEIR_MESSAGE_HAVE_NONE:
    meir_swarm_on_have_none (swarm, peer->slot, now_usec);
    break;
  case MEIR_MESSAGE_REJECT:
    meir_swarm_on_reject (swarm, peer->slot, m->piece, m->begin, m->length, now_usec);
    break;
  case MEIR_MESSAGE_ALLOWED_FAST:
    meir_swarm_on_allowed_fast (swarm, peer->slot, m->piece, now_usec);
    break;
  case MEIR_MESSAGE_PIECE:
  case MEIR_MESSAGE_PORT:
  case MEIR_MESSAGE_EXTENDED:
  case MEIR_MESSAGE_KEEP_ALIVE:
  case MEIR_MESSAGE_UNKNOWN:
    break;
  }
}

void
meir_peer_handle (MeirPeer *peer, const MeirMessage *message, gint64 now_usec)
{
  if (message->id == MEIR_MESSAGE_KEEP_ALIVE)
    peer->n_keep_alives++;
  else if (message->id == MEIR_MESSAGE_UNKNOWN)
    meir_peer_count_unknown (peer);
  else if (message->id == MEIR_MESSAGE_EXTENDED)
    meir_peer_handle_extended (peer, message, now_usec);
  else if (peer->slot == MEIR_PEER_NONE)
    handle_early (peer, message);
  else
    handle_in_swarm (peer, message, now_usec);
}
