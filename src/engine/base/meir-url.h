/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Longest address of a tracker or web seed, bytes. */
#define MEIR_URL_LENGTH_MAX 2048u

typedef enum {
  MEIR_URL_HTTP,
  MEIR_URL_HTTPS,
  MEIR_URL_UDP, /* BEP 15 */
} MeirUrlScheme;

/**
 * MeirUrl:
 * @scheme: how to speak to it
 * @host: lower-case ASCII: a name (internationalised ones as punycode), an IPv4 address, or an IPv6 address
 * without brackets
 * @port: 1 to 65535; 80 or 443 where not said
 * @has_port: whether the port was said
 * @is_ipv6: @host is an IPv6 address
 * @userinfo: (nullable): what stands before '@', still percent-encoded: a secret
 * @path: path and query, percent-encoded; empty, or begins with '/'
 *
 * The address of a tracker or a web seed, taken apart. What stands here went through a strict reading: ASCII
 * without spaces or control characters, so it can go into a request line as it is. Says nothing about where
 * the host leads: who connects judges the resolved address.
 */
typedef struct {
  MeirUrlScheme scheme;
  char *host;
  char *userinfo;
  char *path;
  guint16 port;
  gboolean has_port;
  gboolean is_ipv6;
} MeirUrl;

/**
 * meir_url_parse:
 * @text: NUL-terminated
 *
 * Reads an address whose scheme is http, https or udp. Characters that RFC 3986 does not allow in a path are
 * percent-encoded, the fragment is dropped. Pure.
 *
 * Returns: (transfer full) (nullable): NULL with MEIR_ERROR_INVALID; the message shows the address with
 * secrets masked.
 */
MeirUrl *meir_url_parse (const char *text, GError **error);
/* The same with a limit of its own instead of MEIR_URL_LENGTH_MAX, for a redirect, which carries a whole
 * request. */
MeirUrl *meir_url_parse_long (const char *text, gsize length_max, GError **error);
/* The same for a web seed: http and https alone. */
MeirUrl *meir_url_parse_web (const char *text, GError **error);
void meir_url_free (MeirUrl *url);

/* "http", "https" or "udp". (transfer none) */
const char *meir_url_scheme_to_string (MeirUrlScheme scheme);
/* The whole address, ASCII, secrets included. (transfer full) */
char *meir_url_to_string (const MeirUrl *url);

/**
 * meir_url_dup_safe:
 * @text: any bytes, an address or not
 *
 * For windows, terminals and logs: one line of printable UTF-8, in which a user name and password, the values
 * of the query, and parts of the path that look like a passkey are replaced by "***". At most some 300
 * characters.
 *
 * Returns: (transfer full)
 */
char *meir_url_dup_safe (const char *text);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MeirUrl, meir_url_free)

G_END_DECLS
