/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "tracker/meir-tracker-http-parser.h"
#include "tracker/meir-tracker-core.h"

G_BEGIN_DECLS

/* Room for the longest response: 200 peers as dictionaries with IPv6 addresses and peer ids. */
#define MEIR_TRACKER_HTTP_ANSWER_MAX (33u << 10)

/**
 * meir_tracker_http_answer:
 * @request: a complete one
 * @source: the client's address: no header and no parameter can say another (security R10, R15)
 * @over_tls: for the tally
 * @response: (out caller-allocates): room for %MEIR_TRACKER_HTTP_ANSWER_MAX
 * @keep_open: (out): whether the connection may go on
 *
 * Answers /announce (BEP 3, 7, 23, 24) and /scrape (BEP 48); anything else is a 404. A request that makes no
 * sense is answered with status 400, one that is refused with 200, both with a bencoded failure reason. A
 * scrape of everything at once is refused. No allocation but for new torrents and peers.
 *
 * Returns: bytes of the response, header included
 */
gsize meir_tracker_http_answer (MeirTrackerCore *core, const MeirTrackerHttpRequest *request,
                                const MeirEndpoint *source, gboolean over_tls, gint64 now_usec,
                                guint8 *response, gboolean *keep_open);

/* The response to what the parser refused; the connection closes after it. */
gsize meir_tracker_http_answer_refused (MeirTrackerCore *core, guint status, guint8 *response);

G_END_DECLS
