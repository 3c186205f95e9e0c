/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "net/meir-loop.h"
#include "wire/meir-announce.h"

#include <glib.h>

G_BEGIN_DECLS

/**
 * MeirTrackerDeadlines:
 * @http_first_byte_msec: from the start of an HTTP exchange, name look-up and TLS included, to a whole
 * response header
 * @http_total_msec: from the start to the last byte of the body, redirects included
 * @udp_wait_msec: how long the first UDP packet waits for its answer; doubled with every repetition (BEP 15)
 * @udp_next_address_msec: how long it waits instead while the host has further addresses not tried yet
 * @udp_repetitions: how often a UDP packet is repeated before the tracker counts as silent
 * @tier_patience_msec: how long a tracker may keep the others of its tier waiting
 * @retry_msec: from the first failure to the next attempt; doubled with every further one, up to 1 h
 *
 * Patience with trackers.
 */
typedef struct {
  guint http_first_byte_msec;
  guint http_total_msec;
  guint udp_wait_msec;
  guint udp_next_address_msec;
  guint udp_repetitions;
  guint tier_patience_msec;
  guint retry_msec;
} MeirTrackerDeadlines;

/* 10 s, 30 s, 15 s (BEP 15), 5 s, 4, 15 s, 15 s. */
extern const MeirTrackerDeadlines MEIR_TRACKER_DEADLINES_DEFAULT;

/**
 * MeirTrackerClientOptions:
 * @bind_address: (nullable): the numeric address announces leave from; trackers of the other family are then
 * out of reach
 * @pins: (nullable) (array zero-terminated=1): "sha256:" and 64 hex digits each: SHA-256 of a
 * SubjectPublicKeyInfo in DER. An https certificate with such a key is accepted although it is self-signed,
 * of an unknown authority or for another name; expired, revoked or weak ones are refused all the same
 * @deadlines: (nullable): the default ones
 *
 * There is no option that turns the verification of certificates off.
 */
typedef struct {
  const char *bind_address;
  const char *const *pins;
  const MeirTrackerDeadlines *deadlines;
} MeirTrackerClientOptions;

/**
 * MeirTrackerClient:
 *
 * Speaks with HTTP, HTTPS (BEP 3, through libsoup) and UDP (BEP 15) trackers on behalf of all torrents of a
 * session: holds the UDP sockets, the connection ids, the pins and the session's key. No cookies, no
 * authentication, no proxy. Engine thread only; the loop's context is that thread's default context.
 */
typedef struct _MeirTrackerClient MeirTrackerClient;

/**
 * meir_tracker_client_new:
 * @loop: outlives the client
 * @options: (nullable): copied
 * @error: MEIR_ERROR_INVALID for a bind address or pin that cannot be read
 *
 * Returns: (transfer full) (nullable): the client
 */
MeirTrackerClient *meir_tracker_client_new (MeirLoop *loop, const MeirTrackerClientOptions *options,
                                            GError **error);

/* Announcers that use it were freed before, calls cancelled. */
void meir_tracker_client_free (MeirTrackerClient *client);

/**
 * MeirTrackerCallFunc:
 * @reply: (nullable): what the tracker answered; its @failure may be set. 410 Gone becomes a failure with
 * MEIR_RETRY_NEVER. Valid during the callback only
 * @error: (nullable): why there is no reply: MEIR_ERROR_NETWORK, _TLS, _PROTOCOL, _INVALID or _TIMED_OUT
 *
 * One of the two is set. Runs exactly once, from the loop, unless the call is cancelled; the call is gone
 * then.
 */
typedef void (*MeirTrackerCallFunc) (gpointer user_data, const MeirAnnounceReply *reply, const GError *error);

typedef struct _MeirTrackerCall MeirTrackerCall;
typedef struct _MeirAnnounceUrl MeirAnnounceUrl;

/**
 * meir_tracker_client_announce:
 * @url: the tracker
 * @request: copied; its key is filled in here
 * @tracker_id: (nullable): from the tracker's last reply, @tracker_id_length bytes
 *
 * One announce to one tracker. Of those over HTTP 32 are under way at once, the others wait for their turn;
 * one that says "stopped" does not wait, and is repeated early over UDP: there is little time to say goodbye.
 *
 * Returns: (transfer none): to cancel it with; valid until @func runs
 */
MeirTrackerCall *meir_tracker_client_announce (MeirTrackerClient *client, MeirAnnounceUrl *url,
                                               const MeirAnnounceRequest *request, const guint8 *tracker_id,
                                               gsize tracker_id_length, MeirTrackerCallFunc func,
                                               gpointer user_data);
void meir_tracker_call_cancel (MeirTrackerCall *call);

/* (transfer none) */
MeirLoop *meir_tracker_client_get_loop (MeirTrackerClient *client);
const MeirTrackerDeadlines *meir_tracker_client_get_deadlines (MeirTrackerClient *client);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MeirTrackerClient, meir_tracker_client_free)

G_END_DECLS
