/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "wire/meir-announce.h"

#include <string.h>

void
meir_announce_reply_init (MeirAnnounceReply *reply)
{
  memset (reply, 0, sizeof *reply);
  reply->interval_sec = MEIR_ANNOUNCE_INTERVAL_DEFAULT_SEC;
  reply->complete = MEIR_COUNT_UNKNOWN;
  reply->incomplete = MEIR_COUNT_UNKNOWN;
  reply->downloaded = MEIR_COUNT_UNKNOWN;
}

void
meir_announce_reply_clear (MeirAnnounceReply *reply)
{
  g_clear_pointer (&reply->failure, g_free);
  g_clear_pointer (&reply->warning, g_free);
}

void
meir_announce_reply_set_intervals (MeirAnnounceReply *reply, gint64 interval_sec, gint64 min_interval_sec)
{
  if (interval_sec < 1)
    interval_sec = MEIR_ANNOUNCE_INTERVAL_DEFAULT_SEC;
  min_interval_sec = CLAMP (min_interval_sec, 0, MEIR_ANNOUNCE_INTERVAL_MAX_SEC);
  interval_sec = CLAMP (interval_sec, MEIR_ANNOUNCE_INTERVAL_MIN_SEC, MEIR_ANNOUNCE_INTERVAL_MAX_SEC);
  reply->min_interval_sec = (guint32) min_interval_sec;
  reply->interval_sec = (guint32) MAX (interval_sec, min_interval_sec);
}

void
meir_announce_reply_add_peer (MeirAnnounceReply *reply, const MeirEndpoint *peer)
{
  if (reply->n_peers < MEIR_TRACKER_PEERS_MAX && meir_endpoint_is_usable (peer))
    reply->peers[reply->n_peers++] = *peer;
}

void
meir_announce_reply_add_compact (MeirAnnounceReply *reply, const guint8 *compact, gsize length, guint8 family)
{
  gsize entry_length = family == 4 ? 6 : 18; /* BEP 23, BEP 7 */

  for (; length >= entry_length && reply->n_peers < MEIR_TRACKER_PEERS_MAX; length -= entry_length) {
    MeirEndpoint peer;

    meir_endpoint_from_compact (&peer, compact, family);
    meir_announce_reply_add_peer (reply, &peer);
    compact += entry_length;
  }
}

guint32
meir_announce_clamp_count (gint64 count)
{
  return (guint32) CLAMP (count, 0, G_MAXINT32);
}
