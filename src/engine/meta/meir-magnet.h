/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/meir-digest.h"
#include "base/meir-endpoint.h"
#include "meta/meir-metainfo.h"

#include <glib.h>

G_BEGIN_DECLS

/* Longest magnet link read, bytes. */
#define MEIR_MAGNET_LENGTH_MAX (64u << 10)
/* Most trackers, peers and web seeds kept of a magnet link, each; further ones are dropped and counted. */
#define MEIR_MAGNET_LIST_MAX 64u

/**
 * MeirMagnet:
 * @info_hash: `xt=urn:btih:` (BEP 9), the first where there are several
 * @display_name: (nullable): `dn`, made safe to show
 * @trackers: (element-type utf8): `tr`, those with the scheme http, https or udp
 * @peers: (element-type MeirEndpoint): `x.pe`, numeric addresses only
 * @web_seeds: (element-type utf8): `ws`, http and https only (BEP 19)
 * @length: `xl`, bytes; 0 when not said
 * @n_dropped: trackers, peers and web seeds that were left out: malformed, of a foreign scheme, doubled, or
 * too many
 *
 * A magnet link. The arrays are never NULL. Owned by one thread at a time.
 */
typedef struct {
  MeirInfoHash info_hash;
  char *display_name;
  GPtrArray *trackers;
  GArray *peers;
  GPtrArray *web_seeds;
  guint64 length;
  guint n_dropped;
} MeirMagnet;

/* Whether @text looks like a magnet link ("magnet:" in any case), as against the name of a file. */
gboolean meir_magnet_is_link (const char *text);

/**
 * meir_magnet_parse:
 * @text: NUL-terminated
 *
 * Unknown keys are ignored, a known key may be numbered (`tr.1`). Pure.
 *
 * Returns: (transfer full) (nullable): NULL with MEIR_ERROR_INVALID, whose message names the part at fault.
 */
MeirMagnet *meir_magnet_parse (const char *text, GError **error);
void meir_magnet_free (MeirMagnet *magnet);

/* A magnet that leads to @metainfo: its info-hash, name, length, trackers (tiers flattened) and web seeds. */
MeirMagnet *meir_magnet_new_from_metainfo (MeirMetainfo *metainfo);
/* The canonical link, (transfer full): ASCII, keys in a fixed order, the info-hash in hex. */
char *meir_magnet_to_string (const MeirMagnet *magnet);
/* (element-type GStrv) (transfer full): each tracker a tier of its own, as meir_metainfo_new_from_info ()
 * takes it. */
GPtrArray *meir_magnet_dup_tiers (const MeirMagnet *magnet);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MeirMagnet, meir_magnet_free)

G_END_DECLS
