/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "tracker/meir-tracker.h"

G_BEGIN_DECLS

#define MEIR_TRACKER_FAMILIES 2u

/**
 * MeirTrackerSockets:
 * @tcp: listening, non-blocking; @n_tcp of them, one a family
 * @udp: bound, non-blocking; @n_udp of them
 * @http_port: 0 when there are none; likewise @udp_port
 */
typedef struct {
  int tcp[MEIR_TRACKER_FAMILIES];
  int udp[MEIR_TRACKER_FAMILIES];
  guint n_tcp;
  guint n_udp;
  guint16 http_port;
  guint16 udp_port;
} MeirTrackerSockets;

/**
 * meir_tracker_listen:
 *
 * Opens the sockets that @config asks for. On "every address" a family that the system lacks is left out, as
 * long as one is there. Where any free port will do, one is found that is free for all.
 *
 * Errors: MEIR_ERROR_BUSY, _PERMISSION, _INVALID (the address), _NETWORK (it is not one of this computer's).
 */
gboolean meir_tracker_listen (const MeirTrackerConfig *config, MeirTrackerSockets *sockets, GError **error);
/* Closes what is open, and forgets it. */
void meir_tracker_sockets_clear (MeirTrackerSockets *sockets);

G_END_DECLS
