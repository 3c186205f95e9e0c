/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "wire/meir-tracker-http.h"

#include "base/meir-byte-writer.h"
#include "wire/meir-bencode-writer.h"

#include <string.h>

/* The replies of our own tracker. Keys are written in ascending order, as bencode demands. */

static void
put_key_int (MeirByteWriter *writer, const char *key, gint64 value)
{
  meir_bencode_put_text (writer, key);
  meir_bencode_put_int (writer, value);
}

static void
put_count (MeirByteWriter *writer, const char *key, guint32 count)
{
  if (count != MEIR_COUNT_UNKNOWN)
    put_key_int (writer, key, count);
}

static void
put_key_text (MeirByteWriter *writer, const char *key, const char *text)
{
  if (text == NULL)
    return;
  meir_bencode_put_text (writer, key);
  meir_bencode_put_text (writer, text);
}

/* One string of all peers of a family: BEP 23 for IPv4, BEP 7 for IPv6. */
static void
put_compact_peers (MeirByteWriter *writer, const char *key, const MeirAnnounceReply *reply, guint8 family)
{
  guint8 compact[18];
  gsize n_peers = 0;

  for (guint i = 0; i < reply->n_peers; i++)
    n_peers += reply->peers[i].family == family ? 1 : 0;
  if (family == 6 && n_peers == 0)
    return;
  meir_bencode_put_text (writer, key);
  meir_bencode_put_string_header (writer, n_peers * (family == 4 ? 6 : 18));
  for (guint i = 0; i < reply->n_peers; i++) {
    if (reply->peers[i].family == family)
      meir_byte_writer_put (writer, compact, meir_endpoint_to_compact (&reply->peers[i], compact));
  }
}

/* The address without the port and its colon, nor the brackets of IPv6. */
static void
put_address (MeirByteWriter *writer, const MeirEndpoint *peer)
{
  char text[MEIR_ENDPOINT_TEXT_MAX];
  const char *start, *end;

  meir_endpoint_format (peer, text);
  start = peer->family == 6 ? text + 1 : text;
  end = strrchr (text, peer->family == 6 ? ']' : ':');
  meir_bencode_put_string (writer, start, (gsize) (end - start));
}

/* The list of dictionaries of BEP 3, both families in one. */
static void
put_peer_list (MeirByteWriter *writer, const MeirAnnounceReply *reply,
               const guint8 (*peer_ids)[MEIR_PEER_ID_LENGTH])
{
  meir_bencode_put_text (writer, "peers");
  meir_byte_writer_u8 (writer, 'l');
  for (guint i = 0; i < reply->n_peers; i++) {
    meir_byte_writer_u8 (writer, 'd');
    meir_bencode_put_text (writer, "ip");
    put_address (writer, &reply->peers[i]);
    if (peer_ids != NULL) {
      meir_bencode_put_text (writer, "peer id");
      meir_bencode_put_string (writer, peer_ids[i], MEIR_PEER_ID_LENGTH);
    }
    put_key_int (writer, "port", reply->peers[i].port);
    meir_byte_writer_u8 (writer, 'e');
  }
  meir_byte_writer_u8 (writer, 'e');
}

/* BEP 31, which speaks of minutes. */
static void
put_retry (MeirByteWriter *writer, guint32 retry_sec)
{
  if (retry_sec == MEIR_RETRY_NEVER)
    put_key_text (writer, "retry in", "never");
  else if (retry_sec > 0)
    put_key_int (writer, "retry in", ((gint64) retry_sec + 59) / 60);
}

static gsize
encode_refusal (const char *reason, guint32 retry_sec, guint8 *buffer, gsize capacity)
{
  MeirByteWriter writer;

  meir_byte_writer_init (&writer, buffer, capacity);
  meir_byte_writer_u8 (&writer, 'd');
  put_key_text (&writer, "failure reason", reason);
  put_retry (&writer, retry_sec);
  meir_byte_writer_u8 (&writer, 'e');
  return meir_byte_writer_finish (&writer);
}

gsize
meir_tracker_http_encode_announce_reply (const MeirAnnounceReply *reply, gboolean compact,
                                         const guint8 (*peer_ids)[MEIR_PEER_ID_LENGTH], guint8 *buffer,
                                         gsize capacity)
{
  MeirByteWriter writer;

  if (reply->failure != NULL)
    return encode_refusal (reply->failure, reply->retry_sec, buffer, capacity);
  meir_byte_writer_init (&writer, buffer, capacity);
  meir_byte_writer_u8 (&writer, 'd');
  put_count (&writer, "complete", reply->complete);
  put_count (&writer, "downloaded", reply->downloaded);
  if (reply->external.family != 0) { /* BEP 24 */
    meir_bencode_put_text (&writer, "external ip");
    meir_bencode_put_string (&writer, reply->external.bytes, reply->external.family == 4 ? 4 : 16);
  }
  put_count (&writer, "incomplete", reply->incomplete);
  put_key_int (&writer, "interval", reply->interval_sec);
  if (reply->min_interval_sec > 0)
    put_key_int (&writer, "min interval", reply->min_interval_sec);
  if (compact) {
    put_compact_peers (&writer, "peers", reply, 4);
    put_compact_peers (&writer, "peers6", reply, 6);
  } else {
    put_peer_list (&writer, reply, peer_ids);
  }
  if (reply->tracker_id_length > 0) {
    meir_bencode_put_text (&writer, "tracker id");
    meir_bencode_put_string (&writer, reply->tracker_id, reply->tracker_id_length);
  }
  put_key_text (&writer, "warning message", reply->warning);
  meir_byte_writer_u8 (&writer, 'e');
  return meir_byte_writer_finish (&writer);
}

gsize
meir_tracker_http_encode_failure (const char *reason, guint8 *buffer, gsize capacity)
{
  return encode_refusal (reason, 0, buffer, capacity);
}

/* By insertion: there are a few dozen entries at most, and it needs no memory. */
static void
sort_entries (MeirScrapeEntry *entries, guint n_entries)
{
  for (guint i = 1; i < n_entries; i++) {
    MeirScrapeEntry entry = entries[i];
    guint j = i;

    for (; j > 0 && memcmp (&entries[j - 1].info_hash, &entry.info_hash, sizeof entry.info_hash) > 0; j--)
      entries[j] = entries[j - 1];
    entries[j] = entry;
  }
}

gsize
meir_tracker_http_encode_scrape_reply (MeirScrapeEntry *entries, guint n_entries, guint8 *buffer,
                                       gsize capacity)
{
  const MeirScrapeEntry *last = NULL;
  MeirByteWriter writer;

  sort_entries (entries, n_entries);
  meir_byte_writer_init (&writer, buffer, capacity);
  meir_byte_writer_u8 (&writer, 'd');
  meir_bencode_put_text (&writer, "files");
  meir_byte_writer_u8 (&writer, 'd');
  for (guint i = 0; i < n_entries; i++) {
    const MeirScrapeEntry *entry = &entries[i];

    if (!entry->found || (last != NULL && meir_info_hash_equal (&last->info_hash, &entry->info_hash)))
      continue;
    meir_bencode_put_string (&writer, entry->info_hash.bytes, sizeof entry->info_hash.bytes);
    meir_byte_writer_u8 (&writer, 'd');
    put_count (&writer, "complete", entry->complete);
    put_count (&writer, "downloaded", entry->downloaded);
    put_count (&writer, "incomplete", entry->incomplete);
    meir_byte_writer_u8 (&writer, 'e');
    last = entry;
  }
  meir_byte_writer_put (&writer, "ee", 2);
  return meir_byte_writer_finish (&writer);
}
