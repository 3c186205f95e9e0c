/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "session/meir-engine.h"

#include "meir-config.h"
#include "session/meir-peer.h"

#include <glib/gi18n-lib.h>

/* What the user changes while the engine runs. */

typedef const char *(*MeirPeerTest) (MeirPeer *peer, gconstpointer data);

/* Closes every connection for which @test gives a reason. */
static void
close_peers (MeirEngine *engine, MeirPeerTest test, gconstpointer data)
{
  for (guint i = 0; i < engine->torrents->len; i++) {
    MeirTorrent *torrent = g_ptr_array_index (engine->torrents, i);

    for (guint j = torrent->peers->len; j > 0; j--) {
      MeirPeer *peer = g_ptr_array_index (torrent->peers, j - 1);
      const char *reason = test (peer, data);

      if (reason != NULL)
        meir_peer_close (peer, reason);
    }
  }
}

static const char *
is_at_address (MeirPeer *peer, gconstpointer data)
{
  return meir_endpoint_same_address (&peer->endpoint, data) ? _ ("Is refused by the user") : NULL;
}

void
meir_engine_ban (MeirEngine *engine, const MeirEndpoint *endpoint)
{
  meir_address_book_ban (engine->addresses, endpoint, G_MAXINT64);
  close_peers (engine, is_at_address, endpoint);
}

/* An upgrade under way ends encrypted, which only MEIR_TLS_OFF minds. */
static const char *
does_not_fit_policy (MeirPeer *peer, gconstpointer data)
{
  gboolean encrypts = peer->encrypted || peer->upgrading != MEIR_UPGRADE_NONE;

  switch (peer->engine->settings.tls) {
  case MEIR_TLS_OFF:
    return encrypts ? _ ("Is encrypted, which is switched off now") : NULL;
  case MEIR_TLS_REQUIRE:
    return encrypts ? NULL : _ ("Is not encrypted, which is asked for now");
  case MEIR_TLS_PREFER:
    return NULL;
  }
  g_return_val_if_reached (NULL);
}

/* The newest connections of the torrent that has most go first. */
static void
close_surplus (MeirEngine *engine)
{
  while (engine->n_peers > engine->settings.max_peers) {
    MeirTorrent *largest = g_ptr_array_index (engine->torrents, 0);

    for (guint i = 1; i < engine->torrents->len; i++) {
      MeirTorrent *torrent = g_ptr_array_index (engine->torrents, i);

      if (torrent->peers->len > largest->peers->len)
        largest = torrent;
    }
    meir_peer_close (g_ptr_array_index (largest->peers, largest->peers->len - 1),
                     _ ("Is one connection too many"));
  }
}

void
meir_engine_apply_settings (MeirEngine *engine, const MeirEngineSettings *settings)
{
  MeirEngineSettings old = engine->settings;

  engine->settings = *settings;
  meir_throttle_set_session (engine, settings->limits.down_per_sec, settings->limits.up_per_sec);
  if (old.tls != settings->tls)
    close_peers (engine, does_not_fit_policy, NULL);
  if (settings->max_peers < old.max_peers)
    close_surplus (engine);
  if (settings->max_downloads != old.max_downloads)
    meir_engine_review_queue (engine, TRUE);
}

gboolean
meir_engine_listen (MeirEngine *engine, guint16 port, GError **error)
{
  if (port == meir_greeter_get_port (engine->greeter))
    return TRUE;
  if (!meir_greeter_listen (engine->greeter, engine->bind_address, port, error))
    return FALSE;
  g_atomic_int_set (&engine->reached, FALSE);
  return TRUE;
}

/* Previews, and what is on its way out, keep their places. */
void
meir_engine_set_order (MeirEngine *engine, GPtrArray *order)
{
  g_autoptr (GHashTable) here = g_hash_table_new (NULL, NULL);
  g_autoptr (GHashTable) listed = g_hash_table_new (NULL, NULL);
  guint next = 0;

  for (guint i = 0; i < engine->torrents->len; i++)
    g_hash_table_add (here, g_ptr_array_index (engine->torrents, i));
  for (guint i = 0; i < order->len; i++)
    g_hash_table_add (listed, g_ptr_array_index (order, i));
  for (guint i = 0; i < engine->torrents->len; i++) {
    if (!g_hash_table_contains (listed, g_ptr_array_index (engine->torrents, i)))
      continue;
    while (!g_hash_table_contains (here, g_ptr_array_index (order, next)))
      next++;
    g_ptr_array_index (engine->torrents, i) = g_ptr_array_index (order, next++);
  }
  meir_engine_review_queue (engine, TRUE);
}
