/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/meir-url.h"

G_BEGIN_DECLS

/**
 * MeirUrlSieve:
 *
 * Lets through the addresses of a foreign list that can be used, each once, and not too many; counts the
 * rest. For the stack; clear with meir_url_sieve_clear ().
 */
typedef struct {
  GHashTable *seen;
  guint n_max;
  guint n_dropped;
  gboolean allow_udp;
} MeirUrlSieve;

/* @allow_udp: TRUE for trackers, FALSE for web seeds. */
void meir_url_sieve_init (MeirUrlSieve *sieve, guint n_max, gboolean allow_udp);
void meir_url_sieve_clear (MeirUrlSieve *sieve);
/* The address as meir_url_to_string () writes it, (transfer full), or NULL: dropped. An empty one is not
 * counted. */
char *meir_url_sieve_take (MeirUrlSieve *sieve, const void *bytes, gsize length);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (MeirUrlSieve, meir_url_sieve_clear)

G_END_DECLS
