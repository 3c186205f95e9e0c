/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Unpredictable bytes from GnuTLS (getrandom below it). Any thread. For keys, peer ids, tokens, seeds. */
void meir_random_bytes (void *bytes, gsize length);
guint64 meir_random_u64 (void);

/**
 * meir_hash_bytes:
 *
 * A hash for GHashTable, keyed with a random number of this process: what others choose (info-hashes,
 * addresses) cannot be chosen to collide. Differs from run to run. Any thread.
 */
guint meir_hash_bytes (const void *bytes, gsize length);

/**
 * MeirPrng:
 *
 * A small deterministic generator for decisions (which piece, which peer): the pure folders get it seeded, so
 * that a test replays exactly. Not for anything an adversary must not guess.
 */
typedef struct {
  guint64 state[2];
} MeirPrng;

void meir_prng_init (MeirPrng *prng, guint64 seed);
guint64 meir_prng_next (MeirPrng *prng);
/* Uniform in [0, bound); @bound > 0. */
guint32 meir_prng_below (MeirPrng *prng, guint32 bound);

G_END_DECLS
