/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tracker/meir-tracker-http-answer.h"

#include "wire/meir-tracker-http.h"

#include <string.h>

/* Room that is kept free before a body for its header. */
#define HEADER_MAX 160u
#define BODY_MAX   (MEIR_TRACKER_HTTP_ANSWER_MAX - HEADER_MAX)

G_STATIC_ASSERT (BODY_MAX >= MEIR_TRACKER_HTTP_REPLY_MAX);
G_STATIC_ASSERT (BODY_MAX >= MEIR_TRACKER_HTTP_PARAMETERS_MAX * MEIR_TRACKER_HTTP_SCRAPE_ENTRY_MAX + 64);

/* The parameters of an announce that mean something here. */
typedef enum {
  PARAMETER_INFO_HASH = 1 << 0,
  PARAMETER_PEER_ID = 1 << 1,
  PARAMETER_PORT = 1 << 2,
  PARAMETER_LEFT = 1 << 3,
  PARAMETER_EVENT = 1 << 4,
  PARAMETER_NUMWANT = 1 << 5,
  PARAMETER_COMPACT = 1 << 6,
  PARAMETER_NO_PEER_ID = 1 << 7,
  PARAMETER_KEY = 1 << 8,
} Parameter;

typedef struct {
  MeirTrackerAnnounce announce;
  MeirInfoHash info_hash;
  gboolean compact;
  gboolean no_peer_id;
  guint seen;
  const char *failure;
} Query;

static inline guint8 *
put_bytes (guint8 *at, const void *bytes, gsize length)
{
  memcpy (at, bytes, length);
  return at + length;
}
#define put_literal(at, literal) put_bytes ((at), "" literal, sizeof (literal) - 1)

static guint8 *
put_number (guint8 *at, guint64 number)
{
  guint8 digits[20];
  guint n = 0;

  do
    digits[n++] = (guint8) ('0' + number % 10);
  while ((number /= 10) != 0);
  while (n > 0)
    *at++ = digits[--n];
  return at;
}

/* Puts the header before the body, which lies at @response + HEADER_MAX, and moves the body up to it. */
static gsize
finish (guint8 *response, guint status, gsize body_length, gboolean keep_open)
{
  guint8 *at = response;

  switch (status) {
  case 200:
    at = put_literal (at, "HTTP/1.1 200 OK\r\n");
    break;
  case 404:
    at = put_literal (at, "HTTP/1.1 404 Not Found\r\n");
    break;
  case 405:
    at = put_literal (at, "HTTP/1.1 405 Method Not Allowed\r\nAllow: GET\r\n");
    break;
  case 414:
    at = put_literal (at, "HTTP/1.1 414 URI Too Long\r\n");
    break;
  case 431:
    at = put_literal (at, "HTTP/1.1 431 Request Header Fields Too Large\r\n");
    break;
  case 400:
  default:
    at = put_literal (at, "HTTP/1.1 400 Bad Request\r\n");
    break;
  }
  at = put_literal (at, "Content-Type: text/plain\r\nContent-Length: ");
  at = put_number (at, body_length);
  at = keep_open ? put_literal (at, "\r\n\r\n") : put_literal (at, "\r\nConnection: close\r\n\r\n");
  memmove (at, response + HEADER_MAX, body_length);
  return (gsize) (at - response) + body_length;
}

static gsize
fail (MeirTrackerCore *core, guint8 *response, guint status, const char *reason, gboolean keep_open)
{
  gsize length = meir_tracker_http_encode_failure (reason, response + HEADER_MAX, BODY_MAX);

  meir_tracker_tally_add (&core->tally.errors, 1);
  return finish (response, status, length, keep_open);
}

gsize
meir_tracker_http_answer_refused (MeirTrackerCore *core, guint status, guint8 *response)
{
  const char *reason = "This is not a request that a tracker understands";

  if (status == 405)
    reason = "A tracker is only asked with GET";
  else if (status == 414 || status == 431)
    reason = "The request is too long";
  return fail (core, response, status, reason, FALSE);
}

/* A key is opaque (BEP 7); most clients write in hexadecimal the number that they give in BEP 15, and are
 * then known by the same key over HTTP and UDP. */
static guint32
parse_key (const MeirTrackerCore *core, MeirTrackerHttpText text)
{
  guint32 key = 0;
  guint32 hashed;

  for (gsize i = 0; i < text.length; i++) {
    int digit = g_ascii_xdigit_value (text.at[i]);

    if (digit < 0 || text.length > 8) {
      hashed = (guint32) meir_tracker_siphash (&core->connection_key, text.at, text.length);
      return MAX (hashed, 1);
    }
    key = key << 4 | (guint32) digit;
  }
  return key;
}

static MeirAnnounceEvent
parse_event (MeirTrackerHttpText text)
{
  if (MEIR_TRACKER_HTTP_IS (text, "started"))
    return MEIR_ANNOUNCE_EVENT_STARTED;
  if (MEIR_TRACKER_HTTP_IS (text, "completed"))
    return MEIR_ANNOUNCE_EVENT_COMPLETED;
  if (MEIR_TRACKER_HTTP_IS (text, "stopped"))
    return MEIR_ANNOUNCE_EVENT_STOPPED;
  return MEIR_ANNOUNCE_EVENT_NONE; /* "empty", BEP 21's "paused", and what later BEPs may bring */
}

static Parameter
name_parameter (MeirTrackerHttpText name)
{
  switch (name.length) {
  case 3:
    return MEIR_TRACKER_HTTP_IS (name, "key") ? PARAMETER_KEY : 0;
  case 4:
    return MEIR_TRACKER_HTTP_IS (name, "port")   ? PARAMETER_PORT
           : MEIR_TRACKER_HTTP_IS (name, "left") ? PARAMETER_LEFT
                                                 : 0;
  case 5:
    return MEIR_TRACKER_HTTP_IS (name, "event") ? PARAMETER_EVENT : 0;
  case 7:
    return MEIR_TRACKER_HTTP_IS (name, "peer_id")   ? PARAMETER_PEER_ID
           : MEIR_TRACKER_HTTP_IS (name, "numwant") ? PARAMETER_NUMWANT
           : MEIR_TRACKER_HTTP_IS (name, "compact") ? PARAMETER_COMPACT
                                                    : 0;
  case 9:
    return MEIR_TRACKER_HTTP_IS (name, "info_hash") ? PARAMETER_INFO_HASH : 0;
  case 10:
    return MEIR_TRACKER_HTTP_IS (name, "no_peer_id") ? PARAMETER_NO_PEER_ID : 0;
  default:
    return 0;
  }
}

static void
take_parameter (MeirTrackerCore *core, Query *query, Parameter parameter, MeirTrackerHttpText value)
{
  guint64 number;

  switch (parameter) {
  case PARAMETER_INFO_HASH:
    if (!meir_tracker_http_decode_exactly (value, query->info_hash.bytes, sizeof query->info_hash.bytes))
      query->failure = "info_hash is not 20 bytes";
    break;
  case PARAMETER_PEER_ID:
    if (!meir_tracker_http_decode_exactly (value, query->announce.identity.peer_id, 20))
      query->failure = "peer_id is not 20 bytes";
    break;
  case PARAMETER_PORT:
    if (meir_tracker_http_parse_number (value, G_MAXUINT64, &number) && number <= G_MAXUINT16)
      query->announce.endpoint.port = (guint16) number;
    else
      query->failure = "port is not a number from 0 to 65535";
    break;
  case PARAMETER_LEFT:
    if (meir_tracker_http_parse_number (value, MEIR_TRACKER_LEFT_UNKNOWN, &number))
      query->announce.left = number;
    break;
  case PARAMETER_EVENT:
    query->announce.event = parse_event (value);
    break;
  case PARAMETER_NUMWANT:
    if (meir_tracker_http_parse_number (value, G_MAXINT32, &number))
      query->announce.wanted = meir_tracker_clamp_wanted ((gint64) number);
    break;
  case PARAMETER_COMPACT:
    query->compact = !MEIR_TRACKER_HTTP_IS (value, "0");
    break;
  case PARAMETER_NO_PEER_ID:
    query->no_peer_id = MEIR_TRACKER_HTTP_IS (value, "1");
    break;
  case PARAMETER_KEY:
    query->announce.identity.key = parse_key (core, value);
    break;
  default:
    break;
  }
}

/* FALSE with query->failure when the announce makes no sense. Of a parameter given twice the first counts. */
static gboolean
parse_announce (MeirTrackerCore *core, MeirTrackerHttpText text, const MeirEndpoint *source, Query *query)
{
  const guint needed = PARAMETER_INFO_HASH | PARAMETER_PEER_ID | PARAMETER_PORT;
  MeirTrackerHttpText name, value;
  guint n = 0;

  query->compact = TRUE; /* BEP 23: the default of trackers */
  query->no_peer_id = FALSE;
  query->seen = 0;
  query->failure = NULL;
  query->announce = (MeirTrackerAnnounce){
    .info_hash = &query->info_hash,
    .endpoint = *source,
    .left = MEIR_TRACKER_LEFT_UNKNOWN,
    .wanted = MEIR_TRACKER_REPLY_PEERS_DEFAULT,
    .other_family = TRUE,
  };
  query->announce.endpoint.port = 0;
  while (meir_tracker_http_next_parameter (&text, &n, &name, &value)) {
    Parameter parameter = name_parameter (name);

    if (parameter == 0 || (query->seen & parameter) != 0)
      continue;
    query->seen |= parameter;
    take_parameter (core, query, parameter, value);
    if (query->failure != NULL)
      return FALSE;
  }
  if ((query->seen & needed) == needed)
    return TRUE;
  query->failure = !(query->seen & PARAMETER_INFO_HASH) ? "info_hash is missing"
                   : !(query->seen & PARAMETER_PEER_ID) ? "peer_id is missing"
                                                        : "port is missing";
  return FALSE;
}

/* The usual reply, written straight from the store: keys in bencode's order. */
static gsize
write_compact (const MeirTrackerCore *core, const MeirTrackerSelection *selection, const MeirEndpoint *source,
               guint8 *body)
{
  guint8 *at = put_literal (body, "d8:completei");

  at = put_number (at, selection->seeds);
  at = put_literal (at, "e10:downloadedi");
  at = put_number (at, selection->downloaded);
  /* BEP 24: the address the client is seen under. */
  at = source->family == 4 ? put_literal (at, "e11:external ip4:") : put_literal (at, "e11:external ip16:");
  at = put_bytes (at, source->bytes, source->family == 4 ? 4 : 16);
  at = put_literal (at, "10:incompletei");
  at = put_number (at, selection->leechers);
  at = put_literal (at, "e8:intervali");
  at = put_number (at, core->interval_sec);
  at = put_literal (at, "e12:min intervali");
  at = put_number (at, core->min_interval_sec);
  at = put_literal (at, "e5:peers");
  at = put_number (at, selection->n_4 * MEIR_TRACKER_COMPACT_4);
  *at++ = ':';
  at += meir_tracker_peers_write (selection->peers_4, 4, selection->positions_4, selection->n_4, at);
  if (selection->n_6 != 0) { /* BEP 7 */
    at = put_literal (at, "6:peers6");
    at = put_number (at, selection->n_6 * MEIR_TRACKER_COMPACT_6);
    *at++ = ':';
    at += meir_tracker_peers_write (selection->peers_6, 6, selection->positions_6, selection->n_6, at);
  }
  *at++ = 'e';
  return (gsize) (at - body);
}

/* The list of dictionaries of BEP 3, that hardly anyone asks for: through the general encoder. */
static gsize
write_dictionaries (const MeirTrackerCore *core, const MeirTrackerSelection *selection,
                    const MeirEndpoint *source, gboolean no_peer_id, guint8 *body)
{
  guint8 peer_ids[MEIR_TRACKER_PEERS_MAX][MEIR_PEER_ID_LENGTH];
  MeirAnnounceReply reply;

  meir_announce_reply_init (&reply);
  reply.interval_sec = core->interval_sec;
  reply.min_interval_sec = core->min_interval_sec;
  reply.complete = selection->seeds;
  reply.incomplete = selection->leechers;
  reply.downloaded = selection->downloaded;
  reply.external = *source;
  reply.external.port = 0;
  for (guint i = 0; i < selection->n_4 + selection->n_6; i++) {
    guint family = i < selection->n_4 ? 4 : 6;
    const MeirTrackerPeers *peers = family == 4 ? selection->peers_4 : selection->peers_6;
    guint32 position = family == 4 ? selection->positions_4[i] : selection->positions_6[i - selection->n_4];

    meir_tracker_peers_get_endpoint (peers, family, position, &reply.peers[reply.n_peers]);
    memcpy (peer_ids[reply.n_peers++], meir_tracker_peers_get_identity (peers, family, position)->peer_id,
            MEIR_PEER_ID_LENGTH);
  }
  return meir_tracker_http_encode_announce_reply (
      &reply, FALSE, no_peer_id ? NULL : (const guint8 (*)[MEIR_PEER_ID_LENGTH]) peer_ids, body, BODY_MAX);
}

static gsize
answer_announce (MeirTrackerCore *core, const MeirTrackerHttpRequest *request, const MeirEndpoint *source,
                 gboolean over_tls, gint64 now_usec, guint8 *response, gboolean *keep_open)
{
  MeirTrackerSelection selection;
  MeirTrackerVerdict verdict;
  Query query;
  gsize length;

  if (!parse_announce (core, request->query, source, &query)) {
    *keep_open = FALSE;
    return fail (core, response, 400, query.failure, FALSE);
  }
  verdict = meir_tracker_store_announce (core->store, &query.announce,
                                         meir_tracker_store_hash (core->store, &query.info_hash), now_usec,
                                         &selection);
  if (verdict != MEIR_TRACKER_ACCEPTED)
    return fail (core, response, 200, meir_tracker_verdict_text (verdict), *keep_open);

  meir_tracker_tally_add (over_tls ? &core->tally.announces_https : &core->tally.announces_http, 1);
  length = query.compact
               ? write_compact (core, &selection, source, response + HEADER_MAX)
               : write_dictionaries (core, &selection, source, query.no_peer_id, response + HEADER_MAX);
  return finish (response, 200, length, *keep_open);
}

static gsize
answer_scrape (MeirTrackerCore *core, const MeirTrackerHttpRequest *request, gint64 now_usec,
               guint8 *response, gboolean *keep_open)
{
  MeirScrapeEntry entries[MEIR_TRACKER_HTTP_PARAMETERS_MAX];
  MeirTrackerHttpText text = request->query, name, value;
  guint n = 0, n_entries = 0;
  gsize length;

  while (meir_tracker_http_next_parameter (&text, &n, &name, &value)) {
    MeirScrapeEntry *entry = &entries[n_entries];
    MeirTrackerSelection counts;

    if (!MEIR_TRACKER_HTTP_IS (name, "info_hash"))
      continue;
    if (!meir_tracker_http_decode_exactly (value, entry->info_hash.bytes, sizeof entry->info_hash.bytes)) {
      *keep_open = FALSE;
      return fail (core, response, 400, "info_hash is not 20 bytes", FALSE);
    }
    meir_tracker_store_scrape (core->store, &entry->info_hash, now_usec, &counts);
    entry->found = TRUE;
    entry->complete = counts.seeds;
    entry->downloaded = counts.downloaded;
    entry->incomplete = counts.leechers;
    n_entries++;
  }
  if (n_entries == 0)
    return fail (core, response, 200, "A scrape has to name torrents with info_hash", *keep_open);
  meir_tracker_tally_add (&core->tally.scrapes, 1);
  length = meir_tracker_http_encode_scrape_reply (entries, n_entries, response + HEADER_MAX, BODY_MAX);
  return finish (response, 200, length, *keep_open);
}

gsize
meir_tracker_http_answer (MeirTrackerCore *core, const MeirTrackerHttpRequest *request,
                          const MeirEndpoint *source, gboolean over_tls, gint64 now_usec, guint8 *response,
                          gboolean *keep_open)
{
  *keep_open = request->keep_alive;
  if (MEIR_TRACKER_HTTP_IS (request->path, "/announce"))
    return answer_announce (core, request, source, over_tls, now_usec, response, keep_open);
  if (MEIR_TRACKER_HTTP_IS (request->path, "/scrape"))
    return answer_scrape (core, request, now_usec, response, keep_open);
  *keep_open = FALSE;
  return fail (core, response, 404, "There is nothing here but /announce and /scrape", FALSE);
}
