/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "discover/meir-announce-url.h"
#include "discover/meir-tracker-setup.h"

G_BEGIN_DECLS

/**
 * MeirHttpAnnounce:
 *
 * One announce over HTTP or HTTPS (BEP 3), from the look-up of the name to the decoded reply. Follows at most
 * MEIR_TRACKER_REDIRECTS_MAX redirects, never from https to http, and never from the internet into a private
 * network; reads at most MEIR_TRACKER_REPLY_MAX bytes of decoded body. Engine thread only.
 *
 * Every hop gets a SoupSession of its own: announces are minutes apart, so there is no connection worth
 * keeping, nothing one tracker does can touch the exchange with another, and only so can the address that was
 * judged be the one that is dialled.
 */
typedef struct _MeirHttpAnnounce MeirHttpAnnounce;

/**
 * meir_http_announce_start:
 * @setup: outlives the exchange
 * @url: the tracker's
 * @request_url: @url with the announce in its query
 * @func: runs once, from the loop; the exchange is gone then
 */
MeirHttpAnnounce *meir_http_announce_start (const MeirTrackerSetup *setup, MeirAnnounceUrl *url,
                                            const char *request_url, MeirTrackerCallFunc func,
                                            gpointer user_data);
/* Abandons it; @func does not run. */
void meir_http_announce_cancel (MeirHttpAnnounce *announce);

G_END_DECLS
