/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "discover/meir-announce-url.h"
#include "discover/meir-tracker-setup.h"
#include "discover/meir-udp-channel.h"

G_BEGIN_DECLS

/**
 * MeirUdpAnnounce:
 *
 * One announce over UDP (BEP 15), from the look-up of the name to the decoded reply: connect, unless the
 * tracker's connection id is known still, then announce. A packet without answer is repeated after
 * 15 · 2ⁿ seconds, to each of the tracker's addresses in turn, beginning with a connect again, so an id that
 * the tracker no longer takes heals by itself (security J09). Engine thread only.
 */
typedef struct _MeirUdpAnnounce MeirUdpAnnounce;

/**
 * meir_udp_announce_start:
 * @setup: outlives the exchange, as does @channel
 * @url: the tracker's; its path and query are sent along (BEP 41)
 * @request: copied
 * @func: runs once, from the loop; the exchange is gone then
 */
MeirUdpAnnounce *meir_udp_announce_start (const MeirTrackerSetup *setup, MeirUdpChannel *channel,
                                          MeirAnnounceUrl *url, const MeirAnnounceRequest *request,
                                          MeirTrackerCallFunc func, gpointer user_data);
/* Abandons it; @func does not run. */
void meir_udp_announce_cancel (MeirUdpAnnounce *announce);

G_END_DECLS
