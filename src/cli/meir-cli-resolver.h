/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "session/meir.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * MeirCliResolver:
 *
 * The peers of --peer HOST:PORT, where HOST may be a name that has to be looked up.
 */
typedef struct _MeirCliResolver MeirCliResolver;

/* @addresses: (nullable): NULL-terminated. NULL with MEIR_ERROR_INVALID, which names the one at fault.
 * (transfer full) */
MeirCliResolver *meir_cli_resolver_new (char **addresses, GError **error);
/* Gives up what is still being looked up. */
void meir_cli_resolver_free (MeirCliResolver *resolver);

/* Those that were given as numbers, (transfer none) (element-type MeirEndpoint). */
GArray *meir_cli_resolver_get_endpoints (MeirCliResolver *resolver);
/* Looks the others up, and adds what is found to @torrent as it comes; complains where nothing is found. */
void meir_cli_resolver_run (MeirCliResolver *resolver, MeirTorrent *torrent);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MeirCliResolver, meir_cli_resolver_free)

G_END_DECLS
