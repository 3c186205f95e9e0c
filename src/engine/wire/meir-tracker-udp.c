/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "wire/meir-tracker-udp.h"

#include "base/meir-byte-writer.h"
#include "base/meir-text.h"
#include "meir-config.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* Every datagram but a request begins with action and transaction id. */
#define REPLY_HEADER_SIZE 8u
/* Connection id, action, transaction id. */
#define REQUEST_HEADER_SIZE 16u
/* Seeders, completed, leechers. */
#define SCRAPE_ENTRY_SIZE 12u

/* BEP 41. */
#define OPTION_URL_DATA   2u
#define OPTION_LENGTH_MAX 255u
#define OPTION_OVERHEAD   2u
#define URL_DATA_OPTIONS  ((MEIR_TRACKER_UDP_URL_DATA_MAX + OPTION_LENGTH_MAX - 1) / OPTION_LENGTH_MAX)
#define ANNOUNCE_LENGTH_MAX                                                                                  \
  (MEIR_TRACKER_UDP_ANNOUNCE_SIZE + MEIR_TRACKER_UDP_URL_DATA_MAX + URL_DATA_OPTIONS * OPTION_OVERHEAD)

G_STATIC_ASSERT (ANNOUNCE_LENGTH_MAX <= MEIR_TRACKER_UDP_REQUEST_MAX);
G_STATIC_ASSERT (REPLY_HEADER_SIZE + MEIR_TRACKER_UDP_SCRAPE_MAX * SCRAPE_ENTRY_SIZE <=
                 MEIR_TRACKER_UDP_REPLY_MAX);

static MeirByteWriter
begin_request (guint8 *buffer, guint64 connection_id, MeirTrackerUdpAction action, guint32 transaction_id)
{
  MeirByteWriter writer;

  meir_byte_writer_init (&writer, buffer, MEIR_TRACKER_UDP_REQUEST_MAX);
  meir_byte_writer_u64 (&writer, connection_id);
  meir_byte_writer_u32 (&writer, action);
  meir_byte_writer_u32 (&writer, transaction_id);
  return writer;
}

gsize
meir_tracker_udp_encode_connect (guint8 *buffer, guint32 transaction_id)
{
  MeirByteWriter writer =
      begin_request (buffer, MEIR_TRACKER_UDP_MAGIC, MEIR_TRACKER_UDP_CONNECT, transaction_id);

  return meir_byte_writer_finish (&writer);
}

static void
put_url_data (MeirByteWriter *writer, const char *url_data)
{
  gsize left = url_data != NULL ? MIN (strlen (url_data), MEIR_TRACKER_UDP_URL_DATA_MAX) : 0;

  if (g_strcmp0 (url_data, "/announce") == 0)
    return;
  while (left > 0) {
    gsize length = MIN (left, OPTION_LENGTH_MAX);

    meir_byte_writer_u8 (writer, OPTION_URL_DATA);
    meir_byte_writer_u8 (writer, (guint8) length);
    meir_byte_writer_put (writer, url_data, length);
    url_data += length;
    left -= length;
  }
}

gsize
meir_tracker_udp_encode_announce (guint8 *buffer, guint64 connection_id, guint32 transaction_id,
                                  const MeirAnnounceRequest *request, const char *url_data)
{
  MeirByteWriter writer = begin_request (buffer, connection_id, MEIR_TRACKER_UDP_ANNOUNCE, transaction_id);

  meir_byte_writer_put (&writer, request->info_hash.bytes, sizeof request->info_hash.bytes);
  meir_byte_writer_put (&writer, request->peer_id, sizeof request->peer_id);
  meir_byte_writer_u64 (&writer, request->downloaded);
  meir_byte_writer_u64 (&writer, request->left);
  meir_byte_writer_u64 (&writer, request->uploaded);
  /* BEP 21 has no number for UDP. */
  meir_byte_writer_u32 (&writer, request->event != MEIR_ANNOUNCE_EVENT_PAUSED ? request->event
                                                                              : MEIR_ANNOUNCE_EVENT_NONE);
  meir_byte_writer_u32 (&writer, 0); /* our address: the tracker sees it */
  meir_byte_writer_u32 (&writer, request->key);
  meir_byte_writer_u32 (&writer, (guint32) request->num_want);
  meir_byte_writer_u16 (&writer, request->port);
  put_url_data (&writer, url_data);
  return meir_byte_writer_finish (&writer);
}

gsize
meir_tracker_udp_encode_scrape (guint8 *buffer, guint64 connection_id, guint32 transaction_id,
                                const MeirScrapeEntry *entries, guint n_entries)
{
  MeirByteWriter writer = begin_request (buffer, connection_id, MEIR_TRACKER_UDP_SCRAPE, transaction_id);

  for (guint i = 0; i < MIN (n_entries, MEIR_TRACKER_UDP_SCRAPE_MAX); i++)
    meir_byte_writer_put (&writer, entries[i].info_hash.bytes, sizeof entries[i].info_hash.bytes);
  return meir_byte_writer_finish (&writer);
}

gboolean
meir_tracker_udp_peek_transaction (const guint8 *bytes, gsize length, guint32 *transaction_id)
{
  if (length < REPLY_HEADER_SIZE)
    return FALSE;
  *transaction_id = meir_load_u32 (bytes + 4);
  return TRUE;
}

/* What is common to the replies: whether this is one to @action and @transaction_id. Anything else is
 * dropped, for it may be forged, and the real one may still come. */
static MeirTrackerUdpResult
begin_reply (MeirByteCursor *cursor, const guint8 *bytes, gsize length, MeirTrackerUdpAction action,
             guint32 transaction_id, char **refusal)
{
  guint32 replied_action, replied_id;
  gsize text_length;
  const guint8 *text;

  *refusal = NULL;
  meir_byte_cursor_init (cursor, bytes, length);
  replied_action = meir_byte_cursor_u32 (cursor);
  replied_id = meir_byte_cursor_u32 (cursor);
  if (cursor->failed || replied_id != transaction_id)
    return MEIR_TRACKER_UDP_DROP;
  if (replied_action == (guint32) action)
    return MEIR_TRACKER_UDP_OK;
  if (replied_action != MEIR_TRACKER_UDP_ERROR)
    return MEIR_TRACKER_UDP_DROP;
  text_length = meir_byte_cursor_left (cursor);
  text = meir_byte_cursor_take (cursor, text_length);
  while (text_length > 0 && text[text_length - 1] == '\0') /* some end it as a C string */
    text_length--;
  *refusal = text_length > 0 ? meir_text_dup_safe (text, text_length, MEIR_TRACKER_TEXT_MAX)
                             : g_strdup (_ ("It gave no reason"));
  return MEIR_TRACKER_UDP_REFUSED;
}

MeirTrackerUdpResult
meir_tracker_udp_decode_connect_reply (const guint8 *bytes, gsize length, guint32 transaction_id,
                                       guint64 *connection_id, char **refusal)
{
  MeirByteCursor cursor;
  MeirTrackerUdpResult result =
      begin_reply (&cursor, bytes, length, MEIR_TRACKER_UDP_CONNECT, transaction_id, refusal);
  guint64 id;

  if (result != MEIR_TRACKER_UDP_OK)
    return result;
  id = meir_byte_cursor_u64 (&cursor);
  if (cursor.failed)
    return MEIR_TRACKER_UDP_DROP;
  *connection_id = id;
  return MEIR_TRACKER_UDP_OK;
}

MeirTrackerUdpResult
meir_tracker_udp_decode_announce_reply (const guint8 *bytes, gsize length, guint32 transaction_id,
                                        guint8 family, MeirAnnounceReply *reply, char **refusal)
{
  MeirByteCursor cursor;
  MeirTrackerUdpResult result =
      begin_reply (&cursor, bytes, length, MEIR_TRACKER_UDP_ANNOUNCE, transaction_id, refusal);
  gint32 interval, leechers, seeders;

  meir_announce_reply_init (reply);
  if (result != MEIR_TRACKER_UDP_OK)
    return result;
  interval = (gint32) meir_byte_cursor_u32 (&cursor);
  leechers = (gint32) meir_byte_cursor_u32 (&cursor);
  seeders = (gint32) meir_byte_cursor_u32 (&cursor);
  if (cursor.failed)
    return MEIR_TRACKER_UDP_DROP;
  meir_announce_reply_set_intervals (reply, interval, 0);
  reply->incomplete = meir_announce_clamp_count (leechers);
  reply->complete = meir_announce_clamp_count (seeders);
  meir_announce_reply_add_compact (reply, bytes + cursor.position, meir_byte_cursor_left (&cursor), family);
  return MEIR_TRACKER_UDP_OK;
}

MeirTrackerUdpResult
meir_tracker_udp_decode_scrape_reply (const guint8 *bytes, gsize length, guint32 transaction_id,
                                      MeirScrapeEntry *entries, guint n_entries, char **refusal)
{
  MeirByteCursor cursor;
  MeirTrackerUdpResult result =
      begin_reply (&cursor, bytes, length, MEIR_TRACKER_UDP_SCRAPE, transaction_id, refusal);

  for (guint i = 0; i < n_entries; i++) {
    MeirScrapeEntry *entry = &entries[i];

    entry->found = result == MEIR_TRACKER_UDP_OK && meir_byte_cursor_left (&cursor) >= SCRAPE_ENTRY_SIZE;
    entry->complete = entry->downloaded = entry->incomplete = MEIR_COUNT_UNKNOWN;
    if (!entry->found)
      continue;
    entry->complete = meir_announce_clamp_count ((gint32) meir_byte_cursor_u32 (&cursor));
    entry->downloaded = meir_announce_clamp_count ((gint32) meir_byte_cursor_u32 (&cursor));
    entry->incomplete = meir_announce_clamp_count ((gint32) meir_byte_cursor_u32 (&cursor));
  }
  return result;
}

static gboolean
decode_announce (MeirByteCursor *cursor, MeirAnnounceRequest *announce)
{
  const guint8 *info_hash = meir_byte_cursor_take (cursor, sizeof announce->info_hash.bytes);
  const guint8 *peer_id = meir_byte_cursor_take (cursor, sizeof announce->peer_id);
  guint32 event;

  announce->downloaded = meir_byte_cursor_u64 (cursor);
  announce->left = meir_byte_cursor_u64 (cursor);
  announce->uploaded = meir_byte_cursor_u64 (cursor);
  event = meir_byte_cursor_u32 (cursor);
  meir_byte_cursor_u32 (cursor); /* an address to be believed by no one */
  announce->key = meir_byte_cursor_u32 (cursor);
  announce->num_want = (gint32) meir_byte_cursor_u32 (cursor);
  announce->port = meir_byte_cursor_u16 (cursor);
  if (cursor->failed)
    return FALSE;
  memcpy (announce->info_hash.bytes, info_hash, sizeof announce->info_hash.bytes);
  memcpy (announce->peer_id, peer_id, sizeof announce->peer_id);
  announce->event =
      event <= MEIR_ANNOUNCE_EVENT_STOPPED ? (MeirAnnounceEvent) event : MEIR_ANNOUNCE_EVENT_NONE;
  return TRUE;
}

static gboolean
decode_scrape (MeirByteCursor *cursor, MeirTrackerUdpRequest *request)
{
  gsize length = meir_byte_cursor_left (cursor);

  if (length % MEIR_SHA1_LENGTH != 0)
    return FALSE;
  request->hashes = meir_byte_cursor_take (cursor, length);
  request->n_hashes = (guint) MIN (length / MEIR_SHA1_LENGTH, MEIR_TRACKER_UDP_SCRAPE_MAX);
  return TRUE;
}

gboolean
meir_tracker_udp_decode_request (const guint8 *bytes, gsize length, MeirTrackerUdpRequest *request)
{
  MeirByteCursor cursor;
  guint32 action;

  *request = (MeirTrackerUdpRequest){ 0 };
  meir_byte_cursor_init (&cursor, bytes, length);
  request->connection_id = meir_byte_cursor_u64 (&cursor);
  action = meir_byte_cursor_u32 (&cursor);
  request->transaction_id = meir_byte_cursor_u32 (&cursor);
  if (cursor.failed)
    return FALSE;
  switch (action) {
  case MEIR_TRACKER_UDP_CONNECT:
    request->action = MEIR_TRACKER_UDP_CONNECT;
    return request->connection_id == MEIR_TRACKER_UDP_MAGIC;
  case MEIR_TRACKER_UDP_ANNOUNCE:
    request->action = MEIR_TRACKER_UDP_ANNOUNCE;
    return decode_announce (&cursor, &request->announce);
  case MEIR_TRACKER_UDP_SCRAPE:
    request->action = MEIR_TRACKER_UDP_SCRAPE;
    return decode_scrape (&cursor, request);
  default:
    return FALSE;
  }
}

static MeirByteWriter
begin_server_reply (guint8 *buffer, gsize capacity, MeirTrackerUdpAction action, guint32 transaction_id)
{
  MeirByteWriter writer;

  meir_byte_writer_init (&writer, buffer, capacity);
  meir_byte_writer_u32 (&writer, action);
  meir_byte_writer_u32 (&writer, transaction_id);
  return writer;
}

gsize
meir_tracker_udp_encode_connect_reply (guint8 *buffer, gsize capacity, guint32 transaction_id,
                                       guint64 connection_id)
{
  MeirByteWriter writer = begin_server_reply (buffer, capacity, MEIR_TRACKER_UDP_CONNECT, transaction_id);

  meir_byte_writer_u64 (&writer, connection_id);
  return meir_byte_writer_finish (&writer);
}

/* On this wire a count cannot be left out. */
static void
put_count (MeirByteWriter *writer, guint32 count)
{
  meir_byte_writer_u32 (writer, count == MEIR_COUNT_UNKNOWN ? 0 : count);
}

gsize
meir_tracker_udp_encode_announce_reply (guint8 *buffer, gsize capacity, guint32 transaction_id,
                                        const MeirAnnounceReply *reply, guint8 family)
{
  MeirByteWriter writer = begin_server_reply (buffer, capacity, MEIR_TRACKER_UDP_ANNOUNCE, transaction_id);
  guint8 compact[18];

  meir_byte_writer_u32 (&writer, reply->interval_sec);
  put_count (&writer, reply->incomplete);
  put_count (&writer, reply->complete);
  for (guint i = 0; i < reply->n_peers && !writer.failed; i++) {
    gsize length;

    if (reply->peers[i].family != family)
      continue;
    length = meir_endpoint_to_compact (&reply->peers[i], compact);
    if (writer.capacity - writer.length < length)
      break;
    meir_byte_writer_put (&writer, compact, length);
  }
  return meir_byte_writer_finish (&writer);
}

gsize
meir_tracker_udp_encode_scrape_reply (guint8 *buffer, gsize capacity, guint32 transaction_id,
                                      const MeirScrapeEntry *entries, guint n_entries)
{
  MeirByteWriter writer = begin_server_reply (buffer, capacity, MEIR_TRACKER_UDP_SCRAPE, transaction_id);

  for (guint i = 0; i < n_entries && writer.capacity - writer.length >= SCRAPE_ENTRY_SIZE; i++) {
    put_count (&writer, entries[i].found ? entries[i].complete : 0);
    put_count (&writer, entries[i].found ? entries[i].downloaded : 0);
    put_count (&writer, entries[i].found ? entries[i].incomplete : 0);
  }
  return meir_byte_writer_finish (&writer);
}

gsize
meir_tracker_udp_encode_error (guint8 *buffer, gsize capacity, guint32 transaction_id, const char *text)
{
  MeirByteWriter writer = begin_server_reply (buffer, capacity, MEIR_TRACKER_UDP_ERROR, transaction_id);

  if (!writer.failed)
    meir_byte_writer_put (&writer, text, MIN (strlen (text), writer.capacity - writer.length));
  return meir_byte_writer_finish (&writer);
}
