/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tracker/meir-tracker-http-parser.h"

#include <string.h>

/* Longest method that is waited for; the registry's longest has 16 letters. */
#define METHOD_MAX 32u

/* What the header lines said so far. */
typedef struct {
  guint n_hosts;
  guint n_lengths;
  gboolean wants_close;
} Headers;

static MeirTrackerHttpResult
refuse (MeirTrackerHttpRequest *request, guint status)
{
  request->status = status;
  return MEIR_TRACKER_HTTP_REFUSED;
}

/* The method is judged as soon as it can be, so that the body of a POST is never waited for. */
static MeirTrackerHttpResult
check_method (const char *bytes, gsize length, MeirTrackerHttpRequest *request)
{
  gsize n = 0;

  if (length >= 4 && memcmp (bytes, "GET ", 4) == 0)
    return MEIR_TRACKER_HTTP_COMPLETE;
  while (n < length && g_ascii_isupper (bytes[n]))
    n++;
  if (n == length && n <= METHOD_MAX)
    return MEIR_TRACKER_HTTP_INCOMPLETE;
  /* The HTTP/2 preface begins "PRI * " (RFC 9113 3.4). */
  if (n == 0 || n > METHOD_MAX || bytes[n] != ' ' || (n == 3 && memcmp (bytes, "PRI", 3) == 0))
    return refuse (request, 400);
  return refuse (request, 405);
}

/* Only visible ASCII: RFC 3986 allows no more, and NUL or control characters are an attack. */
static gboolean
is_visible (const char *bytes, gsize length)
{
  guint bad = 0;

  for (gsize i = 0; i < length; i++)
    bad |= (guint8) ((guint8) bytes[i] - 0x21) > 0x7e - 0x21;
  return bad == 0;
}

/* "GET target HTTP/1.x", without its line end. */
static gboolean
parse_request_line (const char *line, gsize length, MeirTrackerHttpRequest *request)
{
  static const char version[] = " HTTP/1.";
  const gsize version_length = sizeof version - 1 + 1; /* and a digit */
  const char *target = line + 4, *end, *question;

  if (length < 4 + 1 + version_length)
    return FALSE;
  end = line + length - version_length;
  if (memcmp (end, version, sizeof version - 1) != 0 || !g_ascii_isdigit (line[length - 1]) ||
      end <= target || !is_visible (target, (gsize) (end - target)))
    return FALSE;
  request->keep_alive = line[length - 1] != '0';

  /* The absolute form that a proxy is sent (RFC 9112 3.2.2): only its path matters here. */
  if (end - target > 7 && (memcmp (target, "http://", 7) == 0 || memcmp (target, "https:/", 7) == 0)) {
    target = memchr (target + 8, '/', (gsize) (end - target - 8));
    if (target == NULL)
      return FALSE;
  }
  if (*target != '/')
    return FALSE;
  question = memchr (target, '?', (gsize) (end - target));
  request->path = (MeirTrackerHttpText){ target, (gsize) ((question != NULL ? question : end) - target) };
  request->query = question != NULL ? (MeirTrackerHttpText){ question + 1, (gsize) (end - question - 1) }
                                    : (MeirTrackerHttpText){ end, 0 };
  return TRUE;
}

static gboolean
is_token_char (char c)
{
  return g_ascii_isalnum (c) || (c != '\0' && strchr ("!#$%&'*+-.^_`|~", c) != NULL);
}

static gboolean
name_is (MeirTrackerHttpText name, const char *lower_case)
{
  return name.length == strlen (lower_case) && g_ascii_strncasecmp (name.at, lower_case, name.length) == 0;
}

static MeirTrackerHttpText
trim (MeirTrackerHttpText text)
{
  while (text.length > 0 && (text.at[0] == ' ' || text.at[0] == '\t'))
    text.at++, text.length--;
  while (text.length > 0 && (text.at[text.length - 1] == ' ' || text.at[text.length - 1] == '\t'))
    text.length--;
  return text;
}

/* Whether the comma-separated list (RFC 9110 5.6.1) has @lower_case as an element. */
static gboolean
list_has (MeirTrackerHttpText list, const char *lower_case)
{
  while (list.length > 0) {
    const char *comma = memchr (list.at, ',', list.length);
    gsize length = comma != NULL ? (gsize) (comma - list.at) : list.length;

    if (name_is (trim ((MeirTrackerHttpText){ list.at, length }), lower_case))
      return TRUE;
    length += comma != NULL;
    list.at += length;
    list.length -= length;
  }
  return FALSE;
}

/* A Host is a name, an address or [address], and perhaps a port (RFC 9110 7.2). Which one makes no
 * difference: the tracker has no pages that another site could make a browser fetch. */
static gboolean
is_host (MeirTrackerHttpText value)
{
  if (value.length == 0 || value.length > 300)
    return FALSE;
  for (gsize i = 0; i < value.length; i++)
    if (!g_ascii_isalnum (value.at[i]) && strchr ("-._~:[]", value.at[i]) == NULL)
      return FALSE;
  return TRUE;
}

static gboolean
take_header (MeirTrackerHttpText name, MeirTrackerHttpText value, Headers *headers)
{
  guint64 body;

  switch (g_ascii_tolower (name.at[0])) {
  case 'h':
    if (name_is (name, "host"))
      return headers->n_hosts++ == 0 && is_host (value);
    return TRUE;
  case 'c':
    if (name_is (name, "content-length"))
      return headers->n_lengths++ == 0 && meir_tracker_http_parse_number (value, G_MAXUINT64, &body) &&
             body == 0;
    if (name_is (name, "connection") && list_has (value, "close"))
      headers->wants_close = TRUE;
    return TRUE;
  case 't':
    return !name_is (name, "transfer-encoding");
  case 'u':
    return !name_is (name, "upgrade");
  default:
    return TRUE;
  }
}

/* One header line without its line end. */
static gboolean
parse_header (const char *line, gsize length, Headers *headers)
{
  MeirTrackerHttpText value;
  gsize n = 0;
  gboolean ascii = TRUE;

  while (n < length && is_token_char (line[n]))
    n++;
  if (n == 0 || n == length || line[n] != ':')
    return FALSE;
  value = trim ((MeirTrackerHttpText){ line + n + 1, length - n - 1 });
  for (gsize i = 0; i < value.length; i++) {
    guint8 c = (guint8) value.at[i];

    if ((c < 0x20 && c != '\t') || c == 0x7f)
      return FALSE;
    ascii = ascii && c < 0x80;
  }
  if (!ascii && !g_utf8_validate_len (value.at, value.length, NULL))
    return FALSE;
  return take_header ((MeirTrackerHttpText){ line, n }, value, headers);
}

/* The lines from after the request line to the empty one; each ends in CR LF, and @end is past the last. */
static MeirTrackerHttpResult
parse_headers (const char *at, const char *end, MeirTrackerHttpRequest *request)
{
  Headers headers = { 0 };

  for (guint n = 0; at < end; n++) {
    const char *feed = memchr (at, '\n', (gsize) (end - at));

    if (n == MEIR_TRACKER_HTTP_HEADER_LINES_MAX)
      return refuse (request, 431);
    if (feed == NULL || feed == at || feed[-1] != '\r' ||
        !parse_header (at, (gsize) (feed - 1 - at), &headers))
      return refuse (request, 400);
    at = feed + 1;
  }
  /* RFC 9112 3.2: HTTP/1.1 without a Host is an error; only HTTP/1.0 came without. */
  if (headers.n_hosts == 0 && request->keep_alive)
    return refuse (request, 400);
  request->keep_alive = request->keep_alive && !headers.wants_close;
  return MEIR_TRACKER_HTTP_COMPLETE;
}

/* What can be said of a request whose end has not come yet. */
static MeirTrackerHttpResult
check_incomplete (const char *bytes, gsize length, MeirTrackerHttpRequest *request)
{
  const char *feed = memchr (bytes, '\n', MIN (length, MEIR_TRACKER_HTTP_REQUEST_LINE_MAX + 2));

  if (feed == NULL && length >= MEIR_TRACKER_HTTP_REQUEST_LINE_MAX + 2)
    return refuse (request, 414);
  if (feed != NULL && length - (gsize) (feed + 1 - bytes) >= MEIR_TRACKER_HTTP_HEADERS_MAX)
    return refuse (request, 431);
  return MEIR_TRACKER_HTTP_INCOMPLETE;
}

MeirTrackerHttpResult
meir_tracker_http_parse_request (const char *bytes, gsize length, gsize *scanned,
                                 MeirTrackerHttpRequest *request)
{
  /* The end may straddle what was scanned before. */
  gsize from = *scanned > 3 ? *scanned - 3 : 0;
  MeirTrackerHttpResult method = check_method (bytes, length, request);
  const char *end, *feed;

  if (method != MEIR_TRACKER_HTTP_COMPLETE)
    return method;
  end = memmem (bytes + from, length - from, "\r\n\r\n", 4);
  if (end == NULL) {
    *scanned = length;
    return check_incomplete (bytes, length, request);
  }
  *scanned = 0;
  feed = memchr (bytes, '\n', (gsize) (end + 2 - bytes));
  if ((gsize) (feed + 1 - bytes) > MEIR_TRACKER_HTTP_REQUEST_LINE_MAX + 2)
    return refuse (request, 414);
  if ((gsize) (end + 4 - feed - 1) > MEIR_TRACKER_HTTP_HEADERS_MAX)
    return refuse (request, 431);
  if (feed[-1] != '\r' || !parse_request_line (bytes, (gsize) (feed - 1 - bytes), request))
    return refuse (request, 400);
  request->length = (gsize) (end + 4 - bytes);
  return parse_headers (feed + 1, end + 2, request);
}

gboolean
meir_tracker_http_next_parameter (MeirTrackerHttpText *query, guint *n, MeirTrackerHttpText *name,
                                  MeirTrackerHttpText *value)
{
  const char *end = query->at + query->length, *ampersand, *equals;

  if (query->length == 0 || *n == MEIR_TRACKER_HTTP_PARAMETERS_MAX)
    return FALSE;
  ++*n;
  ampersand = memchr (query->at, '&', query->length);
  if (ampersand == NULL)
    ampersand = end;
  equals = memchr (query->at, '=', (gsize) (ampersand - query->at));
  *name = (MeirTrackerHttpText){ query->at, (gsize) ((equals != NULL ? equals : ampersand) - query->at) };
  *value = equals != NULL ? (MeirTrackerHttpText){ equals + 1, (gsize) (ampersand - equals - 1) }
                          : (MeirTrackerHttpText){ ampersand, 0 };
  query->at = ampersand < end ? ampersand + 1 : end;
  query->length = (gsize) (end - query->at);
  return TRUE;
}

static inline int
hex_value (char c)
{
  if (c >= '0' && c <= '9')
    return c - '0';
  c |= 0x20;
  return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

gboolean
meir_tracker_http_decode_exactly (MeirTrackerHttpText text, guint8 *bytes, gsize length)
{
  const char *at = text.at, *end = text.at + text.length;
  gsize n = 0;

  while (at < end && n < length) {
    int high, low;

    if (*at != '%') {
      bytes[n++] = (guint8) *at++;
      continue;
    }
    if (end - at < 3)
      return FALSE;
    high = hex_value (at[1]);
    low = hex_value (at[2]);
    if (high < 0 || low < 0)
      return FALSE;
    bytes[n++] = (guint8) (high << 4 | low);
    at += 3;
  }
  return at == end && n == length;
}

gboolean
meir_tracker_http_parse_number (MeirTrackerHttpText text, guint64 max, guint64 *number)
{
  guint64 value = 0;

  if (text.length == 0)
    return FALSE;
  for (gsize i = 0; i < text.length; i++) {
    guint digit = (guint) (text.at[i] - '0');

    if (digit > 9)
      return FALSE;
    if (value > (max - digit) / 10)
      value = max;
    else
      value = MIN (value * 10 + digit, max);
  }
  *number = value;
  return TRUE;
}
