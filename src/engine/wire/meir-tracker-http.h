/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "wire/meir-announce.h"

#include <glib.h>

G_BEGIN_DECLS

/**
 * meir_tracker_http_dup_announce_url:
 * @announce_url: as the torrent has it; its own query (a passkey) is kept, a fragment is dropped
 * @tracker_id: (nullable): from the last reply, @tracker_id_length bytes
 *
 * The URL of an announce by HTTP (BEP 3): info_hash and peer_id byte-exact in percent-encoding, port,
 * uploaded, downloaded, left, compact=1 (BEP 23), no_peer_id=1, key, numwant unless -1, event if any,
 * trackerid.
 *
 * Returns: (transfer full)
 */
char *meir_tracker_http_dup_announce_url (const char *announce_url, const MeirAnnounceRequest *request,
                                          const guint8 *tracker_id, gsize tracker_id_length);

/**
 * meir_tracker_http_dup_scrape_url:
 *
 * The URL of a scrape (BEP 48): "announce" right after the last slash of the path becomes "scrape", and
 * info_hash is given for each of @n_hashes.
 *
 * Returns: (transfer full) (nullable): NULL when the tracker cannot be scraped by that convention
 */
char *meir_tracker_http_dup_scrape_url (const char *announce_url, const MeirInfoHash *hashes, guint n_hashes);

/**
 * meir_tracker_http_decode_announce_reply:
 * @reply: initialised here; on FALSE there is nothing to clear
 *
 * Decodes the body of a tracker's answer: dictionary and compact peers (BEP 3, BEP 23), peers6 (BEP 7),
 * external ip (BEP 24), failure reason, which wins over all else, with retry in (BEP 31), warning message.
 * Peers given by host name are skipped: only numeric addresses are taken from a tracker.
 *
 * Errors: MEIR_ERROR_PROTOCOL, a clause to be prefixed with the tracker's name.
 *
 * Returns: TRUE also when the tracker refuses (@reply->failure)
 */
gboolean meir_tracker_http_decode_announce_reply (MeirAnnounceReply *reply, const guint8 *body, gsize length,
                                                  GError **error);

/**
 * meir_tracker_http_decode_scrape_reply:
 * @entries: (inout): info_hash set by the caller; the rest is filled in for those the tracker answers
 *
 * Decodes the body of an answer to a scrape (BEP 48).
 *
 * Errors: MEIR_ERROR_PROTOCOL; MEIR_ERROR_REFUSED with the tracker's failure reason.
 */
gboolean meir_tracker_http_decode_scrape_reply (const guint8 *body, gsize length, MeirScrapeEntry *entries,
                                                guint n_entries, GError **error);

/* Room for any announce reply encoded here; a scrape reply takes MEIR_TRACKER_HTTP_SCRAPE_ENTRY_MAX for each
 * entry and 64 more. */
#define MEIR_TRACKER_HTTP_REPLY_MAX        32768u
#define MEIR_TRACKER_HTTP_SCRAPE_ENTRY_MAX 97u

/* The encoders of our own tracker: canonical bencode into @buffer, no allocation. All return the length, or 0
 * when
 * @capacity is too small. */

/**
 * meir_tracker_http_encode_announce_reply:
 * @reply: intervals, counts (unknown ones are left out), external, peers; or failure, and retry_sec
 * @compact: peers as BEP 23 and BEP 7, else the list of dictionaries of BEP 3
 * @peer_ids: (nullable): for the list, the peer ids in the order of reply->peers; NULL for no_peer_id
 */
gsize meir_tracker_http_encode_announce_reply (const MeirAnnounceReply *reply, gboolean compact,
                                               const guint8 (*peer_ids)[MEIR_PEER_ID_LENGTH], guint8 *buffer,
                                               gsize capacity);
/* { "failure reason": @reason } */
gsize meir_tracker_http_encode_failure (const char *reason, guint8 *buffer, gsize capacity);
/* Sorts @entries by info-hash, as bencode demands, and writes those that are found, each info-hash once. */
gsize meir_tracker_http_encode_scrape_reply (MeirScrapeEntry *entries, guint n_entries, guint8 *buffer,
                                             gsize capacity);

G_END_DECLS
