/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "tracker/meir-tracker-core.h"
#include "tracker/meir-tracker-tls.h"

G_BEGIN_DECLS

/* Limits of time, microseconds: for a whole request, from the accept or from its first byte on; between
 * requests; for a client to read its last answer. Looked at every MEIR_TRACKER_CHECK_USEC. With that, and
 * with the second or so that the kernel keeps a connection that says nothing, half a request is gone within
 * 10 seconds (security R04). */
#define MEIR_TRACKER_WAITING_USEC   (8500 * G_TIME_SPAN_MILLISECOND)
#define MEIR_TRACKER_IDLE_USEC      (60 * G_TIME_SPAN_SECOND)
#define MEIR_TRACKER_LINGERING_USEC (2 * G_TIME_SPAN_SECOND)
#define MEIR_TRACKER_CHECK_USEC     (250 * G_TIME_SPAN_MILLISECOND)

/**
 * MeirTrackerHttp:
 *
 * The HTTP or HTTPS front end: accepts, keeps every connection within its time, and their number within
 * bounds. Tracker's thread only, once the loop runs.
 */
typedef struct _MeirTrackerHttp MeirTrackerHttp;

/* @fds: (array length=n_fds) (transfer full): one or two listening sockets, non-blocking.
 * @certificate: (nullable): speak HTTPS with it and its key, not HTTP.
 * @max_connections: above that the longest idle one is closed, then the one that waits longest.
 * NULL with MEIR_ERROR_FAILED when the sockets cannot be watched. */
MeirTrackerHttp *meir_tracker_http_new (MeirTrackerCore *core, const int *fds, guint n_fds,
                                        GTlsCertificate *certificate, guint max_connections, GError **error);
/* Closes the connections of those who are no longer of the audience. */
void meir_tracker_http_recheck (MeirTrackerHttp *http);
/* Closes everything, and waits until handshakes in flight have ended. */
void meir_tracker_http_free (MeirTrackerHttp *http);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MeirTrackerHttp, meir_tracker_http_free)

G_END_DECLS
