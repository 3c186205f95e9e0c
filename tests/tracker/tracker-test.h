/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/meir-endpoint.h"
#include "tracker/meir-tracker-core.h"

#include <string.h>

/* What the tests of the tracker share. */

#define SECOND ((gint64) G_USEC_PER_SEC)

static inline MeirEndpoint
test_endpoint (const char *text)
{
  MeirEndpoint endpoint;
  g_autoptr (GError) error = NULL;

  meir_endpoint_parse (&endpoint, text, &error);
  g_assert_no_error (error);
  return endpoint;
}

/* Distinct public addresses, one for each @n. */
static inline MeirEndpoint
test_peer_4 (guint32 n)
{
  return (MeirEndpoint){ .bytes = { 20, (guint8) (n >> 16), (guint8) (n >> 8), (guint8) n },
                         .port = (guint16) (1024 + n % 60000),
                         .family = 4 };
}

/* Distinct /64 networks. */
static inline MeirEndpoint
test_peer_6 (guint32 n)
{
  return (
      MeirEndpoint){ .bytes = { 0x20, 0x01, 0, 0, 0, (guint8) (n >> 16), (guint8) (n >> 8), (guint8) n, 1 },
                     .port = (guint16) (1024 + n % 60000),
                     .family = 6 };
}

static inline MeirInfoHash
test_info_hash (guint32 n)
{
  MeirInfoHash info_hash = { { 0 } };

  memcpy (info_hash.bytes, &n, sizeof n);
  return info_hash;
}

static inline MeirTrackerStore *
test_store (guint interval_sec, guint max_torrents, guint max_peers, guint64 max_bytes)
{
  static const guint8 secret[32] = { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17 };
  MeirTrackerStoreLimits limits = { interval_sec, max_torrents, max_peers, max_bytes };

  return meir_tracker_store_new (&limits, secret, NULL, NULL);
}

/* A core without a loop, for the pure parts. Clear with test_core_clear (). */
static inline MeirTrackerCore
test_core (void)
{
  return (MeirTrackerCore){ .store = test_store (1800, 10000, 10000, 64 << 20),
                            .connection_key = { { 11, 12 } },
                            .interval_sec = 1800,
                            .min_interval_sec = 60 };
}

static inline void
test_core_clear (MeirTrackerCore *core)
{
  g_clear_pointer (&core->store, meir_tracker_store_free);
}
