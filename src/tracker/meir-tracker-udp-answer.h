/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "tracker/meir-tracker-core.h"

#include "wire/meir-tracker-udp.h"

G_BEGIN_DECLS

/* Datagrams that are worked on together. */
#define MEIR_TRACKER_UDP_BATCH 64u
/* Longest reply: fits every path with an MTU of 1500, tunnels included, so that it is never cut in fragments.
 */
#define MEIR_TRACKER_UDP_ANSWER_MAX 1400u
/* A connection id lives between one and two of these (BEP 15: a client may use it for a minute). */
#define MEIR_TRACKER_UDP_ID_SEC 60u

/**
 * MeirTrackerUdpDatagram:
 * @bytes: (array length=length): as received
 * @source: whom it came from, and where the reply goes
 * @request: after prepare, if @valid
 * @valid: a well-formed request, from whoever really has the source address (always so for connect)
 * @hash: the store's hash of an announce's info-hash
 */
typedef struct {
  const guint8 *bytes;
  gsize length;
  MeirEndpoint source;
  /*< private >*/
  MeirTrackerUdpRequest request;
  gboolean valid;
  guint64 hash;
} MeirTrackerUdpDatagram;

/* The UDP tracker protocol (BEP 15) without its sockets. First prepare a batch: decodes, checks connection
 * ids, and asks the processor for the memory that the answers will need. Then answer each, in order. No
 * allocation but for new torrents and peers. */
void meir_tracker_udp_prepare (MeirTrackerCore *core, MeirTrackerUdpDatagram *datagrams, guint n,
                               gint64 now_usec);

/* Writes the reply (room for %MEIR_TRACKER_UDP_ANSWER_MAX and the slack of meir_tracker_peers_write ()); 0:
 * none. What is malformed gets none, nor what carries no connection id given to its source within the last
 * two minutes, so that nobody can make the tracker send more bytes to a victim than he sends himself
 * (security K03, K05). */
gsize meir_tracker_udp_answer (MeirTrackerCore *core, const MeirTrackerUdpDatagram *datagram, gint64 now_usec,
                               guint8 *reply);

/* The id that @source may use now: a keyed hash of its address (not the port: one NAT may use several) and of
 * the minute. Nothing is stored. */
guint64 meir_tracker_udp_connection_id (const MeirTrackerCore *core, const MeirEndpoint *source,
                                        gint64 now_usec);

G_END_DECLS
