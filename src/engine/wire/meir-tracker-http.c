/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "wire/meir-tracker-http.h"

#include "base/meir-error.h"
#include "base/meir-text.h"
#include "meir-config.h"
#include "wire/meir-bencode.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* What is shown of a body that is no tracker's, characters. */
#define EXCERPT_CHARS_MAX 80u

/* RFC 3986: all but the unreserved characters are escaped, so any bytes get through. */
static void
append_escaped (GString *url, const guint8 *bytes, gsize length)
{
  for (gsize i = 0; i < length; i++) {
    if (g_ascii_isalnum (bytes[i]) || (bytes[i] != '\0' && strchr ("-._~", bytes[i]) != NULL))
      g_string_append_c (url, (char) bytes[i]);
    else
      g_string_append_printf (url, "%%%02X", bytes[i]);
  }
}

/* The URL up to its fragment, ready for a first parameter. */
static GString *
begin_query (const char *base_url)
{
  GString *url = g_string_new_len (base_url, (gssize) strcspn (base_url, "#"));

  if (strchr (url->str, '?') == NULL)
    g_string_append_c (url, '?');
  else if (!g_str_has_suffix (url->str, "?") && !g_str_has_suffix (url->str, "&"))
    g_string_append_c (url, '&');
  return url;
}

static const char *
get_event_name (MeirAnnounceEvent event)
{
  switch (event) {
  case MEIR_ANNOUNCE_EVENT_COMPLETED:
    return "completed";
  case MEIR_ANNOUNCE_EVENT_STARTED:
    return "started";
  case MEIR_ANNOUNCE_EVENT_STOPPED:
    return "stopped";
  case MEIR_ANNOUNCE_EVENT_PAUSED:
    return "paused";
  case MEIR_ANNOUNCE_EVENT_NONE:
  default:
    return NULL;
  }
}

char *
meir_tracker_http_dup_announce_url (const char *announce_url, const MeirAnnounceRequest *request,
                                    const guint8 *tracker_id, gsize tracker_id_length)
{
  GString *url = begin_query (announce_url);
  const char *event = get_event_name (request->event);

  g_string_append (url, "info_hash=");
  append_escaped (url, request->info_hash.bytes, sizeof request->info_hash.bytes);
  g_string_append (url, "&peer_id=");
  append_escaped (url, request->peer_id, sizeof request->peer_id);
  g_string_append_printf (url,
                          "&port=%u&uploaded=%" G_GUINT64_FORMAT "&downloaded=%" G_GUINT64_FORMAT
                          "&left=%" G_GUINT64_FORMAT "&compact=1&no_peer_id=1&key=%08X",
                          request->port, request->uploaded, request->downloaded, request->left, request->key);
  if (request->num_want >= 0)
    g_string_append_printf (url, "&numwant=%d", request->num_want);
  if (event != NULL)
    g_string_append_printf (url, "&event=%s", event);
  if (tracker_id != NULL && tracker_id_length > 0) {
    g_string_append (url, "&trackerid=");
    append_escaped (url, tracker_id, tracker_id_length);
  }
  return g_string_free (url, FALSE);
}

char *
meir_tracker_http_dup_scrape_url (const char *announce_url, const MeirInfoHash *hashes, guint n_hashes)
{
  static const char announce[] = "announce";
  const char *authority = strstr (announce_url, "://");
  const char *path = authority != NULL ? strchr (authority + 3, '/') : NULL;
  g_autofree char *scrape_url = NULL;
  const char *last;
  GString *url;

  if (path == NULL)
    return NULL;
  last = path;
  for (const char *p = path; *p != '\0' && *p != '?' && *p != '#'; p++) {
    if (*p == '/')
      last = p + 1;
  }
  /* BEP 48: anything else after the last slash means that there is no scrape. */
  if (!g_str_has_prefix (last, announce))
    return NULL;
  scrape_url =
      g_strdup_printf ("%.*sscrape%s", (int) (last - announce_url), announce_url, last + strlen (announce));
  url = begin_query (scrape_url);
  for (guint i = 0; i < n_hashes; i++) {
    g_string_append (url, i == 0 ? "info_hash=" : "&info_hash=");
    append_escaped (url, hashes[i].bytes, sizeof hashes[i].bytes);
  }
  return g_string_free (url, FALSE);
}

/* A dictionary, or an error that says what it is instead. */
static MeirBencode *
parse_body (const guint8 *body, gsize length, GError **error)
{
  g_autoptr (MeirBencode) document = NULL;
  g_autoptr (GError) parse_error = NULL;
  g_autofree char *excerpt = NULL;

  if (length == 0) {
    g_set_error (error, MEIR_ERROR, MEIR_ERROR_PROTOCOL, _ ("The answer is empty"));
    return NULL;
  }
  if (length > MEIR_TRACKER_REPLY_MAX) {
    g_set_error (error, MEIR_ERROR, MEIR_ERROR_PROTOCOL, _ ("The answer is larger than 2 MiB"));
    return NULL;
  }
  document =
      meir_bencode_parse (body, length, MEIR_BENCODE_LENIENT, MEIR_BENCODE_DEPTH_WIRE, NULL, &parse_error);
  if (document != NULL && meir_bencode_node_type (meir_bencode_get_root (document)) == MEIR_BENCODE_DICT)
    return g_steal_pointer (&document);
  /* "d" and a digit begin a reply that was cut short; hardly anything else does. */
  if (length >= 2 && body[0] == 'd' && g_ascii_isdigit (body[1])) {
    g_set_error (error, MEIR_ERROR, MEIR_ERROR_PROTOCOL, _ ("The answer is damaged: %s"),
                 parse_error->message);
    return NULL;
  }
  excerpt = meir_text_dup_safe (body, length, EXCERPT_CHARS_MAX);
  g_set_error (error, MEIR_ERROR, MEIR_ERROR_PROTOCOL, _ ("The answer is not that of a tracker: “%s”"),
               excerpt);
  return NULL;
}

/* Text of @key, safe to show; "" when the key is there with anything but a string; NULL when it is not there.
 */
static char *
dup_text (MeirBencodeNode root, const char *key)
{
  MeirBencodeNode node = meir_bencode_node_lookup (root, key);
  gsize length;
  const guint8 *text = meir_bencode_node_string (node, &length);

  if (!meir_bencode_node_exists (node))
    return NULL;
  return meir_text_dup_safe (text, length, MEIR_TRACKER_TEXT_MAX);
}

static char *
dup_failure (MeirBencodeNode root)
{
  g_autofree char *failure = dup_text (root, "failure reason");

  if (failure != NULL && failure[0] == '\0')
    return g_strdup (_ ("It gave no reason"));
  return g_steal_pointer (&failure);
}

/* BEP 31: minutes, or "never". */
static guint32
get_retry_sec (MeirBencodeNode root)
{
  MeirBencodeNode node = meir_bencode_node_lookup (root, "retry in");
  gint64 minutes;

  if (meir_bencode_node_equals (node, "never"))
    return MEIR_RETRY_NEVER;
  if (!meir_bencode_node_int_clamped (node, &minutes))
    return 0;
  return (guint32) CLAMP (minutes, 0, MEIR_ANNOUNCE_INTERVAL_MAX_SEC / 60) * 60;
}

static gint64
get_clamped (MeirBencodeNode root, const char *key, gint64 otherwise)
{
  gint64 value;

  return meir_bencode_node_int_clamped (meir_bencode_node_lookup (root, key), &value) ? value : otherwise;
}

static guint32
get_count (MeirBencodeNode root, const char *key)
{
  gint64 value;

  if (!meir_bencode_node_int_clamped (meir_bencode_node_lookup (root, key), &value))
    return MEIR_COUNT_UNKNOWN;
  return meir_announce_clamp_count (value);
}

/* A dictionary of BEP 3; FALSE when its address is not numeric or its port is none. */
static gboolean
read_peer (MeirBencodeNode dict, MeirEndpoint *peer)
{
  char text[MEIR_ENDPOINT_TEXT_MAX];
  gint64 port;
  gsize length;
  const guint8 *ip = meir_bencode_node_lookup_string (dict, "ip", &length);

  if (ip == NULL || length >= 46 || memchr (ip, '\0', length) != NULL)
    return FALSE;
  if (!meir_bencode_node_lookup_int (dict, "port", &port) || port < 1 || port > G_MAXUINT16)
    return FALSE;
  g_snprintf (text, sizeof text, memchr (ip, ':', length) != NULL ? "[%.*s]:%u" : "%.*s:%u", (int) length,
              (const char *) ip, (guint) port);
  return meir_endpoint_parse (peer, text, NULL);
}

static void
read_peers (MeirAnnounceReply *reply, MeirBencodeNode peers, guint8 family)
{
  MeirBencodeIter iter;
  MeirBencodeNode dict;
  MeirEndpoint peer;
  gsize length;
  const guint8 *compact = meir_bencode_node_string (peers, &length);

  if (compact != NULL)
    meir_announce_reply_add_compact (reply, compact, length, family);
  meir_bencode_iter_init (&iter, peers);
  while (reply->n_peers < MEIR_TRACKER_PEERS_MAX && meir_bencode_iter_next (&iter, &dict)) {
    if (read_peer (dict, &peer))
      meir_announce_reply_add_peer (reply, &peer);
  }
}

/* BEP 24. */
static void
read_external (MeirAnnounceReply *reply, MeirBencodeNode root)
{
  guint8 compact[18] = { 0 };
  gsize length;
  const guint8 *address = meir_bencode_node_lookup_string (root, "external ip", &length);

  if (length != 4 && length != 16)
    return;
  memcpy (compact, address, length); /* the port stays 0 */
  meir_endpoint_from_compact (&reply->external, compact, length == 4 ? 4 : 6);
}

gboolean
meir_tracker_http_decode_announce_reply (MeirAnnounceReply *reply, const guint8 *body, gsize length,
                                         GError **error)
{
  g_autoptr (MeirBencode) document = NULL;
  MeirBencodeNode root;
  const guint8 *tracker_id;
  gsize tracker_id_length;

  meir_announce_reply_init (reply);
  document = parse_body (body, length, error);
  if (document == NULL)
    return FALSE;
  root = meir_bencode_get_root (document);
  reply->failure = dup_failure (root);
  if (reply->failure != NULL) {
    reply->retry_sec = get_retry_sec (root);
    return TRUE;
  }
  reply->warning = dup_text (root, "warning message");
  meir_announce_reply_set_intervals (reply, get_clamped (root, "interval", 0),
                                     get_clamped (root, "min interval", 0));
  reply->complete = get_count (root, "complete");
  reply->incomplete = get_count (root, "incomplete");
  reply->downloaded = get_count (root, "downloaded");
  read_external (reply, root);
  tracker_id = meir_bencode_node_lookup_string (root, "tracker id", &tracker_id_length);
  if (tracker_id != NULL && tracker_id_length <= MEIR_TRACKER_ID_MAX) {
    reply->tracker_id_length = (guint32) tracker_id_length;
    memcpy (reply->tracker_id, tracker_id, tracker_id_length);
  }
  read_peers (reply, meir_bencode_node_lookup (root, "peers"), 4);
  read_peers (reply, meir_bencode_node_lookup (root, "peers6"), 6);
  return TRUE;
}

static MeirScrapeEntry *
find_entry (MeirScrapeEntry *entries, guint n_entries, MeirBencodeNode key)
{
  gsize length;
  const guint8 *info_hash = meir_bencode_node_string (key, &length);

  if (length != MEIR_SHA1_LENGTH)
    return NULL;
  for (guint i = 0; i < n_entries; i++) {
    if (memcmp (entries[i].info_hash.bytes, info_hash, length) == 0)
      return &entries[i];
  }
  return NULL;
}

gboolean
meir_tracker_http_decode_scrape_reply (const guint8 *body, gsize length, MeirScrapeEntry *entries,
                                       guint n_entries, GError **error)
{
  g_autoptr (MeirBencode) document = parse_body (body, length, error);
  g_autofree char *failure = NULL;
  MeirBencodeNode root, key, counts;
  MeirBencodeIter iter;

  for (guint i = 0; i < n_entries; i++) {
    entries[i].found = FALSE;
    entries[i].complete = entries[i].downloaded = entries[i].incomplete = MEIR_COUNT_UNKNOWN;
  }
  if (document == NULL)
    return FALSE;
  root = meir_bencode_get_root (document);
  failure = dup_failure (root);
  if (failure != NULL) {
    g_set_error_literal (error, MEIR_ERROR, MEIR_ERROR_REFUSED, failure);
    return FALSE;
  }
  meir_bencode_iter_init (&iter, meir_bencode_node_lookup (root, "files"));
  while (meir_bencode_iter_next_entry (&iter, &key, &counts)) {
    MeirScrapeEntry *entry = find_entry (entries, n_entries, key);

    if (entry == NULL || meir_bencode_node_type (counts) != MEIR_BENCODE_DICT)
      continue;
    entry->found = TRUE;
    entry->complete = get_count (counts, "complete");
    entry->downloaded = get_count (counts, "downloaded");
    entry->incomplete = get_count (counts, "incomplete");
  }
  return TRUE;
}
