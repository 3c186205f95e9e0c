/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/meir-endpoint.h"

#include <glib.h>

G_BEGIN_DECLS

/**
 * MeirAddressBook:
 *
 * What a session remembers of addresses across torrents: who is refused, who spoke TLS, how many connections
 * each has, and how many were dialled of late in its neighbourhood. Addresses are IPv4 /32 and IPv6 /64, for
 * a household behind IPv6 has a /64 to itself. Bounded; time is an argument. Engine thread only.
 */
typedef struct _MeirAddressBook MeirAddressBook;

MeirAddressBook *meir_address_book_new (void);
void meir_address_book_free (MeirAddressBook *book);

/* Refuses an address until @until_usec. */
void meir_address_book_ban (MeirAddressBook *book, const MeirEndpoint *endpoint, gint64 until_usec);
gboolean meir_address_book_is_banned (MeirAddressBook *book, const MeirEndpoint *endpoint, gint64 now_usec);

/* This endpoint (with its port) spoke TLS: it is not dialled in clear until @until_usec. */
void meir_address_book_remember_tls (MeirAddressBook *book, const MeirEndpoint *endpoint, gint64 until_usec);
gboolean meir_address_book_speaks_tls (MeirAddressBook *book, const MeirEndpoint *endpoint, gint64 now_usec);

/* Connections of one address: counted in, counted out. */
guint meir_address_book_count (MeirAddressBook *book, const MeirEndpoint *endpoint);
void meir_address_book_connected (MeirAddressBook *book, const MeirEndpoint *endpoint);
void meir_address_book_disconnected (MeirAddressBook *book, const MeirEndpoint *endpoint);

/* Whether another dial may go into the neighbourhood (/24, /48) of @endpoint: at most three a minute, so that
 * nobody can aim a swarm at a victim. Counts the dial when it says yes. Local networks are exempt. */
gboolean meir_address_book_may_dial (MeirAddressBook *book, const MeirEndpoint *endpoint, gint64 now_usec);

/* Forgets what has run out. */
void meir_address_book_sweep (MeirAddressBook *book, gint64 now_usec);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MeirAddressBook, meir_address_book_free)

G_END_DECLS
