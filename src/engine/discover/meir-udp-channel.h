/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/meir-endpoint.h"
#include "net/meir-loop.h"

G_BEGIN_DECLS

/**
 * MeirUdpChannel:
 *
 * The UDP sockets of all exchanges with UDP trackers (BEP 15): one for each address family, opened when first
 * needed, read only while somebody waits for a datagram, so that a flood has nobody to keep busy otherwise.
 * Also remembers the connection ids that trackers gave, for as long as BEP 15 lets a client use them. Engine
 * thread only.
 */
typedef struct _MeirUdpChannel MeirUdpChannel;
typedef struct _MeirUdpWait MeirUdpWait;

/* @bytes are a datagram with the transaction id, from the endpoint, that were waited for. The wait goes on;
 * it may be ended, and another begun, from within. */
typedef void (*MeirUdpWaitFunc) (MeirUdpWait *wait, const guint8 *bytes, gsize length);

/**
 * MeirUdpWait:
 * @endpoint: the only one whose datagrams count
 * @transaction_id: what they must carry
 *
 * One datagram waited for; embedded in its owner.
 */
struct _MeirUdpWait {
  MeirUdpWaitFunc func;
  MeirEndpoint endpoint;
  guint32 transaction_id;
  gboolean waiting;
};

/* @local: where datagrams leave from; family 0: anywhere. */
MeirUdpChannel *meir_udp_channel_new (MeirLoop *loop, const MeirEndpoint *local);
/* Nobody waits any more. */
void meir_udp_channel_free (MeirUdpChannel *channel);

/* Begins to wait (or goes on, for another datagram) with a fresh, unpredictable transaction id. */
void meir_udp_channel_wait (MeirUdpChannel *channel, MeirUdpWait *wait, const MeirEndpoint *endpoint,
                            MeirUdpWaitFunc func);
/* Harmless on a wait that is not set. */
void meir_udp_channel_end_wait (MeirUdpChannel *channel, MeirUdpWait *wait);

/* Sends one datagram to where @wait waits for an answer. FALSE with MEIR_ERROR_NETWORK when the system knows
 * already that it cannot get there; a full send buffer counts as loss on the way. */
gboolean meir_udp_channel_send (MeirUdpChannel *channel, const MeirUdpWait *wait, const guint8 *bytes,
                                gsize length, GError **error);

/* The connection id of the tracker at @endpoint, if one was given less than a minute ago (BEP 15). */
gboolean meir_udp_channel_find_connection (MeirUdpChannel *channel, const MeirEndpoint *endpoint,
                                           guint64 *connection_id);
void meir_udp_channel_keep_connection (MeirUdpChannel *channel, const MeirEndpoint *endpoint,
                                       guint64 connection_id);
void meir_udp_channel_drop_connection (MeirUdpChannel *channel, const MeirEndpoint *endpoint);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MeirUdpChannel, meir_udp_channel_free)

G_END_DECLS
