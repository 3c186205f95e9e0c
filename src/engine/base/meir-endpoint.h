/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>
#include <sys/socket.h>

G_BEGIN_DECLS

/**
 * MeirEndpoint:
 * @bytes: the address in network order; an IPv4 address uses the first 4 bytes, the rest are zero
 * @port: host order; 0 means "not known"
 * @family: 4 or 6; 0 in an endpoint that was never set
 *
 * An IP address and port: a plain value, compared with meir_endpoint_equal (). IPv4-mapped IPv6 addresses are
 * always stored as IPv4.
 */
typedef struct {
  guint8 bytes[16];
  guint16 port;
  guint8 family;
} MeirEndpoint;

/* Longest text of an endpoint, "[v6]:port" and NUL. */
#define MEIR_ENDPOINT_TEXT_MAX 56

/* Same address and port. */
gboolean meir_endpoint_equal (const MeirEndpoint *a, const MeirEndpoint *b);
/* Same address, whatever the ports. */
gboolean meir_endpoint_same_address (const MeirEndpoint *a, const MeirEndpoint *b);
/* For GHashTable, keyed with a random number of this process: differs from run to run. */
guint meir_endpoint_hash (const MeirEndpoint *endpoint);

/* FALSE, and @endpoint unchanged, unless it is a whole AF_INET or AF_INET6 address. */
gboolean meir_endpoint_from_sockaddr (MeirEndpoint *endpoint, const struct sockaddr *address,
                                      socklen_t length);
/* Fills in @address and returns how much of it counts; 0 for an endpoint that was never set. */
socklen_t meir_endpoint_to_sockaddr (const MeirEndpoint *endpoint, struct sockaddr_storage *address);

/* "1.2.3.4:80", "[::1]:80"; numeric only, without a zone, never asks the DNS. MEIR_ERROR_INVALID. */
gboolean meir_endpoint_parse (MeirEndpoint *endpoint, const char *text, GError **error);
/* "1.2.3.4", "::1": an address alone, numeric, without brackets and zone; the port is 0. MEIR_ERROR_INVALID.
 */
gboolean meir_endpoint_parse_address (MeirEndpoint *endpoint, const char *text, GError **error);
/* Writes the text into @buffer (at least MEIR_ENDPOINT_TEXT_MAX bytes) and returns @buffer. */
const char *meir_endpoint_format (const MeirEndpoint *endpoint, char *buffer);

/* Compact forms of BEP 23 (6 bytes) and BEP 7 (18 bytes). */
void meir_endpoint_from_compact (MeirEndpoint *endpoint, const guint8 *compact, guint8 family);
gsize meir_endpoint_to_compact (const MeirEndpoint *endpoint, guint8 *compact);

/* Loopback; private, link-local or unique-local; and whether a peer could live there at all (not unspecified,
 * multicast, broadcast, nor port 0). */
gboolean meir_endpoint_is_loopback (const MeirEndpoint *endpoint);
gboolean meir_endpoint_is_local_network (const MeirEndpoint *endpoint);
gboolean meir_endpoint_is_usable (const MeirEndpoint *endpoint);
/* Whether who connects from there can only have come through the router: neither of the two above. */
gboolean meir_endpoint_is_outside (const MeirEndpoint *endpoint);

G_END_DECLS
