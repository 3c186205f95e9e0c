/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Limits of a request, bytes and counts: the first line without its end; all headers with the empty line. */
#define MEIR_TRACKER_HTTP_REQUEST_LINE_MAX 8192u
#define MEIR_TRACKER_HTTP_HEADERS_MAX      16384u
#define MEIR_TRACKER_HTTP_HEADER_LINES_MAX 64u
#define MEIR_TRACKER_HTTP_PARAMETERS_MAX   64u
/* A buffer of this size holds any request that is accepted, with its line ends, and is never full of an
 * incomplete one. */
#define MEIR_TRACKER_HTTP_REQUEST_MAX                                                                        \
  (MEIR_TRACKER_HTTP_REQUEST_LINE_MAX + 2u + MEIR_TRACKER_HTTP_HEADERS_MAX)

/* Bytes inside the caller's buffer, not NUL-terminated. */
typedef struct {
  const char *at;
  gsize length;
} MeirTrackerHttpText;

/**
 * MeirTrackerHttpResult:
 * @MEIR_TRACKER_HTTP_INCOMPLETE: more bytes are needed
 * @MEIR_TRACKER_HTTP_COMPLETE: one whole request is there
 * @MEIR_TRACKER_HTTP_REFUSED: answer with MeirTrackerHttpRequest.status and close; nothing after it can be
 * trusted
 */
typedef enum {
  MEIR_TRACKER_HTTP_INCOMPLETE,
  MEIR_TRACKER_HTTP_COMPLETE,
  MEIR_TRACKER_HTTP_REFUSED,
} MeirTrackerHttpResult;

/**
 * MeirTrackerHttpRequest:
 * @path: complete: of the request target, still percent-encoded, from its "/"
 * @query: complete: what follows "?", without it; may be empty
 * @keep_alive: complete: whether another request may follow
 * @length: complete: bytes of the request; the next one begins there
 * @status: refused: 400, 405, 414 or 431
 */
typedef struct {
  MeirTrackerHttpText path;
  MeirTrackerHttpText query;
  gboolean keep_alive;
  gsize length;
  guint status;
} MeirTrackerHttpRequest;

/**
 * meir_tracker_http_parse_request:
 * @bytes: (array length=length): what came in since the end of the last request
 * @scanned: (inout): 0 at first; between calls for the same request it remembers what was looked at, so that
 * a request that drips in byte by byte costs no more than one that comes at once
 *
 * The HTTP/1.1 (RFC 9112) that a tracker needs and not a byte more: GET without a body, strict line ends, no
 * folded headers. Refused are other methods (405), bodies, transfer codings, upgrades, TLS and HTTP/2 on this
 * port, control characters and headers that are not UTF-8, a missing or second Host (400), and what exceeds
 * the limits above (414, 431). Pure: no allocation, one pass; the texts of @request point into @bytes.
 */
MeirTrackerHttpResult meir_tracker_http_parse_request (const char *bytes, gsize length, gsize *scanned,
                                                       MeirTrackerHttpRequest *request);

/* Takes the next "name=value" off the front of @query; FALSE at the end and after
 * MEIR_TRACKER_HTTP_PARAMETERS_MAX, for which the caller keeps @n, 0 at first. A name without "=" has an
 * empty value. Still percent-encoded. */
gboolean meir_tracker_http_next_parameter (MeirTrackerHttpText *query, guint *n, MeirTrackerHttpText *name,
                                           MeirTrackerHttpText *value);
/* Undoes percent-encoding into @bytes. FALSE unless exactly @length bytes come out and every "%" has two hex
 * digits. */
gboolean meir_tracker_http_decode_exactly (MeirTrackerHttpText text, guint8 *bytes, gsize length);
/* A decimal number from 0 to @max, which is at least 9; digits only. Larger ones are @max, however long.
 * FALSE: not a number. */
gboolean meir_tracker_http_parse_number (MeirTrackerHttpText text, guint64 max, guint64 *number);

static inline gboolean
meir_tracker_http_text_is (MeirTrackerHttpText text, const char *literal, gsize literal_length)
{
  return text.length == literal_length && __builtin_memcmp (text.at, literal, literal_length) == 0;
}
/* @literal is a string constant. */
#define MEIR_TRACKER_HTTP_IS(text, literal)                                                                  \
  meir_tracker_http_text_is ((text), "" literal, sizeof (literal) - 1)

G_END_DECLS
