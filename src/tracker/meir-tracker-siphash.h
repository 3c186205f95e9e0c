/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * MeirTrackerSipKey:
 *
 * 128 secret bits, from meir_random_bytes ().
 */
typedef struct {
  guint64 words[2];
} MeirTrackerSipKey;

/**
 * meir_tracker_siphash:
 * @key: the secret
 * @bytes: (array length=length): what is authenticated
 *
 * SipHash-2-4 (Aumasson and Bernstein, 2012): a keyed 64-bit function of short inputs, that nobody without
 * the key can predict or make collide. It stands behind UDP connection ids (BEP 15) and the store's table.
 * Pure; any thread.
 *
 * Returns: the 64-bit value; its bytes in little-endian order are the reference output
 */
guint64 meir_tracker_siphash (const MeirTrackerSipKey *key, const void *bytes, gsize length);

G_END_DECLS
