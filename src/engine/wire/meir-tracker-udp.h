/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "wire/meir-announce.h"

#include <glib.h>

G_BEGIN_DECLS

/* BEP 15: what the connection id of a connect request must be. */
#define MEIR_TRACKER_UDP_MAGIC G_GUINT64_CONSTANT (0x41727101980)
/* Most info-hashes of one scrape. */
#define MEIR_TRACKER_UDP_SCRAPE_MAX 74u

/* Sizes of datagrams, bytes. */
#define MEIR_TRACKER_UDP_CONNECT_SIZE        16u
#define MEIR_TRACKER_UDP_ANNOUNCE_SIZE       98u
#define MEIR_TRACKER_UDP_ANNOUNCE_REPLY_SIZE 20u /* before the peers */
#define MEIR_TRACKER_UDP_ERROR_SIZE          8u  /* before the text */
/* Longest path and query sent along with an announce (BEP 41). */
#define MEIR_TRACKER_UDP_URL_DATA_MAX 1020u
/* Room for any request, and for any reply of our own tracker. */
#define MEIR_TRACKER_UDP_REQUEST_MAX (16u + MEIR_TRACKER_UDP_SCRAPE_MAX * 20u)
#define MEIR_TRACKER_UDP_REPLY_MAX   (MEIR_TRACKER_UDP_ANNOUNCE_REPLY_SIZE + MEIR_TRACKER_PEERS_MAX * 18u)

typedef enum {
  MEIR_TRACKER_UDP_CONNECT = 0,
  MEIR_TRACKER_UDP_ANNOUNCE = 1,
  MEIR_TRACKER_UDP_SCRAPE = 2,
  MEIR_TRACKER_UDP_ERROR = 3,
} MeirTrackerUdpAction;

/* The client: requests. Each writes to @buffer (room for MEIR_TRACKER_UDP_REQUEST_MAX) and returns the
 * length. */
gsize meir_tracker_udp_encode_connect (guint8 *buffer, guint32 transaction_id);
/* @url_data: (nullable): path and query of the tracker's URL, sent as BEP 41 options; cut at
 * MEIR_TRACKER_UDP_URL_DATA_MAX. NULL, "" and "/announce" add nothing. */
gsize meir_tracker_udp_encode_announce (guint8 *buffer, guint64 connection_id, guint32 transaction_id,
                                        const MeirAnnounceRequest *request, const char *url_data);
/* At most MEIR_TRACKER_UDP_SCRAPE_MAX entries are asked for. */
gsize meir_tracker_udp_encode_scrape (guint8 *buffer, guint64 connection_id, guint32 transaction_id,
                                      const MeirScrapeEntry *entries, guint n_entries);

/**
 * MeirTrackerUdpResult:
 * @MEIR_TRACKER_UDP_DROP: not the answer to this request, or broken: go on waiting
 * @MEIR_TRACKER_UDP_OK: decoded
 * @MEIR_TRACKER_UDP_REFUSED: the tracker's answer is an error message
 */
typedef enum {
  MEIR_TRACKER_UDP_DROP,
  MEIR_TRACKER_UDP_OK,
  MEIR_TRACKER_UDP_REFUSED,
} MeirTrackerUdpResult;

/* Transaction id of a reply, to find the request it is for; FALSE on a datagram under 8 bytes. */
gboolean meir_tracker_udp_peek_transaction (const guint8 *bytes, gsize length, guint32 *transaction_id);

/* The client: replies. @refusal: (out) (transfer full): with REFUSED, the tracker's words, safe to show, at
 * most MEIR_TRACKER_TEXT_MAX characters. */
MeirTrackerUdpResult meir_tracker_udp_decode_connect_reply (const guint8 *bytes, gsize length,
                                                            guint32 transaction_id, guint64 *connection_id,
                                                            char **refusal);
/* @family: 4 or 6, of the socket: the peers are of the same. @reply is initialised here and holds no text. */
MeirTrackerUdpResult meir_tracker_udp_decode_announce_reply (const guint8 *bytes, gsize length,
                                                             guint32 transaction_id, guint8 family,
                                                             MeirAnnounceReply *reply, char **refusal);
/* @entries: (inout): as they were asked for; a short reply leaves the rest not found. */
MeirTrackerUdpResult meir_tracker_udp_decode_scrape_reply (const guint8 *bytes, gsize length,
                                                           guint32 transaction_id, MeirScrapeEntry *entries,
                                                           guint n_entries, char **refusal);

/**
 * MeirTrackerUdpRequest:
 * @action: connect, announce or scrape
 * @connection_id: to be checked by the tracker; connect: the magic number
 * @announce: announce: the request; its "IP address" field is not taken over, the datagram's source counts
 * @hashes: scrape: @n_hashes info-hashes of 20 bytes, in the caller's bytes
 *
 * What a client asks of our tracker. A plain value.
 */
typedef struct {
  MeirTrackerUdpAction action;
  guint64 connection_id;
  guint32 transaction_id;
  MeirAnnounceRequest announce;
  const guint8 *hashes;
  guint n_hashes;
} MeirTrackerUdpRequest;

/* The server. FALSE: not a request of BEP 15, no reply. BEP 41 options after an announce are skipped. No
 * allocation. */
gboolean meir_tracker_udp_decode_request (const guint8 *bytes, gsize length, MeirTrackerUdpRequest *request);

/* The server: replies. Each writes at most @capacity bytes and returns the length; 0 when not even the fixed
 * part has room. No allocation. */
gsize meir_tracker_udp_encode_connect_reply (guint8 *buffer, gsize capacity, guint32 transaction_id,
                                             guint64 connection_id);
/* Writes as many of the peers of @family as there is room for. */
gsize meir_tracker_udp_encode_announce_reply (guint8 *buffer, gsize capacity, guint32 transaction_id,
                                              const MeirAnnounceReply *reply, guint8 family);
gsize meir_tracker_udp_encode_scrape_reply (guint8 *buffer, gsize capacity, guint32 transaction_id,
                                            const MeirScrapeEntry *entries, guint n_entries);
/* The text is cut to what there is room for. */
gsize meir_tracker_udp_encode_error (guint8 *buffer, gsize capacity, guint32 transaction_id,
                                     const char *text);

G_END_DECLS
