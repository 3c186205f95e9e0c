/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/meir-url.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * MeirAnnounceUrl:
 * @scheme: how to speak to the tracker
 * @uri: with path and query byte for byte as they came; without user name, password and fragment, which are
 * never sent
 * @port: the one given, or the scheme's
 * @name: "tracker.example:6969", what messages call the tracker; safe to show
 *
 * A tracker's address, taken apart. Immutable and reference-counted (one thread).
 */
typedef struct _MeirAnnounceUrl {
  MeirUrlScheme scheme;
  GUri *uri;
  guint16 port;
  char *name;
} MeirAnnounceUrl;

/**
 * meir_announce_url_parse:
 * @text: an address from a torrent, a link or a user
 *
 * Pure. Returns: (transfer full) (nullable): NULL with MEIR_ERROR_INVALID unless it is an http, https or udp
 * address with a host (and, for udp, a port), of ASCII without spaces and control characters; the host may be
 * an internationalised name.
 */
MeirAnnounceUrl *meir_announce_url_parse (const char *text, GError **error);

/* As above, for an address that may be relative to @base (RFC 3986, 5.2): an HTTP redirect. */
MeirAnnounceUrl *meir_announce_url_parse_relative (const MeirAnnounceUrl *base, const char *text,
                                                   GError **error);
MeirAnnounceUrl *meir_announce_url_ref (MeirAnnounceUrl *url);
void meir_announce_url_unref (MeirAnnounceUrl *url);

/* Host name or numeric address, without brackets. (transfer none) */
const char *meir_announce_url_get_host (const MeirAnnounceUrl *url);

/* The address with @query (nullable), byte for byte, in place of its own: what an HTTP request is made of.
 * (transfer full) */
GUri *meir_announce_url_build (const MeirAnnounceUrl *url, const char *query);

/* Whether the path ends in a component that begins with "announce", as that of every tracker that can be
 * scraped (BEP 48). */
gboolean meir_announce_url_is_announce (const MeirAnnounceUrl *url);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MeirAnnounceUrl, meir_announce_url_unref)

G_END_DECLS
