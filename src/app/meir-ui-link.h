/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "session/meir.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * meir_ui_link_dup_for_torrent:
 * @origin: (nullable): the magnet link it came from
 * @host: numeric address under which others reach this computer
 * @port: on which it listens
 *
 * The magnet link to give out. Where no tracker would lead people here, and the torrent is not private (BEP
 * 27), the link names this computer itself (BEP 9, x.pe).
 *
 * Returns: (transfer full)
 */
char *meir_ui_link_dup_for_torrent (MeirTorrent *torrent, const char *origin, const char *host, guint16 port);

/**
 * meir_ui_link_dup_from_file:
 * @file: of GApplication::open, or of a drop
 *
 * The magnet link it stands for, byte for byte; gvfs writes one as "magnet:///?…", which is undone here.
 *
 * Returns: (transfer full) (nullable): NULL when it is a file.
 */
char *meir_ui_link_dup_from_file (GFile *file);

/* A line of text that is a magnet link or a bare info-hash, as a link. (transfer full) (nullable) */
char *meir_ui_link_dup_from_text (const char *text);

/* The address under which the local network knows this computer: of the first interface that is up, or the
 * loopback address. (transfer full) */
char *meir_ui_link_dup_local_host (void);

G_END_DECLS
