/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "disk/meir-hasher.h"

#include <gnutls/crypto.h>
#include <gnutls/gnutls.h>

struct _MeirHashLane {
  gnutls_hash_hd_t handle;
};

MeirHashLane *
meir_hash_lane_new (void)
{
  MeirHashLane *lane = g_new0 (MeirHashLane, 1);
  int result = gnutls_hash_init (&lane->handle, GNUTLS_DIG_SHA1);

  /* Fails only where a policy of the system forbids SHA-1: then no torrent of version 1 can be checked at
   * all. */
  if (result != 0)
    g_error ("GnuTLS offers no SHA-1: %s", gnutls_strerror (result));
  return lane;
}

void
meir_hash_lane_free (MeirHashLane *lane)
{
  gnutls_hash_deinit (lane->handle, NULL);
  g_free (lane);
}

void
meir_hash_lane_reset (MeirHashLane *lane)
{
  guint8 unused[MEIR_SHA1_LENGTH];

  gnutls_hash_output (lane->handle, unused);
}

guint
meir_hasher_get_width (void)
{
  return 1;
}

void
meir_hasher_update_many (MeirHashLane *const *lanes, const guint8 *const *data, const gsize *lengths, guint n)
{
  for (guint i = 0; i < n; i++) {
    if (lengths[i] > 0)
      gnutls_hash (lanes[i]->handle, data[i], lengths[i]);
  }
}

void
meir_hasher_finish (MeirHashLane *lane, guint8 digest[MEIR_SHA1_LENGTH])
{
  gnutls_hash_output (lane->handle, digest);
}
