/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "discover/meir-announce-host.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * MeirAnnounceAddress:
 *
 * A network address that carries the host's name, against which TLS compares the certificate, and connects to
 * addresses that were looked up and judged before: what was judged is what is dialled, so a name that changes
 * its address in between gains nothing (DNS rebinding, security H27).
 */
#define MEIR_TYPE_ANNOUNCE_ADDRESS (meir_announce_address_get_type ())
G_DECLARE_FINAL_TYPE (MeirAnnounceAddress, meir_announce_address, MEIR, ANNOUNCE_ADDRESS, GNetworkAddress)

/* @name: the host's name, @host: copied. (transfer full) */
GSocketConnectable *meir_announce_address_new (const char *name, const MeirAnnounceHost *host);

G_END_DECLS
