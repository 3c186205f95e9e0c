/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/meir-endpoint.h"
#include "discover/meir-name-queue.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/* Most addresses of one tracker that are tried (security J12). */
#define MEIR_ANNOUNCE_ADDRESSES_MAX 4u

/**
 * MeirAnnounceHost:
 *
 * Where a tracker lives: addresses that one host can have (no multicast, broadcast or unspecified ones), in
 * the order to try them, both families among them if it has both. A plain value.
 */
typedef struct {
  MeirEndpoint endpoints[MEIR_ANNOUNCE_ADDRESSES_MAX];
  guint n;
} MeirAnnounceHost;

/**
 * meir_announce_host_resolve_async:
 * @name: a host name or numeric address, without brackets
 * @port: goes into the endpoints
 * @family: 4 or 6 to keep addresses of that family only; 0 for both
 *
 * Asks the DNS, in its turn. The callback runs in the thread's default context.
 */
void meir_announce_host_resolve_async (MeirNameQueue *names, const char *name, guint16 port, guint8 family,
                                       GCancellable *cancellable, GAsyncReadyCallback callback,
                                       gpointer user_data);
/* FALSE with MEIR_ERROR_NETWORK (nothing by that name, or nothing of that family), MEIR_ERROR_INVALID (no
 * address that a tracker can have), or G_IO_ERROR_CANCELLED. */
gboolean meir_announce_host_resolve_finish (GAsyncResult *result, MeirAnnounceHost *host, GError **error);

/* On this machine, or in the network around it. */
gboolean meir_announce_host_is_private (const MeirEndpoint *endpoint);

G_END_DECLS
