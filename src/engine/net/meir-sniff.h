/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * MeirSniff:
 * @MEIR_SNIFF_MORE: too few bytes to tell
 * @MEIR_SNIFF_PLAIN: a BitTorrent handshake (BEP 3)
 * @MEIR_SNIFF_TLS: a TLS record with the beginning of a ClientHello
 * @MEIR_SNIFF_FOREIGN: neither; not to be answered
 */
typedef enum {
  MEIR_SNIFF_MORE,
  MEIR_SNIFF_PLAIN,
  MEIR_SNIFF_TLS,
  MEIR_SNIFF_FOREIGN,
} MeirSniff;

/* Bytes after which there is no MEIR_SNIFF_MORE. */
#define MEIR_SNIFF_LENGTH 20u
/* Bytes of a TLS record's header (RFC 8446, 5.1), and most of the record itself. */
#define MEIR_TLS_HEADER_LENGTH 5u
#define MEIR_TLS_RECORD_LENGTH 16384u

/**
 * meir_sniff_classify:
 * @record_length: (out): with MEIR_SNIFF_TLS, bytes of the first record with its header
 *
 * Tells from the first bytes of an incoming connection what is spoken on it. Says no as early as the bytes
 * allow, and yes only when the whole first word is there. Pure. Any thread.
 */
MeirSniff meir_sniff_classify (const guint8 *bytes, gsize length, gsize *record_length);

G_END_DECLS
