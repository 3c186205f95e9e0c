/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tracker/meir-tracker-udp-answer.h"

#include "base/meir-byte-cursor.h"

#include <string.h>

static guint64
connection_id (const MeirTrackerCore *core, const MeirEndpoint *source, guint64 minute)
{
  guint8 proof[16 + sizeof minute];
  gsize length = source->family == 4 ? 4 : 16;

  memcpy (proof, source->bytes, length);
  memcpy (proof + length, &minute, sizeof minute);
  return meir_tracker_siphash (&core->connection_key, proof, length + sizeof minute);
}

static inline guint64
minute_of (gint64 now_usec)
{
  return (guint64) now_usec / (MEIR_TRACKER_UDP_ID_SEC * G_USEC_PER_SEC);
}

guint64
meir_tracker_udp_connection_id (const MeirTrackerCore *core, const MeirEndpoint *source, gint64 now_usec)
{
  return connection_id (core, source, minute_of (now_usec));
}

static gboolean
is_connected (const MeirTrackerCore *core, const MeirTrackerUdpDatagram *datagram, gint64 now_usec)
{
  guint64 minute = minute_of (now_usec), id = datagram->request.connection_id;

  return id == connection_id (core, &datagram->source, minute) ||
         (minute > 0 && id == connection_id (core, &datagram->source, minute - 1));
}

static void
prepare_one (MeirTrackerCore *core, MeirTrackerUdpDatagram *datagram, gint64 now_usec)
{
  MeirTrackerUdpRequest *request = &datagram->request;

  datagram->valid = meir_tracker_udp_decode_request (datagram->bytes, datagram->length, request) &&
                    (request->action == MEIR_TRACKER_UDP_CONNECT || is_connected (core, datagram, now_usec));
  if (!datagram->valid) {
    meir_tracker_tally_add (&core->tally.errors, 1);
  } else if (request->action == MEIR_TRACKER_UDP_ANNOUNCE) {
    datagram->hash = meir_tracker_store_hash (core->store, &request->announce.info_hash);
    meir_tracker_store_prefetch_slot (core->store, datagram->hash);
  }
}

/* Three loops and not one: by the time the second asks for what the first made known, it is in the cache. */
void
meir_tracker_udp_prepare (MeirTrackerCore *core, MeirTrackerUdpDatagram *datagrams, guint n, gint64 now_usec)
{
  for (guint i = 0; i < n; i++)
    prepare_one (core, &datagrams[i], now_usec);
  for (guint i = 0; i < n; i++)
    if (datagrams[i].valid && datagrams[i].request.action == MEIR_TRACKER_UDP_ANNOUNCE)
      meir_tracker_store_prefetch_torrent (core->store, datagrams[i].hash);
  for (guint i = 0; i < n; i++)
    if (datagrams[i].valid && datagrams[i].request.action == MEIR_TRACKER_UDP_ANNOUNCE)
      meir_tracker_store_prefetch_peers (core->store, datagrams[i].hash, datagrams[i].source.family);
}

static gsize
answer_announce (MeirTrackerCore *core, const MeirTrackerUdpDatagram *datagram, gint64 now_usec,
                 guint8 *reply)
{
  const MeirAnnounceRequest *request = &datagram->request.announce;
  guint family = datagram->source.family;
  guint room = (MEIR_TRACKER_UDP_ANSWER_MAX - MEIR_TRACKER_UDP_ANNOUNCE_REPLY_SIZE) /
               (family == 4 ? MEIR_TRACKER_COMPACT_4 : MEIR_TRACKER_COMPACT_6);
  MeirTrackerSelection selection;
  MeirTrackerVerdict verdict;
  MeirTrackerAnnounce announce = {
    .info_hash = &request->info_hash,
    .endpoint = datagram->source,
    .identity.key = request->key,
    .left = request->left,
    .event = request->event,
    .wanted = MIN (meir_tracker_clamp_wanted (request->num_want), room),
    .other_family = FALSE, /* BEP 15: a reply has one family only, that of the packet */
  };

  announce.endpoint.port = request->port;
  memcpy (announce.identity.peer_id, request->peer_id, sizeof announce.identity.peer_id);
  verdict = meir_tracker_store_announce (core->store, &announce, datagram->hash, now_usec, &selection);
  if (verdict != MEIR_TRACKER_ACCEPTED) {
    meir_tracker_tally_add (&core->tally.errors, 1);
    return meir_tracker_udp_encode_error (reply, MEIR_TRACKER_UDP_ANSWER_MAX,
                                          datagram->request.transaction_id,
                                          meir_tracker_verdict_text (verdict));
  }
  meir_tracker_tally_add (&core->tally.announces_udp, 1);
  meir_store_u32 (reply, MEIR_TRACKER_UDP_ANNOUNCE);
  meir_store_u32 (reply + 4, datagram->request.transaction_id);
  meir_store_u32 (reply + 8, core->interval_sec);
  meir_store_u32 (reply + 12, selection.leechers);
  meir_store_u32 (reply + 16, selection.seeds);
  reply += MEIR_TRACKER_UDP_ANNOUNCE_REPLY_SIZE;
  return MEIR_TRACKER_UDP_ANNOUNCE_REPLY_SIZE +
         (family == 4
              ? meir_tracker_peers_write (selection.peers_4, 4, selection.positions_4, selection.n_4, reply)
              : meir_tracker_peers_write (selection.peers_6, 6, selection.positions_6, selection.n_6, reply));
}

static gsize
answer_scrape (MeirTrackerCore *core, const MeirTrackerUdpDatagram *datagram, gint64 now_usec, guint8 *reply)
{
  MeirScrapeEntry entries[MEIR_TRACKER_UDP_SCRAPE_MAX];
  guint n = MIN (datagram->request.n_hashes, MEIR_TRACKER_UDP_SCRAPE_MAX);

  for (guint i = 0; i < n; i++) {
    MeirTrackerSelection counts;

    memcpy (&entries[i].info_hash, datagram->request.hashes + i * MEIR_SHA1_LENGTH, MEIR_SHA1_LENGTH);
    meir_tracker_store_scrape (core->store, &entries[i].info_hash, now_usec, &counts);
    entries[i].found = TRUE;
    entries[i].complete = counts.seeds;
    entries[i].downloaded = counts.downloaded;
    entries[i].incomplete = counts.leechers;
  }
  meir_tracker_tally_add (&core->tally.scrapes, 1);
  return meir_tracker_udp_encode_scrape_reply (reply, MEIR_TRACKER_UDP_ANSWER_MAX,
                                               datagram->request.transaction_id, entries, n);
}

gsize
meir_tracker_udp_answer (MeirTrackerCore *core, const MeirTrackerUdpDatagram *datagram, gint64 now_usec,
                         guint8 *reply)
{
  if (!datagram->valid)
    return 0;
  switch (datagram->request.action) {
  case MEIR_TRACKER_UDP_CONNECT:
    return meir_tracker_udp_encode_connect_reply (
        reply, MEIR_TRACKER_UDP_ANSWER_MAX, datagram->request.transaction_id,
        meir_tracker_udp_connection_id (core, &datagram->source, now_usec));
  case MEIR_TRACKER_UDP_ANNOUNCE:
    return answer_announce (core, datagram, now_usec, reply);
  case MEIR_TRACKER_UDP_SCRAPE:
    return answer_scrape (core, datagram, now_usec, reply);
  case MEIR_TRACKER_UDP_ERROR:
  default:
    return 0;
  }
}
