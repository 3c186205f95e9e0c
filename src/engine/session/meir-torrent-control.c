/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "session/meir-torrent-private.h"

#include <string.h>

/* What the front end asks of a torrent while it runs. The asking side keeps what was asked for, so that it
 * can be read back at once; the engine's side follows by mail. */

typedef struct {
  MeirTorrent *torrent;
  MeirRateLimits limits;
  MeirEndpoint endpoint;
  GPtrArray *tiers;
} MeirOrder;

static MeirOrder *
order_new (MeirTorrent *torrent)
{
  MeirOrder *order = g_new0 (MeirOrder, 1);

  order->torrent = g_object_ref (torrent);
  return order;
}

static void
order_free (gpointer data)
{
  MeirOrder *order = data;

  g_object_unref (order->torrent);
  g_clear_pointer (&order->tiers, g_ptr_array_unref);
  g_free (order);
}

static void
post_order (MeirOrder *order, MeirMailFunc func)
{
  meir_mailbox_to_engine (order->torrent->mailbox, func, order, order_free);
}

static void
set_limits_cb (gpointer data)
{
  MeirOrder *order = data;

  meir_throttle_set_torrent (order->torrent, order->limits.down_per_sec, order->limits.up_per_sec);
}

void
meir_torrent_set_limits (MeirTorrent *torrent, const MeirRateLimits *limits)
{
  MeirOrder *order = order_new (torrent);

  torrent->asked_limits = *limits;
  order->limits = *limits;
  post_order (order, set_limits_cb);
}

void
meir_torrent_get_limits (MeirTorrent *torrent, MeirRateLimits *limits)
{
  *limits = torrent->asked_limits;
}

static void
add_tiers (GPtrArray *to, GHashTable *seen, GPtrArray *from)
{
  for (guint i = 0; from != NULL && i < from->len; i++) {
    const char *const *urls = g_ptr_array_index (from, i);
    g_autoptr (GStrvBuilder) tier = g_strv_builder_new ();
    g_auto (GStrv) copy = NULL;

    for (guint j = 0; urls[j] != NULL; j++) {
      g_autofree char *url = g_strstrip (g_strdup (urls[j]));

      if (url[0] == '\0' || g_hash_table_contains (seen, url))
        continue;
      g_strv_builder_add (tier, url);
      g_hash_table_add (seen, g_steal_pointer (&url));
    }
    copy = g_strv_builder_end (tier);
    if (copy[0] != NULL)
      g_ptr_array_add (to, g_steal_pointer (&copy));
  }
}

GPtrArray *
meir_torrent_gather_tiers (GPtrArray *given, MeirMetainfo *metainfo, GPtrArray *extra)
{
  GPtrArray *tiers = g_ptr_array_new_with_free_func ((GDestroyNotify) g_strfreev);
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  if (given != NULL)
    add_tiers (tiers, seen, given);
  else {
    add_tiers (tiers, seen, metainfo != NULL ? meir_metainfo_get_tiers (metainfo) : NULL);
    add_tiers (tiers, seen, extra);
  }
  return tiers;
}

static void
set_trackers_cb (gpointer data)
{
  MeirOrder *order = data;
  MeirTorrent *torrent = order->torrent;

  g_clear_pointer (&torrent->tiers, g_ptr_array_unref);
  torrent->tiers = g_steal_pointer (&order->tiers);
  if (torrent->announcer != NULL)
    meir_announcer_set_tiers (torrent->announcer, torrent->tiers);
}

void
meir_torrent_set_trackers (MeirTorrent *torrent, GPtrArray *tiers)
{
  MeirOrder *order = order_new (torrent);

  g_clear_pointer (&torrent->asked_tiers, g_ptr_array_unref);
  torrent->asked_tiers = meir_torrent_gather_tiers (tiers, NULL, NULL);
  order->tiers = meir_torrent_gather_tiers (tiers, NULL, NULL);
  post_order (order, set_trackers_cb);
}

GPtrArray *
meir_torrent_dup_trackers (MeirTorrent *torrent)
{
  g_autoptr (MeirMetainfo) metainfo = meir_torrent_ref_metainfo (torrent);

  return meir_torrent_gather_tiers (torrent->asked_tiers, metainfo, torrent->extra_tiers);
}

static void
ban_peer_cb (gpointer data)
{
  MeirOrder *order = data;

  meir_engine_ban (order->torrent->engine, &order->endpoint);
}

void
meir_torrent_ban_peer (MeirTorrent *torrent, const MeirEndpoint *endpoint)
{
  MeirOrder *order = order_new (torrent);

  order->endpoint = *endpoint;
  post_order (order, ban_peer_cb);
}

static void
start_now_cb (gpointer data)
{
  MeirTorrent *torrent = data;

  torrent->forced = TRUE;
  meir_torrent_set_paused (torrent, FALSE);
  if (torrent->check_waits)
    meir_torrent_check (torrent);
}

void
meir_torrent_start_now (MeirTorrent *torrent)
{
  meir_torrent_post (torrent, start_now_cb);
}
